"""The whole log: exported and verified, against a bare copy of the same lines.

    .venv/bin/python benchmarks/log.py [ENTRIES]

A store (SQLite) is filled with cases of twenty entries each (the submission of `stores.py`, whose case goes on for
seventeen more events), as commands of the store. Then the log is exported and the export is verified, by the classes
behind `banshi log export` and `banshi log verify`, each in a process of its own. The peers: the same lines written by
`zipfile` alone, and read out of the export by `zipfile`, `json.loads` and a SHA-256 of each line.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import resource
import tempfile
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from stores import AT, submission

from banshi.platform.audit.ledger import ENTRIES, Ledger
from banshi.platform.audit.verify import verify
from banshi.storage.address import open_at
from banshi.storage.contract import Change, Command, Draw, NewEvent

PER_CASE = 20
FRESH = multiprocessing.get_context("spawn")


def long_case(i: int) -> Command:
    """A submission whose case goes on: twenty entries of the log with its decision."""
    command = submission(i)

    def change(draw: Draw) -> Change:
        assert callable(command.change)
        made = command.change(draw)
        more = tuple(
            NewEvent(
                kind="entered", at=command.at + timedelta(hours=n), actor=f"T{n:03}", payload={"step": str(30 + n)}
            )
            for n in range(PER_CASE - 3)
        )
        return replace(made, events=(*made.events, *more))

    return replace(command, change=change)


def fill(folder: Path, entries: int) -> None:
    """Commit cases until the log has so many entries."""
    with closing(open_at(str(folder / "log.sqlite"))) as store:
        for i in range(entries // PER_CASE):
            store.commit(long_case(i))


def export(folder: Path) -> int:
    """Write the export; its entries."""
    with closing(open_at(str(folder / "log.sqlite"))) as store, (folder / "log.zip").open("wb") as out:
        ledger = Ledger(store, folder / "key.pem", lambda: AT)
        for piece in ledger.export("benchmark", workbooks=False, progress=lambda *_: None):
            out.write(piece)
        return store.count_entries()


def check(folder: Path) -> int:
    """Verify the export; it has to be fine."""
    verdict = verify(folder / "log.zip")
    assert verdict.fine, verdict.findings
    return 0


def copy(folder: Path) -> int:
    """The peer of the export: the same lines, written by `zipfile`."""
    with (
        zipfile.ZipFile(folder / "log.zip") as made,
        zipfile.ZipFile(folder / "copy.zip", "w", zipfile.ZIP_DEFLATED) as out,
        made.open(ENTRIES) as lines,
        out.open(ENTRIES, "w", force_zip64=True) as target,
    ):
        for line in lines:
            target.write(line)
    return (folder / "log.zip").stat().st_size


def read(folder: Path) -> int:
    """The peer of the verifier: each line read and hashed."""
    count = 0
    with zipfile.ZipFile(folder / "log.zip") as made, made.open(ENTRIES) as lines:
        for line in lines:
            json.loads(line)
            hashlib.sha256(line).digest()
            count += 1
    return count


def measured(work: Callable[[Path], int], folder: Path, told: Any) -> None:
    """What a process of its own says of a work: its answer, seconds, seconds of CPU, peak memory in MB."""
    begin = time.perf_counter()
    answer = work(folder)
    used = resource.getrusage(resource.RUSAGE_SELF)
    told.put((answer, time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024))


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("entries", nargs="?", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begin = time.perf_counter()
        fill(folder, arguments.entries)
        print(f"{arguments.entries:,} entries committed in {time.perf_counter() - begin:,.0f} s", flush=True)
        for work in (export, copy, check, read):
            told = FRESH.Queue()
            process = FRESH.Process(target=measured, args=(work, folder, told))
            process.start()
            answer, seconds, cpu, memory = told.get()
            process.join()
            print(f"{work.__name__}: {seconds:.1f} s, CPU {cpu:.1f} s, {memory} MB ({answer:,})", flush=True)


if __name__ == "__main__":
    main()
