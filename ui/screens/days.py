"""Days as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta

from banshi.rules.values import CAMPUS_ZONE


def last_day(until: datetime | None) -> str:
    """The last day of a time that ends before a moment; an empty text for one without end."""
    return "" if until is None else (until.astimezone(CAMPUS_ZONE) - timedelta(microseconds=1)).date().isoformat()
