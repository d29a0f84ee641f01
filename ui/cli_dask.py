"""Bills on a Dask cluster, partition by partition. A partition that an earlier run has billed is not billed again.

The answer to a partition is kept beside the output, in a file that is named by the hash of everything that it depends on:
the rows, the workbook, the tariff, the options and the day. It is written whole or not at all, so a run that was stopped,
or lost a worker, goes on where it was.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from banshi.rules.values import dumps, loads
from banshi.ui.cli_bill import PARTITION, Cells, Job, Partition, Sum, bill_rows
from banshi.ui.cli_tables import Row, Source
from banshi.ui.cli_talk import WrongCall, unreadable

_FORMAT = 1
_RETRIES = 3
_WAIT = "10s"


def billed_there(job: Job, source: Source, target: Path, address: str, done: Sum) -> Iterator[Partition]:
    """Bill the partitions of a table on the cluster at an address; they come back in order."""
    client = _client(address)
    kept = target.with_name(f"{target.name}.parts")
    try:
        kept.mkdir(exist_ok=True)
        yield from _in_order(job, source, kept, client, done)
    except OSError as error:
        raise unreadable(kept, error) from None
    finally:
        client.close()


def _in_order(job: Job, source: Source, kept: Path, client: Any, done: Sum) -> Iterator[Partition]:
    # A few partitions a worker are on their way at once: enough to keep it busy, few enough to keep the memory flat.
    most = max(4, 2 * len(client.scheduler_info()["workers"]))
    sent = client.scatter(job, broadcast=True)
    waiting: deque[tuple[list[Row], Path, Any]] = deque()
    for rows in chain(source.chunks(PARTITION), [None] * most):
        if rows is not None:
            path = kept / f"{batch_id(job, rows)}.json"
            future = None if path.exists() else client.submit(bill_rows, sent, rows, key=path.stem, retries=_RETRIES)
            waiting.append((rows, path, future))
        if waiting and (rows is None or len(waiting) > most):
            first, path, future = waiting.popleft()
            yield first, _cells(job, first, path, future, client, done)


def _cells(job: Job, rows: list[Row], path: Path, future: Any, client: Any, done: Sum) -> list[Cells]:
    """What is added to a partition: kept by an earlier run, or just billed (then it is kept)."""
    if future is None:
        kept = _read(path)
        if kept is not None and len(kept) == len(rows):
            done.repeated += 1
            return kept
    cells = _result(job, rows, path.stem, future, client)
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text(dumps(cells), encoding="utf-8")
    partial.replace(path)
    return cells


def _result(job: Job, rows: list[Row], name: str, future: Any, client: Any) -> list[Cells]:
    """The answer of the cluster. A worker that dies takes answers, and its copy of the job, along: both are sent anew."""
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError

    for attempt in range(_RETRIES):
        if future is None:
            future = client.submit(bill_rows, job, rows, key=f"{name}-{attempt}", retries=_RETRIES)
        try:
            cells: list[Cells] = future.result()
        except (FutureCancelledError, KilledWorker):
            future = None
        else:
            return cells
    raise WrongCall(
        "集群的工作机接连退出，请检查后再运行，已算好的部分不会重算。",
        "The cluster's workers keep dying; look after them and run again, what is done is not repeated.",
    )


def _read(path: Path) -> list[Cells] | None:
    """The cells of a kept partition; None where the file cannot be read, so that it is billed again."""
    try:
        cells: list[Cells] = loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return cells if isinstance(cells, list) else None


def batch_id(job: Job, rows: list[Row]) -> str:
    """The name of a partition: the same only for the same rows under the same rules on the same day."""
    digest = hashlib.sha256()
    facts = (
        _FORMAT,
        job.service.sha256,
        job.fees,
        job.header,
        job.explain,
        job.typed,
        job.talk.language,
        job.now.date(),
        sorted(job.calendar.days.items()) if job.calendar else None,
    )
    digest.update(repr(facts).encode())
    for row in rows:
        digest.update(repr([_plain(cell) for cell in row]).encode())
    return digest.hexdigest()[:40]


def _plain(cell: object) -> object:
    return str(cell) if isinstance(cell, Decimal) else cell


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise WrongCall(
            "--dask 需要 dask 和 distributed：pip install 'banshi[bulk]'。",
            "--dask needs dask and distributed: pip install 'banshi[bulk]'.",
        ) from None
    try:
        return Client(address, timeout=_WAIT)  # type: ignore[no-untyped-call]  # distributed ships half of its types
    except (OSError, ValueError) as error:
        raise WrongCall(
            f"连不上 Dask 集群 {address}：{error}", f"No Dask cluster answers at {address}: {error}"
        ) from None
