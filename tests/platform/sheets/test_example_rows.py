"""An example made from answers passes as soon as it is pasted, in every shipped workbook."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from workbooks import workbook_from_text

from banshi.platform.people.calendar import Calendar, read_calendar
from banshi.platform.people.directory import Directory
from banshi.platform.people.organisation import read_organisation
from banshi.platform.service.model import Service
from banshi.platform.sheets import load_bytes, run_examples
from banshi.platform.sheets.example_rows import example_row, tab_separated
from banshi.platform.views import ExampleRow
from banshi.platform.workbook import read_workbook
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import CAMPUS_ZONE

DEFINITIONS = Path(__file__).parents[3] / "definitions"
D = Decimal
NOW = datetime(2026, 9, 1, 9, tzinfo=CAMPUS_ZONE)


def read(name: str) -> bytes:
    return (DEFINITIONS / name / f"{name}.xlsx").read_bytes()


def people() -> tuple[Directory, Calendar]:
    organisation, _ = read_workbook(read("organisation"), "organisation.xlsx")
    calendar, _ = read_workbook(read("calendar"), "calendar.xlsx")
    assert organisation is not None
    assert calendar is not None
    return read_organisation(organisation)[0], read_calendar(calendar)[0]


def made(service: Service, directory: Directory, calendar: Calendar | None) -> list[ExampleRow]:
    sound = (one for one in service.examples if "error" not in one.expect)
    return [
        example_row(
            service, service.reader.answers(one.answers)[0], one.applicant, one.name,
            directory=directory, calendar=calendar, now=NOW, engine=FixpointEngine(),
            has=lambda account, holder, row=one: row.balances.get(account, D(5_000_000)),
        )
        for one in sound
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["dormitory-electricity", "campus-repair", "laboratory-purchasing", "reimbursement"])
def test_what_is_pasted_passes(name: str) -> None:
    directory, calendar = people()
    service, _ = load_bytes(read(name), f"{name}.xlsx", directory)
    assert service is not None
    rows = made(service, directory, calendar)
    assert len(rows) > 3
    assert {row.known for row in rows} == {len(service.example_columns)}
    book = openpyxl.load_workbook(DEFINITIONS / name / f"{name}.xlsx")
    sheet = next(book[title] for title in ("用例", "examples") if title in book.sheetnames)
    sheet.delete_rows(2, sheet.max_row)
    width = max(len(row.header) for row in rows)
    headers = next(row.header for row in rows if len(row.header) == width)
    for column, text in enumerate(headers, 1):
        sheet.cell(1, column, text)
    for at, row in enumerate(rows, 2):
        assert row.header == headers[: len(row.header)]
        for column, text in enumerate(row.row, 1):
            sheet.cell(at, column, text or None).data_type = "s"
    written = io.BytesIO()
    book.save(written)
    again, found = load_bytes(written.getvalue(), f"{name}.xlsx", directory)
    assert again is not None, found
    results = run_examples(again, directory, calendar=calendar, now=NOW, engine=FixpointEngine())
    assert [(one.name, str(one.failures)) for one in results if not one.passed] == []
    assert len(results) == len(rows)


def test_a_workbook_without_examples_gets_columns() -> None:
    text = """
## survey
| type | name | label |
| integer | used | 用电量 |
| select_multiple kinds | kinds | 类别 |
| begin_repeat | people | 学生 |
| text | name | 姓名 |
| end_repeat | | |
## choices
| list_name | name | label |
| kinds | a | 甲 |
| kinds | b | 乙 |
## fees
| item | quantity | rate | method |
| 电费 | used | 0.5 | flat |
"""
    service, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert service is not None, found
    answers = {"used": 9, "kinds": ["a", "b"], "people": [{"name": "李雷"}, {"name": '韩"梅梅"'}]}
    row = example_row(
        service, answers, "20001", "甲例", directory=Directory(), calendar=None, now=NOW, engine=FixpointEngine()
    )
    assert dict(zip(row.header, row.row, strict=True)) == {
        "用例": "甲例",
        "申请人": "20001",
        "used": "9",
        "kinds": "甲、乙",
        "people[1].name": "李雷",
        "people[2].name": '韩"梅梅"',
        "期望 收费.合计": "4.50",
    }
    assert row.known == 0
    assert tab_separated([row.row]) == '甲例\t20001\t9\t甲、乙\t李雷\t"韩""梅梅"""\t4.50'
