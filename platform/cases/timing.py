"""What timers do when their instant has come: remind, urge, escalate, copy, or decide in somebody's place."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from banshi.platform.cases.case import Case
from banshi.platform.cases.desk import NO_ROUTE, Desk
from banshi.platform.cases.notifying import messages_of_reminder
from banshi.platform.cases.opening import Opener
from banshi.platform.cases.timers import COPIED, OPENING, REMINDED, TELLING, URGED, timers_of
from banshi.platform.people.directory import SYSTEM
from banshi.platform.publishing.library import Library
from banshi.platform.routes import flow
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.deadline import Deed, Overdue
from banshi.platform.routes.effects import EffectKind, Progress
from banshi.platform.routes.model import Route
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.state import RouteState
from banshi.platform.service.model import Service
from banshi.storage.contract import (
    Change,
    Command,
    Draw,
    NewEvent,
    ReversedBefore,
    StaleWrite,
    StorageBusy,
    Store,
    StoredTimer,
    TaskFilter,
)

LOG = logging.getLogger("banshi")
TRIES = 5
"""How often a firing that met somebody's command is tried again at once."""

_REMINDERS = {Deed.REMIND: REMINDED, Deed.URGE: URGED}
_NAMED = {Deed.ESCALATE: EffectKind.TASK_OPENED, Deed.COPY: EffectKind.COPIED}
"""The effects of a deed whose people its event names."""
_ENDED = ("done", "cancelled")
_REASONS = {Deed.ESCALATE: Reason.SUPERIOR, Deed.COPY: Reason.NONE}


class Timekeeper:
    """Fires timers: each is one command whose id is the firing key, so that it has one effect however often it runs."""

    def __init__(
        self, store: Store, library: Library, desk: Desk, opener: Opener, clock: Callable[[], datetime]
    ) -> None:
        self._opener = opener
        self._store = store
        self._library = library
        self._desk = desk
        self._clock = clock

    def fire_due(self, limit: int = 20) -> int:
        """Take timers whose instant has come and fire them; how many were taken. A failing one stops no other."""
        taken = self._store.take_timers(self._clock(), limit=limit)
        for timer in taken:
            try:
                if timer.id.startswith((OPENING, TELLING)):
                    self._opener.fire(timer)
                else:
                    self._fire(timer)
                    self._opener.fire_now(timer.case_id)
            except Exception:
                LOG.exception("The timer %s failed; it is tried again later.", timer.id)
        return len(taken)

    def _fire(self, timer: StoredTimer) -> None:
        for _ in range(TRIES):
            case = self._desk.case(timer.case_id)
            if timer.id not in timers_of(case):
                break  # its step was closed
            try:
                if not self._store.commit(self._command(case, timer)).repeated:
                    return
                break  # it has fired before
            except (StaleWrite, ReversedBefore):
                continue  # somebody acted meanwhile, or reversed a charge by hand: look again
        else:
            raise StorageBusy(timer.case_id)
        self._store.drop_timer(timer.id)

    def _command(self, case: Case, timer: StoredTimer) -> Command:
        made = self._change(case, timer)

        def change(draw: Draw) -> Change:
            found = made(draw)
            gone = (*found.timers_gone, timer.id)
            return replace(found, timers_gone=gone, answer={"case_id": case.id, "number": case.number})

        at = self._clock()
        return Command(id=timer.id, actor=SYSTEM, at=at, change=change, case_id=case.id, expected_seq=case.seq)

    def _change(self, case: Case, timer: StoredTimer) -> Callable[[Draw], Change]:
        service = self._library.version(case.service_id, case.version)
        route = service.routing or NO_ROUTE
        entry = route.step(timer.step_id).overdue[timer.k]
        if entry.deed in _REMINDERS:
            return lambda _: self._reminder(case, timer, _REMINDERS[entry.deed])
        applicant = self._desk.applicant(case)
        evaluation = self._desk.evaluate(service, case.answers, applicant, "zh", case_id=case.id, stored=case.answers)
        state = RouteState.from_json(case.route)

        def move(draw: Draw | None) -> Progress:
            context = self._desk.context(service, evaluation, applicant, case, case.chosen, draw)
            return _done(route, state, timer.step_id, entry, context)

        moved = self._desk.moving(service, move)
        return lambda draw: self._told(case, timer, service, entry, _kind(state, timer.step_id, entry), moved(draw))

    def _told(
        self, case: Case, timer: StoredTimer, service: Service, entry: Overdue, kind: str, progress: Progress
    ) -> Change:
        """What a deed writes."""
        if entry.deed is Deed.ESCALATE and not progress.effects:
            return self._reminder(case, timer, URGED)  # nobody above may act: then those who are asked are urged
        payload: dict[str, Any] = {"step": timer.step_id, "reason": str(_REASONS.get(entry.deed, Reason.OVERDUE))}
        if entry.deed in _NAMED:
            payload["people"] = [effect.person for effect in progress.effects if effect.kind is _NAMED[entry.deed]]
        if entry.deed is Deed.RETURN:
            payload["return_to"] = "initiator"
        made = self._desk.moved(kind, SYSTEM, case, service, progress, payload)
        mine = f"{case.id}.{timer.step_id}.{timer.round}."
        # It was the clock's deed, and not theirs whose tasks it has ended.
        tasks = [
            replace(task, action=str(entry.deed)) if task.id.startswith(mine) and task.state in _ENDED else task
            for task in made.tasks
        ]
        return replace(made, tasks=tasks)

    def _reminder(self, case: Case, timer: StoredTimer, kind: str) -> Change:
        """The event, and a mark on the tasks of those who let the step wait."""
        now = self._clock()
        events = [NewEvent(kind=kind, at=now, actor=SYSTEM, payload={"step": timer.step_id})]
        rows, _ = self._store.tasks(TaskFilter(case_id=case.id, state="open"), size=1000)
        tasks = [replace(row.task, reminded_at=now) for row in rows if row.task.step_id == timer.step_id]
        after, service = case.after(events), self._library.version(case.service_id, case.version)
        waiting = {timer.step_id: [task.person for task in tasks]}
        around = partial(self._desk.around, after, service)
        told = messages_of_reminder(after, service, events[0], waiting, around, self._desk.masks_over, now)
        return Change(events=events, case=after.stored(), tasks=tasks, messages=told)


def _kind(state: RouteState, step_id: str, entry: Overdue) -> str:
    """The kind of a deed's event: what a person's would be called, for it is told in the same way."""
    passed = "approved" if state.steps[step_id].mode.decides else "done"
    kinds = {Deed.ESCALATE: "escalated", Deed.PASS: passed, Deed.RETURN: "returned", Deed.REFUSE: "refused"}
    return kinds.get(entry.deed, COPIED)


def _done(route: Route, state: RouteState, step_id: str, entry: Overdue, context: FlowContext) -> Progress:
    """What a deed comes to."""
    match entry.deed:
        case Deed.ESCALATE:
            return flow.escalate(route, state, step_id, context)
        case Deed.PASS:
            return flow.pass_overdue(route, state, step_id, context)
        case Deed.RETURN:
            return flow.return_overdue(route, state, step_id, context)
        case Deed.REFUSE:
            return flow.refuse_overdue(route, state, step_id, context)
    if entry.who is None:
        raise ValueError(f"Step {step_id} gives a copy to nobody.")
    return flow.copy_overdue(route, state, step_id, entry.who, context)
