"""Paths into repeats: `${member}/age` is the field in all rows where member is a repeat, and a division elsewhere.

`${age}[. > 18]` is the same with a condition, where age is a field of a repeat.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

from banshi.platform.service.model import Field, Form, Repeat
from banshi.platform.sheets.references import rewritten
from banshi.rules.expressions import Expression
from banshi.rules.expressions.parser import over_every_row
from banshi.rules.expressions.tree import (
    Boolean,
    Call,
    Current,
    Membership,
    Node,
    Number,
    Operation,
    Reference,
    Text,
    children,
    rows_of,
    walk,
)


def with_paths(part: Any, form: Form | None) -> Any:
    """A form, a route, rules or a mapping of them, whose paths into the form's repeats are what they say."""
    items = [item for item, _ in form.walk()] if form is not None else []
    repeats = frozenset(item.name for item in items if isinstance(item, Repeat))
    if not repeats:
        return part
    groups = frozenset(item.name for item in items if not isinstance(item, Field)) - repeats
    around = form.walk() if form is not None else ()
    fields = {item.name: within[-1] for item, within in around if isinstance(item, Field) and within}
    paths = _Paths(repeats, groups, fields)
    return rewritten(part, paths.are_in, paths.read)


@dataclasses.dataclass(frozen=True, slots=True)
class _Paths:
    repeats: Collection[str]
    groups: Collection[str]
    fields: Mapping[str, str]

    def read(self, expression: Expression) -> Expression:
        """The expression with its paths as what they say."""
        root = self.node(expression.root)
        read = frozenset(node.name for node in walk(root) if isinstance(node, Reference))
        return dataclasses.replace(expression, root=root, names=expression.names & read)

    def are_in(self, expression: Expression) -> bool:
        """Whether an expression has a path, or filters the values of a field."""
        return any(sign in expression.text for sign in "/[［") and any(
            (isinstance(node, Operation) and node.operator == "/" and self._is_repeat(node.operands[0]))
            or (isinstance(node, Call) and self._filters_a_field(node))
            for node in walk(expression.root)
        )

    def _filters_a_field(self, node: Call) -> bool:
        """Whether it is `${age}[. > 18]`. With a position in brackets it is not: each row has one age only."""
        if node.function != "rows-of":
            return False
        field, column, first, _, *more = node.operands
        known = isinstance(field, Reference) and field.name in self.fields and isinstance(column, Text)
        return known and not any(
            isinstance(condition, Number) or _asks_position(condition) for condition in (first, *more)
        )

    def _is_repeat(self, node: Node) -> bool:
        return isinstance(node, Reference) and node.name in self.repeats

    def node(self, node: Node) -> Node:
        """The part with its paths, from the leaves up."""
        if not isinstance(node, (Operation, Membership, Call)):
            return node
        node = dataclasses.replace(node, operands=tuple(self.node(operand) for operand in node.operands))
        if isinstance(node, Call) and self._filters_a_field(node):
            field, _, first, every, *more = node.operands
            assert isinstance(field, Reference)
            repeat = dataclasses.replace(field, name=self.fields[field.name])
            filters = (_of_value(condition, field) for condition in (first, *more))
            first, *more = filters
            return dataclasses.replace(node, operands=(repeat, field, first, every, *more))
        if isinstance(node, Call):
            return over_every_row(node)
        if not isinstance(node, Operation) or node.operator != "/":
            return node
        whole, step = node.operands
        filtered = isinstance(step, Call) and step.function == "rows-of"
        if self._is_repeat(whole):
            if filtered:
                return step
            everywhere = Boolean(whole.start, whole.start, value=True)
            made = rows_of(whole, [everywhere], step, end=node.end, every=True)
            return made if isinstance(step, Reference) else node
        if isinstance(whole, Call) and whole.function == "rows-of" and isinstance(whole.operands[1], Reference):
            through = whole.operands[1].name
            if isinstance(step, Reference) and (through in self.groups or through in self.repeats):
                operands = (whole.operands[0], step, *whole.operands[2:])
                return dataclasses.replace(whole, operands=operands, end=node.end)
        return node


def _asks_position(node: Node) -> bool:
    """Whether a condition asks for the number of the row that is looked at."""
    if isinstance(node, Call) and node.function in ("rows-of", "current"):
        return False
    return (isinstance(node, Call) and node.function == "position") or any(map(_asks_position, children(node)))


def _of_value(node: Node, field: Reference) -> Node:
    """A condition in which `.` is the field's value in the row that is looked at."""
    if isinstance(node, Current):
        return Reference(node.start, node.end, field.name)
    if not isinstance(node, (Operation, Membership, Call)) or (
        isinstance(node, Call) and node.function in ("rows-of", "current")
    ):
        return node
    return dataclasses.replace(node, operands=tuple(_of_value(operand, field) for operand in node.operands))
