"""Rows that cases have in a register, for the owner of the data sheet: beside the office's own, each with its case."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache

from banshi.platform.cases.registering import Registers, TakenRow
from banshi.platform.people.directory import Person
from banshi.platform.replacing.differing import told
from banshi.platform.replacing.views import RowCase
from banshi.platform.service.model import Service
from banshi.storage.contract import CaseFilter, Store

_MOST_NUMBERS = 500
"""Cases that are found by a part of their number."""


class Taken:
    """See the module. `sees` says whether a person may see a case."""

    def __init__(self, store: Store, registers: Registers, sees: Callable[[Person, str], bool]) -> None:
        self._store = store
        self._registers = registers
        self._sees = sees

    def rows(self, service: Service, name: str, query: str = "") -> list[TakenRow]:
        """The rows of cases that hold a word, in a cell or in the number of their case; the newest cases first."""
        rows = self._registers.taken(service, name)
        if not query or not rows:
            return rows
        numbered = self._numbered({row.service_id for row in rows}, query)
        wanted = query.casefold()
        return [
            row
            for row in rows
            if row.case_id in numbered or any(wanted in told(cell).casefold() for cell in row.cells.values())
        ]

    def case_of(self, person: Person) -> Callable[[TakenRow], RowCase]:
        """What a person is told of the case of a row; each case is asked for once."""

        @cache
        def of(service_id: str, case_id: str) -> RowCase:
            case = self._store.case(case_id)
            return RowCase(
                service_id=service_id,
                case_id=case_id,
                number=case.number if case else "",
                seen=self._sees(person, case_id),
            )

        return lambda row: of(row.service_id, row.case_id)

    def number_of(self) -> Callable[[TakenRow], str]:
        """The number of the case of a row."""

        @cache
        def of(case_id: str) -> str:
            case = self._store.case(case_id)
            return case.number if case else ""

        return lambda row: of(row.case_id)

    def _numbered(self, services: Collection[str], query: str) -> frozenset[str]:
        which = CaseFilter(services=sorted(services), query=query)
        found, _ = self._store.cases(which, size=_MOST_NUMBERS)
        return frozenset(case.id for case in found if query.casefold() in case.number.casefold())
