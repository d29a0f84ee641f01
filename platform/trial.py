"""A trial: a draft tried out in a hall of its own, whose store is thrown away. Nothing in it is real, and nothing leaves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from banshi.platform.hall import Hall, campus_time
from banshi.platform.people.directory import Person
from banshi.storage.contract import CaseFilter, TaskFilter
from banshi.storage.tiny import TinyStore

_MOST_WAITING = 50
_LONG = 26
"""Letters of an id."""
_MOST_ROUNDS = 200
"""Instants of deadlines that one jump of the clock may pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Whom a case of a trial waits for: a person at a step, or its applicant, to whom it came back (`step` empty)."""

    person: str
    name: str
    case_id: str
    number: str
    title: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedCase:
    """A case of a trial; `applicant` is who sent it."""

    id: str
    number: str
    title: str
    state: str
    applicant: str


class Trial:
    """See the module. `hall` is the hall in which the draft is live; its clock runs as the campus's does, until it is moved."""

    def __init__(self, hall: Hall, person: Person, file: str, data: bytes) -> None:
        """Begin. Raises Declined for a draft with errors, NotAllowed for whoever does not own the service."""
        self.owner = person
        self.file, self.data = file, data
        self._real = hall
        self._moved = timedelta()
        self._store = TinyStore()
        self._held: datetime | None = None
        self._lent: set[str] = set()
        try:
            self.hall, checked = hall.beside(person, file, data, self._store, self.now)
            assert checked.service is not None
            self.service, self.report = checked.service, checked.report
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Throw everything away, the files that were attached in it too."""
        self._real.take_back(self.owner, self._lent)
        self._store.close()

    def now(self) -> datetime:
        """The moment that it is in the trial."""
        return self._held or campus_time() + self._moved

    def move_clock(self, to: datetime) -> int:
        """Let it be another moment, not an earlier one, and do what deadlines ask for until then, each at its own instant.

        How many were met.
        """
        to, fired = max(to, self.now()), 0
        try:
            for _ in range(_MOST_ROUNDS):
                due = self._next_due()
                if due is None or due > to:
                    break
                self._held = max(due, self.now())
                if not (portion := self.hall.fire_timers()):
                    break  # what failed is tried again later
                fired += portion
        finally:
            self._held = None
            self._moved = max(to - campus_time(), self._moved)
        return fired

    def _next_due(self) -> datetime | None:
        """The earliest instant for which a case of the trial has a timer."""
        cases = self._store.iter_cases(CaseFilter())
        return min((timer.at for case in cases for timer in self._store.timers(case.id)), default=None)

    def people(self) -> tuple[Person, ...]:
        """Whom one may try it as: the people who are offered for trying things out, then those who are asked now."""
        directory = self.hall.directory
        asked = dict.fromkeys(one.person for one in self.waiting())
        found = {person.id: person for person in (*self.hall.demo_people(), self.owner)}
        found |= {id_: directory.people[id_] for id_ in asked if id_ in directory.people}
        return tuple(found.values())

    def waiting(self, language: str = "zh") -> list[Waiting]:
        """Who is to do something now, by case."""
        tasks, _ = self._store.tasks(TaskFilter(state="open"), size=_MOST_WAITING)
        found = [(one.task.person, one.case, one.task.step_id) for one in tasks if one.task.person]
        returned, _ = self._store.cases(CaseFilter(states=("returned",)), size=_MOST_WAITING)
        found += [(case.applicant, case, "") for case in returned]
        directory = self.hall.directory
        steps = {step.id: step.title(language) for step in self.service.routing.steps} if self.service.routing else {}
        return [
            Waiting(
                person=person,
                name=directory.name(person, language),
                case_id=case.id,
                number=case.number,
                title=case.title,
                step=steps.get(step, step),
            )
            for person, case, step in found
        ]

    def cases(self) -> list[TriedCase]:
        """What was sent in the trial, newest first."""
        found, _ = self._store.cases(CaseFilter(), size=_MOST_WAITING)
        return [
            TriedCase(id=case.id, number=case.number, title=case.title, state=case.state, applicant=case.applicant)
            for case in found
        ]

    def lend(self, person: Person, said: object) -> None:
        """Let a person of the trial use the files in what she says, which the owner has attached."""
        for file_id in _file_ids(said):
            self._lent.add(file_id)
            self._real.lend(file_id, self.owner, self._store, person)


def _file_ids(said: object) -> Iterator[str]:
    """The ids of files anywhere in answers: mappings with `id` and `name`, or plain ids in a list."""
    match said:
        case Mapping() if isinstance(said.get("id"), str):
            yield str(said["id"])
        case Mapping():
            for item in said.values():
                yield from _file_ids(item)
        case str():
            yield from (said,) if len(said) == _LONG else ()
        case Sequence():
            for item in said:
                yield from _file_ids(item)
        case _:
            return
