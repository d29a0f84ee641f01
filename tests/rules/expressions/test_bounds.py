"""What an expression may cost: everything that can grow is bounded, and what goes beyond says so.

B1  length, parts, depth and digits of the text (also in `test_parsing.py`)
B2  texts: no result is longer than a cell of Excel
B3  numbers: powers, exponents, digits
B4  patterns: regular expressions and wildcards run in linear time and bounded memory
B5  rows, days and shares
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import Environment, Scope, check, evaluate, parse
from banshi.rules.expressions.parser import MAX_DEPTH, MAX_LENGTH
from banshi.rules.values import ErrorValue, Value

D = Decimal
NOW = datetime(2026, 9, 1, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
BIG = Dataset("big", ("k",), ("k",), tuple({"k": Cell(D(i))} for i in range(2000)))


def value(text: str, names: Mapping[str, Value] | None = None) -> Value:
    expression, faults = parse(text, NOWHERE)
    assert expression is not None, faults
    return evaluate(expression, Environment(names or {}, {"big": BIG}, now=NOW))


def failure(text: str, names: Mapping[str, Value] | None = None) -> str:
    found = value(text, names)
    assert isinstance(found, ErrorValue), str(found)[:80]
    return found.diagnostic.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1+" * (MAX_LENGTH // 2) + "1", "EXPR-002"),  # B1
        ("(" * 4500 + "1" + ")" * 4500, "EXPR-018"),
        ("not(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1), "EXPR-003"),
        ("instance('big')/root/item[" + "-" * 3000 + "1]/k", "EXPR-003"),
        ("instance('big')/root/item[" * 200 + "1" + "]" * 200, "EXPR-003"),
        ("1e9999", "EXPR-009"),
        ("9" * 41, "EXPR-008"),
    ],
)
def test_the_text_of_an_expression(text: str, code: str) -> None:
    expression, (fault,) = parse(text, NOWHERE)
    assert expression is None
    assert fault.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('REPT("x", 10^9)', "EXPR-065"),  # B2
        ('REPT("xy", 32767)', "EXPR-062"),
        ('REPT(REPT("x", 32767), 32767)', "EXPR-062"),
        ('concat(rept("x", 20000), rept("x", 20000))', "EXPR-062"),
        ("a & a", "EXPR-062"),
        ("substitute(a, 'x', a)", "EXPR-062"),
        ("replace(a, 1, 0, a)", "EXPR-062"),
        ("join(a, rows)", "EXPR-062"),
        ("textjoin(a, TRUE, rows)", "EXPR-062"),
        ("string(rows)", "EXPR-062"),
        ("text(1, rept('0', 300))", "EXPR-033"),
        ("9^(9^(9^9))", "EXPR-062"),  # B3
        ("power(10, 10^15)", "EXPR-062"),
        ("1e999 * 1e999", "EXPR-062"),
        ("10^998 * 100", "EXPR-062"),
        ("huge * huge", "EXPR-062"),
        ("huge + 1", "EXPR-062"),
        ("string(huge)", "EXPR-062"),
        ("text(huge, '0')", "EXPR-062"),
        ("rmb-capital(10^20)", "EXPR-062"),
        ("round(1, 10^9)", "EXPR-065"),
        ("left('x', 10^9)", "EXPR-065"),
        ("uuid(10^9)", "EXPR-065"),
        ("regex('a', '((((a{1000}){1000}){1000}){1000})')", "EXPR-032"),  # B4
        ("regex('a', a)", "EXPR-032"),
        ("search(a, 'x')", "EXPR-032"),
        ("allocate(1, 10^9)", "EXPR-065"),  # B5
        ("date('2026-09-01') + 10^9", "EXPR-062"),
        ("edate('2026-09-01', 10^9)", "EXPR-065"),
        ("workday('2026-09-01', 3999999)", "EXPR-062"),
        ("workday('2026-09-01', 10^12)", "EXPR-065"),
        ("count(instance('big')/root/item[count(instance('big')/root/item[k > 1]) > 1])", "EXPR-069"),
    ],
)
def test_what_goes_beyond_says_so(text: str, code: str) -> None:
    long = "x" * 32767
    assert failure(text, {"a": long, "rows": ("x" * 100,) * 10_000, "huge": D("1e999999")}) == code


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("len(REPT('x', 32767))", D(32767)),
        ("countif(rows, '" + "*a" * 200 + "b')", D(0)),  # a backtracking matcher never ends here
        ("regex(a, '(x+x+)+y')", False),
        ("0.5 ^ (10^9)", D(0)),
        ("networkdays('0001-01-01', '9999-12-31')", D(2608615)),
        ("year(workday('2026-09-01', -500000))", D(110)),
        ("count(instance('big')/root/item[k > 1])", D(1998)),
        ("digits * 1", D("1" + "0" * 200)),
    ],
)
def test_what_is_large_and_fine(text: str, wanted: Value) -> None:
    names: dict[str, Value] = {"a": "x" * 32767, "rows": ("a" * 3000,) * 5, "digits": D("1" + "0" * 200)}
    assert value(text, names) == wanted


def test_days_of_the_week_by_counting() -> None:
    """The figure above, by another way: 3,652,059 days from Monday 0001-01-01, 521,722 weeks and 5 days."""
    days = (date(9999, 12, 31) - date(1, 1, 1)).days + 1
    assert date(1, 1, 1).weekday() == 0
    assert days // 7 * 5 + min(days % 7, 5) == 2608615


def test_a_long_conjunction_is_checked_in_bounded_time() -> None:
    text = " and ".join(f"a != {i}" for i in range(600))
    expression, _ = parse(text, NOWHERE)
    assert expression is not None
    assert [item.code for item in check(expression, Scope({}))] == ["EXPR-020"] * 600
