"""An owner and versions, in a browser: a price planned and cancelled, published with a note, gone back; two at once; consent.

J1 plan a new electricity price for next month, see it listed, cancel, publish now with a note, compare, go back
J2 the second of two owners is told, sees the differences, and goes on
J3 what needs a second person's consent waits for it; declining says why; on a phone, in English
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache

import pytest
from halls import open_test_hall
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations
from workbooks import workbook_from_text

from banshi.rules.values import CAMPUS_ZONE

pytestmark = pytest.mark.browser

OWNER, ADMIN = "20005", "20007"
ELECTRICITY = """
## settings
| form_id     | form_title | category | owner  | number         | 复核 |
| electricity | 宿舍电费   | 后勤     | 设备处 | DF{yyyy}{0001} |      |

## survey
| type    | name   | label            | required | constraint |
| decimal | 用电量 | 用电量（千瓦时） | yes      | . >= 0     |

## fees
| item | label | quantity  | rate  | method |
| 电费 | 电费  | ${用电量} | 0.698 | flat   |

## route
| step | name   | who                |
| 10   | 申请   | initiator          |
| 20   | 财务处 | role:财务处.审核岗 |

## examples
| example | applicant | 用电量 | expect fees.total |
| 一百度  | '20001    | 100    | 69.8              |
"""
DEARER = ELECTRICITY.replace("0.698", "0.712").replace("69.8 ", "71.2 ")
DEAREST = ELECTRICITY.replace("0.698", "0.73").replace("69.8 ", "73 ")
GUARDED = ELECTRICITY.replace("| electricity |", "| guarded |").replace(
    "| DF{yyyy}{0001} |      |", "| GB{yyyy}{0001} | 是 |"
)
GUARDED_DEARER = GUARDED.replace("0.698", "0.712").replace("69.8 ", "71.2 ")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hall")
    open_test_hall(folder, services={"electricity": ELECTRICITY, "guarded": GUARDED}).close()
    yield from serve(str(folder))


@cache
def book_of(text: str) -> bytes:
    """The same bytes for the same text: a workbook holds the second in which it was saved."""
    return workbook_from_text(text)


def upload(page: Page, text: str) -> None:
    book = {"name": "电费.xlsx", "mimeType": "application/octet-stream", "buffer": book_of(text)}
    page.locator("input[type=file]").set_input_files(book)
    expect(page.locator(".report-box .verdict")).to_contain_text("检查通过，可以发布")


def test_j1_a_price_is_planned_cancelled_published_and_gone_back_from(browser: Browser, hall: str) -> None:
    owner = Visitor(browser, hall, OWNER, DESKTOP)
    page = owner.go("/owner/electricity")
    upload(page, DEARER)
    expect(page.get_by_label("改动说明")).to_have_value(
        "收费“电费”的“rate”：0.698 → 0.712；用例“一百度”的“expect fees.total”：69.8 → 71.2"
    )
    month = (datetime.now(CAMPUS_ZONE) + timedelta(days=31)).strftime("%Y-%m-01T00:00")
    page.get_by_label("改动说明").fill("下月起每度 0.712 元")
    page.get_by_label("生效时间").fill(month)
    page.get_by_role("button", name="发布上线").click()
    shown = month.replace("T", " ")
    expect(page.locator(".notice-success")).to_contain_text(f"将于 {shown} 生效")
    plan = page.locator(".panel-plans .plan")
    expect(plan).to_contain_text(f"将于 {shown} 生效")
    upload(page, DEARER)
    page.get_by_label("生效时间").fill(month)
    page.get_by_role("button", name="发布上线").click()
    expect(page.locator(".notice-success")).to_contain_text("已经提交过")
    expect(plan).to_have_count(1)
    expect(plan).to_contain_text("周倩")
    expect(plan).to_contain_text("下月起每度 0.712 元")
    assert violations(page) == []
    expect(page.locator(".version")).to_have_count(1)
    page.goto(hall + "/owner")
    expect(page.locator(".owned").filter(has_text="宿舍电费").filter(has_text="1 个待生效")).to_have_count(1)

    page.goto(hall + "/owner/electricity")
    page.get_by_role("button", name="取消发布").click()
    page.get_by_role("dialog").get_by_role("button", name="取消发布").click()
    expect(page.locator(".notice-success")).to_contain_text("已取消")
    expect(page.locator(".panel-plans")).to_have_count(0)
    page.get_by_text("已结束的发布计划（1）").click()
    expect(page.locator(".plans-ended .plan")).to_contain_text("已取消")

    upload(page, DEARER)
    page.get_by_label("改动说明").fill("每度 0.712 元，立即执行")
    page.get_by_role("button", name="发布上线").click()
    expect(page.locator(".notice-success")).to_contain_text("“宿舍电费”已发布")
    versions = page.locator(".version")
    expect(versions).to_have_count(2)
    expect(versions.nth(0)).to_contain_text("每度 0.712 元，立即执行")
    expect(versions.nth(0)).to_contain_text("运行中")

    versions.nth(1).get_by_role("link", name="与现行版对比").click()
    expect(page.get_by_role("heading", name="fees")).to_be_visible()
    expect(page.locator(".panel-compare").nth(0)).to_contain_text("0.698 → 0.712")
    expect(page.locator(".panel-compare").nth(1)).to_contain_text("69.8 → 71.2")
    assert violations(page) == []
    page.get_by_label("到").select_option(index=1)
    page.get_by_role("button", name="对比").click()
    expect(page.get_by_text("没有不同")).to_be_visible()
    page.get_by_role("link", name="返回服务").click()

    versions.nth(1).get_by_role("button", name="回到这一版").click()
    page.get_by_role("dialog").get_by_role("button", name="影响测算").click()
    expect(page.get_by_role("heading", level=1, name="影响测算")).to_be_visible()
    page.get_by_role("button", name="开始测算").click()
    expect(page.get_by_text("没有符合条件的办件")).to_be_visible()
    page.goto(hall + "/owner/electricity")
    versions.nth(1).get_by_role("button", name="回到这一版").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("0.712 → 0.698")
    assert violations(page) == []
    dialog.get_by_label("改动说明").fill("价格批复未到，先恢复")
    dialog.get_by_role("button", name="回到这一版").click()
    expect(page.locator(".notice-success")).to_contain_text("“宿舍电费”已发布")
    expect(versions).to_have_count(3)
    for said in ("价格批复未到，先恢复", "回到旧版", "运行中"):
        expect(versions.nth(0)).to_contain_text(said)
    owner.done()


def test_j2_the_second_owner_is_told_and_goes_on(browser: Browser, hall: str) -> None:
    one, other = Visitor(browser, hall, OWNER, DESKTOP), Visitor(browser, hall, ADMIN, DESKTOP)
    pages = [visitor.go("/owner/electricity") for visitor in (one, other)]
    upload(pages[0], DEARER)
    upload(pages[1], DEAREST)
    pages[0].get_by_role("button", name="发布上线").click()
    expect(pages[0].locator(".notice-success")).to_contain_text("已发布")
    page = pages[1]
    page.get_by_label("改动说明").fill("每度 0.73 元")
    page.get_by_role("button", name="发布上线").click()
    expect(page.locator(".report .notice-warning")).to_contain_text("在您查看之后，周倩已于")
    expect(page.locator(".changes")).to_contain_text("0.712 → 0.73")
    expect(page.locator(".version").nth(0)).to_contain_text("周倩")  # the history shows what the refusal speaks of
    expect(page.get_by_label("改动说明")).to_have_value("每度 0.73 元")
    assert violations(page) == []
    page.get_by_role("button", name="发布上线").click()
    expect(page.locator(".notice-success")).to_contain_text("已发布")
    expect(page.locator(".version").nth(0)).to_contain_text("每度 0.73 元")
    expect(page.locator(".version").nth(0)).to_contain_text("孙静")
    for visitor in (one, other):
        visitor.done()


def test_j3_a_second_person_consents(browser: Browser, hall: str) -> None:
    owner = Visitor(browser, hall, OWNER, DESKTOP)
    page = owner.go("/owner/guarded")
    upload(page, GUARDED_DEARER)
    expect(page.locator(".publish")).to_contain_text("要由另一位业务主管或管理员复核同意后才生效")
    page.get_by_role("button", name="发布上线").click()
    expect(page.locator(".notice-success")).to_contain_text("等另一位业务主管或管理员复核")
    plan = page.locator(".panel-plans .plan")
    expect(plan).to_contain_text("提交的人不能自己同意")
    expect(plan.get_by_role("button", name="同意发布")).to_have_count(0)

    phone = Visitor(browser, hall, ADMIN, NARROW)
    phone.go("/language/en?next=/")
    narrow = phone.go("/owner")
    expect(narrow.locator(".owned").filter(has_text="1 for consent")).to_have_count(1)
    narrow = phone.go("/owner/guarded")
    narrow.get_by_role("button", name="Decline").first.click()
    dialog = narrow.get_by_role("dialog")
    dialog.get_by_role("button", name="Decline").click()
    expect(narrow.locator(".notice-error")).to_contain_text("Say why you decline.")
    narrow.get_by_role("button", name="Decline").first.click()
    dialog.get_by_label("Why").fill("The price needs a decision of the university first.")
    dialog.get_by_role("button", name="Decline").click()
    expect(narrow.locator(".notice-success")).to_contain_text("Declined")

    page.reload()
    page.get_by_text("已结束的发布计划（1）").click()
    expect(page.locator(".plans-ended")).to_contain_text("The price needs a decision")
    upload(page, GUARDED_DEARER)
    page.get_by_role("button", name="发布上线").click()
    expect(page.locator(".panel-plans .plan")).to_be_visible()
    narrow.reload()
    assert violations(narrow) == []
    narrow.get_by_role("button", name="Consent").click()
    expect(narrow.locator(".notice-success")).to_contain_text("It is live.")
    expect(narrow.locator(".version").nth(0)).to_contain_text("consent of Sun Jing")
    assert narrow.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for visitor in (owner, phone):
        visitor.done()
