"""Quotas that carry over, sharing by weight, units, rounding modes, and tariffs of which nothing applies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_sheets import env, tariff_of

from banshi.rules.decision import Outcome
from banshi.rules.tariffs import bill

D = Decimal

YANGJIANG = """
    | 项目     | 名称     | 计量   | 起      | 止      | 单价  | 方式 | 结转     |
    | 超额电费 | 免费额度 | 用电量 |         | 10*人数 | 0     | 阶梯 | 上期结转 |
    | 超额电费 | 超出部分 |        | 10*人数 |         | 0.698 | 阶梯 |          |
"""
"""广东海洋大学阳江校区, 2021: 10 kWh a student a month, what is not used is added next month, 0.698 yuan/kWh beyond."""


@pytest.mark.parametrize(
    ("used", "before", "amount", "after"),
    [
        # 4 students: 40 kWh a month. Beyond quota and what was left over: (95 - 40) x 0.698 = 38.39.
        (95, 0, "38.39", "0"),
        (95, 12, "30.01", "0"),
        (33, 0, "0.00", "7"),
        (33, 12, "0.00", "19"),
        (52, 12, "0.00", "0"),
        (0, 0, "0.00", "40"),
    ],
)
def test_unused_quota_goes_into_the_next_period(used, before, amount, after):
    found = bill(tariff_of(YANGJIANG), env(用电量=used, 人数=4, 上期结转=before))
    assert (found.total, found.carries) == (D(amount), (("超额电费.carry", D(after)),))
    assert found.decision.outputs["超额电费.carry"] == D(after)


def test_the_quota_explains_itself():
    decision = bill(tariff_of(YANGJIANG), env(用电量=33, 人数=4, 上期结转=12)).decision
    [note] = [line for line in decision.explanation if line.label == "超额电费.carry"]
    assert (note.value, note.place.cell) == (D(19), "H2")
    assert "52 − 用量 33，结转下期 19" in note.zh


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 120), min_size=1, max_size=12), st.integers(1, 8))
def test_a_year_of_quota_is_neither_lost_nor_counted_twice(months, people):
    """Over any months: what was free and what was paid is what was used, and the quota given is used or left."""
    tariff, left, charged = tariff_of(YANGJIANG), D(0), Fraction(0)
    for used in months:
        found = bill(tariff, env(用电量=used, 人数=people, 上期结转=left))
        paid = max(0, used - 10 * people - int(left))
        charged += paid
        assert found.total == round(paid * D("0.698"), 2)
        left = dict(found.carries)["超额电费.carry"]
    assert 10 * people * len(months) == sum(months) - charged + int(left)


@pytest.mark.parametrize(
    ("before", "outcome", "code"),
    [(None, Outcome.NOT_CHECKED, "FEE-070"), (-1, Outcome.ERROR, "FEE-083"), ("多", Outcome.ERROR, "FEE-071")],
)
def test_a_quota_without_what_was_left_over_is_not_billed(before, outcome, code):
    found = bill(tariff_of(YANGJIANG), env(用电量=33, 人数=4, 上期结转=before))
    assert (found.total, found.decision.outcome) == (None, outcome)
    assert found.carries == (("超额电费.carry", None),)
    assert [(item.code, item.place.cell) for item in found.decision.diagnostics] == [(code, "H2")]


def test_all_brackets_above_the_quota_move_up():
    tariff = tariff_of("""
        | 项目 | 计量 | 起 | 止 | 单价 | 方式 | 结转 |
        | 电费 | 量 |     | 40 | 0   | 阶梯 | 余 |
        | 电费 | 量 | 40  | 80 | 0.5 | 阶梯 | |
        | 电费 | 量 | 80  |    | 1   | 阶梯 | |
    """)
    # 100 kWh with 10 left over: 50 free, 40 at 0.5, 10 at 1.
    assert bill(tariff, env(量=100, 余=10)).total == 30
    assert bill(tariff, env(量=100, 余=0)).total == 40


SHARED = "| 项目 | 单价 | 方式 | 取整 | 分摊 | 单位 |\n| 费 | 价 | 定额 | {round} | {share} | {unit} |"


@pytest.mark.parametrize(
    ("amount", "days", "parts"),
    [
        # 38.39 over 90 days: 12.796.., 12.796.., 8.531.., 4.265..; two fen are left for the two largest remainders.
        ("38.39", (30, 30, 20, 10), ["12.80", "12.80", "8.53", "4.26"]),
        ("10.00", (1, 1, 1), ["3.34", "3.33", "3.33"]),
        ("10.00", (0, 1, 0), ["0.00", "10.00", "0.00"]),
        ("0.01", (1, 2), ["0.00", "0.01"]),
        ("-10.00", (1, 2), ["-3.33", "-6.67"]),
        ("10.00", (D("0.5"), D("1.5")), ["2.50", "7.50"]),
    ],
)
def test_sharing_by_days_goes_to_the_largest_remainder(amount, days, parts):
    people = tuple("甲乙丙丁"[: len(days)])
    tariff = tariff_of(SHARED.format(round="", share="姓名 按 住宿天数", unit=""))
    found = bill(tariff, env(价=D(amount), 姓名=people, 住宿天数=tuple(map(D, days))))
    assert [(name, str(part)) for name, part in found.shares] == list(zip(people, parts, strict=True))
    note = found.decision.explanation[-1]
    assert "按 住宿天数 分摊" in note.zh
    assert "by 住宿天数" in note.en


@settings(max_examples=150, deadline=None)
@given(st.integers(-(10**7), 10**7), st.lists(st.integers(0, 400), min_size=1, max_size=9).filter(any))
def test_weighted_shares_add_up_and_are_within_a_fen_of_what_is_due(fen, weights):
    tariff = tariff_of(SHARED.format(round="", share="姓名 by 天", unit=""))
    names = tuple(f"学生{i}" for i in range(len(weights)))
    shares = [part for _, part in bill(tariff, env(价=D(fen) / 100, 姓名=names, 天=tuple(map(D, weights)))).shares]
    assert sum(shares) == D(fen) / 100
    for share, weight in zip(shares, weights, strict=True):
        assert abs(Fraction(share) - Fraction(fen, 100) * weight / sum(weights)) < Fraction(1, 100)
        assert weight or share == 0


@pytest.mark.parametrize(
    ("weights", "outcome", "code"),
    [
        ((1,), Outcome.ERROR, "FEE-084"),
        ((1, -1), Outcome.ERROR, "FEE-084"),
        ((0, 0), Outcome.ERROR, "FEE-084"),
        ((1, "两天"), Outcome.ERROR, "FEE-084"),
        ((1, None), Outcome.NOT_CHECKED, "FEE-070"),
        (None, Outcome.NOT_CHECKED, "FEE-070"),
    ],
)
def test_weights_that_do_not_fit_give_no_shares(weights, outcome, code):
    given = tuple(D(w) if isinstance(w, int) else w for w in weights) if weights else weights
    tariff = tariff_of(SHARED.format(round="", share="姓名 按 天", unit=""))
    found = bill(tariff, env(价=10, 姓名=("甲", "乙"), 天=given))
    assert (found.shares, found.total, found.decision.outcome) == ((), 10, outcome)
    assert [(item.code, item.place.cell) for item in found.decision.diagnostics] == [(code, "E2")]


def test_points_are_shared_whole():
    found = bill(tariff_of(SHARED.format(round="1", share="3", unit="分")), env(价=10))
    assert [str(part) for _, part in found.shares] == ["4", "3", "3"]
    assert (found.unit, found.lines[0].unit) == ("分", "分")


@pytest.mark.parametrize(
    ("rounding", "results"),
    [
        # Of 2.5, 2.6, 2.4, -2.5, -2.4 and 15 (to tens).
        ("1 half-up", "3 3 2 -3 -2"),
        ("1 half-down", "2 3 2 -2 -2"),
        ("1 五舍六入", "2 3 2 -2 -2"),
        ("1 half-even", "2 3 2 -2 -2"),
        ("1 up", "3 3 3 -3 -3"),
        ("1 down", "2 2 2 -2 -2"),
        ("1 ceiling", "3 3 3 -2 -2"),
        ("1 上取整", "3 3 3 -2 -2"),
        ("1 floor", "2 2 2 -3 -3"),
        ("1 下取整", "2 2 2 -3 -3"),
        ("10 half-up", "0 0 0 0 0"),
        ("10 ceiling", "10 10 10 0 0"),
        ("0.1 half-down", "2.5 2.6 2.4 -2.5 -2.4"),
    ],
)
def test_every_mode_of_rounding(rounding, results):
    tariff = tariff_of(SHARED.format(round=rounding, share="", unit=""))
    for value, result in zip(("2.5", "2.6", "2.4", "-2.5", "-2.4"), results.split(), strict=True):
        assert bill(tariff, env(价=D(value))).total == D(result)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(-5000, 5000),
    st.integers(1, 30),
    st.sampled_from(["0.01", "0.1", "1", "10"]),
    st.sampled_from(["half-up", "half-down", "half-even", "up", "down", "ceiling", "floor"]),
)
def test_fractions_round_like_decimals(whole, days, unit, mode):
    """Of 1 to 30 of 32 days every amount has an end, so the plain way is the oracle of the split one."""
    head = "| 项目 | 单价 | 方式 | 取整 | 生效 | 失效 | 折算 |\n"
    split = tariff_of(
        f"{head}| 费 | 价 | 定额 | {unit} {mode} | | {{}} | 按天 起..止 |".format("2026-01-" + f"{days:02}")
    )
    plain = tariff_of(f"{head}| 费 | 价*{days}/32 | 定额 | {unit} {mode} | | | |")
    values = env(价=D(whole) / 100, 起="", 止="")
    dated = env(价=D(whole) / 100, 起=date(2026, 1, 1), 止=date(2026, 2, 1))
    assert bill(split, dated).total == bill(plain, values).total


def test_a_tariff_of_which_nothing_applies_says_so():
    tariff = tariff_of("""
        | 项目 | 单价 | 方式 | 条件 |
        | 校外人员服务费 | 5 | 定额 | 身份="校外" |
        | 合计 | | 合计 | |
    """)
    found = bill(tariff, env(身份="学生"))
    assert (found.applies, found.total, found.decision.outcome) == (False, 0, Outcome.OK)
    assert "没有一行适用" in found.decision.explanation[-1].zh
    paid = bill(tariff, env(身份="校外"))
    assert (paid.applies, paid.total) == (True, 5)
    assert "没有一行适用" not in paid.decision.explanation[-1].zh


@settings(max_examples=100, deadline=None)
@given(st.decimals(0, 500, places=2), st.integers(0, 300), st.integers(0, 300))
def test_a_minimum_and_a_cap_hold_for_every_quantity(usage, low, more):
    tariff = tariff_of("| 项目 | 计量 | 单价 | 方式 | 最低 | 封顶 |\n| 费 | 量 | 0.698 | 单价 | 低 | 高 |")
    cents = int(Fraction(usage) * Fraction("0.698") * 100 + Fraction(1, 2))
    expected = min(max(Fraction(cents, 100), low), low + more)
    assert Fraction(bill(tariff, env(量=usage, 低=low, 高=low + more)).total) == expected
