"""A store in a TinyDB: in memory, for what is thrown away, or in a single file, for the pilot of one office."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from banshi.storage.bare import HEALTH
from banshi.storage.contract import StorageError, StorageUnavailable
from banshi.storage.older import brought_up
from banshi.storage.schema import cases, events, sources
from banshi.storage.sql import newest
from banshi.storage.tiny_accounts import TinyAccounts
from banshi.storage.tiny_cases import MOST_CASES, TinyCases, TinyFigures
from banshi.storage.tiny_chain import TinyChain, begin
from banshi.storage.tiny_copying import TinyCopying, fill, older_rows
from banshi.storage.tiny_issued import TinyIssued
from banshi.storage.tiny_jobs import TinyJobs
from banshi.storage.tiny_log import TinyDrafts, TinyLog
from banshi.storage.tiny_outbox import TinyOutbox
from banshi.storage.tiny_papers import TinyPapers
from banshi.storage.tiny_passages import TinyPassages
from banshi.storage.tiny_passes import TinyPasses
from banshi.storage.tiny_people import TinySessions, TinyStandIns
from banshi.storage.tiny_privacy import TinyPrivacy
from banshi.storage.tiny_registers import TinyRegisters
from banshi.storage.tiny_rows import TinyDatabase
from banshi.storage.tiny_timers import TinyTimers
from banshi.storage.tiny_versions import TinyPlans, TinyVersions


class TinyStore(
    TinyCases,
    TinyPrivacy,
    TinyFigures,
    TinyTimers,
    TinyOutbox,
    TinyAccounts,
    TinyPapers,
    TinyRegisters,
    TinyPasses,
    TinyPassages,
    TinyLog,
    TinyChain,
    TinyDrafts,
    TinyIssued,
    TinyVersions,
    TinyPlans,
    TinySessions,
    TinyStandIns,
    TinyJobs,
    TinyCopying,
):
    """The store of `contract.Store` in a TinyDB; without a path nothing outlives it."""

    def __init__(self, path: Path | None = None) -> None:
        """Open it, bringing what an older release wrote up to date.

        Raises:
            StorageUnavailable: another process has the file, it is damaged, no store, or from a newer release.
            StorageFull: it could not be brought up to date; nothing was changed.
        """
        super().__init__(TinyDatabase(path))
        try:
            self._bring_up()
        except BaseException:
            self.close()
            raise

    def health(self) -> dict[str, Any]:
        """`ok` and facts about the store, read and written to once; never raises."""
        facts: dict[str, Any] = {"ok": False, "store": "tinydb"}
        try:
            self._base.run_transaction(lambda: self._base.put(sources, {"path": HEALTH, "sha256": ""}))
            with self._base.reading():
                facts["schema"] = self._base.revision
                facts["cases"], facts["events"] = self._base.count(cases), self._base.count(events)
            facts["bytes"] = self._base.file.size()
            facts |= {"most_cases": MOST_CASES} if self._base.file.path else {}
            facts["ok"] = True
        except StorageError as error:
            facts["error"] = str(error)
        return facts

    def close(self) -> None:
        """Let the file go."""
        self._base.file.close()

    def _begin(self) -> None:
        self._base.clear(newest())
        begin(self._base, datetime.now(UTC))

    def _bring_up(self) -> None:
        base = self._base
        with base.reading():
            revision, rows = base.revision, base.everything()
        if revision == "" and rows:
            raise StorageUnavailable(base.file.name, "it is no store of Banshi")
        if revision == "":
            base.run_transaction(self._begin)
        elif revision != newest():
            with brought_up(base.file.name, revision, older_rows(rows)) as store, store.snapshot() as snapshot:
                base.run_transaction(lambda: fill(base, snapshot))
