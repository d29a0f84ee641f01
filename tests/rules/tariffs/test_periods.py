"""Billing periods that are split by days: dated prices and seasons inside one bill.

D1  A row counts for the share of the period's days on which it is in force; both ends of the period count.
D2  Brackets say whether their bounds go with the days (`按天连档`) or stay (`按天不动档`).
D3  The parts are exact: what has no end in decimals is rounded once, where the sheet rounds.
D4  A season without a year comes back every year, also over the new year.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_sheets import NEW_PRICE, SEASONS, codes, env, tariff_of

from banshi.rules.decision import Outcome
from banshi.rules.expressions import Name, Scope
from banshi.rules.tariffs import bill, check
from banshi.rules.tariffs.model import Season
from banshi.rules.tariffs.periods import season_span
from banshi.rules.values import Kind

D = Decimal
SCOPE = Scope(
    {"量": Name(Kind.NUMBER), "起": Name(Kind.DATE), "止": Name(Kind.DATE), "人数": Name(Kind.NUMBER)}
)  # fmt: skip


def to_fen(amount: Fraction) -> Decimal:
    """Half up to the fen, from a fraction that is not negative."""
    return (Decimal(int(amount * 100 * 2 + 1) // 2) / 100).quantize(D("0.01"), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("first", "last", "amounts"),
    [
        # 30 t in September, 15 of 30 days each: 15 x 1.88 = 28.20 and 15 x 2.83 = 42.45.
        (date(2026, 9, 1), date(2026, 9, 30), ["28.20", "42.45"]),
        (date(2026, 9, 16), date(2026, 9, 30), ["84.90"]),
        (date(2026, 9, 1), date(2026, 9, 15), ["56.40"]),
        (date(2026, 9, 15), date(2026, 9, 15), ["56.40"]),
        # 1 of 3 days and 2 of 3 days.
        (date(2026, 9, 15), date(2026, 9, 17), ["18.80", "56.60"]),
    ],
)
def test_a_price_that_changes_inside_a_period(first, last, amounts):
    """D1."""
    tariff = tariff_of(NEW_PRICE)
    assert codes(check(tariff, SCOPE)) == []
    assert [str(line.amount) for line in bill(tariff, env(量=30, 起=first, 止=last)).lines] == amounts


def test_tiers_of_guangzhou_with_half_a_period_in_summer():
    """D2: 16 April to 15 May, 15 days each. The published bills of 300 kWh are 178.70 in summer and 181.70 in winter."""
    tariff = tariff_of(SEASONS.format(word="按天连档"))
    assert codes(check(tariff, SCOPE)) == []
    period = {"起": date(2026, 4, 16), "止": date(2026, 5, 15)}
    summer, winter = D("260") * D("0.589") + 40 * D("0.639"), 200 * D("0.589") + 100 * D("0.639")
    assert bill(tariff, env(量=300, **period)).total == (summer + winter) / 2 == D("180.20")
    # 150 kWh a season stay in the first bracket where the bounds do not go with the days.
    kept = tariff_of(SEASONS.format(word="按天不动档"))
    assert bill(kept, env(量=300, **period)).total == 300 * D("0.589") == D("176.70")


def tiers(quantity: Fraction, bounds: list[int | Fraction]) -> Fraction:
    """Three slices, counted from the top down."""
    total, rest = Fraction(0), quantity
    for floor, price in zip([*reversed(bounds), 0], ["0.889", "0.639", "0.589"], strict=True):
        above = max(Fraction(0), rest - floor)
        total += above * Fraction(price)
        rest -= above
    return total


@settings(max_examples=150, deadline=None)
@given(
    st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    st.integers(0, 800),
    st.decimals(0, 3000, places=2),
    st.booleans(),
)
def test_seasons_against_a_count_of_every_day(first, more, usage, scaled):
    """D1 to D4: an independent computation in fractions, day by day."""
    last = first + timedelta(days=more)
    days = [first + timedelta(days=i) for i in range(more + 1)]
    summer = Fraction(sum(5 <= day.month <= 10 for day in days), len(days))
    expected = Fraction(0)
    for share, bounds in ((summer, [260, 600]), (1 - summer, [200, 400])):
        limits = [bound * share for bound in bounds] if scaled else bounds
        expected += tiers(Fraction(usage) * share, limits)
    tariff = tariff_of(SEASONS.format(word="按天连档" if scaled else "days only"))
    assert bill(tariff, env(量=usage, 起=first, 止=last)).total == to_fen(expected)


@pytest.mark.parametrize("method", ["全额", "定额"])
def test_whole_and_fixed_brackets_count_their_share_of_the_days(method):
    """D1: 10 of 40 days: whole jumps, fixed sums and bounds that stay or go along."""
    text = """
        | 项目 | 计量 | 起 | 止 | 单价 | 方式 | 生效 | 失效 | 折算 |
        | 场租 | 量 |    | 5 | 240 | {m} | 2026-09-01 | 2026-09-10 | {w} 起..止 |
        | 场租 | 量 | 5 |   | 150 | {m} | 2026-09-01 | 2026-09-10 | {w} 起..止 |
    """
    period = {"起": date(2026, 8, 2), "止": date(2026, 9, 10)}
    scaled = bill(tariff_of(text.format(m=method, w="按天连档")), env(量=8, **period)).total
    kept = bill(tariff_of(text.format(m=method, w="按天不动档")), env(量=8, **period)).total
    # A quarter of 8 is 2: above a quarter of 5, but not above 5.
    assert (scaled, kept) == ((300, 480) if method == "全额" else (D("37.5"), 60))


@pytest.mark.parametrize(
    ("versions", "first", "last", "since", "until"),
    [
        # A hole between two versions, at the end of the period, over all of it.
        ([("", "2026-08-30"), ("2026-09-02", "")], (8, 1), (9, 15), (8, 31), (9, 1)),
        ([("", "2026-08-30"), ("2026-09-02", "")], (8, 20), (8, 31), (8, 31), (8, 31)),
        ([("", "2026-08-30"), ("2026-09-02", "")], (8, 31), (9, 1), (8, 31), (9, 1)),
        # Nobody wrote the next price; nobody wrote the one before.
        ([("", "2026-06-30"), ("2026-07-01", "2026-08-31")], (8, 20), (9, 10), (9, 1), (9, 10)),
        ([("2026-05-01", "2026-06-30"), ("2026-07-01", "")], (4, 20), (5, 10), (4, 20), (4, 30)),
        # 30 April is in no season.
        ([("'5月1日", "'10月31日"), ("'11月1日", "'4月29日")], (4, 20), (5, 10), (4, 30), (4, 30)),
    ],
)
def test_days_of_a_period_without_a_price_are_never_billed_as_free(versions, first, last, since, until):
    """D1: a price in versions has one for every day; the bill says which days have none."""
    rows = "".join(f"| 水费 | 量 | 2 | 单价 | {a} | {b} | 按天 起..止 |\n" for a, b in versions)
    tariff = tariff_of("| 项目 | 计量 | 单价 | 方式 | 生效 | 失效 | 折算 |\n" + rows)
    found = bill(tariff, env(量=30, 起=date(2026, *first), 止=date(2026, *last)))
    assert (found.total, found.decision.outcome) == (None, Outcome.ERROR)
    [fault] = found.decision.diagnostics
    assert fault.code == "FEE-090"
    assert f"从 {date(2026, *since)} 到 {date(2026, *until)} 没有价格" in fault.message("zh")
    assert f"from {date(2026, *since)} to {date(2026, *until)}" in fault.message("en")
    # Of days that all have a price nothing is said.
    assert bill(tariff, env(量=30, 起=date(2026, 8, 1), 止=date(2026, 8, 30))).total == 60


def test_a_charge_that_begins_or_ends_counts_its_days_and_free_days_are_written_as_such():
    """D1: one row is no price with versions; 10 of 20 days."""
    head = "| 项目 | 计量 | 单价 | 方式 | 生效 | 失效 | 折算 |\n"
    one = "| 水费 | 量 | 2 | 单价 | | 2026-08-31 | 按天 起..止 |\n"
    period = {"起": date(2026, 8, 22), "止": date(2026, 9, 10)}
    assert bill(tariff_of(head + one), env(量=30, **period)).total == 30
    free = "| 水费 | 量 | 0 | 单价 | 2026-09-01 | | 按天 起..止 |"
    assert bill(tariff_of(head + one + free), env(量=30, **period)).total == 30


def test_thirds_add_up_exactly_before_they_are_rounded():
    """D3: three thirds of 1.00 are 1.00, also rounded down."""
    days = [("", "2026-09-01"), ("2026-09-02", "2026-09-02"), ("2026-09-03", "")]
    rows = "".join(f"| 费{i} | 1 | 1 | 单价 | {a} | {b} | 按天 起..止 | none |\n" for i, (a, b) in enumerate(days))
    tariff = tariff_of(
        "| 项目 | 计量 | 单价 | 方式 | 生效 | 失效 | 折算 | 取整 |\n" + rows + "| 合计 | | | 合计 | | | | 0.01 舍去 |"
    )
    found = bill(tariff, env(起=date(2026, 9, 1), 止=date(2026, 9, 3)))
    assert str(found.total) == "1.00"
    assert found.lines[0].amount == D("0.333333333333")


def test_a_line_says_on_how_many_days_it_was_in_force():
    line = bill(tariff_of(NEW_PRICE), env(量=30, 起=date(2026, 9, 1), 止=date(2026, 9, 30))).lines[1]
    assert (line.quantity, line.rate) == (D(15), D("2.83"))
    assert "15 × 2.83" in line.explanation.zh
    assert " = 42.45" in line.explanation.zh
    assert "15/30" in line.explanation.zh
    assert "15/30" in line.explanation.en
    assert [place.cell for place in line.places] == ["G3", "G3", "B3", "C3"]


@pytest.mark.parametrize(
    ("first", "last", "outcome", "code"),
    [
        (None, date(2026, 9, 30), Outcome.NOT_CHECKED, "FEE-070"),
        (date(2026, 9, 30), date(2026, 9, 1), Outcome.ERROR, "FEE-080"),
        (date(2006, 9, 1), date(2026, 9, 1), Outcome.ERROR, "FEE-081"),
        (date(2026, 9, 1), "九月底", Outcome.ERROR, "FEE-082"),
    ],
)
def test_a_period_that_is_missing_or_wrong_is_reported(first, last, outcome, code):
    found = bill(tariff_of(NEW_PRICE), env(量=30, 起=first, 止=last))
    assert (found.total, found.decision.outcome) == (None, outcome)
    assert [(item.code, item.place.cell) for item in found.decision.diagnostics] == [(code, "G2")]  # once, not per row


def test_moments_of_another_zone_are_days_of_the_campus() -> None:
    """20:00 UTC on 31 August is 04:00 on 1 September in Shanghai; 15:00 UTC on 30 September is 23:00 there."""
    first, last = datetime(2026, 8, 31, 20, tzinfo=UTC), datetime(2026, 9, 30, 15, tzinfo=UTC)
    found = bill(tariff_of(NEW_PRICE), env(量=30, 起=first, 止=last))
    assert [line.amount for line in found.lines] == [D("28.20"), D("42.45")]


@pytest.mark.parametrize(
    ("season", "year", "span"),
    [
        (((5, 1), (10, 31)), 2026, (date(2026, 5, 1), date(2026, 10, 31))),
        (((11, 1), (4, 30)), 2026, (date(2026, 11, 1), date(2027, 4, 30))),
        (((12, 1), (2, 29)), 2026, (date(2026, 12, 1), date(2027, 2, 28))),
        (((12, 1), (2, 29)), 2027, (date(2027, 12, 1), date(2028, 2, 29))),
        (((2, 29), (3, 31)), 2026, (date(2026, 3, 1), date(2026, 3, 31))),
    ],
)
def test_a_season_comes_back_every_year(season, year, span):
    """D4."""
    assert season_span(Season(*season), year) == span


HEAD = "| 项目 | 计量 | 起 | 止 | 单价 | 方式 | 生效 | 失效 | 折算 |\n"


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("| 费 | 量 | | | 1 | 阶梯 | | 2026-08-31 | 按天 起..止 |", []),
        ("| 费 | 量 | 5 | | 1 | 阶梯 | | 2026-08-31 | 按天 起..止 |", [("C2", "FEE-025"), ("I2", "FEE-051")]),
        ("| 费 | 量 | | | 1 | 单价 | | | 按天 起..止 |", [("I2", "FEE-052")]),
        ("| 费 | 量 | | | 1 | 单价 | | 2026-08-31 | 按天 起..止 |\n| 费 | 量 | | | 2 | 单价 | 2026-09-01 | | |", [("A3", "FEE-053")]),
        ("| 费 | 量 | | | 1 | 单价 | | 2026-08-31 | 按天 起..止 |\n| 费 | 量 | | | 2 | 单价 | 2026-09-01 | | 按天 起..止-1 |", [("A3", "FEE-053")]),
        ("| 费 | 量 | | | 1 | 单价 | | 2026-09-01 | 按天 起..止 |\n| 费 | 量 | | | 2 | 单价 | 2026-09-01 | | 按天 起..止 |", [("A3", "FEE-054")]),
        ("| 费 | 量 | | | 1 | 单价 | '5-1 | '10-31 | 按天 起..止 |\n| 费 | 量 | | | 2 | 单价 | '10-31 | '4-30 | 按天 起..止 |", [("A3", "FEE-054")]),
        ("| 费 | 量 | | | 1 | 单价 | '5-1 | '10-31 | 按天 起..止 |\n| 费 | 量 | | | 2 | 单价 | 2026-11-01 | 2027-04-30 | 按天 起..止 |", []),
        ("| 费 | 量 | | | 1 | 单价 | | 2026-08-30 | 按天 起..止 |\n| 费 | 量 | | | 2 | 单价 | 2026-09-01 | | 按天 起..止 |", [("A3", "FEE-055")]),
        ("| 费 | 量 | | | 1 | 单价 | '5-1 | '10-31 | 按天 起..止 |\n| 费 | 量 | | | 2 | 单价 | '11-1 | '4-29 | 按天 起..止 |", [("A3", "FEE-055")]),
        ("| 费 | 量 | | | 1 | 单价 | | 2026-08-31 | |\n| 费 | 量 | | | 2 | 单价 | 2026-09-01 | | |", []),
        ("| 费 | 量 | | | 1 | 单价 | | 2026-09-01 | |\n| 费 | 量 | | | 2 | 单价 | 2026-09-01 | | |", [("A3", "FEE-057")]),
        ("| 费 | 量 | | | 1 | 单价 | | 2026-08-31 | |\n| 费 | 量 | | | 2 | 单价 | 2026-09-02 | | |", [("A3", "FEE-058")]),
        ("| 费 | 量 | | 9 | 1 | 全额 | | 2026-08-31 | |\n| 费 | 量 | 9 | | 2 | 全额 | | 2026-08-31 | |\n| 费 | 量 | | | 2 | 全额 | 2026-09-02 | | |", [("A4", "FEE-058")]),
        ("| 费 | 量 | | | 1 | 单价 | '5-1 | '8-31 | |\n| 费 | 量 | | | 2 | 单价 | '11-1 | '3-31 | |", [("A3", "FEE-058")]),
        ("| 费 | 量 | | | 1 | 单价 | | | |\n| 费 | 量 | | | 2 | 单价 | 2026-09-02 | | |", []),
        ("| 费 | 量 | | | 1 | 单价 | '11-15 | '3-15 | |", []),
        ("| 费 | 量 | | | 1 | 单价 | | 2026-08-31 | 按天 量..止 |", [("I2", "EXPR-040")]),
        ("| 费 | 量 | | | 1 | 单价 | | | |\n| 合计 | 费 | | | | 合计 | | | 按天 起..止 |", [("I3", "FEE-009")]),
        ("| 费 | 量 | | 9 | 1 | 阶梯 | | 2026-08-31 | 按天连档 起..止 |\n| 费 | 量 | 8 | | 2 | 阶梯 | | 2026-08-31 | 按天连档 起..止 |", [("C3", "FEE-021")]),
        ("| 费 | 量 | | 9 | 1 | 阶梯 | | | 按天连档 起..止 |\n| 费 | 量 | 9 | | 2 | 阶梯 | | 2026-08-31 | 按天连档 起..止 |", [("D2", "FEE-023"), ("C3", "FEE-025"), ("A3", "FEE-054"), ("I2", "FEE-052")]),
    ],
)  # fmt: skip
def test_faults_of_periods(rows, found):
    assert sorted(codes(check(tariff_of(HEAD + rows), SCOPE))) == sorted(found)


def test_a_day_without_a_price_is_named():
    rows = "| 费 | 量 | | | 1 | 单价 | | 2026-08-30 | 按天 起..止 |\n| 费 | 量 | | | 2 | 单价 | 2026-09-01 | | 按天 起..止 |"
    [fault] = check(tariff_of(HEAD + rows), SCOPE)
    assert "2026-08-31 到 2026-08-31" in fault.message("zh")
