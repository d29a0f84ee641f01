"""Tasks: what waits for a person, what she is to read, and what she has handled."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from ulid import ULID

from banshi.platform.views import TaskRow
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.html import button, div, link, span, tag
from banshi.ui.screens.listing import Cell, Column, Listing, Pager, Pick, page_number
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
        query = query.strip()[:_LONGEST_QUERY]
        found = await screen.ask(
            site.hall.tasks,
            state=state,
            query=query,
            page=page_number(page),
            size=A_PAGE,
            language=screen.language,
        )
        counts = {key: await screen.ask(site.hall.task_count, key) for key in ("open", "unread")}
        site.counts.learn(screen.me, counts["open"])
        t = screen.t
        with screen.frame(t("nav.tasks"), active="tasks"):
            with div("title-with-tool"):
                title_block(t("tasks.title"), t("tasks.lead"))
                link(t("tasks.stand_ins"), "/stand-ins", "button small")
            _tabs(screen, state, counts)
            _search(screen, state, query)
            if not found.total:
                none = ("tasks.none_found", "tasks.none_found_text")
                empty(
                    "tasks",
                    *(t(key) for key in (none if query else (f"tasks.empty.{state}", f"tasks.empty_text.{state}"))),
                )
                return
            rows = [_row(screen, row, state) for row in found.items]
            bulk = _Bulk(screen) if any(row.bulk for row in found.items) else None
            timed = state == "open" and any(row.due for row in found.items)
            Listing(
                _columns(screen, state, timed=timed),
                rows,
                caption=t(f"tasks.{state}"),
                t=t,
                page=found,
                pager=Pager("/tasks", {"state": state, "query": query}),
                keys=_keys(screen, bulk=bulk is not None),
                picks=[_pick(screen, row) for row in found.items],
                pick_texts={key: t(f"tasks.bulk_{key}") for key in ("open", "text", "approve", "count", "column")},
                on_approve=bulk.approve if bulk else None,
            )


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


class _Bulk:
    """Approving several together: the browser has ticked them, the hall says of each whether it was done."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.command_id = str(ULID())
        self.approve = screen.guarded(self._approve)

    async def _approve(self, ticked: list[str]) -> None:
        screen, t = self.screen, self.screen.t
        if not ticked:
            screen.say(t("tasks.bulk_none"), "warning")
            return
        ask = partial(screen.hall.act_in_bulk, command_id=self.command_id, language=screen.language)
        told = await screen.ask(ask, sorted(ticked)[:MOST_TOGETHER])
        self.command_id = str(ULID())  # pressed once more, what is done already is told, and not as done again
        wrong = [why for _, why in told if why]
        done = len(told) - len(wrong)
        screen.site.counts.learn(screen.me, await screen.ask(screen.hall.task_count))
        said = (
            t("tasks.bulk_some", done=done, left=len(wrong), why=wrong[0]) if wrong else t("tasks.bulk_done", done=done)
        )
        screen.say(said, "warning" if wrong else "success", "/tasks", t("tasks.again"))


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
