"""Personal passes in a store: who holds one, and when somebody came in or went out with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHolder:
    """That a person holds a pass of a service: `name` is its row on the sheet.

    `id` stands at the beginning of her codes, which are made with the `secret`; `period` is the last of the short periods
    of codes in which one was used (0: none was). `inside` is 1 while she has not left, `moved_at` when she last came or
    went. `seq` counts her passages: of two gates at once the second sees what the first let in.
    """

    id: str
    service_id: str
    name: str
    person: str
    secret: str
    made_at: datetime
    period: int = 0
    inside: int = 0
    moved_at: datetime | None = None
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPassage:
    """A scan of a personal pass, also one that was refused. It is never changed.

    `id` is made from who checked and the id that she gave the scan, `digest` from what was scanned; `direction` is in or
    out, `reason` says what came of it and `allowed` is 1 where somebody was let through. `gate` is the machine that
    checked, `checked_by` the keeper.
    """

    id: str
    service_id: str
    name: str
    person: str
    at: datetime
    place: str
    direction: str
    reason: str
    allowed: int
    gate: str = ""
    checked_by: str = ""
    digest: str = ""


HOLDER_LEFT = ("period", "inside", "moved_at")
"""What a passage may change of a holder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageFilter:
    """Which passages; what is empty does not filter. `since` counts, `until` does not."""

    service_id: str
    name: str
    person: str = ""
    reasons: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


class PassageStore(Protocol):
    """Holders of personal passes, and their passages."""

    def holder(self, holder_id: str) -> StoredHolder | None:
        """A holder by her id."""
        ...

    def holder_of(self, service_id: str, name: str, person: str) -> StoredHolder | None:
        """The holder of a pass who is a person."""
        ...

    def add_holder(self, holder: StoredHolder) -> StoredHolder:
        """Keep a holder, unless the person holds that pass already; the one that is kept."""
        ...

    def holders(self, service_id: str, name: str, *, inside: bool) -> list[StoredHolder]:
        """The holders who came in and have not left, or who went and are not back; whoever moved first first."""
        ...

    def passes_held(self) -> list[tuple[str, str]]:
        """The service and the name of every pass with passages."""
        ...

    def passage(self, passage_id: str) -> StoredPassage | None:
        """A passage by its id."""
        ...

    def pass_through(self, passage: StoredPassage, holder: StoredHolder) -> None:
        """Keep a passage, and what it leaves of its holder, whose `seq` is the one that was read; it counts on.

        Raises:
            StaleWrite: somebody scanned her pass since it was read, or her data were deleted; nothing was kept.
        """
        ...

    def iter_passages(self, which: PassageFilter) -> Iterator[StoredPassage]:
        """Passages, the first first."""
        ...

    def delete_passages(self, service_id: str, name: str, before: datetime) -> int:
        """Delete the passages of a pass before a moment, with the moment of holders who moved no more since; how many."""
        ...

    def forget_holder(self, person: str) -> int:
        """Delete everything of a person's passes: her codes of before are worth nothing. How many passages there were."""
        ...
