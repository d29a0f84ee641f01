"""Personal data in a SQL store: looks at them, and deleting them for good."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, func, select, text, update

from banshi.storage.contract import FAILED, WAITING, Change, StoredAttachment, StoredEvent
from banshi.storage.schema import (
    attachments,
    commands,
    decisions,
    drafts,
    events,
    log_entries,
    outbox,
    papers,
    pass_holders,
    passages,
    passes,
)
from banshi.storage.sql_rows import Part, columns, record

_GUARDED = (events.name, decisions.name, log_entries.name)
# Said in the words of the index, which SQLite does not use otherwise.
_PRIVACY = text("kind IN ('looked', 'erased')")


class SqlPrivacy(Part):
    """The verbs of `contract.PrivacyStore`."""

    def privacy_events(self, *, page: int = 1, size: int = 20) -> tuple[list[StoredEvent], int]:
        """One page of looks and deletions, newest first, and how many there are in all."""
        newest = (events.c.at.desc(), events.c.case_id.desc(), events.c.seq.desc())
        query = select(events).where(_PRIVACY).order_by(*newest).limit(size).offset((page - 1) * size)
        with self._database.reading() as connection:
            total = connection.scalar(select(func.count()).select_from(events).where(_PRIVACY)) or 0
            return [record(StoredEvent, row) for row in connection.execute(query)], total

    def delete_drafts(self, service_id: str, before: datetime) -> int:
        """Forget the drafts of a service that were last saved before a time; how many."""
        old = drafts.delete().where(drafts.c.service_id == service_id, drafts.c.saved_at < before)
        return self._database.run_transaction(lambda connection: connection.execute(old).rowcount)

    def case_attachments(self, case_id: str) -> list[StoredAttachment]:
        """The files that belong to a case, the first attached first."""
        query = select(attachments).where(attachments.c.case_id == case_id).order_by(attachments.c.at, attachments.c.id)
        with self._database.reading() as connection:
            return [record(StoredAttachment, row) for row in connection.execute(query)]

    def scrub(self) -> None:
        """Write SQLite's journal into the file and empty it; have PostgreSQL take out the rows that were written over."""
        held = (
            events,
            decisions,
            log_entries,
            commands,
            attachments,
            drafts,
            outbox,
            papers,
            passes,
            pass_holders,
            passages,
        )
        self._database.scrub([table.name for table in held])


def erase(connection: Connection, case_id: str, change: Change) -> None:
    """What a change deletes of the entries, the files and the messages of its case."""
    if change.attachments_gone:
        here = attachments.c.id.in_(change.attachments_gone) & (attachments.c.case_id == case_id)
        connection.execute(attachments.delete().where(here))
    for message in change.messages_left:
        here = (outbox.c.key == message.key) & (outbox.c.case_id == case_id)
        connection.execute(update(outbox).where(here).values(content=message.content, why=message.why))
        if message.state == FAILED:
            given_up = {"state": FAILED, "done_at": message.done_at, "taken_at": None}
            connection.execute(update(outbox).where(here, outbox.c.state == WAITING).values(**given_up))
    if not change.erased:
        return
    with _unguarded(connection):
        for one in change.erased:
            entry = (log_entries.c.case_id == case_id) & (log_entries.c.n == one.n)
            connection.execute(update(log_entries).where(entry).values(salt="", parts=one.parts))
            if one.event is not None:
                event = (events.c.case_id == case_id) & (events.c.seq == one.event.seq)
                connection.execute(update(events).where(event).values(payload=one.event.payload))
            if one.decision is not None:
                decision = decisions.c.id == one.decision.id
                connection.execute(update(decisions).where(decision).values(**columns(one.decision)))
    answers = connection.execute(select(commands.c.id, commands.c.answer).where(commands.c.case_id == case_id)).all()
    for command_id, answer in answers:
        left = {key: value for key, value in answer.items() if key != "digest"}
        connection.execute(update(commands).where(commands.c.id == command_id).values(answer=left))


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    """Without the triggers of SQLite that let nobody change the log; in a transaction, so that nobody else sees that."""
    if connection.dialect.name != "sqlite":
        yield
        return
    query = text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
    guards = [row for row in connection.execute(query) if row.tbl_name in _GUARDED]
    for guard in guards:
        connection.execute(text(f"DROP TRIGGER {guard.name}"))
    yield
    for guard in guards:
        connection.execute(text(guard.sql))
