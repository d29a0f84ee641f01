"""What is done to several tasks at once, in a real browser: the list is what is, without being loaded again.

1. Approved together from a search: what was done is gone, the search stays, what was not done is named with its reason.
2. Handed over on the unit board: the same, and who has how much is counted anew.
3. The way back from a case leads to the list that somebody came from, with its filters, else to her own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from halls import write
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations

pytestmark = pytest.mark.browser

STUDENT, CHIEF, FIRST, SECOND = "20001", "30001", "30002", "30003"
ORGANISATION = f"""
## people
| id         | name   | department | roles         | demo |
| '{STUDENT} | 陈晓雨 | 学校       |               | yes  |
| '{CHIEF}   | 郑实   | 财务处     |               | yes  |
| '{FIRST}   | 李敏   | 财务处     | 财务处.审核岗 | yes  |
| '{SECOND}  | 何川   | 财务处     |               | yes  |

## departments
| name   | head      | parent |
| 学校   |           |        |
| 财务处 | '{CHIEF}  | 学校   |
"""
REFUND = """
## settings
| form_id | form_title | owner  | instance_name |
| refund  | 退款申请   | 财务处 | ${事由}       |

## survey
| type | name | label | required |
| text | 事由 | 事由  | yes      |

## route
| step | name     | who                | ops         |
| 10   | 申请     | initiator          |             |
| 20   | 财务审核 | role:财务处.审核岗 | +批量 +转办 |
"""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("together")
    write(folder / "definitions", "organisation/organisation.xlsx", ORGANISATION)
    write(folder / "definitions", "refund/refund.xlsx", REFUND)
    yield from serve(str(folder))


def apply(browser: Browser, hall: str, *reasons: str) -> list[str]:
    visitor, paths = Visitor(browser, hall, STUDENT, NARROW), []
    for reason in reasons:
        page = visitor.go("/services/refund/apply")
        page.locator(".bf-field input").first.fill(reason)
        page.locator(".bf-actions .bf-primary").click()
        page.locator(".bf-actions .bf-primary").click()
        expect(page.locator(".done-page")).to_be_visible()
        paths.append(str(page.get_by_role("link", name="查看办理进度").get_attribute("href")))
    visitor.done()
    return paths


def withdraw(browser: Browser, hall: str, path: str) -> None:
    visitor = Visitor(browser, hall, STUDENT, NARROW)
    page = visitor.go(path)
    page.locator("button.withdraw").click()
    page.get_by_role("dialog").get_by_role("button", name="撤回申请").click()
    expect(page.locator(".notice")).to_contain_text("申请已撤回")
    visitor.done()


def tick(page: Page, opener: str) -> None:
    page.get_by_role("button", name=opener).click()
    for box in page.locator("td.pick input").all():
        box.check()


@pytest.mark.parametrize("size", [DESKTOP, NARROW], ids=["desktop", "360px"])
def test_1_approved_together(browser: Browser, hall: str, size: dict[str, int]) -> None:
    *_, gone = apply(browser, hall, "重修退费", "住宿退费", "教材费", "班车退费")
    first = Visitor(browser, hall, FIRST, size)
    page = first.go("/tasks?query=退费")
    expect(page.locator("tbody tr")).to_have_count(3)
    tick(page, "批量同意")
    withdraw(browser, hall, gone)
    page.get_by_role("button", name="同意所勾选的").click()
    notice = page.locator(".notice")
    expect(notice).to_contain_text("已同意 2 件；1 件没有办成：")
    expect(notice.locator("li")).to_have_count(1)
    expect(notice.locator("li")).to_contain_text("班车退费")
    expect(page.locator("tbody tr")).to_have_count(0)
    expect(page.locator("input[name=query]")).to_have_value("退费")
    expect(page.locator(".tab[aria-current] .count")).to_have_text("1")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    page = first.go("/tasks")
    expect(page.locator("tbody tr")).to_have_count(1)
    tick(page, "批量同意")
    page.get_by_role("button", name="同意所勾选的").click()
    expect(notice).to_have_text("已同意 1 件。")
    expect(page.locator(".page")).to_contain_text("没有待办事项")
    first.done()


@pytest.mark.parametrize("size", [DESKTOP, NARROW], ids=["desktop", "360px"])
def test_2_handed_over(browser: Browser, hall: str, size: dict[str, int]) -> None:
    *_, gone = apply(browser, hall, "讲座费", "场地费")
    chief = Visitor(browser, hall, CHIEF, size)
    page = chief.go(f"/board?who={FIRST}")
    tick(page, "勾选待办")
    page.locator("#hand-to").fill("何川")
    page.get_by_role("option", name="何川").click()
    withdraw(browser, hall, gone)
    page.get_by_role("button", name="转办所勾选的").click()
    notice = page.locator(".notice")
    expect(notice).to_contain_text("已转办 1 件；1 件没有办成：")
    expect(notice.locator("li")).to_have_count(1)
    loads = page.locator("table").first
    expect(loads).to_contain_text("何川")
    expect(loads).not_to_contain_text("李敏")
    expect(page.locator(".list-tools")).to_contain_text("李敏的待办")
    expect(page.locator(".page")).to_contain_text("没有待办")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    chief.done()
    second = Visitor(browser, hall, SECOND, size)
    page = second.go("/tasks")
    tick(page, "批量同意")
    page.get_by_role("button", name="同意所勾选的").click()
    expect(page.locator(".page")).to_contain_text("没有待办事项")
    second.done()


def test_3_the_way_back(browser: Browser, hall: str) -> None:
    (path,) = apply(browser, hall, "档案费")
    first = Visitor(browser, hall, FIRST, DESKTOP)
    page = first.go("/tasks?query=档案")
    page.get_by_role("link", name="档案费").click()
    page.locator("#comment").fill("请何川看一下")
    page.locator("#mentions").fill("何川")
    page.get_by_role("option", name="何川").click()
    page.get_by_role("button", name="发出").click()
    expect(page.locator(".notice")).to_contain_text("已发出")
    page.locator("a.back").click()
    expect(page.locator("input[name=query]")).to_have_value("档案")
    first.done()
    second = Visitor(browser, hall, SECOND, NARROW)
    page = second.go(path)
    expect(page.locator("a.back")).to_have_text("返回待办")
    page.locator("a.back").click()
    expect(page.locator("tbody")).to_contain_text("档案费")
    page.goto(f"{hall}/tasks?state=read")
    page.get_by_role("link", name="档案费").click()
    expect(page.locator("a.back")).to_have_attribute("href", "/tasks?state=read")
    second.done()
    student = Visitor(browser, hall, STUDENT, NARROW)
    page = student.go(path)
    expect(page.locator("a.back")).to_have_attribute("href", "/cases")
    expect(page.locator("a.back")).to_have_text("返回我的办件")
    student.done()
