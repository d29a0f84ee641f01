"""An owner moves open cases to a new version: the plan, the decision, what is left; at a desktop and on a phone."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from halls import BORROWING, open_test_hall
from playwright.sync_api import Browser, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations

sys.path.insert(0, str(Path(__file__).parents[1] / "platform"))
from test_moving import HEAD, LATER, MIGRATE, ROUTE, apply, decide, publish


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hall")
    opened = open_test_hall(folder)
    apply(opened, "a")
    decide(opened, HEAD, apply(opened, "b"))
    apply(opened, "c", 天数=9)
    stricter = BORROWING.replace("| . > 0 ", "| . < 8 ")
    publish(opened, stricter.replace(ROUTE, LATER + MIGRATE))
    opened.close()
    yield from serve(str(folder))


def test_an_owner_moves_what_can_be_moved(browser: Browser, hall: str) -> None:
    owner = Visitor(browser, hall, "20005", DESKTOP)
    page = owner.go("/owner/borrowing")
    page.get_by_role("link", name="查看能否转到现行版本").click()
    rows = page.locator(".bulk-one")
    expect(rows).to_have_count(3)
    expect(rows.nth(0).get_by_role("checkbox")).to_be_disabled()
    expect(rows.nth(0)).to_contain_text("“借用天数”不符合填写要求")
    expect(rows.nth(1)).to_contain_text("新增的环节 25“保卫处”在前面，这件不再经过")
    expect(rows.nth(2)).to_contain_text("20 学院负责人 → 21 学院审批")
    page.get_by_role("button", name="转移所选办件").click()
    expect(page.locator(".notice-warning")).to_contain_text("请先勾选办件")
    page.get_by_role("button", name="全选本页能转的 2 件").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
    page.get_by_role("button", name="全部不选").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    rows.nth(2).get_by_role("checkbox").check()
    assert violations(page) == []
    page.get_by_label("说明").fill("借用办法修订")
    page.get_by_role("button", name="转移所选办件").click()
    expect(page.locator(".notice-success")).to_contain_text("已转移 1 件")
    expect(page.locator(".bulk-one")).to_have_count(2)
    owner.done()

    phone = Visitor(browser, hall, "20005", NARROW)
    phone.go("/language/en?next=/")
    page = phone.go("/owner/borrowing/move")
    page.get_by_role("checkbox", disabled=False).check()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Move the ticked cases").click()
    expect(page.locator(".notice-success")).to_contain_text("1 moved.")
    expect(page.get_by_role("button", name=re.compile("ticked"))).to_have_count(0)
    assert violations(page) == []
    phone.done()

    student = Visitor(browser, hall, "20001", DESKTOP)
    page = student.go("/cases")
    page.get_by_role("row").filter(has_text="0001").get_by_role("link").first.click()
    expect(page.locator(".event").filter(has_text="转到新版本")).to_contain_text("借用办法修订")
    student.done()
