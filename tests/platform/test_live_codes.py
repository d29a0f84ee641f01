"""Live codes: a case shows a code on a screen, and whoever scans it in time opens a form that is filled in from the case.

1. Everything that can be wrong with the sheet is told at its cell, also against the form that is opened.
2. It is shown by whoever is asked at its step, as long as that is open and its condition holds, and by who stands in.
3. What it fills in is of the case as it is now; read-only questions are believed from it alone, also when the form comes back.
4. It changes with each turn, and is taken for one turn more, whichever process gave it; not after the key was changed.
5. A scan while signed in is for that person; one before signing in is for whoever signs in.
6. The form is sent no other way: not by a program, nor by Excel. A step that opens it for somebody is no scan, and may.
7. Sending the same command twice has one effect, also when the code is over in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from clocked import CAMPUS, Clock
from halls import open_test_hall
from workbooks import workbook_from_text

from banshi.platform.cases.admitting import CodeEnded, NoCode, OthersScan, ScanAgain, ScanFirst
from banshi.platform.errors import NotAllowed
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.service.model import Service
from banshi.platform.sheets.load import load_bytes

STUDENT, HEAD, OFFICE = "20001", "20002", "20003"
LECTURE = """
## settings
| form_id | form_title | owner  | number        |
| lecture | 讲座       | 设备处 | JZ{yyyy}{001} |

## survey
| type       | name | label | required | calculation | sensitive |
| text       | 题目 | 题目  | yes      |             |           |
| integer    | 座位 | 座位  | yes      |             |           |
| text       | 电话 | 联系电话 |       |             | 手机      |
| integer    | 已到 | 已到  |          | count(instance('到场')/root/item[场次 = ${题目}]) | |
| begin_repeat | 嘉宾 | 嘉宾 |         |             |           |
| text       | 姓名 | 姓名  |          |             |           |
| end_repeat |      |       |          |             |           |

## data.到场
| of | visit |
| 单号* | 场次 |
| 手工  | 无   |

## route
| step | name | who             | mode | edit |
| 10   | 申请 | initiator       |      |      |
| 20   | 登记 | role:财务处.审核岗 | do | 座位 |

## codes
| code | title  | title::English (en) | step | when        | opens | fields                                    | scanned  | seconds | minutes | shows      |
| 签到 | 签到码 | Sign-in code        | '20  | ${座位} > 0 | visit | 场次=${题目}；讲座单号=${case.number}     | 扫码时间 | 30      | 2       | 已到、嘉宾 |
"""
VISIT = """
## settings
| form_id | form_title | owner  | number        | code_of |
| visit   | 到场签到   | 设备处 | DC{yyyy}{001} | lecture |

## survey
| type     | name     | label    | readonly | required |
| text     | 场次     | 场次     | yes      |          |
| text     | 讲座单号 | 讲座单号 | yes      |          |
| datetime | 扫码时间 | 扫码时间 | yes      |          |
| text     | 留言     | 留言     |          |          |

## data.到场
| 台账 | 在办 |
| 取值 | 单号=办件.单号 |
| 单号* | 场次 |
| 手工  | 无   |

## route
| step | name | who                | back      |
| 10   | 签到 | initiator          |           |
| 20   | 核对 | role:保卫处.审核岗 | initiator |
"""


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 12, 8, 19, 0, tzinfo=CAMPUS))


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, clock=clock, services={"lecture": LECTURE, "visit": VISIT})
    yield opened
    opened.close()


@pytest.fixture
def lecture(hall: Hall) -> str:
    return hold(hall)


def person(hall: Hall, number: str) -> Person:
    return hall.directory.people[number]


def hold(hall: Hall, seats: int = 60, name: str = "0001") -> str:
    answers = {"题目": "催化前沿", "座位": seats, "嘉宾": [{"姓名": "白露"}]}
    receipt = hall.submit(person(hall, HEAD), "lecture", answers, command_id=f"lecture-{name}")
    assert receipt.done, receipt.problems
    return receipt.case_id


def token(hall: Hall, lecture: str) -> str:
    return hall.codes.show(person(hall, OFFICE), lecture, 0).token


def do(hall: Hall, lecture: str, **answers: object) -> None:
    me = person(hall, OFFICE)
    view = hall.case(me, lecture)
    (task,) = view.tasks
    receipt = hall.act(
        me, lecture, task.id, "approve", answers=answers or None, seq=view.seq, command_id=f"done-{view.seq}"
    )
    assert receipt.done, receipt.problems


# 1


def told(codes: str = "", *, lecture: str = LECTURE, visit: str = VISIT, alone: bool = False) -> list[tuple[str, str]]:
    """The faults of the lecture, or of the visit with `alone`: code and cell."""
    if codes:
        head, _, _ = lecture.partition("## codes")
        lecture = f"{head}## codes\n{codes}"
    services: dict[str, Service] = {}
    found: dict[str, list[tuple[str, str]]] = {}
    for _ in range(2):
        for name, text in (("lecture", lecture), ("visit", visit)):
            service, diagnostics = load_bytes(workbook_from_text(text), f"{name}.xlsx", services=services)
            found[name] = [(one.code, one.place.cell) for one in diagnostics if one.code.startswith("CODE-")]
            assert service is not None
            services[name] = service
            assert all(one.message("en") and one.remedy("zh") and one.remedy("en") for one in diagnostics)
    return found["visit" if alone else "lecture"]


def row(**cells: str) -> str:
    known = {"code": "签到", "step": "'20", "when": "", "opens": "visit", "fields": "场次=${题目}", "scanned": "扫码时间", "seconds": "", "minutes": "", "shows": ""}  # fmt: skip
    full = known | cells
    return "| " + " | ".join(full) + " |\n| " + " | ".join(full.values()) + " |\n"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, []),
        ({"seconds": "20 秒", "minutes": "5分钟"}, []),
        ({"code": ""}, [("CODE-001", "B2")]),
        ({"seconds": "4"}, [("CODE-003", "G2")]),
        ({"seconds": "很快"}, [("CODE-003", "G2")]),
        ({"seconds": "601"}, [("CODE-003", "G2")]),
        ({"minutes": "0"}, [("CODE-004", "H2")]),
        ({"minutes": "61"}, [("CODE-004", "H2")]),
        ({"fields": "场次"}, [("CODE-005", "E2")]),
        ({"fields": "场次=${题目}；场次=1"}, [("CODE-006", "E2")]),
        ({"fields": "场次=${题目}；扫码时间=now()"}, [("CODE-006", "F2")]),
        ({"step": "'30"}, [("CODE-007", "B2")]),
        ({"opens": "nothing"}, [("CODE-009", "D2")]),
        ({"fields": "场馆=${题目}"}, [("CODE-010", "E2")]),
        ({"fields": "留言=${题目}"}, [("CODE-011", "E2")]),
        ({"scanned": "场次"}, [("CODE-006", "F2"), ("CODE-013", "F2")]),
        ({"scanned": "讲座单号"}, [("CODE-013", "F2")]),
        ({"shows": "已到、姓名"}, [("CODE-014", "I2")]),
        ({"shows": "电话"}, [("CODE-015", "I2")]),
        ({"fields": "场次=${电话}"}, [("CODE-015", "E2")]),
        ({"opens": "lecture"}, [("CODE-016", "D2")]),
    ],
)
def test_1_faults_at_their_cells(cells: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert told(row(**cells)) == expected


def test_1_a_sensitive_question_is_named_wherever_it_stands() -> None:
    visit, _ = load_bytes(workbook_from_text(VISIT), "visit.xlsx")
    assert visit is not None
    for cells in ({"shows": "电话"}, {"fields": "场次=${电话}"}):
        text = f"{LECTURE.partition('## codes')[0]}## codes\n{row(**cells)}"
        _, found = load_bytes(workbook_from_text(text), "lecture.xlsx", services={"visit": visit})
        assert ["“电话”" in one.message("zh") for one in found if one.code == "CODE-015"] == [True]


def test_1_two_of_one_name_and_a_step_without_people() -> None:
    twice = row() + row().splitlines()[1] + "\n"
    assert told(twice) == [("CODE-002", "A3")]
    auto = LECTURE.replace("role:财务处.审核岗 | do | 座位", "| auto |")
    assert told(row(), lecture=auto) == [("CODE-008", "B2")]
    own = LECTURE.replace("role:财务处.审核岗 | do | 座位", "initiator | do | 座位")
    assert told(row(), lecture=own) == [("CODE-018", "B2")]
    between = own.replace("| 20   | 登记", "| 15   | 生成 | | auto | |\n| 20   | 登记")
    assert told(row(), lecture=between) == []


def test_1_the_service_that_is_opened() -> None:
    assert told(alone=True) == []
    assert told(visit=VISIT.replace("| code_of |", "| source |")) == [("CODE-012", "F2")]
    assert told(row(opens="nothing"), alone=True) == [("CODE-017", "E2")]


# 2


def test_2_who_shows_it_and_how_long(hall: Hall, lecture: str) -> None:
    (code,) = hall.codes.of_case(person(hall, OFFICE), lecture, "en")
    assert (code.at, code.title, code.opens) == (0, "Sign-in code", "到场签到")
    assert hall.codes.of_case(person(hall, HEAD), lecture) == []
    with pytest.raises(NotAllowed):
        hall.codes.show(person(hall, HEAD), lecture, 0)
    do(hall, lecture)
    assert hall.codes.of_case(person(hall, OFFICE), lecture) == []
    with pytest.raises(CodeEnded):
        token(hall, lecture)


def test_2_the_condition(hall: Hall) -> None:
    empty = hold(hall, seats=0, name="0002")
    assert hall.codes.of_case(person(hall, OFFICE), empty) == []
    with pytest.raises(CodeEnded):
        token(hall, empty)


def test_2_the_condition_reads_what_others_have_sent_meanwhile(tmp_path: Path, clock: Clock) -> None:
    """A lecture with one seat: the first scan takes it, and the second opens nothing."""
    services = {"lecture": LECTURE.replace("${座位} > 0", "${已到} < ${座位}"), "visit": VISIT}
    hall = open_test_hall(tmp_path, clock=clock, services=services)
    case = hold(hall, seats=1)
    token = hall.codes.show(person(hall, OFFICE), case, 0).token
    admission = hall.codes.scan(token, person(hall, STUDENT)).admission
    late = hall.codes.scan(token, person(hall, HEAD)).admission
    sent = hall.submit(person(hall, STUDENT), "visit", {}, command_id="visit-0001", admission=admission)
    assert sent.done
    with pytest.raises(CodeEnded):
        hall.codes.scan(token, person(hall, HEAD))
    with pytest.raises(CodeEnded):
        hall.submit(person(hall, HEAD), "visit", {}, command_id="visit-0002", admission=late)
    hall.close()


def test_2_who_stands_in_shows_it(hall: Hall, lecture: str, clock: Clock) -> None:
    until = clock.now.replace(day=9)
    hall.let_stand_in(person(hall, OFFICE), STUDENT, clock.now, until, command_id="stand-in-01")
    assert hall.codes.show(person(hall, STUDENT), lecture, 0).token


# 3


def test_3_filled_in_from_the_case_and_fixed(hall: Hall, lecture: str, clock: Clock) -> None:
    clock.go(seconds=7)
    admission = hall.codes.scan(token(hall, lecture), None).admission
    opened = hall.open_form(person(hall, STUDENT), "visit", admission=admission)
    number = hall.case(person(hall, OFFICE), lecture).row.number
    filled = {"场次": "催化前沿", "讲座单号": number, "扫码时间": "2026-12-08T19:00:07+08:00"}
    assert {name: opened.answers[name] for name in filled} == filled
    forged = {"场次": "别的讲座", "讲座单号": "JZ2026999", "扫码时间": "2026-12-08T18:00:00+08:00", "留言": "好"}
    receipt = hall.submit(person(hall, STUDENT), "visit", forged, command_id="visit-0001", admission=admission)
    assert receipt.done
    sent = hall.case(person(hall, STUDENT), receipt.case_id)
    assert {name: sent.answers[name] for name in filled} == filled
    view = hall.codes.show(person(hall, OFFICE), lecture, 0)
    assert view.facts == [("已到", "1")]
    assert [(one.label, one.header, one.rows) for one in view.tables] == [("嘉宾", ["姓名"], [["白露"]])]

    guard = person(hall, "20004")
    seen = hall.case(guard, receipt.case_id)
    hall.act(
        guard,
        seen.row.id,
        seen.tasks[0].id,
        "return",
        opinion="请写留言",
        return_to="initiator",
        seq=seen.seq,
        command_id="back-0001",
    )
    seen = hall.case(person(hall, STUDENT), receipt.case_id)
    again = hall.act(
        person(hall, STUDENT), seen.row.id, "", "resubmit", answers=forged, seq=seen.seq, command_id="again-0001"
    )
    assert again.done, again.problems
    sent = hall.case(person(hall, STUDENT), receipt.case_id)
    assert {name: sent.answers[name] for name in filled} == filled


# 4


def test_4_turns_and_processes(hall: Hall, lecture: str, clock: Clock, tmp_path: Path) -> None:
    view = hall.codes.show(person(hall, OFFICE), lecture, 0)
    assert (view.left, view.seconds) == (30_000, 30)
    clock.go(seconds=29)
    assert hall.codes.show(person(hall, OFFICE), lecture, 0).token == view.token
    assert hall.codes.show(person(hall, OFFICE), lecture, 0).left == 1000
    clock.go(seconds=1)
    assert hall.codes.show(person(hall, OFFICE), lecture, 0).token != view.token
    clock.go(seconds=29)
    other = open_test_hall(tmp_path, clock=clock)
    assert other.codes.scan(view.token, None).service_id == "visit"
    other.close()
    clock.go(seconds=1)
    with pytest.raises(ScanAgain):
        hall.codes.scan(view.token, None)
    fresh = token(hall, lecture)
    (tmp_path / "log-key.pem").unlink()
    changed = open_test_hall(tmp_path, clock=clock)
    with pytest.raises(NoCode):
        changed.codes.scan(fresh, None)
    changed.close()


# 5


def test_5_whose_scan_it_is(hall: Hall, lecture: str) -> None:
    mine = hall.codes.scan(token(hall, lecture), person(hall, STUDENT)).admission
    with pytest.raises(OthersScan):
        hall.open_form(person(hall, HEAD), "visit", admission=mine)
    assert hall.open_form(person(hall, STUDENT), "visit", admission=mine).admission == mine
    anybodys = hall.codes.scan(token(hall, lecture), None).admission
    assert hall.open_form(person(hall, HEAD), "visit", admission=anybodys)
    swapped = mine.replace(mine.split(".")[3], anybodys.split(".")[3])
    with pytest.raises(ScanFirst):
        hall.open_form(person(hall, HEAD), "visit", admission=swapped)


# 6


def test_6_no_other_way(hall: Hall, lecture: str) -> None:
    student = person(hall, STUDENT)
    with pytest.raises(ScanFirst):
        hall.submit(student, "visit", {"留言": "好"}, command_id="visit-0002")
    service = hall._library.service("visit")
    asked = {"command_id": "visit-0003", "language": "zh", "from_draft": False}
    with pytest.raises(ScanFirst):
        hall._desk.submit(student, service, {"留言": "好"}, keep_draft=True, **asked)
    parent = {"case_id": lecture, "number": "JZ2026001", "service_id": "lecture", "step": "20", "key": "k", "depth": 1}
    assert hall._desk.submit(student, service, {"留言": "好"}, parent=parent, **asked).done


# 7


def test_7_twice_the_same_command(hall: Hall, lecture: str) -> None:
    student = person(hall, STUDENT)
    admission = hall.codes.scan(token(hall, lecture), student).admission
    first = hall.submit(student, "visit", {"留言": "好"}, command_id="visit-0004", admission=admission)
    do(hall, lecture)
    again = hall.submit(student, "visit", {"留言": "好"}, command_id="visit-0004", admission=admission)
    assert (again.case_id, again.repeated) == (first.case_id, True)
    with pytest.raises(CodeEnded):
        hall.submit(student, "visit", {"留言": "好"}, command_id="visit-0005", admission=admission)
