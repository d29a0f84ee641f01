"""The check page of papers: for anybody who has a code, without sign-in, a few times a minute."""

from __future__ import annotations

import asyncio
from datetime import datetime
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from banshi.platform.cases.papers import Checked
from banshi.platform.documents.codes import grouped, read_code
from banshi.platform.errors import HallError
from banshi.rules.values import CAMPUS_ZONE
from banshi.ui.rest.door import Json
from banshi.ui.screens.days import last_day
from banshi.ui.screens.frame import Site
from banshi.ui.screens.plain_pages import render
from banshi.ui.session import here, language_of
from banshi.ui.texts import Texts
from banshi.ui.throttle import Throttle

_RATE, _BURST = 0.5, 30
"""Checks of one visitor: thirty at once, then one in two seconds. Codes cannot be guessed; this spares the store."""


class CheckedTooOften(HallError):
    """Too many checks from one address."""

    status = 429

    def __init__(self) -> None:
        super().__init__(*(Texts(language)("check.often") for language in ("zh", "en")))


def site_of(site: Site, request: Request) -> str:
    """Where people reach the hall: as the administrator says, else as this request did."""
    return site.settings.site.rstrip("/") or str(request.base_url).rstrip("/")


def router(site: Site) -> APIRouter:
    """The page, and the same for programs."""
    api = APIRouter()
    throttle = Throttle(_RATE, _BURST)

    def ensure(request: Request) -> None:
        if not throttle.take(request.client.host if request.client else ""):
            raise CheckedTooOften

    @api.get("/check", include_in_schema=False)
    async def start(request: Request, code: str = "") -> Response:
        if code.strip():
            said = read_code(code)
            return RedirectResponse(f"/check/{said or quote(code.strip()[:40], safe='')}", status_code=303)
        return _page(request, None, "")

    @api.get("/check/{code}", include_in_schema=False)
    async def check(request: Request, code: str) -> Response:
        ensure(request)
        return _page(request, await asyncio.to_thread(site.hall.papers.check, code), code)

    @api.get("/api/v1/check/{code}", tags=["papers"])
    async def check_json(request: Request, code: str) -> Response:
        """What the check page shows of a code, for anybody: valid, revoked, expired or unknown."""
        ensure(request)
        found = await asyncio.to_thread(site.hall.papers.check, code)
        return Json(found, status_code=404 if found.state == "unknown" else 200)

    return api


def _page(request: Request, found: Checked | None, said: str) -> Response:
    language = language_of(request)
    t = Texts(language)
    facts = []
    if found is not None and found.code:
        facts = [
            (t("check.name"), found.title),
            (t("check.number"), found.number),
            (t("check.issued"), _day(found.issued_at)),
            (t("check.until"), last_day(found.valid_until)),
            (t("check.revoked_on"), _day(found.revoked_at)),
            *found.shows,
            (t("check.code"), found.code),
        ]
    return render(
        "check.html",
        language,
        title=t("check.title"),
        status=404 if found is not None and found.state == "unknown" else 200,
        path=here(request),
        found=found,
        facts=[(label, text) for label, text in facts if text],
        said=grouped(read_code(said)) or said[:40],
        classes="page-check",
    )


def _day(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(CAMPUS_ZONE).date().isoformat()
