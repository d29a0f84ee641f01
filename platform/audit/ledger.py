"""The ledger: signs checkpoints of the log, writes them where the auditor keeps them, and gives the whole log away.

A folder of checkpoints grows: `checkpoint-<size>-<time>.json`, beside each one `….hashes` with the hash of every entry
since the one before (so that the verifier can name an entry, not only say that one is wrong), and `public-key.pem`.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from banshi.platform.audit.checkpoint import Checkpoint, NoCheckpoint, checkpoint, read_checkpoint
from banshi.platform.audit.merkle import Packed, Tree, consistency_proof
from banshi.platform.audit.signing import BadKey, Signer, public_pem, read_public, signer
from banshi.platform.errors import Declined
from banshi.platform.zip_stream import Written, ZipStream
from banshi.rules.values import CAMPUS_ZONE, dumps
from banshi.storage.canonical import canonical
from banshi.storage.chain import moment
from banshi.storage.contract import Store, StoredEntry
from banshi.storage.leaves import take_out

EXPORT = "banshi log export 1"
MANIFEST, ENTRIES, PUBLIC_KEY = "manifest.json", "entries.jsonl", "public-key.pem"
PUBLICATIONS, WORKBOOKS = "publications.jsonl", "workbooks/"
Progress = Callable[[int, int], None]
"""Told how many entries are done, of how many."""
_TOLD = 500
_TOLD_OF_VERSION = ("service_id", "sha256", "file", "origin", "published_by", "note", "consent_by")


class Discontinued(Declined):
    """The log is not the continuation of a checkpoint that was signed before."""


class Ledger:
    """See the module. `key` is the file of the private key; without one nothing can be signed.

    `sealed` gives the JSON pointers of what an export leaves out of an entry.
    """

    def __init__(
        self,
        store: Store,
        key: Path | None,
        clock: Callable[[], datetime],
        sealed: Callable[[StoredEntry], Collection[str]] = lambda _: (),
    ) -> None:
        self._sealed = sealed
        self._store = store
        self._key = key
        self._clock = clock

    def checkpoint(self, previous: Checkpoint | None = None) -> tuple[Checkpoint, bytes]:
        """A checkpoint over every entry until now, and the hashes of those since the one before.

        Raises Discontinued where the log does not continue the one before, Declined where it cannot be signed.
        """
        signing = self._signer()
        leaves = Packed()
        leaves.extend(self._store.entry_hashes(0, self._store.count_entries()))
        tree, was = Tree(), b""
        for index in range(len(leaves)):
            tree.add(leaves[index])
            if previous and tree.size == previous.size:
                was = tree.root()
        made = checkpoint(hall=self.hall(), size=tree.size, root=tree.root(), at=self._clock(), signer=signing)
        if previous is None:
            return made, leaves.since(0)
        if previous.hall != made.hall:
            raise Declined(
                "文件夹里是另一个办事大厅的检查点。请换一个文件夹。",
                "The folder holds checkpoints of another hall. Choose another folder.",
            )
        if was.hex() != previous.root:
            raise Discontinued(
                f"日志与 {previous.at} 的检查点接不上：之前的条目被改动或删除。没有写新的检查点；请导出日志并用 banshi log verify 核对。",
                f"The log does not continue the checkpoint of {previous.at}: entries before it were changed or removed. "
                "No checkpoint was written; export the log and check it with banshi log verify.",
            )
        proof = [part.hex() for part in consistency_proof(leaves, previous.size)]
        told = {"size": previous.size, "root": previous.root}
        return replace(made, previous=told, consistency=proof).by(signing), leaves.since(previous.size)

    def save(self, folder: Path) -> Path:
        """Write a checkpoint behind the last one in a folder; the file. OSError where the folder cannot be written."""
        folder.mkdir(parents=True, exist_ok=True)
        previous = _last(folder)
        made, hashes = self.checkpoint(previous)
        name = f"checkpoint-{made.size:012}-{self._clock().astimezone(CAMPUS_ZONE):%Y%m%d-%H%M%S}"
        start = previous.size if previous else 0
        about = {"start": start, "sha256": hashlib.sha256(hashes).hexdigest(), "file": f"{name}.hashes"}
        made = replace(made, hashes=about).by(self._signer())
        _write(folder / f"{name}.hashes", hashes)
        _keep_key(folder, made.key)
        _write(folder / f"{name}.json", made.to_bytes())
        return folder / f"{name}.json"

    def save_daily(self, folder: Path) -> int:
        """The same where there is none of today in the folder yet; how many were written."""
        today = f"-{self._clock().astimezone(CAMPUS_ZONE):%Y%m%d}-"
        if any(today in path.name for path in folder.glob("checkpoint-*.json")):
            return 0
        self.save(folder)
        return 1

    def export(self, by: str, *, workbooks: bool, progress: Progress) -> Iterator[bytes]:
        """The whole log as a ZIP, a piece at a time: entries, manifest with a checkpoint, public key, perhaps workbooks."""
        made, _ = self.checkpoint()
        now = self._clock()
        stream, written = ZipStream(), list[Written]()
        lines = _lines(map(self._seal, self._store.entries(0, made.size)), made.size, progress)
        written.append((yield from stream.add(ENTRIES, lines, now, large=True)))
        written.append((yield from stream.add(PUBLIC_KEY, [public_pem(made.key)], now)))
        if workbooks:
            versions = [
                version
                for live in self._store.live_versions()
                for version in reversed(self._store.versions(live.service_id))
            ]
            told = (
                {**{name: getattr(one, name) for name in _TOLD_OF_VERSION}, "published_at": one.published_at}
                for one in versions
            )
            told_lines = (canonical(one) + b"\n" for one in told)
            written.append((yield from stream.add(PUBLICATIONS, told_lines, now)))
            for service_id, sha256 in dict.fromkeys((one.service_id, one.sha256) for one in versions):
                data = self._store.workbook(service_id, sha256) or b""
                written.append((yield from stream.add(f"{WORKBOOKS}{sha256}.xlsx", [data], now)))
        manifest = {
            "format": EXPORT,
            "made": {"at": moment(now), "by": by},
            "entries": made.size,
            "checkpoint": made.to_json(),
            "files": [one.to_json() for one in written],
        }
        yield from stream.add(MANIFEST, [dumps(manifest, indent=1).encode()], now)
        yield from stream.end()

    def _seal(self, entry: StoredEntry) -> StoredEntry:
        """An entry as it leaves the hall: without what is sensitive, of which the digests stay."""
        pointers = self._sealed(entry)
        if not pointers:
            return entry
        body, parts = take_out(entry.body, entry.salt, entry.parts, pointers, "sealed")
        return replace(entry, body=body, parts=parts, salt="")

    def hall(self) -> str:
        """The id of the hall, as the first note of its log says."""
        first = next(self._store.entries(0, 1))
        return str((first.body or {})["hall"])

    def secret(self, purpose: str) -> bytes:
        """A secret of the hall's own for a purpose, the same in every process that has the signing key; Declined without one."""
        return hashlib.sha256(bytes.fromhex(self._signer().sign(f"banshi secret: {purpose}".encode()))).digest()

    def _signer(self) -> Signer:
        if self._key is None:
            raise Declined("这个大厅没有签名密钥的位置。", "This hall has no place for a signing key.")
        try:
            found, made = signer(self._key)
        except BadKey as error:
            raise Declined(
                f"{self._key.name} 不是 Ed25519 私钥。请从备份恢复。",
                f"{self._key.name} is no Ed25519 private key. Restore it from a backup.",
            ) from error
        if made:
            self._store.add_note(self._clock(), {"note": "key", "public_key": found.public})
        return found


def _last(folder: Path) -> Checkpoint | None:
    """The last checkpoint in a folder; Declined where it cannot be read."""
    found = sorted(folder.glob("checkpoint-*.json"))
    if not found:
        return None
    try:
        return read_checkpoint(found[-1].read_bytes())
    except NoCheckpoint as error:
        raise Declined(
            f"{found[-1]} 不是检查点，或已损坏。", f"{found[-1]} is no checkpoint, or it is damaged."
        ) from error


def _lines(entries: Iterable[StoredEntry], total: int, progress: Progress) -> Iterator[bytes]:
    for done, entry in enumerate(entries):
        if done % _TOLD == 0:
            progress(done, total)
        yield line(entry)
    progress(total, total)


def line(entry: StoredEntry) -> bytes:
    """An entry as a line of an export."""
    told: dict[str, Any] = {
        "position": entry.position,
        "header": {
            "at": moment(entry.at),
            "body": entry.body_hash,
            "case": entry.case_id,
            "kind": entry.kind,
            "n": entry.n,
            "previous": entry.previous,
        },
        "salt": entry.salt,
        "body": entry.body,
        "hash": entry.hash,
        **({"parts": entry.parts} if entry.parts else {}),
    }
    return canonical(told) + b"\n"


def _keep_key(folder: Path, key: str) -> None:
    """Write the public key; an earlier one stays beside it, by which earlier checkpoints are checked."""
    path, pem = folder / PUBLIC_KEY, public_pem(key)
    before = path.read_bytes() if path.exists() else pem
    if before != pem:
        with suppress(BadKey):
            _write(folder / f"public-key-{read_public(before)[:16]}.pem", before)
    _write(path, pem)


def _write(path: Path, data: bytes) -> None:
    """A file, all of it or nothing."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
