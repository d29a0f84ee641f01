"""Cells as people type them into a template, and what is said where they cannot be read.

W1 dates, moments and times as texts and as Excel's bare numbers, months and years, ticks and numbers arrive as on screen ·
W2 a number that may be no day is told with what is expected · W3 no formula is shown to whoever fills the template in ·
W4 details without their row are told with their cell, in nested repeats too · W5 a count beyond the limit sends nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from halls import open_test_hall

from banshi.platform.hall import Hall
from banshi.platform.views import Filling

FORM = """
## settings
| form_id | form_title | number |
| visit | 来访登记 | LF{0001} |
## survey
| type | name | label | appearance | required | relevant | constraint | repeat_count |
| text | who | 来访人 | | | | | |
| datetime | arrives | 到达 | | | | | |
| time | opens | 开门 | | | | | |
| date | day | 日期 | | | | | |
| date | month | 月份 | month-year | | | | |
| date | year | 年份 | year | | | | |
| acknowledge | agreed | 同意 | | | | | |
| decimal | amount | 数量 | | | | . > 0 and . <= 2000 | |
| text | reason | 事由 | | ${amount} > 5 | string-length(${who}) > 0 | regex(., '.+') | |
| integer | cars | 车辆数 | | | | | |
| begin_repeat | car | 车辆 | | | | | ${cars} |
| text | plate | 车牌 | | | | | |
| end_repeat | | | | | | | |
| begin_repeat | group | 团组 | | | | | |
| text | title | 团名 | | | | | |
| begin_repeat | member | 成员 | | | | | |
| text | name | 姓名 | | | | | |
| end_repeat | | | | | | | |
| end_repeat | | | | | | | |
"""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path_factory.mktemp("hall"), services={"visit": FORM})
    yield opened
    opened.close()


def book_of(hall: Hall, language: str = "zh") -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(hall.template(hall.directory.people["20001"], "visit", language)[1]))


def put(book: openpyxl.Workbook, sheet_title: str, number: int, **cells: Any) -> None:
    sheet = book[sheet_title]
    names = [cell.value for cell in sheet[1]]
    for name, value in cells.items():
        cell = sheet.cell(number, names.index(name.replace("of_", "@of:").replace("key", "@key")) + 1)
        cell.value = value
        cell.number_format = "General" if not isinstance(value, date) else "yyyy-mm-dd"


def check(hall: Hall, book: openpyxl.Workbook, language: str = "zh") -> Filling:
    buffer = io.BytesIO()
    book.save(buffer)
    return hall.check_filling(hall.directory.people["20001"], "visit", "来访.xlsx", buffer.getvalue(), language)


def sent(hall: Hall, book: openpyxl.Workbook) -> dict[str, Any]:
    buffer = io.BytesIO()
    book.save(buffer)
    me = hall.directory.people["20001"]
    filling = hall.send_filling(me, "visit", "来访.xlsx", buffer.getvalue(), version=hall.card(me, "visit").version)
    (row,) = filling.rows
    assert row.state == "sent", [item.message() for item in row.diagnostics]
    return dict(hall.case(me, row.case_id).answers)


def found(filling: Filling) -> list[tuple[str, str]]:
    every = [*filling.diagnostics, *(item for row in filling.rows for item in row.diagnostics)]
    return [(str(item.place), item.code) for item in every]


# Excel counts 1 on the 1st of January 1900 and has a 29th of February then: 46000 is the 9th of December 2025.
EXCEL_DAY = date(1899, 12, 30).toordinal() + 46000


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("arrives", "2026/9/1 8:30", "2026-09-01T08:30:00+08:00"),
        ("arrives", "2026-09-01 08:30", "2026-09-01T08:30:00+08:00"),
        ("arrives", "2026年9月1日 8:30", "2026-09-01T08:30:00+08:00"),
        ("arrives", 46000.5, f"{date.fromordinal(EXCEL_DAY)}T12:00:00+08:00"),
        ("arrives", 46000.354166666664, f"{date.fromordinal(EXCEL_DAY)}T08:30:00+08:00"),
        ("arrives", datetime(2026, 9, 1, 8, 30), "2026-09-01T08:30:00+08:00"),
        ("opens", "8:30", "08:30:00"),
        ("opens", "8时30分", "08:30:00"),
        ("opens", 0.5, "12:00:00"),
        ("day", 46000, str(date.fromordinal(EXCEL_DAY))),
        ("month", "2026-09", "2026-09-01"),
        ("month", "2026年9月", "2026-09-01"),
        ("month", "2026/9", "2026-09-01"),
        ("month", date(2026, 9, 17), "2026-09-01"),
        ("year", 2026, "2026-01-01"),
        ("year", "2026", "2026-01-01"),
        ("year", date(2026, 9, 17), "2026-01-01"),
        ("agreed", "√", "OK"),
        ("agreed", "✔", "OK"),
        ("agreed", "同意", "OK"),
        ("agreed", True, "OK"),
        ("agreed", 1, "OK"),
        ("amount", "1e3", "1000"),
        ("amount", "¥1,000.5", "1000.5"),
        ("amount", "１２３", "123"),
        ("amount", "1,000", "1000"),
    ],
)
def test_w1_what_people_type_is_read(hall: Hall, name: str, value: Any, stored: str) -> None:
    book = book_of(hall)
    put(book, "来访登记", 3, **{"reason": "开会", "who": "陈", name: value})
    got = sent(hall, book)[name]
    assert (Decimal(got) == Decimal(stored)) if name == "amount" else (str(got) == stored)


@pytest.mark.parametrize(
    ("name", "value", "code", "expected"),
    [
        ("day", 12, "FORM-006", "2026-09-01"),
        ("day", 46000.5, "FORM-006", "2026-09-01"),
        ("day", 20260901, "FORM-006", "2026-09-01"),
        ("arrives", 0.5, "FORM-008", "2026-09-01 08:30"),
        ("opens", 8.5, "FORM-007", "08:30"),
        ("month", "2026", "FORM-046", "2026-09"),
        ("year", 46000, "FORM-047", "2026"),
        ("amount", "1,00", "FORM-048", "1,000"),
        ("agreed", "也许", "FORM-009", "是"),
    ],
)
def test_w2_what_may_be_something_else_is_told(hall: Hall, name: str, value: Any, code: str, expected: str) -> None:
    book = book_of(hall)
    put(book, "来访登记", 3, who="陈", **{name: value})
    filling = check(hall, book)
    (fault,) = filling.rows[0].diagnostics
    assert (fault.code, filling.sendable) == (code, 0)
    assert expected in fault.remedy("zh")
    assert expected in fault.remedy("en") or name == "agreed"


def test_w3_no_formula_is_shown(hall: Hall) -> None:
    for language, said in (
        ("zh", ("“数量”大于 5", "大于 0，且不大于 2000")),
        ("en", ("is more than 5", "it is at most 2000")),
    ):
        book = book_of(hall, language)
        notes = "\n".join(str(cell.comment.text) for cell in book.worksheets[0][2] if cell.comment)
        assert all(part in notes for part in said), notes
        assert not any(sign in notes for sign in ("${", "regex", "string-length", " and .", "<="))
        title = book.worksheets[0].title
        put(book, title, 3, who="陈", amount=5000, reason="x")
        (fault,) = check(hall, book, language).rows[0].diagnostics
        assert fault.code == "FORM-023"
        assert said[1] in fault.remedy(language)


def test_w4_details_without_their_row_are_told_with_their_cell(hall: Hall) -> None:
    book = book_of(hall)
    put(book, "来访登记", 3, key="1", who="陈")
    put(book, "来访登记", 4, key="2", who="王")
    put(book, "团组", 3, of_group="777", key="a", title="无主")
    put(book, "成员", 3, of_member="a", name="李")
    put(book, "团组", 4, of_group=None, key="b", title="没有编号")
    filling = check(hall, book)
    assert found(filling) == [("团组!A3", "FILL-013"), ("团组!A4", "FILL-021"), ("成员!A3", "FILL-013")]
    messages = [item.message() for item in filling.diagnostics]
    assert "A3" in messages[0]
    assert "第 4 行" in messages[1]
    assert not any("“”" in message for message in messages)
    assert filling.sendable == 0


def test_w4_a_sheet_that_was_deleted_is_told(hall: Hall) -> None:
    book = book_of(hall)
    put(book, "来访登记", 3, key="1", who="陈")
    put(book, "成员", 3, of_member="a", name="李")
    put(book, "成员", 4, of_member="a", name="赵")
    del book["团组"]
    filling = check(hall, book)
    assert found(filling) == [("成员!A3", "FILL-022")]
    assert filling.sendable == 0


def test_w5_a_count_beyond_the_limit_sends_nothing(hall: Hall) -> None:
    book = book_of(hall)
    put(book, "来访登记", 3, who="陈", cars=501)
    filling = check(hall, book)
    (fault,) = filling.rows[0].diagnostics
    assert (fault.code, filling.sendable) == ("FORM-049", 0)
    names = [cell.value for cell in book["来访登记"][1]]
    assert fault.place.cell == f"{openpyxl.utils.get_column_letter(names.index('cars') + 1)}3"
