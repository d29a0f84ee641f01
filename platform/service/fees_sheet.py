"""The sheets `fees.<name>` · `收费-<名称>`: a tariff."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from banshi.platform.service.cells import expression
from banshi.platform.workbook.columns import Column, Record, plain, read_header, suggest
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression
from banshi.rules.tables.literals import read_day
from banshi.rules.tariffs import Line, Method, Rounding, Tariff, faults
from banshi.rules.tariffs.layout import METHODS
from banshi.rules.tariffs.rounding import read_rounding

COLUMNS: Final = (
    Column("item", ("item", "项目"), needed=True),
    Column("label", ("label", "名称")),
    Column("quantity", ("quantity", "计量")),
    Column("from", ("from", "起")),
    Column("to", ("to", "止")),
    Column("rate", ("rate", "单价")),
    Column("method", ("method", "方式")),
    Column("when", ("when", "条件")),
    Column("from_date", ("from_date", "生效")),
    Column("until_date", ("until_date", "失效")),
    Column("prorate", ("prorate", "折算")),
    Column("round", ("round", "取整")),
    Column("minimum", ("minimum", "最低")),
    Column("maximum", ("maximum", "封顶")),
    Column("carry", ("carry", "结转")),
    Column("share", ("share", "分摊")),
    Column("reference", ("reference", "依据")),
    Column("note", ("note", "备注")),
)

NOT_AVAILABLE: Final = {"prorate": "prorate / 折算", "carry": "carry / 结转"}
"""Columns of the standard that this version does not build."""

_METHOD_BY_WORD = {plain(word): method for method, words in METHODS.items() for word in words}
_OPEN = frozenset({"", "-", "–", "—", "∞"})
_NAMES = re.compile(r"[,，、;；+＋\n]")


def parse_fees(sheet: Sheet) -> tuple[Tariff | None, list[Diagnostic]]:
    """The tariff on a sheet, called by the sheet's suffix; None where there is no header row to read."""
    if not sheet.rows:
        return None, [faults.NO_HEADER.at(sheet.place("A1"))]
    header, found = read_header(sheet, sheet.rows[0], COLUMNS)
    lines: list[Line] = []
    for record in header.records(sheet.rows[1:]):
        line = _line(record, lines, found)
        if line is not None:
            lines.append(line)
    place = sheet.place(f"A{sheet.rows[0].number}")
    if len(sheet.rows) == 1:
        found.append(faults.NO_LINES.at(place))
    return Tariff(name=sheet.suffix or sheet.name, lines=tuple(lines), place=place), found


def _line(record: Record, above: list[Line], found: list[Diagnostic]) -> Line | None:
    item = record["item"].text
    if not item:
        found.append(faults.NO_ITEM.at(record["item"].place, row=record.row))
    found += [
        faults.NOT_AVAILABLE.at(record[name].place, column=column)
        for name, column in NOT_AVAILABLE.items()
        if not record[name].blank
    ]
    last = above[-1] if above and above[-1].item == item else None
    method = _method(record, last, found)
    quantity = record["quantity"]
    total = method is Method.TOTAL
    return Line(
        item=item,
        method=method,
        number=record.row,
        label=record["label"].text,
        quantity=None if total else _quantity(quantity, method, last, found),
        adds=_names(quantity) if total else (),
        adds_place=quantity.place,
        low=_bound(record["from"], found),
        high=_bound(record["to"], found),
        rate=expression(record["rate"], found),
        when=expression(record["when"], found),
        valid_from=_day(record["from_date"], found),
        valid_until=_day(record["until_date"], found),
        rounding=_rounding(record["round"], found),
        minimum=expression(record["minimum"], found),
        maximum=expression(record["maximum"], found),
        share=expression(record["share"], found),
        reference=record["reference"].text,
        note=record["note"].text,
        place=record["item"].place if item else record.first,
    )


def _method(record: Record, last: Line | None, found: list[Diagnostic]) -> Method:
    """The method; where it is blank, that of the bracket above it, else `flat`."""
    cell = record["method"]
    bracket = not record["from"].blank or not record["to"].blank
    if cell.blank:
        if bracket and last is not None and last.bracketed:
            return last.method
        if bracket:
            found.append(faults.NO_METHOD.at(cell.place, row=record.row))
        return Method.WHOLE if bracket else Method.FLAT
    method = _METHOD_BY_WORD.get(plain(cell.text))
    if method is None:
        near = suggest(cell.text, (word for words in METHODS.values() for word in words)) or "—"
        found.append(faults.UNKNOWN_METHOD.at(cell.place, word=cell.text, near=near))
    return method or (Method.WHOLE if bracket else Method.FLAT)


def _quantity(cell: Cell, method: Method, last: Line | None, found: list[Diagnostic]) -> Expression | None:
    """The quantity; a bracket that leaves it blank takes it from the bracket of the same item above."""
    if cell.blank and last is not None and last.bracketed and last.method is method:
        return last.quantity
    return expression(cell, found)


def _names(cell: Cell) -> tuple[str, ...]:
    """The items that a total names."""
    pieces = (piece.strip() for piece in _NAMES.split(cell.text.lstrip("=＝")))
    return tuple(piece.removeprefix("${").removesuffix("}").strip() for piece in pieces if piece)


def _bound(cell: Cell, found: list[Diagnostic]) -> Expression | None:
    return None if cell.text.strip() in _OPEN else expression(cell, found)


def _day(cell: Cell, found: list[Diagnostic]) -> date | None:
    day = None if cell.blank else read_day(cell.value)
    if day is None and not cell.blank:
        found.append(faults.BAD_DATE.at(cell.place, text=cell.text))
    return day


def _rounding(cell: Cell, found: list[Diagnostic]) -> Rounding:
    rounding = read_rounding(cell.text)
    if rounding is None:
        found.append(faults.UNKNOWN_ROUND.at(cell.place, word=cell.text))
    return rounding or Rounding()
