"""What only the server computes, after a change that it has not heard of.

1. It is not known: the old value stands nowhere, neither in what hangs on it nor in the review; other rows keep theirs.
2. Nothing is sent before the server has answered; what then differs from what was shown is shown first.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from told import server

pytestmark = pytest.mark.browser

# The browser has no pow() and no translate().
LOAN = """
## survey
| type | name | label | calculation | trigger | default |
| integer | 年限 | 年限 | | | 2 |
| text | 代号 | 代号 | translate('ab', 'ab', concat(${年限}, 'x')) | ${年限} | |
| decimal | 系数 | 系数 | pow(1.5, ${年限}) | | |
| decimal | 应还 | 应还 | ${系数} * 100 | | |
| note | 提示 | 共 ${系数} 倍 | | | |
| begin_repeat | 期 | 分期 | | | |
| integer | 月 | 月 | | | |
| decimal | 利 | 利 | pow(2, ${月}) | | |
| end_repeat | | | | | |
"""


def told(screen: Any) -> None:
    screen.tell(server(LOAN, screen.call("answersNow")))


def shown(screen: Any, name: str) -> Any:
    return screen.page.locator(f"[id$='-{name}'] .bf-value")


def opened(show: Any, **props: Any) -> Any:
    screen = show(LOAN, values={"年限": "2", "代号": "2x", "期": [{"月": "3"}, {"月": "4"}]}, **props)
    told(screen)
    return screen


def test_what_hangs_on_a_change_is_not_known(show: Any) -> None:
    screen = opened(show)
    page = screen.page
    for name, text in (("系数", "2.25"), ("应还", "225.00"), ("期[1].利", "8"), ("期[2].利", "16")):
        expect(shown(screen, name)).to_have_text(text)
    page.get_by_label("年限").fill("3")
    for name in ("系数", "应还"):
        expect(shown(screen, name)).to_have_text("…")
    expect(page.locator(".bf-note")).to_have_text("共 … 倍")
    expect(page.get_by_label("代号")).to_have_value("")
    expect(shown(screen, "期[1].利")).to_have_text("8")
    told(screen)
    for name, text in (("系数", "3.375"), ("应还", "337.500")):
        expect(shown(screen, name)).to_have_text(text)
    expect(page.get_by_label("代号")).to_have_value("3x")


def test_other_rows_keep_what_is_known(show: Any) -> None:
    screen = opened(show)
    screen.page.locator("[data-column='月'][data-row='1'] input").fill("5")
    expect(shown(screen, "期[2].利")).to_have_text("…")
    expect(shown(screen, "期[1].利")).to_have_text("8")


def test_sending_waits_for_the_server_and_shows_what_differs(show: Any) -> None:
    screen = opened(show)
    page = screen.page
    screen.press("下一步：核对")
    page.evaluate("window.silent = true")
    page.context.set_offline(True)
    page.get_by_role("button", name="修改年限").click()
    page.get_by_label("年限").fill("3")
    screen.press("回到核对")
    expect(page.locator(".bf-answer", has_text="系数").locator("dd").first).to_have_text("…")
    page.context.set_offline(False)
    screen.press("提交")
    expect(page.get_by_role("button", name="正在核对…")).to_be_visible()
    assert screen.emitted("submit") == []
    told(screen)
    expect(page.get_by_text("系统刚刚算出了新的内容")).to_be_visible()
    expect(page.locator(".bf-answer", has_text="系数").locator("dd").first).to_have_text("3.375")
    assert screen.emitted("submit") == []
    screen.press("提交")
    assert screen.wait_for("submit")["answers"]["年限"] == "3"


def test_what_is_the_same_is_sent_when_the_server_has_answered(show: Any) -> None:
    screen = opened(show)
    page = screen.page
    screen.press("下一步：核对")
    page.evaluate("window.silent = true")
    expect(page.locator(".bf-answer", has_text="系数").locator("dd").first).to_have_text("2.25")
    page.evaluate("window.form.choose('10', [])")
    screen.press("提交")
    expect(page.get_by_role("button", name="正在核对…")).to_be_visible()
    assert screen.emitted("submit") == []
    told(screen)
    screen.wait_for("submit")
