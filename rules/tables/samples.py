"""One concrete value out of many, such as the author of a table would recognise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

from banshi.rules.tables.spans import Line, Position
from banshi.rules.values import Kind, Value


@dataclass(frozen=True, slots=True)
class Free:
    """No value has to be named: any will do."""


FREE = Free()


def sample(line: Line, kind: Kind) -> Any:
    """A value on the line, one that its author would recognise where possible."""
    start, stop = line.stretches[0]
    if start is None and stop is None:
        return FREE
    if start is not None and start[1] == 0:
        return start[0]
    return between(start, stop, kind)


def between(start: Position | None, stop: Position | None, kind: Kind) -> Value:
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


def whole(start: Position | None, stop: Position | None) -> Decimal | None:
    """A whole number from `start` to before `stop`; None where there is none."""
    if start is None:
        if stop is None:
            return Decimal(0)
        found = (stop[0] - 1).to_integral_value(ROUND_CEILING)
        return Decimal(found)
    lowest: Decimal = start[0].to_integral_value(ROUND_CEILING)
    if (lowest, 0) < start:
        lowest += 1
    return lowest if stop is None or (lowest, 0) < stop else None
