"""One case: what was asked, how far it is, what happened, what the rules decided, and what the viewer may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from ulid import ULID

from banshi.platform.cases.rows import RowsOf
from banshi.platform.errors import Stale
from banshi.platform.views import CaseRow, CaseView, EventView, Receipt, TaskView
from banshi.rules.values import dumps
from banshi.ui import browser
from banshi.ui.components.files import Files
from banshi.ui.components.form import ServiceForm
from banshi.ui.screens import pieces
from banshi.ui.screens.accounts import booked, to_pay
from banshi.ui.screens.action import ActionCard, task_title
from banshi.ui.screens.awaited import awaited
from banshi.ui.screens.beside import beside, comments
from banshi.ui.screens.decided import decisions
from banshi.ui.screens.diagram import route_diagram
from banshi.ui.screens.example import example_button
from banshi.ui.screens.frame import Screen, Site, screen
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import Tag, div, heading, link, p, span, tag
from banshi.ui.screens.live_codes import codes, codes_of, read_rows, row_files
from banshi.ui.screens.masked import masked
from banshi.ui.screens.papers import papers, read_papers
from banshi.ui.screens.passes import passes, read_passes
from banshi.ui.screens.pieces import facts, moment, panel, state_tag
from banshi.ui.screens.related import related

_EVENT_TONES = {
    "submitted": "blue",
    "resubmitted": "blue",
    "approved": "green",
    "completed": "green",
    "refused": "red",
    "returned": "orange",
    "withdrawn": "grey",
    "not opened": "orange",
}
_PLACES = {
    "/tasks": "case.back_tasks",
    "/cases": "case.back",
    "/cases/": "case.back_case",
    "/board": "case.back_board",
    "/auditor/": "auditor.back_one",
    "/owner/": "owner.back",
}
_ENDS = frozenset(f"task.done.{action}" for action in ("approve", "return", "refuse", "resubmit")) | {"case.withdrawn"}
"""What ends what was typed into the form; whoever only claims a task, or asks others, goes on typing."""
_NEXT = {"open": "case.next", "returned": "case.next_again"}
"""How the next step is told of, by the state of a case that has one."""
_PICTURES = ("image/png", "image/jpeg", "image/webp", "image/gif")


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/cases/{case_id}")
    async def case(screen: Screen, case_id: str) -> None:
        view = await screen.ask(site.hall.case, case_id, screen.language)
        await screen.ask(site.hall.read_copies, case_id)
        title = f"{view.row.title} {view.row.number}"
        with screen.frame(title, active="cases" if view.mine and not view.tasks else "tasks", classes="page-case"):
            _back(screen, view)
            await CasePage(screen, view, div("case-body")).build()


def _back(screen: Screen, view: CaseView) -> None:
    """The way back: to the list of ours that the viewer came from, else to her own."""
    request = screen.client.request
    came = urlsplit(request.headers.get("referer", ""))
    for place, text in _PLACES.items():
        fits = came.path.startswith(place) if place.endswith("/") else came.path == place
        if fits and came.netloc == request.url.netloc and came.path != request.url.path:
            back(screen.t(text), f"{came.path}?{came.query}" if came.query else came.path)
            return
    if view.mine and not view.tasks:
        back(screen.t("case.back"), "/cases")
    else:
        back(screen.t("case.back_tasks"), "/tasks" if view.tasks else "/tasks?state=read")


def opened(tasks: Sequence[TaskView]) -> tuple[list[str], list[str]]:
    """The fields that a person's open tasks let her edit, and those that they require."""
    edit = dict.fromkeys(name for task in tasks for name in task.edit)
    require = dict.fromkeys(name for task in tasks for name in task.require)
    return list(edit), list(require)


class CasePage:
    """A case on one page; it is built anew after each action, so that what is shown is what is.

    `more` shows further buttons with those of the case.
    """

    def __init__(
        self, screen: Screen, view: CaseView, body: Tag, more: Callable[[CaseRow], None] | None = None
    ) -> None:
        self.screen = screen
        self.view = view
        self.body = body
        self.more = more
        self.command_id = str(ULID())
        self.cards: list[ActionCard] = []
        self.opinions: dict[str, str] = {}  # by task; what was written survives until it is sent, whatever else happens
        self.files: dict[str, Sequence[Mapping[str, Any]]] = {}  # the same for what was attached to them
        self.sent: set[str] = set()  # tasks of which an opinion was sent from this page, and none written since
        self.form: ServiceForm | None = None
        self.rows: Sequence[RowsOf] = ()

    async def build(self) -> None:
        """Fill the page."""
        for card in self.cards:
            self.opinions.setdefault(card.task.id, card.opinion)
            self.files.setdefault(card.task.id, card.files.files)
        self.cards = []
        ask = self.screen.hall.case_accounts
        payments, lines = await self.screen.ask(ask, self.view.row.id, self.screen.language)
        issued, given = await read_papers(self), await read_passes(self)
        shown, self.rows = await codes_of(self.screen, self.view.row.id), await read_rows(self)
        self.body.clear()
        with self.body:
            self._head()
            with div("columns"):
                with div("main-column"):
                    codes(self, shown)
                    passes(self, given)
                    papers(self, issued)
                    self._form()
                    masked(self)
                    self._bills()
                    booked(self, lines)
                    route_diagram(self.screen, self.screen.hall.case_diagram, self.view.row.id, self.view.steps)
                    related(self)
                    self._timeline()
                    if self.view.may_comment:
                        comments(self)
                    self._decisions()
                with div("side-column side-sticky"):
                    with div("stack", id="act"):
                        if self.view.mine and self.screen.real:
                            to_pay(self.screen.t, payments)
                        self._actions()
                    with panel(self.screen.t("case.route"), "panel-route", "route"):
                        self.route_box = div("")
                        with self.route_box:
                            pieces.route(self.screen.t, self.view.steps)

    async def refresh(self) -> int:
        """Read the case again and show it; how many tasks wait for the viewer."""
        screen = self.screen
        self.view = await screen.ask(screen.hall.case, self.view.row.id, screen.language)
        self.command_id = str(ULID())
        await self.build()
        waiting = await screen.ask(screen.hall.waiting)
        screen.site.counts.learn(screen.me, waiting)
        return waiting.tasks

    async def act(
        self,
        task_id: str,
        action: str,
        *,
        opinion: str = "",
        answers: Mapping[str, Any] | None = None,
        return_to: str = "",
        how: str = "ask",
        people: Sequence[str] = (),
        signature: str = "",
        files: Files | None = None,
    ) -> bool:
        """Do what the viewer chose, then show the case as it is; True when it was done. Somebody else may have been faster."""
        screen, view = self.screen, self.view
        try:
            receipt = await screen.ask(
                screen.hall.act,
                view.row.id,
                task_id,
                action,
                opinion=opinion,
                answers=None if answers is None else dict(answers),
                return_to=return_to,
                how=how,
                people=list(people),
                signature=signature,
                files=files.ids if files else [],
                chosen=self.form.chosen if action == "resubmit" and self.form is not None else None,
                seq=view.seq,
                command_id=self.command_id,
                language=screen.language,
            )
        except Stale as stale:
            await self.refresh()
            screen.say(stale.message(screen.language), "warning")
            return False
        if receipt.done and files is not None:  # the opinion went with it: nothing of it is said once more
            self.opinions[task_id], self.files[task_id] = "", ()
            self.sent.add(task_id)
            browser.forget_typed(screen.client, f"{screen.me.id}/{task_id}")
        return await self._after(receipt, f"task.done.{action}")

    async def urge(self) -> None:
        """Ask those who are asked now to hurry."""
        await self.screen.ask(partial(self.screen.hall.urge, command_id=self.command_id), self.view.row.id)
        asked = pieces.waits_for(self.screen.t, self.view.steps)
        await self.refresh()
        self.screen.say(self.screen.t("case.urged", names=asked), "success")

    async def open_again(self, key: str, *, give_up: bool = False) -> None:
        """Try again to open a case, or give it up."""
        screen = self.screen
        again = partial(screen.hall.open_again, give_up=give_up, command_id=self.command_id)
        await screen.ask(again, self.view.row.id, key)
        await self.refresh()
        screen.say(screen.t("related.done"), "success")

    async def withdraw(self) -> None:
        """Take the case back."""
        screen, view = self.screen, self.view
        try:
            receipt = await screen.ask(
                screen.hall.withdraw,
                view.row.id,
                seq=view.seq,
                command_id=self.command_id,
                language=screen.language,
            )
        except Stale as stale:
            await self.refresh()
            screen.say(stale.message(screen.language), "warning")
            return
        await self._after(receipt, "case.withdrawn")

    async def _after(self, receipt: Receipt, said: str) -> bool:
        t = self.screen.t
        if receipt.done:
            if said in _ENDS and self.form is not None and len(self.view.tasks) < 2:  # else it is for her other task
                await self.form.sent()
            waiting = await self.refresh()
            if said == "task.done.approve" and self.view.row.state == "approved":
                said = "task.done.last"
            self.screen.say(t(said), "success", "/tasks" if waiting else "", t("case.next_task"))
            return True
        self.command_id = str(ULID())
        if self.form is not None:
            self.form.set_errors([asdict(problem) for problem in receipt.problems])
        first = receipt.problems[0].message if receipt.problems else self.screen.t("error.unexpected")
        self.screen.say(first, "error")
        return False

    def _head(self) -> None:
        t, row = self.screen.t, self.view.row
        ahead = self.view.steps if row.state in _NEXT else ()
        with div("case-head"):
            with div("case-title"):
                state_tag(t, row.state)
                heading(1, row.title)
                if self.view.tasks:
                    with div("jump"):
                        for task in self.view.tasks:
                            p(task_title(t, task), "strong")
                        link(t("case.jump"), "#act", "button primary")
            self.screen.action(t("case.print"), self._print, "button small print")
            facts(
                [
                    (t("case.at_step"), t("list.comma").join(row.current_steps)),
                    (t("case.waits_for"), pieces.waits_for(t, self.view.steps)),
                    (t(_NEXT.get(row.state, "case.next")), pieces.comes_next(t, ahead)),
                    (t("case.service"), row.service),
                    (t("case.number"), row.number),
                    (t("case.applicant"), row.applicant),
                    (t("case.submitted"), moment(row.submitted_at)),
                ]
            )
            with div("actions"):
                if self.view.may_archive and self.screen.real:
                    link(t("archive.file"), f"/cases/{quote(row.id)}/archive.zip", "button small", download="")
                    link(t("archive.pdf"), f"/cases/{quote(row.id)}/archive.pdf", "button small", download="")
                row_files(self, self.rows)
                if self.view.may_example and self.screen.real:
                    example_button(self.screen, row)
                if self.more is not None:
                    self.more(row)

    async def _print(self) -> None:
        browser.print_page(self.screen.client)

    def _form(self) -> None:
        """The form: read-only, with the fields of the viewer's tasks open, or all open when it came back to her.

        What is typed is kept until the case goes back, not by its state: a desk beside it may act first, or say something.
        """
        screen, view = self.screen, self.view
        edit, require = opened(view.tasks)
        mode = "edit" if view.may_edit else "task" if edit or require else "view"
        rounds = sum(event.kind == "returned" for event in view.events)
        kept_by = f"edit-{rounds}" if mode == "edit" else f"round-{rounds}"
        with panel(screen.t("case.form"), "panel-form", "file"):
            if mode == "task":
                p(screen.t("case.fill"), "muted")
            if view.erased is not None:
                erased = screen.t("list.comma").join(view.erased.labels)
                p(screen.t(f"privacy.erased.{view.erased.why}", at=moment(view.erased.at), labels=erased), "muted")
            self.form = ServiceForm(
                view.schema,
                values=dumps(view.answers).encode(),
                chosen=view.chosen,
                known=dumps({"values": view.values, "labels": view.labels}).encode(),
                media=f"/cases/{quote(view.row.id)}/media/",
                file_limit=screen.site.settings.attachment_limit,
                mode=mode,
                draft_key=f"{screen.me.id}/{view.row.id}/{kept_by}" if screen.real else "",
                edit=edit,
                require=require,
                hidden=list(view.hidden),
                language=screen.language,
                on_find=screen.guarded(screen.find_people) if mode != "view" else None,
                on_choices=screen.choices_of(case_id=view.row.id) if mode != "view" else None,
                on_submit=screen.guarded(self._resubmit) if view.may_edit else None,
                on_evaluate=screen.guarded(self._evaluate) if view.may_edit else None,
            )

    async def _evaluate(self, answers: dict[str, Any], _: frozenset[str]) -> Mapping[str, Any] | None:
        """Foresee what the changed answers cost, and who will be asked."""
        screen = self.screen
        if self.form is None:
            return None
        chosen = self.form.chosen
        result = await screen.ask(screen.hall.evaluate_case, self.view.row.id, answers, screen.language, chosen=chosen)
        if self.form.is_deleted:
            return None
        self._fill_bills(result.get("bills", {}), result.get("findings", ()))
        self.route_box.clear()
        with self.route_box:
            pieces.route(screen.t, [pieces.foreseen(item) for item in result.get("route", ())])
        return result

    async def _resubmit(self, answers: dict[str, Any]) -> None:
        if self.form is not None:
            self.command_id = self.form.command_id
        await self.act("", "resubmit", answers=answers)

    def _actions(self) -> None:
        t = self.screen.t
        if self.view.may_edit:
            with panel(t("task.returned"), "panel-action panel-returned", "back"):
                p(t("task.returned_text"))
                self._why("returned")
        if self.view.row.state == "refused":
            with panel(t("case.refused"), "panel-action panel-returned", "close"):
                p(t("case.refused_text"))
                self._why("refused")
        for task in self.view.tasks:
            ActionCard(self, task).build()
        awaited(self)
        beside(self)

    def _why(self, kind: str) -> None:
        """The opinion of whoever said no, or why the platform did."""
        said = next((event for event in reversed(self.view.events) if event.kind == kind), None)
        why = said.opinion or said.detail if said is not None else ""
        if why:
            tag("blockquote", why, "opinion")

    def _bills(self) -> None:
        self.bill_box = div("stack")
        self._fill_bills(self.view.bills, self.view.findings)

    def _fill_bills(self, bills: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> None:
        t = self.screen.t
        self.bill_box.clear()
        with self.bill_box:
            if bills:
                with panel(t("case.bill"), "panel-bill", "receipt"):
                    pieces.bill(t, bills)
            if findings:
                with panel(t("case.findings"), "panel-findings", "warning"):
                    pieces.findings(t, findings)

    def _timeline(self) -> None:
        t = self.screen.t
        with panel(t("case.timeline"), "panel-timeline", "clock"), tag("ol", "", "timeline"):
            for event in reversed(self.view.events):
                self._event(event)

    def _event(self, event: EventView) -> None:
        t = self.screen.t
        with tag("li", "", f"event event-{_EVENT_TONES.get(event.kind, 'grey')}"):
            with div("event-head"):
                span(t.maybe(f"event.{event.kind}", event.kind), "strong")
                if event.step:
                    span(event.step, "muted")
                tag("time", moment(event.at), "muted", datetime=event.at.isoformat())
            who = t("event.by", name=event.actor) if event.actor else t("event.by_system")
            p(who, "muted")
            if event.opinion:
                tag("blockquote", event.opinion, "opinion")
            if event.files:
                with tag("ul", "", "said-files"):
                    for file in event.files:
                        _file(file)
            if event.signature:
                tag("img", "", "signed", src=f"/files/{quote(str(event.signature['id']))}", alt=t("task.signature"))
            if event.detail:
                p(event.detail, "small")

    def _decisions(self) -> None:
        if self.view.decisions:
            auditor = self.screen.real and self.screen.hall.may(self.screen.me, "auditor")
            decisions(self.screen.t, self.view.decisions, linked=auditor)


def _file(file: Mapping[str, Any]) -> None:
    """A file that went with what somebody said; of a picture a small one."""
    address = f"/files/{quote(str(file['id']))}"
    with tag("li"), link("", address, "said-file"):
        if str(file.get("type", "")) in _PICTURES:
            tag("img", "", "said-picture", src=address, alt="")
        span(str(file["name"]))
