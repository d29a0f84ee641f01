"""A draft in real browsers: nothing that was typed is lost, and none of two windows writes over the other unasked.

1. The server is killed while somebody goes on typing; once it is there again the words reach it by themselves.
2. Two devices change one draft: the second is told, and decides which of the two goes on.
3. A page that comes anew while its words are on their way to a slow server, in whatever language, goes on by itself.
4. Two windows of one browser that are closed before they could say anything lose no letter, neither of them.
5. A version that is published while a form is open keeps what is typed, also what no server had yet, and says so.
6. Whoever sends the older form is told that it has changed, opens it again and sends it.
7. A draft that one window sends is sent once: the other is told, wherever she is on the page, whatever she pressed before;
   what only she has stays with her until she says what shall become of it.
8. It may become another application, which is sent as any.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from halls import open_test_hall, write
from playwright.sync_api import Browser, Page, expect
from test_together_journey import ORGANISATION, STUDENT
from visiting import DESKTOP, HERE, NARROW, Visitor

pytestmark = pytest.mark.browser

REPORT = """
## settings
| form_id | form_title | owner  |
| report  | 实验室故障登记 | 财务处 |

## survey
| type | name | label | required |
| text | 设备 | 设备名称 | yes |
| text | 现象 | 故障现象 | yes |

## route
| step | name     | who                |
| 10   | 申请     | initiator          |
| 20   | 财务审核 | role:财务处.审核岗 |
"""


class Server:
    """A hall on a port of its own that can be killed and started again."""

    def __init__(self, folder: Path, *more: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.more = more
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
        command = [sys.executable, str(HERE / "stage.py"), str(self.port), str(self.folder), *self.more]
        self.process = subprocess.Popen(
            command, env=clean, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if re.search(r"http://localhost:\d+/", line):
                return
        pytest.fail("The hall did not start.")

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    write(tmp_path / "definitions", "organisation/organisation.xlsx", ORGANISATION)
    write(tmp_path / "definitions", "report/report.xlsx", REPORT)
    open_test_hall(tmp_path).close()
    started = Server(tmp_path, *getattr(request, "param", ()))
    started.start()
    try:
        yield started
    finally:
        started.kill()


FORM = "/services/report/apply"


def test_1_what_was_typed_while_the_server_was_dead_reaches_it(browser: Browser, server: Server) -> None:
    here = Visitor(browser, server.url, STUDENT, DESKTOP)
    page = here.go(FORM)
    page.get_by_label("设备名称").fill("离心机")
    expect(page.locator(".bf-saved")).to_contain_text("草稿已保存")
    server.kill()
    page.get_by_label("设备名称").fill("高速离心机")
    expect(page.locator(".bf-saved")).to_contain_text("已保存在本机")
    server.start()
    expect(page.locator(".bf-saved")).to_contain_text("草稿已保存", timeout=60_000)
    expect(page.get_by_label("设备名称")).to_have_value("高速离心机")
    there = Visitor(browser, server.url, STUDENT, NARROW)
    expect(there.go(FORM).get_by_label("设备名称")).to_have_value("高速离心机")
    there.done()


def test_2_two_devices_do_not_write_over_each_other(browser: Browser, server: Server) -> None:
    here, there = (Visitor(browser, server.url, STUDENT, size) for size in (DESKTOP, NARROW))
    page, phone = here.go(FORM), there.go(FORM)
    page.get_by_label("设备名称").fill("离心机")
    expect(page.locator(".bf-saved")).to_contain_text("草稿已保存")
    page.get_by_label("故障现象").fill("异响")
    expect(page.locator(".bf-saved")).to_contain_text("草稿已保存")
    phone.get_by_label("设备名称").fill("显微镜")
    notice = phone.get_by_role("alert").filter(has_text="另一个窗口或设备")
    expect(notice).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.get_by_role("button", name="用另一处的内容").click()
    expect(phone.get_by_label("设备名称")).to_have_value("离心机")
    expect(phone.get_by_label("故障现象")).to_have_value("异响")
    phone.get_by_label("故障现象").fill("异响，有焦味")
    expect(phone.locator(".bf-saved")).to_contain_text("草稿已保存")
    page.get_by_label("设备名称").fill("高速离心机")
    expect(page.get_by_role("alert").filter(has_text="另一个窗口或设备")).to_be_visible()
    page.get_by_role("button", name="用这里的内容").click()
    expect(page.locator(".bf-saved")).to_contain_text("草稿已保存")
    third = Visitor(browser, server.url, STUDENT, DESKTOP)
    opened = third.go(FORM)
    expect(opened.get_by_label("设备名称")).to_have_value("高速离心机")
    expect(opened.get_by_label("故障现象")).to_have_value("异响")
    for visitor in (here, there, third):
        visitor.done()


@pytest.mark.parametrize("server", [["0.7"]], indirect=True)
def test_3_a_page_that_comes_anew_while_its_words_are_on_their_way_goes_on(browser: Browser, server: Server) -> None:
    here = Visitor(browser, server.url, STUDENT, DESKTOP)
    page = here.go(FORM)
    box = page.locator(".bf-page input").first
    told = page.get_by_role("alert")
    typed = ""
    for at, wait in enumerate((0, 300, 1400, 1700, 2300, 2600, 3200)):
        expect(box).to_have_value(typed)
        box.press("End")
        box.press_sequentially(f"离心机{at}号 ")
        typed += f"离心机{at}号 "
        page.wait_for_timeout(wait)
        if at % 3 == 2:
            page.locator("a[href^='/language/']").first.click()
        else:
            page.reload()
        expect(box).to_have_value(typed)
        expect(told).to_have_count(0)
    expect(page.locator(".bf-saved")).to_have_text(re.compile(r"^草稿已保存|^Draft saved"))
    expect(told).to_have_count(0)
    there = Visitor(browser, server.url, STUDENT, NARROW)
    expect(there.go(FORM).locator(".bf-page input").first).to_have_value(typed)
    for visitor in (here, there):
        visitor.done()


@pytest.mark.parametrize("server", [["1"]], indirect=True)
def test_4_two_windows_that_are_closed_lose_no_letter(browser: Browser, server: Server) -> None:
    here = Visitor(browser, server.url, STUDENT, DESKTOP)
    first = here.go(FORM)
    second = first.context.new_page()
    second.goto(server.url + FORM)
    first.get_by_label("设备名称").press_sequentially("离心机")
    second.get_by_label("设备名称").press_sequentially("显微镜")
    server.kill()
    for page in (first, second):
        page.close()
    server.start()
    found = set()
    for _ in range(2):
        page = first.context.new_page() if not found else page.context.new_page()
        page.goto(server.url + FORM)
        found.add(page.get_by_label("设备名称").input_value())
        expect(page.get_by_text(re.compile("草稿已保存|另一个窗口或设备"))).to_be_visible()
    assert found == {"离心机", "显微镜"}
    expect(page.get_by_role("alert")).to_contain_text("另一个窗口或设备")


CHANGED = REPORT.replace(
    "| text | 设备 | 设备名称 | yes |", "| text | 设备 | 设备名称和编号 | yes |\n| text | 地点 | 所在房间 | yes |"
)


def wait_for_the_new_form(visitor: Visitor, server: Server) -> None:
    for _ in range(40):
        if visitor.go(FORM).get_by_label("所在房间").count():
            return
        visitor.page.wait_for_timeout(500)


def test_5_a_new_version_keeps_what_is_typed(browser: Browser, server: Server) -> None:
    here = Visitor(browser, server.url, STUDENT, DESKTOP)
    page = here.go(FORM)
    page.get_by_label("设备名称").fill("离心机")
    expect(page.locator(".bf-saved")).to_contain_text("草稿已保存")
    page.context.set_offline(True)
    page.get_by_label("故障现象").fill("异响")
    expect(page.locator(".bf-saved")).to_contain_text("已保存在本机")
    there = Visitor(browser, server.url, STUDENT, NARROW)
    write(server.folder / "definitions", "report/report.xlsx", CHANGED)
    wait_for_the_new_form(there, server)
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_label("设备名称和编号")).to_have_value("离心机")
    expect(page.get_by_label("故障现象")).to_have_value("异响")
    expect(page.get_by_label("所在房间")).to_have_value("")
    expect(page.locator(".draft-banner")).to_contain_text("表单在此之后有更新，请重新核对各项内容。")
    expect(page.locator(".bf-saved")).to_contain_text("草稿已保存")
    page.get_by_role("button", name="下一步：核对").click()
    expect(page.locator(".bf-summary")).to_contain_text("所在房间")
    page.get_by_label("所在房间").fill("化工楼 301")
    page.get_by_role("button", name="下一步：核对").click()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已提交")
    for visitor in (here, there):
        visitor.done()


def test_6_a_form_that_changed_meanwhile_is_opened_again(browser: Browser, server: Server) -> None:
    here, there = (Visitor(browser, server.url, STUDENT, size) for size in (NARROW, DESKTOP))
    page = here.go(FORM)
    page.get_by_label("设备名称").fill("离心机")
    page.get_by_label("故障现象").fill("异响")
    page.get_by_role("button", name="下一步：核对").click()
    write(server.folder / "definitions", "report/report.xlsx", CHANGED)
    wait_for_the_new_form(there, server)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".bf-summary")).to_contain_text("这张表单在您填写期间更新了，还没有提交。")
    page.get_by_role("button", name="重新打开表单").click()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator(".bf-summary a")).to_have_text("请填写“所在房间”。")
    expect(page.get_by_label("故障现象")).to_have_value("异响")
    page.get_by_label("所在房间").fill("化工楼 301")
    page.get_by_role("button", name="下一步：核对").click()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已提交")
    for visitor in (here, there):
        visitor.done()


def sees(page: Page, text: str) -> None:
    """An alert that can be read without scrolling."""
    alert = page.get_by_role("alert").filter(has_text=text)
    expect(alert).to_be_in_viewport(ratio=1)
    head = page.locator(".site-header").bounding_box()
    box = alert.bounding_box()
    assert head
    assert box
    assert box["y"] >= head["y"] + head["height"]


def test_7_a_draft_is_sent_once_from_two_windows(browser: Browser, server: Server) -> None:
    here = Visitor(browser, server.url, STUDENT, DESKTOP)
    first = here.go(FORM)
    first.get_by_label("设备名称").fill("离心机")
    first.get_by_label("故障现象").fill("异响")
    expect(first.locator(".bf-saved")).to_contain_text("草稿已保存")
    there = Visitor(browser, server.url, STUDENT, NARROW)
    other = there.go(FORM)
    first.get_by_label("故障现象").fill("异响，有焦味")
    expect(first.locator(".bf-saved")).to_contain_text("草稿已保存")
    other.get_by_label("设备名称").fill("高速离心机")
    other.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    sees(other, "另一个窗口或设备")
    first.get_by_role("button", name="下一步：核对").click()
    first.get_by_role("button", name="提交", exact=True).click()
    expect(first.get_by_role("heading", level=1)).to_contain_text("已提交")
    other.get_by_role("button", name="用这里的内容", exact=True).click()
    sees(other, "没有重复提交")
    other.get_by_role("button", name="下一步：核对").click()
    expect(other.get_by_role("button", name="提交", exact=True)).to_be_disabled()
    other.reload()
    sees(other, "没有重复提交")
    assert len(here.go("/cases").get_by_role("row").all()) == 2
    expect(other.locator(".bf-page")).to_contain_text("高速离心机")
    other.get_by_role("button", name="放弃这里的内容").click()
    expect(other.get_by_label("设备名称")).to_have_value("")
    expect(other.get_by_role("alert")).to_have_count(0)
    for visitor in (here, there):
        visitor.done()


def test_8_what_is_here_may_be_another_application(browser: Browser, server: Server) -> None:
    here = Visitor(browser, server.url, STUDENT, DESKTOP)
    first = here.go(FORM)
    first.get_by_label("设备名称").fill("离心机")
    first.get_by_label("故障现象").fill("异响")
    expect(first.locator(".bf-saved")).to_contain_text("草稿已保存")
    there = Visitor(browser, server.url, STUDENT, NARROW)
    other = there.go(FORM)
    first.get_by_role("button", name="下一步：核对").click()
    first.get_by_role("button", name="提交", exact=True).click()
    expect(first.get_by_role("heading", level=1)).to_contain_text("已提交")
    other.get_by_label("设备名称").fill("第二台离心机")
    sees(other, "没有重复提交")
    other.get_by_role("button", name="用这里的内容另办一件").click()
    expect(other.locator(".bf-saved")).to_contain_text("草稿已保存")
    other.get_by_role("button", name="下一步：核对").click()
    other.get_by_role("button", name="提交", exact=True).click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("已提交")
    assert len(here.go("/cases").get_by_role("row").all()) == 3
    for visitor in (here, there):
        visitor.done()
