"""What an expression says about numbers before anybody answers: always whole; between two bounds."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from banshi.rules.expressions.tree import Call, Current, Expression, Node, Number, Operation

Bound = tuple[Decimal, int]
"""A place among numbers: just before a number (0) or just after it (1)."""

WHOLE: Final = frozenset(
    {"count", "counta", "countif", "count-selected", "int", "len", "position"}
    | {"year", "month", "day", "weekday", "hour", "minute", "datedif", "days"}
)
"""The functions whose numbers are always whole."""

_TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">"}


def is_whole(expression: Expression) -> bool:
    """Whether the value can only be a whole number."""
    root = expression.root
    return isinstance(root, Call) and root.function.lower() in WHOLE


_BETWEEN: Final = {"month": (1, 12), "day": (1, 31), "weekday": (1, 7), "hour": (0, 23), "minute": (0, 59)}


def bounds_of(expression: Expression) -> tuple[Bound | None, Bound | None]:
    """Between which places the value of a function of dates always lies; `weekday(…, 3)` counts from 0."""
    root = expression.root
    known = _BETWEEN.get(root.function) if isinstance(root, Call) else None
    if known is None or not isinstance(root, Call):
        return None, None
    least, most = known
    if root.function == "weekday" and len(root.operands) > 1:
        kind = root.operands[1]
        if not isinstance(kind, Number):
            return None, None
        least, most = (0, 6) if kind.value == 3 else (1, 7)
    return (Decimal(least), 0), (Decimal(most), 1)


def bounds(constraint: Expression | None) -> tuple[Bound | None, Bound | None]:
    """Where the numbers begin and end that a constraint such as `. >= 0 and . < 100` lets through; None: nowhere."""
    least: list[Bound] = []
    most: list[Bound] = []
    for part in _all_of(constraint.root) if constraint else ():
        if not isinstance(part, Operation) or part.operator not in _TURNED:
            continue
        one, other = part.operands
        operator = part.operator
        if isinstance(one, Number):
            one, other, operator = other, one, _TURNED[operator]
        if isinstance(one, Current) and isinstance(other, Number):
            after = operator in (">", "<=")
            (least if operator[0] == ">" else most).append((other.value, int(after)))
    return max(least, default=None), min(most, default=None)


def _all_of(node: Node) -> tuple[Node, ...]:
    """The conditions that must all hold."""
    if isinstance(node, Operation) and node.operator == "and":
        return tuple(part for operand in node.operands for part in _all_of(operand))
    return (node,)
