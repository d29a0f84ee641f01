"""Choice filters: a bare name that is a column of the choices is the choice's own, `${name}` is always the form's.

In `省 = ${省}` the first is the column and the second the question, though both are called 省.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from banshi.platform.service.model import Choice
from banshi.rules.expressions import Expression
from banshi.rules.expressions.tree import Call, Membership, Node, Operation, Reference, walk
from banshi.rules.values import Value, from_json

_OWN = "choice:"


def column_names(choices: Iterable[Choice]) -> frozenset[str]:
    """The names that a filter may use for the columns of a choice list; `name` and `label` are columns too."""
    return frozenset({"name", "label"}.union(*(choice.columns for choice in choices)))


def columns_of(choice: Choice) -> Mapping[str, Value]:
    """The values of a choice's columns, under the names that `bound_filter` gives them."""
    own: dict[str, Value] = {"name": choice.name, "label": choice.label.get()}
    own |= {column: from_json(cell.value) for column, cell in choice.columns.items()}
    return {f"{_OWN}{column}": value for column, value in own.items()}


def bound_filter(expression: Expression, choices: Sequence[Choice]) -> Expression:
    """The filter with its bare column names renamed to `choice:<column>`, so that no question can be meant."""
    return _bound(expression, column_names(choices))


@lru_cache(maxsize=1024)
def _bound(expression: Expression, columns: frozenset[str]) -> Expression:
    root = _renamed(expression.root, expression.text, columns)
    return replace(expression, root=root, names=frozenset(n.name for n in walk(root) if isinstance(n, Reference)))


def _renamed(node: Node, text: str, columns: frozenset[str]) -> Node:
    match node:
        case Reference(name=name):
            bare = not text[node.start : node.end].startswith("$")
            return replace(node, name=f"{_OWN}{name}") if bare and name in columns else node
        case Operation() | Membership() | Call():
            return replace(node, operands=tuple(_renamed(item, text, columns) for item in node.operands))
        case _:
            return node
