"""Rules sheets read by what their inputs can be: the choices of a question, the results of another table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from banshi.platform.service.model import Choice, Field, Form
from banshi.platform.sheets.rules_sheet import parse_rules
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import fold_name
from banshi.rules.tables import Table
from banshi.rules.tables.conditions import Form as TestForm
from banshi.rules.tables.vocabulary import Vocabulary
from banshi.rules.values import Kind


def parse_tables(sheets: Iterable[Sheet], form: Form | None, found: list[Diagnostic]) -> dict[str, Table]:
    """The tables of rules sheets by name. The same sheet twice was named when the workbook was read."""
    words = _Words(form)
    fields = frozenset(item.name for item, _ in form.walk()) if form else frozenset[str]()
    read: dict[str, tuple[Sheet, Table, list[Diagnostic]]] = {}
    for sheet in sheets:
        table, told = parse_rules(sheet, fields, words)
        if table is None or table.name in read:
            found += told
        else:
            read[table.name] = (sheet, table, told)
    words.learn(table for _, table, _ in read.values())
    tables: dict[str, Table] = {}
    for name, (sheet, table, told) in read.items():
        again = parse_rules(sheet, fields, words) if _is_doubtful(table, words.of_tables) else (table, told)
        tables[name] = again[0] or table
        found += again[1]
    return tables


def _is_doubtful(table: Table, known: Mapping[str, Vocabulary]) -> bool:
    """Whether a cell that tests a result of a table is no plain word."""
    columns = [i for i, column in enumerate(table.inputs) if fold_name(column.field) in known]
    tests = [row.tests[i] for row in table.rows for i in columns]
    return any(test.form is TestForm.UNREADABLE or test.ordered for test in tests)


class _Words:
    """The words of an input by name. The form comes first; what is no choice question and no result of texts has none."""

    def __init__(self, form: Form | None) -> None:
        self._form = form
        self._lists: dict[str, Vocabulary] = {}
        self.of_tables: Mapping[str, Vocabulary] = {}

    def learn(self, tables: Iterable[Table]) -> None:
        """Take the results of tables that give texts only, and compute none."""
        self.of_tables = {
            fold_name(name): Vocabulary.of((str(value), ()) for value in values)
            for table in tables
            for name, values in table.output_values.items()
            if values and all(isinstance(value, str) for value in values) and fold_name(name) not in self._fields
        }

    def __call__(self, name: str) -> Vocabulary | None:
        """The words of an input; None for an expression, whose name is empty."""
        name = fold_name(name)
        item = self._fields.get(name)
        if item is None or self._form is None:
            return self.of_tables.get(name)
        if item.kind is not Kind.TEXT or item.choices not in self._form.choices:
            return None
        if item.choices not in self._lists:
            self._lists[item.choices] = Vocabulary.of(map(_called, self._form.choices[item.choices]))
        return self._lists[item.choices]

    @cached_property
    def _fields(self) -> dict[str, Field]:
        items = [item for item, _ in self._form.walk()] if self._form else []
        return {fold_name(item.name): item for item in reversed(items) if isinstance(item, Field)}


def _called(choice: Choice) -> tuple[str, list[str]]:
    return choice.name, [label for _, label in choice.label.by_language]
