"""The rule log and its findings over REST, for auditors."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from banshi.ui.rest.door import Json, PageNumber, PageSize
from banshi.ui.rest.files import LOG_TYPES, known, streamed
from banshi.ui.screens.frame import Site
from banshi.ui.session import Visit

Asked = Annotated[str, Query(max_length=200)]


def filters(
    query: Asked = "",
    service_id: Asked = "",
    kind: Asked = "",
    outcome: Asked = "",
    case_id: Asked = "",
    person: Asked = "",
    cell: Asked = "",
    amount: Asked = "",
    since: date | None = None,
    until: date | None = None,
) -> dict[str, str]:
    """Which decisions, as on the auditor's page: `person` is a name or number, `cell` such as `fees!C7`; both days count."""
    told = {"query": query, "service_id": service_id, "kind": kind, "outcome": outcome, "case_id": case_id}
    return {**told, "person": person, "cell": cell, "amount": amount, **_days(since, until)}


def _days(since: date | None, until: date | None) -> dict[str, str]:
    return {"since": str(since or ""), "until": str(until or "")}


def add(api: APIRouter, site: Site, door: Any) -> None:
    """Add the addresses."""
    hall = site.hall

    @api.get("/decisions", tags=["decisions"])
    async def decisions(
        *,
        visit: Visit = door,
        asked: Annotated[dict[str, str], Depends(filters)],
        page: PageNumber = 1,
        size: PageSize = 20,
    ) -> Response:
        return Json(await visit.ask(hall.decisions, page=page, size=size, language=visit.language, **asked))

    @api.get("/decisions/{decision_id}", tags=["decisions"])
    async def decision(decision_id: str, *, visit: Visit = door) -> Response:
        return Json(await visit.ask(hall.decision, decision_id, visit.language))

    @api.get("/exports/decisions.{file_type}", tags=["exports"])
    async def export_log(
        file_type: str, *, visit: Visit = door, asked: Annotated[dict[str, str], Depends(filters)]
    ) -> Response:
        found = await visit.ask(hall.export_log, known(file_type, *LOG_TYPES), language=visit.language, **asked)
        return streamed(*found)

    @api.get("/findings", tags=["decisions"])
    async def findings(
        *, visit: Visit = door, service_id: Asked = "", since: date | None = None, until: date | None = None
    ) -> Response:
        """What an auditor may want to look at: four eyes that were two, unusual amounts, rules never used and the like."""
        days = _days(since, until)
        return Json(await visit.ask(hall.findings, service_id=service_id, language=visit.language, **days))
