"""The service hall: search, categories, cards; and the guide page of one service."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import quote, urlencode

from nicegui.events import GenericEventArguments

from banshi.platform.views import ServiceCard
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.html import Tag, button, div, heading, icon, link, p, span, tag
from banshi.ui.screens.pieces import empty, facts, moment, name_of, panel, service_icon
from banshi.ui.screens.prose import lines_of, prose


def add(site: Site) -> None:
    """Add the pages."""

    @screen(site, "/")
    async def hall(screen: Screen, q: str = "", category: str = "") -> None:
        categories = await asyncio.to_thread(site.hall.categories, screen.language)
        category = category if category in categories else ""
        cards = await screen.ask(site.hall.catalogue, query=q, category=category, language=screen.language)
        waiting = await screen.ask(site.hall.waiting)
        drafts = await screen.ask(site.hall.drafts, screen.language)
        t = screen.t
        with screen.frame(t("nav.hall"), active="hall", classes="page-hall"):
            with div("hero"):
                title_block(t("hall.title", name=name_of(screen.me, screen.language)), t("hall.lead"))
                if waiting.tasks:
                    _waiting(waiting.tasks, t("hall.waiting"), "/tasks")
                if waiting.returned:
                    _waiting(waiting.returned, t("hall.returned"), "/cases")
                if drafts:
                    _waiting(len(drafts), t("hall.drafts"), "/cases")
                results = _search(screen, q, category)
            _chips(screen, categories, category, q)
            with div("results") as box:
                results.append(box)
                _cards(screen, cards, filtered=bool(q or category))

    @screen(site, "/services/{service_id}")
    async def service(screen: Screen, service_id: str) -> None:
        card = await screen.ask(site.hall.card, service_id, screen.language)
        with screen.frame(card.title, active="hall", classes="page-service"):
            back(screen.t("service.back"), "/")
            _guide(screen, card)


def back(text: str, href: str) -> None:
    """The way to the page above."""
    with link("", href, "back"):
        icon("left")
        span(text)


def _waiting(count: int, text: str, href: str) -> None:
    with link("", href, "waiting"):
        span(str(count), "waiting-count")
        span(text)
        icon("right")


def _search(screen: Screen, q: str, category: str) -> list[Tag]:
    """The search box; works by typing, and without a socket by Enter. The box with the results comes into the list."""
    t = screen.t
    results: list[Tag] = []

    async def search(event: GenericEventArguments) -> None:
        words = str(event.args)[:100]
        cards = await screen.ask(screen.hall.catalogue, query=words, category=category, language=screen.language)
        for box in results:
            box.clear()
            with box:
                _cards(screen, cards, filtered=bool(words or category))

    with tag("form", "", "search", role="search", method="get", action="/"):
        icon("search")
        field = tag(
            "input", type="search", name="q", defaultValue=q or None, aria_label=t("hall.search"),
            placeholder=t("hall.search_hint"), autocomplete="off", maxlength=100,
        )  # fmt: skip
        field.on("input", screen.guarded(search), throttle=0.25, leading_events=False,
                 js_handler="(e) => emit(e.target.value)")  # fmt: skip
        if category:
            tag("input", type="hidden", name="category", value=category)
        button(t("hall.search_button"), None, "button primary", type="submit")
    return results


def _chips(screen: Screen, categories: Sequence[str], chosen: str, q: str) -> None:
    if not categories:
        return
    with tag("nav", "", "chips", aria_label=screen.t("hall.categories")):
        for text in ("", *categories):
            query = urlencode({key: value for key, value in (("q", q), ("category", text)) if value})
            link(
                text or screen.t("hall.all"),
                f"/?{query}" if query else "/",
                "chip",
                aria_current="true" if text == chosen else None,
            )


def _cards(screen: Screen, cards: Sequence[ServiceCard], *, filtered: bool) -> None:
    t = screen.t
    span(t("hall.found", count=len(cards)), "hidden-text", role="status")
    if not cards:
        if filtered:
            empty("search", t("hall.nothing"), t("hall.nothing_text"), "/", t("hall.show_all"))
        else:
            empty("hall", t("hall.empty"), t("hall.empty_text"))
        return
    with tag("ul", "", "cards"):
        for card in cards:
            with tag("li", "", "card"):
                _card(card)


def _card(card: ServiceCard) -> None:
    with div("card-head"):
        service_icon(card.icon, card.title)
        if card.category:
            span(card.category, "eyebrow")
    with heading(2, "", "card-title"):
        link(card.title, f"/services/{quote(card.id)}", "cover")
    if card.guide:
        p("\n".join(lines_of(card.guide)), "card-text")
    with div("card-foot"):
        if card.owner:
            with span("", "meta"):
                icon("building", "icon icon-small")
                span(card.owner)
        if card.sla:
            with span("", "meta"):
                icon("clock", "icon icon-small")
                span(card.sla)


def _guide(screen: Screen, card: ServiceCard) -> None:
    t = screen.t
    with div("service-head"):
        service_icon(card.icon, card.title, "service-icon-large")
        with div("service-title"):
            if card.category:
                span(card.category, "eyebrow")
            heading(1, card.title)
            if card.owner:
                p(t("service.offered", owner=card.owner), "muted")
        if card.has_form:
            _apply(screen, card)
    with div("columns"):
        with div("main-column"):
            with panel(t("service.guide"), icon_name="info"):
                prose(card.guide or t("service.no_guide"))
            if card.steps:
                with panel(t("service.steps"), icon_name="route"):
                    p(t("service.steps_text"), "muted")
                    with tag("ol", "", "plain-steps"):
                        for step in card.steps:
                            tag("li", step)
        with div("side-column"), panel(t("service.facts"), icon_name="cases"):
            facts(
                [
                    (t("service.who"), t("service.who_text")),
                    (t("service.sla"), card.sla),
                    (t("service.owner"), card.owner),
                    (t("service.contact"), card.contact),
                    (t("service.source"), card.source),
                    (t("service.updated"), moment(card.published_at)),
                    (t("service.version"), card.version),
                ]
            )


def _apply(screen: Screen, card: ServiceCard) -> None:
    with link("", f"/services/{quote(card.id)}/apply", "button primary large"):
        span(screen.t("service.apply"))
        icon("arrow")
