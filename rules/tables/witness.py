"""Inputs that show what an analysis claims of a table whose columns compute.

Atoms know nothing of formulas: `round(x, 0)` and `x * 2` are two axes, and all their atoms seem to meet. So an example
is looked for in the fields that such columns read, and only what the table itself says of it counts. What is not found
may still exist: then there is no example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import islice, product
from typing import Any

from banshi.rules.expressions import Environment, Scope
from banshi.rules.expressions.likely import takes, usual
from banshi.rules.expressions.tree import Call, Number, Text, walk
from banshi.rules.tables.atoms import Atoms, Run, Space
from banshi.rules.tables.crossings import Crossings
from banshi.rules.tables.deciding import Run as TableRun
from banshi.rules.tables.index import Axis, missing
from banshi.rules.values import ErrorValue, Kind, Value, kind_of

MOST_TRIED = 400
"""Inputs that are tried for one example."""
MOST_TRIED_IN_ALL = 8_000
"""The same for all examples of one table: about a second."""

_CHANCE = frozenset({"random", "uuid"})
_CLOCK = frozenset({"today", "now"})
_SOME_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

Box = Sequence[Sequence[Run]]


class Witnesses:
    """Finds an input in boxes of atoms of one table."""

    def __init__(self, space: Space, scope: Scope) -> None:
        """Look at what the columns read."""
        self._space = space
        self._scope = scope
        self._axes = space.table.index.axes
        self._computed = [axis for axis in self._axes if not axis.name]
        self._fields = sorted(frozenset[str]().union(*(axis.expression.names for axis in self._computed)))
        self._left = MOST_TRIED_IN_ALL
        nodes = [node for axis in self._computed for node in walk(axis.expression.root)]
        called = {node.function for node in nodes if isinstance(node, Call)}
        self._named = {node.value: None for node in nodes if isinstance(node, (Text, Number))}
        self._blind = bool(called & _CHANCE) or (scope.now is None and bool(called & _CLOCK))

    @property
    def computed(self) -> str:
        """The columns that compute, as a sentence names them."""
        return "、".join(f"“{axis.label}”" for axis in self._computed)

    def find(self, box: Box, holds: Callable[[int], bool], *, gap: bool = False) -> dict[str, Value] | None:
        """An input of a box, by label; `holds` says of the rows that fit it whether it shows what is claimed.

        Where columns compute, it names the fields that they read, and has been tried out; None where none was found.
        """
        if not self._computed:
            return self._space.example(box, gap=gap)
        if self._blind or self._left < 0:
            return None
        day = self._day(box)
        for values in islice(self._inputs(box, day), MOST_TRIED):
            self._left -= 1
            if self._left < 0:
                return None
            run = TableRun(self._space.table, self._env(values, day))
            if self._shows(run, values, box, holds, gap=gap):
                return self._told(run, values, self._space.example(box, gap=gap))
        return None

    def _day(self, box: Box) -> datetime:
        """Now, or noon of a day of the box where today is not one."""
        now = self._scope.now or _SOME_NOON
        days, runs = self._space.axes[-1], box[-1]
        meant = {days.masks[atom] for run in runs for atom in range(*run)}
        sample = days.samples[runs[0][0]]
        if self._space.table.index.in_force(now.date()) in meant or not isinstance(sample, date):
            return now
        return datetime.combine(sample, time(12), tzinfo=now.tzinfo)

    def _inputs(self, box: Box, day: datetime) -> Iterator[dict[str, Value]]:
        """Inputs to try: fields at what the box and the formulas name, then each where columns go from atom to atom."""
        base = {axis.name: atoms.samples[runs[0][0]] for axis, atoms, runs in self._along(box) if axis.name}
        first = [self._first(name, box) for name in self._fields]
        for chosen in islice(product(*first), MOST_TRIED // 4):
            yield {**base, **dict(zip(self._fields, chosen, strict=True))}
        columns = [(axis, _edges(axis, atoms, runs)) for axis, atoms, runs in self._along(box) if not axis.name]
        for name in self._fields:
            crossings = Crossings(name, self._scope.find(name), columns)
            others = [values if other != name else [None] for other, values in zip(self._fields, first, strict=True)]
            for chosen in islice(product(*others), 12):
                values = {**base, **dict(zip(self._fields, chosen, strict=True))}
                for value in crossings.of(lambda values: self._env(values, day), values):
                    yield {**values, name: value}

    def _along(self, box: Box) -> Iterator[tuple[Axis, Atoms, Sequence[Run]]]:
        return zip(self._axes, self._space.axes, box, strict=False)

    def _first(self, name: str, box: Box) -> list[Value]:
        """What a field is tried at first: what its own column says, then what others compare or compute with."""
        known = self._scope.find(name)
        own = [(atoms, runs) for axis, atoms, runs in self._along(box) if axis.name == name]
        others = [
            (atoms, runs) for axis, atoms, runs in self._along(box) if not axis.name and name in axis.expression.names
        ]
        samples = [
            atoms.samples[atom] for atoms, runs in (*own, *others) for run in runs[:4] for atom in (run[0], run[1] - 1)
        ]
        if known is not None and known.kind is Kind.LIST:
            numbers = [value for value in samples if isinstance(value, Decimal)]
            return [
                *((value,) for value in numbers),
                *((Decimal(1),) * int(value) for value in numbers if 0 <= value <= 50),
            ]
        found = [*samples, *self._named, *usual(known), None]
        fitting = [
            value for value in found if value is None or known is None or known.kind in (Kind.ANY, kind_of(value))
        ]
        return list({(type(value), value): value for value in fitting}.values())

    def _env(self, values: Mapping[str, Value], day: datetime) -> Environment:
        return Environment(values, self._scope.datasets, now=day)

    def _shows(
        self, run: TableRun, values: Mapping[str, Value], box: Box, holds: Callable[[int], bool], *, gap: bool
    ) -> bool:
        """Whether the form takes an input, the table says of it what is claimed, and it lies in the box."""
        for name in self._fields:
            known = self._scope.find(name)
            if known is not None and values[name] is not None and not takes(known, values[name]):
                return False
        if run.others or any(isinstance(value, ErrorValue) for value in run.values.values()) or not holds(run.found):
            return False
        return all(
            _inside(axis, atoms, runs, run.values[axis.label], gap=gap) for axis, atoms, runs in self._along(box)
        )

    def _told(self, run: TableRun, values: Mapping[str, Value], plain: Mapping[str, Value]) -> dict[str, Value]:
        """The fields that columns compute with, then the columns that matter; of rows what is computed of them."""
        lists = {name for name in self._fields if isinstance(values[name], tuple)}
        told = {name: values[name] for name in self._fields if name not in lists}
        told |= {axis.label: run.values[axis.label] for axis in self._computed if axis.expression.names & lists}
        computed = {axis.label for axis in self._computed}
        return told | {label: value for label, value in plain.items() if label not in computed | told.keys()}


def _inside(axis: Axis, atoms: Atoms, runs: Sequence[Run], value: Value, *, gap: bool) -> bool:
    """Whether a value belongs to one of the atoms of some runs."""
    if missing(value):
        return any(start <= atoms.present < stop for start, stop in runs)
    if gap and atoms.expected[0][0] == 1 and isinstance(value, Decimal) and value < 0:
        return False  # nobody is asked for numbers below zero
    rows = axis.rows(value)
    return any(atoms.masks[atom] == rows for start, stop in runs for atom in range(start, min(stop, atoms.present)))


def _edges(axis: Axis, atoms: Atoms, runs: Sequence[Run]) -> list[Any]:
    """The values of a column about which its atoms change: samples of the runs, and the ends of cells next to them."""
    samples = [atoms.samples[atom] for run in runs[:4] for atom in (run[0], run[1] - 1)]
    cuts = [cut[0] for cut in axis.cuts]
    found: set[Any] = {value for value in samples if value is not None}
    for sample in sorted(found) if cuts else ():
        below = [cut for cut in cuts if cut <= sample]
        above = [cut for cut in cuts if cut > sample]
        found |= {*below[-1:], *above[:1]}
    return sorted(found) if cuts else []
