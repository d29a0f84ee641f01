"""Dates and times in Excel's number formats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from banshi.rules.expressions.format_tokens import LITERALS, UNSEEN, Token, literal, locale

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CHINESE_DAYS = "一二三四五六日"
_LONGEST = {"y": 4, "m": 5, "d": 4, "a": 4, "h": 2, "s": 2}
_CHINESE, _ENGLISH = 0x804, 0x409


def date_text(value: date | time, tokens: Sequence[Token]) -> str | None:
    """A date or time of day in a section; `m` beside hours or seconds means minutes, as in Excel."""
    day = value if isinstance(value, date) else date(1899, 12, 31)
    clock = value.time() if isinstance(value, datetime) else value if isinstance(value, time) else time()
    half = any(kind == "noon" for kind, _ in tokens)
    minutes = _minutes(tokens)
    if not _fits_language(tokens, minutes):
        return None
    day, clock = _rounded(day, clock, tokens)
    made = []
    for at, (kind, text) in enumerate(tokens):
        if kind == "day":
            made.append(_clock_part(text.lower(), clock, half=half) if at in minutes or text[0] in "hHsS"
                        else _day_part(text.lower(), day))  # fmt: skip
        elif kind == "noon":
            first, last = text.split("/")
            made.append(first if clock.hour < 12 else last)
        elif kind in LITERALS or kind in UNSEEN or kind in ("comma", "point"):
            made.append(literal(kind, text))
        else:
            return None
    return "".join(made)


def _fits_language(tokens: Sequence[Token], minutes: set[int]) -> bool:
    """Whether the names of months and days are those of the language that `[$-804]` asks for; `aaa` is Chinese."""
    languages = {locale(text) for kind, text in tokens if kind == "currency"} - {0}
    days = [(at, text.lower()) for at, (kind, text) in enumerate(tokens) if kind == "day"]
    if any(len(text.partition(".")[0]) > _LONGEST[text[0]] for _, text in days):
        return False
    english = any(text[0] in "md" and len(text) > 2 and at not in minutes for at, text in days)
    chinese = any(text[0] == "a" for _, text in days)
    noon = any(kind == "noon" for kind, _ in tokens)
    return languages <= {_CHINESE, _ENGLISH} - ({_CHINESE} if english or noon else set()) - (
        {_ENGLISH} if chinese else set()
    )


def _rounded(day: date, clock: time, tokens: Sequence[Token]) -> tuple[date, time]:
    """The moment rounded to the parts of seconds that a section shows, where it shows any."""
    places = max((len(text.partition(".")[2]) for kind, text in tokens if kind == "day"), default=0)
    if not 0 < places < 6:
        return day, clock
    unit = 10 ** (6 - places)
    moment = datetime.combine(day, clock.replace(tzinfo=None))
    moment += timedelta(microseconds=(moment.microsecond + unit // 2) // unit * unit - moment.microsecond)
    return moment.date(), moment.time()


def _minutes(tokens: Sequence[Token]) -> set[int]:
    """Which of the `m` are minutes: those behind hours or before seconds."""
    parts = [(at, text[0].lower()) for at, (kind, text) in enumerate(tokens) if kind == "day"]
    found = set()
    for i, (at, letter) in enumerate(parts):
        behind = i > 0 and parts[i - 1][1] == "h"
        before = i + 1 < len(parts) and parts[i + 1][1] == "s"
        if letter == "m" and (behind or before):
            found.add(at)
    return found


def _clock_part(text: str, clock: time, *, half: bool) -> str:
    match text[0]:
        case "h":
            hour = (clock.hour - 1) % 12 + 1 if half else clock.hour
            return f"{hour:02d}" if len(text) > 1 else str(hour)
        case "m":
            return f"{clock.minute:02d}" if len(text) > 1 else str(clock.minute)
        case _:
            whole, _, part = text.partition(".")
            seconds = f"{clock.second:02d}" if len(whole) > 1 else str(clock.second)
            return seconds + ("." + f"{clock.microsecond:06d}".ljust(len(part), "0")[: len(part)] if part else "")


def _day_part(text: str, day: date) -> str:
    match text[0], len(text):
        case "y", length:
            return f"{day.year % 100:02d}" if length <= 2 else f"{day.year:04d}"
        case "m", 1:
            return str(day.month)
        case "m", 2:
            return f"{day.month:02d}"
        case "m", length:
            name = _MONTHS[day.month - 1]
            return name[:3] if length == 3 else name[0] if length == 5 else name
        case "d", 1:
            return str(day.day)
        case "d", 2:
            return f"{day.day:02d}"
        case "d", length:
            name = _DAYS[day.weekday()]
            return name[:3] if length == 3 else name
        case _, length:
            name = _CHINESE_DAYS[day.weekday()]
            return name if length == 3 else "星期" + name
