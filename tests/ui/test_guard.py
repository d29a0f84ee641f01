"""The guard at the door.

1. A request that changes something and comes from another site is refused.
2. A socket is refused from another site, and from another session than the one that opened the page.
3. Somebody who floods a socket is cut off; who types fast is not.
4. A body stops at its limit, whether its length is told or not.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from banshi.ui.guard import Bucket, Guard

TOKEN = "token-of-li"


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RuntimeError("cut short")
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = json.dumps({"size": size}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


def client() -> httpx.AsyncClient:
    guard = Guard(echo, body_limits={"/files": 1000}, default_limit=100)
    return httpx.AsyncClient(transport=httpx.ASGITransport(guard), base_url="http://hall:8080")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://hall:8080"}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://hall:9999"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
    ],
)
async def test_1_a_change_comes_from_our_own_pages(headers: dict[str, str], status: int) -> None:
    async with client() as web:
        assert (await web.post("/sign-in", content=b"x", headers=headers)).status_code == status
        assert (await web.get("/", headers=headers)).status_code == 200


async def chunked(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 50):
        yield b"x" * 50


@pytest.mark.parametrize(("path", "size", "status"), [
    ("/sign-in", 100, 200), ("/sign-in", 150, 413), ("/files", 1000, 200), ("/files", 1050, 413), ("/files/x", 1050, 413),
])  # fmt: skip
async def test_4_a_body_stops_at_its_limit(path: str, size: int, status: int) -> None:
    async with client() as web:
        assert (await web.post(path, content=b"x" * size)).status_code == status
        assert (await web.post(path, content=chunked(size))).status_code == status


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "没有收下"), ("en-GB", "was not taken")])
async def test_4_who_sends_too_much_is_told_the_limit(language: str, said: str) -> None:
    async with client() as web:
        answer = await web.post("/files", content=b"x" * 1050, headers={"accept-language": language})
    assert said in answer.json()["detail"]
    assert "1 KB" in answer.json()["detail"]


async def test_long_polling_is_closed() -> None:
    async with client() as web:
        assert (await web.get("/_nicegui_ws/socket.io/?transport=polling")).status_code == 403


class Socket:
    """One socket: the messages of a browser go in, what comes out is kept."""

    def __init__(
        self, *, origin: str | None = "http://hall", cookie: str = f"banshi_session={TOKEN}", messages: int = 0
    ) -> None:
        headers = [(b"host", b"hall"), (b"cookie", cookie.encode())]
        headers += [(b"origin", origin.encode())] if origin else []
        self.scope = {
            "type": "websocket", "path": "/_nicegui_ws/socket.io/", "query_string": b"client_id=page-1", "headers": headers,
        }  # fmt: skip
        self.coming = [{"type": "websocket.connect"}, *[{"type": "websocket.receive", "text": "x"}] * messages]
        self.sent: list[dict[str, Any]] = []
        self.arrived = 0

    async def receive(self) -> dict[str, Any]:
        return self.coming.pop(0) if self.coming else {"type": "websocket.disconnect", "code": 1000}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] == "websocket.receive":
            self.arrived += 1

    async def run(self) -> list[str]:
        guard = Guard(self.app, rate=0.001, burst=20, owner_of={"page-1": TOKEN}.get)
        await guard(self.scope, self.receive, self.send)
        return [message["type"] for message in self.sent]


async def test_2_a_socket_of_the_page_is_let_in() -> None:
    assert await Socket().run() == ["websocket.accept"]
    assert await Socket(origin=None).run() == ["websocket.accept"]


@pytest.mark.parametrize(
    "socket",
    [
        {"origin": "http://evil.example"},
        {"cookie": "banshi_session=token-of-zhang"},
        {"cookie": ""},
        {"cookie": "banshi_session=tök\u00e9n"},
    ],
)
async def test_2_any_other_socket_is_refused(socket: dict[str, str]) -> None:
    assert await Socket(**socket).run() == ["websocket.close"]


async def test_3_a_flooder_is_cut_off() -> None:
    polite, flooder = Socket(messages=20), Socket(messages=21)
    assert await polite.run() == ["websocket.accept"]
    assert polite.arrived == 20
    assert await flooder.run() == ["websocket.accept", "websocket.close"]
    assert flooder.sent[-1]["code"] == 1008
    assert flooder.arrived == 20


def test_a_bucket_fills_again() -> None:
    now = [0.0]
    bucket = Bucket(rate=2, burst=3, clock=lambda: now[0])
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now[0] = 1.0
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    now[0] = 100.0
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
