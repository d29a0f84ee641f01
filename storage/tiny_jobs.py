"""Jobs and their runs in a TinyDB store: a run is begun once, and taken by one thread at a time."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from banshi.storage.jobs import RUNNING, StoredJob, StoredRun
from banshi.storage.schema import job_runs, jobs
from banshi.storage.tiny_rows import Row, TinyPart, is_free, kept, micros

_COMING = ("state", "cursor", "total", "done", "skipped", "failed", "ended_at")


class TinyJobs(TinyPart):
    """The verbs of `jobs.JobStore`."""

    def jobs(self) -> list[StoredJob]:
        """Every job that was ever seen, by service and name."""
        with self._base.reading():
            rows = self._base.find(jobs)
        return [kept(StoredJob, jobs, row) for row in sorted(rows, key=lambda row: (row["service_id"], row["job"]))]

    def set_job(self, job: StoredJob) -> None:
        """Write how a job stands, in the place of what was kept."""
        self._base.run_transaction(lambda: self._base.put(jobs, _values(job)))

    def add_job(self, job: StoredJob) -> None:
        """Write how a job stands where nothing is kept of it; else nothing is changed."""

        def add() -> None:
            if self._base.get(jobs, job.service_id, job.job) is None:
                self._base.insert(jobs, _values(job))

        self._base.run_transaction(add)

    def begin_run(self, run: StoredRun) -> bool:
        """Keep a run; whether there was none under its id."""

        def begin() -> bool:
            if self._base.get(job_runs, run.id) is not None:
                return False
            self._base.insert(job_runs, {**_values(run), "notes": list(run.notes)})
            return True

        return self._base.run_transaction(begin)

    def take_run(self, now: datetime, lease: timedelta) -> StoredRun | None:
        """A run that goes on and is free, for the caller alone for as long as the lease."""

        def first() -> Row | None:
            going_on = self._base.find(job_runs, lambda row: row["state"] == RUNNING and is_free(row, now))
            return min(going_on, key=lambda row: (row["made_at"], row["id"]), default=None)

        def take() -> StoredRun | None:
            row = first()
            if row is None:
                return None
            taken = {"free_at": now + lease, "taken_at": now, "tries": row["tries"] + 1}
            self._base.change(job_runs, row, taken)
            return replace(kept(StoredRun, job_runs, row), **taken)

        with self._base.reading():
            if first() is None:
                return None
        return self._base.run_transaction(take)

    def write_run(self, run: StoredRun, *, free_at: datetime) -> bool:
        """Write how far a run has come, or that it ended; only while it is still its taker's, and whether it was."""
        values = {name: getattr(run, name) for name in _COMING}

        def write() -> bool:
            row = self._base.get(job_runs, run.id)
            if row is None or row["state"] != RUNNING or row["tries"] != run.tries:
                return False
            self._base.change(job_runs, row, {**values, "notes": list(run.notes), "free_at": free_at})
            return True

        return self._base.run_transaction(write)

    def run(self, run_id: str) -> StoredRun | None:
        """A run by its id."""
        with self._base.reading():
            row = self._base.get(job_runs, run_id)
        return kept(StoredRun, job_runs, row) if row else None

    def runs(self, service_id: str, job: str, *, limit: int = 20) -> list[StoredRun]:
        """The last runs of a job, the latest instant first."""
        with self._base.reading():
            rows = self._base.find(job_runs, lambda row: (row["service_id"], row["job"]) == (service_id, job))
        rows.sort(key=lambda row: (row["at"], row["id"]), reverse=True)
        return [kept(StoredRun, job_runs, row) for row in rows[:limit]]

    def purge_runs(self, before: datetime, *, limit: int = 500) -> int:
        """Delete a portion of the runs that ended before a time; how many. The last one of each job stays."""

        def purge() -> int:
            last: dict[tuple[str, str], int] = {}
            for row in self._base.find(job_runs):
                job = row["service_id"], row["job"]
                last[job] = max(last.get(job, row["at"]), row["at"])
            here = micros(before)

            def old(row: Row) -> bool:
                ended = row["ended_at"] is not None and row["ended_at"] < here
                return bool(ended and row["at"] < last[row["service_id"], row["job"]])

            return self._base.delete(job_runs, self._base.find(job_runs, old)[:limit])

        return self._base.run_transaction(purge)


def _values(one: StoredJob | StoredRun) -> dict[str, Any]:
    return {part.name: getattr(one, part.name) for part in fields(one)}
