"""Who reads a data set: questions, rules, fees, steps, jobs, boards and whatever else of the service names it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from banshi.platform.service.jobs import Over
from banshi.platform.service.model import Field, Service
from banshi.platform.sheets.references import expressions_of
from banshi.rules.expressions import fold_name
from banshi.rules.expressions.tree import Call, Text, walk

Use = tuple[str, str]
"""What reads it, as `field`, `rules`, `fees`, `policy`, `route`, `schedule`, `board`, `accounts`, `documents`, `notices`,
`places`; and its name."""


def uses_of_data(service: Service, name: str) -> list[Use]:
    """Everything that reads a data set, each once."""
    return list(dict.fromkeys(_uses(service, name)))


def _uses(service: Service, name: str) -> Iterator[Use]:
    for item, _ in service.survey.walk() if service.survey else ():
        if _read_in(item, name) or (isinstance(item, Field) and item.choices == name):
            yield "field", item.name
    for kind, parts in (("rules", service.tables), ("fees", service.tariffs), ("policy", service.policies)):
        yield from ((kind, own) for own, part in parts.items() if _read_in(part, name))
    for step in service.routing.steps if service.routing else ():
        if _read_in(step, name) or _named_in(repr(step), name):
            yield "route", step.id
    for job in service.jobs:
        if (job.subject.over is Over.DATA and job.subject.name == name) or _read_in(job, name):
            yield "schedule", job.name
    yield from (
        ("board", chart.title.get("zh") or next(iter(chart.title.values()), ""))
        for chart in service.charts
        if chart.name == name or _read_in(chart, name)
    )
    for kind, others in (
        ("accounts", service.accounts.items()),
        ("documents", ((d.name, d) for d in service.documents)),
    ):
        yield from ((kind, own) for own, part in others if _read_in(part, name))
    yield from (("notices", notice.name) for notice in service.notices if _read_in(notice, name))
    if service.settings.places == name:
        yield "places", service.settings.places_column


def _read_in(part: object, name: str) -> bool:
    """Whether an expression of it calls a function with the data set's name."""
    wanted = fold_name(name)
    return any(
        isinstance(node, Call)
        and any(isinstance(one, Text) and fold_name(one.value) == wanted for one in node.operands)
        for expression in expressions_of(part)
        for node in walk(expression.root)
    )


def _named_in(text: str, name: str) -> bool:
    """Whether `table:name` or `表:name` stands in what says who is asked, or until when."""
    return re.search(rf"(?:表|table)\s*[:：]\s*{re.escape(name)}(?![\w-])", text) is not None
