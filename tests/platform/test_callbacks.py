"""Steps that wait for another system, from the workbook to its answer.

1. A signed answer passes the step and fills in the fields that it may; a failure asks an administrator.
2. Doubled answers have one effect, one to the contrary and one that comes too late have none and are told so.
3. Forged, unsigned, old and altered requests do nothing, nor does the key of another service.
4. An owner may answer by hand, with a reason; nobody else may.
5. A deadline passes, returns or refuses such a step, or asks an administrator; a late answer finds it closed.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI
from halls import open_test_hall
from pydantic import SecretStr

from banshi.platform.cases.callbacks import Answer
from banshi.platform.errors import AnsweredOtherwise, Declined, NotAllowed, NotAwaited, NotFound
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.ui.rest import api
from banshi.ui.rest.callbacks import SIGNATURE, TIME, key_of, signature
from banshi.ui.screens import errors
from banshi.ui.screens.frame import Site
from banshi.ui.settings import Settings

STUDENT, HEAD, FINANCE, OWNER, AUDITOR, ADMIN = "20001", "20002", "20003", "20005", "20006", "20007"
SECRET = "the-halls-own-secret-0123456789abcdef"
PAYMENT = """
## settings
| form_id | form_title | owner  |
| payment | 校园卡补办 | 设备处 |

## survey
| type  | name     | label    | required | constraint            | constraint_message |
| text  | 卡号     | 卡号     | yes      |                       |                    |
| money | 金额     | 金额     | yes      |                       |                    |
| text  | 流水号   | 流水号   |          | string-length(.) >= 8 | 流水号至少 8 位    |

## route
| step | name     | who                | mode     | edit   | due   | overdue   | name::English (en) | require |
| 10   | 申请     | initiator          |          |        |       |           | Application        |         |
| 20   | 缴费     |                    | callback | 流水号 | {due} | {overdue} | Payment            | REQUIRE |
| 30   | 制卡     | role:财务处.审核岗 | do       |        |       |           | Card               |         |
"""


class Office:
    def __init__(self, folder: Path, due: str = "", overdue: str = "", require: str = "") -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
        text = PAYMENT.format(due=due, overdue=overdue).replace("REQUIRE", require)
        self.hall: Hall = open_test_hall(folder, clock=lambda: self.now, services={"payment": text})

    def person(self, key: str) -> Person:
        return self.hall.directory.people[key]

    def send(self, command: str = "a") -> str:
        answers = {"卡号": "C2024110101", "金额": 20}
        receipt = self.hall.submit(self.person(STUDENT), "payment", answers, command_id=command)
        assert receipt.done, receipt.problems
        return receipt.case_id

    def events(self, case_id: str) -> list[tuple[str, str, str, str]]:
        view = self.hall.case(self.person(STUDENT), case_id)
        return [(event.kind, event.actor, event.step, event.opinion) for event in view.events]

    def tasks(self, key: str) -> list[str]:
        return [row.step_name for row in self.hall.tasks(self.person(key)).items]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    opened = Office(tmp_path)
    yield opened
    opened.hall.close()


@pytest.fixture
async def web(office: Office, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    settings = Settings(data=tmp_path, callback_secret=SecretStr(SECRET))
    app.include_router(api.router(Site(office.hall, settings)))
    errors.install(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://hall") as client:
        yield client


PATH = "/api/v1/callbacks/payment"


def signed(
    method: str, sent: bytes = b"", *, key: str = "", at: float | None = None, path: str = PATH
) -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    return {TIME: stamp, SIGNATURE: signature(key or key_of(SECRET, "payment"), stamp, method, path, sent)}


async def answer(web: httpx.AsyncClient, case_id: str, **said: Any) -> httpx.Response:
    sent = json.dumps({"case_id": case_id, "step": "20", "round": 1, "succeeded": True, **said}).encode()
    return await web.post(PATH, content=sent, headers=signed("POST", sent))


async def test_1_what_waits_is_asked_for_and_answered(web: httpx.AsyncClient, office: Office) -> None:
    case_id = office.send()
    assert office.tasks(FINANCE) == []
    (waits,) = (await web.get(PATH, headers={**signed("GET"), "accept-language": "en"})).json()
    assert waits == {
        "case_id": case_id, "number": waits["number"], "step_id": "20", "step_name": "Payment", "round": 1, "due": None,
    }  # fmt: skip
    done = await answer(web, case_id, said="微信支付", answers={"流水号": "WX20260302", "金额": 1})
    assert (done.status_code, done.json()["done"]) == (200, True)
    assert office.tasks(FINANCE) == ["制卡"]
    case = office.hall.case(office.person(STUDENT), case_id)
    assert case.answers == {"卡号": "C2024110101", "金额": 20, "流水号": "WX20260302"}, "only what the step may edit"
    assert office.events(case_id)[-1] == ("called back", "系统", "缴费", "微信支付")
    assert (await web.get(PATH, headers=signed("GET"))).json() == []


def test_1_what_a_step_requires_has_to_be_said(tmp_path: Path) -> None:
    office = Office(tmp_path, require="流水号")
    case_id = office.send()
    for answers, done in (({"流水账": "WX20260302"}, False), ({"流水号": "WX20260302"}, True)):
        what = Answer(case_id=case_id, step="20", round=1, succeeded=True, answers=answers)
        assert office.hall.answered("payment", what).done is done
    office.hall.close()


async def test_1_fields_that_are_wrong_pass_nothing(web: httpx.AsyncClient, office: Office) -> None:
    case_id = office.send()
    wrong = await answer(web, case_id, answers={"流水号": "短"})
    assert (wrong.status_code, wrong.json()["problems"][0]["message"]) == (422, "流水号至少 8 位")
    assert len((await web.get(PATH, headers=signed("GET"))).json()) == 1
    assert (await answer(web, case_id, answers={"流水号": "WX20260302"})).status_code == 200


async def test_1_a_failure_asks_an_administrator(web: httpx.AsyncClient, office: Office) -> None:
    case_id = office.send()
    assert (await answer(web, case_id, succeeded=False, said="余额不足")).status_code == 200
    assert (office.tasks(ADMIN), office.tasks(FINANCE)) == (["缴费"], [])
    assert office.events(case_id)[-1] == ("callback failed", "系统", "缴费", "余额不足")


async def test_2_doubled_contrary_and_late(web: httpx.AsyncClient, office: Office) -> None:
    case_id = office.send()
    first, again = await answer(web, case_id), await answer(web, case_id)
    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert first.json()["seq"] == again.json()["seq"]
    before = office.events(case_id)
    contrary = await answer(web, case_id, succeeded=False)
    assert (contrary.status_code, "先到" in contrary.json()["detail"]) == (409, True)
    other = office.send("b")
    assert (await answer(web, other, round=2)).status_code == 409
    assert (await answer(web, other, step="30")).status_code == 409
    seq = office.hall.case(office.person(STUDENT), other).seq
    assert office.hall.withdraw(office.person(STUDENT), other, seq=seq, command_id="w").done
    late = await answer(web, other)
    assert (late.status_code, "不等外部系统" in late.json()["detail"]) == (409, True)
    assert office.events(case_id) == before
    assert (await answer(web, "01NOSUCHCASE")).status_code == 404


async def test_3_only_what_is_signed_by_the_services_own_key(web: httpx.AsyncClient, office: Office) -> None:
    case_id = office.send()
    sent = json.dumps({"case_id": case_id, "step": "20", "round": 1, "succeeded": True}).encode()
    good = signed("POST", sent)
    forged = [
        {},
        {**good, SIGNATURE: "0" * 64},
        {**good, SIGNATURE: ""},
        {**good, TIME: str(int(good[TIME]) + 1)},
        {**good, TIME: "now"},
        signed("POST", sent, at=time.time() - 330),
        signed("POST", sent, at=time.time() + 330),
        signed("POST", sent, key=key_of(SECRET, "borrowing")),
        signed("POST", sent, key=SECRET),
        signed("GET", sent),
        signed("POST", sent, path="/api/v1/callbacks/borrowing"),
        signed("POST", sent.replace(b"true", b"false")),
    ]
    for headers in forged:
        refused = await web.post(PATH, content=sent, headers=headers)
        assert (refused.status_code, "签名" in refused.json()["detail"]) == (401, True), headers
    assert (await web.get(PATH)).status_code == 401
    assert [kind for kind, *_ in office.events(case_id)] == ["submitted", "waiting"], "nothing happened"
    path = "/api/v1/callbacks/borrowing"
    elsewhere = signed("POST", sent, key=key_of(SECRET, "borrowing"), path=path)
    assert (await web.post(path, content=sent, headers=elsewhere)).status_code == 404, "the case is not of that service"
    assert (await web.post(PATH, content=sent, headers=good)).status_code == 200


async def test_3_without_a_secret_nobody_is_let_in(office: Office, tmp_path: Path) -> None:
    for secret in ("", "short"):
        app = FastAPI()
        app.include_router(api.router(Site(office.hall, Settings(data=tmp_path, callback_secret=SecretStr(secret)))))
        errors.install(app)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://hall") as web:
            headers = {TIME: str(int(time.time())), SIGNATURE: "0" * 64}
            refused = await web.get(PATH, headers=headers)
            assert (refused.status_code, "BANSHI_CALLBACK_SECRET" in refused.json()["detail"]) == (503, True)


async def test_4_an_owner_answers_by_hand(office: Office) -> None:
    case_id = office.send()
    hall, mine = office.hall, Answer(case_id=case_id, step="20", round=1, succeeded=True, said="财务平台已到账")
    for key in (STUDENT, HEAD, FINANCE, AUDITOR):
        with pytest.raises(NotAllowed):
            hall.answer_by_hand(office.person(key), mine)
    with pytest.raises(Declined):
        hall.answer_by_hand(office.person(OWNER), Answer(case_id=case_id, step="20", round=1, succeeded=True, said=" "))
    assert [one.step_name for one in hall.case(office.person(OWNER), case_id).awaited] == ["缴费"]
    assert hall.case(office.person(STUDENT), case_id).awaited == ()
    assert hall.answer_by_hand(office.person(OWNER), mine).done
    assert office.events(case_id)[-1] == ("called back", "周倩", "缴费", "财务平台已到账")
    assert hall.answered("payment", Answer(case_id=case_id, step="20", round=1, succeeded=True)).repeated
    with pytest.raises(AnsweredOtherwise):
        hall.answered("payment", Answer(case_id=case_id, step="20", round=1, succeeded=False))
    with pytest.raises(NotFound):
        hall.answered("borrowing", mine)


@pytest.mark.parametrize(
    ("overdue", "state", "tasks"),
    [
        ("100%自动拒绝", "refused", {ADMIN: [], FINANCE: []}),
        ("100%自动退回", "returned", {ADMIN: [], FINANCE: []}),
        ("100%自动通过", "open", {ADMIN: [], FINANCE: ["制卡"]}),
        ("100%转上级", "open", {ADMIN: ["缴费"], FINANCE: []}),
        ("100%提醒", "open", {ADMIN: [], FINANCE: []}),
    ],
)
def test_5_a_deadline_ends_the_waiting(tmp_path: Path, overdue: str, state: str, tasks: dict[str, list[str]]) -> None:
    office = Office(tmp_path, "15分钟", overdue)
    try:
        case_id = office.send()
        (one,) = office.hall.awaited("payment")
        assert one.due == office.now + timedelta(minutes=15)
        office.now += timedelta(minutes=14)
        assert office.hall.fire_timers() == 0
        office.now += timedelta(minutes=2)
        assert office.hall.fire_timers() == 1
        assert office.hall.case(office.person(STUDENT), case_id).row.state == state
        assert {key: office.tasks(key) for key in tasks} == tasks
        answer = Answer(case_id=case_id, step="20", round=1, succeeded=True)
        if "提醒" in overdue:
            assert office.hall.answered("payment", answer).done, "a reminder closes nothing"
        else:
            with pytest.raises(NotAwaited):
                office.hall.answered("payment", answer)
        assert office.hall.fire_timers() == 0
    finally:
        office.hall.close()
