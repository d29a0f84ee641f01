"""The archive: ended cases of the services that somebody answers for, to be found and taken out as files."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Depends

from banshi.platform.archive.archivist import ENDED, ArchiveQuestion
from banshi.platform.views import ArchiveRow, Page
from banshi.ui.rest.files import archive_question
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.html import button, div, icon, link, span, tag
from banshi.ui.screens.listing import Cell, Column, Listing, Pager, page_number
from banshi.ui.screens.pieces import CASE_TONES, empty, moment
from banshi.ui.screens.statistics import choice_field


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/archive")
    async def archive(
        screen: Screen, asked: Annotated[ArchiveQuestion, Depends(archive_question)], page: int = 1
    ) -> None:
        hall, t, language = site.hall, screen.t, screen.language
        services = await screen.ask(hall.archive_services, language)
        found = await screen.ask(hall.archive, asked, page=page_number(page), language=language)
        with screen.frame(t("nav.archive"), active="archive", classes="page-archive"):
            title_block(t("archive.title"), t("archive.lead"))
            _filter(screen, asked, services)
            if not found.total:
                empty("cases", t("archive.empty"), t("archive.empty_text"))
                return
            _list(screen, asked, found)


def _query(asked: ArchiveQuestion) -> dict[str, str]:
    """The question as an address says it."""
    short = {"query": "q", "service_id": "service"}
    return {short.get(key, key): str(value) for key, value in asdict(asked).items() if value}


def _filter(screen: Screen, asked: ArchiveQuestion, services: list[tuple[str, str]]) -> None:
    t = screen.t
    with tag("form", "", "filter filter-statistics", role="search", method="get", action="/archive"):
        for name, kind, value in (
            ("q", "search", asked.query),
            ("person", "search", asked.person),
            ("since", "date", str(asked.since or "")),
            ("until", "date", str(asked.until or "")),
        ):
            with div("filter-field"):
                label = t("archive.query" if name == "q" else f"archive.{name}")
                tag("label", label, "field-label", for_=f"filter-{name}")
                tag("input", "", "input", type=kind, id=f"filter-{name}", name=name, defaultValue=value or None)
        choice_field(t("archive.service"), "service", services, asked.service_id, t("list.all"))
        states = [(state, t(f"case.state.{state}")) for state in ENDED]
        choice_field(t("archive.state"), "state", states, asked.state, t("list.all"))
        with div("filter-buttons"):
            button(t("archive.find"), None, "button primary", type="submit")
            link(t("archive.reset"), "/archive", "button quiet")


def _list(screen: Screen, asked: ArchiveQuestion, found: Page) -> None:
    t, query = screen.t, _query(asked)
    with div("actions archive-files"):
        for kind, text in (("zip", t("archive.all", count=found.total)), ("xlsx", t("archive.catalogue"))):
            with link("", f"/export/archive.{kind}?{urlencode(query)}", "button small", download=""):
                icon("download", "icon icon-small")
                span(text)
    columns = [
        Column("title", t("cases.service"), "lead"),
        Column("applicant", t("case.applicant")),
        Column("state", t("archive.state")),
        Column("finished", t("archive.finished"), "quiet"),
        Column("number", t("archive.number")),
        Column("file", t("archive.file")),
    ]
    rows = [_row(screen, row) for row in found.items]
    Listing(columns, rows, caption=t("archive.title"), t=t, page=found, pager=Pager("/archive", query))


def _row(screen: Screen, row: ArchiveRow) -> dict[str, Cell]:
    t, case = screen.t, row.case
    path = f"/cases/{quote(case.id)}"
    return {
        "title": Cell(case.title, path, sub=f"{case.service} · {case.number}"),
        "applicant": Cell(case.applicant),
        "state": Cell(t(f"case.state.{case.state}"), tone=CASE_TONES.get(case.state, "grey")),
        "finished": Cell(moment(row.finished_at)),
        "number": Cell(row.file_number, sub=row.retention),
        "file": Cell(t("archive.take"), f"{path}/archive.zip"),
    }
