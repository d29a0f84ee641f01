"""Whole columns at a time: 100,000 inputs through a table by look-ups and ANDs of numpy bitsets.

    answers = Columns(table).decide({"用电量": [130, 250], "用户类型": ["新客户", "老客户"]}, env)
    answers.frame()

The result of every row equals `decide` with that row's values. What bitsets alone do not decide (formulas, list policies,
contradictions) is decided by `decide`, row by row, when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from banshi.rules.decision import Decision, Outcome
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import Environment
from banshi.rules.tables.bitsets import Bitsets, Ints
from banshi.rules.tables.deciding import decide, fired_places
from banshi.rules.tables.model import Hit
from banshi.rules.tables.places import Places, is_missing, places_of
from banshi.rules.tables.policies import Answer, no_rows
from banshi.rules.tables.table import Table
from banshi.rules.values import Value

if TYPE_CHECKING:
    import pandas as pd

CHUNK: Final = 4096
"""Inputs that are looked at together; their bitsets stay in the processor's cache."""

ALONE: Final = -1
"""Instead of a row: this input is decided by `decide`."""

NOTHING: Final = -2
"""Instead of a row: no row holds, and the answer to that needs no computing."""

_ONE_ROW: Final = frozenset({Hit.UNIQUE, Hit.FIRST, Hit.PRIORITY})


class Columns:
    """A table laid out for columns. To be made once and used for many frames."""

    def __init__(self, table: Table) -> None:
        """Lay the table out."""
        self.table = table
        self.bitsets = Bitsets(table)
        self.constants = [
            {name: item.value for name, item in zip(table.output_names, row.results, strict=True)} for row in table.rows
        ]
        self.nothing = _nothing(table)

    def decide(self, columns: Mapping[str, Any] | pd.DataFrame, env: Environment) -> Answers:
        """The decisions of all rows of a frame, or of columns of equal length; `env` holds what all rows share.

        Columns may be lists, numpy arrays or pandas columns; NaN, NaT and None are missing. A float stands for the
        number that it prints as.
        """
        return Answers(self, {str(name): _sequence(column) for name, column in columns.items()}, env)


class Answers:
    """The decisions of many inputs. `rows[i]` is the row, counted from 0, that decides input i; or ALONE or NOTHING."""

    def __init__(self, columns: Columns, values: Mapping[str, Sequence[Any]], env: Environment) -> None:
        """Decide what bitsets can decide."""
        self.table = columns.table
        self.size = len(next(iter(values.values()), ()))
        self.rows: Ints = np.full(self.size, ALONE, dtype=np.int64)
        self._columns = columns
        self._values = values
        self._env = env
        self._numbers: dict[int, Value] = {}
        self._decisions: dict[int, Decision] = {}
        if columns.bitsets.usable:
            shared = {axis.name: [env.find(axis.name)] for axis in self.table.index.axes if axis.name not in values}
            places = [
                places_of(axis, values[axis.name])
                if axis.name in values
                else places_of(axis, shared[axis.name]).repeated(self.size)
                for axis in self.table.index.axes
            ]
            for start in range(0, self.size, CHUNK):
                self._chunk(slice(start, min(start + CHUNK, self.size)), places)

    def _chunk(self, part: slice, places: Sequence[Places]) -> None:
        bitsets = self._columns.bitsets
        size = part.stop - part.start
        held = bitsets.holding([place.at[part] for place in places], size, self._env.now.date())
        rows, empty = bitsets.deciding(held, ALONE)
        if self._columns.nothing is not None:
            rows[empty] = NOTHING
        for place in places:
            rows[place.wrong[part]] = ALONE
        self.rows[part] = rows
        if bitsets.adds:
            sound = np.nonzero(rows >= 0)[0]
            self._numbers |= zip((sound + part.start).tolist(), bitsets.totals(held[sound]), strict=True)

    def outputs(self, i: int) -> Any:
        """As `Decision.outputs` of input i."""
        row = int(self.rows[i])
        if row == ALONE:
            return self.decision(i).outputs
        if row == NOTHING:
            return self._empty.outputs
        if self._columns.bitsets.adds:
            return self._numbers[i]
        results = self._columns.constants[row]
        return next(iter(results.values())) if self.table.hit.aggregated else dict(results)

    def outcome(self, i: int) -> Outcome:
        """As `Decision.outcome` of input i."""
        row = int(self.rows[i])
        return self.decision(i).outcome if row == ALONE else self._empty.outcome if row == NOTHING else Outcome.OK

    def fired(self, i: int) -> tuple[Place, ...]:
        """As `Decision.fired` of input i."""
        row = int(self.rows[i])
        if row == NOTHING:
            return self._empty.places
        if row == ALONE or self.table.hit not in _ONE_ROW:
            return self.decision(i).fired
        return fired_places(self.table, row)

    def decision(self, i: int) -> Decision:
        """The whole record of input i, with its explanation."""
        if i not in self._decisions:
            values = {name: _plain(column[i]) for name, column in self._values.items()}
            self._decisions[i] = decide(self.table, replace(self._env, values={**self._env.values, **values}))
        return self._decisions[i]

    def frame(self) -> pd.DataFrame:
        """One row an input: the outputs by name (empty where none came out) and `outcome`, as objects."""
        import pandas as pd

        names = self.table.output_names
        made: dict[str, Any] = {name: np.empty(self.size, dtype=object) for name in (*names, "outcome")}
        made["outcome"][:] = str(Outcome.OK)
        by_row = self.rows >= 0
        if self._columns.bitsets.adds:
            by_row[:] = False
        for name in names:
            constants = np.empty(len(self.table.rows), dtype=object)
            constants[:] = [results[name] for results in self._columns.constants]
            made[name][by_row] = constants[self.rows[by_row]]
        for i in np.nonzero(~by_row)[0].tolist():
            outputs = self.outputs(i)
            made["outcome"][i] = str(self.outcome(i))
            for name in names:
                made[name][i] = _of_output(outputs, name)
        return pd.DataFrame(made, dtype=object)

    @property
    def _empty(self) -> Answer:
        assert self._columns.nothing is not None
        return self._columns.nothing


def _nothing(table: Table) -> Answer | None:
    """The answer where no row holds; None where `otherwise` computes."""
    given = dict(table.otherwise)
    if any(result.expression is not None for result in given.values()):
        return None
    results = {name: given[name].value if name in given else None for name in table.output_names}
    return no_rows(table, (results, tuple(result.place for result in given.values())))


def _sequence(column: Any) -> Sequence[Any]:
    """A column as an array of numbers, or as a list."""
    values = getattr(column, "values", column)
    if isinstance(values, np.ndarray) and values.dtype.kind in "iuf":
        return values  # type: ignore[return-value]  # an array can be indexed and counted, which is all that is asked
    return column.tolist() if hasattr(column, "tolist") else list(column)


def _plain(value: Any) -> Value:
    """A value without numpy or pandas in it; what is missing there is empty here."""
    if is_missing(value):
        return None
    if isinstance(value, datetime) and hasattr(value, "to_pydatetime"):
        plain: Value = value.to_pydatetime()
        return plain
    item: Value = value.item() if isinstance(value, np.generic) else value
    return item


def _of_output(outputs: Any, name: str) -> Value:
    """One output of a decision as a cell of a frame holds it: many rows are a tuple."""
    if isinstance(outputs, list):
        return tuple(row[name] for row in outputs)
    value: Value = outputs[name] if isinstance(outputs, dict) else outputs
    return value
