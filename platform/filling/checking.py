"""What the form says of a case that was filled in by Excel: the same evaluation as on screen, each fault at its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from banshi.platform.filling import faults
from banshi.platform.filling.reading import FilledCase
from banshi.platform.forms import Evaluation
from banshi.platform.forms.result import FieldError
from banshi.platform.service.model import Texts
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic, Fault, Place, Severity


def case_faults(case: FilledCase, evaluation: Evaluation, labels: Mapping[str, str]) -> list[Diagnostic]:
    """Everything that is wrong with a case, or will not be sent, at its cells; `labels` are those of questions."""
    found = list(case.faults)
    found += [_diagnostic(case, error) for error in evaluation.errors if error.path not in case.faulty]
    for path, cell in case.cells.items():
        if not cell.blank and path not in case.faulty:
            found += _not_sent(path, cell, evaluation, labels)
    return found


def _not_sent(path: str, cell: Cell, evaluation: Evaluation, labels: Mapping[str, str]) -> Iterator[Diagnostic]:
    """The warning for an answer that the form does not take: not asked with the other answers, or the platform's own."""
    label = labels.get(path.rpartition(".")[2], path)
    if evaluation.relevant.get(path) is not True:
        yield faults.NOT_ASKED.at(cell.place, label=label)
    elif evaluation.readonly.get(path):
        yield faults.NOT_TAKEN.at(cell.place, label=label)


def _diagnostic(case: FilledCase, error: FieldError) -> Diagnostic:
    """An error of the form as a fault at a cell of the file."""
    zh, en = _texts(error.texts)
    do_zh, do_en = _texts(error.remedies)
    if error.reference:
        zh, en = f"{zh}（{error.reference}）", f"{en} ({error.reference})"
    return Fault(error.code, Severity.ERROR, zh, en, do_zh, do_en).at(_place(case, error))


def _texts(texts: Texts) -> tuple[str, str]:
    """Finished sentences, in which a brace is no fact."""
    zh, en = (texts.get(language).replace("{", "{{").replace("}", "}}") for language in ("zh", "en"))
    return zh, en


def _place(case: FilledCase, error: FieldError) -> Place:
    """The cell of the question, else of the one that a rule is about, else the row, else the row around it."""
    for path in (error.path, error.about):
        if path in case.cells:
            return case.cells[path].place
    path = error.path or error.about
    while path:
        for row in (path, f"{path}[1]"):  # a rule over all rows of a repeat points at the first
            if row in case.rows:
                return case.rows[row]
        path = path.rpartition(".")[0]
    return Place(case.result.place.sheet, f"A{case.number}")
