"""Evaluation, one value at a time: exact, lazy where it must be, and never an exception on anybody's data."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, cast

from banshi.rules.diagnostics import Place
from banshi.rules.expressions import faults
from banshi.rules.expressions.convert import (
    ARITHMETIC,
    Problem,
    bounded,
    is_empty,
    settle,
    spread,
    to_date,
    to_moment,
    to_number,
    to_string,
    to_text,
    to_truth,
)
from banshi.rules.expressions.library import UNAVAILABLE, suggest_function
from banshi.rules.expressions.model import Environment
from banshi.rules.expressions.operators import COMPARISONS, arithmetic, compare, equal
from banshi.rules.expressions.registry import FUNCTIONS, Function, Parameter
from banshi.rules.expressions.tree import (
    Boolean,
    Call,
    Current,
    Expression,
    Membership,
    Node,
    Number,
    Operation,
    Reference,
    Text,
)
from banshi.rules.values import ErrorValue, Value

_HUNDRED = Decimal(100)
MAX_ROWS_VISITED = 200_000
"""Rows of datasets that one evaluation of one expression may go through."""


def evaluate(expression: Expression, env: Environment) -> Value:
    """The value of an expression.

    What cannot be computed is an `ErrorValue` with the cell and the characters; nothing is raised. Numbers are exact
    decimals with at most 40 significant digits.
    """
    value = Evaluator(expression, env).value(expression.root)
    if isinstance(value, Decimal):
        try:
            value = settle(value)
        except (InvalidOperation, Overflow):
            value = Decimal("Infinity")
        if not value.is_finite():
            return ErrorValue(faults.OUT_OF_RANGE.at(expression.place, part=expression.part(expression.root)))
    return value


class _Failed(Exception):
    """A part is an error value: so is the whole."""

    def __init__(self, error: ErrorValue) -> None:
        super().__init__()
        self.error = error


class Evaluator:
    """Computes the parts of one expression in one environment."""

    def __init__(self, expression: Expression, env: Environment) -> None:
        """Take the expression, for its places, and the values."""
        self.expression = expression
        self.env = env
        self._zone = env.now.tzinfo
        self._called: Node = expression.root
        self.rows_left = MAX_ROWS_VISITED
        self.own: Evaluator = self

    def rows(self, repeat: str) -> Iterator[Evaluator]:
        """An evaluator for every row of a repeat, as they are seen from here."""
        if self.env.rows is None:
            raise Problem(faults.NO_ROWS, name=repeat)
        for env in self.env.rows(repeat):
            self.visit(1)
            row = Evaluator(self.expression, env)
            row.own, row.rows_left = self.own, self.rows_left
            yield row
            self.rows_left = row.rows_left

    def inside(self, node: Node, rows: Iterable[Mapping[str, Value]]) -> Iterator[Value]:
        """The values of a part, one for every row of names that have values of their own there."""
        values = ChainMap[str, Value]({}, cast("dict[str, Value]", self.env.values))
        evaluator = Evaluator(self.expression, replace(self.env, values=values))
        evaluator.own = self.own
        for row in rows:
            values.maps[0] = cast("dict[str, Value]", row)
            evaluator.rows_left = self.rows_left
            yield evaluator.value(node)
            self.rows_left = evaluator.rows_left

    def visit(self, rows: int) -> None:
        """Count rows that are gone through: a filter inside a filter would ask for their product."""
        self.rows_left -= rows
        if self.rows_left < 0:
            raise Problem(faults.TOO_MANY_ROWS, limit=MAX_ROWS_VISITED)

    @property
    def spot(self) -> str:
        """Where the function that is computed stands: cell and characters."""
        return f"{self.expression.place} {self._called.start}"

    def found_at(self, place: Place) -> None:
        """Hear from which cell a value came; the explanation keeps it."""

    def value(self, node: Node) -> Value:
        """The value of a part."""
        try:
            return self._compute(node)
        except Problem as problem:
            return self._error(node, problem)
        except _Failed as failed:
            return failed.error
        except DivisionByZero:
            return self._error(node, Problem(faults.DIVISION_BY_ZERO))
        except (InvalidOperation, Overflow, OverflowError, RecursionError, ValueError):
            return self._error(node, Problem(faults.OUT_OF_RANGE))

    def _error(self, node: Node, problem: Problem) -> ErrorValue:
        facts = {"part": _short(self.expression.part(node)), **problem.facts}
        return ErrorValue(problem.fault.at(self.expression.place_of(node), **facts))

    def _compute(self, node: Node) -> Value:
        match node:
            case Number(value=value) | Text(value=value) | Boolean(value=value):
                return value
            case Reference(name=name):
                return _clean(self.env.find(name))
            case Current():
                return _clean(self.env.current)
            case Call():
                return self._call(node)
            case Membership():
                return self._membership(node)
            case Operation():
                return self._operation(node)

    def _sound(self, node: Node) -> Value:
        """The value of a part that must not be an error."""
        value = self.value(node)
        if isinstance(value, ErrorValue):
            raise _Failed(value)
        return value

    def _membership(self, node: Membership) -> Value:
        needle = self._sound(node.operands[0])
        for item in node.operands[1:]:
            if any(equal(needle, offered, self._zone) for offered in spread((self._sound(item),))):
                return True
        return False

    def _operation(self, node: Operation) -> Value:
        operator = node.operator
        if operator in ("and", "or"):
            return self._until(node, stop=operator == "or")
        values = [self._sound(operand) for operand in node.operands]
        if operator in COMPARISONS:
            return compare(operator, values[0], values[1], self._zone)
        if operator == "&":
            return self._joined(values)
        if any(is_empty(value) for value in values):
            return None
        if operator in ("neg", "pct"):
            return _signed(operator, values[0])
        result = values[0]
        for value in values[1:]:
            result = arithmetic(operator, result, value, self._zone)
        return result

    def _until(self, node: Operation, *, stop: bool) -> Value:
        return stop if any(to_truth(self._sound(operand)) is stop for operand in node.operands) else not stop

    def _joined(self, values: list[Value]) -> str:
        text = ""
        for value in values:
            text = bounded(text + to_text(_whole(value)))
        return text

    def _call(self, node: Call) -> Value:
        function = FUNCTIONS.get(node.function)
        if function is None:
            raise unknown_function(node)
        count = len(node.operands)
        if count < function.least or (function.most is not None and count > function.most):
            fault = faults.TOO_FEW if count < function.least else faults.TOO_MANY
            raise Problem(fault, **count_facts(function, count))
        arguments = [self._argument(function.parameter(i), operand) for i, operand in enumerate(node.operands)]
        # An error in any argument was raised above; only then may an empty one decide.
        if any(argument is _EMPTY for argument in arguments):
            return None
        if function.spreads:
            fixed = len(function.parameters) - 1
            arguments[fixed:] = list(spread(arguments[fixed:]))
        if function.context:
            self._called = node
        result: Value = function.call(self, *arguments) if function.context else function.call(*arguments)
        return bounded(result) if isinstance(result, str) else result

    def _argument(self, parameter: Parameter, node: Node) -> Any:
        if parameter.kind in ("node", "column"):
            return node
        value = self._sound(node)
        match parameter.kind:
            case "number":
                converted: Any = to_number(value)
            case "date":
                converted = to_date(value, self._zone)
            case "moment":
                converted = to_moment(value, self._zone)
            case "text":
                return to_text(_whole(value))
            case "string":
                return to_string(_whole(value))
            case "truth":
                return to_truth(value)
            case "list" | "numbers":
                value = _whole(value) if parameter.kind == "numbers" or parameter.many else value
                return value if parameter.many else tuple(spread((value,)))
            case _:
                return value
        return _EMPTY if converted is None else converted


_EMPTY = object()


def _whole(value: Value) -> Value:
    """A value of which no part is an error: of the rows of a column, one that cannot be computed is what is told."""
    broken = next((item for item in value if isinstance(item, ErrorValue)), None) if isinstance(value, tuple) else None
    if broken is not None:
        raise _Failed(broken)
    return value


def unknown_function(node: Call) -> Problem:
    """The problem that a function is unknown, or known to the standard and not built."""
    if node.function in UNAVAILABLE:
        zh, en = UNAVAILABLE[node.function]
        return Problem(faults.NOT_AVAILABLE, name=node.word, instead=zh, instead_en=en)
    return Problem(faults.UNKNOWN_FUNCTION, name=node.word, near=suggest_function(node.word))


def count_facts(function: Function, count: int) -> dict[str, object]:
    """The facts of a wrong number of arguments."""
    return {
        "function": function.name,
        "count": count,
        "least": function.least,
        "most": function.most,
        "usage": function.usage,
    }


def _signed(operator: str, value: Value) -> Value:
    number = to_number(value)
    if number is None:
        return None
    return ARITHMETIC.divide(number, _HUNDRED) if operator == "pct" else settle(ARITHMETIC.minus(number))


def _clean(value: Any) -> Value:
    """A value as the language knows it, if a caller hands over Python's own numbers or lists."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Decimal(repr(value))
    return tuple(_clean(item) for item in value) if isinstance(value, list) else value


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[:most] + "…"
