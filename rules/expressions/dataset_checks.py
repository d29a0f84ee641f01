"""The checks of functions that read datasets: names of datasets and columns, and the filters of `instance(…)`."""

from __future__ import annotations

from abc import abstractmethod

from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Fault
from banshi.rules.expressions import faults
from banshi.rules.expressions.functions_datasets import HIGH, ITEM, LOW, POSITION, RATE
from banshi.rules.expressions.functions_lists import find_column, find_dataset
from banshi.rules.expressions.library import suggest
from banshi.rules.expressions.model import Name, Scope
from banshi.rules.expressions.tree import Boolean, Call, Node, Reference, Text, walk
from banshi.rules.values import Kind, kind_of


class DatasetChecks:
    """A part of the checker: what is known of datasets before anybody answers."""

    scope: Scope

    @abstractmethod
    def report(self, fault: Fault, node: Node, **facts: object) -> None:
        """Add a fault at a part."""

    @abstractmethod
    def kind(self, node: Node) -> Kind:
        """The kind of a part."""

    @abstractmethod
    def condition(self, node: Node, kind: Kind) -> None:
        """A condition is needed here."""

    def dataset_call(self, node: Call) -> None:
        """Check the names in `lookup`, `pulldata` or `bracket`."""
        operands = node.operands
        match node.function:
            case "lookup":
                table = self._dataset(operands[0])
                self._column(table, operands[2])
                key = operands[1]
                if table and isinstance(key, Text) and key.value and len(operands) == 3 and not table.find(key.value):
                    near = suggest(key.value, (row[table.keys[0]].text for row in table.rows))
                    self.report(faults.UNKNOWN_KEY, key, dataset=table.name, key=key.value, near=near)
            case "pulldata":
                table = self._dataset(operands[0])
                self._column(table, operands[1])
                self._column(table, operands[2])
            case _:
                self._bracket(operands)

    def _bracket(self, operands: tuple[Node, ...]) -> None:
        table = self._dataset(operands[1])
        if table is None:
            return
        needed = (LOW, HIGH) if len(operands) > 2 else (LOW, HIGH, RATE)
        for words in needed:
            if not any(find_column(table, word) for word in words):
                self.report(faults.UNKNOWN_COLUMN, operands[1], dataset=table.name, name=words[0])
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
            near = suggest(name, table.columns)
            self.report(faults.UNKNOWN_COLUMN, node, dataset=table.name, name=name, near=near)
        return column or ""


def _kind_of_column(table: Dataset | None, column: str) -> Kind:
    rows = table.rows if table and column else ()
    kinds = {kind_of(cell.value) for row in rows if (cell := row.get(column)) and not cell.blank}
    return kinds.pop() if len(kinds) == 1 else Kind.ANY
