"""Titles above headers, section heads and remarks: no rows of the sheet, and no real row is taken for one."""

from __future__ import annotations

import pytest
from workbooks import workbook_from_text

from banshi.platform.sheets import load_bytes

RULES = """
## 规则-住宿
| 差旅住宿标准 | 差旅住宿标准 | 差旅住宿标准 |
| 2026年9月1日起执行 | | |
| 单位：元 | | |
| 命中： | 首个 | |
| 序号 | 当 城市 | 则 标准 |
| 一、直辖市 | | |
| 1 | 北京 | 500 |
| 二、其他 | | |
| 2 | 西安 | 400 |
| | | 300 |
| 注：按天计。 | | |
| 1.超过部分自理； | | |
| 2.陪同人员同此标准。 | | |
"""


def codes_of(text: str) -> list[tuple[str, str]]:
    return [(item.code, item.place.cell) for item in load_bytes(workbook_from_text(text), "x.xlsx")[1]]


def test_a_table_is_read_between_its_titles_and_remarks() -> None:
    service, found = load_bytes(workbook_from_text(RULES), "x.xlsx")
    assert service is not None
    table = service.tables["住宿"]
    assert [(row.number, row.results[0].value) for row in table.rows] == [(7, 500), (9, 400), (10, 300)]
    assert [(item.code, item.place.cell) for item in found] == [
        *(("BOOK-054", f"A{row}") for row in (1, 2, 3)),
        *(("BOOK-055", f"A{row}") for row in (6, 8, 11, 12, 13)),
    ]


@pytest.mark.parametrize(
    ("sheet", "titles", "remarks"),
    [
        (
            (
                "## 收费-电费\n| 电费标准 | | |\n| 单位：元 | 2026年 | |\n| 序号 | 项目 | 计量 | 单价 |\n| 一、学生 | | | |\n"
                "| 1 | 电费 | used | 0.6 |\n| 说明：按月收。 | | | |\n| （1）含公摊 | | | |"
            ),
            ["A1", "A2"],
            ["A4", "A6", "A7"],
        ),
        (
            (
                "## 制度-用车\n| 用车制度 | |\n| 2026年9月1日起执行 | |\n| 当 | 结论 | 说明 |\n| 一、校内 | | |\n"
                "| km > 5 | 禁止 | 太远 |\n| 注：校内不限。 | | |"
            ),
            ["A1", "A2"],
            ["A4", "A6"],
        ),
        (
            (
                "## survey\n| 报名表 | | |\n| 序号 | type | name | label |\n| 一、基本信息 | | | |\n| 1 | text | a | 甲 |\n"
                "| 注：必填。 | | | |"
            ),
            ["A1"],
            ["A3", "A5"],
        ),
        (
            (
                "## survey\n| type | name | label |\n| select_one 校区 | a | 甲 |\n## choices\n| 校区表 | | |\n"
                "| list_name | name | label |\n| 校区 | 东 | 东 |\n| 注：两个校区 | | |"
            ),
            ["A1"],
            ["A4"],
        ),
        (
            "## data.价目\n| 2026年价目表 | | |\n| 品名* | 单价 | 备注 |\n| 纸 | 5 | |\n| 笔 | 2 | |\n| 注：含税 | | |",
            ["A1"],
            ["A5"],
        ),
    ],
)
def test_titles_and_remarks_of_every_sheet_are_told_as_such(sheet: str, titles: list[str], remarks: list[str]) -> None:
    told = [("BOOK-054", cell) for cell in titles] + [("BOOK-055", cell) for cell in remarks]
    assert codes_of(sheet) == told


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("## rules.x\n| 命中了 | 首个 |\n| 当 a | 则 b |\n| 1 | 2 |\n| | 3 |", ("TABLE-002", "A1")),
        ("## rules.x\n| 默认 | 5 |\n| 当 a | 则 b |\n| 1 | 2 |\n| | 3 |", ("TABLE-002", "A1")),
        ("## rules.x\n| 命重 | |\n| 当 a | 则 b |\n| 1 | 2 |\n| | 3 |", ("TABLE-002", "A1")),
        ("## rules.x\n| 命中：首个 | |\n| 当 a | 则 b |\n| <5 | |\n| | 3 |", ("TABLE-030", "A3")),
        ("## fees.x\n| item | quantity | rate |\n| 水费 | | |", ("FEE-008", "A2")),
        ("## fees.x\n| itme | quantity | rate |\n| 水费 | used | 1 |", ("BOOK-020", "A1")),
        ("## data.x\n| 班* | 人数 |\n| （一）班 | |\n| （一）班 | 5 |", ("SHEET-061", "A3")),
    ],
)
def test_a_row_of_the_sheet_stays_one(text: str, code: tuple[str, str]) -> None:
    assert code in codes_of(text)


def test_a_lone_result_answers_everything_whatever_it_says() -> None:
    text = "## rules.x\n| 命中：首个 | |\n| 当 a | 则 答复 |\n| <5 | 可以 |\n| | 说明：不予受理 |"
    service, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert service is not None
    assert found == []
    assert [service.decide("x", {"a": a}).outputs["答复"] for a in (1, 9)] == ["可以", "说明：不予受理"]
