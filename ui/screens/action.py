"""What a viewer may do with a case: agree, refuse or return it with an opinion, or take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui.events import GenericEventArguments

from banshi.platform.views import TaskView
from banshi.ui import browser
from banshi.ui.screens.html import Tag, button, div, heading, icon, p, span, tag
from banshi.ui.screens.pieces import panel

if TYPE_CHECKING:
    from banshi.ui.screens.case import CasePage

_LOOKS = {"approve": "button primary", "return": "button", "refuse": "button danger"}
_OPINION_LIMIT = 1000


# What is typed is kept while the tab is open, so that a reload loses nothing.
_KEEP = (
    "(e) => { sessionStorage.setItem('banshi/typed/' + e.target.dataset.keep, e.target.value); emit(e.target.value); }"
)
_PUT_BACK = (
    "({el}) => { const kept = sessionStorage.getItem('banshi/typed/' + el.dataset.keep);"
    " if (kept && !el.value) { el.value = kept; emit(kept); } }"
)


class ActionCard:
    """The viewer's task on a case. Refusing and returning ask once more, because they cannot be taken back."""

    def __init__(self, page: CasePage, task: TaskView) -> None:
        self.page = page
        self.task = task
        self.opinion = page.opinions.pop(task.id, "")
        self.target = task.return_to[0][0] if task.return_to else ""
        self.error: Tag | None = None

    def build(self) -> None:
        """Fill the card."""
        t = self.page.screen.t
        with panel(t("task.mine", step=self.task.step_name), "panel-action", "tasks"):
            self._opinion()
            if "return" in self.task.actions and len(self.task.return_to) > 1:
                self._targets()
            with div("actions actions-stacked"):
                for action in ("approve", "return", "refuse"):
                    if action in self.task.actions:
                        self._button(action)

    def _opinion(self) -> None:
        t = self.page.screen.t
        field_id = f"opinion-{self.task.id}"
        needed = self.task.opinion_required
        tag("label", t("task.opinion_needed" if needed else "task.opinion"), "field-label", for_=field_id)
        self.error = p("", "field-error", id=f"{field_id}-error", role="alert")
        self.error.visible = False
        self.field = tag(
            "textarea", "", "textarea", id=field_id, rows=3, maxlength=_OPINION_LIMIT,
            placeholder=t("task.opinion_hint"),
            defaultValue=self.opinion or None, aria_describedby=f"{field_id}-error",
            data_keep=f"{self.page.screen.me.id}/{self.task.id}",
        )  # fmt: skip
        self.field.on("input", self._typed, throttle=0.3, leading_events=False, js_handler=_KEEP)
        self.field.on("change", self._typed, js_handler=_KEEP)
        self.field.on("vnodeMounted", self._typed, js_handler=_PUT_BACK)

    def _typed(self, event: GenericEventArguments) -> None:
        self.opinion = str(event.args or "")[:_OPINION_LIMIT]

    def _targets(self) -> None:
        t = self.page.screen.t
        field_id = f"return-{self.task.id}"
        tag("label", t("task.return_to"), "field-label", for_=field_id)

        def chosen(event: GenericEventArguments) -> None:
            wanted = str(event.args)
            if wanted in {key for key, _ in self.task.return_to}:
                self.target = wanted

        with tag("select", "", "select", id=field_id) as field:
            for key, name in self.task.return_to:
                tag("option", name or t("task.applicant"), value=key)
        field.on("change", chosen, js_handler="(e) => emit(e.target.value)")

    def _button(self, action: str) -> None:
        screen = self.page.screen
        if action == "approve":
            # A step that only handles the case (no refusal) is done, not agreed to.
            label = screen.t("task.action.approve" if "refuse" in self.task.actions else "task.action.done")
            screen.action(label, lambda: self._run(action), _LOOKS[action])
            return
        dialog = self._dialog(action)
        button(screen.t(f"task.action.{action}"), lambda: self._ask(dialog), _LOOKS[action])

    def _dialog(self, action: str) -> Tag:
        screen = self.page.screen
        t = screen.t
        with tag("dialog", "", "dialog", aria_label=t(f"task.action.{action}")) as dialog:
            heading(2, t(f"task.sure.{action}"))
            p(t(f"task.sure_text.{action}"))
            with div("actions"):
                look = "button primary" if action == "return" else "button danger"
                screen.action(t(f"task.action.{action}"), lambda: self._run(action, dialog), look)
                button(t("task.cancel"), lambda: browser.close_dialog(dialog))
        return dialog

    def _ask(self, dialog: Tag) -> None:
        if self._opinion_missing(negative=True):
            return
        browser.show_dialog(dialog)

    def _opinion_missing(self, *, negative: bool) -> bool:
        """Say that an opinion is needed: whoever is told no must be told why."""
        missing = not self.opinion.strip() and (negative or self.task.opinion_required)
        if self.error is not None:
            said = "task.opinion_why" if negative else "task.opinion_missing"
            self.error.text = self.page.screen.t(said) if missing else ""
            self.error.visible = missing
            if missing:
                self.field.set("aria_invalid", "true")
                browser.focus(self.field)
            else:
                self.field.unset("aria_invalid")
        return missing

    async def _run(self, action: str, dialog: Tag | None = None) -> None:
        if self._opinion_missing(negative=action in {"refuse", "return"}):
            return
        if dialog is not None:
            browser.close_dialog(dialog)
        answers: dict[str, Any] | None = None
        form = self.page.form
        if action == "approve" and form is not None and self._fills():
            if not await form.validate(self.task.edit, self.task.require):  # it says itself what is missing
                return
            answers = await form.answers()  # the hall takes only the fields of the step from them
        await self.page.act(
            self.task.id,
            action,
            opinion=self.opinion.strip(),
            answers=answers,
            return_to=self.target if action == "return" else "",
        )

    def _fills(self) -> bool:
        """Whether this step fills in a part of the form."""
        return bool(self.task.edit or self.task.require)


def withdraw_card(page: CasePage) -> None:
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
