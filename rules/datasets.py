"""Datasets: tables of facts that rules look things up in (`data.<name>` sheets, choice lists with extra columns)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from banshi.rules.cells import Cell
from banshi.rules.readings import Readings

_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[ T]00:00(:00)?")


def key_text(text: str) -> str:
    """A key as rows are found by it: a moment at midnight is its day, which only the format of the cell tells apart."""
    found = _MIDNIGHT.fullmatch(text)
    return found[1] if found else text


@dataclass(frozen=True)
class Dataset:
    """Rows of cells by column name. `keys` are the columns marked `*`; without a mark, the first column, which may come
    back: then the first row counts. `live` says that cases add rows to those that are known here, `readings` how its rows are
    readings of meters, where they are.
    """

    name: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    rows: tuple[Mapping[str, Cell], ...]
    marked: bool = True
    live: bool = False
    readings: Readings | None = None

    @cached_property
    def _indexes(self) -> dict[int, dict[tuple[str, ...], list[Mapping[str, Cell]]]]:
        return {}

    def index(self, count: int) -> Mapping[tuple[str, ...], Sequence[Mapping[str, Cell]]]:
        """The rows by the texts in their first `count` key columns."""
        if count not in self._indexes:
            index: dict[tuple[str, ...], list[Mapping[str, Cell]]] = {}
            for row in self.rows:
                index.setdefault(tuple(key_text(row[name].text) for name in self.keys[:count]), []).append(row)
            self._indexes[count] = index
        return self._indexes[count]

    def find(self, *keys: str) -> Sequence[Mapping[str, Cell]]:
        """The rows whose first key columns read `keys`, in order. There are at most as many keys as key columns."""
        return self.index(len(keys)).get(tuple(map(key_text, keys)), ())

    def narrowed(self, column: str, value: object) -> Sequence[Mapping[str, Cell]]:  # noqa: ARG002  (live ones ask for them)
        """Rows among which are all whose column equals a value; they may be more."""
        return self.rows
