"""Timers in a TinyDB store: taken by one thread at a time, ended in the transaction that does what they are for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from banshi.storage.contract import Change, StoredTimer
from banshi.storage.schema import timers
from banshi.storage.sql_timers import FIRST_WAIT, LONGEST_WAIT
from banshi.storage.tiny_rows import Row, TinyDatabase, TinyPart, is_free, kept, micros


class TinyTimers(TinyPart):
    """The verbs of `contract.TimerStore`."""

    def take_timers(self, now: datetime, *, limit: int = 20) -> list[StoredTimer]:
        """Timers that are due, in the order of their instants, for the caller alone."""
        with self._base.reading():
            if not _due(self._base, now, 1):
                return []
        return self._base.run_transaction(lambda: _take(self._base, now, limit))

    def drop_timer(self, timer_id: str) -> None:
        """End a timer that has nothing left to do."""
        self._base.run_transaction(lambda: _end(self._base, [timer_id]))

    def timers(self, case_id: str) -> list[StoredTimer]:
        """The timers of a case, in the order of their instants."""
        with self._base.reading():
            rows = self._base.find(timers, lambda row: row["case_id"] == case_id)
        return [kept(StoredTimer, timers, row) for row in sorted(rows, key=_order)]


def set_timers(base: TinyDatabase, change: Change) -> None:
    """End the timers that a change ends, and set those that it sets."""
    _end(base, change.timers_gone)
    for timer in change.timers:
        values = {"id": timer.id, "case_id": timer.case_id, "step_id": timer.step_id, "round": timer.round}
        base.put(timers, {**values, "k": timer.k, "at": timer.at, "free_at": timer.at, "tries": 0})


def _due(base: TinyDatabase, now: datetime, limit: int) -> list[Row]:
    due = base.find(timers, lambda row: row["at"] <= micros(now) and is_free(row, now))
    return sorted(due, key=_order)[:limit]


def _take(base: TinyDatabase, now: datetime, limit: int) -> list[StoredTimer]:
    rows = _due(base, now, limit)
    for row in rows:
        wait = min(FIRST_WAIT * 2 ** min(row["tries"], 10), LONGEST_WAIT)
        base.change(timers, row, {"free_at": now + wait, "taken_at": now, "tries": row["tries"] + 1})
    return [kept(StoredTimer, timers, row) for row in rows]


def _end(base: TinyDatabase, ids: Sequence[str]) -> None:
    found = [row for name in ids if (row := base.get(timers, name)) is not None]
    base.delete(timers, found)


def _order(row: Row) -> tuple[int, str]:
    return row["at"], row["id"]
