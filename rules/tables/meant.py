"""Words that say more than they are read as: `7月1日至8月31日`, `北京或上海`, `除广州外` and `其他` in a column of plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal
from itertools import pairwise

from banshi.rules.diagnostics import Diagnostic, Place
from banshi.rules.expressions.characters import fold_name
from banshi.rules.tables import faults
from banshi.rules.tables.codes import named_codes
from banshi.rules.tables.conditions import Literal, Span, Test
from banshi.rules.tables.literals import read
from banshi.rules.values import Kind

_NUMBER = r"(?:\d+(?:\.\d+)?|[零一二三四五六七八九十百千万两]+)"
_UNIT = r"\s*[^\W\d_]{0,4}\s*(?:%|℃)?\s*(?:[(](?:不)?含[)])?"
_DAY = r"(?:\d{4}[-./年]\s*)?\d{1,2}[-./月]\s*(?:\d{1,2}日?)?"
_MEASURE = "人|元|万元?|天|日|个?月|年|周|小时|分钟?|千克|公斤|克|kg|g|吨|升|毫升|m?l|公里|km|米|平方米|度|kwh|次|件|台|个|本|页|份|学分|岁|级|%|℃"
_END = rf"(?:\d+(?:\.\d+)?\s*(?:{_MEASURE})?\s*(?:[(]不?含[)])?|{_DAY}|(?:周|星期|礼拜)[一二三四五六日天])"
_RANGES = (
    re.compile(rf"{_NUMBER}{_UNIT}(?:以上|以下|以内|及以上|及以下|起|封顶)"),
    re.compile(rf"(?:不?(?:超过|大于|小于|高于|低于|多于|少于|早于|晚于|足|满)|未满|至少|至多)\s*{_NUMBER}{_UNIT}.*"),
    re.compile(rf"{_END}\s*(?:-|–|—|~|至|到)\s*{_END}", re.IGNORECASE),
)
_DATE = re.compile(r"\d{4}[./]\d{1,2}[./]\d{1,2}|\d{1,2}月\d{1,2}日")
_NUMBERED = re.compile(r"[\d-]+")
_BARE = re.compile(r"\d{1,9}-\d{1,9}")
_SCHOOL_YEAR = re.compile(r"(\d{4})\s*[-–—至]\s*(\d{4})(?:学?年度?)?")
_OR = re.compile(r"[^\s或]{1,12}(?:或者?[^\s或]{1,12})+")
_SLASH = re.compile(r"[\u4e00-\u9fff]{1,8}(?:/[\u4e00-\u9fff]{1,8})+")
_EXCEPT = re.compile(r"除了?(.{1,20}?)(?:以外|之外|外)")
_REST = re.compile(r"(?:其他|其它|其余)[\u4e00-\u9fff]{0,6}|不限|均可|全部|所有|任意|任何|/")


def more_than_words(header: str, tests: Iterable[Test], known: Callable[[], Collection[str]]) -> Iterator[Diagnostic]:
    """What probably means a range, a choice, an exception or everything else, and is compared letter by letter.

    `known` gives the words of the table and the choices of the form, in half width: `北京或上海` lists them where one of
    its parts is one of them.
    """
    tests = list(tests)
    words = [fold_name(literal.text) for test in tests for literal in test.literals]
    steps = not named_codes(header) and _are_steps(words)
    for test in tests:
        for literal in test.literals:
            if literal.quoted or not isinstance(literal.value, str):
                continue
            text, place = literal.text, test.cell.place
            folded = fold_name(text)
            if _DATE.fullmatch(folded) or looks_like_range(folded) or (steps and _BARE.fullmatch(folded)):
                yield faults.LOOKS_RANGE.at(place, text=text)
            elif excepted := _EXCEPT.fullmatch(folded):
                yield faults.LOOKS_EXCEPTED.at(place, text=text, rest=excepted[1])
            elif _negates(folded, words):
                yield faults.LOOKS_NEGATED.at(place, text=text, rest=folded[1:])
            elif _REST.fullmatch(folded):
                yield faults.LOOKS_REST.at(place, text=text)
            elif _OR.fullmatch(folded) or _SLASH.fullmatch(folded):
                parts = [part for part in re.split(r"或者?|/", folded) if part]
                if any(part in known() for part in parts):
                    yield faults.LOOKS_LISTED.at(place, text=text, items="、".join(parts))


def sure_ends(tests: Iterable[Test]) -> set[Place]:
    """The cells `40以下` of a column of which a neighbour (`41至50`, `>40`) tells that they include the end itself."""
    tests = list(tests)
    spans = [(test.cell.place, item) for test in tests for item in test.items if isinstance(item, Span)]
    lows = {(_number(span.low), span.low_closed) for _, span in spans if span.low}
    highs = {(_number(span.high), span.high_closed) for _, span in spans if span.high}
    found: set[Place] = set()
    for place, span in spans:
        low, high = _number(span.low), _number(span.high)
        if high is not None and span.low is None and lows & {(high, False), (high + 1, True)}:
            found.add(place)
        if low is not None and span.high is None and highs & {(low, False), (low - 1, True)}:
            found.add(place)
    return found


def _number(end: Literal | None) -> Decimal | None:
    number = None if end is None else read(end, Kind.NUMBER)
    return number if isinstance(number, Decimal) else None


def _negates(word: str, words: Collection[str]) -> bool:
    """Whether `非甲` stands beside `甲` and others; two words alone (`师范`, `非师范`) are the two halves of everything."""
    return word.startswith("非") and word[1:] in words and len({*words}) > 2


def looks_like_range(folded: str) -> bool:
    """Whether a text (half width) reads like a range in words."""
    if _NUMBERED.fullmatch(folded) or _is_school_year(folded):
        return False  # a room, a CAS number
    return any(shape.fullmatch(folded) for shape in _RANGES)


def _is_school_year(folded: str) -> bool:
    years = _SCHOOL_YEAR.fullmatch(folded)
    return years is not None and int(years[1]) + 1 == int(years[2])


def _are_steps(texts: Iterable[str]) -> bool:
    """Whether `0-10`, `11-20` follow one another, as ranges do and rooms and school years do not."""
    pairs = [tuple(map(int, text.split("-"))) for text in texts if _BARE.fullmatch(text) and not _is_school_year(text)]
    meet = (lower[1] <= upper[0] <= lower[1] + 1 for lower, upper in pairwise(pairs))
    return len(pairs) > 1 and all(low < high for low, high in pairs) and all(meet)
