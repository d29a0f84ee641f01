"""The checks of functions that read datasets: names of datasets and columns, and the filters of `instance(…)`."""

from __future__ import annotations

from datetime import date, datetime
from itertools import combinations

from banshi.rules.datasets import Dataset
from banshi.rules.expressions import faults
from banshi.rules.expressions.checking_part import CheckingPart
from banshi.rules.expressions.dataset_columns import column_fault, columns_called, find_column
from banshi.rules.expressions.functions_datasets import HIGH, ITEM, LOW, POSITION, RATE
from banshi.rules.expressions.functions_lists import find_dataset, key_facts, keys_of, period_columns
from banshi.rules.expressions.library import suggest
from banshi.rules.expressions.model import Name
from banshi.rules.expressions.tree import Boolean, Call, Node, Operation, Reference, Text, walk
from banshi.rules.values import Kind, kind_of


class DatasetChecks(CheckingPart):
    """A part of the checker: what is known of datasets before anybody answers."""

    def dataset_call(self, node: Call) -> None:
        """Check the names in `lookup`, `pulldata` or `bracket`."""
        operands = node.operands
        match node.function:
            case "lookup":
                table = self._dataset(operands[0])
                self._column(table, operands[2])
                if table:
                    self._keys(table, node)
            case "pulldata":
                table = self._dataset(operands[0])
                self._column(table, operands[1])
                self._column(table, operands[2])
            case _:
                self._bracket(operands)

    def _keys(self, table: Dataset, node: Call) -> None:
        """Whether the keys of a `lookup` tell one row, and constants are there at all."""
        operands = node.operands
        given = keys_of(operands[1])
        texts = [node.value for node in given if isinstance(node, Text) and node.value]
        known = texts if len(texts) == len(given) <= len(table.keys) else None
        if len(given) > len(table.keys):
            self.report(faults.KEY_COUNT, operands[1], **key_facts(table, len(given)))
        elif table.live:
            return  # nobody knows its rows yet
        elif known and len(operands) == 3 and not table.find(*known):
            near = suggest(known[0], (row[table.keys[0]].text for row in table.rows)) if len(known) == 1 else ""
            self.report(faults.UNKNOWN_KEY, operands[1], dataset=table.name, key="、".join(known), near=near)
        elif repeated := _repeated(table, len(given), known):
            key, count = repeated
            told = {"dataset": table.name, "key": "、".join(key), "columns": "、".join(table.keys), "count": count}
            if len(given) < len(table.keys):
                self.report(faults.KEY_COUNT, operands[1], **key_facts(table, len(given)))
            elif table.marked:
                self.report(faults.AMBIGUOUS_KEY, operands[1], **told)
            elif not self._asks_whether_there_is_one(node):
                self.report(faults.FIRST_OF_KEY, operands[1], **told)

    def _asks_whether_there_is_one(self, call: Call) -> bool:
        """Whether a `lookup` is only compared with nothing, so that any row will do."""
        return any(
            isinstance(node, Operation)
            and node.operator in ("=", "!=")
            and call in node.operands
            and any(isinstance(part, Text) and not part.value for part in node.operands)
            for node in walk(self.expression.root)
        )

    def _bracket(self, operands: tuple[Node, ...]) -> None:
        table = self._dataset(operands[1])
        if table is None:
            return
        needed = (LOW, HIGH) if len(operands) > 2 else (LOW, HIGH, RATE)
        for words in needed:
            if not any(find_column(table, word) for word in words):
                fault, facts = column_fault(
                    table, next((word for word in words if columns_called(table, word)), words[0])
                )
                self.report(fault, operands[1], **facts)
        for column in operands[2:]:
            self._column(table, column)

    def kind_of_column(self, node: Call) -> Kind:
        """The kind of what `lookup`, `pulldata` or `bracket` gives; `any` where the column's cells differ."""
        dataset, column = (1, 2) if node.function == "bracket" else (0, 2 if node.function == "lookup" else 1)
        if len(node.operands) <= max(dataset, column):
            return Kind.ANY
        table, name = node.operands[dataset], node.operands[column]
        if not (isinstance(table, Text) and isinstance(name, Text)):
            return Kind.ANY
        found = find_dataset(self.scope.datasets, table.value)
        return _kind_of_column(found, find_column(found, name.value) or "") if found else Kind.ANY

    def instance(self, node: Call) -> Kind:
        """Check the rows of a dataset and give their kind: inside the filter, `item:` names are its columns."""
        name, column, condition, every = node.operands
        table = self._dataset(name)
        wanted = self._column(table, column)
        outer, own = self.scope, {POSITION: Name(Kind.NUMBER)}
        for part in walk(condition):
            if isinstance(part, Reference) and part.name.startswith(ITEM) and part.name != POSITION:
                inner = self._column(table, part, part.name.removeprefix(ITEM))
                own[part.name] = Name(_kind_of_column(table, inner))
        self.scope = outer.with_names(own)
        kind = self.kind(condition)
        self.scope = outer
        self.condition(condition, kind)
        if isinstance(every, Boolean) and every.value:
            return Kind.LIST
        return _kind_of_column(table, wanted)

    def _dataset(self, node: Node) -> Dataset | None:
        """The dataset that a constant names; a name that is computed cannot be checked."""
        if not isinstance(node, Text):
            return None
        table = find_dataset(self.scope.datasets, node.value)
        if table is None:
            near = suggest(node.value, self.scope.datasets)
            self.report(faults.UNKNOWN_DATASET, node, name=node.value, near=near)
        return table

    def _column(self, table: Dataset | None, node: Node, name: str = "") -> str:
        """The column that a constant, or a name of a filter, means."""
        name = name or (node.value if isinstance(node, Text) else "")
        if table is None or not name:
            return ""
        column = find_column(table, name)
        if column is None:
            fault, facts = column_fault(table, name)
            near = suggest(name, table.columns) if fault is faults.UNKNOWN_COLUMN else ""
            self.report(fault, node, **facts, near=near)
        return column or ""


def _repeated(table: Dataset, count: int, only: list[str] | None) -> tuple[tuple[str, ...], int] | None:
    """The first key that several rows have on one day, and how many; `only` is the key that is asked for."""
    start, end = period_columns(table)
    index = table.index(count)
    for key, rows in index.items() if only is None else [(tuple(only), index.get(tuple(only), ()))]:
        if not all(key) or len(rows) < 2:
            continue
        periods = [tuple(row[name].value if name and name in row else None for name in (start, end)) for row in rows]
        if (start is None and end is None) or any(_meet(one, other) for one, other in combinations(periods, 2)):
            return key, len(rows)
    return None


def _meet(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether two periods have a day in common, as far as their cells hold days."""
    return all(
        not (isinstance(begins, date) and isinstance(ends, date)) or _day_of(begins) <= _day_of(ends)
        for begins, ends in ((one[0], other[1]), (other[0], one[1]))
    )


def _day_of(value: date) -> date:
    """The day of a day or an instant."""
    return value.date() if isinstance(value, datetime) else value


def _kind_of_column(table: Dataset | None, column: str) -> Kind:
    rows = table.rows if table and column else ()
    kinds = {kind_of(cell.value) for row in rows if (cell := row.get(column)) and not cell.blank}
    return kinds.pop() if len(kinds) == 1 else Kind.ANY
