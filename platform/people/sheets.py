"""People named in the data sheets of a workbook: which rows count, and which column has the people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from banshi.platform.people.directory import Person
from banshi.platform.people.terms import Term, Unit, WhoContext
from banshi.platform.workbook.columns import plain
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.expressions.dataset_columns import find_column
from banshi.rules.expressions.functions_lists import find_dataset
from banshi.rules.expressions.operators import equal
from banshi.rules.values import Value

Row = Mapping[str, Cell]

PEOPLE_COLUMNS = ("办理人", "人员", "值班人", "值班员", "工号", "学工号", "who", "people", "person", "id")
GROUP_COLUMNS = ("班组", "组别", "组", "类别", "group")
_DATES = ("from", "until")


def dataset_of(term: Term, datasets: Mapping[str, Dataset]) -> Dataset | None:
    """The data sheet that a term names."""
    return find_dataset(datasets, term.name)


def people_column(term: Term, dataset: Dataset) -> str:
    """The column that holds campus numbers: the one that the term names, else the one that is called so
    (`PEOPLE_COLUMNS`), else the only one beside keys and dates; blank when nobody can tell.
    """
    if term.column:
        return find_column(dataset, term.column) or ""
    if named := called(dataset, PEOPLE_COLUMNS):
        return named
    others = [column for column in dataset.columns if column not in (*dataset.keys, *_DATES)]
    return others[0] if len(others) == 1 else ""


def key_columns(term: Term, dataset: Dataset) -> tuple[str, ...]:
    """The column that each key of a term is looked up in; blank where there is none.

    A field is looked up in the column of its own name, a fixed group in the one that is called so (`GROUP_COLUMNS`);
    else the first key has the first key column of the sheet, the second the second.
    """
    return tuple(_key_column(unit, position, dataset) for position, unit in enumerate(term.keys))


def called(dataset: Dataset, words: tuple[str, ...]) -> str:
    """The column that is called by one of some words; blank when there is none."""
    by_word = {plain(column): column for column in dataset.columns}
    return next((by_word[plain(word)] for word in words if plain(word) in by_word), "")


def rows_of(term: Term, dataset: Dataset, context: WhoContext) -> Iterator[Row]:
    """The rows that have the keys of a term, and that are valid today where rows are dated."""
    columns = key_columns(term, dataset)
    keys = [_values(unit, context) for unit in term.keys]
    zone = context.now.tzinfo if context.now else None
    for row in dataset.rows:
        pairs = zip(columns, keys, strict=True)
        if _valid(row, context.now) and all(
            column and any(equal(row[column].value, key, zone) for key in wanted) for column, wanted in pairs
        ):
            yield row


def persons_in(cell: Cell, context: WhoContext) -> Iterator[Person]:
    """The people whose campus numbers stand in a cell."""
    people = context.directory.people
    return (people[name] for name in numbers_in(cell) if name in people)


def numbers_in(cell: Cell) -> list[str]:
    """The campus numbers in a cell, parted by `、` `,` or `;`."""
    return [part.strip() for part in re.split(r"[、,，;；\n]", cell.text) if part.strip()]


def _key_column(unit: Unit, position: int, dataset: Dataset) -> str:
    named = (find_column(dataset, unit.field) if unit.field else called(dataset, GROUP_COLUMNS)) or ""
    return named or (dataset.keys[position] if position < len(dataset.keys) else "")


def _values(unit: Unit, context: WhoContext) -> tuple[Value, ...]:
    """What a key may read: a fixed text, or the answer of a field; an answer of several counts each."""
    value: Value = unit.literal or context.names.get(unit.field)
    return value if isinstance(value, tuple) else () if value in (None, "") else (value,)


def _valid(row: Row, now: datetime | None) -> bool:
    begins, ends = (_day(row.get(name, Cell()).value) for name in _DATES)
    today = now.date() if now else None
    return today is None or ((begins is None or begins <= today) and (ends is None or today <= ends))


def _day(value: Value) -> date | None:
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None
