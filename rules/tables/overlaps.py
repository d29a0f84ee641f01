"""Overlaps: pairs of rows that some input fits together, and `..` ranges of neighbours that share an end.

Only constant cells are compared; a row with a formula may hold for anything, so nothing is said about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from banshi.rules.diagnostics import Diagnostic
from banshi.rules.tables import analysis_faults as faults
from banshi.rules.tables.atoms import Space
from banshi.rules.tables.conditions import Span
from banshi.rules.tables.explaining import shown
from banshi.rules.tables.index import bits
from banshi.rules.tables.literals import Unreadable, read
from banshi.rules.tables.model import Hit
from banshi.rules.tables.neighbours import Neighbours
from banshi.rules.tables.policies import result_key
from banshi.rules.tables.table import Table
from banshi.rules.tables.telling import example, rows_named
from banshi.rules.tables.witness import Witnesses
from banshi.rules.values import Kind, Value

MOST_TRIED_WITH = 20
"""With how many rows above it an input is looked for that a row shares, where columns compute."""

MOST_OVERLAPS = 50
"""How many overlaps of one table are told one by one; of the others only the rows."""


def overlaps(space: Space, witnesses: Witnesses) -> list[Diagnostic]:
    """A fault for each row that shares an input with rows above it: an input that fits the first of them, and the others.

    Under `any` rows may share inputs, as long as their results are the same. Where columns compute, rows are only blamed
    for an input that was tried out; a notice says what seems to overlap without one.
    """
    table = space.table
    found: list[Diagnostic] = []
    more: list[int] = []
    untried: list[int] = []
    near = Neighbours(space)
    agree = table.hit is Hit.ANY
    for row in range(len(table.rows)):
        if space.formulas >> row & 1:
            continue
        sharing = bits(near.sharing(row) & ~space.formulas & (1 << row) - 1)
        others = (other for other in sharing if not (agree and _same_results(table, row, other)))
        found_with = _together(space, witnesses, row, others)
        if found_with is None:
            continue
        other, values = found_with
        if values is None:
            untried.append(row)
        elif len(found) < MOST_OVERLAPS:
            also = () if witnesses.computed else (one for one in others if space.shared(row, one) is not None)
            found.append(_overlap(table, row, other, values, tuple(also)))
        else:
            more.append(row)
    if untried:
        place = table.rows[untried[0]].place
        found.append(faults.UNTRIED_OVERLAP.at(place, rows=rows_named(table, untried), labels=witnesses.computed))
    if more:
        facts = {"count": MOST_OVERLAPS, "more": len(more), "rows": rows_named(table, more)}
        found.append(faults.MANY_OVERLAPS.at(table.rows[more[0]].place, **facts))
    return found


def _same_results(table: Table, row: int, other: int) -> bool:
    """Whether two rows give the same; of what is computed nobody knows, so nothing is said."""
    pairs = zip(table.rows[row].results, table.rows[other].results, strict=True)
    return all(
        one.expression is not None or two.expression is not None or result_key(one.value) == result_key(two.value)
        for one, two in pairs
    )


def _together(
    space: Space, witnesses: Witnesses, row: int, others: Iterator[int]
) -> tuple[int, dict[str, Value] | None] | None:
    """The first of some rows that fits an input together with a row, and that input; None where there are none.

    Without an input the rows only seem to overlap.
    """
    first = None
    for other in islice(others, MOST_TRIED_WITH):
        both = 1 << row | 1 << other
        values = witnesses.find(space.shared(row, other) or (), partial(_has, both))
        if values is not None:
            return other, values
        first = other if first is None else first
    return None if first is None else (first, None)


def _has(both: int, rows: int) -> bool:
    return rows & both == both


def _overlap(table: Table, row: int, other: int, values: dict[str, Value], also: Sequence[int]) -> Diagnostic:
    upper, lower = table.rows[other], table.rows[row]
    fault = faults.DIFFERENT_RESULTS if table.hit is Hit.ANY else faults.OVERLAP
    rows = rows_named(table, also)
    return fault.at(
        lower.place,
        row=lower.label,
        other=upper.label,
        other_cell=upper.place.cell,
        example=example(values),
        also=f" It also overlaps {rows}." if rows else "",
        also_zh=f"它还与第 {rows} 行重叠。" if rows else "",
    )


def shared_ends(space: Space) -> Iterator[Diagnostic]:
    """A warning where two rows that otherwise overlap share an end of `..` or `~` ranges."""
    table = space.table
    for axis in table.index.axes:
        for column in axis.columns:
            ends = _dotted_ends(table, axis.kind, column)
            for value, (lows, highs) in ends.items():
                for row, other in ((low, high) for low in lows for high in highs if low != high):
                    if space.shared(row, other) is not None:
                        yield _shared_end(table, column, value, max(row, other), min(row, other))
                        break


def _shared_end(table: Table, column: int, value: Any, row: int, other: int) -> Diagnostic:
    place = table.rows[row].tests[column].cell.place
    upper = table.rows[other]
    return faults.SHARED_END.at(
        place,
        value=shown(value),
        row=table.rows[row].label,
        other=upper.label,
        other_cell=upper.tests[column].cell.place.cell,
    )


def _dotted_ends(table: Table, kind: Kind, column: int) -> dict[Any, tuple[list[int], list[int]]]:
    """The ends of `..` and `~` ranges of a column: the rows that begin there, and those that stop there."""
    ends: dict[Any, tuple[list[int], list[int]]] = {}
    for row, rule in enumerate(table.rows):
        for item in rule.tests[column].items:
            if isinstance(item, Span) and item.dotted and item.low and item.high:
                for side, literal in enumerate((item.low, item.high)):
                    value = read(literal, kind)
                    if not isinstance(value, Unreadable):
                        ends.setdefault(value, ([], []))[side].append(row)
    return ends
