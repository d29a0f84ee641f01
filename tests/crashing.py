"""Processes that write to a store and are killed."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import store_writer


class Writer:
    """Another process that writes (forked, so that it need not import everything again); what it printed."""

    def __init__(self, address: str | Path, name: str, count: int = 0, shared: str = "") -> None:
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                sys.stdout = os.fdopen(writing, "w")
                store_writer.main(str(address), name, count, shared)
                sys.stdout.flush()
                code = 0
            finally:
                os._exit(code)
        os.close(writing)
        self.output = os.fdopen(reading)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def rest(self) -> list[list[str]]:
        """The words of every line that was not read yet, up to its end."""
        with self.output:
            return [line.split() for line in self.output if line.endswith("\n")]

    def code(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
