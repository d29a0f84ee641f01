"""Datasets: tables of facts that rules look things up in (`data.<name>` sheets, choice lists with extra columns)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from banshi.rules.cells import Cell


@dataclass(frozen=True)
class Dataset:
    """Rows of cells by column name. `keys` are the columns marked `*`; without a mark, the first column."""

    name: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    rows: tuple[Mapping[str, Cell], ...]

    @cached_property
    def _index(self) -> dict[str, Mapping[str, Cell]]:
        index: dict[str, Mapping[str, Cell]] = {}
        for row in self.rows:
            index.setdefault(row[self.keys[0]].text, row)
        return index

    def find(self, key: str) -> Mapping[str, Cell] | None:
        """The first row whose first key column reads `key`, or None."""
        return self._index.get(key)
