"""A backup: one ZIP with every row of a store at one moment, the attached files, the workbooks, and a manifest of all that.

The manifest has the number of rows and the SHA-256 of every part. Nothing of a backup is used before all of it was
compared with its manifest.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from banshi.storage.bare import TABLES, is_binary
from banshi.storage.contract import CopyStore, Snapshot, StorageError, StorageFull
from banshi.storage.copying import Row, Told
from banshi.storage.disk import is_full, sync_folder
from banshi.storage.older import brought_up
from banshi.storage.schema import attachments
from banshi.storage.sql import newest

_FORMAT, _VERSION = "banshi-backup", 1
_MANIFEST = "manifest.json"
_FILES = "attachments/"
# RuntimeError: a flag says that it is encrypted, or that it is packed in a way that nobody knows (NotImplementedError).
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError)
_WORKBOOKS = "definitions/"
_CODE = {".py", ".pyc"}
_PIECE = 1024 * 1024


class BadBackup(StorageError):
    """The file is no backup, is damaged, or of a newer release; `part` is what does not fit, `why` what is wrong."""

    def __init__(self, part: str, why: str) -> None:
        super().__init__(f"{part}: {why}")
        self.part = part
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What is in a backup: rows by table, files, workbooks, and the paths of files that were not there."""

    made_at: str
    schema: str
    rows: Mapping[str, int]
    files: int
    workbooks: int
    missing: tuple[str, ...] = ()


def write_backup(store: CopyStore, files: Path, definitions: Path | None, out: Path, told: Told) -> Contents:
    """Write a backup of a store that may be at work, whole or not at all.

    Files that are added meanwhile belong to later rows. Raises StorageFull where there is no room, OSError otherwise.
    """
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            manifest = _write_parts(archive, store, files, definitions, told)
            archive.writestr(_MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
            archive.close()
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(out)
        sync_folder(out.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        if is_full(error):
            raise StorageFull(str(out)) from error
        raise
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return _contents(manifest)


def _write_parts(
    archive: zipfile.ZipFile, store: CopyStore, files: Path, definitions: Path | None, told: Told
) -> dict[str, Any]:
    manifest: dict[str, Any] = {"format": _FORMAT, "version": _VERSION, "made_at": datetime.now(UTC).isoformat()}
    parts: dict[str, Any] = {}
    missing = []
    with store.snapshot() as snapshot:
        manifest["schema"] = snapshot.schema
        for table in TABLES:
            parts[_part_of(table.name)] = _write_rows(archive, snapshot, table, told)
        paths = [(str(row[_PATH]), bool(row[_CASE])) for row in snapshot.rows(attachments.name)]
    for done, (path, kept) in enumerate(paths, 1):
        source = files / path
        if source.is_file():
            parts[_FILES + path] = _write_file(archive, _FILES + path, source)
        elif kept:  # one that belongs to no case may have been thrown away since
            missing.append(path)
        told(_FILES, done, len(paths))
    if definitions is not None:
        for book in sorted(book for book in definitions.rglob("*") if book.is_file() and book.suffix not in _CODE):
            name = _WORKBOOKS + book.relative_to(definitions).as_posix()
            parts[name] = _write_file(archive, name, book)
    return {**manifest, "parts": parts, "missing": missing}


_PATH, _CASE = (list(attachments.columns.keys()).index(name) for name in ("path", "case_id"))


def _write_rows(archive: zipfile.ZipFile, snapshot: Snapshot, table: Any, told: Told) -> dict[str, Any]:
    names = [column.name for column in table.columns]
    binary = [i for i, column in enumerate(table.columns) if is_binary(column)]
    total, count, digest = snapshot.count(table.name), 0, hashlib.sha256()
    with archive.open(_part_of(table.name), "w", force_zip64=True) as file:
        for row in snapshot.rows(table.name):
            line = json.dumps(_as_text(row, binary), ensure_ascii=False).encode() + b"\n"
            file.write(line)
            digest.update(line)
            count += 1
            if count % 1_000 == 0:
                told(table.name, count, total)
    told(table.name, count, count)
    return {"rows": count, "columns": names, "binary": [names[i] for i in binary], "sha256": digest.hexdigest()}


def _as_text(row: Row, binary: list[int]) -> list[Any]:
    values = list(row)
    for i in binary:
        values[i] = base64.b64encode(values[i]).decode()
    return values


def _write_file(archive: zipfile.ZipFile, name: str, path: Path) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as file:
        while piece := source.read(_PIECE):
            file.write(piece)
            digest.update(piece)
            size += len(piece)
    return {"size": size, "sha256": digest.hexdigest()}


class Backup:
    """A backup that was opened and compared with its manifest."""

    def __init__(self, path: Path, told: Told) -> None:
        """Raises BadBackup, OSError."""
        self.path = path
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError) as error:
            raise BadBackup(path.name, f"it is damaged, or no backup ({error})") from error
        try:
            self._manifest = self._read_manifest()
            self._parts: dict[str, dict[str, Any]] = self._manifest["parts"]
            self._check(told)
        except BaseException:
            self.close()
            raise
        self.contents = _contents(self._manifest)

    def close(self) -> None:
        """Let the file go."""
        self._archive.close()

    @property
    def name(self) -> str:
        """What tells this backup from others: the hash of its manifest."""
        return hashlib.sha256(self._archive.read(_MANIFEST)).hexdigest()

    @contextmanager
    def store(self) -> Iterator[CopyStore]:
        """Its rows as this release keeps them. Raises StorageUnavailable where they do not fit."""
        if self._manifest["schema"] == newest():
            yield _Rows(self)
            return
        names = sorted((n for n, part in self._parts.items() if "rows" in part), key=self._place)
        tables = {PurePosixPath(name).stem: self._named_rows(name) for name in names}
        with brought_up(self.path.name, self._manifest["schema"], tables) as older:
            yield older

    def files(self) -> Iterator[tuple[str, int]]:
        """The attached files: the path in the folder, and bytes."""
        return self._under(_FILES)

    def workbooks(self) -> Iterator[tuple[str, int]]:
        """The files of the folder of workbooks."""
        return self._under(_WORKBOOKS)

    def write_files(self, folder: Path, told: Callable[[int], None]) -> None:
        """Write the attached files into a folder, brought to the disk."""
        self._write_under(_FILES, folder, told)

    def write_workbooks(self, folder: Path) -> None:
        """Write the workbooks into a folder."""
        self._write_under(_WORKBOOKS, folder, lambda _: None)

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table of this release's schema."""
        part = self._parts[_part_of(table)]
        binary = [part["columns"].index(name) for name in part["binary"]]
        for values in self._lines(_part_of(table)):
            for i in binary:
                values[i] = base64.b64decode(values[i])
            yield tuple(values)

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self._parts[_part_of(table)]["rows"])

    def _place(self, name: str) -> int:
        known = [_part_of(table.name) for table in TABLES]
        return known.index(name) if name in known else len(known)

    def _named_rows(self, name: str) -> Iterator[dict[str, Any]]:
        part = self._parts[name]
        for values in self._lines(name):
            row = dict(zip(part["columns"], values, strict=True))
            yield {key: base64.b64decode(v) if key in part["binary"] else v for key, v in row.items()}

    def _lines(self, name: str) -> Iterator[list[Any]]:
        with self._archive.open(name) as file:
            for line in file:
                yield json.loads(line)

    def _under(self, folder: str) -> Iterator[tuple[str, int]]:
        for name, part in self._parts.items():
            if name.startswith(folder):
                yield name.removeprefix(folder), int(part["size"])

    def _write_under(self, kind: str, folder: Path, told: Callable[[int], None]) -> None:
        try:
            for done, (path, _) in enumerate(self._under(kind), 1):
                target = folder / path
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with self._archive.open(kind + path) as source, target.open("wb") as file:
                    while piece := source.read(_PIECE):
                        file.write(piece)
                    file.flush()
                    os.fsync(file.fileno())
                sync_folder(target.parent)
                told(done)
        except OSError as error:
            if is_full(error):
                raise StorageFull(str(folder)) from error
            raise

    def _read_manifest(self) -> dict[str, Any]:
        try:
            manifest = json.loads(self._archive.read(_MANIFEST))
        except (KeyError, *_DAMAGED) as error:
            raise BadBackup(self.path.name, "it has no manifest of a backup") from error
        if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT:
            raise BadBackup(self.path.name, "it has no manifest of a backup")
        if manifest.get("version") != _VERSION:
            raise BadBackup(self.path.name, f"a newer release wrote it (version {manifest.get('version')})")
        parts = manifest.get("parts")
        whole = isinstance(parts, dict) and all(isinstance(part, dict) and "sha256" in part for part in parts.values())
        if not whole or not all(name in manifest for name in ("made_at", "schema", "missing")):
            raise BadBackup(self.path.name, "it has no manifest of a backup")
        return manifest

    def _check(self, told: Told) -> None:
        here = {item.filename for item in self._archive.infolist()} - {_MANIFEST}
        for name in sorted(here ^ self._parts.keys()):
            raise BadBackup(name, "it is missing" if name in self._parts else "it does not belong there")
        if self._manifest["schema"] == newest():
            for table in TABLES:
                part = self._parts.get(_part_of(table.name), {})
                if part.get("columns") != [column.name for column in table.columns]:
                    raise BadBackup(_part_of(table.name), "its columns are not those of its revision")
        for done, (name, part) in enumerate(self._parts.items(), 1):
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise BadBackup(name, "it would lie outside of its folder")
            try:
                with self._archive.open(name) as file:
                    digest, lines = _read(file)
            except _DAMAGED as error:
                raise BadBackup(name, "it is damaged") from error
            if digest != part["sha256"] or lines != part.get("rows", lines):
                raise BadBackup(name, "it is not what was written")
            told(name, done, len(self._parts))


class _Rows:
    """The rows of a backup of this release, as a store gives them."""

    def __init__(self, backup: Backup) -> None:
        self._backup = backup
        self.schema = newest()

    def count(self, table: str) -> int:
        return self._backup.count(table)

    def rows(self, table: str) -> Iterator[Row]:
        return self._backup.rows(table)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        yield self

    def write_rows(self, *_: object) -> None:
        raise StorageError("A backup is never changed.")


def _read(file: IO[bytes]) -> tuple[str, int]:
    """The hash of a part and how many lines it has."""
    digest, lines = hashlib.sha256(), 0
    while piece := file.read(_PIECE):
        digest.update(piece)
        lines += piece.count(b"\n")
    return digest.hexdigest(), lines


def _contents(manifest: Mapping[str, Any]) -> Contents:
    parts = manifest["parts"]
    return Contents(
        made_at=manifest["made_at"],
        schema=manifest["schema"],
        rows={PurePosixPath(name).stem: part["rows"] for name, part in parts.items() if "rows" in part},
        files=sum(name.startswith(_FILES) for name in parts),
        workbooks=sum(name.startswith(_WORKBOOKS) for name in parts),
        missing=tuple(manifest["missing"]),
    )


def _part_of(table: str) -> str:
    return f"tables/{table}.jsonl"
