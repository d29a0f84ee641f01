"""What hooks of the route do to a case: the hooks as the flow asks for them, and what they leave behind in an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from banshi.platform.cases.booked import bookings_after
from banshi.platform.cases.case import Case
from banshi.platform.cases.records import plain_json
from banshi.platform.forms import Evaluation
from banshi.platform.forms.booking import Bookings
from banshi.platform.forms.passing import FormHooks, openings_of
from banshi.platform.routes.effects import Progress
from banshi.platform.routes.hooks import Number
from banshi.platform.routes.numbering import NumberPattern, request
from banshi.platform.service.accounts import Account
from banshi.platform.service.model import Service
from banshi.storage.contract import Draw


def draws_numbers(service: Service) -> bool:
    """Whether a step of the route draws a number."""
    steps = service.routing.steps if service.routing else ()
    return any(isinstance(hook, Number) for step in steps for hook in step.hooks)


def hooks_of(
    service: Service,
    evaluation: Evaluation,
    again: Callable[[Mapping[str, Any]], Evaluation],
    case: Case | None,
    now: datetime,
    draw: Draw | None,
    accounts: Mapping[str, Account],
    reversed_before: Callable[[str], bool] = lambda _: False,
) -> FormHooks | None:
    """The hooks of a case, or of one to come; None where no step of the route has any.

    `again` evaluates other answers, `reversed_before` says whether a transaction, by its id, has been reversed.
    """
    steps = service.routing.steps if service.routing else ()
    if not any(step.hooks for step in steps):
        return None

    def next_number(pattern: str) -> str:
        return draw(request(pattern, now.date())) if draw else NumberPattern(pattern).number(now.date(), 0)

    bookings = Bookings(
        service_id=service.settings.id,
        accounts=accounts,
        booked=case.booked if case else {},
        undone=lambda key: case is not None and reversed_before(f"{case.id}.{key}"),
    )
    return FormHooks(
        service=service,
        evaluation=evaluation,
        evaluate=again,
        draw=next_number,
        openings=openings_of(case.openings) if case else {},
        numbered=case.numbered if case else {},
        bookings=bookings,
        rounds={step["id"]: int(step["round"]) for step in case.route["steps"]} if case and case.route else {},
        at=now.isoformat(),
    )


def final_of(progress: Progress, evaluation: Evaluation) -> Evaluation:
    """The form as hooks left it."""
    hooks = _hooks(progress)
    return evaluation if hooks is None else hooks.evaluation


def hook_changes(progress: Progress, case: Case) -> dict[str, Any]:
    """What the event of a move says of hooks: the openings that are new or stand otherwise, the numbers drawn."""
    hooks = _hooks(progress)
    if hooks is None:
        return {}
    before = openings_of(case.openings)
    openings = {key: one.to_json() for key, one in hooks.openings.items() if before.get(key) != one}
    found: dict[str, Any] = {"openings": openings} if openings else {}
    if hooks.numbered != case.numbered:
        found["numbered"] = dict(hooks.numbered)
    if (bookings := bookings_after(progress)) is not None and bookings.booked != case.booked:
        found["booked"] = dict(bookings.booked)
    return plain_json(found)  # type: ignore[no-any-return]


def filled_by_hooks(progress: Progress, before: Evaluation | None) -> Evaluation | None:
    """The form, where hooks filled something in or it was another one anyway (`before`); else None."""
    hooks = _hooks(progress)
    return hooks.evaluation if hooks is not None and (hooks.filled or before is not None) else before


def _hooks(progress: Progress) -> FormHooks | None:
    hooks = progress.context.hooks if progress.context else None
    return hooks if isinstance(hooks, FormHooks) else None
