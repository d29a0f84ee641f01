"""What a command comes to, as notices see it: submitted, asked at step 20, returned, ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from banshi.platform.routes.effects import Effect, EffectKind
from banshi.platform.routes.reasons import Reason
from banshi.platform.service.notices import On
from banshi.storage.contract import NewEvent

_BY_EVENT = {"submitted": On.SUBMITTED, "resubmitted": On.RESUBMITTED, "withdrawn": On.WITHDRAWN}
_BY_REMINDER = frozenset({"reminded", "urged"})
_BY_EFFECT = {
    EffectKind.RETURNED: On.RETURNED,
    EffectKind.APPROVED: On.APPROVED,
    EffectKind.REFUSED: On.REFUSED,
}
_CLOSED = (EffectKind.TASK_DONE, EffectKind.TASK_CANCELLED)
_AS_BEFORE = (Reason.UNCHANGED, Reason.MIGRATED)
"""Why a step is passed, or a task opened, though nothing new has come of it."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happened, at a step in its round where it happened at one; `people` are those who are asked to act.

    Of a job, `notice` or `connection` is what it sends, and `key` what it is known by: job, instant and row.
    """

    on: On
    step: str = ""
    round: int = 0
    people: tuple[str, ...] = ()
    notice: str = ""
    connection: str = ""
    key: str = ""


def occurrences(events: Sequence[NewEvent], effects: Sequence[Effect]) -> Iterator[Occurrence]:
    """What the events and effects of one command come to, in their order."""
    if events and (on := _BY_EVENT.get(events[0].kind)) is not None:
        yield Occurrence(on)
    for effect in effects:
        if effect.kind is EffectKind.STEP_DONE and effect.reason not in _AS_BEFORE:
            yield Occurrence(On.PASSED, effect.step, effect.round)
        elif (on := _BY_EFFECT.get(effect.kind)) is not None:
            yield Occurrence(on, effect.step, effect.round)
    yield from _asked(effects)


def reminders(event: NewEvent, waiting: Mapping[str, Sequence[str]]) -> Iterator[Occurrence]:
    """What it comes to that somebody, or the clock, reminds the people of steps."""
    if event.kind in _BY_REMINDER:
        for step, people in waiting.items():
            yield Occurrence(On.REMINDED, step, 0, tuple(people))


def _asked(effects: Sequence[Effect]) -> Iterator[Occurrence]:
    """Whoever has a task now that she had not before, step by step."""
    closed = {(effect.step, effect.round, effect.person) for effect in effects if effect.kind in _CLOSED}
    asked: dict[tuple[str, int], list[str]] = {}
    for effect in effects:
        task = (effect.step, effect.round, effect.person)
        if effect.kind is EffectKind.TASK_OPENED and effect.reason not in _AS_BEFORE and task not in closed:
            asked.setdefault(task[:2], []).append(effect.person)
    for (step, round_), people in asked.items():
        yield Occurrence(On.ASKED, step, round_, tuple(dict.fromkeys(people)))
