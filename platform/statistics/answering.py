"""Answers to questions about cases and steps, within what somebody answers for.

Who may see the cases of a service (its owners, auditors, administrators) sees every figure. The head of its office, and
those above, see figures only where at least `FEWEST` people applied, so that no figure is about a person: smaller
groups are told together, smaller steps not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from threading import Lock

import numpy as np

from banshi.platform.errors import NotAllowed, NotFound
from banshi.platform.people.directory import Directory, Person
from banshi.platform.publishing.library import Library, owns
from banshi.platform.service.model import Service
from banshi.platform.statistics.columns import Numbers, case_columns, run_columns
from banshi.platform.statistics.figures import Figures, kept, split
from banshi.platform.statistics.model import CaseGroup, Choices, Question, Statistics, StepGroup
from banshi.storage.contract import Cohort, Store

FEWEST = 3
"""People who must have applied before a figure is shown to somebody who may not see the cases."""

OTHERS = "*"
"""The key of what is told together."""

_NOBODY = "—"
"""The unit of applicants whose department is not known."""

_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_TEXTS = {OTHERS: ("其他（合并）", "Others, together"), _NOBODY: ("未知单位", "Unknown unit")}


@dataclass(frozen=True, slots=True)
class Scope:
    """The services that somebody answers for; `everything` when she may see their cases too."""

    services: Mapping[str, Service]
    everything: bool


class Statistician:
    """See the module."""

    def __init__(self, store: Store, library: Library, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._library = library
        self._clock = clock
        self._turn = Lock()  # one at a time: columns of 150,000 cases take some hundred megabytes while they are made

    def scope(self, person: Person) -> Scope:
        """What a person answers for; among services whose cases she may not all see, few are told of none."""
        live = {key: service for key, (service, _) in sorted(self._library.live.items())}
        if {"auditor", "administrator"} & person.roles:
            return Scope(live, everything=True)
        owned = {key for key, service in live.items() if owns(person, service)}
        headed = {
            key for key, service in live.items() if heads(person, service.settings.owner, self._library.directory)
        }
        return Scope({key: live[key] for key in live if key in owned | headed}, everything=headed <= owned)

    def answer(self, person: Person, asked: Question, language: str) -> Statistics:
        """The figures that a person asks for. NotAllowed beyond what she answers for, NotFound for what is not there."""
        scope = self.scope(person)
        wanted = self._wanted(scope, asked)
        since, until = (self._midnight(day, extra) for day, extra in ((asked.since, 0), (asked.until, 1)))
        cohort = Cohort(services=sorted(wanted), since=since, until=until)
        with self._turn:
            found = self._figures(cohort, asked)
        every = np.arange(len(found.cases.service))
        if not scope.everything and found.applicants(every) < FEWEST:
            return Statistics(services=len(wanted), total=found.of(every[:0]), withheld=True)
        return _Answer(self._library.directory, wanted, found, scope, language).statistics()

    def choices(self, person: Person, service_id: str, language: str) -> Choices:
        """What a person may ask for: of a service also its steps."""
        scope = self.scope(person)
        if not scope.services:
            raise NotAllowed
        directory = self._library.directory
        chosen = scope.services.get(service_id)
        steps = chosen.routing.steps if chosen and chosen.routing else ()
        return Choices(
            services=[(key, service.settings.title.get(language)) for key, service in scope.services.items()],
            units=[(name, directory.department_name(name, language)) for name in sorted(directory.departments)],
            steps=[(step.id, step.title(language)) for step in steps],
        )

    def _wanted(self, scope: Scope, asked: Question) -> Mapping[str, Service]:
        if not scope.services or (asked.service_id and asked.service_id not in scope.services):
            raise NotAllowed
        if asked.unit and asked.unit not in self._library.directory.departments:
            raise NotFound("department", asked.unit)
        return {asked.service_id: scope.services[asked.service_id]} if asked.service_id else scope.services

    def _midnight(self, day: date | None, extra: int) -> datetime | None:
        zone = self._clock().tzinfo
        return datetime.combine(day, time(), zone) + timedelta(days=extra) if day else None

    def _figures(self, cohort: Cohort, asked: Question) -> Figures:
        """The columns of a cohort, of one unit and step where these are asked for."""
        directory = self._library.directory

        def unit_of(applicant: str) -> str:
            person = directory.people.get(applicant)
            return (person.department if person else "") or _NOBODY

        cases = case_columns(self._store.case_figures(cohort), unit_of)
        # Ids grow with time, so the tasks of a period lie together; a join would take three times as long.
        first, last = min(cases.index, default=""), max(cases.index, default="")
        runs = run_columns(self._store.task_figures(first, last), cases)
        cases_too = np.ones(len(cases.service), bool)
        runs_too = np.ones(len(runs.case), bool)
        if asked.step:
            runs_too = runs.step == runs.steps.known.get(asked.step, -1)
            cases_too = np.isin(np.arange(len(cases.service)), runs.case[runs_too])
        if asked.unit:
            below = [code for name, code in cases.units.known.items() if asked.unit in directory.lineage(name)]
            cases_too &= np.isin(cases.unit, below)
        if asked.step or asked.unit:
            cases, runs = kept(cases, runs, cases_too, runs_too)
        now = (self._clock() - _EPOCH) // timedelta(microseconds=1)
        return Figures(cases, runs, self._library.calendar, now)


def heads(person: Person, department: str, directory: Directory) -> bool:
    """Whether a person is the head of a department or of one above it."""
    return any(directory.departments[name].head == person.id for name in directory.lineage(department))


class _Answer:
    """Figures in groups, with their names in a language."""

    def __init__(
        self, directory: Directory, services: Mapping[str, Service], found: Figures, scope: Scope, language: str
    ) -> None:
        self._directory = directory
        self._services = services
        self._found = found
        self._scope = scope
        self._language = language

    def statistics(self) -> Statistics:
        """All groups."""
        found, cases = self._found, self._found.cases
        month_of, months = found.months()
        steps = self._steps()
        return Statistics(
            services=len(self._services),
            total=found.of(np.arange(len(cases.service))),
            months=self._groups(month_of, months, lambda month: month),
            units=_largest_first(self._groups(cases.unit, cases.units.texts, self._unit)),
            by_service=_largest_first(self._groups(cases.service, cases.services.texts, self._title)),
            steps=steps,
            bottleneck=next((step for step in steps if step.share), None),
            overdue_now=found.overdue_now(),
        )

    def _groups(self, codes: Numbers, keys: list[str], label: Callable[[str], str]) -> list[CaseGroup]:
        """A group for every code; those of too few people are put together, with more until they are enough."""
        groups = [(keys[code], places) for code, places in split(codes)]
        if self._scope.everything:
            return [self._found.of(places, key, label(key)) for key, places in groups]
        by_people = sorted(((self._found.applicants(places), key, places) for key, places in groups), key=itemgetter(0))
        small = [(key, places) for people, key, places in by_people if people < FEWEST]
        large = [(key, places) for people, key, places in by_people if people >= FEWEST]
        together = np.concatenate([places for _, places in small]) if small else codes[:0]
        while small and large and self._found.applicants(together) < FEWEST:
            small.append(large.pop(0))
            together = np.concatenate((together, small[-1][1]))
        apart = {key for key, _ in small}
        told = [self._found.of(places, key, label(key)) for key, places in groups if key not in apart]
        return [*told, self._found.of(together, OTHERS, self._text(OTHERS))] if small else told

    def _steps(self) -> list[StepGroup]:
        """Every step of every service, that which takes the most working time first."""
        found, runs, services = self._found, self._found.runs, self._found.cases.services.texts
        width = max(len(runs.steps.known), 1)
        whole = found.work_of(np.arange(len(runs.case)))
        step_ids = runs.steps.texts
        told = []
        for code, places in split(found.cases.service[runs.case] * width + runs.step):
            if not self._scope.everything and found.applicants(runs.case[places]) < FEWEST:
                continue
            key, step = services[code // width], step_ids[code % width]
            told.append(
                found.step(places, whole, service_id=key, service=self._title(key), step=step,
                           name=self._step_name(key, step, runs.names[code % width]))
            )  # fmt: skip
        return sorted(told, key=lambda step: -(step.share or 0))

    def _step_name(self, service_id: str, step_id: str, kept_name: str) -> str:
        routing = self._services[service_id].routing
        titles = (step.title(self._language) for step in (routing.steps if routing else ()) if step.id == step_id)
        return next(titles, kept_name)

    def _title(self, service_id: str) -> str:
        return self._services[service_id].settings.title.get(self._language)

    def _unit(self, unit: str) -> str:
        return self._text(unit) if unit == _NOBODY else self._directory.department_name(unit, self._language)

    def _text(self, key: str) -> str:
        return _TEXTS[key][self._language == "en"]


def _largest_first(groups: Iterable[CaseGroup]) -> list[CaseGroup]:
    return sorted(groups, key=lambda group: (group.key == OTHERS, -group.cases, group.key))
