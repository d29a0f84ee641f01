"""What programs and plain tables give is read as the form reads it; without a form, by the way in which rules use it.

1. With a form: ticks, choices by name or label, several of them, whole numbers; what the form refuses is an error.
2. Without one: what is compared with words stays a word, with dates a date, with times a time; what has to be true or
   false is yes or no; what is used in two ways stays as it is.
3. All ways of asking agree: `bill`, `decide`, `policy` of the command line, and the calls from Python.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner
from workbooks import workbook_from_text

from banshi.platform.filling.given import Given
from banshi.platform.service.model import Service
from banshi.platform.sheets import run_examples
from banshi.platform.sheets.load import load_bytes
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import ErrorValue, Kind
from banshi.ui.cli import app

HALL = """
## 设置
| 编号 | 名称 |
| hall | 场地租用 |
## 表单
| 类型 | 名称 | 标签 |
| 多选 附加 | 附加 | 附加服务 |
| 单选 校区 | 校区 | 校区 |
| 确认 | 承诺 | 承诺爱护场地 |
| 整数 | 人数 | 人数 |
| 日期 | 日期 | 日期 |
| 时间 | 开始 | 开始 |
## 选项
| list_name | name | label |
| 附加 | projector | 投影 |
| 附加 | video | 录像 |
| 校区 | east | 东校区 |
| 校区 | west | 西校区 |
## 规则-附加费
| 命中方式 | 首个 |
| 当 selected(附加, 'projector') | 则 投影价 |
| 是 | 100 |
| | 0 |
## 收费-租金
| 项目 | 计量 | 单价 | 方式 | 条件 |
| 场地 | 人数 | 10 | 单价 | |
| 投影 | 1 | 投影价 | 单价 | |
| 折扣 | 场地 | 0.1 | 减免 | 承诺 |
"""
PLAIN = """
## 收费-a
| 项目 | 计量 | 单价 | 方式 | 条件 |
| 一 | n | 1 | 单价 | 贫困='是' |
| 二 | n | 2 | 单价 | 贫困<>'是' |
| 三 | n | 3 | 单价 | d >= "2026-09-01" |
| 四 | n | 4 | 单价 | t >= "09:00" |
| 五 | n | 5 | 单价 | 住校 |
| 六 | n | 6 | 单价 | 级别='5%' |
## 规则-r
| 当 加急 | 则 价 |
| 是 | 12 |
| 非 是 | 6 |
"""


def service_of(text: str) -> Service:
    service, found = load_bytes(workbook_from_text(text), "s.xlsx")
    assert service is not None
    assert [item for item in found if item.severity == "error"] == []
    return service


@pytest.fixture
def banshi(tmp_path: Path) -> Callable[..., Any]:
    def call(command: str, text: str, *arguments: str, given: str = "") -> Any:
        book = tmp_path / "s.xlsx"
        book.write_bytes(workbook_from_text(text))
        return CliRunner().invoke(app, [command, str(book), *arguments], input=given)

    return call


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("承诺", "是", "OK"),
        ("承诺", "√", "OK"),
        ("承诺", True, "OK"),
        ("承诺", "OK", "OK"),
        ("承诺", "否", ""),
        ("承诺", "×", ""),
        ("承诺", "", ""),
        ("附加", "投影;录像", ("projector", "video")),
        ("附加", "投影、录像", ("projector", "video")),
        ("附加", "projector video", ("projector", "video")),
        ("附加", ["video"], ("video",)),
        ("附加", "", ()),
        ("校区", "西校区", "west"),
        ("校区", "west", "west"),
        ("校区", None, None),
        ("人数", "１,２００", Decimal(1200)),
        ("人数", "1万", Decimal(10000)),
        ("日期", "2026/9/1", date(2026, 9, 1)),
        ("日期", "2026.1.5", date(2026, 1, 5)),
        ("开始", "9:00", time(9)),
        ("没有这一问", "5", "5"),
    ],
)  # fmt: skip
def test_1_a_value_is_read_as_the_form_reads_it(name: str, raw: object, value: object) -> None:
    assert Given(service_of(HALL))(name, raw) == value


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("承诺", "大概", "大概"),
        ("附加", "投影;灯光", "灯光"),
        ("校区", "南校区", "南校区"),
        ("人数", "100.5", "整数"),
        ("日期", "明天", "明天"),
    ],
)
def test_1_what_the_form_refuses_is_an_error(name: str, raw: object, said: str) -> None:
    value = Given(service_of(HALL))(name, raw)
    assert isinstance(value, ErrorValue)
    assert name in value.diagnostic.message()
    assert said in value.diagnostic.message()


def test_2_without_a_form_the_rules_say_what_an_input_is() -> None:
    assert service_of(PLAIN).inputs == {
        "n": Kind.NUMBER,
        "贫困": Kind.TEXT,
        "d": Kind.DATE,
        "t": Kind.TIME,
        "住校": Kind.BOOLEAN,
        "级别": Kind.TEXT,
        "加急": Kind.BOOLEAN,
    }


def test_2_what_is_used_in_two_ways_stays_as_it_is() -> None:
    both = "## 收费-a\n| 项目 | 计量 | 单价 | 方式 | 条件 |\n| 一 | n*2 | 1 | 单价 | x='7722-84-1' |\n| 二 | n | 1 | 单价 | x > 5 |"
    assert service_of(both).inputs == {"n": Kind.NUMBER, "x": Kind.ANY}


def test_2_a_time_of_a_function_and_a_quantity_speak_for_their_kinds() -> None:
    text = "## 收费-a\n| 项目 | 计量 | 单价 | 方式 | 条件 |\n| 一 | q | 1 | 单价 | t < time(8,0) |"
    assert service_of(text).inputs == {"q": Kind.NUMBER, "t": Kind.TIME}


def test_2_a_tick_is_compared_with_what_it_says() -> None:
    """`承诺 = TRUE` would never hold: the check says what a tick says."""
    text = HALL.replace("| 减免 | 承诺 |", "| 减免 | 承诺 = TRUE |")
    service, found = load_bytes(workbook_from_text(text), "s.xlsx")
    assert service is not None
    assert [(item.code, item.place.cell, "OK" in item.message()) for item in found if item.severity == "error"] == [
        ("EXPR-044", "E4", True)
    ]
    text = HALL.replace("| 减免 | 承诺 |", "| 减免 | 附加 |")
    assert ("EXPR-048", "E4") in [
        (item.code, item.place.cell) for item in load_bytes(workbook_from_text(text), "s.xlsx")[1]
    ]


def test_3_the_bill_of_a_plain_table(banshi: Callable[..., Any], tmp_path: Path) -> None:
    """Words stay words, days are days, 7:00 is before 09:00; what is no day is told."""
    rows = [
        "n,贫困,d,t,住校,级别",
        "1,是,2026-01-05,7:00,是,5%",
        "1,否,2026/9/1,07:00,N,5",
        "1,,2026-09-02,10:00,1,5%",
        "1,是,2026.1.5,10:00,是,5%",
        "1,是,2026-09-02,晚上,是,5%",
    ]
    table, out = tmp_path / "in.csv", tmp_path / "out.csv"
    table.write_text("\n".join(rows), encoding="utf-8")
    banshi("bill", PLAIN, "--fees", "a", "--input", str(table), "--output", str(out))
    found = pd.read_csv(out, dtype=str, keep_default_na=False)
    assert found[["一", "二", "三", "四", "五", "六"]].values.tolist() == [
        ["1.00", "0.00", "0.00", "0.00", "5.00", "6.00"],
        ["0.00", "2.00", "3.00", "0.00", "0.00", "0.00"],
        ["0.00", "2.00", "3.00", "4.00", "5.00", "6.00"],
        [""] * 6,
        [""] * 6,
    ]
    assert [name in error for name, error in zip(("d", "t"), found["error"][3:], strict=True)] == [True, True]


@pytest.mark.parametrize(("raw", "price"), [("是", 12), ("yes", 12), ("Y", 12), (1, 12), ("否", 6), (False, 6)])
def test_3_a_column_of_yes_and_no_takes_every_yes(banshi: Callable[..., Any], raw: object, price: int) -> None:
    ran = banshi("decide", PLAIN, "--table", "r", "--inputs", "-", given=json.dumps({"加急": raw}))
    assert json.loads(ran.stdout)["outputs"] == {"价": price}
    assert service_of(PLAIN).decide("r", {"加急": raw}).outputs == {"价": price}


def test_3_all_ways_of_billing_a_form_agree(banshi: Callable[..., Any], tmp_path: Path) -> None:
    """20 people at 10 yuan, the projector for 100, and a tenth off for who ticks."""
    rows = pd.DataFrame(
        [["20", "投影;录像", "是"], ["20", "录像", "否"], ["20", "", ""], ["20.5", "投影", "是"], ["20", "灯光", "是"]],
        columns=["人数", "附加", "承诺"],
    )
    table, out = tmp_path / "in.csv", tmp_path / "out.csv"
    rows.to_csv(table, index=False)
    banshi("bill", HALL, "--fees", "租金", "--input", str(table), "--output", str(out))
    found = pd.read_csv(out, dtype=str, keep_default_na=False)
    assert found["total"].tolist() == ["280.00", "200.00", "200.00", "", ""]
    assert "人数" in found["error"][3]
    assert "灯光" in found["error"][4]
    service = service_of(HALL)
    assert [None if pd.isna(total) else total for total in service.bill("租金", rows)["total"]] == [
        Decimal(280), Decimal(200), Decimal(200), None, None,
    ]  # fmt: skip
    for chosen in (["projector", "video"], "投影、录像", ["投影", "录像"]):
        form = service.form({"人数": 20, "附加": chosen, "承诺": True})
        assert form.bills["租金"].total == Decimal(280)
    told = json.dumps({"人数": 20, "附加": ["投影", "录像"], "承诺": "是", "校区": "东校区"})
    ran = banshi("form", HALL, "--answers", "-", "--json", given=told)
    assert json.loads(ran.stdout)["errors"] == []


def test_3_a_table_tells_who_ticked_from_who_did_not() -> None:
    text = HALL + "## 规则-押金\n| 命中方式 | 首个 |\n| 当 承诺 | 则 押金 |\n| OK | 0 |\n| 空 | 200 |\n"
    service = service_of(text)
    assert [service.decide("押金", {"承诺": raw}).outputs for raw in (True, "是", "OK", False, "", None)] == [
        *[{"押金": 0}] * 3,
        *[{"押金": 200}] * 3,
    ]


def test_3_examples_may_name_choices_by_their_labels_also_in_rows() -> None:
    text = (
        HALL.replace(
            "| 时间 | 开始 | 开始 |", "| 明细开始 | 器材 | 器材 |\n| 单选 校区 | 取处 | 取处 |\n| 明细结束 | | |"
        )
        + "## 用例\n| 用例 | 人数 | 附加 | 承诺 | 器材[1].取处 | 期望 租金.total |\n"
        + "| 标签 | 20 | 投影；录像 | 是 | 西校区 | 280 |\n| 名称 | 20 | projector | OK | west | 280 |\n"
        + "| 没有 | 20 | 灯光 | 是 | 北校区 | 280 |\n"
    )
    now = datetime(2026, 9, 1, tzinfo=UTC)
    service, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert service is not None
    told = [(item.code, item.place.cell) for item in found if item.severity == "error"]
    assert told == [("SHEET-085", "C4"), ("SHEET-085", "E4")]
    assert [(result.name, result.passed) for result in run_examples(service, None, now=now, engine=FixpointEngine())] == [
        ("标签", True), ("名称", True), ("没有", False),
    ]  # fmt: skip
