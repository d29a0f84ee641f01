"""Which passes an example leads to, when everybody on its route approves: what `expect pass` is held to."""

from __future__ import annotations

from collections.abc import Sequence

from banshi.platform.routes.hooks import Give
from banshi.platform.routes.preview import PreviewStep
from banshi.platform.routes.reasons import Reason
from banshi.platform.service.model import Service
from banshi.platform.workbook.columns import plain
from banshi.rules.expressions import Environment, evaluate


def foreseen_passes(service: Service, steps: Sequence[PreviewStep], environment: Environment) -> list[str]:
    """Their names, in the order of the sheet."""
    route = service.routing.steps if service.routing else ()
    gives = {step.id: {plain(hook.name) for hook in step.hooks if isinstance(hook, Give)} for step in route}
    of_steps = set[str]().union(*gives.values())
    passed = {name for entry in steps if entry.reason is not Reason.CONDITION for name in gives.get(entry.id, ())}
    return [
        one.name
        for one in service.passes
        if (plain(one.name) in passed or plain(one.name) not in of_steps)
        and (one.when is None or evaluate(one.when, environment) is True)
    ]
