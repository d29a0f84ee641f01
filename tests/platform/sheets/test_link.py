"""Names across sheets: what must be computed before what, inside which repeats, and what does not fit together."""

import pickle
import random
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import workbook_from_text

from banshi.platform.people.directory import Department, Directory, Person
from banshi.platform.sheets import load, load_bytes
from banshi.platform.sheets.graph import Graph, Vertex
from banshi.platform.sheets.names import Definition, Names
from banshi.rules.diagnostics import NOWHERE, Severity
from banshi.rules.expressions import Name
from banshi.rules.values import Kind

PURCHASE = """
    ## 设置
    | 编号 | lab-purchase |
    | 名称 | 实验室采购 |
    ## 表单
    | 类型 | 名称 | 标签 | 计算 | 必填 |
    | 文本 | 用途 | 用途 | | 是 |
    | 明细开始 | items | 明细 | | |
    | 文本 | cas | CAS 号 | | 是 |
    | 小数 | 单价 | 单价 | | 是 |
    | 整数 | 数量 | 数量 | | 是 |
    | 计算 | 金额 | | '=单价*数量 | |
    | 明细结束 | | | | |
    | 计算 | 总价 | | 'sum(${金额}) | |
    ## 规则-管制
    | 当 cas | 则 管制类别 |
    | 7722-64-7 | 易制毒 |
    | - | 无 |
    | 命中 | 首个 |
    ## 规则-级别
    | 当 总价 | 则 审批级别 |
    | <100000 | 院级 |
    | >=100000 | 校级 |
    ## 收费-服务费
    | item | quantity | method | rate |
    | 管理费 | 总价 | percent | 0.01 |
    ## 制度-采购
    | id | when | then | verdict | message |
    | P1 | 审批级别 = "校级" and 费用.合计 > 0 | 需要 论证 | warn | 大额采购须论证 |
    ## 流程
    | 环节号 | 环节名称 | 办理人 | 方式 | 进入条件 |
    | 10 | 申请 | 发起人 | 单人 | |
    | 20 | 院系审核 | 角色:化学院.审核岗 | 或签 | |
    | 30 | 论证 | 角色:化学院.审核岗 | 会签 | 需要论证 |
"""
PURCHASE = PURCHASE.replace(
    "| 当 cas | 则 管制类别 |\n    | 7722-64-7 | 易制毒 |\n    | - | 无 |\n    | 命中 | 首个 |",
    "| 命中 | 首个 |\n    | 当 cas | 则 管制类别 |\n    | 7722-64-7 | 易制毒 |\n    | - | 无 |",
).replace("需要 论证", "需要论证")


def service(text, directory=None):
    loaded, found = load_bytes(workbook_from_text(text), "采购.xlsx", directory)
    assert loaded is not None
    return loaded, found


def errors(text, directory=None):
    _, found = service(text, directory)
    return [(item.code, str(item.place)) for item in found if item.severity is Severity.ERROR]


def test_everything_fits_and_is_ordered_by_what_needs_what():
    loaded, found = service(PURCHASE)
    assert [(item.code, str(item.place), item.message()) for item in found] == []
    order = {(entry.kind, entry.name): (i, entry.repeat) for i, entry in enumerate(loaded.order)}
    chain = [("calculation", "金额"), ("calculation", "总价"), ("table", "级别"), ("policy", "采购")]
    assert [order[key][0] for key in chain] == sorted(order[key][0] for key in chain)
    assert order["tariff", "服务费"][0] < order["policy", "采购"][0]
    assert {key for key, (_, repeat) in order.items() if repeat} == {("calculation", "金额"), ("table", "管制")}
    assert order["table", "管制"][1] == ("items",)


def test_calculations_get_the_kind_of_their_expression():
    loaded, _ = service(PURCHASE)
    kinds = {item.name: item.kind for item, _ in loaded.survey.walk() if hasattr(item, "kind")}
    assert (kinds["金额"], kinds["总价"]) == (Kind.NUMBER, Kind.NUMBER)


def test_the_same_bytes_give_an_equal_service_that_pickles():
    data = workbook_from_text(PURCHASE)
    first, second = load_bytes(data, "a.xlsx")[0], load_bytes(data, "a.xlsx")[0]
    assert first == second
    assert pickle.loads(pickle.dumps(first)) == first
    assert repr(first) == repr(second)
    assert load_bytes(data, "a.xlsx", guarded=True)[0] == first


def test_load_reads_a_file(tmp_path):
    path = tmp_path / "采购.xlsx"
    path.write_bytes(workbook_from_text(PURCHASE))
    loaded, found = load(path)
    assert (loaded.settings.id, found) == ("lab-purchase", [])


def test_what_cannot_be_read_has_no_service():
    loaded, found = load_bytes(b"junk", "x.xlsx")
    assert loaded is None
    assert [item.code for item in found] == ["BOOK-002"]


def test_faults_of_all_sheets_come_at_once():
    text = (
        PURCHASE.replace("文本 | cas", "文木 | cas")
        .replace("'sum(${金额})", "'sun(${金额})")
        .replace("角色:化学院.审核岗 | 或签 | |", "角色 | 或签 | |")
        .replace("percent", "percnt")
        .replace("| warn |", "| wern |")
        .replace("| <100000 |", "| <十万 |")
        + "## 文书\n| document | paper |\n| 批复 | A44 |\n## 表单2\n| a |"
    )
    _, found = service(text)
    sheets = {item.place.sheet for item in found}
    assert sheets >= {"表单", "规则-级别", "收费-服务费", "制度-采购", "流程", "文书", "表单2"}


@pytest.mark.parametrize(
    ("old", "new", "place", "near"),
    [
        ("'sum(${金额})", "'sum(${金额x})", "表单!D9", "金额"),
        ("当 总价", "当 总介", "规则-级别!A1", "总价"),
        ("| 管理费 | 总价 |", "| 管理费 | 总介 |", "收费-服务费!B2", "总价"),
        ("审批级别 = ", "审批极别 = ", "制度-采购!B2", "审批级别"),
        ("| 需要论证 |\n", "| 需要论征 |\n", "流程!E4", "需要论证"),
        ("| 用途 | 用途 |", "| 用途 | 用途 ${总价格} |", "表单!C2", "总价"),
    ],
)
def test_an_unknown_name_anywhere_is_a_fault_at_its_cell_with_did_you_mean(old, new, place, near):
    assert old in PURCHASE
    _, found = service(PURCHASE.replace(old, new))
    unknown = [item for item in found if str(item.place) == place]
    assert unknown, [(item.code, str(item.place)) for item in found]
    assert near in unknown[0].message()


@pytest.mark.parametrize(
    ("rows", "cells", "path"),
    [
        ("| 计算 | a | | b + 1 |\n| 计算 | b | | a + 1 |", ["表单!D2", "表单!D3"], "a → b → a"),
        ("| 计算 | a | | a + 1 |", ["表单!D2"], "a → a"),
        (
            "| 计算 | a | | c |\n| 计算 | b | | a |\n| 计算 | c | | b |",
            ["表单!D2", "表单!D3", "表单!D4"],
            "a → c → b → a",
        ),
    ],
)
def test_a_circle_of_calculations_names_its_cells(rows, cells, path):
    _, found = service(f"## 表单\n| 类型 | 名称 | 标签 | 计算 |\n{rows}")
    (circle,) = [item for item in found if item.code == "SHEET-071"]
    assert str(circle.place) == cells[0]
    assert path in circle.message()
    assert all(cell in circle.message("en") for cell in cells)


def test_a_circle_of_two_tables():
    text = """
        ## rules.a
        | when y | then x |
        | 1 | 1 |
        ## rules.b
        | when x | then y |
        | 1 | 1 |
    """
    _, found = service(text)
    (circle,) = [item for item in found if item.code == "SHEET-071"]
    assert "a → b → a" in circle.message()
    assert "rules.a!" in circle.message()
    assert "rules.b!" in circle.message()


def test_two_circles_are_two_faults():
    rows = "| 计算 | a | | b |\n| 计算 | b | | a |\n| 计算 | c | | d |\n| 计算 | d | | c |\n| 计算 | e | | a + c |"
    _, found = service(f"## 表单\n| 类型 | 名称 | 标签 | 计算 |\n{rows}")
    assert [item.place.cell for item in found if item.code == "SHEET-071"] == ["D2", "D4"]


def test_a_condition_can_be_part_of_a_circle():
    rows = "| 整数 | a | 甲 | b = 1 |\n| 整数 | b | 乙 | a = 1 |"
    assert ("SHEET-071", "表单!D2") in errors(f"## 表单\n| 类型 | 名称 | 标签 | 显示条件 |\n{rows}")


def test_a_condition_of_a_group_counts_for_what_is_inside():
    text = """
        ## 表单
        | 类型 | 名称 | 标签 | 显示条件 | 计算 |
        | 分组开始 | g | 组 | x > 1 | |
        | 计算 | y | | | 2 |
        | 分组结束 | | | | |
        | 计算 | x | | | y + 1 |
    """
    assert errors(text) == [("SHEET-071", "表单!D2")]


@pytest.mark.parametrize(
    ("column", "cells"),
    [("显示条件", ["表单!D2", "表单!D3"]), ("默认值", ["表单!D2", "表单!D3"]), ("只读", ["表单!D2", "表单!D3"])],
)
def test_a_circle_is_told_where_its_rules_stand(column, cells):
    _, found = service(
        f"## 表单\n| 类型 | 名称 | 标签 | {column} |\n| 整数 | a | 甲 | b + 1 |\n| 整数 | b | 乙 | a > 1 |"
    )
    (circle,) = [item for item in found if item.code == "SHEET-071"]
    assert str(circle.place) == cells[0]
    assert all(cell in circle.message() for cell in cells)


def test_a_circle_through_a_count_is_told_at_the_count():
    text = """
        ## 表单
        | 类型 | 名称 | 标签 | 行数 | 计算 |
        | 明细开始 | r | 组 | n | |
        | 整数 | x | 数 | | |
        | 明细结束 | | | | |
        | 计算 | n | | | count(r) |
    """
    _, found = service(text)
    (circle,) = [item for item in found if item.code == "SHEET-071"]
    assert "表单!D2" in circle.message()
    assert "表单!E5" in circle.message()


def test_a_constraint_on_the_field_itself_is_no_circle():
    assert errors("## 表单\n| 类型 | 名称 | 标签 | 校验 |\n| 整数 | a | 甲 | . > 0 and ${a} < 9 |") == []


@pytest.mark.parametrize(
    ("extra", "code", "place"),
    [
        ("## 表单\n| 类型 | 名称 | 标签 |\n| 文本 | a | 甲 |\n| 整数 | a | 乙 |", "SHEET-026", "表单!B3"),
        ("## 表单\n| 类型 | 名称 | 标签 |\n| 文本 | a | 甲 |\n| 明细开始 | r | 明 |\n| 文本 | a | 乙 |\n| 文本 | a | 丙 |\n| 明细结束 |", "SHEET-026", "表单!B5"),
        ("## 表单\n| 类型 | 名称 | 标签 |\n| 文本 | a | 甲 |\n| 明细开始 | r | 明 |\n| 文本 | a | 乙 |\n| 明细结束 |\n## rules.x\n| when 1 | then a |\n| 1 | 2 |", "SHEET-026", "rules.x!B1"),
        ("## 表单\n| 类型 | 名称 | 标签 |\n| 文本 | a | 甲 |\n## rules.x\n| when a | then a |\n| 1 | 2 |", "SHEET-026", "rules.x!B1"),
        ("## 表单\n| 类型 | 名称 | 标签 |\n| 整数 | q | 甲 |\n| 整数 | 电费 | 乙 |\n## fees.x\n| item | quantity | method | rate |\n| 电费 | q | flat | 1 |", "SHEET-026", "fees.x!A2"),
        ("## rules.x\n| when a | then b |\n| 1 | 2 |\n## rules.y\n| when a | then b |\n| 1 | 3 |", "SHEET-026", "rules.y!B1"),
    ],
)  # fmt: skip
def test_a_name_that_stands_twice(extra, code, place):
    assert (code, place) in errors(extra)


TARIFFS = """
    ## 表单
    | 类型 | 名称 | 标签 | 计算 |
    | 小数 | q | 用量 | |
    | 计算 | 应付 | | {} |
    ## 收费-阶梯
    | item | quantity | method | rate |
    | 电费 | q | flat | 0.6 |
    ## 收费-分时
    | item | quantity | method | rate |
    | 电费 | q | flat | 0.7 |
"""


def test_two_tariffs_may_call_an_item_alike_until_somebody_asks_for_it():
    assert errors(TARIFFS.format("阶梯.total + 分时.total")) == []
    assert errors(TARIFFS.format("fees.total")) == []
    _, found = service(TARIFFS.format("电费 + 1"))
    (ambiguous,) = [item for item in found if item.code == "SHEET-072"]
    assert str(ambiguous.place) == "表单!D3"
    assert "收费-分时!A2" in ambiguous.message()


REPEATS = """
    ## 表单
    | 类型 | 名称 | 标签 | 计算 |
    | 明细开始 | items | 明细 | |
    | 小数 | 金额 | 金额 | |
    | 文本 | 类别 | 类别 | |
    | 明细结束 | | | |
    | 明细开始 | people | 人员 | |
    | 小数 | 工时 | 工时 | |
    | 明细结束 | | | |
"""


def repeat_of(text, name):
    loaded, _ = service(REPEATS + text)
    return next(entry.repeat for entry in loaded.order if entry.name == name)


@pytest.mark.parametrize(
    ("when", "repeat"),
    [
        ("金额", ("items",)),
        ("金额 * 2", ("items",)),
        ("max(金额, 100)", ("items",)),
        ("sum(${金额})", ()),
        ("max(${金额})", ()),
        ("count(${类别})", ()),
        ('countif(${类别}, "易制毒")', ()),
        ('"易制毒" in (类别)', ()),
        ('类别 in ("易制毒", "易制爆")', ("items",)),
    ],
)
def test_a_table_runs_once_a_row_when_it_uses_a_name_of_the_row_by_itself(when, repeat):
    assert repeat_of(f"## rules.x\n| when {when} | then 级别 |\n| - | 一 |", "x") == repeat


def test_rows_spread_from_table_to_table():
    text = "## rules.b\n| when 甲 | then 乙 |\n| - | 1 |\n## rules.a\n| when 金额 | then 甲 |\n| - | 1 |"
    assert repeat_of(text, "b") == ("items",)


def test_a_tariff_that_shares_over_a_repeat_runs_once():
    text = "## fees.x\n| item | quantity | method | rate | share |\n| 电费 | sum(${金额}) | flat | 1 | ${类别} |"
    assert repeat_of(text, "x") == ()


def test_a_policy_over_a_row_runs_once_a_row():
    text = '## policy.x\n| id | when | then |\n| 1 | 类别 = "易制毒" | 需要备案 |'
    assert repeat_of(text, "x") == ("items",)


def test_one_rule_over_two_repeats_is_a_fault():
    assert "SHEET-073" in [
        code for code, _ in errors(REPEATS + "## rules.x\n| when 金额 | when 工时 | then 级别 |\n| - | - | 一 |")
    ]


def test_a_sum_inside_a_row_is_a_fault_at_its_cell():
    text = "## rules.x\n| when 金额 | when sum(${金额}) | then 级别 |\n| - | - | 一 |"
    _, found = service(REPEATS + text)
    (fault,) = [item for item in found if item.code == "SHEET-074"]
    assert "sum(${金额})" in fault.remedy()
    assert fault.place.sheet == "rules.x"


def test_a_workbook_of_rules_only_takes_what_nobody_yields_as_inputs():
    text = """
        ## rules.级别
        | when 金额 | when 类别 | then 级别 |
        | <100000 | 设备 | 一 |
        | - | - | 二 |
    """
    loaded, found = service(text)
    assert loaded.survey is None
    assert [item for item in found if item.code.startswith("EXPR") or item.code == "SHEET-070"] == []
    assert loaded.tables["级别"].names == {"金额", "类别"}


def test_a_workbook_with_nothing_in_it():
    assert [code for code, _ in errors("## 说明\n| 甲 |")] == ["SHEET-005"]


def test_sheets_that_are_not_active_are_named_and_kept():
    _, found = service("## 表单\n| 类型 | 名称 | 标签 |\n| 文本 | a | 甲 |\n## entities\n| a |")
    assert [(item.code, item.severity) for item in found] == [("SHEET-003", Severity.WARNING)]


def test_people_in_a_service_are_named_and_an_organisation_is_no_fault():
    form = "## 表单\n| 类型 | 名称 | 标签 |\n| 文本 | a | 甲 |\n"
    people = "## 人员\n| 工号 | 姓名 |\n| 1 | 甲 |"
    assert [item.code for item in service(form + people)[1]] == ["SHEET-004"]
    assert service(people)[1] == []


def test_a_second_survey_is_a_fault():
    assert ("SHEET-002", "survey.b") in errors(
        "## survey\n| type | name | label |\n| text | a | 甲 |\n## survey.b\n| type | name | label |\n| text | b | 乙 |"
    )


def test_lists_may_stand_on_several_choices_sheets():
    text = """
        ## survey
        | type | name | label |
        | select_one 校区 | a | 校区 |
        | select_one 院系 | b | 院系 |
        ## choices.校区
        | list_name | name | label |
        | 校区 | lg | 龙洞 |
        ## choices.院系
        | list_name | name | label |
        | 院系 | hx | 化学 |
    """
    loaded, found = service(text)
    assert found == []
    assert list(loaded.survey.choices) == ["校区", "院系"]


def test_an_unknown_list_and_an_impossible_choice():
    text = """
        ## survey
        | type | name | label | relevant |
        | select_one 校曲 | a | 校区 | |
        | select_one 校区 | b | 校区 | |
        | text | c | 丙 | ${b} = 'longdon' |
        ## choices
        | list_name | name | label |
        | 校区 | longdong | 龙洞 |
    """
    _, found = service(text)
    assert [str(item.place) for item in found] == ["survey!A2", "survey!D4"]
    assert "校区" in found[0].message()
    assert "longdong" in found[1].message()


def test_a_choice_filter_knows_the_columns_of_its_list():
    text = """
        ## survey
        | type | name | label | choice_filter |
        | select_one 省 | 省 | 省 | |
        | select_one 市 | 市 | 市 | 省 = ${{省}}{more} |
        ## choices
        | list_name | name | label | 省 |
        | 省 | gd | 广东 | |
        | 市 | gz | 广州 | gd |
    """
    assert errors(text.format(more="")) == []
    assert [place for _, place in errors(text.format(more=" and 县 = 1"))] == ["survey!D3"]


def test_a_choice_with_a_blank_in_a_multiple_choice():
    text = """
        ## survey
        | type | name | label |
        | select_multiple 危险源 | a | 危险源 |
        ## choices
        | list_name | name | label |
        | 危险源 | 高 温 | 高温 |
    """
    assert [(item.code, item.place.cell) for item in service(text)[1]] == [("SHEET-048", "B2")]


def test_names_that_differ_only_in_width_are_one_name():
    text = "## 表单\n| 类型 | 名称 | 标签 | 计算 |\n| 整数 | ａ１ | 甲 | |\n| 计算 | b | | ${ａ１} + a1 |"
    loaded, found = service(text)
    assert {item.severity for item in found} == {Severity.WARNING}
    assert [entry.name for entry in loaded.order] == ["b"]


def test_the_applicant_is_known_everywhere():
    text = """
        ## 表单
        | 类型 | 名称 | 标签 | 预填 | 计算 |
        | 文本 | a | ${申请人.姓名} 您好 | applicant.department | |
        | 计算 | b | | | 申请人.手机 & "" |
    """
    assert errors(text) == []


def test_roles_are_checked_against_the_organisation_when_there_is_one():
    person = Person(id="1", name="审核", department="化学院", roles=frozenset({"化学院.审核岗"}))
    directory = Directory({"1": person}, {"化学院": Department(name="化学院", head="1")})
    assert errors(PURCHASE, directory) == []
    text = PURCHASE.replace("| 20 | 院系审核 | 角色:化学院.审核岗", "| 20 | 院系审核 | 角色:化学院.审核员")
    assert errors(text) == []
    assert [place for _, place in errors(text, directory)] == ["流程!C3"]


def test_a_route_without_a_form():
    assert "SHEET-075" in [
        code
        for code, _ in errors(
            "## 流程\n| 环节号 | 环节名称 | 办理人 |\n| 10 | 申请 | 发起人 |\n## rules.a\n| when x | then y |\n| 1 | 2 |"
        )
    ]


def test_hundreds_of_calculations_that_lean_on_each_other_are_linked_without_recursion():
    rows = "\n".join(f"| 计算 | c{i} | | c{i + 1} + 1 |" for i in range(1_500))
    loaded, found = service(f"## 表单\n| 类型 | 名称 | 标签 | 计算 |\n{rows}\n| 整数 | c1500 | 末 | |")
    assert [item.code for item in found] == []
    assert [entry.name for entry in loaded.order] == [f"c{i}" for i in range(1_499, -1, -1)]


EDGES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20)


@settings(max_examples=200, deadline=None)
@given(EDGES)
def test_components_are_those_of_plain_reachability(edges):
    """The oracle: two vertices are in one component exactly when each reaches the other."""
    reads = {i: {b for a, b in edges if a == i} for i in range(8)}
    vertices = [
        Vertex(key=str(i), label=str(i), reads=frozenset(map(str, reads[i])), yields=(str(i),), place=NOWHERE)
        for i in range(8)
    ]
    reach = {i: set(reads[i]) for i in reads}
    for _ in range(8):
        reach = {i: found | {c for b in found for c in reads[b]} for i, found in reach.items()}
    graph = Graph(vertices)
    components = [[int(key) for key in component] for component in graph.components()]
    assert sorted(v for component in components for v in component) == list(range(8))
    position = {v: i for i, component in enumerate(components) for v in component}
    for a in range(8):
        for b in range(8):
            if a != b:
                assert (position[a] == position[b]) == (b in reach[a] and a in reach[b])
            if b in reads[a]:
                assert position[b] <= position[a]
    circles = graph.circles()
    assert len(circles) == sum(1 for component in components if any(v in reach[v] for v in component))
    for circle in circles:
        keys = [int(vertex.key) for vertex in circle]
        assert all(b in reads[a] for a, b in zip(keys, [*keys[1:], keys[0]], strict=True))


def test_the_order_of_sheets_does_not_matter():
    head, *sheets = PURCHASE.split("## ")
    for seed in range(5):
        shuffled = sheets[:]
        random.Random(seed).shuffle(shuffled)
        loaded, found = service(head + "".join(f"## {sheet}" for sheet in shuffled))
        assert found == []
        names = [entry.name for entry in loaded.order]
        assert names.index("金额") < names.index("总价") < names.index("级别") < names.index("采购")


def _chain(count):
    rows = [f"| 计算 | 第{i}步 | 步 | '=第{i - 1}步 + 1 | |" for i in range(1, count)]
    filtered = [f"| select_one 楼 | 楼{i} | 楼 | | 园区 = ${{第{i}步}} |" for i in range(count)]
    return "\n".join(
        [
            "## 表单\n| 类型 | 名称 | 标签 | 计算 | choice_filter |\n| 整数 | 第0步 | 步 | | |",
            *rows,
            *filtered,
            "## 选项\n| list_name | name | label | 园区 |\n| 楼 | a | 甲楼 | 1 |",
        ]
    )


def test_what_linking_looks_at_grows_with_the_number_of_calculations_and_not_with_its_square(monkeypatch):
    seen, original = [], Definition.seen_from
    monkeypatch.setattr(
        Definition, "seen_from", lambda self, repeats: seen.append(self.name) or original(self, repeats)
    )
    looked = []
    for count in (50, 200):
        seen.clear()
        loaded, found = service(_chain(count))
        assert [entry.name for entry in loaded.order] == [f"第{i}步" for i in range(1, count)]
        assert not [fault for fault in found if fault.severity is Severity.ERROR]
        looked.append(len(seen))
    assert 50 <= looked[0] <= 50 * 12
    assert looked[1] <= looked[0] * 4 + 50


def test_a_scope_follows_what_becomes_known_later():
    names = Names({})
    names.add(Definition(name="用电量", kind=Kind.ANY))
    scope = names.scope()
    assert scope.find("单价") is None
    names.add(Definition(name="单价", kind=Kind.NUMBER))
    names.change("用电量", lambda definition: replace(definition, kind=Kind.NUMBER))
    assert scope.find("用电量").kind is scope.find("单价").kind is Kind.NUMBER
    assert list(scope.names) == ["用电量", "单价"]
    # What is typed in full width is found by its half-width form, also where somebody has asked in vain before.
    assert names.scope().find("A栋") is None
    names.add(Definition(name="Ａ栋", kind=Kind.TEXT))
    assert names.scope().find("A栋").kind is names.scope().find("Ａ栋").kind is Kind.TEXT
    assert "A栋" not in names.scope().names


def test_a_name_is_seen_as_a_column_from_outside_its_repeat_and_more_names_win():
    names = Names({})
    names.add(Definition(name="金额", kind=Kind.NUMBER, repeats=("明细",)))
    names.add(Definition(name="总价", kind=Kind.NUMBER))
    assert names.scope().find("金额").kind is Kind.LIST
    assert names.scope(("明细",)).find("金额").kind is Kind.NUMBER
    more = names.scope().with_names({"总价": Name(Kind.TEXT), "Ｂ类": Name(Kind.DATE)})
    assert (more.find("总价").kind, more.find("B类").kind) == (Kind.TEXT, Kind.DATE)
    assert list(more.names) == ["金额", "总价", "Ｂ类"]
    assert more.with_current(Name(Kind.TIME)).find("B类").kind is Kind.DATE


def test_a_table_knows_what_the_table_before_it_can_give():
    """Three classes and no other: the table that reads them is complete; a class that is missing is named."""
    text = """
        ## 规则-审批
        | 当 管制类别 | 当 级别 | 则 审批 |
        | 普通 | 1 | 院系 |
        | 易制毒、无 | 1、2 | 保卫处 |
        | 普通 | 2 | 设备处 |
        ## 规则-管制
        | 命中 | 首个 |
        | 否则.管制类别 | 无 |
        | 否则.级别 | 1 |
        | 当 品名 | 则 管制类别 | 则 级别 |
        | 乙醇 | 普通 | 1 |
        | 丙酮 | 易制毒 | 2 |
    """

    def told(text):
        _, found = load_bytes(workbook_from_text(text), "审批.xlsx")
        return [(item.code, str(item.place), item.message().split("：")[0]) for item in found]

    assert told(text) == []
    assert told(text.replace("| 易制毒、无 |", "| 易制毒 |")) == [("TABLE-053", "规则-审批!A1", "管制类别 = 无")]
    assert ("TABLE-055", "规则-审批!A1") in [
        item[:2] for item in told(text.replace("丙酮 | 易制毒 |", '丙酮 | \'="易" |'))
    ]


def test_what_has_expired_is_said_by_the_clock_of_whoever_loads():
    data = workbook_from_text("""
        ## 收费-水
        | 项目 | 计量 | 单价 | 方式 | 失效 |
        | 水费 | 用水量 | 2.8 | 单价 | 2025-12-31 |
    """)
    for year, expired in ((2026, True), (2025, False)):
        _, found = load_bytes(data, "水.xlsx", now=datetime(year, 6, 1, tzinfo=ZoneInfo("Asia/Shanghai")))
        assert ("FEE-087" in {item.code for item in found}) is expired
    assert "FEE-087" not in {item.code for item in load_bytes(data, "水.xlsx")[1]}


@pytest.mark.parametrize(
    ("kind", "cells", "code"),
    [
        ("时间", ("8:00-12:00", "12:00-18:00"), "TABLE-024"),
        ("时间", ("上午", "下午"), "TABLE-017"),
        ("整数", ("少", "多"), "TABLE-017"),
        ("小数", ("100元", "200元"), "TABLE-086"),
        ("日期", ("7月1日", "10月1日"), "TABLE-086"),
        ("日期", ("7.1-9.30", "10.1-6.30"), "TABLE-024"),
    ],
)
def test_a_column_that_its_question_cannot_read_is_named_cell_by_cell(kind, cells, code):
    """Also where no cell of it can be read, so that nothing in the column speaks against it."""
    text = "## 表单\n| 类型 | 名称 | 标签 |\n| {} | 甲 | 甲 |\n## 规则-表\n| 当 甲 | 则 果 |\n| {} | 0 |\n| {} | 1 |\n"
    _, found = load_bytes(workbook_from_text(text.format(kind, *cells)), "s.xlsx")
    assert [(item.code, item.place.cell) for item in found] == [(code, "A2"), (code, "A3")]


RULES_ONLY = """
## 收费-网
| 项目 | 计量 | 单价 | 方式 | 条件 |
| 网费 | 月数 | 20 | 单价 | {} |
| 减免 | 网费 | 10% | 减免 | 备案电话 = 本人电话 |
| 补收 | 本人电话 - 月数 | 1 | 单价 | |
"""


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("上网 = 是", [("EXPR-022", "E2")]),
        ("困难 = No", [("EXPR-022", "E2")]),
        ("性别 = 男", [("SHEET-111", "E2")]),
        ('性别 = "男"', []),
        ("上网", []),
    ],
)
def test_without_a_form_a_word_without_quotes_is_not_taken_for_an_input(when, found):
    _, said = load_bytes(workbook_from_text(RULES_ONLY.format(when)), "s.xlsx")
    assert [(item.code, item.place.cell) for item in said] == found
