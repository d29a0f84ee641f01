"""Tables that the owner's console takes for data sets, and gives away."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import Response

from banshi.platform.errors import NotAllowed
from banshi.ui.rest.door import Json, visitor
from banshi.ui.rest.files import XLSX, disposition, known, received, streamed
from banshi.ui.screens.frame import Site
from banshi.ui.session import Visit
from banshi.ui.uploads import Uploads


def router(site: Site, tables: Uploads) -> APIRouter:
    """The addresses; `tables` keeps what was uploaded."""
    api = APIRouter(include_in_schema=False)
    door: Any = Depends(visitor(site))

    @api.post("/data/uploads")
    async def upload(request: Request, *, visit: Visit = door) -> Response:
        if not site.hall.may(visit.me, "owner"):
            raise NotAllowed
        name, spool = await received(request, site.settings.workbook_limit)
        with spool:
            data = await asyncio.to_thread(spool.read)
        return Json({"id": tables.keep(visit.token, name, data), "name": name, "size": len(data)})

    @api.get("/data/uploads/{upload_id}/{service_id}/{table}/marked.xlsx")
    async def marked(upload_id: str, service_id: str, table: str, *, visit: Visit = door) -> Response:
        found = tables.get(visit.token, upload_id)
        if found is None:
            raise HTTPException(404)
        mark = site.hall.data.mark
        name, data = await visit.ask(mark, service_id, table, found.file, found.data, visit.language)
        return Response(data, media_type=XLSX, headers=disposition(name))

    @api.get("/export/data/{service_id}/{table}.{file_type}")
    async def export(
        service_id: str, table: str, file_type: str, *, visit: Visit = door, taken: bool = False
    ) -> Response:
        ask = partial(site.hall.data.export, taken=taken, language=visit.language)
        return streamed(*await visit.ask(ask, service_id, table, known(file_type)))

    return api
