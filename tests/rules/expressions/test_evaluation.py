"""Computing values; the operators' plain cases are in `shared_cases.json`.

E1  arithmetic is decimal: no digit is lost that 40 digits can hold, no binary fraction appears
E2  an empty value in arithmetic is empty; `=` holds between two empties, nothing else compares with one
E3  what cannot be computed is an error value with cell and characters; it spreads, except where it is not needed
E4  if, ifs, switch, coalesce, iferror, and, or compute only what they need
E5  dates: date + days, date - date; a moment with a zone is a moment on the local clock
E6  a text that reads as a number, date or truth equals it; other kinds never compare
E7  nothing on anybody's data raises
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import Environment, evaluate, explain, parse
from banshi.rules.values import ErrorValue, Value

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
CELL = Place("survey", "D7")
D = Decimal


def value(text: str, **names: Value) -> Value:
    expression, faults = parse(text, CELL)
    assert expression is not None, [item.message("en") for item in faults]
    return evaluate(expression, Environment(names, current=names.get("self"), now=NOW))


def failure(text: str, **names: Value) -> tuple[str, str]:
    """The code of the error value, and the characters that it points at."""
    found = value(text, **names)
    assert isinstance(found, ErrorValue), found
    place = found.diagnostic.place
    assert (place.sheet, place.cell) == ("survey", "D7")
    assert place.span is not None
    return found.diagnostic.code, text[slice(*place.span)]


# E1 ------------------------------------------------------------------------------------------------------------------


def test_decimal_digits() -> None:
    assert str(value("0.1 + 0.2")) == "0.3"
    assert str(value("55 * 0.698")) == "38.390"
    assert value("1234567890123456789012345678.91 + 0.01") == D("1234567890123456789012345678.92")
    assert str(value("2 / 3")) == "0.6666666666666666666666666666666666666667"
    assert str(value("1 / 3 * 3")) == "1"
    assert value("1 / 3 * 3 = 1") is True
    assert value("int(1 / 3 * 3)") == 1
    assert value("round(1 / 3 * 1.5, 0)") == 1
    assert str(value("abs(-0.12345678901234567890123456789012345)")) == "0.12345678901234567890123456789012345"


def test_results_of_rounding_keep_their_decimals() -> None:
    assert str(value("round(9.6, 2)")) == "9.60"
    assert str(value("round(-0.001, 2)")) == "0.00"  # no minus before nothing
    assert str(value("round(1250, -2)")) == "1300"


@given(st.integers(-(10**18), 10**18), st.integers(1, 10**9), st.integers(0, 6), st.integers(0, 4))
@settings(deadline=None)
def test_arithmetic_agrees_with_fractions(a: int, b: int, scale: int, digits: int) -> None:
    names: dict[str, Value] = {"a": D(a).scaleb(-scale), "b": D(b)}
    exact = Fraction(a, 10**scale)
    assert Fraction(value("a * b + a - b", **names)) == exact * b + exact - b  # type: ignore[arg-type]
    quotient = exact / b * 10**digits
    half_away = int(abs(quotient) + Fraction(1, 2)) * (1 if quotient >= 0 else -1)
    assert value(f"round(a / b, {digits})", **names) == D(half_away).scaleb(-digits)


# E2 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["a + 1", "1 - a", "a * 0", "a / 2", "a ^ 2", "a mod 2", "-a", "a%", "round(a)", "a + b"]
)
@pytest.mark.parametrize("empty", [None, ""])
def test_empty_makes_empty(text: str, empty: Value) -> None:
    assert value(text, a=empty, b=D(1)) is None


def test_a_missing_name_is_empty_and_an_error_is_stronger_than_empty() -> None:
    assert value("missing + 1") is None
    assert failure("missing + 1 / 0") == ("EXPR-060", "1 / 0")
    assert failure("round(missing, 1 / 0)") == ("EXPR-060", "1 / 0")


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">=", "="])
def test_comparison_with_empty_is_false(operator: str) -> None:
    assert value(f"a {operator} 0", a=None) is False
    assert value(f"0 {operator} a", a=None) is False


def test_empty_list_and_empty_text_are_empty() -> None:
    assert value("a = ''", a=()) is True
    assert value("isblank(a)", a="") is True
    assert value("sum(a)", a=()) == 0
    assert value("a & b", a=None, b=()) == ""


# E3, E4 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("1 + a / 0", "EXPR-060", "a / 0"),
        ("a mod 0", "EXPR-060", "a mod 0"),
        ("mod(a, 0)", "EXPR-060", "mod(a, 0)"),
        ("0 ^ -1", "EXPR-060", "0 ^ -1"),
        ("a + '度'", "EXPR-061", "a + '度'"),
        ("a * (d + 1)", "EXPR-061", "a * (d + 1)"),
        ("year('明天')", "EXPR-061", "year('明天')"),
        ("'明天' > a", "EXPR-061", "'明天' > a"),
        ("d > a", "EXPR-061", "d > a"),
        ("d + d", "EXPR-047", "d + d"),
        ("1 - d", "EXPR-047", "1 - d"),
        ("rows + 1", "EXPR-046", "rows + 1"),
        ("9 ^ 99999", "EXPR-062", "9 ^ 99999"),
        ("1e999 * 10", "EXPR-062", "1e999 * 10"),
        ("sqrt(-1)", "EXPR-062", "sqrt(-1)"),
        ("d + 9999999", "EXPR-062", "d + 9999999"),
        ("rept('甲乙丙', 20000)", "EXPR-062", "rept('甲乙丙', 20000)"),
        ("rept('甲', 32767) & '乙'", "EXPR-062", "rept('甲', 32767) & '乙'"),
        ("find('x', '甲')", "EXPR-065", "find('x', '甲')"),
        ("mid('甲', 0, 1)", "EXPR-065", "mid('甲', 0, 1)"),
        ("ifs(a > 9, 1)", "EXPR-066", "ifs(a > 9, 1)"),
        ("switch(a, 1, 2)", "EXPR-066", "switch(a, 1, 2)"),
        ("datedif(d, date('2020-01-01'), 'Y')", "EXPR-065", "datedif(d, date('2020-01-01'), 'Y')"),
        ("regex('a', '(')", "EXPR-032", "regex('a', '(')"),
        ("in-role('t1', 'x')", "EXPR-064", "in-role('t1', 'x')"),
        ("lookup(电价, a, 单价)", "EXPR-026", "lookup(电价, a, 单价)"),
        ("working-days(d, d)", "EXPR-067", "working-days(d, d)"),
        ("vlookup(d, d)", "EXPR-025", "vlookup(d, d)"),
        ("summe(a)", "EXPR-024", "summe(a)"),
        ("round()", "EXPR-028", "round()"),
        ("today(1)", "EXPR-029", "today(1)"),
    ],
)
def test_errors_name_the_part(text: str, code: str, at: str) -> None:
    assert failure(text, a=D(5), d=date(2026, 9, 1), rows=(D(1), D(2))) == (code, at)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("if(1 = 1, 1, 1 / 0)", D(1)),
        ("if(1 = 2, 1 / 0, 2)", D(2)),
        ("ifs(1 = 2, 1 / 0, 1 = 1, 3, 1 / 0, 4)", D(3)),
        ("switch(2, 1, 1 / 0, 2, 5, 1 / 0)", D(5)),
        ("coalesce('', 7, 1 / 0)", D(7)),
        ("iferror(1 / 0, iferror('a' + 1, 8))", D(8)),
        ("1 = 2 and 1 / 0 = 1", False),
        ("1 = 1 or 1 / 0 = 1", True),
        ("and(1 = 2, 1 / 0 = 1)", False),
        ("or(1 = 1, 1 / 0 = 1)", True),
        ("iserror(1 / 0)", True),
        ("if(1 = 2, 5)", False),  # Excel: FALSE without a third argument
    ],
)
def test_only_what_is_needed_is_computed(text: str, wanted: Value) -> None:
    assert value(text) == wanted


def test_an_error_spreads_through_lazy_functions_that_need_it() -> None:
    for text in ("if(1 / 0 = 1, 1, 2)", "coalesce(1 / 0, 2)", "1 / 0 = 1 and 1 = 2", "1 in (2, 1 / 0)", "not(1 / 0)"):
        assert failure(text) == ("EXPR-060", "1 / 0")


class _Watched(Mapping[str, Value]):
    """A lazy mapping that notes which names were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getitem__(self, name: str) -> Value:
        self.asked.append(name)
        return D(1)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_values_may_be_lazy() -> None:
    names = _Watched()
    expression, _ = parse("if(a = 1, b, c)", CELL)
    assert expression is not None
    assert evaluate(expression, Environment(names, now=NOW)) == 1
    assert names.asked == ["a", "b"]


# E5 ------------------------------------------------------------------------------------------------------------------


def test_date_arithmetic() -> None:
    d = date(2026, 2, 27)
    assert value("d + 2", d=d) == date(2026, 3, 1)
    assert value("2 + d", d=d) == date(2026, 3, 1)
    assert value("d - 58", d=d) == date(2025, 12, 31)
    assert value("d - date('2024-02-27')", d=d) == 731  # 2024 has a 29 February
    assert value("d - '2026-02-01'", d=d) == 26
    assert value("d + a", d=d, a=None) is None
    assert value("now() + 0.5") == NOW.replace(hour=20)
    assert value("(now() - today()) * 24 = 8.5") is True
    assert value("today() + 0.75") == datetime(2026, 9, 1, 18, 0)
    assert value("d - 1/3", d=d) == datetime(2026, 2, 26, 16, 0)
    assert value("d + a + a", d=d, a=D("0.5")) == datetime(2026, 2, 28)
    assert value("date('2026-09-01') + 0.5 > date('2026-09-01')") is True
    assert value("d + 1/3 * 3", d=d) == date(2026, 2, 28)
    assert value("date(0.5)") == date(1970, 1, 1)


def test_moments_are_compared_on_the_local_clock() -> None:
    late = datetime(2026, 8, 31, 17, 0, tzinfo=UTC)  # 1 September, 01:00, in Shanghai
    assert value("date(m) = today()", m=late) is True
    assert value("m < now()", m=late) is True
    assert value("m >= date('2026-09-01')", m=late) is True
    assert value("m = '2026-09-01T01:00:00'", m=late) is True
    assert value("m = n", m=late, n=NOW.replace(hour=1, minute=0, tzinfo=None)) is True
    assert value("year(m) & '-' & month(m) & '-' & day(m)", m=late) == "2026-9-1"
    assert value("t < '08:30'", t=time(8, 0)) is True


# E6 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("one = 1", True),
        ("one = 1.0", True),
        ("one < 2", True),
        ("'010' = 10", True),
        ("'010' = '10'", False),
        ("word = 1", False),
        ("word <> 1", True),
        ("yes = TRUE", True),
        ("yes = 'TRUE'", True),
        ("yes = 1", False),
        ("yes = '是'", False),
        ("d = '2026-09-01'", True),
        ("d < '2026-09-02'", True),
        ("d = '2026/9/1'", False),  # comparisons take ISO dates only; date() reads the others
        ("d = date('2026/9/1')", True),
        ("d = date('2026年9月1日')", True),
        ("d = 1", False),
        ("many = 'a b'", True),
        ("'a' = many", False),
        ("'乙' > '甲'", "乙" > "甲"),
    ],
)
def test_comparisons_across_kinds(text: str, wanted: bool) -> None:
    names: dict[str, Value] = {"one": "1", "word": "甲", "yes": True, "d": date(2026, 9, 1), "many": ("a", "b")}
    assert value(text, **names) is wanted


# Datasets, people, choices, rows -------------------------------------------------------------------------------------

TARIFF = Dataset(
    name="电价",
    columns=("档次", "单价", "上限"),
    keys=("档次",),
    rows=(
        {"档次": Cell("第一档"), "单价": Cell(D("0.588"), Place("数据-电价", "B2")), "上限": Cell(D(200))},
        {"档次": Cell("第二档"), "单价": Cell(D("0.638"), Place("数据-电价", "B3")), "上限": Cell(None)},
        {"档次": Cell(D("3.0")), "单价": Cell(D("0.888"), Place("数据-电价", "B4"))},
    ),
)
DATED = Dataset(
    name="补贴",
    columns=("身份", "金额", "生效", "失效"),
    keys=("身份",),
    rows=(
        {"身份": Cell("本科"), "金额": Cell(D(80)), "生效": Cell(date(2025, 9, 1)), "失效": Cell(date(2026, 8, 31))},
        {"身份": Cell("本科"), "金额": Cell(D(100)), "生效": Cell(date(2026, 9, 1)), "失效": Cell(None)},
        {"身份": Cell("博士"), "金额": Cell(D(300)), "生效": Cell(date(2027, 1, 1)), "失效": Cell(None)},
    ),
)


class _Directory:
    def in_role(self, person: str, role: str) -> bool:
        return (person, role) == ("t001", "财务处.审核岗")

    def department_head(self, dept: str) -> str:
        return {"化学学院": "t002"}.get(dept, "")


ENV = Environment(
    {"类别": "a", "多": ("a", "b"), "空": None},
    {"电价": TARIFF, "补贴": DATED},
    now=NOW,
    directory=_Directory(),
    choice_labels=lambda question, choice, language: f"{question}:{choice}:{language}",
    positions=(5, 3),
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("lookup(电价, '第二档', 单价)", D("0.638")),
        ('lookup("电价", "第二档", "单价") * 100', D("63.8")),
        ("lookup(电价, 3, 单价)", D("0.888")),
        ("lookup(电价, '第二档', 上限)", None),
        ("lookup(电价, '第九档', 单价, 0)", D(0)),
        ("lookup(电价, 空, 单价)", None),
        ("lookup(电价, 空, 单价, 1)", D(1)),
        ("lookup(补贴, '本科', 金额)", D(100)),  # the row that is valid today
        ("lookup(补贴, '博士', 金额, 0)", D(0)),  # not valid yet
        ("in-role('t001', '财务处.审核岗')", True),
        ("in-role('t009', '财务处.审核岗')", False),
        ("department-head('化学学院')", "t002"),
        ("isblank(department-head('物理学院'))", True),
        ("jr:choice-name(类别, '${类别}')", "类别:a:zh"),
        ("jr:choice-name(多, ${多})", "多:a:zh、多:b:zh"),
        ("position(..) * 2", D(6)),
        ("position(1)", D(5)),
        ("isblank(position(2))", True),
    ],
)
def test_datasets_people_choices_rows(text: str, wanted: Value) -> None:
    expression, faults = parse(text, CELL)
    assert expression is not None, faults
    assert evaluate(expression, ENV) == wanted


def test_an_unknown_key_is_an_error() -> None:
    expression, _ = parse("1 + lookup(电价, '第九档', 单价)", CELL)
    assert expression is not None
    found = evaluate(expression, ENV)
    assert isinstance(found, ErrorValue)
    assert found.diagnostic.code == "EXPR-063"
    assert "第九档" in found.diagnostic.message()


def test_names_are_found_in_either_width() -> None:
    assert value("${面积（㎡）}", **{"面积（㎡）": D(20)}) == 20
    assert value("${面积(㎡)}", **{"面积（㎡）": D(20)}) == 20


# E7 ------------------------------------------------------------------------------------------------------------------

_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.sampled_from([D("1e999999"), D("-1e-999999"), D("NaN"), D("sNaN"), D("1" * 200)]),
    st.text(max_size=12),
    st.dates(),
    st.datetimes(timezones=st.sampled_from([None, UTC])),
    st.times(),
    st.lists(st.one_of(st.none(), st.integers(-5, 5).map(D), st.text(max_size=3)), max_size=4).map(tuple),
)
_TEXTS = [
    "a + b", "a - b", "a * b", "a / b", "a ^ b", "a mod b", "-a%", "a & b", "a = b", "a < b", "a >= b", "a in (b, 1)",
    "a and b", "not(a)", "if(a, b, 1)", "sum(a, b)", "max(a, b)", "average(a, b)", "round(a, b)", "roundup(a, 2)",
    "ceiling(a, b)", "mod(a, b)", "power(a, b)", "sqrt(a)", "number(a)", "count(a, b)", "countif(a, b)", "sumif(a, b)",
    "sumproduct(a, b)", "date(a)", "date(a, b, 1)", "year(a)", "hour(a)", "edate(a, b)", "eomonth(a, b)", "days(a, b)",
    "datedif(a, b, 'M')", "weekday(a, b)", "decimal-date-time(a)", "date-time(a)", "format-date(a, b)", "left(a, b)",
    "mid(a, b, 2)", "substr(a, b)", "concat(a, b)", "textjoin(a, b, a)", "find(a, b)", "substitute(a, b, 'x')",
    "replace(a, b, 1, 'x')", "rept(a, b)", "regex(a, b)", "text(a, b)", "text(a, '0.00')", "translate(a, b, '')",
    "selected(a, b)", "selected-at(a, b)", "count-selected(a)", "index(a, b)", "allocate(a, b)", "rmb-capital(a)",
    "is-cas(a)", "is-id-card(a)", "is-uscc(a)", "is-bank-card(a)", "is-iban(a)", "switch(a, b, 1, 2)", "once(a)",
    "networkdays(a, b)", "workday(a, b)", "workday('2026-09-01', a, b)", "working-days(a, b)", "value(a)", "second(a)", "search(a, b)",
    "time(a, b)", "uuid(a)", "indexed-repeat(a, b, b)", "normalize-space(a)", "text(a, 'yyyy-mm-dd')", "text(a, '0.00E+00')",
    "date('2026-09-01') + a", "floor(a, b)",
]  # fmt: skip


@given(st.sampled_from(_TEXTS), _VALUES, _VALUES)
@settings(max_examples=2000, deadline=None)
def test_no_value_makes_anything_raise(text: str, a: Value, b: Value) -> None:
    expression, _ = parse(text, CELL)
    assert expression is not None
    env = Environment({"a": a, "b": b}, now=NOW)
    found = evaluate(expression, env)
    assert not isinstance(found, (int, float)) or isinstance(found, bool)
    if isinstance(found, ErrorValue):
        assert found.diagnostic.message("zh")
        assert found.diagnostic.message("en")
    explain(expression, env)
