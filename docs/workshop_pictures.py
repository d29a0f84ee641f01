"""Write the pictures of workshop.md: a new price of electricity, from the notice to the first bill, in a hall of its own.

`.venv/bin/python docs/workshop_pictures.py` begins a hall on the shipped workbooks in a temporary folder, with a clock that the
script sets, and takes every picture in both languages with Chromium (`--chromium PATH`).
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect, sync_playwright

from banshi.rules.values import CAMPUS_ZONE

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
SERVICE = "dormitory-electricity"
_FIRST = datetime(2026, 12, 1, tzinfo=CAMPUS_ZONE)
OWNER, KEEPER, ADMIN = "10563", "10561", "10911"
BEFORE, MIDNIGHT, AFTER = datetime(2026, 11, 20, 9, tzinfo=CAMPUS_ZONE), _FIRST, _FIRST.replace(hour=8, minute=30)
SIZE = {"width": 1200, "height": 900}
SERVE = """
import sys
from datetime import timedelta
from pathlib import Path
from banshi.platform import hall
real, offset = hall.campus_time, Path(sys.argv[3])
def moved():
    return real() + timedelta(seconds=float(offset.read_text()))
hall.campus_time = moved
hall.Hall.__init__.__kwdefaults__["clock"] = moved
from banshi.ui.server import serve
from banshi.ui.settings import Settings
sys.exit(serve(Settings(port=0, data=Path(sys.argv[1]), definitions=Path(sys.argv[2]))))
"""
_FEN = Decimal("0.01")


class Hall:
    """The hall of the pictures, in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        definitions = folder / "definitions"
        shutil.copytree(ROOT / "definitions", definitions)
        book = load_workbook(definitions / SERVICE / f"{SERVICE}.xlsx")
        book["设置"].append(["复核", "是"])
        book.save(definitions / SERVICE / f"{SERVICE}.xlsx")
        self.live = definitions / SERVICE / f"{SERVICE}.xlsx"
        self.at(BEFORE)
        command = [sys.executable, "-c", SERVE, str(folder / "data"), str(definitions), str(folder / "offset")]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "typings")}
        self.process = subprocess.Popen(  # noqa: S603  our own hall
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout is not None
        told = []
        for line in self.process.stdout:
            told.append(line)
            if found := re.search(r"http://localhost:(\d+)/", line):
                self.address = f"http://127.0.0.1:{found[1]}"
                return
        raise SystemExit("".join(told))

    def at(self, moment: datetime) -> None:
        """Set the clock."""
        (self.folder / "offset").write_text(str((moment - datetime.now(CAMPUS_ZONE)).total_seconds()))


def draft(live: Path) -> bytes:
    """The workbook with the new price, the number of the notice, and the amounts that the examples expect then."""
    book = load_workbook(live)
    fees, examples = book["收费-超额"], book["用例"]
    columns = {cell.value: cell.column for cell in fees[1]}
    fees.cell(2, columns["单价"]).value = 0.712
    fees.cell(2, columns["依据"]).value = "校后〔2026〕31 号"
    column = next(cell.column for cell in examples[1] if cell.value == "期望 收费.合计")
    modes = next(cell.column for cell in examples[1] if cell.value == "计费方式")
    for row in range(2, examples.max_row + 1):
        amount, mode = examples.cell(row, column), examples.cell(row, modes).value
        if mode in (None, "定额") and isinstance(amount.value, int | float) and amount.value:
            kwh = (Decimal(str(amount.value)) / Decimal("0.698")).quantize(Decimal("0.1"), ROUND_HALF_UP)
            amount.value = float((kwh * Decimal("0.712")).quantize(_FEN, ROUND_HALF_UP))
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


class Pictures:
    """The story in one language."""

    def __init__(self, browser: Browser, hall: Hall, language: str) -> None:
        self.browser, self.hall, self.language = browser, hall, language

    def visit(self, person: str, path: str) -> Page:
        """Somebody's page."""
        context = self.browser.new_context(viewport=SIZE, locale="zh-CN" if self.language == "zh" else "en-GB")
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{self.hall.address}/sign-in")
        page.locator(f'button[value="{person}"]').click()
        page.wait_for_url(f"{self.hall.address}/")
        page.goto(f"{self.hall.address}/language/{self.language}?next=/")
        page.goto(self.hall.address + path)
        return page

    def say(self, zh: str, en: str) -> str:
        """A word of the screens."""
        return en if self.language == "en" else zh

    def take(self, page: Page, name: str, where: str, last: str = "") -> None:
        """A picture of a part of the page, down to the end of another part where one is named."""
        part = page.locator(where).first
        part.scroll_into_view_if_needed()
        page.wait_for_timeout(500)
        data = part.bounding_box()
        assert data is not None
        end = page.locator(last).first.bounding_box() if last else data
        assert end is not None
        height = end["y"] + end["height"] - data["y"]
        top = data["y"] + page.evaluate("window.scrollY")
        clip: Any = {"x": data["x"], "y": top, "width": data["width"], "height": height}
        page.screenshot(path=PICTURES / f"workshop-{name}-{self.language}.png", clip=clip, full_page=True)

    def send(self, page: Page, month: str, rooms: list[tuple[str, int, int]]) -> list[str]:
        """Readings as the keeper sends them: room, kWh, students; the ids of the cases."""
        students = [
            ("2024110101", "李沐阳"),
            ("2024110102", "王子轩"),
            ("2024110103", "张文博"),
            ("2024120104", "刘子墨"),
        ]
        found = []
        for room, kwh, count in rooms:
            answers = {"校区": "滨江校区", "楼栋": "海棠1栋", "房间": room, "上报方式": "宿管抄表", "抄表月份": month,
                       "上月读数": 1200, "本月读数": 1200 + kwh, "计费方式": "定额", "上月结转": 0,
                       "住宿学生": [{"学号": number, "姓名": name} for number, name in students[:count]]}  # fmt: skip
            told: Any = page.evaluate(
                "async ([token, path, body]) => { const r = await fetch(path, {method: 'POST', headers:"
                " {'content-type': 'application/json', authorization: 'Bearer ' + token}, body}); return r.json(); }",
                [self.token(page), f"/api/v1/services/{SERVICE}/cases",
                 json.dumps({"answers": answers, "command_id": f"{month}-{room}"})],
            )  # fmt: skip
            found.append(told["case_id"])
        return found

    def token(self, page: Page) -> str:
        """A token for the keeper."""
        return str(
            page.evaluate(
                "async (person) => (await (await fetch('/api/v1/sessions', {method: 'POST', headers:"
                " {'content-type': 'application/json'}, body: JSON.stringify({person})})).json()).token",
                KEEPER,
            )
        )

    def upload(self, page: Page, data: bytes) -> None:
        """Drop the new workbook."""
        book = {"name": f"{SERVICE}.xlsx", "mimeType": "application/octet-stream", "buffer": data}
        page.locator("input[type=file]").set_input_files(book)  # type: ignore[arg-type]
        expect(page.locator(".verdict-good")).to_be_visible(timeout=60_000)

    def story(self, data: bytes) -> None:
        """All of it."""
        keeper = self.visit(KEEPER, "/")
        self.send(
            keeper, "2026-10-31", [("301", 41, 4), ("302", 95, 4), ("303", 181, 4), ("304", 183, 4), ("305", 30, 3)]
        )
        owner = self.visit(OWNER, f"/owner/{SERVICE}")
        self.upload(owner, data)
        self.take(owner, "report", ".report")

        owner.get_by_role("link", name=self.say("影响测算", "Impact")).click()
        owner.get_by_role("button", name=self.say("开始测算", "Measure")).click()
        expect(owner.locator(".impact-cells")).to_be_visible(timeout=60_000)
        self.take(owner, "impact", ".impact-box", ".impact-cells")

        owner.goto(f"{self.hall.address}/owner/{SERVICE}")
        self.upload(owner, data)
        note = self.say(
            "12 月 1 日起超额电价 0.712 元（校后〔2026〕31 号）",
            "0.712 yuan beyond the quota from 1 December (notice 31/2026)",
        )
        owner.locator("#publish-note").fill(note)
        owner.locator("#publish-at").fill("2026-12-01T00:00")
        owner.locator("#publish-at").blur()
        self.take(owner, "publish", ".publish")
        owner.get_by_role("button", name=self.say("发布上线", "Publish"), exact=True).click()
        expect(owner.locator(".panel-plans")).to_be_visible()
        self.take(owner, "plan", ".panel-plans")

        other = self.visit(ADMIN, f"/owner/{SERVICE}")
        self.take(other, "consent", ".panel-plans")
        other.get_by_role("button", name=self.say("同意发布", "Consent"), exact=True).click()
        expect(other.locator(".notice-success")).to_be_visible()

        self.hall.at(MIDNIGHT)
        owner = self.visit(OWNER, f"/owner/{SERVICE}")
        for _ in range(60):
            if owner.locator(".version").count() > 1:
                break
            owner.wait_for_timeout(2000)
            owner.reload()
        self.take(owner, "versions", ".version-list")

        self.hall.at(AFTER)
        keeper = self.visit(KEEPER, "/")
        (case,) = self.send(keeper, "2026-11-30", [("302", 183, 4)])
        keeper.goto(f"{self.hall.address}/cases/{case}")
        self.take(keeper, "bill", ".panel-bill")
        for summary in keeper.locator(".panel-decisions summary").all():
            summary.click()
        self.take(keeper, "why", ".panel-decisions")


def main() -> None:
    """Take every picture."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--chromium", default="/usr/bin/chromium")
    given = asked.parse_args()
    with sync_playwright() as tools:
        browser = tools.chromium.launch(
            executable_path=given.chromium, args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
        )
        for language in ("zh", "en"):
            with tempfile.TemporaryDirectory() as folder:
                hall = Hall(Path(folder))
                try:
                    Pictures(browser, hall, language).story(draft(hall.live))
                finally:
                    hall.process.terminate()
                    hall.process.wait()
        browser.close()


if __name__ == "__main__":
    main()
