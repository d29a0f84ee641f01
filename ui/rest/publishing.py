"""Publishing for programs: now, at a date or with consent; going back, comparing, deciding on planned versions."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import Response

from banshi.platform.errors import NewerVersion
from banshi.platform.releases import LONGEST_NOTE
from banshi.platform.views import PlanRow, Report, VersionRow
from banshi.ui.rest.door import Json, body, described
from banshi.ui.rest.files import workbook_with_files
from banshi.ui.screens.frame import Site
from banshi.ui.session import Visit

FILE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_BINARY = {"type": "string", "format": "binary"}
WORKBOOK = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": _BINARY},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "array", "items": _BINARY}},
                    "required": ["file"],
                }
            },
        },
    }
}
"""One workbook as it is, or as `file` of a form together with the files that it names."""
_Short = Annotated[str, Query(max_length=64)]
_DEEDS = ("consent", "decline", "cancel", "go-on")


class Rollback(BaseModel):
    """An earlier version to go back to (blank: the one before); `replaces` is the one that the caller knows as live.

    Where rows that cases have in registers would go or change, it is refused unless `rows` says that they are to.
    """

    model_config = ConfigDict(extra="forbid")

    version: str = Field(default="", max_length=64)
    note: str = Field(default="", max_length=LONGEST_NOTE)
    replaces: str | None = Field(default=None, max_length=64)
    command_id: str = Field(default="", max_length=64)
    rows: bool = False


class PlanDeed(BaseModel):
    """What becomes of a planned version: consent, decline (with a reason), cancel, or go on over a newer version."""

    model_config = ConfigDict(extra="forbid")

    deed: str = Field(pattern=f"^({'|'.join(_DEEDS)})$")
    reason: str = Field(default="", max_length=LONGEST_NOTE)
    replaces: str | None = Field(default=None, max_length=64)


def published(report: Report, made: VersionRow | PlanRow | None) -> dict[str, Any]:
    """What became of a workbook: it is live as `version`, or is to be by `plan`, or is neither."""
    return {
        "report": report,
        "version": made if isinstance(made, VersionRow) else None,
        "plan": made if isinstance(made, PlanRow) else None,
    }


def add(api: APIRouter, site: Site, door: Any) -> None:
    """Add the addresses."""
    workshop = site.hall.workshop

    @api.post("/workbooks", tags=["workbooks"], status_code=201, openapi_extra=WORKBOOK)
    async def publish(
        request: Request,
        *,
        visit: Visit = door,
        name: str = "",
        note: Annotated[str, Query(max_length=LONGEST_NOTE)] = "",
        at: Annotated[AwareDatetime | None, Query()] = None,
        replaces: Annotated[str | None, Query(max_length=64)] = None,
        command_id: _Short = "",
        rows: bool = False,
    ) -> Response:
        """Publish a workbook, at once or `at` an instant. 202 where it is planned or waits for consent.

        The body is the workbook, or a form with it and the files that it names, each as `file`. Files that do not come
        are those of the live version.

        With `replaces` (that of the check, blank for a new service) it is published only where that version is live; else
        the answer is 409, with who published what meanwhile and a `report` of the differences from it.

        Where rows that cases have in registers would go or change (REG-014), it is refused unless `rows` says that they are to.
        """
        file, data = await workbook_with_files(request, site, visit, name)
        try:
            report, made = await visit.ask(
                workshop.publish, file, data, note=note, at=at, replaces=replaces, command_id=command_id, rows=rows
            )
        except NewerVersion as error:
            report = await visit.ask(workshop.check, file, data)
            return Json({"detail": error.message(visit.language), "report": report}, status_code=409)
        return _answer(report, made)

    @api.post("/owned/{service_id}/rollback", tags=["workbooks"], openapi_extra=described(Rollback), status_code=201)
    async def rollback(
        service_id: str, *, visit: Visit = door, asked: Annotated[Rollback, Depends(body(Rollback))]
    ) -> Response:
        """Make an earlier version the live one again, if it still passes; open cases stay on their versions."""
        report, made = await visit.ask(
            workshop.rollback,
            service_id,
            asked.version,
            note=asked.note,
            replaces=asked.replaces,
            command_id=asked.command_id,
            rows=asked.rows,
        )
        return _answer(report, made)

    @api.get("/owned/{service_id}/versions/{version}/check", tags=["workbooks"])
    async def check_version(service_id: str, version: str, *, visit: Visit = door) -> Response:
        """An earlier version as it would be judged now, and what going back to it would change."""
        return Json(await visit.ask(workshop.check_version, service_id, version))

    @api.get("/owned/{service_id}/compare", tags=["workbooks"])
    async def compare(service_id: str, *, visit: Visit = door, old: _Short, new: _Short = "") -> Response:
        """What is different between two versions, in words; the live one where `new` is blank."""
        return Json(await visit.ask(workshop.compare, service_id, old, new))

    @api.get("/owned/{service_id}/plans", tags=["workbooks"])
    async def plans(service_id: str, *, visit: Visit = door) -> Response:
        """The versions that are, or were, to go live later or with consent."""
        return Json(await visit.ask(workshop.plans, service_id))

    @api.post("/owned/{service_id}/plans/{plan_id}", tags=["workbooks"], openapi_extra=described(PlanDeed))
    async def decide(
        service_id: str, plan_id: str, *, visit: Visit = door, asked: Annotated[PlanDeed, Depends(body(PlanDeed))]
    ) -> Response:
        """Consent to a planned version, decline it, cancel it, or let it go on."""
        match asked.deed:
            case "consent":
                row = await visit.ask(workshop.consent, service_id, plan_id)
            case "decline":
                row = await visit.ask(workshop.decline, service_id, plan_id, asked.reason)
            case "cancel":
                row = await visit.ask(workshop.cancel, service_id, plan_id)
            case _:
                row = await visit.ask(workshop.go_on, service_id, plan_id, replaces=asked.replaces)
        return Json(row)


def _answer(report: Report, made: VersionRow | PlanRow | None) -> Response:
    status = 422 if made is None else 202 if isinstance(made, PlanRow) else 201
    return Json(published(report, made), status_code=status)
