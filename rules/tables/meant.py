"""Words that say more than they are read as: `7月1日至8月31日`, `北京或上海`, `除广州外` and `其他` in a column of plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise

from banshi.rules.diagnostics import Diagnostic, Place
from banshi.rules.expressions.characters import fold_name
from banshi.rules.tables import faults
from banshi.rules.tables.codes import named_amount, named_codes
from banshi.rules.tables.conditions import Literal, Span, Test
from banshi.rules.tables.literals import KIND_ZH, orderable, read
from banshi.rules.values import Kind

_NUMBER = r"(?:\d+(?:\.\d+)?|[零一二三四五六七八九十百千万两]+)"
_UNIT = r"\s*(?:[(](?:不)?含[)])?\s*[^\W\d_]{0,4}\s*(?:%|℃)?\s*(?:[(](?:不)?含[)])?"
_DAY = r"(?:\d{4}[-./年]\s*)?\d{1,2}[-./月]\s*(?:\d{1,2}日?)?"
_MEASURE = "人|元|万元?|天|日|个?月|年|周|小时|分钟?|千克|公斤|克|kg|g|吨|升|毫升|m?l|公里|km|米|平方米|度|kwh|次|件|台|个|本|页|份|学分|岁|级|%|℃"
_END = rf"(?:\d+(?:\.\d+)?\s*(?:{_MEASURE})?\s*(?:[(]不?含[)])?|{_DAY}|(?:周|星期|礼拜)[一二三四五六日天])"
_INCLUDED = r"(?:[(]不?含[^()]{0,12}[)])?"
_RANGES = (
    re.compile(rf"{_NUMBER}{_UNIT}(?:以上|以下|以内|及以上|及以下|起|封顶){_INCLUDED}"),
    re.compile(
        rf"(?:不?(?:超过|大于|小于|高于|低于|多于|少于|早于|晚于|足|满)|未满|[至最][少多])\s*{_NUMBER}{_UNIT}.*"
    ),
    re.compile(rf"{_END}\s*(?:-|–|—|~|至|到)\s*{_END}", re.IGNORECASE),
    re.compile(rf"(?:大?约|将?近)\s*\d+(?:\.\d+)?{_UNIT}|\d+(?:\.\d+)?{_UNIT}(?:左右|上下)"),
    re.compile(rf"(?:未?达到?|不到|不?超|未超过|每满|含|从)\s*\d+(?:\.\d+)?{_UNIT}.*"),
    re.compile(rf"介于\s*{_NUMBER}{_UNIT}\s*[和与至到、]\s*{_NUMBER}{_UNIT}(?:之间)?"),
)
_PLAIN = r"\d{1,8}(?:\.\d+)?"
_DOUBTFUL = re.compile(
    rf"{_PLAIN}\s*(?:[+]|[(]不?含[)])|{_PLAIN}(?:\s*(?:或|和|与|及)\s*|/){_PLAIN}|[1-9]\d{{0,2}}(?: \d{{3}})+"
)
"""What is a number among numbers, and may be a word among words: `100+`, `100/200`, `100 000`."""
_AMOUNT = re.compile(
    rf"\D{{0,2}}\d[\d,.]*\s*(?:{_MEASURE}|月|㎡|m²|m³|倍|折)(?:\d+日)?(?:[整正多余内外前后]|[以之][内外前后])?",
    re.IGNORECASE,
)
"""One amount with its unit: `100元整`, `3天内`, `每月1日`."""
_NAME = re.compile(
    rf"[A-Za-z]\w*[-./ ]?\d|\d(?!{_MEASURE})[A-Za-z]|第\s*\d|\w[-/]\d|\d[-/]\w|\d\.\d+\.\d|(?<!\d)0\d|\d{{6}}"
    r"|\d\s*(?:号|栋|幢|楼|层|室|教|班|级|届|期|轮|档|类|组|区|路|章|条|款|版)"
    r"|\d\s*(?:人|年|个?月|日|天|学期|小时)(?:间|房|制|型|式|期|级)",
    re.IGNORECASE,
)
"""What has digits and is a name all the same: `A1`, `GB/T 2423`, `2-丁酮`, `3号楼`, `2025级`, `第1学期`."""
_DIGIT = re.compile(r"\d")
_DATE = re.compile(r"\d{4}[./]\d{1,2}[./]\d{1,2}|\d{1,2}月\d{1,2}日")
_NUMBERED = re.compile(r"[\d-]+")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_BARE = re.compile(r"\d{1,9}-\d{1,9}")
_SCHOOL_YEAR = re.compile(r"(\d{4})\s*[-–—至]\s*(\d{4})(?:学?年度?)?")
_OR = re.compile(r"[^\s或]{1,12}(?:或者?[^\s或]{1,12})+")
_SLASH = re.compile(r"[\u4e00-\u9fff]{1,8}(?:/[\u4e00-\u9fff]{1,8})+")
_EXCEPT = re.compile(r"除了?(.{1,20}?)(?:以外|之外|外)")
_REST = re.compile(r"(?:其他|其它|其余)[\u4e00-\u9fff]{0,6}|不限|均可|全部|所有|任意|任何|/")


def more_than_words(
    header: str, tests: Iterable[Test], known: Callable[[], Collection[str]], *, worded: bool, declared: bool = False
) -> Iterator[Diagnostic]:
    """What probably means a number, a range, a choice, an exception or everything else, and is compared letter by letter.

    `known` gives the words of the table and the choices of the form, in half width: `北京或上海` lists them where one of
    its parts is one of them. Where the form says that the column holds texts (`worded`), a range in words is doubtful,
    and where the header does (`declared`), a word; elsewhere it is a cell that cannot be read, unless other cells are
    plainly words. A number with anything beside it is doubtful where nobody says that the column holds texts.
    """
    tests = list(tests)
    literals = [literal for test in tests for literal in test.literals]
    words = [fold_name(literal.text) for literal in literals]
    codes = named_codes(header)
    steps = not codes and (_are_steps(words) or (not worded and _lone_step(header, words)))
    strict = not worded and not codes and not any(_is_word(literal, steps=steps) for literal in literals)
    numbers = strict and (named_amount(header) or any(test.ordered for test in tests) or any(map(_is_number, literals)))
    for test in tests:
        if not worded and not codes and _is_grouped(test):
            yield faults.THOUSANDS.at(
                test.cell.place, text=test.cell.text, kind=Kind.NUMBER, kind_zh=KIND_ZH[Kind.NUMBER]
            )
            continue
        for literal in test.literals:
            if literal.quoted or not isinstance(literal.value, str):
                continue
            text, place = literal.text, test.cell.place
            folded = fold_name(text)
            ranged = not declared and _is_ranged(folded, steps=steps)
            if ranged or (strict and _DOUBTFUL.fullmatch(folded) and not _is_years(folded)):
                yield (faults.MISREAD if strict else faults.LOOKS_RANGE).at(place, text=text, label=header)
            elif not worded and not codes and _counts(folded) and (strict or _AMOUNT.fullmatch(folded)):
                yield (faults.MISREAD if numbers else faults.LOOKS_RANGE).at(place, text=text, label=header)
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


def _is_ranged(folded: str, *, steps: bool) -> bool:
    return bool(_DATE.fullmatch(folded)) or looks_like_range(folded) or (steps and bool(_BARE.fullmatch(folded)))


def _is_word(literal: Literal, *, steps: bool) -> bool:
    """Whether a constant is plainly a word: no number, no time, nothing that may mean some, and not 其他."""
    if literal.quoted or not isinstance(literal.value, str):
        return literal.quoted
    folded = fold_name(literal.text)
    doubtful = _DOUBTFUL.fullmatch(folded) and not _is_years(folded)
    told = _is_ranged(folded, steps=steps) or doubtful or _counts(folded)
    return not (told or _is_number(literal) or _REST.fullmatch(folded))


def _is_number(literal: Literal) -> bool:
    """Whether a constant is a number, a day or a time; also one with zeros before it."""
    if literal.quoted:
        return False
    return re.fullmatch(r"\d+", fold_name(literal.text)) is not None or orderable(literal) is not None


def _counts(folded: str) -> bool:
    """Whether a text has a number in it that is no part of a name."""
    return _DIGIT.search(folded) is not None and not _NAME.search(folded)


def _is_grouped(test: Test) -> bool:
    """Whether the cell says `100,000`, of which a list makes two words: no number begins with a zero."""
    text = fold_name(test.cell.text) if isinstance(test.cell.value, str) else ""
    return _GROUPED.fullmatch(text) is not None and ",0" in text


def _lone_step(header: str, words: Iterable[str]) -> bool:
    """Whether a header that names an amount stands over a single `100-500`."""
    found = [pair for word in words if (pair := _pair(word))]
    return named_amount(header) and all(low < high for low, high in found)


def _is_years(folded: str) -> bool:
    years = re.fullmatch(r"(\d{4})/(\d{4})", folded)
    return years is not None and int(years[1]) + 1 == int(years[2])


def grouped_lists(header: str, tests: Iterable[Test]) -> Iterator[Diagnostic]:
    """`12,500` in a column of numbers: who writes it rarely means 12 or 500. Three digits before the comma may be a list."""
    for test in tests:
        text = fold_name(test.cell.text) if isinstance(test.cell.value, str) else ""
        if _GROUPED.fullmatch(text) and re.match(r"[1-9]\d?,", text) and not named_codes(header):
            items = "、".join(literal.text for literal in test.literals)
            yield faults.GROUPED_LIST.at(
                test.cell.place, text=test.cell.text, items=items, number=text.replace(",", "")
            )


def sure_ends(tests: Iterable[Test]) -> set[Place]:
    """The cells `40以下`, `2026-09-10前` of a column of which a neighbour (`41至50`, `>40`) tells that they include the end itself."""
    tests = list(tests)
    spans = [(test.cell.place, item) for test in tests for item in test.items if isinstance(item, Span)]
    lows = {(_step(span.low), span.low_closed) for _, span in spans if span.low}
    highs = {(_step(span.high), span.high_closed) for _, span in spans if span.high}
    found: set[Place] = set()
    for place, span in spans:
        low, high = _step(span.low), _step(span.high)
        if high is not None and span.low is None and lows & {(high, False), (high + 1, True)}:
            found.add(place)
        if low is not None and span.high is None and highs & {(low, False), (low - 1, True)}:
            found.add(place)
    return found


def _step(end: Literal | None) -> Decimal | None:
    """The end as a number whose neighbour lies 1 away: a number, or the number of a day."""
    if end is None:
        return None
    number, day = read(end, Kind.NUMBER), read(end, Kind.DATE)
    if isinstance(day, date):
        return Decimal(day.toordinal())
    return number if isinstance(number, Decimal) else None


def _negates(word: str, words: Collection[str]) -> bool:
    """Whether `非甲` stands beside `甲` and others; two words alone (`师范`, `非师范`) are the two halves of everything."""
    return word.startswith("非") and word[1:] in words and len({*words}) > 2


def means_the_rest(text: str) -> bool:
    """Whether a text says that anything will do, or everything else."""
    return _REST.fullmatch(fold_name(text)) is not None


def looks_like_range(folded: str) -> bool:
    """Whether a text (half width) reads like a range in words."""
    if _NUMBERED.fullmatch(folded) or _is_school_year(folded):
        return False  # a room, a CAS number
    return any(shape.fullmatch(folded) for shape in _RANGES)


def _is_school_year(folded: str) -> bool:
    years = _SCHOOL_YEAR.fullmatch(folded)
    return years is not None and int(years[1]) + 1 == int(years[2])


def _are_steps(texts: Iterable[str]) -> bool:
    """Whether `0-10`, `11-20` lie beside one another, as ranges do, and rooms and school years do not."""
    pairs = sorted({pair for text in texts if (pair := _pair(text))})
    return (
        len(pairs) > 1
        and all(low < high for low, high in pairs)
        and all(lower[1] <= upper[0] for lower, upper in pairwise(pairs))
    )


def _pair(text: str) -> tuple[int, int] | None:
    """The ends of `11-20`; no school year, and no code that begins with a zero."""
    if not _BARE.fullmatch(text) or _is_school_year(text) or re.search(r"\b0\d", text):
        return None
    low, _, high = text.partition("-")
    return int(low), int(high)
