"""Reading: values as they were typed, at their addresses, with everything that a reader by value would hide."""

from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook as OpenpyxlWorkbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from python_calamine import CalamineWorkbook
from workbooks import part, with_parts, workbook_from_text

from banshi.platform.workbook import read_workbook
from banshi.rules.diagnostics import Severity

SHEET = "xl/worksheets/sheet1.xml"


def read(data):
    workbook, found = read_workbook(data, "采购.xlsx")
    assert workbook is not None, [item.message() for item in found]
    return workbook, found


def cells(data, sheet=0):
    """Values by address of one sheet."""
    workbook, _ = read(data)
    return {c.place.cell: c.value for row in workbook.sheets[sheet].rows for c in row.cells if not c.blank}


def codes(found):
    return [(item.code, str(item.place)) for item in found]


def sheet_data(xml_rows, *, after="", before="", attributes=""):
    """A workbook whose one sheet, 规则, holds this XML between <sheetData> and </sheetData>."""
    data = workbook_from_text("## 规则\n| x |")
    xml = part(data, SHEET)
    start, end = xml.index("<sheetData>"), xml.index("</sheetData>") + len("</sheetData>")
    return with_parts(
        data, {SHEET: f"{xml[:start]}{before}<sheetData{attributes}>{xml_rows}</sheetData>{after}{xml[end:]}"}
    )


def test_every_kind_of_value_keeps_its_address_and_what_was_typed():
    data = workbook_from_text(
        """
        ## 数据-电价
        | 档次 | 单价 | 生效 | 登记 | 时刻 | 停用 |
        | 第一档 | 0.698 | 2026-09-01 | 2026-09-01 08:30 | 08:30 | FALSE |
        | '0012 | -3 | | | | TRUE |
        """
    )
    assert cells(data) == {
        "A1": "档次", "B1": "单价", "C1": "生效", "D1": "登记", "E1": "时刻", "F1": "停用",
        "A2": "第一档", "B2": Decimal("0.698"), "C2": date(2026, 9, 1), "D2": datetime(2026, 9, 1, 8, 30),
        "E2": time(8, 30), "F2": False,
        "A3": "0012", "B3": Decimal("-3"), "F3": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        # What Excel itself writes for these numbers (17 digits of the double), and what the author sees.
        ("0.69799999999999995", "0.698"),
        ("0.10000000000000001", "0.1"),
        ("38.390000000000001", "38.39"),
        ("1E-3", "0.001"),
        ("1.0000000000000001E-5", "0.00001"),
        ("55", "55"),
        ("12345678901234567", "12345678901234567"),
        ("-0", "0"),
    ],
)
def test_numbers_keep_the_digits_that_the_author_typed(stored, typed):
    value = cells(sheet_data(f'<row r="1"><c r="A1"><v>{stored}</v></c></row>'))["A1"]
    assert isinstance(value, Decimal)
    assert value == Decimal(typed)


def test_a_long_number_is_named_because_excel_loses_its_last_digits():
    _, found = read(sheet_data('<row r="1"><c r="A1"><v>4.4012319900101E+17</v></c></row>'))
    assert codes(found) == [("BOOK-046", "规则!A1")]


@pytest.mark.parametrize("epoch_1904", [False, True])
@pytest.mark.parametrize(
    "moment",
    [
        date(1904, 1, 2),
        date(1999, 12, 31),
        date(2000, 2, 29),
        datetime(2026, 9, 1, 23, 59, 59),
        datetime(2026, 1, 1, 0, 0, 1),
    ],
)
def test_dates_of_both_epochs_come_back_as_openpyxl_wrote_them(moment, epoch_1904):
    text = moment.isoformat(sep=" ") if isinstance(moment, datetime) else moment.isoformat()
    assert cells(workbook_from_text(f"## 规则\n| {text} |", epoch_1904=epoch_1904))["A1"] == moment


@pytest.mark.parametrize(
    ("serial", "day"),
    # Microsoft, “Excel incorrectly assumes that the year 1900 is a leap year”: 59 is 28 February, 61 is 1 March.
    [("1", date(1900, 1, 1)), ("59", date(1900, 2, 28)), ("61", date(1900, 3, 1)), ("2958465", date(9999, 12, 31))],
)
def test_the_ends_of_excels_calendar(serial, day):
    data = workbook_from_text("## 规则\n| 2026-09-01 |")
    xml = part(data, SHEET).replace("<v>46266</v>", f"<v>{serial}</v>")
    assert cells(with_parts(data, {SHEET: xml}))["A1"] == day


@pytest.mark.parametrize("serial", ["-1", "0", "60", "2958466", "1e300"])
def test_a_number_that_is_no_date_in_a_date_format_is_a_fault_at_its_cell(serial):
    data = workbook_from_text("## 规则\n| 2026-09-01 |")
    xml = part(data, SHEET).replace("<v>46266</v>", f"<v>{serial}</v>")
    _, found = read(with_parts(data, {SHEET: xml}))
    assert codes(found) == [("BOOK-045", "规则!A1")]


@pytest.mark.parametrize("text", ["abc", "inf", "nan", "1_000", "", "9" * 500])
def test_a_number_that_cannot_be_read_is_a_fault_or_blank_never_a_crash(text):
    _, found = read(sheet_data(f'<row r="1"><c r="A1"><v>{text}</v></c><c r="B1" t="b"><v>1</v></c></row>'))
    assert codes(found) == ([] if text == "" else [("BOOK-044", "规则!A1")])


def test_text_is_trimmed_and_invisible_characters_go():
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve"> \u00a0用\u200b途\u3000说明\ufeff </t></is></c></row>'
    assert cells(sheet_data(rows))["A1"] == "用途 说明"


def test_line_breaks_stay_and_excels_escapes_are_read():
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>甲_x000D_\n乙_x0041_</t></is></c></row>'
    assert cells(sheet_data(rows))["A1"] == "甲\n乙A"


def test_rich_text_is_joined_and_phonetic_hints_are_not_text():
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>易制</t></r><r><rPr><b/></rPr><t>毒</t></r>'
        "<rPh sb=\"0\" eb=\"1\"><t>YI</t></rPh></is></c></row>"
    )  # fmt: skip
    assert cells(sheet_data(rows))["A1"] == "易制毒"


def test_rich_text_of_openpyxl_in_shared_strings():
    book = OpenpyxlWorkbook()
    book.active.title = "规则"
    book.active["A1"] = CellRichText("易制", TextBlock(InlineFont(b=True), "毒"))
    buffer = BytesIO()
    book.save(buffer)
    assert cells(buffer.getvalue())["A1"] == "易制毒"


def test_shared_strings_are_found_by_their_number():
    strings = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>甲</t></si><si><t> 乙 </t></si></sst>'
    data = sheet_data('<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c></row>')
    relations = "xl/_rels/workbook.xml.rels"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    more = f'<Relationship Id="rIdS" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
    xml = part(data, relations).replace("</Relationships>", more)
    with_strings = with_parts(data, {relations: xml, "xl/sharedStrings.xml": strings})
    assert cells(with_strings) == {"A1": "乙", "B1": "甲"}


def test_merged_cells_repeat_their_value_at_their_own_addresses():
    data = workbook_from_text(
        """
        ## 规则
        | when 类别 | then 级别 |
        | 易制毒 | 一 |
        | | 二 |
        | 易制爆 | 三 |
        """,
        merged={"规则": ["A2:A3"]},
    )
    assert cells(data)["A3"] == "易制毒"
    workbook, _ = read(data)
    assert str(workbook.sheets[0].rows[2].cells[0].place) == "规则!A3"


def test_a_merge_over_the_whole_sheet_reaches_only_rows_and_columns_that_hold_something():
    data = sheet_data(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="3"><c r="B3"><v>3</v></c></row>',
        after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
    )
    assert cells(data) == {"A1": 1, "B1": 2, "A3": 1, "B3": 3}


def test_blank_rows_and_comments_go_and_rows_keep_their_numbers():
    data = workbook_from_text(
        """
        ## survey
        | # 我的备注 | 说明 |
        | type | name |
        | |  |
        | #text | old |
        | text | 用途 |
        """
    )
    workbook, _ = read(data)
    assert [row.number for row in workbook.sheets[0].rows] == [2, 5]


def test_cells_and_rows_without_addresses_follow_each_other():
    assert cells(sheet_data("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")) == {
        "A1": 1, "B1": 2, "A2": 3,
    }  # fmt: skip


def test_a_formula_is_taken_by_its_last_value_with_a_warning_that_shows_it():
    data = workbook_from_text(
        "## fees\n| =A2*2 | =B2&C2 | =A1>1 |", cached={"fees!A1": 6, "fees!B1": "甲", "fees!C1": True}
    )
    workbook, found = read(data)
    assert [cell.value for cell in workbook.sheets[0].rows[0].cells] == [6, "甲", True]
    assert [(item.code, item.place.cell, item.severity) for item in found] == [
        ("BOOK-041", "A1", Severity.WARNING),
        ("BOOK-041", "B1", Severity.WARNING),
        ("BOOK-041", "C1", Severity.WARNING),
    ]
    assert "=A2*2" in found[0].message()


def test_a_formula_without_a_value_is_a_fault_at_its_cell():
    data = workbook_from_text("## fees\n| 项目 | =IF(用电量>额度, 1, 0) |")
    workbook, found = read(data)
    assert codes(found) == [("BOOK-042", "fees!B1")]
    assert [cell.value for cell in workbook.sheets[0].rows[0].cells] == ["项目"]


def test_a_formula_whose_value_is_empty_text_is_blank_with_a_warning():
    data = sheet_data('<row r="1"><c r="A1" t="str"><f>""</f><v></v></c><c r="B1"><v>1</v></c></row>')
    _, found = read(data)
    assert codes(found) == [("BOOK-041", "规则!A1")]


def test_an_error_value_is_a_fault_that_names_it():
    data = workbook_from_text("## fees\n| 项目 | =A9 |", cached={"fees!B1": "#REF!"})
    _, found = read(data)
    assert codes(found) == [("BOOK-043", "fees!B1")]
    assert "#REF!" in found[0].message("en")


def test_one_cell_at_the_far_corner_costs_nothing_and_is_named():
    data = sheet_data(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>9</v></c></row>',
    )
    workbook, found = read(data)
    assert codes(found) == [("BOOK-040", "规则!XFD1048576")]
    assert len(workbook.sheets[0].rows) == 1


def test_far_blank_cells_with_a_format_are_no_fault():
    assert cells(
        sheet_data('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>')
    ) == {"A1": 1}


def test_the_used_range_comes_from_the_cells_not_from_what_the_sheet_claims():
    text = "## 规则\n" + "\n".join(f"| 行{i} |" for i in range(10))
    data = workbook_from_text(text, dimension={"规则": "A1:A3"})
    assert len(read(data)[0].sheets[0].rows) == 10


def test_only_the_first_faults_of_a_kind_are_listed_and_the_rest_are_counted():
    data = sheet_data("".join(f'<row r="{i}"><c r="A{i}" t="e"><v>#N/A</v></c></row>' for i in range(1, 31)))
    _, found = read(data)
    assert [item.code for item in found] == ["BOOK-043"] * 20 + ["BOOK-048"]
    assert "10" in found[-1].message()


def test_hidden_sheets_rows_and_columns_are_named():
    data = workbook_from_text(
        """
        ## 规则
        | a | b | c |
        | 1 | 2 | 3 |
        | 4 | 5 | 6 |
        | 7 | 8 | 9 |
        ## 收费
        | x |
        """,
        hidden_rows={"规则": [2, 3, 9]},
        hidden_columns={"规则": ["B"]},
        hidden_sheets=["收费"],
    )
    _, found = read(data)
    assert codes(found) == [("BOOK-035", "规则!A2"), ("BOOK-036", "规则!B1"), ("BOOK-034", "收费")]
    assert "2–3" in found[0].message()
    assert all(item.severity is Severity.WARNING for item in found)


def test_notes_may_hold_whatever_they_like():
    data = workbook_from_text("## 说明（给同事）\n| =1/0 |\n## rules\n| a |", hidden_sheets=["说明（给同事）"])
    workbook, found = read(data)
    assert found == []
    assert [sheet.kind for sheet in workbook.sheets] == ["note", "rules"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xl/vbaProject.bin", "BOOK-030"),
        ("xl/externalLinks/externalLink1.xml", "BOOK-031"),
        ("xl/embeddings/oleObject1.bin", "BOOK-032"),
        ("xl/connections.xml", "BOOK-033"),
        ("customUI/customUI.xml", "BOOK-033"),
    ],
)
def test_what_the_file_carries_beside_its_cells_is_named_and_the_cells_are_read(name, code):
    workbook, found = read(workbook_from_text("## rules\n| a |", parts={name: "<a/>"}))
    assert [(item.code, item.severity) for item in found] == [(code, Severity.WARNING)]
    assert name in found[0].message()
    assert workbook.sheets[0].rows[0].cells[0].value == "a"


def test_the_same_bytes_give_the_same_workbook_and_its_hash():
    data = workbook_from_text("## rules\n| a | 0.1 |")
    assert read(data) == read(data)
    # sha256sum of the bytes, computed apart
    import hashlib

    assert read(data)[0].sha256 == hashlib.sha256(data).hexdigest()


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9, allow_nan=False).filter(lambda x: abs(x) > 1e-9 or x == 0),
    st.text("甲乙丙abc 012,;|", min_size=1).filter(lambda text: text.strip() == text and "  " not in text),
    st.dates(date(1901, 1, 1), date(2100, 1, 1)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(VALUES, min_size=1, max_size=4), min_size=1, max_size=5))
def test_values_agree_with_another_reader(rows):
    """python-calamine, a reader in another language, is the oracle for values and addresses."""
    book = OpenpyxlWorkbook()
    book.active.title = "data"
    for r, row in enumerate(rows, start=1):
        for c, value in enumerate(row, start=1):
            cell = book.active.cell(r, c)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    buffer = BytesIO()
    book.save(buffer)
    theirs = CalamineWorkbook.from_filelike(BytesIO(buffer.getvalue())).get_sheet_by_name("data")
    expected = {
        (r, c): value
        for r, row in enumerate(theirs.to_python(skip_empty_area=False))
        for c, value in enumerate(row)
        if value != ""
    }
    workbook, _ = read(buffer.getvalue())
    ours = {
        (row.number - 1, c): float(cell.value) if isinstance(cell.value, Decimal) else cell.value
        for row in workbook.sheets[0].rows
        for c, cell in enumerate(row.cells)
        if not cell.blank
    }
    assert ours == {place: value for place, value in expected.items() if not _commented(expected, place)}


def _commented(values, place):
    first = min(column for row, column in values if row == place[0])
    return str(values[place[0], first]).startswith("#")


def test_the_address_of_a_cell_counts_and_not_that_of_its_row():
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
        '<row r="2"><c r="A3"><v>3</v></c><c r="B3"><v>4</v></c><c><v>5</v></c><c r="A4"><v>6</v></c></row>'
        '<row><c><v>7</v></c><c r="B12"><v>8</v></c></row>'
    )
    wanted = {"A1": 1, "B1": 2, "A3": 3, "B3": 4, "C3": 5, "A4": 6, "A5": 7, "B12": 8}
    assert cells(sheet_data(rows)) == wanted
