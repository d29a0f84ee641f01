"""One worker process, seen from outside: started, asked with a time limit, killed."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from banshi.rules.policies.program import Program
from banshi.rules.policies.split import rulesets

START_LIMIT = 15.0
"""Seconds to start Python, import the library and build the rulesets."""


class WorkerFailed(Exception):
    """The process died, was silent for too long, or said that it failed."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class WrongAnswer(WorkerFailed):
    """The process answered something else than what follows from the rules."""

    def __init__(self) -> None:
        super().__init__("its answer was wrong")


class Worker:
    """A process that holds one program. Not for two threads at once; after `WorkerFailed` it is dead."""

    def __init__(self, program: Program) -> None:
        # By path, not `-m`: the module imports nothing of ours, so a process starts in a tenth of a second. -P keeps
        # its folder off the path. A new interpreter never imports `run.py`, as multiprocessing would.
        script = str(Path(__file__).with_name("worker.py"))
        try:
            self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and our own file)
                [sys.executable, "-P", script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
        except (OSError, ValueError) as error:
            raise WorkerFailed(f"the process did not start: {error}") from error
        self.asked = 0
        strata = [
            [[(rule.gives, rule.needs) for rule in part] for part in rulesets(stratum)] for stratum in program.strata
        ]
        self._talk({"strata": strata}, START_LIMIT)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def ask(self, stratum: int, facts: Iterable[str], limit: float) -> frozenset[str]:
        """Everything that is true after a stratum, within `limit` seconds.

        Raises:
            WorkerFailed: there is no answer; the process has been killed.
        """
        self.asked += 1
        answer = self._talk({"n": self.asked, "stratum": stratum, "facts": sorted(facts)}, limit)
        if answer.get("n") != self.asked:
            raise self._failed("the answer belongs to another question")
        return frozenset(answer["facts"])

    def kill(self) -> None:
        """End the process at once, whatever it is doing."""
        with contextlib.suppress(OSError):
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()

    def _failed(self, why: str) -> WorkerFailed:
        self.kill()
        return WorkerFailed(why)

    def _talk(self, message: dict[str, Any], limit: float) -> dict[str, Any]:
        deadline = time.monotonic() + limit
        try:
            self._write(json.dumps(message).encode() + b"\n", deadline)
            line = self._read(deadline)
            answer: dict[str, Any] = json.loads(line)
        except (OSError, ValueError) as error:
            raise self._failed(f"the process is gone ({error})") from error
        if "error" in answer:
            raise self._failed(str(answer["error"]))
        return answer

    def _write(self, data: bytes, deadline: float) -> None:
        assert self._process.stdin is not None
        pipe = self._process.stdin.fileno()
        os.set_blocking(pipe, False)
        while data:
            self._wait(pipe, select.POLLOUT, deadline)
            data = data[os.write(pipe, data) :]

    def _read(self, deadline: float) -> bytes:
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        line = b""
        while not line.endswith(b"\n"):
            self._wait(pipe, select.POLLIN, deadline)
            piece = os.read(pipe, 1 << 16)
            if not piece:
                raise self._failed(f"the process ended with {self._process.wait()}")
            line += piece
        return line

    def _wait(self, pipe: int, happening: int, deadline: float) -> None:
        # poll, not select: a hall with many open sockets has file numbers beyond what select can hold.
        waiting = select.poll()
        waiting.register(pipe, happening)
        if not waiting.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise self._failed("there was no answer in time")
