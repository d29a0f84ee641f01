"""A tariff: bill lines with brackets, rates, rounding, limits and shares; and the bill that it gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from banshi.rules.decision import Decision, Explanation
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression, fold_name
from banshi.rules.values import Value


class Method(StrEnum):
    """How a line's amount comes from its quantity and rate."""

    MARGINAL = "marginal"
    WHOLE = "whole"
    FLAT = "flat"
    FIXED = "fixed"
    PERCENT = "percent"
    CREDIT = "credit"
    TOTAL = "total"


class Direction(StrEnum):
    """Which way a rounding goes."""

    HALF_UP = "half-up"
    DOWN = "down"
    UP = "up"
    HALF_EVEN = "half-even"
    HALF_DOWN = "half-down"
    CEILING = "ceiling"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Rounding:
    """A rounding to multiples of `unit`; no unit leaves the amount as it is. The default is the fen, half up."""

    unit: Decimal | None = Decimal("0.01")
    direction: Direction = Direction.HALF_UP


@dataclass(frozen=True, slots=True)
class Season:
    """The days of every year from `first` to `last`, both (month, day) and included; it may run over the new year."""

    first: tuple[int, int]
    last: tuple[int, int]


class Bounds(StrEnum):
    """What proration does to the bounds of brackets: nothing was said, they go with the days, or they stay."""

    UNSAID = "days"
    SCALED = "days and bounds"
    KEPT = "days only"


@dataclass(frozen=True, slots=True)
class Proration:
    """A billing period, both days included: a row counts for the share of its days on which the row is in force."""

    first: Expression
    last: Expression
    bounds: Bounds
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a tariff. Rows of one item are slices of it.

    `adds` are the items that a `total` names (empty: every charge item above). Both dates are inclusive. `carry` is the
    quota left over last time, by which `high` and every bound above it move up. `weights` go with the people of `share`.
    `unread` are the parts that the sheet fills in with something that cannot be read.
    `unit` is what the amount is counted in; empty is money.
    """

    item: str
    method: Method
    number: int
    label: str = ""
    label_en: str = ""
    quantity: Expression | None = None
    adds: tuple[str, ...] = ()
    low: Expression | None = None
    high: Expression | None = None
    rate: Expression | None = None
    when: Expression | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    season: Season | None = None
    prorate: Proration | None = None
    rounding: Rounding = Rounding()
    minimum: Expression | None = None
    maximum: Expression | None = None
    carry: Expression | None = None
    share: Expression | None = None
    unread: tuple[str, ...] = ()
    weights: Expression | None = None
    unit: str = ""
    reference: str = ""
    note: str = ""
    place: Place = NOWHERE
    adds_place: Place = NOWHERE

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression of the row, in the order in which it is used."""
        period = (self.prorate.first, self.prorate.last) if self.prorate else ()
        bounds = (self.low, self.high, self.carry)
        limits = (self.minimum, self.maximum, self.share, self.weights)
        parts = (self.when, *period, self.quantity, *bounds, self.rate, *limits)
        return tuple(part for part in parts if part is not None)

    @property
    def bracketed(self) -> bool:
        """Whether the row is a bracket: it has a bound, or a method that needs one."""
        return self.low is not None or self.high is not None or self.method in (Method.MARGINAL, Method.WHOLE)


@dataclass(frozen=True, kw_only=True)
class Tariff:
    """A tariff: its lines from top to bottom."""

    name: str
    lines: tuple[Line, ...]
    place: Place = NOWHERE

    def __getstate__(self) -> dict[str, Any]:
        # The names are cheaper to derive again than to carry along.
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}

    @property
    def items(self) -> tuple[str, ...]:
        """The items, each once, in the order in which they first stand."""
        return tuple(dict.fromkeys(line.item for line in self.lines))

    @property
    def total_name(self) -> str:
        """The name of the total: `<tariff>.total`."""
        return f"{self.name}.total"

    @property
    def output_names(self) -> tuple[str, ...]:
        """The names that the tariff gives to expressions: its items, `<tariff>.total`, and what is carried on."""
        return (*self.items, self.total_name, *self.carry_names.values())

    @property
    def carry_names(self) -> dict[str, str]:
        """The name of the quota that is left over, `<item>.carry`, by item."""
        return {line.item: f"{line.item}.carry" for line in self.lines if line.carry is not None}

    @cached_property
    def units(self) -> dict[str, str]:
        """What each item is counted in; a total takes the unit of the first item that it names, else money where any above is."""
        found: dict[str, str] = {}
        for line in self.lines:
            unit = line.unit
            if line.method is Method.TOTAL and not unit:
                units = [found[item] for item in line.adds or found if item in found]
                unit = "" if not line.adds and "" in units else next(iter(units), "")
            found[line.item] = found.get(line.item) or unit
        return found

    @property
    def unit(self) -> str:
        """What the total is counted in; empty is money, which it is where any total is in money."""
        units = [self.units[line.item] for line in self.lines if line.method is Method.TOTAL]
        return "" if "" in units else units[-1] if units else next(iter(self.units.values()), "")

    def added(self, total: Line, items: Iterable[str]) -> tuple[str, ...]:
        """What a total adds of the items above it: those that it names, else the charge items of its unit."""
        totals = {line.item for line in self.lines if line.method is Method.TOTAL}
        unit = self.units[total.item]
        return total.adds or tuple(item for item in items if item not in totals and self.units[item] == unit)

    def is_total(self, line: Line) -> bool:
        """Whether a line is a total in the unit of the tariff's total: the last of them that applies is the total."""
        return line.method is Method.TOTAL and self.units[line.item] == self.unit

    @cached_property
    def names(self) -> frozenset[str]:
        """The fields and other names that the tariff reads, without its own items."""
        found: set[str] = set()
        for line in self.lines:
            for expression in line.expressions:
                found |= expression.names
        own = {fold_name(item) for item in self.items}
        return frozenset(name for name in found if fold_name(name) not in own)


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One line of a bill. `amount` is empty when it could not be computed; the explanation says why, and where.

    `charge` is false for a total.
    """

    item: str
    label: str
    label_en: str
    quantity: Value
    rate: Value
    amount: Decimal | None
    places: tuple[Place, ...]
    explanation: Explanation
    unit: str = ""
    charge: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a tariff gives: lines, total (the last `total` line, else the sum of all lines), shares, the decision.

    `carries` is the quota that is left over for next time, by name (`<item>.carry`; empty where it is not known).
    """

    lines: tuple[BillLine, ...]
    total: Decimal | None
    shares: tuple[tuple[str, Decimal], ...]
    decision: Decision
    carries: tuple[tuple[str, Decimal | None], ...] = ()
    unit: str = ""

    @property
    def applies(self) -> bool:
        """Whether a charge applied; where none did the total is 0, though nothing was priced."""
        return any(line.charge for line in self.lines)
