"""The versions of a service in the owner's console: those to come, with what may be decided on, and those there were."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from urllib.parse import quote

from nicegui import ui
from nicegui.events import GenericEventArguments
from ulid import ULID

from banshi.platform.publishing.plans import ROWS_GO
from banshi.platform.releases import LONGEST_NOTE
from banshi.platform.views import PlanRow, VersionRow
from banshi.ui import browser
from banshi.ui.screens.frame import Screen
from banshi.ui.screens.html import button, div, heading, link, p, span, tag
from banshi.ui.screens.looking import Looking, stored
from banshi.ui.screens.pieces import moment, panel
from banshi.ui.screens.publishing import agreeing, became, change_list, compare_href, note_field, who, workbook_href
from banshi.ui.screens.report import faults_list, rows_questions, title_of
from banshi.ui.texts import Texts
from banshi.ui.uploads import Uploads

Build = Callable[[], Awaitable[None]]
Decision = Callable[..., PlanRow]
_TONES = {"proposed": "orange", "planned": "blue", "held": "red", "failed": "red", "published": "green"}
_NEWEST = 5
"""Versions that are shown at once; the older ones are behind a click."""
_OPEN = ("proposed", "planned", "held", "failed")


class PlansPanel:
    """The versions of a service that are to go live, what may be done with each, and how others ended."""

    def __init__(self, screen: Screen, service_id: str, rows: Sequence[PlanRow], live: str, build: Build) -> None:
        self.screen = screen
        self.service_id = service_id
        self.rows = rows
        self.live = live
        self.build_page = build

    def show(self) -> None:
        """Show them; nothing where there are none."""
        t = self.screen.t
        waiting = [row for row in self.rows if row.state in _OPEN]
        ended = [row for row in self.rows if row.state not in _OPEN]
        if waiting:
            with panel(t("plan.title"), "panel-plans", "clock"):
                for row in waiting:
                    with div("plan"):
                        self._plan(row)
        if ended:
            with tag("details", "", "plans-ended"):
                tag("summary", t("plan.ended", count=len(ended)))
                for row in ended:
                    with div("plan"):
                        self._head(row)

    def _head(self, row: PlanRow) -> None:
        screen, t = self.screen, self.screen.t
        with div("event-head"):
            span(t("plan.version", version=row.version), "strong")
            span(t(f"plan.state.{row.state}"), f"tag tag-{_TONES.get(row.state, 'grey')}")
            if row.state in _OPEN:
                span(_when(t, row), "strong")
        with div("meta-line"):
            span(t("plan.made", name=who(screen, row.made_by), at=moment(row.made_at)))
            if row.origin != "planned":
                span(t.maybe(f"owner.origin.{row.origin}", row.origin))
            if row.consent_by:
                span(t("plan.consent_by", name=who(screen, row.consent_by)))
            if row.state not in _OPEN and row.changed_at:
                name = who(screen, row.changed_by) if row.changed_by else t("plan.by_clock")
                span(t("plan.changed", name=name, at=moment(row.changed_at)))
        if row.note:
            p(row.note, "plan-note")
        if row.why:
            p(t.maybe(f"plan.why.{row.why}", row.why), "plan-note")

    def _plan(self, row: PlanRow) -> None:
        screen, t = self.screen, self.screen.t
        self._head(row)
        if row.behind or (row.state == "held" and not row.why):
            told = t("plan.behind", based=row.based_on) if row.based_on else t("plan.behind_new")
            p(told, "field-error")
        if row.state == "failed":
            p(t("plan.failed"), "field-error")
        if row.faults:
            faults_list(t, row.faults, self._looking(row.sha256))
        if row.alone:
            p(t("plan.rows_go"), "muted")
        elif row.state == "proposed" and not row.may_consent:
            p(t("plan.waits_for_other"), "muted")
        elif row.state == "proposed" and not row.made_by:
            p(t("plan.unknown_maker"), "muted")
        with div("actions"):
            if row.behind or row.state in ("held", "failed"):
                key = "plan.retry" if row.state == "failed" and not row.behind else "plan.go_on"
                screen.action(t(key), partial(self._go_on, row), "button small primary")
            elif row.may_consent:
                consent = screen.hall.workshop.consent
                screen.action(t("plan.consent"), partial(self._decide, consent, row), "button small primary")
            if row.may_consent:
                self._decline(row)
            self._cancel(row)
            if self.live:
                link(t("version.compare"), compare_href(self.service_id, self.live, row.sha256), "button small")
            link(t("owner.download"), workbook_href(self.service_id, row.sha256), "button small", download="")

    def _looking(self, sha256: str) -> Looking:
        return Looking(self.screen, stored(self.screen, self.service_id, sha256))

    def _decline(self, row: PlanRow) -> None:
        screen, t = self.screen, self.screen.t
        reason = [""]
        with tag("dialog", "", "dialog", aria_label=t("plan.decline")) as dialog:
            heading(2, t("plan.decline_title"))
            with tag("label", "", "field"):
                span(t("plan.reason"), "field-label")
                field = tag("textarea", "", "textarea", rows=3, maxlength=LONGEST_NOTE)

            def typed(event: GenericEventArguments) -> None:
                reason[0] = str(event.args or "")

            field.on("change", typed, js_handler="(e) => emit(e.target.value)")

            async def decline() -> None:
                browser.close_dialog(dialog)
                await self._decide(screen.hall.workshop.decline, row, reason[0])

            with div("actions"):
                screen.action(t("plan.decline"), decline, "button danger")
                button(t("task.cancel"), lambda: browser.close_dialog(dialog))
        button(t("plan.decline"), lambda: browser.show_dialog(dialog), "button small")

    def _cancel(self, row: PlanRow) -> None:
        screen, t = self.screen, self.screen.t
        with tag("dialog", "", "dialog", aria_label=t("plan.cancel")) as dialog:
            heading(2, t("plan.cancel_title"))
            p(t("plan.cancel_text"))

            async def cancel() -> None:
                browser.close_dialog(dialog)
                await self._decide(screen.hall.workshop.cancel, row)

            with div("actions"):
                screen.action(t("plan.cancel"), cancel, "button danger")
                button(t("plan.keep"), lambda: browser.close_dialog(dialog))
        button(t("plan.cancel"), lambda: browser.show_dialog(dialog), "button small")

    async def _go_on(self, row: PlanRow) -> None:
        await self._decide(partial(self.screen.hall.workshop.go_on, replaces=self.live[:12]), row)

    async def _decide(self, decision: Decision, row: PlanRow, *more: str) -> None:
        """Carry a decision out, and show how things stand now, also where somebody was first."""
        screen = self.screen
        try:
            done = await screen.ask(decision, self.service_id, row.id, *more)
        finally:
            await self.build_page()
        tone = "warning" if done.state in ("held", "failed") else "success"
        rows_go = done.state == "held" and done.why == ROWS_GO
        screen.say(screen.t("plan.done.rows_go" if rows_go else f"plan.done.{done.state}"), tone)


def _when(t: Texts, row: PlanRow) -> str:
    """When an open plan takes effect."""
    if row.at is None:
        return t("plan.at_once")
    key = "plan.takes_effect"
    if row.late and row.state != "planned":
        key = "plan.late_consent" if row.state == "proposed" else "plan.was_due"
    return t(key, at=moment(row.at))


class VersionList:
    """Every version that a service had, the live one first, with what may be done with each."""

    def __init__(
        self, screen: Screen, service_id: str, rows: Sequence[VersionRow], build: Build, uploads: Uploads
    ) -> None:
        self.screen = screen
        self.service_id = service_id
        self.rows = rows
        self.build_page = build
        self.uploads = uploads

    def show(self) -> None:
        """Show them, and keep a dialog ready for going back."""
        self._list(self.rows[:_NEWEST])
        if older := self.rows[_NEWEST:]:
            with tag("details", "", "versions-older"):
                tag("summary", self.screen.t("version.older", count=len(older)), "strong")
                self._list(older)
        self.dialog = tag("dialog", "", "dialog dialog-wide", aria_label=self.screen.t("version.back"))

    def _list(self, rows: Sequence[VersionRow]) -> None:
        with tag("ul", "", "version-list"):
            for row in rows:
                with tag("li", "", "version"):
                    self._version(row)

    def _version(self, row: VersionRow) -> None:
        screen, t = self.screen, self.screen.t
        live = self.rows[0].sha256
        with div("version-text"):
            with div("event-head"):
                span(row.version, "strong mono")
                if row.live:
                    span(t("owner.version_live"), "tag tag-green")
            with div("meta-line"):
                span(moment(row.published_at))
                span(who(screen, row.published_by))
                span(t.maybe(f"owner.origin.{row.origin}", row.origin))
                if row.consent_by:
                    span(t("version.consent_by", name=who(screen, row.consent_by)))
                span(row.file.rpartition("/")[2])
            if row.note:
                p(row.note, "plan-note")
            if row.failing:
                p(t("version.failing", names=t("list.comma").join(row.failing)), "field-error")
        with div("actions"):
            if row.sha256 != live:
                link(t("version.compare"), compare_href(self.service_id, row.sha256, live), "button small")
            link(t("owner.download"), workbook_href(self.service_id, row.sha256), "button small", download="")
            if row.sha256 != live:
                screen.action(t("version.back"), partial(self._ask, row), "button small")

    async def _measure(self, row: VersionRow) -> None:
        """The impact of going back."""
        screen = self.screen
        file, data = await screen.ask(screen.hall.workshop.version_file, self.service_id, row.sha256)
        upload = self.uploads.keep(screen.visit.token, file.rpartition("/")[2], data)
        ui.navigate.to(f"/owner/impact/{quote(upload)}")

    async def _ask(self, row: VersionRow) -> None:
        """Say what going back would change, or why it cannot be."""
        screen, t = self.screen, self.screen.t
        report = await screen.ask(screen.hall.workshop.check_version, self.service_id, row.sha256)
        note, command_id = [t("version.back_note", version=row.version)], str(ULID())
        questions, agreed = rows_questions(t, report), set[str]()

        def noted(text: str) -> None:
            note[0] = text

        async def go() -> None:
            if not agreed.issuperset(questions):
                screen.say(t("publish.tick_first"), "warning")
                return
            browser.close_dialog(self.dialog)
            ask = partial(
                screen.hall.workshop.rollback,
                note=note[0],
                replaces=report.replaces,
                command_id=command_id,
                rows=bool(questions),
            )
            try:
                found, made = await screen.ask(ask, self.service_id, row.sha256)
            finally:
                await self.build_page()
            if made is None:
                screen.say(t("report.not_published"), "error")
            else:
                screen.say(became(screen, made, title_of(found, t.language)), "success")

        self.dialog.clear()
        with self.dialog:
            heading(2, t("version.back_title", version=row.version))
            if not report.publishable:
                p(t("version.back_faults"), "field-error")
                faults_list(
                    t,
                    [*report.diagnostics, *(fault for item in report.examples for _, fault in item.failures)],
                    Looking(screen, stored(screen, self.service_id, row.sha256)),
                )
                with div("actions"):
                    button(t("version.close"), lambda: browser.close_dialog(self.dialog))
            else:
                p(t("publish.consent") if report.consent else t("version.back_text"), "muted")
                p(
                    t("version.back_changes", count=len(report.changes)) if report.changes else t("publish.same"),
                    "strong",
                )
                with div("dialog-scroll"):
                    change_list(screen, report.changes)
                note_field(screen, "rollback-note", note[0], noted)
                for question in questions:
                    agreeing(question, agreed)
                with div("actions"):
                    screen.action(t("version.back_go"), go, "button primary")
                    screen.action(t("impact.look"), partial(self._measure, row), "button")
                    button(t("task.cancel"), lambda: browser.close_dialog(self.dialog))
        browser.show_dialog(self.dialog)
