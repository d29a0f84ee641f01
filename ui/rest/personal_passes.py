"""Personal passes: the screen of their holders, whose codes change, and the lists of the offices."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from banshi.platform.cases.personal_passes import PersonalRow
from banshi.platform.documents.codes import PERIOD
from banshi.platform.documents.drawings import qr_svg
from banshi.platform.hall import campus_time
from banshi.ui.rest.door import Json, token_of, visitor
from banshi.ui.rest.files import known, streamed
from banshi.ui.screens.frame import Site
from banshi.ui.screens.pieces import moment
from banshi.ui.screens.plain_pages import render
from banshi.ui.session import COOKIE, Visit, here, language_of, to_sign_in, visit_of
from banshi.ui.texts import Texts

_TABLES = ("xlsx", "csv")


def add(api: APIRouter, site: Site, door: Any) -> None:
    """Add the addresses for programs."""

    @api.get("/me/passes", tags=["passes"])
    async def mine(*, visit: Visit = door) -> Response:
        """The caller's own personal passes, each with its code of now and for how many seconds it is shown."""
        return Json(await visit.ask(site.hall.personal_passes.mine, visit.language))

    _add_export(api, "/exports/passages", site, door, tags=["exports"])


def router(site: Site) -> APIRouter:
    """The pages."""
    api, door = APIRouter(include_in_schema=False), Depends(visitor(site))

    async def visit(request: Request) -> Visit:
        made = await asyncio.to_thread(
            visit_of, site.hall, site.settings, request, token_of(request), language_of(request)
        )
        _ = made.me
        return made

    @api.get("/me/pass")
    async def show(request: Request) -> Response:
        if not request.cookies.get(COOKIE):
            return to_sign_in(here(request))
        asking = await visit(request)
        rows = await asking.ask(site.hall.personal_passes.mine, asking.language)
        return render(
            "turning.html",
            asking.language,
            title=asking.t("turning.title"),
            rows=rows,
            pictures=[_picture(row) for row in rows],
            facts=[_facts(asking.t, row) for row in rows],
            seconds=_seconds(rows),
            nonce=request.scope.get("csp_nonce", ""),
            path="/me/pass",
            classes="page-pass",
        )

    @api.get("/me/pass/codes")
    async def codes(request: Request) -> Response:
        asking = await visit(request)
        rows = await asking.ask(site.hall.personal_passes.mine, asking.language)
        told = [
            {
                "key": f"{row.service_id}/{row.name}",
                "state": row.state,
                "picture": _picture(row),
                "said": row.said_code,
                "facts": _facts(asking.t, row),
            }
            for row in rows
        ]
        return Json(
            {"rows": told, "seconds": _seconds(rows)},
        )

    @api.get("/passages")
    async def passages(request: Request) -> Response:
        if not request.cookies.get(COOKIE):
            return to_sign_in(here(request))
        asking = await visit(request)
        found = await asking.ask(site.hall.passages.overview, asking.language)
        return render(
            "passages.html",
            asking.language,
            title=asking.t("passages.title"),
            found=found,
            moment=moment,
            week=(campus_time() - timedelta(days=7)).date().isoformat(),
            path="/passages",
            classes="page-passages",
        )

    _add_export(api, "/export/passages", site, door)
    return api


def _add_export(api: APIRouter, path: str, site: Site, door: Any, **more: Any) -> None:
    """Add the address of the file, for programs and for the page alike."""

    @api.get(f"{path}/{{service_id}}/{{name}}.{{file_type}}", **more)
    async def export(
        service_id: str,
        name: str,
        file_type: str,
        *,
        since: date | None = None,
        until: date | None = None,
        late: bool = False,
        visit: Visit = door,
    ) -> Response:
        """Passages of a personal pass, as xlsx or csv, for the office that the sheet names; both days count."""
        kind, days = known(file_type, *_TABLES), {"since": since, "until": until}
        hall = site.hall
        made = await visit.ask(hall.passages.export, service_id, name, kind, **days, late=late, language=visit.language)
        return streamed(*made)


def _picture(row: PersonalRow) -> str:
    return f"data:image/svg+xml;base64,{b64encode(qr_svg(row.code)).decode()}" if row.code else ""


def _seconds(rows: list[PersonalRow]) -> int:
    return min((row.seconds for row in rows if row.code), default=PERIOD)


def _facts(t: Texts, row: PersonalRow) -> list[str]:
    """Where and until when it counts, in words."""
    facts: list[str] = []
    for places, until in row.counts:
        joined = (", " if t.language == "en" else "、").join(places or ())
        where = t("pass.places", places=joined) if joined else t("pass.nowhere")
        said = [
            t("pass.everywhere") if places is None else where,
            t("pass.until", until=moment(until)) if until else t("pass.always"),
        ]
        facts += said if len(row.counts) == 1 else [" · ".join(said)]
    if row.state == "leaving":
        return [t("turning.leaving"), *facts]
    return [*facts, *([t("turning.inside")] if row.inside and row.exits else [])]
