"""How messages to the outside stand: for administrators of all services, for owners of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from banshi.platform.notices.outbox import ChannelHealth, MessageRow
from banshi.ui.gate_tokens import unused
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.html import Tag, div, icon, link, p, span, tag
from banshi.ui.screens.listing import Pager, page_number
from banshi.ui.screens.messages import pages
from banshi.ui.screens.pieces import empty, moment, panel

_STATES = ("failed", "waiting", "sent")


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/outbox")
    async def outbox(screen: Screen, state: str = "failed", page: int = 1) -> None:
        t, state = screen.t, state if state in _STATES else "failed"
        health = await screen.ask(site.hall.outbox.health)
        with screen.frame(t("outbox.title"), active="outbox", classes="page-outbox"):
            title_block(t("outbox.title"), t("outbox.lead"))
            if not site.hall.outbox.active:
                with div("notice notice-warning"):
                    icon("warning")
                    with div("notice-text"):
                        span(t("outbox.off"))
            for gate, *why in unused(site.settings.gates) if site.hall.may(screen.me, "administrator") else ():
                with div("notice notice-warning"):
                    icon("warning")
                    with div("notice-text"):
                        span(t("gate.not_let_in", gate=gate, why=why[screen.language == "en"]))
            _figures(screen, health)
            with tag("nav", "", "tabs", aria_label=t("outbox.title")):
                for item in _STATES:
                    with link("", f"/outbox?state={item}", "tab", aria_current="page" if item == state else None):
                        span(t(f"outbox.state.{item}"))
                        count = sum(getattr(one, item) for one in health)
                        span(str(count), "count")
            await _List(screen, div("message-box"), state, page_number(page)).build()


def _figures(screen: Screen, health: Sequence[ChannelHealth]) -> None:
    t = screen.t
    with div("outbox-health"):
        for one in health:
            with (
                panel(t(f"outbox.channel.{one.channel}"), "", "mail" if one.channel == "mail" else "globe"),
                tag("dl", "", "figures"),
            ):
                for state in ("waiting", "late", "failed", "sent"):
                    with div("figure"):
                        tag("dt", t(f"outbox.state.{state}"))
                        tag("dd", str(getattr(one, state)))


class _List:
    """The messages in one state."""

    def __init__(self, screen: Screen, body: Tag, state: str, page: int) -> None:
        self.screen = screen
        self.body = body
        self.state = state
        self.page = page

    async def build(self) -> None:
        """Show them as they are now."""
        screen, t, outbox = self.screen, self.screen.t, self.screen.hall.outbox
        found = await screen.ask(outbox.messages, self.state, page=self.page, language=screen.language)
        self.body.clear()
        with self.body:
            if not found.total:
                empty("check", t(f"outbox.empty.{self.state}"))
                return
            if self.state == "failed":
                with div("actions message-tools"):
                    screen.action(t("outbox.again_all"), self._all_again, "button small")
            with tag("ul", "", "message-list"):
                for row in found.items:
                    with tag("li", "", "message"):
                        self._message(row)
            pages(screen, found, Pager("/outbox", {"state": self.state}))

    def _message(self, row: MessageRow) -> None:
        screen, t = self.screen, self.screen.t
        told(screen, row)
        if row.state == "failed":
            with div("actions"):
                label = f"{t('outbox.again')} {row.to} {row.number}"
                screen.action(t("outbox.again"), partial(self._again, row.key), "button small", aria_label=label)

    async def _again(self, key: str) -> None:
        screen = self.screen
        await screen.ask(screen.hall.outbox.send_again, key)
        await self.build()
        screen.say(screen.t("outbox.again_done", count=1), "success")

    async def _all_again(self) -> None:
        screen = self.screen
        count = await screen.ask(screen.hall.outbox.send_all_again)
        await self.build()
        screen.say(screen.t("outbox.again_done", count=count), "success")


def told(screen: Screen, row: MessageRow) -> None:
    """A message to the outside: to whom, of which case, what kept it, and what it says."""
    t = screen.t
    with div("message-head"):
        span(t("outbox.to", name=row.to), "strong")
        span(t(f"outbox.channel.{row.channel}"), "tag tag-grey")
        tag("time", moment(row.at), "muted small", datetime=row.at.isoformat())
    about = t("outbox.case", service=row.service, number=row.number) if row.number else row.service
    p(about, "muted")
    if row.why:
        p(t("outbox.why", why=row.why), "message-why")
    facts = [t("outbox.tries", count=row.tries)] if row.tries else []
    facts += [t("outbox.next", at=moment(row.next_at))] if row.next_at is not None else []
    if facts:
        p(" · ".join(facts), "muted small")
    if row.text:
        with tag("details", "", "message-what"):
            tag("summary", t("outbox.what"))
            p(row.text, "message-text")
