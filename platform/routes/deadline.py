"""Deadlines of steps: how a due cell and an overdue cell read, and which instants they come to.

Days are reckoned as the Civil Code of China has it (articles 201 and 203): the day on which a step is asked does not
count, the last day ends when the office closes, and a last day off moves to the next working day. Hours and minutes
count from the instant on: round the clock, or (`工作小时`, `working hours`) while the office is open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from banshi.platform.people.calendar import Calendar
from banshi.platform.people.who import Who
from banshi.platform.workbook.columns import plain
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.values import Value

MOST = 9_999
"""The largest number before a unit, and the largest percentage."""


class Unit(StrEnum):
    """What a span is counted in."""

    WORKING_DAY = "working day"
    DAY = "day"
    WORKING_HOUR = "working hour"
    HOUR = "hour"
    WORKING_MINUTE = "working minute"
    MINUTE = "minute"

    @property
    def office(self) -> bool:
        """Whether only the time counts in which the office is open."""
        return self in (Unit.WORKING_DAY, Unit.WORKING_HOUR, Unit.WORKING_MINUTE)

    @property
    def days(self) -> bool:
        """Whether whole days are counted."""
        return self in (Unit.WORKING_DAY, Unit.DAY)

    @property
    def length(self) -> timedelta:
        """How long one is; only of hours and minutes."""
        return timedelta(hours=1) if self in (Unit.HOUR, Unit.WORKING_HOUR) else timedelta(minutes=1)


UNITS: Mapping[Unit, tuple[str, ...]] = {
    Unit.WORKING_DAY: ("工作日", "working day", "working days", "workday", "workdays", "business day", "business days"),
    Unit.DAY: ("天", "日", "自然日", "day", "days"),
    Unit.WORKING_HOUR: ("工作小时", "工作时", "working hour", "working hours", "office hour", "office hours"),
    Unit.HOUR: ("小时", "时", "hour", "hours", "h"),
    Unit.WORKING_MINUTE: ("工作分钟", "working minute", "working minutes", "office minute", "office minutes"),
    Unit.MINUTE: ("分钟", "分", "minute", "minutes", "min"),
}
_BY_WORD = {plain(word): unit for unit, words in UNITS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Span:
    """So many of a unit."""

    count: int
    unit: Unit

    def text(self, language: str = "zh") -> str:
        """The span for people: `2 工作日`, `2 working days`."""
        if language == "en":
            return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"
        return f"{self.count} {UNITS[self.unit][0]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a step is due: a span after it is asked; or the span that a row of a data sheet gives; or a field's date.

    A table is looked up by the field `key` in its first key column. For a field, `span` is taken off its date (with
    `later` added to it).
    """

    span: Span | None = None
    table: str = ""
    column: str = ""
    key: str = ""
    field: str = ""
    later: bool = False


class Deed(StrEnum):
    """What the platform does by itself about a step that somebody lets wait."""

    REMIND = "remind"
    URGE = "urge"
    ESCALATE = "escalate"
    COPY = "copy"
    PASS = "auto pass"  # noqa: S105  (no password)
    RETURN = "auto return"
    REFUSE = "auto refuse"

    @property
    def decides(self) -> bool:
        """Whether it ends the step in somebody's place."""
        return self in (Deed.PASS, Deed.RETURN, Deed.REFUSE)


@dataclass(frozen=True, slots=True)
class Overdue:
    """A deed when so many per cent of the time are over; `who` gets the copy of a `copy`."""

    percent: int
    deed: Deed
    who: Who | None = None


DEFAULT_OVERDUE = (Overdue(100, Deed.REMIND),)

_SPAN = re.compile(r"(\d+)\s*个?\s*([^\W\d].*)")
_FIELD = re.compile(r"(?:字段|field)\s*:\s*(.+?)\s*(?:([+-])\s*(\d+[^+\-]*))?", re.IGNORECASE)
_TABLE = re.compile(r"(?:表|table)\s*:\s*([^\[\].]+)(?:\.([^\[\]]+))?\[([^\[\]]+)\]", re.IGNORECASE)
_NAME = re.compile(r"\$\{(.+)\}")


def parse_span(text: str) -> Span | None:
    """`2工作日`, `3个工作日`, `4 hours`; None for anything else."""
    match = _SPAN.fullmatch(_half_width(text))
    unit = _BY_WORD.get(plain(match[2])) if match else None
    if match is None or unit is None or not 0 < int(match[1]) <= MOST:
        return None
    return Span(int(match[1]), unit)


def parse_due(text: str) -> Due | None:
    """A due cell; None when it cannot be read."""
    text = _half_width(text)
    if match := _TABLE.fullmatch(text):
        return Due(table=match[1].strip(), column=(match[2] or "").strip(), key=_bare(match[3]))
    if match := _FIELD.fullmatch(text):
        span = parse_span(match[3]) if match[3] else None
        # Back from a date, only whole days and hours of the clock are plain to everybody.
        if match[3] and (span is None or span.unit in (Unit.WORKING_HOUR, Unit.WORKING_MINUTE)):
            return None
        return Due(field=_bare(match[1]), span=span, later=match[2] == "+")
    span = parse_span(text)
    return None if span is None else Due(span=span)


def _half_width(text: str) -> str:
    return re.sub("[−–]", "-", unicodedata.normalize("NFKC", text)).strip()


def _bare(name: str) -> str:
    return _NAME.sub(r"\1", name.strip()).strip()


def column_of(due: Due, dataset: Dataset) -> str:
    """The column of a data sheet that gives the span: the one that is named, else `时限` or `due`, else the only one
    beside keys and dates; blank when nobody can tell.
    """
    others = [name for name in dataset.columns if name not in (*dataset.keys, "from", "until")]
    if due.column:
        return due.column if due.column in dataset.columns else ""
    called = [name for name in others if plain(name) in ("时限", "due")]
    found = called or others
    return found[0] if len(found) == 1 else ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The instant when a step is due, and those of its overdue deeds in their order."""

    due: datetime
    deeds: tuple[datetime, ...]


@dataclass(frozen=True, kw_only=True)
class Reckoner:
    """What deadlines are reckoned by: the form's names, data sheets and the calendar."""

    names: Mapping[str, Value]
    datasets: Mapping[str, Dataset]
    calendar: Calendar

    def deadline(self, due: Due, overdue: tuple[Overdue, ...], since: datetime) -> Deadline | None:
        """The instants of a step that is asked at `since` (aware, campus time).

        None when nobody can know them: the field is empty, the table has no such row.
        """
        if due.field:
            end, office = self._by_field(due, since), False
        else:
            span = self.span(due, since.date())
            end, office = (None, False) if span is None else (self.after(span, since), span.unit.office)
        if end is None:
            return None
        return Deadline(end, tuple(self._share(since, end, entry.percent, office=office) for entry in overdue))

    def span(self, due: Due, today: date) -> Span | None:
        """The span after which a step is due, where it is known before the step is asked; of a table as of a day."""
        if not due.table:
            return None if due.field else due.span
        dataset, wanted = self.datasets.get(due.table), self.names.get(due.key)
        if dataset is None or wanted is None or isinstance(wanted, tuple):
            return None
        key, column = Cell(wanted).text, column_of(due, dataset)  # type: ignore[arg-type]  # an error value has no text
        rows = (row for row in dataset.rows if row[dataset.keys[0]].text == key and _valid(row, today))
        return next((parse_span(row[column].text) for row in rows if column), None)

    def text(self, due: Due, today: date, language: str = "zh") -> str:
        """When a step is due, for people who foresee it: `2 工作日`, `需求日期 - 1 天`; blank when nobody can know."""
        if not due.field:
            span = self.span(due, today)
            return span.text(language) if span else ""
        return f"{due.field} {'+' if due.later else '-'} {due.span.text(language)}" if due.span else due.field

    def after(self, span: Span, since: datetime) -> datetime:
        """The instant when a span that begins at `since` is over."""
        if span.unit is Unit.WORKING_DAY:
            return self._close(self._working_day(since.date(), span.count), since)
        if span.unit is Unit.DAY:
            last = since.date() + timedelta(days=span.count)
            return self._close(last if self._works(last) else self._working_day(last, 1), since)
        length = span.count * span.unit.length
        return self._office_after(since, length) if span.unit.office else _later(since, length)

    def _by_field(self, due: Due, since: datetime) -> datetime | None:
        value = self.names.get(due.field)
        if isinstance(value, datetime):
            end = value if value.tzinfo else value.replace(tzinfo=since.tzinfo)
        elif isinstance(value, date):
            end = self._close(value, since)
        else:
            return None
        if due.span is None:
            return end
        count = due.span.count if due.later else -due.span.count
        if due.span.unit is Unit.WORKING_DAY:
            return datetime.combine(self._working_day(end.date(), count), end.timetz())
        if due.span.unit is Unit.DAY:
            return end + timedelta(days=count)
        return _later(end, count * due.span.unit.length)

    def _share(self, since: datetime, end: datetime, percent: int, *, office: bool) -> datetime:
        """When so many per cent of the time up to `end` are over; of a date that has passed already, at once."""
        if percent == 100:
            return max(since, end)
        if office:
            return self._office_after(since, self._office_between(since, end) * percent / 100)
        return _later(since, max(end - since, timedelta()) * percent / 100)

    # The office

    def _works(self, day: date) -> bool:
        return self.calendar.works(day)

    def _working_day(self, day: date, count: int) -> date:
        step, left = timedelta(days=1 if count > 0 else -1), abs(count)
        while left:
            day += step
            left -= self._works(day)
        return day

    def _close(self, day: date, like: datetime) -> datetime:
        return datetime.combine(day, self.calendar.hours[-1][1], like.tzinfo)

    def _open(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The times in which the office is open from an instant on, in order, without end."""
        day = since.date()
        while True:
            for begins, ends in self.calendar.hours if self._works(day) else ():
                start, end = _on(day, begins, since), _on(day, ends, since)
                if end > since:
                    yield max(start, since), end
            day += timedelta(days=1)

    def _office_after(self, since: datetime, length: timedelta) -> datetime:
        for start, end in self._open(since):
            if length <= end - start:
                return start + length
            length -= end - start
        raise AssertionError  # the office opens again and again

    def _office_between(self, since: datetime, end: datetime) -> timedelta:
        length = timedelta()
        for start, stop in self._open(since):
            if start >= end:
                break
            length += min(stop, end) - start
        return length


def _on(day: date, at: time, like: datetime) -> datetime:
    return datetime.combine(day, at, like.tzinfo)


def _later(at: datetime, length: timedelta) -> datetime:
    """So much time later, whatever clocks do meanwhile."""
    return (at.astimezone(UTC) + length).astimezone(at.tzinfo)


def _valid(row: Mapping[str, Cell], today: date) -> bool:
    """Whether a row of a dated sheet holds on a day, its last one included."""
    first, last = (row[name].text[:10] if name in row else "" for name in ("from", "until"))
    return (not first or first <= today.isoformat()) and (not last or today.isoformat() <= last)
