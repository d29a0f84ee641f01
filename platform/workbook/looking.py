"""One cell of a workbook with the row around it, as they are written: for whoever is told of a fault there."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from banshi.platform.workbook.beside import carried_files
from banshi.platform.workbook.guard import run_child
from banshi.platform.workbook.parts import read_parts
from banshi.platform.workbook.reader import read_workbook
from banshi.platform.workbook.safety import chunks, is_old_excel, open_archive
from banshi.platform.workbook.scan import column_index, numbered_rows
from banshi.platform.workbook.workbook import column_letters
from banshi.rules.cells import Cell, CellValue
from banshi.rules.diagnostics import Place

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_MOST_COLUMNS = 80
_LONGEST = 2_000
_OPENING = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class SeenCell:
    """A cell of the row: the letters of its column, what heads the column, its text; `asked` for the one that was asked for."""

    column: str
    header: str
    text: str
    asked: bool


def look(data: bytes, file: str, place: Place) -> tuple[SeenCell, ...]:
    """The row of a place, read in a child process; nothing where it cannot be read or names no cell."""
    match = _REFERENCE.match(place.cell)
    if match is None or not place.sheet:
        return ()
    with _OPENING:
        made = run_child("look", data, file, place.sheet, match[2], seconds=10, megabytes=512)
    if made is None:
        return ()
    header, row = orjson.loads(made)
    asked = column_index(match[1])
    width = min(max(len(header), len(row), asked + 1), _MOST_COLUMNS)
    columns = dict.fromkeys((*range(width), asked))
    return tuple(SeenCell(column_letters(i), _at(header, i), _at(row, i), i == asked) for i in columns)


def read_row(data: bytes, file: str, sheet: str, number: int) -> bytes:
    """The header that stands above a row, and the row: two lists of texts as JSON. Raises as `read_workbook` does."""
    header: list[str] = []
    for at, cells in _rows(data, file, sheet):
        if at > number:
            break
        texts = [Cell(cells.get(i)).text[:_LONGEST] for i in range(max(cells, default=-1) + 1)]
        filled = [text for text in texts if text]
        if at == number:
            return orjson.dumps([header, texts])
        if not header and len(filled) > 1 and not filled[0].startswith("#"):
            header = texts
    return orjson.dumps([header, []])


def _rows(data: bytes, file: str, sheet: str) -> Iterable[tuple[int, Mapping[int, CellValue]]]:
    if is_old_excel(data):
        workbook, _ = read_workbook(data, file, comments=True)
        for one in workbook.sheets if workbook else ():
            if one.name == sheet:
                for row in one.rows:
                    yield row.number, {i: cell.value for i, cell in enumerate(row.cells)}
        return
    with open_archive(data, file) as archive:
        parts, context = read_parts(archive)
        for part in parts:
            if part.name == sheet:
                yield from numbered_rows(sheet, chunks(archive, part.part), context)
                return
        carried = sheet in carried_files(archive)
    workbook = read_workbook(data, file)[0] if carried else None
    for row in (row for one in workbook.sheets for row in one.rows) if workbook else ():
        if row.cells and row.cells[0].place.sheet == sheet:
            yield row.number, {i: cell.value for i, cell in enumerate(row.cells)}


def _at(texts: list[str], index: int) -> str:
    return texts[index] if index < len(texts) else ""
