"""The cases of a service, for its owner: what is open, where it stands, with whom."""

from __future__ import annotations

from urllib.parse import quote

from banshi.platform.views import CaseRow
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import button, link, span, tag
from banshi.ui.screens.listing import Cell, Column, Listing, Pager, page_number
from banshi.ui.screens.pieces import CASE_TONES, empty, moment

_STATES = ("open", "returned", "approved", "refused", "withdrawn")
_LONGEST_QUERY = 100


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/owner/{service_id}/cases")
    async def cases(screen: Screen, service_id: str, state: str = "open", query: str = "", page: int = 1) -> None:
        t = screen.t
        state, query = state if state in _STATES else "", query.strip()[:_LONGEST_QUERY]
        found = await screen.ask(
            site.hall.workshop.cases,
            service_id,
            state=state,
            query=query,
            page=page_number(page),
            language=screen.language,
        )
        path = f"/owner/{quote(service_id)}/cases"
        with screen.frame(t("owned_cases.title"), active="owner"):
            back(t("move.back"), f"/owner/{quote(service_id)}")
            title_block(t("owned_cases.title"), t("owned_cases.lead"))
            with tag("nav", "", "tabs", aria_label=t("owned_cases.title")):
                for item in (*_STATES, ""):
                    with link(
                        "", f"{path}?state={item or 'all'}", "tab", aria_current="page" if item == state else None
                    ):
                        span(t(f"case.state.{item}") if item else t("list.all"))
            with tag("form", "", "task-search", method="get", action=path, role="search"):
                tag("input", type="hidden", name="state", value=state or "all")
                tag("input", "", "input", type="search", name="query", value=query, placeholder=t("tasks.find"),
                    aria_label=t("tasks.find"))  # fmt: skip
                button(t("tasks.find_button"), None, "button", type="submit")
            if not found.total:
                empty("cases", t("owned_cases.none"), t("owned_cases.none_text"))
                return
            columns = [
                Column("title", t("cases.service"), "lead"),
                Column("applicant", t("case.applicant")),
                Column("state", t("cases.state")),
                Column("step", t("cases.step")),
                Column("waits", t("case.waits_for")),
                Column("submitted", t("cases.submitted"), "quiet"),
            ]
            rows = [_row(screen, row) for row in found.items]
            pager = Pager(path, {"state": state or "all", "query": query})
            Listing(columns, rows, caption=t("owned_cases.title"), t=t, page=found, pager=pager)


def _row(screen: Screen, row: CaseRow) -> dict[str, Cell]:
    t = screen.t
    return {
        "title": Cell(row.title, f"/cases/{quote(row.id)}", sub=row.number, cover=True),
        "applicant": Cell(row.applicant),
        "state": Cell(t.maybe(f"case.state.{row.state}", row.state), tone=CASE_TONES.get(row.state, "grey")),
        "step": Cell(t("list.comma").join(row.current_steps)),
        "waits": Cell(t("list.comma").join(row.waits_for)),
        "submitted": Cell(moment(row.submitted_at)),
    }
