"""The doors: sign in, sign out, choose a language, ask whether the hall is well. Plain requests, no socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from nicegui import Client
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, RedirectResponse, Response

from banshi.platform.errors import NotAllowed, NotFound
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.ui import browser
from banshi.ui.screens.frame import Site
from banshi.ui.screens.pieces import name_of
from banshi.ui.screens.plain_pages import render
from banshi.ui.session import COOKIE, asked_path, end_session, here, language_of, local_path, set_language, set_session
from banshi.ui.texts import LANGUAGES, Texts, half


def router(site: Site) -> APIRouter:
    """The doors of a hall."""
    api = APIRouter(include_in_schema=False)
    https = site.settings.https

    @api.get("/sign-in")
    async def sign_in_page(request: Request, next: str = "/", left: str = "") -> Response:  # noqa: A002
        language = language_of(request)
        people = await asyncio.to_thread(site.hall.demo_people) if site.settings.demo else ()
        title = Texts(language)("sign_in.tab")
        return render(
            "sign_in.html",
            language,
            title=title,
            path=here(request),
            groups=grouped(people, site.hall, language),
            demo=site.settings.demo,
            campus=site.campus is not None,
            left=left if left in {"hall", "all"} else "",
            next=asked_path(next),
            classes="page-sign-in",
        )

    @api.post("/sign-in")
    async def sign_in(
        request: Request,
        person: Annotated[str, Form()],
        next: Annotated[str, Form()] = "/",  # noqa: A002
    ) -> Response:
        await asyncio.to_thread(ensure_demo_person, site, person)
        token = await asyncio.to_thread(site.hall.sign_in, person)
        return await enter(site, request, token, asked_path(next))

    @api.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        closing = await _end(site, request, browser.leave)
        response = RedirectResponse("/sign-in?left=hall", status_code=303, background=closing)
        end_session(response)
        return response

    @api.get("/language/{language}")
    async def choose_language(language: str, next: str = "/") -> Response:  # noqa: A002
        response = RedirectResponse(local_path(next), status_code=303)
        if language in LANGUAGES:
            set_language(response, language, https=https)
        return response

    @api.get("/healthz")
    async def healthz() -> Response:
        health = await asyncio.to_thread(site.hall.health)
        return JSONResponse({"ok": bool(health.get("ok"))}, status_code=200 if health.get("ok") else 503)

    return api


async def enter(site: Site, request: Request, token: str, path: str) -> Response:
    """Go on to a page with a new session; the one that the browser had before is over."""
    closing = await _end(site, request, browser.reload)
    response = RedirectResponse(path, status_code=303, background=closing)
    set_session(response, token, https=site.settings.https)
    return response


async def _end(site: Site, request: Request, close: Callable[[Client], None]) -> BackgroundTask | None:
    """End the session that a browser has, if any; what closes its pages, for their sockets would live on.

    That is done after the answer, so that a page that loads again comes with the cookie that the answer brings.
    """
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    await asyncio.to_thread(site.hall.sign_out, token)

    async def closing() -> None:
        for client in list(Client.instances.values()):
            if client.request.cookies.get(COOKIE) == token:
                close(client)

    return BackgroundTask(closing)


def grouped(people: Sequence[Person], hall: Hall, language: str) -> list[tuple[str, list[dict[str, str]]]]:
    """The demo people by what one can try as them, those who apply first."""
    groups: dict[str, list[dict[str, str]]] = {key: [] for key in ("apply", "handle", "own", "watch")}
    for person in people:
        key = "apply"
        if person.roles & {"auditor", "administrator"}:
            key = "watch"
        elif "owner" in person.roles:
            key = "own"
        elif person.roles and person.kind != "学生":
            key = "handle"
        groups[key].append(
            {
                "id": person.id,
                "name": name_of(person, language),
                "initial": name_of(person, language)[:1],
                "place": hall.department_name(person.department, language),
                "note": half(person.demo_note, language),
            }
        )
    return [(key, cards) for key, cards in groups.items() if cards]


def ensure_demo_person(site: Site, person_id: str) -> None:
    """Raise unless the hall is a demonstration and the person one of those it offers."""
    if not site.settings.demo:
        raise NotAllowed("演示登录没有开启。", "Demo sign-in is switched off.")
    if person_id not in {person.id for person in site.hall.demo_people()}:
        raise NotFound("person", person_id)
