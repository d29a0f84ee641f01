"""Under which number a case is filed, and for how long."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from banshi.platform.service.model import Retention, Service
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.contract import StoredCase
from banshi.storage.media import safe_name

_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]')
"""What Windows allows in no file name."""


@dataclass(frozen=True, slots=True)
class Filing:
    """`number` is the file number, blank where the service names no class; `finished_at` when the case ended."""

    number: str
    retention: Retention | None
    finished_at: datetime

    def kept(self, language: str) -> str:
        """For how long, in words; blank where the service does not say."""
        return self.retention.text(language) if self.retention else ""


def filing_of(case: StoredCase, service: Service) -> Filing:
    """How a case that has ended is filed.

    The number is built as DA/T 22-2015 has it (category·year-retention-item), with the case's number as the item:
    `0012-WS·2026-D30-JY20260001`. The year is that in which the case ended.
    """
    settings, ended = service.settings, case.finished_at or case.changed_at
    year = str(ended.astimezone(CAMPUS_ZONE).year)
    parts = [year, settings.retention.code if settings.retention else "", case.number or case.id]
    number = f"{settings.archive}·{'-'.join(filter(None, parts))}" if settings.archive else ""
    return Filing(number, settings.retention, ended)


def file_name(text: str) -> str:
    """A text as a file name on every system."""
    return safe_name(_NOT_IN_NAMES.sub("-", text))


def apart(name: str, taken: set[str]) -> str:
    """A file name that none of those taken has, whatever the letter case; it is taken from then on."""
    stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
    found, count = name, 1
    while found.casefold() in taken:
        count += 1
        found = f"{stem} ({count}){dot}{ending}"
    taken.add(found.casefold())
    return found
