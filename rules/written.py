"""What people write, as values: numbers, days, moments, times of day, yes and no. One reading for every way in.

The screen, pasted rows, templates, programs, the command line and plain tables come here; `ui/components/form_values.js` holds the same rules
for the browser, and `tests/platform/forms/written.json` holds both to one table. What may mean two things means nothing.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

_UNSEEN = r"[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+"
_EDGES = re.compile(f"^{_UNSEEN}|{_UNSEEN}$")
_GROUPED = re.compile(r"([+-]?[1-9]\d{0,2})((?:,\d{3})+)(\.\d*)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_COMMAS = re.compile(r"[+-]?[\d.]*\d,[\d,.]*", re.ASCII)
_CURRENCY = re.compile(r"([+-]?)\s*¥\s*")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?", re.ASCII)
_YEAR = re.compile(r"(\d{4})\s*年?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})\s*[:时点]\s*(\d{1,2})?\s*分?\s*(?:[:]?\s*(\d{1,2})\s*秒?)?", re.ASCII)

YES = frozenset({"true", "1", "ok", "yes", "y", "t", "是", "对", "真", "同意", "确认", "√", "✓", "✔", "☑"})
NO = frozenset({"false", "0", "no", "n", "f", "否", "假", "不同意", "×", "✗", "✘", "☐"})


def bare(text: str) -> str:
    """A text without the blanks around it, also those of no width: what shows nothing is empty."""
    return _EDGES.sub("", text)


def plain(text: str) -> str:
    """A text in half width, without the blanks around it."""
    return bare(unicodedata.normalize("NFKC", text).replace("\u2212", "-"))


def number(text: str) -> Decimal | None:
    """`12.50`, `１２３`, `1,000`, `¥1,000.5` or `1e3` as a number; None for what is none, or may be two (`1,00`)."""
    said = _CURRENCY.sub(r"\1", plain(text), count=1)
    if _NUMBER.fullmatch(said):
        return Decimal(said)
    return Decimal(said.replace(",", "")) if _GROUPED.fullmatch(said) else None


def has_odd_commas(text: str) -> bool:
    """Whether a text is digits with commas that do not stand before each three: what it means is not clear."""
    said = _CURRENCY.sub(r"\1", plain(text), count=1)
    return number(said) is None and _COMMAS.fullmatch(said) is not None


def day(text: str, part: str = "") -> date | None:
    """`2026-09-01`, `2026/9/1` or `2026年9月1日`; where only a `part` is asked (`month`, `year`), that part alone will do.

    None for what is no day.
    """
    said = plain(text)
    found = _DAY.fullmatch(said)
    if found is None and part in ("month", "year"):
        found = _MONTH.fullmatch(said)
    if found is None and part == "year":
        found = _YEAR.fullmatch(said)
    numbers = [int(group) for group in found.groups()] if found else []
    try:
        return date(*numbers, *[1] * (3 - len(numbers))) if numbers else None
    except ValueError:
        return None


def first_of(value: date, part: str) -> date:
    """The first day of the month or the year, as XLSForm keeps what is asked as `month-year` or `year`."""
    return value.replace(day=1, month=1 if part == "year" else value.month) if part else value


def clock(text: str) -> time | None:
    """`8:30`, `08:30:15`, `8时30分` or `8点`; None for what is no time of day."""
    said = plain(text)
    found = _CLOCK.fullmatch(said)
    if not found or (":" in said and len(found[2] or "") != 2):
        return None
    try:
        return time(int(found[1]), int(found[2] or 0), int(found[3] or 0))
    except ValueError:
        return None


def moment(text: str) -> datetime | None:
    """A day and a time of day as they are written one behind the other; None for what is neither."""
    said = plain(text)
    for at in (found.end() for found in re.finditer(r"\s+|日\s*|(?<=\d)[Tt]", said)):
        day_said, clock_said = said[:at].rstrip(" \t\nTt"), said[at:]
        if (on := day(day_said)) and (hour := clock(clock_said)):
            return datetime.combine(on, hour)
    return None


def yes_no(text: str) -> bool | None:
    """`是`, `√`, `yes`, `同意`, `1` as true, `否`, `×`, `no`, `0` as false; None for other words."""
    said = plain(text).lower()
    return True if said in YES else False if said in NO else None
