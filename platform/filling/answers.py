"""One cell of a template as an answer: labels become names, people and departments are recognised, numbers keep digits.

What does not fit a question is passed on as it stands: the form says what is wrong with it, as it does on screen.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from banshi.platform.filling import faults
from banshi.platform.filling.options import Options, options_of, people_meant
from banshi.platform.people.directory import Directory
from banshi.platform.service.model import Field, Service
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.values import Kind

_EXCEL_DIGITS = 15


class Answers:
    """Reads cells for the questions of one service, in the language of the person who filled them in."""

    def __init__(self, service: Service, language: str, directory: Directory) -> None:
        self.language = language
        self._directory = directory
        self._options = options_of(service.survey, language) if service.survey else {}
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
        return _typed(question.kind, cell)

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


def _typed(kind: Kind, cell: Cell) -> object:
    """A cell as JSON for a kind. Equal cells give equal answers, whichever program saved the file."""
    value = cell.value
    if kind in (Kind.DATE, Kind.DATETIME, Kind.TIME):
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
