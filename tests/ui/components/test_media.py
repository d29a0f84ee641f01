"""Media of labels and maps of choices in a real browser.

1. A picture, a sound and a film stand at their question and at their choice; a file that is gone leaves nothing behind.
2. The shapes of a map are chosen by mouse and by keyboard alone, and say what they are; the list says the same.
3. A map that is gone leaves the list. What a picture brings along does not touch the page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from visiting import violations

pytestmark = pytest.mark.browser

DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c636060606000000005000157"
    "a3a3340000000049454e44ae426082"
)
MAP = """<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200"><style>rect { fill: #cde } .bf-label { display: none }</style>
<rect id="east" width="190" height="190"/><g id="west"><rect x="200" width="190" height="190" style="fill:#edc"/><text x="240" y="90">西</text></g>
<rect id="app" x="195" width="3" height="190"/></svg>"""
PICTURES = """
## survey
| type | name | label | image | big-image | audio | video |
| note | 说明 | 请看图 | 图.png | 大图.png | 说明.mp3 | 说明.mp4 |
| select_one kind | 类型 | 设备类型 | | | | |
## choices
| list_name | name | label | image | audio |
| kind | a | 光谱仪 | 图.png | 说明.mp3 |
| kind | b | 色谱仪 | 没了.png | |
"""
CAMPUS = """
## survey
| type | name | label | image | appearance | required | choice_filter |
| select_one campus | 校区 | 所在校区 | 校区.svg | image-map | yes | |
| select_multiple campus | 去过 | 去过的校区 | 校区.svg | image-map | | name != ${校区} |
## choices
| list_name | name | label |
| campus | east | 东校区 |
| campus | west | 西校区 |
| campus | south | 南校区 |
"""


@pytest.fixture
def media(tmp_path: Path) -> Path:
    for name, data in {"图.png": DOT, "大图.png": DOT, "没了.png": b"", "说明.mp3": b"ID3", "说明.mp4": b""}.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "校区.svg").write_text(MAP, "utf-8")
    return tmp_path


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(1280, 900), (360, 740)])
def test_1_pictures_sounds_and_films(show: Any, media: Path, size: tuple[int, int], language: str) -> None:
    page = show(PICTURES, size=size, media=media, language=language).page
    told = {
        "zh": ("图：请看图", "放大图片：请看图", "设备类型"),
        "en": ("Picture: 请看图", "Enlarge the picture: 请看图", "设备类型"),
    }
    note, group = page.locator(".bf-note"), page.get_by_role("radiogroup", name=told[language][2])
    expect(note.get_by_role("img", name=told[language][0])).to_have_js_property("naturalWidth", 1)
    expect(note.get_by_role("link", name=told[language][1])).to_have_attribute("href", "/media/%E5%A4%A7%E5%9B%BE.png")
    assert [note.locator(tag).count() for tag in ("audio", "video")] == [1, 1]
    expect(group.get_by_role("radio", name="光谱仪", exact=True)).to_be_visible()
    expect(group.locator("img")).to_have_count(1)  # the other is damaged
    group.locator("img").click()
    expect(group.get_by_role("radio", name="光谱仪", exact=True)).to_be_checked()
    assert group.locator("audio").count() == 1
    assert group.locator("label audio").count() == 0
    fits(page)
    assert wrong(page) == []


def wrong(page: Page) -> list[str]:
    """What axe-core objects to, but for the page around the form, which is none."""
    return [found for found in violations(page) if not found.startswith(("landmark-", "region", "page-has-heading"))]


def shapes(page: Page, label: str) -> Locator:
    return page.locator(".bf-field", has=page.locator("legend", has_text=label)).locator(".bf-map")


@pytest.mark.parametrize("size", [(1280, 900), (360, 740)])
def test_2_shapes_are_chosen_by_mouse_and_keyboard(show: Any, media: Path, size: tuple[int, int]) -> None:
    screen = show(CAMPUS, size=size, media=media)
    page = screen.page
    where, been = shapes(page, "所在校区"), shapes(page, "去过的校区")
    west = where.get_by_role("button", name="西校区")
    expect(west).to_have_attribute("aria-pressed", "false")
    expect(where.get_by_role("button")).to_have_count(2)  # `south` has no shape, and `app` is no choice
    west.click()
    expect(west).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status").filter(has_text="已选：西校区")).to_be_visible()
    expect(been.get_by_role("button", name="西校区")).to_have_count(0)  # filtered
    west.focus()
    page.keyboard.press("Shift+Tab")
    expect(where.get_by_role("button", name="东校区")).to_be_focused()
    page.keyboard.press("Enter")
    expect(west).to_have_attribute("aria-pressed", "false")
    been.get_by_role("button", name="西校区").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="从列表选择").nth(1).click()
    expect(page.get_by_role("checkbox", name="西校区")).to_be_checked()
    page.get_by_role("checkbox", name="南校区").check()
    expect(page.get_by_role("status").filter(has_text="已选：西校区、南校区")).to_be_visible()
    fits(page)
    assert wrong(page) == []
    screen.press("下一步：核对")
    screen.press("提交")
    assert screen.wait_for("submit")["answers"] == {"校区": "east", "去过": ["west", "south"]}


def test_3_a_picture_does_not_touch_the_page(show: Any, media: Path) -> None:
    page = show(CAMPUS, media=media).page
    expect(shapes(page, "所在校区").get_by_role("button")).to_have_count(2)
    expect(page.locator("legend").first).to_be_visible()
    assert page.evaluate("document.querySelectorAll('#app').length") == 1


def test_3_a_map_that_is_gone_leaves_the_list(show: Any, media: Path) -> None:
    (media / "校区.svg").write_text("<p>没有", "utf-8")
    page = show(CAMPUS, media=media).page
    page.get_by_role("radio", name="东校区").check()
    expect(page.locator(".bf-map")).to_have_count(0)
    expect(page.get_by_role("checkbox", name="西校区")).to_be_visible()
