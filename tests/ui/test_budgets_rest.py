"""Accounts to charge over REST: the choices are one's own, what is sent is held to them, and a form is evaluated with what is left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from budgets import FINANCE, KEY, OWNER, STUDENT, Claims
from fastapi import FastAPI

from banshi.storage.tiny import TinyStore
from banshi.ui.rest import api
from banshi.ui.screens import errors
from banshi.ui.screens.frame import Site
from banshi.ui.settings import Settings


@pytest.fixture
def claims(tmp_path: Path) -> Claims:
    return Claims(tmp_path, TinyStore())


@pytest.fixture
async def web(claims: Claims, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    made = FastAPI()
    made.include_router(api.router(Site(claims.hall, Settings(data=tmp_path))))
    errors.install(made)
    transport = httpx.ASGITransport(made, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://hall") as client:
        yield client


def bearer(claims: Claims, person: str) -> dict[str, str]:
    return {"authorization": f"Bearer {claims.hall.sign_in(person)}"}


async def test_the_choices_of_a_question_are_ones_own(claims: Claims, web: httpx.AsyncClient) -> None:
    address, asked = "/api/v1/services/claims/choices/项目", {"answers": {}, "query": ""}
    mine = await web.post(address, json=asked, headers=bearer(claims, STUDENT))
    assert [one["name"] for one in mine.json()] == ["NSFC-1", "NSFC-2"]
    assert mine.json()[0]["label"] == "NSFC-1 光催化制氢 · 可用 1,000.00 元"
    found = await web.post(address, json={**asked, "query": "膜"}, headers=bearer(claims, STUDENT))
    assert [one["name"] for one in found.json()] == ["NSFC-2"]
    none = await web.post(address, json=asked, headers=bearer(claims, FINANCE))
    assert none.json() == []
    assert (await web.post(address, json=asked)).status_code == 401
    assert (await web.post(address, json={"query": ""}, headers=bearer(claims, STUDENT))).status_code == 422


async def test_what_is_sent_is_held_to_them(claims: Claims, web: httpx.AsyncClient) -> None:
    me = bearer(claims, STUDENT)
    told = await web.post("/api/v1/services/claims/evaluation", json={"answers": {"项目": "NSFC-1"}}, headers=me)
    assert told.json()["values"]["可用"] in ("1000.00", 1000, 1000.0)
    for command, project, amount, path in (
        ("command-1", "NSFC-3", "1", "项目"),
        ("command-2", "NSFC-1", "1000.01", "金额"),
    ):
        body = {"answers": {"项目": project, "金额": amount}, "command_id": command}
        answer = await web.post("/api/v1/services/claims/cases", json=body, headers=me)
        assert answer.status_code == 422
        assert [problem["path"] for problem in answer.json()["problems"]] == [path]
    body = {"answers": {"项目": "NSFC-1", "金额": "1000.00"}, "command_id": "command-3"}
    assert (await web.post("/api/v1/services/claims/cases", json=body, headers=me)).status_code == 201
    assert claims.balance() == (-10000, 100000)


async def test_an_office_adds_to_a_budget(claims: Claims, web: httpx.AsyncClient) -> None:
    body = {"key": KEY, "holder": "NSFC-2", "amount": "300", "reason": "追加经费", "reference": "财字12号"}
    owner = bearer(claims, OWNER)
    seen = await web.post("/api/v1/accounts/grants/check", json=body, headers=owner)
    assert (seen.status_code, seen.json()["before"], seen.json()["after"]) == (200, "800.50", "1100.50")
    for _ in range(2):
        answer = await web.post("/api/v1/accounts/grants", json={**body, "command_id": "g-1"}, headers=owner)
        assert (answer.status_code, answer.json()) == (201, {"booked": True})
    assert claims.balance("NSFC-2") == (110050, 0)
    again = {**body, "amount": "-1000", "reference": "财字 12 号"}
    refused = await web.post("/api/v1/accounts/grants", json=again, headers=owner)
    assert (refused.status_code, "300.00" in refused.text) == (409, True)
    large = await web.post("/api/v1/accounts/grants?repeated=true", json=again, headers=owner)
    assert (large.status_code, large.json()) == (202, {"booked": False})
    assert (await web.post("/api/v1/accounts/grants", json=body, headers=bearer(claims, STUDENT))).status_code == 403
    assert (await web.post("/api/v1/accounts/grants", json={**body, "holder": "X"}, headers=owner)).status_code == 404
    assert (await web.post("/api/v1/accounts/grants", json={"key": KEY}, headers=owner)).status_code == 422
    assert claims.balance("NSFC-2") == (110050, 0)
