"""Brackets: which rows of a tariff make one ladder, and whether its steps meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from banshi.rules.diagnostics import Diagnostic, Fault, Place
from banshi.rules.expressions import Expression
from banshi.rules.tariffs.model import Line
from banshi.rules.tariffs.rounding import EXACT


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


LadderKey = tuple[str, str, str, str]


def ladder_key(line: Line) -> LadderKey:
    """What rows of one ladder share: item, quantity and condition. (Summer and winter brackets are two ladders.)

    Where a billing period is split by days also the dates, as the ladders of several dates apply to one bill.
    """
    return line.item, _source(line.quantity), _source(line.when), window(line) if line.prorate else ""


def window(line: Line) -> str:
    """The dates of a row, for comparing: rows of one window are always in force together."""
    return f"{line.season or ''}{line.valid_from or ''}..{line.valid_until or ''}"


def lifted(steps: Sequence[Step], row: Line, by: Decimal) -> tuple[Step, ...]:
    """The steps with the upper bound of a row, and every bound above it, moved up: quota that was carried over."""
    at = next(i for i, step in enumerate(steps) if step.line is row)
    moved = [replace(step, high=None if step.high is None else EXACT.add(step.high, by)) for step in steps[at:]]
    raised = [replace(step, low=EXACT.add(step.low, by)) for step in moved[1:]]
    return (*steps[:at], moved[0], *raised)


def ladders(lines: Iterable[Line]) -> Mapping[LadderKey, tuple[Line, ...]]:
    """The rows with brackets, by ladder."""
    found: dict[LadderKey, tuple[Line, ...]] = {}
    for line in lines:
        if line.bracketed:
            found[ladder_key(line)] = (*found.get(ladder_key(line), ()), line)
    return found


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
