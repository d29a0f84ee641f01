"""The whole function library: every module of functions, the words of functions, and what is known but not built."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Set
from functools import cache

from rapidfuzz.distance import DamerauLevenshtein

from banshi.rules.expressions.characters import fold_name
from banshi.rules.expressions.registry import FUNCTIONS

for _part in ("calendar", "campus", "chance", "datasets", "dates", "lists", "logic", "numbers", "text"):
    importlib.import_module(f"banshi.rules.expressions.functions_{_part}")

_LOOKUP = ("请改用 lookup(数据表, 键, 列)。", "Use lookup(dataset, key, column).")
_PLACE = ("位置没有计算函数。", "There are no functions of geographic positions.")
_PATHS = ("请用 ${字段名} 引用字段。", "Refer to a field as ${name}.")
UNAVAILABLE = {
    "vlookup": _LOOKUP,
    "hlookup": _LOOKUP,
    "xlookup": _LOOKUP,
    "match": _LOOKUP,
    "offset": _LOOKUP,
    "indirect": _LOOKUP,
    "area": _PLACE,
    "distance": _PLACE,
    "geofence": _PLACE,
    "intersects": _PLACE,
    "current": _PATHS,
    "randomize": ("选项按选项表的次序列出。", "Choices keep the order of their sheet."),
}
"""Functions of Excel and XLSForm that are not built: what to do instead, zh and en."""


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
    """The known word that somebody who typed `word` most likely meant, or an empty string."""
    plain = fold_name(word).casefold().replace("_", "-")
    # Of a Chinese word of two characters one may be wrong: 电费 for 电价.
    best, found = (least if plain.isascii() else min(least, 0.5)), ""
    # Choices come as a set, whose order differs from run to run; of equal words the first counts.
    for item in sorted(known) if isinstance(known, Set) else known:
        score = DamerauLevenshtein.normalized_similarity(plain, fold_name(item).casefold().replace("_", "-"))
        if score > best or (score == best and not found):
            best, found = score, item
    return found


def suggest_function(word: str) -> str:
    """The function that was most likely meant, or an empty string."""
    return suggest(word, (*_words(), *UNAVAILABLE))
