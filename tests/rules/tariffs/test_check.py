"""What the checker says about a tariff: brackets, names, totals, shares."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from rule_sheets import codes, read_tariff, tariff_of

from banshi.rules.expressions import Name, Scope
from banshi.rules.tariffs import check
from banshi.rules.values import Kind

SCOPE = Scope(
    {
        "量": Name(Kind.NUMBER),
        "人数": Name(Kind.NUMBER),
        "季节": Name(Kind.TEXT, frozenset({"夏", "冬"})),
        "姓名": Name(Kind.LIST),
        "日期": Name(Kind.DATE),
    }
)
LADDER = "| 项目 | 计量 | 起 | 止 | 单价 | 方式 | 条件 | 生效 | 失效 |\n"


def faults_of(text: str) -> list[tuple[str, str]]:
    return codes(check(tariff_of(text), SCOPE))


def test_a_sound_tariff_has_no_faults():
    assert (
        faults_of(
            LADDER
            + """
        | 电费 | 量 | 0   | 260 | 0.589 | 阶梯 | 季节='夏' | | |
        | 电费 | 量 | 260 |     | 0.639 | 阶梯 | 季节='夏' | | |
        | 电费 | 量 |     | 200 | 0.589 | 阶梯 | 季节='冬' | | |
        | 电费 | 量 | 200 | -   | 0.639 | 阶梯 | 季节='冬' | | |
        | 减免 | 电费 | | | 10% | 减免 | | | |
        | 合计 | 电费、减免 | | | | 合计 | | | |
    """
        )
        == []
    )


@pytest.mark.parametrize("method", ["阶梯", "全额", "定额"])
@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("| 0 | 100", "| 90 | ", "FEE-021"),
        ("| 0 | ", "| 100 | ", "FEE-021"),
        ("| 0 | 100", "| | 200", "FEE-021"),
        ("| 0 | 100", "| 110 | ", "FEE-022"),
        ("| 0 | 100", "| 100.01 | ", "FEE-022"),
    ],
)
def test_brackets_that_overlap_or_leave_a_gap_name_both_cells(method, first, second, code):
    found = check(tariff_of(LADDER + f"| 费 | 量 {first} | 1 | {method} |\n| 费 | 量 {second} | 2 | {method} |"), SCOPE)
    errors = [item for item in found if item.severity == "error"]
    assert [item.code for item in errors] == [code]
    named = {errors[0].place.cell, *dict(errors[0].facts)["other"].split()}
    assert len(named) == 2
    assert all(cell in str(errors[0].place) or cell in errors[0].message("en") for cell in named)


def test_the_gap_is_at_the_upper_bracket_and_names_the_lower():
    text = LADDER + "| 费 | 量 | 100 | | 2 | 阶梯 |\n| 费 | 量 | 0 | 90 | 1 | 阶梯 |"
    found = check(tariff_of(text), SCOPE)
    assert codes(found) == [("C2", "FEE-022")]
    assert "D3" in found[0].message("zh")
    assert "D3" in found[0].message("en")


def test_brackets_of_different_periods_are_judged_by_themselves():
    text = LADDER + "| 费 | 量 | | 100 | 1 | 阶梯 | | | 2026-08-31 |\n| 费 | 量 | 100 | | 2 | 阶梯 | | | 2026-08-31 |\n"
    assert faults_of(text + "| 费 | 量 | | | 3 | 阶梯 | | 2026-09-01 | |") == []
    assert faults_of(text + "| 费 | 量 | | | 3 | 阶梯 | | 2026-08-31 | |") == [("A4", "FEE-021"), ("C3", "FEE-021")]


@pytest.mark.parametrize(
    ("row", "cell", "code"),
    [
        ("| 费 | 量 | 100 | 100 | 1 | 阶梯 |", "D2", "FEE-020"),
        ("| 费 | 量 | 100 | 50 | 1 | 阶梯 |", "D2", "FEE-020"),
        ("| 费 | 量 | 0 | 50 | 1 | 阶梯 |", "D2", "FEE-023"),
        ("| 费 | 量 | 5 | 10 | 1 | 全额 |\n| 费 | 量 | 10 | | 2 | 全额 |", "C2", "FEE-025"),
        ("| 费 | | 0 | | 1 | 阶梯 |", "A2", "FEE-008"),
        ("| 费 | 量 | | | | 单价 |", "A2", "FEE-008"),
        ("| 费 | | | 5 | 1 | 定额 |", "A2", "FEE-008"),
        ("| 费 | | | | | 减免 |", "A2", "FEE-008"),
        ("| 费 | 量 | 1 | | 1 | 单价 |", "C2", "FEE-009"),
        ("| 费 | | | | 1 | 合计 |", "E2", "FEE-009"),
        ("| 费 | 量 | | | 1 | 定额 |", "B2", "FEE-010"),
        ("| 费 | 量 | | | 5 | 比例 |", "E2", "FEE-011"),
        ("| 费 | 量 | | | 1 | 单价 | | 2026-09-02 | 2026-09-01 |", "A2", "FEE-013"),
        ("| 费 | 没有 | | | 1 | 单价 |", "B2", "EXPR-020"),
        ("| 费 | 日期 | | | 1 | 单价 |", "B2", "EXPR-040"),
        ("| 费 | 费 + 量 | | | 1 | 单价 |", "B2", "FEE-030"),
        ("| 费 | 后费 | | | 1 | 单价 |\n| 后费 | 量 | | | 1 | 单价 |", "B2", "FEE-030"),
        ("| 费 | 量 | | | 1 | 单价 |\n| 费 | 费 | | | 1 | 单价 |", "B3", "FEE-030"),
        ("| 电费 | 量 | | | 1 | 单价 |\n| 合计 | 电废 | | | | 合计 |", "B3", "FEE-031"),
        ("| 合计 | 电费 | | | | 合计 |\n| 电费 | 量 | | | 1 | 单价 |", "B2", "FEE-030"),
        ("| 电费 | 量 | | | 1 | 单价 |\n| 合计 | 合计 | | | | 合计 |", "B3", "FEE-030"),
        ("| 电费 | 量 | | | 1 | 单价 |\n| 合计 | | | | | 合计 |\n| 水费 | 量 | | | 1 | 单价 |", "A4", "FEE-032"),
        ("| 电费 | 量 | | | 1 | 单价 |\n| 水费 | 量 | | | 1 | 单价 |\n| 合计 | 电费 | | | | 合计 |", "A3", "FEE-032"),
        (
            "| 测试费 | 量 | | | 1 | 单价 |\n| 管理费 | 测试费 | | | 9% | 比例 |\n| 合计 | 测试费 | | | | 合计 |",
            "A3",
            "FEE-032",
        ),
        ("| 费 | 量 | | | 1 | 单价 |\n| 费 | | | | | 合计 |", "A3", "FEE-014"),
        ("| 费 | 量 | | 9 | 1 | 阶梯 | 季节='夏' |\n| 费 | 量 | 9 | | 1 | 阶梯 | |", "A3", "FEE-024"),
        ("| 电费 | 量 | | | 1 | 单价 |\n| 合计 | 电费、电费 | | | | 合计 |", "B3", "FEE-033"),
        ("| 电费 | 量 | | | 1 | 单价 |\n| 小计 | | | | | 合计 |\n| 合计 | 小计、电费 | | | | 合计 |", "B4", "FEE-033"),
    ],
)
def test_each_fault_is_named_at_its_cell(row, cell, code):
    assert (cell, code) in [(place, found[: len(code)]) for place, found in faults_of(LADDER + row)]


@pytest.mark.parametrize(
    "rows",
    [
        "| 医疗费 | 量 | 1 | 单价 | |\n| 报销额 | 医疗费 | 80% | 比例 | |\n| 自付 | 医疗费 | 20% | 比例 | |\n| 应缴 | 自付 | | 合计 | |",
        "| 租金 | 量 | 1 | 单价 | |\n| 合计 | | | 合计 | |\n| 押金 | | 200 | 定额 | |",
        "| 租金 | 量 | 1 | 单价 | |\n| 补贴 | 量 | 2 | 单价 | 学院另付，不计入合计 |\n| 合计 | 租金 | | 合计 | |",
    ],
)
def test_what_is_left_out_of_a_total_on_purpose_is_no_fault(rows):
    assert faults_of("| 项目 | 计量 | 单价 | 方式 | 备注 |\n" + rows) == []


@pytest.mark.parametrize(
    ("rate", "number_format", "found"),
    [("300%", "", []), ("150％", "", []), ("3", "0%", []), ("3", "0.00", [("C2", "FEE-011")])],
)
def test_a_percentage_that_is_written_as_one_is_meant(rate, number_format, found):
    formats = {"收费-测试!C2": number_format} if number_format else {}
    tariff = tariff_of(f"| 项目 | 计量 | 单价 | 方式 |\n| 赔书 | 量 | {rate} | 比例 |", formats=formats)
    assert codes(check(tariff, SCOPE)) == found


@pytest.mark.parametrize("rate", ["1,000", "38.5元", "￥3.5"])
def test_a_part_that_cannot_be_read_is_not_missing(rate):
    tariff, found = read_tariff(LADDER + f"| 费 | 量 | | | {rate} | 单价 |")
    assert [item.place.cell for item in found] == ["E2"]
    assert "FEE-008" not in [item.code for item in check(tariff, SCOPE)]


def test_what_is_no_money_may_stand_below_the_total():
    rows = "| 电费 | 量 | | | 1 | 单价 | |\n| 合计 | | | | | 合计 | |\n| 碳 | 量 | | | 0.8 | 单价 | 千克 |"
    assert faults_of("| 项目 | 计量 | 起 | 止 | 单价 | 方式 | 单位 |\n" + rows) == []


def test_what_a_line_in_the_total_is_computed_from_need_not_be_in_it():
    rows = "| 全价 | 量 | | | 2 | 单价 |\n| 实收 | 全价 | | | 0.5 | 比例 |\n| 小计 | 实收 | | | | 合计 |\n"
    assert faults_of(LADDER + rows + "| 合计 | 小计 | | | | 合计 |") == []


@pytest.mark.parametrize(
    ("row", "cell", "code"),
    [
        ("| 费 | 量 | | 定额 | 1 | 阶梯 |\n| 费 | 量 | 定额 + 9 | | 2 | 阶梯 |", "C3", "FEE-043"),
        ("| 费 | 量 | | 2 * 定额 | 1 | 阶梯 |\n| 费 | 量 | 定额 + 定额 | | 2 | 阶梯 |", "", ""),
        ("| 费 | 量 | | | 1 | 单价 |\n| 减 | 费 | | | 150% | 减免 |", "E3", "FEE-038"),
        ("| 费 | 量 | | | 1 | 单价 |\n| 减 | 量 | | | 5 | 减免 |", "", ""),
        ("| 费 | 量 | | | 1 | 单价 |\n| 减一 | 费 | | | 60% | 减免 |\n| 减二 | 费 | | | 60% | 减免 |", "E4", "FEE-045"),
        ("| 费 | 量 | | | 1 | 单价 |\n| 减一 | 费 | | | 60% | 减免 |\n| 减二 | 费 | | | 40% | 减免 |", "", ""),
        (
            "| 费 | 量 | | | 1 | 单价 |\n| 减 | 费 | | | 60% | 减免 | 季节='夏' |\n| 减二 | 费 | | | 60% | 减免 |",
            "",
            "",
        ),
        ("| 费 | 量 | | 100 | 1 | 阶梯 |\n| 费 | 定额 | 100 | | 2 | 阶梯 |", "B3", "FEE-044"),
        ("| 费 | 量 | | 9 | 1 | 阶梯 |\n| 费 | 量 | 9 | | 2 | 阶梯 |\n| 费 | 定额 | | | 3 | 阶梯 |", "", ""),
    ],
)
def test_what_would_always_go_wrong_is_told(row: str, cell: str, code: str) -> None:
    scope = SCOPE.with_names({"定额": Name(Kind.NUMBER)})
    found = codes(check(tariff_of(LADDER + row), scope))
    assert found == ([(cell, code)] if code else [])


def test_a_misspelt_item_gets_a_suggestion():
    found = check(tariff_of(LADDER + "| 电费 | 量 | | | 1 | 单价 |\n| 合计 | 电废 | | | | 合计 |"), SCOPE)
    assert "电费" in found[0].message("zh")


SHARED = "| 项目 | 计量 | 单价 | 方式 | 取整 | 分摊 |\n"


@pytest.mark.parametrize(
    ("rows", "cell", "code"),
    [
        ("| 费 | 量 | 1 | 单价 | none | 4 |", "F2", "FEE-040"),
        ("| 费 | 量 | 1 | 单价 | 0.001 down | 4 |", "F2", "FEE-040"),
        ("| 费 | 量 | 1 | 单价 | | 4 |\n| 合计 | | | 合计 | | 4 |", "F3", "FEE-041"),
        ("| 费 | 量 | 1 | 单价 | | 日期 |", "F2", "FEE-042"),
    ],
)
def test_faults_of_sharing(rows, cell, code):
    assert faults_of(SHARED + rows) == [(cell, code)]


def test_two_lines_may_be_shared_where_no_total_counts_them_again():
    rows = "| 电费 | 量 | 1 | 单价 | | 人数 |\n| 水费 | 量 | 1 | 单价 | | '${姓名} |\n| 合计 | | | 合计 | | |"
    assert faults_of(SHARED + rows) == []


LIMITED = "| 项目 | 计量 | 起 | 止 | 单价 | 方式 | 最低 | 封顶 | 结转 | 折算 | 单位 | 生效 | 失效 |\n"


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("| 费 | 量 | | | 1 | 单价 | 9 | 5 |", [("A2", "FEE-016")]),
        ("| 费 | 量 | | 9 | 1 | 阶梯 | 5 |\n| 费 | 量 | 9 | | 1 | 阶梯 |", [("G2", "FEE-015")]),
        ("| 费 | 量 | | | 1 | 阶梯 | 5 |", []),
        ("| 费 | 量 | | | -0.5 | 单价 |", [("E2", "FEE-018")]),
        ("| 费 | 量 | | | '百分之五 | 单价 |", [("E2", "FEE-088")]),
        ("| 费 | 量 | | 9 | 1 | 阶梯 |\n| 费 | 量 | 9 | | 2 | 全额 |", [("A3", "FEE-026")]),
        ("| 费 | 量 | | 9 | 1 | 全额 |\n| 费 | 量 | 9 | | 2 | 全额 |", []),
        ("| 费 | 量 | | | 1 | 单价 |\n| 小计 | 费 | | | | 合计 | | 150 |\n| 合计 | | | | | 合计 |", [("A4", "FEE-034")]),
        ("| 费 | 量 | | | 1 | 单价 |\n| 小计 | 费 | | | | 合计 |\n| 合计 | | | | | 合计 |", []),
        ("| 费 | 量 | | | 1 | 单价 |\n| 小计 | 费 | | | | 合计 | | 150 |\n| 合计 | 小计 | | | | 合计 |", []),
        ("| 费 | 量 | | | -1 | 减免 |", [("E2", "FEE-018")]),
        ("| 费 | 量 | | | 1 | 单价 | '50% | '200％ |", [("G2", "FEE-019"), ("H2", "FEE-019")]),
        ("| 费 | 量 | | | 1 | 单价 | 量 * 50% |", []),
        ("| 费 | 量 | | 9 | 0 | 阶梯 | | | 人数 |\n| 费 | 量 | 9 | | 1 | 阶梯 |", []),
        ("| 费 | 量 | | | 1 | 单价 | | | 人数 |", [("I2", "FEE-060")]),
        ("| 费 | 量 | | 9 | 0 | 阶梯 |\n| 费 | 量 | 9 | | 1 | 阶梯 | | | 人数 |", [("I3", "FEE-060")]),
        ("| 费 | 量 | | 9 | 0 | 阶梯 | | | 人数 |\n| 费 | 量 | 9 | | 1 | 阶梯 | | | 人数 |", [("I3", "FEE-060"), ("I3", "FEE-061")]),
        ("| 费 | 量 | | 9 | 0 | 阶梯 | | | 日期 |\n| 费 | 量 | 9 | | 1 | 阶梯 |", [("I2", "EXPR-040")]),
        ("| 费 | 量 | | 9 | 0 | 定额 | | | 人数 | 按天不动档 日期..日期 | | | 2026-08-31 |", [("I2", "FEE-062")]),
        ("| 费 | 量 | | | 1 | 单价 |\n| 合计 | | | | | 合计 | | | 人数 |", [("I3", "FEE-009")]),
        ("| 费 | 量 | | | 1 | 单价 | | | | | 分 |\n| 电 | 量 | | | 1 | 单价 | | | | | 元 |", [("A3", "FEE-017")]),
        ("| 费 | 量 | | | 1 | 单价 | | | | | 分 |\n| 电 | 量 | | | 1 | 单价 |\n| 合计 | 费、电 | | | | 合计 |", [("B4", "FEE-017")]),
        ("| 费 | 量 | | | 1 | 单价 | | | | | 分 |\n| 电 | 量 | | | 1 | 单价 |\n| 合计 | | | | | 合计 |", []),
        ("| 费 | 量 | | | 1 | 单价 | | | | | 分 |\n| 电 | 量 | | | 1 | 单价 |\n| 分数 | 费 | | | | 合计 |\n| 合计 | 电 | | | | 合计 |", []),
        ("| 费 | 量 | | | 1 | 单价 | | | | | 分 |\n| 合计 | | | | | 合计 | | | | | kWh |", [("B3", "FEE-017")]),
        ("| 费 | 量 | | | 1 | 单价 | | | | | 分 |\n| 费 | 量 | | | 1 | 单价 | | | | | kWh |", [("A3", "FEE-017")]),
    ],
)  # fmt: skip
def test_faults_of_limits_quotas_and_units(rows, found):
    assert codes(check(tariff_of(LIMITED + rows), SCOPE)) == found


def test_of_a_row_whose_method_cannot_be_read_nothing_else_is_asked():
    tariff, found = read_tariff(f"{LIMITED}| 费 | 量 | | | | 总计 |")
    assert codes([*found, *check(tariff, SCOPE)]) == [("F2", "FEE-004")]


def test_a_day_that_no_year_has_is_what_is_wrong_with_a_season():
    _, found = read_tariff(f"{LIMITED}| 费 | 量 | | | 1 | 阶梯 | | | | | | '11月15日 | '2月30日 |")
    assert codes(found) == [("M2", "FEE-012")]


EXPIRING = """
    | 项目 | 计量 | 单价 | 方式 | 生效 | 失效 |
    | 电费 | 用电量 | 0.5 | 单价 | 2024-01-01 | 2024-12-31 |
    | 电费 | 用电量 | 0.6 | 单价 | 2025-01-01 | 2025-12-31 |
    | 水费 | 用水量 | 2.8 | 单价 | 2024-01-01 | |
"""


@pytest.mark.parametrize(
    ("today", "found"),
    [(date(2026, 1, 1), [("A3", "FEE-087")]), (date(2025, 12, 31), []), (None, [])],
)
def test_an_item_of_which_every_version_has_expired(today, found):
    """By the clock of whoever checks; without one nothing is said."""
    now = None if today is None else datetime.combine(today, time(12), tzinfo=ZoneInfo("Asia/Shanghai"))
    scope = Scope({"用电量": Name(Kind.NUMBER), "用水量": Name(Kind.NUMBER)}, now=now)
    said = check(tariff_of(EXPIRING), scope)
    assert codes(said) == found
    assert all("“电费”" in item.message("zh") and "2025-12-31" in item.message("zh") for item in said)


@pytest.mark.parametrize("column", ["单价", "最低", "封顶", "起", "止"])
@pytest.mark.parametrize(
    "inputs", [{}, {"免费": Name(Kind.NUMBER), "面议": Name(Kind.NUMBER)}], ids=["form", "no form"]
)
@pytest.mark.parametrize("word", ["免费", "面议"])
def test_a_word_where_an_amount_belongs_is_answered_with_numbers_and_not_with_quotes(column, word, inputs):
    """Without a form what nobody yields is an input; nobody is asked for a number called 免费."""
    cells = {"项目": "电费", "计量": "用电量", "单价": "0.5", "方式": "全额", "止": "100", column: word}
    tariff = tariff_of(f"| {' | '.join(cells)} |\n| {' | '.join(cells.values())} |")
    scope = Scope({"用电量": Name(Kind.NUMBER), "基准价": Name(Kind.NUMBER)} | inputs)
    [found] = [item for item in check(tariff, scope) if item.severity == "error"]
    assert found.code == "FEE-088"
    assert "引号" not in found.message("zh") + found.remedy("zh")
    assert "0" in found.remedy("zh")
    assert "quotes" not in found.message("en") + found.remedy("en")


def test_a_misspelt_name_in_a_rate_is_still_recognised():
    scope = Scope({"用电量": Name(Kind.NUMBER), "基准价": Name(Kind.NUMBER)})
    head = "| 项目 | 计量 | 单价 | 方式 |\n"
    [alone] = check(tariff_of(f"{head}| 电费 | 用电量 | 基准价格 | 单价 |"), scope)
    assert "基准价" in alone.message("zh").replace("基准价格", "")
    assert codes(check(tariff_of(f"{head}| 电费 | 用电量 | 基准价格*2 | 单价 |"), scope)) == [("C2", "EXPR-020")]
    assert codes(check(tariff_of(f"{head}| 电费 | 用电 | 0.5 | 单价 |"), scope)) == [("B2", "EXPR-020")]
