"""Exact money: rounding to a unit, and sharing that adds up."""

from __future__ import annotations

import decimal
import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from banshi.rules.expressions import fold_name
from banshi.rules.tariffs.model import Direction, Rounding

EXACT: Final = decimal.Context(prec=100, traps=[])
"""Wide enough for the products of two values of the rule language (40 digits each); nothing raises in it."""

_DIGITS = 34
_FINEST = 10**_DIGITS
_MEANT = decimal.Context(prec=30, traps=[])

FEN: Final = Decimal("0.01")

MOST: Final = 10**30
"""No amount is as large as this; beyond it digits would be lost."""

DIRECTIONS: Final = {
    Direction.HALF_UP: ("half-up", "half up", "四舍五入"),
    Direction.DOWN: ("down", "舍去", "向下", "截断", "去尾"),
    Direction.UP: ("up", "进一", "向上", "进位"),
    Direction.HALF_EVEN: ("half-even", "half even", "四舍六入五成双", "银行家"),
    Direction.HALF_DOWN: ("half-down", "half down", "五舍六入"),
    Direction.CEILING: ("ceiling", "上取整", "向正取整"),
    Direction.FLOOR: ("floor", "下取整", "向负取整"),
}
NO_ROUNDING: Final = ("none", "不取整", "无")
UNITS: Final = {"分": FEN, "角": Decimal("0.1"), "元": Decimal(1)}

_BY_WORD = {word: direction for direction, words in DIRECTIONS.items() for word in words}
MODES: Final = {
    Direction.HALF_UP: decimal.ROUND_HALF_UP,
    Direction.DOWN: decimal.ROUND_DOWN,
    Direction.UP: decimal.ROUND_UP,
    Direction.HALF_EVEN: decimal.ROUND_HALF_EVEN,
    Direction.HALF_DOWN: decimal.ROUND_HALF_DOWN,
    Direction.CEILING: decimal.ROUND_CEILING,
    Direction.FLOOR: decimal.ROUND_FLOOR,
}
_ROUND = re.compile(r"(?:精确到|到)?\s*(\d+(?:\.\d+)?|[分角元])?\s*(\D*)", re.ASCII)


def read_rounding(text: str) -> Rounding | None:
    """`0.01 half-up`, `10 舍去`, `角`, `none`; None when it cannot be read. Blank is the fen, half up."""
    folded = " ".join(fold_name(text).casefold().split())
    if not folded:
        return Rounding()
    if folded in NO_ROUNDING:
        return Rounding(None)
    found = _ROUND.fullmatch(folded)
    if not found:
        return None
    unit = UNITS.get(found[1]) or Decimal(found[1]) if found[1] else FEN
    word = found[2].strip()
    direction = _BY_WORD.get(word) if word else Direction.HALF_UP
    return Rounding(unit, direction) if direction and unit > 0 else None


def rounded(amount: Decimal | Fraction, rounding: Rounding) -> Decimal:
    """The amount as a multiple of the unit; `down` and `up` go towards and away from zero, `floor` and `ceiling` by sign.

    A fraction that is left unrounded (15/31 of something) is written as `as_decimal` does.
    """
    if rounding.unit is None:
        return as_decimal(amount)
    mode = MODES[rounding.direction]
    amount = _meant(amount)
    if isinstance(amount, Fraction):
        # A whole part and a digit that says where the rest lies are enough for every mode.
        count = _with_rest(amount / Fraction(rounding.unit)).to_integral_value(mode, EXACT)
    else:
        count = EXACT.divide(amount, rounding.unit).to_integral_value(mode, EXACT)
    # A whole number without an exponent, so that 9.6 to the fen is 9.60.
    return EXACT.multiply(Decimal(int(count)), rounding.unit)


def limit_rounding(rounding: Rounding, direction: Direction) -> Rounding:
    """How a line's `minimum` or `maximum` is written: to the fen, or finer where the line is.

    A cap of 1000/30 is 33.33 and a minimum of 1000/30 is 33.34; one of 555 under a line in tens stays 555.
    """
    return Rounding(None if rounding.unit is None else min(rounding.unit, FEN), direction)


def limit_as_paid(limit: Decimal, rounding: Rounding, direction: Direction) -> Decimal:
    """A limit as an amount of its line; one too large to be an amount stays as it is."""
    return rounded(limit, limit_rounding(rounding, direction)) if abs(limit) < MOST else limit


def _meant(amount: Decimal | Fraction) -> Decimal | Fraction:
    """The amount without what a division left over: of a rate of 1000/30, with 40 digits, 30 are 1000.

    Amounts of at most `_DIGITS` digits stay as they are; so do fractions of days.
    """
    if isinstance(amount, Decimal):
        return _MEANT.plus(amount) if endless(amount) else amount
    if amount.denominator <= _FINEST:
        return amount
    return Fraction(_MEANT.divide(Decimal(amount.numerator), Decimal(amount.denominator)))


def endless(amount: Decimal) -> bool:
    """Whether an amount has more digits than anybody writes: a division was cut off."""
    return len(amount.as_tuple().digits) > _DIGITS


def as_decimal(amount: Decimal | Fraction) -> Decimal:
    """The amount as a decimal: exact where it has an end, else to twelve places."""
    if isinstance(amount, Decimal):
        return _to_places(Fraction(amount)) if endless(amount) and amount.is_finite() else amount
    rest = amount.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1 and amount.denominator <= _FINEST:
        return EXACT.divide(Decimal(amount.numerator), Decimal(amount.denominator))
    return _to_places(amount)


def _to_places(amount: Fraction) -> Decimal:
    return EXACT.multiply(Decimal(round(amount * 10**12)), Decimal("1E-12"))


def _with_rest(number: Fraction) -> Decimal:
    """A decimal that rounds to a whole number as the fraction does: same whole part, same side of a half."""
    whole, rest = divmod(abs(number), 1)
    tenths = 0 if rest == 0 else 5 if rest == Fraction(1, 2) else 2 if rest < Fraction(1, 2) else 8
    return (Decimal(whole) + Decimal(tenths) / 10).copy_sign(Decimal(-1 if number < 0 else 1))


def shares(amount: Decimal, weights: Sequence[Decimal], unit: Decimal = FEN) -> tuple[Decimal, ...]:
    """The amount in multiples of `unit`, by weight, adding up exactly; what is left goes to the largest remainders.

    Of equal remainders the earlier comes first. The weights are not negative, and not all 0.
    """
    total = sum(map(Fraction, weights))
    units = int(EXACT.divide(amount.copy_abs(), unit))
    exact = [units * Fraction(weight) / total for weight in weights]
    counts = [int(part) for part in exact]
    by_rest = sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])
    for i in by_rest[: units - sum(counts)]:
        counts[i] += 1
    sign = -1 if amount < 0 else 1
    return tuple(EXACT.multiply(Decimal(sign * count), unit) for count in counts)
