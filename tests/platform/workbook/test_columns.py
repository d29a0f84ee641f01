"""Header rows: columns by name, in English or Chinese, in any order."""

import pytest
from workbooks import workbook_from_text

from banshi.platform.workbook import read_workbook
from banshi.platform.workbook.columns import Column, plain, read_header, suggest

COLUMNS = (
    Column("when", ("when", "当"), needed=True),
    Column("from_date", ("from_date", "生效")),
    Column("note", ("note", "备注")),
)


def header(row, *, others=False):
    workbook, _ = read_workbook(workbook_from_text(f"## rules\n{row}\n| 1 | 2 | 3 |"), "x.xlsx")
    sheet = workbook.sheets[0]
    found, faults = read_header(sheet, sheet.rows[0], COLUMNS, others=others)
    return found, faults, found.record(sheet.rows[1])


@pytest.mark.parametrize(
    "row", ["| 备注 | when | 生效 |", "| NOTE | 当 | From Date |", "| ｎｏｔｅ | When | from_date |"]
)
def test_columns_in_any_order_language_and_letter_case(row):
    found, faults, record = header(row)
    assert faults == []
    assert {name: record[name].text for name in found.index} == {"note": "1", "when": "2", "from_date": "3"}
    assert str(record["when"].place) == "rules!B2"


def test_unknown_twice_and_missing_columns_all_at_once():
    _, faults, _ = header("| 备注 | 备 注 | note |")
    assert [(item.code, item.place.cell) for item in faults] == [
        ("BOOK-020", "B1"),
        ("BOOK-021", "C1"),
        ("BOOK-022", "A1"),
    ]
    assert "备注" in faults[0].message()
    assert "when / 当" in faults[2].message("en")


def test_own_notes_are_left_alone_and_other_columns_kept_when_asked_for():
    found, faults, record = header("| 当 | #我的 | 房间 |", others=True)
    assert faults == []
    assert (list(found.index), record["房间"].text) == (["when", "房间"], "3")


def test_a_column_that_is_not_there_gives_blank_cells_of_the_row():
    _, _, record = header("| 当 | 备注 |")
    assert record["from_date"].blank
    assert record["from_date"].place.sheet == "rules"
    assert record["from_date"].place.cell.endswith("2")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("relevent", "relevant"),
        ("Relevant", "relevant"),
        ("显示条见", "显示条件"),
        ("校曲", "校区"),
        ("xy", ""),
        ("电价", ""),
        ("", ""),
    ],
)
def test_did_you_mean(name, near):
    assert suggest(name, ["required", "relevant", "显示条件", "校区", "xz"]) == near


def test_strict_suggestions_do_not_jump_at_one_shared_character():
    assert suggest("人数", ["行数"]) == "行数"
    assert suggest("人数", ["行数"], strict=True) == ""
    assert suggest("a", []) == ""


def test_names_are_compared_without_width_case_blanks_and_underscores():
    assert plain(" Ｆｒｏｍ_Date ") == plain("from date") == "from date"
