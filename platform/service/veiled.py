"""Texts that a workbook composes, with masks in the places of what is sensitive: its expressions, over masked values."""

from __future__ import annotations

from dataclasses import replace

from banshi.platform.service.derived import reads
from banshi.platform.service.masking import Masks
from banshi.platform.service.model import LAST
from banshi.platform.service.sensitive import STARS
from banshi.rules.expressions import Environment, Expression, evaluate, fold_name
from banshi.rules.expressions.tree import Call, Node, Number, Operation, Reference, Text, walk
from banshi.rules.values import Value

_JOINING = frozenset({"concat", "join", "textjoin", "text", "string", "trim"})
_DEEPEST = 20


def veiled(expression: Expression, environment: Environment, masks: Masks) -> Expression:
    """The expression with masks as texts in the places of what is sensitive in it.

    Where texts are only put together every answer has its own mask; of anything else that reads one (a sum, a comparison) the whole
    is `****`, since nothing can be computed with a mask.
    """
    if not masks or not reads(expression.root, masks.hidden):
        return expression
    root = _veiled(expression.root, environment, masks, _DEEPEST)
    names = frozenset(node.name for node in walk(root) if isinstance(node, Reference))
    return replace(expression, root=root, names=names)


def covered_answer(name: str, value: Value, masks: Masks) -> str:
    """A sensitive answer as a text tells it."""
    if isinstance(value, tuple):
        return STARS if value else ""
    return str(masks.of(name, value) or "")


def joins(node: Node) -> bool:
    """Whether a part only puts texts together, by itself."""
    match node:
        case Call(function=function):
            return function in _JOINING
        case Operation(operator=operator):
            return operator == "&"
        case _:
            return isinstance(node, Text | Number | Reference)


def _veiled(node: Node, environment: Environment, masks: Masks, depth: int) -> Node:
    if not reads(node, masks.hidden):
        return node
    if isinstance(node, Reference):
        return Text(node.start, node.end, _answer(node.name, environment, masks, depth))
    if isinstance(node, Call | Operation) and joins(node):
        return replace(node, operands=tuple(_veiled(one, environment, masks, depth) for one in node.operands))
    return Text(node.start, node.end, STARS)


def _answer(name: str, environment: Environment, masks: Masks, depth: int) -> str:
    """The mask of a name; what was only put together from answers has theirs."""
    bare = name.removeprefix(LAST)
    value = environment.find(name)
    rule = masks.derived.names.get(fold_name(bare))
    composed = rule is not None and bare == name and isinstance(rule.root, Call | Operation) and joins(rule.root)
    if rule is None or not composed or not depth or not isinstance(value, str):
        return covered_answer(bare, value, masks)
    told = evaluate(replace(rule, root=_veiled(rule.root, environment, masks, depth - 1)), environment)
    return told if isinstance(told, str) else STARS
