"""Tasks: what waits for a person, and what she has handled."""

from __future__ import annotations

from urllib.parse import quote

from banshi.platform.views import TaskRow
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.html import link, span, tag
from banshi.ui.screens.listing import Cell, Column, Listing, Pager, page_number
from banshi.ui.screens.pieces import empty, moment

_STATES = ("open", "done")
_TONES = {"approve": "green", "refuse": "red", "return": "orange", "resubmit": "blue"}


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/tasks")
    async def tasks(screen: Screen, state: str = "open", page: int = 1) -> None:
        state = state if state in _STATES else "open"
        found = await screen.ask(site.hall.tasks, state=state, page=page_number(page), language=screen.language)
        waiting = await screen.ask(site.hall.task_count)
        site.counts.learn(screen.me, waiting)
        t = screen.t
        with screen.frame(t("nav.tasks"), active="tasks"):
            title_block(t("tasks.title"), t("tasks.lead"))
            _tabs(screen, state, waiting)
            if not found.total:
                empty("tasks", t(f"tasks.empty.{state}"), t(f"tasks.empty_text.{state}"))
                return
            rows = [_row(screen, row, state) for row in found.items]
            caption = t(f"tasks.{state}")
            pager = Pager("/tasks", {"state": state})
            timed = state == "open" and any(row.due for row in found.items)
            Listing(_columns(screen, state, timed=timed), rows, caption=caption, t=t, page=found, pager=pager)


def _tabs(screen: Screen, state: str, waiting: int) -> None:
    with tag("nav", "", "tabs", aria_label=screen.t("tasks.title")):
        for item in _STATES:
            with link("", f"/tasks?state={item}", "tab", aria_current="page" if item == state else None):
                span(screen.t(f"tasks.{item}"))
                if item == "open" and waiting:
                    span(str(waiting), "count")


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
        "step": Cell(row.step_name),
        "applicant": Cell(row.applicant),
        "due": _due(screen, row),
        "at": Cell(moment(row.since if state == "open" else row.done_at or row.since)),
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
