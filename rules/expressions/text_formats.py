"""Excel's number formats, as far as `TEXT` needs them: which section is meant for a value, and what it makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from banshi.rules.expressions.convert import number_text
from banshi.rules.expressions.format_dates import date_text
from banshi.rules.expressions.format_fractions import fraction_text
from banshi.rules.expressions.format_numbers import digits_text
from banshi.rules.expressions.format_tokens import LITERALS, UNSEEN, Sections, Token, is_date_format, literal, sections


def number_in_format(number: Decimal, found: Sections) -> str | None:
    """A number in the section that is meant for its sign; None where that section is not for numbers."""
    at = 0
    if len(found) > 1 and number < 0:
        at = 1
    elif len(found) > 2 and number == 0:
        at = 2
    section = found[at]
    size = number.copy_abs()
    if any(kind == "general" for kind, _ in section):
        filled = _general(size, section)
    elif ("literal", "/") in section:
        filled = fraction_text(size, section)
    else:
        filled = digits_text(size, section)
    if filled is None:
        return None
    text, seen = filled
    return ("-" if at == 0 and number < 0 and seen else "") + text


def _general(size: Decimal, section: Sequence[Token]) -> tuple[str, bool] | None:
    if any(kind != "general" and kind not in LITERALS and kind not in UNSEEN for kind, _ in section):
        return None
    return "".join(number_text(size) if kind == "general" else literal(kind, text) for kind, text in section), True


def text_in_format(text: str, found: Sections) -> str | None:
    """A text in a format: the fourth section, or the only one where it has `@`; else the text as it is."""
    section = found[3] if len(found) == 4 else next((s for s in found if any(k == "text" for k, _ in s)), None)
    return text if section is None else text_in_section(text, section)


def text_in_section(text: str, section: Sequence[Token]) -> str | None:
    """A text in the place of `@`; None where a section is for numbers or dates."""
    if any(kind != "text" and kind not in LITERALS and kind not in UNSEEN for kind, _ in section):
        return None
    return "".join(text if kind == "text" else literal(kind, part) for kind, part in section)


@lru_cache(maxsize=512)
def understood(pattern: str) -> Sections | None:
    """The sections of a format, if each of them can be filled by what it is meant for."""
    found = sections(pattern)
    return found if found is not None and _can_be_filled(found) else None


def _can_be_filled(found: Sections) -> bool:
    if is_date_format(found[0]):
        return date_text(datetime(2026, 9, 1), found[0]) is not None  # noqa: DTZ001  # any moment will do
    if any(kind == "text" for kind, _ in found[0]):
        return text_in_section("", found[0]) is not None
    last = found[-1] if len(found) < 4 else ()
    numbers = found[:-1] if len(found) > 1 and any(kind == "text" for kind, _ in last) else found[:3]
    return text_in_format("", found) is not None and all(
        number_in_format(Decimal(1), (section,)) is not None for section in numbers
    )
