"""Checking against a scope (forms.md 2.4: the slips that real forms hold).

C1  unknown names, functions, datasets and columns, each with what was probably meant
C2  argument counts, options and patterns that can be known
C3  kinds: an error where it can never work, a warning where it depends on a text field, nothing where it is fine
C4  a value that is not in the choice list; `=` on a multiple choice
C5  known to the standard and not built: said so, never "unknown"
C7  a condition that no answer can meet; no alarm where one can
C8  a branch that no answer can reach is not held to what it would compute
C6  all faults at once, in the order of the text
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Place, Severity
from banshi.rules.expressions import Environment, Name, Scope, check, evaluate, kind_of_expression, parse
from banshi.rules.values import Kind

TARIFF = Dataset(
    "电价", ("档次", "单价", "生效"), ("档次",),
    ({"档次": Cell("一"), "单价": Cell(Decimal("0.6")), "生效": Cell(date(2026, 1, 1))},),
)  # fmt: skip
SCOPE = Scope(
    {
        "用电量": Name(Kind.NUMBER),
        "额度": Name(Kind.NUMBER),
        "类别": Name(Kind.TEXT, frozenset({"易制毒", "易制爆", "other"})),
        "楼栋": Name(Kind.TEXT, frozenset({"1", "2"})),
        "材料": Name(Kind.LIST, frozenset({"合同", "发票"}), multiple=True),
        "说明": Name(Kind.TEXT),
        "开工": Name(Kind.DATE),
        "竣工": Name(Kind.DATE),
        "到达": Name(Kind.DATETIME),
        "时刻": Name(Kind.TIME),
        "同意": Name(Kind.BOOLEAN),
        "数量": Name(Kind.LIST),
        "计算": Name(Kind.ANY),
        "人数": Name(Kind.NUMBER, whole=True),
        "费用.total": Name(Kind.NUMBER),
        "CAS号": Name(Kind.TEXT),
    },
    {"电价": TARIFF},
    current=Name(Kind.NUMBER),
)


def found(text: str, expected: Kind = Kind.ANY, scope: Scope = SCOPE) -> list[tuple[str, str]]:
    """The codes of the faults, each with the characters that it points at."""
    expression, faults = parse(text, Place("survey", "F9"))
    assert expression is not None, faults
    result = []
    for item in check(expression, scope, expected):
        assert (item.place.sheet, item.place.cell) == ("survey", "F9")
        assert item.place.span is not None
        texts = (item.fault.zh, item.fault.en, item.fault.remedy_zh, item.fault.remedy_en)
        assert {name for part in texts for _, name, _, _ in Formatter().parse(part) if name} <= dict(item.facts).keys()
        result.append((item.code, text[slice(*item.place.span)]))
    return result


def near(text: str) -> str:
    """What the one fault suggests."""
    expression, _ = parse(text, Place())
    assert expression is not None
    (item,) = check(expression, SCOPE)
    return dict(item.facts)["near"]


@pytest.mark.parametrize(
    "text",
    [
        "用电量 > 额度 and 类别 = '易制毒'",
        "类别 != ''",
        "材料 = ''",
        "材料 != ''",
        "selected(材料, '合同')",
        "selected(${类别}, 'other')",
        "类别 in ('易制毒', '易制爆')",
        "楼栋 = 1",
        "楼栋 > 1",
        "楼栋 + 1",
        "用电量 = '5'",
        "开工 + 30 >= 竣工",
        "竣工 - 开工 > 30",
        "int((today() - 开工) div 365.25)",
        "int(format-date(today(), '%Y'))",
        "int(说明) + 1",
        "format-date(开工, '%Y%m') - 1990",
        "开工 - '2026-01-01' > 3",
        "开工 >= '2026-09-01'",
        "开工 < now()",
        "到达 - 1 > 开工",
        "max(开工, 竣工) + 1",
        "if(用电量 > 1, 开工, 竣工) > today()",
        "同意 = TRUE",
        "同意 = 'true'",
        "not(同意)",
        "计算 + 1 > 2 and 计算 = '甲'",
        "sum(数量) > 3",
        "count-selected(材料) >= 2",
        "lookup(电价, 说明, 单价) * 2",
        "lookup('电价', 说明, '生效') > today()",
        "费用.total > 100",
        ". > 5 and ? < 10",
        "is-cas() or is-cas(说明)",
        "jr:choice-name(类别, '${类别}')",
        "coalesce(用电量, 0) * 2",
        "if(用电量 > 1, 5, '') + 1",
        "说明 & 用电量 & 开工",
        "number(说明) > 5",
        "selected-at(材料, 0) = '合同'",
        "regex(., '[0-9]+')",
        "position(..) = 1",
        "用电量 and 同意",
    ],
)
def test_nothing_to_say(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("用电亮 > 5", [("EXPR-020", "用电亮")]),  # C1
        ("费用.totl", [("EXPR-020", "费用.totl")]),
        ("用电量>额度且同意", [("EXPR-021", "额度且同意")]),
        ("同意 = 是", [("EXPR-022", "是")]),
        ("suum(数量)", [("EXPR-024", "suum(数量)")]),
        ("count-selcted(材料) > 1", [("EXPR-024", "count-selcted(材料)")]),
        ("lookup(电费, 说明, 单价)", [("EXPR-026", "电费")]),
        ("lookup(电价, 说明, 单介)", [("EXPR-027", "单介")]),
        ("jr:choice-name(类别, '${类型}')", [("EXPR-020", "'${类型}'")]),
        ("jr:choice-name(用电量, 用电量)", [("EXPR-031", "用电量")]),
        ("round()", [("EXPR-028", "round()")]),  # C2
        ("today(1)", [("EXPR-029", "today(1)")]),
        ("ifs(同意, 1, 同意)", [("EXPR-030", "ifs(同意, 1, 同意)")]),
        ("regex(说明, '(a')", [("EXPR-032", "'(a'")]),
        ("regex(说明, '(?=a)')", [("EXPR-032", "'(?=a)'")]),
        ("format-date(开工, '%Q')", [("EXPR-033", "'%Q'")]),
        ("datedif(开工, 竣工, 'W')", [("EXPR-033", "'W'")]),
        ("用电量 / 0", [("EXPR-060", "用电量 / 0")]),
        ("用电量 + '度'", [("EXPR-040", "'度'")]),  # C3
        ("用电量 + 时刻", [("EXPR-055", "时刻")]),
        ("round(开工, 2)", [("EXPR-040", "开工")]),
        ("year(用电量)", [("EXPR-040", "用电量")]),
        ("sum('甲')", [("EXPR-040", "'甲'")]),
        ("用电量 * 说明", [("EXPR-041", "说明")]),
        ("format-date(开工, '%Y-%m') * 2", [("EXPR-041", "format-date(开工, '%Y-%m')")]),
        ("log(用电量)", [("EXPR-084", "log(用电量)")]),
        ("year(说明)", [("EXPR-041", "说明")]),
        ("用电量 = '甲'", [("EXPR-042", "用电量 = '甲'")]),
        ("开工 > 30", [("EXPR-042", "开工 > 30")]),
        ("开工 > '下周'", [("EXPR-042", "开工 > '下周'")]),
        ("同意 = '是'", [("EXPR-042", "同意 = '是'")]),
        ("同意 = 1", [("EXPR-042", "同意 = 1")]),
        ("1 < 用电量 < 5", [("EXPR-054", "1 < 用电量 < 5")]),
        ("1 < 用电亮 <= 5", [("EXPR-054", "1 < 用电亮 <= 5"), ("EXPR-020", "用电亮")]),
        ("说明 > 5", [("EXPR-043", "说明 > 5")]),
        ("说明 = 用电量", [("EXPR-043", "说明 = 用电量")]),
        ("数量 > 3", [("EXPR-046", "数量")]),
        ("数量 * 2", [("EXPR-046", "数量")]),
        ("材料 > 1", [("EXPR-046", "材料")]),
        ("开工 + 竣工", [("EXPR-047", "开工 + 竣工")]),
        ("30 - 开工", [("EXPR-047", "30 - 开工")]),
        ("开工 * 2", [("EXPR-047", "开工 * 2")]),
        ("说明 and 同意", [("EXPR-048", "说明")]),
        ("if(开工, 1, 2)", [("EXPR-048", "开工")]),
        ("类别 = '易制独'", [("EXPR-044", "'易制独'")]),  # C4
        ("'易制独' != 类别", [("EXPR-044", "'易制独'")]),
        ("楼栋 = 3", [("EXPR-044", "3")]),
        ("类别 in ('易制毒', '易燃')", [("EXPR-044", "'易燃'")]),
        ("selected(材料, '收据')", [("EXPR-044", "'收据'")]),
        ("switch(类别, '易燃', 1, 2)", [("EXPR-044", "'易燃'")]),
        ("材料 = '合同'", [("EXPR-045", "材料")]),
        ("'合同' != 材料", [("EXPR-045", "材料")]),
        ("contains(材料, '合')", [("EXPR-051", "contains(材料, '合')")]),
        ("用电量 + if(同意, 3)", [("EXPR-052", "if(同意, 3)")]),
        ("CAS号 = '7722-64-1'", [("EXPR-053", "'7722-64-1'")]),
        ("CAS号 = '7722-64-7' or 说明 = '7722-64-1'", []),
        ("lookup(电价, '第九档', 单价)", [("EXPR-063", "'第九档'")]),
        ("lookup(电价, '第九档', 单价, 0)", []),
        ("vlookup(说明, 1, 2)", [("EXPR-025", "vlookup(说明, 1, 2)")]),  # C5
        ("pulldata('电价', '单价', '档', 说明)", [("EXPR-027", "'档'")]),
        ("pulldata('a', 'b', 'c', 说明)", [("EXPR-026", "'a'")]),
        ("bracket(用电量, 电价)", [("EXPR-027", "电价"), ("EXPR-027", "电价")]),
        ("instance('电费')/root/item[单价 > 1]/单价", [("EXPR-026", "instance('电费')/root/item")]),
        (
            "instance('电价')/root/item[单介 > 用电量]/档",
            [("EXPR-027", "单介"), ("EXPR-027", "用电量"), ("EXPR-027", "/档")],
        ),
        ("instance('电价')/root/item[单价 > ${用电亮}]/单价", [("EXPR-020", "${用电亮}")]),
        ("instance('电价')/root/item[档次 = '一']/单价 + '天'", [("EXPR-040", "'天'")]),
        ("indexed-repeat(${数亮}, ${计算}, 1)", [("EXPR-020", "${数亮}")]),
        (
            "用电亮 > 说民 + suum(1)",
            [("EXPR-020", "用电亮"), ("EXPR-020", "说民"), ("EXPR-024", "suum(1)")],
        ),  # C6
    ],
)
def test_faults(text: str, faults: list[tuple[str, str]]) -> None:
    assert found(text) == faults


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("用电量 > 5 and 用电量 < 3", "用电量 > 5 and 用电量 < 3"),
        ("用电量 >= 5 and 额度 > 1 and 用电量 < 5", "用电量 >= 5 and 额度 > 1 and 用电量 < 5"),
        ("额度 > 1 或 (用电量 = 1 且 用电量 = 2)", "用电量 = 1 且 用电量 = 2"),
        ("and(用电量 = 1, 额度 > 1, 用电量 != 1)", "用电量 = 1, 额度 > 1, 用电量 != 1"),
        ("if(用电量 < -5 and 用电量 > 0, 1, 2)", "用电量 < -5 and 用电量 > 0"),
        ("类别 = '易制毒' and 类别 = '易制爆'", "类别 = '易制毒' and 类别 = '易制爆'"),
        (
            "selected(类别, '易制毒') and selected(类别, 'other')",
            "selected(类别, '易制毒') and selected(类别, 'other')",
        ),
        ("类别 in ('易制毒', '易制爆') and 类别 = 'other'", "类别 in ('易制毒', '易制爆') and 类别 = 'other'"),
        ("楼栋 > 1 and 楼栋 < 2", "楼栋 > 1 and 楼栋 < 2"),  # only 1 and 2 are offered
        ("说明 = '甲' and 说明 = '乙'", "说明 = '甲' and 说明 = '乙'"),
        ("说明 = '' and 说明 = '乙'", "说明 = '' and 说明 = '乙'"),
        ("开工 > '2026-09-01' and 开工 < '2026-09-02'", "开工 > '2026-09-01' and 开工 < '2026-09-02'"),
        ("开工 >= date('2026-10-01') and 开工 < '2026-09-01'", "开工 >= date('2026-10-01') and 开工 < '2026-09-01'"),
        ("同意 = TRUE and not(同意)", "同意 = TRUE and not(同意)"),
        (". > 5 and . < 5", ". > 5 and . < 5"),
        ("(用电量 < 1 or 用电量 > 9) and 用电量 = 5", "(用电量 < 1 or 用电量 > 9) and 用电量 = 5"),
        ("用电量 and 用电量 = 0", "用电量 and 用电量 = 0"),
        ("人数 > 1 and 人数 < 2", "人数 > 1 and 人数 < 2"),  # a whole number
        ("人数 > 0.5 and 人数 < 3 and 人数 != 1 and 人数 != 2", "人数 > 0.5 and 人数 < 3 and 人数 != 1 and 人数 != 2"),
        ("计算 > 5 and 计算 < 3", "计算 > 5 and 计算 < 3"),  # of no known kind, as in a workbook of policies only
        ("计算 = '甲' and 计算 = '乙'", "计算 = '甲' and 计算 = '乙'"),
        ("计算 = 5 and 计算 != 5", "计算 = 5 and 计算 != 5"),
    ],
)
def test_a_condition_that_can_never_hold(text: str, at: str) -> None:  # C7
    assert found(text) == [("EXPR-049", at)]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("3 > 5", "3 > 5"),
        ("1 + 1 = 3 or 额度 > 1", "1 + 1 = 3"),
        ("额度 > 1 and '甲' = '乙'", "'甲' = '乙'"),
        ("if(len('abc') > 5, 额度, 1)", "len('abc') > 5"),
        ("用电量 > ${用电量}", "用电量 > ${用电量}"),
        ("用电量 * 2 != 用电量*2", "用电量 * 2 != 用电量*2"),
        (". < .", ". < ."),
    ],
)
def test_a_condition_that_never_holds_by_itself(text: str, at: str) -> None:  # C7
    assert found(text) == [("EXPR-050", at)]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("if(1=1, 5, 1/0)", []),
        ("if(1=1, 5)", []),
        ("if(FALSE, 1 + '度', 2)", []),
        ("if(TRUE, 用电量, 用电量 = '多')", []),
        ("ifs(FALSE, 1/0, TRUE, 5, 用电量 > 1, 1/0)", []),
        ("if(TRUE or 1/0 = 1, 1, 2)", []),
        ("and(用电量 > 1, FALSE, 1/0 = 1)", []),
        ("if(3 > 5, 1/0, 2)", [("EXPR-050", "3 > 5")]),
        ("if(1=1, 1/0, 5)", [("EXPR-060", "1/0")]),
        ("if(用电量 > 1, 5, 1/0)", [("EXPR-060", "1/0")]),
        ("if(today() = '2026-09-01', 5, 1/0)", [("EXPR-060", "1/0")]),
        ("ifs(用电量 > 1, 1, TRUE, 1/0)", [("EXPR-060", "1/0")]),
        ("if(1=1, 5, 用电亮)", [("EXPR-020", "用电亮")]),  # a name is read all the same
    ],
)
def test_what_is_never_computed(text: str, faults: list[tuple[str, str]]) -> None:  # C8
    assert found(text) == faults


@pytest.mark.parametrize(
    "text",
    [
        "用电量 > 3 and 用电量 < 5",
        "用电量 > 3 and 用电量 < 3.0001",
        "用电量 >= 5 and 用电量 <= 5",
        "用电量 > 5 and 额度 < 3",
        "用电量 > 5 or 用电量 < 3",
        "用电量 > 额度 and 用电量 < 3",
        "用电量 + 1 > 5 and 用电量 < 3",
        "用电量 = 5 and 用电量 = '5.0'",
        "用电量 != 1 and 用电量 != 2",
        "类别 != '易制毒' and 类别 != '易制爆' and 类别 != 'other'",  # an empty answer
        "selected(材料, '合同') and selected(材料, '发票')",
        "说明 != '甲' and 说明 != '乙'",
        "开工 > '2026-09-01' and 开工 < '2026-09-03'",
        "到达 > '2026-09-01' and 到达 < '2026-09-02'",
        "计算 > 10 and 计算 < 9",  # several values, 5 and 5 say, are compared as the text 5 5
        "计算 >= 5 and 计算 <= 5 and 计算 != 5",  # a list with the text 5.0
        "计算 = '2026-09-01' and 计算 = '20260901'",  # a date
        "计算 = '5' and 计算 = '5.0'",  # a number
        "计算 = '甲' and 计算 > '乙'",  # not looked at
        "计算 = 5 and 计算 = '五'",  # not looked at
        "人数 > 1 and 人数 < 3",
        "人数 >= 1.5 and 人数 <= 2.5",
        "3 < 5",
        "FALSE",
        "false() or 用电量 > 3",
        "if(FALSE, 1, 2)",
        "用电量 >= 用电量",
        "用电量 + 1 > 额度 + 1",
        "random() > random()",
        "today() > '2026-09-01'",
        "count(数量) > 5 and count(数量) < 3",  # not looked at
        "not(用电量 > 5) and 用电量 < 3",
        "同意 and not(同意 = FALSE)",
    ],
)
def test_no_false_alarm(text: str) -> None:  # C7
    assert found(text) == []


@given(
    st.lists(st.tuples(st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), st.integers(0, 4)), min_size=2, max_size=4)
)
@settings(deadline=None)
def test_the_alarm_is_right(parts: list[tuple[str, int]]) -> None:  # C7
    """Against trying every quarter from -1 to 6, and no answer at all."""
    text = " and ".join(f"用电量 {operator} {bound}" for operator, bound in parts)
    expression, _ = parse(text, Place())
    assert expression is not None
    tried = [None, *(Decimal(i) / 4 for i in range(-4, 25))]
    now = datetime(2026, 9, 1, tzinfo=UTC)
    possible = any(evaluate(expression, Environment({"用电量": value}, now=now)) is True for value in tried)
    assert (found(text) == []) is possible


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("用电亮 > 5", "用电量"),
        ("额渡 > 5", "额度"),
        ("类别 = 易制毒", '"易制毒"'),  # quotes forgotten
        ("类别 = '易制独'", '"易制毒"'),
        ("Suum(数量)", "sum"),
        ("working-day(1, 2)", "working-days"),
        ("lookup(电阶, 说明, 单价)", "电价"),
        ("lookup(电价, 说明, 单介)", "单价"),
        ("完全不沾边的名称 > 5", ""),
    ],
)
def test_did_you_mean(text: str, meant: str) -> None:
    assert near(text) == meant


@pytest.mark.parametrize(
    ("text", "expected", "faults"),
    [
        ("用电量 > 5", Kind.BOOLEAN, []),
        ("用电量", Kind.BOOLEAN, []),
        ("说明", Kind.BOOLEAN, [("EXPR-048", "说明")]),
        ("用电量", Kind.NUMBER, []),
        ("'一百'", Kind.NUMBER, [("EXPR-040", "'一百'")]),
        ("说明", Kind.NUMBER, [("EXPR-041", "说明")]),
        ("开工", Kind.NUMBER, [("EXPR-040", "开工")]),
        ("today()", Kind.DATE, []),
        ("用电量", Kind.DATE, [("EXPR-040", "用电量")]),
        ("用电量", Kind.TIME, [("EXPR-040", "用电量")]),
        ("数量", Kind.NUMBER, [("EXPR-046", "数量")]),
        ("用电量", Kind.TEXT, []),
    ],
)
def test_the_kind_that_a_cell_needs(text: str, expected: Kind, faults: list[tuple[str, str]]) -> None:
    assert found(text, expected) == faults


def test_severity_follows_certainty() -> None:
    weights = {"用电量 + '度'": Severity.ERROR, "用电量 + 说明": Severity.WARNING, "说明 = 5": Severity.WARNING}
    for text, severity in weights.items():
        expression, _ = parse(text, Place())
        assert expression is not None
        assert [item.severity for item in check(expression, SCOPE)] == [severity]


def test_the_cells_own_value_needs_one() -> None:
    scope = Scope({})
    assert found(". > 5", scope=scope) == [("EXPR-023", ".")]
    assert found("？ > 5", scope=scope) == [("EXPR-023", "？")]
    choice = Scope({}, current=Name(Kind.TEXT, frozenset({"甲"})))
    assert found("? = '乙'", scope=choice) == [("EXPR-044", "'乙'")]


def test_a_name_is_known_in_either_width() -> None:
    scope = Scope({"面积（㎡）": Name(Kind.NUMBER)})
    assert found("${面积(㎡)} > 20", scope=scope) == []
    assert found("${面积（㎡）} > 20", scope=scope) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("用电量 + 1", Kind.NUMBER),
        ("说明 & 1", Kind.TEXT),
        ("用电量 > 1", Kind.BOOLEAN),
        ("类别 in ('易制毒')", Kind.BOOLEAN),
        ("开工 + 1", Kind.DATE),
        ("到达 + 1", Kind.DATETIME),
        ("竣工 - 开工", Kind.NUMBER),
        ("if(同意, 1, 2)", Kind.NUMBER),
        ("if(同意, 1, '')", Kind.NUMBER),
        ("if(同意, 1, 'a')", Kind.ANY),
        ("coalesce(开工, 竣工)", Kind.DATE),
        ("max(开工, 竣工)", Kind.DATE),
        ("max(用电量, 3)", Kind.NUMBER),
        ("lookup(电价, 说明, 单价)", Kind.NUMBER),
        ("lookup(电价, 说明, 生效)", Kind.DATE),
        ("allocate(用电量, 3)", Kind.LIST),
        ("计算 + 1", Kind.ANY),
        ("计算", Kind.ANY),
        ("数量", Kind.LIST),
        (".", Kind.NUMBER),
        ("TRUE", Kind.BOOLEAN),
    ],
)
def test_kind_of_expression(text: str, kind: Kind) -> None:
    expression, _ = parse(text, Place())
    assert expression is not None
    assert kind_of_expression(expression, SCOPE) is kind
