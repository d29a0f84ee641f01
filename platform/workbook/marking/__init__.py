"""The author's workbook with its faults marked: coloured cells with comments, and a sheet in front that lists them all.

Nothing else is touched: the parts of the file are copied, and only those that must change are edited where they must.
A library that reads a workbook and writes it anew would lose what it does not know (pictures, text in several styles, the
stored results of formulas).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Mapping, Sequence
from io import BytesIO

import orjson

from banshi.platform.workbook.guard import run_child
from banshi.platform.workbook.marking.cells import Worksheet, split
from banshi.platform.workbook.marking.comments import Comments, with_former
from banshi.platform.workbook.marking.drawing import VML, Boxes, empty_drawing, with_boxes
from banshi.platform.workbook.marking.listing import LIST_SHEET, TITLES, Book
from banshi.platform.workbook.marking.package import Package
from banshi.platform.workbook.marking.styles import COLOURS, Styles
from banshi.platform.workbook.safety import DAMAGE, Refused, open_archive
from banshi.rules.diagnostics import CATALOGUE, Diagnostic

__all__ = ["LIST_SHEET", "Entry", "Mark", "ending", "mark", "marked_copy"]

_LONGEST = 1_500
_REFERENCE = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")

Mark = tuple[str, str, str, str, str, str]
"""Sheet, cell, severity, code, message, remedy."""

Entry = tuple[str, str, str]
"""Sheet, cell, text."""


def marked_copy(
    data: bytes, diagnostics: Sequence[Diagnostic], language: str = "zh", values: Sequence[Entry] = ()
) -> bytes:
    """The same file with every fault at its cell and all of them in a list; only the list where the file cannot be opened.

    What an earlier copy marked is taken away first. `values` are texts that are written into cells besides. It is done in
    the same kind of child as reading is.
    """
    marks: list[Mark] = [
        (
            item.place.sheet,
            item.place.cell,
            str(item.severity),
            item.code,
            item.message(language),
            item.remedy(language),
        )
        for item in diagnostics
    ]
    notes = orjson.dumps([marks, values, sorted(CATALOGUE)])
    made = run_child("mark", len(notes).to_bytes(8, "big") + notes + data, seconds=30, megabytes=1024)
    return made or _list_alone(marks)


def ending(copy: bytes) -> str:
    """What the name of a copy must end with: Excel opens no workbook with macros under `.xlsx`."""
    with zipfile.ZipFile(BytesIO(copy)) as archive:
        return ".xlsm" if b"macroEnabled" in archive.read("[Content_Types].xml") else ".xlsx"


def mark(data: bytes, marks: Sequence[Mark], values: Sequence[Entry], codes: Collection[str]) -> bytes:
    """The copy itself, without any guard; `codes` are those of all faults, by which earlier marks are known."""
    try:
        with open_archive(data, "") as archive:
            package = Package(archive)
            _mark_package(package, marks, values, frozenset(codes))
            return package.saved()
    except (*DAMAGE, Refused):
        return _list_alone(marks)


def _list_alone(marks: Sequence[Mark]) -> bytes:
    from banshi.platform.workbook.writing import xlsx_bytes

    return b"".join(xlsx_bytes(LIST_SHEET, TITLES, marks))


def _mark_package(package: Package, marks: Sequence[Mark], values: Sequence[Entry], codes: Collection[str]) -> None:
    book = Book(package)
    part = book.of_kind("styles")
    styles = Styles(package.read(part)) if part in package else None
    for name, sheet in book.worksheets().items():
        _mark_sheet(
            package,
            sheet,
            styles,
            Comments(package, sheet, book.namespace, codes),
            [entry for entry in marks if entry[0] == name],
            {cell: text for where, cell, text in values if where == name},
        )
    if styles is not None:
        package.write(part, styles.result())
    book.put_list(marks if marks or not values else None)


def _mark_sheet(
    package: Package,
    part: str,
    styles: Styles | None,
    comments: Comments,
    marks: Sequence[Mark],
    values: Mapping[str, str],
) -> None:
    earlier = comments.earlier()
    if not (marks or values or earlier):
        return
    sheet, notes = _opened(package.read(part), marks, (*values, *earlier))
    former: dict[str, str] = {}

    def style(cell: str, present: int) -> int:
        if styles is None:
            return present
        own = styles.unmarked(present, earlier[cell]) if cell in earlier else present
        if cell not in notes:
            return own
        former[cell] = styles.own_fill(own) or ""
        return styles.marked(own, min((entry[2] for entry in notes[cell]), key=list(COLOURS).index))

    sheet.change(style, dict.fromkeys((*earlier, *notes)), values)
    texts = {cell: with_former(_text(entries), former.get(cell, "")) for cell, entries in notes.items()}
    if (boxes := comments.change(texts)) is not None:
        _draw(package, part, sheet, boxes)
    package.write(part, sheet.result())


def _opened(data: bytes, marks: Sequence[Mark], others: Collection[str]) -> tuple[Worksheet, dict[str, list[Mark]]]:
    """A sheet with all rows that will change, and the marks by cell: of merged cells the first shows its text."""
    rows = {split(cell)[0] for cell in (*others, *(_cell(entry[1]) for entry in marks))}
    sheet = Worksheet(data, rows)
    notes: dict[str, list[Mark]] = {}
    for entry in marks:
        notes.setdefault(sheet.corner(_cell(entry[1])), []).append(entry)
    corners = {split(cell)[0] for cell in notes}
    return sheet if corners <= rows else Worksheet(data, rows | corners), notes


def _cell(named: str) -> str:
    match = _REFERENCE.match(named)
    return match[0] if match else "A1"


def _text(entries: Sequence[Mark]) -> str:
    return "\n\n".join(f"{code} {message}\n{remedy}" for _, _, _, code, message, remedy in entries)[:_LONGEST]


def _draw(package: Package, part: str, sheet: Worksheet, boxes: Boxes) -> None:
    drawings = {one.id: one.part for one in package.relations(part)}
    drawing = drawings.get(sheet.drawing(), "")
    if drawing in package:
        package.write(drawing, with_boxes(package.read(drawing), boxes))
    elif boxes.added:
        drawing = package.free("xl/drawings/vmlDrawing{}.vml")
        number = package.count(".vml") + 1
        package.write(drawing, with_boxes(empty_drawing(number), boxes, number * 1024 + 1))
        package.declare_extension("vml", VML)
        base = package.type_base()
        sheet.draw(package.relate(part, base + "vmlDrawing", drawing), base.rstrip("/"))
