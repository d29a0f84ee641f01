"""What passes are checked by, and what comes of it: gates, scans, answers."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from banshi.platform.people.directory import Person


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate that checks by itself: its name, and the place where it stands."""

    name: str

    @property
    def place(self) -> str:
        """Its name up to a slash: several gates stand at one place."""
        return self.name.partition("/")[0].strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What is checked: a code (for a keeper also the number of a case), where, in which direction (blank: as it fits).

    `id` is the caller's own for this scan; the same id again gets the first answer.
    """

    id: str
    code: str
    place: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a gate is told. `reason` is one of `scans.SAID`, `message` the same for people; `shows` labels and values.

    `since` and `until` are the moments between which the pass counts.
    """

    allowed: bool
    reason: str
    message: str
    direction: str = ""
    title: str = ""
    place: str = ""
    since: datetime | None = None
    until: datetime | None = None
    shows: Sequence[Sequence[str]] = ()
    repeated: bool = False


def who_checks(by: Person | Gate) -> str:
    """The name of a gate, or the id of a keeper."""
    return by.name if isinstance(by, Gate) else by.id


def plain_place(place: str) -> str:
    """A place as it is compared: half width, without blanks, letter case folded."""
    return "".join(unicodedata.normalize("NFKC", place).split()).casefold()
