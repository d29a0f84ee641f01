"""Moving open cases to the live version of their service: first what it comes to for each, then the owner's decision."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from nicegui.events import GenericEventArguments
from ulid import ULID

from banshi.platform.views import MoveRow, Page
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import Tag, button, div, link, span, tag
from banshi.ui.screens.listing import Pager, page_number
from banshi.ui.screens.pieces import empty, panel

SIZE = 50
_LONGEST_NOTE = 200


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/owner/{service_id}/move")
    async def move(screen: Screen, service_id: str, page: int = 1) -> None:
        shown = _Page(screen, service_id, page_number(page))
        await shown.read()
        with screen.frame(screen.t("move.title"), active="owner"):
            back(screen.t("move.back"), f"/owner/{quote(service_id)}")
            title_block(screen.t("move.title"), screen.t("move.lead"))
            shown.box = div("")
            shown.fill()


class _Page:
    """The cases of one page; it is built anew after some were moved."""

    def __init__(self, screen: Screen, service_id: str, page: int) -> None:
        self.screen = screen
        self.service_id = service_id
        self.page = page
        self.box: Tag

    async def read(self) -> None:
        """Ask what moving comes to now."""
        screen = self.screen
        plan = partial(screen.hall.workshop.plan_moves, page=self.page, size=SIZE, language=screen.language)
        self.found: Page = await screen.ask(plan, self.service_id)
        self.ticked: set[str] = set()
        self.note = ""
        self.command_id = str(ULID())

    def fill(self) -> None:
        """Show the cases, and what to do with them."""
        screen, t = self.screen, self.screen.t
        with self.box:
            if not self.found.items:
                empty("check", t("move.none"), t("move.none_text"))
                return
            with panel(t("move.cases"), "", "file"):
                if len(self._movable) > 1:
                    with div("actions"):
                        key = "move.none_of_page" if self._movable <= self.ticked else "move.all_of_page"
                        button(t(key, count=len(self._movable)), self._tick_all, "button small")
                with tag("ul", "", "bulk-list"):
                    for row in self.found.items:
                        with tag("li"):
                            self._row(row)
                self._pages()
                if self._movable:
                    with tag("label", "", "field"):
                        span(t("move.note"), "field-label")
                        field = tag("input", "", "input", type="text", maxlength=_LONGEST_NOTE, value=self.note)
                        field.on("input", self._noted, js_handler="(e) => emit(e.target.value)")
                    with div("actions"):
                        screen.action(t("move.do"), self._move, "button primary")

    @property
    def _movable(self) -> set[str]:
        return {row.case.id for row in self.found.items if not row.obstacles}

    def _tick_all(self) -> None:
        """Choose every case of the page that can be moved, or none where all are chosen."""
        self.ticked = set() if self._movable <= self.ticked else self._movable
        self.box.clear()
        self.fill()

    def _noted(self, event: GenericEventArguments) -> None:
        self.note = str(event.args)[:_LONGEST_NOTE].strip()

    def _row(self, row: MoveRow) -> None:
        t = self.screen.t

        def tick(event: GenericEventArguments) -> None:
            (self.ticked.add if event.args else self.ticked.discard)(row.case.id)

        comma = t("list.comma")
        with tag("label", "", "bulk-one"):
            may = not row.obstacles
            box = tag("input", "", "", type="checkbox", disabled=not may, checked=row.case.id in self.ticked)
            box.on("change", tick, js_handler="(e) => emit(e.target.checked)")
            with div("move-text"):
                link(f"{row.case.title} {row.case.number}", f"/cases/{quote(row.case.id)}", "strong")
                now = comma.join(row.case.current_steps)
                then = comma.join(row.then) or now
                span(t("move.from_to", version=row.version, now=now, then=then) if may else now, "muted small")
                for note in row.notes:
                    span(note, "small")
                for why in row.obstacles:
                    span(why, "field-error")

    def _pages(self) -> None:
        t, pager = self.screen.t, Pager(f"/owner/{quote(self.service_id)}/move")
        last = max(1, -(-self.found.total // SIZE))
        with tag("nav", "", "pager", aria_label=t("list.pages")):
            span(t("list.total", count=self.found.total), "muted")
            if self.page > 1:
                link(t("list.previous"), pager.href(self.page - 1), "button small")
            if self.page < last:
                link(t("list.next"), pager.href(self.page + 1), "button small")

    async def _move(self) -> None:
        screen = self.screen
        if not self.ticked:
            screen.say(screen.t("move.nobody"), "warning")
            return
        ask = partial(
            screen.hall.workshop.move_cases, note=self.note, command_id=self.command_id, language=screen.language
        )
        told = await screen.ask(ask, self.service_id, sorted(self.ticked))
        names = {row.case.id: f"{row.case.title} {row.case.number}" for row in self.found.items}
        await self.read()
        self.box.clear()
        self.fill()
        screen.say_done("move", told, names)
