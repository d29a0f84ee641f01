"""What people and the platform do beside deciding, each as the standard has it, on routes as a university writes them.

D1 added signers: before, after, beside, consulted, nested, refusing, removed · D2 claiming and releasing · D3 handing
over, also in sequences and with signers · D4 taking back · D5 another system answers · D6 the clock · D7 copies and
telling · D8 standing in · D9 enough people · D10 whoever acted at one step has no hand in the one that must differ.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from random_routes import CAMPUS
from route_people import DIRECTORY, context, route_of

from banshi.platform.people.directory import Directory
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.effects import EffectKind, Progress
from banshi.platform.routes.faults import NoSuchTask, NotAllowedHere, NotEligible
from banshi.platform.routes.flow import (
    act,
    add_signers,
    begin,
    call_back,
    claim,
    escalate,
    pass_overdue,
    refuse_overdue,
    release,
    remove_signer,
    resubmit,
    return_overdue,
    take_back,
    transfer,
    withdraw,
)
from banshi.platform.routes.model import Route
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.returns import may_take_back
from banshi.platform.routes.state import RouteOutcome, RouteState, StepStatus

HERE = context()


def row(who: str, mode: str = "", more: str = "") -> Route:
    """An application, one step with a mode, and the record of the academic office after it."""
    return route_of(
        f"""
| step | name     | who       | mode   | ops | differ | same |
| 10   | 申请     | initiator |        |     |        |      |
| 20   | 审议     | {who}     | {mode} | {more} |     |      |
| 30   | 档案归档 | role:保卫处.审核岗 | do |     |        |      |
"""
    )


COMMITTEE = "role:评审.委员"


class Walk:
    """A case that is walked step by step; every deed goes from the state that the one before led to."""

    def __init__(self, route: Route, around: FlowContext = HERE) -> None:
        self.route, self.around = route, around
        self.last = begin(route, around)

    @property
    def state(self) -> RouteState:
        return self.last.state

    @property
    def asked(self) -> list[str]:
        return [f"{task.step}:{task.person}" for task in self.state.tasks()]

    def approve(self, *people: str, step: str = "20", by: str = "") -> Walk:
        for person in people:
            self.last = act(self.route, self.state, step, person, "approve", self.around, by=by)
        return self

    def refuse(self, person: str, step: str = "20") -> Walk:
        self.last = act(self.route, self.state, step, person, "refuse", self.around)
        return self

    def back(self, person: str, step: str, target: str, how: str = "ask") -> Walk:
        self.last = act(self.route, self.state, step, person, "return", self.around, target=target, how=how)
        return self

    def add(self, person: str, signing: str, *others: str, step: str = "20") -> Walk:
        self.last = add_signers(self.route, self.state, step, person, others, signing, self.around)
        return self

    def do(self, deed, *arguments: str) -> Walk:  # type: ignore[no-untyped-def]
        self.last = deed(self.route, self.state, *arguments, self.around)
        return self


def copies(progress: Progress) -> list[str]:
    return [f"{effect.step}:{effect.person}" for effect in progress.effects if effect.kind is EffectKind.COPIED]


# D1


def test_d1_before_the_one_who_asked_waits() -> None:
    walk = Walk(row("head(申请部门)")).add("h1", "before", "f1", "b1")
    assert walk.asked == ["20:f1", "20:b1"]
    assert walk.approve("f1").asked == ["20:b1"]
    assert walk.approve("b1").asked == ["20:h1"]
    assert walk.approve("h1").asked == ["30:b1"]


def test_d1_after_the_step_is_held_open() -> None:
    walk = Walk(row("head(申请部门)")).add("h1", "after", "f1")
    assert walk.asked == ["20:h1"]
    assert walk.approve("h1").asked == ["20:f1"]
    assert walk.approve("f1").asked == ["30:b1"]


@pytest.mark.parametrize("order", [("h1", "f1"), ("f1", "h1")])
def test_d1_beside_both_are_asked_at_once_in_either_order(order: tuple[str, str]) -> None:
    walk = Walk(row("head(申请部门)")).add("h1", "beside", "f1")
    assert sorted(walk.asked) == ["20:f1", "20:h1"]
    assert walk.approve(order[0]).asked == [f"20:{order[1]}"]
    assert walk.approve(order[1]).asked == ["30:b1"]


def test_d1_whoever_is_consulted_answers_and_does_not_decide() -> None:
    walk = Walk(row("head(申请部门)")).add("h1", "consult", "f1")
    assert walk.asked == ["20:f1"]
    for deed in ("refuse", "return"):
        with pytest.raises(NotAllowedHere):
            act(walk.route, walk.state, "20", "f1", deed, HERE, target="initiator")
    with pytest.raises(NotAllowedHere):
        walk.add("f1", "before", "b1")
    assert walk.approve("f1").asked == ["20:h1"]
    assert walk.approve("h1").state.steps["20"].approvers == ("h1",)
    assert walk.state.steps["20"].hands == {"h1"}


def test_d1_who_stood_in_for_the_consulted_has_no_hand_in_the_approval() -> None:
    walk = Walk(row("head(申请部门)")).add("h1", "consult", "f1").approve("f1", by="f2").approve("h1")
    assert walk.state.steps["20"].hands == {"h1"}


@pytest.mark.parametrize("signing", ["before", "after", "beside"])
def test_d1_a_refusal_of_an_added_signer_is_that_of_whoever_added_her(signing: str) -> None:
    walk = Walk(row("head(申请部门)")).add("h1", signing, "f1")
    if signing == "after":
        walk.approve("h1")
    assert walk.refuse("f1").state.outcome is RouteOutcome.REFUSED


def test_d1_in_a_vote_an_added_signer_costs_one_vote_and_not_the_whole() -> None:
    walk = Walk(row(COMMITTEE, "ratio 2/3")).add("v0", "before", "f1").refuse("f1")
    assert walk.state.outcome is RouteOutcome.OPEN
    # Four of five are 80 %: enough without v0, of whom the refusal speaks.
    assert walk.approve("v1", "v2", "v3").state.outcome is RouteOutcome.OPEN
    assert walk.approve("v4").asked == ["30:b1"]


def test_d1_nested_to_three_and_no_deeper() -> None:
    walk = Walk(row("head(申请部门)"))
    walk.add("h1", "before", "v0").add("v0", "before", "v1").add("v1", "before", "v2")
    assert walk.asked == ["20:v2"]
    with pytest.raises(NotAllowedHere):
        walk.add("v2", "before", "v3")
    assert walk.approve("v2", "v1", "v0").asked == ["20:h1"]
    assert walk.approve("h1").asked == ["30:b1"]


def test_d1_nested_after_and_beside() -> None:
    walk = (
        Walk(row("head(申请部门)"))
        .add("h1", "after", "v0")
        .approve("h1")
        .add("v0", "beside", "v1")
        .add("v1", "after", "v2")
    )
    assert walk.asked == ["20:v0", "20:v1"]
    assert walk.approve("v1").asked == ["20:v0", "20:v2"]
    assert walk.approve("v2", "v0").asked == ["30:b1"]


def test_d1_removed_before_she_decided_with_all_whom_she_added() -> None:
    walk = Walk(row("head(申请部门)")).add("h1", "before", "v0").add("v0", "before", "v1")
    with pytest.raises(NotAllowedHere):
        remove_signer(walk.route, walk.state, "20", "h1", "v1", HERE)
    assert walk.do(remove_signer, "20", "h1", "v0").asked == ["20:h1"]
    assert walk.state.steps["20"].signers == ()


def test_d1_the_last_one_who_held_the_step_open_is_removed_and_it_goes_on() -> None:
    walk = Walk(row("head(申请部门)")).add("h1", "after", "f1").approve("h1")
    assert walk.do(remove_signer, "20", "h1", "f1").asked == ["30:b1"]


def test_d1_whoever_has_decided_is_not_removed() -> None:
    walk = Walk(row("head(申请部门)")).add("h1", "before", "f1", "f2").approve("f1")
    with pytest.raises(NotAllowedHere):
        walk.do(remove_signer, "20", "h1", "f1")
    assert walk.do(remove_signer, "20", "h1", "f2").asked == ["20:h1"]


@pytest.mark.parametrize("other", ["h1", "s1", "nobody", "f1"])
def test_d1_neither_oneself_nor_the_applicant_nor_a_stranger_nor_twice(other: str) -> None:
    walk = Walk(row("head(申请部门)")).add("h1", "beside", "f1")
    with pytest.raises(NotEligible):
        walk.add("h1", "beside", other)
    with pytest.raises(NotAllowedHere):
        walk.add("h1", "beside")


def test_d1_a_step_that_only_does_something_takes_no_signer_but_advice() -> None:
    walk = Walk(row("head(申请部门)", "do"))
    with pytest.raises(NotAllowedHere):
        walk.add("h1", "before", "f1")
    assert walk.add("h1", "consult", "f1").asked == ["20:f1"]


@pytest.mark.parametrize(("ops", "signing"), [("-加签", "before"), ("-征求意见", "consult")])
def test_d1_only_where_the_sheet_lets_it(ops: str, signing: str) -> None:
    with pytest.raises(NotAllowedHere):
        Walk(row("head(申请部门)", "", ops)).add("h1", signing, "f1")


# D2


def test_d2_claimed_by_one_the_others_are_free_and_after_the_release_asked_again() -> None:
    walk = Walk(row("role:财务处.审核岗", "claim"))
    assert walk.asked == ["20:f1", "20:f2"]
    assert walk.do(claim, "20", "f2").asked == ["20:f2"]
    for deed, person in ((claim, "f1"), (release, "f1")):
        with pytest.raises(NoSuchTask):
            deed(walk.route, walk.state, "20", person, HERE)
    with pytest.raises(NotAllowedHere):
        walk.do(claim, "20", "f2")
    assert walk.do(release, "20", "f2").asked == ["20:f1", "20:f2"]
    with pytest.raises(NotAllowedHere):
        walk.do(release, "20", "f2")
    assert walk.approve("f1").asked == ["30:b1"]
    assert walk.state.steps["20"].claimed == "f1"


def test_d2_whoever_acts_has_claimed_and_her_signer_keeps_the_others_free() -> None:
    walk = Walk(row("role:财务处.审核岗", "claim")).add("f1", "after", "b1").approve("f1")
    assert walk.asked == ["20:b1"]


@pytest.mark.parametrize("mode", ["any", "all", "one"])
def test_d2_nothing_else_is_claimed(mode: str) -> None:
    with pytest.raises(NotAllowedHere):
        Walk(row("role:财务处.审核岗", mode)).do(claim, "20", "f1")


# D3


def test_d3_handed_over_in_a_sequence_keeps_her_turn() -> None:
    walk = Walk(row(COMMITTEE, "sequence")).approve("v0").do(transfer, "20", "v1", "f1")
    assert walk.asked == ["20:f1"]
    with pytest.raises(NoSuchTask):
        transfer(walk.route, walk.state, "20", "v3", "f2", HERE)
    assert walk.approve("f1").asked == ["20:v2"]
    assert walk.state.steps["20"].people == ("v0", "f1", "v2", "v3", "v4")


def test_d3_a_claimed_task_stays_claimed_in_other_hands() -> None:
    walk = Walk(row("role:财务处.审核岗", "claim")).do(claim, "20", "f1").do(transfer, "20", "f1", "b1")
    assert walk.asked == ["20:b1"]
    assert walk.do(release, "20", "b1").asked == ["20:b1", "20:f2"]


def test_d3_with_those_whom_she_added() -> None:
    walk = Walk(row("head(申请部门)")).add("h1", "after", "f1").do(transfer, "20", "h1", "v0")
    assert walk.asked == ["20:v0"]
    assert walk.approve("v0").asked == ["20:f1"]
    assert walk.do(transfer, "20", "f1", "f2").asked == ["20:f2"]
    assert walk.refuse("f2").state.outcome is RouteOutcome.REFUSED


@pytest.mark.parametrize("to", ["s1", "f2", "nobody", "f1"])
def test_d3_not_to_the_applicant_nor_to_somebody_asked_nor_to_a_stranger(to: str) -> None:
    with pytest.raises(NotEligible):
        Walk(row("role:财务处.审核岗", "all")).do(transfer, "20", "f1", to)


def test_d3_not_where_the_sheet_forbids_it() -> None:
    with pytest.raises(NotAllowedHere):
        Walk(row("head(申请部门)", "", "-转办")).do(transfer, "20", "h1", "f1")


def test_d3_and_back_again() -> None:
    walk = Walk(row("head(申请部门)")).do(transfer, "20", "h1", "f1").do(transfer, "20", "f1", "h1")
    assert walk.asked == ["20:h1"]


# D4


def test_d4_after_the_next_step_was_entered_and_before_anybody_acted() -> None:
    walk = Walk(row("head(申请部门)")).approve("h1").do(take_back, "20", "h1")
    assert walk.asked == ["20:h1"]
    assert walk.approve("h1").asked == ["30:b1"]
    assert walk.state.steps["30"].round == 2
    assert not may_take_back(walk.route, walk.approve("b1", step="30").state, "20", "h1")


def test_d4_one_of_several_while_the_others_stand() -> None:
    walk = Walk(row(COMMITTEE, "all")).approve("v0", "v2").do(take_back, "20", "v0")
    assert walk.asked == ["20:v0", "20:v1", "20:v3", "20:v4"]
    assert walk.approve("v1", "v3", "v4", "v0").asked == ["30:b1"]


def test_d4_in_a_sequence_not_after_the_next_one_has_approved() -> None:
    walk = Walk(row(COMMITTEE, "sequence")).approve("v0")
    assert may_take_back(walk.route, walk.state, "20", "v0")
    walk.approve("v1")
    assert not may_take_back(walk.route, walk.state, "20", "v0"), "v1 has acted on it"
    assert walk.do(take_back, "20", "v1").asked == ["20:v1"]


def test_d4_in_a_sequence_not_after_the_next_one_asked_others() -> None:
    walk = Walk(row(COMMITTEE, "sequence")).approve("v0").add("v1", "before", "f1")
    assert not may_take_back(walk.route, walk.state, "20", "v0")


def test_d4_not_what_the_others_decide_without_her() -> None:
    # 40 + 30 of 100 are more than 50 with v0's 5, and without it: taking 5 back would change nothing.
    route = row("person:v0×5 + person:v1×40 + person:v2×30 + person:v3×25", "weight >50")
    walk = Walk(route).approve("v0", "v1")
    assert may_take_back(walk.route, walk.state, "20", "v0")
    walk.approve("v2")
    assert walk.asked == ["30:b1"]
    assert not may_take_back(walk.route, walk.state, "20", "v0")
    assert walk.do(take_back, "20", "v1").asked == ["20:v1", "20:v3"]


def test_d4_with_signers_only_what_nobody_was_asked_for_because_of() -> None:
    before = Walk(row("head(申请部门)")).add("h1", "before", "f1").approve("f1")
    assert may_take_back(before.route, before.state, "20", "f1")
    before.approve("h1")
    assert not may_take_back(before.route, before.state, "20", "f1"), "h1 decided knowing it"
    assert before.do(take_back, "20", "h1").asked == ["20:h1"]
    after = Walk(row("head(申请部门)")).add("h1", "after", "f1").approve("h1")
    assert may_take_back(after.route, after.state, "20", "h1")
    after.approve("f1")
    assert not may_take_back(after.route, after.state, "20", "h1")
    assert after.do(take_back, "20", "f1").asked == ["20:f1"]


def test_d4_neither_the_form_nor_what_the_clock_passed_nor_another_system_was_told() -> None:
    walk = Walk(row(COMMITTEE, "all")).approve("v0")
    assert not may_take_back(walk.route, walk.state, "10", "s1")
    walk.do(pass_overdue, "20")
    assert not may_take_back(walk.route, walk.state, "20", "v0")
    pushed = Walk(
        route_of(
            """
| step | name     | who                | mode     |
| 20   | 财务审核 | role:财务处.审核岗 | any      |
| 30   | 财务系统 |                    | callback |
"""
        )
    ).approve("f1")
    assert not may_take_back(pushed.route, pushed.state, "20", "f1")


def test_d4_a_race_opens_again_and_who_lost_it_takes_nothing_back() -> None:
    route = route_of(
        """
| step | name     | who                | mode | group      |
| 40   | 财务处   | role:财务处.审核岗 | any  | 会签(任一) |
| 41   | 保卫处   | role:保卫处.审核岗 |      | 会签(任一) |
| 41.1 | 保卫复核 | role:评审.委员     | any  | 会签(任一) |
| 50   | 归档     | head("化工学院")   | do   |            |
"""
    )
    walk = Walk(route).approve("b1", step="41").approve("f1", step="40")
    assert walk.asked == ["50:h1"]
    assert not may_take_back(route, walk.state, "41", "b1")
    assert walk.do(take_back, "40", "f1").asked == [
        "40:f1",
        "40:f2",
        "41.1:v0",
        "41.1:v1",
        "41.1:v2",
        "41.1:v3",
        "41.1:v4",
    ]


def test_d4_nobody_else_and_not_where_the_sheet_forbids_it() -> None:
    walk = Walk(row("head(申请部门)", "", "-拿回")).approve("h1")
    with pytest.raises(NotAllowedHere):
        walk.do(take_back, "20", "h1")
    other = Walk(row("head(申请部门)")).approve("h1")
    with pytest.raises(NotAllowedHere):
        other.do(take_back, "20", "f1")


# D5

PUSHED = route_of(
    """
| step | name     | who                | mode     | differ |
| 10   | 申请     | initiator          |          |        |
| 20   | 财务审核 | role:财务处.审核岗 | any      |        |
| 30   | 财务系统 |                    | callback | 20     |
| 40   | 归档     | role:保卫处.审核岗 | do       |        |
"""
)


def test_d5_another_system_answers_once() -> None:
    walk = Walk(PUSHED).approve("f1")
    assert (walk.asked, walk.state.awaited()) == ([], ("30",))
    walk.last = call_back(PUSHED, walk.state, "30", True, HERE)
    assert (walk.asked, walk.state.awaited()) == (["40:b1"], ())
    with pytest.raises(NoSuchTask):
        call_back(PUSHED, walk.state, "30", True, HERE)


def test_d5_where_it_fails_an_administrator_sees_to_it() -> None:
    walk = Walk(PUSHED).approve("f1")
    walk.last = call_back(PUSHED, walk.state, "30", False, HERE)
    assert (walk.asked, walk.state.awaited()) == (["30:a1"], ())
    with pytest.raises(NotAllowedHere):
        act(PUSHED, walk.state, "30", "a1", "refuse", HERE)
    assert walk.approve("a1", step="30").asked == ["40:b1"]


def without(*ids: str) -> Directory:
    people = {key: replace(p, roles=frozenset()) if key in ids else p for key, p in DIRECTORY.people.items()}
    return replace(DIRECTORY, people=people)


def test_d5_where_nobody_can_see_to_it_the_applicant_gets_it_back() -> None:
    around = replace(HERE, directory=without("a1"))
    walk = Walk(PUSHED, around).approve("f1")
    walk.last = call_back(PUSHED, walk.state, "30", False, around)
    assert walk.state.outcome is RouteOutcome.RETURNED
    assert resubmit(PUSHED, walk.state, around).state.tasks()


def test_d5_an_administrator_who_must_not_act_there_is_not_asked() -> None:
    both = replace(DIRECTORY.people["f1"], roles=frozenset({"财务处.审核岗", "administrator"}))
    around = replace(HERE, directory=replace(DIRECTORY, people={**DIRECTORY.people, "f1": both}))
    walk = Walk(PUSHED, around).approve("f1")
    walk.last = call_back(PUSHED, walk.state, "30", False, around)
    assert walk.asked == ["30:a1"]


# D6


def test_d6_overdue_it_passes_refuses_or_goes_back_by_itself() -> None:
    walk = Walk(row(COMMITTEE, "all")).approve("v0")
    passed = pass_overdue(walk.route, walk.state, "20", HERE)
    assert [task.step for task in passed.state.tasks()] == ["30"]
    assert passed.state.steps["20"].reason is Reason.OVERDUE
    assert [effect.person for effect in passed.effects if effect.kind is EffectKind.TASK_CANCELLED] == [
        "v1",
        "v2",
        "v3",
        "v4",
    ]
    refused = refuse_overdue(walk.route, walk.state, "20", HERE).state
    assert (refused.outcome, refused.steps["20"].status) == (RouteOutcome.REFUSED, StepStatus.REFUSED)
    returned = return_overdue(walk.route, walk.state, "20", HERE).state
    assert (returned.outcome, returned.tasks()) == (RouteOutcome.RETURNED, ())
    for deed in (pass_overdue, refuse_overdue, return_overdue, escalate):
        for state in (passed.state, refused, returned):
            with pytest.raises(NoSuchTask):
                deed(walk.route, state, "20", HERE)


def test_d6_escalated_to_the_superior_who_may_act() -> None:
    walk = Walk(row("role:财务处.审核岗", "all")).do(escalate, "20")
    # f1 heads the office: her superior is the head above; f2's is f1, who was asked and is not any more.
    assert walk.asked == ["20:a1", "20:f1"]
    assert walk.state.steps["20"].reason is Reason.SUPERIOR


def test_d6_escalated_not_to_the_applicant() -> None:
    walk = Walk(row("person:s1 + person:f2", "all"), context("h1")).do(escalate, "20")
    assert walk.asked == ["20:s1", "20:f1"]
    blocked = Walk(row("person:f2"), context("f1")).do(escalate, "20")
    assert blocked.asked == ["20:f2"]


# D7

COPIED = route_of(
    """
| step | name     | who                | when         | mode   | cc                                                                    |
| 10   | 申请     | initiator          |              |        |                                                                       |
| 20   | 学院     | head(申请部门)     |              |        | person:f1@enter；person:f2@pass；person:b1@end |
| 25   | 校办     | head("学校")       | ${n} > 9     |        | person:v0@enter；person:v1@pass；person:v2@end |
| 27   | 知会各处 | role:保卫处.审核岗 |              | notify |                                                                       |
| 30   | 财务     | role:财务处.审核岗 |              | any    | person:v3@end                                                         |
"""
)


def test_d7_copies_on_entering_on_passing_and_at_the_end() -> None:
    walk = Walk(COPIED)
    assert copies(walk.last) == ["20:f1"]
    assert copies(walk.approve("h1").last) == ["20:f2", "27:b1"]
    assert copies(walk.approve("f1", step="30").last) == ["20:b1", "30:v3"]


def test_d7_a_step_whose_condition_never_held_gives_no_copy() -> None:
    walk = Walk(COPIED)
    found = copies(walk.last) + copies(walk.approve("h1").last) + copies(walk.refuse("f1", step="30").last)
    assert not [copy for copy in found if copy.startswith("25:")]


def test_d7_at_the_end_whatever_the_end_is_and_only_of_steps_that_were_entered() -> None:
    walk = Walk(COPIED)
    assert copies(withdraw(COPIED, walk.state, HERE)) == ["20:b1"]
    assert copies(walk.refuse("h1").last) == ["20:b1"]


# D8


def test_d8_a_stand_in_acts_in_her_name_and_counts_as_having_acted() -> None:
    route = route_of(
        """
| step | name | who                | mode | differ |
| 60   | 初审 | head(财务处)       |      |        |
| 70   | 复核 | role:财务处.复核岗 |      | 60     |
| 80   | 签发 | head("学校")       |      | initiator |
"""
    )
    walk = Walk(route).approve("f1", step="60", by="f2")
    assert walk.state.steps["60"].approvers == ("f1",)
    assert walk.asked == ["70:a1"], "f2 stood in at 60: the only reviewer of 70 is barred"
    with pytest.raises(NotEligible):
        act(route, walk.state, "70", "a1", "approve", HERE, by="f2")
    with pytest.raises(NotEligible):
        transfer(route, walk.state, "70", "a1", "f2", HERE)


@pytest.mark.parametrize("by", ["f2", "s1", "nobody"])
def test_d8_not_by_somebody_asked_herself_nor_by_the_applicant(by: str) -> None:
    with pytest.raises(NotEligible):
        Walk(row("role:财务处.审核岗", "all")).approve("f1", by=by)


def test_d8_nobody_stands_in_for_two_at_one_step() -> None:
    walk = Walk(row("role:财务处.审核岗", "all")).approve("f1", by="b1")
    with pytest.raises(NotEligible):
        walk.approve("f2", by="b1")


# D9


@pytest.mark.parametrize(
    ("empty", "asked"), [("管理员", ["f1", "f2", "a1"]), ("v3", ["f1", "f2", "v3"]), ("跳过", ["f1", "f2"])]
)
def test_d9_too_few_are_filled_up(empty: str, asked: list[str]) -> None:
    route = route_of(
        f"""
| step | name     | who                | mode   | empty |
| 10   | 申请     | initiator          |        |       |
| 20   | 三人会审 | role:财务处.审核岗 | 3人    | {empty} |
"""
    )
    walk = Walk(route)
    assert walk.state.steps["20"].people == tuple(asked)
    assert walk.approve(*asked[:-1]).state.outcome is RouteOutcome.OPEN, "all of them are wanted"
    assert walk.approve(asked[-1]).state.outcome is RouteOutcome.APPROVED


def test_d9_no_more_are_filled_up_than_are_wanted() -> None:
    route = route_of(
        "| step | name | who | mode | empty |\n| 10 | 申请 | initiator | | |\n"
        "| 20 | 三人会审 | role:财务处.审核岗 | 3人 | 管理员 |\n"
    )
    around = replace(HERE, directory=CAMPUS)
    assert begin(route, around).state.steps["20"].people == ("f1", "f2", "a1"), "one administrator of five"


def test_d9_of_several_people_a_step_of_one_asks_the_first() -> None:
    walk = Walk(row(COMMITTEE))
    assert walk.state.steps["20"].people == ("v0",)
    assert [task.person for task in walk.state.tasks()] == ["v0"]


# D10

APART = """
| step | name     | who                | mode | group | differ |
| 10   | 申请     | initiator          |      |       |        |
| 40   | 财务初审 | role:财务处.审核岗 | any  | 会审  |        |
| 41   | 财务复核 | role:财务处.复核岗 | any  | 会审  | {}     |
| 50   | 归档     | role:保卫处.审核岗 | do   |       |        |
"""


def test_d10_side_by_side_nobody_acts_at_both() -> None:
    walk = Walk(route_of(APART.format("40")))
    assert walk.asked == ["40:f1", "40:f2", "41:f2"]
    walk.approve("f2", step="40")
    assert walk.asked == ["41:a1"], "f2 has acted at 40 and is kept from 41"


def test_d10_in_the_other_order_her_review_does_not_count() -> None:
    walk = Walk(route_of(APART.format("40"))).approve("f2", step="41")
    assert walk.approve("f2", step="40").asked == ["41:a1"]
    assert walk.approve("a1", step="41").asked == ["50:b1"]
    hands = walk.state.steps
    assert not hands["40"].hands & hands["41"].hands


def test_d10_whoever_is_free_of_it_keeps_her_task() -> None:
    walk = Walk(route_of(APART.format("40"))).approve("f1", step="40")
    assert walk.asked == ["41:f2"]
    assert walk.state.steps["41"].round == 1


def test_d10_straight_back_the_review_is_asked_anew_of_somebody_else() -> None:
    route = route_of(
        """
| step | name     | who                | mode | differ | back |
| 10   | 申请     | initiator          |      |        |      |
| 20   | 财务初审 | role:财务处.审核岗 | any  |        |      |
| 30   | 财务复核 | role:财务处.审核岗 | any  | 20     |      |
| 40   | 主管     | head("学校")       |      |        | 20!straight |
"""
    )
    walk = Walk(route).approve("f1").approve("f2", step="30").back("a1", "40", "20")
    assert walk.asked == ["20:f1", "20:f2"]
    walk.approve("f2")
    assert walk.asked == ["30:f1"]
    assert walk.approve("f1", step="30").asked == ["40:a1"]


# The same person twice


def test_sending_the_form_approves_nothing() -> None:
    route = route_of(
        """
| step | name       | who            | same              |
| 10   | 申请       | initiator      |                   |
| 20   | 学院负责人 | head(申请部门) | 跳过相邻；自审允许 |
"""
    )
    assert Walk(route, context("h1")).asked == ["20:h1"]


@pytest.mark.parametrize(("column", "cell"), [("opinion", "必填"), ("edit", "核查"), ("opinion", "签名")])
def test_whoever_must_fill_something_in_is_asked_though_she_has_approved(column: str, cell: str) -> None:
    route = route_of(
        f"""
| step | name     | who                | same     | {column} |
| 10   | 申请     | initiator          |          |          |
| 20   | 财务审核 | head(财务处)       |          |          |
| 30   | 财务复核 | head(财务处)       |          | {cell}   |
| 40   | 财务签发 | head(财务处)       |          |          |
"""
    )
    walk = Walk(route).approve("f1")
    assert walk.asked == ["30:f1"]
    assert walk.approve("f1", step="30").state.outcome is RouteOutcome.APPROVED
    assert walk.state.steps["40"].reason is Reason.SAME


def test_in_a_countersign_an_earlier_approval_is_one_of_the_votes() -> None:
    route = route_of(
        """
| step | name     | who                                 | mode |
| 10   | 申请     | initiator                           |      |
| 20   | 财务审核 | head(财务处)                        |      |
| 30   | 联合会审 | head(财务处) + role:保卫处.审核岗   | all  |
"""
    )
    walk = Walk(route).approve("f1")
    assert walk.asked == ["30:b1"]
    assert walk.approve("b1", step="30").state.steps["30"].approvers == ("f1", "b1")
