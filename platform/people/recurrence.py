"""When something happens again and again: every working day at 7:00, on the last day of the month, in the first week of a term.

Which days, and at which minutes of them: so there is one arithmetic for all. It is that of the clock on the wall of the
campus: where clocks are put forward, what would be skipped comes as soon as they go on; where they are put back, it comes once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from banshi.platform.people.calendar import Calendar

DAYS_LOOKED_AT = 366 * 9
"""How far ahead an instant is looked for: the 29th of February comes after eight years at the latest."""
MOST_COUNTED = 10_000


class Days(StrEnum):
    """The ways to say which days."""

    EVERY = "every day"
    WORKING = "working day"
    OF_WEEK = "day of the week"
    OF_MONTH = "day of the month"
    WORKING_OF_MONTH = "working day of the month"
    OF_YEAR = "day of the year"
    OF_TERM = "day of a week of the term"
    CRON = "cron"


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """See the module. `minutes` are those of the day, in order.

    `numbers` by `days`: 1 (Monday) to 7; 1 to 31, or -1 for the last of the month; the n-th working day of the month, or -1;
    month and day; the week of the term and the day of the week. Of cron they are days of the month, `months` and `week` (1
    Monday to 7) the rest, all empty where the field is a star; as crontab has it, either day is enough where both are told.
    """

    days: Days
    minutes: tuple[int, ...] = (0,)
    numbers: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    week: tuple[int, ...] = ()
    text: str = ""

    def after(self, moment: datetime, calendar: Calendar) -> datetime | None:
        """The first instant after a moment (aware, in campus time); None where there is none for nine years."""
        for ahead in range(DAYS_LOOKED_AT):
            day = moment.date() + timedelta(days=ahead)
            if not self.is_on(day, calendar):
                continue
            for minute in self.minutes:
                if (at := _on_the_clock(day, minute, moment)) > moment:
                    return at
        return None

    def latest(self, since: datetime, until: datetime, calendar: Calendar) -> datetime | None:
        """The last instant that is after `since`, and not after `until`; None where there is none."""
        day = until.date()
        while day >= since.date():
            if self.is_on(day, calendar):
                for minute in reversed(self.minutes):
                    at = _on_the_clock(day, minute, until)
                    if since < at <= until:
                        return at
            day -= timedelta(days=1)
        return None

    def between(self, since: datetime, until: datetime, calendar: Calendar) -> int:
        """How many instants there are after `since` and before `until`; counted up to ten thousand."""
        count, at = 0, self.after(since, calendar)
        while at is not None and at < until and count < MOST_COUNTED:
            count, at = count + 1, self.after(at, calendar)
        return count

    def next(self, moment: datetime, calendar: Calendar, count: int) -> Iterator[datetime]:
        """The first instants after a moment."""
        at = self.after(moment, calendar)
        while at is not None and count > 0:
            yield at
            count, at = count - 1, self.after(at, calendar)

    def is_on(self, day: date, calendar: Calendar) -> bool:
        """Whether it is on a day at all."""
        return _TESTS[self.days](self, day, calendar)


def _on_the_clock(day: date, minute: int, like: datetime) -> datetime:
    """The moment at which the clocks show it first, in the zone of another moment."""
    shown = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=like.tzinfo)
    # By way of UTC, a time that clocks jump over becomes one that they show.
    return shown.astimezone(UTC).astimezone(like.tzinfo)


def _last_of_month(day: date) -> int:
    return ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day


def _of_month(every: Every, day: date, _: Calendar) -> bool:
    return day.day in every.numbers or (-1 in every.numbers and day.day == _last_of_month(day))


def _working_of_month(every: Every, day: date, calendar: Calendar) -> bool:
    if not calendar.works(day):
        return False
    (wanted,) = every.numbers
    if wanted < 0:
        return not any(calendar.works(day.replace(day=later)) for later in range(day.day + 1, _last_of_month(day) + 1))
    return sum(calendar.works(day.replace(day=earlier)) for earlier in range(1, day.day + 1)) == wanted


def _of_term(every: Every, day: date, calendar: Calendar) -> bool:
    week, weekday = every.numbers
    for term in calendar.terms:
        monday = term.since - timedelta(days=term.since.weekday())
        if day == monday + timedelta(days=7 * (week - 1) + weekday - 1):
            return day <= term.until
    return False


def _cron(every: Every, day: date, _: Calendar) -> bool:
    if every.months and day.month not in every.months:
        return False
    of_month, of_week = day.day in every.numbers, day.isoweekday() in every.week
    if every.numbers and every.week:
        return of_month or of_week
    return (of_month or not every.numbers) and (of_week or not every.week)


_TESTS: dict[Days, Callable[[Every, date, Calendar], bool]] = {
    Days.EVERY: lambda _every, _day, _calendar: True,
    Days.WORKING: lambda _, day, calendar: calendar.works(day),
    Days.OF_WEEK: lambda every, day, _: day.isoweekday() in every.numbers,
    Days.OF_MONTH: _of_month,
    Days.WORKING_OF_MONTH: _working_of_month,
    Days.OF_YEAR: lambda every, day, _: (day.month, day.day) == every.numbers,
    Days.OF_TERM: _of_term,
    Days.CRON: _cron,
}
