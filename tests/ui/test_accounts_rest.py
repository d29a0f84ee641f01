"""Accounts over REST and on the command line: what is mine, what a gateway calls back, a billing run and a reconciliation."""

from __future__ import annotations

import hmac
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "platform" / "accounts"))
from topping import KEY, ROOM, STRANGER, STUDENT, Office

from banshi.platform.accounts.gateway import SIGNATURE, TIME, Payment
from banshi.ui.cli import app
from banshi.ui.rest import api
from banshi.ui.screens import errors
from banshi.ui.screens.frame import Site
from banshi.ui.settings import Settings


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    opened = Office(tmp_path)
    yield opened
    opened.hall.close()


@pytest.fixture
async def web(office: Office, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    made = FastAPI()
    made.include_router(api.router(Site(office.hall, Settings(data=tmp_path))))
    errors.install(made)
    transport = httpx.ASGITransport(made, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://hall") as client:
        yield client


def bearer(office: Office, person: str) -> dict[str, str]:
    return {"authorization": f"Bearer {office.hall.sign_in(person)}"}


@pytest.mark.parametrize(
    "amount", ["Infinity", "1e999", "NaN", "10000.9", "1e4", '"10000"', "true", "-10000", str(2**63), "null"]
)
async def test_a_notice_whose_amount_is_no_whole_number_is_refused(office, web, amount):
    order = office.order()
    body = f'{{"order": "{order.id}", "state": "paid", "no": "X1", "amount": {amount}}}'.encode()
    at = str(int(office.now.timestamp()))
    signed = {TIME: at, SIGNATURE: hmac.new(b"k" * 40, f"{at}\n".encode() + body, "sha256").hexdigest()}
    answer = await web.post("/api/v1/payments/callback", content=body, headers=signed)
    assert answer.status_code == 422
    assert "amount" in answer.text
    assert (office.state(order), office.kwh()) == (("open", "open"), 0)
    assert office.store.receipts()[1] == 0


async def test_a_gateway_calls_back_and_the_holder_reads_her_balance(office, web):
    order = office.order()
    door = bearer(office, STUDENT)
    known = (await web.get(f"/api/v1/accounts/orders/{order.id}", headers=door)).json()
    assert (known["amount"], known["state"], known["address"]) == ("100.00", "open", f"/pay/{order.id}")
    body, headers = office.sandbox.press(order.id, "pay", office.now)
    assert (await web.post("/api/v1/payments/callback", content=body)).status_code == 401
    for outcome in ("paid", "repeated"):
        answer = await web.post("/api/v1/payments/callback", content=body, headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"outcome": outcome})
    wrong, signed = office.sandbox.callback(
        Payment(order_id=order.id, state="paid", amount=1, gateway_no="X"), office.now
    )
    assert (await web.post("/api/v1/payments/callback", content=wrong, headers=signed)).status_code == 409
    (mine,) = (await web.get("/api/v1/accounts", headers=door)).json()
    assert (mine["holder"], mine["available"]) == (ROOM, "182.84")
    asked = {"key": KEY, "holder": ROOM}
    told = (await web.get("/api/v1/accounts/statement", params=asked, headers=door)).json()
    assert [one["kind"] for one in told["movements"]["items"]] == ["topup"]
    stranger = bearer(office, STRANGER)
    assert (await web.get("/api/v1/accounts/statement", params=asked, headers=stranger)).status_code == 403
    assert (await web.get(f"/api/v1/accounts/cases/{order.case_id}", headers=stranger)).status_code == 403
    assert (await web.get("/api/v1/accounts")).status_code == 401


async def test_the_command_line_lists_exports_and_reconciles(office, tmp_path):
    order = office.order()
    office.cashier.press(office.person(), order.id, "pay")
    run = CliRunner().invoke
    data = ["--data", str(tmp_path), "--lang", "en"]
    listed = json.loads(run(app, ["accounts", "list", KEY, "--json", *data]).output)
    assert [(one["holder"], one["available"]) for one in listed] == [(ROOM, "182.84")]
    out = tmp_path / "statement.csv"
    assert run(app, ["accounts", "statement", KEY, ROOM, "--out", str(out), *data]).exit_code == 0
    assert "182.84" in out.read_text("utf-8-sig")
    theirs = tmp_path / "theirs.csv"
    theirs.write_text("order,gateway_no,amount\n", "utf-8")
    found = run(app, ["accounts", "reconcile", str(theirs), "--day", "2026-12-01", "--json", *data])
    assert found.exit_code == 1
    assert [one["kind"] for one in json.loads(found.output)["differences"]] == ["missing"]
    number = office.store.order(order.id).gateway_no
    theirs.write_text(f"order,gateway_no,amount\n{order.id},{number},100\n", "utf-8")
    assert run(app, ["accounts", "reconcile", str(theirs), "--day", "2026-12-01", *data]).exit_code == 0
