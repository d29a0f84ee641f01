"""A template that came back: which form it fills in, and the answers of every case, each with the cell it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from banshi.platform.filling import faults
from banshi.platform.filling.answers import Answers
from banshi.platform.filling.layout import CHOICES, FACTS, HELP, KEY, MOST_CASES, PARENT, RESULT, Layout, Plan, label_of
from banshi.platform.filling.template import FIXED
from banshi.platform.service.model import Service
from banshi.platform.workbook.columns import plain
from banshi.platform.workbook.faults import MORE_OF_THESE
from banshi.platform.workbook.workbook import Row, Sheet, Workbook, column_letters
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import CATALOGUE, NOWHERE, Diagnostic, Place, Severity

_NAMES, _LABELS = 1, 2
"""The rows of a sheet that hold names and labels."""


@dataclass(slots=True, kw_only=True)
class FilledCase:
    """One row of the sheet of cases with its details.

    `cells` are the cells of questions by path (`items[1].cas`), blank ones too; `rows` the first cell of every row of
    details, by its path. `result` is the cell for the case number. `faults` are those that the form cannot find.
    """

    number: int
    result: Cell
    answers: dict[str, object] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    rows: dict[str, Place] = field(default_factory=dict)
    faults: list[Diagnostic] = field(default_factory=list)
    faulty: set[str] = field(default_factory=set)
    """The paths at which those faults are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a file says: its batch, its cases in order, and what is to be said of the file as a whole."""

    batch: str = ""
    cases: Sequence[FilledCase] = ()
    found: Sequence[Diagnostic] = ()


@dataclass(slots=True)
class _Entry:
    """A row that rows of another sheet may belong to: its case, its path (empty for the case), its answers."""

    case: FilledCase
    path: str
    answers: dict[str, object]


@dataclass(frozen=True, slots=True)
class _Grid:
    """A sheet of a plan: the index of every column that is known, and the rows that were filled in."""

    sheet: Sheet
    plan: Plan
    index: Mapping[str, int]
    rows: Sequence[Row]

    def cell(self, row: Row, name: str) -> Cell:
        """The cell of a column in a row; blank, and at the beginning of the row, where the sheet has no such column."""
        index = self.index.get(name)
        if index is not None and index < len(row.cells):
            return row.cells[index]
        return Cell(None, self.sheet.place(f"{column_letters(index or 0)}{row.number}"))


def read_filled(
    workbook: Workbook, found: Iterable[Diagnostic], service: Service, layout: Layout, answers: Answers
) -> Filled:
    """The cases of a file. `found` is what the reader said of the cells; what is wrong with a row hides no other row."""
    facts = _facts(workbook)
    if facts is None:
        return Filled(found=[faults.NOT_A_TEMPLATE.at(NOWHERE, file=workbook.file)])
    if facts.get("service") != service.settings.id:
        names = {"other": facts.get("service", ""), "service": service.settings.id}
        return Filled(found=[faults.OTHER_SERVICE.at(NOWHERE, **names)])
    reader = _Reader(workbook, layout, answers)
    if not reader.grids:
        return Filled(found=[faults.NOT_A_TEMPLATE.at(NOWHERE, file=workbook.file)])
    if (old := facts.get("version", "")) != service.sha256:
        reader.found.insert(0, faults.OLD_TEMPLATE.at(NOWHERE, old=old[:12], new=service.version))
    reader.read(found)
    return Filled(batch=facts.get("batch", ""), cases=reader.cases, found=reader.found)


def _facts(workbook: Workbook) -> dict[str, str] | None:
    """What the hidden sheet says; None where there is none."""
    for sheet in workbook.sheets:
        if _mark(sheet) == FACTS:
            return {row.cells[0].text: row.cells[1].text for row in sheet.rows if len(row.cells) > 1}
    return None


def _mark(sheet: Sheet) -> str:
    """What stands in the first cell."""
    first = sheet.rows[0] if sheet.rows else None
    return first.cells[0].text if first is not None and first.number == _NAMES else ""


class _Reader:
    def __init__(self, workbook: Workbook, layout: Layout, answers: Answers) -> None:
        self.found: list[Diagnostic] = []
        self.cases: list[FilledCase] = []
        self._layout = layout
        self._answers = answers
        self._entries: dict[tuple[str, ...], list[tuple[str, _Entry]]] = {}
        self._places: dict[str, dict[int, FilledCase]] = {}
        self.grids = self._grids(workbook)

    def read(self, unread: Iterable[Diagnostic]) -> None:
        """Read every sheet, the cases first."""
        for grid in self.grids:
            rows = self._places[grid.sheet.name] = {}
            entries = self._entries[grid.plan.repeats] = []
            for row in grid.rows:
                entry = self._detail(grid, row) if grid.plan.repeats else self._case(row)
                if entry is not None:
                    rows[row.number] = entry.case
                    self._row(grid, row, entry)
                    if grid.plan.keyed:
                        entries.append((plain(grid.cell(row, KEY).text), entry))
        self._unread(unread)
        self.cases = [case for case in self.cases if case.answers or not case.result.blank or case.faults]
        for case in self.cases:
            case.answers = _in_order(case.answers)
        if not self.cases and not self.found:
            self.found.append(faults.NO_ROWS.at(self.grids[0].sheet.place(f"A{_LABELS + 1}")))
        if len(self.cases) > MOST_CASES:
            self.found.append(faults.TOO_MANY_ROWS.at(NOWHERE, most=MOST_CASES, count=len(self.cases)))
            self.cases = []

    def _grids(self, workbook: Workbook) -> list[_Grid]:
        """The sheets of the plans, in the plans' order; what else there is, is said."""
        by_mark = {(f"{PARENT}:{plan.repeats[-1]}" if plan.repeats else RESULT): plan for plan in self._layout.plans}
        found: dict[tuple[str, ...], _Grid] = {}
        for sheet in workbook.sheets:
            if not sheet.rows or _mark(sheet) in (HELP, CHOICES, FACTS):
                continue
            header = sheet.rows[0]
            names = [cell.text for cell in header.cells] if header.number == _NAMES else []
            plan = next((by_mark[name] for name in names if name in by_mark), None)
            if plan is None and sheet.kind == "note":
                continue
            if plan is None:
                self.found.append(faults.OWN_SHEET.at(sheet.place(), sheet=sheet.name))
            elif plan.repeats in found:
                first = found[plan.repeats].sheet.name
                self.found.append(faults.DUPLICATE_SHEET.at(sheet.place(), sheet=sheet.name, first=first))
            else:
                found[plan.repeats] = self._grid(sheet, plan, names)
        return [found[plan.repeats] for plan in self._layout.plans if plan.repeats in found] if () in found else []

    def _grid(self, sheet: Sheet, plan: Plan, names: Sequence[str]) -> _Grid:
        fields = {question.name: question for question in plan.questions}
        wanted = {*fields, *plan.first, *(() if plan.repeats else (RESULT,))}
        index: dict[str, int] = {}
        labels = next((row for row in sheet.rows if row.number == _LABELS), Row(_LABELS, ()))
        rows = [row for row in sheet.rows if row.number > _LABELS]
        shown = {label for pair in FIXED.values() for label in pair}
        if not any(cell.text in shown for cell in labels.cells):
            # Somebody deleted the row of labels: what stands there is a case.
            labels, rows = Row(_LABELS, ()), [row for row in sheet.rows if row.number > _NAMES]
        for at in range(max((len(row.cells) for row in sheet.rows), default=0)):
            name = names[at] if at < len(names) else ""
            label = labels.cells[at].text if at < len(labels.cells) else ""
            place = sheet.place(f"{column_letters(at)}{_LABELS}")
            if name in index:
                self.found.append(faults.DUPLICATE_COLUMN.at(place, name=name, label=label))
            elif name in wanted:
                index[name] = at
            elif any(at < len(row.cells) and not row.cells[at].blank for row in rows):
                fault = faults.UNKNOWN_COLUMN if name else faults.OWN_COLUMN
                self.found.append(fault.at(place, name=name, label=label or name))
        for name in [name for name in wanted if name not in index]:
            label = label_of(fields[name], self._answers.language) if name in fields else name
            self.found.append(faults.MISSING_COLUMN.at(sheet.place(), name=name, label=label))
        columns = [index[name] for name in fields if name in index]
        numbers = [index[name] for name in (*plan.first, RESULT) if name in index]
        return _Grid(sheet, plan, index, [row for row in rows if _is_filled(row, [*columns, *numbers])])

    def _case(self, row: Row) -> _Entry:
        grid = self.grids[0]
        case = FilledCase(number=row.number, result=grid.cell(row, RESULT))
        self.cases.append(case)
        return _Entry(case, "", case.answers)

    def _detail(self, grid: _Grid, row: Row) -> _Entry | None:
        """A row of details, added to the row that it belongs to; None where there is no such row."""
        columns = [grid.index[item.name] for item in grid.plan.questions if item.name in grid.index]
        if not grid.plan.keyed and not _is_filled(row, columns):
            return None
        cell = grid.cell(row, grid.plan.first[0])
        if (above := self._entries.get(grid.plan.repeats[:-1])) is None:
            self._no_sheet_above(grid, row)
            return None
        cases = [entry for _, entry in above]
        fitting = [entry for key, entry in above if key == plain(cell.text)]
        if cell.blank:
            # One case needs no numbers.
            fitting = [entry for entry in cases if entry.case.answers] if len(grid.plan.repeats) == 1 else cases
        if len(fitting) != 1:
            sheet = next(other.sheet.name for other in self.grids if other.plan.repeats == grid.plan.repeats[:-1])
            if cell.blank:
                column = FIXED[PARENT][self._answers.language == "en"]
                self.found.append(faults.NO_KEY.at(cell.place, row=row.number, column=column, sheet=sheet))
            else:
                fault = faults.DUPLICATE_KEY if fitting else faults.UNKNOWN_KEY
                self.found.append(fault.at(cell.place, key=cell.text, sheet=sheet, cell=cell.place.cell))
            return None
        parent, name = fitting[0], grid.plan.repeats[-1]
        rows = parent.answers.setdefault(name, [])
        assert isinstance(rows, list)
        inside: dict[str, object] = {}
        rows.append(inside)
        path = f"{parent.path}.{name}[{len(rows)}]".lstrip(".")
        parent.case.rows[path] = Place(grid.sheet.name, f"A{row.number}")
        return _Entry(parent.case, path, inside)

    def _no_sheet_above(self, grid: _Grid, row: Row) -> None:
        """Details of a sheet that is not there: said once, at the first of them."""
        title = next(plan.title for plan in self._layout.plans if plan.repeats == grid.plan.repeats[:-1])
        if not any(item.fault is faults.NO_SHEET_ABOVE and item.place.sheet == grid.sheet.name for item in self.found):
            place = grid.sheet.place(f"A{row.number}")
            self.found.append(faults.NO_SHEET_ABOVE.at(place, title=title, row=row.number))

    def _row(self, grid: _Grid, row: Row, entry: _Entry) -> None:
        """The answers of one row."""
        for question in grid.plan.questions:
            path = f"{entry.path}.{question.name}".lstrip(".")
            cell = entry.case.cells[path] = grid.cell(row, question.name)
            if cell.blank:
                continue
            given = self._answers.read(question, cell)
            if isinstance(given, Diagnostic):
                self._faulty(entry.case, path, given)
            else:
                entry.answers[question.name] = given

    def _unread(self, unread: Iterable[Diagnostic]) -> None:
        """Cells that hold something which the reader could not read belong to their rows, else to the file."""
        for item in unread:
            if item.place.sheet not in self._places:
                continue
            cut = item.fault is MORE_OF_THESE and CATALOGUE[dict(item.facts)["code"]].severity is Severity.ERROR
            if cut:
                code = dict(item.facts)["code"]
                self.found.append(faults.UNREAD_CELLS.at(item.place, sheet=item.place.sheet, code=code))
            elif item.severity is Severity.ERROR and item.place.cell:
                number = int(item.place.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
                case = self._places[item.place.sheet].get(number)
                if case is None:
                    self.found.append(item)
                else:
                    path = next((path for path, cell in case.cells.items() if cell.place == item.place), "")
                    self._faulty(case, path, item)

    def _faulty(self, case: FilledCase, path: str, fault: Diagnostic) -> None:
        case.faults.append(fault)
        case.faulty.add(path)


def _is_filled(row: Row, columns: Iterable[int]) -> bool:
    return any(not row.cells[at].blank for at in columns if at < len(row.cells))


def _in_order(answers: Mapping[str, object]) -> dict[str, object]:
    """The same answers in an order that does not depend on that of the columns: equal cases are known to be equal."""
    return {
        name: [_in_order(item) if isinstance(item, Mapping) else item for item in value]
        if isinstance(value, list)
        else value
        for name, value in sorted(answers.items())
    }
