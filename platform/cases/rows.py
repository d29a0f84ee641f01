"""The rows of a case's repeats as tables of their own: a list of names, of things, to be kept as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from banshi.platform.cases.case import Case
from banshi.platform.cases.desk import Desk
from banshi.platform.cases.reader import CaseReader
from banshi.platform.cases.records import plain_json
from banshi.platform.cases.table import Writer, columns_of
from banshi.platform.errors import NotAllowed, NotFound, plain_failures
from banshi.platform.exports import Export, table_file
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library
from banshi.platform.service.model import Repeat, Service
from banshi.platform.workbook.writing import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsOf:
    """A repeat of a case that has rows: its name, its label, how many there are."""

    name: str
    label: str
    count: int


@plain_failures
class CaseRows:
    """See the module. For those who see the case with nothing hidden and no mask."""

    def __init__(self, library: Library, desk: Desk, reader: CaseReader, clock: Callable[[], datetime]) -> None:
        self._library = library
        self._desk = desk
        self._reader = reader
        self._clock = clock

    def of_case(self, person: Person, case_id: str, language: str = "zh") -> list[RowsOf]:
        """The repeats of a case that have rows; none for somebody who does not see it whole."""
        if not self._reader.sees_whole(person, case_id):
            return []
        case, service = self._case(case_id)
        writer = Writer(service, self._library.directory, language)
        found = ((repeat, _stored(case, repeat)) for repeat in _repeats(service))
        return [RowsOf(name=repeat.name, label=writer.label(repeat), count=len(rows)) for repeat, rows in found if rows]

    def export(self, person: Person, case_id: str, name: str, file_type: str, language: str = "zh") -> Export:
        """A repeat as `xlsx` or `csv`: file name, media type, bytes. Of an open case as its form computes it now."""
        if not self._reader.sees_whole(person, case_id):
            raise NotAllowed
        case, service = self._case(case_id)
        repeat = next((one for one in _repeats(service) if one.name == name), None)
        if repeat is None:
            raise NotFound("table", name)
        answers: Mapping[str, Any] = case.answers
        if not case.closed:
            applicant = self._desk.applicant(case)
            now = self._desk.evaluate(service, answers, applicant, language, case_id=case.id, stored=answers)
            answers = plain_json(now.answers)
        writer = Writer(service, self._library.directory, language)
        header, rows = rows_of(writer, repeat, answers.get(repeat.name) or [])
        file = f"{case.number}-{writer.label(repeat)}"
        return table_file(file_type, file, self._clock(), header, iter(rows), language=language)

    def _case(self, case_id: str) -> tuple[Case, Service]:
        case = self._desk.case(case_id)
        return case, self._library.version(case.service_id, case.version)


def rows_of(writer: Writer, repeat: Repeat, rows: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[list[Entry]]]:
    """The labels of a repeat's questions and its rows below; calculations without a label are left out, and columns that are empty in all rows."""
    columns = [item for item in columns_of(repeat.children) if item.type != "calculate" or item.label.by_language]
    entries = [[writer.entry(row.get(item.name), item) for item in columns] for row in rows]
    kept = [at for at in range(len(columns)) if any(row[at] is not None for row in entries)]
    return [writer.label(columns[at]) for at in kept], [[row[at] for at in kept] for row in entries]


def _repeats(service: Service) -> Iterator[Repeat]:
    """The repeats that stand in no other one."""
    for item, around in service.survey.walk() if service.survey else ():
        if isinstance(item, Repeat) and not around:
            yield item


def _stored(case: Case, repeat: Repeat) -> Sequence[Mapping[str, Any]]:
    return case.answers.get(repeat.name) or []
