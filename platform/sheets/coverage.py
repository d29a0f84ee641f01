"""Coverage: which rows of tables, tariffs, policies and the route no example reaches."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date

from banshi.platform.service.model import Service
from banshi.platform.views import Coverage
from banshi.rules.diagnostics import Place
from banshi.rules.tables.deciding import fired_places
from banshi.rules.tariffs.model import Method

_ROW = re.compile(r"\d+$")


def coverage(service: Service, reached: Collection[Place], today: date) -> tuple[Coverage, ...]:
    """Sheet by sheet, how many rows examples reach and the numbers of those that none does; sheets that are reached
    altogether are left out. Rows that have expired are not counted: no example of today can reach them.
    """
    found: dict[str, tuple[set[int], set[int]]] = {}
    for places in _rows(service, today):
        rows = {int(number[0]) for place in places if (number := _ROW.search(place.cell))}
        if rows:
            all_rows, met = found.setdefault(places[0].sheet, (set(), set()))
            all_rows |= rows
            met |= rows if any(place in reached for place in places) else set()
    return tuple(
        Coverage(sheet, len(met), len(rows), tuple(sorted(rows - met)))
        for sheet, (rows, met) in found.items()
        if rows - met
    )


def _rows(service: Service, today: date) -> Iterator[tuple[Place, ...]]:
    """The cells by which a run names each row."""
    for table in service.tables.values():
        for at, row in enumerate(table.rows):
            if row.valid_until is None or row.valid_until >= today:
                yield fired_places(table, at)
    for tariff in service.tariffs.values():
        for line in tariff.lines:
            if line.method is not Method.TOTAL and (line.valid_until is None or line.valid_until >= today):
                yield ((line.rate.place if line.rate else line.place),)
    for policy in service.policies.values():
        for statement in policy.statements:
            if statement.valid_until is None or statement.valid_until >= today:
                yield (statement.place,)
    for step in service.routing.steps if service.routing else ():
        yield (step.place,)
