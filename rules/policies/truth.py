"""Yes, no, and "not known": what a condition over fields comes to when data may be missing.

Elsewhere an empty value compared with a number is simply not greater. Here it must not pass for "no": a condition that
needs a field which is empty, or cannot be computed, is not known, unless the author asks for the empty field himself
with `isblank`, `coalesce`, `if`, `iferror` or `= ""`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Environment, Expression, evaluate
from banshi.rules.expressions.convert import is_empty, to_text, to_truth
from banshi.rules.expressions.tree import Call, Node, Operation, Reference, Text, children
from banshi.rules.policies.conditions import fact_name
from banshi.rules.values import ErrorValue, Value

_ASKS_FOR_EMPTY = frozenset({"isblank", "iserror", "isnumber", "counta", "countblank"})
Missing = frozenset[str]
NOTHING: Missing = frozenset()


@dataclass(frozen=True, slots=True)
class Truth:
    """`held` is None when it is not known: `missing` fields, `errors`, or `waits`, the undecided rows it hangs on."""

    held: bool | None
    missing: Missing = NOTHING
    errors: tuple[Diagnostic, ...] = ()
    waits: frozenset[int] = frozenset()

    def turned(self) -> Truth:
        """The opposite; what is not known stays so."""
        return self if self.held is None else Truth(not self.held)


def every(parts: Iterable[Truth]) -> Truth:
    """Kleene's "and": one no is enough."""
    return _join(parts, decisive=False)


def some(parts: Iterable[Truth]) -> Truth:
    """Kleene's "or": one yes is enough."""
    return _join(parts, decisive=True)


def _join(parts: Iterable[Truth], *, decisive: bool) -> Truth:
    unknown: list[Truth] = []
    for part in parts:
        if part.held is decisive:
            return Truth(decisive)
        if part.held is None:
            unknown.append(part)
    if not unknown:
        return Truth(not decisive)
    return unknown_for(unknown)


def unknown_for(reasons: Iterable[Truth]) -> Truth:
    """Not known, for all of these reasons."""
    given = list(reasons)
    missing = NOTHING.union(*(reason.missing for reason in given))
    errors = tuple(dict.fromkeys(error for reason in given for error in reason.errors))
    return Truth(None, missing, errors, frozenset().union(*(reason.waits for reason in given)))


def truth_of(expression: Expression, env: Environment, settled: frozenset[str] = NOTHING) -> Truth:
    """What a condition comes to. `settled` are facts, whose absence is known and means what it says."""
    missing = _missing(expression.root, expression, env, settled)
    value = evaluate(expression, env)
    if missing or value is None or isinstance(value, ErrorValue):
        errors = (value.diagnostic,) if isinstance(value, ErrorValue) else ()
        return Truth(None, missing or _blamed(expression, env, settled, errors), errors)
    return Truth(to_truth(value))


def known_value(expression: Expression, env: Environment, settled: frozenset[str]) -> tuple[Value, Truth]:
    """The value of an expression, and whether it is known."""
    value = evaluate(expression, env)
    missing = _missing(expression.root, expression, env, settled)
    if missing or is_empty(value) or isinstance(value, ErrorValue):
        errors = (value.diagnostic,) if isinstance(value, ErrorValue) else ()
        return value, Truth(None, missing or _blamed(expression, env, settled, errors), errors)
    return value, Truth(True)


def _blamed(
    expression: Expression, env: Environment, settled: frozenset[str], errors: tuple[Diagnostic, ...]
) -> Missing:
    """The fields that have to be given anew: those whose value an error names, else all that are read."""
    names = expression_names(expression, settled)
    told = {str(fact) for error in errors for _, fact in error.facts}
    return frozenset(name for name in names if to_text(env.find(name)) in told) or names


def expression_names(expression: Expression, settled: frozenset[str]) -> Missing:
    """The fields that a (part of an) expression reads, without facts."""
    waiting, names = [expression.root], set()
    while waiting:
        node = waiting.pop()
        waiting += children(node)
        if isinstance(node, Reference) and fact_name(node.name) not in settled:
            names.add(node.name)
    return frozenset(names)


def _missing(node: Node, whole: Expression, env: Environment, settled: frozenset[str]) -> Missing:
    """The fields whose emptiness keeps a part from being known."""

    def below(parts: Iterable[Node]) -> Missing:
        return NOTHING.union(*(_missing(part, whole, env, settled) for part in parts))

    def value(part: Node) -> Value:
        return evaluate(replace(whole, root=part), env)

    match node:
        case Reference(name=name):
            return NOTHING if fact_name(name) in settled or _is_known(env.find(name)) else frozenset((name,))
        case Call(function=function) if function in _ASKS_FOR_EMPTY:
            return NOTHING
        case Call(function="coalesce", operands=parts):
            each = [below((part,)) for part in parts]
            return NOTHING.union(*each) if all(each) else NOTHING
        case Call(function="iferror", operands=(first, otherwise)):
            return below((otherwise if isinstance(value(first), ErrorValue) else first,))
        case Call(function="if", operands=(condition, then, *rest)):
            return below((condition,)) or below((then,) if to_truth(value(condition)) else rest)
        case Operation(operator="=" | "!=", operands=parts) if any(_is_blank_text(part) for part in parts):
            return NOTHING
        case _:
            return below(children(node))


def _is_known(value: Value) -> bool:
    """Whether there is an answer. An empty list is one: a table without rows, nothing ticked."""
    if isinstance(value, tuple):
        return not any(isinstance(item, ErrorValue) for item in value)
    return not is_empty(value) and not isinstance(value, ErrorValue)


def _is_blank_text(node: Node) -> bool:
    return isinstance(node, Text) and not node.value
