"""What a route lets be seen of a case, from the facade: what is foreseen, what stays hidden, whose tasks are offered.

W1 a race is shown as one before it is sent and while it is open · W2 a returned case says where it goes next · W3 what
is hidden does not show through: calculations in and out of rows, totals, people · W4 who stands in is not offered her own
case · W5 nobody changes what her step hides.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from halls import open_test_hall

from banshi.platform.hall import Hall, campus_time
from banshi.platform.people.directory import Person
from banshi.platform.views import CaseView, StepView
from banshi.rules.values import dumps

THESIS = """
## settings
| form_id | form_title | owner  |
| thesis  | 论文盲审   | 设备处 |
## survey
| type         | name   | label    | required | calculation |
| text         | 题目   | 题目     | yes      | |
| person       | 导师   | 导师     | yes      | |
| decimal      | 底价   | 底价     | yes      | |
| calculate    | 双倍   |          |          | ${底价} * 2 |
| begin_repeat | 明细   | 明细     |          | |
| integer      | 件数   | 件数     | yes      | |
| decimal      | 单价   | 单价     | yes      | |
| decimal      | 小计   | 小计     |          | ${件数} * ${单价} |
| end_repeat   |        |          |          | |
| decimal      | 总额   | 总额     |          | sum(${小计}) |
| text         | 评语   | 评语     |          | |
## fees
| item   | label  | quantity | rate | method |
| 评审费 | 评审费 | ${底价}  | 0.5  | flat   |
## route
| step | name     | who                | mode | hide             | edit | same | back          |
| 10   | 选题     | initiator          |      | 评语             |      |      |               |
| 20   | 导师意见 | field:导师         |      |                  |      | 不跳 |               |
| 25   | 导师复核 | 环节 20            |      |                  |      | 不跳 |               |
| 30   | 盲审     | role:财务处.审核岗 |      | 导师、底价、单价 | *    | 不跳 | 发起人 !直达  |
| 40   | 归档     | role:保卫处.审核岗 | do   |                  |      | 不跳 |               |
"""
RACE = """
## settings
| form_id | form_title | owner  |
| race    | 场地借用   | 设备处 |
## survey
| type | name | label | required |
| text | 活动 | 活动  | yes      |
## route
| step | name | who                | group      |
| 10   | 申请 | initiator          |            |
| 30   | 财务 | role:财务处.审核岗 | 会审(任一) |
| 31   | 保卫 | role:保卫处.审核岗 | 会审(任一) |
"""
REPORT = """
## settings
| form_id | form_title | owner  |
| report  | 线索登记   | 设备处 |
## survey
| type   | name   | label  | required | default |
| text   | 线索   | 线索   | yes      |         |
| person | 核查人 | 核查人 |          | 20002   |
## route
| step | name | who          | hide   | when                |
| 10   | 登记 | initiator    | 核查人 |                     |
| 20   | 核查 | field:核查人 |        |                     |
| 30   | 复查 | field:核查人 |        | ${核查人} = "20003" |
"""
APPLICANT, TUTOR, REVIEWER, GUARD, ADMIN = "20001", "20002", "20003", "20004", "20007"
NAME = "王建国"
ANSWERS = {
    "题目": "催化剂的失活",
    "导师": TUTOR,
    "底价": 4321,
    "明细": [{"件数": 3, "单价": Decimal("1234.5")}, {"件数": 1, "单价": 7}],
}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, services={"thesis": THESIS, "race": RACE, "report": REPORT})
    yield opened
    opened.close()


def person(hall: Hall, person_id: str) -> Person:
    return hall.directory.people[person_id]


def send(hall: Hall, service: str, answers: dict[str, Any], who: str = APPLICANT) -> str:
    receipt = hall.submit(person(hall, who), service, answers, command_id=f"send-{service}-{who}")
    assert receipt.done, receipt.problems
    return receipt.case_id


def act(hall: Hall, who: str, case_id: str, action: str = "approve", **more: Any) -> None:
    view = hall.case(person(hall, who), case_id)
    task = view.tasks[0].id if view.tasks else ""
    command = f"{who}-{case_id}-{view.seq}"
    receipt = hall.act(person(hall, who), case_id, task, action, seq=view.seq, command_id=command, **more)
    assert receipt.done, receipt.problems


def steps(view: CaseView | list[StepView]) -> dict[str, StepView]:
    return {step.id: step for step in (view if isinstance(view, list) else view.steps)}


@pytest.mark.parametrize(
    ("language", "said", "decided"),
    [
        ("zh", "可能不需要：任一支完成即可", "并行的另一支已完成"),
        ("en", "May not be needed: one of the branches is enough", "Another branch was finished first"),
    ],
)
def test_w1_a_race_is_shown_as_one_until_it_is_decided(hall: Hall, language: str, said: str, decided: str) -> None:
    who = person(hall, APPLICANT)
    before = hall.preview(who, "race", {"活动": "讲座"}, language)
    case_id = send(hall, "race", {"活动": "讲座"})
    for views in (before, list(hall.case(who, case_id, language).steps)):
        found = steps(views)
        assert {found[key].reason for key in ("30", "31")} == {said}
        assert {found[key].enough for key in ("30", "31")} == {1}
    act(hall, GUARD, case_id)
    after = steps(hall.case(who, case_id, language))
    assert (after["30"].state, after["30"].reason, after["31"].state) == ("skipped", decided, "done")


def test_w2_a_returned_case_says_where_it_goes_next(hall: Hall) -> None:
    case_id = send(hall, "thesis", ANSWERS)
    act(hall, TUTOR, case_id)
    act(hall, TUTOR, case_id)
    act(hall, REVIEWER, case_id, "return", opinion="请补充摘要", return_to="initiator")
    who = person(hall, APPLICANT)
    view = hall.case(who, case_id)
    states = {step.id: step.state for step in view.steps}
    assert states == {"10": "active", "20": "done", "25": "done", "30": "pending", "40": "pending"}
    foreseen = hall.evaluate_case(who, case_id, view.answers)["route"]
    assert {step["id"]: step["state"] for step in foreseen} == states
    act(hall, APPLICANT, case_id, "resubmit")
    assert [step.id for step in hall.case(who, case_id).steps if step.state == "active"] == ["30"]


def test_w3_what_is_hidden_does_not_show_through(hall: Hall) -> None:
    case_id = send(hall, "thesis", ANSWERS)
    act(hall, TUTOR, case_id, opinion="同意送审")
    act(hall, TUTOR, case_id)
    for language in ("zh", "en"):
        view = hall.case(person(hall, REVIEWER), case_id, language)
        told = dumps({"answers": view.answers, "values": view.values, "labels": view.labels, "bills": view.bills})
        for secret in (TUTOR, NAME, "Wang Jianguo", "4321", "8642", "1234.5", "3703.5", "3710.5", "2160.5"):
            assert secret not in told, secret
        people = [name for step in view.steps for name in (step.people, step.asked, step.instead)]
        shown = dumps([str(people), [(event.actor, event.detail) for event in view.events]])
        assert NAME not in shown
        assert "Wang Jianguo" not in shown
        assert {key for key, step in steps(view).items() if not step.people and step.state != "skipped"} == {"20", "25"}
    assert "办理人对您不显示" in steps(hall.case(person(hall, REVIEWER), case_id))["20"].reason
    assert "同意送审" in [event.opinion for event in hall.case(person(hall, REVIEWER), case_id).events]


def test_w3_who_is_hidden_from_the_applicant_is_not_foreseen_by_name(hall: Hall) -> None:
    who = person(hall, APPLICANT)
    found = steps(hall.preview(who, "report", {"线索": "设备闲置"}))
    assert (found["20"].people, found["20"].reason) == ([], "办理人对您不显示")
    assert (found["30"].state, found["30"].people) == ("skipped", [])
    shown = dumps(hall.evaluate(who, "report", {"线索": "设备闲置"})["route"])
    for secret in (TUTOR, NAME, REVIEWER):
        assert secret not in shown


def test_w3_whoever_may_see_it_sees_it(hall: Hall) -> None:
    case_id = send(hall, "thesis", ANSWERS)
    act(hall, TUTOR, case_id)
    for who in (APPLICANT, TUTOR):
        view = hall.case(person(hall, who), case_id)
        assert [one.name for one in steps(view)["20"].people] == [NAME]
        assert view.values["双倍"] == 8642
        assert "2160.5" in dumps(view.bills)
        assert {float(value) for path, value in view.values.items() if path.endswith("小计")} == {3703.5, 7}


def test_w5_nobody_changes_what_her_step_hides(hall: Hall) -> None:
    case_id = send(hall, "thesis", ANSWERS)
    act(hall, TUTOR, case_id)
    act(hall, TUTOR, case_id)
    given = {"评语": "可", "底价": 1, "导师": REVIEWER, "明细": [{"件数": 5, "单价": 1}, {"件数": 1}, {"件数": 9}]}
    act(hall, REVIEWER, case_id, answers=given)
    answers = hall.case(person(hall, APPLICANT), case_id).answers
    assert (answers["评语"], answers["底价"], answers["导师"]) == ("可", 4321, TUTOR)
    assert [(row["件数"], row["单价"]) for row in answers["明细"]] == [(5, 1234.5), (1, 7)]


def test_w4_who_stands_in_is_not_offered_her_own_case(hall: Hall) -> None:
    now = campus_time()
    hall.let_stand_in(
        person(hall, GUARD), APPLICANT, now - timedelta(days=1), now + timedelta(days=1), command_id="lend"
    )
    mine = send(hall, "race", {"活动": "讲座"})
    other = send(hall, "race", {"活动": "比赛"}, who=TUTOR)
    stand_in, away = person(hall, APPLICANT), person(hall, GUARD)
    assert [task.case_id for task in hall.tasks(stand_in).items] == [other]
    assert hall.waiting(stand_in).tasks == 1
    assert {task.case_id for task in hall.tasks(away).items} == {mine, other}
    assert not hall.case(stand_in, mine).tasks
    assert hall.case(stand_in, other).tasks
    assert "目前没有人能办" in steps(hall.case(person(hall, ADMIN), mine))["31"].reason
    assert "目前没有人能办" not in steps(hall.case(person(hall, ADMIN), other))["31"].reason
    assert "目前没有人能办" not in steps(hall.case(stand_in, mine))["31"].reason
