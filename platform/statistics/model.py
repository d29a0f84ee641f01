"""What statistics say: plain frozen records. Lengths of time are whole seconds, rates are exact to four digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which figures: of cases sent from `since` to `until` (both days counted), of a service, a unit with those below
    it, and a step (of a service). What is empty does not filter.
    """

    service_id: str = ""
    unit: str = ""
    step: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """The lengths of several times: how many, the middle one, that which nine in ten do not exceed, the mean.

    The middle and the ninth tenth are interpolated as by Excel's PERCENTILE.INC; None where there are none.
    """

    count: int = 0
    median: int | None = None
    p90: int | None = None
    mean: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseGroup:
    """The cases of a month, a unit, a service, or all: `key` says which (`2026-11`, a department, a service's id).

    `in_progress` waits for an office or, sent back, for the applicant; `finished` are those approved and refused.
    `sent_back` counts cases that were sent back at least once. `visits` counts every applicant once a day. Of a finished
    case `worktime` and `plain` are from sending to the end.
    """

    key: str
    label: str
    cases: int
    in_progress: int
    finished: int
    approved: int
    refused: int
    withdrawn: int
    sent_back: int
    visits: int
    refusal_rate: Decimal | None
    return_rate: Decimal | None
    worktime: Lengths
    plain: Lengths


@dataclass(frozen=True, slots=True, kw_only=True)
class StepGroup:
    """A step of a service over all the times that it was asked (`asked`; asked again after a return it counts again).

    `decided` by people; `by_clock` were passed, returned or refused at their deadline; `cut_short` where nobody decided
    (the case was withdrawn or ended beside); `waiting` now. `worktime` and `plain` are of decided ones,
    `waiting_worktime` of waiting ones until now. `timed` had a deadline, and `overdue` passed it. `share` of the working
    time of all steps, decided and waiting.
    """

    service_id: str
    service: str
    step: str
    name: str
    asked: int
    decided: int
    waiting: int
    by_clock: int
    cut_short: int
    refusals: int
    returns: int
    timed: int
    overdue: int
    refusal_rate: Decimal | None
    return_rate: Decimal | None
    overdue_rate: Decimal | None
    share: Decimal | None
    worktime: Lengths
    plain: Lengths
    waiting_worktime: Lengths

    @property
    def title(self) -> str:
        """Its number and name."""
        return f"{self.step} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The answer to a question. `services` is how many of those that the viewer may see are asked about.

    `bottleneck` is the first of `steps` by share, None where no step took working time. `withheld` says that too few
    people applied to tell this viewer anything (`FEWEST`): then everything else is empty.
    """

    services: int
    total: CaseGroup
    months: Sequence[CaseGroup] = ()
    units: Sequence[CaseGroup] = ()
    by_service: Sequence[CaseGroup] = ()
    steps: Sequence[StepGroup] = ()
    bottleneck: StepGroup | None = None
    overdue_now: int = 0
    withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What may be asked for: services, units of applicants and steps, each with its name."""

    services: Sequence[tuple[str, str]] = ()
    units: Sequence[tuple[str, str]] = ()
    steps: Sequence[tuple[str, str]] = field(default=())
