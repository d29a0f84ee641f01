"""Policies: what they conclude.

P1  Rows use facts of other rows, in any order of the rows.
P2  Missing data makes a row "not checked", also down the chain, and never counts as "no".
P3  `isblank`, `coalesce`, `if` and `= ""` ask for missing data themselves.
P4  A fact that several rows conclude has all their values; a comparison holds when one of them makes it hold.
P5  `not` over facts waits until they are settled.
P6  Every row that holds names the chain of rows that led to it, led back to the fields.
"""

from __future__ import annotations

import pickle
from decimal import Decimal

import pytest
from policy_texts import run, said, sound_policy

from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.decision import Outcome
from banshi.rules.policies import Verdict
from banshi.rules.values import ErrorValue, dumps

HAZARD = """
| 编号 | 当 | 则 | 结论 | 说明 | 办法 | 依据 |
| 备案 | 管制类别 = "易制爆" 或 selected(管制类别, "易制毒") | 需要 公安备案 | 必须 | ${品名}须先备案 | 到属地公安机关备案 | 条例591号 |
| 过氧化氢 | cas = "7722-84-1" 且 浓度 > 8 | 管制类别 = 易制爆 | | | | 2017名录 |
| 高锰酸钾爆 | cas = "7722-64-7" | 管制类别 = 易制爆 | | | | 2017名录 |
| 高锰酸钾毒 | cas = "7722-64-7" | 管制类别 = 易制毒 | | | | 445号令 |
| 双人 | 需要公安备案 且 数量 > 0 | 保管 = 双人双锁；层级 = =if(数量 > 5, 3, 2) | 提醒 | 实行双人双锁 | | |
| 普通 | 非 需要公安备案 | 普通试剂 | 允许 | 按普通试剂采购 | | |
"""


@pytest.fixture(scope="module")
def hazard():
    return sound_policy(HAZARD)


def test_facts_chain_whatever_the_order_of_the_rows(hazard):
    """P1: the first row uses what the second concludes, the fifth what the first does."""
    found = run(hazard, cas="7722-84-1", 浓度=Decimal(30), 数量=Decimal(2), 品名="过氧化氢")
    assert said(found) == ["备案 require", "双人 warn"]
    assert found.facts == {"需要公安备案": True, "管制类别": "易制爆", "保管": "双人双锁", "层级": Decimal(2)}
    assert found.findings[0].message == "过氧化氢须先备案"
    assert found.decision.outcome is Outcome.OK


def test_potassium_permanganate_is_on_two_lists(hazard):
    """P4: a fact with two values, in row order."""
    found = run(hazard, cas="7722-64-7", 浓度=None, 数量=Decimal(9), 品名="高锰酸钾")
    assert found.facts["管制类别"] == ("易制爆", "易制毒")
    assert found.facts["层级"] == Decimal(3)


def test_an_unknown_concentration_is_not_checked_all_down_the_chain(hazard):
    """P2: not controlled would be a wrong answer; so would be "ordinary reagent"."""
    found = run(hazard, cas="7722-84-1", 浓度=None, 数量=Decimal(2), 品名="过氧化氢")
    assert said(found) == ["备案 require?浓度", "过氧化氢 ?浓度", "双人 warn?浓度", "普通 allow?浓度"]
    assert found.facts == {}
    assert found.undecided == {"需要公安备案", "管制类别", "保管", "层级", "普通试剂"}
    assert found.decision.outcome is Outcome.NOT_CHECKED
    assert isinstance(found.values["管制类别"], ErrorValue)
    assert "浓度" in found.values["管制类别"].diagnostic.message()


def test_one_condition_that_fails_settles_a_row_whose_other_data_is_missing(hazard):
    """P2: an unknown concentration does not matter for ethanol."""
    found = run(hazard, cas="64-17-5", 浓度=None, 数量=Decimal(2), 品名="乙醇")
    assert said(found) == ["普通 allow"]
    assert found.values == {"需要公安备案": False, "管制类别": (), "保管": (), "层级": (), "普通试剂": True}


def test_a_row_whose_fact_cannot_be_computed_says_so(hazard):
    """P2: the row holds, one of its facts does not come about."""
    policy = sound_policy(
        "| 编号 | 当 | 则 | 结论 | 说明 |\n| 甲 | 金额 > 10 | 人均 = =金额/人数 | 提醒 | 超额 |\n| 乙 | 人均 > 3 | | 禁止 | 太多 |"
    )
    assert said(run(policy, 金额=Decimal(20), 人数=None)) == ["甲 warn", "甲 warn?人数", "乙 forbid?人数"]
    by_zero = run(policy, 金额=Decimal(20), 人数=Decimal(0))
    assert said(by_zero) == ["甲 warn", "甲 warn?人数,金额", "乙 forbid?人数,金额"]
    assert [item.code for item in by_zero.decision.diagnostics] == ["EXPR-060"]
    assert said(run(policy, 金额=Decimal(20), 人数=Decimal(5))) == ["甲 warn", "乙 forbid"]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("浓度 > 8", "R ?浓度"),
        ("not(浓度 > 8)", "R ?浓度"),
        ("浓度 <= 8", "R ?浓度"),
        ("浓度 != 8", "R ?浓度"),
        ('备注 = "无"', "R ?备注"),
        ('contains(备注, "爆")', "R ?备注"),
        ("浓度 > 8 或 数量 > 1", "R "),
        ("浓度 > 8 且 数量 > 5", None),
        ("OR(浓度 > 8, 数量 > 1)", "R "),
        ("isblank(浓度)", "R "),
        ("not(isblank(浓度)) 且 浓度 > 8", None),
        ('备注 = ""', "R "),
        ('备注 != ""', None),
        ("coalesce(浓度, 100) > 8", "R "),
        ('contains(coalesce(备注, ""), "爆")', None),
        ("if(isblank(浓度), 数量 > 1, 浓度 > 8)", "R "),
        ("if(数量 > 1, 浓度 > 8, TRUE)", "R ?浓度"),
        ("iferror(浓度 / 0, 9) > 8", "R ?浓度"),
        ("数量 / 0 > 8", "R ?数量"),
        ("sum(各次) > 0", None),
        ("xor(浓度 > 8, 数量 > 1)", "R ?浓度"),
    ],
)
def test_missing_data(when, expected):
    """P2, P3."""
    found = run(
        sound_policy(f"| 编号 | 当 | 则 |\n| R | '{when} | 甲 |"), 浓度=None, 备注=None, 数量=Decimal(2), 各次=()
    )
    checked = said(found) or ([f"R {Verdict.NONE}"] if found.facts else [])
    assert checked == ([expected] if expected else [])


def test_a_list_that_is_missing_is_not_checked():
    """P2: a substance that a dataset does not know, and a dataset that is not there."""
    rows = (("64-17-5", "否"), ("7722-64-7", "是"))
    listed = Dataset("名录", ("cas", "管制"), ("cas",), tuple({"cas": Cell(a), "管制": Cell(b)} for a, b in rows))
    policy = sound_policy('| 编号 | 当 | 结论 | 说明 |\n| 名录 | lookup(名录, cas, 管制) = "是" | 禁止 | 在名录中 |')
    assert said(run(policy, datasets={"名录": listed}, cas="7722-64-7")) == ["名录 forbid"]
    assert said(run(policy, datasets={"名录": listed}, cas="64-17-5")) == []
    assert said(run(policy, datasets={"名录": listed}, cas="50-00-0")) == ["名录 forbid?cas"]
    assert said(run(policy, cas="7722-64-7")) == ["名录 forbid?cas"]


@pytest.mark.parametrize(
    ("when", "levels", "holds"),
    [
        ("级别", [], False),
        ("级别 >= 2", [1], False),
        ("级别 >= 2", [1, 2], True),
        ("2 <= 级别", [1, 2], True),
        ("级别 in (2, 3)", [1, 3], True),
        ("级别 <> 2", [1, 2], False),
        ("级别 <> 2", [1, 3], True),
        ("级别 <> 2", [], True),
        ("not(级别 >= 2)", [1], True),
        ("not(级别 >= 2)", [1, 2], False),
        ("not(级别 = 1 且 级别 = 2)", [1, 2], False),
        ("not(级别 = 1 或 级别 = 2)", [3], True),
        ("count(级别) = 2", [1, 3], True),
        ("max(级别) = 3", [1, 3], True),
        ("isblank(级别)", [], True),
        ("isblank(级别)", [1], False),
        ("if(级别 = 1, 级别 = 3, 级别 = 2)", [1, 3], True),
        ("if(级别 = 1, 级别 = 3, 级别 = 2)", [2], True),
        ("AND(级别 = 1, OR(级别 = 3, x > 5))", [1, 3], True),
        ("AND(级别 = 1, OR(级别 = 2, x > 5))", [1, 3], False),
    ],
)
def test_comparisons_of_facts_with_several_values(when, levels, holds):
    """P4, P5: the facts are concluded by rows that follow."""
    rows = "".join(f"| 级{n} | 有{n} | 级别 = {n} |\n" for n in (1, 2, 3))
    policy = sound_policy(f"| 编号 | 当 | 则 |\n| R | '{when} | 结果 |\n{rows}")
    found = run(policy, x=Decimal(1), **{f"有{n}": n in levels for n in (1, 2, 3)})
    assert ("结果" in found.facts) is holds
    assert not found.undecided


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("待审", True),
        ("待审 = TRUE", True),
        ("待审 = FALSE", False),
        ("not(待审)", False),
        ("待审 <> TRUE", False),
        ("待审 <> FALSE", True),
    ],
)
def test_bare_facts_as_yes_or_no(when, holds):
    """P5: `= FALSE` of a fact means that nobody concluded it."""
    policy = sound_policy(f"| 编号 | 当 | 则 |\n| R | '{when} | 结果 |\n| 审 | x > 5 | 待审 |")
    assert ("结果" in run(policy, x=Decimal(6)).facts) is holds
    assert ("结果" in run(policy, x=Decimal(5)).facts) is not holds


def test_facts_may_feed_each_other_in_a_circle():
    """P1: what supports itself only is not concluded."""
    policy = sound_policy("| 编号 | 当 | 则 |\n| 1 | 乙 | 甲 |\n| 2 | 甲 或 x > 5 | 乙 |")
    assert run(policy, x=Decimal(1)).facts == {}
    assert run(policy, x=Decimal(6)).facts == {"甲": True, "乙": True}
    open_ = run(policy, x=None)
    assert said(open_) == ["1 ?x", "2 ?x"]


def test_names_with_full_width_letters_and_spaces_are_one_fact():
    policy = sound_policy(
        "| 编号 | 当 | 则 |\n| 1 | TRUE | 需要 Ａ类 备案; needs filing |\n| 2 | 需要A类备案 且 needs_filing | 丙 |"
    )
    assert run(policy).facts == {"需要A类备案": True, "needs_filing": True, "丙": True}


def test_a_long_condition_is_cut_into_rules_that_an_engine_bears():
    facts = "; ".join(f"f{i}" for i in range(30))
    policy = sound_policy(
        f"| 编号 | 当 | 则 |\n| 1 | {' 且 '.join(f'f{i}' for i in range(30))} | 全 |\n| 2 | x > 1 | {facts} |"
    )
    assert "全" in run(policy, x=Decimal(2)).facts
    assert max(len(rule.needs) for stratum in policy.plan.program.strata for rule in stratum) <= 8


def test_the_decision_explains_itself_down_to_the_cell(hazard):
    found = run(hazard, cas="7722-84-1", 浓度=Decimal(30), 数量=Decimal(2), 品名="过氧化氢")
    decision = found.decision
    assert [place.cell for place in decision.fired] == ["A2", "A3", "A6"]
    assert decision.inputs == {"cas": "7722-84-1", "浓度": Decimal(30), "数量": Decimal(2), "品名": "过氧化氢"}
    filing, peroxide = decision.explanation[0], decision.explanation[1]
    assert [(part.label, part.value) for part in filing.parts] == [('管制类别 = "易制爆"', True)]
    assert [(part.label, part.value, part.place.cell) for part in filing.parts[0].parts] == [
        ("管制类别", "易制爆", "C3")
    ]
    assert [(part.label, part.value) for part in peroxide.parts] == [('cas = "7722-84-1"', True), ("浓度 > 8", True)]
    assert [part.value for part in peroxide.parts[1].parts] == [Decimal(30)]
    assert dumps(decision.to_json())


def test_a_row_that_was_not_checked_gives_no_fact_in_the_explanation():
    """Its cell names a value; nobody concluded it."""
    policy = sound_policy("| 编号 | 当 | 则 |\n| 1 | 级别 = '高' | 上报 |\n| 2 | 用量 > 8 | 级别 = 高 |")
    reported = run(policy, 用量=None).decision.explanation[0]
    (level,) = reported.parts[0].parts
    assert (reported.value, level.label, level.value, level.en) == (None, "级别", None, "its row was not checked")
    (level,) = run(policy, 用量=Decimal(9)).decision.explanation[0].parts[0].parts
    assert level.value == "高"


def test_a_row_that_was_not_checked_says_what_is_missing_and_not_its_verdict():
    """P2: "请先备案" would be read as an order to file."""
    policy = sound_policy("""
        | 编号 | 当 | 结论 | 说明 | 办法 | 依据 |
        | 备案 | 浓度 > 8 且 数量 > 1 | 禁止 | 浓度超过8%，须先备案。 | 到保卫处备案。 | 办法第5条 |
    """)
    (unknown,) = run(policy, 浓度=None, 数量=None).findings
    assert (unknown.verdict, unknown.missing, unknown.reference) == ("forbid", ("数量", "浓度"), "办法第5条")
    assert unknown.message == "缺少 数量、浓度，未能核对这一条。"
    assert unknown.message_en == "This statement was not checked: 数量, 浓度 is missing."
    assert "备案" not in unknown.remedy
    (wrong,) = run(policy, 浓度="很浓", 数量=Decimal(2)).findings
    assert wrong.not_checked
    assert not wrong.computed
    assert "很浓" in wrong.message
    assert "很浓" in wrong.message_en
    assert "备案" not in wrong.message + wrong.remedy
    assert [item.message for item in run(policy, 浓度=Decimal(9), 数量=Decimal(2)).findings] == [
        "浓度超过8%，须先备案。"
    ]


def test_a_policy_pickles(hazard):
    copy = pickle.loads(pickle.dumps(hazard))
    assert copy == hazard
    assert run(copy, cas="7722-64-7", 数量=Decimal(1), 品名="x").facts["管制类别"] == ("易制爆", "易制毒")


def chains_of(found):
    return {chain.rows[-1].id: [row.id for row in chain.rows] for chain in found.chains}


def test_every_row_that_holds_names_the_rows_that_led_to_it(hazard):
    """P6: with what is computed from facts, and with what a denial stands on."""
    found = run(hazard, cas="7722-84-1", 浓度=Decimal(30), 数量=Decimal(2), 品名="过氧化氢")
    assert chains_of(found) == {
        "过氧化氢": ["过氧化氢"],
        "备案": ["过氧化氢", "备案"],
        "双人": ["过氧化氢", "备案", "双人"],
    }
    assert chains_of(run(hazard, cas="64-17-5", 浓度=Decimal(95), 数量=Decimal(1), 品名="乙醇")) == {"普通": ["普通"]}


def test_facts_that_support_each_other_are_led_back_to_a_field():
    """P6: 甲 and 乙 follow from each other; what began it is the field."""
    circle = sound_policy("""
        | 编号 | 当 | 则 |
        | 1 | 乙 | 甲 |
        | 2 | 甲 | 乙 |
        | 3 | 数量 > 5 | 乙 |
        | 4 | count(丙) > 1 | 丁 |
        | 5 | 甲 | 丙 = 大 |
        | 6 | 数量 > 0 | 丙 = 小 |
    """)
    assert chains_of(run(circle, 数量=Decimal(9))) == {
        "1": ["3", "1"], "2": ["3", "1", "2"], "3": ["3"],
        "4": ["3", "6", "1", "5", "4"], "5": ["3", "1", "5"], "6": ["6"],
    }  # fmt: skip
