"""Rows that overlap: found among the bitsets of the index, told with one concrete example input.

Only constant cells are compared; a row with a formula may hold for anything, so nothing is said about it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate
from operator import or_
from typing import Any

from banshi.rules.diagnostics import Diagnostic
from banshi.rules.tables import faults
from banshi.rules.tables.conditions import Span
from banshi.rules.tables.explaining import shown
from banshi.rules.tables.index import Axis, bits, days
from banshi.rules.tables.literals import Unreadable, read
from banshi.rules.tables.spans import Line, Position, Words
from banshi.rules.tables.table import Table
from banshi.rules.values import Kind, Value

MOST_OVERLAPS = 50
"""How many overlaps of one table are told; more would say nothing new."""

Choices = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Free:
    """No value has to be named: the rows overlap whatever the input is."""


_FREE = _Free()
_NOTHING = object()


def overlaps(table: Table, choices: Choices) -> list[Diagnostic]:
    """A fault for each row that shares an input with a row above it (the first such row is named)."""
    found: list[Diagnostic] = []
    axes = tuple(_Neighbours.of(axis) for axis in table.index.axes)
    for row in range(len(table.rows)):
        for other in bits(_candidates(axes, row)):
            example = common(table, row, other, choices)
            if example is None:
                continue
            if len(found) == MOST_OVERLAPS:
                return [*found, faults.MANY_OVERLAPS.at(table.place, count=MOST_OVERLAPS)]
            found.append(_overlap(table, row, other, example))
            break
    return found


def _overlap(table: Table, row: int, other: int, example: str) -> Diagnostic:
    upper, lower = table.rows[other], table.rows[row]
    return faults.OVERLAP.at(
        lower.place, row=lower.label, other=upper.label, other_cell=upper.place.cell, example=example
    )


@dataclass(frozen=True, slots=True)
class _Neighbours:
    """The bitsets of an axis, added up from the left and from the right."""

    axis: Axis
    from_left: tuple[int, ...]
    from_right: tuple[int, ...]

    @classmethod
    def of(cls, axis: Axis) -> _Neighbours:
        right = tuple(accumulate(reversed(axis.masks), or_))
        return cls(axis, tuple(accumulate(axis.masks, or_)), right[::-1])

    def sharing(self, row: int) -> int:
        """The rows that may share a value (or the missing value) with a row: all of them, and a few too many."""
        own = self.axis.conditions[row]
        mask = self.axis.missing if own.missing else 0
        if isinstance(own.allowed, Words):
            if own.allowed.negated:
                return -1
            for member in own.allowed.members:
                mask |= self.axis.by_word.get(member, self.axis.unnamed)
            return mask
        cuts = self.axis.cuts
        for start, stop in own.allowed.stretches:
            first = 0 if start is None else bisect_left(cuts, start) + 1
            last = len(cuts) if stop is None else bisect_left(cuts, stop)
            mask |= self.from_left[last] & self.from_right[first]
        return mask


def _candidates(axes: Sequence[_Neighbours], row: int) -> int:
    """The rows above that may overlap a row."""
    mask = (1 << row) - 1
    for neighbours in axes:
        if neighbours.axis.formulas >> row & 1:
            return 0
        mask &= ~neighbours.axis.formulas & neighbours.sharing(row)
    return mask


def common(table: Table, row: int, other: int, choices: Choices) -> str | None:
    """An input that fits both rows, as a sentence names it; None when there is none."""
    named: list[str] = []
    when = days(table.rows[row]) & days(table.rows[other])
    if not when:
        return None
    for axis in table.index.axes:
        value = _shared(axis, row, other, choices.get(axis.label))
        if value is _NOTHING:
            return None
        if not isinstance(value, _Free):
            named.append(f"{axis.label} = {shown(value)}")
    day = _sample(when, Kind.DATE)
    if isinstance(day, date):
        named.append(day.isoformat())
    return "，".join(named) or "任何输入 / any input"


def _shared(axis: Axis, row: int, other: int, choices: frozenset[str] | None) -> Any:
    both = axis.conditions[row] & axis.conditions[other]
    if not both.allowed:
        return None if both.missing else _NOTHING
    if isinstance(both.allowed, Line):
        return _sample(both.allowed, axis.kind)
    value = _word(both.allowed, axis.kind, choices)
    return None if value is _NOTHING and both.missing else value


def _word(words: Words, kind: Kind, choices: frozenset[str] | None) -> Any:
    if kind is Kind.BOOLEAN:
        fitting = [value for value in (True, False) if value in words]
        return _FREE if len(fitting) == 2 else fitting[0] if fitting else _NOTHING
    if not words.members:
        return _FREE if words.negated else _NOTHING
    if not words.negated:
        return min((member for member in words.members), key=str)
    if choices is not None:
        return min((choice for choice in choices if choice in words), default=_NOTHING)
    return "其他"


def _sample(line: Line, kind: Kind) -> Any:
    """A value on the line, one that its author would recognise where possible."""
    start, stop = line.stretches[0]
    if start is None and stop is None:
        return _FREE
    if start is not None and start[1] == 0:
        return start[0]
    return _between(start, stop, kind)


def _between(start: Position | None, stop: Position | None, kind: Kind) -> Value:
    """A value after `start` (which excludes its own value) and before `stop`."""
    if start is None:
        assert stop is not None
        return stop[0] if stop[1] else _step(stop[0], kind, -1)
    if stop is None:
        return _step(start[0], kind, 1)
    if stop[1]:
        found: Value = stop[0]
        return found
    return _middle(start[0], stop[0], kind)


def _step(value: Any, kind: Kind, way: int) -> Value:
    match kind:
        case Kind.NUMBER:
            return Decimal(value) + way
        case Kind.DATE | Kind.DATETIME:
            moved: Value = value + timedelta(days=way)
            return moved
        case _:
            return time(0) if way < 0 else time(23, 59, 59)


def _middle(low: Any, high: Any, kind: Kind) -> Value:
    if kind is Kind.TIME:
        first, last = (datetime.combine(date.min, value) for value in (low, high))
        return (first + (last - first) / 2).time()
    middle: Value = low + (high - low) / 2
    return middle


def shared_ends(table: Table) -> Iterator[Diagnostic]:
    """A warning where two rows that otherwise overlap share an end of `..` or `~` ranges."""
    for axis in table.index.axes:
        for column in axis.columns:
            ends = _dotted_ends(table, axis.kind, column)
            for value, (lows, highs) in ends.items():
                for row, other in ((low, high) for low in lows for high in highs if low != high):
                    if common(table, row, other, {}) is not None:
                        yield _shared_end(table, column, value, max(row, other), min(row, other))
                        break


def _shared_end(table: Table, column: int, value: Any, row: int, other: int) -> Diagnostic:
    place = table.rows[row].tests[column].cell.place
    upper = table.rows[other]
    return faults.SHARED_END.at(
        place,
        value=shown(value),
        row=table.rows[row].label,
        other=upper.label,
        other_cell=upper.tests[column].cell.place.cell,
    )


def _dotted_ends(table: Table, kind: Kind, column: int) -> dict[Any, tuple[list[int], list[int]]]:
    """The ends of `..` and `~` ranges of a column: the rows that begin there, and those that stop there."""
    ends: dict[Any, tuple[list[int], list[int]]] = {}
    for row, rule in enumerate(table.rows):
        for item in rule.tests[column].items:
            if isinstance(item, Span) and item.dotted and item.low and item.high:
                for side, literal in enumerate((item.low, item.high)):
                    value = read(literal, kind)
                    if not isinstance(value, Unreadable):
                        ends.setdefault(value, ([], []))[side].append(row)
    return ends
