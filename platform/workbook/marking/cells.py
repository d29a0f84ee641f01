"""The part of one worksheet: the styles of faulty cells, cells that are not there yet, and the link to its drawing."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from banshi.platform.workbook.marking.splicing import Element, Spliced, attribute, shown
from banshi.platform.workbook.scan import column_index
from banshi.platform.workbook.workbook import column_letters

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")
_BEHIND_DRAWING = frozenset(
    {"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"}
)
"""What the schema puts behind the drawing of comments."""
_BRANCHES = frozenset({"AlternateContent", "Choice", "Fallback"})


def split(cell: str) -> tuple[int, int]:
    """Row (from 1) and column (from 0) of the first cell that is named; raises ValueError where none is."""
    match = _REFERENCE.match(cell)
    if match is None:
        raise ValueError("no cell")
    return int(match[2]), column_index(match[1])


class Worksheet:
    """A worksheet part. Only the rows that are asked for are held cell by cell."""

    def __init__(self, data: bytes, rows: Collection[int]) -> None:
        """Take a part. Raises as `markup.parse` does."""
        number = 0

        def keep(depth: int, name: str, attributes: dict[str, str]) -> bool:
            nonlocal number
            if name == "row":
                number = int(attributes.get("r", number + 1))
            elif name == "c":
                return number in rows
            return depth < 2 or name in ("row", "mergeCell", "col") or name in _BEHIND_DRAWING | _BRANCHES

        self._part = Spliced(data, keep)
        self._root = self._part.root
        self._prefix = self._root.prefix
        self._data = self._root.find("sheetData")
        self._rows = dict(_numbered(self._data)) if self._data else {}

    def corner(self, cell: str) -> str:
        """The cell itself, or the first one of those that it is merged with."""
        row, column = split(cell)
        for area in self._root.within("mergeCell"):
            first, _, last = area.attributes.get("ref", "").partition(":")
            (top, left), (bottom, right) = split(first), split(last or first)
            if top <= row <= bottom and left <= column <= right:
                return f"{column_letters(left)}{top}"
        return f"{column_letters(column)}{row}"

    def change(self, style: Callable[[str, int], int], cells: Collection[str], values: Mapping[str, str]) -> None:
        """Give cells a style, made from cell and present style, and texts; what is not there is inserted."""
        if self._data is None:
            return
        by_row: dict[int, dict[int, str]] = {}
        for cell in (*cells, *values):
            row, column = split(cell)
            by_row.setdefault(row, {})[column] = cell
        new_rows = []
        for row, wanted in sorted(by_row.items()):
            if row in self._rows:
                self._change_row(self._rows[row], dict(sorted(wanted.items())), style, values)
            else:
                made = "".join(
                    self._new(cell, self._column_style(column), style, values.get(cell))
                    for column, cell in sorted(wanted.items())
                )
                if made:
                    new_rows.append((row, f'<{self._prefix}row r="{row}">{made}</{self._prefix}row>'))
        for row, xml in new_rows:
            behind = next((element for number, element in self._rows.items() if number > row), None)
            if behind is not None:
                self._part.put(behind.start, xml)
            else:
                self._part.append(self._data, xml)

    def drawing(self) -> str:
        """The relation of the drawing of comments; blank without one."""
        found = self._root.find("legacyDrawing")
        return "" if found is None else next((v for k, v in found.attributes.items() if k.endswith(":id")), "")

    def draw(self, relation: str, namespace: str) -> None:
        """Link the drawing of comments, at its place in the order of elements."""
        if (old := self._root.find("legacyDrawing")) is not None:
            self._part.replace(old, "")
        xml = f"<{self._prefix}legacyDrawing xmlns:r={attribute(namespace)} r:id={attribute(relation)}/>"
        for child in self._root.children:
            inside = any(True for name in _BEHIND_DRAWING for _ in child.within(name))
            if child.local in _BEHIND_DRAWING or (child.local == "AlternateContent" and inside):
                self._part.put(child.start, xml)
                return
        self._part.append(self._root, xml)

    def result(self) -> bytes:
        """The part with its changes."""
        return self._part.result()

    def _change_row(
        self, row: Element, wanted: Mapping[int, str], style: Callable[[str, int], int], values: Mapping[str, str]
    ) -> None:
        there = dict(_placed(row))
        for column, name in wanted.items():
            element = there.get(column)
            if element is None:
                xml = self._new(name, self._missing_style(row, column), style, values.get(name))
                behind = next((other for at, other in there.items() if at > column), None)
                if xml and behind is not None:
                    self._part.put(behind.start, xml)
                elif xml:
                    self._part.append(row, xml)
                continue
            before = int(element.attributes.get("s", "0"))
            after = style(name, before)
            if name in values:
                self._part.replace(element, self._cell(name, after, values[name]))
            elif after != before:
                self._part.set(element, "s", str(after))
        self._widen(row, [column + 1 for column in wanted if column not in there])

    def _widen(self, row: Element, columns: Collection[int]) -> None:
        """Keep the hint about the columns of a row true."""
        spans = [int(end) for span in row.attributes.get("spans", "").split() for end in span.split(":")]
        if spans and columns and not (min(spans) <= min(columns) and max(columns) <= max(spans)):
            self._part.set(row, "spans", f"{min(*spans, *columns)}:{max(*spans, *columns)}")

    def _missing_style(self, row: Element, column: int) -> int:
        if row.attributes.get("customFormat") in ("1", "true"):
            return int(row.attributes.get("s", "0"))
        return self._column_style(column)

    def _column_style(self, column: int) -> int:
        for col in self._root.within("col"):
            if int(col.attributes["min"]) <= column + 1 <= int(col.attributes["max"]):
                return int(col.attributes.get("style", "0"))
        return 0

    def _new(self, name: str, present: int, style: Callable[[str, int], int], text: str | None) -> str:
        """A cell that is not there yet; nothing where it would be as blank as it is."""
        made = style(name, present)
        return "" if made == present and text is None else self._cell(name, made, text)

    def _cell(self, name: str, style: int, text: str | None) -> str:
        prefix = self._prefix
        if text is None:
            return f'<{prefix}c r="{name}" s="{style}"/>'
        return (
            f'<{prefix}c r="{name}" s="{style}" t="inlineStr"><{prefix}is><{prefix}t xml:space="preserve">{shown(text)}'
            f"</{prefix}t></{prefix}is></{prefix}c>"
        )


def _numbered(data: Element) -> Iterator[tuple[int, Element]]:
    number = 0
    for row in data.all("row"):
        number = int(row.attributes.get("r", number + 1))
        yield number, row


def _placed(row: Element) -> Iterator[tuple[int, Element]]:
    column = -1
    for cell in row.all("c"):
        reference = cell.attributes.get("r")
        column = column + 1 if reference is None else column_index(reference.rstrip("0123456789"))
        yield column, cell
