"""Working time by the calendar, held to a count of every minute.

W1 office hours, weekends, days off and make-up days · W2 a year that the calendar does not reach follows the week.
"""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from banshi.platform.people.calendar import Calendar
from banshi.platform.statistics.worktime import Worktime

CAMPUS = ZoneInfo("Asia/Shanghai")
# The National Day of 2026 (State Council notice): off from 1 to 7 October, work on Saturday 10 October and on Sunday
# 20 September.
DAYS = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True, date(2026, 9, 20): True}
HOURS = ((time(8, 30), time(11, 30)), (time(14), time(17, 30)))


def micros(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


def worked(calendar: Calendar, since: datetime, until: datetime) -> int:
    clock = Worktime(calendar, micros(since), micros(until))
    return int(clock.between(np.array([micros(since)]), np.array([micros(until)]))[0])


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2026-09-28 08:30", "2026-09-28 17:30", 6.5),  # a Monday
        ("2026-09-28 06:00", "2026-09-28 23:00", 6.5),  # before and after hours nobody works
        ("2026-09-28 11:00", "2026-09-28 14:30", 1.0),  # over noon
        ("2026-09-30 17:00", "2026-10-08 09:00", 1.0),  # over the holiday
        ("2026-10-09 17:00", "2026-10-12 08:30", 7.0),  # Saturday is made up, Sunday is not
        ("2026-09-19 10:00", "2026-09-21 08:30", 6.5),  # Sunday is made up
        ("2026-10-03 09:00", "2026-10-03 16:00", 0.0),
        ("2027-01-04 08:30", "2027-01-05 08:30", 6.5),  # a year without days: a Monday
        ("2027-01-02 08:30", "2027-01-03 23:30", 0.0),
    ],
)
def test_w1_w2_known_spans(since: str, until: str, hours: float) -> None:
    begin, end = (datetime.fromisoformat(text).replace(tzinfo=CAMPUS) for text in (since, until))
    assert worked(Calendar(DAYS, HOURS), begin, end) == hours * 3600


def test_w1_as_every_minute_counted() -> None:
    calendar, lots = Calendar(DAYS, HOURS), random.Random(5)
    for _ in range(30):
        begin = datetime(2026, 9, 14, tzinfo=CAMPUS) + timedelta(minutes=lots.randrange(40_000))
        end = begin + timedelta(minutes=lots.randrange(20_000))
        minutes = (begin + timedelta(minutes=i) for i in range((end - begin) // timedelta(minutes=1)))
        counted = sum(calendar.works(m.date()) and any(a <= m.time() < b for a, b in HOURS) for m in minutes)
        assert worked(calendar, begin, end) == counted * 60
