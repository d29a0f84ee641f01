"""Live codes: the screen that shows one, and where a scan of it leads."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from banshi.platform.cases.admitting import CodeEnded
from banshi.platform.cases.live_codes import CodeView
from banshi.platform.documents.drawings import qr_svg
from banshi.platform.errors import HallError
from banshi.ui.rest.checking import site_of
from banshi.ui.rest.door import Json, visitor
from banshi.ui.rest.files import known, streamed
from banshi.ui.screens.frame import Site
from banshi.ui.screens.plain_pages import render
from banshi.ui.session import ADMISSION, Visit, here, language_of
from banshi.ui.texts import Texts


def router(site: Site) -> APIRouter:
    """The addresses that browsers open."""
    api, door = APIRouter(include_in_schema=False), Depends(visitor(site))

    @api.get("/scan/{token}")
    async def scan(request: Request, token: str) -> Response:
        language = language_of(request)
        visit = await asyncio.to_thread(site.visit, request)
        try:
            opened = await asyncio.to_thread(site.hall.codes.scan, token, visit.person)
        except HallError as error:
            title = Texts(language)("code.refused")
            return render(
                "error.html",
                language,
                title=title,
                status=error.status,
                message=error.message(language),
                classes="page-error",
            )
        response = RedirectResponse(f"/services/{quote(opened.service_id)}/apply", status_code=303)
        response.headers["cache-control"] = "no-store"
        response.set_cookie(
            ADMISSION,
            opened.admission,
            max_age=opened.minutes * 60,
            httponly=True,
            samesite="lax",
            secure=site.settings.https,
            path="/services",
        )
        return response

    @api.get("/cases/{case_id}/codes/{at}.json")
    async def now(request: Request, case_id: str, at: int, *, visit: Visit = door) -> Response:
        try:
            view = await visit.ask(site.hall.codes.show, case_id, at, language_of(request))
        except CodeEnded:
            return Json({"over": True})
        return Json(
            {
                "picture": _picture(site, request, view),
                "left": view.left,
                "facts": view.facts,
                "tables": [{"label": one.label, "header": one.header, "rows": one.rows} for one in view.tables],
            }
        )

    @api.get("/cases/{case_id}/codes/{at}")
    async def show(request: Request, case_id: str, at: int, *, visit: Visit = door) -> Response:
        language = language_of(request)
        view = await visit.ask(site.hall.codes.show, case_id, at, language)
        return render(
            "code.html",
            language,
            title=view.title,
            view=view,
            case_id=case_id,
            qr=_picture(site, request, view),
            address=f"/cases/{quote(case_id)}/codes/{at}.json",
            nonce=request.scope.get("csp_nonce", ""),
            path=here(request),
            classes="page-code",
        )

    @api.get("/cases/{case_id}/rows/{name}.{file_type}")
    async def rows(request: Request, case_id: str, name: str, file_type: str, *, visit: Visit = door) -> Response:
        kind = known(file_type)
        return streamed(*await visit.ask(site.hall.rows.export, case_id, name, kind, language_of(request)))

    return api


def _picture(site: Site, request: Request, view: CodeView) -> str:
    address = f"{site_of(site, request).rstrip('/')}/scan/{view.token}"
    return f"data:image/svg+xml;base64,{b64encode(qr_svg(address)).decode()}"
