"""A table that is only a header: taken for a data set after a clear question, and for one that has no rows anyway.

E1 It says how many rows go, publishes only where somebody says so, and the data set has none; the next table fills it again.
E2 A data set without rows can be put back as it was downloaded.
E3 A title above the header stays a title, in a sheet on which Excel has formatted a table too.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from halls import open_test_hall
from openpyxl.worksheet.table import Table as ExcelTable
from workbooks import workbook_from_text

from banshi.platform.errors import Declined
from banshi.platform.hall import Hall

OWNER = "20005"
KEYS = """
## settings
| form_id | form_title | owner  |
| keys    | 钥匙借用   | 设备处 |
## survey
| type | name | label | calculation |
| text | 房号 | 房号  | |
| calculate | 存放 | 存放 | LOOKUP("钥匙", ${房号}, "柜号") |
## 数据-钥匙
| 2026 年秋季钥匙一览表 | | |
| 房号* | 柜号 | 备注 |
| '0101 | A-3 | 两把 |
| '0102 | A-4 | |
| '0203 | B-1 | 外借 |
## route
| step | name | who |
| 10 | 申请 | initiator |
"""
HEADER = "房号,柜号,备注\r\n"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, services={"keys": KEYS})
    yield opened
    opened.close()


def owner(hall: Hall):
    return hall.directory.people[OWNER]


def put(hall: Hall, text: str, file: str = "钥匙.csv", **more: object):
    return hall.data.replace(owner(hall), "keys", "钥匙", file, text.encode(), **more)


def rows(hall: Hall) -> list[list[str]]:
    return [list(row) for row in hall.data.rows(owner(hall), "keys", "钥匙").rows]


def test_e1_all_rows_go_after_a_question(hall):
    report = hall.data.check(owner(hall), "keys", "钥匙", "钥匙.csv", HEADER.encode())
    assert [one.code for one in report.diagnostics] == ["DATA-017"]
    assert "3 行" in report.diagnostics[0].message("zh")
    assert (report.emptied, report.replaceable, report.diff.before, report.diff.after) == (True, True, 3, 0)
    with pytest.raises(Declined, match="all 3 rows"):
        put(hall, HEADER)
    assert len(rows(hall)) == 3
    assert put(hall, HEADER, empty=True)[1] is not None
    assert rows(hall) == []
    (table,) = hall.data.tables(owner(hall), "keys")
    assert (table.rows, list(table.columns), list(table.keys)) == (0, ["房号", "柜号", "备注"], ["房号"])
    report, made = put(hall, HEADER + "0305,C-2,\r\n")
    assert (made is not None, report.emptied) == (True, False)
    assert rows(hall) == [["0305", "C-2", ""]]


def test_e2_what_has_no_rows_is_put_back(hall):
    put(hall, HEADER, empty=True)
    for kind in ("xlsx", "csv"):
        file, _, pieces = hall.data.export(owner(hall), "keys", "钥匙", kind)
        report, made = hall.data.replace(owner(hall), "keys", "钥匙", file, b"".join(pieces))
        assert (report.same, list(report.diagnostics), made.live) == (True, [], True), kind


def test_e3_the_title_and_an_excel_table_stay(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(workbook_from_text(KEYS)))
    book["数据-钥匙"].add_table(ExcelTable(displayName="钥匙", ref="A2:C5"))
    made = io.BytesIO()
    book.save(made)
    hall = open_test_hall(tmp_path, services={"keys": KEYS})
    hall.workshop.publish(owner(hall), "keys.xlsx", made.getvalue())
    assert put(hall, HEADER, empty=True)[1] is not None
    sha256 = hall.data.tables(owner(hall), "keys")[0].version
    data = hall.workshop.version_file(owner(hall), "keys", sha256)[1]
    sheet = openpyxl.load_workbook(io.BytesIO(data))["数据-钥匙"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()][:2] == [
        ["2026 年秋季钥匙一览表", None, None],
        ["房号*", "柜号", "备注"],
    ]
    # Excel repairs a file whose table has no row below its header.
    assert sheet.tables["钥匙"].ref == "A2:C3"
    assert put(hall, HEADER + "0305,C-2,\r\n")[1] is not None
    assert rows(hall) == [["0305", "C-2", ""]]
    sha256 = hall.data.tables(owner(hall), "keys")[0].version
    data = hall.workshop.version_file(owner(hall), "keys", sha256)[1]
    assert openpyxl.load_workbook(io.BytesIO(data))["数据-钥匙"].tables["钥匙"].ref == "A2:C3"
    hall.close()
