"""A personal pass in a browser, on phones: a resident shows the code, a keeper lets in and out, an old code is refused.

J1 the code changes by itself; in, out, the same code again, an old one
J2 without a network the page says that the code is stale, and goes on when there is one
J3 the office reads who is not back
J4 without a code or a place a keeper is told what is missing
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from personal_pass_halls import RESIDENTS, open_resident_hall
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations

from banshi.platform.hall import campus_time

pytestmark = pytest.mark.browser
PERIOD = 12
"""Seconds after which a code changes here, so that nobody waits for half minutes."""
ALWAYS = RESIDENTS.replace("| 2026-07-15 |", "| 2099-07-15 |").replace(
    "| any    | any           | 不放行 |", "| any    | any           | 迟归   |"
)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("hall")
    open_resident_hall(folder, campus_time, ALWAYS).close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STAGE_PERIOD", str(PERIOD))
        yield from serve(str(folder))


def said(page: Page) -> str:
    return page.locator(".pass-said").inner_text()


def check(gate: Page, code: str, button: str) -> None:
    gate.get_by_label("通行证的码，或办件单号").fill(code)
    gate.get_by_role("button", name=button).click()


def another(page: Page, before: str) -> str:
    expect(page.locator(".pass-said")).not_to_have_text(before, timeout=30_000)
    return said(page)


def test_j1_in_and_out_with_codes_that_change(browser: Browser, hall: str) -> None:
    resident, keeper = Visitor(browser, hall, "20001", NARROW), Visitor(browser, hall, "20004", NARROW)
    resident.go("/language/en?next=/")
    page = resident.go("/me/pass")
    expect(page.locator(".pass-state")).to_have_text("Valid")
    expect(page.locator(".pass-facts")).to_contain_text("At 海棠1栋 only")
    expect(page.locator(".turning-left")).to_contain_text("Next code in")
    picture = page.get_by_role("img", name="QR code of the pass").bounding_box()
    assert picture is not None
    assert picture["width"] > 240
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert violations(page) == []

    gate = keeper.go("/gate")
    gate.get_by_label("在哪里查验").fill("海棠1栋")
    first = another(page, said(page))  # a fresh one, so that it counts while the keeper types
    check(gate, first, "进门")
    expect(gate.locator("#verdict")).to_have_text("放行 · 进门")
    expect(gate.locator("#facts")).to_contain_text("陈晓雨")
    check(gate, first, "出门")
    expect(gate.locator("#why")).to_contain_text("这个码已经用过")
    second = another(page, first)
    expect(page.locator(".pass-facts")).to_contain_text("Inside now")
    check(gate, second, "出门")
    expect(gate.locator("#verdict")).to_have_text("放行 · 出门")
    another(page, another(page, second))
    check(gate, second, "进门")
    expect(gate.locator("#verdict")).to_have_text("不放行")
    expect(gate.locator("#why")).to_contain_text("这个码已经换掉")
    assert violations(gate) == []
    keeper.done()
    resident.done()


def test_j2_without_a_network(browser: Browser, hall: str) -> None:
    resident = Visitor(browser, hall, "20005", NARROW)
    page = resident.go("/me/pass")
    before = said(page)
    page.context.set_offline(True)
    expect(page.locator("#stale")).to_contain_text("没有网络", timeout=30_000)
    assert said(page) == before
    page.context.set_offline(False)
    expect(page.locator("#stale")).to_be_hidden(timeout=30_000)
    assert said(page) != before
    resident.done()


def test_j3_the_office(browser: Browser, hall: str) -> None:
    office = Visitor(browser, hall, "20003", DESKTOP)
    page = office.go("/passages")
    expect(page.locator("table").first).to_contain_text("陈晓雨")
    assert violations(page) == []
    with page.expect_download() as loaded:
        page.get_by_role("link", name="全部进出 (csv)").click()
    assert "陈晓雨" in Path(loaded.value.path()).read_text(encoding="utf-8-sig")
    office.done()


def test_j4_an_empty_field_is_told(browser: Browser, hall: str) -> None:
    gate = Visitor(browser, hall, "20004", NARROW).go("/gate")
    gate.get_by_role("button", name="进门").click()
    expect(gate.locator("#verdict")).to_have_text("请先写在哪里查验")
    gate.get_by_label("在哪里查验").fill("海棠1栋")
    check(gate, " ", "进门")
    expect(gate.locator("#verdict")).to_have_text("请输入或扫描一个码")
    assert violations(gate) == []
