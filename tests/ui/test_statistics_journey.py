"""Statistics and the unit board in a real browser, on a real hall.

1. An owner reads her figures, asks for a service and a step, downloads what she sees; charts load on this page only.
2. The head of an office finds a task that lies too long and hands it over.
3. Whoever answers for nothing finds neither in her menu.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from io import BytesIO

import pytest
from halls import ORGANISATION, open_test_hall, write
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations

pytestmark = pytest.mark.browser

STUDENT, HEAD, FINANCE, OWNER = "20001", "20002", "20003", "20005"
PEOPLE = ORGANISATION.replace(
    "\n## departments",
    "| '20013 | 何川   | He Chuan     | 财务处     |                      | yes  |\n\n## departments",
)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("statistics")
    with closing(open_test_hall(folder)):
        pass
    write(folder / "definitions", "organisation/organisation.xlsx", PEOPLE)
    with closing(open_test_hall(folder)) as made:
        people = made.directory.people
        for count in range(3):
            answers = {"用途": "测试", "天数": 3}
            case = made.submit(people[STUDENT], "borrowing", answers, command_id=f"borrow-{count}").case_id
            if count:
                view = made.case(people[HEAD], case)
                done = {"seq": view.seq, "command_id": f"approve-{count}"}
                made.act(people[HEAD], case, view.tasks[0].id, "approve", **done)
    yield from serve(str(folder))


@pytest.mark.parametrize(
    "size", [pytest.param(DESKTOP, id="desktop", marks=pytest.mark.soak), pytest.param(NARROW, id="360px")]
)
def test_1_an_owner_reads_her_figures(browser: Browser, hall: str, size: dict[str, int]) -> None:
    owner = Visitor(browser, hall, OWNER, size)
    loaded: list[str] = []
    owner.page.on("request", lambda request: loaded.append(request.url))
    page = owner.go("/tasks")
    assert not any("echart" in address for address in loaded)
    page.locator("[popovertarget=person-menu]").click()
    page.get_by_role("link", name="统计").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("办件统计")
    expect(page.locator(".figure").filter(has_text="办理事项")).to_contain_text("3")
    expect(page.locator(".figure").filter(has_text="正在办理")).to_contain_text("3")
    expect(page.get_by_role("img", name="图：按环节")).to_be_visible()
    expect(page.locator(".chart svg").first).to_be_visible()
    assert any("echart" in address for address in loaded)
    steps = page.get_by_role("region", name="按环节")
    expect(steps.get_by_role("row").filter(has_text="学院负责人")).to_contain_text("3")
    assert violations(page) == []
    page.get_by_label("服务", exact=True).select_option("borrowing")
    page.get_by_role("button", name="统计").click()
    page.get_by_label("环节", exact=True).select_option("30")
    page.get_by_role("button", name="统计").click()
    expect(page.locator(".figure").filter(has_text="办理事项")).to_contain_text("2")  # two have come to that step
    with page.expect_download() as waiting:
        page.locator(".panel-figures").filter(has_text="按环节").get_by_role("link", name="导出 xlsx").click()
    header, *rows = load_workbook(BytesIO(waiting.value.path().read_bytes())).active.iter_rows(values_only=True)
    assert header[:4] == ("服务", "环节号", "环节", "送办次数")
    assert [row[:4] for row in rows] == [("仪器借用", "30", "财务处", 2)]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    owner.done()


def test_2_a_head_hands_a_task_over(browser: Browser, hall: str) -> None:
    head = Visitor(browser, hall, FINANCE, DESKTOP)
    page = head.go("/tasks")
    page.locator("[popovertarget=person-menu]").click()
    page.get_by_role("link", name="单位看板").click()
    expect(page.get_by_role("region", name="每人的待办").get_by_role("row").nth(1)).to_contain_text("李敏")
    page.get_by_role("button", name="勾选待办").click()
    page.get_by_role("checkbox").first.check()
    # To herself she cannot: she is not even found.
    page.locator("#hand-to").fill("李敏")
    expect(page.locator(".people")).to_contain_text("没有")
    page.locator("#hand-to").fill("何川")
    page.get_by_role("option", name="何川").click()
    page.get_by_role("button", name="转办所勾选的").click()
    expect(page.locator(".notice")).to_contain_text("已转办 1 件。")
    expect(page.get_by_role("region", name="每人的待办")).to_contain_text("何川")
    head.done()
    colleague = Visitor(browser, hall, "20013", NARROW)
    page = colleague.go("/tasks")
    page.locator(".listing tbody a").first.click()
    expect(page.locator(".timeline")).to_contain_text("转办")
    colleague.done()


def test_3_neither_for_whoever_answers_for_nothing(browser: Browser, hall: str) -> None:
    student = Visitor(browser, hall, STUDENT, NARROW)
    page = student.go("/tasks")
    page.locator("[popovertarget=person-menu]").click()
    expect(page.get_by_role("button", name="退出登录")).to_be_visible()
    expect(page.locator('.menu-box a:not([href="/accounts"])')).to_have_count(0)
    for path in ("/statistics", "/board"):
        expect(student.go(path).get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("body")).to_contain_text("没有查看或办理它的权限")
    student.wrong = [text for text in student.wrong if "403" not in text]
    student.done()
