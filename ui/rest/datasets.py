"""Data sets for programs: listed, read, checked against a new table, replaced by it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from banshi.platform.releases import LONGEST_NOTE
from banshi.platform.replacing.desk import examples_fail
from banshi.platform.replacing.views import Origin
from banshi.platform.views import PlanRow
from banshi.ui.data_json import replaced_json, report_json
from banshi.ui.rest.door import Json, PageNumber, PageSize
from banshi.ui.rest.files import file_name, known, received, streamed
from banshi.ui.rest.publishing import FILE
from banshi.ui.screens.frame import Site
from banshi.ui.session import Visit

_What = Literal["", "added", "changed", "removed"]


def add(api: APIRouter, site: Site, door: Any) -> None:
    """Add the addresses."""

    @api.get("/data/{service_id}", tags=["data"])
    async def tables(service_id: str, *, visit: Visit = door) -> Response:
        """The data sets of the live version of a service: rows, columns, keys, days, and what reads them."""
        return Json(await visit.ask(site.hall.data.tables, service_id))

    @api.get("/data/{service_id}/{table}", tags=["data"])
    async def rows(
        service_id: str,
        table: str,
        *,
        visit: Visit = door,
        query: Annotated[str, Query(max_length=200)] = "",
        origin: Origin = Origin.ALL,
        page: PageNumber = 1,
        size: PageSize = 50,
    ) -> Response:
        """The rows of a data set that hold a word, as texts, and behind them those of cases in a register.

        `cases` has an entry a row: the case that it comes from, null for one of the sheet. `origin` is `sheet` or `cases`
        for these alone.
        """
        ask = partial(site.hall.data.rows, query=query, origin=origin, page=page, size=size)
        return Json(await visit.ask(ask, service_id, table))

    @api.get("/data/{service_id}/{table}/table.{file_type}", tags=["data"])
    async def export(
        service_id: str, table: str, file_type: str, *, visit: Visit = door, taken: bool = False
    ) -> Response:
        """The rows as `xlsx` or `csv`, as they can be uploaded again; `taken` adds those of cases in a register."""
        ask = partial(site.hall.data.export, taken=taken, language=visit.language)
        return streamed(*await visit.ask(ask, service_id, table, known(file_type)))

    @api.post("/data/{service_id}/{table}/check", tags=["data"], openapi_extra=FILE)
    async def check(
        request: Request,
        service_id: str,
        table: str,
        *,
        visit: Visit = door,
        name: str = "",
        query: Annotated[str, Query(max_length=200)] = "",
        what: _What = "",
        page: PageNumber = 1,
        size: PageSize = 50,
    ) -> Response:
        """What is wrong with a new table (an xlsx or a csv, called `name`), and a page of what it would change.

        Nothing is published.
        """
        file, data = await table_of(request, site, name)
        report = await visit.ask(site.hall.data.check, service_id, table, file, data)
        return Json(report_json(report, query=query, what=what, page=page, size=size))

    @api.put("/data/{service_id}/{table}", tags=["data"], openapi_extra=FILE, status_code=201)
    async def replace(
        request: Request,
        service_id: str,
        table: str,
        *,
        visit: Visit = door,
        name: str = "",
        note: Annotated[str, Query(max_length=LONGEST_NOTE)] = "",
        at: Annotated[AwareDatetime | None, Query()] = None,
        replaces: Annotated[str | None, Query(max_length=64)] = None,
        command_id: Annotated[str, Query(max_length=64)] = "",
        empty: bool = False,
        rows: bool = False,
        examples: bool = False,
    ) -> Response:
        """Replace a data set by a new table (all of it), at once or `at` an instant.

        201 for a new version, 202 where it is planned or waits for consent, 200 where the table says the same and nothing is
        published, 422 with its faults. With `replaces` (that of the check) 409 where another version is live by now.
        A table that is only a header is refused unless `empty` says that all rows are to go. Where rows that cases have in
        registers would go or change, it is refused unless `rows` says that they are to. Where nothing but examples fail (`failing`), 422 with a `detail`, unless
        `examples` says that they may: the version keeps which.
        """
        file, data = await table_of(request, site, name)
        report, made = await visit.ask(
            site.hall.data.replace,
            service_id,
            table,
            file,
            data,
            note=note,
            at=at,
            replaces=replaces,
            command_id=command_id,
            empty=empty,
            rows=rows,
            examples=examples,
        )
        status = 422 if made is None else 202 if isinstance(made, PlanRow) else 200 if report.same else 201
        why = examples_fail(report, visit.language) if made is None else ""
        return Json({**replaced_json(report, made), **({"detail": why} if why else {})}, status_code=status)


async def table_of(request: Request, site: Site, name: str) -> tuple[str, bytes]:
    """The table of a request: its name (by its first bytes where nobody says one) and its bytes."""
    given, spool = await received(request, site.settings.workbook_limit)
    with spool:
        data = await asyncio.to_thread(spool.read)
    if name or request.headers.get("x-file-name") or request.headers.get("content-type", "").startswith("multipart/"):
        return file_name(name or given), data
    return ("table.xlsx" if data.startswith((b"PK", b"\xd0\xcf")) else "table.csv"), data
