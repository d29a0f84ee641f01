"""Bills against published tariffs and worked examples (the figures and their sources: see each test)."""

from __future__ import annotations

import pickle
from datetime import datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_sheets import NOW, env, tariff_of

from banshi.rules.decision import Outcome
from banshi.rules.expressions.columns import Batch, values_of
from banshi.rules.tariffs import bill
from banshi.rules.tariffs.columns import bill_columns
from banshi.rules.values import ErrorValue, dumps, loads

D = Decimal

TIERS = """
    | 项目 | 计量   | 起  | 止  | 单价 | 方式 | 取整   |
    | 电费 | 用电量 |     | {a} | {p}  | 阶梯 | 不取整 |
    | 电费 |        | {a} | {b} | {q}  | 阶梯 | 不取整 |
    | 电费 |        | {b} |     | {r}  | 阶梯 | 不取整 |
    | 合计 |        |     |     |      | 合计 | 0.01 四舍五入 |
"""
GUANGZHOU = {"p": "0.589", "q": "0.639", "r": "0.889"}
SHENZHEN = {"p": "'0.66286875", "q": "'0.66286875 + 0.05", "r": "'0.66286875 + 0.30"}
SUMMER = {"a": 260, "b": 600}
WINTER = {"a": 200, "b": 400}


@pytest.mark.parametrize(
    ("prices", "season", "totals"),
    [
        (
            GUANGZHOU,
            SUMMER,
            "200→117.80 260→153.14 261→153.78 600→370.40 601→371.29 700→459.30",
        ),
        (GUANGZHOU, WINTER, "200→117.80 201→118.44 400→245.60 401→246.49 700→512.30"),
        (SHENZHEN, SUMMER, "260→172.35 261→173.06 600→414.72 700→511.01"),
        (SHENZHEN, WINTER, "200→132.57 400→275.15 401→276.11 700→564.01"),
    ],
)
def test_residential_tiers_of_guangdong(prices, season, totals):
    # Thresholds and prices as published; totals are marginal tiers, summed, then half up to the fen.
    tariff = tariff_of(TIERS.format(**prices, **season))
    for pair in totals.split():
        usage, total = pair.split("→")
        assert str(bill(tariff, env(用电量=D(usage))).total) == total


def test_a_quantity_on_a_bound_belongs_to_the_bracket_below_and_zero_to_the_first():
    tariff = tariff_of(TIERS.format(**GUANGZHOU, **SUMMER))

    def slices(usage: str) -> list[Decimal]:
        return [line.quantity for line in bill(tariff, env(用电量=D(usage))).lines if line.item == "电费"]

    assert slices("0") == [D(0)]
    assert slices("260") == [D(260)]
    assert slices("260.5") == [D(260), D("0.5")]
    assert slices("600") == [D(260), D(340)]
    assert slices("601") == [D(260), D(340), D(1)]


TIME_OF_USE = """
    | item | quantity | rate | method |
    | 电费 | 峰       | 0.5769 | flat |
    | 电费 | 谷       | 0.3769 | flat |
"""


@pytest.mark.parametrize(
    ("peak", "valley", "first", "second", "total"),
    [(95, 5, "54.81", "1.88", "56.69"), (60, 40, "34.61", "15.08", "49.69")],
)
def test_time_of_use_of_jinan(peak, valley, first, second, total):
    # A worked example of Jinan's residential time-of-use price: each line is rounded before it is added.
    found = bill(tariff_of(TIME_OF_USE), env(峰=peak, 谷=valley))
    assert [str(line.amount) for line in found.lines] == [first, second]
    assert str(found.total) == total
    assert found.decision.outputs["电费"] == D(total)


DORMITORY = """
    | 项目     | 名称     | 计量   | 起      | 止      | 单价  | 方式 | 分摊    | 依据 |
    | 超额电费 | 免费额度 | 用电量 |         | 10*人数 | 0     | 阶梯 | {share} | 校区通知 |
    | 超额电费 | 超出部分 |        | 10*人数 |         | 0.698 | 阶梯 | {share} | 校区通知 |
"""


def test_over_quota_charge_of_a_dormitory_is_shared_to_the_fen():
    # 10 kWh a student a month are free, 0.698 yuan/kWh beyond: 95 kWh, 4 students, so 55 x 0.698 = 38.39.
    found = bill(tariff_of(DORMITORY.format(share="人数")), env(用电量=95, 人数=4))
    assert found.total == D("38.39")
    assert found.shares == (("1", D("9.60")), ("2", D("9.60")), ("3", D("9.60")), ("4", D("9.59")))


def test_shares_are_named_after_the_people_of_a_list():
    people = ("李雷", "韩梅梅", "张伟", "张伟")
    found = bill(tariff_of(DORMITORY.format(share="'${姓名}")), env(用电量=95, 人数=4, 姓名=people))
    assert found.shares == tuple(zip(people, (D("9.60"), D("9.60"), D("9.60"), D("9.59")), strict=True))


@pytest.mark.parametrize(("method", "told"), [("定额", "由前面的人承担"), ("减免", "归前面的人")])
def test_who_bears_or_gets_the_odd_fen_is_told(method: str, told: str) -> None:
    found = bill(tariff_of(f"| 项目 | 单价 | 方式 | 分摊 |\n| 费 | 10 | {method} | 3 |"), env())
    assert abs(found.shares[0][1]) == D("3.34")
    assert told in str(found.decision.to_json()["explanation"])


def test_within_the_quota_nothing_is_charged():
    found = bill(tariff_of(DORMITORY.format(share="人数")), env(用电量=40, 人数=4))
    assert found.total == 0
    assert {amount for _, amount in found.shares} == {D(0)}


VEHICLE = """
    | 项目   | 计量 | 起 | 止 | 单价 | 方式 | 条件 | 最低 |
    | 里程费 | 公里 |    | 50 | 1.8  | 阶梯 | 车型='轿车' | |
    | 里程费 | 公里 | 50 |    | 1.6  | 阶梯 | 车型='轿车' | |
    | 里程费 | 公里 |    |    | 4    | 单价 | 车型='中巴' | 600 |
    | 等候费 | roundup(max(0, 等候分钟-30)/30, 0) * 5 | | | 1.8 | 单价 | 车型='轿车' | |
    | 合计   |      |    |    |      | 合计 | | |
"""


@pytest.mark.parametrize(
    ("values", "mileage", "waiting", "total"),
    [
        ({"车型": "轿车", "公里": 50, "等候分钟": 30}, "90.00", "0.00", "90.00"),
        ({"车型": "轿车", "公里": 80, "等候分钟": 31}, "138.00", "9.00", "147.00"),
        ({"车型": "轿车", "公里": 80, "等候分钟": 95}, "138.00", "27.00", "165.00"),
        ({"车型": "中巴", "公里": 100, "等候分钟": 0}, "600.00", "0", "600.00"),
        ({"车型": "中巴", "公里": 200, "等候分钟": 0}, "800.00", "0", "800.00"),
    ],
)
def test_vehicles(values, mileage, waiting, total):
    # Car 1.8 a km to 50 km, 1.6 beyond; each started half hour of waiting counts 5 km; minibus 4 a km, at least 600.
    outputs = bill(tariff_of(VEHICLE), env(values)).decision.outputs
    assert (outputs["里程费"], outputs["等候费"]) == (D(mileage), D(waiting))
    assert outputs["测试.total"] == outputs["合计"] == D(total)


@pytest.mark.parametrize(
    ("days", "amount"), [(0, "0.00"), (1, "240.00"), (5, "1200.00"), (6, "900.00"), (10, "1500.00"), (11, "1100.00")]
)
def test_whole_prices_all_of_the_quantity_at_the_bracket_it_falls_in(days, amount):
    tariff = tariff_of("""
        | 项目 | 计量 | 起 | 止 | 单价 | 方式 |
        | 场租 | 天数 |    | 5  | 240 | 全额 |
        | 场租 | 天数 | 5  | 10 | 150 | 全额 |
        | 场租 | 天数 | 10 |    | 100 | 全额 |
    """)
    assert str(bill(tariff, env(天数=days)).total) == amount


@pytest.mark.parametrize(("people", "amount"), [(0, "200"), (40, "200"), (41, "320"), (80, "320"), (81, "0")])
def test_fixed_applies_when_the_quantity_falls_in_the_bracket(people, amount):
    tariff = tariff_of("""
        | item | quantity | from | to | rate | method |
        | room | people   |      | 40 | 200  | fixed  |
        | room |          | 40   | 80 | 320  | fixed  |
    """)
    assert bill(tariff, env(people=people)).total == D(amount)


def test_percent_credit_limits_and_totals_use_earlier_lines_by_name():
    tariff = tariff_of("""
        | 项目   | 计量   | 单价 | 方式 | 取整       | 最低 | 封顶 |
        | 测试费 | 机时   | 120  | 单价 |            |      |      |
        | 耗材费 |        | 35   | 定额 |            |      |      |
        | 管理费 | 测试费 + 耗材费 | 5% | 比例 | 1 舍去 | | 50 |
        | 校内减免 | 测试费 | 10% | 减免 |          |      |      |
        | 小计   | 测试费、耗材费 |   | 合计 |        |      |      |
        | 合计   |        |      | 合计 | 10 舍去    |      |      |
    """)
    outputs = bill(tariff, env(机时=D("3.5"))).decision.outputs
    # 3.5 x 120 = 420; 5 % of 455 = 22.75, down to 22; 10 % of 420 = 42 off; 420 + 35 + 22 - 42 = 435, down to 430.
    assert [str(outputs[item]) for item in ("测试费", "耗材费", "管理费", "校内减免", "小计", "合计")] == [
        "420.00",
        "35.00",
        "22",
        "-42.00",
        "455.00",
        "430",
    ]
    assert bill(tariff, env(机时=100)).decision.outputs["管理费"] == 50
    assert outputs["测试.total"] == D(430)


@pytest.mark.parametrize(
    ("cells", "value", "amount"),
    [("| 30 | |", 0, "-30.00"), ("| | 押金 |", 12, "-12.00"), ("| 0.5 | 押金 |", 12, "-6.00")],
)
def test_a_credit_is_a_sum_a_quantity_or_a_rate_of_a_quantity(cells, value, amount):
    tariff = tariff_of(f"| 项目 | 方式 | 单价 | 计量 |\n| 减免 | 减免 {cells}")
    assert str(bill(tariff, env(押金=value)).total) == amount


@pytest.mark.parametrize(
    ("rounding", "amount"),
    [
        ("", "2.35"),
        ("0.01 half-up", "2.35"),
        ("0.01 四舍五入", "2.35"),
        ("分", "2.35"),
        ("0.01 down", "2.34"),
        ("0.01 舍去", "2.34"),
        ("0.01 up", "2.35"),
        ("0.01 half-even", "2.34"),
        ("1 half-even", "2"),
        ("到角 舍去", "2.3"),
        ("0.05 up", "2.35"),
        ("10 up", "10"),
        ("10 down", "0"),
        ("none", "2.345"),
        ("不取整", "2.345"),
    ],
)
def test_each_line_is_rounded_as_it_says_and_half_up_to_the_fen_otherwise(rounding, amount):
    tariff = tariff_of(f"| 项目 | 计量 | 单价 | 方式 | 取整 |\n| 水费 | 用量 | 2.345 | 单价 | {rounding} |")
    assert str(bill(tariff, env(用量=1)).total) == amount


def test_a_cap_is_never_exceeded_by_rounding():
    tariff = tariff_of("| 项目 | 计量 | 单价 | 方式 | 取整 | 封顶 |\n| 费 | 用量 | 1 | 单价 | 10 up | 95 |")
    assert bill(tariff, env(用量=91)).total == 95


@pytest.mark.parametrize(
    ("values", "outcome", "code", "cell"),
    [
        ({}, Outcome.NOT_CHECKED, "FEE-070", "B2"),
        ({"用电量": ""}, Outcome.NOT_CHECKED, "FEE-070", "B2"),
        ({"用电量": "260"}, Outcome.ERROR, "FEE-071", "B2"),
        ({"用电量": True}, Outcome.ERROR, "FEE-071", "B2"),
        ({"用电量": -1}, Outcome.ERROR, "FEE-072", "B2"),
    ],
)
def test_an_empty_or_wrong_quantity_is_a_reported_outcome_and_never_nothing_to_pay(values, outcome, code, cell):
    found = bill(tariff_of(TIERS.format(**GUANGZHOU, **SUMMER)), env(values))
    assert found.decision.outcome is outcome
    assert found.total is None
    assert found.decision.outputs["测试.total"] is None
    assert found.decision.diagnostics[0].code == code
    assert found.decision.diagnostics[0].place.cell == cell
    assert all(line.amount is None for line in found.lines)


@pytest.mark.parametrize(
    ("row", "code", "total"),
    [
        ("| 电费 | 本次 - 上次 | 0.6 | 单价 |", "FEE-089", None),
        ("| 减免 | 本次 - 上次 | | 减免 |", "FEE-089", None),
        ("| 退费 | 本次 - 上次 | 100% | 比例 |", None, D("-20.00")),
        ("| 电费 | max(0, 本次 - 上次) | 0.6 | 单价 |", None, D(0)),
    ],
)
def test_a_meter_that_ran_backwards_is_no_gift(row, code, total):
    """80 after 100: a flat price would pay 12 yuan back, and a credit would charge 20."""
    found = bill(tariff_of("| 项目 | 计量 | 单价 | 方式 |\n" + row), env(上次=100, 本次=80))
    assert found.total == total
    assert [item.code for item in found.decision.diagnostics] == ([code] if code else [])
    assert all("-20" in item.message() and item.place.cell == "B2" for item in found.decision.diagnostics)


def test_a_line_that_fails_takes_with_it_only_what_is_made_of_it():
    tariff = tariff_of("""
        | 项目 | 计量 | 单价 | 方式 |
        | 电费 | 用电量/房间数 | 1 | 单价 |
        | 水费 | 用水量 | 2 | 单价 |
        | 水费附加 | 水费 | 10% | 比例 |
        | 电费附加 | 电费 | 10% | 比例 |
        | 合计 | | | 合计 |
    """)
    found = bill(tariff, env(用电量=5, 房间数=0, 用水量=3))
    outputs = found.decision.outputs
    assert (outputs["水费"], outputs["水费附加"]) == (D("6.00"), D("0.60"))
    assert isinstance(outputs["电费"], ErrorValue)
    assert isinstance(outputs["电费附加"], ErrorValue)
    assert found.total is None
    assert found.decision.outcome is Outcome.ERROR


def test_a_quantity_above_the_last_bracket_has_no_price():
    text = "| 项目 | 计量 | 起 | 止 | 单价 | 方式 |\n| 费 | 量 | 0 | 100 | 2 | {} |"
    for method in ("阶梯", "全额"):
        assert bill(tariff_of(text.format(method)), env(量=100)).total == 200
        found = bill(tariff_of(text.format(method)), env(量=101))
        assert (found.total, found.decision.outcome) == (None, Outcome.ERROR)
        assert found.decision.diagnostics[0].place.cell == "D2"


def test_below_the_first_bracket_nothing_is_charged():
    tariff = tariff_of("| 项目 | 计量 | 起 | 止 | 单价 | 方式 |\n| 费 | 量 | 10 | | 2 | 阶梯 |")
    assert bill(tariff, env(量=10)).total == 0
    assert bill(tariff, env(量=0)).total == 0
    assert bill(tariff, env(量=11)).total == 2


def test_computed_brackets_that_do_not_meet_are_an_error_at_both_cells():
    tariff = tariff_of("""
        | 项目 | 计量 | 起 | 止 | 单价 | 方式 |
        | 费 | 量 | | 甲 | 1 | 阶梯 |
        | 费 | 量 | 乙 | | 2 | 阶梯 |
    """)
    assert bill(tariff, env(量=20, 甲=10, 乙=10)).total == 30
    found = bill(tariff, env(量=20, 甲=10, 乙=12))
    assert (found.total, found.decision.outcome) == (None, Outcome.ERROR)
    diagnostic = found.decision.diagnostics[0]
    assert (diagnostic.code, diagnostic.place.cell) == ("FEE-074", "C3")
    assert "D2" in diagnostic.message("zh")
    empty = bill(tariff, env(量=20, 甲=10))
    assert empty.decision.outcome is Outcome.NOT_CHECKED
    assert empty.decision.diagnostics[0].place.cell == "C3"


def test_rows_are_in_force_on_their_first_and_last_day():
    tariff = tariff_of("""
        | 项目 | 计量 | 单价 | 方式 | 生效 | 失效 |
        | 水费 | 用量 | 1.88 | 单价 | | 2026-09-15 |
        | 水费 | 用量 | 2.83 | 单价 | 2026-09-16 | |
    """)
    for day, total in ((15, "1.88"), (16, "2.83")):
        found = bill(tariff, env({"用量": 1}, now=datetime(2026, 9, day, 12, tzinfo=NOW.tzinfo)))
        assert found.total == D(total)


@pytest.mark.parametrize("unit", ["积分", "kWh"])
def test_money_stays_the_total_where_a_total_of_another_unit_stands_below(unit):
    tariff = tariff_of(f"""
        | 项目 | 计量 | 单价 | 方式 | 单位 | 取整 |
        | 费 | 用量 | 3 | 单价 | | |
        | 合计 | 费 | | 合计 | | |
        | 分 | 用量 | 2 | 单价 | {unit} | 1 down |
        | 总分 | 分 | | 合计 | {unit} | |
    """)
    made = bill(tariff, env(用量=10))
    assert (made.total, made.unit) == (30, "")
    batch = bill_columns(tariff, Batch(size=2, names={"用量": values_of([D(10), D(1)], np.arange(2))}, now=NOW))
    assert batch.totals() == [30, 3]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_total_that_names_nothing_adds_what_is_counted_in_the_same(order):
    charges = ["| 学费 | 学分 | 120 | 单价 | |", "| 学分数 | 学分 | 1 | 单价 | 学分 |"]
    rows = "\n".join(charges[at] for at in order)
    totals = "| 应缴 | | | 合计 | |\n| 总学分 | | | 合计 | 学分 |"
    tariff = tariff_of(f"| 项目 | 计量 | 单价 | 方式 | 单位 |\n{rows}\n{totals}")
    made = bill(tariff, env(学分=3))
    assert (made.total, made.unit) == (360, "")
    assert {line.item: line.amount for line in made.lines if not line.charge} == {"应缴": 360, "总学分": 3}
    batch = bill_columns(tariff, Batch(size=2, names={"学分": values_of([D(3), D(2)], np.arange(2))}, now=NOW))
    assert batch.totals() == [360, 240]


def test_a_condition_holds_as_everywhere_and_without_its_data_it_is_not_checked():
    """A tick says OK, a count is not 0: what EXPR-048 tells of conditions is true of tariffs too."""
    tariff = tariff_of("| 项目 | 单价 | 方式 | 条件 |\n| 费 | 5 | 定额 | 资格 |")
    assert bill(tariff, env(资格=True)).total == 5
    assert bill(tariff, env(资格=False)).total == 0
    assert bill(tariff, env()).decision.outcome is Outcome.NOT_CHECKED
    assert [bill(tariff, env(资格=value)).total for value in ("OK", "", 1, 0)] == [5, 0, 5, 0]


@pytest.mark.parametrize("people", [0, -1, D("2.5"), 10**9, (), True])
def test_nobody_to_share_with_is_an_error_and_no_shares(people):
    found = bill(tariff_of(DORMITORY.format(share="同住人")), env(用电量=95, 人数=4, 同住人=people))
    assert found.shares == ()
    assert found.decision.outcome in (Outcome.ERROR, Outcome.NOT_CHECKED)
    assert found.total == D("38.39")


def test_every_line_explains_itself_down_to_its_cells():
    found = bill(tariff_of(DORMITORY.format(share="人数")), env(用电量=95, 人数=4))
    line = found.lines[1]
    assert (line.item, line.label, line.quantity, line.rate) == ("超额电费", "超出部分", D(55), D("0.698"))
    assert [place.cell for place in line.places] == ["C2", "D3", "F3"]
    assert "55 × 0.698（收费-测试!F3）= 38.39（" in line.explanation.zh.replace(" =", "=")
    assert "55 × 0.698 (收费-测试!F3) = 38.39 (" in line.explanation.en
    assert "校区通知" in line.explanation.zh
    assert [part.place.cell for part in line.explanation.parts] == ["C2", "D3", "F3"]
    assert [part.value for part in line.explanation.parts] == [D(95), D(40), D("0.698")]
    assert [place.cell for place in found.decision.fired] == ["F2", "F3"]
    printed = loads(dumps(found.decision.to_json()))
    assert printed["inputs"] == {"人数": D(4), "用电量": D(95)}
    assert printed["outputs"] == {"超额电费": D("38.39"), "测试.total": D("38.39")}


def test_names_read_and_names_given():
    tariff = tariff_of(VEHICLE)
    assert tariff.names == {"公里", "等候分钟", "车型"}
    assert tariff.output_names == ("里程费", "等候费", "合计", "测试.total")


def test_items_written_full_width_are_found_half_width():
    tariff = tariff_of("""
        | 项目 | 计量 | 单价 | 方式 |
        | 电费（空调） | 用量 | 2 | 单价 |
        | 附加 | '${电费(空调)} | 10% | 比例 |
    """)
    assert bill(tariff, env(用量=50)).decision.outputs["附加"] == 10
    assert tariff.names == {"用量"}


def test_a_tariff_pickles_and_bills_the_same():
    tariff = tariff_of(VEHICLE)
    values = env({"车型": "轿车", "公里": 80, "等候分钟": 31})
    before = bill(tariff, values)
    again = pickle.loads(pickle.dumps(tariff))
    assert again == tariff
    assert bill(again, values).total == before.total
    assert bill(again, values, explained=False).total == before.total


def test_huge_and_tiny_numbers_do_no_harm():
    tariff = tariff_of("| 项目 | 计量 | 单价 | 方式 | 分摊 |\n| 费 | 用量 | 价 | 单价 | 3 |")
    for usage in ("9" * 24, "1E-300", "0.00"):
        found = bill(tariff, env(用量=D(usage), 价=D("1.005")))
        assert sum(amount for _, amount in found.shares) == found.total
    for usage in ("1E+300", "9" * 40):
        found = bill(tariff, env(用量=D(usage), 价=D("1.005")))
        assert (found.total, found.decision.outcome) == (None, Outcome.ERROR)
        assert found.decision.diagnostics[0].code == "FEE-078"
    broken = bill(tariff, env(用量=D("NaN"), 价=D(1)))
    assert broken.decision.outcome is Outcome.ERROR


money = st.decimals(0, 100000, places=3)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(1, 500), min_size=1, max_size=5, unique=True),
    st.lists(st.decimals(0, 9, places=4), min_size=6, max_size=6),
    st.decimals(0, 3000, places=2),
)
def test_marginal_brackets_are_the_sum_over_every_hundredth_of_a_unit(cuts, prices, usage):
    # An independent computation: the price of each 0.01 unit, counted one by one in whole numbers.
    cuts = sorted(cuts)
    bounds = [None, *cuts, None]
    rows = [
        f"| 费 | 量 | {'' if low is None else low} | {'' if high is None else high} | '{price} | 阶梯 | 不取整 |"
        for low, high, price in zip(bounds, bounds[1:], prices, strict=False)
    ]
    tariff = tariff_of("| 项目 | 计量 | 起 | 止 | 单价 | 方式 | 取整 |\n" + "\n".join(rows))
    hundredths = int(usage * 100)
    expected, below = D(0), 0
    for top, price in zip([*(cut * 100 for cut in cuts), 10**9], prices, strict=False):
        expected += max(0, min(hundredths, top) - below) * price
        below = top
    assert bill(tariff, env(量=usage)).total == expected / 100


@settings(max_examples=100, deadline=None)
@given(st.decimals(-9999, 9999, places=2), st.integers(1, 60))
def test_shares_add_up_and_differ_by_a_fen_at_most_earlier_ones_bearing_more(amount, people):
    tariff = tariff_of("| 项目 | 单价 | 方式 | 分摊 |\n| 费 | 价 | 定额 | 人数 |")
    shares = [share for _, share in bill(tariff, env(价=amount, 人数=people)).shares]
    assert sum(shares) == amount
    sizes = [abs(share) for share in shares]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] - sizes[-1] <= D("0.01")


LADDER = """
    | 项目 | 计量 | 起 | 止 | 单价 | 方式 |
    | 电费 | 用电量 | | {first} | 0.5 | 阶梯 |
    | 电费 | 用电量 | {first} | {second} | 0.6 | 阶梯 |
    | 电费 | 用电量 | {second} | | 0.8 | 阶梯 |
"""


@pytest.mark.parametrize("values", [{}, {"用电量": D(-5)}, {"用电量": "甲"}])
def test_what_is_wrong_with_a_ladder_is_told_once_and_not_once_a_bracket(values):
    made = bill(tariff_of(LADDER.format(first=180, second=260)), env(values))
    sentences = [item.message() for item in made.decision.diagnostics]
    assert len(sentences) == 1
    assert [line.amount for line in made.lines] == [None] * 3


def test_two_items_that_fail_for_two_reasons_are_both_told():
    rows = "| 水费 | 用水量 | | | 2.8 | 单价 |"
    made = bill(tariff_of(LADDER.format(first=180, second=260) + rows), env())
    assert len(made.decision.diagnostics) == 2


@pytest.mark.parametrize(
    ("first", "second", "cell", "bound"),
    [
        ("人数*40", "人数*80", "D2", "人数*40"),
        ("40", "40 + 人数*80", "D3", "40 + 人数*80"),
        ("40 + 人数*20", "260", None, ""),
    ],
)
def test_a_computed_bound_below_zero_is_named_as_such(first, second, cell, bound):
    tariff = tariff_of(LADDER.format(first=first, second=second))
    made = bill(tariff, env(用电量=100, 人数=-2))
    if cell is None:  # 40 - 40 is 0: a first bracket that nothing falls in
        assert made.total == D("60.00")
        return
    [found] = made.decision.diagnostics
    assert (found.code, found.place.cell) == ("FEE-086", cell)
    facts = dict(found.facts)
    assert facts["part"] == bound
    assert D(facts["value"]) < 0
    assert made.total is None
