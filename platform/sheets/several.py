"""Answers of several choices in texts: to XLSForm one is a single text, `a b`, where a column of rows is joined cell by cell."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace

from banshi.platform.service.model import Field, Form, Group, Item
from banshi.rules.expressions import Expression
from banshi.rules.expressions.tree import Call, Membership, Node, Operation, Reference
from banshi.rules.values import Kind

_JOINS = frozenset({"concat"})
"""Functions of XLSForm that take an answer of several choices for one text."""


def with_texts_of_choices(form: Form) -> Form:
    """The form whose expressions join answers of several choices as texts."""
    several = {
        item.name for item, repeats in form.walk() if isinstance(item, Field) and item.kind is Kind.LIST and not repeats
    }
    if not several:
        return form
    return replace(form, children=tuple(_item(item, several) for item in form.children))


def _item(item: Item, several: Collection[str]) -> Item:
    changed: dict[str, object] = {}
    for one in fields(item):
        value = getattr(item, one.name)
        if isinstance(value, Expression) and not value.names.isdisjoint(several):
            changed[one.name] = replace(value, root=_node(value.root, several))
    if isinstance(item, Group):
        changed["children"] = tuple(_item(child, several) for child in item.children)
    return replace(item, **changed) if changed else item  # type: ignore[arg-type]


def _node(node: Node, several: Collection[str]) -> Node:
    if not isinstance(node, (Operation, Membership, Call)):
        return node
    operands = tuple(_node(operand, several) for operand in node.operands)
    if isinstance(node, Call) and node.function in _JOINS:
        operands = tuple(
            Call(start=one.start, end=one.end, function="string", operands=(one,), word="string")
            if isinstance(one, Reference) and one.name in several
            else one
            for one in operands
        )
    return replace(node, operands=operands)
