"""Many cases compared by several processes: a few batches on their way at once, answers in order, memory flat.

Processes, not threads: evaluating is Python, and the screens of the hall must go on. Each is a new interpreter that imports no
`run.py`.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from queue import SimpleQueue

from banshi.platform.impact.comparing import Comparison, Setup
from banshi.platform.impact.model import Compared, Sent
from banshi.platform.impact.worker import receive, send

_MODULE = "banshi.platform.impact.worker"
_KEPT = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT", "LANG", "TMPDIR")
_BATCH = 100
ALONE = 200
"""Cases up to which no process is started: that takes as long as they do."""
_MOST = 8  # processes


class HelperGone(Exception):
    """A process ended before its work did: it was killed, or there was no memory left."""


def compared(setup: Setup, cases: Iterable[Sent], total: int) -> Generator[list[Compared], None, None]:
    """The comparisons of all cases in order, a batch at a time. Closing the iterator ends the processes at once.

    Raises HelperGone.
    """
    batches = _batches(cases)
    if total <= ALONE:
        comparison = Comparison(setup)
        yield from ([comparison.of(case) for case in batch] for batch in batches)
        return
    with contextlib.ExitStack() as stack:
        helpers = [stack.enter_context(_Helper(setup)) for _ in range(_processors())]
        yield from _in_order(helpers, batches)


def _in_order(helpers: list[_Helper], batches: Iterator[list[Sent]]) -> Iterator[list[Compared]]:
    idle: SimpleQueue[_Helper] = SimpleQueue()
    for helper in helpers:
        idle.put(helper)

    def ask(batch: list[Sent]) -> list[Compared]:
        helper = idle.get()
        try:
            return helper.compared(batch)
        finally:
            idle.put(helper)

    pool = ThreadPoolExecutor(len(helpers), thread_name_prefix="impact")
    waiting: deque[Future[list[Compared]]] = deque()
    most = 2 * len(helpers)
    try:
        for batch in chain(batches, [None] * most):
            if batch is not None:
                waiting.append(pool.submit(ask, batch))
            if waiting and (batch is None or len(waiting) > most):
                yield waiting.popleft().result()
    finally:
        for helper in helpers:
            helper.end()  # whoever waits for an answer is told that there is none
        pool.shutdown(cancel_futures=True)


def _batches(cases: Iterable[Sent]) -> Iterator[list[Sent]]:
    left = iter(cases)
    while batch := list(islice(left, _BATCH)):
        yield batch


def _processors() -> int:
    """How many processors this process may use."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(found, _MOST)


class _Helper:
    """One process that compares."""

    def __init__(self, setup: Setup) -> None:
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | {"PYTHONUTF8": "1"}
        self._process = subprocess.Popen(  # noqa: S603  our own module under our own interpreter
            [sys.executable, "-P", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self._setup: Setup | None = setup

    def __enter__(self) -> _Helper:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def compared(self, batch: list[Sent]) -> list[Compared]:
        """The comparisons of a batch; for one thread at a time."""
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answers is not None
        try:
            if self._setup is not None:
                send(asked, self._setup)
                self._setup = None
            send(asked, batch)
            found: list[Compared] = receive(answers)
        except (OSError, EOFError, ValueError) as error:
            raise HelperGone from error
        return found

    def end(self) -> None:
        """End the process, whatever it is doing."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
