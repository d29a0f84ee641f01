"""Which timers a case runs, as its route says."""

from __future__ import annotations

from banshi.platform.cases.case import Case
from banshi.platform.routes.state import RouteOutcome, RouteState, StepStatus
from banshi.storage.contract import Store, StoredTimer

REMINDED, URGED, COPIED, COMMENTED = "reminded", "urged", "copied", "commented"
_QUIET = frozenset({REMINDED, URGED, COPIED, COMMENTED})
"""Events that change nothing of what somebody decides on."""


def timers_of(case: Case) -> dict[str, StoredTimer]:
    """The timers that a case runs by its state, also those that have fired, by their firing keys."""
    state = RouteState.from_json(case.route) if case.route else RouteState()
    if state.outcome is not RouteOutcome.OPEN:
        return {}
    timers = [
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
    ]
    return {timer.id: timer for timer in timers}


def moved_on(store: Store, case: Case, seen: int) -> bool:
    """Whether something has happened to a case since somebody saw it, beside reminders and copies."""
    if case.seq == seen:
        return False
    return case.seq < seen or any(event.seq > seen and event.kind not in _QUIET for event in store.events(case.id))
