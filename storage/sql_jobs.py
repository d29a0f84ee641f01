"""Jobs and their runs in a SQL store: a run is begun once, and taken by one process at a time."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from banshi.storage.jobs import RUNNING, StoredJob, StoredRun
from banshi.storage.leases import free
from banshi.storage.schema import job_runs, jobs
from banshi.storage.sql_rows import Part, put, record

_NAMES = tuple(part.name for part in fields(StoredRun))
_COMING = ("state", "cursor", "total", "done", "skipped", "failed", "ended_at")


class SqlJobs(Part):
    """The verbs of `jobs.JobStore`."""

    def jobs(self) -> list[StoredJob]:
        """Every job that was ever seen, by service and name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(jobs).order_by(jobs.c.service_id, jobs.c.job))
            return [record(StoredJob, row) for row in rows]

    def set_job(self, job: StoredJob) -> None:
        """Write how a job stands, in the place of what was kept."""
        self._database.run_transaction(lambda connection: put(connection, jobs, _values(job)))

    def add_job(self, job: StoredJob) -> None:
        """Write how a job stands where nothing is kept of it; else nothing is changed."""

        self._database.run_transaction(lambda connection: _insert(connection, jobs, _values(job)))

    def begin_run(self, run: StoredRun) -> bool:
        """Keep a run; whether there was none under its id."""

        if self.run(run.id) is not None:  # mostly: whoever only looks keeps no writer waiting
            return False
        return self._database.run_transaction(lambda connection: _insert(connection, job_runs, _run_values(run)))

    def take_run(self, now: datetime, lease: timedelta) -> StoredRun | None:
        """A run that goes on and is free, for the caller alone for as long as the lease."""
        first = (
            select(job_runs)
            .where(job_runs.c.state == RUNNING, free(job_runs, now))
            .order_by(job_runs.c.made_at, job_runs.c.id)
            .limit(1)
        )
        # Mostly there is nothing to do: whoever only looks keeps no writer waiting.
        with self._database.reading() as connection:
            if connection.execute(first).first() is None:
                return None

        def take(connection: Connection) -> StoredRun | None:
            row = connection.execute(first.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            taken = {"free_at": now + lease, "taken_at": now, "tries": row.tries + 1}
            connection.execute(update(job_runs).where(job_runs.c.id == row.id).values(**taken))
            return replace(record(StoredRun, row), **taken)

        return self._database.run_transaction(take)

    def write_run(self, run: StoredRun, *, free_at: datetime) -> bool:
        """Write how far a run has come, or that it ended; only while it is still its taker's, and whether it was."""
        mine = (job_runs.c.id == run.id, job_runs.c.state == RUNNING, job_runs.c.tries == run.tries)
        values = {name: getattr(run, name) for name in _COMING}
        query = update(job_runs).where(*mine).values(**values, notes=list(run.notes), free_at=free_at)
        return self._database.run_transaction(lambda connection: connection.execute(query).rowcount) > 0

    def run(self, run_id: str) -> StoredRun | None:
        """A run by its id."""
        with self._database.reading() as connection:
            row = connection.execute(select(job_runs).where(job_runs.c.id == run_id)).first()
        return record(StoredRun, row) if row else None

    def runs(self, service_id: str, job: str, *, limit: int = 20) -> list[StoredRun]:
        """The last runs of a job, the latest instant first."""
        query = select(job_runs).where(job_runs.c.service_id == service_id, job_runs.c.job == job)
        query = query.order_by(job_runs.c.at.desc(), job_runs.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return [record(StoredRun, row) for row in connection.execute(query)]

    def purge_runs(self, before: datetime, *, limit: int = 500) -> int:
        """Delete a portion of the runs that ended before a time; how many. The last one of each job stays."""
        later = job_runs.alias()
        same = (later.c.service_id == job_runs.c.service_id, later.c.job == job_runs.c.job)
        followed = exists().where(*same, later.c.at > job_runs.c.at)
        old = select(job_runs.c.id).where(job_runs.c.ended_at < before, followed).limit(limit)
        query = delete(job_runs).where(job_runs.c.id.in_(old))
        return self._database.run_transaction(lambda connection: connection.execute(query).rowcount)


def _values(job: StoredJob) -> dict[str, Any]:
    return {part.name: getattr(job, part.name) for part in fields(job)}


def _run_values(run: StoredRun) -> dict[str, Any]:
    return {**{name: getattr(run, name) for name in _NAMES}, "notes": list(run.notes)}


def _insert(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert a row; whether there was none with its key."""
    made = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    new = made(table).values(**values).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return connection.execute(new).first() is not None
