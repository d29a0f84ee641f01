"""The impact of a workbook over REST: begun, looked at, taken out as files; of an earlier version; not by others."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from halls import open_test_hall
from workbooks import workbook_from_text

sys.path.insert(0, str(Path(__file__).parents[1] / "platform"))
from test_impact import METER, NOW, OWNER, STUDENT, send

from banshi.platform.hall import Hall
from banshi.ui.settings import Settings


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, clock=lambda: NOW, services={"meter": METER})
    for usage in (100, 900):
        send(opened, usage)
    yield opened
    opened.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


async def bearer(web: httpx.AsyncClient, person: str) -> dict[str, str]:
    answer = await web.post("/api/v1/sessions", json={"person": person})
    return {"authorization": f"Bearer {answer.json()['token']}"}


async def over(web: httpx.AsyncClient, who: dict[str, str], run: str) -> dict[str, Any]:
    for _ in range(600):
        told = (await web.get(f"/api/v1/impacts/{run}", headers=who)).json()
        if told["over"]:
            return told
        await asyncio.sleep(0.05)
    raise AssertionError(told)


async def begin(web: httpx.AsyncClient, who: dict[str, str], text: str, **asked: str) -> httpx.Response:
    params = {"name": "电费.xlsx", **asked}
    return await web.post("/api/v1/workbooks/impact", headers=who, params=params, content=workbook_from_text(text))


async def test_a_draft_is_measured_and_taken_out(web: httpx.AsyncClient) -> None:
    who = await bearer(web, OWNER)
    answer = await begin(web, who, METER.replace("| 0.80  |", "| 0.90  |"))
    assert answer.status_code == 202
    run = answer.json()["id"]
    result = (await over(web, who, run))["result"]
    assert (result["cases"], result["counts"], result["difference"]) == (2, {"more": 1}, 70)  # 700 kWh × 0.10
    assert [group["cells"] for group in result["cells"]] == [["fees!F3"]]
    table = await web.get(f"/api/v1/impacts/{run}/cells.csv", headers=who)
    assert "fees!F3" in table.text
    assert (await web.get(f"/api/v1/impacts/{run}/others.csv", headers=who)).status_code == 422
    assert (await web.post(f"/api/v1/impacts/{run}/stop", headers=who)).json()["over"]
    later = await begin(web, who, METER.replace("| 0.80  |", "| 0.90  |"), since="2026-11-03", state="open")
    assert (await over(web, who, later.json()["id"]))["result"]["cases"] == 0


async def test_going_back_is_measured_first(web: httpx.AsyncClient, hall: Hall) -> None:
    owner = hall.directory.people[OWNER]
    hall.workshop.publish(owner, "meter.xlsx", workbook_from_text(METER.replace("| 0.80  |", "| 0.90  |")))
    first = hall.workshop.versions(owner, "meter")[1].version
    who = await bearer(web, OWNER)
    answer = await web.post(f"/api/v1/owned/meter/versions/{first}/impact", headers=who)
    assert (await over(web, who, answer.json()["id"]))["result"]["difference"] == -70
    student = await bearer(web, STUDENT)
    assert (await web.post(f"/api/v1/owned/meter/versions/{first}/impact", headers=student)).status_code == 403


async def test_what_cannot_be_measured_is_declined(web: httpx.AsyncClient) -> None:
    who, student = await bearer(web, OWNER), await bearer(web, STUDENT)
    faulty = METER.replace("| 0.80  |", "| 八角 |")
    assert (await begin(web, who, faulty)).status_code in (409, 422)
    assert (await begin(web, student, METER)).status_code == 403
    assert (await begin(web, who, METER, state="lost")).status_code == 422
    assert (await begin(web, who, METER, since="3 November")).status_code == 422
    assert (await web.get("/api/v1/impacts/nothing", headers=who)).status_code == 404
