"""Working time between two moments by the calendar, for whole columns at once."""

from __future__ import annotations

from datetime import date, time, timedelta

import numpy as np
from numpy.typing import NDArray

from banshi.platform.people.calendar import Calendar

Moments = NDArray[np.int64]
"""Whole microseconds since 1970 in UTC."""

SECOND = 1_000_000
_DAY = 86_400
_EAST = 8 * 3600
"""Seconds that the campus's clock is ahead of UTC: China has had no summer time since 1991."""

_FIRST = date(1970, 1, 1)


class Worktime:
    """Counts the office hours of a calendar over a span of days; a year that it does not reach follows the week."""

    def __init__(self, calendar: Calendar, first: int, last: int) -> None:
        """`first` and `last` are the earliest and the latest moment that will be asked for."""
        self._first = _day(first)
        days = [_FIRST + timedelta(days=number) for number in range(self._first, _day(last) + 1)]
        self._spans = [(_seconds(begins), _seconds(ends)) for begins, ends in calendar.hours]
        self._works = np.array([calendar.works(day) for day in days], dtype=np.int64)
        length = sum(ends - begins for begins, ends in self._spans)
        self._before = np.concatenate(([0], np.cumsum(self._works * length)))

    def between(self, since: Moments, until: Moments) -> Moments:
        """The working seconds from each moment to the other, which is not before it."""
        return self._until(until) - self._until(since)

    def _until(self, moments: Moments) -> Moments:
        """The working seconds from the first day to a moment."""
        local = moments // SECOND + _EAST
        day, second = local // _DAY - self._first, local % _DAY
        today = sum(np.clip(second - begins, 0, ends - begins) for begins, ends in self._spans)
        found: Moments = self._before[day] + today * self._works[day]
        return found


def _day(moment: int) -> int:
    """The campus's day of a moment, counted from 1970."""
    return (moment // SECOND + _EAST) // _DAY


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
