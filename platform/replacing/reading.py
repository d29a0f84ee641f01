"""The file that somebody uploads for a data set: a sheet of an Excel file, or a csv in any encoding that Excel and WPS write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from banshi.platform.replacing import faults
from banshi.platform.workbook import Sheet, read_workbook_guarded
from banshi.platform.workbook import faults as book
from banshi.platform.workbook.beside_rows import addressed, csv_texts
from banshi.platform.workbook.columns import plain
from banshi.platform.workbook.safety import MAX_FILE, MEGABYTE, Refused
from banshi.platform.workbook.scan import MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from banshi.platform.workbook.writing import harmless, xlsx_bytes
from banshi.rules.diagnostics import NOWHERE, Diagnostic, Severity

_TEXTS = (".csv", ".txt", ".tsv")
_LONGEST_NAME = 28  # of a sheet that is written for a csv


def is_text(file: str) -> bool:
    """Whether a file is one of text, by its name."""
    return Path(file).suffix.casefold() in _TEXTS


def read_upload(file: str, data: bytes, wanted: Sheet) -> tuple[Sheet | None, list[Diagnostic]]:
    """The sheet that stands for the data sheet `wanted`, with the faults of its cells; None for a file that cannot be read.

    In an Excel file that is the sheet of the same name, else the first one that holds something.
    """
    return _of_text(file, data) if is_text(file) else _of_workbook(file, data, wanted)


def as_workbook(file: str, data: bytes) -> bytes:
    """The rows of a csv as a workbook, cell by cell where they are, for faults to be marked in; raises Refused."""
    texts = csv_texts(file, data) or [[""]]
    width = max(map(len, texts))
    rows = [[*row, *[""] * (width - len(row))] for row in texts]
    return b"".join(xlsx_bytes(_sheet_name(file), rows[0], rows[1:]))


def _of_text(file: str, data: bytes) -> tuple[Sheet | None, list[Diagnostic]]:
    name = _sheet_name(file)
    if len(data) > MAX_FILE:
        found, limit = f"{len(data) / MEGABYTE:.1f} MB", f"{MAX_FILE // MEGABYTE} MB"
        facts = {"what": "文件", "what_en": "its size", "found": found, "limit": limit}
        return None, [book.TOO_LARGE.at(NOWHERE, file=file, **facts)]
    if b"\x00" in data[:4096] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return None, [book.FILE_UNREADABLE.at(NOWHERE, file=file)]
    try:
        texts = csv_texts(file, data)
    except Refused as refused:
        return None, [refused.diagnostic]
    if len(texts) > MAX_ROWS or sum(map(len, texts)) > MAX_CELLS or max(map(len, texts), default=0) > MAX_COLUMNS:
        return None, [book.TOO_MANY_CELLS.at(NOWHERE, limit=MAX_CELLS)]
    rows = addressed(name, ([_typed(text) for text in row] for row in texts))
    sheet = Sheet(name, "data", name, tuple(row for row in rows if not row.comment))
    return (sheet, []) if sheet.rows else (None, [faults.EMPTY.at(NOWHERE, file=file)])


def _typed(text: str) -> str | None:
    """A text as it was before it was made harmless for Excel in a file that we gave away."""
    bare = text.strip()
    return (bare[1:] if bare.startswith("'") and harmless(bare[1:]) == bare else bare) or None


def _of_workbook(file: str, data: bytes, wanted: Sheet) -> tuple[Sheet | None, list[Diagnostic]]:
    workbook, found = read_workbook_guarded(data, file, comments=True)
    if workbook is None:
        return None, found
    sheets = [replace(sheet, rows=tuple(row for row in sheet.rows if not row.comment)) for sheet in workbook.sheets]
    filled = [sheet for sheet in sheets if sheet.rows]
    if not filled:
        return None, [*_at(found, ()), faults.EMPTY.at(NOWHERE, file=file)]
    named = [sheet for sheet in filled if _is(sheet, wanted)]
    chosen = (named or filled)[0]
    notes = _at(found, (chosen.name,))
    if not named and len(filled) > 1:
        notes.append(faults.OTHER_SHEETS.at(chosen.place("A1"), sheet=chosen.name, wanted=wanted.name))
    return chosen, notes


def _is(sheet: Sheet, wanted: Sheet) -> bool:
    same = sheet.kind == "data" and plain(sheet.suffix) == plain(wanted.suffix)
    return same or plain(sheet.name) in (plain(wanted.name), plain(wanted.suffix))


def _at(found: Iterable[Diagnostic], names: Sequence[str]) -> list[Diagnostic]:
    """What was said of cells of some sheets; of the whole file only what keeps it from being read."""
    return [
        one
        for one in found
        if (one.place.sheet in names and one.place.cell) or (not one.place.sheet and one.severity is Severity.ERROR)
    ]


def _sheet_name(file: str) -> str:
    """A name that a sheet may have."""
    return "".join("-" if sign in "[]:*?/\\'" else sign for sign in Path(file).stem)[:_LONGEST_NAME] or "data"
