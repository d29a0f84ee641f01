"""The hashes of entries that lie beside the checkpoints of a folder: with them an entry can be named that does not fit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from banshi.platform.audit.checkpoint import Checkpoint, NoCheckpoint, read_checkpoint
from banshi.platform.audit.merkle import SIZE


class KnownHashes:
    """The hash of the entry at a position, as signed checkpoints of one key say."""

    def __init__(self, hall: str, key: str) -> None:
        self._hall, self._key = hall, key
        self._parts: list[tuple[int, bytes]] = []

    def read(self, folder: Path, upto: int) -> None:
        """Take the files beside the checkpoints of a folder that are over `upto` entries at most."""
        for path in sorted(folder.glob("checkpoint-*.json")):
            try:
                found = read_checkpoint(path.read_bytes())
            except (NoCheckpoint, OSError):
                continue
            if found.size <= upto and found.key == self._key and found.hall == self._hall and found.signed:
                self.add(found, folder)

    def add(self, checkpoint: Checkpoint, folder: Path) -> bool:
        """Take the file beside one checkpoint, if there is one; False where it is not as it was signed."""
        told = checkpoint.hashes
        if told is None:
            return True
        try:
            data = (folder / Path(str(told["file"])).name).read_bytes()
        except OSError:
            return True  # a checkpoint that came alone, by mail perhaps
        if hashlib.sha256(data).hexdigest() != told["sha256"]:
            return False
        if all(start != told["start"] or len(known) < len(data) for start, known in self._parts):
            self._parts.append((int(told["start"]), data))
        return True

    def at(self, position: int) -> str | None:
        """The hash at a position; None where it is not known."""
        for start, data in self._parts:
            place = (position - start) * SIZE
            if 0 <= place < len(data):
                return data[place : place + SIZE].hex()
        return None

    def find(self, digest: str) -> int | None:
        """The position of a hash; None where none is known to have it."""
        return next(self._places(bytes.fromhex(digest)), None)

    def _places(self, wanted: bytes) -> Iterator[int]:
        for start, data in self._parts:
            place = data.find(wanted)
            while place >= 0:
                if place % SIZE == 0:
                    yield start + place // SIZE
                place = data.find(wanted, place + 1)
