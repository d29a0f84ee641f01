"""Who will be asked: the same moves as in real life, with everybody approving."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from banshi.platform.people.directory import Person
from banshi.platform.people.terms import Term, TermKind, Who, WhoContext
from banshi.platform.people.who import Lot, resolve, undecided
from banshi.platform.routes.asking import FlowContext, who_context
from banshi.platform.routes.effects import Progress
from banshi.platform.routes.flow import act, begin, call_back, look_at_opened, resubmit
from banshi.platform.routes.model import Mode, Route, RouteStep
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.state import Action, RouteOutcome, RouteState, StepState, StepStatus
from banshi.platform.routes.tree import Block, Tree
from banshi.rules.values import ErrorValue

_TO_COME = frozenset({StepStatus.PENDING, StepStatus.ACTIVE})
_YET = {Reason.OPENED_DONE: Reason.OPENED_WAITING, Reason.CALLED_BACK: Reason.CALLBACK_WAITING}
_INSTEAD = frozenset({Reason.UNNAMED, Reason.ADMIN, Reason.EMPTY, Reason.SUPERIOR, Reason.STAND_IN})


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewStep:
    """One step as it stands or as it will be.

    `people` are those who were, are or will be asked; `lots` how many more nobody knows before the case is sent, as
    they are drawn or chosen. `opens` are the services of which it opens cases, each with how many. `values` and `reason`
    say why a step is skipped, or who stands in; `unfilled` are the names that are still empty and would have told whom
    to ask, or whether to. `spare` is how many branches of its group are enough where nobody knows yet whether this one
    will be among them; else 0.
    """

    id: str
    name: str
    group: str = ""
    people: tuple[Person, ...] = ()
    mode: Mode = Mode.ONE
    state: StepStatus = StepStatus.PENDING
    reason: Reason = Reason.NONE
    values: tuple[tuple[str, str], ...] = ()
    lots: tuple[Lot, ...] = ()
    opens: tuple[tuple[str, int], ...] = ()
    unfilled: tuple[str, ...] = ()
    spare: int = 0

    def spare_text(self, language: str = "zh") -> str:
        """That the step may not be needed, as a sentence; blank where it is, as far as anybody knows."""
        if not self.spare:
            return ""
        if language == "en":
            one = self.spare == 1
            return f"May not be needed: {'one' if one else self.spare} of the branches {'is' if one else 'are'} enough"
        return f"可能不需要：{'任一' if self.spare == 1 else f'任 {self.spare} '}支完成即可"


def preview(route: Route, context: FlowContext, state: RouteState | None = None) -> tuple[PreviewStep, ...]:
    """The whole route before it is sent, or the rest of it from a state.

    Where any of several may act, the first of them is taken to act: it matters only for steps that depend on who it
    was. Which branches of a race will be enough is not guessed: all are shown, as steps that may not be needed. From a
    case that was returned it is what sending it again leads to, where decisions that will stand are done.
    """
    now = state or RouteState()
    end, after = _end(route, context, state)
    spare: Mapping[str, int] = {}
    if races := _undecided(route, now):
        end, spare = _with_races(route, context, state, end, races)
    context = after
    returned = now.outcome is RouteOutcome.RETURNED
    lots = _lots(route, context, now, end)
    waiting = [step for step in route.steps if now.steps.get(step.id, StepState()).status in _TO_COME]
    fills = not context.case_id or any(step.edit or step.hooks for step in waiting)
    return tuple(
        PreviewStep(
            id=step.id,
            name=step.name,
            group=step.group,
            people=tuple(
                _person(person, context)
                for person in _who(now.steps.get(step.id), end.steps[step.id])
                if step.id not in lots or person in lots[step.id][1]
            ),
            lots=lots[step.id][0] if step.id in lots else (),
            opens=context.hooks.opened_by(step.id) if context.hooks and step.opens else (),
            mode=end.steps[step.id].mode,
            state=_shown(now.steps.get(step.id, StepState()), end.steps[step.id], stands=returned),
            reason=_reason(now.steps.get(step.id, StepState()), end.steps[step.id]),
            values=end.steps[step.id].values,
            unfilled=_unfilled(step, now.steps.get(step.id, StepState()), end.steps[step.id], context) if fills else (),
            spare=spare.get(step.id, 0),
        )
        for step in route.steps
    )


def final_state(route: Route, context: FlowContext, state: RouteState | None = None) -> RouteState:
    """Where the case ends when everybody approves, in the order of the tasks."""
    return _end(route, context, state)[0]


def _end(route: Route, context: FlowContext, state: RouteState | None) -> tuple[RouteState, FlowContext]:
    """The same, with what the route is decided by in the end: hooks change that, and open cases."""
    if state is None:
        now = begin(route, context)
    elif state.outcome is RouteOutcome.RETURNED:
        now = resubmit(route, state, context)
    else:
        now = Progress(state, ())
    while True:
        state, context = now.state, now.context or context
        if tasks := state.tasks():
            now = act(route, state, tasks[0].step, tasks[0].person, Action.APPROVE, context)
        elif awaited := state.awaited():
            now = call_back(route, state, awaited[0], True, context)
        elif state.awaited(Mode.WAIT):
            now = look_at_opened(route, state, context.hooks.foreseen(context) if context.hooks else context)
        else:
            return state, context


def _undecided(route: Route, now: RouteState) -> tuple[Block, ...]:
    """The groups that need not all their branches, and whose last step is not closed yet."""
    races = (block for block in Tree(route).blocks if block.race)
    return tuple(b for b in races if not all(now.steps.get(s.id, StepState()).closed for s in b.steps))


def _with_races(
    route: Route, context: FlowContext, state: RouteState | None, end: RouteState, races: tuple[Block, ...]
) -> tuple[RouteState, dict[str, int]]:
    """The end, in which the steps that would lose a race which is not decided stand as if every branch were needed.

    With it, how many branches are enough, for the steps of branches that may not be needed.
    """
    patient = Route(tuple(replace(step, join="all") for step in route.steps))
    every = _end(patient, context, state)[0]
    steps = dict(end.steps)
    spare: dict[str, int] = {}
    for race in races:
        steps |= {s.id: every.steps[s.id] for s in race.steps if end.steps[s.id].reason is Reason.JOINED}
        asking = [branch for branch in race.branches if any(every.steps[step.id].passed for step in branch)]
        for branch in asking if len(asking) > race.need else ():
            spare |= {step.id: race.need for step in branch if every.steps[step.id].status is not StepStatus.SKIPPED}
    before = state.steps if state is not None else {}
    spare = {key: need for key, need in spare.items() if not before.get(key, StepState()).closed}
    return replace(end, steps=steps), spare


def _lots(
    route: Route, context: FlowContext, now: RouteState, end: RouteState
) -> dict[str, tuple[tuple[Lot, ...], frozenset[str]]]:
    """The steps ahead whose people are not all known before the case is sent: what is not, and the ids that are.

    A step that asks whoever did such a step is one of them.
    """
    found: dict[str, tuple[tuple[Lot, ...], frozenset[str]]] = {}
    for step in () if context.case_id else route.steps:
        ahead = end.steps[step.id]
        if now.steps.get(step.id, StepState()).status is not StepStatus.PENDING or not ahead.people:
            continue
        if ahead.reason is Reason.UNCHANGED:
            continue
        around = who_context(step, end.steps, context)
        after = [found[term.name] for term in step.who.terms if term.kind is TermKind.STEP and term.name in found]
        lots = undecided(step.who, around) + tuple(lot for others, _ in after for lot in others)
        if lots:
            known = [term for term in step.who.terms if term.minus or not _unknown(term, around, found)]
            people = resolve(Who(terms=tuple(known)), around)
            found[step.id] = lots, frozenset(person.id for person in people)
    return found


def _unknown(term: Term, context: WhoContext, found: Collection[str]) -> bool:
    unknown = term.kind is TermKind.STEP and term.name in found
    return unknown or bool(undecided(Who(terms=(term,)), context))


def path_text(route: Route, steps: Iterable[PreviewStep]) -> str:
    """The path as examples write it: `10>15>20>{40,41}>50`; a branch of several steps reads `{40>40.1,41}`."""
    return path_of(route, {step.id for step in steps if step.state is not StepStatus.SKIPPED})


def path_of(route: Route, taken: Collection[str]) -> str:
    """The same for the ids of the steps that are taken."""
    parts: list[str] = []
    for block in Tree(route).blocks:
        branches = [">".join(step.id for step in branch if step.id in taken) for branch in block.branches]
        branches = [branch for branch in branches if branch]
        if branches:
            parts.append(branches[0] if len(branches) == 1 else "{" + ",".join(branches) + "}")
    return ">".join(parts)


def _unfilled(step: RouteStep, now: StepState, end: StepState, context: FlowContext) -> tuple[str, ...]:
    """The empty names for the sake of which nobody knows yet whom to ask, or whether to."""
    asked = step.who.names if end.reason in _INSTEAD else frozenset()
    if end.reason in (Reason.CONDITION, Reason.CONDITION_ERROR) and step.when is not None:
        asked = step.when.names
    if now.status is not StepStatus.PENDING:
        return ()
    values = ((name, context.names.get(name)) for name in sorted(asked))
    return tuple(name for name, value in values if value in (None, "") or isinstance(value, ErrorValue))


def _who(now: StepState | None, end: StepState) -> tuple[str, ...]:
    """Who has done a step that is done, else who is asked, with those who were added."""
    if now is not None and now.status is StepStatus.DONE and now.votes:
        return now.voters
    if now is not None and now.status is StepStatus.ACTIVE:
        return now.waiting if now.claimed else now.everybody
    return end.people


def _person(person_id: str, context: FlowContext) -> Person:
    """The person; somebody who has left the directory keeps the id for a name."""
    return context.directory.people.get(person_id) or Person(id=person_id, name=person_id)


def _reason(now: StepState, end: StepState) -> Reason:
    """Why it ends as it does; a step that is to wait for opened cases, or for another system, does so yet."""
    return _YET.get(end.reason, end.reason) if now.status in _TO_COME else end.reason


def _shown(now: StepState, end: StepState, *, stands: bool) -> StepStatus:
    """What has happened stays, also what will stand again; what is to come is pending, or skipped where nobody is asked."""
    if stands and end.reason is Reason.UNCHANGED:
        return StepStatus.DONE
    if now.status is not StepStatus.PENDING:
        return now.status
    return StepStatus.SKIPPED if end.status is StepStatus.SKIPPED and not end.people else StepStatus.PENDING
