"""What every page shares: who may open it, the header with its menus, notices, and what happens when something fails."""

from __future__ import annotations

import copy
import inspect
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Annotated, Any, cast
from urllib.parse import quote

from fastapi import Depends, Request
from nicegui import Client, ui
from nicegui.language import Language
from nicegui.slot import Slot
from starlette.responses import Response

from banshi.platform.errors import HallError, NotSignedIn
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.views import Waiting
from banshi.ui import browser
from banshi.ui.campus import campus_sign_in
from banshi.ui.components.drawing import Drawing, hole
from banshi.ui.screens import errors
from banshi.ui.screens.html import Tag, button, div, heading, icon, link, p, span, tag
from banshi.ui.screens.live import Counts
from banshi.ui.session import COOKIE, Visit, language_of, to_sign_in, visit_of
from banshi.ui.settings import Settings
from banshi.ui.texts import LANGUAGES, LOCALES
from banshi.ui.trials import Trials

log = logging.getLogger(__name__)

Builder = Callable[..., Awaitable[None]]
_SECONDS_TO_BUILD = 30  # NiceGUI's three seconds would turn a slow disk into an error page


class Site:
    """The hall and its settings, as the screens reach them."""

    def __init__(self, hall: Hall, settings: Settings) -> None:
        self.hall = hall
        self.settings = settings
        self.counts = Counts(hall)
        self.trials = Trials()
        self.campus = campus_sign_in(settings)

    def visit(self, request: Request) -> Visit:
        """The visit of a request. FastAPI calls it away from the event loop."""
        token = request.cookies.get(COOKIE, "")
        return visit_of(self.hall, self.settings, request, token, language_of(request))

    def visit_signed_in(self, request: Request) -> Visit:
        """The visit of somebody who is signed in, with what waits for her; raises NotSignedIn otherwise."""
        visit = self.visit(request)
        return replace(visit, waiting=self.hall.waiting(visit.me))


class Screen:
    """One page, shown to one visitor. It is `real` where what is done on it counts."""

    real = True

    def __init__(self, site: Site, visit: Visit, client: Client) -> None:
        self.site = site
        self.visit = visit
        self.client = client
        self.t = visit.t
        self.language = visit.language
        self.ask = visit.ask
        self._notices: Slot | None = None

    @property
    def hall(self) -> Hall:
        """The facade."""
        return self.site.hall

    @property
    def me(self) -> Person:
        """The person at the page."""
        return self.visit.me

    @contextmanager
    def frame(self, title: str, *, active: str = "", classes: str = "") -> Iterator[Drawing]:
        """The header and the menus around what is built inside. `title` names the browser's tab."""
        ui.page_title(f"{title} · {self.t('product')}")
        content = Drawing()
        with content.draw(), div(f"page {classes}", tabindex="-1"):
            with div("notices", role="status", aria_live="polite"):
                hole("notices")
            hole()
        self._notices = content.add_slot("notices")
        _header(self, active, content)
        with content:
            yield content

    def say(
        self, text: str, tone: str = "info", href: str = "", more: str = "", *, details: Sequence[str] = ()
    ) -> None:
        """Show a notice on top of the page, in place of the one before; the keyboard goes there."""
        if self._notices is None:
            return
        self.hush()
        with self._notices, div(f"notice notice-{tone}") as notice:
            icon({"success": "check", "info": "info"}.get(tone, "warning"))
            with div("notice-text"):
                span(text)
                if href:
                    link(more, href)
                if details:
                    with tag("ul", "", "notice-list"):
                        for detail in details:
                            tag("li", detail)
        browser.focus(notice)

    def say_done(self, what: str, told: Sequence[tuple[str, str]], names: Mapping[str, str]) -> None:
        """Say how many of several were done, and which were not and why: (key, why not) of each, `names` by key."""
        colon = self.t("list.colon")
        wrong = [f"{names.get(key, key)}{colon}{why}" for key, why in told if why]
        done = len(told) - len(wrong)
        if wrong:
            self.say(self.t(f"{what}.some", done=done, left=len(wrong)), "warning", details=wrong)
        else:
            self.say(self.t(f"{what}.done", done=done), "success")

    def hush(self) -> None:
        """Take the notice away."""
        for notice in list(self._notices or ()):
            notice.delete()

    async def find_people(self, said: str) -> list[dict[str, Any]]:
        """Whom a person question may mean, as `ServiceForm` asks for it."""
        found = await self.ask(self.hall.find_people, said, self.language)
        return [{"name": match.id, "label": match.label, "exact": match.exact} for match in found]

    def choices_of(self, **where: str) -> Callable[..., Awaitable[Any]]:
        """What finds the choices of a long list in a form (`service_id`) or a case (`case_id`), as `ServiceForm` asks."""

        async def find(question: str, said: str, row: Any, answers: dict[str, Any]) -> list[dict[str, str]]:
            found = await self.ask(
                self.hall.find_choices, question, said, answers=answers, row=row, language=self.language, **where
            )
            return [{"name": match.name, "label": match.label} for match in found]

        return self.guarded(find)

    def guarded(self, action: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """The action as an event handler: what the hall declines becomes a notice, a fault in our code an apology."""

        @wraps(action)  # NiceGUI hands over the event only where the signature asks for it
        async def run(*args: Any) -> Any:
            try:
                return await action(*args)
            except NotSignedIn:
                browser.reload(self.client)
            except HallError as declined:
                self.say(declined.message(self.language), "error")
            except Exception:
                log.exception("An action on %s failed.", self.visit.path)
                self.say(self.t("error.unexpected"), "error")
            return None

        return run

    def action(
        self, text: str, run: Callable[[], Awaitable[None]], classes: str = "button", **attributes: str | bool | None
    ) -> Tag:
        """A button that runs an action, and rests while the action runs."""
        guarded = self.guarded(run)

        async def once() -> None:
            made.set("disabled", value=True).set("aria_busy", "true")
            await guarded()
            if not made.is_deleted:
                made.unset("disabled").unset("aria_busy")

        made = button(text, once, classes, **attributes)
        return made


def screen(site: Site, path: str) -> Callable[[Builder], Builder]:
    """Make a function the page at a path. It gets the Screen, and the parameters of the path by name.

    Whoever is not signed in is sent away before NiceGUI makes anything that would stay in memory for a minute.
    """

    def decorate(builder: Builder) -> Builder:
        async def page(visit: Visit, **parameters: Any) -> Response | None:
            client = ui.context.client
            client._request = _read_later(client.request)  # noqa: SLF001  # it has no setter
            client.page = copy.copy(client.page)
            client.page.language = cast("Language", LOCALES[visit.language])
            try:
                await builder(Screen(site, visit, client), **parameters)
            except NotSignedIn:
                client.delete()
                return to_sign_in(visit.path)
            except HallError as declined:
                client.delete()
                return errors.page(visit.language, declined.status, declined.message(visit.language), visit.path)
            except Exception:
                log.exception("The page %s could not be built.", visit.path)
                client.delete()
                return errors.page(visit.language, 500, path=visit.path)
            return None

        signature = inspect.signature(builder, eval_str=True)
        keyword = inspect.Parameter.KEYWORD_ONLY
        visiting = inspect.Parameter("visit", keyword, annotation=Annotated[Visit, Depends(site.visit_signed_in)])
        rest = [item.replace(kind=keyword) for item in list(signature.parameters.values())[1:]]
        page.__signature__ = inspect.Signature([visiting, *rest])  # type: ignore[attr-defined]  # FastAPI reads it
        ui.page(path, response_timeout=_SECONDS_TO_BUILD)(page)
        return builder

    return decorate


def _read_later(request: Request) -> Request:
    """What NiceGUI and the guard read of a page's request as long as the page is open.

    The request itself holds on to everything that has answered it, 20 KB: layers, exit stacks, the connection.
    """
    kept = ("type", "method", "scheme", "server", "client", "root_path", "path", "path_params", "route", "query_string")
    return Request({key: request.scope[key] for key in (*kept, "headers") if key in request.scope})


def _header(screen: Screen, active: str, content: Drawing) -> None:
    """One drawing before the content; it is drawn anew when something else waits for the person."""
    with screen.client.layout:
        header = Drawing().move(target_index=0)

    def show(waiting: Waiting) -> None:
        with header.draw():
            link(screen.t("frame.skip"), f"#{content.html_id}", "nicegui-skip-link")
            with tag("header", "", "site-header"), div("site-header-inner"):
                _brand(screen)
                _navigation(screen, active, waiting)
                with div("site-tools"):
                    _bell(screen, active, waiting)
                    _languages(screen)
                    _person_menu(screen)
            with tag("teleport"):
                _bottom_bar(screen, active, waiting)

    screen.site.counts.learn(screen.me, screen.visit.waiting)
    screen.site.counts.follow(screen.client, screen.me, show)


def _brand(screen: Screen) -> None:
    with link("", "/", "brand"):
        span("办", "brand-mark", aria_hidden="true")
        span("办事", "brand-name", lang="zh-CN")
        span("Banshi", "brand-latin", lang="en")
        span(screen.t("nav.hall"), "hidden-text")


def places(screen: Screen) -> list[tuple[str, str]]:
    """The places that a person may go to: the key of each, and its path."""
    found = [("hall", "/"), ("cases", "/cases"), ("tasks", "/tasks")]
    found += [("owner", "/owner")] if screen.hall.may(screen.me, "owner") else []
    found += [("auditor", "/auditor")] if screen.hall.may(screen.me, "auditor") else []
    return found


def more_places(screen: Screen) -> list[tuple[str, str]]:
    """The places that fewer people need, which stand in the menu: the key of each, and its path."""
    found = [("my_pass", "/me/pass")] if screen.hall.personal_passes.holds_any(screen.me) else []
    found += [("accounts", "/accounts")]
    found += [("accounts_office", "/accounts/office")] if screen.hall.accounts.may_look_after(screen.me) else []
    found += [("board", "/board")] if screen.hall.heads_unit(screen.me) else []
    found += [("statistics", "/statistics")] if screen.hall.may_see_statistics(screen.me) else []
    found += [("archive", "/archive")] if screen.hall.archive_services(screen.me) else []
    found += [("boards", "/boards")] if screen.hall.boards.services(screen.me) else []
    found += [("passages", "/passages")] if screen.hall.passages.may_look(screen.me) else []
    found += [("jobs", "/jobs")] if screen.hall.jobs.may_look_after(screen.me) else []
    return found + ([("outbox", "/outbox")] if screen.hall.outbox.may_look_after(screen.me) else [])


def _navigation(screen: Screen, active: str, waiting: Waiting) -> None:
    with tag("nav", "", "site-nav", aria_label=screen.t("nav.label")):
        for key, path in places(screen):
            with link("", path, "site-link", aria_current="page" if key == active else None):
                span(screen.t(f"nav.{key}"))
                _badge(screen, key, waiting)


def _bottom_bar(screen: Screen, active: str, waiting: Waiting) -> None:
    """On a phone the places lie under the thumb."""
    with tag("nav", "", "bottom-bar", aria_label=screen.t("nav.label_phone")):
        for key, path in places(screen):
            with link("", path, "bottom-link", aria_current="page" if key == active else None):
                with span("", "bottom-icon"):
                    icon(key)
                    _badge(screen, key, waiting)
                span(screen.t(f"nav.{key}.short"))


def _badge(screen: Screen, key: str, waiting: Waiting) -> None:
    """How much waits for the person at a place."""
    count = {"tasks": waiting.tasks, "cases": waiting.returned, "messages": waiting.unread}.get(key, 0)
    if count > 0:
        span("99+" if count > 99 else str(count), "badge", aria_label=screen.t(f"nav.count.{key}", count=count))


def _bell(screen: Screen, active: str, waiting: Waiting) -> None:
    """The way to the inbox, with how much in it is new."""
    with link("", "/messages", "tool bell", aria_current="page" if active == "messages" else None):
        icon("messages")
        span(screen.t("nav.messages"), "hidden-text")
        _badge(screen, "messages", waiting)


def _languages(screen: Screen) -> None:
    for language in LANGUAGES:
        if language != screen.language:
            target = f"/language/{language}?next={quote(screen.visit.path, safe='/')}"
            with link("", target, "tool", lang=LOCALES[language]):
                icon("globe")
                span(screen.t.of(language, "language"))


def _person_menu(screen: Screen) -> None:
    me, t = screen.me, screen.t
    name = me.english_name if screen.language == "en" and me.english_name else me.name
    with button("", None, "tool", popovertarget="person-menu"):
        span(name[:1], "avatar", aria_hidden="true")
        span(name, "person-name")
        span(t("frame.menu"), "hidden-text")
        icon("down", "icon icon-small")
    with div("menu-box", id="person-menu", popover="auto"):
        with div("menu-who"):
            span(name, "strong")
            span(
                " · ".join(
                    text for text in (screen.hall.department_name(me.department, screen.language), me.id) if text
                ),
                "muted",
            )
        for key, path in more_places(screen):
            with link("", path, "menu-item"):
                icon(key)
                span(t(f"nav.{key}"))
        leave = tag("form", "", method="post", action="/sign-out")
        with leave, button("", None, "menu-item", type="submit"):
            icon("out")
            span(t("frame.sign_out"))


def title_block(title: str, lead: str = "", classes: str = "") -> Tag:
    """The heading of a page, with a sentence below."""
    with div(f"title-block {classes}") as block:
        heading(1, title)
        if lead:
            p(lead, "lead")
    return block
