"""Faults of a table as a whole that need no names: ids, dates, missing results, priorities, numbers to add."""

from __future__ import annotations

from collections.abc import Iterator

from banshi.rules.diagnostics import Diagnostic
from banshi.rules.tables import faults
from banshi.rules.tables.conditions import Literal
from banshi.rules.tables.explaining import shown
from banshi.rules.tables.literals import orderable
from banshi.rules.tables.model import Hit, Result
from banshi.rules.tables.policies import result_key
from banshi.rules.tables.table import Table
from banshi.rules.values import ErrorValue, Kind, kind_of


def check_layout(table: Table) -> list[Diagnostic]:
    """What the parser of the sheet reports about the finished table."""
    return [*_rows(table), *_ids(table), *_outputs(table), *_ranks(table)]


def _rows(table: Table) -> Iterator[Diagnostic]:
    if not table.rows:
        yield faults.NO_ROWS.at(table.place)
    for row in table.rows:
        if row.valid_from and row.valid_until and row.valid_until < row.valid_from:
            yield faults.DATE_ORDER.at(row.place, row=row.label)
        empty = all(result.value is None and result.expression is None for result in row.results)
        if empty and table.outputs and table.hit is not Hit.COUNT:
            yield faults.NO_RESULT.at(row.place, row=row.label)


def _ids(table: Table) -> Iterator[Diagnostic]:
    seen: dict[str, int] = {}
    for row in table.rows:
        if row.id in seen:
            yield faults.DUPLICATE_ID.at(row.place, id=row.id, first=seen[row.id])
        elif row.id:
            seen[row.id] = row.number


def _outputs(table: Table) -> Iterator[Diagnostic]:
    if not table.outputs and table.hit is not Hit.COUNT:
        yield faults.NO_OUTPUT.at(table.place)
    if not table.hit.aggregated or table.hit is Hit.COUNT or not table.outputs:
        return
    if len(table.outputs) > 1:
        yield faults.ONE_NUMBER.at(table.outputs[1].place, hit=table.hit, count=len(table.outputs))
        return
    for result in (*(row.results[0] for row in table.rows), *(item for _, item in table.otherwise)):
        if result.expression is None and kind_of(result.value) not in (Kind.NUMBER, Kind.ANY):
            as_text = isinstance(result.value, str) and orderable(Literal(result.value)) is Kind.NUMBER
            fault = faults.NUMBER_AS_TEXT if as_text else faults.NOT_A_NUMBER
            yield fault.at(result.place, hit=table.hit, text=shown(result.value))


def _ranks(table: Table) -> Iterator[Diagnostic]:
    if table.hit.ranked and not table.priorities:
        yield faults.NO_PRIORITIES.at(table.place, hit=table.hit)
    for name, values in table.priorities:
        keys = {result_key(value) for value in values}
        for row in table.rows:
            result: Result = row.results[table.output_names.index(name)]
            broken = isinstance(result.value, ErrorValue)
            if result.expression is None and not broken and result_key(result.value) not in keys:
                yield faults.NOT_RANKED.at(result.place, text=shown(result.value), name=name)
