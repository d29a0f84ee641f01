"""What a column compares: the kind that its header declares, its field has, or its cells speak for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic, Fault
from banshi.rules.expressions.characters import fold_name
from banshi.rules.tables import faults
from banshi.rules.tables.conditions import Form, Literal, Span, Test
from banshi.rules.tables.literals import KIND_ZH, Unreadable, cas_of_date, evidence, is_cas, orderable, read
from banshi.rules.tables.meant import looks_like_range, means_the_rest
from banshi.rules.tables.model import Input, Row
from banshi.rules.tables.spans import ORDERED
from banshi.rules.values import Kind

_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(?!\d)", re.ASCII)
_LOCANTS = re.compile(r"(?:^|[、;；\s])([0-9A-Z](?:,[0-9A-Z])+-[^、;；,\s]+)")
"""A name of chemistry that begins with places in the molecule: `1,2-…`, `N,N-…`."""
_TIMES = re.compile(r"\d{1,2}:\d\d\s*[-–—]\s*\d{1,2}:\d\d", re.ASCII)
_HYPHEN = re.compile(r"\d[\d.:/]*\s*[-–—至到]\s*\d[\d.:/]*", re.ASCII)


def settle(
    inputs: tuple[Input, ...], rows: tuple[Row, ...]
) -> tuple[tuple[Input, ...], tuple[Row, ...], list[Diagnostic]]:
    """Repair CAS numbers, infer the kinds that no header declares, and name the cells that do not fit their column,
    unless it reads a field of the form: `check` looks at those.
    """
    rows, notes = _repaired(inputs, rows)
    inputs = with_kinds(inputs, own_kinds(inputs, rows))
    labels = {column.label for column in inputs if not column.of_form}
    return inputs, rows, [*notes, *misfits(inputs, rows, labels), *_split_names(inputs, rows)]


def own_kinds(inputs: Sequence[Input], rows: Sequence[Row]) -> dict[str, Kind]:
    """The kinds that headers declare or cells speak for, by label."""
    kinds: dict[str, Kind] = {}
    for label, columns in grouped(inputs).items():
        declared = [inputs[i].kind for i in columns if inputs[i].declared]
        kinds[label] = declared[0] if declared else _inferred([row.tests[i] for row in rows for i in columns])
    return kinds


def grouped(inputs: Sequence[Input]) -> dict[str, tuple[int, ...]]:
    """The columns of each input: two columns may test the same one (a lower and an upper bound)."""
    groups: dict[str, tuple[int, ...]] = {}
    for i, column in enumerate(inputs):
        groups[column.label] = (*groups.get(column.label, ()), i)
    return groups


def with_kinds(inputs: Iterable[Input], kinds: Mapping[str, Kind]) -> tuple[Input, ...]:
    """The inputs with new kinds by label."""
    return tuple(replace(column, kind=kinds.get(column.label, column.kind)) for column in inputs)


def misfits(inputs: Sequence[Input], rows: Iterable[Row], labels: Collection[str] | None = None) -> list[Diagnostic]:
    """A fault for every cell that does not fit the kind of its column; `labels` are the inputs to look at."""
    columns = [
        (i, column)
        for i, column in enumerate(inputs)
        if column.kind is not Kind.ANY and (labels is None or column.label in labels)
    ]
    return [found for row in rows for i, column in columns if (found := _misfit(column, row.tests[i])) is not None]


def hyphened_times(column: Input, tests: Iterable[Test]) -> Iterator[Diagnostic]:
    """`8:00-12:00` in a column of texts that no list of choices has: a range was meant."""
    for test in tests:
        for literal in test.literals:
            if not literal.quoted and _TIMES.fullmatch(fold_name(literal.text)):
                yield _wrong(faults.HYPHEN, replace(column, kind=Kind.TIME), test, literal.text)


def _misfit(column: Input, test: Test) -> Diagnostic | None:
    for literal in test.literals:
        if isinstance(read(literal, column.kind), Unreadable):
            return _wrong(_unreadable(literal, column.kind, test), column, test, literal.text)
    if column.kind not in ORDERED and test.ordered:
        return _wrong(faults.WRONG_KIND, column, test, test.cell.text)
    return None


def _unreadable(literal: Literal, kind: Kind, test: Test) -> Fault:
    """What is most likely wrong with a cell that does not fit its column."""
    if isinstance(literal.value, date) and kind in (Kind.NUMBER, Kind.TEXT):
        return faults.EXCEL_DATE
    if kind is Kind.NUMBER and _GROUPED.search(fold_name(test.cell.text)):
        return faults.THOUSANDS
    if means_the_rest(literal.text):
        return faults.REST_OF_KIND
    if kind in ORDERED and _HYPHEN.fullmatch(fold_name(literal.text)):
        return faults.HYPHEN
    beside = isinstance(literal.value, str) and re.search(r"\d", literal.text) and orderable(literal) is None
    if kind in ORDERED and (beside or looks_like_range(fold_name(literal.text))):
        return faults.RANGE_IN_WORDS
    return faults.WRONG_KIND


def _wrong(fault: Fault, column: Input, test: Test, text: str) -> Diagnostic:
    kind = column.kind
    return fault.at(test.cell.place, text=text, kind=kind, kind_zh=KIND_ZH[kind], label=column.label)


def _inferred(tests: Iterable[Test]) -> Kind:
    """The kind of a column by its cells. What needs an order speaks louder than what may be a word."""
    ordered: Counter[Kind] = Counter()
    plain: Counter[Kind] = Counter()
    for test in tests:
        for item in test.items:
            if isinstance(item, Span):
                ordered.update(kind for end in (item.low, item.high) if end and (kind := orderable(end)))
            else:
                plain[evidence(item)] += 1
    if ordered:
        kind = ordered.most_common(1)[0][0]
        both = {*ordered, *plain}
        return Kind.DATETIME if kind is Kind.DATE and Kind.DATETIME in both else kind
    return _inferred_plain(plain)


def _inferred_plain(found: Counter[Kind]) -> Kind:
    words = Kind.ANY in found
    certain = set(found) - {Kind.ANY}
    if not certain:
        return Kind.ANY
    if len(certain) == 1:
        (kind,) = certain
        return kind if not words or kind is Kind.BOOLEAN else Kind.TEXT
    if certain == {Kind.DATE, Kind.DATETIME}:
        return Kind.DATETIME
    # A word among many days is the odd one; a day among words is what Excel made of one of them.
    if certain == {Kind.DATE, Kind.TEXT} and found[Kind.DATE] > found[Kind.TEXT] + found[Kind.ANY]:
        return Kind.DATE
    return Kind.TEXT if words or Kind.TEXT in certain or Kind.NUMBER not in certain else Kind.NUMBER


def _repaired(inputs: tuple[Input, ...], rows: tuple[Row, ...]) -> tuple[tuple[Row, ...], list[Diagnostic]]:
    """CAS numbers that Excel made dates of, such as 75-05-8, put back in columns that hold CAS numbers."""
    notes: list[Diagnostic] = []
    columns = {i for i, column in enumerate(inputs) if _holds_cas(column, [row.tests[i] for row in rows])}
    if not columns:
        return rows, notes
    return tuple(
        replace(row, tests=tuple(_cas(test, notes) if i in columns else test for i, test in enumerate(row.tests)))
        for row in rows
    ), notes


def _holds_cas(column: Input, tests: Iterable[Test]) -> bool:
    if column.kind not in (Kind.ANY, Kind.TEXT) or column.bound:
        return False
    literals = [literal for test in tests for literal in test.literals]
    named = "cas" in column.label.casefold()
    return named or any(isinstance(literal.value, str) and is_cas(literal.text) for literal in literals)


def _cas(test: Test, notes: list[Diagnostic]) -> Test:
    value = test.cell.value
    if not isinstance(value, date) or test.form is not Form.AMONG:
        return test
    day = value.date() if isinstance(value, datetime) else value
    cas = cas_of_date(day)
    if not cas:
        return test
    notes.append(faults.CAS_REPAIRED.at(test.cell.place, text=day.isoformat(), cas=cas))
    return replace(test, items=(Literal(cas),), cell=Cell(cas, test.cell.place))


def _split_names(inputs: tuple[Input, ...], rows: tuple[Row, ...]) -> list[Diagnostic]:
    """`1,2-二氯乙烷` is one name with locants, and no list."""
    notes: list[Diagnostic] = []
    for row in rows:
        for column, test in zip(inputs, row.tests, strict=True):
            if len(test.literals) < 2 or column.kind not in (Kind.TEXT, Kind.ANY):
                continue
            text = fold_name(test.cell.text)
            if '"' not in text and (found := _LOCANTS.search(text)):
                items = "；".join(literal.text for literal in test.literals)
                notes.append(faults.SPLIT_NAME.at(test.cell.place, text=test.cell.text, items=items, name=found[1]))
    return notes
