"""Tables as offices write them: units in headers, signatures above and below, a night across midnight, 当 without a blank."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal

import pytest
from rule_sheets import env
from workbooks import workbook_from_text

from banshi.platform.service.model import Service
from banshi.platform.sheets import load_bytes
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.tables import decide
from banshi.rules.tariffs.billing import bill

D = Decimal
MUTED = ("TABLE-055",)


def load(text: str) -> tuple[Service, list[Diagnostic]]:
    service, found = load_bytes(workbook_from_text(text), "x.xlsx", now=datetime(2026, 9, 1, tzinfo=UTC))
    assert service is not None
    return service, [item for item in found if item.code not in MUTED]


def told(found: list[Diagnostic]) -> list[tuple[str, str, str]]:
    return [(item.severity, item.code, item.place.cell) for item in found]


@pytest.mark.parametrize(
    ("header", "rows", "amount"),
    [
        ("项目 | 计量 | 单价（元/吨） | 方式", ["水费 | 用量 | 2.5 | 单价"], "750.00"),
        (
            "项目 | 计量（度） | 起（kWh） | 止（kWh） | 单价（元/kWh） | 方式",
            ["电费 | 用量 | | 200 | 0.5 | 阶梯", "电费 | 用量 | 200 | | 0.8 | 阶梯"],
            "180.00",
        ),
        (
            "项目 | 计量 | 起(kWh) | 止(kWh) | 单价(元) | 方式 | 封顶（元）",
            ["押金 | 用量 | | 200 | 100 | 定额 |", "押金 | 用量 | 200 | | 80 | 定额 | 70"],
            "70.00",
        ),
    ],
)
def test_headers_of_fees_may_have_units(header: str, rows: list[str], amount: str) -> None:
    lines = "\n".join(f"| {row} |" for row in rows)
    service, found = load(f"## 收费-费\n| {header} |\n{lines}")
    assert told(found) == []
    assert bill(service.tariffs["费"], env(用量=300)).total == D(amount)


def test_a_misspelt_header_with_a_unit_has_a_suggestion() -> None:
    _, found = load("## 收费-费\n| 项目 | 计量值（吨） | 单价 | 方式 |\n| 水费 | 用量 | 2.5 | 单价 |")
    (unknown,) = [item for item in found if item.code == "BOOK-020"]
    assert "计量？" in unknown.message("zh")


@pytest.mark.parametrize(("kind", "gaps"), [("金额", 0), ("小数", 2)])
def test_between_two_amounts_of_money_lies_nothing_finer_than_a_fen(kind: str, gaps: int) -> None:
    _, found = load(f"""
        ## survey
        | type | name | label |
        | {kind} | 金额 | 金额 |
        ## 规则-审批
        | 当 金额 | 则 审批 |
        | <=5000 | 系 |
        | 5000.01～50000 | 院 |
        | >=50000.01 | 校 |
    """)
    assert [item.code for item in found] == ["TABLE-053"] * gaps


def test_a_fen_that_is_left_out_is_a_gap() -> None:
    _, found = load("""
        ## survey
        | type | name | label |
        | 金额 | 金额 | 金额 |
        ## 规则-审批
        | 当 金额 | 则 审批 |
        | <=5000 | 系 |
        | >=5000.02 | 校 |
    """)
    (gap,) = found
    assert "金额 = 5000.01：" in gap.message("zh")


def test_a_column_of_an_instance_is_no_text_without_quotes() -> None:
    rate = "instance('住宿标准')/root/item[城市=${城市} and 级别=${级别}]/标准"
    service, found = load(f"""
        ## 数据-住宿标准
        | *城市 | *级别 | 标准 |
        | 北京 | 部级 | 1100 |
        | 北京 | 其余人员 | 500 |
        ## 收费-差旅
        | 项目 | 计量 | 单价 | 方式 |
        | 住宿费 | 天数 | {rate} | 单价 |
    """)
    assert told(found) == []
    names = env({"城市": "北京", "级别": "其余人员", "天数": D(1)})
    assert bill(service.tariffs["差旅"], type(names)(names.values, service.datasets, now=names.now)).total == D(500)
    _, found = load("## 收费-水\n| 项目 | 计量 | 单价 | 方式 | 条件 |\n| 水费 | 用量 | 2.5 | 单价 | 类别 = 教学 |")
    assert [item.code for item in found] == ["SHEET-111"]


NIGHTS = {
    "one column": "| 当 时刻 | 则 段 |\n| [06:00,22:00) | 日 |\n| [22:00,06:00) | 夜 |",
    "with a tilde": "| 命中 | 首个 |\n| 当 时刻 | 则 段 |\n| [06:00,22:00) | 日 |\n| 22:00~06:00 | 夜 |",
    "both comparisons": "| 当 时刻 | 则 段 |\n| >=06:00 且 <22:00 | 日 |\n| >=22:00 且 <06:00 | 夜 |",
    "two columns": "| 当 时刻 下限(含) | 当 时刻 上限(不含) | 则 段 |\n| 06:00 | 22:00 | 日 |\n| 22:00 | 06:00 | 夜 |",
    "a list": "| 当 时刻 | 则 段 |\n| [06:00,22:00) | 日 |\n| <06:00, >=22:00 | 夜 |",
}


@pytest.mark.parametrize("kind", NIGHTS)
def test_a_night_runs_over_midnight(kind: str) -> None:
    service, found = load(f"## 规则-时段\n{NIGHTS[kind]}")
    assert [(item.severity, item.code) for item in found] == ([("notice", "TABLE-091")] if kind != "a list" else [])
    table = service.tables["时段"]
    for hour in range(24):
        for minute in (0, 1, 59):
            moment = time(hour, minute)
            night = moment >= time(22) or moment < time(6)
            assert decide(table, env(时刻=moment)).outputs == {"段": "夜" if night else "日"}, moment


def test_numbers_the_wrong_way_round_and_an_empty_stretch_of_time_stay_errors() -> None:
    for cell in ("[200,100)", "[22:00,22:00)", "[2026-05-02,2026-05-01]"):
        _, found = load(f"## 规则-表\n| 当 甲 | 则 乙 |\n| {cell} | 1 |")
        assert [item.code for item in found] == ["TABLE-014"], cell


@pytest.mark.parametrize(
    "header", ["当品名 | 则柜", "当：品名 | 则：柜", "当:品名 | 则 柜", "当 品名 | 则柜", "编号 | 当品名 | 则柜（个）"]
)
def test_the_blank_behind_the_word_may_be_missing(header: str) -> None:
    blank = "A | " if header.startswith("编号") else ""
    service, found = load(f"## 规则-柜\n| {header} |\n| {blank}甲苯 | 1 |\n| {'B | ' if blank else ''}乙醚 | 2 |")
    assert told(found) == []
    assert decide(service.tables["柜"], env(品名="乙醚")).outputs == {"柜": 2}


def test_words_that_only_begin_like_a_header_are_none() -> None:
    _, found = load("## 规则-柜\n| 当前状态 | 则例 |\n| 甲苯 | 1 |")
    assert [item.code for item in found] == ["TABLE-001"]  # and nothing that says the workbook holds no rules
    assert "空格" in found[0].message("zh")
    _, found = load("## 规则-柜\n| 当 品名 | 当前状态 | 则 柜 |\n| 甲苯 | 在 | 1 |")
    assert [item.code for item in found] == ["BOOK-020"]


@pytest.mark.parametrize(
    "last",
    [
        "| | | 以上自 2026 年起试行 |",
        "| 制表日期：2026年3月1日 | | |",
        "| 制表：李四 | 审核：王五 | |",
        "| | 复核人：王五 | |",
    ],
)
def test_a_note_and_who_made_the_table_are_no_rule(last: str) -> None:
    service, found = load(
        f"## 规则-柜\n| 制表：李四 | 审核：王五 |\n| 当 品名 | 则 柜 | 备注 |\n| 甲苯 | 1 | |\n{last}"
    )
    lone = "复核人" in last  # alone under a result: it would be the answer to everything
    assert {item.severity for item in found} == ({"notice", "warning", "error"} if lone else {"notice"})
    assert len(service.tables["柜"].rows) == 1 + lone


def test_a_row_with_an_id_and_nothing_else_is_still_told() -> None:
    _, found = load("## 规则-柜\n| 编号 | 当 品名 | 则 柜 | 备注 |\n| A | 甲苯 | 1 | |\n| B | | | 待定 |")
    assert "TABLE-030" in [item.code for item in found]


def test_who_made_a_tariff_is_no_line_of_it() -> None:
    service, found = load("""
        ## 收费-水费
        | 制表：李四 | 审核：王五 | 日期：2026年3月1日 |
        | 项目 | 计量 | 单价 | 方式 |
        | 水费 | 用水量 | 2.5 | 单价 |
        | 制表人：张三 | | | |
    """)
    assert {item.severity for item in found} == {"notice"}
    assert [line.item for line in service.tariffs["水费"].lines] == ["水费"]


@pytest.mark.parametrize(
    ("low", "high", "code", "cell"),
    [("20", "≤20", "FEE-046", "D2"), (">20", "20", "FEE-046", "C3"), ("100", "100㎡", "EXPR-034", "D2")],
)
def test_a_bracket_takes_the_number_alone(low: str, high: str, code: str, cell: str) -> None:
    _, found = load(f"""
        ## 收费-费
        | 项目 | 计量 | 起 | 止 | 单价 | 方式 |
        | 费 | 用量 | | {high} | 0.5 | 阶梯 |
        | 费 | 用量 | {low} | | 0.8 | 阶梯 |
    """)
    (error,) = [item for item in found if item.severity == "error"]
    assert (error.code, error.place.cell) == (code, cell)
    number = "100" if code == "EXPR-034" else "20"
    assert all(number in error.remedy(language) for language in ("zh", "en"))


@pytest.mark.parametrize(
    ("header", "cells", "fits"),
    [
        ("当 金额 大于 | 当 金额 不超过", [" | 5", "5 | 10", "10 | "], [5, 10, 11]),
        ("当 金额 大于等于 | 当 金额 小于", [" | 5", "5 | 10", "10 | "], [4, 5, 10]),
        ("when 金额 more than | when 金额 at most", [" | 5", "5 | 10", "10 | "], [5, 10, 11]),
        ("当 金额（元） 超过 | 当 金额（元） 不超过", [" | 5", "5 | 10", "10 | "], [5, 10, 11]),
        ("当 金额", ["x≤5", "5＜x≤10", "x>10"], [5, 10, 11]),
        ("当 金额", ["x<=5", "10≥x>5", "x>10"], [5, 10, 11]),
    ],
)
def test_bounds_in_the_words_of_a_header_and_around_a_letter(header: str, cells: list[str], fits: list[int]) -> None:
    rows = "\n".join(f"| {cell} | {at} |" for at, cell in enumerate(cells))
    service, found = load(f"## 规则-表\n| {header} | 则 行 |\n{rows}")
    assert told(found) == []
    for at, amount in enumerate(fits):
        assert decide(service.tables["表"], env(金额=D(amount))).outputs == {"行": at}


def test_other_words_for_settings_columns_and_days() -> None:
    service, found = load(
        "## 规则-表\n| 命中策略 | 首个 |\n| 当 金额 | 则 车 | 失效 |\n| >=5 | 轿车 | 长期 |\n| | 客车 | |"
    )
    assert told(found) == []
    assert decide(service.tables["表"], env(金额=D(9))).outputs == {"车": "轿车"}
    _, found = load(
        "## 制度-车\n| 条款 | 当 | 结论 | 说明 | 失效 |\n| 甲 | 金额 > 5 | 允许 | | 长期 |\n| 乙 | 金额 < 2 | 禁止 | 超过 | |"
    )
    assert told(found) == []
    service, found = load(
        "## 收费-费\n| 项目 | 计量 | 单价 | 方式 | 生效 | 失效 |\n| 费 | 用量 | 2 | 单价 | 2026-01-01 | 长期 |"
    )
    assert told(found) == []
    assert bill(service.tariffs["费"], env(用量=D(3))).total == D("6.00")
    service, found = load("## 数据-价\n| 档 | 价 | 生效 | 失效 |\n| 一 | 2 | 2026-01-01 | 长期 |")
    assert told(found) == []
    assert service.datasets["价"].rows[0]["until"].blank


def test_a_prohibition_without_a_message_is_still_told() -> None:
    _, found = load("## 制度-车\n| 编号 | 当 | 结论 | 说明 |\n| 甲 | 金额 > 5 | 禁止 | |")
    assert [item.code for item in found] == ["POLICY-006"]


@pytest.mark.parametrize(
    ("header", "cells", "doubt"),
    [
        ("MONTH(日期)", ["3～5", "6～8", "9～11", "12、1、2"], False),
        ("MONTH(日期)", ["3～5", "6～8", "9～11", "12、1"], True),
        ("WEEKDAY(日期, 2)", ["1～5", "6、7"], False),
        ("WEEKDAY(日期, 3)", ["0～4", "5、6"], False),
        ("WEEKDAY(日期, 2)", ["1～5", "6"], True),
        ("HOUR(时刻)", ["0～5", "6～21", "22、23"], False),
    ],
)
def test_months_and_weekdays_that_are_all_named_leave_no_gap(header: str, cells: list[str], doubt: bool) -> None:
    rows = "\n".join(f"| {cell} | {at} |" for at, cell in enumerate(cells))
    _, found = load(f"## 规则-表\n| 当 {header} | 则 行 |\n{rows}")
    assert bool(found) is doubt, [item.message("zh") for item in found]


def test_a_range_with_a_unit_is_told_where_the_unit_goes() -> None:
    _, found = load("## 规则-车\n| 当 人数 | 则 车 |\n| 1～4人 | 轿车 |\n| >4 | 客车 |")
    (error,) = found
    assert error.code == "TABLE-013"
    assert "单位" in error.remedy("zh")
    assert "unit" in error.remedy("en")
