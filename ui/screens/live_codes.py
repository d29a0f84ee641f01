"""The live codes of a case on its page: the way to the screen that shows one; and the rows of its repeats as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from banshi.platform.cases.live_codes import CodeRow
from banshi.platform.cases.rows import RowsOf
from banshi.ui.screens.html import div, link, p, span
from banshi.ui.screens.pieces import panel

if TYPE_CHECKING:
    from banshi.ui.screens.case import CasePage
    from banshi.ui.screens.frame import Screen


async def codes_of(screen: Screen, case_id: str) -> list[CodeRow]:
    """The codes of a case that the viewer may show now; none in a trial."""
    return await screen.ask(screen.hall.codes.of_case, case_id, screen.language) if screen.real else []


def code_address(case_id: str, one: CodeRow) -> str:
    """The screen that shows a code."""
    return f"/cases/{quote(case_id)}/codes/{one.at}"


async def read_rows(page: CasePage) -> list[RowsOf]:
    """The repeats whose rows the viewer may have as a file."""
    screen = page.screen
    return await screen.ask(screen.hall.rows.of_case, page.view.row.id, screen.language) if screen.real else []


def codes(page: CasePage, found: list[CodeRow]) -> None:
    """The panel; nothing where there are none."""
    t = page.screen.t
    if not found:
        return
    with panel(t("code.title"), "panel-codes", "hall"):
        for one in found:
            span(one.title, "strong")
            p(t("code.lead", service=one.opens), "muted small")
            with div("actions"):
                link(t("code.show"), code_address(page.view.row.id, one), "button primary")


def row_files(page: CasePage, found: Sequence[RowsOf]) -> None:
    """A button for each repeat."""
    t = page.screen.t
    for one in found:
        address = f"/cases/{quote(page.view.row.id)}/rows/{quote(one.name)}.xlsx"
        link(t("rows.download", label=one.label), address, "button small", download="")
