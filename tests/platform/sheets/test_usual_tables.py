"""Tables as offices write them: units in headers, signatures above and below, a night across midnight, 当 without a blank."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from rule_sheets import env
from workbooks import workbook_from_text

from banshi.platform.service.model import Service
from banshi.platform.sheets import load_bytes
from banshi.rules.diagnostics import Diagnostic
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
