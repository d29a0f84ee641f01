"""Five services in a real browser: from the owner's upload to the auditor's export.

J1 dormitory electricity, typed field by field · J2 laboratory purchasing with a chemical on two lists and one that could
not be checked · J3 a large instrument through the eight departments, five of them side by side · J4 files that are no
good workbooks · J5 a workbook saved into the folder, and a faulty one · J6 a line that breaks while somebody types ·
J7 a repair reported by phone, sent back by the reporter and rated · J8 a reimbursement through both finance reviews · J9 one on a project that is nearly spent.
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
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from banshi.rules.values import CAMPUS_ZONE

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
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=5).close()
            break
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.5)
    else:
        server.kill()
    assert server.poll() is None, (folder / "log.txt").read_text(encoding="utf-8")
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
    """Change a cell of a shipped workbook as its owner would, upload it, publish it, and find the change in the hall."""
    service = workbook.partition("/")[0]
    book = openpyxl.load_workbook(live.definitions / workbook)
    (keywords,) = [row[1] for row in book["设置"].iter_rows() if row[0].value == "关键词"]
    keywords.value += f"、修订{service}"
    changed = BytesIO()
    book.save(changed)
    enter(page, live, owner)
    page.get_by_role("searchbox").fill(f"修订{service}")
    expect(page.get_by_text("没有找到相符的服务")).to_be_visible()
    page.goto(f"{live.url}/owner")
    file = {"name": workbook.rpartition("/")[2], "mimeType": "", "buffer": changed.getvalue()}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="发布上线").click()
    said = page.get_by_text("已发布，版本").inner_text()
    version = re.findall("[0-9a-f]{12}", said)[0]
    expect(page.locator(".owned-list")).to_contain_text(f"版本 {version}")  # without loading the page again
    page.goto(live.url)
    page.get_by_role("searchbox").fill(f"修订{service}")
    expect(page.locator(f'a[href="/services/{service}"]').first).to_be_visible()


def following(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^(下一步|去核对|核对)")).click()


def send(page: Page) -> str:
    """Go on to the end of the form and send it; the number of the case."""
    for _ in range(6):
        if page.get_by_role("button", name="提交", exact=True).count():
            break
        step = page.locator(".bf-step-now").inner_text()
        following(page)
        expect(page.locator(".bf-step-now")).not_to_have_text(step)  # a page waits for the server's word
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", name="申请已提交")).to_be_visible()
    return page.locator(".done-number .strong").inner_text()


def to_case(page: Page) -> str:
    page.get_by_text("查看办理进度").click()
    page.wait_for_url("**/cases/*")
    return page.url


def handle(
    page: Page,
    live: Live,
    name: str,
    case: str,
    *,
    fill: str = "",
    words: str = "已核，编号 2026-118",
    choose: str = "",
    opinion: str = "",
) -> None:
    """Do one step as somebody: fill in what the step asks for, and agree (or mark it as done)."""
    enter(page, live, name)
    page.goto(case)
    if fill:
        page.get_by_role("textbox", name=re.compile(re.escape(fill))).fill(words)
    if choose:
        page.get_by_label(choose, exact=True).check()
    if opinion:
        page.get_by_role("textbox", name=re.compile("办理意见")).fill(opinion)
    page.get_by_role("button", name=re.compile("^(同意|办理完成)$")).click()
    expect(page.locator(".notice-success")).to_contain_text("已处理")


def settled(page: Page, live: Live, name: str, case: str) -> None:
    enter(page, live, name)
    page.goto(case)
    expect(page.locator(".case-head")).to_contain_text("已办结")


def audited(page: Page, live: Live, number: str, folder: Path) -> list[dict[str, object]]:
    """The rows of the auditor's export that belong to a case."""
    enter(page, live, "熊静怡")
    page.goto(f"{live.url}/auditor?q={number}")
    with page.expect_download() as download:
        page.get_by_text("导出 xlsx", exact=False).first.click()
    path = folder / "log.xlsx"
    download.value.save_as(path)
    sheet = openpyxl.load_workbook(path).active
    header, *rows = sheet.iter_rows(values_only=True)
    found = [dict(zip(header, row, strict=True)) for row in rows]
    assert {row["单号"] for row in found} == {number}
    return found


def test_j1_dormitory_electricity(page: Page, live: Live, tmp_path: Path) -> None:
    publish(page, live, "任静", "dormitory-electricity/dormitory-electricity.xlsx")
    enter(page, live, "魏大勇")
    page.goto(f"{live.url}/services/dormitory-electricity/apply")
    expect(page.locator(".panel-findings")).to_have_count(0)  # nobody is blamed for what is still blank
    page.get_by_label("滨江校区").check()
    page.get_by_label("海棠 1 栋（滨江）").check()
    page.get_by_label("房间号").fill("301")
    page.get_by_label("宿管员抄表").check()
    page.get_by_label("抄表日期").fill("2026-03-31")
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
    expect(page.get_by_text("宿管员核对说明")).to_have_count(0)  # offices fill that in
    number = send(page)
    case = to_case(page)
    handle(page, live, "钟秀兰", case)
    settled(page, live, "魏大勇", case)
    rows = audited(page, live, number, tmp_path)
    (charge,) = [row for row in rows if row["名称"] == "超额"]
    assert "合计 = 38.39" in str(charge["结果"])
    assert "收费-超额!" in str(charge["命中单元格"])


def project(page: Page, funds: str) -> None:
    """Choose the project that is charged; what is left of it stands behind its name."""
    page.get_by_label("经费项目").fill(funds)
    page.get_by_role("option").filter(has_text=funds).click()


def item(page: Page, row: int, name: str, cas: str, strength: str, form: str) -> None:
    """Fill in one row of the items."""
    if row:
        page.get_by_role("button", name="添加一行").click()
    where = page.locator(".bf-card").nth(row)
    where.get_by_label("品名", exact=True).fill(name)
    where.get_by_label("CAS 号").fill(cas)
    where.get_by_label("浓度").fill(strength)
    where.get_by_label(form, exact=True).check()
    where.get_by_label("数量").fill("1")
    where.get_by_label("单位").select_option(label="瓶")
    where.get_by_label("单价").fill("45")


def test_j2_laboratory_purchasing(page: Page, live: Live, tmp_path: Path) -> None:
    publish(page, live, "董晓峰", "laboratory-purchasing/laboratory-purchasing.xlsx")
    enter(page, live, "吴一鸣")
    page.goto(f"{live.url}/services/laboratory-purchasing/apply")
    page.get_by_label("催化实验室", exact=True).check()
    page.get_by_label("项目负责人").fill("11011")
    project(page, "青禾科基 2026-031")
    page.get_by_label("用途").fill("催化剂制备实验")
    following(page)
    item(page, 0, "高锰酸钾", "7722-64-6", "99.5", "粉末")
    following(page)
    expect(page.locator(".bf-error").filter(has_text="校验位")).to_be_visible()
    page.get_by_label("CAS 号").fill("7722-64-7")
    item(page, 1, "过氧化氢溶液", "7722-84-1", "", "液体或溶液")
    findings = page.locator(".panel-findings")
    expect(findings).to_contain_text("高锰酸钾同时列入易制毒第三类和易制爆")
    following(page)
    expect(findings).to_contain_text("未核查不等于不受管制")
    page.get_by_label("保管人（一）").fill("11014")
    page.get_by_label("保管人（二）").fill("11014")
    page.get_by_label("由保卫处统一办理").check()
    page.get_by_label(re.compile("合法用途说明")).set_input_files(
        {"name": "合法用途说明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    )
    page.get_by_label(re.compile("本人承诺")).check()
    expect(findings).to_contain_text("两名保管人不能是同一人")
    page.get_by_label("保管人（二）").fill("11015")
    expect(findings).not_to_contain_text("两名保管人不能是同一人")
    number = send(page)
    case = to_case(page)
    handle(page, live, "史雅琴", case, fill="储存条件")
    for keeper in ("顾新民", "侯敏"):
        handle(page, live, keeper, case)
    handle(page, live, "陈思齐", case)
    handle(page, live, "董晓峰", case, choose="已按管制办理，无异议")
    handle(page, live, "姚远", case)
    page.get_by_label("购买备案证明号").fill("示备〔2026〕第 021 号")
    page.get_by_label("备案证明有效期至").fill((date.today() + timedelta(days=25)).isoformat())
    page.get_by_label("备案证明扫描件").set_input_files(
        {"name": "备案证明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    )
    expect(page.get_by_role("link", name="备案证明.pdf")).to_be_visible()
    page.get_by_role("button", name="办理完成").click()
    expect(page.locator(".panel-action")).to_have_count(0)
    handle(page, live, "曹雨桐", case, fill="订单号")
    for keeper in ("顾新民", "侯敏"):
        handle(page, live, keeper, case, opinion="已验收 1 瓶，批号 20260312。")
    handle(page, live, "姚远", case, fill="五日流向备案号")
    handle(page, live, "于洋", case)
    settled(page, live, "吴一鸣", case)
    rows = audited(page, live, number, tmp_path)
    verdicts = {(row["名称"], row["范围"]): str(row["结果"]) for row in rows}
    assert verdicts[("易制毒判定", "采购明细[1]")] == "易制毒类别 = 第三类"
    assert verdicts[("易制爆判定", "采购明细[1]")] == "易制爆结论 = 是"
    assert verdicts[("易制爆判定", "采购明细[2]")] == "易制爆结论 = 未核查"
    assert {row["推理引擎"] for row in rows if row["类别"] == "制度"} == {"durable-rules"}


def test_j3_large_instruments(page: Page, live: Live, tmp_path: Path) -> None:
    publish(page, live, "袁梦", "large-instruments/large-instruments.xlsx")
    enter(page, live, "白露")
    page.goto(f"{live.url}/services/large-instruments/apply")
    page.get_by_label("仪器名称").fill("核磁共振波谱仪")
    page.get_by_label("进口").check()
    page.get_by_label("单价").fill("2000000")
    page.get_by_label("学科建设经费").check()
    page.get_by_label("经费项目").fill("青禾学科 2026-007")
    page.get_by_label("科研", exact=True).check()
    page.get_by_label("购置理由").fill("现有 400 MHz 谱仪机时已满，预计年机时 1,800 小时。")
    following(page)
    page.get_by_label("安装地点").fill("滨江校区化学楼 105")
    page.get_by_role("radiogroup", name="用水").get_by_label("需要", exact=True).check()
    page.get_by_label("用电功率").fill("15")
    page.get_by_role("radiogroup", name="场地改造").get_by_label("需要", exact=True).check()
    page.get_by_label("整机重量").fill("800")
    page.get_by_label("强磁场").check()
    following(page)
    page.get_by_label("可行性论证报告").set_input_files(
        {"name": "可行性论证报告.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    )
    expect(page.get_by_role("link", name="可行性论证报告.pdf")).to_be_visible()
    page.get_by_label("承诺纳入学校开放共享平台").check()
    following(page)
    for i, (supplier, price) in enumerate(
        (("示例供应商甲", "2000000"), ("示例供应商乙", "2050000"), ("示例供应商丙", "2100000"))
    ):
        if i:
            page.get_by_role("button", name="添加一行").click()
        page.get_by_label("供应商", exact=True).nth(i).fill(supplier)
        page.get_by_label("报价（元）").nth(i).fill(price)
        page.locator(".bf-card").nth(i).locator("input[type=file]").set_input_files(
            {"name": f"报价单{i + 1}.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
        )
        expect(page.get_by_role("link", name=f"报价单{i + 1}.pdf")).to_be_visible()
    ahead = page.locator(".panel-route > ol > .route-step")
    expect(ahead).to_have_count(13)  # 10>15>20>25>30>{40,41,42,43,44}>50>60>70
    number = send(page)
    case = to_case(page)
    handle(page, live, "陈思齐", case, opinion="同意申购。")
    for expert in ("崔浩然", "龚伟", "万里"):
        handle(page, live, expert, case, opinion="论证通过。")
    enter(page, live, "韩雪")
    page.goto(case)
    page.get_by_label("论证专家人数").fill("4")  # from a million yuan on there are five, for an import all from outside
    page.get_by_label("其中校外专家人数").fill("4")
    page.get_by_label("其中法律专家人数").fill("1")
    page.get_by_label(re.compile("论证会议纪要")).set_input_files(
        {"name": "论证会议纪要.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    )
    expect(page.get_by_role("link", name="论证会议纪要.pdf")).to_be_visible()
    page.get_by_role("button", name="办理完成").click()
    expect(page.get_by_text("这一金额的论证专家不得少于").first).to_be_visible()
    page.get_by_label("论证专家人数").fill("5")
    page.get_by_label("其中校外专家人数").fill("5")
    page.get_by_role("button", name="办理完成").click()
    expect(page.locator(".panel-action")).to_have_count(0)
    handle(page, live, "邓佳宁", case, choose="公开招标")
    handle(page, live, "廖正", case, fill="安全意见")  # the countersigners come in any order
    handle(page, live, "韩雪", case, choose="不重复")
    handle(page, live, "范思敏", case)
    handle(page, live, "蔡文博", case, fill="经费核定", words="2000000")
    handle(page, live, "杜鹏", case)
    handle(page, live, "林慧敏", case)
    handle(page, live, "罗思源", case, fill="会议纪要")
    settled(page, live, "白露", case)
    rows = audited(page, live, number, tmp_path)
    outcomes = {row["名称"]: str(row["结果"]) for row in rows}
    assert outcomes["采购方式"] == "建议采购方式 = 公开招标"
    assert "论证层级 = 学校论证" in outcomes["论证层级"]


def _bomb() -> bytes:
    """A zip whose one sheet unpacks to 300 MB."""
    box = BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    return box.getvalue()


def test_j4_files_that_are_no_good_workbooks(page: Page, live: Live) -> None:
    good = (live.definitions / "large-instruments/large-instruments.xlsx").read_bytes()
    enter(page, live, "袁梦")
    page.goto(f"{live.url}/owner")
    box = page.locator("input[type=file]")
    for name, data, said in (
        ("申请表.xlsx", "这是一个改了名字的文本文件".encode(), "xlsx"),
        ("空.xlsx", b"", "空"),
        ("损坏.xlsx", good[: len(good) // 2], "损坏"),
        ("炸弹.xlsx", _bomb(), "解压"),
    ):
        box.set_input_files({"name": name, "mimeType": "", "buffer": data})
        expect(page.locator(".page-owner")).to_contain_text(said)
        assert (
            page.get_by_role("button", name="发布上线").count() == 0
            or page.get_by_role("button", name="发布上线").is_disabled()
        )
        page.reload()
    page.goto(f"{live.url}/services/large-instruments")
    expect(page.get_by_role("heading", level=1)).to_have_text("大型仪器购置立项")


def shows(page: Page, url: str, text: str) -> None:
    """Look at a page again and again until it shows what was saved a moment ago."""
    for _ in range(60):
        page.goto(url)
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(500)
    pytest.fail(f"{url} does not show {text}")


def test_j5_what_is_saved_into_the_folder(page: Page, live: Live) -> None:
    path = live.definitions / "dormitory-electricity/dormitory-electricity.xlsx"
    before = path.read_bytes()
    book = openpyxl.load_workbook(path)
    cells = [cell for row in book["设置"].iter_rows() for cell in row]
    title = next(cell for cell in cells if cell.value == "宿舍电费抄表与缴费")
    title.value = "宿舍电费（新）"
    book.save(path)
    enter(page, live, "魏大勇")
    shows(page, f"{live.url}/services/dormitory-electricity", "宿舍电费（新）")
    book["流程"]["C3"].value = "角色:学生公寓中心.宿管圆"
    title.value = "宿舍电费（坏）"
    book.save(path)
    enter(page, live, "任静")
    shows(page, f"{live.url}/owner/dormitory-electricity", "流程!C3")
    expect(page.get_by_role("heading", level=1)).to_have_text("宿舍电费（新）")
    expect(page.locator(".cell-mark").filter(has_text="流程!C3")).to_be_visible()
    path.write_bytes(before)


def test_j6_a_line_that_breaks_loses_no_letter(page: Page, live: Live) -> None:
    enter(page, live, "李沐阳")
    page.goto(f"{live.url}/services/dormitory-electricity/apply")
    page.get_by_label("房间号").fill("408")
    expect(page.locator(".bf-saved")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_label("房间号").fill("409")
    expect(page.locator(".bf-banner-warn")).to_be_visible()
    page.wait_for_timeout(1500)
    page.context.set_offline(False)
    expect(page.locator(".bf-banner-warn")).to_have_count(0)
    expect(page.get_by_label("房间号")).to_have_value("409")
    expect(page.locator(".bf-saved")).to_contain_text("草稿已保存")
    page.reload()
    expect(page.get_by_label("房间号")).to_have_value("409")


PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, accept_downloads=True, locale="zh-CN"
    )
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    yield opened
    context.close()


def fits(page: Page) -> None:
    """Nothing of the page lies beside the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def at_step(page: Page, live: Live, name: str, case: str) -> None:
    """Somebody opens a case that waits for them, and takes it where several are asked."""
    enter(page, live, name)
    page.goto(case)
    claim = page.get_by_role("button", name=re.compile("^领取"))
    decide = page.get_by_role("button", name=re.compile("^(同意|办理完成)$"))
    expect(claim.or_(decide).first).to_be_visible()
    if claim.count():
        claim.click()
        expect(page.get_by_role("button", name="放回")).to_be_visible()  # the page has come again
    expect(decide).to_be_visible()


def decided(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^(同意|办理完成)$")).click()
    expect(page.locator(".notice-success")).to_contain_text("已处理")


def test_j7_a_repair_is_sent_back_and_rated(phone: Page, live: Live) -> None:
    page = phone
    enter(page, live, "李沐阳")
    page.goto(f"{live.url}/services/campus-repair/apply")
    expect(page.get_by_label("房间或位置")).to_have_value("301")  # from the directory
    following(page)
    page.get_by_label("水、电、照明").check()
    page.get_by_label("故障描述").fill("寝室灯管不亮，换了开关也不亮")
    following(page)
    page.get_by_label("手机号码").fill("13800000001")
    page.get_by_label("没有人也可以入室").check()
    expect(page.get_by_label("维修工")).to_have_count(0)  # offices fill that in
    fits(page)
    send(page)
    case = to_case(page)
    fits(page)
    at_step(page, live, "贾静" if datetime.now(CAMPUS_ZONE).weekday() < 5 else "卢强", case)  # the rota
    decided(page)
    at_step(page, live, "夏丽", case)
    page.get_by_label("一般维修", exact=True).check()
    page.get_by_role("combobox", name=re.compile("维修工")).fill("10522")
    page.get_by_label("预估费用").fill("50")
    decided(page)
    for hours in ("0.5", "1"):
        at_step(page, live, "秦刚", case)
        page.get_by_label("自然损坏", exact=True).check()
        page.get_by_label("工时").fill(hours)
        if not page.get_by_role("link", name="完工.png").count():
            page.get_by_label(re.compile("完工照片")).set_input_files(
                {"name": "完工.png", "mimeType": "image/png", "buffer": PHOTO}
            )
        expect(page.get_by_role("link", name="完工.png").first).to_be_visible()
        decided(page)
        enter(page, live, "李沐阳")
        page.goto(case)
        if hours == "0.5":
            expect(page.get_by_role("button", name="催办")).to_have_count(0)  # it waits for nobody else
            page.get_by_role("textbox", name="您的意见").fill("灯管还在闪，请再来一次。")
            page.get_by_role("button", name="退回重办").click()
            page.get_by_role("dialog").get_by_role("button", name="退回重办").click()
            expect(page.locator(".notice-success")).to_contain_text("已退回")
        else:
            fits(page)
            page.get_by_label("4 满意").check()
            page.get_by_role("button", name="确认", exact=True).click()
            expect(page.locator(".notice-success")).to_contain_text("已处理")
    settled(page, live, "李沐阳", case)


def claim(page: Page, funds: str, leader: str, amount: str) -> None:
    """Fill in a claim for material, up to the page where it is checked."""
    page.get_by_label("经济科目").select_option(label="专用材料费")
    project(page, funds)
    page.get_by_label("项目负责人").fill(leader)
    page.get_by_label("事由").fill("购买催化剂制备所用耗材")
    following(page)
    page.get_by_label("费用类型").select_option(label="货物")
    issued = date.today() - timedelta(days=9)
    page.get_by_label("开票日期").fill(issued.isoformat())
    page.get_by_label("发票号码").fill(
        f"{issued:%y}4420000000123{leader}"
    )  # begins with its year, and is claimed once in all
    page.get_by_label("金额（元）").fill(amount)
    following(page)
    page.get_by_label(re.compile("发票文件")).set_input_files(
        {"name": "发票.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    )
    expect(page.get_by_role("link", name="发票.pdf")).to_be_visible()


def test_j8_a_reimbursement_through_both_reviews(page: Page, live: Live) -> None:
    enter(page, live, "吴一鸣")
    page.goto(f"{live.url}/services/reimbursement/apply")
    claim(page, "青禾科基 2026-031", "11011", "860")
    send(page)
    case = to_case(page)
    handle(page, live, "白露", case)
    at_step(page, live, "蒋欣怡", case)  # she may do either review, not both
    page.get_by_label("核定金额").fill("860.01")
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_text("不超过报销合计").first).to_be_visible()
    page.get_by_label("核定金额").fill("800")
    decided(page)
    enter(page, live, "蒋欣怡")
    page.goto(case)
    expect(page.locator(".case-head")).to_be_visible()
    expect(page.locator(".panel-action")).to_have_count(0)
    at_step(page, live, "汪洁", case)
    decided(page)
    handle(page, live, "田野", case, fill="付款凭证号", words="银付 2026-11-0318")
    settled(page, live, "吴一鸣", case)
    expect(page.locator("body")).to_contain_text("银付 2026-11-0318")


def left(page: Page, live: Live, name: str, funds: str) -> Locator:
    """The card of a project among somebody's balances."""
    enter(page, live, name)
    page.goto(f"{live.url}/accounts")
    return page.locator("section.balance").filter(has_text=funds)


def test_j9_a_project_that_is_nearly_spent(page: Page, live: Live) -> None:
    """3,000 yuan are left: 3,000.01 are not sent, 3,000 are held, a colleague finds nothing, and refused it is all there."""
    enter(page, live, "吴一鸣")
    page.goto(f"{live.url}/services/reimbursement/apply")
    claim(page, "青禾校基 2026-007", "11012", "3000.01")
    following(page)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".bf-errors, [role=alert]").first).to_contain_text("超过项目还可用的 3,000.00 元")
    expect(page.locator(".bf-step-now")).to_contain_text("3 / 4")  # the form goes to the page with the fault
    page.get_by_role("button", name="上一步").click()
    page.get_by_label("金额（元）").fill("3000")
    for _ in range(2):
        step = page.locator(".bf-step-now").inner_text()
        page.get_by_role("button", name=re.compile("^下一步")).click()
        expect(page.locator(".bf-step-now")).not_to_have_text(step)
    expect(page.locator(".panel-findings")).to_contain_text("这次报销后，项目只剩 0 元可用")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", name="申请已提交")).to_be_visible()
    case = to_case(page)
    expect(page.locator("body")).to_contain_text("冻结")
    expect(left(page, live, "吴一鸣", "青禾校基 2026-007")).to_contain_text("冻结 3000.00 元")
    enter(page, live, "崔浩然")
    page.goto(f"{live.url}/services/laboratory-purchasing/apply")  # another office's service, the same account
    project(page, "青禾校基 2026-007")
    expect(page.get_by_text("¥ 0.00").first).to_be_visible()
    page.goto(case)
    page.get_by_role("textbox", name=re.compile("办理意见")).fill("请用科基项目")
    page.get_by_role("button", name="不同意", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="不同意").click()
    expect(page.locator(".case-head")).to_contain_text("未通过")
    mine = left(page, live, "崔浩然", "青禾校基 2026-007")
    expect(mine).to_contain_text("3000.00")
    expect(mine).not_to_contain_text("冻结")
