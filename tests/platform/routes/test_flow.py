"""Moves on a route.

R1 serial, conditional, parallel · R2 countersign: any refusal refuses, all approvals approve, in any order · R3 return
clears from the target to here and legal states remain · R4 preview is what happens · R5 no state is stuck, a final one has
no open task · R6 stand-ins, self-approval, separation of duties.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import workbook_from_text

from banshi.platform.people.directory import Department, Directory, Person
from banshi.platform.people.who import parse_who
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.faults import NoSuchTask, NotReturnable
from banshi.platform.routes.flow import act, begin, resubmit, targets, withdraw
from banshi.platform.routes.model import Empty, Mode, Route, RouteStep
from banshi.platform.routes.preview import path_text, preview
from banshi.platform.routes.state import Action, Reason, RouteOutcome, RouteState, StepStatus
from banshi.platform.service.route_sheet import parse_route
from banshi.platform.workbook import read_workbook
from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import parse
from banshi.rules.values import Value

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PEOPLE = [
    Person(id="s1", name="陈晓雨", department="化工学院"),
    Person(id="h1", name="王建国", department="化工学院"),
    Person(id="f1", name="李敏", department="财务处", roles=frozenset({"财务处.审核岗"})),
    Person(id="f2", name="钱进", department="财务处", roles=frozenset({"财务处.审核岗", "财务处.复核岗"})),
    Person(id="b1", name="赵磊", department="保卫处", roles=frozenset({"保卫处.审核岗"})),
    Person(id="a1", name="孙静", department="信息中心", roles=frozenset({"administrator"})),
]
DIRECTORY = Directory(
    people={person.id: person for person in PEOPLE},
    departments={
        "化工学院": Department(name="化工学院", head="h1", parent="学校"),
        "财务处": Department(name="财务处", head="f1", parent="学校"),
        "学校": Department(name="学校", head="a1"),
    },
)


def context(initiator: str = "s1", **names: Value) -> FlowContext:
    return FlowContext(directory=DIRECTORY, initiator=DIRECTORY.people[initiator], now=NOW, names=names)


def route_of(table: str) -> Route:
    workbook, faults = read_workbook(workbook_from_text("## route\n" + table), "r.xlsx")
    assert workbook is not None, faults
    route, found = parse_route(workbook.sheets[0])
    assert not found
    assert route is not None
    return route


EIGHT = """
| step | name         | who                | mode | when               | group |
| 10   | 拟稿部门申请 | initiator          |      |                    |       |
| 15   | 拟稿部门负责人 | head(申请部门)   |      |                    |       |
| 40   | 财务处       | role:财务处.审核岗 | any  |                    | 会签  |
| 44   | 保卫处       | role:保卫处.审核岗 |      | ${危险源} <> '无'  | 会签  |
| 60   | 校长办公室   | head("学校")       |      | ${金额} >= 1000000 |       |
"""


def names(amount: int, hazard: str = "无") -> dict[str, Value]:
    return {"金额": Decimal(amount), "危险源": hazard}


@pytest.mark.parametrize(
    ("amount", "hazard", "path"),
    [
        (999_999, "无", "10>15>40"),
        (999_999, "易燃", "10>15>{40,44}"),
        (1_000_000, "无", "10>15>40>60"),
        (1_000_000, "易燃", "10>15>{40,44}>60"),
    ],
)
def test_r1_the_path_at_the_boundary_of_the_amount(amount: int, hazard: str, path: str) -> None:
    route = route_of(EIGHT)
    assert path_text(route, preview(route, context(**names(amount, hazard)))) == path


def test_r1_a_skipped_step_keeps_what_decided_it() -> None:
    route = route_of(EIGHT)
    steps = {step.id: step for step in preview(route, context(**names(96_000)))}
    assert steps["60"].state is StepStatus.SKIPPED
    assert steps["60"].values == (("金额", "96000"),)


def all_route(people: int) -> tuple[Route, FlowContext]:
    voters = {f"v{i}": Person(id=f"v{i}", name=f"评委{i}", roles=frozenset({"评审.委员"})) for i in range(people)}
    directory = Directory(people={**DIRECTORY.people, **voters}, departments=DIRECTORY.departments)
    who, _ = parse_who("role:评审.委员", NOWHERE)
    assert who is not None
    route = Route((RouteStep(id="20", name="评审", who=who, mode=Mode.ALL),))
    return route, FlowContext(directory=directory, initiator=DIRECTORY.people["s1"], now=NOW)


@pytest.mark.parametrize("votes", ["aaa", "aar", "arr", "rrr"])
def test_r2_a_countersign_has_one_verdict_in_every_order(votes: str) -> None:
    # The oracle is the definition of 会签: refused as soon as one refuses, approved when all have approved.
    expected = RouteOutcome.REFUSED if "r" in votes else RouteOutcome.APPROVED
    for order in permutations(enumerate(votes)):
        route, around = all_route(len(votes))
        state = begin(route, around).state
        for i, vote in order:
            if state.outcome is RouteOutcome.OPEN:
                action = Action.REFUSE if vote == "r" else Action.APPROVE
                state = act(route, state, "20", f"v{i}", action, around).state
        assert state.outcome is expected
        assert state.tasks() == ()


def test_r2_any_of_several_is_enough_and_the_others_are_free() -> None:
    route, around = route_of(EIGHT), context(**names(5_000))
    state = act(route, begin(route, around).state, "15", "h1", "approve", around).state
    assert [task.person for task in state.tasks()] == ["f1", "f2"]
    state = act(route, state, "40", "f2", "approve", around).state
    assert state.outcome is RouteOutcome.APPROVED
    with pytest.raises(NoSuchTask):
        act(route, state, "40", "f1", "approve", around)


def test_r3_return_to_the_previous_step_asks_it_again() -> None:
    route, around = route_of(EIGHT), context(**names(5_000))
    state = act(route, begin(route, around).state, "15", "h1", "approve", around).state
    assert targets(route, state, "40") == ("initiator", "15")
    state = act(route, state, "40", "f1", "return", around, target="15").state
    assert [(task.step, task.round, task.person) for task in state.tasks()] == [("15", 2, "h1")]


def test_r3_return_to_the_initiator_and_sent_again() -> None:
    route, around = route_of(EIGHT), context(**names(5_000))
    state = act(route, begin(route, around).state, "15", "h1", "return", around, target="initiator").state
    assert state.outcome is RouteOutcome.RETURNED
    assert state.tasks() == ()
    state = resubmit(route, state, context(**names(2_000_000))).state
    assert [(task.step, task.round) for task in state.tasks()] == [("15", 2)]


def test_r3_a_wrong_target_is_refused() -> None:
    route, around = route_of(EIGHT), context(**names(5_000))
    state = begin(route, around).state
    with pytest.raises(NotReturnable):
        act(route, state, "15", "h1", "return", around, target="60")


def test_r6_a_head_does_not_approve_her_own_application() -> None:
    route, around = route_of(EIGHT), context("h1", **names(5_000))
    assert [task.person for task in begin(route, around).state.tasks()] == ["a1"]


def test_r6_nobody_left_asks_an_administrator() -> None:
    who, _ = parse_who("role:财务处.没有人", NOWHERE)
    assert who is not None
    route = Route((RouteStep(id="20", name="审核", who=who, empty=Empty.ADMIN),))
    assert [task.person for task in begin(route, context()).state.tasks()] == ["a1"]


@pytest.mark.parametrize(
    ("who", "keeper", "asked", "reason"),
    [
        ("field:保管人", "b1", ["b1"], Reason.NONE),
        ("field:保管人", None, ["a1"], Reason.UNNAMED),
        ("field:保管人", "没有这个人", ["a1"], Reason.ADMIN),
        ("field:保管人 + role:无.人", None, ["a1"], Reason.ADMIN),
    ],
)
def test_r6_a_form_that_names_nobody_yet_is_told_from_nobody_there(who, keeper, asked, reason) -> None:
    parsed, _ = parse_who(who, NOWHERE)
    assert parsed is not None
    route = Route((RouteStep(id="20", name="双人保管", who=parsed, empty=Empty.ADMIN),))
    state = begin(route, context(保管人=keeper)).state
    assert [task.person for task in state.tasks()] == asked
    assert state.steps["20"].reason is reason


def test_r6_differ_keeps_the_first_reviewer_from_the_second_review() -> None:
    route = route_of(
        """
| step | name | who                | mode | differ |
| 60   | 初审 | role:财务处.审核岗 | any  |        |
| 70   | 复核 | role:财务处.复核岗 |      | 60     |
"""
    )
    around = context()
    state = act(route, begin(route, around).state, "60", "f2", "approve", around).state
    assert all(task.person != "f2" for task in state.tasks())
    assert state.tasks()


def test_a_state_survives_storage() -> None:
    route, around = route_of(EIGHT), context(**names(2_000_000, "易燃"))
    state = act(route, begin(route, around).state, "15", "h1", "approve", around).state
    assert RouteState.from_json(state.to_json()) == state


def test_withdrawn_cases_ask_nobody() -> None:
    route, around = route_of(EIGHT), context(**names(5_000))
    state = withdraw(route, begin(route, around).state, around).state
    assert (state.outcome, state.outcome.final) == (RouteOutcome.WITHDRAWN, True)


WHOS = ("initiator", "head(申请部门)", "role:财务处.审核岗", "role:保卫处.审核岗", "role:财务处.复核岗", "role:无.人")


@st.composite
def routes(draw: st.DrawFn) -> Route:
    """Process trees: some steps alone, some in groups of branches, with conditions over one number."""
    steps: list[RouteStep] = []
    for block in range(draw(st.integers(1, 4))):
        group = f"g{block}" if draw(st.booleans()) else ""
        join = draw(st.sampled_from(["all", "any"]))
        for branch in range(draw(st.integers(1, 3)) if group else 1):
            number = 10 + 10 * block + branch
            for index in range(draw(st.integers(1, 2)) if group else 1):
                who, _ = parse_who(draw(st.sampled_from(WHOS)), NOWHERE)
                assert who is not None
                condition = draw(st.sampled_from(["", "", "${n} > 3", "${n} <= 3"]))
                steps.append(
                    RouteStep(
                        id=f"{number}.{index}" if index else str(number),
                        name=f"环节{number}",
                        who=who,
                        mode=draw(st.sampled_from(list(Mode))),
                        when=parse(condition, NOWHERE)[0] if condition else None,
                        group=group,
                        join=join,
                        back=("any",),
                        empty=draw(st.sampled_from([Empty.ADMIN, Empty.SKIP, Empty.SUPERIOR])),
                    )
                )
    return Route(tuple(steps))


@settings(max_examples=150, deadline=None)
@given(routes(), st.integers(0, 6), st.data())
def test_r4_r5_random_routes_and_moves(route: Route, n: int, data: st.DataObject) -> None:
    around = context(n=Decimal(n))
    foreseen = preview(route, around)
    state = begin(route, around).state
    for _ in range(25):
        if state.outcome is RouteOutcome.RETURNED:
            state = resubmit(route, state, around).state
            continue
        if state.outcome.final:
            break
        assert state.tasks(), "an open case asks somebody"
        task = data.draw(st.sampled_from(state.tasks()))
        goals = targets(route, state, task.step)
        if goals and data.draw(st.integers(0, 3)) == 0:
            target = data.draw(st.sampled_from(goals))
            state = act(route, state, task.step, task.person, "return", around, target=target).state
        else:
            state = act(route, state, task.step, task.person, "approve", around).state
    if state.outcome.final:
        assert state.tasks() == ()
    approved = begin(route, around).state
    while approved.tasks():
        first = approved.tasks()[0]
        approved = act(route, approved, first.step, first.person, "approve", around).state
    happened = {key for key, step in approved.steps.items() if step.people}
    assert {step.id for step in foreseen if step.people} == happened
