"""The losses between a building's meter and its circuits, by the shipped workbook: only what covers one and the same month is compared.

L1 a circuit that was read for the first time has no use of that month: the loss is not known
L2 where the reading of a month is missing, of a circuit or of the building, neither that month nor the next has a loss
L3 a reading of a circuit that is not in the list of circuits does not count
L4 a reading within the month changes nothing
L5 the exact loss decides: 5.004 % is beyond 5 %
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from banshi.platform.people.directory import Directory
from banshi.platform.people.organisation import read_organisation
from banshi.platform.sheets import load_workbook, run_examples
from banshi.platform.workbook import read_workbook
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import CAMPUS_ZONE

DEFINITIONS = Path(__file__).parents[2] / "definitions"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=CAMPUS_ZONE)
JULY, AUGUST, SEPTEMBER = date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30)
LIGHT, COOLING, POWER = "照明插座", "空调", "实验动力"
TOTAL = "总表"

Readings = Mapping[str, Mapping[date, int]]
READ: Readings = {
    TOTAL: {JULY: 100_000, AUGUST: 110_000, SEPTEMBER: 120_000},
    LIGHT: {JULY: 10_000, AUGUST: 13_000, SEPTEMBER: 16_000},
    COOLING: {JULY: 20_000, AUGUST: 23_000, SEPTEMBER: 26_000},
    POWER: {JULY: 30_000, AUGUST: 33_802, SEPTEMBER: 37_604},
}
"""Of 10,000 kWh a month 9,802 are in the three circuits: 198, or 1.98 %, are lost."""


@pytest.fixture(scope="module")
def directory() -> Directory:
    workbook, _ = read_workbook((DEFINITIONS / "organisation" / "organisation.xlsx").read_bytes(), "organisation.xlsx")
    assert workbook is not None
    return read_organisation(workbook)[0]


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def fill(sheet: Worksheet, first: int, rows: list[list[Any]]) -> None:
    """These rows instead of all from the first on."""
    sheet.delete_rows(first, sheet.max_row)
    for number, row in enumerate(rows, first):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column, value)


def judged(directory: Directory, readings: Readings, month: str, expected: Mapping[str, Any]) -> list[str]:
    """What an example of the chemistry building with these readings, and no others, finds other than expected."""
    book = openpyxl.load_workbook(DEFINITIONS / "energy-alert" / "energy-alert.xlsx")
    circuits = [meter for meter in readings if meter != TOTAL]
    fill(book["数据-抄表"], 9, [["化学楼", "电", at(day), figure] for day, figure in readings[TOTAL].items()])
    read = [(meter, day, figure) for meter in circuits for day, figure in readings[meter].items()]
    fill(book["数据-支路抄表"], 9, [["化学楼", "电", meter, at(day), figure] for meter, day, figure in read])
    examples = book["用例"]
    asked = {"用例": "损耗", "申请人": "10540", "建筑": "化学楼", "能源": "电", "月份": month}
    asked |= {"连续天数": 3, "实际": 50400, "曲线": "曲线.png"}
    columns = [cell.value for cell in examples[1]]
    values = {**asked, **{f"期望 {name}": value for name, value in expected.items()}}
    assert set(values) <= set(columns)
    fill(examples, 2, [[values.get(str(column)) for column in columns]])
    data = io.BytesIO()
    book.save(data)
    workbook, _ = read_workbook(data.getvalue(), "energy-alert.xlsx")
    assert workbook is not None
    service, found = load_workbook(workbook, directory)
    assert service is not None, [item.message() for item in found]
    (result,) = run_examples(service, directory, now=NOW, engine=FixpointEngine())
    return [failure.message() for _, failure in result.failures]


JUDGED, LACKING, E08, E09 = "规则.损耗.损耗判断", "缺抄支路", "制度.预警.E08", "制度.预警.E09"
NORMAL = {JUDGED: "正常", LACKING: "0", "支路合计": "9802", "损耗": "198", "损耗率": "1.98", E08: "否", E09: "否"}
ONE_LACKS = {JUDGED: "不知道", LACKING: "1", E08: "是", E09: "否"}


def without(meter: str, *days: date) -> Readings:
    return {**READ, meter: {day: figure for day, figure in READ[meter].items() if day not in days}}


@pytest.mark.parametrize(
    ("readings", "month", "expected"),
    [
        pytest.param(READ, "2026-08-01", NORMAL, id="every meter was read twice"),
        pytest.param(without(POWER, JULY), "2026-08-01", ONE_LACKS, id="L1 a circuit read for the first time"),
        pytest.param(without(POWER, JULY), "2026-09-01", NORMAL, id="L1 and a month later"),
        pytest.param(without(POWER, AUGUST), "2026-08-01", ONE_LACKS, id="L2 a circuit was not read"),
        pytest.param(without(POWER, AUGUST), "2026-09-01", ONE_LACKS, id="L2 its two months are not compared with one"),
        pytest.param(
            without(TOTAL, AUGUST),
            "2026-09-01",
            {JUDGED: "不知道", LACKING: "0", E08: "否", E09: "是"},
            id="L2 nor the two months of the building",
        ),
        pytest.param(
            {**READ, "没有登记": {JULY: 0, AUGUST: 5_000, SEPTEMBER: 9_000}}, "2026-08-01", NORMAL, id="L3 not in the list"
        ),
        pytest.param(
            {**without(POWER, JULY), "没有登记": {JULY: 0, AUGUST: 5_000}},
            "2026-08-01",
            ONE_LACKS,
            id="L3 it stands in for no other",
        ),
        pytest.param(
            {**READ, POWER: {**READ[POWER], date(2026, 8, 15): 32_000}}, "2026-08-01", NORMAL, id="L4 read twice a month"
        ),
        pytest.param(
            {TOTAL: {JULY: 0, AUGUST: 100_000}, **{name: {JULY: 0, AUGUST: 31_665} for name in (LIGHT, COOLING)},
             POWER: {JULY: 0, AUGUST: 31_666}},
            "2026-08-01",
            {JUDGED: "偏大", "损耗": "5004", "损耗率": "5.01", E08: "否"},
            id="L5 5.004 % is large",
        ),
    ],
)  # fmt: skip
def test_the_loss_is_of_one_month(
    directory: Directory, readings: Readings, month: str, expected: dict[str, str]
) -> None:
    assert judged(directory, readings, month, expected) == []
