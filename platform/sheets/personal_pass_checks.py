"""Faults of the sheet `personal passes` that only show against the data sheets, the rules and the organisation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from banshi.platform.people.directory import Directory
from banshi.platform.people.who_checks import check_who
from banshi.platform.service.model import Service
from banshi.platform.service.personal_passes import PLACE, TIME, VERDICTS, WEEKDAY, PersonalPass, day_written
from banshi.platform.sheets import personal_pass_faults as faults
from banshi.platform.workbook.columns import plain, suggest
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression, Name, Scope, fold_name
from banshi.rules.expressions.tree import Reference
from banshi.rules.values import Kind

Check = Callable[[Expression | None, Scope, Kind], Iterator[Diagnostic]]


def check_personal_passes(
    service: Service, scope: Scope, directory: Directory | None, check: Check
) -> Iterator[Diagnostic]:
    """Everything that is wrong; `check` checks an expression, `scope` has the names of the form."""
    for one in service.personal_passes:
        roll = service.datasets.get(one.roll)
        if roll is None:
            place, near = one.at("roll"), suggest(one.roll, service.datasets)
            yield faults.NO_ROLL.at(place, name=one.roll, near=near)
            continue
        if roll.live:
            yield faults.LIVE_ROLL.at(one.at("roll"), name=one.roll)
        row = replace(scope, names={column: Name(Kind.ANY) for column in roll.columns})
        yield from check(one.when, row, Kind.BOOLEAN)
        yield from check(one.until, row, Kind.ANY)
        yield from _days(one, roll)
        if isinstance(one.places, Expression):
            yield from check(one.places, row, Kind.ANY)
        for who in (one.keeper, one.office):
            yield from check_who(who, row, directory)
        for name in one.shows:
            if name not in roll.columns:
                yield faults.NO_SUCH_COLUMN.at(one.at("shows"), name=name, near=suggest(name, roll.columns))
        yield from _hours(service, one, roll)
        if one.office is None:
            yield faults.NOBODY_READS.at(one.at("pass"))


def _days(one: PersonalPass, roll: Dataset) -> Iterator[Diagnostic]:
    """Cells of a column that `until` reads as it is, and that hold no day."""
    root = one.until.root if one.until is not None else None
    if not isinstance(root, Reference):
        return
    for row in roll.rows:
        cell = next((cell for name, cell in row.items() if fold_name(name) == fold_name(root.name)), None)
        if cell is None or cell.blank or isinstance(cell.value, date):
            continue
        if not isinstance(cell.value, str) or day_written(cell.value) is None:
            yield faults.NO_DAY.at(cell.place, text=cell.text)


def _hours(service: Service, one: PersonalPass, roll: Dataset) -> Iterator[Diagnostic]:
    if not one.hours:
        return
    table = service.tables.get(one.hours)
    if table is None:
        yield faults.NO_HOURS.at(one.at("hours"), name=one.hours, near=suggest(one.hours, service.tables))
        return
    known = {*roll.columns, *TIME, *WEEKDAY, *PLACE}
    for name in sorted(table.names - known - {name for name in service.computed_names if name in table.names}):
        place = next((column.place for column in table.inputs if name in column.expression.names), table.place)
        yield faults.UNKNOWN_INPUT.at(place, table=one.hours, name=name, near=suggest(name, known))
    for row in table.rows:
        result = row.results[0]
        if result.expression is None and plain(str(result.value or "")) not in VERDICTS:
            yield faults.BAD_VERDICT.at(result.place, text=str(result.value or ""))
