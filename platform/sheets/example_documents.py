"""Which papers an example leads to, when everybody on its route approves: what `expect document` is held to."""

from __future__ import annotations

from collections.abc import Sequence

from banshi.platform.routes.hooks import Print
from banshi.platform.routes.preview import PreviewStep
from banshi.platform.routes.reasons import Reason
from banshi.platform.service.model import Service
from banshi.platform.workbook.columns import plain
from banshi.rules.expressions import Environment, evaluate


def foreseen_documents(service: Service, steps: Sequence[PreviewStep], environment: Environment) -> list[str]:
    """Their names, in the order of the sheet."""
    route = service.routing.steps if service.routing else ()
    prints = {step.id: {plain(hook.document) for hook in step.hooks if isinstance(hook, Print)} for step in route}
    of_steps = set[str]().union(*prints.values())
    passed = {name for entry in steps if entry.reason is not Reason.CONDITION for name in prints.get(entry.id, ())}
    return [
        document.name
        for document in service.documents
        if (plain(document.name) in passed or plain(document.name) not in of_steps)
        and (document.when is None or evaluate(document.when, environment) is True)
    ]
