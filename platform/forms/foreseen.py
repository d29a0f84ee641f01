"""The steps and people that a route would ask, seen from a form that nobody has sent yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from banshi.platform.forms.passing import FormHooks
from banshi.platform.forms.result import Evaluation
from banshi.platform.people.calendar import Calendar
from banshi.platform.people.directory import Directory, Person
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.numbering import NumberPattern
from banshi.platform.routes.preview import PreviewStep, preview
from banshi.platform.service.model import Service


def foreseen_steps(
    service: Service,
    evaluation: Evaluation,
    again: Callable[[Mapping[str, Any]], Evaluation],
    *,
    directory: Directory,
    initiator: Person,
    now: datetime,
    calendar: Calendar | None,
) -> tuple[PreviewStep, ...]:
    """The preview of a route; nothing where the service has none. `again` evaluates other answers; no number is drawn."""
    if service.routing is None:
        return ()
    context = FlowContext(
        directory=directory,
        initiator=initiator,
        now=now,
        names=evaluation.names,
        datasets=service.datasets,
        choice_labels=service.choice_label,
        calendar=calendar,
    )
    if any(step.hooks for step in service.routing.steps):
        hooks = FormHooks(
            service=service,
            evaluation=evaluation,
            evaluate=again,
            draw=lambda pattern: NumberPattern(pattern).number(now.date(), 0),
            at=now.isoformat(),
        )
        context = hooks.context(context)
    return preview(service.routing, context)
