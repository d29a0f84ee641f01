"""Columns of values: numbers as scaled int64, texts as codes of their different words, dates as days.

A column may have one row that stands for all (a constant); numpy broadcasts it. Rows that do not fit the kind of their
column, or overflow it, are `odd`: nothing is said about them here, the scalar evaluator decides them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from banshi.rules.values import Value

Array = NDArray[Any]
Mask = NDArray[np.bool_]

NO: Final[Mask] = np.zeros(1, dtype=np.bool_)
"""No row, of however many."""
YES: Final[Mask] = np.ones(1, dtype=np.bool_)
LIMIT: Final = 2**62
"""No scaled number in a column is as large as this, so that the sum of two of them still fits 64 bits."""
MOST_SCALE: Final = 18
"""Digits after the point that a column keeps at most. An input keeps no more than half of them, so products fit."""

_WIDE = Context(prec=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Decimals as `data / 10**scale`; all of them lie between `least` and `most` (scaled as well)."""

    data: Array
    scale: int
    least: int
    most: int
    empty: Mask = field(default_factory=lambda: NO)
    odd: Mask = field(default_factory=lambda: NO)

    def value(self, row: int) -> Value:
        """The decimal of a row that is not empty."""
        return to_decimal(int(_at(self.data, row)), self.scale)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Texts as places in `words`, which are texts or None, each once."""

    data: Array
    words: tuple[str | None, ...]
    odd: Mask = field(default_factory=lambda: NO)

    @property
    def empty(self) -> Mask:
        """The rows without a text: None and the empty text."""
        blank = np.array([not word for word in self.words], dtype=np.bool_)
        return np.asarray(blank[self.data]) if blank.any() else NO

    def value(self, row: int) -> Value:
        """The text of a row."""
        return self.words[int(_at(self.data, row))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truths:
    """True or false."""

    data: Array
    empty: Mask = field(default_factory=lambda: NO)
    odd: Mask = field(default_factory=lambda: NO)

    def value(self, row: int) -> Value:
        """The truth of a row that is not empty."""
        return bool(_at(self.data, row))


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Dates as their ordinal: 1 is 0001-01-01 (`date.toordinal`)."""

    data: Array
    empty: Mask = field(default_factory=lambda: NO)
    odd: Mask = field(default_factory=lambda: NO)

    def value(self, row: int) -> Value:
        """The date of a row that is not empty."""
        return date.fromordinal(int(_at(self.data, row)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixed:
    """Values of kinds that have no column: moments, lists. Every row is decided by the scalar evaluator."""

    data: Array = field(default_factory=lambda: np.zeros(1, dtype=np.int8))
    empty: Mask = field(default_factory=lambda: NO)
    odd: Mask = field(default_factory=lambda: YES)

    def value(self, row: int) -> Value:
        """Nothing is known about any row."""
        raise LookupError(row)


Column = Numbers | Texts | Truths | Days | Mixed


@dataclass(frozen=True)
class Values:
    """A column, and the values of its odd rows. `given` gives back the very value that came in, digits and all."""

    column: Column
    others: Mapping[int, Value] = field(default_factory=dict)
    given: Callable[[int], Value] | None = None

    def value(self, row: int) -> Value:
        """The value of a row."""
        if self.given is not None:
            return self.given(row)
        if row in self.others:
            return self.others[row]
        column = self.column
        return None if not isinstance(column, Texts) and _at(column.empty, row) else column.value(row)

    def codes(self, size: int) -> Array:
        """One number for each of `size` rows, the same for rows of the same value (odd rows are never the same)."""
        column = self.column
        codes = np.broadcast_to(np.unique(column.data, return_inverse=True)[1].reshape(-1), size)
        if not isinstance(column, Texts):
            codes = np.where(column.empty, -1, codes)
        return np.where(column.odd, codes.max(initial=0) + 1 + np.arange(size), codes)


def to_decimal(scaled: int, scale: int) -> Decimal:
    """The decimal of a scaled number, with as many digits after the point as the scale says."""
    return Decimal(scaled).scaleb(-scale, _WIDE)


def numbers(data: Array, scale: int, empty: Mask = NO, odd: Mask = NO) -> Numbers:
    """A column of numbers with its true bounds."""
    least, most = (int(data.min()), int(data.max())) if data.size else (0, 0)
    return Numbers(data=data, scale=scale, least=least, most=most, empty=empty, odd=odd)


def take(column: Column, rows: Array) -> Column:
    """The column with these rows, in this order."""
    if isinstance(column, Texts):
        return replace(column, data=column.data[rows], odd=_taken(column.odd, rows))
    return replace(column, data=column.data[rows], empty=_taken(column.empty, rows), odd=_taken(column.odd, rows))


def between(values: Values, start: int, stop: int) -> Values:
    """The rows from `start` to before `stop`, as views; bounds stay those of the whole."""
    column, given = values.column, values.given

    def cut(array: Array) -> Array:
        return array[start:stop] if array.size > 1 else array

    if isinstance(column, Texts):
        part: Column = replace(column, data=cut(column.data), odd=cut(column.odd))
    else:
        part = replace(column, data=cut(column.data), empty=cut(column.empty), odd=cut(column.odd))
    others = {row - start: value for row, value in values.others.items() if start <= row < stop}
    return Values(part, others, None if given is None else lambda row: given(row + start))


def _taken(mask: Mask, rows: Array) -> Mask:
    return mask[rows] if mask.any() else NO


def column_of(values: Sequence[Value]) -> Column:
    """Values as a column of the kind that most of them have; those of another kind are odd."""
    kinds = Counter(map(_shape, values))
    empties = kinds.pop(type(None), 0)
    if not kinds:
        return Numbers(data=np.zeros(1, np.int64), scale=0, least=0, most=0, empty=YES if empties else NO)
    kind = kinds.most_common(1)[0][0]
    if kind not in _BUILDERS:
        return Mixed()
    return _BUILDERS[kind](values)


def constant(value: Value) -> Column:
    """One value for all rows."""
    return column_of((value,))


def values_of(values: Sequence[Value], codes: Array | None = None) -> Values:
    """Values as a column that remembers them; with `codes` they are the different values that the codes stand for."""
    column = column_of(values)
    if codes is None:
        return Values(column, given=values.__getitem__)
    if column.data.size == len(values):
        column = take(column, codes)
    return Values(column, given=lambda row: values[codes[row]])


def _shape(value: Value) -> type:
    return date if type(value) is date else type(value)


def _numbers(values: Sequence[Value]) -> Numbers:
    found = [_scaled(value) for value in values]
    scale = max((exponent for _, exponent in filter(None, found)), default=0)
    data = np.zeros(len(values), np.int64)
    odd = np.zeros(len(values), np.bool_)
    for i, part in enumerate(found):
        scaled = part[0] * 10 ** (scale - part[1]) if part else 0
        odd[i] = (part is None and values[i] is not None) or abs(scaled) >= LIMIT
        data[i] = 0 if odd[i] else scaled
    return numbers(data, scale, _empty(values), odd if odd.any() else NO)


def _scaled(value: Value) -> tuple[int, int] | None:
    """A decimal as a whole number and its digits after the point; None where it is none, or too fine."""
    if not isinstance(value, Decimal) or not value.is_finite():
        return None
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    if not -MOST_SCALE // 2 <= exponent <= MOST_SCALE or len(digits) > MOST_SCALE:
        return None
    whole = int(value.scaleb(max(-exponent, 0), _WIDE))
    return whole, max(-exponent, 0)


def _texts(values: Sequence[Value]) -> Texts:
    words: dict[str | None, int] = {}
    odd = np.zeros(len(values), np.bool_)
    data = np.zeros(len(values), np.intp)
    for i, value in enumerate(values):
        if value is None or isinstance(value, str):
            data[i] = words.setdefault(value, len(words))
        else:
            odd[i] = True
    return Texts(data=data, words=tuple(words), odd=odd if odd.any() else NO)


def _truths(values: Sequence[Value]) -> Truths:
    data = np.array([value is True for value in values], np.bool_)
    return Truths(data=data, empty=_empty(values), odd=_others(values, bool))


def _days(values: Sequence[Value]) -> Days:
    days = [value.toordinal() if isinstance(value, date) and not isinstance(value, datetime) else 1 for value in values]
    return Days(data=np.array(days, np.int64), empty=_empty(values), odd=_others(values, date))


def _empty(values: Sequence[Value]) -> Mask:
    return np.array([value is None for value in values], np.bool_) if None in values else NO


def _others(values: Sequence[Value], kind: type) -> Mask:
    odd = np.array([value is not None and type(value) is not kind for value in values], np.bool_)
    return odd if odd.any() else NO


_BUILDERS: dict[type, Callable[[Sequence[Value]], Column]] = {
    Decimal: _numbers,
    str: _texts,
    bool: _truths,
    date: _days,
}


def _at(array: Array, row: int) -> Any:
    return array[row if array.size > 1 else 0]
