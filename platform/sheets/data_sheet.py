"""The sheets `data.<name>` · `数据-<名称>`: tables of facts that rules look things up in."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from banshi.platform.sheets import faults
from banshi.platform.sheets.data_columns import column_name, is_key
from banshi.platform.sheets.readings import take_readings, with_consumption
from banshi.platform.sheets.register_sheet import is_register
from banshi.platform.workbook.beside import stands_in
from banshi.platform.workbook.columns import plain, read_header
from banshi.platform.workbook.remarks import title_of, titles_above, without_remarks
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions.functions_datasets import HIGH, LOW
from banshi.rules.expressions.units import without_unit
from banshi.rules.tables.codes import holds_codes
from banshi.rules.tables.conditions import Literal
from banshi.rules.tables.faults import CAS_REPAIRED
from banshi.rules.tables.literals import OPEN_ENDS, cas_of_date, is_cas, read, read_day
from banshi.rules.values import Kind

_WITH_UNIT = re.compile(r"^\s*[¥￥$]?\s*\d[\d.,，]*\s*[^\W\d_]{1,6}\s*$")
_BOUNDS = frozenset(map(plain, (*LOW, *HIGH)))
"""Columns of brackets, which a blank leaves open."""
_MOST_NAMED = 5
_OF_NUMBERS = (faults.NO_NUMBER, faults.EMPTY_AMONG_NUMBERS)


def parse_data(sheet: Sheet) -> tuple[Dataset | None, list[Diagnostic]]:
    """The dataset. Columns keep the author's names, without the `*`; dates of validity are `from` and `until`.

    Readings of meters have their consumption as a column more.
    """
    if not sheet.rows:
        return None, [faults.EMPTY_SHEET.at(sheet.place(), sheet=sheet.name)]
    if file := stands_in(sheet):
        return None, [faults.FILE_NOT_AVAILABLE.at(sheet.rows[0].cells[0].place, file=file)]
    live = is_register(sheet)
    told, sheet = take_readings(sheet)
    if not sheet.rows:
        return None, [faults.EMPTY_SHEET.at(sheet.place(), sheet=sheet.name)]
    sheet, notes = under_header(sheet)
    head = sheet.rows[0]
    keys = tuple(column_name(cell) for cell in head.cells if is_key(cell) and not cell.blank)
    named = replace(head, cells=tuple(replace(cell, value=column_name(cell) or None) for cell in head.cells))
    header, found = read_header(sheet, named, (), others=True)
    columns = tuple(header.index)
    if not columns:
        return None, [*found, *notes]
    rows = [{name: record[name] for name in columns} for record in header.records(sheet.rows[1:])]
    rows, repaired = _repaired(columns, rows)
    notes += repaired + _typed(columns, keys, rows)
    dated = bool({"from", "until"} & set(columns))
    # Several cases may have rows with one key.
    found += notes + _check_keys(keys, rows, dated=dated or live) + _check_periods(rows)
    name = sheet.suffix or sheet.name
    marked = bool(keys) and not live
    dataset = Dataset(name, columns, keys or columns[:1], tuple(rows), marked=marked, live=live)
    if told is None:
        return dataset, found
    dataset, more = with_consumption(dataset, told)
    what = dataset.readings
    own = {what.reading, what.exchange} if what else set()  # what is blank or no number there is told as what it is
    found = [one for one in found if one.fault not in _OF_NUMBERS or dict(one.facts).get("column") not in own]
    return dataset, [*found, *more]


def under_header(sheet: Sheet) -> tuple[Sheet, list[Diagnostic]]:
    """The sheet without the titles above its header and the remarks below it."""
    if not sheet.rows:
        return sheet, []
    titles = titles_above(sheet.rows)
    head, *below = sheet.rows[titles:]
    found = [title_of(row, head) for row in sheet.rows[:titles]]
    rows, notes = without_remarks(below, sections=False) if len(head.cells) > 1 else (tuple(below), [])
    return replace(sheet, rows=(head, *rows)), [*found, *notes]


def _repaired(columns: tuple[str, ...], rows: list[dict[str, Cell]]) -> tuple[list[dict[str, Cell]], list[Diagnostic]]:
    """CAS numbers that Excel made dates of (75-05-8), put back where the other cells of the column are CAS numbers."""
    notes: list[Diagnostic] = []
    chemical = [name for name in columns if any(is_cas(row[name].text) for row in rows)]
    for row in rows:
        for name in chemical:
            value = row[name].value
            day = value.date() if isinstance(value, datetime) else value
            cas = cas_of_date(day) if isinstance(day, date) else ""
            if cas:
                notes.append(CAS_REPAIRED.at(row[name].place, text=row[name].text, cas=cas))
                row[name] = Cell(cas, row[name].place)
    return rows, notes


def _typed(columns: tuple[str, ...], keys: tuple[str, ...], rows: list[dict[str, Cell]]) -> list[Diagnostic]:
    """Days and numbers that Excel holds as texts, read as what they are; what is no number among numbers is told."""
    notes: list[Diagnostic] = []
    for name in columns:
        cells = [row[name] for row in rows if not row[name].blank]
        if name in ("from", "until"):
            for row in (row for row in rows if row[name].text.strip() in OPEN_ENDS):
                row[name] = replace(row[name], value=None)
            days = {cell.place: read_day(cell.value) for cell in cells if isinstance(cell.value, str)}
            for row in rows:
                if day := days.get(row[name].place):
                    row[name] = replace(row[name], value=day)
            continue
        texts = [cell for cell in cells if isinstance(cell.value, str)]
        numbers = sum(isinstance(cell.value, Decimal) for cell in cells)
        read_as = {cell.place: read(Literal(cell.value), Kind.NUMBER) for cell in texts}
        if numbers and all(isinstance(number, Decimal) for number in read_as.values()):
            notes += [faults.TEXT_DIGITS.at(cell.place, column=name, text=cell.text) for cell in texts]
            for row in rows:
                if isinstance(number := read_as.get(row[name].place), Decimal):
                    row[name] = replace(row[name], value=number)
        elif name not in keys and numbers and not holds_codes(without_unit(name), (cell.text for cell in cells)):
            slip = re.compile(r"\d") if numbers > len(texts) else _WITH_UNIT
            odd = [cell for cell in texts if slip.search(cell.text)]
            notes += [faults.NO_NUMBER.at(cell.place, column=name, text=cell.text) for cell in odd]
        open_ended = plain(without_unit(name)) in _BOUNDS
        empty = [] if open_ended else [row[name] for row in rows if row[name].blank]
        if name not in keys and numbers >= len(empty) > 0 and numbers == len(cells):
            places = "、".join(cell.place.cell for cell in empty[:_MOST_NAMED])
            notes.append(faults.EMPTY_AMONG_NUMBERS.at(empty[0].place, column=name, cells=places, count=len(empty)))
    return notes


def _check_keys(keys: tuple[str, ...], rows: list[dict[str, Cell]], *, dated: bool) -> list[Diagnostic]:
    """Marked keys are filled in and different; in dated data a key may come back with other dates."""
    found: list[Diagnostic] = []
    seen: dict[tuple[str, ...], Cell] = {}
    for row in rows:
        blank = next((row[name] for name in keys if row[name].blank), None)
        if blank is not None:
            found.append(faults.NO_KEY.at(blank.place))
            continue
        key = tuple(row[name].text for name in keys)
        if not keys or dated:
            continue
        first = seen.setdefault(key, row[keys[0]])
        if first.place != row[keys[0]].place:
            found.append(faults.KEY_TWICE.at(row[keys[0]].place, key="、".join(key), first=first.place))
    return found


def _check_periods(rows: list[dict[str, Cell]]) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for row in rows:
        ends = [(name, row[name]) for name in ("from", "until") if name in row and not row[name].blank]
        wrong = [(name, cell) for name, cell in ends if not isinstance(cell.value, date)]
        if not wrong and len(ends) == 2 and ends[0][1].text[:10] > ends[1][1].text[:10]:
            wrong = ends[:1]
        found += [faults.BAD_PERIOD.at(cell.place, column=name, text=cell.text) for name, cell in wrong]
    return found
