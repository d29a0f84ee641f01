"""The decisions of a case in their places: at which deed each was made, and which have been superseded since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from banshi.platform.views import DecisionView, EventView
from banshi.platform.words import EVENTS, word


def placed(decisions: Sequence[DecisionView], events: Sequence[EventView], language: str) -> list[DecisionView]:
    """Decisions and events of one case, oldest first; each decision with its step, and whether it is the last of its kind.

    A decision is written just after the event of the command that it belongs to.
    """
    last = {(one.kind, one.name, one.scope): one.id for one in decisions}
    return [
        replace(one, deed=_deed(one, events, language), current=last[one.kind, one.name, one.scope] == one.id)
        for one in decisions
    ]


def _deed(decision: DecisionView, events: Sequence[EventView], language: str) -> str:
    """What somebody did when it was made: `提交申请`, `财务处：同意`."""
    before = [event for event in events if event.at <= decision.at]
    if not before:
        return ""
    # The command's own event stands before what the platform did because of it.
    event = next(event for event in before if event.at == before[-1].at)
    did = word(EVENTS, event.kind, language)
    if not event.step:
        return did
    return f"{event.step}: {did}" if language == "en" else f"{event.step}：{did}"
