"""The kiosk: a terminal that prints papers by a code or a person's number together with the pickup code.

A terminal is let in by a token that the administrator gave it. What somebody has found lies in the memory of the server for
as long as she stands there, and is wiped when she ends it or does nothing for a minute.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import SecretStr
from starlette.responses import JSONResponse, RedirectResponse, Response

from banshi.platform.cases.papers import PaperRow
from banshi.platform.errors import HallError
from banshi.platform.exports import PDF
from banshi.ui.rest.checking import site_of
from banshi.ui.rest.files import disposition
from banshi.ui.screens.frame import Site
from banshi.ui.screens.plain_pages import render
from banshi.ui.session import language_of
from banshi.ui.texts import Texts
from banshi.ui.throttle import Throttle

TERMINAL, VISIT = "banshi_kiosk", "banshi_kiosk_visit"
SHORTEST_TOKEN = 16
_YEAR = 365 * 24 * 3600
_IDLE = 90.0
"""Seconds after which the server forgets a visit that no browser has ended."""
_MOST = 200
_ENTERED = 0.2, 12
"""Tries of one terminal: twelve at once, then one in five seconds."""


@dataclass(slots=True)
class _Visit:
    """What somebody at a terminal has found: papers by code, and files that wait to be fetched once."""

    said: str
    pickup: str
    at: float
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)


class Visits:
    """The visits at all terminals."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._visits: dict[str, _Visit] = {}
        self._clock = clock

    def begin(self, said: str, pickup: str) -> str:
        """A new visit; its key."""
        self._purge()
        while len(self._visits) >= _MOST:
            self._visits.pop(next(iter(self._visits)))
        key = secrets.token_urlsafe(24)
        self._visits[key] = _Visit(said, pickup, self._clock())
        return key

    def get(self, key: str) -> _Visit | None:
        """A visit that goes on; from now on for another while."""
        self._purge()
        visit = self._visits.get(key)
        if visit is not None:
            visit.at = self._clock()
        return visit

    def end(self, key: str) -> None:
        """Forget a visit."""
        self._visits.pop(key, None)

    def _purge(self) -> None:
        late = self._clock() - _IDLE
        self._visits = {key: visit for key, visit in self._visits.items() if visit.at > late}


def is_terminal(token: str, kiosks: Mapping[str, SecretStr]) -> bool:
    """Whether a token is that of a terminal; one that is too short is none's."""
    known = (kiosk.get_secret_value() for kiosk in kiosks.values())
    return any(len(one) >= SHORTEST_TOKEN and hmac.compare_digest(one.encode(), token.encode()) for one in known)


class _Door:
    """Who is at which terminal."""

    def __init__(self, site: Site) -> None:
        self.visits, self.throttle = Visits(), Throttle(*_ENTERED)
        self._site = site

    def terminal(self, request: Request) -> str:
        """The token of the terminal that asks; an empty text where it is none."""
        token = request.cookies.get(TERMINAL, "")
        return token if is_terminal(token, self._site.settings.kiosks) else ""

    def visit_of(self, request: Request) -> _Visit | None:
        """What somebody has found at the terminal that asks."""
        return self.visits.get(request.cookies.get(VISIT, "")) if self.terminal(request) else None


def router(site: Site) -> APIRouter:
    """The pages of the kiosk."""
    api, door = APIRouter(include_in_schema=False), _Door(site)
    _pages(api, site, door)
    _printing(api, site, door)
    return api


def _pages(api: APIRouter, site: Site, door: _Door) -> None:
    @api.get("/kiosk")
    async def kiosk(request: Request, token: str = "") -> Response:
        if token:
            if not is_terminal(token, site.settings.kiosks):
                return _page(request, "closed", status=403)
            response: Response = RedirectResponse("/kiosk", status_code=303)
            _cookie(response, TERMINAL, token, site, _YEAR)
            return response
        if not door.terminal(request):
            return _page(request, "closed", status=403)
        visit = door.visit_of(request)
        if visit is None:
            return _page(request, "enter")
        try:
            papers = await asyncio.to_thread(site.hall.papers.ready, visit.said, visit.pickup, language_of(request))
        except HallError:
            return _page(request, "enter")
        return _page(request, "list", papers=[_row(paper, language_of(request)) for paper in papers])

    @api.post("/kiosk")
    async def enter(
        request: Request, said: Annotated[str, Form()] = "", pickup: Annotated[str, Form()] = ""
    ) -> Response:
        token = door.terminal(request)
        if not token:
            return _page(request, "closed", status=403)
        language = language_of(request)
        if not door.throttle.take(token):
            return _page(request, "enter", status=429, problem=Texts(language)("check.often"))
        try:
            await asyncio.to_thread(site.hall.papers.ready, said[:100], pickup[:20], language)
        except HallError as error:
            return _page(request, "enter", status=error.status, problem=error.message(language))
        response = RedirectResponse("/kiosk", status_code=303)
        _cookie(response, VISIT, door.visits.begin(said[:100], pickup[:20]), site, None)
        return response


def _printing(api: APIRouter, site: Site, door: _Door) -> None:
    @api.post("/kiosk/print")
    async def print_one(request: Request, code: Annotated[str, Form()] = "") -> Response:
        visit, language = door.visit_of(request), language_of(request)
        if visit is None:
            return JSONResponse({}, status_code=403)
        try:
            found = await asyncio.to_thread(
                site.hall.papers.print_ready, code[:40], visit.pickup, site_of(site, request)
            )
            papers = await asyncio.to_thread(site.hall.papers.ready, visit.said, visit.pickup, language)
        except HallError as error:
            return JSONResponse({"detail": error.message(language)}, status_code=error.status)
        ticket = secrets.token_urlsafe(24)
        visit.files[ticket] = found
        now = next((paper for paper in papers if paper.code == code), None)
        left = _left(now, language) if now else ""
        more = now is not None and now.left != 0
        return JSONResponse({"address": f"/kiosk/file/{ticket}", "left": left, "more": more})

    @api.get("/kiosk/file/{ticket}")
    async def file(request: Request, ticket: str) -> Response:
        visit = door.visit_of(request)
        name, data = visit.files.pop(ticket, ("", b"")) if visit is not None else ("", b"")
        if not data:
            return _page(request, "closed", status=404)
        headers = {
            **disposition(name),
            "content-disposition": "inline",
            "cache-control": "no-store",
            "content-security-policy": "frame-ancestors 'self'",  # the kiosk's own page prints it
            "x-frame-options": "SAMEORIGIN",
        }
        return Response(data, media_type=PDF, headers=headers)

    @api.post("/kiosk/awake")
    async def awake(request: Request) -> Response:
        return JSONResponse({"ok": door.visit_of(request) is not None})

    @api.api_route("/kiosk/finish", methods=["GET", "POST"])
    async def finish(request: Request) -> Response:
        door.visits.end(request.cookies.get(VISIT, ""))
        response = RedirectResponse("/kiosk", status_code=303)
        response.delete_cookie(VISIT, path="/kiosk", httponly=True, samesite="strict")
        return response


def _cookie(response: Response, name: str, value: str, site: Site, age: int | None) -> None:
    response.set_cookie(
        name, value, max_age=age, httponly=True, samesite="strict", secure=site.settings.https, path="/kiosk"
    )


def _row(paper: PaperRow, language: str) -> dict[str, object]:
    t = Texts(language)
    return {
        "code": paper.code,
        "title": paper.title,
        "number": paper.number,
        "state": t(f"paper.state.{paper.state}"),
        "left": _left(paper, language) if paper.state == "valid" else "",
        "may": paper.state in ("valid", "specimen") and paper.left != 0,
    }


def _left(paper: PaperRow, language: str) -> str:
    t = Texts(language)
    if paper.left is None:
        return ""
    return t("paper.left", count=paper.left) if paper.left else t("kiosk.all_printed")


def _page(
    request: Request, mode: str, *, status: int = 200, problem: str = "", papers: Sequence[object] = ()
) -> Response:
    language = language_of(request)
    return render(
        "kiosk.html",
        language,
        title=Texts(language)("kiosk.title"),
        status=status,
        mode=mode,
        nonce=request.scope.get("csp_nonce", ""),
        problem=problem,
        papers=papers,
    )
