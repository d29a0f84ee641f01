"""One worksheet, read as a stream: cells with addresses, and everything that a reader by value would hide.

Why our own scan and not a library's reader: what decides here is not in a library's values. The digits that were typed,
formulas without a value, hidden rows, far cells and the true used range (`<dimension>` may lie) stand only in the XML,
which would have to be walked a second time beside any reader. One walk gives both, holds only filled cells, and costs
nothing for a cell at XFD1048576. A test holds it to python-calamine's values.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from banshi.platform.workbook import faults, markup
from banshi.platform.workbook.formats import Shape, from_serial, number
from banshi.platform.workbook.parts import LONGEST_TEXT, Context, clean
from banshi.platform.workbook.workbook import column_letters, in_runs
from banshi.rules.cells import CellValue, Percentage
from banshi.rules.diagnostics import Diagnostic, Fault, Place

EXCEL_ROWS = 1_048_576
MAX_ROWS = 100_000
MAX_COLUMNS = 512
MAX_CELLS = 400_000
"""The most filled cells of a workbook, and the most cells that its rows hold with the blanks between them."""

_MOST_OF_A_KIND = 20
_MOST_MERGED = 10_000
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


@dataclass(slots=True)
class Budget:
    """How many cells may still be read, over all sheets of a workbook."""

    cells: int = MAX_CELLS


@dataclass(slots=True)
class Scan:
    """What a worksheet holds: values by row number and column index, and what its author should know."""

    rows: dict[int, dict[int, CellValue]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)


def scan_sheet(name: str, pieces: Iterable[bytes], context: Context, budget: Budget) -> Scan:
    """Read a worksheet part. Faults of cells are collected; broken XML raises."""
    scanner = _Scanner(name, context, budget)
    markup.walk(pieces, scanner.starts(), scanner.ends(), scanner.text)
    scan = scanner.scan
    repeat_merged(scan, budget)
    scan.found += scanner.rest()
    scan.found += hidden(name, scan)
    return scan


def numbered_rows(name: str, pieces: Iterable[bytes], context: Context) -> Iterator[tuple[int, dict[int, CellValue]]]:
    """The filled rows of a worksheet part of any length with their numbers, as they go by; blank cells and rows are not there.

    Rows stand in their order in a file that a spreadsheet wrote; one out of order comes where it stands. What cannot be
    read in a cell stays as it is written there (`#N/A`). Broken XML raises.
    """
    scanner = _Scanner(name, context, Budget(sys.maxsize), most_rows=EXCEL_ROWS, faulty_as_text=True)
    rows = scanner.scan.rows
    for _ in markup.stroll(pieces, scanner.starts(), scanner.ends(), scanner.text):
        for done in list(rows)[:-1]:
            yield done, rows.pop(done)
    yield from rows.items()


def column_index(letters: str) -> int:
    """The index of a column: `A` → 0, `AA` → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


class _Scanner:
    """The handlers of one worksheet. Written for speed: a workbook may hold hundreds of thousands of cells."""

    def __init__(
        self, name: str, context: Context, budget: Budget, most_rows: int = MAX_ROWS, *, faulty_as_text: bool = False
    ) -> None:
        self.scan = Scan()
        self._faulty_as_text = faulty_as_text
        self._most_rows = most_rows
        self._name = name
        self._context = context
        self._budget = budget
        self._shapes = {str(style): shape for style, shape in enumerate(context.shapes)}
        self._counts: Counter[Fault] = Counter()
        self._columns: dict[str, int] = {}
        self._row = 0
        self._digits: str | None = None  # the row as the last address wrote it
        self._column = -1
        self._attributes: dict[str, str] = {}
        self._formula: list[str] | None = None
        self._raw: list[str] | None = None
        self._into: list[str] | None = None
        self._in_cell = self._phonetic = self._stopped = False

    def starts(self) -> dict[str, Callable[[dict[str, str]], None]]:
        """What to do where an element begins."""
        return {
            "c": self._start_cell,
            "v": self._start_text,
            "t": self._start_text,
            "f": self._start_formula,
            "row": self._start_row,
            "rPh": self._start_phonetic,
            "col": self._start_column,
            "mergeCell": self._merge,
        }

    def ends(self) -> dict[str, Callable[[], None]]:
        """What to do where an element ends."""
        texts = dict.fromkeys(("v", "t", "f"), self._end_text)
        return {"c": self._end_cell, **texts, "rPh": self._end_phonetic}

    def text(self, piece: str) -> None:
        if self._into is not None:
            self._into.append(piece)

    def rest(self) -> list[Diagnostic]:
        """One line for every kind of fault of which only the first cells were named."""
        return [
            faults.MORE_OF_THESE.at(Place(self._name), count=count - _MOST_OF_A_KIND, code=fault.code)
            for fault, count in self._counts.items()
            if count > _MOST_OF_A_KIND
        ]

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            letters = reference.rstrip("0123456789")
            column = self._columns.get(letters)
            if column is None or reference[len(letters) :] != self._digits:
                column = self._address(reference)
            self._column = column
        self._attributes = attributes
        self._formula = self._raw = None
        self._in_cell = True

    def _address(self, reference: str) -> int:
        """Note the row of a cell's address, and give its column."""
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise ValueError("a cell without an address")
        letters, self._digits = match.groups()
        self._row = int(self._digits)
        return self._columns.setdefault(letters, column_index(letters))

    def _start_text(self, _: dict[str, str]) -> None:
        if self._in_cell and not self._phonetic:
            if self._raw is None:
                self._raw = []
            self._into = self._raw

    def _start_formula(self, _: dict[str, str]) -> None:
        if self._in_cell and not self._phonetic:
            self._formula = self._into = []

    def _end_text(self) -> None:
        self._into = None

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes.get("r", self._row + 1))
        self._digits = None
        self._column = -1
        if attributes.get("hidden") in ("1", "true"):
            self.scan.hidden_rows.add(self._row)

    def _start_phonetic(self, _: dict[str, str]) -> None:
        self._phonetic = True

    def _end_phonetic(self) -> None:
        self._phonetic = False

    def _start_column(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true"):
            self.scan.hidden_columns.append((int(attributes["min"]) - 1, int(attributes["max"]) - 1))

    def _end_cell(self) -> None:
        self._in_cell = False
        if self._raw is None and self._formula is None:
            return
        if self._row > self._most_rows or self._column >= MAX_COLUMNS:
            if self._raw:
                self._report(faults.FAR_CELL, rows=self._most_rows, columns=MAX_COLUMNS)
            return
        if self._stopped:
            return
        value = self._value(None if self._raw is None else self._raw[0] if len(self._raw) == 1 else "".join(self._raw))
        if value is None:
            return
        self._budget.cells -= 1
        if self._budget.cells < 0:
            self._stopped = True
            self._report(faults.TOO_MANY_CELLS, limit=MAX_CELLS)
            return
        self.scan.rows.setdefault(self._row, {})[self._column] = value

    def _value(self, raw: str | None) -> CellValue:
        kind = self._attributes.get("t", "n")
        if self._formula is not None:
            formula = "=" + clean("".join(self._formula))[:60]
            if kind != "str" and not raw:
                self._report(faults.FORMULA_WITHOUT_VALUE, formula=formula)
                return formula if self._faulty_as_text else None
            if kind != "e":
                self._report(faults.FORMULA_VALUE, formula=formula)
        if raw is None or (raw == "" and kind not in ("str", "inlineStr")):
            return None
        try:
            return self._decoded(kind, raw)
        except (ValueError, OverflowError):
            dated = kind == "d" or (kind == "n" and self._shape.dated)
            self._report(faults.BAD_DATE if dated else faults.BAD_NUMBER, text=raw[:40])
            return raw[:40] if self._faulty_as_text else None

    def _decoded(self, kind: str, raw: str) -> CellValue:
        match kind:
            case "s":
                return self._string(self._context.strings[_position(raw)])
            case "str" | "inlineStr":
                return self._string(clean(raw[: LONGEST_TEXT + 1]))
            case "b":
                return raw.strip() in ("1", "true")
            case "e":
                self._report(faults.ERROR_VALUE, error=raw[:20])
                return raw[:20] if self._faulty_as_text else None
            case "d":
                return _iso(raw.strip())
            case _:
                return self._number(raw)

    def _string(self, text: str) -> str | None:
        if len(text) > LONGEST_TEXT:
            self._report(faults.LONG_TEXT, limit=LONGEST_TEXT)
            return None
        return text or None

    def _number(self, raw: str) -> CellValue:
        shape = self._shape
        if shape.dated:
            return from_serial(float(raw), shape, epoch_1904=self._context.epoch_1904)
        value = number(raw)
        if value.adjusted() >= 15 and value == value.to_integral_value():
            self._report(faults.LONG_NUMBER)
        return Percentage(value) if shape is Shape.PERCENT else value

    @property
    def _shape(self) -> Shape:
        style = self._attributes.get("s")
        return self._shapes.get(style, Shape.NUMBER) if style else Shape.NUMBER

    def _merge(self, attributes: dict[str, str]) -> None:
        if len(self.scan.merged) >= _MOST_MERGED:
            return
        corners = [_REFERENCE.fullmatch(corner) for corner in attributes.get("ref", "").split(":")]
        if len(corners) != 2 or None in corners:
            return
        (left, top), (right, bottom) = ((column_index(c[1]), int(c[2])) for c in corners if c)
        self.scan.merged.append((top, left, bottom, right))

    def _report(self, fault: Fault, **facts: object) -> None:
        self._counts[fault] += 1
        if self._counts[fault] <= _MOST_OF_A_KIND:
            place = Place(self._name, f"{column_letters(self._column)}{self._row}")
            self.scan.found.append(fault.at(place, **facts))


def _position(raw: str) -> int:
    position = int(raw)
    if position < 0:
        raise LookupError("a shared text before the first")
    return position


def _iso(text: str) -> CellValue:
    if "T" in text:
        return datetime.fromisoformat(text.removesuffix("Z"))
    return time.fromisoformat(text) if ":" in text else date.fromisoformat(text)


def repeat_merged(scan: Scan, budget: Budget) -> None:
    """Merged cells repeat their value, within rows and columns that hold something anyway."""
    used = sorted(scan.rows)
    if not used:
        return
    last_column = max(max(cells) for cells in scan.rows.values())
    for top, left, bottom, right in scan.merged:
        value = scan.rows.get(top, {}).get(left)
        if value is None:
            continue
        for row in used[bisect_left(used, top) : bisect_right(used, bottom)]:
            for column in range(left, min(right, last_column) + 1):
                if budget.cells <= 0:
                    return
                budget.cells -= 1
                scan.rows[row].setdefault(column, value)


def hidden(name: str, scan: Scan) -> list[Diagnostic]:
    """The rows and columns that hold something and are not shown."""
    found = []
    rows = sorted(scan.hidden_rows & scan.rows.keys())
    if rows:
        place = Place(name, f"A{rows[0]}")
        found.append(faults.HIDDEN_ROWS.at(place, rows=in_runs(rows, str)))
    filled = {column for cells in scan.rows.values() for column in cells}
    columns = sorted({column for column in filled for low, high in scan.hidden_columns if low <= column <= high})
    if columns:
        place = Place(name, f"{column_letters(columns[0])}1")
        found.append(faults.HIDDEN_COLUMNS.at(place, columns=in_runs(columns, column_letters)))
    return found
