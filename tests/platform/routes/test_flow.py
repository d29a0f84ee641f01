"""Moves on a route.

R1 serial, conditional, parallel · R2 countersign: any refusal refuses, all approvals approve, in any order · R3 return
clears from the target to here and legal states remain · R4 preview is what happens · R5 no state is stuck, a final one has
no open task · R6 stand-ins, self-approval, separation of duties.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest
from route_people import DIRECTORY, NOW, context, route_of

from banshi.platform.people.directory import Department, Directory, Person
from banshi.platform.people.who import parse_who
from banshi.platform.routes.asking import FlowContext, KeptAway, hindrance
from banshi.platform.routes.faults import NoSuchTask, NotReturnable
from banshi.platform.routes.flow import act, begin, resubmit, withdraw
from banshi.platform.routes.model import Empty, Mode, Route, RouteStep
from banshi.platform.routes.preview import path_text, preview
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.returns import targets
from banshi.platform.routes.state import Action, RouteOutcome, RouteState, StepStatus
from banshi.rules.diagnostics import NOWHERE
from banshi.rules.values import Value

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


@pytest.mark.parametrize("value", [None, False, Decimal(0)])
def test_r1_an_empty_condition_does_not_hold_as_in_excel(value: Value) -> None:
    route = route_of(
        "| step | name | who | when |\n| 10 | 申请 | initiator | |\n| 20 | 财务处 | role:财务处.审核岗 | ${加急} |\n"
    )
    state = begin(route, context(加急=value)).state
    assert (state.outcome, state.steps["20"].reason) == (RouteOutcome.APPROVED, Reason.CONDITION)


def all_route(people: int) -> tuple[Route, FlowContext]:
    voters = {f"v{i}": Person(id=f"v{i}", name=f"评委{i}", roles=frozenset({"评审.本组"})) for i in range(people)}
    directory = Directory(people={**DIRECTORY.people, **voters}, departments=DIRECTORY.departments)
    who, _ = parse_who("role:评审.本组", NOWHERE)
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


def test_r6_where_the_only_administrator_is_kept_away_the_head_above_is_asked() -> None:
    """Else the case would go back to its applicant for ever, however often it is sent again."""
    who, _ = parse_who("role:财务处.没有人", NOWHERE)
    assert who is not None
    first = RouteStep(id="20", name="初核", who=who)
    route = Route((first, RouteStep(id="30", name="复核", who=who, differ=("20",))))
    directory = replace(
        DIRECTORY,
        departments={
            **DIRECTORY.departments,
            "信息中心": Department(name="信息中心", head="a1", parent="学校"),
            "学校": Department(name="学校", head="v0"),
        },
    )
    around = replace(context(), directory=directory)
    state = act(route, begin(route, around).state, "20", "a1", "approve", around).state
    assert [(task.step, task.person) for task in state.tasks()] == [("30", "v0")]
    assert act(route, state, "30", "v0", "approve", around).state.outcome is RouteOutcome.APPROVED
    assert context().directory.head("信息中心") is None, "without a head above, it still goes back"
    state = act(route, begin(route, context()).state, "20", "a1", "approve", context()).state
    assert state.outcome is RouteOutcome.RETURNED


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


@pytest.mark.parametrize(("first", "second"), [("", "20"), ("40", ""), ("40", "20")])
def test_r6_whichever_of_two_steps_says_that_they_differ(first: str, second: str) -> None:
    """李敏 and 钱进 may both review; whoever did it first does not review again, and may not be handed it."""
    route = route_of(
        f"""
| step | name | who                | mode | differ   | same |
| 10   | 申请 | initiator          |      |          |      |
| 20   | 初审 | role:财务处.审核岗 | any  | {first}  | keep |
| 30   | 保卫 | role:保卫处.审核岗 |      |          |      |
| 40   | 复审 | role:财务处.审核岗 | any  | {second} | keep |
"""
    )
    around = context()
    state = act(route, begin(route, around).state, "20", "f2", "approve", around).state
    state = act(route, state, "30", "b1", "approve", around).state
    assert state.steps["40"].people == ("f1",)
    assert hindrance(route.step("40"), state.steps, "f2", around) is KeptAway.APART


def test_a_state_survives_storage() -> None:
    route, around = route_of(EIGHT), context(**names(2_000_000, "易燃"))
    state = act(route, begin(route, around).state, "15", "h1", "approve", around).state
    assert RouteState.from_json(state.to_json()) == state


def test_withdrawn_cases_ask_nobody() -> None:
    route, around = route_of(EIGHT), context(**names(5_000))
    state = withdraw(route, begin(route, around).state, around).state
    assert (state.outcome, state.outcome.final) == (RouteOutcome.WITHDRAWN, True)


def test_r6_sending_the_form_does_no_step_that_another_person_must_do() -> None:
    route = route_of("""
    | step | name     | who       | differ |
    | 10   | 填报     | initiator |        |
    | 20   | 核对     | initiator | 10     |
    """)
    state = begin(route, context()).state
    assert state.steps["20"].people == ("a1",)  # nobody is left, so an administrator is asked
    assert state.outcome is RouteOutcome.OPEN


def test_r6_an_approval_that_stands_from_before_keeps_its_person_away_beside_it() -> None:
    # 李敏 approved 20, which stands for 32; 31 beside it must be somebody else's, though she was asked there first.
    route = route_of("""
    | step | name | who                | group | differ | same     |
    | 20   | 初审 | person:f1          |       |        |          |
    | 31   | 复核 | role:财务处.审核岗 | 联审  | 32     | keep     |
    | 32   | 会审 | person:f1          | 联审  |        | adjacent |
    """)
    around = context()
    state = act(route, begin(route, around).state, "20", "f1", "approve", around).state
    assert state.steps["32"].approvers == ("f1",)
    assert [(task.step, task.person) for task in state.tasks()] == [("31", "f2")]
