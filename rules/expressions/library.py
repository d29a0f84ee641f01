"""The whole function library: every module of functions, the words of functions, and what is known but not built."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Set
from functools import cache, lru_cache
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import OSA, DamerauLevenshtein

from banshi.rules.expressions.characters import fold_name
from banshi.rules.expressions.registry import FUNCTIONS

for _part in (
    "accounts",
    "calendar",
    "campus",
    "chance",
    "checklists",
    "datasets",
    "dates",
    "lists",
    "logic",
    "maths",
    "numbers",
    "places",
    "rows",
    "text",
):
    importlib.import_module(f"banshi.rules.expressions.functions_{_part}")

_LOOKUP = ("请改用 lookup(数据表, 键, 列)。", "Use lookup(dataset, key, column).")
_PLACE = ("位置的函数只有 distance() 和 area()。", "Of geographic positions there are only distance() and area().")
_CONDITIONS = (
    "请在明细里加一个计算列：条件成立时写数，否则空白，如 if(类别='试剂' and 数量>5,金额,\"\")；再对这一列用 sum、average、count、max 或 min。",
    "Add to the repeat a calculation that is blank where a condition fails, such as if(kind='reagent' and count>5,amount,\"\"); then use sum, average, count, max or min of it.",
)
_RANKS = (
    "只有最大 max(列) 和最小 min(列)；其余名次请先在表外算好再填。",
    "There are only max(values) and min(values); compute other ranks outside and enter the result.",
)
UNAVAILABLE = {
    "vlookup": _LOOKUP,
    "hlookup": _LOOKUP,
    "xlookup": _LOOKUP,
    "match": _LOOKUP,
    "offset": _LOOKUP,
    "indirect": _LOOKUP,
    "geofence": _PLACE,
    "intersects": _PLACE,
    "median": (
        "三个数的中位数写 sum(a,b,c)-max(a,b,c)-min(a,b,c)；更多的数请先在表外算好再填。",
        "Of three numbers write sum(a,b,c)-max(a,b,c)-min(a,b,c); of more, compute it outside and enter the result.",
    ),
    "choose": ('请改用 switch(n,1,"甲",2,"乙")。', 'Use switch(n,1,"first",2,"second").'),
    "mround": ("5 的倍数请写 round(x/5,0)*5。", "For multiples of 5 write round(x/5,0)*5."),
    "quotient": ("请改用 trunc(a/b)。", "Use trunc(a/b)."),
    "ifna": ("请改用 iferror(值,代替的值)。", "Use iferror(value,instead)."),
    "averageif": (
        '请写 sumif(列,">=60")/countif(列,">=60")。',
        'Write sumif(values,">=60")/countif(values,">=60").',
    ),
    "averageifs": _CONDITIONS,
    "sumifs": _CONDITIONS,
    "countifs": _CONDITIONS,
    "maxifs": _CONDITIONS,
    "minifs": _CONDITIONS,
    "large": _RANKS,
    "small": _RANKS,
    "rank": _RANKS,
    "between": ("请写 a>=1 and a<=2。", "Write a>=1 and a<=2."),
    "rank.eq": _RANKS,
    "rank.avg": _RANKS,
    "percentile": _RANKS,
    "quartile": _RANKS,
    "randbetween": ("1 到 6 之间请写 int(rand()*6)+1。", "For 1 to 6 write int(rand()*6)+1."),
    "yearfrac": (
        '满几年请写 datedif(起,止,"Y")；按天折算写 days(止,起)/365。',
        'For full years write datedif(start,end,"Y"); by days write days(end,start)/365.',
    ),
    "textbefore": ("请改用 substring-before(文字,标记)。", "Use substring-before(text,mark)."),
    "textafter": ("请改用 substring-after(文字,标记)。", "Use substring-after(text,mark)."),
    "ceiling.math": ("请改用 ceiling(x,5)。", "Use ceiling(x,5)."),
    "floor.math": ("请改用 floor(x,5)。", "Use floor(x,5)."),
    "atan2": (
        "Excel 与 XLSForm 的次序相反：请用 atan(y/x)。",
        "Excel and XLSForm take its arguments in opposite order: use atan(y/x).",
    ),
    "randomize": ("选项按选项表的次序列出。", "Choices keep the order of their sheet."),
}
"""Functions of Excel and XLSForm that are not built: what to do instead, zh and en."""

FEW = 500
MOST_COMPARED = 5000
"""How many known words one misspelt word is compared with, so that n faults among n names cost no n² comparisons."""


@cache
def _words() -> dict[str, str]:
    return {word.casefold(): name for name, entry in FUNCTIONS.items() for word in entry.words}


def known_word(word: str) -> bool:
    """Whether the word is a function, built or not, in any letter case."""
    return canonical(word) in FUNCTIONS or word.casefold() in UNAVAILABLE


def canonical(word: str) -> str:
    """The canonical lower-case name of a function word; an unknown word gives itself in lower case.

    Excel writes `_xlfn.` before its newer functions where a formula is copied from a file.
    """
    plain = word.casefold().removeprefix("_xlfn.")
    return _words().get(plain, plain)


def near_hyphenated(word: str) -> str:
    """The hyphenated function that was meant by `count-selcted`, or an empty string; `total-sum` is a subtraction."""
    tails = (word.split("-", i)[i] for i in range(1, word.count("-")))
    if any(known_word(tail) for tail in tails):
        return ""
    least = 0.85 if known_word(word.rpartition("-")[2]) else 0.75
    return suggest(word, (name for name in (*_words(), *UNAVAILABLE) if "-" in name), least=least)


def suggest(word: str, known: Iterable[str], *, least: float = 0.6) -> str:
    """The known word that somebody who typed `word` most likely meant, or an empty string.

    Only the first `MOST_COMPARED` known words are looked at.
    """
    typed = _plain(word)
    # Of a Chinese word of two characters one may be wrong: 电费 for 电价.
    least = least if typed.isascii() else min(least, 0.5)
    # Choices come as a set, whose order differs from run to run; of equal words the first counts.
    by_plain = _by_plain(_sorted(frozenset(known)) if isinstance(known, Set) else tuple(islice(known, MOST_COMPARED)))
    # rapidfuzz rounds its cutoff, so that a score of just 0.6 would not reach 0.6.
    return nearest(typed, by_plain, least - 1e-6)


def nearest(typed: str, by_plain: Mapping[str, str], least: float) -> str:
    """The word whose plain form is most like `typed`, the first of several; an empty string when none is like enough.

    `least` is the similarity asked for, from 0 to 1. Edits inside a swap of neighbours cost eight times as much time to
    see, so they are counted only among few words.
    """
    scorer = DamerauLevenshtein if len(by_plain) <= FEW else OSA
    best = process.extractOne(typed, list(by_plain), scorer=scorer.normalized_similarity, score_cutoff=least)
    return "" if best is None else by_plain[best[0]]


def _plain(word: str) -> str:
    return fold_name(word).casefold().replace("_", "-")


# One list of names is asked once a fault: what does not depend on the typed word is done once a list.
@lru_cache(maxsize=64)
def _by_plain(known: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in known:
        found.setdefault(_plain(item), item)
    return found


@lru_cache(maxsize=64)
def _sorted(known: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(known)[:MOST_COMPARED])


def suggest_function(word: str) -> str:
    """The function that was most likely meant, or an empty string."""
    return suggest(word, (*_words(), *UNAVAILABLE))
