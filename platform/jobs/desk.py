"""Jobs for those who look after services: how they stand, running one now, pausing one. And for tickers: firing them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from banshi.platform.errors import Declined, NotAllowed, NotFound, plain_failures
from banshi.platform.jobs.scheduler import KEPT, Scheduler, new_run
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library, owns
from banshi.platform.service.jobs import Job
from banshi.platform.service.model import Service
from banshi.storage.contract import Store
from banshi.storage.jobs import BY_HAND, RUNNING, StoredJob, StoredRun

LATE = timedelta(minutes=5)
"""After how long a firing was late: the server was down when it was due."""
COMING = 3
RUNS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A firing as its owner reads it: when it was due and begun, in campus time, and what came of its rows.

    `done`, `skipped` and `failed` count rows of `total` (-1 while nobody knows); `missed` instants before it went by while
    no server ran. `by` is who asked for it, empty for the clock. `notes` are the first failures: row and reason.
    """

    at: datetime
    begun_at: datetime
    ended_at: datetime | None
    state: str
    by: str
    late: bool
    total: int
    done: int
    skipped: int
    failed: int
    missed: int
    notes: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job as its owner reads it. `coming` are its next instants, none while it is paused by `paused_by`."""

    service_id: str
    service: str
    job: str
    every: str
    subject: str
    deed: str
    coming: Sequence[datetime]
    paused_by: str
    runs: Sequence[RunRow]


@plain_failures
class JobDesk:
    """See the module. `clock` gives aware campus time."""

    def __init__(self, store: Store, library: Library, scheduler: Scheduler, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._library = library
        self._scheduler = scheduler
        self._clock = clock

    def fire_due(self) -> int:
        """Begin what is due and do a portion of it; how much there was to do. Nobody's command: jobs call it."""
        return self._scheduler.fire()

    def purge_due(self) -> int:
        """Delete a portion of the runs that were kept for long enough; how many. Nobody's command: jobs call it."""
        return self._store.purge_runs(self._clock() - KEPT)

    def close(self) -> None:
        """Let somebody else go on with what was begun."""
        self._scheduler.close()

    def may_look_after(self, person: Person) -> bool:
        """Whether a person looks after a service that has jobs."""
        return person.holds("owner") and any(True for _ in self._mine(person))

    def jobs(self, person: Person, language: str = "zh") -> list[JobRow]:
        """The jobs of the services that a person looks after, the next first."""
        kept = {(one.service_id, one.job): one for one in self._store.jobs()}
        rows = [self._row(service, job, kept, language) for service, job in self._mine(person)]
        return sorted(
            rows, key=lambda row: (row.coming[0].timestamp() if row.coming else float("inf"), row.service, row.job)
        )

    def run_now(self, person: Person, service_id: str, job: str, *, command_id: str) -> None:
        """Fire a job now, beside its own instants; a repeat of the command begins nothing anew."""
        service, found = self._found(person, service_id, job)
        now = self._clock()
        runs = self._store.runs(service_id, found.name, limit=RUNS)
        if any(run.id.endswith(f"!{command_id}") for run in runs):
            return
        if any(run.state == RUNNING for run in runs):
            raise Declined("这个任务正在运行，请等它结束。", "This job is running; wait until it has ended.")
        made = new_run(service, found.name, now, now, origin=BY_HAND, by=person.id, command=command_id)
        self._store.begin_run(made)

    def pause(self, person: Person, service_id: str, job: str) -> None:
        """Let a job rest; what has begun goes on."""
        self._change(person, service_id, job, person.id)

    def resume(self, person: Person, service_id: str, job: str) -> None:
        """Let a job go on, from its next instant."""
        self._change(person, service_id, job, "")

    def _change(self, person: Person, service_id: str, job: str, paused_by: str) -> None:
        _, found = self._found(person, service_id, job)
        now = self._clock()
        known = next((one for one in self._store.jobs() if (one.service_id, one.job) == (service_id, found.name)), None)
        if known is None:
            known = StoredJob(service_id=service_id, job=found.name, every=found.every.text, since=now, changed_at=now)
        self._store.set_job(
            replace(
                known,
                paused_by=paused_by,
                since=now if known.paused_by else known.since,
                changed_by=person.id,
                changed_at=now,
            )
        )
        self._scheduler.wake()

    def _found(self, person: Person, service_id: str, job: str) -> tuple[Service, Job]:
        service = self._library.service(service_id)
        if not owns(person, service):
            raise NotAllowed
        found = next((one for one in service.jobs if one.name == job), None)
        if found is None:
            raise NotFound("job", job)
        return service, found

    def _mine(self, person: Person) -> Iterator[tuple[Service, Job]]:
        for service in self._library.services:
            if owns(person, service):
                yield from ((service, job) for job in service.jobs)

    def _row(self, service: Service, job: Job, kept: Mapping[tuple[str, str], StoredJob], language: str) -> JobRow:
        service_id, now = service.settings.id, self._clock()
        known = kept.get((service_id, job.name))
        paused_by = known.paused_by if known else ""
        coming = () if paused_by else job.every.next(now, self._library.calendar, COMING)
        return JobRow(
            service_id=service_id,
            service=service.settings.title.get(language),
            job=job.name,
            every=job.every.text,
            subject=job.texts.get("for", ""),
            deed=job.texts.get("do", ""),
            coming=list(coming),
            paused_by=self._library.directory.name(paused_by, language) if paused_by else "",
            runs=[self._run(run, language) for run in self._store.runs(service_id, job.name, limit=RUNS)],
        )

    def _run(self, run: StoredRun, language: str) -> RunRow:
        here = self._clock().tzinfo
        return RunRow(
            at=run.at.astimezone(here),
            begun_at=run.made_at.astimezone(here),
            ended_at=run.ended_at.astimezone(here) if run.ended_at else None,
            state=run.state,
            by=self._library.directory.name(run.by, language) if run.by else "",
            late=run.made_at - run.at > LATE,
            total=run.total,
            done=run.done,
            skipped=run.skipped,
            failed=run.failed,
            missed=run.missed,
            notes=[(str(note["row"]), str(note["why"][language])) for note in run.notes],
        )
