"""Hit policies: what a table answers when one row holds, when several do, and when none does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from banshi.rules.decision import Outcome
from banshi.rules.diagnostics import Diagnostic, Fault, Place
from banshi.rules.expressions.characters import fold_name
from banshi.rules.expressions.convert import kind_words
from banshi.rules.tables import faults
from banshi.rules.tables.model import Hit
from banshi.rules.tables.table import Table
from banshi.rules.values import ErrorValue, Value


@dataclass(frozen=True, slots=True)
class Fired:
    """A row that holds, and its results by output."""

    row: int
    results: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a table answers: the rows that decided, the rows that also held, and the cells of `otherwise`."""

    outputs: Any
    outcome: Outcome = Outcome.OK
    rows: tuple[int, ...] = ()
    also: tuple[int, ...] = ()
    places: tuple[Place, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def answer(table: Table, holding: Iterator[Fired]) -> Answer:
    """The answer of the hit policy; an answer without rows where nothing holds."""
    if table.hit is Hit.FIRST:
        # The rows below the first are not looked at: neither their formulas nor their results can matter.
        first = next(holding, None)
        return _one(first) if first else Answer(outputs=None)
    fired = tuple(holding)
    return _POLICIES[table.hit](table, fired) if fired else Answer(outputs=None)


def no_rows(table: Table, otherwise: tuple[dict[str, Value], tuple[Place, ...]]) -> Answer:
    """The answer where no row holds: `otherwise`, or the outcome that nothing fits.

    A list of nothing and a count of nothing are answers; a sum, a smallest or a largest of nothing is none.
    """
    results, places = otherwise
    if places:
        outputs: Any = results
        if table.hit.many:
            outputs = [results]
        elif table.hit.aggregated:
            outputs = next(iter(results.values()))
        return _sound(Answer(outputs=outputs, places=places), results.values())
    if table.hit.many:
        return Answer(outputs=[])
    if table.hit is Hit.COUNT:
        return Answer(outputs=Decimal(0))
    return Answer(
        outputs=None,
        outcome=Outcome.NO_MATCH,
        diagnostics=(faults.NO_MATCH.at(table.place, table=table.name),),
    )


def _one(fired: Fired, also: Sequence[Fired] = ()) -> Answer:
    rows = tuple(item.row for item in also)
    return _sound(Answer(outputs=dict(fired.results), rows=(fired.row,), also=rows), fired.results.values())


def _unique(table: Table, fired: tuple[Fired, ...]) -> Answer:
    return _one(fired[0]) if len(fired) == 1 else _contradiction(table, fired, faults.CONFLICT)


def _any(table: Table, fired: tuple[Fired, ...]) -> Answer:
    answers = {tuple(result_key(value) for value in item.results.values()) for item in fired}
    if len(answers) > 1:
        return _contradiction(table, fired, faults.DISAGREEMENT)
    rows = tuple(item.row for item in fired)
    # 1 and 1.0 agree, but read differently: which of them is told must not hang on the order of the rows.
    told = min((item.results for item in fired), key=lambda results: [str(value) for value in results.values()])
    return _sound(Answer(outputs=dict(told), rows=rows), told.values())


def _contradiction(table: Table, fired: tuple[Fired, ...], fault: Fault) -> Answer:
    rows = tuple(item.row for item in fired)
    named = "、".join(table.rows[row].label for row in rows)
    return Answer(
        outputs=None,
        outcome=Outcome.CONFLICT,
        rows=rows,
        diagnostics=(fault.at(table.rows[rows[0]].place, table=table.name, rows=named),),
    )


def _priority(table: Table, fired: tuple[Fired, ...]) -> Answer:
    ranked, wrong = _ranked(table, fired)
    if wrong:
        return _failed(fired, wrong)
    first = ranked[0]
    return _one(first, tuple(item for item in fired if item is not first))


def _many(_table: Table, fired: tuple[Fired, ...]) -> Answer:
    found = [dict(item.results) for item in fired]
    rows = tuple(item.row for item in fired)
    return _sound(Answer(outputs=found, rows=rows), [value for results in found for value in results.values()])


def _output_order(table: Table, fired: tuple[Fired, ...]) -> Answer:
    ranked, wrong = _ranked(table, fired)
    return _failed(fired, wrong) if wrong else _many(table, ranked)


def _ranked(table: Table, fired: tuple[Fired, ...]) -> tuple[tuple[Fired, ...], tuple[Diagnostic, ...]]:
    """The rows by priority, equal ones from the top; and the results that no `values` list ranks."""
    wrong: list[Diagnostic] = []
    ranks: dict[int, list[int]] = {}
    for item in fired:
        ranks[item.row] = []
        for name, values in table.priorities:
            keys = [result_key(value) for value in values]
            key = result_key(item.results[name])
            if key in keys:
                ranks[item.row].append(keys.index(key))
            else:
                wrong.append(_not_ranked(table, item, name))
    if wrong:
        return fired, tuple(wrong)
    return tuple(sorted(fired, key=lambda item: ranks[item.row])), ()


def _not_ranked(table: Table, fired: Fired, name: str) -> Diagnostic:
    value = fired.results[name]
    if isinstance(value, ErrorValue):
        return value.diagnostic
    place = table.rows[fired.row].results[table.output_names.index(name)].place
    return faults.RUN_NOT_RANKED.at(place, value=value, name=name)


def _aggregate(table: Table, fired: tuple[Fired, ...]) -> Answer:
    rows = tuple(item.row for item in fired)
    if table.hit is Hit.COUNT:
        return Answer(outputs=Decimal(len(fired)), rows=rows)
    numbers: list[Decimal] = []
    wrong: list[Diagnostic] = []
    for item in fired:
        value = next(iter(item.results.values()))
        if isinstance(value, Decimal):
            numbers.append(value)
        elif isinstance(value, ErrorValue):
            wrong.append(value.diagnostic)
        else:
            place = table.rows[item.row].results[0].place
            zh, en = ("空的", "empty") if value is None else kind_words(value)
            wrong.append(faults.RUN_NOT_A_NUMBER.at(place, text="—" if value is None else value, kind_zh=zh, kind=en))
    if wrong:
        return _failed(fired, tuple(wrong))
    return Answer(outputs=_FOLDS[table.hit](numbers), rows=rows)


def _sum(numbers: list[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0))


_FOLDS: dict[Hit, Callable[[list[Decimal]], Decimal]] = {Hit.SUM: _sum, Hit.MIN: min, Hit.MAX: max}


def _failed(fired: tuple[Fired, ...], diagnostics: tuple[Diagnostic, ...]) -> Answer:
    rows = tuple(item.row for item in fired)
    return Answer(outputs=None, outcome=Outcome.ERROR, rows=rows, diagnostics=diagnostics)


def _sound(found: Answer, values: Any) -> Answer:
    """The answer, marked as an error where one of its values is one."""
    errors = tuple(value.diagnostic for value in values if isinstance(value, ErrorValue))
    if not errors:
        return found
    return Answer(
        outputs=found.outputs,
        outcome=Outcome.ERROR,
        rows=found.rows,
        also=found.also,
        places=found.places,
        diagnostics=errors,
    )


def result_key(value: Value) -> tuple[str, Any]:
    """A result as results are compared: never across kinds, full width like half width."""
    if isinstance(value, str):
        return "str", fold_name(value)
    if isinstance(value, ErrorValue):
        return "ErrorValue", id(value)
    return type(value).__name__, value


def slow_rows(table: Table) -> int:
    """The rows that bitsets alone do not decide: they compute, or their result does not suit the hit policy."""
    mask = table.index.formulas
    ranked = dict(table.priorities) if table.hit.ranked else {}
    lists = {name: {result_key(value) for value in values} for name, values in ranked.items()}
    numbers = table.hit in (Hit.SUM, Hit.MIN, Hit.MAX)
    for i, row in enumerate(table.rows):
        for name, item in zip(table.output_names, row.results, strict=True):
            unranked = name in lists and result_key(item.value) not in lists[name]
            no_number = numbers and not isinstance(item.value, Decimal)
            if item.expression is not None or isinstance(item.value, ErrorValue) or unranked or no_number:
                mask |= 1 << i
    return mask


_POLICIES: dict[Hit, Callable[[Table, tuple[Fired, ...]], Answer]] = {
    Hit.UNIQUE: _unique,
    Hit.ANY: _any,
    Hit.PRIORITY: _priority,
    Hit.RULE_ORDER: _many,
    Hit.OUTPUT_ORDER: _output_order,
    Hit.COLLECT: _many,
    Hit.SUM: _aggregate,
    Hit.MIN: _aggregate,
    Hit.MAX: _aggregate,
    Hit.COUNT: _aggregate,
}
