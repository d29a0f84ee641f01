"""Passes in a browser, on phones: a student gets one, a keeper lets in and out with the code and with the camera, a second use is refused."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pass_halls import ANSWERS, PASSES, decide, open_pass_hall, send
from playwright.sync_api import Browser, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations

from banshi.platform.hall import campus_time

pytestmark = pytest.mark.browser
TOKEN = "gate-of-crabapple-hall-1"
CAMERA = """
window.shown = "";
window.BarcodeDetector = class { async detect() { return window.shown ? [{ rawValue: window.shown }] : []; } };
navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream(5);
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hall")


@pytest.fixture(scope="module")
def cases(folder: Path) -> list[str]:
    """Two cases whose passes count from yesterday until tomorrow."""
    opened = open_pass_hall(folder, campus_time, PASSES)
    now = campus_time().replace(microsecond=0)
    times = {"到访": (now - timedelta(days=1)).isoformat(), "离开": (now + timedelta(days=1)).isoformat()}
    made = [send(opened, {**ANSWERS, **times}) for _ in range(2)]
    for case in made:
        decide(opened, case, "20004")
    opened.close()
    return made


@pytest.fixture(scope="module")
def hall(folder: Path, cases: list[str]) -> Iterator[str]:
    os.environ["BANSHI_GATES"] = f'{{"海棠1栋/东门": "{TOKEN}"}}'
    try:
        yield from serve(str(folder))
    finally:
        del os.environ["BANSHI_GATES"]


def test_a_student_shows_her_pass_and_a_keeper_lets_in_and_out(browser: Browser, hall: str, cases: list[str]) -> None:
    student = Visitor(browser, hall, "20001", NARROW)
    student.go("/language/en?next=/")
    page = student.go(f"/cases/{cases[0]}")
    panel = page.locator(".panel-passes")
    expect(panel).to_contain_text("Visitor pass")
    expect(panel.get_by_role("img", name="QR code of the pass")).to_be_visible()
    assert violations(page) == []
    panel.get_by_role("link", name="Show it large").click()
    expect(page.locator(".pass-state")).to_have_text("Valid")
    expect(page.locator(".pass-facts")).to_contain_text("At 海棠1栋 only")
    code = page.locator(".pass-said").inner_text()
    picture = page.get_by_role("img", name="QR code of the pass").bounding_box()
    assert picture is not None
    assert picture["width"] > 240
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert violations(page) == []
    page.context.set_offline(True)
    expect(page.get_by_role("img", name="QR code of the pass")).to_be_visible()
    page.context.set_offline(False)

    keeper = Visitor(browser, hall, "20004", NARROW)
    gate = keeper.go("/gate")
    expect(gate.locator("#verdict")).to_have_text("请扫码或输入")
    assert violations(gate) == []
    gate.get_by_label("在哪里查验").fill("海棠1栋")
    gate.get_by_label("通行证的码，或办件单号").fill(code)
    gate.get_by_role("button", name="进门").click()
    expect(gate.locator("#verdict")).to_have_text("放行 · 进门")
    expect(gate.locator("#facts")).to_contain_text("李建国")
    assert violations(gate) == []
    assert gate.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    gate.get_by_label("通行证的码，或办件单号").fill(code)
    gate.get_by_role("button", name="进门").click()
    expect(gate.locator("#verdict")).to_have_text("不放行")
    expect(gate.locator("#why")).to_contain_text("已经用它进来")
    assert violations(gate) == []
    gate.reload()
    expect(gate.get_by_label("在哪里查验")).to_have_value("海棠1栋")
    gate.get_by_label("通行证的码，或办件单号").fill(code)
    gate.get_by_role("button", name="出门").click()
    expect(gate.locator("#verdict")).to_have_text("放行 · 出门")
    gate.get_by_label("通行证的码，或办件单号").fill(code)
    gate.get_by_label("通行证的码，或办件单号").press("Enter")
    expect(gate.locator("#why")).to_contain_text(re.compile("次数已经用完|刚刚查验过"))
    keeper.done()

    page.goto(f"{hall}/cases/{cases[0]}")
    expect(page.locator(".panel-passes").locator(".paper").first).to_contain_text("Used up")
    expect(page.locator(".timeline, .panel-timeline").first).to_contain_text("In · 海棠1栋 · May come in")
    student.done()


def test_a_gate_reads_codes_with_its_camera(browser: Browser, hall: str, cases: list[str]) -> None:
    student = Visitor(browser, hall, "20001", NARROW)
    page = student.go(f"/cases/{cases[1]}")
    page.get_by_role("link", name="全屏出示").click()
    code = page.locator(".pass-said").inner_text().replace("-", "")

    gate = Visitor(browser, hall, "", NARROW)
    gate.page.add_init_script(CAMERA)
    screen = gate.go(f"/gate?token={TOKEN}")
    expect(screen.locator("h1")).to_contain_text("海棠1栋")
    expect(screen.get_by_label("在哪里查验")).to_have_count(0)
    screen.get_by_role("button", name="用摄像头扫码").click()
    expect(screen.locator("video")).to_be_visible()
    screen.evaluate("(code) => { window.shown = code; }", code)
    expect(screen.locator("#verdict")).to_have_text("放行 · 进门")
    expect(screen.locator("#facts")).to_contain_text("李**")
    screen.wait_for_timeout(1000)
    expect(screen.locator("#verdict")).to_have_text("放行 · 进门")
    screen.get_by_role("button", name="关闭摄像头").click()
    expect(screen.locator("video")).to_be_hidden()
    gate.done()

    page.goto(f"{hall}/cases/{cases[1]}")
    expect(page.locator(".panel-passes")).to_contain_text("现在在里面")
    student.done()


def test_who_loses_a_pass_withdraws_it(browser: Browser, hall: str, cases: list[str]) -> None:
    student = Visitor(browser, hall, "20001", DESKTOP)
    page = student.go(f"/cases/{cases[1]}")
    panel = page.locator(".panel-passes")
    panel.get_by_text("收回…").click()
    panel.get_by_role("button", name="收回这张通行证").click()
    expect(page.locator(".notice-warning")).to_contain_text("请先写明收回的原因")
    panel.get_by_label("收回原因").fill("手机丢了")
    panel.get_by_label("收回原因").blur()
    panel.get_by_role("button", name="收回这张通行证").click()
    expect(page.locator(".panel-passes")).to_contain_text("收回：手机丢了")
    assert violations(page) == []
    student.done()


def test_a_gate_without_a_network_says_so(browser: Browser, hall: str) -> None:
    gate = Visitor(browser, hall, "", NARROW)
    screen = gate.go(f"/gate?token={TOKEN}")
    screen.route("**/gate/check", lambda route: route.abort())
    screen.get_by_label("通行证的码").fill("ABCD")
    screen.get_by_role("button", name="查验").click()
    expect(screen.locator("#why")).to_contain_text("没有连上服务器")
    assert violations(screen) == []
