"""The sheets `notices` and `connect` as data: whom a service tells what, when, and through which channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from banshi.platform.people.who import Who
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression


class On(StrEnum):
    """What a notice is sent on; `CALLED` only when the `do` cell of a step says so."""

    SUBMITTED = "submitted"
    ASKED = "asked"
    PASSED = "passed"
    RETURNED = "returned"
    RESUBMITTED = "resubmitted"
    REMINDED = "reminded"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CALLED = "called"
    LOW = "low balance"

    @property
    def of_step(self) -> bool:
        """Whether it happens at a step, so that steps may be named."""
        return self in (On.ASKED, On.PASSED, On.RETURNED, On.REMINDED)

    @property
    def to_asked(self) -> bool:
        """Whether somebody is asked to do something then: they are told where nobody else is named."""
        return self in (On.ASKED, On.REMINDED)


CASE_NAMES: Mapping[str, tuple[str, str]] = {
    "number": ("case.number", "办件.单号"),
    "title": ("case.title", "办件.标题"),
    "step": ("case.step", "办件.环节"),
    "actor": ("case.actor", "办件.经办人"),
    "opinion": ("case.opinion", "办件.意见"),
    "due": ("case.due", "办件.期限"),
}
"""What texts and conditions of notices may read of the case itself, each in both languages."""


ACCOUNT_NAMES: Mapping[str, tuple[str, str]] = {
    "balance": ("account.balance", "账户.余额"),
    "holder": ("account.holder", "账户.持有者"),
    "unit": ("account.unit", "账户.单位"),
}
"""What notices of a low balance may read, each in both languages."""


@dataclass(frozen=True, slots=True)
class Template:
    """A text with expressions in it: plain pieces and expressions in their order."""

    pieces: tuple[str | Expression, ...]

    @property
    def expressions(self) -> Iterator[Expression]:
        """The expressions."""
        return (piece for piece in self.pieces if isinstance(piece, Expression))


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day in which nobody is disturbed; `until` is not included, and may lie on the next day."""

    since: time
    until: time

    def end(self, moment: datetime) -> datetime:
        """The first moment from `moment` (in campus time) on that is not quiet."""
        clock = moment.time().replace(tzinfo=None)
        over_night = self.until <= self.since
        inside = (clock >= self.since or clock < self.until) if over_night else self.since <= clock < self.until
        if not inside:
            return moment
        day = moment.date() + timedelta(days=1) if over_night and clock >= self.since else moment.date()
        return datetime.combine(day, self.until, moment.tzinfo)


@dataclass(frozen=True, slots=True)
class Way:
    """A channel (`inbox`, `mail`, `webhook`), of a webhook with the name of its connection."""

    channel: str
    connection: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One row of the notices sheet.

    `steps` are those on which it is sent, none for all. `to` are people by a who-expression, `asked` says that whoever is
    asked to act is told as well. `texts` are by language (`zh`, `en`). `dedupe` tells what is told once.
    """

    name: str
    on: On
    steps: tuple[str, ...] = ()
    when: Expression | None = None
    to: Who | None = None
    asked: bool = False
    ways: tuple[Way, ...]
    texts: Mapping[str, Template]
    quiet: Quiet | None = None
    dedupe: Expression | None = None
    place: Place = NOWHERE
    cells: Mapping[str, Place] = field(default_factory=dict, compare=False)

    @property
    def to_people(self) -> bool:
        """Whether people get it, and not only another system."""
        return any(not way.connection for way in self.ways)

    @property
    def expressions(self) -> Iterator[Expression]:
        """Every expression of the row."""
        yield from (one for one in (self.when, self.dedupe) if one is not None)
        for template in self.texts.values():
            yield from template.expressions

    def at(self, column: str) -> Place:
        """The cell of a column, else that of the row."""
        return self.cells.get(column, self.place)


class ConnectionKind(StrEnum):
    """How another system is told: an envelope that says what happened, or the bare fields as its interface wants them."""

    WEBHOOK = "webhook"
    REST = "REST"


MOST_TRIES = 10
"""How often a message is tried where nothing else is said: the last time a good day after the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One row of the connect sheet: another system that the hall sends to.

    `auth` is the name of the secret that signs, `fields` what is sent with the expression of each, `tries` how often it
    is tried, `key` what makes two messages one.
    """

    name: str
    kind: ConnectionKind
    url: str
    auth: str = ""
    fields: tuple[tuple[str, Expression], ...] = ()
    tries: int = MOST_TRIES
    key: Expression | None = None
    place: Place = NOWHERE
    cells: Mapping[str, Place] = field(default_factory=dict, compare=False)

    @property
    def expressions(self) -> Iterator[Expression]:
        """Every expression of the row."""
        yield from (value for _, value in self.fields)
        if self.key is not None:
            yield self.key

    def at(self, column: str) -> Place:
        """The cell of a column, else that of the row."""
        return self.cells.get(column, self.place)
