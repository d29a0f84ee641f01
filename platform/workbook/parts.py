"""The parts of an xlsx around its sheets: which sheets there are, shared strings, styles, the epoch."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from banshi.platform.workbook import markup
from banshi.platform.workbook.formats import Shape, shape_of
from banshi.platform.workbook.safety import chunks

LONGEST_TEXT = 32_767
"""Excel's own limit for the text of a cell."""

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
# Zero-width characters and soft hyphens that copying from web pages leaves behind; control characters but tab and line.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u3000]")


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet of the file: the name on its tab, its part, whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Context:
    """What the cells of every sheet refer to: shared strings, the shape of each style, the epoch."""

    strings: list[str]
    shapes: list[Shape]
    epoch_1904: bool


def clean(text: str) -> str:
    """Text as an author sees it: trimmed, nothing invisible, every kind of blank a blank, lines end with `\\n`."""
    if _ESCAPE.search(text):
        text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = _SPACES.sub(" ", text)
    return _INVISIBLE.sub("", text).strip()


def read_parts(archive: zipfile.ZipFile) -> tuple[list[SheetPart], Context]:
    """The worksheets in the order of their tabs, and what their cells refer to."""
    book = next(
        (part for kind, part in _relations(archive, "").values() if kind == "officeDocument"), "xl/workbook.xml"
    )
    relations = _relations(archive, book)
    sheets: list[SheetPart] = []
    epoch: list[bool] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            epoch.append(attributes.get("date1904", "0") in ("1", "true"))
        elif name == "sheet":
            kind, part = relations.get(markup.relation_id(attributes), ("", ""))
            if kind == "worksheet":
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append(SheetPart(clean(attributes.get("name", "")), part, hidden))

    markup.parse(chunks(archive, book), start)
    by_kind = dict(relations.values())
    context = Context(
        strings=_strings(archive, by_kind.get("sharedStrings", "")),
        shapes=_shapes(archive, by_kind.get("styles", "")),
        epoch_1904=any(epoch),
    )
    return sheets, context


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """The relations of a part (or of the package): id → the last word of its type, and the part that it points to."""
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}

    def start(element: str, attributes: dict[str, str]) -> None:
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], target)

    markup.parse(chunks(archive, posixpath.join(folder, "_rels", f"{name}.rels")), start)
    return found


def text_handlers(done: Callable[[str], None], holder: str) -> tuple[markup.Start, markup.End, markup.Text]:
    """Handlers that give `done` the text of every `holder` element: its `t` elements joined, without phonetic hints."""
    pieces: list[str] = []
    state = {"text": False, "phonetic": False}

    def start(name: str, _: dict[str, str]) -> None:
        if name == holder:
            pieces.clear()
        elif name == "rPh":
            state["phonetic"] = True
        elif name == "t":
            state["text"] = not state["phonetic"]

    def end(name: str) -> None:
        if name == holder:
            done("".join(pieces))
        elif name == "rPh":
            state["phonetic"] = False
        elif name == "t":
            state["text"] = False

    def text(piece: str) -> None:
        if state["text"]:
            pieces.append(piece)

    return start, end, text


def _strings(archive: zipfile.ZipFile, part: str) -> list[str]:
    strings: list[str] = []
    if part:
        # One character too many is kept, so that the cell can say that its text is too long.
        start, end, text = text_handlers(lambda whole: strings.append(clean(whole[: LONGEST_TEXT + 1])), "si")
        markup.parse(chunks(archive, part), start, end, text)
    return strings


def _shapes(archive: zipfile.ZipFile, part: str) -> list[Shape]:
    """The shape of every cell style, in the order in which cells refer to them."""
    formats: dict[str, str] = {}
    shapes: list[Shape] = []
    inside = {"cellXfs": False}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside["cellXfs"] = True
        elif name == "xf" and inside["cellXfs"]:
            number = attributes.get("numFmtId", "0")
            shapes.append(shape_of(int(number), formats.get(number)))

    def end(name: str) -> None:
        if name == "cellXfs":
            inside["cellXfs"] = False

    if part:
        markup.parse(chunks(archive, part), start, end)
    return shapes
