"""The comments of one sheet: faults are written into new ones and behind those that are there, and taken away again.

A comment stands twice in a file: its text in the comments part, and its box, a shape, in a VML drawing. Threaded
comments have an old-fashioned one as a stand-in, which Excel writes anew; both stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from banshi.platform.workbook.marking.drawing import Boxes
from banshi.platform.workbook.marking.package import Package, Relation
from banshi.platform.workbook.marking.splicing import Element, Spliced, attribute, shown

AUTHOR = "Banshi 办事"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_MARK = re.compile(r"(?:^|\n\n)([A-Z]+-\d{3}) ")
_FORMER = re.compile(r"\n原底色 fill: ((?:(?:rgb|theme|tint|indexed|auto)=[0-9A-Za-z.+-]+ ?)+)$")


@dataclass(frozen=True, slots=True)
class _Comment:
    """A comment, what its author wrote in it (characters of the whole), and the fill that our mark replaced."""

    element: Element
    text: str
    own: int
    former: str


def with_former(text: str, former: str) -> str:
    """The text of a mark that remembers the fill of its cell."""
    return f"{text}\n原底色 fill: {former}" if former else text


class Comments:
    """The comments of a sheet; `codes` are those of all faults, by which marks are known whoever saved them."""

    def __init__(self, package: Package, sheet: str, namespace: str, codes: Collection[str]) -> None:
        """Take the comments of the sheet whose part is named."""
        self._package, self._sheet, self._namespace = package, sheet, namespace
        relations = package.relations(sheet)
        found = next((one for one in relations if one.kind == "comments" and one.part in package), None)
        self._relation: Relation | None = found
        self._spliced = Spliced(package.read(found.part)) if found else None
        self._comments = {} if self._spliced is None else self._read(self._spliced.root, codes)

    def earlier(self) -> dict[str, str]:
        """The cells that an earlier copy marked, with the fill that they had."""
        return {cell: one.former for cell, one in self._comments.items() if one.own < len(one.text)}

    def change(self, marks: Mapping[str, str]) -> Boxes | None:
        """Write marks (text by cell) where earlier ones are taken away; the boxes to show, where there is any change."""
        earlier = self.earlier()
        threaded = {cell for cell in marks if self._threaded(cell)}
        marks = {cell: text for cell, text in marks.items() if cell not in threaded}
        if not marks and not earlier:
            return None
        part = self._spliced or Spliced(_empty(self._namespace))
        gone = [
            cell
            for cell in earlier
            if cell not in marks and not self._comments[cell].text[: self._comments[cell].own].strip()
        ]
        for cell in dict.fromkeys((*earlier, *marks)):
            if cell in gone:
                part.replace(self._comments[cell].element, "")
            elif cell in self._comments:
                _rewrite(part, self._comments[cell], marks.get(cell, ""))
        added = [cell for cell in marks if cell not in self._comments]
        if added:
            self._add(part, {cell: marks[cell] for cell in added})
        self._save(part)
        return Boxes(added=added, gone=gone)

    def _read(self, root: Element, codes: Collection[str]) -> dict[str, _Comment]:
        found = {}
        for element in root.within("comment"):
            text = "".join(piece.text for piece in _pieces(element))
            mark = next((match for match in _MARK.finditer(text) if match[1] in codes), None)
            former = _FORMER.search(text) if mark else None
            own = mark.start() if mark else len(text)
            reference = element.attributes.get("ref", "").replace("$", "")
            found[reference] = _Comment(element, text, own, former[1].strip() if former else "")
        return found

    def _threaded(self, cell: str) -> bool:
        if cell not in self._comments or self._spliced is None:
            return False
        authors = [author.text for author in self._spliced.root.within("author")]
        number = int(self._comments[cell].element.attributes.get("authorId", "0"))
        return number < len(authors) and authors[number].startswith("tc={")

    def _add(self, part: Spliced, marks: Mapping[str, str]) -> None:
        root = part.root
        prefix = root.prefix
        authors = [author.text for author in root.within("author")]
        if AUTHOR not in authors:
            if holder := root.find("authors"):
                part.append(holder, f"<{prefix}author>{AUTHOR}</{prefix}author>")
            else:
                part.put(root.inside, f"<{prefix}authors><{prefix}author>{AUTHOR}</{prefix}author></{prefix}authors>")
            authors.append(AUTHOR)
        number = authors.index(AUTHOR)
        new = "".join(
            f"<{prefix}comment ref={attribute(cell)} authorId={attribute(str(number))}>"
            f"<{prefix}text>{_run(prefix, text)}</{prefix}text></{prefix}comment>"
            for cell, text in marks.items()
        )
        if holder := root.find("commentList"):
            part.append(holder, new)
        else:
            part.append(root, f"<{prefix}commentList>{new}</{prefix}commentList>")

    def _save(self, part: Spliced) -> None:
        if self._relation is not None:
            self._package.write(self._relation.part, part.result())
            return
        name = self._package.free("xl/comments{}.xml")
        self._package.write(name, part.result())
        self._package.declare(name, _TYPE)
        base = self._package.type_base()
        self._package.relate(self._sheet, base + "comments", name)


def _empty(namespace: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<comments xmlns="{namespace}"><authors><author>{AUTHOR}</author></authors><commentList></commentList></comments>'
    ).encode()


def _pieces(comment: Element) -> list[Element]:
    """The `t` elements that make the text, without phonetic hints."""
    text = comment.find("text")
    if text is None:
        return []
    runs = [child if child.local == "t" else child.find("t") for child in text.children if child.local in ("t", "r")]
    return [piece for piece in runs if piece is not None]


def _rewrite(part: Spliced, comment: _Comment, mark: str) -> None:
    """Cut the runs of a comment where its author ended, and write the mark behind."""
    holder = comment.element.find("text")
    if holder is None:
        holder = comment.element
        part.append(holder, f"<{holder.prefix}text>{_run(holder.prefix, mark)}</{holder.prefix}text>")
        return
    own = comment.text[: comment.own]
    if not own.strip():
        own = ""
    kept = []
    left = len(own)
    for child in holder.children:
        piece = child if child.local == "t" else child.find("t") if child.local == "r" else None
        if piece is None or left <= 0:
            continue
        words, left = piece.text[:left], left - len(piece.text)
        whole = words == piece.text
        if child is piece:
            kept.append(part.source(child) if whole and not mark else _run(holder.prefix, words))
        else:
            before = part.data[child.start : piece.start].decode()
            after = part.data[piece.end : child.end].decode()
            kept.append(part.source(child) if whole else before + _text(holder.prefix, words) + after)
    if mark:
        kept.append(_run(holder.prefix, f"\n\n{mark}" if own else mark))
    part.replace(holder, f"<{holder.name}>{''.join(kept)}</{holder.name}>")


def _run(prefix: str, text: str) -> str:
    return f"<{prefix}r>{_text(prefix, text)}</{prefix}r>"


def _text(prefix: str, text: str) -> str:
    return f'<{prefix}t xml:space="preserve">{shown(text)}</{prefix}t>'
