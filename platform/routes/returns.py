"""Where a case may go back to: targets of a return, and who may take her own decision back."""

from __future__ import annotations

from dataclasses import replace

from banshi.platform.routes.faults import NotReturnable
from banshi.platform.routes.model import Mode, Operation, Route, RouteStep
from banshi.platform.routes.moves import INITIATOR
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.state import Action, RouteOutcome, RouteState, Signing, StepState, StepStatus
from banshi.platform.routes.tree import Tree
from banshi.platform.routes.voting import Verdict, verdict


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


def target_of(route: Route, state: RouteState, step_id: str, target: str) -> str:
    """The target of a return, as an id or `initiator`; raises NotReturnable."""
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


def may_take_back(route: Route, state: RouteState, step_id: str, person_id: str) -> bool:
    """Whether somebody may take her approval back: while nobody has acted on it, and nothing was set off by it.

    Nor where it would change nothing: the step passed by the clock, the votes of the others are enough, or another
    branch was faster.
    """
    step_state = state.steps.get(step_id)
    if state.outcome is not RouteOutcome.OPEN or step_state is None or not step_state.mode.asks:
        return False
    if Operation.TAKE_BACK not in route.step(step_id).operations:
        return False
    if step_state.status not in (StepStatus.ACTIVE, StepStatus.DONE) or step_state.reason is Reason.SUBMITTED:
        return False
    vote = step_state.vote_of(person_id)
    if vote is None or vote.automatic or vote.action is not Action.APPROVE:
        return False
    if _acted_on_within(step_state, person_id):
        return False
    if step_state.status is StepStatus.DONE and _closed_without(route.step(step_id), step_state, person_id):
        return False
    if step_state.status is StepStatus.DONE and route.step(step_id).hooks:
        return False
    tree = Tree(route)
    here = tree.positions[step_id]
    if any(state.steps[s.id].reason is Reason.JOINED for s in tree.suffix(step_id)):
        return False
    # After a return straight back, what is ahead is being mended: nothing is taken back then.
    ahead = [step for step in route.steps if tree.positions[step.id].before(here)]
    if not all(state.steps[step.id].closed for step in ahead):
        return False
    return not any(_acted_on(step, state.steps[step.id]) for step in after(tree, step_id))


def _acted_on_within(state: StepState, person_id: str) -> bool:
    """Whether somebody whom the step asked only because of this approval has decided, or has asked others."""
    voters = {vote.person for vote in state.votes if not vote.automatic}
    mine = [signer for signer in state.signers if signer.person == person_id]
    if any(s.by in voters for s in mine if s.signing in (Signing.BEFORE, Signing.CONSULT)):
        return True
    behind = [s.person for s in state.added_by(person_id) if s.signing is Signing.AFTER]
    if state.mode is Mode.SEQUENCE:
        turn = next(i for i, person in enumerate(state.people) if person_id in state.line(person))
        behind += state.people[turn + 1 :]
    active = voters | {signer.by for signer in state.signers}
    return any(state.line(person) & active for person in behind)


def _closed_without(step: RouteStep, state: StepState, person_id: str) -> bool:
    """Whether a step that is done would be so without somebody's approval."""
    others = replace(state, votes=tuple(vote for vote in state.votes if vote.person != person_id))
    return state.reason in (Reason.OVERDUE, Reason.SCANNED) or verdict(others, step.threshold) is Verdict.APPROVED


def after(tree: Tree, step_id: str) -> tuple[RouteStep, ...]:
    """The steps that can only be reached when this one is closed."""
    later = [step for block in tree.blocks[tree.positions[step_id].block + 1 :] for step in block.steps]
    return (*tree.suffix(step_id)[1:], *later)


def _acted_on(step: RouteStep, state: StepState) -> bool:
    """Whether somebody has done something with a step, or the platform something that cannot be undone."""
    by_hand = any(not vote.automatic for vote in state.votes)
    set_off = state.mode in (Mode.AUTO, Mode.CALLBACK) and state.status in (StepStatus.DONE, StepStatus.ACTIVE)
    hooked = bool(step.hooks) and state.passed
    return by_hand or set_off or hooked or bool(state.signers or state.claimed)


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
