"""Columns, and many single decisions, answer what `decide` answers, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_sheets import NOW, env, table_of
from tables_by_scan import DAY, Spec, build, row_specs

from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import Environment, parse
from banshi.rules.tables import Decider, Hit, Result, decide
from banshi.rules.tables.columns import Columns
from banshi.rules.values import dumps

D = Decimal
RESULTS = [D("1.50"), D("2"), D("-3.25"), D("1.5"), D(0), None, "甲", "坏"]
numbers = st.one_of(
    st.none(),
    st.decimals(-5, 15, places=1),
    st.integers(-5, 15),
    st.floats(-5, 15, width=32),
    st.sampled_from([True, False, "3", "", D("1e-45"), D("2.00"), D("Infinity"), float("nan")]),
)
words = st.one_of(
    st.none(), st.sampled_from(["易制毒", "易制爆", "剧毒", "普通", "不在表里", "", " 剧毒 ", D(1), True, 1])
)
dates = st.one_of(
    st.none(),
    st.integers(-6, 6).map(lambda n: DAY + timedelta(days=n)),
    st.integers(-6, 6).map(lambda n: datetime(2026, 9, 15, 8) + timedelta(days=n)),
    st.just("2026-09-15"),
)


def answered(table, hit, results, otherwise):
    """The table under a hit policy with results of its own, some computed."""
    rows = []
    for row, value in zip(table.rows, results, strict=False):
        formula = parse("量*2", NOWHERE)[0] if value == "坏" else None
        rows.append(
            replace(row, results=(Result(value=None if formula else value, expression=formula, place=row.place),))
        )
    given = (("行", Result(value=otherwise)),) if otherwise is not None else ()
    ranks = (("行", (D(2), D("1.5"), D(0), D("-3.25"))),)
    return replace(table, rows=tuple(rows), hit=hit, otherwise=given, priorities=ranks if hit.ranked else ())


ANYTHING = (Spec(None, lambda _: True, missing=True),) * 4


@settings(max_examples=250, deadline=None)
@given(
    st.lists(row_specs, max_size=10),
    st.sampled_from(list(Hit)),
    st.lists(st.sampled_from(RESULTS), min_size=10, max_size=10),
    st.sampled_from([None, D("7.0")]),
    st.lists(st.tuples(numbers, words, dates), min_size=1, max_size=12),
)
def test_columns_and_deciders_answer_what_decide_answers(specs, hit, results, otherwise, inputs):
    table = answered(build(specs), hit, results, otherwise)
    named = [dict(zip(("量", "类", "日"), values, strict=True)) for values in inputs]
    answers = Columns(table).decide({name: [row[name] for row in named] for name in ("量", "类", "日")}, env())
    decider = partial(Decider(table), env=env())
    frame = answers.frame()
    for i, values in enumerate(named):
        plain = {name: None if value != value else value for name, value in values.items()}
        expected = decide(table, Environment(plain, now=NOW))
        for found in (answers, decider):
            outputs, outcome, fired = (
                (answers.outputs(i), answers.outcome(i), answers.fired(i))
                if found is answers
                else ((brief := decider(plain)).outputs, brief.outcome, brief.fired)
            )
            assert dumps(outputs) == dumps(expected.outputs)
            assert (outcome, fired) == (expected.outcome, expected.fired)
        assert frame["outcome"][i] == expected.outcome


def test_a_row_whose_last_day_is_before_its_first_never_holds():
    """The check says so; whoever asks all the same is not answered by it, even where it is the only dated row."""
    table = answered(build([(*ANYTHING, 0, -1)]), Hit.UNIQUE, [D("1.50")] * 10, None)
    inputs = {"量": None, "类": None, "日": None}
    assert decide(table, Environment(inputs, now=NOW)).fired == ()
    assert Decider(table)(inputs, env=env()).fired == ()


FARES = """
    | 命中 | {hit} |
    {above}
    | 当 里程 | 当 车型 | 则 费用 |
    | [0,20) | 大客 | 150.00 |
    | >=20 | 大客 | 400 |
    | | 中巴 | 99.5 |
    | >=100 | | 50 |
"""
FRAME = pd.DataFrame(
    {"里程": [0.0, 19.9, 20.0, 120.0, float("nan"), -1.0], "车型": ["大客", "大客", "大客", "中巴", "中巴", "大客"]}
)


@pytest.mark.parametrize(
    ("hit", "fares"),
    [
        ("首个", [D(150), D(150), D(400), D("99.5"), D("99.5"), None]),
        ("最小", [D(150), D(150), D(400), D(50), D("99.5"), None]),
        ("最大", [D(150), D(150), D(400), D("99.5"), D("99.5"), None]),
        ("求和", [D(150), D(150), D(400), D("149.5"), D("99.5"), None]),
        ("计数", [1, 1, 1, 2, 1, 0]),
        ("唯一", [D(150), D(150), D(400), None, D("99.5"), None]),
    ],
)
def test_a_frame_of_floats_and_texts(hit, fares):
    answers = Columns(table_of(FARES.format(hit=hit, above=""))).decide(FRAME, env())
    assert list(answers.frame()["费用"]) == fares


def test_most_rows_need_no_single_decision():
    answers = Columns(table_of(FARES.format(hit="首个", above="| 否则 | 1 |"))).decide(FRAME, env())
    assert list(answers.rows) == [0, 0, 1, 2, 2, -2]
    assert [str(place) for place in answers.fired(5)] == ["规则-测试!B2"]


def test_values_that_are_one_in_floats_are_told_apart():
    table = table_of("| 命中 | 首个 |\n| 当 量 | 则 甲 |\n| '<9007199254740993 | 小 |\n| '>=9007199254740993 | 大 |")
    given_numbers = [D("9007199254740992"), D("9007199254740993"), 9007199254740994]
    assert list(Columns(table).decide({"量": given_numbers}, env()).frame()["甲"]) == ["小", "大", "大"]
    whole = np.array(given_numbers, dtype=np.int64)
    assert list(Columns(table).decide({"量": whole}, env()).frame()["甲"]) == ["小", "大", "大"]


def test_an_input_that_no_column_gives_is_taken_from_what_all_rows_share():
    table = table_of(FARES.format(hit="首个", above=""))
    answers = Columns(table).decide({"里程": [0, 20]}, env(车型="大客"))
    assert [answers.outputs(0), answers.outputs(1)] == [{"费用": D(150)}, {"费用": D(400)}]


def test_days_of_pandas_are_days():
    table = table_of("| 当 日 | 则 甲 |\n| <=2026-03-31 | 春 |\n| >=2026-04-01 | 夏 |")
    frame = pd.DataFrame({"日": pd.to_datetime(["2026-03-31", "2026-04-01", None])})
    assert list(Columns(table).decide(frame, env()).frame()["甲"]) == ["春", "夏", None]


def test_a_decider_reads_folded_names_and_forgets_nothing_it_was_not_told():
    table = table_of("| 当 ＣＡＳ | 则 甲 |\n| 7722-84-1 | 1 |\n| | 2 |\n".replace("| 当", "| 命中 | 首个 |\n| 当"))
    decider = partial(Decider(table), env=env())
    assert decider({"CAS": "7722-84-1"}).outputs == decide(table, env({"CAS": "7722-84-1"})).outputs
    assert decider({}).outputs == {"甲": D(2)}
    assert decider({"CAS": ["7722-84-1"]}).outputs == {"甲": D(2)}
    assert Decider(table)({}, env({"CAS": "7722-84-1"})).outputs == {"甲": D(1)}
    assert decider({"ＣＡＳ": "7722-84-1"}).explanation


@pytest.mark.parametrize("order", [1, -1])
def test_truths_are_no_numbers_though_python_holds_them_equal(order):
    table = table_of("| 当 数量 | 则 甲 |\n| 1 | 一 |\n| 0 | 零 |")
    given_values = [D(1), True, 1, D(0), False, 0.0][::order]
    expected = ["一", None, "一", "零", None, "零"][::order]
    assert list(Columns(table).decide({"数量": given_values}, env()).frame()["甲"]) == expected
    decider = partial(Decider(table), env=env())
    assert [(decider({"数量": value}).outputs or {}).get("甲") for value in given_values] == expected


def test_a_sum_keeps_the_decimals_of_its_parts():
    answers = Columns(table_of(FARES.format(hit="求和", above=""))).decide(FRAME, env())
    assert [str(answers.outputs(i)) for i in range(4)] == ["150", "150", "400", "149.5"]


def test_where_the_header_promises_whole_numbers_a_fraction_is_an_error():
    """The published fare has nothing between 4 and 5 hours; that is sound only while nobody parks for 4.5."""
    table = table_of(
        "| 命中 | 首个 |\n| 当 小时: 整数 | 则 费用 |\n| <=2 | 150 |\n| 3..4 | 200 |\n| >=5 | 400 |\n| [1,9] | 0 |"
    )
    hours = [D("4.0"), D("4.5"), D(5), 4.5, 4.0]
    told = ["ok", "error", "ok", "error", "ok"]
    fares = [D(200), None, D(400), None, D(200)]
    single = [decide(table, env({"小时": value if isinstance(value, D) else D(str(value))})) for value in hours]
    assert [str(one.outcome) for one in single] == told
    assert [item.code for item in single[1].diagnostics] == ["TABLE-079"]
    decider = partial(Decider(table), env=env())
    frame = Columns(table).decide({"小时": hours}, env()).frame()
    floats = Columns(table).decide({"小时": np.array([float(value) for value in hours])}, env()).frame()
    for outcomes, outputs in (
        ([str(decider({"小时": value}).outcome) for value in hours], [(decider({"小时": value}).outputs or {}).get("费用") for value in hours]),
        (list(frame["outcome"]), list(frame["费用"])),
        (list(floats["outcome"]), list(floats["费用"])),
    ):  # fmt: skip
        assert outcomes == told
        assert outputs == fares
