"""A new table in place of a data set's.

D1 A table is read from xlsx and from csv in any encoding that Excel and WPS write; everything wrong is told at its cell.
D2 What replacing would change is told row by row and cell by cell; a third that vanishes is warned of.
D3 The workbook with the new table is published as any workbook is: who may, consent, dates, examples, two owners at once.
D4 Nothing else of the workbook changes: formats and comments stay with their rows, also on sheets that were not touched.
D5 The same table again publishes nothing.
D6 A table that stands in a file beside the workbook is replaced there.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from halls import open_test_hall, write
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.table import Table as ExcelTable
from workbooks import workbook_from_text

from banshi.platform.errors import Declined, NewerVersion, NotAllowed
from banshi.platform.hall import Hall
from banshi.platform.replacing.differing import What
from banshi.platform.views import PlanRow, VersionRow
from banshi.rules.diagnostics import Severity
from banshi.rules.values import CAMPUS_ZONE

OWNER, HEAD, ADMIN = "20005", "20002", "20007"
START = datetime(2026, 11, 20, 9, 0, tzinfo=CAMPUS_ZONE)

PRICES = """
## settings
| form_id | form_title | owner  |
| prices  | 仪器收费   | 设备处 |
## survey
| type | name | label | calculation |
| text | 仪器 | 仪器  | |
| calculate | 单价 | 单价 | LOOKUP("价目", ${仪器}, "单价") |
## 收费-机时
| 项目 | 计量 | 单价 |
| 机时 | 2    | LOOKUP("价目", ${仪器}, "单价") |
## 数据-价目
| 2026 年仪器价目表 | | | |
| 编号* | 名称 | 单价（元/时） | 启用 |
| '0012 | 核磁 | 120 | 2025-03-01 |
| '0013 | 质谱 | 90.5 | 2025-03-01 |
| '0140 | 电镜 | 260 | 2024-09-01 |
| '0200 | 色谱 | 45 | 2024-09-01 |
## route
| step | name | who |
| 10 | 申请 | initiator |
| 20 | 复核 | role:财务处.审核岗 |
## examples
| example | applicant | 仪器 | expect fees.total |
| 核磁 | '20001 | '0012 | 240 |
"""
BESIDE = (
    PRICES[: PRICES.index("## 数据-价目")] + "## 数据-价目\n| 文件 | 价目.csv |\n" + PRICES[PRICES.index("## route") :]
)
SAME = [
    ["编号", "名称", "单价（元/时）", "启用"],
    ["0012", "核磁", "120", "2025-03-01"],
    ["0013", "质谱", "90.5", "2025-03-01"],
    ["0140", "电镜", "260", "2024-09-01"],
    ["0200", "色谱", "45", "2024-09-01"],
]


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, clock=clock, services={"prices": PRICES})
    yield opened
    opened.close()


def text_of(rows, encoding="utf-8-sig", mark=","):
    file = io.StringIO()
    csv.writer(file, delimiter=mark).writerows(rows)
    return file.getvalue().encode(encoding)


def changed(**cells):
    """The table with some cells changed: `B3="…"`; row 1 is the header."""
    rows = [list(row) for row in SAME]
    for place, text in cells.items():
        rows[int(place[1:]) - 1]["ABCDE".index(place[0])] = text
    return rows


def who(hall, person=OWNER):
    return hall.directory.people[person]


def check(hall, data, file="新价目.csv", name="价目"):
    return hall.data.check(who(hall), "prices", name, file, data)


def codes(report):
    return [(one.code, one.place.cell) for one in report.diagnostics]


def replaced(hall, rows, person=OWNER, **how):
    return hall.data.replace(who(hall, person), "prices", "价目", "价目.csv", text_of(rows), **how)


def live(hall):
    """The live rows as rules read them."""
    return [[cell.value for cell in row.values()] for row in hall._library.service("prices").datasets["价目"].rows]


# -- D1 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", ","), ("utf-8-sig", ","), ("gb18030", ","), ("utf-16", "\t"), ("gbk", ";")]
)
def test_d1_a_csv_in_any_encoding(hall, encoding, mark):
    report = check(hall, text_of(changed(C3="95"), encoding, mark))
    assert codes(report) == []
    assert [row.title for row in report.diff.rows] == ["0013"]
    (cell,) = report.diff.rows[0].cells
    assert (cell.column, cell.old, cell.new) == ("单价（元/时）", "90.5", "95")


def test_d1_an_xlsx_whose_columns_stand_in_another_order(hall):
    data = workbook_from_text(
        """
        ## Sheet1
        | 启用 | 编号* | 单价 | 名称 |
        | 2025-03-01 | '0012 | 120 | 核磁 |
        | 2025/3/1 | '0013 | '90.50 | 质谱 |
        | 2024年9月1日 | '0140 | 260 | 电镜 |
        | 2024-09-01 | '0200 | 45 | 色谱 |
        """
    )
    report = check(hall, data, "价目.xlsx")
    assert codes(report) == []
    assert report.same, report.diff


def test_d1_everything_wrong_at_once_at_its_cell(hall):
    rows = changed(B1="名稱", A3="0012", C4="二百六", D5="去年", A5="")
    report = check(hall, text_of(rows))
    assert set(codes(report)) == {
        ("DATA-003", "B1"),
        ("SHEET-061", "A3"),
        ("DATA-008", "C4"),
        ("DATA-010", "D5"),
        ("SHEET-062", "A5"),
    }
    assert "名称" in report.diagnostics[0].message("zh"), "did you mean"
    assert report.report is None
    assert not report.replaceable
    assert replaced(hall, rows)[1] is None


def test_d1_a_key_column_that_is_missing_and_new_columns(hall):
    report = check(hall, text_of([[*row[1:], "备注"] for row in SAME]))
    assert {("DATA-005", "A1"), ("DATA-004", "D1")} <= set(codes(report))
    assert report.report is None


def test_d1_leading_zeros_long_numbers_and_dates_of_excel(hall):
    data = workbook_from_text(
        """
        ## 价目
        | 编号 | 名称 | 单价（元/时） | 启用 |
        | 12 | 核磁 | 120 | 2025-03-01 |
        | '0013 | 2026-03-02 | 90.5 | 2025-03-01 |
        | 6222020200011123456 | 电镜 | =1+1 | 2024-09-01 |
        """.replace("| 622", "| '622")
    )
    report = check(hall, data, "价目.xlsx")
    assert {("DATA-011", "A2"), ("DATA-013", "B3"), ("BOOK-042", "C4")} <= set(codes(report))
    meant = next(one for one in report.diagnostics if one.code == "DATA-011")
    assert "0012" in meant.remedy("zh")
    long = openpyxl.Workbook()
    for row in (SAME[0], [1234567890123456, "核磁", 120, date(2025, 3, 1)]):
        long.active.append(row)
    file = io.BytesIO()
    long.save(file)
    assert ("DATA-012", "A2") in codes(check(hall, file.getvalue(), "价目.xlsx"))


@pytest.mark.parametrize("left", ["2.6442E+19", "1.23457E+11", "26442000000012345678.0", "3.5e+17"])
@pytest.mark.parametrize("column", [0, 1])
def test_d1_long_digits_that_excel_has_spoilt_in_a_csv(hall, left, column):
    row = ["0012", "核磁", "120", "2025-03-01"]
    row[column] = left
    report = check(hall, text_of([SAME[0], row]))
    assert ("DATA-012", f"{'AB'[column]}2") in codes(report)
    assert report.report is None


@pytest.mark.parametrize("kept", ["26442000000012345678", "2E11", "2.5E+3", "E+12", "26442.0", "1.2E+19型"])
def test_d1_texts_that_look_like_it_are_left_alone(hall, kept):
    row = ["0012", kept, "120", "2025-03-01"]
    assert "DATA-012" not in {code for code, _ in codes(check(hall, text_of([SAME[0], row])))}


def test_d1_a_column_that_holds_such_texts_keeps_them(tmp_path, clock):
    held = PRICES.replace("0012 | 核磁", "0012 | '1.0E+15")
    hall = open_test_hall(tmp_path, clock=clock, services={"prices": held})
    row = ["0012", "1.5E+15", "120", "2025-03-01"]
    report = hall.data.check(who(hall), "prices", "价目", "x.csv", text_of([SAME[0], row]))
    assert "DATA-012" not in {code for code, _ in codes(report)}
    hall.close()


def test_d1_validity_that_overlaps(tmp_path, clock):
    dated = PRICES.replace("| 编号* | 名称 | 单价（元/时） | 启用 |", "| 编号* | 名称 | 单价（元/时） | 生效 |")
    hall = open_test_hall(tmp_path, clock=clock, services={"prices": dated})
    rows = [["编号", "名称", "单价（元/时）", "生效", "失效"], ["0012", "核磁", "120", "2025-03-01", "2026-03-31"]]
    rows += [["0012", "核磁", "130", "2026-03-31", ""], ["0013", "质谱", "1", "2026-01-01", "2026-01-31"]]
    rows += [["0013", "质谱", "2", "2026-02-01", ""]]
    report = hall.data.check(who(hall), "prices", "价目", "x.csv", text_of(rows))
    assert [place for code, place in codes(report) if code == "DATA-014"] == ["D3"]
    hall.close()


@pytest.mark.parametrize(
    ("data", "file", "code"),
    [
        (b"", "a.csv", "DATA-001"),
        (b"\x00\x01\x02\x03", "a.csv", "BOOK-064"),
        (b"\n", "a.csv", "DATA-001"),
        ("说明,备注\n".encode(), "a.csv", "DATA-005"),
        (b"PK\x03\x04 no zip", "a.xlsx", "BOOK-011"),
    ],
)
def test_d1_what_is_no_table(hall, data, file, code):
    report = check(hall, data, file)
    assert report.report is None
    assert any(one.severity is Severity.ERROR for one in report.diagnostics), codes(report)


def test_d1_a_marked_copy_of_a_csv(hall):
    name, data = hall.data.mark(who(hall), "prices", "价目", "新.csv", text_of(changed(C4="二百六")), "zh")
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert name.endswith(".xlsx")
    assert "DATA-008" in book["新"]["C4"].comment.text
    assert book["新"]["A2"].value == "0012"


def test_d1_what_was_downloaded_can_be_uploaded(hall):
    for kind in ("xlsx", "csv"):
        file, _, pieces = hall.data.export(who(hall), "prices", "价目", kind)
        report = check(hall, b"".join(pieces), file)
        assert (codes(report), report.same) == ([], True), kind


# -- D2 ---------------------------------------------------------------------------------------------------------------


def test_d2_rows_that_are_new_changed_and_gone(hall):
    rows = [*changed(C2="130", B2="核磁共振")[:3], SAME[4], ["0300", "红外", "30", "2026-11-01"]]
    diff = check(hall, text_of(rows)).diff
    assert [(row.what, row.title, str(row.place)) for row in diff.rows] == [
        (What.CHANGED, "0012", "新价目!B2"),
        (What.REMOVED, "0140", "数据-价目!A5"),
        (What.ADDED, "0300", "新价目!A5"),
    ]
    assert [(cell.column, cell.old, cell.new) for cell in diff.rows[0].cells] == [
        ("名称", "核磁", "核磁共振"),
        ("单价（元/时）", "120", "130"),
    ]
    assert (diff.before, diff.after, diff.many_gone) == (4, 4, False)
    assert [row.title for row in diff.found("红外")] == ["0300"]
    assert [row.title for row in diff.found("", "removed")] == ["0140"]


def test_d2_a_third_that_vanishes(hall):
    report = check(hall, text_of(SAME[:3]))
    assert ("DATA-015", "A1") in codes(report)
    assert report.replaceable, "it is a warning"


def test_d2_what_reads_it(hall):
    assert check(hall, text_of(SAME)).uses == [("field", "单价"), ("fees", "机时")]


def test_d2_rows_that_nothing_tells_apart(tmp_path, clock):
    text = PRICES.replace("编号*", "编号").replace("| '0013 ", "| '0012 ")
    hall = open_test_hall(tmp_path, clock=clock, services={"prices": text})
    rows = [SAME[0], SAME[1], SAME[3], ["0012", *SAME[2][1:]], ["0200", "色谱", "46", "2024-09-01"]]
    report = hall.data.check(who(hall), "prices", "价目", "x.csv", text_of(rows))
    assert [(row.what, row.cells[2].old or row.cells[2].new) for row in report.diff.rows] == [
        (What.ADDED, "46"),
        (What.REMOVED, "45"),
    ]
    report, made = hall.data.replace(who(hall), "prices", "价目", "x.csv", text_of([*rows[:4], SAME[4]]))
    assert report.diff.reordered
    assert isinstance(made, VersionRow)
    assert [row[1] for row in live(hall)] == ["核磁", "电镜", "质谱", "色谱"]
    hall.close()


# -- D3 ---------------------------------------------------------------------------------------------------------------


def test_d3_published_with_a_note_and_read_at_once(hall):
    before = hall.workshop.versions(who(hall), "prices")
    _, made = replaced(hall, changed(C3="95"))
    assert isinstance(made, VersionRow)
    assert (made.published_by, made.note) == (OWNER, "数据“价目”：修改 1 行。")
    assert len(hall.workshop.versions(who(hall), "prices")) == len(before) + 1
    assert [str(row[2]) for row in live(hall)] == ["120", "95", "260", "45"]


def test_d3_examples_block(hall):
    report, made = replaced(hall, changed(C2="121"))
    assert made is None
    assert [one.passed for one in report.report.examples] == [False]
    assert report.diagnostics == []
    assert str(live(hall)[0][2]) == "120"


def test_d3_a_column_that_rules_read_cannot_go(hall):
    report = check(hall, text_of([[row[0], row[1], row[3]] for row in SAME]))
    assert ("DATA-006", "A1") in codes(report)
    assert not report.replaceable


def test_d3_only_owners(hall):
    with pytest.raises(NotAllowed):
        replaced(hall, changed(C3="95"), HEAD)
    with pytest.raises(NotAllowed):
        hall.data.tables(who(hall, HEAD), "prices")


def test_d3_at_a_date_and_with_consent(tmp_path, clock):
    text = PRICES.replace("| owner  |", "| owner | 复核 |").replace("| 设备处 |", "| 设备处 | 是 |")
    hall = open_test_hall(tmp_path, clock=clock, services={"prices": text})
    _, made = replaced(hall, changed(C3="95"), at=START + timedelta(days=1), command_id="a")
    assert isinstance(made, PlanRow)
    assert made.state == "proposed"
    assert replaced(hall, changed(C3="95"), at=START + timedelta(days=1), command_id="b")[1].id == made.id
    hall.workshop.consent(who(hall, ADMIN), "prices", made.id)
    clock.now += timedelta(days=2)
    hall.workshop.fire_due()
    assert str(live(hall)[1][2]) == "95"
    hall.close()


def test_d3_two_owners_at_once(hall):
    seen = check(hall, text_of(changed(C3="95"))).replaces
    replaced(hall, changed(C4="270"), ADMIN)
    with pytest.raises(NewerVersion):
        replaced(hall, changed(C3="95"), replaces=seen)
    rows = changed(C3="95", C4="270")
    assert isinstance(replaced(hall, rows)[1], VersionRow)
    assert [str(row[2]) for row in live(hall)] == ["120", "95", "270", "45"]


# -- D4 ---------------------------------------------------------------------------------------------------------------


def dressed(text=PRICES):
    """The workbook with formats, comments and more on the sheet of the data."""
    book = openpyxl.load_workbook(io.BytesIO(workbook_from_text(text)))
    sheet = book["数据-价目"]
    red = PatternFill("solid", fgColor="FFFF0000")
    sheet["B5"].fill = red
    sheet["B5"].comment = Comment("只在周二开放", "设备处")
    sheet["B6"].comment = Comment("借出中", "设备处")
    sheet["C6"].number_format = "0.00"
    sheet["B6"].font = Font(bold=True)
    sheet.row_dimensions[6].height = 33
    sheet["A8"] = "注：单价含税"
    sheet.auto_filter.ref = "A2:D6"
    sheet.conditional_formatting.add("C3:C6", CellIsRule(operator="greaterThan", formula=["200"], fill=red))
    sheet.column_dimensions["B"].width = 31
    book["survey"]["A1"].comment = Comment("表单", "设备处")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def painted(tmp_path, clock):
    definitions = tmp_path / "definitions"
    opened = open_test_hall(tmp_path, clock=clock)
    write(definitions, "prices/prices.xlsx", PRICES).write_bytes(dressed())
    opened.scan()
    yield opened
    opened.close()


def test_d4_formats_and_comments_stay_with_their_rows(painted):
    rows = [SAME[0], SAME[1], *changed(C5="46")[3:], ["0300", "红外", "30.5", "2026-11-01"], ["0301", "紫外", "31", ""]]
    report, made = replaced(painted, rows)
    assert isinstance(made, VersionRow), codes(report)
    _, data = painted.workshop.workbook_bytes(who(painted), "prices", made.sha256)
    sheet = openpyxl.load_workbook(io.BytesIO(data))["数据-价目"]
    got = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=1, max_row=10)]
    assert got[0][0] == "2026 年仪器价目表"
    assert got[1:7] == [
        ["编号*", "名称", "单价（元/时）", "启用"],
        ["0012", "核磁", 120, datetime(2025, 3, 1)],
        ["0140", "电镜", 260, datetime(2024, 9, 1)],
        ["0200", "色谱", 46, datetime(2024, 9, 1)],
        ["0300", "红外", 30.5, datetime(2026, 11, 1)],
        ["0301", "紫外", 31, None],
    ]
    assert sheet["A9"].value == "注：单价含税"
    assert (sheet["B4"].comment.text, sheet["B5"].comment.text) == ("只在周二开放", "借出中")
    assert [c.coordinate for row in sheet.iter_rows() for c in row if c.comment] == ["B4", "B5"]
    assert sheet["B4"].fill.fgColor.rgb == "FFFF0000"
    assert (sheet["C5"].number_format, sheet["B5"].font.bold, sheet.row_dimensions[5].height) == ("0.00", True, 33)
    assert (sheet["C6"].number_format, sheet["B6"].font.bold, sheet.row_dimensions[7].height) == ("0.00", True, 33)
    assert sheet["D6"].is_date
    assert sheet.auto_filter.ref == "A2:D7"
    assert [str(area.sqref) for area in sheet.conditional_formatting] == ["C3:C7"]
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        drawings = [parts.read(name).decode() for name in parts.namelist() if name.endswith(".vml")]
    assert ["3", "4"] in [sorted(re.findall(r"Row>(\d+)<", one)) for one in drawings], (
        "the boxes of the comments, counted from 0"
    )
    assert sheet.column_dimensions["B"].width == 31


def test_d4_an_excel_table_grows(tmp_path, clock):
    opened = open_test_hall(tmp_path, clock=clock)
    book = openpyxl.load_workbook(io.BytesIO(workbook_from_text(PRICES)))
    book["数据-价目"].add_table(ExcelTable(displayName="价目", ref="A2:D6"))
    file = io.BytesIO()
    book.save(file)
    write(tmp_path / "definitions", "prices/prices.xlsx", PRICES).write_bytes(file.getvalue())
    opened.scan()
    _, made = replaced(opened, [*changed(C3="95"), ["0300", "红外", "30", "2026-11-01"]])
    data = opened.workshop.workbook_bytes(who(opened), "prices", made.sha256)[1]
    sheet = openpyxl.load_workbook(io.BytesIO(data))["数据-价目"]
    assert [table.ref for table in sheet.tables.values()] == ["A2:D7"]
    with pytest.raises(Declined):
        replaced(opened, [row[:3] for row in SAME])
    opened.close()


def test_d4_other_parts_stay_byte_for_byte(painted):
    before = painted.workshop.workbook_bytes(who(painted), "prices", painted._library.live_hash("prices"))[1]
    _, made = replaced(painted, changed(C3="95"))
    after = painted.workshop.workbook_bytes(who(painted), "prices", made.sha256)[1]
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(io.BytesIO(after)) as new:
        assert old.namelist() == new.namelist()
        differing = [name for name in old.namelist() if old.read(name) != new.read(name)]
        assert len(differing) == 1
        was, now = (book.read(differing[0]).decode() for book in (old, new))
    assert [part for part in now.split("<c ") if part not in was.split("<c ")] == ['r="C4"><v>95</v></c>']


def test_d4_merged_cells_and_formulas_become_values(tmp_path, clock):
    opened = open_test_hall(tmp_path, clock=clock)
    data = workbook_from_text(
        PRICES.replace("| '0140 | 电镜 | 260 |", "| '0140 | 电镜 | =130*2 |"),
        merged={"数据-价目": ["D3:D4", "A1:D1"]},
        cached={"数据-价目!C5": 260},
    )
    write(tmp_path / "definitions", "prices/prices.xlsx", PRICES).write_bytes(data)
    opened.scan()
    rows = [SAME[0], *SAME[2:]]
    rows.append(["0012", "核磁", "120", "2025-03-01"])
    rows[1] = ["0013", "质谱", "91", "2025-03-01"]
    report, made = replaced(opened, rows)
    assert isinstance(made, VersionRow), codes(report)
    data = opened.workshop.workbook_bytes(who(opened), "prices", made.sha256)[1]
    sheet = openpyxl.load_workbook(io.BytesIO(data))["数据-价目"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_row=6)] == [
        ["0012", "核磁", 120, datetime(2025, 3, 1)],
        ["0013", "质谱", 91, datetime(2025, 3, 1)],
        ["0140", "电镜", 260, datetime(2024, 9, 1)],
        ["0200", "色谱", 45, datetime(2024, 9, 1)],
    ]
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:D1"]
    opened.close()


def test_d4_new_and_lost_columns(hall):
    rows = [[*row[:3], "地点" if at == 0 else f"{at} 号楼"] for at, row in enumerate(SAME)]
    report, made = replaced(hall, rows)
    assert isinstance(made, VersionRow), codes(report)
    assert report.diff.columns_added == ("地点",)
    assert report.diff.columns_removed == ("启用",)
    dataset = hall._library.service("prices").datasets["价目"]
    assert dataset.columns == ("编号", "名称", "单价（元/时）", "地点")
    assert dataset.rows[3]["地点"].value == "4 号楼"


# -- D5, D6 -----------------------------------------------------------------------------------------------------------


def test_d5_the_same_table_again(hall):
    _, made = replaced(hall, changed(C3="95"))
    for rows in (changed(C3="95"), [changed(C3="95.0")[0], *changed(C3="95.0")[:0:-1]]):
        report, again = replaced(hall, rows)
        assert report.same
        assert again.sha256 == made.sha256
    assert len(hall.workshop.versions(who(hall), "prices")) == 2


def test_d6_a_file_beside_the_workbook(tmp_path, clock):
    opened = open_test_hall(tmp_path, clock=clock)
    folder = tmp_path / "definitions" / "prices"
    path = write(tmp_path / "definitions", "prices/prices.xlsx", BESIDE)
    (folder / "价目.csv").write_bytes(text_of([["编号*", *SAME[0][1:]], *SAME[1:]], "gb18030"))
    path.touch()
    opened.scan()
    (table,) = opened.data.tables(who(opened), "prices")
    assert (table.file, table.rows, table.keys) == ("价目.csv", 4, ("编号",))
    report, made = replaced(opened, [*changed(C3="95")[:4], ["0300", "红外", "30", "2026-11-01"]])
    assert isinstance(made, VersionRow), (codes(report), report.report)
    assert [str(row[0]) for row in live(opened)] == ["0012", "0013", "0140", "0300"]
    assert opened._library.service("prices").datasets["价目"].keys == ("编号",)
    assert replaced(opened, [*changed(C3="95")[:4], ["0300", "红外", "30", "2026-11-01"]])[1].sha256 == made.sha256
    opened.close()


def test_d1_the_right_sheet_of_several(hall):
    data = workbook_from_text("## 说明\n| 备注 |\n| 新价 |\n## 价目\n| 编号 | 名称 |\n| '0012 | 核磁 |")
    assert ("DATA-002", "A1") not in codes(check(hall, data, "新.xlsx"))
    other = workbook_from_text("## 表一\n| 编号 | 名称 |\n| '0012 | 核磁 |\n## 表二\n| 备注 |\n| 新价 |")
    assert ("DATA-002", "A1") in codes(check(hall, other, "新.xlsx"))


READINGS = (
    PRICES[: PRICES.index("## survey")]
    + """
## 数据-读数
| 读数 | 表底 |
| 表计 | 楼栋, 房间 |
| 抄表日 | 抄表日 |
| 楼栋* | 房间* | 抄表日* | 表底 |
| 海棠1栋 | '0301 | 2026-09-30 | 100 |
| 海棠1栋 | '0302 | 2026-09-30 | 200 |
"""
)


def test_meters_that_are_new_or_gone(tmp_path, clock):
    hall = open_test_hall(tmp_path, clock=clock, services={"prices": READINGS})
    rows = [["楼栋", "房间", "抄表日", "表底", "用量"], ["海棠1栋", "0301", "2026-09-30", "100", ""]]
    rows += [["海棠1栋", "0301", "2026-10-31", "90", "9"], ["海棠1栋", "303", "2026/10/31", "5", ""]]
    report = hall.data.check(who(hall), "prices", "读数", "x.csv", text_of(rows))
    assert set(codes(report)) == {("READ-015", "D3"), ("READ-019", "A4"), ("READ-020", "A1"), ("DATA-016", "E1")}
    gone = next(one for one in report.diagnostics if one.code == "READ-020")
    assert "海棠1栋·0302" in gone.message("zh")
    hall.close()


def test_the_data_sets_of_a_service(hall):
    (table,) = hall.data.tables(who(hall), "prices")
    assert (table.name, table.sheet, table.rows, table.keys) == ("价目", "数据-价目", 4, ("编号",))
    assert table.columns == ("编号", "名称", "单价（元/时）", "启用")
    page = hall.data.rows(who(hall), "prices", "价目", query="镜")
    assert (page.total, [list(row) for row in page.rows]) == (1, [["0140", "电镜", "260", "2024-09-01"]])
