"""What a draft makes of the rows that cases have in a register is told before it is published.

1. A question that has another name: each row is gone, or says less; the counts are those of the registers after publishing.
2. A register that is gone, one whose condition lets fewer rows in, one whose sheet alone changed (nothing is told).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from halls import open_test_hall
from workbooks import workbook_from_text

from banshi.platform.hall import Hall
from banshi.platform.replacing.views import Origin

STUDENT, OWNER = "20001", "20005"
CARS = """
## settings
| form_id | form_title | owner  | number         |
| car     | 用车预约   | 设备处 | YC{yyyy}{0001} |
## survey
| type | name | label    | required | calculation |
| text | 车辆 | 车牌     | yes      | |
| date | 出发 | 出发日期 | yes      | |
| integer | 人数 | 人数 | yes      | |
| calculate | 几次 |     |          | count(instance('占用')/root/item[车辆 = ${车辆}]) |
## data.占用
| 台账 | 在办 |
| 条件 | ${人数} > 0 |
| 取值 | 开始=出发; 人数=人数 |
| 车辆* | 开始 | 人数 |
| 粤A00001 | 2026-09-01 | 3 |
## route
| step | name       | who            |
| 10   | 申请       | initiator      |
| 20   | 学院负责人 | head(申请部门) |
"""


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, services={"car": CARS})
    for number in range(1, 6):
        answers = {"车辆": f"粤B{number:05}", "出发": "2026-10-01", "人数": str(number)}
        assert opened.submit(opened.directory.people[STUDENT], "car", answers, command_id=f"c{number}").done
    yield opened
    opened.close()


def rows(hall: Hall) -> list[list[str]]:
    found = hall.data.rows(hall.directory.people[OWNER], "car", "占用", origin=Origin.CASES)
    return [list(row) for row in found.rows]


def check(hall: Hall, text: str):
    report = hall.workshop.check(hall.directory.people[OWNER], "car.xlsx", workbook_from_text(text))
    assert report.publishable, [str(one) + one.message() for one in report.diagnostics]
    return report


def publish(hall: Hall, text: str) -> None:
    made = hall.workshop.publish(hall.directory.people[OWNER], "car.xlsx", workbook_from_text(text), rows=True)[1]
    assert made is not None


def renamed(old: str, new: str, values: str) -> str:
    text = CARS.replace(f"| {old} |", f"| {new} |", 1).replace(
        "| 取值 | 开始=出发; 人数=人数 |", f"| 取值 | {values} |"
    )
    return text.replace(f"${{{old}}}", f"${{{new}}}")


@pytest.mark.parametrize(
    ("draft", "lost", "changed", "columns"),
    [
        (renamed("车辆", "车牌号", "车辆=车牌号; 开始=出发; 人数=人数"), 5, 0, "车辆"),
        (renamed("出发", "出发日", "开始=出发日; 人数=人数"), 0, 5, "开始"),
        (CARS.replace("| 条件 | ${人数} > 0 |", "| 条件 | ${人数} > 2 |"), 2, 0, ""),
        (CARS.replace("; 人数=人数", "; 人数=出发"), 0, 5, ""),
    ],
)
def test_1_rows_that_go_or_change_are_told_as_they_will_be(hall, draft, lost, changed, columns):
    before = rows(hall)
    assert len(before) == 5
    report = check(hall, draft)
    ((name, *counts),) = [(one.name, one.before, one.lost, one.changed) for one in report.registers]
    assert (name, counts) == ("占用", [5, lost, changed])
    (told,) = [one for one in report.diagnostics if one.code == "REG-014"]
    assert f"{lost} 行没有了，{changed} 行变了" in told.message("zh")
    assert f"空了的列：{columns}" in told.message("zh") if columns else "空了的列" not in told.message("zh")
    assert (told.place.sheet, told.place.cell) == ("data.占用", "B1")
    publish(hall, draft)
    after = rows(hall)
    kept = {row[0]: row for row in after if row[0]}
    assert sum(row[0] not in kept for row in before) == lost
    assert sum(row[0] in kept and kept[row[0]] != row for row in before) == changed


def test_2_a_register_that_is_gone(hall):
    plain = CARS.replace("| 台账 | 在办 |\n| 条件 | ${人数} > 0 |\n| 取值 | 开始=出发; 人数=人数 |\n", "")
    (one,) = check(hall, plain).registers
    assert (one.before, one.lost, one.changed) == (5, 5, 0)


def test_2_nothing_is_told_where_nothing_changes(hall):
    other = CARS.replace("| 粤A00001 | 2026-09-01 | 3 |", "| 粤A00009 | 2026-09-01 | 3 |").replace(
        "出发日期", "哪天出发"
    )
    report = check(hall, other)
    assert (list(report.registers), [one.code for one in report.diagnostics if one.code == "REG-014"]) == ([], [])


def test_1_going_back_tells_it_too(hall):
    draft = renamed("出发", "出发日", "开始=出发日; 人数=人数")
    publish(hall, draft)
    hall.submit(
        hall.directory.people[STUDENT], "car", {"车辆": "粤C1", "出发日": "2026-10-09", "人数": "9"}, command_id="n"
    )
    owner = hall.directory.people[OWNER]
    first = hall.workshop.versions(owner, "car")[-1]
    (one,) = hall.workshop.check_version(owner, "car", first.sha256).registers
    # The five of before get their day back; the new one loses its.
    assert (one.before, one.lost, one.changed) == (6, 0, 6)
