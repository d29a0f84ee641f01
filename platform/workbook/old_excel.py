"""Old workbooks (.xls), as many published forms are, read with xlrd: their format has no parts that could be walked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import xlrd
from xlrd.book import Book
from xlrd.sheet import Cell, Sheet

from banshi.platform.workbook import faults
from banshi.platform.workbook.formats import Shape, from_serial, number, shape_of
from banshi.platform.workbook.parts import LONGEST_TEXT, clean
from banshi.platform.workbook.safety import Refused, damaged
from banshi.platform.workbook.scan import MAX_CELLS, MAX_COLUMNS, Budget, Scan, hidden, repeat_merged
from banshi.platform.workbook.workbook import column_letters
from banshi.rules.cells import CellValue, Percentage
from banshi.rules.diagnostics import Diagnostic, Place


def scan_old(data: bytes, file: str, budget: Budget) -> Iterator[tuple[str, bool, Scan]]:
    """Every sheet of an .xls: its name, whether it is hidden, and what it holds. Raises Refused for a damaged file.

    Which values a formula made is not known.
    """
    try:
        with Path(os.devnull).open("w") as log:
            book = xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True, logfile=log)
            yield from [(clean(sheet.name), sheet.visibility != 0, _scan(book, sheet, budget)) for sheet in book]
    except Exception as error:  # a broken record raises whatever it meets: AssertionError, KeyError, struct.error, …
        raise Refused(damaged(file, error)) from error


def _scan(book: Book, sheet: Sheet, budget: Budget) -> Scan:
    name = clean(sheet.name)
    scan = Scan(
        merged=[(top + 1, left, bottom, right - 1) for top, bottom, left, right in sheet.merged_cells],
        hidden_rows={row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden},
        hidden_columns=[(column, column) for column, info in sheet.colinfo_map.items() if info.hidden],
    )
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row)[:MAX_COLUMNS]):
            place = Place(name, f"{column_letters(column)}{row + 1}")
            value = _value(book, cell, place, scan.found)
            if value is None:
                continue
            budget.cells -= 1
            if budget.cells < 0:
                scan.found.append(faults.TOO_MANY_CELLS.at(place, limit=MAX_CELLS))
                return scan
            scan.rows.setdefault(row + 1, {})[column] = value
    repeat_merged(scan, budget)
    scan.found += hidden(name, scan)
    return scan


def _value(book: Book, cell: Cell, place: Place, found: list[Diagnostic]) -> CellValue:
    match cell.ctype:
        case xlrd.XL_CELL_TEXT:
            text = clean(cell.value)
            if len(text) > LONGEST_TEXT:
                found.append(faults.LONG_TEXT.at(place, limit=LONGEST_TEXT))
                return None
            return text or None
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case xlrd.XL_CELL_ERROR:
            found.append(faults.ERROR_VALUE.at(place, error=xlrd.error_text_from_code.get(cell.value, "#?")))
            return None
        case xlrd.XL_CELL_NUMBER | xlrd.XL_CELL_DATE:
            style = book.format_map[book.xf_list[cell.xf_index].format_key]
            shape = shape_of(style.format_key, style.format_str)
            if not shape.dated:
                value = number(str(int(cell.value)) if cell.value.is_integer() else repr(cell.value))
                return Percentage(value) if shape is Shape.PERCENT else value
            try:
                return from_serial(cell.value, shape, epoch_1904=book.datemode == 1)
            except (ValueError, OverflowError):
                found.append(faults.BAD_DATE.at(place, text=str(cell.value)))
    return None
