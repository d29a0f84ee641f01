"""One run of a tariff: values in, a bill out."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, cast

from banshi.rules.decision import Decision, Explanation, Outcome
from banshi.rules.diagnostics import Diagnostic, Place
from banshi.rules.expressions import Environment, Expression, evaluate, explain, fold_name
from banshi.rules.expressions.convert import to_truth
from banshi.rules.tariffs import faults
from banshi.rules.tariffs.ladder import LadderKey, Step, breaks, in_order, ladder_key, ladders, lifted, window
from banshi.rules.tariffs.layout import METHODS, PARTS_ZH
from banshi.rules.tariffs.model import Bill, BillLine, Direction, Line, Method, Tariff
from banshi.rules.tariffs.periods import in_force, unpriced
from banshi.rules.tariffs.proration import Part, part_of_period
from banshi.rules.tariffs.rounding import EXACT, MOST, as_decimal, endless, limit_as_paid, rounded
from banshi.rules.tariffs.sharing import share_out
from banshi.rules.tariffs.stopped import Stopped
from banshi.rules.tariffs.telling import Parts, tell, tell_carried, tell_nothing, tell_skipped
from banshi.rules.values import ErrorValue, Value

NEVER_NEGATIVE: Final = frozenset({Method.FLAT, Method.CREDIT})
"""Methods that count something, besides those with brackets; a percentage may be of what is paid back."""


def bill(tariff: Tariff, env: Environment, *, explained: bool = True) -> Bill:
    """Compute the bill, exactly, in decimal; `explained=False` leaves the reasons out, for batches.

    A line that cannot be computed has no amount, and neither has what is made of it: an empty quantity is never 0.
    """
    run = _Run(tariff, env, explained)
    run.compute()
    total = run.total()
    shared, notes = share_out(run.shared, run.failed)
    outputs: dict[str, Value] = {item: run.values.get(item, Decimal(0)) for item in tariff.items}
    carries = {name: run.carries.get(item) for item, name in tariff.carry_names.items()}
    if not any(line.charge for line in run.lines):
        notes = (*notes, tell_nothing(tariff))
    decision = Decision(
        kind="tariff",
        name=tariff.name,
        inputs={name: env.find(name) for name in sorted(tariff.names)},
        outputs=outputs | {tariff.total_name: total} | carries,
        fired=tuple(run.fired),
        outcome=run.outcome,
        explanation=(*run.told, *notes) if explained else (),
        diagnostics=tuple(run.diagnostics),
    )
    return Bill(
        lines=tuple(run.lines),
        total=total,
        shares=shared,
        decision=decision,
        carries=tuple(carries.items()),
        unit=tariff.unit,
    )


@dataclass
class _Run:
    """One run: the values of the items so far, the lines of the bill, what went wrong."""

    tariff: Tariff
    env: Environment
    explained: bool
    values: dict[str, Value] = field(default_factory=dict)
    lines: list[BillLine] = field(default_factory=list)
    totals: list[Decimal | None] = field(default_factory=list)
    shared: list[tuple[Decimal, Line, Environment]] = field(default_factory=list)
    fired: list[Place] = field(default_factory=list)
    told: list[Explanation] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    outcome: Outcome = Outcome.OK
    checked: dict[LadderKey, tuple[Step, ...] | Stopped] = field(default_factory=dict)
    exact: dict[str, Fraction] = field(default_factory=dict)
    """The items that have a part without an end (15/31 of something), unrounded."""
    carries: dict[str, Decimal] = field(default_factory=dict)

    def compute(self) -> None:
        layered = cast("Any", ChainMap(self.values, cast("Any", self.env.values)))
        self.env = replace(self.env, values=cast("Mapping[str, Value]", layered))
        wide = any(fold_name(item) != item for item in self.tariff.items)
        for line in self.tariff.lines:
            if wide:
                # An environment remembers which of its names are written full width; new items are new names.
                self.env = replace(self.env)
            self._line(line)

    def total(self) -> Decimal | None:
        """The last total line that applied; without one the sum of all lines, if every one has an amount."""
        if self.totals:
            return self.totals[-1]
        if any(line.amount is None for line in self.lines):
            return None
        counted = (line.item for line in self.lines if self.tariff.units[line.item] == self.tariff.unit)
        return as_decimal(self._sum(dict.fromkeys(counted)))

    def failed(self, outcome: Outcome, diagnostic: Diagnostic) -> None:
        """Note that something could not be computed; an error weighs more than a check that lacks its data.

        What is wrong with a quantity is wrong in every bracket that it is looked up in, and is told once.
        """
        if all((diagnostic.fault, diagnostic.facts) != (item.fault, item.facts) for item in self.diagnostics):
            self.diagnostics.append(diagnostic)
        if self.outcome is not Outcome.ERROR:
            self.outcome = outcome

    def _line(self, line: Line) -> None:
        parts = Parts(line)
        try:
            if not self._applies(line, parts):
                self.values.setdefault(line.item, Decimal(0))
                self.told.append(tell_skipped(parts))
                return
            amount: Decimal | None = self._amount(line, parts)
        except Stopped as stopped:
            amount = None
            parts.stopped, parts.outcome = stopped.diagnostic, stopped.outcome
            self.failed(stopped.outcome, stopped.diagnostic)
        self._add(line, amount, parts)

    def _add(self, line: Line, amount: Decimal | None, parts: Parts) -> None:
        self._add_to_item(line, amount, parts)
        explanation = tell(parts, amount, self._reasons(parts))
        self.lines.append(
            BillLine(
                item=line.item,
                label=line.label or line.item,
                label_en=line.label_en or line.label or line.item,
                quantity=parts.quantity if parts.counted is None else parts.counted,
                rate=parts.rate,
                amount=amount,
                places=tuple(item.place for item in parts.used) or (line.place,),
                explanation=explanation,
                unit=self.tariff.units[line.item],
                charge=line.method is not Method.TOTAL,
            )
        )
        self.told.append(explanation)
        if amount is not None:
            self.fired.append(line.rate.place if line.rate else line.place)
        if self.tariff.is_total(line):
            self.totals.append(amount)
        if line.share is not None and amount is not None:
            self.shared.append((amount, line, self.env))

    def _add_to_item(self, line: Line, amount: Decimal | None, parts: Parts) -> None:
        """The item's value so far: a sum; empty once a row lacked its data; an error, for good, once one failed."""
        before = self.values.get(line.item, Decimal(0))
        if parts.stopped is not None and parts.outcome is Outcome.ERROR:
            self.values[line.item] = ErrorValue(parts.stopped)
        elif amount is None:
            self.values[line.item] = None if isinstance(before, Decimal) else before
        elif isinstance(before, Decimal):
            self.values[line.item] = EXACT.add(before, amount)
            if parts.exact is not None or line.item in self.exact:
                exact = self.exact.get(line.item, Fraction(before))
                self.exact[line.item] = exact + (Fraction(amount) if parts.exact is None else parts.exact)
                self.values[line.item] = as_decimal(self.exact[line.item])

    def _reasons(self, parts: Parts) -> tuple[Explanation, ...]:
        return tuple(explain(item, self.env) for item in parts.used) if self.explained else ()

    def _applies(self, line: Line, parts: Parts) -> bool:
        if line.prorate is None and not in_force(line, self.env.now.date()):
            parts.skipped = ("不在有效期内", "not in force")
            return False
        if line.when is not None:
            holds = evaluate(line.when, self.env)
            if isinstance(holds, ErrorValue):
                raise Stopped(Outcome.ERROR, holds.diagnostic)
            if holds is None:
                raise Stopped(Outcome.NOT_CHECKED, faults.EMPTY_NUMBER.at(line.when.place, part=line.when.text))
            if not to_truth(holds):
                parts.skipped = (f"条件不成立：{line.when.text}", f"the condition does not hold: {line.when.text}")
                return False
        if line.prorate is not None:
            parts.used += [line.prorate.first, line.prorate.last]
            parts.part = part_of_period(line, self.env)
            self._every_day_has_a_price(line, parts.part)
            if not parts.part.days:
                parts.skipped = ("计费期内没有一天有效", "in force on no day of the billing period")
                return False
        return not line.bracketed or self._in_bracket(line, parts)

    def _every_day_has_a_price(self, line: Line, part: Part) -> None:
        """Of a price with several versions or seasons one must be in force on every day; a single row may begin or end."""
        versions = [
            other for other in self.tariff.lines if other.prorate and ladder_key(other)[:3] == ladder_key(line)[:3]
        ]
        days = unpriced(versions, part.first, part.last) if len(set(map(window, versions))) > 1 else None
        if days is not None:
            facts = {"item": line.item, "since": days[0], "until": days[1], "first": part.first, "last": part.last}
            raise Stopped(Outcome.ERROR, faults.UNPRICED_DAYS.at(line.place, **facts))

    def _in_bracket(self, line: Line, parts: Parts) -> bool:
        """Whether the quantity reaches the row's bracket; notes the quantity and the bounds."""
        if line.quantity is None:
            raise self._missing(line)
        quantity = parts.quantity = self._number(line.quantity, parts)
        facts = {"part": line.quantity.text, "value": format(quantity, "f")}
        if quantity < 0:
            raise Stopped(Outcome.ERROR, faults.NEGATIVE.at(line.quantity.place, **facts))
        steps = self._steps(line)
        step = parts.step = next(step for step in steps if step.line is line)
        parts.used += [bound for bound in (line.low, line.high, line.carry) if bound is not None]
        if line.carry is not None:
            self._carry(line, step, parts)
        counted = EXACT.multiply(quantity, parts.times)
        low, high = self._bounds(step, parts)
        top = self._bounds(steps[-1], parts)[1]
        if line.method is not Method.FIXED and top is not None and counted > top:
            last = steps[-1]
            raise Stopped(Outcome.ERROR, faults.ABOVE_TOP.at(last.high_place, high=f"{last.high:f}", **facts))
        first = counted == 0 == low and step is next(item for item in steps if item.low == 0)
        reached = counted > low or first
        if line.method is Method.MARGINAL:
            inside = first or (reached and high != low)
        else:
            inside = reached and (high is None or counted <= high)
        if not inside:
            parts.skipped = ("数量不在这一档", "the quantity does not fall in this bracket")
        return inside

    def _bounds(self, step: Step, parts: Parts) -> tuple[Decimal, Decimal | None]:
        """The bounds of a step, multiplied as a split billing period needs it."""
        times = parts.part.bound if parts.part else Decimal(1)
        high = None if step.high is None else EXACT.multiply(step.high, times)
        return EXACT.multiply(step.low, times), high

    def _carry(self, line: Line, step: Step, parts: Parts) -> None:
        """What is left of the quota for next time; brackets of one item that have a quota each add up."""
        assert step.high is not None
        assert parts.quantity is not None
        left = max(Decimal(0), EXACT.subtract(step.high, parts.quantity))
        self.carries[line.item] = EXACT.add(self.carries.get(line.item, Decimal(0)), left)
        self.told.append(tell_carried(line, step.high, parts.quantity, left))

    def _steps(self, line: Line) -> tuple[Step, ...]:
        """The steps of the row's ladder that are in force, from the lowest up; they must meet."""
        key = ladder_key(line)
        if key not in self.checked:
            try:
                self.checked[key] = self._ladder(key)
            except Stopped as stopped:
                self.checked[key] = stopped
        found = self.checked[key]
        if isinstance(found, Stopped):
            raise found
        return found

    def _ladder(self, key: LadderKey) -> tuple[Step, ...]:
        steps = []
        for line in ladders(self.tariff.lines)[key]:
            if line.prorate is not None or in_force(line, self.env.now.date()):
                low = self._bound(line.low) if line.low else Decimal(0)
                steps.append(Step(line, low, self._bound(line.high) if line.high else None))
        ordered = in_order(steps)
        for diagnostic in breaks(ordered, faults.BROKEN_LADDER, faults.BROKEN_LADDER):
            raise Stopped(Outcome.ERROR, diagnostic)
        quota = next((step.line for step in ordered if step.line.carry is not None and step.high is not None), None)
        return lifted(ordered, quota, self._carried(quota)) if quota else tuple(ordered)

    def _bound(self, expression: Expression) -> Decimal:
        """A bound of a bracket. Below zero, steps would change places, and what is told of them would mislead."""
        bound = self._number(expression, None)
        if bound < 0:
            facts = {"part": expression.text, "value": format(bound, "f")}
            raise Stopped(Outcome.ERROR, faults.NEGATIVE_BOUND.at(expression.place, **facts))
        return bound

    def _carried(self, line: Line) -> Decimal:
        """What was left over last time."""
        assert line.carry is not None
        carried = self._number(line.carry, None)
        if carried < 0:
            facts = {"part": line.carry.text, "value": format(carried, "f")}
            raise Stopped(Outcome.ERROR, faults.NEGATIVE_CARRY.at(line.carry.place, **facts))
        return carried

    def _amount(self, line: Line, parts: Parts) -> Decimal:
        raw = self._sum_of_items(line, parts) if line.method is Method.TOTAL else self._charge(line, parts)
        parts.raw = as_decimal(raw)
        if not parts.raw.is_finite() or parts.raw.copy_abs() >= MOST:
            raise Stopped(Outcome.ERROR, faults.TOO_LARGE.at(line.place, item=line.item))
        written = rounded(raw, line.rounding)
        amount = self._limited(written, line, parts)
        sign = -1 if line.method is Method.CREDIT else 1
        if line.rounding.unit is None and not parts.limit and (isinstance(raw, Fraction) or endless(raw)):
            parts.exact = sign * Fraction(raw)
        return EXACT.minus(amount) if sign < 0 else amount

    def _charge(self, line: Line, parts: Parts) -> Decimal | Fraction:
        if line.quantity is not None and parts.quantity is None and line.method is not Method.FIXED:
            parts.quantity = self._number(line.quantity, parts)
            if parts.quantity < 0 and line.method in NEVER_NEGATIVE:
                facts = {"part": line.quantity.text, "value": format(parts.quantity, "f")}
                raise Stopped(Outcome.ERROR, faults.NEGATIVE_QUANTITY.at(line.quantity.place, **facts))
        if line.rate is not None:
            parts.rate = self._number(line.rate, parts)
        quantity, rate = parts.quantity, parts.rate
        if line.method in (Method.FIXED, Method.CREDIT) and (quantity is None or line.method is Method.FIXED):
            quantity = Decimal(1)
        if line.method is Method.CREDIT and rate is None and parts.quantity is not None:
            rate = Decimal(1)
        if quantity is None or rate is None:
            raise self._missing(line)
        part, times = parts.part, parts.times
        if line.method is Method.MARGINAL and parts.step is not None:
            low, high = self._bounds(parts.step, parts)
            counted = EXACT.multiply(quantity, times)
            quantity = EXACT.subtract(counted if high is None else min(counted, high), low)
        elif parts.step is not None and line.method is not Method.FIXED:
            quantity = EXACT.multiply(quantity, times)
        factor = Fraction(1)
        if part is not None:
            factor = part.factor if parts.step is not None and line.method is not Method.FIXED else part.share
        if parts.quantity is not None and line.method is not Method.FIXED:
            parts.counted = quantity if part is None else as_decimal(Fraction(quantity) * factor)
        raw = EXACT.multiply(quantity, rate)
        return raw if part is None or not raw.is_finite() else Fraction(raw) * factor

    def _sum_of_items(self, line: Line, parts: Parts) -> Decimal | Fraction:
        """The named items, or all charge items above that are counted in the same."""
        items = self.tariff.added(line, self.values)
        parts.added = items
        for item in items:
            value = self.values.get(item)
            if not isinstance(value, Decimal):
                outcome = Outcome.NOT_CHECKED if value is None else Outcome.ERROR
                raise Stopped(outcome, faults.FAILED_ITEM.at(line.adds_place, item=item))
        return self._sum(items)

    def _sum(self, items: Iterable[str]) -> Decimal | Fraction:
        """The sum of items that all have an amount; a fraction where one has no end."""
        total, rest = Decimal(0), Fraction(0)
        for item in items:
            if item in self.exact:
                rest += self.exact[item]
            else:
                total = EXACT.add(total, cast("Decimal", self.values[item]))
        return Fraction(total) + rest if rest else total

    def _limited(self, amount: Decimal, line: Line, parts: Parts) -> Decimal:
        """The rounded amount within `minimum` and `maximum`; they are the last word, so a cap is never exceeded."""
        minimum = self._number(line.minimum, parts) if line.minimum else None
        maximum = self._number(line.maximum, parts) if line.maximum else None
        if minimum is not None and maximum is not None and minimum > maximum:
            facts = {"item": line.item, "minimum": minimum, "maximum": maximum}
            raise Stopped(Outcome.ERROR, faults.LIMITS_CROSSED.at(line.place, **facts))
        if minimum is not None and amount < minimum:
            parts.limit = ("最低", "minimum")
            return limit_as_paid(minimum, line.rounding, Direction.CEILING)
        if maximum is not None and amount > maximum:
            parts.limit = ("封顶", "maximum")
            return limit_as_paid(maximum, line.rounding, Direction.FLOOR)
        return amount

    def _missing(self, line: Line) -> Stopped:
        """A row that the check has refused: its quantity or its rate is not there."""
        facts = {"row": line.number, "method": line.method, "method_zh": METHODS[line.method][1]}
        part = "quantity" if line.quantity is None else "rate"
        return Stopped(Outcome.ERROR, faults.MISSING_PART.at(line.place, part=part, part_zh=PARTS_ZH[part], **facts))

    def _number(self, expression: Expression, parts: Parts | None) -> Decimal:
        if parts is not None:
            parts.used.append(expression)
        value = evaluate(expression, self.env)
        if isinstance(value, ErrorValue):
            raise Stopped(Outcome.ERROR, value.diagnostic)
        if value is None or value == "":
            raise Stopped(Outcome.NOT_CHECKED, faults.EMPTY_NUMBER.at(expression.place, part=expression.text))
        if not isinstance(value, Decimal) or not value.is_finite():
            raise Stopped(
                Outcome.ERROR, faults.WRONG_NUMBER.at(expression.place, part=expression.text, value=_shown(value))
            )
        return value


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "、".join(map(str, value)) if isinstance(value, tuple) else str(value)
