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
from banshi.ui.screens.html import Tag, div, heading, link, p
from banshi.ui.screens.listing import Cell, Column, Listing, Pager, Pick, last_page, page_number
from banshi.ui.screens.pieces import empty, moment, panel
from banshi.ui.screens.tasks import A_PAGE, MOST_TOGETHER


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/board")
    async def board(screen: Screen, who: str = "", page: int = 1) -> None:
        shown = _Board(screen, who, page_number(page))
        await shown.read()
        t = screen.t
        with screen.frame(t("nav.board"), active="board", classes="page-board"):
            title_block(t("board.title"), t("list.comma").join(shown.found.units))
            shown.box = div("")
            shown.fill()


class _Board:
    """The tasks of a unit, or of one of its people (`who`); built anew after some were handed over."""

    def __init__(self, screen: Screen, who: str, page: int) -> None:
        self.screen = screen
        self.who = who
        self.page = page
        self.name = who
        self.box: Tag

    async def read(self) -> None:
        """Ask what lies where now."""
        screen = self.screen
        ask = partial(screen.hall.board, whose=self.who, size=A_PAGE, language=screen.language)
        self.found: Board = await screen.ask(ask, page=self.page)
        if self.found.page.total and not self.found.page.items:
            self.page = last_page(self.found.page)
            self.found = await screen.ask(ask, page=self.page)
        self.name = next((load.name for load in self.found.loads if load.id == self.who), self.name)
        self.command_id = str(ULID())

    def fill(self) -> None:
        """Show who has how much, and the tasks."""
        t, found = self.screen.t, self.found
        self.box.clear()
        with self.box:
            if not found.loads:
                empty("tasks", t("board.empty"))
                return
            _loads(self.screen, found.loads)
            with div("list-tools"):
                heading(2, t("board.of", name=self.name) if self.who else t("board.all"), "section-title")
                if self.who:
                    link(t("board.show_all"), "/board", "button small")
            if found.page.items:
                self._tasks()
            else:
                empty("tasks", t("board.none"))

    async def _find(self, said: str) -> list[dict[str, Any]]:
        screen = self.screen
        people = await screen.ask(screen.hall.find_unit_people, said, screen.language)
        return [{"name": match.id, "label": match.label, "exact": match.exact} for match in people]

    async def _hand(self, ticked: list[str]) -> None:
        screen, to = self.screen, self.people.people
        if not to or not ticked:
            screen.say(screen.t("board.nobody" if not to else "tasks.bulk_none"), "warning")
            return
        ask = partial(screen.hall.hand_over, command_id=self.command_id, language=screen.language)
        told = await screen.ask(ask, sorted(ticked)[:MOST_TOGETHER], to[0])
        names = {row.task.id: _named(row) for row in self.found.page.items}
        await self.read()
        self.fill()
        screen.say_done("board", told, names)

    def _tasks(self) -> None:
        """The tasks, and to whom those that are ticked are handed."""
        screen, t, page = self.screen, self.screen.t, self.found.page
        with panel(t("board.hand"), "", "users"):
            p(t("board.hand_text"), "muted")
            find = screen.guarded(self._find)
            self.people = People(t("board.to"), "hand-to", find, language=screen.language, most=1)
        columns = [
            Column("case", t("tasks.case"), "lead"),
            Column("step", t("tasks.step")),
            Column("whose", t("board.who")),
            Column("since", t("tasks.at.open"), "quiet"),
            Column("due", t("tasks.due"), "quiet"),
        ]
        Listing(
            columns,
            [_row(screen, row) for row in page.items],
            caption=t("board.all"),
            t=t,
            page=page,
            pager=Pager("/board", {"who": self.who}),
            picks=[Pick(row.task.id, t("tasks.bulk_pick", title=_named(row)), row.why_not) for row in page.items],
            pick_texts={
                "open": t("board.pick"),
                "text": "",
                "approve": t("board.hand_ticked"),
                "count": t("tasks.bulk_count"),
                "column": t("tasks.bulk_column"),
            },
            on_approve=screen.guarded(self._hand),
        )


def _named(row: BoardRow) -> str:
    return " ".join(filter(None, (row.task.title or row.task.service, row.task.number)))


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


def _row(screen: Screen, row: BoardRow) -> dict[str, Cell]:
    task, t = row.task, screen.t
    comma = t("list.comma")
    title = Cell(
        task.title,
        f"/cases/{quote(task.case_id)}",
        sub=" · ".join(text for text in (task.service, task.number) if text),
        cover=True,
    )
    return {
        "case": title if row.seen else Cell(task.service or task.number, sub=task.number if task.service else ""),
        "step": Cell(task.step_name),
        "whose": Cell(
            task.whose, sub=comma.join(t("step.instead", name=name, whom=task.whose) for name in row.instead)
        ),
        "since": Cell(moment(task.since)),
        "due": Cell(t("tasks.overdue"), sub=moment(task.due), tone="red") if task.overdue else Cell(moment(task.due)),
    }
