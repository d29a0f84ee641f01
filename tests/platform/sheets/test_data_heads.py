"""What stands above the header of a data sheet, and columns that are called without their units."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import pytest
from workbooks import workbook_from_text

from banshi.platform.sheets import load_bytes
from banshi.platform.sheets.data_sheet import parse_data
from banshi.platform.workbook import read_workbook
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import NOWHERE, Diagnostic
from banshi.rules.expressions import Environment, Scope, check, evaluate, parse
from banshi.rules.values import ErrorValue

PRICES = "| 电表类* | 单价 | 备注 |\n| 居民 | 0.62 | |\n| 商业 | 1.05 | 含附加 |"


def data(text: str, **options: object) -> tuple[Dataset, list[Diagnostic]]:
    workbook, _ = read_workbook(workbook_from_text(f"## 数据-电价\n{text}", **options), "x.xlsx")
    assert workbook is not None
    dataset, found = parse_data(workbook.sheets[0])
    assert dataset is not None
    return dataset, found


def env_of(datasets: dict[str, Dataset]) -> Environment:
    return Environment({}, datasets=datasets, now=datetime(2026, 9, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    "head",
    [
        "| 制表：后勤处 2026-09 |",
        "| 单位：元 |",
        "| 单位：元/度 | 执行日期：2026-09-01 |",
        "| 制表：后勤处 | | 2026-09 |",
        "| 审核： | 王主任 |",
        "| 学生宿舍电价表 | | 单位：元 |",
        "| 学生宿舍电价表 |\n| 制表：后勤处 |\n| 单位：元 |",
        "| 附件1 |\n| 2026年电价（试行） |",
        "| 电价标准（2026年版） |",
        "| 说明文件编号：后勤〔2026〕3号 |",
    ],
)
def test_lines_above_the_header_are_no_header(head: str) -> None:
    dataset, found = data(f"{head}\n{PRICES}")
    assert (dataset.columns, dataset.keys) == (("电表类", "单价", "备注"), ("电表类",))
    assert dataset.find("商业")[0]["单价"].value == Decimal("1.05")
    lines = head.count("\n") + 1
    assert [(item.place.cell, str(item.severity)) for item in found] == [
        (f"A{row}", "notice") for row in range(1, lines + 1)
    ]


def test_two_merged_titles_are_no_header() -> None:
    text = f"| 宿舍用电 | 宿舍用电 | 宿舍用电 |\n| 二〇二六 | 二〇二六 | 二〇二六 |\n{PRICES}"
    dataset, found = data(text)
    assert dataset.columns == ("电表类", "单价", "备注")
    assert [item.place.cell for item in found] == ["A1", "A2"]


def test_who_made_a_sheet_of_one_column_is_no_header() -> None:
    dataset, _ = data("| 制表：后勤处 |\n| 楼栋 |\n| 一号楼 |\n| 二号楼 |")
    assert dataset.columns == ("楼栋",)
    assert len(dataset.rows) == 2


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("| 单位 | 负责人 |\n| 物理学院 | 甲 |\n| 化学学院 | 乙 |", ("单位", "负责人")),
        ("| 日期： | 部门： |\n| 九月一日 | 后勤处 |\n| 九月二日 | 基建处 |", ("日期：", "部门：")),
        ("| 易制毒目录 |\n| 丙酮 |\n| 甲苯 |", ("易制毒目录",)),
        ("| 单价（元/度） | 单位：元 |\n| 1 | 2 |\n| 3 | 4 |", ("单价（元/度）", "单位：元")),
        ("| 品名 |\n| 苯 |\n| 甲苯 |", ("品名",)),
        ("| 制表：甲 |\n| 乙 |", ("制表：甲",)),
        ("| *标准 | 价 |\n| 一 | 1 |\n| 二 | 2 |", ("标准", "价")),
        ("| 费用标准 | 价目 |\n| 一 | 1 |\n| 二 | 2 |", ("费用标准", "价目")),
    ],
)
def test_real_headers_stay_headers(text: str, columns: tuple[str, ...]) -> None:
    dataset, _ = data(text)
    assert dataset.columns == columns


UNITS = "| 类* | 单价（元/度） | 上浮(%) | 标准（含税） | 标准（不含税） |\n| 居民 | 0.62 | 5 | 2 | 1 |\n| 商业 | 1.05 | 10 | 4 | 3 |"


def value(text: str) -> object:
    """What an expression gives."""
    dataset, found = data(UNITS)
    assert found == []
    expression, faults = parse(text, NOWHERE)
    assert expression is not None
    assert not faults
    tables = {"电价": dataset}
    assert [item.code for item in check(expression, Scope({}, tables))] == []
    return evaluate(expression, env_of(tables))


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ('lookup(电价, "商业", 单价)', "1.05"),
        ('lookup("电价", "居民", "单价（元/度）")', "0.62"),
        ('lookup(电价, "商业", 上浮)', "10"),
        ('pulldata("电价", "单价", "类", "居民")', "0.62"),
        ("instance('电价')/root/item[类 = '商业']/单价", "1.05"),
        ("sum(instance('电价')/root/item[上浮 > 5]/单价)", "1.05"),
        ('lookup(电价, "商业", "标准（不含税）")', "3"),
    ],
)
def test_a_column_is_called_without_its_unit(text: str, given: str) -> None:
    assert value(text) == Decimal(given)


def test_a_name_of_two_columns_is_a_fault_before_and_while_it_runs() -> None:
    dataset, _ = data(UNITS)
    expression, _ = parse('lookup(电价, "商业", 标准)', NOWHERE)
    assert expression is not None
    (told,) = check(expression, Scope({}, {"电价": dataset}))
    assert (told.code, "标准（含税）、标准（不含税）" in told.message("zh")) == ("EXPR-085", True)
    given = evaluate(expression, env_of({"电价": dataset}))
    assert isinstance(given, ErrorValue)
    assert given.diagnostic.code == "EXPR-085"


def test_brackets_of_a_ladder_have_units_too() -> None:
    dataset, _ = data("| 起（度） | 止（度） | 单价（元/度） |\n| | 240 | 0.6 |\n| 240 | | 0.9 |")
    for usage, price in ((240, "0.6"), (241, "0.9")):
        expression, _ = parse(f"bracket({usage}, 电价)", NOWHERE)
        assert expression is not None
        assert check(expression, Scope({}, {"电价": dataset})) == ()
        assert evaluate(expression, env_of({"电价": dataset})) == Decimal(price)


def test_a_workbook_bills_by_a_price_with_a_unit_in_its_header() -> None:
    service, found = load_bytes(
        workbook_from_text(
            """
            ## 数据-电价
            | 制表：后勤处 2026-09 |
            | 类* | 单价（元/度） |
            | 居民 | 0.62 |
            | 商业 | 1.05 |
            ## 收费-电费
            | 项目 | 计量 | 单价 | 方式 |
            | 电费 | 用量 | lookup(电价, 类别, 单价) | 单价 |
            """
        ),
        "x.xlsx",
    )
    assert service is not None
    assert [(item.place.cell, str(item.severity)) for item in found] == [("A1", "notice")]
    bill = service.bill("电费", pd.DataFrame({"用量": [100, 10], "类别": ["居民", "商业"]}))
    assert [str(amount) for amount in bill["total"]] == ["62.00", "10.50"]


@pytest.mark.parametrize(("low", "high"), [("起（度）", "止（度）"), ("下限", "上限")])
def test_a_blank_bound_of_a_bracket_is_not_missing(low: str, high: str) -> None:
    _, found = data(
        f"| 档* | {low} | {high} | 单价（元/度） |\n| 一 | | 240 | 0.6 |\n| 二 | 240 | 400 | 0.7 |\n| 三 | 400 | | |"
    )
    assert [item.place.cell for item in found] == ["D4"]
