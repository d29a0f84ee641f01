"""The rows of a data set: those of its sheet and, in a register, those of cases, each with its case; found by a word, in pages."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote, urlencode

from banshi.platform.replacing.views import DataRows, DataTable, Origin, RowCase
from banshi.platform.views import Page
from banshi.ui.screens.frame import Screen
from banshi.ui.screens.html import button, div, link, p, tag
from banshi.ui.screens.listing import Cell, Column, Listing, Pager
from banshi.ui.texts import Texts

SIZE = 20


class Rows:
    """A page of rows; `href` is the page of the data set."""

    def __init__(self, screen: Screen, service_id: str, name: str, href: str) -> None:
        self.screen = screen
        self.service_id = service_id
        self.name = name
        self.href = href
        self.query = ""
        self.origin = Origin.ALL
        self.page = 1

    async def read(self) -> None:
        """Learn what is there now."""
        data = self.screen.hall.data
        rows = partial(data.rows, query=self.query, origin=self.origin, page=self.page, size=SIZE)
        self.found: DataRows = await self.screen.ask(rows, self.service_id, self.name)

    def build(self, table: DataTable) -> None:
        """Show it."""
        t, found = self.screen.t, self.found
        with tag("form", "", "listing-tools", role="search", method="get", action=self.href):
            tag(
                "input", "", "input data-search", type="search", name="q", defaultValue=self.query or None,
                aria_label=t("data.search"), maxlength=100,
            )  # fmt: skip
            if self.origin:
                tag("input", "", "", type="hidden", name="of", value=str(self.origin))
            button(t("data.find"), None, "button", type="submit")
        if table.register:
            self._origins()
        if not found.rows:
            p(t("data.nothing_found" if self.query else "data.no_rows"), "muted")
            return
        columns = [Column(str(at), name) for at, name in enumerate(found.columns)]
        lines = [{str(at): Cell(text) for at, text in enumerate(row)} for row in found.rows]
        if table.register:
            columns.append(Column("case", t("data.origin")))
            for line, case in zip(lines, found.cases, strict=True):
                line["case"] = _case(t, self.service_id, case)
        page = Page(items=found.rows, page=found.page, size=found.size, total=found.total)
        pager = Pager(self.href, {"q": self.query, "of": str(self.origin)})
        with div("wide-table"):
            Listing(columns, lines, caption=t("data.table"), t=t, page=page, pager=pager)

    def _origins(self) -> None:
        """Which rows are wanted: all, those of the sheet, those of cases."""
        t = self.screen.t
        with tag("nav", "", "chips", aria_label=t("data.origin")):
            for origin in Origin:
                said = urlencode({key: value for key, value in (("q", self.query), ("of", str(origin))) if value})
                href = f"{self.href}?{said}" if said else self.href
                current = "true" if origin == self.origin else None
                link(t(f"data.origin.{origin or 'all'}"), href, "chip", aria_current=current)


def origin_of(word: str) -> Origin:
    """The rows that an address asks for; all where it says nothing that there is."""
    return Origin(word) if word in set(Origin) else Origin.ALL


def _case(t: Texts, service_id: str, case: RowCase | None) -> Cell:
    if case is None:
        return Cell(t("data.of_sheet"))
    other = case.service_id if case.service_id != service_id else ""
    return Cell(case.number, href=f"/cases/{quote(case.case_id)}" if case.seen else "", sub=other)
