"""The values that a table can tell apart: on each input a handful of atoms, each with the rows that hold for it.

Gaps, masked rows and unreachable rows are questions about atoms alone: two values of one atom fit the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from banshi.rules.expressions.characters import fold_name
from banshi.rules.tables.explaining import shown
from banshi.rules.tables.index import Axis
from banshi.rules.tables.samples import FREE, sample, whole
from banshi.rules.tables.spans import ORDERED, Line, Position
from banshi.rules.tables.table import Table
from banshi.rules.values import Kind

OTHER = "其他"
DAY = "日期 / date"


@dataclass(frozen=True, slots=True)
class Atom:
    """Values that fit the same rows: one of them, and the rows. `edge` marks what authors leave out on purpose."""

    value: Any
    rows: int
    edge: bool = False


@dataclass(frozen=True, slots=True)
class Atoms:
    """The atoms of one input."""

    label: str
    atoms: tuple[Atom, ...]

    @property
    def everywhere(self) -> int:
        """The rows that hold for all of them."""
        return reduce(and_, (atom.rows for atom in self.atoms), -1)


@dataclass(frozen=True, slots=True)
class Domain:
    """What is known of an input beside its cells: its choices, and whether only whole numbers can come."""

    choices: frozenset[str] | None = None
    whole: bool = False


NOTHING_KNOWN = Domain()


def atoms_of(axis: Axis, domain: Domain, *, missing: bool) -> Atoms:
    """The atoms of an input; with `missing`, an empty value is one of them."""
    if axis.kind in ORDERED:
        found = list(_on_the_line(axis.cuts, axis.masks, axis.kind, whole_numbers=domain.whole))
    else:
        found = list(_among_words(axis, domain))
    if missing:
        found.append(Atom(None, axis.missing))
    return Atoms(axis.label, tuple(_merged(found)))


def day_atoms(table: Table) -> Atoms:
    """The stretches of days between which rows come into force and go out of it."""
    index = table.index
    return Atoms(DAY, tuple(_on_the_line(index.day_cuts, index.day_masks, Kind.DATE, whole_numbers=False)))


def told(parts: Iterable[tuple[str, Any]]) -> str:
    """An input as a sentence names it."""
    named = [f"{label} = {shown(value)}" for label, value in parts if value is not FREE]
    return "，".join(named) or "任何输入 / any input"


def _on_the_line(cuts: Sequence[Position], masks: Sequence[int], kind: Kind, *, whole_numbers: bool) -> Iterator[Atom]:
    ends = [None, *cuts, None]
    for i, mask in enumerate(masks):
        start, stop = ends[i], ends[i + 1]
        if whole_numbers:
            value = whole(start, stop)
            if value is None:
                continue
        else:
            value = sample(Line(((start, stop),)), kind)
        yield Atom(value, mask, edge=mask == 0 and _is_edge(start, stop, kind))


def _is_edge(start: Position | None, stop: Position | None, kind: Kind) -> bool:
    """Whether it is nought and below, or before the first or after the last day that a cell names."""
    if kind is Kind.NUMBER:
        return start is None and stop is not None and stop <= (0, 1)
    return kind in (Kind.DATE, Kind.DATETIME) and (start is None or stop is None)


def _among_words(axis: Axis, domain: Domain) -> Iterator[Atom]:
    if axis.kind is Kind.BOOLEAN:
        yield from (Atom(value, axis.by_word.get(value, axis.unnamed)) for value in (True, False))
        return
    if domain.choices is not None:
        for choice in sorted(domain.choices):
            yield Atom(choice, axis.by_word.get(fold_name(choice), axis.unnamed))
        return
    yield from (Atom(word, rows) for word, rows in sorted(axis.by_word.items(), key=lambda item: str(item[0])))
    # Of open text nobody can list every word: another word is possible, but no author can be asked to cover it.
    yield Atom(FREE if not axis.by_word else OTHER, axis.unnamed, edge=True)


def _merged(found: Iterable[Atom]) -> Iterator[Atom]:
    """One atom for each bitset, what is no edge speaking for it; but every stretch without a row is a gap of its own."""
    best: dict[int, Atom] = {}
    for atom in found:
        if not atom.rows and not atom.edge:
            yield atom
            continue
        known = best.get(atom.rows)
        if known is None or (known.edge and not atom.edge):
            best[atom.rows] = atom
    yield from best.values()
