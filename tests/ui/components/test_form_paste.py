"""Rows pasted into a table that computes: no cell goes where nobody meant it, and none vanishes without a word."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

BUYING = """
## survey
| type | name | label | calculation |
| begin_repeat | 采购 | 采购明细 | |
| text | 品名 | 品名 | |
| integer | 数量 | 数量 | |
| money | 单价 | 单价（元） | |
| money | 小计 | 小计 | ${数量} * ${单价} |
| select_one 急 | 急需 | 急需 | |
| text | 备注 | 备注 | |
| end_repeat | | | |
## choices
| list_name | name | label |
| 急 | yes | 急 |
| 急 | no | 不急 |
"""
PAPER = {"品名": "打印纸", "数量": "5", "单价": "25.50"}


@pytest.mark.parametrize(
    ("text", "rows", "told"),
    [
        ("打印纸\t5\t25.50\t急", [{**PAPER, "急需": "yes"}], "已粘贴 1 行。"),
        ("打印纸\t5\t25.50\t急\t送到东门", [{**PAPER, "急需": "yes", "备注": "送到东门"}], "已粘贴 1 行。"),
        (
            "打印纸\t5\t25.50\t127.50",
            [PAPER],
            "已粘贴 1 行。 有 1 格落在由系统计算的一项上，没有采用：“127.50”（小计）。",
        ),
        (
            "打印纸\t5\t25.50\t127.50\t急\t送到东门",
            [{**PAPER, "急需": "yes", "备注": "送到东门"}],
            "已粘贴 1 行。 有 1 格落在由系统计算的一项上，没有采用：“127.50”（小计）。",
        ),
        ("品名\t数量\t单价\t急需\n打印纸\t5\t25.50\t急", [{**PAPER, "急需": "yes"}], "已粘贴 1 行。"),
        (
            "序号\t单价（元）\t急需\t品名 *\t数量\n1\t25.50\t急\t打印纸\t5",
            [{**PAPER, "急需": "yes"}],
            "已粘贴 1 行。 有 1 格没有对应的一列，没有粘贴：“1”。",
        ),
        (
            "打印纸\t5\t25.50\t127.50\t急\t送到东门\t多余",
            [{**PAPER, "急需": "yes", "备注": "送到东门"}],
            "已粘贴 1 行。 有 1 格落在由系统计算的一项上，没有采用：“127.50”（小计）。 有 1 格没有对应的一列，没有粘贴：“多余”。",
        ),
    ],
    ids=["without the sum", "to the end", "with the sum", "all", "a header", "other columns", "too many"],
)
def test_pasted_cells_find_their_columns(show: Any, text: str, rows: list[dict[str, str]], told: str) -> None:
    screen = show(BUYING)
    screen.paste("[data-column='品名'] input", text)
    expect(screen.page.locator(".bf-undo")).to_have_text(told)
    assert screen.call("answersNow")["采购"] == rows


def test_rows_that_are_too_many_are_counted(show: Any) -> None:
    screen = show(BUYING)
    screen.paste("[data-column='品名'] input", "\n".join(f"打印纸{n}\t5" for n in range(600)))
    expect(screen.page.locator(".bf-undo")).to_have_text("已粘贴 500 行。 最多 500 行，还有 100 行没有粘贴。")
    assert len(screen.call("answersNow")["采购"]) == 500


def test_a_header_may_be_in_another_language(show: Any) -> None:
    columns = "| type | name | label::中文 (zh) | label::English (en) |"
    rows = "| begin_repeat | r | 采购 | Purchases |\n| text | a | 品名 | Goods |\n| integer | n | 数量 | Quantity |\n| end_repeat | | | |"
    screen = show(f"## survey\n{columns}\n{rows}")
    screen.paste("[data-column='a'] input", "Quantity\tGoods\n5\t打印纸")
    expect(screen.page.locator(".bf-undo")).to_have_text("已粘贴 1 行。")
    assert screen.call("answersNow")["r"] == [{"a": "打印纸", "n": "5"}]
