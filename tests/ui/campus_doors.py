"""A hall with its doors, and somebody who goes through the campus sign-in as a browser would, step by step."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from campus_providers import CLIENT, SECRET, Provider
from fastapi import FastAPI
from halls import ORGANISATION, open_test_hall, write

from banshi.platform.campus.fetching import Fetcher
from banshi.platform.hall import Hall
from banshi.ui.campus import campus_sign_in
from banshi.ui.rest import api, campus, doors
from banshi.ui.screens import errors
from banshi.ui.screens.frame import Site
from banshi.ui.settings import Settings

SITE = "http://hall"
PEOPLE = ORGANISATION.replace("\n## departments", "| 'T2019A | 林小满 | Lin Xiaoman | 化工学院 | | |\n\n## departments")


def hall_of_campus(folder: Path) -> Iterator[Hall]:
    """A hall that knows somebody with a letter in her number; it is closed afterwards."""
    write(folder / "definitions", "organisation/organisation.xlsx", PEOPLE)
    with closing(open_test_hall(folder)) as hall:
        yield hall


def oidc(provider: Provider, **more: Any) -> dict[str, Any]:
    given = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    return {"site": SITE, "demo": False, **given, **more}


def cas(provider: Provider, **more: Any) -> dict[str, Any]:
    return {"site": SITE, "demo": False, "cas_server": provider.url, **more}


class Guest:
    """A browser at the hall. `web` has its cookies; what it is told elsewhere comes by plain requests."""

    def __init__(self, web: httpx.AsyncClient, hall: Hall, provider: Provider, fetcher: Fetcher) -> None:
        self.web, self.hall, self.provider, self.fetcher = web, hall, provider, fetcher

    async def begin(self, asked: str = "/cases") -> httpx.Response:
        """Press the button; where the hall sends the browser."""
        return await self.web.get("/sign-in/campus", params={"next": asked})

    async def sign(self, url: str) -> str:
        """Sign in on the provider's page; the address that it sends the browser back to."""
        parts = urlsplit(url)
        assert parts.scheme == "http", url
        async with httpx.AsyncClient(verify=False) as outside:
            assert "统一身份认证" in (await outside.get(url)).text
            answer = await outside.post(f"{self.provider.url}{parts.path}", data=dict(parse_qsl(parts.query)))
        assert answer.status_code == 302
        return answer.headers["location"]

    async def go_back(self, url: str) -> httpx.Response:
        assert url.startswith(f"{SITE}/sign-in/campus/back?"), url
        return await self.web.get(url.removeprefix(SITE))

    async def sign_in(self, asked: str = "/cases") -> httpx.Response:
        """All of the way; the hall's answer to the way back."""
        return await self.go_back(await self.sign((await self.begin(asked)).headers["location"]))

    def person(self) -> str:
        """The number of whoever is signed in in this browser, by its cookie."""
        found = self.hall.person_of(self.web.cookies.get("banshi_session", ""))
        return found.id if found else ""


@asynccontextmanager
async def guest(
    hall: Hall, provider: Provider, how: Callable[..., dict[str, Any]] = oidc, seconds: float = 10.0, **settings: Any
) -> AsyncIterator[Guest]:
    """A browser at a hall that uses the provider; `seconds` is for how long a question is waited for."""
    given, fetcher = Settings(**how(provider, **settings)), Fetcher(seconds)
    site, app = Site(hall, given), FastAPI()
    site.campus = campus_sign_in(given, fetcher)
    for part in (doors.router(site), campus.router(site), api.router(site)):
        app.include_router(part)
    errors.install(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SITE) as web:
        yield Guest(web, hall, provider, fetcher)


def refused(answer: httpx.Response, why: str) -> None:
    """That nobody was signed in, and that the page of this fault follows."""
    assert answer.status_code == 303
    assert answer.headers["location"].partition("?")[0] == f"/sign-in/fault/{why}"
    assert "banshi_session" not in answer.headers.get("set-cookie", "")
