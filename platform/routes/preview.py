"""Who will be asked: the same moves as in real life, with everybody approving."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from banshi.platform.people.directory import Person
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.flow import act, begin, call_back, resubmit
from banshi.platform.routes.model import Mode, Route
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.state import Action, RouteOutcome, RouteState, StepState, StepStatus
from banshi.platform.routes.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewStep:
    """One step as it stands or as it will be.

    `people` are those who were, are or will be asked; `values` and `reason` say why a step is skipped, or who stands
    in.
    """

    id: str
    name: str
    group: str = ""
    people: tuple[Person, ...] = ()
    mode: Mode = Mode.ONE
    state: StepStatus = StepStatus.PENDING
    reason: Reason = Reason.NONE
    values: tuple[tuple[str, str], ...] = ()


def preview(route: Route, context: FlowContext, state: RouteState | None = None) -> tuple[PreviewStep, ...]:
    """The whole route before it is sent, or the rest of it from a state.

    Where any of several may act, the first of them is taken to act: it matters only for steps that depend on who it
    was.
    """
    now = state or RouteState()
    end = final_state(route, context, state)
    return tuple(
        PreviewStep(
            id=step.id,
            name=step.name,
            group=step.group,
            people=tuple(_person(person, context) for person in _who(now.steps.get(step.id), end.steps[step.id])),
            mode=end.steps[step.id].mode,
            state=_shown(now.steps.get(step.id, StepState()), end.steps[step.id]),
            reason=end.steps[step.id].reason,
            values=end.steps[step.id].values,
        )
        for step in route.steps
    )


def final_state(route: Route, context: FlowContext, state: RouteState | None = None) -> RouteState:
    """Where the case ends when everybody approves, in the order of the tasks."""
    if state is None:
        state = begin(route, context).state
    elif state.outcome is RouteOutcome.RETURNED:
        state = resubmit(route, state, context).state
    while True:
        if tasks := state.tasks():
            state = act(route, state, tasks[0].step, tasks[0].person, Action.APPROVE, context).state
        elif awaited := state.awaited():
            state = call_back(route, state, awaited[0], True, context).state
        else:
            return state


def path_text(route: Route, steps: Iterable[PreviewStep]) -> str:
    """The path as examples write it: `10>15>20>{40,41}>50`; a branch of several steps reads `{40>40.1,41}`."""
    taken = {step.id for step in steps if step.state is not StepStatus.SKIPPED}
    parts: list[str] = []
    for block in Tree(route).blocks:
        branches = [">".join(step.id for step in branch if step.id in taken) for branch in block.branches]
        branches = [branch for branch in branches if branch]
        if branches:
            parts.append(branches[0] if len(branches) == 1 else "{" + ",".join(branches) + "}")
    return ">".join(parts)


def _who(now: StepState | None, end: StepState) -> tuple[str, ...]:
    """Who has done a step that is done, else who is asked."""
    if now is not None and now.status is StepStatus.DONE and now.votes:
        return tuple(vote.person for vote in now.votes)
    return end.people


def _person(person_id: str, context: FlowContext) -> Person:
    """The person; somebody who has left the directory keeps the id for a name."""
    return context.directory.people.get(person_id) or Person(id=person_id, name=person_id)


def _shown(now: StepState, end: StepState) -> StepStatus:
    """What has happened stays; what is to come is pending, or skipped where nobody will be asked."""
    if now.status is not StepStatus.PENDING:
        return now.status
    return StepStatus.SKIPPED if end.status is StepStatus.SKIPPED and not end.people else StepStatus.PENDING
