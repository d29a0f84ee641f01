"""Rows above the header of a data sheet that say what its rows are: which file they stand in, which readings they hold, which cases add to them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from banshi.platform.workbook.columns import Column, plain
from banshi.platform.workbook.workbook import Row
from banshi.rules.cells import Cell

OF_READINGS = (
    Column("readings", ("readings", "读数")),
    Column("meter", ("meter", "表计")),
    Column("at", ("at", "抄表日")),
    Column("digits", ("digits", "位数")),
    Column("interval", ("interval", "周期")),
    Column("jump", ("jump", "突变")),
    Column("exchange", ("exchange", "换表")),
    Column("consumption", ("consumption", "用量")),
)
OF_REGISTER = (
    Column("register", ("register", "台账")),
    Column("of", ("of", "取自")),
    Column("rows", ("rows", "明细")),
    Column("when", ("when", "条件")),
    Column("values", ("values", "取值")),
)
KEY_ROWS = (Column("file", ("file", "文件")), *OF_READINGS, *OF_REGISTER)
_BEGINS_REGISTER = frozenset({"register", "of"})
_MOST_TITLES = 5
_NAMES = {plain(word): column.name for column in KEY_ROWS for word in column.words}
_BETWEEN = re.compile(r"\s*[,，、;；\n]\s*")


def key_of(row: Row) -> str:
    """What a row above a header says, as `readings`; blank where its first word is none of `KEY_ROWS`."""
    first = next((cell for cell in row.cells if not cell.blank), None)
    return "" if first is None else _NAMES.get(plain(first.text), "")


def key_rows(rows: Sequence[Row]) -> int:
    """How many rows at the top are such rows, with the titles above those of a register.

    One alone could be a header, which may have a column called `读数`: it is none where what it names stands in the row
    below. A row that names a file always is one.
    """
    titles = next((at for at, row in enumerate(rows[: _MOST_TITLES + 1]) if len(_filled(row)) != 1), 0)
    if titles and (key_of(rows[titles]) not in _BEGINS_REGISTER or len(_filled(rows[titles])) != 2):
        titles = 0
    seen: set[str] = set()
    for row in rows[titles:]:
        key = key_of(row)
        if not key or key in seen or (key != "meter" and sum(not cell.blank for cell in row.cells) > 2):
            break
        if key == "file" and not any(map(is_file, (name for name, _ in named_in(row)))):
            break  # a column that is called so
        seen.add(key)
    if len(seen) == 1 and not seen & {"file", *_BEGINS_REGISTER}:
        below = {plain(cell.text) for row in rows[1:2] for cell in row.cells if not cell.blank}
        named = [plain(name) for name, _ in named_in(rows[0])]
        return int(bool(named) and set(named) <= below)
    return titles + len(seen) if seen else 0


def _filled(row: Row) -> list[Cell]:
    return [cell for cell in row.cells if not cell.blank]


def is_file(text: str) -> bool:
    """Whether a text names a file of rows."""
    return re.fullmatch(r".+\.(csv|xml|xlsx?|tsv|txt)", text.strip(), re.IGNORECASE) is not None


def named_in(row: Row) -> list[tuple[str, Cell]]:
    """What stands behind the first word of a row, each with its cell; several in a cell are separated by commas."""
    cells = [cell for cell in row.cells if not cell.blank][1:]
    return [(name, cell) for cell in cells for name in _BETWEEN.split(cell.text.strip()) if name]
