"""Nights: `[22:00,06:00)`, or 22:00 and 06:00 in two columns of bounds, is the time from 22:00 on and that before 06:00."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from banshi.rules.diagnostics import Diagnostic
from banshi.rules.tables import faults
from banshi.rules.tables.conditions import Form, Item, Span, Test
from banshi.rules.tables.literals import orderable
from banshi.rules.tables.model import Input, Row
from banshi.rules.tables.spans import low_above_high, merged
from banshi.rules.values import Kind


def over_midnight(span: Span) -> tuple[Span, Span] | None:
    """The two parts of a span of times of day that runs over midnight; None for any other."""
    if span.low is None or span.high is None or orderable(span.low) is not Kind.TIME or span.low == span.high:
        return None
    if orderable(span.high) is not Kind.TIME or not low_above_high(replace(span, low_closed=True, high_closed=True)):
        return None
    return Span(low=span.low, low_closed=span.low_closed), Span(high=span.high, high_closed=span.high_closed)


def joined(inputs: Sequence[Input], rows: Sequence[Row]) -> tuple[tuple[Row, ...], list[Diagnostic]]:
    """The rows where two columns of bounds of one input say a night: then both columns hold for both parts of it."""
    pairs = [
        (i, j)
        for i, low in enumerate(inputs)
        for j, high in enumerate(inputs)
        if low.bound.startswith(">") and high.bound.startswith("<") and low.label == high.label
    ]
    found: list[Diagnostic] = []
    changed: list[Row] = []
    for row in rows:
        tests = list(row.tests)
        for i, j in pairs:
            low, high = _bound(tests[i]), _bound(tests[j])
            night = merged(low, high) if low and high else None
            parts: tuple[Item, ...] | None = over_midnight(night) if night else None
            if parts is not None:
                text = f"{tests[i].cell.text} … {tests[j].cell.text}"
                found.append(faults.OVER_MIDNIGHT.at(tests[i].cell.place, text=text))
                tests[i], tests[j] = replace(tests[i], items=parts), replace(tests[j], items=parts)
        changed.append(replace(row, tests=tuple(tests)))
    return tuple(changed) if found else tuple(rows), found


def _bound(test: Test) -> Span | None:
    """What a cell of a column of bounds says, unless it is blank."""
    item = test.items[0] if test.form is Form.AMONG and len(test.items) == 1 else None
    return item if isinstance(item, Span) else None
