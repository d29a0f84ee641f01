"""Checking a tariff against the names that it may use, and its brackets against each other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import cast

from banshi.rules.diagnostics import Diagnostic, Fault, Place
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
from banshi.rules.expressions.tree import Number, Operation, Reference, walk
from banshi.rules.tariffs import faults
from banshi.rules.tariffs.ladder import Step, breaks, in_order, ladder_key, ladders, window
from banshi.rules.tariffs.layout import METHODS, NO_PRICE, check_line
from banshi.rules.tariffs.model import Line, Method, Proration, Tariff
from banshi.rules.tariffs.periods import dated, days_between, same_time, unpriced_season
from banshi.rules.values import Kind

KIND_ZH = {Kind.BOOLEAN: "是否", Kind.DATE: "日期", Kind.DATETIME: "日期时间", Kind.TIME: "时间"}

_SIGNS = re.compile(r"[-+*/×÷－＋＊／]")
_DEPOSIT = re.compile(r"押金|保证金|\bdeposit\b", re.IGNORECASE)
_LEFT_OUT = re.compile(r"不计|不含|不入|不收|另|单独|退还|\b(?:not|apart|separate(?:ly)?|only)\b|仅", re.IGNORECASE)
_NO_VALUES = Environment(values={}, now=datetime(2000, 1, 1, tzinfo=UTC))


def check(tariff: Tariff, scope: Scope) -> tuple[Diagnostic, ...]:
    """Every fault of the tariff that only shows once its names are known, and every fault of its brackets."""
    found: list[Diagnostic] = []
    inner = scope.with_names(dict.fromkeys(tariff.items, Name(Kind.NUMBER)))
    for i, line in enumerate(tariff.lines):
        found += check_line(line)
        found += _expressions(line, inner)
        found += _odd_amounts(line)
        found += _limits(line, tariff)
        found += _later(tariff, i)
    found += _names(tariff, inner)
    found += _totals(tariff)
    found += _credits(tariff)
    found += _units(tariff)
    found += _brackets(tariff)
    found += _periods(tariff)
    found += _carries(tariff)
    found += _expired(tariff, scope)
    return tuple(found)


def _names(tariff: Tariff, scope: Scope) -> Iterator[Diagnostic]:
    """Names of items that formulas take for a computation."""
    first = {line.item: line for line in reversed(tariff.lines)}
    for item, line in first.items():
        parts = [part.strip() for part in _SIGNS.split(item)]
        if len(parts) > 1 and all(part and scope.find(part) is not None for part in parts):
            yield faults.ITEM_IN_FORMULAS.at(line.place, item=item)


def constant(expression: Expression | None) -> Decimal | None:
    """The number that an expression always is; None when it depends on anything."""
    if expression is None or not all(isinstance(node, (Number, Operation)) for node in walk(expression.root)):
        return None
    value = evaluate(expression, _NO_VALUES)
    return value if isinstance(value, Decimal) else None


def _expressions(line: Line, scope: Scope) -> Iterator[Diagnostic]:
    yield from _blank_results(line, scope)
    if line.when is not None:
        yield from check_expression(line.when, scope, Kind.BOOLEAN)
    for day in (line.prorate.first, line.prorate.last) if line.prorate else ():
        yield from check_expression(day, scope, Kind.DATE)
    if line.weights is not None:
        yield from check_expression(line.weights, scope)
    for part in (line.quantity, line.carry):
        if part is not None:
            yield from check_expression(part, scope, Kind.NUMBER)
    for part in (line.low, line.high, line.rate, line.minimum, line.maximum):
        if part is not None:
            yield from _amount(part, scope)
    if line.share is not None:
        yield from check_expression(line.share, scope)
        kind = kind_of_expression(line.share, scope)
        if kind in KIND_ZH:
            yield faults.SHARE_KIND.at(line.share.place, kind=kind, kind_zh=KIND_ZH[kind])


def _blank_results(line: Line, scope: Scope) -> Iterator[Diagnostic]:
    """Numbers that are a result of a table, and that nothing is in some row of it."""
    for part in line.expressions:
        name = scope.find(part.root.name) if isinstance(part.root, Reference) and part is not line.when else None
        if name is not None and name.blank is not None:
            yield faults.BLANK_RESULT.at(part.place, name=part.text.strip(), other=name.blank)


def _amount(part: Expression, scope: Scope) -> Iterator[Diagnostic]:
    """A number or an expression; a lone word that names nothing (免费) was not meant as a field, and quotes would not help."""
    root = part.root
    if isinstance(root, Reference) and (scope.find(root.name) is None or _no_price(root.name)):
        yield faults.NO_AMOUNT.at(
            part.place,
            text=root.name,
            near="" if _no_price(root.name) else suggest(root.name, scope.names, least=0.6),
        )
    else:
        yield from check_expression(part, scope, Kind.NUMBER)


def _no_price(word: str) -> bool:
    return fold_name(word) in NO_PRICE or word.startswith("百分之")


def _odd_amounts(line: Line) -> Iterator[Diagnostic]:
    """Numbers that are most likely a slip: a percentage above 100 %, a negative rate, 50 % as an amount."""
    rate = constant(line.rate)
    if line.rate is not None and rate is not None:
        if line.method is Method.CREDIT and rate > 1 and line.rate.text.strip().endswith(("%", "％")):
            yield faults.OVER_CREDIT.at(line.rate.place, item=line.item, text=line.rate.text.strip())
        if line.method is Method.PERCENT and abs(rate) > 1 and not line.rate.text.strip().endswith(("%", "％")):
            yield faults.LARGE_PERCENT.at(line.rate.place, rate=format(rate, "f"), percent=format(rate * 100, "f"))
        if rate < 0:
            yield faults.NEGATIVE_RATE.at(line.rate.place, item=line.item, rate=format(rate, "f"))
    for limit in (line.minimum, line.maximum):
        value = constant(limit)
        if limit is not None and value is not None and limit.text.strip().endswith(("%", "％")):
            facts = {"item": line.item, "text": limit.text.strip(), "value": format(value, "f")}
            yield faults.PERCENT_LIMIT.at(limit.place, **facts)


def _credits(tariff: Tariff) -> Iterator[Diagnostic]:
    """Credits that always apply and together take more than 100 % off one item."""
    taken: dict[str, Decimal] = {}
    for line in tariff.lines:
        rate = constant(line.rate)
        always = line.when is None and not dated(line) and line.minimum is None and line.maximum is None
        if line.method is not Method.CREDIT or line.rate is None or not always or rate is None or not 0 < rate <= 1:
            continue
        if line.quantity is None or not isinstance(line.quantity.root, Reference):
            continue
        of = fold_name(line.quantity.root.name)
        before = taken.get(of, Decimal(0))
        taken[of] = before + rate
        if before <= 1 < taken[of] and before:
            percent = format((taken[of] * 100).normalize(), "f")
            yield faults.OVER_CREDITS.at(line.rate.place, item=line.item, percent=percent, of=line.quantity.root.name)


def _limits(line: Line, tariff: Tariff) -> Iterator[Diagnostic]:
    minimum, maximum = constant(line.minimum), constant(line.maximum)
    if minimum is not None and maximum is not None and minimum > maximum:
        yield faults.LIMITS_REVERSED.at(line.place, item=line.item, minimum=minimum, maximum=maximum)
    limit = line.minimum or line.maximum
    slices = [other for other in tariff.lines if other.item == line.item and other.method is Method.MARGINAL]
    if limit is not None and line.method is Method.MARGINAL and len(slices) > 1:
        yield faults.LIMIT_ON_SLICE.at(limit.place, item=line.item, row=line.number)


def _units(tariff: Tariff) -> Iterator[Diagnostic]:
    """Amounts of two units that are added: in one item, in a total, or in the sum of a tariff without totals."""
    units, above = tariff.units, list[str]()
    for line in tariff.lines:
        if line.method is Method.TOTAL:
            added = [item for item in tariff.added(line, above) if item in units]
            yield from _unlike(line, added or above, units)
            continue
        above.append(line.item)
        if line.unit and line.unit != units[line.item]:
            yield _mixed(line.place, line.item, line.unit, line.item, units[line.item])
    if len(above) == len(tariff.lines):
        for line in tariff.lines:
            if units[line.item] != tariff.unit:
                yield _mixed(line.place, line.item, units[line.item], above[0], tariff.unit)
                return


def _unlike(total: Line, items: Sequence[str], units: Mapping[str, str]) -> Iterator[Diagnostic]:
    for item in items:
        first, unit = (total.item, total.unit) if total.unit else (items[0], units[items[0]])
        if units[item] != unit:
            yield _mixed(total.adds_place, item, units[item], first, unit)
            return


def _mixed(place: Place, item: str, unit: str, with_item: str, other: str) -> Diagnostic:
    facts = {"unit": unit or "元", "unit_en": unit or "money", "other": other or "元", "other_en": other or "money"}
    return faults.MIXED_UNITS.at(place, item=item, with_item=with_item, **facts)


def _later(tariff: Tariff, row: int) -> Iterator[Diagnostic]:
    """Items that the row uses before they are computed."""
    line = tariff.lines[row]
    unfinished = {fold_name(item.item) for item in tariff.lines[row:]}
    for expression in line.expressions:
        for name in sorted(name for name in expression.names if fold_name(name) in unfinished):
            yield faults.LATER_ITEM.at(expression.place, row=line.number, item=name)
    for name in line.adds:
        if name not in tariff.items:
            near = suggest(name, tariff.items, least=0.5)
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
    last = next((i for i in reversed(totals) if tariff.is_total(tariff.lines[i])), None)
    if last is not None:
        yield from _outside(tariff, last)
    for i in totals:
        yield from _counted_twice(tariff.lines[: i + 1])
        yield from _passed_by(tariff.lines[: i + 1], tariff.units)
        if tariff.lines[i].share is not None:
            yield from _shared_twice(tariff.lines[: i + 1])


def _outside(tariff: Tariff, last: int) -> Iterator[Diagnostic]:
    """Lines that are in no total: below the last one, or above it, neither named nor used by anything."""
    counted = _counted(tariff.lines, tariff.lines[last])
    used = {fold_name(name) for line in tariff.lines for part in line.expressions for name in part.names}
    for i, line in enumerate(tariff.lines):
        spare = line.method is not Method.TOTAL and fold_name(line.item) not in used and line.item not in counted
        if (
            tariff.units[line.item] == tariff.unit
            and (spare if i < last else i > last)
            and not _apart(line, tariff, counted)
        ):
            yield faults.OUTSIDE_TOTAL.at(line.place, item=line.item)


def _apart(line: Line, tariff: Tariff, counted: Collection[str]) -> bool:
    """Whether a line is left out on purpose: it is a deposit, its note says so, or it is the other part of an item.

    Of `医疗费`, which is not in the total, `自付` is counted and `报销额` is not.
    """
    told = f"{line.item} {line.label} {line.label_en}"
    if _DEPOSIT.search(told) or _LEFT_OUT.search(line.note):
        return True
    whole = {fold_name(item) for item in tariff.items if item not in counted} & _counts(line)
    return any(whole & _counts(other) for other in tariff.lines if other.item in counted)


def _counts(line: Line) -> set[str]:
    return set() if line.quantity is None else set(map(fold_name, line.quantity.names))


def _passed_by(lines: Sequence[Line], units: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Subtotals with limits or a rounding of their own above a total that names nothing, and so adds what is in them."""
    *above, total = lines
    if total.adds:
        return
    unit = units[total.item]
    charges = [line for line in above if line.method is not Method.TOTAL and units[line.item] == unit]
    for subtotal in above:
        if subtotal.method is not Method.TOTAL or not subtotal.adds:
            continue
        inside = set(subtotal.adds)
        finer = any(line.item in inside and line.rounding != subtotal.rounding for line in charges)
        if subtotal.minimum is None and subtotal.maximum is None and not finer:
            continue
        rest = dict.fromkeys(line.item for line in charges if line.item not in inside)
        facts = {"item": subtotal.item, "names": "、".join((subtotal.item, *rest))}
        yield faults.PASSED_BY.at(total.place, **facts)


def _shared_twice(lines: Sequence[Line]) -> Iterator[Diagnostic]:
    """Items that are shared by themselves and again in the total at the end of these rows."""
    total = lines[-1]
    counted = _counted(lines, total)
    for line in lines[:-1]:
        if line.share is not None and line.item in counted:
            assert total.share is not None
            yield faults.SHARED_TWICE.at(total.share.place, item=line.item)


def _counted_twice(lines: Sequence[Line]) -> Iterator[Diagnostic]:
    """Items that the total at the end of these rows names twice, or names beside a total that they are part of."""
    total, seen = lines[-1], set[str]()
    for item in total.adds:
        row = next((line for line in lines[:-1] if line.item == item), None)
        parts = {item} | (_counted(lines, row) if row and row.method is Method.TOTAL else set())
        for twice in sorted(parts & seen):
            yield faults.COUNTED_TWICE.at(total.adds_place, item=twice)
        seen |= parts


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
    parted = list(_parted(tariff))
    yield from parted
    told = {dict(item.facts)["item"] for item in parted}
    for lines in ladders(tariff.lines).values():
        if any({"low", "high"} & set(line.unread) for line in lines):
            continue
        steps = [step for line in lines if (step := _constant_step(line)) is not None]
        sound = []
        for step in steps:
            if step.high is not None and step.low >= step.high:
                yield faults.EMPTY_BRACKET.at(step.high_place, low=format(step.low, "f"), high=format(step.high, "f"))
            else:
                sound.append(step)
        for period in sorted({window(step.line) for step in sound}):
            # A ladder with a computed bound is judged when the bound is known: at each run.
            whole = tuple(line for line in lines if window(line) == period)
            own = in_order(step for step in sound if step.line in whole)
            yield from _mixed_methods(whole)
            if len(own) == len(whole):
                yield from breaks(own, faults.BRACKET_OVERLAP, faults.BRACKET_GAP)
                if own[0].line.item not in told:
                    yield from _closed_top(own[-1])
                    yield from _free_below(own[0])
        yield from _crossing_periods(sound)
        for period in sorted(set(map(window, lines))):
            computed = [line for line in lines if window(line) == period]
            if any(_constant_step(line) is None for line in computed):
                yield from _never_meets(computed)


def _parted(tariff: Tariff) -> Iterator[Diagnostic]:
    """Brackets of one item that count different quantities, where one of them has no end or no beginning of its own."""
    by_item: dict[str, dict[str, list[Line]]] = {}
    for (item, quantity, when, _), lines in ladders(tariff.lines).items():
        if not when:
            by_item.setdefault(item, {}).setdefault(quantity, []).extend(lines)
    for item, by_quantity in by_item.items():
        if len(by_quantity) < 2 or any(line.method is Method.FIXED for part in by_quantity.values() for line in part):
            continue
        if all(_is_whole(lines) for lines in by_quantity.values()):
            continue
        first, other = (lines[0] for lines in list(by_quantity.values())[:2])
        assert first.quantity is not None
        assert other.quantity is not None
        facts = {
            "quantity": first.quantity.text.strip(),
            "other": other.quantity.text.strip(),
            "cell": first.quantity.place.cell,
        }
        yield faults.PARTED.at(other.quantity.place, item=item, **facts)


def _is_whole(lines: Sequence[Line]) -> bool:
    """Whether brackets begin at the bottom and are open at the top."""
    return any(line.low is None or constant(line.low) == 0 for line in lines) and any(
        line.high is None for line in lines
    )


def _never_meets(lines: Sequence[Line]) -> Iterator[Diagnostic]:
    """Steps with computed bounds that have a gap between them whatever the numbers: nothing could ever be billed."""
    names = sorted({name for line in lines for bound in (line.low, line.high) if bound for name in bound.names})
    found: list[tuple[Diagnostic, ...]] = []
    for seed in (3, 50, 700, 12_000):
        numbers = {name: Decimal(seed + 7 * i) for i, name in enumerate(names)}
        env = Environment(values=numbers, now=_NO_VALUES.now)
        bounds = [
            [Decimal(0) if bound is None else evaluate(bound, env) for bound in (line.low, line.high)] for line in lines
        ]
        if not all(isinstance(bound, Decimal) for pair in bounds for bound in pair):
            return
        steps = [
            Step(line, cast("Decimal", low), cast("Decimal", high) if line.high else None)
            for line, (low, high) in zip(lines, bounds, strict=True)
        ]
        found.append(tuple(breaks(in_order(steps), faults.NEVER_MEETS, faults.NEVER_MEETS)))
    places = set.intersection(*({item.place for item in items} for items in found))
    yield from (item for item in found[1] if item.place in places)


def _half_conditional(tariff: Tariff) -> Iterator[Diagnostic]:
    """Brackets of one item of which only some have a condition: a blank one below it means "always"."""
    groups: dict[tuple[str, str], tuple[Line, ...]] = {}
    for (item, quantity, _, _), lines in ladders(tariff.lines).items():
        groups[item, quantity] = (*groups.get((item, quantity), ()), *lines)
    for group in groups.values():
        free = [line for line in group if line.when is None]
        if free and len(free) < len(group):
            yield faults.HALF_CONDITIONAL.at(free[0].place, item=free[0].item, row=free[0].number)


def _mixed_methods(lines: Sequence[Line]) -> Iterator[Diagnostic]:
    """Brackets of one ladder of which some charge their slice and some all of the quantity."""
    first = lines[0]
    for line in lines[1:]:
        if {first.method, line.method} == {Method.MARGINAL, Method.WHOLE}:
            facts = {"other": first.place, "method": line.method, "method_zh": METHODS[line.method][1]}
            also = {"method_other": first.method, "method_other_zh": METHODS[first.method][1]}
            yield faults.MIXED_LADDER.at(line.place, item=line.item, **facts, **also)
            return


def _constant_step(line: Line) -> Step | None:
    low, high = constant(line.low), constant(line.high)
    if (line.low is not None and low is None) or (line.high is not None and high is None):
        return None
    return Step(line, low or Decimal(0), high)


def _closed_top(top: Step) -> Iterator[Diagnostic]:
    if top.high is not None and top.line.method is not Method.FIXED:
        yield faults.CLOSED_TOP.at(top.high_place, item=top.line.item, high=format(top.high, "f"))


def _free_below(first: Step) -> Iterator[Diagnostic]:
    if first.low > 0 and first.line.low is not None and first.line.method is not Method.FIXED:
        yield faults.FREE_BELOW.at(first.line.low.place, item=first.line.item, low=format(first.low, "f"))


def _crossing_periods(steps: Sequence[Step]) -> Iterator[Diagnostic]:
    """Brackets of different periods that overlap on a day on which both are in force."""
    for i, upper in enumerate(steps):
        for lower in steps[:i]:
            if window(lower.line) == window(upper.line) or not same_time(lower.line, upper.line):
                continue
            first, second = in_order((lower, upper))
            if first.high is None or first.high > second.low:
                yield from breaks((first, second), faults.BRACKET_OVERLAP, faults.BRACKET_GAP)


def _periods(tariff: Tariff) -> Iterator[Diagnostic]:
    """Rows of one quantity that follow each other: no day twice, no day without a price, all split in the same way."""
    groups: dict[tuple[str, str, str], list[Line]] = {}
    for line in tariff.lines:
        if line.method is not Method.TOTAL:
            groups.setdefault(ladder_key(line)[:3], []).append(line)
    for lines in groups.values():
        split = next((line for line in lines if line.prorate), None)
        if split is None:
            yield from _by_day(lines)
            continue
        assert split.prorate is not None
        for line in lines:
            if line.prorate is None or _period(line.prorate) != _period(split.prorate):
                yield faults.PRORATE_HALF.at(line.place, item=line.item, other=split.prorate.place)
        yield from _split_days([line for line in lines if line.prorate])


def _split_days(lines: Sequence[Line]) -> Iterator[Diagnostic]:
    windows = _windows(lines)
    yield from _twice(windows, faults.PRORATE_OVERLAP)
    yield from _gaps(windows, faults.PRORATE_GAP)


def _by_day(lines: Sequence[Line]) -> Iterator[Diagnostic]:
    """Versions of one price of which the day of the bill picks one; brackets may be in force beside each other."""
    windows = _windows(lines)
    if all(map(dated, windows)):
        if not any(line.bracketed for line in lines):
            yield from _twice(windows, faults.DATED_OVERLAP)
        yield from _gaps(windows, faults.DATED_GAP)


def _windows(lines: Sequence[Line]) -> list[Line]:
    """The first row of each period."""
    first: dict[str, Line] = {}
    for line in lines:
        first.setdefault(window(line), line)
    return list(first.values())


def _twice(windows: Sequence[Line], fault: Fault) -> Iterator[Diagnostic]:
    for i, later in enumerate(windows):
        for earlier in windows[:i]:
            if same_time(earlier, later):
                yield fault.at(later.place, item=later.item, other=earlier.place)


def _gaps(windows: Sequence[Line], fault: Fault) -> Iterator[Diagnostic]:
    by_day = sorted((line for line in windows if line.season is None), key=lambda line: line.valid_from or date.min)
    for earlier, later in pairwise(by_day):
        if (between := days_between(earlier, later)) is not None:
            facts = {"item": later.item, "since": between[0], "until": between[1]}
            yield fault.at(later.place, other=earlier.place, **facts)
    if len(windows) > 1 and not by_day and (between := unpriced_season(windows)) is not None:
        facts = {"item": windows[-1].item, "since": f"{between[0]:%m-%d}", "until": f"{between[1]:%m-%d}"}
        yield fault.at(windows[-1].place, other=windows[0].place, **facts)


def _period(prorate: Proration) -> tuple[str, ...]:
    return *(day.text.strip() for day in (prorate.first, prorate.last)), prorate.bounds


def _expired(tariff: Tariff, scope: Scope) -> Iterator[Diagnostic]:
    """Items that nobody is charged for any more, as the last of their rows has expired."""
    for item in tariff.items if scope.now else ():
        assert scope.now is not None
        lines = [line for line in tariff.lines if line.item == item]
        last = max(lines, key=lambda line: line.valid_until or date.max)
        if last.valid_until is not None and last.valid_until < scope.now.date():
            yield faults.EXPIRED.at(last.place, item=item, until=last.valid_until)


def _carries(tariff: Tariff) -> Iterator[Diagnostic]:
    """Quotas of which there are two in one ladder."""
    for lines in ladders(tariff.lines).values():
        quotas = [line for line in lines if line.carry is not None]
        for earlier, later in pairwise(quotas):
            if same_time(earlier, later):
                assert later.carry is not None
                yield faults.CARRY_TWICE.at(later.carry.place, item=later.item, other=earlier.place)
