"""Rotas: a data sheet that says who is on duty when.

Columns, each optional but the person: dates (`from`, `until`, or `date` for one day), `weekday`, times (`start`, `end`).
A blank date, weekday or time limits nothing. A shift whose end is not after its start runs over midnight and belongs to
the day on which it began. A moment at which a shift ends is not in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from banshi.platform.people.sheets import called
from banshi.platform.workbook.columns import plain
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset

FROM = ("from", "起", "开始日期", "起始日期", "start date")
UNTIL = ("until", "止", "结束日期", "截止日期", "end date")
DAY = ("date", "日期", "值班日期")
WEEKDAY = ("weekday", "weekdays", "星期", "周")
START = ("start", "start time", "开始", "开始时间", "上班时间")
END = ("end", "end time", "结束", "结束时间", "下班时间")

LONGEST = 400
"""Days of a rota that are looked through for gaps."""
_ONE_DAY = timedelta(days=1)
_WEEK = date(2001, 1, 1)
"""A Monday: a rota without dates is looked at in the week that begins here."""
_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d)?")
_DAYS = {
    name: number
    for number, names in enumerate(("一1mon", "二2tue", "三3wed", "四4thu", "五5fri", "六6sat", "日7sun"))
    for name in (names[0], names[1], names[2:])
} | {"天": 6}


@dataclass(frozen=True, slots=True)
class Shift:
    """One row: on which days, from when to when. `place` is a cell of it."""

    row: Mapping[str, Cell]
    first: date | None = None
    last: date | None = None
    weekdays: frozenset[int] = frozenset(range(7))
    start: time = time()
    end: time = time()

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """When it begins and ends if it begins on a day; nothing when it does not."""
        if (self.first and day < self.first) or (self.last and day > self.last) or day.weekday() not in self.weekdays:
            return
        over = _ONE_DAY if self.end <= self.start else timedelta()
        yield datetime.combine(day, self.start), datetime.combine(day + over, self.end)

    def on_duty(self, moment: datetime) -> bool:
        """Whether it goes on at a moment, by the clock on the wall."""
        days = (moment.date() - _ONE_DAY, moment.date())
        return any(start <= moment < end for day in days for start, end in self.spans(day))


def shift_of(row: Mapping[str, Cell], dataset: Dataset) -> tuple[Shift, list[Cell]]:
    """A row as a shift, and the cells of it that cannot be read."""
    wrong: list[Cell] = []

    def read(words: tuple[str, ...], reader: Callable[[Cell], object]) -> object:
        column = called(dataset, words)
        cell = row.get(column, Cell()) if column else Cell()
        if cell.blank:
            return None
        found = reader(cell)
        if found is None:
            wrong.append(cell)
        return found

    day = read(DAY, _date)
    first, last = read(FROM, _date), read(UNTIL, _date)
    weekdays, start, end = read(WEEKDAY, _weekdays), read(START, _time), read(END, _time)
    return Shift(
        row=row,
        first=first if isinstance(first, date) else day if isinstance(day, date) else None,
        last=last if isinstance(last, date) else day if isinstance(day, date) else None,
        weekdays=weekdays if isinstance(weekdays, frozenset) else frozenset(range(7)),
        start=start if isinstance(start, time) else time(),
        end=end if isinstance(end, time) else time(),
    ), wrong


@dataclass(frozen=True, slots=True)
class Spans:
    """What a rota leaves open and what it gives twice, in the order of time.

    `gaps` are (from, until); `overlaps` are (earlier shift, later shift, from when). `weekly` when no row has a date:
    then the moments are those of any week.
    """

    gaps: tuple[tuple[datetime, datetime], ...]
    overlaps: tuple[tuple[Shift, Shift, datetime], ...]
    weekly: bool


def spans_of(shifts: list[Shift]) -> Spans:
    """Look a rota through, from its first day to its last, at most `LONGEST` days; without dates, one week."""
    dates = [day for shift in shifts for day in (shift.first, shift.last) if day]
    first = min(dates, default=_WEEK)
    days = min((max(dates) - first).days + 1, LONGEST) if dates else 7
    begin, end = (datetime.combine(first + timedelta(days=n), time()) for n in (0, days))
    found = sorted(
        ((start, finish, at) for at, shift in enumerate(shifts) for n in range(-1, days)
         for start, finish in shift.spans(first + timedelta(days=n)) if finish > begin),
    )  # fmt: skip
    gaps: list[tuple[datetime, datetime]] = []
    overlaps: dict[tuple[int, int], datetime] = {}
    reached, holder = begin, -1
    for start, finish, at in found:
        if start > reached:
            gaps.append((reached, min(start, end)))
        elif start < reached and holder not in (-1, at):
            overlaps.setdefault((min(at, holder), max(at, holder)), start)
        if finish > reached:
            reached, holder = finish, at
    if reached < end:
        gaps.append((reached, end))
    twice = tuple((shifts[one], shifts[other], when) for (one, other), when in overlaps.items())
    return Spans(tuple(gap for gap in gaps if gap[0] < end), twice, not dates)


def _date(cell: Cell) -> date | None:
    value = cell.value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            return None
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def _time(cell: Cell) -> time | None:
    value = cell.value
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, time):
        return value
    found = _TIME.fullmatch(plain(cell.text))
    if found is None or (int(found[1]) == 24 and int(found[2])):
        return None
    return time(int(found[1]) % 24, int(found[2]))


def _weekdays(cell: Cell) -> frozenset[int] | None:
    found: set[int] = set()
    for part in filter(None, re.split(r"[\s、,;/]+", plain(cell.text))):
        first, *more = (_weekday(word) for word in re.split(r"[-~至到]", part))
        last = more[0] if more else first
        if first is None or last is None or len(more) > 1:
            return None
        found |= {day % 7 for day in range(first, (last if last >= first else last + 7) + 1)}
    return frozenset(found)


def _weekday(word: str) -> int | None:
    bare = re.sub(r"^(周|星期|礼拜)", "", word)
    return _DAYS.get(bare[:3] if bare.isascii() else bare)
