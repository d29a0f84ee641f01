"""Which rows share an input with a row: the rows of a run of atoms are added up block by block."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from banshi.rules.tables.atoms import Atoms, Run, Space

_BLOCK = 64


class Neighbours:
    """The rows that overlap each row of a space."""

    def __init__(self, space: Space) -> None:
        """Add up the blocks of every axis."""
        self._space = space
        self._axes = [_Sums(axis) for axis in space.axes]

    def sharing(self, row: int) -> int:
        """The rows that have an input in common with a row, itself among them."""
        mask = -1
        for axis, sums in zip(self._space.axes, self._axes, strict=True):
            mask &= sums.rows(axis.runs[row])
            if not mask:
                break
        return mask


class _Sums:
    def __init__(self, axis: Atoms) -> None:
        self._masks = axis.masks
        self._blocks = [_union(axis.masks[at : at + _BLOCK]) for at in range(0, len(axis.masks), _BLOCK)]
        self.rows = lru_cache(maxsize=1024)(self._rows)

    def _rows(self, runs: tuple[Run, ...]) -> int:
        mask = 0
        for start, stop in runs:
            first, last = -(-start // _BLOCK), stop // _BLOCK
            if first >= last:
                mask |= _union(self._masks[start:stop])
            else:
                mask |= _union(self._masks[start : first * _BLOCK]) | _union(self._masks[last * _BLOCK : stop])
                mask |= _union(self._blocks[first:last])
        return mask


def _union(masks: Sequence[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union
