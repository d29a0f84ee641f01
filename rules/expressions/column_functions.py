"""The functions that have a form for columns. Every other one is computed by the scalar evaluator, value by value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP

import numpy as np

from banshi.rules.cells import Cell
from banshi.rules.expressions import fixed_point
from banshi.rules.expressions.column import (
    NO,
    Array,
    Column,
    Days,
    Mask,
    Numbers,
    Texts,
    Truths,
    column_of,
    constant,
    take,
)
from banshi.rules.expressions.column_evaluation import FUNCTIONS, ColumnEvaluator, Part
from banshi.rules.expressions.column_operators import (
    days_between,
    equal_columns,
    merge,
    to_numbers,
    truth_of,
)
from banshi.rules.expressions.convert import Problem, to_date
from banshi.rules.expressions.dataset_columns import find_column
from banshi.rules.expressions.fixed_point import Quotient, Unfit, pick
from banshi.rules.expressions.functions_lists import find_dataset, keys_of, period_columns
from banshi.rules.expressions.registry import FUNCTIONS as SCALAR
from banshi.rules.expressions.tree import Call, Node, Text
from banshi.rules.values import Value

_MOST_DIGITS = 9


def column_function(*names: str) -> Callable[[_Form], _Form]:
    """Add the form for columns of a function; a wrong number of arguments is left to the scalar evaluator."""

    def add(form: _Form) -> _Form:
        for name in names:
            entry = SCALAR[name]

            def checked(run: ColumnEvaluator, node: Call, active: Mask, least=entry.least, most=entry.most) -> Part:  # type: ignore[no-untyped-def]
                if len(node.operands) < least or (most is not None and len(node.operands) > most):
                    raise Unfit
                return form(run, node, active)

            FUNCTIONS[name] = checked
        return form

    return add


_Form = Callable[[ColumnEvaluator, Call, Mask], Part]


def _condition(run: ColumnEvaluator, node: Node) -> Callable[[Mask], Truths]:
    return lambda active: truth_of(run.column(node, active))


@column_function("if")
def _if(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    condition, then, *rest = node.operands
    held = truth_of(run.column(condition, active))
    holds = held.data & ~held.odd
    first = run.column(then, active & holds)
    second = run.column(rest[0], active & ~held.data & ~held.odd) if rest else constant(False)
    merged = merge(holds, first, second)
    return replace(merged, odd=merged.odd | held.odd)


@column_function("ifs")
def _ifs(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    pairs = zip(node.operands[::2], node.operands[1::2], strict=False)
    return run.branches([(_condition(run, condition), then) for condition, then in pairs], None, active)


@column_function("switch")
def _switch(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    value, *nodes = node.operands
    wanted = run.column(value, active)

    def equals(case: Node) -> Callable[[Mask], Truths]:
        def test(open_rows: Mask) -> Truths:
            return equal_columns(wanted, run.column(case, open_rows))

        return test

    pairs = [(equals(case), then) for case, then in zip(nodes[::2], nodes[1::2], strict=False)]
    last = run.column(nodes[-1], active) if len(nodes) % 2 else None
    result = run.branches(pairs, last, active)
    return replace(result, odd=result.odd | wanted.odd)


@column_function("and")
def _and(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    return run.until(node.operands, active, stop=False)


@column_function("or")
def _or(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    return run.until(node.operands, active, stop=True)


@column_function("not")
def _not(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    held = truth_of(run.column(node.operands[0], active))
    return replace(held, data=~held.data)


@column_function("boolean")
def _boolean(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    return truth_of(run.column(node.operands[0], active))


@column_function("isblank")
def _isblank(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    column = run.column(node.operands[0], active)
    return Truths(data=column.empty, odd=column.odd)


@column_function("iferror")
def _iferror(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    # An error is odd, and an odd row is the scalar evaluator's: what is left has no error.
    return run.column(node.operands[0], active)


@column_function("coalesce")
def _coalesce(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    result: Column | None = None
    found: list[tuple[Mask, Column]] = []
    open_rows = active
    for operand in node.operands:
        column = run.column(operand, open_rows)
        filled = ~column.empty | column.odd
        found.append((filled, column))
        open_rows = open_rows & ~filled
        if not open_rows.any():
            break
    for filled, column in reversed(found):
        if result is None:
            result = _empty_as_none(column)
        else:
            result = merge(filled, column, result)
    assert result is not None
    return result


def _empty_as_none(column: Column) -> Column:
    """The last of the values: where it is an empty text, the scalar evaluator gives None."""
    if isinstance(column, Texts) and "" in column.words:
        raise Unfit
    return column


def _arguments(run: ColumnEvaluator, node: Call, active: Mask) -> list[Part]:
    return [run.part(operand, active) for operand in node.operands]


@column_function("sum")
def _sum(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    result = fixed_point.zero()
    for part in _arguments(run, node, active):
        number = to_numbers(part)
        filled = (
            replace(number, data=np.where(number.empty, 0, number.data), empty=NO) if number.empty.any() else number
        )
        result = fixed_point.add(result, replace(filled, least=min(filled.least, 0), most=max(filled.most, 0)))
    return result


@column_function("min")
def _min(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    return _extreme(_arguments(run, node, active), least=True)


@column_function("max")
def _max(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    return _extreme(_arguments(run, node, active), least=False)


def _extreme(parts: list[Part], *, least: bool) -> Part:
    if all(isinstance(part, Days) for part in parts):
        return _extreme_days([part for part in parts if isinstance(part, Days)], least=least)
    columns = [part for part in parts if isinstance(part, Numbers)]
    if len(columns) < len(parts):
        raise Unfit
    result = columns[0]
    for column in columns[1:]:
        first, second = fixed_point.aligned(result, column)
        better = first.data <= second.data if least else first.data >= second.data
        if first.empty.any() or second.empty.any():
            better = (better & ~first.empty) | second.empty
        picked = pick(better, first, second)
        bound = min if least else max
        if not (first.empty.any() or second.empty.any()):
            picked = replace(picked, least=bound(first.least, second.least), most=bound(first.most, second.most))
        result = replace(picked, odd=first.odd | second.odd)
    return result


def _extreme_days(columns: list[Days], *, least: bool) -> Days:
    result = columns[0]
    for column in columns[1:]:
        better = result.data <= column.data if least else result.data >= column.data
        better = (better & ~result.empty) | column.empty
        result = Days(
            data=np.where(better, result.data, column.data),
            empty=result.empty & column.empty,
            odd=result.odd | column.odd,
        )
    return result


def _constant_number(run: ColumnEvaluator, node: Node) -> Numbers:
    """An argument that must be one number for all rows, such as the digits of a rounding."""
    part = run.part(node, NO)
    if not isinstance(part, Numbers) or part.data.size != 1 or part.empty.any() or part.odd.any():
        raise Unfit
    return part


def _rounding(mode: str) -> _Form:
    def rounding(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
        digits = 0
        if len(node.operands) > 1:
            wanted = _constant_number(run, node.operands[1])
            digits, rest = divmod(int(wanted.data[0]), 10**wanted.scale)
            if rest or abs(digits) > _MOST_DIGITS:
                raise Unfit
        unit, scale = (1, digits) if digits >= 0 else (10**-digits, 0)
        return fixed_point.rounded(_number(run, node.operands[0], active), unit, scale, mode)

    return rounding


def _number(run: ColumnEvaluator, node: Node, active: Mask) -> Numbers | Quotient:
    part = run.part(node, active)
    return part if isinstance(part, Quotient) else to_numbers(part)


column_function("round")(_rounding(ROUND_HALF_UP))
column_function("roundup")(_rounding(ROUND_UP))
column_function("rounddown")(_rounding(ROUND_DOWN))
column_function("int")(_rounding(ROUND_FLOOR))


def _multiple(mode: str) -> _Form:
    def to_multiple(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
        unit, scale = 1, 0
        if len(node.operands) > 1:
            step = _constant_number(run, node.operands[1])
            unit, scale = abs(int(step.data[0])), step.scale
        if not unit:
            raise Unfit
        return fixed_point.rounded(_number(run, node.operands[0], active), unit, scale, mode)

    return to_multiple


column_function("ceiling")(_multiple(ROUND_CEILING))
column_function("floor")(_multiple(ROUND_FLOOR))


@column_function("mod")
def _mod(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    first, second = (to_numbers(run.part(operand, active)) for operand in node.operands)
    return fixed_point.remainder(first, second, floored=True)


@column_function("abs")
def _abs(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    number = to_numbers(run.part(node.operands[0], active))
    most = max(abs(number.least), abs(number.most))
    return replace(number, data=np.abs(number.data), least=0, most=most)


@column_function("number")
def _number_of(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    part = run.part(node.operands[0], active)
    if isinstance(part, Days):
        raise Unfit
    return to_numbers(part)


def _to_days(column: Column) -> Days:
    """Dates, or texts that read as dates; the others are odd."""
    if isinstance(column, Days):
        return column
    if not isinstance(column, Texts):
        raise Unfit
    values: list[Value] = []
    for word in column.words:
        try:
            values.append(to_date(word, None) if word is None or len(word) <= 11 else word)
        except Problem:
            values.append(word)
    found = column_of(values)
    if not isinstance(found, Days) or found.data.size != len(values):
        raise Unfit
    taken = take(found, column.data)
    assert isinstance(taken, Days)
    return replace(taken, odd=taken.odd | column.odd)


@column_function("date")
def _date(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    if len(node.operands) != 1:
        raise Unfit
    return _to_days(run.column(node.operands[0], active))


@column_function("days")
def _days(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    end, start = (_to_days(run.column(operand, active)) for operand in node.operands)
    return days_between(start, end)


def _calendar(part: str) -> _Form:
    def calendar(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
        days = _to_days(run.column(node.operands[0], active))
        stamps = (days.data - _EPOCH).astype("datetime64[D]")
        months = stamps.astype("datetime64[M]")
        if part == "day":
            data, most = (stamps - months).astype(np.int64) + 1, 31
        elif part == "month":
            data, most = months.astype(np.int64) % 12 + 1, 12
        else:
            data, most = stamps.astype("datetime64[Y]").astype(np.int64) + 1970, 9999
        return Numbers(data=data, scale=0, least=1, most=most, empty=days.empty, odd=days.odd)

    return calendar


_EPOCH = 719_163  # date(1970, 1, 1).toordinal(), where numpy's days begin
for _part in ("year", "month", "day"):
    column_function(_part)(_calendar(_part))


@column_function("lookup")
def _lookup(run: ColumnEvaluator, node: Call, active: Mask) -> Part:
    """A dataset without dates, keys that are texts, a column that is written out: one look for different keys."""
    dataset, key, wanted, *otherwise = node.operands
    if otherwise or not isinstance(dataset, Text) or not isinstance(wanted, Text):
        raise Unfit
    table = find_dataset(run.batch.datasets, dataset.value)
    nodes = keys_of(key)
    if table is None or len(nodes) > len(table.keys):
        raise Unfit
    words, data, odd = _keys([run.part(node, active) for node in nodes])
    name = find_column(table, wanted.value)
    if name is None or any(period_columns(table)):
        raise Unfit
    rows = [table.find(*key) if all(key) else () for key in words]
    told = [bool(found) and not (table.marked and len(found) > 1) for found in rows]
    values = [found[0].get(name, Cell()).value if one else None for found, one in zip(rows, told, strict=True)]
    found = column_of(values)
    if found.data.size != len(values):
        raise Unfit
    taken = take(found, data)
    # No row, or several: the scalar says which error that is.
    untold = np.array([not one and all(key) for one, key in zip(told, words, strict=True)], np.bool_)
    return replace(taken, odd=taken.odd | odd | untold[data])


def _keys(parts: Sequence[Part]) -> tuple[list[tuple[str, ...]], Array, Mask]:
    """The different keys, which of them each row has, and the rows that only the scalar knows; an empty part is ``""``."""
    first, *rest = [part if isinstance(part, Texts) else None for part in parts]
    if first is None:
        raise Unfit
    words: list[tuple[str, ...]] = [(word or "",) for word in first.words]
    data, odd = first.data, first.odd
    for part in rest:
        if part is None:
            raise Unfit
        pairs, data = np.unique(data.astype(np.int64) * len(part.words) + part.data, return_inverse=True)
        both = (divmod(int(pair), len(part.words)) for pair in pairs)
        words = [(*words[one], part.words[other] or "") for one, other in both]
        odd = odd | part.odd
    return words, data, odd
