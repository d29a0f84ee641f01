"""Published versions, sources and sign-ins in a SQL store."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from banshi.storage.contract import StoredSession, StoredVersion
from banshi.storage.schema import sessions, sources, versions
from banshi.storage.sql_rows import Part, put, record

_WITHOUT_WORKBOOK = [column for column in versions.c if column.name != "workbook"]
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
        live: bool = True,
    ) -> StoredVersion:
        """Keep a version once per (service, hash). `live` makes it the live one, and no other of the service."""
        new = StoredVersion(
            service_id=service_id,
            sha256=sha256,
            file=file,
            origin=origin,
            published_by=published_by,
            published_at=at,
            live=live,
        )
        return self._database.run_transaction(lambda connection: _add(connection, new, workbook))

    def live_versions(self) -> list[StoredVersion]:
        """The live version of every service, by service id."""
        query = select(*_WITHOUT_WORKBOOK).where(versions.c.live).order_by(versions.c.service_id)
        with self._database.reading() as connection:
            return [record(StoredVersion, row) for row in connection.execute(query)]

    def version(self, service_id: str, sha256: str) -> StoredVersion | None:
        """One version; `sha256` may be its first twelve or more digits."""
        found = [item for item in self.versions(service_id) if _names(sha256, item)]
        return found[0] if len(found) == 1 else None

    def versions(self, service_id: str) -> list[StoredVersion]:
        """All versions of a service, newest first."""
        query = select(*_WITHOUT_WORKBOOK).where(versions.c.service_id == service_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(versions.c.published_at.desc(), versions.c.sha256))
            return [record(StoredVersion, row) for row in rows]

    def workbook(self, service_id: str, sha256: str) -> bytes | None:
        """The workbook of a version, byte for byte."""
        version = self.version(service_id, sha256)
        if version is None:
            return None
        with self._database.reading() as connection:
            here = (versions.c.service_id == service_id, versions.c.sha256 == version.sha256)
            return connection.scalar(select(versions.c.workbook).where(*here))

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

    def add_session(self, token_hash: str, person: str, expires: datetime) -> None:
        """Keep a sign-in."""
        query = insert(sessions).values(token_hash=token_hash, person=person, expires=expires)
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

    def purge_sessions(self, before: datetime) -> int:
        """Forget the sessions that expired before a time; how many."""
        query = delete(sessions).where(sessions.c.expires < before)
        return self._database.run_transaction(lambda connection: connection.execute(query).rowcount)


def _names(digits: str, version: StoredVersion) -> bool:
    return digits == version.sha256 or (len(digits) >= _SHORT and version.sha256.startswith(digits))


def _add(connection: Connection, new: StoredVersion, workbook: bytes) -> StoredVersion:
    here = (versions.c.service_id == new.service_id) & (versions.c.sha256 == new.sha256)
    if new.live:
        # First no version is live, then this one: the index that allows one live version a service is never broken.
        connection.execute(update(versions).where(versions.c.service_id == new.service_id).values(live=False))
    known = connection.execute(select(*_WITHOUT_WORKBOOK).where(here)).first()
    if known is None:
        values = {column.name: getattr(new, column.name) for column in _WITHOUT_WORKBOOK}
        connection.execute(insert(versions).values(**values, workbook=workbook))
    elif new.live:
        connection.execute(update(versions).where(here).values(live=True))
    return record(StoredVersion, connection.execute(select(*_WITHOUT_WORKBOOK).where(here)).one())
