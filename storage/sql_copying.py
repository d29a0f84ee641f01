"""Bare rows out of a SQL store and into it: what moving, backups and restoring are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    String,
    Table,
    and_,
    bindparam,
    collate,
    func,
    insert,
    select,
    text,
    type_coerce,
)

from banshi.storage.bare import OWN_SOURCES, bare_type, key_names
from banshi.storage.contract import Snapshot
from banshi.storage.schema import log_entries, metadata
from banshi.storage.sql_rows import PORTION, Part


class SqlSnapshot:
    """See `contract.Snapshot`: on a connection whose transaction has one view."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.schema = MigrationContext.configure(connection).get_current_revision() or ""

    def count(self, table: str) -> int:
        """How many rows a table has."""
        here = metadata.tables[table]
        query = select(func.count()).select_from(here).where(*_copied(here))
        return self._connection.scalar(query) or 0

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a table, by its key."""
        here = metadata.tables[table]
        query = select(*(type_coerce(column, bare_type(column)) for column in here.columns)).where(*_copied(here))
        # Servers sort texts by the rules of a language; the rows of two stores are compared side by side.
        plain = self._connection.dialect.name != "postgresql"
        order = [c if plain or not isinstance(c.type, String) else collate(c, "C") for c in here.primary_key.columns]
        result = self._connection.execution_options(yield_per=PORTION).execute(query.order_by(*order))
        for row in result:
            yield tuple(row)


class SqlCopying(Part):
    """The verbs of `contract.CopyStore`."""

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Everything, at one moment."""
        with self._database.one_view() as connection:
            yield SqlSnapshot(connection)

    def write_rows(
        self,
        table: str,
        new: Sequence[tuple[Any, ...]],
        changed: Sequence[tuple[Any, ...]] = (),
        gone: Sequence[tuple[Any, ...]] = (),
    ) -> None:
        """Insert, replace and delete bare rows of a table in one transaction."""
        here = _BARE[table]
        names = [column.name for column in here.columns]

        def write(connection: Connection) -> None:
            guards = _guards(connection, table) if gone or changed else {}
            for guard in guards:
                connection.execute(text(f"DROP TRIGGER {guard}"))
            if gone:
                _each(connection, here.delete().where(_keyed(here)), names, gone)
            if changed:
                values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in names}
                _each(connection, here.update().where(_keyed(here)).values(**values), names, changed)
            if new:
                connection.execute(insert(here), [dict(zip(names, row, strict=True)) for row in new])
            for statement in guards.values():
                connection.execute(text(statement))
            _count_on(connection, metadata.tables[table])

        self._database.run_transaction(write)


def bare_table(name: str, columns: Sequence[Column[Any]]) -> Table:
    """A table with bare columns: what goes in is what is kept."""
    return Table(name, MetaData(), *(Column(c.name, bare_type(c), primary_key=c.primary_key) for c in columns))


_BARE = {table.name: bare_table(table.name, list(table.columns)) for table in metadata.sorted_tables}


def _guards(connection: Connection, table: str) -> dict[str, str]:
    """The triggers of SQLite that let nobody change the log: its first note gives way to that of the source."""
    if connection.dialect.name != "sqlite" or table != log_entries.name:
        return {}
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    return {row.name: row.sql for row in connection.execute(query, {"table": table})}


def _copied(table: Table) -> list[Any]:
    return [table.c.path.not_in(OWN_SOURCES)] if table.name == "sources" else []


def _keyed(table: Table) -> Any:
    return and_(*(table.c[name] == bindparam(f"key_{name}") for name in key_names(table)))


def _each(connection: Connection, statement: Any, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    used = set(statement.compile().params)
    told = [
        {f"{kind}_{n}": value for n, value in zip(names, row, strict=True) for kind in ("to", "key")} for row in rows
    ]
    connection.execute(statement, [{name: value for name, value in row.items() if name in used} for row in told])


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL counts the rows of a table apart from the table: it goes on after the last."""
    column = table.autoincrement_column
    if column is None or connection.dialect.name != "postgresql":
        return
    last = connection.scalar(select(func.max(column)))
    if last is not None:
        connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, column.name), last)))
