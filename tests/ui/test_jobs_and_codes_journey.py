"""An owner looks after her jobs and prints codes; somebody scans one, signs in, and finds the form filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from clocked import ALARM, ENERGY
from halls import open_test_hall
from playwright.sync_api import Browser, expect
from qr import REPAIR, codes_of
from visiting import DESKTOP, NARROW, Visitor, serve, violations


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hall")
    services = {"alarm": ALARM, "energy": ENERGY.replace("{every}", "每天 07:00"), "repair": REPAIR}
    opened = open_test_hall(folder, services=services)
    assert {"energy", "repair"} <= set(opened._library.live)
    opened.close()
    yield from serve(str(folder))


def test_an_owner_runs_a_job_now_sees_what_came_of_it_and_pauses_it(browser: Browser, hall: str) -> None:
    owner = Visitor(browser, hall, "20005", DESKTOP)
    page = owner.go("/jobs")
    job = page.locator(".panel-job").filter(has=page.get_by_role("heading", name="提醒", exact=True))
    expect(job).to_contain_text("每周一 8:00")
    expect(job).to_contain_text(re.compile(r"\d{4}-\d\d-\d\d 08:00"))
    expect(job).to_contain_text("还没有运行过")
    assert violations(page) == []
    job.get_by_role("button", name="立即运行").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("现在运行“提醒”？")
    dialog.get_by_role("button", name="取消").click()
    expect(job).to_contain_text("还没有运行过")
    job.get_by_role("button", name="立即运行").click()
    dialog.get_by_role("button", name="立即运行").click()
    expect(job.locator(".message")).to_contain_text("由周倩手动运行")
    for _ in range(20):  # a server looks every few seconds
        if job.get_by_text("已完成").count():
            break
        page.get_by_role("button", name="刷新").click()
        page.wait_for_timeout(1000)
    expect(job.locator(".message")).to_contain_text("做了 3 行，条件不符 1 行，失败 0 行")
    job.get_by_role("button", name="暂停").click()
    expect(job).to_contain_text("已由周倩暂停")
    job.get_by_role("button", name="恢复").click()
    expect(job).not_to_contain_text("暂停。")
    owner.done()
    told = Visitor(browser, hall, "20001", NARROW)
    page = told.go("/messages")
    expect(page.locator(".message")).to_contain_text("教学楼用了 130 度，定额 100 度（提醒）")
    told.done()


def test_jobs_on_a_phone_in_english(browser: Browser, hall: str) -> None:
    owner = Visitor(browser, hall, "20005", NARROW)
    owner.page.context.add_cookies([{"name": "banshi_language", "value": "en", "url": hall}])
    page = owner.go("/jobs")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jobs by the clock")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert violations(page) == []
    owner.done()


def test_a_scanned_code_opens_the_form_filled_in_after_signing_in(browser: Browser, hall: str) -> None:
    owner = Visitor(browser, hall, "20005", DESKTOP)
    owner.go("/owner/repair")
    with owner.page.expect_download() as download:
        owner.page.get_by_role("link", name="二维码标签").click()
    (codes,) = codes_of(Path(download.value.path()).read_bytes())
    assert codes[0] == f"{hall}/form/repair"
    owner.done()
    visitor = Visitor(browser, hall, "", NARROW)
    visitor.page.goto(codes[1])
    visitor.page.locator('button[value="20001"]').click()
    page = visitor.page
    expect(page.locator(".notice").first).to_contain_text("已由二维码填好，请核对：房间号 301、楼栋 教学楼A。")
    expect(page.get_by_label("房间号")).to_have_value("301")
    page.goto(f"{hall}/form/repair?{quote('位置')}=X&{quote('房间')}=302")
    expect(page.locator(".notice").first).to_contain_text("没有用“位置”：它由表单自己填写。")
    expect(page.get_by_label("房间号")).to_have_value("302")
    assert violations(page) == []
    visitor.done()
