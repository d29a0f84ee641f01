"""The door for files from outside: what is refused before anything is parsed, in one plain sentence each.

An xlsx is a zip of XML parts. Measured on this field's libraries: 498 KB unpacked to 400 MB, a 4 KB file took 4 GB. So
entries, sizes, ratio, names, checksums and DOCTYPE are judged here, on a stream that never holds a whole part.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from xml.parsers.expat import ExpatError

from banshi.platform.workbook import faults
from banshi.rules.diagnostics import NOWHERE, Diagnostic

MEGABYTE = 1024 * 1024
MAX_FILE = 20 * MEGABYTE
MAX_ENTRIES = 1_000
MAX_PART = 64 * MEGABYTE
MAX_TOTAL = 128 * MEGABYTE
MAX_RATIO = 200
"""How often a part may grow when it is unpacked; Excel's own reach some 60. Parts under a megabyte may grow freely."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes that a file, one of its parts and all of them unpacked may have."""

    file: int = MAX_FILE
    part: int = MAX_PART
    total: int = MAX_TOTAL


WORKBOOK = Limits()
TABLE = Limits(200 * MEGABYTE, 2048 * MEGABYTE, 3072 * MEGABYTE)
"""Rows of data that the command line is given: read as they go by, so they may be many."""

CHUNK = 64 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OTHERS = (
    ("word/", "Word 文档", "a Word document"),
    ("ppt/", "PowerPoint 演示文稿", "a PowerPoint presentation"),
    ("xl/workbook.bin", "二进制工作簿（.xlsb）", "a binary workbook (.xlsb)"),
    ("content.xml", "OpenDocument 文件", "an OpenDocument file"),
)
_CARRIED = (
    (re.compile(r"vbaProject|vbaData|xl/macrosheets/|xl/dialogsheets/", re.IGNORECASE), faults.MACROS),
    (re.compile(r"xl/externalLinks/", re.IGNORECASE), faults.EXTERNAL_LINKS),
    (re.compile(r"xl/(embeddings|activeX)/", re.IGNORECASE), faults.EMBEDDED),
    (re.compile(r"xl/(connections\.xml|queryTables/|model/)|customUI/", re.IGNORECASE), faults.CONNECTIONS),
)

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ExpatError,
    EOFError,
    OSError,
    LookupError,
    ValueError,
    ArithmeticError,
    NotImplementedError,
    RuntimeError,
)
"""What the standard library raises on a broken zip or broken XML (broken text is a ValueError)."""


class Refused(Exception):
    """A file that is not read; carries the diagnostic that says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message("en"))
        self.diagnostic = diagnostic


def open_archive(data: bytes, file: str, limits: Limits | None = None) -> zipfile.ZipFile:
    """The zip of a workbook whose every part was judged; raises Refused."""
    limits = limits or WORKBOOK
    check_kind(data, file, limits)
    if is_old_excel(data):
        raise Refused(faults.OLD_EXCEL.at(NOWHERE, file=file))
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        _check_entries(archive, file, limits)
        for info in archive.infolist():
            _check_content(archive, info, file)
    except DAMAGE as error:
        raise Refused(damaged(file, error)) from error
    return archive


def damaged(file: str, error: Exception) -> Diagnostic:
    """The sentence for a file whose reading raised one of `DAMAGE`; says nothing of the file's own bytes."""
    match error:
        case ExpatError():
            detail = "XML"
        case zipfile.BadZipFile() | zlib.error() | EOFError():
            detail = "zip"
        case _:
            detail = type(error).__name__
    return faults.DAMAGED.at(NOWHERE, file=file, detail=detail)


def carried(archive: zipfile.ZipFile) -> Iterator[Diagnostic]:
    """What the workbook carries beside its cells: macros, links, embedded objects, connections. None of it is used."""
    names = [info.filename for info in archive.infolist()]
    for pattern, fault in _CARRIED:
        parts = [name for name in names if pattern.search(name)]
        if parts:
            yield fault.at(NOWHERE, part="、".join(parts[:3]) + ("…" if len(parts) > 3 else ""))
    if b"macroEnabled" in archive.read("[Content_Types].xml") and not any(map(_CARRIED[0][0].search, names)):
        yield faults.MACROS.at(NOWHERE, part="[Content_Types].xml")


def chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A part, a piece at a time; its checksum is compared at the end."""
    with archive.open(name) as stream:
        while piece := stream.read(CHUNK):
            yield piece


def check_kind(data: bytes, file: str, limits: Limits = WORKBOOK) -> None:
    """Refuse what is plainly no workbook: empty, too large, locked by a password, text, a web page."""
    if not data.strip(b"\x00\t\r\n "):
        raise Refused(faults.EMPTY_FILE.at(NOWHERE, file=file))
    if len(data) > limits.file:
        raise Refused(_too_large(file, "文件", "its size", len(data), limits.file))
    if is_old_excel(data) and _ENCRYPTED in data:
        raise Refused(faults.PASSWORD.at(NOWHERE, file=file))
    if is_old_excel(data) or data.startswith(b"PK"):
        return
    start = data[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\x00", b"").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta", b"mime-version")):
        raise Refused(faults.WEB_PAGE.at(NOWHERE, file=file))
    raise Refused((faults.TEXT_FILE if _is_text(data) else faults.NOT_A_WORKBOOK).at(NOWHERE, file=file))


def is_old_excel(data: bytes) -> bool:
    """Whether the bytes are a compound file, as Excel wrote until 2003."""
    return data.startswith(_OLE)


def _is_text(data: bytes) -> bool:
    """Whether the bytes read as a table of text, in one of the encodings that Excel in China writes."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if re.search("[,;\t，]", text) and all(char.isprintable() or char in "\t\r\n" for char in text):
            return True
    return False


def _check_entries(archive: zipfile.ZipFile, file: str, limits: Limits) -> None:
    entries = archive.infolist()
    names = [info.filename for info in entries]
    if len(entries) > MAX_ENTRIES:
        facts = {"what": "部件数", "what_en": "its number of parts", "found": len(entries), "limit": MAX_ENTRIES}
        raise Refused(faults.TOO_LARGE.at(NOWHERE, file=file, **facts))
    twice = {name for name, count in Counter(names).items() if count > 1}
    for info in entries:
        if _unsafe(info.filename) or info.filename in twice:
            raise Refused(faults.UNSAFE_ENTRY.at(NOWHERE, file=file, part=info.filename[:80]))
        if info.flag_bits & 0x1:
            raise Refused(faults.PASSWORD.at(NOWHERE, file=file))
        if info.file_size > limits.part:
            raise Refused(_too_large(file, "部件解压后", "an unpacked part", info.file_size, limits.part))
        ratio = info.file_size // max(info.compress_size, 1)
        if info.file_size > MEGABYTE and ratio > MAX_RATIO:
            raise Refused(faults.ZIP_BOMB.at(NOWHERE, file=file, ratio=ratio))
    total = sum(info.file_size for info in entries)
    if total > limits.total:
        raise Refused(_too_large(file, "解压后", "its unpacked size", total, limits.total))
    _check_office(names, file)


def _check_office(names: list[str], file: str) -> None:
    for prefix, what, what_en in _OTHERS:
        if any(name.startswith(prefix) for name in names):
            raise Refused(faults.OTHER_OFFICE.at(NOWHERE, file=file, what=what, what_en=what_en))
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Refused(faults.NOT_A_WORKBOOK.at(NOWHERE, file=file))


def _unsafe(name: str) -> bool:
    parts = re.split(r"[/\\]", name)
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0] or "\x00" in name


def _check_content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: str) -> None:
    """Unpack a part once, piece by piece: the checksum is compared, and XML may not declare a document type."""
    is_markup = info.filename.lower().endswith((".xml", ".rels", ".vml", ".xhtml", ".html"))
    tail = b""
    for piece in chunks(archive, info.filename):
        # Zero bytes go, so that a part in UTF-16 cannot hide the declaration.
        window = tail + (piece.replace(b"\x00", b"") if is_markup else b"")
        if is_markup and _DECLARATION.search(window):
            raise Refused(faults.DOCTYPE.at(NOWHERE, file=file, part=info.filename[:80]))
        tail = window[-9:]


def _too_large(file: str, what: str, what_en: str, found: int, limit: int) -> Diagnostic:
    size, most = f"{found / MEGABYTE:.1f} MB", f"{limit // MEGABYTE} MB"
    return faults.TOO_LARGE.at(NOWHERE, file=file, what=what, what_en=what_en, found=size, limit=most)
