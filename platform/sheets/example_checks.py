"""Answers of examples that the form cannot take, found without running them: also where other sheets have errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from banshi.platform.service.model import Service
from banshi.platform.sheets import faults
from banshi.platform.sheets.example_answers import AnswerColumn, lines_of
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic, has_errors
from banshi.rules.values import ErrorValue


def unread_answers(
    name: str, answers: Mapping[int, AnswerColumn], cells: Mapping[int, Cell], service: Service
) -> Iterator[Diagnostic]:
    """Choices that are not in their list, and answers that are not of the type of their field."""
    if service.survey is None:
        return
    for index, column in answers.items():
        item = column.item
        if index not in cells or item is None or (item.choices and service.survey.choices.get(item.choices) == ()):
            continue
        for raw in lines_of(column, cells[index]):
            value = service.reader(column.name, raw)
            if isinstance(value, ErrorValue):
                why, why_en = (value.diagnostic.message(language) for language in ("zh", "en"))
                yield faults.EXAMPLE_ANSWER.at(cells[index].place, name=name, why=why, why_en=why_en)


def may_run(found: Iterable[Diagnostic]) -> bool:
    """Whether the examples can be run: one that cannot be filled in fails by itself, and hides no other."""
    return not has_errors(item for item in found if item.fault is not faults.EXAMPLE_ANSWER)


def without_unread(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The faults once the examples were run: what cannot be filled in has failed there, at the same cell."""
    return [item for item in found if item.fault is not faults.EXAMPLE_ANSWER]
