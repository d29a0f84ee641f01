"""The roll of a lesson in browsers, from the shipped workbooks: a teacher at the computer of the room, students on their phones.

The code is read from the picture on the teacher's screen, as a camera does.
"""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, NARROW, PHONE, Visitor, serve, violations

from banshi.platform.hall import campus_time

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
DEFINITIONS = Path(__file__).parents[2] / "definitions"
TEACHER, LI, NING, SHENG = "11020", "2024110101", "2023110118", "2023120226"
LATE = timedelta(minutes=12)
"""How long ago the lesson began: more than the five minutes of the rules, less than half an hour."""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The shipped workbooks, with a code that changes every five seconds: the test waits for an old one."""
    folder = tmp_path_factory.mktemp("hall")
    for name in ("organisation", "calendar", "class-attendance", "class-sign"):
        shutil.copytree(DEFINITIONS / name, folder / "definitions" / name)
    path = folder / "definitions/class-attendance/class-attendance.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["动态码"]
    (column,) = (cell.column for cell in sheet[1] if cell.value == "换码秒数")
    sheet.cell(2, column).value = "5"
    book.save(path)
    yield from serve(str(folder))


def code_on(page: Page) -> str:
    """The address that the picture on the teacher's screen says."""
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.locator("#picture").screenshot())))
    return str(read.text)


def test_a_teacher_calls_the_roll(browser: Browser, hall: str) -> None:
    teacher = Visitor(browser, hall, TEACHER, DESKTOP)
    page = teacher.go("/services/class-attendance/apply")
    page.get_by_text("有机化学 YJ01").click()
    expect(page.get_by_text("催化前沿讲座")).to_have_count(0)  # another teacher's
    page.get_by_label("节次").select_option("其他")
    page.get_by_label("开始时刻").fill((campus_time() - LATE).strftime("%H:%M"))
    expect(page.get_by_label("教室")).to_have_value("滨江B203")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="提交").click()
    page.get_by_role("link", name="展示课堂签到码").click()
    expect(page.locator("#facts")).to_contain_text("应到4")
    expect(page.locator("#facts")).to_contain_text("迟到0")
    expect(page.locator("#tables")).to_contain_text("2024110101李沐阳缺勤")
    assert violations(page) == []
    case = page.url.partition("/codes/")[0]
    first = code_on(page)

    # A phone that is not signed in: scanned, signed in, sent with one press.
    li = Visitor(browser, hall, "", PHONE)
    phone = li.page
    phone.goto(first)
    phone.locator(f'button[value="{LI}"]').click()
    expect(phone.get_by_text("已扫码，时间已记下")).to_be_visible()
    expect(phone.get_by_text("提交后记为：迟到")).to_be_visible()
    expect(phone.get_by_role("textbox")).to_have_count(0)
    assert violations(phone) == []
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", name="申请已提交")).to_be_visible()

    # The room sees it by itself.
    expect(page.locator("#facts")).to_contain_text("迟到1")
    expect(page.locator("#tables")).to_contain_text("2024110101李沐阳迟到")

    # Once is enough.
    phone.goto(code_on(page))
    phone.get_by_role("button", name="提交").click()
    expect(phone.locator(".bf-summary")).to_contain_text("您这节课已经签到")
    li.done()

    # Not on the list.
    sheng = Visitor(browser, hall, SHENG, NARROW)
    sheng.page.goto(code_on(page))
    sheng.page.get_by_role("button", name="提交").click()
    expect(sheng.page.locator(".bf-summary")).to_contain_text("您不在这门课的名单里")
    sheng.done()

    # A picture that was sent to the dormitory, an address that was typed, the form without a code.
    ning = Visitor(browser, hall, NING, NARROW)
    ning.go("/language/en?next=/")
    far = ning.page
    ends = time.monotonic() + 60
    while (answer := far.goto(first)) is not None and answer.status != 410 and time.monotonic() < ends:
        far.wait_for_timeout(1000)
    expect(far.get_by_text("This code has been replaced. Please scan again")).to_be_visible()
    assert violations(far) == []
    far.context.clear_cookies(name="banshi_scan")
    far.goto(first[:-4] + "0000")
    expect(far.get_by_text("This is no code of this hall")).to_be_visible()
    ning.go("/services/class-sign/apply")
    expect(far.get_by_role("heading", name="Please scan first")).to_be_visible()
    assert far.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    ning.wrong = [text for text in ning.wrong if "the server responded with a status of 4" not in text]
    ning.done()

    # She brought her card: recorded by hand, with a reason; then the lesson is closed.
    page.goto(case)
    form = page.locator(".panel-form")
    expect(form).to_contain_text("迟到")
    row = form.get_by_role("row").filter(has_text="宁静")
    row.get_by_role("combobox").select_option("到课")
    row.get_by_role("textbox").fill("手机没电，已核对校园卡")
    page.locator(".panel-action").get_by_role("button", name="确认").click()
    expect(page.locator(".case-head")).to_contain_text("已办结")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载名单").click()
    table = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).worksheets[0]
    rows = {line[1]: line for line in table.iter_rows(values_only=True)}
    assert rows["姓名"] == ("学号", "姓名", "状态", "扫码时间", "手工登记", "原因")
    assert rows["李沐阳"][2] == "迟到"
    assert rows["宁静"][2:] == ("到课", None, "到课", "手机没电，已核对校园卡")
    assert rows["王子轩"][2] == "缺勤"
    assert page.locator(".panel-codes").count() == 0
    teacher.done()
