"""What a diff says of two workbooks: each sentence worked out by hand from the two tables that stand above it."""

from __future__ import annotations

import random

import pytest
from workbooks import workbook_from_text

from banshi.platform.sheets.differences import Change, Difference, differences
from banshi.platform.workbook import read_workbook
from banshi.platform.workbook.workbook import Workbook

ELECTRICITY = """
    ## 设置
    | 编号 | power |
    | 名称 | 宿舍电费 |
    ## 表单
    | 类型 | 名称 | 标签 | 必填 |
    | 文本 | 房间 | 房间 | 是 |
    | 整数 | 用电量 | 用电量（度） | 是 |
    | 文本 | 用途 | 用途 | |
    ## 收费-电费
    | 项目 | 计量 | 起 | 止 | 单价 |
    | 定额内 | ${用电量} | | 50 | 0.5 |
    | | ${用电量} | 50 | 100 | 0.698 |
    | | ${用电量} | 100 | | 0.8 |
    ## 规则-级别
    | 命中 | 首个 |
    | 当 用电量 | 则 级别 |
    | < 50 | 低 |
    | < 100 | 中 |
    | | 高 |
    ## 流程
    | 环节号 | 环节名称 | 办理人 | 方式 |
    | 10 | 申请 | 发起人 | |
    | 20 | 初审 | 角色:后勤处.审核岗 | |
    | 30 | 复核 | 角色:财务处.审核岗 | |
    | 41 | 备案 | 角色:校办.审核岗 | |
    ## 说明
    | 本表由后勤处维护 |
"""


def book(text: str) -> Workbook:
    workbook, found = read_workbook(workbook_from_text(text), "power.xlsx")
    assert workbook is not None, found
    return workbook


def told(after: str, before: str = ELECTRICITY, language: str = "zh") -> list[str]:
    return [f"{one.place} {one.message(language)}" for one in differences(book(before), book(after))]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("| 0.698 |", "| 0.712 |", ["收费-电费!E3 收费“定额内”的“单价”：0.698 → 0.712"]),
        ("用途 | |", "用途 | 是 |", ["表单!D4 字段“用途”改为必填"]),
        ("用电量（度） | 是 |", "用电量（度） | |", ["表单!D3 字段“用电量”不再必填"]),
        ("用途 | |", "用途 | ${用电量} > 9 |", ["表单!D4 字段“用途”的“必填”：（空） → ${用电量} > 9"]),
        ("    | 41 | 备案 | 角色:校办.审核岗 | |\n", "", ["流程!A5 删去环节“41 备案”：41 | 备案 | 角色:校办.审核岗"]),
        (
            "| 41 | 备案 | 角色:校办.审核岗 | |",
            "| 41 | 备案 | 角色:校办.审核岗 | 或签 |",
            ["流程!D5 环节“41 备案”的“方式”：（空） → 或签"],
        ),
        ("| 名称 | 宿舍电费 |", "| 名称 | 公寓电费 |", ["设置!B2 设置“名称”：宿舍电费 → 公寓电费"]),
        ("| < 100 | 中 |", "| < 120 | 中 |", ["规则-级别!A4 规则行“< 120 | 中”的“当 用电量”：< 100 → < 120"]),
        ("| 命中 | 首个 |", "| 命中 | 唯一 |", ["规则-级别!B1 规则行“命中”：首个 → 唯一"]),
        ("| 单价 |", "| rate |", []),  # another word of the same column
        ("| 本表由后勤处维护 |", "| 本表由财务处维护 |", []),
        ("## 收费-电费", "## 收费-宿舍电费", ["收费-宿舍电费!A1 工作表“收费-电费”改名为“收费-宿舍电费”"]),
        (
            "    | 文本 | 用途 | 用途 | |\n",
            "    | 文本 | 用途 | 用途 | |\n    | 日期 | 抄表日 | 抄表日期 | 是 |\n",
            ["表单!A5 新增字段“抄表日”：日期 | 抄表日 | 抄表日期 | 是"],
        ),
        (
            "    | 文本 | 房间 | 房间 | 是 |\n    | 整数 | 用电量 | 用电量（度） | 是 |\n    | 文本 | 用途 | 用途 | |\n",
            "    | 文本 | 用途 | 用途 | |\n    | 文本 | 房间 | 房间 | 是 |\n    | 整数 | 用电量 | 用电量（度） | 是 |\n",
            ["表单!A2 字段“用途”从第 4 行移到第 2 行"],
        ),
        (
            "    | | ${用电量} | 50 | 100 | 0.698 |\n",
            "",
            ["收费-电费!A3 删去收费“定额内”：定额内 | ${用电量} | 50 | 100 | 0.698"],
        ),
    ],
)
def test_one_change_is_told_in_one_sentence_at_its_cell(old: str, new: str, expected: list[str]) -> None:
    assert ELECTRICITY.count(old) == 1
    assert told(ELECTRICITY.replace(old, new)) == expected


def test_a_new_column_and_a_new_sheet_are_told_once() -> None:
    after = ELECTRICITY.replace("| 类型 | 名称 | 标签 | 必填 |", "| 类型 | 名称 | 标签 | 必填 | 提示 |").replace(
        "| 文本 | 房间 | 房间 | 是 |", "| 文本 | 房间 | 房间 | 是 | 楼号-房号 |"
    )
    after += "    ## 规则-减免\n    | 当 用电量 | 则 减免 |\n    | | 0 |\n"
    assert told(after) == ["表单!E1 新增列“提示”", "规则-减免!A1 新增工作表“规则-减免”"]
    assert told(ELECTRICITY, after) == ["表单!E1 删去列“提示”", "规则-减免!A1 删去工作表“规则-减免”"]


def test_the_same_in_english() -> None:
    after = ELECTRICITY.replace("| 0.698 |", "| 0.712 |").replace("用途 | |", "用途 | 是 |")
    assert told(after, language="en") == [
        "表单!D4 Field “用途” is now required",
        "收费-电费!E3 Charge “定额内”, 单价: 0.698 → 0.712",
    ]


def test_settings_may_turn_from_down_to_across() -> None:
    down = "## settings\n| form_id | power |\n| form_title | 电费 |\n| version | 1 |"
    across = "## settings\n| form_id | form_title | version |\n| power | 电费 | 2 |"
    (one,) = differences(book(down), book(across))
    assert (one.change, one.row, one.old, one.new) == (Change.CHANGED, "version", "1", "2")


def test_random_edits_of_one_table_are_found_and_nothing_else() -> None:
    """The oracle knows what it did: cells that it changed, rows that it took out or put in."""
    random.seed(20261127)
    for _ in range(60):
        rows = [(f"< {10 * n}", f"城市{random.randint(0, 4)}", str(random.randint(1, 500))) for n in range(1, 25)]
        after = list(rows)
        changed = random.sample(range(24), 4)
        for at in changed:
            after[at] = (*after[at][:2], str(random.randint(501, 999)))
        gone = rows[changed[0]]
        after.remove(after[changed[0]])
        new = ("< 9999", "新城", "7")
        after.insert(random.randint(0, len(after)), new)
        found = differences(book(_table(rows)), book(_table(after)))
        assert sorted(one.change for one in found) == ["added", "changed", "changed", "changed", "removed"]
        by: dict[Change, list[Difference]] = {}
        for one in found:
            by.setdefault(one.change, []).append(one)
        assert by[Change.REMOVED][0].old == " | ".join(gone)
        assert by[Change.ADDED][0].new == " | ".join(new)
        expected = {(rows[at][2], f"C{after.index(_edited(rows[at], after)) + 3}") for at in changed[1:]}
        assert {(one.old, one.place.cell) for one in by[Change.CHANGED]} == expected


def _edited(row: tuple[str, str, str], after: list[tuple[str, str, str]]) -> tuple[str, str, str]:
    return next(other for other in after if other[:2] == row[:2])


def _table(rows: list[tuple[str, str, str]]) -> str:
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"## 规则-标准\n| 命中 | 首个 |\n| 当 金额 | 当 城市 | 则 限额 |\n{lines}"


def test_a_table_of_two_thousand_rows_in_another_order_is_compared() -> None:
    rows = [(f"< {n}", f"城市{n % 7}", str(n % 90)) for n in range(1, 2001)]
    assert differences(book(_table(rows)), book(_table(rows))) == []
    found = differences(book(_table(rows)), book(_table(rows[::-1])))
    assert {one.change for one in found} == {Change.MOVED}
    assert len(found) == 1999  # one row may stay where it is


def test_a_step_a_question_and_a_statement_that_are_called_otherwise_are_one_line_each() -> None:
    text = """
    ## 表单
    | 类型 | 名称 | 标签   | 必填 |
    | 文本 | 房间 | 房间号 | 是   |
    | 小数 | 用量 | 用电量 | 是   |

    ## 流程
    | 环节号 | 环节名称 | 办理人             | 退回到 |
    | 10     | 申请     | 发起人             |        |
    | 30     | 复核     | 角色:后勤处.复核岗 |        |
    | 40     | 审核     | 角色:财务处.审核岗 | 30     |

    ## 制度
    | 编号 | 当            | 结论 | 说明     |
    | P1   | ${用量} > 500 | 提醒 | 用量偏大 |
    """
    after = text.replace("| 30     |", "| 35     |").replace("| 小数 | 用量 |", "| 小数 | 电量 |")
    after = after.replace("| 30     |", "| 35     |").replace("| P1 ", "| D1 ")
    found = differences(book(text), book(after))
    assert [(str(one.place), one.message("zh"), one.message("en")) for one in found] == [
        ("表单!B3", "字段“用量”改为“电量”", "Field “用量” is now “电量”"),
        ("流程!A3", "环节“30”改为“35”", "Step “30” is now “35”"),
        ("流程!D4", "环节“40 审核”的“退回到”：30 → 35", "Step “40 审核”, 退回到: 30 → 35"),
        ("制度!A2", "条文“P1”改为“D1”", "Statement “P1” is now “D1”"),
    ]
    # Its condition too, at the same row: renamed and changed; other people: another step.
    wider = after.replace("| 电量 | 用电量 | 是   |", "| 电量 | 用电量 |      |")
    assert [str(one.place) for one in differences(book(text), book(wider))][:2] == ["表单!B3", "表单!D3"]
    others = text.replace("| 30     | 复核     | 角色:后勤处.复核岗", "| 35     | 批准     | 角色:校办.批准岗   ")
    assert [one.change for one in differences(book(text), book(others))] == [Change.ADDED, Change.REMOVED]


def test_a_changed_cell_and_a_moved_row_know_where_they_stood_before() -> None:
    above = "| 文本 | 楼栋 | 楼栋 | 是 |\n    | 文本 | 房间"
    after = ELECTRICITY.replace("| 文本 | 房间", above).replace("用途 | |", "用途 | 是 |")
    found = {str(one.place): str(one.before) for one in differences(book(ELECTRICITY), book(after))}
    assert found == {"表单!A2": "", "表单!D5": "表单!D4"}
    swapped = ELECTRICITY.replace("    | 20 | 初审 | 角色:后勤处.审核岗 | |\n", "").replace(
        "    | 41 |", "    | 20 | 初审 | 角色:后勤处.审核岗 | |\n    | 41 |"
    )
    (moved,) = differences(book(ELECTRICITY), book(swapped))
    assert (moved.change, str(moved.place), str(moved.before)) == (Change.MOVED, "流程!A3", "流程!A4")
