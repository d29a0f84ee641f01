"""Write the pictures of tour.md: a walk through a hall with half a year of cases in it, in both languages.

`.venv/bin/python docs/tour_pictures.py` plays a demonstration into a temporary folder (`--data FOLDER` takes one that `banshi demo` made),
starts a hall on the shipped workbooks, and takes every picture with Chromium (`--chromium PATH`). The certificate is drawn by pdftoppm.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from banshi.platform.hall import campus_time

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures" / "tour"
REPAIR = "campus-repair"
DESKTOP, PHONE = {"width": 1200, "height": 860}, {"width": 390, "height": 844}
STUDENT, PROFESSOR, QUOTER, REPAIRS, AUDITOR, ADMIN = "2024110101", "11011", "10215", "10524", "10811", "10911"
PURCHASES, TEACHER, KEEPER = "10313", "11020", "10561"
KIOSK = "kiosk-of-the-library"


def start(command: list[str], folder: Path) -> tuple[subprocess.Popen[str], str]:
    """A hall in a process of its own, and its address."""
    settings = {"PYTHONPATH": str(ROOT / "typings"), "BANSHI_KIOSKS": json.dumps({"library": KIOSK})}
    process = subprocess.Popen(  # noqa: S603  our own hall
        command, cwd=folder, env=os.environ | settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    told = []
    for line in process.stdout:
        told.append(line)
        if found := re.search(r"http://localhost:(\d+)/", line):
            return process, f"http://127.0.0.1:{found[1]}"
    raise SystemExit("".join(told))


def save(data: bytes, name: str, tall: int = 0) -> None:
    """Write a PNG, or its first so many rows, with a palette of 128 colours."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    if tall:
        picture = picture.crop((0, 0, picture.width, tall))
    picture.quantize(128, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)


class Tour:
    """The walk."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address

    def visit(self, person: str, path: str, language: str, size: dict[str, int]) -> Page:
        """Somebody's page; nobody's without a person."""
        context = self.browser.new_context(viewport=size, locale="zh-CN" if language == "zh" else "en-GB")  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(30_000)
        if person:
            page.goto(f"{self.address}/sign-in")
            page.locator(f'button[value="{person}"]').click()
            page.wait_for_url(f"{self.address}/")
        page.goto(f"{self.address}/language/{language}?next=/check")
        page.goto(self.address + path)
        return page

    def take(self, page: Page, name: str, tall: int = 0) -> None:
        """The window, or so many pixels from the top of the page."""
        page.wait_for_timeout(1500)
        size = page.viewport_size
        assert size is not None
        if tall:
            page.set_viewport_size({"width": size["width"], "height": tall})
            page.wait_for_timeout(700)
        save(page.screenshot(), name)
        page.set_viewport_size(size)

    def told(self, person: str, path: str) -> Any:
        """What REST answers to somebody: JSON, or the bytes of a PDF."""
        asked = self.browser.new_context().request
        token = asked.post(f"{self.address}/api/v1/sessions", data={"person": person}).json()["token"]
        answer = asked.get(f"{self.address}/api/v1{path}", headers={"authorization": f"Bearer {token}"})
        return answer.body() if "pdf" in answer.headers["content-type"] else answer.json()

    def catalogue(self) -> None:
        """The hall, its search, and a form."""
        self.take(self.visit(STUDENT, "/", "zh", DESKTOP), "catalogue-zh", 1040)
        self.take(self.visit(STUDENT, "/", "en", PHONE), "catalogue-en")
        page = self.visit(STUDENT, f"/form/{REPAIR}?地点=301", "en", PHONE)
        expect(page.get_by_label("Room or place")).to_have_value("301")
        self.take(page, "form-en")

    def handling(self) -> None:
        """Who handles cases, and one case."""
        self.take(self.visit(QUOTER, "/tasks", "zh", DESKTOP), "tasks-zh")
        repairs = self.told(REPAIRS, f"/owned/{REPAIR}/cases")["items"]
        case = next(one["id"] for one in repairs if one["state"] == "approved")
        page = self.visit(REPAIRS, f"/cases/{case}", "zh", DESKTOP)
        self.take(page, "case-zh")
        page.set_viewport_size({"width": DESKTOP["width"], "height": 4000})
        page.wait_for_timeout(700)
        save(page.locator(".panel-timeline").screenshot(), "record-zh", 980)
        mine = next(one["id"] for one in repairs if one["state"] == "open")
        self.take(self.visit(STUDENT, f"/cases/{mine}", "en", PHONE), "case-en")
        self.take(self.visit(PROFESSOR, "/messages", "zh", PHONE), "messages-zh")

    def paying(self) -> None:
        """A top-up, the sandbox, and the balance."""
        page = self.visit(STUDENT, "/services/electricity-topup/apply", "en", PHONE)
        page.get_by_role("button", name="Next", exact=True).click()
        page.get_by_label("Amount (yuan)").fill("100")
        expect(page.get_by_text("182.84")).to_be_visible()
        page.get_by_role("button", name="Next: check your answers").click()
        page.get_by_role("button", name="Send").click()
        page.get_by_role("link", name="Pay now").click()
        expect(page.locator(".pay-amount")).to_have_text("100.00 yuan")
        self.take(page, "pay-en")
        page.get_by_role("button", name="Pay (sandbox)").click()
        expect(page.get_by_text("Paid, and booked.")).to_be_visible()
        self.take(self.visit(STUDENT, "/accounts", "zh", PHONE), "balances-zh")

    def papers(self) -> None:
        """A certificate, the page that checks it, and the kiosk that prints it."""
        cases = self.told(STUDENT, "/cases")["items"]
        case = next(
            one["id"] for one in cases if one["service_id"] == "enrolment-certificate" and one["state"] == "approved"
        )
        chinese, english = self.told(STUDENT, f"/cases/{case}/papers")
        pdf = self.told(STUDENT, f"/papers/{chinese['code']}/pdf")
        drawn = subprocess.run(
            ["pdftoppm", "-r", "80", "-png", "-f", "1", "-l", "1", "-"],  # noqa: S607
            input=pdf,
            capture_output=True,
            check=True,
        ).stdout
        save(drawn, "paper-zh", 520)
        self.take(self.visit("", f"/check/{english['code']}", "en", PHONE), "check-en")
        page = self.visit("", f"/kiosk?token={KIOSK}", "zh", DESKTOP)
        page.locator("#said").fill(STUDENT)
        page.locator("#pickup").fill(chinese["pickup"])
        page.get_by_role("button", name="查找").click()
        expect(page.locator(".kiosk-papers")).to_be_visible()
        self.take(page, "kiosk-zh")

    def gates_and_lessons(self) -> None:
        """The code of a lesson and who scans it, and a resident at the gate."""
        page = self.visit(TEACHER, "/services/class-attendance/apply", "zh", DESKTOP)
        page.get_by_text("有机化学 YJ01").click()
        page.get_by_label("节次").select_option("其他")
        page.get_by_label("开始时刻").fill(campus_time().strftime("%H:%M"))
        expect(page.get_by_label("教室")).to_have_value("滨江B203")
        page.get_by_role("button", name="下一步").click()
        page.get_by_role("button", name="提交").click()
        page.get_by_role("link", name="展示课堂签到码").click()
        expect(page.locator("#facts")).to_contain_text("应到4")
        (scanned,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.locator("#picture").screenshot())))
        phone = self.visit(STUDENT, str(scanned.text).removeprefix(self.address), "en", PHONE)
        self.take(phone, "sign-en")
        phone.get_by_role("button", name="Send").click()
        expect(page.locator("#facts")).to_contain_text("到课1")
        self.take(page, "code-zh")
        phone = self.visit(STUDENT, "/me/pass", "en", PHONE)
        self.take(phone, "pass-en")
        gate = self.visit(KEEPER, "/gate", "zh", PHONE)
        gate.get_by_label("在哪里查验").fill("海棠1栋")
        gate.get_by_label("通行证的码，或办件单号").fill(phone.locator(".pass-said").inner_text())
        gate.get_by_role("button", name="进门").click()
        expect(gate.locator("#verdict")).to_be_visible()
        self.take(gate, "gate-zh")

    def looking_after(self) -> None:
        """Boards, jobs, the owner's console, the rule log and the statistics."""
        self.take(self.visit(REPAIRS, f"/boards/{REPAIR}", "zh", DESKTOP), "board-zh", 1040)
        self.take(self.visit(PURCHASES, "/jobs", "en", DESKTOP), "jobs-en")
        self.take(self.visit(REPAIRS, f"/owner/{REPAIR}", "en", DESKTOP), "owner-en", 1000)
        page = self.visit(AUDITOR, "/auditor", "zh", DESKTOP)
        self.take(page, "log-zh")
        self.take(self.visit(ADMIN, "/statistics", "en", DESKTOP), "statistics-en", 1200)

    def walk(self) -> None:
        """All of it."""
        self.catalogue()
        self.handling()
        self.papers()
        self.paying()
        self.gates_and_lessons()
        self.looking_after()


def main() -> None:
    """Take every picture."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--chromium", default="/usr/bin/chromium")
    asked.add_argument("--data", type=Path, help="a data folder that `banshi demo` made")
    given = asked.parse_args()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as tools:
        folder = Path(name)
        data = given.data or folder / "data"
        if given.data is None:
            demo = ["-m", "banshi.ui.cli", "demo", str(data), "--cases", "120", "--seed", "1"]
            environment = os.environ | {"PYTHONPATH": str(ROOT / "typings")}
            subprocess.run([sys.executable, *demo], check=True, env=environment)  # noqa: S603
        run = [sys.executable, str(ROOT / "run.py"), "--port", "0", "--data", str(data.resolve())]
        process, address = start([*run, "--definitions", str(ROOT / "definitions")], folder)
        browser = tools.chromium.launch(
            executable_path=given.chromium, args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
        )
        try:
            Tour(browser, address).walk()
        finally:
            browser.close()
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
