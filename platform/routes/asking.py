"""Whom a step asks: people of the who-expression, less those barred, with stand-ins where nobody is left."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import islice

from banshi.platform.people.calendar import Calendar
from banshi.platform.people.directory import Directory, Person
from banshi.platform.people.who import TermKind, Who, WhoContext, department_of, persons_of, resolve, weights
from banshi.platform.routes.deadline import Reckoner
from banshi.platform.routes.hooks import Hooks
from banshi.platform.routes.model import Empty, Mode, RouteStep, Same, SelfApproval
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.state import Action, StepState, Vote
from banshi.platform.routes.tree import Tree
from banshi.rules.datasets import Dataset
from banshi.rules.expressions import Environment
from banshi.rules.values import Value

ADMINISTRATOR = "administrator"


@dataclass(frozen=True, kw_only=True)
class FlowContext:
    """What a route is decided by: the form's names (answers, calculations, table outputs, facts), people, the time.

    `now` is aware, in campus time; `seen` gives a digest of what the people of a step see of the form. `case_id` is
    empty before the form is sent: lots are drawn for a case. `chosen` are the ids whom the initiator chose, by step;
    `open_tasks` tells how many tasks wait for a person by her id; `hooks` carry out what steps do when they are passed
    (without them, nothing is done).
    """

    directory: Directory
    initiator: Person
    now: datetime
    names: Mapping[str, Value] = field(default_factory=dict)
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    calendar: Calendar | None = None
    choice_labels: Callable[[str, str, str], str] | None = None
    seen: Callable[[RouteStep], str] = lambda _: ""
    case_id: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    open_tasks: Callable[[str], int] | None = None
    hooks: Hooks | None = None

    @property
    def environment(self) -> Environment:
        """The same for conditions."""
        return Environment(
            values=self.names,
            datasets=self.datasets,
            now=self.now,
            directory=self.directory,
            calendar=self.calendar,
            choice_labels=self.choice_labels,
        )

    @property
    def reckoner(self) -> Reckoner:
        """The same for deadlines; without a calendar, the week and the usual hours count."""
        return Reckoner(names=self.names, datasets=self.datasets, calendar=self.calendar or Calendar())


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom a step asks and how they decide.

    With nobody in `people`, `reason` says why: `self` or `same person` (the step is skipped), or `nobody`, when the
    step's `empty` column decides.
    """

    people: tuple[Person, ...] = ()
    mode: Mode = Mode.ONE
    weights: tuple[Decimal, ...] = ()
    votes: tuple[Vote, ...] = ()
    reason: Reason = Reason.NONE


def whom(step: RouteStep, tree: Tree, states: Mapping[str, StepState], context: FlowContext) -> Asked:
    """Whom a step asks when the route reaches it.

    The order of the rules: who, `differ`, self-approval, `empty`, `one`, enough people, `same`.
    """
    around = who_context(step, states, context)
    kept_away = barred(step, states, context)
    people = [person for person in resolve(step.who, around) if person.id not in kept_away]
    if _guards_against_self(step) and _asks(people, context.initiator):
        people = _without_self(step, people, kept_away, context)
        if not people and step.self_approval is SelfApproval.SKIP:
            return Asked(mode=step.mode, reason=Reason.SELF)
    if _guards_against_self(step):
        kept_away = kept_away | {context.initiator.id}
    if not people:
        return _stand_ins(step, kept_away, around)
    if step.mode is Mode.ONE:
        people = people[:1]
    if step.mode is Mode.AT_LEAST and step.threshold is not None and len(people) < step.threshold.value:
        return _filled_up(step, people, kept_away, around)
    asked = _with_earlier_approvals(step, people, tree, states)
    if step.mode is Mode.WEIGHT:
        named = weights(step.who, around)
        return replace(asked, weights=tuple(named.get(person.id, Decimal(1)) for person in asked.people))
    return asked


def who_context(step: RouteStep, states: Mapping[str, StepState], context: FlowContext) -> WhoContext:
    """What a step's people are resolved against: what was done so far, and whom it may not draw or offer."""
    kept_away = barred(step, states, context) | ({context.initiator.id} if _guards_against_self(step) else set())
    return WhoContext(
        directory=context.directory,
        initiator=context.initiator,
        names=context.names,
        handlers={step_id: state.approvers for step_id, state in states.items()},
        datasets=context.datasets,
        now=context.now,
        open_tasks=context.open_tasks,
        seed=f"{context.case_id}/{step.id}/{states[step.id].round}" if context.case_id else "",
        chosen=context.chosen.get(step.id, ()),
        barred=frozenset(kept_away),
    )


class KeptAway(StrEnum):
    """Why somebody may not be asked at a step as well."""

    UNKNOWN = "unknown"
    THERE = "there already"
    APART = "acts elsewhere"
    SELF = "the applicant"


def hindrance(
    step: RouteStep, states: Mapping[str, StepState], person_id: str, context: FlowContext, leaving: str = ""
) -> KeptAway | None:
    """Why somebody who was not asked may not be; None where nothing keeps her away.

    `leaving` is whose place she would take.
    """
    if person_id not in context.directory.people:
        return KeptAway.UNKNOWN
    state = states[step.id]
    if person_id == leaving or person_id in {*state.everybody, *(vote.by for vote in state.votes)}:
        return KeptAway.THERE
    if person_id == context.initiator.id and keeps_applicant_out(step):
        return KeptAway.SELF
    return KeptAway.APART if person_id in barred(step, states, context) else None


def _filled_up(step: RouteStep, people: list[Person], kept_away: set[str], context: WhoContext) -> Asked:
    """Too few for the votes that are wanted: those whom `empty` names are asked as well."""
    more = _stand_ins(step, kept_away | {person.id for person in people}, context).people
    wanted = int(step.threshold.value) if step.threshold else 0
    return Asked(people=(*people, *more)[:wanted], mode=step.mode, reason=Reason.FILLED_UP if more else Reason.NONE)


def barred(step: RouteStep, states: Mapping[str, StepState], context: FlowContext) -> set[str]:
    """The ids of those whom `differ` keeps from acting here."""
    found: set[str] = set()
    for name in step.differ:
        if name == "initiator":
            found.add(context.initiator.id)
        elif name in states:
            found.update(states[name].hands)
        else:
            found.update(person.id for person in persons_of(context.names.get(name), context.directory))
    return found


def _asks(people: Iterable[Person], person: Person) -> bool:
    return any(other.id == person.id for other in people)


def _guards_against_self(step: RouteStep) -> bool:
    """Self-approval is only about deciding, and not where the sheet asks for the initiator by that word."""
    return step.mode.decides and not step.who.names_initiator and step.self_approval is not SelfApproval.ALLOW


def keeps_applicant_out(step: RouteStep) -> bool:
    """Whether the applicant may not act at a step unless it asks her by that word."""
    return _guards_against_self(step) or "initiator" in step.differ


def _without_self(
    step: RouteStep, people: list[Person], kept_away: Iterable[str], context: FlowContext
) -> list[Person]:
    """The people without the initiator; a countersign, or a step left empty, gets the initiator's superior instead."""
    others = [person for person in people if person.id != context.initiator.id]
    everybody = step.mode.asks_everybody or step.mode.counts
    if step.self_approval is not SelfApproval.SUPERIOR or (others and not everybody):
        return others
    superior = context.directory.superior(context.initiator)
    if superior is None or superior.id in kept_away or _asks(others, superior):
        return others
    return [superior if person.id == context.initiator.id else person for person in people]


def _stand_ins(step: RouteStep, kept_away: set[str], context: WhoContext) -> Asked:
    """What `empty` says. An administrator is the last resort of every policy that still wants somebody asked."""
    directory = context.directory
    mode = Mode.ANY if step.mode.decides else step.mode
    if step.empty in (Empty.SKIP, Empty.REFUSE):
        return Asked(mode=step.mode, reason=Reason.EMPTY)
    if step.empty is Empty.SUPERIOR:
        superior = _superior_of_unit(step.who, context)
        if superior is not None and superior.id not in kept_away:
            return Asked(people=(superior,), mode=mode, reason=Reason.SUPERIOR)
    if step.empty is Empty.PERSON and step.stand_in in directory.people and step.stand_in not in kept_away:
        return Asked(people=(directory.people[step.stand_in],), mode=mode, reason=Reason.STAND_IN)
    admins = administrators(directory, kept_away)
    reason = Reason.UNNAMED if _unnamed(step.who, context) else Reason.ADMIN
    return Asked(people=admins, mode=mode, reason=reason if admins else Reason.EMPTY)


def administrators(directory: Directory, kept_away: Collection[str]) -> tuple[Person, ...]:
    """The administrators who may act; where none may, the nearest head above one of them, so that a case goes on."""
    holders = directory.holders(ADMINISTRATOR)
    if allowed := tuple(person for person in holders if person.id not in kept_away):
        return allowed
    heads = (directory.head(name) for person in holders for name in directory.lineage(person.department))
    return tuple(islice((head for head in heads if head is not None and head.id not in kept_away), 1))


def _unnamed(who: Who, context: WhoContext) -> bool:
    """Whether only fields of the form name people, and none of them is filled in."""
    terms = [term for term in who.terms if not term.minus]
    return all(term.kind is TermKind.FIELD and not context.names.get(term.name) for term in terms)


def _superior_of_unit(who: Who, context: WhoContext) -> Person | None:
    """The head above those who were to be asked: of the role's or the named department, else of the initiator."""
    for term in who.terms:
        if term.minus:
            continue
        if term.kind is TermKind.ROLE and term.name.partition(".")[0] in context.directory.departments:
            return context.directory.head(term.name.partition(".")[0])
        if term.kind in (TermKind.HEAD, TermKind.CHAIN) and term.unit is not None:
            department = context.directory.departments.get(department_of(term.unit, context))
            return None if department is None else context.directory.head(department.parent)
    return context.directory.superior(context.initiator)


def _with_earlier_approvals(
    step: RouteStep, people: list[Person], tree: Tree, states: Mapping[str, StepState]
) -> Asked:
    """Count what the same people approved before; a step that wants something filled in is always asked."""
    asked = Asked(people=tuple(people), mode=step.mode)
    if not step.mode.decides or step.mode.counts or step.asks_more:
        return asked
    earlier = earlier_approvers(step, tree, states)
    votes = tuple(Vote(person.id, Action.APPROVE, automatic=True) for person in people if person.id in earlier)
    if not votes:
        return asked
    if step.mode.asks_everybody and len(votes) < len(people):
        return replace(asked, votes=votes)
    return replace(asked, people=(), votes=votes, reason=Reason.SAME)


def earlier_approvers(step: RouteStep, tree: Tree, states: Mapping[str, StepState]) -> set[str]:
    """Whose approvals stand for this step, as `same` says; sending the form approves nothing."""
    if step.same is Same.KEEP:
        return set()
    if step.same is Same.ALL:
        at = tree.positions[step.id]
        steps: Iterable[RouteStep] = (s for s in tree.route.steps if tree.positions[s.id].before(at))
    else:
        steps = tree.nearest(step.id, lambda s: states[s.id].passed and s.mode.asks)
    return {
        person
        for earlier in steps
        if states[earlier.id].mode.decides and states[earlier.id].reason is not Reason.SUBMITTED
        for person in states[earlier.id].approvers
    }
