"""Text to tree: an LALR grammar in lark, bounded in length, parts and depth; one clear fault where it does not fit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput
from lark.lexer import Lexer

from banshi.rules.diagnostics import Diagnostic, Fault, Place
from banshi.rules.expressions import faults
from banshi.rules.expressions.functions_datasets import ITEM, POSITION
from banshi.rules.expressions.lexer import OWN_POSITION, VALUE_ENDS, Malformed, tokens
from banshi.rules.expressions.library import canonical
from banshi.rules.expressions.registry import FUNCTIONS
from banshi.rules.expressions.tree import (
    FLAT,
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
    children,
    rows_of,
    walk,
)

MAX_LENGTH = 10_000
"""Characters. Excel allows 8,192; the longest of 34,412 published XLSForm expressions has 8,942."""
MAX_PARTS = 4_000
MAX_DEPTH = 100

NAMED_ARGUMENTS = {
    "lookup": (0, 2),
    "pulldata": (0, 1, 2),
    "bracket": (1, 2),
    "jr:choice-name": (1,),
    "indexed-repeat": (0, 1, 3, 5, 7),
}
"""Arguments that name a dataset, a column or a question: no quotes are needed, and they are never a field's value."""


def parse(text: str, place: Place) -> tuple[Expression | None, tuple[Diagnostic, ...]]:
    """Parse an expression; a leading `=` is optional. The tree is None only with a fault that says why."""
    if len(text) > MAX_LENGTH:
        return None, (faults.TOO_LONG.at(place, length=len(text), limit=MAX_LENGTH),)
    root, problem = _parse(text)
    if problem is not None:
        fault, start, end, facts = problem
        return None, (fault.at(place.at(start, end), **dict(facts)),)
    assert root is not None
    names = frozenset(
        node.name for node in walk(root) if isinstance(node, Reference) and not node.name.startswith(ITEM)
    )
    return Expression(text, place, root, names), ()


_Problem = tuple[Fault, int, int, tuple[tuple[str, object], ...]]


@lru_cache(maxsize=4096)
def _parse(text: str) -> tuple[Node | None, _Problem | None]:
    try:
        return _tree(text), None
    except Malformed as broken:
        return None, (broken.fault, broken.start, broken.end, tuple(broken.facts.items()))


def _tree(text: str) -> Node:
    found = tokens(text)
    if not found:
        raise Malformed(faults.EMPTY, 0, len(text))
    if len(found) > MAX_PARTS:
        raise Malformed(faults.TOO_BIG, 0, len(text), count=len(found), limit=MAX_PARTS)
    _check_brackets(found)
    try:
        # lark's types know no transformer and no finished tokens.
        root = cast("Node", _grammar().parse(cast("str", found)))
    except UnexpectedInput as unexpected:
        raise _explain(found, getattr(unexpected, "token", None)) from None
    if _depth(root) > MAX_DEPTH:
        raise Malformed(faults.TOO_DEEP, 0, len(text), limit=MAX_DEPTH)
    return root


def _check_brackets(found: list[Token]) -> None:
    """Brackets first: a missing one is the commonest slip, and its place is known best before parsing."""
    opened: list[Token] = []
    for token in found:
        if token.type == "LPAR":
            opened.append(token)
        elif token.type == "RPAR":
            if not opened:
                raise Malformed(faults.EXTRA_BRACKET, *_span(token))
            opened.pop()
    if opened:
        raise Malformed(faults.OPEN_BRACKET, *_span(opened[-1]))


def _explain(found: list[Token], token: Token | None) -> Malformed:
    """The plain reason why a token does not fit behind the one before it."""
    if token is None or token.type == "$END":
        return Malformed(faults.ENDS_EARLY, *_span(found[-1]))
    before = next((item for item in reversed(found) if (item.start_pos or 0) < (token.start_pos or 0)), None)
    start, end = _span(token)
    if before is not None and before.type in ("IN", "NOT_IN"):
        return Malformed(faults.MISSING_BRACKET, *_span(before), word="in")
    if token.type == "COMMA" and before is not None and before.type in VALUE_ENDS:
        return Malformed(faults.STRAY_COMMA, start, end)
    starts_value = token.type in {"NUMBER", "TEXT", "BOOLEAN", "NAME", "CURRENT", "FUNCTION", "LPAR", "NOT"}
    fault = faults.MISSING_OPERATOR if starts_value else faults.MISSING_VALUE
    return Malformed(fault, start, end, sign=str(token) or "''")


def _span(token: Token) -> tuple[int, int]:
    return token.start_pos or 0, token.end_pos or 0


def _depth(root: Node) -> int:
    level, depth = [root], 0
    while level:
        depth += 1
        level = [child for node in level for child in children(node)]
    return depth


class _Finished(Lexer):
    """Hands lark the tokens that our own lexer found."""

    __future_interface__ = 2  # lark's name for: give us the input as it is

    def __init__(self, _conf: object) -> None:
        """Take lark's settings, which are not needed."""

    def lex(self, lexer_state: Any, _parser_state: Any) -> Any:
        """Pass the tokens on."""
        return iter(lexer_state.text)


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    """Makes our nodes while lark reduces, so that no tree is ever walked by recursion."""

    def start(self, node: Node) -> Node:
        return node

    def number(self, token: Token) -> Node:
        return Number(*_span(token), Decimal(str(token)))

    def text(self, token: Token) -> Node:
        return Text(*_span(token), str(token))

    def boolean(self, token: Token) -> Node:
        return Boolean(*_span(token), token == "true")  # noqa: S105

    def name(self, token: Token) -> Node:
        return Reference(*_span(token), str(token))

    def current(self, token: Token) -> Node:
        return Current(*_span(token))

    def bracket(self, left: Token, node: Node, right: Token) -> Node:
        return replace(node, start=_span(left)[0], end=_span(right)[1])

    def binary(self, left: Node, operator: Token, right: Node) -> Node:
        sign = str(operator)
        if sign in FLAT and isinstance(left, Operation) and left.operator == sign:
            return Operation(left.start, right.end, sign, (*left.operands, right))
        return Operation(left.start, right.end, sign, (left, right))

    def negation(self, word: Token, node: Node) -> Node:
        return Call(_span(word)[0], node.end, "not", (node,), str(word))

    def member(self, needle: Node, _in: Token, _left: Token, items: list[Node], right: Token) -> Node:
        return Membership(needle.start, _span(right)[1], (needle, *items))

    def not_member(self, needle: Node, word: Token, left: Token, items: list[Node], right: Token) -> Node:
        inside = self.member(needle, word, left, items, right)
        return Call(inside.start, inside.end, "not", (inside,), "not")

    def negative(self, sign: Token, node: Node) -> Node:
        return Operation(_span(sign)[0], node.end, "neg", (node,))

    def positive(self, _sign: Token, node: Node) -> Node:
        return node

    def percentage(self, node: Node, sign: Token) -> Node:
        return Operation(node.start, _span(sign)[1], "pct", (node,))

    def arguments(self, *parts: Any) -> Any:
        return [part for part in parts if not isinstance(part, Token)]

    def call(self, word: Token, _left: Token, *rest: Any) -> Node:
        operands: tuple[Node, ...] = tuple(rest[0]) if len(rest) > 1 else ()
        function = canonical(str(word))
        operands = tuple(
            _as_text(node) if i in NAMED_ARGUMENTS.get(function, ()) else node for i, node in enumerate(operands)
        )
        return over_every_row(Call(_span(word)[0], _span(rest[-1])[1], function, operands, str(word)))

    def own(self, token: Token) -> Node:
        start, end = _span(token)
        node = Call(start, end, "position", (), "position") if token == OWN_POSITION else self.name(token)
        return Call(start, end, "current", (node,), "current")

    def filter(self, _left: Token, condition: Node, right: Token) -> tuple[Node, int]:
        if _depth(condition) > MAX_DEPTH:
            raise Malformed(faults.TOO_DEEP, condition.start, condition.end, limit=MAX_DEPTH)
        return condition, _span(right)[1]

    def rows(self, name: Token, *rest: Any) -> Node:
        column = self.name(rest[-1]) if isinstance(rest[-1], Token) else None
        filters = [part for part in rest if not isinstance(part, Token)]
        end = filters[-1][1] if column is None else column.end
        return rows_of(self.name(name), [condition for condition, _ in filters], column, end=end)

    def items(self, table: Token, *rest: Any) -> Node:
        start, end = _span(table)
        parts: dict[str, Node] = {"COLUMN": Text(start, start, ""), "": Boolean(start, start, value=True)}
        for part in rest:
            end = _span(part)[1] if isinstance(part, Token) else end
            if isinstance(part, Token) and part.type == "COLUMN":
                parts["COLUMN"] = Text(*_span(part), str(part))
            elif not isinstance(part, Token):
                if _depth(part) > MAX_DEPTH:
                    raise Malformed(faults.TOO_DEEP, part.start, part.end, limit=MAX_DEPTH)
                parts[""] = _of_item(part)
        name = Text(start, _span(table)[1], str(table))
        return Call(
            start, end, "instance", (name, parts["COLUMN"], parts[""], Boolean(start, start, value=False)), "instance"
        )


def over_every_row(call: Call) -> Call:
    """The call, whose arguments are all rows of `instance(…)` or of a repeat where it takes many values."""
    function = FUNCTIONS.get(call.function)
    if function is None or not function.parameters:
        return call
    operands = tuple(
        _every(node) if function.parameter(i).kind in ("list", "numbers", "column") else node
        for i, node in enumerate(call.operands)
    )
    return replace(call, operands=operands)


def _every(node: Node) -> Node:
    """Rows of `instance(…)` or of a repeat where many values are taken: all of them, not only the first."""
    if not isinstance(node, Call) or node.function not in ("instance", "rows-of"):
        return node
    return replace(node, operands=(*node.operands[:3], Boolean(node.start, node.start, value=True), *node.operands[4:]))


def _of_item(node: Node) -> Node:
    """A filter of `instance(…)`: bare names are columns of the row, `${name}` stays the form's; `position()` is its number."""
    match node:
        case Reference(start=start, end=end, name=name) if end - start == len(name) and not name.startswith(ITEM):
            return Reference(start, end, ITEM + name)
        case Call(function="position"):
            return Reference(node.start, node.end, POSITION)
        case Call(function="rows-of"):
            return node
        case Operation() | Membership() | Call():
            return replace(node, operands=tuple(_of_item(operand) for operand in node.operands))
        case _:
            return node


def _as_text(node: Node) -> Node:
    return Text(node.start, node.end, node.name) if isinstance(node, Reference) else node


@cache
def _grammar() -> Lark:
    text = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer=_Finished, transformer=_Builder())
