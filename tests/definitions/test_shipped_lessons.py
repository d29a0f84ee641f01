"""Lessons that are moved, by the shipped workbook: once it is approved the students of the course are told, and nobody else.

L1 moved, made up, taught by a substitute or cancelled: each student of the list once, in the words for it
L2 of a course without a list nobody is told, which the teacher reads (the form says so before); a refused request tells no student
L3 the quota of a teacher grows by each request, beside the rows of the sheet; a substitution counts for whoever asked, and is a conflict for whoever teaches
L4 a room that a lesson takes cannot be borrowed, nor the other way round, until the case is refused
L5 what is taken by the sheets is the same in both workbooks: the weekly lessons, and those that were moved by hand
L6 the teacher is told what became of the lesson: moved, made up or taught by somebody else
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from clocked import CAMPUS, Clock
from halls import open_shipped_hall

from banshi.platform.hall import Hall
from banshi.platform.views import Receipt

DEFINITIONS = Path(__file__).parents[2] / "definitions"
TEACHER, SUBSTITUTE, HEAD, DEAN, DESK = "11020", "11011", "11018", "11019", "10931"
STUDENTS = ("2024110101", "2024110102", "2024110103")
MOVED = {
    "类型": "调课", "课表号": "K001", "原日期": "2026-12-08", "原因": "参加学术会议", "新日期": "2026-12-09", "新节次": "5-6",
    "新课室": "滨江B203",
}  # fmt: skip
MANAGER = "13011"
"""Three lessons of hers were moved before, by rows of the sheet."""
STUDENT, COUNSELLOR = "2023110118", "11017"
BORROWED = {
    "借用单位": "化学与材料学院", "借用身份": "学生", "负责人": STUDENT, "联系电话": "13800000018", "活动名称": "化学竞赛小组讨论",
    "活动类型": "社团", "日期": "2026-12-09", "节次": ["下午一", "下午二"], "人数": 30, "校外人员": "否", "校区": "滨江校区", "课室": "滨江B203",
    "安全承诺": "OK",
}  # fmt: skip
PERIODS = {"1-2": "上午一", "3-4": "上午二", "5-6": "下午一", "7-8": "下午二", "9-10": "晚上"}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_shipped_hall(tmp_path, Clock(datetime(2026, 12, 1, 9, 0, tzinfo=CAMPUS)), "course-rescheduling")
    yield opened
    opened.close()


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Hall]:
    """A hall in which classrooms are borrowed too."""
    clock = Clock(datetime(2026, 12, 1, 9, 0, tzinfo=CAMPUS))
    opened = open_shipped_hall(tmp_path, clock, "course-rescheduling", "classroom-borrowing")
    yield opened
    opened.close()


def send(hall: Hall, answers: dict[str, Any], key: str = TEACHER, service: str = "course-rescheduling") -> Receipt:
    return hall.submit(hall.directory.people[key], service, answers, command_id=f"send-{uuid4()}")


def sent(hall: Hall, answers: dict[str, Any], key: str = TEACHER) -> str:
    receipt = send(hall, answers, key)
    assert receipt.done, receipt.problems
    return receipt.case_id


def refused(receipt: Receipt) -> str:
    """Why something cannot be sent."""
    assert not receipt.done
    return " ".join(problem.message for problem in receipt.problems)


def moved_before(hall: Hall, case_id: str) -> int:
    case = hall._store.case(case_id)
    assert case is not None
    return int(case.snapshot["answers"]["已调次数"])


def act(hall: Hall, key: str, case_id: str, action: str = "approve", **more: Any) -> None:
    person = hall.directory.people[key]
    seq = hall.case(person, case_id).seq
    (task,) = [row for row in hall.tasks(person).items if row.case_id == case_id]
    receipt = hall.act(person, case_id, task.id, action, seq=seq, command_id=f"{key}{action}{seq}", **more)
    assert receipt.done, receipt.problems


def told(hall: Hall, key: str) -> list[str]:
    return [row.text for row in hall.outbox.inbox(hall.directory.people[key]).items]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "有机化学（YJ01）2026-12-08 的课改到 2026-12-09 5–6 节（14:00–15:40），课室 滨江B203（50 座）。"),
        ({"类型": "补课"}, "有机化学（YJ01）补课：2026-12-09 5–6 节（14:00–15:40），课室 滨江B203（50 座）。"),
        (
            {"类型": "代课", "新日期": "2026-12-08", "新节次": "1-2", "代课教师": SUBSTITUTE},
            "有机化学（YJ01）2026-12-08 1–2 节（08:00–09:40） 由 白露 代课，课室 滨江B203（50 座）。",
        ),
        (
            {"类型": "停课", "补课安排": "第 17 周周三补"},
            "有机化学（YJ01）2026-12-08 停课。补课：第 17 周周三补。",
        ),
    ],
)
def test_l1_the_students_of_the_course_are_told_once(hall: Hall, changed: dict[str, str], words: str) -> None:
    answers: dict[str, Any] = {**MOVED, **changed}
    if answers["类型"] == "停课":
        teacher = hall.directory.people[TEACHER]
        answers["证明"] = [hall.attach(teacher, "会议通知.pdf", iter([b"%PDF-1.4\n%%EOF\n"]))]
    case = sent(hall, answers)
    if answers["类型"] == "代课":
        act(hall, SUBSTITUTE, case)
    act(hall, HEAD, case)
    act(hall, DEAN, case)
    assert [told(hall, student) for student in STUDENTS] == [[], [], []], "not before the timetable is changed"
    act(hall, DESK, case, answers={"课表更新说明": "课表已改"})
    assert [told(hall, student) for student in STUDENTS] == [[words]] * 3
    assert told(hall, "2024120201") == [], "who has not chosen the course"
    assert "已发消息给 3 名学生" in told(hall, TEACHER)[0]


def test_l2_a_course_without_a_list_and_a_request_that_is_refused(hall: Hall) -> None:
    first = sent(hall, MOVED)
    act(hall, HEAD, first, "refuse", opinion="那天有检查")
    case = sent(hall, {**MOVED, "课表号": "K007", "原日期": "2026-12-11", "新日期": "2026-12-10", "新节次": "7-8"})
    act(hall, HEAD, case)
    act(hall, DEAN, case)
    act(hall, DESK, case, answers={"课表更新说明": "课表已改"})
    assert [told(hall, student) for student in STUDENTS] == [[], [], []]
    assert any("已发消息给 0 名学生" in text for text in told(hall, TEACHER))


def test_l3_the_quota_grows_beside_the_rows_of_the_sheet(hall: Hall) -> None:
    lesson = {**MOVED, "课表号": "K006", "原日期": "2026-12-07", "新课室": "湖东C201"}
    for before, day in enumerate(("2026-12-08", "2026-12-09", "2026-12-10"), 3):
        assert moved_before(hall, sent(hall, {**lesson, "新日期": day}, MANAGER)) == before
    assert "本学期已调停课 6 次，不再受理" in refused(send(hall, {**lesson, "新日期": "2026-12-11"}, MANAGER))


def test_l3_a_substitution_counts_for_whoever_asked(hall: Hall) -> None:
    substitution = {**MOVED, "类型": "代课", "新日期": "2026-12-08", "新节次": "1-2", "代课教师": SUBSTITUTE}
    sent(hall, substitution)
    assert moved_before(hall, sent(hall, {**MOVED, "原日期": "2026-12-15", "新日期": "2026-12-16"})) == 1
    hers = {**MOVED, "课表号": "K003", "原日期": "2026-12-10", "新日期": "2026-12-11"}
    assert moved_before(hall, sent(hall, {**hers, "新节次": "1-2"}, SUBSTITUTE)) == 0
    same_time = {**hers, "新日期": "2026-12-08", "新节次": "1-2", "新课室": "滨江B305"}
    assert "教师冲突：上课教师在新的时间已有 有机化学" in refused(send(hall, same_time, SUBSTITUTE))


def test_l4_a_room_that_a_lesson_takes_cannot_be_borrowed(both: Hall) -> None:
    case = sent(both, MOVED)
    borrow = {**BORROWED, "安静": "是"}
    assert "这间课室在所选节次已有安排：有机化学。" in refused(send(both, borrow, STUDENT, "classroom-borrowing"))
    for other in ({"日期": "2026-12-16"}, {"节次": ["下午二"]}, {"课室": "滨江B101"}):
        assert send(both, {**borrow, **other}, STUDENT, "classroom-borrowing").done
    act(both, HEAD, case, "refuse", opinion="那天有检查")
    again = {**borrow, "节次": ["下午一"]}
    assert send(both, again, STUDENT, "classroom-borrowing").done


def test_l4_a_lesson_cannot_be_moved_to_a_room_that_is_borrowed(both: Hall) -> None:
    borrowed = send(both, BORROWED, STUDENT, "classroom-borrowing")
    assert borrowed.done, borrowed.problems
    for periods in ("5-6", "7-8"):
        said = refused(send(both, {**MOVED, "新节次": periods}))
        assert "课室冲突：滨江B203 在新的时间已有 化学竞赛小组讨论。" in said
    cancelled = {"类型": "停课", "补课安排": "第 17 周周三补"}
    proof = [both.attach(both.directory.people[TEACHER], "会议通知.pdf", iter([b"%PDF-1.4\n%%EOF\n"]))]
    for other in ({"新节次": "9-10"}, {"新课室": "滨江B305"}, {"新日期": "2026-12-16"}, {**cancelled, "证明": proof}):
        assert send(both, {**MOVED, **other}).done
    act(both, COUNSELLOR, borrowed.case_id, "refuse", opinion="那天有考试")
    assert send(both, {**MOVED, "课表号": "K002", "原日期": "2026-12-10", "新节次": "7-8"}).done


def rows_of(service: str, sheet: str) -> list[dict[str, Any]]:
    """The rows of a data sheet by its columns; key rows stand above the header."""
    book = openpyxl.load_workbook(DEFINITIONS / service / f"{service}.xlsx", read_only=True)
    rows = [
        row
        for row in book[f"数据-{sheet}"].iter_rows(values_only=True)
        if row[0] not in ("台账", "取值", "条件", "取自")
    ]
    header = [str(name).rstrip("*") for name in rows[0] if name]
    return [dict(zip(header, row, strict=False)) for row in rows[1:]]


def test_l5_both_workbooks_know_the_same_rooms_as_taken() -> None:
    def taken(service: str) -> set[tuple[Any, ...]]:
        columns = ("课室", "星期", "节次", "起日", "止日", "用途")
        return {tuple(row[column] for column in columns) for row in rows_of(service, "课室占用")}

    (term,) = rows_of("course-rescheduling", "学期")
    monday: date = term["第一周周一"]
    lessons = {
        (row["课室"], row["星期"], PERIODS[row["节次"]], monday + timedelta(weeks=row["起周"] - 1),
         monday + timedelta(weeks=row["止周"], days=-1), row["课程"])
        for row in rows_of("course-rescheduling", "课表")
    }  # fmt: skip
    by_hand = {
        (row["新课室"], row["新日期"].isoweekday(), PERIODS[row["新节次"]], row["新日期"], row["新日期"], row["课程"])
        for row in rows_of("course-rescheduling", "调课记录")
    }
    others = taken("course-rescheduling")
    assert (len(lessons), len(by_hand), len(others)) == (7, 10, 2)
    assert taken("classroom-borrowing") == lessons | by_hand | others


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "有机化学 2026-12-08 的课已改到 2026-12-09 5–6 节（14:00–15:40），课室 滨江B203（50 座）。"),
        ({"类型": "补课"}, "有机化学 补课已安排：2026-12-09 5–6 节（14:00–15:40），课室 滨江B203（50 座）。"),
        (
            {"类型": "代课", "新日期": "2026-12-08", "新节次": "1-2", "代课教师": SUBSTITUTE},
            "有机化学 2026-12-08 1–2 节（08:00–09:40） 由 白露 代课，课室 滨江B203（50 座）。",
        ),
    ],
)
def test_l6_the_teacher_is_told_what_became_of_the_lesson(hall: Hall, changed: dict[str, str], words: str) -> None:
    case = sent(hall, {**MOVED, **changed})
    if changed.get("类型") == "代课":
        act(hall, SUBSTITUTE, case)
    act(hall, HEAD, case)
    act(hall, DEAN, case)
    act(hall, DESK, case, answers={"课表更新说明": "课表已改"})
    assert told(hall, TEACHER) == [f"{words}已发消息给 3 名学生。"]
