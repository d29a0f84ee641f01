"""Colleagues around a case, in a real browser.

1. Handed on for advice, answered on a phone, decided with a phrase and a signature, read by who gets a copy.
2. Several approved together, and the one that may not be says why.
3. Who stands in finds the task, acts, and the record says for whom.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from halls import ORGANISATION, write
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations

pytestmark = pytest.mark.browser

STUDENT, HEAD, FINANCE, SECURITY, OWNER = (f"2000{i}" for i in range(1, 6))
SEAL = """
## settings
| form_id | form_title | owner  |
| seal    | 用印申请   | 设备处 |

## survey
| type | name | label | required |
| text | 用途 | 用途  | yes      |

## route
| step | name       | who                                      | mode  | ops   | opinion | cc |
| 10   | 申请       | initiator                                |       |       |         |    |
| 20   | 学院负责人 | head(申请部门)                           |       | +批量 |         |    |
| 30   | 财务处     | role:财务处.审核岗 + role:保卫处.审核岗  | claim |       | 必填；常用语：同意用印。\\|请补充材料。；手写签名 | 人:20005 @pass |
"""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("colleagues")
    write(folder / "definitions", "organisation/organisation.xlsx", ORGANISATION)
    write(folder / "definitions", "seal/seal.xlsx", SEAL)
    yield from serve(str(folder))


# A picture of one grey point.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6368"
    "00000082008177cd72b60000000049454e44ae426082"
)


def apply(browser: Browser, hall: str, purpose: str) -> str:
    visitor = Visitor(browser, hall, STUDENT, NARROW)
    page = visitor.go("/services/seal/apply")
    page.locator(".bf-field input").first.fill(purpose)
    page.get_by_role("button", name="下一步：核对").click()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".done-page")).to_be_visible()
    path = page.get_by_role("link", name="查看办理进度").get_attribute("href")
    visitor.done()
    assert path
    return path


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def choose(page: Page, box: str, name: str) -> None:
    page.locator(box).fill(name)
    page.get_by_role("option", name=name).click()
    expect(page.locator(".people-chosen")).to_contain_text(name)


def sign(page: Page) -> None:
    """Write on the pad; once more where the page moved under the pen."""
    pad = page.locator(".signature canvas")
    done = page.get_by_role("button", name="写好了，使用")
    for _ in range(5):
        pad.hover(position={"x": 20, "y": 20})  # waits until the notice has moved the page
        page.mouse.down()
        pad.hover(position={"x": 90, "y": 50})
        page.mouse.up()
        if done.is_enabled():
            break
    expect(done).to_be_enabled()


def test_1_advice_a_signature_and_a_copy(browser: Browser, hall: str) -> None:
    path = apply(browser, hall, "成绩单盖章")
    head = Visitor(browser, hall, HEAD, DESKTOP)
    page = head.go(path)
    page.locator("#act .more > summary").click()
    page.locator("#act select[id^=deed]").select_option("consult")
    choose(page, "#act .people input", "赵磊")
    page.locator("#act textarea").fill("这样用印可以吗？")
    page.locator("#act textarea").blur()
    page.get_by_role("button", name="送出").click()
    expect(page.locator(".notice")).to_contain_text("已送去征求意见")
    expect(page.get_by_role("button", name="不再征求 赵磊 的意见")).to_be_visible()

    adviser = Visitor(browser, hall, SECURITY, NARROW)
    desk = adviser.go(path)
    expect(desk.locator("#act")).to_contain_text("王建国 请您提供意见")
    expect(desk.get_by_role("button", name="不同意")).to_have_count(0)
    fits(desk)
    desk.locator("#act textarea").fill("可以")
    desk.get_by_role("button", name="答复").click()
    expect(desk.locator(".notice")).to_be_visible()
    adviser.done()

    page = head.go(path)
    expect(page.locator(".timeline")).to_contain_text("可以")
    page.locator("#act .actions").get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_role("button", name="拿回“学院负责人”的决定")).to_be_visible()
    head.done()

    finance = Visitor(browser, hall, FINANCE, NARROW)
    page = finance.go(path)
    page.get_by_role("button", name="领取").click()
    expect(page.get_by_role("button", name="放回")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="同意用印。").click()
    expect(page.locator("#act textarea")).to_have_value("同意用印。")
    agree = page.locator("#act .actions").get_by_role("button", name="同意", exact=True)
    agree.click()
    expect(page.locator(".notice")).to_contain_text("请先手写签名")
    sign(page)
    page.get_by_role("button", name="写好了，使用").click()
    expect(page.locator(".signature img")).to_be_visible()
    agree.click()
    expect(page.locator(".timeline img.signed")).to_be_visible()
    expect(page.locator(".case-head")).to_contain_text("已办结")
    finance.done()

    reader = Visitor(browser, hall, OWNER, DESKTOP)
    page = reader.go("/tasks?state=unread")
    expect(page.locator("main")).to_contain_text("用印申请")
    page.goto(hall + path)
    expect(page.locator(".timeline img.signed")).to_be_visible()
    page.goto(f"{hall}/tasks?state=unread")
    expect(page.locator("main")).to_contain_text("没有待阅的办件")
    reader.done()


def test_2_approved_together(browser: Browser, hall: str) -> None:
    paths = [apply(browser, hall, purpose) for purpose in ("在读证明", "就业协议")]
    head = Visitor(browser, hall, HEAD, NARROW)
    page = head.go("/tasks")
    page.get_by_role("button", name="批量同意").click()
    fits(page)
    for box in page.locator("td.pick input").all():
        box.check()
    expect(page.locator(".bulk")).to_contain_text("已勾选 2 件")
    page.get_by_role("button", name="同意所勾选的").click()
    expect(page.locator(".notice")).to_contain_text("已同意 2 件。")
    for path in paths:
        expect(head.go(path).locator(".route")).to_contain_text("已完成")
    head.done()


def test_3_who_stands_in(browser: Browser, hall: str) -> None:
    path = apply(browser, hall, "社会实践证明")
    head = Visitor(browser, hall, HEAD, DESKTOP)
    page = head.go("/stand-ins")
    fits(page)
    choose(page, "#stand-in", "孙静")
    today = datetime.now(UTC).date()
    page.locator("#stand-from").fill(str(today - timedelta(days=1)))
    page.locator("#stand-to").fill(str(today + timedelta(days=3)))
    page.locator("#stand-to").blur()
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".stand-in")).to_contain_text("孙静 代我办理")
    expect(page.locator(".stand-in")).to_contain_text("进行中")
    head.done()

    instead = Visitor(browser, hall, "20007", NARROW)
    page = instead.go("/tasks")
    expect(page.locator("main")).to_contain_text("代 王建国")
    page.goto(hall + path)
    expect(page.locator("#act")).to_contain_text("您正在代 王建国 办理。")
    page.locator("#act .actions").get_by_role("button", name="同意", exact=True).click()
    expect(page.locator(".timeline")).to_contain_text("孙静（代王建国）")
    instead.done()


@pytest.mark.parametrize(
    "size", [pytest.param(DESKTOP, id="desktop", marks=pytest.mark.soak), pytest.param(NARROW, id="360px")]
)
def test_4_files_with_an_opinion_and_a_comment(browser: Browser, hall: str, size: dict[str, int]) -> None:
    path = apply(browser, hall, "附件核对")
    head = Visitor(browser, hall, HEAD, size)
    page = head.go(path)
    picture = {"name": "盖章样张.png", "mimeType": "image/png", "buffer": PICTURE}
    page.locator(".panel-comment input[type=file]").set_input_files([picture])
    expect(page.locator(".panel-comment .bf-thumb")).to_be_visible()
    fits(page)
    page.locator("#comment").fill("样张见附件")
    page.locator("#comment").press("@")
    expect(page.locator("#comment")).to_have_value("样张见附件@")
    page.locator("#comment").fill("样张见附件 ")
    page.locator("#comment").press("@")
    expect(page.locator("#mentions")).to_be_focused()
    expect(page.locator("#comment")).to_have_value("样张见附件 ")
    page.get_by_role("button", name="发出").click()
    expect(page.locator(".timeline .said-picture")).to_be_visible()
    program = {"name": "setup.exe", "mimeType": "", "buffer": b"MZ" + bytes(100)}
    page.locator("#act input[type=file]").set_input_files([program])
    expect(page.locator("#act .bf-error")).to_contain_text("setup.exe")
    plan = {"name": "说明.pdf", "mimeType": "", "buffer": b"%PDF-1.4\n%%EOF\n"}
    other = {"name": "多余.pdf", "mimeType": "", "buffer": b"%PDF-1.4\n%%EOF\n"}
    page.locator("#act input[type=file]").set_input_files([plan, other])
    expect(page.locator("#act .bf-file")).to_have_count(2)
    page.get_by_role("button", name="移除 多余.pdf").click()
    expect(page.locator("#act .bf-file")).to_have_count(1)
    fits(page)
    page.locator("#act textarea").fill("同意。")
    page.locator("#act textarea").blur()
    page.locator("#act .actions-stacked > .primary").click()
    expect(page.locator(".timeline")).to_contain_text("说明.pdf")
    fits(page)
    head.wrong = [text for text in head.wrong if "Failed to load resource" not in text]  # the program was refused
    head.done()
    student = Visitor(browser, hall, STUDENT, size)
    page = student.go(path)
    link = page.get_by_role("link", name="说明.pdf")
    answer = page.request.get(hall + str(link.get_attribute("href")))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    expect(page.get_by_role("link", name="多余.pdf")).to_have_count(0)
    student.done()
