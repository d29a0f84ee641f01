"""What keeps a form from being sent.

1. Every answer fits the type of its question, whatever JSON came; nothing crashes and nothing is believed blindly.
2. A required question is answered; the message is the author's, else ours, in both languages, with the rule's cell.
3. A constraint is not checked on an empty answer.
4. A choice is one of the list, and one that the filter offers.
5. A rule that gives no result, contradicts itself or lacks data is reported, once, and not blamed for a wrong answer.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banshi.platform.forms import evaluate_form
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import dumps

TYPES = """
## survey
| type | name | label | parameters |
| text | 文本 | 文本 | |
| integer | 整数 | 整数 | |
| decimal | 小数 | 小数 | |
| money | 金额 | 金额 | |
| date | 日期 | 日期 | |
| time | 时间 | 时间 | |
| datetime | 时刻 | 时刻 | |
| select_one 选项 | 单选 | 单选 | |
| select_multiple 选项 | 多选 | 多选 | |
| acknowledge | 确认 | 确认 | |
| file | 附件 | 附件 | max-files=2 |
| image | 照片 | 照片 | |
| person | 人员 | 人员 | |
| department | 部门 | 部门 | |
| begin_repeat | 行 | 行 | |
| integer | 数 | 数 | |
| end_repeat | | | |
## choices
| list_name | name | label |
| 选项 | a | 甲 |
| 选项 | 2 | 乙 |
"""
NOW = datetime(2026, 9, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PDF = {"id": "f1", "name": "合同.pdf", "size": 12, "type": "application/pdf"}


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("文本", "  丙酮 ", "丙酮"),
        ("文本", 5, "5"),
        ("整数", "12", 12),
        ("整数", "1,200", 1200),
        ("整数", "１２", 12),
        ("小数", "0.10", Decimal("0.10")),
        ("小数", 0.1, Decimal("0.1")),
        ("金额", "9.60", Decimal("9.60")),
        ("日期", "2026-09-01", "2026-09-01"),
        ("时间", "08:30", "08:30:00"),
        ("时刻", "2026-09-01T08:30", "2026-09-01T08:30:00+08:00"),
        ("单选", "a", "a"),
        ("单选", 2, "2"),
        ("多选", ["a", "2", "a"], ["a", "2"]),
        ("多选", "a 2", ["a", "2"]),
        ("确认", True, "OK"),
        ("附件", PDF, [PDF]),
        ("人员", "t001", "t001"),
        ("行", [{"数": "1"}], [{"数": 1}]),
    ],
)
def test_answers_become_values(evaluate: Any, name: str, raw: object, value: object, directory: Any) -> None:
    found = evaluate(TYPES, {name: raw}, directory=directory)
    assert not found.errors
    kept = found.answers[name]
    assert dumps(kept) == dumps(value)


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("文本", {"a": 1}, "FORM-010"),
        ("文本", True, "FORM-010"),
        ("文本", "字" * 20_001, "FORM-011"),
        ("整数", "十二", "FORM-002"),
        ("整数", "12kg", "FORM-002"),
        ("整数", "1e5kg", "FORM-002"),
        ("整数", "NaN", "FORM-002"),
        ("整数", "1.5", "FORM-003"),
        ("整数", True, "FORM-002"),
        ("金额", "1.005", "FORM-004"),
        ("小数", "9" * 29, "FORM-005"),
        ("小数", Decimal("1E+999999"), "FORM-005"),
        ("小数", Decimal("1E-999999"), "FORM-005"),
        ("日期", "2026-02-30", "FORM-006"),
        ("日期", "明天", "FORM-006"),
        ("日期", 20260901, "FORM-006"),
        ("时间", "25:00", "FORM-007"),
        ("时刻", "2026-09-01 25:00", "FORM-008"),
        ("单选", "c", "FORM-012"),
        ("多选", ["a", "c"], "FORM-012"),
        ("多选", [["a"]], "FORM-010"),
        ("确认", "也许", "FORM-009"),
        ("附件", "合同.pdf", "FORM-016"),
        ("附件", [PDF, PDF, PDF], "FORM-018"),
        ("照片", PDF, "FORM-017"),
        ("人员", "x999", "FORM-014"),
        ("部门", "炼金学院", "FORM-015"),
        ("行", {"数": 1}, "FORM-019"),
        ("行", [{}] * 501, "FORM-020"),
        ("行", [3], "FORM-019"),
        ("附件1", 1, "FORM-026"),
        ("完全不沾边的名称", 1, "FORM-001"),
    ],
)
def test_what_does_not_fit_is_said(evaluate: Any, name: str, raw: object, code: str, directory: Any) -> None:
    found = evaluate(TYPES, {name: raw}, directory=directory)
    assert code in [error.code for error in found.errors]
    for error in found.errors:
        assert error.message("zh")
        assert error.message("en")
        assert error.path.startswith(name)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("1E+99999999"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["数", "id", "name", "type"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_answer_can_crash_it(any_service: Any, data: Any) -> None:
    service = any_service(TYPES)
    names = [item.name for item, _ in service.survey.walk()]
    answers = data.draw(st.dictionaries(st.sampled_from(names) | st.text(max_size=5), JSON, max_size=5))
    found = evaluate_form(service, answers, now=NOW, engine=FixpointEngine())
    assert len(dumps(found.to_json())) < 100_000


REQUIRED = """
## survey
| type | name | label::中文 (zh) | label::English (en) | required | required_message::中文 (zh) | constraint | constraint_message::中文 (zh) | readonly |
| text | 姓名 | 姓名 | Name | yes | | | | |
| text | 手机 | 联系电话 | Phone | yes | 没有电话无法送货。 | regex(., '1[0-9]{10}') | 手机号应是 11 位。 | |
| select_one 选项 | 类别 | 类别 | Kind | yes | | | | |
| acknowledge | 承诺 | 本人承诺属实 | I promise | yes | | | | |
| file | 合同 | 合同 | Contract | ${类别} = 'a' | | | | |
| text | 账号 | 账号 | Account | yes | | | | yes |
| integer | 年龄 | 年龄 | Age | | | . >= 18 | | |
## choices
| list_name | name | label |
| 选项 | a | 甲 |
"""


def test_required_questions(evaluate: Any, codes: Any) -> None:
    found = evaluate(REQUIRED, {"类别": ""})
    assert codes(found) == [
        ("姓名", "FORM-021"), ("手机", "FORM-021"), ("类别", "FORM-027"), ("承诺", "FORM-028"), ("账号", "FORM-022"),
    ]  # fmt: skip
    name, phone = found.errors[:2]
    assert (name.message("zh"), name.message("en")) == ("请填写“姓名”。", "Fill in “Name”.")
    assert phone.message("zh") == "没有电话无法送货。"
    assert str(name.place) == "survey!E2"
    assert ("合同", "FORM-029") in codes(evaluate(REQUIRED, {"类别": "a"}))
    assert found.required["姓名"] is True
    assert found.required["合同"] is False


def test_constraints(evaluate: Any, codes: Any) -> None:
    good = {"姓名": "甲", "类别": "a", "承诺": True, "合同": {"id": "f", "name": "x.pdf"}, "手机": "13800001111"}
    stored = {"账号": "6222"}
    assert codes(evaluate(REQUIRED, good, stored=stored)) == []
    wrong = evaluate(REQUIRED, {**good, "手机": "123", "年龄": 17}, stored=stored)
    assert codes(wrong) == [("手机", "FORM-023"), ("年龄", "FORM-023")]
    assert wrong.errors[0].message("zh") == "手机号应是 11 位。"
    assert wrong.constraints == {"手机": False, "年龄": False}
    assert "年龄" not in evaluate(REQUIRED, good, stored=stored).constraints


def test_a_step_may_require_more(evaluate: Any, codes: Any) -> None:
    text = "## survey\n| type | name | label |\n| begin_group | 审核 | 审核 |\n| text | 意见 | 意见 |\n| end_group | | |\n| text | 备注 | 备注 |"
    assert codes(evaluate(text, {})) == []
    assert codes(evaluate(text, {}, require=["审核"])) == [("意见", "FORM-021")]
    assert codes(evaluate(text, {}, require=["*"])) == [("意见", "FORM-021"), ("备注", "FORM-021")]


def test_a_word_that_is_no_choice_names_those_that_are_like_it(evaluate: Any) -> None:
    sheet = """
    ## survey
    | type | name | label |
    | select_one 楼 | 楼 | 楼栋 |
    ## choices
    | list_name | name | label::中文 (zh) | label::English (en) |
    | 楼 | a | 海棠二号楼 | Begonia House 2 |
    | 楼 | b | 丁香一号楼 | Lilac House 1 |
    """
    (error,) = evaluate(sheet, {"楼": "海堂二号楼"}).errors
    assert error.texts.get("zh") == "“楼栋”里没有选项“海堂二号楼”。您是不是想写：海棠二号楼？"
    (error,) = evaluate(sheet, {"楼": "Begonia Hause 2"}).errors
    assert error.texts.get("en") == "“楼栋” has no choice “Begonia Hause 2”. Did you mean: Begonia House 2?"
    (error,) = evaluate(sheet, {"楼": "图书馆"}).errors
    assert error.texts.get("zh") == "“楼栋”里没有选项“图书馆”。"


def test_a_choice_filter_compares_a_column_with_the_question_of_the_same_name(evaluate: Any, codes: Any) -> None:
    text = """
## survey
| type | name | label | choice_filter |
| select_one 校区 | 校区 | 校区 | |
| select_one 楼栋 | 楼栋 | 楼栋 | 校区 = ${校区} |
## choices
| list_name | name | label | 校区 |
| 校区 | 阳江 | 阳江 | |
| 校区 | 湛江 | 湛江 | |
| 楼栋 | A1 | 一栋 | 阳江 |
| 楼栋 | Z1 | 湛江一栋 | 湛江 |
"""
    assert codes(evaluate(text, {"校区": "阳江", "楼栋": "A1"})) == []
    assert codes(evaluate(text, {"校区": "湛江", "楼栋": "A1"})) == [("楼栋", "FORM-013")]


RULES = """
## survey
| type | name | label | required | calculation |
| integer | 金额 | 金额 | yes | |
| decimal | 浓度 | 浓度 | | |
| integer | 份数 | 份数 | | |
| calculate | 每份 | | | ${金额} / ${份数} |
## rules.级别
| hit | unique |
| id | when 金额 | then 级别 |
| 1 | <100 | 学院 |
| 2 | [100,500] | 处室 |
| 3 | [400,1000] | 学校 |
## policy.浓度
| id | when | then | verdict | message |
| 1 | ${浓度} > 8 | | forbid | 浓度超过 8% 的按易制爆管理。 |
| 2 | ${浓度} > 5 | | warn | 请注意存放。 |
"""


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (50, []),
        (450, [("", "FORM-031")]),
        (5000, [("", "FORM-030")]),
        ("abc", [("金额", "FORM-002")]),
        ("", [("金额", "FORM-021")]),
    ],
)
def test_tables_that_give_no_result_are_reported(
    evaluate_loosely: Any, codes: Any, amount: object, expected: Any
) -> None:
    found = evaluate_loosely(RULES, {"金额": amount, "浓度": 3})
    assert codes(found) == expected
    if expected and expected[0][1] == "FORM-030":
        assert "金额 = 5000" in found.errors[0].message("zh")


KEEPERS = """
    ## survey
    | type | name | label | calculation |
    | text | 品名 | 品名 | |
    | calculate | 管制 | | ${品名} = "甲苯" |
    | text | 保管人 | 保管人 | |
    | text | 复核人 | 复核人 | |
    ## policy
    | id | when | verdict | message |
    | P1 | ${管制} and ${保管人} = ${复核人} | forbid | 保管人与复核人不能是同一人。 |
"""


def test_a_finding_is_about_what_its_statement_names_before_what_that_depends_on(evaluate_loosely: Any) -> None:
    found = evaluate_loosely(KEEPERS, {"品名": "甲苯", "保管人": "11014", "复核人": "11014"})
    assert [(error.code, error.about) for error in found.errors] == [("FORM-034", "保管人")]


def test_unknown_is_not_no(evaluate_loosely: Any, codes: Any) -> None:
    missing = evaluate_loosely(RULES, {"金额": 50})
    assert codes(missing) == [("", "FORM-036")]
    said = missing.errors[0].message("zh")
    assert "缺少 浓度" in said
    assert "易制爆" not in said
    assert missing.findings[0].message == "缺少 浓度，未能核对这一条。"
    strong = evaluate_loosely(RULES, {"金额": 50, "浓度": 9})
    assert [(error.path, error.about, error.code) for error in strong.errors] == [("", "浓度", "FORM-034")]
    warned = evaluate_loosely(RULES, {"金额": 50, "浓度": 6})
    assert codes(warned) == []
    assert [str(finding.verdict) for finding in warned.findings] == ["warn"]


def test_what_cannot_be_computed_is_said_once(evaluate_loosely: Any, codes: Any) -> None:
    rules = RULES.replace("| 2 | ${浓度} > 5 |", "| 2 | ${浓度} > 5 and ${每份} > 1 |")
    found = evaluate_loosely(rules, {"金额": 50, "浓度": 6, "份数": 0})
    assert codes(found)[:1] == [("每份", "FORM-050")]
    assert str(found.errors[0].place) == "survey!E5"
    assert found.answers["每份"] is None


CHAINED = """
## survey
| type | name | label | required | calculation |
| begin_repeat | 试剂 | 试剂 | | |
| text | 品名 | 品名 | | |
| end_repeat | | | | |
| integer | 份数 | 份数 | | |
| calculate | 项数 | | | COUNTA(${品名}) |
| text | 说明 | 说明 | | |
## policy.采购
| id | when | then | verdict | message |
| 1 | ${项数} > ${份数} | 超项 | | |
| 2 | ${超项} | | warn | 项数多于份数。 |
| 3 | | | warn | 请保留签收单。 |
"""


def test_a_finding_names_the_questions_that_it_depends_on(evaluate: Any) -> None:
    """Through the chain of facts and calculations, down to what people answer."""
    found = evaluate(CHAINED, {"试剂": [{"品名": "乙醇"}, {"品名": "丙酮"}], "份数": 1})
    assert [sorted(reads) for reads in found.finding_reads] == [["份数", "品名"], []]
    assert [item["reads"] for item in found.to_json()["findings"]] == [["份数", "品名"], []]


def test_what_is_withheld_is_neither_asked_for_nor_believed(evaluate: Any, codes: Any) -> None:
    text = (
        "## survey\n| type | name | label | required |\n| text | 用途 | 用途 | yes |\n| integer | 核定 | 核定 | yes |\n"
    )
    assert codes(evaluate(text, {"用途": "测试"})) == [("核定", "FORM-021")]
    held = evaluate(text, {"用途": "测试", "核定": "九"}, withheld={"核定"}, stored={"核定": 3})
    assert codes(held) == []
    assert held.answers == {"用途": "测试", "核定": 3}


@pytest.mark.parametrize(("amount", "expected"), [("1" * 27, []), ("9.90", []), ("9.900", []), ("0.001", ["FORM-005"])])
def test_money_of_any_length_is_looked_at(evaluate: Any, codes: Any, amount: str, expected: list[str]) -> None:
    found = codes(evaluate("## survey\n| type | name | label |\n| money | 金额 | 金额 |\n", {"金额": amount}))
    assert len(found) == len(expected)
