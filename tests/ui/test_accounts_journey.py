"""A student tops her room up on a phone, and the finance office looks at it at a desktop; it adds to a budget, and takes back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from budgets import CLAIMS, FINANCE, OWNER
from halls import open_test_hall
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations

SHIPPED = Path(__file__).parents[2] / "definitions"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hall")
    for name in ("organisation", "electricity-topup"):
        shutil.copytree(SHIPPED / name, folder / "definitions" / name)
    yield from serve(str(folder))


@pytest.fixture(scope="module")
def budgets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("budgets")
    kept = CLAIMS.replace("| shared |", "| shared | keepers |").replace("| orders |", "| | role:财务处.审核岗 |")
    open_test_hall(folder, services={"claims": kept}).close()
    yield from serve(str(folder))


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_room_is_topped_up_on_a_phone(browser: Browser, hall: str) -> None:
    student = Visitor(browser, hall, "2024110101", NARROW)
    student.go("/language/en?next=/accounts")
    page = student.page
    expect(page.locator(".balance-number")).to_have_text("0.00")
    expect(page.locator(".balance-low")).to_be_visible()
    assert violations(page) == []
    assert fits(page)
    page.get_by_role("link", name="Top up").click()
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_label("Amount (yuan)").fill("100")
    expect(page.get_by_text("182.84")).to_be_visible()
    page.get_by_role("button", name="Next: check your answers").click()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Pay now").click()
    expect(page.locator(".sandbox")).to_contain_text("no real money")
    expect(page.locator(".pay-amount")).to_have_text("100.00 yuan")
    assert violations(page) == []
    assert fits(page)
    page.get_by_role("button", name="Pay (sandbox)").click()
    expect(page.get_by_text("Paid, and booked.")).to_be_visible()
    page.get_by_role("link", name="See the balance").click()
    expect(page.locator(".balance-number")).to_have_text("182.84")
    expect(page.locator(".balance-low")).to_have_count(0)
    page.get_by_role("link", name="Statement").click()
    expect(page.locator(".movement")).to_have_count(1)
    expect(page.locator(".movement")).to_contain_text("+182.84 kWh")
    assert violations(page) == []
    assert fits(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Export as CSV").click()
    assert "182.84" in Path(saved.value.path()).read_text("utf-8-sig")
    page.locator(".movement").get_by_role("link").click()
    expect(page.get_by_role("heading", name="Booked")).to_be_visible()
    assert violations(page) == []
    student.done()


def test_the_office_reverses_and_reconciles(browser: Browser, hall: str) -> None:
    office = Visitor(browser, hall, "10415", DESKTOP)
    page = office.go("/accounts/office")
    expect(page.locator(".movement").first).to_contain_text("宿舍购电")
    assert violations(page) == []
    page.get_by_label("支付平台的对账单").fill("订单号,流水号,金额\nO-9,SBX9,12.30")
    page.get_by_role("button", name="对账").click()
    expect(page.get_by_text("我方没有：SBX9")).to_be_visible()
    page.get_by_role("link", name="查看持有者").click()
    page.get_by_label("查找持有者").fill("海棠")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name="海棠1栋 301").click()
    page.locator("summary").click()
    assert violations(page) == []
    page.get_by_role("button", name="冲正").click()
    expect(page.locator(".notice-error")).to_contain_text("请写明冲正的原因")
    page.get_by_label("原因").fill("充错房间")
    expect(page.get_by_role("button", name="冲正，扣回 182.84 度")).to_be_visible()
    page.get_by_role("button", name="冲正").click()
    expect(page.locator(".notice-success")).to_contain_text("已冲正")
    expect(page.locator(".balance-number")).to_have_text("0.00")
    expect(page.locator(".movement")).to_have_count(2)
    expect(page.get_by_role("button", name="冲正")).to_have_count(0)
    assert violations(page) == []
    office.done()

    phone = Visitor(browser, hall, "10415", NARROW)
    phone.go("/language/en?next=/accounts/office")
    assert fits(phone.page)
    assert violations(phone.page) == []
    phone.done()


def test_the_office_adds_to_a_budget_and_another_person_confirms(browser: Browser, budgets: str) -> None:
    office = Visitor(browser, budgets, FINANCE, DESKTOP)
    page = office.go("/accounts/office")
    page.get_by_role("link", name="查看持有者").click()
    page.get_by_label("查找持有者").fill("NSFC-1")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name="NSFC-1 光催化制氢").click()
    expect(page.locator(".balance-number")).to_have_text("900.00")
    page.get_by_label("金额（元）").fill("600.5")
    page.get_by_role("button", name="核对").click()
    expect(page.locator(".notice-error")).to_contain_text("请写明拨入或收回的事由")
    page.get_by_label("事由").fill("2026 年追加经费")
    page.get_by_label("文号或凭证号").fill("财字〔2026〕12号")
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_text("1500.50 元")).to_be_visible()
    expect(page.locator(".balance-number")).to_have_text("900.00")
    assert violations(page) == []
    page.get_by_role("button", name="入账").click()
    expect(page.locator(".notice-success")).to_contain_text("已入账")
    expect(page.locator(".balance-number")).to_have_text("1500.50")
    expect(page.locator(".movement", has_text="财字〔2026〕12号")).to_contain_text("+600.50 元")

    page.get_by_label("收回", exact=True).check()
    page.get_by_label("金额（元）").fill("1200")
    page.get_by_label("事由").fill("结题收回")
    page.get_by_label("文号或凭证号").fill("财字〔2026〕12号")
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_role("alert")).to_contain_text("已有 1 笔同一文号的账")
    expect(page.get_by_role("alert")).to_contain_text("NSFC-1 600.50 元")
    page.get_by_role("button", name="不是重复，提交复核").click()
    expect(page.locator(".notice-success")).to_contain_text("等另一人复核")
    expect(page.locator(".balance-number")).to_have_text("1500.50")
    page = office.go("/accounts/office")
    expect(page.get_by_text("要由另一人复核")).to_be_visible()
    expect(page.get_by_role("button", name="撤下")).to_be_visible()
    expect(page.get_by_role("button", name="复核入账")).to_have_count(0)
    assert violations(page) == []
    office.done()

    second = Visitor(browser, budgets, OWNER, NARROW)
    second.go("/language/en?next=/accounts/office")
    page = second.page
    expect(page.locator(".movement", has_text="NSFC-1")).to_contain_text("-1200.00 yuan")
    expect(page.locator(".movement", has_text="光催化制氢")).to_contain_text("voucher 财字〔2026〕12号")
    assert fits(page)
    assert violations(page) == []
    expect(page.get_by_role("alert")).to_contain_text("has the same number")
    page.get_by_role("button", name="Confirm and book").click()
    expect(page.get_by_text("Is it another voucher")).to_be_visible()
    assert fits(page)
    assert violations(page) == []
    page.get_by_role("button", name="No repeat").click()
    expect(page.locator(".notice-success")).to_contain_text("Booked.")
    page = second.go("/accounts/office/statement?key=claims:经费&holder=NSFC-1")
    expect(page.locator(".balance-number")).to_have_text("300.50")
    assert fits(page)
    assert violations(page) == []
    second.done()
