"""One run of a table: values in, a decision out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from banshi.rules.decision import Decision, Outcome
from banshi.rules.diagnostics import Diagnostic, Place, Severity
from banshi.rules.expressions import Environment, evaluate, settle
from banshi.rules.tables import faults
from banshi.rules.tables.conditions import Form
from banshi.rules.tables.explaining import explain_rows
from banshi.rules.tables.index import bits
from banshi.rules.tables.literals import KIND_ZH
from banshi.rules.tables.model import Result
from banshi.rules.tables.policies import Answer, Fired, answer, no_rows
from banshi.rules.tables.table import Table
from banshi.rules.values import ErrorValue, Value, from_json, kind_of


def decide(table: Table, env: Environment, scope: str = "", *, explained: bool = True) -> Decision:
    """Run the table; `explained=False` leaves the explanation out, for batches.

    The outputs are an object (None when nothing fits), a list of objects, or a number, after the hit policy.
    """
    run = Run(table, env)
    found = run.answer()
    places = tuple(place for row in found.rows for place in fired_places(table, row))
    return Decision(
        kind="table",
        name=table.name,
        scope=scope,
        inputs=run.values,
        outputs=found.outputs,
        fired=places or found.places,
        outcome=found.outcome,
        explanation=explain_rows(table, env, run.values, found) if explained else (),
        diagnostics=(*found.diagnostics, *run.mismatches()),
        read={name: env.find(name) for name in sorted(table.names - set(run.values))} if explained else {},
    )


def fired_places(table: Table, row: int) -> tuple[Place, ...]:
    """The cells of a row that are named as fired: its results, or the row itself where it has none."""
    rule = table.rows[row]
    return tuple(result.place for result in rule.results) or (rule.place,)


def as_input(value: Any) -> Value:
    """A value of a field as an expression that only names the field would give it: numbers are decimals."""
    if isinstance(value, (int, float, list)) and not isinstance(value, bool):
        value = from_json(value)
    return settle(value) if isinstance(value, Decimal) and value.is_finite() else value


def named_outputs(table: Table, decision: Decision) -> Mapping[str, Value]:
    """The outputs of a decision by name, as expressions and other tables see them.

    Where nothing fits they are empty. Where rows contradict each other, or a part could not be computed, they are
    error values, so that nothing is computed from them in silence.
    """
    outputs: Any = decision.outputs
    names = table.output_names
    if outputs is None and decision.outcome in (Outcome.CONFLICT, Outcome.ERROR):
        error = next(item for item in decision.diagnostics if item.severity is Severity.ERROR)
        return dict.fromkeys(names, ErrorValue(error))
    if outputs is None:
        return dict.fromkeys(names)
    if table.hit.many:
        return {name: tuple(row[name] for row in outputs) for name in names}
    if table.hit.aggregated:
        return dict.fromkeys(names, outputs)
    return dict(outputs)


@dataclass
class Run:
    """A table and the values that it is run with."""

    table: Table
    env: Environment
    values: dict[str, Value] = field(init=False)
    found: int = field(init=False)
    others: list[str] = field(default_factory=list)
    errors: list[Diagnostic] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Compute and look up every input once; most only read a field."""
        index = self.table.index
        self.values = {}
        self.found = index.in_force(self.env.now.date())
        for axis in index.axes:
            value = as_input(self.env.find(axis.name)) if axis.name else evaluate(axis.expression, self.env)
            if axis.is_fraction(value):
                # The analysis took the header at its word: that nothing lies between two whole numbers.
                place = self.table.inputs[axis.columns[0]].place
                value = ErrorValue(faults.RUN_NOT_WHOLE.at(place, label=axis.label, value=value, table=self.table.name))
            self.values[axis.label] = value
            rows, other = axis.look_up(value)
            self.found &= rows
            if other:
                self.others.append(axis.label)

    def answer(self) -> Answer:
        """What the hit policy makes of the rows that hold."""
        index = self.table.index
        if index.unreadable:
            return _failed(faults.RUN_UNREADABLE.at(place, table=self.table.name) for place in index.unreadable)
        wrong = [value for value in self.values.values() if isinstance(value, ErrorValue)]
        if wrong:
            return _failed(value.diagnostic for value in wrong)
        found = answer(self.table, self._holding())
        if self.errors:
            return _failed(self.errors)
        return found if found.rows else no_rows(self.table, self._otherwise())

    def mismatches(self) -> Iterator[Diagnostic]:
        """Inputs of a kind that their column does not compare: said, because no row can fit them."""
        for axis in self.table.index.axes if self.others else ():
            value = self.values[axis.label]
            if axis.label not in self.others or isinstance(value, ErrorValue):
                continue
            found = kind_of(value)
            yield faults.OTHER_KIND.at(
                self.table.inputs[axis.columns[0]].place,
                label=axis.label,
                value=value,
                found=found,
                found_zh=KIND_ZH[found],
                table=self.table.name,
                kind=axis.kind,
                kind_zh=KIND_ZH[axis.kind],
            )

    def _holding(self) -> Iterator[Fired]:
        """The rows that hold, from the top; formulas are computed only as far as somebody asks for rows."""
        formulas = self.table.index.formulas
        for row in bits(self.found):
            if not formulas >> row & 1 or self._formulas_hold(row):
                yield Fired(row, self._results(row))

    def _formulas_hold(self, row: int) -> bool:
        for axis in self.table.index.axes:
            env = None
            for column in axis.columns:
                test = self.table.rows[row].tests[column]
                if test.form is not Form.FORMULA or test.formula is None:
                    continue
                env = env or replace(self.env, current=self.values[axis.label])
                value = evaluate(test.formula, env)
                if isinstance(value, ErrorValue):
                    self.errors.append(value.diagnostic)
                elif value is not None and not isinstance(value, bool):
                    self.errors.append(faults.NOT_A_TEST.at(test.cell.place, value=value))
                if value is not True:
                    return False
        return True

    def _results(self, row: int) -> dict[str, Value]:
        results = zip(self.table.output_names, self.table.rows[row].results, strict=True)
        return {name: self._result(result) for name, result in results}

    def _otherwise(self) -> tuple[dict[str, Value], tuple[Place, ...]]:
        given = dict(self.table.otherwise)
        found = {name: self._result(given[name]) if name in given else None for name in self.table.output_names}
        return found, tuple(result.place for result in given.values())

    def _result(self, result: Result) -> Value:
        return evaluate(result.expression, self.env) if result.expression else result.value


def _failed(diagnostics: Any) -> Answer:
    return Answer(outcome=Outcome.ERROR, outputs=None, diagnostics=tuple(diagnostics))
