"""The data sets of a service in the owner's console: what there is, and a new table that is checked, compared and put in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import quote

from nicegui.events import GenericEventArguments

from banshi.platform.errors import NewerVersion, NotFound
from banshi.platform.publishing.failing import only_failing
from banshi.platform.replacing.differing import CellChange, RowChange, TableDiff, What
from banshi.platform.replacing.uses import Use
from banshi.platform.replacing.views import DataReport, DataTable
from banshi.platform.views import Report
from banshi.rules.diagnostics import has_errors
from banshi.ui.screens.data_rows import SIZE, Rows, origin_of
from banshi.ui.screens.dropzone import Dropzone
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import Tag, button, div, heading, icon, link, p, span, tag
from banshi.ui.screens.listing import page_number
from banshi.ui.screens.pieces import empty, facts, moment, panel
from banshi.ui.screens.publishing import newer_notice
from banshi.ui.screens.report import ReportView, faults_list
from banshi.ui.texts import Texts
from banshi.ui.uploads import Upload, Uploads

_TONES = {What.ADDED: "green", What.CHANGED: "orange", What.REMOVED: "red"}
_MOST_CELLS = 12


def add(site: Site, uploads: Uploads, tables: Uploads) -> None:
    """Add the pages; `tables` keeps what was uploaded, `uploads` the workbooks made of it."""

    @screen(site, "/owner/{service_id}/data")
    async def data(screen: Screen, service_id: str) -> None:
        t = screen.t
        found = await screen.ask(screen.hall.data.tables, service_id)
        with screen.frame(t("data.title"), active="owner", classes="page-data"):
            back(t("data.back"), f"/owner/{quote(service_id)}")
            title_block(t("data.title"), t("data.lead"))
            if not found:
                empty("file", t("data.none"), t("data.none_text"))
            with tag("ul", "", "owned-list"):
                for table in found:
                    with tag("li", "", "card data-card"):
                        _card(t, service_id, table)

    @screen(site, "/owner/{service_id}/data/{table}")
    async def data_table(screen: Screen, service_id: str, table: str, q: str = "", of: str = "", page: int = 1) -> None:
        shown = _Page(screen, service_id, table, uploads, tables)
        shown.rows.query, shown.rows.origin, shown.rows.page = q[:100], origin_of(of), page_number(page)
        await shown.read()
        with screen.frame(table, active="owner", classes="page-data"):
            back(screen.t("data.back_tables"), f"/owner/{quote(service_id)}/data")
            shown.show()


def data_href(service_id: str, table: str) -> str:
    """The page of a data set."""
    return f"/owner/{quote(service_id)}/data/{quote(table, safe='')}"


def _card(t: Texts, service_id: str, table: DataTable) -> None:
    with div("event-head"), heading(2, "", "card-title"):
        link(table.name, data_href(service_id, table.name), "cover")
    with div("card-foot"):
        span(_rows(t, table.rows), "meta")
        if table.register:
            span(t("data.taken", count=table.taken), "tag tag-blue")
        if table.since:
            span(t("data.span", since=table.since, until=table.until), "meta")
        if table.readings:
            span(t("data.readings"), "tag tag-blue")
    p(t("list.comma").join(table.columns), "muted small")


def _rows(t: Texts, count: int) -> str:
    return t("data.rows.one") if count == 1 else t("data.rows", count=count)


def _uses(t: Texts, uses: Sequence[Use]) -> str:
    return t("list.semicolon").join(t(f"data.use.{kind}", name=name) for kind, name in uses)


class _Page:
    """A data set; it is built anew once a new table is live."""

    report_box: Tag

    def __init__(self, screen: Screen, service_id: str, name: str, uploads: Uploads, tables: Uploads) -> None:
        self.screen = screen
        self.service_id = service_id
        self.name = name
        self.rows = Rows(screen, service_id, name, data_href(service_id, name))
        self.uploads = uploads
        self.tables = tables

    def shows(self, service_id: str) -> bool:
        """Its own service."""
        return service_id == self.service_id

    async def read(self) -> None:
        """Learn how things stand; NotFound where there is no such data set."""
        screen = self.screen
        found = await screen.ask(screen.hall.data.tables, self.service_id)
        table = next((one for one in found if one.name == self.name), None)
        if table is None:
            raise NotFound("table", self.name)
        self.table = table
        await self.rows.read()

    async def build(self) -> None:
        """Show everything as it is now, below what was found in an upload."""
        await self.read()
        self.box.clear()
        with self.box:
            self._fill()

    def show(self) -> None:
        """Make the page: what there is, where a new table is dropped, what was found in it."""
        screen, t = self.screen, self.screen.t
        title_block(self.table.name, "")
        heading(2, t("data.upload"), "section-title")

        async def arrived(upload_id: str) -> None:
            upload = self.tables.get(screen.visit.token, upload_id)
            if upload is None:
                screen.say(t("owner.upload_gone"), "error")
                return
            await self.check(upload)

        Dropzone(
            t,
            limit=screen.site.settings.workbook_limit,
            on_arrived=screen.guarded(arrived),
            address="/data/uploads",
            hint="data.hint",
            choose="data.choose",
            accept=(".xlsx", ".xls", ".csv", ".txt"),
        )
        self.report_box = div("report-box")
        self.box = div("")
        with self.box:
            self._fill()

    async def check(self, upload: Upload, notice: str = "") -> None:
        """Show what is wrong with an uploaded table, and what it would change."""
        screen = self.screen
        report = await screen.ask(screen.hall.data.check, self.service_id, self.name, upload.file, upload.data)
        screen.hush()
        self.report_box.clear()
        with self.report_box:
            _Found(self, upload, report).build(notice)

    def _fill(self) -> None:
        t, table = self.screen.t, self.table
        with panel(t("data.table"), "facts-row", "info"):
            at = moment(table.published_at)
            facts(
                [
                    (t("data.title"), _rows(t, table.rows)),
                    (t("data.register"), t("data.taken", count=table.taken) if table.register else ""),
                    (t("data.keys"), t("list.comma").join(table.keys)),
                    (
                        t("data.days"),
                        t("data.span", since=table.since, until=table.until) if table.since else "",
                    ),
                    (
                        t("data.from"),
                        t("data.file", file=table.file) if table.file else t("data.sheet", sheet=table.sheet),
                    ),
                    (t("data.version"), t("data.of_version", version=table.version, at=at)),
                    (t("data.uses"), _uses(t, table.uses)),
                ]
            )
            with div("actions"):
                for kind in ("xlsx", "csv"):
                    href = f"/export/data/{quote(self.service_id)}/{quote(self.name, safe='')}.{kind}"
                    with link("", href, "button small", download=""):
                        icon("download", "icon icon-small")
                        span(t("data.download", kind=kind))
                if table.taken:
                    href = f"/export/data/{quote(self.service_id)}/{quote(self.name, safe='')}.xlsx?taken=true"
                    with link("", href, "button small", download=""):
                        icon("download", "icon icon-small")
                        span(t("data.download_taken"))
        self.rows.build(table)


class _Found:
    """What was found in an uploaded table, what it would change, and the workbook that it makes."""

    def __init__(self, page: _Page, upload: Upload, report: DataReport) -> None:
        self.page = page
        self.screen = page.screen
        self.upload = upload
        self.report = report

    def build(self, notice: str = "") -> None:
        """Show it."""
        t, report = self.screen.t, self.report
        faulty = has_errors(report.diagnostics)
        with tag("section", "", "panel report", aria_label=t("data.file_of", file=report.file)):
            if notice:
                newer_notice(f"{notice} {t('data.newer')}")
            with div(f"verdict {'verdict-bad' if faulty else 'verdict-good'}"):
                icon("warning" if faulty else "check", "icon icon-large")
                with div(""):
                    heading(2, t("data.faulty" if faulty else "data.same" if report.same else "data.sound"))
                    p(t("data.file_of", file=report.file), "muted")
            if report.diagnostics:
                faults_list(t, report.diagnostics)
                if report.markable:
                    self._marked()
        if report.diff is not None and not report.same:
            _Difference(self.screen, report.diff, report.uses).build()
        if report.report is not None:
            heading(2, t("data.workbook"), "section-title")
            kept = self.page.uploads.keep(self.screen.visit.token, report.workbook, report.data)
            whole = self.page.uploads.get(self.screen.visit.token, kept)
            _WorkbookView(self.page, self.upload, report, report.report, whole).build()

    def _marked(self) -> None:
        page = self.page
        place = f"{quote(page.service_id)}/{quote(page.name, safe='')}"
        with (
            div("actions"),
            link("", f"/data/uploads/{quote(self.upload.id)}/{place}/marked.xlsx", "button", download=""),
        ):
            icon("download", "icon icon-small")
            span(self.screen.t("report.marked"))


class _Difference:
    """The rows that would change, a page at a time, those that hold a word."""

    def __init__(self, screen: Screen, diff: TableDiff, uses: Sequence[Use]) -> None:
        self.screen = screen
        self.diff = diff
        self.uses = uses
        self.query = ""
        self.what = ""
        self.at = 1

    def build(self) -> None:
        """Show counts, what reads the data set, and the rows."""
        t, diff = self.screen.t, self.diff
        with panel(t("data.diff"), "data-diff", "scale"):
            p(t("data.before_after", before=diff.before, after=diff.after), "strong")
            if diff.columns_added:
                p(t("data.columns_added", names=t("list.comma").join(diff.columns_added)))
            if diff.columns_removed:
                p(t("data.columns_removed", names=t("list.comma").join(diff.columns_removed)), "field-error")
            if diff.reordered:
                p(t("data.reordered"))
            if self.uses:
                p(t("data.uses") + t("list.colon") + _uses(t, self.uses), "muted")
            if not diff.rows:
                return
            with div("actions"):
                self._kinds = div("segments")
                field = tag("input", "", "input data-search", type="search", aria_label=t("data.search"), maxlength=100)
                field.on(
                    "input", self._typed, throttle=0.3, leading_events=False, js_handler="(e) => emit(e.target.value)"
                )
            self._box = div("")
            self._fill()

    def _typed(self, event: GenericEventArguments) -> None:
        self.query, self.at = str(event.args or "")[:100].strip(), 1
        self._fill()

    def _only(self, what: str) -> None:
        self.what, self.at = "" if self.what == what else what, 1
        self._fill()

    def _turn(self, by: int) -> None:
        self.at += by
        self._fill()

    def _fill(self) -> None:
        t = self.screen.t
        found = self.diff.found(self.query, self.what)
        last = max(1, -(-len(found) // SIZE))
        self._kinds.clear()
        with self._kinds:
            for what in What:
                if count := self.diff.count(what):
                    pressed = "true" if self.what == what else "false"
                    button(
                        t(f"data.count.{what}", count=count),
                        partial(self._only, what),
                        "button small",
                        aria_pressed=pressed,
                    )
        self._box.clear()
        with self._box:
            if not found:
                p(t("data.nothing_found"), "muted")
            with tag("ul", "", "data-rows"):
                for row in found[(self.at - 1) * SIZE : self.at * SIZE]:
                    with tag("li"):
                        self._row(row)
            if last > 1:
                with tag("nav", "", "pager", aria_label=t("list.pages")):
                    span(t("list.total", count=len(found)), "muted")
                    span(t("list.page", page=self.at, last=last), "muted")
                    if self.at > 1:
                        button(t("list.previous"), partial(self._turn, -1), "button small")
                    if self.at < last:
                        button(t("list.next"), partial(self._turn, 1), "button small")

    def _row(self, row: RowChange) -> None:
        t = self.screen.t
        with div("event-head"):
            span(t(f"data.what.{row.what}"), f"tag tag-{_TONES[row.what]}")
            span(row.title, "strong")
            span(str(row.place), "mono muted small")
        with div("data-cells"):
            for cell in row.cells[:_MOST_CELLS]:
                span(self._cell(row.what, cell))
            if len(row.cells) > _MOST_CELLS:
                span("…")

    def _cell(self, what: What, cell: CellChange) -> str:
        t = self.screen.t
        if what is not What.CHANGED:
            return t("data.said_cell", column=cell.column, text=cell.old or cell.new)
        blank = t("data.blank")
        return t("data.changed_cell", column=cell.column, old=cell.old or blank, new=cell.new or blank)


class _WorkbookView(ReportView):
    """The workbook that a table makes: published as any other, and made anew where another one was published meanwhile."""

    publish_key = "data.replace"

    def __init__(self, page: _Page, table: Upload, found: DataReport, report: Report, upload: Upload | None) -> None:
        super().__init__(page.screen, report, upload, page)
        self._page, self._table = page, table
        self._gone = found.diff.before if found.emptied and found.diff else 0

    def questions(self) -> list[str]:
        """Where every row would go, somebody has to say that they are to."""
        gone = [self.screen.t("data.all_gone", count=self._gone)] if self._gone else []
        fail = [self.screen.t("data.failing", names=self.screen.t("list.comma").join(self._failing))]
        return [*gone, *super().questions(), *(fail if self._failing else ())]

    @property
    def _failing(self) -> tuple[str, ...]:
        return only_failing(self.report)

    @property
    def examples_may_fail(self) -> bool:
        """Where nothing but examples fail: data alone are replaced here."""
        return bool(self._failing)

    async def newer(self, error: NewerVersion) -> None:
        """Put the table into the version that is live now, and show what that comes to."""
        await self._page.build()
        await self._page.check(self._table, error.message(self.screen.language))
