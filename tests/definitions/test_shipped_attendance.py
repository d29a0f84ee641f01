"""The roll of a lesson, from the shipped workbooks: the teacher shows a code, students scan it, and the list follows.

A1 on time is present, the minute after five late; the list counts them at once, with whoever is on approved leave
A2 somebody who is not on the list, and whoever scans twice, is told so, and nothing is recorded
A3 a code is worth nothing after its turn and one more; a forged one never; the form is not opened without one
A4 whoever scanned in time may send for some minutes, and is recorded by the moment of the scan, not of the sending
A5 by hand with a reason; the list is final once the lesson is closed, and is a table; then nobody signs in any more
A6 what the code fills in is not to be changed by whoever scans
A7 the log says who scanned which code when
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from clocked import CAMPUS, Clock
from halls import open_shipped_hall

from banshi.platform.cases.admitting import CodeEnded, NoCode, ScanAgain, ScanFirst, SentTooLate
from banshi.platform.errors import HallError
from banshi.platform.hall import Hall
from banshi.platform.views import CaseView, Receipt

TEACHER, LI, WANG, ZHANG, NING, SHENG = "11020", "2024110101", "2024110102", "2024110103", "2023110118", "2023120226"
_IDS = count(1)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 12, 8, 15, 55, tzinfo=CAMPUS))


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    opened = open_shipped_hall(tmp_path, clock, "class-attendance", "class-sign")
    yield opened
    opened.close()


@pytest.fixture
def lesson(hall: Hall) -> str:
    """Organic chemistry on 8 December in periods 7 and 8: four on the list, of whom Zhang Wenbo has leave."""
    answers = {"教学班": "YJ01", "日期": "2026-12-08", "节次": "7-8", "教室": "滨江B203"}
    receipt = hall.submit(hall.directory.people[TEACHER], "class-attendance", answers, command_id="lesson-0001")
    assert receipt.done, receipt.problems
    return receipt.case_id


def code(hall: Hall, lesson: str) -> str:
    return hall.codes.show(hall.directory.people[TEACHER], lesson, 0).token


def admission(hall: Hall, token: str, who: str = "") -> str:
    return hall.codes.scan(token, hall.directory.people[who] if who else None).admission


def send(hall: Hall, who: str, admitted: str, **answers: Any) -> Receipt:
    person = hall.directory.people[who]
    said = {**hall.open_form(person, "class-sign", admission=admitted).answers, **answers}
    return hall.submit(person, "class-sign", said, command_id=f"sign-{next(_IDS):06}", admission=admitted)


def sign(hall: Hall, lesson: str, who: str) -> Receipt:
    return send(hall, who, admission(hall, code(hall, lesson)))


def view(hall: Hall, lesson: str) -> CaseView:
    return hall.case(hall.directory.people[TEACHER], lesson)


def states(hall: Hall, lesson: str) -> dict[str, str]:
    return {row["学号"]: row["状态"] for row in view(hall, lesson).answers["名单"]}


def figures(hall: Hall, lesson: str) -> dict[str, str]:
    return dict(hall.codes.show(hall.directory.people[TEACHER], lesson, 0).facts)


def test_a1_present_late_on_leave_absent(hall: Hall, lesson: str, clock: Clock) -> None:
    assert figures(hall, lesson) == {"应到": "4", "到课": "0", "迟到": "0", "请假": "1", "缺勤": "3"}
    assert sign(hall, lesson, LI).done
    clock.go(minutes=10, seconds=59)  # 16:05:59
    assert sign(hall, lesson, WANG).done
    clock.go(seconds=1)
    assert sign(hall, lesson, NING).done
    assert figures(hall, lesson) == {"应到": "4", "到课": "2", "迟到": "1", "请假": "1", "缺勤": "0"}
    assert states(hall, lesson) == {LI: "到课", WANG: "到课", ZHANG: "请假", NING: "迟到"}
    (table,) = hall.codes.show(hall.directory.people[TEACHER], lesson, 0).tables
    assert table.header == ["学号", "姓名", "状态", "扫码时间"]
    assert table.rows[0] == [LI, "李沐阳", "到课", "15:55:00"]


def test_a2_not_on_the_list_and_twice(hall: Hall, lesson: str) -> None:
    stranger = sign(hall, lesson, SHENG)
    assert [problem.path for problem in stranger.problems] == ["课程"]
    assert "不在这门课的名单里" in stranger.problems[0].message
    assert sign(hall, lesson, LI).done
    again = sign(hall, lesson, LI)
    assert [problem.path for problem in again.problems] == ["扫码时间"]
    assert "已经签到（15:55:00）" in again.problems[0].message
    assert figures(hall, lesson)["到课"] == "1"


def test_a3_old_and_forged_codes(hall: Hall, lesson: str, clock: Clock) -> None:
    clock.go(seconds=10)
    token = code(hall, lesson)
    clock.go(seconds=29)  # its turn ended 10 s later, the one after it 30 s later
    assert admission(hall, token)
    clock.go(seconds=1)
    with pytest.raises(ScanAgain, match="scan again"):
        admission(hall, token)
    fresh = code(hall, lesson)
    for forged in (f"{fresh[:-1]}{'0' if fresh[-1] != '0' else '1'}", "nonsense", fresh.replace(lesson, "0" * 26)):
        with pytest.raises(NoCode):
            admission(hall, forged)
    li = hall.directory.people[LI]
    for no_admission in ("", fresh, "nonsense"):
        with pytest.raises(ScanFirst, match="scans the code"):
            hall.open_form(li, "class-sign", admission=no_admission)
    with pytest.raises(ScanFirst):
        hall.submit(li, "class-sign", {"场次": "YJ01 2026-12-08 7-8"}, command_id="without-a-code")
    with pytest.raises(HallError, match="may not"):
        hall.codes.show(li, lesson, 0)


def test_a4_sent_within_minutes_of_the_scan(hall: Hall, lesson: str, clock: Clock) -> None:
    clock.go(minutes=10)  # 16:05, the last moment to be present
    admitted = admission(hall, code(hall, lesson))
    late = admission(hall, code(hall, lesson))
    clock.go(minutes=5)
    assert send(hall, LI, admitted).done
    assert states(hall, lesson)[LI] == "到课"
    clock.go(seconds=1)
    with pytest.raises(SentTooLate, match="within 5 minutes"):
        send(hall, WANG, late)
    assert states(hall, lesson)[WANG] == "缺勤"


def test_a5_by_hand_then_closed(hall: Hall, lesson: str, clock: Clock) -> None:
    teacher = hall.directory.people[TEACHER]
    assert sign(hall, lesson, LI).done
    admitted = admission(hall, code(hall, lesson))

    def close(rows: list[dict[str, Any]]) -> Receipt:
        seen = view(hall, lesson)
        (task,) = seen.tasks
        return hall.act(
            teacher,
            lesson,
            task.id,
            "approve",
            answers={"签到情况": {}, "名单": rows},
            seq=seen.seq,
            command_id=f"close-{next(_IDS):06}",
        )

    rows = [dict(row) for row in view(hall, lesson).answers["名单"]]
    rows[1]["手工"] = "到课"
    refused = close(rows)
    assert [problem.path for problem in refused.problems] == ["名单[2].手工"]
    rows[1]["原因"] = "手机没电，已核对校园卡"
    assert close(rows).done
    assert states(hall, lesson) == {LI: "到课", WANG: "到课", ZHANG: "请假", NING: "缺勤"}
    name, _, parts = hall.rows.export(teacher, lesson, "名单", "xlsx")
    assert name.startswith("KQ202600001-名单-")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(parts)))
    assert [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()][:3] == [
        ["学号", "姓名", "状态", "扫码时间", "手工登记", "原因"],
        [LI, "李沐阳", "到课", "15:55:00", None, None],
        [WANG, "王子轩", "到课", None, "到课", "手机没电，已核对校园卡"],
    ]
    with pytest.raises(CodeEnded, match="is over"):
        send(hall, NING, admitted)
    with pytest.raises(CodeEnded):
        code(hall, lesson)
    with pytest.raises(HallError):
        hall.rows.export(hall.directory.people[LI], lesson, "名单", "xlsx")


def test_a6_what_the_code_fills_in_is_fixed(hall: Hall, lesson: str, clock: Clock) -> None:
    clock.go(minutes=16)
    forged = {
        "扫码时间": "2026-12-08T15:59:00+08:00",
        "场次": "YQ01 2026-12-08 7-8",
        "开放": "是",
        "上课": "2026-12-08T17:00:00+08:00",
    }
    assert send(hall, LI, admission(hall, code(hall, lesson)), **forged).done
    assert states(hall, lesson)[LI] == "迟到"
    refused = send(hall, SHENG, admission(hall, code(hall, lesson)), **forged)
    assert [problem.path for problem in refused.problems] == ["课程"]


def test_a7_who_scanned_when(hall: Hall, lesson: str, clock: Clock) -> None:
    clock.go(seconds=3)
    admitted = admission(hall, code(hall, lesson))
    clock.go(minutes=1)
    receipt = send(hall, LI, admitted)
    sent = hall.case(hall.directory.people[LI], receipt.case_id).events[0]
    assert sent.actor == "李沐阳"
    assert sent.detail == "2026-12-08 15:55:03 扫了 KQ202600001 的“课堂签到码”"
    told = hall._store.events(receipt.case_id)[0].payload["scanned"]
    assert told["case_id"] == lesson
    assert told["at"] == "2026-12-08T15:55:03+08:00"


def test_an_open_lesson_names_beside_its_list_those_who_are_not_on_it(hall: Hall, tmp_path: Path) -> None:
    path = tmp_path / "definitions/class-attendance/class-attendance.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["数据-教学班"]
    (column,) = (cell.column for cell in sheet[1] if cell.value == "开放")
    sheet.cell(2, column).value = "是"
    book.save(path)
    assert [str(one) for report in hall.scan() for one in report.diagnostics if one.severity == "error"] == []
    answers = {"教学班": "YJ01", "日期": "2026-12-08", "节次": "7-8", "教室": "滨江B203"}
    receipt = hall.submit(hall.directory.people[TEACHER], "class-attendance", answers, command_id="lesson-0002")
    assert receipt.done, receipt.problems
    for who in (LI, SHENG):
        assert sign(hall, receipt.case_id, who).done
    assert states(hall, receipt.case_id)[LI] == "到课"
    assert view(hall, receipt.case_id).answers["其他人"] == "盛夏"


def test_the_roll_of_a_lesson_is_opened_once(hall: Hall, lesson: str) -> None:
    answers = {"教学班": "YJ01", "日期": "2026-12-08", "节次": "7-8", "教室": "滨江B203"}
    teacher = hall.directory.people[TEACHER]
    again = hall.submit(teacher, "class-attendance", answers, command_id="lesson-again")
    assert ["已经开过签到" in problem.message for problem in again.problems] == [True]
    assert hall.submit(teacher, "class-attendance", {**answers, "节次": "5-6"}, command_id="lesson-other").done
    assert sign(hall, lesson, LI).done
    (task,) = view(hall, lesson).tasks
    closed = hall.act(teacher, lesson, task.id, "approve", seq=view(hall, lesson).seq, command_id="lesson-closed")
    assert closed.done, "her own row is no hindrance"
