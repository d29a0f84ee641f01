"""Who may stand in on a case: nobody at a step of her own case at which she may not act."""

from __future__ import annotations

from collections.abc import Iterable, Set

from banshi.platform.routes.asking import keeps_applicant_out
from banshi.platform.routes.model import Route
from banshi.storage.contract import StoredStandIn, StoredTask


def may_stand_in(route: Route, task: StoredTask, applicant: str, person: str) -> bool:
    """Whether a person may do another's task as far as her own case is concerned; her own tasks are hers anyway."""
    if task.person == person or applicant != person:
        return True
    step = next((step for step in route.steps if step.id == task.step_id), None)
    return step is None or not keeps_applicant_out(step)


def without_anybody(
    route: Route, tasks: Iterable[StoredTask], applicant: str, times: Iterable[StoredStandIn]
) -> Set[str]:
    """The ids of the steps that wait only for people who are away, with nobody to stand in but the applicant.

    `times` are those that count now.
    """
    served: dict[str, set[str]] = {}
    for time in times:
        served.setdefault(time.person, set()).add(time.stand_in)
    waiting: dict[str, list[bool]] = {}
    for task in tasks:
        if task.state == "open" and task.step_id:
            away = served.get(task.person, set())
            able = not away or any(may_stand_in(route, task, applicant, other) for other in away)
            waiting.setdefault(task.step_id, []).append(able)
    return {step_id for step_id, able in waiting.items() if not any(able)}
