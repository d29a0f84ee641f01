"""Personal passes in a SQL store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from banshi.storage.contract import StaleWrite
from banshi.storage.passages import HOLDER_LEFT, PassageFilter, StoredHolder, StoredPassage
from banshi.storage.schema import pass_holders, passages
from banshi.storage.sql_rows import Part, record, stream


class SqlPassages(Part):
    """The verbs of `passages.PassageStore`."""

    def holder(self, holder_id: str) -> StoredHolder | None:
        """A holder by her id."""
        with self._database.reading() as connection:
            row = connection.execute(select(pass_holders).where(pass_holders.c.id == holder_id)).first()
        return record(StoredHolder, row) if row else None

    def holder_of(self, service_id: str, name: str, person: str) -> StoredHolder | None:
        """The holder of a pass who is a person."""
        with self._database.reading() as connection:
            return _holder_of(connection, service_id, name, person)

    def add_holder(self, holder: StoredHolder) -> StoredHolder:
        """Keep a holder, unless the person holds that pass already; the one that is kept."""

        def add(connection: Connection) -> StoredHolder:
            new = (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(pass_holders)
            connection.execute(new.on_conflict_do_nothing(), asdict(holder))
            return _holder_of(connection, holder.service_id, holder.name, holder.person) or holder

        return self._database.run_transaction(add, twice=True)

    def holders(self, service_id: str, name: str, *, inside: bool) -> list[StoredHolder]:
        """The holders who came in and have not left, or who went and are not back; whoever moved first first."""
        here = (pass_holders.c.service_id == service_id, pass_holders.c.name == name)
        query = select(pass_holders).where(*here, pass_holders.c.inside == int(inside))
        query = query.where(pass_holders.c.moved_at.is_not(None)).order_by(pass_holders.c.moved_at, pass_holders.c.id)
        with self._database.reading() as connection:
            return [record(StoredHolder, row) for row in connection.execute(query)]

    def passes_held(self) -> list[tuple[str, str]]:
        """The service and the name of every pass with passages."""
        query = select(passages.c.service_id, passages.c.name).distinct()
        with self._database.reading() as connection:
            return sorted((row.service_id, row.name) for row in connection.execute(query))

    def passage(self, passage_id: str) -> StoredPassage | None:
        """A passage by its id."""
        with self._database.reading() as connection:
            row = connection.execute(select(passages).where(passages.c.id == passage_id)).first()
        return record(StoredPassage, row) if row else None

    def pass_through(self, passage: StoredPassage, holder: StoredHolder) -> None:
        """Keep a passage, and what it leaves of its holder; StaleWrite where she moved since she was read."""

        def write(connection: Connection) -> None:
            here = (pass_holders.c.id == holder.id) & (pass_holders.c.seq == holder.seq)
            left = {name: getattr(holder, name) for name in HOLDER_LEFT}
            if not connection.execute(update(pass_holders).where(here).values(seq=holder.seq + 1, **left)).rowcount:
                raise StaleWrite(holder.seq)
            connection.execute(insert(passages), asdict(passage))

        self._database.run_transaction(write)

    def iter_passages(self, which: PassageFilter) -> Iterator[StoredPassage]:
        """Passages, the first first."""
        query = select(passages).where(passages.c.service_id == which.service_id, passages.c.name == which.name)
        query = query.where(passages.c.person == which.person) if which.person else query
        query = query.where(passages.c.reason.in_(which.reasons)) if which.reasons else query
        query = query.where(passages.c.at >= which.since) if which.since else query
        query = query.where(passages.c.at < which.until) if which.until else query
        for row in stream(self._database, query, passages.c.at, passages.c.id):
            yield record(StoredPassage, row)

    def delete_passages(self, service_id: str, name: str, before: datetime) -> int:
        """Delete the passages of a pass before a moment, with the moment of holders who moved no more since; how many."""
        old = (passages.c.service_id == service_id, passages.c.name == name, passages.c.at < before)
        still = (pass_holders.c.service_id == service_id, pass_holders.c.name == name, pass_holders.c.moved_at < before)

        def delete(connection: Connection) -> int:
            connection.execute(update(pass_holders).where(*still).values(moved_at=None))
            return connection.execute(passages.delete().where(*old)).rowcount

        return self._database.run_transaction(delete)

    def forget_holder(self, person: str) -> int:
        """Delete everything of a person's passes; how many passages there were."""

        def forget(connection: Connection) -> int:
            connection.execute(pass_holders.delete().where(pass_holders.c.person == person))
            return connection.execute(passages.delete().where(passages.c.person == person)).rowcount

        return self._database.run_transaction(forget)


def _holder_of(connection: Connection, service_id: str, name: str, person: str) -> StoredHolder | None:
    here = pass_holders.c
    query = select(pass_holders).where(here.person == person, here.service_id == service_id, here.name == name)
    row = connection.execute(query).first()
    return record(StoredHolder, row) if row else None
