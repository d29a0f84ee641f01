"""A workbook to be filled in: headers with notes, cells with types, drop-downs, a page of help, and hidden facts.

The first row of every sheet is hidden and holds names, so that what is shown in the second may be changed by anybody.
Nothing but plain cells carries facts: WPS and LibreOffice keep those when they save the file anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Literal, cast

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from banshi.platform.workbook.workbook import column_letters

FIRST_ROW = 3
"""Where the rows to fill in begin."""

Tone = Literal["needed", "sometimes", "open", "platform"]
Check = Literal["whole", "decimal", "date"]
_COLOURS: dict[Tone, tuple[str, str]] = {
    "needed": ("FFB3541E", "FFFFFFFF"),
    "sometimes": ("FFFBE3CF", "FF5B2C0F"),
    "open": ("FFDCE9F7", "FF12345B"),
    "platform": ("FFE3E6EA", "FF4A5058"),
}
_LINE = Border(bottom=Side("thin", color="FF9AA5B1"), right=Side("thin", color="FFFFFFFF"))
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'"))
_LONGEST_TITLE = 31
_FONT = "Calibri"
_HELP_WIDTH, _LINE_HEIGHT = 64, 17
WRAPPED = Alignment(wrap_text=True, vertical="top")
_PER_LINE = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankColumn:
    """A column: its name, its label, a note for its header, how its cells look, and what may be picked in them.

    `check` warns who types something else: `whole`, `decimal` or `date`. `options` names a list.
    """

    name: str
    label: str
    note: str = ""
    tone: Tone = "open"
    number_format: str = "@"
    check: Check | None = None
    options: str = ""
    width: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankSheet:
    """A sheet of columns; `numbered` rows of the column `numbers` have their number already."""

    title: str
    columns: Sequence[BlankColumn]
    numbers: str = ""
    numbered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What a workbook to be filled in has besides: lists to pick from, help in two columns, facts; each with its mark."""

    lists: Mapping[str, Sequence[str]]
    lists_title: tuple[str, str]
    help: Sequence[tuple[str, str]]
    help_title: tuple[str, str]
    facts: Mapping[str, str]
    facts_title: tuple[str, str]


def blank_workbook(sheets: Sequence[BlankSheet], extras: Extras, *, rows: int) -> bytes:
    """An xlsx to be filled in, with drop-downs for `rows` rows a sheet. The mark and title of a sheet are `(mark, title)`."""
    book = Workbook()
    book.remove(book.worksheets[0])
    ranges = {
        name: list_range(extras.lists_title[1], i, len(texts))
        for i, (name, texts) in enumerate(extras.lists.items())
        if texts
    }
    used = {extras.help_title[1].casefold(), extras.lists_title[1].casefold(), extras.facts_title[1].casefold()}
    for sheet in sheets:
        title = free_title(sheet.title, used)
        used.add(title.casefold())
        _fill(book.create_sheet(title), sheet, ranges, rows)
    _help(marked_sheet(book, extras.help_title), extras)
    lists = marked_sheet(book, extras.lists_title)
    for index, (name, texts) in enumerate(extras.lists.items()):
        fill_list(lists, index, name, texts)
    facts = marked_sheet(book, extras.facts_title)
    for row, (key, value) in enumerate(extras.facts.items(), start=2):
        put(facts, row, 1, key)
        put(facts, row, 2, value)
    facts.sheet_state = "hidden"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _fill(sheet: Worksheet, blank: BlankSheet, ranges: Mapping[str, str], rows: int) -> None:
    last = FIRST_ROW + rows - 1
    checks: dict[str, DataValidation] = {}
    for index, column in enumerate(blank.columns):
        letters = column_letters(index)
        put(sheet, 1, index + 1, column.name)
        _header(sheet, index + 1, column)
        dimension = sheet.column_dimensions[letters]
        dimension.width = column.width
        dimension.number_format = column.number_format
        key = column.options or column.check
        if key and key not in checks:
            checks[key] = drop_down(ranges[key]) if key in ranges else _check(cast("Check", key))
            sheet.add_data_validation(checks[key])
        if key:
            checks[key].add(f"{letters}{FIRST_ROW}:{letters}{last}")
        if column.name == blank.numbers:
            for row in range(FIRST_ROW, FIRST_ROW + blank.numbered):
                put(sheet, row, index + 1, str(row - FIRST_ROW + 1)).number_format = column.number_format
    sheet.row_dimensions[1].hidden = True
    sheet.row_dimensions[2].height = 34
    sheet.freeze_panes = f"{'B' if blank.columns[0].name.startswith('@') else 'A'}{FIRST_ROW}"


def _header(sheet: Worksheet, column: int, blank: BlankColumn) -> None:
    cell = put(sheet, 2, column, blank.label)
    paint(cell, blank.tone)
    if blank.note:
        annotate(cell, blank.note)


def paint(cell: Cell, tone: Tone) -> None:
    """Make a cell look like the header of a column."""
    fill, ink = _COLOURS[tone]
    cell.fill = PatternFill("solid", fgColor=fill)
    cell.font = Font(name=_FONT, bold=True, color=ink)
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    cell.border = _LINE


def annotate(cell: Cell, note: str) -> None:
    """Give a cell a note, in a box that shows all of it."""
    lines = sum(1 + len(line) // _PER_LINE for line in note.splitlines())
    cell.comment = Comment(_clean(note), "Banshi 办事", width=320, height=24 + 18 * lines)


def drop_down(area: str) -> DataValidation:
    """A list to pick from: a range, or a formula that gives one. Other texts are taken as well."""
    # Names are taken as well as labels, and everything is looked at when the file comes back.
    return DataValidation(type="list", formula1=area, allow_blank=True, showErrorMessage=False)


def _check(kind: Check) -> DataValidation:
    least = {"date": "1", "whole": "-999999999999999", "decimal": "-999999999999999"}[kind]
    says = {
        "date": "请填日期，如 2026-09-01。\nA date, such as 2026-09-01.",
        "whole": "请填整数。\nA whole number.",
        "decimal": "请填数字，不写单位。\nA number without a unit.",
    }[kind]
    made = DataValidation(type=kind, operator="greaterThanOrEqual", formula1=least, allow_blank=True)
    made.showErrorMessage, made.errorStyle, made.error = True, "warning", says
    return made


def list_range(title: str, index: int, length: int) -> str:
    """Where the list in a column of a sheet of lists stands, as a drop-down refers to it; columns count from 0."""
    letters = column_letters(index)
    return f"'{title}'!${letters}${FIRST_ROW}:${letters}${FIRST_ROW + length - 1}"


def marked_sheet(book: Workbook, title: tuple[str, str]) -> Worksheet:
    """A new sheet whose hidden first row says what it is; the title is `(mark, title)`."""
    sheet: Worksheet = book.create_sheet(title[1])
    put(sheet, 1, 1, title[0])
    sheet.row_dimensions[1].hidden = True
    return sheet


def fill_list(sheet: Worksheet, index: int, name: str, texts: Sequence[str]) -> None:
    """A list to pick from in a column of a sheet of lists, below its name; columns count from 0."""
    put(sheet, FIRST_ROW - 1, index + 1, name).font = Font(name=_FONT, bold=True)
    sheet.column_dimensions[column_letters(index)].width = 24
    for row, text in enumerate(texts, start=FIRST_ROW):
        put(sheet, row, index + 1, text).number_format = "@"
    sheet.freeze_panes = f"A{FIRST_ROW}"


def _help(sheet: Worksheet, extras: Extras) -> None:
    for letters in ("A", "B"):
        sheet.column_dimensions[letters].width = _HELP_WIDTH
    for row, pair in enumerate(extras.help, start=2):
        sheet.row_dimensions[row].height = max(row_height((text, _HELP_WIDTH) for text in pair), 1.4 * _LINE_HEIGHT)
        for column, text in enumerate(pair, start=1):
            cell = put(sheet, row, column, text)
            cell.alignment = WRAPPED
            if row == 2:
                cell.font = Font(name=_FONT, bold=True, size=14)


def row_height(cells: Iterable[tuple[str, int]]) -> int:
    """How high a row of wrapped texts is, each with the width of its column: no program makes it as high as it must be."""
    return max(1 + wide(text) // (width - 4) for text, width in cells) * _LINE_HEIGHT


def wide(text: str) -> int:
    """How many Latin characters wide a text is; a Chinese character is two."""
    return sum(2 if sign > "\u2e7f" else 1 for sign in text)


def put(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """A text that stays one, whatever it begins with."""
    cell = cast("Cell", sheet.cell(row, column))  # nothing is merged here
    cell.value = _clean(text)
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    return cell


def _clean(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)


def free_title(title: str, used: Collection[str]) -> str:
    """A name that Excel takes for a sheet and that no other sheet has; `used` are names in small letters."""
    plain = _clean(title).translate(_FORBIDDEN).strip()[:_LONGEST_TITLE] or "Sheet"
    number, made = 1, plain
    while made.casefold() in used:
        number += 1
        made = f"{plain[: _LONGEST_TITLE - 4]} {number}"
    return made
