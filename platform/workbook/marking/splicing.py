"""XML parts changed where they must be: expat says where each element stands, and everything between stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

from banshi.platform.workbook.markup import DeclarationError

_START_TAG = re.compile(rb"""<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*(/?)>""")
_ENCODING = re.compile(rb"""(<\?xml[^>]*?)\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(slots=True, eq=False)
class Element:
    """An element and where it stands: its start tag from `start` to before `inside`, its end tag from `close` to before `end`."""

    name: str
    attributes: dict[str, str]
    start: int
    inside: int
    close: int = 0
    end: int = 0
    text: str = ""
    children: list[Element] = field(default_factory=list)

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """The prefix with its colon, or nothing."""
        return self.name[: -len(self.local)]

    def all(self, local: str) -> Iterator[Element]:
        """The children of a name."""
        return (child for child in self.children if child.local == local)

    def find(self, *path: str) -> Element | None:
        """The first child of a name, its first child of the next name, and so on."""
        found: Element | None = self
        for local in path:
            found = next(found.all(local), None) if found is not None else None
        return found

    def within(self, local: str) -> Iterator[Element]:
        """The descendants of a name, in their order."""
        for child in self.children:
            if child.local == local:
                yield child
            yield from child.within(local)


Keep = Callable[[int, str, dict[str, str]], bool]
"""Whether an element is kept in the tree, by its depth (the root has 0), local name and attributes."""


class Spliced:
    """A part and the changes to it, made all at once in the end."""

    def __init__(self, data: bytes, keep: Keep | None = None) -> None:
        """Take a part; `keep` thins out the tree of a large one. Raises as `markup.parse` does."""
        self._given = data
        self.data = _in_utf8(data)
        self.root = _tree(self.data, keep)
        self._edits: list[tuple[int, int, bytes]] = []
        self._appended: dict[int, tuple[Element, list[str]]] = {}

    def source(self, element: Element) -> str:
        """An element as it is written."""
        return self.data[element.start : element.end].decode()

    def put(self, position: int, xml: str) -> None:
        """Insert at a position."""
        self._edits.append((position, position, xml.encode()))

    def replace(self, element: Element, xml: str) -> None:
        """Write something else instead of an element."""
        self._edits.append((element.start, element.end, xml.encode()))

    def fill(self, element: Element, xml: str) -> None:
        """Write something else inside an element that is not empty."""
        self._edits.append((element.inside, element.close, xml.encode()))

    def append(self, element: Element, xml: str) -> None:
        """Add a last child; an empty element is opened for it."""
        self._appended.setdefault(element.start, (element, []))[1].append(xml)

    def set(self, element: Element, name: str, value: str) -> None:
        """Give an attribute (without a prefix) a value."""
        tag = self.data[element.start : element.inside]
        written = re.search(rb"""\s""" + name.encode() + rb"""\s*=\s*("[^"]*"|'[^']*')""", tag)
        if written:
            start, end = written.span(1)
            self._edits.append((element.start + start, element.start + end, attribute(value).encode()))
        else:
            position = element.start + 1 + len(element.name.encode())
            self.put(position, f" {name}={attribute(value)}")

    def result(self) -> bytes:
        """The part with its changes; the very bytes that were given where there are none."""
        edits = list(self._edits)
        for element, pieces in self._appended.values():
            xml = "".join(pieces)
            if element.inside == element.end:
                edits.append((element.end - 2, element.end, f">{xml}</{element.name}>".encode()))
            else:
                edits.append((element.close, element.close, xml.encode()))
        if not edits:
            return self._given
        pieces_of_part: list[bytes] = []
        position = 0
        for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
            pieces_of_part += (self.data[position:start], new)
            position = end
        return b"".join([*pieces_of_part, self.data[position:]])


def attribute(value: str) -> str:
    """A quoted attribute."""
    return '"' + escape(value, {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"}) + '"'


def shown(text: str) -> str:
    """Text of a cell or comment between tags: what XML cannot hold is replaced, what looks like an escape is kept as it is."""
    return escape(_LOOKS_ESCAPED.sub("_x005F_", _NO_XML.sub("\ufffd", text)), {"\r": "&#13;"})


def _in_utf8(data: bytes) -> bytes:
    """The part in UTF-8, so that what is inserted is read as it is meant."""
    declared = _ENCODING.match(data)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16").encode()
    elif declared and declared[2].lower() not in (b"utf-8", b"ascii", b"us-ascii"):
        data = data.decode(declared[2].decode()).encode()
    else:
        return data
    return _ENCODING.sub(rb'\1 encoding="UTF-8"', data, count=1)


def _tree(data: bytes, keep: Keep | None) -> Element:
    parser = expat.ParserCreate()
    top = Element("", {}, 0, 0)
    stack = [top]
    skipped = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal skipped
        if skipped or (keep is not None and not keep(len(stack) - 1, name.rpartition(":")[2], attributes)):
            skipped += 1
            return
        at = parser.CurrentByteIndex
        tag = _START_TAG.match(data, at)
        if tag is None:
            raise ValueError("a start tag that cannot be found again")
        element = Element(name, attributes, at, tag.end())
        if tag[1]:
            element.close = element.end = element.inside
        stack[-1].children.append(element)
        stack.append(element)

    def end(_: str) -> None:
        nonlocal skipped
        if skipped:
            skipped -= 1
            return
        element = stack.pop()
        if not element.end:
            element.close = parser.CurrentByteIndex
            element.end = data.index(b">", element.close) + 1

    def text(piece: str) -> None:
        if not skipped:
            stack[-1].text += piece

    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.Parse(data, True)
    return top.children[0]


def _refuse(*_: object) -> None:
    raise DeclarationError
