"""What the operators do with two values. Nothing here knows the tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from banshi.rules.expressions import faults
from banshi.rules.expressions.convert import (
    ARITHMETIC,
    Problem,
    add,
    is_empty,
    kind_words,
    local,
    settle,
    subtract,
    to_number,
    to_text,
    wrong,
)
from banshi.rules.values import Kind, Value

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SECONDS_A_DAY = Decimal(86_400)
EPOCH = date(1970, 1, 1)
"""The day from which XLSForm counts."""
MAX_DAYS = 4_000_000
"""More days than Python's calendar has (years 1 to 9999)."""


def equal(left: Value, right: Value, zone: tzinfo | None) -> bool:
    """Whether two values are the same. Empty equals only empty; values of different kinds are never equal.

    A text that reads as a number, an ISO date, `true` or `false` equals that number, date or truth, because the
    choices and calculations of XLSForm are texts. Texts are compared letter by letter, capitals included.
    """
    if is_empty(left) or is_empty(right):
        return is_empty(left) and is_empty(right)
    pair = _aligned(left, right, zone)
    return pair is not None and bool(pair[0] == pair[1])


_WRITTEN = re.compile(r"[+-]?\d+(?:[,，]\d{3})*(?:[.．]\d+)?\s*[万亿%％]?")
"""A number as people write it, in digits of either width."""


def before(left: Value, right: Value, zone: tzinfo | None, *, or_equal: bool) -> bool:
    """Whether `left < right` (or `<=`). Nothing is before or after an empty value. Raises `Problem` across kinds."""
    if is_empty(left) or is_empty(right):
        return False
    pair = _aligned(left, right, zone)
    if pair is None:
        (_, left_en), (_, right_en) = kind_words(left), kind_words(right)
        wanted = kind_words(right) if left_en == "a text" or right_en != "a text" else kind_words(left)
        odd = left if wanted == kind_words(right) else right
        raise Problem(faults.WRONG_VALUE, value=to_text(odd), wanted=wanted[0], wanted_en=wanted[1])
    first, second = pair
    if isinstance(first, str) and _number(first) is not None and _number(second) is not None:
        # XPath compares texts by their numbers, and choices are texts: "10" is after "9".
        first, second = _number(first), _number(second)
    elif isinstance(first, str) and _WRITTEN.fullmatch(first.strip()) and _WRITTEN.fullmatch(second.strip()):
        odd = first if _number(first) is None else second
        raise wrong(odd, Kind.NUMBER)  # 1,200 and 900 are no texts to compare letter by letter
    return bool(first <= second if or_equal else first < second)


def compare(operator: str, left: Value, right: Value, zone: tzinfo | None) -> bool:
    """One of `= != < <= > >=`."""
    match operator:
        case "=":
            return equal(left, right, zone)
        case "!=":
            return not equal(left, right, zone)
        case "<" | "<=":
            return before(left, right, zone, or_equal=operator == "<=")
        case _:
            return before(right, left, zone, or_equal=operator == ">=")


def _aligned(left: Value, right: Value, zone: tzinfo | None) -> tuple[Any, Any] | None:
    """The two values as two of one Python type that compare as meant, or None."""
    if isinstance(left, tuple) or isinstance(right, tuple):
        return to_text(left), to_text(right)
    if isinstance(left, str) and not isinstance(right, str):
        turned = _aligned(right, left, zone)
        return None if turned is None else (turned[1], turned[0])
    match left:
        case bool():
            other = _truth(right)
            return None if other is None else (left, other)
        case Decimal():
            number = _number(right)
            return None if number is None else (settle(left), settle(number))
        case datetime() | date():
            return _days(left, right, zone)
        case time():
            moment = _time(right)
            return None if moment is None else (left.replace(tzinfo=None), moment)
        case _:
            return (left, right) if type(left) is type(right) else None


def comparable(text: str, kind: Kind) -> bool:
    """Whether a text can equal a value of another kind: `"5"` a number, `"2026-09-01"` a date, `"true"` a truth."""
    match kind:
        case Kind.NUMBER:
            return _number(text) is not None
        case Kind.DATE | Kind.DATETIME:
            return _days(datetime(2026, 1, 1), text, None) is not None  # noqa: DTZ001  # any moment will do
        case Kind.BOOLEAN:
            return _truth(text) is not None
        case Kind.TIME:
            return _time(text) is not None
        case _:
            return True


def _number(value: Value) -> Decimal | None:
    try:
        return to_number(value) if isinstance(value, (Decimal, str)) and not isinstance(value, bool) else None
    except Problem:
        return None


def _truth(value: Value) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.strip().casefold()) if isinstance(value, str) else None


def _time(value: Value) -> time | None:
    if isinstance(value, time):
        return value.replace(tzinfo=None)
    try:
        return time.fromisoformat(value.strip()).replace(tzinfo=None) if isinstance(value, str) else None
    except ValueError:
        return None


def _days(left: date, right: Value, zone: tzinfo | None) -> tuple[Any, Any] | None:
    """A day or moment beside another; a day counts as its midnight where the other is a moment."""
    if isinstance(right, str):
        try:
            text = right.strip()
            right = date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else datetime.fromisoformat(text)
        except ValueError:
            return None
    if not isinstance(right, date):
        return None
    if not isinstance(left, datetime) and not isinstance(right, datetime):
        return left, right
    return midnight(left, zone), midnight(right, zone)


def midnight(day: date, zone: tzinfo | None) -> datetime:
    """A moment on the local clock; a day is its midnight."""
    return local(day, zone) if isinstance(day, datetime) else datetime.combine(day, time())


def arithmetic(operator: str, left: Value, right: Value, zone: tzinfo | None) -> Value:
    """One of `+ - * / mod ^`, of two values that are not empty. Raises `Problem` and decimal's errors."""
    if operator == "+":
        return _add(left, right)
    if operator == "-":
        return _subtract(left, right, zone)
    return _numbers(left, right, _OF_NUMBERS[operator])


def _add(left: Value, right: Value) -> Value:
    """Numbers; a date and a number of days; a date and a time of day, which is that moment."""
    if isinstance(left, date) and not isinstance(right, date):
        return _at_time(left, right) if isinstance(right, time) else shift(left, _days_number(right))
    if isinstance(right, date) and not isinstance(left, date):
        return _at_time(right, left) if isinstance(left, time) else shift(right, _days_number(left))
    if isinstance(left, date):
        raise Problem(faults.DATE_SUM)
    return _numbers(left, right, add)


def _at_time(day: date, clock: time) -> datetime:
    moment = day if isinstance(day, datetime) else datetime.combine(day, time())
    try:
        return moment + (datetime.combine(EPOCH, clock.replace(tzinfo=None)) - datetime.combine(EPOCH, time()))
    except OverflowError:
        raise Problem(faults.OUT_OF_RANGE) from None


def _subtract(left: Value, right: Value, zone: tzinfo | None) -> Value:
    """Numbers; a date and a number of days; two dates give the days between them."""
    if isinstance(left, date) and isinstance(right, str) and _days(left, right, zone) is not None:
        pair = _days(left, right, zone)
        assert pair is not None
        left, right = pair
    if isinstance(left, date) and isinstance(right, date):
        return days_between(right, left, zone)
    if isinstance(left, date):
        return shift(left, -_days_number(right))
    if isinstance(right, date):
        raise Problem(faults.DATE_SUM)
    return _numbers(left, right, subtract)


def _divide(left: Decimal, right: Decimal) -> Decimal:
    if right == 0:
        raise Problem(faults.DIVISION_BY_ZERO)
    return ARITHMETIC.divide(left, right)


def _remainder(left: Decimal, right: Decimal) -> Decimal:
    """XPath's `mod`: the sign of the left side (-5 mod 2 is -1), where Excel's MOD takes the other (1)."""
    if right == 0:
        raise Problem(faults.DIVISION_BY_ZERO)
    return ARITHMETIC.remainder(settle(left), settle(right))


def raise_to(base: Decimal, exponent: Decimal) -> Decimal:
    """A power; 0^0 is 1 as in XPath (Excel refuses it). Raises decimal's errors where there is no real result."""
    if base == 0 and exponent == 0:
        return Decimal(1)
    if base == 0 and exponent < 0:
        raise Problem(faults.DIVISION_BY_ZERO)
    return ARITHMETIC.power(base, exponent)


def _numbers(left: Value, right: Value, compute: Callable[[Decimal, Decimal], Decimal]) -> Value:
    first, second = to_number(left), to_number(right)
    return None if first is None or second is None else compute(first, second)


def _days_number(value: Value) -> Decimal:
    number = to_number(value)
    assert number is not None, "an empty operand was answered before"
    return number


def shift(day: date, days: Decimal) -> date:
    """A day or moment moved by days, to the second; with a part of a day, a day becomes a moment. Raises `Problem`."""
    days = settle(days)
    if days.copy_abs() > MAX_DAYS:
        raise Problem(faults.OUT_OF_RANGE)
    try:
        whole = days.to_integral_value(rounding="ROUND_FLOOR")
        if days == whole:
            return day + timedelta(days=int(whole))
        moment = day if isinstance(day, datetime) else datetime.combine(day, time())
        seconds = ARITHMETIC.multiply(ARITHMETIC.subtract(days, whole), _SECONDS_A_DAY)
        return moment + timedelta(days=int(whole), seconds=int(seconds.to_integral_value()))
    except OverflowError:
        raise Problem(faults.OUT_OF_RANGE) from None


def days_between(start: date, end: date, zone: tzinfo | None) -> Decimal:
    """The days from one day or moment to another, with a fraction where a time of day is involved."""
    if not isinstance(start, datetime) and not isinstance(end, datetime):
        return Decimal((end - start).days)
    gap = midnight(end, zone) - midnight(start, zone)
    return ARITHMETIC.add(Decimal(gap.days), ARITHMETIC.divide(Decimal(gap.seconds), _SECONDS_A_DAY))


_OF_NUMBERS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "*": ARITHMETIC.multiply,
    "/": _divide,
    "mod": _remainder,
    "^": raise_to,
}
ARITHMETIC_OPERATORS = frozenset({"+", "-", *_OF_NUMBERS})
"""The operators with two operands whose result is empty when an operand is."""
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
