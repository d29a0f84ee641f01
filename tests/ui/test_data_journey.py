"""An office uploads next month's readings with a jump and a gap, sees them, mends them, sees the difference, replaces; the next
bill is by the new readings. At a desktop in Chinese and on a phone in English.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from halls import open_test_hall
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations
from workbooks import workbook_from_text

METERS = """
## settings
| form_id | form_title | owner  |
| meters  | 宿舍电费   | 设备处 |
## survey
| type | name | label | required | calculation |
| text | 房间 | 房间 | yes | |
| date | 抄表日 | 抄表日 | yes | |
| calculate | 用电量 | 用电量 | | LOOKUP("读数", KEYS(${房间}, ${抄表日}), "用量") |
## 收费-电费
| 项目 | 名称 | 计量 | 单价 |
| 电费 | 电费 | ${用电量} | 0.698 |
## 数据-读数
| 读数 | 表底 | | |
| 表计 | 房间 | | |
| 抄表日 | 抄表日 | | |
| 位数 | 5 | | |
| 周期 | 每月 | | |
| 突变 | 3 | | |
| 房间* | 抄表日* | 表底 | 备注 |
| '0301 | 2026-07-31 | 99700 | |
| '0302 | 2026-07-31 | 820.5 | |
| '0301 | 2026-08-31 | 99800 | |
| '0302 | 2026-08-31 | 900.5 | |
| '0301 | 2026-09-30 | 99905 | |
| '0302 | 2026-09-30 | 985 | |
## route
| step | name | who |
| 10 | 申请 | initiator |
| 20 | 复核 | role:财务处.审核岗 |
## examples
| example | applicant | 房间 | 抄表日 | expect fees.total |
| 八月 | '20001 | '0301 | 2026-08-31 | 69.80 |
"""
CARS = """
## settings
| form_id | form_title | owner  | number         |
| car     | 用车预约   | 设备处 | YC{yyyy}{0001} |
## survey
| type | name | label    | required | calculation |
| text | 车辆 | 车牌     | yes      | |
| date | 出发 | 出发日期 | yes      | |
| calculate | 几次 |     |          | count(instance('占用')/root/item[车辆 = ${车辆}]) |
## data.占用
| 台账 | 在办 |
| 取值 | 开始=出发; 备注=办件.单号 |
| 车辆* | 开始 | 备注 |
| 粤A00001 | 2026-09-01 | 年检 |
| 粤A00002 | 2026-09-02 | 借给后勤 |
## route
| step | name       | who            |
| 10   | 申请       | initiator      |
| 20   | 学院负责人 | head(申请部门) |
"""
KNOWN = METERS[METERS.index("| 房间* ") : METERS.index("## route")]


def table(*rows: str) -> bytes:
    """The table as it is, with rows behind."""
    return workbook_from_text("## 十月\n" + KNOWN.replace("*", "") + "\n".join(rows))


FAULTY = table("| '0301 | 2026-10-31 | 5500 | |", "| '0302 | 2026-11-30 | 九百 | |")
ODD = table("| '0301 | 2026-10-31 | 550 | |", "| '0302 | 2026-11-30 | 1150 | |")
RIGHT = table("| '0301 | 2026-10-31 | 15.5 | |", "| '0302 | 2026-10-31 | 1065 | 复核过 |")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hall")
    open_test_hall(folder, services={"meters": METERS}).close()
    yield from serve(str(folder))


def upload(page: Page, data: bytes, name: str = "十月读数.xlsx") -> Any:
    """Drop a table; what was found in it."""
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": data})
    report = page.locator("section.report").first
    expect(report).to_contain_text(name)
    return report


def is_billed(browser: Browser, hall: str, room: str, day: str, amount: str) -> None:
    """What a student reads on the form."""
    student = Visitor(browser, hall, "20001", DESKTOP)
    page = student.go("/services/meters/apply")
    page.get_by_label("房间").fill(room)
    page.get_by_label("抄表日").fill(day)
    page.get_by_label("抄表日").blur()
    expect(page.locator(".bill")).to_contain_text(amount)
    student.done()


def test_readings_with_a_gap_and_a_jump_are_mended_and_billed(browser: Browser, hall: str, tmp_path: Path) -> None:
    owner = Visitor(browser, hall, "20005", DESKTOP)
    page = owner.go("/owner/meters")
    page.get_by_role("link", name="数据", exact=True).click()
    card = page.locator(".data-card")
    expect(card).to_contain_text("6 行")
    expect(card).to_contain_text("2026-07-31 至 2026-09-30")
    assert violations(page) == []
    card.get_by_role("link", name="读数").click()
    expect(page.locator(".listing tbody tr")).to_have_count(6)

    report = upload(page, FAULTY)
    expect(report).to_contain_text("表里有错误")
    expect(report).to_contain_text("不是数")
    expect(page.get_by_role("button", name="替换并发布")).to_have_count(0)
    with page.expect_download() as loading:
        report.get_by_role("link", name="下载标出问题的副本").click()
    marked = openpyxl.load_workbook(io.BytesIO(Path(loading.value.path()).read_bytes()))["十月"]
    assert "READ-007" in marked["C9"].comment.text

    report = upload(page, ODD, "十月读数二.xlsx")
    expect(report).to_contain_text("走过了最大数")
    expect(report).to_contain_text("用量 645，以往一期的中位数是 102.5")
    expect(report).to_contain_text("“0302”在 2026-09-30 和 2026-11-30 之间缺 1 期读数")
    assert violations(page) == []

    report = upload(page, RIGHT, "十月读数三.xlsx")
    expect(report).to_contain_text("用量算作 110.5")
    expect(report).not_to_contain_text("中位数")
    diff = page.locator(".data-diff")
    expect(diff).to_contain_text("原有 6 行，新表 8 行")
    expect(diff.locator(".data-rows li")).to_have_count(2)
    diff.get_by_role("searchbox").fill("复核过")
    expect(diff.locator(".data-rows li")).to_have_count(1)
    expect(diff.locator(".data-rows li")).to_contain_text("表底：1065")
    page.locator("#publish-note").fill("十月读数")
    page.get_by_role("button", name="替换并发布").click()
    expect(page.locator(".notice-success")).to_contain_text("已发布")
    expect(page.locator(".listing tbody tr")).to_have_count(8)
    page = owner.go("/owner/meters")
    expect(page.locator(".version").first).to_contain_text("十月读数")
    owner.done()

    # 99905 to 100000 and on to 15.5 are 110.5; 1065 - 985 are 80.
    is_billed(browser, hall, "0301", "2026-10-31", "77.13")
    is_billed(browser, hall, "0302", "2026-10-31", "55.84")


def test_on_a_phone_in_english(browser: Browser, hall: str) -> None:
    phone = Visitor(browser, hall, "20005", NARROW)
    phone.go("/language/en?next=/")
    page = phone.go("/owner/meters/data")
    page.get_by_role("link", name="读数").click()
    rows = "房间,抄表日,表底,备注\r\n0301,2026-07-31,99700,\r\n0302,2026-07-31,821,\r\n".encode("gb18030")
    report = upload(page, rows, "读数.csv")
    expect(report).to_contain_text("more than a third")
    expect(page.locator(".data-diff")).to_contain_text("1 changed")
    page.get_by_role("button", name="1 changed").click()
    expect(page.locator(".data-rows li")).to_have_count(1)
    expect(page.locator(".data-rows li")).to_contain_text("表底: 820.5 → 821")
    page.get_by_role("button", name="Replace and publish").click()
    expect(page.locator(".notice-warning").last).to_contain_text("Tick above the button")
    expect(page.get_by_label("Replace the data though these examples fail: 八月")).not_to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    phone.done()


def test_two_owners_at_once(browser: Browser, hall: str) -> None:
    first, second = (Visitor(browser, hall, person, DESKTOP) for person in ("20005", "20007"))
    pages = [visitor.go("/owner/meters/data/读数") for visitor in (first, second)]
    rows = [list(KNOWN.strip().splitlines()), list(KNOWN.strip().splitlines())]
    for page, (lines, name) in zip(pages, zip(rows, ("一.xlsx", "二.xlsx"), strict=True), strict=True):
        lines[1] = lines[1].replace("| |", f"| {name} |")
        upload(page, workbook_from_text("## 读数\n" + "\n".join(lines)), name)
        expect(page.get_by_role("button", name="替换并发布")).to_be_visible()
    pages[0].get_by_role("button", name="替换并发布").click()
    expect(pages[0].locator(".notice-success")).to_contain_text("已发布")
    pages[1].get_by_role("button", name="替换并发布").click()
    expect(pages[1].locator(".report .notice-warning").first).to_contain_text("已按新的现行版本重新比较")
    expect(pages[1].locator(".data-rows")).to_contain_text("备注：一.xlsx → 二.xlsx")
    pages[1].get_by_role("button", name="替换并发布").click()
    expect(pages[1].locator(".notice-success")).to_contain_text("已发布")
    first.done()
    second.done()


def test_rows_of_cases_stand_beside_those_of_the_sheet(browser: Browser, tmp_path: Path) -> None:
    made = open_test_hall(tmp_path, services={"car": CARS})
    student = made.directory.people["20001"]
    sent = [
        made.submit(student, "car", {"车辆": f"粤B{n:05}", "出发": f"2026-10-{n:02}"}, command_id=f"c{n}")
        for n in range(1, 24)
    ]
    made.close()
    for hall in serve(str(tmp_path)):
        owner = Visitor(browser, hall, "20005", DESKTOP)
        page = owner.go("/owner/car/data")
        expect(page.locator(".data-card")).to_contain_text("另有办件的 23 行")
        page.get_by_role("link", name="占用").click()
        rows = page.locator(".listing tbody tr")
        expect(rows).to_have_count(20)
        expect(rows.nth(0)).to_contain_text("本表")
        expect(rows.nth(2)).to_contain_text("粤B00023")
        assert violations(page) == []
        page.get_by_role("link", name="办件的行", exact=True).click()
        expect(rows.nth(0)).to_contain_text("粤B00023")
        page.get_by_role("link", name="下一页").click()
        expect(rows).to_have_count(3)
        page.get_by_role("searchbox").fill(sent[4].number)
        page.get_by_role("button", name="查找").click()
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("粤B00005")
        rows.get_by_role("link", name=sent[4].number).click()
        page.wait_for_url(f"**/cases/{sent[4].case_id}")
        owner.done()

        phone = Visitor(browser, hall, "20005", NARROW)
        phone.go("/language/en?next=/")
        page = phone.go("/owner/car/data/占用")
        expect(page.locator(".listing")).to_contain_text("the sheet")
        upload(page, "车辆,开始,备注\r\n".encode(), "空表.csv")
        expect(page.locator(".report").first).to_contain_text("all 2 rows go")
        page.get_by_role("button", name="Replace and publish").click()
        expect(page.locator(".notice-warning").last).to_contain_text("Tick above the button")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_label("All 2 rows go").check()
        page.get_by_role("button", name="Replace and publish").click()
        expect(page.locator(".notice-success")).to_contain_text("is live as version")
        expect(page.locator(".listing")).not_to_contain_text("the sheet")
        phone.done()


def test_a_version_that_costs_rows_of_a_register_asks_first(browser: Browser, tmp_path: Path) -> None:
    made = open_test_hall(tmp_path, services={"car": CARS})
    for n in range(1, 4):
        answers = {"车辆": f"粤B{n:05}", "出发": f"2026-10-{n:02}"}
        made.submit(made.directory.people["20001"], "car", answers, command_id=f"c{n}")
    made.close()
    draft = CARS.replace("| text | 车辆 |", "| text | 车牌号 |").replace("${车辆}", "${车牌号}")
    draft = draft.replace("| 取值 | 开始", "| 取值 | 车辆=车牌号; 开始")
    for hall in serve(str(tmp_path)):
        owner = Visitor(browser, hall, "20005", DESKTOP)
        page = owner.go("/owner/car")
        upload(page, workbook_from_text(draft), "用车.xlsx")
        expect(page.locator(".faults")).to_contain_text("3 行没有了，0 行变了（空了的列：车辆）")
        page.get_by_role("button", name="发布", exact=False).last.click()
        expect(page.locator(".notice-warning").last).to_contain_text("请先勾选")
        assert violations(page) == []
        page.get_by_label("台账“占用”里办件的 3 行：3 行没有了，0 行变了，就这样发布").check()
        page.get_by_role("button", name="发布", exact=False).last.click()
        expect(page.locator(".notice-success")).to_contain_text("已发布")
        owner.done()
