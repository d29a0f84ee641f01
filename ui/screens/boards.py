"""Boards: the charts that services publish, each with the table of its numbers."""

from __future__ import annotations

from urllib.parse import quote

from banshi.platform.service.boards import ChartKind
from banshi.platform.statistics.answering import FEWEST
from banshi.platform.statistics.boards import Drawn, Point
from banshi.ui.components.chart import bars
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import div, heading, icon, link, p, span, tag
from banshi.ui.screens.listing import Cell, Column, Listing
from banshi.ui.screens.pieces import empty, panel

_IN_CHART = 15


def add(site: Site) -> None:
    """Add the pages."""

    @screen(site, "/boards")
    async def boards(screen: Screen) -> None:
        t = screen.t
        services = await screen.ask(site.hall.boards.services, screen.language)
        with screen.frame(t("boards.title"), active="boards", classes="page-boards"):
            title_block(t("boards.title"), t("boards.lead"))
            if not services:
                empty("statistics", t("boards.empty"), t("boards.empty_text"))
            for service_id, title in services:
                with heading(2, "", "section-title"):
                    link(title, f"/boards/{quote(service_id)}")
                await _charts(screen, service_id)

    @screen(site, "/boards/{service_id}")
    async def board(screen: Screen, service_id: str) -> None:
        t = screen.t
        titles = dict(await screen.ask(site.hall.boards.services, screen.language))
        with screen.frame(titles.get(service_id, t("boards.title")), active="boards", classes="page-boards"):
            back(t("boards.back"), "/boards")
            title_block(titles.get(service_id, t("boards.title")), t("boards.lead"))
            if service_id not in titles:
                empty("statistics", t("boards.empty"), t("boards.empty_text"))
            await _charts(screen, service_id)


async def _charts(screen: Screen, service_id: str) -> None:
    with div("board-charts"):
        for drawn in await screen.ask(screen.hall.boards.board, service_id, screen.language):
            _chart(screen, drawn)


def _chart(screen: Screen, drawn: Drawn) -> None:
    t = screen.t
    with panel(drawn.title, "panel-figures"):
        if drawn.withheld:
            p(t("boards.withheld", count=FEWEST), "muted")
            return
        if not drawn.points:
            p(t("boards.nothing"), "muted")
            return
        with div("actions figure-files"):
            for kind in ("xlsx", "csv"):
                href = f"/export/boards/{quote(drawn.service_id)}/{drawn.at}.{kind}"
                label = f"{t('boards.export', kind=kind)} {drawn.title}"
                with link("", href, "button small", download="", aria_label=label):
                    icon("download", "icon icon-small")
                    span(t("boards.export", kind=kind))
        across = drawn.kind is not ChartKind.TREND
        shown = drawn.points[:_IN_CHART] if across else drawn.points
        series = {t(f"boards.{_told(drawn)}"): [getattr(point, _told(drawn)) for point in shown]}
        bars(t("boards.chart", title=drawn.title), [point.label for point in shown], series, across=across)
        with tag("details", "", "more"):
            tag("summary", t("boards.table"), aria_label=f"{t('boards.table')} {drawn.title}")
            columns = [
                Column("label", t("boards.group"), "lead"),
                Column("number", t("boards.number"), "number"),
                Column("share", t("boards.share"), "number"),
            ]
            Listing(columns, [_row(point) for point in drawn.points], caption=drawn.title, t=t)


def _told(drawn: Drawn) -> str:
    return "share" if drawn.kind is ChartKind.SHARE else "number"


def _row(point: Point) -> dict[str, Cell]:
    return {
        "label": Cell(point.label),
        "number": Cell(format(point.number, "f")),
        "share": Cell(f"{point.share:.1f} %"),
    }
