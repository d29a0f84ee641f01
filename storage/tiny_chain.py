"""The chained log in a TinyDB store: written with every command, counted and read afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from banshi.storage import new_id
from banshi.storage.bare import raised
from banshi.storage.chain import FORMAT, LINK, NOTE, NewEntry, decision_body, event_body, links, row_of, rows_of
from banshi.storage.contract import StoredDecision, StoredEntry, StoredEvent
from banshi.storage.schema import decisions, events, log_entries
from banshi.storage.tiny_rows import Row, TinyDatabase, TinyPart, kept


class TinyChain(TinyPart):
    """The verbs of `contract.ChainStore`."""

    def add_note(self, at: datetime, body: Mapping[str, Any]) -> None:
        """Write a note into the log's own chain."""
        self._base.run_transaction(lambda: _note(self._base, at, body))

    def count_entries(self) -> int:
        """Give every entry that has none its position, in the order in which they were written; how many there are then."""

        def count() -> int:
            rows = sorted(self._base.find(log_entries), key=lambda row: row["id"])
            counted = sum(row["position"] is not None for row in rows)
            for row in rows:
                if row["position"] is None:
                    self._base.change(log_entries, row, {"position": counted})
                    counted += 1
            return counted

        return self._base.run_transaction(count)

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[StoredEntry]:
        """The entries at positions from `start`, and before `stop`."""
        with self._base.reading():
            found = [_entry(self._base, row) for row in self._counted(start, stop)]
        yield from found

    def entry_hashes(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Their hashes."""
        with self._base.reading():
            found = [bytes.fromhex(row["hash"]) for row in self._counted(start, stop)]
        yield from found

    def case_entries(self, case_id: str) -> list[StoredEntry]:
        """The entries of a case, in their order, counted or not."""
        with self._base.reading():
            rows = self._base.find(log_entries, lambda row: row["case_id"] == case_id)
            return [_entry(self._base, row) for row in sorted(rows, key=lambda row: row["n"])]

    def case_positions(self, case_id: str) -> list[int]:
        """The positions of the entries of a case (empty: the notes) that were counted."""
        with self._base.reading():
            rows = self._base.find(log_entries, lambda row: row["case_id"] == case_id and row["position"] is not None)
        return sorted(row["position"] for row in rows)

    def _counted(self, start: int, stop: int | None) -> list[Row]:
        def lies(row: Row) -> bool:
            at = row["position"]
            return at is not None and start <= at and (stop is None or at < stop)

        return sorted(self._base.find(log_entries, lies), key=lambda row: row["position"])


def begin(base: TinyDatabase, at: datetime) -> None:
    """The note that a new log begins with; in a transaction."""
    _note(base, at, {"note": "begun", "format": FORMAT, "hall": new_id()})


def chain(base: TinyDatabase, case_id: str, new: Sequence[tuple[int, Any]], decided: Sequence[StoredDecision]) -> None:
    """Write the entries of a command: of its events with their numbers, then of its decisions."""
    for row in rows_of(case_id, _last(base, case_id), new, decided):
        base.insert(log_entries, row)


def _note(base: TinyDatabase, at: datetime, body: Mapping[str, Any]) -> None:
    (made,) = links("", _last(base, ""), [NewEntry(kind=NOTE, at=at, body=body)])
    base.insert(log_entries, {**row_of(made), "body": body})


def _last(base: TinyDatabase, case_id: str) -> tuple[int, str]:
    rows = base.find(log_entries, lambda row: row["case_id"] == case_id)
    return max(((row["n"], row["hash"]) for row in rows), default=(0, ""))


def _entry(base: TinyDatabase, row: Row) -> StoredEntry:
    values = raised(log_entries, row)
    body = values["body"]
    if (seq := values["event_seq"]) is not None and (event := base.get(events, values["case_id"], seq)) is not None:
        told = kept(StoredEvent, events, event)
        body = event_body(seq, told.kind, told.actor, told.payload)
    elif (name := values["decision_id"]) is not None and (decided := base.get(decisions, name)) is not None:
        body = decision_body(kept(StoredDecision, decisions, decided))
    columns = {name: values[name] for name in (*LINK, "parts", "event_seq", "decision_id")}
    return StoredEntry(**columns, position=-1 if values["position"] is None else values["position"], body=body)
