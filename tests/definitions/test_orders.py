"""Orders of the shipped laboratory purchasing: pushed to the shop that was chosen, confirmed by it and by no other.

O1 the order goes to the chosen one of four shops, signed with its own secret; it confirms with its order number, signed with the same
O2 a shop that fails, breaks off or answers late gets the order again under the same key, and takes it once; doubled confirmations have
   one effect
O3 another shop sees and confirms nothing, nor does a forged, old or altered request
O4 a shop that cannot deliver sends the order back to the office, and answers no more when another one is asked
O5 where an order number is typed nothing is pushed, and nobody is waited for
O6 in a demonstration the sandbox takes the order at once and says that nothing was ordered; without one it waits, and says why
"""

from __future__ import annotations

import asyncio
import hmac
import io
import json
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from clocked import CAMPUS, Clock
from fastapi import FastAPI
from receivers import Receiver, receiver

from banshi.platform.hall import Hall
from banshi.platform.notices.sending import Sending, allowed_hosts
from banshi.rules.policies import FixpointEngine
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.sql import SqlStore
from banshi.ui.rest import api
from banshi.ui.rest.callbacks import SIGNATURE, TIME
from banshi.ui.screens import errors
from banshi.ui.screens.frame import Site
from banshi.ui.settings import Settings

DEFINITIONS = Path(__file__).parents[2] / "definitions"
SHOPS = {"甲商城": "shop-a", "乙商城": "shop-b", "丙商城": "shop-c", "丁商城": "shop-d"}
SECRETS = {name: f"the-secret-of-{name}-0123456789abcdef" for name in SHOPS.values()}
STUDENT, BUYER, ADMIN = "2025210105", "10212", "administrator"
SERVICE = "laboratory-purchasing"
ORDER = {
    "申请部门": "化学与材料学院",
    "实验室": "催化实验室",
    "项目负责人": "11011",
    "经费项目": "青禾科基 2026-031",
    "购买主体": "单位",
    "支付方式": "对公转账",
    "用途": "催化剂制备实验",
    "采购明细": [
        {"物品类别": "实验耗材", "品名": "丁腈手套", "规格": "M 码", "数量": 3, "单位": "件", "单价": 100},
        {"物品类别": "实验耗材", "品名": "色谱柱", "数量": 1, "单位": "件", "单价": "199.5"},
    ],
}


class Office:
    """A hall with the shipped workbook; with `shops` its connections lead to them."""

    def __init__(self, folder: Path, shops: dict[str, Receiver] | None = None, sending: Sending | None = None) -> None:
        self.clock = Clock(datetime(2026, 11, 24, 9, 0, tzinfo=CAMPUS))
        for name in ("organisation", "calendar", "reimbursement", SERVICE):
            shutil.copytree(DEFINITIONS / name, folder / "definitions" / name)
        if shops:
            path = folder / "definitions" / SERVICE / f"{SERVICE}.xlsx"
            book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
            for row in book["接口"].iter_rows(min_row=2):
                row[2].value = shops[row[0].value].url
            book.save(path)
        self.hall = Hall(
            store=SqlStore(folder / "banshi.sqlite"),
            attachments=AttachmentFolder(folder / "attachments"),
            definitions=folder / "definitions",
            engine=FixpointEngine(),
            clock=self.clock,
            log_key=folder / "log-key.pem",
            sending=sending,
        )
        wrong = [str(item) for report in self.hall.scan() for item in report.diagnostics if item.severity == "error"]
        assert not wrong

    def ordered(self, **filled: str) -> str:
        """A case whose order the purchasing office has placed."""
        people = self.hall.directory.people
        receipt = self.hall.submit(people[STUDENT], SERVICE, ORDER, command_id=f"send-{filled}")
        assert receipt.done, receipt.problems
        view = self.hall.case(people[BUYER], receipt.case_id)
        (task,) = view.tasks
        assert task.step_name == "采购下单"
        done = self.hall.act(
            people[BUYER], receipt.case_id, task.id, "approve", answers=filled, seq=view.seq, command_id=f"buy-{filled}"
        )
        assert done.done, done.problems
        return receipt.case_id

    def send(self) -> None:
        while self.hall.outbox.send_due():
            pass

    def waits(self, case_id: str) -> list[str]:
        view = self.hall.case(self.hall.directory.people[STUDENT], case_id)
        return [step.name for step in view.steps if step.state in ("active", "waiting", "now")]

    def number(self, case_id: str) -> Any:
        return self.hall.case(self.hall.directory.people[STUDENT], case_id).answers.get("订单号")

    def states(self) -> dict[str, tuple[str, str]]:
        """Of what was pushed: state and why, by shop."""
        admin = next(one for one in self.hall.directory.people.values() if ADMIN in one.roles)
        rows = [row for state in ("waiting", "failed", "sent") for row in self.hall.outbox.messages(admin, state).items]
        return {row.to: (row.state, row.why) for row in rows if row.channel == "webhook"}


@pytest.fixture
def behave() -> dict[str, list[str]]:
    """What the shops do next, by name; in the end they take everything."""
    return {name: [] for name in SHOPS}


@pytest.fixture
def shops(behave: dict[str, list[str]]) -> Iterator[dict[str, Receiver]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(receiver(lambda name=name: behave[name].pop(0) if behave[name] else "ok"))
            for name in SHOPS
        }


@pytest.fixture
def office(tmp_path: Path, shops: dict[str, Receiver]) -> Iterator[Office]:
    hosts = allowed_hosts(",".join(f"127.0.0.1:{shop.port}" for shop in shops.values()))
    opened = Office(tmp_path, shops, Sending(hosts=hosts, secrets=SECRETS))
    yield opened
    opened.hall.close()


@pytest.fixture
async def web(office: Office, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(api.router(Site(office.hall, Settings(data=tmp_path, secrets=SECRETS))))
    errors.install(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://hall") as client:
        yield client


def path_of(shop: str) -> str:
    return f"/api/v1/callbacks/{SERVICE}/{shop}"


def signed(shop: str, method: str, sent: bytes = b"", *, secret: str = "", age: int = 0) -> dict[str, str]:
    """The headers of a shop, computed as running.md says and not by the hall's own function."""
    at = str(int(time.time()) - age)
    said = f"{at}\n{method}\n{path_of(shop)}\n".encode() + sent
    return {TIME: at, SIGNATURE: hmac.new((secret or SECRETS[shop]).encode(), said, "sha256").hexdigest()}


async def confirm(web: httpx.AsyncClient, shop: str, case_id: str, **said: Any) -> httpx.Response:
    told = {"case_id": case_id, "step": "65", "round": 1, "succeeded": True, **said}
    sent = json.dumps(told).encode()
    return await web.post(path_of(shop), content=sent, headers=signed(shop, "POST", sent))


async def test_o1_the_chosen_shop_gets_the_order_and_confirms_it(
    office: Office, shops: dict[str, Receiver], web: httpx.AsyncClient
) -> None:
    case = office.ordered(供应商="丙商城")
    await asyncio.to_thread(office.send)
    assert {name: len(shop.requests) for name, shop in shops.items()} == {
        "甲商城": 0,
        "乙商城": 0,
        "丙商城": 1,
        "丁商城": 0,
    }
    [(headers, body)] = shops["丙商城"].requests
    view = office.hall.case(office.hall.directory.people[STUDENT], case)
    assert json.loads(body) == {
        "单号": view.row.number,
        "部门": "化学与材料学院",
        "实验室": "催化实验室",
        "经费项目": "青禾科基 2026-031",
        "品名": ["丁腈手套", "色谱柱"],
        "规格": ["M 码", None],
        "CAS": [None, None],
        "数量": [3, 1],
        "单位": ["件", "件"],
        "单价": [100, 199.5],
        "金额": 499.5,
    }
    said = b".".join((headers["X-Banshi-Time"].encode(), headers["Idempotency-Key"].encode(), body))
    assert headers["X-Banshi-Signature"] == "v1=" + hmac.new(SECRETS["shop-c"].encode(), said, "sha256").hexdigest()
    (waits,) = (await web.get(path_of("shop-c"), headers=signed("shop-c", "GET"))).json()
    assert (waits["case_id"], waits["step_id"], waits["round"]) == (case, "65", 1)
    answer = await confirm(
        web, "shop-c", case, said="已接单", answers={"订单号": "C-20261124-007", "结算日期": "2026-01-01"}
    )
    assert (answer.status_code, answer.json()["done"]) == (200, True)
    assert office.number(case) == "C-20261124-007"
    assert "结算日期" not in office.hall.case(office.hall.directory.people[STUDENT], case).answers, "not its to fill in"
    assert office.states() == {"丙商城": ("sent", "")}
    assert (await web.get(path_of("shop-c"), headers=signed("shop-c", "GET"))).json() == []


async def test_o2_failures_and_repeats_come_to_one_order(
    office: Office, shops: dict[str, Receiver], behave: dict[str, list[str]], web: httpx.AsyncClient
) -> None:
    behave["乙商城"] = ["503", "drop", "lost", "late"]
    shops["乙商城"].slow = 0.2
    case = office.ordered(供应商="乙商城")
    for _ in range(4):
        await asyncio.to_thread(office.send)
        office.clock.now = office.clock.now.replace(hour=office.clock.now.hour + 2)
    assert office.states() == {"乙商城": ("sent", "")}
    assert len(shops["乙商城"].requests) == 4
    assert len({headers["Idempotency-Key"] for headers, _ in shops["乙商城"].requests}) == 1
    assert len(shops["乙商城"].taken) == 1
    first = await confirm(web, "shop-b", case, answers={"订单号": "B-1"})
    again = await confirm(web, "shop-b", case, answers={"订单号": "B-1"})
    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert (await confirm(web, "shop-b", case, succeeded=False)).status_code == 409
    events = office.hall.case(office.hall.directory.people[STUDENT], case).events
    assert [event.kind for event in events].count("called back") == 1


async def test_o3_no_other_shop_sees_or_confirms(office: Office, web: httpx.AsyncClient) -> None:
    case = office.ordered(供应商="甲商城")
    assert (await web.get(path_of("shop-b"), headers=signed("shop-b", "GET"))).json() == []
    assert (await confirm(web, "shop-b", case, answers={"订单号": "B-1"})).status_code == 404
    for headers in (
        {},
        signed("shop-a", "GET", secret=SECRETS["shop-b"]),
        signed("shop-a", "GET", age=400),
        signed("shop-a", "POST"),
    ):
        assert (await web.get(path_of("shop-a"), headers=headers)).status_code == 401
    unknown = signed("shop-x", "GET", secret="x" * 40)
    assert (await web.get(path_of("shop-x"), headers=unknown)).status_code == 401
    assert office.number(case) in (None, "")
    assert (await confirm(web, "shop-a", case, answers={"订单号": "A-1"})).status_code == 200


async def test_o4_a_shop_that_cannot_deliver(office: Office, web: httpx.AsyncClient) -> None:
    case = office.ordered(供应商="丁商城")
    assert (await confirm(web, "shop-d", case, succeeded=False, said="缺货")).status_code == 200
    admin = next(one for one in office.hall.directory.people.values() if ADMIN in one.roles)
    view = office.hall.case(admin, case)
    (task,) = view.tasks
    assert "return" in task.actions
    back = office.hall.act(
        admin, case, task.id, "return", opinion="换一家", return_to="60", seq=view.seq, command_id="back-0001"
    )
    assert back.done
    office.clock.now = office.clock.now.replace(hour=11)
    buyer = office.hall.directory.people[BUYER]
    view = office.hall.case(buyer, case)
    (task,) = view.tasks
    other = {"供应商": "甲商城"}
    assert office.hall.act(buyer, case, task.id, "approve", answers=other, seq=view.seq, command_id="buy-0002").done
    await asyncio.to_thread(office.send)
    assert office.states() == {"丁商城": ("sent", ""), "甲商城": ("sent", "")}
    assert (await web.get(path_of("shop-d"), headers=signed("shop-d", "GET"))).json() == []
    assert (await confirm(web, "shop-d", case, round=2, answers={"订单号": "D-1"})).status_code == 404, (
        "it is another's now"
    )
    assert (await confirm(web, "shop-a", case, round=2, answers={"订单号": "A-9"})).status_code == 200
    assert office.number(case) == "A-9"


def test_o5_a_typed_number_pushes_nothing(office: Office, shops: dict[str, Receiver]) -> None:
    case = office.ordered(订单号="DH-118", 供应商="甲商城")
    office.send()
    assert [shop.requests for shop in shops.values()] == [[], [], [], []]
    assert office.states() == {}
    finance = [row.step_name for row in office.hall.tasks(office.hall.directory.people["10411"]).items]
    assert finance == ["结算"]
    assert office.number(case) == "DH-118"


def test_o6_the_sandbox_of_a_demonstration(tmp_path: Path) -> None:
    office = Office(tmp_path, sending=Sending(rehearsal=True))
    case = office.ordered(供应商="乙商城")
    office.send()
    assert office.states() == {"乙商城": ("sent", "")}
    number = office.hall.case(office.hall.directory.people[STUDENT], case).row.number
    assert office.number(case) == f"沙箱-{number}"
    said = [one.opinion for one in office.hall.case(office.hall.directory.people[STUDENT], case).events if one.opinion]
    assert "没有真的办理" in said[-1]
    office.hall.close()


def test_o6_without_a_host_it_waits_and_says_why(tmp_path: Path) -> None:
    office = Office(tmp_path, sending=Sending())
    case = office.ordered(供应商="乙商城")
    office.send()
    state, why = office.states()["乙商城"]
    assert state == "waiting"
    assert "BANSHI_CONNECT_HOSTS" in why
    assert office.number(case) in (None, "")
    office.hall.close()
