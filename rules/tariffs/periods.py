"""When rows are in force: dates, seasons that come back every year, and the days of a billing period."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from banshi.rules.tariffs.model import Line, Season

Span = tuple[date, date]
"""Days from the first to the last, both included."""

_ONE_DAY = timedelta(days=1)
_YEARS = (date(2024, 1, 1), date(2027, 12, 31))
"""Four years with a leap day: what two seasons have in common shows within them."""


def in_force(line: Line, day: date) -> bool:
    """Whether the row is in force on a day; both its dates are included."""
    return any(True for _ in spans(line, day, day))


def days_in_force(line: Line, first: date, last: date) -> int:
    """On how many days of a period the row is in force."""
    return sum((until - since).days + 1 for since, until in spans(line, first, last))


def spans(line: Line, first: date, last: date) -> Iterator[Span]:
    """The parts of a period in which the row is in force, in order."""
    for since, until in _own_spans(line, first, last):
        start, stop = max(since, first), min(until, last)
        if start <= stop:
            yield start, stop


def unpriced(lines: Iterable[Line], first: date, last: date) -> Span | None:
    """The first days in a row of a period on which none of the rows is in force; None where there are none."""
    day = first
    for since, until in sorted(span for line in lines for span in spans(line, first, last)):
        if since > day:
            return day, since - _ONE_DAY
        if until >= last:
            return None
        day = max(day, until + _ONE_DAY)
    return day, last


def unpriced_season(lines: Iterable[Line]) -> Span | None:
    """The days that some seasons leave out of the year, if any; 29 February counts."""
    return unpriced(lines, *_YEARS)


def same_time(one: Line, other: Line) -> bool:
    """Whether there is a day on which both rows are in force."""
    first, last = _window(one, other)
    own = list(spans(other, first, last))
    return any(since <= stop and start <= until for since, until in spans(one, first, last) for start, stop in own)


def days_between(one: Line, other: Line) -> Span | None:
    """The days between two rows that follow each other, when both have dates; None where they meet or overlap."""
    if one.valid_until is None or other.valid_from is None or (other.valid_from - one.valid_until).days <= 1:
        return None
    return one.valid_until + _ONE_DAY, other.valid_from - _ONE_DAY


def dated(line: Line) -> bool:
    """Whether the row says from when or until when it is in force."""
    return line.season is not None or line.valid_from is not None or line.valid_until is not None


def _own_spans(line: Line, first: date, last: date) -> Iterator[Span]:
    if line.season is None:
        yield line.valid_from or first, line.valid_until or last
        return
    for year in range(max(first.year - 1, 1), min(last.year, 9998) + 1):
        yield season_span(line.season, year)


def season_span(season: Season, year: int) -> Span:
    """The season that begins in a year. 29 February is 1 March (as a beginning) or 28 February in a common year."""
    ends = year + (season.last < season.first)
    start = (3, 1) if season.first == (2, 29) and not isleap(year) else season.first
    stop = (2, 28) if season.last == (2, 29) and not isleap(ends) else season.last
    return date(year, *start), date(ends, *stop)


def _window(*lines: Line) -> Span:
    """Days within which it shows whether rows are ever in force together."""
    given = [day for line in lines for day in (line.valid_from, line.valid_until) if day is not None]
    first, last = min([*given, _YEARS[0]]), max([*given, _YEARS[1]])
    # Whole years on both sides, as far as the calendar goes, so that a season meets an open end.
    return date(max(first.year - 4, 2), 1, 1), date(min(last.year + 4, 9998), 12, 31)
