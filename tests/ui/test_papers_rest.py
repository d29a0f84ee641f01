"""Papers over REST, the check page and the kiosk without a browser.

R1 the papers of a case and their PDFs for those who may; revoking for the owner
R2 the check page for anybody, in the language of her browser, a few times a minute
R3 a kiosk is let in by its token alone; a number alone opens nothing; what was found is wiped; a file is fetched once
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from paper_halls import ANSWERS, Clock, approve, open_paper_hall, send

from banshi.platform.cases.papers import PaperRow
from banshi.platform.hall import Hall
from banshi.ui.rest import kiosk
from banshi.ui.settings import Settings
from banshi.ui.throttle import Throttle

TOKEN = "kiosk-of-the-library-1"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_paper_hall(tmp_path, Clock())
    yield opened
    opened.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, site="https://banshi.example.edu.cn/", kiosks={"library": TOKEN, "short": "abc"})


@pytest.fixture
def permit(hall: Hall) -> PaperRow:
    case = send(hall)
    approve(hall, case, "20004")
    return hall.papers.of_case(hall.directory.people["20001"], case)[0]


async def bearer(web: httpx.AsyncClient, person: str) -> dict[str, str]:
    answer = await web.post("/api/v1/sessions", json={"person": person})
    return {"authorization": f"Bearer {answer.json()['token']}"}


async def test_papers_of_a_case(web: httpx.AsyncClient, permit: PaperRow) -> None:
    """R1."""
    path = f"/api/v1/cases/{permit.case_id}/papers"
    assert (await web.get(path)).status_code == 401
    assert (await web.get(path, headers=await bearer(web, "20002"))).status_code == 403
    mine = await web.get(path, headers=await bearer(web, "20001"))
    (row,) = mine.json()
    assert (row["number"], row["state"], row["pickup"]) == ("CM20260001", "valid", permit.pickup)
    owner = await bearer(web, "20005")
    (seen,) = (await web.get(path, headers=owner)).json()
    assert (seen["pickup"], seen["may_download"], seen["may_revoke"]) == ("", False, True)
    address = f"/api/v1/papers/{permit.code}/pdf"
    pdf = await web.get(address, headers=await bearer(web, "20001"))
    assert (pdf.status_code, pdf.headers["content-type"], pdf.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert "CM20260001" in pdf.headers["content-disposition"]
    assert (await web.get(address, headers=owner)).status_code == 403
    assert (await web.get("/api/v1/papers/ABCD/pdf", headers=owner)).status_code == 404
    revocation = f"/api/v1/papers/{permit.code}/revocation"
    said = {"reason": "物品有误", "command_id": "revoke-rest"}
    assert (await web.post(revocation, headers=await bearer(web, "20001"), json=said)).status_code == 403
    assert (await web.post(revocation, headers=owner, json={**said, "reason": ""})).status_code == 422
    assert (await web.post(revocation, headers=owner, json=said)).json()["done"]
    late = await web.get(address, headers=await bearer(web, "20001"))
    assert (late.status_code, late.json()["detail"]) == (422, "这份文书已经撤销，不能再打印。")


async def test_anybody_checks_a_code(web: httpx.AsyncClient, permit: PaperRow) -> None:
    """R2: no more than what the workbook lets be shown, and markup in it is text."""
    page = await web.get(f"/check/{permit.code}", headers={"accept-language": "en"})
    assert page.status_code == 200
    for said in ("genuine and valid", "CM20260001", "2026-07-31", "家中", "138****5678", permit.said_code):
        assert said in page.text, said
    assert "陈晓雨" not in page.text
    assert "13812345678" not in page.text
    assert permit.pickup not in page.text
    unknown = await web.get("/check/%3Cscript%3Ealert(1)")
    assert unknown.status_code == 404
    assert "<script>alert" not in unknown.text
    assert "没有这个核验码的文书" in unknown.text
    typed = await web.get("/check", params={"code": permit.said_code.lower()})
    assert typed.headers["location"] == f"/check/{permit.code}"
    program = await web.get(f"/api/v1/check/{permit.code}")
    assert (program.json()["state"], program.json()["number"]) == ("valid", "CM20260001")
    assert (await web.get("/api/v1/check/ABCD")).status_code == 404


async def test_checks_are_limited(web: httpx.AsyncClient) -> None:
    """R2."""
    answers = [(await web.get("/api/v1/check/ABCD")).status_code for _ in range(32)]
    assert answers[:30] == [404] * 30
    assert 429 in answers[30:]
    clock = [0.0]
    throttle = Throttle(0.5, 2, at_most=2, clock=lambda: clock[0])
    assert [throttle.take("a") for _ in range(3)] == [True, True, False]
    assert throttle.take("b")
    clock[0] = 2.0
    assert throttle.take("a")
    assert not throttle.take("a")


async def enter(web: httpx.AsyncClient, said: str, pickup: str) -> httpx.Response:
    return await web.post("/kiosk", data={"said": said, "pickup": pickup})


async def test_only_terminals_are_kiosks(web: httpx.AsyncClient, permit: PaperRow) -> None:
    """R3."""
    for token in ("", "wrong-token-0123456789", "abc"):
        assert (await web.get("/kiosk", params={"token": token} if token else {})).status_code == 403
    assert (await enter(web, "20001", permit.pickup)).status_code == 403
    let_in = await web.get("/kiosk", params={"token": TOKEN})
    assert (let_in.status_code, let_in.headers["location"]) == (303, "/kiosk")
    assert "httponly" in let_in.headers["set-cookie"].lower()
    assert "samesite=strict" in let_in.headers["set-cookie"].lower()
    assert (await web.get("/kiosk")).status_code == 200


async def test_a_visit_to_a_kiosk(web: httpx.AsyncClient, permit: PaperRow, hall: Hall) -> None:
    """R3."""
    await web.get("/kiosk", params={"token": TOKEN})
    alone = await enter(web, "20001", "")
    assert alone.status_code == 422
    assert "没有找到" in alone.text
    assert permit.number not in alone.text
    assert (await web.post("/kiosk/print", data={"code": permit.code})).status_code == 403
    found = await enter(web, "20001", permit.pickup)
    assert found.status_code == 303
    assert permit.number in (await web.get("/kiosk")).text
    printed = (await web.post("/kiosk/print", data={"code": permit.code})).json()
    assert (printed["left"], printed["more"]) == ("还可打印 1 份", True)
    pdf = await web.get(printed["address"])
    assert (pdf.content[:5], pdf.headers["content-disposition"]) == (b"%PDF-", "inline")
    assert "'self'" in pdf.headers["content-security-policy"]
    assert (await web.get(printed["address"])).status_code == 404, "once"
    last = (await web.post("/kiosk/print", data={"code": permit.code})).json()
    assert (last["left"], last["more"]) == ("份数已打完", False)
    none = await web.post("/kiosk/print", data={"code": permit.code})
    assert (none.status_code, none.json()["detail"][:6]) == (422, "份数已经打完")
    other = send(hall, ANSWERS, "20002")
    approve(hall, other, "20004")
    (hers,) = hall.papers.of_case(hall.directory.people["20002"], other)
    assert (await web.post("/kiosk/print", data={"code": hers.code})).status_code == 403, "another's"
    assert (await web.get("/kiosk/finish")).status_code == 303
    assert permit.number not in (await web.get("/kiosk")).text
    assert (await web.get(last["address"])).status_code == 404, "wiped"


def test_a_visit_ends_by_itself() -> None:
    """R3: ninety seconds after the last request, at the latest."""
    now = [0.0]
    visits = kiosk.Visits(lambda: now[0])
    key = visits.begin("20001", "204816")
    now[0] = 80.0
    assert visits.get(key) is not None
    now[0] = 171.0
    assert visits.get(key) is None
