"""Attached files on disk: received in pieces, checked by their content, kept under a random name.

A file is written to `….part`, brought to the disk, then renamed: whoever sees it sees all of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from banshi.storage.contract import StorageError, StorageFull
from banshi.storage.disk import is_full, sync_folder
from banshi.storage.media import AttachmentRefused, media_type, safe_name

LARGEST = 20 * 1024 * 1024
_PART = ".part"
_ABANDONED = 24 * 3600
"""Seconds after which a part file was certainly left by a crash."""


class TooLarge(AttachmentRefused):
    """The file is larger than allowed."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(
            name,
            f"文件“{name}”超过 {limit // 1024**2} MB。请压缩或拆分后再上传。",
            f"“{name}” is larger than {limit // 1024**2} MB. Make it smaller or split it, then upload it again.",
        )


class NoSuchFile(StorageError):
    """The file of an attachment is not in the folder."""

    def __init__(self, path: str) -> None:
        super().__init__(f"There is no attached file {path}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFile:
    """A file that was kept: the name to show, its size and type, its path inside the folder, its hash."""

    name: str
    size: int
    media_type: str
    path: str
    sha256: str


class AttachmentFolder:
    """The folder of attached files."""

    def __init__(self, folder: Path, *, largest: int = LARGEST) -> None:
        self._folder = folder
        self._largest = largest
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep()

    def receive(self, name: str) -> Incoming:
        """A file that is about to arrive: `with folder.receive(name) as file: file.write(piece); file.keep()`."""
        return Incoming(self._folder, safe_name(name), self._largest)

    def save(self, name: str, pieces: Iterable[bytes]) -> SavedFile:
        """Keep a file that is at hand.

        Raises:
            AttachmentRefused: it is too large, or not one of the types that are taken.
            StorageFull: there is no room left.
        """
        with self.receive(name) as file:
            for piece in pieces:
                file.write(piece)
            return file.keep()

    def path(self, saved: str) -> Path:
        """Where the file of a `SavedFile.path` is; a path out of the folder is no file of ours."""
        here = self._folder.resolve()
        path = (here / saved).resolve()
        if not path.is_relative_to(here) or not path.is_file() or path.suffix == _PART:
            raise NoSuchFile(saved)
        return path

    def remove(self, saved: str) -> None:
        """Delete a file; one that is gone is no fault."""
        try:
            self.path(saved).unlink(missing_ok=True)
        except NoSuchFile:
            return

    def _sweep(self) -> None:
        for left in self._folder.glob(f"*{_PART}"):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                left.unlink(missing_ok=True)


class Incoming:
    """A file on its way in. Leaving the `with` block without `keep()` leaves nothing behind."""

    def __init__(self, folder: Path, name: str, largest: int) -> None:
        self._folder = folder
        self._name = name
        self._largest = largest
        self._size = 0
        self._hash = hashlib.sha256()
        self._id = secrets.token_hex(16)
        self._part = folder / (self._id + _PART)

    def __enter__(self) -> Self:
        with _room(self._folder):
            self._file = self._part.open("xb")
        return self

    def write(self, piece: bytes) -> None:
        """One more piece.

        Raises:
            TooLarge: the file has grown beyond the limit.
            StorageFull: there is no room left.
        """
        self._size += len(piece)
        if self._size > self._largest:
            raise TooLarge(self._name, self._largest)
        self._hash.update(piece)
        with _room(self._folder):
            self._file.write(piece)

    def keep(self) -> SavedFile:
        """Check what arrived and keep it."""
        with _room(self._folder):
            self._file.flush()
            found = media_type(self._name, self._part)
            os.fsync(self._file.fileno())
            self._file.close()
            shelf = self._folder / self._id[:2]
            shelf.mkdir(mode=0o700, exist_ok=True)
            self._part.replace(shelf / self._id)
            sync_folder(shelf)
            sync_folder(self._folder)
        return SavedFile(
            name=self._name,
            size=self._size,
            media_type=found,
            path=f"{shelf.name}/{self._id}",
            sha256=self._hash.hexdigest(),
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):  # closing writes what is buffered: on a full disk that fails once more
            self._file.close()
        self._part.unlink(missing_ok=True)


class _room:  # noqa: N801  (reads as a word of a `with` statement)
    """Turns the system's "no space left" into the contract's `StorageFull`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OSError) and is_full(error):
            raise StorageFull(self._folder.name) from error
