"""Passes in a store: what a case gives that is shown at a gate or a door, and how often it was used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

GIVEN, WITHDRAWN = "given", "withdrawn"
"""The states of passes. Whether one that was given counts yet, or no more, is for its reader to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPass:
    """A pass that a case gave.

    `id` is the SHA-256 of the `code` in hexadecimal digits, so that a look-up tells nothing of codes by the time it takes;
    the code itself is for its holder, and empty when it was deleted. `name` is its row on the sheet of the `version`,
    `person` the applicant, `content` what gates see and where it counts. It counts from `since` until before `until`
    (None: without bound). `uses` is how often somebody may come in with it (0: without end), `used` how often somebody
    did, `inside` 1 while she has not left; `entered_at` and `left_at` are of the last time. `changed_at`, `changed_by`
    and `why` are of its withdrawal.
    """

    id: str
    code: str
    case_id: str
    service_id: str
    version: str
    person: str
    name: str
    content: Mapping[str, Any]
    given_at: datetime
    since: datetime | None = None
    until: datetime | None = None
    uses: int = 1
    used: int = 0
    inside: int = 0
    entered_at: datetime | None = None
    left_at: datetime | None = None
    state: str = GIVEN
    changed_at: datetime | None = None
    changed_by: str = ""
    why: str = ""


PASS_LEFT = (
    "code",
    "content",
    "used",
    "inside",
    "entered_at",
    "left_at",
    "state",
    "changed_at",
    "changed_by",
    "why",
)
"""What a later command may change of a pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassFilter:
    """Which passes; what is empty does not filter."""

    case_id: str = ""
    person: str = ""
    states: tuple[str, ...] = field(default=())


class PassStore(Protocol):
    """Passes. They are written, used, withdrawn and emptied by `commit`."""

    def pass_of(self, pass_id: str) -> StoredPass | None:
        """A pass by its id."""
        ...

    def passes(self, which: PassFilter) -> list[StoredPass]:
        """Passes, the first given first."""
        ...
