"""Excel's number formats, as far as `TEXT` needs them (ECMA-376 part 1, 18.8.31): numbers, dates, times, sections.

What is not understood (fractions, conditions, numerals of other scripts) is None, never a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

from banshi.rules.expressions.convert import ARITHMETIC, number_text, round_to, settle

_TOKEN = re.compile(
    r"""(?P<quoted>"[^"]*")|\\(?P<escaped>.)|(?P<pad>_.)|(?P<fill>\*.)|\[\$(?P<currency>[^\]\-]*)(?:-[^\]]*)?\]
    |\[(?P<elapsed>h+|m+|s+)\]|(?P<colour>\[(?:red|blue|green|black|white|cyan|magenta|yellow|color\ ?\d+)\])
    |(?P<noon>AM/PM|A/P|上午/下午)|(?P<general>general)|(?P<day>y+|m+|d+|a{3,4}|h+|s+(?:\.0+)?)|(?P<digit>[0#?])|(?P<point>\.)
    |(?P<comma>,)|(?P<percent>%)|(?P<power>E[+-])|(?P<text>@)|(?P<literal>[^A-Za-z\[\]"\\])""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])*', re.DOTALL)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CHINESE_DAYS = "一二三四五六日"
_LITERALS = ("quoted", "escaped", "pad", "currency", "literal")

Token = tuple[str, str]


def sections(pattern: str) -> list[list[Token]] | None:
    """The sections of a format as tokens; None where it holds something unknown."""
    found, at = [], 0
    while True:
        match = _SECTION.match(pattern, at)
        assert match is not None
        tokens = _tokens(match[0])
        if tokens is None:
            return None
        found.append(tokens)
        at = match.end()
        if at >= len(pattern):
            return found if len(found) <= 4 else None
        if pattern[at] != ";":
            return None
        at += 1


def _tokens(section: str) -> list[Token] | None:
    found: list[Token] = []
    at = 0
    while at < len(section):
        match = _TOKEN.match(section, at)
        if match is None or match.lastgroup is None:
            return None
        kind = match.lastgroup
        found.append((kind, match[kind]))
        at = match.end()
    return found


def is_date_format(tokens: list[Token]) -> bool:
    """Whether a section writes dates or times."""
    return any(kind in ("day", "elapsed", "noon") for kind, _ in tokens)


def _literal(kind: str, text: str) -> str:
    match kind:
        case "quoted":
            return text[1:-1]
        case "pad":
            return " "
        case "fill" | "colour":
            return ""
        case _:
            return text


def date_text(value: date | time, tokens: list[Token]) -> str | None:
    """A date or time of day in a section; `m` beside hours or seconds means minutes, as in Excel."""
    day = value if isinstance(value, date) else date(1899, 12, 31)
    clock = value.time() if isinstance(value, datetime) else value if isinstance(value, time) else time()
    half = any(kind == "noon" for kind, _ in tokens)
    minutes = _minutes(tokens)
    made = []
    for at, (kind, text) in enumerate(tokens):
        if kind == "day":
            made.append(_clock_part(text.lower(), clock, half=half) if at in minutes or text[0] in "hHsS"
                        else _day_part(text.lower(), day))  # fmt: skip
        elif kind == "noon":
            first, last = text.split("/")
            made.append(first if clock.hour < 12 else last)
        elif kind in _LITERALS or kind in ("fill", "colour", "comma", "point"):
            made.append(_literal(kind, text))
        else:
            return None
    return "".join(made)


def _minutes(tokens: list[Token]) -> set[int]:
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


@dataclass
class _Layout:
    """A section for numbers, taken apart: what stands for digits before and behind the point, with the texts between."""

    whole: list[Token] = field(default_factory=list)
    part: list[Token] = field(default_factory=list)
    tail: list[Token] = field(default_factory=list)
    power: list[Token] = field(default_factory=list)
    point: bool = False
    grouped: bool = False
    scale: int = 0
    sign: str = ""


def number_in_format(number: Decimal, found: list[list[Token]]) -> str | None:
    """A number in the section that is meant for its sign; None where that section is not for numbers."""
    at = 0
    if len(found) > 1 and number < 0:
        at = 1
    elif len(found) > 2 and number == 0:
        at = 2
    section = found[at]
    if any(kind == "general" for kind, _ in section):
        texts = (number_text(number if at == 0 else number.copy_abs()) if k == "general" else _literal(k, t)
                 for k, t in section)  # fmt: skip
        return "".join(texts)
    layout = _laid_out(section)
    if layout is None:
        return None
    text = _filled(number.copy_abs(), layout)
    return None if text is None else ("-" if at == 0 and number < 0 and re.search("[1-9]", text) else "") + text


def _laid_out(section: list[Token]) -> _Layout | None:
    layout = _Layout()
    current = layout.whole
    for i, (kind, text) in enumerate(section):
        if kind == "point" and not layout.point and not layout.power:
            layout.point, current = True, layout.part
        elif kind == "power":
            layout.sign, current = text[1], layout.power
        elif kind == "comma":
            rest = [k for k, _ in section[i + 1 :]]
            following = next((k for k in rest if k in ("digit", "point")), "")
            behind = any(k == "digit" for k, _ in current)
            if behind and following == "digit" and not layout.point:
                layout.grouped = True
            elif behind:
                layout.scale -= 3
            else:
                current.append(("literal", text))
        elif kind == "percent":
            layout.scale += 2
            current.append(("literal", text))
        elif kind == "digit" or kind in _LITERALS:
            current.append((kind, text))
        elif kind not in ("fill", "colour"):
            return None
    return layout


def _filled(number: Decimal, layout: _Layout) -> str | None:
    number = ARITHMETIC.scaleb(settle(number), layout.scale) if number else number
    exponent = 0
    if layout.power:
        exponent = number.adjusted() if number else 0
        number = ARITHMETIC.scaleb(number, -exponent) if number else number
    places = sum(kind == "digit" for kind, _ in layout.part)
    rounded = round_to(number, places, ROUND_HALF_UP)
    if layout.power and rounded >= 10:
        exponent += 1
        rounded = round_to(ARITHMETIC.scaleb(number, -1), places, ROUND_HALF_UP)
    whole, _, part = format(rounded, "f").partition(".")
    if not any(kind == "digit" for kind, _ in (*layout.whole, *layout.part)) and layout.power:
        return None
    text = _whole_text(whole.lstrip("0"), layout) + ("." if layout.point else "") + _part_text(part, layout.part)
    if layout.power:
        sign = "-" if exponent < 0 else "+" if layout.sign == "+" else ""
        width = sum(kind == "digit" for kind, _ in layout.power)
        rest = "".join(_literal(k, t) for k, t in layout.power if k != "digit")
        text += "E" + sign + str(abs(exponent)).rjust(width, "0") + rest
    return text


def _whole_text(digits: str, layout: _Layout) -> str:
    """The digits before the point, from the right into their places; what is left over goes to the first place."""
    made: list[str] = []
    left = list(digits)
    places = [at for at, (kind, _) in enumerate(layout.whole) if kind == "digit"]
    count = 0

    def put(digit: str) -> None:
        nonlocal count
        if layout.grouped and count and count % 3 == 0:
            made.append(",")
        made.append(digit)
        count += 1

    for at in range(len(layout.whole) - 1, -1, -1):
        kind, text = layout.whole[at]
        if kind != "digit":
            made.extend(reversed(_literal(kind, text)))
            continue
        if left:
            put(left.pop())
        elif text == "0":
            put("0")
        elif text == "?":
            made.append(" ")
        while at == places[0] and left:
            put(left.pop())
    return "".join(reversed(made))


def _part_text(digits: str, tokens: list[Token]) -> str:
    """The digits behind the point; `#` drops zeros at the end, `?` leaves blanks for them."""
    places = [at for at, (kind, _) in enumerate(tokens) if kind == "digit"]
    digits = digits.ljust(len(places), "0")
    last = len(digits.rstrip("0"))
    made = []
    for at, (kind, text) in enumerate(tokens):
        if kind != "digit":
            made.append(_literal(kind, text))
            continue
        index = places.index(at)
        needed = index < last or any(tokens[place][1] == "0" for place in places[index:])
        made.append(digits[index] if needed else " " if text == "?" else "")
    return "".join(made)


def text_in_format(text: str, found: list[list[Token]]) -> str:
    """A text in a format: the fourth section, or the only one where it has `@`; else the text as it is."""
    section = found[3] if len(found) == 4 else next((s for s in found if any(k == "text" for k, _ in s)), None)
    if section is None:
        return text
    return "".join(text if kind == "text" else _literal(kind, part) for kind, part in section)
