"""Whether an export of the log is what its checkpoints say, without a server and a database.

What is checked of each entry, in this order: that it is written as the log writes, stands in its place, has the body and
the header of its hash, is the entry that the checkpoints of the auditor's folder know at this place, and follows from the one before
in its case. Then the Merkle roots of the checkpoints. The first entry that does not fit is named; what comes after it is
not looked at, since nothing after it can be relied on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from banshi.platform.audit import faults
from banshi.platform.audit.checkpoint import Checkpoint, NoCheckpoint, read_checkpoint
from banshi.platform.audit.known_hashes import KnownHashes
from banshi.platform.audit.ledger import ENTRIES, MANIFEST, PUBLIC_KEY, WORKBOOKS
from banshi.platform.audit.merkle import Tree, consistent
from banshi.platform.audit.signing import BadKey, read_public
from banshi.platform.audit.source import NoExport, Source, hash_of, lines_of, manifest_of, opened
from banshi.platform.audit.taken import Taken, well_formed
from banshi.rules.diagnostics import Diagnostic, Place, has_errors
from banshi.storage.canonical import canonical
from banshi.storage.chain import header, leaf_hash
from banshi.storage.leaves import FORMAT_2
from banshi.storage.payload import unpack

_HEADER = {"at": str, "body": str, "case": str, "kind": str, "n": int, "previous": str}
_LINE = {"body", "hash", "header", "position", "salt"}
_TOLD = 500


@dataclass(frozen=True, slots=True)
class Anchor:
    """A checkpoint and the file that it is in."""

    checkpoint: Checkpoint
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of it: the faults, how many entries and cases were read, and up to where they are under a checkpoint.

    `left_out` says how often the export leaves out what, by service, what it is, and whether that is a name of the workbook.
    `deleted` is how many entries lack values that were deleted, as a later entry of the case says; `sealed` how many lack values
    that the export leaves out. `entry` is the position of the first one that does not fit, None where all do or none is to be named.
    """

    findings: tuple[Diagnostic, ...]
    entries: int = 0
    cases: int = 0
    checkpoint: Checkpoint | None = None
    entry: int | None = None
    deleted: int = 0
    sealed: int = 0
    left_out: Mapping[tuple[str, str, bool], int] = field(default_factory=dict)

    @property
    def fine(self) -> bool:
        """Whether everything fits."""
        return not has_errors(self.findings)


def verify(
    export: Path | None,
    *,
    checkpoint: Path | None = None,
    previous: Path | None = None,
    key: Path | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Verdict:
    """Check an export, or only whether one checkpoint continues another. OSError where a file cannot be read.

    `key` is the public key that the auditor keeps; without it that of the export has to do. A checkpoint of an earlier key of the hall
    is checked by that: the log says when the key became another one.
    """
    try:
        given = [_anchor(path) for path in (previous, checkpoint) if path]
        expected = read_public(key.read_bytes()) if key else ""
    except _Bad as bad:
        return Verdict(findings=(bad.finding,))
    except BadKey:
        return Verdict(findings=(faults.NOT_A_CHECKPOINT.at(Place(str(key))),))
    if export is None:
        return _two(given, expected)
    try:
        with opened(export) as source:
            told, own = manifest_of(source)
            check = _Check(source, told, Anchor(own, MANIFEST), given, expected, progress)
            beside = [path.parent for path in (previous, checkpoint) if path]
            return check.run(beside, named=checkpoint is not None)
    except NoExport as error:
        return Verdict(findings=(faults.NOT_AN_EXPORT.at(Place(export.name), why=error),))
    except KeyError as error:
        return Verdict(findings=(faults.FILE_GONE.at(Place(str(error.args[0]))),))


class _Bad(Exception):
    """Something that nothing can be checked with."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message("en"))
        self.finding = finding


def _anchor(path: Path) -> Anchor:
    try:
        return Anchor(read_checkpoint(path.read_bytes()), path.name)
    except NoCheckpoint as error:
        raise _Bad(faults.NOT_A_CHECKPOINT.at(Place(path.name))) from error


def _two(given: list[Anchor], expected: str) -> Verdict:
    """Whether the second of two checkpoints continues the first."""
    old, new = given[0].checkpoint, given[-1].checkpoint
    found = list(_authentic(given, old.hall))
    if not found and expected and old.key != expected:
        found.append(_foreign(given[0], expected))
    place = Place(given[-1].file)
    if not found and old.size > new.size:
        found.append(faults.NOT_LATER.at(place, previous=old.size, size=new.size))
    elif not found and old.size == new.size and old.root != new.root:
        found.append(faults.NOT_CONSISTENT.at(place))
    elif not found and old.size < new.size:
        if new.previous is None or new.previous["size"] != old.size:
            found.append(faults.NO_PROOF.at(place))
        else:
            proof = [bytes.fromhex(part) for part in new.consistency]
            roots = bytes.fromhex(old.root), bytes.fromhex(new.root)
            if not consistent(roots[0], old.size, roots[1], new.size, proof):
                found.append(faults.NOT_CONSISTENT.at(place))
    if not found and old.key != new.key:
        told = {"old": old.key[:16], "new": new.key[:16], "at": old.at}
        found.append(faults.KEY_UNTOLD.at(place, **told))
    return Verdict(findings=tuple(found), checkpoint=new)


def _authentic(anchors: list[Anchor], hall: str) -> Iterator[Diagnostic]:
    """What is wrong with the signatures of checkpoints of a hall, each by the key that it names."""
    for anchor in anchors:
        one, place = anchor.checkpoint, Place(anchor.file)
        if not one.signed:
            yield faults.WRONG_SIGNATURE.at(place)
        elif one.hall != hall:
            yield faults.OTHER_HALL.at(place, found=one.hall, expected=hall)


def _foreign(anchor: Anchor, key: str) -> Diagnostic:
    return faults.FOREIGN_KEY.at(Place(anchor.file), found=anchor.checkpoint.key[:16], expected=key[:16])


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line that was understood."""

    position: int
    case: str
    n: int
    previous: str
    hash: str
    body: Any


class _Check:
    """One run over an export."""

    def __init__(
        self,
        source: Source,
        manifest: Any,
        own: Anchor,
        given: list[Anchor],
        key: str,
        progress: Callable[[int, int], None],
    ) -> None:
        self._source = source
        self._manifest = manifest
        self._own = own
        self._given = given
        self._key = key
        self._progress = progress
        self._tree = Tree()
        self._last: dict[str, tuple[int, str, str]] = {}
        """Of each case the number and hash of its last entry, and the number that people call it by."""
        self._known = KnownHashes("", "")
        self._at: int | None = None
        self._taken = Taken()
        self._noted: dict[str, int] = {}
        """Where the log says that a key was made."""

    def run(self, folders: list[Path], *, named: bool) -> Verdict:
        own = self._own.checkpoint
        anchors = [*self._given, self._own]
        main = self._given[-1].checkpoint if named else own
        with self._source.open(PUBLIC_KEY) as file:
            try:
                inside = read_public(file.read(10_000))
            except BadKey as error:
                raise NoExport(PUBLIC_KEY) from error
        found = list(_authentic(anchors, own.hall))
        if not found and own.key != inside:
            found.append(_foreign(self._own, inside))
        if not found and self._key and all(one.checkpoint.key != self._key for one in anchors):
            found.append(_foreign(self._own, self._key))
        sizes = [one.checkpoint.size for one in self._given]
        if not found and len(sizes) > 1 and sizes[0] > sizes[1]:
            found.append(faults.NOT_LATER.at(Place(self._given[-1].file), previous=sizes[0], size=sizes[1]))
        if found:
            return Verdict(findings=tuple(found), checkpoint=main)
        found += self._learn(main, folders)
        if not named:
            found.append(faults.UNGUARDED.at(Place(MANIFEST)))
        wrong = self._entries(sorted(anchors, key=lambda one: one.checkpoint.size), own.hall)
        found += [wrong] if wrong else [*self._keys(anchors), *self._files(), *self._unmarked()]
        return Verdict(
            findings=tuple(found),
            entries=self._tree.size,
            cases=len(self._last) - ("" in self._last),
            checkpoint=main,
            entry=self._at,
            deleted=self._taken.deleted,
            sealed=self._taken.sealed,
            left_out=self._taken.fields,
        )

    def _keys(self, anchors: list[Anchor]) -> Iterator[Diagnostic]:
        """Where checkpoints are of several keys: those that the log does not know, and else where it says that the key is another."""
        keys = {one.checkpoint.key for one in anchors}
        if len(keys) == 1:
            return
        expected = self._key or self._own.checkpoint.key
        for anchor in anchors:
            one = anchor.checkpoint
            if one.key not in self._noted:
                yield _foreign(anchor, expected)
            elif one.key != self._own.checkpoint.key:
                new = self._own.checkpoint.key
                told = {"old": one.key[:16], "new": new[:16], "at": one.at, "entry": self._noted.get(new, "—")}
                yield faults.KEY_CHANGED.at(Place(anchor.file), **told)

    def _unmarked(self) -> Iterator[Diagnostic]:
        """What is left out though the workbooks in the export do not mark it."""
        from banshi.platform.audit.marked import unmarked  # reads workbooks, which is seldom needed

        if self._taken.fields and (found := unmarked(self._source, self._taken.fields)):
            yield faults.UNMARKED.at(Place(ENTRIES), fields="、".join(found), fields_en=", ".join(found))

    def _learn(self, main: Checkpoint, folders: list[Path]) -> Iterator[Diagnostic]:
        """Read the hashes beside the checkpoints; a file that is not as it was signed is said."""
        self._known = KnownHashes(main.hall, main.key)
        for anchor, folder in zip(self._given, folders, strict=True):
            if not self._known.add(anchor.checkpoint, folder):
                yield faults.BAD_HASHES.at(Place(str((anchor.checkpoint.hashes or {}).get("file", ""))))
            self._known.read(folder, anchor.checkpoint.size)

    # Entries

    def _entries(self, anchors: list[Anchor], hall: str) -> Diagnostic | None:
        """The first thing that does not fit."""
        total, fitting, place = anchors[-1].checkpoint.size, 0, Place(ENTRIES)
        count = 0
        for count, raw in enumerate(lines_of(self._source, ENTRIES), 1):
            if count % _TOLD == 1:
                self._progress(count - 1, total)
            wrong = self._line(count - 1, raw, hall)
            if wrong is not None:
                self._at = self._at if self._at is not None else count - 1
                return wrong
            for anchor in anchors:
                if anchor.checkpoint.size == count and anchor.checkpoint.root != self._tree.root().hex():
                    at, size = anchor.checkpoint.at, anchor.checkpoint.size
                    return faults.OTHER_ROOT.at(Place(anchor.file), size=size, at=at, after=_after(fitting))
                fitting = max(fitting, anchor.checkpoint.size if anchor.checkpoint.size == count else 0)
        self._progress(count, total)
        if short := [one for one in anchors if one.checkpoint.size > count]:
            self._at = count
            return faults.CUT_OFF.at(Place(ENTRIES), count=count, size=short[-1].checkpoint.size)
        if count > self._own.checkpoint.size:
            return faults.FILE_CHANGED.at(place)
        if (first := self._taken.first_untold) is not None:
            self._at = first
            return faults.TAKEN_OUT.at(place, entry=first)
        return None

    def _line(self, index: int, raw: bytes, hall: str) -> Diagnostic | None:
        place = Place(ENTRIES)
        told = _read(raw)
        if told is None:
            return faults.UNREADABLE.at(place, entry=index)
        head = told["header"]
        entry = _Entry(told["position"], head["case"], head["n"], head["previous"], told["hash"], told["body"])
        if entry.position != index:
            return self._misplaced(index, entry)
        called = self._called(entry)
        parts = told.get("parts")
        if told["body"] is None or not self._taken.fits(head, told["salt"], told["body"], parts):
            return faults.BODY_CHANGED.at(place, entry=index, case=called)
        if (never := self._taken.never) is not None:
            return faults.NEVER_SEALED.at(place, entry=index, case=called, pointer=never)
        if leaf_hash(header(**head)).hex() != entry.hash:
            return faults.HEADER_CHANGED.at(place, entry=index, case=called)
        if index == 0 and entry.body.get("hall") != hall:
            return faults.OTHER_HALL.at(place, found=hall, expected=entry.body.get("hall"))
        known = self._known.at(index)
        if known is not None and known != entry.hash:
            return self._not_the_one(index, entry, known)
        wrong = self._chained(index, entry)
        if wrong is None:
            wrong = self._erased(entry)
        if wrong is None:
            self._count(entry)
        return wrong

    def _erased(self, entry: _Entry) -> Diagnostic | None:
        """What an entry that tells of a deletion says of those before it in its case, where that does not fit."""
        wrong = self._taken.told(entry.case, entry.body)
        if wrong is None:
            return None
        self._at = wrong
        return faults.BODY_CHANGED.at(Place(ENTRIES), entry=wrong, case=self._called(entry))

    def _misplaced(self, index: int, entry: _Entry) -> Diagnostic:
        """A line that says of itself that it belongs elsewhere."""
        place = Place(ENTRIES)
        if self._stands(index, entry):
            return faults.UNREADABLE.at(place, entry=index)  # only its position was changed
        if entry.position < index:
            self._at = entry.position
            return faults.DOUBLED.at(place, entry=entry.position, case=self._called(entry), line=index + 1)
        later = self._find(index, lambda told: told["position"] == index)
        if later:
            return faults.REORDERED.at(place, entry=index, line=later)
        return self._removed(index, entry.position, entry)

    def _stands(self, index: int, entry: _Entry) -> bool:
        """Whether an entry stands where the checkpoint saw it; without hashes, whether it goes on there as the log would."""
        known = self._known.at(index)
        if known is not None:
            return known == entry.hash
        n, digest, _ = self._last.get(entry.case, (0, "", ""))
        return entry.position < index and (entry.n, entry.previous) == (n + 1, digest)

    def _not_the_one(self, index: int, entry: _Entry, known: str) -> Diagnostic:
        """An entry where the checkpoint has another."""
        there = self._known.find(entry.hash)
        if there is None:
            return faults.NOT_THE_ONE.at(Place(ENTRIES), entry=index, case=self._called(entry))
        if there < index:
            self._at = there
            return faults.DOUBLED.at(Place(ENTRIES), entry=there, case=self._called(entry), line=index + 1)
        later = self._find(index, lambda told: told["hash"] == known)
        if later:
            return faults.REORDERED.at(Place(ENTRIES), entry=index, line=later)
        return self._removed(index, there, entry)

    def _removed(self, first: int, after: int, entry: _Entry) -> Diagnostic:
        until = "" if after == first + 1 else f"–{after - 1}"
        return faults.REMOVED.at(Place(ENTRIES), entry=first, until=until, case=self._called(entry))

    def _chained(self, index: int, entry: _Entry) -> Diagnostic | None:
        n, digest, _ = self._last.get(entry.case, (0, "", ""))
        if (entry.n, entry.previous) == (n + 1, digest):
            return None
        place, called = Place(ENTRIES), self._called(entry)
        if entry.hash == digest:
            return faults.DOUBLED.at(place, entry=index, case=called, line=index + 1)
        return faults.NOT_CHAINED.at(place, entry=index, case=called, n=entry.n)

    def _count(self, entry: _Entry) -> None:
        number = self._last.get(entry.case, (0, "", ""))[2] or _number(entry.body)
        self._last[entry.case] = entry.n, entry.hash, number
        if not entry.case and entry.body.get("note") == "key":
            self._noted.setdefault(str(entry.body.get("public_key", "")), entry.position)
        self._tree.add(bytes.fromhex(entry.hash))

    def _find(self, after: int, fits: Callable[[Any], bool]) -> int | None:
        """The line, behind another one, of which something is true; only looked for once something is wrong."""
        for number, raw in enumerate(lines_of(self._source, ENTRIES), 1):
            if number > after + 1 and (told := _read(raw)) is not None and fits(told):
                return number
        return None

    def _called(self, entry: _Entry) -> str:
        """The case of an entry as people call it; its id where its number is not known yet."""
        known = self._last.get(entry.case, (0, "", ""))[2]
        return known or _number(entry.body) or entry.case or "—"

    # Files

    def _files(self) -> Iterator[Diagnostic]:
        """What is not as the manifest, or its name, says."""
        names = self._source.names()
        for one in self._manifest["files"]:
            path = str(one["path"])
            if path not in names:
                yield faults.FILE_GONE.at(Place(path))
                continue
            size, digest = hash_of(self._source, path)
            named = path.removeprefix(WORKBOOKS).removesuffix(".xlsx") if path.startswith(WORKBOOKS) else digest
            if (size, digest) != (one["size"], one["sha256"]) or digest != named:
                yield faults.FILE_CHANGED.at(Place(path))
        listed = {str(one["path"]) for one in self._manifest["files"]}
        yield from (faults.FILE_CHANGED.at(Place(name)) for name in names if name not in {*listed, MANIFEST})


def _read(raw: bytes) -> Any:
    """The line as it was written; None where it is no canonical JSON of an entry."""
    try:
        told = unpack(raw.decode())
        whole = isinstance(told, dict) and set(told) - {"parts"} == _LINE and isinstance(told["header"], dict)
        if not whole or canonical(told) + b"\n" != raw:
            return None
        head = told["header"]
        if set(head) != set(_HEADER) or any(type(head[name]) is not kind for name, kind in _HEADER.items()):
            return None
        digest = bytes.fromhex(head["body"].removeprefix(FORMAT_2))
        if bytes.fromhex(told["salt"]).hex() != told["salt"]:
            return None  # the same salt, written otherwise
        salted = bool(bytes.fromhex(told["salt"])) != ("parts" in told and well_formed(told["parts"]))
        hexed = salted and len(bytes.fromhex(told["hash"])) == len(digest)
        body = told["body"] is None or isinstance(told["body"], dict)
        return told if hexed and body and type(told["position"]) is int else None
    except (ValueError, TypeError, RecursionError):
        return None


def _number(body: Any) -> str:
    """The number of a case in the body of its first event, or of a decision."""
    if not isinstance(body, dict):
        return ""
    payload = body.get("payload")
    return str(body.get("number") or (payload.get("number") if isinstance(payload, dict) else "") or "")


def _after(fitting: int) -> str:
    """From where on something is wrong, in either language's sentence."""
    return f" [{fitting}…]" if fitting else ""
