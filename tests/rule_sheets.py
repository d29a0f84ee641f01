"""Tables and tariffs from text, through a real xlsx and the real reader; values and decisions in short."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from workbooks import workbook_from_text

from banshi.platform.service.fees_sheet import parse_fees
from banshi.platform.service.rules_sheet import parse_rules
from banshi.platform.workbook import read_workbook
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.diagnostics import Diagnostic, has_errors
from banshi.rules.expressions import Environment
from banshi.rules.tables import Table
from banshi.rules.tariffs import Tariff
from banshi.rules.values import Value

NOW = datetime(2026, 9, 15, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


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
