"""Rounding whole columns to a tariff's units, as `rounding.rounded` does one amount."""

from __future__ import annotations

from banshi.rules.expressions import fixed_point
from banshi.rules.expressions.column import Numbers
from banshi.rules.expressions.fixed_point import Quotient
from banshi.rules.tariffs.model import Rounding
from banshi.rules.tariffs.rounding import MODES


def rounded_column(amounts: Numbers | Quotient, rounding: Rounding) -> Numbers:
    """The amounts as multiples of the unit, which the rounding must have."""
    assert rounding.unit is not None
    _, digits, exponent = rounding.unit.as_tuple()
    assert isinstance(exponent, int)
    unit = int("".join(map(str, digits))) * 10 ** max(exponent, 0)
    return fixed_point.rounded(amounts, unit, max(-exponent, 0), MODES[rounding.direction])
