"""The rule log, drafts and attachments in a TinyDB store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from banshi.storage.contract import DecisionFilter, DraftGone, DraftNewer, StoredAttachment, StoredDecision, StoredDraft
from banshi.storage.schema import attachments, decisions, drafts
from banshi.storage.sql_rows import columns, findable, says
from banshi.storage.tiny_issued import forget_issued
from banshi.storage.tiny_rows import Row, Test, TinyPart, contains_all, kept, micros, page_of


class TinyLog(TinyPart):
    """The verbs of `contract.LogStore`."""

    def decision(self, decision_id: str) -> StoredDecision | None:
        """A decision by its id."""
        with self._base.reading():
            row = self._base.get(decisions, decision_id)
        return kept(StoredDecision, decisions, row) if row else None

    def decisions(self, which: DecisionFilter, *, page: int = 1, size: int = 20) -> tuple[list[StoredDecision], int]:
        """One page of decisions, newest first, and how many there are in all."""
        rows = self._logged(which)
        return [kept(StoredDecision, decisions, row) for row in page_of(rows[::-1], page, size)], len(rows)

    def iter_decisions(self, which: DecisionFilter) -> Iterator[StoredDecision]:
        """All decisions, oldest first."""
        for row in self._logged(which):
            yield kept(StoredDecision, decisions, row)

    def _logged(self, which: DecisionFilter) -> list[Row]:
        with self._base.reading():
            return sorted(self._base.find(decisions, _which(which)), key=lambda row: (row["at"], row["id"]))


class TinyDrafts(TinyPart):
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

        def keep() -> None:
            before = self.draft(person, service_id)
            if there and before is None:
                raise DraftGone
            if before is not None and since is not None and before.saved_at > since:
                raise DraftNewer(before.saved_at)
            self._base.put(drafts, {**values, "chosen": chosen or {}})

        self._base.run_transaction(keep)
        return at

    def draft(self, person: str, service_id: str) -> StoredDraft | None:
        """Somebody's draft for a service."""
        with self._base.reading():
            row = self._base.get(drafts, person, service_id)
        return kept(StoredDraft, drafts, row) if row else None

    def drafts(self, person: str) -> list[StoredDraft]:
        """Everything that somebody has begun and not sent, the last first."""
        with self._base.reading():
            rows = self._base.find(drafts, lambda row: row["person"] == person)
        return [kept(StoredDraft, drafts, row) for row in sorted(rows, key=lambda row: -row["saved_at"])]

    def delete_draft(self, person: str, service_id: str) -> None:
        """Forget a draft; one that is not there is no fault."""

        def forget() -> None:
            row = self._base.get(drafts, person, service_id)
            self._base.delete(drafts, [row] if row else [])
            forget_issued(self._base, person, service_id)

        self._base.run_transaction(forget)

    def add_attachment(self, attachment: StoredAttachment) -> None:
        """Keep what is known of an attached file."""
        self._base.run_transaction(lambda: self._base.insert(attachments, columns(attachment)))

    def attachment(self, attachment_id: str) -> StoredAttachment | None:
        """What is known of an attached file."""
        with self._base.reading():
            row = self._base.get(attachments, attachment_id)
        return kept(StoredAttachment, attachments, row) if row else None

    def loose_attachments(self, before: datetime) -> list[StoredAttachment]:
        """Attachments that were added before a time and belong to no case."""
        until = micros(before)
        with self._base.reading():
            rows = self._base.find(attachments, lambda row: not row["case_id"] and row["at"] < until)
        return [kept(StoredAttachment, attachments, row) for row in sorted(rows, key=lambda row: row["at"])]

    def delete_attachment(self, attachment_id: str) -> bool:
        """Forget an attachment that belongs to no case and stands in no draft of its person; whether it was forgotten."""

        def forget() -> bool:
            row = self._base.get(attachments, attachment_id)
            if row is None or row["case_id"]:
                return False
            mine = self._base.find(drafts, lambda draft: draft["person"] == row["person"])
            if any(says(kept(StoredDraft, drafts, draft).answers, attachment_id) for draft in mine):
                return False
            return self._base.delete(attachments, [row]) > 0

        return self._base.run_transaction(forget)


def _which(which: DecisionFilter) -> Test:
    told = ("service_id", "kind", "outcome", "case_id")
    equal = [(name, value) for name in told if (value := getattr(which, name))]
    since, until = (micros(at) if at else None for at in (which.since, which.until))
    matches = contains_all(which.query)
    lines = [f"\n{findable(line)}\n" for line in which.lines]

    def fits(row: Row) -> bool:
        if which.people and row["person"] not in which.people:
            return False
        if not all(line in f"\n{row['search']}\n" for line in lines):
            return False
        within = (since is None or row["at"] >= since) and (until is None or row["at"] < until)
        return within and all(row[name] == value for name, value in equal) and matches(row)

    return fits
