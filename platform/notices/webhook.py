"""Messages to other systems by HTTPS: signed, to hosts that the administrator allows, at addresses that were looked at.

The name is resolved once, every address is checked, and the connection goes to the one that was checked: a name that
points elsewhere a moment later leads nowhere. Redirects are not followed, proxies of the environment not used.
"""

from __future__ import annotations

import asyncio
import hmac
import socket
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import httpx

from banshi.platform.notices.sending import (
    Address,
    Again,
    AllowedHost,
    Never,
    Result,
    Sending,
    Sent,
    Why,
    is_nobodys,
    why,
)
from banshi.storage.contract import StoredMessage

CONNECT_SECONDS, READ_SECONDS, ALL_SECONDS = 5.0, 10.0, 20.0
MOST_BODY = 256 * 1024
MOST_ANSWER = 64 * 1024
"""Bytes of an answer that are read; what it says is not used."""
LONGEST_REST = timedelta(hours=6)
"""How long a receiver may ask to be left alone."""
SIGNATURE, TIMESTAMP, KEY = "X-Banshi-Signature", "X-Banshi-Time", "Idempotency-Key"
_HOPELESS = frozenset({400, 405, 410, 413, 414, 415, 422, 431, 501})
"""Answers that say that the message itself is wrong."""

Resolve = Callable[[str, int], list[Address]]


def signature(secret: str, timestamp: str, key: str, body: bytes) -> str:
    """The signature of a message: HMAC-SHA256 over `timestamp.key.body`, as `v1=<hex>`.

    With the key, so that nobody can send what she has overheard again as another message.
    """
    said = b".".join((timestamp.encode(), key.encode(), body))
    digest = hmac.new(secret.encode(), said, "sha256").hexdigest()
    return f"v1={digest}"


def resolved(host: str, port: int) -> list[Address]:
    """The addresses of a host; raises OSError where there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


class WebhookSender:
    """See the module. `connection` gives the address and the secret's name as they are now, for a message; `play` does what
    a system of a rehearsal would do with it."""

    def __init__(
        self,
        sending: Sending,
        connection: Callable[[StoredMessage], Mapping[str, str]],
        clock: Callable[[], datetime],
        resolve: Resolve = resolved,
        play: Callable[[StoredMessage], None] = lambda _: None,
    ) -> None:
        self._sending = sending
        self._connection = connection
        self._clock = clock
        self._resolve = resolve
        self._play = play

    def __call__(self, message: StoredMessage) -> Result:
        """Send a message once."""
        connection = self._connection(message)
        body = str(message.content["body"]).encode()
        if len(body) > MOST_BODY:
            return Never(why("要发送的内容超过 256 KB", "there is more to send than 256 KB"))
        parts = urlsplit(connection["url"])
        host = self._allowed(parts)
        if host is None and self._sending.rehearsal and is_nobodys(parts.hostname or ""):
            self._play(message)
            return Sent()
        if host is None:
            name = parts.netloc
            return Again(
                why(
                    f"管理员没有允许平台连接 {name}（设置 BANSHI_CONNECT_HOSTS）",
                    f"the administrator has not allowed calls to {name} (the setting BANSHI_CONNECT_HOSTS)",
                )
            )
        secret = self._sending.secrets.get(connection["auth"], "")
        if connection["auth"] and not secret:
            return Again(
                why(
                    f"服务器上没有名为 {connection['auth']} 的密钥（设置 BANSHI_SECRETS）",
                    f"the server keeps no secret called {connection['auth']} (the setting BANSHI_SECRETS)",
                )
            )
        return asyncio.run(self._sent(parts, host, body, self._headers(message, secret, body)))

    def _allowed(self, parts: SplitResult) -> AllowedHost | None:
        """The entry of the administrator's list that a URL falls under; None where it may not be called."""
        usual = 443 if parts.scheme == "https" else 80
        name, port = (parts.hostname or "").casefold(), parts.port or usual
        if parts.scheme not in ("https", "http") or parts.username or parts.password:
            return None
        for host in self._sending.hosts:
            if host.name == name and port == (host.port or 443):
                loopback = all(network.is_loopback for network in host.networks) and host.networks
                return host if parts.scheme == "https" or loopback else None
        return None

    def _headers(self, message: StoredMessage, secret: str, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock().astimezone(UTC).timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Banshi",
            KEY: message.key,
            TIMESTAMP: timestamp,
        }
        return headers | ({SIGNATURE: signature(secret, timestamp, message.key, body)} if secret else {})

    async def _sent(self, parts: SplitResult, host: AllowedHost, body: bytes, headers: dict[str, str]) -> Result:
        try:
            async with asyncio.timeout(ALL_SECONDS):
                return await self._call(parts, host, body, headers)
        except TimeoutError:
            return Again(why("对方在规定时间内没有答复", "the receiver did not answer in time"))

    async def _call(self, parts: SplitResult, host: AllowedHost, body: bytes, headers: dict[str, str]) -> Result:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            addresses = await asyncio.to_thread(self._resolve, host.name, port)
        except OSError:
            return Again(why(f"找不到主机 {host.name}", f"the host {host.name} is not known"))
        if not addresses or not all(host.takes(address) for address in addresses):
            told = "、".join(map(str, addresses))
            return Again(
                why(
                    f"{host.name} 指向不允许的地址 {told}；校内主机请在 BANSHI_CONNECT_HOSTS 里写明网段",
                    f"{host.name} has an address that is not allowed ({told}); of a host on the campus network "
                    "BANSHI_CONNECT_HOSTS names the network",
                )
            )
        # To the address that was looked at. The certificate is checked against the name.
        target = addresses[0]
        address = f"[{target}]" if target.version == 6 else str(target)
        url = httpx.URL(
            f"{parts.scheme}://{address}:{port}{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        )
        timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        request = {"headers": {**headers, "Host": parts.netloc}, "extensions": {"sni_hostname": host.name}}
        try:
            async with (
                httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=timeout) as client,
                client.stream("POST", url, content=body, **request) as answer,  # type: ignore[arg-type]
            ):
                read = 0
                async for chunk in answer.aiter_raw():
                    read += len(chunk)
                    if read > MOST_ANSWER:
                        break
                return _told(answer)
        except httpx.TimeoutException:
            return Again(why("对方在规定时间内没有答复", "the receiver did not answer in time"))
        except httpx.HTTPError as error:
            return Again(why(f"连接失败：{_short(error)}", f"the connection failed: {_short(error)}"))


def _told(answer: httpx.Response) -> Result:
    """What an answer means: taken, wrong for good, or to be tried again."""
    code = answer.status_code
    if 200 <= code < 300:
        return Sent()
    if 300 <= code < 400:
        return Again(
            why(f"对方要求转到别处（{code}），平台不跟随", f"the receiver redirects ({code}), which is not followed")
        )
    if code in _HOPELESS:
        return Never(why(f"对方不接受这条内容（{code}）", f"the receiver does not take this message ({code})"))
    return Again(why(f"对方答复 {code}", f"the receiver answered {code}"), _rest(answer))


def _rest(answer: httpx.Response) -> timedelta:
    """How long the receiver asks to be left alone."""
    said = answer.headers.get("Retry-After", "")
    return min(timedelta(seconds=int(said)), LONGEST_REST) if said.isdecimal() and len(said) < 8 else timedelta()


def _short(error: Exception) -> Why | str:
    return (str(error) or type(error).__name__)[:200]
