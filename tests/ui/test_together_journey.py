"""What is done to several tasks at once, in a real browser: the list is what is, without being loaded again.

1. Approved together from a search: what was done is gone, the search stays, what was not done is named with its reason.
2. Handed over on the unit board: the same, and who has how much is counted anew.
3. The way back from a case leads to the list that somebody came from, with its filters, else to her own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from halls import open_test_hall, write
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
def cases() -> dict[str, str]:
    """The pages of the cases by what they are for."""
    return {}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, cases: dict[str, str]) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("together")
    write(folder / "definitions", "organisation/organisation.xlsx", ORGANISATION)
    write(folder / "definitions", "refund/refund.xlsx", REFUND)
    opened = open_test_hall(folder)
    together = (f"{reason} {size}" for size in ("desktop", "360px") for reason in ("重修退费", "住宿退费", "班车退费"))
    for reason in (*together, "讲座费", "场地费"):
        sent = opened.submit(opened.directory.people[STUDENT], "refund", {"事由": reason}, command_id=reason)
        cases[reason] = f"/cases/{sent.case_id}"
    opened.close()
    yield from serve(str(folder))


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


@pytest.mark.parametrize(("size", "name"), [(DESKTOP, "desktop"), (NARROW, "360px")])
def test_1_approved_together(
    browser: Browser, hall: str, cases: dict[str, str], size: dict[str, int], name: str
) -> None:
    first = Visitor(browser, hall, FIRST, size)
    page = first.go(f"/tasks?query=退费 {name}")
    expect(page.locator("tbody tr")).to_have_count(3)
    tick(page, "批量同意")
    withdraw(browser, hall, cases[f"班车退费 {name}"])
    page.get_by_role("button", name="同意所勾选的").click()
    notice = page.locator(".notice")
    expect(notice).to_contain_text("已同意 2 件；1 件没有办成：")
    expect(notice.locator("li")).to_have_count(1)
    expect(notice.locator("li")).to_contain_text("班车退费")
    expect(page.locator("tbody tr")).to_have_count(0)
    expect(page.locator("input[name=query]")).to_have_value(f"退费 {name}")
    expect(page.locator(".page")).to_contain_text("没有找到符合的办件")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    first.done()


def test_2_handed_over(browser: Browser, hall: str, cases: dict[str, str]) -> None:
    chief = Visitor(browser, hall, CHIEF, DESKTOP)
    page = chief.go(f"/board?who={FIRST}")
    tick(page, "勾选待办")
    page.locator("#hand-to").fill("何川")
    page.get_by_role("option", name="何川").click()
    withdraw(browser, hall, cases["场地费"])
    page.get_by_role("button", name="转办所勾选的").click()
    notice = page.locator(".notice")
    expect(notice).to_contain_text("已转办 1 件；1 件没有办成：")
    expect(notice.locator("li")).to_have_count(1)
    loads = page.locator("table").first
    expect(loads).to_contain_text("何川")
    expect(loads).not_to_contain_text("李敏")
    expect(page.locator(".list-tools")).to_contain_text("李敏的待办")
    expect(page.locator(".empty")).to_have_text("没有待办")
    assert violations(page) == []
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    chief.done()


def test_3_the_way_back(browser: Browser, hall: str, cases: dict[str, str]) -> None:
    path = cases["讲座费"]
    clerk = Visitor(browser, hall, SECOND, DESKTOP)
    page = clerk.go("/tasks?query=讲座")
    page.get_by_role("link", name="讲座费").click()
    page.locator("#comment").fill("请郑处看一下")
    page.locator("#mentions").fill("郑实")
    page.get_by_role("option", name="郑实").click()
    page.get_by_role("button", name="发出").click()
    expect(page.locator(".notice")).to_contain_text("已发出")
    page.locator("a.back").click()
    expect(page.locator("input[name=query]")).to_have_value("讲座")
    clerk.done()
    chief = Visitor(browser, hall, CHIEF, NARROW)
    page = chief.go(path)
    expect(page.locator("a.back")).to_have_text("返回待办")
    page.locator("a.back").click()
    expect(page.locator("tbody")).to_contain_text("讲座费")
    page.goto(f"{hall}/tasks?state=read")
    page.get_by_role("link", name="讲座费").click()
    expect(page.locator("a.back")).to_have_attribute("href", "/tasks?state=read")
    chief.done()
    student = Visitor(browser, hall, STUDENT, NARROW)
    page = student.go(path)
    expect(page.locator("a.back")).to_have_attribute("href", "/cases")
    expect(page.locator("a.back")).to_have_text("返回我的办件")
    student.done()
