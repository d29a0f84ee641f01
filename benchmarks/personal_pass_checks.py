"""Checks of personal passes over REST, with 30,000 residents on the roll and 300,000 kept passages, against a bare endpoint.

    .venv/bin/python benchmarks/personal_pass_checks.py [RESIDENTS [PASSAGES]]

As `pass_checks.py`: one process serves the app of a hall with the shipped dormitory pass, whose roll has so many residents, and a bare
Starlette endpoint that reads the body and answers a constant. The store (SQLite, WAL, synchronous FULL) is filled table by table. Then
single clients ask both in turn: a resident with her code of now, in or out; the same scan once more; an old code. Figures are of single requests.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import statistics
import tempfile
import time
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import openpyxl
from fastapi import FastAPI
from pass_checks import DEFINITIONS, GATE, TOKEN, Served, bare
from pydantic import SecretStr
from sqlalchemy import insert
from starlette.applications import Starlette
from starlette.routing import Route

from banshi.platform.documents.codes import new_holder, period_of, turning_code
from banshi.platform.hall import Hall
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.passages import StoredHolder, StoredPassage
from banshi.storage.schema import pass_holders, passages
from banshi.storage.sql import SqlStore
from banshi.ui.rest import api
from banshi.ui.screens import errors
from banshi.ui.screens.frame import Site
from banshi.ui.settings import Settings

SERVICE, NAME = "dormitory-pass", "住宿"
TIMES = 400
PORTION = 10_000


def main() -> None:
    """Fill a store, serve it, ask."""
    parser = argparse.ArgumentParser()
    parser.add_argument("residents", nargs="?", type=int, default=30_000)
    parser.add_argument("passages", nargs="?", type=int, default=300_000)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        measure(folder, asked.residents, asked.passages)
    finally:
        shutil.rmtree(folder)


def measure(folder: Path, residents: int, kept: int) -> None:
    """One run."""
    for name in ("organisation", "calendar", SERVICE):
        shutil.copytree(DEFINITIONS / name, folder / "definitions" / name)
    enrol(folder / "definitions" / SERVICE / f"{SERVICE}.xlsx", residents)
    hall = Hall(
        store=SqlStore(folder / "banshi.sqlite"),
        attachments=AttachmentFolder(folder / "attachments"),
        definitions=folder / "definitions",
        engine=FixpointEngine(),
        log_key=folder / "log-key.pem",
    )
    started = time.perf_counter()
    hall.scan()
    print(f"a roll of {residents:,} residents was read in {time.perf_counter() - started:.0f} s")
    holders = fill(hall, residents, kept)
    settings = Settings(data=folder, gates={GATE: SecretStr(TOKEN)})
    with_hall = FastAPI()
    with_hall.include_router(api.router(Site(hall, settings)))
    errors.install(with_hall)
    with (
        httpx.Client() as client,
        Served(with_hall) as checks,
        Served(Starlette(routes=[Route("/", bare, methods=["POST"])])) as peer,
    ):
        ask(client, checks.url, peer.url, holders[:: max(len(holders) // TIMES, 1)][:TIMES])
    hall.close()


def number(n: int) -> str:
    """The campus number of a resident."""
    return str(2_025_000_000 + n)


def enrol(book: Path, residents: int) -> None:
    """Put residents on the roll, staff among them by nobody, so that the table of hours lets them in at any time."""
    opened = openpyxl.load_workbook(book)
    for n in range(residents):
        opened["数据-住宿名册"].append((number(n), "海棠1栋", str(100 + n % 600), "教职工", None, None))
    opened.save(book)


def fill(hall: Hall, residents: int, kept: int) -> list[StoredHolder]:
    """Holders, and passages in and out in turn over ninety days; every holder is outside at the end."""
    now, store = datetime.now(CAMPUS_ZONE), hall._store  # noqa: SLF001
    holders = [
        StoredHolder(
            id=new_holder(), service_id=SERVICE, name=NAME, person=number(n), secret=secrets.token_hex(32), made_at=now
        )
        for n in range(residents)
    ]
    database = store._database  # type: ignore[attr-defined]  # noqa: SLF001  (filled faster than by its verbs)
    for at in range(0, residents, PORTION):
        rows = [asdict(one) for one in holders[at : at + PORTION]]
        database.run_transaction(lambda connection, rows=rows: connection.execute(insert(pass_holders), rows))
    step = timedelta(days=90) / max(kept, 1)
    for at in range(0, kept, PORTION):
        rows = [
            asdict(
                StoredPassage(
                    id=f"kept-{n}", service_id=SERVICE, name=NAME, person=number(n % residents), at=now - step * (kept - n),
                    place="海棠1栋", direction=("in", "out")[n // residents % 2], reason=("in", "out")[n // residents % 2],
                    allowed=1, gate=GATE, digest="0" * 64,
                )
            )
            for n in range(at, min(at + PORTION, kept))
        ]  # fmt: skip
        database.run_transaction(lambda connection, rows=rows: connection.execute(insert(passages), rows))
    print(f"{kept:,} passages of {residents:,} holders are kept")
    return holders


def ask(client: httpx.Client, hall: str, peer: str, holders: list[StoredHolder]) -> None:
    """Both in turn, so that what else the machine does meets both alike."""
    headers = {"authorization": f"Bearer {TOKEN}"}
    shown: dict[int, str] = {}

    def checked(code: str, scan_id: str) -> dict[str, object]:
        answer = client.post(
            f"{hall}/api/v1/passes/check",
            json={"code": code, "scan_id": scan_id, "direction": "in"},
            headers=headers,
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def constant(n: int) -> None:
        client.post(peer, json={"code": holders[n].id, "scan_id": f"scan-{n:06}", "direction": "in"}, headers=headers)

    def first(n: int) -> None:
        assert checked(shown[n], f"scan-{n:06}")["allowed"] is True

    def again(n: int) -> None:
        assert checked(shown[n], f"scan-{n:06}")["repeated"] is True

    def old(n: int) -> None:
        one = holders[n]
        code = turning_code(one.id, one.secret, period_of(datetime.now(CAMPUS_ZONE)) - 3)
        assert checked(code, f"old-{n:06}")["reason"] == "old_code"

    for n in range(20):
        constant(n % len(holders))
    deeds = {"a constant": constant, "let in": first, "the same scan again": again, "an old code": old}
    took: dict[str, list[float]] = {name: [] for name in deeds}
    for n, one in enumerate(holders):
        shown[n] = turning_code(one.id, one.secret, period_of(datetime.now(CAMPUS_ZONE)))
        for name, deed in deeds.items():
            started = time.perf_counter()
            deed(n)
            took[name].append((time.perf_counter() - started) * 1000)
        time.sleep(0.3)  # a gate is answered ten times a second
    halves = {name: statistics.median(found) for name, found in took.items()}
    most = {name: statistics.quantiles(found, n=20)[-1] for name, found in took.items()}
    for name in deeds:
        ratios = (
            f"{halves[name] / halves['a constant']:5.1f} and {most[name] / most['a constant']:5.1f} times the constant"
        )
        print(f"{name:22} p50 {halves[name]:6.2f} ms  p95 {most[name]:6.2f} ms  {ratios}")


if __name__ == "__main__":
    main()
