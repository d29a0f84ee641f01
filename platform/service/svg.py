"""SVG pictures of authors, made safe: what is drawn stays, everything that acts or fetches goes.

Only listed elements, attributes and style properties are kept, and the picture is written anew from them: no script, no
handler, no link, no animation, no HTML inside, no reference to anything outside the file. `use` is left out because
copies of copies can make a small file draw for hours.

The tree is read by defusedxml, which refuses entities. A cleaner for HTML such as nh3 would not do: it reads SVG by the
rules of HTML, and does not look into `style`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_DEEPEST = 60
_MOST_PARTS = 20_000


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ELEMENTS = _words(
    "svg g defs clipPath linearGradient radialGradient stop path rect circle ellipse line polyline polygon text tspan "
    "image title desc"
)
_GROUPS = {"a", "switch"}
"""What holds drawings and acts: its content stays, as a group."""
_UNSAID = {"metadata"}

_PROPERTIES = _words(
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-dasharray "
    "stroke-dashoffset stroke-miterlimit opacity color display visibility clip-path clip-rule stop-color stop-opacity "
    "font-family font-size font-weight font-style text-anchor dominant-baseline letter-spacing paint-order"
)
_ATTRIBUTES = _PROPERTIES | _words(
    "id class transform viewBox preserveAspectRatio width height x y x1 y1 x2 y2 cx cy r rx ry fx fy d points dx dy "
    "offset gradientUnits gradientTransform spreadMethod clipPathUnits textLength lengthAdjust"
)
_VALUE = re.compile(r"(?:url\(\s*['\"]?#[\w.-]+['\"]?\s*\)|[\w\s.,#%()+'\"-])*")
_CALL = re.compile(r"(?<![\w-])(?!rgba?\(|hsla?\(|url\(\s*['\"]?#)[a-z-]+\(", re.IGNORECASE)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_SELECTOR = re.compile(r"[\w\s.,#*>-]+")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|webp);base64,[A-Za-z0-9+/=\s]+")
_NUMBER = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(?:px)?\s*")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that is safe to show: its bytes, the ids of its shapes, and what was left out."""

    data: bytes
    ids: frozenset[str]
    left_out: tuple[str, ...] = ()


def clean_svg(data: bytes) -> Drawing | None:
    """The picture without anything that acts or fetches; None when it is no SVG that can be read."""
    try:
        root = fromstring(data, forbid_entities=True, forbid_external=True)
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return None
    if root.tag != f"{_SVG}svg":
        return None
    cleaner = _Cleaner()
    made = cleaner.element(root, "svg", 0)
    if cleaner.parts > _MOST_PARTS:
        return None
    made.set("xmlns", _SVG[1:-1])
    size = [_NUMBER.fullmatch(made.get(side, "")) for side in ("width", "height")]
    if "viewBox" not in made.attrib and all(size):
        made.set("viewBox", " ".join(["0 0", *(found[1] for found in size if found)]))
    ids = frozenset(part.get("id", "") for part in made.iter()) - {""}
    return Drawing(ET.tostring(made, "utf-8"), ids, tuple(dict.fromkeys(cleaner.left_out)))


class _Cleaner:
    """Copies what is listed, and notes what is not."""

    def __init__(self) -> None:
        self.left_out: list[str] = []
        self.parts = 0

    def element(self, source: Element, name: str, depth: int) -> Element:
        made = ET.Element(name, dict(self._attributes(source)))
        made.text, made.tail = source.text, source.tail
        for child in source:
            copied = self._child(child, depth + 1)
            if copied is not None:
                made.append(copied)
        return made

    def _child(self, source: Element, depth: int) -> Element | None:
        if not isinstance(source.tag, str) or not source.tag.startswith(_SVG):
            return None  # a comment, or the notes of the program that drew it
        name = source.tag.removeprefix(_SVG)
        self.parts += 1
        if name == "style":
            return self._style(source)
        name = "g" if name in _GROUPS else name
        if name not in _ELEMENTS or depth > _DEEPEST or self.parts > _MOST_PARTS:
            if name not in _UNSAID:
                self.left_out.append(name)
            return None
        made = self.element(source, name, depth)
        if name == "image" and "href" not in made.attrib:
            self.left_out.append("image")
            return None
        return made

    def _attributes(self, source: Element) -> Iterator[tuple[str, str]]:
        for name, value in source.items():
            if name in {"href", _XLINK_HREF} and source.tag == f"{_SVG}image":
                if _PICTURE.fullmatch(value):
                    yield "href", value
            elif name == "style":
                yield name, self._declarations(value)
            elif name in _ATTRIBUTES and (name not in _PROPERTIES or _is_safe(value)):
                yield name, value
            elif name.startswith("on"):
                self.left_out.append(name)

    def _style(self, source: Element) -> Element:
        made = ET.Element("style")
        written = _COMMENT.sub("", source.text or "")
        rules = [(head.strip(), self._declarations(body)) for head, body in _RULE.findall(written)]
        if _RULE.sub("", written).strip() or any(not _SELECTOR.fullmatch(head) for head, _ in rules):
            self.left_out.append("style")
        made.text = "\n".join(f"{head} {{{body}}}" for head, body in rules if _SELECTOR.fullmatch(head))
        return made

    def _declarations(self, text: str) -> str:
        pairs = [pair.partition(":") for pair in text.split(";")]
        kept = [(name.strip().lower(), value.strip()) for name, _, value in pairs]
        return ";".join(f"{name}:{value}" for name, value in kept if name in _PROPERTIES and _is_safe(value))


def _is_safe(value: str) -> bool:
    return _VALUE.fullmatch(value) is not None and _CALL.search(value) is None
