"""The examples sheet: what is filled in, what is expected, and how a difference is told."""

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from workbooks import workbook_from_text

from banshi.platform.people.directory import Department, Directory, Person
from banshi.platform.sheets import load_bytes, run_examples
from banshi.platform.sheets.compare import agrees, shown
from banshi.platform.sheets.example_checks import may_run, without_unread
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import NOWHERE
from banshi.rules.policies import FixpointEngine

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

SERVICE = """
    ## 表单
    | 类型 | 名称 | 标签 | 计算 | 必填 | 校验 |
    | 文本 | 用途 | 用途 | | 是 | |
    | 部门 | 归口 | 归口部门 | | | |
    | 多选 危险源 | 危险 | 危险源 | | | |
    | 附件 | 论证 | 论证报告 | | | |
    | 日期 | 交货 | 交货日期 | | | |
    | 明细开始 | items | 明细 | | | |
    | 文本 | cas | CAS 号 | | | |
    | 金额 | 单价 | 单价 | | | |
    | 整数 | 数量 | 数量 | | | . > 0 |
    | 计算 | 小计 | | '单价*数量 | | |
    | 明细结束 | | | | | |
    | 计算 | 总价 | | 'sum(${小计}) | | |
    ## 选项
    | 列表 | 名称 | 标签 |
    | 危险源 | 高温 | 高温 |
    | 危险源 | 高压 | 高压 |
    ## 规则-级别
    | 当 总价 | 则 级别 |
    | <1000 | 院级 |
    | >=1000 | 校级 |
    ## 规则-管制
    | 命中 | 首个 |
    | 当 cas | 则 类别 |
    | 7722-64-7 | 易制毒 |
    | - | 无 |
    ## 收费-服务费
    | item | quantity | method | rate | round |
    | 管理费 | 总价 | percent | 0.015 | 0.01 half-up |
    | 手续费 | | fixed | 5 | |
    ## 制度-采购
    | id | when | then | verdict | message |
    | P1 | 总价 >= 1000 | 需要论证 | | |
    | P2 | 需要论证 and ISBLANK(论证) | | require | 请上传论证报告 |
    | P3 | 总价 > 500 | | warn | 超过五百元 |
    ## 流程
    | 环节号 | 环节名称 | 办理人 | 方式 | 进入条件 | 并行组 |
    | 10 | 申请 | 发起人 | 单人 | | |
    | 20 | 院系 | 部门负责人(申请部门) | 单人 | | |
    | 30 | 设备处 | 角色:设备处.审核岗 | 或签 | 级别 = "校级" | 会签 |
    | 40 | 财务处 | 角色:财务处.审核岗 | 或签 | 级别 = "校级" | 会签 |
    | 50 | 办结 | 角色:校长办公室.审核岗 | 或签 | | |
"""


def person(id_, name, department, *roles):
    return Person(id=id_, name=name, department=department, roles=frozenset(roles))


DIRECTORY = Directory(
    {
        entry.id: entry
        for entry in (
            person("2001", "林同学", "化学院"),
            person("1001", "何院长", "化学院"),
            person("1002", "陈老师", "设备处", "设备处.审核岗"),
            person("1003", "黄老师", "财务处", "财务处.审核岗"),
            person("1004", "刘主任", "校长办公室", "校长办公室.审核岗"),
        )
    },
    {
        name: Department(name=name, head=head)
        for name, head in (("化学院", "1001"), ("设备处", "1002"), ("财务处", "1003"))
    },
)


def loaded(examples, service=SERVICE, directory=DIRECTORY):
    return load_bytes(workbook_from_text(f"{service}\n## 用例\n{examples}"), "采购.xlsx", directory)


def run(examples, service=SERVICE):
    made, found = loaded(examples, service)
    assert found == [], [(item.code, str(item.place), item.message()) for item in found]
    return run_examples(made, DIRECTORY, now=NOW, engine=FixpointEngine())


def failures(examples, service=SERVICE):
    return [
        (failure.code, about, str(failure.place))
        for result in run(examples, service)
        for about, failure in result.failures
    ]


FILLED = "| 用例 | 申请人 | 用途 | items.cas | items.单价 | items.数量 | 论证 |"
CHEAP = "| 便宜 | 2001 | 教学 | 71-43-2\\n7722-64-7 | 100.10\\n99.80 | 1\\n2 | |"  # 100.10 + 2 x 99.80 = 299.70
DEAR = "| 大额 | 2001 | 科研 | 71-43-2 | 500 | 3 | 报告.pdf |"  # 1500


def test_examples_that_agree_pass():
    results = run(
        f"""
        {FILLED} expect route | expect who 20 | expect fees.total | expect fees.服务费.管理费 | expect rules.级别.级别 | expect 总价 | expect policy.采购.需要论证 | expect policy.采购.P3 | expect 类别 |
        {CHEAP} 10>20>50 | 1001 | 9.5 | 4.50 | 院级 | 299.7 | | 否 | 无、易制毒 |
        {DEAR} 10>20>{{30,40}}>50 | 何院长 | 27.50 | 22.5 | 校级 | 1500.00 | TRUE | warn | 无 |
        """
    )
    assert [(result.name, result.passed, [f.message() for _, f in result.failures]) for result in results] == [
        ("便宜", True, []),
        ("大额", True, []),
    ]


def test_the_same_in_chinese_words():
    assert (
        failures(
            f"""
        {FILLED} 期望 路线 | 期望 办理人 30 | 期望 收费.合计 | 期望 收费.服务费.合计 | 期望 规则.级别.级别 | 期望 总价 | 期望 制度.采购.P3 | 期望 错误 |
        {DEAR} 10 > 20 > {{40，30}} > 50 | 1002 | 27.5 | 27.5 | 校级 | 1500 | 提醒 | 无 |
        """
        )
        == []
    )


def test_every_difference_is_named_at_its_cell():
    found = failures(
        f"""
        {FILLED} expect route | expect who 20 | expect fees.total | expect rules.级别.级别 | expect 总价 | expect policy.采购.P3 | expect 类别 |
        {CHEAP} 10>20>30>50 | 1002 | 9.51 | 校级 | 299.71 | 是 | 易制毒、无 |
        """
    )
    assert found == [
        ("SHEET-090", "route", "用例!H2"),
        ("SHEET-090", "who 20", "用例!I2"),
        ("SHEET-090", "fees.total", "用例!J2"),
        ("SHEET-090", "rules.级别.级别", "用例!K2"),
        ("SHEET-090", "总价", "用例!L2"),
        ("SHEET-090", "policy.采购.P3", "用例!M2"),
        ("SHEET-090", "类别", "用例!N2"),
    ]


def test_a_difference_says_what_came_out():
    (result,) = run(f"{FILLED} expect fees.total |\n{CHEAP} 9.49 |")
    assert result.passed is False
    assert "9.49" in result.failures[0][1].message()
    assert "9.50" in result.failures[0][1].message()
    assert "便宜" in result.failures[0][1].message()


def test_what_came_out_is_told_in_the_readers_language():
    service = """
        ## 表单
        | 类型 | 名称 | 标签 | 计算 |
        | 文本 | 级别 | 级别 | |
        | 计算 | 人均 | | lookup("标准", ${级别}, "人均") |
        | 计算 | 高 | | ${级别} = "省部" |
        ## 数据-标准
        | 级别* | 人均 |
        | 省部 | 200 |
    """
    wrong, unknown = run(
        "| 用例 | 级别 | 期望 人均 | 期望 高 |\n| 甲 | 省部 | 150 | 否 |\n| 乙 | 国家 | 150 | |", service
    )
    english = [item.message("en") for result in (wrong, unknown) for _, item in result.failures]
    assert "Example “甲”: 高 should be “否”, but is “yes”." in english
    assert any("cannot be sent" in message and "The dataset" in message for message in english)
    assert "用例“甲”：高 应为“否”，实际为“是”。" in [item.message("zh") for _, item in wrong.failures]


@pytest.mark.parametrize("wanted", ["FORM-", "P2", "请上传论证报告", "论证报告"])
def test_an_example_may_be_meant_to_be_stopped(wanted):
    made, _ = loaded(f"{FILLED} expect error |\n| 缺论证 | 2001 | 科研 | 71-43-2 | 500 | 3 | | x |")
    from banshi.platform.forms import evaluate_form

    errors = evaluate_form(made, made.examples[0].answers, now=NOW, engine=FixpointEngine()).errors
    wanted = errors[0].code if wanted == "FORM-" else wanted
    assert failures(f"{FILLED} expect error |\n| 缺论证 | 2001 | 科研 | 71-43-2 | 500 | 3 | | {wanted} |") == []


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("| 甲 | 2001 | | 71-43-2 | 1 | 1 | |", "用途"),
        ("| 甲 | 2001 | 教学 | 71-43-2 | 1 | 0 | |", "items[1].数量"),
        ("| 甲 | 2001 | 教学 | 71-43-2\\n71-43-2 | 1\\n1 | 1\\n0 | |", "items[2].数量"),
        ("| 甲 | 2001 | | 71-43-2 | 1 | 0 | |", "用途\\nitems[1].数量"),
    ],
)
def test_an_error_is_known_by_its_field(row, wanted):
    assert failures(f"{FILLED} expect error |\n{row} {wanted} |") == []


def test_an_error_that_does_not_come_and_one_that_nobody_expects():
    assert failures(f"{FILLED} expect error |\n{CHEAP} 用途 |") == [("SHEET-092", "error", "用例!H2")]
    found = failures(f"{FILLED} expect 总价 |\n| 甲 | 2001 | | 71-43-2 | 1 | 1 | | 1 |")
    assert found == [("SHEET-091", "error", "用例!H2")], "nothing is filled in, so there is no other cell"
    found = failures(f"{FILLED} expect 总价 |\n| 甲 | 2001 | 教学 | 71-43-2 | 1 | 0 | | 1 |")
    assert ("SHEET-091", "error", "用例!F2") in found, "the cell of the answer that stops it"


@pytest.mark.parametrize(
    ("header", "cell", "answers"),
    [
        ("用途", "'00123", {"用途": "00123"}),
        ("用途", "12", {"用途": "12"}),
        ("危险", "高温、高压", {"危险": ["高温", "高压"]}),
        ("危险", "高温 高压", {"危险": ["高温", "高压"]}),
        ("危险", "高温", {"危险": ["高温"]}),
        ("交货", "2026-10-01", {"交货": "2026-10-01"}),
        (
            "论证",
            "报告.pdf",
            {"论证": {"id": "example-报告.pdf", "name": "报告.pdf", "size": 1, "type": "application/pdf"}},
        ),
        ("items.单价", "0.1\\n0.20", {"items": [{"单价": "0.1"}, {"单价": "0.20"}]}),
        ("items.单价", "0.1", {"items": [{"单价": Decimal("0.1")}]}),
        ("单价", "0.1", {"items": [{"单价": Decimal("0.1")}]}),
        ("items[2].cas", "甲", {"items": [{}, {"cas": "甲"}]}),
        ("items.cas", "甲\\n\\n丙", {"items": [{"cas": "甲"}, {}, {"cas": "丙"}]}),
        ("items . cas", "甲", {"items": [{"cas": "甲"}]}),
    ],
)
def test_answers_are_what_the_form_would_send(header, cell, answers):
    made, found = loaded(f"| {header} | expect error |\n| {cell} | x |")
    assert found == []
    assert made.examples[0].answers == answers


@pytest.mark.parametrize(
    ("header", "code", "near"),
    [
        ("用图", "SHEET-080", "用途"),
        ("items.csa", "SHEET-080", "cas"),
        ("items[0].cas", "SHEET-080", "cas"),
        ("items[1].用途", "SHEET-080", ""),
        ("总价", "SHEET-080", "expect 总价"),
        ("expect rote", "SHEET-081", "route"),
        ("expect who 99", "SHEET-081", "who"),
        ("expect fees.服务费.管里费", "SHEET-081", "fees.服务费.管理费"),
        ("expect rules.级别.等级", "SHEET-081", "rules.级别.级别"),
        ("期望 总介", "SHEET-081", "总价"),
        ("expect document", "SHEET-082", ""),
    ],
)
def test_columns_that_nobody_knows(header, code, near):
    _, found = loaded(f"| 用途 | {header} | expect error |\n| a | b | x |")
    assert [(item.code, item.place.cell) for item in found] == [(code, "B1")]
    assert near in found[0].message()


def test_notes_and_comments_are_no_columns():
    made, found = loaded("| 用途 | 备注 | #内部 | 期望 错误 |\n| a | 说说 | 1 | x |\n| # 注释 | | | |")
    assert found == []
    assert [example.answers for example in made.examples] == [{"用途": "a"}]
    assert made.examples[0].name == "#2"


def test_an_example_that_expects_nothing_and_an_applicant_nobody_knows():
    _, found = loaded("| 用途 | 申请人 | expect 总价 |\n| a | 2001 | |\n| b | 2O01 | 0 |")
    assert [(item.code, item.place.cell) for item in found] == [("SHEET-083", "A2"), ("SHEET-084", "B3")]
    assert "2001" in found[1].message()


def test_a_workbook_of_rules_only_has_inputs_for_columns():
    service = """
        ## rules.级别
        | when 金额 | when 类别 | then 级别 |
        | <100000 | 设备 | 一 |
        | >=100000 | 设备 | 二 |
        | | 非 设备 | 无 |
    """
    assert (
        failures("| 金额 | 类别 | expect rules.级别.级别 |\n| 99999.99 | 设备 | 一 |\n| 100000 | 设备 | 二 |", service)
        == []
    )
    assert failures("| 金额 | 类别 | expect 级别 |\n| 1 | 设备 | 二 |", service) == [("SHEET-090", "级别", "用例!C2")]


def test_a_number_that_stays_open_is_told():
    found = run(f"{FILLED} expect fees.total |\n| 甲 | 2001 | 教学 | 71-43-2 | | 1 | | 0 |")
    assert not found[0].passed


@pytest.mark.parametrize(
    ("expected", "value", "same"),
    [
        ("9.6", Decimal("9.60"), True), ("9.60", Decimal("9.6"), True), ("1,234.50", Decimal("1234.5"), True),
        ("9.59", Decimal("9.60"), False), ("九", Decimal(9), False), ("", Decimal(0), False),
        ("是", True, True), ("TRUE", True, True), ("否", True, False), ("否", False, True), ("", False, False),
        ("空", None, True), ("empty", (), True), ("0", None, False), ("无", "无", True),
        ("Ａ1", "A1", True), ("a1", "A1", False), (" 院级", "院级", True),
        ("2026-09-01", date(2026, 9, 1), True), ("2026-09-02", date(2026, 9, 1), False),
        ("2026-09-01 00:00:00", date(2026, 9, 1), True), ("2026-09-01 08:00:00", date(2026, 9, 1), False),
        ("2026-09-01 08:30", datetime(2026, 9, 1, 8, 30, tzinfo=NOW.tzinfo), True),
        ("08:30", time(8, 30), True), ("08:31", time(8, 30), False),
        ("9.60、9.59", (Decimal("9.6"), Decimal("9.59")), True), ("9.59、9.60", (Decimal("9.6"), Decimal("9.59")), False),
        ("9.60", (Decimal("9.6"), Decimal("9.6")), False), ("甲\n乙", ("甲", "乙"), True),
    ],
)  # fmt: skip
def test_what_agrees(expected, value, same):
    assert agrees(Cell(expected or None, NOWHERE), value) is same


def test_amounts_are_compared_as_decimals_never_as_floats():
    assert not agrees(Cell(Decimal("0.3"), NOWHERE), Decimal("0.30000000000000000001"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "（空）"),
        ((), "（空）"),
        (True, "是"),
        (Decimal("9.60"), "9.60"),
        (("甲", None), "甲、（空）"),
        (date(2026, 9, 1), "2026-09-01"),
    ],
)
def test_what_is_shown(value, text):
    assert shown(value) == text


@pytest.mark.parametrize("broken", [False, True], ids=["sound", "an error elsewhere"])
def test_answers_that_the_form_cannot_take_are_told_at_their_cells(broken):
    service = SERVICE.replace("| <1000 | 院级 |", "| 约一千 | 院级 |") if broken else SERVICE
    text = (
        service
        + """
    ## 用例
    | 用例 | 用途 | 危险 | 交货 | items.数量 | 期望 错误 |
    | 甲 | 教学 | 高温，月球 | 2026-09-01 | '1\\n两 | |
    | 乙 | 教学 | 高温 | 明天 | | 无 |
    | 丙 | 教学 | 月球 | 明天 | 两 | 不是选项 |
    | 丁 | 教学 | 高温，高压 | 2026-10-01 | '1\\n2 | 无 |
    """
    )
    _, found = load_bytes(workbook_from_text(text), "x.xlsx")
    told = [(item.place.cell, item.message()) for item in found if item.code == "SHEET-085"]
    assert [cell for cell, _ in told] == ["C2", "E2", "D3"]
    assert "月球" in told[0][1]
    assert any(item.code != "SHEET-085" and item.severity == "error" for item in found) is broken


def test_an_answer_that_cannot_be_taken_hides_no_other_example():
    text = (
        SERVICE
        + """
    ## 用例
    | 用例 | 用途 | 危险 | 期望 fees.total |
    | 甲 | 教学 | 月球 | 5 |
    | 乙 | 教学 | 高温 | 6 |
    """
    )
    service, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert may_run(found)
    assert not without_unread(item for item in found if item.severity == "error")
    results = run_examples(service, None, now=NOW, engine=FixpointEngine())
    assert [[str(item.place) for _, item in one.failures] for one in results] == [["用例!C2"], ["用例!D3"]]


@pytest.mark.parametrize(
    ("column", "words"),
    [("期望 收费.合计", "收费.合计"), ("期望 费用.合计", "费用.合计"), ("expect fees.total", "fees.total")],
)
def test_a_difference_names_the_column_as_its_author_wrote_it(column, words):
    text = f"{SERVICE}\n    ## 用例\n    | 用例 | 用途 | {column} |\n    | 甲 | 教学 | 6 |\n"
    service, _ = load_bytes(workbook_from_text(text), "x.xlsx")
    ((_, failure),) = run_examples(service, None, now=NOW, engine=FixpointEngine())[0].failures
    assert f"：{words} 应为“6”" in failure.message()
    assert f": {words} should be “6”" in failure.message("en")
