"""The unit board: what lies at the desks of the units that somebody heads, and handing it over from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from banshi.platform.cases import show
from banshi.platform.cases.desk import Act, Desk
from banshi.platform.cases.reader import CaseReader
from banshi.platform.cases.standing import may_stand_in
from banshi.platform.errors import Declined, NotAllowed, NotFound
from banshi.platform.people.directory import Directory, Person
from banshi.platform.routes.model import Operation
from banshi.platform.views import Board, BoardRow, Load, Page, PersonMatch, Receipt
from banshi.storage.contract import CaseTask, Store, TaskFilter


class UnitBoard:
    """See the module. A head sees whose desk a case lies at; the case itself only where she may see it anyway."""

    def __init__(
        self,
        store: Store,
        desk: Desk,
        reader: CaseReader,
        directory: Callable[[], Directory],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._desk = desk
        self._reader = reader
        self._directory = directory
        self._clock = clock

    def heads(self, person: Person) -> bool:
        """Whether a person heads a unit."""
        return any(unit.head == person.id for unit in self._directory().departments.values())

    def view(self, person: Person, whose: str, page: int, size: int, language: str) -> Board:
        """The board of every unit that a person heads and those below; `whose` is one of its people, or blank for all."""
        directory, units, now = self._directory(), self._units(person), self._clock()
        loads = [
            Load(
                id=key,
                name=directory.name(key, language),
                department=directory.department_name(directory.people[key].department, language),
                open=count,
                overdue=overdue,
            )
            for key, count, overdue in self._store.loads(now)
            if key in directory.people and directory.people[key].department in units
        ]
        wanted = [load.id for load in loads if whose in ("", load.id)]
        which = TaskFilter(people=wanted, state="open")
        rows, total = self._store.tasks(which, page=page, size=size) if wanted else ([], 0)
        return Board(
            units=[directory.department_name(unit, language) for unit in sorted(units)],
            loads=sorted(loads, key=lambda load: (-load.overdue, -load.open, load.id)),
            page=Page(items=[self._row(person, row, language) for row in rows], page=page, size=size, total=total),
        )

    def find(self, person: Person, said: str, language: str) -> list[PersonMatch]:
        """The people to whom she may hand a task, by a name or a number: those of her units, never herself."""
        directory, units = self._directory(), self._units(person)
        return [
            PersonMatch(id=found.id, label=directory.label(found, language), exact=False)
            for found in directory.find(said)
            if found.department in units and found.id != person.id
        ]

    def hand_over(self, person: Person, task_id: str, to: str, command_id: str, language: str) -> Receipt:
        """Hand an open task of one of her people to another, where its route allows transfer to that person.

        Raises NotAllowed for tasks of other units, Declined for somebody else's people and for herself.
        """
        what = Act(
            case_id=task_id.partition(".")[0],
            task_id=task_id,
            action="transfer",
            people=[to],
            seq=0,
            command_id=command_id,
        )
        if done := self._desk.done(person, command_id, what.digest):
            return done
        people, units = self._directory().people, self._units(person)
        case = self._desk.case(what.case_id)
        task = next((task for task in self._desk.tasks_of(case) if task.id == task_id), None)
        if task is None:
            raise NotFound("task", task_id)
        if task.person not in people or people[task.person].department not in units:
            raise NotAllowed
        if to not in people or people[to].department not in units or to == person.id:
            raise Declined("只能转给本单位的其他人。", "It can be handed to another person of the unit only.")
        service = self._desk.service_of(case)
        if task.state != "open" or service is None:
            raise self._desk.stale(case)
        return self._desk.hand(person, case, service, task, what, language, as_head=True)

    def _units(self, person: Person) -> frozenset[str]:
        """The units that a person heads, with those below them."""
        directory = self._directory()
        own = {name for name, unit in directory.departments.items() if unit.head == person.id}
        if not own:
            raise NotAllowed
        return frozenset(name for name in directory.departments if own & set(directory.lineage(name)))

    def _instead(self, row: CaseTask, language: str) -> list[str]:
        """The names of those who stand in now for whose task it is."""
        times = self._store.stand_ins(person=row.task.person, at=self._clock())
        route, applicant = show.route_of(self._desk.service_of(row.case)), row.case.applicant
        served = (
            time.stand_in
            for time in times
            if (not time.services or row.case.service_id in time.services)
            and may_stand_in(route, row.task, applicant, time.stand_in)
        )
        return [self._directory().name(person, language) for person in dict.fromkeys(served)]

    def _row(self, person: Person, row: CaseTask, language: str) -> BoardRow:
        service = self._desk.service_of(row.case)
        name = partial(self._directory().name, language=language)
        task = show.task_row(row, service, person, name, language, self._clock(), self._desk.masks_over(row.case))
        seen = self._reader.sees(person, row.case.id)
        step = next((step for step in show.route_of(service).steps if step.id == row.task.step_id), None)
        allowed = step is not None and Operation.TRANSFER in step.operations
        texts = "流程不允许转办。", "The route allows no transfer."
        task = replace(task, whose=name(row.task.person))
        return BoardRow(
            task=task if seen else replace(task, title="", applicant=""),
            seen=seen,
            why_not="" if allowed else texts[language == "en"],
            instead=self._instead(row, language),
        )
