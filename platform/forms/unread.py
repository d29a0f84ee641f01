"""Calculations that nobody sees and nothing decides by: where one divides by 0 it is kept empty, as ODK keeps it, and the form can be sent.

What may decide (conditions, constraints, rules, the route, papers, notices, titles …) is looked for generously: a name
that stands in any text of theirs counts as read. Other calculations may read it: what they make of it is their own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from banshi.platform.service.model import UNSEEN, Field, Item, Repeat, Service
from banshi.rules.expressions import Expression
from banshi.rules.expressions.faults import DIVISION_BY_ZERO
from banshi.rules.values import ErrorValue, Value


def unread(service: Service) -> frozenset[str]:
    """The names of the calculations of a service by which nothing is decided."""
    items = [item for item, _ in service.survey.walk()] if service.survey else []
    names = {item.name for item in items if isinstance(item, Field) and item.type in UNSEEN and item.calculation}
    said = [text for item in items for text in _deciding(item)]
    settings = service.settings
    rest = (
        service.tables, service.tariffs, service.policies, service.routing, service.notices, service.connections,
        service.jobs, service.charts, service.accounts, service.documents, service.registers, service.passes,
        settings.instance_name, settings.number, settings.applicants, settings.due,
    )  # fmt: skip
    said += [text for part in rest for text in _texts(part)]
    return frozenset(name for name in names if not any(name in text for text in said))


def kept_empty(value: Value) -> bool:
    """Whether a value that could not be computed is what a division by 0 leaves."""
    return isinstance(value, ErrorValue) and value.diagnostic.fault is DIVISION_BY_ZERO


def _deciding(item: Item) -> Iterator[str]:
    """The texts by which a question decides anything, its own calculation and labels left out."""
    yield from _texts(item.count) if isinstance(item, Repeat) else ()
    rules = ("relevant", "required", "constraint", "default", "renewal", "prefill", "readonly", "choice_filter")
    yield from (text for rule in rules for text in _texts(getattr(item, rule, None)))
    if isinstance(item, Field):
        yield from _texts(item.calculation) if item.type not in UNSEEN else ()  # it is shown
        yield from (*item.trigger, item.choices, *item.parameters.values())
        if item.type in UNSEEN and any(rule is not None for rule in (item.required, item.constraint)):
            yield item.name


def _texts(part: object) -> Iterator[str]:
    """Every text in a tree of dataclasses, mappings and sequences, with the names that expressions read."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Expression):
        yield from (part.text, *part.names)
    elif isinstance(part, Mapping):
        yield from (text for pair in part.items() for one in pair for text in _texts(one))
    elif isinstance(part, (tuple, list, frozenset, set)):
        yield from (text for one in part for text in _texts(one))
    elif dataclasses.is_dataclass(part) and not isinstance(part, type):
        yield from (text for one in dataclasses.fields(part) for text in _texts(getattr(part, one.name)))
