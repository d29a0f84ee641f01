"""Constants of a table: what `100`, `20万`, `是` or `2026年9月1日` mean in a column of a kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Final, TypeVar

from banshi.rules.expressions import suggest
from banshi.rules.expressions.characters import fold_name
from banshi.rules.tables.conditions import Literal
from banshi.rules.values import CAMPUS_ZONE, Kind, Value

KIND_ZH: Final = {
    Kind.NUMBER: "数字",
    Kind.TEXT: "文本",
    Kind.BOOLEAN: "是否",
    Kind.DATE: "日期",
    Kind.DATETIME: "日期时间",
    Kind.TIME: "时间",
    Kind.LIST: "列表",
    Kind.ANY: "任意值",
}

TRUTHS: Final = {
    "是": True,
    "true": True,
    "yes": True,
    "真": True,
    "√": True,
    "✓": True,
    "否": False,
    "false": False,
    "no": False,
    "假": False,
    "×": False,
}

OPEN_ENDS: Final = frozenset(
    {"-", "–", "—", "长期", "长期有效", "永久", "永久有效", "至今", "无期限", "open", "no end"}
)
"""What stands in the columns of validity where a row has no last day."""

_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d*)(?:\.\d+)?|[+-]?\.\d+", re.ASCII)
_SCALED = re.compile(rf"({_NUMBER.pattern})\s*(%|万|亿)", re.ASCII)
_SCALES = {"%": Decimal("0.01"), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
_DATE = re.compile(r"(\d{4})\s*(?:([-/])(\d{1,2})\2(\d{1,2})|年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日)", re.ASCII)
_CAS = re.compile(r"(\d{2,7})-(\d{2})-(\d)", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)

T = TypeVar("T")


def remembered(function: Callable[[str], T]) -> Callable[[str], T]:
    """A pure function of a text that remembers its last answers, for the cells of a table say the same few things over
    and over. Long texts are not kept: nobody types one twice.
    """
    known = lru_cache(maxsize=4096)(function)
    return lambda text: known(text) if len(text) <= 100 else function(text)


class Unreadable:
    """The answer of `read` where a literal does not fit the kind."""


UNREADABLE: Final = Unreadable()


def read(literal: Literal, kind: Kind) -> Value | Unreadable:
    """The literal as a value of a kind. A day in a column of instants stays a `date` (it means the whole day)."""
    value = literal.value
    match kind:
        case Kind.NUMBER:
            return value if isinstance(value, Decimal) else _number(literal)
        case Kind.TEXT:
            return UNREADABLE if isinstance(value, (date, time)) else fold_name(literal.text)
        case Kind.BOOLEAN:
            return value if isinstance(value, bool) else _truth(literal)
        case Kind.DATE | Kind.DATETIME:
            return _instant(literal, kind)
        case Kind.TIME:
            return value if isinstance(value, time) else _time(literal)
        case _:
            return UNREADABLE


def evidence(literal: Literal) -> Kind:
    """The kind that a literal speaks for by itself; `any` for words such as 是, which may be text or a boolean."""
    value = literal.value
    match value:
        case bool():
            return Kind.BOOLEAN
        case Decimal():
            return Kind.NUMBER
        case datetime():
            return Kind.DATETIME
        case date():
            return Kind.DATE
        case time():
            return Kind.TIME
    if literal.quoted:
        return Kind.TEXT
    if isinstance(_truth(literal), bool):
        return Kind.ANY
    if _NUMBER.fullmatch(fold_name(literal.text)):
        return Kind.NUMBER
    found = orderable(literal)
    return found if found in (Kind.DATE, Kind.DATETIME, Kind.TIME) else Kind.TEXT


def orderable(literal: Literal) -> Kind | None:
    """The kind under which the literal can be compared by size, or None."""
    if isinstance(literal.value, str):
        return None if literal.quoted else _orderable_text(literal.value)
    return _orderable(literal)


@remembered
def _orderable_text(text: str) -> Kind | None:
    return _orderable(Literal(text))


def _orderable(literal: Literal) -> Kind | None:
    for kind in (Kind.NUMBER, Kind.TIME):
        if not isinstance(read(literal, kind), Unreadable):
            return kind
    instant = _instant(literal, Kind.DATETIME)
    if isinstance(instant, Unreadable):
        return None
    return Kind.DATETIME if isinstance(instant, datetime) else Kind.DATE


def _number(literal: Literal) -> Decimal | Unreadable:
    if not isinstance(literal.value, str) or literal.quoted:
        return UNREADABLE
    return _number_in(literal.value)


@remembered
def _number_in(text: str) -> Decimal | Unreadable:
    text = fold_name(text)
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    scaled = _SCALED.fullmatch(text)
    return Decimal(scaled[1]) * _SCALES[scaled[2]] if scaled else UNREADABLE


def _truth(literal: Literal) -> bool | Unreadable:
    if not isinstance(literal.value, str) or literal.quoted:
        return UNREADABLE
    return TRUTHS.get(fold_name(literal.value).lower(), UNREADABLE)


def _instant(literal: Literal, kind: Kind) -> date | datetime | Unreadable:
    value = literal.value
    if isinstance(value, str) and not literal.quoted:
        value = _dated(fold_name(value))
    if isinstance(value, datetime):
        value = local(value)
        if kind is Kind.DATE:
            return value.date() if value.time() == time() else UNREADABLE
        return value
    return value if isinstance(value, date) else UNREADABLE


@remembered
def _dated(text: str) -> date | datetime | None:
    day, _, hour = text.partition(" ") if ":" in text else (text, "", "")
    if not hour and ":" in text:
        day, _, hour = text.partition("T")
    found = _DATE.fullmatch(day.strip())
    if not found:
        return None
    try:
        value = date(int(found[1]), int(found[3] or found[5]), int(found[4] or found[6]))
        if not hour:
            return value
        clock = _time(Literal(hour.strip()))
        return datetime.combine(value, clock) if isinstance(clock, time) else None
    except ValueError:
        return None


def _time(literal: Literal) -> time | Unreadable:
    if not isinstance(literal.value, str) or literal.quoted:
        return UNREADABLE
    return _time_in(literal.value)


@remembered
def _time_in(text: str) -> time | Unreadable:
    found = _TIME.fullmatch(fold_name(text))
    if not found or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3] or 0) > 59:
        return UNREADABLE
    return time(int(found[1]), int(found[2]), int(found[3] or 0))


def read_day(value: object) -> date | None:
    """A cell's value as a day, or None: for the columns that say from when and until when a row is in force."""
    literal = Literal(value) if isinstance(value, (str, date)) else Literal(None)
    found = _instant(literal, Kind.DATE)
    return None if isinstance(found, Unreadable) else found


def local(value: datetime) -> datetime:
    """The instant as the wall clock in China shows it, without a zone, so that all instants compare."""
    return value.astimezone(CAMPUS_ZONE).replace(tzinfo=None) if value.tzinfo else value


def is_cas(text: str) -> bool:
    """Whether the text is a CAS number with the right check digit (sum of digit x position from the right, mod 10)."""
    found = _CAS.fullmatch(text)
    if not found:
        return False
    digits = (found[1] + found[2])[::-1]
    return sum(int(digit) * place for place, digit in enumerate(digits, start=1)) % 10 == int(found[3])


def cas_of_date(day: date) -> str:
    """The CAS number that Excel made a date of, or an empty string. At most one spelling has a right check digit."""
    if day.day > 9:
        return ""
    spellings = {f"{day.year % 100:02}-{day.month:02}-{day.day}", f"{day.year}-{day.month:02}-{day.day}"}
    right = [text for text in spellings if is_cas(text)]
    return right[0] if len(right) == 1 else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that somebody who typed `word` most likely meant, or an empty string."""
    return suggest(word, known, least=0.5)
