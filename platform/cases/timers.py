"""Which timers a case runs, as its route says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from banshi.platform.cases.case import Case
from banshi.platform.forms.passing import DUE, Opening, openings_of
from banshi.platform.routes.state import RouteOutcome, RouteState, StepStatus
from banshi.storage.contract import Store, StoredEvent, StoredTimer

REMINDED, URGED, COPIED, COMMENTED = "reminded", "urged", "copied", "commented"
SCANNED = "scanned"
OPENED, NOT_OPENED, TOLD = "opened", "not opened", "opened case closed"
TRIED_AGAIN, GAVE_UP = "tried again", "gave up"
OPENING, TELLING = "open:", "tell:"
"""What the ids of timers begin with that open a case, and that tell the verdict of one to the case that opened it."""
_QUIET = frozenset({REMINDED, URGED, COPIED, COMMENTED, OPENED, NOT_OPENED, SCANNED})
"""Events that change nothing of what somebody decides on."""


def timers_of(case: Case) -> dict[str, StoredTimer]:
    """The timers that a case runs by its state, also those that have fired, by their firing keys.

    Beside deadlines these are cases that are to be opened, and that of a case that was opened: telling the one that did.
    """
    timers = {timer.id: timer for timer in (*_openings(case), *_verdict(case))}
    state = RouteState.from_json(case.route) if case.route else RouteState()
    if state.outcome is not RouteOutcome.OPEN:
        return timers
    deadlines = (
        StoredTimer(
            id=f"timer:{case.id}.{step_id}.{step.round}.{k}",
            case_id=case.id,
            step_id=step_id,
            round=step.round,
            k=k,
            at=at,
        )
        for step_id, step in state.steps.items()
        if step.status is StepStatus.ACTIVE
        for k, at in enumerate(step.timers)
    )
    return timers | {timer.id: timer for timer in deadlines}


def _openings(case: Case) -> Iterator[StoredTimer]:
    for key, one in due_openings(case).items():
        at = datetime.fromisoformat(one.at)
        yield StoredTimer(id=key, case_id=case.id, step_id=one.step, round=one.round, k=one.row, at=at)


def due_openings(case: Case) -> dict[str, Opening]:
    """What a case is to open, by the ids of the timers; one that was refused or taken back opens no more."""
    if case.state in (RouteOutcome.REFUSED, RouteOutcome.WITHDRAWN):
        return {}
    due = (one for one in openings_of(case.openings).values() if one.state == DUE)
    return {f"{OPENING}{case.id}/{one.key}/{one.attempt}": one for one in due}


def _verdict(case: Case) -> Iterator[StoredTimer]:
    if case.parent and case.closed:
        yield StoredTimer(id=f"{TELLING}{case.id}", case_id=case.id, step_id="", round=0, k=0, at=case.changed_at)


def moved_on(store: Store, case: Case, seen: int, step_id: str = "") -> bool:
    """Whether something has happened to a case since somebody saw it, beside reminders and copies.

    To whoever is asked at a step (`step_id`), what others do at the steps beside it is nothing, unless they filled something in.
    """
    if case.seq == seen:
        return False
    since = (event for event in store.events(case.id) if event.seq > seen and event.kind not in _QUIET)
    return case.seq < seen or any(not step_id or not _elsewhere(event, step_id) for event in since)


def _elsewhere(event: StoredEvent, step_id: str) -> bool:
    return event.payload.get("step", step_id) != step_id and "answers" not in event.payload
