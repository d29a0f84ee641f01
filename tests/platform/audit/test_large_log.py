"""A large log: exporting and verifying it holds a few portions in memory, not the log.

The figures are bounds on memory (tracemalloc), with some ten times as much data on the disk.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from banshi.platform.audit.ledger import Ledger
from banshi.platform.audit.verify import verify
from banshi.storage.contract import Change, Command, NewEvent
from banshi.storage.sql import SqlStore

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
CASES, EVENTS, LENGTH = 10, 1_000, 1_800
MB = 1024 * 1024


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    found = SqlStore(tmp_path / "banshi.sqlite")
    for case in range(CASES):
        payloads = ({"number": f"JY{case}", "意见": f"{case}-{number} " * (LENGTH // 8)} for number in range(EVENTS))
        events = [NewEvent(kind="commented", at=AT, actor="20001", payload=payload) for payload in payloads]
        found.commit(Command(id=f"c{case}", actor="20001", at=AT, case_id=f"C{case}", change=Change(events=events)))
    yield found
    found.close()


@pytest.mark.soak
def test_a_large_log_is_exported_and_verified_with_little_memory(store: SqlStore, tmp_path: Path) -> None:
    total = CASES * EVENTS + 2
    ledger = Ledger(store, tmp_path / "key.pem", lambda: AT)
    checkpoint = ledger.save(tmp_path / "auditor")  # also loads what is loaded once
    told: list[tuple[int, int]] = []
    tracemalloc.start()
    try:
        with (tmp_path / "log.zip").open("wb") as file:
            for piece in ledger.export("auditor", workbooks=False, progress=lambda *done: told.append(done)):
                file.write(piece)
        exported = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        verdict = verify(tmp_path / "log.zip", checkpoint=checkpoint)
        verified = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (verdict.findings, verdict.entries, verdict.cases) == ((), total, CASES)
    assert told[-1] == (total, total)
    assert (tmp_path / "banshi.sqlite").stat().st_size > 18 * MB
    assert exported < 10 * MB
    assert verified < 4 * MB
