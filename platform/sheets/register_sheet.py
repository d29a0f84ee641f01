"""The rows above the header of a data sheet that make it a register: which cases add rows to it, and what these hold."""

from __future__ import annotations

import re
from collections.abc import Mapping

from banshi.platform.service.registers import CASE_FACTS, COUNTS, Counts, Register
from banshi.platform.sheets import register_faults as faults
from banshi.platform.sheets.cells import condition
from banshi.platform.sheets.data_columns import column_called, column_name
from banshi.platform.workbook.columns import plain, suggest
from banshi.platform.workbook.key_rows import OF_REGISTER, key_of, key_rows
from banshi.platform.workbook.workbook import Row, Sheet
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import fold_name

_KEYS = frozenset(column.name for column in OF_REGISTER)
_COUNTS: Mapping[str, Counts] = {plain(word): counts for counts, words in COUNTS.items() for word in words}
_FACTS: Mapping[str, str] = {plain(word): f"case.{key}" for key, words in CASE_FACTS.items() for word in words}
_SEVERAL = re.compile(r"[;；\n]+")
_IDS = re.compile(r"[,，、;；\s]+")
_IS = re.compile(r"\s*[=＝]\s*")


def is_register(sheet: Sheet) -> bool:
    """Whether rows above the header of a data sheet make it a register."""
    return bool(_said(sheet))


def parse_register(sheet: Sheet, dataset: Dataset) -> tuple[Register | None, list[Diagnostic]]:
    """What makes a data sheet a register; None where nothing does. `dataset` is what its other rows are."""
    said = _said(sheet)
    if not said:
        return None, []
    found: list[Diagnostic] = []
    counts = _counts(said["register"], found) if "register" in said else None
    blank = Cell()
    values = {column: _value(column) for column in dataset.columns} | _values(said.get("values", blank), dataset, found)
    end = key_rows(sheet.rows)
    header = sheet.rows[end] if end < len(sheet.rows) else Row(0, ())
    heads = {plain(column_name(cell)): cell.place for cell in header.cells}
    places = {word: cell.place for word, cell in said.items()}
    return Register(
        name=dataset.name,
        columns=dataset.columns,
        key=dataset.keys[0],
        counts=counts,
        repeat=fold_name(said.get("rows", blank).text),
        when=condition(said["when"], found) if "when" in said else None,
        values=values,
        of=tuple(filter(None, _IDS.split(said.get("of", blank).text))),
        places={**{name: heads.get(plain(name), sheet.place()) for name in dataset.columns}, **places},
    ), found


def _said(sheet: Sheet) -> dict[str, Cell]:
    """The cells behind the first words of these rows, by what they say."""
    above = [row for row in sheet.rows[: key_rows(sheet.rows)] if key_of(row) in _KEYS]
    said = {key_of(row): cells[1] for row in reversed(above) if len(cells := [c for c in row.cells if not c.blank]) > 1}
    return said if "register" in said or "of" in said else {}


def _counts(cell: Cell, found: list[Diagnostic]) -> Counts:
    counts = _COUNTS.get(plain(cell.text))
    if counts is None:
        found.append(faults.UNKNOWN_COUNTS.at(cell.place, text=cell.text))
    return counts or Counts.OPEN


def _value(text: str) -> str:
    """The name of a question or of a fact of the case, as it is looked for."""
    name = text.strip().removeprefix("${").removesuffix("}")
    return _FACTS.get(plain(name), fold_name(name))


def _values(cell: Cell, dataset: Dataset, found: list[Diagnostic]) -> dict[str, str]:
    columns = {plain(column): column for column in dataset.columns}
    values: dict[str, str] = {}
    for part in filter(str.strip, _SEVERAL.split(cell.text)):
        column, *value = _IS.split(part.strip(), maxsplit=1)
        known = columns.get(plain(column_called(column)))
        if known is None or not value or not value[0]:
            near = suggest(column, dataset.columns)
            found.append(faults.NO_COLUMN.at(cell.place, column=column, near=near))
        else:
            values[known] = _value(value[0])
    return values
