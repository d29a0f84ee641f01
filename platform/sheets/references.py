"""Which names expressions use on their own, and which only to sum up a whole column of a repeat."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import Expression
from banshi.rules.expressions.tree import Call, Membership, Node, Reference, children, walk
from banshi.rules.expressions.uses import uses
from banshi.rules.policies import Policy
from banshi.rules.tables import Input, Table
from banshi.rules.tables.conditions import Literal, Test
from banshi.rules.tables.literals import read
from banshi.rules.tariffs import Tariff
from banshi.rules.values import Kind

Rule = Table | Tariff | Policy

_OVER_A_COLUMN = frozenset({"sum", "min", "max", "average", "count", "counta"})
"""Functions that, with one argument, are about a whole column; with several they compare values side by side."""
_OVER_COLUMNS = frozenset({"countif", "sumif", "sumproduct", "join", "textjoin", "index"})


@dataclasses.dataclass(frozen=True, slots=True)
class Uses:
    """The names that expressions use on their own (`single`) and only as columns (`columns`)."""

    single: frozenset[str]
    columns: frozenset[str]


def uses_of(rule: Rule) -> Uses:
    """The names that a table, a tariff or a policy uses; its own outputs are not among them.

    A tariff's `share` names columns: the people who share, and their weights.
    """
    single: set[str] = set()
    columns: set[str] = set()
    shares = (
        {id(part) for line in rule.lines for part in (line.share, line.weights)} if isinstance(rule, Tariff) else set()
    )
    for expression in expressions_of(rule):
        for name, whole in _references(expression.root):
            (columns if whole or id(expression) in shares else single).add(name)
    return Uses(frozenset(single & rule.names), frozenset(columns & rule.names))


def kinds_in(rule: Rule) -> Iterator[tuple[str, Kind]]:
    """Every use of a name in a rule that speaks for its kind: what columns compare, and what expressions do with it."""
    conditions = (
        {id(line.when) for line in (rule.lines if isinstance(rule, Tariff) else rule.statements)}
        if not isinstance(rule, Table)
        else set()
    )
    for expression in expressions_of(rule):
        yield from uses(expression.root, condition=id(expression) in conditions)
    for line in rule.lines if isinstance(rule, Tariff) else ():
        for part in (line.quantity, line.low, line.high, line.rate, line.minimum, line.maximum, line.carry):
            if part is not None and isinstance(part.root, Reference):
                yield part.root.name, Kind.NUMBER
    if isinstance(rule, Table):
        for i, column in enumerate(rule.inputs):
            if column.field:
                yield from _kinds_of_column(column, [row.tests[i] for row in rule.rows])


def _kinds_of_column(column: Input, tests: Iterable[Test]) -> Iterator[tuple[str, Kind]]:
    """What a column says of its field; one that only says yes and no, in words, is a yes or no."""
    literals: list[Literal] = []
    for test in tests:
        literals += test.literals
        if test.formula is not None:
            yield from uses(test.formula.root, condition=True, current=column.field)
    if column.kind is not Kind.ANY:
        yield column.field, column.kind
    elif literals and all(isinstance(read(literal, Kind.BOOLEAN), bool) for literal in literals):
        yield column.field, Kind.BOOLEAN


def expressions_of(part: object) -> Iterator[Expression]:
    """Every expression in a tree of dataclasses and tuples, in order."""
    found: list[Expression] = []
    _collect(part, found)
    return iter(found)


def expressions_of_all(parts: Iterable[object]) -> Iterator[Expression]:
    """The expressions of several parts of a service: mappings by their values, None for one that is not there."""
    for part in parts:
        for one in part.values() if isinstance(part, Mapping) else (part,):
            yield from expressions_of(one) if one is not None else ()


def rewritten(part: Any, applies: Callable[[Expression], bool], change: Callable[[Expression], Expression]) -> Any:
    """A tree of dataclasses, tuples and mappings with some of its expressions changed; what has none of them stays itself."""
    if isinstance(part, Mapping):
        return {key: rewritten(value, applies, change) for key, value in part.items()}
    if not any(map(applies, expressions_of(part))):
        return part
    if isinstance(part, Expression):
        return change(part)
    if isinstance(part, tuple):
        return tuple(rewritten(one, applies, change) for one in part)
    changed = {
        one.name: rewritten(getattr(part, one.name), applies, change) for one in dataclasses.fields(part) if one.init
    }
    return dataclasses.replace(part, **changed)


def _collect(part: object, found: list[Expression]) -> None:
    if isinstance(part, Expression):
        found.append(part)
    elif isinstance(part, Test):
        # A table has thousands of them; only the formula can hold an expression.
        if part.formula is not None:
            found.append(part.formula)
    elif isinstance(part, tuple):
        for item in part:
            _collect(item, found)
    else:
        for name in _parts(type(part)):  # type: ignore[arg-type]  # mypy takes the hash of an instance for that of a class
            _collect(getattr(part, name), found)


@cache
def _parts(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass that may hold expressions."""
    inside = dataclasses.is_dataclass(kind) and kind not in (Cell, Literal, Place)
    return tuple(entry.name for entry in dataclasses.fields(kind)) if inside else ()


def _references(root: Node) -> Iterator[tuple[str, bool]]:
    """The names of a tree, each with whether it stands for a whole column; those of rows that are looked at are neither."""
    waiting: list[tuple[Node, bool]] = [(root, False)]
    while waiting:
        node, whole = waiting.pop()
        if isinstance(node, Reference):
            yield node.name, whole
        elif isinstance(node, Call) and node.function == "rows-of":
            waiting.extend(
                (part, False) for part in walk(node) if isinstance(part, Call) and part.function == "current"
            )
            continue
        waiting.extend(zip(children(node), _wholes(node), strict=True))


def _wholes(node: Node) -> Iterable[bool]:
    count = len(children(node))
    if isinstance(node, Membership):
        return (False, *[True] * (count - 1))
    if isinstance(node, Call):
        whole = node.function in _OVER_COLUMNS or (node.function in _OVER_A_COLUMN and count == 1)
        return [whole] * count
    return [False] * count
