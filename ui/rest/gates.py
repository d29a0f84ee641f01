"""Gates: passes are checked by machines, which are let in by a token, and by keepers, who are signed in.

`/gate` is the screen of both; programs call `/api/v1/passes/check`.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, RedirectResponse, Response

from banshi.platform.cases.gates import Gate, Scan
from banshi.platform.cases.passes import LONGEST_REASON, PassRow
from banshi.platform.documents.drawings import qr_svg
from banshi.platform.errors import HallError, NotFound, NotSignedIn
from banshi.ui.gate_tokens import gate_of
from banshi.ui.rest.door import Json, body, described, token_of
from banshi.ui.screens.frame import Site
from banshi.ui.screens.passes import validity
from banshi.ui.screens.plain_pages import render
from banshi.ui.session import COOKIE, Visit, here, language_of, to_sign_in, visit_of
from banshi.ui.texts import Texts
from banshi.ui.throttle import Throttle

GATE = "banshi_gate"
_YEAR = 365 * 24 * 3600
_RATE, _BURST = 10, 60
"""Checks of one gate or keeper: sixty at once, then ten a second."""


class CheckedTooOften(HallError):
    """Too many checks of one gate."""

    status = 429

    def __init__(self) -> None:
        super().__init__(*(Texts(language)("gate.often") for language in ("zh", "en")))


class Check(BaseModel):
    """A scan: the code that was read, and an id of the gate's own by which it may be sent again.

    `place` is for keepers; a gate stands where its name says. `direction` is blank where it follows from the last scan.
    """

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=200)
    scan_id: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")
    place: str = Field(default="", max_length=100)
    direction: str = Field(default="", pattern="^(|in|out)$")


class Withdrawal(BaseModel):
    """Why a pass is withdrawn."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=LONGEST_REASON)
    command_id: str = Field(min_length=8, max_length=64)


class _Door:
    """Who checks, and how often."""

    def __init__(self, site: Site) -> None:
        self._site, self._throttle = site, Throttle(_RATE, _BURST)

    def gate(self, request: Request) -> Gate | None:
        """The gate that asks, by its bearer token or the cookie of its browser."""
        gates = self._site.settings.gates
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        said = token.strip() if scheme.lower() == "bearer" else request.cookies.get(GATE, "")
        return gate_of(said, gates) if said else None

    async def check(self, request: Request, asked: Check, language: str) -> Response:
        """Check a pass for a gate, or for a keeper with a session."""
        passes = self._site.hall.passes
        scan = Scan(id=asked.scan_id, code=asked.code, place=asked.place, direction=asked.direction)
        gate = self.gate(request)
        if gate is not None:
            self._ensure(f"gate:{gate.name}")
            return Json(await asyncio.to_thread(passes.check, gate, scan, language))
        visit = await asyncio.to_thread(self.visit, request, language)
        self._ensure(visit.me.id)
        return Json(await visit.ask(passes.check, scan, language))

    def visit(self, request: Request, language: str) -> Visit:
        """The session of whoever asks; raises NotSignedIn."""
        found = visit_of(self._site.hall, self._site.settings, request, token_of(request), language)
        _ = found.me
        return found

    def _ensure(self, who: str) -> None:
        if not self._throttle.take(who):
            raise CheckedTooOften


def _wanted(request: Request) -> str:
    wanted = request.query_params.get("language") or request.headers.get("accept-language", "")
    return "en" if wanted.lower().startswith("en") else "zh"


def add(api: APIRouter, site: Site, door: Any) -> None:
    """Add the addresses for programs."""
    gates = _Door(site)

    @api.post("/passes/check", tags=["passes"], openapi_extra=described(Check))
    async def check(request: Request, asked: Annotated[Check, Depends(body(Check))]) -> Response:
        """Check a pass, with the token of a gate or of a keeper; the same `scan_id` again gives the first answer."""
        return await gates.check(request, asked, _wanted(request))

    @api.get("/cases/{case_id}/passes", tags=["passes"])
    async def passes(case_id: str, *, visit: Visit = door) -> Response:
        """The passes of a case, the first given first; codes for the applicant alone."""
        return Json(await visit.ask(site.hall.passes.of_case, case_id, visit.language))

    @api.post("/passes/{pass_id}/withdrawal", tags=["passes"], openapi_extra=described(Withdrawal))
    async def withdraw(
        pass_id: str, said: Annotated[Withdrawal, Depends(body(Withdrawal))], *, visit: Visit = door
    ) -> Response:
        """Withdraw a pass; for its holder and those who own its service."""
        return Json(await visit.ask(site.hall.passes.withdraw, pass_id, said.reason, said.command_id))


def router(site: Site) -> APIRouter:
    """The screen of gates and keepers, and the pass of its holder."""
    api, gates = APIRouter(include_in_schema=False), _Door(site)

    @api.get("/gate")
    async def gate(request: Request, token: str = "") -> Response:
        if token:
            if gate_of(token, site.settings.gates) is None:
                return _gate_page(request, "closed", status=403)
            response: Response = RedirectResponse("/gate", status_code=303)
            response.set_cookie(
                GATE, token, max_age=_YEAR, httponly=True, samesite="strict", secure=site.settings.https, path="/gate"
            )
            return response
        machine = gates.gate(request)
        if machine is None:
            try:
                await asyncio.to_thread(gates.visit, request, "zh")
            except NotSignedIn:
                return to_sign_in(here(request))
        places = [] if machine else await asyncio.to_thread(site.hall.passes.places)
        return _gate_page(
            request, "gate" if machine else "keeper", place=machine.place if machine else "", places=places
        )

    @api.post("/gate/check")
    async def check(request: Request, asked: Annotated[Check, Depends(body(Check))]) -> Response:
        try:
            return await gates.check(request, asked, language_of(request))
        except HallError as error:
            return JSONResponse({"detail": error.message(language_of(request))}, status_code=error.status)

    async def mine(request: Request, pass_id: str, language: str) -> PassRow:
        visit = await asyncio.to_thread(gates.visit, request, language)
        return await visit.ask(site.hall.passes.mine, pass_id, language)

    @api.get("/passes/{pass_id}.svg")
    async def picture(request: Request, pass_id: str) -> Response:
        row = await mine(request, pass_id, language_of(request))
        if not row.code:
            raise NotFound("pass", pass_id[:12])
        return Response(qr_svg(row.code), media_type="image/svg+xml", headers={"cache-control": "private, no-store"})

    @api.get("/passes/{pass_id}")
    async def show(request: Request, pass_id: str) -> Response:
        language = language_of(request)
        if not request.cookies.get(COOKIE):
            return to_sign_in(here(request))
        return _pass_page(request, await mine(request, pass_id, language), language)

    return api


def _gate_page(request: Request, mode: str, *, status: int = 200, **facts: object) -> Response:
    language = language_of(request)
    return render(
        "gate.html",
        language,
        title=Texts(language)("gate.title"),
        status=status,
        mode=mode,
        path="/gate",
        nonce=request.scope.get("csp_nonce", ""),
        classes="page-gate",
        **facts,
    )


def _pass_page(request: Request, row: PassRow, language: str) -> Response:
    return render(
        "pass.html",
        language,
        title=row.title,
        row=row,
        facts=validity(Texts(language), row),
        qr=f"data:image/svg+xml;base64,{b64encode(qr_svg(row.code)).decode()}" if row.code else "",
        nonce=request.scope.get("csp_nonce", ""),
        path=here(request),
        classes="page-pass",
    )
