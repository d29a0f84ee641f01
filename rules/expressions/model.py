"""What an expression is checked against (`Scope`) and computed with (`Environment`)."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Protocol

from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions.characters import fold_name
from banshi.rules.values import Kind, Value


class DirectoryView(Protocol):
    """What expressions may ask about people."""

    def in_role(self, person: str, role: str) -> bool:
        """Whether the person holds the role."""
        ...

    def department_head(self, dept: str) -> str:
        """The person who heads the department, or an empty string."""
        ...


class OutsideCalendar(Exception):
    """The calendar holds nothing of this year, so nobody can say which of its days are off."""

    def __init__(self, year: int) -> None:
        """Take the year."""
        super().__init__(f"The calendar holds no days of {year}.")
        self.year = year


class CalendarView(Protocol):
    """What expressions may ask about working days. Both methods raise OutsideCalendar."""

    def add_working_days(self, day: date, count: int) -> date:
        """The working day that is `count` working days after a day (before it, when negative)."""
        ...

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days there are from `first` to `last`, both counted."""
        ...


class BalancesView(Protocol):
    """What expressions may ask about accounts. Both give None for a holder whom whoever asks may not see."""

    def balance(self, account: str, holder: str) -> Decimal | None:
        """What a holder has in an account, what is held included; in the unit of the account."""
        ...

    def available(self, account: str, holder: str) -> Decimal | None:
        """What a holder may still spend: without what others hold, and down to the floor of the account."""
        ...


@dataclass(frozen=True, slots=True)
class Name:
    """What is known about a name before anybody answers: its kind, its choices (and their names by their labels,
    which are proposed where somebody wrote those), whether several can be chosen; the `repeats` around it, outermost first; of a number, whether it is whole, and between which places (`ranges.Bound`) its field takes it. `values` are all that a
    rule gives it beside nothing, where that is known; `blank` is the cell where it gives nothing. The kind is
    `guessed` where no form says it, only the way in which rules use the name. `fen` is money, which has two decimals at most. `called` is what
    sentences call it where that is not how it is written.
    """

    kind: Kind
    choices: frozenset[str] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    multiple: bool = False
    place: Place = NOWHERE
    whole: bool = False
    bounds: tuple[tuple[Decimal, int] | None, tuple[Decimal, int] | None] = (None, None)
    values: frozenset[Value] | None = None
    blank: Place | None = None
    guessed: bool = False
    fen: bool = False
    repeats: tuple[str, ...] = ()
    called: str = ""


@dataclass(frozen=True)
class Scope:
    """The names and datasets that an expression may use; `current` is what `.` (in a table cell, `?`) stands for.

    `now` is the moment of the check; without it nothing is said of what depends on the day. `repeats` are those around
    the expression, outermost first; `within` gives the scope of the rows of a repeat, and None for a name that is none.
    `twins` are the names that stand in several groups of a form, each with those by which the questions are known instead.
    `accounts` are those whose balances the expression may ask for; None where no balance may be asked for.
    """

    names: Mapping[str, Name]
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    current: Name | None = None
    now: datetime | None = None
    repeats: tuple[str, ...] = ()
    within: Callable[[str], Scope | None] | None = None
    twins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    accounts: Collection[str] | None = None

    def find(self, name: str) -> Name | None:
        """The name as it is, or the one that differs only in full and half width."""
        found = self.names.get(name)
        return found if found is not None or name not in self._folded else self.names[self._folded[name]]

    def ways(self, name: str) -> str:
        """How an author says which of several groups is meant; an empty text for a name of its own."""
        return " / ".join(f"${{{known}}}" for known in self.twins.get(fold_name(name), ()))

    def with_current(self, current: Name) -> Scope:
        """The same names where `.` stands for `current`."""
        scope = replace(self, current=current)
        scope.__dict__["_folded"] = self._folded
        return scope

    def with_accounts(self, accounts: Collection[str]) -> Scope:
        """The same names where the balances of some accounts may be asked for."""
        scope = replace(self, accounts=accounts)
        scope.__dict__["_folded"] = self._folded
        return scope

    def with_names(self, extra: Mapping[str, Name]) -> Scope:
        """These names and more; `extra` wins. No name is copied, for a form has as many scopes as fields."""
        names = ChainMap(dict(extra), self.names)  # type: ignore[arg-type]  # it is only read
        scope = replace(self, names=names)
        scope.__dict__["_folded"] = {**self._folded, **folded_keys(extra)}
        return scope

    @cached_property
    def _folded(self) -> dict[str, str]:
        return folded_keys(self.names)


@dataclass(frozen=True)
class Environment:
    """The values that an expression is computed with. `now` is aware, in local time.

    A name that is missing from `values` is empty. Inside a repeat a name of that repeat has the row's value and
    `positions` are the numbers, from 1, of the row and of those around it, outermost first; from outside the name is a tuple of the rows' values. `indexed` gives a name
    in other rows, as pairs of a repeat and the row's number from 1; empty where there is no such row. `rows` gives the
    environments of the rows of a repeat, as they are seen from here. `seed` is what
    chance depends on beside the moment. Without `balances`, functions that ask for them are error values.
    """

    values: Mapping[str, Value]
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    current: Value = None
    _: KW_ONLY
    now: datetime
    directory: DirectoryView | None = None
    calendar: CalendarView | None = None
    balances: BalancesView | None = None
    indexed: Callable[[str, tuple[tuple[str, int], ...]], Value] | None = None
    rows: Callable[[str], Iterable[Environment]] | None = None
    seed: str = ""
    choice_labels: Callable[[str, str, str], str] | None = None
    positions: tuple[int, ...] = ()
    language: str = "zh"

    def find(self, name: str) -> Value:
        """The value of a name; empty when it is missing."""
        try:
            return self.values[name]
        except KeyError:
            key = self._folded.get(name)
            return None if key is None else self.values.get(key)

    @cached_property
    def _folded(self) -> dict[str, str]:
        return folded_keys(self.values)


def folded_keys(names: Mapping[str, object]) -> dict[str, str]:
    """Half-width form → name, for the names that folding changes."""
    return {folded: name for name in names if (folded := fold_name(name)) != name}
