"""The file of an ended case over REST, as on its page."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from banshi.platform.exports import PDF
from banshi.ui.rest.files import disposition, streamed
from banshi.ui.screens.frame import Site
from banshi.ui.session import Visit


def add(api: APIRouter, site: Site, door: Any) -> None:
    """Add the address."""

    @api.get("/cases/{case_id}/archive", tags=["cases"])
    async def archive(
        case_id: str, *, visit: Visit = door, kind: Annotated[str, Query(pattern="^(zip|pdf)$")] = "zip"
    ) -> Response:
        """For those who answer for the case's service: everything as a ZIP, or its page as a PDF."""
        if kind == "zip":
            return streamed(*await visit.ask(site.hall.archive_case, case_id, language=visit.language))
        name, data = await visit.ask(site.hall.archive_pdf, case_id, language=visit.language)
        return Response(data, media_type=PDF, headers=disposition(name))
