"""The examples sheet: one row one example, with columns for answers and columns for what is expected of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from banshi.platform.people.directory import Directory
from banshi.platform.service.model import Example, Service
from banshi.platform.sheets import faults
from banshi.platform.sheets.example_answers import AnswerColumn, answer_column, put
from banshi.platform.sheets.example_balances import balance_column, balances_in
from banshi.platform.sheets.example_checks import unread_answers
from banshi.platform.sheets.expectations import NOTHING, UnknownExpectation, expectation_key, expected_part
from banshi.platform.sheets.names import Names
from banshi.platform.workbook.columns import plain, suggest
from banshi.platform.workbook.workbook import Row, Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic

NAME = frozenset(map(plain, ("example", "用例", "用例名称", "例")))
APPLICANT = frozenset(map(plain, ("applicant", "申请人")))
NOTE = frozenset(map(plain, ("note", "备注", "说明")))


@dataclass(slots=True)
class _Header:
    """What the columns of an examples sheet are, by their index."""

    answers: dict[int, AnswerColumn]
    expect: dict[int, str]
    balances: dict[int, str]
    name: int | None = None
    applicant: int | None = None


def parse_examples(
    sheets: Iterable[Sheet], service: Service, names: Names, directory: Directory | None, found: list[Diagnostic]
) -> Service:
    """The service with its examples; faults are added to `found`."""
    examples: list[Example] = []
    columns: tuple[tuple[str, str], ...] = ()
    for sheet in sheets:
        if not sheet.rows:
            found.append(faults.EMPTY_SHEET.at(sheet.place(), sheet=sheet.name))
            continue
        header = _header(sheet.rows[0], service, names, found)
        columns = columns or tuple((cell.text, _role(index, header)) for index, cell in enumerate(sheet.rows[0].cells))
        examples += [_example(row, header, service, found) for row in sheet.rows[1:]]
        if directory is not None and header.applicant is not None:
            found += _applicants(sheet, header.applicant, directory)
    return replace(service, examples=tuple(examples), example_columns=columns)


def _role(index: int, header: _Header) -> str:
    """What a column is, as `Service.example_columns` says it."""
    if index in header.expect:
        return f"expect {header.expect[index]}"
    if index in header.answers:
        return "answer"
    if index in header.balances:
        return f"balance {header.balances[index]}"
    return "name" if index == header.name else "applicant" if index == header.applicant else ""


def _header(row: Row, service: Service, names: Names, found: list[Diagnostic]) -> _Header:
    header = _Header({}, {}, {})
    for index, cell in enumerate(row.cells):
        word = plain(cell.text)
        if cell.blank or cell.text.startswith("#"):
            continue
        if expected_part(cell.text):
            _expect(cell, index, header, service, names, found)
        elif word in NAME and names.find(cell.text) is None:
            header.name = index
        elif word in APPLICANT:
            header.applicant = index
        elif (column := answer_column(cell.text, service, names)) is not None:
            header.answers[index] = column
        elif (account := balance_column(cell, service.accounts, found)) is not None:
            header.balances |= {index: account} if account else {}
        elif word not in NOTE:
            near = _near(cell.text, names)
            found.append(faults.UNKNOWN_EXAMPLE_COLUMN.at(cell.place, column=cell.text, near=near))
    return header


def _expect(cell: Cell, index: int, header: _Header, service: Service, names: Names, found: list[Diagnostic]) -> None:
    try:
        header.expect[index] = expectation_key(cell.text, service, names)
    except UnknownExpectation as unknown:
        if unknown.near:
            found.append(faults.UNKNOWN_EXPECTATION.at(cell.place, column=cell.text, near=unknown.near))
        else:
            found.append(faults.EXPECTATION_NOT_AVAILABLE.at(cell.place, column=cell.text))


def _example(row: Row, header: _Header, service: Service, found: list[Diagnostic]) -> Example:
    cells = {index: cell for index, cell in enumerate(row.cells) if not cell.blank}
    answers: dict[str, object] = {}
    for index, column in header.answers.items():
        if index in cells:
            put(answers, column, cells[index])
    expect = {key: cells[index] for index, key in header.expect.items() if index in cells}
    name = cells[header.name].text if header.name in cells and header.name is not None else f"#{row.number}"
    if not expect:
        first = next(iter(cells.values()))
        found.append(faults.NO_EXPECTATION.at(first.place))
    if "error" not in expect or expect["error"].text.strip().lower() in NOTHING:
        found += unread_answers(name, header.answers, cells, service)
    applicant = cells[header.applicant].text if header.applicant is not None and header.applicant in cells else ""
    places = {column.name: cells[index].place for index, column in header.answers.items() if index in cells}
    return Example(
        row=row.number,
        name=name,
        answers=answers,
        expect=expect,
        applicant=applicant,
        places=places,
        balances=balances_in(header.balances, cells, service.accounts, found),
    )


def _applicants(sheet: Sheet, column: int, directory: Directory) -> Iterable[Diagnostic]:
    for row in sheet.rows[1:]:
        cell = row.cells[column] if column < len(row.cells) else Cell()
        if not cell.blank and cell.text not in directory.people:
            near = suggest(cell.text, directory.people)
            yield faults.UNKNOWN_APPLICANT.at(cell.place, person=cell.text, near=near)


def _near(text: str, names: Names) -> str:
    """What may have been meant: a field, or the expectation of a name that nobody fills in."""
    if names.find(text) is not None:
        return f"expect {text}"
    return suggest(text.rpartition(".")[2], (definition.name for definition in names.all()))
