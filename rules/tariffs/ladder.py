"""Brackets: which rows of a tariff make one ladder, and whether its steps meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from banshi.rules.diagnostics import Diagnostic, Fault, Place
from banshi.rules.expressions import Expression
from banshi.rules.tariffs.model import Line


@dataclass(frozen=True, slots=True)
class Step:
    """One bracket with its bounds: `low` < quantity <= `high`. A blank lower bound is 0, a blank upper one None."""

    line: Line
    low: Decimal
    high: Decimal | None

    @property
    def low_place(self) -> Place:
        """The cell of the lower bound, or of the row where that is blank."""
        return self.line.low.place if self.line.low else self.line.place

    @property
    def high_place(self) -> Place:
        """The cell of the upper bound, or of the row where that is blank."""
        return self.line.high.place if self.line.high else self.line.place


LadderKey = tuple[str, str, str]


def ladder_key(line: Line) -> LadderKey:
    """What rows of one ladder share: item, quantity and condition. (Summer and winter brackets are two ladders.)"""
    return line.item, _source(line.quantity), _source(line.when)


def ladders(lines: Iterable[Line]) -> Mapping[LadderKey, tuple[Line, ...]]:
    """The rows with brackets, by ladder."""
    found: dict[LadderKey, tuple[Line, ...]] = {}
    for line in lines:
        if line.bracketed:
            found[ladder_key(line)] = (*found.get(ladder_key(line), ()), line)
    return found


def in_force(line: Line, day: date) -> bool:
    """Whether the row is in force on a day; both its dates are included."""
    return (line.valid_from is None or line.valid_from <= day) and (line.valid_until is None or day <= line.valid_until)


def same_time(first: Line, second: Line) -> bool:
    """Whether there is a day on which both rows are in force."""
    starts = [line.valid_from for line in (first, second) if line.valid_from]
    stops = [line.valid_until for line in (first, second) if line.valid_until]
    return not starts or not stops or max(starts) <= min(stops)


def in_order(steps: Iterable[Step]) -> list[Step]:
    """The steps from the lowest up."""
    return sorted(steps, key=lambda step: (step.low, step.high is None, step.high or 0))


def breaks(steps: Sequence[Step], overlap: Fault, gap: Fault) -> Iterator[Diagnostic]:
    """A fault where two neighbouring steps do not meet, at the upper one's lower bound, naming the other cell."""
    for lower, upper in pairwise(steps):
        if lower.high == upper.low:
            continue
        fault = overlap if lower.high is None or lower.high > upper.low else gap
        yield fault.at(
            upper.low_place,
            item=upper.line.item,
            other=lower.high_place.cell or lower.high_place,
            high="∞" if lower.high is None else format(lower.high, "f"),
            low=format(upper.low, "f"),
        )


def _source(expression: Expression | None) -> str:
    return "" if expression is None else "".join(expression.text.removeprefix("=").split())
