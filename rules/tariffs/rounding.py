"""Exact money: rounding to a unit, and sharing that adds up."""

from __future__ import annotations

import decimal
import re
from decimal import Decimal
from typing import Final

from banshi.rules.expressions import fold_name
from banshi.rules.tariffs.model import Direction, Rounding

EXACT: Final = decimal.Context(prec=100, traps=[])
"""Wide enough for the products of two values of the rule language (40 digits each); nothing raises in it."""

FEN: Final = Decimal("0.01")

MOST: Final = Decimal("1E+30")
"""No amount is as large as this; beyond it digits would be lost."""

DIRECTIONS: Final = {
    Direction.HALF_UP: ("half-up", "half up", "四舍五入"),
    Direction.DOWN: ("down", "舍去", "向下", "截断", "去尾"),
    Direction.UP: ("up", "进一", "向上", "进位"),
    Direction.HALF_EVEN: ("half-even", "half even", "四舍六入五成双", "银行家"),
}
NO_ROUNDING: Final = ("none", "不取整", "无")
UNITS: Final = {"分": FEN, "角": Decimal("0.1"), "元": Decimal(1)}

_BY_WORD = {word: direction for direction, words in DIRECTIONS.items() for word in words}
MODES: Final = {
    Direction.HALF_UP: decimal.ROUND_HALF_UP,
    Direction.DOWN: decimal.ROUND_DOWN,
    Direction.UP: decimal.ROUND_UP,
    Direction.HALF_EVEN: decimal.ROUND_HALF_EVEN,
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


def rounded(amount: Decimal, rounding: Rounding) -> Decimal:
    """The amount as a multiple of the unit; `down` and `up` go towards and away from zero."""
    if rounding.unit is None:
        return amount
    count = EXACT.divide(amount, rounding.unit).to_integral_value(MODES[rounding.direction], EXACT)
    # A whole number without an exponent, so that 9.6 to the fen is 9.60.
    return EXACT.multiply(Decimal(int(count)), rounding.unit)


def shares(amount: Decimal, count: int) -> tuple[Decimal, ...]:
    """The amount in equal shares that add up to the fen; the earlier shares get the extra fen."""
    fen = int(EXACT.divide(abs(amount), FEN))
    base, extra = divmod(fen, count)
    sign = -1 if amount < 0 else 1
    return tuple(EXACT.multiply(Decimal(sign * (base + (i < extra))), FEN) for i in range(count))
