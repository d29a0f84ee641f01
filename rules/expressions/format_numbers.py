"""Numbers in Excel's number formats: digits in their places, thousands, percent, powers of ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from banshi.rules.expressions.convert import ARITHMETIC, round_to, settle
from banshi.rules.expressions.format_tokens import LITERALS, UNSEEN, Token, literal


@dataclass
class Layout:
    """A section for numbers, taken apart: what stands for digits before and behind the point, with the texts between."""

    whole: list[Token] = field(default_factory=list)
    part: list[Token] = field(default_factory=list)
    power: list[Token] = field(default_factory=list)
    point: bool = False
    grouped: bool = False
    scale: int = 0
    sign: str = ""


def laid_out(section: Sequence[Token]) -> Layout | None:
    """A section taken apart; None where something in it is not for numbers or can be read in two ways."""
    layout = Layout()
    current = layout.whole
    for i, (kind, text) in enumerate(section):
        if kind == "point" and not layout.point and not layout.sign:
            layout.point, current = True, layout.part
        elif kind == "power" and not layout.sign:
            layout.sign, current = text[1], layout.power
        elif kind == "comma":
            if not i or section[i - 1][0] not in ("digit", "comma"):
                return None
            following = next((k for k, _ in section[i + 1 :] if k in ("digit", "point", "power")), "")
            if following == "digit" and not layout.point and not layout.sign:
                layout.grouped = True
            elif following == "digit" or layout.sign:
                return None
            else:
                layout.scale -= 3
        elif kind == "percent":
            layout.scale += 2
            current.append(("literal", text))
        elif kind == "digit" or kind in LITERALS:
            current.append((kind, text))
        elif kind not in UNSEEN:
            return None
    return layout if not layout.sign or _is_scientific(layout) else None


def _is_scientific(layout: Layout) -> bool:
    return _places(layout.whole) > 0 and _places(layout.power) > 0 and not layout.scale and not layout.grouped


def _places(tokens: Sequence[Token]) -> int:
    return sum(kind == "digit" for kind, _ in tokens)


def digits_text(size: Decimal, section: Sequence[Token]) -> tuple[str, bool] | None:
    """The digits of a number in their places, and whether any of them is not zero."""
    layout = laid_out(section)
    if layout is None:
        return None
    places = _places(layout.part)
    number = ARITHMETIC.scaleb(settle(size), layout.scale) if size else size
    exponent = 0
    if layout.sign and number:
        # ##0.0E+0 has up to three digits before the point, so its exponent goes in steps of three.
        step = _places(layout.whole)
        exponent = number.adjusted() // step * step
        if round_to(ARITHMETIC.scaleb(number, -exponent), places, ROUND_HALF_UP) >= 10**step:
            exponent += step
        number = ARITHMETIC.scaleb(number, -exponent)
    rounded = round_to(number, places, ROUND_HALF_UP)
    whole, _, part = format(rounded, "f").partition(".")
    text = whole_text(whole.lstrip("0"), layout) + ("." if layout.point else "") + _part_text(part, layout.part)
    if layout.sign:
        text += _power_text(exponent, layout)
    return text, bool(rounded) or not (_places(layout.whole) or places)


def _power_text(exponent: int, layout: Layout) -> str:
    sign = "-" if exponent < 0 else "+" if layout.sign == "+" else ""
    rest = "".join(literal(kind, text) for kind, text in layout.power if kind != "digit")
    return "E" + sign + str(abs(exponent)).rjust(_places(layout.power), "0") + rest


def whole_text(digits: str, layout: Layout) -> str:
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
            made.extend(reversed(literal(kind, text)))
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


def _part_text(digits: str, tokens: Sequence[Token]) -> str:
    """The digits behind the point; `#` drops zeros at the end, `?` leaves blanks for them."""
    places = [at for at, (kind, _) in enumerate(tokens) if kind == "digit"]
    digits = digits.ljust(len(places), "0")
    last = len(digits.rstrip("0"))
    made = []
    for at, (kind, text) in enumerate(tokens):
        if kind != "digit":
            made.append(literal(kind, text))
            continue
        index = places.index(at)
        needed = index < last or any(tokens[place][1] == "0" for place in places[index:])
        made.append(digits[index] if needed else " " if text == "?" else "")
    return "".join(made)
