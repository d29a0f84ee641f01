"""Runs of an impact: begun, looked at, stopped, taken out as files. They live in memory and a temporary file, for an hour.

One run works at a time, the others wait: it uses every processor that is idle. Nothing of it reaches the store.
"""

from __future__ import annotations

import logging
import pickle
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from decimal import Decimal
from typing import IO, Any

from banshi.platform.cases.case import Case, of_stored
from banshi.platform.cases.desk import Desk
from banshi.platform.errors import Declined, HallError, NotFound, StorageFailed
from banshi.platform.exports import Export, table_file
from banshi.platform.forms.rights import answered
from banshi.platform.impact import tables
from banshi.platform.impact.blame import IDLE
from banshi.platform.impact.comparing import Setup
from banshi.platform.impact.model import Compared, ImpactQuestion, ImpactState, Sent
from banshi.platform.impact.tally import Tally, cell_change
from banshi.platform.impact.workers import HelperGone, compared
from banshi.platform.publishing.library import Checked, Library
from banshi.platform.service.model import Service
from banshi.platform.sheets.differences import Difference, differences
from banshi.platform.workbook import read_workbook
from banshi.rules.diagnostics import has_errors
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage import new_id
from banshi.storage.contract import CaseFilter, StorageError, Store, StoredCase, StoredVersion

LOG = logging.getLogger("banshi")
_KEPT = 8
_SECONDS = 3600.0
_DAY = timedelta(days=1)


@dataclass(eq=False)
class _Run:
    """One run. Only its own thread changes it, but for `stop`."""

    id: str
    person: str
    state: ImpactState
    language: str
    changes: list[Difference]
    began: float
    rows: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    stop: threading.Event = field(default_factory=threading.Event)
    batches: int = 0
    reading: threading.Lock = field(default_factory=threading.Lock)


class Impacts:
    """See the module. Whoever calls has made sure that the person owns the service."""

    def __init__(
        self,
        store: Store,
        library: Library,
        desk: Desk,
        clock: Callable[[], datetime],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._library = library
        self._desk = desk
        self._clock = clock
        self._seconds = seconds
        self._runs: dict[str, _Run] = {}
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._threads: list[threading.Thread] = []

    def examined(self, file: str, data: bytes) -> tuple[Checked, Service, StoredVersion]:
        """A draft that can be measured, with the live version that it would replace; Declined for another."""
        checked = self._library.examine(file, data)
        if checked.service is None or has_errors(checked.report.diagnostics):
            raise Declined(
                "工作簿有错误，改正以后才能测算影响。",
                "The workbook has errors; mend them to have its impact measured.",
            )
        live = self._library.live.get(checked.report.service_id)
        if live is None:
            raise Declined(
                "这项服务还没有发布过，没有可以对照的办件。",
                "This service was never published, so there are no cases to compare.",
            )
        return checked, *live

    def begin(
        self,
        person: str,
        checked: Checked,
        service: Service,
        version: StoredVersion,
        asked: ImpactQuestion,
        language: str,
    ) -> str:
        """Begin a run in place of the person's run before; its id. The draft was `examined`."""
        assert checked.service is not None
        assert checked.workbook is not None
        data = self._store.workbook(version.service_id, version.sha256)
        before = read_workbook(data, version.file)[0] if data else None
        changes = differences(before, checked.workbook) if before else []
        setup = Setup(
            live=service,
            draft=checked.service,
            changes=changes,
            directory=self._library.directory,
            calendar=self._library.calendar,
            as_of=asked.as_of,
        )
        total = self._store.count_cases(_which(service, asked))
        run_id = new_id()
        run = _Run(
            id=run_id,
            person=person,
            state=ImpactState(
                id=run_id, service_id=service.settings.id, file=checked.report.file, done=0, total=total, waiting=True
            ),
            language=language,
            changes=[change for change in changes if change.kind not in IDLE],
            began=self._seconds(),
        )
        self._keep(run)
        thread = threading.Thread(target=self._work, args=(run, setup, asked), name="impact", daemon=True)
        self._threads = [*(one for one in self._threads if one.is_alive()), thread]
        thread.start()
        return run_id

    def state(self, person: str, run_id: str) -> ImpactState:
        """How far a run is; NotFound for another's, or one that is gone."""
        run = self._of(person, run_id)
        return replace(run.state, stopping=run.stop.is_set() and not run.state.over)

    def stop(self, person: str, run_id: str) -> None:
        """Stop a run; what was counted until then is its result."""
        self._of(person, run_id).stop.set()

    def export(self, person: str, run_id: str, by: str, file_type: str, language: str) -> Export:
        """The cases (`cases`) or the changed cells (`cells`) of a run that is over, as `xlsx` or `csv`."""
        run = self._of(person, run_id)
        impact = run.state.result
        if impact is None:
            raise Declined("测算还没有完成。", "The run is not over yet.")
        name = f"{impact.service_id}-impact"
        if by == "cells":
            head, rows = tables.cell_head(language), tables.cell_rows(impact, language)
            return table_file(file_type, name, self._clock(), head, rows)
        changes = [cell_change(change) for change in run.changes]
        rows = tables.case_rows(_written(run), changes, language)
        return table_file(file_type, name, self._clock(), tables.case_head(language), rows)

    def close(self) -> None:
        """Stop every run."""
        with self._lock:
            runs = list(self._runs.values())
        for run in runs:
            run.stop.set()
        for thread in self._threads:
            thread.join()

    # Inside

    def _of(self, person: str, run_id: str) -> _Run:
        with self._lock:
            run = self._runs.get(run_id)
        if run is None or run.person != person:
            raise NotFound("impact", run_id)
        return run

    def _keep(self, run: _Run) -> None:
        """Keep a run; the person's run before, old ones and the oldest of many go, with their files."""
        with self._lock:
            limit = self._seconds() - _SECONDS
            gone = [
                one for one in self._runs.values() if one.person == run.person or (one.state.over and one.began < limit)
            ]
            left = [one for one in self._runs.values() if one not in gone]
            gone += left[: max(0, len(left) - _KEPT + 1)]
            for one in gone:
                one.stop.set()
                del self._runs[one.id]
            self._runs[run.id] = run

    def _work(self, run: _Run, setup: Setup, asked: ImpactQuestion) -> None:
        with self._turn:
            try:
                self._count(run, setup, asked)
            except (HallError, StorageError) as error:
                declined = error if isinstance(error, HallError) else StorageFailed.because(error)
                self._failed(run, declined.message("zh"), declined.message("en"))
            except HelperGone:
                self._failed(
                    run,
                    "测算进程中途结束了（可能内存不足）。请缩短日期范围再试。",
                    "A process that measures ended, perhaps for want of memory. Try again with fewer days.",
                )
            except Exception:
                LOG.exception("The impact of %s could not be measured.", run.state.file)
                self._failed(
                    run, "程序出错，测算没有完成。请联系管理员。", "The program failed. Tell an administrator."
                )

    def _failed(self, run: _Run, zh: str, en: str) -> None:
        run.state = replace(run.state, failed=(zh, en), waiting=False)

    def _count(self, run: _Run, setup: Setup, asked: ImpactQuestion) -> None:
        tally, done = Tally(), 0
        run.state = replace(run.state, waiting=False)
        cases = self._cases(setup, asked, run.stop)
        with closing(compared(setup, cases, run.state.total)) as batches:
            for batch in batches:
                if run.stop.is_set():
                    break
                tally.add(batch)
                with run.reading:
                    pickle.dump(batch, run.rows, protocol=pickle.HIGHEST_PROTOCOL)
                    run.batches += 1
                done += len(batch)
                run.state = replace(run.state, done=done, total=max(run.state.total, done))
        service = setup.live
        impact = tally.result(
            run.changes,
            asked,
            service_id=service.settings.id,
            title=service.settings.title.get(run.language),
            live=service.version,
            file=run.state.file,
            complete=not run.stop.is_set(),
        )
        run.state = replace(run.state, result=impact, total=run.state.total if run.stop.is_set() else done)

    def _cases(self, setup: Setup, asked: ImpactQuestion, stop: threading.Event) -> Iterator[Sent]:
        """The cases as their evaluation reads them, a portion in memory at a time."""
        for stored in self._store.iter_cases(_which(setup.live, asked)):
            if stop.is_set():
                return
            yield self._sent(setup, stored)

    def _sent(self, setup: Setup, stored: StoredCase) -> Sent:
        case = of_stored(stored)
        applicant = self._desk.applicant(case)
        last = tuple(self._last(service, case) if service.last else {} for service in (setup.live, setup.draft))
        bills = case.shown.get("bills", {})
        return Sent(
            id=case.id,
            number=case.number,
            title=self._desk.masks_over(stored).text(case.title),
            state=str(case.state),
            applicant=applicant,
            at=case.submitted_at,
            answers=case.answers,
            chosen=case.chosen,
            last=(last[0], last[1]),
            earlier=case.version != setup.live.sha256,
            bills={key: _amount(bill.get("total")) for key, bill in bills.items() if not bill.get("unit")},
            findings=frozenset((str(one["path"]), str(one["id"])) for one in case.shown.get("findings", ())),
        )

    def _last(self, service: Service, case: Case) -> dict[str, Any]:
        """The answers of the applicant's case before; nothing of a version that cannot be read any more."""
        before = self._desk.last(service, self._desk.applicant(case), case.id)
        return self._desk.own_answers(service, before) if before and answered(before.answers) else {}


def _which(service: Service, asked: ImpactQuestion) -> CaseFilter:
    return CaseFilter(
        service_id=service.settings.id,
        states=asked.states,
        sent_since=_midnight(asked.since),
        sent_until=_midnight(asked.until + _DAY) if asked.until and asked.until < date.max else None,
    )


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, clock_time(), CAMPUS_ZONE) if day else None


def _amount(total: object) -> Decimal | None:
    return None if total is None else Decimal(str(total))


def _written(run: _Run) -> Iterator[Compared]:
    """The cases of a run, read back from its file a batch at a time; several may read at once."""
    at = 0
    for _ in range(run.batches):
        with run.reading:
            run.rows.seek(at)
            batch: list[Compared] = pickle.load(run.rows)  # noqa: S301  (written by this very process)
            at = run.rows.tell()
        yield from batch
