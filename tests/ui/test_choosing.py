"""Choosing who is asked, in a real browser: found, ticked, checked at sending, kept over a reload and sent.

1. The list fits a desktop and a phone, in Chinese and English; axe-core finds nothing to object to; the keyboard will do.
2. A choice that will not do is told at its list; what was ticked is still there after a reload; who was ticked is asked.
3. A case that came back shows who was chosen, and another choice goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from halls import ORGANISATION, write
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations

pytestmark = pytest.mark.browser

STUDENT, HEAD = "20001", "20002"
EXPERTS = "\n".join(
    f"| '3000{i} | {name} | {english} | {department} | 学校.论证专家 | |"
    for i, (name, english, department) in enumerate(
        [
            ("郑文博", "Zheng Wenbo", "化工学院"),
            ("许清", "Xu Qing", "财务处"),
            ("梁家豪", "Liang Jiahao", "保卫处"),
            ("欧阳雪", "Ouyang Xue", "设备处"),
            ("曾志强", "Zeng Zhiqiang", "设备处"),
            ("冯敏仪", "Feng Minyi", "审计处"),
            ("谢东", "Xie Dong", "信息中心"),
            ("潘丽", "Pan Li", "财务处"),
            ("杜鹏", "Du Peng", "保卫处"),
        ]
    )
)
REVIEW = """
## settings
| form_id | form_title | owner  |
| review  | 立项论证   | 设备处 |

## survey
| type | name | label | required |
| text | 题目 | 题目  | yes      |

## route
| step | name     | name::English (en) | who                                       | mode | same |
| 10   | 申请     | Application        | initiator                                 |      |      |
| 20   | 学院     | College            | head(申请部门)                            |      | keep |
| 30   | 专家论证 | Expert review      | choose(role:学校.论证专家, 2-3, 财务处≥1) | all  | keep |
"""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("choosing")
    people = ORGANISATION.replace("\n\n## departments", f"\n{EXPERTS}\n\n## departments")
    write(folder / "definitions", "organisation/organisation.xlsx", people)
    write(folder / "definitions", "review/review.xlsx", REVIEW)
    yield from serve(str(folder))


def to_review(page: Page) -> None:
    page.locator(".bf-field input").first.fill("催化剂表征平台")
    page.locator(".bf-actions .bf-primary").click()
    expect(page.locator(".bf-choosing")).to_be_visible()


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


@pytest.mark.parametrize(
    ("person", "size", "language"),
    [("20003", DESKTOP, "zh"), ("20004", NARROW, "zh"), ("20005", DESKTOP, "en"), ("20006", NARROW, "en")],
    ids=["desktop-zh", "phone-zh", "desktop-en", "phone-en"],
)
def test_1_the_list_fits_and_can_be_used_by_the_keyboard(
    browser: Browser, hall: str, person: str, size: dict[str, int], language: str
) -> None:
    visitor = Visitor(browser, hall, person, size)
    page = visitor.go(f"/language/{language}?next=/services/review/apply")
    to_review(page)
    chooser = page.locator(".bf-choosing")
    wanted = {"zh": "请选 2–3 人，其中财务处至少 1 人。", "en": "Choose 2–3, at least 1 of them 财务处."}[language]
    expect(chooser).to_contain_text(wanted)
    expect(chooser.locator("input[type=checkbox]")).to_have_count(9)
    fits(page)
    search = chooser.locator("input[type=search]")
    search.fill("潘丽" if language == "zh" else "pan")
    expect(chooser.locator("input[type=checkbox]")).to_have_count(1)
    search.press("Enter")  # sends nothing
    search.press("Tab")
    page.keyboard.press("Space")
    expect(chooser.locator("[role=status]")).to_have_text({"zh": "已选 1 人", "en": "1 chosen"}[language])
    fits(page)
    visitor.done()


def test_2_and_3_from_the_tick_to_the_case_and_back(browser: Browser, hall: str) -> None:
    visitor = Visitor(browser, hall, STUDENT, DESKTOP)
    page = visitor.go("/services/review/apply")
    to_review(page)
    chooser, submit = page.locator(".bf-choosing"), page.locator(".bf-actions .bf-primary")
    chooser.get_by_label("谢东").check()
    submit.click()
    expect(page.locator(".bf-summary")).to_contain_text("专家论证：应选 2–3 人，现在选了 1 人。")
    expect(chooser.locator(".bf-error")).to_contain_text("“财务处”应至少选 1 人")
    fits(page)
    page.locator(".bf-summary a").first.click()
    chooser.get_by_label("许清").check()
    expect(page.locator(".bf-summary")).to_have_count(0)
    expect(page.locator(".panel-route")).to_contain_text("谢东")
    expect(page.locator(".bf-saved")).to_contain_text("草稿已保存")
    page.reload()  # it comes back at the check before sending
    expect(chooser.locator("input:checked")).to_have_count(2)
    submit.click()
    expect(page.locator(".done-page")).to_be_visible()
    page.get_by_role("link", name="查看办理进度").click()
    expect(page.locator(".route")).to_contain_text("谢东")
    path = page.url.removeprefix(hall)
    visitor.done()

    head = Visitor(browser, hall, HEAD, DESKTOP)
    page = head.go(path)
    give_back(page)
    head.done()

    visitor = Visitor(browser, hall, STUDENT, NARROW)
    page = visitor.go(path)
    page.locator(".bf-actions .bf-primary").click()
    chooser = page.locator(".bf-choosing")
    expect(chooser.locator("input:checked")).to_have_count(2)
    fits(page)
    chooser.get_by_label("谢东").uncheck()
    chooser.get_by_label("杜鹏").check()
    page.locator(".bf-actions .bf-primary").click()
    expect(page.locator(".route")).to_contain_text("杜鹏")
    expect(page.locator(".route")).not_to_contain_text("谢东")
    visitor.done()


def give_back(page: Page) -> None:
    page.locator(".panel-action textarea").fill("请换一位专家")
    page.get_by_role("button", name="退回修改").click()
    page.get_by_role("dialog").get_by_role("button", name="退回修改").click()
    expect(page.locator(".case-head")).to_contain_text("已退回")
