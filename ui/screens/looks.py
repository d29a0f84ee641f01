"""The auditor's list of looks at sensitive answers, and of what was deleted of them."""

from __future__ import annotations

from urllib.parse import quote

from banshi.platform.views import PrivacyRow
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.hall import back
from banshi.ui.screens.listing import Cell, Column, Listing, Pager, page_number
from banshi.ui.screens.pieces import empty, moment


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/auditor/looks")
    async def looks(screen: Screen, page: int = 1) -> None:
        t = screen.t
        found = await screen.ask(site.hall.looks, page=page_number(page), language=screen.language)
        with screen.frame(t("privacy.looks"), active="auditor", classes="page-archive"):
            back(t("auditor.back"), "/auditor")
            title_block(t("privacy.looks"), t("privacy.looks_lead"))
            if not found.total:
                empty("auditor", t("privacy.none"), t("privacy.none_text"))
                return
            columns = [
                Column("number", t("cases.service"), "lead"),
                Column("kind", t("auditor.kind")),
                Column("what", t("privacy.what"), "wide"),
                Column("who", t("privacy.who"), "quiet"),
                Column("reason", t("privacy.why")),
                Column("at", t("auditor.at"), "quiet"),
            ]
            rows = [_row(screen, one) for one in found.items]
            Listing(columns, rows, caption=t("privacy.looks"), t=t, page=found, pager=Pager("/auditor/looks", {}))


def _row(screen: Screen, one: PrivacyRow) -> dict[str, Cell]:
    t = screen.t
    return {
        "number": Cell(one.service, f"/cases/{quote(one.case_id)}", sub=one.number, cover=True),
        "kind": Cell(t.maybe(f"event.{one.kind}", one.kind)),
        "what": Cell(one.about),
        "who": Cell(one.actor or t("event.by_system")),
        "reason": Cell(one.reason),
        "at": Cell(moment(one.at)),
    }
