"""What holds on every route, whatever is done in whatever order.

I1 an open case waits for somebody, a case at its end for nobody · I2 the effects are the difference of the tasks, no
more and no less · I3 from wherever it stands, a case can be brought to its end by approving · I4 a state survives
storage · I5 what was foreseen is what happens · I6 who is kept from a step has no hand in it · I7 no step is entered
before the blocks ahead of it are closed · I8 the same move from the same state is the same.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from random_routes import doings, routes
from route_people import DIRECTORY, context

from banshi.platform.people.directory import Person
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.effects import EffectKind, Progress
from banshi.platform.routes.flow import act, begin, call_back, resubmit
from banshi.platform.routes.model import Route
from banshi.platform.routes.preview import final_state, preview
from banshi.platform.routes.state import Action, RouteOutcome, RouteState, StepStatus, Task
from banshi.platform.routes.tree import Tree
from banshi.rules.values import dumps, loads

# More administrators than one route can keep away from a step: somebody is always left.
MORE = {
    key: Person(id=key, name=name, roles=frozenset({"administrator"})) for key, name in (("z2", "周航"), ("z3", "吴桐"))
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
            if "initiator" in step.differ and not step.who.only_initiator:
                assert around.initiator.id not in state.steps[step.id].hands
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


@settings(max_examples=300, deadline=None)
@given(routes(), st.integers(0, 6), st.data())
def test_whatever_is_done_the_case_stays_in_order(route: Route, n: int, data: st.DataObject) -> None:
    answers = {"text": 0}
    around = replace(context(n=Decimal(n)), directory=CAMPUS, seen=lambda step: f"{step.id}:{answers['text']}")
    nothing = RouteState()
    progress = begin(route, around)
    check_effects(nothing, progress)
    state = progress.state
    for _ in range(data.draw(st.integers(0, 30))):
        check_state(route, state, around)
        possible = list(doings(route, state, around))
        if not possible:
            assert state.outcome.final
            break
        doing = data.draw(st.sampled_from(possible))
        answers["text"] += data.draw(st.integers(0, 1))
        progress = doing(route, state, around)
        assert doing(route, state, around) == progress, "I8"
        check_effects(state, progress)
        state = progress.state
    check_state(route, state, around)
    if not state.outcome.final:
        end = approve_all(route, state, around, data.draw(st.integers(0, 3)))
        assert end.outcome is RouteOutcome.APPROVED, "I3"


@settings(max_examples=200, deadline=None)
@given(routes(), st.integers(0, 6))
def test_what_was_foreseen_is_what_happens(route: Route, n: int) -> None:
    around = context(n=Decimal(n))
    foreseen = preview(route, around)
    happened = approve_all(route, begin(route, around).state, around, 0)
    assert final_state(route, around) == happened
    assert {step.id: step.people for step in foreseen} == {
        step_id: tuple(around.directory.people[p] for p in step.people) for step_id, step in happened.steps.items()
    }
