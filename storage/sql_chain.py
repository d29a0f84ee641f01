"""The chained log in a SQL store: written with every command, counted and read afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, insert, select, update

from banshi.storage.chain import LINK, NOTE, NewEntry, decision_body, event_body, links, row_of, rows_of
from banshi.storage.contract import StoredDecision, StoredEntry
from banshi.storage.schema import decisions, events, log_entries
from banshi.storage.sql_rows import Part

PORTION = 1_000
"""How many entries are counted or read at a time."""

_DECISION = [column.label(f"decided_{column.name}") for column in decisions.c if column.name != "search"]


class SqlChain(Part):
    """The verbs of `contract.ChainStore`."""

    def add_note(self, at: datetime, body: Mapping[str, Any]) -> None:
        """Write a note into the log's own chain."""

        def write(connection: Connection) -> None:
            (made,) = links("", _last(connection, ""), [NewEntry(kind=NOTE, at=at, body=body)])
            connection.execute(insert(log_entries).values(**row_of(made), body=body))

        self._database.run_transaction(write)

    def count_entries(self) -> int:
        """Give every entry that has none its position, in the order in which they were written; how many there are then."""
        while (found := self._database.run_transaction(_count)) is None:
            pass
        return found

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[StoredEntry]:
        """The entries at positions from `start`, and before `stop`, read in portions."""
        for row in self._counted(_with_bodies(), start, stop):
            yield _entry(row)

    def entry_hashes(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Their hashes."""
        for row in self._counted(select(log_entries.c.position, log_entries.c.hash), start, stop):
            yield bytes.fromhex(row.hash)

    def case_entries(self, case_id: str) -> list[StoredEntry]:
        """The entries of a case, in their order, counted or not."""
        query = _with_bodies().where(log_entries.c.case_id == case_id).order_by(log_entries.c.n)
        with self._database.reading() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def case_positions(self, case_id: str) -> list[int]:
        """The positions of the entries of a case (empty: the notes) that were counted."""
        here = select(log_entries.c.position).where(
            log_entries.c.case_id == case_id, log_entries.c.position.is_not(None)
        )
        with self._database.reading() as connection:
            return list(connection.execute(here.order_by(log_entries.c.position)).scalars())

    def _counted(self, query: Select[Any], start: int, stop: int | None) -> Iterator[Any]:
        at = log_entries.c.position
        while stop is None or start < stop:
            end = start + PORTION if stop is None else min(start + PORTION, stop)
            with self._database.reading() as connection:
                rows = connection.execute(query.where(at >= start, at < end).order_by(at)).all()
            yield from rows
            if not rows:
                return
            start = end


def chain(
    connection: Connection, case_id: str, new: Sequence[tuple[int, Any]], decided: Sequence[StoredDecision]
) -> None:
    """Write the entries of a command: of its events with their numbers, then of its decisions."""
    if rows := rows_of(case_id, _last(connection, case_id), new, decided):
        connection.execute(insert(log_entries), rows)


def _last(connection: Connection, case_id: str) -> tuple[int, str]:
    of_case = select(log_entries.c.n, log_entries.c.hash).where(log_entries.c.case_id == case_id)
    row = connection.execute(of_case.order_by(log_entries.c.n.desc()).limit(1)).first()
    return (row.n, row.hash) if row else (0, "")


def _count(connection: Connection) -> int | None:
    """Count a portion; how many entries have a position when none is left, else None."""
    waiting = select(log_entries.c.id).where(log_entries.c.position.is_(None)).order_by(log_entries.c.id)
    # Of two processes on one server the second waits here, is turned away, and looks again.
    ids = list(connection.execute(waiting.limit(PORTION).with_for_update()).scalars())
    first: int = connection.scalar(select(func.coalesce(func.max(log_entries.c.position) + 1, 0))) or 0
    if not ids:
        return first
    for position, id_ in enumerate(ids, first):
        connection.execute(update(log_entries).where(log_entries.c.id == id_).values(position=position))
    return None


def _with_bodies() -> Select[Any]:
    event = and_(events.c.case_id == log_entries.c.case_id, events.c.seq == log_entries.c.event_seq)
    told = (
        events.c.kind.label("event_kind"),
        events.c.actor.label("event_actor"),
        events.c.payload.label("event_payload"),
        *_DECISION,
    )
    query = select(*log_entries.c, *told).select_from(log_entries).outerjoin(events, event)
    return query.outerjoin(decisions, decisions.c.id == log_entries.c.decision_id)


def _entry(row: Any) -> StoredEntry:
    values = {name: getattr(row, name) for name in (*LINK, "parts", "event_seq", "decision_id")}
    values["position"] = -1 if row.position is None else row.position
    body = row.body
    if row.event_kind is not None:
        body = event_body(row.event_seq, row.event_kind, row.event_actor, row.event_payload)
    elif row.decision_id is not None and row.decided_kind is not None:
        body = decision_body(_Decided(row))
    return StoredEntry(**values, body=body)


class _Decided:
    """The columns of a decision in a joined row, by their own names."""

    def __init__(self, row: Any) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, f"decided_{name}")
