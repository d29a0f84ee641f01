"""A case: what its events add up to. The stored projection is this fold, and can be made again from the events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from banshi.platform.routes.state import RouteOutcome
from banshi.storage.contract import NewEvent, StoredCase, StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case after some of its events.

    `titles` are the titles in other languages than Chinese. `state` is where its route stands, `route` is `RouteState.to_json()`. `answers` and `shown` are JSON values; `shown`
    is what the case screen needs besides the answers: calculated values by path, bills and findings. `chosen` are the
    ids whom the applicant chose to be asked, by step. `openings` are the cases that its steps opened, or are to
    (`forms.passing.Opening`), by key, `numbered` the numbers that steps drew, `booked` what they did
    with accounts (`forms.booking`), by step and hook; `parent` is the case that opened this one:
    its `case_id`, `number`, `service_id`, `step`, the `key` of the opening, and the `depth` of openings. `erased` is
    what was last deleted of it: `at`, the `fields`, `why` (`period` or `request`), the ids of `decisions`. `finished_at` is
    when its route came to an end, `returns` how often somebody (or the clock) sent it back, to the applicant or to an
    earlier step.
    """

    id: str
    number: str = ""
    service_id: str = ""
    version: str = ""
    title: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    applicant: str = ""
    state: RouteOutcome = RouteOutcome.OPEN
    submitted_at: datetime
    changed_at: datetime
    answers: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    route: Mapping[str, Any] = field(default_factory=dict)
    chosen: Mapping[str, Any] = field(default_factory=dict)
    openings: Mapping[str, Any] = field(default_factory=dict)
    numbered: Mapping[str, str] = field(default_factory=dict)
    booked: Mapping[str, Any] = field(default_factory=dict)
    parent: Mapping[str, Any] = field(default_factory=dict)
    erased: Mapping[str, Any] = field(default_factory=dict)
    finished_at: datetime | None = None
    returns: int = 0
    seq: int = 0

    @property
    def closed(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.state.final

    def after(self, events: Iterable[NewEvent | StoredEvent]) -> Case:
        """The case after more events. A payload carries what changed: the fields of the case by name, and the state."""
        case = self
        for event in events:
            changes = {key: value for key, value in event.payload.items() if key in _FOLDED}
            if "openings" in changes:  # only those that changed: there may be hundreds
                changes["openings"] = {**case.openings, **changes["openings"]}
            if "state" in changes:
                changes["state"] = RouteOutcome(changes["state"])
                changes["finished_at"] = event.at if changes["state"].final else None
            back = case.state is not RouteOutcome.RETURNED is changes.get("state")
            if back or (event.kind == RETURNED and "state" in changes):  # without, it tells what came of the one before
                changes["returns"] = case.returns + 1
            case = replace(case, **changes, changed_at=event.at, seq=case.seq + 1)
        return case

    def stored(self) -> StoredCase:
        """The projection that the store keeps."""
        return StoredCase(
            id=self.id,
            number=self.number,
            service_id=self.service_id,
            version=self.version,
            title=self.title,
            applicant=self.applicant,
            state=str(self.state),
            submitted_at=self.submitted_at,
            changed_at=self.changed_at,
            snapshot={name: getattr(self, name) for name in _SNAPSHOT},
            seq=self.seq,
            finished_at=self.finished_at,
            returns=self.returns,
        )


_SNAPSHOT = ("answers", "shown", "route", "chosen", "openings", "numbered", "booked", "parent", "titles", "erased")
_FOLDED = frozenset({"number", "service_id", "version", "title", "applicant", "state", *_SNAPSHOT})
RETURNED = "returned"
"""The kind of the event by which a case is sent back."""


def fold(case_id: str, events: Iterable[StoredEvent]) -> Case:
    """The case that its events, oldest first, add up to; there is at least one."""
    history = list(events)
    return Case(id=case_id, submitted_at=history[0].at, changed_at=history[0].at).after(history)


def of_stored(stored: StoredCase) -> Case:
    """The case of a stored projection."""
    return Case(
        id=stored.id,
        number=stored.number,
        service_id=stored.service_id,
        version=stored.version,
        title=stored.title,
        applicant=stored.applicant,
        state=RouteOutcome(stored.state),
        submitted_at=stored.submitted_at,
        changed_at=stored.changed_at,
        **{name: stored.snapshot.get(name, {}) for name in _SNAPSHOT},  # cases of older releases lack some
        seq=stored.seq,
        finished_at=stored.finished_at,
        returns=stored.returns,
    )
