"""Passes over REST and the pages of gates and holders without a browser.

E1 a gate is let in by its own token alone, stands where its name says, and gets 200 whatever comes of a scan
E2 keepers check with their sessions; strangers, short tokens and unreadable bodies are refused
E3 the passes of a case and their withdrawal for those who may
E4 `/gate` for gates and keepers, `/passes/…` for the holder alone; the code stands in the picture
E5 one gate is answered so many checks a second
E6 the health page counts gates whose tokens are not good
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from paper_halls import Clock
from pass_halls import code_of, decide, open_pass_hall, send

from banshi.platform.hall import Hall
from banshi.ui.rest import gates
from banshi.ui.settings import Settings
from banshi.ui.throttle import Throttle

TOKEN = "gate-of-crabapple-hall-1"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    opened = open_pass_hall(tmp_path, clock)
    yield opened
    opened.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, gates={"海棠1栋/东门": TOKEN, "银杏2栋": "another-gate-of-ginkgo", "short": "abc"})


@pytest.fixture
def case(hall: Hall, clock: Clock) -> str:
    made = send(hall)
    decide(hall, made, "20004")
    clock.go(minutes=35)
    return made


async def bearer(web: httpx.AsyncClient, person: str) -> dict[str, str]:
    answer = await web.post("/api/v1/sessions", json={"person": person})
    return {"authorization": f"Bearer {answer.json()['token']}"}


def asked(code: str, scan_id: str = "scan-0001", **more: str) -> dict[str, str]:
    return {"code": code, "scan_id": scan_id, **more}


async def test_a_gate_checks_with_its_token(web: httpx.AsyncClient, hall: Hall, case: str) -> None:
    """E1."""
    code, path, gate = code_of(hall, case), "/api/v1/passes/check", {"authorization": f"Bearer {TOKEN}"}
    answer = await web.post(path, json=asked(code), headers=gate)
    assert answer.status_code == 200
    told = answer.json()
    assert {key: told[key] for key in ("allowed", "reason", "direction", "place", "repeated")} == {
        "allowed": True,
        "reason": "in",
        "direction": "in",
        "place": "海棠1栋",
        "repeated": False,
    }
    assert told["shows"] == [["访客姓名", "李**"], ["楼栋", "海棠1栋"]]
    assert (await web.post(path, json=asked(code), headers=gate)).json()["repeated"]
    english = await web.post(
        path, json=asked(code, "scan-0002", direction="in"), headers={**gate, "accept-language": "en"}
    )
    assert (english.status_code, english.json()["reason"]) == (200, "already_inside")
    assert english.json()["message"] == "Somebody came in with it and has not left"
    other = {"authorization": "Bearer another-gate-of-ginkgo"}
    assert (await web.post(path, json=asked(code, direction="in"), headers=other)).json()["reason"] == "wrong_place"
    assert (await web.post(path, json=asked(code, place="海棠1栋"), headers=other)).status_code == 403
    unknown = await web.post(path, json=asked("nothing", "scan-0003"), headers=gate)
    assert (await web.post(path, json=asked("nothing"), headers=gate)).status_code == 409, (
        "the id was that of another scan"
    )
    assert (unknown.status_code, unknown.json()["reason"], unknown.json()["shows"]) == (200, "unknown", [])


async def test_strangers_check_nothing(web: httpx.AsyncClient, hall: Hall, case: str) -> None:
    """E2."""
    code, path = code_of(hall, case), "/api/v1/passes/check"
    for token in ("", "abc", TOKEN[:-1], TOKEN + "x"):
        assert (await web.post(path, json=asked(code), headers={"authorization": f"Bearer {token}"})).status_code == 401
    keeper = await bearer(web, "20004")
    assert (await web.post(path, json=asked(code), headers=keeper)).status_code == 422, "no place"
    assert (await web.post(path, json=asked(code, place="海棠1栋"), headers=keeper)).json()["allowed"]
    nobody = await bearer(web, "20002")
    assert (await web.post(path, json=asked(code, place="海棠1栋"), headers=nobody)).status_code == 403
    gate = {"authorization": f"Bearer {TOKEN}"}
    for wrong in ({"code": code}, asked(code, "x"), asked(code, direction="up"), {**asked(code), "more": "1"}):
        assert (await web.post(path, json=wrong, headers=gate)).status_code == 422


async def test_passes_of_a_case(web: httpx.AsyncClient, hall: Hall, case: str) -> None:
    """E3."""
    path = f"/api/v1/cases/{case}/passes"
    assert (await web.get(path)).status_code == 401
    assert (await web.get(path, headers=await bearer(web, "20002"))).status_code == 403
    (mine,) = (await web.get(path, headers=await bearer(web, "20001"))).json()
    assert (mine["state"], mine["code"]) == ("given", code_of(hall, case))
    owner = await bearer(web, "20005")
    (seen,) = (await web.get(path, headers=owner)).json()
    assert (seen["code"], seen["may_withdraw"]) == ("", True)
    said = {"reason": "访客改期", "command_id": "withdraw-0001"}
    gone = f"/api/v1/passes/{mine['id']}/withdrawal"
    assert (await web.post(gone, json=said, headers=await bearer(web, "20004"))).status_code == 403
    assert (await web.post(gone, json=said, headers=owner)).json()["done"]
    assert (await web.post(f"/api/v1/passes/{'0' * 64}/withdrawal", json=said, headers=owner)).status_code == 404


async def test_pages_of_gate_keeper_and_holder(web: httpx.AsyncClient, hall: Hall, case: str) -> None:
    """E4."""
    sent = await web.get("/gate")
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=/gate")
    assert (await web.get("/gate", params={"token": "wrong-token-of-a-gate"})).status_code == 403
    opened = await web.get("/gate", params={"token": TOKEN})
    assert opened.status_code == 303
    page = await web.get("/gate")
    assert "海棠1栋" in page.text
    assert 'id="place"' not in page.text
    code = code_of(hall, case)
    assert (await web.post("/gate/check", json=asked(code))).json()["allowed"]
    web.cookies.clear()
    denied = await web.post("/gate/check", json=asked(code))
    assert denied.status_code == 401
    assert "detail" in denied.json()

    row = hall.passes.of_case(hall.directory.people["20001"], case)[0]
    assert (await web.get(f"/passes/{row.id}")).status_code == 303
    for person, status in (("20002", 404), ("20004", 404), ("20001", 200)):
        token = (await bearer(web, person))["authorization"].removeprefix("Bearer ")
        web.cookies.set("banshi_session", token)
        shown = await web.get(f"/passes/{row.id}")
        assert shown.status_code == status
        assert (row.said_code in shown.text) is (status == 200)
    keeper = (await bearer(web, "20004"))["authorization"].removeprefix("Bearer ")
    web.cookies.set("banshi_session", keeper)
    kept = await web.get("/gate")
    assert 'id="place"' in kept.text
    assert '<option value="银杏2栋">' in kept.text


async def test_the_picture_is_the_code(web: httpx.AsyncClient, hall: Hall, case: str) -> None:
    """E4: a reader that is not ours reads it off the page."""
    import zxingcpp
    from PIL import Image, ImageDraw

    row = hall.passes.of_case(hall.directory.people["20001"], case)[0]
    web.cookies.set("banshi_session", (await bearer(web, "20001"))["authorization"].removeprefix("Bearer "))
    page = (await web.get(f"/passes/{row.id}")).text
    shown = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    assert shown is not None
    svg = base64.b64decode(shown[1]).decode()
    assert (await web.get(f"/passes/{row.id}.svg")).text == svg
    size = int(re.search(r'viewBox="0 0 (\d+)', svg.replace("'", '"'))[1])
    picture = Image.new("L", (size * 8, size * 8), 255)
    draw = ImageDraw.Draw(picture)
    path = re.findall(r"""d=["']([^"']+)["']""", svg)[-1]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])\s*([-\d. ]+)", path):
        steps = [float(one) for one in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            draw.rectangle((x * 8, (y - 0.5) * 8, (x + steps[0]) * 8 - 1, (y + 0.5) * 8 - 1), fill=0)
            x += steps[0]
        else:
            x, y = (steps[0], steps[1]) if command == "M" else (x + steps[0], y + steps[1])
    (read,) = zxingcpp.read_barcodes(picture)
    assert read.text == row.code


async def test_one_gate_is_answered_so_often(web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """E5."""
    monkeypatch.setattr(gates, "_BURST", 3)
    door = gates._Door.__new__(gates._Door)
    door._throttle = Throttle(0, 3)
    for _ in range(3):
        door._ensure("gate:a")
    with pytest.raises(gates.CheckedTooOften):
        door._ensure("gate:a")
    door._ensure("gate:b")


async def test_the_health_page_tells_of_gates_that_are_not_let_in(web: httpx.AsyncClient) -> None:
    """E6: the one with a token that is too short; which, is for the administrator alone."""
    assert (await web.get("/api/v1/health")).json() == {"ok": True, "gates_not_let_in": 1}
    assert (await web.get("/healthz")).json() == {"ok": True}
