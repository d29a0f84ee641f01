"""The outbox in a TinyDB store: written with the command, taken by one thread at a time, settled by whoever took it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from banshi.storage.bare import raised
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
from banshi.storage.schema import outbox
from banshi.storage.tiny_rows import Row, TinyDatabase, TinyPart, is_free, kept, micros, page_of

_NAMES = tuple(StoredMessage.__dataclass_fields__)


class TinyOutbox(TinyPart):
    """The verbs of `contract.OutboxStore`."""

    def take_messages(self, now: datetime, lease: timedelta, *, limit: int = 20) -> list[StoredMessage]:
        """Messages that wait and may be sent, for the caller alone for as long as the lease."""
        with self._base.reading():
            if not _free(self._base, now, 1):
                return []
        return self._base.run_transaction(lambda: _take(self._base, now, lease, limit))

    def settle_message(self, message: StoredMessage) -> bool:
        """Write what came of a message that was taken; whether it was still its taker's."""
        values = {name: getattr(message, name) for name in ("state", "free_at", "done_at", "why")}

        def settle() -> bool:
            row = self._base.get(outbox, message.key)
            if row is None or row["state"] != WAITING or (message.state != SENT and row["tries"] != message.tries):
                return False
            self._base.change(outbox, row, {**values, "taken_at": None})
            return True

        return self._base.run_transaction(settle)

    def send_again(self, key: str, at: datetime) -> bool:
        """Let a message that was given up wait again, with no tries."""

        def again() -> bool:
            row = self._base.get(outbox, key)
            if row is None or row["state"] != FAILED:
                return False
            self._base.change(outbox, row, {"state": WAITING, "free_at": at, "tries": 0, "done_at": None})
            return True

        return self._base.run_transaction(again)

    def read_messages(self, person: str, keys: Sequence[str], at: datetime) -> int:
        """Mark messages in a person's inbox as read, all of them without keys; how many were not."""

        def mine(row: Row) -> bool:
            there = (row["channel"], row["target"], row["state"]) == (INBOX, person, UNREAD)
            return there and (not keys or row["key"] in keys)

        def read() -> int:
            rows = self._base.find(outbox, mine)
            for row in rows:
                self._base.change(outbox, row, {"state": READ, "done_at": at})
            return len(rows)

        return self._base.run_transaction(read)

    def message(self, key: str) -> StoredMessage | None:
        """A message by its key."""
        with self._base.reading():
            row = self._base.get(outbox, key)
        return kept(StoredMessage, outbox, row) if row else None

    def messages(self, which: MessageFilter, *, page: int = 1, size: int = 20) -> tuple[list[StoredMessage], int]:
        """One page of messages, the last made first, and how many there are in all."""

        def fits(row: Row) -> bool:
            equal = (("channel", which.channel), ("target", which.target), ("case_id", which.case_id))
            among = (("state", which.states), ("service_id", which.services))
            return all(not wanted or row[name] == wanted for name, wanted in equal) and all(
                not several or row[name] in several for name, several in among
            )

        with self._base.reading():
            rows = sorted(self._base.find(outbox, fits), key=lambda row: (-row["made_at"], row["key"]))
        return [kept(StoredMessage, outbox, row) for row in page_of(rows, page, size)], len(rows)

    def count_messages(self, late: datetime, services: Sequence[str] = ()) -> list[MessageCount]:
        """How many there are of each channel and state, and how many of those are late."""
        with self._base.reading():
            rows = self._base.find(outbox, lambda row: not services or row["service_id"] in services)
        groups = Counter((row["channel"], row["state"]) for row in rows)
        waits = Counter(
            (row["channel"], row["state"])
            for row in rows
            if row["state"] == WAITING and (row["tries"] > 0 or row["free_at"] < micros(late))
        )
        return [MessageCount(*group, count, waits[group]) for group, count in sorted(groups.items())]

    def purge_messages(self, sent_before: datetime, inbox_before: datetime, *, limit: int = 500) -> int:
        """Delete a portion of what was sent, and of what was put into inboxes, before a time; how many messages."""

        def is_old(row: Row) -> bool:
            if row["state"] == SENT:
                return row["done_at"] is not None and bool(row["done_at"] < micros(sent_before))
            mine = row["channel"] == INBOX and row["state"] in (READ, UNREAD)
            return mine and bool(row["made_at"] < micros(inbox_before))

        def purge() -> int:
            rows = self._base.find(outbox, is_old)[:limit]
            once = [row for row in rows if raised(outbox, row)["content"].get("once")]
            self._base.delete(outbox, [row for row in rows if row not in once])
            for row in once:
                self._base.change(outbox, row, {"state": GONE, "content": {}, "why": {}})
            return len(rows)

        return self._base.run_transaction(purge)

    def post_messages(self, messages: Sequence[StoredMessage]) -> int:
        """Write messages of no case; of those with a key that is there the first stays. How many were written."""

        def post() -> int:
            new = [message for message in messages if self._base.get(outbox, message.key) is None]
            add_messages(self._base, new)
            return len(new)

        return self._base.run_transaction(post)


def add_messages(base: TinyDatabase, messages: Sequence[StoredMessage]) -> None:
    """Write messages; of those with a key that is there the first stays."""
    for message in messages:
        if base.get(outbox, message.key) is None:
            base.insert(outbox, {name: getattr(message, name) for name in _NAMES})


def _free(base: TinyDatabase, now: datetime, limit: int) -> list[Row]:
    waiting = base.find(outbox, lambda row: row["state"] == WAITING and is_free(row, now))
    return sorted(waiting, key=lambda row: (row["free_at"], row["made_at"], row["key"]))[:limit]


def _take(base: TinyDatabase, now: datetime, lease: timedelta, limit: int) -> list[StoredMessage]:
    taken = []
    for row in _free(base, now, limit):
        base.change(outbox, row, {"free_at": now + lease, "taken_at": now, "tries": row["tries"] + 1})
        now_kept = base.get(outbox, row["key"])
        assert now_kept is not None
        taken.append(kept(StoredMessage, outbox, now_kept))
    return taken
