"""A workbook as text for diffs, and the author's copy with its faults marked."""

from io import BytesIO

import openpyxl
import pytest
from workbooks import workbook_from_text

from banshi.platform.workbook import read_workbook
from banshi.platform.workbook.marking import LIST_SHEET, marked_copy
from banshi.platform.workbook.show import show

TEXT = """## 设置

| 编号 | lab |

## 规则-级别

| when 金额 | then 级别 | 备注 |
| <100000 | 一 | a \\| b |
| >=100000 | '2 | 甲\\n乙 |
|  | '=ROUND(${金额}*0.698, 2) | 0.10 |
| 0.698 | 2026-09-01 | TRUE |
"""


def values(data):
    workbook, _ = read_workbook(data, "x.xlsx")
    return [(sheet.name, [[cell.value for cell in row.cells] for row in sheet.rows]) for sheet in workbook.sheets]


def test_text_to_workbook_to_text():
    text = TEXT.replace("0.10", "0.1")
    assert show(read_workbook(workbook_from_text(TEXT), "x.xlsx")[0]) == text


def test_what_is_shown_reads_back_as_the_same_cells():
    data = workbook_from_text(TEXT)
    assert values(workbook_from_text(show(read_workbook(data, "x.xlsx")[0]))) == values(data)


FAULTY = workbook_from_text(
    """
    ## 表单
    | type | name |
    | text | =B9 |
    | #REF | =1/0 |
    ## rulez
    | a |
    """,
    cached={"表单!B3": "#DIV/0!"},
    merged={"表单": ["A2:A3"]},
)


@pytest.mark.parametrize(("language", "words"), [("zh", "单元格的值是错误"), ("en", "The cell holds the error")])
def test_faults_stand_at_their_cells_and_in_a_list(language, words):
    _, found = read_workbook(FAULTY, "x.xlsx")
    book = openpyxl.load_workbook(BytesIO(marked_copy(FAULTY, found, language)))
    cell = book["表单"]["B3"]
    assert words in cell.comment.text
    assert "BOOK-043" in cell.comment.text
    assert cell.fill.fgColor.rgb == "FFF4B6B6"
    assert "BOOK-050" in book["rulez"]["A1"].comment.text
    rows = list(book[LIST_SHEET].iter_rows(values_only=True))
    assert [row[3] for row in rows[1:]] == [item.code for item in found]


def test_a_marked_copy_is_read_as_the_workbook_was():
    _, found = read_workbook(FAULTY, "x.xlsx")
    again, found_again = read_workbook(marked_copy(FAULTY, found), "x.xlsx")
    assert {item.code for item in found_again} >= {"BOOK-050"}
    assert [sheet.name for sheet in again.sheets] == [LIST_SHEET, "表单", "rulez"]
    assert again.sheets[0].kind == "note"


def test_a_fault_inside_merged_cells_is_marked_at_their_corner():
    from banshi.platform.workbook import faults
    from banshi.rules.diagnostics import Place

    book = openpyxl.load_workbook(BytesIO(marked_copy(FAULTY, [faults.BAD_NUMBER.at(Place("表单", "A3"), text="=1")])))
    assert "BOOK-044" in book["表单"]["A2"].comment.text


@pytest.mark.parametrize("data", [b"", b"junk", FAULTY[:2000]])
def test_a_file_that_cannot_be_opened_gives_the_list_alone(data):
    _, found = read_workbook(data, "x.xlsx")
    book = openpyxl.load_workbook(BytesIO(marked_copy(data, found)))
    assert book.sheetnames == [LIST_SHEET]
    assert book[LIST_SHEET]["E2"].value == found[0].message()
