"""The served hall: headers, sockets, start and stop. No browser: requests and sockets as a stranger would make them.

1. Every page carries a policy whose nonce is on every script, and new with each page.
2. A page that somebody else opened cannot be reached by a socket, nor from another site.
3. Static files come packed and for ever; pages are never kept.
4. Whoever is not signed in leaves nothing behind in memory.
5. A form page is a handful of elements on the server, however many questions and steps it shows.
6. A port in use is told in both languages; every setting that matters is on.
"""

from __future__ import annotations

import html
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import websockets
from fake_hall import PEOPLE
from visiting import HERE, serve

from banshi.ui.server import greeting
from banshi.ui.server import serve as served
from banshi.ui.settings import Settings


@pytest.fixture(scope="module")
def hall() -> Iterator[str]:
    yield from serve()


@pytest.fixture
def web(hall: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hall, timeout=30) as client:
        yield client


def sign_in(web: httpx.Client, person: str = "10310") -> None:
    assert web.post("/sign-in", data={"person": person}).status_code == 303


def policy_nonce(answer: httpx.Response) -> str:
    return re.search(r"'nonce-([^']+)'", answer.headers["content-security-policy"])[1]


@pytest.mark.parametrize("path", ["/", "/sign-in", "/tasks", "/auditor", "/nowhere", "/healthz"])
def test_1_the_policy_is_everywhere(web: httpx.Client, path: str) -> None:
    sign_in(web, "90001")
    one, two = web.get(path), web.get(path)
    nonce = policy_nonce(one)
    scripts = re.findall(r"<script[^>]*>", one.text)
    assert all(f'nonce="{nonce}"' in script for script in scripts)
    assert bool(scripts) == (path in {"/", "/tasks", "/auditor"})
    assert nonce != policy_nonce(two)
    assert "frame-ancestors 'none'" in one.headers["content-security-policy"]
    assert "unsafe-inline" not in one.headers["content-security-policy"].split("script-src")[1].split(";")[0]
    assert one.headers["x-content-type-options"] == "nosniff"
    assert "server" not in one.headers


def client_id(page: httpx.Response) -> str:
    return re.search(r"client_id.{1,8}?([0-9a-f-]{36})", page.text)[1]


async def connect(hall: str, page: str, **headers: str) -> str:
    """The first message that a socket gets, or how it was refused."""
    query = (
        f"EIO=4&transport=websocket&client_id={page}&tab_id=t&document_id=d&next_message_id=0&implicit_handshake=true"
    )
    address = f"{hall.replace('http', 'ws')}/_nicegui_ws/socket.io/?{query}"
    try:
        async with websockets.connect(address, additional_headers=headers) as ws:
            first = await ws.recv()
            await ws.send("40")
            return str(first)[:1] + str(await ws.recv())[:2]
    except websockets.InvalidStatus as refused:
        return str(refused.response.status_code)


async def test_2_sockets_belong_to_their_session_and_site(hall: str, web: httpx.Client) -> None:
    sign_in(web)
    page = client_id(web.get("/tasks"))
    mine = f"banshi_session={web.cookies['banshi_session']}"
    with httpx.Client(base_url=hall) as other:
        sign_in(other, "S20230117")
        theirs = f"banshi_session={other.cookies['banshi_session']}"
    assert await connect(hall, page, Cookie=theirs, Origin=hall) == "403"
    assert await connect(hall, page, Origin=hall) == "403"
    assert await connect(hall, page, Cookie=mine, Origin="http://evil.example") == "403"
    assert await connect(hall, page, Cookie=mine, Origin=hall) == "040"


def test_2_a_form_of_another_site_signs_nobody_in(web: httpx.Client) -> None:
    answer = web.post("/sign-in", data={"person": "10310"}, headers={"origin": "http://evil.example"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_pages_may_ask_the_device_for_its_place_and_for_nothing_else(web: httpx.Client) -> None:
    sign_in(web)
    allowed = dict(part.strip().split("=") for part in web.get("/").headers["permissions-policy"].split(","))
    assert allowed == {"geolocation": "(self)", "camera": "()", "microphone": "()", "payment": "()"}


def test_3_static_files_come_packed_and_pages_are_never_kept(web: httpx.Client) -> None:
    sign_in(web)
    page = web.get("/")
    assert "no-store" in page.headers["cache-control"]
    assert page.headers["content-encoding"] == "gzip"
    files = set(re.findall(r'"(/(?:_nicegui|static)/[^"]+\.(?:css|js|mjs))"', page.text))
    assert {Path(file).name for file in files} >= {"screens.css", "form.css", "nicegui.js", "vue.esm-browser.prod.js"}
    for file in files:
        answer = web.get(file)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers.get("content-encoding", "gzip") == "gzip"


def test_4_strangers_are_sent_away_before_anything_is_made(web: httpx.Client) -> None:
    for path in ("/", "/tasks", "/cases/C1", "/owner", "/auditor/D0001"):
        answer = web.get(path, headers={"accept": "text/html"})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")
    assert "_nicegui" not in web.get("/sign-in").text


def test_5_a_form_page_is_a_handful_of_elements(web: httpx.Client) -> None:
    sign_in(web)
    page = web.get("/services/large-instrument/apply").text
    (told,) = re.findall(r"parseElements\(String\.raw`(.*?)`\)", page, re.DOTALL)
    elements = json.loads(html.unescape(told))
    tags = sorted(element["tag"].removeprefix("nicegui-") for element in elements.values())
    framework = ["div", "q-layout", "q-page", "q-page-container"]
    assert tags == sorted(
        [*framework, "drawing", "drawing", "drawing", "form"]
    )  # the header, the page, around the form


def test_who_is_asked_reads_until_when_and_that_it_has_passed(web: httpx.Client) -> None:
    sign_in(web)
    tasks, case = html.unescape(web.get("/tasks").text), html.unescape(web.get("/cases/C1").text)
    assert [word for word in ("办理期限", "已超时", "催办") if word not in tasks] == []
    moments = r"(应在 )?\d{4}-\d\d-\d\d \d\d:\d\d 前办理"
    assert re.findall(moments, case) == ["", "应在 "], "the one in time, then the one that is late"


def test_the_interface_describes_itself(web: httpx.Client) -> None:
    paths = web.get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/services", "/api/v1/cases/{case_id}", "/api/v1/decisions", "/api/v1/health"} <= set(paths)
    assert not [path for path in paths if not path.startswith("/api/v1/")]
    assert "each once" in paths["/api/v1/fillings/{service_id}"]["post"]["description"]
    body = paths["/api/v1/services/{service_id}/cases"]["post"]["requestBody"]
    assert "command_id" in json.dumps(body)


def test_6_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, str(HERE.parents[1] / "run.py"), "--port", str(port), "--data", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"无法监听 127.0.0.1:{port}" in done.stderr
    assert f"Cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_6_the_greeting_names_the_people_and_warns() -> None:
    told = greeting(Settings(host="0.0.0.0", port=8080), 8080, PEOPLE)
    assert "http://localhost:8080/" in told
    assert "陈思远 Chen Siyuan（材料学院）" in told
    assert "BANSHI_DEMO=false" in told
    assert "BANSHI_DEMO=false" not in greeting(Settings(), 8080, PEOPLE)


def test_6_a_folder_of_workbooks_that_is_not_there_is_told(tmp_path, capsys):
    missing = tmp_path / "workbooks"
    assert served(Settings(port=0, data=tmp_path / "data", definitions=missing)) == 1
    said = capsys.readouterr().err
    assert f"没有工作簿目录 {missing}" in said
    assert "BANSHI_DEFINITIONS" in said
    assert not (tmp_path / "data").exists()
