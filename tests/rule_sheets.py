"""Tables and tariffs from text, through a real xlsx and the real reader; values and decisions in short."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from workbooks import workbook_from_text

from banshi.platform.sheets.fees_sheet import parse_fees
from banshi.platform.sheets.rules_sheet import parse_rules
from banshi.platform.workbook import read_workbook
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.diagnostics import Diagnostic, has_errors
from banshi.rules.expressions import Environment
from banshi.rules.tables import Table
from banshi.rules.tariffs import Tariff
from banshi.rules.values import Value

NOW = datetime(2026, 9, 15, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))

NEW_PRICE = """
    | 项目 | 计量 | 单价 | 方式 | 生效 | 失效 | 折算 |
    | 水费 | 量 | 1.88 | 单价 | | 2026-09-15 | 按天 起..止 |
    | 水费 | 量 | 2.83 | 单价 | 2026-09-16 | | 按天 起..止 |
"""
"""A price of water that changes in the middle of September, over a billing period from 起 to 止."""

SEASONS = """
    | 项目 | 计量 | 起 | 止 | 单价 | 方式 | 生效 | 失效 | 折算 | 取整 |
    | 电费 | 量 |     | 260 | 0.589 | 阶梯 | '5月1日 | '10月31日 | {word} 起..止 | 不取整 |
    | 电费 | 量 | 260 | 600 | 0.639 | 阶梯 | '5月1日 | '10月31日 | {word} 起..止 | 不取整 |
    | 电费 | 量 | 600 |     | 0.889 | 阶梯 | '5月1日 | '10月31日 | {word} 起..止 | 不取整 |
    | 电费 | 量 |     | 200 | 0.589 | 阶梯 | '11月1日 | '4月30日 | {word} 起..止 | 不取整 |
    | 电费 | 量 | 200 | 400 | 0.639 | 阶梯 | '11月1日 | '4月30日 | {word} 起..止 | 不取整 |
    | 电费 | 量 | 400 |     | 0.889 | 阶梯 | '11月1日 | '4月30日 | {word} 起..止 | 不取整 |
    | 合计 |    |     |     |       | 合计 |         |          |              | 0.01 四舍五入 |
"""
"""Summer and winter tiers of Guangzhou's electricity; `word` says whether the tiers' bounds go with the days."""


def sheet_of(text: str, **options: object) -> Sheet:
    """The first sheet of a workbook."""
    workbook, found = read_workbook(workbook_from_text(text, **options), "测试.xlsx")
    assert workbook is not None
    assert not has_errors(found), [(str(item.place), item.code) for item in found]
    return workbook.sheets[0]


def read_table(text: str, **options: object) -> tuple[Table | None, list[Diagnostic]]:
    """A table with everything that its parser says."""
    return parse_rules(sheet_of("## 规则-测试\n" + text, **options))


def table_of(text: str, **options: object) -> Table:
    """A table without faults."""
    table, found = read_table(text, **options)
    assert table is not None
    assert not found, [(str(item.place), item.code, item.message()) for item in found]
    return table


def read_tariff(text: str, **options: object) -> tuple[Tariff | None, list[Diagnostic]]:
    """A tariff with everything that its parser says."""
    return parse_fees(sheet_of("## 收费-测试\n" + text, **options))


def tariff_of(text: str, **options: object) -> Tariff:
    """A tariff without faults."""
    tariff, found = read_tariff(text, **options)
    assert tariff is not None
    assert not found, [(str(item.place), item.code, item.message()) for item in found]
    return tariff


def env(values: Mapping[str, object] | None = None, now: datetime = NOW, **more: object) -> Environment:
    """An environment; whole numbers are written as such, decimals as `Decimal`."""
    merged: dict[str, Value] = {}
    for name, value in {**(values or {}), **more}.items():
        merged[name] = Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return Environment(values=merged, now=now)


def codes(found: list[Diagnostic] | tuple[Diagnostic, ...]) -> list[tuple[str, str]]:
    """The faults as (cell, code), in order."""
    return [(item.place.cell, item.code) for item in found]
