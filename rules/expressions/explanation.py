"""Explanation: the value of every part that was computed, with the author's own text; why a value is empty."""

from __future__ import annotations

from banshi.rules.decision import Explanation
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions.convert import is_empty
from banshi.rules.expressions.evaluation import Evaluator
from banshi.rules.expressions.model import Environment
from banshi.rules.expressions.operators import ARITHMETIC_OPERATORS
from banshi.rules.expressions.tree import Call, Current, Expression, Node, Operation, Reference
from banshi.rules.values import ErrorValue, Value


def explain(expression: Expression, env: Environment) -> Explanation:
    """The tree of reasons: each part's text as label, its value, and the parts that it was computed from.

    Constants are left out (they are in the text), and so are the branches that `if`, `and` or `coalesce` did not need.
    """
    tracer = _Tracer(expression, env)
    tracer.value(expression.root)
    return tracer.found[0]


class _Tracer(Evaluator):
    """An evaluator that writes down what it does."""

    def __init__(self, expression: Expression, env: Environment) -> None:
        super().__init__(expression, env)
        self.found: list[Explanation] = []
        self.source: Place = NOWHERE

    def found_at(self, place: Place) -> None:
        """Keep the cell that a value came from."""
        self.source = place

    def value(self, node: Node) -> Value:
        """The value of a part, written down with the parts below it."""
        above, self.found = self.found, []
        self.source = NOWHERE
        value = super().value(node)
        if node is self.expression.root or isinstance(node, (Reference, Current)) or hasattr(node, "operands"):
            above.append(self._line(node, value, tuple(self.found)))
        self.found = above
        self.source = NOWHERE
        return value

    def _line(self, node: Node, value: Value, parts: tuple[Explanation, ...]) -> Explanation:
        place = self.expression.place_of(node) if self.source == NOWHERE else self.source
        zh, en = _note(node, value, parts)
        return Explanation(self.expression.part(node), value, place, zh, en, parts)


def _note(node: Node, value: Value, parts: tuple[Explanation, ...]) -> tuple[str, str]:
    """Why a value is empty or an error, in Chinese and English; nothing for a plain value."""
    if isinstance(value, ErrorValue):
        return value.diagnostic.message("zh"), value.diagnostic.message("en")
    if not is_empty(value):
        return "", ""
    if isinstance(node, (Reference, Current)):
        return "未填写", "not filled in"
    empty = next((part.label for part in parts if is_empty(part.value)), "")
    arithmetic = isinstance(node, Operation) and (
        node.operator in ARITHMETIC_OPERATORS or node.operator in ("neg", "pct")
    )
    if empty and (arithmetic or isinstance(node, Call)):
        return f"“{empty}”为空，所以结果为空（不当作 0）", f"“{empty}” is empty, so the result is empty (not 0)"
    return "", ""
