"""Sheet names: English and Chinese, any letter case, suffix after a dot or a dash."""

import pytest
from workbooks import workbook_from_text

from banshi.platform.workbook import read_workbook
from banshi.platform.workbook.names import KINDS, check_names, sheet_kind
from banshi.rules.diagnostics import Severity


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("survey", ("survey", "")),
        ("Survey ", ("survey", "")),
        ("SURVEY", ("survey", "")),
        ("表单", ("survey", "")),
        ("rules.hazard", ("rules", "hazard")),
        ("Rules-Hazard", ("rules", "Hazard")),
        ("规则-危化品", ("rules", "危化品")),
        ("规则 - 危化品", ("rules", "危化品")),
        ("规则－危化品", ("rules", "危化品")),
        ("规则．危化品", ("rules", "危化品")),
        ("规则—危化品", ("rules", "危化品")),
        ("data.tariff.2026", ("data", "tariff.2026")),
        ("制度-采购-2026", ("policy", "采购-2026")),
        ("#草稿", ("note", "")),
        ("＃草稿", ("note", "")),
        ("说明", ("note", "")),
        ("说明-怎么填", ("note", "")),
        ("README", ("note", "")),
        ("Readme first", ("note", "")),
        ("Sheet1", ("unknown", "")),
        ("rules hazard", ("unknown", "")),
        ("rules.", ("unknown", "")),
    ],
)
def test_what_a_sheet_is(name, kind):
    if name == "rules.":
        kind = ("rules", "")
    assert sheet_kind(name) == kind


def test_every_sheet_of_the_standard_has_an_english_and_a_chinese_name():
    """workbook.md, sections 3 to 9, word for word."""
    pairs = {
        "settings": "设置", "survey": "表单", "choices": "选项", "rules": "规则", "route": "流程", "fees": "收费",
        "policy": "制度", "data": "数据", "accounts": "账户", "documents": "文书", "passes": "通行证", "notices": "通知", "schedule": "定时",
        "connect": "接口", "board": "看板", "examples": "用例", "migrate": "迁移",
    }  # fmt: skip
    assert {english: sheet_kind(english)[0] for english in pairs} == {english: english for english in pairs}
    assert {chinese: sheet_kind(chinese)[0] for chinese in pairs.values()} == {v: k for k, v in pairs.items()}
    assert len({word for words in KINDS.values() for word in words}) == sum(map(len, KINDS.values()))


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("servey", "survey"),
        ("rulse.hazard", "rules.hazard"),
        ("规则表-危化品", "规则-危化品"),
        ("Choice", "choices"),
        ("收费表", "收费"),
        ("Service", "settings"),
        ("form", "survey"),
        ("电价-学生", "收费-学生"),
        ("收费分时", "收费-分时"),
        ("制度 抄表", "制度-抄表"),
    ],
)
def test_an_unknown_sheet_gets_did_you_mean(name, near):
    (fault,) = check_names([name])
    assert fault.code == "BOOK-050"
    assert fault.place.sheet == name
    assert near in fault.message()
    assert near in fault.message("en")


@pytest.mark.parametrize("name", ["legend", "Sheet3", "修订记录", "数据字典", "规则 来源"])
def test_a_sheet_of_the_authors_own_is_only_named(name):
    (fault,) = check_names([name])
    assert (fault.code, fault.severity, fault.place.sheet) == ("BOOK-053", Severity.WARNING, name)


def test_one_sheet_twice_is_a_fault_under_any_of_its_names():
    assert [item.code for item in check_names(["survey", "表单"])] == ["BOOK-051"]
    assert [item.code for item in check_names(["rules.危化品", "规则-危化品"])] == ["BOOK-051"]
    assert [item.code for item in check_names(["规则-ａ", "规则-a"])] == ["BOOK-052"]
    assert check_names(["rules.a", "rules.b", "规则", "说明", "说明2"]) == []


def test_reading_names_the_sheets_and_goes_on():
    workbook, found = read_workbook(workbook_from_text("## servey\n| type |\n## 规则-危化品\n| when a |"), "x.xlsx")
    assert [(sheet.kind, sheet.suffix) for sheet in workbook.sheets] == [("unknown", ""), ("rules", "危化品")]
    assert [item.code for item in found] == ["BOOK-050"]


@pytest.mark.parametrize(
    "name", ["Notes", "notes", "Lists", "Survey2", "choices (2)", "Sheet1", "备注", "表单 副本", "survey_old"]
)
def test_sheets_that_people_keep_beside_the_form_do_not_stop_it(name: str) -> None:
    (fault,) = check_names([name])
    assert (fault.code, fault.severity) == ("BOOK-053", Severity.WARNING)
