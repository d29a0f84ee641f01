"""Many single decisions by one table at one moment: a look-up an input and one AND of bitsets, and nothing else until
somebody asks.

    decider = Decider(table, env)
    decider({"用电量": Decimal(130), "用户类型": "新客户"}).outputs

What was asked before is remembered, so most look-ups are one dictionary access. Explanations, fired cells and
diagnostics are worked out when they are read, by the same code that `decide` runs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from decimal import Decimal
from functools import cached_property
from typing import Any

from banshi.rules.decision import Decision, Outcome
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import Environment, settle
from banshi.rules.tables.deciding import as_input, decide, fired_places
from banshi.rules.tables.index import Axis, bits
from banshi.rules.tables.model import Hit
from banshi.rules.tables.policies import slow_rows
from banshi.rules.tables.table import Table
from banshi.rules.values import ErrorValue, Kind, Value

REMEMBERED = 20_000
"""How many different values of an input are remembered."""


class Decider:
    """A table at one moment. Call it with the values that its inputs read, by name."""

    def __init__(self, table: Table, env: Environment) -> None:
        """Look at the table once: `env` gives the moment, the datasets, and values that every call shares."""
        self.table = table
        self.env = env
        index = table.index
        self.plain = not index.unreadable and all(axis.name for axis in index.axes)
        self._in_force = index.in_force(env.now.date())
        self._axes = tuple((axis.name, _Remembered(axis)) for axis in index.axes)
        self.slow = slow_rows(table)
        self.first = table.hit is Hit.FIRST
        self.single = not table.hit.many and not table.hit.aggregated
        self.constants = tuple(_constants(table, row) for row in range(len(table.rows)))

    def __call__(self, values: Mapping[str, Value]) -> Brief:
        """The decision, worked out as far as it is read."""
        if not self.plain:
            return Brief(self, values, 0)
        mask = self._in_force
        for name, rows in self._axes:
            try:
                mask &= rows[values[name]]
            except (KeyError, TypeError):  # another spelling of the name, a shared value, or a list
                value: Any = replace(self.env, values={**self.env.values, **values}).find(name)
                mask &= rows[tuple(value) if isinstance(value, list) else value]
        return Brief(self, values, mask)


class Brief:
    """A decision by one table that has not been told to the end."""

    __slots__ = ("__dict__", "_decider", "_mask", "_values")

    def __init__(self, decider: Decider, values: Mapping[str, Value], mask: int) -> None:
        """Keep what the decision needs."""
        self._decider = decider
        self._values = values
        self._mask = mask

    @property
    def row(self) -> int:
        """The row of constants that decides by itself, counted from 0; -1 where more has to be looked at."""
        decider, mask = self._decider, self._mask
        if not mask or not decider.single or (decider.slow and mask & decider.slow):
            return -1
        low = mask & -mask
        return low.bit_length() - 1 if decider.first or low == mask else -1

    @property
    def outputs(self) -> Any:
        """As `Decision.outputs`."""
        row = self.row
        return dict(self._decider.constants[row]) if row >= 0 else self.decision.outputs

    @property
    def holding(self) -> tuple[int, ...]:
        """All rows whose constant cells hold, also those below the one that decides, counted from 0."""
        return tuple(bits(self._mask))

    @property
    def fired(self) -> tuple[Place, ...]:
        """As `Decision.fired`."""
        row = self.row
        return fired_places(self._decider.table, row) if row >= 0 else self.decision.fired

    @property
    def outcome(self) -> Outcome:
        """As `Decision.outcome`."""
        return Outcome.OK if self.row >= 0 else self.decision.outcome

    @cached_property
    def decision(self) -> Decision:
        """The whole record with its explanation."""
        env = self._decider.env
        return decide(self._decider.table, replace(env, values={**env.values, **self._values}))


class _Remembered(dict[Any, int]):
    """The rows by value of one axis, filled as values come.

    Not remembered: what Python holds equal and a table does not. Truths equal 1 and 0; times of two zones may be equal.
    """

    def __init__(self, axis: Axis) -> None:
        super().__init__()
        self._axis = axis
        self._numbers = sorted({cut[0] for cut in axis.cuts}) if axis.kind is Kind.NUMBER else []
        self._below = [axis.masks[bisect_left(axis.cuts, (number, 0))] for number in self._numbers]
        self._below += axis.masks[-1:]
        self._at = [axis.masks[bisect_right(axis.cuts, (number, 0))] for number in self._numbers]

    def _number(self, number: Decimal) -> int:
        """The rows of a number; most lie between two that cells name."""
        at = bisect_left(self._numbers, number)
        if at < len(self._numbers) and self._numbers[at] == number:
            return self._at[at]
        return self._below[at]

    def __missing__(self, raw: Any) -> int:
        if raw.__class__ is Decimal and self._axis.kind is Kind.NUMBER and raw.is_finite():
            number = settle(raw)
            rows = self._number(number)
            remembered = bool(number) and number != 1
        else:
            value = as_input(raw)
            if isinstance(value, ErrorValue):
                return 0  # nothing holds; who reads the decision is told the error
            rows = self._axis.rows(value)
            remembered = not isinstance(value, (bool, time)) and value not in (0, 1)
        if remembered:
            if len(self) >= REMEMBERED:
                self.clear()
            self[raw] = rows
        return rows


def _constants(table: Table, row: int) -> dict[str, Value]:
    return {name: item.value for name, item in zip(table.output_names, table.rows[row].results, strict=True)}
