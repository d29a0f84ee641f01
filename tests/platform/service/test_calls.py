"""A service called from Python, as `design.md` section 7 promises to other people's tools."""

from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import workbook_from_text

from banshi.platform.sheets import load, load_bytes
from banshi.rules.expressions import Environment
from banshi.rules.tables import decide
from banshi.rules.tables.inputs import input_value
from banshi.rules.values import ErrorValue

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def service(tmp_path):
    path = tmp_path / "用电.xlsx"
    path.write_bytes(
        workbook_from_text(
            """
            ## 表单
            | 类型 | 名称 | 标签 | 计算 |
            | 小数 | 用量 | 用量 | |
            | 整数 | 人数 | 人数 | |
            | 计算 | 超额 | | max(用量 - 人数 * 10, 0) |
            ## 规则-处理
            | 当 超额 | 则 处理 |
            | 0 | 免收 |
            | >0 | 收费 |
            ## 收费-电费
            | item | quantity | method | rate |
            | 超额电费 | 用量 | flat | 0.698 |
            ## 流程
            | 环节号 | 环节名称 | 办理人 | 进入条件 |
            | 10 | 申报 | 发起人 | |
            | 20 | 复核 | 发起人 | 处理 = "收费" |
            """
        )
    )
    loaded, found = load(path)
    assert [item for item in found if item.severity == "error"] == []
    return loaded


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        ({"超额": 0}, {"处理": "免收"}),
        ({"超额": "0.01"}, {"处理": "收费"}),
        ({"用量": 95, "人数": 4}, {"处理": "收费"}),
    ],
)
def test_a_table_decides_on_inputs_given_or_computed(service, inputs, outputs):
    decision = service.decide("处理", inputs, NOW)
    assert decision.outputs == outputs
    assert decision.fired


KINDS = """
    ## rules.甲
    | 命中 | 首个 |
    | 当 量 : 数字 | 当 类 : 文本 | 当 日 : 日期 | 当 急 : 布尔 | 当 杂 | 生效 | 失效 | 则 果 |
    | <3 | 甲 | | | | | | 1 |
    | >=3 | 甲、乙 | <=2026-08-31 | 是 | 1 | | 2026-08-01 | 2 |
    | [1,100] | 非 丙 | | 否 | 空 | | | 3 |
    | 空 | | 2026-09-01..2026-09-30 | | 100、甲 | 2026-01-01 | | 4 |
    | 1 | 1 | | 是 | 是 | | | 5 |
    | | | | | | | | 6 |
"""
GIVEN = st.sampled_from(
    [
        None, "", " ", "100", 100, 100.0, 1, 0, True, False, "true", "是", "1", "2026-09-01", "2026-08-15T10:00",
        date(2026, 9, 1), datetime(2026, 9, 1, 8, tzinfo=NOW.tzinfo), time(8), Decimal("1.00"), "甲", " 甲 ", "丙",
        "１００", ["甲"], ("甲",), [], "NaN", 10**30, "1e3",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["量", "类", "日", "急", "杂"]), GIVEN), st.sampled_from(["首个", "唯一", "一致"])
)
def test_what_is_remembered_decides_as_the_table_does(inputs, hit):
    loaded = kinds_of(hit)
    table = loaded.tables["甲"]
    values = {name: input_value(name, value, table.input_kinds[name]) for name, value in inputs.items()}
    expected = decide(table, Environment(values, now=NOW))
    found = loaded.decide("甲", inputs, NOW)
    assert (found.outputs, found.outcome, found.fired) == (expected.outputs, expected.outcome, expected.fired)
    assert found.explanation == expected.explanation


def test_an_answer_keeps_what_it_was_asked_and_no_number_stands_for_another():
    loaded, _ = load_bytes(
        workbook_from_text("## rules.甲\n| 命中 | 首个 |\n| 当 量 | 则 果 |\n| <=0.1 | 小 |\n| | 大 |"), "x.xlsx"
    )
    inputs = {"量": 0.05}
    found = loaded.decide("甲", inputs, NOW)
    inputs["量"] = 9
    assert found.outputs == found.decision.outputs == {"果": "小"}
    # The float 0.1 is written 0.1; the decimal that Python holds equal to it is a little more.
    for order in ((0.1, Decimal.from_float(0.1)), (Decimal.from_float(0.1), 0.1)):
        fresh, _ = load_bytes(
            workbook_from_text("## rules.甲\n| 命中 | 首个 |\n| 当 量 | 则 果 |\n| <=0.1 | 小 |\n| | 大 |"), "x.xlsx"
        )
        said = {type(value): fresh.decide("甲", {"量": value}, NOW).outputs["果"] for value in order}
        assert said == {float: "小", Decimal: "大"}


@cache
def kinds_of(hit):
    # Under “唯一” two rows fit at once: a fault when it is checked, a conflict when it is run.
    return load_bytes(workbook_from_text(KINDS.replace("首个", hit)), "类.xlsx")[0]


def test_a_frame_is_billed_row_by_row_in_decimals(service):
    # 55 x 0.698 = 38.39; 0.1 + 0.2 as a float would not be 0.3
    frame = pd.DataFrame({"用量": [55.0, 0.3, None], "房间": ["101", "102", "103"]})
    billed = service.bill("电费", frame, NOW)
    assert list(billed.columns) == ["用量", "房间", "超额电费", "total"]
    assert billed["total"].tolist() == [Decimal("38.39"), Decimal("0.21"), None]
    assert list(frame.columns) == ["用量", "房间"]


def test_a_column_called_like_an_item_stays(service):
    billed = service.bill("电费", pd.DataFrame({"用量": [10], "超额电费": ["旧"]}), NOW)
    assert billed["超额电费"].tolist() == ["旧"]
    assert billed["电费.超额电费"].tolist() == [Decimal("6.98")]


def test_what_is_left_of_a_quota_has_a_column(tmp_path):
    path = tmp_path / "结转.xlsx"
    path.write_bytes(
        workbook_from_text(
            """
            ## 收费-电费
            | 项目 | 计量 | 起 | 止        | 单价  | 方式 | 结转 |
            | 超额 | 用量 |    | 10 * 人数 | 0     | 阶梯 | 结余 |
            | 超额 |      | 10 * 人数 |    | 0.698 | 阶梯 |      |
            """
        )
    )
    loaded, _ = load(path)
    # 4 people have 40 kWh and 15 left: 30 leave 25, 95 are 40 beyond, 40 x 0.698 = 27.92
    billed = loaded.bill("电费", pd.DataFrame({"用量": [30, 95], "人数": [4, 4], "结余": [15, 15]}), NOW)
    assert list(billed.columns) == ["用量", "人数", "结余", "超额", "超额.carry", "total"]
    assert billed["超额.carry"].tolist() == [Decimal(25), Decimal(0)]
    assert billed["total"].tolist() == [Decimal(0), Decimal("27.92")]


def test_a_form_and_a_route(service):
    evaluation = service.form({"用量": "95", "人数": 4}, now=NOW)
    assert evaluation.values["超额"] == Decimal(55)
    steps = service.route({"用量": "40", "人数": 4}, now=NOW)
    assert [step.id for step in steps] == ["10", "20"]


def test_an_unknown_table(service):
    with pytest.raises(KeyError):
        service.decide("没有", {})


TARIFFED = """
## 规则-折扣
| 当 金额: 数字 | 当 日期: 日期 | 当 校内: 是否 | 当 类别 | 则 折扣 |
| 100.10 | 2026-09-01 | 是 | 学生 | 0.8 |
| | | | | 1 |
"""


@pytest.mark.parametrize("scalar", [np.float64(100.10), np.float32(100.1), Decimal("100.10")])
def test_scalars_of_numpy_are_what_they_hold(scalar):
    found, faults = load_bytes(
        workbook_from_text(TARIFFED.replace("规则-折扣\n", "规则-折扣\n| 命中 | 首个 |\n| |\n")), "x.xlsx"
    )
    assert found is not None, faults
    inputs = {"日期": np.datetime64("2026-09-01"), "校内": np.bool_(True), "类别": np.str_("学生")}
    # A float of 32 bits is another number: 100.0999984741211
    expected = Decimal("1") if isinstance(scalar, np.float32) else Decimal("0.8")
    assert found.decide("折扣", {"金额": scalar, **inputs}).outputs["折扣"] == expected
    days = {"日期": np.datetime64("2026-09-02"), "校内": True, "类别": "学生"}
    assert found.decide("折扣", {"金额": scalar, **days}).outputs["折扣"] == Decimal("1")


FED_BY_TABLES = """
    ## 表单
    | 类型 | 名称 | 标签 | 计算 | 显示条件 |
    | 单选 楼型 | 楼型 | 楼型 | | |
    | 小数 | 用量 | 用量 | | |
    | 整数 | 人数 | 人数 | | |
    | 小数 | 优惠 | 优惠 | | 楼型 = "留学生" |
    | 计算 | 人均 | | 用量 div 人数 | |
    ## 选项
    | 列表 | 名称 | 标签 |
    | 楼型 | 本科 | 本科 |
    | 楼型 | 研究生 | 研究生 |
    | 楼型 | 留学生 | 留学生 |
    ## 规则-单价
    | 当 楼型 | 当 人均 | 则 单价 |
    | 本科 | <=8 | 0.5 |
    | 本科 | >8 | 0.698 |
    | 研究生 | | '=人均 / 10 |
    | 留学生 | | 0.4 |
    ## 规则-档次
    | 命中 | 计数 |
    | 当 单价 | 则 档次 |
    | >0 | 1 |
    | >0.5 | 1 |
    | >0.6 | 1 |
    ## 规则-减免
    | 当 优惠 | 则 减免额 |
    | >5 | 3 |
    | 空 | 0 |
    | <=5 | 1 |
    ## 收费-电费
    | 项目 | 计量 | 单价 | 方式 |
    | 电费 | 用量 | 单价 | 单价 |
    | 服务 | 档次 | 1.5 | 单价 |
    | 减免 | 减免额 | | 减免 |
"""


def test_tables_that_feed_a_tariff_give_in_columns_what_the_form_gives() -> None:
    loaded, found = load_bytes(workbook_from_text(FED_BY_TABLES), "x.xlsx")
    assert [item for item in found if item.severity == "error"] == []
    rows = [
        {"楼型": kind, "用量": used, "人数": people, "优惠": off}
        for kind in ("本科", "研究生", "留学生", "走读", "")
        for used in ("0", "31", "32.5", "120", "很多", "")
        for people in ("4", "0", "")
        for off in ("", "5", "5.01")
    ]
    billed = loaded.bill("电费", pd.DataFrame(rows), NOW)
    given = 0
    for row, total in zip(rows, billed["total"], strict=True):
        names = loaded.form(row, now=NOW).names
        wanted = names["费用.合计"]
        sound = not any(isinstance(names[name], ErrorValue) for name in ("单价", "档次", "减免额", "费用.合计"))
        if row["楼型"] == "走读" or row["用量"] == "很多":
            wanted = None  # the form takes such an answer for none
        assert total == (wanted if sound else None), row
        given += total is not None
    assert given == 36 + 12  # where there is a usage and people to divide it by; 留学生 also without people
