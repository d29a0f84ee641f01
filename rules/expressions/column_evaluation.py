"""Evaluation of one expression over a batch of rows, part by part. `columns` is the way in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import numpy as np

from banshi.rules.datasets import Dataset
from banshi.rules.expressions.column import (
    NO,
    Array,
    Column,
    Mask,
    Mixed,
    Truths,
    Values,
    between,
    column_of,
    constant,
    take,
)
from banshi.rules.expressions.column_operators import COLUMN_OPERATORS, equal_columns, merge, truth_of
from banshi.rules.expressions.evaluation import Evaluator
from banshi.rules.expressions.fixed_point import Quotient, Unfit
from banshi.rules.expressions.model import CalendarView, DirectoryView, Environment, folded_keys
from banshi.rules.expressions.tree import (
    Call,
    Current,
    Expression,
    Membership,
    Node,
    Operation,
    Reference,
    walk,
)
from banshi.rules.values import ErrorValue, Value

Part = Column | Quotient
FUNCTIONS: dict[str, Callable[[ColumnEvaluator, Call, Mask], Part]] = {}
"""The functions that have a form for columns, by canonical name; `column_functions` fills it."""

_EMPTY = Values(constant(None))


@dataclass(frozen=True, kw_only=True)
class Batch:
    """`size` rows of values by name, and what else expressions are computed with (see `Environment`).

    A name that is missing is empty in every row. `dataset` lookups, `now` and the directory are those of one
    environment for all rows.
    """

    size: int
    names: Mapping[str, Values]
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    now: datetime
    directory: DirectoryView | None = None
    calendar: CalendarView | None = None
    choice_labels: Callable[[str, str, str], str] | None = None

    def find(self, name: str) -> Values:
        """The values of a name, whatever the width of its letters."""
        found = self.names.get(name)
        if found is None and name in self._folded:
            found = self.names.get(self._folded[name])
        return found or _EMPTY

    def with_names(self, names: Mapping[str, Values]) -> Batch:
        """The same rows with more names, which win over those that are there."""
        return replace(self, names={**self.names, **names})

    def between(self, start: int, stop: int) -> Batch:
        """The rows from `start` to before `stop`."""
        names = {name: between(values, start, stop) for name, values in self.names.items()}
        return replace(self, size=stop - start, names=names)

    def environment(self, row: int, names: frozenset[str] | None = None) -> Environment:
        """What one row is computed with by the scalar evaluator; `names` are those that it will ask for."""
        if names is None:
            values = {name: column.value(row) for name, column in self.names.items()}
        else:
            values = {name: self.find(name).value(row) for name in names}
        return Environment(
            values,
            self.datasets,
            now=self.now,
            directory=self.directory,
            calendar=self.calendar,
            choice_labels=self.choice_labels,
        )

    @cached_property
    def _folded(self) -> dict[str, str]:
        return folded_keys(self.names)


class ColumnEvaluator:
    """Computes the parts of one expression over one batch."""

    def __init__(self, expression: Expression, batch: Batch) -> None:
        """Take the expression, for its places, and the columns."""
        self.expression = expression
        self.batch = batch

    def column(self, node: Node, active: Mask) -> Column:
        """The column of a part; a division that nobody rounds goes to the scalar evaluator."""
        part = self.part(node, active)
        return self.by_rows(node, active) if isinstance(part, Quotient) else part

    def part(self, node: Node, active: Mask) -> Part:
        """The column of a part, needed in the rows of `active` only; in the others it may be odd."""
        if isinstance(node, Reference):
            return self.batch.find(node.name).column
        if isinstance(node, Current):
            return constant(None)
        if not any(isinstance(below, (Reference, Current)) for below in walk(node)):
            return self._folded(node)
        try:
            return self._computed(node, active)
        except Unfit:
            return self.by_rows(node, active)

    def _computed(self, node: Node, active: Mask) -> Part:
        match node:
            case Operation(operator="and" | "or" as operator):
                return self.until(node.operands, active, stop=operator == "or")
            case Operation():
                parts = [self.part(operand, active) for operand in node.operands]
                if node.operator not in COLUMN_OPERATORS:
                    raise Unfit
                result = parts[0]
                for part in parts[1:] or (None,):
                    result = COLUMN_OPERATORS[node.operator](result, part)
                return result
            case Membership():
                needle = self.column(node.operands[0], active)
                items = (self._equal_to(needle, item) for item in node.operands[1:])
                return self.first_true(items, active)
            case Call() if node.function in FUNCTIONS:
                return FUNCTIONS[node.function](self, node, active)
            case _:
                raise Unfit

    def _equal_to(self, needle: Column, item: Node) -> Callable[[Mask], Truths]:
        return lambda open_rows: equal_columns(needle, self.column(item, open_rows))

    def until(self, nodes: tuple[Node, ...], active: Mask, *, stop: bool) -> Truths:
        """`and` (stops at the first that does not hold) and `or`, row by row as lazily as the scalar evaluator."""
        open_rows, odd, stopped = active, NO, NO
        for node in nodes:
            if not open_rows.any():
                break
            found = truth_of(self.column(node, open_rows))
            odd = odd | (open_rows & found.odd)
            stopped = stopped | (open_rows & ~found.odd & (found.data == stop))
            open_rows = open_rows & ~stopped & ~odd
        return Truths(data=stopped if stop else ~stopped, odd=odd)

    def first_true(self, tests: Iterable[Callable[[Mask], Truths]], active: Mask) -> Truths:
        """Whether one of the tests holds; a test is not asked in rows where an earlier one held."""
        held, odd = NO, NO
        for test in tests:
            found = test(active & ~held & ~odd)
            odd = odd | (found.odd & ~held)
            held = held | (found.data & ~odd)
        return Truths(data=held, odd=odd)

    def branches(self, pairs: list[tuple[Callable[[Mask], Truths], Node]], last: Column | None, active: Mask) -> Column:
        """The value of the first pair whose condition holds, else `last`; odd in every row where that is missing."""
        open_rows, chosen = active, []
        for condition, then in pairs:
            held = condition(open_rows)
            holds = held.data & ~held.odd
            chosen.append((holds, held.odd, self.column(then, open_rows & holds)))
            open_rows = open_rows & ~holds & ~held.odd
        result = last
        for holds, odd, column in reversed(chosen):
            result = replace(column, odd=column.odd | ~holds) if result is None else merge(holds, column, result)
            result = replace(result, odd=result.odd | odd)
        assert result is not None
        return result

    def by_rows(self, node: Node, active: Mask) -> Column:
        """The column of a part by the scalar evaluator, once for each different combination of what it reads."""
        names = frozenset(part.name for part in walk(node) if isinstance(part, Reference))
        rows = np.flatnonzero(np.broadcast_to(active, self.batch.size))
        codes = np.zeros(rows.size, np.intp)
        for name in names:
            column = self.batch.find(name).codes(self.batch.size)[rows]
            column = np.unique(column, return_inverse=True)[1].reshape(-1)
            codes = np.unique(codes * (column.max(initial=0) + 1) + column, return_inverse=True)[1].reshape(-1)
        _, first, codes = np.unique(codes, return_index=True, return_inverse=True)
        values = [Evaluator(self.expression, self.batch.environment(int(rows[i]), names)).value(node) for i in first]
        return self._placed(values, rows, codes.reshape(-1))

    def _placed(self, values: list[Value], rows: Array, codes: Array) -> Column:
        """Values that belong to some rows of the batch; the other rows are odd."""
        if not values:
            return Mixed()
        column = column_of(values)
        if column.data.size != len(values):
            codes = np.zeros_like(codes)
        if rows.size == self.batch.size:
            return take(column, codes)
        places = np.zeros(self.batch.size, np.intp)
        places[rows] = codes
        missing = np.ones(self.batch.size, np.bool_)
        missing[rows] = False
        placed = take(column, places)
        return replace(placed, odd=placed.odd | missing)

    def _folded(self, node: Node) -> Column:
        """A part that reads nothing: one value for all rows."""
        value = Evaluator(self.expression, self.batch.environment(0, frozenset())).value(node)
        return Mixed() if isinstance(value, ErrorValue) else constant(value)
