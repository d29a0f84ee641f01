"""Figures of cases and steps, computed on columns: counts, rates, and the lengths of times by the calendar and plain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import numpy as np

from banshi.platform.people.calendar import Calendar
from banshi.platform.routes.state import RouteOutcome
from banshi.platform.statistics.columns import NEVER, STATES, Cases, Flags, Numbers, Runs
from banshi.platform.statistics.model import CaseGroup, Lengths, StepGroup
from banshi.platform.statistics.worktime import SECOND, Worktime

_DAY_MICROSECONDS = 86_400 * SECOND
_EAST_MICROSECONDS = 8 * 3600 * SECOND


class Figures:
    """Cases with their runs, as of a moment (`now`, in µs)."""

    def __init__(self, cases: Cases, runs: Runs, calendar: Calendar, now: int) -> None:
        self.cases = cases
        self.runs = runs
        self._now = now
        moments = np.concatenate((cases.submitted, runs.since, [now]))
        last = max(now, int(cases.finished.max(initial=NEVER)), int(runs.closed.max(initial=NEVER)))
        clock = Worktime(calendar, int(moments.min()), max(last, int(moments.max())))
        ends = np.where(cases.finished == NEVER, cases.submitted, cases.finished)
        self._case_work = clock.between(cases.submitted, ends)
        self._case_plain = (ends - cases.submitted) // SECOND
        self.until = np.where(runs.closed == NEVER, np.maximum(now, runs.since), runs.closed)
        self._run_work = clock.between(runs.since, self.until)
        self._run_plain = (self.until - runs.since) // SECOND
        self._days = (cases.submitted + _EAST_MICROSECONDS) // _DAY_MICROSECONDS

    def of(self, places: Numbers, key: str = "", label: str = "") -> CaseGroup:
        """The figures of the cases at some places."""
        cases = self.cases
        counts = dict(zip(STATES, np.bincount(cases.state[places], minlength=len(STATES)).tolist(), strict=False))
        approved, refused = counts[RouteOutcome.APPROVED], counts[RouteOutcome.REFUSED]
        sent_back = int((cases.returns[places] > 0).sum())
        decided = (STATES.index(RouteOutcome.APPROVED), STATES.index(RouteOutcome.REFUSED))
        ended = places[np.isin(cases.state[places], decided) & (cases.finished[places] != NEVER)]
        visits = np.unique(cases.applicant[places] * 1_000_000 + self._days[places])
        return CaseGroup(
            key=key,
            label=label,
            cases=len(places),
            in_progress=counts[RouteOutcome.OPEN] + counts[RouteOutcome.RETURNED],
            finished=approved + refused,
            approved=approved,
            refused=refused,
            withdrawn=counts[RouteOutcome.WITHDRAWN],
            sent_back=sent_back,
            visits=len(visits),
            refusal_rate=rate(refused, approved + refused),
            return_rate=rate(sent_back, len(places)),
            worktime=lengths(self._case_work[ended]),
            plain=lengths(self._case_plain[ended]),
        )

    def applicants(self, places: Numbers) -> int:
        """How many people the cases at some places are of."""
        return len(np.unique(self.cases.applicant[places]))

    def step(self, places: Numbers, whole: int, **names: str) -> StepGroup:
        """The figures of a step's runs; `whole` is the working time of all runs, in seconds."""
        runs = self.runs
        waits, decided, clock = runs.closed[places] == NEVER, runs.decided[places], runs.by_clock[places]
        timed = runs.due[places] != NEVER
        overdue = timed & (runs.due[places] < self.until[places])
        refusals, returns = (int((flags[places] & ~clock).sum()) for flags in (runs.refused, runs.returned))
        return StepGroup(
            **names,
            asked=len(places),
            decided=int(decided.sum()),
            waiting=int(waits.sum()),
            by_clock=int(clock.sum()),
            cut_short=int((~waits & ~decided & ~clock).sum()),
            refusals=refusals,
            returns=returns,
            timed=int(timed.sum()),
            overdue=int(overdue.sum()),
            refusal_rate=rate(refusals, int(decided.sum())),
            return_rate=rate(returns, int(decided.sum())),
            overdue_rate=rate(int(overdue.sum()), int(timed.sum())),
            share=rate(self.work_of(places), whole),
            worktime=lengths(self._run_work[places[decided]]),
            plain=lengths(self._run_plain[places[decided]]),
            waiting_worktime=lengths(self._run_work[places[waits]]),
        )

    def work_of(self, places: Numbers) -> int:
        """The working seconds of the runs at some places, those that nobody decided left out."""
        counts = self.runs.decided[places] | (self.runs.closed[places] == NEVER)
        return int(self._run_work[places[counts]].sum())

    def overdue_now(self) -> int:
        """How many runs wait beyond their deadline."""
        runs = self.runs
        return int(((runs.closed == NEVER) & (runs.due != NEVER) & (runs.due < self._now)).sum())

    def months(self) -> tuple[Numbers, list[str]]:
        """The month in which each case was sent, as codes, and what they are called (`2026-11`), in order."""
        days = self._days.astype("datetime64[D]").astype("datetime64[M]")
        found, codes = np.unique(days, return_inverse=True)
        return codes.astype(np.int64), [str(month) for month in found]


def split(codes: Numbers) -> Iterator[tuple[int, Numbers]]:
    """Each code with the places where it stands."""
    order = np.argsort(codes, kind="stable")
    found, first = np.unique(codes[order], return_index=True)
    yield from zip(found.tolist(), np.split(order, first[1:]), strict=False)


def lengths(seconds: Numbers) -> Lengths:
    """What several lengths of time come to."""
    if not len(seconds):
        return Lengths()
    median, p90 = np.percentile(seconds, (50, 90))
    return Lengths(
        count=len(seconds), median=round(median), p90=round(p90), mean=round(int(seconds.sum()) / len(seconds))
    )


def rate(part: int, whole: int) -> Decimal | None:
    """A part of a whole to four digits; None where there is no whole."""
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001")) if whole else None


def kept(cases: Cases, runs: Runs, which: Flags, runs_too: Flags) -> tuple[Cases, Runs]:
    """Some of the cases, and those of their runs that are wanted."""
    place = np.cumsum(which) - 1
    left = runs_too & which[runs.case]
    return (
        replace(cases, index={}, **{name: getattr(cases, name)[which] for name in _OF_CASES}),
        replace(runs, **{name: getattr(runs, name)[left] for name in _OF_RUNS} | {"case": place[runs.case[left]]}),
    )


_OF_CASES = ("service", "applicant", "unit", "state", "submitted", "finished", "returns")
_OF_RUNS = ("step", "since", "closed", "due", "decided", "refused", "returned", "by_clock")
