"""Tasks: what waits for a person, what she is to read, and what she has handled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from urllib.parse import quote

from nicegui.events import GenericEventArguments
from ulid import ULID

from banshi.platform.views import TaskRow
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.html import button, div, link, p, span, tag
from banshi.ui.screens.listing import Cell, Column, Listing, Pager, page_number
from banshi.ui.screens.pieces import empty, moment

_STATES = ("open", "unread", "read", "done")
_TONES = {"approve": "green", "refuse": "red", "return": "orange", "resubmit": "blue"}
_LONGEST_QUERY = 60  # characters
MOST_TOGETHER = 100  # tasks


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/tasks")
    async def tasks(screen: Screen, state: str = "open", page: int = 1, query: str = "") -> None:
        state = state if state in _STATES else "open"
        query = query.strip()[:_LONGEST_QUERY]
        found = await screen.ask(
            site.hall.tasks, state=state, query=query, page=page_number(page), language=screen.language
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
            if any(row.bulk for row in found.items):
                _bulk(screen, found.items)
            rows = [_row(screen, row, state) for row in found.items]
            pager = Pager("/tasks", {"state": state, "query": query})
            caption = t(f"tasks.{state}")
            timed = state == "open" and any(row.due for row in found.items)
            Listing(_columns(screen, state, timed=timed), rows, caption=caption, t=t, page=found, pager=pager)


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


def _bulk(screen: Screen, rows: Sequence[TaskRow]) -> None:
    """Approve several together: those that may be are listed with a box to tick each."""
    t = screen.t
    ticked: set[str] = set()
    command_id = str(ULID())

    def tick(task_id: str, event: GenericEventArguments) -> None:
        (ticked.add if event.args else ticked.discard)(task_id)

    async def approve() -> None:
        if not ticked:
            screen.say(t("tasks.bulk_none"), "warning")
            return
        ask = partial(screen.hall.act_in_bulk, command_id=command_id, language=screen.language)
        told = await screen.ask(ask, sorted(ticked)[:MOST_TOGETHER])
        wrong = [why for _, why in told if why]
        done = len(told) - len(wrong)
        waiting = await screen.ask(screen.hall.task_count)
        screen.site.counts.learn(screen.me, waiting)
        box.clear()
        said = (
            t("tasks.bulk_some", done=done, left=len(wrong), why=wrong[0]) if wrong else t("tasks.bulk_done", done=done)
        )
        screen.say(said, "warning" if wrong else "success", "/tasks", t("nav.tasks"))

    box = tag("details", "", "more bulk")
    with box:
        tag("summary", t("tasks.bulk"))
        p(t("tasks.bulk_text"), "muted")
        with tag("ul", "", "bulk-list"):
            for row in rows:
                with tag("li"), tag("label", "", "bulk-one"):
                    field = tag("input", "", "", type="checkbox", disabled=not row.bulk)
                    field.on("change", partial(tick, row.id), js_handler="(e) => emit(e.target.checked)")
                    span(f"{row.title} {row.number}")
                    if row.why_not:
                        span(row.why_not, "muted small")
        screen.action(t("tasks.bulk"), approve, "button primary")


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
