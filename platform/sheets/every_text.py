"""What a cell says of when: `每工作日 07:00`, `every Monday 8:00`, `每月最后工作日`, `0 7 * * 1-5`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from banshi.platform.people.recurrence import Days, Every

_LAST_MINUTE = 24 * 60
_TIME = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?![\d:])")
_BETWEEN = re.compile(r"(?:\s|\bat\b|\band\b|[、,和在])+$")
_WEEKDAYS: Mapping[str, int] = {
    **{sign: at for at, sign in enumerate("一二三四五六日", 1)}, "天": 7,
    **{name: at for at, names in enumerate((("monday", "mon"), ("tuesday", "tue"), ("wednesday", "wed"), ("thursday", "thu"),
       ("friday", "fri"), ("saturday", "sat"), ("sunday", "sun")), 1) for name in names},
}  # fmt: skip
_MONTHS = {
    name: at
    for at, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_NUMBER = {sign: at for at, sign in enumerate("一二三四五六七八九十", 1)}
_SIGN = r"(?:周|星期)?([一二三四五六日天])"
_NAME = r"(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?"
_ORDINAL = r"(\d{1,2})(?:st|nd|rd|th)?"


def parse_every(text: str) -> Every | None:
    """What a text says; None where it cannot be read, or where such a day never comes (the 30th of February)."""
    said = unicodedata.normalize("NFKC", text).strip().casefold()
    if (cron := _cron(said.removeprefix("cron").strip())) is not None:
        return replace(cron, text=text.strip())
    times = _TIME.findall(said)
    minutes = sorted({int(hour) * 60 + int(minute) for hour, minute in times})
    if any(int(minute) >= 60 for _, minute in times) or (minutes and minutes[-1] >= _LAST_MINUTE):
        return None
    days = re.sub(r"\s+", " ", _TIME.sub(" ", said)).strip(" 、,")
    days = _BETWEEN.sub("", days)
    for pattern, make in _SHAPES:
        shape = re.fullmatch(pattern, days) or re.fullmatch(pattern, days.replace(" ", ""))
        if shape is not None and (made := make(shape, tuple(minutes) or (0,))) is not None:
            return replace(made, text=text.strip())
    return None


Minutes = tuple[int, ...]
Make = Callable[[re.Match[str], Minutes], Every | None]


def _on(days: Days) -> Make:
    return lambda _, minutes: Every(days=days, minutes=minutes)


def _week(shape: re.Match[str], minutes: Minutes) -> Every | None:
    named = re.findall(r"[一二三四五六日天]|mon|tue|wed|thu|fri|sat|sun", shape[1])
    numbers = [_WEEKDAYS[name] for name in named]
    if re.search(r"至|到|-|\bto\b|–", shape[1]):
        if len(numbers) != 2 or numbers[0] >= numbers[1]:
            return None
        numbers = list(range(numbers[0], numbers[1] + 1))
    return Every(days=Days.OF_WEEK, minutes=minutes, numbers=tuple(sorted(set(numbers))))


def _month(shape: re.Match[str], minutes: Minutes) -> Every | None:
    numbers = sorted({int(number) for number in re.findall(r"\d+", shape[1])})
    if not numbers or not 1 <= numbers[0] <= numbers[-1] <= 31:
        return None
    return Every(days=Days.OF_MONTH, minutes=minutes, numbers=tuple(numbers))


def _last_day(_: re.Match[str], minutes: Minutes) -> Every:
    return Every(days=Days.OF_MONTH, minutes=minutes, numbers=(-1,))


def _working_of_month(shape: re.Match[str], minutes: Minutes) -> Every | None:
    wanted = next(filter(None, shape.groups()), "")
    number = {"最后": -1, "last": -1, "首": 1, "first": 1}.get(wanted) or _NUMBER.get(wanted) or int(wanted)
    return Every(days=Days.WORKING_OF_MONTH, minutes=minutes, numbers=(number,)) if -1 <= number <= 23 else None


def _year(shape: re.Match[str], minutes: Minutes) -> Every | None:
    month, day = int(shape[1]), int(shape[2])
    try:
        date(2024, month, day)  # a leap year
    except ValueError:
        return None
    return Every(days=Days.OF_YEAR, minutes=minutes, numbers=(month, day))


def _term(shape: re.Match[str], minutes: Minutes) -> Every | None:
    week = _NUMBER.get(shape[1]) or int(shape[1])
    return (
        Every(days=Days.OF_TERM, minutes=minutes, numbers=(week, _WEEKDAYS[shape[2] or "一"])) if week <= 30 else None
    )


def _hourly(_: re.Match[str], minutes: Minutes) -> Every | None:
    return Every(days=Days.EVERY, minutes=tuple(range(0, _LAST_MINUTE, 60))) if minutes == (0,) else None


def _each_minutes(shape: re.Match[str], minutes: Minutes) -> Every | None:
    step = int(shape[1])
    good = minutes == (0,) and 5 <= step <= 60 and 60 % step == 0
    return Every(days=Days.EVERY, minutes=tuple(range(0, _LAST_MINUTE, step))) if good else None


_SHAPES: tuple[tuple[str, Make], ...] = (
    (r"每[天日]|every ?day|daily", _on(Days.EVERY)),
    (r"每个?工作日|every ?(?:working day|workday)", _on(Days.WORKING)),
    (rf"每((?:周|星期)[一二三四五六日天](?:[、,和至到-]*{_SIGN})*)", _week),
    (rf"every ?({_NAME}(?: ?(?:,|and|to|-|–) ?{_NAME})*)", _week),
    (r"每月((?:\d{1,2}[日号]?[、,和]?)*\d{1,2}[日号])", _month),
    (rf"every ?month ?on ?the ?({_ORDINAL}(?: ?(?:,|and) ?{_ORDINAL})*)", _month),
    (r"每月(?:最后一[天日]|月?末|月?底)|(?:every ?month ?on ?the ?)?last ?day(?: ?of ?the ?month)?", _last_day),
    (r"每月(最后|首)(?:一?个)?工作日", _working_of_month),
    (r"每月第([一二三四五六七八九十]|\d{1,2})个工作日", _working_of_month),
    (rf"(?:every ?month ?on ?the ?)?(?:(last|first)|{_ORDINAL}) ?working ?day(?: ?of ?the ?month)?", _working_of_month),
    (r"每年(\d{1,2})月(\d{1,2})[日号]", _year),
    (r"every ?year ?on ?(\d{1,2})-(\d{1,2})", _year),
    (rf"每学期第([一二三四五六七八九十]|\d{{1,2}})周(?:{_SIGN})?", _term),
    (rf"every ?term,? ?week ?(\d{{1,2}})(?: ?,? ?{_NAME})?", _term),
    (r"每个?小时|every ?hour|hourly", _hourly),
    (r"每隔?(\d{1,2})分钟", _each_minutes),
    (r"every ?(\d{1,2}) ?minutes", _each_minutes),
)  # fmt: skip


def _cron(text: str) -> Every | None:
    """Five fields as crontab has them: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday)."""
    parts = text.split()
    if len(parts) != 5:
        return None
    ranges: tuple[tuple[int, int, dict[str, int]], ...] = (
        (0, 59, {}),
        (0, 23, {}),
        (1, 31, {}),
        (1, 12, _MONTHS),
        (0, 7, {k: v % 7 for k, v in _WEEKDAYS.items()}),
    )
    read = [_field(part, low, high, names) for part, (low, high, names) in zip(parts, ranges, strict=True)]
    if any(one is None for one in read):
        return None
    minute, hour, of_month, month, week = (one or () for one in read)
    days = tuple(sorted({day or 7 for day in week}))
    return Every(
        days=Days.CRON,
        minutes=tuple(h * 60 + m for h in hour or range(24) for m in minute or range(60)),
        numbers=of_month,
        months=month,
        week=days,
    )


def _field(text: str, low: int, high: int, names: Mapping[str, int]) -> tuple[int, ...] | None:
    """The numbers of a field in order; none for a star, None for what cannot be read."""
    found: set[int] = set()
    for part in text.split(","):
        shape = re.fullmatch(r"(\*|[a-z]+|\d+)(?:-([a-z]+|\d+))?(?:/(\d+))?", part)
        if shape is None:
            return None
        step = int(shape[3] or 1)
        first, last = _ends(shape, low, high, names)
        if not low <= first <= last <= high or step < 1:
            return None
        if shape[1] == "*" and step == 1:
            return ()
        found |= set(range(first, last + 1, step))
    return tuple(sorted(found))


def _ends(shape: re.Match[str], low: int, high: int, names: Mapping[str, int]) -> tuple[int, int]:
    def number(word: str) -> int:
        return int(word) if word.isdecimal() else names.get(word, -1)

    if shape[1] == "*":
        return (low, min(high, 6) if high == 7 else high) if shape[2] is None else (-1, -1)
    first = number(shape[1])
    if shape[2] is not None:
        last = number(shape[2])
        return first, 7 if high == 7 and last == 0 else last
    return first, high if shape[3] else first
