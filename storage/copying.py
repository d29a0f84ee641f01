"""From one store into another: everything, compared row by row, so that what broke off goes on where it was.

Both stores give their rows in the order of their keys. Walking through both at once tells what is missing, what is
different and what is too much; copying writes that, and checking finds none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table

from banshi.storage.bare import TABLES, UNFINISHED, key_of
from banshi.storage.contract import CopyStore, Snapshot, StorageError, Store
from banshi.storage.schema import log_entries

PORTION = 1_000
"""Rows that are written in one transaction."""
_ROOM = 8 * 1024 * 1024
"""Characters of a portion: workbooks are large."""

Row = tuple[Any, ...]
Told = Callable[[str, int, int], None]
"""Is told a table, how many of its rows are done, and how many there are."""


class NotEmpty(StorageError):
    """There is something in the store that is to be copied into."""

    def __init__(self, rows: int) -> None:
        super().__init__(f"The target is not empty: it has {rows} rows.")
        self.rows = rows


class OtherCopy(StorageError):
    """A copy from elsewhere into this store was not finished."""

    def __init__(self) -> None:
        super().__init__("A copy of another store into this one was begun and not finished.")


class NotTheSame(StorageError):
    """After copying, the stores differ; `where` is the first table that does."""

    def __init__(self, where: str, rows: int) -> None:
        super().__init__(f"{rows} rows of {where} are different after copying: the source was written to meanwhile.")
        self.where = where
        self.rows = rows


@dataclass(slots=True)
class _Portion:
    """What is to be written to a table next."""

    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    gone: list[Row] = field(default_factory=list)
    size: int = 0

    def add(self, kind: str, row: Row) -> None:
        getattr(self, kind).append(row)
        self.size += sum(len(value) for value in row if isinstance(value, str | bytes))

    @property
    def full(self) -> bool:
        return len(self.new) + len(self.changed) + len(self.gone) >= PORTION or self.size >= _ROOM


def unfinished(store: Store) -> str:
    """What is being copied into a store and is not all there yet; empty for a whole store."""
    return store.source_hash(UNFINISHED) or ""


def copy_everything(source: CopyStore, target: Store, name: str, told: Told) -> dict[str, int]:
    """Copy everything into an empty store, or go on with that; how many rows of which table.

    `name` tells this copy from others: it goes on only with what it has begun itself.

    Raises:
        NotEmpty, OtherCopy: nothing was written.
        NotTheSame: the source has changed meanwhile; the same once more goes on.
        StorageError: it broke off; the same once more goes on.
    """
    begun = unfinished(target)
    if begun and begun != name:
        raise OtherCopy
    if not begun:
        with target.snapshot() as there:
            # A new store has the note that its log begins with.
            if rows := sum(there.count(table.name) for table in TABLES if table is not log_entries):
                raise NotEmpty(rows)
        target.set_source(UNFINISHED, name)
    with source.snapshot() as here:
        for table in TABLES:
            _copy_table(here, target, table, told)
    with source.snapshot() as here, target.snapshot() as there:
        counts = check(here, there, told)
    target.set_source(UNFINISHED, "")
    return counts


def check(here: Snapshot, there: Snapshot, told: Told) -> dict[str, int]:
    """Compare everything, content and count; how many rows of which table. Raises NotTheSame."""
    counts = {}
    for table in TABLES:
        total = here.count(table.name)
        if different := sum(1 for _ in differences(table, here.rows(table.name), there.rows(table.name))):
            raise NotTheSame(table.name, different)
        if there.count(table.name) != total:
            raise NotTheSame(table.name, abs(there.count(table.name) - total))
        counts[table.name] = total
        told(table.name, total, total)
    return counts


def differences(table: Table, here: Iterator[Row], there: Iterator[Row]) -> Iterator[tuple[str, Row]]:
    """What would have to be done `there` for it to be as it is `here`: `new`, `changed` or `gone`, and the row."""
    ours, theirs = next(here, None), next(there, None)
    while ours is not None or theirs is not None:
        if theirs is None or (ours is not None and key_of(table, ours) < key_of(table, theirs)):
            assert ours is not None
            yield "new", ours
            ours = next(here, None)
        elif ours is None or key_of(table, ours) > key_of(table, theirs):
            yield "gone", theirs
            theirs = next(there, None)
        else:
            if ours != theirs:
                yield "changed", ours
            ours, theirs = next(here, None), next(there, None)


def _copy_table(here: Snapshot, target: Store, table: Table, told: Told) -> None:
    total, done, portion = here.count(table.name), 0, _Portion()
    told(table.name, 0, total)

    def counted() -> Iterator[Row]:
        nonlocal done
        for row in here.rows(table.name):
            done += 1
            yield row

    with target.snapshot() as there:
        for kind, row in differences(table, counted(), there.rows(table.name)):
            portion.add(kind, row)
            if portion.full:
                target.write_rows(table.name, portion.new, portion.changed, portion.gone)
                told(table.name, done, total)
                portion = _Portion()
    target.write_rows(table.name, portion.new, portion.changed, portion.gone)
    told(table.name, total, total)
