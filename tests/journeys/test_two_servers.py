"""Two halls that really run, on one store and one folder: PostgreSQL, and SQLite.

T1 each workbook is published once, and a session of one hall is one of the other · T2 a command that both get at once has one
effect and one answer · T3 of two people who decide at both at once one wins and the other is told · T4 a hall is killed while
people send, and comes back: nothing acknowledged is lost, what is sent again is there once, numbers have no gap and no double ·
T5 a workbook that is saved again is published once, and both show it · T6 the log of it all verifies.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from halls import ORGANISATION, write
from postgres import cluster

from banshi.ui import cli

ROOT = Path(__file__).parents[2]
SENT = int(os.environ.get("TWO_SERVERS", "40"))
"""Cases that are sent while a hall is killed and comes back."""
STUDENT, HEAD = "20001", "20002"
LOCKER = """
## settings
| form_id | form_title | owner  | number         |
| locker  | {title}    | 设备处 | CW{{yyyy}}{{0001}} |

## survey
| type    | name | label | required |
| text    | 用途 | 用途  | yes      |
| integer | 天数 | 天数  | yes      |

## route
| step | name | who          | mode |
| 10   | 申请 | initiator    |      |
| 20   | 初审 | person:20002 |      |
"""
pytestmark = pytest.mark.timeout(170)


@dataclass
class Server:
    """A hall in a process of its own."""

    folder: Path
    database: str
    name: str
    process: subprocess.Popen[bytes] | None = None
    url: str = ""

    def start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        around = {
            key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "NICEGUI", "BANSHI"))
        }
        settings = {
            "BANSHI_PORT": str(port),
            "BANSHI_DATA": str(self.folder / "data"),
            "BANSHI_DEFINITIONS": str(self.folder / "definitions"),
            **({"BANSHI_DATABASE": self.database} if self.database else {}),
        }
        with (self.folder / f"{self.name}.log").open("ab") as log:
            command = [sys.executable, str(ROOT / "run.py")]
            self.process = subprocess.Popen(command, env=around | settings, stdout=log, stderr=log, cwd=self.folder)
        self.url = f"http://127.0.0.1:{port}"

    def wait(self) -> None:
        for _ in range(240):
            assert self.process is not None
            assert self.process.poll() is None, self.log()
            try:
                if httpx.get(f"{self.url}/healthz", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.25)
        raise AssertionError(self.log())

    def end(self, how: int = signal.SIGTERM) -> None:
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(30)

    def log(self) -> str:
        return (self.folder / f"{self.name}.log").read_text(encoding="utf-8")


@pytest.fixture(params=["PostgreSQL", pytest.param("SQLite", marks=pytest.mark.soak)])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    with ExitStack() as stack:
        database = stack.enter_context(cluster()) if request.param == "PostgreSQL" else ""
        write(tmp_path / "definitions", "organisation/organisation.xlsx", ORGANISATION)
        write(tmp_path / "definitions", "locker/locker.xlsx", LOCKER.format(title="储物柜借用"))
        one, other = (Server(tmp_path, database, name) for name in ("one", "other"))
        try:
            one.start()
            other.start()
            one.wait()
            other.wait()
            yield one, other
        finally:
            for server in (one, other):
                if server.process is not None and server.process.poll() is None:
                    server.end(signal.SIGKILL)


def signed_in(server: Server, person: str) -> dict[str, str]:
    answer = httpx.post(f"{server.url}/api/v1/sessions", json={"person": person}, timeout=30)
    return {"authorization": f"Bearer {answer.json()['token']}"}


def send(server: Server, head: dict[str, str], command: str) -> Any:
    """Send an application; None where nobody answers or the hall cannot."""
    body = {"answers": {"用途": f"存放 {command}", "天数": 7}, "command_id": command}
    try:
        answer = httpx.post(f"{server.url}/api/v1/services/locker/cases", json=body, headers=head, timeout=60)
    except httpx.TransportError:
        return None
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def test_two_halls_are_one(pair: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = pair
    student = signed_in(one, STUDENT)
    both = [httpx.get(f"{s.url}/api/v1/services", headers=student, timeout=30).json() for s in pair]
    assert both[0] == both[1]
    assert [card["title"] for card in both[0]] == ["储物柜借用"], "T1"

    with ThreadPoolExecutor(8) as crowd:
        commands = [f"at-once-{n:03}" for n in range(10)]
        answers = [[crowd.submit(send, s, student, command) for s in pair] for command in commands]
        told = [{future.result()["number"] for future in futures} for futures in answers]
    assert all(len(numbers) == 1 for numbers in told), "T2: one answer"
    assert {number for numbers in told for number in numbers} == {f"CW2026{n:04}" for n in range(1, 11)}, "T2"

    head = signed_in(other, HEAD)
    task = httpx.get(f"{one.url}/api/v1/tasks", headers=head, timeout=30).json()["items"][0]
    seq = httpx.get(f"{one.url}/api/v1/cases/{task['case_id']}", headers=head, timeout=30).json()["seq"]

    def decide(server: Server, action: str) -> httpx.Response:
        body = {"action": action, "seq": seq, "command_id": f"decide-{action}", "opinion": "已核对"}
        address = f"{server.url}/api/v1/cases/{task['case_id']}/tasks/{task['id']}"
        return httpx.post(address, json=body, headers=head, timeout=60)

    with ThreadPoolExecutor(2) as crowd:
        found = list(crowd.map(decide, pair, ("approve", "refuse")))
    assert sorted(answer.status_code for answer in found) == [200, 409], [answer.text for answer in found]  # T3

    chance = random.Random(7)
    commands = [f"while-killed-{n:04}" for n in range(SENT)]
    with ThreadPoolExecutor(4) as crowd:
        futures = [crowd.submit(send, chance.choice(pair), student, command) for command in commands[: SENT // 2]]
        time.sleep(chance.uniform(0.1, 0.5))
        one.end(signal.SIGKILL)
        futures += [crowd.submit(send, other, student, command) for command in commands[SENT // 2 :]]
        acknowledged = {c: f.result()["case_id"] for c, f in zip(commands, futures, strict=True) if f.result()}
    one.start()
    one.wait()
    again = {command: send(chance.choice(pair), student, command)["case_id"] for command in commands}
    assert acknowledged.items() <= again.items(), "T4: what was acknowledged is there, and once"
    assert len(set(again.values())) == SENT
    cases = [
        row
        for page in range(1, 20)
        for row in httpx.get(f"{one.url}/api/v1/cases", params={"page": page}, headers=student, timeout=30).json()[
            "items"
        ]
    ]
    assert {row["number"] for row in cases} == {f"CW2026{n:04}" for n in range(1, SENT + 11)}, "T4: no gap, no double"

    write(one.folder / "definitions", "locker/locker.xlsx", LOCKER.format(title="储物柜借用（新）"))
    for server in pair:
        for _ in range(200):
            cards = httpx.get(f"{server.url}/api/v1/services", headers=student, timeout=30).json()
            if cards[0]["title"] == "储物柜借用（新）":
                break
            time.sleep(0.1)
        assert cards[0]["title"] == "储物柜借用（新）", "T5"
    owner = signed_in(one, "20005")
    versions = httpx.get(f"{other.url}/api/v1/owned/locker/versions", headers=owner, timeout=30).json()
    assert len(versions) == 2, "T5"

    for server in pair:
        server.end()
        assert "Traceback" not in server.log(), server.log()
    verify_log(one, monkeypatch)


def verify_log(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """T6: a checkpoint and an export of it all, checked by the verifier, which knows no store."""
    monkeypatch.setenv("BANSHI_DATABASE", server.database)
    kept, out, data = server.folder / "kept", server.folder / "log.zip", str(server.folder / "data")
    assert cli.run(["log", "checkpoint", "--data", data, "--out", str(kept)]) == 0
    assert cli.run(["log", "export", "--data", data, "--out", str(out)]) == 0
    (checkpoint,) = kept.glob("*.json")
    assert cli.run(["log", "verify", str(out), "--checkpoint", str(checkpoint)]) == 0
