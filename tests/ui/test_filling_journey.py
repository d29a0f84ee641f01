"""A form filled in by Excel, in a real browser on a real hall, on a desktop and on a phone.

1. From the form to the template, from the filled-in file to faults at their cells, and to the case numbers.
2. Two presses are one sending; the same file again, or the marked copy corrected, sends only what was not sent.
3. A file with one case can become the draft instead, also one with faults.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, PHONE, Visitor, serve

pytestmark = pytest.mark.browser

STUDENT, HEAD = "20001", "20002"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from serve(str(tmp_path_factory.mktemp("hall")))


def download(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as found:
        page.get_by_role("link", name=name).click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return path


def fill(path: Path, rows: list[tuple[Any, ...]]) -> Path:
    """Rows of purpose, days and deposit from row 3 on."""
    book = openpyxl.load_workbook(path)
    for row, values in enumerate(rows, start=3):
        for column, value in enumerate(values, start=1):
            book["仪器借用"].cell(row, column).value = value
    book.save(path)
    return path


def upload(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    expect(page.locator(".report")).to_contain_text(path.name)


@pytest.mark.parametrize(
    "size", [pytest.param(DESKTOP, id="desktop", marks=pytest.mark.soak), pytest.param(PHONE, id="phone")]
)
def test_1_and_2_from_the_template_to_the_numbers(
    hall: str, browser: Browser, size: dict[str, int], tmp_path: Path
) -> None:
    student = Visitor(browser, hall, STUDENT, size)
    page = student.go("/services/borrowing/apply")
    page.get_by_role("link", name="用 Excel 填写").click()
    path = download(page, "下载 Excel 模板", tmp_path)
    upload(page, fill(path, [("催化剂表征", 7, 100), ("比表面测试", 0, None), ("热重分析", 8, 0.5)]))
    expect(page.locator(".faults tbody tr")).to_have_count(1)
    expect(page.locator(".fault-cell")).to_contain_text("仪器借用!B4")
    expect(page.locator(".verdict")).to_contain_text("2 件可以提交")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]

    page.get_by_role("button", name="提交 2 件").dblclick()
    expect(page.locator(".notice-success")).to_contain_text("已提交 2 件。")
    numbers = page.locator(".listing a").all_inner_texts()
    assert len(set(numbers)) == 2
    marked = download(page, "下载写有办件编号的副本", tmp_path)
    sheet = openpyxl.load_workbook(marked)["仪器借用"]
    assert [sheet["D3"].value, sheet["D4"].value, sheet["D5"].value] == [numbers[0], None, numbers[1]]
    assert sheet["B4"].comment is not None

    upload(page, fill(marked, [("催化剂表征", 7, 100), ("比表面测试", 2, None), ("热重分析", 8, 0.5)]))
    page.get_by_role("button", name="提交 1 件").click()
    expect(page.locator(".notice-success")).to_contain_text("已提交 3 件。")
    assert page.locator(".listing a").all_inner_texts()[::2] == numbers
    student.done()


def test_3_one_case_becomes_the_draft(hall: str, browser: Browser, tmp_path: Path) -> None:
    head = Visitor(browser, hall, HEAD, PHONE)
    page = head.go("/services/borrowing/excel")
    path = download(page, "下载 Excel 模板", tmp_path)
    upload(page, fill(path, [("扫描电镜拍摄", -1, 20)]))
    expect(page.get_by_role("button", name="提交")).to_have_count(0)
    page.get_by_role("button", name="填到网页表单里").click()
    expect(page.get_by_label("用途")).to_have_value("扫描电镜拍摄")
    expect(page.get_by_label("借用天数")).to_have_value("-1")
    head.done()
