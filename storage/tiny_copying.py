"""Bare rows out of a TinyDB store and into it: what moving, backups and restoring are made of."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Table

from banshi.storage.bare import TABLES, is_binary, is_own, key_of
from banshi.storage.contract import Snapshot, StoreOutgrown
from banshi.storage.schema import cases, metadata
from banshi.storage.sql_rows import PORTION
from banshi.storage.tiny_cases import MOST_CASES
from banshi.storage.tiny_rows import Row, TinyDatabase, TinyPart, key_text, packed, unpacked


class TinySnapshot:
    """See `contract.Snapshot`: the tables as they were, which nobody changes in place."""

    def __init__(self, base: TinyDatabase) -> None:
        with base.reading():
            self.schema = base.revision
            self._tables = {table.name: base.find(table) for table in TABLES}

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return sum(1 for _ in self.rows(table))

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a table, by its key."""
        here = metadata.tables[table]
        found = [tuple(unpacked(here, row).values()) for row in self._tables[table]]
        return iter(sorted((row for row in found if not is_own(here, row)), key=lambda row: key_of(here, row)))


class TinyCopying(TinyPart):
    """The verbs of `contract.CopyStore`."""

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Everything, at one moment."""
        yield TinySnapshot(self._base)

    def write_rows(
        self,
        table: str,
        new: Sequence[tuple[Any, ...]],
        changed: Sequence[tuple[Any, ...]] = (),
        gone: Sequence[tuple[Any, ...]] = (),
    ) -> None:
        """Insert, replace and delete bare rows of a table in one transaction."""
        here = metadata.tables[table]

        def write() -> None:
            self._base.table(table).take_out([key_text(key_of(here, row)) for row in gone])
            _place(self._base, here, [*new, *changed])

        self._base.run_transaction(write)


def fill(base: TinyDatabase, snapshot: Snapshot) -> None:
    """Put everything of a snapshot in the place of everything that is there; in a transaction."""
    base.clear(snapshot.schema)
    for table in TABLES:
        rows = snapshot.rows(table.name)
        while portion := list(islice(rows, PORTION)):
            _place(base, table, portion)


def older_rows(tables: Mapping[str, Sequence[Row]]) -> dict[str, list[dict[str, Any]]]:
    """The rows of an older file as bare rows, in the order in which tables refer to one another."""
    order = [table.name for table in TABLES if table.name in tables]
    return {name: [_as_bytes(name, row) for row in tables[name]] for name in [*order, *(tables.keys() - set(order))]}


def _as_bytes(table: str, row: Row) -> dict[str, Any]:
    known = metadata.tables.get(table)
    binary = {column.name for column in known.columns if is_binary(column)} if known is not None else set()
    return {name: base64.b64decode(value) if name in binary else value for name, value in row.items()}


def _place(base: TinyDatabase, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    names = [column.name for column in table.columns]
    told = {key_text(key_of(table, row)): packed(dict(zip(names, row, strict=True))) for row in rows}
    base.table(table.name).place(told)
    if table is cases and base.file.path is not None and base.count(cases) > MOST_CASES:
        raise StoreOutgrown(base.file.name, MOST_CASES)
