"""A tariff over columns against `bill`, row by row: the scalar is the truth.

B1 random tariffs of every method over random rows: the same items, total, outcome and faults
B2 plain bills are really computed by columns: none of them is left to `bill`
B3 what the columns do not know goes to `bill`, found by itself
B4 a million bills of a published tariff agree with the sum worked out in whole numbers
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_sheets import NEW_PRICE, NOW, SEASONS, env, read_tariff, tariff_of

from banshi.rules.decision import Outcome
from banshi.rules.expressions.column import numbers
from banshi.rules.expressions.columns import Batch, Values, values_of
from banshi.rules.tariffs import Line, Tariff, bill
from banshi.rules.tariffs import columns as tariff_columns
from banshi.rules.tariffs.columns import Bills, bill_columns, item_amount
from banshi.rules.tariffs.known import knows
from banshi.rules.values import Value

D = Decimal


def billed(tariff: Tariff, columns: dict[str, list[Value]]) -> Bills:
    size = len(next(iter(columns.values())))
    return bill_columns(
        tariff, Batch(size=size, names={name: values_of(values) for name, values in columns.items()}, now=NOW)
    )


def agree(tariff: Tariff, columns: dict[str, list[Value]]) -> Bills:
    found = billed(tariff, columns)
    totals = found.totals()
    amounts = {item: found.amounts(item) for item in tariff.items}
    for row in range(len(totals)):
        values = {name: column[row] for name, column in columns.items()}
        alone = bill(tariff, env(values))
        assert totals[row] == alone.total, (row, values)
        for item in tariff.items:
            assert amounts[item][row] == item_amount(alone, item), (row, item, values)
        sound = alone.decision.outcome is Outcome.OK
        assert (row not in found.failed) is sound, (row, values)
        if not sound:
            assert found.failed[row].decision.diagnostics == alone.decision.diagnostics
            assert found.failed[row].decision.outcome is alone.decision.outcome
    return found


QUANTITY = st.one_of(
    st.integers(0, 900).map(D),
    st.decimals(min_value=0, max_value=900, places=2),
    st.sampled_from(
        [D(0), D(260), D(600), D("260.01"), D("0.005"), None, D(-1), D(10**17), D(10**25), "六百", "5", True]
    ),
)
COLUMNS = {
    "用量": QUANTITY,
    "人数": st.integers(0, 6).map(D) | st.sampled_from([None, D("1.5"), ("李雷", "韩梅梅"), "李雷", ""]),
    "类型": st.sampled_from(["居民", "商业", "", None]),
    "校内": st.booleans() | st.none(),
    "起": st.sampled_from([date(2026, 8, 1), date(2026, 7, 20), date(2026, 12, 20), date(2027, 1, 1)])
    | st.sampled_from([None, "八月", D(3)]),
    "止": st.sampled_from([date(2026, 8, 31), date(2026, 9, 19), date(2027, 1, 25), date(2030, 1, 1)])
    | st.sampled_from([None, date(2056, 1, 1)]),
    "单价": st.sampled_from([D("0.589"), D("0.66286875"), D(0), D("-0.1"), None]),
}


PLAIN = COLUMNS | {
    "用量": st.decimals(min_value=0, max_value=900, places=2),
    "人数": st.integers(1, 6).map(D),
    "起": st.dates(date(2026, 6, 1), date(2026, 8, 31)),
    "止": st.dates(date(2026, 9, 1), date(2026, 12, 31)),
}


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[Value]]:
    size = draw(st.integers(1, 6))
    columns = draw(st.sampled_from([COLUMNS, PLAIN]))
    return {name: draw(st.lists(values, min_size=size, max_size=size)) for name, values in columns.items()}


ROUNDINGS = st.sampled_from(
    ["", "0.01 half-up", "0.01 down", "0.05 up", "10 down", "1 half-even", "none", "0.1 half-even"]
)
LIMITS = st.sampled_from(["", "", "", "5", "0.005", "人数", "100"])
WHENS = st.sampled_from(["", "", "", '类型 = "居民"', "校内", "用量 > 300", "not 校内", "类型"])
DATES = st.sampled_from(["|", "|", "|", "2026-01-01 |", "| 2026-08-31", "2027-01-01 |", "'7月1日 | '9月30日"])
SPLITS = st.sampled_from(["", "", "按天 起..止", "按天连档 起..止", "按天不动档 起..止"])
VERSIONS = st.sampled_from(
    [
        ["|"],
        ["'7月1日 | '9月30日"],
        ["| 2026-08-15", "2026-08-16 |"],
        ["'7月1日 | '9月30日", "'10月1日 | '6月30日"],
        ["| 2026-08-15", "2026-08-20 |"],
    ]
)
SHARES = st.sampled_from(["", "", "", "人数", "3", "类型"])
RATES = st.sampled_from(["0.589", "0.698", "2", "-1.25", "单价", "0.05 * 人数", "用量 / 3", "10%"])
QUANTITIES = st.sampled_from(["用量", "用量 - 人数", "round(用量 / 3, 1)", "人数", "max(0, 用量 - 10 * 人数)"])


@st.composite
def lines(draw: st.DrawFn, item: str, above: list[str]) -> list[str]:
    """The rows of one item: a ladder, or one line of another method."""
    when, share, split = draw(WHENS), draw(SHARES), draw(SPLITS)
    versions = draw(VERSIONS) if split else [draw(DATES)]

    def row(quantity: str, low: str, high: str, rate: str, method: str, dates: str = versions[0]) -> str:
        limits = f"{draw(LIMITS)} | {draw(LIMITS)}"
        return f"| {item} | {quantity} | {low} | {high} | {rate} | {method} | {when} | {dates} | {draw(ROUNDINGS)} | {limits} | {share} | {split} |"

    method = draw(
        st.sampled_from(["marginal", "marginal", "whole", "fixed", "flat", "percent", "credit", "total", "one"])
    )
    quantity = draw(QUANTITIES)
    if method in ("marginal", "whole", "fixed"):
        bounds = draw(
            st.sampled_from(
                [
                    ("260", "600"),
                    ("10 * 人数", "600"),
                    ("100", "200.5"),
                    ("人数", "人数 + 5"),
                    ("0", "600"),
                    ("10 * 人数 - 20", "600"),
                ]
            )
        )
        ends = ["", *bounds, draw(st.sampled_from(["", "", "", "800"]))]
        found = [
            row(quantity, low, high, draw(RATES), method, dates) for dates in versions for low, high in pairwise(ends)
        ]
        return found if draw(st.booleans()) else found[::-1]
    if method == "total":
        names = draw(st.lists(st.sampled_from(above), unique=True)) if above else []
        return [row("、".join(names), "", "", "", method)]
    if method == "percent" and above:
        quantity = draw(st.sampled_from([*above, " + ".join(above)]))
    if method == "credit":
        quantity, rate = draw(st.sampled_from([("用量", ""), ("", "5"), ("用量", "10%")]))
        return [row(quantity, "", "", rate, method)]
    alone = method == "one"
    return [
        row("" if alone else quantity, "", "", draw(RATES), "fixed" if alone else method, dates) for dates in versions
    ]


@st.composite
def tariffs(draw: st.DrawFn) -> str:
    rows: list[str] = []
    items: list[str] = []
    for item in draw(st.lists(st.sampled_from(["电费", "水费", "附加费", "Ｂ费", "合计"]), unique=True, min_size=1)):
        rows += draw(lines(item, list(items)))
        items.append(item)
    header = "| item | quantity | from | to | rate | method | when | from_date | until_date | round | minimum | maximum | share | prorate |"
    return "\n".join([header, *rows])


@settings(max_examples=500, deadline=None)
@given(tariffs(), tables())
def test_the_columns_and_the_scalar_give_the_same_bills(text: str, columns: dict[str, list[Value]]) -> None:  # B1
    tariff, _ = read_tariff(text)
    assert tariff is not None
    agree(tariff, columns)


@pytest.mark.parametrize("method", ["单价", "减免", "比例"])
def test_a_quantity_below_zero_is_told_in_the_row_that_has_it(method: str) -> None:  # B3
    rate = "10%" if method == "比例" else "0.6"
    found = agree(
        tariff_of(f"| 项目 | 计量 | 单价 | 方式 |\n| 电费 | 本次 - 上次 | {rate} | {method} |"),
        {"上次": [D(100), D(100), D(0)], "本次": [D(80), D(180), D(0)]},
    )
    assert list(found.failed) == ([] if method == "比例" else [0])


GUANGZHOU = tariff_of(
    """
    | 项目 | 计量   | 起  | 止  | 单价  | 方式 | 取整   |
    | 电费 | 用电量 |     | 260 | 0.589 | 阶梯 | 不取整 |
    | 电费 |        | 260 | 600 | 0.639 | 阶梯 | 不取整 |
    | 电费 |        | 600 |     | 0.889 | 阶梯 | 不取整 |
    | 合计 |        |     |     |       | 合计 | 0.01 四舍五入 |
    """
)
VEHICLE = tariff_of(
    """
    | 项目   | 计量 | 起 | 止 | 单价 | 方式 | 条件 | 最低 | 封顶 | 分摊 |
    | 里程费 | 公里 |    | 50 | 1.8  | 阶梯 | 车型='轿车' | | | 人数 |
    | 里程费 | 公里 | 50 |    | 1.6  | 阶梯 | 车型='轿车' | | | 人数 |
    | 里程费 | 公里 |    |    | 4    | 单价 | 车型='中巴' | 600 | 2000 | 人数 |
    | 等候费 | roundup(max(0, 等候分钟-30)/30, 0) * 5 | | | 1.8 | 单价 | 车型='轿车' | | | |
    | 管理费 | 里程费 + 等候费 | | | 5% | 比例 | | | 50 | |
    | 减免   | 里程费 | | | 10% | 减免 | 教工 | | | |
    | 合计   |      |    |    |      | 合计 | | | | |
    """
)

SPLIT = tariff_of(NEW_PRICE)


def test_plain_bills_are_computed_by_columns(monkeypatch: pytest.MonkeyPatch) -> None:  # B2
    columns: dict[str, list[Value]] = {
        "车型": ["轿车", "中巴", "轿车", "中巴"],
        "公里": [D(80), D(100), D("50.5"), D(600)],
        "等候分钟": [D(31), D(0), D(95), D(61)],
        "人数": [D(1), D(2), D(3), D(3)],
        "教工": [True, False, False, True],
    }
    agree(VEHICLE, columns)
    # 30 t each. 15 of 30 days each: 28.20 + 42.45; all days at the new price; all at the old; 1 and 2 of 3 days.
    split: dict[str, list[Value]] = {
        "量": [D(30)] * 4,
        "起": [date(2026, 9, day) for day in (1, 16, 1, 15)],
        "止": [date(2026, 9, day) for day in (30, 30, 15, 17)],
    }
    agree(SPLIT, split)
    for word in ("按天连档", "按天不动档"):
        # 31 days have no end in decimals; 32 have one after five places more, 2,048 beyond the twelve that are written.
        ends: dict[str, list[Value]] = {
            "量": [D("300.5"), D("301.11"), D("333.37"), D(900), D("900.01")],
            "起": [date(2026, 10, 7)] * 4 + [date(2021, 1, 1)],
            "止": [date(2026, 11, 6)] * 3 + [date(2026, 11, 7), date(2026, 8, 10)],
        }
        agree(tariff_of(SEASONS.format(word=word)), ends)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("left to bill")

    monkeypatch.setattr(tariff_columns, "bill", never)
    # 300 kWh from 16 April to 15 May, half of it in summer (test_periods): bounds that go with the days, and that stay.
    season: dict[str, list[Value]] = {"量": [D(300)], "起": [date(2026, 4, 16)], "止": [date(2026, 5, 15)]}
    assert billed(tariff_of(SEASONS.format(word="按天连档")), season).totals() == [D("180.20")]
    assert billed(tariff_of(SEASONS.format(word="按天不动档")), season).totals() == [D("176.70")]
    assert billed(SPLIT, split).totals() == [D("70.65"), D("84.90"), D("56.40"), D("75.40")]
    # 1.8 x 50 + 1.6 x 30 = 138, one started half hour 9; 5 % of 147 = 7.35; 10 % of 138 off.
    assert billed(VEHICLE, columns).totals()[0] == D("138.00") + D("9.00") + D("7.35") - D("13.80")


def test_a_million_bills_of_guangzhou() -> None:  # B4
    usage = np.random.default_rng(20260901).integers(0, 120_000, 1_000_000)  # 0.01 kWh
    found = bill_columns(GUANGZHOU, Batch(size=usage.size, names={"用电量": Values(numbers(usage, 2))}, now=NOW))
    assert not found.alone
    raw = [min(q, 26000) * 589 + max(min(q, 60000) - 26000, 0) * 639 + max(q - 60000, 0) * 889 for q in usage.tolist()]
    assert found.total.scale == 2
    assert found.total.data.tolist() == [(cost + 500) // 1000 for cost in raw]


def test_blocks_are_put_together_in_order(monkeypatch: pytest.MonkeyPatch) -> None:  # B1
    monkeypatch.setattr(tariff_columns, "BLOCK", 2)
    usages: list[Value] = [D(260), None, D(601), D("0.5"), "六百", D(10**20), D(0)]
    found = agree(GUANGZHOU, {"用电量": usages})
    assert sorted(found.failed) == [1, 4]
    fine = tariff_of("| 项目 | 计量 | 单价 | 方式 | 取整 |\n| 费 | 用量 * 因子 | 因子 | 单价 | 不取整 |")
    columns: dict[str, list[Value]] = {
        "用量": [D(9), D(4 * 10**9), D("0.000000001"), D("0.123456789"), D(3)],
        "因子": [D(1), D(10**8), D("0.123456789"), D("1.000000001"), D(2)],
    }
    agree(fine, columns)


def test_a_row_that_fails_tells_why_and_stops_no_other() -> None:  # B1
    found = agree(GUANGZHOU, {"用电量": [D(260), None, "六百", D(-1), D(10**20), D(601)]})
    assert {row: made.decision.diagnostics[0].code for row, made in found.failed.items()} == {
        1: "FEE-070",
        2: "FEE-071",
        3: "FEE-072",
    }
    assert found.totals()[4] == (D(10**20) - 600) * D("0.889") + D("370.40")
    assert (found.totals()[0], found.totals()[5]) == (D("153.14"), D("371.29"))


def test_a_number_too_large_for_a_column_is_not_taken_for_the_least_that_is_charged() -> None:  # B1
    tariff = tariff_of("| 项目 | 计量 | 单价 | 方式 | 最低 |\n| 费 | 用量 | '0.66286875 | 单价 | 5 |")
    assert agree(tariff, {"用量": [D(1), D(10**16)]}).totals() == [D("5.00"), D("6628687500000000.00")]


def test_nothing_belongs_to_the_first_of_two_brackets_that_begin_at_nothing() -> None:  # B1
    tariff = tariff_of("""
        | 项目 | 计量 | 起      | 止      | 单价 | 方式 |
        | 费   | 用量 |         | 10*人数 | 7    | 定额 |
        | 费   | 用量 | 10*人数 |         | 9    | 定额 |
    """)
    columns: dict[str, list[Value]] = {"用量": [D(0), D(1), D(10), D(11)], "人数": [D(0), D(0), D(1), D(1)]}
    assert agree(tariff, columns).totals() == [7, 9, 7, 9]


def test_a_bound_that_is_computed_below_zero_is_left_to_the_scalar_although_nothing_meets_it() -> None:  # B1
    tariff = tariff_of("| 项目 | 计量 | 止 | 单价 | 方式 |\n| 费 | 用量 | 10*人数 - 20 | 7 | 定额 |")
    assert agree(tariff, {"用量": [D(1), D(1)], "人数": [D(1), D(3)]}).totals() == [None, 7]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine(Line):
    """A line with a feature that nobody has written yet."""

    halved: bool = False


def test_a_feature_that_the_columns_do_not_know_is_left_to_the_scalar(monkeypatch: pytest.MonkeyPatch) -> None:  # B3
    plain = {name: getattr(GUANGZHOU.lines[0], name) for name in Line.__dataclass_fields__}
    old = replace(GUANGZHOU, lines=(NewLine(**plain), *GUANGZHOU.lines[1:]))
    new = replace(GUANGZHOU, lines=(NewLine(**plain, halved=True), *GUANGZHOU.lines[1:]))
    assert knows(old)
    assert not knows(new)
    asked: list[Tariff] = []
    monkeypatch.setattr(tariff_columns, "bill", lambda tariff, *_, **__: asked.append(tariff) or bill(GUANGZHOU, env()))
    billed(new, {"用电量": [D(1), D(2)]})
    assert asked == [new, new]
