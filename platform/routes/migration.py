"""Moving a case to another version of its route: a pure function from a state on the old one to a state on the new one.

A step keeps its number, or the new version says which one it is now. What was decided stands. A step that is being asked
goes on as it is where its row asks in the same way; else it is asked anew. A step that is new and lies behind the case
is not asked, unless the new version says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from banshi.platform.routes.asking import FlowContext, barred
from banshi.platform.routes.effects import Effect, EffectKind, Progress
from banshi.platform.routes.model import Route, RouteStep
from banshi.platform.routes.moves import Move, is_false
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.state import RouteOutcome, RouteState, StepState, StepStatus
from banshi.rules.expressions import evaluate

Said = tuple[str, str]
"""One sentence, in Chinese and in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What moving a case comes to: the new state with its effects, or why it cannot be moved; and what else to know."""

    progress: Progress | None = None
    obstacles: tuple[Said, ...] = ()
    notes: tuple[Said, ...] = ()


def moved(old: Route, new: Route, state: RouteState, context: FlowContext, rounds: Mapping[str, int]) -> Moved:
    """The state of a case that is not final, on the new route.

    `context` is that of the new version; `rounds` are the highest rounds of all tasks that the case ever had, by step:
    a step that comes to another number begins after them, so that no task is taken for an earlier one.
    """
    migration = _Migration(old, new, state, context, rounds)
    obstacles = tuple(migration.obstacles())
    if obstacles:
        return Moved(obstacles=obstacles)
    progress = migration.run()
    return Moved(progress=progress, obstacles=tuple(migration.kept_apart()), notes=tuple(migration.notes))


class _Migration:
    def __init__(
        self,
        old: Route,
        new: Route,
        state: RouteState,
        context: FlowContext,
        rounds: Mapping[str, int],
    ) -> None:
        self.old = {step.id: step for step in old.steps}
        self.new = {step.id: step for step in new.steps}
        self.state = state
        self.steps = new.earlier
        self.rounds = rounds
        self.came = {
            old_id: new.earlier.renamed.get(old_id, old_id)
            for old_id, step in state.steps.items()
            if step.status is not StepStatus.PENDING or step.kept is not None
        }
        """The new number of every step at which something has happened."""
        self.notes: list[Said] = []
        self.move = Move(new, RouteState(steps=dict(self._carried()), outcome=state.outcome), context)
        self.cancelled = list(self._renumbered())

    def obstacles(self) -> Iterator[Said]:
        """Why the case cannot be moved at all."""
        for old_id, new_id in self.came.items():
            step, waits = self.old[old_id], self.state.steps[old_id].status is StepStatus.ACTIVE
            if new_id not in self.new and waits:
                yield (
                    f"正在办理的环节 {old_id}“{step.name}”在新版本里没有；请在“迁移”工作表写明它对应哪一环节",
                    f"the new version has no step {old_id} “{step.title('en')}”, which is being asked; name it in `migrate`",
                )
            twins = [other for other, to in self.came.items() if to == new_id and other < old_id]
            if new_id in self.new and twins:
                yield (
                    f"环节 {twins[0]} 和 {old_id} 都对应新版本的环节 {new_id}，这件都已经办过",
                    f"steps {twins[0]} and {old_id} are both step {new_id} now, and the case has been at both",
                )

    def kept_apart(self) -> Iterator[Said]:
        """Decisions that stand and that the new version would not have let the same person make."""
        for old_id, new_id in self.came.items():
            if new_id not in self.new or self.move.states[new_id].status is not StepStatus.DONE:
                continue
            step = self.new[new_id]
            if twice := self._barred_now(self.old[old_id], step) & self.move.states[new_id].hands:
                name = "、".join(self.move.context.directory.name(person) for person in sorted(twice))
                english = ", ".join(self.move.context.directory.name(person, "en") for person in sorted(twice))
                yield (
                    f"新版本要求环节 {step.id}“{step.name}”回避，而办过它的 {name} 正是须回避的人",
                    f"the new version keeps {english} from step {step.id} “{step.title('en')}”, which was done already",
                )

    def run(self) -> Progress:
        """Bring the case to where it stands on the new route."""
        self._dropped()
        if self.state.outcome is RouteOutcome.OPEN:
            again = [self.new[new_id] for old_id, new_id in self.came.items() if self._asked_anew(old_id, new_id)]
            self.move.clear(again, because=Reason.MIGRATED)
            self.notes += [
                (f"环节 {step.id}“{step.name}”重新送办", f"step {step.id} “{step.title('en')}” is asked anew")
                for step in again
            ]
        self._behind()
        if self.state.outcome is RouteOutcome.OPEN:
            self.move.advance()
        progress = self.move.progress()
        return Progress(progress.state, (*self.cancelled, *_lasting(progress.effects)))

    def _renumbered(self) -> Iterator[Effect]:
        """The tasks of steps that have another number now: they end under the old one, and are opened under the new one."""
        renumbered = [(old, new) for old, new in self.came.items() if old != new and new in self.new]
        for old_id, new_id in renumbered if self.state.outcome is RouteOutcome.OPEN else ():
            step = self.state.steps[old_id]
            for person in step.waiting:
                self.move.note(EffectKind.TASK_OPENED, new_id, person, reason=Reason.MIGRATED)
                yield Effect(
                    kind=EffectKind.TASK_CANCELLED,
                    step=old_id,
                    round=step.round,
                    person=person,
                    reason=Reason.MIGRATED,
                )

    def _carried(self) -> Iterator[tuple[str, StepState]]:
        """The states of the new steps, as they were under their old numbers."""
        for new_id in self.new:
            yield new_id, StepState(round=self.rounds.get(new_id, 0))
        for old_id, new_id in self.came.items():
            if new_id in self.new:
                state = self.state.steps[old_id]
                yield new_id, state if old_id == new_id else replace(state, round=self.rounds.get(new_id, 0) + 1)

    def _dropped(self) -> None:
        """Tell which decisions belong to no step any more."""
        for old_id, new_id in self.came.items():
            step = self.state.steps[old_id]
            if new_id not in self.new and step.approvers:
                name = self.old[old_id]
                self.notes.append(
                    (
                        f"环节 {old_id}“{name.name}”在新版本里没有，已办的意见只留在记录里",
                        f"the new version has no step {old_id} “{name.title('en')}”; what was decided stays in the record only",
                    )
                )

    def _asked_anew(self, old_id: str, new_id: str) -> bool:
        """Whether a step that waits has to be asked once more: its row asks otherwise, or somebody may not act now."""
        if new_id not in self.new or self.move.states[new_id].status is not StepStatus.ACTIVE:
            return False
        step, before = self.new[new_id], self.old[old_id]
        if self._asks_others(step, before):
            return True
        changed = _when(step) != _when(before)
        return step.when is not None and changed and is_false(evaluate(step.when, self.move.context.environment))

    def _asks_others(self, step: RouteStep, before: RouteStep) -> bool:
        """Whether its row asks otherwise now, or somebody whom it asks may not act any more."""
        state = self.move.states[step.id]
        return _asks(step) != _asks(before) or bool(self._barred_now(before, step) & {*state.everybody, *state.hands})

    def _barred_now(self, before: RouteStep, step: RouteStep) -> set[str]:
        """Whom the step keeps away that it did not keep away before."""
        known = {self.steps.renamed.get(name, name) for name in before.differ}
        more = tuple(name for name in step.differ if name not in known)
        return barred(replace(step, differ=more), self.move.states, self.move.context)

    def _behind(self) -> None:
        """New steps that lie before what the case has reached are not asked.

        Those that the owner wants are, and those that were still to come in the old order: what is being asked waits.
        """
        fresh = [step for step in self.new.values() if step.id not in self.came.values()]
        known = {self.steps.renamed.get(old_id, old_id) for old_id in self.old}
        for step in fresh:
            if step.id not in known | self.steps.asked and self._passed(step):
                self.move.change(step, status=StepStatus.SKIPPED, mode=step.mode, reason=Reason.MIGRATED)
                self.move.note(EffectKind.STEP_SKIPPED, step.id, reason=Reason.MIGRATED)
                self.notes.append(
                    (
                        f"新增的环节 {step.id}“{step.name}”在前面，这件不再经过",
                        f"the new step {step.id} “{step.title('en')}” lies behind the case and is not asked",
                    )
                )
        active = [step for step in self.new.values() if self.move.states[step.id].status is StepStatus.ACTIVE]
        early = [step for step in active if not all(self.move.states[s.id].closed for s in self._ahead(step))]
        self.move.clear(early, because=Reason.MIGRATED)

    def _ahead(self, step: RouteStep) -> Iterator[RouteStep]:
        places = self.move.tree.positions
        return (other for other in self.new.values() if places[other.id].before(places[step.id]))

    def _passed(self, step: RouteStep) -> bool:
        """Whether something behind a step, other than sending the form, is asked or done."""
        places, leading = self.move.tree.positions, self.move.tree.leading
        reached = (StepStatus.ACTIVE, StepStatus.DONE)
        return any(
            self.move.states[other.id].status in reached and places[step.id].before(places[other.id])
            for other in self.new.values()
            if other not in leading
        )


def _lasting(effects: Sequence[Effect]) -> Iterator[Effect]:
    """The effects without tasks that were opened and cancelled in the same move: nobody has seen them."""
    opened, closed = (
        {(effect.step, effect.round, effect.person) for effect in effects if effect.kind is kind}
        for kind in (EffectKind.TASK_OPENED, EffectKind.TASK_CANCELLED)
    )
    for effect in effects:
        task = effect.kind in (EffectKind.TASK_OPENED, EffectKind.TASK_CANCELLED)
        if not task or (effect.step, effect.round, effect.person) not in opened & closed:
            yield effect


def _when(step: RouteStep) -> str:
    return step.when.text.strip() if step.when else ""


def _asks(step: RouteStep) -> tuple[object, ...]:
    """What says whom a step asks, how, and until when."""
    deeds = tuple((entry.percent, entry.deed, entry.who and entry.who.text) for entry in step.overdue)
    people = (step.who.text.strip(), step.empty, step.stand_in, step.same, step.self_approval)
    return people, step.mode, step.threshold, step.due, deeds, step.wait
