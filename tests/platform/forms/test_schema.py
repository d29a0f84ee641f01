"""The form as a browser gets it.

1. Pages: one a top-level group when there are several; questions before them on a page of their own, others behind.
2. Texts are pieces of text and references, in the wanted language; nothing is markup.
3. A rule that needs what only the server knows says so, also by way of other calculations.
4. In a choice filter a bare column is the choice's, `${name}` the form's.
"""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from banshi.platform.forms import form_schema
from banshi.platform.forms.labels import filled, pieces

PAGES = """
## survey
| type | name | label |
| calculate | 年份 | |
{before}
| begin_group | 甲 | 第一部分 |
| text | a | a |
| end_group | | |
| note | 说明 | 说明 |
| begin_repeat | 乙 | 明细 |
| text | b | b |
| end_repeat | | |
| begin_group | 空 | 空 |
| calculate | c | |
| end_group | | |
"""


def pages_of(text: str, any_service: Any) -> list[tuple[str, list[str]]]:
    made = form_schema(any_service(text.replace("| calculate | 年份 | |", "").replace("| calculate | c | |", "")))
    return [(page["name"], [item["name"] for item in page["items"]]) for page in made["pages"]]


def test_pages(any_service: Any) -> None:
    assert pages_of(PAGES.format(before=""), any_service) == [("甲", ["甲", "说明"]), ("乙", ["乙", "空"])]
    assert pages_of(PAGES.format(before="| text | 前 | 前 |"), any_service) == [
        ("", ["前"]), ("甲", ["甲", "说明"]), ("乙", ["乙", "空"])
    ]  # fmt: skip
    single = "## survey\n| type | name | label |\n| text | x | x |\n| begin_group | g | G |\n| text | y | y |\n| end_group | | |"
    assert pages_of(single, any_service) == [("", ["x", "g"])]


RULES = """
## survey
| type | name | label::中文 (zh) | label::English (en) | calculation | relevant | prefill | choice_filter |
| integer | 金额 | 金额<b> | Amount | | | | |
| calculate | 税 | | | ${金额} * 0.06 | | | |
| calculate | 级别名 | | | ${级别} & '级' | | | |
| calculate | 说明 | | | concat('由', ${级别名}, '审批') | | | |
| note | 提示 | 共 ${金额} 元，税 ${税} 元。 | Tax ${税} | | ${税} > 1 | | |
| text | 理由 | 理由 | Reason | | ${说明} = '由学校级审批' | | |
| text | 姓名 | 姓名 | Name | | | applicant.name | |
| select_one 楼栋 | 楼栋 | 楼栋 | Building | | | | 金额 < ${金额} |
## choices
| list_name | name | label::中文 (zh) | label::English (en) | 金额 |
| 楼栋 | A | 一栋 | One | 5 |
## rules.级别
| hit | first |
| when 金额 | then 级别 |
| <100 | 学院 |
| >=100 | 学校 |
"""


def items_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {item["name"]: item for page in schema["pages"] for item in page["items"]}


def test_what_only_the_server_knows_is_marked(any_service: Any) -> None:
    items = items_of(form_schema(any_service(RULES)))
    assert items["税"]["calculation"]["ast"]["v"] == "*"
    assert items["级别名"]["calculation"] == items["说明"]["calculation"] == {"server": True}
    assert items["理由"]["relevant"] == {"server": True}
    assert "ast" in items["提示"]["relevant"]
    assert items["姓名"]["default"] == {"server": True}


def test_texts_are_pieces(any_service: Any) -> None:
    items = items_of(form_schema(any_service(RULES)))
    assert items["提示"]["label"] == ["共 ", {"ref": "金额"}, " 元，税 ", {"ref": "税"}, " 元。"]
    assert items["金额"]["label"] == ["金额"]  # a tag that nothing stands in
    english = form_schema(any_service(RULES), "en")
    assert items_of(english)["金额"]["label"] == ["Amount"]
    assert english["choices"]["楼栋"] == [{"name": "A", "label": "One", "called": "一栋", "columns": {"金额": "5"}}]
    orjson.dumps(english)


def test_a_filter_tells_columns_from_questions(any_service: Any) -> None:
    tree = items_of(form_schema(any_service(RULES)))["楼栋"]["filter"]["ast"]
    assert [part["v"] for part in tree["a"]] == ["choice:金额", "金额"]


def test_departments_are_offered_and_people_are_not(any_service: Any, directory: Any) -> None:
    text = "## survey\n| type | name | label |\n| department | 部门 | 部门 |\n| person | 人 | 人 |"
    schema = form_schema(any_service(text), "zh", directory)
    assert schema["departments"] == [{"name": "化学学院", "label": "化学学院"}]
    assert "王建国" not in orjson.dumps(schema).decode()
    assert "departments" not in form_schema(
        any_service("## survey\n| type | name | label |\n| text | a | a |"), "zh", directory
    )


@given(st.text())
def test_pieces_put_together_again_are_the_text(text: str) -> None:
    parts = pieces(text)
    assert filled(text, lambda name: f"<{name}>") == "".join(
        part if isinstance(part, str) else f"<{part['ref']}>" for part in parts
    )
