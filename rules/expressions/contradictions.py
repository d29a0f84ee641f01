"""Conditions that can never hold: comparisons of constants or of a value with itself, and parts joined by `and` that ask
one field for two things at once. Branches that can never be reached follow from conditions without a field.

Sound, not complete: of parts joined by `and` only those that compare one single-valued field with constants are looked at. What such
a part says depends on where the field's value lies among these constants, so it is enough to try every constant, every
gap between two of them, the ends and an empty value: if none fits, nothing can. Of a field of unknown kind, values of
every kind are tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from itertools import combinations, pairwise

from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions.convert import Problem, to_number, to_text, to_truth
from banshi.rules.expressions.evaluation import evaluate
from banshi.rules.expressions.model import Environment, Scope
from banshi.rules.expressions.operators import COMPARISONS
from banshi.rules.expressions.registry import FUNCTIONS
from banshi.rules.expressions.tree import (
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
    walk,
)
from banshi.rules.values import ErrorValue, Kind, Value

MAX_PARTS = 12
_NOW = datetime(2026, 9, 1, tzinfo=UTC)
_LOGIC = frozenset({"and", "or", "not"})
_EQUALITY = frozenset({"=", "!="})


def never_hold(expression: Expression, scope: Scope) -> Iterator[tuple[tuple[Node, ...], str]]:
    """The parts of the expression that can never hold together, smallest groups only, and the field that they ask.

    One part alone, without a field, holds for no answers at all.
    """
    waiting = [expression.root]
    while waiting:
        node = waiting.pop()
        if _is_never_true(node, expression):
            yield (node,), ""
            continue
        if not _joins(node):
            waiting.extend(reversed(children(node)))
            continue
        parts = list(_flat(node))
        clash = _clash(parts, expression, scope)
        if clash is None:
            waiting.extend(reversed(parts))
        else:
            yield clash


def unreachable(node: Node, expression: Expression) -> frozenset[int]:
    """Which operands can never be computed, because a condition before them needs no answer to be known."""
    match node:
        case Call(function="if", operands=(condition, _, *rest)):
            held = _known_truth(condition, expression)
            return frozenset() if held is None else frozenset({2} if held and rest else set() if held else {1})
        case Call(function="ifs", operands=operands):
            found: set[int] = set()
            for at in range(0, len(operands) - 1, 2):
                held = _known_truth(operands[at], expression)
                if held:
                    return frozenset(found | set(range(at + 2, len(operands))))
                found |= {at + 1} if held is False else set()
            return frozenset(found)
        case Operation(operator="and" | "or" as word) | Call(function="and" | "or" as word):
            stops = (at for at, part in enumerate(node.operands) if _known_truth(part, expression) is (word == "or"))
            return frozenset(range(next(stops, len(node.operands)) + 1, len(node.operands)))
        case _:
            return frozenset()


def _known_truth(node: Node, expression: Expression) -> bool | None:
    """Whether a condition holds, where no answer, dataset, clock or chance is asked; None where that is not known."""
    if not _is_fixed(node):
        return None
    made = evaluate(replace(expression, root=node), Environment({}, now=_NOW))
    return None if isinstance(made, ErrorValue) else to_truth(made)


def _is_fixed(node: Node) -> bool:
    return all(
        not _is_field(part) and (not isinstance(part, Call) or part.function in _LOGIC or _is_plain(part))
        for part in walk(node)
    )


def _is_plain(node: Call) -> bool:
    """Whether a function asks nothing but its arguments."""
    function = FUNCTIONS.get(node.function)
    return function is not None and not function.context


def _is_never_true(node: Node, expression: Expression) -> bool:
    """A comparison of constants that does not hold, or a value that should differ from itself."""
    if not isinstance(node, Operation) or node.operator not in COMPARISONS:
        return False
    left, right = node.operands
    if _known_truth(node, expression) is False:
        return True
    return (
        node.operator in ("<", ">", "!=")
        and all(not isinstance(part, Call) or _is_plain(part) for part in walk(left))
        and replace(expression, root=left).to_json() == replace(expression, root=right).to_json()
    )


def _joins(node: Node) -> bool:
    return (isinstance(node, Operation) and node.operator == "and") or (
        isinstance(node, Call) and node.function == "and"
    )


def _flat(node: Node) -> Iterator[Node]:
    """The parts of nested conjunctions."""
    if _joins(node):
        for child in children(node):
            yield from _flat(child)
    else:
        yield node


def _clash(parts: list[Node], expression: Expression, scope: Scope) -> tuple[tuple[Node, ...], str] | None:
    asked: dict[str, list[Node]] = {}
    for part in parts:
        field = _field(part)
        if field:
            asked.setdefault(field, []).append(part)
    for field, found in asked.items():
        name = scope.current if field == "." else scope.find(field)
        if name is None or name.multiple or len(found) < 2 or len(found) > MAX_PARTS:
            continue
        group = _smallest_clash(tuple(found), expression.text, field, name.kind, name.choices, whole=name.whole)
        if group:
            return tuple(found[at] for at in group), field
    return None


@lru_cache(maxsize=1024)
def _smallest_clash(
    parts: tuple[Node, ...], text: str, field: str, kind: Kind, choices: frozenset[str] | None, *, whole: bool
) -> tuple[int, ...]:
    """Which parts of a conjunction no value of a field meets. A form says `. >= 0 and . < 1000` of many questions."""
    values = _candidates(kind, choices, parts, whole=whole)
    if values is None:
        return ()
    held = [[_holds(part, text, field, value) for value in values] for part in parts]
    if any(map(all, zip(*held, strict=True))):
        return ()
    groups = (group for size in range(2, len(parts) + 1) for group in combinations(range(len(parts)), size))
    return next((group for group in groups if not any(map(all, zip(*(held[i] for i in group), strict=True)))), ())


def _holds(part: Node, text: str, field: str, value: Value) -> bool:
    env = Environment({field: value}, current=value, now=_NOW)
    made = evaluate(Expression(text, NOWHERE, part, frozenset({field})), env)
    return not isinstance(made, ErrorValue) and to_truth(made)


def _field(part: Node) -> str:
    """The one field that a part compares with constants; an empty text for every other part."""
    found = {_called(node) for node in walk(part) if isinstance(node, (Reference, Current))}
    if len(found) != 1 or not _simple(part):
        return ""
    return found.pop()


def _called(node: Reference | Current) -> str:
    return node.name if isinstance(node, Reference) else "."


def _simple(node: Node) -> bool:
    """Whether a part is made of comparisons of a field with constants, joined by and, or, not."""
    match node:
        case Operation(operator=operator, operands=operands) if operator in COMPARISONS:
            return any(map(_is_field, operands)) and any(map(_is_constant, operands))
        case Operation(operator=operator, operands=operands) if operator in _LOGIC:
            return all(map(_simple, operands))
        case Membership(operands=operands):
            return _is_field(operands[0]) and all(map(_is_constant, operands[1:]))
        case Call(function=function, operands=operands) if function in _LOGIC:
            return all(map(_simple, operands))
        case Reference() | Current():
            return True
        case Call(function="selected", operands=operands):
            return len(operands) == 2 and _is_field(operands[0]) and isinstance(operands[1], Text)
        case _:
            return False


def _is_field(node: Node) -> bool:
    return isinstance(node, (Reference, Current))


def _is_constant(node: Node) -> bool:
    match node:
        case Number() | Text() | Boolean():
            return True
        case Operation(operator="neg", operands=(Number(),)):
            return True
        case Call(function="date", operands=(Text(),)):
            return True
        case _:
            return False


def _candidates(
    kind: Kind, choices: frozenset[str] | None, parts: Sequence[Node], *, whole: bool
) -> list[Value] | None:
    """Values of a single-valued field of which one fits if any does; None where that is not known."""
    if choices and kind is Kind.TEXT:
        return [None, *sorted(choices)]
    constants = list(_constants(parts))
    match kind:
        case Kind.BOOLEAN:
            return [None, True, False]
        case Kind.NUMBER:
            # A bare number is a condition too: whether it is 0.
            if whole:
                return _whole_numbers([*constants, Decimal(0)])
            return _between([*constants, Decimal(0)], to_number, lambda low, high: (low + high) / 2, Decimal(1))
        case Kind.DATE:
            return _between(constants, _whole_day, lambda low, _: low + timedelta(days=1), timedelta(days=1))
        case Kind.TEXT if not any(_orders(part) for part in parts) and all(isinstance(item, str) for item in constants):
            # A text that no constant equals stands for all others. Constants that read as numbers equal as texts only.
            return [None, *constants, "".join(map(str, constants)) + "\0"]
        case Kind.ANY:
            return _of_any_kind(constants, ordered=any(map(_orders, parts)))
        case _:
            return None


def _whole_numbers(constants: list[Value]) -> list[Value] | None:
    """Empty, and the whole numbers at and around each constant: of every gap that has one, one."""
    try:
        points = [point for constant in constants if (point := to_number(constant)) is not None]
    except Problem:
        return None
    ends = [point.to_integral_value(way) for point in points for way in (ROUND_FLOOR, ROUND_CEILING)]
    return [None, *sorted({end + step for end in ends for step in (-1, 0, 1)})]


def _of_any_kind(constants: list[Value], *, ordered: bool) -> list[Value] | None:
    """Values of every kind of which one fits if any does; None where constants of several kinds stand beside another."""
    if all(isinstance(item, Decimal) for item in constants):
        numbers = _between([*constants, Decimal(0)], to_number, lambda low, high: (low + high) / 2, Decimal(1))
        if numbers is None:
            return None
        # Several values are compared as one text: with each number, just behind it, and written otherwise.
        texts = [to_text(number) for number in numbers]
        others = [text + ("0" if "." in text else ".0") for text in texts]
        several = [("",), *((text,) for text in (*texts, *others)), *((text, "~") for text in texts)]
        return [*numbers, True, False, "\0", ("\0",), *several]
    if ordered or not all(isinstance(item, str) for item in constants):
        return None
    words = [str(item) for item in constants]
    read = (_read(word, reader) for word in words for reader in _READERS)
    return [None, True, False, Decimal(0), *words, *((word,) for word in words), "".join(words) + "\0", *read]


_READERS: tuple[Callable[[str], Value], ...] = (
    to_number,
    date.fromisoformat,
    datetime.fromisoformat,
    time.fromisoformat,
)


def _read(word: str, reader: Callable[[str], Value]) -> Value:
    try:
        return reader(word.strip())
    except (Problem, ValueError):
        return None


def _constants(parts: Iterable[Node]) -> Iterator[Value]:
    for part in parts:
        for node in walk(part):
            if isinstance(node, (Number, Text, Boolean)):
                yield node.value
            elif isinstance(node, Operation) and node.operator == "neg" and isinstance(node.operands[0], Number):
                yield -node.operands[0].value


def _orders(part: Node) -> bool:
    return any(isinstance(node, Operation) and node.operator in COMPARISONS - _EQUALITY for node in walk(part)) or any(
        isinstance(node, Call) and node.function == "selected" for node in walk(part)
    )


def _whole_day(value: Value) -> date | None:
    return date.fromisoformat(value.strip()) if isinstance(value, str) and value.strip() else None


def _between(
    constants: list[Value], read: Callable[[Value], object], middle: Callable[..., object], step: object
) -> list[Value] | None:
    """Empty, the constants in order, a value in every gap, and one beyond either end."""
    try:
        points = sorted({point for constant in constants if (point := read(constant)) is not None})  # type: ignore[type-var]
        if not points:
            return None
        gaps = [middle(low, high) for low, high in pairwise(points)]
        ends = [points[0] - step, points[-1] + step]  # type: ignore[operator]
    except (Problem, ValueError, OverflowError, ArithmeticError):
        return None
    return [None, *points, *gaps, *ends]
