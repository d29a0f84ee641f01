"""Personal data in a TinyDB store: looks at them, and deleting them for good."""

from __future__ import annotations

from datetime import datetime

from banshi.storage.bare import raised
from banshi.storage.contract import FAILED, WAITING, Change, StoredAttachment, StoredEvent
from banshi.storage.schema import attachments, commands, decisions, drafts, events, log_entries, outbox
from banshi.storage.sql_rows import columns
from banshi.storage.tiny_rows import Row, TinyDatabase, TinyPart, kept, micros, page_of


class TinyPrivacy(TinyPart):
    """The verbs of `contract.PrivacyStore`."""

    def privacy_events(self, *, page: int = 1, size: int = 20) -> tuple[list[StoredEvent], int]:
        """One page of looks and deletions, newest first, and how many there are in all."""
        with self._base.reading():
            rows = self._base.find(events, lambda row: row["kind"] in ("looked", "erased"))
        rows = sorted(rows, key=lambda row: (row["at"], row["case_id"], row["seq"]), reverse=True)
        return [kept(StoredEvent, events, row) for row in page_of(rows, page, size)], len(rows)

    def delete_drafts(self, service_id: str, before: datetime) -> int:
        """Forget the drafts of a service that were last saved before a time; how many."""

        def delete() -> int:
            def old(row: Row) -> bool:
                return bool(row["service_id"] == service_id and row["saved_at"] < micros(before))

            return self._base.delete(drafts, self._base.find(drafts, old))

        return self._base.run_transaction(delete)

    def case_attachments(self, case_id: str) -> list[StoredAttachment]:
        """The files that belong to a case, the first attached first."""
        with self._base.reading():
            rows = self._base.find(attachments, lambda row: row["case_id"] == case_id)
        return [
            kept(StoredAttachment, attachments, row) for row in sorted(rows, key=lambda row: (row["at"], row["id"]))
        ]

    def scrub(self) -> None:
        """Nothing: the file is replaced as a whole with every command."""


def erase(base: TinyDatabase, case_id: str, change: Change) -> None:
    """What a change deletes of the entries, the files and the messages of its case."""
    files = (base.get(attachments, name) for name in change.attachments_gone)
    base.delete(attachments, [row for row in files if row is not None and row["case_id"] == case_id])
    for message in change.messages_left:
        row = base.get(outbox, message.key)
        if row is not None and row["case_id"] == case_id:
            given_up = {"state": FAILED, "done_at": message.done_at, "taken_at": None}
            gone = given_up if (message.state, row["state"]) == (FAILED, WAITING) else {}
            base.change(outbox, row, {"content": message.content, "why": message.why, **gone})
    if not change.erased:
        return
    entries = {row["n"]: row for row in base.find(log_entries, lambda row: row["case_id"] == case_id)}
    for one in change.erased:
        base.change(log_entries, entries[one.n], {"salt": "", "parts": one.parts})
        if one.event is not None and (row := base.get(events, case_id, one.event.seq)) is not None:
            base.change(events, row, {"payload": one.event.payload})
        if one.decision is not None:
            base.put(decisions, columns(one.decision))
    for row in base.find(commands, lambda row: row["case_id"] == case_id):
        answer = raised(commands, row)["answer"]
        base.change(commands, row, {"answer": {key: value for key, value in answer.items() if key != "digest"}})
