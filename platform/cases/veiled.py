"""What a step's hidden fields would still show through: what is computed from them, and people whom they name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from banshi.platform.forms.index import TOTAL_NAMES, FormIndex, index_of
from banshi.platform.people.terms import TermKind
from banshi.platform.routes.model import Route
from banshi.platform.routes.state import RouteState
from banshi.platform.service.model import Field, Service

UNNAMED = ("不显示", "not shown")
"""What stands for a person who is not to be known, in Chinese and English."""
_ROW = re.compile(r"\[\d+\]")


def derived(service: Service, hidden: Collection[str]) -> frozenset[str]:
    """The calculations that are made from hidden questions, also through others."""
    index = index_of(service)
    computed = (n.item for n in index.fields.values() if isinstance(n.item, Field) and n.item.calculation is not None)
    return frozenset(item.name for item in computed if not index.questions([item.name]).isdisjoint(hidden))


def tells(service: Service, path: str, hidden: Collection[str]) -> bool:
    """Whether the value at a path (`items[1].小计`, `fees.total`) is made from hidden questions."""
    index, name = index_of(service), _ROW.sub("", path)
    names = {name, name.rpartition(".")[2]}
    if name in TOTAL_NAMES:
        names |= {read for tariff in service.tariffs.values() for read in tariff.names}
    return not index.questions(names).isdisjoint(hidden)


def veiled_steps(service: Service, route: Route, hidden: Collection[str]) -> frozenset[str]:
    """The ids of the steps whose people a hidden question names, and of those that ask whoever did such a step."""
    index: FormIndex = index_of(service)
    found: set[str] = set()
    for step in route.steps:
        after = any(term.kind is TermKind.STEP and term.name in found for term in step.who.every_term)
        if after or not index.questions(step.who.names).isdisjoint(hidden):
            found.add(step.id)
    return frozenset(found)


def people_at(state: RouteState, steps: Collection[str], known: Iterable[str]) -> frozenset[str]:
    """The ids of everybody who was asked or acted at some steps, but those who are known anyway."""
    found: set[str] = set()
    for step_id in steps:
        if step_id in state.steps:
            step = state.steps[step_id]
            found |= {*step.everybody, *step.voters, *step.hands}
    return frozenset(found - {*known})
