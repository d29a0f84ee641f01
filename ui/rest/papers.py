"""Papers over REST, as on the page of a case."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from banshi.platform.exports import PDF
from banshi.ui.rest.checking import site_of
from banshi.ui.rest.door import Json, body, described
from banshi.ui.rest.files import disposition
from banshi.ui.screens.frame import Site
from banshi.ui.session import Visit


class Revocation(BaseModel):
    """A paper is revoked, for a reason that the applicant reads."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=200)
    command_id: str = Field(min_length=8, max_length=64)


def add(api: APIRouter, site: Site, door: Any) -> None:
    """Add the addresses."""

    @api.get("/cases/{case_id}/papers", tags=["papers"])
    async def papers(case_id: str, *, visit: Visit = door) -> Response:
        """The papers of a case, the first issued first."""
        return Json(await visit.ask(site.hall.papers.of_case, case_id, visit.language))

    @api.get("/papers/{code}/pdf", tags=["papers"])
    async def pdf(code: str, request: Request, *, visit: Visit = door) -> Response:
        """A paper as a PDF; none for a revoked or expired one, and none where it cannot be rendered."""
        name, data = await visit.ask(site.hall.papers.pdf, code, site_of(site, request))
        return Response(data, media_type=PDF, headers=disposition(name))

    @api.post("/papers/{code}/revocation", tags=["papers"], openapi_extra=described(Revocation))
    async def revoke(
        code: str, said: Annotated[Revocation, Depends(body(Revocation))], *, visit: Visit = door
    ) -> Response:
        """Revoke a paper; for those who own its service."""
        return Json(await visit.ask(site.hall.papers.revoke, code, said.reason, said.command_id))
