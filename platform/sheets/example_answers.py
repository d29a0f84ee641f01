"""Answer columns of examples: `field`, `items[1].cas`, or `items.cas` with one line a row."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from banshi.platform.service.model import Field, Service
from banshi.platform.sheets.names import Names
from banshi.rules.cells import Cell
from banshi.rules.expressions import fold_name
from banshi.rules.values import Kind

MAX_ROWS = 500
STEP = re.compile(r"([^\[\].]+)(?:\[([1-9][0-9]{0,3})\])?")
_SEVERAL = re.compile(r"[,，、;；\n]+")


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """Where a column's answers go: the repeats with a row each (from 0; None: one line of the cell a row), the field.

    `item` is None for the inputs of a workbook without a form.
    """

    name: str
    repeats: tuple[tuple[str, int | None], ...] = ()
    item: Field | None = field(default=None)


def answer_column(text: str, service: Service, names: Names) -> AnswerColumn | None:
    """The column that a header names; None when it is no field that people (or a calling system) fill in."""
    whole = names.find(text)
    if service.survey is None:
        computed = {name for rule in _rules(service) for name in rule}
        return AnswerColumn(whole.name) if whole is not None and whole.name not in computed else None
    fields = {item.name: (item, repeats) for item, repeats in service.survey.walk() if isinstance(item, Field)}
    if whole is not None and whole.name in fields:
        item, repeats = fields[whole.name]
        return _column(item, tuple((repeat, None) for repeat in repeats))
    steps = [STEP.fullmatch(part.strip()) for part in fold_name(text).split(".")]
    if not all(steps) or not steps:
        return None
    path = [(step[1].strip(), int(step[2]) - 1 if step[2] else None) for step in steps if step]
    *around, (name, index) = path
    if name not in fields or index is not None or [repeat for repeat, _ in around] != list(fields[name][1]):
        return None
    return _column(fields[name][0], tuple(around))


def put(answers: dict[str, object], column: AnswerColumn, cell: Cell) -> None:
    """Add what a cell says to the answers of an example."""
    spread = [i for i, (_, index) in enumerate(column.repeats) if index is None]
    for number, line in enumerate(_lines(column, cell)):
        rows = [(repeat, number if i in spread else index or 0) for i, (repeat, index) in enumerate(column.repeats)]
        target = answers
        for repeat, index in rows:
            target = _row(target, repeat, index)
        if not line.blank:
            target[column.name] = _answer(column.item, line)


def lines_of(column: AnswerColumn, cell: Cell) -> list[object]:
    """The answers of a cell, as `put` adds them; blank lines left out."""
    return [_answer(column.item, line) for line in _lines(column, cell) if not line.blank]


def _lines(column: AnswerColumn, cell: Cell) -> list[Cell]:
    if isinstance(cell.value, str) and any(index is None for _, index in column.repeats):
        return [Cell(line.strip() or None, cell.place) for line in cell.value.split("\n")][:MAX_ROWS]
    return [cell]


def _column(item: Field, repeats: tuple[tuple[str, int | None], ...]) -> AnswerColumn | None:
    if item.calculation is not None or item.type in ("calculate", "note"):
        return None
    # One line a row needs to know the row of every other repeat.
    if sum(index is None for _, index in repeats) > 1:
        return None
    return AnswerColumn(item.name, repeats, item)


def _rules(service: Service) -> list[tuple[str, ...]]:
    tables = [tuple(table.output_names) for table in service.tables.values()]
    tariffs = [tuple(tariff.output_names) for tariff in service.tariffs.values()]
    return [*tables, *tariffs, *(tuple(policy.output_names) for policy in service.policies.values())]


def _row(answers: dict[str, object], repeat: str, index: int) -> dict[str, object]:
    rows = answers.setdefault(repeat, [])
    if not isinstance(rows, list):
        raise TypeError(f"{repeat} is no repeat")
    while len(rows) <= min(index, MAX_ROWS - 1):
        rows.append({})
    row: dict[str, object] = rows[min(index, MAX_ROWS - 1)]
    return row


def _answer(item: Field | None, cell: Cell) -> object:
    """A cell as the form would send it: JSON values, files as a name without content."""
    if item is None:
        return cell.value
    if item.kind is Kind.LIST:
        parts = [part.strip() for part in _SEVERAL.split(cell.text)]
        return [part for part in (parts if len(parts) > 1 else cell.text.split()) if part]
    if item.type in ("file", "image"):
        files = [_file(name.strip()) for name in _SEVERAL.split(cell.text) if name.strip()]
        return files[0] if len(files) == 1 else files
    if item.kind is Kind.NUMBER or isinstance(cell.value, bool):
        return cell.value if not isinstance(cell.value, str) else cell.text
    return cell.text


def _file(name: str) -> Mapping[str, object]:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return {"id": f"example-{name}", "name": name, "size": 1, "type": kind}
