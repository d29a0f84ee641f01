"""What the operators do with two columns. Raises `Unfit` where only the scalar evaluator knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, Final, cast

import numpy as np

from banshi.rules.expressions import fixed_point
from banshi.rules.expressions.column import (
    LIMIT,
    MOST_SCALE,
    NO,
    YES,
    Array,
    Column,
    Days,
    Mask,
    Mixed,
    Numbers,
    Texts,
    Truths,
    column_of,
    take,
)
from banshi.rules.expressions.convert import Problem, to_number
from banshi.rules.expressions.fixed_point import Quotient, Unfit, pick, pick_mask
from banshi.rules.expressions.operators import COMPARISONS
from banshi.rules.values import Value

Part = Column | Quotient
_LAST_DAY: Final = date.max.toordinal()


def to_numbers(part: Part) -> Numbers:
    """A column as numbers: truths are 1 and 0, texts are read. Texts that are no number are odd."""
    match part:
        case Numbers():
            return part
        case Truths():
            return Numbers(data=part.data.astype(np.int64), scale=0, least=0, most=1, empty=part.empty, odd=part.odd)
        case Texts():
            return _numbers_of_texts(part)
        case _:
            raise Unfit


def _numbers_of_texts(column: Texts) -> Numbers:
    values: list[Value] = []
    for word in column.words:
        try:
            values.append(to_number(word))
        except Problem:
            values.append(word)
    found = column_of(values)
    if not isinstance(found, Numbers) or found.data.size != len(values):
        raise Unfit
    taken = cast("Numbers", take(found, column.data))
    return replace(taken, odd=taken.odd | column.odd)


def truth_of(column: Column) -> Truths:
    """Whether each row holds as a condition; an empty one does not."""
    match column:
        case Truths():
            return Truths(data=column.data & ~column.empty, odd=column.odd)
        case Numbers():
            return Truths(data=(column.data != 0) & ~column.empty, odd=column.odd)
        case Mixed():
            return Truths(data=NO, odd=YES)
        case _:
            return Truths(data=~column.empty & np.ones(column.data.size, np.bool_), odd=column.odd)


def merge(mask: Mask, first: Column, second: Column) -> Column:
    """The first column where the mask holds, else the second."""
    if isinstance(first, Mixed) or isinstance(second, Mixed):
        return _with_unknown(mask, first, second)
    if isinstance(first, Numbers) and isinstance(second, Numbers):
        return pick(mask, first, second)
    odd = pick_mask(mask, first.odd, second.odd)
    if isinstance(first, Texts) and isinstance(second, Texts):
        left, right, words = _one_vocabulary(first, second)
        return Texts(data=np.where(mask, left, right), words=words, odd=odd)
    if type(first) is not type(second):
        raise Unfit
    pair: tuple[Any, Any] = (first, second)
    return cast(
        "Column",
        replace(
            pair[0],
            data=np.where(mask, pair[0].data, pair[1].data),
            empty=pick_mask(mask, pair[0].empty, pair[1].empty),
            odd=odd,
        ),
    )


def _with_unknown(mask: Mask, first: Column, second: Column) -> Column:
    """A column of which some rows are odd, because the other one has no kind."""
    if not isinstance(first, Mixed):
        return replace(first, odd=first.odd | ~mask)
    return replace(second, odd=second.odd | mask)


def _one_vocabulary(first: Texts, second: Texts) -> tuple[Array, Array, tuple[str | None, ...]]:
    """The codes of two columns of texts over one list of words."""
    words = {word: i for i, word in enumerate(first.words)}
    codes = np.array([words.setdefault(word, len(words)) for word in second.words], np.intp)
    return first.data, codes[second.data], tuple(words)


def equal_columns(first: Column, second: Column) -> Truths:
    """Whether the rows are the same; empty equals only empty."""
    if isinstance(first, Texts) and isinstance(second, Texts):
        left, right, _ = _one_vocabulary(_blank_as_none(first), _blank_as_none(second))
        return Truths(data=left == right, odd=first.odd | second.odd)
    left, right = _comparable(first, second)
    same = left == right
    if first.empty.any() or second.empty.any():
        same = np.where(first.empty | second.empty, first.empty & second.empty, same)
    return Truths(data=same, odd=_odd_of(first, second))


def _blank_as_none(column: Texts) -> Texts:
    """The same texts, the empty one and None made one."""
    if "" not in column.words:
        return column
    words = tuple(dict.fromkeys(word or None for word in column.words))
    codes = np.array([words.index(word or None) for word in ("", None)], np.intp)
    places = {word: i for i, word in enumerate(words)}
    codes = np.array([places[word or None] for word in column.words], np.intp)
    return replace(column, data=codes[column.data], words=words)


def _comparable(first: Column, second: Column) -> tuple[Array, Array]:
    if isinstance(first, Numbers) and isinstance(second, Numbers):
        first, second = fixed_point.aligned(first, second)
        return first.data, second.data
    if (isinstance(first, Truths) and isinstance(second, Truths)) or (
        isinstance(first, Days) and isinstance(second, Days)
    ):
        return first.data, second.data
    raise Unfit


def _odd_of(first: Column, second: Column) -> Mask:
    if isinstance(first, Numbers) and isinstance(second, Numbers):
        first, second = fixed_point.aligned(first, second)
    return first.odd | second.odd


def _before(first: Column, second: Column, *, or_equal: bool) -> Truths:
    left, right = _comparable(first, second)
    held = left <= right if or_equal else left < right
    if first.empty.any() or second.empty.any():
        held = held & ~first.empty & ~second.empty
    return Truths(data=held, odd=_odd_of(first, second))


def _compare(operator: str, first: Part, second: Part) -> Truths:
    if isinstance(first, Quotient) or isinstance(second, Quotient):
        first, second = _crossed(first, second)
    match operator:
        case "=":
            return equal_columns(first, second)
        case "!=":
            same = equal_columns(first, second)
            return replace(same, data=~same.data)
        case "<" | "<=":
            return _before(first, second, or_equal=operator == "<=")
        case _:
            return _before(second, first, or_equal=operator == ">=")


def _crossed(first: Part, second: Part) -> tuple[Column, Column]:
    """A fraction and a number as two whole numbers that compare as they do."""
    if isinstance(first, Quotient) and isinstance(second, Numbers):
        bottom = Numbers(data=first.bottom, scale=0, least=1, most=first.most_bottom)
        return first.top, fixed_point.multiply(second, bottom)
    if isinstance(first, Numbers) and isinstance(second, Quotient):
        right, left = _crossed(second, first)
        return left, right
    raise Unfit


def _add(first: Part, second: Part) -> Part:
    if isinstance(first, Days) or isinstance(second, Days):
        day, other = (first, second) if isinstance(first, Days) else (second, first)
        if isinstance(other, Days) or not isinstance(day, Days):
            raise Unfit
        return _shifted(day, to_numbers(other))
    return fixed_point.add(to_numbers(first), to_numbers(second))


def _subtract(first: Part, second: Part) -> Part:
    if isinstance(first, Days) and isinstance(second, Days):
        return days_between(second, first)
    if isinstance(first, Days) and isinstance(second, Numbers):
        return _shifted(first, fixed_point.negate(second))
    if isinstance(first, Days) or isinstance(second, Days):
        raise Unfit
    return fixed_point.subtract(to_numbers(first), to_numbers(second))


def days_between(start: Days, end: Days) -> Numbers:
    """The days from one date to another."""
    return Numbers(
        data=end.data - start.data,
        scale=0,
        least=-_LAST_DAY,
        most=_LAST_DAY,
        empty=start.empty | end.empty,
        odd=start.odd | end.odd,
    )


def _shifted(day: Days, days: Numbers) -> Days:
    """Days moved by days; with a part of a day they are moments, which the scalar evaluator computes."""
    part = days.data % 10**days.scale != 0 if days.scale else NO
    moved = day.data + np.clip(fixed_point.rounded(days, 1, 0, "ROUND_FLOOR").data, -_LAST_DAY, _LAST_DAY)
    out = (moved < 1) | (moved > _LAST_DAY)
    empty = day.empty | days.empty
    return Days(data=np.where(out, 1, moved), empty=empty, odd=day.odd | days.odd | ((out | part) & ~empty))


def _multiply(first: Part, second: Part) -> Part:
    if isinstance(first, Quotient) and not isinstance(second, Quotient):
        return _times_quotient(first, to_numbers(second))
    if isinstance(second, Quotient) and not isinstance(first, Quotient):
        return _times_quotient(second, to_numbers(first))
    return fixed_point.multiply(to_numbers(first), to_numbers(second))


def _times_quotient(fraction: Quotient, factor: Numbers) -> Quotient:
    top = fixed_point.multiply(fraction.top, factor)
    most = fraction.most_bottom * 10**top.scale
    if most >= LIMIT:
        raise Unfit
    return Quotient(top=replace(top, scale=0), bottom=fraction.bottom * 10**top.scale, most_bottom=most)


def _divide(first: Part, second: Part) -> Part:
    return fixed_point.divide(to_numbers(first), to_numbers(second))


def _remainder(first: Part, second: Part) -> Part:
    return fixed_point.remainder(to_numbers(first), to_numbers(second), floored=False)


def _signed(part: Part) -> Part:
    return fixed_point.negate(to_numbers(part))


def _percent(part: Part) -> Part:
    number = to_numbers(part)
    if number.scale + 2 > MOST_SCALE:
        raise Unfit
    return replace(number, scale=number.scale + 2)


COLUMN_OPERATORS: Final[dict[str, Callable[[Part, Any], Part]]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "mod": _remainder,
    "neg": lambda part, _: _signed(part),
    "pct": lambda part, _: _percent(part),
    **{sign: partial(_compare, sign) for sign in COMPARISONS},
}
"""The operators that columns know; those of one operand are given None as the second."""
