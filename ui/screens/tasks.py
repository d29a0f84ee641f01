"""Tasks: what waits for a person, what she is to read, and what she has handled."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from ulid import ULID

from banshi.platform.views import Page, TaskRow
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.html import Tag, button, div, icon, link, span, tag
from banshi.ui.screens.listing import Cell, Column, Listing, Pager, Pick, last_page, page_number
from banshi.ui.screens.pieces import empty, moment

_STATES = ("open", "unread", "read", "done")
_TONES = {"approve": "green", "refuse": "red", "return": "orange", "resubmit": "blue"}
_LONGEST_QUERY = 60  # characters
MOST_TOGETHER = 100  # tasks
A_PAGE = 50  # tasks: twice what a screen shows, and no wait for the next


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/tasks")
    async def tasks(screen: Screen, state: str = "open", page: int = 1, query: str = "") -> None:
        state = state if state in _STATES else "open"
        shown = _Tasks(screen, state, query.strip()[:_LONGEST_QUERY], page_number(page))
        await shown.read()
        t = screen.t
        with screen.frame(t("nav.tasks"), active="tasks"):
            with div("title-with-tool"):
                title_block(t("tasks.title"), t("tasks.lead"))
                link(t("tasks.stand_ins"), "/stand-ins", "button small")
            shown.box = div("")
            shown.fill()


class _Tasks:
    """One page of tasks; it is built anew after some were approved together."""

    def __init__(self, screen: Screen, state: str, query: str, page: int) -> None:
        self.screen = screen
        self.state = state
        self.query = query
        self.page = page
        self.box: Tag

    async def read(self) -> None:
        """Ask what there is now."""
        screen, hall = self.screen, self.screen.hall
        ask = partial(hall.tasks, state=self.state, query=self.query, size=A_PAGE, language=screen.language)
        self.found: Page = await screen.ask(ask, page=self.page)
        if self.found.total and not self.found.items:
            self.page = last_page(self.found)
            self.found = await screen.ask(ask, page=self.page)
        self.waiting = await screen.ask(hall.waiting)
        self.counts = {"open": self.waiting.tasks, "unread": await screen.ask(hall.task_count, "unread")}
        screen.site.counts.learn(screen.me, self.waiting)
        self.command_id = str(ULID())  # pressed once more, what is done already is told, and not as done again

    def fill(self) -> None:
        """Show the tasks, and what may be done with several."""
        screen, t, state, found = self.screen, self.screen.t, self.state, self.found
        self.box.clear()
        with self.box:
            _tabs(screen, state, self.counts)
            if self.waiting.returned and state == "open":
                with div("notice notice-info"):
                    icon("edit")
                    with div("notice-text"):
                        link(t("tasks.returned", count=self.waiting.returned), "/cases")
            _search(screen, state, self.query)
            if not found.total:
                which = "none_found" if self.query else f"empty.{state}"
                text = "none_found_text" if self.query else f"empty_text.{state}"
                empty("tasks", t(f"tasks.{which}"), t(f"tasks.{text}"))
                return
            bulk = any(row.bulk for row in found.items)
            timed = state == "open" and any(row.due for row in found.items)
            Listing(
                _columns(screen, state, timed=timed),
                [_row(screen, row, state) for row in found.items],
                caption=t(f"tasks.{state}"),
                t=t,
                page=found,
                pager=Pager("/tasks", {"state": state, "query": self.query}),
                keys=_keys(screen, bulk=bulk),
                picks=[_pick(screen, row) for row in found.items],
                pick_texts={key: t(f"tasks.bulk_{key}") for key in ("open", "text", "approve", "count", "column")},
                on_approve=screen.guarded(self._approve) if bulk else None,
            )

    async def _approve(self, ticked: list[str]) -> None:
        """The browser has ticked them, the hall says of each whether it was done."""
        screen = self.screen
        if not ticked:
            screen.say(screen.t("tasks.bulk_none"), "warning")
            return
        ask = partial(screen.hall.act_in_bulk, command_id=self.command_id, language=screen.language)
        told = await screen.ask(ask, sorted(ticked)[:MOST_TOGETHER])
        names = {row.id: f"{row.title} {row.number}" for row in self.found.items}
        await self.read()
        self.fill()
        screen.say_done("tasks.bulk", told, names)


def _tabs(screen: Screen, state: str, counts: Mapping[str, int]) -> None:
    with tag("nav", "", "tabs", aria_label=screen.t("tasks.title")):
        for item in _STATES:
            with link("", f"/tasks?state={item}", "tab", aria_current="page" if item == state else None):
                span(screen.t(f"tasks.{item}"))
                if counts.get(item):
                    span(str(counts[item]), "count")
        link(screen.t("tasks.mine"), "/cases", "tab")


def _search(screen: Screen, state: str, query: str) -> None:
    t = screen.t
    with tag("form", "", "task-search", method="get", action="/tasks", role="search"):
        tag("input", type="hidden", name="state", value=state)
        tag("input", "", "input", type="search", name="query", value=query, placeholder=t("tasks.find"),
            aria_label=t("tasks.find"))  # fmt: skip
        button(t("tasks.find_button"), None, "button", type="submit")


def _pick(screen: Screen, row: TaskRow) -> Pick:
    why = "" if row.bulk else row.why_not or screen.t("tasks.bulk_not")
    return Pick(row.id, screen.t("tasks.bulk_pick", title=f"{row.title} {row.number}"), why)


def _keys(screen: Screen, *, bulk: bool) -> dict[str, Any]:
    """The list of keys, as the dialog shows it."""
    t = screen.t
    names = {
        "j ↓": "next",
        "k ↑": "previous",
        "Home End": "ends",
        "Enter": "open",
        "x": "pick",
        "n p": "pages",
        "/": "find",
        "?": "help",
    }
    listed = [(key, t(f"tasks.key.{name}")) for key, name in names.items() if bulk or name != "pick"]
    return {
        "title": t("tasks.keys"),
        "list": listed,
        "everywhere": t("tasks.keys_everywhere"),
        "close": t("tasks.keys_close"),
    }


def _columns(screen: Screen, state: str, *, timed: bool) -> list[Column]:
    t = screen.t
    columns = [
        Column("title", t("tasks.case"), "lead"),
        Column("step", t("tasks.step")),
        Column("applicant", t("tasks.applicant")),
    ]
    if state == "done":
        columns.append(Column("action", t("tasks.action")))
    if timed:
        columns.append(Column("due", t("tasks.due"), "quiet"))
    return [*columns, Column("at", t(f"tasks.at.{state}"), "quiet")]


def _row(screen: Screen, row: TaskRow, state: str) -> dict[str, Cell]:
    t = screen.t
    cells = {
        "title": Cell(
            row.title,
            f"/cases/{quote(row.case_id)}",
            sub=" · ".join(text for text in (row.service, row.number) if text),
            cover=True,
        ),
        "step": Cell(row.step_name or t("task.did.mentioned"), sub=t("tasks.for", name=row.whose) if row.whose else ""),
        "applicant": Cell(row.applicant),
        "due": _due(screen, row),
        "at": Cell(moment(row.done_at or row.since)),
    }
    if state == "done":
        key = row.action or row.state
        cells["action"] = Cell(t.maybe(f"task.did.{key}", key), tone=_TONES.get(key, "grey"))
    return cells


def _due(screen: Screen, row: TaskRow) -> Cell:
    """Until when, or plainly that this has passed; and that the person was reminded."""
    reminded = screen.t("tasks.reminded", at=moment(row.reminded_at)) if row.reminded_at else ""
    if not row.overdue:
        return Cell(moment(row.due), sub=reminded)
    sub = screen.t("list.comma").join(filter(None, (moment(row.due), reminded)))
    return Cell(screen.t("tasks.overdue"), sub=sub, tone="red")
