"""Three services in a real browser: from the owner's upload to the auditor's export.

J1 dormitory electricity, typed field by field · J2 laboratory purchasing with a chemical on two lists · J3 a large
instrument through the departments, with a parallel countersign.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(170)]


@dataclass
class Live:
    """A hall that really runs, on a copy of the shipped workbooks."""

    url: str
    definitions: Path


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("hall")
    definitions = folder / "definitions"
    shutil.copytree(ROOT / "definitions", definitions, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"BANSHI_PORT": str(port), "BANSHI_DATA": str(folder / "data"), "BANSHI_DEFINITIONS": str(definitions)}
    around = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "NICEGUI"))}
    log = (folder / "log.txt").open("wb")
    server = subprocess.Popen(
        [sys.executable, str(ROOT / "run.py")], env=around | settings, stdout=log, stderr=log, cwd=folder
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=1).close()
            break
        except OSError:
            time.sleep(0.5)
    yield Live(url, definitions)
    server.terminate()
    server.wait(20)
    log.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True, locale="zh-CN")
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    expect.set_options(timeout=15_000)
    yield opened
    context.close()


def enter(page: Page, live: Live, name: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{live.url}/sign-in")
    page.get_by_text(name, exact=True).first.click()
    page.wait_for_url(f"{live.url}/")


def publish(page: Page, live: Live, owner: str, workbook: str) -> None:
    enter(page, live, owner)
    page.goto(f"{live.url}/owner")
    page.locator("input[type=file]").set_input_files(live.definitions / workbook)
    page.get_by_role("button", name="发布上线").click()
    expect(page.get_by_text("已发布，版本")).to_be_visible()


def following(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^(下一步|去核对|核对)")).click()


def approve(page: Page, live: Live, name: str, case: str, label: str = "同意") -> None:
    enter(page, live, name)
    page.goto(case)
    page.get_by_role("button", name=label, exact=True).click()
    expect(page.get_by_text("已处理，办件进入下一环节。")).to_be_visible()


def audited(page: Page, live: Live, number: str, folder: Path) -> list[tuple[object, ...]]:
    enter(page, live, "熊静怡")
    page.goto(f"{live.url}/auditor?query={number}")
    with page.expect_download() as download:
        page.get_by_text("导出 xlsx", exact=False).first.click()
    path = folder / "log.xlsx"
    download.value.save_as(path)
    sheet = openpyxl.load_workbook(path).active
    return [row for row in sheet.iter_rows(min_row=2, values_only=True) if row[1] == number]


def test_j1_dormitory_electricity(page: Page, live: Live, tmp_path: Path) -> None:
    publish(page, live, "任静", "dormitory-electricity/dormitory-electricity.xlsx")
    enter(page, live, "魏大勇")
    page.goto(f"{live.url}/services/dormitory-electricity/apply")
    page.get_by_label("滨江校区").check()
    page.get_by_label("海棠 1 栋（滨江）").check()
    page.get_by_label("房间号").fill("301")
    page.get_by_label("宿管员抄表").check()
    page.get_by_label("抄表月份").fill("2026-03-31")
    following(page)
    page.get_by_label("上月读数").fill("1200")
    page.get_by_label("本月读数").fill("1100")
    page.get_by_label("定额（每生每月免费额度").check()
    following(page)
    expect(page.locator(".bf-error").filter(has_text="读数").first).to_be_visible()
    page.get_by_label("本月读数").fill("1295")
    following(page)
    students = [("2024110101", "李沐阳"), ("2024110102", "王子轩"), ("2024110103", "张文博"), ("2024120104", "刘子墨")]
    for i, (number, name) in enumerate(students):
        if page.get_by_label("姓名").count() <= i:
            page.get_by_role("button", name="添加一行").click()
        page.get_by_label("学号").nth(i).fill(number)
        page.get_by_label("姓名").nth(i).fill(name)
    # Published rule: 4 students, 95 kWh, 10 kWh free each: 55 x 0.698 = 38.39, shared 9.60 9.60 9.60 9.59.
    expect(page.get_by_text("¥ 38.39").first).to_be_visible()
    expect(page.get_by_text("¥ 9.59").first).to_be_visible()
    for _ in range(3):
        following(page)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", name="申请已提交")).to_be_visible()
    number = page.locator(".done-number .strong").inner_text()
    page.get_by_text("查看办理进度").click()
    page.wait_for_url("**/cases/*")
    case = page.url
    approve(page, live, "钟秀兰", case)
    enter(page, live, "魏大勇")
    page.goto(case)
    expect(page.get_by_text("已办结").first).to_be_visible()
    rows = audited(page, live, number, tmp_path)
    assert {row[6] for row in rows} >= {"超额"}
    assert any("38.39" in str(row[9]) for row in rows)
    assert any("收费" in str(row[10]) for row in rows)
