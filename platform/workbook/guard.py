"""Reading a file from the web: in a child process with limits of memory and time, so that no file can hurt the hall.

Who checks a workbook tries it next, compares it, publishes it: what a child has read is kept for a while.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from threading import Lock

from cachetools import LRUCache, cached

from banshi.platform.workbook import faults, transport
from banshi.platform.workbook.safety import Refused, check_kind
from banshi.platform.workbook.workbook import Workbook
from banshi.rules.diagnostics import NOWHERE, Diagnostic

_MODULE = "banshi.platform.workbook.child"
_KEPT = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT", "LANG", "TMPDIR")
_READ: LRUCache[tuple[object, ...], bytes] = LRUCache(maxsize=32 << 20, getsizeof=len)  # bytes


class _Stopped(Exception):
    """A child failed, or was stopped at a limit. It is asked anew the next time: the machine may only have been busy."""


def read_workbook_guarded(
    data: bytes, file: str, *, comments: bool = False, seconds: int = 10, megabytes: int = 512
) -> tuple[Workbook | None, list[Diagnostic]]:
    """As `read_workbook`, in a child process; a child that is stopped gives one plain fault."""
    try:
        check_kind(data, file)
    except Refused as refusal:
        return None, [refusal.diagnostic]
    try:
        return transport.unpack(_rows("rows" if comments else "read", data, file, seconds, megabytes))
    except (_Stopped, LookupError, TypeError, ValueError):
        return None, [faults.READING_STOPPED.at(NOWHERE, file=file, seconds=seconds, megabytes=megabytes)]


def _key(task: str, data: bytes, *more: object) -> tuple[object, ...]:
    return task, hashlib.sha256(data).digest(), *more


@cached(_READ, key=_key, lock=Lock())
def _rows(task: str, data: bytes, file: str, seconds: int, megabytes: int) -> bytes:
    made = run_child(task, data, file, seconds=seconds, megabytes=megabytes)
    if made is None:
        raise _Stopped
    transport.unpack(made)  # what makes no sense is not kept
    return made


def run_child(task: str, data: bytes, *facts: str, seconds: int, megabytes: int) -> bytes | None:
    """What the child makes of some bytes; None when it failed or was stopped at a limit.

    The working directory is not searched for modules (`-P`), and the child sees none of the hall's settings. The clock
    on the wall gets more time than the processor: a busy machine must not refuse a good file.
    """
    command = [sys.executable, "-P", "-m", _MODULE, task, str(seconds), str(megabytes), *facts]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | {"PYTHONUTF8": "1"}
    try:
        done = subprocess.run(  # noqa: S603  our own module under our own interpreter; the file goes in as bytes
            command, input=data, capture_output=True, timeout=3 * seconds, env=environment, check=False
        )
    except (subprocess.TimeoutExpired, OSError, ValueError):
        return None
    return done.stdout if done.returncode == 0 else None
