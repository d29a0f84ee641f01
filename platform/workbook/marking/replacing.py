"""Rows of a worksheet replaced in place: what stays keeps its formats and comments, what is new looks like the last row.

Only the cells of the table are touched. Rows below what is gone move up, and what refers to them in the sheet (comments,
merged cells, conditional formats, validations, filters, tables) moves along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from banshi.platform.workbook.formats import shape_of
from banshi.platform.workbook.marking.cells import split
from banshi.platform.workbook.marking.listing import Book
from banshi.platform.workbook.marking.package import Package
from banshi.platform.workbook.marking.splicing import Element, Spliced, attribute, shown
from banshi.platform.workbook.safety import open_archive
from banshi.platform.workbook.scan import EXCEL_ROWS, column_index
from banshi.platform.workbook.workbook import column_letters

_RANGES = {"conditionalFormatting": "sqref", "dataValidation": "sqref", "autoFilter": "ref", "hyperlink": "ref"}
_ROW = re.compile(rb"(<(?:[A-Za-z]\w*:)?Row>\s*)(\d+)(\s*<)")
_SHAPE = re.compile(rb"<([A-Za-z]\w*:)?shape\b[^>]*>.*?</\1shape>", re.DOTALL)
_ANCHOR = re.compile(rb"(<(?:[A-Za-z]\w*:)?Anchor>)([^<]*)(<)")
_EXCEL_DAY_0 = date(1899, 12, 30)
_DAYS_1904 = 1462
_NUMBER_FORMAT = re.compile(r"""\s(?:numFmtId|applyNumberFormat)\s*=\s*("[^"]*"|'[^']*')""")
_NAME = re.compile(r"<[^\s/>]+")
_DAY_FORMAT, _MOMENT_FORMAT = 14, 22

Value = tuple[str, str] | None
"""What a cell is to hold: `n` a number, `s` a text, `b` 0 or 1, `d` a day, `t` a moment, each as text; None is nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a sheet is to hold: `sheet` is the name on its tab, `header` the texts of the header row `head` by column index
    (None takes one away), `rows` each the number of the old row (None: it is new), its values by column and which of them
    change; `gone` are the numbers of old rows that go.
    """

    sheet: str
    head: int
    header: Mapping[int, str | None]
    rows: Sequence[tuple[int | None, Mapping[int, Value], frozenset[int]]]
    gone: frozenset[int]

    def json(self) -> dict[str, Any]:
        """The plan for the pipe to the child."""
        return {
            "sheet": self.sheet,
            "head": self.head,
            "header": [[at, text] for at, text in self.header.items()],
            "rows": [[old, [[at, value] for at, value in new.items()], sorted(some)] for old, new, some in self.rows],
            "gone": sorted(self.gone),
        }

    @classmethod
    def of_json(cls, tree: Mapping[str, Any]) -> Plan:
        """The plan back."""
        return cls(
            sheet=tree["sheet"],
            head=tree["head"],
            header=dict(tree["header"]),
            rows=[
                (old, {at: tuple(value) if value else None for at, value in new}, frozenset(some))
                for old, new, some in tree["rows"]
            ],
            gone=frozenset(tree["gone"]),
        )


def with_rows_replaced(data: bytes, plan: Plan) -> bytes:
    """The workbook with the rows of a sheet replaced. Raises LookupError or ValueError where it cannot be done."""
    with open_archive(data, "") as archive:
        package = Package(archive)
        book = Book(package)
        part = book.worksheets()[plan.sheet] if plan.sheet else next(iter(book.worksheets().values()))
        if None in plan.header.values() and any(one.kind == "table" for one in package.relations(part)):
            raise ValueError("a column of an Excel table cannot be taken away")
        styles = _Styles(package, book)
        sheet = _Sheet(package.read(part), plan, styles)
        sheet.change()
        package.write(part, sheet.result())
        styles.save()
        if sheet.formulas:
            _without_chain(package, book)
        _move_beside(package, part, sheet)
        return package.saved()


class _Styles:
    """The styles that cells may need beside their own: those of days."""

    def __init__(self, package: Package, book: Book) -> None:
        self._package = package
        self._name = book.of_kind("styles")
        self._part = Spliced(package.read(self._name)) if self._name in package else None
        root = self._part.root if self._part else None
        formats = {
            one.attributes.get("numFmtId", ""): one.attributes.get("formatCode", "")
            for one in (root.within("numFmt") if root else ())
        }
        self._holder = root.find("cellXfs") if root else None
        xfs = list(self._holder.all("xf")) if self._holder else []
        self._sources = [self._part.source(xf) for xf in xfs] if self._part else []
        numbers = [xf.attributes.get("numFmtId", "0") for xf in xfs]
        self._days = {at for at, number in enumerate(numbers) if shape_of(int(number), formats.get(number)).dated}
        self._known = len(self._sources)
        office = Spliced(package.read(book.part)).root.find("workbookPr")
        self.epoch_1904 = office is not None and office.attributes.get("date1904", "0") in ("1", "true")

    def of_day(self, style: int, number_format: int) -> int:
        """The same style for a day or a moment."""
        if style in self._days or not 0 <= style < len(self._sources):
            return style
        source = _NUMBER_FORMAT.sub("", self._sources[style])
        source = _NAME.sub(rf'\g<0> numFmtId="{number_format}" applyNumberFormat="1"', source, count=1)
        if source not in self._sources:
            self._sources.append(source)
            self._days.add(len(self._sources) - 1)
        return self._sources.index(source)

    def save(self) -> None:
        """Write what was added."""
        added = self._sources[self._known :]
        if self._part is not None and self._holder is not None and added:
            self._part.append(self._holder, "".join(added))
            self._part.set(self._holder, "count", str(len(self._sources)))
            self._package.write(self._name, self._part.result())


@dataclass(slots=True)
class _Sheet:
    data: bytes
    plan: Plan
    styles: _Styles
    formulas: bool = False
    moved: dict[int, int | None] = field(default_factory=dict)
    """The new number of each row that was there; None for one that is gone."""
    part: Spliced = field(init=False)
    table_end: tuple[int, int] = (0, 0)
    """The last row of the table, before and after."""
    _numbers: frozenset[int] = frozenset()
    """The rows of the table as they were."""

    def change(self) -> None:
        """Make all changes."""
        self.part = Spliced(self.data)
        root = self.part.root
        holder = root.find("sheetData")
        if holder is None:
            raise LookupError("a sheet without rows")
        rows = dict(_numbered(holder))
        self._numbers = frozenset(old for old, _, _ in self.plan.rows if old is not None) | self.plan.gone
        merged = self._merged(root)
        kept = {old: (values, some) for old, values, some in self.plan.rows if old is not None}
        new = [values for old, values, _ in self.plan.rows if old is None]
        last = max([self.plan.head, *kept, *self.plan.gone])
        gone = 0
        for number, row in rows.items():
            if number in self.plan.gone:
                self.part.replace(row, "")
                self.moved[number] = None
                gone += 1
                continue
            self.moved[number] = number - gone + (len(new) if number > last else 0)
        self.table_end = (last, last - gone + len(new))
        for number, row in rows.items():
            at = self.moved[number]
            if at is None:
                continue
            if number in kept:
                values, some = kept[number]
                self._row(row, number, at, values, some | merged.get(number, frozenset()))
            elif number == self.plan.head:
                header: dict[int, Value] = {c: ("s", text) if text else None for c, text in self.plan.header.items()}
                self._row(row, number, at, header, frozenset(header))
            elif number != at:
                self._renumber(row, at)
        self._add(holder, rows, kept, new, last, last - gone)
        self._ranges(root)

    def result(self) -> bytes:
        """The part with its changes."""
        return self.part.result()

    def number(self, old: int, *, end: bool = False) -> int | None:
        """Where a row went; for the end of a range the table's new end where it was its old one."""
        if end and old == self.table_end[0]:
            return self.table_end[1]
        if old in self.moved:
            return self.moved[old]
        before = sum(number < old for number in self.plan.gone)
        added = self.table_end[1] - self.table_end[0] + len(self.plan.gone) if old > self.table_end[0] else 0
        return min(EXCEL_ROWS, old - before + added)

    def range(self, text: str) -> str:
        """A list of ranges where their rows are now; blank where all of them are gone."""
        made = []
        for one in text.split():
            first, _, last = one.partition(":")
            if not re.fullmatch(r"\$?[A-Z]{1,3}\$?\d+", first) or (
                last and not re.fullmatch(r"\$?[A-Z]{1,3}\$?\d+", last)
            ):
                made.append(one)
                continue
            (top, left), (bottom, right) = split(first), split(last or first)
            inside = [self.number(row) for row in (top, bottom)]
            if top == bottom and inside[0] is None:
                continue
            low = next((n for row in range(top, bottom + 1) if (n := self.number(row)) is not None), None)
            high = self.number(bottom, end=bool(last))
            while high is None and bottom > top:
                bottom -= 1
                high = self.number(bottom)
            if low is None or high is None or high < low:
                continue
            start = f"{column_letters(left)}{low}"
            made.append(f"{start}:{column_letters(right)}{high}" if last else start)
        return " ".join(made)

    def table_range(self, text: str) -> str:
        """The range of an Excel table, which has an empty row below its header where there is no other: Excel wants one."""
        head, (last, now) = self.plan.head, self.table_end
        first, _, end = text.partition(":")
        if last == head and end.endswith(str(head + 1)):
            text = f"{first}:{end.removesuffix(str(head + 1))}{head}"
        moved = self.range(text)
        return f"{moved.removesuffix(str(head))}{head + 1}" if now == head and moved.endswith(str(head)) else moved

    def _merged(self, root: Element) -> dict[int, frozenset[int]]:
        """The cells of the table that are merged with others, by row: each gets its own value, and the merging goes."""
        found: dict[int, frozenset[int]] = {}
        holder = root.find("mergeCells")
        areas = list(holder.all("mergeCell")) if holder else []
        inside = [area for area in areas if self._in_table(area)]
        for area in inside:
            (_, left), (_, right) = _corners(area)
            for row in _rows_of(area):
                found[row] = found.get(row, frozenset()) | frozenset(range(left, right + 1))
        if holder is not None and inside:
            if len(inside) == len(areas):
                self.part.replace(holder, "")
            else:
                self.part.set(holder, "count", str(len(areas) - len(inside)))
                for area in inside:
                    self.part.replace(area, "")
        return found

    def _row(self, row: Element, old: int, at: int, values: Mapping[int, Value], some: frozenset[int]) -> None:
        """A row that stays: some of its cells say something else, and it may stand elsewhere."""
        if at != old:
            self.part.set(row, "r", str(at))
        there = dict(_placed(row))
        wanted = {column for column in some if column in values}
        for column, cell in there.items():
            name = f"{column_letters(column)}{at}"
            style = int(cell.attributes.get("s", "0"))
            if column in wanted:
                self.formulas = self.formulas or cell.find("f") is not None
                self.part.replace(cell, self._cell(name, style, values[column]))
                continue
            if column in values and (formula := cell.find("f")) is not None:
                self.formulas = True
                self.part.replace(formula, "")
            if at != old:
                self.part.set(cell, "r", name)
        for column in sorted(wanted - there.keys()):
            value = values[column]
            if value is None:
                continue
            xml = self._cell(f"{column_letters(column)}{at}", self._column_style(column), value)
            behind = next((other for place, other in there.items() if place > column), None)
            if behind is not None:
                self.part.put(behind.start, xml)
            else:
                self.part.append(row, xml)
        self._widen(row, frozenset(wanted - there.keys()))

    def _widen(self, row: Element, columns: frozenset[int]) -> None:
        spans = [int(end) for span in row.attributes.get("spans", "").split() for end in span.split(":")]
        if spans and columns:
            ends = [*spans, *(column + 1 for column in columns)]
            self.part.set(row, "spans", f"{min(ends)}:{max(ends)}")

    def _renumber(self, row: Element, at: int) -> None:
        self.part.set(row, "r", str(at))
        for column, cell in _placed(row):
            self.part.set(cell, "r", f"{column_letters(column)}{at}")

    def _add(
        self,
        holder: Element,
        rows: Mapping[int, Element],
        kept: Mapping[int, object],
        new: Sequence[Mapping[int, Value]],
        last: int,
        number: int,
    ) -> None:
        """New rows behind the last one of the table, which they look like."""
        if not new:
            return
        like = rows.get(max([row for row in rows if row in kept or row in self.plan.gone], default=0))
        styles = {column: int(cell.attributes.get("s", "0")) for column, cell in _placed(like)} if like else {}
        facts = "".join(
            f" {name}={attribute(like.attributes[name])}"
            for name in ("s", "customFormat", "ht", "customHeight")
            if like is not None and name in like.attributes
        )
        prefix = holder.prefix
        made = []
        for values in new:
            number += 1
            cells = "".join(
                self._cell(
                    f"{column_letters(column)}{number}",
                    styles.get(column, self._column_style(column)),
                    values.get(column),
                )
                for column in sorted({*styles, *values})
            )
            made.append(f'<{prefix}row r="{number}"{facts}>{cells}</{prefix}row>')
        behind = next((element for row, element in rows.items() if row > last), None)
        if behind is not None:
            self.part.put(behind.start, "".join(made))
        else:
            self.part.append(holder, "".join(made))

    def _column_style(self, column: int) -> int:
        holder = self.part.root.find("cols")
        for col in holder.all("col") if holder else ():
            if int(col.attributes["min"]) <= column + 1 <= int(col.attributes["max"]):
                return int(col.attributes.get("style", "0"))
        return 0

    def _cell(self, name: str, style: int, value: Value) -> str:
        prefix = self.part.root.prefix
        kind, text = value or ("", "")
        if kind in ("d", "t"):
            style = self.styles.of_day(style, _DAY_FORMAT if kind == "d" else _MOMENT_FORMAT)
        facts = f'r="{name}"' + (f' s="{style}"' if style else "")
        match kind:
            case "":
                return f"<{prefix}c {facts}/>"
            case "n":
                return f"<{prefix}c {facts}><{prefix}v>{text}</{prefix}v></{prefix}c>"
            case "b":
                return f'<{prefix}c {facts} t="b"><{prefix}v>{text}</{prefix}v></{prefix}c>'
            case "d" | "t":
                return f"<{prefix}c {facts}><{prefix}v>{self._serial(text)}</{prefix}v></{prefix}c>"
            case _:
                return (
                    f'<{prefix}c {facts} t="inlineStr"><{prefix}is><{prefix}t xml:space="preserve">{shown(text)}'
                    f"</{prefix}t></{prefix}is></{prefix}c>"
                )

    def _serial(self, text: str) -> str:
        at = datetime.fromisoformat(text)
        days = (at.date() - _EXCEL_DAY_0).days - (_DAYS_1904 if self.styles.epoch_1904 else 0)
        seconds = at.hour * 3600 + at.minute * 60 + at.second
        return f"{days + seconds / 86400:.10f}".rstrip("0").rstrip(".")

    def _ranges(self, root: Element) -> None:
        """What refers to rows of the sheet in the sheet itself."""
        if (dimension := root.find("dimension")) is not None:
            self.part.set(dimension, "ref", self.range(dimension.attributes.get("ref", "")) or "A1")
        for local, name in _RANGES.items():
            for one in root.within(local):
                if name in one.attributes and (moved := self.range(one.attributes[name])):
                    self.part.set(one, name, moved)
        for area in root.within("mergeCell"):
            reference = area.attributes.get("ref", "")
            if not self._in_table(area) and (moved := self.range(reference)) != reference and moved:
                self.part.set(area, "ref", moved)

    def _in_table(self, area: Element) -> bool:
        return not self._numbers.isdisjoint(_rows_of(area))


def _corners(area: Element) -> tuple[tuple[int, int], tuple[int, int]]:
    first, _, last = area.attributes.get("ref", "").partition(":")
    return split(first), split(last or first)


def _rows_of(area: Element) -> range:
    (top, _), (bottom, _) = _corners(area)
    return range(top, bottom + 1)


def _numbered(holder: Element) -> list[tuple[int, Element]]:
    number, found = 0, []
    for row in holder.all("row"):
        number = int(row.attributes.get("r", number + 1))
        found.append((number, row))
    return found


def _placed(row: Element) -> list[tuple[int, Element]]:
    column, found = -1, []
    for cell in row.all("c"):
        reference = cell.attributes.get("r")
        column = column + 1 if reference is None else column_index(reference.rstrip("0123456789"))
        found.append((column, cell))
    return found


def _without_chain(package: Package, book: Book) -> None:
    """Excel computes the order of formulas anew where the part that holds it is not there."""
    for relation in package.relations(book.part):
        if relation.kind == "calcChain":
            package.remove(relation.part)
            package.unrelate(book.part, relation.id)


def _move_beside(package: Package, part: str, sheet: _Sheet) -> None:
    """Comments, their boxes and tables, which refer to rows of the sheet."""
    for relation in package.relations(part):
        if relation.part not in package:
            continue
        if relation.kind in ("comments", "threadedComment"):
            _move(package, relation.part, relation.kind.removesuffix("s"), sheet)
        elif relation.kind == "table":
            spliced = Spliced(package.read(relation.part))
            for one in (spliced.root, *spliced.root.within("autoFilter")):
                if moved := sheet.table_range(one.attributes.get("ref", "")):
                    spliced.set(one, "ref", moved)
            package.write(relation.part, spliced.result())
        elif relation.kind == "vmlDrawing":
            package.write(relation.part, _moved_boxes(package.read(relation.part), sheet.number))


def _move(package: Package, part: str, local: str, sheet: _Sheet) -> None:
    spliced = Spliced(package.read(part))
    for one in list(spliced.root.within(local)):
        if moved := sheet.range(one.attributes.get("ref", "")):
            spliced.set(one, "ref", moved)
        else:
            spliced.replace(one, "")
    package.write(part, spliced.result())


def _moved_boxes(data: bytes, number: Callable[[int], int | None]) -> bytes:
    """The boxes of comments where their cells are now."""

    def moved(match: re.Match[bytes]) -> bytes:
        row = _ROW.search(match[0])
        if row is None:
            return match[0]
        old = int(row[2]) + 1
        at = number(old)
        if at is None:
            return b""
        if at == old:
            return match[0]
        shape = _ROW.sub(rb"\g<1>%d\g<3>" % (at - 1), match[0])

        def anchored(anchor: re.Match[bytes]) -> bytes:
            places = [int(place) for place in anchor[2].split(b",")]
            if len(places) == 8:  # column, offset, row, offset of either corner
                places[2], places[6] = max(0, places[2] + at - old), max(1, places[6] + at - old)
            return anchor[1] + ", ".join(map(str, places)).encode() + anchor[3]

        return _ANCHOR.sub(anchored, shape)

    return _SHAPE.sub(moved, data)
