"""What an inference engine is, and the plain one that every machine has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from banshi.rules.policies.program import Program, fixpoint

DURABLE = "durable-rules"
FIXPOINT = "fixpoint"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is true, who says so, and why it was not durable-rules."""

    facts: frozenset[str]
    engine: str
    reason: str = ""


class Engine(Protocol):
    """Something that infers. Safe to call from any thread."""

    def infer(self, program: Program, stratum: int, facts: Iterable[str]) -> Answer:
        """Everything that is true after the rules of one stratum were applied to `facts`, the facts included."""
        ...

    def load(self, program: Program) -> str:
        """Prepare and self-test a program before its first use; why the engine will not take it, or an empty text."""
        ...

    def close(self) -> None:
        """Let go of every process."""
        ...


class FixpointEngine:
    """The plain engine: applies every rule until nothing new is concluded. Pure, needs no process and no compiler."""

    def __init__(self, reason: str = "") -> None:
        self._reason = reason

    def infer(self, program: Program, stratum: int, facts: Iterable[str]) -> Answer:
        """Everything that is true after the rules of one stratum were applied to `facts`."""
        return Answer(fixpoint(program.strata[stratum], facts), FIXPOINT, self._reason)

    def load(self, program: Program) -> str:  # noqa: ARG002  (the protocol's signature)
        """Nothing to prepare."""
        return ""

    def close(self) -> None:
        """Nothing to let go of."""
