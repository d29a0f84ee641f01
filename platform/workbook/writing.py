"""Rows written as xlsx or csv for people who open them in Excel: text stays text, whatever it starts with.

A cell of user text such as `=HYPERLINK(…)` would run when an auditor opens the file (OWASP: CSV injection; ASVS 5.0
1.2.10). In xlsx such text is stored as a string with the quote prefix; in csv it gets a leading apostrophe. Numbers and
dates stay numbers and dates, so that negative amounts are not touched.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, count, islice
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from banshi.platform.workbook.workbook import column_letters
from banshi.rules.values import CAMPUS_ZONE

Entry = None | str | bool | int | Decimal | date | datetime | time
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_SHORTENED = re.compile(r"0\d+(\.\d*)?|\d{16,}(\.\d*)?|\d+(\.\d*)?[eE]\d+")
_MOST_DIGITS = 15  # of a number in Excel
_LONGEST_TEXT = 32_000  # Excel's own limit is 32,767 characters a cell
_CHUNK = 64 * 1024
_MEASURED = 200  # rows by which the widths of the columns are chosen
_NARROWEST, _WIDEST = 10, 60  # Latin characters
_WRAPPED = Alignment(wrap_text=True, vertical="top")

MOST_ROWS = 1_048_576
"""Rows of a sheet in Excel."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
ZIP = "application/zip"
JSONL = "application/jsonl"


def harmless(text: str) -> str:
    """Text for a csv file that no spreadsheet takes for a formula, or for a number that it would shorten.

    Such are `00123`, a card number of more than 15 digits, and `12E5`.
    """
    formula = text.startswith(_FORMULA_STARTS) or text.lstrip(" \u00a0").startswith(_FORMULA_STARTS)
    return "'" + text if formula or _SHORTENED.fullmatch(text.strip()) else text


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Entry]]) -> Iterator[bytes]:
    """A csv file in UTF-8 with the mark by which Excel knows it, a chunk at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([harmless(name) for name in header])
    for row in rows:
        writer.writerow([_csv_field(field) for field in row])
        if buffer.tell() > _CHUNK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def xlsx_bytes(title: str, header: Sequence[str], rows: Iterable[Sequence[Entry]]) -> Iterator[bytes]:
    """An xlsx file with a bold, frozen header; written to a temporary file first, so that memory stays flat.

    Columns are as wide as what stands in the first rows, within bounds; longer texts are wrapped. Where a sheet is full,
    another one goes on.
    """
    book, following = Workbook(write_only=True), iter(rows)
    for number in count(1):
        portion = list(islice(following, 1))
        if not portion and number > 1:
            break
        name = title[:28] + (f" {number}" if number > 1 else "")
        _fill(book.create_sheet(name), header, chain(portion, islice(following, MOST_ROWS - 2)))
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def _fill(sheet: Any, header: Sequence[str], rows: Iterator[Sequence[Entry]]) -> None:
    sheet.freeze_panes = "A2"
    first = list(islice(rows, _MEASURED))
    for i, name in enumerate(header):
        widest = max(_width(field) for field in (name, *(row[i] for row in first)))
        sheet.column_dimensions[column_letters(i)].width = min(max(widest + 2, _NARROWEST), _WIDEST)
    sheet.append([_bold(sheet, name) for name in header])
    for row in chain(first, rows):
        sheet.append([_xlsx_field(sheet, field) for field in row])


def _csv_field(field: Entry) -> str:
    if isinstance(field, str):
        return harmless(field)
    if isinstance(field, datetime):
        return _local(field).isoformat(sep=" ", timespec="seconds")
    if isinstance(field, Decimal):
        return format(field, "f")
    return "" if field is None else str(field)


def _xlsx_field(sheet: WriteOnlyWorksheet, field: Entry) -> object:
    if isinstance(field, datetime):
        return _local(field)
    if isinstance(field, Decimal) and len(field.as_tuple().digits) > _MOST_DIGITS:
        return _text_cell(sheet, format(field, "f"))
    return _text_cell(sheet, field) if isinstance(field, str) else field


def _text_cell(sheet: WriteOnlyWorksheet, field: str) -> Cell:
    text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", field)
    if len(text) > _LONGEST_TEXT:
        text = text[:_LONGEST_TEXT] + "…"
    cell = WriteOnlyCell(sheet, text)
    if "\n" in text or _width(text) > _WIDEST - 2:
        cell.alignment = _WRAPPED
    if text.startswith(_FORMULA_STARTS):
        cell.data_type = "s"
        cell.quotePrefix = True
    return cell


def _width(field: Entry) -> int:
    """How many Latin characters wide the longest line of a cell is; a Chinese character counts twice."""
    if isinstance(field, datetime):
        return len("2026-03-31 08:00:00")
    lines = str(field)[:_LONGEST_TEXT].splitlines() if field is not None else ()
    return max((sum(1 + (east_asian_width(sign) in "WF") for sign in line) for line in lines), default=0)


def _bold(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    cell = _text_cell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _local(moment: datetime) -> datetime:
    """The campus's wall clock, without a zone (Excel has none)."""
    return moment.astimezone(CAMPUS_ZONE).replace(tzinfo=None) if moment.tzinfo else moment
