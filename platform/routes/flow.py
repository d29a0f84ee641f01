"""The moves of a case along its route: pure functions from a state to the next one and what changed.

A route is a tree of blocks (`tree.py`). The frontier is what may be entered: the first block that is not complete, in a
group the first open step of every branch. Whatever happens, the frontier is worked out again from the statuses alone,
so a return only has to clear statuses to leave a legal state.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from banshi.platform.routes.asking import FlowContext, whom
from banshi.platform.routes.faults import NoSuchTask, NotAllowedHere, NotReturnable, NotReturned
from banshi.platform.routes.model import Empty, Mode, Route, RouteStep
from banshi.platform.routes.state import (
    Action,
    Effect,
    EffectKind,
    Progress,
    Reason,
    RouteOutcome,
    RouteState,
    StepState,
    StepStatus,
    Vote,
)
from banshi.platform.routes.tree import Tree
from banshi.rules.cells import Cell
from banshi.rules.decision import Explanation
from banshi.rules.expressions import Expression, evaluate, explain
from banshi.rules.values import ErrorValue, Value

INITIATOR = "initiator"


def begin(route: Route, context: FlowContext) -> Progress:
    """Send the form: the initiator's leading steps are done by that, and the first people are asked."""
    move = _Move(route, RouteState(), context)
    move.submit()
    return move.progress()


def act(
    route: Route,
    state: RouteState,
    step_id: str,
    person_id: str,
    action: Action | str,
    context: FlowContext,
    *,
    target: str = "",
) -> Progress:
    """One person approves (or has done), refuses, or returns.

    `target` of a return is one of `targets(…)`, or `previous` where that is one step. Raises NoSuchTask when the
    person has no open task at the step, NotAllowedHere for a refusal of a step without a verdict, NotReturnable for a
    wrong target.
    """
    step_state = state.steps.get(step_id)
    if state.outcome is not RouteOutcome.OPEN or step_state is None or person_id not in step_state.waiting:
        raise NoSuchTask(step_id, person_id)
    move = _Move(route, state, context)
    match Action(action):
        case Action.APPROVE:
            move.approve(route.step(step_id), person_id)
        case Action.REFUSE:
            if not step_state.mode.decides:
                raise NotAllowedHere(step_id, Action.REFUSE)
            move.refuse(route.step(step_id), person_id)
        case Action.RETURN:
            move.send_back(route.step(step_id), person_id, _target(route, state, step_id, target))
    return move.progress()


def resubmit(route: Route, state: RouteState, context: FlowContext) -> Progress:
    """The initiator sends a returned case again; it goes through the whole route. Raises NotReturned."""
    if state.outcome is not RouteOutcome.RETURNED:
        raise NotReturned
    move = _Move(route, replace(state, outcome=RouteOutcome.OPEN), context)
    move.note(EffectKind.RESUBMITTED, person=context.initiator.id)
    move.submit()
    return move.progress()


def withdraw(route: Route, state: RouteState, context: FlowContext) -> Progress:
    """The initiator takes the case back: open tasks are cancelled. Raises NoSuchTask when it is already final."""
    if state.outcome.final:
        raise NoSuchTask("", context.initiator.id)
    move = _Move(route, state, context)
    move.close(RouteOutcome.WITHDRAWN, EffectKind.WITHDRAWN, Reason.WITHDRAWN, person=context.initiator.id)
    return move.progress()


def targets(route: Route, state: RouteState, step_id: str) -> tuple[str, ...]:
    """Where the people of a step may return to now: `initiator` and ids of steps that somebody has done."""
    tree = Tree(route)
    here = tree.positions[step_id]
    done = [step.id for step in route.steps if _handled(tree, state, step.id)]
    allowed: set[str] = set()
    for entry in route.step(step_id).back:
        if entry == INITIATOR:
            allowed.add(INITIATOR)
        elif entry == "previous":
            allowed.update(_previous(tree, state, step_id))
        elif entry == "any":
            allowed.update((INITIATOR, *done))
        else:
            allowed.add(entry)
    leading = {step.id for step in tree.leading}
    if allowed & leading:
        allowed.add(INITIATOR)
    places = tree.positions
    found = [i for i in done if i in allowed - leading and (places[i].before(here) or places[i].beside(here))]
    return ((INITIATOR,) if INITIATOR in allowed else ()) + tuple(found)


def _target(route: Route, state: RouteState, step_id: str, target: str) -> str:
    """The target of a return, as an id or `initiator`."""
    tree = Tree(route)
    wanted = target
    if target == "previous" and "previous" in route.step(step_id).back:
        previous = _previous(tree, state, step_id)
        wanted = previous[0] if len(previous) == 1 else target
    if wanted in {step.id for step in tree.leading}:
        wanted = INITIATOR
    if wanted not in targets(route, state, step_id):
        raise NotReturnable(step_id, target)
    return wanted


def _handled(tree: Tree, state: RouteState, step_id: str) -> bool:
    """Whether somebody has done the step, and its branch was not cut off because another one was faster."""
    at = tree.positions[step_id]
    branch = tree.blocks[at.block].branches[at.branch]
    return state.steps[step_id].by_hand and all(state.steps[s.id].reason is not Reason.JOINED for s in branch)


def _previous(tree: Tree, state: RouteState, step_id: str) -> tuple[str, ...]:
    """The step that was done before this one; after a group, the last one of each branch; else the initiator."""
    found = tree.nearest(step_id, lambda step: _handled(tree, state, step.id))
    ids = [INITIATOR if step in tree.leading else step.id for step in found]
    return tuple(ids) or (INITIATOR,)


class _Move:
    """One move: statuses that change, and the effects in order."""

    def __init__(self, route: Route, state: RouteState, context: FlowContext) -> None:
        self.tree = Tree(route)
        self.context = context
        self.outcome = state.outcome
        self.states = {step.id: state.steps.get(step.id, StepState()) for step in route.steps}
        self.effects: list[Effect] = []

    def progress(self) -> Progress:
        return Progress(RouteState(steps=self.states, outcome=self.outcome), tuple(self.effects))

    def note(
        self,
        kind: EffectKind,
        step: str = "",
        person: str = "",
        *,
        action: str = "",
        target: str = "",
        reason: Reason = Reason.NONE,
        explanation: Explanation | None = None,
    ) -> None:
        state = self.states[step] if step else StepState()
        self.effects.append(
            Effect(
                kind=kind,
                step=step,
                round=state.round,
                person=person,
                action=action,
                target=target,
                reason=reason,
                values=state.values if explanation is not None else (),
                explanation=explanation,
            )
        )

    def change(self, step: RouteStep, **facts: Any) -> None:
        self.states[step.id] = replace(self.states[step.id], **facts)

    # Moves

    def submit(self) -> None:
        initiator = self.context.initiator.id
        for step in self.tree.leading:
            if self.enter_by_condition(step):
                vote = Vote(initiator, Action.APPROVE)
                self.change(step, status=StepStatus.DONE, people=(initiator,), votes=(vote,), reason=Reason.SUBMITTED)
                self.note(EffectKind.STEP_DONE, step.id, initiator, reason=Reason.SUBMITTED)
        self.advance()

    def approve(self, step: RouteStep, person: str) -> None:
        votes = (*self.states[step.id].votes, Vote(person, Action.APPROVE))
        self.change(step, votes=votes)
        self.note(EffectKind.TASK_DONE, step.id, person, action=str(Action.APPROVE))
        if self.states[step.id].mode is not Mode.ALL or not self.states[step.id].waiting:
            self.cancel((step,), Reason.DECIDED)
            self.change(step, status=StepStatus.DONE)
            self.note(EffectKind.STEP_DONE, step.id)
        self.advance()

    def refuse(self, step: RouteStep, person: str) -> None:
        votes = (*self.states[step.id].votes, Vote(person, Action.REFUSE))
        self.change(step, votes=votes)
        self.note(EffectKind.TASK_DONE, step.id, person, action=str(Action.REFUSE))
        self.cancel((step,), Reason.DECIDED)
        self.change(step, status=StepStatus.REFUSED)
        self.note(EffectKind.STEP_REFUSED, step.id, person)
        self.close(RouteOutcome.REFUSED, EffectKind.REFUSED, Reason.REFUSED, step=step.id, person=person)

    def send_back(self, step: RouteStep, person: str, target: str) -> None:
        self.change(step, votes=(*self.states[step.id].votes, Vote(person, Action.RETURN)))
        self.note(EffectKind.TASK_DONE, step.id, person, action=str(Action.RETURN), target=target)
        if target == INITIATOR:
            self.return_to_initiator(step.id, Reason.RETURNED)
            return
        self.note(EffectKind.STEP_RETURNED, step.id, person, target=target)
        self.clear(self.tree.between(target, step.id))
        race = self.tree.blocks[self.tree.positions[target].block]
        # The race is open again: who was cut off may be asked again.
        self.clear(other for other in race.steps if self.states[other.id].reason is Reason.JOINED)
        self.advance()

    def return_to_initiator(self, step_id: str, reason: Reason) -> None:
        self.clear(self.tree.route.steps)
        self.outcome = RouteOutcome.RETURNED
        self.note(EffectKind.RETURNED, step_id, self.context.initiator.id, target=INITIATOR, reason=reason)

    def close(self, outcome: RouteOutcome, kind: EffectKind, reason: Reason, step: str = "", person: str = "") -> None:
        for active in self.tree.route.steps:
            if self.states[active.id].status is StepStatus.ACTIVE:
                self.cancel((active,), reason)
                self.change(active, status=StepStatus.SKIPPED, reason=reason)
        self.outcome = outcome
        self.note(kind, step, person, reason=reason)

    # The frontier

    def advance(self) -> None:
        """Enter steps until everybody who can be asked now has been asked."""
        while self.outcome is RouteOutcome.OPEN:
            block = next((block for block in self.tree.blocks if not self.complete(block.steps)), None)
            if block is None:
                self.close(RouteOutcome.APPROVED, EffectKind.APPROVED, Reason.NONE)
            elif block.race and any(self.won(branch) for branch in block.branches):
                self.cut_off(step for step in block.steps if not self.states[step.id].closed)
            else:
                step = next(filter(None, map(self.enterable, block.branches)), None)
                if step is None:
                    return
                self.enter(step)

    def complete(self, steps: Iterable[RouteStep]) -> bool:
        return all(self.states[step.id].closed for step in steps)

    def won(self, branch: tuple[RouteStep, ...]) -> bool:
        """Whether a branch of a race is through; a branch that asked nobody for anything has won nothing."""
        return self.complete(branch) and any(self.states[step.id].passed for step in branch)

    def enterable(self, branch: tuple[RouteStep, ...]) -> RouteStep | None:
        step = next((step for step in branch if not self.states[step.id].closed), None)
        return step if step is not None and self.states[step.id].status is StepStatus.PENDING else None

    def enter(self, step: RouteStep) -> None:
        if not self.enter_by_condition(step):
            return
        if step.mode is Mode.AUTO:
            self.change(step, status=StepStatus.DONE, reason=Reason.AUTO)
            self.note(EffectKind.STEP_DONE, step.id, reason=Reason.AUTO)
            return
        asked = whom(step, self.tree, self.states, self.context)
        if asked.people:
            reason = asked.reason or self.states[step.id].reason
            people = tuple(person.id for person in asked.people)
            self.change(
                step, status=StepStatus.ACTIVE, mode=asked.mode, people=people, votes=asked.votes, reason=reason
            )
            for person in self.states[step.id].waiting:
                self.note(EffectKind.TASK_OPENED, step.id, person, reason=reason)
        elif asked.reason in (Reason.SAME, Reason.SELF) or step.empty is Empty.SKIP:
            self.change(step, status=StepStatus.SKIPPED, mode=asked.mode, votes=asked.votes, reason=asked.reason)
            self.note(EffectKind.STEP_SKIPPED, step.id, reason=asked.reason)
        elif step.empty is Empty.REFUSE:
            self.change(step, status=StepStatus.REFUSED, reason=asked.reason)
            self.note(EffectKind.STEP_REFUSED, step.id, reason=asked.reason)
            self.close(RouteOutcome.REFUSED, EffectKind.REFUSED, asked.reason, step=step.id)
        else:
            self.return_to_initiator(step.id, asked.reason)

    def enter_by_condition(self, step: RouteStep) -> bool:
        """Count the round and decide the condition; a step whose condition does not hold is skipped."""
        self.change(step, round=self.states[step.id].round + 1, mode=step.mode)
        if step.when is None:
            return True
        environment = self.context.environment
        value = evaluate(step.when, environment)
        self.change(step, values=self.values_of(step.when))
        if _false(value):
            self.change(step, status=StepStatus.SKIPPED, reason=Reason.CONDITION)
            explanation = explain(step.when, environment)
            self.note(EffectKind.STEP_SKIPPED, step.id, reason=Reason.CONDITION, explanation=explanation)
            return False
        if isinstance(value, ErrorValue):
            self.change(step, reason=Reason.CONDITION_ERROR)
        return True

    def values_of(self, expression: Expression) -> tuple[tuple[str, str], ...]:
        names = self.context.names
        return tuple((name, _text(names.get(name))) for name in sorted(expression.names))

    # Clearing

    def cancel(self, steps: Iterable[RouteStep], reason: Reason) -> None:
        """Cancel the open tasks of steps; their statuses are the caller's."""
        for step in steps:
            for person in self.states[step.id].waiting:
                self.note(EffectKind.TASK_CANCELLED, step.id, person, reason=reason)

    def cut_off(self, steps: Iterable[RouteStep]) -> None:
        for step in tuple(steps):
            self.cancel((step,), Reason.JOINED)
            self.change(step, status=StepStatus.SKIPPED, reason=Reason.JOINED)
            self.note(EffectKind.STEP_SKIPPED, step.id, reason=Reason.JOINED)

    def clear(self, steps: Iterable[RouteStep]) -> None:
        """Make steps pending again; only their rounds are kept, so that every asking has its own number."""
        for step in tuple(steps):
            self.cancel((step,), Reason.RETURNED)
            self.states[step.id] = StepState(round=self.states[step.id].round)


def _false(value: Value) -> bool:
    """Whether a condition keeps its step from being asked.

    Empty does, as in XLSForm and Excel. What cannot be computed does not: a fault must never skip an approval.
    """
    return value is None or value is False or (isinstance(value, Decimal) and value == 0)


def _text(value: Value) -> str:
    if isinstance(value, ErrorValue):
        return value.diagnostic.message()
    return "、".join(map(_text, value)) if isinstance(value, tuple) else Cell(value).text
