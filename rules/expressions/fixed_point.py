"""Exact arithmetic on columns of scaled int64. A row whose result does not fit becomes odd; nothing ever wraps round.

Every column carries bounds, so that a million sums need no million overflow checks: only where the bounds of a result
reach the limit are the rows themselves looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
)

import numpy as np

from banshi.rules.expressions.column import LIMIT, MOST_SCALE, NO, Array, Mask, Numbers, numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotient:
    """A division that does not come out even: `top / bottom`, `bottom` above 0. Only a rounding makes it a number."""

    top: Numbers
    bottom: Array
    most_bottom: int

    @property
    def empty(self) -> Mask:
        """The rows without a value."""
        return self.top.empty

    @property
    def odd(self) -> Mask:
        """The rows that only the scalar evaluator can decide."""
        return self.top.odd


class Unfit(Exception):
    """The columns cannot do this at all; every row goes to the scalar evaluator."""


def rescaled(column: Numbers, scale: int) -> Numbers:
    """The same numbers with more digits after the point."""
    if scale == column.scale:
        return column
    return replace(_times(column, 10 ** (scale - column.scale)), scale=scale)


def aligned(first: Numbers, second: Numbers) -> tuple[Numbers, Numbers]:
    """Two columns with one scale."""
    scale = max(first.scale, second.scale)
    return rescaled(first, scale), rescaled(second, scale)


def add(first: Numbers, second: Numbers) -> Numbers:
    """The sums."""
    first, second = aligned(first, second)
    return _fitting(
        first.data + second.data,
        first.least + second.least,
        first.most + second.most,
        first.scale,
        first.empty | second.empty,
        first.odd | second.odd,
    )


def negate(column: Numbers) -> Numbers:
    """The numbers with the other sign."""
    return replace(column, data=-column.data, least=-column.most, most=-column.least)


def subtract(first: Numbers, second: Numbers) -> Numbers:
    """The differences."""
    return add(first, negate(second))


def multiply(first: Numbers, second: Numbers) -> Numbers:
    """The products."""
    scale = first.scale + second.scale
    if scale > MOST_SCALE:
        first, second = trimmed(first), trimmed(second)
        scale = first.scale + second.scale
    if scale > MOST_SCALE:
        raise Unfit
    ends = [a * b for a in (first.least, first.most) for b in (second.least, second.most)]
    least, most = min(ends), max(ends)
    left, odd = first.data, first.odd | second.odd
    if -least >= LIMIT or most >= LIMIT:
        # A float is wrong by far less than a factor of 2 here, and half of the limit is kept free for that.
        wide = np.abs(left.astype(np.float64) * second.data) >= LIMIT / 2
        left, odd = np.where(wide, 0, left), odd | wide
        least, most = max(least, -LIMIT + 1), min(most, LIMIT - 1)
    return Numbers(
        data=left * second.data, scale=scale, least=least, most=most, empty=first.empty | second.empty, odd=odd
    )


def divide(first: Numbers, second: Numbers) -> Numbers | Quotient:
    """The quotients: numbers where the divisor is one that always comes out even (2, 0.4, 100), else fractions."""
    zero = second.data == 0
    bottom = np.where(zero, 1, second.data) if zero.any() else second.data
    odd = first.odd | second.odd | (zero & ~second.empty)
    top = replace(first, empty=first.empty | second.empty, odd=odd)
    if bottom.size == 1:
        divisor = int(bottom[0])
        for digits in range(10):
            factor, rest = divmod(10 ** (digits + second.scale), divisor)
            if not rest and top.scale + digits <= MOST_SCALE:
                return replace(_times(top, factor), scale=top.scale + digits)
    return _quotient(top, replace(second, data=bottom))


def _quotient(top: Numbers, second: Numbers) -> Quotient:
    over = max(second.scale - top.scale, 0)
    under = max(top.scale - second.scale, 0)
    bottom = _times(replace(second, empty=NO, odd=NO), 10**under)
    negative = bottom.data < 0
    scaled = _times(replace(top, scale=0), 10**over)
    data = np.where(negative, -scaled.data, scaled.data)
    size = max(abs(scaled.least), abs(scaled.most))
    odd = scaled.odd | bottom.odd
    return Quotient(
        top=replace(scaled, data=data, least=-size, most=size, odd=odd),
        bottom=np.where(bottom.odd, 1, np.abs(bottom.data)),
        most_bottom=max(abs(bottom.least), abs(bottom.most), 1),
    )


def remainder(first: Numbers, second: Numbers, *, floored: bool) -> Numbers:
    """The remainder, with the sign of the divisor (`floored`) or of the dividend."""
    first, second = aligned(first, second)
    zero = second.data == 0
    bottom = np.where(zero, 1, second.data) if zero.any() else second.data
    size = max(abs(second.least), abs(second.most))
    data = (np.mod if floored else np.fmod)(first.data, bottom)
    return Numbers(
        data=data,
        scale=first.scale,
        least=-size,
        most=size,
        empty=first.empty | second.empty,
        odd=first.odd | second.odd | (zero & ~second.empty),
    )


def trimmed(column: Numbers) -> Numbers:
    """The same numbers without zeros at their end that all of them have."""
    data, scale = column.data, column.scale
    while scale and not (data % 10).any():
        data, scale = data // 10, scale - 1
    return column if scale == column.scale else numbers(data, scale, column.empty, column.odd)


def rounded(column: Numbers | Quotient, unit: int, scale: int, mode: str) -> Numbers:
    """The numbers as multiples of `unit / 10**scale`, by one of decimal's rounding modes."""
    if isinstance(column, Quotient):
        counts, odd = _rounded_quotient(column, unit, scale, mode)
        empty = column.empty
        counted = numbers(np.where(odd, 0, counts) if odd.any() else counts, 0, empty, odd)
        return replace(_times(counted, unit), scale=scale)
    if unit == 1 and scale >= column.scale:
        return column
    up = max(scale - column.scale, 0)
    down = unit * 10 ** max(column.scale - scale, 0)
    fine = _times(column, 10**up)
    if down >= LIMIT or scale > MOST_SCALE:
        raise Unfit
    data = _divided(fine.data, down, mode, signed=fine.least < 0)
    size = max(abs(fine.least), abs(fine.most)) // down + 1
    counted = replace(fine, data=data, least=-size if fine.least < 0 else 0, most=size)
    return replace(_times(counted, unit), scale=scale)


def _rounded_quotient(column: Quotient, unit: int, scale: int, mode: str) -> tuple[Array, Mask]:
    top = _times(column.top, 10**scale)
    bottom = column.bottom
    if column.most_bottom * unit * 2 >= LIMIT:
        raise Unfit
    data, odd = top.data, top.odd
    if 2 * max(abs(top.least), abs(top.most)) >= LIMIT:
        wide = 2 * np.abs(data) >= LIMIT
        data, odd = np.where(wide, 0, data), odd | wide
    return _divided(data, bottom * unit, mode, signed=True), odd


def _divided(data: Array, by: int | Array, mode: str, *, signed: bool) -> Array:
    """`data / by` as whole numbers. `by` is above 0; a plain number is many times faster than an array."""
    if mode == ROUND_FLOOR:
        return np.asarray(data // by)
    if mode == ROUND_CEILING:
        return np.asarray(-(-data // by))
    if mode == ROUND_HALF_EVEN:
        below = data // by
        twice = 2 * (data - below * by)
        return np.asarray(below + ((twice > by) | ((twice == by) & (below % 2 == 1))))
    if not signed:
        return np.asarray(_away_from_zero(data, by, mode))
    return np.asarray(np.where(data < 0, -1, 1) * _away_from_zero(np.abs(data), by, mode))


def _away_from_zero(size: Array, by: int | Array, mode: str) -> Array:
    if mode == ROUND_DOWN:
        return np.asarray(size // by)
    if mode == ROUND_UP:
        return np.asarray(-(-size // by))
    if mode == ROUND_HALF_UP:
        found = size + by // 2
        return np.floor_divide(found, by, out=found) if found.size > 1 else found // by
    raise Unfit


def pick(mask: Mask, first: Numbers, second: Numbers) -> Numbers:
    """The first column where the mask holds, else the second."""
    first, second = aligned(first, second)
    return Numbers(
        data=np.where(mask, first.data, second.data),
        scale=first.scale,
        least=min(first.least, second.least),
        most=max(first.most, second.most),
        empty=pick_mask(mask, first.empty, second.empty),
        odd=pick_mask(mask, first.odd, second.odd),
    )


def pick_mask(mask: Mask, first: Mask, second: Mask) -> Mask:
    """One of two masks, row by row."""
    return np.where(mask, first, second) if first.any() or second.any() else NO


def _times(column: Numbers, factor: int) -> Numbers:
    """The scaled numbers times a whole number; the scale stays."""
    if factor == 1:
        return column
    least, most = sorted((column.least * factor, column.most * factor))
    data, odd = column.data, column.odd
    if -least >= LIMIT or most >= LIMIT:
        bound = (LIMIT - 1) // abs(factor)
        wide = (data > bound) | (data < -bound)
        data, odd = np.where(wide, 0, data), odd | wide
        least, most = max(least, -LIMIT + 1), min(most, LIMIT - 1)
        if abs(factor) >= LIMIT:
            # No number but 0 has room, and numpy could not even hold the factor.
            return replace(column, data=data, least=0, most=0, odd=odd)
    return replace(column, data=data * factor, least=least, most=most, odd=odd)


def _fitting(data: Array, least: int, most: int, scale: int, empty: Mask, odd: Mask) -> Numbers:
    """A sum, with the rows odd that reach the limit; it cannot have wrapped round, both parts are below it."""
    if -least >= LIMIT or most >= LIMIT:
        wide = (data >= LIMIT) | (data <= -LIMIT)
        data, odd = np.where(wide, 0, data), odd | wide
        least, most = max(least, -LIMIT + 1), min(most, LIMIT - 1)
    return Numbers(data=data, scale=scale, least=least, most=most, empty=empty, odd=odd)


def zero() -> Numbers:
    """The number 0 in every row."""
    return Numbers(data=np.zeros(1, np.int64), scale=0, least=0, most=0)
