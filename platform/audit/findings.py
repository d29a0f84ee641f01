"""What an auditor may want to look at: people who decided twice or for themselves, amounts far from the others, decisions
outside office hours, and rows of rules that never decided anything. None of it is a fault by itself.

- *Four eyes*: somebody approved or refused her own case, or did so at two steps of one case (stand-ins count as who they are).
- *Outside office hours*: a case was approved, refused or returned on a day off, or outside the hours of the campus calendar.
- *Unusual amounts*: of each tariff of a version the totals, the last of every case. An amount is unusual where it is more than 3.5
  scales from the median; the scale is 1.4826 times the median of the distances from the median, or, where that is 0, 1.2533
  times their mean (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993). Fewer than ten totals say nothing.
- *Never used*: rows of the tables, tariffs and policies of the live version that no decision has named since it went live.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from statistics import fmean, median

from banshi.platform.people.calendar import Calendar
from banshi.platform.people.directory import SYSTEM
from banshi.platform.publishing.library import Library
from banshi.platform.sheets.coverage import coverage
from banshi.rules.diagnostics import Place
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.contract import CaseFilter, DecisionFilter, Store, StoredCase, StoredDecision, StoredEvent

KINDS = ("own", "twice", "outside", "amount", "unused")
DECIDED = ("approved", "refused")
FEWEST = 10
FARTHEST = 3.5
_MAD, _MEAN = 1.4826, 1.2533


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing to look at; `kind` is one of `KINDS`.

    `about` is the step, the tariff, or the sheet; `value` the amount, the steps, or the rows that were never used;
    `usual` the median. `decision_id` is that of an amount.
    """

    kind: str
    service_id: str
    version: str
    at: datetime | None = None
    case_id: str = ""
    number: str = ""
    person: str = ""
    about: str = ""
    value: str = ""
    usual: str = ""
    decision_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is looked at: cases sent, and decisions made, at `since` or later and before `until`; of one service or all."""

    service_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Findings:
    """See the module."""

    def __init__(self, store: Store, library: Library, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._library = library
        self._clock = clock

    def all(self, scope: Scope) -> list[Found]:
        """Everything, by kind."""
        found = [*self._of_cases(scope), *self._amounts(scope), *self._unused(scope)]
        return sorted(found, key=lambda one: KINDS.index(one.kind))

    def _of_cases(self, scope: Scope) -> Iterator[Found]:
        which = CaseFilter(service_id=scope.service_id, sent_since=scope.since, sent_until=scope.until)
        for case in self._store.iter_cases(which):
            events = [event for event in self._store.events(case.id) if event.actor != SYSTEM]
            yield from four_eyes(case, events)
            yield from outside_hours(case, events, self._library.calendar)

    def _amounts(self, scope: Scope) -> Iterator[Found]:
        which = DecisionFilter(
            service_id=scope.service_id, kind="tariff", outcome="ok", since=scope.since, until=scope.until
        )
        groups: dict[tuple[str, str, str], dict[tuple[str, str], tuple[StoredDecision, Decimal]]] = {}
        for one in self._store.iter_decisions(which):  # oldest first, so that the last of each case stays
            total = one.record["outputs"].get(f"{one.name}.total")
            if isinstance(total, Decimal | int):
                group = groups.setdefault((one.service_id, one.version, one.name), {})
                group[(one.case_id, one.scope)] = replace(one, record={}, words=""), Decimal(total)
        for group in groups.values():
            rows = list(group.values())
            usual, far = unusual([float(total) for _, total in rows])
            for index in far:
                one, total = rows[index]
                yield Found(
                    kind="amount",
                    service_id=one.service_id,
                    version=one.version,
                    at=one.at,
                    case_id=one.case_id,
                    number=one.number,
                    person=one.person,
                    about=" ".join(filter(None, (one.name, one.scope))),
                    value=f"{total:f}",
                    usual=f"{usual:.2f}",
                    decision_id=one.id,
                )

    def _unused(self, scope: Scope) -> Iterator[Found]:
        for service_id, (service, version) in sorted(self._library.live.items()):
            if scope.service_id not in ("", service_id):
                continue
            which = DecisionFilter(service_id=service_id, since=version.published_at)
            reached = {
                Place(*cell.rpartition("!")[::2])
                for one in self._store.iter_decisions(which)
                if one.version == version.sha256
                for cell in one.record["fired"]
            }
            for sheet in coverage(replace(service, routing=None), reached, self._clock().date()):
                yield Found(
                    kind="unused",
                    service_id=service_id,
                    version=version.sha256,
                    at=version.published_at,
                    about=sheet.sheet,
                    value="、".join(map(str, sheet.rows)),
                )


def four_eyes(case: StoredCase, events: Sequence[StoredEvent]) -> Iterator[Found]:
    """Who decided on her own case, or at two steps of one."""
    steps: dict[str, dict[str, datetime]] = {}
    for event in events:
        if event.kind in DECIDED:
            steps.setdefault(event.actor, {}).setdefault(str(event.payload.get("step", "")), event.at)
    for person, at in steps.items():
        last = max(at.values())
        if person == case.applicant:
            yield _of_case("own", case, person, last, about="、".join(at))
        if len(at) > 1:
            yield _of_case("twice", case, person, last, about="、".join(at))


def outside_hours(case: StoredCase, events: Sequence[StoredEvent], calendar: Calendar) -> Iterator[Found]:
    """Decisions on days off, or outside the hours of the calendar."""
    for event in events:
        if event.kind in (*DECIDED, "returned"):
            local = event.at.astimezone(CAMPUS_ZONE)
            clock = local.time()
            if not calendar.works(local.date()) or not any(begins <= clock < ends for begins, ends in calendar.hours):
                step = str(event.payload.get("step", ""))
                yield _of_case("outside", case, event.actor, event.at, about=step)


def unusual(amounts: Sequence[float]) -> tuple[float, list[int]]:
    """The median of amounts, and the places of those that are far from it; none where there are too few."""
    if len(amounts) < FEWEST:
        return 0.0, []
    usual = median(amounts)
    distances = [abs(amount - usual) for amount in amounts]
    scale = _MAD * median(distances) or _MEAN * fmean(distances)
    return usual, [at for at, distance in enumerate(distances) if scale and distance / scale > FARTHEST]


def _of_case(kind: str, case: StoredCase, person: str, at: datetime, *, about: str) -> Found:
    return Found(
        kind=kind,
        service_id=case.service_id,
        version=case.version,
        at=at,
        case_id=case.id,
        number=case.number,
        person=person,
        about=about,
    )
