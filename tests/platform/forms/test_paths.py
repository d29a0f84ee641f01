"""Paths into the rows of repeats.

The oracle of acceptance is pyxform, which writes XPath for every expression here; that of values is libxml2's XPath 1.0
over the same answers as an XML document, asked with what pyxform wrote. `current()` is no function of XPath 1.0: it is
handed in as a variable.

1. A condition in square brackets picks rows; a number in it is a position.
2. A path behind it, or behind the repeat, gives a field of these rows, through groups and repeats inside.
3. Bare names in a condition are those of the row that is looked at, `current()/..` is the formula's own row.
4. Where XLSForm leaves open which of the two is meant, the checker says so.
5. Tables and tariffs ask in the same way.
6. A division by a name stays a division.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree
from pyxform.xls2xform import convert
from workbooks import workbook_from_text

from banshi.platform.forms.schema import form_schema
from banshi.platform.sheets import load_bytes
from banshi.rules.diagnostics import Severity
from banshi.rules.expressions import faults
from banshi.rules.values import ErrorValue

SURVEY = """
## survey
| type | name | label | calculation |
| integer | limit | 年龄界限 | |
| begin_group | trip | 出差 | |
| begin_repeat | member | 成员 | |
| text | name | 姓名 | |
| integer | age | 年龄 | |
| select_one sex | sex | 性别 | |
| begin_group | cost | 费用 | |
| decimal | fare | 车费 | |
| end_group | | | |
| begin_repeat | night | 住宿 | |
| decimal | price | 房价 | |
| end_repeat | | | |
| calculate | inside | | {inside} |
| end_repeat | | | |
| end_group | | | |
| calculate | outside | | {outside} |
## choices
| list_name | name | label |
| sex | f | 女 |
| sex | m | 男 |
"""
MEMBERS: list[dict[str, Any]] = [
    {"name": "王建国", "age": 45, "sex": "m", "fare": "553.5", "night": [{"price": "480"}, {"price": "360"}]},
    {"name": "李沐阳", "age": 17, "sex": "f", "fare": "200", "night": []},
    {"name": "陈思远", "age": 19, "sex": "f", "fare": "200.25", "night": [{"price": "299.9"}]},
    {"name": "赵一鸣", "sex": "m", "fare": "80", "night": [{"price": "510"}]},
]
ANSWERS = {"limit": 18, "member": MEMBERS}


def _sheet(outside: str = "1", inside: str = "1") -> str:
    return SURVEY.format(outside=outside, inside=inside)


def _binds(text: str) -> dict[str, str]:
    """The calculations as pyxform writes them in XPath, by question."""
    lines = (
        "| " + line.removeprefix("## ") + " |" if line.startswith("## ") else "| " + line
        for line in text.splitlines()
        if line
    )
    tree = etree.fromstring(convert(xlsform="\n".join(lines), file_type=".md", validate=False).xform.encode())
    found = tree.iter("{http://www.w3.org/2002/xforms}bind")
    return {bind.get("nodeset").rpartition("/")[2]: bind.get("calculate") for bind in found if bind.get("calculate")}


def _document() -> Any:
    data = etree.Element("data")
    etree.SubElement(data, "limit").text = "18"
    trip = etree.SubElement(data, "trip")
    for row in MEMBERS:
        member = etree.SubElement(trip, "member")
        for name in ("name", "age", "sex"):
            etree.SubElement(member, name).text = str(row.get(name, ""))
        etree.SubElement(etree.SubElement(member, "cost"), "fare").text = row["fare"]
        for night in row["night"]:
            etree.SubElement(etree.SubElement(member, "night"), "price").text = night["price"]
        etree.SubElement(member, "inside")
    etree.SubElement(data, "outside")
    return data


def _expected(xpath: str, node: Any) -> Any:
    """What XPath 1.0 gives: a number, a truth, or the text of the first node."""
    made = xpath.replace("position(current()/..)", "count($own/../preceding-sibling::*[name() = name($own/..)]) + 1")
    found = node.xpath(made.replace("current()", "$own"), own=[node])
    if isinstance(found, list):
        return found[0].text if found else None
    return Decimal(str(round(found, 6))) if isinstance(found, float) else found


OUTSIDE = [
    "count(${member}[age > 18])",
    "count(${member}[./age > 18])",
    "count(${member}[age > ${limit}])",
    "count(${member}[not(age > 18) and sex = 'f'])",
    "count(${member}[age > 18 or sex = 'm'])",
    "${member}[position() = 1]/name",
    "${member}[3]/name",
    "${member}[9]/name",
    "${member}[sex = 'f']/name",
    "/data/trip/member[1]/name",
    "../trip/member[age < 18]/name",
    "count(/data/trip/member[sex = 'f'])",
    "sum(${member}/cost/fare)",
    "sum(${member}[sex = 'f']/cost/fare)",
    "sum(${member}[sex = 'f']/cost/fare) * 2 - 1",
    "count(${member}/night)",
    "sum(${member}/night/price)",
    "sum(${member}[age > 18]/night/price)",
    "count(${night}[price > 300])",
    "sum(${night}[price > 300]/price)",
    "count(${member}/night[price > 300])",
    "count(${night}[position() = 1])",
    "sum(${night}[1]/price)",
    "count(${member}[count(night) > 1])",
    "count(${member}[count(night[price > 400]) = 1])",
    "count(${member}[position() > 1]) > 2",
    "${member}[position() = count(${member})]/name",
    "count(${member}[name = '陈思远']) = 1",
    "count(${member}[age > 18][sex = 'f'])",
    "sum(${member}[sex = 'f'][2]/cost/fare)",
    "${member}[sex = 'f'][position() = 2]/name",
    "count(${member}[position() > 1][position() > 1])",
    "count(${member}[age > 18 and sex = 'm'][1])",
    "sum(${night}[price > 300][1]/price)",
    "sum(${night}[position() = 2][price > 1][1]/price)",
    "sum(${age}[. > 18])",
    "sum(${age}[. > 18][../sex = 'f'])",
    "count(${price}[. > 300 and . < 500])",
]
INSIDE = [
    "count(${member}[age > 18])",
    "count(${member}[age > current()/../age])",
    "count(/data/trip/member[sex = current()/../sex])",
    "${member}[position() = position(current()/..) - 1]/name",
    "count(${night}[price > 300])",
    "sum(${night}/price)",
    "sum(${night}[price > ${age}]/price)",
    "sum(../night[1]/price)",
    "sum(${member}[position() < position(current()/..)]/cost/fare)",
    "count(../../member[age > 18])",
    "sum(${member}[age > 18][sex = current()/../sex]/cost/fare)",
    "count(../../member[position() <= position(current()/..)][age > 18])",
    "sum(${price}[. > 300])",
]


@pytest.mark.parametrize("expression", OUTSIDE)
def test_paths_from_outside_give_what_xpath_gives(evaluate: Any, expression: str) -> None:  # 1, 2
    text = _sheet(outside=expression)
    (node,) = _document().xpath("/data/outside")
    assert evaluate(text, ANSWERS).names["outside"] == _expected(_binds(text)["outside"], node)


@pytest.mark.parametrize("expression", INSIDE)
def test_paths_from_a_row_give_what_xpath_gives(evaluate: Any, expression: str) -> None:  # 3
    text = _sheet(inside=expression)
    wanted = _binds(text)["inside"]
    expected = tuple(_expected(wanted, node) for node in _document().xpath("/data/trip/member/inside"))
    assert len(expected) == len(MEMBERS)
    assert evaluate(text, ANSWERS).names["inside"] == expected


def test_names_of_many_rows_are_joined(evaluate: Any) -> None:  # 1, 2
    found = evaluate(_sheet(outside="join(';', ${member}[sex='f']/name)"), ANSWERS)
    assert found.names["outside"] == ";".join(row["name"] for row in MEMBERS if row["sex"] == "f")
    found = evaluate(_sheet(outside="join(';', ${member}/name)"), ANSWERS)
    assert found.names["outside"] == ";".join(row["name"] for row in MEMBERS)


def test_a_braced_name_means_the_row_where_no_other_can_be_meant(evaluate: Any) -> None:  # 3
    adults = sum(row.get("age", 0) > 18 for row in MEMBERS)
    assert evaluate(_sheet(outside="count(${member}[${age} > 18])"), ANSWERS).names["outside"] == adults
    dear = sum(Decimal(night["price"]) for row in MEMBERS for night in row["night"] if Decimal(night["price"]) > 300)
    assert evaluate(_sheet(outside="sum(${night}[${price} > 300]/price)"), ANSWERS).names["outside"] == dear


def _told(text: str) -> list[tuple[str, str, str]]:
    """The errors of a workbook: code, cell, the characters of the formula."""
    formula = next(cell for cell in re.findall(r"\| calculate \| \w+ \| \| (.*) \|\n", text) if cell != "1")
    _, found = load_bytes(workbook_from_text(text), "出差.xlsx")
    return [
        (item.fault.code, item.place.cell, formula[slice(*item.place.span)] if item.place.span else "")
        for item in found
        if item.severity is Severity.ERROR
    ]


@pytest.mark.parametrize(
    ("inside", "part"),
    [
        ("count(${member}[age > ${age}])", "${age}"),
        ("count(${member}[age > ../age])", "../age"),
        ("count(${member}[count(${night}[price > 1]) > 0])", "${night}"),
    ],
)
def test_a_name_that_may_mean_either_row_is_told(inside: str, part: str) -> None:  # 4
    assert _told(_sheet(inside=inside)) == [("EXPR-080", "D14", part)]


def test_the_position_of_either_row_is_told() -> None:  # 4
    found = _told(_sheet(inside="${member}[position() = position(..) - 1]/age"))
    assert found == [("EXPR-080", "D14", "position(..)")]


@pytest.mark.parametrize(
    ("outside", "code", "part"),
    [
        ("count(${limit}[1])", "EXPR-081", "${limit}"),
        ("count(${trip}[age > 1])", "EXPR-020", "${trip}"),
        ("count(${member}[agee > 1])", "EXPR-020", "agee"),
        ("sum(${member}/agee)", "EXPR-020", "agee"),
        ("sum(${member}/limit)", "EXPR-082", "limit"),
        ("sum(${night}[price > 1]/age)", "EXPR-082", "/age"),
        ("count(${member}[sex = 'w'])", "EXPR-044", "'w'"),
        ("count(${member}[. > 1])", "EXPR-023", "."),
        ("count(${member}[age > 1][agee = 2])", "EXPR-020", "agee"),
        ("count(${member}[age > 1][. = 2])", "EXPR-023", "."),
        ("sum(${age}[1])", "EXPR-081", "${age}"),
        ("sum(${age}[position() = 1])", "EXPR-081", "${age}"),
        ("sum(${limit}[. > 1])", "EXPR-081", "${limit}"),
        ("current(1)", "EXPR-016", "current"),
        ("rows-of(${member})", "EXPR-016", "rows-of"),
    ],
)
def test_what_is_no_path_is_told(outside: str, code: str, part: str) -> None:  # 1, 2
    assert _told(_sheet(outside=outside)) == [(code, "D17", part)]


def test_a_value_that_cannot_be_computed_in_a_row_is_told(evaluate: Any) -> None:  # 1
    value = evaluate(_sheet(outside="sum(${member}[1 div (age - 45) > 0]/age)"), ANSWERS).names["outside"]
    assert isinstance(value, ErrorValue)
    assert value.diagnostic.fault is faults.DIVISION_BY_ZERO


RULES = """
## survey
| type | name | label |
| begin_repeat | 物品 | 物品 |
| text | 品名 | 品名 |
| integer | 数量 | 数量 |
| decimal | 单价 | 单价 |
| end_repeat | | |
| integer | 人数 | 人数 |
| decimal | 总额 | 总额 |
## rules.审批
| hit | first |
| when count(${物品}[数量 * 单价 >= 1000]) | then 级别 |
| >0 | 学校 |
| - | 学院 |
## fees.运费
| item | quantity | rate |
| 大件 | sum(${物品}[单价 > 100]/数量) | 5 |
## policy.提醒
| when | verdict | message |
| sum(${物品}/数量) > 5 | warn | 数量较多 |
"""


def test_rules_ask_for_rows_and_run_once(evaluate: Any) -> None:  # 5
    items = [{"品名": "离心机", "数量": 2, "单价": "800"}, {"品名": "试管", "数量": 5, "单价": "3.2"}]
    found = evaluate(RULES, {"物品": items})
    assert found.names["级别"] == "学校"
    assert [bill.total for bill in found.bills.values()] == [Decimal(10)]
    assert [entry.message for entry in found.findings] == ["数量较多"]
    found = evaluate(RULES, {"物品": items[1:]})
    assert found.names["级别"] == "学院"


def test_a_division_stays_a_division(evaluate: Any) -> None:  # 6
    text = RULES.partition("## rules")[0] + "| calculate | 人均 | |\n"
    text = text.replace("| type | name | label |", "| type | name | label | calculation |").replace(
        "| calculate | 人均 | |", "| calculate | 人均 | | ${总额}/人数 |"
    )
    assert evaluate(text, {"总额": "90", "人数": 4}).names["人均"] == Decimal("22.5")


def test_the_browser_is_given_the_rows(any_service: Any) -> None:
    schema = form_schema(any_service(_sheet(outside="count(${member}[age > 18])")), "zh")
    assert '"rows-of"' in str(schema).replace("'", '"')
