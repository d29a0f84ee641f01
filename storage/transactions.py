"""Connections and the one way to write: `run_transaction`, which tries again when other writers were in the way."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError

from banshi.storage.contract import StorageBusy, StorageError, StorageFull, StorageUnavailable
from banshi.storage.disk import room_left

T = TypeVar("T")
TRIES = 6
SERVER_TRIES = 24
"""How often a transaction is tried. A server has many writers at once, of whom SERIALIZABLE turns all but one away."""

BUSY_MS = 5_000
"""How long SQLite waits for another process's write before it gives up one try."""

PATIENCE = 10.0
"""Seconds that closing waits for readers and writers."""

_ALONE = 0x42616E736869
"""The advisory lock of PostgreSQL that one process at a time brings the tables up to date under."""

_RESTART_STATES = {"57P01", "57P02", "57P03"}  # PostgreSQL: shut down by an administrator, after a crash, starting up
_RETRY_STATES = {"40001", "40P01", "55P03"}  # PostgreSQL: serialization failure, deadlock, lock not available


class Database:
    """One database: its engine, and transactions on it."""

    def __init__(self, where: str | Path | URL) -> None:
        self.url = _url(where)
        database = self.url.database if self.url.get_backend_name() == "sqlite" else None
        self.file = Path(database) if database and database != ":memory:" else None
        self.name = self.file.name if self.file else self.url.render_as_string(hide_password=True)
        if self.file:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.engine = _engine(self.url)
        # SQLite has one writer at a time. Waiting for one's turn here is fair and wakes at once; SQLite's own waiting
        # sleeps and may starve a thread. Other processes are still met there.
        self._turn = threading.Lock() if self.url.get_backend_name() == "sqlite" else nullcontext()
        self._changed = threading.Condition()
        self._in_use = 0
        self._closed = False
        self._reached = False

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection, counted, so that closing can wait for those who are still at work."""
        with self._changed:
            if self._closed:
                raise StorageUnavailable(self.name, "it has been closed")
            self._in_use += 1
        try:
            with self._connection() as connection:
                yield connection
        finally:
            with self._changed:
                self._in_use -= 1
                self._changed.notify_all()

    def _connection(self) -> Connection:
        """A connection; a server that is being restarted is waited for, once it was there at all."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                connection = self.engine.connect()
            except DBAPIError as error:
                if not self._reached or not self._is_lost(error) or time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                self._reached = True
                return connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with: one consistent view, never waiting for a writer."""
        try:
            with self._connected() as connection:
                yield connection
        except DBAPIError as error:
            raise self.translate(error) from error

    @contextmanager
    def one_view(self) -> Iterator[Connection]:
        """A connection to read everything with, as it was at one moment, however long that takes."""
        try:
            with self._connected() as plain:
                if self.file is None and plain.dialect.name == "postgresql":
                    plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                with plain.begin():
                    yield plain
        except DBAPIError as error:
            raise self.translate(error) from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes that ask for the same waiting; for SQLite a write transaction does that by itself.

        The lock belongs to a connection of its own: a transaction that waited for it inside would see what was before.
        """
        if self.engine.dialect.name != "postgresql":
            yield
            return
        try:
            with self._connected() as plain:
                plain.execution_options(isolation_level="AUTOCOMMIT")
                plain.exec_driver_sql(f"SELECT pg_advisory_lock({_ALONE})")
                try:
                    yield
                finally:
                    plain.exec_driver_sql(f"SELECT pg_advisory_unlock({_ALONE})")
        except DBAPIError as error:
            raise self.translate(error) from error

    def run_transaction(self, work: Callable[[Connection], T], *, twice: bool = False) -> T:
        """Run `work` in one write transaction, again after a while when others were in the way.

        When the connection to a server is lost while it commits, nobody knows whether it did. `twice` says that `work`
        finds out, so that it may be run again then too.

        Raises:
            StorageBusy, StorageFull, StorageUnavailable: nothing was written (or, after such a loss, perhaps all of it).
        """
        for attempt in range(TRIES if self.file else SERVER_TRIES):
            finished = False
            try:
                with self._turn, self._connected() as plain:
                    connection = plain.execution_options(banshi_write=True)
                    with connection.begin():
                        result = work(connection)
                        finished = True
                    return result
            except DBAPIError as error:
                lost = self._is_lost(error) and self._reached and (twice or not finished)
                if not (lost or _worth_retrying(error)):
                    raise self.translate(error) from error
                last = error
            except StatementError as error:
                # A value that cannot be stored is the caller's mistake, told as what it is.
                raise error.orig or error from error
            time.sleep(random.uniform(0, 0.02 * 2 ** min(attempt, TRIES)))  # noqa: S311  (jitter, not a secret)
        if self._is_lost(last):
            raise self.translate(last) from last
        raise StorageBusy(self.name) from last

    def scrub(self, tables: Sequence[str]) -> None:
        """See to it that what was deleted or written over is not left in the database's own files."""
        if self.file is not None:
            with self._turn, self._connected() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        elif self.url.get_backend_name() != "sqlite":
            with self._connected() as connection:
                alone = connection.execution_options(isolation_level="AUTOCOMMIT")
                alone.execute(text("VACUUM " + ", ".join(tables)))

    def _is_lost(self, error: DBAPIError) -> bool:
        """Whether a server went away, or does not take connections: it is being restarted, most of the time."""
        if self.url.get_backend_name() == "sqlite":
            return False
        state = getattr(error.orig, "sqlstate", None)
        gone = state is None and isinstance(error, OperationalError)
        return error.connection_invalidated or gone or (state or "")[:2] == "08" or state in _RESTART_STATES

    def translate(self, error: DBAPIError) -> StorageError:
        """A driver's error as one of the contract's."""
        if _worth_retrying(error):
            return StorageBusy(self.name)
        code = _sqlite_code(error)
        full = code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and self.file and not room_left(self.file))
        if full or getattr(error.orig, "sqlstate", "") == "53100":
            return StorageFull(self.name)
        if isinstance(error, IntegrityError):
            return StorageError(f"{self.name} refused the write: {error.orig}")
        return StorageUnavailable(self.name, str(error.orig))

    def size(self) -> int:
        """Bytes on disk, the log of recent writes included; 0 where a server keeps them."""
        if self.file is None:
            return 0
        parts = (self.file, self.file.with_name(self.file.name + "-wal"))
        return sum(part.stat().st_size for part in parts if part.exists())

    def close(self) -> None:
        """Let go of every connection, after those who are at work have ended, or `PATIENCE`; nobody begins any more."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._in_use, PATIENCE)
        self.engine.dispose()


def is_open(file: Path) -> bool:
    """Whether another process has a SQLite file open; one that is no database is not."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=0.2)) as connection:
            # The log of writes is only done away with by whoever is alone.
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    except sqlite3.DatabaseError:
        return False
    return False


def others_connected(url: URL) -> bool:
    """Whether anybody else is connected to a database on a server. Raises StorageUnavailable."""
    count = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return bool(connection.scalar(count))
    except DBAPIError as error:
        raise StorageUnavailable(url.render_as_string(hide_password=True), str(error.orig)) from error


def _url(where: str | Path | URL) -> URL:
    if isinstance(where, URL):
        return where
    if isinstance(where, str) and "://" in where:
        return make_url(where)
    return URL.create("sqlite", database=str(where))


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, isolation_level="SERIALIZABLE", pool_pre_ping=True, hide_parameters=True)
    settings = {"check_same_thread": False, "timeout": BUSY_MS / 1000}
    engine = create_engine(url, connect_args=settings, hide_parameters=True)  # errors are logged, answers are private
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves; the driver's own habit begins them too late
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "secure_delete = ON",  # what is deleted or written over is written over with zeros
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE takes the write lock before anything is read, so that what a command saw cannot change under it.
    write = connection.get_execution_options().get("banshi_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _sqlite_code(error: DBAPIError) -> int:
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF


def _worth_retrying(error: DBAPIError) -> bool:
    if isinstance(error, OperationalError) and _sqlite_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return True
    return getattr(error.orig, "sqlstate", "") in _RETRY_STATES
