"""Choices, results and texts that look like times, ranges or numbers; and numbers in words that nobody calls texts."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from rule_sheets import env
from workbooks import workbook_from_text

from banshi.platform.service.model import Service
from banshi.platform.sheets import load_bytes
from banshi.rules.tables import decide

BOOKING = """
    ## survey
    | type | name | label |
    | select_one 时段 | 时段 | 使用时段 |
    | select_one 规模 | 规模 | 活动规模 |
    ## choices
    | list_name | name | label |
    | 时段 | 8:00～12:00 | 上午 |
    | 时段 | 14:00～18:00 | 下午 |
    | 时段 | 22:00以后 | 深夜 |
    | 规模 | s | 100人以下 |
    | 规模 | 100-500人 | 中型 |
    | 规模 | l | 500以上 |
    ## rules.场地
    | 命中 | 首个 |
    | 否则 | 不受理 |
    | 当 时段{typed} | 当 规模 | 则 场地 |
    | {time} | {size} | 礼堂 |
"""


def told(text: str) -> tuple[Service, list[tuple[str, str]]]:
    """The service, and the code of every fault with its cell."""
    service, found = load_bytes(workbook_from_text(text), "w.xlsx")
    assert service is not None
    return service, [(item.place.cell, item.code) for item in found]


def hall(time: str, size: str, typed: str = "", **answers: str) -> str:
    service, found = told(BOOKING.format(time=time, size=size, typed=typed))
    assert found == []
    outputs = decide(service.tables["场地"], env(answers)).outputs
    assert isinstance(outputs, dict)
    return str(outputs["场地"])


@pytest.mark.parametrize("typed", ["", " : 文本"])
@pytest.mark.parametrize(
    ("time", "size", "fits"),
    [
        ("8:00～12:00", "", [("8:00～12:00", "s"), ("8:00～12:00", "l")]),
        ("", "100—500人", [("8:00～12:00", "100-500人")]),
        ("8:00 ~ 12:00", "", [("8:00～12:00", "s")]),
        ("上午、下午", "", [("8:00～12:00", "s"), ("14:00～18:00", "s")]),
        ("22:00以后", "100-500人", [("22:00以后", "100-500人")]),
        ("", "100人以下", [("8:00～12:00", "s")]),
        ("", "500 以上、100-500人", [("14:00～18:00", "l"), ("14:00～18:00", "100-500人")]),
        ("非 8:00～12:00、下午", "", [("22:00以后", "s")]),
        ("不是 深夜", "", [("8:00～12:00", "s"), ("14:00～18:00", "s")]),
        ("<>上午", "not(100人以下)", [("14:00～18:00", "l")]),
    ],
)
def test_a_cell_that_names_a_choice_is_that_choice(
    typed: str, time: str, size: str, fits: list[tuple[str, str]]
) -> None:
    for answer in [(time, size) for time in ("8:00～12:00", "14:00～18:00", "22:00以后") for size in ("s", "l")]:
        given = dict(zip(("时段", "规模"), answer, strict=True))
        expected = "礼堂" if _fits(answer, time, size) else "不受理"
        assert hall(time, size, typed, **given) == expected
    for answer in fits:
        assert hall(time, size, typed, **dict(zip(("时段", "规模"), answer, strict=True))) == "礼堂"


NAMES = {
    "8:00～12:00": {"8:00～12:00", "8:00~12:00", "上午"},
    "14:00～18:00": {"14:00～18:00", "下午"},
    "22:00以后": {"22:00以后", "深夜"},
    "s": {"s", "100人以下"},
    "l": {"l", "500以上"},
    "100-500人": {"100-500人", "100—500人", "中型"},
}


def _fits(answer: tuple[str, str], *cells: str) -> bool:
    """By plain comparison of texts: the cell lists what it names, or everything else."""
    for value, cell in zip(answer, cells, strict=True):
        text = cell.replace(" ", "")
        negated = text.startswith(("非", "不是", "<>", "not("))
        for sign in ("非", "不是", "<>", "not("):
            text = text.removeprefix(sign)
        listed = {part for part in text.removesuffix(")" if negated else "\0").split("、") if part}
        if listed and bool(listed & NAMES[value]) is negated:
            return False
    return True


@pytest.mark.parametrize(
    ("cell", "code"),
    [("8:00～11:00", "TABLE-044"), ("100以下", "TABLE-044"), ("从8:00", "TABLE-044"), (">=8:00", "TABLE-017")],
)
def test_what_is_no_choice_is_told_as_such(cell: str, code: str) -> None:
    assert ("A4", code) in told(BOOKING.format(time=cell, size="", typed=""))[1]


def test_a_label_of_two_choices_names_neither() -> None:
    text = BOOKING.format(time="", size="中型", typed="").replace("| l | 500以上 |", "| l | 中型 |")
    assert ("B4", "TABLE-044") in told(text)[1]


def test_a_name_goes_before_the_label_of_another_choice() -> None:
    text = BOOKING.format(time="", size="l", typed="").replace("| s | 100人以下 |", "| s | l |")
    service, found = told(text)
    assert found == []
    decided = [decide(service.tables["场地"], env(时段="8:00～12:00", 规模=size)).outputs for size in ("l", "s")]
    assert decided == [{"场地": "礼堂"}, {"场地": "不受理"}]


def test_a_choice_that_is_called_as_a_sign_of_the_language_is_told() -> None:
    text = BOOKING.format(time="任意", size="", typed="").replace("22:00以后 | 深夜", "任意 | 随便")
    service, found = told(text)
    assert found == [("A4", "TABLE-093")]
    assert decide(service.tables["场地"], env(时段="8:00～12:00", 规模="s")).outputs == {"场地": "不受理"}
    assert decide(service.tables["场地"], env(时段="任意", 规模="s")).outputs == {"场地": "礼堂"}


def test_the_results_of_a_table_are_words_of_the_next() -> None:
    service, found = told(
        """
        ## 规则-规模
        | 当 人数 | 则 规模 |
        | <50 | 50人以下 |
        | [50,100] | 50～100人 |
        | >100 | 100以上 |
        ## 规则-审批
        | 当 规模 | 则 审批 |
        | 50人以下 | 院系 |
        | 50～100人、100以上 | 学校 |
        """
    )
    assert found == []
    assert decide(service.tables["审批"], env(规模="50～100人")).outputs == {"审批": "学校"}


@pytest.mark.parametrize(
    "cell", ["8:00～12:00", "50～100人", "100以下", "3-5天", "不超过100", "8:00-12:00", "2026.9.1", "100元整", "1～4人"]
)
def test_a_header_of_texts_makes_texts_of_its_cells(cell: str) -> None:
    service, found = told(
        f"## 规则-r\n| 否则 | 0 |\n| 当 档次 : 文本 | 则 价 |\n| {cell}、乙 | 1 |\n| 非 {cell}、乙 | 2 |"
    )
    assert found == []
    for answer, price in ((cell, 1), ("乙", 1), ("丙", 2)):
        assert decide(service.tables["r"], env(档次=answer)).outputs == {"价": Decimal(price)}


def test_a_sign_in_a_column_of_texts_is_a_fault() -> None:
    assert told("## 规则-r\n| 当 档次 : 文本 | 则 价 |\n| >=100 | 1 |\n| - | 2 |")[1][0] == ("A2", "TABLE-017")


LONE = "## 规则-r\n| 命中 | 首个 |\n| 当 {header} | 则 审批 |\n| {cell} | 校长 |\n| {second} | 部门 |"


@pytest.mark.parametrize(
    "cell",
    [
        "100元整",
        "100-",
        "从100到500以下",
        "9月",
        "100㎡以上",
        "每月1日",
        "3天内",
        "不到100",
        "近100",
        "¥100",
        "100多",
        "上午8点",
        "18岁",
        "30分钟内",
        "共100",
        "100后",
        "1千",
        "≈100",
    ],
)
def test_a_number_with_anything_beside_it_is_never_a_quiet_word(cell: str) -> None:
    """Doubtful alone, an error where the header or another cell says that the column holds numbers."""
    assert [at for at, code in told(LONE.format(header="甲", cell=cell, second=""))[1]] == ["A3"]
    for header, second in (("金额", ""), ("甲", "200"), ("甲", ">200")):
        _, found = load_bytes(workbook_from_text(LONE.format(header=header, cell=cell, second=second)), "r.xlsx")
        assert {(item.place.cell, str(item.severity)) for item in found} >= {("A3", "error")}, (header, second)


@pytest.mark.parametrize(
    "cell",
    [
        "3号楼",
        "2025级",
        "第1学期",
        "A1",
        "H2SO4",
        "GB/T2423",
        "7722-64-7",
        "2-丁酮",
        "0101",
        "20260101",
        "2025-2026学年",
        "5A",
        "红-1",
        "B/305",
        "三好学生",
        "一年级",
        "4人间",
        "3年制",
    ],
)
def test_a_name_with_digits_is_a_word(cell: str) -> None:
    assert told(LONE.format(header="甲", cell=cell, second=""))[1] == []


def test_words_among_words_are_not_asked_about() -> None:
    _, found = told(LONE.format(header="甲", cell="大厅 2", second="图书馆"))
    assert [code for _, code in found] == ["TABLE-055"]  # any other text fits no row


def test_an_amount_among_words_is_asked_about() -> None:
    assert ("A4", "TABLE-082") in told(LONE.format(header="甲", cell="免费", second="100元整"))[1]


@pytest.mark.parametrize(
    ("cell", "kind", "held", "missed"),
    [
        ("从100到500", "数字", "100", "99"),
        ("从100至500", "数字", "500", "501"),
        ("100到500之间", "数字", "500", "501"),
        ("介于100～500之间", "数字", "100", "99.9"),
    ],
)
def test_a_range_in_plain_words_is_read(cell: str, kind: str, held: str, missed: str) -> None:
    service, found = told(LONE.format(header=f"甲: {kind}", cell=cell, second=""))
    assert found == []
    for given, approver in ((held, "校长"), (missed, "部门")):
        assert decide(service.tables["r"], env(甲=Decimal(given))).outputs == {"审批": approver}


@pytest.mark.parametrize(
    ("cell", "held", "missed"),
    [
        ("22:00以后", "22:00", "21:59"),
        ("22:00之后", "23:00", "10:00"),
        ("8:00以前", "8:00", "8:01"),
        ("8:00前", "7:00", "9:00"),
    ],
)
def test_before_and_after_are_read_and_say_that_they_include_the_moment(cell: str, held: str, missed: str) -> None:
    service, found = told(LONE.format(header="时刻", cell=cell, second=""))
    assert found == [("A3", "TABLE-020")]
    for given, approver in ((held, "校长"), (missed, "部门")):
        hour, minute = map(int, given.split(":"))
        assert decide(service.tables["r"], env(时刻=time(hour, minute))).outputs == {"审批": approver}


def test_a_day_before_its_neighbour_begins_is_sure() -> None:
    text = (
        "## 规则-r\n| 当 日期 | 则 率 |\n| 2026-09-10前 | 0 |\n| 2026-09-11～2026-09-20 | 1 |\n| 2026-09-21以后 | 2 |"
    )
    service, found = told(text)
    assert found == []
    for day, rate in ((10, 0), (11, 1), (20, 1), (21, 2)):
        assert decide(service.tables["r"], env(日期=date(2026, 9, day))).outputs == {"率": Decimal(rate)}


@pytest.mark.parametrize(("kind", "cell"), [("时间", "不限"), ("数字", "其他"), ("日期", "均可")])
def test_what_stands_for_everything_is_told_how_to_be_written(kind: str, cell: str) -> None:
    _, found = load_bytes(workbook_from_text(LONE.format(header=f"甲: {kind}", cell=cell, second="")), "r.xlsx")
    (error,) = [item for item in found if item.place.cell == "A3"]
    assert (error.code, "写 -" in error.remedy("zh")) == ("TABLE-094", True)


@pytest.mark.parametrize("cell", ["100元整", "3天内", "100-", "每月1日"])
def test_a_number_with_a_unit_in_a_column_of_numbers_is_told_where_the_unit_goes(cell: str) -> None:
    _, found = load_bytes(workbook_from_text(LONE.format(header="甲: 数字", cell=cell, second="")), "r.xlsx")
    (error,) = [item for item in found if item.place.cell == "A3"]
    assert (error.code, "单位" in error.remedy("zh")) == ("TABLE-086", True)
