"""The number formats of TEXT.

N1  fractions as Excel documents them: up to one, two or three digits, halves, quarters, eighths, sixteenths, tenths, hundredths
N2  every other part of a format is filled or refused, when it is checked and when it is computed; nothing is left as it is
N3  the text of a number in `# ???/???` is the nearest fraction, found by trying all denominators
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import Environment, Scope, check, evaluate, parse
from banshi.rules.values import ErrorValue, Value

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def written(number: str, pattern: str) -> tuple[Value, list[str]]:
    """The text of a number in a format, or the code of its error; and the codes of the faults found before."""
    literal = pattern.replace('"', '""')
    expression, faults = parse(f'TEXT({number}, "{literal}")', NOWHERE)
    assert expression is not None, faults
    value = evaluate(expression, Environment({}, now=NOW))
    codes = [item.code for item in check(expression, Scope({}))]
    return (value.diagnostic.code if isinstance(value, ErrorValue) else value), codes


@pytest.mark.parametrize(
    ("number", "pattern", "wanted"),
    [
        ("1.25", "# ?/?", "1 1/4"),  # N1
        ("-1.25", "# ?/?", "-1 1/4"),
        ("0.5", "# ?/?", " 1/2"),
        ("3", "# ?/?", "3    "),
        ("0", "# ?/?", "0    "),
        ("0.96", "# ?/?", "1    "),
        ("3.14159", "# ?/?", "3 1/7"),
        ("3.14159", "# ??/??", "3 14/99"),
        ("3.14159", "# ???/???", "3  16/113"),
        ("3.14159", "?/?", "22/7"),
        ("0.125", "# ??/??", "  1/8 "),
        ("5.3", "# ?/2", "5 1/2"),
        ("0.6", "# ?/4", " 2/4"),
        ("0.3", "# ?/8", " 2/8"),
        ("2.3", "# ??/16", "2  5/16"),
        ("2.3", "# ?/10", "2 3/10"),
        ("2.3", "# ??/100", "2 30/100"),
        ("1.5", "?/2", "3/2"),
        ("1234.5", "#,##0 ?/?", "1,234 1/2"),
        ("-1.5", '# ?/?;(# ?/?" m")', "(1 1/2 m)"),
        ("12345.678", "##0.0E+0", "12.3E+3"),  # N2
        ("999.96", "##0.0E+0", "1.0E+3"),
        ("0.00012345", "##0.0E+0", "123.5E-6"),
        ("12345.678", "0.00E-00", "1.23E04"),
        ("-0.001", '0.00"m2"', "0.00m2"),
        ("5", "[$¥-804]0.00", "¥5.00"),
        ("5", "G/通用格式", "5"),
        ("5", '@"个"', "5个"),
        ("123456", '0\\.0,"万"', "12.3万"),
    ],
)
def test_what_is_filled(number: str, pattern: str, wanted: str) -> None:
    assert written(number, pattern) == (wanted, [])


@pytest.mark.parametrize(
    "pattern",
    [
        "# #/#", "0 0/0", "# ?/??", "0/0", "0/", "/0", "# ?/0", "?/?/?", "0.0 ?/?", "# ?/?%",  # a fraction, or half of one
        "[>100]0.0;0", "[=1]0;0", "[红色]0", "[DBNum1]0", "[$-F800]0", "[$-1E000804]0",
        "0!.0,", "0!%", "0 kg", "b", "e", "10", "0.0.0", "0,0.0,0", ",0", "0@", "General%", "General0", "0E+", "0E+0E+0", "0.0%E+0",
        "[h]:mm", "yyyyy", "hhh", "0;0;0;0", "0;0;0;@;@", '"', "[",
    ],
)  # fmt: skip
def test_what_is_refused(pattern: str) -> None:  # N2
    assert written("1234.5", pattern) == ("EXPR-033", ["EXPR-033"])


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("[$-409]d mmm yyyy", "1 Sep 2026"),
        ("[$-804]yyyy年m月d日 aaaa", "2026年9月1日 星期二"),
        ("h:mm A/P", "8:30 A"),
        ("mm:ss.0", "31:00.0"),  # 59.96 seconds
        ("[$-804]mmmm", "EXPR-033"),  # Excel writes 九月
        ("[$-804]h AM/PM", "EXPR-033"),
        ("[$-411]dddd", "EXPR-033"),
        ("[$-F400]h:mm:ss AM/PM", "EXPR-033"),
    ],
)
def test_dates_in_a_language(pattern: str, wanted: str) -> None:  # N2
    expression, _ = parse(f'TEXT(${{m}}, "{pattern}")', NOWHERE)
    assert expression is not None
    value = evaluate(expression, Environment({"m": datetime(2026, 9, 1, 8, 30, 59, 960_000)}, now=NOW))
    assert (value.diagnostic.code if isinstance(value, ErrorValue) else value) == wanted


@given(st.decimals(0, 20, places=4))
@settings(deadline=None, max_examples=60)
def test_the_nearest_fraction(number: Decimal) -> None:  # N3
    text, _ = written(format(number, "f"), "# ???/???")
    whole, fraction = str(text)[:-7].strip(), str(text)[-7:].strip()
    found = Fraction(whole or "0") + Fraction(fraction.replace(" ", "") or "0")
    nearest = min(abs(Fraction(number) - Fraction(round(number * bottom), bottom)) for bottom in range(1, 1000))
    assert abs(Fraction(number) - found) == nearest
