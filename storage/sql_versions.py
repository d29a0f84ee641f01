"""Published versions, sources and sign-ins in a SQL store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select

from banshi.storage.contract import StoredSession, StoredVersion, VersionMoved
from banshi.storage.schema import publications, sessions, sources, versions
from banshi.storage.sql_rows import Part, put, record

_SHORT = 12
"""Digits of a hash that are enough to name a version."""


class SqlVersions(Part):
    """The verbs of `contract.VersionStore`."""

    def add_version(
        self,
        *,
        service_id: str,
        sha256: str,
        file: str,
        workbook: bytes,
        origin: str,
        published_by: str,
        at: datetime,
        note: str = "",
        replaces: str | None = None,
        failing: str = "",
    ) -> StoredVersion:
        """Make a version the live one of its service. Its workbook is kept once; going live again is a line of its own."""
        new = StoredVersion(
            service_id=service_id,
            sha256=sha256,
            file=file,
            origin=origin,
            published_by=published_by,
            published_at=at,
            live=True,
            note=note,
            failing=failing,
        )

        def add(connection: Connection) -> StoredVersion:
            keep_workbook(connection, service_id, sha256, workbook)
            return make_live(connection, new, replaces)

        return self._database.run_transaction(add)

    def live_versions(self) -> list[StoredVersion]:
        """The live version of every service, by service id."""
        last = select(func.max(publications.c.id)).group_by(publications.c.service_id)
        query = select(publications).where(publications.c.id.in_(last)).order_by(publications.c.service_id)
        with self._database.reading() as connection:
            return [_published(row, live=True) for row in connection.execute(query)]

    def version(self, service_id: str, sha256: str) -> StoredVersion | None:
        """One version; `sha256` may be its first twelve or more digits."""
        found = [item for item in self.versions(service_id) if names_version(sha256, item)]
        return found[0] if len({item.sha256 for item in found}) == 1 else None

    def versions(self, service_id: str) -> list[StoredVersion]:
        """Every time that a version of a service went live, the last one first: that one is live."""
        query = select(publications).where(publications.c.service_id == service_id).order_by(publications.c.id.desc())
        with self._database.reading() as connection:
            return [_published(row, live=number == 0) for number, row in enumerate(connection.execute(query))]

    def workbook(self, service_id: str, sha256: str) -> bytes | None:
        """The workbook of a version, byte for byte; of one that is only planned by its whole hash."""
        version = self.version(service_id, sha256)
        with self._database.reading() as connection:
            here = _kept(service_id, version.sha256 if version else sha256)
            return connection.scalar(select(versions.c.workbook).where(*here))

    def count_publications(self) -> int:
        """How often versions went live in all."""
        with self._database.reading() as connection:
            return connection.scalar(select(func.count()).select_from(publications)) or 0

    def source_hash(self, path: str) -> str | None:
        """The hash that a file had when it was last read."""
        with self._database.reading() as connection:
            return connection.scalar(select(sources.c.sha256).where(sources.c.path == path))

    def set_source(self, path: str, sha256: str) -> None:
        """Remember the hash of a file that was read."""
        values = {"path": path, "sha256": sha256}
        self._database.run_transaction(lambda connection: put(connection, sources, values))


class SqlSessions(Part):
    """The verbs of `contract.SessionStore`."""

    def add_session(self, token_hash: str, person: str, expires: datetime, mark: str = "") -> None:
        """Keep a sign-in."""
        query = insert(sessions).values(token_hash=token_hash, person=person, expires=expires, mark=mark)
        self._database.run_transaction(lambda connection: connection.execute(query))

    def session(self, token_hash: str) -> StoredSession | None:
        """A sign-in by the hash of its token, also when it has expired."""
        with self._database.reading() as connection:
            row = connection.execute(select(sessions).where(sessions.c.token_hash == token_hash)).first()
        return record(StoredSession, row) if row else None

    def delete_session(self, token_hash: str) -> None:
        """Sign out; a session that is not there is no fault."""
        query = delete(sessions).where(sessions.c.token_hash == token_hash)
        self._database.run_transaction(lambda connection: connection.execute(query))

    def sessions(self) -> list[StoredSession]:
        """Every sign-in that is kept, by person, also those that have expired."""
        query = select(sessions).order_by(sessions.c.person, sessions.c.expires, sessions.c.token_hash)
        with self._database.reading() as connection:
            return [record(StoredSession, row) for row in connection.execute(query)]

    def delete_sessions(self, person: str) -> int:
        """Sign a person out everywhere; how many sign-ins there were."""
        query = delete(sessions).where(sessions.c.person == person)
        return self._database.run_transaction(lambda connection: connection.execute(query).rowcount)

    def delete_marked_sessions(self, mark: str) -> int:
        """End the sign-ins with a mark; how many there were. An empty mark is none's."""
        query = delete(sessions).where(sessions.c.mark == mark, sessions.c.mark != "")
        return self._database.run_transaction(lambda connection: connection.execute(query).rowcount)

    def purge_sessions(self, before: datetime) -> int:
        """Forget the sessions that expired before a time; how many."""
        query = delete(sessions).where(sessions.c.expires < before)
        return self._database.run_transaction(lambda connection: connection.execute(query).rowcount)


def names_version(digits: str, version: StoredVersion) -> bool:
    """Whether a hash, or its first twelve or more digits, is that of a version."""
    return digits == version.sha256 or (len(digits) >= _SHORT and version.sha256.startswith(digits))


def _published(row: Row[Any], *, live: bool) -> StoredVersion:
    return record(StoredVersion, {**row._mapping, "live": live})  # noqa: SLF001  (SQLAlchemy's public name for it)


def _kept(service_id: str, sha256: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return versions.c.service_id == service_id, versions.c.sha256 == sha256


def keep_workbook(connection: Connection, service_id: str, sha256: str, workbook: bytes) -> None:
    """Keep a workbook, once."""
    if connection.scalar(select(versions.c.sha256).where(*_kept(service_id, sha256))) is None:
        connection.execute(insert(versions).values(service_id=service_id, sha256=sha256, workbook=workbook))


def make_live(connection: Connection, new: StoredVersion, replaces: str | None) -> StoredVersion:
    """Add a line for a version that goes live, unless it is live already."""
    query = select(publications).where(publications.c.service_id == new.service_id)
    last = connection.execute(query.order_by(publications.c.id.desc()).limit(1)).first()
    if last is not None and last.sha256 == new.sha256:
        return _published(last, live=True)
    if replaces is not None and replaces != (last.sha256 if last else ""):
        raise VersionMoved(_published(last, live=True) if last else None)
    told = {column.name: getattr(new, column.name) for column in publications.c if column.name != "id"}
    connection.execute(insert(publications).values(**told))
    return replace(new, published_at=new.published_at.astimezone(UTC))  # as everybody else reads it
