"""Files that are written for people: columns that fit, long texts wrapped, nothing lost."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from banshi.platform.workbook.writing import csv_bytes, xlsx_bytes

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


DANGEROUS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1+1", "\r=1+1", "  =1+1", "＝1+1", '=HYPERLINK("http://x","看")']
NUMBERS = ["0012345", "6222021234567890123", "12E5", "110101199003070012", "0.5", "2025210105"]


def test_in_csv_no_text_is_a_formula_and_no_number_loses_a_digit(tmp_path: Path) -> None:
    """LibreOffice opens the file as Excel would, with what it guesses of each field."""
    rows = [(text, "后") for text in (*DANGEROUS, *NUMBERS)]
    path = tmp_path / "log.csv"
    path.write_bytes(b"".join(csv_bytes(("文字", "注"), rows)))
    office = shutil.which("soffice")
    assert office is not None
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    guess = "CSV:44,34,76,1,,0,false,true,false"
    command = [office, profile, "--headless", f"--infilter={guess}", "--convert-to", "xlsx", "--outdir", tmp_path, path]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    sheet = openpyxl.load_workbook(tmp_path / "log.xlsx").active
    found = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.data_type for cell in found if cell.data_type == "f"] == []
    told = [str(cell.value).removeprefix("'") for cell in found[len(DANGEROUS) :]]
    assert told == NUMBERS


@pytest.mark.parametrize("text", DANGEROUS)
def test_in_xlsx_such_texts_are_texts(text: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx_bytes("log", ("文字",), [(text,)])))).active
    assert (sheet["A2"].data_type, sheet["A2"].quotePrefix or text.startswith(" ")) == ("s", True)


def test_in_xlsx_numbers_keep_every_digit() -> None:
    given = ("0012345", "6222021234567890123", Decimal("12345678901234567.89"), Decimal("-38.39"))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx_bytes("log", ("a", "b", "c", "d"), [given])))).active
    assert [cell.value for cell in sheet[2]] == ["0012345", "6222021234567890123", "12345678901234567.89", -38.39]


def test_amounts_in_csv_stay_numbers() -> None:
    (_, row) = csv.reader(io.StringIO(b"".join(csv_bytes(("金额",), [(Decimal("-38.39"),)])).decode()))
    assert row == ["-38.39"]


@pytest.mark.parametrize("count", [0, 1, 4, 5, 9])
def test_where_a_sheet_is_full_another_goes_on(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr("banshi.platform.workbook.writing.MOST_ROWS", 5)
    data = b"".join(xlsx_bytes("rule-log", ("行",), ((number,) for number in range(count))))
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book]
    assert [row[0] for row in rows] == ["行"] * max(1, -(-count // 4))
    assert [value for row in rows for value in row[1:]] == list(range(count))
    assert max(map(len, rows)) <= 5
