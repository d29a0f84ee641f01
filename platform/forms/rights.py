"""Field rights: which fields of a form a step may edit, must fill in, or does not show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from banshi.platform.routes.model import RouteStep
from banshi.platform.routes.tree import Tree
from banshi.platform.service.model import UNSEEN, Field, Group, Item, Repeat, Service


def withheld(service: Service) -> frozenset[str]:
    """The fields that the applicant does not see when she fills the form in: what her own first steps hide."""
    if service.routing is None:
        return frozenset()
    return frozenset[str]().union(*(spread(service, step.hide) for step in Tree(service.routing).leading))


def merge(service: Service, answers: Mapping[str, Any], changes: Mapping[str, Any], step: RouteStep) -> dict[str, Any]:
    """The answers with those changes that the step may make; what else a client sends is left aside.

    Whoever may edit a field of a repeat edits it in the rows that are there; only who may edit the repeat itself, and
    sees all of it, adds rows or removes them. What a step hides it does not change.
    """
    items = service.survey.children if service.survey else ()
    hidden = spread(service, step.hide)
    groups = (item for item, _ in service.survey.walk() if isinstance(item, Group)) if service.survey else ()
    partly = {group.name for group in groups if not hidden.isdisjoint(_inside(group))}
    return _merged(items, answers, changes, spread(service, step.edit) - hidden - partly)


def _merged(
    items: Iterable[Item], answers: Mapping[str, Any], changes: Mapping[str, Any], allowed: frozenset[str]
) -> dict[str, Any]:
    made = dict(answers)
    for item in leaves(items):
        if item.name not in changes:
            continue
        given = changes[item.name]
        if item.name in allowed:
            made[item.name] = given
        elif isinstance(item, Repeat) and isinstance(given, list) and isinstance(answers.get(item.name), list):
            made[item.name] = [
                _merged(item.children, row, new, allowed)
                if isinstance(row, Mapping) and isinstance(new, Mapping)
                else row
                for row, new in zip_longest(answers[item.name], given[: len(answers[item.name])])
            ]
    return made


def without(answers: Mapping[str, Any], service: Service, hidden: Collection[str]) -> dict[str, Any]:
    """The answers without what is hidden, in the rows of repeats too."""
    repeats = {item.name for item, _ in service.survey.walk() if isinstance(item, Repeat)} if service.survey else set()

    def seen(values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: [seen(row) if isinstance(row, Mapping) else row for row in value]
            if key in repeats and isinstance(value, list)
            else value
            for key, value in values.items()
            if key not in hidden
        }

    return seen(answers)


def answered(answers: Mapping[str, Any]) -> frozenset[str]:
    """The names of the questions that have an answer, in rows too."""
    found: set[str] = set()
    for name, value in answers.items():
        if isinstance(value, list) and value and all(isinstance(row, Mapping) and "size" not in row for row in value):
            found.add(name)
            found.update(*(answered(row) for row in value))
        elif value not in (None, "", [], ()):
            found.add(name)
    return frozenset(found)


def is_hidden(path: str, hidden: Collection[str]) -> bool:
    """Whether a path such as `items[1].cas` leads to or through something hidden."""
    return any(part.partition("[")[0] in hidden for part in path.split("."))


def known(service: Service, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to questions that the form has: a draft of an older version may hold others."""
    items = service.survey.children if service.survey else ()
    return _known(items, answers)


def _known(items: Iterable[Item], answers: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for item in leaves(items):
        if item.name not in answers:
            continue
        value = answers[item.name]
        if isinstance(item, Repeat) and isinstance(value, list):
            value = [_known(item.children, row) if isinstance(row, Mapping) else row for row in value]
        made[item.name] = value
    return made


_OWN_EACH_TIME = frozenset({"acknowledge", "file", "image"})


def again(service: Service, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers of a case before, to begin a new one with: without files and consents, and what nobody types."""
    items = service.survey.walk() if service.survey else ()
    anew = {item.name for item, _ in items if isinstance(item, Field) and _is_made_anew(item)}
    return known(service, without(answers, service, anew))


def _is_made_anew(item: Field) -> bool:
    computed = item.calculation or item.readonly or item.prefill or (item.default and item.default.names)
    return item.type in UNSEEN | _OWN_EACH_TIME or bool(computed)


def leaves(items: Iterable[Item]) -> Iterator[Item]:
    """The fields and repeats among items, groups opened."""
    for item in items:
        if isinstance(item, Group) and not isinstance(item, Repeat):
            yield from leaves(item.children)
        else:
            yield item


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


def seen_by(service: Service, step: RouteStep, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that the people of a step decide on.

    What the step hides is not among them, nor what it, or a step that is not ahead of it, fills in.
    """
    route = service.routing
    if route is None:
        return dict(answers)
    places = Tree(route).positions
    theirs = [other for other in route.steps if not places[other.id].before(places[step.id])]
    filled = frozenset[str]().union(*(spread(service, other.edit) for other in theirs))
    return without(answers, service, filled | spread(service, step.hide))
