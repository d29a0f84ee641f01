"""Random routes, everything that may happen on one, and what holds whatever happens (I1 to I8: `test_random_routes.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from hypothesis import strategies as st
from route_people import DIRECTORY

from banshi.platform.people.directory import SYSTEM, Person
from banshi.platform.people.who import parse_who
from banshi.platform.routes import flow
from banshi.platform.routes.asking import FlowContext, hindrance
from banshi.platform.routes.effects import EffectKind, Progress
from banshi.platform.routes.flow import act, call_back, resubmit
from banshi.platform.routes.model import (
    BackMode,
    Empty,
    Mode,
    Route,
    RouteStep,
    Same,
    SelfApproval,
    Threshold,
)
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.returns import may_take_back, targets
from banshi.platform.routes.state import Action, RouteOutcome, RouteState, Signing, StepState, StepStatus, Task
from banshi.platform.routes.tree import Tree, differing_both_ways
from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import parse
from banshi.rules.values import dumps, loads

WHOS = (
    "initiator",
    "head(申请部门)",
    "role:财务处.审核岗",
    "role:保卫处.审核岗",
    "role:财务处.复核岗",
    "role:评审.委员",
    "role:评审.委员 - person:v0",
    "step 10",
    "role:无.人",
)
THRESHOLDS = {
    Mode.RATIO: [Threshold(Fraction(2, 3), share=True), Threshold(Fraction(1, 2), share=True, strict=True)],
    Mode.AT_LEAST: [Threshold(Fraction(2)), Threshold(Fraction(4))],
    Mode.WEIGHT: [Threshold(Fraction(1, 2), share=True), Threshold(Fraction(2), strict=True)],
}


@st.composite
def routes(draw: st.DrawFn) -> Route:
    """Process trees: some steps alone, some in groups of branches, with conditions over one number, in every mode."""
    steps: list[RouteStep] = []
    for block in range(draw(st.integers(1, 4))):
        group = f"g{block}" if draw(st.booleans()) else ""
        join = draw(st.sampled_from(["all", "all", "any", "2"]))
        for branch in range(draw(st.integers(1, 3)) if group else 1):
            number = 10 + 10 * block + branch
            length = draw(st.integers(1, 2)) if group else 1
            ids = [f"{number}.{index}" if index else str(number) for index in range(length)]
            steps.extend(draw(_steps(step_id, group, join, block)) for step_id in ids)
    return differing_both_ways(Route(tuple(steps)))


@st.composite
def _steps(draw: st.DrawFn, step_id: str, group: str, join: str, block: int) -> RouteStep:
    who, _ = parse_who(draw(st.sampled_from(WHOS)), NOWHERE)
    assert who is not None
    condition = draw(st.sampled_from(["", "", "${n} > 3", "${n} <= 3"]))
    mode = draw(st.sampled_from(list(Mode)))
    return RouteStep(
        id=step_id,
        name=f"环节{step_id}",
        who=who,
        mode=mode,
        threshold=draw(st.sampled_from(THRESHOLDS[mode])) if mode.counts else None,
        when=parse(condition, NOWHERE)[0] if condition else None,
        group=group,
        join=join,
        back=("any",),
        back_mode=draw(st.sampled_from(list(BackMode))),
        empty=draw(st.sampled_from([Empty.ADMIN, Empty.SKIP, Empty.SUPERIOR])),
        same=draw(st.sampled_from(list(Same))),
        self_approval=draw(st.sampled_from(list(SelfApproval))),
        # 20 and 30 stand side by side with the steps of their groups.
        differ=draw(st.sampled_from([(), (), ("initiator",), ("10",), ("20",), ("30",)])) if block else (),
    )


@dataclass(frozen=True)
class Doing:
    """One thing that may be done, with the arguments of the function of `flow` that does it."""

    what: str
    arguments: tuple[object, ...] = ()
    target: str = ""
    how: BackMode = BackMode.ASK
    by: str = ""

    def __call__(self, route: Route, state: RouteState, context: FlowContext) -> Progress:
        """Do it."""
        function = getattr(flow, self.what)
        if self.what == "act":
            return function(route, state, *self.arguments, context, target=self.target, how=self.how, by=self.by)
        return function(route, state, *self.arguments, context)


def doings(route: Route, state: RouteState, context: FlowContext) -> Iterator[Doing]:
    """Everything that may be done now, but withdrawing."""
    if state.outcome is RouteOutcome.RETURNED:
        yield Doing("resubmit")
    if state.outcome is not RouteOutcome.OPEN:
        return
    for step_id in state.awaited():
        yield Doing("call_back", (step_id, True))
        yield Doing("call_back", (step_id, False))
    for task in state.tasks():
        yield from _with_task(route.step(task.step), state.steps[task.step], task.person, route, state, context)
    for step_id, step_state in state.steps.items():
        yield from (Doing("take_back", (step_id, person)) for person in step_state.everybody
                    if may_take_back(route, state, step_id, person))  # fmt: skip
        if step_state.waiting or step_id in state.awaited():
            yield from (Doing(what, (step_id,)) for what in ("pass_overdue", "return_overdue", "refuse_overdue"))
            yield Doing("escalate", (step_id,))
            yield from (Doing("remove_signer", (step_id, signer.by, signer.person)) for signer in step_state.signers
                        if not any(map(step_state.vote_of, step_state.line(signer.person))))  # fmt: skip


def _with_task(
    step: RouteStep, now: StepState, person: str, route: Route, state: RouteState, context: FlowContext
) -> Iterator[Doing]:
    others = tuple(p for p in sorted(context.directory.people) if not hindrance(step, state.steps, p, context))[:2]
    yield Doing("act", (step.id, person, Action.APPROVE))
    if others:
        yield Doing("act", (step.id, person, Action.APPROVE), by=others[0])
        yield Doing("transfer", (step.id, person, others[-1]))
    if now.mode is Mode.CLAIM and person in now.people:
        yield Doing("release" if now.claimed else "claim", (step.id, person))
    if now.consulted(person):
        return
    if now.mode.decides:
        yield Doing("act", (step.id, person, Action.REFUSE))
    for target in targets(route, state, step.id):
        for how in BackMode if step.back_mode is BackMode.ASK else [step.back_mode]:
            yield Doing("act", (step.id, person, Action.RETURN), target=target, how=how)
    if others and now.depth(person) < flow.MOST_ADDITIONS:
        for signing in Signing if now.mode.decides else [Signing.CONSULT]:
            yield Doing("add_signers", (step.id, person, others, signing))


# More administrators than one route can keep away from a step: somebody is always left.
MORE = {
    key: Person(id=key, name=name, roles=frozenset({"administrator"}))
    for key, name in (("z2", "周航"), ("z3", "吴桐"), ("z4", "郑涛"), ("z5", "冯雪"))
}
CAMPUS = replace(DIRECTORY, people={**DIRECTORY.people, **MORE})

OPENS, CLOSES = EffectKind.TASK_OPENED, (EffectKind.TASK_DONE, EffectKind.TASK_CANCELLED)


def check_state(route: Route, state: RouteState, around: FlowContext) -> None:
    """I1, I4, I6, I7."""
    if state.outcome is RouteOutcome.OPEN:
        assert state.tasks() or state.awaited(), "an open case waits for somebody"
    else:
        assert not any(step.status is StepStatus.ACTIVE for step in state.steps.values())
    assert RouteState.from_json(loads(dumps(state.to_json()))) == state
    tree = Tree(route)
    for step in route.steps:
        status = state.steps[step.id].status
        here = tree.positions[step.id]
        if status in (StepStatus.ACTIVE, StepStatus.DONE):
            if "initiator" in step.differ:
                assert around.initiator.id not in state.steps[step.id].hands
            for other in step.differ:
                if other in state.steps and tree.positions[other] != here and not here.before(tree.positions[other]):
                    both = state.steps[step.id].hands & state.steps[other].hands - {SYSTEM}
                    assert not both or state.steps[other].reason is Reason.JOINED, "nobody has a hand in both"
            if status is StepStatus.ACTIVE:
                ahead = [s for s in route.steps if tree.positions[s.id].before(here)]
                assert all(state.steps[s.id].closed for s in ahead), "a step is asked when all ahead of it are closed"


def check_effects(before: RouteState, progress: Progress) -> None:
    """I2: opened and closed tasks, played over the tasks before, are the tasks after."""
    open_tasks = {(task.step, task.round, task.person) for task in before.tasks()}
    for effect in progress.effects:
        key = (effect.step, effect.round, effect.person)
        if effect.kind is OPENS:
            assert key not in open_tasks
            open_tasks.add(key)
        elif effect.kind in CLOSES:
            assert key in open_tasks
            open_tasks.remove(key)
    assert open_tasks == {(task.step, task.round, task.person) for task in progress.state.tasks()}


def approve_all(route: Route, state: RouteState, around: FlowContext, pick: int) -> RouteState:
    """Everybody approves, now this one first and now that one. Never more moves than people asked."""
    for _ in range(20 + 20 * len(route.steps)):
        if state.outcome is RouteOutcome.RETURNED:
            state = resubmit(route, state, around).state
        elif tasks := state.tasks():
            task: Task = tasks[pick % len(tasks)]
            state = act(route, state, task.step, task.person, Action.APPROVE, around).state
        elif awaited := state.awaited():
            state = call_back(route, state, awaited[0], True, around).state
        else:
            return state
    raise AssertionError("the case never ends")
