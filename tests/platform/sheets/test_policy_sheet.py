"""The sheet `制度-<名称>`: columns and words in two languages, facts, and every fault at its cell."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from policy_texts import read_policy, run, said, sound_policy

from banshi.rules.diagnostics import CATALOGUE, Severity
from banshi.rules.expressions import Expression, Name, Scope
from banshi.rules.policies import Verdict, check, fact_names
from banshi.rules.values import Kind


def codes(rows: str, **names: Kind) -> list[tuple[str, str]]:
    """The faults of a sheet as (code, cell), those of the cells and those of the check."""
    policy, found = read_policy(rows)
    found += check(policy, Scope({name: Name(kind) for name, kind in names.items()}))
    return [(item.code, item.place.cell) for item in found]


ENGLISH = """
| Reference | verdict | THEN | when | id | message | message::English (en) | remedy | note |
| Art. 41 | forbid | class = explosive | ${amount} > 5 | R1 | 超量 | Too much | 减量 | own |
"""
CHINESE = """
| 依据 | 结论 | 则 | 当 | 编号 | 说明 | 说明::English (en) | 办法 | 备注 |
| Art. 41 | 禁止 | class ＝ explosive | ＝amount＞5 | R1 | 超量 | Too much | 减量 | 自用 |
"""


@pytest.mark.parametrize("rows", [ENGLISH, CHINESE])
def test_both_languages_read_the_same(rows):
    policy = sound_policy(rows)
    [row] = policy.statements
    assert (row.id, row.verdict, row.message, row.message_en, row.remedy, row.reference) == (
        "R1", Verdict.FORBID, "超量", "Too much", "减量", "Art. 41",
    )  # fmt: skip
    assert [(fact.name, fact.value) for fact in row.then] == [("class", "explosive")]
    assert (policy.names, policy.output_names) == ({"amount"}, {"class"})
    assert said(run(policy, amount=Decimal(6))) == ["R1 forbid"]


def test_the_policy_is_called_by_the_sheets_suffix():
    policy, _ = read_policy("| 编号 | 当 | 则 |\n| 1 | x > 1 | 甲 |", name="制度-危化品")
    assert (policy.name, policy.place.sheet) == ("危化品", "制度-危化品")


@pytest.mark.parametrize(
    ("cell", "facts"),
    [
        ("管制类别 = 易制爆", [("管制类别", "易制爆")]),
        ("需要 公安备案", [("需要公安备案", True)]),
        (
            "needs filing；保管=双人双锁;\\n级别 = 3",
            [("needs_filing", True), ("保管", "双人双锁"), ("级别", Decimal(3))],
        ),
        ("品名 = “甲；乙 = 丙”", [("品名", "甲；乙 = 丙")]),
        ('编码 = "003"', [("编码", "003")]),
        ("编码 = 003", [("编码", "003")]),
        ("上限 = 20万", [("上限", Decimal(200000))]),
        ("起 = 2026年9月1日", [("起", date(2026, 9, 1))]),
        ("管制 = 是；豁免 = FALSE", [("管制", True), ("豁免", False)]),
        (" ； 甲 ；； ", [("甲", True)]),
    ],
)
def test_facts(cell, facts):
    policy = sound_policy(f"| 编号 | 当 | 则 |\n| 1 | x > 1 | {cell} |")
    assert [(fact.name, fact.value) for fact in policy.statements[0].then] == facts


def test_a_computed_fact_keeps_its_place_in_the_cell():
    policy = sound_policy("| 编号 | 当 | 则 |\n| 1 | x > 1 | 甲；人均 = =费用/人数 |")
    fact = policy.statements[0].then[1]
    assert isinstance(fact.value, Expression)
    assert (fact.place.cell, fact.place.span) == ("C2", (2, 13))
    assert policy.names == {"x", "费用", "人数"}
    assert run(policy, x=Decimal(2), 费用=Decimal("38.39"), 人数=Decimal(4)).facts["人均"] == Decimal("9.5975")


@pytest.mark.parametrize(
    ("when", "holds"),
    [("", True), ("-", True), ("总是", True), ("是", True), ("TRUE", True), ("否", False), ("FALSE", False)],
)
def test_rows_that_always_or_never_hold(when, holds):
    policy = sound_policy(f"| 编号 | 当 | 则 |\n| 1 | {when} | 甲 |")
    assert run(policy).facts == ({"甲": True} if holds else {})


def test_a_row_without_an_id_is_called_by_its_number():
    policy = sound_policy("| 当 | 则 |\n| x > 1 | 甲 |\n| | |\n| x > 2 | 乙 |")
    assert [row.id for row in policy.statements] == ["2", "4"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("| 编号 | 则 |\n| 1 | 甲 |", [("BOOK-022", "A1")]),
        ("| 编号 | 当 | 则 | 结纶 |\n| 1 | x > 1 | 甲 | 禁止 |", [("BOOK-020", "D1")]),
        ("| 编号 | 当 | 则 |", [("POLICY-002", "A1")]),
        ("| 编号 | 当 | 则 |\n| A | x > 1 | 甲 |\n| Ａ | x > 2 | 乙 |", [("POLICY-003", "A3")]),
        ("| 编号 | 当 | 结论 | 说明 |\n| 1 | x > 1 | 禁至 | a |", [("POLICY-004", "C2")]),
        ("| 编号 | 当 | 则 | 结论 |\n| 1 | x > 1 | | |", [("POLICY-005", "A2")]),
        ("| 编号 | 当 | 结论 | 说明 |\n| 1 | x > 1 | 禁止 | |", [("POLICY-006", "D2")]),
        ("| 编号 | 当 | 则 |\n| 1 | x > 1 | 12 |", [("POLICY-007", "C2")]),
        ("| 编号 | 当 | 则 |\n| 1 | x > 1 | 甲 >= 3；乙 = ；3甲；= 5；非 甲；丁 |", [("POLICY-008", "C2")] * 5),
        ("| 编号 | 当 | 则 |\n| 1 | x > 1 | 甲 = “乙；丙 |", [("POLICY-009", "C2")]),
        ("| 编号 | 当 | 则 | 生效 |\n| 1 | x > 1 | 甲 | 九月 |", [("POLICY-010", "D2")]),
        ("| 编号 | 当 | 则 |\n| 1 | x > | 甲 = =y + |", [("EXPR-012", "B2"), ("EXPR-012", "C2")]),
        ("| 编号 | 当 | 则 |\n| 1 | z > 1 | 甲 |", [("EXPR-020", "B2")]),
        ('| 编号 | 当 | 则 |\n| 1 | x > 1 | 类 = 易制爆 |\n| 2 | 类 = "易制暴" | 乙 |', [("EXPR-044", "B3")]),
        ("| 编号 | 当 | 则 |\n| 1 | x > 1 | 级 = 1 |\n| 2 | x > 2 | 级 = 高 |", [("POLICY-021", "C3")]),
        ("| 编号 | 当 | 结论 | 说明 |\n| 1 | x > 1 | 禁止 | ${品铭}超量 ${x} |", [("POLICY-022", "D2")]),
        ("| 编号 | 当 | 结论 | 说明 |\n| 1 | x > 1 | 禁止 | 超量 ${x |", [("POLICY-031", "D2")]),
        ("| 编号 | 当 | 则 |\n| 1 | 非 乙 | 甲 |\n| 2 | x > 1 | 丙 |\n| 3 | 非 甲 | 乙 |", [("POLICY-020", "B2"), ("POLICY-020", "B4")]),
        ("| 编号 | 当 | 则 |\n| 1 | 非 甲 | 甲 |", [("POLICY-020", "B2")]),
        ("| 编号 | 当 | 则 |\n| 1 | x > 1 | 甲 = =count(甲) |", [("POLICY-020", "B2")]),
    ],
)  # fmt: skip
def test_faults_at_their_cells(rows, expected):
    assert codes(rows, x=Kind.NUMBER, y=Kind.NUMBER) == expected


def test_faults_do_not_hide_one_another():
    """All of them at once, in the order of the rows."""
    rows = """
    | 编号 | 当 | 则 | 结论 | 说明 |
    | 1 | zz > 1 | 3甲 | 禁只 | a |
    | 1 | x > | 乙 = “ | | |
    """
    assert codes(rows, x=Kind.NUMBER) == [
        ("POLICY-008", "C2"), ("POLICY-004", "D2"), ("EXPR-012", "B3"), ("POLICY-009", "C3"), ("POLICY-003", "A3"), ("EXPR-020", "B2"),
    ]  # fmt: skip


def test_a_condition_that_cannot_be_read_never_holds():
    policy, found = read_policy("| 编号 | 当 | 结论 | 说明 |\n| 1 | x > | 禁止 | a |")
    assert [item.code for item in found] == ["EXPR-012"]
    assert said(run(policy, x=Decimal(5))) == []


def test_faults_speak_both_languages_and_name_the_near_word():
    _, [fault] = read_policy("| 编号 | 当 | 结论 | 说明 |\n| 1 | x > 1 | 禁至 | a |")
    assert "禁止" in fault.message("zh")
    assert "禁止" in fault.message("en")
    for code, entry in CATALOGUE.items():
        if code.startswith("POLICY-"):
            assert all((entry.zh, entry.en, entry.remedy_zh, entry.remedy_en))
    assert CATALOGUE["POLICY-006"].severity is Severity.WARNING


def test_what_others_may_know_of_the_facts():
    """A fact with several values is a list to others; with one value it is that value."""
    policy = sound_policy(
        "| 编号 | 当 | 则 |\n| 1 | x > 1 | 类 = 易制爆；需要备案；级 = =x*2；保管 = 双锁 |\n| 2 | x > 2 | 类 = 易制毒；保管 = 双锁 |"
    )
    names = fact_names(policy, Scope({"x": Name(Kind.NUMBER)}))
    assert {name: (entry.kind, entry.choices, entry.multiple) for name, entry in names.items()} == {
        "类": (Kind.LIST, {"易制爆", "易制毒"}, True),
        "需要备案": (Kind.BOOLEAN, None, False),
        "级": (Kind.NUMBER, None, False),
        "保管": (Kind.TEXT, {"双锁"}, False),
    }


def test_an_empty_sheet():
    from banshi.platform.sheets.policy_sheet import parse_policy
    from banshi.platform.workbook.workbook import Sheet

    policy, [fault] = parse_policy(Sheet("制度", "policy", "", ()))
    assert (policy, fault.code) == (None, "POLICY-001")
