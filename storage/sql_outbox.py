"""The outbox in a SQL store: written with the command, taken by one process at a time, settled by whoever took it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, case, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from banshi.storage.contract import (
    FAILED,
    GONE,
    INBOX,
    READ,
    SENT,
    UNREAD,
    WAITING,
    MessageCount,
    MessageFilter,
    StoredMessage,
)
from banshi.storage.leases import free
from banshi.storage.schema import outbox
from banshi.storage.sql_rows import Part, page_of, record

_NAMES = tuple(StoredMessage.__dataclass_fields__)


class SqlOutbox(Part):
    """The verbs of `contract.OutboxStore`."""

    def take_messages(self, now: datetime, lease: timedelta, *, limit: int = 20) -> list[StoredMessage]:
        """Messages that wait and may be sent, for the caller alone for as long as the lease."""
        # Mostly there is nothing to do: whoever only looks keeps no writer waiting.
        with self._database.reading() as connection:
            if connection.execute(_free(now, 1)).first() is None:
                return []
        return self._database.run_transaction(lambda connection: _take(connection, now, lease, limit))

    def settle_message(self, message: StoredMessage) -> bool:
        """Write what came of a message that was taken; whether it was still its taker's."""
        mine = [outbox.c.key == message.key, outbox.c.state == WAITING]
        if message.state != SENT:
            mine.append(outbox.c.tries == message.tries)
        values = {name: getattr(message, name) for name in ("state", "free_at", "done_at", "why")}
        query = update(outbox).where(*mine).values(**values, taken_at=None)
        return self._database.run_transaction(lambda connection: connection.execute(query).rowcount) > 0

    def send_again(self, key: str, at: datetime) -> bool:
        """Let a message that was given up wait again, with no tries."""
        given_up = (outbox.c.key == key, outbox.c.state == FAILED)
        query = update(outbox).where(*given_up).values(state=WAITING, free_at=at, tries=0, done_at=None)
        return self._database.run_transaction(lambda connection: connection.execute(query).rowcount) > 0

    def read_messages(self, person: str, keys: Sequence[str], at: datetime) -> int:
        """Mark messages in a person's inbox as read, all of them without keys; how many were not."""
        query = update(outbox).where(outbox.c.channel == INBOX, outbox.c.target == person, outbox.c.state == UNREAD)
        if keys:
            query = query.where(outbox.c.key.in_(keys))
        query = query.values(state=READ, done_at=at)
        return self._database.run_transaction(lambda connection: connection.execute(query).rowcount)

    def message(self, key: str) -> StoredMessage | None:
        """A message by its key."""
        with self._database.reading() as connection:
            row = connection.execute(select(outbox).where(outbox.c.key == key)).first()
        return record(StoredMessage, row) if row else None

    def messages(self, which: MessageFilter, *, page: int = 1, size: int = 20) -> tuple[list[StoredMessage], int]:
        """One page of messages, the last made first, and how many there are in all."""
        order = (outbox.c.made_at.desc(), outbox.c.key)
        rows, total = page_of(self._database, _which(which), order, page, size)
        return [record(StoredMessage, row) for row in rows], total

    def count_messages(self, late: datetime, services: Sequence[str] = ()) -> list[MessageCount]:
        """How many there are of each channel and state, and how many of those are late."""
        groups = (outbox.c.channel, outbox.c.state)
        in_vain = or_(outbox.c.tries > 0, outbox.c.free_at < late)
        waits_long = and_(outbox.c.state == WAITING, in_vain)
        query = select(*groups, func.count(), func.count(case((waits_long, 1)))).group_by(*groups).order_by(*groups)
        query = query.where(outbox.c.service_id.in_(services)) if services else query
        with self._database.reading() as connection:
            return [MessageCount(*row) for row in connection.execute(query)]

    def purge_messages(self, sent_before: datetime, inbox_before: datetime, *, limit: int = 500) -> int:
        """Delete a portion of what was sent, and of what was put into inboxes, before a time; how many messages."""
        sent = and_(outbox.c.state == SENT, outbox.c.done_at < sent_before)
        told = and_(outbox.c.channel == INBOX, outbox.c.state.in_((READ, UNREAD)), outbox.c.made_at < inbox_before)
        old = select(outbox.c.key, outbox.c.content).where(or_(sent, told)).limit(limit)

        def purge(connection: Connection) -> int:
            rows = connection.execute(old).all()
            once = [row.key for row in rows if row.content.get("once")]
            rest = [row.key for row in rows if not row.content.get("once")]
            connection.execute(delete(outbox).where(outbox.c.key.in_(rest)))
            empty = update(outbox).where(outbox.c.key.in_(once))
            connection.execute(empty.values(state=GONE, content={}, why={}))
            return len(rows)

        return self._database.run_transaction(purge)

    def post_messages(self, messages: Sequence[StoredMessage]) -> int:
        """Write messages of no case; of those with a key that is there the first stays. How many were written."""

        def post(connection: Connection) -> int:
            keys = outbox.c.key.in_([message.key for message in messages])
            there = set(connection.scalars(select(outbox.c.key).where(keys)))
            new = [message for message in messages if message.key not in there]
            add_messages(connection, new)
            return len(new)

        return self._database.run_transaction(post)


def add_messages(connection: Connection, messages: Sequence[StoredMessage]) -> None:
    """Write messages; of those with a key that is there the first stays."""
    if messages:
        rows = [{name: getattr(message, name) for name in _NAMES} for message in messages]
        connection.execute(_insert(connection.dialect.name), rows)


@cache
def _insert(dialect: str) -> Any:
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(outbox).on_conflict_do_nothing()


def _free(now: datetime, limit: int) -> Select[Any]:
    order = (outbox.c.free_at, outbox.c.made_at, outbox.c.key)
    return select(outbox).where(outbox.c.state == WAITING, free(outbox, now)).order_by(*order).limit(limit)


def _take(connection: Connection, now: datetime, lease: timedelta, limit: int) -> list[StoredMessage]:
    # SQLite has one writer at a time and knows no locks of rows; SQLAlchemy leaves the words out there.
    rows = connection.execute(_free(now, limit).with_for_update(skip_locked=True)).all()
    for row in rows:
        taken = {"free_at": now + lease, "taken_at": now, "tries": row.tries + 1}
        connection.execute(update(outbox).where(outbox.c.key == row.key).values(**taken))
    return [replace(record(StoredMessage, row), tries=row.tries + 1, free_at=now + lease) for row in rows]


def _which(which: MessageFilter) -> Select[Any]:
    query = select(outbox)
    equal = (
        (outbox.c.channel, which.channel),
        (outbox.c.target, which.target),
        (outbox.c.case_id, which.case_id),
    )
    for column, wanted in equal:
        query = query.where(column == wanted) if wanted else query
    for column, several in ((outbox.c.state, which.states), (outbox.c.service_id, which.services)):
        query = query.where(column.in_(several)) if several else query
    return query
