"""Splitting billing periods by days over whole columns: for each row the days that `proration.part_of_period` gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from banshi.rules.expressions.column import Column, Days, Mask, Numbers, numbers
from banshi.rules.expressions.fixed_point import Unfit, add, divide, multiply, negate, pick, rescaled, zero
from banshi.rules.tariffs.ladder import window
from banshi.rules.tariffs.model import Bounds, Line, Rounding
from banshi.rules.tariffs.periods import days_in_force, unpriced
from banshi.rules.tariffs.proration import MOST_DAYS
from banshi.rules.tariffs.rounding_columns import rounded_column

_PLACES: Final = 12


@dataclass(frozen=True, slots=True)
class Parts:
    """In each row the `days` of its billing period on which a line is in force, and the `whole` period's days.

    Amounts and bounds are multiplied as `proration.Part` says. `odd` rows have no such days: `bill` says why.
    """

    days: Numbers
    whole: Numbers
    bounds: Bounds
    odd: Mask

    @property
    def applies(self) -> Mask:
        """The rows with a day on which the line is in force."""
        return np.asarray(self.days.data > 0)

    def quantity(self, quantity: Numbers) -> Numbers:
        """A quantity as it is looked up in brackets."""
        return multiply(quantity, self.days) if self.bounds is Bounds.KEPT else quantity

    def bound(self, bound: Numbers) -> Numbers:
        """A bound as a quantity is compared with it."""
        return multiply(bound, self.whole) if self.bounds is Bounds.KEPT else bound

    def amount(self, amount: Numbers, *, bracketed: bool) -> Fractions:
        """The part of an amount; that of a quantity looked up in brackets may have its days in it already."""
        counted = bracketed and self.bounds is Bounds.KEPT
        return Fractions(amount if counted else multiply(amount, self.days), self.whole)


@dataclass(frozen=True, slots=True)
class Fractions:
    """Amounts `top / whole`, exact; `whole` are the days of a period, fewer than `MOST_DAYS`."""

    top: Numbers
    whole: Numbers

    def where(self, applies: Mask) -> Fractions:
        """The amounts of some rows, and 0 in the others."""
        return self if applies.all() else Fractions(pick(applies, self.top, zero()), self.whole)

    def negated(self) -> Fractions:
        """The amounts with the other sign."""
        return Fractions(negate(self.top), self.whole)

    def plus(self, other: Fractions | Numbers) -> Fractions:
        """The sum.

        Raises:
            Unfit: the periods are others.
        """
        if isinstance(other, Numbers):
            return Fractions(add(self.top, multiply(other, self.whole)), self.whole)
        if other.whole is not self.whole:
            raise Unfit
        return Fractions(add(self.top, other.top), self.whole)

    def rounded(self, rounding: Rounding) -> Numbers:
        """As multiples of the unit; unrounded as `rounding.as_decimal` writes them."""
        return self._decimals() if rounding.unit is None else rounded_column(divide(self.top, self.whole), rounding)

    def _decimals(self) -> Numbers:
        """Exact where the fraction has an end within twelve places; a longer one is odd, one without end is rounded."""
        digits = _PLACES - self.top.scale
        if digits < 0:
            raise Unfit
        whole = self.whole.data
        count = self.top.data // whole
        rest = self.top.data - count * whole
        # Twelve places show every end that a fraction of so few days can have, and a product with them fits 64 bits.
        ends, here = rest * 10**_PLACES % whole == 0, rest * 10**digits % whole == 0
        fine = numbers((rest * 10**digits + whole // 2) // whole, _PLACES)
        counted = numbers(count, self.top.scale, self.top.empty, self.top.odd | (ends & ~here))
        return add(rescaled(counted, _PLACES), fine)


class Periods:
    """The billing periods of a batch: the different ones, and which of them each row has.

    Raises:
        Unfit: a column has no days in it.
    """

    def __init__(self, first: Column, last: Column) -> None:
        if not isinstance(first, Days) or not isinstance(last, Days):
            raise Unfit
        odd = first.odd | first.empty | last.odd | last.empty
        self._odd = np.asarray(odd | (last.data < first.data) | (last.data - first.data >= MOST_DAYS))
        days = [np.where(self._odd, 1, day.data).astype(np.int64) for day in (first, last)]
        codes, rows = np.unique(days[0] * 2**32 + days[1], return_inverse=True)
        self._rows = rows.reshape(-1)
        self._spans = [(date.fromordinal(code >> 32), date.fromordinal(code % 2**32)) for code in codes.tolist()]
        self._whole = self._of_rows([(last - first).days + 1 for first, last in self._spans])

    def parts(self, line: Line, versions: Sequence[Line]) -> Parts:
        """The days on which a line is in force; of a price with several `versions` one must be so on every day."""
        assert line.prorate is not None
        odd = self._odd
        if len(set(map(window, versions))) > 1:
            odd = odd | np.array([unpriced(versions, *span) is not None for span in self._spans])[self._rows]
        days = self._of_rows([days_in_force(line, *span) for span in self._spans])
        return Parts(days, self._whole, line.prorate.bounds, odd)

    def _of_rows(self, days: list[int]) -> Numbers:
        return numbers(np.array(days)[self._rows], 0)
