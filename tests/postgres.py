"""A PostgreSQL for tests: a cluster of its own in a temporary folder, stopped at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

USER = "banshi"


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of a fresh server, which listens on a socket in its folder only."""
    with server() as (url, _):
        yield url


@contextmanager
def server() -> Iterator[tuple[str, Callable[[str], None]]]:
    """The URL of a fresh server, and what restarts it in a mode of `pg_ctl`: `fast`, or `immediate`, as after a crash."""
    pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed")
    if _program("initdb") is None or _program("pg_ctl") is None:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    data = folder / "data"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    try:
        _as_user("initdb", "-D", data, "-U", USER, "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"

        def restart(mode: str) -> None:
            _as_user("pg_ctl", "-D", data, "-w", "-m", mode, "-o", options, "-l", folder / "log", "restart")

        _as_user("pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start")
        try:
            yield f"postgresql+psycopg://{USER}@/postgres?host={folder}", restart
        finally:
            _as_user("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str | None:
    """Where a program of PostgreSQL is; Debian keeps them beside the path, a folder for each version."""
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(beside[-1]) if beside else None)


def _as_user(*command: str | Path) -> None:
    """Run a program of PostgreSQL, which refuses to be run by root."""
    program, *arguments = command
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, str(_program(str(program))), *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)
