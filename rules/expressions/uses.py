"""Which kind a name has by the way in which expressions use it: for the inputs of a workbook that has no form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from banshi.rules.expressions.registry import FUNCTIONS
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
    walk,
)
from banshi.rules.values import Kind

_COMPARES: Final = frozenset({"=", "!=", "<", "<=", ">", ">="})
_OF_NUMBERS: Final = frozenset({"*", "/", "^", "neg", "pct", "div", "mod"})
_TAKES: Final = {"number": Kind.NUMBER, "numbers": Kind.NUMBER, "date": Kind.DATE, "truth": Kind.BOOLEAN}
_DAY = re.compile(r"\d{4}(-\d{2}-\d{2}|-\d-\d{1,2}|[/.年]\d{1,2}[/.月]\d{1,2}日?)", re.ASCII)
"""A day, and no CAS number such as 7722-84-1."""
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?", re.ASCII)


def uses(root: Node, *, condition: bool = False, current: str = "") -> Iterator[tuple[str, Kind]]:
    """Every use that speaks for a kind: `(name, kind)`.

    `condition` says that the whole has to be true or false, `current` is the name that `.` or `?` stands for.
    """
    if condition:
        yield from _truth(root, current)
    for node in walk(root):
        if isinstance(node, (Operation, Membership)):
            yield from _compared(node, current)
        if isinstance(node, Operation) and node.operator in _OF_NUMBERS:
            yield from _named(node.operands, Kind.NUMBER, current)
        elif isinstance(node, Call) and node.function in FUNCTIONS:
            yield from _taken(node, current)


def _truth(node: Node, current: str) -> Iterator[tuple[str, Kind]]:
    yield from _named((node,), Kind.BOOLEAN, current)
    if isinstance(node, Operation) and node.operator in ("and", "or"):
        for part in children(node):
            yield from _truth(part, current)


def _compared(node: Operation | Membership, current: str) -> Iterator[tuple[str, Kind]]:
    if isinstance(node, Operation) and node.operator not in _COMPARES:
        return
    kinds = [kind for part in node.operands if (kind := _kind(part)) is not None]
    for kind in kinds:
        yield from _named(node.operands, kind, current)


def _taken(node: Call, current: str) -> Iterator[tuple[str, Kind]]:
    for i, part in enumerate(node.operands):
        kind = _TAKES.get(FUNCTIONS[node.function].parameter(i).kind)
        if kind is Kind.BOOLEAN:
            yield from _truth(part, current)
        elif kind is not None:
            yield from _named((part,), kind, current)


def _named(parts: tuple[Node, ...], kind: Kind, current: str) -> Iterator[tuple[str, Kind]]:
    for part in parts:
        if isinstance(part, Reference):
            yield part.name, kind
        elif isinstance(part, Current) and current:
            yield current, kind


def _kind(node: Node) -> Kind | None:
    """The kind of a constant, or of what a function of dates gives; comparing with an empty text asks for nothing."""
    match node:
        case Number():
            return Kind.NUMBER
        case Boolean():
            return Kind.BOOLEAN
        case Operation(operator=operator) if operator in _OF_NUMBERS:
            return Kind.NUMBER
        case Text(value=text) if text.strip():
            return Kind.DATE if _DAY.fullmatch(text) else Kind.TIME if _CLOCK.fullmatch(text) else Kind.TEXT
        case Call(function=name) if name in FUNCTIONS and FUNCTIONS[name].result in (Kind.DATE, Kind.TIME, Kind.NUMBER):
            return FUNCTIONS[name].result
    return None
