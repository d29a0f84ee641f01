"""Publishing in the owner's console: what is said with it, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import quote

from nicegui.events import GenericEventArguments

from banshi.platform.releases import LONGEST_NOTE
from banshi.platform.views import ChangeView, PlanRow, Report, VersionRow
from banshi.rules.values import CAMPUS_ZONE
from banshi.ui.screens.frame import Screen
from banshi.ui.screens.html import Tag, div, icon, span, tag
from banshi.ui.screens.pieces import moment

_SAID = 3
"""How many differences the proposed note says."""
MOST_CHANGES = 200


def change_list(screen: Screen, changes: Sequence[ChangeView], *, placed: bool = True) -> None:
    """Differences in words, each with its cell."""
    t = screen.t
    with tag("ul", "", "change-list"):
        for change in changes[:MOST_CHANGES]:
            with tag("li"):
                span(str(change.place) if placed else change.place.cell, "mono muted")
                span(change.en if t.language == "en" else change.zh)
        if len(changes) > MOST_CHANGES:
            tag("li", t("report.more_changes", count=len(changes) - MOST_CHANGES))


class Wishes:
    """What an owner says with a publication: what has changed, and when it is to go live."""

    def __init__(self, screen: Screen, report: Report) -> None:
        self.screen = screen
        self.report = report
        said = [change.en if screen.language == "en" else change.zh for change in report.changes[:_SAID]]
        self.note = self._proposed = screen.t("list.semicolon").join(said)[:LONGEST_NOTE]
        self.at = ""

    def again(self, report: Report) -> Wishes:
        """The same for another report: what was written stays, what was proposed is proposed anew."""
        wishes = Wishes(self.screen, report)
        wishes.at = self.at
        if self.note != self._proposed:
            wishes.note = self.note
        return wishes

    def build(self) -> None:
        """Show the fields; only a service can be planned."""
        t = self.screen.t
        with div("publish-wishes"):
            note_field(self.screen, "publish-note", self.note, self._noted)
            if self.report.owner:
                with tag("label", "", "field"):
                    span(t("publish.at"), "field-label")
                    field = tag("input", "", "input", type="datetime-local", id="publish-at", value=self.at or None)
                    field.on("change", self._timed, js_handler="(e) => emit(e.target.value)")

    def instant(self) -> datetime | None:
        """When it is to go live; None for at once. ValueError for what is no time."""
        return datetime.fromisoformat(self.at).replace(tzinfo=CAMPUS_ZONE) if self.at else None

    def _noted(self, text: str) -> None:
        self.note = text

    def _timed(self, event: GenericEventArguments) -> None:
        self.at = str(event.args or "")[:30]


def agreeing(question: str, agreed: set[str]) -> None:
    """A box to tick before something is published; what is ticked goes into `agreed`."""

    def ticked(event: GenericEventArguments) -> None:
        (agreed.add if event.args else agreed.discard)(question)

    with tag("label", "", "bulk-one strong"):
        box = tag("input", type="checkbox")
        span(question)
    box.on("change", ticked, js_handler="(e) => emit(e.target.checked)")


def note_field(screen: Screen, field_id: str, text: str, noted: Callable[[str], None]) -> None:
    """Where a change note is written."""
    with tag("label", "", "field"):
        span(screen.t("publish.note"), "field-label")
        field = tag("textarea", "", "textarea", id=field_id, rows=2, maxlength=LONGEST_NOTE, defaultValue=text)

        def typed(event: GenericEventArguments) -> None:
            noted(str(event.args or "")[:LONGEST_NOTE])

        field.on("change", typed, js_handler="(e) => emit(e.target.value)")


def became(screen: Screen, made: VersionRow | PlanRow, title: str) -> str:
    """What became of a workbook that was published, in a sentence."""
    t, version = screen.t, made.version
    if isinstance(made, VersionRow):
        return t("report.published", title=title, version=version)
    if made.known:
        return t("publish.known", version=version, name=who(screen, made.made_by), at=moment(made.made_at))
    if made.state == "proposed":
        return t("publish.proposed", title=title, version=version)
    return t("publish.planned", title=title, version=version, at=moment(made.at))


def who(screen: Screen, person_id: str) -> str:
    """Who published: a person, the command line, or the folder of workbooks."""
    return screen.hall.person_name(person_id, screen.language) if person_id else screen.t("owner.by_folder")


def plan_tags(screen: Screen, plans: Sequence[PlanRow]) -> None:
    """What waits at a service, in the list of services."""
    trouble = sum(row.state in ("held", "failed") or row.behind for row in plans)
    counts = {
        "trouble": trouble,
        "proposed": sum(row.state == "proposed" and not row.behind for row in plans),
        "planned": sum(row.state == "planned" and not row.behind for row in plans),
    }
    tones = {"trouble": "red", "proposed": "orange", "planned": "blue"}
    for key, count in counts.items():
        if count:
            span(screen.t(f"plan.count.{key}", count=count), f"tag tag-{tones[key]}")


def newer_notice(message: str) -> Tag:
    """What the second of two owners is told, above the report that compares with the newer version."""
    with div("notice notice-warning", role="alert") as notice:
        icon("warning")
        with div("notice-text"):
            span(message, "strong")
    return notice


def compare_href(service_id: str, old: str, new: str) -> str:
    """The page that compares two versions."""
    return f"/owner/{quote(service_id)}/compare?old={quote(old[:12])}&new={quote(new[:12])}"


def workbook_href(service_id: str, sha256: str) -> str:
    """Where the workbook of a version is loaded down."""
    return f"/workbooks/{quote(service_id)}/{quote(sha256)}"
