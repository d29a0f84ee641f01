"""Moving a case to another version of its route.

M1  What was decided stands; a step goes by its number, or by the number that the new version gives it.
M2  A step that is asked goes on as it is where its row asks alike; else it is asked anew.
M3  A new step behind the case is not asked, unless the owner wants it; one that was still to come is.
M4  A case that cannot be moved says why, and nobody acts twice where the new version wants two people.
M5  Whatever the two routes: the moved case is in order, its tasks add up, and it can be brought to its end.
"""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_routes import CAMPUS, approve_all, check_effects, check_state, doings, routes
from route_people import context, route_of

from banshi.platform.routes.effects import EffectKind
from banshi.platform.routes.flow import act, begin
from banshi.platform.routes.migration import moved
from banshi.platform.routes.model import Route, StepMap
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.state import RouteOutcome, RouteState, StepStatus

OLD = """
    | step | name | who | mode | when | group | differ |
    | 10 | 申请 | initiator | | | | |
    | 20 | 学院 | head(申请部门) | | | | |
    | 30 | 财务 | role:财务处.审核岗 | all | | | |
    | 40 | 保卫 | role:保卫处.审核岗 | | | | |
"""


def new(*rows: str, head: str = "| step | name | who | mode | when | group | differ |") -> Route:
    return route_of("\n".join([head, *rows]))


TEN, TWENTY = "| 10 | 申请 | initiator | | | | |", "| 20 | 学院 | head(申请部门) | | | | |"
THIRTY, FORTY = "| 30 | 财务 | role:财务处.审核岗 | all | | | |", "| 40 | 保卫 | role:保卫处.审核岗 | | | | |"


def at_thirty() -> RouteState:
    """Two are asked at 30, and one of them has approved."""
    old = route_of(OLD)
    state = begin(old, context()).state
    state = act(old, state, "20", "h1", "approve", context()).state
    return act(old, state, "30", "f1", "approve", context()).state


def move(to: Route, state: RouteState | None = None, rounds: dict[str, int] | None = None):
    return moved(route_of(OLD), to, state or at_thirty(), context(), rounds or {"20": 1, "30": 1})


def waiting(state: RouteState) -> list[tuple[str, int, str]]:
    return [(task.step, task.round, task.person) for task in state.tasks()]


def test_the_same_route_changes_nothing():
    found = move(route_of(OLD))
    assert (found.progress.state, found.progress.effects, found.notes) == (at_thirty(), (), ())


def test_a_step_with_another_name_and_limit_of_another_step_goes_on():
    """M2: the vote of f1 stands, f2 keeps the task."""
    found = move(new(TEN, TWENTY, THIRTY.replace("财务", "财务审核", 1), FORTY.replace("保卫处", "财务处")))
    assert waiting(found.progress.state) == [("30", 1, "f2")]
    assert found.progress.effects == ()


def test_a_step_that_asks_others_is_asked_anew():
    """M2: any one of the two now, so nobody's vote is carried over to another way of counting."""
    found = move(new(TEN, TWENTY, THIRTY.replace("| all", "| any"), FORTY))
    assert waiting(found.progress.state) == [("30", 2, "f1"), ("30", 2, "f2")]
    assert [(e.kind, e.round, e.person) for e in found.progress.effects] == [
        (EffectKind.TASK_CANCELLED, 1, "f2"),
        (EffectKind.TASK_OPENED, 2, "f1"),
        (EffectKind.TASK_OPENED, 2, "f2"),
    ]
    assert "重新送办" in found.notes[0][0]


def test_a_condition_that_does_not_hold_lets_the_case_pass():
    found = move(new(TEN, TWENTY, THIRTY.replace("| all | |", "| all | 1 = 2 |"), FORTY))
    assert found.progress.state.steps["30"].status is StepStatus.SKIPPED
    assert waiting(found.progress.state) == [("40", 1, "b1")]


def test_a_step_that_is_gone_is_in_the_way_until_the_sheet_names_it():
    """M4, M1: a step goes to another number with its votes; its tasks are other tasks."""
    without = new(TEN, TWENTY, THIRTY.replace("| 30", "| 35"), FORTY)
    assert "30" in move(without).obstacles[0][0]
    named = replace(without, earlier=StepMap({"30": "35"}))
    found = move(named, rounds={"20": 1, "30": 1, "35": 4})
    assert waiting(found.progress.state) == [("35", 5, "f2")]
    assert [vote.person for vote in found.progress.state.steps["35"].votes] == ["f1"]
    assert [(e.kind, e.step, e.round) for e in found.progress.effects] == [
        (EffectKind.TASK_CANCELLED, "30", 1),
        (EffectKind.TASK_OPENED, "35", 5),
    ]


def test_what_was_decided_at_a_step_that_is_gone_stays_in_the_record():
    found = move(new(TEN, THIRTY, FORTY))
    assert "20" not in found.progress.state.steps
    assert "学院" in found.notes[0][0]
    assert waiting(found.progress.state) == [("30", 1, "f2")]


def test_a_new_step_behind_the_case_is_asked_only_where_the_owner_wants_it():
    """M3."""
    more = new(TEN, TWENTY, "| 25 | 复核 | role:财务处.复核岗 | | | | |", THIRTY, FORTY)
    found = move(more)
    assert found.progress.state.steps["25"].reason is Reason.MIGRATED
    assert waiting(found.progress.state) == [("30", 1, "f2")]
    found = move(replace(more, earlier=StepMap(asked=frozenset({"25"}))))
    assert waiting(found.progress.state) == [("25", 1, "f2")], "30 waits until 25 is done"
    later = act(more, found.progress.state, "25", "f2", "approve", context()).state
    # An approval counts for the next step too (`same`: adjacent), so that only f1 is asked.
    assert waiting(later) == [("30", 2, "f1")]


def test_a_new_step_ahead_and_beside_is_asked():
    beside = "| 31 | 保卫会签 | role:保卫处.审核岗 | | | 会签 | |"
    found = move(new(TEN, TWENTY, THIRTY.replace("| all | | |", "| all | | 会签 |"), beside, FORTY))
    assert waiting(found.progress.state) == [("30", 1, "f2"), ("31", 1, "b1")]


def test_steps_in_another_order():
    """M3: 40 comes first now and was not asked yet, so 30 waits."""
    found = move(new(TEN, TWENTY, FORTY, THIRTY))
    assert waiting(found.progress.state) == [("40", 1, "b1")]


def test_nobody_keeps_a_hand_in_two_steps_that_must_differ_now():
    """M4: who is asked is asked anew; what was decided twice is in the way."""
    apart = new(TEN, TWENTY, "| 30 | 财务 | role:财务处.审核岗 + role:财务处.复核岗 | all | | | 20 |", FORTY)
    assert move(apart).obstacles == ()
    old = route_of(OLD.replace("role:保卫处.审核岗", "role:财务处.审核岗 | all"))
    state = begin(old, context()).state
    for step, person in (("20", "h1"), ("30", "f1"), ("30", "f2")):
        state = act(old, state, step, person, "approve", context()).state
    assert state.outcome is RouteOutcome.APPROVED, "f1 and f2 count for 40 too"
    case = replace(state, outcome=RouteOutcome.OPEN)
    differ = new(
        TEN,
        TWENTY,
        THIRTY,
        "| 40 | 保卫 | role:财务处.审核岗 | | | | 30 |",
        "| 50 | 归档 | head(申请部门) | do | | | |",
    )
    found = moved(old, differ, replace(case, steps={**case.steps, "40": case.steps["30"]}), context(), {})
    assert "李敏" in found.obstacles[0][0]


def test_a_returned_case_waits_for_its_applicant_there_too():
    old = route_of(OLD)
    state = act(old, begin(old, context()).state, "20", "h1", "return", context(), target="initiator").state
    found = move(new(TEN, "| 15 | 导师 | head(申请部门) | | | | |", TWENTY, THIRTY), state)
    assert (found.progress.state.outcome, found.progress.effects) == (RouteOutcome.RETURNED, ())


@settings(max_examples=150, deadline=None)
@given(old=routes(), other=routes(), same=st.booleans(), seed=st.integers(0, 2**32))
def test_whatever_the_routes_the_moved_case_is_in_order(old, other, same, seed):
    """M5."""
    chance = random.Random(seed)
    around = replace(context(n=Decimal(chance.randint(0, 6))), directory=CAMPUS)
    state = begin(old, around).state
    for _ in range(chance.randint(0, 8)):
        possible = list(doings(old, state, around))
        if not possible:
            break
        state = chance.choice(possible)(old, state, around).state
    assume(not state.outcome.final)
    to = old if same else other
    ids = [step.id for step in to.steps]
    renamed = {} if same else {step.id: chance.choice(ids) for step in old.steps if chance.random() < 0.3}
    to = replace(to, earlier=StepMap(renamed, frozenset(i for i in ids if chance.random() < 0.2)))
    rounds = {step_id: step.round for step_id, step in state.steps.items()}
    found = moved(old, to, state, around, rounds)
    if found.obstacles:
        assert not same, "a case can always be moved to the route that it has"
        return
    if same:
        assert found.progress.state == state
    assert set(found.progress.state.steps) == set(ids)
    check_effects(state, found.progress)
    if not found.progress.state.outcome.final:
        check_state(to, found.progress.state, around)
        assert approve_all(to, found.progress.state, around, chance.randint(0, 3)).outcome is RouteOutcome.APPROVED
