"""Passes in a SQL store."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from banshi.storage.contract import Change
from banshi.storage.passes import PASS_LEFT, PassFilter, StoredPass
from banshi.storage.schema import passes
from banshi.storage.sql_rows import Part, columns, record


class SqlPasses(Part):
    """The verbs of `passes.PassStore`."""

    def pass_of(self, pass_id: str) -> StoredPass | None:
        """A pass by its id."""
        with self._database.reading() as connection:
            row = connection.execute(select(passes).where(passes.c.id == pass_id)).first()
        return record(StoredPass, row) if row else None

    def passes(self, which: PassFilter) -> list[StoredPass]:
        """Passes, the first given first."""
        query = select(passes).order_by(passes.c.given_at, passes.c.name, passes.c.id)
        for column, wanted in ((passes.c.case_id, which.case_id), (passes.c.person, which.person)):
            query = query.where(column == wanted) if wanted else query
        query = query.where(passes.c.state.in_(which.states)) if which.states else query
        with self._database.reading() as connection:
            return [record(StoredPass, row) for row in connection.execute(query)]


def write_passes(connection: Connection, case_id: str, change: Change) -> None:
    """The passes that a change gives, and what it leaves of others of its case."""
    if change.passes:
        connection.execute(insert(passes), [columns(one) for one in change.passes])
    for one in change.passes_left:
        here = (passes.c.id == one.id) & (passes.c.case_id == case_id)
        connection.execute(update(passes).where(here).values({name: getattr(one, name) for name in PASS_LEFT}))
