"""Gaps: inputs that no row fits, each with one concrete example.

A formula cell may hold for anything, so it counts as holding: what is reported is a gap whatever formulas say. A missing
input is asked for only in columns that speak of it (`空`); a text without a list of choices, and a number of which no cell
is a range, only for what the column names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from banshi.rules.diagnostics import Diagnostic
from banshi.rules.tables import analysis_faults as faults
from banshi.rules.tables.atoms import Space
from banshi.rules.tables.explaining import shown
from banshi.rules.tables.model import Hit
from banshi.rules.tables.search import Box, Budget, BudgetExceeded, Search
from banshi.rules.tables.telling import example, lines_about
from banshi.rules.tables.witness import Witnesses
from banshi.rules.values import Kind, Value

MOST_GAPS = 20
"""How many gaps of one table are told one by one; of the others only how many there are, and from where to where."""

MOST_COUNTED = 200
"""How many gaps of one table are looked for: many inputs make more than anybody can count."""

BUDGET = 6_000_000
"""Steps for one table: a few seconds."""

NOTHING_IS_AN_ANSWER = frozenset({Hit.COLLECT, Hit.RULE_ORDER, Hit.OUTPUT_ORDER, Hit.COUNT})


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps of a table as boxes of atoms, in the order of the axes; whether all was looked at.

    There may be more where there are more than `MOST_COUNTED`.
    """

    boxes: tuple[Box, ...]
    complete: bool = True


def find_gaps(space: Space, budget: int) -> Gaps:
    """The inputs that no row fits, merged where they are neighbours."""
    order = sorted(range(len(space.axes)), key=lambda i: len(space.axes[i].masks))
    axes = [space.axes[i] for i in order]
    if not all(axis.expected for axis in axes):
        return Gaps(())
    search = Search(axes, [axis.expected for axis in axes], Budget(budget), MOST_COUNTED + 1)
    try:
        boxes = search.uncovered((1 << len(space.table.rows)) - 1)
    except BudgetExceeded:
        return Gaps((), complete=False)
    return Gaps(tuple(_in_order(box, order) for box in boxes))


def _in_order(box: Box, order: Sequence[int]) -> Box:
    return tuple(box[order.index(i)] for i in range(len(order)))


def gaps(space: Space, witnesses: Witnesses) -> list[Diagnostic]:
    """A warning for every gap, where nothing answers in its place."""
    table = space.table
    if table.otherwise or table.hit in NOTHING_IS_AN_ANSWER or not table.rows:
        return []
    found = find_gaps(space, BUDGET)
    shown = [witnesses.find(box, lambda rows: not rows, gap=True) for box in found.boxes]
    by_example = {example(values): values for values in shown if values is not None}
    examples = list(by_example)
    told = [faults.GAP.at(table.place, example=text, **_whole(by_example[text])) for text in examples[:MOST_GAPS]]
    more = examples[MOST_GAPS:MOST_COUNTED]
    if more:
        facts = {"count": MOST_GAPS, "more": len(more), "first": more[0], "last": more[-1]}
        fault = faults.MANY_GAPS if len(examples) <= MOST_COUNTED else faults.UNCOUNTED_GAPS
        told.append(fault.at(table.place, **facts))
    if None in shown:
        told.append(faults.UNTRIED_GAP.at(table.place, labels=witnesses.computed))
    if not found.complete:
        told.append(faults.NOT_ANALYSED.at(table.place, what=lines_about("gaps")[0], what_en=lines_about("gaps")[1]))
    return [*told, *_unnamed(space)]


def _whole(values: Mapping[str, Value]) -> dict[str, str]:
    """What to do where only numbers with a fraction are left out: a whole number would have been the example."""
    label = next((name for name, value in values.items() if isinstance(value, Decimal) and value % 1), None)
    if label is None:
        return {"whole": "", "whole_en": ""}
    return {
        "whole": f"；如果“{label}”只会是整数，在它的表头写“: 整数”",
        "whole_en": f"; where “{label}” is always whole, write `: integer` in its header",
    }


def _unnamed(space: Space) -> Iterator[Diagnostic]:
    """A notice for every input of which a text or a code that no cell names fits no row."""
    columns = {column.label: column for column in reversed(space.table.inputs)}
    kinds = {axis.label: axis.kind for axis in space.table.index.axes}
    for i, axis in enumerate(space.axes):
        if axis.unnamed and _left_out(space, i):
            fault = faults.OPEN_NUMBER if kinds[axis.label] is Kind.NUMBER else faults.OPEN_TEXT
            word = shown(axis.samples[axis.unnamed[-1][1] - 1])
            yield fault.at(columns[axis.label].place, label=axis.label, word=word)


def _left_out(space: Space, i: int) -> bool:
    """Whether what no cell of an axis names fits no row, whatever stands in some other column."""
    axis = space.axes[i]
    if any(not axis.masks[atom] for start, stop in axis.unnamed for atom in range(start, stop)):
        return True
    asked = replace(space, axes=(*space.axes[:i], replace(axis, expected=axis.unnamed), *space.axes[i + 1 :]))
    return bool(find_gaps(asked, BUDGET).boxes)
