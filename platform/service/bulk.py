"""Bills for many rows at once: columns in, the compiled tariff over them, row by row only where it must be.

What the tariff reads and the rows do not hold is computed as the form computes it: calculations and tables that read
nothing but fields that are always shown over whole columns, everything else (policies, conditional fields) row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np

from banshi.platform.people.directory import Directory
from banshi.platform.service.model import UNSEEN, Field, Service
from banshi.rules.expressions import CalendarView, fold_name
from banshi.rules.expressions.column import Array
from banshi.rules.expressions.columns import Batch, Values, evaluate_columns, values_of
from banshi.rules.expressions.tree import Call, walk
from banshi.rules.tables import Table, named_outputs
from banshi.rules.tables.columns import ALONE, Columns
from banshi.rules.tariffs import Tariff
from banshi.rules.tariffs.columns import Bills, bill_columns
from banshi.rules.values import ErrorValue, Value

RowNames = Callable[[frozenset[str], Mapping[str, object]], Mapping[str, Value]]
"""What the form computes of some names in one row of answers."""


@dataclass(frozen=True)
class Coded:
    """One column as it came: the different raw values, and which of them each row has."""

    raw: Sequence[object]
    codes: Array

    @classmethod
    def of(cls, cells: Sequence[object]) -> Coded:
        """Find the different cells. A cell that cannot be told from others by its hash (1 and TRUE) stays alone."""
        if not all(type(cell) is str for cell in cells):
            return cls(cells, np.arange(len(cells)))
        places: dict[object, int] = {}
        codes = np.fromiter((places.setdefault(cell, len(places)) for cell in cells), np.intp, len(cells))
        return cls(tuple(places), codes)

    def each(self, convert: Callable[[object], Value]) -> Values:
        """The column with every different value converted once."""
        return values_of([convert(raw) for raw in self.raw], self.codes)


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """A tariff of a service, ready for batches.

    `row_names` computes what needs the form, one row at a time; `read` makes a value of what a column gives for a name.
    """

    service: Service
    tariff: Tariff
    row_names: RowNames
    read: Callable[[str, object], Value]
    now: datetime
    directory: Directory | None = None
    calendar: CalendarView | None = None

    def bills(self, columns: Mapping[str, Coded], size: int) -> Bills:
        """The bills of `size` rows."""
        names = {name: self._column(name, coded) for name, coded in columns.items()}
        batch = Batch(
            size=size,
            names=names,
            datasets=self.service.datasets,
            now=self.now,
            directory=self.directory,
            calendar=self.calendar,
            choice_labels=self.service.choice_label,
        )
        missing = (self.tariff.names - set(names)) & self.computed
        # Nothing is computed from nothing: where no column feeds what is missing, it is missing.
        if missing and (set(names) - self.tariff.names or self.service.computes_from(missing, names)):
            batch = batch.with_names(self._computed(missing, columns, batch))
        return bill_columns(self.tariff, batch)

    def _column(self, name: str, coded: Coded) -> Values:
        return coded.each(lambda raw: self.read(name, raw))

    @cached_property
    def computed(self) -> frozenset[str]:
        """Every name that the workbook computes."""
        return self.service.computed_names

    def _computed(self, missing: frozenset[str], columns: Mapping[str, Coded], batch: Batch) -> dict[str, Values]:
        found: dict[str, Values] = {}
        form = _Calculations(self.service, columns, batch, self.read)
        slow = frozenset(name for name in missing if not form.knows(name))
        for name in missing - slow:
            found[name] = form.values(name)
        if slow:
            rows = [
                self.row_names(slow, {name: coded.raw[coded.codes[row]] for name, coded in columns.items()})
                for row in range(batch.size)
            ]
            found |= {name: values_of([row.get(name) for row in rows]) for name in slow}
        return found


class _Calculations:
    """The calculations and tables over columns, where each reads what every row holds or what is computed so."""

    def __init__(
        self,
        service: Service,
        columns: Mapping[str, Coded],
        batch: Batch,
        read: Callable[[str, object], Value],
    ) -> None:
        # The form's index stands on the service's model, so it is imported when there is a service.
        from banshi.platform.forms.index import index_of

        index = index_of(service)
        self._service = service
        self._fields = index.fields
        rules = {name: index.rule(producer) for name, producer in index.producers.items() if not producer.repeat}
        self._tables = {name: rule for name, rule in rules.items() if isinstance(rule, Table) and not rule.hit.many}
        self._columns = {fold_name(name): column for name, column in columns.items()}
        self._batch = batch
        self._read = read
        self._known: dict[str, bool] = {}
        self._values: dict[str, Values] = {}

    def knows(self, name: str) -> bool:
        """Whether the name is such a calculation, of such a table, or a field that is always shown."""
        if name not in self._known:
            self._known[name] = False  # a circle is none
            self._known[name] = self._knows(name)
        return self._known[name]

    def _knows(self, name: str) -> bool:
        if (table := self._tables.get(name)) is not None:
            return bool(table.names) and all(map(self.knows, table.names))
        node = self._fields.get(name)
        if node is None and self._service.survey is None:
            return name not in self._service.computed_names
        if node is None or node.repeats or not isinstance(node.item, Field):
            return False
        item = node.item
        if any(part.item.relevant is not None for part in (*node.parents, node)):
            return False
        if item.calculation is None:
            plain = item.prefill is None and item.default is None and item.readonly is None
            return plain and item.type not in UNSEEN | {"note", "file", "image"}
        labels = any(
            isinstance(part, Call) and part.function == "jr:choice-name" for part in walk(item.calculation.root)
        )
        return item.type == "calculate" and not labels and all(self.knows(read) for read in item.calculation.names)

    def values(self, name: str) -> Values:
        """The values of a name that is known."""
        if name not in self._values:
            item = self._fields[name].item if name in self._fields else None
            if (table := self._tables.get(name)) is not None:
                self._values |= self._decided(table)
            elif isinstance(item, Field) and item.calculation is not None:
                reads = {read: self.values(read) for read in item.calculation.names}
                self._values[name] = evaluate_columns(item.calculation, self._only(reads))
            else:
                self._values[name] = self._given(name, self._read)
        return self._values[name]

    def _given(self, name: str, read: Callable[[str, object], Value]) -> Values:
        """The column of a name as it was given; empty where there is none."""
        column = self._columns.get(fold_name(name))
        return (
            values_of((None,), np.zeros(self._batch.size, np.intp))
            if column is None
            else column.each(lambda raw: read(name, raw))
        )

    def _decided(self, table: Table) -> dict[str, Values]:
        """What a table yields in every row. Of the rows that one row of the table decides, one is looked at."""
        read = self._service.deciders[table.name].read
        size = self._batch.size
        columns: dict[str, list[Value]] = {}
        for name in table.names:
            plain = name not in self._tables and name not in self._fields
            found = self._given(name, read) if plain else self.values(name)
            columns[name] = [found.value(row) for row in range(size)]
        answers = Columns(table).decide(columns, self._only({}).environment(0))
        alike: dict[int, int] = {}
        different: list[Mapping[str, Value]] = []
        codes = np.empty(size, np.intp)
        for row, at in enumerate(answers.rows.tolist()):
            alone = at == ALONE or table.hit.aggregated
            if alone or at not in alike:
                alike[at] = len(different)
                wrong = next((v for values in columns.values() if isinstance(v := values[row], ErrorValue)), None)
                outputs = named_outputs(table, answers.decision(row))
                different.append(dict.fromkeys(table.output_names, wrong) if wrong else outputs)
            codes[row] = len(different) - 1 if alone else alike[at]
        return {name: values_of([made[name] for made in different], codes) for name in table.output_names}

    def _only(self, names: Mapping[str, Values]) -> Batch:
        batch = self._batch
        return Batch(
            size=batch.size,
            names=names,
            datasets=batch.datasets,
            now=batch.now,
            directory=batch.directory,
            calendar=batch.calendar,
            choice_labels=batch.choice_labels,
        )
