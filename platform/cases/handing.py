"""What people do with a task beside deciding: hand it on, ask others, take it, give it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from banshi.platform.routes import flow
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.effects import Progress
from banshi.platform.routes.faults import NotAllowedHere
from banshi.platform.routes.model import Route
from banshi.platform.routes.state import RouteState, Signing
from banshi.storage.contract import StoredTask

_OPEN = ("open",)
# Each deed, with the states in which the task may be.
HANDING: Mapping[str, tuple[str, ...]] = {
    "claim": _OPEN,
    "release": _OPEN,
    "transfer": _OPEN,
    **dict.fromkeys(Signing, _OPEN),
    "remove signer": ("open", "done", "cancelled"),
    "take back": ("done",),
}


def handed(
    route: Route, state: RouteState, task: StoredTask, action: str, people: Sequence[str], context: FlowContext
) -> Progress:
    """The move of one deed of `HANDING`; raises a FlowError when the route does not allow it."""
    at = route, state, task.step_id, task.person
    match action:
        case "claim":
            return flow.claim(*at, context)
        case "release":
            return flow.release(*at, context)
        case "take back":
            return flow.take_back(*at, context)
        case "transfer" if len(people) == 1:
            return flow.transfer(*at, people[0], context)
        case "remove signer" if len(people) == 1:
            return flow.remove_signer(*at, people[0], context)
        case _ if action in set(Signing):
            return flow.add_signers(*at, people, action, context)
    raise NotAllowedHere(task.step_id, action)
