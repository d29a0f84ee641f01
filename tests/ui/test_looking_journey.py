"""From a fault in a report to its cell: with the mouse, by the keyboard, on a phone; and a long list of versions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from halls import BORROWING, open_test_hall
from playwright.sync_api import Browser, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations
from workbooks import workbook_from_text

sys.path.insert(0, str(Path(__file__).parents[1] / "platform"))
from test_moving import publish

ENGLISH = BORROWING.replace("| form_title |", "| form_title | form_title::English (en) |").replace(
    "| 仪器借用   |", "| 仪器借用 | Borrowing instruments |"
)
FAULTY = ENGLISH.replace("12.5 | flat", "十二元五 | flat").replace("| 测试 | 8    | 100  ", "| 测试 | 8    | 101  ")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hall")
    opened = open_test_hall(folder)
    for days in range(20, 27):
        publish(opened, BORROWING.replace("| . > 0 ", f"| . < {days} "))
    opened.close()
    yield from serve(str(folder))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("books") / "仪器借用.xlsx"
    path.write_bytes(workbook_from_text(FAULTY))
    return path


def test_a_fault_leads_to_its_cell(browser: Browser, hall: str, book: Path) -> None:
    owner = Visitor(browser, hall, "20005", DESKTOP)
    page = owner.go("/owner/borrowing")
    page.locator("input[type=file]").set_input_files(book)
    mark = page.get_by_role("button", name="fees!D2")
    mark.first.click()
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_role("heading")).to_have_text("fees!D2 的内容")
    expect(dialog.locator(".cell-text")).to_have_text("十二元五")
    expect(dialog.locator(".cell-seen")).to_have_text(
        ["Aitem租金", "Blabel租金", "Cquantity${天数}", "Drate有问题的一格十二元五", "Emethodflat"]
    )
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(mark.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="关闭").click()
    owner.done()

    phone = Visitor(browser, hall, "20005", NARROW)
    phone.go("/language/en?next=/")
    page = phone.go("/owner/borrowing")
    page.locator("input[type=file]").set_input_files(book)
    page.get_by_role("button", name="fees!D2").first.click()
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_role("heading")).to_have_text("What is in fees!D2")
    expect(page.locator(".verdict")).to_contain_text("Borrowing instruments")
    expect(page.get_by_role("link", name="Copy with faults marked")).to_have_count(1)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.done()


def test_what_is_no_workbook_has_no_marked_copy(browser: Browser, hall: str, tmp_path: Path) -> None:
    picture = tmp_path / "pic.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    owner = Visitor(browser, hall, "20005", DESKTOP)
    page = owner.go("/owner/borrowing")
    page.locator("input[type=file]").set_input_files(picture)
    expect(page.locator(".verdict")).to_contain_text("有问题需要修改")
    expect(page.locator(".fault-text")).to_have_count(1)
    expect(page.get_by_role("link", name="下载标出问题的副本")).to_have_count(0)
    owner.done()


def test_a_long_list_of_versions_shows_the_newest_first(browser: Browser, hall: str) -> None:
    phone = Visitor(browser, hall, "20005", NARROW)
    phone.go("/language/en?next=/")
    page = phone.go("/owner/borrowing")
    versions = page.locator(".version")
    expect(versions.filter(visible=True)).to_have_count(5)
    boxes = [one.bounding_box() for one in versions.nth(1).locator(".actions > *").all()]
    assert len({round(box["y"]) for box in boxes if box}) == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_text("3 earlier versions").click()
    expect(versions.filter(visible=True)).to_have_count(8)
    assert violations(page) == []
    phone.done()
