"""The guard at the door: same origin, sockets bound to their session, a limit to messages a second and bytes a request.

NiceGUI takes a socket from any origin that knows a page's `client_id`, and as many messages as come. What is checked
here is what a browser cannot be made to forge: the `Origin` header, and the session cookie that opened the page.
"""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request

from banshi.ui.session import COOKIE, language_of
from banshi.ui.texts import Texts, size_text

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

_SOCKETS = "/_nicegui_ws/"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_MB = 1024 * 1024


class Bucket:
    """A token bucket: `rate` messages a second, `burst` at once."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._tokens, self._at = burst, clock()

    def take(self) -> bool:
        """Take one token; False when none is left."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def session_of_client(client_id: str) -> str | None:
    """The session token that opened a page; None when there is no such page (NiceGUI then lets the browser reload)."""
    from nicegui import Client

    client = Client.instances.get(client_id)
    return None if client is None else client.request.cookies.get(COOKIE, "")


class Guard:
    """Pure ASGI. `body_limits` gives bytes by the beginning of a path; `default_limit` holds elsewhere."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        body_limits: dict[str, int] | None = None,
        default_limit: int = _MB,
        rate: float = 30,
        burst: float = 120,
        owner_of: Callable[[str], str | None] = session_of_client,
    ) -> None:
        self.app = app
        self._limits = body_limits or {}
        self._default_limit = default_limit
        self._rate, self._burst = rate, burst
        self._owner_of = owner_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if scope["path"].startswith(_SOCKETS):
            # Long polling would need every check of the socket once more; every browser that runs the forms has sockets.
            await _refuse(send, 403, "Only sockets are served here.")
        elif scope["method"] not in _SAFE and not _same_origin(headers):
            await _refuse(send, 403, "The request came from another site.")
        else:
            await self._bounded(scope, receive, send, headers)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        """Pass a request on as long as its body stays within the limit; count, for a length can be left out."""
        limit = next(
            (size for path, size in self._limits.items() if scope["path"].startswith(path)), self._default_limit
        )
        if headers.get("content-length", "0").isdigit() and int(headers.get("content-length", "0")) > limit:
            await _refuse(send, 413, _too_large(scope, limit))
            return
        seen, over, started = 0, False, False

        async def counted() -> Message:
            nonlocal seen, over
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                over = True
                return {"type": "http.disconnect"}
            return message

        async def answer(message: Message) -> None:
            nonlocal started
            if over and not started:
                return  # whatever the app makes of a request cut short is not the answer
            started = True
            await send(message)

        try:
            await self.app(scope, counted, answer)
        except Exception:
            if not over:
                raise
        if over and not started:
            await _refuse(send, 413, _too_large(scope, limit))

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        client_id = parse_qs(scope["query_string"].decode("latin-1")).get("client_id", [""])[0]
        owner = self._owner_of(client_id)
        cookie = session_cookie(headers)
        if not _same_origin(headers) or (
            owner is not None and not hmac.compare_digest(owner.encode(), cookie.encode())
        ):
            log.warning("A socket was refused: another origin or another session.")
            await receive()  # websocket.connect
            await send({"type": "websocket.close", "code": 1008})
            return
        bucket = Bucket(self._rate, self._burst)

        async def limited() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and not bucket.take():
                log.warning("A socket was closed: too many messages a second.")
                await send({"type": "websocket.close", "code": 1008})
                return {"type": "websocket.disconnect", "code": 1008}
            return message

        await self.app(scope, limited, send)


def session_cookie(headers: Headers) -> str:
    """The session token that a request carries, or an empty text."""
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def _same_origin(headers: Headers) -> bool:
    """Whether a request came from one of our own pages, or from no page at all (a program with a bearer token)."""
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""
    return headers.get("sec-fetch-site", "none") in {"same-origin", "none"}


def _too_large(scope: Scope, limit: int) -> str:
    """What somebody is told whose request is cut short, in her language."""
    return Texts(language_of(Request(scope)))("error.413.limit", size=size_text(limit))


async def _refuse(send: Send, status: int, detail: str) -> None:
    body = json.dumps({"detail": detail}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body})
