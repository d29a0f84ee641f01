"""Values on a paper: what a template compares and adds up, and how each is said in the language of the paper.

A value is kept as a node of JSON: `{"t": kind, "v": value, "s": what is printed}`; a repeat as `{"t": "rows", "v": [{name:
node}]}`. So a paper prints the same words for ever, whatever directories and labels say later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from markupsafe import Markup, escape

from banshi.rules.values import ErrorValue, Value

Node = Mapping[str, Any]
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_MOST_DIGITS = 15


def worded(value: Value, language: str) -> str:
    """A value in words: `2026年9月1日` or `1 September 2026`, 是 or yes, numbers with their digits."""
    english = language == "en"
    match value:
        case None | ErrorValue():
            return ""
        case bool():
            return ("yes" if value else "no") if english else ("是" if value else "否")
        case Decimal():
            return number_said(value)
        case datetime():
            return f"{_day(value, english=english)}{', ' if english else ' '}{value:%H:%M}"
        case date():
            return _day(value, english=english)
        case time():
            return f"{value:%H:%M}"
        case tuple():
            return (", " if english else "、").join(worded(one, language) for one in value)
        case _:
            return str(value)


def money(value: Decimal) -> str:
    """An amount with its fen and groups of thousands: `12,345.60`."""
    return f"{value:,.2f}"


def number_said(value: Decimal) -> str:
    """A number with all digits that were given, of long computed ones fifteen."""
    if not value.is_finite():
        return ""
    if len(value.as_tuple().digits) > _MOST_DIGITS:
        value = +value.normalize().quantize(Decimal(1).scaleb(value.adjusted() - _MOST_DIGITS + 1)).normalize()
    return format(value, "f")


def _day(value: date, *, english: bool) -> str:
    if english:
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"


def node(value: Value, said: str | None = None, *, language: str) -> dict[str, Any]:
    """The node of a value; `said` where it is said in another way than `worded` does."""
    if value is None or isinstance(value, ErrorValue) or value == "":
        return {"t": "empty"}
    if isinstance(value, tuple):
        return {"t": "list", "v": [node(one, language=language) for one in value], "s": said or worded(value, language)}
    kinds = {bool: "boolean", Decimal: "number", datetime: "datetime", date: "date", time: "time"}
    return {"t": kinds.get(type(value), "text"), "v": value, "s": worded(value, language) if said is None else said}


def read(kept: Any) -> Any:
    """What a template gets for a node: a `Said`, or the list of the rows of a repeat."""
    if not isinstance(kept, Mapping) or "t" not in kept:
        return {key: read(one) for key, one in kept.items()} if isinstance(kept, Mapping) else Said(None, "")
    value: Any = kept.get("v")
    kind, said = kept["t"], str(kept.get("s", ""))
    if kind == "rows":
        return [Row({name: read(one) for name, one in row.items()}) for row in value]
    if kind == "list":
        return Said(tuple(read(one) for one in value), said)
    return Said(_value(kind, value), said)


def _value(kind: str, value: Any) -> Any:
    if kind == "empty" or value is None:
        return None
    if kind == "number":
        return Decimal(value)
    parse = {"date": date.fromisoformat, "datetime": datetime.fromisoformat, "time": time.fromisoformat}.get(kind)
    return parse(str(value)) if parse else value


class Row(dict[str, Any]):
    """A row of a repeat; a name that it does not have is empty."""

    def __missing__(self, key: str) -> Said:
        return Said(None, "")


class Said:
    """A value in a template: it prints as it is said, and compares and computes as it is."""

    def __init__(self, value: Any, said: str, code: str = "") -> None:
        self.value, self.said, self.code = value, said, code

    def __str__(self) -> str:
        return self.said

    def __html__(self) -> Markup:
        return escape(self.said)

    def __bool__(self) -> bool:
        return self.value not in (None, False, "", ())

    def __hash__(self) -> int:
        return hash(self.value)

    def __eq__(self, other: object) -> bool:
        there = plain(other)
        return bool(self.value == there or (isinstance(there, str) and self.said == there))

    def __lt__(self, other: object) -> bool:
        return bool(self._comparable(other) and self.value < plain(other))

    def __le__(self, other: object) -> bool:
        return bool(self._comparable(other) and self.value <= plain(other))

    def __gt__(self, other: object) -> bool:
        return bool(self._comparable(other) and self.value > plain(other))

    def __ge__(self, other: object) -> bool:
        return bool(self._comparable(other) and self.value >= plain(other))

    def _comparable(self, other: object) -> bool:
        there = plain(other)
        return self.value is not None and there is not None and isinstance(there, type(self.value))

    def __contains__(self, other: object) -> bool:
        if isinstance(self.value, tuple):
            return any(one == other for one in self.value)
        return str(plain(other)) in self.said

    def __iter__(self) -> Iterator[Any]:
        return iter(self.value if isinstance(self.value, tuple) else () if self.value is None else (self,))

    def __len__(self) -> int:
        return len(self.value) if isinstance(self.value, tuple) else len(self.said)

    def __add__(self, other: object) -> Said:
        return self._computed(other, lambda a, b: a + b)

    __radd__ = __add__

    def __sub__(self, other: object) -> Said:
        return self._computed(other, lambda a, b: a - b)

    def __rsub__(self, other: object) -> Said:
        return self._computed(other, lambda a, b: b - a)

    def __mul__(self, other: object) -> Said:
        return self._computed(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Said:
        return self._computed(other, lambda a, b: a / b)

    def __rtruediv__(self, other: object) -> Said:
        return self._computed(other, lambda a, b: b / a)

    def __neg__(self) -> Said:
        return self._computed(0, lambda a, b: b - a)

    def __round__(self, digits: int = 0) -> Said:
        made = round(self.value, digits) if isinstance(self.value, Decimal) else self.value
        return Said(made, number_said(made) if isinstance(made, Decimal) else self.said)

    def _computed(self, other: object, how: Any) -> Said:
        """Numbers alone are computed with; of nothing comes nothing."""
        there = plain(other)
        if isinstance(there, bool) or isinstance(self.value, bool):
            return Said(None, "")
        if isinstance(there, int):
            there = Decimal(there)
        if not isinstance(there, Decimal) or not isinstance(self.value, Decimal):
            return Said(None, "")
        try:
            made = how(self.value, there)
        except (InvalidOperation, ArithmeticError):
            return Said(None, "")
        return Said(made, number_said(made))


def plain(value: object) -> Any:
    """A value as the rules know it: numbers as decimals, lists as tuples."""
    match value:
        case Said():
            return value.value
        case bool() | None:
            return value
        case int():
            return Decimal(value)
        case float():
            return Decimal(str(value))
        case str():
            return str(value)
        case Sequence():
            return tuple(plain(one) for one in value)
        case _:
            return value
