"""An export of the log as it is read back: a ZIP file, or the folder that it was unpacked into."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from banshi.platform.audit.checkpoint import Checkpoint, NoCheckpoint, checkpoint_of
from banshi.platform.audit.ledger import EXPORT, MANIFEST
from banshi.storage.payload import unpack

LONGEST_LINE = 256 * 1024 * 1024
"""Bytes; no entry is longer."""
_CHUNK = 256 * 1024
_LARGEST_MANIFEST = 64 * 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


class NoExport(Exception):
    """What was named is no export of the log."""


class Source(Protocol):
    """See the module."""

    def names(self) -> list[str]:
        """The paths of its files."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """One of them; KeyError where there is none."""
        ...


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        return sorted(one.relative_to(self._path).as_posix() for one in self._path.rglob("*") if one.is_file())

    def open(self, name: str) -> IO[bytes]:
        inside = (self._path / name).resolve()
        if not inside.is_relative_to(self._path.resolve()) or not inside.is_file():
            raise KeyError(name)
        return inside.open("rb")


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def names(self) -> list[str]:
        return [info.filename for info in self._archive.infolist() if not info.is_dir()]

    def open(self, name: str) -> IO[bytes]:
        return self._archive.open(name)


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """An export to be read. NoExport for anything else and for a damaged one, OSError where it cannot be read at all."""
    if path.is_dir():
        yield _Folder(path)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            yield _Zip(archive)
    except _DAMAGED as error:
        raise NoExport(str(error)) from error


def manifest_of(source: Source) -> tuple[Mapping[str, Any], Checkpoint]:
    """The manifest of an export and the checkpoint in it; NoExport where there is none."""
    try:
        with source.open(MANIFEST) as file:
            told = unpack(file.read(_LARGEST_MANIFEST).decode())
        if not isinstance(told, dict) or told.get("format") != EXPORT:
            raise NoExport(MANIFEST)
        for one in told["files"]:
            str(one["path"]), int(one["size"]), str(one["sha256"])
        return told, checkpoint_of(told["checkpoint"])
    except (KeyError, ValueError, TypeError, RecursionError, NoCheckpoint) as error:
        raise NoExport(MANIFEST) from error


def lines_of(source: Source, name: str) -> Iterator[bytes]:
    """The lines of a file; KeyError where there is none."""
    with source.open(name) as file:
        while line := file.readline(LONGEST_LINE):
            yield line


def hash_of(source: Source, name: str) -> tuple[int, str]:
    """Size and SHA-256 of a file; KeyError where there is none."""
    digest, size = hashlib.sha256(), 0
    with source.open(name) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()
