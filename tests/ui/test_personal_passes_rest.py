"""Personal passes over REST and their pages without a browser.

R1 a resident's page and addresses give her the code of now, and nobody else's; no secret stands there
R2 a gate checks it by the same address as other passes
R3 the office that the sheet names reads who came and went, owners with masks, others not at all; files of days, of late entries
R4 `banshi erase --person` deletes somebody's passages
R5 whoever is inside without a place on the roll is told that her code is only for leaving
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from halls import write
from paper_halls import Clock
from personal_pass_halls import RESIDENTS, open_resident_hall, scanned, shown
from typer.testing import CliRunner

from banshi.platform.hall import Hall
from banshi.storage.passages import PassageFilter
from banshi.ui.cli import app
from banshi.ui.cli_talk import WrongCall
from banshi.ui.settings import Settings

TOKEN = "gate-of-crabapple-hall-1"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    opened = open_resident_hall(tmp_path, clock)
    yield opened
    opened.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, gates={"海棠1栋/东门": TOKEN})


async def bearer(web: httpx.AsyncClient, person: str) -> dict[str, str]:
    answer = await web.post("/api/v1/sessions", json={"person": person})
    return {"authorization": f"Bearer {answer.json()['token']}"}


def cookie(head: dict[str, str]) -> dict[str, str]:
    """The same session as a browser has it."""
    return {"cookie": head["authorization"].replace("Bearer ", "banshi_session=")}


async def test_r1_r2_a_resident_shows_her_code(web: httpx.AsyncClient, hall: Hall, clock: Clock) -> None:
    assert (await web.get("/me/pass")).status_code == 303
    assert (await web.get("/api/v1/me/passes")).status_code == 401
    me, other = await bearer(web, "20001"), await bearer(web, "20004")
    (told,) = (await web.get("/api/v1/me/passes", headers=me)).json()
    assert told["code"] == shown(hall)
    assert (told["places"], told["seconds"]) == (["海棠1栋"], 31)
    assert (await web.get("/api/v1/me/passes", headers=other)).json() == []
    codes = (await web.get("/me/pass/codes", headers=me)).json()
    assert [row["said"].replace("-", "") for row in codes["rows"]] == [told["code"]]
    secret = hall._store.holder(told["code"][:10]).secret
    page = await web.get("/me/pass", headers=cookie(me))
    assert page.status_code == 200
    assert codes["rows"][0]["said"] in page.text
    assert page.headers["cache-control"] == "no-store"
    assert secret not in page.text + json.dumps(codes) + json.dumps(told)
    gate = {"authorization": f"Bearer {TOKEN}"}
    asked = {"code": told["code"], "scan_id": "scan-0001"}
    answer = (await web.post("/api/v1/passes/check", json=asked, headers=gate)).json()
    assert {key: answer[key] for key in ("allowed", "reason", "direction", "title", "place", "shows")} == {
        "allowed": True, "reason": "in", "direction": "in", "title": "住宿通行", "place": "海棠1栋", "shows": [["姓名", "陈**"]],
    }  # fmt: skip
    assert (await web.post("/api/v1/passes/check", json=asked, headers=gate)).json()["repeated"]
    clock.go(seconds=40)
    late = await web.post("/api/v1/passes/check", json={**asked, "scan_id": "scan-0002"}, headers=gate)
    assert late.json()["reason"] == "old_code"


async def test_r3_the_office_reads_who_came_and_went(web: httpx.AsyncClient, hall: Hall, clock: Clock) -> None:
    scanned(hall, shown(hall))
    clock.now = clock.now.replace(hour=21, minute=30)
    scanned(hall, shown(hall))
    clock.go(seconds=1)
    scanned(hall, shown(hall, "20005"))
    clock.now = clock.now.replace(hour=23, minute=10)
    scanned(hall, shown(hall, "20005"), direction="out")
    clock.go(minutes=1)
    scanned(hall, shown(hall, "20005"))

    (figures,) = hall.passages.overview(hall.directory.people["20003"])
    assert (figures.inside, figures.away_count, figures.late, figures.whole) == (1, 1, 1, True)
    assert [(number, name) for number, name, _ in figures.away] == [("20001", "陈晓雨")]
    assert {hour: count for hour, count in enumerate(figures.hours) if count} == {9: 1, 21: 1, 23: 1}
    office, owner, nobody = [await bearer(web, person) for person in ("20003", "20005", "20002")]

    async def rows(head: dict[str, str], query: str = "") -> list[list[str]]:
        answer = await web.get(f"/api/v1/exports/passages/dorm/住宿.csv{query}", headers=head)
        assert answer.status_code == 200
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]

    everything = await rows(office)
    assert [row[2:5] + row[6:] for row in everything] == [
        ["陈晓雨", "进门", "海棠1栋", "可以进入", "是"],
        ["陈晓雨", "出门", "海棠1栋", "可以离开", "是"],
        ["周倩", "进门", "海棠1栋", "可以进入", "是"],
        ["周倩", "出门", "海棠1栋", "可以离开", "是"],
        ["周倩", "进门", "海棠1栋", "可以进入，记为晚归", "是"],
    ]
    assert everything[0][0] == "2026-07-01 09:30:00"
    assert [row[1] for row in await rows(office, "?late=1")] == ["20005"]
    assert await rows(office, "?since=2026-07-02") == []
    assert len(await rows(office, "?until=2026-07-01")) == 5
    assert {(row[1], row[2]) for row in await rows(owner)} == {("****", "陈**"), ("****", "周*")}
    for path in ("/api/v1/exports/passages/dorm/住宿.csv", "/export/passages/dorm/住宿.xlsx"):
        assert (await web.get(path, headers=nobody)).status_code == 404
    assert (await web.get("/passages", headers=cookie(nobody))).status_code == 403
    page = await web.get("/passages", headers=cookie(office))
    assert "陈晓雨" in page.text


def test_r4_somebody_asks_for_deletion(hall: Hall, tmp_path: Path) -> None:
    scanned(hall, shown(hall))
    run = CliRunner()
    for wrong in (["erase", "--reason", "本人要求"], ["erase", "FK1", "--person", "20001", "--reason", "本人要求"]):
        told = run.invoke(app, [*wrong, "--data", str(tmp_path)])
        assert isinstance(told.exception, WrongCall)
    made = run.invoke(app, ["erase", "--person", "20001", "--reason", "本人要求", "--data", str(tmp_path), "--json"])
    assert made.exit_code == 0, made.output
    assert json.loads(made.output) == {"person": "20001", "passages": 1}
    which = PassageFilter(service_id="dorm", name="住宿")
    assert list(hall._store.iter_passages(which)) == []
    told = run.invoke(app, ["erase", "--person", "29999", "--reason", "本人要求", "--data", str(tmp_path)])
    assert isinstance(told.exception, WrongCall)
    assert "Nobody has the number 29999" in str(told.exception)


async def test_r5_a_code_to_leave_with(web: httpx.AsyncClient, hall: Hall, tmp_path: Path) -> None:
    scanned(hall, shown(hall))
    write(tmp_path / "definitions", "dorm/dorm.xlsx", RESIDENTS.replace("| '20001  |", "| '20008  |"))
    hall.scan()
    me = await bearer(web, "20001")
    (told,) = (await web.get("/api/v1/me/passes", headers=me)).json()
    assert (told["state"], told["inside"], bool(told["code"])) == ("leaving", True, True)
    page = await web.get("/me/pass", headers=cookie(me))
    assert "只能出门" in page.text
    assert "这个码只能用来出门" in page.text
    assert (await web.get("/me/pass/codes", headers=me)).json()["rows"][0]["state"] == "leaving"
