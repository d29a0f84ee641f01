"""Trying a draft out on one page: its form, its route as any person of the campus, its rules; nothing of it is real."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments

from banshi.platform.errors import NotAllowed, NotFound, NotSignedIn, TrialOver
from banshi.platform.people.directory import Person
from banshi.platform.trial import Trial, TriedCase, Waiting
from banshi.platform.views import FormSession, Receipt
from banshi.rules.values import CAMPUS_ZONE
from banshi.ui.components.drawing import Drawing
from banshi.ui.screens.bench import BenchPanel
from banshi.ui.screens.case import CasePage
from banshi.ui.screens.example import example_button
from banshi.ui.screens.form import Application
from banshi.ui.screens.frame import Screen, Site, screen
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import button, div, heading, icon, p, span, tag
from banshi.ui.screens.outbox import told
from banshi.ui.screens.pieces import moment, panel, state_tag
from banshi.ui.session import Visit

P = ParamSpec("P")
R = TypeVar("R")


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/owner/try/{trial_id}")
    async def trying(screen: Screen, trial_id: str) -> None:
        trial = site.trials.get(screen.visit.token, trial_id)
        if trial is None:
            raise TrialOver
        title = screen.t("trial.title", title=trial.service.settings.title.get(screen.language))
        with screen.frame(title, active="owner", classes="page-case page-trial") as content:
            await _TrialPage(screen, trial, trial_id, content).build(title)


async def begin(screen: Screen, file: str, data: bytes) -> None:
    """Begin a trial of a workbook and go to its page."""
    trial_id = await screen.ask(screen.site.trials.begin, screen.hall, screen.visit.token, file, data)
    ui.navigate.to(f"/owner/try/{quote(trial_id)}")


class TrialScreen(Screen):
    """A page of a trial, as a person in it sees it; notices stand on the owner's page."""

    real = False

    def __init__(self, outer: Screen, trial: Trial, person: Person, acted: Callable[[], Any]) -> None:
        visit = Visit(
            hall=trial.hall,
            settings=outer.visit.settings,
            path=outer.visit.path,
            token=outer.visit.token,
            person=person,
            language=outer.language,
            t=outer.t,
        )
        super().__init__(Site(trial.hall, outer.site.settings), visit, outer.client)
        self._outer, self._trial, self._acted = outer, trial, acted
        self.ask = self._ask

    def say(
        self, text: str, tone: str = "info", href: str = "", more: str = "", *, details: Sequence[str] = ()
    ) -> None:
        """Show a notice on top of the owner's page; what it would lead to is not there."""
        del href, more
        self._outer.say(text, tone, details=details)

    def hush(self) -> None:
        """Take the notice away."""
        self._outer.hush()

    async def _ask(self, method: Callable[Concatenate[Person, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a method of the trial's hall, while the owner is signed in. What is attached is lent to the person first."""
        outer, trial = self._outer.visit, self._trial
        if await asyncio.to_thread(outer.hall.person_of, outer.token) is None:
            raise NotSignedIn
        said = [*args, *kwargs.values()]
        if any(isinstance(item, dict | list) for item in said) or "signature" in kwargs:
            await asyncio.to_thread(trial.lend, self.me, said)
        found = await asyncio.to_thread(method, self.me, *args, **kwargs)
        if isinstance(found, Receipt):
            self._acted()
        return found


class _TrialPage:
    """Who acts, which case is looked at, and what stands around it."""

    def __init__(self, screen: Screen, trial: Trial, trial_id: str, content: Drawing) -> None:
        self.screen = screen
        self.trial = trial
        self.trial_id = trial_id
        self.content = content
        self.person = ""
        self.case_id = ""  # empty: the form

    async def build(self, title: str) -> None:
        """Make the page."""
        screen, t = self.screen, self.screen.t
        back(t("trial.back"), f"/owner/{quote(self.trial.report.service_id)}" if await self._is_live() else "/owner")
        heading(1, title)
        with div("notice notice-info trial-note"):
            icon("info")
            with div("notice-text"):
                span(t("trial.lead"))
                if not all(example.passed for example in self.trial.report.examples):
                    span(t("trial.examples"), "strong")
        with tag("nav", "", "tabs", aria_label=title):
            self.tabs = {
                key: button(t(f"trial.tab.{key}"), screen.guarded(self._tab_to(key)), "tab")
                for key in ("form", "bench")
            }
        self.box = div("")
        people = await self._people()
        self.person = people[0].id if people else ""
        await self._show("form")

    async def _is_live(self) -> bool:
        owned = await self.screen.ask(self.screen.hall.workshop.owned, self.screen.language)
        return self.trial.report.service_id in {row.id for row in owned}

    def _tab_to(self, key: str) -> Callable[[], Any]:
        async def show() -> None:
            self.screen.hush()
            await self._show(key)

        return show

    async def _show(self, key: str) -> None:
        for name, made in self.tabs.items():
            made.set("aria_current", "page") if name == key else made.unset("aria_current")
        self.box.clear()
        with self.box:
            if key == "bench":
                bench = await asyncio.to_thread(
                    self.trial.hall.workshop.bench, self.trial.owner, self.trial.report.service_id, self.screen.language
                )
                BenchPanel(self.screen, bench).build()
                return
            self.side = div("trial-bar")
            self.body = div("case-body")
        await self._fill_side()
        await self._fill_body()

    async def _people(self) -> tuple[Person, ...]:
        return await asyncio.to_thread(self.trial.people)

    async def _fill_side(self) -> None:
        """Who acts, whose turn it is, what was sent, what time it is."""
        screen, t = self.screen, self.screen.t
        people = await self._people()
        turns = await asyncio.to_thread(self.trial.waiting, screen.language)
        cases = await asyncio.to_thread(self.trial.cases)
        self.side.clear()
        with self.side:
            with panel(t("trial.as"), "panel-action", "users"):
                self._who(people)
            with panel(t("trial.turn"), "", "tasks"):
                if not turns:
                    p(t("trial.turn_none"), "muted")
                with tag("ul", "", "trial-list"):
                    for turn in turns:
                        with tag("li"):
                            self._turn(turn)
            if cases:
                with panel(t("trial.cases"), "", "file"), tag("ul", "", "trial-list"):
                    for case in cases:
                        with tag("li"):
                            self._case(case)
            messages = await asyncio.to_thread(self.trial.hall.outbox.everything, screen.language)
            if messages:
                with panel(t("trial.messages"), "", "messages"):
                    p(t("trial.messages_lead"), "muted")
                    with tag("ul", "", "trial-list"):
                        for message in messages:
                            with tag("li"):
                                told(screen, message)
            with panel(t("trial.now", at=moment(self.trial.now())), "", "clock"):
                self._clock()

    def _who(self, people: Sequence[Person]) -> None:
        screen, t, directory = self.screen, self.screen.t, self.trial.hall.directory

        async def chosen(event: GenericEventArguments) -> None:
            if str(event.args) in {person.id for person in people}:
                await self.become(str(event.args), self.case_id)

        tag("label", t("trial.as"), "hidden-text", for_="trial-person")
        with tag("select", "", "select", id="trial-person") as field:
            for person in people:
                name = directory.name(person.id, screen.language)
                department = directory.department_name(person.department, screen.language)
                text = " · ".join(filter(None, (name, department)))
                tag("option", text, value=person.id, selected=person.id == self.person)
        field.on("change", screen.guarded(chosen), js_handler="(e) => emit(e.target.value)")
        if self.case_id:
            screen.action(t("trial.apply"), lambda: self.become(self.person, ""), "button small")

    def _turn(self, turn: Waiting) -> None:
        t = self.screen.t
        text = f"{turn.name} · {turn.step or t('trial.mend')}"
        self.screen.action(text, lambda: self.become(turn.person, turn.case_id), "button small wide")
        p(f"{turn.title} {turn.number}", "muted small")

    def _case(self, case: TriedCase) -> None:
        async def show() -> None:
            await self.become(case.applicant, case.id)

        self.screen.action(f"{case.number} {case.title}", show, "button small wide quiet")
        state_tag(self.screen.t, case.state)

    def _clock(self) -> None:
        screen, t = self.screen, self.screen.t
        day = [""]

        async def on(to: datetime) -> None:
            if to < self.trial.now():
                screen.say(t("trial.jump_back"), "warning")
                return
            count = await asyncio.to_thread(self.trial.move_clock, to)
            await self._fill_side()
            await self._fill_body()
            screen.say(t("trial.jumped", at=moment(self.trial.now()), count=count), "success")

        async def jump() -> None:
            if day[0]:
                await on(datetime.fromisoformat(day[0]).replace(hour=9, tzinfo=CAMPUS_ZONE))

        async def anew() -> None:
            await begin(screen, self.trial.file, self.trial.data)

        def typed(event: GenericEventArguments) -> None:
            try:
                day[0] = datetime.fromisoformat(str(event.args)).date().isoformat()
            except ValueError:
                day[0] = ""

        with div("actions"):
            screen.action(t("trial.day"), lambda: on(self.trial.now() + timedelta(days=1)), "button small")
            screen.action(t("trial.week"), lambda: on(self.trial.now() + timedelta(days=7)), "button small")
        with div("actions"):
            field = tag("input", "", "input", type="date", aria_label=t("trial.jump"))
            field.on("change", typed, js_handler="(e) => emit(e.target.value)")
            screen.action(t("trial.jump"), jump, "button small")
        screen.action(t("trial.anew"), anew, "button small quiet")

    async def become(self, person: str, case_id: str) -> None:
        """Go on as a person, at a case or at the form."""
        self.person, self.case_id = person, case_id
        self.screen.hush()
        await self._fill_side()
        await self._fill_body()

    def _inner(self) -> TrialScreen:
        """The page as the person sees it."""
        hall = self.trial.hall
        person = hall.directory.people[self.person]
        # What acted may be off the page by then: the rest of the page does not wait for it.
        return TrialScreen(
            self.screen, self.trial, person, lambda: background_tasks.create(self._fill_side(), name="trial")
        )

    def _owner(self) -> Screen:
        """The page as the owner sees it in the trial's hall, whoever she plays."""
        return TrialScreen(self.screen, self.trial, self.trial.owner, lambda: None)

    async def _fill_body(self) -> None:
        inner, t = self._inner(), self.screen.t
        self.body.clear()
        try:
            if self.case_id:
                view = await inner.ask(self.trial.hall.case, self.case_id, inner.language)
                with self.body:
                    await CasePage(inner, view, div(""), partial(example_button, self._owner())).build()
                return
            session = await inner.ask(self.trial.hall.open_form, self.trial.report.service_id, inner.language)
        except (NotAllowed, NotFound):
            with self.body, panel(t("trial.apply"), "", "info"):
                p(t("trial.hidden" if self.case_id else "trial.apply_not"))
            return
        with self.body:
            await _TriedForm(inner, session, self).build()


class _TriedForm(Application):
    """The form of a trial; once it is sent the case is shown instead."""

    def __init__(self, screen: TrialScreen, session: FormSession, page: _TrialPage) -> None:
        super().__init__(screen, session, page.content)
        self._page = page

    def head(self) -> None:
        """The title only."""
        with div("title-block"):
            heading(2, self.session.title)

    async def sent(self, receipt: Receipt) -> None:
        """Show the case as its applicant sees it."""
        page = self._page
        await page.become(page.person, receipt.case_id)
        self.screen.say(self.screen.t("trial.sent", number=receipt.number), "success")
