"""Sensitive answers on the page of a case: with masks, each to be looked at for a reason that is recorded."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from nicegui.events import GenericEventArguments
from ulid import ULID

from banshi.platform.cases.looks import LONGEST_REASON
from banshi.platform.views import MaskedView
from banshi.ui import browser
from banshi.ui.screens.html import Tag, div, link, p, span, tag
from banshi.ui.screens.pieces import panel

if TYPE_CHECKING:
    from banshi.ui.screens.case import CasePage


def masked(page: CasePage) -> None:
    """The panel, for somebody who may look; nothing for others."""
    view, t = page.view, page.screen.t
    if not view.masked:
        return
    with panel(t("privacy.title"), "panel-masked", "auditor"):
        p(t("privacy.text"), "muted")
        tag("label", t("privacy.reason"), "field-label", for_="look-reason")
        reason = tag(
            "input", "", "input", type="text", id="look-reason", maxlength=LONGEST_REASON, autocomplete="off",
            placeholder=t("privacy.reason_hint"),
        )  # fmt: skip
        said = [""]

        def typed(event: GenericEventArguments) -> None:
            said[0] = str(event.args or "")[:LONGEST_REASON]

        reason.on("input", typed, throttle=0.3, leading_events=False, js_handler="(e) => emit(e.target.value)")
        reason.on("change", typed, js_handler="(e) => emit(e.target.value)")
        with tag("ul", "", "masked-list"):
            for one in view.masked:
                with tag("li", "", "masked"):
                    span(one.label, "muted")
                    with div("masked-value", role="status") as place:
                        span(one.shown, "masked-text")
                    _button(page, one, place, reason, said)


def _button(page: CasePage, one: MaskedView, place: Tag, reason: Tag, said: list[str]) -> None:
    screen = page.screen
    t, command_id = screen.t, str(ULID())

    async def show() -> None:
        if not said[0].strip():
            screen.say(t("privacy.no_reason"), "warning")
            browser.focus(reason)
            return
        ask = partial(screen.hall.unmask, command_id=command_id, language=screen.language)
        look = await screen.ask(ask, page.view.row.id, one.path, said[0])
        place.clear()
        with place:
            span(look.value, "masked-text strong")
            for file in look.files:
                link(t("privacy.open_file"), f"/files/{quote(file)}", "small")
        screen.say(t("privacy.shown"), "success")

    screen.action(t("privacy.show"), show, "button small", aria_label=t("privacy.show_what", label=one.label))
