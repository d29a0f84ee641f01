"""Paths into repeats: `${member}/age` is the field in all rows where member is a repeat, and a division elsewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import Any

from banshi.platform.service.model import Field, Form, Repeat
from banshi.platform.sheets.references import rewritten
from banshi.rules.expressions import Expression
from banshi.rules.expressions.parser import over_every_row
from banshi.rules.expressions.tree import Boolean, Call, Membership, Node, Operation, Reference, rows_of, walk


def with_paths(part: Any, form: Form | None) -> Any:
    """A form, a route, rules or a mapping of them, whose paths into the form's repeats are what they say."""
    items = [item for item, _ in form.walk()] if form is not None else []
    repeats = frozenset(item.name for item in items if isinstance(item, Repeat))
    if not repeats:
        return part
    groups = frozenset(item.name for item in items if not isinstance(item, Field)) - repeats
    paths = _Paths(repeats, groups)
    return rewritten(part, paths.are_in, paths.read)


@dataclasses.dataclass(frozen=True, slots=True)
class _Paths:
    repeats: Collection[str]
    groups: Collection[str]

    def read(self, expression: Expression) -> Expression:
        """The expression with its paths as what they say."""
        root = self.node(expression.root)
        read = frozenset(node.name for node in walk(root) if isinstance(node, Reference))
        return dataclasses.replace(expression, root=root, names=expression.names & read)

    def are_in(self, expression: Expression) -> bool:
        """Whether an expression has a path."""
        return "/" in expression.text and any(
            isinstance(node, Operation) and node.operator == "/" and self._is_repeat(node.operands[0])
            for node in walk(expression.root)
        )

    def _is_repeat(self, node: Node) -> bool:
        return isinstance(node, Reference) and node.name in self.repeats

    def node(self, node: Node) -> Node:
        """The part with its paths, from the leaves up."""
        if not isinstance(node, (Operation, Membership, Call)):
            return node
        node = dataclasses.replace(node, operands=tuple(self.node(operand) for operand in node.operands))
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
            made = rows_of(whole, everywhere, step, end=node.end, every=True)
            return made if isinstance(step, Reference) else node
        if isinstance(whole, Call) and whole.function == "rows-of" and isinstance(whole.operands[1], Reference):
            through = whole.operands[1].name
            if isinstance(step, Reference) and (through in self.groups or through in self.repeats):
                repeat, _, condition, every = whole.operands
                return dataclasses.replace(whole, operands=(repeat, step, condition, every), end=node.end)
        return node
