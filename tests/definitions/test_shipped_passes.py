"""Passes of the shipped workbooks: a visitor at the gate of a hall of residence, a late return, a borrowed classroom.

V1 the visitor is let in between arrival and departure, at the right building, once; going out ends the case with the moments
V2 a late return counts two hours around the time that was said, and coming in ends the case
V4 a room that somebody has borrowed is no quiet room for others, nor is the one next to it as quiet as before
V3 a classroom opens half an hour around the periods, for the room alone, as often as it is needed; keepers of the rooms check it too
V4 the moments of gates are marked as personal
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from clocked import CAMPUS, Clock
from halls import open_shipped_hall

from banshi.platform.cases.gates import Gate, Scan
from banshi.platform.hall import Hall

DEFINITIONS = Path(__file__).parents[2] / "definitions"
STUDENT, KEEPER, ROOMS = "2024110101", "10561", "10941"
VISIT = {
    "事项": "访客", "学院": "化学与材料学院", "楼栋": "海棠1栋", "房间": "301", "访客姓名": "李建国", "访客性别": "男",
    "证件号": "11010519491231002X", "访客手机": "13800000001", "关系": "亲属", "到访": "2026-12-12T09:00:00+08:00",
    "离开": "2026-12-12T09:30:00+08:00", "随行": 0, "访客事由": "送冬衣",
}  # fmt: skip
LATE = {
    "事项": "晚归", "学院": "机械与电气学院", "楼栋": "银杏2栋", "房间": "506", "返回": "2026-12-12T23:10:00+08:00",
    "晚归原因": "实验", "晚归说明": "在催化实验室做实验",
}  # fmt: skip
ROOM = {
    "借用单位": "化学与材料学院", "借用身份": "学生", "负责人": "2023110118", "联系电话": "13800000018", "活动名称": "化学竞赛小组讨论",
    "活动类型": "社团", "日期": "2026-12-15", "节次": ["下午一"], "人数": 30, "校外人员": "否", "校区": "滨江校区", "课室": "滨江B101",
    "安全承诺": "OK",
}  # fmt: skip


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 12, 11, 20, 0, tzinfo=CAMPUS))


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    opened = open_shipped_hall(tmp_path, clock, "dormitory-visitors", "classroom-borrowing")
    yield opened
    opened.close()


def send(hall: Hall, service: str, answers: dict[str, object], person: str) -> str:
    receipt = hall.submit(hall.directory.people[person], service, answers, command_id=f"send-{person}-{service}")
    assert receipt.done, receipt.problems
    return receipt.case_id


def shown(hall: Hall, case: str, person: str) -> str:
    (row,) = hall.passes.of_case(hall.directory.people[person], case)
    return row.code


def scan(hall: Hall, clock: Clock, at: str, code: str, gate: str, direction: str = ""):
    clock.now = datetime.fromisoformat(f"2026-{at}").replace(tzinfo=CAMPUS)
    return hall.passes.check(Gate(gate), Scan(id=f"{at}{gate}{direction}"[:64], code=code, direction=direction))


def test_v1_a_visitor(hall: Hall, clock: Clock) -> None:
    case = send(hall, "dormitory-visitors", VISIT, STUDENT)
    code = shown(hall, case, STUDENT)
    assert scan(hall, clock, "12-12T08:59", code, "海棠1栋/东门").reason == "not_yet"
    assert scan(hall, clock, "12-12T09:00", code, "海棠3栋/东门").reason == "wrong_place"
    let_in = scan(hall, clock, "12-12T09:01", code, "海棠1栋/东门")
    assert (let_in.allowed, let_in.direction) == (True, "in")
    assert ["访客姓名", "李**"] in [list(pair) for pair in let_in.shows]
    assert ["学生", "李沐阳"] in [list(pair) for pair in let_in.shows]
    assert [row.step_name for row in hall.tasks(hall.directory.people[KEEPER]).items] == ["门岗核验（访客）"]
    clock.now = clock.now.replace(minute=40)
    keeper = hall.passes.check(hall.directory.people[KEEPER], Scan(id="keeper-1", code=code, place="海棠1栋"))
    assert (keeper.reason, keeper.direction) == ("late", "out"), "whoever is inside may leave"
    assert ["访客姓名", "李建国"] in [list(pair) for pair in keeper.shows]
    view = hall.case(hall.directory.people[STUDENT], case)
    assert (view.row.state, view.answers["实际进入"], view.answers["实际离开"]) == (
        "approved", "2026-12-12T09:01:00+08:00", "2026-12-12T09:40:00+08:00",
    )  # fmt: skip
    assert hall.tasks(hall.directory.people[KEEPER]).items == []
    assert scan(hall, clock, "12-12T09:45", code, "海棠1栋/东门").allowed is False


def test_v2_a_late_return(hall: Hall, clock: Clock) -> None:
    case = send(hall, "dormitory-visitors", LATE, "2023120226")
    code = shown(hall, case, "2023120226")
    assert scan(hall, clock, "12-12T21:09", code, "银杏2栋").reason == "not_yet"
    assert scan(hall, clock, "12-13T01:10", code, "银杏2栋").reason == "over"
    assert scan(hall, clock, "12-12T23:20", code, "银杏2栋").allowed
    view = hall.case(hall.directory.people["2023120226"], case)
    assert (view.row.state, view.answers["实际进入"]) == ("approved", "2026-12-12T23:20:00+08:00")


def test_v3_a_classroom(hall: Hall, clock: Clock) -> None:
    case = send(hall, "classroom-borrowing", ROOM, "2023110118")
    for _ in range(2):
        people = hall.directory.people.values()
        person, task = next((one, row) for one in people for row in hall.tasks(one).items if row.case_id == case)
        view = hall.case(person, case)
        if "claim" in view.tasks[0].handing:
            assert hall.act(person, case, view.tasks[0].id, "claim", seq=view.seq, command_id=f"c{view.seq}aaaaaa").done
            view = hall.case(person, case)
        done = hall.act(
            person, case, view.tasks[0].id, "approve", opinion="同意", seq=view.seq, command_id=f"a{view.seq}aaaaaa"
        )
        assert done.done, (task, done.problems)
    code = shown(hall, case, "2023110118")
    assert scan(hall, clock, "12-15T13:29", code, "滨江B101").reason == "not_yet"
    assert scan(hall, clock, "12-15T13:30", code, "滨江B101/前门").allowed
    assert scan(hall, clock, "12-15T14:20", code, "滨江B101/后门").allowed
    assert scan(hall, clock, "12-15T14:21", code, "滨江B203").reason == "wrong_place"
    clock.now = clock.now.replace(hour=15)
    rooms = hall.passes.check(hall.directory.people[ROOMS], Scan(id="rooms-01", code=code, place="滨江B101"))
    assert rooms.allowed
    assert scan(hall, clock, "12-15T16:10", code, "滨江B101").reason == "over"


def test_v4_a_quiet_room_is_one_that_is_free_now(hall: Hall, clock: Clock) -> None:
    """B203 (38 dB) is the quietest; borrowed it is taken, and next door B101 (40 dB) is only better than B305 (41 dB) by its noise."""

    def proposed(case_id: str) -> list[str]:
        case = hall._store.case(case_id)
        assert case is not None
        answers = case.snapshot["answers"]
        return [answers.get(name) or "" for name in ("推荐室一", "推荐室二", "推荐室三", "推荐一")]

    quiet = {**ROOM, "安静": "是"}
    first = send(hall, "classroom-borrowing", {**quiet, "课室": "滨江B203"}, "2023110118")
    assert proposed(first)[:3] == ["滨江B203", "滨江B101", "滨江B305"]
    second = send(hall, "classroom-borrowing", quiet, STUDENT)
    assert proposed(second) == ["滨江B101", "滨江B305", "", "滨江B101（40 座）：隔壁有课，噪声低，噪声 40 分贝"]


def test_v5_moments_of_gates_are_marked_as_personal(hall: Hall) -> None:
    """No shipped workbook with passes leaves the moments of a scan behind when personal data are deleted."""
    for service in ("dormitory-visitors", "classroom-borrowing"):
        (book,) = (DEFINITIONS / service).glob("*.xlsx")
        report = hall.workshop.check(hall.directory.people["10941"], book.name, book.read_bytes())
        assert report.file == book.name
        assert [one.code for one in report.diagnostics if one.code == "PASS-014"] == []
