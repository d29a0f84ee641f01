"""Splitting a billing period by days: which share of it a row gets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

from banshi.rules.decision import Outcome
from banshi.rules.expressions import Environment, Expression, evaluate
from banshi.rules.expressions.convert import local
from banshi.rules.tables.literals import read_day
from banshi.rules.tariffs import faults
from banshi.rules.tariffs.model import Bounds, Line
from banshi.rules.tariffs.periods import days_in_force
from banshi.rules.tariffs.stopped import Stopped
from banshi.rules.values import ErrorValue

MOST_DAYS: Final = 3_660
"""A billing period has fewer days than ten years; longer ones are a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Part:
    """`days` of the days of a period (`first` and `last` included), and whether the bounds of brackets go with them.

    Quantities and bounds are first multiplied (`quantity`, `bound`), so that everything stays a decimal; `factor`
    makes the amount of it at the end, exactly.
    """

    first: date
    last: date
    days: int
    bounds: Bounds

    @property
    def whole(self) -> int:
        """The days of the period."""
        return (self.last - self.first).days + 1

    @property
    def _kept(self) -> bool:
        return self.bounds is Bounds.KEPT

    @property
    def quantity(self) -> Decimal:
        """What a quantity is multiplied by before it is looked up in brackets."""
        return Decimal(self.days if self._kept else 1)

    @property
    def bound(self) -> Decimal:
        """What a bound is multiplied by."""
        return Decimal(self.whole if self._kept else 1)

    @property
    def factor(self) -> Fraction:
        """What an amount of such a quantity is multiplied by."""
        return Fraction(1, self.whole) if self._kept else self.share

    @property
    def share(self) -> Fraction:
        """The days as a part of the period."""
        return Fraction(self.days, self.whole)


def part_of_period(line: Line, env: Environment) -> Part:
    """The days of the row's billing period on which it is in force.

    Raises:
        Stopped: the period is missing or wrong.
    """
    assert line.prorate is not None
    first, last = _day(line.prorate.first, env), _day(line.prorate.last, env)
    facts = {"first": first, "last": last}
    if last < first:
        raise Stopped(Outcome.ERROR, faults.PERIOD_ORDER.at(line.prorate.place, **facts))
    if (last - first).days >= MOST_DAYS:
        raise Stopped(Outcome.ERROR, faults.PERIOD_LONG.at(line.prorate.place, **facts))
    return Part(first, last, days_in_force(line, first, last), line.prorate.bounds)


def _day(expression: Expression, env: Environment) -> date:
    value = evaluate(expression, env)
    if isinstance(value, ErrorValue):
        raise Stopped(Outcome.ERROR, value.diagnostic)
    if value is None or value == "":
        raise Stopped(Outcome.NOT_CHECKED, faults.EMPTY_NUMBER.at(expression.place, part=expression.text.strip()))
    if isinstance(value, str):
        value = read_day(value) or value  # a table of texts: no column says that they are days
    if not isinstance(value, date):
        raise Stopped(
            Outcome.ERROR, faults.NOT_A_DAY.at(expression.place, part=expression.text.strip(), value=str(value))
        )
    return local(value, env.now.tzinfo).date() if isinstance(value, datetime) else value
