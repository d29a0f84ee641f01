"""The gallery of question types in a real browser: filled in by hand, sent, and read back unchanged.

1. Every question has one control; every page fits a desktop and a phone; axe-core finds nothing to object to.
2. What was sent is the same in the case, in the export and in the PDF of the printed page.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations

from banshi.storage.sql import SqlStore

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
GALLERY = ROOT / "docs/gallery/form-gallery.xlsx"
ORGANISATION = ROOT / "definitions/organisation/organisation.xlsx"
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c636060606000000005000157"
    "a3a3340000000049454e44ae426082"
)
STUDENT, OWNER = "2024110101", "10911"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("gallery")
    for name, workbook in (("organisation", ORGANISATION), ("form-gallery", GALLERY)):
        place = made / "definitions" / name
        place.mkdir(parents=True)
        (place / workbook.name).write_bytes(workbook.read_bytes())
    shutil.copytree(GALLERY.parent / "media", made / "definitions" / "form-gallery" / "media")
    return made


@pytest.fixture(scope="module")
def hall(folder: Path) -> Iterator[str]:
    yield from serve(str(folder))


TEXTS = {
    "短文字": "取样 <b>乙腈</b> & **色谱级**",
    "长文字": "第一行\n第二行，含“引号”",
    "学号": "0024110101",
    "人数": "3",
    "用电量": "12.50",
    "押金": "100.10",
    "功率": "1500",
    "日期": "2026-09-01",
    "账期": "2026-11",
    "入学年份": "2024",
    "时间": "08:30",
    "日期和时间": "2026-09-01T08:30",
    "位置": "23.048400 113.391500",
    "路线": "23.05 113.39; 23.06 113.40",
    "区域": "23.05 113.39; 23.06 113.40; 23.06 113.39; 23.05 113.39",
    "资产编号": "00ZC-2024-0317",
}
"""What is typed, by the beginning of the label."""


def fill(page: Page) -> None:
    """Answer what stands on this page."""
    for label, text in TEXTS.items():
        for box in page.locator(".bf-field", has=page.locator("label", has_text=re.compile(f"^{label}"))).all():
            box.locator("input, textarea").first.fill(text)
    choose(page)
    press_maps(page)
    rate(page)
    attach(page)
    fill_rows(page)


def choose(page: Page) -> None:
    for name in ("满意度", "校区", "急缓", "学院", "离您最近的安全设备"):
        for group in page.get_by_role("radiogroup", name=re.compile(f"^{name}")).all():
            group.locator("label").nth(1).click()
    for box in page.get_by_label(re.compile("^楼栋")).all():
        box.select_option("N1")
    for label, typed, chosen in (("房间", "n1-1007", "北一楼 1007 室"), ("负责人", "白露", "白露")):
        for box in page.get_by_role("combobox", name=re.compile(f"^{label}")).all():
            box.press_sequentially(typed)
            page.get_by_role("option", name=re.compile(f"^{chosen}")).click()
    for box in page.get_by_label(re.compile("^(明火|高压|以上内容属实)")).all():
        box.check()
    for button in page.get_by_role("button", name="校外租用：上移").all():
        button.click()


def press_maps(page: Page) -> None:
    """The shapes of a map; every picture has come, from a place that tells nobody else."""
    if not page.locator(".bf-map").count():
        return
    for name, campus in (("所在校区", "北校区"), ("去过的校区", "南校区")):
        field = page.locator(".bf-field", has=page.locator("legend", has_text=name))
        field.get_by_role("button", name=campus).click()
        expect(field.get_by_text(f"已选：{campus}")).to_be_visible()
    for picture in page.locator(".bf-media img").all():
        expect(picture).not_to_have_js_property("naturalWidth", 0)
    told = page.request.get(page.locator(".bf-note img").evaluate("(picture) => picture.src"))
    assert (told.status, told.headers["content-type"]) == (200, "image/svg+xml")
    assert told.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert told.headers["x-content-type-options"] == "nosniff"


def rate(page: Page) -> None:
    """A matrix on a desktop, questions of their own on a phone."""
    for row in ("上门速度", "服务态度", "维修质量"):
        alone = page.get_by_role("radiogroup", name=re.compile(f"^{row}")).get_by_role("radio", name="一般", exact=True)
        for radio in page.get_by_role("radio", name=f"{row}：一般").or_(alone).all():
            radio.check()


FILES = {
    "材料": ("材料.pdf", b"%PDF-1.7\n" + bytes(40)),
    "照片": ("照片.png", DOT),
    "签名": ("签名.png", DOT),
    "草图": ("草图.png", DOT),
    "录音": ("录音.mp3", b"ID3\x03" + bytes(60)),
    "录像": ("录像.mp4", b"\0\0\0\x18ftypmp42" + bytes(60)),
}


def attach(page: Page) -> None:
    for label, (name, content) in FILES.items():
        field = page.locator(".bf-field", has=page.locator("label", has_text=re.compile(f"^{label}")))
        for chooser in field.locator("input[type=file]").all():
            chooser.set_input_files({"name": name, "mimeType": "", "buffer": content})
            expect(field.get_by_role("link", name=name)).to_be_visible()


def fill_rows(page: Page) -> None:
    for label, value in (("品名", "烧杯"), ("数量", "4"), ("单价", "9.90")):
        for box in page.get_by_label(re.compile(f"^{label}")).all():
            box.fill(value)
    for box in page.get_by_label(re.compile("^分成几组")).all():
        box.fill("1")
        page.get_by_label(re.compile("^组名")).fill("光谱组")
        page.get_by_role("button", name="添加一行").click()
        page.get_by_role("combobox", name=re.compile("^组员")).press_sequentially("金晨")
        page.get_by_role("option", name=re.compile("^金晨")).click()


def controls(field: Locator) -> int:
    """How many answers a question takes: boxes, groups of buttons, lists, lists in order."""
    boxes = field.locator(
        "input:not([type=radio]):not([type=checkbox]):not([type=file]), textarea, select, .bf-files, .bf-rank"
    )
    groups = field.locator(".bf-choices, label.bf-choice:has(> input[type=checkbox]):not(.bf-choices *)")
    return boxes.count() + groups.count()


@pytest.mark.parametrize(
    "size", [pytest.param(DESKTOP, id="desktop", marks=pytest.mark.soak), pytest.param(NARROW, id="phone")]
)
def test_what_is_answered_is_kept_exported_and_printed(
    hall: str, folder: Path, browser: Browser, size: dict[str, int], tmp_path: Path
) -> None:
    student = Visitor(browser, hall, STUDENT, size)
    page = student.go("/services/form-gallery/apply")
    onward = page.get_by_role("button", name=re.compile("^下一步"))
    expect(onward).to_be_visible()
    while onward.count():
        title = page.locator(".bf-page-title").inner_text()
        for field in page.locator(".bf-page .bf-field:not(.bf-fixed)").all():
            assert controls(field) == 1, (title, field.inner_text())
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], title
        fill(page)
        assert violations(page) == [], title
        onward.click()
        expect(page.locator(".bf-page-title")).not_to_have_text(title)
    page.get_by_role("button", name="提交", exact=True).click()
    number = page.locator(".done-number .strong").inner_text()
    page.get_by_role("link", name="查看办理进度").click()
    expect(page.get_by_role("button", name="打印")).to_be_visible()
    expect(page.locator(".panel-form")).to_contain_text("光谱组")

    store = SqlStore(folder / "banshi.sqlite")
    case = next(case for case in store.iter_cases(_all()) if case.number == number)
    store.close()
    kept: dict[str, Any] = case.snapshot["answers"]
    typed = {
        name: str(kept[name])
        for name in ("短文字", "长文字", "学号", "用电量", "押金", "账期", "入学年份", "资产编号", "房间")
    }
    assert typed == {
        "短文字": TEXTS["短文字"], "长文字": TEXTS["长文字"], "学号": "0024110101", "用电量": "12.50", "押金": "100.10",
        "账期": "2026-11-01", "入学年份": "2024-01-01", "资产编号": "00ZC-2024-0317", "房间": "N1-1007",
    }  # fmt: skip
    assert (kept["最近设备"], kept["所在校区"], kept["去过"]) == ("eyewash", "north", ["south"])
    assert (kept["优先次序"], kept["危险源"], kept["速度"]) == (["home", "rent", "import"], ["fire", "pressure"], "2")
    assert [(row["品名"], str(row["小计"])) for row in kept["采购"]] == [("烧杯", "39.60")]
    assert kept["小组"] == [{"组名": "光谱组", "组员": [{"组员工号": "10910"}]}]
    assert [kept[name]["name"] for name in ("照片", "签名", "草图", "录音", "录像")] == [
        "照片.png",
        "签名.png",
        "草图.png",
        "录音.mp3",
        "录像.mp4",
    ]

    printed = tmp_path / "case.pdf"
    page.pdf(path=printed)
    told = "".join(
        subprocess.run(["pdftotext", str(printed), "-"], capture_output=True, check=True).stdout.decode().split()
    )
    for text in (
        *TEXTS.values(),
        "北一楼 1007 室",
        "国产谱仪、校外租用、进口谱仪",
        "39.60",
        "白露",
        "光谱组",
        "金晨",
        "录像.mp4",
        number,
    ):
        # The browser shows moments as people read them.
        wanted = text.replace("T", " ") if text.startswith("2026-09") else text
        assert "".join(wanted.split()) in told, wanted
    student.done()

    owner = Visitor(browser, hall, OWNER, DESKTOP)
    book = openpyxl.load_workbook(io.BytesIO(owner.page.request.get(f"{hall}/export/cases/form-gallery.xlsx").body()))
    header, *rows = book.worksheets[0].iter_rows(values_only=True)
    row = dict(zip(header, next(row for row in rows if number in row), strict=True))
    assert row["短文字"] == TEXTS["短文字"]
    assert (row["学号（数字键盘）"], row["资产编号（可扫码）"]) == ("0024110101", "00ZC-2024-0317")
    assert (str(row["用电量（kWh）"]), str(row["押金"]), row["房间（600 间，在服务器上查找）"]) == (
        "12.5",
        "100.1",
        "北一楼 1007 室",
    )
    assert row["优先次序"] == "国产谱仪、校外租用、进口谱仪"
    owner.done()


def _all() -> Any:
    from banshi.storage.contract import CaseFilter

    return CaseFilter(service_id="form-gallery")
