"""What a viewer may do with her task: agree, refuse or return it with an opinion, or hand it to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nicegui.events import GenericEventArguments

from banshi.platform.views import TaskView
from banshi.ui import browser
from banshi.ui.components.files import Files
from banshi.ui.components.people import People
from banshi.ui.components.signature import Signature
from banshi.ui.screens.html import Tag, button, div, heading, p, tag
from banshi.ui.screens.pieces import panel
from banshi.ui.texts import Texts

if TYPE_CHECKING:
    from banshi.ui.screens.case import CasePage
    from banshi.ui.screens.frame import Screen

_LOOKS = {"approve": "button primary", "return": "button", "refuse": "button danger"}
_OPINION_LIMIT = 1000


# What is typed is kept while the tab is open, so that a reload loses nothing.
_KEEP = (
    "(e) => { sessionStorage.setItem('banshi/typed/' + e.target.dataset.keep, e.target.value); emit(e.target.value); }"
)
PUT_BACK = (
    "({el}) => { const key = 'banshi/typed/' + el.dataset.keep;"
    # What was sent is forgotten here too, for the new field may come before the order to forget it.
    " if (el.dataset.sent) sessionStorage.removeItem(key);"
    " const kept = sessionStorage.getItem(key);"
    " if (kept && !el.value) { el.value = kept; emit(kept); } }"
)
# A phrase goes behind what is written already.
_PHRASE = (
    "(e) => { const field = document.getElementById(e.currentTarget.dataset.into), said = e.currentTarget.textContent.trim();"
    " field.value = field.value ? field.value + said : said;"
    " field.dispatchEvent(new Event('change')); field.focus(); }"
)


def attach(screen: Screen, field_id: str, kept: Sequence[Mapping[str, Any]] = ()) -> Files:
    """Where files are put that go with what somebody says."""
    limit = screen.site.settings.attachment_limit
    return Files(screen.t("task.files"), field_id, limit=limit, language=screen.language, kept=kept)


def waits(screen: Screen, files: Files) -> bool:
    """Say so where files are still on their way: nothing is sent without them."""
    if files.uploading:
        screen.say(screen.t("task.files_wait"), "warning")
    return files.uploading


def task_title(t: Texts, task: TaskView) -> str:
    """What a viewer has to do."""
    return t("task.consulted", name=task.consulted) if task.consulted else t("task.mine", step=task.step_name)


class ActionCard:
    """The viewer's task on a case. Refusing and returning ask once more, because they cannot be taken back."""

    def __init__(self, page: CasePage, task: TaskView) -> None:
        self.page = page
        self.task = task
        self.opinion = page.opinions.pop(task.id, "")
        page.cards.append(self)
        self.target = task.return_to[0][0] if task.return_to else ""
        self.how = task.how[0] if task.how else "ask"
        self.own = page.view.mine and not task.whose
        self.error: Tag | None = None
        self.signature: Signature | None = None

    def build(self) -> None:
        """Fill the card."""
        t, task = self.page.screen.t, self.task
        with panel(task_title(t, task), "panel-action", "tasks"):
            if task.whose:
                p(t("task.for", name=task.whose), "muted")
            for deed in ("claim", "release"):
                if deed in task.handing:
                    self._simple(deed)
            self._opinion()
            self.files = attach(self.page.screen, f"files-{task.id}", self.page.files.pop(task.id, ()))
            if task.signature:
                self.signature = Signature(t, language=self.page.screen.language)
            with div("actions actions-stacked"):
                for action in ("approve", "return", "refuse"):
                    if action in task.actions:
                        self._button(action)
            deeds = [deed for deed in task.handing if deed not in ("claim", "release")]
            if deeds:
                self._handing(deeds)

    def _say(self, key: str) -> str:
        """A text; whoever confirms her own case is not spoken to as an office."""
        t = self.page.screen.t
        return t.maybe(f"{key}.own", t(key)) if self.own else t(key)

    def _simple(self, deed: str) -> None:
        screen = self.page.screen

        async def run() -> None:
            await self.page.act(self.task.id, deed)

        p(screen.t(f"task.hint.{deed}"), "muted")
        screen.action(screen.t(f"task.deed.{deed}"), run, "button wide")

    def _handing(self, deeds: Sequence[str]) -> None:
        """To hand the task on, or to ask others: whom, and how."""
        screen = self.page.screen
        t = screen.t
        self.deed = deeds[0]
        with tag("details", "", "more"):
            tag("summary", t("task.more"))
            self._choice("deed", [(deed, t(f"task.deed.{deed}")) for deed in deeds], "deed")
            people = People(
                t("task.people"), f"people-{self.task.id}", screen.guarded(screen.find_people), language=screen.language
            )

            async def run() -> None:
                if not people.people or (self.deed == "transfer" and len(people.people) > 1):
                    screen.say(t("task.people_missing" if not people.people else "task.people_one"), "warning")
                    return
                if waits(screen, self.files):
                    return
                await self.page.act(
                    self.task.id, self.deed, opinion=self.opinion.strip(), people=people.people, files=self.files
                )

            p(t("task.more_hint"), "muted")
            screen.action(t("task.hand"), run, "button")

    def _opinion(self) -> None:
        field_id = f"opinion-{self.task.id}"
        needed = self.task.opinion_required
        tag("label", self._say("task.opinion_needed" if needed else "task.opinion"), "field-label", for_=field_id)
        self.error = p("", "field-error", id=f"{field_id}-error", role="alert")
        self.error.visible = False
        self.field = tag(
            "textarea", "", "textarea", id=field_id, rows=3, maxlength=_OPINION_LIMIT,
            placeholder=self._say("task.opinion_hint"),
            defaultValue=self.opinion or None, aria_describedby=f"{field_id}-error",
            data_keep=f"{self.page.screen.me.id}/{self.task.id}", data_sent="1" if self.task.id in self.page.sent else None,
        )  # fmt: skip
        for phrase in self.task.phrases:
            button(phrase, None, "button small phrase", data_into=field_id).on("click", js_handler=_PHRASE)
        self.field.on("input", self._typed, throttle=0.3, leading_events=False, js_handler=_KEEP)
        self.field.on("change", self._typed, js_handler=_KEEP)
        self.field.on("vnodeMounted", self._typed, js_handler=PUT_BACK)

    def _typed(self, event: GenericEventArguments) -> None:
        self.opinion = str(event.args or "")[:_OPINION_LIMIT]
        if self.opinion:
            self.page.sent.discard(self.task.id)

    def _choice(self, what: str, options: Sequence[tuple[str, str]], kept: str) -> None:
        """A list to choose one of; the choice is kept in the attribute `kept`."""
        t = self.page.screen.t
        field_id = f"{what}-{self.task.id}"
        tag("label", t(f"task.{what}"), "field-label", for_=field_id)

        def chosen(event: GenericEventArguments) -> None:
            if str(event.args) in {key for key, _ in options}:
                setattr(self, kept, str(event.args))

        with tag("select", "", "select", id=field_id) as field:
            for key, name in options:
                tag("option", name, value=key)
        field.on("change", chosen, js_handler="(e) => emit(e.target.value)")

    def _button(self, action: str) -> None:
        screen = self.page.screen
        if action == "approve":
            # A step that only handles the case (no refusal) is done, not agreed to; who is consulted answers.
            key = "approve" if "refuse" in self.task.actions else "answer" if self.task.consulted else "done"
            label = self._say(f"task.action.{key}")
            screen.action(label, lambda: self._run(action), _LOOKS[action])
            return
        dialog = self._dialog(action)
        button(self._say(f"task.action.{action}"), lambda: self._ask(dialog), _LOOKS[action])

    def _dialog(self, action: str) -> Tag:
        screen = self.page.screen
        t = screen.t
        with tag("dialog", "", "dialog", aria_label=self._say(f"task.action.{action}")) as dialog:
            heading(2, self._say(f"task.sure.{action}"))
            p(self._say(f"task.sure_text.{action}"))
            if action == "return":
                self._where_to()
            with div("actions"):
                look = "button primary" if action == "return" else "button danger"
                screen.action(self._say(f"task.action.{action}"), lambda: self._run(action, dialog), look)
                button(t("task.cancel"), lambda: browser.close_dialog(dialog))
        return dialog

    def _where_to(self) -> None:
        """Where a return goes, and what follows when it is mended; where the route leaves a choice."""
        t, task = self.page.screen.t, self.task
        if len(task.return_to) > 1:
            self._choice("return_to", [(key, name or t("task.applicant")) for key, name in task.return_to], "target")
        if task.how:
            self._choice("how", [(how, t(f"task.how.{how}")) for how in task.how], "how")

    def _ask(self, dialog: Tag) -> None:
        if self._opinion_missing(negative=True):
            return
        browser.show_dialog(dialog)

    def _opinion_missing(self, *, negative: bool) -> bool:
        """Say that an opinion is needed: whoever is told no must be told why."""
        missing = not self.opinion.strip() and (negative or self.task.opinion_required)
        if self.error is not None:
            said = "task.opinion_why" if negative else "task.opinion_missing"
            self.error.text = self._say(said) if missing else ""
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
        if waits(self.page.screen, self.files):
            return
        if self.signature is not None and not self.signature.file:
            self.page.screen.say(self.page.screen.t("task.signature_missing"), "warning")
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
            how=self.how if action == "return" else "ask",
            signature=self.signature.file if self.signature else "",
            files=self.files,
        )

    def _fills(self) -> bool:
        """Whether this step fills in a part of the form."""
        return bool(self.task.edit or self.task.require)
