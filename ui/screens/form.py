"""Applying for a service: the generated form, beside it what it costs, what the rules note and who will be asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from nicegui import ui

from banshi.platform.errors import AlreadySent, DraftChanged, HallError
from banshi.platform.forms.rights import answered
from banshi.platform.views import FormSession, Receipt
from banshi.rules.values import dumps
from banshi.ui import browser
from banshi.ui.components.drawing import Drawing, hole
from banshi.ui.components.form import ServiceForm
from banshi.ui.screens import pieces
from banshi.ui.screens.accounts import to_pay
from banshi.ui.screens.frame import Screen, Site, screen
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import button, div, heading, icon, link, p, span, tag
from banshi.ui.screens.live_codes import code_address, codes_of
from banshi.ui.screens.pieces import moment, panel
from banshi.ui.session import ADMISSION
from banshi.ui.texts import Texts

_NONE = "none "
"""Before the moment at which there was no draft, where a browser is told what it knows of one."""
_ANEW = f"{_NONE}any more"
"""What a browser says whose draft was sent elsewhere, and whose user begins another application with what is there."""


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/services/{service_id}/apply")
    async def apply(screen: Screen, service_id: str) -> None:
        given = dict(screen.client.request.query_params)
        admission = screen.client.request.cookies.get(ADMISSION, "")
        opening = partial(site.hall.open_form, given=given, admission=admission)
        session = await screen.ask(opening, service_id, screen.language)
        with screen.frame(session.title, active="hall", classes="page-form") as content:
            await Application(screen, session, content).build()


class Application:
    """One form being filled in on one page."""

    def __init__(self, screen: Screen, session: FormSession, content: Drawing) -> None:
        self.screen = screen
        self.session = session
        self.content = content
        self.writing = asyncio.Lock()  # a draft that is late must not come back after the form was sent
        self.is_sent = False
        self.has_draft = session.draft_saved_at is not None
        self.saved_at: datetime | None = None  # by this window
        self.asked = 0
        self.shown = ""

    async def build(self) -> None:
        """Make the form and what stands around it."""
        screen, session = self.screen, self.session
        result = await screen.ask(
            screen.hall.evaluate,
            session.service_id,
            dict(session.answers),
            screen.language,
            chosen=session.chosen,
            admission=session.admission,
        )
        self.page = Drawing()
        with self.page.add_slot("banner"):
            if session.scanned or session.ignored or session.admission:
                self._scanned_banner()
            if session.draft_saved_at is not None:
                self._draft_banner()
            elif session.last_at is not None:
                self._as_before_banner()
        with self.page:
            self.form = ServiceForm(
                session.schema,
                values=dumps(session.answers).encode(),
                known=dumps(result).encode(),
                chosen=session.chosen,
                media=f"/services/{quote(session.service_id)}/media/",
                file_limit=screen.site.settings.attachment_limit,
                known_draft=_mark(session.draft_saved_at) or f"{_NONE}{session.opened_at.isoformat()}",
                draft_key=f"{screen.me.id}/{session.service_id}" if screen.real else "",
                hidden=session.hidden,
                language=screen.language,
                told_of_draft=self.has_draft,
                on_find=screen.guarded(screen.find_people),
                on_choices=screen.choices_of(service_id=session.service_id),
                on_draft=screen.guarded(self._draft) if screen.real else None,
                on_evaluate=screen.guarded(self._evaluate),
                on_submit=screen.guarded(self._submit),
            )
        self._show(result)

    def _draft_banner(self) -> None:
        t, session = self.screen.t, self.session
        with div("notice notice-info draft-banner"):
            icon("edit")
            with div("notice-text"):
                span(t("form.draft", at=moment(session.draft_saved_at)))
                if session.draft_version and session.draft_version != session.version:
                    span(t("form.draft_other_version"), "strong")
            with tag("dialog", "", "dialog", aria_label=t("form.discard")) as dialog:
                heading(2, t("form.discard_sure"))
                p(t("form.discard_text"))
                with div("actions"):
                    self.screen.action(t("form.discard_do"), self._discard, "button danger")
                    button(t("task.cancel"), lambda: browser.close_dialog(dialog))
            button(t("form.discard"), lambda: browser.show_dialog(dialog), "button small")

    def _scanned_banner(self) -> None:
        """What came with the address, and what of it was ignored."""
        t, session = self.screen.t, self.session
        with div("notice notice-info"):
            icon("info")
            with div("notice-text"):
                if session.admission:
                    span(t("form.by_code"))
                if session.scanned:
                    told = t("list.comma").join(f"{label} {text}" for label, text in session.scanned)
                    span(t("form.scanned", told=told))
                for name, why in session.ignored:
                    span(t("form.ignored", name=name, why=why), "muted")

    def _as_before_banner(self) -> None:
        t, session = self.screen.t, self.session
        with div("notice notice-info again-banner"):
            icon("clock")
            with div("notice-text"):
                span(t("form.as_before", at=moment(session.last_at), number=session.last_number))
            self.screen.action(t("form.as_before_do"), self._as_before, "button small")

    async def _as_before(self) -> None:
        async with self.writing:
            await self.screen.ask(self.screen.hall.fill_as_before, self.session.service_id)
            self.is_sent = True  # what this window still tells of its empty form comes too late
        self.form.begin_again()
        ui.navigate.reload()

    async def _discard(self) -> None:
        await self.screen.ask(self.screen.hall.discard_draft, self.session.service_id)
        await self.form.sent()
        ui.navigate.reload()

    async def _draft(self, answers: dict[str, Any], known: str, what: str) -> None:
        session, screen = self.session, self.screen
        async with self.writing:
            if self.is_sent:
                return
            if known == _ANEW:
                self.has_draft, self.saved_at = False, None
            marked = None if known.startswith(_NONE) else _moment_of(known)
            since = marked or _moment_of(known.removeprefix(_NONE))
            try:
                saved_at = await screen.ask(
                    screen.hall.save_draft,
                    session.service_id,
                    answers,
                    session.version,
                    chosen=self.form.chosen,
                    since=max(filter(None, (since, self.saved_at)), default=None),
                    there=marked is not None or self.saved_at is not None,
                )
            except AlreadySent as gone:
                self.has_draft = True  # as long as nobody says that it shall be another application
                self.form.set_gone(gone.message(screen.language))
                return
            except DraftChanged as changed:
                self.has_draft = True
                self.form.set_elsewhere(changed.saved_at.isoformat(), changed.answers, changed.chosen)
                return
            self.has_draft, self.saved_at = True, saved_at
            self.form.set_saved(saved_at.isoformat(), what)

    async def _evaluate(self, answers: dict[str, Any], passed: frozenset[str]) -> Mapping[str, Any] | None:
        screen, session = self.screen, self.session
        self.asked += 1
        mine = self.asked
        result = await screen.ask(
            screen.hall.evaluate,
            session.service_id,
            answers,
            screen.language,
            chosen=self.form.chosen,
            admission=session.admission,
        )
        if mine != self.asked or self.is_sent:
            return None  # an answer that was overtaken says nothing any more
        self._show(result, passed)
        return result

    async def _submit(self, answers: dict[str, Any]) -> None:
        screen = self.screen
        async with self.writing:
            if self.is_sent:
                return
            try:
                receipt = await screen.ask(
                    screen.hall.submit,
                    self.session.service_id,
                    answers,
                    command_id=self.form.command_id,
                    language=screen.language,
                    from_draft=self.has_draft,
                    chosen=self.form.chosen,
                    admission=self.session.admission,
                )
            except AlreadySent as gone:
                self.form.set_gone(gone.message(screen.language))
                return
            except HallError as declined:
                self.form.set_errors([{"path": "", "message": declined.message(screen.language)}])
                raise
            if receipt.done:
                self.is_sent = True
                await self.form.sent()
                await self.sent(receipt)
            else:
                problems = [asdict(problem) for problem in receipt.problems]
                opening = partial(screen.hall.open_form, admission=self.session.admission)
                now = await screen.ask(opening, self.session.service_id, screen.language)
                if now.version != self.session.version:  # they may be about questions that this page does not have
                    problems.insert(0, {"path": "", "message": screen.t("form.changed"), "reopen": True})
                self.form.set_errors(problems)

    def _show(self, result: Mapping[str, Any], passed: frozenset[str] = frozenset()) -> None:
        """Draw what stands around the form: only when something changed, so that a reader's place is not lost."""
        unasked = {path for path, asked in result.get("relevant", {}).items() if not asked}
        known = passed | answered(result.get("answers", {})) | unasked
        # Nobody is blamed for what she could not answer yet.
        findings = [found for found in result.get("findings", ()) if known.issuperset(found.get("reads", ()))]
        result = {**result, "findings": findings}
        kept = dumps({key: result.get(key) for key in ("bills", "findings", "route")})
        if kept == self.shown:
            return
        self.shown = kept
        t = self.screen.t
        with self.page.draw():
            self.head()
            hole("banner")
            with div("columns columns-form"):
                with div("main-column"):
                    hole()
                with div("side-column side-sticky"):
                    _side_panels(t, result)

    def head(self) -> None:
        """Above the form: the way back, the title, the way to a spreadsheet."""
        t, session = self.screen.t, self.session
        back(t("form.back"), f"/services/{quote(session.service_id)}")
        with div("title-block"):
            heading(1, session.title)
            p(t("form.lead"), "lead")
            if not session.admission:
                link(t("form.by_excel"), f"/services/{quote(session.service_id)}/excel", "by-excel")

    async def sent(self, receipt: Receipt) -> None:
        """Say that it was sent, and what comes next."""
        t = self.screen.t
        ask = self.screen.hall.case_accounts
        payments, _ = await self.screen.ask(ask, receipt.case_id, self.screen.language)
        codes = await codes_of(self.screen, receipt.case_id)
        self.content.clear()
        with self.content, div("done-page"):
            with div("done-mark", aria_hidden="true"):
                icon("check", "icon icon-large")
            title = heading(1, t("form.sent"))
            p(self.session.title, "lead")
            with div("done-number"):
                span(t("form.number"), "muted")
                span(receipt.number, "strong")
            if self.screen.real:
                to_pay(t, payments)
            if receipt.next_steps:
                with tag("section", "", "panel done-next"):
                    heading(2, t("form.next"))
                    pieces.route(t, receipt.next_steps)
            else:
                p(t("form.no_next"))
            pays = bool(codes) or any(one.state == "open" for one in payments)
            with div("actions"):
                for one in codes:
                    link(t("code.show_it", title=one.title), code_address(receipt.case_id, one), "button primary")
                link(t("form.to_case"), f"/cases/{quote(receipt.case_id)}", "button" if pays else "button primary")
                link(t("form.to_hall"), "/", "button")
        browser.to_top(title)
        browser.focus(title)


def _side_panels(t: Texts, result: Mapping[str, Any]) -> None:
    """What it costs, what the rules note, who will be asked."""
    if result.get("bills"):
        with panel(t("form.bill"), "panel-bill", "receipt"):
            pieces.bill(t, result["bills"])
    if result.get("findings"):
        with panel(t("form.findings"), "panel-findings", "warning"):
            pieces.findings(t, result["findings"])
    with panel(t("form.route"), "panel-route", "route"):
        steps = [pieces.foreseen(item) for item in result.get("route", ())]
        if steps:
            p(t("form.route_text"), "muted small")
            pieces.route(t, steps, ahead=True)
        else:
            p(t("form.route_empty"), "muted")


def _mark(saved_at: datetime | None) -> str:
    return "" if saved_at is None else saved_at.isoformat()


def _moment_of(mark: str) -> datetime | None:
    """The moment that a browser gives back; None for what is none, as anything can come over a socket."""
    try:
        moment = datetime.fromisoformat(mark)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
