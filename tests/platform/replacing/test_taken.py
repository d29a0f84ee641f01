"""Rows of cases in a register, as the owner of its data sheet sees them.

T1 They stand behind the rows of the sheet, the newest first, each with its case; pages and words go over both.
T2 Who may not see the case of another service reads its row and number, without a way to it.
T3 A download with them says the number of each case, and changes nothing when it is uploaded again.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from halls import open_test_hall

from banshi.platform.hall import Hall
from banshi.platform.replacing.views import Origin

STUDENT, OTHER, OWNER = "20001", "20003", "20005"
CARS = """
## settings
| form_id | form_title | owner  | number         |
| car     | 用车预约   | 设备处 | YC{yyyy}{0001} |
## survey
| type | name | label    | required | calculation |
| text | 车辆 | 车牌     | yes      | |
| date | 出发 | 出发日期 | yes      | |
| text | 备注 | 备注     |          | |
| calculate | 几次 |     |          | count(instance('占用')/root/item[车辆 = ${车辆}]) |
## data.占用
| 台账 | 在办 |
| 取值 | 开始=出发 |
| 取自 | van |
| 车辆* | 开始 | 备注 |
| 粤A00001 | 2026-09-01 | 年检 |
| 粤A00002 | 2026-09-02 | 借给后勤 |
## route
| step | name       | who            |
| 10   | 申请       | initiator      |
| 20   | 学院负责人 | head(申请部门) |
"""
VANS = (
    CARS.replace("| car     | 用车预约   | 设备处 | YC", "| van     | 货车预约   | 财务处 | HC")
    .replace("| 取自 | van |\n", "")
    .replace("| 粤A00001 | 2026-09-01 | 年检 |\n| 粤A00002 | 2026-09-02 | 借给后勤 |\n", "")
)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, services={"car": CARS, "van": VANS})
    assert {"car", "van"} <= set(opened._library.live)
    yield opened
    opened.close()


def send(hall: Hall, service: str, car: str, day: str, person: str = STUDENT, note: str = ""):
    answers = {"车辆": car, "出发": day, "备注": note}
    receipt = hall.submit(hall.directory.people[person], service, answers, command_id=f"{service}{car}{day}")
    assert receipt.done, receipt.problems
    return receipt


def rows(hall: Hall, **more: object):
    return hall.data.rows(hall.directory.people[OWNER], "car", "占用", **more)


def test_t1_rows_of_the_sheet_then_those_of_cases(hall):
    sent = [send(hall, "car", f"粤B{n:05}", f"2026-10-{n:02}") for n in range(1, 6)]
    found = rows(hall)
    assert [row[0] for row in found.rows] == ["粤A00001", "粤A00002", *(f"粤B{n:05}" for n in range(5, 0, -1))]
    assert found.rows[2] == ["粤B00005", "2026-10-05", ""]
    assert [case and case.number for case in found.cases] == [None, None, *(one.number for one in reversed(sent))]
    assert [case.case_id for case in found.cases[2:]] == [one.case_id for one in reversed(sent)]
    assert found.total == 7
    pages = [rows(hall, page=page, size=3) for page in (1, 2, 3)]
    assert [row for page in pages for row in page.rows] == found.rows
    assert [case for page in pages for case in page.cases] == found.cases
    assert [row[0] for row in rows(hall, query="2026-10-03").rows] == ["粤B00003"]
    assert [row[0] for row in rows(hall, query=sent[3].number).rows] == ["粤B00004"]
    assert rows(hall, query="a0000").total == 2
    assert [row[0] for row in rows(hall, origin=Origin.SHEET).rows] == ["粤A00001", "粤A00002"]
    assert rows(hall, origin=Origin.CASES).total == 5
    (table,) = hall.data.tables(hall.directory.people[OWNER], "car")
    assert (table.rows, table.register, table.taken) == (2, True, 5)


def test_t1_a_case_that_is_withdrawn_takes_its_row_along(hall):
    sent = send(hall, "car", "粤B00001", "2026-10-01")
    assert rows(hall).total == 3
    person = hall.directory.people[STUDENT]
    hall.withdraw(person, sent.case_id, seq=hall.case(person, sent.case_id).seq, command_id="w")
    assert rows(hall).total == 2


def test_t2_a_case_of_another_service_that_may_not_be_seen(hall):
    own, other = send(hall, "car", "粤B00001", "2026-10-01"), send(hall, "van", "粤C00001", "2026-10-02", OTHER)
    found = rows(hall, origin=Origin.CASES)
    assert [(one.service_id, one.number, one.seen) for one in found.cases] == [
        ("van", other.number, False),
        ("car", own.number, True),
    ]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_t3_a_download_says_which_case_and_can_be_uploaded(hall, kind):
    sent = send(hall, "car", "粤B00001", "2026-10-01", note="接站")
    owner = hall.directory.people[OWNER]
    file, _, pieces = hall.data.export(owner, "car", "占用", kind, taken=True)
    data = b"".join(pieces)
    if kind == "csv":
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
        assert lines[0] == ["车辆*", "开始", "备注", "来自办件"]
        assert lines[1:] == [
            ["粤A00001", "2026-09-01", "年检", ""],
            ["粤A00002", "2026-09-02", "借给后勤", ""],
            ["粤B00001", "2026-10-01", "接站", sent.number],
        ]
    report = hall.data.check(owner, "car", "占用", file, data)
    assert [one.code for one in report.diagnostics] == ["DATA-018"]
    assert report.same
    plain = b"".join(hall.data.export(owner, "car", "占用", kind)[2])
    assert hall.data.check(owner, "car", "占用", file, plain).same
