"""The owner's console: my services, a workbook's faults cell by cell, its examples, publishing, versions."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from banshi.platform.errors import NotFound
from banshi.platform.publishing.starting import LONGEST_TITLE
from banshi.platform.views import OwnedService
from banshi.ui import browser
from banshi.ui.screens.diagram import route_diagram
from banshi.ui.screens.dropzone import Dropzone
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import Tag, button, div, heading, icon, link, p, span, tag
from banshi.ui.screens.pieces import empty, facts, moment, panel, service_icon
from banshi.ui.screens.publishing import plan_tags, who
from banshi.ui.screens.report import OwnerPage, ReportView
from banshi.ui.screens.trying import begin
from banshi.ui.screens.versions import PlansPanel, VersionList
from banshi.ui.texts import LANGUAGES
from banshi.ui.uploads import Uploads


def add(site: Site, uploads: Uploads) -> None:
    """Add the pages."""

    @screen(site, "/owner")
    async def owner(screen: Screen) -> None:
        page = _Services(screen, await screen.ask(site.hall.workshop.owned, screen.language))
        t = screen.t
        with screen.frame(t("nav.owner"), active="owner", classes="page-owner"):
            with div("title-with-tool"):
                title_block(t("owner.title"), t("owner.lead"))
                with div("actions"):
                    _new(screen)
                    link(t("nav.statistics"), "/statistics", "button small")
                    link(t("nav.archive"), "/archive", "button small")
            _drop(screen, uploads, page)
            heading(2, t("owner.services"), "section-title")
            page.show()

    @screen(site, "/owner/{service_id}")
    async def owned_service(screen: Screen, service_id: str) -> None:
        page = _ServicePage(screen, service_id, uploads)
        await page.read()
        with screen.frame(page.service.title, active="owner", classes="page-owner"):
            back(screen.t("owner.back"), "/owner")
            page.show()


class _Services:
    """The list of the owner's services; it is built anew after one was published."""

    report_box: Tag

    def __init__(self, screen: Screen, owned: Sequence[OwnedService]) -> None:
        self.screen = screen
        self.owned = owned

    def shows(self, _: str) -> bool:
        """Every service of hers."""
        return True

    def show(self) -> None:
        """Make the list."""
        self.box = div("")
        self._fill()

    async def build(self) -> None:
        """Show every service as it is now."""
        self.owned = await self.screen.ask(self.screen.hall.workshop.owned, self.screen.language)
        self.box.clear()
        self._fill()

    def _fill(self) -> None:
        screen, t = self.screen, self.screen.t
        with self.box:
            if not self.owned:
                empty("owner", t("owner.empty"), t("owner.empty_text"))
            with tag("ul", "", "owned-list"):
                for service in self.owned:
                    with tag("li", "", "card owned"):
                        _owned(screen, service)
            for service in self.owned:
                if service.report is not None and not service.id:
                    ReportView(screen, service.report, None).build()


class _ServicePage:
    """A service of the owner; it is built anew after a version was published, so that what is shown is what is."""

    report_box: Tag

    def __init__(self, screen: Screen, service_id: str, uploads: Uploads) -> None:
        self.screen = screen
        self.service_id = service_id
        self.uploads = uploads

    def shows(self, service_id: str) -> bool:
        """Its own service."""
        return service_id == self.service_id

    async def read(self) -> None:
        """Learn how things stand; NotFound when the service is nobody's or another's."""
        owned = await self.screen.ask(self.screen.hall.workshop.owned, self.screen.language)
        service = next((item for item in owned if item.id == self.service_id), None)
        if service is None:
            raise NotFound("service", self.service_id)
        self.service = service
        self.versions = (
            await self.screen.ask(self.screen.hall.workshop.versions, self.service_id) if service.live else []
        )
        plans = self.screen.hall.workshop.plans
        self.plans = await self.screen.ask(plans, self.service_id) if service.live or service.plans else []
        self.label_parts = await self.screen.ask(self.screen.hall.labels.parts, self.service_id) if service.live else 0
        self.movable = await self.screen.ask(self.screen.hall.workshop.movable, self.service_id) if service.live else 0

    async def try_live(self) -> None:
        """Begin a trial of the version that is live."""
        assert self.service.live is not None
        ask = self.screen.hall.workshop.workbook_bytes
        file, data = await self.screen.ask(ask, self.service_id, self.service.live.sha256)
        await begin(self.screen, file, data)

    def show(self) -> None:
        """Make the page."""
        self.box = div("")
        with self.box:
            _detail(self)

    async def build(self) -> None:
        """Show the service as it is now; one that was only planned, and is not any more, is gone."""
        try:
            await self.read()
        except NotFound:
            self.box.clear()
            with self.box:
                empty("owner", self.screen.t("owner.never"), "")
            return
        self.box.clear()
        with self.box:
            _detail(self)


def _drop(screen: Screen, uploads: Uploads, place: OwnerPage) -> None:
    """Where a workbook is dropped, and below it what was found in it."""

    async def arrived(upload_id: str) -> None:
        upload = uploads.get(screen.visit.token, upload_id)
        if upload is None:
            screen.say(screen.t("owner.upload_gone"), "error")
            return
        report = await screen.ask(screen.hall.workshop.check, upload.file, upload.data)
        screen.hush()
        place.report_box.clear()
        with place.report_box:
            ReportView(screen, report, upload, place).build()

    Dropzone(screen.t, limit=screen.site.settings.workbook_limit, on_arrived=screen.guarded(arrived), several=True)
    place.report_box = div("report-box")


def _new(screen: Screen, like: OwnedService | None = None) -> None:
    """To begin a service: a button, and what it asks before the browser loads the workbook down."""
    t = screen.t
    title = t("owner.new_like") if like else t("owner.new")
    # A plain form: the browser keeps the page, and shows a page of its own only for a title that cannot be one.
    with tag("dialog", "", "dialog", aria_label=title) as dialog:
        heading(2, title)
        p(t("owner.new_like_text", title=like.title) if like else t("owner.new_text"), "muted")
        with tag("form", "", "", method="get", action="/workbooks/new.xlsx"):
            tag("label", t("owner.new_title"), "field-label", for_="new-title")
            tag("input", "", "input", type="text", id="new-title", name="title", required=True, maxlength=LONGEST_TITLE)
            tag("label", t("owner.new_language"), "field-label", for_="new-language")
            with tag("select", "", "select", id="new-language", name="lang"):
                for language in sorted(LANGUAGES, key=lambda language: language != screen.language):
                    tag("option", t.of(language, "language"), value=language)
            if like:
                tag("input", type="hidden", name="like", value=like.id)
            with div("actions"):
                button(t("owner.new_download"), None, "button primary", type="submit")
                button(t("task.cancel"), lambda: browser.close_dialog(dialog), type="button")
    with button("", lambda: browser.show_dialog(dialog), "button small"):
        icon("edit", "icon icon-small")
        span(title)


def _owned(screen: Screen, service: OwnedService) -> None:
    t = screen.t
    service_icon("", service.title)
    with div("owned-text"):
        with heading(3, "" if service.id else service.title, "card-title"):
            if service.id:
                link(service.title, f"/owner/{quote(service.id)}", "cover")
        with div("card-foot"):
            if service.live is not None:
                span(t("owner.live", version=service.live.version, at=moment(service.live.published_at)), "meta")
            span(t("owner.open_cases", count=service.open_cases), "meta")
    plan_tags(screen, service.plans)
    if service.report is not None:
        with span("", "tag tag-red"):
            span(t("owner.faulty"))
    elif service.live is not None:
        span(t("owner.running"), "tag tag-green")


def _detail(page: _ServicePage) -> None:
    screen, service, versions = page.screen, page.service, page.versions
    t = screen.t
    with div("service-head"):
        service_icon("", service.title, "service-icon-large")
        with div("service-title"):
            heading(1, service.title)
            p(service.id, "muted mono")
        with div("actions"):
            if service.live is not None:
                _new(screen, service)
                screen.action(t("trial.begin_live"), page.try_live, "button small")
                link(t("owned_cases.title"), f"/owner/{quote(service.id)}/cases", "button small")
                link(t("data.title"), f"/owner/{quote(service.id)}/data", "button small")
                link(t("nav.statistics"), f"/statistics?service={quote(service.id)}", "button small")
            for part in range(1, page.label_parts + 1):
                more = f" {part}" if page.label_parts > 1 else ""
                _export(t("owner.labels") + more, f"/owner/{quote(service.id)}/labels.pdf?part={part}")
            for kind in ("xlsx", "csv"):
                _export(t("owner.export_cases", kind=kind), f"/export/cases/{quote(service.id)}.{kind}")
    with panel(t("service.facts"), "facts-row", "info"):
        live = service.live
        facts(
            [
                (t("service.version"), live.version if live else t("owner.never")),
                (t("owner.published"), moment(live.published_at) if live else ""),
                (t("owner.published_by"), who(screen, live.published_by) if live else ""),
                (t("owner.open"), str(service.open_cases)),
            ]
        )
    PlansPanel(screen, service.id, page.plans, versions[0].sha256 if versions else "", page.build).show()
    if page.movable:
        with div("notice notice-info"):
            icon("info")
            with div("notice-text"):
                span(t("move.waiting", count=page.movable), "strong")
                link(t("move.look"), f"/owner/{quote(service.id)}/move")
    if service.report is not None:
        with div("notice notice-warning"):
            icon("warning")
            with div("notice-text"):
                span(t("owner.faulty_file", file=service.report.file), "strong")
                span(t("owner.faulty_text"))
        ReportView(screen, service.report, None).build()
    if service.live is not None:
        route_diagram(screen, screen.hall.workshop.service_diagram, service.id)
    _drop(screen, page.uploads, page)
    if versions:
        heading(2, t("owner.versions"), "section-title")
        VersionList(screen, service.id, versions, page.build, page.uploads).show()


def _export(text: str, href: str) -> Tag:
    with link("", href, "button small", download="") as made:
        icon("download", "icon icon-small")
        span(text)
    return made
