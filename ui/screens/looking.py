"""A cell of a workbook on screen: from its place in a list of faults to its text and the row around it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import partial

from banshi.platform.workbook.looking import SeenCell
from banshi.rules.diagnostics import Place
from banshi.ui import browser
from banshi.ui.screens.frame import Screen
from banshi.ui.screens.html import button, div, heading, p, span, tag
from banshi.ui.uploads import Upload

Read = Callable[[], Awaitable[tuple[str, bytes]]]
"""The name and the bytes of the file."""


class Looking:
    """A dialog for the cells of one file."""

    def __init__(self, screen: Screen, read: Read) -> None:
        """Put the dialog, closed, where the list stands."""
        self._screen = screen
        self._read = read
        self._dialog = tag("dialog", "", "dialog dialog-wide", aria_label=screen.t("look.hint"))

    def mark(self, place: Place) -> None:
        """The place as a button that shows it."""
        show = self._screen.guarded(partial(self._show, place))
        title = self._screen.t("look.hint")
        button(str(place), show, "cell-mark cell-link", title=title, aria_haspopup="dialog")

    async def _show(self, place: Place) -> None:
        screen, t = self._screen, self._screen.t
        seen = await screen.ask(screen.hall.look, *await self._read(), place)
        self._dialog.clear()
        with self._dialog:
            heading(2, t("look.title", place=str(place)))
            if seen:
                asked = next(cell for cell in seen if cell.asked)
                p(asked.text or t("look.blank"), "cell-text")
                p(t("look.row", row=re.sub("[^0-9]", "", place.cell.partition(":")[0])), "muted")
                label = t("look.title", place=str(place))
                with div("cell-row dialog-scroll", tabindex="0", role="group", aria_label=label), tag("dl"):
                    for cell in seen:
                        self._cell(cell)
            else:
                p(t("look.nothing"))
            with div("actions"):
                button(t("look.close"), lambda: browser.close_dialog(self._dialog))
        browser.show_dialog(self._dialog)

    def _cell(self, cell: SeenCell) -> None:
        t = self._screen.t
        with div("cell-seen cell-asked" if cell.asked else "cell-seen"):
            with tag("dt"):
                span(cell.column, "mono muted")
                span(cell.header)
                if cell.asked:
                    span(t("look.asked"), "hidden-text")
            tag("dd", cell.text or "—")


def cell_mark(place: Place, looking: Looking | None) -> None:
    """A place in a list: a button where there is a cell to look at, else its words."""
    if looking is not None and place.sheet and place.cell:
        looking.mark(place)
    else:
        span(str(place) or "—", "cell-mark")


def given(upload: Upload) -> Read:
    """A file that was uploaded."""

    async def read() -> tuple[str, bytes]:
        return upload.file, upload.data

    return read


def stored(screen: Screen, service_id: str, sha256: str) -> Read:
    """A version of a service."""

    async def read() -> tuple[str, bytes]:
        return await screen.ask(screen.hall.workshop.workbook_bytes, service_id, sha256)

    return read
