"""Many single decisions by one table: a look-up an input and one AND of bitsets, and nothing else until somebody asks.

    decider = Decider(table)
    decider({"用电量": Decimal(130), "用户类型": "新客户"}, env).outputs

What was asked before is remembered, so most look-ups are one dictionary access. Explanations, fired cells and
diagnostics are worked out when they are read, by the same code that `decide` runs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import Any

from banshi.rules.decision import Decision, Outcome
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import Environment, settle
from banshi.rules.tables.deciding import as_input, decide, fired_places
from banshi.rules.tables.index import Axis, Index
from banshi.rules.tables.inputs import input_value
from banshi.rules.tables.model import Hit
from banshi.rules.tables.policies import slow_rows
from banshi.rules.tables.table import Table
from banshi.rules.values import ErrorValue, Kind, Value

REMEMBERED = 20_000
"""How many different values of an input are remembered."""


class Decider:
    """A table, made ready once. `read` makes a value of what was given for a name; an error value where it cannot."""

    def __init__(self, table: Table, read: Callable[[str, Any], Value] | None = None) -> None:
        """Look at the table once."""
        self.table = table
        self.read = read or _as_it_is
        self.find = _finder(table, self.read)

    def __call__(self, values: Mapping[str, Any], env: Environment) -> Brief | Decision:
        """The decision on some values; `env` gives the moment, the datasets, and values that calls share."""

        def whole() -> Environment:
            return replace(env, values={**env.values, **values})

        try:
            found = self.find(values, env.now.date(), whole)
        except KeyError:
            found = None
        return found or decide(self.table, whole())


def _as_it_is(name: str, raw: Any) -> Value:
    return input_value(name, raw, Kind.ANY)


Find = Callable[[Mapping[str, Any], date, Callable[[], Environment]], "Brief | None"]
"""The decision by a row of constants on some values on a day, if one decides by itself; None where more has to be looked at.

KeyError for a missing input. The environment is asked for when somebody wants the reasons.
"""

_FINDER = """
def finder(given, in_force, answers, alone, table, Brief, {rows}):
    def find(values, day, env):
        try:
            {cells} = given(values)
            held = {looked_up}
        except TypeError:  # a list cannot be remembered
            return None
        at = held.bit_length()
        answer = answers[at]
        if answer is None {unless_alone}:
            return None
        return Brief((answer.copy(), len(answers) - 1 - at, table, env))
    return find
"""
"""Written out for every number of inputs: a loop over them, and attributes in place of variables, would double the time.

The bits are turned round, the first row highest: its number is then the length of the integer, without another one made.
"""


def _finder(table: Table, read: Callable[[str, Any], Value]) -> Find:
    index = table.index
    names = [axis.name for axis in index.axes]
    if not names or not all(names) or index.unreadable or table.hit.many or table.hit.aggregated:
        return lambda values, day, env: None  # noqa: ARG005
    numbers = range(len(names))
    always = index.day_masks == ((1 << index.size) - 1,)
    dated = [] if always else ["in_force[day]"]
    source = _FINDER.format(
        rows=", ".join(f"rows{i}" for i in numbers),
        cells="".join(f"cell{i}, " for i in numbers),
        looked_up=" & ".join([*dated, *(f"rows{i}[cell{i}]" for i in numbers)]),
        unless_alone="" if table.hit is Hit.FIRST else "or held != alone[at]",
    )
    scope: dict[str, Any] = {}
    exec(source, scope)  # noqa: S102  # nothing but numbers is put into the text
    given: Any = itemgetter(*names) if len(names) > 1 else lambda values: (values[names[0]],)
    size = len(table.rows)
    axes = (_Remembered(axis, partial(read, axis.name), size) for axis in index.axes)
    slow = slow_rows(table)
    answers = [None, *(None if slow >> row & 1 else _constants(table, row) for row in reversed(range(size)))]
    alone = [0, *(1 << bit for bit in range(size))]
    found: Find = scope["finder"](given, _Days(index, size), answers, alone, table, Brief, *axes)
    return found


class Brief(tuple[Any, ...]):
    """A decision by one row of constants that has not been told to the end; it has every attribute of `Decision`.

    A tuple because nothing else is made as fast: the outputs, the row counted from 0, the table, and what gives the
    environment.
    """

    __slots__ = ()
    outputs = property(itemgetter(0), doc="As `Decision.outputs`.")
    row = property(itemgetter(1), doc="The row that decides, counted from 0.")

    @property
    def fired(self) -> tuple[Place, ...]:
        """As `Decision.fired`."""
        return fired_places(self[2], self[1])

    @property
    def outcome(self) -> Outcome:
        """As `Decision.outcome`."""
        return Outcome.OK

    @property
    def decision(self) -> Decision:
        """The whole record with its explanation, worked out anew each time."""
        return decide(self[2], self[3]())

    def __getattr__(self, name: str) -> Any:
        """What only the whole record has."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.decision, name)


class _Days(dict[date, int]):
    """The rows in force by day, filled as days come."""

    def __init__(self, index: Index, size: int) -> None:
        super().__init__()
        self._index = index
        self._size = size

    def __missing__(self, day: date) -> int:
        if len(self) >= REMEMBERED:
            self.clear()
        self[day] = rows = turned(self._index.in_force(day), self._size)
        return rows


class _Remembered(dict[Any, int]):
    """The rows by value of one axis, their bits turned round, filled as values come.

    Not remembered: what Python holds equal and a table does not. Truths equal 1 and 0; times of two zones may be equal;
    the float 0.1 equals a decimal of 55 digits, and counts as 0.1; 5 and 5.0 are two texts.
    """

    def __init__(self, axis: Axis, read: Callable[[Any], Value], size: int) -> None:
        super().__init__()
        self._axis = axis
        self._size = size
        self._read = read
        self._numbers = sorted({cut[0] for cut in axis.cuts}) if axis.kind is Kind.NUMBER else []
        masks = [turned(mask, size) for mask in axis.masks]
        self._below = [masks[bisect_left(axis.cuts, (number, 0))] for number in self._numbers] + masks[-1:]
        self._at = [masks[bisect_right(axis.cuts, (number, 0))] for number in self._numbers]

    def _number(self, number: Decimal) -> int:
        """The rows of a number; most lie between two that cells name."""
        at = bisect_left(self._numbers, number)
        if at < len(self._numbers) and self._numbers[at] == number:
            return self._at[at]
        return self._below[at]

    def __missing__(self, raw: Any) -> int:
        if raw.__class__ is Decimal and self._axis.kind is Kind.NUMBER and raw.is_finite():
            number = settle(raw)
            if self._axis.is_fraction(number):
                return 0  # as below
            rows = self._number(number)
            remembered = bool(number) and number != 1 and number == raw
        else:
            value = raw if isinstance(raw, ErrorValue) else self._read(raw)
            if isinstance(value, ErrorValue):
                return 0  # nothing holds; who reads the decision is told the error
            value = as_input(value)
            if self._axis.is_fraction(value):
                return 0
            rows = turned(self._axis.rows(value), self._size)
            same = isinstance(raw, str) or value == raw
            remembered = same and not isinstance(value, (bool, time)) and value not in (0, 1)
        if remembered:
            if len(self) >= REMEMBERED:
                self.clear()
            self[raw] = rows
        return rows


def turned(rows: int, size: int) -> int:
    """A bitset of `size` rows with the first row as its highest bit."""
    return int(f"{rows:0{size}b}"[::-1], 2)


def _constants(table: Table, row: int) -> dict[str, Value]:
    return {name: item.value for name, item in zip(table.output_names, table.rows[row].results, strict=True)}
