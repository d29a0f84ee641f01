"""The bitsets of a table as numpy arrays: for every atom of every axis one line of 64-bit words, the winning row first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from banshi.rules.tables.index import Axis
from banshi.rules.tables.model import Hit
from banshi.rules.tables.policies import result_key, slow_rows
from banshi.rules.tables.spans import ORDERED
from banshi.rules.tables.table import Table
from banshi.rules.values import Value

Words = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

_EXACT = 2**53


class Bitsets:
    """A table's bitsets. `usable` says whether they can decide anything; `adds`, whether they add up results."""

    def __init__(self, table: Table) -> None:
        """Lay out the rows in the order in which they win under the hit policy."""
        self.table = table
        self.adds = table.hit in (Hit.SUM, Hit.COUNT)
        index = table.index
        slow = slow_rows(table)
        order = _order(table, slow)
        plain = not index.unreadable and all(axis.name for axis in index.axes)
        self.usable = plain and bool(table.rows) and not table.hit.many
        self._order = np.array(order, dtype=np.int64)
        self._bytes = -(-len(table.rows) // 64) * 8
        self._axes = [self._matrix(axis) for axis in index.axes] if self.usable else []
        self._slow = self._lines([slow])[0] if slow and self.usable else None
        self._alike = self._agreeing() if table.hit is Hit.ANY and self.usable else None
        if table.hit is Hit.SUM and self.usable:
            self._numbers, self._places = _scaled(table, slow)
            self.usable = int(sum(abs(number) for number in self._numbers)) < _EXACT
            self._by_places = {
                places: self._lines([_mask(found == places for found in self._places)])[0]
                for places in sorted(set(self._places))
            }

    def _matrix(self, axis: Axis) -> Words:
        """One line an atom, then one for the missing input, then one for inputs of another kind."""
        atoms = axis.masks if axis.kind in ORDERED else (*axis.by_word.values(), axis.unnamed)
        return self._lines([*atoms, axis.missing, axis.other])

    def _lines(self, masks: Sequence[int]) -> Words:
        raw = b"".join(mask.to_bytes(self._bytes, "little") for mask in masks)
        stored = np.frombuffer(raw, dtype=np.uint8).reshape(len(masks), self._bytes)
        bits = np.unpackbits(stored, axis=1, bitorder="little")
        bits[:, : len(self._order)] = bits[:, self._order]
        lines: Words = np.ascontiguousarray(np.packbits(bits, axis=1, bitorder="little")).view(np.uint64)
        return lines

    def _agreeing(self) -> Words:
        """For every row, by its place in the order, the rows with the same results."""
        groups: dict[tuple[Any, ...], int] = {}
        keys = [tuple(result_key(item.value) for item in row.results) for row in self.table.rows]
        for row, key in enumerate(keys):
            groups[key] = groups.get(key, 0) | 1 << row
        return self._lines([groups[keys[row]] for row in self._order.tolist()])

    def holding(self, places: Sequence[Ints], size: int, day: date) -> Words:
        """The rows that hold for some inputs, a line each."""
        held = np.repeat(self._lines([self.table.index.in_force(day)]), size, axis=0)
        for matrix, at in zip(self._axes, places, strict=True):
            held &= matrix[at]
        return held

    def deciding(self, held: Words, alone: int) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """The row that decides each input by itself, else `alone`; and the inputs for which no row holds."""
        some = held != 0
        at = some.argmax(axis=1)
        word = held[np.arange(len(held)), at]
        low = word & (~word + np.uint64(1))
        empty = word == 0
        place = np.where(empty, 0, at * 64 + np.bitwise_count(low - np.uint64(1)))
        rows: Ints = self._order[place]
        wait = empty.copy()
        if self.table.hit is Hit.UNIQUE:
            wait |= (low != word) | (some.sum(axis=1) > 1)
        if self._alike is not None:
            wait |= (held & ~self._alike[place]).any(axis=1)
        if self._slow is not None:
            wait |= (held & self._slow).any(axis=1)
        return np.where(wait, alone, rows), empty

    def totals(self, held: Words) -> list[Value]:
        """The sums, or the counts, of the rows that hold; a sum has as many decimals as its longest part."""
        if self.table.hit is Hit.COUNT:
            return [Decimal(int(count)) for count in np.bitwise_count(held).sum(axis=1)]
        bits = np.unpackbits(held.view(np.uint8), axis=1, bitorder="little", count=len(self._order))
        weights = np.array(self._numbers, dtype=np.float64)[self._order]
        most = max(self._by_places)
        shown = np.zeros(len(held), dtype=np.int64)
        for places, line in self._by_places.items():
            shown[(held & line).any(axis=1)] = places
        sums = (bits.astype(np.float64) @ weights).astype(np.int64)
        return [
            (Decimal(number).scaleb(-most)).quantize(Decimal(1).scaleb(-places))
            for number, places in zip(sums.tolist(), shown.tolist(), strict=True)
        ]


def _order(table: Table, slow: int) -> list[int]:
    """The rows as they win: from the top, by priority, or by their numbers. Slow ones come last: they are waited for."""

    def rank(row: int) -> tuple[Any, ...]:
        if slow >> row & 1:
            return (1,)
        values = dict(zip(table.output_names, (item.value for item in table.rows[row].results), strict=True))
        if table.hit is Hit.PRIORITY:
            lists = ((name, [result_key(value) for value in found]) for name, found in table.priorities)
            return (0, *(keys.index(result_key(values[name])) for name, keys in lists))
        if table.hit in (Hit.MIN, Hit.MAX):
            number: Any = next(iter(values.values()))
            return (0, number if table.hit is Hit.MIN else -number)
        return (0,)

    ordered = table.hit in (Hit.PRIORITY, Hit.MIN, Hit.MAX)
    return sorted(range(len(table.rows)), key=rank) if ordered else list(range(len(table.rows)))


def _scaled(table: Table, slow: int) -> tuple[list[int], list[int]]:
    """The results to add as whole numbers of the smallest unit, and how many decimals each was written with."""
    values: list[Any] = [Decimal(0) if slow >> i & 1 else row.results[0].value for i, row in enumerate(table.rows)]
    places = [max(0, -value.as_tuple().exponent) for value in values]
    most = max(places, default=0)
    return [int(value.scaleb(most)) for value in values], places


def _mask(flags: Any) -> int:
    mask = 0
    for i, flag in enumerate(flags):
        mask |= bool(flag) << i
    return mask
