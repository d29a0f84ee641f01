"""Rows that are pasted or removed.

1. What is pasted stays; what hangs on it and was not pasted is put in anew from the new answers.
2. The name behind a campus number goes along with its row, and goes when another number is pasted.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CHAIN = """
## survey
| type | name | label | calculation | trigger | default |
| begin_repeat | 耗材 | 耗材 | | | |
| integer | 盒数 | 盒数 | | | |
| integer | 支数 | 支数 | ${盒数} * 2 + ${赠} | ${盒数} | |
| integer | 箱数 | 箱数 | ${支数} + 1 | ${支数} | |
| text | 说明 | 说明 | concat(${盒数}, '/', ${箱数}) | ${箱数} | |
| integer | 赠 | 赠 | | | 0 |
| end_repeat | | | | | |
"""


def row(boxes: str, pieces: str, cases: str, note: str) -> dict[str, str]:
    return {"盒数": boxes, "支数": pieces, "箱数": cases, "说明": note, "赠": "0"}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("7\n8", [row("7", "14", "15", "7/15"), row("8", "16", "17", "8/17")]),
        ("7\t20\n8\t30", [row("7", "20", "21", "7/21"), row("8", "30", "31", "8/31")]),
        ("7\t\t50\n8\t\t60", [row("7", "14", "50", "7/50"), row("8", "16", "60", "8/60")]),
        ("7\t20\t50\t照旧\n8\t30\t60\t新买", [row("7", "20", "50", "照旧"), row("8", "30", "60", "新买")]),
        ("箱数\t盒数\n50\t7\n60\t8", [row("7", "14", "50", "7/50"), row("8", "16", "60", "8/60")]),
    ],
    ids=["one column", "two columns", "with a gap", "all", "a header"],
)
def test_pasted_cells_stay_and_the_others_follow(show: Any, text: str, rows: list[dict[str, str]]) -> None:
    screen = show(CHAIN)
    first = screen.page.locator("[data-column='盒数'] input")
    first.fill("5")
    expect(screen.page.locator("[data-column='说明'] input")).to_have_value("5/11")
    screen.paste("[data-column='盒数'] input", text)
    expect(screen.page.locator(".bf-undo")).to_have_text("已粘贴 2 行。")
    assert screen.call("answersNow")["耗材"] == rows


GUESTS = """
## survey
| type | name | label |
| begin_repeat | 住客 | 住客 |
| person | 人 | 工号 |
| text | 事由 | 事由 |
| end_repeat | | |
"""
NAMED = {"labels": {"住客[1].人": "周敏（教务处）", "住客[2].人": "吴强（后勤处）", "住客[3].人": "郑洁（财务处）"}}


def three(show: Any) -> Any:
    screen = show(GUESTS, finds=False, values={"住客": [{"人": "T0101"}, {"人": "T0102"}, {"人": "T0103"}]})
    screen.tell(NAMED)
    return screen


def told(screen: Any) -> Any:
    return screen.page.locator("[data-column='人']")


def test_names_go_along_with_their_rows(show: Any) -> None:
    screen = three(show)
    screen.page.get_by_role("button", name="删除第 1 行").click()
    texts = [text.strip() for text in told(screen).all_inner_texts()]
    assert [text.splitlines()[-1] for text in texts] == ["吴强（后勤处）", "郑洁（财务处）"]
    screen.press("撤销")
    texts = [text.strip() for text in told(screen).all_inner_texts()]
    assert [text.splitlines()[-1] for text in texts][1:] == ["吴强（后勤处）", "郑洁（财务处）"]
    assert "吴强" not in texts[0]
    assert "周敏" not in texts[0]


def test_another_number_has_no_name_until_the_server_knows_it(show: Any) -> None:
    screen = three(show)
    screen.paste("[data-column='人'][data-row='1'] input", "T0999\t会议\nT0998\t会议")
    texts = told(screen).all_inner_texts()
    assert "周敏（教务处）" in texts[0]
    assert "吴强" not in texts[1]
    assert "郑洁" not in texts[2]
