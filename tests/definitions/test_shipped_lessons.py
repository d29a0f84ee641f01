"""Lessons that are moved, by the shipped workbook: once it is approved the students of the course are told, and nobody else.

L1 moved, made up, taught by a substitute or cancelled: each student of the list once, in the words for it
L2 of a course without a list nobody is told, which the teacher reads (the form says so before); a refused request tells no student
L3 the quota of a teacher grows by each request, beside the rows of the sheet; a substitution counts for whoever asked, and is a conflict for whoever teaches
L6 the teacher is told what became of the lesson: moved, made up or taught by somebody else
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from clocked import CAMPUS, Clock
from halls import open_shipped_hall

from banshi.platform.hall import Hall
from banshi.platform.views import Receipt

TEACHER, SUBSTITUTE, HEAD, DEAN, DESK = "11020", "11011", "11018", "11019", "10931"
STUDENTS = ("2024110101", "2024110102", "2024110103")
MOVED = {
    "类型": "调课", "课表号": "K001", "原日期": "2026-12-08", "原因": "参加学术会议", "新日期": "2026-12-09", "新节次": "5-6",
    "新课室": "滨江B203",
}  # fmt: skip
MANAGER = "13011"
"""Three lessons of hers were moved before, by rows of the sheet."""


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_shipped_hall(tmp_path, Clock(datetime(2026, 12, 1, 9, 0, tzinfo=CAMPUS)), "course-rescheduling")
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
