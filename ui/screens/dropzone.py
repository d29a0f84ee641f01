"""Where a workbook is dropped: it goes to our own upload address, never through the page's socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from banshi.platform.workbook.shown import ENDINGS as SHOWN
from banshi.ui.assets import url
from banshi.ui.texts import Texts

_MB = 1024 * 1024


class Dropzone(Element, component="dropzone.js"):
    """`on_arrived` gets the id under which the upload is kept for the session.

    With `several`, a workbook may come with the files and pictures that it names: they go to `<address>/together`.
    """

    def __init__(
        self,
        t: Texts,
        *,
        limit: int,
        on_arrived: Callable[[str], Awaitable[None]],
        address: str = "/workbooks",
        hint: str = "drop.hint",
        choose: str = "drop.choose",
        several: bool = False,
        accept: tuple[str, ...] = (".xlsx", ".xls"),
    ) -> None:
        super().__init__()
        self._props["url"] = address
        self._props["accept"] = ",".join((".xlsx,.xls,.csv,.xml,.html,.htm", *SHOWN) if several else accept)
        self._props["several"] = several
        self._props["limit"] = limit
        self._props["t"] = {
            "icon": f"{url('icons.svg')}#upload",
            "choose": t(choose),
            "drop": t("drop.drop"),
            "hint": t(hint, megabytes=limit // _MB),
            "large": t("drop.large", megabytes=limit // _MB),
            "refused": t("drop.refused"),
            "checking": t("drop.checking"),
            "failed": t("drop.failed"),
        }

        async def arrived(event: GenericEventArguments) -> None:
            await on_arrived(str(event.args))
            self.run_method("done")

        self.on("arrived", arrived)
