"""Questions that the first step hides, and that the server answers by their defaults: what reads them waits for the server."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

VISIT = """
## settings
| form_id | form_title |
| visit   | 访客登记   |
## survey
| type     | name     | label    | required | constraint       | constraint_message     | default |
| datetime | 到访     | 到访时间 | yes      | . >= ${申请时间} | 到访时间不能早于现在。 |         |
| text     | 事由     | 事由     |          |                  |                        |         |
| datetime | 申请时间 | 申请时间 |          |                  |                        | NOW()   |
"""


def test_a_check_against_a_hidden_default_is_the_servers(show: Any) -> None:
    screen = show(VISIT, hidden=["申请时间"])
    page = screen.page
    expect(page.get_by_label("申请时间")).to_have_count(0)
    page.get_by_label("到访时间").fill("2026-12-12T09:00")
    page.get_by_label("事由").fill("送冬衣")
    page.wait_for_timeout(300)
    expect(page.get_by_text("到访时间不能早于现在。")).to_have_count(0)
    assert screen.call("validate", ["到访", "事由"], []) is True


def test_a_default_that_is_shown_is_still_checked_at_once(show: Any) -> None:
    screen = show(VISIT)
    screen.page.get_by_label("到访时间").fill("2020-01-01T09:00")
    assert screen.call("validate", ["到访", "事由"], []) is False
    expect(screen.page.locator(".bf-summary")).to_contain_text("到访时间不能早于现在。")
