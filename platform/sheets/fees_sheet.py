"""The sheets `fees.<name>` · `收费-<名称>`: a tariff."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date
from typing import Final

from banshi.platform.sheets.cells import expression, part_of
from banshi.platform.workbook.columns import Column, Record, plain, read_header, suggest
from banshi.platform.workbook.remarks import below_title
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell, Percentage
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression
from banshi.rules.tables.literals import OPEN_ENDS, read_day
from banshi.rules.tariffs import Line, Method, Rounding, Tariff, faults
from banshi.rules.tariffs.layout import METHODS
from banshi.rules.tariffs.model import Bounds, Proration, Season
from banshi.rules.tariffs.rounding import read_rounding

_BARE = re.compile(r"[2-46-9]", re.ASCII)
"""Units that nobody rounds to, written without a mode: decimals are meant."""

COLUMNS: Final = (
    Column("item", ("item", "项目"), needed=True),
    Column("label", ("label", "名称", "label::zh", "名称::中文 (zh)", "label::中文 (zh)")),
    Column("label_en", ("label::English (en)", "名称::English (en)", "label::en", "名称::en")),
    Column("quantity", ("quantity", "计量")),
    Column("from", ("from", "起")),
    Column("to", ("to", "止")),
    Column("rate", ("rate", "单价")),
    Column("method", ("method", "方式")),
    Column("when", ("when", "条件")),
    Column("from_date", ("from_date", "生效")),
    Column("until_date", ("until_date", "失效")),
    Column("prorate", ("prorate", "折算")),
    Column("unit", ("unit", "单位")),
    Column("round", ("round", "取整")),
    Column("minimum", ("minimum", "最低")),
    Column("maximum", ("maximum", "封顶")),
    Column("carry", ("carry", "结转")),
    Column("share", ("share", "分摊")),
    Column("reference", ("reference", "依据")),
    Column("note", ("note", "备注")),
)

BOUNDS: Final[dict[Bounds, tuple[str, ...]]] = {
    Bounds.SCALED: ("days and bounds", "按天连档"),
    Bounds.KEPT: ("days only", "按天不动档"),
    Bounds.UNSAID: ("days", "按天"),
}
"""The words of `prorate`, the longer ones first: each begins with the last."""

MONEY: Final = frozenset({"元", "人民币", "yuan", "cny", "rmb", "money"})
"""Units that are money, as a blank cell is."""

_METHOD_BY_WORD = {plain(word): method for method, words in METHODS.items() for word in words}
_OPEN = frozenset({"", "-", "–", "—", "∞"})
_SIGNED = re.compile(r"\s*[<>≤≥≦≧＜＞]\s*[=＝]?")
_PRORATE = re.compile(
    rf"\s*({'|'.join(w for words in BOUNDS.values() for w in words)})\s*(\S.*?)(?:\.\.|[~～])(.*\S)\s*", re.I
)
_BY = re.compile(r"\s+(?:按|by)\s+", re.I)
_MONTH_DAY = re.compile(r"(?:每年|yearly)?\s*(\d{1,2})(?:-|/|月)(\d{1,2})日?", re.I)
_NAMES = re.compile(r"[,，、;；+＋\n]")


def parse_fees(sheet: Sheet) -> tuple[Tariff | None, list[Diagnostic]]:
    """The tariff on a sheet, called by the sheet's suffix; None where there is no header row to read."""
    if not sheet.rows:
        return None, [faults.NO_HEADER.at(sheet.place("A1"))]
    sheet, notes = below_title(sheet, COLUMNS)
    header, found = read_header(sheet, sheet.rows[0], COLUMNS)
    found += notes
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
    last = above[-1] if above and above[-1].item == item else None
    method = _method(record, last, found)
    quantity = record["quantity"]
    total = method is Method.TOTAL
    season = _season(record, found)
    share, weights = _share(record["share"], found)
    parts = {
        "quantity": None if total else _quantity(quantity, method, last, found),
        "rate": expression(_as_shown(record["rate"]), found),
        "low": _bound(record["from"], found),
        "high": _bound(record["to"], found),
    }
    cells = {"quantity": quantity, "rate": record["rate"], "low": record["from"], "high": record["to"]}
    return Line(
        item=item,
        method=method,
        number=record.row,
        label=record["label"].text,
        label_en=record["label_en"].text,
        quantity=parts["quantity"],
        adds=_names(quantity) if total else (),
        adds_place=quantity.place,
        low=parts["low"],
        high=parts["high"],
        rate=parts["rate"],
        unread=tuple(name for name, cell in cells.items() if parts[name] is None and cell.text.strip() not in _OPEN)
        + (() if _reads_method(record) else ("method",)),
        when=expression(record["when"], found),
        valid_from=None if season else _day(record["from_date"], found),
        valid_until=None if season else _day(record["until_date"], found),
        season=season,
        prorate=_prorate(record["prorate"], found),
        rounding=_rounding(record["round"], found),
        minimum=expression(record["minimum"], found),
        maximum=expression(record["maximum"], found),
        carry=expression(record["carry"], found),
        share=share,
        weights=weights,
        unit="" if plain(record["unit"].text) in MONEY else record["unit"].text.strip(),
        reference=record["reference"].text,
        note=record["note"].text,
        place=record["item"].place if item else record.first,
    )


def _as_shown(cell: Cell) -> Cell:
    """A rate that Excel shows as a percentage, written as one."""
    return replace(cell, value=cell.value.shown) if isinstance(cell.value, Percentage) else cell


def _reads_method(record: Record) -> bool:
    return record["method"].blank or plain(record["method"].text) in _METHOD_BY_WORD


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
        near = suggest(cell.text, (word for words in METHODS.values() for word in words))
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
    if cell.text.strip() in _OPEN:
        return None
    if _SIGNED.match(cell.text):
        found.append(faults.BOUND_WITH_SIGN.at(cell.place, text=cell.text, number=_SIGNED.sub("", cell.text).strip()))
        return None
    return expression(cell, found)


def _day(cell: Cell, found: list[Diagnostic]) -> date | None:
    if cell.blank or cell.text.strip() in OPEN_ENDS:
        return None
    day = read_day(cell.value)
    if day is None:
        found.append(faults.BAD_DATE.at(cell.place, text=cell.text))
    return day


def _season(record: Record, found: list[Diagnostic]) -> Season | None:
    """Two days without a year: the row is in force every year. One of them alone is a fault."""
    cells = (record["from_date"], record["until_date"])
    days = [_month_day(cell) for cell in cells]
    if days[0] and days[1]:
        return Season(days[0], days[1])
    if any(days):
        given, other = cells if days[0] else cells[::-1]
        if isinstance(other.value, str) and _MONTH_DAY.fullmatch(plain(other.text)):
            found.append(faults.BAD_DATE.at(other.place, text=other.text))
        else:
            found.append(faults.HALF_SEASON.at(given.place))
        return Season(days[0] or (1, 1), days[1] or (12, 31))
    return None


def _month_day(cell: Cell) -> tuple[int, int] | None:
    """`05-01` or `每年5月1日`. (What Excel has made a date of has a year.)"""
    given = _MONTH_DAY.fullmatch(plain(cell.text)) if isinstance(cell.value, str) else None
    if given is None:
        return None
    month, day = int(given[1]), int(given[2])
    return (month, day) if 1 <= month <= 12 and 1 <= day <= monthrange(2024, month)[1] else None


def _prorate(cell: Cell, found: list[Diagnostic]) -> Proration | None:
    """`按天 计费起..计费止`: the word and the first and the last day of the period, each an expression."""
    if cell.blank:
        return None
    given = _PRORATE.fullmatch(cell.text)
    if given is None:
        found.append(faults.BAD_PRORATE.at(cell.place, text=cell.text))
        return None
    bounds = next(bounds for bounds, words in BOUNDS.items() if given[1].casefold() in words)
    first, last = (part_of(cell, *given.span(group), found) for group in (2, 3))
    return Proration(first, last, bounds, cell.place) if first and last else None


def _share(cell: Cell, found: list[Diagnostic]) -> tuple[Expression | None, Expression | None]:
    """Who shares, and after ` 按 ` or ` by ` the weights."""
    by = None if cell.blank else _BY.search(cell.text)
    if by is None:
        return expression(cell, found), None
    return part_of(cell, 0, by.start(), found), part_of(cell, by.end(), len(cell.text), found)


def _rounding(cell: Cell, found: list[Diagnostic]) -> Rounding:
    rounding = read_rounding(cell.text)
    if _BARE.fullmatch(cell.text):
        found.append(faults.BARE_UNIT.at(cell.place, word=cell.text))
    if rounding is None:
        found.append(faults.UNKNOWN_ROUND.at(cell.place, word=cell.text))
    return rounding or Rounding()
