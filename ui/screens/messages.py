"""The inbox: what services tell a person, with the way to the case."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import quote

from banshi.platform.notices.outbox import MessageRow
from banshi.platform.views import Page
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.html import Tag, div, link, p, span, tag
from banshi.ui.screens.listing import Pager, last_page, page_number
from banshi.ui.screens.pieces import empty, moment


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/messages")
    async def messages(screen: Screen, page: int = 1) -> None:
        with screen.frame(screen.t("messages.title"), active="messages", classes="page-messages"):
            title_block(screen.t("messages.title"), screen.t("messages.lead"))
            await _Inbox(screen, div("message-box"), page_number(page)).build()


class _Inbox:
    """One page of the inbox."""

    def __init__(self, screen: Screen, body: Tag, page: int) -> None:
        self.screen = screen
        self.body = body
        self.page = page

    async def build(self) -> None:
        """Show it as it is now, and the count in the header with it."""
        screen, t = self.screen, self.screen.t
        found = await screen.ask(screen.hall.outbox.inbox, page=self.page, language=screen.language)
        waiting = await screen.ask(screen.hall.waiting)
        screen.site.counts.learn(screen.me, waiting)
        self.body.clear()
        with self.body:
            if not found.total:
                empty("messages", t("messages.empty"), t("messages.empty_text"))
                return
            if waiting.unread:
                with div("actions message-tools"):
                    screen.action(t("messages.read_all"), partial(self._read, ()), "button small")
            with tag("ul", "", "message-list"):
                for row in found.items:
                    self._message(row)
            pages(screen, found, Pager("/messages"))

    def _message(self, row: MessageRow) -> None:
        screen, t = self.screen, self.screen.t
        new = row.state == "unread"
        with tag("li", "", "message message-new" if new else "message"):
            with div("message-head"):
                span(row.title, "strong")
                if new:
                    span(t("messages.unread"), "tag tag-blue")
                tag("time", moment(row.at), "muted small", datetime=row.at.isoformat())
            p(row.text, "message-text")
            with div("actions"):
                if row.opens:
                    link(
                        t("messages.open"),
                        f"/cases/{quote(row.case_id)}",
                        "button small",
                        aria_label=f"{t('messages.open')} {row.number}",
                    )
                for at, name in enumerate(row.files):
                    link(t("messages.file", name=name), f"/messages/{quote(row.key)}/{at}", "button small", download="")
                if new:
                    label = f"{t('messages.read')} {row.title}"
                    screen.action(
                        t("messages.read"), partial(self._read, (row.key,)), "button small quiet", aria_label=label
                    )

    async def _read(self, keys: Sequence[str]) -> None:
        screen = self.screen
        count = await screen.ask(screen.hall.outbox.mark_read, keys)
        await self.build()
        screen.say(screen.t("messages.read_done", count=count), "success")


def pages(screen: Screen, found: Page, pager: Pager) -> None:
    """The way to the other pages of a list."""
    t, last = screen.t, last_page(found)
    if last < 2:
        return
    with tag("nav", "", "pager", aria_label=t("list.pages")):
        span(t("list.page", page=found.page, last=last), "muted")
        if found.page > 1:
            link(t("list.previous"), pager.href(found.page - 1), "button small")
        if found.page < last:
            link(t("list.next"), pager.href(found.page + 1), "button small")
