"""Files in and out: attachments, workbooks, exports. Uploads stop at their limit while they arrive."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO, Annotated, Any, Literal
from urllib.parse import quote, unquote

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse

from banshi.platform.archive.archivist import ArchiveQuestion
from banshi.platform.errors import FileRefused, NotAllowed
from banshi.platform.exports import PDF
from banshi.platform.filling.batch import MOST_BYTES
from banshi.platform.statistics.model import Question
from banshi.ui.rest.checking import site_of
from banshi.ui.rest.door import Json, visitor
from banshi.ui.screens.frame import Site
from banshi.ui.session import Visit
from banshi.ui.texts import Texts, size_text
from banshi.ui.uploads import Uploads

_CHUNK = 256 * 1024
_IN_MEMORY = 1024 * 1024
_MOST_FILES = 200
_SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Language = Literal["zh", "en"]
FILE_TYPES = ("xlsx", "csv")
LOG_TYPES = (*FILE_TYPES, "jsonl", "pdf")
FINDING_TYPES = (*FILE_TYPES, "pdf")


def router(site: Site, uploads: Uploads, fillings: Uploads) -> APIRouter:
    """The files of a hall."""
    api = APIRouter(include_in_schema=False)
    door = Depends(visitor(site))
    _workbooks(api, site, uploads, door)

    @api.post("/files")
    async def attach(request: Request, *, visit: Visit = door) -> Response:
        name, spool = await received(request, site.settings.attachment_limit)
        with spool:
            return Json(await visit.ask(site.hall.attach, name, chunks(spool)))

    @api.get("/files/{file_id}")
    async def attachment(file_id: str, *, visit: Visit = door) -> Response:
        name, media_type, path = await visit.ask(site.hall.attachment, file_id)
        shown = media_type in _SHOWN
        return FileResponse(
            path,
            media_type=media_type if shown else "application/octet-stream",
            filename=name,
            content_disposition_type="inline" if shown else "attachment",
            headers={"content-security-policy": "sandbox", "cache-control": "private, no-store"},
        )

    @api.get("/form/{service_id}")
    async def form(service_id: str, request: Request) -> Response:
        """The address that QR codes say: short, and the same whatever becomes of ours."""
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/services/{quote(service_id)}/apply{query}", status_code=303)

    @api.get("/services/{service_id}/media/{file}")
    async def media(service_id: str, file: str, *, visit: Visit = door) -> Response:
        return _shown(*await visit.ask(site.hall.media, file, service_id=service_id))

    @api.get("/cases/{case_id}/media/{file}")
    async def media_of_case(case_id: str, file: str, *, visit: Visit = door) -> Response:
        return _shown(*await visit.ask(site.hall.media, file, case_id=case_id))

    @api.get("/services/{service_id}/template.xlsx")
    async def template(service_id: str, *, visit: Visit = door) -> Response:
        name, data = await visit.ask(site.hall.template, service_id, visit.language)
        return Response(data, media_type=XLSX, headers=disposition(name))

    @api.post("/fillings")
    async def fill(request: Request, *, visit: Visit = door) -> Response:
        name, spool = await received(request, MOST_BYTES)
        with spool:
            data = await asyncio.to_thread(spool.read)
        return Json({"id": fillings.keep(visit.token, name, data), "name": name, "size": len(data)})

    @api.get("/services/{service_id}/fillings/{upload_id}")
    async def marked(service_id: str, upload_id: str, *, visit: Visit = door) -> Response:
        upload = fillings.get(visit.token, upload_id)
        if upload is None:
            raise HTTPException(404)
        name, data = await visit.ask(
            site.hall.mark_filling, service_id, upload.file, upload.data, language=visit.language
        )
        return Response(data, media_type=XLSX, headers=disposition(name))

    _made(api, site, door)
    _exports(api, site, door)
    return api


def _made(api: APIRouter, site: Site, door: Any) -> None:
    """What the hall makes of its data, for somebody to keep."""

    @api.get("/owner/{service_id}/labels.pdf")
    async def labels(service_id: str, request: Request, part: int = 1, *, visit: Visit = door) -> Response:
        base = site.settings.site or str(request.base_url)
        name, data = await visit.ask(site.hall.labels.labels, service_id, base, part)
        return Response(data, media_type=PDF, headers=disposition(name))

    @api.get("/messages/{key}/{at}")
    async def file_of_message(key: str, at: int, *, visit: Visit = door) -> Response:
        name, data = await visit.ask(site.hall.outbox.file, key, at)
        return Response(data, media_type="application/octet-stream", headers=disposition(name))

    @api.get("/cases/{case_id}/archive.zip")
    async def archive_case(case_id: str, *, visit: Visit = door) -> Response:
        return streamed(*await visit.ask(site.hall.archive_case, case_id, language=visit.language))

    @api.get("/cases/{case_id}/archive.pdf")
    async def archive_pdf(case_id: str, *, visit: Visit = door) -> Response:
        name, data = await visit.ask(site.hall.archive_pdf, case_id, language=visit.language)
        return Response(data, media_type=PDF, headers=disposition(name))

    @api.get("/papers/{code}.pdf")
    async def paper_pdf(code: str, request: Request, *, visit: Visit = door) -> Response:
        name, data = await visit.ask(site.hall.papers.pdf, code, site_of(site, request))
        return Response(data, media_type=PDF, headers=disposition(name))


def _exports(api: APIRouter, site: Site, door: Any) -> None:
    @api.get("/export/log.{file_type}")
    async def export_log(
        file_type: str, *, visit: Visit = door, asked: Annotated[dict[str, str], Depends(log_filters)]
    ) -> Response:
        kind = known(file_type, *LOG_TYPES)
        return streamed(*await visit.ask(site.hall.export_log, kind, language=visit.language, **asked))

    @api.get("/export/findings.{file_type}")
    async def export_findings(
        file_type: str, *, visit: Visit = door, service: str = "", since: str = "", until: str = ""
    ) -> Response:
        days = {"since": str(day_of(since) or ""), "until": str(day_of(until) or "")}
        kind, found = known(file_type, *FINDING_TYPES), site.hall.export_findings
        return streamed(*await visit.ask(found, kind, service_id=service, language=visit.language, **days))

    @api.get("/export/ledger.zip")
    async def export_ledger(*, visit: Visit = door) -> Response:
        return streamed(*await visit.ask(site.hall.export_ledger))

    @api.get("/export/boards/{service_id}/{at}.{file_type}")
    async def export_chart(service_id: str, at: int, file_type: str, *, visit: Visit = door) -> Response:
        kind = known(file_type)
        return streamed(*await visit.ask(site.hall.boards.export, service_id, at, kind, visit.language))

    @api.get("/export/statistics/{by}.{file_type}")
    async def export_statistics(
        by: str, file_type: str, *, visit: Visit = door, asked: Annotated[Question, Depends(question)]
    ) -> Response:
        kind = known(file_type)
        return streamed(*await visit.ask(site.hall.export_statistics, asked, by, kind, language=visit.language))

    @api.get("/export/archive.{file_type}")
    async def export_archive(
        file_type: Literal["zip", "xlsx"],
        *,
        visit: Visit = door,
        asked: Annotated[ArchiveQuestion, Depends(archive_question)],
    ) -> Response:
        return streamed(*await visit.ask(site.hall.export_archive, asked, file_type, language=visit.language))

    @api.get("/impacts/{run_id}/{by}.{file_type}")
    async def export_impact(
        run_id: str, by: Literal["cases", "cells"], file_type: str, *, visit: Visit = door
    ) -> Response:
        kind = known(file_type)
        return streamed(*await visit.ask(site.hall.workshop.export_impact, run_id, by, kind, language=visit.language))

    @api.get("/export/cases/{service_id}.{file_type}")
    async def export_cases(service_id: str, file_type: str, *, visit: Visit = door) -> Response:
        found = await visit.ask(site.hall.workshop.export_cases, service_id, known(file_type), language=visit.language)
        return streamed(*found)


def _workbooks(api: APIRouter, site: Site, uploads: Uploads, door: Any) -> None:
    @api.post("/workbooks")
    async def upload(request: Request, *, visit: Visit = door) -> Response:
        if not site.hall.may(visit.me, "owner"):
            raise NotAllowed
        name, spool = await received(request, site.settings.workbook_limit)
        with spool:
            data = await asyncio.to_thread(spool.read)
        name, data = await visit.ask(site.hall.workshop.together, {name: data})
        return Json({"id": uploads.keep(visit.token, name, data), "name": name, "size": len(data)})

    @api.post("/workbooks/together")
    async def upload_together(request: Request, *, visit: Visit = door) -> Response:
        if not site.hall.may(visit.me, "owner"):
            raise NotAllowed
        files = await several(request, site.settings.workbook_limit)
        name, data = await visit.ask(site.hall.workshop.together, files)
        return Json({"id": uploads.keep(visit.token, name, data), "name": name, "size": len(data)})

    @api.get("/uploads/{upload_id}/marked.xlsx")
    async def marked_workbook(upload_id: str, *, visit: Visit = door) -> Response:
        upload = uploads.get(visit.token, upload_id)
        if upload is None:
            raise HTTPException(404)
        name, data = await visit.ask(site.hall.workshop.mark_workbook, upload.file, upload.data, visit.language)
        return Response(data, media_type=XLSX, headers=disposition(name))

    @api.get("/workbooks/new.xlsx")
    async def new_workbook(*, visit: Visit = door, title: str, lang: Language = "zh", like: str = "") -> Response:
        name, data = await visit.ask(site.hall.workshop.new_workbook, title, lang, like)
        return Response(data, media_type=XLSX, headers=disposition(name))

    @api.get("/workbooks/{service_id}/{sha256}")
    async def workbook(service_id: str, sha256: str, *, visit: Visit = door) -> Response:
        name, data = await visit.ask(site.hall.workshop.workbook_bytes, service_id, sha256)
        return Response(data, media_type=XLSX, headers=disposition(name))


def question(
    request: Request,
    service_id: str = "",
    unit: str = "",
    step: str = "",
    since: date | None = None,
    until: date | None = None,
) -> Question:
    """The question of an address; days as `2026-09-01`, both counted.

    A word that asks for nothing is refused, so that nobody takes the figures of everything for those that she wanted.
    """
    asked = ("service_id", "unit", "step", "since", "until")
    if unknown := [name for name in request.query_params if name not in (*asked, "language")]:
        raise RequestValidationError(
            [
                {"loc": ("query", name), "msg": f"There is no such word; it takes {', '.join(asked)}."}
                for name in unknown
            ]
        )
    return Question(service_id=service_id, unit=unit, step=step, since=since, until=until)


def log_filters(
    q: str = "",
    service: str = "",
    kind: str = "",
    outcome: str = "",
    person: str = "",
    since: str = "",
    until: str = "",
    cell: str = "",
    amount: str = "",
) -> dict[str, str]:
    """The filters of the rule log in an address, as the hall takes them; what is no day does not filter."""
    days = {"since": str(day_of(since) or ""), "until": str(day_of(until) or "")}
    told = {"query": q, "service_id": service, "kind": kind, "outcome": outcome, "person": person, "cell": cell}
    return {**told, "amount": amount, **days}


def archive_question(
    q: str = "", person: str = "", service: str = "", state: str = "", since: str = "", until: str = ""
) -> ArchiveQuestion:
    """The question of an address; what is no day does not filter."""
    return ArchiveQuestion(
        query=q, person=person, service_id=service, state=state, since=day_of(since), until=day_of(until)
    )


def day_of(text: str) -> date | None:
    """A day of an address such as `2026-09-01`; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


async def received(request: Request, limit: int) -> tuple[str, IO[bytes]]:
    """The file of an upload (a form with `file`, or the bare bytes with `X-File-Name`), on disk when it is large."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _from_form(request, limit)
    spool: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            spool.close()
            raise _too_large(limit)
        await asyncio.to_thread(spool.write, chunk)
    spool.seek(0)
    return file_name(unquote(request.headers.get("x-file-name", ""))), spool


async def _from_form(request: Request, limit: int) -> tuple[str, IO[bytes]]:
    async with request.form(max_files=1, max_fields=8) as form:
        found = form.get("file")
        if found is None or isinstance(found, str):
            raise HTTPException(400)
        if (found.size or 0) > limit:
            raise _too_large(limit)
        spool: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        while chunk := await found.read(_CHUNK):
            await asyncio.to_thread(spool.write, chunk)
        spool.seek(0)
        return file_name(found.filename or ""), spool


async def workbook_with_files(request: Request, site: Site, visit: Visit, name: str) -> tuple[str, bytes]:
    """The workbook of a request, called `name` where it is one file of bytes, with the files that came or the live version has."""
    limit = site.settings.workbook_limit
    if request.headers.get("content-type", "").startswith("multipart/"):
        files = await several(request, limit)
    else:
        given, spool = await received(request, limit)
        with spool:
            files = {file_name(name or given): await asyncio.to_thread(spool.read)}
    file, data = await visit.ask(site.hall.workshop.together, files)
    return (file_name(name) if name and len(files) == 1 else file), data


async def several(request: Request, limit: int) -> dict[str, bytes]:
    """The files of a form with several `file`, by name; all of them have at most `limit` bytes."""
    if int(request.headers.get("content-length") or limit + 1) > limit + _CHUNK:
        raise _too_large(limit)
    async with request.form(max_files=_MOST_FILES, max_fields=8) as form:
        files = [found for found in form.getlist("file") if not isinstance(found, str)]
        if sum(found.size or 0 for found in files) > limit:
            raise _too_large(limit)
        return {file_name(found.filename or ""): await found.read() for found in files}


def _too_large(limit: int) -> FileRefused:
    """What somebody is told whose file was larger than what is taken."""
    zh, en = (Texts(language)("error.413.limit", size=size_text(limit)) for language in ("zh", "en"))
    return FileRefused(zh, en)


def file_name(name: str) -> str:
    """The last part of a file's name, without what no file name should hold."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in last if char.isprintable())[:200].strip() or "file"


def chunks(spool: IO[bytes]) -> Iterator[bytes]:
    """A file piece by piece."""
    while chunk := spool.read(_CHUNK):
        yield chunk


def _shown(media_type: str, content: Path | bytes) -> Response:
    """A picture, sound or film of a label. Opened by itself, an SVG can do nothing either."""
    headers = {
        "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        "cache-control": "private, max-age=600",
    }
    if isinstance(content, bytes):
        return Response(content, media_type=media_type, headers=headers)
    return FileResponse(content, media_type=media_type, headers=headers)


def known(file_type: str, *types: str) -> str:
    """A type of export that we have; 404 for another."""
    if file_type not in (types or FILE_TYPES):
        raise HTTPException(404)
    return file_type


def streamed(name: str, media_type: str, parts: Iterator[bytes]) -> Response:
    """An export, sent as it is made; Starlette asks for the parts away from the event loop."""
    return StreamingResponse(parts, media_type=media_type, headers=disposition(name))


def disposition(name: str) -> dict[str, str]:
    """The headers that make a browser save an answer under a name."""
    return {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "cache-control": "private, no-store",
    }
