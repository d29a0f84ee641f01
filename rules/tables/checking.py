"""Checking a table against the names that it may use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache, partial

from banshi.rules.diagnostics import NOWHERE, Diagnostic, Severity
from banshi.rules.expressions import Name, Scope, bounds_of, is_whole, kind_of_expression, parse
from banshi.rules.expressions import check as check_expression
from banshi.rules.expressions.characters import fold_name
from banshi.rules.expressions.comparisons import TICKED
from banshi.rules.expressions.tree import Operation
from banshi.rules.tables import analysis_faults, faults
from banshi.rules.tables.atoms import Facts, Space
from banshi.rules.tables.codes import holds_codes
from banshi.rules.tables.conditions import Form, Item, Literal, Test
from banshi.rules.tables.gaps import gaps
from banshi.rules.tables.kinds import hyphened_times, misfits, own_kinds, with_kinds
from banshi.rules.tables.literals import KIND_ZH, Unreadable, nearest, read
from banshi.rules.tables.meant import grouped_lists, more_than_words
from banshi.rules.tables.model import Hit, Input
from banshi.rules.tables.overlaps import overlaps, shared_ends
from banshi.rules.tables.reach import unreachable
from banshi.rules.tables.reading import read_list
from banshi.rules.tables.table import Table
from banshi.rules.tables.witness import Witnesses
from banshi.rules.values import Kind, Value, kind_of

_TICK = Literal(next(iter(TICKED)))
_AMOUNT = re.compile(r"[￥¥$]?\s*([+-]?[\d,]+(?:\.\d+)?)\s*(%|元|圆)?", re.ASCII)


def bind(table: Table, scope: Scope) -> Table:
    """The table with each input's kind taken from what it reads, so that `1` in a column of texts means the text.

    Outputs that are computed get the kind of their formulas. To be called once names are known, before the table is
    run; without it, kinds are what headers and cells say.
    """
    kinds = {column.label: _bound_kind(column, scope) for column in table.inputs}
    outputs = tuple(replace(output, kind=_output_kind(table, i, scope)) for i, output in enumerate(table.outputs))
    inputs = with_kinds(table.inputs, kinds)
    lists = {
        i: frozenset(map(fold_name, name.choices))
        for i, column in enumerate(inputs)
        if (name := _name(column, scope)) is not None and name.choices is not None
    }
    rows = tuple(
        replace(row, tests=tuple(_chosen(test, lists[i]) if i in lists else test for i, test in enumerate(row.tests)))
        for row in (table.rows if lists else ())
    )
    if (inputs, outputs) == (table.inputs, table.outputs) and rows in ((), table.rows):
        return table  # with its index
    return replace(table, inputs=inputs, outputs=outputs, rows=rows or table.rows)


def _chosen(test: Test, choices: frozenset[str]) -> Test:
    """A cell about a choice: what reads like a range, such as `10万以上`, is the choice that is called so."""
    if choices == TICKED:
        return _ticked(test)
    if not test.ordered or not isinstance(test.cell.value, str):
        return test
    listed, _ = read_list(test.cell)
    named = bool(listed) and all(fold_name(literal.text) in choices for literal in listed)
    return replace(test, items=tuple(listed)) if named else test


def _ticked(test: Test) -> Test:
    """A cell about a box: `是` and TRUE say that it is ticked, `否` and FALSE that it is not."""
    truths: dict[Item, Value | Unreadable] = {
        item: read(item, Kind.BOOLEAN) for item in test.items if isinstance(item, Literal)
    }
    if not any(isinstance(truth, bool) for truth in truths.values()):
        return test
    said: list[Item] = [
        _TICK if truths.get(item) is True else item for item in test.items if truths.get(item) is not False
    ]
    missing = test.missing or any(truth is False for truth in truths.values())
    if said:
        return replace(test, items=tuple(said), missing=missing)
    form = Form.EMPTY if test.form is Form.AMONG else Form.PRESENT
    return Test(form=form, cell=test.cell)


def check(table: Table, scope: Scope) -> tuple[Diagnostic, ...]:
    """Every fault of the table that only shows once its names are known."""
    bound = bind(table, scope)
    found = [*_inputs(table, scope), *_formulas(bound, scope), *_results(bound, scope)]
    own = own_kinds(bound.inputs, bound.rows)
    changed = {column.label for column in bound.inputs if column.of_form or column.kind is not own[column.label]}
    found += misfits(bound.inputs, bound.rows, changed)
    wrong_choices = list(_choices(bound, scope))
    found += wrong_choices
    known = cache(partial(_words, bound, scope))
    unclear = bool(wrong_choices)
    for i, column in enumerate(bound.inputs):
        name = _name(column, scope)
        if column.kind in (Kind.TEXT, Kind.ANY) and (name is None or (name.choices is None and name.values is None)):
            tests = [row.tests[i] for row in bound.rows]
            declared = column.declared and column.kind is Kind.TEXT
            hyphened = [] if declared else list(hyphened_times(column, tests))
            found += hyphened
            told = {item.place for item in hyphened}
            said = kind_of_expression(column.expression, scope) is Kind.TEXT and not (name and name.guessed)
            worded = column.declared or said
            meant = list(more_than_words(column.label, tests, known, worded=worded, declared=declared))
            unclear |= any(item.severity is Severity.ERROR for item in meant)
            found += [item for item in meant if item.place not in told]
        elif column.kind is Kind.NUMBER:
            found += grouped_lists(column.label, [row.tests[i] for row in bound.rows])
    found += [*_text_amounts(bound), *_expired(bound, scope)]
    # Else every such row would be told once more, as out of reach.
    if not (bound.index.unreadable or bound.unread or unclear):
        space = Space.of(bound, _facts(bound, scope))
        found += shared_ends(space)
        witnesses = Witnesses(space, scope)
        found += overlaps(space, witnesses) if bound.hit in (Hit.UNIQUE, Hit.ANY) else ()
        found += [*unreachable(space, witnesses), *gaps(space, witnesses)]
    return tuple(found)


def _words(table: Table, scope: Scope) -> frozenset[str]:
    """The words of a table, and the choices of the form with their labels, in half width."""
    found = {literal.text for row in table.rows for test in row.tests for literal in test.literals}
    found |= {result.value for row in table.rows for result in row.results if isinstance(result.value, str)}
    for name in scope.names.values():
        found |= {*(name.choices or ()), *name.labels}
    return frozenset(map(fold_name, found))


def _text_amounts(table: Table) -> Iterator[Diagnostic]:
    """Outputs of which every result is a number with a sign behind or before it, held as a text."""
    for at, output in enumerate(table.outputs):
        results = [row.results[at] for row in table.rows if row.results[at].value is not None]
        if output.declared or any(not isinstance(result.value, str) or result.quoted for result in results):
            continue
        if holds_codes(output.name, (str(result.value) for result in results)):
            continue
        found = [_AMOUNT.fullmatch(fold_name(str(result.value))) for result in results]
        if found and found[0] is not None and all(found):
            number = found[0][1].replace(",", "")
            number = format(Decimal(number) / 100, "f") if found[0][2] == "%" else number
            yield faults.TEXT_AMOUNTS.at(results[0].place, text=results[0].value, name=output.name, number=number)


def _expired(table: Table, scope: Scope) -> Iterator[Diagnostic]:
    ends = [row.valid_until for row in table.rows]
    known = [end for end in ends if end is not None]
    if scope.now is not None and known and len(known) == len(ends) and max(known) < scope.now.date():
        place = table.rows[ends.index(max(known))].place
        yield analysis_faults.EXPIRED.at(place, until=max(known))


def _bound_kind(column: Input, scope: Scope) -> Kind:
    found = kind_of_expression(column.expression, scope)
    return column.kind if column.declared or found in (Kind.ANY, Kind.LIST) else found


def _output_kind(table: Table, column: int, scope: Scope) -> Kind:
    output = table.outputs[column]
    results = [row.results[column] for row in table.rows]
    results += [result for name, result in table.otherwise if name == output.name]
    formulas = {kind_of_expression(item.expression, scope) for item in results if item.expression}
    if output.declared or not formulas:
        return output.kind
    constants = {kind_of(item.value) for item in results if not item.expression} - {Kind.ANY}
    kinds = formulas | constants
    return next(iter(kinds)) if len(kinds) == 1 else Kind.ANY


def _name(column: Input, scope: Scope) -> Name | None:
    return scope.find(column.field) if column.field else None


def _inputs(table: Table, scope: Scope) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for column in table.inputs:
        if column.label not in seen:
            seen.add(column.label)
            yield from check_expression(column.expression, scope)
        kind = kind_of_expression(column.expression, scope)
        name = _name(column, scope)
        facts = {"label": column.label, "kind": column.kind, "kind_zh": KIND_ZH[column.kind]}
        if kind is Kind.LIST or (name is not None and name.multiple):
            yield faults.LIST_INPUT.at(column.place, label=column.label)
        elif column.declared and kind not in (Kind.ANY, column.kind):
            yield faults.DECLARED_KIND.at(column.place, **facts, found=kind, found_zh=KIND_ZH[kind])


def _formulas(table: Table, scope: Scope) -> Iterator[Diagnostic]:
    for i, column in enumerate(table.inputs):
        current = _name(column, scope) or Name(column.kind)
        inner = scope.with_current(current)
        for row in table.rows:
            formula = row.tests[i].formula
            if formula is not None:
                yield from check_expression(formula, inner, Kind.BOOLEAN)


def _computes(text: str, scope: Scope) -> bool:
    """Whether a text is a computation with names that are known."""
    expression, _ = parse(text, NOWHERE)
    if expression is None or not isinstance(expression.root, Operation):
        return False
    return bool(expression.names) and all(scope.find(name) is not None for name in expression.names)


def _results(table: Table, scope: Scope) -> Iterator[Diagnostic]:
    kinds = {output.name: output.kind for output in table.outputs if output.declared}
    if table.hit.aggregated and table.hit is not Hit.COUNT:
        kinds = dict.fromkeys(table.output_names, Kind.NUMBER)
    results = [pair for row in table.rows for pair in zip(table.output_names, row.results, strict=True)]
    computed = {name for name, result in results if result.expression is not None}
    for name, result in (*results, *table.otherwise):
        if name in computed and isinstance(result.value, str) and _computes(result.value, scope):
            yield faults.FORMULA_WITHOUT_SIGN.at(result.place, text=result.value)
        if result.expression is not None:
            yield from check_expression(result.expression, scope, kinds.get(name, Kind.ANY))


def _choices(table: Table, scope: Scope) -> Iterator[Diagnostic]:
    for i, column in enumerate(table.inputs):
        name = _name(column, scope)
        if name is None or name.choices is None:
            continue
        folded = {fold_name(choice) for choice in name.choices}
        for row in table.rows:
            test = row.tests[i]
            for item in test.items:
                if isinstance(item, Literal) and fold_name(item.text) not in folded:
                    fault = faults.NOT_A_TICK if name.choices == TICKED else faults.NOT_A_CHOICE
                    near = name.labels.get(item.text.strip()) or nearest(item.text, name.choices)
                    yield fault.at(test.cell.place, text=item.text, label=column.label, near=near)


def _facts(table: Table, scope: Scope) -> dict[str, Facts]:
    """What the form says about the inputs. A multiple choice is no text; nothing is known about it."""
    found: dict[str, Facts] = {}
    for column in table.inputs:
        name = _name(column, scope)
        whole = column.whole or is_whole(column.expression) or (name is not None and name.whole)
        step = Decimal(1) if whole else Decimal("0.01") if name is not None and name.fen else None
        if name is None:
            found[column.label] = Facts(step=step, bounds=bounds_of(column.expression))
            continue
        choices = None if name.choices is None else frozenset(fold_name(choice) for choice in name.choices)
        found[column.label] = Facts(choices=choices, step=step, bounds=name.bounds, values=name.values)
    return found
