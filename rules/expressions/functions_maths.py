"""Functions of mathematics: logarithms with all digits of the language, angles as double-precision libraries give them."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

from banshi.rules.expressions import faults
from banshi.rules.expressions.convert import ARITHMETIC, Problem, bad_argument
from banshi.rules.expressions.operators import raise_to
from banshi.rules.expressions.registry import function
from banshi.rules.values import Kind, Value

_PI = Decimal("3.141592653589793238462643383279502884197")
_MOST_EXPONENT = 2000


@function("pi", Kind.NUMBER, words=("圆周率",),
    zh="圆周率。", en="The ratio of a circle's circumference to its diameter.",
    example="round(pi(), 4)", shows="3.1416", source="Excel, XLSForm")  # fmt: skip
def pi() -> Value:
    """Give pi to 40 digits."""
    return _PI


@function("exp", Kind.NUMBER, "exponent: number", words=("e的乘方",),
    zh="e 的乘方。", en="e raised to a power.", example="round(exp(1), 4)", shows="2.7183", source="Excel, XLSForm")  # fmt: skip
def exp(exponent: Decimal) -> Value:
    """Raise e; a result with more than some 900 digits is an error."""
    if abs(exponent) > _MOST_EXPONENT:
        raise Problem(faults.OUT_OF_RANGE)
    return ARITHMETIC.exp(exponent)


@function("ln", Kind.NUMBER, "value: number", words=("自然对数",),
    zh="自然对数，同 XLSForm 的 log()。",
    en="The natural logarithm, as XLSForm's log().",
    example="round(ln(10), 4)", shows="2.3026", source="Excel")  # fmt: skip
def ln(value: Decimal) -> Value:
    """Take the logarithm to base e."""
    return ARITHMETIC.ln(_positive(value))


@function("log", Kind.NUMBER, "value: number", words=("对数",),
    zh="自然对数（同 XLSForm）；检查会提示，因为 Excel 的 LOG() 以 10 为底，那是 log10()。",
    en="The natural logarithm, as in XLSForm; the check says so, for Excel's LOG() is to base 10: log10().",
    example="round(log(10), 4)", shows="2.3026", source="XLSForm")  # fmt: skip
def log(value: Decimal) -> Value:
    """Take the natural logarithm."""
    return ARITHMETIC.ln(_positive(value))


@function("exp10", Kind.NUMBER, "exponent: number", words=("10的乘方",),
    zh="10 的乘方。", en="10 raised to a power.", example="exp10(3)", shows="1000", source="XLSForm")  # fmt: skip
def exp10(exponent: Decimal) -> Value:
    """Raise 10."""
    return raise_to(Decimal(10), exponent)


@function("log10", Kind.NUMBER, "value: number", words=("常用对数",),
    zh="以 10 为底的对数。", en="The logarithm to base 10.", example="log10(1000)", shows="3", source="Excel, XLSForm")  # fmt: skip
def log10(value: Decimal) -> Value:
    """Take the logarithm to base 10."""
    return ARITHMETIC.log10(_positive(value))


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise bad_argument("只有正数有对数", "only a positive number has a logarithm")
    return value


def _real(compute: Callable[[float], float], value: Decimal) -> Decimal:
    """What a function of real numbers gives in double precision, with the 15 digits that can be relied on."""
    try:
        return Decimal(f"{compute(float(value)):.15g}")
    except (ValueError, OverflowError):
        raise bad_argument("这个数没有结果", "there is no result for this number") from None


@function("sin", Kind.NUMBER, "angle: number", words=("正弦",),
    zh="正弦，角以弧度计；30 度写 sin(30*pi()/180)。", en="The sine of an angle in radians; for 30 degrees sin(30*pi()/180).",
    example="sin(30*pi()/180)", shows="0.5", source="Excel, XLSForm")  # fmt: skip
def sin(angle: Decimal) -> Value:
    """Take the sine."""
    return _real(math.sin, angle)


@function("cos", Kind.NUMBER, "angle: number", words=("余弦",),
    zh="余弦，角以弧度计。", en="The cosine of an angle in radians.", example="cos(0)", shows="1", source="Excel, XLSForm")  # fmt: skip
def cos(angle: Decimal) -> Value:
    """Take the cosine."""
    return _real(math.cos, angle)


@function("tan", Kind.NUMBER, "angle: number", words=("正切",),
    zh="正切，角以弧度计。", en="The tangent of an angle in radians.",
    example="tan(pi()/4)", shows="1", source="Excel, XLSForm")  # fmt: skip
def tan(angle: Decimal) -> Value:
    """Take the tangent."""
    return _real(math.tan, angle)


@function("asin", Kind.NUMBER, "value: number", words=("反正弦",),
    zh="反正弦，得弧度；值在 -1 到 1 之间。", en="The angle in radians whose sine is a value from -1 to 1.",
    example="round(asin(1)*180/pi(), 6)", shows="90", source="Excel, XLSForm")  # fmt: skip
def asin(value: Decimal) -> Value:
    """Take the inverse of the sine."""
    return _real(math.asin, value)


@function("acos", Kind.NUMBER, "value: number", words=("反余弦",),
    zh="反余弦，得弧度；值在 -1 到 1 之间。", en="The angle in radians whose cosine is a value from -1 to 1.",
    example="acos(1)", shows="0", source="Excel, XLSForm")  # fmt: skip
def acos(value: Decimal) -> Value:
    """Take the inverse of the cosine."""
    return _real(math.acos, value)


@function("atan", Kind.NUMBER, "value: number", words=("反正切",),
    zh="反正切，得弧度。", en="The angle in radians whose tangent is the value.",
    example="round(4*atan(1), 4)", shows="3.1416", source="Excel, XLSForm")  # fmt: skip
def atan(value: Decimal) -> Value:
    """Take the inverse of the tangent."""
    return _real(math.atan, value)
