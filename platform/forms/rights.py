"""Field rights: which fields of a form a step may edit, must fill in, or does not show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from banshi.platform.routes.tree import Tree
from banshi.platform.service.model import Group, Service


def withheld(service: Service) -> frozenset[str]:
    """The fields that the applicant does not see when she fills the form in: what her own first steps hide."""
    if service.routing is None:
        return frozenset()
    return frozenset[str]().union(*(spread(service, step.hide) for step in Tree(service.routing).leading))


def merge(
    service: Service, answers: Mapping[str, Any], changes: Mapping[str, Any], editable: Sequence[str]
) -> dict[str, Any]:
    """The answers with those changes that the step may make; what else a client sends is left aside."""
    allowed = spread(service, editable) | set(editable)
    everything = "*" in editable
    return {**answers, **{key: value for key, value in changes.items() if everything or key in allowed}}


def spread(service: Service, names: Sequence[str]) -> frozenset[str]:
    """The fields that a step's `edit` or `require` cell names, groups spread into their fields."""
    if service.survey is None:
        return frozenset()
    found: set[str] = set()
    for item, _ in service.survey.walk():
        if item.name in names or "*" in names:
            found.add(item.name)
            if isinstance(item, Group):
                found |= _inside(item)
    return frozenset(found)


def _inside(group: Group) -> set[str]:
    """The names of everything inside a group."""
    names: set[str] = set()
    for child in group.children:
        names.add(child.name)
        if isinstance(child, Group):
            names |= _inside(child)
    return names
