"""Papers in a store: what was issued of a case, with the data that it prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

VALID, REVOKED = "valid", "revoked"
"""The states of papers. Whether a valid one has expired is for its reader to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPaper:
    """A paper that was issued of a case.

    `code` is what its check page is asked by, `pickup` what a kiosk wants to know as well. `document` is its name on the
    sheet of the `version`, `person` the applicant, `content` the data that it prints and nothing else. `valid_until` is
    the first moment at which it is valid no more. `copies` is how often kiosks print it (0: as often as anybody likes),
    `printed` how often they did. `changed_at`, `changed_by` and `why` are of its revocation.
    """

    code: str
    case_id: str
    service_id: str
    version: str
    person: str
    document: str
    language: str
    number: str
    title: str
    content: Mapping[str, Any]
    issued_at: datetime
    pickup: str
    copies: int = 0
    printed: int = 0
    valid_until: datetime | None = None
    state: str = VALID
    changed_at: datetime | None = None
    changed_by: str = ""
    why: str = ""


LEFT = ("content", "state", "changed_at", "changed_by", "why")
"""What a later command may change of a paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFilter:
    """Which papers; what is empty does not filter."""

    case_id: str = ""
    person: str = ""
    states: tuple[str, ...] = field(default=())


class PaperStore(Protocol):
    """Papers. They are written, revoked and emptied by `commit`."""

    def paper(self, code: str) -> StoredPaper | None:
        """A paper by its code."""
        ...

    def papers(self, which: PaperFilter) -> list[StoredPaper]:
        """Papers, the first issued first."""
        ...

    def count_print(self, code: str) -> StoredPaper | None:
        """Count one more print of a valid paper; None where there is none, it is revoked, or all its copies are printed.

        Of two who print the last copy at once, one is told None.
        """
        ...
