"""Texts of a form that hold `${field}`: as pieces for a browser, or filled in for a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from banshi.platform.service.model import Texts
from banshi.rules.expressions.convert import number_text, round_to

_SHOWN = 15  # digits, as in Excel
_REFERENCE = re.compile(r"\$\{\s*([^{}]+?)\s*\}")


def pieces(text: str) -> list[str | dict[str, str]]:
    """A text as its plain parts and references: `共 ${n} 项` gives `["共 ", {"ref": "n"}, " 项"]`."""
    return list(_pieces(text))


def _pieces(text: str) -> Iterator[str | dict[str, str]]:
    position = 0
    for found in _REFERENCE.finditer(text):
        if found.start() > position:
            yield text[position : found.start()]
        yield {"ref": found.group(1)}
        position = found.end()
    if position < len(text):
        yield text[position:]


def filled(text: str, value: Callable[[str], str]) -> str:
    """The text with every `${field}` replaced by what `value` gives for it."""
    return _REFERENCE.sub(lambda found: value(found.group(1)), text)


def filled_texts(texts: Texts, value: Callable[[str], str]) -> Texts:
    """The same in every language."""
    return Texts(tuple((language, filled(text, value)) for language, text in texts.by_language))


def number_shown(number: Decimal) -> str:
    """A computed number for reading: behind the point no more digits than make fifteen in all (33.3333333333333)."""
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or exponent >= 0 or len(digits) <= _SHOWN:
        return format(number, "f")
    places = max(0, _SHOWN - 1 - number.adjusted())
    return number_text(round_to(number, places)) if places < -exponent else format(number, "f")
