"""Passes in a TinyDB store."""

from __future__ import annotations

from banshi.storage.contract import Change
from banshi.storage.passes import PASS_LEFT, PassFilter, StoredPass
from banshi.storage.schema import passes
from banshi.storage.sql_rows import columns
from banshi.storage.tiny_rows import Row, TinyDatabase, TinyPart, kept


class TinyPasses(TinyPart):
    """The verbs of `passes.PassStore`."""

    def pass_of(self, pass_id: str) -> StoredPass | None:
        """A pass by its id."""
        with self._base.reading():
            row = self._base.get(passes, pass_id)
        return kept(StoredPass, passes, row) if row else None

    def passes(self, which: PassFilter) -> list[StoredPass]:
        """Passes, the first given first."""

        def fits(row: Row) -> bool:
            equal = (("case_id", which.case_id), ("person", which.person))
            right = all(not wanted or row[name] == wanted for name, wanted in equal)
            return right and (not which.states or row["state"] in which.states)

        with self._base.reading():
            rows = sorted(self._base.find(passes, fits), key=lambda row: (row["given_at"], row["name"], row["id"]))
        return [kept(StoredPass, passes, row) for row in rows]


def write_passes(base: TinyDatabase, case_id: str, change: Change) -> None:
    """The passes that a change gives, and what it leaves of others of its case."""
    base.insert(passes, *(columns(one) for one in change.passes))
    for one in change.passes_left:
        row = base.get(passes, one.id)
        if row is not None and row["case_id"] == case_id:
            base.change(passes, row, {name: getattr(one, name) for name in PASS_LEFT})
