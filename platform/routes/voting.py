"""What the votes on a step come to."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from banshi.platform.routes.model import Threshold
from banshi.platform.routes.state import StepState


class Verdict(StrEnum):
    """Whether a step is decided."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"


def verdict(state: StepState, threshold: Threshold | None = None) -> Verdict:
    """What the votes come to, as soon as the votes that are still missing cannot change it.

    Whoever added somebody approves only together with her, and one refusal of them is the refusal of both: adding a
    signer never changes what a vote counts.
    """
    approving = [person for person in state.people if state.through(person)]
    refusing = [person for person in state.people if state.against(person)]
    if state.mode.counts and threshold is not None:
        return _counted(state, threshold, approving, refusing)
    if refusing:
        return Verdict.REFUSED
    enough = len(state.people) if state.mode.asks_everybody or state.mode.counts else 1
    return Verdict.APPROVED if len(approving) >= enough else Verdict.OPEN


def _counted(state: StepState, threshold: Threshold, approving: list[str], refusing: list[str]) -> Verdict:
    weights = dict(zip(state.people, map(Fraction, state.weights), strict=True)) if state.weights else {}

    def weight(people: list[str] | tuple[str, ...]) -> Fraction:
        return sum((weights.get(person, Fraction(1)) for person in people), Fraction())

    whole = weight(state.people)
    if not threshold.met(whole, whole):
        # Not all of them together would be enough: then all of them are wanted.
        threshold = Threshold(whole)
    if threshold.met(weight(approving), whole):
        return Verdict.APPROVED
    return Verdict.OPEN if threshold.met(whole - weight(refusing), whole) else Verdict.REFUSED
