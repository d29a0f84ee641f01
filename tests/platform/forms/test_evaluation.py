"""What a form is at one moment.

1. A group's relevance covers what is in it; what is not relevant is empty for expressions, not checked and not stored.
2. A field that is absent takes its prefilled value, else its default; one that was left empty stays empty.
3. Calculated and read-only fields are not believed from outside.
4. Inside a repeat a name is the row's; from outside it is the column; nested repeats too. Rows count from 1.
5. Tables, tariffs and policies run in the order of their names, once a row where they read a row.
6. The same answers at the same time give the same evaluation, whatever the order of the rows of the sheet.
7. A row may ask another row, datasets and choice lists are searched, the campus calendar is asked, chance can be replayed.
8. A date question keeps of a computed moment its day on the local clock, wherever the moment was written down.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from banshi.platform.forms import Circumstances, find_choices
from banshi.platform.people.calendar import Calendar
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import ErrorValue

ELECTRICITY = """
## survey
| type | name | label | relevant | calculation | required |
| select_one 校区 | 校区 | 校区 | | | yes |
| begin_group | 用电 | 用电 | ${校区} = '阳江' | | |
| decimal | 上月读数 | 上月读数 | | | yes |
| decimal | 本月读数 | 本月读数 | | | yes |
| text | 备注 | 备注 | ${本月读数} > 1000 | | yes |
| end_group | | | | | |
| calculate | 用电量 | | | ${本月读数} - ${上月读数} | |
## choices
| list_name | name | label |
| 校区 | 阳江 | 阳江 |
| 校区 | 湛江 | 湛江 |
"""


def test_irrelevant_fields_are_empty_unchecked_and_not_stored(evaluate: Any, codes: Any) -> None:
    kept = {"校区": "湛江", "上月读数": "100", "本月读数": "2000"}
    found = evaluate(ELECTRICITY, kept)
    assert codes(found) == []
    assert found.answers == {"校区": "湛江", "用电量": None}
    assert found.relevant["用电"] is False
    assert found.relevant["备注"] is False
    assert found.names["本月读数"] is None
    shown = evaluate(ELECTRICITY, {**kept, "校区": "阳江"})
    assert shown.names["用电量"] == 1900
    assert codes(shown) == [("备注", "FORM-021")]


def test_a_date_keeps_the_local_day_of_a_moment(evaluate: Any) -> None:  # 8
    text = """
## survey
| type | name | label | calculation |
| datetime | 到达 | 到达 | |
| date | 到达日 | 到达日 | ${到达} |
| date | 次日 | 次日 | ${到达} + 1 |
| date | 今日 | 今日 | now() |
| text | 相符 | 相符 | if(date(${到达}) = ${到达日}, "是", "否") |
"""
    for moment in ("2026-08-31T23:30:00+00:00", "2026-09-01T07:30:00+08:00", "2026-09-01T07:30:00"):
        names = evaluate(text, {"到达": moment}).names
        assert names["到达日"] == date(2026, 9, 1), moment
        assert names["次日"] == date(2026, 9, 2)
        assert (names["今日"], names["相符"]) == (date(2026, 9, 1), "是")


def test_defaults_and_prefilled_values(evaluate: Any) -> None:
    text = """
## survey
| type | name | label | default | prefill | readonly |
| text | 姓名 | 姓名 | | applicant.name | |
| text | 宿舍 | 宿舍 | | 申请人.宿舍 | yes |
| date | 日期 | 日期 | today() | | |
| integer | 数量 | 数量 | 1 | | |
| select_multiple 语言 | 语言 | 语言 | zh en | | |
## choices
| list_name | name | label |
| 语言 | zh | 中文 |
| 语言 | en | 英文 |
"""
    untouched = evaluate(text, {})
    assert untouched.answers == {
        "姓名": "陈思远", "宿舍": "B2-305", "日期": date(2026, 9, 1), "数量": 1, "语言": ("zh", "en"),
    }  # fmt: skip
    assert untouched.values["姓名"] == "陈思远"
    cleared = evaluate(text, {"姓名": "", "日期": None, "数量": "3", "语言": []})
    assert cleared.answers == {"姓名": None, "宿舍": "B2-305", "日期": None, "数量": 3, "语言": None}
    assert "姓名" not in cleared.values
    nobody = evaluate(text, {}, person=None)
    assert nobody.answers["姓名"] is None


def test_protected_fields_are_not_believed(evaluate: Any) -> None:
    text = """
## survey
| type | name | label | default | calculation | readonly |
| integer | 数量 | 数量 | | | |
| money | 单价 | 单价 | 12.50 | | yes |
| money | 金额 | 金额 | | round(${数量} * ${单价}, 2) | |
| hidden | 来源 | | 网页 | | |
| text | 编号 | 编号 | | | yes |
"""
    forged = {"数量": 3, "单价": "0.01", "金额": "0.01", "来源": "伪造", "编号": "X1"}
    found = evaluate(text, forged)
    assert found.answers == {
        "数量": 3, "单价": Decimal("12.50"), "金额": Decimal("37.50"), "来源": "网页", "编号": None
    }  # fmt: skip
    stored = evaluate(text, forged, stored={"编号": "YJ-001", "金额": 1})
    assert stored.answers["编号"] == "YJ-001"
    assert stored.answers["金额"] == Decimal("37.50")


ITEMS = """
## survey
| type | name | label | calculation | relevant | constraint |
| begin_repeat | 明细 | 明细 | | | |
| text | 品名 | 品名 | | | |
| integer | 数量 | 数量 | | | . <= ${上限} |
| begin_repeat | 批次 | 批次 | | | |
| integer | 瓶数 | 瓶数 | | | |
| calculate | 占比 | | ${瓶数} / ${数量} | | |
| end_repeat | | | | | |
| calculate | 总瓶数 | | sum(${瓶数}) | | |
| end_repeat | | | | | |
| integer | 上限 | 上限 | | | |
| calculate | 合计 | | sum(${数量}) | | |
| calculate | 全部瓶数 | | sum(${瓶数}) | | |
| calculate | 行数 | | count(${明细}) | | |
| text | 大宗 | 大宗说明 | | max(${数量}) >= 10 | |
"""


def test_repeats(evaluate: Any, codes: Any) -> None:
    rows = [
        {"品名": "丙酮", "数量": 4, "批次": [{"瓶数": 1}, {"瓶数": 3}]},
        {"品名": "乙醇", "数量": "10", "批次": [{"瓶数": 5}]},
    ]
    found = evaluate(ITEMS, {"明细": rows, "上限": 9})
    assert found.names["数量"] == (4, 10)
    assert found.names["瓶数"] == (1, 3, 5)
    assert (found.names["合计"], found.names["全部瓶数"], found.names["行数"]) == (14, 9, 2)
    assert found.names["总瓶数"] == (4, 5)
    assert found.values["明细[1].批次[2].占比"] == Decimal("0.75")
    assert found.values["明细[2].批次[1].占比"] == Decimal("0.5")
    assert codes(found) == [("明细[2].数量", "FORM-023")]
    assert found.relevant["大宗"] is True
    assert found.answers["明细"][1] == {
        "品名": "乙醇", "数量": 10, "批次": [{"瓶数": 5, "占比": Decimal("0.5")}], "总瓶数": 5
    }  # fmt: skip
    assert evaluate(ITEMS, {"明细": []}).relevant["大宗"] is False


def test_a_count_decides_how_many_rows_there_are(evaluate: Any) -> None:
    text = """
## survey
| type | name | label | repeat_count | default |
| integer | 人数 | 人数 | | |
| begin_repeat | 住宿人 | 住宿人 | ${人数} | |
| text | 姓名 | 姓名 | | 待定 |
| end_repeat | | | | |
"""
    found = evaluate(text, {"人数": 2, "住宿人": [{"姓名": "张三"}, {}, {"姓名": "李四"}]})
    assert found.answers["住宿人"] == [{"姓名": "张三"}, {"姓名": "待定"}]
    far_too_many = evaluate(text, {"人数": 10**9, "住宿人": [{"姓名": "张三"}]})
    assert far_too_many.answers["住宿人"][0] == {"姓名": "张三"}
    assert [(error.path, error.code) for error in far_too_many.errors] == [("人数", "FORM-049")]


CHEMICALS = """
## survey
| type | name | label | relevant | calculation | required |
| begin_repeat | 明细 | 明细 | | | |
| text | CAS | CAS 号 | | | yes |
| decimal | 千克 | 千克 | | | |
| end_repeat | | | | | |
| text | 备案号 | 公安备案号 | ${需要公安备案} | | yes |
| calculate | 管制行数 | | | countif(${类别}, '易制毒') | |
## rules.管制
| hit | unique |
| otherwise.类别 | 普通 |
| id | when CAS | then 类别 |
| 1 | 7722-64-7 | 易制毒 |
| 2 | 7647-01-0 | 易制毒 |
## fees.处置
| item | label | quantity | rate | method | round |
| 处置费 | 处置费 | sum(${千克}) | 12.345 | flat | 0.01 half-up |
## policy.采购
| id | when | then | verdict | message | remedy | reference |
| P1 | ${管制行数} > 0 | 需要 公安备案 | | | | |
| P2 | ${需要公安备案} and fees.total > 100 | | forbid | 管制品一次采购过多。 | 分次采购。 | 第十二条 |
"""


def test_rules_feed_the_form_and_each_other(evaluate: Any, codes: Any) -> None:
    plain = evaluate(CHEMICALS, {"明细": [{"CAS": "67-64-1", "千克": 2}]})
    assert plain.names["类别"] == ("普通",)
    assert plain.relevant["备案号"] is False
    assert codes(plain) == []
    controlled = evaluate(CHEMICALS, {"明细": [{"CAS": "67-64-1", "千克": 2}, {"CAS": "7722-64-7", "千克": "0.5"}]})
    assert controlled.names["类别"] == ("普通", "易制毒")
    assert controlled.outputs["明细[2].类别"] == "易制毒"
    assert controlled.relevant["备案号"] is True
    assert codes(controlled) == [("备案号", "FORM-021")]
    assert [decision.scope for decision in controlled.decisions if decision.kind == "table"] == ["明细[1]", "明细[2]"]
    # 2.5 kg x 12.345 = 30.8625, rounded half up to the fen.
    assert controlled.names["fees.total"] == controlled.names["费用.合计"] == Decimal("30.86")
    assert controlled.bills["处置"].total == Decimal("30.86")
    assert controlled.engine == "fixpoint"


def test_a_forbidding_statement_blocks_and_names_its_row(evaluate: Any) -> None:
    found = evaluate(CHEMICALS, {"明细": [{"CAS": "7722-64-7", "千克": 20}], "备案号": "GA-1"})
    (error,) = found.errors
    assert (error.path, error.code, error.reference) == ("", "FORM-034", "第十二条")
    assert (error.message("zh"), error.remedy("zh")) == ("管制品一次采购过多。", "分次采购。")
    assert error.about == "明细"
    assert error.place.sheet == "policy.采购"
    assert error.place.cell.endswith("3")


def test_evaluation_is_pure(evaluate: Any) -> None:
    answers = {"明细": [{"CAS": "7722-64-7", "千克": "1.5"}]}
    first, second = evaluate(CHEMICALS, answers), evaluate(CHEMICALS, answers)
    assert first.to_json() == second.to_json()
    assert answers == {"明细": [{"CAS": "7722-64-7", "千克": "1.5"}]}


def test_many_calculations_that_lean_backwards_do_not_overflow(evaluate: Any) -> None:
    rows = "\n".join(f"| calculate | c{i} | | | ${{c{i + 1}}} + 1 |" for i in range(300))
    chain = "\n".join(f"| text | r{i} | r{i} | ${{r{i + 1}}} = 'x' | |" for i in range(300))
    text = f"## survey\n| type | name | label | relevant | calculation |\n{rows}\n| integer | c300 | n | | |\n{chain}\n| text | r300 | r | | |"
    found = evaluate(text, {"c300": 1, **{f"r{i}": "x" for i in range(301)}})
    assert found.names["c0"] == 301
    assert found.relevant["r0"] is True


def test_a_workbook_without_a_form_takes_any_input(evaluate: Any) -> None:
    text = """
## rules.审批
| hit | first |
| when 金额 | then 级别 |
| <100 | 学院 |
| >=100 | 学校 |
"""
    assert evaluate(text, {"金额": Decimal(100)}).names["级别"] == "学校"


def test_a_row_asks_the_row_before(evaluate: Any) -> None:  # 7
    text = """
## survey
| type | name | label | calculation |
| begin_repeat | 明细 | 明细 | |
| decimal | 读数 | 读数 | |
| calculate | 上次 | | indexed-repeat(${读数}, ${明细}, position(..) - 1) |
| calculate | 累计 | | coalesce(indexed-repeat(${累计}, ${明细}, position(..) - 1), 0) + ${读数} |
| end_repeat | | | |
| calculate | 第二次 | | indexed-repeat(${读数}, ${明细}, 2) |
| calculate | 第九次 | | indexed-repeat(${读数}, ${明细}, 9) |
"""
    found = evaluate(text, {"明细": [{"读数": "10"}, {"读数": "25"}, {"读数": "40"}]})
    assert found.names["上次"] == (None, 10, 25)
    assert found.names["累计"] == (10, 35, 75)
    assert (found.names["第二次"], found.names["第九次"]) == (25, None)


def test_a_row_of_a_repeat_inside_a_repeat(evaluate: Any) -> None:  # 7
    text = """
## survey
| type | name | label | calculation |
| begin_repeat | 楼 | 楼 | |
| begin_repeat | 房 | 房 | |
| integer | 床位 | 床位 | |
| calculate | 隔壁 | | indexed-repeat(${床位}, ${房}, 1) |
| end_repeat | | | |
| end_repeat | | | |
| calculate | 二楼一室 | | indexed-repeat(${床位}, ${楼}, 2, ${房}, 1) |
"""
    found = evaluate(text, {"楼": [{"房": [{"床位": 4}, {"床位": 6}]}, {"房": [{"床位": 8}]}]})
    assert found.names["隔壁"] == (4, 4, 8)
    assert found.names["二楼一室"] == 8


MEMBERS = """
## survey
| type | name | label | choice_filter |
| begin_repeat | 成员 | 成员 | |
| text | 姓名 | 姓名 | |
| integer | 年级 | 年级 | |
| select_one ${姓名} | 搭档 | 搭档 | |
| end_repeat | | | |
| select_one ${姓名} | 组长 | 组长 | ${年级} >= 2 |
| select_multiple ${姓名} | 答辩人 | 答辩人 | |
"""


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"组长": "陈思远", "答辩人": ["陈思远", "李沐阳"]}, []),
        ({"组长": "李沐阳"}, ["组长"]),
        ({"组长": "王小明", "答辩人": ["王小明"]}, ["组长", "答辩人"]),
    ],
)
def test_choices_are_what_was_answered_in_rows(evaluate: Any, given: dict[str, Any], wrong: list[str]) -> None:
    rows = [{"姓名": "李沐阳", "年级": 1, "搭档": "陈思远"}, {"姓名": "陈思远", "年级": 3}, {"姓名": "", "年级": 4}]
    found = evaluate(MEMBERS, {"成员": rows, **given})
    assert [error.path for error in found.errors] == wrong


def test_a_row_asks_where_the_rows_around_it_stand(evaluate: Any) -> None:
    text = """
## survey
| type | name | label | calculation |
| begin_repeat | 楼 | 楼 | |
| begin_repeat | 房 | 房 | |
| begin_group | 床 | 床 | |
| integer | 床位 | 床位 | |
| calculate | 房号 | | position(../..) |
| calculate | 门牌 | | position(../../..) & '-' & position(../..) |
| end_group | | | |
| end_repeat | | | |
| end_repeat | | | |
"""
    found = evaluate(text, {"楼": [{"房": [{"床位": 4}, {"床位": 6}]}, {"房": [{"床位": 8}]}]})
    assert found.names["房号"] == (1, 2, 1)
    assert found.names["门牌"] == ("1-1", "1-2", "2-1")


def test_a_row_that_asks_itself_ends_in_an_error(evaluate: Any) -> None:  # 7
    text = """
## survey
| type | name | label | calculation |
| begin_repeat | 明细 | 明细 | |
| text | 备注 | 备注 | |
| calculate | 数 | | indexed-repeat(${数}, ${明细}, position(..)) + 1 |
| end_repeat | | | |
"""
    (value,) = evaluate(text, {"明细": [{"备注": "a"}]}).names["数"]
    assert isinstance(value, ErrorValue)


def test_datasets_and_choice_lists_are_searched(evaluate: Any) -> None:  # 7
    text = """
## survey
| type | name | label | calculation |
| select_one 试剂 | 试剂 | 试剂 | |
| calculate | 瓶 | | instance('试剂')/root/item[name = ${试剂}]/克 |
| calculate | 价 | | pulldata('价格', '单价', '品名', ${试剂}) |
| calculate | 个数 | | count(instance('价格')/root/item[单价 > 10]) |
| calculate | 总价 | | sum(instance('价格')/root/item/单价) |
## choices
| list_name | name | label | 克 |
| 试剂 | 乙醇 | 乙醇 | 500 |
| 试剂 | 丙酮 | 丙酮 | 250 |
## data.价格
| *品名 | 单价 |
| 乙醇 | 12.5 |
| 丙酮 | 30 |
| 甲苯 | 8 |
"""
    names = evaluate(text, {"试剂": "丙酮"}).names
    assert (names["瓶"], names["价"], names["个数"], names["总价"]) == (250, 30, 2, Decimal("50.5"))
    assert evaluate(text, {}).names["瓶"] is None


def test_working_days_follow_the_calendar_that_is_handed_in(evaluate: Any) -> None:  # 7
    text = """
## survey
| type | name | label | calculation |
| date | 起 | 起 | |
| date | 止 | 止 | |
| calculate | 工作日 | | working-days(${起}, ${止}) |
| calculate | 答复 | | add-working-days(${止}, 1) |
"""
    # 10 October 2026 is a Saturday on which people work; the first week of October is off.
    off = {date(2026, 10, day): False for day in range(1, 8)}
    calendar = Calendar({**off, date(2026, 10, 10): True})
    names = evaluate(text, {"起": "2026-09-30", "止": "2026-10-09"}, calendar=calendar).names
    assert (names["工作日"], names["答复"]) == (3, date(2026, 10, 10))
    outside = evaluate(text, {"起": "2026-12-31", "止": "2027-01-04"}, calendar=calendar).names["工作日"]
    assert isinstance(outside, ErrorValue)
    assert (outside.diagnostic.code, dict(outside.diagnostic.facts)["year"]) == ("EXPR-068", "2027")
    without = evaluate(text, {"起": "2026-09-30", "止": "2026-10-09"}).names["工作日"]
    assert isinstance(without, ErrorValue)
    assert without.diagnostic.code == "EXPR-067"


def test_chance_differs_by_row_and_can_be_replayed(evaluate: Any) -> None:  # 7
    text = """
## survey
| type | name | label | calculation |
| begin_repeat | 样品 | 样品 | |
| text | 名 | 名 | |
| calculate | 编号 | | once(uuid()) |
| end_repeat | | | |
"""
    answers = {"样品": [{"名": "甲"}, {"名": "乙"}]}
    first, second = evaluate(text, answers).names["编号"]
    assert first != second
    assert evaluate(text, answers).names["编号"] == (first, second)
    kept = {"样品": [{"名": "甲", "编号": first}, {"名": "乙", "编号": second}]}
    later = datetime(2026, 9, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert evaluate(text, answers, now=later, stored=kept).names["编号"] == (first, second)
    assert evaluate(text, answers, now=later).names["编号"] != (first, second)


QUOTAS = """
## survey
| type | name | label |
| decimal | 用电量 | 用电量 |
| decimal | 上期结转 | 上期结转 |
| select_one 身份 | 身份 | 身份 |
| calculate | 余 | ${超额电费.carry} + 0 |
## choices
| list_name | name | label |
| 身份 | 学生 | 学生 |
| 身份 | 教师 | 教师 |
## fees.超额
| item | quantity | from | to | rate | method | when | carry |
| 超额电费 | 用电量 | | 40 | 0 | marginal | 身份 = "学生" | 上期结转 |
| 超额电费 | 用电量 | 40 | | 0.698 | marginal | 身份 = "学生" | |
## fees.积分
| item | quantity | rate | unit |
| 节电积分 | 用电量 | 2 | 分 |
"""


def test_what_is_carried_on_is_a_name_and_points_are_no_money(evaluate: Any) -> None:
    text = QUOTAS.replace("| type | name | label |", "| type | name | label | calculation |").replace(
        "| 余 | ${超额电费.carry} + 0 |", "| 余 | 余 | ${超额电费.carry} + 0 |"
    )
    found = evaluate(text, {"用电量": 95, "上期结转": 12, "身份": "学生"})
    # (95 - 40 - 12) x 0.698 = 30.014; the 190 points are not added to it.
    assert found.names["fees.total"] == Decimal("30.01")
    assert (found.bills["积分"].total, found.bills["积分"].unit) == (190, "分")
    left = evaluate(text, {"用电量": 30, "上期结转": 12, "身份": "学生"})
    assert left.names["超额电费.carry"] == left.names["余"] == 22
    assert left.to_json()["bills"]["超额"]["carries"] == [{"name": "超额电费.carry", "amount": 22}]


def test_a_bill_of_which_nothing_applies_says_so(evaluate: Any) -> None:
    text = QUOTAS.replace("| calculate | 余 | ${超额电费.carry} + 0 |\n", "")
    found = evaluate(text, {"用电量": 95, "上期结转": 12, "身份": "教师"})
    assert found.names["fees.total"] == 0
    assert [found.to_json()["bills"][name]["applies"] for name in ("超额", "积分")] == [False, True]
    assert [error.code for error in found.errors] == []


RANKED = """
## survey
| type | name | label | choice_filter |
| integer | 预算 | 预算（万元） | |
| 排序 方案 | 优先 | 按优先次序排列 | 起价 <= ${预算} |
## choices
| list_name | name | label | 起价 |
| 方案 | 国产 | 国产谱仪 | 10 |
| 方案 | 进口 | 进口谱仪 | 60 |
| 方案 | 租用 | 校外租用 | 2 |
"""


@pytest.mark.parametrize(
    ("order", "wrong"),
    [
        (["租用", "进口", "国产"], []),
        ("租用 进口 国产", []),  # as XLSForm stores it
        (["租用", "进口"], ["FORM-045"]),
        (["租用", "进口", "自制"], ["FORM-012"]),
    ],
)
def test_a_rank_puts_every_choice_in_order(evaluate: Any, codes: Any, order: Any, wrong: list[str]) -> None:
    found = evaluate(RANKED, {"预算": 100, "优先": order})
    assert [error.code for error in found.errors] == wrong
    assert wrong or found.answers["优先"] == ("租用", "进口", "国产")


def test_a_rank_asks_only_for_what_is_offered(evaluate: Any) -> None:
    assert evaluate(RANKED, {"预算": 20, "优先": ["租用", "国产"]}).errors == ()
    (error,) = evaluate(RANKED, {"预算": 20, "优先": ["租用", "进口"]}).errors
    assert error.code == "FORM-013"
    assert "进口谱仪" in error.message()  # as people read it, not as it is stored


def test_facts_about_the_filling_in_come_from_the_clock_and_the_directory(evaluate: Any) -> None:
    form = "## survey\n| type | name |\n| start | 开始 |\n| end | 结束 |\n| today | 当天 |\n| username | 谁 |\n"
    found = evaluate(
        form, {"开始": "2026-09-01T08:30:00+08:00", "当天": "2020-01-01", "谁": "2026999", "结束": "2020-01-01T00:00"}
    )
    assert found.errors == ()
    shown = {name: str(value) for name, value in found.answers.items()}
    assert shown == {
        "开始": "2026-09-01 08:30:00+08:00",
        "结束": "2026-09-01 09:00:00+08:00",
        "当天": "2026-09-01",
        "谁": "2026001",
    }


@pytest.mark.parametrize(
    ("kind", "points", "fits"),
    [
        ("geotrace", "23.05 113.39; 23.06 113.40", True),
        ("geotrace", "23.05 113.39 0 5;23.06 113.40 0 5", True),
        ("geotrace", "23.05 113.39", False),
        ("geotrace", "从南门到图书馆", False),
        ("geoshape", "23.05 113.39; 23.06 113.40; 23.06 113.39; 23.05 113.39", True),
        ("geoshape", "23.05 113.39; 23.06 113.40; 23.06 113.39", True),
        ("geoshape", "23.05 113.39; 23.06 113.40", False),
        ("geopoint", "99 200", False),
        ("geopoint", "-90 180.0 12.5", True),
        ("geopoint", "90.1 113", False),
        ("geopoint", "23 180.5", False),
    ],
)
def test_lines_and_areas_are_points(evaluate: Any, kind: str, points: str, fits: bool) -> None:
    found = evaluate(f"## survey\n| type | name | label |\n| {kind} | 管线 | 管线 |\n", {"管线": points})
    assert [error.code for error in found.errors] == ([] if fits else ["FORM-023"])


TRIGGERED = """
## survey
| type | name | label | calculation | trigger |
| text | 楼 | 楼栋 | | |
| text | 联系 | 联系电话 | if(${楼} = 'A1', '020-1', '020-2') | ${楼} |
| calculate | 登记于 | | now() | ${楼} |
"""


def test_a_triggered_calculation_of_an_open_question_gives_way_to_what_is_written(evaluate: Any) -> None:
    assert evaluate(TRIGGERED, {"楼": "A1"}).answers["联系"] == "020-1"
    assert evaluate(TRIGGERED, {"楼": "A1", "联系": "13800000000"}).answers["联系"] == "13800000000"


@pytest.mark.parametrize(("building", "kept"), [("A1", True), ("A2", False)])
def test_a_triggered_calculation_stays_while_its_trigger_does(evaluate: Any, building: str, kept: Any) -> None:
    before = {"楼": "A1", "登记于": "2026-03-01T08:00:00+08:00"}
    found = evaluate(TRIGGERED, {"楼": building}, stored=before).answers["登记于"]
    assert str(found) == ("2026-03-01 08:00:00+08:00" if kept else "2026-09-01 09:00:00+08:00")


KEPT = """
## survey
| type | name | label | calculation |
| calculate | 编号 | | once(uuid()) |
| integer | 抽签 | 抽签 | once(int(random() * 100)) |
| datetime | 开始 | 开始 | if(true(), once(now()), '') |
"""


def test_a_value_that_was_computed_once_stays(evaluate: Any) -> None:
    given = {"编号": "8f14e45f", "抽签": "42", "开始": "2026-03-01T08:00"}
    answers = evaluate(KEPT, given).answers
    assert {name: str(value) for name, value in answers.items()} == {**given, "开始": "2026-03-01 08:00:00+08:00"}
    fresh = evaluate(KEPT, given, kept=()).answers  # what the platform did not give
    assert not set(map(str, fresh.values())) & {"8f14e45f", "2026-03-01 08:00:00+08:00"}
    wrong = evaluate(KEPT, {"抽签": "四十二", "开始": "昨天"})
    assert wrong.errors == ()
    assert wrong.answers["抽签"] == int(wrong.answers["抽签"])
    assert str(wrong.answers["开始"]) == "2026-09-01 09:00:00+08:00"


ROOMS = """
## survey
| type | name | label | choice_filter |
| begin_repeat | 报修 | 报修 | |
| select_one 楼 | 楼 | 楼栋 | |
| select_one 房间 | 房间 | 房间 | 楼 = ${楼} |
| end_repeat | | | |
## choices
| list_name | name | label | 楼 |
| 楼 | A1 | 一号楼 | |
| 楼 | A2 | 二号楼 | |
""" + "".join(f"| 房间 | {b}-{n} | {b} 栋 {n} 室 | {b} |\n" for b in ("A1", "A2") for n in range(101, 401))  # fmt: skip


def test_the_choices_of_a_long_list_are_found_in_their_row(any_service: Any) -> None:
    service = any_service(ROOMS)
    answers = {"报修": [{"楼": "A1"}, {"楼": "A2", "房间": "A2-150"}]}
    circumstances = Circumstances(now=datetime(2026, 9, 1, tzinfo=ZoneInfo("Asia/Shanghai")), engine=FixpointEngine())

    def found(said: str, row: int) -> list[str]:
        return [choice.name for choice in find_choices(service, "房间", said, (("报修", row),), answers, circumstances)]

    assert found("", 1) == [f"A2-{n}" for n in range(101, 151)]
    assert found("２３７ 室", 0) == ["A1-237"]  # full width and blanks make no difference
    assert found("a2", 0) == []
    assert find_choices(service, "房间", "", (("报修", 7),), answers, circumstances) == []
    assert find_choices(service, "没有", "", (), answers, circumstances) == []


def test_the_label_of_a_chosen_one_comes_with_the_evaluation(evaluate: Any) -> None:
    found = evaluate(ROOMS, {"报修": [{"楼": "A1"}, {"楼": "A2", "房间": "A2-150"}]})
    assert found.labels == {"报修[2].房间": "A2 栋 150 室"}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("concat(${m}, '')", "a b"),
        ("concat('has ', ${m})", "has a b"),
        ("if(true(), concat(${m}, '/', ${m}), '')", "a b/a b"),
        ("concat(${列})", "xy"),  # a column of rows is joined cell by cell
        ("join('、', ${m})", "a、b"),
    ],
)
def test_an_answer_of_several_choices_is_one_text(evaluate_loosely: Any, formula: str, expected: str) -> None:
    text = f"""
        ## survey
        | type | name | label | calculation |
        | select_multiple c | m | M | |
        | begin_repeat | r | R | |
        | text | 列 | L | |
        | end_repeat | | | |
        | calculate | t | | {formula} |
        ## choices
        | list_name | name | label |
        | c | a | A |
        | c | b | B |
    """
    found = evaluate_loosely(text, {"m": ["a", "b"], "r": [{"列": "x"}, {"列": "y"}]})
    assert found.values["t"] == expected
