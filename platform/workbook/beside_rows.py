"""The files that a workbook carries, as sheets: the rows of CSV, XML as XLSForm's external instances, workbooks; templates and seals."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import fromstring

from banshi.platform.workbook import faults
from banshi.platform.workbook.beside import PAPERS, carried_files, stands_in
from banshi.platform.workbook.key_rows import key_of, key_rows
from banshi.platform.workbook.safety import Refused
from banshi.platform.workbook.scan import MAX_CELLS, MAX_COLUMNS
from banshi.platform.workbook.workbook import Row, Sheet, column_letters
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic, Place

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{0,9}[1-9])?")
_TEXTS = frozenset({"name", "label", "名称", "标签"})
"""Columns that stay texts, whatever they hold: those of choices."""

FILE = "file"
"""The kind of a sheet that is a file of papers: one cell with its text, or its bytes as base64."""
Texts = Sequence[Sequence[str]]
ReadSheets = Callable[[bytes, str], list[Sheet]]


def with_rows(sheets: list[Sheet], archive: zipfile.ZipFile, read: ReadSheets) -> tuple[list[Sheet], list[Diagnostic]]:
    """The sheets with those of the carried files: in place of the sheet that names a file, else behind the others.

    `read` reads a workbook, and raises Refused.
    """
    made, found = list(sheets), list[Diagnostic]()
    for name, data in carried_files(archive).items():
        if Path(name).suffix.casefold() in PAPERS:
            made.append(Sheet(name, FILE, name, (Row(1, (Cell(_whole(name, data), Place(name, "A1")),)),)))
            continue
        try:
            rows = _rows(name, data, read)
        except Refused as refused:
            found.append(refused.diagnostic)
            continue
        naming = [at for at, sheet in enumerate(made) if sheet.kind == "data" and stands_in(sheet) == name]
        for at in naming:
            above = made[at].rows[: key_rows(made[at].rows)]
            made[at] = replace(made[at], rows=(*(row for row in above if key_of(row) != "file"), *rows))
        if not naming:
            made.append(Sheet(name, "data", Path(name).stem, rows))
    return made, found


def _whole(name: str, data: bytes) -> str:
    """A template as its text, a picture as base64."""
    if Path(name).suffix.casefold() not in (".html", ".htm"):
        return base64.b64encode(data).decode()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def readable(sheets: Iterable[Sheet]) -> tuple[Sheet, ...]:
    """The same sheets for people: a template line by line under a header, of a picture only its size and its hash."""
    return tuple(_lines(sheet) if sheet.kind == FILE else sheet for sheet in sheets)


def _lines(sheet: Sheet) -> Sheet:
    text = sheet.rows[0].cells[0].text
    if Path(sheet.suffix).suffix.casefold() not in (".html", ".htm"):
        data = base64.b64decode(text)
        text = f"{len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()[:12]}"
    lines = [line for line in text.split("\n") if line.strip()]
    rows = [Row(n, (Cell(line, Place(sheet.name, f"A{n}")),)) for n, line in enumerate(["content", *lines], 1)]
    return replace(sheet, rows=tuple(rows))


def _rows(name: str, data: bytes, read: ReadSheets) -> tuple[Row, ...]:
    ending = Path(name).suffix.casefold()
    if ending == ".xlsx":
        first = read(data, name)[0]
        return tuple(_moved(row, name) for row in first.rows)
    texts = csv_texts(name, data) if ending == ".csv" else _of_xml(name, data)
    if sum(map(len, texts)) > MAX_CELLS or max(map(len, texts), default=0) > MAX_COLUMNS:
        raise Refused(faults.TOO_MANY_CELLS.at(Place(name), limit=MAX_CELLS))
    return tuple(addressed(name, _typed(texts)))


def _moved(row: Row, name: str) -> Row:
    return replace(row, cells=tuple(replace(cell, place=Place(name, cell.place.cell)) for cell in row.cells))


def csv_texts(name: str, data: bytes) -> Texts:
    """The fields of a csv file in UTF-8, UTF-16 or GB18030, parted by commas, semicolons or tabs; raises Refused."""
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused(faults.FILE_UNREADABLE.at(Place(name), file=name))
    head = text.partition("\n")[0]
    mark = max(",;\t", key=head.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error as error:
        raise Refused(faults.FILE_UNREADABLE.at(Place(name), file=name)) from error


def _of_xml(name: str, data: bytes) -> Texts:
    """`<root><item><name>…</name><label>…</label></item>…</root>`: a row an item, a column a name."""
    try:
        items = [{part.tag: (part.text or "").strip() for part in item} for item in fromstring(data)]
    except (ParseError, ValueError) as error:  # defusedxml's refusals are ValueErrors
        raise Refused(faults.FILE_UNREADABLE.at(Place(name), file=name)) from error
    columns = list(dict.fromkeys(column for item in items for column in item))
    return [columns, *([item.get(column, "") for column in columns] for item in items)]


def _typed(texts: Texts) -> list[list[str | Decimal | None]]:
    """Columns that hold nothing but numbers, as numbers: codes with leading zeros stay what they are."""
    head, *below = texts or [[]]
    rows: list[list[str | Decimal | None]] = [[cell.strip() or None for cell in row] for row in texts]
    for at, title in enumerate(head):
        cells = [row[at].strip() for row in below if at < len(row) and row[at].strip()]
        if title.strip() not in _TEXTS and cells and all(map(_NUMBER.fullmatch, cells)):
            for row in rows[1:]:
                if at < len(row) and isinstance(value := row[at], str):
                    row[at] = Decimal(value)
    return rows


def is_plain_number(text: str) -> bool:
    """Whether a field of a csv is a number, and no code with leading zeros or with too many digits."""
    return _NUMBER.fullmatch(text) is not None


def addressed(name: str, rows: Iterable[Sequence[str | Decimal | None]]) -> Iterable[Row]:
    """Rows of values as rows of cells at their places; blank ones are left out."""
    for number, row in enumerate(rows, 1):
        cells = [Cell(value, Place(name, f"{column_letters(at)}{number}")) for at, value in enumerate(row)]
        if any(not cell.blank for cell in cells):
            yield Row(number, tuple(cells))
