"""A form leaves for ODK: what arrives is complete, what does not is named.

1. The shipped services and an ordinary XLSForm: every question, choice, condition and constraint is in the XML, or named.
2. Chinese words, Excel's functions, full-width signs and our own types become those of the standard.
3. What XForms cannot say is listed, with all that hangs on it; nothing refers to what is not there.
4. Without pyxform there is a plain sentence.
5. ODK Validate, which tries a form as ODK Collect would, takes what is written.
"""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from pyxform.validators.odk_validate import ODKValidateError, check_xform
from workbooks import workbook_from_text

from banshi.platform.forms.xform import numbered, xform, xlsform
from banshi.platform.forms.xpath import NotCarried, XPath
from banshi.platform.service.model import Field, Service
from banshi.platform.sheets import load_workbook
from banshi.platform.workbook import read_workbook
from banshi.rules.diagnostics import NOWHERE, has_errors
from banshi.rules.expressions import parse
from banshi.ui.cli import run

ROOT = Path(__file__).parents[3]
GALLERY = ROOT / "docs/gallery/form-gallery.xlsx"
SHIPPED = [*sorted(ROOT.glob("definitions/*-*/*.xlsx")), GALLERY]
XF = "{http://www.w3.org/2002/xforms}"
ORDINARY = """
## survey
| type                | name      | label::English (en) | required | relevant            | constraint             | constraint_message | calculation            | choice_filter      | hint | appearance | default |
| text                | full_name | Full name           | yes      |                     |                        |                    |                        |                    | As in the passport | | |
| integer             | age       | Age                 |          |                     | . >= 0 and . <= 120    | 0 to 120           |                        |                    |      |            |         |
| select_one region   | region    | Region              |          |                     |                        |                    |                        |                    |      | minimal    | north   |
| select_one district | district  | District            |          | ${region} != ''     |                        |                    |                        | region = ${region} |      |            |         |
| begin_repeat        | child     | Child               |          | selected(${region}, 'north') |               |                    |                        |                    |      |            |         |
| text                | nick      | Nickname of a child of ${full_name} | | string-length(${full_name}) > 3 |    |                    |                        |                    |      |            |         |
| end_repeat          |           |                     |          |                     |                        |                    |                        |                    |      |            |         |
| calculate           | months    |                     |          |                     |                        |                    | if(${age} > 0, ${age} * 12, 0) |            |      |            |         |
| range               | noise     | Noise               |          |                     |                        |                    |                        |                    |      |            |         |
| geopoint            | place     | Place               |          |                     |                        |                    |                        |                    |      |            |         |
## choices
| list_name | name  | label::English (en) | region |
| region    | north | North               |        |
| region    | south | South               |        |
| district  | n1    | Hill                | north  |
| district  | s1    | Shore               | south  |
## settings
| form_id | form_title |
| visit   | Visit      |
"""
CAMPUS = """
## survey
| type     | name   | label      | relevant                        | constraint      | calculation                               | appearance | default |
| 金额     | 经费   | 经费       |                                 | ．＞＝ 0        |                                           |            |         |
| 人员     | 负责人 | 负责人     |                                 |                 |                                           |            |         |
| 单选 性质 | 性质   | 性质       |                                 |                 |                                           |            |         |
| 多选 性质 | 其他   | 其他性质   | 已选（${性质}，“科研 项目”）    |                 |                                           |            |         |
| 文本     | 说明   | 说明       | ${性质} in ("科研 项目", "教学") 且 长度(${负责人}) > 0 | |                              | 多行       |         |
| 日期     | 日期   | 日期       | 为空(${说明})                   |                 |                                           |            |         |
| 计算     | 年度   |            |                                 |                 | 年(${日期}) & "年"                        |            |         |
| 计算     | 工期   |            |                                 |                 | 工作日数(${日期}, ${日期})                |            |         |
| 计算     | 两倍   |            |                                 |                 | ${工期} * 2                               |            |         |
| 说明     | 提示   | 共 ${两倍} 天，${年度} |                     |                 |                                           |            |         |
## choices
| list_name | name      | label    |
| 性质      | 科研 项目 | 科研项目 |
| 性质      | 教学      | 教学     |
## settings
| form_id | form_title |
| campus  | 校内       |
## route
| step | name | who       |
| 10   | 申请 | initiator |
"""


def service_of(data: bytes) -> Service:
    workbook, found = read_workbook(data, "form.xlsx")
    assert workbook is not None
    service, found = load_workbook(workbook, None, found)
    assert not has_errors(found), [str(one) for one in found]
    assert service is not None
    return service


@pytest.mark.parametrize("path", [*SHIPPED, None], ids=lambda path: path.stem if path else "ordinary")
def test_1_everything_arrives_or_is_named(path: Path | None) -> None:
    service = service_of(path.read_bytes() if path else workbook_from_text(ORDINARY))
    made = xform(service)
    root = ET.fromstring(made.xml)
    binds = {bind.get("nodeset", "").rpartition("/")[2]: bind for bind in root.iter(f"{XF}bind")}
    said = {left.what for left in made.left}
    names = numbered([item.name for item, _ in service.survey.walk() if item.name], "q")
    for item, _ in service.survey.walk():
        node = names[item.name]
        if f"survey {item.name} calculation" in said and item.type == "calculate":
            assert node not in binds
            continue
        assert any(one.tag.endswith("}" + node) for one in root.iter()), item.name
        for column, attribute in (("relevant", "relevant"), ("constraint", "constraint"), ("calculation", "calculate")):
            if getattr(item, column, None) is not None:
                there = node in binds and attribute in binds[node].attrib
                assert there != (f"survey {item.name} {column}" in said), (item.name, column)
    in_xml = {text.text for text in root.iter() if text.tag in (f"{XF}value", f"{XF}name", f"{XF}label")}
    used = {item.choices for item, _ in service.survey.walk() if isinstance(item, Field) and item.choices}
    for name in used:
        if name.startswith(("${", "account:")):  # the answers of a repeat, or holders of an account, are its choices
            continue
        assert {choice.name for choice in service.survey.choices[name]} <= in_xml
    if path is None:
        assert binds["age"].get("constraint") == "((. >= 0) and (. <= 120))"
        assert binds["place"].get("type") == "geopoint"
        assert not made.left
    else:
        assert "route" in said


TWO_CENTRES = """
## survey
| type                | name     | label | choice_filter |
| select_one city     | city     | 城市  |               |
| select_one district | district | 区    | city=${city}  |
## choices
| list_name | name   | label  | city |
| city      | gz     | 广州   |      |
| city      | sz     | 深圳   |      |
| district  | centre | 中心区 | gz   |
| district  | centre | 中心区 | sz   |
## settings
| form_id | form_title | allow_choice_duplicates |
| place   | 地点       | yes                     |
"""


FACES = """
## survey
| type             | name  | label  | media::image |
| note             | map   |        | campus.png   |
| select_one faces | mood  | 满意吗 |              |
| begin_group      | empty | 空     |              |
| end_group        |       |        |              |
## choices
| list_name | name  | label | image   |
| faces     | happy |       | yes.png |
| faces     | sad   |       | no.png  |
## settings
| form_id | form_title |
| mood    | 满意度     |
"""


def test_1_media_arrive_and_what_has_no_label_has_its_name() -> None:
    made = xform(service_of(workbook_from_text(FACES)))
    shown = {one.text for one in ET.fromstring(made.xml).iter(f"{XF}value")}
    assert {"jr://images/campus.png", "jr://images/yes.png", "map", "happy"} <= shown
    said = {(left.what, left.en) for left in made.left}
    assert ("choices sad", "attach the file no.png.") in said
    assert ("survey empty", "a group of nothing is not carried.") in said


@pytest.mark.parametrize(
    "form",
    [*SHIPPED, ORDINARY, CAMPUS, TWO_CENTRES, FACES],
    ids=[path.stem for path in SHIPPED] + ["ordinary", "campus", "two-centres", "faces"],
)
def test_5_odk_validate_takes_it(form: Path | str, tmp_path: Path) -> None:
    service = service_of(form.read_bytes() if isinstance(form, Path) else workbook_from_text(form))
    (tmp_path / "form.xml").write_text(xform(service).xml, encoding="utf-8")
    assert check_xform(str(tmp_path / "form.xml")) == []


def test_5_odk_validate_is_asked(tmp_path: Path) -> None:
    broken = xform(service_of(workbook_from_text(ORDINARY))).xml.replace("(. &lt;= 120)", "(. &lt;= 120")
    (tmp_path / "form.xml").write_text(broken, encoding="utf-8")
    with pytest.raises(ODKValidateError):
        check_xform(str(tmp_path / "form.xml"))


def test_1_every_type_of_the_gallery_is_the_standards_own() -> None:
    root = ET.fromstring(xform(service_of(GALLERY.read_bytes())).xml)
    controls = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert {"rank", "range", "upload", "select", "select1", "trigger"} <= controls
    kinds = [bind.get("type") for bind in root.iter(f"{XF}bind")]
    assert {"geopoint", "geotrace", "geoshape", "barcode", "binary", "odk:rank", "date", "dateTime", "time"} <= set(
        kinds
    )
    scales = [(one.get("start"), one.get("end"), one.get("step")) for one in root.iter(f"{XF}range")]
    assert scales == [("0", "10", "1"), ("0", "3000", "100")]
    renewals = [one for one in root.iter(f"{XF}setvalue") if one.get("event") == "xforms-value-changed"]
    assert ["020-8721 0001" in one.get("value", "") for one in renewals] == [True]
    assert any(one.text and one.text.startswith("**短文字**") for one in root.iter(f"{XF}value"))  # with its style


def test_2_our_words_become_the_standards() -> None:
    sheets, left = xlsform(service_of(workbook_from_text(CAMPUS)))
    rows = {row["name"]: row for row in sheets["survey"]}
    by_name = {
        one.what.partition(" ")[2]: re.search(r"q\d+", one.en)[0]
        for one in left
        if one.what.startswith("survey ") and one.en.startswith("is called")
    }
    money, person, kind, note = (by_name[name] for name in ("经费", "负责人", "性质", "说明"))
    assert (rows[money]["type"], rows[money]["constraint"]) == ("decimal", "(. >= 0)")
    assert rows[person]["type"] == "text"
    assert "survey 负责人: the type person became text." in {one.message("en") for one in left}
    assert rows[by_name["其他"]]["relevant"] == f"selected(${{{kind}}}, '科研_项目')"
    assert rows[note]["relevant"] == (
        f"((${{{kind}}} = '科研_项目' or ${{{kind}}} = '教学') and (string-length(${{{person}}}) > 0))"
    )
    assert rows[note]["appearance"] == "multiline"
    assert rows[by_name["日期"]]["relevant"] == f"(${{{note}}} = '')"
    assert rows[by_name["年度"]]["calculation"] == (
        f"concat(number(format-date-time(${{{by_name['日期']}}}, '%Y')), '年')"
    )
    assert {row["name"] for row in sheets["choices"]} == {"科研_项目", "教学"}


def test_3_what_cannot_be_carried_takes_along_what_hangs_on_it() -> None:
    made = xform(service_of(workbook_from_text(CAMPUS)))
    said = {one.what: one.message("en") for one in made.left}
    assert "工作日数" in said["survey 工期 calculation"]
    assert "工期" in said["survey 两倍 calculation"]
    assert "两倍" in said["survey 提示 label"]
    assert "route" in said
    assert "共 两倍 天" in made.xml


@pytest.mark.parametrize(
    ("text", "xpath"),
    [
        ("IF(a>1, 'x')", "if((${a} > 1), 'x', false())"),
        ("IFS(a=1,'x',a=2,'y')", "if((${a} = 1), 'x', if((${a} = 2), 'y', ''))"),
        ("SWITCH(a,1,'x',2,'y','z')", "if(${a} = 1, 'x', if(${a} = 2, 'y', 'z'))"),
        ("-a^2 + 10%", "(pow((-${a}), 2) + (10 div 100))"),
        ("MID(a,2,3)", "substr(${a}, 2 - 1, 2 - 1 + 3)"),
        ('a <> "it\'s"', '(${a} != "it\'s")'),
        ("not(a mod 2 = 0)", "not(((${a} mod 2) = 0))"),
    ],
)
def test_2_functions(text: str, xpath: str) -> None:
    expression, found = parse(text, NOWHERE)
    assert expression is not None, found
    assert XPath({"a": "a"}).of(expression) == xpath


@pytest.mark.parametrize("text", ["UPPER(a)", "date(2026, 1, 1)", "b + 1", "floor(a, 5)"])
def test_3_what_would_mean_something_else_is_not_written(text: str) -> None:
    expression, found = parse(text, NOWHERE)
    assert expression is not None, found
    with pytest.raises(NotCarried):
        XPath({"a": "a"}).of(expression)


def test_4_without_pyxform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "visit.xlsx", tmp_path / "visit.xml"
    file.write_bytes(workbook_from_text(ORDINARY))
    assert run(["convert", str(file), "--to", "xform", "--out", str(out), "--lang", "en"]) == 0
    assert ET.parse(out).getroot().tag.endswith("html")
    assert run(["convert", str(file), "--to", "pdf", "--lang", "en"]) == 2
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyxform"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyxform", None)
    capsys.readouterr()
    assert run(["convert", str(file), "--to", "xform", "--lang", "en"]) == 2
    assert "banshi[convert]" in capsys.readouterr().err


def test_metadata_keep_their_own_moment_and_repeats_of_repeats_their_paths() -> None:
    """`end` is when a form is finished, not when it was opened; the names in indexed-repeat are paths."""
    text = """
        ## survey
        | type | name | label | calculation |
        | start | s | | |
        | end | e | | |
        | today | d | | |
        | username | u | | |
        | begin_repeat | outer | Outer | |
        | integer | k | K | |
        | calculate | prev | | indexed-repeat(${k}, ${outer}, position(..)-1) |
        | end_repeat | | | |
        | calculate | m | | mod(-7, 3) |
    """
    workbook, _ = read_workbook(workbook_from_text(text), "x.xlsx")
    assert workbook is not None
    service, found = load_workbook(workbook)
    assert service is not None, found
    made = xform(service)
    assert made.left == ()
    for expected in (
        'nodeset="/data/e" jr:preload="timestamp" type="dateTime" jr:preloadParams="end"',
        'nodeset="/data/d" jr:preload="date" type="date" jr:preloadParams="today"',
        'nodeset="/data/u" jr:preload="property" type="string" jr:preloadParams="username"',
        "indexed-repeat( /data/outer/k ,  /data/outer , (position(..) - 1))",
        "((-7) - 3 * floor((-7) div 3))",
    ):
        assert expected in made.xml, expected
    assert "appearance=" not in made.xml
