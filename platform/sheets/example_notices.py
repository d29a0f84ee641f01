"""Which notices an example leads to, when everybody on its route approves: what `expect notices` is held to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from banshi.platform.routes.hooks import Notify
from banshi.platform.routes.preview import PreviewStep
from banshi.platform.routes.reasons import Reason
from banshi.platform.service.model import Service
from banshi.platform.service.notices import CASE_NAMES, On
from banshi.platform.workbook.columns import plain
from banshi.rules.expressions import Environment, evaluate


def foreseen_notices(service: Service, steps: Sequence[PreviewStep], environment: Environment) -> list[str]:
    """The names of the notices (of one without, the number of its row), in the order of the sheet."""
    happens = set(_happenings(service, steps))
    nothing = {word: None for words in CASE_NAMES.values() for word in words}
    around = replace(environment, values={**environment.values, **nothing})
    found = []
    for notice in service.notices:
        told = {(notice.on, step) for step in notice.steps} & happens
        if not notice.steps and notice.on is On.CALLED:
            told = {one for one in happens if one == (On.CALLED, plain(notice.name))}
        elif not notice.steps:
            told = {one for one in happens if one[0] is notice.on}
        if told and (notice.when is None or evaluate(notice.when, around) is True):
            found.append(notice.name)
    return found


def _happenings(service: Service, steps: Sequence[PreviewStep]) -> Iterator[tuple[On, str]]:
    yield On.SUBMITTED, ""
    for entry in steps:
        if entry.reason is Reason.CONDITION:
            continue
        if entry.people and entry is not steps[0]:
            yield On.ASKED, entry.id
        yield On.PASSED, entry.id
        hooks = service.routing.step(entry.id).hooks if service.routing else ()
        yield from ((On.CALLED, plain(hook.notice)) for hook in hooks if isinstance(hook, Notify))
    yield On.APPROVED, ""
