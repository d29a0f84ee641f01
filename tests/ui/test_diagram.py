"""The picture of a route on the screens, in Chromium.

1. It is asked for when it is opened, by the keyboard too. 2. Every state has a word and a sign or border of its own, and
the picture says in words what it shows. 3. It scrolls inside its box on a phone, from where the case is now. 4. The owner sees what conditions ask,
and no progress. 5. Every line that is drawn has its arrow, every text lies inside the picture.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, NARROW, Visitor, serve

pytestmark = pytest.mark.browser

LOOKS = """() => Object.fromEntries([...document.querySelectorAll(".dg-step")].map((box) => {
  const style = getComputedStyle(box);
  return [box.getAttribute("class"), `${style.strokeWidth} ${style.strokeDasharray}`];
}))"""
CUT_OFF = """() => {
  const whole = document.querySelector(".diagram-box svg").getBoundingClientRect();
  return [...document.querySelectorAll(".diagram-box svg text")].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.left < whole.left || box.right > whole.right || box.top < whole.top || box.bottom > whole.bottom;
  }).map((text) => text.textContent);
}"""


@pytest.fixture(scope="module")
def shown() -> Iterator[str]:
    yield from serve()


def opened(visitor: Visitor, path: str) -> Page:
    page = visitor.go(path)
    expect(page.locator(".diagram-box svg")).to_have_count(0)
    page.locator(".diagram summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".diagram-box svg")).to_be_visible()
    return page


def words(page: Page, state: str) -> list[str]:
    return page.locator(f".dg-state.is-{state}").all_text_contents()


def test_a_case_with_its_progress(shown: str, browser: Browser) -> None:
    """1, 2, 5."""
    visitor = Visitor(browser, shown, "S20230117", DESKTOP)
    page = opened(visitor, "/cases/C1")
    assert words(page, "done") == ["已完成", "已完成"]
    assert words(page, "active") == ["办理中", "办理中"]
    assert words(page, "skipped") == ["不需要"]
    assert words(page, "pending") == ["待进行"]
    signs = {
        page.locator(f".dg-sign.is-{state}").first.get_attribute("d")
        for state in ("done", "active", "skipped", "pending")
    }
    assert len(signs) == 4
    looks = page.evaluate(LOOKS)
    borders = [looks[f"dg-step is-{state}"] for state in ("done", "active", "skipped", "pending")]
    assert len(set(borders)) == 4
    said = page.locator(".diagram desc").text_content()
    assert "实验室与设备处会签 (办理中)" in said
    assert "基建处 (不需要)" in said
    expect(page.get_by_role("img", name="流程图")).to_be_visible()
    assert page.evaluate(CUT_OFF) == []
    assert page.locator(".diagram").get_by_text("需要改造房屋").count() == 0
    page.locator(".diagram summary").click()
    page.locator(".diagram summary").click()
    expect(page.locator(".diagram-box svg")).to_have_count(1)
    visitor.done()


def test_it_scrolls_inside_its_box_on_a_phone(shown: str, browser: Browser) -> None:
    """3."""
    visitor = Visitor(browser, shown, "S20230117", NARROW)
    page = opened(visitor, "/cases/C1")
    box = page.locator(".diagram-box")
    assert box.evaluate("e => e.scrollWidth > 3 * e.clientWidth && e.clientWidth < innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # It begins where the case is now.
    page.wait_for_function("document.querySelector('.diagram-box').scrollLeft > 0")
    frame, now = box.bounding_box(), page.locator(".dg-step.is-active").first.bounding_box()
    assert frame is not None
    assert now is not None
    assert frame["x"] <= now["x"]
    assert now["x"] + now["width"] <= frame["x"] + frame["width"]
    before = box.evaluate("e => e.scrollLeft")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("before => document.querySelector('.diagram-box').scrollLeft > before", arg=before)
    visitor.done()


def test_the_owner_sees_the_conditions(shown: str, browser: Browser) -> None:
    """4."""
    visitor = Visitor(browser, shown, "10311", DESKTOP)
    visitor.go("/language/en?next=/")
    page = opened(visitor, "/owner/large-instrument")
    assert "${需要改造房屋} =" in page.locator(".diagram-box svg").text_content()
    assert page.locator(".dg-state").count() == 0
    assert page.locator(".dg-step").count() == 8
    assert page.evaluate(CUT_OFF) == []
    visitor.done()
