"""Divisors that are 0 as long as nothing is filled in: counts and sums. Dividing by one keeps a form from being sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from banshi.platform.forms.index import FormIndex, Node, index_of
from banshi.platform.service.model import Field, Service
from banshi.platform.sheets import faults
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression
from banshi.rules.expressions.tree import Call, Operation, Reference, walk
from banshi.rules.expressions.tree import Node as Part

_ZERO_WHEN_EMPTY = frozenset({"count", "counta", "count-selected", "count-non-empty", "countif", "sum", "sumif"})
_TESTING = frozenset({"if", "ifs", "iferror", "switch", "coalesce", "iserror"})
"""Functions whose author has thought of the case."""
_DEEPEST = 20
"""How many calculations are followed from one to the next."""


def zero_divisors(service: Service) -> Iterator[Diagnostic]:
    """A warning for each division in a form by what may be a count or a sum of nothing, where no condition tests it."""
    index = index_of(service)
    for node in index.walk():
        item = node.item
        if not isinstance(item, Field) or item.name in index.unread:
            continue
        for rule in (item.calculation, item.renewal):
            if rule is not None:
                tested = _tested(node)
                for division in _divisions(rule.root):
                    divisor = division.operands[1]
                    if _may_be_zero(divisor, index, tested):
                        yield faults.ZERO_DIVISOR.at(rule.place_of(division), part=rule.part(divisor))


def _tested(node: Node) -> frozenset[str]:
    """The names that decide whether something is asked at all."""
    rules: list[Expression | None] = [part.item.relevant for part in (node, *node.parents)]
    return frozenset().union(*(rule.names for rule in rules if rule is not None))


def _divisions(part: Part) -> Iterator[Operation]:
    if isinstance(part, Call) and part.function in _TESTING:
        return
    if isinstance(part, Operation):
        if part.operator in ("and", "or"):
            return
        if part.operator == "/":
            yield part
    for operand in getattr(part, "operands", ()):
        yield from _divisions(operand)


def _may_be_zero(divisor: Part, index: FormIndex, tested: frozenset[str]) -> bool:
    for _ in range(_DEEPEST):
        if isinstance(divisor, Call):
            names = {part.name for part in walk(divisor) if isinstance(part, Reference)}
            return divisor.function in _ZERO_WHEN_EMPTY and not names & tested
        if not isinstance(divisor, Reference) or divisor.name in tested:
            return False
        rule = _calculation(divisor.name, index.fields)
        if rule is None:
            return False
        divisor = rule.root
    return False


def _calculation(name: str, fields: Mapping[str, Node]) -> Expression | None:
    item = fields[name].item if name in fields else None
    return item.calculation if isinstance(item, Field) else None
