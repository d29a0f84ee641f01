"""Checking a tariff against the names that it may use, and its brackets against each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import (
    Environment,
    Expression,
    Name,
    Scope,
    evaluate,
    fold_name,
    kind_of_expression,
    suggest,
)
from banshi.rules.expressions import check as check_expression
from banshi.rules.expressions.tree import Number, Operation, walk
from banshi.rules.tariffs import faults
from banshi.rules.tariffs.ladder import Step, breaks, in_order, ladders, same_time
from banshi.rules.tariffs.layout import check_line
from banshi.rules.tariffs.model import Line, Method, Tariff
from banshi.rules.values import Kind

KIND_ZH = {Kind.BOOLEAN: "是否", Kind.DATE: "日期", Kind.DATETIME: "日期时间", Kind.TIME: "时间"}

_NO_VALUES = Environment(values={}, now=datetime(2000, 1, 1, tzinfo=UTC))


def check(tariff: Tariff, scope: Scope) -> tuple[Diagnostic, ...]:
    """Every fault of the tariff that only shows once its names are known, and every fault of its brackets."""
    found: list[Diagnostic] = []
    inner = replace(scope, names={**scope.names, **dict.fromkeys(tariff.items, Name(Kind.NUMBER))})
    for i, line in enumerate(tariff.lines):
        found += check_line(line)
        found += _expressions(line, inner)
        found += _large_percent(line)
        found += _later(tariff, i)
    found += _totals(tariff)
    found += _brackets(tariff)
    return tuple(found)


def constant(expression: Expression | None) -> Decimal | None:
    """The number that an expression always is; None when it depends on anything."""
    if expression is None or not all(isinstance(node, (Number, Operation)) for node in walk(expression.root)):
        return None
    value = evaluate(expression, _NO_VALUES)
    return value if isinstance(value, Decimal) else None


def _expressions(line: Line, scope: Scope) -> Iterator[Diagnostic]:
    if line.when is not None:
        yield from check_expression(line.when, scope, Kind.BOOLEAN)
    for part in (line.quantity, line.low, line.high, line.rate, line.minimum, line.maximum):
        if part is not None:
            yield from check_expression(part, scope, Kind.NUMBER)
    if line.share is not None:
        yield from check_expression(line.share, scope)
        kind = kind_of_expression(line.share, scope)
        if kind in KIND_ZH:
            yield faults.SHARE_KIND.at(line.share.place, kind=kind, kind_zh=KIND_ZH[kind])


def _large_percent(line: Line) -> Iterator[Diagnostic]:
    rate = constant(line.rate)
    if line.method is Method.PERCENT and line.rate is not None and rate is not None and abs(rate) > 1:
        yield faults.LARGE_PERCENT.at(line.rate.place, rate=format(rate, "f"), percent=format(rate * 100, "f"))


def _later(tariff: Tariff, row: int) -> Iterator[Diagnostic]:
    """Items that the row uses before they are computed."""
    line = tariff.lines[row]
    unfinished = {fold_name(item.item) for item in tariff.lines[row:]}
    for expression in line.expressions:
        for name in sorted(name for name in expression.names if fold_name(name) in unfinished):
            yield faults.LATER_ITEM.at(expression.place, row=line.number, item=name)
    for name in line.adds:
        if name not in tariff.items:
            near = suggest(name, tariff.items, least=0.5) or "—"
            yield faults.UNKNOWN_ITEM.at(line.adds_place, item=name, near=near)
        elif fold_name(name) in unfinished:
            yield faults.LATER_ITEM.at(line.adds_place, row=line.number, item=name)


def _totals(tariff: Tariff) -> Iterator[Diagnostic]:
    methods: dict[str, set[bool]] = {}
    for line in tariff.lines:
        methods.setdefault(line.item, set()).add(line.method is Method.TOTAL)
        if len(methods[line.item]) > 1:
            yield faults.MIXED_TOTAL.at(line.place, item=line.item)
    totals = [i for i, line in enumerate(tariff.lines) if line.method is Method.TOTAL]
    for line in tariff.lines[totals[-1] + 1 :] if totals else ():
        yield faults.OUTSIDE_TOTAL.at(line.place, item=line.item)
    for i in totals:
        if tariff.lines[i].share is not None:
            yield from _shared_twice(tariff.lines[: i + 1])


def _shared_twice(lines: Sequence[Line]) -> Iterator[Diagnostic]:
    """Items that are shared by themselves and again in the total at the end of these rows."""
    total = lines[-1]
    counted = _counted(lines, total)
    for line in lines[:-1]:
        if line.share is not None and line.item in counted:
            assert total.share is not None
            yield faults.SHARED_TWICE.at(total.share.place, item=line.item)


def _counted(lines: Sequence[Line], total: Line) -> set[str]:
    """The items in a total, and those in the totals that it names."""
    above = lines[: lines.index(total)]
    items = set(total.adds) or {line.item for line in above if line.method is not Method.TOTAL}
    for line in above:
        if line.method is Method.TOTAL and line.item in items:
            items |= _counted(lines, line)
    return items


def _brackets(tariff: Tariff) -> Iterator[Diagnostic]:
    yield from _half_conditional(tariff)
    for lines in ladders(tariff.lines).values():
        steps = [step for line in lines if (step := _constant_step(line)) is not None]
        sound = []
        for step in steps:
            if step.high is not None and step.low >= step.high:
                yield faults.EMPTY_BRACKET.at(step.high_place, low=format(step.low, "f"), high=format(step.high, "f"))
            else:
                sound.append(step)
        periods = {(step.line.valid_from, step.line.valid_until) for step in sound}
        for period in sorted(periods, key=str):
            # A ladder with a computed bound is judged when the bound is known: at each run.
            whole = tuple(line for line in lines if (line.valid_from, line.valid_until) == period)
            own = in_order(step for step in sound if step.line in whole)
            if len(own) == len(whole):
                yield from breaks(own, faults.BRACKET_OVERLAP, faults.BRACKET_GAP)
                yield from _closed_top(own[-1])
        yield from _crossing_periods(sound)


def _half_conditional(tariff: Tariff) -> Iterator[Diagnostic]:
    """Brackets of one item of which only some have a condition: a blank one below it means "always"."""
    groups: dict[tuple[str, str], tuple[Line, ...]] = {}
    for (item, quantity, _), lines in ladders(tariff.lines).items():
        groups[item, quantity] = (*groups.get((item, quantity), ()), *lines)
    for group in groups.values():
        free = [line for line in group if line.when is None]
        if free and len(free) < len(group):
            yield faults.HALF_CONDITIONAL.at(free[0].place, item=free[0].item, row=free[0].number)


def _constant_step(line: Line) -> Step | None:
    low, high = constant(line.low), constant(line.high)
    if (line.low is not None and low is None) or (line.high is not None and high is None):
        return None
    return Step(line, low or Decimal(0), high)


def _closed_top(top: Step) -> Iterator[Diagnostic]:
    if top.high is not None and top.line.method is not Method.FIXED:
        yield faults.CLOSED_TOP.at(top.high_place, item=top.line.item, high=format(top.high, "f"))


def _crossing_periods(steps: Sequence[Step]) -> Iterator[Diagnostic]:
    """Brackets of different periods that overlap on a day on which both are in force."""
    for i, upper in enumerate(steps):
        for lower in steps[:i]:
            periods = [(step.line.valid_from, step.line.valid_until) for step in (lower, upper)]
            if periods[0] == periods[1] or not same_time(lower.line, upper.line):
                continue
            first, second = in_order((lower, upper))
            if first.high is None or first.high > second.low:
                yield from breaks((first, second), faults.BRACKET_OVERLAP, faults.BRACKET_GAP)
