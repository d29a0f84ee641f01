"""Data sheets: columns, keys, dates of validity, and what Excel did to CAS numbers."""

from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import pytest
from workbooks import workbook_from_text

from banshi.platform.sheets import load_bytes
from banshi.platform.sheets.data_sheet import parse_data
from banshi.platform.workbook import read_workbook
from banshi.rules.diagnostics import Severity


def data(text, name="数据-管制目录"):
    workbook, _ = read_workbook(workbook_from_text(f"## {name}\n{text}"), "x.xlsx")
    return parse_data(workbook.sheets[0])


CONTROLLED = """
    | CAS* | 目录* | 品名 | 浓度下限 |
    | 7722-64-7 | 易制毒 | 高锰酸钾 | |
    | 7722-64-7 | 易制爆 | 高锰酸钾 | |
    | 7722-84-1 | 易制爆 | 过氧化氢 | 0.08 |
"""


def test_rows_by_column_with_their_cells():
    dataset, found = data(CONTROLLED)
    assert found == []
    assert (dataset.name, dataset.columns, dataset.keys) == (
        "管制目录",
        ("CAS", "目录", "品名", "浓度下限"),
        ("CAS", "目录"),
    )
    (row,) = dataset.find("7722-84-1")
    assert row["浓度下限"].value == Decimal("0.08")
    assert str(row["浓度下限"].place) == "数据-管制目录!D4"
    assert dataset.rows[0]["浓度下限"].blank


@pytest.mark.parametrize("star", ["*CAS", "CAS *", "CAS＊"])
def test_a_star_on_either_side_marks_a_key(star):
    dataset, found = data(f"| 品名 | {star} |\n| 苯 | 71-43-2 |")
    assert (dataset.keys, dataset.columns) == (("CAS",), ("品名", "CAS"))
    assert found == []


def test_without_a_star_the_first_column_is_the_key_and_may_come_back():
    dataset, found = data("| 房间 | 人 |\n| 101 | 甲 |\n| 101 | 乙 |")
    assert dataset.keys == ("房间",)
    assert found == []


def test_a_marked_key_that_comes_back_or_is_missing():
    _, found = data(CONTROLLED + "| 7722-84-1 | 易制爆 | 双氧水 | |\n| | 易制毒 | 丙酮 | |")
    assert [(item.code, item.place.cell, item.severity) for item in found] == [
        ("SHEET-061", "A5", Severity.ERROR),
        ("SHEET-062", "A6", Severity.ERROR),
    ]
    assert "A4" in found[0].message()


def test_dates_of_validity_by_any_of_their_words():
    dataset, found = data(
        """
        | 档* | 单价 | 生效日期 | 失效 |
        | 一 | 0.60 | 2025-01-01 | 2025-12-31 |
        | 一 | 0.698 | 2026-01-01 | |
        """
    )
    assert found == []
    assert dataset.columns == ("档", "单价", "from", "until")


def test_dates_that_are_none_or_the_wrong_way_round():
    _, found = data(
        """
        | 档* | from | until |
        | 一 | 去年 | 2025-12-31 |
        | 二 | 2026-01-01 | 2025-12-31 |
        | 三 | 2026-01-01 | 2026-01-01 |
        """
    )
    assert [(item.code, item.place.cell) for item in found] == [("SHEET-063", "B2"), ("SHEET-063", "B3")]


@pytest.mark.parametrize("text", ["| file |\n| 管制目录.csv |", "| 文件 | catalogue.xlsx |"])
def test_a_file_that_stands_in_is_not_available(text):
    dataset, found = data(text)
    assert dataset is None
    assert [(item.code, item.severity) for item in found] == [("SHEET-060", Severity.ERROR)]


def test_a_column_called_file_is_a_column():
    dataset, found = data("| 文件 | 份数 |\n| 申请表 | 2 |")
    assert (dataset.columns, found) == (("文件", "份数"), [])


def test_cas_numbers_that_excel_made_dates_of_are_put_back_by_their_check_digit():
    # 75-05-8 acetonitrile: 8 = (5*1 + 0*2 + 5*3 + 7*4) mod 10; Excel in China reads it as 8 May 1975.
    dataset, found = data("| CAS* | 品名 |\n| 71-43-2 | 苯 |\n| 1975-05-08 | 乙腈 |")
    assert dataset.find("75-05-8")[0]["品名"].text == "乙腈"
    assert [(item.place.cell, item.severity) for item in found] == [("A3", Severity.NOTICE)]


def test_dates_elsewhere_stay_dates():
    dataset, found = data("| 批次* | 日期 |\n| A1 | 1975-05-08 |")
    assert dataset.rows[0]["日期"].text == "1975-05-08"
    assert found == []


def test_one_column_twice_and_own_notes():
    dataset, found = data("| a | #备注 | a |\n| 1 | 2 | 3 |")
    assert dataset.columns == ("a",)
    assert [(item.code, item.place.cell) for item in found] == [("BOOK-021", "C1")]


def test_an_empty_sheet():
    dataset, found = data("")
    assert (dataset, [item.code for item in found]) == (None, ["SHEET-001"])


SEARCHED = """
    ## survey
    | type | name | label | appearance |
    | text | 校区 | 校区 | |
    | select_one 房间 | 房间 | 房间 | minimal search('rooms.csv', 'matches', '校区', ${校区}) |
    | select_one 房间 | 任一 | 任一房间 | search('rooms') |
    | text | 查 | 查找 | |
    | select_one 房间 | 大间 | 大间 | search('rooms', 'contains', '名称', ${查}, '校区', '南') |
    ## choices
    | list_name | name | label |
    | 房间 | 编号 | 名称 |
    | 房间 | none | 不在其中 |
    ## data.rooms
    | *编号 | 名称 | 校区 |
    | S101 | 南一教 101 | 南 |
    | S102 | 南一教 102 | 南 |
    | N201 | 北二教 201 | 北 |
"""


def test_the_search_appearance_takes_choices_from_a_data_sheet():
    service, found = load_bytes(workbook_from_text(SEARCHED), "x.xlsx")
    assert [item.message() for item in found if item.severity is Severity.ERROR] == []
    rooms = next(item for item, _ in service.survey.walk() if item.name == "房间")
    assert rooms.appearance == "minimal"
    assert [(choice.name, choice.label.get()) for choice in service.survey.choices[rooms.choices]] == [
        ("S101", "南一教 101"), ("S102", "南一教 102"), ("N201", "北二教 201"), ("none", "不在其中"),
    ]  # fmt: skip
    wrong = [
        error.path
        for error in service.form({"校区": "南", "房间": "N201", "任一": "N201", "查": "101", "大间": "S102"}).errors
    ]
    assert wrong == ["房间", "大间"]
    assert service.form({"校区": "南", "房间": "none", "查": "x", "大间": "none"}).errors == ()
    assert service.form({"校区": "北", "房间": "N201", "查": "101", "大间": "S101"}).errors == ()


@pytest.mark.parametrize(
    ("call", "code"), [("search('roms')", "SHEET-029"), ("search('rooms', 'like', '校区', '南')", "SHEET-095"), ("search('rooms', 'matches')", "SHEET-095")]
)  # fmt: skip
def test_a_search_that_cannot_be_understood_is_a_fault(call, code):
    _, found = load_bytes(workbook_from_text(SEARCHED.replace("search('rooms') |", f"{call} |")), "x.xlsx")
    assert [(item.code, item.place.cell) for item in found if item.severity is Severity.ERROR] == [(code, "B4")]


def test_days_and_numbers_that_excel_holds_as_texts_are_what_they_are() -> None:
    text = """
        ## data.price
        | kind* | price | from | until |
        | a | 0.5 | | '2026-11-26 |
        | a | '1.005 | '2026-11-27 | |
        | b | 2 | | |
        ## fees.x
        | item | quantity | rate | method | round |
        | x | used | lookup("price", kind, "price") | flat | none |
    """
    service, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert service is not None
    assert [(item.code, str(item.place)) for item in found] == [("SHEET-112", "data.price!B3")]
    (row,) = service.bill(
        "x", pd.DataFrame({"used": [2], "kind": ["a"]}), now=datetime(2026, 12, 1, tzinfo=UTC)
    ).to_dict("records")
    assert row["total"] == Decimal("2.010")


def test_what_is_no_number_among_numbers_is_told() -> None:
    text = "## data.prices\n| kind* | price |\n| a | 1 |\n| b | 2元 |\n| c | 3 |\n| d | 面议 |\n| e | 4 |"
    _, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert [(item.code, str(item.place)) for item in found] == [("SHEET-113", "data.prices!B3")]


@pytest.mark.parametrize(
    ("second", "codes"),
    [
        ("12度", [("SHEET-113", "data.quota!B3")]),
        ("", [("SHEET-116", "data.quota!B3")]),
        ("45", []),
        ("不限", []),
        ("3栋", [("SHEET-113", "data.quota!B3")]),
    ],
)
def test_the_only_other_cell_may_be_a_slip_too(second: str, codes: list[tuple[str, str]]) -> None:
    text = f"## data.quota\n| 校区* | 定额 |\n| 滨江校区 | 40 |\n| 西山校区 | {second} |"
    _, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert [(item.code, str(item.place)) for item in found] == codes


@pytest.mark.parametrize(("column", "odd"), [("电话", "88201000转2"), ("地点", "3-201"), ("地点", "'0201")])
def test_codes_among_numbers_are_no_slip(column: str, odd: str) -> None:
    text = f"## data.offices\n| kind* | {column} |\n| a | 201 |\n| b | {odd} |\n| c | 301 |\n| d | 302 |"
    _, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert [item.code for item in found] == []
