"""Values made into numbers, texts, dates and truths: the one place that says what may stand for what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, tzinfo
from decimal import (
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

from banshi.rules.diagnostics import Fault
from banshi.rules.expressions import faults
from banshi.rules.values import ErrorValue, Kind, Value, kind_of

MAX_TEXT = 32_767
"""Characters in a computed text: Excel's own bound for a cell."""

_TRAPS = [InvalidOperation, DivisionByZero, Overflow]
ARITHMETIC = Context(prec=50, rounding=ROUND_HALF_EVEN, Emax=999, Emin=-999, traps=_TRAPS)
_SETTLED = Context(prec=40, rounding=ROUND_HALF_EVEN, Emax=999, Emin=-999, traps=_TRAPS)
_NEAR = Context(prec=34, rounding=ROUND_HALF_EVEN, Emax=999, Emin=-999, traps=_TRAPS)
_SHORT = 24
_SAME = 36

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,60}(?:\.[0-9]{0,60})?|\.[0-9]{1,60})(?:[eE][+-]?[0-9]{1,3})?")
_CLOCK = re.compile(r"\s*[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?\s*")
_DAY = re.compile(r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?")

KINDS = {
    Kind.NUMBER: ("数字", "a number"),
    Kind.TEXT: ("文字", "a text"),
    Kind.BOOLEAN: ("“是/否”", "a yes/no value"),
    Kind.DATE: ("日期", "a date"),
    Kind.DATETIME: ("日期时间", "a date with time"),
    Kind.TIME: ("时间", "a time"),
    Kind.LIST: ("多个值", "several values"),
    Kind.ANY: ("值", "a value"),
}
"""Kinds in words, Chinese and English."""


class Problem(Exception):
    """A value cannot be computed. The evaluator turns it into an error value that names the cell and the part."""

    def __init__(self, fault: Fault, **facts: object) -> None:
        """Take the broken rule and the facts that its sentence names, except `part`."""
        super().__init__(fault.code)
        self.fault = fault
        self.facts = facts


def wrong(value: Value, kind: Kind) -> Problem:
    """The problem that a value is not of the kind that is needed."""
    zh, en = KINDS[kind]
    return Problem(faults.WRONG_VALUE, value=_shown(value), wanted=zh, wanted_en=en)


def bad_argument(zh: str, en: str) -> Problem:
    """A problem of one function only, said in its own words."""
    return Problem(faults.BAD_ARGUMENT, reason=zh, reason_en=en)


def is_empty(value: Value) -> bool:
    """Whether nothing is there: no answer, an empty text, an empty list."""
    return value is None or value in ("", ())


def settle(number: Decimal) -> Decimal:
    """The number to 40 significant digits: what 50-digit arithmetic left over behind them is not meant (1/3*3 is 1).

    So is a number of at most 24 digits from which it differs behind the 34th only: 1000/30, which was cut at 40, times 30.
    """
    settled = _SETTLED.plus(number)
    if not settled:
        return settled.copy_abs()
    near = _NEAR.plus(settled)
    if near != settled and len((near := near.normalize(_NEAR)).as_tuple().digits) <= _SHORT:
        return _NEAR.add(near, Decimal(0))
    # Where digits were cut, the zeros at the end say nothing; adding 0 takes an exponent such as 1E+2 away.
    return settled if settled == number else _SETTLED.add(settled.normalize(_SETTLED), Decimal(0))


def add(left: Decimal, right: Decimal) -> Decimal:
    """The sum. Where two numbers are the same to 36 digits their difference is 0, as in Excel (1000/30*30-1000)."""
    result = ARITHMETIC.add(left, right)
    if left.is_signed() is right.is_signed():
        return result
    if result and result.adjusted() < max(left.adjusted(), right.adjusted()) - _SAME:
        return Decimal(0)
    return result


def subtract(left: Decimal, right: Decimal) -> Decimal:
    """The difference, as `add` has it."""
    return add(left, ARITHMETIC.minus(right))


def to_number(value: Value) -> Decimal | None:
    """A number; empty stays empty. TRUE is 1 (Excel, XPath); a text must read as a number. Raises `Problem`."""
    match value:
        case None | "":
            return None
        case bool():
            return Decimal(int(value))
        case Decimal() if value.is_finite():
            return value
        case str() if _NUMBER.fullmatch(value.strip()):
            return Decimal(value.strip())
        case tuple():
            raise Problem(faults.LIST_VALUE)
        case _:
            raise wrong(value, Kind.NUMBER)


def to_whole(value: Decimal, least: int, most: int) -> int:
    """A number as a whole number within bounds (cut towards zero, as Excel does with positions); raises `Problem`."""
    number = settle(value)
    if not least <= number <= most:
        text = number_text(number)
        raise bad_argument(f"{text} 应在 {least} 到 {most} 之间", f"{text} should lie between {least} and {most}")
    return int(number)


def number_text(number: Decimal) -> str:
    """A number as text: `0.5`, `1200`; no exponent, no zeros at the end."""
    if not number.is_finite():
        return str(number)
    text = format(settle(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_text(value: Value) -> str:
    """A value as text: empty is an empty text, several values are joined by a space, TRUE and FALSE are so written."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case Decimal():
            return number_text(value)
        case datetime():
            return value.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
        case date() | time():
            return value.isoformat()
        case tuple():
            return " ".join(to_text(item) for item in value)
        case ErrorValue():
            return value.diagnostic.message()


def to_string(value: Value) -> str:
    """A value as XPath's string() has it: `true` and `false`; all else as `to_text`."""
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return " ".join(map(to_string, value))
        case _:
            return to_text(value)


def to_truth(value: Value) -> bool:
    """Whether a value holds as a condition: TRUE, a number other than 0, any text or list that is not empty."""
    match value:
        case bool():
            return value
        case Decimal():
            return value != 0
        case _:
            return not is_empty(value)


def local(moment: datetime, zone: tzinfo | None) -> datetime:
    """A moment on the local clock, without its zone; a moment without a zone is local already."""
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment


def to_date(value: Value, zone: tzinfo | None) -> date | None:
    """A day; empty stays empty. Texts such as `2026-09-01`, `2026/9/1`, `2026年9月1日` are read. Raises `Problem`."""
    match value:
        case None | "":
            return None
        case datetime():
            return local(value, zone).date()
        case date():
            return value
        case str():
            found = _day(value.strip()) or _moment(value.strip(), zone)
            if found is None:
                raise wrong(value, Kind.DATE)
            return found.date() if isinstance(found, datetime) else found
        case tuple():
            raise Problem(faults.LIST_VALUE)
        case _:
            raise wrong(value, Kind.DATE)


def to_moment(value: Value, zone: tzinfo | None) -> datetime | None:
    """A local date with time; a day is its midnight; empty stays empty. Raises `Problem`."""
    match value:
        case datetime():
            return local(value, zone)
        case str() if (found := _moment(value.strip(), zone)) is not None:
            return found
        case _:
            day = to_date(value, zone)
            return None if day is None else datetime.combine(day, time())


def clock_of(text: str) -> time | None:
    """The time of day of a text such as `08:30`; None for a text of another shape, a problem for `25:00`."""
    if not _CLOCK.fullmatch(text):
        return None
    try:
        return time.fromisoformat(text.strip())
    except ValueError:
        raise wrong(text, Kind.TIME) from None


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _moment(text: str, zone: tzinfo | None) -> datetime | None:
    try:
        return local(datetime.fromisoformat(text), zone) if len(text) > 10 else None
    except ValueError:
        return None


def spread(values: Iterable[Value]) -> Iterator[Value]:
    """The values with every list among them laid out flat."""
    for value in values:
        if isinstance(value, tuple):
            yield from spread(value)
        else:
            yield value


def choices_of(value: Value) -> tuple[str, ...]:
    """The chosen names of a choice question: a list, or XLSForm's text with spaces between."""
    if isinstance(value, tuple):
        return tuple(to_text(item) for item in value)
    return tuple(to_text(value).split())


def bounded(text: str) -> str:
    """The text, if it is not longer than a cell may be; raises `Problem`."""
    if len(text) > MAX_TEXT:
        raise Problem(faults.OUT_OF_RANGE)
    return text


def round_to(number: Decimal, digits: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The number rounded to digits after the point (before it when negative); halves away from zero by default."""
    number = settle(number)
    if number.adjusted() + digits >= 45:
        return number
    rounded = number.quantize(Decimal((0, (1,), -digits)), rounding=rounding, context=ARITHMETIC)
    if digits < 0:
        rounded = ARITHMETIC.add(rounded, Decimal(0))
    return rounded if rounded else rounded.copy_abs()


def _shown(value: Value) -> str:
    text = to_text(value)
    return text if len(text) <= 40 else text[:40] + "…"


def kind_words(value: Value) -> tuple[str, str]:
    """What kind a value is, in Chinese and English."""
    return KINDS[kind_of(value)]
