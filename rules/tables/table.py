"""A decision table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.tables.index import Index, build
from banshi.rules.tables.model import Hit, Input, Output, Result, Row
from banshi.rules.values import Kind, Value, kind_of


@dataclass(frozen=True, kw_only=True)
class Table:
    """A decision table. `otherwise` holds a result for an output when no row does; `priorities` the ordered values.

    `hit_place` is where its hit policy stands. `unread` says that a header could not be read: what the rows allow beside the
    columns that are here is not known.
    """

    name: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rows: tuple[Row, ...]
    hit: Hit = Hit.UNIQUE
    otherwise: tuple[tuple[str, Result], ...] = ()
    priorities: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    place: Place = NOWHERE
    hit_place: Place = NOWHERE
    unread: bool = False

    def __getstate__(self) -> dict[str, Any]:
        # What was derived on first use (the index, the names) is cheaper to derive again than to carry along.
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}

    @cached_property
    def names(self) -> frozenset[str]:
        """The fields, calculations and outputs of other tables that the table reads."""
        found: set[str] = set()
        for column in self.inputs:
            found |= column.expression.names
        for row in self.rows:
            for test in row.tests:
                found |= test.formula.names if test.formula else set()
        for result in (*(item for row in self.rows for item in row.results), *(item for _, item in self.otherwise)):
            found |= result.expression.names if result.expression else set()
        return frozenset(found)

    @property
    def output_names(self) -> tuple[str, ...]:
        """The names that the table gives to expressions and to other tables, in the order of its columns."""
        return tuple(output.name for output in self.outputs)

    @property
    def output_kinds(self) -> dict[str, Kind]:
        """The kind of each output as others see it: a list where many rows may fit, a number where they are added."""
        if self.hit.many:
            return dict.fromkeys(self.output_names, Kind.LIST)
        if self.hit.aggregated:
            return dict.fromkeys(self.output_names, Kind.NUMBER)
        return {output.name: output.kind for output in self.outputs}

    @property
    def output_values(self) -> dict[str, frozenset[Value]]:
        """All that each output can be beside nothing, where no cell computes it and no rows are put together."""
        if self.hit.many or self.hit.aggregated:
            return {}
        found: dict[str, frozenset[Value]] = {}
        for i, name in enumerate(self.output_names):
            results = [row.results[i] for row in self.rows]
            results += [result for other, result in self.otherwise if other == name]
            values = [result.value for result in results if result.value is not None]
            if len({*map(kind_of, values)}) == 1 and all(result.expression is None for result in results):
                found[name] = frozenset(values)
        return found

    @property
    def blanks(self) -> dict[str, Place]:
        """The outputs that a row leaves blank, each with the first such cell."""
        found: dict[str, Place] = {}
        for row in self.rows:
            for name, result in zip(self.output_names, row.results, strict=True):
                if result.value is None and result.expression is None:
                    found.setdefault(name, result.place)
        return found

    @property
    def input_kinds(self) -> dict[str, Kind]:
        """The kind of every field that a column reads by itself; `rules.values.from_json` takes it."""
        return {column.field: column.kind for column in self.inputs if column.field}

    @cached_property
    def index(self) -> Index:
        """The rows as bitsets, built on first use."""
        return build(self.inputs, self.rows)
