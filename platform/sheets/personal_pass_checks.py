"""Faults of the sheet `personal passes` that only show against the data sheets, the rules and the organisation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

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
from banshi.rules.tables.conditions import Literal
from banshi.rules.tables.literals import Unreadable, read
from banshi.rules.values import Kind

_DAY_AFTER_SUNDAY = 8
"""As 0, it may be the end of a range."""
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
    if table.hit.many or table.hit.aggregated:
        yield faults.BAD_POLICY.at(table.hit_place, table=one.hours, hit=table.hit)
    others = [result for name, result in table.otherwise if name == table.output_names[0]]
    for result in (*(row.results[0] for row in table.rows), *others):
        if result.expression is None and plain(str(result.value or "")) not in VERDICTS:
            yield faults.BAD_VERDICT.at(result.place, text=str(result.value or ""))
    for column, heading in enumerate(table.inputs):
        fits, what, what_en = _GIVEN.get("" if heading.field in roll.columns else heading.field, _ANYTHING)
        for test in (row.tests[column] for row in table.rows):
            for literal in test.literals:
                if not fits(literal):
                    name, text = heading.field, literal.text
                    yield faults.NEVER_FITS.at(test.cell.place, text=text, name=name, what=what, what_en=what_en)


def _is_weekday(literal: Literal) -> bool:
    value = read(literal, Kind.NUMBER)
    return isinstance(value, Decimal) and 0 <= value <= _DAY_AFTER_SUNDAY


def _is_time(literal: Literal) -> bool:
    return not isinstance(read(literal, Kind.TIME), Unreadable)


_GIVEN: Mapping[str, tuple[Callable[[Literal], bool], str, str]] = {
    **dict.fromkeys(WEEKDAY, (_is_weekday, "1 到 7 的数字", "a number from 1 to 7")),
    **dict.fromkeys(TIME, (_is_time, "一天中的时间", "a time of day")),
}
"""What the platform gives to the table: which constants can fit, and what it is."""
_ANYTHING: tuple[Callable[[Literal], bool], str, str] = (lambda _: True, "", "")
