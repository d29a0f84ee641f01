"""Cases in a SQL store: `commit`, the one transaction that a command is, and the questions about cases and tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from banshi.storage.changing import change_of
from banshi.storage.contract import (
    AttachmentGone,
    CaseFilter,
    CaseTask,
    Change,
    Command,
    CommandTaken,
    Committed,
    DraftGone,
    NumberRequest,
    StaleWrite,
    StoredCase,
    StoredEvent,
    StoredTask,
    TaskFilter,
)
from banshi.storage.payload import pack, unpack
from banshi.storage.schema import attachments, cases, commands, counters, decisions, drafts, events, papers, tasks
from banshi.storage.sql_accounts import post
from banshi.storage.sql_chain import chain
from banshi.storage.sql_issued import forget_issued
from banshi.storage.sql_outbox import add_messages
from banshi.storage.sql_papers import write_papers
from banshi.storage.sql_passes import write_passes
from banshi.storage.sql_privacy import erase
from banshi.storage.sql_registers import write_registers
from banshi.storage.sql_rows import Part, columns, matches, page_of, put, record, stream
from banshi.storage.sql_timers import set_timers

# What every command asks and writes. Making a statement takes longer than running it, so these are made once.
_COMMAND = select(commands).where(commands.c.id == bindparam("wanted"))
_LAST_SEQ = select(func.max(events.c.seq)).where(events.c.case_id == bindparam("wanted"))
# Said in the words of the index, which SQLite does not use otherwise: it would look through all cases.
_NUMBERED = union_all(
    select(cases.c.id).where(cases.c.number == bindparam("wanted"), text("number <> ''")),
    select(papers.c.code).where(papers.c.number == bindparam("wanted")),
)
_NEW_EVENT, _NEW_COMMAND, _NEW_DECISION = insert(events), insert(commands), insert(decisions)


class SqlCases(Part):
    """The verbs of `contract.CaseStore`."""

    def commit(self, command: Command) -> Committed:
        """Carry a command out in one transaction; a known command id gives the first answer again."""
        return self._database.run_transaction(lambda connection: _commit(connection, command), twice=True)

    def committed(self, command_id: str) -> Committed | None:
        """The answer to a command that was carried out before, or None."""
        with self._database.reading() as connection:
            return _first_answer(connection, command_id, actor=None)

    def case(self, case_id: str) -> StoredCase | None:
        """A case by its id."""
        return self._one_case(select(cases).where(cases.c.id == case_id))

    def _one_case(self, query: Select[Any]) -> StoredCase | None:
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return record(StoredCase, row) if row else None

    def cases(self, which: CaseFilter, *, page: int = 1, size: int = 20) -> tuple[list[StoredCase], int]:
        """One page of cases, newest first, and how many there are in all."""
        order = (cases.c.submitted_at.desc(), cases.c.id.desc())
        rows, total = page_of(self._database, _which(which), order, page, size)
        return [record(StoredCase, row) for row in rows], total

    def count_cases(self, which: CaseFilter) -> int:
        """How many cases there are."""
        return self.cases(which, size=0)[1]

    def iter_cases(self, which: CaseFilter) -> Iterator[StoredCase]:
        """All cases, oldest first, read in portions."""
        for row in stream(self._database, _which(which), cases.c.submitted_at, cases.c.id):
            yield record(StoredCase, row)

    def events(self, case_id: str) -> list[StoredEvent]:
        """The events of a case, oldest first."""
        query = select(events).where(events.c.case_id == case_id).order_by(events.c.seq)
        with self._database.reading() as connection:
            return [record(StoredEvent, row) for row in connection.execute(query)]

    def tasks(self, which: TaskFilter, *, page: int = 1, size: int = 20) -> tuple[list[CaseTask], int]:
        """One page of tasks with their cases; open ones oldest first, else newest first."""
        newest = (func.coalesce(tasks.c.done_at, tasks.c.since).desc(), tasks.c.id.desc())
        order = (tasks.c.since, tasks.c.id) if which.state == "open" else newest
        rows, total = page_of(self._database, _which_tasks(which), order, page, size)
        return [_case_task(row) for row in rows], total

    def count_tasks(self, which: TaskFilter) -> int:
        """How many tasks there are."""
        return self.tasks(which, size=0)[1]

    def open_task_count(self, person: str) -> int:
        """How many tasks wait for a person."""
        query = select(func.count()).where(tasks.c.person == person, tasks.c.state == "open")
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def loads(self, now: datetime) -> list[tuple[str, int, int]]:
        """Everybody who has open tasks: the person, how many, and how many of them were due before `now`."""
        late = func.count(case((tasks.c.due < now, 1)))
        query = select(tasks.c.person, func.count(), late).where(tasks.c.state == "open").group_by(tasks.c.person)
        with self._database.reading() as connection:
            return [(person, count, overdue) for person, count, overdue in connection.execute(query)]

    def rebuild(self, case: StoredCase, tasks: Sequence[StoredTask]) -> None:
        """Put a projection, computed again from the events, in the place of the stored one."""
        self._database.run_transaction(lambda connection: _rebuild(connection, case, tasks))


def _commit(connection: Connection, command: Command) -> Committed:
    first = _first_answer(connection, command.id, command.actor)
    if first is not None:
        return first
    seq = _current_seq(connection, command.case_id)
    change, number = change_of(command, seq, partial(_draw, connection))
    numbered = list(enumerate(change.events, seq + 1))
    for seq, new in numbered:
        values = {"kind": new.kind, "at": new.at, "actor": new.actor, "payload": new.payload}
        connection.execute(_NEW_EVENT, {"case_id": command.case_id, "seq": seq, **values})
    _project(connection, command.case_id, change, seq)
    chain(connection, command.case_id, numbered, change.decisions)
    kept = {"seq": seq, "number": number, "answer": change.answer}
    names = {"id": command.id, "actor": command.actor, "case_id": command.case_id, "at": command.at}
    connection.execute(_NEW_COMMAND, {**names, **kept})
    # As it will be read back, so that a repeat of the command is told the very same values.
    return Committed(seq=seq, number=number, answer=unpack(pack(change.answer)))


def _first_answer(connection: Connection, command_id: str, actor: str | None) -> Committed | None:
    row = connection.execute(_COMMAND, {"wanted": command_id}).first()
    if row is None:
        return None
    if actor is not None and row.actor != actor:
        raise CommandTaken(command_id)
    return Committed(seq=row.seq, number=row.number, answer=row.answer, repeated=True)


def _current_seq(connection: Connection, case_id: str) -> int:
    # Asked of the events, not of the projection: they are the truth, and the last row of the index answers.
    return (connection.scalar(_LAST_SEQ, {"wanted": case_id}) or 0) if case_id else 0


def _draw(connection: Connection, wanted: NumberRequest) -> str:
    """The next number of a series. One that another series has given (`A{yyyy}{1}`, `A2026{1}`) is passed over."""
    here = {"series": wanted.series, "period": wanted.period, "value": 1}
    while True:
        number = wanted.format(connection.execute(_next_value(connection.dialect.name), here).scalar_one())
        if connection.scalar(_NUMBERED, {"wanted": number}) is None:
            return number


@cache
def _next_value(dialect: str) -> Any:
    new = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(counters)
    grown = new.on_conflict_do_update(index_elements=["series", "period"], set_={"value": counters.c.value + 1})
    return grown.returning(counters.c.value)


def _project(connection: Connection, case_id: str, change: Change, seq: int) -> None:
    if change.case is not None:
        put(connection, cases, columns(replace(change.case, seq=seq)))
    elif change.events:
        connection.execute(update(cases).where(cases.c.id == case_id).values(seq=seq))
    put(connection, tasks, *(columns(task) for task in change.tasks))
    set_timers(connection, change)
    add_messages(connection, change.messages)
    post(connection, change)
    write_papers(connection, case_id, change)
    write_registers(connection, case_id, change)
    write_passes(connection, case_id, change)
    if change.decisions:
        connection.execute(_NEW_DECISION, [columns(decision) for decision in change.decisions])
    if change.attachments:
        loose = attachments.c.id.in_(change.attachments) & (attachments.c.case_id == "")
        connection.execute(update(attachments).where(loose).values(case_id=case_id))
        there = select(func.count()).where(attachments.c.id.in_(change.attachments))
        if connection.scalar(there) != len(set(change.attachments)):
            raise AttachmentGone
    if change.delete_draft is not None:
        person, service_id = change.delete_draft
        here = (drafts.c.person == person) & (drafts.c.service_id == service_id)
        if connection.execute(drafts.delete().where(here)).rowcount == 0 and change.needs_draft:
            raise DraftGone
    if change.issued_gone is not None:
        forget_issued(connection, *change.issued_gone)
    erase(connection, case_id, change)


def _rebuild(connection: Connection, case: StoredCase, rebuilt: Sequence[StoredTask]) -> None:
    seq = _current_seq(connection, case.id)
    if case.seq != seq:
        raise StaleWrite(seq)
    put(connection, cases, columns(case))
    connection.execute(tasks.delete().where(tasks.c.case_id == case.id))
    for task in rebuilt:
        connection.execute(insert(tasks).values(**columns(task)))


def _which(which: CaseFilter) -> Select[Any]:
    query = select(cases).where(*matches(cases.c.search, which.query))
    if which.applicant:
        query = query.where(cases.c.applicant == which.applicant)
    if which.service_id:
        query = query.where(cases.c.service_id == which.service_id)
    if which.before:
        query = query.where(cases.c.id < which.before)
    if which.not_version:
        query = query.where(cases.c.version != which.not_version)
    several = (
        (cases.c.state, which.states),
        (cases.c.service_id, which.services),
        (cases.c.applicant, which.applicants),
    )
    for column, wanted in several:
        query = query.where(column.in_(wanted)) if wanted else query
    if which.finished_since:
        query = query.where(cases.c.finished_at >= which.finished_since)
    if which.finished_until:
        query = query.where(cases.c.finished_at < which.finished_until)
    if which.sent_since:
        query = query.where(cases.c.submitted_at >= which.sent_since)
    if which.sent_until:
        query = query.where(cases.c.submitted_at < which.sent_until)
    return query


def _which_tasks(which: TaskFilter) -> Select[Any]:
    of_case = [column.label(f"the_case_{column.name}") for column in cases.c]
    query = select(*tasks.c, *of_case).join(cases, cases.c.id == tasks.c.case_id)
    theirs = [tasks.c.person == which.person] if which.person else []
    own = tasks.alias("own")
    beside = (own.c.case_id == tasks.c.case_id, own.c.step_id == tasks.c.step_id, own.c.round == tasks.c.round)
    asked = exists().where(*beside, own.c.person == which.person, own.c.state.in_(("open", "done")))
    for person, services in which.also:
        within = cases.c.service_id.in_(services) if services else true()
        theirs.append(and_(tasks.c.person == person, within, ~asked))
    query = query.where(or_(*theirs)) if theirs else query
    query = query.where(tasks.c.person.in_(which.people)) if which.people else query
    query = query.where(tasks.c.id.not_in(which.but)) if which.but else query
    equal = (
        (tasks.c.case_id, which.case_id),
        (tasks.c.state, which.state),
        (cases.c.service_id, which.service_id),
        (cases.c.applicant, which.applicant),
    )
    for column, wanted in equal:
        query = query.where(column == wanted) if wanted else query
    return query.where(*matches(cases.c.search, which.query))


def _case_task(row: Any) -> CaseTask:
    values = row._mapping  # noqa: SLF001  (SQLAlchemy's public name for it)
    case = {column.name: values[f"the_case_{column.name}"] for column in cases.c}
    return CaseTask(task=record(StoredTask, row), case=record(StoredCase, case))
