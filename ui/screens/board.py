"""The unit board: what lies at the desks of the units that somebody heads, whose, since when, and handing it over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from ulid import ULID

from banshi.platform.views import Board, BoardRow, Load
from banshi.ui.components.people import People
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.html import div, heading, link, p
from banshi.ui.screens.listing import Cell, Column, Listing, Pager, Pick, page_number
from banshi.ui.screens.pieces import empty, moment, panel
from banshi.ui.screens.tasks import A_PAGE, MOST_TOGETHER


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/board")
    async def board(screen: Screen, who: str = "", page: int = 1) -> None:
        ask = partial(site.hall.board, whose=who, page=page_number(page), size=A_PAGE, language=screen.language)
        found = await screen.ask(ask)
        t = screen.t
        with screen.frame(t("nav.board"), active="board", classes="page-board"):
            title_block(t("board.title"), t("list.comma").join(found.units))
            if not found.loads:
                empty("tasks", t("board.empty"))
                return
            _loads(screen, found.loads)
            name = next((load.name for load in found.loads if load.id == who), "")
            with div("list-tools"):
                heading(2, t("board.of", name=name) if name else t("board.all"), "section-title")
                if name:
                    link(t("board.show_all"), "/board", "button small")
            _tasks(screen, found, who)


def _loads(screen: Screen, loads: Sequence[Load]) -> None:
    """Who has how much, the most pressed first."""
    t = screen.t
    columns = [
        Column("name", t("board.who"), "lead"),
        Column("unit", t("board.unit")),
        Column("open", t("board.open"), "number"),
        Column("overdue", t("board.overdue"), "number"),
    ]
    rows = [
        {
            "name": Cell(load.name, f"/board?who={quote(load.id)}", cover=True),
            "unit": Cell(load.department),
            "open": Cell(str(load.open)),
            "overdue": Cell(str(load.overdue), tone="red" if load.overdue else ""),
        }
        for load in loads
    ]
    Listing(columns, rows, caption=t("board.loads"), t=t)


def _tasks(screen: Screen, found: Board, who: str) -> None:
    """The tasks, and to whom those that are ticked are handed."""
    t = screen.t
    command_id = str(ULID())

    async def find(said: str) -> list[dict[str, Any]]:
        people = await screen.ask(screen.hall.find_unit_people, said, screen.language)
        return [{"name": match.id, "label": match.label, "exact": match.exact} for match in people]

    async def hand(ticked: list[str]) -> None:
        if not people.people or not ticked:
            screen.say(t("board.nobody") if not people.people else t("tasks.bulk_none"), "warning")
            return
        ask = partial(screen.hall.hand_over, command_id=command_id, language=screen.language)
        told = await screen.ask(ask, sorted(ticked)[:MOST_TOGETHER], people.people[0])
        wrong = [why for _, why in told if why]
        done = len(told) - len(wrong)
        said = t("board.some", done=done, left=len(wrong), why=wrong[0]) if wrong else t("board.done", done=done)
        screen.say(said, "warning" if wrong else "success", screen.visit.path, t("board.again"))

    with panel(t("board.hand"), "", "users"):
        p(t("board.hand_text"), "muted")
        people = People(t("board.to"), "hand-to", screen.guarded(find), language=screen.language, most=1)
    columns = [
        Column("case", t("tasks.case"), "lead"),
        Column("step", t("tasks.step")),
        Column("whose", t("board.who")),
        Column("since", t("tasks.at.open"), "quiet"),
        Column("due", t("tasks.due"), "quiet"),
    ]
    Listing(
        columns,
        [_row(screen, row) for row in found.page.items],
        caption=t("board.all"),
        t=t,
        page=found.page,
        pager=Pager("/board", {"who": who}),
        picks=[
            Pick(row.task.id, t("tasks.bulk_pick", title=f"{row.task.service} {row.task.number}"), row.why_not)
            for row in found.page.items
        ],
        pick_texts={
            "open": t("board.pick"),
            "text": "",
            "approve": t("board.hand_ticked"),
            "count": t("tasks.bulk_count"),
            "column": t("tasks.bulk_column"),
        },
        on_approve=screen.guarded(hand),
    )


def _row(screen: Screen, row: BoardRow) -> dict[str, Cell]:
    task = row.task
    title = Cell(
        task.title,
        f"/cases/{quote(task.case_id)}",
        sub=" · ".join(text for text in (task.service, task.number) if text),
        cover=True,
    )
    return {
        "case": title if row.seen else Cell(task.service or task.number, sub=task.number if task.service else ""),
        "step": Cell(task.step_name),
        "whose": Cell(task.whose),
        "since": Cell(moment(task.since)),
        "due": Cell(screen.t("tasks.overdue"), sub=moment(task.due), tone="red")
        if task.overdue
        else Cell(moment(task.due)),
    }
