"""Sets of values: what a cell allows in a column of a kind, on a line (numbers, dates, times) or among words.

A position on the line is `(value, side)`: side 0 lies just before the value, side 1 just after it. A stretch runs from
one position to before another; so `>=100` starts at (100, 0), `>100` at (100, 1), and every stretch is half open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from banshi.rules.tables.conditions import Literal, Span
from banshi.rules.tables.literals import Unreadable, orderable, read
from banshi.rules.values import Kind

Position = tuple[Any, int]
Stretch = tuple[Position | None, Position | None]

ORDERED = frozenset({Kind.NUMBER, Kind.DATE, Kind.DATETIME, Kind.TIME})


def rest_of_line(sign: str, end: Literal) -> Span | None:
    """What `>=`, `>`, `<=` or `<` a literal allows; None when the literal has no order."""
    if orderable(end) is None:
        return None
    if sign[0] == ">":
        return Span(low=end, low_closed=sign == ">=")
    return Span(high=end, high_closed=sign == "<=")


def merged(first: Span, second: Span) -> Span | None:
    """One lower and one upper bound as one span; None for two bounds on the same side."""
    if first.low and second.high and not first.high and not second.low:
        return replace(first, high=second.high, high_closed=second.high_closed)
    if first.high and second.low and not first.low and not second.high:
        return merged(second, first)
    return None


def same_order(span: Span) -> bool:
    """Whether the span has an end, and both its ends can be compared with each other."""
    kinds = {orderable(end) for end in (span.low, span.high) if end is not None}
    return bool(kinds) and None not in kinds and (len(kinds) == 1 or kinds == {Kind.DATE, Kind.DATETIME})


def low_above_high(span: Span) -> bool:
    """Whether nothing lies in the span."""
    kinds = {orderable(end) for end in (span.low, span.high) if end is not None}
    kind = Kind.DATETIME if Kind.DATETIME in kinds else next(iter(kinds))
    start, stop = stretch(span, kind or Kind.ANY)
    return start is not None and stop is not None and start >= stop


def covers_all(items: Sequence[Literal | Span]) -> str:
    """What a list such as `>100, <=500`, which holds for everything, most likely means: `(100,500]`. An empty text for
    any other list.
    """
    spans = [item for item in items if isinstance(item, Span)]
    kinds = {orderable(end) for span in spans for end in (span.low, span.high) if end is not None}
    if len(spans) < 2 or len(kinds) != 1 or None in kinds:
        return ""
    (kind,) = kinds
    if Line.of(stretch(span, kind or Kind.ANY) for span in spans) != WHOLE_LINE:
        return ""
    both = merged(spans[0], spans[1])
    if both is None or both.low is None or both.high is None or low_above_high(both):
        return ""
    return f"{'[' if both.low_closed else '('}{both.low.text},{both.high.text}{']' if both.high_closed else ')'}"


def edges(literal: Literal, kind: Kind) -> tuple[Position, Position]:
    """The positions before and after a literal. Days are discrete: after 03-31 is before 04-01."""
    value = read(literal, kind)
    assert not isinstance(value, Unreadable)
    if kind in (Kind.DATE, Kind.DATETIME) and isinstance(value, date) and not isinstance(value, datetime):
        if value == date.max:
            return (_start_of(value, kind), 0), (_start_of(value, kind), 1)
        return (_start_of(value, kind), 0), (_start_of(value + timedelta(days=1), kind), 0)
    return (value, 0), (value, 1)


def _start_of(day: date, kind: Kind) -> date:
    return datetime.combine(day, time()) if kind is Kind.DATETIME else day


def stretch(item: Literal | Span, kind: Kind) -> Stretch:
    """An item of a cell as a stretch of the line."""
    if isinstance(item, Literal):
        return edges(item, kind)
    start = edges(item.low, kind)[0 if item.low_closed else 1] if item.low else None
    stop = edges(item.high, kind)[1 if item.high_closed else 0] if item.high else None
    return start, stop


@dataclass(frozen=True, slots=True)
class Line:
    """Stretches of the line, in order, none touching another."""

    stretches: tuple[Stretch, ...]

    @classmethod
    def of(cls, stretches: Iterable[Stretch]) -> Line:
        """The union of stretches."""
        given = tuple(stretches)
        if len(given) == 1:
            return cls(given if _nonempty(given[0]) else ())
        ordered = sorted(given, key=lambda item: (item[0] is not None, item[0] or ()))
        united: list[Stretch] = []
        for start, stop in ordered:
            if not _nonempty((start, stop)):
                continue
            if united and (united[-1][1] is None or (start is None or start <= united[-1][1])):
                united[-1] = (united[-1][0], _later(united[-1][1], stop))
            else:
                united.append((start, stop))
        return cls(tuple(united))

    def __and__(self, other: Line) -> Line:
        return Line.of(
            (_later_start(a[0], b[0]), _earlier(a[1], b[1])) for a in self.stretches for b in other.stretches
        )

    def __invert__(self) -> Line:
        gaps: list[Stretch] = []
        start: Position | None = None
        for low, high in self.stretches:
            if low is not None:
                gaps.append((start, low))
            if high is None:
                return Line(tuple(gaps))
            start = high
        return Line((*gaps, (start, None)))

    def __bool__(self) -> bool:
        return bool(self.stretches)

    def __contains__(self, value: object) -> bool:
        position = (value, 0)
        return any(
            (start is None or start <= position) and (stop is None or position < stop) for start, stop in self.stretches
        )


WHOLE_LINE = Line(((None, None),))


@dataclass(frozen=True, slots=True)
class Words:
    """The words (or booleans) named, or, when `negated`, all others."""

    members: frozenset[object]
    negated: bool = False

    def __and__(self, other: Words) -> Words:
        if self.negated and other.negated:
            return Words(self.members | other.members, True)
        if self.negated:
            return Words(other.members - self.members)
        return Words(self.members - other.members if other.negated else self.members & other.members)

    def __invert__(self) -> Words:
        return Words(self.members, not self.negated)

    def __bool__(self) -> bool:
        return self.negated or bool(self.members)

    def __contains__(self, value: object) -> bool:
        return (value in self.members) != self.negated


ALL_WORDS = Words(frozenset(), True)


def _nonempty(item: Stretch) -> bool:
    start, stop = item
    return start is None or stop is None or start < stop


def _later(first: Position | None, second: Position | None) -> Position | None:
    return None if first is None or second is None else max(first, second)


def _earlier(first: Position | None, second: Position | None) -> Position | None:
    if first is None or second is None:
        return first if second is None else second
    return min(first, second)


def _later_start(first: Position | None, second: Position | None) -> Position | None:
    if first is None or second is None:
        return first if second is None else second
    return max(first, second)
