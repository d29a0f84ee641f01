"""Publishing over REST, on a real hall.

1. 201 for a version that is live, 202 for a plan or a proposal, 422 with the report for one with faults.
2. Whoever knew another version as live is told 409, with who and when, and a report with the differences from it.
3. Plans are listed, consented to, declined, cancelled and let go on; what is no deed is refused.
4. An earlier version is checked and gone back to; two versions are compared.
5. The OpenAPI document describes the bodies.
6. A workbook comes with the files that it names, or without those that the live version has.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from halls import BORROWING, open_test_hall
from test_publishing_journey import DEARER, DEAREST, ELECTRICITY, GUARDED, GUARDED_DEARER
from workbooks import workbook_from_text

from banshi.platform.hall import Hall
from banshi.rules.values import CAMPUS_ZONE
from banshi.ui.rest import api
from banshi.ui.screens.frame import Site
from banshi.ui.settings import Settings

NEXT = datetime.now(CAMPUS_ZONE).year + 1
OWNER, ADMIN, STUDENT = "20005", "20007", "20001"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, services={"electricity": ELECTRICITY, "guarded": GUARDED})
    yield opened
    opened.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


async def bearer(web: httpx.AsyncClient, person: str) -> dict[str, str]:
    answer = await web.post("/api/v1/sessions", json={"person": person})
    return {"authorization": f"Bearer {answer.json()['token']}"}


async def post(web: httpx.AsyncClient, who: dict[str, str], text: str, **asked: str) -> httpx.Response:
    return await web.post(
        "/api/v1/workbooks", headers=who, params={"name": "电费.xlsx", **asked}, content=workbook_from_text(text)
    )


async def test_1_and_4_published_compared_and_gone_back_from(web: httpx.AsyncClient) -> None:
    who = await bearer(web, OWNER)
    answer = await post(web, who, DEARER, note="每度 0.712 元")
    assert answer.status_code == 201
    version = answer.json()["version"]
    assert (version["note"], version["origin"], answer.json()["plan"]) == ("每度 0.712 元", "upload", None)
    versions = (await web.get("/api/v1/owned/electricity/versions", headers=who)).json()
    old = versions[1]["version"]
    found = (await web.get("/api/v1/owned/electricity/compare", headers=who, params={"old": old})).json()
    assert (found["old"], found["new"], found["live"]) == (old, version["version"], version["version"])
    first = found["changes"][0]
    assert (first["place"]["sheet"], "0.698 → 0.712" in first["en"]) == ("fees", True)
    checked = (await web.get(f"/api/v1/owned/electricity/versions/{old}/check", headers=who)).json()
    assert (checked["publishable"], checked["replaces"]) == (True, version["version"])
    asked = {"note": "先恢复", "replaces": checked["replaces"]}
    back = await web.post("/api/v1/owned/electricity/rollback", headers=who, json=asked)
    assert (back.status_code, back.json()["version"]["version"], back.json()["version"]["origin"]) == (
        201,
        old,
        "rollback",
    )
    again = await web.post(
        "/api/v1/owned/electricity/rollback", headers=who, json={**asked, "version": version["version"]}
    )
    assert again.status_code == 409
    student = await bearer(web, STUDENT)
    for path in ("compare?old=" + old, "plans", f"versions/{old}/check"):
        assert (await web.get(f"/api/v1/owned/electricity/{path}", headers=student)).status_code == 403


async def test_1_faults_and_a_time_that_is_none(web: httpx.AsyncClient) -> None:
    who = await bearer(web, OWNER)
    faulty = await post(web, who, DEARER.replace("${用电量} | 0.712", "${用电亮} | 0.712"))
    assert (faulty.status_code, faulty.json()["version"], faulty.json()["report"]["publishable"]) == (422, None, False)
    assert (await post(web, who, DEARER, at="2026-13-01")).status_code == 422
    assert (await post(web, who, DEARER, at="2026-12-01T00:00:00")).status_code == 422, "without a time zone"
    past = await post(web, who, DEARER, at="2001-01-01T00:00:00+08:00")
    assert (past.status_code, "已经过去" in past.json()["detail"]) == (422, True)
    assert (await post(web, who, DEARER, note="长" * 501)).status_code == 422


async def test_2_the_second_is_told_with_the_differences(web: httpx.AsyncClient) -> None:
    who, other = await bearer(web, OWNER), await bearer(web, ADMIN)
    seen = (await web.post("/api/v1/workbooks/check", headers=other, content=workbook_from_text(DEAREST))).json()
    await post(web, who, DEARER)
    told = await post(web, other, DEAREST, replaces=seen["replaces"])
    assert told.status_code == 409
    assert "周倩" in told.json()["detail"]
    assert any("0.712 → 0.73" in item["zh"] for item in told.json()["report"]["changes"])
    done = await post(web, other, DEAREST, replaces=told.json()["report"]["replaces"])
    assert done.status_code == 201
    assert (await post(web, who, BORROWING.replace("borrowing", "lending"), replaces="")).status_code == 201


async def test_3_a_plan(web: httpx.AsyncClient) -> None:
    who = await bearer(web, OWNER)
    asked = {"at": f"{NEXT}-01-01T00:00:00+08:00", "note": "下月起", "command_id": "plan-one"}
    answers = [await post(web, who, DEARER, **asked), await post(web, who, DEARER, **asked)]
    assert [answer.status_code for answer in answers] == [202, 202]
    plan = answers[0].json()["plan"]
    assert (plan["state"], plan["note"], plan["made_by"]) == ("planned", "下月起", OWNER)
    address = f"/api/v1/owned/electricity/plans/{plan['id']}"
    await post(web, who, DEAREST)
    listed = (await web.get("/api/v1/owned/electricity/plans", headers=who)).json()
    assert {(row["id"], row["behind"]) for row in listed} >= {(plan["id"], True)}
    on = await web.post(address, headers=who, json={"deed": "go-on", "replaces": plan["based_on"]})
    assert on.status_code == 409
    on = await web.post(address, headers=who, json={"deed": "go-on"})
    assert (on.status_code, on.json()["behind"]) == (200, False)
    assert (await web.post(address, headers=who, json={"deed": "publish"})).status_code == 422
    assert (await web.post(address, headers=who, json={"deed": "consent"})).status_code == 422
    done = await web.post(address, headers=who, json={"deed": "cancel"})
    assert done.json()["state"] == "cancelled"
    assert (await web.post(address[:-1] + "x", headers=who, json={"deed": "cancel"})).status_code == 404


async def test_3_consent(web: httpx.AsyncClient) -> None:
    who, other = await bearer(web, OWNER), await bearer(web, ADMIN)
    states = []
    for deed in ({"deed": "decline", "reason": "等批复"}, {"deed": "consent"}):
        answer = await post(web, who, GUARDED_DEARER)
        assert (answer.status_code, answer.json()["report"]["consent"]) == (202, True)
        address = f"/api/v1/owned/guarded/plans/{answer.json()['plan']['id']}"
        assert (await web.post(address, headers=who, json=deed)).status_code == 403, "it is her own"
        states.append((await web.post(address, headers=other, json=deed)).json())
    assert [(row["state"], row["why"], row["changed_by"]) for row in states] == [
        ("declined", "等批复", ADMIN),
        ("published", "", ""),
    ]
    (live, *_) = (await web.get("/api/v1/owned/guarded/versions", headers=who)).json()
    assert (live["published_by"], live["consent_by"]) == (OWNER, ADMIN)


def test_5_the_document_describes_the_bodies(hall: Any, settings: Settings) -> None:
    app = FastAPI()
    app.include_router(api.router(Site(hall, settings)))
    paths = app.openapi()["paths"]

    def fields(path: str) -> set[str]:
        body = paths[path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        return set(body["properties"])

    assert fields("/api/v1/owned/{service_id}/rollback") == {"version", "note", "replaces", "command_id", "rows"}
    assert fields("/api/v1/owned/{service_id}/plans/{plan_id}") == {"deed", "reason", "replaces"}
    asked = {item["name"] for item in paths["/api/v1/workbooks"]["post"]["parameters"]}
    assert asked == {"name", "note", "at", "replaces", "command_id", "rows"}


ROOMS = """
## settings
| form_id | form_title | owner | applicants |
| rooms | 借教室 | 设备处 | person:20001 |
## survey
| type | name | label | calculation |
| select_one_from_file rooms.csv | room | 教室 | |
| calculate | seats | | pulldata('rooms', 'seats', 'name', ${room}) |
## route
| step | name | who |
| 10 | 申请 | initiator |
| 20 | 设备处 | person:20006 |
"""
CSV = "name,label,seats\ne101,东教 101,120\n"


async def test_6_a_workbook_comes_with_its_files(web: httpx.AsyncClient, hall: Hall) -> None:
    who = await bearer(web, OWNER)
    book = ("借教室.xlsx", workbook_from_text(ROOMS), "application/octet-stream")
    rooms = ("rooms.csv", CSV.encode(), "text/csv")
    alone = await web.post("/api/v1/workbooks/check", headers=who, files={"file": book})
    assert alone.json()["publishable"] is False
    both = await web.post("/api/v1/workbooks/check", headers=who, files=[("file", rooms), ("file", book)])
    assert both.json()["publishable"] is True
    answer = await web.post("/api/v1/workbooks", headers=who, files=[("file", book), ("file", rooms)])
    assert answer.status_code == 201, answer.text
    assert answer.json()["report"]["sha256"] == both.json()["sha256"]
    assert answer.json()["report"]["file"] == "借教室.xlsx"
    seats = hall.evaluate(hall.directory.people[STUDENT], "rooms", {"room": "e101"})["values"]["seats"]
    assert seats == 120
    # The file that does not come again is that of the live version.
    text = ROOMS.replace("教室 |", "要借的教室 |", 1)
    answer = await web.post(
        "/api/v1/workbooks", headers=who, params={"name": "b.xlsx"}, content=workbook_from_text(text)
    )
    assert (answer.status_code, answer.json()["report"]["file"]) == (201, "b.xlsx")
    seats = hall.evaluate(hall.directory.people[STUDENT], "rooms", {"room": "e101"})["values"]["seats"]
    assert seats == 120


async def test_6_two_workbooks_at_once_are_refused(web: httpx.AsyncClient) -> None:
    who = await bearer(web, OWNER)
    book = workbook_from_text(ROOMS)
    answer = await web.post(
        "/api/v1/workbooks", headers=who, files=[("file", ("a.xlsx", book)), ("file", ("b.xlsx", book))]
    )
    assert answer.status_code == 422
    assert "a.xlsx、b.xlsx" in answer.json()["detail"]
