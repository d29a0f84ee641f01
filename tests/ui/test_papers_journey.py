"""Papers in a browser: a student on a phone, the owner at a desk, somebody who checks, a kiosk; nothing is out of reach."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from paper_halls import PAPERS, approve, open_paper_hall, send
from playwright.sync_api import Browser, Page, Route, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations
from workbooks import workbook_from_text

from banshi.platform.cases.papers import PaperRow
from banshi.platform.hall import campus_time

pytestmark = pytest.mark.browser
TOKEN = "kiosk-of-the-library-1"


def today() -> datetime:
    return campus_time()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hall")


@pytest.fixture(scope="module")
def papers(folder: Path) -> list[PaperRow]:
    opened = open_paper_hall(folder, today, PAPERS)
    case = send(opened)
    approve(opened, case, "20004")
    approve(opened, case, "20003")
    found = opened.papers.of_case(opened.directory.people["20001"], case)
    opened.close()
    return found


@pytest.fixture(scope="module")
def hall(folder: Path, papers: list[PaperRow]) -> Iterator[str]:
    os.environ["BANSHI_KIOSKS"] = f'{{"library": "{TOKEN}"}}'
    try:
        yield from serve(str(folder))
    finally:
        del os.environ["BANSHI_KIOSKS"]


def test_a_student_takes_her_paper_and_the_owner_revokes_one(
    browser: Browser, hall: str, papers: list[PaperRow]
) -> None:
    student = Visitor(browser, hall, "20001", NARROW)
    student.go("/language/en?next=/")
    page = student.go(f"/cases/{papers[0].case_id}")
    panel = page.locator(".panel-papers")
    expect(panel).to_contain_text(f"{papers[0].pickup[:3]} {papers[0].pickup[3:]}")
    expect(panel.locator(".paper")).to_have_count(3)
    assert violations(page) == []
    with page.expect_download() as taken:
        panel.locator(".paper").filter(has_text="ZM2026-0002" if today().year == 2026 else "0002").get_by_role(
            "link", name=re.compile("Download PDF")
        ).click()
    assert Path(taken.value.path()).read_bytes().startswith(b"%PDF-")
    assert taken.value.suggested_filename.endswith(".pdf")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]

    owner = Visitor(browser, hall, "20005", DESKTOP)
    desk = owner.go(f"/cases/{papers[0].case_id}")
    paper = desk.locator(".paper").filter(has_text="离校证明")
    expect(paper.get_by_role("link", name="下载")).to_have_count(0)
    paper.get_by_text("撤销…").click()
    paper.get_by_role("button", name="撤销这份文书").click()
    expect(desk.locator(".notice-warning")).to_contain_text("请先写明撤销的原因")
    paper.get_by_label("撤销原因").fill("返校日期有误")
    paper.get_by_label("撤销原因").blur()
    paper.get_by_role("button", name="撤销这份文书").click()
    expect(desk.locator(".paper").filter(has_text="离校证明")).to_contain_text("由周倩撤销：返校日期有误")
    assert violations(desk) == []
    owner.done()

    page.reload()
    revoked = page.locator(".paper").filter(has_text="Revoked")
    expect(revoked).to_contain_text("返校日期有误")
    expect(revoked.get_by_role("link", name="Download PDF")).to_have_count(0)
    revoked.get_by_role("link", name="Check page").click()
    expect(page.locator(".check-result")).to_contain_text("This paper was revoked and is not valid")
    assert violations(page) == []
    student.done()


def test_somebody_without_an_account_checks_a_code(browser: Browser, hall: str, papers: list[PaperRow]) -> None:
    stranger = Visitor(browser, hall, "", NARROW)
    page = stranger.go("/check")
    page.get_by_label("核验码").fill(papers[0].said_code.lower().replace("-", " "))
    page.get_by_role("button", name="核验").click()
    permit = next(one for one in papers if one.title == "物品出门单")
    page.goto(f"{hall}/check/{permit.code}")
    expect(page.locator(".check-valid")).to_contain_text("138****5678")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def unprinted(page: Page) -> list[str]:
    """The kinds of the files that a kiosk takes from now on. It is given blank pages in their place: Chromium without a
    screen may crash where its viewer of PDFs is to print.
    """
    kinds: list[str] = []

    def taken(route: Route) -> None:
        kinds.append(route.fetch().headers["content-type"])
        route.fulfill(content_type="text/html", body="")

    page.route(re.compile("/kiosk/file/"), taken)
    return kinds


def test_a_kiosk_prints_and_forgets(browser: Browser, hall: str, papers: list[PaperRow]) -> None:
    permit = next(one for one in papers if one.title == "物品出门单")
    terminal = Visitor(browser, hall, "", DESKTOP)
    page = terminal.go(f"/kiosk?token={TOKEN}")
    assert TOKEN not in page.url
    assert violations(page) == []
    for digit in "20001":
        page.get_by_role("button", name=digit, exact=True).click()
    expect(page.locator("#said")).to_have_value("20001")
    page.get_by_label("取件码").click()
    for digit in permit.pickup + "7":
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="删除").click()
    page.get_by_role("button", name="查找").click()
    expect(page.locator(".kiosk-papers li").filter(has_text="物品出门单")).to_contain_text("还可打印 2 份")
    assert violations(page) == []
    kinds = unprinted(page)
    page.get_by_role("button", name="打印 物品出门单").click()
    expect(page.locator("#said")).to_contain_text("正在打印")
    expect(page.locator(".kiosk-papers li").filter(has_text="物品出门单")).to_contain_text("还可打印 1 份")
    assert kinds == ["application/pdf"]
    listing = page.url
    page.get_by_role("button", name="结束").click()
    expect(page.get_by_label("取件码")).to_have_value("")
    page.goto(listing)
    expect(page.get_by_label("取件码")).to_have_value("")
    expect(page.locator("body")).not_to_contain_text("物品出门单")


def test_a_kiosk_that_nobody_touches_forgets(browser: Browser, hall: str, papers: list[PaperRow]) -> None:
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN")
    page = context.new_page()
    page.clock.install()
    page.goto(f"{hall}/kiosk?token={TOKEN}")
    page.locator("#said").fill("20001")
    page.locator("#pickup").fill(papers[0].pickup)
    page.get_by_role("button", name="查找").click()
    expect(page.locator(".kiosk-papers")).to_be_visible()
    page.clock.run_for(59_000)
    expect(page.locator(".kiosk-papers")).to_be_visible()
    page.clock.run_for(3_000)
    expect(page.get_by_label("取件码")).to_be_visible()
    expect(page.locator(".kiosk-papers")).to_have_count(0)
    context.close()


def test_an_owner_sees_the_specimen_in_a_trial(browser: Browser, hall: str) -> None:
    owner = Visitor(browser, hall, "20005", DESKTOP)
    page = owner.go("/owner/leave")
    file = {"name": "leave.xlsx", "mimeType": "application/vnd.ms-excel", "buffer": workbook_from_text(PAPERS)}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="试运行", exact=True).click()
    for name in ("王建国", "陈晓雨"):
        page.get_by_label("以谁的身份").select_option(label=f"{name} · 化工学院")
        expect(page.locator(".panel-route li").first).to_contain_text(name)
    page.get_by_label("事由").fill("寒假回家")
    page.get_by_label("返校日期").fill("2026-09-01")
    page.get_by_role("button", name="下一步：核对").click()
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("button", name="赵磊 · 保卫处").click()
    page.get_by_role("button", name="同意", exact=True).click()
    panel = page.locator(".panel-papers")
    expect(panel).to_contain_text("试办样张")
    with page.expect_download() as taken:
        panel.get_by_role("button", name="看样张 PDF").click()
    assert Path(taken.value.path()).read_bytes().startswith(b"%PDF-")
    assert taken.value.suggested_filename.startswith("物品出门单-CM")
    owner.done()
