"""The rule bench: what a rule asks for, what it says of typed values, from which cells."""

from __future__ import annotations

from datetime import datetime

import pytest
from workbooks import workbook_from_text

from banshi.platform.filling.bench import Bench
from banshi.platform.filling.running import Runner
from banshi.platform.sheets import load_bytes
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import CAMPUS_ZONE

WORKBOOK = """
## 表单
| 类型 | 名称 | 标签 | 标签::English (en) | 计算 |
| 整数 | 用量 | 用电量 | Usage | |
| 单选 校区 | 校区 | 校区 | Campus | |
| 计算 | 超量 | | | max(0, ${用量} - 40) |
| 明细开始 | 寝室 | 寝室 | Rooms | |
| 文本 | 姓名 | 姓名 | Name | |
| 明细结束 | | | | |
## 选项
| 列表 | 名称 | 标签 |
| 校区 | N | 北校区 |
| 校区 | S | 南校区 |
## 规则-单价
| 命中 | 首个 | |
| 当 校区 | 当 用量 | 则 单价 |
| N | >=0 | 0.698 |
| S | >=100 | 0.712 |
## 收费-电费
| 项目 | 计量 | 单价 | 方式 | 分摊 |
| 超额 | 超量 | 单价 | 单价 | ${姓名} |
## 制度-提醒
| 编号 | 当 | 则 | 结论 | 说明 |
| A | 超量 > 50 | 很多 | | |
| B | 很多 | | 提醒 | 超出 ${超量} 度 |
"""


@pytest.fixture
def bench() -> Bench:
    service, found = load_bytes(workbook_from_text(WORKBOOK), "x.xlsx")
    assert service is not None, found
    now = datetime(2026, 11, 2, 9, tzinfo=CAMPUS_ZONE)
    return Bench(Runner(service, "zh", lambda: now, own_engine=FixpointEngine()))


def test_a_rule_asks_for_what_it_reads(bench: Bench) -> None:
    asks = {rule.key: [(ask.name, ask.label, ask.several) for ask in rule.asks] for rule in bench.rules()}
    assert asks == {
        "table:单价": [("校区", "校区", False), ("用量", "用电量", False)],
        "tariff:电费": [("单价", "单价", False), ("姓名", "姓名", True), ("超量", "超量", False)],
        "policy:提醒": [("超量", "超量", False)],
    }
    (campus,) = (ask for rule in bench.rules() for ask in rule.asks if ask.name == "校区")
    assert campus.choices == (("N", "北校区"), ("S", "南校区"))


def test_a_table_tells_its_row_or_what_nearly_applied(bench: Bench) -> None:
    found = bench.run("table:单价", {"校区": "北校区", "用量": "95"})
    assert (found.told, found.cells, found.near) == (("单价 = 0.698",), ("规则-单价!C3",), ())
    missed = bench.run("table:单价", {"校区": "S", "用量": "95"})
    assert missed.cells == ()
    assert any("规则-单价!B4" in str(line) for line in missed.near)


def test_a_tariff_computes_what_the_workbook_does_and_shares_it(bench: Bench) -> None:
    # 95 kWh are 55 above the quota of 40: 55 x 0.698 = 38.39.
    found = bench.run("tariff:电费", {"超量": "55", "单价": "0.698", "姓名": "李雷；韩梅梅"})
    assert "38.39" in found.told[0]
    assert "19.20" in str(found.explanation)
    assert found.wrong == ()


def test_a_policy_chains(bench: Bench) -> None:
    found = bench.run("policy:提醒", {"超量": "55"})
    assert any("超出 55 度" in line for line in found.told)
    assert set(found.cells) == {"制度-提醒!A2", "制度-提醒!A3"}
    assert bench.run("policy:提醒", {"超量": "50"}).cells == ()


def test_what_cannot_be_read_is_said(bench: Bench) -> None:
    assert "九十" in bench.run("table:单价", {"校区": "N", "用量": "九十"}).wrong[0]
    assert "超量" in bench.run("policy:提醒", {"超量": "很多"}).wrong[0]
    with pytest.raises(KeyError):
        bench.run("table:没有", {})
