"""The impact of a workbook for programs: begun, looked at, stopped, taken out as files."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from banshi.platform.impact.model import ImpactQuestion, ImpactState
from banshi.ui.impact_json import impact_json
from banshi.ui.rest.door import Json
from banshi.ui.rest.files import file_name, received, streamed
from banshi.ui.rest.publishing import FILE
from banshi.ui.screens.frame import Site
from banshi.ui.session import Visit

_State = Literal["open", "returned", "approved", "refused", "withdrawn"]


def add(api: APIRouter, site: Site, door: Any) -> None:
    """Add the addresses."""
    workshop = site.hall.workshop

    @api.post("/workbooks/impact", tags=["workbooks"], status_code=202, openapi_extra=FILE)
    async def begin(
        request: Request,
        *,
        visit: Visit = door,
        name: str = "",
        since: date | None = None,
        until: date | None = None,
        as_of: date | None = None,
        state: Annotated[tuple[_State, ...], Query()] = (),
    ) -> Response:
        """Begin to compare the cases that were sent under the live version and under this workbook; `id` is that of the run.

        Cases sent `since` a day and `until` another (both counted), in some states, as if sent on the day `as_of`.
        """
        given, spool = await received(request, site.settings.workbook_limit)
        with spool:
            data = await asyncio.to_thread(spool.read)
        asked = ImpactQuestion(since=since, until=until, as_of=as_of, states=state)
        file = file_name(name or given)
        return await _begun(visit, file, data, asked)

    @api.post("/owned/{service_id}/versions/{version}/impact", tags=["workbooks"], status_code=202)
    async def begin_back(service_id: str, version: str, *, visit: Visit = door) -> Response:
        """The same of an earlier version, or one to come: what going back to it would change."""
        file, data = await visit.ask(workshop.version_file, service_id, version)
        return await _begun(visit, file, data, ImpactQuestion())

    async def _begun(visit: Visit, file: str, data: bytes, asked: ImpactQuestion) -> Response:
        run = await visit.ask(workshop.begin_impact, file, data, asked, visit.language)
        return Json(_told(await visit.ask(workshop.impact, run), visit.language), status_code=202)

    @api.get("/impacts/{run_id}", tags=["workbooks"])
    async def impact(run_id: str, *, visit: Visit = door) -> Response:
        """How far a run is; once it is `over`, its `result`, or why it `failed`. It is kept for an hour."""
        return Json(_told(await visit.ask(workshop.impact, run_id), visit.language))

    @api.post("/impacts/{run_id}/stop", tags=["workbooks"])
    async def stop(run_id: str, *, visit: Visit = door) -> Response:
        """Stop a run; what was counted until then is its result."""
        await visit.ask(workshop.stop_impact, run_id)
        return Json(_told(await visit.ask(workshop.impact, run_id), visit.language))

    @api.get("/impacts/{run_id}/{by}.{file_type}", tags=["workbooks"])
    async def export(
        run_id: str, by: Literal["cases", "cells"], file_type: Literal["xlsx", "csv"], *, visit: Visit = door
    ) -> Response:
        """Every case (`cases`) or the changed cells (`cells`) of a run that is over, as `xlsx` or `csv`."""
        return streamed(*await visit.ask(workshop.export_impact, run_id, by, file_type, language=visit.language))


def _told(state: ImpactState, language: str) -> dict[str, Any]:
    return {
        "id": state.id,
        "service": state.service_id,
        "file": state.file,
        "done": state.done,
        "total": state.total,
        "waiting": state.waiting,
        "over": state.over,
        "failed": state.failed[language == "en"] if state.failed else None,
        "result": impact_json(state.result, language) if state.result else None,
    }
