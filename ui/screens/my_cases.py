"""My cases: what a person has applied for, with its state."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from banshi.platform.views import CaseRow, DraftRow
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.html import link, span, tag
from banshi.ui.screens.listing import Cell, Column, Listing, Pager, page_number
from banshi.ui.screens.pieces import CASE_TONES, empty, moment, panel


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/cases")
    async def my_cases(screen: Screen, page: int = 1) -> None:
        found = await screen.ask(site.hall.my_cases, page=page_number(page), language=screen.language)
        drafts = await screen.ask(site.hall.drafts, screen.language) if found.page == 1 else []
        t = screen.t
        with screen.frame(t("nav.cases"), active="cases"):
            title_block(t("cases.title"), t("cases.lead"))
            if drafts:
                _drafts(screen, drafts)
            if not found.total:
                empty("cases", t("cases.empty"), t("cases.empty_text"), "/", t("cases.to_hall"))
                return
            columns = [
                Column("title", t("cases.service"), "lead"),
                Column("state", t("cases.state")),
                Column("step", t("cases.step")),
                Column("submitted", t("cases.submitted"), "quiet"),
            ]
            rows = [_row(screen, row) for row in found.items]
            Listing(columns, rows, caption=t("cases.title"), t=t, page=found, pager=Pager("/cases"))


def _drafts(screen: Screen, drafts: Sequence[DraftRow]) -> None:
    """What was begun and not sent, with the way back to it."""
    t = screen.t
    with panel(t("cases.drafts"), "panel-drafts", "edit"), tag("ul", "", "draft-list"):
        for draft in drafts:
            with tag("li"):
                link(draft.title, f"/services/{quote(draft.service_id)}/apply", "strong")
                span(t("cases.draft_saved", at=moment(draft.saved_at)), "muted")


def _row(screen: Screen, row: CaseRow) -> dict[str, Cell]:
    t = screen.t
    return {
        "title": Cell(
            row.title,
            f"/cases/{quote(row.id)}",
            sub=" · ".join(text for text in (row.service, row.number) if text),
            cover=True,
        ),
        "state": Cell(t.maybe(f"case.state.{row.state}", row.state), tone=CASE_TONES.get(row.state, "grey")),
        "step": Cell(t("list.comma").join(row.current_steps)),
        "submitted": Cell(moment(row.submitted_at)),
    }
