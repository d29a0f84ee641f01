"""Open cases that an owner moves to a new version of their service.

1. The plan says of each open case where it would stand, what changes with it, and what is in the way; it changes nothing.
2. Moving writes one event; tasks, version and deadlines go with it, the answers are those that the new form knows.
3. What the new form wants and the case lacks keeps an open case where it is; a returned one is mended by its applicant.
4. Only the owner may. A repeat has one effect, and whoever acts on the old version at the same time is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from halls import BORROWING, open_test_hall, write

from banshi.platform.errors import NotAllowed, Stale
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person

STUDENT, HEAD, FINANCE, OWNER = "20001", "20002", "20003", "20005"
ROUTE = """## route
| step | name       | who                | mode | when          | group |
| 10   | 申请       | initiator          |      |               |       |
| 20   | 学院负责人 | head(申请部门)     |      |               |       |
| 30   | 财务处     | role:财务处.审核岗 |      |               | 会签  |
| 31   | 保卫处     | role:保卫处.审核岗 |      | ${天数} > 7   | 会签  |
"""
LATER = """## route
| step | name       | who                | mode | when          | group |
| 10   | 申请       | initiator          |      |               |       |
| 21   | 学院审批   | head(申请部门)     |      |               |       |
| 25   | 保卫处     | role:保卫处.审核岗 |      |               |       |
| 30   | 财务处     | role:财务处.审核岗 |      |               |       |
"""
MIGRATE = """## migrate
| old | new | note     |
| 20  | 21  | 改了编号 |
"""


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path)
    yield opened
    opened.close()


def who(hall: Hall, person_id: str) -> Person:
    return hall.directory.people[person_id]


def apply(hall: Hall, command: str, **answers: object) -> str:
    receipt = hall.submit(who(hall, STUDENT), "borrowing", {"用途": "测试", "天数": 3, **answers}, command_id=command)
    assert receipt.done, receipt.problems
    return receipt.case_id


def decide(hall: Hall, person: str, case_id: str, action: str = "approve", **more: str) -> None:
    case = hall.case(who(hall, person), case_id)
    receipt = hall.act(
        who(hall, person),
        case_id,
        case.tasks[0].id,
        action,
        seq=case.seq,
        command_id=f"{case_id}{person}{action}",
        **more,
    )
    assert receipt.done, receipt.problems


def publish(hall: Hall, text: str) -> str:
    """Make a text the live version; its short name."""
    write(hall.definitions, "borrowing/borrowing.xlsx", text.partition("## examples")[0])
    (report,) = hall.scan()
    assert report.publishable, report
    return hall.workshop.versions(who(hall, OWNER), "borrowing")[0].version


def move(hall: Hall, *case_ids: str, command: str = "m") -> list[str]:
    return [
        why
        for _, why in hall.workshop.move_cases(
            who(hall, OWNER), "borrowing", case_ids, note="办法修订", command_id=command
        )
    ]


def test_1_the_plan_changes_nothing(hall: Hall) -> None:
    waits, passed = apply(hall, "a"), apply(hall, "b")
    decide(hall, HEAD, passed)
    assert hall.workshop.movable(who(hall, OWNER), "borrowing") == 0, "they have the live version"
    publish(hall, BORROWING.replace(ROUTE, LATER))
    rows = {row.case.id: row for row in hall.workshop.plan_moves(who(hall, OWNER), "borrowing").items}
    assert "环节 20" in rows[waits].obstacles[0], "20 is asked, and there is no 20 any more"
    assert (rows[passed].obstacles, rows[passed].then) == ([], ["30 财务处"])
    assert any("环节 20" in note for note in rows[passed].notes)
    publish(hall, BORROWING.replace(ROUTE, LATER).replace("## examples", MIGRATE + "## examples"))
    assert hall.workshop.movable(who(hall, OWNER), "borrowing") == 2
    rows = {row.case.id: row for row in hall.workshop.plan_moves(who(hall, OWNER), "borrowing", language="en").items}
    assert [(row.case.current_steps, row.then, row.obstacles) for row in (rows[waits], rows[passed])] == [
        (["20 学院负责人"], ["21 学院审批"], []),
        (["30 财务处"], ["30 财务处"], []),
    ]
    assert "new step 25" in rows[passed].notes[0]
    assert hall.case(who(hall, STUDENT), waits).steps[1].name == "学院负责人", "a plan moves nothing"


def test_2_a_case_that_was_moved_goes_on_by_the_new_route(hall: Hall) -> None:
    case_id = apply(hall, "a", 押金=200)
    old_task = hall.case(who(hall, HEAD), case_id).tasks[0].id
    version = publish(
        hall,
        BORROWING.replace(ROUTE, LATER + MIGRATE)
        .replace("| 12.5 |", "| 13.5 |")
        .replace("| decimal | 押金   | 押金     |          |            |                    |\n", ""),
    )
    notes = [row.notes for row in hall.workshop.plan_moves(who(hall, OWNER), "borrowing").items]
    assert notes == [["新版本不再有这些内容：押金；原来填的留在记录里", "费用（fees）由 37.50 变为 40.50"]]
    assert move(hall, case_id) == [""]
    case = hall.case(who(hall, STUDENT), case_id)
    assert (case.version, case.answers) == (version, {"用途": "测试", "天数": 3})
    assert [bill["total"] for bill in case.bills.values()] == [Decimal("40.5")], "3 days at 13.5 now"
    assert [(event.kind, event.actor, event.step, event.opinion) for event in case.events] == [
        ("submitted", "陈晓雨", "", ""),
        ("migrated", "周倩", "", "办法修订"),
    ]
    mine = hall.case(who(hall, HEAD), case_id).tasks
    assert [task.step_name for task in mine] == ["学院审批"]
    assert mine[0].id != old_task
    decide(hall, HEAD, case_id)
    assert [row.step_name for row in hall.tasks(who(hall, "20004")).items] == ["保卫处"]
    assert [row.step_name for row in hall.tasks(who(hall, HEAD), state="done").items] == ["学院审批"]
    assert move(hall, case_id, command="m") == [""]
    assert len(hall.case(who(hall, STUDENT), case_id).events) == 3, "moved once"


def test_2_the_history_calls_a_step_as_it_was_called_then(hall: Hall) -> None:
    case_id = apply(hall, "a")
    decide(hall, HEAD, case_id)
    swapped = LATER.replace("| 21   | 学院审批 ", "| 21   | 学院审批 ").replace("| 25   | 保卫处 ", "| 20   | 保卫处 ")
    publish(hall, BORROWING.replace(ROUTE, swapped + MIGRATE))
    assert move(hall, case_id) == [""]
    assert [(event.kind, event.step) for event in hall.case(who(hall, STUDENT), case_id).events] == [
        ("submitted", ""),
        ("approved", "学院负责人"),
        ("skipped", "保卫处"),
        ("migrated", ""),
        ("skipped", "保卫处"),
    ]


def test_3_what_the_new_form_wants_keeps_an_open_case_where_it_is(hall: Hall) -> None:
    waits, back = apply(hall, "a"), apply(hall, "b")
    decide(hall, HEAD, back, "return", opinion="补充用途", return_to="initiator")
    publish(
        hall, BORROWING.replace("| 天数   | 借用天数 | yes      | . > 0 ", "| 天数   | 借用天数 | yes      | . > 5 ")
    )
    rows = {row.case.id: row for row in hall.workshop.plan_moves(who(hall, OWNER), "borrowing").items}
    assert "借用天数" in rows[waits].obstacles[0]
    assert rows[back].obstacles == []
    assert "借用天数" in rows[back].notes[0]
    assert [bool(why) for why in move(hall, waits, back)] == [True, False]
    case = hall.case(who(hall, STUDENT), back)
    assert case.may_edit
    sent = {"用途": "测试", "天数": 6}
    receipt = hall.act(who(hall, STUDENT), back, "", "resubmit", answers=sent, seq=case.seq, command_id="again")
    assert receipt.done, receipt.problems


def test_4_only_the_owner_moves_and_who_acts_at_the_same_time_is_told(hall: Hall) -> None:
    case_id = apply(hall, "a")
    seen = hall.case(who(hall, HEAD), case_id)
    publish(hall, BORROWING.replace("仪器借用", "仪器设备借用"))
    for person in (STUDENT, HEAD, "20006"):
        with pytest.raises(NotAllowed):
            hall.workshop.plan_moves(who(hall, person), "borrowing")
        with pytest.raises(NotAllowed):
            hall.workshop.move_cases(who(hall, person), "borrowing", [case_id], command_id="x")
    assert move(hall, case_id) == [""]
    with pytest.raises(Stale):
        hall.act(who(hall, HEAD), case_id, seen.tasks[0].id, "approve", seq=seen.seq, command_id="late")
    decide(hall, HEAD, case_id)
    decide(hall, FINANCE, case_id)
    assert "办结" in move(hall, case_id, command="n")[0]
