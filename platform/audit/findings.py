"""What an auditor may want to look at: people who decided twice or for themselves, amounts far from the others, decisions
outside office hours, and rows of rules that never decided anything. None of it is a fault by itself.

- *Four eyes*: somebody approved or refused her own case, or did so at two steps of one case (stand-ins count as who they are). A step
  that asks the applicant herself is none; where the sheet lets her decide for herself, that is told apart.
- *Outside office hours*: a case was approved, refused or returned on a day off, or outside the hours of the campus calendar.
- *Unusual amounts*: of each tariff of a version the totals, the last of every case to which a charge applied. An amount is unusual where it is more than 3.5
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
from banshi.platform.people.terms import Term, TermKind
from banshi.platform.publishing.library import Library
from banshi.platform.routes.model import Route, SelfApproval
from banshi.platform.service.model import Service
from banshi.platform.sheets.coverage import coverage
from banshi.rules.diagnostics import Place
from banshi.rules.tariffs.model import Method
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.contract import CaseFilter, DecisionFilter, Store, StoredCase, StoredDecision, StoredEvent

KINDS = ("own", "twice", "allowed", "outside", "amount", "unused")
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
            service = self._library.kept(case.service_id, case.version)
            yield from four_eyes(case, events, service.routing if service else None)
            yield from outside_hours(case, events, self._library.calendar)

    def _amounts(self, scope: Scope) -> Iterator[Found]:
        which = DecisionFilter(
            service_id=scope.service_id, kind="tariff", outcome="ok", since=scope.since, until=scope.until
        )
        groups: dict[tuple[str, str, str], dict[tuple[str, str], tuple[StoredDecision, Decimal]]] = {}
        charges: dict[tuple[str, str, str], frozenset[str]] = {}
        for one in self._store.iter_decisions(which):  # oldest first, so that the last of each case stays
            total = one.record["outputs"].get(f"{one.name}.total")
            key = (one.service_id, one.version, one.name)
            if key not in charges:
                charges[key] = _charges(self._library.kept(one.service_id, one.version), one.name)
            if isinstance(total, Decimal | int) and not charges[key].isdisjoint(one.record["fired"]):
                group = groups.setdefault(key, {})
                group[(one.case_id, one.scope)] = replace(one, record={}, words=""), Decimal(total)
            elif key in groups:
                groups[key].pop((one.case_id, one.scope), None)
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


def _charges(service: Service | None, name: str) -> frozenset[str]:
    """The cells by which decisions name that a charge of a tariff applied; a total is none."""
    tariff = service.tariffs.get(name) if service else None
    lines = [line for line in tariff.lines if line.method is not Method.TOTAL] if tariff else []
    return frozenset(str(line.rate.place if line.rate else line.place) for line in lines)


def four_eyes(case: StoredCase, events: Sequence[StoredEvent], routing: Route | None) -> Iterator[Found]:
    """Who decided on her own case, or at two steps of one."""
    sheet = {step.id: step for step in routing.steps} if routing else {}
    asks = {key for key, step in sheet.items() if step.who and any(_applicant(term) for term in step.who.terms)}
    allows = {key for key, step in sheet.items() if step.self_approval is SelfApproval.ALLOW}
    steps: dict[str, dict[str, datetime]] = {}
    for event in events:
        if event.kind in DECIDED:
            step = str(event.payload.get("step", ""))
            if step not in asks or event.actor != case.applicant:
                steps.setdefault(event.actor, {}).setdefault(step, event.at)
    for person, at in steps.items():
        last = max(at.values())
        for kind, own in (("own", set(at) - allows), ("allowed", set(at) & allows)):
            if person == case.applicant and own:
                yield _of_case(kind, case, person, last, about="、".join(step for step in at if step in own))
        if len(at) > 1:
            yield _of_case("twice", case, person, last, about="、".join(at))


def _applicant(term: Term) -> bool:
    """Whether a part of a who-expression is the applicant herself."""
    return term.kind is TermKind.INITIATOR and not term.minus


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
