"""The REST interface: what people do on the screens, for programs. Bearer tokens are session tokens."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import Response

from banshi.platform.cases.handing import HANDING
from banshi.platform.filling.batch import MOST_BYTES
from banshi.platform.routes.model import BackMode
from banshi.platform.statistics.model import Question
from banshi.ui.gate_tokens import unused
from banshi.ui.rest import (
    accounts,
    archives,
    auditing,
    callbacks,
    datasets,
    gates,
    impact,
    metrics,
    papers,
    personal_passes,
    publishing,
)
from banshi.ui.rest.door import Json, PageNumber, PageSize, body, described, token_of, visitor
from banshi.ui.rest.doors import ensure_demo_person
from banshi.ui.rest.files import (
    XLSX,
    disposition,
    file_name,
    known,
    question,
    received,
    streamed,
    workbook_with_files,
)
from banshi.ui.screens.frame import Site
from banshi.ui.session import Visit

_ID = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Chosen = dict[str, Annotated[list[str], Field(max_length=1000)]]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignIn(_Body):
    """Who signs in, in a demonstration."""

    person: str


class Answers(_Body):
    """Answers by field; a repeat is a list of objects."""

    answers: dict[str, Any]


class Choices(Answers):
    """Answers with the people whom the applicant chose to be asked: campus numbers by step."""

    chosen: Chosen = Field(default_factory=dict, max_length=100)


class Offered(Answers):
    """Answers, with a part of what is looked for in the choices of a question."""

    query: str = Field(default="", max_length=200)


class Application(Choices):
    """A form to send. The same `command_id` again gives the first receipt."""

    command_id: _ID


class Draft(Choices):
    """What was filled in so far; `since` is when the caller last knew the draft, so that a newer one stays."""

    version: str = ""
    since: AwareDatetime | None = None


class Deed(_Body):
    """What somebody does with a task: the case as she saw it (`seq`), and what she says."""

    action: str = Field(pattern=f"^({'|'.join(('approve', 'refuse', 'return', 'resubmit', *HANDING))})$")
    seq: int = Field(ge=0)
    command_id: _ID
    opinion: str = Field(default="", max_length=4000)
    answers: dict[str, Any] | None = None
    return_to: str = ""
    how: str = Field(default="ask", pattern=f"^({'|'.join(BackMode)})$")
    people: list[str] = Field(default=[], max_length=20)
    signature: str = Field(default="", max_length=64)
    files: list[str] = Field(default=[], max_length=20)
    chosen: Chosen | None = None


class Comment(_Body):
    """Something to say on a case, to whom, with files that were attached before."""

    text: str = Field(min_length=1, max_length=2000)
    mentions: list[str] = Field(default=[], max_length=20)
    files: list[str] = Field(default=[], max_length=20)
    command_id: _ID


class Urging(_Body):
    """An applicant asks those who are asked now to hurry."""

    command_id: _ID


class Look(_Body):
    """Somebody who sees a case with masks has that of one answer (its path) taken off, for a reason that is recorded."""

    path: str = Field(min_length=1, max_length=500)
    reason: str = Field(min_length=1, max_length=200)
    command_id: _ID


class Opening(_Body):
    """An owner has a case opened that could not be (the `key` of a related case), or gives it up."""

    key: str = Field(min_length=1, max_length=200)
    give_up: bool = False
    command_id: _ID


class Bulk(_Body):
    """Tasks to approve together, by their ids."""

    tasks: list[str] = Field(min_length=1, max_length=100)
    opinion: str = Field(default="", max_length=4000)
    command_id: _ID


class Moves(_Body):
    """Open cases to move to the live version, by their ids."""

    cases: list[str] = Field(min_length=1, max_length=100)
    note: str = Field(default="", max_length=200)
    command_id: _ID


class HandingOver(_Body):
    """Tasks of a head's unit, by their ids, and the person of the unit to whom they go."""

    tasks: list[str] = Field(min_length=1, max_length=100)
    to: str = Field(max_length=64)
    command_id: _ID


class StandIn(_Body):
    """Who acts for the person, from when until when (aware times, the end not included), for which services."""

    stand_in: str
    since: AwareDatetime
    until: AwareDatetime
    services: list[str] = Field(default=[], max_length=500)
    note: str = Field(default="", max_length=200)
    command_id: _ID


class Withdrawal(_Body):
    """An applicant takes a case back."""

    seq: int = Field(ge=0)
    command_id: _ID


def router(site: Site) -> APIRouter:
    """Every address below /api/v1."""
    api = APIRouter(prefix="/api/v1", default_response_class=Json)
    door = Depends(visitor(site))
    _sessions(api, site)
    _services(api, site, door)
    _fillings(api, site, door)
    _cases(api, site, door)
    _stand_ins(api, site, door)
    _owners(api, site, door)
    publishing.add(api, site, door)
    datasets.add(api, site, door)
    callbacks.add(api, site)
    accounts.add(api, site, door)
    archives.add(api, site, door)
    papers.add(api, site, door)
    gates.add(api, site, door)
    personal_passes.add(api, site, door)
    impact.add(api, site, door)
    auditing.add(api, site, door)
    metrics.add(api, site, door)
    _figures(api, site, door)

    @api.get("/{path:path}", include_in_schema=False)
    async def nothing(path: str) -> Response:
        return Json({"detail": f"There is nothing at /api/v1/{path}."}, status_code=404)

    return api


def _sessions(api: APIRouter, site: Site) -> None:
    @api.get("/health", tags=["health"])
    async def health() -> Response:
        found = await asyncio.to_thread(site.hall.health)
        # How much there is, and where, is nobody's business who has not signed in; that something is to be mended is.
        wrong = {"gates_not_let_in": left_out} if (left_out := len(unused(site.settings.gates))) else {}
        return Json({"ok": bool(found.get("ok")), **wrong}, status_code=200 if found.get("ok") else 503)

    @api.post("/sessions", tags=["sessions"], status_code=201, openapi_extra=described(SignIn))
    async def sign_in(asked: Annotated[SignIn, Depends(body(SignIn))]) -> Response:
        await asyncio.to_thread(ensure_demo_person, site, asked.person)
        return Json({"token": await asyncio.to_thread(site.hall.sign_in, asked.person)}, status_code=201)

    @api.delete("/sessions", tags=["sessions"], status_code=204)
    async def sign_out(request: Request) -> Response:
        await asyncio.to_thread(site.hall.sign_out, token_of(request))
        return Response(status_code=204)


def _services(api: APIRouter, site: Site, door: Any) -> None:
    hall = site.hall

    @api.get("/services", tags=["services"])
    async def services(*, visit: Visit = door, query: str = "", category: str = "") -> Response:
        return Json(await visit.ask(hall.catalogue, query=query, category=category, language=visit.language))

    @api.get("/services/{service_id}", tags=["services"])
    async def service(service_id: str, *, visit: Visit = door) -> Response:
        return Json(await visit.ask(hall.card, service_id, visit.language))

    @api.get("/services/{service_id}/form", tags=["services"])
    async def form(service_id: str, *, visit: Visit = door) -> Response:
        return Json(await visit.ask(hall.open_form, service_id, visit.language))

    @api.post("/services/{service_id}/evaluation", tags=["services"], openapi_extra=described(Choices))
    async def evaluation(
        service_id: str, *, visit: Visit = door, asked: Annotated[Choices, Depends(body(Choices))]
    ) -> Response:
        return Json(await visit.ask(hall.evaluate, service_id, asked.answers, visit.language, chosen=asked.chosen))

    @api.post("/services/{service_id}/choices/{question}", tags=["services"], openapi_extra=described(Offered))
    async def offered(
        service_id: str, question: str, *, visit: Visit = door, asked: Annotated[Offered, Depends(body(Offered))]
    ) -> Response:
        """The first choices of a question whose list the form does not bring along: long lists, accounts to charge."""
        ask = partial(hall.find_choices, answers=asked.answers, service_id=service_id, language=visit.language)
        return Json(await visit.ask(ask, question, asked.query))

    @api.put("/services/{service_id}/draft", tags=["services"], openapi_extra=described(Draft))
    async def draft(service_id: str, *, visit: Visit = door, asked: Annotated[Draft, Depends(body(Draft))]) -> Response:
        saved_at = await visit.ask(
            hall.save_draft, service_id, asked.answers, asked.version, chosen=asked.chosen, since=asked.since
        )
        return Json({"saved_at": saved_at})

    @api.post("/services/{service_id}/cases", tags=["cases"], status_code=201, openapi_extra=described(Application))
    async def apply(
        service_id: str, *, visit: Visit = door, asked: Annotated[Application, Depends(body(Application))]
    ) -> Response:
        receipt = await visit.ask(
            hall.submit,
            service_id,
            asked.answers,
            command_id=asked.command_id,
            language=visit.language,
            chosen=asked.chosen,
        )
        return Json(receipt, status_code=(200 if receipt.repeated else 201) if receipt.done else 422)


def _fillings(api: APIRouter, site: Site, door: Any) -> None:
    """A form filled in by Excel, as on the page of the service: template, check, marked copy, sending."""
    hall = site.hall

    async def uploaded(request: Request, name: str) -> tuple[str, bytes]:
        given, spool = await received(request, MOST_BYTES)
        with spool:
            return file_name(name or given), await asyncio.to_thread(spool.read)

    @api.get("/fillings/{service_id}/template.xlsx", tags=["fillings"])
    async def template(service_id: str, *, visit: Visit = door) -> Response:
        """An Excel file to fill the form in, a row a case. Every download is a batch of its own."""
        name, data = await visit.ask(hall.template, service_id, visit.language)
        return Response(data, media_type=XLSX, headers=disposition(name))

    @api.post("/fillings/{service_id}/check", tags=["fillings"], openapi_extra=publishing.FILE)
    async def check(request: Request, service_id: str, *, visit: Visit = door, name: str = "") -> Response:
        """What the form says of every row. Nothing is sent; `version` is what the sending asks for."""
        file, data = await uploaded(request, name)
        return Json(await visit.ask(hall.check_filling, service_id, file, data, visit.language))

    @api.post("/fillings/{service_id}/marked", tags=["fillings"], openapi_extra=publishing.FILE)
    async def marked(request: Request, service_id: str, *, visit: Visit = door, name: str = "") -> Response:
        """The same file with the faults at their cells and the numbers of what was sent."""
        file, data = await uploaded(request, name)
        name, data = await visit.ask(hall.mark_filling, service_id, file, data, visit.language)
        return Response(data, media_type=XLSX, headers=disposition(name))

    @api.post("/fillings/{service_id}", tags=["fillings"], openapi_extra=publishing.FILE)
    async def send(request: Request, service_id: str, *, visit: Visit = door, version: str, name: str = "") -> Response:
        """Send every row that is good, each once, however often the file comes; `version` is that of the check."""
        file, data = await uploaded(request, name)
        found = await visit.ask(hall.send_filling, service_id, file, data, version=version, language=visit.language)
        done = all(row.state == "sent" for row in found.rows) and bool(found.rows)
        return Json(found, status_code=200 if done else 422)


def _cases(api: APIRouter, site: Site, door: Any) -> None:
    hall = site.hall

    @api.get("/cases", tags=["cases"])
    async def cases(*, visit: Visit = door, page: PageNumber = 1, size: PageSize = 20) -> Response:
        return Json(await visit.ask(hall.my_cases, page=page, size=size, language=visit.language))

    @api.get("/cases/{case_id}", tags=["cases"])
    async def case(case_id: str, *, visit: Visit = door) -> Response:
        return Json(await visit.ask(hall.case, case_id, visit.language))

    @api.get("/tasks", tags=["tasks"])
    async def tasks(
        *,
        visit: Visit = door,
        state: Annotated[str, Query(pattern="^(open|done|unread|read)$")] = "open",
        query: Annotated[str, Query(max_length=60)] = "",
        page: PageNumber = 1,
        size: PageSize = 20,
    ) -> Response:
        return Json(
            await visit.ask(hall.tasks, state=state, query=query, page=page, size=size, language=visit.language)
        )

    @api.post("/tasks", tags=["tasks"], openapi_extra=described(Bulk))
    async def bulk(*, visit: Visit = door, asked: Annotated[Bulk, Depends(body(Bulk))]) -> Response:
        told = await visit.ask(
            hall.act_in_bulk, asked.tasks, opinion=asked.opinion, command_id=asked.command_id, language=visit.language
        )
        return Json([{"task": task, "done": not why, "why": why} for task, why in told])

    @api.get("/board", tags=["board"])
    async def board(*, visit: Visit = door, who: str = "", page: PageNumber = 1, size: PageSize = 50) -> Response:
        """What lies at the desks of the units that the person heads, of all or of one (`who`)."""
        return Json(await visit.ask(hall.board, whose=who, page=page, size=size, language=visit.language))

    @api.post("/board", tags=["board"], openapi_extra=described(HandingOver))
    async def hand_over(*, visit: Visit = door, asked: Annotated[HandingOver, Depends(body(HandingOver))]) -> Response:
        told = await visit.ask(
            hall.hand_over, asked.tasks, asked.to, command_id=asked.command_id, language=visit.language
        )
        return Json([{"task": task, "done": not why, "why": why} for task, why in told])

    @api.post("/cases/{case_id}/comments", tags=["cases"], status_code=201, openapi_extra=described(Comment))
    async def comment(
        case_id: str, *, visit: Visit = door, asked: Annotated[Comment, Depends(body(Comment))]
    ) -> Response:
        receipt = await visit.ask(
            hall.comment,
            case_id,
            asked.text,
            mentions=asked.mentions,
            files=asked.files,
            command_id=asked.command_id,
        )
        return Json(receipt, status_code=201)

    @api.post("/cases/{case_id}/urging", tags=["cases"], status_code=201, openapi_extra=described(Urging))
    async def urge(case_id: str, *, visit: Visit = door, asked: Annotated[Urging, Depends(body(Urging))]) -> Response:
        return Json(await visit.ask(hall.urge, case_id, command_id=asked.command_id), status_code=201)

    @api.post("/cases/{case_id}/looks", tags=["cases"], status_code=201, openapi_extra=described(Look))
    async def look(case_id: str, *, visit: Visit = door, asked: Annotated[Look, Depends(body(Look))]) -> Response:
        found = await visit.ask(
            hall.unmask,
            case_id,
            asked.path,
            asked.reason,
            command_id=asked.command_id,
            language=visit.language,
        )
        return Json(found, status_code=201)

    @api.post("/cases/{case_id}/openings", tags=["cases"], openapi_extra=described(Opening))
    async def open_again(
        case_id: str, *, visit: Visit = door, asked: Annotated[Opening, Depends(body(Opening))]
    ) -> Response:
        receipt = await visit.ask(
            hall.open_again, case_id, asked.key, give_up=asked.give_up, command_id=asked.command_id
        )
        return Json(receipt)

    @api.post("/cases/{case_id}/reading", tags=["cases"])
    async def reading(case_id: str, *, visit: Visit = door) -> Response:
        return Json({"read": await visit.ask(hall.read_copies, case_id)})

    @api.post("/cases/{case_id}/tasks/{task_id}", tags=["tasks"], openapi_extra=described(Deed))
    async def act(
        case_id: str, task_id: str, *, visit: Visit = door, asked: Annotated[Deed, Depends(body(Deed))]
    ) -> Response:
        receipt = await visit.ask(
            hall.act,
            case_id,
            task_id,
            asked.action,
            opinion=asked.opinion,
            answers=asked.answers,
            return_to=asked.return_to,
            how=asked.how,
            people=asked.people,
            signature=asked.signature,
            files=asked.files,
            chosen=asked.chosen,
            seq=asked.seq,
            command_id=asked.command_id,
            language=visit.language,
        )
        return Json(receipt, status_code=200 if receipt.done else 422)

    @api.post("/cases/{case_id}/withdrawal", tags=["cases"], openapi_extra=described(Withdrawal))
    async def withdraw(
        case_id: str, *, visit: Visit = door, asked: Annotated[Withdrawal, Depends(body(Withdrawal))]
    ) -> Response:
        receipt = await visit.ask(
            hall.withdraw, case_id, seq=asked.seq, command_id=asked.command_id, language=visit.language
        )
        return Json(receipt, status_code=200 if receipt.done else 422)


def _stand_ins(api: APIRouter, site: Site, door: Any) -> None:
    hall = site.hall

    @api.get("/stand-ins", tags=["stand-ins"])
    async def stand_ins(*, visit: Visit = door) -> Response:
        return Json(await visit.ask(hall.stand_ins, visit.language))

    @api.post("/stand-ins", tags=["stand-ins"], status_code=201, openapi_extra=described(StandIn))
    async def let_stand_in(*, visit: Visit = door, asked: Annotated[StandIn, Depends(body(StandIn))]) -> Response:
        await visit.ask(
            hall.let_stand_in,
            asked.stand_in,
            asked.since,
            asked.until,
            services=asked.services,
            note=asked.note,
            command_id=asked.command_id,
        )
        return Json(await visit.ask(hall.stand_ins, visit.language), status_code=201)

    @api.delete("/stand-ins/{stand_in_id}", tags=["stand-ins"], status_code=204)
    async def end_stand_in(stand_in_id: str, *, visit: Visit = door) -> Response:
        await visit.ask(hall.end_stand_in, stand_in_id)
        return Response(status_code=204)


def _owners(api: APIRouter, site: Site, door: Any) -> None:
    hall = site.hall

    @api.get("/owned", tags=["workbooks"])
    async def owned(*, visit: Visit = door) -> Response:
        return Json(await visit.ask(hall.workshop.owned, visit.language))

    @api.get("/owned/{service_id}/cases", tags=["workbooks"])
    async def owned_cases(
        service_id: str,
        *,
        visit: Visit = door,
        state: str = "",
        query: str = "",
        page: PageNumber = 1,
        size: PageSize = 20,
    ) -> Response:
        """The cases of a service, with whom they wait for; `state` is `open`, `returned`, `approved`, `refused` or `withdrawn`."""
        found = await visit.ask(
            hall.workshop.cases, service_id, state=state, query=query, page=page, size=size, language=visit.language
        )
        return Json(found)

    @api.get("/owned/{service_id}/versions", tags=["workbooks"])
    async def versions(service_id: str, *, visit: Visit = door) -> Response:
        return Json(await visit.ask(hall.workshop.versions, service_id))

    @api.get("/owned/{service_id}/moves", tags=["workbooks"])
    async def plan(service_id: str, *, visit: Visit = door, page: PageNumber = 1, size: PageSize = 20) -> Response:
        """What moving the open cases of earlier versions to the live one would come to; nothing is changed."""
        return Json(
            await visit.ask(hall.workshop.plan_moves, service_id, page=page, size=size, language=visit.language)
        )

    @api.post("/owned/{service_id}/moves", tags=["workbooks"], openapi_extra=described(Moves))
    async def move(service_id: str, *, visit: Visit = door, asked: Annotated[Moves, Depends(body(Moves))]) -> Response:
        told = await visit.ask(
            hall.workshop.move_cases,
            service_id,
            asked.cases,
            note=asked.note,
            command_id=asked.command_id,
            language=visit.language,
        )
        return Json([{"case": case, "done": not why, "why": why} for case, why in told])

    @api.get("/workbooks/new.xlsx", tags=["workbooks"])
    async def new_workbook(*, visit: Visit = door, title: str, like: str = "") -> Response:
        """A workbook to begin a service with, in the language that is asked for; `like` is the id of one to start from."""
        name, data = await visit.ask(hall.workshop.new_workbook, title, visit.language, like)
        return Response(data, media_type=XLSX, headers=disposition(name))

    @api.post("/workbooks/check", tags=["workbooks"], openapi_extra=publishing.WORKBOOK)
    async def check(request: Request, *, visit: Visit = door, name: str = "") -> Response:
        """What the check says. The body is the workbook, or a form with it and the files that it names, each as `file`."""
        return Json(await visit.ask(hall.workshop.check, *await workbook_with_files(request, site, visit, name)))


def _figures(api: APIRouter, site: Site, door: Any) -> None:
    hall = site.hall

    @api.get("/statistics", tags=["statistics"])
    async def statistics(*, visit: Visit = door, asked: Annotated[Question, Depends(question)]) -> Response:
        """Figures of the cases and steps that the person answers for; lengths of time in seconds, rates of 1."""
        return Json(await visit.ask(hall.statistics, asked, visit.language))

    @api.get("/exports/statistics/{by}.{file_type}", tags=["exports"])
    async def export_statistics(
        by: str, file_type: str, *, visit: Visit = door, asked: Annotated[Question, Depends(question)]
    ) -> Response:
        """One of the tables `total`, `months`, `units`, `services` and `steps`."""
        kind = known(file_type)
        return streamed(*await visit.ask(hall.export_statistics, asked, by, kind, language=visit.language))

    @api.get("/exports/cases/{service_id}.{file_type}", tags=["exports"])
    async def export_cases(service_id: str, file_type: str, *, visit: Visit = door) -> Response:
        return streamed(
            *await visit.ask(hall.workshop.export_cases, service_id, known(file_type), language=visit.language)
        )
