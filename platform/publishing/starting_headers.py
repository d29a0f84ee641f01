"""Where the headers of a workbook stand, and which column of the standard each is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from banshi.platform.sheets import (
    accounts_sheet,
    board_sheet,
    connect_sheet,
    data_columns,
    documents_sheet,
    examples_sheet,
    fees_sheet,
    live_codes_sheet,
    migrate_sheet,
    notices_sheet,
    passes_sheet,
    personal_passes_sheet,
    policy_sheet,
    route_sheet,
    rules_sheet,
    schedule_sheet,
    settings_sheet,
    words,
)
from banshi.platform.sheets.expectations import expected_part
from banshi.platform.sheets.translated import split_language
from banshi.platform.workbook.columns import Column, plain
from banshi.platform.workbook.key_rows import key_rows
from banshi.platform.workbook.scan import column_index
from banshi.platform.workbook.workbook import Row, Sheet, column_letters
from banshi.rules.cells import Cell

DATES = (Column("open_from", ("open_from", "开放")), Column("open_until", ("open_until", "截止")))
"""Settings of the standard that this version does not use: between which dates a service is open."""

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "settings": (*words.SETTINGS, *DATES),
    "survey": words.SURVEY_COLUMNS,
    "choices": words.CHOICES_COLUMNS,
    "route": route_sheet.COLUMNS,
    "migrate": migrate_sheet.COLUMNS,
    "rules": rules_sheet.COLUMNS,
    "fees": fees_sheet.COLUMNS,
    "policy": policy_sheet.COLUMNS,
    "notices": notices_sheet.COLUMNS,
    "connect": connect_sheet.COLUMNS,
    "schedule": schedule_sheet.COLUMNS,
    "board": board_sheet.COLUMNS,
    "accounts": accounts_sheet.COLUMNS,
    "documents": documents_sheet.COLUMNS,
    "passes": passes_sheet.COLUMNS,
    "data": (Column("from", tuple(data_columns.FROM)), Column("until", tuple(data_columns.UNTIL))),
    "personal_passes": personal_passes_sheet.COLUMNS,
    "codes": live_codes_sheet.COLUMNS,
    "examples": (
        Column("example", tuple(examples_sheet.NAME)),
        Column("applicant", tuple(examples_sheet.APPLICANT)),
        Column("note", tuple(examples_sheet.NOTE)),
    ),
}
"""The columns of every kind of sheet that a service may have."""

_BY_WORD = {
    kind: {plain(word): column for column in columns for word in (column.name, *column.words)}
    for kind, columns in COLUMNS.items()
}
_ALSO_NEEDED = frozenset(
    f"{kind}.{column}"
    for kind, names in {
        "settings": "id title owner",
        "survey": "name label",
        "rules": "when then",
        "fees": "quantity rate method",
        "policy": "verdict message",
        "connect": "auth",
        "data": "key",
        "examples": "example expect",
    }.items()
    for column in names.split()
)
"""Columns that hardly any workbook does without, though each of them may be missing."""

LAST = 500
"""The row down to which a column has its list, at least."""


@dataclass(frozen=True, slots=True)
class Head:
    """A header: its sheet and cell, the kind of the sheet, the column, and the cells below it (or beside a setting)."""

    sheet: Sheet
    cell: str
    kind: str
    column: str
    area: str
    language: str = ""

    @property
    def needed(self) -> bool:
        """Whether a workbook hardly does without it."""
        known = next((column for column in COLUMNS[self.kind] if column.name == self.column), None)
        return (known is not None and known.needed) or f"{self.kind}.{self.column}" in _ALSO_NEEDED


def heads(sheet: Sheet) -> Iterator[Head]:
    """The headers of a sheet that are known, in the order of the sheet."""
    if not sheet.rows or sheet.kind not in COLUMNS:
        return
    if sheet.kind == "settings":
        yield from _settings(sheet)
        return
    row = sheet.rows[0]
    if sheet.kind == "rules":
        row = next((row for row in sheet.rows if rules_sheet.is_header(row)), row)
        for above in sheet.rows[: sheet.rows.index(row)]:
            yield from _beside(sheet, above)
    if sheet.kind == "data":
        row = sheet.rows[min(key_rows(sheet.rows), len(sheet.rows) - 1)]
    last = max(LAST, sheet.rows[-1].number)
    for cell in row.cells:
        column, language = _column(sheet.kind, cell)
        if column:
            letters = re.sub(r"\d", "", cell.place.cell)
            area = f"{letters}{row.number + 1}:{letters}{last}"
            yield Head(sheet, cell.place.cell, sheet.kind, column, area, language)


def _column(kind: str, cell: Cell) -> tuple[str, str]:
    """The column that a header is, and its language; blank for none of the standard."""
    text = cell.text
    if cell.blank or text.startswith("#"):
        return "", ""
    base, language = split_language(text)
    for said in (text, base):
        if plain(said) in _BY_WORD[kind]:
            return _BY_WORD[kind][plain(said)].name, language
    if kind == "rules" and (found := rules_sheet.HEAD.fullmatch(text)):
        return ("when" if plain(found[1]) in ("when", "当") else "then"), ""
    if kind == "examples":
        return ("expect" if expected_part(text) else "other"), ""
    if kind == "data":
        return ("key" if data_columns.STAR.search(text) else "other"), ""
    return ("other" if kind == "choices" else ""), ""


def _settings(sheet: Sheet) -> Iterator[Head]:
    """Every setting with the cell of its value: below it in a sheet that stands across, else the next that is filled in."""
    across = settings_sheet.stands_across(sheet)
    for row in sheet.rows[:1] if across else sheet.rows:
        filled = [cell for cell in row.cells if not cell.blank]
        for cell in filled if across else filled[:1]:
            column, language = _column("settings", cell)
            if column:
                value = (
                    _moved(cell, down=1) if across else filled[1].place.cell if filled[1:] else _moved(cell, right=1)
                )
                yield Head(sheet, cell.place.cell, "settings", column, value, language)


def _beside(sheet: Sheet, row: Row) -> Iterator[Head]:
    """A setting above a decision table, with the cell to its right."""
    key = next(cell for cell in row.cells if not cell.blank)
    word = plain(re.split(r"[.．。·]", key.text)[0])
    for name, spellings in rules_sheet.SETTINGS.items():
        if word in map(plain, spellings):
            yield Head(sheet, key.place.cell, "rules", name, _moved(key, right=1))


def _moved(cell: Cell, *, right: int = 0, down: int = 0) -> str:
    letters, row = re.sub(r"\d", "", cell.place.cell), re.sub(r"\D", "", cell.place.cell)
    return f"{column_letters(column_index(letters) + right)}{int(row) + down}"
