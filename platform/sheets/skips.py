"""Conditions of the route that an empty answer turns to no, so that a step is skipped by leaving a question open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from banshi.platform.forms.rights import spread
from banshi.platform.routes import faults
from banshi.platform.routes.model import Route
from banshi.platform.routes.tree import Tree
from banshi.platform.service.model import Field, Service
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression
from banshi.rules.expressions.tree import Call, Node, Operation, Reference, Text, children
from banshi.rules.values import Kind

_MEASURED = frozenset({Kind.NUMBER, Kind.DATE, Kind.DATETIME, Kind.TIME})
_SAY_NO = frozenset({"=", "<", "<=", ">", ">="})
_SPEAK_OF_EMPTY = frozenset({"coalesce", "iferror", "isblank", "not"})


def skips(service: Service) -> Iterator[Diagnostic]:
    """A warning for each optional number or date, also behind a calculation, that the condition of a step compares."""
    items = service.survey.walk() if service.survey else ()
    fields = {item.name: item for item, _ in items if isinstance(item, Field)}
    route = service.routing or Route(())
    places = Tree(route).positions
    for step in route.steps:
        if step.when is None:
            continue
        earlier = [other for other in route.steps if places[other.id].before(places[step.id]) and other.when is None]
        asked = frozenset[str]().union(*(spread(service, other.require) for other in earlier))
        for name in sorted(_compared(step.when, fields) - asked):
            field = fields[name]
            if field.required is field.default is field.prefill is None:
                yield faults.SKIPPED_WHEN_EMPTY.at(step.when.place, step=step.id, name=name)


def _compared(condition: Expression, fields: Mapping[str, Field]) -> set[str]:
    """The questions, numbers or dates, whose empty answer makes a comparison of the condition false."""
    compared: set[str] = set()
    spoken_of: set[str] = set()
    for node in _outside_guards(condition.root):
        if not isinstance(node, Operation) or node.operator not in _SAY_NO:
            continue
        names = {name for operand in node.operands for name in _references(operand)}
        if any(isinstance(operand, Text) and not operand.value for operand in node.operands):
            spoken_of |= names
        else:
            compared |= _questions(names, fields)
    return compared - spoken_of


def _questions(names: set[str], fields: Mapping[str, Field]) -> set[str]:
    """The numbers and dates that somebody fills in, behind all calculations."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [name for name in names if name in fields]
    while waiting:
        name = waiting.pop()
        field = fields[name]
        if name in seen:
            continue
        seen.add(name)
        if field.calculation is not None:
            waiting += [inner for inner in _references(field.calculation.root) if inner in fields]
        elif field.kind in _MEASURED:
            found.add(name)
    return found


def _references(node: Node) -> Iterator[str]:
    return (found.name for found in _outside_guards(node) if isinstance(found, Reference))


def _outside_guards(node: Node) -> Iterator[Node]:
    """The node and what is below it, save what stands in a function that says what an empty value means."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Call) and found.function in _SPEAK_OF_EMPTY:
            continue
        yield found
        waiting += children(found)
