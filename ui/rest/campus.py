"""The doors to the campus sign-in: there, back, and out again. Plain requests; what went wrong has a page of its own.

Nobody is kept waiting in the hall's memory: what has to be remembered of an attempt lies in a cookie of the browser that
began it (see `platform/campus/attempt.py`).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from banshi.platform.campus.attempt import LIFETIME, Attempt, begun, unpacked
from banshi.platform.campus.provider import CampusFault, CampusSignIn
from banshi.platform.errors import NotFound
from banshi.ui.campus import BACK
from banshi.ui.rest.doors import enter
from banshi.ui.screens.frame import Site
from banshi.ui.screens.plain_pages import render
from banshi.ui.session import asked_path, language_of
from banshi.ui.texts import Texts

log = logging.getLogger(__name__)

_COOKIE = "banshi_attempt_"
_AT_ONCE = 5
"""Attempts that one browser may have open, in as many tabs; what is left behind ends after an hour."""
_LONGEST_MESSAGE = 64 * 1024
_STATUS = {"down": 503, "declined": 403, "forged": 400, "late": 400, "unknown": 403, "nonsense": 502, "stays": 200}


def router(site: Site) -> APIRouter:
    """The doors; without a campus sign-in they lead to the sign-in page."""
    api = APIRouter(include_in_schema=False)
    _in(api, site, _Attempts(https=site.settings.https))
    _out(api, site)
    return api


def _in(api: APIRouter, site: Site, attempts: _Attempts) -> None:
    @api.get("/sign-in/campus")
    async def there(request: Request, next: str = "/") -> Response:  # noqa: A002
        if site.campus is None:
            return RedirectResponse("/sign-in", status_code=303)
        attempt = begun(asked_path(next), time.time())
        try:
            response = RedirectResponse(await site.campus.begin(attempt), status_code=303)
        except CampusFault as fault:
            return _failed(fault, attempt.asked)
        attempts.keep(request, response, attempt)
        return response

    @api.get(BACK)
    async def back(request: Request) -> Response:
        if site.campus is None:
            return RedirectResponse("/sign-in", status_code=303)
        attempt = attempts.of(request)
        try:
            response = await _signed_in(site, site.campus, request, attempt)
        except CampusFault as fault:
            response = _failed(fault, attempt.asked if attempt else "/")
        if attempt is not None:
            attempts.end(response, attempt)
        return response

    @api.get("/sign-in/fault/{why}")
    async def fault_page(request: Request, why: str, next: str = "/") -> Response:  # noqa: A002
        if why not in _STATUS or site.campus is None:
            return RedirectResponse("/sign-in", status_code=303)
        language, asked = language_of(request), quote(asked_path(next), safe="/")
        return render(
            "sign_in_fault.html",
            language,
            title=Texts(language)(f"sign_in.fault.{why}.title"),
            status=_STATUS[why],
            path=f"/sign-in/fault/{why}?next={asked}",
            why=why,
            next=asked,
            classes="page-error",
        )


def _out(api: APIRouter, site: Site) -> None:
    @api.post(BACK)
    async def ended(logout_request: Annotated[str, Form(alias="logoutRequest")] = "") -> Response:
        """CAS tells that somebody has signed out there. Whoever knows the ticket may say so."""
        mark = ""
        if site.campus is not None and len(logout_request) <= _LONGEST_MESSAGE:
            mark = site.campus.ended(logout_request.encode())
        if mark:
            await asyncio.to_thread(site.hall.sign_out_marked, mark)
        return PlainTextResponse("")

    @api.get("/sign-in/campus/leave")
    async def leave() -> Response:
        if site.campus is None:
            return RedirectResponse("/sign-in", status_code=303)
        try:
            return RedirectResponse(await site.campus.leave() or "/sign-in/fault/stays", status_code=303)
        except CampusFault as fault:
            return _failed(fault, "/")


async def _signed_in(site: Site, campus: CampusSignIn, request: Request, attempt: Attempt | None) -> Response:
    """The way back: whoever the campus sign-in knows is signed in, if she is of the organisation."""
    if attempt is None:
        raise CampusFault("forged", "no attempt of this browser has this state")
    if attempt.is_late(time.time()):
        raise CampusFault("late", "the attempt began too long ago")
    said = request.query_params.multi_items()
    answer = dict(said)
    if len(answer) != len(said):
        raise CampusFault("nonsense", "the answer says something twice")
    known = await campus.finish(attempt, answer)
    try:
        token = await asyncio.to_thread(site.hall.sign_in_numbered, known.number, known.mark)
    except NotFound as error:
        raise CampusFault("unknown", f"{known.number!r} is not in the organisation workbook") from error
    return await enter(site, request, token, asked_path(attempt.asked))


def _failed(fault: CampusFault, asked: str) -> Response:
    """Tell the log what happened, and the visitor on a page that can be loaded again and bears no code."""
    log.warning("Campus sign-in, %s: %s", fault.why, fault.detail)
    return RedirectResponse(f"/sign-in/fault/{fault.why}?next={quote(asked, safe='/')}", status_code=303)


class _Attempts:
    """The attempts that a browser has open, a cookie for each, so that two tabs do not get in each other's way.

    Over https the cookies' names keep other hosts of the domain, and pages without https, from planting one.
    """

    def __init__(self, *, https: bool) -> None:
        self._https = https
        self._prefix = f"__Host-{_COOKIE}" if https else _COOKIE

    def of(self, request: Request) -> Attempt | None:
        """The attempt whose state came back; None where this browser has none."""
        state = request.query_params.get("state", "")
        attempt = unpacked(request.cookies.get(self._name(state), ""))
        return attempt if attempt is not None and attempt.is_of(state) else None

    def keep(self, request: Request, response: Response, attempt: Attempt) -> None:
        """Give the browser an attempt to keep, and take the oldest from one that has many."""
        found = [unpacked(value) for name, value in request.cookies.items() if name.startswith(self._prefix)]
        others = sorted((one for one in found if one is not None), key=lambda one: one.at, reverse=True)
        for old in others[_AT_ONCE - 1 :]:
            self.end(response, old)
        response.set_cookie(
            self._name(attempt.state),
            attempt.packed(),
            max_age=4 * LIFETIME,  # longer than it counts, so that somebody can be told that it is too late
            httponly=True,
            samesite="lax",
            secure=self._https,
            path="/",
        )

    def end(self, response: Response, attempt: Attempt) -> None:
        """Take an attempt away."""
        response.delete_cookie(self._name(attempt.state), path="/", httponly=True, samesite="lax", secure=self._https)

    def _name(self, state: str) -> str:
        return self._prefix + hashlib.sha256(state.encode(errors="replace")).hexdigest()[:12]
