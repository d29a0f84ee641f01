"""From signing in to the decision with the keyboard alone: Tab, Enter, Space, arrows, Escape, and letters.

Wherever the focus goes it can be seen, nothing covers it, and it is never lost to the page itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from gallery import GALLERY
from halls import open_test_hall, write
from playwright.sync_api import Browser, Locator, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

# What is wrong with the focus now, or an empty text. A control that is drawn by its label or card is marked there.
FOCUS = """() => {
  const at = document.activeElement;
  const name = `${at.tagName}.${at.className}#${at.id}`;
  if (at === document.body || at === document.documentElement) return "lost";
  const marked = (e) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(e);
    return outlineStyle === "auto" || (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow.includes("0px 0px 0px 3px");
  };
  let shown = at;
  for (let up = 0; up < 4 && shown && !marked(shown); up += 1) shown = shown.parentElement;
  if (!shown || !marked(shown)) return `not visible: ${name}`;
  const box = at.getBoundingClientRect();
  const [x, y] = [box.left + Math.min(box.width / 2, 40), box.top + Math.min(box.height / 2, 20)];
  const top = document.elementFromPoint(x, y);
  if (!top || !(at.contains(top) || top.contains(at) || shown.contains(top))) return `covered: ${name} by ${top && top.className}`;
  return "";
}"""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hall")
    open_test_hall(folder).close()
    write(folder / "definitions", "gallery/gallery.xlsx", GALLERY)
    yield from serve(str(folder))


ERRAND = """
## settings
| form_id | form_title | owner  | instance_name |
| errand  | 跑腿       | 设备处 | ${事由}       |

## survey
| type | name | label | required |
| text | 事由 | 事由  | yes      |

## route
| step | name       | who            | ops   |
| 10   | 申请       | initiator      |       |
| 20   | 学院负责人 | head(申请部门) | +批量 |
"""


@pytest.fixture(scope="module")
def errands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A hall in which three errands wait for one person."""
    folder = tmp_path_factory.mktemp("errands")
    with closing(open_test_hall(folder, services={"errand": ERRAND})) as hall:
        student = hall.directory.people["20001"]
        for count, errand in enumerate(("第一件", "第二件", "第三件")):
            assert hall.submit(student, "errand", {"事由": errand}, command_id=f"errand-{count}").done
    yield from serve(str(folder))


class Keys:
    """Somebody without a mouse."""

    def __init__(self, visitor: Visitor) -> None:
        self.page = visitor.page
        self.page.emulate_media(reduced_motion="reduce")
        self.press = self.page.keyboard.press

    def to(self, target: Locator, *, key: str = "Tab") -> None:
        """Go on until the target has the focus; every stop on the way can be seen."""
        expect(target).to_be_visible()
        for _ in range(120):
            self.press(key)
            fault = self.page.evaluate(FOCUS)
            assert fault == "", fault
            if target.evaluate("(e) => e === document.activeElement"):
                return
        pytest.fail(f"{target} is not reached by {key}")

    def write(self, target: Locator, text: str) -> None:
        self.to(target)
        self.page.keyboard.type(text)

    def enter(self, target: Locator) -> None:
        self.to(target)
        self.press("Enter")

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(f"^{label}")).locator("visible=true").first

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def sign_in(self, person: str) -> None:
        self.enter(self.page.locator(f'button[value="{person}"]'))
        expect(self.page.locator("[popovertarget=person-menu]")).to_be_visible()


@pytest.mark.parametrize(
    "size", [pytest.param(DESKTOP, id="desktop"), pytest.param(NARROW, id="360px", marks=pytest.mark.soak)]
)
def test_from_signing_in_to_the_decision(hall: str, browser: Browser, size: dict[str, int]) -> None:
    visitor = Visitor(browser, hall, "", size)
    page, keys = visitor.go("/sign-in"), Keys(visitor)
    keys.sign_in("20001")
    keys.write(page.get_by_role("searchbox"), "开放日")
    expect(page.get_by_role("link", name="仪器借用")).to_have_count(0)
    keys.enter(page.get_by_role("link", name="实验室开放日"))
    keys.enter(page.get_by_role("link", name="开始办理"))

    keys.write(keys.field("活动主题"), "扫描电镜体验")
    keys.to(keys.field("活动日期"))
    for key in ("ArrowUp", "ArrowRight", "ArrowUp", "ArrowRight", "ArrowUp"):  # today, part by part
        keys.press(key)
    expect(keys.field("活动日期")).to_have_value(re.compile(r"\d{4}-\d\d-\d\d"))
    keys.enter(keys.button("下一步"))
    expect(page.locator(".bf-summary")).to_be_focused()
    keys.enter(page.locator(".bf-summary a"))
    expect(keys.field("参加人数")).to_be_focused()
    page.keyboard.type("30")
    keys.enter(keys.button("下一步"))

    expect(page.locator(".bf-page-title")).to_be_focused()
    keys.to(page.get_by_label("东校区"))
    keys.press("Space")
    keys.press("ArrowDown")
    expect(page.get_by_label("西校区")).to_be_checked()
    keys.to(keys.field("楼宇"))
    keys.press("ArrowDown")
    expect(keys.field("楼宇")).to_have_value("b1")
    keys.write(page.get_by_role("combobox", name="备用楼宇"), "实验二")
    keys.press("Enter")
    expect(page.get_by_role("combobox", name="备用楼宇")).to_have_value("实验二楼")
    keys.to(page.get_by_label("安保"))
    keys.press("Space")
    expect(page.get_by_label("安保")).to_be_checked()
    keys.write(page.get_by_role("combobox", name="联系人"), "王建国")
    expect(page.get_by_role("option").filter(has_text="20002")).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    keys.to(page.locator('input[type="file"]').first)
    keys.enter(keys.button("下一步"))

    expect(page.locator(".bf-page-title")).to_be_focused()
    goods = page.locator(".bf-repeat").first
    if goods.get_by_label("品名").count() == 0:
        keys.enter(goods.get_by_role("button", name="添加一行"))
        expect(keys.field("品名")).to_be_focused()
        page.keyboard.type("样品台")
    else:
        keys.write(keys.field("品名"), "样品台")
    keys.write(keys.field("件数"), "3")
    keys.enter(goods.get_by_role("button", name="添加一行"))
    expect(goods.get_by_label("品名").nth(1)).to_be_focused()
    # A row of the table ends with its button, a card begins with it.
    keys.to(goods.get_by_role("button", name="删除第 2 行"), key="Tab" if size is DESKTOP else "Shift+Tab")
    keys.press("Enter")
    expect(page.get_by_role("button", name="撤销")).to_be_focused()
    speakers = page.locator(".bf-repeat").nth(1)
    if speakers.get_by_label("姓名").count():
        keys.write(keys.field("姓名"), "王建国")
    keys.to(keys.field("本人承诺"))
    keys.press("Space")
    keys.enter(keys.button("下一步：核对"))
    expect(page.locator(".bf-page-title")).to_be_focused()
    change = page.locator(".bf-review").get_by_role("button", name=re.compile("活动主题"))
    keys.enter(change)
    expect(keys.field("活动主题")).to_be_focused()
    keys.enter(keys.button("回到核对"))
    keys.enter(keys.button("提交"))
    expect(page.get_by_role("heading", level=1)).to_have_text("申请已提交")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    number = page.locator(".done-number .strong").inner_text()
    keys.enter(page.get_by_role("link", name="查看办理进度"))
    expect(page.locator(".case-head")).to_contain_text("办理中")

    keys.enter(page.locator("[popovertarget=person-menu]"))
    keys.enter(page.get_by_role("button", name="退出登录"))
    keys.sign_in("20002")
    keys.enter(page.get_by_role("link", name="待办").locator("visible=true").first)
    keys.enter(page.get_by_role("row").filter(has_text=number).get_by_role("link").first)
    refuse = page.locator(".panel-action > .actions").get_by_role("button", name="不同意")
    keys.enter(refuse)
    opinion = page.get_by_role("textbox", name=re.compile("办理意见"))
    expect(opinion).to_be_focused()
    page.keyboard.type("日期与考试冲突。")
    keys.enter(refuse)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("(e) => e.contains(document.activeElement)")
    keys.press("Tab")
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    expect(refuse).to_be_focused()
    keys.to(page.locator(".panel-action > .actions").get_by_role("button", name="同意", exact=True), key="Shift+Tab")
    keys.press("Enter")
    expect(page.locator(".notice-success")).to_be_focused()
    expect(page.locator(".panel-timeline")).to_contain_text("日期与考试冲突。")
    visitor.done()


def test_the_menus_can_be_skipped(hall: str, browser: Browser) -> None:
    visitor = Visitor(browser, hall, "", DESKTOP)
    page, keys = visitor.go("/sign-in"), Keys(visitor)
    keys.sign_in("20001")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".page")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()
    visitor.done()


def test_a_focus_that_cannot_be_seen_is_found(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(
        "<style>#b:focus { outline: none }</style><button id=a>甲</button><button id=b>乙</button><button id=c>丙</button>"
        '<div style="position:fixed;inset:0 0 auto;height:99px"></div>'
    )
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS).startswith("covered")
    page.locator("div").evaluate("(e) => e.remove()")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS).startswith("not visible")
    page.keyboard.press("Shift+Tab")
    page.locator("#a").evaluate("(e) => e.remove()")
    assert page.evaluate(FOCUS) == "lost"
    page.close()


def test_the_task_list_by_the_keyboard_alone(errands: str, browser: Browser) -> None:
    """Letters walk, tick, search and open; they do nothing while somebody types, and can be switched off."""
    visitor = Visitor(browser, errands, "20002", DESKTOP)
    page, keys = visitor.go("/tasks"), Keys(visitor)
    links = page.locator(".listing tbody a")
    expect(links).to_have_count(3)
    keys.press("j")
    expect(links.nth(0)).to_be_focused()
    assert page.evaluate(FOCUS) == ""
    keys.press("j")
    keys.press("ArrowDown")
    expect(links.nth(2)).to_be_focused()
    keys.press("j")  # there is no fourth
    expect(links.nth(2)).to_be_focused()
    keys.press("k")
    expect(links.nth(1)).to_be_focused()
    keys.press("Home")
    expect(links.nth(0)).to_be_focused()
    assert [link.get_attribute("tabindex") for link in links.all()] == ["0", "-1", "-1"]  # one stop for Tab
    keys.press("x")
    keys.press("j")
    keys.press("x")
    keys.press("x")
    keys.press("j")
    keys.press("x")
    expect(page.locator("tr.picked")).to_have_count(2)
    expect(page.locator(".bulk [role=status]")).to_have_text("已勾选 2 件")
    keys.press("?")
    expect(page.locator("dialog.keys")).to_be_visible()
    assert violations(page) == []
    keys.press("j")  # in the dialog letters are silent
    keys.press("Escape")
    expect(page.locator("dialog.keys")).to_be_hidden()
    expect(page.locator("tr.picked")).to_have_count(2)
    keys.press("/")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()
    page.keyboard.type("jkx?")
    expect(search).to_have_value("jkx?")
    expect(page.locator("tr.picked")).to_have_count(2)
    search.fill("")
    page.keyboard.type("第二件")
    keys.press("Enter")
    expect(links).to_have_count(1)
    keys.press("j")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("第二件")
    # Switched off, a letter does nothing outside the list, and what it did in the list.
    visitor.go("/tasks")
    keys.press("?")
    page.locator("dialog.keys").get_by_role("checkbox").uncheck()
    keys.press("Escape")
    page.locator("h1").click()
    keys.press("j")
    expect(page.locator("tbody a:focus")).to_have_count(0)
    keys.to(links.nth(0))
    keys.press("j")
    expect(links.nth(1)).to_be_focused()
    # Approved together, from the keys alone.
    keys.press("x")
    keys.to(page.get_by_role("button", name="同意所勾选的"), key="Shift+Tab")
    keys.press("Enter")
    expect(page.locator(".notice")).to_contain_text("已同意 1 件。")
    visitor.done()
