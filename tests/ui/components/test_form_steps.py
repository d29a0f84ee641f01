"""Going to and fro between the pages of a form: steps, the browser's Back, coming back another day."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PAGES = """
## survey
| type | name | label | required |
| begin_group | 甲 | 申请人 | |
| text | 事由 | 事由 | yes |
| end_group | | | |
| begin_group | 乙 | 附加说明 | |
| text | 说明 | 说明 | |
| end_group | | | |
| begin_group | 丙 | 时间 | |
| text | 时段 | 时段 | |
| end_group | | | |
| begin_group | 丁 | 地点 | |
| text | 房间 | 房间 | yes |
| end_group | | | |
"""


def ticks(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".bf-step-number").all_inner_texts()]


def title(page: Page, text: str) -> None:
    expect(page.locator("h2.bf-page-title")).to_have_text(text)


def on_third_page(show: Any) -> Any:
    screen = show(PAGES, draftKey="t001/steps")
    screen.page.get_by_label("事由").fill("换灯管")
    screen.press("下一步")
    screen.press("下一步")
    title(screen.page, "时间")
    return screen


def test_back_goes_to_the_page_before_and_nothing_is_lost(show: Any) -> None:
    screen = on_third_page(show)
    page = screen.page
    page.get_by_label("时段").fill("上午")
    page.go_back()
    title(page, "附加说明")
    page.go_back()
    title(page, "申请人")
    expect(page.get_by_label("事由")).to_have_value("换灯管")
    page.go_forward()
    title(page, "附加说明")
    page.go_forward()
    title(page, "时间")
    expect(page.get_by_label("时段")).to_have_value("上午")
    screen.press("上一步")
    title(page, "附加说明")
    page.go_back()
    title(page, "申请人")


def test_after_sending_back_leads_out_of_the_form(show: Any) -> None:
    screen = on_third_page(show)
    page = screen.page
    page.evaluate("window.form.sent()")
    page.wait_for_function("!history.state.bfDepth")
    assert page.evaluate("history.state.bfStep") == 0


def test_an_earlier_step_does_not_lock_the_later_ones(show: Any) -> None:
    screen = on_third_page(show)
    page = screen.page
    page.get_by_role("button", name="申请人").click()
    title(page, "申请人")
    assert ticks(page) == ["1", "✓", "3", "4", "5"]
    page.get_by_label("事由").fill("")
    page.get_by_role("button", name="时间").click()
    expect(page.get_by_role("alert")).to_contain_text("请填写“事由”")
    title(page, "申请人")
    page.get_by_label("事由").fill("换灯管")
    page.get_by_role("button", name="时间").click()
    title(page, "时间")
    expect(page.get_by_role("button", name="地点")).to_have_count(0)


def test_another_day_the_form_goes_on_where_it_was_left(show: Any) -> None:
    screen = on_third_page(show)
    page = screen.page
    page.evaluate("sessionStorage.clear()")  # the tab was closed
    screen.reload()
    title(page, "时间")
    assert ticks(page) == ["✓", "✓", "3", "4", "5"]


def test_on_another_device_it_goes_on_at_the_first_page_that_was_not_begun(show: Any) -> None:
    screen = show(PAGES, values={"事由": "换灯管"}, toldOfDraft=True)
    title(screen.page, "附加说明")
    assert ticks(screen.page) == ["✓", "2", "3", "4", "5"]
