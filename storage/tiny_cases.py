"""Cases in a TinyDB store: `commit`, the one transaction that a command is, and the questions about cases and tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime
from functools import partial
from typing import Any

from banshi.storage.bare import raised
from banshi.storage.changing import change_of
from banshi.storage.contract import (
    AttachmentGone,
    CaseFigures,
    CaseFilter,
    CaseTask,
    Change,
    Cohort,
    Command,
    CommandTaken,
    Committed,
    DraftGone,
    NumberRequest,
    StaleWrite,
    StoredCase,
    StoredEvent,
    StoredTask,
    StoreOutgrown,
    TaskFigures,
    TaskFilter,
)
from banshi.storage.schema import attachments, cases, commands, counters, decisions, drafts, events, papers, tasks
from banshi.storage.sql_rows import columns
from banshi.storage.tiny_accounts import post
from banshi.storage.tiny_chain import chain
from banshi.storage.tiny_issued import forget_issued
from banshi.storage.tiny_outbox import add_messages
from banshi.storage.tiny_papers import write_papers
from banshi.storage.tiny_passes import write_passes
from banshi.storage.tiny_privacy import erase
from banshi.storage.tiny_registers import write_registers
from banshi.storage.tiny_rows import Row, Test, TinyDatabase, TinyPart, contains_all, kept, micros, page_of
from banshi.storage.tiny_timers import set_timers

MOST_CASES = 2_000
"""Cases that a file is for: every write writes all of it, which takes a tenth of a second by then."""
_COPIES = ("unread", "read")


class TinyCases(TinyPart):
    """The verbs of `contract.CaseStore`."""

    def commit(self, command: Command) -> Committed:
        """Carry a command out in one transaction; a known command id gives the first answer again."""
        return self._base.run_transaction(lambda: _commit(self._base, command))

    def committed(self, command_id: str) -> Committed | None:
        """The answer to a command that was carried out before, or None."""
        with self._base.reading():
            return _first_answer(self._base, command_id, actor=None)

    def case(self, case_id: str) -> StoredCase | None:
        """A case by its id."""
        with self._base.reading():
            row = self._base.get(cases, case_id)
        return kept(StoredCase, cases, row) if row else None

    def cases(self, which: CaseFilter, *, page: int = 1, size: int = 20) -> tuple[list[StoredCase], int]:
        """One page of cases, newest first, and how many there are in all."""
        rows = self._found_cases(which)
        return [kept(StoredCase, cases, row) for row in page_of(rows[::-1], page, size)], len(rows)

    def count_cases(self, which: CaseFilter) -> int:
        """How many cases there are."""
        return self.cases(which, size=0)[1]

    def iter_cases(self, which: CaseFilter) -> Iterator[StoredCase]:
        """All cases, oldest first."""
        for row in self._found_cases(which):
            yield kept(StoredCase, cases, row)

    def _found_cases(self, which: CaseFilter) -> list[Row]:
        with self._base.reading():
            return sorted(self._base.find(cases, _which(which)), key=lambda row: (row["submitted_at"], row["id"]))

    def events(self, case_id: str) -> list[StoredEvent]:
        """The events of a case, oldest first."""
        with self._base.reading():
            rows = self._base.find(events, lambda row: row["case_id"] == case_id)
        return [kept(StoredEvent, events, row) for row in sorted(rows, key=lambda row: row["seq"])]

    def tasks(self, which: TaskFilter, *, page: int = 1, size: int = 20) -> tuple[list[CaseTask], int]:
        """One page of tasks with their cases; open ones oldest first, else newest first."""
        with self._base.reading():
            found = _which_tasks(self._base, which)
            if which.state == "open":
                found.sort(key=lambda row: (row["since"], row["id"]))
            else:
                found.sort(key=lambda row: (_ended(row), row["id"]), reverse=True)
            here = [(row, self._base.get(cases, row["case_id"])) for row in page_of(found, page, size)]
        return [
            CaseTask(task=kept(StoredTask, tasks, task), case=kept(StoredCase, cases, case))
            for task, case in here
            if case is not None
        ], len(found)

    def count_tasks(self, which: TaskFilter) -> int:
        """How many tasks there are."""
        return self.tasks(which, size=0)[1]

    def open_task_count(self, person: str) -> int:
        """How many tasks wait for a person."""
        return self.count_tasks(TaskFilter(person=person, state="open"))

    def loads(self, now: datetime) -> list[tuple[str, int, int]]:
        """Everybody who has open tasks: the person, how many, and how many of them were due before `now`."""
        with self._base.reading():
            waiting = self._base.find(tasks, lambda row: row["state"] == "open")
        late = Counter(row["person"] for row in waiting if row["due"] is not None and row["due"] < micros(now))
        return [(person, count, late[person]) for person, count in Counter(row["person"] for row in waiting).items()]

    def rebuild(self, case: StoredCase, tasks: Sequence[StoredTask]) -> None:
        """Put a projection, computed again from the events, in the place of the stored one."""
        self._base.run_transaction(lambda: _rebuild(self._base, case, tasks))


class TinyFigures(TinyPart):
    """The verbs of `contract.FigureStore`."""

    def case_figures(self, which: Cohort) -> Iterator[Sequence[CaseFigures]]:
        """The cases of a cohort."""
        since, until = (micros(at) if at else None for at in (which.since, which.until))

        def belongs(row: Row) -> bool:
            at = row["submitted_at"]
            within = (since is None or at >= since) and (until is None or at < until)
            return within and row["service_id"] in which.services

        with self._base.reading():
            rows = self._base.find(cases, belongs)
        yield from _figures(CaseFigures, rows)

    def task_figures(self, first: str, last: str) -> Iterator[Sequence[TaskFigures]]:
        """The tasks of the cases whose ids lie between two; copies are none."""
        with self._base.reading():
            rows = self._base.find(tasks, lambda row: first <= row["case_id"] <= last and row["state"] not in _COPIES)
        yield from _figures(TaskFigures, rows)


def _figures(kind: Any, rows: Sequence[Row]) -> Iterator[Sequence[Any]]:
    if rows:
        yield [kind(*(row[name] for name in kind._fields)) for row in rows]


def _commit(base: TinyDatabase, command: Command) -> Committed:
    first = _first_answer(base, command.id, command.actor)
    if first is not None:
        return first
    seq = _current_seq(base, command.case_id)
    change, number = change_of(command, seq, partial(_draw, base))
    numbered = list(enumerate(change.events, seq + 1))
    for seq, new in numbered:
        told = {field.name: getattr(new, field.name) for field in fields(new)}
        base.insert(events, {"case_id": command.case_id, "seq": seq, **told})
    _project(base, command.case_id, change, seq)
    chain(base, command.case_id, numbered, change.decisions)
    names = {"id": command.id, "actor": command.actor, "case_id": command.case_id, "at": command.at}
    base.insert(commands, {**names, "seq": seq, "number": number, "answer": change.answer})
    done = _first_answer(base, command.id, actor=None)
    assert done is not None
    return replace(done, repeated=False)


def _first_answer(base: TinyDatabase, command_id: str, actor: str | None) -> Committed | None:
    row = base.get(commands, command_id)
    if row is None:
        return None
    if actor is not None and row["actor"] != actor:
        raise CommandTaken(command_id)
    values = raised(commands, row)
    return Committed(seq=values["seq"], number=values["number"], answer=values["answer"], repeated=True)


def _current_seq(base: TinyDatabase, case_id: str) -> int:
    if not case_id:
        return 0
    return max((row["seq"] for row in base.find(events, lambda row: row["case_id"] == case_id)), default=0)


def _draw(base: TinyDatabase, wanted: NumberRequest) -> str:
    """The next number of a series. One that another series has given is passed over."""
    while True:
        row = base.get(counters, wanted.series, wanted.period)
        value = row["value"] + 1 if row else 1
        base.put(counters, {"series": wanted.series, "period": wanted.period, "value": value})
        number = wanted.format(value)
        if not any(base.find(table, lambda row: row["number"] == number) for table in (cases, papers)):  # noqa: B023  (asked at once)
            return number


def _project(base: TinyDatabase, case_id: str, change: Change, seq: int) -> None:
    before = base.get(cases, case_id)
    if change.case is not None:
        if before is None and base.file.path is not None and base.count(cases) >= MOST_CASES:
            raise StoreOutgrown(base.file.name, MOST_CASES)
        base.put(cases, columns(replace(change.case, seq=seq)))
    elif change.events and before is not None:
        base.change(cases, before, {"seq": seq})
    for task in change.tasks:
        base.put(tasks, columns(task))
    set_timers(base, change)
    add_messages(base, change.messages)
    post(base, change)
    write_papers(base, case_id, change)
    write_registers(base, case_id, change)
    write_passes(base, case_id, change)
    base.insert(decisions, *(columns(decision) for decision in change.decisions))
    for name in change.attachments:
        row = base.get(attachments, name)
        if row is None:
            raise AttachmentGone
        if not row["case_id"]:
            base.change(attachments, row, {"case_id": case_id})
    if change.delete_draft is not None:
        row = base.get(drafts, *change.delete_draft)
        if base.delete(drafts, [row] if row else []) == 0 and change.needs_draft:
            raise DraftGone
    if change.issued_gone is not None:
        forget_issued(base, *change.issued_gone)
    erase(base, case_id, change)


def _rebuild(base: TinyDatabase, case: StoredCase, rebuilt: Sequence[StoredTask]) -> None:
    seq = _current_seq(base, case.id)
    if case.seq != seq:
        raise StaleWrite(seq)
    base.put(cases, columns(case))
    base.delete(tasks, base.find(tasks, lambda row: row["case_id"] == case.id))
    base.insert(tasks, *(columns(task) for task in rebuilt))


def _which(which: CaseFilter) -> Test:
    tests = [
        contains_all(which.query),
        *_equal(applicant=which.applicant, service_id=which.service_id),
        *_among(state=which.states, service_id=which.services, applicant=which.applicants),
        _between("finished_at", which.finished_since, which.finished_until),
        _between("submitted_at", which.sent_since, which.sent_until),
    ]
    if which.before:
        tests.append(lambda row: bool(row["id"] < which.before))
    if which.not_version:
        tests.append(lambda row: bool(row["version"] != which.not_version))
    return lambda row: all(test(row) for test in tests)


def _equal(**wanted: str) -> list[Test]:
    """The conditions that columns are what is wanted of them, where something is."""
    asked = [(name, value) for name, value in wanted.items() if value]
    return [lambda row: all(row[name] == value for name, value in asked)] if asked else []


def _among(**wanted: Sequence[str]) -> list[Test]:
    asked = [(name, frozenset(values)) for name, values in wanted.items() if values]
    return [lambda row: all(row[name] in values for name, values in asked)] if asked else []


def _between(name: str, since: datetime | None, until: datetime | None) -> Test:
    """The condition that a time lies between two; `until` is not included, and no time lies between any."""
    first, end = (micros(at) if at else None for at in (since, until))
    if first is None and end is None:
        return lambda _: True

    def lies(row: Row) -> bool:
        at = row[name]
        return at is not None and (first is None or at >= first) and (end is None or at < end)

    return lies


def _which_tasks(base: TinyDatabase, which: TaskFilter) -> list[Row]:
    """The tasks themselves first, then what is asked of their cases."""
    also = {person for person, _ in which.also}
    tests = _equal(case_id=which.case_id, state=which.state)
    if which.but:
        tests.append(lambda row: row["id"] not in which.but)
    if which.people:
        tests.append(lambda row: row["person"] in which.people)
    if which.person or also:
        tests.append(lambda row: (row["person"] == which.person and which.person != "") or row["person"] in also)
    found = base.find(tasks, lambda row: all(test(row) for test in tests))
    asked = set()
    if also:
        own = base.find(tasks, lambda row: row["person"] == which.person and row["state"] in ("open", "done"))
        asked = {_step(row) for row in own}
    matches = contains_all(which.query)

    def fits(task: Row) -> bool:
        case = base.get(cases, task["case_id"])
        if case is None or not matches(case) or (which.service_id and case["service_id"] != which.service_id):
            return False
        if which.applicant and case["applicant"] != which.applicant:
            return False
        if not also or (which.person and task["person"] == which.person):
            return True
        lent = [services for person, services in which.also if person == task["person"]]
        return any(not some or case["service_id"] in some for some in lent) and _step(task) not in asked

    return [task for task in found if fits(task)]


def _step(task: Row) -> tuple[str, str, int]:
    return task["case_id"], task["step_id"], task["round"]


def _ended(task: Row) -> int:
    return int(task["since"] if task["done_at"] is None else task["done_at"])
