"""A step that waits for another system, on the page of a case: an owner of the service may answer in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui.events import GenericEventArguments

from banshi.platform.cases.callbacks import Answer
from banshi.platform.views import AwaitedView
from banshi.ui import browser
from banshi.ui.screens.html import div, p, tag
from banshi.ui.screens.pieces import panel

if TYPE_CHECKING:
    from banshi.ui.screens.case import CasePage

_LONGEST = 1000


def awaited(page: CasePage) -> None:
    """A panel for each such step."""
    for one in page.view.awaited:
        with panel(page.screen.t("awaited.title", step=one.step_name), "panel-action", "clock"):
            _answering(page, one)


def _answering(page: CasePage, one: AwaitedView) -> None:
    screen, t = page.screen, page.screen.t
    key, said = f"awaited-{one.step_id}", [""]
    p(t("awaited.text"), "muted")
    tag("label", t("awaited.said"), "field-label", for_=key)
    field = tag("textarea", "", "textarea", id=key, rows=2, maxlength=_LONGEST)

    def typed(event: GenericEventArguments) -> None:
        said[0] = str(event.args or "")[:_LONGEST]

    field.on("change", typed, js_handler="(e) => emit(e.target.value)")

    async def answer(*, succeeded: bool) -> None:
        if not said[0].strip():
            screen.say(t("awaited.missing"), "warning")
            browser.focus(field)
            return
        what = Answer(case_id=one.case_id, step=one.step_id, round=one.round, succeeded=succeeded, said=said[0])
        await screen.ask(screen.hall.answer_by_hand, what, screen.language)
        await page.refresh()
        screen.say(t("awaited.answered"), "success")

    async def done() -> None:
        await answer(succeeded=True)

    async def failed() -> None:
        await answer(succeeded=False)

    with div("actions"):
        screen.action(t("awaited.done"), done, "button primary")
        screen.action(t("awaited.failed"), failed, "button")
