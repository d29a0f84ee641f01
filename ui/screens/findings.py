"""What deserves an auditor's look: decisions by one person or at odd hours, unusual amounts, rows that were never used."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from banshi.platform.audit.findings import KINDS
from banshi.platform.audit.log import FindingView
from banshi.ui.rest.files import day_of
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import button, div, icon, link, p, span, tag
from banshi.ui.screens.listing import Cell, Column, Listing
from banshi.ui.screens.pieces import moment, panel
from banshi.ui.screens.statistics import choice_field

_SHOWN = 50


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/auditor/findings")
    async def findings(screen: Screen, service: str = "", since: str = "", until: str = "") -> None:
        t = screen.t
        asked = {"service": service, "since": str(day_of(since) or ""), "until": str(day_of(until) or "")}
        found = await screen.ask(
            site.hall.findings,
            service_id=service,
            since=asked["since"],
            until=asked["until"],
            language=screen.language,
        )
        services = await screen.ask(site.hall.titles, screen.language)
        with screen.frame(t("findings.title"), active="auditor", classes="page-archive page-findings"):
            back(t("auditor.back"), "/auditor")
            title_block(t("findings.title"), t("findings.lead"))
            _filter(screen, asked, services)
            with div("actions archive-files"):
                for kind in ("xlsx", "csv", "pdf"):
                    with link("", f"/export/findings.{kind}?{urlencode(asked)}", "button small", download=""):
                        icon("download", "icon icon-small")
                        span(t("auditor.export", kind=kind))
            for group in KINDS:
                _group(screen, group, [one for one in found if one.group == group])


def _filter(screen: Screen, asked: Mapping[str, str], services: Mapping[str, str]) -> None:
    t = screen.t
    with tag("form", "", "filter filter-statistics", role="search", method="get", action="/auditor/findings"):
        choice_field(t("auditor.service"), "service", list(services.items()), asked["service"], t("list.all"))
        for name in ("since", "until"):
            with div("filter-field"):
                tag("label", t(f"auditor.{name}"), "field-label", for_=f"filter-{name}")
                tag("input", "", "input", type="date", id=f"filter-{name}", name=name, defaultValue=asked[name] or None)
        with div("filter-buttons"):
            button(t("auditor.find"), None, "button primary", type="submit")
            if any(asked.values()):
                link(t("auditor.reset"), "/auditor/findings", "button quiet")


def _group(screen: Screen, group: str, found: list[FindingView]) -> None:
    t = screen.t
    with panel(t(f"findings.{group}")):
        p(t(f"findings.{group}.text"), "muted")
        if not found:
            p(t("findings.none"))
            return
        if len(found) > _SHOWN:
            p(t("findings.more", count=_SHOWN), "muted")
        rows = [_row(one) for one in found[:_SHOWN]]
        Listing(_columns(screen, group), rows, caption=t(f"findings.{group}"), t=t)


def _columns(screen: Screen, group: str) -> list[Column]:
    t = screen.t
    if group == "unused":
        return [
            Column("service", t("auditor.service"), "lead"),
            Column("about", t("findings.sheet")),
            Column("value", t("findings.rows"), "wide"),
            Column("at", t("findings.live"), "quiet"),
        ]
    columns = [
        Column("number", t("case.number"), "lead"),
        Column("service", t("auditor.service")),
        Column("person", t("findings.person")),
        Column("about", t("findings.tariff" if group == "amount" else "findings.step")),
        Column("at", t("auditor.at"), "quiet"),
    ]
    if group == "amount":
        columns[4:4] = [Column("value", t("auditor.amount")), Column("usual", t("findings.usual"))]
    return columns


def _row(one: FindingView) -> dict[str, Cell]:
    path = f"/auditor/{quote(one.decision_id)}" if one.decision_id else f"/cases/{quote(one.case_id)}"
    first = Cell(one.number, path, cover=True) if one.case_id else Cell(one.number)
    return {
        "number": first,
        "service": Cell(one.service, sub=one.version),
        "person": Cell(one.person),
        "about": Cell(one.about),
        "value": Cell(one.value),
        "usual": Cell(one.usual),
        "at": Cell(moment(one.at) if one.at else ""),
    }
