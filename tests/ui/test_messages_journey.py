"""Messages on the screen: an inbox with its count in the header, and what could not be sent, sent again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from receivers import receiver
from telling import HEAD, OWNER, STUDENT, Clock, decide, open_hall, send, sending
from visiting import DESKTOP, NARROW, Visitor, serve, violations


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hall")
    with receiver(lambda: "422") as shop:
        opened = open_hall(folder, Clock(), shop=shop.url, sending=sending(shop.port))
        for number in range(2):
            decide(opened, HEAD, send(opened, f"c{number}"))
        while opened.outbox.send_due():
            pass
        opened.close()
    yield from serve(str(folder))


def test_somebody_reads_her_messages_and_goes_to_the_case(browser: Browser, hall: str) -> None:
    student = Visitor(browser, hall, STUDENT, DESKTOP)
    page = student.go("/")
    expect(page.locator(".bell .badge")).to_have_text("2")
    page.get_by_role("link", name="消息").click()
    messages = page.locator(".message")
    expect(messages).to_have_count(2)
    expect(messages.nth(0)).to_contain_text("分析纯 12 瓶已下单，保管人 李敏。")
    assert violations(page) == []
    messages.nth(0).get_by_role("button", name="标为已读").click()
    expect(page.locator(".message-new")).to_have_count(1)
    expect(page.locator(".bell .badge")).to_have_text("1")
    page.locator(".message").nth(1).get_by_role("link", name="查看办件").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("试剂采购")
    student.done()

    phone = Visitor(browser, hall, STUDENT, NARROW)
    phone.go("/language/en?next=/")
    page = phone.go("/messages")
    expect(page.locator(".message").first).to_contain_text("12 bottles, Analytical, are ordered; keeper Li Min.")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator(".notice-success")).to_contain_text("Marked as read: 1.")
    expect(page.locator(".bell .badge")).to_have_count(0)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.done()


def test_an_owner_sees_what_was_not_delivered_and_sends_it_again(browser: Browser, hall: str) -> None:
    owner = Visitor(browser, hall, OWNER, DESKTOP)
    page = owner.go("/")
    page.get_by_role("button", name=re.compile("菜单")).click()
    page.get_by_role("link", name="消息发送").click()
    expect(page.locator(".notice-warning")).to_contain_text("对外发送已关闭")
    expect(page.locator(".message")).to_have_count(2)
    first = page.locator(".message").first
    expect(first).to_contain_text("发给商城")
    expect(first).to_contain_text("原因：对方不接受这条内容（422）")
    first.locator("summary").click()
    expect(first.locator(".message-text")).to_contain_text('"数量": 12')
    assert violations(page) == []
    first.get_by_role("button", name="重新发送").click()
    expect(page.locator(".message")).to_have_count(1)
    page.get_by_role("button", name="全部重新发送").click()
    expect(page.locator(".empty")).to_contain_text("没有未送达的消息")
    page = owner.go("/outbox?state=waiting")
    expect(page.locator(".message")).to_have_count(4)
    expect(page.locator(".message").filter(has_text="发给王建国").locator("summary")).to_have_count(0)
    owner.done()

    student = Visitor(browser, hall, STUDENT, NARROW)
    page = student.go("/outbox")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("消息发送")
    student.page.context.close()
