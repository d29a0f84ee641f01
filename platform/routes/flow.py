"""What may happen to a case on its route: pure functions from a state to the next one and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from banshi.platform.people.directory import SYSTEM
from banshi.platform.people.who import Who, resolve
from banshi.platform.routes.asking import FlowContext, hindrance, who_context
from banshi.platform.routes.effects import EffectKind, Progress
from banshi.platform.routes.faults import NoSuchTask, NotAllowedHere, NotEligible, NotReturned
from banshi.platform.routes.model import BackMode, Mode, Operation, Route, RouteStep
from banshi.platform.routes.moves import INITIATOR, Move
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.returns import after, may_take_back, target_of
from banshi.platform.routes.state import (
    Action,
    RouteOutcome,
    RouteState,
    Signer,
    Signing,
    StepState,
    StepStatus,
    Vote,
)

MOST_ADDITIONS = 3


def begin(route: Route, context: FlowContext) -> Progress:
    """Send the form: the initiator's leading steps are done by that, and the first people are asked."""
    move = Move(route, RouteState(), context)
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
    how: BackMode | str = BackMode.ASK,
    by: str = "",
) -> Progress:
    """One person approves (or has done), refuses, or returns; `by` is the stand-in who does it for her.

    `target` of a return is one of `returns.targets(…)`, or `previous` where that is one step; `how` says what happens
    after it is mended, where the route leaves that open. Raises NoSuchTask when the person has no open task at the
    step, NotAllowedHere for what the step does not take, NotReturnable for a wrong target, NotEligible for a stand-in
    who may not act here.
    """
    move, step, step_state = _task(route, state, step_id, person_id, context)
    if by and (why := hindrance(step, move.states, by, context)):
        raise NotEligible(step_id, by, why)
    if step_state.mode is Mode.CLAIM and not step_state.claimed and person_id in step_state.people:
        move.update(step, because=Reason.CLAIMED, claimed=person_id)
    vote = Vote(person_id, Action(action), by=by)
    match vote.action:
        case Action.APPROVE:
            move.vote(step, vote)
        case Action.REFUSE:
            if not step_state.mode.decides or step_state.consulted(person_id):
                raise NotAllowedHere(step_id, Action.REFUSE)
            move.vote(step, vote)
        case Action.RETURN:
            if step_state.consulted(person_id):
                raise NotAllowedHere(step_id, Action.RETURN)
            goal = target_of(route, state, step_id, target)
            move.send_back(step, vote, goal, back_mode(step, how))
    return move.progress()


def back_mode(step: RouteStep, how: BackMode | str) -> BackMode:
    """What happens after a return: as the sheet says, else as the person wants, else every step is asked again.

    Raises NotAllowedHere where the sheet says otherwise than the person.
    """
    wanted = BackMode(how)
    if step.back_mode is not BackMode.ASK:
        if wanted not in (BackMode.ASK, step.back_mode):
            raise NotAllowedHere(step.id, wanted)
        return step.back_mode
    return BackMode.THROUGH if wanted is BackMode.ASK else wanted


def resubmit(route: Route, state: RouteState, context: FlowContext) -> Progress:
    """The initiator sends a returned case again; what was not cleared by the return stands. Raises NotReturned."""
    if state.outcome is not RouteOutcome.RETURNED:
        raise NotReturned
    move = Move(route, replace(state, outcome=RouteOutcome.OPEN), context)
    move.note(EffectKind.RESUBMITTED, person=context.initiator.id)
    move.submit()
    return move.progress()


def withdraw(route: Route, state: RouteState, context: FlowContext) -> Progress:
    """The initiator takes the case back: open tasks are cancelled. Raises NoSuchTask when it is already final."""
    if state.outcome.final:
        raise NoSuchTask("", context.initiator.id)
    move = Move(route, state, context)
    move.close(RouteOutcome.WITHDRAWN, EffectKind.WITHDRAWN, Reason.WITHDRAWN, person=context.initiator.id)
    return move.progress()


def claim(route: Route, state: RouteState, step_id: str, person_id: str, context: FlowContext) -> Progress:
    """One of those whom a step asks takes it: the others are not asked any more. Raises NotAllowedHere."""
    move, step, step_state = _task(route, state, step_id, person_id, context)
    if step_state.mode is not Mode.CLAIM or step_state.claimed or person_id not in step_state.people:
        raise NotAllowedHere(step_id, "claim")
    move.update(step, because=Reason.CLAIMED, claimed=person_id)
    return move.progress()


def release(route: Route, state: RouteState, step_id: str, person_id: str, context: FlowContext) -> Progress:
    """Whoever claimed a step gives it back to all. Raises NotAllowedHere."""
    move, step, step_state = _task(route, state, step_id, person_id, context)
    if step_state.claimed != person_id:
        raise NotAllowedHere(step_id, "release")
    move.update(step, because=Reason.RELEASED, claimed="")
    return move.progress()


def transfer(route: Route, state: RouteState, step_id: str, person_id: str, to: str, context: FlowContext) -> Progress:
    """Somebody hands her task to another person, with those whom she has added. Raises NotAllowedHere, NotEligible."""
    move, step, _ = _task(route, state, step_id, person_id, context, Operation.TRANSFER)
    if why := hindrance(step, move.states, to, context, leaving=person_id):
        raise NotEligible(step_id, to, why)
    _hand_over(move, step, person_id, to, Reason.TRANSFERRED)
    return move.progress()


def add_signers(
    route: Route,
    state: RouteState,
    step_id: str,
    person_id: str,
    others: Sequence[str],
    signing: Signing | str,
    context: FlowContext,
) -> Progress:
    """Somebody who is asked has others asked before, after or beside her, or consults them.

    Her approval counts when they have approved too, and their refusal is hers, so that adding somebody never changes
    what her vote counts. Raises NotAllowedHere (also when additions nest deeper than three), NotEligible.
    """
    wanted = Signing(signing)
    operation = Operation.CONSULT if wanted is Signing.CONSULT else Operation.SIGN
    move, step, step_state = _task(route, state, step_id, person_id, context, operation)
    if not others or (wanted is not Signing.CONSULT and not step_state.mode.decides):
        raise NotAllowedHere(step_id, wanted)
    if step_state.depth(person_id) >= MOST_ADDITIONS or step_state.consulted(person_id):
        raise NotAllowedHere(step_id, wanted)
    for other in others:
        if why := hindrance(step, move.states, other, context):
            raise NotEligible(step_id, other, why)
        signers = (*move.states[step.id].signers, Signer(other, person_id, wanted))
        move.update(step, because=Reason.SIGNERS_FIRST, signers=signers)
    return move.progress()


def remove_signer(
    route: Route, state: RouteState, step_id: str, person_id: str, other: str, context: FlowContext
) -> Progress:
    """Whoever added somebody takes that back, before she has decided. Raises NotAllowedHere."""
    move = Move(route, state, context)
    step, step_state = route.step(step_id), move.states[step_id]
    gone = step_state.line(other)
    mine = any(signer.person == other for signer in step_state.added_by(person_id))
    acted = any(map(step_state.vote_of, gone))
    if state.outcome is not RouteOutcome.OPEN or step_state.status is not StepStatus.ACTIVE or not mine or acted:
        raise NotAllowedHere(step_id, "remove signer")
    signers = tuple(signer for signer in step_state.signers if signer.person not in gone)
    move.update(step, because=Reason.REMOVED, signers=signers)
    move.settle(step, person_id)
    return move.progress()


def take_back(route: Route, state: RouteState, step_id: str, person_id: str, context: FlowContext) -> Progress:
    """Somebody takes her approval back, while nobody has acted on it. Raises NotAllowedHere."""
    if not may_take_back(route, state, step_id, person_id):
        raise NotAllowedHere(step_id, "take back")
    move = Move(route, state, context)
    step, step_state = route.step(step_id), move.states[step_id]
    if step_state.status is StepStatus.DONE:
        race = move.tree.blocks[move.tree.positions[step_id].block]
        cut_off = [s for s in race.steps if move.states[s.id].reason is Reason.JOINED]
        move.clear([*after(move.tree, step_id), *cut_off], because=Reason.TAKEN_BACK)
    votes = tuple(vote for vote in step_state.votes if vote.person != person_id)
    move.update(step, because=Reason.TAKEN_BACK, status=StepStatus.ACTIVE, votes=votes)
    move.advance()
    return move.progress()


def call_back(route: Route, state: RouteState, step_id: str, succeeded: bool, context: FlowContext) -> Progress:
    """Another system answers a step that waits for it; where it failed, an administrator is asked. Raises NoSuchTask."""
    if step_id not in state.awaited():
        raise NoSuchTask(step_id, SYSTEM)
    move, step = Move(route, state, context), route.step(step_id)
    if succeeded:
        move.finish(step, reason=Reason.CALLED_BACK)
        move.advance()
    else:
        move.ask_administrators(step, Reason.CALLBACK_FAILED)
    return move.progress()


def look_at_opened(route: Route, state: RouteState, context: FlowContext) -> Progress:
    """Close the steps that wait for opened cases, where the verdicts (`context.hooks`) are enough by now."""
    move = Move(route, state, context)
    for step_id in state.awaited(Mode.WAIT):
        if move.states[step_id].status is StepStatus.ACTIVE and move.outcome is RouteOutcome.OPEN:
            move.look_at_opened(route.step(step_id))
    move.advance()
    return move.progress()


def pass_overdue(route: Route, state: RouteState, step_id: str, context: FlowContext) -> Progress:
    """A step that is overdue passes by itself. Raises NoSuchTask when it is not open."""
    move, step = _open(route, state, step_id, context)
    votes = (*move.states[step_id].votes, Vote(SYSTEM, Action.APPROVE, automatic=True))
    move.finish(step, Reason.OVERDUE, reason=Reason.OVERDUE, votes=votes)
    move.advance()
    return move.progress()


def pass_scanned(route: Route, state: RouteState, step_id: str, context: FlowContext) -> Progress:
    """A step is done by a scan at a gate. Raises NoSuchTask when it is not open."""
    move, step = _open(route, state, step_id, context)
    votes = (*move.states[step_id].votes, Vote(SYSTEM, Action.APPROVE, automatic=True))
    move.finish(step, Reason.SCANNED, reason=Reason.SCANNED, votes=votes)
    move.advance()
    return move.progress()


def refuse_overdue(route: Route, state: RouteState, step_id: str, context: FlowContext) -> Progress:
    """A step that is overdue refuses by itself. Raises NoSuchTask when it is not open."""
    move, step = _open(route, state, step_id, context)
    votes = (*move.states[step_id].votes, Vote(SYSTEM, Action.REFUSE, automatic=True))
    move.refuse(step, SYSTEM, Reason.OVERDUE, reason=Reason.OVERDUE, votes=votes)
    return move.progress()


def return_overdue(route: Route, state: RouteState, step_id: str, context: FlowContext) -> Progress:
    """A step that is overdue goes back to the initiator by itself. Raises NoSuchTask when it is not open."""
    move, step = _open(route, state, step_id, context)
    move.send_back(step, Vote(SYSTEM, Action.RETURN, automatic=True), INITIATOR, back_mode(step, BackMode.ASK))
    return move.progress()


def escalate(route: Route, state: RouteState, step_id: str, context: FlowContext) -> Progress:
    """The superiors of those who let a step become overdue are asked in their place, where they may act.

    Where another system lets it wait, an administrator is. Raises NoSuchTask when the step is not open.
    """
    move, step = _open(route, state, step_id, context)
    if step_id in state.awaited():
        move.ask_administrators(step, Reason.CALLBACK_FAILED)
    directory = context.directory
    for person_id in move.states[step_id].waiting:
        person = directory.people.get(person_id)
        superior = directory.superior(person) if person else None
        if superior is not None and not hindrance(step, move.states, superior.id, context, leaving=person_id):
            _hand_over(move, step, person_id, superior.id, Reason.SUPERIOR)
    return move.progress()


def copy_overdue(route: Route, state: RouteState, step_id: str, who: Who, context: FlowContext) -> Progress:
    """People get a copy of a case whose step is overdue. Raises NoSuchTask when the step is not open."""
    move, step = _open(route, state, step_id, context)
    for person in resolve(who, who_context(step, move.states, context)):
        move.note(EffectKind.COPIED, step.id, person.id)
    return move.progress()


def _task(
    route: Route,
    state: RouteState,
    step_id: str,
    person_id: str,
    context: FlowContext,
    operation: Operation | None = None,
) -> tuple[Move, RouteStep, StepState]:
    """A move on somebody's open task."""
    step_state = state.steps.get(step_id)
    if state.outcome is not RouteOutcome.OPEN or step_state is None or person_id not in step_state.waiting:
        raise NoSuchTask(step_id, person_id)
    step = route.step(step_id)
    if operation is not None and operation not in step.operations:
        raise NotAllowedHere(step_id, operation)
    return Move(route, state, context), step, step_state


def _open(route: Route, state: RouteState, step_id: str, context: FlowContext) -> tuple[Move, RouteStep]:
    """A move of the platform's own on a step that waits for people or for another system."""
    step_state = state.steps.get(step_id)
    waits = step_state is not None and (step_state.waiting or step_id in state.awaited())
    if state.outcome is not RouteOutcome.OPEN or not waits:
        raise NoSuchTask(step_id, SYSTEM)
    return Move(route, state, context), route.step(step_id)


def _hand_over(move: Move, step: RouteStep, person: str, to: str, because: Reason) -> None:
    """Put somebody in another's place, wherever that one stands."""
    state = move.states[step.id]

    def now(who: str) -> str:
        return to if who == person else who

    move.update(
        step,
        done=person,
        action=str(Operation.TRANSFER),
        target=to,
        because=because,
        people=tuple(map(now, state.people)),
        signers=tuple(Signer(now(s.person), now(s.by), s.signing) for s in state.signers),
        claimed=now(state.claimed),
        reason=because if because is Reason.SUPERIOR else state.reason,
    )
