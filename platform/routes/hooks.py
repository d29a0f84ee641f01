"""What a step does when it is passed: the hooks of its `do` cell as data, and what the flow asks of whoever carries them out.

The flow stays pure: a hook changes only what the flow is decided by from then on (`FlowContext`), and that is kept or
thrown away with the move. What was opened is sent later, outside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from banshi.platform.people.terms import Who
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression

if TYPE_CHECKING:
    from banshi.platform.routes.asking import FlowContext
    from banshi.platform.routes.model import RouteStep
    from banshi.platform.routes.state import StepState

MOST_ROWS = 200
"""How many cases one hook opens at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Open a case of another service, or with `each` one for every row of a repeat.

    `fields` are fields of that service, each with the expression that it is filled from; `applicant` is in whose name
    it is sent, blank for the applicant of this case. `text` is the hook as it was written.
    """

    service: str
    fields: tuple[tuple[str, Expression], ...] = ()
    each: str = ""
    applicant: Who | None = None
    text: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """Put a value into a field of the case."""

    field: str
    value: Expression
    text: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """Draw the next number of a pattern into a field of the case, once a case."""

    field: str
    pattern: str
    text: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Send what a connection maps to another system; with `chosen` to the one whose name that gives, or to none."""

    connection: str = ""
    chosen: Expression | None = None
    text: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Send a notice that waits to be called."""

    notice: str
    text: str = ""
    place: Place = NOWHERE


MINUTES = 15
"""How long a payment is waited for, where nothing else is said."""


class Use(StrEnum):
    """What a step does with an account."""

    CHARGE = "charge"
    HOLD = "hold"
    RELEASE = "release"
    PAY = "pay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Move an amount of an account, or ask for a payment (`pay`) that will.

    `amount` is None where everything that is held is released; of a payment it is in yuan, and `credit` is what the
    account gains, blank where that is the same. A payment is waited for `minutes`; `remark` is told with it.
    """

    use: Use
    account: str
    amount: Expression | None = None
    credit: Expression | None = None
    minutes: int = MINUTES
    remark: str = ""
    text: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """Issue a paper."""

    document: str
    text: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Give:
    """Give a pass."""

    name: str
    text: str = ""
    place: Place = NOWHERE


Hook = Open | Fill | Number | Push | Notify | Book | Print | Give


class Unmet(StrEnum):
    """What a waiting step does when too few of the cases that it waits for are approved."""

    GO_ON = "go on"
    RETURN = "return"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Wait:
    """How many of the opened cases a waiting step wants approved (0 for all of them), and what if they are not."""

    need: int = 0
    unmet: Unmet = Unmet.GO_ON


ALL_OPENED = Wait()


@dataclass(frozen=True, slots=True)
class Tally:
    """How the cases that were opened stand. `refused` are also those that could not be opened and were given up."""

    count: int = 0
    approved: int = 0
    refused: int = 0
    withdrawn: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.count + other.count,
            self.approved + other.approved,
            self.refused + other.refused,
            self.withdrawn + other.withdrawn,
        )

    @property
    def open(self) -> int:
        """How many are not decided."""
        return self.count - self.approved - self.refused - self.withdrawn

    def met(self, wait: Wait) -> bool | None:
        """Whether enough are approved; None while that is not settled.

        Who goes on in any case waits for the last verdict, so that conditions behind it read all of them.
        """
        need = min(wait.need or self.count, self.count)
        if self.approved >= need:
            return True
        lost = self.approved + self.open < need
        return False if (not self.open if wait.unmet is Unmet.GO_ON else lost) else None


class Hooks(Protocol):
    """What carries hooks out while a case moves. Every method gives a new context and changes nothing."""

    def closed(self, step: RouteStep, states: Mapping[str, StepState], context: FlowContext) -> FlowContext:
        """The context after a step with hooks was passed, or skipped: then it has opened nothing this time."""
        ...

    def tally(self, opener: str) -> Tally:
        """How the cases stand that a step opened when it was last passed."""
        ...

    def opened_by(self, opener: str) -> tuple[tuple[str, int], ...]:
        """The services of which a step opened cases when it was last passed, each with how many."""
        ...

    def foreseen(self, context: FlowContext) -> FlowContext:
        """The context as if everything that was opened were approved."""
        ...


Draw = Callable[[str], str]
"""From a pattern to its next number."""

VERDICTS: Mapping[str, tuple[str, ...]] = {
    "count": ("count", "数量"),
    "approved": ("approved", "通过"),
    "refused": ("refused", "未通过"),
    "withdrawn": ("withdrawn", "撤回"),
    "open": ("open", "在办"),
}
"""What conditions may read of opened cases, each in both languages."""
OPENED = ("opened", "子办件")
"""The first part of those names: `opened.refused` for all, `opened.20.refused` for those that step 20 opened."""


def opened_names(openers: Mapping[str, Tally]) -> dict[str, int]:
    """The names of conditions about opened cases with their values, by the tally of each step that opens some."""
    found: dict[str, int] = {}
    for attribute, words in VERDICTS.items():
        counts = {step: int(getattr(tally, attribute)) for step, tally in openers.items()}
        for first, word in zip(OPENED, words, strict=True):
            found[f"{first}.{word}"] = sum(counts.values())
            found |= {f"{first}.{step}.{word}": count for step, count in counts.items()}
    return found
