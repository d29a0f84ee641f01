"""The sheet `schedule` as data: what a service does by the clock, for whom or what, and how often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from banshi.platform.people.recurrence import Every
from banshi.platform.people.who import Who
from banshi.platform.routes.hooks import Open
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression


class Over(StrEnum):
    """What a job is done for: once, for each row of a data sheet, for each case, for each person."""

    ONCE = "once"
    DATA = "data"
    CASES = "cases"
    PEOPLE = "people"


class Deed(StrEnum):
    """What a job does."""

    OPEN = "open"
    REMIND = "remind"
    PUSH = "push"
    REPORT = "report"
    BILL = "bill"


JOB_NAMES: Mapping[str, tuple[str, str]] = {
    "at": ("job.at", "定时.时刻"),
    "job": ("job.name", "定时.任务"),
    "row": ("job.row", "定时.行号"),
}
"""What conditions, fields and texts of a job may read of the job itself, each in both languages."""
ANYBODY = "*"
"""Everybody in the directory, where a job is done for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class For:
    """Whom or what a job is done for.

    `name` is the data sheet; `states` are those of the cases, none for all; `who` are the people by a who-expression, `kind` all
    people of a kind (`学生`; `*` is everybody).
    """

    over: Over = Over.ONCE
    name: str = ""
    states: tuple[str, ...] = ()
    who: Who | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """What `bill` charges: by which fee sheet, to which account, and the column that says whose it is."""

    fees: str
    account: str
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One row of the schedule sheet.

    `when` decides row by row. `opens` is what `open` sends, `bills` what `bill` charges, `named` the notice or the connection of `remind` and `push`,
    `columns` those of the table that `report` makes (none: the usual ones). `to` are those who get the table, by mail as well where it is
    `mailed`. `texts` are the cells `for` and `do` as they were written.
    """

    name: str
    every: Every
    subject: For
    deed: Deed
    when: Expression | None = None
    opens: Open | None = None
    bills: Billing | None = None
    named: str = ""
    columns: tuple[tuple[str, Expression], ...] = ()
    to: Who | None = None
    mailed: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)
    place: Place = NOWHERE
    cells: Mapping[str, Place] = field(default_factory=dict, compare=False)

    @property
    def expressions(self) -> Iterator[Expression]:
        """Every expression of the row."""
        if self.when is not None:
            yield self.when
        yield from (value for _, value in self.opens.fields) if self.opens else ()
        yield from (value for _, value in self.columns)

    @property
    def of_form(self) -> bool:
        """Whether it reads the names of the service's own form: it is done for cases."""
        return self.subject.over is Over.CASES

    def at(self, column: str) -> Place:
        """The cell of a column, else that of the row."""
        return self.cells.get(column, self.place)
