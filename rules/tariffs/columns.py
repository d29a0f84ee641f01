"""A tariff over whole columns: many bills at once, in scaled int64, each the very bill that `billing.bill` gives.

Only a bill in which every line can be computed is computed here. Every other row (an empty quantity, a ladder that does
not meet, a number too large) is billed by `bill`, so that its fault is told in the same words. So is the whole batch
where a line has a feature that this module does not know: a new feature is slow and right, never fast and wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, reduce
from itertools import pairwise
from typing import Final

import numpy as np

from banshi.rules.decision import Outcome
from banshi.rules.expressions import Expression, fixed_point, fold_name
from banshi.rules.expressions.column import (
    NO,
    YES,
    Column,
    Mask,
    Numbers,
    Texts,
    Truths,
    Values,
    to_decimal,
)
from banshi.rules.expressions.columns import Batch, column_part
from banshi.rules.expressions.fixed_point import Unfit, pick, zero
from banshi.rules.tariffs.billing import NEVER_NEGATIVE, bill
from banshi.rules.tariffs.known import knows
from banshi.rules.tariffs.ladder import LadderKey, ladder_key, ladders
from banshi.rules.tariffs.model import Bill, Direction, Line, Method, Rounding, Tariff
from banshi.rules.tariffs.period_columns import Fractions, Parts, Periods
from banshi.rules.tariffs.periods import in_force
from banshi.rules.tariffs.rounding import EXACT, limit_rounding
from banshi.rules.tariffs.rounding_columns import rounded_column
from banshi.rules.tariffs.sharing import MOST_SHARES

BLOCK: Final = 2**17
"""Rows that are computed at once. A column of them is a megabyte; larger ones are slower, for want of cache."""
UNROUNDED: Final = Rounding(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The money of some rows: `data / 10**scale` yuan, in columns of one row for all or one for each."""

    size: int
    items: Mapping[str, Numbers]
    total: Numbers


@dataclass(frozen=True, kw_only=True)
class Bills:
    """The bills of a batch. A row that `bill` computed has its whole bill in `alone`, and nothing in the columns."""

    tariff: Tariff
    blocks: tuple[Block, ...]
    alone: Mapping[int, Bill]

    def item(self, name: str) -> Numbers:
        """What an item comes to, as one column."""
        return _joined([(block.items[name], block.size) for block in self.blocks])

    @cached_property
    def total(self) -> Numbers:
        """The totals as one column."""
        return _joined([(block.total, block.size) for block in self.blocks])

    def amounts(self, item: str) -> list[Decimal | None]:
        """The amounts of an item in every row; None where it could not be computed."""
        columns = [(block.items[item], block.size) for block in self.blocks]
        return _filled(columns, {row: item_amount(made, item) for row, made in self.alone.items()})

    def totals(self) -> list[Decimal | None]:
        """The totals of every row; None where a bill has none."""
        columns = [(block.total, block.size) for block in self.blocks]
        return _filled(columns, {row: made.total for row, made in self.alone.items()})

    def carries(self, name: str) -> list[Decimal | None]:
        """What is left of a quota in every row, by `Tariff.carry_names`; a tariff that carries is billed row by row."""
        return [dict(made.carries)[name] for _, made in sorted(self.alone.items())]

    @property
    def failed(self) -> dict[int, Bill]:
        """The bills that are not sound, by row; their decisions say why."""
        return {row: made for row, made in self.alone.items() if made.decision.outcome is not Outcome.OK}


def _filled(columns: list[tuple[Numbers, int]], alone: Mapping[int, Decimal | None]) -> list[Decimal | None]:
    found: list[Decimal | None] = [
        to_decimal(number, column.scale)
        for column, size in columns
        for number in np.broadcast_to(column.data, size).tolist()
    ]
    for row, amount in alone.items():
        found[row] = amount
    return found


def item_amount(made: Bill, item: str) -> Decimal | None:
    """What an item comes to in one bill: 0 where no line of it applies, None where one could not be computed."""
    amounts = [line.amount for line in made.lines if line.item == item]
    known = [amount for amount in amounts if amount is not None]
    return reduce(EXACT.add, known, Decimal(0)) if len(known) == len(amounts) else None


def bill_columns(tariff: Tariff, batch: Batch) -> Bills:
    """The bills of every row of a batch, in blocks whose columns fit the cache of a processor."""
    known = knows(tariff)
    constants: dict[int, Column] = {}
    blocks: list[Block] = []
    alone: dict[int, Bill] = {}
    for start in range(0, batch.size, BLOCK):
        part = batch.between(start, min(start + BLOCK, batch.size))
        run = _Run(tariff, part, constants)
        odd: Mask = YES
        if known:
            try:
                run.compute()
                odd = run.odd
            except Unfit:
                run = _Run(tariff, part, constants)
        for row in np.flatnonzero(np.broadcast_to(odd, part.size)).tolist() if odd.any() else ():
            alone[start + row] = bill(tariff, part.environment(row), explained=False)
        items = {item: run.items.get(item, zero()) for item in tariff.items}
        blocks.append(Block(size=part.size, items=items, total=run.total))
    return Bills(tariff=tariff, blocks=tuple(blocks), alone=alone)


def _joined(parts: list[tuple[Numbers, int]]) -> Numbers:
    """The columns of some blocks (and how many rows each has) as one; odd where one scale cannot hold a row."""
    if len(parts) < 2:
        return parts[0][0] if parts else zero()
    scale = max(column.scale for column, _ in parts)
    columns = [(fixed_point.rescaled(column, scale), size) for column, size in parts]
    odd = any(column.odd.any() for column, _ in columns)
    return Numbers(
        data=np.concatenate([np.broadcast_to(column.data, size) for column, size in columns]),
        scale=scale,
        least=min(column.least for column, _ in columns),
        most=max(column.most for column, _ in columns),
        odd=np.concatenate([np.broadcast_to(column.odd, size) for column, size in columns]) if odd else NO,
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """A bracket of a ladder in columns: `low` < quantity <= `high`; open at the top where `high` is None."""

    line: Line
    low: Numbers
    high: Numbers | None


class _Run:
    """One run over a batch: the items so far, and the rows that are left to `bill`."""

    def __init__(self, tariff: Tariff, batch: Batch, constants: dict[int, Column]) -> None:
        self.tariff = tariff
        self.batch = batch
        self.items: dict[str, Numbers] = {}
        self.exact: dict[str, Fractions] = {}
        """The items that have a part without an end (15/31 of something), unrounded."""
        self.odd: Mask = NO
        self.total = zero()
        self._totals: list[tuple[Mask, Numbers]] = []
        self._ladders: dict[LadderKey, list[_Step]] = {}
        self._periods: dict[tuple[str, str], Periods] = {}
        self._parts: dict[int, Column] = {}
        self._constants = constants
        self._own = {fold_name(item) for item in tariff.items}

    def compute(self) -> None:
        """Compute line after line, then the total: the last total line that applied, else the sum of all lines."""
        day = self.batch.now.date()
        for line in self.tariff.lines:
            if line.item not in self.items:
                self.items[line.item] = zero()
                self.batch = self.batch.with_names({line.item: Values(zero())})
            if line.prorate is not None or in_force(line, day):
                self._line(line)
        if not any(applies.all() for applies, _ in self._totals):
            counted = [item for item in self._charge_items() if self.tariff.units[item] == self.tariff.unit]
            self.total = self._kept(_rounded(self._sum_of_items(counted), UNROUNDED), YES)
        for applies, total in self._totals:
            self.total = total if applies.all() else self._kept(pick(applies, total, self.total), YES)

    def _line(self, line: Line) -> None:
        applies = self._when(line)
        parts = self._parts_of_period(line, applies)
        if parts is not None:
            applies = applies & parts.applies
        if line.bracketed:
            quantity, inside = self._bracket(line, parts, applies)
            applies = applies & inside
        else:
            quantity = None
        if not applies.any():
            return
        raw = (
            self._sum_of_items(self._items_of(line))
            if line.method is Method.TOTAL
            else self._charge(line, quantity, parts, applies)
        )
        exact = raw if isinstance(raw, Fractions) and line.rounding.unit is None else None
        if exact is not None and (line.method is Method.TOTAL or _limits(line)):
            raise Unfit
        amount = self._kept(_rounded(raw, line.rounding), applies)
        amount = self._kept(self._limited(amount, line, applies), applies)
        if line.method is Method.CREDIT:
            amount, exact = fixed_point.negate(amount), None if exact is None else exact.negated()
        self._shared(line, applies)
        if self.tariff.is_total(line):
            self._totals.append((applies, amount))
        charged = amount if applies.all() else self._kept(pick(applies, amount, zero()), YES)
        self._add(line.item, charged, None if exact is None else exact.where(applies))

    def _add(self, item: str, amount: Numbers, exact: Fractions | None) -> None:
        """Add to an item's value so far; what was computed from nothing but input stays known.

        Of an item with a part that has no end the amounts are added up as they are written; who reads it reads the sum.
        """
        before: Numbers | Fractions = self.exact.get(item, self.items[item])
        value = self.items[item] = self._plus(self.items[item], amount)
        if exact is not None or isinstance(before, Fractions):
            self.exact[item] = _sum(before, amount if exact is None else exact)
            value = self._kept(_rounded(self.exact[item], UNROUNDED), YES)
        self.batch = self.batch.with_names({item: Values(value)})

    def _plus(self, first: Numbers, second: Numbers) -> Numbers:
        """The sum; where one part is 0 in every row, the other."""
        for number, other in ((first, second), (second, first)):
            if number.least == number.most == 0 and number.scale <= other.scale:
                return other
        return self._kept(fixed_point.add(first, second), YES)

    def _kept(self, amount: Numbers, applies: Mask) -> Numbers:
        """The amounts that could be computed; the other rows are left to `bill` and count nothing here."""
        self._leave(amount.odd | amount.empty, applies)
        return replace(amount, odd=NO, empty=NO)

    def _leave(self, odd: Mask, applies: Mask) -> None:
        """Leave rows to `bill`."""
        if odd.any():
            self.odd = self.odd | (odd & applies)

    def _when(self, line: Line) -> Mask:
        """The rows in which the condition holds."""
        if line.when is None:
            return YES
        held = self._part(line.when)
        if not isinstance(held, Truths):
            raise Unfit
        self._leave(held.odd | held.empty, YES)
        return held.data & ~held.odd & ~held.empty

    def _parts_of_period(self, line: Line, applies: Mask) -> Parts | None:
        """The days of the billing periods on which a line is in force, where it is split by days."""
        if line.prorate is None:
            return None
        key = line.prorate.first.text, line.prorate.last.text
        if key not in self._periods:
            self._periods[key] = Periods(self._part(line.prorate.first), self._part(line.prorate.last))
        same = ladder_key(line)[:3]
        versions = [other for other in self.tariff.lines if other.prorate and ladder_key(other)[:3] == same]
        parts = self._periods[key].parts(line, versions)
        self._leave(parts.odd, applies)
        return parts

    def _bracket(self, line: Line, parts: Parts | None, applies: Mask) -> tuple[Numbers, Mask]:
        """The quantity (for `marginal` the slice of it in this bracket), and the rows in whose bracket it falls."""
        quantity = self._number(line.quantity, applies)
        steps = self._steps(line, applies)
        if parts is not None:
            quantity = self._kept(parts.quantity(quantity), applies)
            steps = [
                _Step(
                    step.line,
                    self._kept(parts.bound(step.low), applies),
                    None if step.high is None else self._kept(parts.bound(step.high), applies),
                )
                for step in steps
            ]
        at = next(i for i, step in enumerate(steps) if step.line is line)
        step, top = steps[at], steps[-1].high
        if quantity.least < 0:
            self._leave(quantity.data < 0, applies)
        if top is not None and line.method is not Method.FIXED:
            self._leave(self._less(top, quantity, applies), applies)
        if line.method is Method.MARGINAL and not _limits(line):
            # Outside of its bracket a slice is empty and costs nothing, so nobody needs to know where that is.
            return _slice(quantity, step), YES
        inside = self._less(step.low, quantity, applies)
        if step.low.least <= 0:
            first = (quantity.data == 0) & (step.low.data == 0)
            for lower in steps[:at]:
                first = first & (lower.low.data != 0)
            inside = inside | first
            if line.method is Method.MARGINAL and step.high is not None:
                inside = inside & (first | self._differ(step.low, step.high, applies))
        if line.method is Method.MARGINAL:
            return _slice(quantity, step), inside
        return quantity, inside if step.high is None else inside & ~self._less(step.high, quantity, applies)

    def _steps(self, line: Line, applies: Mask) -> list[_Step]:
        """The ladder of a row, from the lowest step up. Rows in which it is out of order or does not meet are left."""
        key = ladder_key(line)
        if key not in self._ladders:
            day = self.batch.now.date()
            lines = [step for step in ladders(self.tariff.lines)[key] if step.prorate or in_force(step, day)]
            steps = [
                _Step(
                    step,
                    self._number(step.low, applies) if step.low else zero(),
                    self._number(step.high, applies) if step.high else None,
                )
                for step in lines
            ]
            if all(step.low.data.size == 1 and (step.high is None or step.high.data.size == 1) for step in steps):
                steps.sort(key=_constant_order)
            for bound in (bound for step in steps for bound in (step.low, step.high) if bound is not None):
                if bound.least < 0:
                    self._leave(bound.data < 0, applies)
            self._meet(steps, applies)
            self._ladders[key] = steps
        return self._ladders[key]

    def _meet(self, steps: list[_Step], applies: Mask) -> None:
        for lower, upper in pairwise(steps):
            if lower.high is None:
                raise Unfit
            self._leave(
                self._less(upper.low, lower.low, applies) | self._differ(lower.high, upper.low, applies), applies
            )
        for step in steps[1:]:
            if step.high is not None:
                self._leave(self._less(step.high, step.low, applies), applies)

    def _charge(self, line: Line, quantity: Numbers | None, parts: Parts | None, applies: Mask) -> Numbers | Fractions:
        bracketed = quantity is not None and line.method is not Method.FIXED
        if line.method is Method.FIXED:
            quantity = None
        elif line.quantity is not None and quantity is None:
            quantity = self._number(line.quantity, applies)
            if quantity.least < 0 and line.method in NEVER_NEGATIVE:
                self._leave(quantity.data < 0, applies)
        rate = self._number(line.rate, applies) if line.rate is not None else None
        if line.method in (Method.FIXED, Method.CREDIT) and (quantity is None or rate is None):
            amount = rate if quantity is None else quantity
        else:
            amount = None if quantity is None or rate is None else fixed_point.multiply(quantity, rate)
        if amount is None:
            raise Unfit
        return amount if parts is None else parts.amount(amount, bracketed=bracketed)

    def _items_of(self, line: Line) -> Sequence[str]:
        """The items that a total adds up."""
        if any(name not in self.items for name in line.adds):
            raise Unfit
        return self.tariff.added(line, self._charge_items())

    def _sum_of_items(self, items: Sequence[str]) -> Numbers | Fractions:
        result: Numbers | Fractions = zero()
        for item in items:
            part = self.exact.get(item, self.items[item])
            if isinstance(result, Numbers) and isinstance(part, Numbers):
                result = self._plus(result, part)
            else:
                result = _sum(result, part)
        return result

    def _charge_items(self) -> list[str]:
        """The items so far that are not themselves totals."""
        totals = {line.item for line in self.tariff.lines if line.method is Method.TOTAL}
        return [item for item in self.items if item not in totals]

    def _limited(self, amount: Numbers, line: Line, applies: Mask) -> Numbers:
        minimum = self._number(line.minimum, applies) if line.minimum else None
        maximum = self._number(line.maximum, applies) if line.maximum else None
        if minimum is not None and maximum is not None:
            self._leave(self._less(maximum, minimum, applies), applies)
        result = amount
        if maximum is not None:
            written = _rounded(maximum, limit_rounding(line.rounding, Direction.FLOOR))
            result = pick(self._less(maximum, result, applies), written, result)
        if minimum is not None:
            written = _rounded(minimum, limit_rounding(line.rounding, Direction.CEILING))
            result = pick(self._less(amount, minimum, applies), written, result)
        return result

    def _shared(self, line: Line, applies: Mask) -> None:
        """Leave the rows whose people cannot be told: `bill` says why. The shares themselves are not computed."""
        if line.share is None:
            return
        people = self._part(line.share)
        if isinstance(people, Texts):
            self._leave(people.odd | people.empty, applies)
        elif isinstance(people, Numbers):
            whole = people.data % 10**people.scale == 0
            count = people.data // 10**people.scale
            self._leave(people.odd | people.empty | ~whole | (count < 1) | (count > MOST_SHARES), applies)
        else:
            raise Unfit

    def _number(self, expression: Expression | None, applies: Mask) -> Numbers:
        """A number in every row in which the line applies; the others are left to `bill`."""
        if expression is None:
            raise Unfit
        found = self._part(expression)
        if not isinstance(found, Numbers):
            raise Unfit
        self._leave(found.odd | found.empty, applies)
        return replace(found, odd=NO, empty=NO) if found.odd.any() or found.empty.any() else found

    def _part(self, expression: Expression) -> Column:
        if any(fold_name(name) in self._own for name in expression.names):
            return column_part(expression, self.batch)
        key = id(expression.root)
        known = self._parts if expression.names else self._constants
        if key not in known:
            known[key] = column_part(expression, self.batch)
        return known[key]

    def _less(self, first: Numbers, second: Numbers, applies: Mask) -> Mask:
        """Where the first is less; rows that cannot be compared in 64 bits are left to `bill`."""
        first, second = fixed_point.aligned(first, second)
        self._leave(first.odd | second.odd, applies)
        return np.asarray(first.data < second.data)

    def _differ(self, first: Numbers, second: Numbers, applies: Mask) -> Mask:
        return self._less(first, second, applies) | self._less(second, first, applies)


def _limits(line: Line) -> bool:
    return line.minimum is not None or line.maximum is not None or line.share is not None


def _constant_order(step: _Step) -> tuple[Decimal, bool, Decimal]:
    high = step.high
    low = to_decimal(int(step.low.data[0]), step.low.scale)
    return low, high is None, Decimal(0) if high is None else to_decimal(int(high.data[0]), high.scale)


def _slice(quantity: Numbers, step: _Step) -> Numbers:
    """The part of the quantity that lies in the bracket, 0 where it does not reach it."""
    parts = [quantity, step.low, *([step.high] if step.high is not None else [])]
    scale = max(part.scale for part in parts)
    quantity, low, *high = (fixed_point.rescaled(part, scale) for part in parts)
    data, most = quantity.data, quantity.most
    flat = low.least == low.most == 0 and quantity.least >= 0
    if high:
        data = np.minimum(data, high[0].data) if flat else np.clip(data, low.data, high[0].data)
        most = min(most, high[0].most)
    elif not flat:
        data = np.maximum(data, low.data)
    if not flat:
        data = np.subtract(data, low.data, out=data if data.size >= low.data.size else None)
    odd = quantity.odd | low.odd | (high[0].odd if high else NO)
    return Numbers(data=data, scale=scale, least=0, most=max(most - low.least, 0), odd=odd)


def _sum(first: Numbers | Fractions, second: Numbers | Fractions) -> Fractions:
    """The sum of two amounts, one of which has no end."""
    if isinstance(first, Fractions):
        return first.plus(second)
    assert isinstance(second, Fractions)
    return second.plus(first)


def _rounded(amount: Numbers | Fractions, rounding: Rounding) -> Numbers:
    if isinstance(amount, Fractions):
        return amount.rounded(rounding)
    return amount if rounding.unit is None else rounded_column(amount, rounding)
