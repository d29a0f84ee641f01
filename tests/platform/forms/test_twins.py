"""One name in several groups.

The oracle of what may be read is pyxform, which refuses a form where `${name}` may mean several questions; that of values is
libxml2's XPath 1.0 over the same answers as XML, asked with what pyxform wrote.

1. Every question has its own answer; paths lead to the one that they name.
2. What pyxform refuses is a fault at its cell; what it takes is none.
3. Rules, the route, examples and labels name such a question by its path.
4. Answers are kept, filled in by Excel, exported and sent under the path.
5. A form leaves for ODK with the nodes that it has there.
"""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from halls import open_test_hall, write
from lxml import etree
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert
from workbooks import workbook_from_text

from banshi.platform.forms.xform import xform
from banshi.platform.sheets import load_bytes
from banshi.rules.diagnostics import has_errors
from banshi.ui import cli

SURVEY = """
## survey
| type | name | label | calculation | relevant | constraint |
| decimal | amount | 预算总额 | | | |
| begin_group | travel | 差旅费 | | | |
| decimal | amount | 差旅金额 | | | |
| text | reason | 差旅事由 | | ../amount > 100 | |
| end_group | | | | | |
| begin_group | meeting | 会议费 | | | |
| decimal | amount | 会议金额 | | | . <= ../../amount |
| text | reason | 会议事由 | | ../amount > 100 | |
| end_group | | | | | |
| begin_repeat | item | 采购明细 | | | |
| decimal | amount | 明细金额 | | | |
| begin_group | tax | 税 | | | |
| decimal | rate | 税率 | | | |
| end_group | | | | | |
| calculate | half | | {inside} | | |
| end_repeat | | | | | |
| calculate | told | | {outside} | | |
"""
ANSWERS: dict[str, Any] = {
    "/amount": 1000,
    "travel/amount": 200,
    "travel/reason": "赴广州参加学术会议",
    "meeting/amount": 80,
    "item": [{"item/amount": 1, "rate": 3}, {"item/amount": 4, "rate": 6}, {"item/amount": 8.5, "rate": 9}],
}
DATA = etree.fromstring(
    "<data><amount>1000</amount><travel><amount>200</amount></travel><meeting><amount>80</amount></meeting>"
    "<item><amount>1</amount><tax><rate>3</rate></tax><half/></item>"
    "<item><amount>4</amount><tax><rate>6</rate></tax><half/></item>"
    "<item><amount>8.5</amount><tax><rate>9</rate></tax><half/></item><told/></data>"
)
OUTSIDE = [
    "../amount",
    "../travel/amount + /data/meeting/amount",
    "sum(${item}/amount)",
    "sum(${item}[amount > 2]/amount)",
    "count(${item}[amount > /data/amount])",
    "count(${item}[amount < current()/../amount])",
    "sum(${item}[./tax/rate > 3]/amount)",
    "${item}[2]/amount",
]
INSIDE = ["../amount * 2", "../../amount", "../../travel/amount", "../amount + ../../meeting/amount"]
UNCLEAR = ["${amount}", "sum(${amount})", "${amount} + 1"]


def _sheet(outside: str = "1", inside: str = "1", more: str = "") -> str:
    return SURVEY.format(outside=outside, inside=inside) + more


def _pyxform(text: str) -> dict[str, str]:
    lines = (f"| {line[3:]} |" if line.startswith("## ") else f"| {line}" for line in text.splitlines() if line)
    tree = etree.fromstring(convert(xlsform="\n".join(lines), file_type=".md", validate=False).xform.encode())
    binds = tree.iter("{http://www.w3.org/2002/xforms}bind")
    return {bind.get("nodeset").rpartition("/")[2]: bind.get("calculate") for bind in binds if bind.get("calculate")}


def _xpath(text: str, node: Any) -> Decimal:
    # `current()` is no function of XPath 1.0; pyxform writes `instance` and absolute paths as they are.
    found = node.xpath(text.replace("current()", "$own"), own=[node])
    return Decimal(found[0].text if isinstance(found, list) else str(found))


def _faults(text: str) -> list[tuple[str, str]]:
    _, found = load_bytes(
        workbook_from_text("## settings\n| form_id | form_title |\n| t | 经费 |\n" + text), "经费.xlsx"
    )
    return [(item.code, str(item.place)) for item in found if item.severity.name == "ERROR"]


@pytest.mark.parametrize("expression", OUTSIDE)
def test_1_a_path_leads_to_its_question(evaluate: Any, expression: str) -> None:
    text = _sheet(outside=expression)
    expected = _xpath(_pyxform(text)["told"], DATA.find("told"))
    assert evaluate(text, ANSWERS).answers["told"] == expected


@pytest.mark.parametrize("expression", INSIDE)
def test_1_so_it_does_inside_rows(evaluate: Any, expression: str) -> None:
    text = _sheet(inside=expression)
    xpath = _pyxform(text)["half"]
    expected = [_xpath(xpath, node) for node in DATA.iterfind("item/half")]
    assert [row["half"] for row in evaluate(text, ANSWERS).answers["item"]] == expected


def test_1_every_question_has_its_own_answer(evaluate: Any) -> None:
    made = evaluate(_sheet(), {**ANSWERS, "meeting/reason": "没有问"})
    assert made.answers["travel/reason"] == "赴广州参加学术会议"
    assert "meeting/reason" not in made.answers  # 80 is not over 100
    assert made.relevant["travel/reason"] is True
    assert made.relevant["meeting/reason"] is False
    assert not made.errors
    assert [error.path for error in evaluate(_sheet(), {**ANSWERS, "meeting/amount": 1001}).errors] == [
        "meeting/amount"
    ]


def test_1_the_question_of_or_other_is_about_its_own(evaluate: Any) -> None:
    text = """
## survey
| type | name | label |
| begin_group | a | 甲 |
| select_one 方式 or_other | way | 方式 |
| end_group | | |
| begin_group | b | 乙 |
| select_one 方式 or_other | way | 方式 |
| end_group | | |
## choices
| list_name | name | label |
| 方式 | train | 火车 |
"""
    made = evaluate(text, {"a/way": "train", "b/way": "other"})
    assert (made.relevant["a/way_other"], made.relevant["b/way_other"]) == (False, True)


@pytest.mark.parametrize("expression", UNCLEAR)
def test_2_what_pyxform_refuses_is_told_at_its_cell(expression: str) -> None:
    for text, cell in ((_sheet(outside=expression), "survey!D18"), (_sheet(inside=expression), "survey!D16")):
        with pytest.raises(PyXFormError, match=rf"row : {cell[-2:]}\].*must be unique"):
            _pyxform(text)
        assert _faults(text) == [("EXPR-086", cell)]


def test_2_a_label_is_told_as_well() -> None:
    text = _sheet(more="| note | seen | 共 ${amount} 元 | | | |")
    with pytest.raises(PyXFormError, match=r"row : 19\].*must be unique"):
        _pyxform(text)
    assert _faults(text) == [("EXPR-086", "survey!C19")]


def test_2_the_same_group_is_still_one_name_twice() -> None:
    text = _sheet(more="| text | told | 又一个 | | | |")
    with pytest.raises(PyXFormError):
        _pyxform(text)
    assert _faults(text) == [("SHEET-026", "survey!B19")]


HALL = """
## settings
| form_id | form_title | category | owner  | number         | applicants | instance_name |
| funds   | 经费申请   | 财务     | 设备处 | JF{yyyy}{0001} | person:20001 | ${travel/amount} & "元" |
## route
| step | name | who | when | edit |
| 10 | 申请 | initiator | | |
| 20 | 复核 | person:20003 | ${travel/amount} > 100 | meeting/reason |
## rules.level
| when ${travel/amount} | then level |
| <=100 | 一级 |
| >100 | 二级 |
## examples
| 用例 | 申请人 | /amount | travel/amount | meeting/amount | item.item/amount | expect level |
| 大额 | 20001 | 1000 | 200 | 80 | 1\\n4 | 二级 |
"""


def test_3_other_sheets_name_it_by_its_path() -> None:
    text = _sheet(more="| note | seen | 共 ${travel/amount} 元 | | | |") + HALL
    service, found = load_bytes(workbook_from_text(text), "经费.xlsx")
    assert service is not None
    assert not has_errors(found), [str(item) for item in found]
    bare = text.replace("meeting/reason |\n## rules", "reason |\n## rules").replace(
        "when ${travel/amount}", "when amount"
    )
    told = {(code, place) for code, place in _faults_of(bare)}
    assert {("EXPR-086", "rules.level!A1"), ("ROUTE-010", "route!E3")} <= told


def _faults_of(text: str) -> list[tuple[str, str]]:
    _, found = load_bytes(workbook_from_text(text), "经费.xlsx")
    return [(item.code, str(item.place)) for item in found]


def test_4_the_command_line_tells_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book, given = tmp_path / "funds.xlsx", tmp_path / "answers.json"
    book.write_bytes(workbook_from_text(_sheet(outside="../travel/amount + 1") + HALL))
    given.write_text(json.dumps({**ANSWERS, "meeting/amount": "80.50"}), encoding="utf-8")
    assert cli.run(["form", str(book), "--answers", str(given), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["answers"]
    assert (said["/amount"], said["travel/amount"], said["meeting/amount"], said["told"]) == (1000, 200, 80.5, 201)
    assert [row["item/amount"] for row in said["item"]] == [1, 4, 8.5]


def test_4_a_case_keeps_both_through_template_draft_and_export(tmp_path: Path) -> None:
    hall = open_test_hall(tmp_path)
    try:
        write(hall.definitions, "funds/funds.xlsx", _sheet() + HALL)
        assert [report.publishable for report in hall.scan()] == [True]
        person = hall.directory.people["20001"]
        _, data = hall.template(person, "funds", "zh")[:2]
        book = openpyxl.load_workbook(io.BytesIO(data))
        cases, items = book.worksheets[:2]
        names = [cell.value for cell in cases[1]]
        assert {"/amount", "travel/amount", "meeting/amount"} <= set(names)
        for name, value in {
            "@key": "1",
            "/amount": 1000,
            "travel/amount": 200,
            "travel/reason": "开会",
            "meeting/amount": 80,
        }.items():
            cases.cell(3, names.index(name) + 1).value = value
        columns = [cell.value for cell in items[1]]
        items.cell(3, 1).value = "1"
        items.cell(3, columns.index("item/amount") + 1).value = 4.5
        buffer = io.BytesIO()
        book.save(buffer)
        version = hall.card(person, "funds").version
        row = hall.send_filling(person, "funds", "经费.xlsx", buffer.getvalue(), version=version).rows[0]
        assert row.state == "sent", row
        case = hall.case(person, row.case_id)
        kept = {name: case.answers[name] for name in ("/amount", "travel/amount", "meeting/amount")}
        assert kept == {"/amount": 1000, "travel/amount": 200, "meeting/amount": 80}
        assert case.answers["item"][0]["item/amount"] == Decimal("4.5")
    finally:
        hall.close()


def test_5_nodes_that_nothing_reads_keep_their_names() -> None:
    text = _sheet(outside="../travel/amount + 1").replace("| . <= ../../amount |", "| |") + HALL
    service, _ = load_bytes(workbook_from_text(text), "经费.xlsx")
    assert service is not None
    made = etree.fromstring(xform(service).xml.encode())
    nodes = {bind.get("nodeset") for bind in made.iter("{http://www.w3.org/2002/xforms}bind")}
    ours = {"/funds/amount", "/funds/meeting/meeting_amount", "/funds/travel/travel_amount", "/funds/item/amount"}
    assert {node.replace("/data/", "/funds/") for node in nodes} >= ours
