"""What lies under a TinyDB store: all tables in memory, changed in transactions; a file that is replaced as a whole.

TinyDB's own storage writes into the file in place, so that a killed process leaves half of it. This one writes a new
file beside, brings it to the disk, and renames it. One process has the file at a time, one thread writes at a time, and
readers keep the tables that they began with: whoever writes puts changed copies in their place.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import orjson
from tinydb import Storage

from banshi.storage.contract import StorageFull, StorageUnavailable, StoreInUse
from banshi.storage.disk import is_full, sync_folder

T = TypeVar("T")
Tables = dict[str, dict[str, dict[str, Any]]]


class TinyFile(Storage):
    """The storage of a TinyDB: in memory, or in a file (`path`) that is replaced at the end of every transaction."""

    def __init__(self, path: Path | None = None) -> None:
        """Open it.

        Raises:
            StorageUnavailable: another process has the file, or it is no such file.
        """
        self.path = path
        self.name = path.name if path else "memory"
        self._kept: Tables = {}
        self._seen = threading.local()
        self._turn = threading.Lock()
        self._closed = False
        self._lock: IO[bytes] | None = None
        if path is not None:
            with self._told():
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._lock = self._locked(path)
                self._part(path).unlink(missing_ok=True)
            try:
                self._kept = self._loaded(path)
            except BaseException:
                self.close()
                raise

    def read(self) -> Tables:
        """The tables that this thread sees; what is put into the outer mapping is seen by nobody else."""
        view: Tables | None = getattr(self._seen, "view", None)
        return dict(self._kept if view is None else view)

    def write(self, data: Tables) -> None:
        """Put tables in the place of those that this thread sees; it has to be in a transaction."""
        if not getattr(self._seen, "writes", False):
            raise RuntimeError("A TinyDB store is written to in transactions only.")
        self._seen.view = data

    def reading(self) -> AbstractContextManager[None]:
        """One view of all tables, whatever others write meanwhile."""
        view: Tables | None = getattr(self._seen, "view", None)
        return self._looking_at(self._kept if view is None else view)

    @contextmanager
    def _looking_at(self, tables: Tables) -> Iterator[None]:
        if self._closed:
            raise StorageUnavailable(self.name, "it has been closed")
        before: Tables | None = getattr(self._seen, "view", None)
        self._seen.view = tables
        try:
            yield
        finally:
            self._seen.view = before

    def run_transaction(self, work: Callable[[], T]) -> T:
        """Run `work`; what it wrote is kept at its end, as a whole or, if anything fails, not at all.

        Raises:
            StorageFull, StorageUnavailable: nothing was written.
        """
        with self._turn, self._looking_at(self._kept):
            self._seen.writes = True
            try:
                result = work()
                written: Tables = self._seen.view
                if written is not self._kept:
                    self._save(written)
                return result
            finally:
                self._seen.writes = False

    def size(self) -> int:
        """Bytes of the file; 0 in memory."""
        return self.path.stat().st_size if self.path and self.path.exists() else 0

    def close(self) -> None:
        """Let the file go, after a transaction that is under way."""
        with self._turn:
            self._closed = True
            if self._lock is not None:
                self._lock.close()
                self._lock = None

    def _locked(self, path: Path) -> IO[bytes]:
        lock = path.with_name(path.name + ".lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise StoreInUse(self.name) from error
        return lock

    def _loaded(self, path: Path) -> Tables:
        with self._told():
            if not path.exists():
                return {}
            content = path.read_bytes()
        try:
            tables = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise StorageUnavailable(self.name, f"it is damaged, or no TinyDB file ({error})") from error
        rows = [row for table in tables.values() for row in table.values()] if _nested(tables) else None
        if rows is None or not all(isinstance(row, dict) for row in rows):
            raise StorageUnavailable(self.name, "it is no TinyDB file")
        return tables  # type: ignore[no-any-return]

    def _save(self, tables: Tables) -> None:
        if self.path is None:
            self._kept = tables
            return
        content, part = orjson.dumps(tables), self._part(self.path)
        with self._told():
            try:
                with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(self.path)
            except BaseException:
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)
                raise
            self._kept = tables
            sync_folder(self.path.parent)

    @staticmethod
    def _part(path: Path) -> Path:
        return path.with_name(path.name + ".part")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """The system's errors as the contract's."""
        try:
            yield
        except OSError as error:
            if is_full(error):
                raise StorageFull(self.name) from error
            raise StorageUnavailable(self.name, error.strerror or str(error)) from error


def is_locked(path: Path) -> bool:
    """Whether a process has a file."""
    try:
        with path.with_name(path.name + ".lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # whoever opens it makes the lock
        return False
    return False


def _nested(tables: Any) -> bool:
    return isinstance(tables, dict) and all(isinstance(table, dict) for table in tables.values())
