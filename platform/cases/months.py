"""Counting back months of the calendar."""

from __future__ import annotations

from datetime import datetime, timedelta

_MONTHS = 12


def months_before(now: datetime, months: int) -> datetime:
    """The moment some months before another; of a day that the month does not have, the last one."""
    year, month = divmod(now.year * _MONTHS + now.month - 1 - months, _MONTHS)
    first = now.replace(year=year, month=month + 1, day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return min(first + timedelta(days=now.day - 1), following - timedelta(days=1))
