"""Files that are written for people: columns that fit, long texts wrapped, nothing lost."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import openpyxl

from banshi.platform.workbook.writing import xlsx_bytes

EXPLANATION = "超额电费 = 38.39 [收费-超额!C2]\n  超额电量 = 55.00 — 用电量减去免费额度，不低于零\n" * 3


def test_columns_are_as_wide_as_what_stands_in_them_and_long_texts_wrap() -> None:
    """A Chinese character is two Latin ones wide; a time is shown with its 19 characters."""
    rows = [("DF2026030001", "正常", datetime(2026, 3, 31, tzinfo=UTC), EXPLANATION, "阶梯电价的说明" * 10, None)] * 300
    data = b"".join(xlsx_bytes("log", ("单号", "结论", "时间", "解释", "依据", "空"), rows))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    widths = [sheet.column_dimensions[letter].width for letter in "ABCDEF"]
    assert widths == [14, 10, 21, 51, 60, 10]
    assert [bool(cell.alignment.wrap_text) for cell in sheet[301]] == [False, False, False, True, True, False]
    assert sheet.max_row == 301
    assert sheet["D301"].value == EXPLANATION
