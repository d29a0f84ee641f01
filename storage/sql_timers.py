"""Timers in a SQL store: taken by one process at a time, ended in the transaction that does what they are for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, select, update

from banshi.storage.contract import Change, StoredTimer
from banshi.storage.leases import free
from banshi.storage.schema import timers
from banshi.storage.sql_rows import Part, put, record

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
"""For how long a timer that was taken is nobody else's: twice as long each time, up to an hour."""


class SqlTimers(Part):
    """The verbs of `contract.TimerStore`."""

    def take_timers(self, now: datetime, *, limit: int = 20) -> list[StoredTimer]:
        """Timers that are due, in the order of their instants, for the caller alone."""
        # Mostly there is nothing to do: whoever only looks keeps no writer waiting.
        with self._database.reading() as connection:
            if connection.execute(_due(now, 1)).first() is None:
                return []
        return self._database.run_transaction(lambda connection: _take(connection, now, limit))

    def drop_timer(self, timer_id: str) -> None:
        """End a timer that has nothing left to do."""
        self._database.run_transaction(lambda connection: _end(connection, [timer_id]))

    def timers(self, case_id: str) -> list[StoredTimer]:
        """The timers of a case, in the order of their instants."""
        query = select(timers).where(timers.c.case_id == case_id).order_by(timers.c.at, timers.c.id)
        with self._database.reading() as connection:
            return [record(StoredTimer, row) for row in connection.execute(query)]


def set_timers(connection: Connection, change: Change) -> None:
    """End the timers that a change ends, and set those that it sets."""
    _end(connection, change.timers_gone)
    for timer in change.timers:
        values = {"id": timer.id, "case_id": timer.case_id, "step_id": timer.step_id, "round": timer.round}
        put(connection, timers, {**values, "k": timer.k, "at": timer.at, "free_at": timer.at, "tries": 0})


def _due(now: datetime, limit: int) -> Select[Any]:
    return select(timers).where(timers.c.at <= now, free(timers, now)).order_by(timers.c.at, timers.c.id).limit(limit)


def _take(connection: Connection, now: datetime, limit: int) -> list[StoredTimer]:
    # SQLite has one writer at a time and knows no locks of rows; SQLAlchemy leaves the words out there.
    rows = connection.execute(_due(now, limit).with_for_update(skip_locked=True)).all()
    for row in rows:
        wait = min(FIRST_WAIT * 2 ** min(row.tries, 10), LONGEST_WAIT)
        taken = {"free_at": now + wait, "taken_at": now, "tries": row.tries + 1}
        connection.execute(update(timers).where(timers.c.id == row.id).values(**taken))
    return [record(StoredTimer, row) for row in rows]


def _end(connection: Connection, ids: Sequence[str]) -> None:
    if ids:
        connection.execute(timers.delete().where(timers.c.id.in_(ids)))
