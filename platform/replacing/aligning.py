"""A new table beside the old one: its columns known or close to known, its cells of the types that the old ones had.

Everything that is wrong is told at once, at its cell; what can be read as it was meant (digits that are stored as text, dates
that are written out) is taken as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from banshi.platform.replacing import faults
from banshi.platform.replacing.tables import Kept, Table
from banshi.platform.sheets import faults as sheet_faults
from banshi.platform.sheets.data_columns import column_name
from banshi.platform.sheets.data_sheet import parse_data, under_header
from banshi.platform.sheets.readings import new_and_gone, take_readings
from banshi.platform.workbook import Row, Sheet
from banshi.platform.workbook.beside_rows import is_plain_number
from banshi.platform.workbook.columns import plain, suggest
from banshi.platform.workbook.faults import DUPLICATE_COLUMN
from banshi.platform.workbook.workbook import column_letters
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Diagnostic, Place
from banshi.rules.tables.conditions import Literal
from banshi.rules.tables.literals import OPEN_ENDS, read, read_day
from banshi.rules.values import Kind

_MOST_DIGITS = Decimal(10) ** 15
_SPOILT = re.compile(r"[+-]?[1-9](?:\.\d+)?E\+(?:1[1-9]|[2-9]\d|\d{3})|[+-]?\d{16,}\.0+", re.ASCII | re.IGNORECASE)
"""What Excel leaves in a csv of digits that it took for a number: from 12 digits on it writes 2.6442E+19."""
_REMARK = re.compile(r"(?<=\S)\s*[(（][^()（）]*[)）]\s*$")
_PERIOD = ("from", "until")
OF_CASE = ("来自办件", "from case")
"""The column of a download that says from which case of a register a row comes; an upload leaves such rows out."""
_TOLD_HERE = (sheet_faults.TEXT_DIGITS, sheet_faults.NO_NUMBER)
"""What the check of the sheet would say of types: it is said here, by what the column held before."""


class Held(StrEnum):
    """What a column held."""

    NUMBERS = "numbers"
    DAYS = "days"
    TEXTS = "texts"
    ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class Aligned:
    """A new table, in the columns of the old one and new ones behind them; `dataset` is what rules would read of it.

    `headers` are the new columns as they are written. `found` is everything that is wrong or odd.
    """

    columns: tuple[str, ...]
    headers: Mapping[str, str]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    rows: tuple[Mapping[str, Cell], ...]
    dataset: Dataset | None
    found: tuple[Diagnostic, ...]


def aligned(old: Kept, sheet: Sheet, *, texts: bool) -> Aligned:
    """The uploaded sheet beside the old table; `texts` says that it came from a csv, where everything is a text."""
    bare = take_readings(sheet)[1]
    bare, notes = under_header(bare)
    found: list[Diagnostic] = list(notes)
    if not bare.rows:
        found.append(faults.EMPTY.at(sheet.place("A1"), file=sheet.name))
        return Aligned((), {}, (), (), (), None, tuple(found))
    head, rows = _own_rows(old, bare.rows, found)
    index = _columns(old, head, rows, found)
    added = tuple(name for name in index if name not in old.table.index)
    removed = tuple(name for name in old.table.index if name not in index)
    columns = tuple(name for name in (*old.table.index, *added) if name in index)
    made: list[dict[str, Cell]] = []
    for row in rows:
        cells = {name: _cell(sheet, row, index[name]) for name in columns}
        if all(cell.blank for cell in cells.values()):
            continue
        made.append(cells)
    for name in columns:
        if name in added:
            _new_column(name, made, texts=texts)
        else:
            _typed(old, name, _held(old, name), made, found, texts=texts)
    headers = {name: head.cells[index[name]].text for name in columns}
    dataset, more = _parsed(old, sheet, columns, head.number, made)
    found += [one for one in more if one.fault not in _TOLD_HERE]
    if dataset is not None:
        found += _overlaps(dataset)
        found += new_and_gone(old.dataset, dataset)
    return Aligned(columns, headers, added, removed, tuple(made), dataset, tuple(found))


def _own_rows(old: Kept, rows: Sequence[Row], found: list[Diagnostic]) -> tuple[Row, list[Row]]:
    """The header and the rows of the office, without those that a download of a register has from cases."""
    head, *below = rows
    words = frozenset(map(plain, OF_CASE)) - frozenset(map(plain, old.table.index))
    at = next((at for at, cell in enumerate(head.cells) if plain(cell.text) in words), None)
    if at is None:
        return head, below
    of_cases = [row for row in below if at < len(row.cells) and not row.cells[at].blank]
    if of_cases:
        cell = head.cells[at]
        found.append(faults.OF_CASES.at(cell.place, column=cell.text, count=len(of_cases)))

    def without(row: Row) -> Row:
        return replace(row, cells=tuple(Cell(None, one.place) if i == at else one for i, one in enumerate(row.cells)))

    taken = {row.number for row in of_cases}
    return without(head), [without(row) for row in below if row.number not in taken]


def _columns(old: Kept, head: Row, rows: Sequence[Row], found: list[Diagnostic]) -> dict[str, int]:
    """The cell of each column, by the name that the old table has for it."""
    known = {plain(name): name for name in old.table.index}
    bare: dict[str, list[str]] = {}
    for column in old.table.index:
        bare.setdefault(_without_remark(column), []).append(column)
    own = old.dataset.readings.consumption if old.dataset.readings else ""
    index: dict[str, int] = {}
    unknown: list[tuple[str, int]] = []
    for at, cell in enumerate(head.cells):
        if cell.blank:
            continue
        given = column_name(cell)
        alike = bare.get(_without_remark(given), [])
        name = known.get(plain(given)) or (alike[0] if len(alike) == 1 else None)
        if name is None and own and plain(given) == plain(own):
            found.append(faults.OWN_CONSUMPTION.at(cell.place, column=own))
        elif name is None:
            unknown.append((given, at))
        elif name in index:
            found.append(DUPLICATE_COLUMN.at(cell.place, column=cell.text))
        else:
            index[name] = at
    missing = [name for name in old.table.index if name not in index]
    meant: set[str] = set()
    for given, at in unknown:
        place = head.cells[at].place
        near = suggest(given, [name for name in missing if name not in meant])
        if near:
            meant.add(near)
            found.append(faults.MISSPELT_COLUMN.at(place, column=given, near=near))
        elif given in index:
            found.append(DUPLICATE_COLUMN.at(place, column=given))
        else:
            index[given] = at
            found.append(faults.NEW_COLUMN.at(place, column=given))
    where = next(cell.place for cell in head.cells if not cell.blank)
    for name in missing:
        if name not in meant:
            fault = faults.NO_KEY_COLUMN if name in _keys(old) else faults.COLUMN_GONE
            found.append(fault.at(where, column=name))
    found += _nameless(head, rows)
    return index


def _without_remark(name: str) -> str:
    """A column's name without a unit or another remark in brackets behind it."""
    return plain(_REMARK.sub("", name))


def _keys(old: Kept) -> tuple[str, ...]:
    """The columns that must be there: the marked keys, else the first column; of readings also their own."""
    what = old.dataset.readings
    of_readings = (*what.meters, what.at, what.reading) if what else ()
    return (*(old.table.keys or tuple(old.table.index)[:1]), *of_readings)


def _nameless(head: Row, rows: Sequence[Row]) -> Iterator[Diagnostic]:
    named = {at for at, cell in enumerate(head.cells) if not cell.blank}
    told: set[int] = set()
    for row in rows:
        for at, cell in enumerate(row.cells):
            if not cell.blank and at not in named and at not in told:
                told.add(at)
                yield faults.NO_HEADER.at(cell.place)


def _cell(sheet: Sheet, row: Row, at: int) -> Cell:
    if at < len(row.cells):
        return row.cells[at]
    return Cell(None, Place(sheet.name, f"{column_letters(at)}{row.number}"))


def _held(old: Kept, name: str) -> Held:
    """What the old cells of a column are; days of validity and of readings always are days."""
    what = old.dataset.readings
    if name in _PERIOD or (what and name == what.at):
        return Held.DAYS
    if what and name == what.reading:
        return Held.NUMBERS
    kinds = {_kind(cell) for cell in old.table.column(name)}
    return kinds.pop() if len(kinds) == 1 else Held.ANYTHING


def _kind(cell: Cell) -> Held:
    if isinstance(cell.value, Decimal):
        return Held.NUMBERS
    if isinstance(cell.value, date):
        return Held.DAYS
    return Held.TEXTS if isinstance(cell.value, str) else Held.ANYTHING


def _typed(
    old: Kept, name: str, held: Held, rows: Sequence[dict[str, Cell]], found: list[Diagnostic], *, texts: bool
) -> None:
    """The cells of a column as what the old ones were; what cannot be that is told."""
    codes = _Codes(old.table, name) if held is Held.TEXTS else None
    spoilt = held in (Held.TEXTS, Held.ANYTHING) and not any(map(_is_spoilt, old.table.column(name)))
    for row in rows:
        cell = row[name]
        if cell.blank:
            continue
        if spoilt and _is_spoilt(cell):
            found.append(faults.DIGITS_LOST.at(cell.place, column=name, text=cell.text))
            continue
        match held:
            case Held.NUMBERS:
                row[name] = _number(old, name, cell, found)
            case Held.DAYS:
                row[name] = _day(name, cell, found)
            case Held.TEXTS:
                row[name] = _text(name, cell, codes, found)
            case _ if texts:
                row[name] = replace(cell, value=_anything(cell.text))


def _is_spoilt(cell: Cell) -> bool:
    return isinstance(cell.value, str) and _SPOILT.fullmatch(cell.value.strip()) is not None


def _number(old: Kept, name: str, cell: Cell, found: list[Diagnostic]) -> Cell:
    if isinstance(cell.value, Decimal):
        return cell
    number = read(Literal(cell.value), Kind.NUMBER) if isinstance(cell.value, str) else None
    if isinstance(number, Decimal):
        return replace(cell, value=number)
    what = old.dataset.readings
    if what and name == what.reading:
        return cell  # readings have sentences of their own
    fault = faults.KEY_NOT_A_NUMBER if name in old.table.keys else faults.NOT_A_NUMBER
    found.append(fault.at(cell.place, column=name, text=cell.text))
    return cell


def _day(name: str, cell: Cell, found: list[Diagnostic]) -> Cell:
    if isinstance(cell.value, date) or (name in _PERIOD and cell.text.strip() in OPEN_ENDS):
        return cell
    try:
        return replace(cell, value=_naturally(datetime.fromisoformat(cell.text.strip()).replace(tzinfo=None)))
    except ValueError:
        day = read_day(cell.text)
    if day is None:
        found.append(faults.NOT_A_DAY.at(cell.place, column=name, text=cell.text))
        return cell
    return replace(cell, value=day)


def _text(name: str, cell: Cell, codes: _Codes | None, found: list[Diagnostic]) -> Cell:
    value = cell.value
    if isinstance(value, Decimal):
        if abs(value) >= _MOST_DIGITS:
            found.append(faults.DIGITS_LOST.at(cell.place, column=name, text=cell.text))
        elif codes is not None and (meant := codes.meant(cell.text)):
            facts = {"column": name, "text": cell.text, "width": len(meant), "meant": meant}
            found.append(faults.ZEROS_LOST.at(cell.place, **facts))
    elif isinstance(value, date):
        found.append(faults.MADE_A_DAY.at(cell.place, column=name, text=cell.text))
    return cell if isinstance(value, str) else replace(cell, value=cell.text)


class _Codes:
    """The codes of a column of texts, where they all have as many digits and some begin with 0."""

    def __init__(self, table: Table, name: str) -> None:
        texts = [cell.text for cell in table.column(name)]
        widths = {len(text) for text in texts}
        fixed = len(widths) == 1 and all(map(str.isdecimal, texts)) and any(text.startswith("0") for text in texts)
        self._width = widths.pop() if fixed else 0

    def meant(self, text: str) -> str:
        """The code that a shorter number was; blank where it is none."""
        return text.zfill(self._width) if text.isdecimal() and len(text) < self._width else ""


def _anything(text: str) -> str | Decimal:
    """A text of a csv under a column that held this and that."""
    return Decimal(text) if is_plain_number(text) else text


def _new_column(name: str, rows: Sequence[dict[str, Cell]], *, texts: bool) -> None:
    """A column that nobody knows yet: of a csv, numbers where there is nothing else."""
    cells = [row[name] for row in rows if not row[name].blank]
    if texts and cells and all(is_plain_number(cell.text) for cell in cells):
        for row in rows:
            if not row[name].blank:
                row[name] = replace(row[name], value=Decimal(row[name].text))


def _naturally(at: datetime) -> date:
    return at.date() if at.time() == time() else at


def _parsed(
    old: Kept, sheet: Sheet, columns: Sequence[str], number: int, rows: Sequence[Mapping[str, Cell]]
) -> tuple[Dataset | None, list[Diagnostic]]:
    """What the sheet would say with these rows, under what stands above its header now."""
    above = old.sheet.rows[: len(old.sheet.rows) - len(take_readings(old.sheet)[1].rows)]
    stars = {name: f"{name}*" if name in old.table.keys else name for name in columns}
    head = Row(number, tuple(Cell(stars[name], sheet.place(f"A{number}")) for name in columns))
    lines = [Row(_row_of(cells), tuple(cells[name] for name in columns)) for cells in rows]
    made = Sheet(sheet.name, "data", old.name, (*(_own(row, sheet) for row in above), head, *lines))
    return parse_data(made)


def _own(row: Row, sheet: Sheet) -> Row:
    """A row above the header of the old sheet, whose faults have no cell in the new file."""
    return replace(row, cells=tuple(replace(cell, place=sheet.place()) for cell in row.cells))


def _row_of(cells: Mapping[str, Cell]) -> int:
    place = next(iter(cells.values())).place.cell
    return int("".join(sign for sign in place if sign.isdecimal()) or 1)


def _overlaps(dataset: Dataset) -> Iterator[Diagnostic]:
    """Rows of one key that are valid on the same day."""
    if not dataset.marked or not {"from", "until"} & set(dataset.columns):
        return
    by_key: dict[tuple[str, ...], list[tuple[date, date, Cell]]] = {}
    for row in dataset.rows:
        key = tuple(row[name].text for name in dataset.keys if name not in _PERIOD)
        since, until = (_end(row, name, other) for name, other in (("from", date.min), ("until", date.max)))
        cell = row.get("from") or row.get("until") or row[dataset.keys[0]]
        by_key.setdefault(key, []).append((since, until, cell))
    for key, spans in by_key.items():
        spans.sort(key=lambda span: span[0])
        latest = spans[0]
        for span in spans[1:]:
            if span[0] <= latest[1]:
                day = "" if span[0] == date.min else span[0].isoformat()
                yield faults.OVERLAP.at(span[2].place, key="、".join(key), day=day or "—", other=latest[2].place.cell)
            if span[1] > latest[1]:
                latest = span


def _end(row: Mapping[str, Cell], name: str, other: date) -> date:
    value = row[name].value if name in row else None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else other
