"""The calendar workbook: days off and make-up working days; every other day follows the week."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from banshi.platform.people.faults import BAD_DAY, BAD_DAY_KIND, BAD_HOURS, BAD_TERM, DUPLICATE_ENTRY
from banshi.platform.workbook.columns import Column, plain, read_header
from banshi.platform.workbook.workbook import Workbook
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import OutsideCalendar

COLUMNS = (
    Column("date", ("date", "日期"), needed=True),
    Column("kind", ("kind", "类型"), needed=True),
    Column("name", ("name", "名称")),
    Column("english_name", ("english_name", "英文名")),
)
HOURS = (
    Column("from", ("from", "上班", "开始"), needed=True),
    Column("until", ("until", "下班", "结束"), needed=True),
    Column("name", ("name", "名称")),
)
TERMS = (
    Column("term", ("term", "学期"), needed=True),
    Column("from", ("from", "开始", "开学"), needed=True),
    Column("until", ("until", "结束", "放假"), needed=True),
)
Hours = tuple[tuple[time, time], ...]
OFFICE_HOURS: Hours = ((time(8), time(12)), (time(14), time(18)))
"""The usual hours of offices, where the calendar has no hours sheet: a day of eight hours (Labour Law, article 36)."""
_WORKING = {"上班": True, "work": True, "调休": True, "休息": False, "off": False, "放假": False}
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class SchoolTerm:
    """A term with its first and its last day; its first week is the one in which the first day is."""

    name: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days that do not follow the week (True for a make-up working day, False for a day off), and the office hours.

    `hours` are the times of every working day, in order; there is at least one. `terms` are in the order of their days.
    """

    days: Mapping[date, bool] = field(default_factory=dict)
    hours: Hours = OFFICE_HOURS
    terms: tuple[SchoolTerm, ...] = ()

    def is_working_day(self, day: date) -> bool:
        """Whether people work on a day; OutsideCalendar when the calendar does not reach its year."""
        if day in self.days:
            return self.days[day]
        if not any(known.year == day.year for known in self.days):
            raise OutsideCalendar(day.year)
        return day.weekday() < _SATURDAY

    def works(self, day: date) -> bool:
        """The same for a deadline, which always has to end: a year that the calendar does not reach follows the week."""
        try:
            return self.is_working_day(day)
        except OutsideCalendar:
            return day.weekday() < _SATURDAY

    def add_working_days(self, day: date, count: int) -> date:
        """The working day that is `count` working days after a day (before it, when negative)."""
        step = timedelta(days=1 if count >= 0 else -1)
        left = abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days there are from `first` to `last`, both counted."""
        return sum(self.is_working_day(first + timedelta(days=i)) for i in range((last - first).days + 1))


def read_calendar(workbook: Workbook) -> tuple[Calendar, list[Diagnostic]]:
    """The calendar that a workbook describes; what cannot be understood is left out and named at its cell."""
    days: dict[date, bool] = {}
    found: list[Diagnostic] = []
    for sheet in workbook.of_kind("calendar"):
        header, faults = read_header(sheet, sheet.rows[0], COLUMNS, others=True)
        found += faults
        for record in header.records(sheet.rows[1:]):
            day, kind = record["date"].value, plain(record["kind"].text)
            day = day.date() if isinstance(day, datetime) else day
            if not isinstance(day, date):
                found.append(BAD_DAY.at(record["date"].place, text=record["date"].text))
            elif kind not in _WORKING:
                found.append(BAD_DAY_KIND.at(record["kind"].place, text=record["kind"].text))
            elif day in days:
                found.append(DUPLICATE_ENTRY.at(record["date"].place, name=day.isoformat()))
            else:
                days[day] = _WORKING[kind]
    hours, terms = _hours(workbook, found) or OFFICE_HOURS, _terms(workbook, found)
    return Calendar(days, hours, terms), found


def _terms(workbook: Workbook, found: list[Diagnostic]) -> tuple[SchoolTerm, ...]:
    """The terms in the order of their days; those that end before they begin, or begin before others end, are named."""
    terms: list[SchoolTerm] = []
    for sheet in workbook.of_kind("terms"):
        if not sheet.rows:
            continue
        header, faults = read_header(sheet, sheet.rows[0], TERMS, others=True)
        found += faults
        for record in header.records(sheet.rows[1:]):
            since, until = (_day(record[name].value) for name in ("from", "until"))
            if (
                since is None
                or until is None
                or since > until
                or any(since <= t.until and t.since <= until for t in terms)
            ):
                found.append(BAD_TERM.at(record.first, name=record["term"].text))
            else:
                terms.append(SchoolTerm(record["term"].text, since, until))
    return tuple(sorted(terms, key=lambda term: term.since))


def _day(value: object) -> date | None:
    """A day, also where it was typed as text: `2026-09-07`."""
    if isinstance(value, str) and (shape := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", value.strip())):
        try:
            return date(*map(int, shape.groups()))
        except ValueError:
            return None
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def _hours(workbook: Workbook, found: list[Diagnostic]) -> Hours:
    """The times of the hours sheet in order; those that end before they begin, or begin before others end, are named."""
    hours: list[tuple[time, time]] = []
    for sheet in workbook.of_kind("hours"):
        if not sheet.rows:
            continue
        header, faults = read_header(sheet, sheet.rows[0], HOURS, others=True)
        found += faults
        for record in header.records(sheet.rows[1:]):
            begins, ends = (_time(record[name].value) for name in ("from", "until"))
            if begins is None or ends is None or begins >= ends or any(b < ends and begins < e for b, e in hours):
                found.append(BAD_HOURS.at(record.first, text=f"{record['from'].text}-{record['until'].text}"))
            else:
                hours.append((begins, ends))
    return tuple(sorted(hours))


def _time(value: object) -> time | None:
    """A time of day, also where it was typed as text: `8:30`."""
    if isinstance(value, str) and re.fullmatch(r"\d{1,2}[:：]\d{2}", value):
        hour, minute = map(int, re.split("[:：]", value))
        return time(hour, minute) if hour < 24 and minute < 60 else None
    return value if isinstance(value, time) else None
