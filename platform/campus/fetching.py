"""Asking the provider over HTTPS: within bounds of time and size, and to the addresses that were meant.

A provider that hangs, drips or answers without end costs a visitor ten seconds and the hall 256 KB. Redirects are not
followed and proxies of the environment not used; certificates are trusted as the system or certifi says.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx

from banshi.platform.campus.provider import CampusFault

ALL_SECONDS = 10.0
MOST_ANSWER = 256 * 1024
"""Bytes of an answer that are read; what is longer is not believed."""
_AT_ONCE = 32


class Fetcher:
    """See the module. `seconds` is how long one question may take altogether."""

    def __init__(self, seconds: float = ALL_SECONDS) -> None:
        self._seconds = seconds
        self._trusted = httpx.create_ssl_context(trust_env=False)
        self._trusted.load_default_certs()
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def ask(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: str = ""
    ) -> tuple[int, bytes]:
        """The status and body of an answer below 500. Raises `CampusFault`: `down`, or `nonsense` where it is too long."""
        where = shown(url)
        if not may_ask(url):
            raise CampusFault("nonsense", f"{where} is no https address")
        wanted = {"Accept-Encoding": "identity", "User-Agent": "Banshi", **(headers or {})}
        try:
            async with asyncio.timeout(self._seconds), self._free:
                status, answer = await self._read(method, url, wanted, body)
        except TimeoutError as error:
            raise CampusFault("down", f"{where} did not answer within {self._seconds:g} seconds") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise CampusFault("down", f"{where} cannot be reached: {type(error).__name__}") from error
        if status >= 500:
            raise CampusFault("down", f"{where} answered {status}")
        return status, answer

    async def _read(self, method: str, url: str, headers: Mapping[str, str], body: str) -> tuple[int, bytes]:
        async with (
            httpx.AsyncClient(
                follow_redirects=False, trust_env=False, timeout=self._seconds, verify=self._trusted
            ) as client,
            client.stream(method, url, headers=dict(headers), content=body.encode()) as answer,
        ):
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise CampusFault("nonsense", f"{shown(url)} packed its answer, which was not asked for")
            read = bytearray()
            async for chunk in answer.aiter_raw():
                read += chunk
                if len(read) > MOST_ANSWER:
                    raise CampusFault("nonsense", f"{shown(url)} answered more than {MOST_ANSWER // 1024} KB")
            return answer.status_code, bytes(read)


def as_object(body: bytes, where: str) -> dict[str, Any]:
    """A JSON object; raises `CampusFault` for anything else."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CampusFault("nonsense", f"{where} did not answer in JSON") from error
    if not isinstance(said, dict):
        raise CampusFault("nonsense", f"{where} answered no JSON object")
    return said


def may_ask(url: str) -> bool:
    """Whether an address may be asked: https, or http on this machine, without a user in it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_own(host))


def is_own(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def shown(url: str) -> str:
    """An address for the log: without its query, which may hold a code or a ticket."""
    return url.partition("?")[0][:200]
