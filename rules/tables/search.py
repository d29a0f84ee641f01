"""Depth-first search for an input that no row of a set covers: axis by axis, each state looked at once, within a budget.

The two cuts that make it fast: a row that covers all that is left ends a branch, and a state is the axis and the rows
still in play, however they were reached. The budget counts steps, not time, so that the same table always gets the
same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from banshi.rules.tables.atoms import BLOCK, Atoms, Run
from banshi.rules.tables.index import bits

Box = tuple[tuple[Run, ...], ...]


class BudgetExceeded(Exception):
    """The search was given up."""


@dataclass(slots=True)
class Budget:
    """How many steps (one bitset operation each) may still be taken."""

    left: int

    def take(self, steps: int) -> None:
        """Take steps, or give up."""
        self.left -= steps
        if self.left < 0:
            raise BudgetExceeded


@dataclass(slots=True)
class Search:
    """Uncovered boxes inside one box, given the rows that may cover it."""

    axes: Sequence[Atoms]
    inside: Sequence[tuple[Run, ...]]
    budget: Budget
    limit: int
    covers: list[int] = field(default_factory=list)
    seen: dict[tuple[int, int], tuple[Box, ...]] = field(default_factory=dict)

    def uncovered(self, rows: int) -> tuple[Box, ...]:
        """At most `limit` boxes that no row covers. Raises BudgetExceeded."""
        self.covers = [rows]
        for axis, runs in zip(reversed(self.axes), reversed(self.inside), strict=True):
            self.covers.append(self.covers[-1] & self._throughout(axis, runs, self.covers[-1]))
        self.covers.reverse()
        return self._walk(0, rows)

    def _throughout(self, axis: Atoms, runs: Sequence[Run], rows: int) -> int:
        mask = rows
        for start, stop in runs:
            self.budget.take(stop - start)
            mask = throughout(axis, start, stop, mask)
        return mask

    def _walk(self, depth: int, rows: int) -> tuple[Box, ...]:
        if not rows:
            return (tuple(self.inside[depth:]),)
        if rows & self.covers[depth]:
            return ()
        state = (depth, rows)
        known = self.seen.get(state)
        if known is not None:
            return known
        found: list[tuple[list[Run], tuple[Box, ...]]] = []
        count = 0
        axis = self.axes[depth]
        for run, below in self._pieces(axis, self.inside[depth], rows):
            boxes = self._walk(depth + 1, below)
            if not boxes:
                continue
            if not self._joined(axis, found, run, boxes):
                found.append(([run], boxes))
                count += len(boxes)
            if count >= self.limit:
                break
        whole = tuple((tuple(runs), *box) for runs, boxes in found for box in boxes)[: self.limit]
        self.seen[state] = whole
        return whole

    def _joined(self, axis: Atoms, found: list[tuple[list[Run], tuple[Box, ...]]], run: Run, boxes: object) -> bool:
        """Whether the piece only widens what was found: beside it where atoms have an order, anywhere among words."""
        if axis.ordered:
            last = found[-1] if found else None
            if last and last[0][-1][1] == run[0] and last[1] == boxes and run[0] != axis.present:
                last[0][-1] = (last[0][-1][0], run[1])
                return True
            return False
        for runs, same in found:
            if same == boxes:
                if runs[-1][1] == run[0]:
                    runs[-1] = (runs[-1][0], run[1])
                else:
                    runs.append(run)
                return True
        return False

    def _pieces(self, axis: Atoms, inside: Sequence[Run], rows: int) -> list[tuple[Run, int]]:
        """The parts of an axis that the rows tell apart, each with the rows that allow it."""
        masks = axis.masks
        few = rows.bit_count() * 4 < sum(stop - start for start, stop in inside)
        pieces: list[tuple[Run, int]] = []
        ends: list[int] = []
        if few:
            ends = sorted({end for row in bits(rows) for run in axis.runs[row] for end in run})
            self.budget.take(len(ends) + rows.bit_count())
        for start, stop in inside:
            inner = (end for end in ends if start < end < stop) if few else range(start + 1, stop)
            at = start
            below = masks[start] & rows
            for end in inner:
                after = masks[end] & rows
                if after != below:
                    pieces.append(((at, end), below))
                    at, below = end, after
            pieces.append(((at, stop), below))
            if not few:
                self.budget.take(stop - start)
        return pieces


def throughout(axis: Atoms, start: int, stop: int, rows: int) -> int:
    """Those of some rows that allow every atom of a run: whole blocks first, since they leave the fewest."""
    first, last = -(-start // BLOCK), stop // BLOCK
    inside: Iterable[int] = range(start, stop)
    if first < last:
        inside = chain(range(start, first * BLOCK), range(last * BLOCK, stop))
        for block in range(first, last):
            rows &= axis.blocks[block]
    for atom in inside:
        rows &= axis.masks[atom]
        if not rows:
            break
    return rows
