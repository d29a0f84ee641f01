"""Jobs of services and their runs, as every store keeps them: see `contract.py` for the rest of the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

RUNNING, DONE, FAILED_RUN = "running", "done", "failed"
PLANNED, BY_HAND = "planned", "by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredJob:
    """How a job of a service stands.

    `every` is the text by which it is fired; instants up to `since` are none of its own. `paused_by` is who paused it,
    empty while it is not.
    """

    service_id: str
    job: str
    every: str
    since: datetime
    paused_by: str = ""
    changed_by: str = ""
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """One firing of a job: of the instant `at`, under the version that was live when it began.

    `cursor` is the key of the last row that was worked through, empty before the first. `total` is how many rows there
    are, -1 until somebody has counted. `done`, `skipped` and `failed` count rows, `missed` instants before this one that went by
    while no server ran. `notes` are what failed, the first ones. `tries` is how often it was taken.
    """

    id: str
    service_id: str
    job: str
    version: str
    at: datetime
    origin: str = PLANNED
    by: str = ""
    made_at: datetime
    free_at: datetime
    taken_at: datetime | None = None
    tries: int = 0
    state: str = RUNNING
    cursor: str = ""
    total: int = -1
    done: int = 0
    skipped: int = 0
    failed: int = 0
    missed: int = 0
    ended_at: datetime | None = None
    notes: Sequence[Mapping[str, Any]] = field(default=())


class JobStore(Protocol):
    """Jobs and their runs. A run is begun once by its id; whoever works on it takes it first."""

    def jobs(self) -> list[StoredJob]:
        """Every job that was ever seen, by service and name."""
        ...

    def set_job(self, job: StoredJob) -> None:
        """Write how a job stands, in the place of what was kept."""
        ...

    def add_job(self, job: StoredJob) -> None:
        """Write how a job stands where nothing is kept of it; else nothing is changed."""
        ...

    def begin_run(self, run: StoredRun) -> bool:
        """Keep a run; whether there was none under its id."""
        ...

    def take_run(self, now: datetime, lease: timedelta) -> StoredRun | None:
        """A run that goes on and is free, the one that was made first, for the caller alone for as long as the lease.

        It comes back with one more try. What was not ended when the lease is over is taken again: whoever took it may have
        died. A clock that went back frees it.
        """
        ...

    def write_run(self, run: StoredRun, *, free_at: datetime) -> bool:
        """Write how far a run has come, or that it ended; only while it is still its taker's, and whether it was."""
        ...

    def run(self, run_id: str) -> StoredRun | None:
        """A run by its id."""
        ...

    def runs(self, service_id: str, job: str, *, limit: int = 20) -> list[StoredRun]:
        """The last runs of a job, the latest instant first."""
        ...

    def purge_runs(self, before: datetime, *, limit: int = 500) -> int:
        """Delete a portion of the runs that ended before a time; how many. The last one of each job stays."""
        ...
