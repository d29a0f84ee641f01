"""The column compiler against the scalar evaluator: the same value, empty, or error in every row.

M1 random typed expressions over random columns, with empties, wrong kinds, negative numbers, halves, big numbers
M2 a row that fails stops no other; its error is the scalar's, with the same cell and code
M3 what columns are said to compute is really computed by columns, not row by row
M4 nothing wraps round: sums and products at the edge of 64 bits
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import Environment, evaluate, parse
from banshi.rules.expressions.columns import Batch, evaluate_columns, values_of
from banshi.rules.values import ErrorValue, Value

D = Decimal
NOW = datetime(2026, 9, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def dataset(name: str, header: str, *rows: str, keys: int = 1) -> Dataset:
    columns = tuple(header.split())
    cells = [
        {
            column: Cell(None if word == "-" else D(word) if word[0].isdigit() else word, Place("数据", f"A{number}"))
            for column, word in zip(columns, row.split(), strict=True)
        }
        for number, row in enumerate(rows, start=2)
    ]
    return Dataset(name, columns, columns[:keys], tuple(cells))


DATASETS = {
    "电价": dataset("电价", "档 单价 备注", "甲 0.589 居民", "乙 0.639 -", "丙 - 商业"),
    "标准": dataset("标准", "档 类 金额", "甲 甲 1100", "甲 乙 500", "乙 甲 400", "丙 丙 1", "丙 丙 2", keys=2),
}


def batch_of(columns: dict[str, list[Value]], size: int) -> Batch:
    return Batch(
        size=size, names={name: values_of(values) for name, values in columns.items()}, datasets=DATASETS, now=NOW
    )


def same(left: Value, right: Value) -> bool:
    if isinstance(left, ErrorValue) and isinstance(right, ErrorValue):
        return left.diagnostic == right.diagnostic
    return type(left) is type(right) and left == right


def agree(text: str, columns: dict[str, list[Value]], size: int) -> None:
    expression, faults = parse(text, Place("表单", "C5"))
    assert expression is not None, (text, faults)
    found = evaluate_columns(expression, batch_of(columns, size))
    for row in range(size):
        values = {name: column[row] for name, column in columns.items()}
        wanted = evaluate(expression, Environment(values, DATASETS, now=NOW))
        assert same(found.value(row), wanted), (text, values, found.value(row), wanted)


# Values, and expressions over columns of them

SMALL = st.decimals(min_value=-9999, max_value=9999, allow_nan=False, places=2)
NUMBERS = st.one_of(
    SMALL,
    st.integers(-20, 20).map(D),
    st.sampled_from([D("0.005"), D("2.345"), D("-2.345"), D("0.125"), D("-0.5"), D("1.5"), D(0), D("1E+3")]),
    st.integers(-(10**21), 10**21).map(D),
    st.sampled_from([D(2**62), D(2**62 - 1), D(-(2**62)), D(2**63), D("1E-12"), D("0.123456789012345678901")]),
)
TEXTS = st.sampled_from(["甲", "乙", "丙", "", "5", "2.50", "2026-09-01", "true", " 甲", "a b"])
DAYS = st.dates(date(1999, 12, 30), date(2028, 3, 1)) | st.sampled_from([date(1, 1, 1), date(9999, 12, 31)])
ODD = st.sampled_from([None, "", "甲", "12", True, D("1.5"), date(2026, 2, 28), NOW, (D(1), "甲"), ()])
COLUMNS = {
    "数": NUMBERS | st.none(),
    "量": SMALL | st.none(),
    "整": st.integers(0, 12).map(D),
    "类": TEXTS | st.none(),
    "名": TEXTS,
    "日": DAYS | st.none(),
    "止": DAYS,
    "否": st.booleans() | st.none(),
    "杂": ODD,
}


def numbers() -> st.SearchStrategy[str]:
    leaves = st.sampled_from(["数", "量", "整", "杂", "缺", "0", "1", "2.5", "0.589", "-3", "100", "3", "7%", "类"])
    return st.deferred(lambda: leaves | number_calls())


def truths() -> st.SearchStrategy[str]:
    return st.deferred(lambda: st.sampled_from(["否", "TRUE", "杂", "整"]) | truth_calls())


def texts() -> st.SearchStrategy[str]:
    return st.deferred(
        lambda: (
            st.sampled_from(["类", "名", '"甲"', '""', "杂"])
            | st.builds("left({}, {})".format, TEXT, st.sampled_from(["1", "2"]))
            | st.builds("{} & {}".format, TEXT, NUMBER)
            | st.builds('if({}, {}, "乙")'.format, TRUTH, TEXT)
        )
    )


def days() -> st.SearchStrategy[str]:
    return st.deferred(
        lambda: (
            st.sampled_from(["日", "止", 'date("2026-02-28")', "today()", "杂"])
            | st.builds("({} + {})".format, DAY, st.sampled_from(["1", "整", "-30", "0.5", "数"]))
            | st.builds("if({}, {}, {})".format, TRUTH, DAY, DAY)
            | st.builds("max({}, {})".format, DAY, DAY)
        )
    )


def number_calls() -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, NUMBER, st.sampled_from(["+", "-", "*", "/", "mod"]), NUMBER),
        st.builds("({0} + {1} + {2})".format, NUMBER, NUMBER, NUMBER),
        st.builds("-{}".format, NUMBER),
        st.builds("{}({}, {})".format, st.sampled_from(["round", "roundup", "rounddown"]), NUMBER, ROUNDING),
        st.builds(
            "{}({}, {})".format,
            st.sampled_from(["ceiling", "floor", "mod"]),
            NUMBER,
            st.sampled_from(["1", "0.5", "3", "10", "0", "整"]),
        ),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max", "sum", "coalesce", "iferror"]), NUMBER, NUMBER),
        st.builds("{}({})".format, st.sampled_from(["int", "abs", "round", "number"]), NUMBER),
        st.builds("{}({})".format, st.sampled_from(["year", "month", "day", "weekday"]), DAY),
        st.builds("days({}, {})".format, DAY, DAY),
        st.builds("({} - {})".format, DAY, DAY),
        st.builds("if({}, {}, {})".format, TRUTH, NUMBER, NUMBER),
        st.builds("ifs({}, {}, {}, {})".format, TRUTH, NUMBER, TRUTH, NUMBER),
        st.builds('switch({}, "甲", {}, "乙", {}, {})'.format, TEXT, NUMBER, NUMBER, NUMBER),
        st.builds('switch({}, "甲", {}, {}, {})'.format, TEXT, NUMBER, TEXT, NUMBER),
        st.builds('lookup("电价", {}, "单价")'.format, TEXT),
        st.builds('lookup("电价", {}, "单价", 0)'.format, TEXT),
        st.builds('lookup("标准", {}, "金额")'.format, TEXT),
        st.builds('lookup("标准", keys({}, {}), "金额")'.format, TEXT, TEXT),
        st.builds("len({})".format, TEXT),
    )


def truth_calls() -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, NUMBER, COMPARISON, NUMBER),
        st.builds("({} {} {})".format, DAY, COMPARISON, DAY),
        st.builds("({} {} {})".format, TEXT, st.sampled_from(["=", "<>", "<"]), TEXT),
        st.builds("({} {} {})".format, TEXT, st.sampled_from(["=", "<>", ">="]), NUMBER),
        st.builds('({} in ("甲", {}, "5"))'.format, TEXT, TEXT),
        st.builds("({} {} {})".format, TRUTH, st.sampled_from(["and", "or", "="]), TRUTH),
        st.builds("{}({}, {}, {})".format, st.sampled_from(["and", "or", "xor"]), TRUTH, TRUTH, TRUTH),
        st.builds("not({})".format, TRUTH),
        st.builds("isblank({})".format, NUMBER | TEXT | DAY),
        st.builds("iserror({})".format, NUMBER),
        st.builds("boolean({})".format, NUMBER | TEXT),
    )


ROUNDING = st.sampled_from(["0", "1", "2", "-1", "-2", "12", "整"])
COMPARISON = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
NUMBER, TRUTH, TEXT, DAY = numbers(), truths(), texts(), days()
EXPRESSIONS = NUMBER | TRUTH | TEXT | DAY


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[Value]]:
    size = draw(st.integers(1, 6))
    return {name: draw(st.lists(values, min_size=size, max_size=size)) for name, values in COLUMNS.items()}


@settings(max_examples=250, deadline=None)
@given(EXPRESSIONS, tables())
@example("round(数 / 3, 2)", {**{name: [None] for name in COLUMNS}, "数": [D("0.015")]})
@example("数 * 数", {**{name: [None] for name in COLUMNS}, "数": [D(2**32)]})
def test_both_compilers_mean_the_same(text: str, columns: dict[str, list[Value]]) -> None:  # M1 M2
    agree(text, columns, len(columns["数"]))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=8), st.sampled_from("+-*/"))
def test_nothing_wraps_round(pairs: list[tuple[Decimal, Decimal]], operator: str) -> None:  # M4
    columns: dict[str, list[Value]] = {"数": [a for a, _ in pairs], "量": [b for _, b in pairs]}
    agree(f"数 {operator} 量", columns, len(pairs))
    agree(f"round(数 {operator} 量, 2)", columns, len(pairs))
    agree(f"(数 {operator} 量) * 3 >= 量", columns, len(pairs))


def test_a_part_of_a_day_makes_a_moment() -> None:
    days: list[Value] = [date(2026, 9, 1), date(2026, 9, 2), None, date(2026, 9, 4), date(2026, 9, 5)]
    parts: list[Value] = [D("0.5"), D(1), D("0.25"), None, D("-0.75")]
    for text in ("日 + 半", "日 - 半", "半 + 日", "日 + 0.5", "日 + 半 > 日", "日 + 半 + 半", "(日 + 半) - 日"):
        agree(text, {"日": days, "半": parts}, 5)
    expression, _ = parse("日 + 半", Place("表单", "C5"))
    assert expression is not None
    found = evaluate_columns(expression, batch_of({"日": days, "半": parts}, 5))
    assert found.value(0) == datetime(2026, 9, 1, 12, 0)
    assert found.value(1) == date(2026, 9, 3)
