"""A cell with its row, as somebody sees it who is told of a fault there."""

from __future__ import annotations

import pytest
from workbooks import workbook_from_text

from banshi.platform.workbook.looking import look
from banshi.rules.diagnostics import Place

FEES = workbook_from_text(
    """
    ## 收费-超额
    | 宿舍用电超额收费标准 |
    | item | 区间 | rate |
    | # 去年的 | 0-100 | 0.6 |
    | 超额 | 100以上 | =1/0 |
    | 合计 |  | 2026-09-01 |
    """,
    cached={"收费-超额!C4": "#DIV/0!"},
)


def seen(cell: str, sheet: str = "收费-超额", data: bytes = FEES):
    return [
        (one.column, one.header, one.text)
        for one in look(data, "收费.xlsx", Place(sheet, cell))
        if one.text or one.asked
    ]


def test_a_cell_is_shown_with_its_headers_and_its_row():
    assert seen("B4") == [("A", "item", "超额"), ("B", "区间", "100以上"), ("C", "rate", "#DIV/0!")]
    assert [one.column for one in look(FEES, "收费.xlsx", Place("收费-超额", "B4")) if one.asked] == ["B"]


def test_blank_cells_rows_that_are_not_there_and_the_header_itself():
    assert seen("B5") == [("A", "item", "合计"), ("B", "区间", ""), ("C", "rate", "2026-09-01")]
    assert seen("B99") == [("B", "区间", "")]
    assert seen("B2") == [("A", "", "item"), ("B", "", "区间"), ("C", "", "rate")]
    assert seen("ZZ5")[-1] == ("ZZ", "", "")


@pytest.mark.parametrize(
    ("data", "sheet", "cell"), [(b"PNG", "收费-超额", "A1"), (FEES, "没有", "A1"), (FEES, "收费-超额", "")]
)
def test_what_is_not_there_shows_nothing(data: bytes, sheet: str, cell: str):
    assert [text for _, _, text in seen(cell, sheet, data) if text] == []
