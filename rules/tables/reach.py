"""Rows that can never decide: rows above (or of higher priority) take every input that they fit.

One row alone may do it (`masked`), or several together, which no comparison of pairs finds. Rows with formulas mask
nothing, since nobody knows when they hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from banshi.rules.diagnostics import Diagnostic
from banshi.rules.tables import analysis_faults as faults
from banshi.rules.tables.atoms import Run, Space
from banshi.rules.tables.index import bits
from banshi.rules.tables.model import Hit
from banshi.rules.tables.neighbours import Neighbours
from banshi.rules.tables.policies import result_key
from banshi.rules.tables.search import Budget, BudgetExceeded, Search, throughout
from banshi.rules.tables.table import Table
from banshi.rules.tables.telling import example, lines_about, rows_named
from banshi.rules.tables.witness import Witnesses

BUDGET = 6_000_000
"""Steps for one table: a few seconds."""

ROW_BUDGET = 400_000
"""Steps for one row, so that a hard one does not use up what the others need."""

MOST_UNREACHABLE = 50
"""How many such rows of one table are told one by one; of the others only the numbers."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A row that can never decide, and the rows that take its inputs. Nothing covers a row whose own cells exclude each
    other.
    """

    row: int
    by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """The rows that can never decide, and the rows that were not looked at to the end."""

    unreachable: tuple[Unreachable, ...]
    unknown: tuple[int, ...] = ()


def find_unreachable(space: Space, budget: int = BUDGET) -> Reach:
    """Every row that can never decide under the table's hit policy."""
    found: list[Unreachable] = []
    unknown: list[int] = []
    near = Neighbours(space)
    left = Budget(budget)
    above = 0
    masking = space.table.hit in (Hit.FIRST, Hit.PRIORITY)
    for row, same_row in _by_rank(space.table):
        if not all(axis.runs[row] for axis in space.axes):
            found.append(Unreachable(row))
            continue
        if not masking or not same_row:
            continue
        rivals = near.sharing(row) & above
        if not space.formulas >> row & 1:
            above |= 1 << row
        single = next(bits(_masking(space, row, rivals)), None)
        if single is not None:
            found.append(Unreachable(row, (single,)))
            continue
        try:
            covered = _covered(space, row, rivals, left)
        except BudgetExceeded:
            unknown.append(row)
            continue
        if covered:
            found.append(Unreachable(row, _needed(space, row, rivals, left)))
    return Reach(tuple(sorted(found, key=lambda item: item.row)), tuple(sorted(unknown)))


def unreachable(space: Space, witnesses: Witnesses) -> Iterator[Diagnostic]:
    """A warning for every row that can never decide."""
    table = space.table
    found = find_unreachable(space)
    for item in found.unreachable[:MOST_UNREACHABLE]:
        yield _told(space, witnesses, item)
    more = [item.row for item in found.unreachable[MOST_UNREACHABLE:]]
    if more:
        place = table.rows[more[0]].place
        yield faults.MANY_UNREACHABLE.at(place, count=MOST_UNREACHABLE, more=len(more), rows=rows_named(table, more))
    if found.unknown:
        zh, en = lines_about("reach")
        yield faults.NOT_ANALYSED.at(table.rows[found.unknown[0]].place, what=zh, what_en=en)


def _told(space: Space, witnesses: Witnesses, item: Unreachable) -> Diagnostic:
    table = space.table
    rule = table.rows[item.row]
    if not item.by:
        return faults.NEVER.at(rule.place, row=rule.label)
    by = sum(1 << other for other in item.by)
    shown = witnesses.find(space.box(item.row), lambda rows: bool(rows >> item.row & 1 and rows & by))
    # Rows that take all atoms of a row take all its inputs, found or not.
    such = ("", "") if shown is None else (f"例如：{example(shown)}。", f" For example: {example(shown)}.")
    facts = {"row": rule.label, "such": such[0], "such_en": such[1]}
    if len(item.by) == 1:
        other = table.rows[item.by[0]]
        return faults.MASKED.at(rule.place, **facts, other=other.label, other_cell=other.place.cell)
    return faults.COVERED.at(rule.place, **facts, rows=rows_named(table, item.by))


def _by_rank(table: Table) -> Iterator[tuple[int, bool]]:
    """The rows from the one that wins over all others down, and whether the rank of each is known."""
    if table.hit is not Hit.PRIORITY:
        yield from ((row, True) for row in range(len(table.rows)))
        return
    ranks = [_rank(table, row) for row in range(len(table.rows))]
    known = [row for row, rank in enumerate(ranks) if rank is not None]
    yield from ((row, False) for row, rank in enumerate(ranks) if rank is None)
    yield from ((row, True) for row in sorted(known, key=lambda row: (ranks[row] or (), row)))


def _rank(table: Table, row: int) -> tuple[int, ...] | None:
    rank = []
    for name, values in table.priorities:
        result = table.rows[row].results[table.output_names.index(name)]
        keys = [result_key(value) for value in values]
        if result.expression is not None or result_key(result.value) not in keys:
            return None
        rank.append(keys.index(result_key(result.value)))
    return tuple(rank)


def _masking(space: Space, row: int, rivals: int) -> int:
    """The rivals that take every input of a row, each alone."""
    for axis in space.axes:
        for start, stop in axis.runs[row]:
            rivals = throughout(axis, start, stop, rivals)
    return rivals


def _covered(space: Space, row: int, rivals: int, budget: Budget) -> bool:
    """Whether rivals together take every input of a row."""
    if not rivals:
        return False
    share = Budget(min(budget.left, ROW_BUDGET))
    whole = share.left
    # Narrow axes first: few rivals cut them.
    axes = sorted(space.axes, key=lambda axis: sum(stop - start for start, stop in axis.runs[row]))
    inside: list[tuple[Run, ...]] = [axis.runs[row] for axis in axes]
    try:
        return not Search(axes, inside, share, 1).uncovered(rivals)
    finally:
        budget.left -= whole - max(share.left, 0)


def _needed(space: Space, row: int, rivals: int, budget: Budget) -> tuple[int, ...]:
    """Rivals without those that can be left out; all of them where finding out would take too long."""
    needed = rivals
    try:
        for other in reversed(list(bits(rivals))):
            fewer = needed & ~(1 << other)
            if _covered(space, row, fewer, budget):
                needed = fewer
    except BudgetExceeded:
        pass
    return tuple(bits(needed))
