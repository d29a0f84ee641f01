"""What a move on a route changed, in the order in which it happened."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.state import RouteState
from banshi.rules.decision import Explanation
from banshi.storage.contract import Draw

if TYPE_CHECKING:
    from banshi.platform.routes.asking import FlowContext


class EffectKind(StrEnum):
    """What a move changed."""

    TASK_OPENED = "task opened"
    TASK_DONE = "task done"
    TASK_CANCELLED = "task cancelled"
    COPIED = "copied"
    AWAITED = "awaited"
    STEP_DONE = "step done"
    STEP_SKIPPED = "step skipped"
    STEP_REFUSED = "step refused"
    STEP_RETURNED = "step returned"
    RETURNED = "returned to initiator"
    RESUBMITTED = "resubmitted"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One change, in the order in which it happened.

    `person` is whose task it is (for `returned to initiator`: the initiator), `action` what she did, `target` the
    step that a return goes to, `explanation` how a condition was decided.
    """

    kind: EffectKind
    step: str = ""
    round: int = 0
    person: str = ""
    action: str = ""
    target: str = ""
    reason: Reason = Reason.NONE
    values: tuple[tuple[str, str], ...] = ()
    explanation: Explanation | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values (`rules.values.dumps` prints them)."""
        return {
            "kind": str(self.kind),
            "step": self.step,
            "round": self.round,
            "person": self.person,
            "action": self.action,
            "target": self.target,
            "reason": str(self.reason),
            "values": [list(pair) for pair in self.values],
            "explanation": None if self.explanation is None else self.explanation.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Progress:
    """What a move led to; `context` is what the route is decided by from then on, where hooks have changed it.

    `draw` draws the numbers of what the move issues, in the transaction that writes it.
    """

    state: RouteState
    effects: tuple[Effect, ...]
    context: FlowContext | None = None
    draw: Draw | None = None
