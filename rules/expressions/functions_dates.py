"""Functions of dates and times. A day is a day on the local clock; `now` is what the environment says."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from banshi.rules.expressions import faults
from banshi.rules.expressions.convert import (
    ARITHMETIC,
    Problem,
    bad_argument,
    clock_of,
    settle,
    to_date,
    to_moment,
    to_whole,
    wrong,
)
from banshi.rules.expressions.operators import EPOCH, days_between, shift
from banshi.rules.expressions.registry import Context, function
from banshi.rules.values import Kind, Value

_A_DAY = 86_400
_MILLION = 1_000_000
_MOST = 32_767
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@function(
    "date", Kind.DATE, "year_or_value: any", "month: number?", "day: number?",
    words=("datevalue", "日期"), context=True,
    zh="三个参数：年、月、日（月、日可超界，小于 1900 的年加 1900，同 Excel）；一个参数：把文字或 1970-01-01 起的天数转成日期。",
    en="Three arguments: year, month, day (which may overflow; 1900 is added to a year below it, as in Excel); one: a text or days since 1970-01-01.",
    example='date("2026-09-01")', shows="2026-09-01", source="Excel DATE, XLSForm date",
)  # fmt: skip
def date_(context: Context, value: Value, month: Decimal | None = None, day: Decimal | None = None) -> Value:
    """Make a day."""
    if month is None:
        if isinstance(value, Decimal):
            moved = shift(EPOCH, value)
            return moved.date() if isinstance(moved, datetime) else moved
        return to_date(value, context.env.now.tzinfo)
    if day is None:
        raise bad_argument("年、月、日三个参数要写全", "year, month and day are all needed")
    if value is None or value == "":
        return None
    if not isinstance(value, Decimal):
        raise wrong(value, Kind.NUMBER)
    years = to_whole(value, 0, 9999)
    first = _months_later(date(years + 1900 if years < 1900 else years, 1, 1), to_whole(month, -120_000, 120_000) - 1)
    return shift(first, Decimal(to_whole(day, -4_000_000, 4_000_000) - 1))


@function("today", Kind.DATE, words=("今天",), context=True, zh="今天。", en="Today.",
    example="year(today()) > 2000", shows="TRUE", source="Excel, XLSForm")  # fmt: skip
def today(context: Context) -> Value:
    """Give the local day."""
    return context.env.now.date()


@function("now", Kind.DATETIME, words=("现在", "此刻"), context=True,
    zh="现在的日期和时间。", en="The date and time of now.",
    example="date(now()) = today()", shows="TRUE", source="Excel, XLSForm")  # fmt: skip
def now(context: Context) -> Value:
    """Give the moment."""
    return context.env.now


@function("year", Kind.NUMBER, "date: date", words=("年", "年份"), zh="年份。", en="The year.",
    example='year("2026-09-01")', shows="2026", source="Excel")  # fmt: skip
def year(day: date) -> Value:
    """Give the year."""
    return Decimal(day.year)


@function("month", Kind.NUMBER, "date: date", words=("月", "月份"), zh="月份，1 到 12。", en="The month, 1 to 12.",
    example='month("2026-09-01")', shows="9", source="Excel")  # fmt: skip
def month_(day: date) -> Value:
    """Give the month."""
    return Decimal(day.month)


@function("day", Kind.NUMBER, "date: date", words=("日",), zh="一个月中的第几日。", en="The day of the month.",
    example='day("2026-09-01")', shows="1", source="Excel")  # fmt: skip
def day_(day: date) -> Value:
    """Give the day of the month."""
    return Decimal(day.day)


@function("hour", Kind.NUMBER, "moment: any", words=("小时",), context=True,
    zh="小时，0 到 23。", en="The hour, 0 to 23.",
    example='hour("2026-09-01T14:30:00")', shows="14", source="Excel")  # fmt: skip
def hour(context: Context, moment: Value) -> Value:
    """Give the hour."""
    clock = _clock(context, moment)
    return None if clock is None else Decimal(clock.hour)


@function("minute", Kind.NUMBER, "moment: any", words=("分钟",), context=True,
    zh="分钟，0 到 59。", en="The minute, 0 to 59.",
    example='minute("2026-09-01T14:30:00")', shows="30", source="Excel")  # fmt: skip
def minute(context: Context, moment: Value) -> Value:
    """Give the minute."""
    clock = _clock(context, moment)
    return None if clock is None else Decimal(clock.minute)


@function("second", Kind.NUMBER, "moment: any", words=("秒",), context=True,
    zh="最接近的秒，0 到 59（时和分不进位）。", en="The nearest second, 0 to 59; hours and minutes are not rounded.",
    example='second("2026-09-01T14:30:05")', shows="5", source="Excel")  # fmt: skip
def second(context: Context, moment: Value) -> Value:
    """Give the nearest second. HOUR and MINUTE do not round, as in Calc: 0.999999 is 23 h 59 min, and its second is 0."""
    clock = _clock(context, moment)
    return None if clock is None else Decimal((clock.second + (clock.microsecond >= _MILLION // 2)) % 60)


def _time_of(microseconds: int) -> time:
    seconds, rest = divmod(microseconds % (_A_DAY * _MILLION), _MILLION)
    minutes, second = divmod(seconds, 60)
    return time(*divmod(minutes, 60), second, rest)


def _clock(context: Context, moment: Value) -> time | None:
    """The time of day of a moment, of a text such as `08:30`, or of a number: its fraction is a part of a day (Excel)."""
    if isinstance(moment, Decimal):
        part = ARITHMETIC.remainder(settle(moment), Decimal(1))
        microseconds = int(ARITHMETIC.multiply(part, Decimal(_A_DAY * _MILLION)).to_integral_value(ROUND_HALF_UP))
        if microseconds < 0:
            raise wrong(moment, Kind.TIME)
        return _time_of(microseconds)
    if isinstance(moment, time):
        return moment
    if isinstance(moment, str) and (clock := clock_of(moment)) is not None:
        return clock
    found = to_moment(moment, context.env.now.tzinfo)
    return None if found is None else found.time()


@function("time", Kind.TIME, "hour: number", "minute: number", "second: number?", words=("时间",),
    zh="由时、分、秒得到时间；超过一天的部分去掉（同 Excel）。",
    en="A time of day from hours, minutes and seconds; what goes beyond a day is dropped, as in Excel.",
    example="time(8, 30, 0)", shows="08:30:00", source="Excel")  # fmt: skip
def time_(hours: Decimal, minutes: Decimal, seconds: Decimal = Decimal(0)) -> Value:
    """Make a time of day."""
    hour, minute, second = (to_whole(part, -_MOST, _MOST) for part in (hours, minutes, seconds))
    total = hour * 3600 + minute * 60 + second
    if total < 0:
        raise bad_argument("时间不能为负", "a time of day cannot be negative")
    return _time_of(total * _MILLION)


@function("weekday", Kind.NUMBER, "date: date", "type: number?", words=("星期",),
    zh="星期几：缺省 1 是星期日到 7 是星期六；第二个参数 2：1 是星期一到 7 是星期日；3：0 是星期一；11 到 17：从星期一到星期日起数。",
    en="The day of the week: 1 Sunday to 7 Saturday; with type 2, 1 Monday to 7 Sunday; with type 3, 0 Monday; with 11 to 17, 1 is Monday to Sunday.",
    example='weekday("2026-09-01", 2)', shows="2", source="Excel")  # fmt: skip
def weekday(day: date, kind: Decimal = Decimal(1)) -> Value:
    """Number the day of the week."""
    which = to_whole(kind, 1, 17)
    if which == 3:
        return Decimal(day.weekday())
    if 3 < which < 11:
        raise Problem(faults.BAD_OPTION, function="weekday", option=str(which), options="1, 2, 3, 11 … 17")
    first = {1: 6, 2: 0}.get(which, which - 11)
    return Decimal((day.weekday() - first) % 7 + 1)


def _months_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of a month that is shorter; raises `Problem`."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= years <= 9999:
        raise Problem(faults.OUT_OF_RANGE)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


@function("edate", Kind.DATE, "date: date", "months: number", words=("月后",),
    zh="几个月之后（负数：之前）的同一天；该月没有这一天时为月末。",
    en="The same day some months later; the end of the month where there is no such day.",
    example='edate("2026-01-31", 1)', shows="2026-02-28", source="Excel")  # fmt: skip
def edate(day: date, months: Decimal) -> Value:
    """Move by months."""
    return _months_later(day, to_whole(months, -120_000, 120_000))


@function("eomonth", Kind.DATE, "date: date", "months: number", words=("月末",),
    zh="几个月之后那个月的最后一天。", en="The last day of the month that lies some months later.",
    example='eomonth("2026-01-15", 1)', shows="2026-02-28", source="Excel")  # fmt: skip
def eomonth(day: date, months: Decimal) -> Value:
    """Move by months, then to the end."""
    later = _months_later(day.replace(day=1), to_whole(months, -120_000, 120_000))
    return later.replace(day=calendar.monthrange(later.year, later.month)[1])


@function("days", Kind.NUMBER, "end: date", "start: date", words=("天数",),
    zh="从开始到结束有几天（先写结束日期）。", en="The days from start to end (the end comes first).",
    example='days("2026-09-10", "2026-09-01")', shows="9", source="Excel")  # fmt: skip
def days(end: date, start: date) -> Value:
    """Count days."""
    return Decimal((end - start).days)


def _in_month(year: int, month: int, day: int) -> date:
    """A day of a month; one that the month does not have is in the next."""
    return date(year, month, 1) + timedelta(days=day - 1)


@function("datedif", Kind.NUMBER, "start: date", "end: date", "unit: text", words=("日期差",),
    zh='满几年 "Y"、满几个月 "M"、几天 "D"；去掉整年的月数 "YM"、去掉整年的天数 "YD"、去掉整月的天数 "MD"。',
    en='Whole years "Y", months "M" or days "D"; months beyond years "YM", days beyond years "YD" or months "MD".',
    example='datedif("2024-09-01", "2026-08-31", "Y")', shows="1", source="Excel")  # fmt: skip
def datedif(start: date, end: date, unit: str) -> Value:
    """Count whole units.

    Microsoft calls MD inaccurate and says nothing of 29 February under YD; here both are LibreOffice Calc's: a day that
    the month before the end (MD) or the last such year (YD) does not have is a day of the next month, so that the days
    from 31 January to 1 March 2026 are -2 under MD.
    """
    if end < start:
        raise bad_argument("结束日期早于开始日期", "the end lies before the start")
    months = _months(start, end)
    match unit.strip().upper():
        case "Y":
            return Decimal(months // 12)
        case "M":
            return Decimal(months)
        case "D":
            return Decimal((end - start).days)
        case "YM":
            return Decimal(months % 12)
        case "YD":
            years = end.year - ((end.month, end.day) < (start.month, start.day))
            return Decimal((end - _in_month(years, start.month, start.day)).days)
        case "MD":
            month = end.year * 12 + end.month - 1 - (end.day < start.day)
            return Decimal((end - _in_month(month // 12, month % 12 + 1, start.day)).days)
        case _:
            raise Problem(faults.BAD_OPTION, function="datedif", option=unit, options="Y, M, D, YM, YD, MD")


@function("difference-in-months", Kind.NUMBER, "start: date", "end: date",
    zh="两个日期之间满几个月；第二个日期在前时是负数。",
    en="Whole months between two dates; negative where the second is the earlier one.",
    example='difference-in-months("2026-01-15", "2026-09-14")', shows="7", source="XLSForm (CHT)")  # fmt: skip
def difference_in_months(start: date, end: date) -> Value:
    """Count whole months, as the Community Health Toolkit does."""
    return Decimal(_months(start, end) if start <= end else -_months(end, start))


def _months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


@function("decimal-date-time", Kind.NUMBER, "moment: any", context=True,
    zh="1970-01-01 零点（当地时间）起的天数，带小数。",
    en="Days since midnight of 1970-01-01 on the local clock, with a fraction.",
    example='decimal-date-time("1970-01-02")', shows="1", source="XLSForm")  # fmt: skip
def decimal_date_time(context: Context, moment: Value) -> Value:
    """Count days since the epoch."""
    zone = context.env.now.tzinfo
    found = to_moment(moment, zone)
    return None if found is None else days_between(EPOCH, found, zone)


@function("decimal-time", Kind.NUMBER, "moment: any", context=True,
    zh="一天中过去的部分，0 到 1 之间。", en="The part of the day that has passed, between 0 and 1.",
    example='decimal-time("12:00")', shows="0.5", source="XLSForm")  # fmt: skip
def decimal_time(context: Context, moment: Value) -> Value:
    """Divide the clock by a day."""
    clock = _clock(context, moment)
    if clock is None:
        return None
    gone = timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)
    return ARITHMETIC.divide(Decimal(gone // timedelta(microseconds=1)), Decimal(_A_DAY * _MILLION))


@function("date-time", Kind.DATETIME, "value: any", words=("日期时间",), context=True,
    zh="把文字、日期或 1970-01-01 起的天数转成日期时间。",
    en="A text, a date or days since 1970-01-01 as a date with time.",
    example='date-time("2026-09-01T08:30:00")', shows="2026-09-01 08:30:00", source="XLSForm")  # fmt: skip
def date_time(context: Context, value: Value) -> Value:
    """Make a moment."""
    if isinstance(value, Decimal):
        return shift(datetime.combine(EPOCH, time()), value)
    return to_moment(value, context.env.now.tzinfo)


@function("format-date", Kind.TEXT, "date: moment", "format: text", words=("format-date-time", "日期格式"),
    zh="按格式写日期：%Y 年 %m 月 %d 日 %n %e 不补零 %y 两位年 %b %a 英文缩写 %H %h %M %S 时分秒 %3 毫秒。",
    en="A date in a format: %Y %m %d, %n %e without zeros, %y two digits, %b %a short names, %H %h %M %S, "
    "%3 for milliseconds.",
    example='format-date("2026-09-01", "%Y年%n月%e日")', shows="2026年9月1日", source="XLSForm")  # fmt: skip
def format_date(moment: datetime, pattern: str) -> Value:
    """Fill a format."""
    parts = {
        "Y": f"{moment.year:04d}", "y": f"{moment.year % 100:02d}", "m": f"{moment.month:02d}", "n": str(moment.month),
        "b": _MONTHS[moment.month - 1], "d": f"{moment.day:02d}", "e": str(moment.day), "a": _DAYS[moment.weekday()],
        "H": f"{moment.hour:02d}", "h": str(moment.hour), "M": f"{moment.minute:02d}", "S": f"{moment.second:02d}",
        "3": f"{moment.microsecond // 1000:03d}", "%": "%",
    }  # fmt: skip

    def fill(found: re.Match[str]) -> str:
        if found[1] not in parts:
            raise Problem(faults.BAD_OPTION, function="format-date", option=found[0], options="%Y %m %d %n %e %y %b %a")
        return parts[found[1]]

    return re.sub(r"%(.)", fill, pattern)
