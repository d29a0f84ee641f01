"""Inputs that no row fits, each told once with a concrete example.

The search goes input by input, keeping the rows that still hold; it stops where a row holds for everything that is left.
A row with a formula may hold for anything, so it counts as covering: there is no false alarm, and a gap that only a
formula hides is not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Any

from banshi.rules.diagnostics import Diagnostic
from banshi.rules.tables import faults
from banshi.rules.tables.atoms import NOTHING_KNOWN, Atom, Atoms, Domain, atoms_of, day_atoms, told
from banshi.rules.tables.table import Table

MOST_GAPS = 20
"""How many gaps of one table are told; more would say nothing new."""
BUDGET = 60_000
"""How many partial inputs are looked at before the search gives up and says so."""

Gap = dict[int, Atom]


def gaps(table: Table, domains: Mapping[str, Domain]) -> list[Diagnostic]:
    """A warning for each gap of a table without `otherwise`; a table of many or of counted rows has none by nature."""
    if table.otherwise or table.hit.many or table.hit.aggregated or not table.rows:
        return []
    axes = [atoms_of(axis, domains.get(axis.label, NOTHING_KNOWN), missing=False) for axis in table.index.axes]
    days = day_atoms(table)
    if len(days.atoms) > 1:
        axes.append(days)
    search = _Search([_without_edges(axis) for axis in axes])
    found = [faults.GAP.at(table.place, example=_example(axes, gap)) for gap in search.gaps()]
    if len(found) > MOST_GAPS:
        found = [*found[:MOST_GAPS], faults.MANY_GAPS.at(table.place, count=MOST_GAPS)]
    if search.spent > BUDGET:
        found.append(faults.NOT_ANALYSED.at(table.place))
    return found


def _without_edges(axis: Atoms) -> Atoms:
    """The atoms that an author means to cover; where a column holds nothing but edges, it is any value."""
    inner = tuple(atom for atom in axis.atoms if not atom.edge)
    return Atoms(axis.label, inner or axis.atoms)


def _example(axes: Sequence[Atoms], gap: Gap) -> str:
    return told((axes[i].label, gap[i].value) for i in sorted(gap))


@dataclass
class _Search:
    """The search for gaps over the atoms of all inputs."""

    axes: Sequence[Atoms]
    spent: int = 0
    known: list[Gap] = field(default_factory=list)
    full: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Work out, for each input, which rows hold for everything from there on."""
        self.rest = [-1] * (len(self.axes) + 1)
        for i in reversed(range(len(self.axes))):
            self.rest[i] = self.rest[i + 1] & self.axes[i].everywhere

    def gaps(self) -> list[Gap]:
        """Every gap, as the fewest inputs that bring it about."""
        for found in self._below(0, -1, {}):
            smallest = self._smallest(found)
            if not any(_contains(gap, smallest) for gap in self.known):
                self.known.append(smallest)
            if len(self.known) > MOST_GAPS or self.spent > BUDGET:
                break
        return self.known

    def _below(self, at: int, rows: int, chosen: Gap) -> Iterator[Gap]:
        self.spent += 1
        if self.spent > BUDGET or any(_contains(gap, chosen) for gap in self.known):
            return
        if rows == 0:
            yield dict(chosen)
            return
        if at == len(self.axes) or rows & self.rest[at] or (at, rows) in self.full:
            return
        empty = True
        for atom in sorted(self.axes[at].atoms, key=lambda atom: (rows & atom.rows).bit_count()):
            for found in self._below(at + 1, rows & atom.rows, {**chosen, at: atom}):
                empty = False
                yield found
        if empty and self.spent <= BUDGET:
            self.full.add((at, rows))

    def _smallest(self, gap: Gap) -> Gap:
        """The gap without the inputs that do not matter for it, the last ones left out first."""
        kept = dict(gap)
        for i in sorted(gap, reverse=True):
            others = [atom.rows for j, atom in kept.items() if j != i]
            if others and reduce(and_, others) == 0:
                del kept[i]
        return kept


def _contains(gap: Mapping[int, Any], chosen: Mapping[int, Any]) -> bool:
    """Whether every input of `chosen` lies in a gap that is known."""
    return all(i in chosen and chosen[i] is atom for i, atom in gap.items())
