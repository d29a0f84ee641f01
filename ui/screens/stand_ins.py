"""Standing in: who acts for a person while she is away, and for whom she acts."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial

from nicegui.events import GenericEventArguments
from ulid import ULID

from banshi.platform.views import StandInRow
from banshi.rules.values import CAMPUS_ZONE
from banshi.ui.components.people import People
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import Tag, div, p, span, tag
from banshi.ui.screens.pieces import empty, moment, panel

_TONES = {"now": "green", "ahead": "blue", "ended": "grey"}
_LONGEST_NOTE = 200


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/stand-ins")
    async def stand_ins(screen: Screen) -> None:
        with screen.frame(screen.t("stand.title"), active="tasks"):
            back(screen.t("case.back_tasks"), "/tasks")
            title_block(screen.t("stand.title"), screen.t("stand.lead"))
            await _Page(screen, div("columns")).build()


class _Page:
    def __init__(self, screen: Screen, body: Tag) -> None:
        self.screen = screen
        self.body = body
        self.first = self.last = self.note = ""
        self.services: set[str] = set()

    async def build(self) -> None:
        screen = self.screen
        rows = await screen.ask(screen.hall.stand_ins, screen.language)
        services = {
            card.id: card.title for card in await screen.ask(partial(screen.hall.catalogue, language=screen.language))
        }
        self.command_id = str(ULID())
        self.services.clear()
        self.body.clear()
        with self.body:
            with div("main-column"), panel(screen.t("stand.list"), "", "clock"):
                if not rows:
                    empty("users", screen.t("stand.none"), "")
                for row in rows:
                    self._row(row, services)
            with div("side-column"), panel(screen.t("stand.new"), "", "users"):
                self._new(services)

    def _row(self, row: StandInRow, services: dict[str, str]) -> None:
        screen, t = self.screen, self.screen.t
        with div("stand-in"):
            with div("event-head"):
                span(t(f"stand.{'mine' if row.mine else 'theirs'}", person=row.person, stand_in=row.stand_in), "strong")
                span(t(f"stand.state.{row.state}"), f"tag tag-{_TONES[row.state]}")
            p(_span(row), "muted")
            p(t("list.comma").join(services.get(key, key) for key in row.services) or t("stand.all"), "small")
            if row.note:
                p(row.note, "small")
            if row.state != "ended":

                async def end() -> None:
                    await screen.ask(screen.hall.end_stand_in, row.id)
                    await self.build()
                    screen.say(t("stand.ended"), "success")

                screen.action(t("stand.end"), end, "button small")

    def _new(self, services: dict[str, str]) -> None:
        screen, t = self.screen, self.screen.t
        find = screen.guarded(screen.find_people)
        people = People(t("stand.who"), "stand-in", find, language=screen.language, most=1)
        self._field("stand-from", t("stand.from"), "first", type="date")
        self._field("stand-to", t("stand.to"), "last", type="date")
        with tag("details", "", "more"):
            tag("summary", t("stand.services"))
            for key, title in sorted(services.items(), key=lambda item: item[1]):
                with tag("label", "", "bulk-one"):
                    box = tag("input", type="checkbox")
                    box.on("change", partial(self._tick, key), js_handler="(e) => emit(e.target.checked)")
                    span(title)
        self._field("stand-note", t("stand.note"), "note", type="text", maxlength=_LONGEST_NOTE)

        async def save() -> None:
            first, last = _day(self.first), _day(self.last)
            if not people.people or first is None or last is None:
                screen.say(t("stand.dates" if people.people else "task.people_missing"), "warning")
                return
            ask = partial(
                screen.hall.let_stand_in,
                services=sorted(self.services),
                note=self.note,
                command_id=self.command_id,
            )
            await screen.ask(ask, people.people[0], first, last + timedelta(days=1))
            await self.build()
            screen.say(t("stand.saved"), "success")

        screen.action(t("stand.save"), save, "button primary")

    def _field(self, field_id: str, label: str, kept: str, **attributes: str | int) -> None:
        tag("label", label, "field-label", for_=field_id)
        field = tag("input", "", "input", id=field_id, **attributes)

        def typed(event: GenericEventArguments) -> None:
            setattr(self, kept, str(event.args or "")[:_LONGEST_NOTE])

        field.on("change", typed, js_handler="(e) => emit(e.target.value)")

    def _tick(self, key: str, event: GenericEventArguments) -> None:
        (self.services.add if event.args else self.services.discard)(key)


def _span(row: StandInRow) -> str:
    """From when until when; whole days as days, the last one included."""
    since, until = (at.astimezone(CAMPUS_ZONE) for at in (row.since, row.until))
    if since.time() == until.time() == time():
        return f"{since.date()} – {(until - timedelta(days=1)).date()}"
    return f"{moment(since)} – {moment(until)}"


def _day(text: str) -> datetime | None:
    """The beginning of a day on the campus."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=CAMPUS_ZONE)
    except ValueError:
        return None
