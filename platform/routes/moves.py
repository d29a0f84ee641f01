"""One move of a case: statuses that change, and the effects in order.

A route is a tree of blocks (`tree.py`). The frontier is what may be entered: the first block that is not complete, in a
group the first open step of every branch. Whatever happens, the frontier is worked out again from the statuses alone,
so a return only has to clear statuses to leave a legal state.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from banshi.platform.people.directory import SYSTEM
from banshi.platform.people.who import resolve
from banshi.platform.routes.asking import FlowContext, administrators, barred, earlier_approvers, who_context, whom
from banshi.platform.routes.effects import Effect, EffectKind, Progress
from banshi.platform.routes.hooks import Tally, Unmet
from banshi.platform.routes.model import BackMode, CopyAt, Empty, Mode, Route, RouteStep
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.state import Action, RouteOutcome, RouteState, StepState, StepStatus, Vote
from banshi.platform.routes.tree import Position, Tree
from banshi.platform.routes.voting import Verdict, verdict
from banshi.rules.cells import Cell
from banshi.rules.decision import Explanation
from banshi.rules.expressions import Expression, evaluate, explain
from banshi.rules.values import ErrorValue, Value

INITIATOR = "initiator"


class Move:
    """See the module. A move is begun from a state, changed by its methods, and ends as a `Progress`."""

    def __init__(self, route: Route, state: RouteState, context: FlowContext) -> None:
        self.tree = Tree(route)
        self.context = context
        self.outcome = state.outcome
        self.states = {step.id: state.steps.get(step.id, StepState()) for step in route.steps}
        self.effects: list[Effect] = []

    def progress(self) -> Progress:
        """What the move led to."""
        return Progress(RouteState(steps=self.states, outcome=self.outcome), tuple(self.effects), self.context)

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
        """Add an effect."""
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
        """Change a step without telling anybody."""
        self.states[step.id] = replace(self.states[step.id], **facts)

    def update(
        self, step: RouteStep, *, done: str = "", action: str = "", target: str = "", because: Reason, **facts: Any
    ) -> None:
        """Change a step, and open and cancel the tasks that this brings; `done` is whose task was done by it."""
        before = self.states[step.id].waiting
        self.change(step, **facts)
        state = self.states[step.id]
        if done:
            self.note(EffectKind.TASK_DONE, step.id, done, action=action, target=target)
        for person in before:
            if person not in state.waiting and person != done:
                self.note(EffectKind.TASK_CANCELLED, step.id, person, reason=because)
        for person in state.waiting:
            if person not in before:
                self.note(EffectKind.TASK_OPENED, step.id, person, reason=state.reason)

    # Deciding

    def submit(self) -> None:
        """The initiator's leading steps are done by sending the form."""
        initiator = self.context.initiator.id
        for step in self.tree.leading:
            if self._enter_by_condition(step):
                vote = Vote(initiator, Action.APPROVE)
                self.change(step, status=StepStatus.DONE, people=(initiator,), votes=(vote,), reason=Reason.SUBMITTED)
                self.note(EffectKind.STEP_DONE, step.id, initiator, reason=Reason.SUBMITTED)
                self._passed(step)
        self.advance()

    def vote(self, step: RouteStep, vote: Vote) -> None:
        """Count a vote on a step that is asked."""
        votes = (*self.states[step.id].votes, vote)
        self.update(step, done=vote.person, action=str(vote.action), because=Reason.DECIDED, votes=votes)
        self._keep_apart(step)
        self.settle(step, vote.person)

    def settle(self, step: RouteStep, person: str) -> None:
        """Close a step when its votes are enough; `person` is whose vote it was."""
        match verdict(self.states[step.id], step.threshold):
            case Verdict.APPROVED:
                self.finish(step)
                self.advance()
            case Verdict.REFUSED:
                self.refuse(step, person)
            case Verdict.OPEN:
                self.advance()

    def _keep_apart(self, step: RouteStep) -> None:
        """Ask anew where whoever has a hand in this step may have none, though she was asked there or has acted.

        That happens side by side, and after a return straight back. What is asked behind such a step waits for it.
        """
        here, hands = self.tree.positions[step.id], self.states[step.id].hands
        for other in self.tree.route.steps:
            state = self.states[other.id]
            behind = not self.tree.positions[other.id].before(here) and other.id != step.id
            if step.id not in other.differ or not behind or state.reason is Reason.JOINED:
                continue
            if hands & {*state.hands, *state.waiting}:
                rest = self.tree.suffix(other.id)[1:]
                waiting = [s for s in rest if self.states[s.id].status is StepStatus.ACTIVE]
                self.clear((other, *waiting), because=Reason.APART)

    def finish(self, step: RouteStep, because: Reason = Reason.DECIDED, **facts: Any) -> None:
        """A step is done."""
        self.update(step, because=because, status=StepStatus.DONE, seen=self.context.seen(step), **facts)
        self.note(EffectKind.STEP_DONE, step.id, reason=facts.get("reason", Reason.NONE))
        self._passed(step)

    def _passed(self, step: RouteStep) -> None:
        """What follows when a step is passed: its copies and its hooks."""
        self.copy(step, CopyAt.PASSED)
        self._hooks(step)

    def _hooks(self, step: RouteStep) -> None:
        """What a closed step does, or does not; conditions that are read from now on know of it."""
        if step.hooks and self.context.hooks is not None:
            self.context = self.context.hooks.closed(step, self.states, self.context)

    def refuse(self, step: RouteStep, person: str, because: Reason = Reason.DECIDED, **facts: Any) -> None:
        """A step is refused, and with it the case."""
        self.update(step, because=because, status=StepStatus.REFUSED, **facts)
        reason = facts.get("reason", Reason.NONE)
        self.note(EffectKind.STEP_REFUSED, step.id, person, reason=reason)
        self.close(RouteOutcome.REFUSED, EffectKind.REFUSED, reason or Reason.REFUSED, step=step.id, person=person)

    def close(self, outcome: RouteOutcome, kind: EffectKind, reason: Reason, step: str = "", person: str = "") -> None:
        """The case is at its end: nobody is asked any more."""
        for active in self.tree.route.steps:
            if self.states[active.id].status is StepStatus.ACTIVE:
                self.update(active, because=reason, status=StepStatus.SKIPPED, reason=reason)
        self.outcome = outcome
        self.note(kind, step, person, reason=reason)
        for entered in self.tree.route.steps:
            state = self.states[entered.id]
            if state.round and state.reason is not Reason.CONDITION:
                self.copy(entered, CopyAt.END)

    # Returning

    def send_back(self, step: RouteStep, vote: Vote, target: str, how: BackMode) -> None:
        """Return from a step to an earlier one, or to the initiator."""
        votes = (*self.states[step.id].votes, vote)
        done = "" if vote.person == SYSTEM else vote.person
        self.update(step, done=done, action=str(vote.action), target=target, because=Reason.RETURNED, votes=votes)
        if target == INITIATOR:
            self.return_to_initiator(step, Reason.RETURNED, how)
            return
        self.note(EffectKind.STEP_RETURNED, step.id, vote.person, target=target)
        goal = self.tree.positions[target]
        self._clear(self.tree.between(target, step.id), how, (target, step.id), goal)
        race = self.tree.blocks[goal.block]
        # The race is open again: who was cut off may be asked again.
        self.clear(other for other in race.steps if self.states[other.id].reason is Reason.JOINED)
        self.advance()

    def return_to_initiator(self, step: RouteStep, reason: Reason, how: BackMode = BackMode.THROUGH) -> None:
        """The initiator is to mend the form; nobody else is asked meanwhile."""
        again = (step.id, *(leading.id for leading in self.tree.leading))
        self._clear(self.tree.route.steps, how, again)
        self.outcome = RouteOutcome.RETURNED
        self.note(EffectKind.RETURNED, step.id, self.context.initiator.id, target=INITIATOR, reason=reason)

    def _clear(
        self, steps: Iterable[RouteStep], how: BackMode, again: tuple[str, ...], goal: Position | None = None
    ) -> None:
        """Clear what a return clears; `again` are the steps that are asked anew in any case, `goal` is where it goes.

        Straight back, decisions stand. But whatever was skipped is looked at once more, since its condition may hold
        now, and what was being asked behind the target (behind the initiator: all) waits until it is reached again.
        """
        for step in tuple(steps):
            state = self.states[step.id]
            if step.id in again or how is BackMode.THROUGH:
                self.clear((step,))
            elif how is BackMode.CHANGED:
                self.clear((step,), keep=True)
            elif self._waits(step, state, goal):
                self.clear((step,))

    def _waits(self, step: RouteStep, state: StepState, goal: Position | None) -> bool:
        if state.status is StepStatus.SKIPPED:
            return state.reason is not Reason.JOINED
        return state.status is StepStatus.ACTIVE and (goal is None or goal.before(self.tree.positions[step.id]))

    def clear(self, steps: Iterable[RouteStep], *, keep: bool = False, because: Reason = Reason.RETURNED) -> None:
        """Make steps pending again; their rounds are kept, so that every asking has its own number.

        With `keep` a decision stands again when the step is reached and nothing that it was made on has changed.
        """
        for step in tuple(steps):
            state = self.states[step.id]
            kept = None
            if keep:
                kept = replace(state, kept=None) if state.status is StepStatus.DONE else state.kept
            self.update(step, because=because, status=StepStatus.PENDING)
            self.states[step.id] = StepState(round=state.round, kept=kept)

    # The frontier

    def advance(self) -> None:
        """Enter steps until everybody who can be asked now has been asked."""
        while self.outcome is RouteOutcome.OPEN:
            block = next((block for block in self.tree.blocks if not self._complete(block.steps)), None)
            if block is None:
                self.close(RouteOutcome.APPROVED, EffectKind.APPROVED, Reason.NONE)
            elif block.race and sum(map(self._won, block.branches)) >= block.need:
                self._cut_off(step for step in block.steps if not self.states[step.id].closed)
            else:
                step = next(filter(None, map(self._enterable, block.branches)), None)
                if step is None:
                    return
                self._enter(step)

    def _complete(self, steps: Iterable[RouteStep]) -> bool:
        return all(self.states[step.id].closed for step in steps)

    def _won(self, branch: tuple[RouteStep, ...]) -> bool:
        """Whether a branch of a race is through; a branch that asked nobody for anything has won nothing."""
        return self._complete(branch) and any(self.states[step.id].passed for step in branch)

    def _enterable(self, branch: tuple[RouteStep, ...]) -> RouteStep | None:
        step = next((step for step in branch if not self.states[step.id].closed), None)
        return step if step is not None and self.states[step.id].status is StepStatus.PENDING else None

    def _enter(self, step: RouteStep) -> None:
        kept = self.states[step.id].kept
        if not self._enter_by_condition(step):
            return
        if kept is not None and self._stands(step, kept):
            self.states[step.id] = replace(kept, round=self.states[step.id].round, reason=Reason.UNCHANGED)
            self.note(EffectKind.STEP_DONE, step.id, reason=Reason.UNCHANGED)
            self._hooks(step)
            self._keep_apart(step)
            return
        self.copy(step, CopyAt.ENTER)
        match step.mode:
            case Mode.AUTO:
                self.finish(step, reason=Reason.AUTO)
            case Mode.CALLBACK:
                self.change(step, status=StepStatus.ACTIVE, **(self._times(step) if step.due else {}))
                self.note(EffectKind.AWAITED, step.id)
            case Mode.WAIT:
                self.change(step, status=StepStatus.ACTIVE, since=self.context.now)
                self.look_at_opened(step)
                if self.states[step.id].status is StepStatus.ACTIVE:
                    self.note(EffectKind.AWAITED, step.id)
            case Mode.NOTIFY:
                people = tuple(person.id for person in resolve(step.who, who_context(step, self.states, self.context)))
                for person in people:
                    self.note(EffectKind.COPIED, step.id, person)
                self.finish(step, reason=Reason.NOTIFIED, people=people)
            case _:
                self._ask(step)

    def look_at_opened(self, step: RouteStep) -> None:
        """Close a step that waits for opened cases when their verdicts are enough."""
        hooks = self.context.hooks
        openers = self.tree.nearest(step.id, lambda earlier: earlier.opens)
        tallies = [hooks.tally(opener.id) for opener in openers] if hooks is not None else []
        tally = sum(tallies, Tally())
        met = tally.met(step.wait)
        if met or (met is False and step.wait.unmet is Unmet.GO_ON):
            self.finish(step, reason=Reason.OPENED_DONE if tally.count else Reason.OPENED_NONE)
        elif met is False and step.wait.unmet is Unmet.REFUSE:
            self.refuse(step, "", reason=Reason.OPENED_UNMET)
        elif met is False:
            self.return_to_initiator(step, Reason.OPENED_UNMET)

    def _ask(self, step: RouteStep) -> None:
        asked = whom(step, self.tree, self.states, self.context)
        if asked.people:
            reason = asked.reason or self.states[step.id].reason
            people = tuple(person.id for person in asked.people)
            facts: dict[str, Any] = {
                "mode": asked.mode,
                "people": people,
                "weights": asked.weights,
                "votes": asked.votes,
                **self._times(step),
            }
            self.update(step, because=reason, status=StepStatus.ACTIVE, reason=reason, **facts)
            if asked.votes:
                self._keep_apart(step)
        elif asked.reason in (Reason.SAME, Reason.SELF) or step.empty is Empty.SKIP:
            self.change(step, status=StepStatus.SKIPPED, mode=asked.mode, votes=asked.votes, reason=asked.reason)
            self.note(EffectKind.STEP_SKIPPED, step.id, reason=asked.reason)
            self._hooks(step)
            self._keep_apart(step)
        elif step.empty is Empty.REFUSE:
            self.refuse(step, "", reason=asked.reason)
        else:
            self.return_to_initiator(step, asked.reason)

    def _times(self, step: RouteStep) -> dict[str, Any]:
        """Since when a step is asked, until when, and when its overdue deeds are."""
        now = self.context.now
        found = self.context.reckoner.deadline(step.due, step.overdue, now) if step.due else None
        return {"since": now} if found is None else {"since": now, "due": found.due, "timers": found.deeds}

    def _stands(self, step: RouteStep, kept: StepState) -> bool:
        """Whether a decision from before a return still stands.

        It does on the same facts, by people who may still decide; an approval that stood for one here must be there.
        """
        if step.mode is Mode.WAIT:
            return False  # what was opened may stand otherwise by now
        if kept.seen != self.context.seen(step) or kept.hands & barred(step, self.states, self.context):
            return False
        automatic = {vote.person for vote in kept.votes if vote.automatic} - {SYSTEM}
        return automatic <= earlier_approvers(step, self.tree, self.states)

    def _enter_by_condition(self, step: RouteStep) -> bool:
        """Count the round and decide the condition; a step whose condition does not hold is skipped."""
        self.states[step.id] = StepState(round=self.states[step.id].round + 1, mode=step.mode)
        if step.when is None:
            return True
        environment = self.context.environment
        value = evaluate(step.when, environment)
        self.change(step, values=self._values_of(step.when))
        if is_false(value):
            self.change(step, status=StepStatus.SKIPPED, reason=Reason.CONDITION)
            explanation = explain(step.when, environment)
            self.note(EffectKind.STEP_SKIPPED, step.id, reason=Reason.CONDITION, explanation=explanation)
            self._hooks(step)
            return False
        if isinstance(value, ErrorValue):
            self.change(step, reason=Reason.CONDITION_ERROR)
        return True

    def _values_of(self, expression: Expression) -> tuple[tuple[str, str], ...]:
        names = self.context.names
        return tuple((name, _text(names.get(name))) for name in sorted(expression.names))

    def _cut_off(self, steps: Iterable[RouteStep]) -> None:
        for step in tuple(steps):
            self.update(step, because=Reason.JOINED, status=StepStatus.SKIPPED, reason=Reason.JOINED)
            self.note(EffectKind.STEP_SKIPPED, step.id, reason=Reason.JOINED)

    # Other people

    def copy(self, step: RouteStep, at: CopyAt) -> None:
        """Give people a copy, as the step's `cc` says."""
        for copy in step.copies:
            if copy.at is at:
                for person in resolve(copy.who, who_context(step, self.states, self.context)):
                    self.note(EffectKind.COPIED, step.id, person.id)

    def ask_administrators(self, step: RouteStep, reason: Reason) -> None:
        """Let an administrator do what the platform could not; where nobody is left to, the initiator gets it back."""
        kept_away = barred(step, self.states, self.context)
        if found := administrators(self.context.directory, kept_away):
            people = tuple(person.id for person in found)
            self.update(step, because=reason, mode=Mode.DO, people=people, reason=reason)
        else:
            self.return_to_initiator(step, reason)


def is_false(value: Value) -> bool:
    """Whether a condition keeps its step from being asked.

    Empty does, as in XLSForm and Excel. What cannot be computed does not: a fault must never skip an approval.
    """
    return value is None or value is False or (isinstance(value, Decimal) and value == 0)


def _text(value: Value) -> str:
    if isinstance(value, ErrorValue):
        return value.diagnostic.message()
    return "、".join(map(_text, value)) if isinstance(value, tuple) else Cell(value).text
