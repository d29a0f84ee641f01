"""The auditor's log: every decision, to search and to export, and each explained down to the cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import Depends

from banshi.platform.views import DecisionView
from banshi.ui.rest.files import log_filters
from banshi.ui.screens.explanation import ExplanationTree
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import button, div, heading, icon, link, p, span, tag
from banshi.ui.screens.listing import Cell, Column, Listing, Pager, page_number
from banshi.ui.screens.pieces import empty, facts, moment, panel

KINDS = ("table", "tariff", "policy")
OUTCOMES = ("ok", "no match", "conflict", "not checked", "error")
_SHORT = {"query": "q", "service_id": "service"}
TONES = {"ok": "green", "no match": "grey", "conflict": "red", "not checked": "orange", "error": "red"}


def add(site: Site) -> None:
    """Add the pages."""

    @screen(site, "/auditor")
    async def auditor(screen: Screen, asked: Annotated[dict[str, Any], Depends(log_filters)], page: int = 1) -> None:
        asked["kind"] = asked["kind"] if asked["kind"] in KINDS else ""
        asked["outcome"] = asked["outcome"] if asked["outcome"] in OUTCOMES else ""
        query = {_SHORT.get(name, name): value for name, value in asked.items()}
        found = await screen.ask(site.hall.decisions, page=page_number(page), language=screen.language, **asked)
        services = await screen.ask(site.hall.titles, screen.language)
        t = screen.t
        with screen.frame(t("nav.auditor"), active="auditor", classes="page-auditor"):
            with div("title-with-tool"):
                title_block(t("auditor.title"), t("auditor.lead"))
                with div("actions"):
                    link(t("auditor.findings"), "/auditor/findings", "button small")
                    link(t("privacy.looks"), "/auditor/looks", "button small")
                    link(t("nav.statistics"), "/statistics", "button small")
            _filter(screen, query, services)
            with div("list-tools"):
                span(t("list.total", count=found.total), "muted")
                _exports(screen, query)
            if not found.total:
                empty("auditor", t("auditor.empty"), t("auditor.empty_text"))
                return
            rows = [_row(screen, row, services) for row in found.items]
            pager = Pager("/auditor", query)
            Listing(_columns(screen), rows, caption=t("auditor.title"), t=t, page=found, pager=pager)

    @screen(site, "/auditor/{decision_id}")
    async def decision(screen: Screen, decision_id: str) -> None:
        found = await screen.ask(site.hall.decision, decision_id, screen.language)
        with screen.frame(found.name, active="auditor", classes="page-decision"):
            back(screen.t("auditor.back"), "/auditor")
            _detail(screen, found)


def _filter(screen: Screen, query: Mapping[str, str], services: Mapping[str, str]) -> None:
    t = screen.t
    with tag("form", "", "filter filter-log", role="search", method="get", action="/auditor"):
        with div("filter-field filter-wide"):
            tag("label", t("auditor.search"), "field-label", for_="filter-q")
            tag(
                "input", "", "input", type="search", id="filter-q", name="q", defaultValue=query["q"] or None,
                placeholder=t("auditor.search_hint"), maxlength=100,
            )  # fmt: skip
        _choice(
            t("auditor.service"), "service", query, [(key, title) for key, title in services.items()], t("list.all")
        )
        _choice(t("auditor.kind"), "kind", query, [(key, t(f"decision.kind.{key}")) for key in KINDS], t("list.all"))
        outcomes = [(key, t(f"decision.outcome.{key}")) for key in OUTCOMES]
        _choice(t("auditor.outcome"), "outcome", query, outcomes, t("list.all"))
        for name, kind in (
            ("person", "search"),
            ("since", "date"),
            ("until", "date"),
            ("cell", "search"),
            ("amount", "search"),
        ):
            with div("filter-field"):
                tag("label", t(f"auditor.{name}"), "field-label", for_=f"filter-{name}")
                tag("input", "", "input", type=kind, id=f"filter-{name}", name=name, defaultValue=query[name] or None)
        with div("filter-buttons"):
            button(t("auditor.find"), None, "button primary", type="submit")
            if any(query.values()):
                link(t("auditor.reset"), "/auditor", "button quiet")


def _choice(label: str, name: str, query: Mapping[str, str], choices: list[tuple[str, str]], every: str) -> None:
    with div("filter-field"):
        tag("label", label, "field-label", for_=f"filter-{name}")
        with tag("select", "", "select", id=f"filter-{name}", name=name):
            for key, text in [("", every), *choices]:
                tag("option", text, value=key, selected=key == query[name])


def _exports(screen: Screen, query: Mapping[str, str]) -> None:
    asked = urlencode({key: value for key, value in query.items() if value})
    with div("actions"):
        with link("", "/export/ledger.zip", "button small", download=""):
            icon("download", "icon icon-small")
            span(screen.t("auditor.ledger"))
        for kind in ("xlsx", "csv", "jsonl", "pdf"):
            with link("", f"/export/log.{kind}" + (f"?{asked}" if asked else ""), "button small", download=""):
                icon("download", "icon icon-small")
                span(screen.t("auditor.export", kind=kind))


def _columns(screen: Screen) -> list[Column]:
    t = screen.t
    return [
        Column("name", t("auditor.decision"), "lead"),
        Column("case", t("case.number"), "code"),
        Column("service", t("auditor.service")),
        Column("outcome", t("auditor.outcome")),
        Column("outputs", t("auditor.result"), "wide"),
        Column("at", t("auditor.at"), "quiet"),
    ]


def _row(screen: Screen, row: DecisionView, services: Mapping[str, str]) -> dict[str, Cell]:
    t = screen.t
    kind = t.maybe(f"decision.kind.{row.kind}", row.kind)
    return {
        "name": Cell(
            row.name,
            f"/auditor/{quote(row.id)}",
            sub=" · ".join(text for text in (kind, row.scope) if text),
            cover=True,
        ),
        "case": Cell(row.number),
        "service": Cell(services.get(row.service_id, row.service_id)),
        "outcome": Cell(t.maybe(f"decision.outcome.{row.outcome}", row.outcome), tone=TONES.get(row.outcome, "grey")),
        "outputs": Cell(shorten(t("list.semicolon").join(row.told))),
        "at": Cell(moment(row.at)),
    }


def shorten(text: str, length: int = 80) -> str:
    """A text that fits into a cell."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _detail(screen: Screen, found: DecisionView) -> None:
    t, record = screen.t, found.record
    with div("case-head"):
        with div("case-title"):
            tone = TONES.get(found.outcome, "grey")
            span(t.maybe(f"decision.outcome.{found.outcome}", found.outcome), f"tag tag-{tone}")
            heading(1, found.name)
        facts(
            [
                (t("auditor.kind"), t.maybe(f"decision.kind.{found.kind}", found.kind)),
                (t("auditor.scope"), found.scope),
                (t("case.number"), found.number),
                (t("auditor.at"), moment(found.at)),
                (t("service.version"), found.version),
                (t("auditor.engine"), found.engine),
            ]
        )
        with div("actions"):
            if found.case_id:
                link(t("auditor.to_case"), f"/cases/{quote(found.case_id)}", "button small")
    with div("columns"):
        with div("main-column"), panel(t("auditor.explanation"), "panel-explanation", "route"):
            p(t("auditor.explanation_text"), "muted")
            ExplanationTree(record.get("explanation", ()), t)
        with div("side-column"):
            with panel(t("auditor.outputs"), icon_name="check"):
                for line in found.told:
                    p(line)
            with panel(t("auditor.inputs"), icon_name="file"):
                facts([(str(key), t.value(value)) for key, value in record.get("inputs", {}).items()])
            _cells(screen, found)
    _faults(screen, record)


def _cells(screen: Screen, found: DecisionView) -> None:
    t = screen.t
    with panel(t("auditor.fired"), icon_name="owner"):
        fired = [str(cell) for cell in found.record.get("fired", ())]
        if not fired:
            p(t("auditor.none_fired"), "muted")
        with div("cells"):
            for cell in fired:
                span(cell, "cell-mark")
        with link("", f"/workbooks/{quote(found.service_id)}/{quote(found.version)}", "button small", download=""):
            icon("download", "icon icon-small")
            span(t("auditor.workbook"))


def _faults(screen: Screen, record: Mapping[str, Any]) -> None:
    t = screen.t
    found = record.get("faults", ())
    if not found:
        return
    with panel(t("auditor.faults"), icon_name="warning"), tag("ul", "", "findings"):
        for fault in found:
            with tag("li", "", "finding"):
                icon("warning")
                with div(""):
                    p(str(fault.get(t.language, fault.get("zh", ""))), "strong")
                    p(" · ".join(str(fault.get(key, "")) for key in ("code", "cell") if fault.get(key)), "muted small")
