"""An owner measures a draft on the cases of her service: at a desktop in Chinese, on a phone in English; and stops a long run."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from halls import open_test_hall
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations
from workbooks import workbook_from_text

sys.path.insert(0, str(Path(__file__).parents[1] / "platform"))
from test_impact import METER, NOW, send

DRAFT = METER.replace("| 0.80  |", "| 0.90  |").replace("> 5000  |", "> 1500  |").replace("> 400 |", "> 500 |")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hall")
    opened = open_test_hall(folder, clock=lambda: NOW, services={"meter": METER})
    for usage in (100, 600, 900, 2000):
        send(opened, usage)
    opened.close()
    _many(folder / "banshi.sqlite", 8000)
    yield from serve(str(folder))


def _many(path: Path, count: int) -> None:
    """Copies of a case, sent two years before, for a run that takes a while."""
    with sqlite3.connect(path) as base:
        names = [row[1] for row in base.execute("PRAGMA table_info(cases)")]
        shown = {
            "id": "'X' || printf('%025d', n)",
            "number": "'X' || n",
            "submitted_at": "submitted_at - 63072000000000",
        }
        base.execute(
            f"WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {count}) "
            f"INSERT INTO cases SELECT {', '.join(shown.get(name, name) for name in names)} "
            "FROM many, (SELECT * FROM cases WHERE service_id = 'meter' ORDER BY id LIMIT 1)"
        )


def upload(visitor: Visitor, text: str, name: str) -> None:
    page = visitor.go("/owner/meter")
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": workbook_from_text(text)}
    page.locator("input[type=file]").set_input_files(file)


def test_an_owner_measures_a_draft(browser: Browser, hall: str) -> None:
    owner = Visitor(browser, hall, "20005", DESKTOP)
    page = owner.page
    upload(owner, METER.replace("| 0.80  |", "| 八角  |"), "faulty.xlsx")
    expect(page.locator(".report")).to_be_visible()
    expect(page.get_by_role("link", name="影响测算")).to_have_count(0)
    upload(owner, DRAFT, "新电价.xlsx")
    page.get_by_role("link", name="影响测算").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("影响测算")
    page.get_by_label("提交日期从").fill("2026-01-01")
    page.get_by_role("button", name="开始测算").click()
    result = page.locator(".panel-figures")
    # By hand: 100 is in the first tier; 600, 900 and 2000 have 400, 700 and 1800 in the second, 0.10 dearer each.
    expect(result).to_contain_text("测算了 4 件：1 件的费用、流程、障碍、提示和决策结果都一样，3 件会不同")
    expect(result).to_contain_text("多收 290.00 元")
    cells = page.locator(".impact-cells tbody tr")
    expect(cells).to_have_count(3)
    expect(cells.nth(0)).to_contain_text("fees!F3")
    expect(cells.nth(0)).to_contain_text("0.8 → 0.9")
    expect(cells.nth(0)).to_contain_text("+290.00")
    expect(page.locator(".chart svg")).to_be_visible()
    banned = page.locator(".impact-kind").filter(has_text="新被禁止：1 件")
    banned.locator("summary").click()
    expect(banned).to_contain_text("超过供电容量")
    expect(banned).to_contain_text("policy!B2")
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="全部办件（xlsx）").click()
    rows = list(load_workbook(BytesIO(download.value.path().read_bytes())).active.values)
    assert len(rows) == 5
    assert sum(row[rows[0].index("差额")] for row in rows[1:]) == 290
    page.reload()
    expect(page.locator(".panel-figures")).to_contain_text("多收 290.00 元")
    banned = page.locator(".impact-kind").filter(has_text="新被禁止：1 件")
    banned.locator("summary").click()
    banned.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("实验室电费")
    owner.done()

    student = Visitor(browser, hall, "20001", DESKTOP)
    assert student.page.request.get(f"{hall}/owner/impact/x").status == 403
    student.done()


def test_on_a_phone_with_a_day_to_come(browser: Browser, hall: str) -> None:
    dated = METER.replace("method   |", "method   | from_date | until_date |").replace(
        "| 200  |     | 0.80  | marginal |",
        "| 200  |     | 0.80  | marginal | | 2026-12-31 |\n| 电费 | 电费 | ${用电量} | 200 | | 1.00 | marginal | 2027-01-01 | |",
    )
    phone = Visitor(browser, hall, "20005", NARROW)
    phone.go("/language/en?next=/")
    upload(phone, dated, "2027.xlsx")
    page = phone.page
    page.get_by_role("link", name="Impact").click()
    page.get_by_label("Sent from").fill("2026-01-01")
    page.get_by_label("As if sent on").fill("2027-02-01")
    page.get_by_role("button", name="Measure").click()
    expect(page.locator(".panel-figures")).to_contain_text("580.00 yuan more")  # 2,900 at 0.20
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.get_by_label("Sent from").fill("2027-02-01")
    page.get_by_role("button", name="Measure again").click()
    expect(page.get_by_text("No case fits")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/owner/impact/.*run="))
    gone = phone.go("/owner/impact/nothing")
    expect(gone.get_by_text("The upload has expired")).to_be_visible()
    phone.done()


def test_a_long_run_is_stopped(browser: Browser, hall: str) -> None:
    owner = Visitor(browser, hall, "20005", DESKTOP)
    page = owner.page
    upload(owner, DRAFT, "新电价.xlsx")
    page.get_by_role("link", name="影响测算").click()
    page.get_by_role("button", name="开始测算").click()
    expect(page.get_by_text(re.compile(r"已测算 [1-9][0-9,]* / 8,004 件"))).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="停止").click()
    expect(page.get_by_text("测算中途停止")).to_be_visible()
    told = page.locator(".panel-figures").inner_text()
    assert int(re.search(r"测算了 ([0-9,]+) 件", told)[1].replace(",", "")) < 8004
    owner.done()
