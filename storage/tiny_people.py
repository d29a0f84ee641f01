"""Sign-ins, and who acts for whom, in a TinyDB store."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from banshi.storage.contract import StoredSession, StoredStandIn
from banshi.storage.schema import sessions, stand_ins
from banshi.storage.tiny_rows import Row, TinyPart, kept, micros


class TinySessions(TinyPart):
    """The verbs of `contract.SessionStore`."""

    def add_session(self, token_hash: str, person: str, expires: datetime, mark: str = "") -> None:
        """Keep a sign-in."""
        values = {"token_hash": token_hash, "person": person, "expires": expires, "mark": mark}
        self._base.run_transaction(lambda: self._base.insert(sessions, values))

    def session(self, token_hash: str) -> StoredSession | None:
        """A sign-in by the hash of its token, also when it has expired."""
        with self._base.reading():
            row = self._base.get(sessions, token_hash)
        return kept(StoredSession, sessions, row) if row else None

    def delete_session(self, token_hash: str) -> None:
        """Sign out; a session that is not there is no fault."""

        def forget() -> None:
            row = self._base.get(sessions, token_hash)
            self._base.delete(sessions, [row] if row else [])

        self._base.run_transaction(forget)

    def sessions(self) -> list[StoredSession]:
        """Every sign-in that is kept, by person, also those that have expired."""
        with self._base.reading():
            rows = self._base.find(sessions, lambda _: True)
        found = (kept(StoredSession, sessions, row) for row in rows)
        return sorted(found, key=lambda one: (one.person, one.expires, one.token_hash))

    def delete_sessions(self, person: str) -> int:
        """Sign a person out everywhere; how many sign-ins there were."""
        return self._base.run_transaction(
            lambda: self._base.delete(sessions, self._base.find(sessions, lambda row: row["person"] == person))
        )

    def delete_marked_sessions(self, mark: str) -> int:
        """End the sign-ins with a mark; how many there were. An empty mark is none's."""
        return self._base.run_transaction(
            lambda: self._base.delete(
                sessions, self._base.find(sessions, lambda row: bool(mark) and row["mark"] == mark)
            )
        )

    def purge_sessions(self, before: datetime) -> int:
        """Forget the sessions that expired before a time; how many."""
        until = micros(before)
        return self._base.run_transaction(
            lambda: self._base.delete(sessions, self._base.find(sessions, lambda row: row["expires"] < until))
        )


class TinyStandIns(TinyPart):
    """The verbs of `contract.StandInStore`."""

    def add_stand_in(self, stand_in: StoredStandIn) -> None:
        """Keep a time; one with an id that is known is left as it is."""

        def add() -> None:
            if self._base.get(stand_ins, stand_in.id) is None:
                self._base.insert(stand_ins, {**asdict(stand_in), "services": list(stand_in.services)})

        self._base.run_transaction(add)

    def end_stand_in(self, stand_in_id: str, at: datetime) -> None:
        """End a time early; one that was ended before, or is not there, is left as it is."""

        def end() -> None:
            row = self._base.get(stand_ins, stand_in_id)
            if row is not None and row["ended_at"] is None:
                self._base.change(stand_ins, row, {"ended_at": at})

        self._base.run_transaction(end)

    def stand_ins(self, *, person: str = "", stand_in: str = "", at: datetime | None = None) -> list[StoredStandIn]:
        """The times of a person, or of a stand-in, the last begun first; with `at` only those that hold then."""
        now = micros(at) if at is not None else None

        def fits(row: Row) -> bool:
            theirs = row["person"] == (person or row["person"]) and row["stand_in"] == (stand_in or row["stand_in"])
            return theirs and (now is None or (row["since"] <= now < row["until"] and row["ended_at"] is None))

        with self._base.reading():
            rows = self._base.find(stand_ins, fits)
        rows.sort(key=lambda row: (row["since"], row["id"]), reverse=True)
        return [kept(StoredStandIn, stand_ins, row) for row in rows]
