"""The one tree of an expression: frozen nodes with their place in the text, and their JSON form for the browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from banshi.rules.diagnostics import Place


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was typed, such as `0.10`."""

    start: int
    end: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes; also a dataset, column or question that a function names without quotes."""

    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class Boolean:
    """`TRUE` or `FALSE`."""

    start: int
    end: int
    value: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """A field, calculation, table output or fact by name: `${usage}` or `usage`."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Current:
    """`.` or `?`: the value of the cell's own field, or the input that a table cell tests."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with its operands.

    `neg` and `pct` have one operand. Runs of one of `+ * & and or` have all their operands in one node
    (`a + b + c`); they are computed from the left. Every other operator has two.
    """

    start: int
    end: int
    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Membership:
    """`x in (a, b)`: the first element is `x`."""

    start: int
    end: int
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function by its canonical lower-case name, and the word that the author used."""

    start: int
    end: int
    function: str
    operands: tuple[Node, ...]
    word: str


def rows_of(repeat: Node, conditions: Sequence[Node], column: Node | None, *, end: int, every: bool = False) -> Call:
    """The rows of a repeat that fit conditions, or the values of a column in them: of the first row, or of every one."""
    start = repeat.start
    wanted = Text(start, start, "") if column is None else column
    first, *more = conditions
    operands = (repeat, wanted, first, Boolean(start, start, value=every), *more)
    return Call(start, end, "rows-of", operands, "rows-of")


Node = Number | Text | Boolean | Reference | Current | Operation | Membership | Call

FLAT = frozenset({"+", "*", "&", "and", "or"})
"""Operators whose runs are one node, so that a long sum is not a deep tree."""


def children(node: Node) -> tuple[Node, ...]:
    """The operands of a node; nothing for a leaf."""
    return node.operands if isinstance(node, (Operation, Membership, Call)) else ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, without recursion."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(children(found)))


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: the author's text, its cell, its tree, and the names of the fields that it reads."""

    text: str
    place: Place
    root: Node
    names: frozenset[str]

    def part(self, node: Node) -> str:
        """The author's text of a part of the expression, on one line."""
        return " ".join(self.text[node.start : node.end].split())

    def place_of(self, node: Node) -> Place:
        """The cell, narrowed to the characters of a part."""
        return self.place.at(node.start, node.end)

    def to_json(self) -> dict[str, Any]:
        """The tree as plain values for the interpreter in the browser."""
        return _to_json(self.root)


def _to_json(node: Node) -> dict[str, Any]:
    match node:
        case Number(value=number):
            return {"t": "num", "v": format(number, "f")}
        case Text(value=text):
            return {"t": "text", "v": text}
        case Boolean(value=truth):
            return {"t": "bool", "v": truth}
        case Reference(name=name):
            return {"t": "name", "v": name}
        case Current():
            return {"t": "self"}
        case Operation(operator=operator, operands=operands):
            return {"t": "op", "v": operator, "a": [_to_json(item) for item in operands]}
        case Membership(operands=operands):
            return {"t": "in", "a": [_to_json(item) for item in operands]}
        case Call(function=function, operands=operands):
            return {"t": "call", "v": function, "a": [_to_json(item) for item in operands]}
