"""Checkpoints: one signed hash over every entry of the log so far, which the auditor keeps where the server cannot write.

A checkpoint is a JSON object. Its signature is over the canonical JSON (`storage.chain`) of all its other members:

    format       `banshi checkpoint 1`
    hall         the id of the hall, as the first note of its log says
    size, root   how many entries it is over, and the root of their Merkle tree (RFC 6962)
    at           when it was made
    key          the public key that signs it
    previous     size and root of the checkpoint before in the same folder, or null
    consistency  the proof that the tree of the one before is the beginning of this one
    hashes       the file beside it that has the hash of every entry since the one before, 32 bytes each: where they
                 start, and the SHA-256 of the file; or null
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from banshi.platform.audit.signing import Signer, signed_by
from banshi.rules.values import dumps
from banshi.storage.canonical import canonical
from banshi.storage.chain import moment
from banshi.storage.payload import unpack

FORMAT = "banshi checkpoint 1"


class NoCheckpoint(Exception):
    """What was read is no checkpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """See the module. Hashes, key and signature are hexadecimal digits, `at` is as headers of entries write it."""

    hall: str
    size: int
    root: str
    at: str
    key: str
    previous: Mapping[str, Any] | None = None
    consistency: Sequence[str] = ()
    hashes: Mapping[str, Any] | None = None
    signature: str = ""

    @property
    def signed(self) -> bool:
        """Whether the signature is that of its own key: whose key that is, is another question."""
        return signed_by(self.key, self.signature, self._told())

    def by(self, signer: Signer) -> Checkpoint:
        """The same, signed."""
        return replace(self, signature=signer.sign(self._told()))

    def _told(self) -> bytes:
        return canonical(self._members())

    def _members(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "hall": self.hall,
            "size": self.size,
            "root": self.root,
            "at": self.at,
            "key": self.key,
            "previous": self.previous,
            "consistency": list(self.consistency),
            "hashes": self.hashes,
        }

    def to_json(self) -> dict[str, Any]:
        """All members."""
        return {**self._members(), "signature": self.signature}

    def to_bytes(self) -> bytes:
        """The file of a checkpoint."""
        return (dumps(self.to_json(), indent=1) + "\n").encode()


def checkpoint(*, hall: str, size: int, root: bytes, at: datetime, signer: Signer) -> Checkpoint:
    """A checkpoint that has none before, signed."""
    return Checkpoint(hall=hall, size=size, root=root.hex(), at=moment(at), key=signer.public).by(signer)


def read_checkpoint(data: bytes) -> Checkpoint:
    """The checkpoint in a file; NoCheckpoint for anything else."""
    try:
        return checkpoint_of(unpack(data.decode()))
    except (ValueError, RecursionError) as error:
        raise NoCheckpoint from error


def checkpoint_of(told: Any) -> Checkpoint:
    """A checkpoint from its members; NoCheckpoint for anything else."""
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise NoCheckpoint
    names = set(Checkpoint.__dataclass_fields__)
    if set(told) != names | {"format"}:
        raise NoCheckpoint
    found = Checkpoint(**{name: told[name] for name in names})
    if not isinstance(found.consistency, list):
        raise NoCheckpoint
    texts = (found.hall, found.root, found.at, found.key, found.signature, *found.consistency)
    hexed = (found.root, found.key, found.signature, *found.consistency)
    try:
        whole = all(isinstance(text, str) for text in texts) and all(bytes.fromhex(text) for text in hexed)
        whole = whole and type(found.size) is int and found.size > 0
        whole = whole and _has(found.previous, {"size": int, "root": str})
        whole = whole and _has(found.hashes, {"start": int, "sha256": str, "file": str})
    except ValueError as error:
        raise NoCheckpoint from error
    if not whole:
        raise NoCheckpoint
    return found


def _has(told: Any, kinds: Mapping[str, type]) -> bool:
    if told is None:
        return True
    return (
        isinstance(told, dict)
        and set(told) == set(kinds)
        and all(type(told[name]) is kind for name, kind in kinds.items())
    )
