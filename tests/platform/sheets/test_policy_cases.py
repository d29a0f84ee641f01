"""The case that shows two rows of a policy to contradict each other is one that the form can be in.

1. Names that the form computes have the value that comes out of the answers of the case.
2. Rows that only contradict each other for values that nothing computes are not blamed.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from workbooks import workbook_from_text

from banshi.platform.forms import evaluate_form
from banshi.platform.sheets import load_bytes
from banshi.rules.policies import FixpointEngine

NOW = datetime(2026, 9, 15, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
PURCHASE = """
    ## 设置
    | 编号 | purchase |
    | 名称 | 采购 |
    ## 表单
    | 类型 | 名称 | 标签 | 计算 |
    | 小数 | 单价 | 单价 | |
    | 整数 | 数量 | 数量 | |
    | 计算 | 总价 | | '=单价*数量 |
    | 计算 | 双倍 | | '=数量*2 |
    ## 规则-级别
    | 命中 | 首个 |
    | 当 总价 | 则 级别 |
    | >=1000 | 校级 |
    | - | 院级 |
    ## 制度-采购
    | 编号 | 当 | 结论 | 说明 |
    | 甲 | '{allowed} | 允许 | 可以 |
    | 乙 | '{forbidden} | 禁止 | 不可 |
"""


@pytest.mark.parametrize(
    ("allowed", "forbidden", "blamed"),
    [
        ("双倍 > 10", "数量 < 8", True),
        ("双倍 > 10", "数量 < 3", False),
        ("级别 = '校级'", "数量 > 5", True),
        ("级别 = '校级'", "总价 < 1000", False),
        ("级别 = '院级'", "总价 >= 1000", False),
        ("总价 > 2000", "级别 = '校级' 且 单价 < 100", True),
        ("单价 > 5", "数量 > 5", True),
    ],
)
def test_a_case_is_what_the_form_computes(allowed, forbidden, blamed):  # 1, 2
    data = workbook_from_text(PURCHASE.format(allowed=allowed, forbidden=forbidden))
    service, found = load_bytes(data, "采购.xlsx")
    assert service is not None
    cases = [str(dict(item.facts)["case"]) for item in found if item.code == "POLICY-028"]
    assert [item.code for item in found if item.severity == "error"] == []
    assert bool(cases) is blamed, found
    for case in cases:
        given = dict(part.split(" = ") for part in case.split("，"))
        names = evaluate_form(service, given, now=NOW, engine=FixpointEngine()).names
        for name, value in given.items():
            assert names[name] == (Decimal(value) if isinstance(names[name], Decimal) else value), case
        run = evaluate_form(service, given, now=NOW, engine=FixpointEngine())
        assert [finding.id for finding in run.findings if str(finding.verdict) == "forbid"] == ["乙"], case


ROWS = """
    ## 设置
    | 编号 | purchase |
    | 名称 | 采购 |
    ## 表单
    | 类型 | 名称 | 标签 | 计算 | 显示条件 | repeat_count |
    | 整数 | 预算 | 预算 | | | |
    | begin_repeat | 明细 | 明细 | | {shown} | {count} |
    | 小数 | 单价 | 单价 | | | |
    | 整数 | 数量 | 数量 | | | |
    | 计算 | 小计 | | '=单价*数量 | | |
    | end_repeat | | | | | |
    | 计算 | 总额 | | '=sum(小计) | | |
    ## 规则-级别
    | 命中 | 首个 |
    | 当 小计 | 则 级别 |
    | >=1000 | 校级 |
    | - | 院级 |
    ## 收费-运费
    | 项目 | 计量 | 单价 | 方式 |
    | 运费 | 小计 | 10% | 比例 |
    ## 制度-采购
    | 编号 | 当 | 结论 | 说明 |
    | 甲 | '{allowed} | 允许 | 可以 |
    | 乙 | '{forbidden} | 禁止 | 不可 |
"""
OF_A_ROW = ("单价", "数量")


@pytest.mark.parametrize(
    ("allowed", "forbidden", "shown", "count", "blamed"),
    [
        ("小计 > 100", "单价 < 5", "", "", True),
        ("小计 > 100", "单价 < 0 且 数量 > 0", "", "", False),
        ("级别 = '校级'", "小计 > 2000", "", "", True),
        ("级别 = '校级'", "小计 < 1000", "", "", False),
        ("运费 > 100", "小计 > 1500 且 预算 < 5", "", "", True),
        ("运费 > 100", "小计 < 500", "", "", False),
        ("${运费.total} > 100", "小计 < 500", "", "", False),
        ("${fees.total} > 100", "小计 < 500", "", "", False),
        ("${fees.total} > 100", "小计 > 1500", "", "", True),
        ("总额 > 100", "sum(小计) < 50", "", "", False),
        ("总额 > 100", "预算 < 5", "", "", True),
        # There is no row of 明细 where the budget is small.
        ("小计 > 100", "预算 < 5", "预算 > 10", "", False),
        ("小计 > 100", "预算 < 15", "预算 > 10", "", True),
        ("小计 > 100", "预算 < 1", "", "${预算}", False),
        ("小计 > 100", "预算 < 2", "", "${预算}", True),
    ],
)
def test_a_case_of_a_row_or_a_total_is_what_the_form_computes(allowed, forbidden, shown, count, blamed):  # 1, 2
    data = workbook_from_text(ROWS.format(allowed=allowed, forbidden=forbidden, shown=shown, count=count))
    service, found = load_bytes(data, "采购.xlsx")
    assert service is not None
    assert [item.code for item in found if item.severity == "error"] == []
    cases = [str(dict(item.facts)["case"]) for item in found if item.code == "POLICY-028"]
    assert bool(cases) is blamed, found
    for case in cases:
        given = dict(part.split(" = ") for part in case.split("，"))
        row = {name: value for name, value in given.items() if name in OF_A_ROW}
        answers = {"预算": given.get("预算", "1"), "明细": [row]}
        run = evaluate_form(service, answers, now=NOW, engine=FixpointEngine())
        assert [finding.id for finding in run.findings if str(finding.verdict) == "forbid"] == ["乙"], case
