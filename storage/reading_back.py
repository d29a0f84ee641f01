"""The histories of all cases with what is stored of them, side by side, out of one snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Table

from banshi.storage.bare import raised
from banshi.storage.contract import Snapshot, StoredCase, StoredEvent, StoredTask
from banshi.storage.schema import cases, events, tasks
from banshi.storage.sql_rows import record

R = TypeVar("R")


def histories(snapshot: Snapshot) -> Iterator[tuple[str, Sequence[StoredEvent], StoredCase | None]]:
    """By the id of a case its events, oldest first, and its projection; none of either where there is none."""
    told = (_as(StoredEvent, events, row) for row in snapshot.rows(events.name))
    by_case = ((case_id, list(group)) for case_id, group in groupby(told, lambda event: event.case_id))
    stored = (_as(StoredCase, cases, row) for row in snapshot.rows(cases.name))
    history, case = next(by_case, None), next(stored, None)
    while history is not None or case is not None:
        if case is None or (history is not None and history[0] < case.id):
            assert history is not None
            yield history[0], history[1], None
            history = next(by_case, None)
        elif history is None or case.id < history[0]:
            yield case.id, (), case
            case = next(stored, None)
        else:
            yield case.id, history[1], case
            history, case = next(by_case, None), next(stored, None)


def tasks_of(snapshot: Snapshot, case_id: str) -> list[StoredTask]:
    """The tasks of a case, also of one that has no projection, which no list would show."""
    where = tasks.columns.keys().index("case_id")
    return [_as(StoredTask, tasks, row) for row in snapshot.rows(tasks.name) if row[where] == case_id]


def _as(kind: type[R], table: Table, row: Sequence[Any]) -> R:
    return record(kind, raised(table, dict(zip(table.columns.keys(), row, strict=True))))
