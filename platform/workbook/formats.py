"""Number formats: which numbers are dates or percentages, and what an Excel serial number means in each of its two epochs."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from banshi.rules.cells import CellValue


class Shape(StrEnum):
    """What a number format makes of a number."""

    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"

    @property
    def dated(self) -> bool:
        """Whether the number counts days."""
        return self in (Shape.DATE, Shape.DATETIME, Shape.TIME)


# ECMA-376 part 1, 18.8.30: formats without a text, among them those that a Chinese Excel uses (27-36, 50-58).
_BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), Shape.DATE),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56), Shape.TIME),
    22: Shape.DATETIME,
    **dict.fromkeys((9, 10), Shape.PERCENT),
}
_LITERALS = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE | re.DOTALL)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DAY = timedelta(days=1)
_LAST_SERIAL = 2_958_465  # 9999-12-31


def shape_of(number_format: int, text: str | None) -> Shape:
    """The shape of a format, by its number and (for an author's own) its text such as `yyyy"年"m"月"`."""
    if text is None:
        return _BUILT_IN.get(number_format, Shape.NUMBER)
    code = _LITERALS.sub("", text).split(";")[0].casefold()
    code = code.replace("general", "").replace("g/通用格式", "")
    if _ELAPSED.search(code):
        # A length of time (`[h]:mm`) is a number of days: 26:30 is no time of day.
        return Shape.NUMBER
    code = re.sub(r"e[+-]|am/pm|a/p|上午/下午", "", code)
    clock = bool(re.search("[hs]", code))
    calendar = bool(re.search("[yde]|aaa", code)) or ("m" in code and not clock)
    if calendar:
        return Shape.DATETIME if clock else Shape.DATE
    if clock:
        return Shape.TIME
    return Shape.PERCENT if "%" in code else Shape.NUMBER


def from_serial(serial: float, shape: Shape, *, epoch_1904: bool) -> CellValue:
    """The date or time behind a serial number; raises ValueError for one that is none (negative, past 9999)."""
    if not 0 <= serial < _LAST_SERIAL + 1:
        raise ValueError("no date")
    # To the millisecond: 08:30 is stored as 0.35416666666666669.
    days, milliseconds = divmod(round(serial * 86_400_000), 86_400_000)
    clock = timedelta(milliseconds=milliseconds)
    if shape is Shape.TIME and days == 0:
        return (datetime(2000, 1, 1) + clock).time()  # noqa: DTZ001  a carrier for the clock: Excel has no zones
    day = _day(days, epoch_1904=epoch_1904)
    if shape is Shape.DATE and not milliseconds:
        return day
    return datetime.combine(day, time()) + clock


def number(raw: str) -> Decimal:
    """The number that was typed, from what the file stores; raises ValueError when it is none.

    Excel stores doubles with 17 digits (0.698 as 0.69799999999999995); the shortest text of the same double is what the
    author saw. Whole numbers that another program wrote keep all their digits.
    """
    if raw.isascii() and raw.isdigit() and len(raw) < 20:
        return Decimal(raw)
    text = raw.strip()
    if re.fullmatch(r"[+-]?[0-9]{1,400}", text):
        return Decimal(text) or Decimal(0)
    value = float(text)
    if not math.isfinite(value) or "_" in text:
        raise ValueError("no number")
    return Decimal(repr(value)) if value else Decimal(0)


def _day(days: int, *, epoch_1904: bool) -> date:
    if epoch_1904:
        return date(1904, 1, 1) + days * _DAY
    if days in (0, 60):
        raise ValueError("1900-01-00 and 1900-02-29 are days that only Excel knows")
    return date(1899, 12, 30) + days * _DAY if days > 60 else date(1899, 12, 31) + days * _DAY
