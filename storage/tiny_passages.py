"""Personal passes in a TinyDB store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from banshi.storage.contract import StaleWrite
from banshi.storage.passages import HOLDER_LEFT, PassageFilter, StoredHolder, StoredPassage
from banshi.storage.schema import pass_holders, passages
from banshi.storage.tiny_rows import Row, TinyPart, kept


class TinyPassages(TinyPart):
    """The verbs of `passages.PassageStore`."""

    def holder(self, holder_id: str) -> StoredHolder | None:
        """A holder by her id."""
        with self._base.reading():
            row = self._base.get(pass_holders, holder_id)
        return kept(StoredHolder, pass_holders, row) if row else None

    def holder_of(self, service_id: str, name: str, person: str) -> StoredHolder | None:
        """The holder of a pass who is a person."""
        with self._base.reading():
            found = self._holders(service_id, name, person)
        return found[0] if found else None

    def add_holder(self, holder: StoredHolder) -> StoredHolder:
        """Keep a holder, unless the person holds that pass already; the one that is kept."""

        def add() -> StoredHolder:
            there = self._holders(holder.service_id, holder.name, holder.person)
            if not there:
                self._base.insert(pass_holders, asdict(holder))
            return there[0] if there else holder

        return self._base.run_transaction(add)

    def holders(self, service_id: str, name: str, *, inside: bool) -> list[StoredHolder]:
        """The holders who came in and have not left, or who went and are not back; whoever moved first first."""
        with self._base.reading():
            found = [one for one in self._holders(service_id, name) if one.inside == inside]
        moved = [(one.moved_at, one.id, one) for one in found if one.moved_at is not None]
        return [one for _, _, one in sorted(moved, key=lambda row: row[:2])]

    def passes_held(self) -> list[tuple[str, str]]:
        """The service and the name of every pass with passages."""
        with self._base.reading():
            return sorted({(row["service_id"], row["name"]) for row in self._base.find(passages)})

    def passage(self, passage_id: str) -> StoredPassage | None:
        """A passage by its id."""
        with self._base.reading():
            row = self._base.get(passages, passage_id)
        return kept(StoredPassage, passages, row) if row else None

    def pass_through(self, passage: StoredPassage, holder: StoredHolder) -> None:
        """Keep a passage, and what it leaves of its holder; StaleWrite where she moved since she was read."""

        def write() -> None:
            row = self._base.get(pass_holders, holder.id)
            if row is None or row["seq"] != holder.seq:
                raise StaleWrite(holder.seq)
            left = {name: getattr(holder, name) for name in HOLDER_LEFT}
            self._base.change(pass_holders, row, {"seq": holder.seq + 1, **left})
            self._base.insert(passages, asdict(passage))

        self._base.run_transaction(write)

    def iter_passages(self, which: PassageFilter) -> Iterator[StoredPassage]:
        """Passages, the first first."""
        with self._base.reading():
            rows = self._base.find(
                passages, lambda row: row["service_id"] == which.service_id and row["name"] == which.name
            )
        found = sorted((kept(StoredPassage, passages, row) for row in rows), key=lambda one: (one.at, one.id))
        for one in found:
            right = not which.person or one.person == which.person
            right = right and (not which.reasons or one.reason in which.reasons)
            if right and (not which.since or one.at >= which.since) and (not which.until or one.at < which.until):
                yield one

    def delete_passages(self, service_id: str, name: str, before: datetime) -> int:
        """Delete the passages of a pass before a moment, with the moment of holders who moved no more since; how many."""

        def old(row: Row) -> bool:
            return bool(row["service_id"] == service_id and row["name"] == name)

        def delete() -> int:
            for row in self._base.find(pass_holders, old):
                moved = kept(StoredHolder, pass_holders, row).moved_at
                if moved is not None and moved < before:
                    self._base.change(pass_holders, row, {"moved_at": None})
            gone = [one for one in self._base.find(passages, old) if kept(StoredPassage, passages, one).at < before]
            return self._base.delete(passages, gone)

        return self._base.run_transaction(delete)

    def forget_holder(self, person: str) -> int:
        """Delete everything of a person's passes; how many passages there were."""

        def forget() -> int:
            self._base.delete(pass_holders, self._base.find(pass_holders, lambda row: row["person"] == person))
            return self._base.delete(passages, self._base.find(passages, lambda row: row["person"] == person))

        return self._base.run_transaction(forget)

    def _holders(self, service_id: str, name: str, person: str = "") -> list[StoredHolder]:
        def fits(row: Row) -> bool:
            mine = row["service_id"] == service_id and row["name"] == name
            return bool(mine and (not person or row["person"] == person))

        return [kept(StoredHolder, pass_holders, row) for row in self._base.find(pass_holders, fits)]
