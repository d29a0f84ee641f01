"""Reading a file from the web: in a child process with limits of memory and time, so that no file can hurt the hall."""

from __future__ import annotations

import os
import subprocess
import sys

from banshi.platform.workbook import faults, transport
from banshi.platform.workbook.safety import Refused, check_kind
from banshi.platform.workbook.workbook import Workbook
from banshi.rules.diagnostics import NOWHERE, Diagnostic

_MODULE = "banshi.platform.workbook.child"


def read_workbook_guarded(
    data: bytes, file: str, *, seconds: int = 10, megabytes: int = 512
) -> tuple[Workbook | None, list[Diagnostic]]:
    """As `read_workbook`, in a child process; a child that is stopped gives one plain fault."""
    try:
        check_kind(data, file)
    except Refused as refusal:
        return None, [refusal.diagnostic]
    # -P: the working directory is not searched for modules. The child sees none of the hall's settings.
    command = [sys.executable, "-P", "-m", _MODULE, str(seconds), str(megabytes), file]
    kept = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT", "LANG")
    environment = {name: os.environ[name] for name in kept if name in os.environ} | {"PYTHONUTF8": "1"}
    stopped = faults.READING_STOPPED.at(NOWHERE, file=file, seconds=seconds, megabytes=megabytes)
    try:
        # The clock on the wall is given more than the processor's: a busy machine must not refuse a good file.
        done = subprocess.run(  # noqa: S603  our own module under our own interpreter; the file goes in as bytes
            command, input=data, capture_output=True, timeout=3 * seconds, env=environment, check=False
        )
        if done.returncode == 0:
            return transport.unpack(done.stdout)
    except (subprocess.TimeoutExpired, OSError, LookupError, TypeError, ValueError):
        return None, [stopped]
    return None, [stopped]
