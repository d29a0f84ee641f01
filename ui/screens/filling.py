"""A form filled in by Excel: the template to download, the file to upload, how every row stands, and sending them."""

from __future__ import annotations

from collections import Counter
from urllib.parse import quote

from nicegui import ui

from banshi.platform.filling.batch import MOST_BYTES
from banshi.platform.filling.layout import MOST_CASES
from banshi.platform.views import Filling, FillingRow
from banshi.ui import browser
from banshi.ui.screens.dropzone import Dropzone
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import Tag, div, heading, icon, link, p, span, tag
from banshi.ui.screens.listing import Cell, Column, Listing
from banshi.ui.screens.looking import Looking, given
from banshi.ui.screens.pieces import panel
from banshi.ui.screens.report import faults_list
from banshi.ui.uploads import Upload, Uploads

_TONES = {"ready": "blue", "faulty": "red", "sent": "green"}
_SECONDS = 0.5
"""How often the progress of sending is shown."""


def add(site: Site, fillings: Uploads) -> None:
    """Add the page."""

    @screen(site, "/services/{service_id}/excel")
    async def excel(screen: Screen, service_id: str) -> None:
        card = await screen.ask(site.hall.card, service_id, screen.language)
        t, path = screen.t, f"/services/{quote(service_id)}"
        with screen.frame(card.title, active="hall", classes="page-filling"):
            back(t("filling.back"), f"{path}/apply")
            title_block(t("filling.title", title=card.title), t("filling.lead", count=MOST_CASES))
            with panel(t("filling.first"), "panel-filling"):
                p(t("filling.first_text"))
                with link("", f"{path}/template.xlsx", "button primary", download=""):
                    icon("download", "icon icon-small")
                    span(t("filling.download"))
            heading(2, t("filling.second"), "section-title")
            _Page(screen, service_id, fillings).build()


class _Page:
    """One upload after the other, on one page."""

    def __init__(self, screen: Screen, service_id: str, fillings: Uploads) -> None:
        self.screen = screen
        self.service_id = service_id
        self.fillings = fillings
        self.is_sending = False  # a second press may arrive before the button rests

    def build(self) -> None:
        """Show where a file is dropped, and below it what was found in it."""
        screen = self.screen
        Dropzone(
            screen.t,
            limit=MOST_BYTES,
            on_arrived=screen.guarded(self._arrived),
            address="/fillings",
            hint="filling.hint",
        )
        self.box = div("report-box")

    async def _arrived(self, upload_id: str) -> None:
        screen = self.screen
        if (upload := self._upload(upload_id)) is None:
            return
        self.box.clear()
        found = await screen.ask(screen.hall.check_filling, self.service_id, upload.file, upload.data, screen.language)
        drafts = await screen.ask(screen.hall.drafts, screen.language) if len(found.rows) == 1 else []
        screen.hush()
        self._show(upload, found, has_draft=any(draft.service_id == self.service_id for draft in drafts))

    def _upload(self, upload_id: str) -> Upload | None:
        upload = self.fillings.get(self.screen.visit.token, upload_id)
        if upload is None:
            self.screen.say(self.screen.t("filling.gone"), "error")
        return upload

    def _show(self, upload: Upload, found: Filling, *, has_draft: bool = False) -> None:
        t = self.screen.t
        self.box.clear()
        with self.box, tag("section", "", "panel report", aria_label=t("filling.checked", file=found.file)):
            title = _verdict(self.screen, found)
            faults = [*found.diagnostics, *(item for row in found.rows for item in row.diagnostics)]
            if faults:
                faults_list(t, faults, Looking(self.screen, given(upload)))
            if found.rows:
                with div("filling-rows"):
                    Listing(
                        _columns(self.screen),
                        [_row(self.screen, row) for row in found.rows],
                        caption=t("filling.rows"),
                        t=t,
                    )
            self._actions(upload, found, has_draft=has_draft)
        browser.focus(title)

    def _actions(self, upload: Upload, found: Filling, *, has_draft: bool) -> None:
        screen, t = self.screen, self.screen.t
        is_sent = any(row.state == "sent" for row in found.rows)
        with div("publish filling-actions") as self.actions:
            if found.rows:
                marked = f"/services/{quote(self.service_id)}/fillings/{quote(upload.id)}"
                with link("", marked, "button", download=""):
                    icon("download", "icon icon-small")
                    span(t("filling.numbers" if is_sent else "filling.marked"))
            if len(found.rows) == 1 and not is_sent:

                async def to_form() -> None:
                    await screen.ask(
                        screen.hall.draft_filling, self.service_id, upload.file, upload.data, screen.language
                    )
                    ui.navigate.to(f"/services/{quote(self.service_id)}/apply")

                if has_draft:
                    p(t("filling.replaces"))
                screen.action(t("filling.to_form"), to_form)
            if found.sendable:
                p(t("filling.send_text"))

                async def send() -> None:
                    await self._send(upload, found)

                screen.action(t("filling.send", count=found.sendable), send, "button primary large")

    async def _send(self, upload: Upload, found: Filling) -> None:
        screen, t = self.screen, self.screen.t
        if self.is_sending:
            return
        self.is_sending = True
        reached = (0, len(found.rows))

        def note(done: int, total: int) -> None:  # from the thread that sends
            nonlocal reached
            reached = done, total

        with self.actions:
            shown = p("", "strong", role="status")
            timer = ui.timer(_SECONDS, lambda: shown.set_text(t("filling.sending", done=reached[0], total=reached[1])))
        try:
            after = await screen.ask(
                screen.hall.send_filling,
                self.service_id,
                upload.file,
                upload.data,
                version=found.version,
                language=screen.language,
                progress=note,
            )
        finally:
            self.is_sending = False
            timer.cancel()
            if not shown.is_deleted:  # another file may have come meanwhile
                shown.delete()
        self._show(upload, after)
        count = sum(row.state == "sent" for row in after.rows)
        screen.say(t("filling.done", count=count), "success", "/cases", t("cases.title"))


def _verdict(screen: Screen, found: Filling) -> Tag:
    """How many rows are ready, faulty and sent; gives the heading."""
    t = screen.t
    counts = Counter(row.state for row in found.rows)
    some = found.sendable or counts["sent"]
    tone = "bad" if not some else "mixed" if counts["faulty"] else "good"
    with div(f"verdict verdict-{tone}"):
        icon("check" if tone == "good" else "warning", "icon icon-large")
        with div(""):
            title = heading(2, t("filling.ready", count=found.sendable) if found.sendable else _told(screen, counts))
            p(t("filling.checked", file=found.file), "muted")
        with div("verdict-counts"):
            for state, tone in _TONES.items():
                if count := found.sendable if state == "ready" else counts[state]:
                    span(t(f"filling.{state}", count=count), f"tag tag-{tone}")
    return title


def _told(screen: Screen, counts: Counter[str]) -> str:
    t = screen.t
    sent = counts["sent"]
    return t("filling.sent", count=sent) if sent else t("filling.none")


def _columns(screen: Screen) -> list[Column]:
    t = screen.t
    return [
        Column("row", t("filling.row"), "narrow"),
        Column("says", t("filling.says"), "wide"),
        Column("state", t("filling.state")),
        Column("number", t("filling.number")),
    ]


def _row(screen: Screen, row: FillingRow) -> dict[str, Cell]:
    cases = f"/cases/{quote(row.case_id)}" if row.case_id else ""
    return {
        "row": Cell(str(row.row)),
        "says": Cell(row.title),
        "state": Cell(screen.t(f"filling.state.{row.state}"), tone=_TONES[row.state]),
        "number": Cell(row.number, cases),
    }
