"""A case on its page, in a real browser.

1. Sent back because a case that it had opened was refused: the applicant reads which one and why, first of all.
2. On a phone what is to be done comes first, then whom the case waits for, then the form, the decision, and the record.
3. Whom a step waits for, in what role; a return asks where to when it is asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations

sys.path.insert(0, str(Path(__file__).parents[1] / "platform"))
from test_opening import EACH, FINANCE, SECURITY, STUDENT, children, decide, open_hall, person, save, send

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def cases() -> dict[str, str]:
    """The pages of the cases by what became of them."""
    return {}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, cases: dict[str, str]) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("case")
    save(folder, do=EACH, wait="等待 !退回")
    opened = open_hall(folder)
    returned = send(opened)
    decide(opened, SECURITY, returned)
    acceptance = children(opened)[0].row
    decide(opened, FINANCE, acceptance.id, "refuse")
    waiting = send(opened, command="c2")
    view = opened.case(person(opened, SECURITY), waiting)
    consult = {"people": [FINANCE], "opinion": "经费够吗？", "seq": view.seq, "command_id": "consult"}
    opened.act(person(opened, SECURITY), waiting, view.tasks[0].id, "consult", **consult)
    cases |= {"returned": f"/cases/{returned}", "waiting": f"/cases/{waiting}", "refused": acceptance.number}
    opened.close()
    yield from serve(str(folder))


def tops(page: Page, *places: str) -> list[float]:
    """How far down parts of a page begin."""
    found = [page.locator(place).first.bounding_box() for place in places]
    return [box["y"] for box in found if box]


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


@pytest.mark.parametrize(
    "size", [pytest.param(DESKTOP, id="desktop", marks=pytest.mark.soak), pytest.param(NARROW, id="360px")]
)
def test_1_sent_back_with_the_reason(browser: Browser, hall: str, cases: dict[str, str], size: dict[str, int]) -> None:
    student = Visitor(browser, hall, STUDENT, size)
    page = student.go(cases["returned"])
    why = page.locator(".panel-returned .opinion")
    expect(why).to_contain_text(f"设备验收 {cases['refused']} 未通过：核对过")
    expect(page.locator(".panel-returned")).not_to_contain_text("左侧")
    fits(page)
    places = tops(page, ".case-head", ".panel-returned", ".panel-form", ".panel-route", ".panel-timeline")
    if size is NARROW:
        assert places == sorted(places)
    page.goto(f"{hall}/language/en?next={cases['returned']}")
    expect(why).to_contain_text(f"{cases['refused']} refused: 核对过")
    student.done()


def test_2_and_3_whom_a_step_waits_for(browser: Browser, hall: str, cases: dict[str, str]) -> None:
    security = Visitor(browser, hall, SECURITY, NARROW)
    page = security.go(cases["waiting"])
    expect(page.locator(".case-head")).to_contain_text("李敏")
    expect(page.locator(".route")).to_contain_text("等 李敏（赵磊 征求其意见、")
    expect(page.locator(".route")).to_contain_text("然后是 赵磊")
    security.done()
    finance = Visitor(browser, hall, FINANCE, NARROW)
    page = finance.go(cases["waiting"])
    expect(page.locator(".case-head .jump")).to_contain_text("赵磊 请您提供意见")
    places = tops(page, ".jump", ".case-head .facts", ".panel-form", "#act", ".panel-route", ".panel-timeline",
                  ".panel-comment", ".diagram")  # fmt: skip
    assert len(places) == 8
    assert places == sorted(places)
    fits(page)
    page.locator("#act textarea").fill("够")
    page.get_by_role("button", name="答复").click()
    expect(page.locator(".notice")).to_be_visible()
    finance.done()
    security = Visitor(browser, hall, SECURITY, DESKTOP)
    page = security.go(cases["waiting"])
    expect(page.locator(".route-asked")).to_have_count(1)
    expect(page.locator(".route-asked")).to_contain_text("等 赵磊（")
    page.locator("#act textarea").fill("请补充报价单")
    page.locator("#act textarea").blur()
    expect(page.get_by_label("修改以后")).to_be_hidden()
    page.get_by_role("button", name="退回修改").click()
    dialog = page.get_by_role("dialog", name="退回修改")
    dialog.get_by_label("修改以后").select_option("straight")
    assert violations(page) == []
    dialog.get_by_role("button", name="退回修改").click()
    expect(page.locator(".case-head")).to_contain_text("已退回")
    security.done()
