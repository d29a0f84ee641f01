"""The form in a real browser.

1. Conditions, calculations and texts with `${field}` follow what is typed, at once and exactly.
2. Problems are told on "next" and on correction, not while somebody types the first time: on top with links, and at
   the field (aria-invalid, aria-describedby).
3. Steps, a check before sending, a way back from there; sending twice is one sending.
4. The draft is kept in the browser until the server has it; it comes back after a reload.
5. Rows are added, removed, put back, and pasted from a spreadsheet; they are cards on a phone, a table on a desk.
6. What only the server knows comes from its answer: values, relevance, errors.
7. Everything from sheets and people is text.
8. A form for reading shows the same and changes nothing; a task opens only its fields.
9. It fits into 320 pixels, and what is pressed is 44 pixels high.
10. Questions and groups of one name in several groups do not get into each other's way.
"""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from banshi.ui.components.form import for_browser

pytestmark = pytest.mark.browser

SINGLE = """
## survey
| type | name | label | hint | required | relevant | constraint | constraint_message | calculation |
| select_one 类型 | 类型 | 申请类型 | | yes | | | | |
| text | 说明 | 说明 | 请写明用途 | yes | ${类型} = 'other' | | | |
| text | 手机 | 手机 | | yes | | regex(., '1[0-9]{10}') | 手机号应是 11 位。 | |
| decimal | 用电量 | 用电量 | | | | | | |
| money | 电费 | 电费 | | | | | | round(${用电量} * 0.698, 2) |
| note | 提示 | 应缴 ${电费} 元 | | | ${用电量} > 10 | | | |
## choices
| list_name | name | label |
| 类型 | dorm | 宿舍 |
| 类型 | other | 其他 |
"""
STEPS = """
## survey
| type | name | label | required | readonly | prefill | calculation |
| begin_group | 一 | 申请人 | | | | |
| text | 姓名 | 姓名 | yes | yes | applicant.name | |
| text | 事由 | 事由 | yes | | | |
| end_group | | | | | | |
| begin_group | 二 | 明细 | | | | |
| begin_repeat | 行 | 采购明细 | | | | |
| text | 品名 | 品名 | yes | | | |
| integer | 数量 | 数量 | yes | | | |
| select_one 单位 | 单位 | 单位 | | | | |
| calculate | 倍 | | | | | ${数量} * 2 |
| end_repeat | | | | | | |
| calculate | 总数 | | | | | sum(${数量}) |
| note | 合计 | 共 ${总数} 件 | | | | |
| file | 附件 | 附件 | | | | |
| end_group | | | | | | |
## choices
| list_name | name | label |
| 单位 | kg | 千克 |
| 单位 | L | 升 |
"""


def test_the_form_follows_what_is_typed(show: Any) -> None:
    screen = show(SINGLE)
    page = screen.page
    expect(page.get_by_label("说明")).to_have_count(0)
    page.get_by_label("其他").check()
    expect(page.get_by_label("说明")).to_be_visible()
    page.get_by_label("用电量").fill("55")
    expect(page.get_by_text("应缴 38.39 元")).to_be_visible()
    page.get_by_label("用电量").fill("0.1")
    expect(page.get_by_text("应缴")).to_have_count(0)
    expect(page.get_by_text("¥ 0.07")).to_be_visible()


def test_problems_are_told_at_the_right_time(show: Any) -> None:
    screen = show(SINGLE)
    page = screen.page
    phone = page.get_by_label("手机")
    phone.press_sequentially("12")
    expect(page.locator(".bf-error")).to_have_count(0)
    screen.press("下一步：核对")
    summary = page.locator(".bf-summary")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("heading")).to_have_text("有 2 处需要修改")
    expect(phone).to_have_attribute("aria-invalid", "true")
    described = (phone.get_attribute("aria-describedby") or "").split()
    assert "手机号应是 11 位。" in (page.locator(f"[id='{described[-1]}']").text_content() or "")
    summary.get_by_text("手机号应是 11 位。").click()
    expect(phone).to_be_focused()
    phone.fill("13800001111")
    expect(summary.get_by_role("heading")).to_have_text("有 1 处需要修改")
    expect(phone).not_to_have_attribute("aria-invalid", "true")
    summary.get_by_text("请选择“申请类型”。").click()
    expect(page.get_by_label("宿舍")).to_be_focused()
    page.get_by_label("宿舍").check()
    expect(summary).to_have_count(0)


def test_steps_check_and_sending(show: Any) -> None:
    screen = show(STEPS, values={"姓名": "陈思远", "事由": None})
    page = screen.page
    expect(page.get_by_text("步骤 1 / 3")).to_be_visible()
    expect(page.get_by_label("姓名")).to_have_count(0)
    page.get_by_label("事由").fill("教学实验")
    screen.press("下一步")
    page.get_by_label("品名").fill("丙酮")
    page.get_by_label("数量").fill("3")
    expect(page.get_by_text("共 3 件")).to_be_visible()
    screen.press("下一步：核对")
    expect(page.get_by_role("heading", name="核对并提交")).to_be_focused()
    expect(page.get_by_text("陈思远")).to_be_visible()
    page.get_by_role("button", name="修改事由").click()
    expect(page.get_by_label("事由")).to_be_focused()
    page.get_by_label("事由").fill("科研实验")
    screen.press("回到核对")
    expect(page.get_by_text("科研实验")).to_be_visible()
    page.get_by_role("button", name="提交", exact=True).dblclick()
    sent = screen.wait_for("submit")
    assert sent["answers"]["行"] == [{"品名": "丙酮", "数量": "3"}]
    assert len(screen.emitted("submit")) == 1
    expect(page.get_by_role("button", name="正在提交…")).to_be_disabled()


def test_a_second_try_is_the_same_sending(show: Any) -> None:
    screen = show(STEPS, values={"姓名": "陈思远", "事由": "实验", "行": []}, draftKey="p/s/v")
    page = screen.page
    screen.press("下一步")
    screen.press("下一步：核对")
    screen.press("提交")
    first = screen.wait_for("submit")["command_id"]
    assert re.fullmatch("[0-9a-f]{32}", first)
    screen.call("setErrors", [{"path": "事由", "message": "事由写得太短。"}])
    expect(page.locator(".bf-summary")).to_be_focused()
    expect(page.locator(".bf-summary a")).to_have_text("事由写得太短。")
    page.get_by_label("事由").fill("教学实验")
    expect(page.locator(".bf-summary")).to_have_count(0)
    screen.reload()
    expect(page.get_by_text("已恢复您上次没有提交的内容。")).to_be_visible()
    assert screen.call("answersNow")["事由"] == "教学实验"
    screen.press("下一步")
    screen.press("下一步：核对")
    screen.press("提交")
    assert screen.wait_for("submit")["command_id"] == first
    screen.call("sent")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.includes('#')).length") == 0


RECEIVED = """
## survey
| type | name | label |
| begin_repeat | 明细 | 明细 |
| text | 品名 | 品名 |
| integer | 实收 | 实收 |
| end_repeat | | |
"""


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (["乙醇", "丙酮", "甲苯"], ["", "7", ""]),
        (["丙酮", "甲苯"], ["7", ""]),
        (["甲苯", "乙醇"], ["", ""]),
        (["丙酮", "丙酮"], ["", "7"]),
    ],
)
def test_what_an_office_typed_is_put_back_into_its_row(show: Any, now: list[str], shown: list[str]) -> None:
    def rows(names: list[str]) -> dict[str, Any]:
        return {"明细": [{"品名": name} for name in names]}

    office = {"mode": "task", "edit": ["实收"], "draftKey": "20003/C1/round-0"}
    screen = show(RECEIVED, values=rows(["乙醇", "丙酮", "甲苯"]), **office)
    screen.page.get_by_label("实收").nth(1).fill("7")
    kept = screen.page.evaluate("JSON.stringify({ ...localStorage })")
    assert "7" in kept
    screen = show(RECEIVED, values=rows(now), **office)
    screen.page.evaluate(
        "(kept) => Object.entries(JSON.parse(kept)).forEach(([key, value]) => localStorage.setItem(key, value))", kept
    )
    screen.reload()
    fields = screen.page.get_by_label("实收")
    expect(fields).to_have_count(len(now))
    assert [field.input_value() for field in fields.all()] == shown


DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A picture of one point."""
DEVICE = """
## survey
| type | name | label | required |
| geopoint | 地点 | 报修地点 | yes |
| barcode | 资产 | 资产编号 | |
| video | 现场 | 现场视频 | |
| audio | 异响 | 异响录音 | |
"""


def test_the_device_gives_its_place_and_films(show: Any) -> None:
    screen = show(DEVICE)
    page = screen.page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 23.0484, "longitude": 113.3915, "accuracy": 12})
    page.get_by_role("button", name="使用当前位置").click()
    expect(page.get_by_label("报修地点")).to_have_value("23.048400 113.391500 0.0 12.0")
    expect(page.locator('input[type="file"][accept="video/*"]')).to_have_count(1)
    expect(page.locator('input[type="file"][accept="audio/*"]')).to_have_count(1)
    expect(page.get_by_text("支持 MP4、MOV、WebM 视频。")).to_be_visible()


def test_a_code_is_read_from_a_picture_where_the_browser_can(show: Any) -> None:
    """The browser's own detector is taken at its word: here it always sees one code."""
    screen = show(DEVICE)
    page = screen.page
    expect(page.get_by_text("拍照识别条码")).to_have_count(0)  # this browser has no detector
    page.add_init_script("window.BarcodeDetector = class { detect = async () => [{ rawValue: 'ZC-2024-0317' }] }")
    screen.reload()
    page.locator(".bf-device input[type=file]").set_input_files(
        {"name": "码.png", "mimeType": "image/png", "buffer": DOT}
    )
    expect(page.get_by_label("资产编号")).to_have_value("ZC-2024-0317")


def test_what_a_rule_has_against_the_form_leads_to_its_question(show: Any) -> None:
    screen = show(STEPS, values={"姓名": "陈思远", "事由": "实验", "行": []})
    page = screen.page
    screen.press("下一步")
    screen.press("下一步：核对")
    screen.press("提交")
    screen.wait_for("submit")
    expect(page.locator(".bf-review")).to_be_visible()
    screen.call("setErrors", [{"path": "", "about": "事由", "message": "个人不得申领易制爆品。"}])
    expect(page.locator(".bf-review")).to_have_count(0)
    page.locator(".bf-summary a", has_text="个人不得申领易制爆品。").click()
    expect(page.get_by_label("事由")).to_be_focused()
    page.get_by_label("事由").fill("教学实验")
    expect(page.locator(".bf-summary")).to_have_count(0)


def test_the_draft(show: Any) -> None:
    screen = show(SINGLE, draftKey="2026001/dorm/v1")
    page = screen.page
    page.get_by_label("手机").fill("138")
    expect(page.get_by_text("已保存在本机")).to_be_visible()
    page.reload()
    screen.mount()
    expect(page.get_by_label("手机")).to_have_value("138")
    page.get_by_label("手机").fill("139")
    assert screen.wait_for("draft")["手机"] == "139"
    screen.call("setSaved", "2026-11-27T08:00:00+08:00", page.evaluate("window.form.markNow()"))
    expect(page.get_by_text(re.compile(r"草稿已保存 \d\d:\d\d"))).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.includes('#')).length") == 0
    page.get_by_label("手机").fill("1390")
    screen.press("下一步：核对")
    screen.reload()
    page.once("dialog", lambda dialog: dialog.dismiss())
    screen.press("放弃，重新填写")
    expect(page.get_by_label("手机")).to_have_value("1390")
    page.once("dialog", lambda dialog: dialog.accept())
    screen.press("放弃，重新填写")
    expect(page.get_by_label("手机")).to_have_value("")


def test_a_draft_goes_on_at_the_page_that_was_open_and_elsewhere_at_the_first_that_is_not_finished(show: Any) -> None:
    screen = show(OCCUPANT, draftKey="b")
    screen.page.get_by_label("住客").fill("11020")
    screen.press("下一步")
    screen.page.get_by_label("备注").fill("靠窗")
    screen.reload()
    expect(screen.page.get_by_label("备注")).to_have_value("靠窗")
    screen.press("上一步")
    screen.reload()
    expect(screen.page.get_by_label("住客")).to_be_visible()
    screen.page.evaluate("sessionStorage.clear(), localStorage.removeItem('banshi/place/b')")  # as on another device
    screen.reload()
    expect(screen.page.get_by_label("备注")).to_be_visible()
    screen.press("上一步")
    screen.page.get_by_label("住客").fill("")
    screen.page.evaluate("sessionStorage.clear(), localStorage.removeItem('banshi/place/b')")
    screen.reload()
    expect(screen.page.get_by_label("住客")).to_be_visible()


def test_whoever_checks_her_answers_is_there_again_after_the_page_came_anew(show: Any) -> None:
    """As when the language is switched."""
    screen = show(OCCUPANT, draftKey="d", values={"住客": "11020", "备注": "靠窗"})
    screen.press("下一步")
    screen.press("下一步：核对")
    expect(screen.page.get_by_role("button", name="提交")).to_be_visible()
    screen.reload()
    expect(screen.page.get_by_role("button", name="提交")).to_be_visible()
    screen.press("上一步")
    expect(screen.page.get_by_label("备注")).to_be_visible()


def test_a_case_that_is_mended_stays_at_the_page_that_was_open(show: Any) -> None:
    screen = show(OCCUPANT, draftKey="c", values={"住客": "11020", "备注": "靠窗"})
    expect(screen.page.get_by_label("住客")).to_be_visible()
    screen.reload()
    expect(screen.page.get_by_label("住客")).to_be_visible()
    screen.press("下一步")
    screen.reload()
    expect(screen.page.get_by_label("备注")).to_be_visible()


def test_what_was_typed_for_a_task_goes_when_somebody_else_has_it(show: Any) -> None:
    screen = show(SINGLE, mode="task", edit=["手机"], draftKey="c")
    screen.page.get_by_label("手机").fill("13800000000")
    assert screen.page.evaluate("Object.keys(localStorage).filter((name) => name.includes('#')).length") == 1
    screen.props["mode"] = "view"
    screen.reload()
    assert screen.page.evaluate("Object.keys(localStorage).filter((name) => name.includes('#')).length") == 0


def test_offline(show: Any) -> None:
    screen = show(SINGLE, draftKey="a")
    page = screen.page
    page.context.set_offline(True)
    expect(page.get_by_text("网络已断开")).to_be_visible()
    page.get_by_label("手机").fill("138")
    expect(page.get_by_text("已保存在本机")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("网络已断开")).to_have_count(0)
    screen.wait_for("draft")


def test_rows(show: Any) -> None:
    screen = show(STEPS, values={"姓名": "陈思远", "事由": "实验"})
    page = screen.page
    screen.press("下一步")
    expect(page.locator("tbody tr")).to_have_count(1)
    screen.press("添加一行")
    page.get_by_label("品名").nth(0).fill("丙酮")
    page.get_by_label("品名").nth(1).fill("乙醇")
    page.get_by_role("button", name="删除第 1 行").click()
    expect(page.get_by_label("品名")).to_have_value("乙醇")
    screen.press("撤销")
    expect(page.get_by_label("品名").nth(0)).to_have_value("丙酮")
    expect(page.get_by_label("品名").nth(1)).to_have_value("乙醇")


def test_rows_are_pasted_from_a_spreadsheet(show: Any) -> None:
    screen = show(STEPS, values={"姓名": "陈思远", "事由": "实验"})
    page = screen.page
    screen.press("下一步")
    text = '品名\t数量\t单位\r\n丙酮\t1,200\t升\r\n"硫酸\n（98%）"\t5\tkg\r\n'
    screen.paste("[data-column='品名'] input", text)
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_label("数量").nth(1).fill("6")
    answers = screen.call("answersNow")["行"]
    assert answers == [
        {"品名": "丙酮", "数量": "1200", "单位": "L"},
        {"品名": "硫酸 （98%）", "数量": "6", "单位": "kg"},
    ]
    expect(page.get_by_text("共 1206 件")).to_be_visible()


def test_labels_of_another_language_are_pasted(show: Any) -> None:
    text = """
## survey
| type | name | label |
| money | 运费 | 运费 |
| note | 说 | 运费 ${运费} 元 |
| begin_repeat | 行 | 试剂 |
| text | 品名 | 品名 |
| select_one 单位 | 单位 | 单位 |
| end_repeat | | |
## choices
| list_name | name | label::中文 (zh) | label::English (en) |
| 单位 | L | 升 | litre |
| 单位 | kg | 千克 | kilogram |
"""
    screen = show(text, values={"运费": "0.3", "行": [{}]})
    expect(screen.page.get_by_text("运费 0.30 元")).to_be_visible()
    screen.paste("[data-column='品名'] input", "丙酮\tlitre\n乙醇\t千克\n")
    assert [row["单位"] for row in screen.call("answersNow")["行"]] == ["L", "kg"]


def test_choices_are_what_was_answered_in_rows(show: Any) -> None:
    text = """
## survey
| type | name | label | choice_filter |
| begin_repeat | 成员 | 成员 | |
| text | 姓名 | 姓名 | |
| integer | 年级 | 年级 | |
| end_repeat | | | |
| select_one ${姓名} | 组长 | 组长 | ${年级} >= 2 |
"""
    screen = show(text, values={"成员": [{"姓名": "李沐阳", "年级": 1}, {"姓名": "陈思远", "年级": 3}]})
    leader = screen.page.get_by_role("radiogroup", name="组长")
    expect(leader.get_by_text("陈思远")).to_be_visible()
    expect(leader.get_by_text("李沐阳")).to_have_count(0)
    screen.page.get_by_label("年级").first.fill("2")
    leader.get_by_text("李沐阳").click()
    assert screen.call("answersNow")["组长"] == "李沐阳"


def test_pasted_cells_that_do_not_fit_are_named(show: Any) -> None:
    screen = show(STEPS, values={"姓名": "陈思远", "事由": "实验"})
    screen.press("下一步")
    screen.paste("[data-column='品名'] input", "丙酮\t1\t升\n乙醇\t2\t九区\n")
    expect(screen.page.get_by_text("已粘贴 2 行。 有 1 格填不进去，请重新选择：“九区”（单位）。")).to_be_visible()
    assert [row["品名"] for row in screen.call("answersNow")["行"]] == ["丙酮", "乙醇"]


ASKED = """
## survey
| type | name | label | relevant | calculation | repeat_count |
| begin_group | 登记 | 登记 | | | |
| integer | 台数 | 台数 | | | |
| calculate | 流水号 | | | once(uuid()) | |
| note | 说明 | 号码 ${流水号} | | | |
| begin_repeat | 设备 | 设备 | | | |
| text | 名称 | 名称 | | | |
| acknowledge | 进口 | 进口 | | | |
| text | 国别 | 国别 | ${进口} = 'OK' | | |
| datetime | 到货 | 到货 | | | |
| decimal | 价格 | 价格 | | | |
| end_repeat | | | | | |
| begin_repeat | 台账 | 台账 | | | ${台数} |
| text | 编号 | 编号 | | | |
| end_repeat | | | | | |
| end_group | | | | | |
"""


def test_pasted_cells_are_read_as_people_write_them(show: Any) -> None:
    screen = show(ASKED)
    screen.paste(
        "[data-column='名称'] input", '"气相\n色谱"\t√\t德国\t2026/9/1 8:30\t¥1,000.5\n天平\t也许\t日本\t明天\t1e3\n'
    )
    first, second = screen.call("answersNow")["设备"]
    assert first == {"名称": "气相 色谱", "进口": True, "国别": "德国", "到货": "2026-09-01T08:30", "价格": "1000.5"}
    assert second["价格"] == "1e3"
    told = screen.page.locator(".bf-undo").inner_text()
    assert "“也许”（进口）" in told
    assert "“明天”（到货）" in told
    assert "提交时不会包括：“日本”（国别）" in told
    assert "德国" not in told


def test_a_count_beyond_the_limit_keeps_the_page(show: Any) -> None:
    screen = show(ASKED, values={"台数": "501"})
    screen.press("下一步：核对")
    expect(screen.page.locator(".bf-summary").get_by_text("“台账”要有 501 行，最多 500 行。")).to_be_visible()
    screen.page.get_by_label("台数").fill("2")
    expect(screen.page.get_by_text("最多 500 行。把")).to_have_count(0)


def test_what_the_server_gave_once_is_an_answer_from_then_on(show: Any) -> None:
    screen = show(ASKED, values={"台数": "1"}, draftKey="t001/once/v1")
    screen.tell({"values": {"流水号": "8f14e45f"}})
    expect(screen.page.get_by_text("号码 8f14e45f")).to_be_visible()
    assert screen.call("answersNow")["流水号"] == "8f14e45f"
    screen.reload()
    expect(screen.page.get_by_text("号码 8f14e45f")).to_be_visible()
    assert screen.wait_for("evaluate")["answers"]["流水号"] == "8f14e45f"


def test_a_phone_has_cards(show: Any) -> None:
    screen = show(STEPS, size=(390, 844), values={"姓名": "陈思远", "事由": "实验"})
    screen.press("下一步")
    expect(screen.page.locator("table")).to_have_count(0)
    expect(screen.page.get_by_text("采购明细 · 第 1 行")).to_be_visible()


def test_files(show: Any) -> None:
    screen = show(STEPS, values={"姓名": "陈思远", "事由": "实验", "行": []}, fileLimit=1024)
    page = screen.page
    screen.press("下一步")
    expect(page.get_by_text("单个文件不超过 1 KB")).to_be_visible()
    choose = page.locator("input[type=file]")
    choose.set_input_files({"name": "大文件.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2000})
    expect(page.get_by_text("“大文件.pdf”超过 1 KB")).to_be_visible()
    choose.set_input_files({"name": "病毒.exe", "mimeType": "application/pdf", "buffer": b"x"})
    expect(page.get_by_text("不收这种文件。")).to_be_visible()
    choose.set_input_files({"name": "合同 一.pdf", "mimeType": "application/pdf", "buffer": b"x" * 12})
    expect(page.get_by_role("link", name="合同 一.pdf")).to_have_attribute("href", "/files/id-12")
    assert screen.call("answersNow")["附件"]["id"] == "id-12"
    page.get_by_role("button", name="移除 合同 一.pdf").click()
    assert screen.call("answersNow")["附件"] is None


SERVER = """
## survey
| type | name | label | relevant | prefill | required | calculation | constraint |
| integer | 金额 | 金额 | | | yes | | |
| text | 比价 | 比价说明 | ${级别} = '学校' | | yes | | |
| text | 电话 | 电话 | | applicant.电话 | | | |
| note | 提示 | 由${级别}审批 | | | | | |
## rules.级别
| hit | first |
| when 金额 | then 级别 |
| <100 | 学院 |
| >=100 | 学校 |
"""


def test_what_only_the_server_knows(show: Any) -> None:
    screen = show(SERVER)
    page = screen.page
    assert screen.wait_for("evaluate") == {"answers": {}, "passed": [], "revision": 1}
    expect(page.get_by_label("比价说明")).to_have_count(0)
    page.get_by_label("金额").fill("500")
    assert screen.wait_for("evaluate", 2)["answers"]["金额"] == "500"
    answer = {"relevant": {"比价": True}, "values": {"电话": "0662-1"}, "outputs": {"级别": "学校"}}
    screen.tell(answer)
    expect(page.get_by_label("比价说明")).to_be_visible()
    expect(page.get_by_text("由学校审批")).to_be_visible()
    expect(page.get_by_label("电话")).to_have_value("0662-1")
    page.get_by_label("电话").fill("")
    screen.tell(answer)
    expect(page.get_by_label("电话")).to_have_value("")


def test_panels_show_what_it_costs(show: Any) -> None:
    screen = show(SINGLE, panels=True)
    line = {"item": "电费", "label": "超额电费", "quantity": "55", "rate": "0.698", "amount": "38.39"}
    bill = {"lines": [line], "total": "38.39", "shares": [{"label": "张三", "amount": "9.60"}]}
    finding = {"verdict": "warn", "message": "请按时缴费。", "not_checked": False}
    screen.tell(
        {
            "bills": {"电费": bill},
            "findings": [finding],
            "route": [{"id": "10", "name": "宿管审核", "people": ["李宿管"]}],
        },
    )
    for text in ("超额电费", "¥ 38.39", "¥ 9.60", "请按时缴费。", "李宿管"):
        expect(screen.page.get_by_text(text).first).to_be_visible()


def test_panels_say_that_nothing_applies_and_show_units_and_what_is_carried_on(show: Any) -> None:
    screen = show(SINGLE, panels=True)
    line = {"item": "积分", "label": "志愿服务", "quantity": None, "rate": None, "amount": "12", "unit": "分"}
    points = {"lines": [line], "total": "12", "unit": "分", "shares": [], "applies": True}
    points["carries"] = [{"name": "额度.carry", "amount": "7"}]
    nothing = {"lines": [], "total": "0", "unit": "", "shares": [], "carries": [], "applies": False}
    screen.tell({"bills": {"积分": points, "服务费": nothing}})
    panels = screen.page.locator(".bf-panel")
    expect(panels.nth(0).get_by_text("12 分").first).to_be_visible()
    expect(panels.nth(0).get_by_role("row", name="结转下期 额度 7")).to_be_visible()
    expect(panels.nth(1).get_by_text("没有适用的收费项目，不收费。")).to_be_visible()
    expect(panels.nth(1).get_by_text("合计")).to_have_count(0)


HOSTILE = "<img src=x onerror=window.hacked=1>{{7*7}}"


def test_texts_are_texts(show: Any) -> None:
    text = (
        SINGLE.replace("手机号应是 11 位。", HOSTILE)
        .replace("请写明用途", HOSTILE)
        .replace("| 宿舍 |", f"| {HOSTILE} |")
    )
    screen = show(text, panels=True)
    page = screen.page
    page.get_by_label("其他").check()
    page.get_by_label("手机").fill("1")
    screen.press("下一步：核对")
    screen.call("setErrors", [{"path": "", "message": HOSTILE, "remedy": HOSTILE}])
    screen.tell(
        {"findings": [{"verdict": "warn", "message": HOSTILE}], "route": [{"id": "1", "name": HOSTILE, "people": []}]},
    )
    expect(page.get_by_text(HOSTILE).nth(4)).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("mode", ["view", "task"])
def test_reading_and_tasks(show: Any, mode: str) -> None:
    values = {
        "姓名": "陈思远",
        "事由": "教学实验",
        "行": [{"品名": "丙酮", "数量": 3, "单位": "L", "倍": 6}],
        "总数": 3,
    }
    screen = show(
        STEPS, values=for_browser(values), mode=mode, edit=["附件", "事由"], hidden=["姓名"], require=["附件"]
    )
    page = screen.page
    expect(page.get_by_text("陈思远")).to_have_count(0)
    expect(page.get_by_text("共 3 件")).to_be_visible()
    expect(page.get_by_text("升")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("下一步|提交"))).to_have_count(0)
    if mode == "view":
        expect(page.locator("input, select, textarea")).to_have_count(0)
        return
    expect(page.get_by_label("品名")).to_have_count(0)
    page.get_by_label("事由").fill("科研")
    assert screen.call("answersNow")["事由"] == "科研"
    assert screen.call("validate", ["附件", "事由"], ["附件"]) is False
    expect(page.locator(".bf-summary")).to_contain_text("请上传“附件”。")


@pytest.mark.parametrize("rows", [[], [{}], [{"品名": "", "数量": None}, {}]])
def test_a_repeat_without_an_answer_shows_no_bare_row(show: Any, rows: list[dict[str, Any]]) -> None:
    values = {"姓名": "陈思远", "事由": "教学实验", "行": rows}
    page = show(STEPS, values=for_browser(values), mode="view").page
    expect(page.get_by_text("没有填写。")).to_be_visible()
    expect(page.locator(".bf-table, .bf-cards")).to_have_count(0)


def test_english(show: Any) -> None:
    screen = show(SINGLE, language="en")
    expect(screen.page.get_by_text("Step 1 of 2")).to_be_visible()
    screen.press("Next: check your answers")
    expect(screen.page.locator(".bf-summary")).to_contain_text("There is a problem")


MEASURE = """() => Array.from(document.querySelectorAll("button, select, .bf-choice, input:not([type=file], [type=radio], [type=checkbox])"))
  .filter((element) => element.offsetParent && !element.closest(".bf-hidden"))
  .filter((element) => element.getBoundingClientRect().height < 44)
  .map((element) => element.outerHTML.slice(0, 120))"""


def test_it_fits_into_320_pixels(show: Any) -> None:
    screen = show(STEPS, size=(320, 640), values={"姓名": "陈思远", "事由": "实验", "行": [{"品名": "长" * 60}]})
    page = screen.page
    for _ in range(3):
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert page.evaluate(MEASURE) == []
        buttons = page.get_by_role("button", name=re.compile("^下一步"))
        if buttons.count():
            if page.get_by_label("数量").count():
                page.get_by_label("数量").fill("1")
            buttons.click()


LONG = (
    "## survey\n| type | name | label | required |\n| select_one 学院 | 学院 | 学院 | yes |\n## choices\n| list_name | name | label |\n"
    + "\n".join(f"| 学院 | c{n} | 第{n}学院 |" for n in range(1, 81))
)


def test_a_long_list_is_searched(show: Any) -> None:
    screen = show(LONG)
    page = screen.page
    box = page.get_by_role("combobox", name="学院")
    box.click()
    box.press_sequentially("77")
    expect(page.get_by_role("option")).to_have_count(1)
    box.press("Enter")
    expect(box).to_have_value("第77学院")
    assert screen.call("answersNow")["学院"] == "c77"
    box.press("ArrowDown")
    box.press("Escape")
    expect(box).to_have_value("第77学院")


PEOPLE = [{"name": "2024110101", "label": "李沐阳 · 化学学院"}, {"name": "11020", "label": "李沐晴 · 物理学院"}]
OCCUPANT = """## survey
| type | name | label | required |
| begin_group | 甲 | 住宿 | |
| person | 住客 | 住客 | yes |
| end_group | | | |
| begin_group | 乙 | 其他 | |
| text | 备注 | 备注 | |
| end_group | | | |
"""


def test_somebody_is_found_by_name(show: Any) -> None:
    screen = show(OCCUPANT, finds=True)
    page = screen.page
    page.evaluate("(people) => { window.people = people; }", PEOPLE)
    box = page.get_by_role("combobox", name="住客")
    box.press_sequentially("李沐")
    expect(page.get_by_role("option")).to_have_count(2)
    page.get_by_role("option", name="李沐晴").click()
    assert screen.call("answersNow")["住客"] == "11020"
    box.fill("李沐阳")
    box.press("Tab")  # before any list: a whole name that one person has is enough
    page.wait_for_function("window.form.answersNow()['住客'] === '2024110101'")
    box.fill("王")
    box.press("Tab")
    page.wait_for_timeout(400)
    assert screen.call("answersNow")["住客"] == "王"  # nothing that was typed is lost


def test_a_page_waits_for_what_only_the_server_knows(show: Any) -> None:
    screen = show(OCCUPANT)
    page = screen.page
    page.evaluate("window.silent = true")
    page.get_by_label("住客").fill("99999")
    screen.press("下一步")
    page.wait_for_function("window.form.held")
    expect(page.get_by_role("button", name="正在核对…")).to_be_visible()
    screen.tell({"errors": [{"path": "住客", "message": "没有工号或学号为“99999”的人。"}]})
    expect(page.locator(".bf-summary")).to_contain_text("没有工号或学号为“99999”的人。")
    page.get_by_label("住客").fill("11020")
    expect(page.locator(".bf-summary")).to_have_count(0)
    screen.press("下一步")
    expect(page.get_by_label("备注")).to_have_count(0)
    screen.tell({"errors": []})
    expect(page.get_by_label("备注")).to_be_visible()


def test_an_answer_to_what_stood_before_does_not_stand_in_the_way(show: Any) -> None:
    """It may arrive after the newer question was asked; the page then waits for its own, and goes on by itself."""
    screen = show(OCCUPANT)
    page = screen.page
    page.evaluate("window.silent = true")
    page.get_by_label("住客").fill("99999")
    page.wait_for_function("window.emitted.some(([name]) => name === 'evaluate')")
    before = page.evaluate("window.form.rev")
    page.get_by_label("住客").fill("11020")
    screen.press("下一步")
    page.wait_for_function("window.form.held")
    screen.call("setServer", {"errors": [{"path": "住客", "message": "没有工号或学号为“99999”的人。"}]}, before)
    expect(page.get_by_role("button", name="正在核对…")).to_be_visible()
    expect(page.locator(".bf-summary")).to_have_count(0)
    screen.tell({"errors": []})
    expect(page.get_by_label("备注")).to_be_visible()


def test_nothing_is_sent_without_a_connection(show: Any) -> None:
    screen = show(SINGLE, values={"类型": "dorm"})
    page = screen.page
    page.get_by_label("手机").fill("13800000000")
    screen.press("下一步：核对")
    page.context.set_offline(True)
    expect(page.get_by_role("alert").filter(has_text="还没有提交")).to_be_visible()
    screen.press("提交")
    assert screen.emitted("submit") == []
    page.context.set_offline(False)
    screen.press("提交")
    screen.wait_for("submit")


def test_one_task_does_not_ask_for_the_fields_of_another(show: Any) -> None:
    screen = show(SINGLE, mode="task", edit=["手机", "用电量"], require=["手机", "用电量"])
    assert screen.call("validate", ["手机"], ["手机"]) is False
    expect(screen.page.locator(".bf-summary li")).to_have_text(["请填写“手机”。"])
    screen.page.get_by_label("手机").fill("13800000000")
    assert screen.call("validate", ["手机"], ["手机"]) is True
    assert screen.call("validate", ["用电量"], ["用电量"]) is False


def test_half_typed_characters_do_not_count(show: Any) -> None:
    """What an input method has not finished reaches neither rules nor drafts."""
    screen = show(SINGLE)
    page = screen.page
    page.get_by_label("手机").evaluate(
        """(box) => {
          box.dispatchEvent(new CompositionEvent("compositionstart"));
          box.value = "yang";
          box.dispatchEvent(new InputEvent("input", { isComposing: true }));
        }"""
    )
    assert not screen.call("answersNow").get("手机")
    page.get_by_label("手机").evaluate(
        """(box) => { box.value = "阳"; box.dispatchEvent(new CompositionEvent("compositionend")); }"""
    )
    assert screen.call("answersNow")["手机"] == "阳"


STYLED = """
## survey
| type | name | label | hint | guidance_hint |
| text | 名字 | **姓名** | 与_身份证_一致 | 没有身份证的，写护照上的姓名。 |
| note | 提示 | 你好，**${名字}** | | |
| select_one 类型 | 类型 | 类型 | | |
## choices
| list_name | name | label |
| 类型 | a | <u>本科</u>生 |
"""


def test_labels_have_style_and_more_help_opens(show: Any) -> None:
    screen = show(STYLED)
    page = screen.page
    page.get_by_label("姓名").fill("**张**<i>三</i>")
    assert page.locator("label strong").inner_text() == "姓名"
    assert page.locator(".bf-note strong").inner_text() == "**张**<i>三</i>"
    assert page.locator(".bf-choice u").inner_text() == "本科"
    help_ = page.get_by_text("没有身份证的，写护照上的姓名。")
    expect(help_).to_be_hidden()
    page.get_by_text("详细说明").click()
    expect(help_).to_be_visible()


def test_what_this_device_kept_is_uploaded_when_the_form_opens_again(show: Any) -> None:
    """As after the server was killed: the page comes anew, and what was typed meanwhile goes to the server by itself."""
    screen = show(SINGLE, values={"类型": "dorm"}, draftKey="k", knownDraft="2026-11-27T08:00:00+08:00")
    screen.page.get_by_label("手机").fill("13800000001")
    screen.page.evaluate("window.emitted = []")
    screen.reload()
    expect(screen.page.get_by_label("手机")).to_have_value("13800000001")
    assert screen.wait_for("draft")["手机"] == "13800000001"


def test_a_draft_that_was_saved_elsewhere_is_not_written_over_unasked(show: Any) -> None:
    screen = show(SINGLE, values={"类型": "dorm"}, draftKey="k")
    page = screen.page
    page.get_by_label("手机").fill("13800000001")
    screen.wait_for("draft")
    screen.call("setElsewhere", "2026-11-27T09:00:00+08:00", {"answers": {"类型": "other"}, "chosen": {}})
    expect(page.get_by_role("alert")).to_contain_text("另一个窗口或设备")
    page.get_by_label("手机").fill("13800000002")
    page.wait_for_timeout(2000)
    assert len(screen.emitted("draft")) == 1  # nothing goes until it is decided
    screen.press("用这里的内容")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert screen.wait_for("draft", 2)["手机"] == "13800000002"
    assert page.evaluate("window.form.base") == "2026-11-27T09:00:00+08:00"


EIGHT, NINE = (f"2026-11-27T{hour}:00:00+08:00" for hour in ("08", "09"))


def test_a_window_knows_what_it_sent_itself_and_goes_on(show: Any) -> None:
    """The upload of a page that is gone arrives after the next has opened: as it was, as it is now, in another order."""
    screen = show(SINGLE, values={"类型": "dorm"}, draftKey="k", knownDraft=EIGHT)
    page = screen.page
    page.get_by_label("手机").fill("138")
    screen.wait_for("draft")
    screen.reload()
    page.get_by_label("手机").fill("13800000001")
    assert screen.wait_for("draft")["手机"] == "13800000001"
    screen.call("setElsewhere", NINE, {"chosen": {}, "answers": {"手机": "138", "类型": "dorm"}})
    assert screen.wait_for("draft", 2)["手机"] == "13800000001"
    assert page.evaluate("window.form.base") == NINE
    screen.call("setElsewhere", EIGHT, {"answers": {"手机": "13800000001", "类型": "dorm"}, "chosen": {}})
    expect(page.locator(".bf-saved")).to_contain_text("草稿已保存")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.includes('#')).length") == 0
    assert len(screen.emitted("draft")) == 2
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_was_typed_after_an_upload_stays_on_the_device_when_that_is_answered(show: Any) -> None:
    screen = show(SINGLE, values={"类型": "dorm"}, draftKey="k", knownDraft=EIGHT)
    page = screen.page
    page.get_by_label("手机").fill("138")
    screen.wait_for("draft")
    first = page.evaluate("window.form.markNow()")
    page.get_by_label("手机").fill("13800000001")
    screen.wait_for("draft", 2)
    screen.call("setSaved", NINE, first)
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.includes('#')).length") == 1
    screen.reload()
    expect(page.get_by_label("手机")).to_have_value("13800000001")


def test_two_windows_of_a_browser_keep_what_each_of_them_has(show: Any) -> None:
    screen = show(SINGLE, values={"类型": "dorm"}, draftKey="k", knownDraft=EIGHT)
    page = screen.page
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_function("window.ready")
    other.evaluate("(props) => window.mount(props)", screen.props)
    page.get_by_label("手机").fill("13800000001")
    other.get_by_label("手机").fill("13800000002")
    other.wait_for_function("window.emitted.some(([name]) => name === 'draft')")
    other.evaluate("window.form.setSaved('x', window.form.markNow())")
    screen.reload()
    expect(page.get_by_label("手机")).to_have_value("13800000001")


def test_a_page_stays_open_although_nobody_pressed_next(show: Any) -> None:
    screen = show(OCCUPANT, draftKey="e")
    screen.page.get_by_label("住客").fill("11020")
    screen.reload()
    expect(screen.page.get_by_label("住客")).to_have_value("11020")


TWINS = """
## survey
| type | name | label | relevant | calculation | constraint | constraint_message |
| integer | 金额 | 预算 | | | | |
| begin_group | 差旅 | 差旅费 | | | | |
| begin_group | 详情 | 差旅详情 | ../../金额 > 100 | | | |
| integer | 金额 | 差旅金额 | | | . <= ../../../金额 | 差旅金额不能超过预算。 |
| end_group | | | | | | |
| end_group | | | | | | |
| begin_group | 会议 | 会议费 | | | | |
| begin_group | 详情 | 会议详情 | ../../金额 > 500 | | | |
| integer | 金额 | 会议金额 | | | | |
| note | 共 | 会议 ${会议/详情/金额} 元，差旅 ${差旅/详情/金额} 元 | | | | |
| end_group | | | | | | |
| end_group | | | | | | |
"""


def test_one_name_in_several_groups(show: Any) -> None:
    screen = show(TWINS)
    page = screen.page
    budget = page.get_by_label("预算")
    budget.fill("300")
    screen.press("下一步")
    expect(page.get_by_label("差旅金额")).to_be_visible()
    page.get_by_label("差旅金额").fill("301")
    screen.press("下一步：核对")
    expect(page.locator(".bf-summary")).to_contain_text("差旅金额不能超过预算。")
    page.get_by_label("差旅金额").fill("250")
    screen.press("上一步")
    budget.fill("600")
    screen.press("下一步")
    screen.press("下一步")
    page.get_by_label("会议金额").fill("70")
    expect(page.get_by_text("会议 70 元，差旅 250 元")).to_be_visible()
    kept = screen.call("answersNow")
    assert {name: kept[name] for name in ("/金额", "差旅/详情/金额")} == {"/金额": "600", "差旅/详情/金额": "250"}
