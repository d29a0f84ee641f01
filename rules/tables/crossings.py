"""Where a column that computes with a field reaches some values, found by bisection: formulas mostly rise or fall."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from banshi.rules.expressions import Environment, Expression, Name, evaluate
from banshi.rules.tables.index import Axis
from banshi.rules.values import Kind, Value

_FINE = 1_000
"""Numbers that need not be whole are tried in thousandths."""
_DECADES = (0, *(10**n for n in range(8)))
_YEARS = range(1950, 2081, 5)

Given = Callable[[Mapping[str, Value]], Environment]


class Crossings:
    """The values of one field about which columns change. `columns` are axes with the values to reach."""

    def __init__(self, name: str, known: Name | None, columns: Sequence[tuple[Axis, Sequence[Value]]]) -> None:
        """Take the field and the columns that read it."""
        self._name = name
        self._kind = known.kind if known else Kind.ANY
        self._fine = 1 if known and known.whole else 100 if known and known.fen else _FINE
        self._columns = [(axis.expression, wanted) for axis, wanted in columns if name in axis.expression.names]
        steps = (sign * number * self._fine for number in _DECADES for sign in (1, -1))
        days = (date(year, 1, 1).toordinal() for year in _YEARS)
        low, high = (
            None if end is None else int(end[0] * self._fine) for end in (known.bounds if known else (None, None))
        )
        grid = {*(days if self._kind is Kind.DATE else steps), *(end for end in (low, high) if end is not None)}
        self._grid = sorted(at for at in grid if (low is None or at >= low) and (high is None or at <= high))

    def of(self, given: Given, values: Mapping[str, Value]) -> Iterator[Value]:
        """Values at, beside and between the places where columns reach what they are to reach, the others being fixed."""
        if self._kind not in (Kind.NUMBER, Kind.DATE, Kind.ANY):
            return
        counts: set[int] = set()
        for expression, wanted in self._columns:

            def at(count: int, expression: Expression = expression) -> Decimal | None:
                return _ordinal(evaluate(expression, given({**values, self._name: self._value(count)})))

            known = [(count, found) for count in self._grid if (found := at(count)) is not None]
            for target in (number for value in wanted if (number := _ordinal(value)) is not None):
                for (low, before), (high, after) in pairwise(known):
                    if min(before, after) <= target <= max(before, after) and before != after:
                        there = _reached(at, low, high, target, rising=before < after)
                        counts |= {there - 1, there, there + 1}
        inside = sorted(count for count in counts if self._grid[0] <= count <= self._grid[-1])
        yield from map(self._value, inside)
        yield from (self._value((one + other) // 2) for one, other in pairwise(inside) if other - one > 1)

    def _value(self, count: int) -> Value:
        return date.fromordinal(count) if self._kind is Kind.DATE else Decimal(count) / self._fine


def _reached(at: Callable[[int], Decimal | None], low: int, high: int, target: Decimal, *, rising: bool) -> int:
    """The first count at which a column that rises or falls is at a value or beyond it, if it does so throughout."""
    while low < high:
        middle = (low + high) // 2
        found = at(middle)
        if found is not None and (found >= target if rising else found <= target):
            high = middle
        else:
            low = middle + 1
    return low


def _ordinal(value: Value) -> Decimal | None:
    """A number or a day as a number."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, date):
        return None
    seconds = value.hour * 3600 + value.minute * 60 + value.second if isinstance(value, datetime) else 0
    return value.toordinal() + Decimal(seconds) / 86_400
