"""Rows that an older release wrote, brought up to date: by the migrations, in a SQLite database that is thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import column, insert, table

from banshi.storage.contract import StorageUnavailable
from banshi.storage.sql import SqlStore, migrate, revisions
from banshi.storage.sql_rows import PORTION
from banshi.storage.transactions import Database

Rows = Mapping[str, Iterable[Mapping[str, Any]]]


@contextmanager
def brought_up(name: str, revision: str, tables: Rows) -> Iterator[SqlStore]:
    """A store with bare rows as this release keeps them; `tables` are those of `revision`, in the order of writing.

    Raises:
        StorageUnavailable: `name` was written by a newer release, or its rows do not fit its revision.
    """
    if revision not in revisions():
        raise StorageUnavailable(name, f"it was written by a newer version (revision {revision})")
    with TemporaryDirectory(prefix="banshi-older-") as folder:
        file = Path(folder) / "older.sqlite"
        database = Database(file)
        try:
            database.run_transaction(lambda connection: migrate(connection, name, revision))
            for table_name, rows in tables.items():
                _fill(database, table_name, rows)
        finally:
            database.close()
        store = SqlStore(file)
        try:
            yield store
        finally:
            store.close()


def _fill(database: Database, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    remaining = iter(rows)
    while portion := list(islice(remaining, PORTION)):
        into = insert(table(name, *(column(each) for each in portion[0])))
        database.run_transaction(lambda connection: connection.execute(into, portion))  # noqa: B023  (run at once)
