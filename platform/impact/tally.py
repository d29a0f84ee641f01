"""Comparisons added up as they come: sums, groups by cell, a histogram, and a few cases of each kind. Memory stays flat."""

from __future__ import annotations

import heapq
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from itertools import count

import numpy as np

from banshi.platform.impact.model import (
    BillTotal,
    Bin,
    CellChange,
    CellGroup,
    Compared,
    Consequence,
    Impact,
    ImpactQuestion,
)
from banshi.platform.sheets.differences import Difference
from banshi.rules.tariffs.rounding import EXACT

FEW = 20
"""Cases of each consequence that are kept for reading."""
_BINS = 12
_FEN = Decimal("0.01")
ZERO = Decimal(0)
_STEPS = (Decimal(1), Decimal(2), Decimal(5))


@dataclass(slots=True)
class _Group:
    cases: int = 0
    difference: Decimal = ZERO
    consequences: Counter[Consequence] = field(default_factory=Counter)


@dataclass(slots=True)
class _Bill:
    unit: str
    cases: int = 0
    old: Decimal = ZERO
    new: Decimal = ZERO


class Tally:
    """See the module."""

    def __init__(self) -> None:
        self._counts: Counter[Consequence] = Counter()
        self._facts: Counter[str] = Counter()
        self._sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        self._bills: dict[str, _Bill] = {}
        self._groups: defaultdict[tuple[int, ...], _Group] = defaultdict(_Group)
        self._fen = array("q")
        self._kept: dict[Consequence, list[tuple[Decimal, int, Compared]]] = {kind: [] for kind in Consequence}
        self._order = count()

    def add(self, batch: Iterable[Compared]) -> None:
        """Count some cases."""
        for one in batch:
            self._add(one)

    def _add(self, one: Compared) -> None:
        self._facts["cases"] += 1
        self._facts["same"] += not one.consequences
        self._facts["differing"] += one.differs
        self._facts["earlier"] += one.earlier
        self._facts["live errors"] += one.live_errors
        self._counts.update(one.consequences)
        difference = one.difference
        if one.old is not None and one.new is not None and difference is not None:
            self._facts["billed"] += 1
            self._sum("old", one.old)
            self._sum("new", one.new)
            self._fen.append(int((difference / _FEN).to_integral_value(ROUND_FLOOR)))
        if one.then is not None and one.old is not None:
            self._facts["then"] += 1
            self._sum("then", one.then)
            self._sum("then live", one.old)
        for pair in one.bills:
            if pair.charged and pair.old is not None and pair.new is not None:
                bill = self._bills.setdefault(pair.name.rpartition(".")[2], _Bill(pair.unit))
                bill.cases += 1
                bill.old, bill.new = EXACT.add(bill.old, pair.old), EXACT.add(bill.new, pair.new)
        self._grouped(one)
        size = abs(difference or ZERO)
        for kind in one.consequences:
            kept, entry = self._kept[kind], (size, -next(self._order), one)
            if len(kept) < FEW:
                heapq.heappush(kept, entry)
            else:
                heapq.heappushpop(kept, entry)

    def _grouped(self, one: Compared) -> None:
        told: defaultdict[tuple[int, ...], set[Consequence]] = defaultdict(set)
        for part in one.parts if one.difference is not None else ():
            group = self._groups[part.cells]
            group.difference = EXACT.add(group.difference, part.difference)
            told[part.cells].add(Consequence.MORE if part.difference > 0 else Consequence.LESS)
        for note in one.notes:
            told[note.cells].add(note.consequence)
        for cells, consequences in told.items():
            self._groups[cells].cases += 1
            self._groups[cells].consequences.update(consequences)

    def _sum(self, name: str, amount: Decimal) -> None:
        self._sums[name] = EXACT.add(self._sums[name], amount)

    def result(
        self,
        changes: Sequence[Difference],
        question: ImpactQuestion,
        *,
        service_id: str,
        title: str,
        live: str,
        file: str,
        complete: bool,
    ) -> Impact:
        """What the cases come to so far; `changes` are what the numbers in comparisons mean."""
        told = [cell_change(change) for change in changes]
        groups = [
            CellGroup(
                cells=tuple(told[i] for i in cells),
                cases=group.cases,
                difference=group.difference,
                consequences={kind: group.consequences[kind] for kind in Consequence if group.consequences[kind]},
            )
            for cells, group in self._groups.items()
        ]
        groups.sort(key=lambda group: (-abs(group.difference), -group.cases, [cell.place for cell in group.cells]))
        facts, sums = self._facts, self._sums
        return Impact(
            service_id=service_id,
            title=title,
            live=live,
            file=file,
            question=question,
            complete=complete,
            cases=facts["cases"],
            billed=facts["billed"],
            same=facts["same"],
            counts={kind: self._counts[kind] for kind in Consequence if self._counts[kind]},
            old=sums["old"],
            new=sums["new"],
            then_cases=facts["then"],
            then_old=sums["then"],
            then_live=sums["then live"],
            differing=facts["differing"],
            earlier=facts["earlier"],
            live_errors=facts["live errors"],
            bills=[
                BillTotal(name=name, unit=bill.unit, cases=bill.cases, old=bill.old, new=bill.new)
                for name, bill in self._bills.items()
            ],
            cells=groups,
            changes=told,
            bins=bins(self._fen),
            rows=self._rows(),
        )

    def _rows(self) -> Mapping[Consequence, Sequence[Compared]]:
        return {
            kind: [one for _, _, one in sorted(kept, key=lambda entry: entry[:2], reverse=True)]
            for kind, kept in self._kept.items()
            if kept
        }


def cell_change(change: Difference) -> CellChange:
    """A difference between workbooks in words of both languages."""
    return CellChange(str(change.place), change.message("zh"), change.message("en"))


def bins(fen: Sequence[int] | array[int]) -> list[Bin]:
    """How often differences (in fen, of cases that are not the same) lie where, in steps of 1, 2 or 5 times a power of ten.

    The steps are made for all but the outermost hundredths, which the first and the last bin take in.
    """
    found = np.asarray(fen, np.int64)
    found = found[found != 0]
    if not len(found):
        return []
    low, high = (int(edge) for edge in np.percentile(found, (1, 99), method="nearest"))
    wide = _step((high - low) / _BINS)
    edges = np.arange(low // wide * wide, high + wide + 1, wide)
    edges = edges[: int(np.searchsorted(edges, high, "right")) + 1]
    edges[0], edges[-1] = min(edges[0], found.min()), max(edges[-1], found.max() + 1)
    counted, _ = np.histogram(found, bins=edges)
    return [
        Bin(Decimal(low) * _FEN, Decimal(high) * _FEN, number)
        for low, high, number in zip(edges.tolist(), edges[1:].tolist(), counted.tolist(), strict=False)
    ]


def _step(least: float) -> int:
    """The smallest of 1, 2, 5, 10, 20 … that is not below."""
    power = Decimal(1)
    while True:
        for step in _STEPS:
            if step * power >= Decimal(least):
                return int(step * power)
        power *= 10
