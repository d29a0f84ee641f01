"""Reading a workbook: bytes in, sheets of addressed cells and all faults out; nothing raises on what a file holds."""

from __future__ import annotations

import hashlib
import zipfile

from banshi.platform.workbook import faults
from banshi.platform.workbook.beside_rows import with_rows
from banshi.platform.workbook.names import check_names, sheet_kind
from banshi.platform.workbook.parts import SheetPart, read_parts
from banshi.platform.workbook.safety import (
    DAMAGE,
    Refused,
    carried,
    check_kind,
    chunks,
    damaged,
    is_old_excel,
    open_archive,
)
from banshi.platform.workbook.scan import MAX_CELLS, MAX_COLUMNS, Budget, Scan, scan_sheet
from banshi.platform.workbook.workbook import Row, Sheet, Workbook, column_letters
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import NOWHERE, Diagnostic, Place

_LETTERS = [column_letters(index) for index in range(MAX_COLUMNS)]


def read_workbook(data: bytes, file: str, *, comments: bool = False) -> tuple[Workbook | None, list[Diagnostic]]:
    """The sheets of an xlsx (or an old xls) and everything that its author should know; None when it cannot be read at all.

    `file` is only named in faults. With `comments`, rows that begin with `#` are kept, and notes are read as other sheets
    are. What comes from the web goes through `read_workbook_guarded`.
    """
    try:
        check_kind(data, file)
        if is_old_excel(data):
            sheets, found = _read_old(data, file, comments=comments)
        else:
            with open_archive(data, file) as archive:
                sheets, found = _read_sheets(archive, comments=comments)
                sheets, more = with_rows(sheets, archive, _first_sheets)
                found += more
    except Refused as refusal:
        return None, [refusal.diagnostic]
    except DAMAGE as error:
        return None, [damaged(file, error)]
    if not sheets:
        return None, [*found, faults.NO_SHEETS.at(NOWHERE, file=file)]
    return Workbook(file, hashlib.sha256(data).hexdigest(), tuple(sheets)), found


def _read_sheets(archive: zipfile.ZipFile, *, comments: bool) -> tuple[list[Sheet], list[Diagnostic]]:
    parts, context = read_parts(archive)
    found = list(carried(archive)) + check_names([part.name for part in parts])
    budget = Budget()
    spread = Budget()
    sheets = []
    for part in parts:
        scan = scan_sheet(part.name, chunks(archive, part.part), context, budget)
        sheet, more = _sheet(part, scan, spread, comments=comments)
        sheets.append(sheet)
        found += more
    return sheets, found


def _first_sheets(data: bytes, file: str) -> list[Sheet]:
    """The sheets of a workbook that another carries; raises Refused."""
    with open_archive(data, file) as archive:
        return _read_sheets(archive, comments=False)[0]


def _read_old(data: bytes, file: str, *, comments: bool) -> tuple[list[Sheet], list[Diagnostic]]:
    from banshi.platform.workbook.old_excel import scan_old

    scans = list(scan_old(data, file, Budget()))
    found = [faults.OLD_EXCEL_READ.at(NOWHERE, file=file), *check_names([name for name, _, _ in scans])]
    spread = Budget()
    sheets = []
    for name, hidden, scan in scans:
        sheet, more = _sheet(SheetPart(name, "", hidden), scan, spread, comments=comments)
        sheets.append(sheet)
        found += more
    return sheets, found


def _sheet(part: SheetPart, scan: Scan, spread: Budget, *, comments: bool) -> tuple[Sheet, list[Diagnostic]]:
    kind, suffix = sheet_kind(part.name)
    # The author's own notes may hold whatever they like; only what keeps them from being read is said.
    found = scan.found if comments or kind != "note" else []
    if part.hidden and kind != "note":
        found.insert(0, faults.HIDDEN_SHEET.at(Place(part.name), sheet=part.name))
    rows, more = _rows(part.name, scan, spread, comments=comments)
    return Sheet(part.name, kind, suffix, rows), found + more


def _rows(name: str, scan: Scan, spread: Budget, *, comments: bool) -> tuple[tuple[Row, ...], list[Diagnostic]]:
    """Rows in order, without comments unless they are wanted, blanks filled in up to the last filled cell; within a limit for all sheets."""
    rows: list[Row] = []
    for number in sorted(scan.rows):
        values = scan.rows[number]
        width = max(values) + 1
        spread.cells -= width
        if spread.cells < 0:
            place = Place(name, f"A{number}")
            return tuple(rows), [faults.TOO_MANY_CELLS.at(place, limit=MAX_CELLS)]
        row = Row(number, tuple([Cell(values.get(i), Place(name, f"{_LETTERS[i]}{number}")) for i in range(width)]))
        if comments or not row.comment:
            rows.append(row)
    return tuple(rows), []
