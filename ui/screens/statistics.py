"""Statistics: figures of the cases and steps that somebody answers for, as numbers, charts, tables and files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import urlencode

from banshi.platform.statistics.answering import FEWEST, OTHERS
from banshi.platform.statistics.model import CaseGroup, Choices, Question, Statistics, StepGroup
from banshi.platform.statistics.tables import hours
from banshi.ui.components.chart import bars
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.html import button, div, icon, link, p, span, tag
from banshi.ui.screens.listing import Cell, Column, Listing
from banshi.ui.screens.pieces import empty, moment, panel

_DEFINITIONS = ("cases", "states", "rates", "times", "middle", "overdue", "cut")
_IN_CHART = 15  # units and steps; the table has all


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/statistics")
    async def statistics(
        screen: Screen, since: str = "", until: str = "", unit: str = "", service: str = "", step: str = ""
    ) -> None:
        choices = await screen.ask(site.hall.statistics_choices, service, screen.language)
        step = step if step in dict(choices.steps) else ""
        asked = Question(service_id=service, unit=unit, step=step, since=_day(since), until=_day(until))
        found = await screen.ask(site.hall.statistics, asked, screen.language)
        t = screen.t
        with screen.frame(t("nav.statistics"), active="statistics", classes="page-statistics"):
            title_block(t("stats.title"), t("stats.lead"))
            _filter(screen, asked, choices)
            if found.withheld:
                empty("users", t("stats.withheld"), t("stats.withheld_text", count=FEWEST))
            elif not found.total.cases:
                empty("cases", t("stats.empty"), t("stats.empty_text"))
            else:
                _Figures(screen, asked, found).build()
            _definitions(screen)


def _day(text: str) -> date | None:
    """A day of the address; what is none does not filter."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _filter(screen: Screen, asked: Question, choices: Choices) -> None:
    t = screen.t
    with tag("form", "", "filter filter-statistics", role="search", method="get", action="/statistics"):
        for name, day in (("since", asked.since), ("until", asked.until)):
            with div("filter-field"):
                tag("label", t(f"stats.{name}"), "field-label", for_=f"filter-{name}")
                tag("input", "", "input", type="date", id=f"filter-{name}", name=name,
                    defaultValue=day.isoformat() if day else None)  # fmt: skip
        choice_field(t("stats.service"), "service", choices.services, asked.service_id, t("list.all"))
        if choices.steps:
            steps = [(key, f"{key} {name}") for key, name in choices.steps]
            choice_field(t("stats.step"), "step", steps, asked.step, t("list.all"))
        choice_field(t("stats.unit"), "unit", choices.units, asked.unit, t("list.all"))
        with div("filter-buttons"):
            button(t("stats.show"), None, "button primary", type="submit")
            link(t("stats.reset"), "/statistics", "button quiet")


def choice_field(label: str, name: str, choices: Sequence[tuple[str, str]], chosen: str, every: str) -> None:
    """A choice of a filter; `every` is what it says when nothing is chosen."""
    with div("filter-field"):
        tag("label", label, "field-label", for_=f"filter-{name}")
        with tag("select", "", "select", id=f"filter-{name}", name=name):
            for key, text in [("", every), *choices]:
                tag("option", text, value=key, selected=key == chosen)


def _definitions(screen: Screen) -> None:
    with tag("details", "", "panel definitions", id="definitions"):
        tag("summary", screen.t("stats.definitions"), "strong")
        for name in _DEFINITIONS:
            p(screen.t(f"stats.def.{name}"))


class _Figures:
    """What was found, from the whole to its parts."""

    def __init__(self, screen: Screen, asked: Question, found: Statistics) -> None:
        self.screen = screen
        self.t = screen.t
        self.asked = asked
        self.found = found

    def build(self) -> None:
        """Fill the page."""
        t, found = self.t, self.found
        self._total()
        if any(group.key == OTHERS for group in (*found.months, *found.units, *found.by_service)):
            p(t("stats.merged", count=FEWEST), "muted")
        with self._panel("steps", t("stats.steps")):
            self._chart(t("stats.steps"), [step.title for step in found.steps],
                        {t("stats.step_median"): [hours(step.worktime.median) for step in found.steps]}, across=True)  # fmt: skip
            self._steps()
        self._groups("months", t("stats.months"), t("stats.month"), found.months, across=False)
        self._groups("units", t("stats.units"), t("stats.unit_of"), found.units, across=True)
        if len(found.by_service) > 1:
            self._groups("services", t("stats.by_services"), t("stats.service"), found.by_service, across=True)

    @contextmanager
    def _panel(self, by: str, title: str) -> Iterator[None]:
        """A part of the page with its files to download."""
        asked = urlencode({key: value for key, value in asdict(self.asked).items() if value})
        with panel(title, "panel-figures"):
            with div("actions figure-files"):
                for kind in ("xlsx", "csv"):
                    with link("", f"/export/statistics/{by}.{kind}?{asked}", "button small", download=""):
                        icon("download", "icon icon-small")
                        span(self.t("stats.export", kind=kind))
            yield

    def _total(self) -> None:
        t, found, total = self.t, self.found, self.found.total
        with self._panel("total", t("stats.total")):
            p(t("stats.as_of", at=moment(datetime.now(UTC))), "muted")
            with tag("dl", "", "figures"):
                for label, text in (
                    (t("stats.services"), str(found.services)),
                    (t("stats.cases"), str(total.cases)),
                    (t("stats.in_progress"), str(total.in_progress)),
                    (t("stats.finished"), str(total.finished)),
                    (t("stats.visits"), str(total.visits)),
                    (t("stats.overdue_now"), str(found.overdue_now)),
                    (t("stats.refusal_rate"), rate(total.refusal_rate)),
                    (t("stats.return_rate"), rate(total.return_rate)),
                    (t("stats.median"), length(total.worktime.median)),
                    (t("stats.p90"), length(total.worktime.p90)),
                    (t("stats.plain"), length(total.plain.median)),
                ):
                    with div("figure"):
                        tag("dt", label)
                        tag("dd", text)
            if found.bottleneck is not None:
                with div("notice notice-info bottleneck"):
                    icon("clock")
                    span(t("stats.bottleneck", step=self._named(found.bottleneck), share=rate(found.bottleneck.share)))

    def _named(self, step: StepGroup) -> str:
        return step.title if len(self.found.by_service) < 2 else f"{step.service} · {step.title}"

    def _groups(self, by: str, title: str, name: str, groups: Sequence[CaseGroup], *, across: bool) -> None:
        t = self.t
        with self._panel(by, title):
            states: Mapping[str, Callable[[CaseGroup], int]] = {
                t("stats.approved"): lambda group: group.approved,
                t("stats.in_progress"): lambda group: group.in_progress,
                t("stats.refused"): lambda group: group.refused,
                t("stats.withdrawn"): lambda group: group.withdrawn,
            }
            series = {label: [count(group) for group in groups] for label, count in states.items()}
            self._chart(title, [group.label for group in groups], series, across=across)
            columns: list[tuple[str, Callable[[CaseGroup], str]]] = [
                (t("stats.cases"), lambda group: str(group.cases)),
                *((label, _counted(count)) for label, count in states.items()),
                (t("stats.visits"), lambda group: str(group.visits)),
                (t("stats.refusal_rate"), lambda group: rate(group.refusal_rate)),
                (t("stats.return_rate"), lambda group: rate(group.return_rate)),
                (t("stats.median"), lambda group: length(group.worktime.median)),
                (t("stats.p90"), lambda group: length(group.worktime.p90)),
            ]
            rows = [
                {"name": Cell(group.label), **{str(i): Cell(of(group)) for i, (_, of) in enumerate(columns)}}
                for group in groups
            ]
            self._listing(title, name, [label for label, _ in columns], rows)

    def _steps(self) -> None:
        t = self.t
        columns: list[tuple[str, Callable[[StepGroup], str]]] = [
            (t("stats.asked"), lambda step: str(step.asked)),
            (t("stats.decided"), lambda step: str(step.decided)),
            (t("stats.waiting"), lambda step: str(step.waiting)),
            (t("stats.by_clock"), lambda step: str(step.by_clock)),
            (t("stats.step_median"), lambda step: length(step.worktime.median)),
            (t("stats.step_p90"), lambda step: length(step.worktime.p90)),
            (t("stats.step_waiting"), lambda step: length(step.waiting_worktime.median)),
            (t("stats.share"), lambda step: rate(step.share)),
            (t("stats.overdue"), lambda step: str(step.overdue)),
            (t("stats.overdue_rate"), lambda step: rate(step.overdue_rate)),
            (t("stats.refusal_rate"), lambda step: rate(step.refusal_rate)),
            (t("stats.return_rate"), lambda step: rate(step.return_rate)),
        ]
        rows = [
            {
                "name": Cell(step.title, sub=step.service),
                **{str(i): Cell(of(step)) for i, (_, of) in enumerate(columns)},
            }
            for step in self.found.steps
        ]
        self._listing(t("stats.steps"), t("stats.step"), [label for label, _ in columns], rows)

    def _listing(self, caption: str, name: str, labels: Sequence[str], rows: Sequence[Mapping[str, Cell]]) -> None:
        numbers = [Column(str(i), label, "number") for i, label in enumerate(labels)]
        Listing([Column("name", name, "lead"), *numbers], rows, caption=caption, t=self.t)

    def _chart(
        self, title: str, names: Sequence[str], series: Mapping[str, Sequence[int | Decimal | None]], *, across: bool
    ) -> None:
        shown = slice(None, _IN_CHART) if across else slice(-24, None)
        cut = {label: values[shown] for label, values in series.items()}
        bars(self.t("stats.chart", title=title), names[shown], cut, across=across)


def _counted(count: Callable[[CaseGroup], int]) -> Callable[[CaseGroup], str]:
    return lambda group: str(count(group))


def rate(value: Decimal | None) -> str:
    """A rate for people: `12.3 %`; a dash where there is none."""
    return "—" if value is None else f"{value * 100:.1f} %"


def length(seconds: int | None) -> str:
    """A length of time in hours for people: `7.5`; a dash where there is none."""
    found = hours(seconds)
    return "—" if found is None else f"{found:.1f}"
