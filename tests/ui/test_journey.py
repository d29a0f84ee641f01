"""A real browser on a real hall: from the application to the auditor's log, on a desktop and on a phone.

1. A student finds a service, fills in its form, sees what it costs and who will be asked, checks it and sends it.
2. Offices approve; whoever comes second is told who was first, and nothing is done twice.
3. A returned application is mended and sent again.
4. An owner sees a workbook's faults cell by cell, and publishes it once it is good.
5. The auditor finds the decision, sees the cells, and takes the log away.
6. Pages stay where they are when the language changes; whoever is not signed in is sent to sign in, and back.
7. What an office typed stays when a desk beside it acts first, and over a reload; all its open tasks open their fields.
8. An owner begins a service from a template, or from one of hers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from halls import BORROWING
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, NARROW, PHONE, Visitor, serve
from workbooks import workbook_from_text

pytestmark = pytest.mark.browser

STUDENT, HEAD, FINANCE, SECURITY, OWNER, AUDITOR = "20001", "20002", "20003", "20004", "20005", "20006"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hall")
    yield from serve(str(folder))
    assert not (folder / "banshi.sqlite-wal").exists()  # the store was closed, not just left


def apply(visitor: Visitor, days: str, purpose: str = "扫描电镜拍摄") -> str:
    """Fill in and send the form (impatiently, with two clicks); the number of the case."""
    page = visitor.page
    page.get_by_label("用途").fill(purpose)
    page.get_by_label("借用天数").fill(days)
    expect(page.locator(".panel-bill tfoot")).to_contain_text(f"{12.5 * int(days):.2f}")
    page.get_by_role("button", name=re.compile("核对")).click()
    page.get_by_role("button", name="提交", exact=True).dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("申请已提交")
    page.wait_for_function("!Object.keys(localStorage).some((key) => key.startsWith('banshi/draft/'))", timeout=5000)
    return page.locator(".done-number .strong").inner_text()


def open_task(visitor: Visitor, number: str) -> Page:
    page = visitor.go("/tasks")
    page.get_by_role("row").filter(has_text=number).get_by_role("link").first.click()
    expect(page.locator(".panel-action").first).to_be_visible()
    return page


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_1_and_2_from_the_application_to_the_end(hall: str, browser: Browser, size: dict[str, int]) -> None:
    head = Visitor(browser, hall, HEAD, size)
    badge = head.page.locator(".badge").locator("visible=true")
    before = int(badge.inner_text()) if badge.count() else 0
    student = Visitor(browser, hall, STUDENT, size)
    page = student.page
    page.get_by_role("searchbox").press_sequentially("食堂")
    expect(page.get_by_role("link", name="仪器借用")).to_have_count(0)
    page.get_by_role("searchbox").fill("仪器")
    page.get_by_role("link", name="仪器借用").click()
    page.get_by_role("link", name="开始办理").click()
    expect(page.locator(".panel-route")).not_to_contain_text("保卫处（")
    number = apply(student, "8")
    assert re.fullmatch(r"JY\d{8}", number)
    page.get_by_role("link", name="查看办理进度").click()
    expect(page.locator(".case-head")).to_contain_text("办理中")
    expect(page.locator(".route-step.is-active")).to_contain_text("学院负责人")

    expect(badge).to_have_text(str(before + 1))
    task = open_task(head, number)
    task.get_by_role("textbox", name=re.compile("办理意见")).fill("同意借用。")
    task.get_by_role("button", name="同意", exact=True).click()
    expect(task.locator(".notice-success")).to_be_visible()
    expect(task.locator(".panel-timeline")).to_contain_text("同意借用。")
    expect(task.locator(".panel-action")).to_have_count(0)

    finance = Visitor(browser, hall, FINANCE, size)
    first, second = open_task(finance, number), finance.page.context.new_page()
    second.goto(first.url)
    second.get_by_role("button", name="同意", exact=True).wait_for()
    first.get_by_role("button", name="同意", exact=True).click()
    expect(first.locator(".notice-success")).to_be_visible()
    second.get_by_role("button", name="同意", exact=True).click()
    expect(second.locator(".notice-warning")).to_contain_text("已由李敏处理")
    expect(second.locator(".panel-timeline .event").filter(has_text="财务处")).to_have_count(1)

    security = Visitor(browser, hall, SECURITY, size)
    task = open_task(security, number)
    task.get_by_role("button", name="同意", exact=True).click()
    expect(task.locator(".case-head")).to_contain_text("已办结")
    for visitor in (student, head, finance, security):
        visitor.done()


def test_3_a_returned_application_is_mended(hall: str, browser: Browser) -> None:
    student = Visitor(browser, hall, STUDENT, DESKTOP)
    student.go("/services/borrowing/apply")
    number = apply(student, "3")
    head = Visitor(browser, hall, HEAD, DESKTOP)
    task = open_task(head, number)
    task.get_by_role("button", name="退回修改").click()
    expect(task.locator(".field-error")).to_contain_text("请填写办理意见")
    task.get_by_role("textbox", name=re.compile("办理意见")).fill("请写明实验名称。")
    task.get_by_role("button", name="退回修改").click()
    task.get_by_role("dialog").get_by_role("button", name="退回修改").click()
    expect(task.locator(".case-head")).to_contain_text("已退回")

    page = student.go("/cases")
    page.get_by_role("row").filter(has_text=number).get_by_role("link").click()
    expect(page.locator(".panel-returned")).to_be_visible()
    expect(page.locator(".panel-timeline")).to_contain_text("请写明实验名称。")
    page.get_by_label("用途").fill("高锰酸钾氧化实验的扫描电镜拍摄")
    page.get_by_role("button", name=re.compile("核对")).click()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".case-head")).to_contain_text("办理中")
    expect(page.locator(".panel-form")).to_contain_text("高锰酸钾氧化实验的扫描电镜拍摄")
    student.done()
    head.done()


def test_a_form_that_lacks_something_says_so_and_keeps_a_draft(hall: str, browser: Browser) -> None:
    student = Visitor(browser, hall, STUDENT, PHONE)
    page = student.go("/services/borrowing/apply")
    page.get_by_label("用途").fill("留到明天再填")
    expect(page.locator(".bf-saved")).to_contain_text("草稿已保存")
    page.get_by_role("button", name=re.compile("核对")).click()
    expect(page.get_by_role("alert").first).to_contain_text("借用天数")
    page.reload()
    expect(page.locator(".draft-banner")).to_contain_text("已恢复")
    expect(page.get_by_label("用途")).to_have_value("留到明天再填")
    # What was typed as the line broke is newer on the device than on the server: still one banner, one way to discard.
    page.context.set_offline(True)
    page.get_by_label("用途").fill("断线时又改了")
    page.wait_for_function("JSON.stringify(localStorage).includes('断线时又改了')")
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_label("用途")).to_have_value("断线时又改了")
    expect(page.get_by_text("已恢复")).to_have_count(1)
    page.get_by_role("button", name="放弃草稿，重新填写").click()
    page.get_by_role("dialog").get_by_role("button", name="放弃", exact=True).click()
    expect(page.locator(".draft-banner")).to_have_count(0)
    expect(page.get_by_label("用途")).to_have_value("")
    # What was sent before can be begun with again.
    student.go("/services/borrowing/apply")
    page.get_by_label("用途").fill("热重分析")
    page.get_by_label("借用天数").fill("3")
    page.get_by_role("button", name=re.compile("核对")).click()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".done-number")).to_be_visible()
    student.go("/services/borrowing/apply")
    page.get_by_role("button", name="用上次的内容填写").click()
    expect(page.get_by_label("用途")).to_have_value("热重分析")
    expect(page.get_by_label("借用天数")).to_have_value("3")
    page.get_by_role("button", name="放弃草稿，重新填写").click()
    page.get_by_role("dialog").get_by_role("button", name="放弃", exact=True).click()
    expect(page.get_by_label("用途")).to_have_value("")
    student.done()


def test_4_an_owner_sees_faults_and_publishes(hall: str, browser: Browser) -> None:
    owner = Visitor(browser, hall, OWNER, DESKTOP)
    page = owner.go("/owner")
    faulty = BORROWING.replace("${天数}  | 12.5", "${天树}  | 12.5")
    assert faulty != BORROWING
    file = page.locator("input[type=file]")
    file.set_input_files({"name": "borrowing.xlsx", "mimeType": "", "buffer": workbook_from_text(faulty)})
    report = page.locator(".report-box")
    expect(report).to_contain_text("有问题需要修改")
    expect(report.locator(".cell-mark").first).to_contain_text("fees!C2")
    expect(report).to_contain_text("天数")
    expect(report.get_by_role("button", name="发布上线")).to_be_disabled()
    with page.expect_download() as waiting:
        report.get_by_role("link", name="下载标出问题的副本").click()
    marked = openpyxl.load_workbook(BytesIO(Path(waiting.value.path()).read_bytes()))
    assert "天树" in marked["fees"]["C2"].comment.text
    assert marked["fees"]["C2"].value.strip() == "${天树}"

    better = BORROWING.replace("仪器借用   |", "仪器设备借用 |")
    assert better != BORROWING
    file.set_input_files({"name": "borrowing.xlsx", "mimeType": "", "buffer": workbook_from_text(better)})
    expect(report).to_contain_text("检查通过，可以发布")
    expect(report.locator(".change-list li")).to_have_text(
        ["settings!B2设置“form_title”：仪器借用 → 仪器设备借用"], use_inner_text=False
    )
    report.get_by_role("button", name="发布上线").click()
    expect(page.locator(".notice-success")).to_contain_text("“仪器设备借用”已发布")
    page.get_by_role("link", name="查看服务").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("仪器设备借用")
    versions = page.locator(".version")
    expect(versions).to_have_count(2)
    versions.nth(1).get_by_role("button", name="回到这一版").click()
    page.get_by_role("dialog").get_by_role("button", name="回到这一版").click()
    expect(page.locator(".notice-success")).to_contain_text("“仪器借用”已发布")
    expect(page.get_by_role("heading", level=1)).to_have_text("仪器借用")
    expect(versions).to_have_count(3)
    expect(versions.nth(0)).to_contain_text("周倩")  # who went back stands in the list, above the version that she left
    expect(versions.nth(0)).to_contain_text("运行中")
    owner.done()


@pytest.mark.parametrize("size", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_8_an_owner_begins_a_service(hall: str, browser: Browser, size: dict[str, int]) -> None:
    owner = Visitor(browser, hall, OWNER, size)
    page = owner.go("/owner")

    def loaded(button: str, title: str) -> bytes:
        page.get_by_role("button", name=button).click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        dialog.get_by_label("服务名称").fill(title)
        with page.expect_download() as waiting:
            dialog.get_by_role("button", name="下载工作簿").click()
        dialog.get_by_role("button", name="取消").click()
        expect(dialog).to_be_hidden()
        return Path(waiting.value.path()).read_bytes()

    data = loaded("新建服务", "印章使用")
    assert "表单" in openpyxl.load_workbook(BytesIO(data)).sheetnames
    page.locator("input[type=file]").set_input_files({"name": "new.xlsx", "mimeType": "", "buffer": data})
    expect(page.locator(".report-box")).to_contain_text("检查通过，可以发布")
    owner.go("/owner/borrowing")
    settings = openpyxl.load_workbook(BytesIO(loaded("照此新建", "场地借用")))["settings"]
    assert [cell.value for cell in settings[2]][:2] == ["chang-di-jie-yong", "场地借用"]
    owner.done()


def test_5_the_auditor_finds_the_cells(hall: str, browser: Browser) -> None:
    student = Visitor(browser, hall, STUDENT, DESKTOP)
    student.go("/services/borrowing/apply")
    number = apply(student, "5")
    auditor = Visitor(browser, hall, AUDITOR, DESKTOP)
    page = auditor.go("/auditor")
    page.get_by_label("关键词").fill(number)
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("row")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 csv").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert number in text
    assert "62.5" in text
    page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.locator(".panel-explanation")).to_contain_text("fees!")
    with page.expect_download() as workbook:
        page.get_by_role("link", name="下载该版本工作簿").click()
    assert Path(workbook.value.path()).read_bytes()[:2] == b"PK"
    student.done()
    auditor.done()


TRIAL = """
## settings
| form_id | form_title | owner  | number         |
| trial   | 设备验收   | 设备处 | YS{yyyy}{0001} |
## survey
| type         | name | label    | required |
| text         | 设备 | 设备     | yes      |
| begin_repeat | 部件 | 部件     |          |
| text         | 名称 | 名称     | yes      |
| integer      | 件数 | 验收件数 |          |
| end_repeat   |      |          |          |
| text         | 发票 | 发票号   |          |
## route
| step | name   | who                | group | edit | require | hide       |
| 10   | 申请   | initiator          |       |      |         | 件数, 发票 |
| 20   | 清点   | role:财务处.审核岗 | 会签  | 件数 | 件数    |            |
| 21   | 登记   | role:财务处.审核岗 | 会签  | 发票 | 发票    |            |
| 22   | 保卫处 | role:保卫处.审核岗 | 会签  |      |         |            |
"""


def test_7_what_an_office_typed_stays(hall: str, browser: Browser) -> None:
    owner = Visitor(browser, hall, OWNER, DESKTOP)
    page = owner.go("/owner")
    workbook = {"name": "trial.xlsx", "mimeType": "", "buffer": workbook_from_text(TRIAL)}
    page.locator("input[type=file]").set_input_files(workbook)
    page.locator(".report-box").get_by_role("button", name="发布上线").click()
    expect(page.locator(".notice-success")).to_contain_text("已发布")
    student = Visitor(browser, hall, STUDENT, DESKTOP)
    page = student.go("/services/trial/apply")
    page.get_by_label("设备").fill("电热板")
    page.get_by_label("名称").fill("主机")
    page.get_by_role("button", name=re.compile("核对")).click()
    page.get_by_role("button", name="提交", exact=True).click()
    number = page.locator(".done-number .strong").inner_text()

    finance = Visitor(browser, hall, FINANCE, DESKTOP)
    task = open_task(finance, number)
    card = task.locator(".panel-action").filter(has_text="清点")
    task.get_by_label("验收件数").fill("1")
    task.get_by_label("发票号").fill("25317000000812345678")
    card.get_by_role("textbox").fill("件数已点清。")
    card.get_by_role("textbox").blur()
    security = Visitor(browser, hall, SECURITY, DESKTOP)
    beside = open_task(security, number)
    beside.get_by_role("button", name="同意", exact=True).click()
    expect(beside.locator(".notice-success")).to_be_visible()
    task.reload()
    expect(task.locator(".panel-timeline")).to_contain_text("赵磊")
    expect(task.get_by_label("验收件数")).to_have_value("1")
    expect(task.get_by_label("发票号")).to_have_value("25317000000812345678")
    expect(card.get_by_role("textbox")).to_have_value("件数已点清。")
    card.get_by_role("button", name="同意", exact=True).click()
    expect(task.locator(".panel-timeline")).to_contain_text("件数已点清。")
    expect(task.get_by_label("发票号")).to_have_value("25317000000812345678")  # of her other task
    task.locator(".panel-action").filter(has_text="登记").get_by_role("button", name="同意", exact=True).click()
    expect(task.locator(".case-head")).to_contain_text("已办结")
    expect(task.locator(".panel-form")).to_contain_text("25317000000812345678")
    for visitor in (owner, student, finance, security):
        visitor.done()


def test_what_people_type_stays_text(hall: str, browser: Browser) -> None:
    student = Visitor(browser, hall, STUDENT, DESKTOP)
    student.page.on("dialog", lambda dialog: student.wrong.append(dialog.message))
    page = student.go("/services/borrowing/apply")
    evil = "<img src=x onerror=alert(1)>{{ alert(2) }}\"'`${alert(3)}"
    number = apply(student, "2", purpose=evil)
    head = Visitor(browser, hall, HEAD, DESKTOP)
    task = open_task(head, number)
    task.get_by_role("textbox", name=re.compile("办理意见")).fill(evil)
    task.get_by_role("button", name="同意", exact=True).click()
    expect(task.locator(".opinion")).to_have_text(evil)
    page.get_by_role("link", name="查看办理进度").click()
    expect(page.locator(".panel-form")).to_contain_text(evil)
    expect(page.locator("img")).to_have_count(0)
    student.done()
    head.done()


def test_one_sending_is_one_case(hall: str, browser: Browser) -> None:
    student = Visitor(browser, hall, "20007", DESKTOP)
    student.go("/services/borrowing/apply")
    apply(student, "4")  # with two clicks
    page = student.go("/cases")
    expect(page.get_by_role("row")).to_have_count(2)
    student.done()


def test_a_draft_that_another_window_sent_does_not_come_back(hall: str, browser: Browser) -> None:
    student = Visitor(browser, hall, "20006", DESKTOP)
    first = student.go("/services/borrowing/apply")
    first.get_by_label("用途").fill("两个窗口")
    first.get_by_label("借用天数").fill("2")
    expect(first.locator(".bf-saved")).to_contain_text("草稿已保存")
    second = first.context.new_page()
    second.goto(first.url)
    expect(second.get_by_label("用途")).to_have_value("两个窗口")
    second.get_by_label("用途").fill("两个窗口都改过")
    expect(second.locator(".bf-saved")).to_contain_text("草稿已保存")
    first.get_by_role("button", name=re.compile("核对")).click()
    first.get_by_role("button", name="提交", exact=True).click()
    expect(first.get_by_role("heading", level=1)).to_have_text("申请已提交")
    second.get_by_role("button", name=re.compile("核对")).click()
    second.get_by_role("button", name="提交", exact=True).click()
    expect(second.get_by_role("alert")).to_contain_text("没有重复提交")
    expect(second.get_by_role("button", name="提交", exact=True)).to_be_disabled()
    second.goto(first.url if "/apply" in first.url else f"{hall}/services/borrowing/apply")
    expect(second.get_by_label("用途")).to_have_value("")
    expect(second.get_by_text("已恢复")).to_have_count(0)
    page = student.go("/cases")
    expect(page.get_by_role("row")).to_have_count(2)
    student.wrong = [text for text in student.wrong if "409" not in text]
    student.done()


def test_6_language_sign_in_and_what_is_not_there(hall: str, browser: Browser) -> None:
    guest = Visitor(browser, hall, "", DESKTOP)
    page = guest.go("/services/borrowing")
    assert "/sign-in?next=/services/borrowing" in page.url
    page.locator(f'button[value="{STUDENT}"]').click()
    expect(page).to_have_url(f"{hall}/services/borrowing")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("link", name="Apply now")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en-US")
    for path, status in (
        ("/nowhere", 404),
        ("/services/nowhere", 404),
        ("/auditor", 403),
        ("/owner", 403),
        ("/cases?page=x", 400),
    ):
        answer = page.goto(hall + path)
        assert answer.status == status
        assert "Error:" not in page.content()
        expect(page.get_by_role("link", name="Back to the services")).to_be_visible()
    page.goto(f"{hall}/")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{hall}/sign-in?left=hall")
    assert page.goto(f"{hall}/cases").url == f"{hall}/sign-in?next=/cases"
    guest.wrong = [text for text in guest.wrong if "Failed to load resource" not in text]
    guest.done()
