"""Where a case stands on its route, and what a move changed: plain records, stored as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from banshi.platform.routes.model import Mode
from banshi.rules.decision import Explanation


class StepStatus(StrEnum):
    """Where one step stands."""

    PENDING = "pending"
    ACTIVE = "active"
    DONE = "done"
    SKIPPED = "skipped"
    REFUSED = "refused"


class RouteOutcome(StrEnum):
    """Where the whole route stands. `returned` waits for the initiator; the last three are final."""

    OPEN = "open"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def final(self) -> bool:
        """Whether nothing can happen any more."""
        return self in (RouteOutcome.APPROVED, RouteOutcome.REFUSED, RouteOutcome.WITHDRAWN)


class Action(StrEnum):
    """What a person may do with a task."""

    APPROVE = "approve"
    REFUSE = "refuse"
    RETURN = "return"


class Reason(StrEnum):
    """Why the platform did something by itself."""

    NONE = ""
    CONDITION = "condition"
    CONDITION_ERROR = "condition error"
    SUBMITTED = "submitted"
    AUTO = "auto"
    SAME = "same person"
    SELF = "self"
    EMPTY = "nobody"
    SUPERIOR = "superior"
    ADMIN = "admin"
    UNNAMED = "unnamed"
    STAND_IN = "stand-in"
    JOINED = "joined"
    DECIDED = "decided"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    def text(self, language: str = "zh") -> str:
        """The reason as a sentence for people."""
        zh, en = _TEXTS[self]
        return en if language == "en" else zh


_TEXTS: Mapping[Reason, tuple[str, str]] = {
    Reason.NONE: ("", ""),
    Reason.CONDITION: ("进入条件不满足", "The condition does not hold"),
    Reason.CONDITION_ERROR: ("进入条件无法计算，仍请办理", "The condition cannot be computed, so the step is asked"),
    Reason.SUBMITTED: ("提交申请即完成", "Done by sending the form"),
    Reason.AUTO: ("系统自动办理", "Done by the system"),
    Reason.SAME: ("同一人已在前面的环节同意", "The same person has already approved"),
    Reason.SELF: ("办理人就是申请人", "The person to ask is the applicant"),
    Reason.EMPTY: ("没有找到办理人", "Nobody was found to ask"),
    Reason.SUPERIOR: ("由上级办理", "The superior is asked instead"),
    Reason.ADMIN: ("没有找到办理人，由管理员办理", "Nobody was found, so an administrator is asked"),
    Reason.UNNAMED: (
        "表单里没有填办理人；不填时由管理员办理",
        "The form names nobody; without a name an administrator is asked",
    ),
    Reason.STAND_IN: ("没有找到办理人，由指定人员办理", "Nobody was found, so the named stand-in is asked"),
    Reason.JOINED: ("并行的另一支已完成", "Another branch was finished first"),
    Reason.DECIDED: ("已由其他人办理", "Somebody else has decided"),
    Reason.RETURNED: ("申请已退回", "The application was returned"),
    Reason.REFUSED: ("申请未通过", "The application was refused"),
    Reason.WITHDRAWN: ("申请人已撤回", "The applicant withdrew"),
}


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's verdict on a step; `automatic` when an earlier approval stands for it."""

    person: str
    action: Action
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """A step waiting for somebody. `round` counts how often the step was entered."""

    step: str
    round: int
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepState:
    """One step: `people` are the ids that were asked, `values` what a condition was decided by (name, text)."""

    status: StepStatus = StepStatus.PENDING
    round: int = 0
    mode: Mode = Mode.ONE
    people: tuple[str, ...] = ()
    votes: tuple[Vote, ...] = ()
    reason: Reason = Reason.NONE
    values: tuple[tuple[str, str], ...] = ()

    @property
    def closed(self) -> bool:
        """Whether the route may go past it."""
        return self.status in (StepStatus.DONE, StepStatus.SKIPPED)

    @property
    def passed(self) -> bool:
        """Whether it is closed by somebody's decision or by the system, not for want of a reason to ask."""
        return self.status is StepStatus.DONE or (self.status is StepStatus.SKIPPED and bool(self.approvers))

    @property
    def approvers(self) -> tuple[str, ...]:
        """The ids of those who approved it, by hand or by an earlier approval."""
        return tuple(vote.person for vote in self.votes if vote.action is Action.APPROVE)

    @property
    def by_hand(self) -> bool:
        """Whether a person was asked and has done it: such a step can be returned to."""
        return self.status is StepStatus.DONE and any(not vote.automatic for vote in self.votes)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The ids of those who are asked and have not voted."""
        if self.status is not StepStatus.ACTIVE:
            return ()
        voted = {vote.person for vote in self.votes}
        return tuple(person for person in self.people if person not in voted)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteState:
    """Where a case stands: its steps in the order of the route, and the outcome."""

    steps: Mapping[str, StepState] = field(default_factory=dict)
    outcome: RouteOutcome = RouteOutcome.OPEN

    @property
    def status(self) -> Mapping[str, StepStatus]:
        """The status of every step by its id."""
        return {step_id: step.status for step_id, step in self.steps.items()}

    @property
    def handlers(self) -> Mapping[str, tuple[str, ...]]:
        """Who approved or did each step, by step id."""
        return {step_id: step.approvers for step_id, step in self.steps.items() if step.approvers}

    def tasks(self) -> tuple[Task, ...]:
        """The open tasks in the order of the route; none unless the route is open."""
        return tuple(
            Task(step_id, step.round, person) for step_id, step in self.steps.items() for person in step.waiting
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values for storage; steps are a list because a store may reorder the keys of an object."""
        return {"outcome": str(self.outcome), "steps": [{"id": key, **asdict(s)} for key, s in self.steps.items()]}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> RouteState:
        """The state that `to_json` gave, also after a trip through JSON text."""
        return cls(steps={item["id"]: _step(item) for item in raw["steps"]}, outcome=RouteOutcome(raw["outcome"]))


def _step(raw: Mapping[str, Any]) -> StepState:
    return StepState(
        status=StepStatus(raw["status"]),
        round=int(raw["round"]),
        mode=Mode(raw["mode"]),
        people=tuple(raw["people"]),
        votes=tuple(Vote(vote["person"], Action(vote["action"]), bool(vote["automatic"])) for vote in raw["votes"]),
        reason=Reason(raw["reason"]),
        values=tuple((name, text) for name, text in raw["values"]),
    )


class EffectKind(StrEnum):
    """What a move changed."""

    TASK_OPENED = "task opened"
    TASK_DONE = "task done"
    TASK_CANCELLED = "task cancelled"
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
    """What a move led to."""

    state: RouteState
    effects: tuple[Effect, ...]
