"""The settings sheet, in its two layouts."""

import pytest
from workbooks import workbook_from_text

from banshi.platform.sheets.settings_sheet import parse_settings
from banshi.platform.workbook import read_workbook


def settings(text, file="宿舍用电.xlsx"):
    workbook, _ = read_workbook(workbook_from_text(f"## 设置\n{text}"), file)
    return parse_settings(workbook.sheets[0], file)


ACROSS = """
    | form_id | 名称 | form_title::English (en) | 类别 | 单号 | 主管部门 | 关键词 | 标题 | 申请对象 |
    | dorm-power | 宿舍用电 | Dormitory power | 后勤 | DF{yyyy}{000001} | 后勤处 | 电费、水费 宿舍 | ${房间} | 角色:学生 |
"""
DOWN = """
    | 设置 | 值 |
    | form_id | dorm-power |
    | 名称 | 宿舍用电 |
    | form_title::English (en) | Dormitory power |
    | 类别 | 后勤 |
    | 单号 | DF{yyyy}{000001} |
    | 主管部门 | 后勤处 |
    | 关键词 | 电费、水费 宿舍 |
    | 标题 | ${房间} |
    | 申请对象 | 角色:学生 |
"""


@pytest.mark.parametrize("text", [ACROSS, DOWN, DOWN.replace("| 设置 | 值 |\n", "")])
def test_both_layouts_say_the_same(text):
    found_settings, found = settings(text)
    assert found == []
    assert found_settings.id == "dorm-power"
    assert (found_settings.title.get("zh"), found_settings.title.get("en")) == ("宿舍用电", "Dormitory power")
    assert found_settings.category.get() == "后勤"
    assert found_settings.number == "DF{yyyy}{000001}"
    assert found_settings.owner == "后勤处"
    assert found_settings.keywords == ("电费", "水费", "宿舍")
    assert found_settings.instance_name.names == {"房间"}
    assert found_settings.applicants == "角色:学生"


def test_every_setting_of_the_standard_is_known():
    """workbook.md, section 3, word for word; what this version does not use is said, and nothing is unknown."""
    words = [
        "form_id",
        "编号",
        "form_title",
        "名称",
        "version",
        "版本",
        "default_language",
        "instance_name",
        "标题",
        "category",
        "类别",
        "owner",
        "主管部门",
        "applicants",
        "申请对象",
        "number",
        "单号",
        "sla",
        "承诺时限",
        "guide",
        "办事指南",
        "contact",
        "联系方式",
        "keywords",
        "关键词",
        "icon",
        "open_from",
        "开放",
        "open_until",
        "截止",
        "anonymous",
        "匿名",
        "source",
        "依据",
    ]
    for word in words:
        value = {"applicants": "发起人", "申请对象": "发起人", "number": "A{0001}", "单号": "A{0001}"}.get(word, "甲")
        _, found = settings(f"| 设置 | 值 |\n| 名称 | 甲 |\n| {word} | {value} |")
        codes = {item.code for item in found} - {"SHEET-012"}  # 名称 is there twice then
        assert codes <= {"SHEET-011"}, word
        assert bool(codes) == (
            word in ["default_language", "open_from", "开放", "open_until", "截止", "anonymous", "匿名"]
        ), word


def test_without_a_sheet_the_files_name_stands_in():
    found_settings, found = parse_settings(None, "系统/宿舍 用电(2026).xlsx")
    assert found == []
    assert found_settings.id == "宿舍-用电-2026"
    assert found_settings.title.get() == "宿舍 用电(2026)"
    assert found_settings.number == "{yyyy}{000001}"


@pytest.mark.parametrize(
    ("row", "code", "cell"),
    [
        ("| form_titel | 甲 |", "SHEET-010", "A3"),
        ("| 编号 | ../ |", "SHEET-013", "B3"),
        ("| 编号 | ../etc |", "SHEET-019", "B3"),
        ("| 编号 | _x |", "SHEET-019", "B3"),
        ("| 内部备忘 | 乙 |", "SHEET-096", "A3"),
        ("| 单号 | BX{yyyy}{mmm} |", "SHEET-014", "B3"),
        ("| 单号 | BX{0001}{01} |", "SHEET-014", "B3"),
        ("| 单号 | BX{0001 |", "SHEET-014", "B3"),
        ("| 名称 | 乙 |", "SHEET-012", "A3"),
        ("| 标题 | concat( |", "EXPR", "B3"),
        ("| 申请对象 | 角色 |", "WHO", "B3"),
    ],
)
def test_what_is_wrong_is_named_at_its_cell(row, code, cell):
    _, found = settings(f"| 设置 | 值 |\n| 名称 | 甲 |\n{row}")
    assert [(item.code[: len(code)], item.place.cell) for item in found] == [(code, cell)]
    for language in ("zh", "en"):
        assert "{{" not in found[0].remedy(language)


def test_the_remedy_for_a_number_shows_a_pattern():
    _, (fault,) = settings("| 设置 | 值 |\n| 名称 | 甲 |\n| 单号 | BX{x} |")
    assert "BX{yyyy}{000001}" in fault.remedy()
    assert "{x}" in fault.message("en")


def test_a_title_is_missed():
    _, found = settings("| 编号 | a |\n| 类别 | b |")
    assert [item.code for item in found] == ["SHEET-016"]


def test_a_header_row_without_values():
    _, found = settings("| 编号 | 名称 | 类别 |")
    assert "SHEET-015" in [item.code for item in found]


@pytest.mark.parametrize(
    ("written", "made"),
    [("Household survey", "Household-survey"), ("contact:person:create", "contact-person-create"), ("../etc", "etc")],
)
def test_an_id_that_cannot_stand_in_an_address_is_fitted(written, made):
    found_settings, found = settings(f"| form_title | form_id |\n| 甲 | {written} |")
    assert found_settings.id == made
    (fault,) = found
    assert made in fault.message()


def test_an_id_that_is_reserved_stays_so_when_it_was_fitted():
    _, found = settings("| form_title | form_id |\n| 甲 | _calendar |")
    assert [item.code for item in found] == ["SHEET-019", "SHEET-017"]


@pytest.mark.parametrize("word", ["id_string", "set_form_id"])
def test_the_id_under_its_older_words(word):
    found_settings, found = settings(f"| title | {word} |\n| 甲 | water |")
    assert (found_settings.id, found_settings.title.get(), found) == ("water", "甲", [])
