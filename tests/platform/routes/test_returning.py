"""Returns in the three ways, and joins, against what the standard says of every step.

T1 through: every step from the target to the one that returned is asked again, and no other · T2 straight: only the
target and the one that returned, and what had been skipped · T3 changed: exactly the steps of which the people would see
something else now · T4 a decision stands only while its people may still decide · T5 joins: all, any, n · T6 a race that
is opened again · T7 to the applicant.

The oracle of T1 to T3 counts rounds: a step that was asked again is in a later round than before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, permutations, product

import pytest
from route_people import context, route_of

from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.faults import NotAllowedHere, NotReturnable, NotReturned
from banshi.platform.routes.flow import act, add_signers, begin, pass_overdue, resubmit, transfer
from banshi.platform.routes.model import Route, RouteStep
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.returns import may_take_back, target_of, targets
from banshi.platform.routes.state import RouteOutcome, RouteState, StepStatus

SERIAL = """
| step | name       | who                | mode | back   | same |
| 10   | 申请       | initiator          |      |        |      |
| 20   | 学院负责人 | head(申请部门)     |      | 任意   | 不跳 |
| 30   | 财务审核   | role:财务处.审核岗 | any  | 任意   | 不跳 |
| 40   | 保卫审核   | role:保卫处.审核岗 |      | 任意   | 不跳 |
| 50   | 校长办公室 | head("学校")       |      | 任意{} | 不跳 |
"""
PEOPLE = {"20": "h1", "30": "f1", "40": "b1", "50": "a1"}
WAYS = {"through": "!重走", "straight": "!直达", "changed": "!按变更"}


class Sees:
    """A form of which every step sees its own part; `now` may be changed."""

    def __init__(self) -> None:
        self.now: dict[str, int] = {}

    def __call__(self, step: RouteStep) -> str:
        return str(self.now.get(step.id, 0))


def approve(route: Route, state: RouteState, around: FlowContext, until: str = "") -> RouteState:
    """Everybody approves, first come, until a step is asked or the case is at its end."""
    while (tasks := state.tasks()) and tasks[0].step != until:
        state = act(route, state, tasks[0].step, tasks[0].person, "approve", around).state
    return state


def rounds(state: RouteState) -> dict[str, int]:
    return {step_id: step.round for step_id, step in state.steps.items()}


def again(before: RouteState, after: RouteState) -> set[str]:
    """The steps that were asked again: in a later round, and by people and not by what stood from before."""
    was = rounds(before)
    return {
        step_id
        for step_id, step in after.steps.items()
        if step.round > was[step_id] and step.reason is not Reason.UNCHANGED
    }


@pytest.mark.parametrize("target", ["20", "30", "40"])
@pytest.mark.parametrize("how", list(WAYS))
@pytest.mark.parametrize("said", [True, False])
def test_t1_t2_nothing_changed(target: str, how: str, said: bool) -> None:
    """The way stands in the sheet, or the sheet leaves it to the person who returns."""
    route, around = route_of(SERIAL.format(WAYS[how] if said else "")), context(seen=Sees())
    first = approve(route, begin(route, around).state, around, until="50")
    back = act(route, first, "50", "a1", "return", around, target=target, how="ask" if said else how).state
    assert {f"{task.step}:{task.round}" for task in back.tasks()} == {f"{target}:2"}
    end = approve(route, back, around)
    assert end.outcome is RouteOutcome.APPROVED
    between = {step_id for step_id in PEOPLE if step_id >= target}
    assert again(first, end) == (between if how == "through" else {target, "50"})


@pytest.mark.parametrize("changed", [set(some) for n in range(5) for some in combinations(PEOPLE, n)])
@pytest.mark.parametrize("target", ["initiator", "20", "30"])
def test_t3_exactly_the_steps_that_see_something_else(changed: set[str], target: str) -> None:
    sees = Sees()
    route, around = route_of(SERIAL.format("!按变更")), context(seen=sees)
    first = approve(route, begin(route, around).state, around, until="50")
    state = act(route, first, "50", "a1", "return", around, target=target).state
    sees.now = dict.fromkeys(changed, 1)
    if target == "initiator":
        state = resubmit(route, state, around).state
    end = approve(route, state, around)
    # A step ahead of the target is not looked at: nobody returned so far.
    within = {step_id for step_id in PEOPLE if target == "initiator" or step_id >= target}
    assert again(first, end) == (changed & within) | {"50"} | ({"10"} if target == "initiator" else {target})
    stood = {step_id for step_id, step in end.steps.items() if step.reason is Reason.UNCHANGED}
    assert stood == within - changed - {"50", target}
    assert {step_id: end.steps[step_id].approvers for step_id in stood} == {s: (PEOPLE[s],) for s in stood}


def test_t3_what_changed_and_changed_back_before_it_was_reached_stands() -> None:
    sees = Sees()
    route, around = route_of(SERIAL.format("!按变更")), context(seen=sees)
    first = approve(route, begin(route, around).state, around, until="50")
    state = act(route, first, "50", "a1", "return", around, target="initiator").state
    sees.now = {"30": 1}
    state = resubmit(route, state, around).state
    assert {task.step for task in state.tasks()} == {"30"}
    state = act(route, state, "30", "f2", "return", around, target="initiator", how="changed").state
    sees.now = {}
    state = resubmit(route, state, around).state
    # 30 returned it and is asked in any case; 40 has not been asked since, and its first decision stands.
    assert {task.step for task in state.tasks()} == {"30"}
    assert approve(route, state, around, until="50").steps["40"].reason is Reason.UNCHANGED


def test_t4_whoever_is_barred_meanwhile_is_replaced() -> None:
    route = route_of(
        """
| step | name     | who                | mode | back        | differ |
| 10   | 申请     | initiator          |      |             |        |
| 20   | 财务初审 | role:财务处.审核岗 | any  |             |        |
| 30   | 财务复核 | role:财务处.审核岗 | any  |             | 20     |
| 40   | 主管     | head("学校")       |      | 20!按变更   |        |
"""
    )
    around = context()
    first = act(route, begin(route, around).state, "20", "f1", "approve", around).state
    first = act(route, first, "30", "f2", "approve", around).state
    state = act(route, first, "40", "a1", "return", around, target="20").state
    same = act(route, state, "20", "f1", "approve", around).state
    assert [task.step for task in same.tasks()] == ["40"]
    other = act(route, state, "20", "f2", "approve", around).state
    assert [(task.step, task.person) for task in other.tasks()] == [("30", "f1")]


def test_t4_an_approval_that_stood_for_another_falls_with_it() -> None:
    route = route_of(
        """
| step | name     | who                               | mode | back      | same     |
| 10   | 申请     | initiator                         |      |           |          |
| 20   | 学院     | head(申请部门)                    |      |           |          |
| 30   | 联合会审 | head(申请部门) + role:保卫处.审核岗 | all  |           | 跳过全部 |
| 40   | 主管     | head("学校")                      |      | 20!按变更 |          |
"""
    )
    around = context()
    first = act(route, begin(route, around).state, "20", "h1", "approve", around).state
    assert [task.person for task in first.tasks()] == ["b1"]
    first = act(route, first, "30", "b1", "approve", around).state
    state = act(route, first, "40", "a1", "return", around, target="20").state
    assert approve(route, state, around, until="40").steps["30"].reason is Reason.UNCHANGED
    # Now somebody else decides at 20: nothing that h1 approved is left for her voice at 30.
    state = transfer(route, state, "20", "h1", "f1", around).state
    state = act(route, state, "20", "f1", "approve", around).state
    assert [(task.step, task.person) for task in state.tasks()] == [("30", "h1"), ("30", "b1")]


SKIPPING = """
| step | name     | who                | mode | when     | back   | group |
| 10   | 申请     | initiator          |      |          |        |       |
| 20   | 学院     | head(申请部门)     |      |          |        |       |
| 25   | 校办     | person:v0          |      | ${n} > 9 |        |       |
| 30   | 财务     | role:财务处.审核岗 | any  |          |        |       |
| 40   | 保卫     | role:保卫处.审核岗 |      |          | 任意{} |       |
"""


@pytest.mark.parametrize(
    ("how", "asked"), [("straight", ["25", "40"]), ("through", ["20", "25", "30", "40"]), ("changed", ["25", "40"])]
)
def test_t2_what_was_skipped_is_looked_at_again(how: str, asked: list[str]) -> None:
    route, before = route_of(SKIPPING.replace("{}", WAYS[how])), context(n=Decimal(1))
    state = approve(route, begin(route, before).state, before, until="40")
    assert state.steps["25"].reason is Reason.CONDITION
    state = act(route, state, "40", "b1", "return", before, target="initiator").state
    after = context(n=Decimal(10))
    state = resubmit(route, state, after).state
    found = []
    while tasks := state.tasks():
        found.append(tasks[0].step)
        state = act(route, state, tasks[0].step, tasks[0].person, "approve", after).state
    assert found == asked


@pytest.mark.parametrize(("sheet", "wanted"), [("!重走", "straight"), ("!直达", "changed"), ("!按变更", "through")])
def test_the_way_that_the_sheet_says_is_not_the_persons_to_choose(sheet: str, wanted: str) -> None:
    route, around = route_of(SERIAL.format(sheet)), context()
    state = approve(route, begin(route, around).state, around, until="50")
    with pytest.raises(NotAllowedHere):
        act(route, state, "50", "a1", "return", around, target="20", how=wanted)


# T5, T6

JOINED = """
| step | name     | who                | mode | group     | back |
| 10   | 申请     | initiator          |      |           |      |
| 40   | 财务处   | head(财务处)       |      | 会签({0}) | 任意 |
| 41   | 保卫处   | role:保卫处.审核岗 |      | 会签({0}) | 任意 |
| 41.1 | 保卫复核 | person:v1          |      | 会签({0}) | 任意 |
| 42   | 学院     | head(申请部门)     |      | 会签({0}) | 任意 |
| 50   | 校办     | head("学校")       |      |           | 任意 |
"""
BRANCHES = {"40": ["40"], "41": ["41", "41.1"], "42": ["42"]}
WHO = {"40": "f1", "41": "b1", "41.1": "v1", "42": "h1"}


@pytest.mark.parametrize(("join", "need"), [("全部", 3), ("任一", 1), ("2", 2), ("3", 3), ("5", 3)])
def test_t5_a_join_waits_for_so_many_branches_in_every_order(join: str, need: int) -> None:
    route, around = route_of(JOINED.replace("{0}", join)), context()
    for order in permutations(["40", "41", "41.1", "42"]):
        if order.index("41.1") < order.index("41"):
            continue
        state, done = begin(route, around).state, set[str]()
        for step_id in order:
            if sum(set(branch) <= done for branch in BRANCHES.values()) >= need:
                break
            state = act(route, state, step_id, WHO[step_id], "approve", around).state
            done.add(step_id)
            through = sum(set(branch) <= done for branch in BRANCHES.values())
            assert ("50" in {task.step for task in state.tasks()}) == (through >= need)
        assert [task.step for task in state.tasks()] == ["50"]
        assert {s for s in WHO if state.steps[s].status is StepStatus.DONE} == done
        assert {s for s in WHO if state.steps[s].reason is Reason.JOINED} == set(WHO) - done


def test_t5_a_branch_that_asked_nobody_has_won_nothing() -> None:
    route, around = (
        route_of(
            """
| step | name   | who                | when     | group      |
| 10   | 申请   | initiator          |          |            |
| 40   | 财务处 | head(财务处)       | ${n} > 9 | 会签(任一) |
| 41   | 保卫处 | role:保卫处.审核岗 |          | 会签(任一) |
"""
        ),
        context(n=None),
    )
    assert [task.step for task in begin(route, around).state.tasks()] == ["41"]


def test_t5_one_refusal_of_a_branch_is_the_end() -> None:
    route, around = route_of(JOINED.replace("{0}", "任一")), context()
    assert act(route, begin(route, around).state, "41", "b1", "refuse", around).state.outcome is RouteOutcome.REFUSED


@pytest.mark.parametrize("how", list(WAYS))
def test_t6_returned_into_a_race_it_is_open_again(how: str) -> None:
    route, around = route_of(JOINED.replace("{0}", "任一")), context()
    state = act(route, begin(route, around).state, "40", "f1", "approve", around).state
    assert targets(route, state, "50") == ("initiator", "40"), "nobody goes back to a branch that was cut off"
    state = act(route, state, "50", "a1", "return", around, target="40", how=how).state
    assert {task.step for task in state.tasks()} == {"40", "41", "42"}
    assert approve(route, state, around).outcome is RouteOutcome.APPROVED


@pytest.mark.parametrize(("here", "target"), [("41", "40"), ("41.1", "40"), ("41.1", "41"), ("42", "41")])
@pytest.mark.parametrize("how", ["through", "straight"])
def test_t6_from_desk_to_desk_of_a_group_the_others_stand(here: str, target: str, how: str) -> None:
    route, around = route_of(JOINED.replace("{0}", "全部")), context()
    state = begin(route, around).state
    for step_id in ("40", "41"):
        if step_id != here:
            state = act(route, state, step_id, WHO[step_id], "approve", around).state
    if here not in {task.step for task in state.tasks()}:
        state = act(route, state, "41", "b1", "approve", around).state
    before = state
    state = act(route, state, here, WHO[here], "return", around, target=target, how=how).state
    branch = {"40": ["40"], "41": ["41", "41.1"]}[target]
    waits = here in branch and here != target
    assert {task.step for task in state.tasks() if task.round > rounds(before)[task.step]} == (
        {target} if waits else {target, here}
    )
    untouched = set(WHO) - {target, here, *branch}
    assert {s: state.steps[s] for s in untouched} == {s: before.steps[s] for s in untouched}


@pytest.mark.parametrize("who", list(product(["50", "40"], ["41.1", "50", "60", ""])))
def test_t6_no_return_ahead_nor_nowhere(who: tuple[str, str]) -> None:
    route, around = route_of(JOINED.replace("{0}", "全部")), context()
    state = begin(route, around).state
    if who[0] == "50":
        state = approve(route, state, around, until="50")
        if who[1] == "41.1":
            assert target_of(route, state, "50", "41.1") == "41.1"
            return
    person = {"50": "a1", "40": "f1"}[who[0]]
    with pytest.raises(NotReturnable):
        act(route, state, who[0], person, "return", around, target=who[1])


def test_t6_previous_after_a_group_is_the_last_one_of_each_branch() -> None:
    route, around = (
        route_of(
            JOINED.replace("{0}", "全部").replace(
                'head("学校")       |      |           | 任意', 'head("学校")       |      |           | 上一步'
            )
        ),
        context(),
    )
    state = approve(route, begin(route, around).state, around, until="50")
    assert targets(route, state, "50") == ("40", "41.1", "42")
    with pytest.raises(NotReturnable):
        act(route, state, "50", "a1", "return", around, target="previous")


@pytest.mark.parametrize("how", ["through", "straight"])
def test_t2_whoever_is_asked_behind_the_target_waits_until_it_is_mended(how: str) -> None:
    """Desk 41 returns to 20 in front of the group; desk 40, asked at the same time, has no task until 20 is done."""
    sheet = """
| step | name       | who                | back | same | group      |
| 10   | 申请       | initiator          |      |      |            |
| 20   | 学院负责人 | head(申请部门)     |      | 不跳 |            |
| 40   | 财务处     | role:财务处.审核岗 |      | 不跳 | 会签(全部) |
| 41   | 保卫处     | role:保卫处.审核岗 | 任意 | 不跳 | 会签(全部) |
"""
    route, around = route_of(sheet), context(seen=Sees())
    first = act(route, begin(route, around).state, "20", "h1", "approve", around).state
    assert {task.step for task in first.tasks()} == {"40", "41"}
    back = act(route, first, "41", "b1", "return", around, target="20", how=how).state
    assert {task.step for task in back.tasks()} == {"20"}
    again = act(route, back, "20", "h1", "approve", around).state
    assert {f"{task.step}:{task.round}" for task in again.tasks()} == {"40:2", "41:2"}


def test_t6_no_return_into_a_branch_that_was_cut_off() -> None:
    """41 is done, and 41.1 behind it was cut off by 40: the branch of 41 lost the race."""
    route, around = route_of(JOINED.replace("{0}", "任一")), context()
    state = begin(route, around).state
    for step_id in ("41", "40"):
        state = act(route, state, step_id, WHO[step_id], "approve", around).state
    assert (state.steps["41"].status, state.steps["41.1"].reason) == (StepStatus.DONE, Reason.JOINED)
    assert targets(route, state, "50") == ("initiator", "40")


def test_t2_nothing_is_taken_back_while_a_step_ahead_is_mended() -> None:
    """Straight back at 20, the decision of 40 stands; who made it waits until 20 is done again."""
    route, around = route_of(SERIAL.format("!直达")), context(seen=Sees())
    first = approve(route, begin(route, around).state, around, until="50")
    assert may_take_back(route, first, "40", "b1")
    back = act(route, first, "50", "a1", "return", around, target="20").state
    assert back.steps["40"].status is StepStatus.DONE
    assert not may_take_back(route, back, "40", "b1")


def test_t6_no_return_to_what_nobody_did() -> None:
    """A step that the system does, one that the clock passed, one for which an earlier approval stood."""
    route = route_of(
        """
| step | name   | who                  | mode | back | same     |
| 10   | 申请   | initiator            |      |      |          |
| 20   | 登记   |                      | auto |      |          |
| 30   | 学院   | head(申请部门)       |      |      | keep     |
| 40   | 财务处 | role:财务处.审核岗   | any  |      | keep     |
| 50   | 复核   | head(申请部门)       |      |      | all      |
| 60   | 保卫处 | role:保卫处.审核岗   |      | 任意 |          |
"""
    )
    around = context()
    state = act(route, begin(route, around).state, "30", "h1", "approve", around).state
    state = pass_overdue(route, state, "40", around).state
    assert [task.step for task in state.tasks()] == ["60"]
    assert targets(route, state, "60") == ("initiator", "30")


# T7


def test_t7_only_a_returned_case_is_sent_again_and_nobody_is_asked_meanwhile() -> None:
    route, around = route_of(SERIAL.format("")), context()
    state = approve(route, begin(route, around).state, around, until="30")
    with pytest.raises(NotReturned):
        resubmit(route, state, around)
    state = act(route, state, "30", "f2", "return", around, target="10").state
    assert (state.outcome, state.tasks()) == (RouteOutcome.RETURNED, ())
    assert [(task.step, task.round) for task in resubmit(route, state, around).state.tasks()] == [("20", 2)]


@pytest.mark.parametrize("how", ["straight", "changed"])
def test_t7_signers_and_their_opinions_do_not_outlive_the_return_of_their_step(how: str) -> None:
    route, around = route_of(SERIAL.format("")), context()
    state = approve(route, begin(route, around).state, around, until="30")
    state = add_signers(route, state, "30", "f1", ["b1"], "before", around).state
    state = act(route, state, "30", "b1", "return", around, target="initiator", how=how).state
    state = resubmit(route, state, around).state
    assert [(task.step, task.person) for task in state.tasks()] == [("30", "f1"), ("30", "f2")]
    assert state.steps["30"].signers == ()


@pytest.mark.parametrize("how", list(WAYS))
def test_t7_votes_that_were_half_cast_are_cast_again(how: str) -> None:
    route = route_of(
        """
| step | name | who            | mode | back | same |
| 10   | 申请 | initiator      |      |      |      |
| 20   | 评审 | role:评审.委员 | all  | 任意 | 不跳 |
"""
    )
    around = context()
    state = begin(route, around).state
    for person in ("v0", "v1"):
        state = act(route, state, "20", person, "approve", around).state
    state = act(route, state, "20", "v2", "return", around, target="initiator", how=how).state
    state = resubmit(route, state, around).state
    assert [task.person for task in state.tasks()] == ["v0", "v1", "v2", "v3", "v4"]


def test_what_is_seen_is_kept_with_the_decision() -> None:
    sees: Mapping[str, int] = {}
    route, around = route_of(SERIAL.format("")), context(seen=lambda step: f"{step.id}{sees}")
    state = approve(route, begin(route, around).state, around, until="40")
    assert {s: state.steps[s].seen for s in ("20", "30", "40")} == {"20": "20{}", "30": "30{}", "40": ""}
    assert replace(state) == RouteState.from_json(state.to_json())
