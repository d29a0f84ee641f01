"""The sheets `fees.<name>`: columns and words in two languages, all faults at once, each at its cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from rule_sheets import codes, env, read_tariff, sheet_of, tariff_of
from workbooks import workbook_from_text

from banshi.platform.sheets import load_bytes
from banshi.platform.sheets.fees_sheet import parse_fees
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.diagnostics import NOWHERE
from banshi.rules.tariffs import Direction, Method, Rounding, bill
from banshi.rules.tariffs.model import Season

D = Decimal


def test_english_and_chinese_words_give_the_same_tariff():
    chinese, one = parse_fees(
        sheet_of("""
        ## 收费-电费
        | 项目 | 名称 | 计量 | 起 | 止 | 单价 | 方式 | 条件 | 生效 | 失效 | 取整 | 最低 | 封顶 | 分摊 | 依据 | 备注 | 名称::English (en) |
        | 电费 | 一档 | 量 | | 260 | 0.589 | 阶梯 | 量>=0 | 2026-01-01 | 2026-12-31 | 0.1 舍去 | 1 | 99 | 4 | 发改 | 旧 | First tier |
        | 合计 | | 电费 | | | | 合计 | | | | 10 四舍六入五成双 | | | | | | |
    """)
    )
    english, two = parse_fees(
        sheet_of("""
        ## fees.电费
        | item | label | quantity | from | to | rate | method | when | from_date | until date | round | minimum | maximum | share | reference | note | label::English (en) |
        | 电费 | 一档 | 量 | | 260 | 0.589 | Marginal | 量>=0 | 2026-01-01 | 2026-12-31 | 0.1 down | 1 | 99 | 4 | 发改 | 旧 | First tier |
        | 合计 | | 电费 | | | | total | | | | 10 half-even | | | | | | |
    """)
    )
    assert one == two == []
    assert chinese is not None
    assert english is not None
    assert chinese.name == english.name == "电费"
    for a, b in zip(chinese.lines, english.lines, strict=True):
        assert [e.text for e in a.expressions] == [e.text for e in b.expressions]
        bare = {"place": NOWHERE, "adds_place": NOWHERE} | dict.fromkeys(
            ("quantity", "low", "high", "rate", "when", "minimum", "maximum", "share")
        )
        assert replace(a, **bare) == replace(b, **bare)
    line, total = chinese.lines
    assert (line.method, line.rounding) == (Method.MARGINAL, Rounding(D("0.1"), Direction.DOWN))
    assert (line.valid_from, line.valid_until) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (line.label, line.label_en, line.reference, line.note) == ("一档", "First tier", "发改", "旧")
    assert (total.method, total.adds, total.quantity) == (Method.TOTAL, ("电费",), None)
    assert total.rounding == Rounding(D(10), Direction.HALF_EVEN)


@pytest.mark.parametrize(
    ("word", "method"),
    [
        ("阶梯", "marginal"),
        ("全额", "whole"),
        ("单价", "flat"),
        ("定额", "fixed"),
        ("比例", "percent"),
        ("减免", "credit"),
        ("合计", "total"),
    ],
)
def test_every_method_has_an_english_and_a_chinese_word(word, method):
    for text in (word, method, method.upper()):
        assert str(tariff_of(f"| 项目 | 方式 |\n| 费 | {text} |").lines[0].method) == method


def test_a_bracket_takes_quantity_and_method_from_the_one_above():
    tariff = tariff_of("""
        | 项目 | 计量 | 起 | 止 | 单价 | 方式 |
        | 电费 | 量   | 0  | 10 | 1    | 阶梯 |
        | 电费 |      | 10 |    | 2    |      |
    """)
    assert bill(tariff, env(量=15)).total == 20


def test_without_a_method_and_a_bracket_a_line_is_flat():
    assert tariff_of("| 项目 | 计量 | 单价 |\n| 水费 | 量 | 2.83 |").lines[0].method is Method.FLAT


def test_merged_items_repeat_their_name():
    tariff = tariff_of(
        """
        | 项目 | 计量 | 起 | 止 | 单价 | 方式 |
        | 电费 | 量   | 0  | 10 | 1    | 阶梯 |
        |      | 量   | 10 |    | 2    | 阶梯 |
    """,
        merged={"收费-测试": ["A2:A3"]},
    )
    assert tariff.items == ("电费",)
    assert bill(tariff, env(量=15)).total == 20


def test_a_cell_of_percent_format_is_its_number():
    tariff = tariff_of("| 项目 | 计量 | 单价 | 方式 |\n| 管理费 | 量 | 0.05 | 比例 |", formats={"收费-测试!C2": "0%"})
    assert bill(tariff, env(量=200)).total == 10


@pytest.mark.parametrize("cell", ["100~200", "一百"])
def test_a_bound_that_is_no_expression_is_a_fault_at_its_cell(cell):
    found = codes(read_tariff(f"| 项目 | 计量 | 起 | 单价 | 方式 |\n| 费 | 量 | {cell} 元 | 1 | 阶梯 |")[1])
    assert [place for place, _ in found] == ["C2"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("| 项目 | 单价 | 方式 |", [("A1", "FEE-002")]),
        ("| 项目 | 单价 | 方式 |\n| | 5 | 定额 |", [("A2", "FEE-003")]),
        ("| 项目 | 单价 | 方式 |\n| 费 | 5 | 阶剃 |", [("C2", "FEE-004")]),
        ("| 项目 | 计量 | 起 | 单价 | 方式 |\n| 费 | 量 | 5 | 5 | |", [("E2", "FEE-005")]),
        ("| 项目 | 单价 | 方式 | 取整 |\n| 费 | 5 | 定额 | 大概 |", [("D2", "FEE-006")]),
        ("| 项目 | 单价 | 方式 | 取整 |\n| 费 | 5 | 定额 | 0 down |", [("D2", "FEE-006")]),
        ("| 项目 | 单价 | 方式 | 折算 |\n| 费 | 5 | 定额 | 30天 |", [("D2", "FEE-050")]),
        ("| 项目 | 单价 | 方式 | 折算 |\n| 费 | 5 | 定额 | 按天 起 |", [("D2", "FEE-050")]),
        ("| 项目 | 单价 | 方式 | 折算 |\n| 费 | 5 | 定额 | 按天 起..(止 |", [("D2", "EXPR-013")]),
        ("| 项目 | 单价 | 方式 | 生效 |\n| 费 | 5 | 定额 | '5月1日 |", [("D2", "FEE-056")]),
        ("| 项目 | 单价 | 方式 | 生效 | 失效 |\n| 费 | 5 | 定额 | 2026-05-01 | '10-31 |", [("E2", "FEE-056")]),
        ("| 项目 | 单价 | 方式 | 生效 | 失效 |\n| 费 | 5 | 定额 | '2-30 | '10-31 |", [("D2", "FEE-012")]),
        ("| 项目 | 单价 | 方式 | 生效 |\n| 费 | 5 | 定额 | 下月 |", [("D2", "FEE-012")]),
        ("| 单价 | 方式 |\n| 5 | 定额 |", [("A1", "BOOK-022"), ("A2", "FEE-003")]),
        ("| 项目 | 单价 | 方式 | 取正 |\n| 费 | 5 | 定额 | |", [("D1", "BOOK-020")]),
    ],
)
def test_each_fault_is_named_at_its_cell(text, found):
    assert codes(read_tariff(text)[1]) == found


@pytest.mark.parametrize(
    ("cell", "bounds"),
    [
        ("按天 起..止", "days"),
        ("days 起 ~ 止", "days"),
        ("按天连档 起..止", "days and bounds"),
        ("Days and bounds 起..止", "days and bounds"),
        ("按天不动档 起～止", "days only"),
        ("days only ${起}..止-1", "days only"),
    ],
)
def test_proration_is_a_word_and_two_days(cell, bounds):
    prorate = tariff_of(f"| 项目 | 单价 | 方式 | 折算 |\n| 费 | 5 | 定额 | {cell} |").lines[0].prorate
    assert prorate is not None
    assert str(prorate.bounds) == bounds
    assert (prorate.first.names, prorate.last.names) == ({"起"}, {"止"})


@pytest.mark.parametrize(
    ("since", "until"), [("'5月1日", "'10月31日"), ("'05-01", "'10-31"), ("每年5月1日", "yearly 10-31")]
)
def test_days_without_a_year_are_a_season(since, until):
    line = tariff_of(f"| 项目 | 单价 | 方式 | 生效 | 失效 |\n| 费 | 5 | 定额 | {since} | {until} |").lines[0]
    assert line.season == Season((5, 1), (10, 31))
    assert (line.valid_from, line.valid_until) == (None, None)


@pytest.mark.parametrize(("word", "unit"), [("元", ""), ("CNY", ""), ("", ""), ("分", "分"), ("kWh", "kWh")])
def test_money_is_the_unit_unless_another_is_named(word, unit):
    tariff = tariff_of(f"| 项目 | 单价 | 方式 | 单位 |\n| 费 | 5 | 定额 | {word} |")
    assert tariff.units == {"费": unit}
    assert bill(tariff, env()).unit == unit


def test_all_faults_of_a_sheet_are_named_at_once():
    _, found = read_tariff("| 项目 | 计量 | 单价 | 方式 | 取整 |\n| 费 | 1+ | 5 | 阶剃 | 大概 |\n| | 2 | (3 | 定额 | |")
    assert {item.place.cell for item in found} == {"B2", "D2", "E2", "A3", "C3"}


def test_an_empty_sheet_is_a_fault():
    tariff, found = parse_fees(Sheet("收费-空", "fees", "空", ()))
    assert tariff is None
    assert [(str(item.place), item.code) for item in found] == [("收费-空!A1", "FEE-001")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("| a | used | 1 | flat | 2 |", ("FEE-036", "fees.x!E2")),
        ("| a-b | used | 1 | flat | |\n| a | used | 2 | flat | |\n| b | used | 3 | flat | |", ("FEE-037", "fees.x!A2")),
    ],
)
def test_names_and_units_that_mean_something_else_are_told(rows: str, expected: tuple[str, str]) -> None:
    text = f"## fees.x\n| item | quantity | rate | method | round |\n{rows}"
    _, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert expected in [(item.code, str(item.place)) for item in found]


@pytest.mark.parametrize("written", ["5", "10", "0.1", "2 up", "2 四舍五入"])
def test_units_that_people_round_to_are_not_told(written: str) -> None:
    text = f"## fees.x\n| item | quantity | rate | method | round |\n| 水费 | used | 1 | flat | {written} |"
    _, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert "FEE-036" not in [item.code for item in found]


@pytest.mark.parametrize(("last", "told"), [("", True), ("999999", False)])
def test_a_limit_that_a_table_leaves_blank_is_told(last: str, told: bool) -> None:
    table = f"## rules.cap\n| hit | first |\n| when used | then top |\n| <5 | 100 |\n| >=5 | {last} |\n"
    text = f"## fees.x\n| item | quantity | rate | method | maximum |\n| 水费 | used | 1 | flat | top |\n{table}"
    _, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert (("FEE-039", "fees.x!E2") in [(item.code, str(item.place)) for item in found]) is told


def test_a_title_and_remarks_are_no_rows_of_the_tariff() -> None:
    text = """
## 收费-电费
| 宿舍电费收费标准 | 宿舍电费收费标准 | |
| 项目 | 计量 | 单价 |
| 电费 | used | 0.698 |
| 注：自2026年9月1日起执行 | | |
"""
    service, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert [(item.code, str(item.place)) for item in found] == [
        ("BOOK-054", "收费-电费!A1"),
        ("BOOK-055", "收费-电费!A4"),
    ]
    assert service is not None
    assert [(line.item, line.number) for line in service.tariffs["电费"].lines] == [("电费", 3)]


@pytest.mark.parametrize(("bound", "told"), [("以上", True), ("E3", True), ("top", False)])
def test_names_that_nobody_gives_a_column_are_told(bound: str, told: bool) -> None:
    text = f"## fees.x\n| item | quantity | from | to | rate | method |\n| 水费 | used | 0 | {bound} | 1 | fixed |"
    _, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert (("SHEET-115", "fees.x!D2") in [(item.code, str(item.place)) for item in found]) is told


def test_a_bound_that_cannot_be_read_is_the_only_fault_of_its_ladder() -> None:
    text = """
## fees.x
| item | quantity | from | to | rate | method |
| 水费 | used | | 100 | 1 | marginal |
| 水费 | | 100 | 1万 | 2 | marginal |
| 水费 | | 10000 | | 3 | marginal |
"""
    _, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert [(item.code, str(item.place)) for item in found] == [("EXPR-034", "fees.x!D3")]
    assert "10000" in found[0].remedy("zh")
