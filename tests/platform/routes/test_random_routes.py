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
from random_routes import CAMPUS, approve_all, check_effects, check_state, doings, routes
from route_people import context

from banshi.platform.routes.flow import begin
from banshi.platform.routes.model import Route
from banshi.platform.routes.preview import final_state, preview
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.state import RouteOutcome, RouteState, StepStatus


@settings(max_examples=150, deadline=None)
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


@settings(max_examples=100, deadline=None)
@given(routes(), st.integers(0, 6))
def test_what_was_foreseen_is_what_happens(route: Route, n: int) -> None:
    around = replace(context(n=Decimal(n)), directory=CAMPUS)
    foreseen = preview(route, around)
    happened = approve_all(route, begin(route, around).state, around, 0)
    assert final_state(route, around) == happened
    people = {key: tuple(around.directory.people[p] for p in step.people) for key, step in happened.steps.items()}
    lost = {key for key, step in happened.steps.items() if step.reason is Reason.JOINED}
    assert {step.id: step.people for step in foreseen if step.id not in lost} == {
        key: people[key] for key in people.keys() - lost
    }
    for step in foreseen:
        assert step.reason is not Reason.JOINED
        if step.id in lost:
            assert step.spare or step.state is StepStatus.SKIPPED
            assert step.people or not people[step.id]
