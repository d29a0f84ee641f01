"""Workbooks in tests are text tables; this turns them into real xlsx bytes.

    data = workbook_from_text('''
        ## survey
        | type | name | label |
        | text | a    | 甲    |
    ''')

`## name` starts a sheet, `| … |` is a row (the first one is row 1), a `|---|` line is decoration, blank lines are
ignored (a blank row is `| |`). A cell is typed as Excel would: `12`, `0.698` and `-3` are numbers, `2026-09-01` and
`2026-09-01 08:30` dates, `08:30` a time, `TRUE`/`FALSE` booleans, `=A1+1` a formula without a value. Everything else is
text, as is anything behind an apostrophe (`'00123`, `'=IF(${a}>1, 2, 3)`), a number with leading zeros and one of more
than 15 digits. In a cell `\\|` is a bar and `\\n` a line break.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from functools import cache
from io import BytesIO

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


def workbook_from_text(
    text: str,
    *,
    merged: Mapping[str, Iterable[str]] | None = None,
    hidden_sheets: Iterable[str] = (),
    hidden_rows: Mapping[str, Iterable[int]] | None = None,
    hidden_columns: Mapping[str, Iterable[str]] | None = None,
    formats: Mapping[str, str] | None = None,
    cached: Mapping[str, object] | None = None,
    parts: Mapping[str, bytes | str] | None = None,
    dimension: Mapping[str, str] | None = None,
    epoch_1904: bool = False,
) -> bytes:
    """The bytes of an xlsx.

    `merged={"rules": ["A2:A4"]}`; `hidden_rows={"survey": [3]}`; `hidden_columns={"survey": ["C"]}`;
    `formats={"survey!B2": "0.00%"}` sets number formats; `cached={"survey!C2": 5}` stores the value of a formula
    (text such as `#REF!` is an error value); `parts={"xl/vbaProject.bin": b"…"}` adds or replaces zip entries;
    `dimension={"survey": "A1:A2"}` makes the sheet claim this used range.
    """
    options = (merged, hidden_sheets, hidden_rows, hidden_columns, formats, cached, parts, dimension, epoch_1904)
    return _made(text, *options) if any(options) else _plain(text)


@cache
def _plain(text: str) -> bytes:
    """The same bytes for the same text: a reader that keeps what it read reads them once."""
    return _made(text)


def _made(
    text: str,
    merged: Mapping[str, Iterable[str]] | None = None,
    hidden_sheets: Iterable[str] | None = None,
    hidden_rows: Mapping[str, Iterable[int]] | None = None,
    hidden_columns: Mapping[str, Iterable[str]] | None = None,
    formats: Mapping[str, str] | None = None,
    cached: Mapping[str, object] | None = None,
    parts: Mapping[str, bytes | str] | None = None,
    dimension: Mapping[str, str] | None = None,
    epoch_1904: bool = False,
) -> bytes:
    book = Workbook()
    if epoch_1904:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        book.epoch = CALENDAR_MAC_1904
    book.remove(book.worksheets[0])
    sheet: Worksheet | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line.startswith("##"):
            sheet = book.create_sheet(line[2:].strip())
            row = 0
        elif line.startswith("|") and sheet is not None:
            cells = _cells(line)
            if cells and all(re.fullmatch(r":?-{3,}:?", cell) for cell in cells):
                continue
            row += 1
            for column, cell in enumerate(cells, start=1):
                _write(sheet, row, column, cell)
        elif line:
            raise ValueError(f"Line {number} is neither a sheet nor a row: {line}")
    _shape(book, merged or {}, hidden_rows or {}, hidden_columns or {}, formats or {})
    for name in hidden_sheets or ():
        book[name].sheet_state = "hidden"
    buffer = BytesIO()
    book.save(buffer)
    order = {name: f"xl/worksheets/sheet{i}.xml" for i, name in enumerate(book.sheetnames, start=1)}
    return _patch(buffer.getvalue(), order, cached or {}, dimension or {}, parts or {})


def with_parts(data: bytes, parts: Mapping[str, bytes | str | None]) -> bytes:
    """The same zip with entries added or replaced; None takes an entry away."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in parts:
                new.writestr(info.filename, old.read(info.filename))
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return buffer.getvalue()


def part(data: bytes, name: str) -> str:
    """The text of one zip entry."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return archive.read(name).decode("utf-8")


def _cells(line: str) -> list[str]:
    inner = line[1:-1] if line.endswith("|") and not line.endswith("\\|") else line[1:]
    cells = re.split(r"(?<!\\)\|", inner)
    return [cell.strip().replace("\\|", "|").replace("\\n", "\n") for cell in cells]


def _write(sheet: Worksheet, row: int, column: int, text: str) -> None:
    if not text:
        return
    cell = sheet.cell(row, column)
    if text.startswith("="):
        cell.value = text
        return
    value = _typed(text)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm:ss"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"


def _typed(text: str) -> object:
    if text.startswith("'"):
        return text[1:]
    if _NUMBER.fullmatch(text) and sum(c.isdigit() for c in text) <= 15:
        return float(text) if re.search("[.eE]", text) else int(text)
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    for pattern, kind in ((_DATE, date), (_DATETIME, datetime), (_TIME, time)):
        if pattern.fullmatch(text):
            return kind.fromisoformat(text)
    return text


def _shape(
    book: Workbook,
    merged: Mapping[str, Iterable[str]],
    hidden_rows: Mapping[str, Iterable[int]],
    hidden_columns: Mapping[str, Iterable[str]],
    formats: Mapping[str, str],
) -> None:
    for name, ranges in merged.items():
        for area in ranges:
            book[name].merge_cells(area)
    for name, rows in hidden_rows.items():
        for row in rows:
            book[name].row_dimensions[row].hidden = True
    for name, columns in hidden_columns.items():
        for column in columns:
            book[name].column_dimensions[column].hidden = True
    for place, number_format in formats.items():
        name, cell = place.rsplit("!", 1)
        book[name][cell].number_format = number_format


def _patch(
    data: bytes,
    order: Mapping[str, str],
    cached: Mapping[str, object],
    dimension: Mapping[str, str],
    parts: Mapping[str, bytes | str],
) -> bytes:
    changed: dict[str, bytes | str | None] = {}
    for place, value in cached.items():
        name, cell = place.rsplit("!", 1)
        path = order[name]
        xml = str(changed.get(path) or part(data, path))
        changed[path] = _with_cached(xml, cell, value)
    for name, area in dimension.items():
        path = order[name]
        xml = str(changed.get(path) or part(data, path))
        changed[path] = re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="{area}"', xml)
    changed.update(parts)
    return with_parts(data, changed) if changed else data


def _with_cached(xml: str, cell: str, value: object) -> str:
    kind = "n"
    if isinstance(value, bool):
        kind, value = "b", int(value)
    elif isinstance(value, str):
        kind = "e" if value.startswith("#") else "str"
    pattern = rf'<c r="{cell}"([^>]*?)(?: t="[^"]*")?><f>(.*?)</f><v\s*/?>(?:</v>)?</c>'
    new, count = re.subn(pattern, rf'<c r="{cell}"\1 t="{kind}"><f>\2</f><v>{value}</v></c>', xml)
    if count != 1:
        raise ValueError(f"There is no formula at {cell}.")
    return new
