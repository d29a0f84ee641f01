"""Boards: what the charts of a service show, computed on columns when somebody looks.

`points` is a pure function of columns: the group, the number and the person of each row. Whoever may not see the cases sees
only groups of at least `FEWEST` people; smaller ones are told together, and where those together are fewer still, nothing is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from threading import Lock
from typing import Any

import numpy as np

from banshi.platform.errors import NotAllowed, NotFound, plain_failures
from banshi.platform.exports import Export, table_file
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library, owns
from banshi.platform.service.boards import BOARD_NAMES, Chart, ChartKind, From
from banshi.platform.service.model import Service
from banshi.platform.statistics.answering import FEWEST
from banshi.platform.statistics.columns import Codes
from banshi.platform.words import STATES, word
from banshi.rules.expressions import Environment, evaluate
from banshi.rules.values import Kind, Value, from_json
from banshi.storage.contract import CaseFilter, CaseTask, Store, StoredCase, TaskFilter

MOST_RANKED, MOST_MONTHS, MOST_TASKS = 10, 24, 100_000
_TEXTS = {
    "all": ("全部", "All"),
    "others": ("其他（合并）", "Others, together"),
    "none": ("未填", "Not given"),
    "late": ("超期", "Overdue"),
    "in time": ("未超期", "In time"),
    "group": ("分组", "Group"),
    "number": ("数值", "Number"),
    "share": ("占比（%）", "Share (%)"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """A group of a chart with its number; `share` is its part of all in percent, to two digits."""

    label: str
    number: Decimal
    share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart as it is shown. `withheld` where too few people are in it for whoever looks."""

    service_id: str
    service: str
    at: int
    kind: ChartKind
    title: str
    points: Sequence[Point] = ()
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """The rows of a chart: the group of each, its number, and the person behind it (blank where there is none)."""

    groups: Sequence[str]
    numbers: Sequence[Decimal]
    people: Sequence[str]


def points(kind: ChartKind, rows: Columns, others: str, fewest: int = 0) -> list[Point] | None:
    """What a chart shows; None where it would tell of fewer than `fewest` people. Sums are exact."""
    codes = Codes()
    group = codes.of(rows.groups)
    labels = codes.texts
    sums = [Decimal(0)] * len(labels)
    for code, number in zip(group.tolist(), rows.numbers, strict=True):
        sums[code] += number
    if fewest:
        told = _protected(group, rows.people, labels, sums, others, fewest)
        if told is None:
            return None
        labels, sums = told
    total = sum(sums, Decimal(0))
    found = [
        Point(label, number, (number * 100 / total).quantize(Decimal("0.01")) if total else Decimal(0))
        for label, number in zip(labels, sums, strict=True)
    ]
    if kind is ChartKind.TREND:
        return sorted(found, key=lambda point: point.label)[-MOST_MONTHS:]
    found.sort(key=lambda point: (point.label == others, -point.number, point.label))
    return found[:MOST_RANKED] if kind is ChartKind.RANKING else found


def _protected(
    group: Any, people: Sequence[str], labels: Sequence[str], sums: Sequence[Decimal], others: str, fewest: int
) -> tuple[list[str], list[Decimal]] | None:
    """The groups without those of few people, who are put together; more groups go with them until they are enough."""
    person = Codes().of(people)
    pairs = np.unique(np.stack([group, person], axis=1), axis=0) if len(person) else np.zeros((0, 2), np.int64)
    counts = np.bincount(pairs[:, 0], minlength=len(labels)) if len(labels) else np.zeros(0, np.int64)
    order = np.argsort(counts, kind="stable").tolist()
    small = [code for code in order if counts[code] < fewest]
    rest = [code for code in order if counts[code] >= fewest]

    def together() -> int:
        return len(np.unique(pairs[np.isin(pairs[:, 0], small), 1]))

    while small and together() < fewest and rest:
        small.append(rest.pop(0))
    if small and together() < fewest:
        return None
    shown = sorted(rest)
    merged = [others] if small else []
    return (
        [*(labels[code] for code in shown), *merged],
        [*(sums[code] for code in shown), *([sum((sums[code] for code in small), Decimal(0))] if small else [])],
    )


@plain_failures
class Boards:
    """See the module. `may_apply` says whether a service is open to a person; `clock` gives aware campus time."""

    def __init__(
        self,
        store: Store,
        library: Library,
        may_apply: Callable[[Person, Service], bool],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._library = library
        self._may_apply = may_apply
        self._clock = clock
        self._turn = Lock()  # one at a time: a chart reads every case of its service

    def services(self, person: Person, language: str = "zh") -> list[tuple[str, str]]:
        """The services whose boards a person may see, by id and title."""
        return [
            (service_id, service.settings.title.get(language))
            for service_id, (service, _) in sorted(self._library.live.items())
            if service.charts and self._sees(person, service)
        ]

    def board(self, person: Person, service_id: str, language: str = "zh") -> list[Drawn]:
        """The charts of a service. Raises NotAllowed, NotFound."""
        service = self._open(person, service_id)
        with self._turn:
            return [self._drawn(person, service, at, chart, language) for at, chart in enumerate(service.charts)]

    def export(self, person: Person, service_id: str, at: int, file_type: str, language: str = "zh") -> Export:
        """The numbers of a chart as a file."""
        service = self._open(person, service_id)
        if not 0 <= at < len(service.charts):
            raise NotFound("table", str(at))
        with self._turn:
            drawn = self._drawn(person, service, at, service.charts[at], language)
        header = [_text(name, language) for name in ("group", "number", "share")]
        rows = ([point.label, point.number, point.share] for point in drawn.points)
        return table_file(file_type, drawn.title, self._clock(), header, rows)

    def _open(self, person: Person, service_id: str) -> Service:
        service = self._library.service(service_id)
        if not self._sees(person, service):
            raise NotAllowed
        return service

    def _sees(self, person: Person, service: Service) -> bool:
        return self._sees_all(person, service) or self._may_apply(person, service)

    @staticmethod
    def _sees_all(person: Person, service: Service) -> bool:
        return owns(person, service) or "auditor" in person.roles

    def _drawn(self, person: Person, service: Service, at: int, chart: Chart, language: str) -> Drawn:
        rows = columns_of(chart, self._rows(service, chart, language), self._environment(service), language)
        open_ = chart.source is From.DATA or self._sees_all(person, service)
        found = points(chart.kind, rows, _text("others", language), 0 if open_ else FEWEST)
        return Drawn(
            service_id=service.settings.id,
            service=service.settings.title.get(language),
            at=at,
            kind=chart.kind,
            title=chart.titled(language),
            points=found or (),
            withheld=found is None,
        )

    def _environment(self, service: Service) -> Environment:
        return Environment(
            values={}, datasets=service.datasets, now=self._clock(), directory=self._library.directory,
            calendar=self._library.calendar, choice_labels=service.choice_label,
        )  # fmt: skip

    def _rows(self, service: Service, chart: Chart, language: str) -> Iterator[tuple[dict[str, Value], str]]:
        """The names of each row, and the person behind it."""
        if chart.source is From.DATA:
            for row in service.datasets[chart.name].rows:
                yield {name: cell.value for name, cell in row.items()}, ""
            return
        if chart.source is From.TASKS:
            yield from self._tasks(service, language)
            return
        for case in self._store.iter_cases(CaseFilter(service_id=service.settings.id)):
            names = self._names(service, case, language)
            if chart.source is From.CASES:
                yield names, case.applicant
                continue
            for name, bill in case.snapshot["shown"].get("bills", {}).items():
                total = from_json(bill.get("total"), Kind.NUMBER)
                yield {**names, **_named("tariff", name), **_named("total", total)}, case.applicant

    def _tasks(self, service: Service, language: str) -> Iterator[tuple[dict[str, Value], str]]:
        """One row for each step that waits, however many people are asked in it; overdue once the last of them is."""
        now = self._clock()
        steps: dict[tuple[str, str, int], CaseTask] = {}
        for one in self._open_tasks(service):
            key = (one.case.id, one.task.step_id, one.task.round)
            if key not in steps or _due(one) > _due(steps[key]):
                steps[key] = one
        for one in steps.values():
            late = one.task.due is not None and one.task.due < now
            more = {**_named("step", one.task.step_name), **_named("overdue", late)}
            yield {**self._names(service, one.case, language), **more}, one.case.applicant

    def _open_tasks(self, service: Service) -> Iterator[CaseTask]:
        page = 1
        which = TaskFilter(service_id=service.settings.id, state="open")
        while page * 500 <= MOST_TASKS:
            found, total = self._store.tasks(which, page=page, size=500)
            yield from found
            if page * 500 >= total:
                return
            page += 1

    def _names(self, service: Service, case: StoredCase, language: str) -> dict[str, Value]:
        shown = case.snapshot["shown"].get("values", {})
        said = {**shown, **case.snapshot["answers"]} if isinstance(shown, Mapping) else case.snapshot["answers"]
        masks = self._library.masks(service.settings.id, case.version)  # also what was marked so later
        names = {
            name: from_json(raw, service.field_kinds.get(name, Kind.ANY))
            for name, raw in said.items()
            if not isinstance(raw, list) and not masks.hides(name)
        }
        person = self._library.directory.people.get(case.applicant)
        unit = self._library.directory.department_name(person.department, language) if person else ""
        month = f"{case.submitted_at.astimezone(self._clock().tzinfo):%Y-%m}"
        return {
            **names,
            **_named("state", word(STATES, case.state, language)),
            **_named("month", month),
            **_named("unit", unit or None),
        }


def _due(one: CaseTask) -> float:
    """When a task is due, as a number that can be compared; what is due at no time comes before all."""
    return one.task.due.timestamp() if one.task.due else -math.inf


def columns_of(
    chart: Chart, rows: Iterator[tuple[dict[str, Value], str]], around: Environment, language: str
) -> Columns:
    """The rows that count as columns."""
    groups: list[str] = []
    numbers: list[Decimal] = []
    people: list[str] = []
    usual = {ChartKind.TREND: "month", ChartKind.OVERDUE: "overdue"}.get(chart.kind, "")
    for names, person in rows:
        here = replace(around, values=names, language=language)
        if chart.only is not None and evaluate(chart.only, here) is not True:
            continue
        number = evaluate(chart.value, here) if chart.value is not None else Decimal(1)
        if not isinstance(number, Decimal) or isinstance(number, bool):
            continue
        value: Value = _text("all", language)
        if chart.group is not None or usual:
            value = evaluate(chart.group, here) if chart.group is not None else names.get(BOARD_NAMES[usual][0])
        groups.append(_label(chart, value, around, language))
        numbers.append(number)
        people.append(person)
    return Columns(groups, numbers, people)


def _label(chart: Chart, value: Value, around: Environment, language: str) -> str:
    if chart.kind is ChartKind.OVERDUE and isinstance(value, bool):
        return _text("late" if value else "in time", language)
    if isinstance(value, date):
        return f"{value:%Y-%m}" if chart.kind is ChartKind.TREND else f"{value:%Y-%m-%d}"
    if isinstance(value, Decimal):
        return format(value, "f")
    if not isinstance(value, str) or not value:
        return _text("none", language)
    names = chart.group.names if chart.group is not None else frozenset[str]()
    labels = (around.choice_labels(name, value, language) for name in names) if around.choice_labels else iter(())
    return next((label for label in labels if label != value), value)


def _named(key: str, value: Value) -> dict[str, Value]:
    return dict.fromkeys(BOARD_NAMES[key], value)


def _text(key: str, language: str) -> str:
    return _TEXTS[key][language == "en"]
