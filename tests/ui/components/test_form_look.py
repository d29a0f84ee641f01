"""What a form says of choices, tables and files in a real browser.

1. A table of questions is a table on a desk and cards on a phone, whatever its labels are like.
2. What is not offered (any more) stays to be seen, is said, and can be cleared; so is a word that is no choice, with what
   may have been meant. Why there is nothing to choose is said.
3. Of files chosen at once those that are too many are refused by name, and the others are uploaded.
4. The heading of a column has no number of a row; styles of choices are formatting or gone, their text never.
5. Lists and headings have the punctuation of the language.
6. The arrows begin at the first match, also of a list that the server searches.
7. A pasted cell that is not asked for is told; a line break within a cell of one line is a blank.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from visiting import violations

pytestmark = pytest.mark.browser

DESK, PHONE = (1280, 900), (360, 740)


def wrong(page: Any) -> list[str]:
    return [found for found in violations(page) if not found.startswith(("landmark-", "region", "page-has-heading"))]


def fits(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(
        "[...document.querySelectorAll('.bf-table-box')].every((box) => box.scrollWidth <= box.clientWidth)"
    )


MATRIX = """
## survey
| type | name | label::中文 (zh) | label::English (en) | appearance | required |
| begin_group | 评价 | 后勤服务评价 | Logistics services | table-list | |
| select_one 是否 | 准时 | 送水师傅是否在约定时间内把桶装水送到宿舍门口 | Was the bottled water delivered to the door of your room on time | | yes |
| select_one 是否 | 礼貌 | 礼貌 | Polite | | yes |
| end_group | | | | | |
## choices
| list_name | name | label::中文 (zh) | label::English (en) |
| 是否 | y | 是，每次都在约定时间内 | Yes, every single time without exception |
| 是否 | n | 否 | Unfortunately not |
"""


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_1_a_table_of_questions(show: Any, size: tuple[int, int], language: str) -> None:
    screen = show(MATRIX, size=size, language=language)
    page = screen.page
    expect(page.get_by_role("radio")).to_have_count(4)
    fits(page)
    if size == PHONE:
        expect(page.get_by_role("table")).to_have_count(0)
        cards = page.locator(".bf-card")
        expect(cards).to_have_count(2)
        expect(cards.nth(1).get_by_role("radiogroup")).to_have_count(1)
    else:
        expect(page.get_by_role("table").get_by_role("row")).to_have_count(3)
    page.locator(".bf-actions .bf-primary").click()
    expect(page.locator(".bf-summary a")).to_have_count(2)
    page.locator(".bf-summary a").nth(1).click()
    page.get_by_role("radio").nth(3).check()
    page.get_by_role("radio").nth(0).check()
    expect(page.locator(".bf-summary")).to_have_count(0)
    assert screen.call("answersNow") == {"准时": "y", "礼貌": "n"}
    assert wrong(page) == []


FILTERED = """
## survey
| type | name | label | choice_filter | required | appearance |
| select_one 区 | 区 | 校区 | | | |
| select_one 楼 | 楼 | 楼栋 | 区 = ${区} | yes | LOOK |
| select_multiple 楼 | 备选 | 备选楼栋 | 区 = ${区} | | |
## choices
| list_name | name | label | 区 |
| 区 | n | 北校区 | |
| 区 | s | 南校区 | |
| 区 | e | 东校区 | |
| 楼 | a | 海棠一号楼 | n |
| 楼 | b | 海棠二号楼 | n |
| 楼 | c | 丁香一号楼 | s |
"""


@pytest.mark.parametrize("look", ["", "minimal", "autocomplete"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_2_a_choice_that_is_offered_no_more_can_be_seen_and_cleared(
    show: Any, look: str, size: tuple[int, int]
) -> None:
    screen = show(FILTERED.replace("LOOK", look), size=size, values={"区": "n", "楼": "b", "备选": ["a"]})
    page = screen.page
    expect(page.locator(".bf-gone")).to_have_count(0)
    page.get_by_label("南校区").check()
    expect(page.locator(".bf-gone")).to_have_count(2)
    expect(page.locator(".bf-gone").first).to_contain_text("“楼栋”：按您填写的其他内容，“海棠二号楼”已不能选")
    assert wrong(page) == []
    fits(page)
    screen.press("下一步：核对")
    expect(page.locator(".bf-summary a").first).to_contain_text("“海棠二号楼”已不能选")
    page.get_by_label("北校区").check()  # nothing was lost
    expect(page.locator(".bf-gone")).to_have_count(0)
    expect(page.locator(".bf-summary")).to_have_count(0)
    page.get_by_label("南校区").check()
    page.get_by_role("button", name="清除“楼栋”").click()
    page.get_by_role("checkbox", name="海棠一号楼").click()
    expect(page.locator(".bf-gone")).to_have_count(0)
    assert screen.call("answersNow") == {"区": "s", "楼": "", "备选": []}


def test_2_a_ranking_with_what_is_offered_no_more(show: Any) -> None:
    sheet = FILTERED.replace("select_multiple 楼", "rank 楼").replace("LOOK", "")
    screen = show(sheet, values={"区": "n", "楼": "a", "备选": ["b", "a"]})
    page = screen.page
    page.get_by_label("南校区").check()
    page.get_by_role("button", name="清除“备选楼栋”").click()
    assert screen.call("answersNow")["备选"] == []


def test_2_a_word_that_is_no_choice_names_what_may_be_meant(show: Any) -> None:
    sheet = FILTERED.replace("LOOK", "minimal")
    page = show(sheet, values={"区": "n", "楼": "海堂二号楼", "备选": []}).page
    expect(page.locator(".bf-gone")).to_contain_text(
        "“楼栋”没有“海堂二号楼”这个选项，请重新选择或清除。您要选的是“海棠二号楼”"
    )
    expect(page.locator(".bf-gone")).not_to_contain_text("丁香")
    page.get_by_label("楼栋", exact=True).select_option("b")
    expect(page.locator(".bf-gone")).to_have_count(0)


def test_2_why_there_is_nothing_to_choose(show: Any) -> None:
    page = show(FILTERED.replace("LOOK", "")).page
    building = page.get_by_role("radiogroup", name="楼栋", exact=True)
    expect(building).to_contain_text("填写“校区”后才有选项。")
    page.get_by_label("东校区").check()
    expect(building).to_contain_text("按“校区”现在的内容，没有合适的选项。")
    page.get_by_label("北校区").check()
    expect(building.locator(".bf-muted")).to_have_count(0)


FILES = """
## survey
| type | name | label | parameters |
| file | 发票 | 发票 | max-files=3 |
"""


def test_3_too_many_files_are_refused_by_name(show: Any) -> None:
    screen = show(FILES)
    page = screen.page
    pdfs = [{"name": f"发票{n}.pdf", "mimeType": "application/pdf", "buffer": b"%PDF" + b"x" * n} for n in range(1, 6)]
    page.locator("input[type=file]").set_input_files(pdfs)
    expect(page.locator(".bf-file a")).to_have_count(3)
    refused = page.locator(".bf-files .bf-error li")
    assert refused.all_inner_texts() == [f"“发票{n}.pdf”没有上传：最多 3 个文件。" for n in (4, 5)]
    assert {file["name"] for file in screen.call("answersNow")["发票"]} == {f"发票{n}.pdf" for n in (1, 2, 3)}


STYLED = """
## survey
| type | name | label::English (en) | label::中文 (zh) | appearance | calculation |
| begin_repeat | rows | Goods | 物品 | | |
| calculate | idx | | | | position(..) |
| text | what | Name of item ${idx} | 第 ${idx} 件的名称 | | |
| integer | many | ${what}: number | ${what}的数量 | | |
| end_repeat | | | | | |
| select_one box | box | Box | 盒子 | | |
| select_one box | drop | Box in a list | 下拉盒子 | minimal | |
| select_multiple box | boxes | Boxes | 多个盒子 | | |
## choices
| list_name | name | label::English (en) | label::中文 (zh) |
| box | a | **Big** <b>20*30*40</b> cm | **大** <b>20*30*40</b> 厘米 |
| box | b | *Small* <i>5<10</i> cm | *小* <i>5<10</i> 厘米 |
"""
GIVEN = {"rows": [{"what": "离心机", "many": "2"}], "box": "a", "drop": "b", "boxes": ["a", "b"]}


def test_4_headings_and_styles(show: Any) -> None:
    screen = show(STYLED, values=GIVEN)
    page = screen.page
    assert page.locator("thead th").all_inner_texts()[1:3] == ["第 … 件的名称", "…的数量"]
    expect(page.get_by_label("第 1 件的名称")).to_have_value("离心机")
    for group in ("盒子", "多个盒子"):
        field = page.locator("fieldset", has=page.locator("legend", has_text=group)).first
        expect(field.locator("strong").first).to_have_text("大")
        expect(field.locator("label").first).to_have_text("大 20*30*40 厘米")
    options = page.get_by_label("下拉盒子").locator("option").all_inner_texts()
    assert options[1:] == ["大 20*30*40 厘米", "小 5<10 厘米"]
    screen.press("下一步：核对")
    review = page.locator(".bf-review")
    expect(review).to_contain_text("大 20*30*40 厘米、小 5<10 厘米")
    assert page.locator(".bf-review thead th").all_inner_texts()[1:] == ["第 … 件的名称", "…的数量"]


def test_4_and_5_in_english(show: Any) -> None:
    screen = show(STYLED, values=GIVEN, language="en")
    page = screen.page
    assert page.locator("thead th").all_inner_texts()[1:3] == ["Name of item", "number"]
    screen.press("Next: check your answers")
    expect(page.locator(".bf-review")).to_contain_text("Big 20*30*40 cm, Small 5<10 cm")
    assert not set("、：，。") & set(page.locator("form").inner_text())


LONG = (
    "## survey\n| type | name | label |\n| select_one 室 | 房间 | 房间 |\n## choices\n| list_name | name | label |\n"
    + "".join(f"| 室 | r{n} | {n} 室 |\n" for n in range(101, 801))
)


def test_6_the_arrows_begin_at_the_first_match(show: Any) -> None:
    screen = show(LONG)
    page = screen.page
    page.evaluate(
        "(offered) => { window.offered = offered; }", [{"name": f"r{n}", "label": f"{n} 室"} for n in range(101, 801)]
    )
    box = page.get_by_role("combobox", name="房间")
    box.click()
    expect(page.get_by_role("option").first).to_be_visible()
    box.press_sequentially("23")
    expect(page.get_by_role("option").first).to_have_text("123 室")
    box.press("ArrowDown")
    expect(page.locator(".bf-active")).to_have_text("123 室")
    box.press("ArrowDown")
    box.press("ArrowUp")
    box.press("Enter")
    expect(box).to_have_value("123 室")
    box.fill("45")
    expect(page.get_by_role("option").first).to_have_text("145 室")
    box.press("ArrowUp")
    expect(page.locator(".bf-active")).to_have_text("745 室")
    box.press("Enter")
    assert screen.call("answersNow")["房间"] == "r745"


PASTED = """
## survey
| type | name | label | relevant |
| begin_repeat | 行 | 试剂 | |
| select_one 类 | 类 | 类别 | |
| text | 品名 | 品名 | |
| text | 证号 | 许可证号 | ${类} = 'd' |
| end_repeat | | | |
## choices
| list_name | name | label |
| 类 | d | 危化品 |
| 类 | o | 普通试剂 |
"""


def test_7_pasted_cells(show: Any) -> None:
    screen = show(PASTED, values={"行": [{}]})
    page = screen.page
    screen.paste("[data-column='类'] select", '危化品\t丙酮\tA-1\n普通试剂\t"乙醇\n（95%）"\tA-2\n危化学品\t甲苯\t\n')
    told = page.locator(".bf-undo")
    expect(told).to_contain_text("已粘贴 3 行。")
    expect(told).to_contain_text("“危化学品”（类别，是“危化品”吗？）")
    expect(told).to_contain_text("有 1 格所在的行不问这一项，提交时不会包括：“A-2”（许可证号）。")
    rows = screen.call("answersNow")["行"]
    assert [row["品名"] for row in rows] == ["丙酮", "乙醇 （95%）", "甲苯"]
    assert rows[1]["证号"] == "A-2"
    expect(page.locator(".bf-gone")).to_contain_text("“类别”没有“危化学品”这个选项")
    assert page.locator("option:checked").all_inner_texts()[2] == "危化学品 （没有这个选项）"
