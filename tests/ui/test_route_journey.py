"""What a route says on the screens, in a real browser on a real hall.

1. On a phone, how much waits stands whole beside its place. 2. A race is told as one on the case. 3. Whose case was
returned sees where it goes when it is sent again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from halls import open_test_hall
from playwright.sync_api import Browser, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations

pytestmark = pytest.mark.browser

STUDENT, HEAD = "20001", "20002"
MANY = 14
SHARED = """
## settings
| form_id | form_title | owner  |
| shared  | 场地借用   | 设备处 |
## survey
| type | name | label | required |
| text | 活动 | 活动  | yes      |
## route
| step | name     | who                | group      | back          |
| 10   | 申请     | initiator          |            |               |
| 20   | 学院审核 | head(申请部门)     |            | 发起人 !直达  |
| 30   | 财务审核 | role:财务处.审核岗 | 会审(任一) |               |
| 31   | 保卫审核 | role:保卫处.审核岗 | 会审(任一) |               |
"""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("routes")
    with closing(open_test_hall(folder, services={"shared": SHARED})) as made:
        people = made.directory.people
        for count in range(2 * MANY):
            case = made.submit(people[STUDENT], "shared", {"活动": f"讲座{count}"}, command_id=f"s{count}").case_id
            if count < MANY:
                view = made.case(people[HEAD], case)
                done = {"seq": view.seq, "command_id": f"r{count}", "opinion": "请写明人数", "return_to": "initiator"}
                made.act(people[HEAD], case, view.tasks[0].id, "return", **done)
    yield from serve(str(folder))


def shot(visitor: Visitor, name: str) -> None:
    """A picture for the eye, where somebody wants one."""
    if folder := os.environ.get("BANSHI_SHOTS"):
        visitor.page.screenshot(path=Path(folder) / f"{name}.png")


def test_1_a_phone_shows_the_whole_number(browser: Browser, hall: str) -> None:
    for who, place in ((HEAD, "/tasks"), (STUDENT, "/cases")):
        visitor = Visitor(browser, hall, who, NARROW)
        page = visitor.go(place)
        badge = page.locator(f'.bottom-bar a[href="{place}"] .badge')
        expect(badge).to_have_text(str(MANY))
        lines = badge.evaluate(
            "it => { const r = document.createRange(); r.selectNodeContents(it); return r.getClientRects().length }"
        )
        assert lines == 1
        assert badge.evaluate("it => it.scrollHeight <= it.clientHeight && it.scrollWidth <= it.clientWidth")
        shot(visitor, f"phone-{place[1:]}")
        visitor.done()


@pytest.mark.parametrize(
    "size", [pytest.param(DESKTOP, id="desktop", marks=pytest.mark.soak), pytest.param(NARROW, id="360px")]
)
def test_2_and_3_a_race_and_a_returned_case(browser: Browser, hall: str, size: dict[str, int]) -> None:
    student = Visitor(browser, hall, STUDENT, size)
    page = student.go("/cases")
    page.get_by_role("link", name="讲座20").or_(page.locator("a[href^='/cases/']")).first.click()
    route = page.locator(".panel-route")
    expect(route).to_contain_text("可能不需要：任一支完成即可")
    expect(route).to_contain_text("与其他环节同时进行，任一支完成即可")
    expect(route).not_to_contain_text("另一支")
    shot(student, f"race-{size['width']}")
    page = student.go("/cases?page=2")
    page.locator(".listing tr, .listing li").filter(has_text="退回").first.locator("a").first.click()
    expect(page.locator(".facts")).to_contain_text("重新提交后到")
    expect(page.locator(".facts")).to_contain_text("学院审核")
    shot(student, f"returned-{size['width']}")
    assert violations(page) == []
    student.done()
