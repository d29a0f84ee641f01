"""An owner tries a draft out: as applicant, as those who are asked, over time, and its rules one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from halls import BORROWING, open_test_hall
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations
from workbooks import workbook_from_text

DEARER = BORROWING.replace("12.5", "20").replace("87.5", "140").replace("| 8    | 100 ", "| 8    | 160 ")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hall")
    open_test_hall(folder).close()
    yield from serve(str(folder))


def upload(page: Page, text: str) -> None:
    file = {"name": "borrowing.xlsx", "mimeType": "application/vnd.ms-excel", "buffer": workbook_from_text(text)}
    page.locator("input[type=file]").set_input_files(file)


def test_a_draft_is_gone_through_before_it_is_published(browser: Browser, hall: str) -> None:
    owner = Visitor(browser, hall, "20005", DESKTOP)
    page = owner.go("/owner/borrowing")
    upload(page, DEARER)
    page.get_by_role("button", name="试运行", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="试运行：仪器借用")).to_be_visible()
    for name in ("王建国", "陈晓雨"):
        page.get_by_label("以谁的身份").select_option(label=f"{name} · 化工学院")
        expect(page.locator(".panel-route li").first).to_contain_text(name)
    page.get_by_label("用途").fill("催化剂表征")
    page.get_by_label("借用天数").fill("7")
    expect(page.locator(".panel-bill")).to_contain_text("140.00")
    page.get_by_role("button", name="下一步：核对").click()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".notice-success")).to_contain_text("已提交，单号 JY")
    expect(page.locator(".case-head")).to_contain_text("仪器借用")
    assert violations(page) == []
    page.locator(".case-head").get_by_role("button", name="做成用例").click()
    row = page.get_by_label("要粘贴的内容")
    expect(row).to_have_value(re.compile("^JY.*\\t20001\\t催化剂表征\\t7\\t140.00\\t10>20>30$"))
    assert violations(page) == []
    page.get_by_role("button", name="复制", exact=True).click()
    expect(page.get_by_text("已复制")).to_be_visible()
    page.get_by_role("button", name="关闭").click()
    page.get_by_role("button", name="王建国 · 学院负责人").click()
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_role("button", name="李敏 · 财务处")).to_be_visible()
    page.get_by_role("button", name="过 7 天").click()
    expect(page.locator(".notice-success")).to_contain_text("0 个时限到期")
    assert violations(page) == []
    page.get_by_role("button", name="规则试算").click()
    page.get_by_label("借用天数").fill("3")
    page.get_by_role("button", name="试算", exact=True).click()
    expect(page.locator(".panel-bill")).to_contain_text("租金 = 60")
    expect(page.locator(".cells")).to_contain_text("fees!D2")
    assert violations(page) == []
    page.goto(f"{hall}/tasks")
    expect(page.get_by_text("没有待办事项")).to_be_visible()
    owner.done()

    head = Visitor(browser, hall, "20002", DESKTOP)
    expect(head.go("/tasks").get_by_text("没有待办事项")).to_be_visible()
    head.done()


def test_the_live_version_is_tried_on_a_phone(browser: Browser, hall: str) -> None:
    owner = Visitor(browser, hall, "20005", NARROW)
    owner.go("/language/en?next=/")
    page = owner.go("/owner/borrowing")
    page.get_by_role("button", name="Try the live version").click()
    expect(page.get_by_role("heading", level=1, name=re.compile("Trial"))).to_be_visible()
    expect(page.get_by_label("As whom")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Rule bench").click()
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".panel-findings")).to_be_visible()
    assert violations(page) == []
    owner.done()


def test_a_trial_belongs_to_whoever_began_it(browser: Browser, hall: str) -> None:
    owner = Visitor(browser, hall, "20005", DESKTOP)
    page = owner.go("/owner/borrowing")
    page.get_by_role("button", name="试运行现行版").click()
    expect(page.get_by_role("heading", level=1, name=re.compile("试运行"))).to_be_visible()
    other = Visitor(browser, hall, "20007", DESKTOP)
    other.page.goto(page.url)
    expect(other.page.get_by_text("这次试运行已经结束")).to_be_visible()
