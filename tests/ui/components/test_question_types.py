"""Question types and appearances in a real browser.

1. A rank is answered by moving a choice, or by accepting the order; every choice has its place.
2. A signature is written on a pad and attached as a picture; a picture that exists will do as well.
3. Questions with the same choices are a matrix on a desk and questions of their own on a phone.
4. A short range is steps to press; a month is the first of it; lines and areas grow by where the device is.
5. `randomize=true` changes the order of the choices and nothing else.
6. A trigger puts a value in anew; what is written afterwards stays until the trigger changes again.
7. A list of more than 500 choices is searched on the server; only a choice is an answer.
8. A list in a table opens where there is room for it, and goes with its box.
9. A label shows an answer of the case before as soon as the server has told it.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

RANK = """
## survey
| type | name | label | required |
| 排序 方案 | 优先 | 优先次序 | yes |
## choices
| list_name | name | label |
| 方案 | 国产 | 国产谱仪 |
| 方案 | 进口 | 进口谱仪 |
| 方案 | 租用 | 校外租用 |
"""


def test_1_a_rank_is_answered_by_moving(show: Any) -> None:
    screen = show(RANK)
    page = screen.page
    screen.press("下一步：核对")
    expect(page.get_by_text("请选择“优先次序”。").first).to_be_visible()
    page.get_by_role("button", name="校外租用：上移").press("Enter")
    expect(page.get_by_role("button", name="校外租用：上移")).to_be_focused()
    page.keyboard.press("Enter")  # by keyboard alone, to the top
    expect(page.get_by_role("button", name="校外租用：下移")).to_be_focused()
    screen.press("下一步：核对")
    screen.press("提交")
    assert screen.wait_for("submit")["answers"] == {"优先": ["租用", "国产", "进口"]}


def test_1_an_order_is_accepted_as_it_stands(show: Any) -> None:
    screen = show(RANK)
    screen.press("就按这个顺序")
    screen.press("下一步：核对")
    expect(screen.page.get_by_text("国产谱仪、进口谱仪、校外租用")).to_be_visible()


SIGNATURE = "## survey\n| type | name | label | parameters |\n| 签名 | 签 | 负责人签名 | |\n| image | 照片 | 照片 | max-pixels=100 |\n"


def test_2_a_signature_is_written_on_a_pad(show: Any) -> None:
    screen = show(SIGNATURE)
    page = screen.page
    use = page.get_by_role("button", name="写好了，使用")
    expect(use).to_be_disabled()
    box = page.locator(".bf-pad canvas").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 90, steps=5)
    page.mouse.up()
    screen.press("下一步：核对")  # what is drawn is not lost by going on
    expect(page.get_by_text("“负责人签名”已经写了，还没有点“写好了，使用”。").first).to_be_visible()
    use.click()
    expect(page.get_by_role("link", name="签名.png")).to_be_visible()
    expect(page.locator(".bf-pad")).to_have_count(0)
    answers = screen.wait_for("draft")
    assert answers["签"]["name"] == "签名.png"
    page.get_by_role("button", name="移除 签名.png").click()
    expect(page.locator(".bf-pad")).to_have_count(1)


def test_2_a_picture_is_made_smaller_before_it_is_sent(show: Any) -> None:
    screen = show(SIGNATURE)
    page = screen.page
    page.evaluate("""async () => {
      const canvas = new OffscreenCanvas(400, 200);
      canvas.getContext("2d").fillRect(0, 0, 400, 200);
      const file = new File([await canvas.convertToBlob()], "现场.png", { type: "image/png" });
      const input = document.querySelectorAll("input[type=file]")[1];
      const list = new DataTransfer();
      list.items.add(file);
      window.sizes = [];
      const send = XMLHttpRequest.prototype.send;
      XMLHttpRequest.prototype.send = function (body) {
        createImageBitmap(body).then((picture) => window.sizes.push([picture.width, picture.height]));
        return send.call(this, body);
      };
      input.files = list.files;
      input.dispatchEvent(new Event("change"));
    }""")
    page.wait_for_function("window.sizes.length")
    assert page.evaluate("window.sizes[0]") == [100, 50]


MATRIX = """
## survey
| type | name | label | appearance | required |
| begin_group | 评价 | 维修评价 | table-list | |
| select_one 满意 | 速度 | 上门速度 | | yes |
| select_one 满意 | 态度 | 服务态度 | | yes |
| select_one 满意 | 质量 | 维修质量 | | |
| end_group | | | | |
## choices
| list_name | name | label |
| 满意 | 3 | 满意 |
| 满意 | 2 | 一般 |
| 满意 | 1 | 不满意 |
"""


def test_3_questions_with_the_same_choices_are_a_matrix(show: Any) -> None:
    screen = show(MATRIX)
    page = screen.page
    expect(page.get_by_role("table", name="维修评价")).to_be_visible()
    page.get_by_role("radio", name="上门速度：满意", exact=True).check()
    screen.press("下一步：核对")
    row = page.get_by_role("row").filter(has_text="服务态度")
    expect(row.get_by_text("请选择“服务态度”。")).to_be_visible()
    page.get_by_role("link", name="请选择“服务态度”。").click()
    page.get_by_role("radio", name="服务态度：一般").check()
    screen.press("下一步：核对")
    screen.press("提交")
    assert screen.wait_for("submit")["answers"] == {"速度": "3", "态度": "2"}


def test_3_on_a_phone_they_are_questions(show: Any) -> None:
    page = show(MATRIX, size=(360, 740)).page
    expect(page.get_by_role("table")).to_have_count(0)
    page.get_by_role("radiogroup", name="服务态度").get_by_label("一般").check()


GRID = """
## survey
| type | name | label | kobo--matrix_list | required |
| begin_kobomatrix | 家具 | 现有家具 | 家具 | |
| integer | 数量 | 数量 | | yes |
| select_one 状况 | 状况 | 状况 | | |
| end_kobomatrix | | | | |
## choices
| list_name | name | label |
| 家具 | 桌 | 桌子 |
| 家具 | 椅 | 椅子 |
| 状况 | 好 | 完好 |
| 状况 | 坏 | 损坏 |
"""


def test_3_a_matrix_of_kobo_is_a_table_of_questions(show: Any) -> None:
    screen = show(GRID)
    page = screen.page
    table = page.get_by_role("table", name="现有家具")
    assert table.get_by_role("columnheader").all_inner_texts() == ["数量", "状况"]
    assert table.get_by_role("rowheader").all_inner_texts() == ["桌子", "椅子"]
    page.get_by_label("桌子：数量").fill("3")
    page.get_by_label("椅子：状况").select_option(label="损坏")
    screen.press("下一步：核对")
    page.get_by_role("link", name="请填写“椅子：数量”。").click()
    page.get_by_label("椅子：数量").fill("12")
    screen.press("下一步：核对")
    screen.press("提交")
    assert screen.wait_for("submit")["answers"] == {"家具_桌_数量": "3", "家具_椅_数量": "12", "家具_椅_状况": "坏"}


def test_3_on_a_phone_a_matrix_of_kobo_is_a_group_a_row(show: Any) -> None:
    page = show(GRID, size=(360, 740)).page
    expect(page.get_by_role("table")).to_have_count(0)
    expect(page.get_by_role("heading", name="椅子")).to_be_visible()
    page.get_by_label("椅子：数量").fill("12")


def test_3_a_heading_for_columns_is_no_question(show: Any) -> None:
    """The older way of XLSForm: one question shows the labels, the others only their boxes."""
    sheet = MATRIX.replace("table-list", "").replace(
        "| select_one 满意 | 速度 | 上门速度 | | yes |",
        "| select_one 满意 | 头 | 请评价 | label | |\n| select_one 满意 | 速度 | 上门速度 | list-nolabel | yes |",
    )
    sheet = sheet.replace("服务态度 | |", "服务态度 | list-nolabel |").replace(
        "维修质量 | |", "维修质量 | list-nolabel |"
    )
    page = show(sheet).page
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(4)
    expect(page.get_by_text("请评价")).to_have_count(0)
    phone = show(sheet, size=(360, 740)).page
    expect(phone.get_by_role("radiogroup")).to_have_count(3)


LOOKS = """
## survey
| type | name | label | appearance | parameters |
| range | 分 | 打分 | | start=0 end=5 step=1 |
| range | 功率 | 功率 | | start=0 end=3000 step=100 |
| date | 月 | 账期 | month-year | |
| date | 年 | 入学年份 | year | |
| geotrace | 线 | 管线走向 | | |
| geoshape | 区 | 停水区域 | | |
| select_one 楼 | 楼 | 楼栋 | | randomize=true |
## choices
| list_name | name | label |
""" + "".join(f"| 楼 | {number} | {number} 号楼 |\n" for number in range(1, 6))


def test_4_and_5_ranges_months_lines_and_chance(show: Any) -> None:
    screen = show(LOOKS)
    page = screen.page
    page.get_by_role("radiogroup", name="打分").get_by_label("4").check()
    page.get_by_label("功率").fill("1500")
    page.get_by_label("账期").fill("2026-11")
    page.get_by_label("入学年份").fill("2024")
    page.context.grant_permissions(["geolocation"])
    for place in (1, 2, 3):
        page.context.set_geolocation({"latitude": 23 + place / 100, "longitude": 113.4, "accuracy": 5})
        for button in page.get_by_role("button", name="加上当前位置").all():
            button.click()
            expect(button).to_be_enabled()
        expect(page.get_by_label("管线走向")).to_have_value(
            "; ".join(f"23.0{n}0000 113.400000 0.0 5.0" for n in range(1, place + 1))
        )
    page.get_by_role("radiogroup", name="楼栋").get_by_label("3 号楼").check()
    screen.press("下一步：核对")
    screen.press("提交")
    sent = screen.wait_for("submit")["answers"]
    assert {name: sent[name] for name in ("分", "功率", "月", "年", "楼")} == {
        "分": "4",
        "功率": "1500",
        "月": "2026-11-01",
        "年": "2024-01-01",
        "楼": "3",
    }
    points = sent["区"].split("; ")
    assert len(points) == 4
    assert points[0] == points[3]


def test_5_chance_keeps_every_choice(show: Any) -> None:
    screen = show(LOOKS)
    names = screen.page.get_by_role("radiogroup", name="楼栋").get_by_role("radio")
    orders = set()
    for _ in range(8):
        orders.add(tuple(one.get_attribute("value") for one in names.all()))
        screen.reload()
    assert len(orders) > 1
    assert {tuple(sorted(order)) for order in orders} == {("1", "2", "3", "4", "5")}


TRIGGER = """
## survey
| type | name | label | calculation | trigger |
| select_one 楼 | 楼 | 楼栋 | | |
| text | 电话 | 值班电话 | if(${楼} = 'A1', '020-1001', '020-2002') | ${楼} |
| text | 备忘 | 备忘 | concat('打 ', ${电话}) | ${电话} |
## choices
| list_name | name | label |
| 楼 | A1 | 一号楼 |
| 楼 | A2 | 二号楼 |
"""


def test_6_a_trigger_puts_a_value_in_that_may_be_changed(show: Any) -> None:
    page = show(TRIGGER).page
    page.get_by_label("一号楼").check()
    expect(page.get_by_label("值班电话")).to_have_value("020-1001")
    expect(page.get_by_label("备忘")).to_have_value("打 020-1001")
    page.get_by_label("值班电话").fill("13800000000")
    expect(page.get_by_label("备忘")).to_have_value("打 13800000000")
    page.get_by_label("二号楼").check()
    expect(page.get_by_label("值班电话")).to_have_value("020-2002")


LONG = """
## survey
| type | name | label | choice_filter | required |
| select_one 楼 | 楼 | 楼栋 | | |
| select_one 房间 | 房间 | 房间 | 楼 = ${楼} | yes |
## choices
| list_name | name | label | 楼 |
| 楼 | A1 | 一号楼 | |
| 楼 | A2 | 二号楼 | |
""" + "".join(f"| 房间 | {b}-{n} | {b} 栋 {n} 室 | {b} |\n" for b in ("A1", "A2") for n in range(101, 401))  # fmt: skip


def test_7_a_long_list_is_searched_on_the_server(show: Any) -> None:
    screen = show(LONG)
    page = screen.page
    offered = [{"name": f"A2-{n}", "label": f"A2 栋 {n} 室"} for n in range(101, 401)]
    page.evaluate("(offered) => { window.offered = offered; }", offered)
    assert screen.props["schema"]["choices"] == {
        "楼": [{"name": "A1", "label": "一号楼"}, {"name": "A2", "label": "二号楼"}]
    }
    page.get_by_label("二号楼").check()
    box = page.get_by_role("combobox", name="房间")
    box.click()
    expect(page.get_by_role("option")).to_have_count(50)
    expect(page.get_by_text("还有更多，请再输入几个字")).to_be_visible()
    box.press_sequentially("237")
    expect(page.get_by_role("option")).to_have_count(1)
    box.press("Enter")
    expect(box).to_have_value("A2 栋 237 室")
    asked = screen.emitted("choices")[-1]
    assert (asked["question"], asked["what"], asked["answers"]["楼"]) == ("房间", "237", "A2")
    box.fill("9999")  # no choice, so the one before stays
    page.get_by_label("二号楼").focus()
    expect(box).to_have_value("A2 栋 237 室")
    screen.press("下一步：核对")
    expect(page.get_by_text("A2 栋 237 室")).to_be_visible()
    screen.press("提交")
    assert screen.wait_for("submit")["answers"] == {"楼": "A2", "房间": "A2-237"}


def test_7_a_restored_answer_shows_its_label(show: Any) -> None:
    known = {"labels": {"房间": "A1 栋 101 室"}, "values": {}}
    page = show(LONG, values={"楼": "A1", "房间": "A1-101"}, known=known).page
    expect(page.get_by_role("combobox", name="房间")).to_have_value("A1 栋 101 室")


def test_7_a_label_that_only_the_server_knows_is_waited_for(show: Any) -> None:
    sheet = LONG.replace(
        "## choices",
        "| calculate | 名 | | | |\n| note | 说 | 选了${名} | | |\n## choices",
    ).replace("| choice_filter | required |", "| choice_filter | required | calculation |")
    sheet = sheet.replace("| calculate | 名 | | | |", "| calculate | 名 | | | | jr:choice-name(${房间}, '${房间}') |")
    screen = show(sheet, values={"楼": "A1", "房间": "A1-101"})
    expect(screen.page.get_by_text("选了…")).to_be_visible()
    screen.tell({"labels": {"房间": "A1 栋 101 室"}, "values": {"名": "A1 栋 101 室"}})
    expect(screen.page.get_by_text("选了A1 栋 101 室")).to_be_visible()


CALLED = """
## survey
| type | name | label::中文 (zh) | label::English (en) | calculation | relevant | choice_filter |
| select_one k | kind | 类别 | Kind | | | |
| calculate | called | | | jr:choice-name(${kind}, '${kind}') | | |
| note | n | 要备案 | To be filed | | ${called} = '易制毒' | |
| select_one k | other | 另一类 | Another kind | | | label != '普通' |
## choices
| list_name | name | label::中文 (zh) | label::English (en) |
| k | a | 易制毒 | Drug precursor |
| k | b | 普通 | Ordinary |
"""


@pytest.mark.parametrize(
    ("language", "chosen", "note"), [("zh", "易制毒", "要备案"), ("en", "Drug precursor", "To be filed")]
)
def test_what_a_choice_is_called_decides_alike_in_both_languages(
    show: Any, language: str, chosen: str, note: str
) -> None:
    page = show(CALLED, language=language).page
    page.get_by_label(chosen).first.check()
    expect(page.get_by_text(note)).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(3)  # two of the kind, and that of another which is not ordinary


PASTED = LONG.replace(
    "| select_one 房间 |", "| begin_repeat | 住宿 | 住宿 | | |\n| text | 姓名 | 姓名 | | |\n| select_one 房间 |"
).replace("## choices", "| end_repeat | | | | |\n## choices")


def test_7_labels_that_are_pasted_become_names(show: Any) -> None:
    screen = show(PASTED, values={"楼": "A2"})
    page = screen.page
    offered = [{"name": f"A2-{n}", "label": f"A2 栋 {n} 室"} for n in range(101, 401)]
    twins = [{"name": "A2-双1", "label": "A2 栋 双人间"}, {"name": "A2-双2", "label": "A2 栋 双人间"}]
    page.evaluate("(offered) => { window.offered = offered; }", [*offered, *twins])
    pasted = "陈晓雨\tA2 栋 237 室\n王建国\tA2-240\n李敏\tA2 栋 999 室\n赵磊\tA2 栋 双人间\n孙静\tA2 栋 238 室"
    screen.paste("[data-column='姓名'] input", pasted)
    last = page.get_by_role("combobox", name="房间").nth(4)
    page.wait_for_function("window.form.answersNow().住宿[4].房间 === 'A2-238'")
    expect(last).to_have_value("A2 栋 238 室")
    rooms = [row["房间"] for row in screen.call("answersNow")["住宿"]]
    # What is no label, and what is the label of two, stays as it was written: the server says what is wrong with it.
    assert rooms == ["A2-237", "A2-240", "A2 栋 999 室", "A2 栋 双人间", "A2-238"]
    asked = screen.emitted("choices")[-1]
    assert (asked["question"], asked["row"], asked["answers"]["楼"]) == ("房间", [["住宿", 4]], "A2")


BEFORE = """
## survey
| type | name | label | calculation |
| note | 提示 | 上次住 ${last-saved#房间}，读数 ${last-saved#读数}。 | |
| text | 房间 | 房间 | |
| integer | 读数 | 读数（上次 ${last-saved#读数}） | |
"""


def test_9_a_label_shows_the_answer_before(show: Any) -> None:
    screen = show(BEFORE)
    page = screen.page
    expect(page.get_by_text("上次住 …，读数 …。")).to_be_visible()  # nobody knows yet
    screen.tell({"labels": {"last-saved#房间": "A201 室", "last-saved#读数": "100"}, "values": {}})
    expect(page.get_by_text("上次住 A201 室，读数 100。")).to_be_visible()
    expect(page.get_by_label("读数（上次 100）")).to_be_visible()
    screen.tell({"labels": {"last-saved#房间": "", "last-saved#读数": ""}, "values": {}})
    expect(page.get_by_text("上次住 —，读数 —。")).to_be_visible()  # there is no case before


LOW = """
## survey
| type | name | label | appearance |
| text | 事由 | 事由 | multiline |
| begin_repeat | 组员 | 组员 | |
| person | 谁 | 谁 | |
| text | 分工 | 分工 | |
| end_repeat | | | |
"""


def test_8_a_list_in_the_last_row_opens_where_there_is_room(show: Any) -> None:
    screen = show(LOW, size=(1000, 420), finds=True, values={"组员": [{}, {}, {}, {}]})
    page = screen.page
    page.evaluate(
        "window.people = Array.from({ length: 9 }, (_, i) => ({ name: `1${i}`, label: `陈${i} · 信息中心` }))"
    )
    box = page.get_by_role("combobox").last
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    box.press_sequentially("陈")
    option = page.get_by_role("option").first
    expect(option).to_be_in_viewport(ratio=1)
    page.mouse.wheel(0, -40)  # the list goes with its box
    page.wait_for_timeout(200)
    listed, asked = page.get_by_role("listbox").bounding_box(), box.bounding_box()
    assert 0 <= asked["y"] - (listed["y"] + listed["height"]) <= 8
    page.get_by_role("option").nth(3).click()
    expect(box).to_have_value("13")
