"""The papers of a case on its page: to download, to check, and for the owner to revoke."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from nicegui.events import GenericEventArguments
from ulid import ULID

from banshi.platform.cases.papers import LONGEST_REASON, PaperRow
from banshi.platform.exports import PDF
from banshi.ui import browser
from banshi.ui.screens.days import last_day
from banshi.ui.screens.html import Tag, div, link, p, span, tag
from banshi.ui.screens.pieces import moment, panel

if TYPE_CHECKING:
    from banshi.ui.screens.case import CasePage

_TONES = {"valid": "green", "revoked": "red", "expired": "grey", "specimen": "orange"}


async def read_papers(page: CasePage) -> list[PaperRow]:
    """The papers of the case that the page shows."""
    screen = page.screen
    return await screen.ask(screen.hall.papers.of_case, page.view.row.id, screen.language)


def papers(page: CasePage, found: list[PaperRow]) -> None:
    """The panel; nothing where there are none."""
    t = page.screen.t
    if not found:
        return
    with panel(t("paper.title"), "panel-papers", "file"):
        pickup = next((one.pickup for one in found if one.pickup and one.state == "valid"), "")
        if pickup and page.screen.real:
            p(t("paper.pickup", code=f"{pickup[:3]} {pickup[3:]}"), "paper-pickup")
        with tag("ul", "", "paper-list"):
            for one in found:
                with tag("li", "", "paper"):
                    _paper(page, one)


def _paper(page: CasePage, one: PaperRow) -> None:
    t, real = page.screen.t, page.screen.real
    with div("paper-head"):
        span(one.title, "strong")
        span(t(f"paper.state.{one.state}"), f"tag tag-{_TONES[one.state]}")
    facts = [
        t("paper.number", number=one.number),
        t(f"paper.language.{one.language}"),
        t("paper.issued", at=moment(one.issued_at)),
        t("paper.until", at=last_day(one.valid_until)) if one.valid_until else "",
        t("paper.taken" if one.downloads else "paper.printed", count=one.printed) if one.printed else "",
        t("paper.left", count=one.left) if one.left is not None and one.state == "valid" else "",
    ]
    p(" · ".join(filter(None, facts)), "muted small")
    if one.erased:
        p(t("paper.erased"), "small")
    if one.state == "revoked" and one.revoked_at is not None:
        said = {"at": moment(one.revoked_at), "why": one.why}
        p(t("paper.revoked_by", name=one.revoked_by, **said) if one.revoked_by else t("paper.revoked_at", **said))
    with div("actions"):
        if one.may_download and real:
            address = f"/papers/{quote(one.code)}.pdf"
            link(
                t("paper.download"),
                address,
                "button small",
                download="",
                aria_label=f"{t('paper.download')} {one.title}",
            )
        if one.may_download and not real:
            screen = page.screen

            async def save() -> None:
                name, data = await screen.ask(screen.hall.papers.pdf, one.code, "")
                browser.save_file(screen.client, data, name, PDF)

            screen.action(t("paper.specimen"), save, "button small")
        if real and one.state != "specimen":
            link(t("paper.check"), f"/check/{quote(one.code)}", "button small quiet")
    if one.may_revoke:
        _revoke(page, one)


def _revoke(page: CasePage, one: PaperRow) -> None:
    screen = page.screen
    t, command_id, said = screen.t, str(ULID()), [""]
    with tag("details", "", "paper-revoke"):
        tag("summary", t("paper.revoke"), aria_label=t("paper.revoke_what", title=one.title, number=one.number))
        key = f"revoke-{one.code}"
        tag("label", t("paper.revoke_why"), "field-label", for_=key)
        reason: Tag = tag("input", "", "input", type="text", id=key, maxlength=LONGEST_REASON, autocomplete="off")

        def typed(event: GenericEventArguments) -> None:
            said[0] = str(event.args or "")[:LONGEST_REASON]

        reason.on("input", typed, throttle=0.3, leading_events=False, js_handler="(e) => emit(e.target.value)")
        reason.on("change", typed, js_handler="(e) => emit(e.target.value)")

        async def revoke() -> None:
            if not said[0].strip():
                screen.say(t("paper.no_reason"), "warning")
                browser.focus(reason)
                return
            await screen.ask(partial(screen.hall.papers.revoke, command_id=command_id), one.code, said[0])
            await page.refresh()
            screen.say(t("paper.revoked"), "success")

        screen.action(t("paper.revoke_do"), revoke, "button small danger")
