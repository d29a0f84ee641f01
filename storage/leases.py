"""When what was taken by one server may be taken by another: its lease is over, or the clock went back since.

Two servers read their clocks before they take something, and come to it in another order: what was taken a moment ahead of
our clock is somebody's who is at work, and no sign of a clock that went back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, or_

CLOCKS_APART = timedelta(minutes=1)
"""By how much the clocks of servers may differ."""


def free(table: Table, now: datetime) -> ColumnElement[bool]:
    """Whether a row with `free_at` and `taken_at` may be taken, as a condition."""
    return or_(table.c.free_at <= now, table.c.taken_at > now + CLOCKS_APART)
