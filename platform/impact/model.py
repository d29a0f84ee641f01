"""What is asked of a draft, what is found of one case, and what all of them come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from banshi.platform.people.directory import Person


class Consequence(StrEnum):
    """What a draft does to a case; several may be true of one."""

    MORE = "more"
    """It costs more."""
    LESS = "less"
    """It costs less."""
    UNBILLED = "unbilled"
    """One of the two versions gives no total."""
    ROUTE = "route"
    """It passes other steps."""
    REFUSED = "refused"
    """A statement forbids it that did not."""
    UNSENT = "unsent"
    """It could not be sent as it was filled in, for another reason."""
    ACCEPTED = "accepted"
    """What was in its way is not any more."""
    FINDING = "finding"
    """Other statements of policies speak, and none of them forbids it."""
    AMOUNT = "amount"
    """A bill in something else than money comes to something else."""
    RESULT = "result"
    """A decision table gives something else."""
    FAILED = "failed"
    """It could not be evaluated at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactQuestion:
    """Which cases: those sent from `since` to `until`, both days counted, in some states (none: all).

    With `as_of`, both versions see the cases as if they were sent on that day: for prices that are in force later.
    """

    since: date | None = None
    until: date | None = None
    states: Sequence[str] = ()
    as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A stored case, as far as its evaluation reads it.

    `last` are the answers of the applicant's case before, for the live version and for the draft. `bills` are the totals
    that were decided then, by bill, `findings` what statements said then: (path, id).
    """

    id: str
    number: str
    title: str
    state: str
    applicant: Person
    at: datetime
    answers: Mapping[str, Any]
    chosen: Mapping[str, Any] = field(default_factory=dict)
    last: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {})
    earlier: bool = False
    bills: Mapping[str, Decimal | None] = field(default_factory=dict)
    findings: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class BillPair:
    """One bill of a case under both versions; a total is None where there is none. `unit` is empty for money.

    `charged` says that a line of it applies to the case, under one version at least.
    """

    name: str
    unit: str
    old: Decimal | None
    new: Decimal | None
    charged: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a difference in money, and the changes (by their numbers) that make it."""

    cells: tuple[int, ...]
    difference: Decimal


@dataclass(frozen=True, slots=True)
class Note:
    """Something else that is different, the changes that make it, and a sentence in Chinese and English."""

    consequence: Consequence
    cells: tuple[int, ...]
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A case under both versions. `old` and `new` are its money in all; `then` is what was decided then.

    `differs` says that the live version does not decide today what was decided then; `live_errors` that it would not
    take the case as it stands.
    """

    id: str
    number: str
    title: str
    applicant: str
    state: str
    at: datetime
    consequences: frozenset[Consequence] = frozenset()
    bills: tuple[BillPair, ...] = ()
    old: Decimal | None = None
    new: Decimal | None = None
    then: Decimal | None = None
    parts: tuple[Part, ...] = ()
    notes: tuple[Note, ...] = ()
    old_path: str = ""
    new_path: str = ""
    earlier: bool = False
    differs: bool = False
    live_errors: bool = False

    @property
    def difference(self) -> Decimal | None:
        """How much more it costs."""
        return None if self.old is None or self.new is None else self.new - self.old


@dataclass(frozen=True, slots=True)
class CellChange:
    """A difference between the workbooks: where, in words of both languages."""

    place: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellGroup:
    """What some changes make together: cases, money, and how many cases by consequence. Without a change, it is what no
    single cell explains.
    """

    cells: tuple[CellChange, ...]
    cases: int
    difference: Decimal
    consequences: Mapping[Consequence, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BillTotal:
    """A tariff over the cases to which it applies and which both versions bill: how many, and the sums."""

    name: str
    unit: str
    cases: int
    old: Decimal
    new: Decimal


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases whose difference lies between two amounts (`low` counted, `high` not)."""

    low: Decimal
    high: Decimal
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What a draft comes to.

    `cases` were evaluated; of them `billed` have money under both versions, `same` are not different in anything. `old`,
    `new` are money; `then_old` is the money decided then, over `then_cases` cases that have it. `differing` cases would not
    be decided by the live version as they were then, `earlier` were sent under another version, `live_errors` the live
    version would not take today. `rows` are a few cases by consequence, those with the largest differences first.
    """

    service_id: str
    title: str
    live: str
    file: str
    question: ImpactQuestion
    complete: bool
    cases: int
    billed: int
    same: int
    counts: Mapping[Consequence, int]
    old: Decimal
    new: Decimal
    then_cases: int
    then_old: Decimal
    then_live: Decimal
    differing: int
    earlier: int
    live_errors: int
    bills: Sequence[BillTotal]
    cells: Sequence[CellGroup]
    changes: Sequence[CellChange]
    bins: Sequence[Bin]
    rows: Mapping[Consequence, Sequence[Compared]]

    @property
    def difference(self) -> Decimal:
        """How much more all cases cost."""
        return self.new - self.old


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactState:
    """How far a run is: `waiting` for another one, how many cases of how many; once it is over, what it came to or why not.

    `failed` is a sentence in Chinese and English.
    """

    id: str
    service_id: str
    file: str
    done: int
    total: int
    waiting: bool = False
    stopping: bool = False
    result: Impact | None = None
    failed: tuple[str, str] | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.result is not None or self.failed is not None
