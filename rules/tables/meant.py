"""Words that say more than they are read as: `7月1日至8月31日`, `北京或上海`, `除广州外` and `其他` in a column of plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions.characters import fold_name
from banshi.rules.tables import faults
from banshi.rules.tables.conditions import Test

_NUMBER = r"(?:\d+(?:\.\d+)?|[零一二三四五六七八九十百千万两]+)"
_UNIT = r"\s*[^\W\d_]{0,4}\s*(?:%|℃)?\s*(?:[(](?:不)?含[)])?"
_DAY = r"(?:\d{4}[-./年]\s*)?\d{1,2}[-./月]\s*(?:\d{1,2}日?)?"
_MEASURE = "人|元|万元?|天|日|个?月|年|周|小时|分钟?|千克|公斤|克|kg|g|吨|升|毫升|m?l|公里|km|米|平方米|度|kwh|次|件|台|个|本|页|份|学分|岁|级|%|℃"
_END = rf"(?:\d+(?:\.\d+)?\s*(?:{_MEASURE})?\s*(?:[(]不?含[)])?|{_DAY}|(?:周|星期|礼拜)[一二三四五六日天])"
_RANGES = (
    re.compile(rf"{_NUMBER}{_UNIT}(?:以上|以下|以内|及以上|及以下|起|封顶)"),
    re.compile(rf"(?:超过|大于|小于|高于|低于|不超过|不足|满|至少|至多)\s*{_NUMBER}{_UNIT}.*"),
    re.compile(rf"{_END}\s*(?:-|–|—|~|至|到)\s*{_END}", re.IGNORECASE),
)
_DATE = re.compile(r"\d{4}[./]\d{1,2}[./]\d{1,2}|\d{1,2}月\d{1,2}日")
_NUMBERED = re.compile(r"[\d-]+")
_BARE = re.compile(r"\d{1,9}-\d{1,9}")
_OR = re.compile(r"[^\s或]{1,12}(?:或者?[^\s或]{1,12})+")
_SLASH = re.compile(r"[\u4e00-\u9fff]{1,8}(?:/[\u4e00-\u9fff]{1,8})+")
_EXCEPT = re.compile(r"除了?(.{1,20}?)(?:以外|之外|外)")
_REST = frozenset({"其他", "其它", "其余", "不限", "均可", "全部", "所有", "任意", "任何", "/"})


def more_than_words(tests: Iterable[Test]) -> Iterator[Diagnostic]:
    """What probably means a range, a choice, an exception or everything else, and is compared letter by letter."""
    tests = list(tests)
    steps = _are_steps([fold_name(literal.text) for test in tests for literal in test.literals])
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
            elif folded in _REST:
                yield faults.LOOKS_REST.at(place, text=text)
            elif _OR.fullmatch(folded) or _SLASH.fullmatch(folded):
                items = "、".join(part for part in re.split(r"或者?|/", folded) if part)
                yield faults.LOOKS_LISTED.at(place, text=text, items=items)


def looks_like_range(folded: str) -> bool:
    """Whether a text (half width) reads like a range in words."""
    if _NUMBERED.fullmatch(folded):
        return False  # a room, a CAS number
    return any(shape.fullmatch(folded) for shape in _RANGES)


def _are_steps(texts: Iterable[str]) -> bool:
    """Whether `0-10`, `11-20` follow one another, as ranges do and rooms do not."""
    pairs = [tuple(map(int, text.split("-"))) for text in texts if _BARE.fullmatch(text)]
    meet = (lower[1] <= upper[0] <= lower[1] + 1 for lower, upper in pairwise(pairs))
    return len(pairs) > 1 and all(low < high for low, high in pairs) and all(meet)
