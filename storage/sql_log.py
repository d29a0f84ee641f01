"""The rule log, drafts and attachments in a SQL store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, literal, select

from banshi.storage.contract import DecisionFilter, DraftGone, DraftNewer, StoredAttachment, StoredDecision, StoredDraft
from banshi.storage.schema import attachments, decisions, drafts
from banshi.storage.sql_issued import forget_issued
from banshi.storage.sql_rows import Part, columns, findable, matches, page_of, put, record, says, stream


class SqlLog(Part):
    """The verbs of `contract.LogStore`."""

    def decision(self, decision_id: str) -> StoredDecision | None:
        """A decision by its id."""
        with self._database.reading() as connection:
            row = connection.execute(select(decisions).where(decisions.c.id == decision_id)).first()
        return record(StoredDecision, row) if row else None

    def decisions(self, which: DecisionFilter, *, page: int = 1, size: int = 20) -> tuple[list[StoredDecision], int]:
        """One page of decisions, newest first, and how many there are in all."""
        order = (decisions.c.at.desc(), decisions.c.id.desc())
        rows, total = page_of(self._database, _which(which), order, page, size)
        return [record(StoredDecision, row) for row in rows], total

    def iter_decisions(self, which: DecisionFilter) -> Iterator[StoredDecision]:
        """All decisions, oldest first, read in portions."""
        for row in stream(self._database, _which(which), decisions.c.at, decisions.c.id):
            yield record(StoredDecision, row)


class SqlDrafts(Part):
    """The verbs of `contract.DraftStore`."""

    def save_draft(
        self,
        person: str,
        service_id: str,
        version: str,
        answers: Mapping[str, Any],
        at: datetime,
        chosen: Mapping[str, Any] | None = None,
        *,
        since: datetime | None = None,
        there: bool = False,
    ) -> datetime:
        """Keep a draft in the place of the one before; gives `at` back."""
        values = {"person": person, "service_id": service_id, "version": version, "answers": answers, "saved_at": at}
        values["chosen"] = chosen or {}
        saved = select(drafts.c.saved_at).where(drafts.c.person == person, drafts.c.service_id == service_id)

        def keep(connection: Connection) -> None:
            before = connection.scalar(saved) if there or since is not None else None
            if there and before is None:
                raise DraftGone
            if before is not None and since is not None and before > since:
                raise DraftNewer(before)
            put(connection, drafts, values)

        self._database.run_transaction(keep)
        return at

    def draft(self, person: str, service_id: str) -> StoredDraft | None:
        """Somebody's draft for a service."""
        query = select(drafts).where(drafts.c.person == person, drafts.c.service_id == service_id)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return record(StoredDraft, row) if row else None

    def drafts(self, person: str) -> list[StoredDraft]:
        """Everything that somebody has begun and not sent, the last first."""
        query = select(drafts).where(drafts.c.person == person).order_by(drafts.c.saved_at.desc())
        with self._database.reading() as connection:
            return [record(StoredDraft, row) for row in connection.execute(query)]

    def delete_draft(self, person: str, service_id: str) -> None:
        """Forget a draft, and what was given for its form; one that is not there is no fault."""
        query = delete(drafts).where(drafts.c.person == person, drafts.c.service_id == service_id)

        def forget(connection: Connection) -> None:
            connection.execute(query)
            forget_issued(connection, person, service_id)

        self._database.run_transaction(forget)

    def add_attachment(self, attachment: StoredAttachment) -> None:
        """Keep what is known of an attached file."""
        query = insert(attachments).values(**columns(attachment))
        self._database.run_transaction(lambda connection: connection.execute(query))

    def attachment(self, attachment_id: str) -> StoredAttachment | None:
        """What is known of an attached file."""
        with self._database.reading() as connection:
            row = connection.execute(select(attachments).where(attachments.c.id == attachment_id)).first()
        return record(StoredAttachment, row) if row else None

    def loose_attachments(self, before: datetime) -> list[StoredAttachment]:
        """Attachments that were added before a time and belong to no case."""
        loose = select(attachments).where(attachments.c.case_id == "", attachments.c.at < before)
        with self._database.reading() as connection:
            return [record(StoredAttachment, row) for row in connection.execute(loose.order_by(attachments.c.at))]

    def delete_attachment(self, attachment_id: str) -> bool:
        """Forget an attachment that belongs to no case and stands in no draft of its person; whether it was forgotten."""
        mine = select(drafts.c.answers).join(attachments, attachments.c.person == drafts.c.person)
        mine = mine.where(attachments.c.id == attachment_id)
        query = delete(attachments).where(attachments.c.id == attachment_id, attachments.c.case_id == "")

        def forget(connection: Connection) -> bool:
            if any(says(answers, attachment_id) for answers in connection.scalars(mine)):
                return False
            return connection.execute(query).rowcount > 0

        return self._database.run_transaction(forget)


def _which(which: DecisionFilter) -> Select[Any]:
    query = select(decisions).where(*matches(decisions.c.search, which.query))
    for column, wanted in (
        (decisions.c.service_id, which.service_id),
        (decisions.c.kind, which.kind),
        (decisions.c.outcome, which.outcome),
        (decisions.c.case_id, which.case_id),
    ):
        query = query.where(column == wanted) if wanted else query
    for line in which.lines:
        whole = literal("\n") + decisions.c.search + literal("\n")
        query = query.where(whole.contains(f"\n{findable(line)}\n", autoescape=True))
    if which.people:
        query = query.where(decisions.c.person.in_(which.people))
    if which.since is not None:
        query = query.where(decisions.c.at >= which.since)
    return query.where(decisions.c.at < which.until) if which.until is not None else query
