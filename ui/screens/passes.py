"""The passes of a case on its page: with their codes for the applicant, to be withdrawn by her and the owner."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from nicegui.events import GenericEventArguments
from ulid import ULID

from banshi.platform.cases.passes import LONGEST_REASON, PassRow
from banshi.ui import browser
from banshi.ui.screens.html import Tag, div, link, p, span, tag
from banshi.ui.screens.pieces import moment, panel
from banshi.ui.texts import Texts

if TYPE_CHECKING:
    from banshi.ui.screens.case import CasePage

_TONES = {"given": "green", "not_yet": "blue", "over": "grey", "used": "grey", "nowhere": "red", "withdrawn": "red"}


async def read_passes(page: CasePage) -> list[PassRow]:
    """The passes of the case that the page shows."""
    screen = page.screen
    return await screen.ask(screen.hall.passes.of_case, page.view.row.id, screen.language)


def validity(t: Texts, one: PassRow) -> list[str]:
    """When, where and how often a pass counts, in words."""
    since, until = moment(one.since), moment(one.until)
    if since and until:
        if since[:10] == until[:10]:
            until = until[11:]
        when = t("pass.between", since=since, until=until)
    else:
        when = t("pass.until", until=until) if until else t("pass.since", since=since) if since else t("pass.always")
    joined = (", " if t.language == "en" else "、").join(one.places or ())
    return [
        when,
        t("pass.everywhere")
        if one.places is None
        else t("pass.places", places=joined)
        if joined
        else t("pass.nowhere"),
        t("pass.unlimited") if one.left is None else t("pass.left", count=one.left),
        *([t("pass.inside")] if one.inside else []),
    ]


def passes(page: CasePage, found: list[PassRow]) -> None:
    """The panel; nothing where there are none."""
    t = page.screen.t
    if not found:
        return
    with panel(t("pass.title"), "panel-passes", "file"), tag("ul", "", "paper-list"):
        for one in found:
            with tag("li", "", "paper pass"):
                _pass(page, one)


def _pass(page: CasePage, one: PassRow) -> None:
    t = page.screen.t
    with div("paper-head"):
        span(one.title, "strong")
        span(t(f"pass.state.{one.state}"), f"tag tag-{_TONES[one.state]}")
    if one.erased:
        p(t("pass.erased"), "small")
    elif one.state == "withdrawn":
        p(t("pass.withdrawn_at", at=moment(one.withdrawn_at), why=one.why), "small")
    else:
        p(" · ".join(validity(t, one)), "muted small")
    if one.code:
        if page.screen.real:
            tag("img", "", "pass-code", src=f"/passes/{quote(one.id)}.svg", alt=t("pass.qr"))
        p(t("pass.hint"), "small muted")
        if page.screen.real:
            with div("actions"):
                link(t("pass.show"), f"/passes/{quote(one.id)}", "button primary")
    elif page.view.tasks and page.screen.real and one.state in ("given", "not_yet"):
        link(t("gate.title"), "/gate", "button small")
    if one.may_withdraw:
        _withdraw(page, one)


def _withdraw(page: CasePage, one: PassRow) -> None:
    screen = page.screen
    t, command_id, said = screen.t, str(ULID()), [""]
    with tag("details", "", "paper-revoke"):
        tag("summary", t("pass.withdraw"), aria_label=t("pass.withdraw_what", title=one.title))
        key = f"withdraw-{one.id[:12]}"
        tag("label", t("pass.withdraw_why"), "field-label", for_=key)
        reason: Tag = tag("input", "", "input", type="text", id=key, maxlength=LONGEST_REASON, autocomplete="off")

        def typed(event: GenericEventArguments) -> None:
            said[0] = str(event.args or "")[:LONGEST_REASON]

        reason.on("input", typed, throttle=0.3, leading_events=False, js_handler="(e) => emit(e.target.value)")
        reason.on("change", typed, js_handler="(e) => emit(e.target.value)")

        async def withdraw() -> None:
            if not said[0].strip():
                screen.say(t("pass.no_reason"), "warning")
                browser.focus(reason)
                return
            await screen.ask(partial(screen.hall.passes.withdraw, command_id=command_id), one.id, said[0])
            await page.refresh()
            screen.say(t("pass.withdrawn"), "success")

        screen.action(t("pass.withdraw_do"), withdraw, "button small danger")
