"""Who acts for whom in a SQL store."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from banshi.storage.contract import StoredStandIn
from banshi.storage.schema import stand_ins
from banshi.storage.sql_rows import Part, record


class SqlStandIns(Part):
    """The verbs of `contract.StandInStore`."""

    def add_stand_in(self, stand_in: StoredStandIn) -> None:
        """Keep a time; one with an id that is known is left as it is."""

        def add(connection: Connection) -> None:
            if connection.execute(select(stand_ins.c.id).where(stand_ins.c.id == stand_in.id)).first() is None:
                values = {**asdict(stand_in), "services": list(stand_in.services)}
                connection.execute(insert(stand_ins).values(**values))

        self._database.run_transaction(add)

    def end_stand_in(self, stand_in_id: str, at: datetime) -> None:
        """End a time early; one that was ended before, or is not there, is left as it is."""
        open_one = stand_ins.c.id == stand_in_id, stand_ins.c.ended_at.is_(None)
        query = update(stand_ins).where(*open_one).values(ended_at=at)
        self._database.run_transaction(lambda connection: connection.execute(query))

    def stand_ins(self, *, person: str = "", stand_in: str = "", at: datetime | None = None) -> list[StoredStandIn]:
        """The times of a person, or of a stand-in, the last begun first; with `at` only those that hold then."""
        query = select(stand_ins).order_by(stand_ins.c.since.desc(), stand_ins.c.id.desc())
        query = query.where(stand_ins.c.person == person) if person else query
        query = query.where(stand_ins.c.stand_in == stand_in) if stand_in else query
        if at is not None:
            query = query.where(stand_ins.c.since <= at, stand_ins.c.until > at, stand_ins.c.ended_at.is_(None))
        with self._database.reading() as connection:
            return [record(StoredStandIn, row) for row in connection.execute(query)]
