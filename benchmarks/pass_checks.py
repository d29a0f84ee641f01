"""Checks of passes over REST, at 300,000 kept scans, against a bare endpoint that answers a constant.

    .venv/bin/python benchmarks/pass_checks.py [SCANS]

One uvicorn process serves both: the app of a hall with the shipped dormitory workbook, and a bare Starlette app whose endpoint reads the
body and answers a constant. The store (SQLite, WAL, synchronous FULL, in `--folder`, else the temporary folder) is filled with cases,
passes and scans by `commit`, a hundred scans a command. Then single clients ask both in turn: a good code that is let in or out, the
same scan once more, a code that nobody has. Figures are of single requests.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from banshi.platform.cases.case import Case
from banshi.platform.cases.giving import pass_id
from banshi.platform.documents.codes import PASS_LENGTH, new_code
from banshi.platform.hall import Hall
from banshi.platform.routes.state import RouteOutcome
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage import new_id
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import Change, Command, NewEvent
from banshi.storage.passes import StoredPass
from banshi.storage.sql import SqlStore
from banshi.ui.rest import api
from banshi.ui.screens import errors
from banshi.ui.screens.frame import Site
from banshi.ui.settings import Settings

DEFINITIONS = Path(__file__).resolve().parents[1] / "definitions"
SERVICE, GATE, TOKEN = "dormitory-visitors", "海棠1栋/东门", "gate-of-the-benchmark-0001"
A_CASE = 100
TIMES = 400
ANSWERS = {"事项": "访客", "楼栋": "海棠1栋", "房间": "301", "访客姓名": "李建国", "随行": 0}


def main() -> None:
    """Fill a store, serve it, ask."""
    parser = argparse.ArgumentParser()
    parser.add_argument("scans", nargs="?", type=int, default=300_000)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=asked.folder))
    try:
        measure(folder, asked.scans)
    finally:
        shutil.rmtree(folder)


def measure(folder: Path, scans: int) -> None:
    """One run."""
    for name in ("organisation", "calendar", SERVICE):
        shutil.copytree(DEFINITIONS / name, folder / "definitions" / name)
    hall = Hall(
        store=SqlStore(folder / "banshi.sqlite"),
        attachments=AttachmentFolder(folder / "attachments"),
        definitions=folder / "definitions",
        engine=FixpointEngine(),
        log_key=folder / "log-key.pem",
    )
    hall.scan()
    started = time.perf_counter()
    codes = fill(hall, scans)
    print(f"{scans:,} scans of {len(codes):,} passes were kept in {time.perf_counter() - started:.0f} s")
    settings = Settings(data=folder, gates={GATE: SecretStr(TOKEN)})
    with_hall = FastAPI()
    with_hall.include_router(api.router(Site(hall, settings)))
    errors.install(with_hall)
    with (
        httpx.Client() as client,
        Served(with_hall) as checks,
        Served(Starlette(routes=[Route("/", bare, methods=["POST"])])) as peer,
    ):
        ask(client, checks.url, peer.url, codes)
    hall.close()


async def bare(request: Request) -> JSONResponse:
    """Read what was asked, and answer a constant."""
    json.loads(await request.body())
    return JSONResponse({"allowed": True, "reason": "in"})


def fill(hall: Hall, scans: int) -> list[str]:
    """Cases with a pass each and a hundred scans; the codes."""
    store, (service, _) = hall._store, hall._library.live[SERVICE]  # noqa: SLF001
    now = datetime.now(CAMPUS_ZONE)
    person = "2024110101"
    codes = []
    for n in range(scans // A_CASE):
        case_id, code = new_id(), new_code(PASS_LENGTH)
        first = {
            "number": f"FK2026{n:06}",
            "service_id": SERVICE,
            "version": service.sha256,
            "title": "访客 海棠1栋 301",
            "applicant": person,
            "answers": ANSWERS,
            "state": str(RouteOutcome.APPROVED),
        }
        events = [NewEvent(kind="submitted", at=now, actor=person, payload=first)]
        about = {"name": "访客", "title": "访客通行证", "title_en": "Visitor pass"}
        for at in range(A_CASE):
            scan = {
                "place": "海棠1栋",
                "direction": ("in", "out")[at % 2],
                "reason": ("in", "out")[at % 2],
                "allowed": True,
                "gate": GATE,
            }
            events.append(NewEvent(kind="scanned", at=now, actor="system", payload={"pass": about, "scan": scan}))
        case = Case(id=case_id, submitted_at=now, changed_at=now).after(events)
        shows = {language: [["访客姓名", "李建国"], ["房间", "301"]] for language in ("zh", "en")}
        given = StoredPass(
            id=pass_id(code), code=code, case_id=case_id, service_id=SERVICE, version=service.sha256, person=person, name="访客",
            content={"places": ["海棠1栋"], "exits": True, "shows": shows, "masked": shows},
            given_at=now, since=now - timedelta(days=1), until=now + timedelta(days=1), uses=0, used=A_CASE // 2,
        )  # fmt: skip
        store.commit(
            Command(
                id=f"fill-{n}",
                actor=person,
                at=now,
                case_id=case_id,
                change=Change(events=events, case=case.stored(), passes=[given]),
            )
        )
        codes.append(code)
    return codes


class Served:
    """An app on 127.0.0.1, served by a thread of this process."""

    def __init__(self, app: FastAPI | Starlette) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_level="error", access_log=False))

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Served:
        """Serve."""
        threading.Thread(target=lambda: asyncio.run(self._server.serve()), daemon=True).start()
        while not self._server.started:
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.should_exit = True


def ask(client: httpx.Client, hall: str, peer: str, codes: Sequence[str]) -> None:
    """Both in turn, so that what else the machine does meets both alike."""
    headers = {"authorization": f"Bearer {TOKEN}"}
    good = codes[:: max(len(codes) // TIMES, 1)][:TIMES]

    def checked(code: str, scan_id: str) -> dict[str, object]:
        answer = client.post(
            f"{hall}/api/v1/passes/check",
            json={"code": code, "scan_id": scan_id, "direction": "in"},
            headers=headers,
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def constant(n: int) -> None:
        client.post(peer, json={"code": good[n], "scan_id": f"scan-{n:06}", "direction": "in"}, headers=headers)

    def first(n: int) -> None:
        assert checked(good[n], f"scan-{n:06}")["allowed"] is True

    def again(n: int) -> None:
        assert checked(good[n], f"scan-{n:06}")["repeated"] is True

    unknown = [new_code(PASS_LENGTH) for _ in range(50)][: len(good)]

    def nobody(n: int) -> None:
        assert checked(unknown[n], f"none-{n:06}")["reason"] == "unknown"

    for n in range(20):
        constant(n % len(good))
    deeds = {"a constant": constant, "let in": first, "the same scan again": again, "unknown": nobody}
    took: dict[str, list[float]] = {name: [] for name in deeds}
    for n in range(len(good)):
        for name, deed in deeds.items():
            if name == "unknown" and n >= len(unknown):
                continue  # a gate is told so many a minute
            started = time.perf_counter()
            deed(n)
            took[name].append((time.perf_counter() - started) * 1000)
        time.sleep(0.25)  # a gate is answered ten times a second
    halves = {name: statistics.median(found) for name, found in took.items()}
    most = {name: statistics.quantiles(found, n=20)[-1] for name, found in took.items()}
    for name in deeds:
        ratios = (
            f"{halves[name] / halves['a constant']:5.1f} and {most[name] / most['a constant']:5.1f} times the constant"
        )
        print(f"{name:22} p50 {halves[name]:6.2f} ms  p95 {most[name]:6.2f} ms  {ratios}")


if __name__ == "__main__":
    main()
