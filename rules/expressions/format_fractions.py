"""Fractions in Excel's number formats: `# ?/?`, `# ??/??`, `?/?` (the nearest with so many digits), `# ?/8` (eighths)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from banshi.rules.expressions.convert import settle
from banshi.rules.expressions.format_numbers import laid_out, whole_text
from banshi.rules.expressions.format_tokens import LITERALS, UNSEEN, Token, literal

_MOST_PLACES = 7
_SPACE = ("literal", " ")


@dataclass(frozen=True)
class _Parts:
    """A section with a fraction: what stands before it and behind it, how wide its two numbers are.

    `fixed` is the denominator that is written out, or 0. Where nothing stands before for whole numbers, the fraction
    holds them (`?/?` of 1.5 is 3/2).
    """

    whole: Sequence[Token]
    tail: Sequence[Token]
    above: int
    below: int
    fixed: int

    @property
    def mixed(self) -> bool:
        return any(kind == "digit" for kind, _ in self.whole)


def fraction_text(size: Decimal, section: Sequence[Token]) -> tuple[str, bool] | None:
    """A number as a fraction, and whether it is not zero; None for what Microsoft does not document.

    Blanks stand for a fraction of zero, as wide as it is. Of the denominators the nearest is taken (Microsoft's “up to
    one digit”, “up to two digits”); halves of a fixed one go away from zero.
    """
    parts = _parts(section)
    layout = laid_out(parts.whole) if parts else None
    if parts is None or layout is None or layout.point or layout.sign or layout.scale:
        return None
    value = Fraction(settle(size))
    whole, rest = divmod(value, 1) if parts.mixed else (0, value)
    top, bottom = _nearest(rest, parts)
    if parts.mixed and top == bottom:
        whole, top = whole + 1, 0
    if parts.mixed and not top:
        made = " " * (parts.above + 1 + parts.below)
    else:
        made = f"{str(top).rjust(parts.above)}/{str(bottom).ljust(parts.below)}"
    before = whole_text(str(whole) if whole or not top else "", layout)
    return before + made + "".join(literal(kind, text) for kind, text in parts.tail), bool(whole or top)


def _nearest(value: Fraction, parts: _Parts) -> tuple[int, int]:
    if parts.fixed:
        return int(value * parts.fixed + Fraction(1, 2)), parts.fixed
    found = value.limit_denominator(10**parts.below - 1)
    return found.numerator, found.denominator


def _parts(section: Sequence[Token]) -> _Parts | None:
    at = section.index(("literal", "/"))
    start = at
    while start and section[start - 1] == ("digit", "?"):
        start -= 1
    end = at + 1
    while end < len(section) and section[end][0] in ("digit", "numeral"):
        end += 1
    above, below = at - start, "".join(text for _, text in section[at + 1 : end])
    whole, tail = section[:start], section[end:]
    fixed = below.isdecimal() and below[0] != "0"
    if not 0 < above <= _MOST_PLACES or len(below) > _MOST_PLACES or not (fixed or below == "?" * above):
        return None
    if any((kind not in LITERALS and kind not in UNSEEN) or text == "/" for kind, text in tail):
        return None
    parts = _Parts(whole, tail, above, len(below), int(below) if fixed else 0)
    # Between the whole number and the fraction Excel knows one space.
    return parts if not parts.mixed or (whole[-1] == _SPACE and whole[-2][0] == "digit") else None
