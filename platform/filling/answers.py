"""One cell of a template as an answer: labels become names, people and departments are recognised, numbers keep digits.

What does not fit a question is passed on as it stands: the form says what is wrong with it, as it does on screen.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from banshi.platform.filling import faults
from banshi.platform.filling.options import NO_LISTS, Lists, Options, options_of, people_meant
from banshi.platform.forms.answers import part_of
from banshi.platform.people.directory import Directory
from banshi.platform.service.model import Field, Service
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.values import Kind

_EXCEL_DIGITS = 15
_FIRST_DAY, _LAST_DAY = 18_264, 73_051
"""Excel's numbers of the days that a bare number may mean: from 1950 to the end of 2099."""


class Answers:
    """Reads cells for the questions of one service, in the language of the person who filled them in."""

    def __init__(self, service: Service, language: str, directory: Directory, more: Lists = NO_LISTS) -> None:
        self.language = language
        self._directory = directory
        self._options = options_of(service.survey, language, more) if service.survey else {}
        self._departments = Options.of_departments(directory, language)

    def read(self, question: Field, cell: Cell) -> object:
        """The answer in a cell that is not blank, as the form takes it, or the fault that the form could not find."""
        value = cell.value
        if isinstance(value, Decimal) and value.adjusted() >= _EXCEL_DIGITS:
            return faults.LOST_DIGITS.at(cell.place)
        options = self._options.get(question.choices)
        if options is not None and question.kind is Kind.LIST:
            names = [self._named(options, part, cell) for part in options.several(cell.text)]
            return next((name for name in names if isinstance(name, Diagnostic)), names)
        if options is not None:
            return self._named(options, cell.text, cell)
        if question.type == "department":
            return self._named(self._departments, cell.text, cell)
        if question.type == "person":
            return self._person(cell)
        return _typed(question, cell)

    def _named(self, options: Options, text: str, cell: Cell) -> str | Diagnostic:
        names = options.meant(text)
        if len(names) > 1:
            return self._ambiguous(cell, text, [options.text(name) for name in names])
        return names[0] if names else text

    def _person(self, cell: Cell) -> str | Diagnostic:
        ids = people_meant(self._directory, cell.text)
        if len(ids) > 1:
            people = [self._directory.people[person] for person in ids]
            return self._ambiguous(cell, cell.text, [self._directory.label(one, self.language) for one in people])
        return ids[0] if ids else cell.text

    def _ambiguous(self, cell: Cell, text: str, meant: list[str]) -> Diagnostic:
        return faults.AMBIGUOUS.at(cell.place, text=text, meant=("; " if self.language == "en" else "；").join(meant))


def _typed(question: Field, cell: Cell) -> object:
    """A cell as JSON for a question. Equal cells give equal answers, whichever program saved the file."""
    kind, value = question.kind, cell.value
    if kind in (Kind.DATE, Kind.DATETIME, Kind.TIME):
        if isinstance(value, Decimal) and part_of(question) != "year":
            value = _of_serial(kind, value) or value
        if kind is Kind.DATE and isinstance(value, datetime) and value.time() == time():
            value = value.date()
        if isinstance(value, (datetime, date, time)):
            return value.isoformat()
        return value
    if isinstance(value, bool) and kind is Kind.BOOLEAN:
        return value
    if isinstance(value, Decimal):
        value = Decimal(format(value.normalize(), "f"))
        return value if kind is Kind.NUMBER else format(value, "f")
    return value if kind is Kind.NUMBER and not isinstance(value, (date, time)) else cell.text


def _of_serial(kind: Kind, number: Decimal) -> date | time | None:
    """What Excel means by a number in a cell without a date format; None where it may as well be just a number."""
    if kind is Kind.TIME:
        return _moment(number).time() if 0 <= number < 1 else None
    if not _FIRST_DAY <= number < _LAST_DAY or (kind is Kind.DATE and number != number.to_integral_value()):
        return None
    return _moment(number).date() if kind is Kind.DATE else _moment(number)


def _moment(number: Decimal) -> datetime:
    """Excel counts days from the 30th of December 1899, and shows whole seconds."""
    seconds = (number * 86_400).to_integral_value(ROUND_HALF_UP)
    return datetime(1899, 12, 30) + timedelta(seconds=int(seconds))  # noqa: DTZ001  (cells have no zone)
