"""Jobs by the clock: beginning each firing once, and working through its rows a portion at a time.

A firing is a row of the store whose key is the job and the instant, so that only one process begins it, however often it looks.
Whoever works on it takes it for two minutes at a time, and writes down the last row after each portion: killed in between, it is
taken up behind that row, and the rows of the portion that were done already have no effect again (see `deeds.py`).

What went by while no server ran: the last instant is made up for, those before it are counted as missed.
"""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from banshi.platform.cases.desk import Desk
from banshi.platform.cases.opening import Opener
from banshi.platform.errors import HallError, StorageFailed
from banshi.platform.jobs.deeds import Doing, Done, bill, do
from banshi.platform.jobs.report import MOST_ROWS, Table, header_of, messages_of_report, row_of
from banshi.platform.jobs.subjects import NOBODY, Subject, Subjects, holds
from banshi.platform.people.directory import Person
from banshi.platform.people.who import WhoContext, resolve
from banshi.platform.publishing.library import Library, owns
from banshi.platform.service.jobs import Deed, Job
from banshi.platform.service.model import Service
from banshi.platform.workbook.writing import Entry
from banshi.rules.values import ErrorValue
from banshi.storage.contract import StorageError, Store, StoredMessage
from banshi.storage.jobs import DONE, FAILED_RUN, PLANNED, StoredJob, StoredRun

LOG = logging.getLogger("banshi")
LEASE = timedelta(minutes=2)
REPORT_LEASE = timedelta(minutes=15)
PORTION, OPENED_AT_ONCE = 200, 20
"""Rows between two looks at the clock: messages are written together, cases one by one."""
MOST_NOTES = 20
"""Failures of a run that are kept with their reasons."""
KEPT = timedelta(days=400)
"""How long runs are kept."""


@dataclass(slots=True)
class _Work:
    """A run that this process has taken, with what it needs for it."""

    run: StoredRun
    service: Service
    job: Job
    subjects: Subjects
    keys: Sequence[str]


class Scheduler:
    """See the module. `clock` gives aware campus time."""

    def __init__(
        self, store: Store, library: Library, desk: Desk, opener: Opener, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._library = library
        self._desk = desk
        self._opener = opener
        self._clock = clock
        self._work: _Work | None = None
        self._quiet: dict[tuple[str, str, str], tuple[datetime, datetime]] = {}

    def fire(self) -> int:
        """Begin what is due, and do a portion of what goes on; how much there was to do."""
        return self.begin_due() + self.work()

    def close(self) -> None:
        """Let somebody else go on at once with what this process has taken."""
        work, self._work = self._work, None
        if work is not None:
            self._store.write_run(work.run, free_at=self._clock())

    # Beginning

    def begin_due(self) -> int:
        """Begin the firings whose instant has come; how many."""
        now, kept = self._clock(), {(job.service_id, job.job): job for job in self._store.jobs()}
        live = {
            (service_id, job.name): (service, job)
            for service_id, (service, _) in self._library.live.items()
            for job in service.jobs
        }
        begun = 0
        for (service_id, name), (service, job) in live.items():
            known = kept.get((service_id, name))
            if known is None:
                self._store.add_job(
                    StoredJob(service_id=service_id, job=name, every=job.every.text, since=now, changed_at=now)
                )
            elif known.every != job.every.text:  # instants that went by belong to the time before
                self._store.set_job(replace(known, every=job.every.text, since=now, changed_at=now))
            elif not known.paused_by:
                begun += self._begin(service, job, known, now)
        for key, known in kept.items():
            if known.every and key not in live:  # should it come back, it begins anew
                self._store.set_job(replace(known, every="", changed_at=now))
        return begun

    def _begin(self, service: Service, job: Job, known: StoredJob, now: datetime) -> bool:
        """Begin the last firing whose instant has come, unless somebody has."""
        key = (known.service_id, known.job, known.every)
        looked, until = self._quiet.get(key, (now, now))
        if looked <= now < until:
            return False
        calendar, since = self._library.calendar, known.since.astimezone(now.tzinfo)
        at = job.every.latest(since, now, calendar)
        begun = False
        if at is not None and self._store.run(run_id(known.service_id, job.name, at)) is None:
            runs = self._store.runs(known.service_id, job.name)
            earlier = (run.at.astimezone(now.tzinfo) for run in runs if run.at < at and run.origin == PLANNED)
            missed = job.every.between(max([since, *earlier]), at, calendar)
            begun = self._store.begin_run(new_run(service, job.name, at, now, missed=missed))
        # A calendar that is published changes what comes, so nothing is believed for longer than an hour.
        following, soon = job.every.after(now, calendar), now + timedelta(hours=1)
        self._quiet[key] = now, min(following or soon, soon)
        return begun

    def wake(self) -> None:
        """Look at every job again, whatever was found before."""
        self._quiet.clear()

    # Working

    def work(self) -> int:
        """Do a portion of a run; 1 where there was one."""
        if self._work is None and (taken := self._store.take_run(self._clock(), LEASE)) is not None:
            self._work = self._begun(taken)
            if self._work is None:
                return 1
        if self._work is None:
            return 0
        work = self._work
        try:
            going = self._report(work) if work.job.deed is Deed.REPORT else self._portion(work)
        except (StorageError, StorageFailed):
            self._work = None  # whoever takes it next begins behind the last portion that was written
            raise
        if not going:
            self._work = None
        return 1

    def _begun(self, run: StoredRun) -> _Work | None:
        """What is needed for a run; None, and the run is over, where its version or its job cannot be had any more."""
        try:
            service = self._library.version(run.service_id, run.version)
            job = next((job for job in service.jobs if job.name == run.job), None)
        except HallError as error:
            service, job, why = None, None, {at: error.message(at) for at in ("zh", "en")}
        else:
            why = {"zh": "工作簿里没有这个任务了", "en": "the workbook has no such job any more"}
        if service is None or job is None:
            ended = replace(run, state=FAILED_RUN, ended_at=self._clock(), notes=[{"row": "", "why": why}])
            self._store.write_run(ended, free_at=ended.free_at)
            return None
        at = run.at.astimezone(self._clock().tzinfo)
        subjects = Subjects(self._store, self._library, self._desk, service, job, at)
        keys = subjects.keys()
        return _Work(replace(run, total=len(keys)), service, job, subjects, keys)

    def _portion(self, work: _Work) -> bool:
        """Work through some rows and write that down; whether there are more, and they are still this process's."""
        first = bisect_right(work.keys, work.run.cursor)
        most = OPENED_AT_ONCE if work.job.deed is Deed.OPEN else PORTION
        doing = Doing(service=work.service, job=work.job, run_id=work.run.id, desk=self._desk, opener=self._opener)
        keys = work.keys[first : first + most]
        if work.job.deed is Deed.BILL:
            rows = self._billed(work, doing, keys)
        else:
            rows = ((key, *self._row(work, key, lambda subject: do(doing, subject))) for key in keys)
        messages: list[StoredMessage] = []
        counted = work.run
        for key, subject, done in rows:
            counted = _counted(counted, key, subject, done)
            messages += done.messages if done is not None else ()
        if messages:
            self._store.post_messages(messages)
        return self._write(work, counted, more=first + most < len(work.keys))

    def _billed(
        self, work: _Work, doing: Doing, keys: Sequence[str]
    ) -> Iterator[tuple[str, Subject | None, Done | None]]:
        """What came of rows that are billed together; one that cannot be read stops no other."""
        found = {key: self._row(work, key, lambda _: Done()) for key in keys}
        wanted = {key: one for key, (one, done) in found.items() if one and done and done.why is None}
        billed = bill(doing, self._store, keys[0], wanted) if wanted else {}
        for key, (subject, done) in found.items():
            yield key, subject, billed.get(key, done)

    def _row(self, work: _Work, key: str, deed: Callable[[Subject], Done]) -> tuple[Subject | None, Done | None]:
        """What came of one row; None where there was nothing to do. What goes wrong in one stops no other."""
        subject = None
        try:
            subject = work.subjects.subject(key)
            wanted = holds(work.job, subject) if subject is not None else False
            if isinstance(wanted, ErrorValue):
                return subject, Done(why={at: wanted.diagnostic.message(at) for at in ("zh", "en")})
            return subject, deed(subject) if subject is not None and wanted is True else None
        except (StorageError, StorageFailed):
            raise
        except HallError as error:
            return subject, Done(why={at: error.message(at) for at in ("zh", "en")})
        except Exception:
            LOG.exception("A job failed at a row; it goes on with the next one: %s, row %s.", work.run.id, key)
            return subject, Done(why={"zh": "平台出错，已记入服务器日志", "en": "the platform failed; see its log"})

    def _report(self, work: _Work) -> bool:
        """Make the whole table."""
        now = self._clock()
        if not self._store.write_run(work.run, free_at=now + REPORT_LEASE):
            return False
        rows: list[list[Entry]] = []
        counted, left_out = work.run, 0

        def add(subject: Subject) -> Done:
            nonlocal left_out
            if len(rows) < MOST_ROWS:
                rows.append(row_of(work.service, work.job, subject, self._library.directory))
            else:
                left_out += 1
            return Done()

        for key in work.keys:
            counted = _counted(counted, key, *self._row(work, key, add))
        at = work.run.at.astimezone(now.tzinfo)
        table = Table(header_of(work.service, work.job), rows)
        people = self._readers(work, at)
        self._store.post_messages(
            list(messages_of_report(work.service, work.job, work.run.id, at, table, left_out, people))
        )
        return self._write(work, counted, more=False)

    def _readers(self, work: _Work, at: datetime) -> Sequence[Person]:
        """Who gets a table: those whom the job names, else the owners of the service, else the administrators."""
        directory = self._library.directory
        if work.job.to is not None:
            around = WhoContext(directory=directory, initiator=NOBODY, datasets=work.service.datasets, now=at)
            return resolve(work.job.to, around)
        people = directory.people.values()
        owners = [person for person in people if "owner" in person.roles and owns(person, work.service)]
        return owners or [person for person in people if "administrator" in person.roles]

    def _write(self, work: _Work, counted: StoredRun, *, more: bool) -> bool:
        now = self._clock()
        work.run = counted if more else replace(counted, state=DONE, ended_at=now)
        return self._store.write_run(work.run, free_at=now + LEASE) and more


def run_id(service_id: str, job: str, at: datetime, by_hand: str = "") -> str:
    """The key of a firing: the job and the instant; of one that somebody asks for, her command as well."""
    hand = f"!{by_hand}" if by_hand else ""
    return f"job:{service_id}/{job}@{at.timestamp():.0f}{hand}"


def new_run(
    service: Service, job: str, at: datetime, now: datetime, *, missed: int = 0, origin: str = "planned", by: str = "", command: str = ""
) -> StoredRun:  # fmt: skip
    """A firing that begins now, under the version that is live."""
    service_id = service.settings.id
    return StoredRun(
        id=run_id(service_id, job, at, command),
        service_id=service_id,
        job=job,
        version=service.sha256,
        at=at,
        origin=origin,
        by=by,
        made_at=now,
        free_at=now,
        missed=missed,
    )


def _counted(run: StoredRun, key: str, subject: Subject | None, done: Done | None) -> StoredRun:
    """The run after one more row."""
    if done is None:
        return replace(run, cursor=key, skipped=run.skipped + 1)
    if done.why is None:
        return replace(run, cursor=key, done=run.done + 1)
    note = {"row": subject.title if subject else key, "why": dict(done.why)}
    notes = [*run.notes, note] if len(run.notes) < MOST_NOTES else run.notes
    return replace(run, cursor=key, failed=run.failed + 1, notes=notes)
