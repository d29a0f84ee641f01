"""A workbook as text tables: for reading, and so that a change to a workbook can be read in a diff.

One line a row, unaligned, so that a change in one cell changes one line. A text that would read as a number, a date or
a formula has an apostrophe before it, as in Excel; `\\|` is a bar and `\\n` a line break inside a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from banshi.platform.workbook.beside_rows import readable
from banshi.platform.workbook.workbook import Row, Sheet, Workbook
from banshi.rules.cells import Cell

_TYPED = re.compile(
    r"'.*|=.*|[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|true|false"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}(:[0-9]{2})?)?|[0-9]{2}:[0-9]{2}(:[0-9]{2})?",
    re.IGNORECASE | re.DOTALL,
)


def show(workbook: Workbook) -> str:
    """The sheets one below the other: `## name`, then `| cell | cell |` for every row. Comment rows are left out."""
    return "\n".join(line for sheet in readable(workbook.sheets) for line in _sheet(sheet))


def _sheet(sheet: Sheet) -> Iterator[str]:
    width = max((len(row.cells) for row in sheet.rows), default=0)
    yield f"## {sheet.name}"
    yield ""
    for row in sheet.rows:
        yield _row(row, width)
    yield ""


def _row(row: Row, width: int) -> str:
    cells = [_cell(cell) for cell in row.cells] + [""] * (width - len(row.cells))
    return "| " + " | ".join(cells) + " |"


def _cell(cell: Cell) -> str:
    text = cell.text
    if isinstance(cell.value, str) and _TYPED.fullmatch(text):
        text = "'" + text
    return text.replace("|", "\\|").replace("\n", "\\n")
