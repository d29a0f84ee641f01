"""Stores: durable case commands against bare SQLite commits of the same bytes; growth from 1,000 to 150,000 cases.

    .venv/bin/python benchmarks/stores.py [CASES]

A command is a submission as the desk sends it: two events, the case with its snapshot, a task, a decision, a number, the
answer. The peer writes the same bytes into one table of a bare SQLite file (WAL, synchronous FULL), a commit each. Both
are measured in turn, on the disk of `--folder` (the temporary folder). Then a store is filled; at every size a submission,
the inbox of somebody with ten open tasks, a page of all cases and searches are timed.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Table

from banshi.platform.cases.case import Case
from banshi.platform.routes.state import RouteOutcome
from banshi.storage import new_id
from banshi.storage.address import open_at
from banshi.storage.bare import lowered
from banshi.storage.contract import (
    CaseFilter,
    Change,
    Command,
    DecisionFilter,
    Draw,
    NewEvent,
    NumberRequest,
    Store,
    StoredDecision,
    StoredTask,
    TaskFilter,
)
from banshi.storage.payload import pack
from banshi.storage.schema import cases, commands, decisions, events, tasks
from banshi.storage.sql_rows import columns

AT = datetime(2026, 9, 1, tzinfo=UTC)
SIZES = (1_000, 10_000, 50_000, 150_000)
TIMES = 300
ANSWERS = {
    **{f"字段{i}": f"第{i}项填报内容" for i in range(16)},
    "用量": Decimal("95.00"),
    "明细": [{"品名": "乙醇", "数量": Decimal("2.50"), "单位": "L"} for _ in range(4)],
}
RECORD = {
    "inputs": {"用量": Decimal("95.00"), "定额": 40},
    "outputs": {"费用": Decimal("38.39")},
    "fired": ["收费!C7"],
    "explanation": ["超定额 55 kWh × 0.698（收费!C7）= 38.39"] * 3,
}


def submission(i: int, approver: str = "") -> Command:
    """The i-th case."""
    case_id, at = new_id(), AT + timedelta(minutes=i)
    applicant, approver = f"2023{i % 20_000:05}", approver or f"T{i % 300:03}"

    def change(draw: Draw) -> Change:
        number = draw(NumberRequest(series="dorm", period="2026", format=lambda n: f"DF2026{n:06}"))
        told = {"number": number, "service_id": f"service-{i % 20}", "version": "a" * 64, "applicant": applicant}
        state = RouteOutcome.OPEN if i % 20 == 0 else RouteOutcome.APPROVED
        sent = {**told, "title": f"西区{i % 30}栋{i % 700} 电费", "answers": ANSWERS, "state": str(state)}
        events = (
            NewEvent(kind="submitted", at=at, actor=applicant, payload=sent),
            NewEvent(kind="entered", at=at, actor="", payload={"step": "20"}),
        )
        case = Case(id=case_id, submitted_at=at, changed_at=at).after(events).stored()
        waits = state is RouteOutcome.OPEN or approver == "inbox"
        task = StoredTask(
            id=new_id(), case_id=case_id, step_id="20", step_name="学院负责人", round=1, person=approver,
            state="open" if waits else "done", since=at, done_at=None if waits else at,
        )  # fmt: skip
        decision = StoredDecision(
            id=new_id(), at=at, case_id=case_id, number=number, service_id=case.service_id, version="a" * 64,
            kind="tariff", name="电费", scope="", outcome="ok", engine="", record=RECORD, person=applicant,
            words="学生宿舍用电",
        )  # fmt: skip
        return Change(events=events, case=case, tasks=(task,), decisions=(decision,), answer={"number": number})

    return Command(id=new_id(), actor=applicant, at=at, change=change, case_id=case_id, expected_seq=0)


def bytes_of(i: int) -> bytes:
    """What a submission keeps: events, snapshot, decision."""
    change = submission(i).change
    made = change(lambda wanted: wanted.format(i)) if callable(change) else change
    assert made.case is not None
    kept = [*(event.payload for event in made.events), made.case.snapshot, made.decisions[0].record, made.answer]
    return "".join(pack(value) for value in kept).encode()


def against_bare_commits(folder: Path, times: int = 1_000) -> None:
    """A command of the store and a bare commit of the same bytes in turn; each by itself, on files of their own."""
    bare = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        bare.execute(f"PRAGMA {pragma}")
    bare.execute("CREATE TABLE t (id TEXT PRIMARY KEY, data BLOB)")
    ours: list[float] = []
    theirs: list[float] = []
    with closing(open_at(str(folder / "commands.sqlite"))) as store:
        for i in range(times):
            command, blob = submission(i), bytes_of(i)
            begin = time.perf_counter()
            store.commit(command)
            between = time.perf_counter()
            bare.execute("BEGIN IMMEDIATE")
            bare.execute("INSERT INTO t VALUES (?, ?)", (new_id(), blob))
            bare.execute("COMMIT")
            ours.append(between - begin)
            theirs.append(time.perf_counter() - between)
    bare.close()
    print(f"a command keeps {len(bytes_of(1)):,} bytes; {times} commands and bare commits in turn")
    for name, of in (("the fastest tenth", 0.1), ("the median", 0.5)):
        mine, peer = (sorted(seen)[int(len(seen) * of)] for seen in (ours, theirs))
        print(f"{name}: a bare commit {1000 * peer:.2f} ms, a command {1000 * mine:.2f} ms: {peer / mine:.2f} as many")


def grow(address: str, sizes: tuple[int, ...]) -> None:
    """Fill a store; at every size what it takes."""
    heads = ("cases", "submission", "inbox", "all cases", "search: number", "search: words", "log: words")
    print(" | ".join(heads))
    count, first = 0, 0.0
    with closing(open_at(address)) as store:
        for size in sizes:
            _fill(store, count, size)
            count = size + TIMES
            taken = _timed(lambda n=size: store.commit(submission(n)), TIMES)
            first = first or taken
            asked: list[Callable[[], object]] = [
                lambda: store.tasks(TaskFilter(person="inbox", state="open")),
                lambda: store.cases(CaseFilter()),
                lambda n=size: store.cases(CaseFilter(query=f"DF2026{n // 2:06}")),
                lambda: store.cases(CaseFilter(query="17栋 不存在")),
                lambda: store.decisions(DecisionFilter(query="2023000 电费")),
            ]
            times = [_timed(work, 11) for work in asked]
            told = " | ".join(f"{1000 * each:.1f} ms" for each in times)
            print(f"{size:,} | {1000 * taken:.2f} ms, {taken / first:.2f} times | {told}", flush=True)


def _fill(store: Store, start: int, end: int) -> None:
    """Put cases into a store a thousand at a time, as the rows that submissions leave."""
    if start == 0:
        for i in range(10):
            store.commit(submission(i, "inbox"))
        start = 10
    for first in range(start, end, 1_000):
        rows: dict[str, list[tuple[object, ...]]] = {}
        for i in range(first, min(first + 1_000, end)):
            for table, row in _rows_of(submission(i), i + 1):
                rows.setdefault(table.name, []).append(tuple(row.values()))
        for name, new in rows.items():
            store.write_rows(name, new)
    row = ("dorm", "2026", end)
    store.write_rows("counters", (), [row])


def _rows_of(command: Command, number: int) -> Iterator[tuple[Table, dict[str, object]]]:
    assert callable(command.change)
    change = command.change(lambda wanted: wanted.format(number))
    assert change.case is not None
    for seq, event in enumerate(change.events, 1):
        told = {"kind": event.kind, "at": event.at, "actor": event.actor, "payload": event.payload}
        yield events, lowered(events, {"case_id": command.case_id, "seq": seq, **told})
    yield cases, lowered(cases, columns(replace(change.case, seq=2)))
    yield tasks, lowered(tasks, columns(change.tasks[0]))
    yield decisions, lowered(decisions, columns(change.decisions[0]))
    kept = {
        "id": command.id,
        "actor": command.actor,
        "case_id": command.case_id,
        "seq": 2,
        "number": change.case.number,
    }
    yield commands, lowered(commands, {**kept, "answer": change.answer, "at": command.at})


def _timed(work: Callable[[], object], times: int) -> float:
    """Seconds that `work` takes: a time that a tenth of the runs keep to, as others use the machine."""
    seen = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        seen.append(time.perf_counter() - begin)
    return sorted(seen)[times // 10]


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="?", type=int, default=SIZES[-1])
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--database", default="")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        against_bare_commits(Path(folder))
        sizes = tuple(size for size in SIZES if size <= arguments.cases) or (arguments.cases,)
        grow(arguments.database or f"{folder}/grown.sqlite", sizes)


if __name__ == "__main__":
    main()
