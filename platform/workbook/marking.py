"""The author's workbook with its faults marked: coloured cells with comments, and a sheet that lists them all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO

import openpyxl
import orjson
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from banshi.platform.workbook.guard import run_child
from banshi.platform.workbook.safety import DAMAGE
from banshi.platform.workbook.workbook import column_letters
from banshi.rules.diagnostics import Diagnostic

LIST_SHEET = "#问题 faults"
"""A name with `#`: when the marked copy is uploaded again, the sheet is the author's own note."""

_COLOURS = {"error": "FFF4B6B6", "warning": "FFFFE9A8", "notice": "FFD7E8FA"}
_TITLES = ("工作表 sheet", "单元格 cell", "级别 severity", "编号 code", "问题 fault", "办法 remedy")
_LONGEST = 1_500
_AUTHOR = "Banshi 办事"
_MARKED = re.compile(r"[A-Z]+-\d{3} ")

Mark = tuple[str, str, str, str, str, str]
"""Sheet, cell, severity, code, message, remedy."""

Entry = tuple[str, str, str]
"""Sheet, cell, text."""


def marked_copy(
    data: bytes, diagnostics: Sequence[Diagnostic], language: str = "zh", values: Sequence[Entry] = ()
) -> bytes:
    """An xlsx with every fault at its cell and all of them in a list; only the list where the file cannot be opened.

    What an earlier copy marked is taken away first. `values` are texts that are written into cells besides.

    openpyxl holds a whole workbook in memory and trusts what it finds, so it works in the same child as the reader.
    """
    marks: list[Mark] = [
        (
            item.place.sheet,
            item.place.cell,
            str(item.severity),
            item.code,
            item.message(language),
            item.remedy(language),
        )
        for item in diagnostics
    ]
    notes = orjson.dumps([marks, values])
    made = run_child("mark", len(notes).to_bytes(8, "big") + notes + data, seconds=30, megabytes=1024)
    return made or mark(b"", marks)


def mark(data: bytes, marks: Sequence[Mark], values: Sequence[Entry] = ()) -> bytes:
    """The copy itself, without any guard."""
    book = _open(data)
    if LIST_SHEET in book.sheetnames:
        del book[LIST_SHEET]
    for one in book.worksheets:
        _unmark(one)
    notes: dict[tuple[str, str], list[Mark]] = {}
    for entry in marks:
        if entry[0] in book.sheetnames:
            notes.setdefault((entry[0], entry[1] or "A1"), []).append(entry)
    for (sheet, cell), entries in notes.items():
        if isinstance(found := book[sheet], Worksheet):
            _mark(found, cell, entries)
    for sheet, cell, text in values:
        _write(book[sheet][cell], text)
    if marks or not values:
        _list(book.create_sheet(LIST_SHEET, 0), marks)
    book.active = 0
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _open(data: bytes) -> openpyxl.Workbook:
    try:
        return openpyxl.load_workbook(BytesIO(data))
    except (*DAMAGE, InvalidFileException, TypeError, AttributeError):
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        return book


def _unmark(sheet: Worksheet) -> None:
    """Forget what an earlier copy marked: a comment that begins with the code of a fault is ours, whoever saved it."""
    # `iter_rows` would make every cell up to the farthest one, and a sheet may claim millions.
    for cell in sheet._cells.values():  # noqa: SLF001
        if cell.comment is not None and _MARKED.match(cell.comment.text):
            cell.comment = None
            cell.fill = PatternFill()


def _mark(sheet: Worksheet, reference: str, entries: Sequence[Mark]) -> None:
    cell = sheet[reference]
    if isinstance(cell, MergedCell):
        area = next(area for area in sheet.merged_cells.ranges if reference in area)
        cell = sheet.cell(area.min_row, area.min_col)
    if not isinstance(cell, Cell):
        return
    worst = min((severity for _, _, severity, *_ in entries), key=list(_COLOURS).index)
    text = "\n\n".join(f"{code} {message}\n{remedy}" for _, _, _, code, message, remedy in entries)
    if cell.comment is not None:
        text = f"{cell.comment.text}\n\n{text}"
    cell.fill = PatternFill("solid", fgColor=_COLOURS[worst])
    cell.comment = Comment(text[:_LONGEST], _AUTHOR, width=420, height=160)


def _list(sheet: Worksheet, marks: Sequence[Mark]) -> None:
    sheet.freeze_panes = "A2"
    for column, (title, width) in enumerate(zip(_TITLES, (18, 10, 12, 12, 60, 60), strict=True), start=1):
        sheet.cell(1, column).value = title
        sheet.column_dimensions[column_letters(column - 1)].width = width
    for row, entry in enumerate(marks, start=2):
        for column, text in enumerate(entry, start=1):
            _write(sheet.cell(row, column), text)


def _write(cell: Cell | MergedCell, text: str) -> None:
    """Messages quote cells: a text that begins with `=` must stay a text."""
    if isinstance(cell, Cell):
        cell.value = text
        cell.data_type = "s"
