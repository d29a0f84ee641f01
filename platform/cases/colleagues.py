"""What people around a case say and do without moving it: comments, urging, copies read, standing in for one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from banshi.platform.cases.attachments import loose
from banshi.platform.cases.case import Case
from banshi.platform.cases.desk import Desk, digest_of
from banshi.platform.cases.notifying import messages_of_reminder
from banshi.platform.cases.timers import COMMENTED, URGED
from banshi.platform.errors import Declined, NotAllowed, NotFound, TooEarly
from banshi.platform.people.directory import Directory, Person
from banshi.platform.routes.state import RouteState
from banshi.platform.views import Receipt, StandInRow
from banshi.storage import new_id
from banshi.storage.contract import (
    Change,
    NewEvent,
    StaleWrite,
    Store,
    StoredMessage,
    StoredStandIn,
    StoredTask,
    TaskFilter,
)

URGE_AGAIN = timedelta(hours=4)
LONGEST_STAND_IN = timedelta(days=366)
_WRITES_AGAIN = 5


class Colleagues:
    """See the module. What is said does not depend on what others did meanwhile: it is added whatever was seen."""

    def __init__(
        self, store: Store, desk: Desk, directory: Callable[[], Directory], clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._desk = desk
        self._directory = directory
        self._clock = clock

    def comment(
        self,
        person: Person,
        case_id: str,
        text: str,
        *,
        mentions: Sequence[str],
        files: Sequence[str],
        command_id: str,
    ) -> Receipt:
        """Say something on a case; whoever is mentioned gets it to read, and may see the case from then on.

        Who handles the case may mention anybody, the applicant those who have a part in it. Raises NotAllowed, Declined.
        """
        case = self._taking_part(person, case_id)
        if not text.strip():
            raise Declined("请写下要说的话。", "Write what you want to say.")
        people = self._directory().people
        part = {task.person for task in self._desk.tasks_of(case)} | {case.applicant}
        outsiders = set(mentions) - part
        if not outsiders <= set(people) or (outsiders and case.applicant == person.id):
            raise Declined("只能提到与这件申请有关的人。", "You may mention those who have a part in this case.")
        mentioned = list(dict.fromkeys(mentions))
        words: dict[str, object] = {"opinion": text.strip(), "people": mentioned}
        digest = digest_of("comment", case_id, {**words, "files": list(files)})
        if done := self._desk.done(person, command_id, digest):
            return done
        payload = {**words, "files": loose(self._store, person, files)}

        def to_read(seq: int) -> list[StoredTask]:
            return [
                StoredTask(
                    id=f"{case.id}.said.{seq}.{someone}",
                    case_id=case.id,
                    step_id="",
                    step_name="",
                    round=seq,
                    person=someone,
                    state="unread",
                    since=self._clock(),
                    action="mentioned",
                )
                for someone in mentioned
            ]

        return self.add(person, case_id, COMMENTED, payload, command_id, digest, to_read, files)

    def urge(self, person: Person, case_id: str, command_id: str) -> Receipt:
        """The applicant asks those who are asked now to hurry. TooEarly soon after she did before."""
        case = self._desk.case(case_id)
        waiting = RouteState.from_json(case.route).tasks()
        if case.applicant != person.id or not waiting:
            raise NotAllowed
        before = [e.at for e in self._store.events(case_id) if e.kind == URGED and e.actor == person.id]
        known = self._desk.receipt(person, command_id)
        if known is None and before and self._clock() < before[-1] + URGE_AGAIN:
            raise TooEarly((before[-1] + URGE_AGAIN).astimezone(self._clock().tzinfo))
        people = list(dict.fromkeys(task.person for task in waiting))

        def reminded(_: int) -> list[StoredTask]:
            now = self._clock()
            return [replace(task, reminded_at=now) for task in self._desk.tasks_of(case) if task.state == "open"]

        def told(after: Case, event: NewEvent) -> list[StoredMessage]:
            by_step: dict[str, list[str]] = {}
            for task in RouteState.from_json(after.route).tasks():
                by_step.setdefault(task.step, []).append(task.person)
            service = self._desk.service_of(after)
            if service is None:
                return []
            around = partial(self._desk.around, after, service)
            masks_over = self._desk.masks_over
            return messages_of_reminder(after, service, event, by_step, around, masks_over, self._clock())

        digest = digest_of("urge", case_id)
        return self.add(person, case_id, URGED, {"people": people}, command_id, digest, reminded, told=told)

    def add(
        self,
        person: Person,
        case_id: str,
        kind: str,
        payload: dict[str, object],
        command_id: str,
        digest: str,
        tasks: Callable[[int], list[StoredTask]] = lambda _: [],
        files: Sequence[str] = (),
        told: Callable[[Case, NewEvent], list[StoredMessage]] = lambda _, __: [],
    ) -> Receipt:
        """Add an event that leaves the route as it is, behind whatever others added first."""
        if done := self._desk.done(person, command_id, digest):
            return done
        for _ in range(_WRITES_AGAIN):
            case = self._desk.case(case_id)
            event = NewEvent(kind=kind, at=self._clock(), actor=person.id, payload=payload)
            after = case.after([event])
            answer = {"case_id": case.id, "number": case.number}
            change = Change(
                events=[event],
                case=after.stored(),
                tasks=tasks(after.seq),
                messages=told(after, event),
                attachments=list(files),
                answer=answer,
            )
            try:
                return self._desk.write(person, case, command_id, change, digest)
            except StaleWrite:
                continue
        raise self._desk.stale(case)

    def _taking_part(self, person: Person, case_id: str) -> Case:
        case = self._desk.case(case_id)
        if not self._desk.handles(person, case):
            raise NotAllowed
        return case

    # Copies

    def read(self, person: Person, case_id: str) -> int:
        """Mark a person's copies of a case as read; how many were not."""
        unread = [
            row.task
            for row in self._store.tasks(TaskFilter(person=person.id, case_id=case_id, state="unread"), size=100)[0]
        ]
        for task in unread:
            self._desk.mark_read(person, task)
        return len(unread)

    # Standing in

    def stand_ins(self, person: Person, language: str) -> list[StandInRow]:
        """The times that a person has others act for her, and those in which she acts for others, newest first."""
        now, directory = self._clock(), self._directory()
        rows = {
            row.id: row
            for row in (*self._store.stand_ins(person=person.id), *self._store.stand_ins(stand_in=person.id))
        }
        return [
            StandInRow(
                id=row.id,
                person=directory.name(row.person, language),
                stand_in=directory.name(row.stand_in, language),
                mine=row.person == person.id,
                since=row.since,
                until=row.ended_at or row.until,
                services=row.services,
                note=row.note,
                state="ended" if row.ended_at or row.until <= now else "now" if row.since <= now else "ahead",
            )
            for row in sorted(rows.values(), key=lambda row: row.since, reverse=True)
        ]

    def let_stand_in(
        self,
        person: Person,
        stand_in: str,
        since: datetime,
        until: datetime,
        *,
        services: Sequence[str],
        note: str,
        command_id: str,
    ) -> None:
        """Let somebody act for a person in a time; nobody may stand in twice removed. Raises Declined."""
        if stand_in not in self._directory().people or stand_in == person.id:
            raise Declined("请选一位同事代办。", "Choose a colleague to stand in.")
        if not since < until <= since + LONGEST_STAND_IN or until <= self._clock():
            raise Declined(
                "结束要晚于开始和现在，最长一年。", "The end must be after the beginning and after now, within a year."
            )
        self._store.add_stand_in(
            StoredStandIn(
                id=f"{person.id}:{command_id}" if command_id else new_id(),
                person=person.id,
                stand_in=stand_in,
                since=since,
                until=until,
                services=list(services),
                note=note.strip(),
                made_by=person.id,
                made_at=self._clock(),
            )
        )

    def end_stand_in(self, person: Person, stand_in_id: str) -> None:
        """End a time early: whoever is away may, and whoever stands in."""
        rows = (*self._store.stand_ins(person=person.id), *self._store.stand_ins(stand_in=person.id))
        if stand_in_id not in {row.id for row in rows}:
            raise NotFound("stand-in", stand_in_id)
        self._store.end_stand_in(stand_in_id, self._clock())
