"""A `when` cell as a tree of conditions: every, some, and leaves that our expressions decide.

A leaf either reads fields only, or compares one fact with something (`管制类别 = "易制爆"`: it holds when one of the
fact's values makes it hold), or asks of facts in another way (`count(管制类别) > 1`, `not(…)`), which can be answered
only when the facts are settled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from banshi.rules.expressions import Expression, fold_name
from banshi.rules.expressions.tree import Boolean, Call, Membership, Node, Operation, Reference, walk

_STRUCTURE = frozenset({"and", "or", "not", "if"})
_COMPARISONS = frozenset({"=", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Leaf:
    """A condition that is decided as one. `facts` are the policy's own facts in it.

    `one` is the fact that it compares; empty when it must wait for settled facts or reads none. `negated` turns it round.
    """

    expression: Expression
    facts: frozenset[str] = frozenset()
    one: str = ""
    negated: bool = False

    @property
    def live(self) -> bool:
        """Whether the engine decides it: more facts can only make it true."""
        return bool(self.one) and not self.negated


@dataclass(frozen=True, slots=True)
class Every:
    """Holds when every part holds; without parts it always does."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """Holds when one part holds."""

    parts: tuple[Condition, ...] = ()


Condition = Leaf | Every | Some


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The leaves of a condition, in the author's order."""
    if isinstance(condition, Leaf):
        yield condition
        return
    for part in condition.parts:
        yield from leaves(part)


def is_live(condition: Condition) -> bool:
    """Whether the engine has a say in it."""
    return any(leaf.live for leaf in leaves(condition))


def fact_name(name: str) -> str:
    """A fact's name as it is compared: half width, without the spaces that `需要 公安备案` may be written with.

    Between two Latin words the space becomes an underscore, as expressions would read them as one name.
    """
    words = fold_name(name).split()
    joined = words[0] if words else ""
    for word in words[1:]:
        joined += ("_" if joined[-1].isascii() and word[0].isascii() else "") + word
    return joined


def facts_in(node: Node, own: frozenset[str]) -> frozenset[str]:
    """The policy's own facts that a part of an expression reads."""
    names = {fact_name(part.name) for part in walk(node) if isinstance(part, Reference)}
    return own & names


def conditions(expression: Expression, own: frozenset[str]) -> Condition:
    """The tree of conditions of a `when` cell, with every `not` pushed down to the leaves."""
    return _Reader(expression, own).read(expression.root, negated=False)


class _Reader:
    def __init__(self, expression: Expression, own: frozenset[str]) -> None:
        self._expression = expression
        self._own = own

    def read(self, node: Node, *, negated: bool) -> Condition:
        match node:
            case Call(function="not", operands=(inside,)):
                return self.read(inside, negated=not negated)
            case Operation(operator="and" | "or" as word, operands=parts):
                return _joined(word, negated, tuple(self.read(part, negated=negated) for part in parts))
            case Call(function="and" | "or" as word, operands=parts):
                return _joined(word, negated, tuple(self._argument(node, part, negated) for part in parts))
            case Call(function="if", operands=(condition, then, *rest)):
                return self._if(condition, then, rest, negated)
            case Operation(operator="!=") if facts_in(node, self._own):
                return self.read(replace(node, operator="="), negated=not negated)
            case _:
                return self._leaf(*self._truthful(node, negated))

    def _argument(self, call: Call, part: Node, negated: bool) -> Condition:
        """An argument of AND(…) or OR(…). A column of conditions stays inside the function, which knows columns."""
        inner = isinstance(part, Call) and part.function in _STRUCTURE
        if inner or isinstance(part, (Operation, Membership)) or facts_in(part, self._own):
            return self.read(part, negated=negated)
        return self._leaf(replace(call, start=part.start, end=part.end, operands=(part,)), negated)

    def _if(self, condition: Node, then: Node, rest: list[Node], negated: bool) -> Condition:
        no = self.read(rest[0], negated=negated) if rest else (Every() if negated else Some())
        return Some((
            Every((self.read(condition, negated=False), self.read(then, negated=negated))),
            Every((self.read(condition, negated=True), no)),
        ))  # fmt: skip

    def _truthful(self, node: Node, negated: bool) -> tuple[Node, bool]:
        """`fact = FALSE` says that the fact is not concluded: it becomes `not(fact = TRUE)`."""
        match node:
            case Operation(operator="=", operands=(left, right)) if facts_in(node, self._own):
                for side, other in ((left, right), (right, left)):
                    if isinstance(side, Boolean) and not side.value:
                        truth = replace(side, value=True)
                        return replace(node, operands=(other, truth)), not negated
        return node, negated

    def _leaf(self, node: Node, negated: bool) -> Leaf:
        facts = facts_in(node, self._own)
        one = self._compared(node) if len(facts) == 1 else ""
        return Leaf(replace(self._expression, root=node), facts, one, negated)

    def _compared(self, node: Node) -> str:
        """The fact that a leaf compares with something that holds no fact, or an empty text."""
        fact: Node
        others: tuple[Node, ...]
        match node:
            case Reference():
                fact, others = node, ()
            case Operation(operator=operator, operands=(left, right)) if operator in _COMPARISONS:
                turned = isinstance(left, Reference) and self._is_own(left)
                fact, others = (left, (right,)) if turned else (right, (left,))
            case Membership(operands=(first, *rest)) | Call(function="selected", operands=(first, *rest)):
                fact, others = first, tuple(rest)
            case _:
                return ""
        if (
            not isinstance(fact, Reference)
            or not self._is_own(fact)
            or any(facts_in(item, self._own) for item in others)
        ):
            return ""
        return fact_name(fact.name)

    def _is_own(self, node: Reference) -> bool:
        return fact_name(node.name) in self._own


def _joined(word: str, negated: bool, parts: tuple[Condition, ...]) -> Condition:
    return Every(parts) if (word == "and") is not negated else Some(parts)
