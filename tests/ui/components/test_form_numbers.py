"""Numbers that are computed: by the browser as by the server, however long; fitted to their question; readable in notes."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from told import server

pytestmark = pytest.mark.browser

TRIP = """
## survey
| type | name | label | required | relevant | calculation |
| datetime | d1 | 出发 | yes | | |
| datetime | d2 | 到达 | yes | | |
| calculate | h2 | | | | (decimal-date-time(${d2}) - decimal-date-time(${d1})) * 24 |
| note | 时 | 历时 ${h2} 小时 | | | |
| text | hotel | 住宿 | yes | ${h2} > 12 | |
| decimal | a | 长 | | | |
| decimal | b | 宽 | | | |
| calculate | 斜 | | | | sqrt(${a}*${a}+${b}*${b}) |
| note | 斜边 | 对角线 ${斜} 米 | | | |
| begin_repeat | 课 | 课次 | | | |
| time | 起 | 起 | | | |
| time | 止 | 止 | | | |
| calculate | 长短 | | | | (decimal-time(${止}) - decimal-time(${起})) * 24 |
| end_repeat | | | | | |
| calculate | 总 | | | | sum(${长短}) |
| note | 合 | 总计 ${总} 小时 | | | |
"""


def test_a_long_number_of_the_server_counts(show: Any) -> None:
    """13 h 20 min as days times 24 has 40 digits: 13.33…, and the hotel is asked."""
    screen = show(TRIP)
    page = screen.page
    page.get_by_label("出发").fill("2026-09-01T08:00")
    page.get_by_label("到达").fill("2026-09-01T21:20")
    page.get_by_label("长").fill("5")
    page.get_by_label("宽").fill("6")
    page.get_by_label("起（选填）", exact=True).fill("08:00")
    page.get_by_label("止（选填）", exact=True).fill("09:50")
    screen.tell(server(TRIP, screen.call("answersNow")))
    expect(page.get_by_label("住宿")).to_be_visible()
    expect(page.get_by_text("历时 13.3333333333333 小时", exact=True)).to_be_visible()
    expect(page.get_by_text("对角线 7.81024967590665 米", exact=True)).to_be_visible()  # √61
    expect(page.get_by_text("总计 1.83333333333333 小时", exact=True)).to_be_visible()
    screen.press("下一步：核对")
    expect(page.get_by_role("alert")).to_contain_text("住宿")


SHARED = """
## survey
| type | name | label | readonly | calculation |
| integer | 人数 | 参加人数 | | |
| decimal | 人均 | 人均里程 | yes | 100 div ${人数} |
| money | 费用 | 人均费用 | yes | 100 / ${人数} |
| money | 组费 | 每组费用 | | ${费用} * 2 |
| integer | 车 | 整车数 | | 7 div ${人数} |
| note | 说 | 每人 ${人均} 公里，${费用} 元；一组 ${组费} 元，${车} 辆 | | |
"""


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ("3", "每人 33.3333333333333 公里，33.33 元；一组 66.66 元，2 辆"),
        ("32", "每人 3.125 公里，3.13 元；一组 6.26 元，0 辆"),
    ],
)
def test_the_browser_fits_computed_numbers_as_the_server_does(show: Any, people: str, said: str) -> None:
    screen = show(SHARED)
    page = screen.page
    page.get_by_label("参加人数").fill(people)
    expect(page.get_by_text(said, exact=True)).to_be_visible()
    values = server(SHARED, {"人数": people})["values"]
    own = page.evaluate(
        """() => Object.fromEntries(["人均", "费用", "组费", "车"].map((name) => [name, window.form.pass.value(name, []).text()]))"""
    )
    assert own == {name: values[name].rstrip("0").rstrip(".") if "." in values[name] else values[name] for name in own}


CODES = """
## survey
| type | name | label | required | constraint | constraint_message |
| text | 手机 | 手机 | yes | regex(., '1[0-9]{10}') | 应为 11 位数字。 |
| text | 事由 | 事由 | yes | | |
"""


def test_a_code_in_full_width_fits_and_what_shows_nothing_does_not(show: Any) -> None:
    screen = show(CODES)
    page = screen.page
    page.get_by_label("手机").fill("１３８００００１２３４")
    page.get_by_label("事由").fill("\u200b")
    screen.press("下一步：核对")
    expect(page.locator(".bf-summary li")).to_have_text(["请填写“事由”。"])
    expect(page.get_by_label("手机")).to_have_value("１３８００００１２３４")
    page.get_by_label("事由").fill("Ａ座２楼")
    screen.press("下一步：核对")
    expect(page.locator(".bf-answer dd.bf-lines")).to_have_text(["13800001234", "Ａ座２楼"])
