"""Every screen for everybody: axe-core finds nothing to object to, and nothing lies outside a narrow phone.

1. Every screen in every state, on a desktop and 360 px wide, in Chinese and in English.
2. The form of a service with every sort of question: empty, with faults, with rows, checked before sending, sent.
3. A page that is not accessible is found (the check is one that can fail).

There is no dark mode; the test says so as soon as there is one. All rules of axe-core run, its best practices too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_hall import CARDS
from gallery import GALLERY
from halls import open_test_hall, write
from playwright.sync_api import Browser, Page, expect
from visiting import DESKTOP, NARROW, Visitor, serve, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]  # some thirty screens a test

# Texts are longer in English, and most clipped on a phone; lines and colours do not depend on the language.
WAYS = pytest.mark.parametrize(("size", "language"), [(DESKTOP, "zh"), (NARROW, "en")], ids=["desktop-zh", "360px-en"])
# Body and boxes that clip keep the page from scrolling, so it is asked which texts and controls they would cut off.
OUTSIDE = """() => {
  const scrolls = (e) => e && (["auto", "scroll"].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  const width = document.documentElement.clientWidth;
  const out = document.documentElement.scrollWidth > width ? ["the page itself"] : [];
  for (const e of document.querySelectorAll("body *")) {
    const box = e.getBoundingClientRect();
    if (box.width > 1 && box.height > 1 && (box.right > width + 1 || (box.left < -1 && box.right > 0)) && e.checkVisibility() && !scrolls(e))
      out.push(`${e.tagName}.${e.className}: ${Math.round(box.left)}..${Math.round(box.right)}`);
  }
  return out;
}"""


@pytest.fixture(scope="module")
def shown() -> Iterator[str]:
    """The hall that shows every state at once."""
    yield from serve()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A hall with the gallery."""
    folder = tmp_path_factory.mktemp("hall")
    open_test_hall(folder).close()
    write(folder / "definitions", "gallery/gallery.xlsx", GALLERY)
    yield from serve(str(folder))


class Eye:
    """Looks at screens, and keeps what is wrong with each."""

    def __init__(self, visitor: Visitor, language: str) -> None:
        self.visitor = visitor
        self.page = visitor.page
        self.page.emulate_media(reduced_motion="reduce")
        self.language = language
        self.seen: list[str] = []
        self.found: dict[str, list[str]] = {}
        visitor.go(f"/language/{language}?next=/")

    def look(self, screen: str) -> None:
        lang = {"zh": "zh-CN", "en": "en-US"}[self.language]
        expect(self.page.locator("html")).to_have_attribute("lang", lang)
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        faults = violations(self.page) + [f"outside: {one}" for one in self.page.evaluate(OUTSIDE)]
        self.seen.append(screen)
        if faults:
            self.found[screen] = faults

    def visit(self, path: str, name: str = "") -> Page:
        self.visitor.go(path)
        self.look(name or path)
        return self.page

    def done(self, screens: int) -> None:
        """Nothing wrong, and not because nothing was looked at."""
        assert not self.found, "\n".join(f"{screen}: {fault}" for screen in self.found for fault in self.found[screen])
        assert len(self.seen) == screens
        self.visitor.wrong = [text for text in self.visitor.wrong if "Failed to load resource" not in text]
        self.visitor.done()


@WAYS
def test_1_every_screen(shown: str, browser: Browser, size: dict[str, int], language: str) -> None:
    guest = Eye(Visitor(browser, shown, "", size), language)
    guest.visit("/sign-in")
    guest.done(1)

    student = Eye(Visitor(browser, shown, "S20230117", size), language)
    page = student.visit("/")
    page.locator("[popovertarget=person-menu]").click()
    student.look("menu")
    student.visit("/?q=nothing-like-it", "hall, nothing found")
    for card in CARDS[:3]:
        student.visit(f"/services/{card[0]}")
        student.visit(f"/services/{card[0]}/apply")
    student.visit("/cases")
    student.visit("/cases?page=2")
    for number in range(1, 6):
        student.visit(f"/cases/C{number}")
    page = student.visit("/cases/C1", "case again")
    page.locator(".left-out summary").click()
    student.look("case, steps left out")
    page.locator(".diagram summary").click()
    expect(page.locator(".diagram-box svg")).to_be_visible()
    student.look("case, diagram")
    page.locator(".withdraw").click()
    student.look("case, withdrawing")
    student.visit("/tasks", "no tasks")
    for path in ("/nowhere", "/cases/nothing", "/auditor", "/services/forbidden", "/cases?page=x"):
        student.visit(path, f"error {path}")
    student.done(26)

    office = Eye(Visitor(browser, shown, "10310", size), language)
    page = office.visit("/tasks")
    page.get_by_role("button", name=re.compile("批量同意|Approve together")).click()
    office.look("tasks, together")
    page.keyboard.press("?")
    expect(page.locator("dialog.keys")).to_be_visible()
    office.look("tasks, keys")
    office.visit("/tasks?state=done")
    office.visit("/tasks?state=unread")
    office.visit("/stand-ins")
    page = office.visit("/board")
    page.get_by_role("button", name=re.compile("勾选待办|Tick tasks")).click()
    office.look("board, ticking")
    page = office.visit("/cases/C1", "task")
    page.locator(".panel-action .more > summary").click()
    office.look("task, handing on")
    page.locator(".panel-action > .actions > .danger").click()
    expect(page.locator(".field-error")).to_be_visible()
    office.look("task, no opinion")
    page.locator(".panel-action .textarea").fill("材料不全。")
    page.locator(".panel-action > .actions > .danger").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    office.look("task, dialog")
    office.done(12)

    owner = Eye(Visitor(browser, shown, "10311", size), language)
    owner.visit("/owner")
    owner.visit("/owner/lab-chemicals")
    owner.visit("/owner/lab-chemicals/move")
    owner.visit("/owner/lab-chemicals/compare")
    page = owner.visit("/owner/large-instrument")
    page.locator(".diagram summary").click()
    expect(page.locator(".diagram-box svg")).to_be_visible()
    owner.look("service, diagram")
    page.get_by_role("button", name=re.compile("^回到这一版|^Go back to it")).first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    owner.look("service, going back")
    page.keyboard.press("Escape")
    for name, data in (("faulty", b"bad"), ("good", b"good")):
        page.locator("input[type=file]").set_input_files(
            {"name": f"{name}.xlsx", "mimeType": "", "buffer": b"PK" + data}
        )
        expect(page.locator(".verdict-good" if name == "good" else ".verdict-bad")).to_be_visible()
        owner.look(f"report, {name}")
    page.locator(".report-box .publish .button").click()
    expect(page.locator(".notice-success")).to_be_visible()
    owner.look("published")
    owner.visit("/statistics")
    page = owner.visit("/statistics?service=lab-chemicals", "statistics, a service")
    expect(page.locator(".chart svg").first).to_be_visible()
    page.locator("#definitions summary").click()
    owner.look("statistics, definitions")
    owner.visit("/statistics?unit=%E6%9D%90%E6%96%99%E5%AD%A6%E9%99%A2", "statistics, withheld")
    owner.visit("/statistics?unit=%E5%8C%96%E5%AD%A6%E5%AD%A6%E9%99%A2", "statistics, nothing")
    owner.visit("/messages")
    owner.visit("/outbox")
    owner.visit("/outbox?state=waiting", "outbox, waiting")
    owner.visit("/archive")
    owner.visit("/archive?q=nothing-like-it", "archive, nothing found")
    ended = owner.visit("/archive", "archive again").locator(".listing a[href^='/cases/']").first
    owner.visit(str(ended.get_attribute("href")), "case, ended")
    owner.done(22)

    auditor = Eye(Visitor(browser, shown, "10811", size), language)
    auditor.visit("/auditor")
    auditor.visit("/auditor?q=nothing-like-it", "auditor, nothing found")
    auditor.visit("/auditor/findings", "findings")
    auditor.visit("/auditor/looks", "looks at sensitive answers")
    for number in range(1, 5):
        page = auditor.visit(f"/auditor/D{number:04}")
    page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
    auditor.look("decision, opened")
    auditor.visit("/cases", "no cases")
    auditor.done(10)


@WAYS
def test_2_the_form(real: str, browser: Browser, size: dict[str, int], language: str) -> None:
    eye = Eye(Visitor(browser, real, "20001", size), language)
    page = eye.visit("/services/gallery/apply", "first page")

    def following() -> None:
        page.locator(".bf-actions .bf-primary").click()

    def label(zh: str, en: str) -> str:
        return en if language == "en" else zh

    following()
    expect(page.locator(".bf-summary")).to_be_visible()
    eye.look("first page, faults")
    page.get_by_label(label("活动主题", "Title")).fill("扫描电镜体验")
    page.get_by_label(label("参加人数", "Number of people")).fill("30")
    page.get_by_label(label("活动日期", "Date")).fill("2026-12-05")
    expect(page.locator(".panel-bill")).to_be_visible()
    following()
    expect(page.locator(".bf-choices").first).to_be_visible()
    eye.look("second page")
    following()
    expect(page.locator(".bf-summary")).to_be_visible()
    eye.look("second page, faults")
    page.get_by_label(label("东校区", "East campus")).check()
    page.get_by_label(label("备用楼宇", "Second building")).click()
    eye.look("second page, list open")
    page.get_by_label(label("备用楼宇", "Second building")).fill("no such place")
    eye.look("second page, empty list")
    page.get_by_label(label("联系人", "Contact")).fill("王建国")
    page.get_by_role("option").filter(has_text="20002").click()
    page.get_by_label(label("活动方案", "Plan")).set_input_files(
        {"name": "活动方案（含应急预案与人员分工，第二稿）.pdf", "mimeType": "", "buffer": b"%PDF-1.4\n%%EOF\n"}
    )
    expect(page.get_by_role("link", name=re.compile("活动方案"))).to_be_visible()
    eye.look("second page, filled in")
    following()
    expect(page.locator(".bf-repeat").first).to_be_visible()
    eye.look("third page")
    for repeat in page.locator(".bf-repeat").all():
        repeat.locator(".bf-repeat-tools .bf-button").click()
    eye.look("third page, rows")
    following()
    expect(page.locator(".bf-summary")).to_be_visible()
    eye.look("third page, faults")
    goods, speakers = page.locator(".bf-repeat").all()
    goods.get_by_label(label("品名", "Name")).first.fill("样品台")
    goods.get_by_label(label("件数", "Pieces")).first.fill("3")
    for row in range(1, goods.get_by_label(label("品名", "Name")).count()):
        goods.get_by_label(label("品名", "Name")).nth(row).fill("导电胶")
        goods.get_by_label(label("件数", "Pieces")).nth(row).fill("2")
    for name in speakers.get_by_label(label("姓名", "Full name")).all():
        name.fill("王建国")
    page.get_by_label(label("本人承诺所填属实", "What I wrote is true")).check()
    following()
    expect(page.locator(".bf-review")).to_be_visible()
    eye.look("check your answers")
    following()
    expect(page.locator(".done-number")).to_be_visible()
    eye.look("sent")
    page.locator(".done-page .actions .primary").click()
    expect(page.locator(".case-head")).to_be_visible()
    eye.look("case")
    case = page.url.removeprefix(real)
    eye.done(13)

    head = Eye(Visitor(browser, real, "20002", size), language)
    head.visit(case)
    head.done(1)


def test_2_a_draft_that_is_taken_up_again(real: str, browser: Browser) -> None:
    eye = Eye(Visitor(browser, real, "20007", NARROW), "zh")
    page = eye.visit("/services/gallery/apply", "first page")
    page.get_by_label("活动主题").fill("留到明天")
    expect(page.locator(".bf-saved")).to_contain_text("草稿已保存")
    eye.look("saved")
    page.context.set_offline(True)
    expect(page.locator(".bf-banner-warn")).to_be_visible()
    eye.look("offline")
    page.context.set_offline(False)
    expect(page.locator(".bf-banner-warn")).to_have_count(0)
    eye.visit("/services/gallery/apply", "draft")
    expect(page.locator(".draft-banner")).to_be_visible()
    eye.look("draft banner")
    eye.visit("/", "hall with a draft")
    eye.done(6)


def test_3_what_is_not_accessible_is_found(browser: Browser) -> None:
    page = browser.new_page(viewport=NARROW)
    page.set_content(
        '<html lang="zh"><title>x</title><main><h1>标题</h1><input><p style="color:#ccc">浅灰色的一行文字</p>'
        '<div style="width:500px">宽</div><button>好</button><a href="/">回</a></main></html>'
    )
    assert {one.partition(" ")[0] for one in violations(page)} == {"label", "color-contrast"}
    assert "the page itself" in page.evaluate(OUTSIDE)
    page.close()


def test_there_is_one_colour_scheme() -> None:
    """As soon as there is a dark one, the tests above have to look at it too."""
    sheets = [path.read_text("utf-8") for path in Path(__file__).parents[2].glob("ui/**/*.css")]
    assert len(sheets) > 1
    assert not any("prefers-color-scheme" in sheet for sheet in sheets)
