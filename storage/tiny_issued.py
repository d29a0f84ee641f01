"""What the platform has given to people who fill forms in, in a TinyDB store."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from banshi.storage.contract import MOST_ISSUED
from banshi.storage.schema import issued
from banshi.storage.tiny_rows import Row, TinyDatabase, TinyPart


class TinyIssued(TinyPart):
    """The verbs of `contract.IssuedStore`."""

    def issue(self, person: str, scope: str, marks: Collection[str], at: datetime) -> None:
        """Remember that values were given; of more than `MOST_ISSUED` the oldest are forgotten."""

        def write() -> None:
            known = sorted(_of(self._base, person, scope), key=lambda row: (-row["at"], row["mark"]))
            new = sorted(set(marks) - {row["mark"] for row in known})[:MOST_ISSUED]
            self._base.insert(issued, *({"person": person, "scope": scope, "mark": mark, "at": at} for mark in new))
            self._base.delete(issued, known[MOST_ISSUED - len(new) :])

        self._base.run_transaction(write)

    def issued(self, person: str, scope: str) -> frozenset[str]:
        """The marks of the values that a person was given for a form."""
        with self._base.reading():
            return frozenset(row["mark"] for row in _of(self._base, person, scope))


def forget_issued(base: TinyDatabase, person: str, scope: str) -> None:
    """The form was sent or thrown away: what was given for it counts no more."""
    base.delete(issued, _of(base, person, scope))


def _of(base: TinyDatabase, person: str, scope: str) -> list[Row]:
    return base.find(issued, lambda row: row["person"] == person and row["scope"] == scope)
