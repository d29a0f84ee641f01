"""A ZIP file that is handed on while it is written: whatever its size, a chunk at a time is in memory."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written: where, how large (bytes), and its SHA-256."""

    path: str
    size: int
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """As manifests list it."""
        return {"path": self.path, "size": self.size, "sha256": self.sha256}


class ZipStream:
    """See the module: `yield from stream.add(…)` for every file, then `yield from stream.end()`."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED, compresslevel=4)

    def add(
        self, path: str, pieces: Iterable[bytes], at: datetime, *, large: bool = False
    ) -> Generator[bytes, None, Written]:
        """One file; `at` is its time, as a clock on the wall shows it. One that may pass 2 GB is `large`."""
        info = zipfile.ZipInfo(path, at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=large) as file:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                file.write(piece)
                yield from self._sink.take()
        yield from self._sink.take()
        return Written(path, size, digest.hexdigest())

    def end(self) -> Iterator[bytes]:
        """The directory of the file; nothing may be added any more."""
        self._zip.close()
        yield from self._sink.take()


class _Sink(io.RawIOBase):
    """What a ZIP is written into, and taken out of again."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Keep some bytes until they are taken."""
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> Iterator[bytes]:
        """What was written since."""
        parts, self._parts = self._parts, []
        if joined := b"".join(parts):
            yield joined
