"""The sheets `rules.<name>`: layout, words in two languages, all faults at once, each at its cell."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from rule_sheets import codes, env, read_table, sheet_of, table_of
from workbooks import workbook_from_text

from banshi.platform.sheets import load_bytes
from banshi.platform.sheets.rules_sheet import HITS, parse_rules
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.tables import Hit, decide
from banshi.rules.values import Kind

D = Decimal


def test_english_and_chinese_words_give_the_same_table():
    chinese = parse_rules(
        sheet_of("""
        ## 规则-住宿
        | 命中 | 优先 |
        | 否则.标准 | 380 |
        | 取值.标准 | 800、490、380 |
        | 编号 | 当 城市：文本 | 当 天数 下限（含） | 当 天数 上限（不含） | 则 标准：数字 | 生效 | 失效 | 依据 | 备注 |
        | G1 | 广州 | 1 | 10 | 490 | 2026-01-01 | 2026-12-31 | 财行 | 旧 |
    """)
    )
    english = parse_rules(
        sheet_of("""
        ## 规则-住宿
        | Hit | Priority |
        | Otherwise.标准 | 380 |
        | values.标准 | 800, 490, 380 |
        | ID | when 城市 : text | when 天数 from incl. | when 天数 to excl. | then 标准 : number | from | until | reference | note |
        | G1 | 广州 | 1 | 10 | 490 | 2026-01-01 | 2026-12-31 | 财行 | 旧 |
    """)
    )
    assert chinese[1] == english[1] == []
    one, two = chinese[0], english[0]
    assert one is not None
    assert two is not None
    assert one.name == two.name == "住宿"
    assert (one.hit, one.otherwise, one.priorities) == (two.hit, two.otherwise, two.priorities)
    assert [(i.label, i.kind, i.bound) for i in one.inputs] == [(i.label, i.kind, i.bound) for i in two.inputs]
    assert [(i.label, i.kind, i.bound) for i in one.inputs] == [
        ("城市", Kind.TEXT, ""),
        ("天数", Kind.NUMBER, ">="),
        ("天数", Kind.NUMBER, "<"),
    ]
    row = one.rows[0]
    assert (row.id, row.valid_from, row.valid_until) == ("G1", date(2026, 1, 1), date(2026, 12, 31))
    assert (row.reference, row.note, row.number) == ("财行", "旧", 5)
    assert one.priorities == (("标准", (D(800), D(490), D(380))),)


@pytest.mark.parametrize(("hit", "words"), HITS.items())
def test_every_hit_policy_has_an_english_and_a_chinese_word(hit, words):
    assert len(words) >= 2
    for word in words:
        table, _ = read_table(f"| 命中 | {word.upper()} |\n| 取值.甲 | 1 |\n| 当 乙 | 则 甲 |\n| - | 1 |")
        assert table is not None
        assert table.hit is hit


def test_the_hit_policies_are_those_of_the_standard():
    assert {str(hit) for hit in Hit} == {
        *("unique", "first", "any", "priority", "rule order", "output order"),
        *("collect", "sum", "min", "max", "count"),
    }


def test_columns_stand_in_any_order_with_notes_of_the_author_between():
    table = table_of("""
        | # 第一稿，勿删 |
        | 则 审批 | #想法 | 编号 | 当 数量 |
        | 校级 | 再议 | H1 | >=100 |
    """)
    assert decide(table, env(数量=100)).outputs == {"审批": "校级"}


def test_inputs_may_be_expressions_and_fields_in_braces():
    table = table_of("""
        | 当 ${数量} * 单价 | 当 if(${类别}='甲', 1, 2) : number | 则 ${总额} |
        | >1000 | 1 | 大额 |
    """)
    assert table.inputs[0].label == "${数量} * 单价"
    assert table.inputs[1].kind is Kind.NUMBER
    assert table.output_names == ("总额",)
    assert table.names == {"数量", "单价", "类别"}
    assert decide(table, env(数量=11, 单价=100, 类别="甲")).outputs == {"总额": "大额"}


def test_merged_cells_repeat_their_value():
    table = table_of(
        """
        | 当 类别 | 当 数量 | 则 审批 |
        | 易制毒  | >=100   | 校级    |
        |         | <100    | 院级    |
    """,
        merged={"规则-测试": ["A2:A3"]},
    )
    assert decide(table, env(类别="易制毒", 数量=5)).outputs == {"审批": "院级"}
    assert decide(table, env(类别="普通", 数量=5)).outputs is None


def test_results_keep_their_digits_dates_and_quotes():
    table = table_of("""
        | 当 甲 | 则 价 | 则 日 | 则 文 : 文本 | 则 可 : 布尔 | 则 引 |
        | 1 | 0.10 | 2026-09-01 | 12 | 是 | “a、b” |
    """)
    assert decide(table, env(甲=1)).outputs == {
        "价": D("0.10"),
        "日": date(2026, 9, 1),
        "文": "12",
        "可": True,
        "引": "a、b",
    }
    assert [output.kind for output in table.outputs] == [Kind.NUMBER, Kind.DATE, Kind.TEXT, Kind.BOOLEAN, Kind.TEXT]


def test_otherwise_gives_all_outputs_in_one_row_or_each_its_own():
    rows = "| 当 甲 | 则 乙 | 则 丙 |\n| 1 | 2 | 3 |"
    together = table_of("| 否则 | 8 | 9 |\n" + rows)
    apart = table_of("| 否则.丙 | 9 |\n| 否则.乙 | 8 |\n" + rows)
    assert decide(together, env(甲=5)).outputs == decide(apart, env(甲=5)).outputs == {"乙": D(8), "丙": D(9)}


def test_an_excel_date_in_a_cas_column_is_repaired_with_a_notice():
    table, found = read_table("""
        | 当 CAS号 | 则 名称 |
        | '67-64-1 | 丙酮 |
        | 1975-05-08 | 乙腈 |
    """)
    assert codes(found) == [("A3", "TABLE-019")]
    assert found[0].severity == "notice"
    assert table is not None
    assert decide(table, env({"CAS号": "75-05-8"})).outputs == {"名称": "乙腈"}


def test_a_percent_cell_is_its_number():
    table = table_of("| 当 折扣 | 则 甲 |\n| 5% | 1 |", cached={}, formats={})
    assert decide(table, env(折扣="5%")).outputs == {"甲": D(1)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("| 甲 | 乙 |\n| 1 | 2 |", [("A1", "TABLE-001")]),
        ("| 命中了 | 首个 |\n| 当 甲 | 则 乙 |\n| 1 | 2 |", [("A1", "TABLE-002")]),
        ("| 命中 | 首个 |\n| hit | 唯一 |\n| 当 甲 | 则 乙 |\n| 1 | 2 |", [("A2", "TABLE-003")]),
        ("| 命中 | 首选 |\n| 当 甲 | 则 乙 |\n| 1 | 2 |", [("B1", "TABLE-004")]),
        ("| 当 | 则 乙 | 当 甲 |\n| 1 | 2 | 3 |", [("A1", "TABLE-005")]),
        ("| 当 甲 : 数子 | 则 乙 |\n| 1 | 2 |", [("A1", "TABLE-006")]),
        ("| 当 甲 下限 | 则 乙 |\n| 1 | 2 |", [("A1", "TABLE-007")]),
        ("| 当 甲 |\n| 1 |", [("A1", "TABLE-008")]),
        ("| 当 甲 | 则 乙 | 则 乙 |\n| 1 | 2 | 3 |", [("C1", "TABLE-009")]),
        ("| 当 甲 | 则 乙 | 备主 |\n| 1 | 2 | 3 |", [("C1", "BOOK-020")]),
        ("| 当 甲 | 则 乙 | 编号 | id |\n| 1 | 2 | 3 | 4 |", [("D1", "BOOK-021")]),
        ("| 当 甲 上限(含) | 则 乙 |\n| >=100 | 2 |", [("A2", "TABLE-016")]),
        ("| 当 甲 | 则 乙 |\n| 1 | |", [("A2", "TABLE-030")]),
        ("| 当 甲 | 则 乙 : 数字 |\n| 1 | 二 |", [("B2", "TABLE-031")]),
        ("| 当 甲 | 则 乙 |\n| 1 | 2 |\n| 2 | 3 |\n| 3 | 免费 |", [("B4", "TABLE-032")]),
        ("| 当 甲 | 则 乙 | 生效 |\n| 1 | 2 | 明年 |", [("C2", "TABLE-033")]),
        ("| 当 甲 | 则 乙 | 生效 | 失效 |\n| 1 | 2 | 2026-09-02 | 2026-09-01 |", [("A2", "TABLE-034")]),
        ("| 否则.丁 | 1 |\n| 当 甲 | 则 乙 |\n| 1 | 2 |", [("A1", "TABLE-035")]),
        ("| 取值.丁 | 1 |\n| 当 甲 | 则 乙 |\n| 1 | 2 |", [("A1", "TABLE-035")]),
        ("| 否则 | 1 |\n| 当 甲 | 则 乙 | 则 丙 |\n| 1 | 2 | 3 |", [("A1", "TABLE-036")]),
        ("| 命中 | 优先 |\n| 当 甲 | 则 乙 |\n| 1 | 2 |", [("A2", "TABLE-037")]),
        ("| 命中 | 优先 |\n| 取值.乙 | 3 |\n| 当 甲 | 则 乙 |\n| 1 | 2 |", [("B4", "TABLE-038")]),
        ("| 命中 | 求和 |\n| 当 甲 | 则 乙 | 则 丙 |\n| 1 | 2 | 3 |", [("C2", "TABLE-039")]),
        ("| 命中 | 求和 |\n| 当 甲 | 则 乙 |\n| 1 | 免费 |", [("B3", "TABLE-040")]),
        ("| 命中 | 求和 |\n| 当 甲 | 则 乙 |\n| 1 | 5元 |", [("B3", "TABLE-040")]),
        ("| 命中 | 求和 |\n| 当 甲 | 则 乙 : 文字 |\n| 1 | 5 |", [("B3", "TABLE-046")]),
        ("| 命中 | 求和 |\n| 当 甲 | 则 乙 |\n| 1 | '5 |", [("B3", "TABLE-046")]),
        ('| 命中 | 最大 |\n| 否则 | "0.5" |\n| 当 甲 | 则 乙 |\n| 1 | 5 |', [("B2", "TABLE-032"), ("B2", "TABLE-046")]),
        ("| 当 甲 | 则 乙 |", [("A1", "TABLE-041")]),
        ("| 编号 | 当 甲 | 则 乙 |\n| H1 | 1 | 2 |\n| H1 | 2 | 2 |", [("A3", "TABLE-042")]),
    ],
)
def test_each_fault_is_named_at_its_cell(text, found):
    assert codes(read_table(text)[1]) == found


def test_a_number_written_as_text_is_not_called_no_number():
    """“5” is no number" helps nobody who sees a 5."""
    [found] = read_table("| 命中 | 求和 |\n| 当 甲 | 则 乙 : 文字 |\n| 1 | 5 |")[1]
    assert "“5”却是文字" in found.message("zh")
    assert "“5” in this cell is a text" in found.message("en")
    assert ": 数字" in found.remedy("zh")
    assert "write “: number”" in found.remedy("en")


def test_all_faults_of_a_sheet_are_named_at_once():
    _, found = read_table("""
        | 命中 | 首选 |
        | 当 甲 | 当 1+ | 则 乙 : 数字 | 备主 |
        | >=x | 1 | 二 | |
        | [5,1] | 2 | 3 | |
    """)
    assert {item.place.cell for item in found} == {"B1", "B2", "D2", "A3", "C3", "A4"}
    assert {item.place.sheet for item in found} == {"规则-测试"}


def test_suggestions_for_misspelt_words():
    _, found = read_table("| 命中 | uniqe |\n| 当 甲 : nmber | 则 乙 |\n| 1 | 2 |")
    told = {item.code: item.message("en") for item in found}
    assert "unique" in told["TABLE-004"]
    assert "number" in told["TABLE-006"]


def test_an_empty_sheet_is_a_fault():
    table, found = parse_rules(Sheet("规则-空", "rules", "空", ()))
    assert table is None
    assert [(str(item.place), item.code) for item in found] == [("规则-空!A1", "TABLE-001")]


def test_texts_that_are_numbers_among_numbers_are_numbers() -> None:
    """Excel's green triangle: what is compared by another table is a number, whichever way it was typed."""
    text = "## rules.x\n| when city | then r |\n| a | '490 |\n| b | 450 |\n| c | '４00 |"
    text += "\n## rules.z\n| 命中 | 首个 |\n| when r | then z |\n| >=460 | high |\n| | low |"
    service, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert service is not None
    notices = [(item.code, str(item.place)) for item in found if item.code == "TABLE-080"]
    assert notices == [("TABLE-080", "rules.x!B2"), ("TABLE-080", "rules.x!B4")]
    assert [service.decide("z", {"city": city}).outputs["z"] for city in "abc"] == ["high", "low", "low"]


def test_numbers_that_are_words_stay_words() -> None:
    table = read_table("| when city | then code |\n| a | '490 |\n| b | '450 |")[0]
    assert table is not None
    assert [row.results[0].value for row in table.rows] == ["490", "450"]
    mixed, found = read_table("| when city | then price |\n| a | '490 |\n| b | 450 |\n| c | 免费 |")
    assert mixed is not None
    assert [row.results[0].value for row in mixed.rows] == ["490", Decimal(450), "免费"]
    assert "TABLE-032" in [item.code for item in found]


def test_a_formula_without_its_sign_is_told() -> None:
    text = "## rules.x\n| when used | then s |\n| <5 | used*2 |\n| >=5 | '=used*3 |\n"
    _, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert ("TABLE-081", "rules.x!B2") in [(item.code, str(item.place)) for item in found]
    _, plain = load_bytes(workbook_from_text(text.replace("used*2", "A-1")), "x.xlsx")
    assert "TABLE-081" not in [item.code for item in plain]


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ("当 金额（元）", "金额"),
        ("when weight (kg)", "weight"),
        ("当 天数(天)", "天数"),
        ("当 房租（元/月）", "房租"),
        ("当 温度(℃): 数字", "温度"),
        ("当 经费（万元） 上限(含)", "经费"),
        ("当 ${金额}", "金额"),
        ("when len(m)", "len(m)"),
        ("当 max(金额, 押金)", "max(金额, 押金)"),
        ("当 金额（含税）", "金额（含税）"),
    ],
)
def test_a_unit_behind_the_name_of_a_header_is_for_the_reader(header: str, label: str) -> None:
    table = read_table(f"| {header} | 则 甲 |\n| 5 | 1 |")[0]
    assert table is not None
    assert [column.label for column in table.inputs] == [label]


def test_a_result_with_a_unit_in_its_header_is_called_without_it() -> None:
    table = table_of("| 否则.单价（元） | 9 |\n| 当 重量（kg） | 则 单价（元） |\n| <=1 | 5 |")
    assert table.output_names == ("单价",)
    assert [decide(table, env(重量=D(weight))).outputs for weight in (1, 2)] == [{"单价": D(5)}, {"单价": D(9)}]


def test_behind_a_field_of_the_form_brackets_hold_any_remark() -> None:
    text = """
        ## survey
        | type | name | label |
        | text | 类别 | 类别 |
        | integer | 数量 | 数量 |
        ## 规则-审批
        | 命中 | 首个 |
        | 当 类别（按目录） | 当 数量（整件计） | 则 级别 |
        | 设备 | <5 | 院 |
        | - | - | 校 |
    """
    _, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert codes(found) == []
    _, found = load_bytes(workbook_from_text(text.replace("类别（按", "类型（按")), "x.xlsx")
    assert ("A2", "EXPR-024") in codes(found)
