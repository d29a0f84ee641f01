"""Faults of deadlines that only show against the form, the data sheets and the organisation; and their sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from banshi.platform.people.directory import Directory
from banshi.platform.people.who_checks import check_who
from banshi.platform.routes import faults
from banshi.platform.routes.deadline import UNITS, Deed, Due, Span, Unit, column_of, parse_span
from banshi.platform.routes.model import Mode, Route, RouteStep
from banshi.platform.routes.tree import Tree
from banshi.platform.workbook.columns import suggest
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Scope
from banshi.rules.values import Kind

_MINUTES: Mapping[Unit, int] = {
    Unit.WORKING_DAY: 24 * 60,
    Unit.DAY: 24 * 60,
    Unit.WORKING_HOUR: 3 * 60,  # an office is open for about a third of a day
    Unit.HOUR: 60,
    Unit.WORKING_MINUTE: 3,
    Unit.MINUTE: 1,
}
"""How long units are, roughly: only to tell which of two branches takes longer."""


def check_deadlines(
    route: Route, scope: Scope, directory: Directory | None, datasets: Mapping[str, Dataset]
) -> list[Diagnostic]:
    """Everything that is wrong; without a directory, people and roles are not looked at."""
    found: list[Diagnostic] = []
    for step in route.steps:
        found += _deeds(step, scope, directory)
        if step.due is not None:
            if not step.mode.takes_time and "due" in step.cells:
                found.append(faults.DUE_WITHOUT_EFFECT.at(step.at("due"), step=step.id))
            found += _due(step, step.due, scope, datasets)
    # Several steps may look into one data sheet.
    return [*dict.fromkeys(found), *_sum(route, datasets)]


def _deeds(step: RouteStep, scope: Scope, directory: Directory | None) -> Iterator[Diagnostic]:
    where = step.at("overdue")
    if "overdue" in step.cells and step.due is None:
        yield faults.OVERDUE_WITHOUT_DUE.at(where, step=step.id)
    for entry in step.overdue:
        yield from check_who(entry.who, scope, directory)
        if entry.deed.decides and entry.percent < 100:
            yield faults.DECIDES_TOO_EARLY.at(where, step=step.id, percent=entry.percent)
        if entry.deed is Deed.PASS and step.demands_more:
            yield faults.AUTO_PASS_ASKS_MORE.at(where, step=step.id)
        if entry.deed is Deed.REFUSE and not (step.mode.decides or step.mode is Mode.CALLBACK):
            yield faults.DO_CANNOT_REFUSE.at(where, step=step.id)


def _due(step: RouteStep, due: Due, scope: Scope, datasets: Mapping[str, Dataset]) -> Iterator[Diagnostic]:
    where = step.at("due")
    for name in filter(None, (due.field, due.key)):
        if name not in scope.names:
            yield faults.UNKNOWN_DUE_FIELD.at(where, name=name, near=suggest(name, scope.names))
        elif due.key and scope.names[name].kind is Kind.LIST:
            yield faults.DUE_KEY_OF_SEVERAL.at(where, name=name)
        elif due.field and scope.names[name].kind not in (Kind.DATE, Kind.DATETIME, Kind.ANY):
            yield faults.DUE_FIELD_NO_DATE.at(where, name=name)
    if not due.table:
        return
    dataset = datasets.get(due.table)
    column = column_of(due, dataset) if dataset else ""
    if dataset is None or not column:
        yield faults.UNKNOWN_DUE_TABLE.at(where, name=due.table, near="" if dataset else suggest(due.table, datasets))
        return
    for cell in (row[column] for row in dataset.rows):
        if parse_span(cell.text) is None:
            yield faults.BAD_DUE_IN_TABLE.at(cell.place, step=step.id, text=cell.text)
    there = {row[dataset.keys[0]].text for row in dataset.rows} if dataset.keys else set()
    known = scope.find(due.key)
    if missing := [choice for choice in sorted(known.choices or ()) if choice not in there] if known else []:
        yield faults.MISSING_DUE_KEYS.at(where, table=due.table, field=due.key, keys="、".join(missing))


def _sum(route: Route, datasets: Mapping[str, Dataset]) -> Iterator[Diagnostic]:
    """The longest path when every step takes all its time; said where at least two steps have a span."""
    path = longest(route, {step.id for step in route.steps}, datasets)
    if len(path) > 1:
        facts = {"sum": total(path, "zh", datasets), "sum_en": total(path, "en", datasets)}
        yield faults.SUM_OF_DEADLINES.at(path[0].at("due"), path=">".join(step.id for step in path), **facts)


def longest(route: Route, taken: Collection[str], datasets: Mapping[str, Dataset]) -> list[RouteStep]:
    """The steps with a span, among those taken, that follow one another; side by side the longest branch."""
    path: list[RouteStep] = []
    for block in Tree(route).blocks:
        timed = [[step for step in branch if step.id in taken and _span(step, datasets)] for branch in block.branches]
        path += max(timed, key=lambda branch: sum(_length(_span(step, datasets)) for step in branch))
    return path


def total(steps: Iterable[RouteStep], language: str, datasets: Mapping[str, Dataset]) -> str:
    """What their spans add up to, by unit; blank where there are none."""
    counts: Counter[Unit] = Counter()
    for step in steps:
        if span := _span(step, datasets):
            counts[span.unit] += span.count
    return " + ".join(Span(counts[unit], unit).text(language) for unit in UNITS if counts[unit])


def _span(step: RouteStep, datasets: Mapping[str, Dataset]) -> Span | None:
    """How long a step may take after it is asked, at most where a data sheet says it; a span before a date is none."""
    if step.due is None or step.due.field or not step.mode.takes_time:
        return None
    dataset = datasets.get(step.due.table)
    column = column_of(step.due, dataset) if dataset else ""
    if dataset is None or not column:
        return step.due.span
    spans = [span for row in dataset.rows if (span := parse_span(row[column].text)) is not None]
    return max(spans, key=_length, default=None)


def _length(span: Span | None) -> int:
    return span.count * _MINUTES[span.unit] if span else 0
