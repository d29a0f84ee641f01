"""Functions of working days: Excel's, which know only the week and a list of holidays, and those of the campus calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from banshi.rules.expressions import faults
from banshi.rules.expressions.convert import Problem, spread, to_date, to_whole
from banshi.rules.expressions.model import CalendarView, OutsideCalendar
from banshi.rules.expressions.operators import MAX_DAYS, shift
from banshi.rules.expressions.registry import Context, function
from banshi.rules.values import Kind, Value

_SATURDAY = 5


def _holidays(context: Context, values: Iterable[Value]) -> set[date]:
    """The holidays that fall on a weekday; raises `Problem` for what is no date."""
    days = (to_date(value, context.env.now.tzinfo) for value in spread(values))
    return {day for day in days if day is not None and day.weekday() < _SATURDAY}


def weekdays(first: date, last: date) -> int:
    """How many of the days from `first` to `last` (both counted, `first` not later) are Monday to Friday."""
    weeks, rest = divmod((last - first).days + 1, 7)
    return weeks * 5 + sum((first.weekday() + i) % 7 < _SATURDAY for i in range(rest))


@function("networkdays", Kind.NUMBER, "start: date", "end: date", "holidays: list*", words=("周工作日数",), context=True,
    zh="从开始到结束（含两端）有几个星期一到星期五，减去第三个参数列出的假日；先后颠倒时为负数（同 Excel，不看校历）。",
    en="The days from start to end, both counted, that are Monday to Friday and not among the holidays; negative when "
    "the end comes first. As in Excel: the campus calendar is not asked.",
    example='networkdays("2012-10-01", "2013-03-01")', shows="110", source="Excel")  # fmt: skip
def networkdays(context: Context, start: date, end: date, *holidays: Value) -> Value:
    """Count the days of the week."""
    first, last = min(start, end), max(start, end)
    free = sum(first <= day <= last for day in _holidays(context, holidays))
    return Decimal((weekdays(first, last) - free) * (1 if start <= end else -1))


@function("workday", Kind.DATE, "start: date", "count: number", "holidays: list*", words=("周工作日后",), context=True,
    zh="几个工作日（星期一到星期五，不含列出的假日）之后的日期；负数向前（同 Excel，不看校历）。",
    en="The date some working days (Monday to Friday, no holiday of the list) later, or earlier when negative. As in "
    "Excel: the campus calendar is not asked.",
    example='workday("2008-10-01", 151)', shows="2009-04-30", source="Excel")  # fmt: skip
def workday(context: Context, start: date, count: Decimal, *holidays: Value) -> Value:
    """Go from weekday to weekday: whole weeks at once, then day by day, then once more for every holiday passed."""
    left = to_whole(count, -MAX_DAYS, MAX_DAYS)
    free = _holidays(context, holidays)
    step = 1 if left >= 0 else -1
    day = start
    while left:
        weeks = max(abs(left) - 1, 0) // 5
        before = day
        day = shift(day, Decimal(7 * weeks * step))
        left -= 5 * weeks * step
        while left:
            day = shift(day, Decimal(step))
            left -= step * (day.weekday() < _SATURDAY)
        passed = {found for found in free if (found - before).days * step > 0 and (day - found).days * step >= 0}
        left = len(passed) * step
    return day


@function("working-days", Kind.NUMBER, "from: date", "to: date", words=("工作日数",), context=True,
    zh="按校历从开始到结束（含两端）有几个工作日：放假不算，调休上班算；先后颠倒时为负数。",
    en="The working days of the campus calendar from one day to another, both counted: days off do not count, make-up "
    "days do; negative when the end comes first.",
    example='working-days("2026-09-28", "2026-10-11")', shows="6", source="Banshi")  # fmt: skip
def working_days(context: Context, start: date, end: date) -> Value:
    """Ask the calendar."""
    calendar = _calendar(context)
    try:
        counted = calendar.working_days_between(min(start, end), max(start, end))
    except OutsideCalendar as outside:
        raise Problem(faults.OUTSIDE_CALENDAR, year=outside.year) from None
    return Decimal(counted if start <= end else -counted)


@function("add-working-days", Kind.DATE, "date: date", "count: number", words=("工作日后",), context=True,
    zh="按校历几个工作日之后（负数：之前）的日期，当天不算。",
    en="The date some working days of the campus calendar later (earlier when negative); the day itself is not counted.",
    example='add-working-days("2026-09-30", 2)', shows="2026-10-09", source="Banshi")  # fmt: skip
def add_working_days(context: Context, day: date, count: Decimal) -> Value:
    """Ask the calendar."""
    calendar, steps = _calendar(context), to_whole(count, -MAX_DAYS, MAX_DAYS)
    try:
        return calendar.add_working_days(day, steps)
    except OutsideCalendar as outside:
        raise Problem(faults.OUTSIDE_CALENDAR, year=outside.year) from None


def _calendar(context: Context) -> CalendarView:
    if context.env.calendar is None:
        raise Problem(faults.NO_CALENDAR)
    return context.env.calendar
