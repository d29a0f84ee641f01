"""The boxes of comments: shapes in the VML drawing of a sheet, which Excel needs to show a comment at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NAMESPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_SHAPE_TYPE = (
    f'<v:shapetype {_NAMESPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = re.compile(rb"<([A-Za-z]+:)?shape\b[^>]*>.*?</\1shape>", re.DOTALL)
_ROW = re.compile(rb"<(?:[A-Za-z]+:)?Row>\s*(\d+)\s*<")
_COLUMN = re.compile(rb"<(?:[A-Za-z]+:)?Column>\s*(\d+)\s*<")
_NUMBER = re.compile(rb"_x0000_s(\d+)")
_END = re.compile(rb"</(?:[A-Za-z]+:)?xml\s*>\s*$")

VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"


@dataclass(frozen=True, slots=True)
class Boxes:
    """Cells whose comment needs a box, and cells whose comment is gone."""

    added: Sequence[str]
    gone: Sequence[str]


def empty_drawing(number: int) -> bytes:
    """A VML drawing without shapes; the numbers of its shapes begin at 1024 times its own."""
    return (
        f'<xml {_NAMESPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{number}"/></o:shapelayout>'
        f"{_SHAPE_TYPE}</xml>"
    ).encode()


def with_boxes(data: bytes, boxes: Boxes, first: int = 1025) -> bytes:
    """A drawing with boxes added and taken away. Raises ValueError where its end cannot be found."""
    gone = {_position(cell) for cell in boxes.gone}

    def kept(match: re.Match[bytes]) -> bytes:
        row, column = _ROW.search(match[0]), _COLUMN.search(match[0])
        is_gone = row and column and (int(row[1]), int(column[1])) in gone
        return b"" if is_gone else match[0]

    data = _SHAPE.sub(kept, data) if gone else data
    if not boxes.added:
        return data
    end = _END.search(data)
    if end is None:
        raise ValueError("a drawing without an end")
    number = max([first - 1, *(int(found) for found in _NUMBER.findall(data))]) + 1
    added = "" if b'id="_x0000_t202"' in data else _SHAPE_TYPE
    added += "".join(_box(cell, number + i) for i, cell in enumerate(boxes.added))
    return data[: end.start()] + added.encode() + data[end.start() :]


def _box(cell: str, number: int) -> str:
    row, column = _position(cell)
    return (
        f'<v:shape {_NAMESPACES} id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;'
        'margin-left:59.25pt;margin-top:1.5pt;width:420px;height:160px;z-index:1;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div>'
        '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def _position(cell: str) -> tuple[int, int]:
    """Row and column of a cell, both from 0."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1
