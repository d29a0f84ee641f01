"""What is typed on the page of a case is never lost, and never said twice.

1. The applicant's changes to a case that came back survive what she or others say meanwhile.
2. Whoever claims a task or gives it back keeps what she filled in, her opinion and her files; so does whoever comments.
3. An opinion that went with a request for others is sent, and does not come back.
4. On paper a case has its answers and its record, and nothing to press or to write into.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from halls import open_test_hall
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, NARROW, Visitor, serve

from banshi.ui.screens.action import PUT_BACK

STUDENT, HEAD, FINANCE, SECURITY = (f"2000{i}" for i in range(1, 5))
REPAIR = """
## settings
| form_id | form_title | owner  | instance_name |
| repair  | 设施报修   | 设备处 | ${事由}       |

## survey
| type | name | label | required |
| text | 事由 | 故障情况 | yes  |
| text | 紧急 | 紧急程度 |      |

## route
| step | name | who                                     | mode | edit | ops   | back      |
| 10   | 申请 | initiator                               |      |      |       |           |
| 20   | 受理 | role:财务处.审核岗 + role:保卫处.审核岗 | claim | 紧急 | +加签 | initiator |
"""
PLAN = {"name": "说明.pdf", "mimeType": "", "buffer": b"%PDF-1.4\n%%EOF\n"}
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def cases() -> dict[str, str]:
    """The pages of the cases by what they are for."""
    return {}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, cases: dict[str, str]) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("typed")
    opened = open_test_hall(folder, services={"repair": REPAIR})
    people = opened.directory.people
    for reason in ("水龙头漏水", "灯不亮", "门锁坏了"):
        sent = opened.submit(people[STUDENT], "repair", {"事由": reason}, command_id=reason)
        cases[reason] = f"/cases/{sent.case_id}"
    view = opened.case(people[FINANCE], cases["水龙头漏水"].removeprefix("/cases/"))
    back = {"opinion": "请写明房间", "return_to": "initiator", "seq": view.seq, "command_id": "back"}
    opened.act(people[FINANCE], view.row.id, view.tasks[0].id, "return", **back)
    opened.close()
    yield from serve(str(folder))


def say(page: Page, text: str) -> None:
    page.locator("#comment").fill(text)
    page.get_by_role("button", name="发出").click()
    expect(page.locator(".timeline")).to_contain_text(text)


@pytest.mark.parametrize(
    "size", [pytest.param(DESKTOP, id="desktop", marks=pytest.mark.soak), pytest.param(NARROW, id="360px")]
)
def test_1_a_returned_case_keeps_what_is_changed(
    browser: Browser, hall: str, cases: dict[str, str], size: dict[str, int]
) -> None:
    path, width = cases["水龙头漏水"], size["width"]
    student = Visitor(browser, hall, STUDENT, size)
    page = student.go(path)
    page.get_by_label("故障情况").fill(f"海棠1栋 301 水龙头漏水 {width}")
    expect(page.locator(".bf-saved")).to_contain_text("保存")
    say(page, f"已补充 {width}")
    expect(page.get_by_label("故障情况")).to_have_value(f"海棠1栋 301 水龙头漏水 {width}")
    finance = Visitor(browser, hall, FINANCE, DESKTOP)
    say(finance.go(path), f"好的 {width}")
    finance.done()
    page.reload()
    expect(page.locator(".timeline")).to_contain_text(f"好的 {width}")
    expect(page.get_by_label("故障情况")).to_have_value(f"海棠1栋 301 水龙头漏水 {width}")
    student.done()


def test_2_claiming_and_commenting_keep_what_is_typed(browser: Browser, hall: str, cases: dict[str, str]) -> None:
    finance = Visitor(browser, hall, FINANCE, DESKTOP)
    page = finance.go(cases["灯不亮"])

    def kept() -> None:
        expect(page.get_by_label("紧急程度")).to_have_value("急修")
        expect(page.locator("#act textarea")).to_have_value("今天去")
        expect(page.locator("#act .bf-file")).to_contain_text("说明.pdf")

    page.get_by_label("紧急程度").fill("急修")
    page.locator("#act textarea").fill("今天去")
    page.locator("#act input[type=file]").set_input_files([PLAN])
    kept()
    page.get_by_role("button", name="领取", exact=True).click()
    expect(page.get_by_role("button", name="放回", exact=True)).to_be_visible()
    kept()
    say(page, "已联系报修人")
    kept()
    page.get_by_role("button", name="放回", exact=True).click()
    expect(page.get_by_role("button", name="领取", exact=True)).to_be_visible()
    kept()
    page.locator("#act .actions-stacked > .primary").click()
    expect(page.locator(".timeline")).to_contain_text("今天去")
    expect(page.locator(".timeline")).to_contain_text("说明.pdf")
    expect(page.locator(".panel-form")).to_contain_text("急修")
    finance.done()


def test_3_what_was_sent_does_not_come_back(browser: Browser, hall: str, cases: dict[str, str]) -> None:
    finance = Visitor(browser, hall, FINANCE, DESKTOP)
    page = finance.go(cases["门锁坏了"])
    page.locator("#act .more > summary").click()
    page.locator("#act select[id^=deed]").select_option("beside")
    page.locator("#act .people input").fill("王建国")
    page.get_by_role("option", name="王建国").click()
    page.locator("#act textarea").fill("请一起看")
    page.locator("#act textarea").blur()
    page.get_by_role("button", name="送出").click()
    expect(page.locator(".timeline")).to_contain_text("请一起看")
    expect(page.locator("#act textarea")).to_have_value("")
    page.reload()
    expect(page.locator("#act textarea")).to_have_value("")
    page.locator("#act textarea").fill("不用看了")
    page.locator("#act textarea").blur()
    page.get_by_role("button", name="撤销对 王建国 的加签").click()
    expect(page.get_by_role("button", name="撤销对 王建国 的加签")).to_have_count(0)
    expect(page.locator("#act textarea")).to_have_value("不用看了")  # it went with nothing
    page.locator("#act .actions-stacked > .primary").click()
    expect(page.locator(".timeline li").first).not_to_contain_text("请一起看")
    finance.done()


def test_3_a_field_of_what_was_sent_does_not_wait_for_the_order_to_forget(browser: Browser, hall: str) -> None:
    """On a slow line the new field comes first: it forgets by itself, and a field of nothing sent puts back what was typed."""
    student = Visitor(browser, hall, STUDENT, DESKTOP)
    put_back = """([code, sent]) => {
      sessionStorage.setItem('banshi/typed/x', '请一起看');
      const el = document.createElement('textarea'), emit = () => {};
      Object.assign(el.dataset, { keep: 'x', ...(sent ? { sent: '1' } : {}) });
      eval(code)({ el });
      return [el.value, sessionStorage.getItem('banshi/typed/x')];
    }"""
    page = student.go("/")
    assert page.evaluate(put_back, [PUT_BACK, True]) == ["", None]
    assert page.evaluate(put_back, [PUT_BACK, False]) == ["请一起看", "请一起看"]
    student.done()


def test_4_on_paper_there_is_nothing_to_press(browser: Browser, hall: str, cases: dict[str, str]) -> None:
    student = Visitor(browser, hall, STUDENT, DESKTOP)
    page = student.go(cases["灯不亮"])
    expect(page.get_by_role("button", name="发出")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".panel-form")).to_contain_text("灯不亮")
    expect(page.locator(".timeline")).to_be_visible()
    for box in page.locator("main :is(button, textarea, input)").all():
        expect(box).not_to_be_visible()
    student.done()
