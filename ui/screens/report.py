"""What was found in a workbook: each fault at its cell with a remedy, the examples, and the button that publishes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Protocol
from urllib.parse import quote

from ulid import ULID

from banshi.platform.errors import NewerVersion
from banshi.platform.views import ChangeView, Coverage, ExampleResult, Report
from banshi.platform.workbook.workbook import in_runs
from banshi.rules.diagnostics import Diagnostic, Severity, has_errors
from banshi.ui.screens.frame import Screen
from banshi.ui.screens.html import Tag, button, div, heading, icon, link, p, span, tag
from banshi.ui.screens.looking import Looking, cell_mark, given
from banshi.ui.screens.publishing import Wishes, agreeing, became, change_list, newer_notice
from banshi.ui.screens.trying import begin
from banshi.ui.texts import Texts
from banshi.ui.uploads import Upload

_FEW_CHANGES = 20
_TONES = {Severity.ERROR: "red", Severity.WARNING: "orange", Severity.NOTICE: "blue"}
_MOST_SHOWN = 200
_ORDER = [Severity.ERROR, Severity.WARNING, Severity.NOTICE]


class OwnerPage(Protocol):
    """A page of the owner's console; what was found in an upload is shown in `report_box`."""

    report_box: Tag

    def shows(self, service_id: str) -> bool:
        """Whether the service is on it."""

    async def build(self) -> None:
        """Show everything as it is now."""


def _told(report: Report) -> bool:
    """Whether there is something to mark."""
    return report.markable and (bool(report.diagnostics) or not all(one.passed for one in report.examples))


def title_of(report: Report, language: str) -> str:
    """The title of the service in a language, as far as it has one."""
    return report.titles.get(language) or report.title


class ReportView:
    """A report. With the upload it came from, it can be published; its command id makes a second click harmless."""

    publish_key = "report.publish"
    """What the button says."""

    def __init__(self, screen: Screen, report: Report, upload: Upload | None, place: OwnerPage | None = None) -> None:
        """Take a report; `place` is the page that it is shown on, where that changes with it."""
        self.screen = screen
        self.place = place
        self.report = report
        self.upload = upload
        self.command_id = str(ULID())
        self.wishes = Wishes(screen, report)
        self.agreed: set[str] = set()

    def build(self) -> None:
        """Show it."""
        label = self.screen.t("report.title", file=self.report.file)
        self.section = tag("section", "", "panel report", aria_label=label)
        self._fill()

    def _fill(self, notice: str = "") -> None:
        t, report = self.screen.t, self.report
        with self.section:
            self._looking = Looking(self.screen, given(self.upload)) if self.upload is not None else None
            if notice:
                newer_notice(notice)
            self._verdict()
            if report.diagnostics:
                faults_list(t, report.diagnostics, self._looking)
            if report.changes:
                self._changes(report.changes)
            if report.examples:
                self._examples(report.examples)
            if report.unreached:
                self._unreached(report.unreached)
            if self.upload is not None:
                self._more(self.upload)
                self._publish()

    def questions(self) -> list[str]:
        """What has to be ticked before it is published."""
        return rows_questions(self.screen.t, self.report)

    @property
    def examples_may_fail(self) -> bool:
        """Whether it is published though examples fail, once that is ticked."""
        return False

    def _more(self, upload: Upload) -> None:
        """What else can be done with an upload; a version to go back to has no id."""
        t, report = self.screen.t, self.report
        sound = bool(report.service_id) and not has_errors(report.diagnostics)
        with div("actions"):
            if upload.id and _told(report):
                with link("", f"/uploads/{quote(upload.id)}/marked.xlsx", "button", download=""):
                    icon("download", "icon icon-small")
                    span(t("report.marked"))
            if sound:
                self.screen.action(t("trial.begin"), self._try, "button")
            if upload.id and report.replaces and sound:
                with link("", f"/owner/impact/{quote(upload.id)}", "button"):
                    icon("scale", "icon icon-small")
                    span(t("impact.look"))

    @property
    def _title(self) -> str:
        return title_of(self.report, self.screen.language)

    def _verdict(self) -> None:
        t, report = self.screen.t, self.report
        counts = {level: sum(item.severity is level for item in report.diagnostics) for level in _ORDER}
        good = report.publishable
        with div(f"verdict {'verdict-good' if good else 'verdict-bad'}"):
            icon("check" if good else "warning", "icon icon-large")
            with div(""):
                heading(2, t("report.good" if good else "report.bad"))
                p(t("report.file", file=report.file, title=self._title or "—"), "muted")
            with div("verdict-counts"):
                for level, count in counts.items():
                    if count:
                        span(t(f"report.count.{level}", count=count), f"tag tag-{_TONES[level]}")
                if failed := sum(not example.passed for example in report.examples):
                    span(t("report.count.examples", count=failed), f"tag tag-{_TONES[Severity.ERROR]}")

    def _changes(self, changes: Sequence[ChangeView]) -> None:
        """What would be different once it is published; long lists are closed at first."""
        t = self.screen.t
        with tag("details", "", "changes", open=len(changes) <= _FEW_CHANGES):
            with tag("summary"):
                icon("edit")
                span(t("report.changes", count=len(changes)), "strong")
            change_list(self.screen, changes)

    def _examples(self, examples: Sequence[ExampleResult]) -> None:
        t = self.screen.t
        passed = sum(example.passed for example in examples)
        failed = passed < len(examples)
        with tag("details", "", "examples has-failed" if failed else "examples", open=failed):
            with tag("summary"):
                icon("close" if failed else "check")
                span(t("report.examples", passed=passed, total=len(examples)), "strong")
            with tag("ul", "", "example-list"):
                for example in examples:
                    with tag("li", "", "example-passed" if example.passed else "example-failed"):
                        icon("check" if example.passed else "close", "icon icon-small")
                        with div(""):
                            span(example.name)
                            span(t("report.passed" if example.passed else "report.failed"), "hidden-text")
                            for _, failure in example.failures:
                                p(failure.message(t.language), "example-why")
                                cell_mark(failure.place, self._looking)

    def _unreached(self, sheets: Sequence[Coverage]) -> None:
        """The rows that no example goes through."""
        t = self.screen.t
        with tag("details", "", "changes"):
            with tag("summary"):
                icon("info")
                span(t("report.unreached", count=sum(len(one.rows) for one in sheets)), "strong")
            with tag("ul", "", "change-list"):
                for one in sheets:
                    with tag("li"):
                        span(one.sheet, "mono muted")
                        span(t("report.unreached_rows", reached=one.reached, total=one.total, rows=in_runs(one.rows)))

    def _publish(self) -> None:
        t = self.screen.t
        with div("publish") as self.publish_box:
            if self.report.publishable or self.examples_may_fail:
                self.wishes.build()
                self._consequence()
                for question in self.questions():
                    agreeing(question, self.agreed)
                p(t("publish.consent" if self.report.consent else "report.ready"))
                self.screen.action(t(self.publish_key), self._go, "button primary large")
            else:
                p(t("report.not_ready"), id="why-not")
                button(t(self.publish_key), None, "button primary large", disabled=True, aria_describedby="why-not")

    def _consequence(self) -> None:
        """What publishing would do: a form id that was mistyped makes a new service."""
        t, report = self.screen.t, self.report
        if self.place is not None and not self.place.shows(report.service_id):
            p(t("report.other", id=report.service_id), "strong", role="alert")
        said = {"title": self._title, "id": report.service_id}
        if report.replaces:
            p(t("report.replaces", version=report.replaces, **said))
        elif report.owner:
            p(t("report.new", owner=self.screen.hall.department_name(report.owner, t.language), **said))

    async def _try(self) -> None:
        if self.upload is not None:
            await begin(self.screen, self.upload.file, self.upload.data)

    async def _go(self) -> None:
        screen, upload, t = self.screen, self.upload, self.screen.t
        if upload is None:
            return
        if not self.agreed.issuperset(self.questions()):
            screen.say(t("publish.tick_first"), "warning")
            return
        try:
            at = self.wishes.instant()
        except ValueError:
            screen.say(t("publish.bad_time"), "warning")
            return
        publish = partial(
            screen.hall.workshop.publish,
            note=self.wishes.note,
            at=at,
            replaces=self.report.replaces,
            command_id=self.command_id,
            rows=bool(self.report.registers),
            examples=self.examples_may_fail,
        )
        try:
            report, made = await screen.ask(publish, upload.file, upload.data)
        except NewerVersion as error:
            await self.newer(error)
            return
        if made is None:
            self._show_again(report, t("report.not_published"))
            return
        self.publish_box.clear()
        if self.place is not None and self.place.shows(report.service_id):
            await self.place.build()  # as it is now
        href = f"/owner/{quote(made.service_id)}"
        screen.say(became(screen, made, title_of(report, t.language)), "success", href, t("report.to_service"))

    async def newer(self, error: NewerVersion) -> None:
        """Compare with the version that somebody else has made live meanwhile."""
        screen, upload = self.screen, self.upload
        if upload is None:
            return
        report = await screen.ask(screen.hall.workshop.check, upload.file, upload.data)
        if self.place is not None and self.place.shows(report.service_id):
            await self.place.build()  # what the refusal speaks of
            if self.section.is_deleted:
                with self.place.report_box:
                    self.build()
        self._show_again(report, error.message(screen.language))

    def _show_again(self, report: Report, notice: str) -> None:
        """Show how things stand now, what the owner has written kept."""
        self.report = report
        self.wishes = self.wishes.again(report)
        self.agreed.clear()
        self.section.clear()
        self._fill(notice)


def rows_questions(t: Texts, report: Report) -> list[str]:
    """What has to be ticked where rows that cases have in registers go or change."""
    return [
        t("publish.rows_go", name=one.name, lost=one.lost, changed=one.changed, before=one.before)
        for one in report.registers
    ]


def faults_list(t: Texts, diagnostics: Iterable[Diagnostic], looking: Looking | None = None) -> None:
    """A table of faults, the errors first: the cell (to look at, where the file is at hand), what is wrong, what to do."""
    found = sorted(diagnostics, key=lambda item: _ORDER.index(item.severity))
    with div("faults-list"):
        with tag("table", "", "faults"):
            tag("caption", t("report.faults"), "hidden-text")
            with tag("thead"), tag("tr"):
                for key in ("cell", "what", "severity"):
                    tag("th", t(f"report.{key}"), scope="col")
            with tag("tbody"):
                for item in found[:_MOST_SHOWN]:
                    with tag("tr"):
                        _fault(t, item, looking)
        if len(found) > _MOST_SHOWN:
            p(t("report.more", count=len(found) - _MOST_SHOWN), "muted")


def _fault(t: Texts, item: Diagnostic, looking: Looking | None) -> None:
    with tag("td", "", "fault-cell"):
        cell_mark(item.place, looking)
        span(item.code, "sub")
    with tag("td", "", "fault-text"):
        p(item.message(t.language), "strong")
        if remedy := item.remedy(t.language):
            p(t("report.remedy", text=remedy), "remedy")
    with tag("td", "", "fault-severity"):
        span(t(f"report.severity.{item.severity}"), f"tag tag-{_TONES[item.severity]}")
