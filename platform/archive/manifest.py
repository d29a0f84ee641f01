"""What stands in an archive file and how it is checked: a manifest with the SHA-256 of every file, a record that chains.

`manifest.json` lists the files beside and below it by their paths from there. The manifest of several cases lists that of
each case, which lists its own files, so that one hash stands for all of it. `record.jsonl` has a line an event,
`{"event": …, "previous": "…", "hash": "…"}`: the hash is the SHA-256 of the line's own bytes before `, "hash"`, and
`previous` the hash of the line before, so that nothing can be taken out, put in or moved. Whoever can compute a SHA-256 can
check both, without this program.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from banshi.platform.archive.faults import ADDED, BROKEN_RECORD, CHANGED, GONE, INCOMPLETE, NOT_AN_ARCHIVE
from banshi.rules.diagnostics import Diagnostic, Place
from banshi.rules.values import dumps, loads

MANIFEST = "manifest.json"
RECORD = "record.jsonl"
FORMAT = "banshi archive 1"
_HASH = b', "hash": "'
_CHUNK = 256 * 1024
_LARGEST_MANIFEST = 64 * 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError)


def record_lines(events: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, bytes]]:
    """The record of a case: of every event the hash of its line, and the line."""
    previous = ""
    for event in events:
        start = dumps({"event": event, "previous": previous}).encode()[:-1]
        previous = hashlib.sha256(start).hexdigest()
        yield previous, start + _HASH + previous.encode() + b'"}\n'


def check(path: Path) -> list[Diagnostic]:
    """Everything that is not as it was archived; raises OSError where the file cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return list(_check(archive, path.name))
    except (
        *_DAMAGED,
        NotImplementedError,
        RuntimeError,
    ) as error:  # also a way of packing that is not known, a password
        return [NOT_AN_ARCHIVE.at(Place(path.name), why=error)]


def _check(archive: zipfile.ZipFile, name: str) -> Iterator[Diagnostic]:
    names = [info.filename for info in archive.infolist() if not info.is_dir()]
    listed = set[str]()
    if MANIFEST not in names:
        yield NOT_AN_ARCHIVE.at(Place(name), why=MANIFEST)
        return
    waiting = [MANIFEST]
    while waiting:
        manifest = waiting.pop()
        try:
            content = _manifest(archive, manifest)
        except (*_DAMAGED, ValueError, KeyError, TypeError) as error:
            yield NOT_AN_ARCHIVE.at(Place(manifest), why=error)
            continue
        folder = manifest.removesuffix(MANIFEST)
        for file in content["files"]:
            inside = folder + file["path"]
            if inside in listed:
                continue
            listed.add(inside)
            if inside not in names:
                yield GONE.at(Place(inside))
            elif not _same(archive, inside, file):
                yield CHANGED.at(Place(inside))
            elif inside.endswith(MANIFEST):
                waiting.append(inside)
        if folder + RECORD in names:
            yield from _check_record(archive, folder + RECORD, content)
        for file in content.get("problems", ()):
            yield INCOMPLETE.at(Place(folder + file["path"]), why=file["why"])
    yield from (
        ADDED.at(Place(one)) for one in dict.fromkeys(names) if one not in {*listed, MANIFEST} or names.count(one) > 1
    )


def _manifest(archive: zipfile.ZipFile, path: str) -> Any:
    """A manifest as it was written; ValueError for what is none."""
    with archive.open(path) as file:
        content = loads(file.read(_LARGEST_MANIFEST))
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(FORMAT)
    for file in content["files"]:
        str(file["path"]), int(file["size"]), str(file["sha256"])
    for file in content.get("problems", ()):
        str(file["path"]), str(file["why"])
    return content


def _same(archive: zipfile.ZipFile, path: str, listed: Mapping[str, Any]) -> bool:
    """Whether a file has the size and the hash of the manifest; of one that is larger no more is read."""
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(path) as file:
            while (chunk := file.read(_CHUNK)) and size <= listed["size"]:
                digest.update(chunk)
                size += len(chunk)
    except _DAMAGED:
        return False
    return bool(size == listed["size"] and digest.hexdigest() == listed["sha256"])


def _check_record(archive: zipfile.ZipFile, path: str, content: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Whether every line of a record follows from the one before, and the last is that of the manifest."""
    previous, number = "", 0
    with archive.open(path) as file:
        for number, line in enumerate(_lines(file), 1):
            start, _, rest = line.rpartition(_HASH)
            found = hashlib.sha256(start).hexdigest()
            follows = start.endswith(f'"previous": "{previous}"'.encode())
            if rest != found.encode() + b'"}\n' or not follows:
                yield BROKEN_RECORD.at(Place(path), line=number)
                return
            previous = found
    if {"events": number, "head": previous} != content.get("record"):
        yield BROKEN_RECORD.at(Place(path), line=number)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    try:
        yield from file
    except _DAMAGED:
        return
