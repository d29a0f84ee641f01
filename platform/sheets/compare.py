"""Comparing what an example expects with what came out: amounts as decimals, dates as dates, columns row by row."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from banshi.platform.sheets.words import NO, YES
from banshi.platform.workbook.columns import plain
from banshi.rules.cells import Cell
from banshi.rules.values import ErrorValue, Value

_EMPTY = frozenset(map(plain, ("空", "empty", "（空）", "无")))
_SEVERAL = re.compile(r"[,，、;；\n]+")


def agrees(cell: Cell, value: Value) -> bool:
    """Whether a value is what a cell expects. `9.6` and `9.60` are one amount; `空` expects nothing."""
    text = cell.text.strip()
    match value:
        case None | ():
            return plain(text) in _EMPTY
        case ErrorValue():
            return False
        case bool():
            return plain(text) in (YES if value else NO)
        case Decimal():
            return _number(text) == value
        case datetime():
            return _instant(cell) == value.replace(tzinfo=None)
        case date():
            return text[:10] == value.isoformat() and (len(text) == 10 or text[10:].strip(" T0:") == "")
        case time():
            return text in (value.isoformat(), value.isoformat("minutes"))
        case tuple():
            parts = [part.strip() for part in _SEVERAL.split(text)]
            return len(parts) == len(value) and all(
                agrees(Cell(part, cell.place), item) for part, item in zip(parts, value, strict=True)
            )
        case _:
            return unicodedata.normalize("NFKC", text) == unicodedata.normalize("NFKC", value).strip()


def shown(value: Value, language: str = "zh") -> str:
    """A value as a failed example shows it, in Chinese (`zh`) or English (`en`)."""
    english = language == "en"
    match value:
        case None | ():
            return "(empty)" if english else "（空）"
        case ErrorValue():
            return value.diagnostic.message(language)
        case bool():
            return ("yes" if value else "no") if english else ("是" if value else "否")
        case tuple():
            return (", " if english else "、").join(shown(item, language) for item in value)
        case str():
            return value
        case Decimal():
            return format(value, "f")
        case _:
            return value.isoformat()


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None


def _instant(cell: Cell) -> datetime | None:
    if isinstance(cell.value, datetime):
        return cell.value
    try:
        return datetime.fromisoformat(cell.text.strip()).replace(tzinfo=None)
    except ValueError:
        return None
