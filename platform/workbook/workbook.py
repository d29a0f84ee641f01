"""A workbook as the platform sees it: sheets of rows of addressed cells. Nothing of any Excel library is left in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Place


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as Excel shows it, and its cells from column A on (trailing blanks may be missing)."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def blank(self) -> bool:
        """Whether the row holds nothing."""
        return all(cell.value is None for cell in self.cells)

    @property
    def comment(self) -> bool:
        """Whether the author commented the row out: its first filled cell starts with `#`."""
        first = next((cell.value for cell in self.cells if cell.value is not None), None)
        return isinstance(first, str) and first.startswith("#")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: the name on its tab, what it is (`rules`, `survey`, …; `note` for own notes), and its suffix.

    `name` is used in every place (`规则-危化品!C4`); `kind` and `suffix` are `rules` and `危化品`. Blank rows
    and comments are left out.
    """

    name: str
    kind: str
    suffix: str
    rows: tuple[Row, ...]

    def place(self, cell: str = "") -> Place:
        """A place on this sheet."""
        return Place(self.name, cell)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file that was read: its name, the SHA-256 of its bytes (hex), and its sheets in order."""

    file: str
    sha256: str
    sheets: tuple[Sheet, ...]

    def of_kind(self, kind: str) -> Iterator[Sheet]:
        """The sheets of one kind, in the workbook's order."""
        return (sheet for sheet in self.sheets if sheet.kind == kind)


@lru_cache(maxsize=1024)
def column_letters(index: int) -> str:
    """The letters of a column: 0 → `A`, 26 → `AA`."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def in_runs(numbers: Sequence[int], label: Callable[[int], str] = str) -> str:
    """Sorted numbers in words: 3, 5, 6, 7 → `3、5–7`; a long list ends with `…`."""
    runs: list[list[int]] = []
    for index in numbers:
        if runs and index == runs[-1][1] + 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    words = [label(low) if low == high else f"{label(low)}–{label(high)}" for low, high in runs]
    return "、".join(words[:10]) + ("…" if len(words) > 10 else "")
