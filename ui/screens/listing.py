"""A table that shows one page of a longer list: one element however many rows, and links to turn the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from banshi.platform.views import Page
from banshi.ui.texts import Texts


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, a link, a smaller line below, a tone when it is a tag. `cover` makes the whole row the link."""

    text: str
    href: str = ""
    sub: str = ""
    tone: str = ""
    cover: bool = False

    def to_json(self) -> dict[str, Any]:
        """The cell for the browser; links lead to our own pages."""
        if self.href and not self.href.startswith("/"):
            raise ValueError(f"A listing links to its own pages only, not to {self.href!r}.")
        return {
            "text": self.text,
            "href": self.href,
            "sub": self.sub,
            "tone": self.tone,
            "cover": self.cover,
        }


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key, its heading, how it looks (`wide`, `narrow`, `number`, `quiet`, `lead`)."""

    key: str
    label: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Pager:
    """Where the pages of a list lie: the path, and what else its address says."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)

    def href(self, page: int) -> str:
        """The address of one page."""
        query = {key: value for key, value in self.query.items() if value}
        if page > 1:
            query["page"] = str(page)
        return self.path + (f"?{urlencode(query)}" if query else "")


@dataclass(frozen=True, slots=True)
class Pick:
    """A row that can be ticked: what for, how a screen reader calls the box, and why it cannot where it cannot."""

    id: str
    label: str
    why: str = ""


class Listing(Element, component="listing.js"):
    """One page of rows. `pager` is left out when the list is whole.

    `keys` are the texts of a list that is walked through by the keyboard. `picks` has an entry a row; what is ticked is
    given to `on_approve` as the ids.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Sequence[Mapping[str, Cell]],
        *,
        caption: str,
        t: Texts,
        page: Page | None = None,
        pager: Pager | None = None,
        keys: Mapping[str, Any] | None = None,
        picks: Sequence[Pick] = (),
        pick_texts: Mapping[str, str] | None = None,
        on_approve: Callable[[list[str]], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__()
        self._props["columns"] = [{"key": item.key, "label": item.label, "look": item.look} for item in columns]
        self._props["rows"] = [
            {
                "href": any(cell.cover for cell in row.values()),
                "cells": {key: cell.to_json() for key, cell in row.items()},
            }
            for row in rows
        ]
        self._props["caption"] = caption
        if keys is not None:
            self._props["keys"] = keys
        if on_approve is not None:
            self._props["picks"] = pick_texts
            for row, pick in zip(self._props["rows"], picks, strict=True):
                row["pick"] = asdict(pick)
            known = {pick.id for pick in picks if not pick.why}

            async def approve(event: GenericEventArguments) -> None:
                sent = event.args if isinstance(event.args, list) else []
                await on_approve([key for key in sent if key in known])

            self.on("approve", approve)
        if page is not None and pager is not None:
            self._props["pager"] = _pager(page, pager, t)


def _pager(page: Page, pager: Pager, t: Texts) -> dict[str, str]:
    last = last_page(page)
    return {
        "label": t("list.pages"),
        "total": t("list.total", count=page.total),
        "page": t("list.page", page=page.page, last=last),
        "previous": pager.href(page.page - 1) if page.page > 1 else "",
        "previous_text": t("list.previous"),
        "next": pager.href(page.page + 1) if page.page < last else "",
        "next_text": t("list.next"),
    }


def last_page(page: Page) -> int:
    """The number of the last page of a list."""
    return max(1, -(-page.total // page.size))


def page_number(asked: int) -> int:
    """The page that somebody asked for, within what any list could have."""
    return min(max(asked, 1), 1_000_000)
