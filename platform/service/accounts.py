"""The sheet `accounts` as data: what is kept count of for whom, in which unit, how far below zero it may go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from banshi.platform.people.who import Who
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression

MONEY = "元"
"""The unit of money; payments are in it."""
MONEY_DIGITS = 2
_DIGITS: Mapping[str, int] = {
    MONEY: MONEY_DIGITS,
    "次": 0,
    "份": 0,
    "页": 0,
    "张": 0,
    "个": 0,
    "天": 0,
    "分钟": 0,
    "吨": 3,
}
_OTHER_DIGITS = 2
_MOST_PARTS = 10**15 - 1


class Holder(StrEnum):
    """Whose accounts they are: a person's or a department's by their ids, else those of things that are named."""

    PERSON = "person"
    DEPARTMENT = "department"
    ROOM = "room"
    PROJECT = "project"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Members:
    """The data sheet that says whose an account is: the holder of each row, a person of its, and what it is called."""

    dataset: str
    person: str
    holder: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One row of the accounts sheet.

    `of` is the service that the account belongs to, blank for the own one. `floor` is how far below zero a holder may
    go, `low` below what she is reminded, `keepers` look after it beside the owners of the service. `shared` are the services
    of other offices that may use it. `opening` is what each holder begins with, `openings` what some do.
    """

    name: str
    of: str = ""
    holder: Expression | None = None
    kind: Holder = Holder.OTHER
    unit: str = MONEY
    floor: Decimal = Decimal(0)
    opening: Decimal = Decimal(0)
    openings: Mapping[str, Decimal] = field(default_factory=dict)
    low: Decimal | None = None
    members: Members | None = None
    keepers: Who | None = None
    shared: frozenset[str] = frozenset()
    texts: Mapping[str, str] = field(default_factory=dict)
    place: Place = NOWHERE
    cells: Mapping[str, Place] = field(default_factory=dict, compare=False)

    @property
    def digits(self) -> int:
        """How many decimals an amount may have."""
        return digits_of(self.unit)

    @property
    def least(self) -> int:
        """What a holder's balance may fall to, in smallest parts."""
        return -int(self.floor.scaleb(self.digits))

    def key(self, service_id: str) -> str:
        """What tells the account from all others of the hall, by the service in whose sheet it stands."""
        return f"{self.of or service_id}:{self.name}"

    def begins_with(self, holder: str) -> Decimal:
        """What a holder begins with."""
        return self.openings.get(holder, self.opening)

    def title(self, language: str) -> str:
        """How people know the account."""
        return self.texts.get(language) or self.texts.get("zh") or self.name

    def at(self, column: str) -> Place:
        """The cell of a column, else that of the row."""
        return self.cells.get(column, self.place)


def digits_of(unit: str) -> int:
    """How many decimals amounts of a unit have."""
    return _DIGITS.get(unit, _OTHER_DIGITS)


_ENGLISH: Mapping[str, str] = {
    MONEY: "yuan", "度": "kWh", "次": "times", "份": "copies", "页": "pages", "张": "sheets", "个": "pieces", "天": "days",
    "分钟": "minutes", "吨": "t", "小时": "hours",
}  # fmt: skip


def unit_text(unit: str, language: str) -> str:
    """A unit as people read it."""
    return _ENGLISH.get(unit, unit) if language == "en" else unit


class TooMuch(ValueError):
    """An amount that is larger than accounts hold."""


def most(digits: int) -> Decimal:
    """The largest amount that may be booked at once: thousands of them still add up to what stores can hold."""
    return Decimal(_MOST_PARTS).scaleb(-digits)


def smallest(amount: Decimal, digits: int) -> int:
    """An amount in smallest parts.

    Raises:
        TooMuch: it is beyond `most`.
        ValueError: it has more decimals than there are, or is no finite number.
    """
    if amount.is_finite() and abs(amount) > most(digits):
        raise TooMuch(f"{amount} is more than {most(digits):f}.")
    scaled = amount.scaleb(digits) if amount.is_finite() else amount
    if not amount.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more than {digits} decimals.")
    return int(scaled)


def written(amount: int, unit: str) -> str:
    """Smallest parts as people write them: `182.84`."""
    return f"{Decimal(amount).scaleb(-digits_of(unit)):f}"
