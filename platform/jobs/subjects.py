"""Whom or what a job is done for: the keys of its rows, always in the same order, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from banshi.platform.cases.case import Case, of_stored
from banshi.platform.cases.desk import Desk
from banshi.platform.errors import NotFound
from banshi.platform.forms.applicant import applicant_values
from banshi.platform.people.chosen import is_of
from banshi.platform.people.directory import SYSTEM, Person
from banshi.platform.people.who import WhoContext, resolve
from banshi.platform.publishing.library import Library
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.state import RouteState, StepStatus
from banshi.platform.service.jobs import ANYBODY, JOB_NAMES, Job, Over
from banshi.platform.service.masking import NO_MASKS, Masks
from banshi.platform.service.model import Service
from banshi.platform.service.notices import CASE_NAMES
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.expressions import Environment, evaluate
from banshi.rules.values import CAMPUS_ZONE, Value
from banshi.storage.contract import CaseFilter, Store

NOBODY = Person(id=SYSTEM, name=SYSTEM)
"""The applicant where a job has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One row of a job: how people know it, what expressions read, and the case that it is, where it is one."""

    key: str
    title: str
    context: FlowContext
    case: Case | None = None
    state: RouteState
    masks: Masks = NO_MASKS
    registers: Mapping[str, Dataset] = field(default_factory=dict)

    def environment(self) -> Environment:
        """What expressions of the job read."""
        return self.context.environment

    def asked(self) -> Environment:
        """What its condition reads: the same, and registers as they are at this moment."""
        around = self.context.environment
        return replace(around, datasets={**around.datasets, **self.registers}) if self.registers else around


class Subjects:
    """The rows of one run; `at` is its instant in campus time, which is what `now()` and `today()` say all the while."""

    def __init__(self, store: Store, library: Library, desk: Desk, service: Service, job: Job, at: datetime) -> None:
        self._store = store
        self._library = library
        self._desk = desk
        self._service = service
        self._job = job
        self._at = at

    def keys(self) -> list[str]:
        """The keys of all rows, in their order: whoever goes on after somebody else begins behind the last one done."""
        subject = self._job.subject
        match subject.over:
            case Over.DATA:
                rows = self._service.datasets[subject.name].rows
                return [f"{at:08}" for at, row in enumerate(rows, 1) if _valid(row, self._at.date())]
            case Over.CASES:
                which = CaseFilter(service_id=self._service.settings.id, states=subject.states)
                return sorted(case.id for case in self._store.iter_cases(which))
            case Over.PEOPLE:
                return sorted(self._people())
            case _:
                return ["1"]

    def subject(self, key: str) -> Subject | None:
        """A row by its key; None where it is no more, or not in the state any more that is asked for."""
        match self._job.subject.over:
            case Over.DATA:
                row = self._service.datasets[self._job.subject.name].rows[int(key) - 1]
                first = next((cell.text for cell in row.values() if not cell.blank), "")
                values = {name: cell.value for name, cell in row.items()}
                return self._subject(key, f"{int(key)} {first}", NOBODY, values, int(key))
            case Over.PEOPLE:
                person = self._library.directory.people.get(key)
                return self._subject(key, f"{person.name} {key}", person, applicant_values(person)) if person else None
            case Over.CASES:
                return self._case(key)
            case _:
                return self._subject(key, "", NOBODY, {})

    def _people(self) -> list[str]:
        subject, people = self._job.subject, self._library.directory.people
        if subject.who is None:
            return [person.id for person in people.values() if subject.kind == ANYBODY or is_of(person, subject.kind)]
        around = WhoContext(
            directory=self._library.directory, initiator=NOBODY, datasets=self._service.datasets, now=self._at
        )
        return [person.id for person in resolve(subject.who, around)]

    def _case(self, key: str) -> Subject | None:
        stored = self._store.case(key)
        if stored is None:
            return None
        case, states = of_stored(stored), self._job.subject.states
        if states and str(case.state) not in states:
            return None
        version = self._desk.service_of(case)
        if version is None:
            raise NotFound("version", case.version[:12])
        around = self._desk.around(case, version)
        state = RouteState.from_json(case.route) if case.route else RouteState()
        names = {**around.names, **_told(case, state, version), **self._own(0)}
        context = replace(around, names=names, now=self._at, datasets=self._service.datasets)
        return Subject(
            key=key,
            title=case.number,
            context=context,
            case=case,
            state=state,
            masks=self._desk.masks_over(stored),
            registers=self._desk.registers.around(self._service).datasets,
        )

    def _subject(self, key: str, title: str, person: Person, names: Mapping[str, Value], row: int = 0) -> Subject:
        context = FlowContext(
            directory=self._library.directory,
            initiator=person,
            now=self._at,
            names={**names, **self._own(row)},
            datasets=self._service.datasets,
            calendar=self._library.calendar,
            open_tasks=self._store.open_task_count,
        )
        registers = self._desk.registers.around(self._service).datasets
        return Subject(key=key, title=title.strip(), context=context, state=RouteState(), registers=registers)

    def _own(self, row: int) -> dict[str, Value]:
        facts: dict[str, Value] = {
            "at": self._at.replace(tzinfo=None),
            "job": self._job.name,
            "row": Decimal(row) if row else None,
        }
        return {word: facts[key] for key, words in JOB_NAMES.items() for word in words}


def _told(case: Case, state: RouteState, version: Service) -> dict[str, Value]:
    """What is told of a case: beside number and title the step that is asked, and the first deadline."""
    active = [(step_id, step) for step_id, step in state.steps.items() if step.status is StepStatus.ACTIVE]
    dues = [step.due for _, step in active if step.due is not None]
    step = version.routing.step(active[0][0]) if version.routing and active else None
    facts: dict[str, Value] = {
        "number": case.number,
        "title": case.title,
        "step": step.title("zh") if step else None,
        "due": min(dues).astimezone(CAMPUS_ZONE).replace(tzinfo=None) if dues else None,
    }
    return {word: fact for key, fact in facts.items() for word in CASE_NAMES[key]}


def holds(job: Job, subject: Subject) -> Value:
    """Whether the job's condition holds for a row: yes, no, or the error of computing it."""
    return True if job.when is None else evaluate(job.when, subject.asked())


def _valid(row: Mapping[str, Cell], day: date) -> bool:
    """Whether a row of dated data counts on a day."""
    ends = {name: row[name].value for name in ("from", "until") if name in row}
    days = {name: end.date() if isinstance(end, datetime) else end for name, end in ends.items()}
    since, until = days.get("from"), days.get("until")
    return not (isinstance(since, date) and since > day) and not (isinstance(until, date) and until < day)
