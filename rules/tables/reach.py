"""Rows that can never decide: their own cells exclude each other, or rows that go before them cover all that they cover.

Those rows may be one, or several together. Only rows of constant cells count as covering.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

from banshi.rules.diagnostics import Diagnostic
from banshi.rules.tables import faults
from banshi.rules.tables.atoms import NOTHING_KNOWN, Atom, Atoms, Domain, atoms_of, day_atoms, told
from banshi.rules.tables.index import bits
from banshi.rules.tables.model import Hit
from banshi.rules.tables.policies import result_key
from banshi.rules.tables.table import Table

MOST_NAMED = 6
"""How many of the rows that together cover one are named."""
BUDGET = 4_000
"""How many partial inputs are looked at for one row."""


def unreachable(table: Table, domains: Mapping[str, Domain]) -> list[Diagnostic]:
    """A warning for each row that can never decide."""
    axes = [atoms_of(axis, domains.get(axis.label, NOTHING_KNOWN), missing=True) for axis in table.index.axes]
    axes.append(day_atoms(table))
    constant = reduce(and_, (~axis.formulas for axis in table.index.axes), (1 << len(table.rows)) - 1)
    before = _before(table)
    found: list[Diagnostic] = []
    given_up = False
    for row in range(len(table.rows)):
        box = [Atoms(axis.label, tuple(atom for atom in axis.atoms if atom.rows >> row & 1)) for axis in axes]
        if not all(axis.atoms for axis in box):
            empty = next(axis.label for axis in box if not axis.atoms)
            found.append(faults.NEVER.at(table.rows[row].place, row=table.rows[row].label, label=empty))
            continue
        search = _Search(box)
        covering = search.covering(before[row] & constant & ~(1 << row))
        given_up = given_up or search.spent > BUDGET
        if covering is not None:
            tested = [part for part, whole in zip(box, axes, strict=True) if len(part.atoms) < len(whole.atoms)]
            found.append(_masked(table, row, covering, tested))
    return [*found, faults.NOT_ANALYSED.at(table.place)] if given_up else found


def _masked(table: Table, row: int, covering: Sequence[int], tested: Sequence[Atoms]) -> Diagnostic:
    rows = [table.rows[other] for other in covering]
    named = "、".join(rule.label for rule in rows[:MOST_NAMED]) + ("…" if len(rows) > MOST_NAMED else "")
    cells = ", ".join(rule.place.cell for rule in rows[:MOST_NAMED])
    example = told((axis.label, axis.atoms[0].value) for axis in tested)
    return faults.MASKED.at(
        table.rows[row].place, row=table.rows[row].label, others=named, cells=cells, example=example
    )


def _before(table: Table) -> list[int]:
    """For each row the rows that win where both hold."""
    above = [(1 << row) - 1 for row in range(len(table.rows))]
    if table.hit is Hit.FIRST:
        return above
    if table.hit is not Hit.PRIORITY:
        return [0] * len(table.rows)
    ranks = [_rank(table, row) for row in range(len(table.rows))]
    wins = []
    for row, own in enumerate(ranks):
        mask = 0
        for other, theirs in enumerate(ranks):
            if own is not None and theirs is not None and (theirs, other) < (own, row):
                mask |= 1 << other
        wins.append(mask)
    return wins


def _rank(table: Table, row: int) -> tuple[int, ...] | None:
    """Where a row's results stand in the `values` lists; None where they are computed or not listed."""
    places = []
    for name, values in table.priorities:
        result = table.rows[row].results[table.output_names.index(name)]
        keys = [result_key(value) for value in values]
        key = result_key(result.value)
        if result.expression is not None or key not in keys:
            return None
        places.append(keys.index(key))
    return tuple(places)


@dataclass
class _Search:
    """The search for an input that fits a row and none of those that go before it."""

    box: Sequence[Atoms]
    spent: int = 0

    def __post_init__(self) -> None:
        """Work out, for each input, which rows hold for everything that the row holds for from there on."""
        self.rest = [-1] * (len(self.box) + 1)
        for i in reversed(range(len(self.box))):
            self.rest[i] = self.rest[i + 1] & self.box[i].everywhere
        self.seen: set[tuple[int, int]] = set()

    def covering(self, rows: int) -> list[int] | None:
        """The rows that cover the whole box: one, or as few as are needed together; None when an input is left over."""
        if alone := rows & self.rest[0]:
            return [next(bits(alone))]
        if rows == 0 or self.left_over(0, rows) or self.spent > BUDGET:
            return None
        return self._fewest(rows)

    def left_over(self, at: int, rows: int) -> bool:
        """Whether some input is covered by none of the rows."""
        self.spent += 1
        if rows == 0:
            return True
        if at == len(self.box) or rows & self.rest[at] or (at, rows) in self.seen or self.spent > BUDGET:
            return False
        for atom in sorted(self.box[at].atoms, key=lambda atom: (rows & atom.rows).bit_count()):
            if self.left_over(at + 1, rows & atom.rows):
                return True
        self.seen.add((at, rows))
        return False

    def _fewest(self, rows: int) -> list[int]:
        """The rows without those that are not needed, the lowest left out first."""
        touching = rows
        for axis in self.box:
            touching &= _any(axis.atoms)
        needed = touching
        for row in sorted(bits(touching), reverse=True):
            rest = needed & ~(1 << row)
            if rest and not _Search(self.box).left_over(0, rest):
                needed = rest
        return list(bits(needed))


def _any(atoms: Sequence[Atom]) -> int:
    mask = 0
    for atom in atoms:
        mask |= atom.rows
    return mask
