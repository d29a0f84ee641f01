"""Where a case stands on its route: plain records, stored as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from banshi.platform.people.directory import SYSTEM
from banshi.platform.routes.model import Mode
from banshi.platform.routes.reasons import Reason


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
    """What a person may decide with a task. Whoever is consulted answers by `approve`."""

    APPROVE = "approve"
    REFUSE = "refuse"
    RETURN = "return"


class Signing(StrEnum):
    """How somebody was added to a step: asked before the one who added her, after, or beside; or only consulted."""

    BEFORE = "before"
    AFTER = "after"
    BESIDE = "beside"
    CONSULT = "consult"


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's verdict on a step.

    `automatic` when an earlier approval or the clock stands for it, `by` is the stand-in who acted in her place.
    """

    person: str
    action: Action
    automatic: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody whom one of the people of a step, or another signer, has added."""

    person: str
    by: str
    signing: Signing


@dataclass(frozen=True, slots=True)
class Task:
    """A step waiting for somebody. `round` counts how often the step was entered."""

    step: str
    round: int
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepState:
    """One step.

    `people` are the ids that were asked, `weights` their weights in the same order (only where they count), `signers`
    whom these have added, `claimed` who has taken a step that one of several may take. `values` is what a condition was
    decided by (name, text), `seen` a digest of what the people saw when they decided, and `kept` the step as it was
    decided before a return: it stands again if they would see the same now. `since` is when the step was asked, `due`
    when it has to be done, `timers` when each deed of its overdue column is (all aware).
    """

    status: StepStatus = StepStatus.PENDING
    round: int = 0
    mode: Mode = Mode.ONE
    people: tuple[str, ...] = ()
    weights: tuple[Decimal, ...] = ()
    votes: tuple[Vote, ...] = ()
    signers: tuple[Signer, ...] = ()
    claimed: str = ""
    reason: Reason = Reason.NONE
    values: tuple[tuple[str, str], ...] = ()
    seen: str = ""
    kept: StepState | None = None
    since: datetime | None = None
    due: datetime | None = None
    timers: tuple[datetime, ...] = ()

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
        """The ids of those who approved it, by hand or by an earlier approval; who was only consulted did not."""
        return tuple(
            vote.person for vote in self.votes if vote.action is Action.APPROVE and not self.consulted(vote.person)
        )

    @property
    def hands(self) -> frozenset[str]:
        """The ids of everybody who had a hand in approving it: the approvers, and who stood in for one of them."""
        approvers = frozenset(self.approvers)
        return approvers | {vote.by for vote in self.votes if vote.by and vote.person in approvers}

    @property
    def voters(self) -> tuple[str, ...]:
        """The ids of the people who voted; the clock is nobody."""
        return tuple(vote.person for vote in self.votes if vote.person != SYSTEM)

    @property
    def by_hand(self) -> bool:
        """Whether a person was asked and has done it: such a step can be returned to."""
        return self.status is StepStatus.DONE and any(not vote.automatic for vote in self.votes)

    @property
    def everybody(self) -> tuple[str, ...]:
        """The ids of all who are asked, with those whom they have added."""
        return (*self.people, *(signer.person for signer in self.signers))

    @property
    def waiting(self) -> tuple[str, ...]:
        """The ids of those who are asked now and have not voted.

        In a sequence only the next one is asked; a step that was claimed waits for whoever claimed it.
        """
        if self.status is not StepStatus.ACTIVE:
            return ()
        people = [person for person in self.people if not self.through(person)]
        if self.mode is Mode.SEQUENCE:
            people = people[:1]
        elif self.claimed:
            people = [self.claimed]
        return tuple(asked for person in people for asked in self._asked(person))

    def vote_of(self, person: str) -> Vote | None:
        """How somebody voted, or None."""
        return next((vote for vote in self.votes if vote.person == person), None)

    def added_by(self, person: str) -> tuple[Signer, ...]:
        """Whom somebody has added."""
        return tuple(signer for signer in self.signers if signer.by == person)

    def through(self, person: str) -> bool:
        """Whether somebody and all whom she has added have approved: only then her own approval counts."""
        vote = self.vote_of(person)
        approved = vote is not None and vote.action is Action.APPROVE
        return approved and all(self.through(signer.person) for signer in self.added_by(person))

    def against(self, person: str) -> bool:
        """Whether somebody has refused, or one of those whom she has added: that counts as hers."""
        vote = self.vote_of(person)
        refused = vote is not None and vote.action is Action.REFUSE
        return refused or any(self.against(signer.person) for signer in self.added_by(person))

    def depth(self, person: str) -> int:
        """How many additions led to somebody: 0 for those whom the step itself asks."""
        signer = next((signer for signer in self.signers if signer.person == person), None)
        return 0 if signer is None else 1 + self.depth(signer.by)

    def line(self, person: str) -> frozenset[str]:
        """Somebody and all whom she, or one of them, has added."""
        return frozenset({person}).union(*(self.line(signer.person) for signer in self.added_by(person)))

    def consulted(self, person: str) -> bool:
        """Whether somebody was only asked for advice."""
        return any(signer.person == person and signer.signing is Signing.CONSULT for signer in self.signers)

    def _asked(self, person: str) -> Iterator[str]:
        """Who is asked now of somebody and those whom she has added."""
        added = self.added_by(person)
        first = [s.person for s in added if s.signing in (Signing.BEFORE, Signing.CONSULT)]
        held = any(not self.through(other) for other in first)
        vote = self.vote_of(person)
        now = [*first, *(s.person for s in added if s.signing is Signing.BESIDE)]
        if vote is None and not held:
            yield person
        elif vote is not None and vote.action is Action.APPROVE:
            now += [s.person for s in added if s.signing is Signing.AFTER]
        for other in now:
            yield from self._asked(other)


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
        if self.outcome is not RouteOutcome.OPEN:
            return ()
        return tuple(
            Task(step_id, step.round, person) for step_id, step in self.steps.items() for person in step.waiting
        )

    def awaited(self, mode: Mode = Mode.CALLBACK) -> tuple[str, ...]:
        """The ids of the steps that wait for another system, or (`Mode.WAIT`) for opened cases."""
        if self.outcome is not RouteOutcome.OPEN:
            return ()
        return tuple(
            step_id for step_id, step in self.steps.items() if step.mode is mode and step.status is StepStatus.ACTIVE
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values for storage; steps are a list because a store may reorder the keys of an object."""
        steps = [{"id": key, **asdict(s, dict_factory=_plain)} for key, s in self.steps.items()]
        return {"outcome": str(self.outcome), "steps": steps}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> RouteState:
        """The state that `to_json` gave, also after a trip through JSON text, and of every version before."""
        return cls(steps={item["id"]: _step(item) for item in raw["steps"]}, outcome=RouteOutcome(raw["outcome"]))


def _plain(items: list[tuple[str, Any]]) -> dict[str, Any]:
    """The fields of a record with times as text."""
    return {name: _text(value) if name in ("since", "due", "timers") else value for name, value in items}


def _text(value: datetime | tuple[datetime, ...] | None) -> Any:
    if isinstance(value, tuple):
        return [at.isoformat() for at in value]
    return None if value is None else value.isoformat()


def _moment(raw: str | None) -> datetime | None:
    return None if raw is None else datetime.fromisoformat(raw)


def _step(raw: Mapping[str, Any]) -> StepState:
    kept = raw.get("kept")
    return StepState(
        status=StepStatus(raw["status"]),
        round=int(raw["round"]),
        mode=Mode(raw["mode"]),
        people=tuple(raw["people"]),
        weights=tuple(Decimal(weight) for weight in raw.get("weights", ())),
        votes=tuple(_vote(vote) for vote in raw["votes"]),
        signers=tuple(Signer(s["person"], s["by"], Signing(s["signing"])) for s in raw.get("signers", ())),
        claimed=raw.get("claimed", ""),
        reason=Reason(raw["reason"]),
        values=tuple((name, text) for name, text in raw["values"]),
        seen=raw.get("seen", ""),
        kept=None if kept is None else _step(kept),
        since=_moment(raw.get("since")),
        due=_moment(raw.get("due")),
        timers=tuple(map(datetime.fromisoformat, raw.get("timers", ()))),
    )


def _vote(raw: Mapping[str, Any]) -> Vote:
    return Vote(raw["person"], Action(raw["action"]), bool(raw["automatic"]), raw.get("by", ""))
