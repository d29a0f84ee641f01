"""Rows in a TinyDB: a document a row, by its key; the schema's types, defaults, references and unique columns hold."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import orjson
from sqlalchemy import Table
from tinydb import TinyDB
from tinydb.table import Table as TinyTable

from banshi.storage.bare import is_binary, key_names, low, lowered, raised
from banshi.storage.contract import StorageError
from banshi.storage.leases import CLOCKS_APART
from banshi.storage.schema import cases
from banshi.storage.sql_rows import findable, record
from banshi.storage.tiny_file import TinyFile

T = TypeVar("T")
R = TypeVar("R")
Row = Mapping[Any, Any]
Test = Callable[[Row], bool]


_REVISION = "revision"


class _Where:
    """A condition that TinyDB does not remember the answer to: it remembers without regard to threads."""

    def __init__(self, test: Test) -> None:
        self._test = test

    def __call__(self, value: Row) -> bool:
        return self._test(value)

    def is_cacheable(self) -> bool:
        """No."""
        return False


class KeyedTable(TinyTable):
    """A table of TinyDB whose documents go by texts, and are replaced, never changed in place: readers may hold them."""

    document_id_class = str  # type: ignore[assignment]  # TinyDB's documented way to have other ids

    def place(self, rows: Mapping[str, Row]) -> None:
        """Insert documents, or put them in the place of others."""
        self._update_table(lambda table: table.update(rows))  # type: ignore[arg-type]

    def take_out(self, keys: Iterable[str]) -> None:
        """Remove documents; one that is not there is no fault."""

        def leave_out(table: dict[Any, Any]) -> None:
            for key in keys:
                table.pop(key, None)

        self._update_table(leave_out)


class _Base(TinyDB):
    table_class = KeyedTable


class TinyDatabase:
    """A TinyDB with the tables of the schema: in memory, or in a file."""

    def __init__(self, path: Path | None = None) -> None:
        self.file = TinyFile(path)
        self._base = _Base(storage=lambda: self.file)

    def reading(self) -> AbstractContextManager[None]:
        """One consistent view, never waiting for a writer."""
        return self.file.reading()

    def run_transaction(self, work: Callable[[], T]) -> T:
        """Run `work` in one transaction: all of it or nothing."""
        return self.file.run_transaction(work)

    @property
    def revision(self) -> str:
        """The revision of the tables, empty where nothing was written yet."""
        row = self.table(_REVISION).get(doc_id=_REVISION)  # type: ignore[call-overload]
        return row["version_num"] if row else ""

    def clear(self, revision: str) -> None:
        """Begin anew with the empty tables of a revision; in a transaction."""
        self._base.drop_tables()
        self.table(_REVISION).place({_REVISION: {"version_num": revision}})

    def everything(self) -> dict[str, list[Row]]:
        """All rows of all tables."""
        return {name: list(self.table(name)) for name in self._base.tables() if name != _REVISION}

    def table(self, name: str) -> KeyedTable:
        """A table of TinyDB."""
        return KeyedTable(self.file, str(name))

    def get(self, table: Table, *key: Any) -> Row | None:
        """A bare row by its key."""
        return self.table(table.name).get(doc_id=key_text(key))  # type: ignore[call-overload, no-any-return]

    def find(self, table: Table, test: Test | None = None) -> list[Row]:
        """The bare rows that pass a test, or all."""
        here = self.table(table.name)
        return list(here.search(_Where(test)) if test else here.all())

    def count(self, table: Table) -> int:
        """How many rows a table has."""
        return len(self.table(table.name))

    def insert(self, table: Table, *values: Mapping[str, Any]) -> None:
        """Insert rows.

        Raises:
            StorageError: a key or a unique value is there already, or what a row refers to is not.
        """
        self._place(table, [packed(lowered(table, self._numbered(table, item))) for item in values], new=True)

    def put(self, table: Table, values: Mapping[str, Any]) -> None:
        """Insert a row, or replace the one with the same key; what `values` leaves out of a row that is there stays."""
        before = self.get(table, *(values[name] for name in key_names(table)))
        if before is None:
            self.insert(table, values)
        else:
            self.change(table, before, values)

    def change(self, table: Table, row: Row, values: Mapping[str, Any]) -> None:
        """Change some columns of a row that was found; not those of its key."""
        few = {name: low(table.columns[name], value) for name, value in values.items()}
        self._place(table, [{**row, **packed(few)}], new=False)

    def delete(self, table: Table, rows: Sequence[Row]) -> int:
        """Remove rows that were found; how many."""
        names = key_names(table)
        if rows:
            self.table(table.name).take_out([key_text([row[name] for name in names]) for row in rows])
        return len(rows)

    def _place(self, table: Table, rows: Sequence[Row], *, new: bool) -> None:
        names = key_names(table)
        keyed = {key_text([row[name] for name in names]): row for row in rows}
        if len(keyed) < len(rows):
            raise StorageError(f"{self.file.name} refused the write: the same key twice in {table.name}")
        here = self.table(table.name)
        for key, row in keyed.items():
            if new and here.get(doc_id=key) is not None:  # type: ignore[call-overload]
                raise StorageError(f"{self.file.name} refused the write: {table.name} has {key} already")
            self._check_references(table, row)
            self._check_unique(table, key, row)
        here.place(keyed)

    def _check_references(self, table: Table, row: Row) -> None:
        for reference in table.foreign_keys:
            if self.get(reference.column.table, row[reference.parent.name]) is None:
                raise StorageError(
                    f"{self.file.name} refused the write: no {reference.target_fullname} for {table.name}"
                )

    def _check_unique(self, table: Table, key: str, row: Row) -> None:
        """Columns that are unique are so where they are filled."""
        for index in table.indexes:
            names = [column.name for column in index.columns] if index.unique else []
            told = [row[name] for name in names]
            if not told or "" in told or None in told:
                continue
            for other in self.find(table, lambda one: [one[name] for name in names] == told):  # noqa: B023
                if key_text([other[name] for name in key_names(table)]) != key:
                    raise StorageError(f"{self.file.name} refused the write: {told} is in {table.name} already")

    def _numbered(self, table: Table, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Values with the next number, where the table counts its rows itself."""
        column = table.autoincrement_column
        if column is None or column.name in values:
            return values
        return {**values, column.name: max((row[column.name] for row in self.find(table)), default=0) + 1}


class TinyPart:
    """A part of a TinyDB store: verbs on one database."""

    def __init__(self, database: TinyDatabase) -> None:
        self._base = database


def key_text(key: Sequence[Any]) -> str:
    """A key as TinyDB's id: the text itself, of several columns a JSON list."""
    return str(key[0]) if len(key) == 1 else orjson.dumps(list(key)).decode()


def kept(kind: type[R], table: Table, row: Row) -> R:
    """A bare row as a record."""
    return record(kind, raised(table, unpacked(table, row)))


def unpacked(table: Table, row: Row) -> Row:
    """A row of the file as a bare row: bytes are bytes."""
    return {c.name: base64.b64decode(row[c.name]) if is_binary(c) else row[c.name] for c in table.columns}


def micros(moment: datetime) -> int:
    """A time as rows have it."""
    return int(low(cases.c.submitted_at, moment))


def is_free(row: Mapping[str, Any], now: datetime) -> bool:
    """What `leases.free` says of a row, of one that keeps its instants as whole microseconds."""
    taken_at = row["taken_at"]
    return bool(row["free_at"] <= micros(now) or (taken_at is not None and taken_at > micros(now + CLOCKS_APART)))


def contains_all(query: str) -> Test:
    """The condition that every word of a query stands in the column `search`."""
    words = findable(query).split()
    return lambda row: all(word in row["search"] for word in words)


def page_of(rows: Sequence[Row], number: int, size: int) -> Sequence[Row]:
    """One page of rows."""
    start = max(number - 1, 0) * size
    return rows[start : start + size] if size > 0 else ()


def packed(row: Row) -> dict[str, Any]:
    """A bare row as the file has it: bytes become text, as JSON has none."""
    return {str(name): base64.b64encode(v).decode() if isinstance(v, bytes) else v for name, v in row.items()}
