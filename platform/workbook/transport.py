"""A read workbook as JSON, for the pipe from the reading child: nothing but data crosses it, never a pickle."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import orjson

from banshi.platform.workbook.workbook import Row, Sheet, Workbook, column_letters
from banshi.rules.cells import Cell, CellValue
from banshi.rules.diagnostics import CATALOGUE, Diagnostic, Place


def pack(workbook: Workbook | None, found: list[Diagnostic]) -> bytes:
    """The result of a reading as bytes. Places of cells are left out: they follow from row and column."""
    sheets = [
        [
            sheet.name,
            sheet.kind,
            sheet.suffix,
            [[row.number, [_pack(c.value) for c in row.cells]] for row in sheet.rows],
        ]
        for sheet in (workbook.sheets if workbook else ())
    ]
    return orjson.dumps(
        {
            "workbook": [workbook.file, workbook.sha256, sheets] if workbook else None,
            "found": [[item.code, item.place.sheet, item.place.cell, item.facts] for item in found],
        }
    )


def unpack(data: bytes) -> tuple[Workbook | None, list[Diagnostic]]:
    """The result back from bytes; raises LookupError, TypeError or ValueError on bytes that are none."""
    tree = orjson.loads(data)
    found = [
        Diagnostic(CATALOGUE[code], Place(sheet, cell), tuple((key, value) for key, value in facts))
        for code, sheet, cell, facts in tree["found"]
    ]
    if tree["workbook"] is None:
        return None, found
    file, sha256, sheets = tree["workbook"]
    return Workbook(file, sha256, tuple(_sheet(*sheet) for sheet in sheets)), found


def _sheet(name: str, kind: str, suffix: str, rows: list[tuple[int, list[Any]]]) -> Sheet:
    letters = [column_letters(i) for i in range(max((len(cells) for _, cells in rows), default=0))]
    return Sheet(
        name,
        kind,
        suffix,
        tuple(
            Row(
                number,
                tuple(
                    Cell(_unpack(cell), Place(name, f"{letter}{number}"))
                    for letter, cell in zip(letters, cells, strict=False)
                ),
            )
            for number, cells in rows
        ),
    )


def _pack(value: CellValue) -> object:
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            return ["n", str(value)]
        case datetime():
            return ["t", value.isoformat()]
        case date():
            return ["d", value.isoformat()]
        case time():
            return ["c", value.isoformat()]


def _unpack(packed: Any) -> CellValue:
    if packed is None or isinstance(packed, (bool, str)):
        return packed
    kind, text = packed
    match kind:
        case "n":
            return Decimal(text)
        case "t":
            return datetime.fromisoformat(text)
        case "d":
            return date.fromisoformat(text)
        case _:
            return time.fromisoformat(text)
