"""The marked copy of a workbook as authors have them: pictures, styles, comments and all. Only what must change changes.

Oracles: the parts of the file that was given; openpyxl and LibreOffice, which open the copy; our own reader.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from workbooks import part, with_parts, workbook_from_text

from banshi.platform.workbook import faults, read_workbook
from banshi.platform.workbook.marking import LIST_SHEET, ending, marked_copy
from banshi.rules.diagnostics import Place

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc00000030101"
    "00c9fe92ef0000000049454e44ae426082"
)
PICTURE = (
    '<oneCellAnchor xmlns="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><from><col>6</col><colOff>0</colOff><row>1</row>'
    '<rowOff>0</rowOff></from><ext cx="95250" cy="95250"/><pic><nvPicPr><cNvPr id="7" name="校徽"/><cNvPicPr/></nvPicPr>'
    '<blipFill><a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="rId9"/>'
    '<a:stretch><a:fillRect/></a:stretch></blipFill><spPr><a:prstGeom prst="rect"/></spPr></pic><clientData/>'
    "</oneCellAnchor>"
)
STRINGS = (
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" uniqueCount="1"><si><r><rPr><b/>'
    "</rPr><t>危险</t></r><r><t>化学品</t></r></si></sst>"
)
STRINGS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
STRINGS_RELATION = (
    '<Relationship Id="rId99" Target="sharedStrings.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>'
)
RELATION = (
    '<Relationship Id="rId9" Target="/xl/media/logo.png" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>'
)
TABLE, NOTES, PRICES = "规则-级别", "说明", "数据-单价"
SHEETS = {TABLE: "xl/worksheets/sheet1.xml", PRICES: "xl/worksheets/sheet2.xml", NOTES: "xl/worksheets/sheet3.xml"}


def rich() -> bytes:
    """Three sheets: a table with everything on it, prices that nobody finds fault with, notes that are hidden."""
    book = openpyxl.Workbook()
    table = book.active
    table.title = TABLE
    for row in (
        ("when 金额", "then 级别", "备注"),
        ("<100000", "一", "院系"),
        (">=100000", "二", "学校"),
        ("合计", None, None),
    ):
        table.append(row)
    table["A2"].font = Font(bold=True, color="FFC00000")
    table["A2"].alignment = Alignment(wrap_text=True)
    table["B2"].fill = PatternFill("solid", fgColor="FFDDEBF7")
    table["C2"].comment = Comment("王老师：院系指学院和直属系", "王老师")
    table["C3"].comment = Comment("LAB-101 号楼归学校管", "王老师")
    table["C3"].value = CellRichText("学", TextBlock(InlineFont(b=True), "校"), "审批")
    table["B4"] = "=1+1"
    table["D2"].hyperlink = "https://example.edu.cn/rules"
    table["D2"].value = "办法"
    table.merge_cells("A6:B7")
    table["A6"] = "合并"
    table.column_dimensions["A"].width = 31
    table.conditional_formatting.add("B2:B9", CellIsRule(operator="equal", formula=['"二"'], font=Font(bold=True)))
    check = DataValidation("list", formula1='"一,二,三"')
    check.add("B2:B9")
    table.add_data_validation(check)
    table.print_area = "A1:C9"
    table.page_setup.orientation = "landscape"
    table.oddHeader.center.text = "内部"
    prices = book.create_sheet(PRICES)
    for row in (("*校区", "单价"), ("南校区", 0.698), ("北校区", 0.71)):
        prices.append(row)
    prices["B2"].number_format = "0.000"
    chart = BarChart()
    chart.add_data(Reference(prices, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    prices.add_chart(chart, "E2")
    prices.print_title_rows = "1:1"
    notes = book.create_sheet(NOTES)
    notes["A1"] = "只给同事看"
    notes.sheet_state = "hidden"
    book.defined_names["单价"] = DefinedName("单价", attr_text=f"'{PRICES}'!$B$2:$B$3")
    book.active = 1
    buffer = BytesIO()
    book.save(buffer)
    data = buffer.getvalue()
    drawing, relations = "xl/drawings/drawing1.xml", "xl/drawings/_rels/drawing1.xml.rels"
    sheet = part(data, SHEETS[TABLE])
    return with_parts(
        data,
        {
            "xl/media/logo.png": PNG,
            drawing: re.sub(r"</([a-z]*:?)wsDr>", PICTURE + r"</\1wsDr>", part(data, drawing)),
            relations: part(data, relations).replace("</Relationships>", RELATION + "</Relationships>"),
            "xl/sharedStrings.xml": STRINGS,
            "xl/_rels/workbook.xml.rels": part(data, "xl/_rels/workbook.xml.rels").replace(
                "</Relationships>", STRINGS_RELATION + "</Relationships>"
            ),
            "[Content_Types].xml": part(data, "[Content_Types].xml").replace(
                "<Override",
                '<Default Extension="png" ContentType="image/png"/>'
                f'<Override PartName="/xl/sharedStrings.xml" ContentType="{STRINGS_TYPE}"/><Override',
                1,
            ),
            SHEETS[TABLE]: re.sub(r"<f>1\+1</f><v\s*(/>|></v>)", "<f>1+1</f><v>2</v>", sheet).replace(
                '</row><row r="4"', '<c r="D3" t="s"><v>0</v></c></row><row r="4"'
            ),
        },
    )


RICH = rich()


def fault(cell: str, sheet: str = TABLE, text: str = "约3"):
    return faults.BAD_NUMBER.at(Place(sheet, cell), text=text)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def book(data: bytes):
    return openpyxl.load_workbook(BytesIO(data), rich_text=True)


def plain(xml: bytes) -> str:
    """A sheet without the styles of its cells and rows."""
    return re.sub(r'(<c\b[^>]*?) s="\d+"', r"\1", xml.decode())


def comment(sheet, cell: str) -> str:
    found = sheet[cell].comment
    return "" if found is None else found.text


def converted(data: bytes, folder: Path, kind: str) -> bytes:
    """The file as LibreOffice saves it."""
    soffice = shutil.which("soffice")
    assert soffice is not None, "LibreOffice is one of the test tools"
    source, out = folder / "copy.xlsx", folder / kind
    source.write_bytes(data)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    wanted = "xlsx:Calc MS Excel 2007 XML" if kind == "xlsx" else kind
    command = [soffice, profile, "--headless", "--convert-to", wanted, "--outdir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=170)
    return (out / f"copy.{kind}").read_bytes()


def shown(data: bytes):
    workbook, found = read_workbook(data, "x.xlsx")
    sheets = [
        (sheet.name, [[cell.value for cell in row.cells] for row in sheet.rows])
        for sheet in workbook.sheets
        if sheet.name != LIST_SHEET
    ]
    return sheets, [(item.code, item.place) for item in found]


def test_the_rich_workbook_holds_what_it_says():
    assert {"xl/media/logo.png", "xl/charts/chart1.xml", "xl/sharedStrings.xml"} <= set(parts(RICH))
    assert "<f>1+1</f><v>2</v>" in part(RICH, SHEETS[TABLE])
    assert 't="inlineStr"' in part(RICH, SHEETS[TABLE])
    assert shown(RICH)[0][0][1][2] == [">=100000", "二", "学校审批", "危险化学品"]
    assert "oneCellAnchor" in part(RICH, "xl/drawings/drawing1.xml")


def test_every_other_part_is_the_same_byte_for_byte():
    before, after = parts(RICH), parts(marked_copy(RICH, [fault("A2"), fault("C2")]))
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed == {
        SHEETS[TABLE],
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "[Content_Types].xml",
        *(name for name in before if re.search("comment", name)),
    }
    assert set(after) - set(before) == {"xl/worksheets/sheet4.xml"}
    assert plain(after[SHEETS[TABLE]]) == plain(before[SHEETS[TABLE]])


def test_a_cell_keeps_its_format_but_for_the_fill():
    cell, before = book(marked_copy(RICH, [fault("A2")]))[TABLE]["A2"], book(RICH)[TABLE]["A2"]
    for facet in ("font", "alignment", "border", "number_format", "protection"):
        assert repr(getattr(cell, facet)) == repr(getattr(before, facet))
    assert cell.fill.fgColor.rgb == "FFF4B6B6"


def test_the_copy_is_read_as_the_workbook_was():
    copy = marked_copy(RICH, [fault("A2"), fault("J30"), fault("B2", PRICES)])
    assert shown(copy) == shown(RICH)


def test_comments_that_were_there_stay_and_the_fault_stands_behind():
    sheet = book(marked_copy(RICH, [fault("C2"), fault("A2")]))[TABLE]
    assert sheet["C2"].comment.text.startswith("王老师：院系指学院和直属系\n\nBOOK-044 ")
    assert sheet["C2"].comment.author == "王老师"
    assert sheet["C3"].comment.text == "LAB-101 号楼归学校管"
    assert sheet["A2"].comment.text.startswith("BOOK-044 ")
    boxes = parts(marked_copy(RICH, [fault("A2")]))["xl/drawings/commentsDrawing1.vml"].decode()
    rows = re.findall(r"Row>(\d+)<.*?Column>(\d+)<", boxes, re.DOTALL)
    assert sorted(rows) == [("1", "0"), ("1", "2"), ("2", "2")]
    assert len(set(re.findall(r'shape [^>]*?id="(_x0000_s\d+)"', boxes))) == 3


def test_a_sheet_without_comments_gets_them_at_the_place_that_the_schema_says():
    copy = parts(marked_copy(RICH, [fault("B2", PRICES)]))
    xml = copy[SHEETS[PRICES]].decode()
    order = re.findall(r"<(drawing|legacyDrawing|tableParts|pageMargins|sheetData)\b", xml)
    assert order == ["sheetData", "pageMargins", "drawing", "legacyDrawing"]
    relations = copy["xl/worksheets/_rels/sheet2.xml.rels"].decode()
    assert re.search(r'r:id="(rId\d+)"', xml.partition("<legacyDrawing")[2])[1] in re.findall(
        r'Id="(rId\d+)" Type="[^"]*vmlDrawing"', relations
    )
    assert 'Extension="vml"' in copy["[Content_Types].xml"].decode()


def test_names_of_one_sheet_and_the_sheet_shown_first_follow_the_sheets():
    copy = book(marked_copy(RICH, [fault("A2")]))
    assert copy.sheetnames == [LIST_SHEET, TABLE, PRICES, NOTES]
    assert copy[TABLE].print_area == f"'{TABLE}'!$A$1:$C$9"
    assert copy[PRICES].print_title_rows == "$1:$1"
    assert copy.active.title == book(RICH).active.title == PRICES
    assert copy[NOTES].sheet_state == "hidden"
    assert copy.defined_names["单价"].attr_text == f"'{PRICES}'!$B$2:$B$3"


def test_a_cell_or_row_that_is_not_there_is_put_in_its_place():
    copy = marked_copy(RICH, [fault("C5"), fault("A5"), fault("B4"), fault("E2"), fault("C4")])
    xml = part(copy, SHEETS[TABLE])
    assert re.findall(r'<row r="(\d+)"', xml) == ["1", "2", "3", "4", "5", "6", "7"]
    assert re.findall(r'<c [^>]*r="([A-Z]5)"', xml) == ["A5", "C5"]
    assert re.findall(r'<c [^>]*r="([A-Z]4)"', xml) == ["A4", "B4", "C4"]
    assert "<f>1+1</f><v>2</v>" in xml
    assert comment(book(copy)[TABLE], "E2")


def test_marking_again_doubles_nothing_and_takes_away_what_was_mended():
    once = marked_copy(RICH, [fault("A2"), fault("B2"), fault("C2")])
    assert parts(marked_copy(once, [fault("A2"), fault("B2"), fault("C2")])).items() == parts(once).items()
    again = marked_copy(once, [fault("A2")])
    sheet = book(again)[TABLE]
    assert sheet["B2"].fill.fgColor.rgb == "FFDDEBF7"
    assert sheet["B2"].comment is None
    assert comment(sheet, "C2") == "王老师：院系指学院和直属系"
    assert sheet["C2"].fill.patternType is None
    assert comment(sheet, "A2").count("BOOK-044") == 1
    assert book(again).sheetnames.count(LIST_SHEET) == 1
    assert [row[1] for row in book(again)[LIST_SHEET].iter_rows(min_row=2, values_only=True)] == ["A2"]
    assert plain(parts(again)[SHEETS[TABLE]]) == plain(parts(RICH)[SHEETS[TABLE]])


def test_threaded_comments_are_left_alone():
    book_ = openpyxl.load_workbook(BytesIO(RICH))
    book_[TABLE]["A3"].comment = Comment("[Threaded comment] 请核对", "tc={0C5C2F0E-1111-4E0A-9D7B-4B1D5E3C0001}")
    buffer = BytesIO()
    book_.save(buffer)
    sheet = book(marked_copy(buffer.getvalue(), [fault("A3")]))[TABLE]
    assert sheet["A3"].comment.text == "[Threaded comment] 请核对"
    assert sheet["A3"].fill.fgColor.rgb == "FFF4B6B6"


@pytest.mark.parametrize("rows", ["", "<x:row><x:c><x:v>1</x:v></x:c><x:c/></x:row><x:row/>"])
def test_parts_as_other_programs_write_them(rows):
    """A prefix on every element, rows and cells without addresses, no styles, no comments, UTF-16."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    inside = f"<x:sheetData>{rows}</x:sheetData>" if rows else "<x:sheetData/>"
    xml = f'<?xml version="1.0" encoding="UTF-16"?><x:worksheet xmlns:x="{main}">{inside}<x:tableParts/></x:worksheet>'
    data = workbook_from_text("## 表\n| a |")
    relations = part(data, "xl/_rels/workbook.xml.rels")
    data = with_parts(
        data,
        {
            "xl/worksheets/sheet1.xml": xml.encode("utf-16"),
            "xl/_rels/workbook.xml.rels": re.sub(r'<Relationship [^>]*/styles"[^>]*/>', "", relations),
            "xl/styles.xml": None,
        },
    )
    copy = marked_copy(data, [fault("C2", "表", "一<二"), fault("A1", "表")], values=[("表", "B1", "办-1 & <a>")])
    made = part(copy, "xl/worksheets/sheet1.xml")
    assert made.index("<x:legacyDrawing") < made.index("<x:tableParts")
    sheet = book(copy)["表"]
    assert "一<二" in comment(sheet, "C2")
    assert comment(sheet, "A1")
    assert sheet["B1"].value == "办-1 & <a>"
    assert sheet["A1"].value == (1 if rows else None)


def test_texts_that_xml_cannot_hold_are_shown_as_far_as_it_can():
    copy = marked_copy(RICH, [fault("A2", text="_x0041_\x01]]>")])
    assert "_x0041_\ufffd]]>" in re.sub("_x005F_", "_", comment(book(copy)[TABLE], "A2"))


def test_libreoffice_opens_the_copy_and_marks_survive_its_saving(tmp_path: Path):
    copy = marked_copy(RICH, [fault("A2"), fault("B2"), fault("C2"), fault("B2", PRICES)])
    saved = converted(copy, tmp_path, "xlsx")
    sheet = book(saved)[TABLE]
    assert "BOOK-044" in comment(sheet, "A2")
    assert comment(sheet, "C2").startswith("王老师：院系指学院和直属系\n\nBOOK-044 ")
    assert any(name.startswith("xl/media/") for name in parts(saved))
    again = marked_copy(saved, [fault("A3")])
    sheet = book(again)[TABLE]
    assert [cell for cell in ("A2", "B2", "A3") if comment(sheet, cell)] == ["A3"]
    assert comment(sheet, "C2") == "王老师：院系指学院和直属系"
    assert sheet["B2"].fill.fgColor.rgb == "FFDDEBF7"
    assert sheet["A2"].fill.patternType in (None, "none")
    assert book(again).sheetnames == [LIST_SHEET, TABLE, PRICES, NOTES]
    assert any(name.startswith("xl/media/") for name in parts(again))
    assert shown(again)[0] == shown(saved)[0]
    assert converted(again, tmp_path, "pdf").startswith(b"%PDF")


def test_a_workbook_with_macros_keeps_them_and_its_ending():
    types = part(RICH, "[Content_Types].xml").replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    copy = marked_copy(with_parts(RICH, {"[Content_Types].xml": types, "xl/vbaProject.bin": b"VBA"}), [fault("A2")])
    assert parts(copy)["xl/vbaProject.bin"] == b"VBA"
    assert (ending(copy), ending(marked_copy(RICH, []))) == (".xlsm", ".xlsx")
