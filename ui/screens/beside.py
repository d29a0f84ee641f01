"""What may be done beside a task: take something back, hurry others, say something, withdraw."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui.events import GenericEventArguments
from ulid import ULID

from banshi.platform.views import UndoView
from banshi.ui import browser
from banshi.ui.components.people import People
from banshi.ui.screens.action import attach, waits
from banshi.ui.screens.html import button, div, heading, icon, p, span, tag
from banshi.ui.screens.pieces import panel

if TYPE_CHECKING:
    from banshi.ui.screens.case import CasePage

_LONGEST_COMMENT = 2000
# An @ that begins a word asks for whom; one inside an address is written.
_TO_PEOPLE = (
    "(e) => { if (e.key === '@' && !/\\S/.test(e.target.value.slice(e.target.selectionStart - 1, e.target.selectionStart)))"
    " { e.preventDefault(); document.getElementById('mentions')?.focus(); } }"
)


def beside(page: CasePage) -> None:
    """Everything that the viewer may do beside her tasks."""
    view = page.view
    for undo in view.undo:
        _undo(page, undo)
    if view.may_urge:
        page.screen.action(page.screen.t("case.urge"), page.urge, "button quiet")
    if view.may_withdraw:
        _withdraw(page)


def _undo(page: CasePage, undo: UndoView) -> None:
    """Take an approval back, or somebody out whom the viewer added."""
    t = page.screen.t

    async def run() -> None:
        await page.act(undo.task_id, undo.action, people=[undo.person] if undo.person else [])

    page.screen.action(
        t(f"case.undo.{undo.kind or undo.action}", step=undo.step_name, name=undo.person_name), run, "button quiet"
    )


def _withdraw(page: CasePage) -> None:
    """The applicant may take the case back, after being asked once more."""
    screen = page.screen
    t = screen.t
    with tag("dialog", "", "dialog", aria_label=t("case.withdraw")) as dialog:
        heading(2, t("case.withdraw_sure"))
        p(t("case.withdraw_text"))
        with div("actions"):
            screen.action(t("case.withdraw"), page.withdraw, "button danger")
            button(t("task.cancel"), lambda: browser.close_dialog(dialog))
    with button("", lambda: browser.show_dialog(dialog), "button quiet withdraw"):
        icon("back")
        span(t("case.withdraw"))


def comments(page: CasePage) -> None:
    """To say something on the case, and to whom. What was said stands in the timeline."""
    screen, view = page.screen, page.view
    t = screen.t
    command_id = str(ULID())
    with panel(t("comment.title"), "panel-comment", "users"):
        p(t("comment.text"), "muted")
        tag("label", t("comment.label"), "field-label", for_="comment")
        field = tag("textarea", "", "textarea", id="comment", rows=2, maxlength=_LONGEST_COMMENT)
        said = [""]

        def typed(event: GenericEventArguments) -> None:
            said[0] = str(event.args or "")[:_LONGEST_COMMENT]

        field.on("input", typed, throttle=0.3, leading_events=False, js_handler="(e) => emit(e.target.value)")
        field.on("change", typed, js_handler="(e) => emit(e.target.value)")
        field.on("keydown", js_handler=_TO_PEOPLE)
        people = People(t("comment.people"), "mentions", screen.guarded(screen.find_people), language=screen.language)

        files = attach(screen, "comment-files")

        async def send() -> None:
            if not said[0].strip():
                screen.say(t("comment.missing"), "warning")
                browser.focus(field)
                return
            if waits(screen, files):
                return
            ask = partial(screen.hall.comment, mentions=list(people.people), files=files.ids, command_id=command_id)
            await screen.ask(ask, view.row.id, said[0])
            await page.refresh()
            screen.say(t("comment.done"), "success")

        screen.action(t("comment.send"), send, "button")
