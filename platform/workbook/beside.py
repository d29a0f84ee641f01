"""Files beside a workbook, data and what papers are made of: which it names, and how they become a part of it.

A version is known by the hash of its bytes. So the files travel inside the workbook: every one is a part of the zip of its
own, behind all others and not packed, so that the same workbook with the same files has the same hash anywhere. Excel
reads past such parts, and leaves them out when it saves.
"""

from __future__ import annotations

import base64
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import quoteattr

from defusedxml.ElementTree import fromstring

from banshi.platform.workbook.columns import plain
from banshi.platform.workbook.key_rows import is_file, key_of, key_rows
from banshi.platform.workbook.safety import DAMAGE, MAX_FILE
from banshi.platform.workbook.workbook import Sheet, Workbook
from banshi.rules.diagnostics import Diagnostic

ENDINGS = (".csv", ".xml", ".xlsx")
"""Files whose rows stand in for a data sheet."""
PAPERS = (".html", ".htm", ".png", ".jpg", ".jpeg")
"""Templates and seals of papers."""
MOST_FILES = 20
_FOLDER = "banshi/beside"
_NAME = re.compile(r"[^\W_][\w .()（）-]{0,118}\.(?:csv|xml|xlsx|html?|png|jpe?g)", re.IGNORECASE)
_ASKED = re.compile(
    r"(?:pulldata|取数|instance|lookup|查表|search)\s*[(（]\s*[\"'“”‘’]?([^\"'“”‘’,，()（）]+?)(?:\.csv)?[\"'“”‘’]?\s*[,，)）]",
    re.IGNORECASE,
)
_LISTED = re.compile(r".+\s(\S+\.(?:csv|xml))", re.IGNORECASE)
_OF_PAPER = re.compile(r"\S[^\n<>{}]*\.(?:html?|png|jpe?g)", re.IGNORECASE)
_EXTERNAL = {"csv-external": ".csv", "xml-external": ".xml"}
Find = Callable[[str], bytes | None]


def is_plain(name: str) -> bool:
    """Whether a name is that of a file in the same folder, of a kind that is read: no path, no hidden file."""
    return _NAME.fullmatch(name) is not None


def beside(path: Path) -> Find:
    """Finds files in the folder of a workbook; what lies elsewhere, also behind a link, is not there."""
    folder = path.resolve().parent

    def find(name: str) -> bytes | None:
        file = folder / name
        try:
            if not is_plain(name) or file.resolve().parent != folder or not file.is_file():
                return None
            with file.open("rb") as stream:
                return stream.read(MAX_FILE + 1)
        except OSError:
            return None

    return find


def files_named(workbook: Workbook) -> tuple[tuple[str, ...], ...]:
    """The files that a workbook may mean, each as the names that it may have, without those that a sheet of it has."""
    own = {sheet.suffix for sheet in workbook.of_kind("data") if not stands_in(sheet)}
    own |= {cell.text for sheet in workbook.of_kind("choices") for row in sheet.rows for cell in row.cells[:3]}
    found = dict.fromkeys(_named(workbook))
    return tuple(names for names in found if _is_of_paper(names[0]) or Path(names[0]).stem not in own)[:MOST_FILES]


def _is_of_paper(name: str) -> bool:
    return Path(name).suffix.casefold() in PAPERS


def _named(workbook: Workbook) -> Iterator[tuple[str, ...]]:
    for sheet in workbook.of_kind("data"):
        if name := stands_in(sheet):
            yield (name,)
    for sheet in workbook.sheets:
        if sheet.kind == "note":
            continue
        for row in sheet.rows:
            texts = [cell.value for cell in row.cells if isinstance(cell.value, str)]
            if sheet.kind == "documents":
                yield from ((text.strip(),) for text in texts if _OF_PAPER.fullmatch(text.strip()))
            for at, text in enumerate(texts):
                if ending := _EXTERNAL.get(plain(text)):
                    yield ("".join(texts[at + 1 : at + 2]).strip() + ending,)
                elif sheet.kind == "survey" and (listed := _LISTED.fullmatch(text.strip())):
                    yield (listed[1],)
                for asked in _ASKED.finditer(text):
                    yield _meant(f"{asked[1]}.csv")


def stands_in(sheet: Sheet) -> str:
    """The file whose rows a data sheet stands for: `file` with the file's name beside or below it; else an empty text."""
    above = sheet.rows[: max(1, key_rows(sheet.rows))]
    at = next((at for at, row in enumerate(above) if key_of(row) == "file"), None)
    if at is None:
        return ""
    first = [cell for cell in above[at].cells if not cell.blank]
    below = sheet.rows[at + 1].cells[:1] if len(sheet.rows) > at + 1 and len(first) == 1 else ()
    return next((cell.text.strip() for cell in (*first[1:2], *below) if is_file(cell.text)), "")


def with_files(data: bytes, workbook: Workbook, find: Find) -> bytes:
    """The bytes of a workbook with the files that it names and `find` has; the same bytes where there are none.

    Files that it carries already stay where `find` has no newer ones.
    """
    inside = files_in(data)
    found = dict(inside)
    met: set[str] = set()
    # A file that is called by its whole name comes before one that a function only means.
    for names in sorted((*files_named(workbook), *((name,) for name in inside)), key=len):
        for name in names if all(map(is_plain, names)) and not met.intersection(names) else ():
            if (content := find(name)) is not None:
                found[name] = content
                met.update(names if len(names) > 1 else (name, *_meant(name)))
                break
    return data if found == inside else packed(data, found)


def _meant(name: str) -> tuple[str, ...]:
    """The files that a function may mean which names a file without its ending."""
    return tuple(f"{Path(name).stem}{ending}" for ending in ENDINGS[:2])


def read_whole(
    read: Callable[[bytes, str], tuple[Workbook | None, list[Diagnostic]]], data: bytes, file: str, find: Find
) -> tuple[bytes, Workbook | None, list[Diagnostic]]:
    """The bytes of a workbook with the files that it names, and what `read` reads from them."""
    workbook, found = read(data, file)
    whole = data if workbook is None else with_files(data, workbook, find)
    return (whole, *read(whole, file)) if whole is not data else (data, workbook, found)


def files_in(data: bytes) -> dict[str, bytes]:
    """The files that a workbook carries, by name; none in what is no zip."""
    return {name: content for name, content in parts_in(data, _FOLDER).items() if is_plain(name)}


def carried_files(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """The files that an open workbook carries. Raises what `DAMAGE` lists where one was changed by hand."""
    return {name: content for name, content in _parts(archive, _FOLDER).items() if is_plain(name)}


def parts_in(data: bytes, folder: str) -> dict[str, bytes]:
    """The files that a workbook carries in a folder of its zip, by name; none in what is no zip."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _parts(archive, folder)
    except DAMAGE:
        return {}


def _parts(archive: zipfile.ZipFile, folder: str) -> dict[str, bytes]:
    found = {}
    for info in archive.infolist():
        if info.filename.startswith(f"{folder}/"):
            part = fromstring(archive.read(info))
            found[part.get("name", "")] = base64.b64decode(part.text or "", validate=True)
    return found


def packed(data: bytes, files: Mapping[str, bytes], folder: str = _FOLDER) -> bytes:
    """The bytes of a workbook that carries these files in a folder of its zip and no others there; as they are, where that fails."""
    try:
        whole = BytesIO(_without_files(data, folder))
        with zipfile.ZipFile(whole, "a") as archive:
            for number, name in enumerate(sorted(files), 1):
                text = f"<file name={quoteattr(name)}>{base64.b64encode(files[name]).decode()}</file>"
                info = zipfile.ZipInfo(f"{folder}/{number}.xml", date_time=(1980, 1, 1, 0, 0, 0))
                archive.writestr(info, text, compress_type=zipfile.ZIP_STORED)
    except DAMAGE:
        return data
    return whole.getvalue()


def _without_files(data: bytes, folder: str) -> bytes:
    """The workbook without files that it carries in a folder; its very bytes where it carries none."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as archive:
        own = [info for info in archive.infolist() if not info.filename.startswith(f"{folder}/")]
        if len(own) == len(archive.infolist()):
            return data
        with zipfile.ZipFile(made, "w") as copy:
            for info in own:
                copy.writestr(info, archive.read(info))
    return made.getvalue()
