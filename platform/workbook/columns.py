"""Header rows: columns known by name, in English or Chinese, in any order, with "did you mean"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from banshi.platform.workbook.faults import DUPLICATE_COLUMN, MISSING_COLUMN, UNKNOWN_COLUMN
from banshi.platform.workbook.workbook import Row, Sheet, column_letters
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic, Place
from banshi.rules.expressions.library import MOST_COMPARED, nearest
from banshi.rules.expressions.units import without_unit

_BRACKETED = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")

COUNTERS = frozenset({"序号", "行号", "no.", "s/n"})
"""Headers of columns that only count the rows."""


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A name as it is compared: full width made half width, case folded, spaces and underscores as one space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").split())


def suggest(name: str, known: Iterable[str], *, strict: bool = False) -> str:
    """The known name that somebody who typed `name` most likely meant, or an empty string.

    One wrong character of two is enough for a suggestion in Chinese (校曲 for 校区), unless `strict`: there the answer
    decides what a name is, not only what a sentence proposes. Only the first `MOST_COMPARED` known names are looked at.
    """
    typed = plain(name)
    by_plain = _by_plain(tuple(islice(known, MOST_COMPARED)))
    least = 0.5 if len(typed) == 2 and not typed.isascii() and not strict else 0.6
    return nearest(typed, by_plain, least)


# One list of names is asked once a fault: what does not depend on the typed name is done once a list.
@lru_cache(maxsize=64)
def _by_plain(known: tuple[str, ...]) -> dict[str, str]:
    return {plain(item): item for item in reversed(known)}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the standard: its name in code, its words in sheets (English first), whether it must be there."""

    name: str
    words: tuple[str, ...]
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One row under a header: cells by column name. A column that is not there gives a blank cell in this row."""

    row: int
    cells: Mapping[str, Cell]
    sheet: str

    def __getitem__(self, name: str) -> Cell:
        return self.cells.get(name) or Cell(None, Place(self.sheet, f"A{self.row}"))

    @property
    def first(self) -> Place:
        """The place of the first cell of the row that holds something."""
        return next((cell.place for cell in self.cells.values() if not cell.blank), Place(self.sheet, f"A{self.row}"))


@dataclass(frozen=True, slots=True)
class Header:
    """A header row that was understood: column name → index of the cell in its rows."""

    sheet: str
    index: Mapping[str, int]

    def record(self, row: Row) -> Record:
        """The row's cells by column name."""
        there = len(row.cells)
        cells = {
            name: row.cells[i] if i < there else Cell(None, Place(self.sheet, f"{column_letters(i)}{row.number}"))
            for name, i in self.index.items()
        }
        return Record(row.number, cells, self.sheet)

    def records(self, rows: Iterable[Row]) -> Iterator[Record]:
        """The rows as records, in order."""
        return (self.record(row) for row in rows)


def read_header(
    sheet: Sheet, row: Row, columns: Iterable[Column], *, others: bool = False
) -> tuple[Header, list[Diagnostic]]:
    """Understand a header row.

    Columns named `#…` are the author's own notes, and `序号` counts the rows. Unknown columns are faults with "did you mean"; with `others=True`
    they are kept under the name that was typed. A known one may have a unit behind it: `单价（元/吨）`.
    """
    known = tuple(columns)
    by_word = {plain(word): column.name for column in known for word in (column.name, *column.words)}
    index: dict[str, int] = {}
    found: list[Diagnostic] = []
    for i, cell in enumerate(row.cells):
        if cell.blank or cell.text.startswith("#"):
            continue
        name = by_word.get(plain(cell.text)) or by_word.get(plain(without_unit(cell.text)))
        if name is None:
            if not others and plain(cell.text) in COUNTERS:
                continue
            if not others:
                near = suggest(_BRACKETED.sub("", cell.text), (word for column in known for word in column.words))
                found.append(UNKNOWN_COLUMN.at(cell.place, column=cell.text, near=near))
                continue
            name = cell.text
        if name in index:
            found.append(DUPLICATE_COLUMN.at(cell.place, column=cell.text))
            continue
        index[name] = i
    found += [
        MISSING_COLUMN.at(sheet.place(f"A{row.number}"), column=" / ".join(column.words))
        for column in known
        if column.needed and column.name not in index
    ]
    return Header(sheet.name, index), found
