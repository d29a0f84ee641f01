"""What is not a workbook, is damaged or wants to hurt: one plain sentence each, no crash, nothing slow."""

import gzip
import random
import struct
import tracemalloc
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import part, with_parts, workbook_from_text

from banshi.platform.workbook import read_workbook, safety
from banshi.rules.diagnostics import Severity

SHEET = "xl/worksheets/sheet1.xml"
GOOD = workbook_from_text(
    """
    ## survey
    | type | name | label |
    | text | 用途 | 用途 |
    | money | 金额 | 金额 |
    ## rules.级别
    | when 金额 | then 级别 |
    | <100000 | 一 |
    | >=100000 | 二 |
    """
)


def refused(data, file="采购.xlsx"):
    """The code of the one fault with which the file is refused; its sentences name the file, in both languages."""
    workbook, found = read_workbook(data, file)
    assert workbook is None
    (fault,) = found
    assert fault.severity is Severity.ERROR
    for language in ("zh", "en"):
        assert file in fault.message(language)
        assert "…" not in fault.message(language)
        assert fault.remedy(language)
    return fault.code


def ole(*names):
    """A compound file such as Excel 97 writes, as far as its first bytes and directory names go."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"".join(name.encode("utf-16-le") for name in names)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "BOOK-001"),
        (b"\x00" * 4096, "BOOK-001"),
        (b"\n \r\n", "BOOK-001"),
        (bytes(range(256)) * 8, "BOOK-002"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "BOOK-002"),
        ("项目,单价\n电费,0.698\n".encode(), "BOOK-003"),
        ("项目\t单价\n电费\t0.698\n".encode("utf-8-sig"), "BOOK-003"),
        ("项目,单价\n电费,0.698\n".encode("gb18030"), "BOOK-003"),
        ("项目\t单价\n电费\t0.698\n".encode("utf-16"), "BOOK-003"),
        (ole("Root Entry", "Workbook"), "BOOK-008"),
        (ole("Root Entry", "EncryptionInfo", "EncryptedPackage"), "BOOK-005"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "BOOK-006"),
        ("\ufeff<table><tr><td>单价</td></tr></table>".encode(), "BOOK-006"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "BOOK-006"),
        (gzip.compress(GOOD), "BOOK-002"),
    ],
)
def test_what_is_no_xlsx_gets_one_plain_sentence(data, code):
    assert refused(data) == code


def zipped(entries):
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ({"a.txt": "甲"}, "BOOK-002"),
        ({"xl/workbook.xml": "<workbook/>"}, "BOOK-002"),
        ({"[Content_Types].xml": "<Types/>"}, "BOOK-002"),
        ({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}, "BOOK-007"),
        ({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<p/>"}, "BOOK-007"),
        ({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\x00"}, "BOOK-007"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}, "BOOK-007"),
        ({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook"}, "BOOK-008"),
    ],
)
def test_other_zips_are_told_apart(entries, code):
    assert refused(zipped(entries)) == code


def test_a_workbook_without_sheets():
    xml = part(GOOD, "xl/workbook.xml")
    start, end = xml.index("<sheets>"), xml.index("</sheets>") + len("</sheets>")
    assert refused(with_parts(GOOD, {"xl/workbook.xml": xml[:start] + xml[end:]})) == "BOOK-014"


@pytest.mark.parametrize(
    "name", ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", SHEET]
)
def test_a_part_that_is_missing_or_broken_is_damage(name):
    assert refused(with_parts(GOOD, {name: None})) in {"BOOK-008", "BOOK-002"}
    if name != "[Content_Types].xml":  # only its presence matters: what the parts are is said by the relations
        assert refused(with_parts(GOOD, {name: part(GOOD, name)[:-20]})) == "BOOK-008"


@pytest.mark.parametrize("seed", range(40))
def test_a_file_cut_anywhere_is_damaged_or_not_complete(seed):
    at = random.Random(seed).randrange(1, len(GOOD))
    assert refused(GOOD[:at]) in {"BOOK-008", "BOOK-002"}


def test_a_wrong_checksum_is_damage_even_where_the_text_would_parse():
    stored = BytesIO()
    with zipfile.ZipFile(BytesIO(GOOD)) as old, zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as new:
        for info in old.infolist():
            new.writestr(info.filename, old.read(info.filename))
    data = stored.getvalue()
    changed = data.replace(b"&gt;=100000", b"&gt;=900000")
    assert changed != data
    assert refused(changed) == "BOOK-008"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_flipped_bytes_never_raise(data):
    broken = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    workbook, found = read_workbook(bytes(broken), "x.xlsx")
    # What could still be read is what was written, since every part's checksum is compared.
    if workbook is not None:
        assert {sheet.name for sheet in workbook.sheets} == {"survey", "rules.级别"}
    else:
        assert len(found) == 1


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_scrambled_xml_in_a_whole_zip_never_raises(data):
    """Flips behind a right checksum: what a hostile author would send."""
    name = data.draw(st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]))
    xml = bytearray(part(GOOD, name).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(xml) - 1))
        xml[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    read_workbook(with_parts(GOOD, {name: bytes(xml)}), "x.xlsx")


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = with_parts(GOOD, {SHEET: b"<a>" + b" " * (60 * safety.MEGABYTE) + b"</a>"})
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        assert refused(bomb) == "BOOK-010"
        assert tracemalloc.get_traced_memory()[1] < 5 * safety.MEGABYTE
    finally:
        tracemalloc.stop()


def test_many_parts_that_are_each_allowed_are_refused_together(monkeypatch):
    monkeypatch.setattr(safety, "WORKBOOK", safety.Limits(total=3 * safety.MEGABYTE))
    picture = random.Random(1).randbytes(safety.MEGABYTE)
    pictures = {f"xl/media/image{i}.png": picture for i in range(3)}
    assert refused(with_parts(GOOD, pictures)) == "BOOK-009"
    assert read_workbook(with_parts(GOOD, dict(list(pictures.items())[:2])), "x.xlsx")[0] is not None


def test_too_many_parts_are_refused():
    assert refused(with_parts(GOOD, {f"xl/x{i}.xml": "<a/>" for i in range(1001)})) == "BOOK-009"


def test_a_part_that_lies_about_its_size_is_damage():
    """The central directory claims that a large part is small; what is unpacked beyond the claim fails its checksum."""
    data = bytearray(with_parts(GOOD, {SHEET: part(GOOD, SHEET) + " " * 100_000}))
    at = data.rfind(SHEET.encode()) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = struct.pack("<I", 500)
    assert refused(bytes(data)) == "BOOK-008"


@pytest.mark.parametrize(
    "name", ["../evil.xml", "xl/../../evil.xml", "/etc/passwd", "\\\\host\\share.xml", "C:/evil.xml"]
)
def test_parts_that_point_outside_are_refused(name):
    assert refused(with_parts(GOOD, {name: "<a/>"})) == "BOOK-012"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused():
    buffer = BytesIO(GOOD)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(SHEET, part(GOOD, SHEET))
    assert refused(buffer.getvalue()) == "BOOK-012"


LAUGHS = '<!DOCTYPE a [<!ENTITY b "哈哈哈哈"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    "name", [SHEET, "xl/workbook.xml", "docProps/core.xml", "xl/_rels/workbook.xml.rels", "xl/drawings/a.vml"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_in_any_part_is_refused(name, encoding):
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{LAUGHS}<a>&c;</a>'
    assert refused(with_parts(GOOD, {name: xml.encode(encoding)})) == "BOOK-011"


def test_a_document_type_across_two_pieces_of_a_part_is_refused():
    xml = " " * (safety.CHUNK - 4) + "<!DOCTYPE a><a/>"
    assert refused(with_parts(GOOD, {"xl/x.xml": xml})) == "BOOK-011"


def test_a_document_type_that_only_the_parser_sees_is_refused():
    """In an encoding that the search over bytes does not know, expat itself stops at the declaration."""
    from banshi.platform.workbook import markup

    with pytest.raises(markup.DeclarationError):
        markup.parse([LAUGHS.encode(), b"<a>&c;</a>"], lambda *_: None)


def test_a_locked_part_is_a_password():
    data = bytearray(GOOD)
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 0x1
    assert refused(bytes(data)) == "BOOK-005"


def test_an_unknown_compression_is_damage():
    data = bytearray(GOOD)
    at = data.find(b"PK\x01\x02")
    data[at + 10 : at + 12] = struct.pack("<H", 99)
    assert refused(bytes(data)) == "BOOK-008"


def test_a_file_past_the_limit_is_refused_by_its_size():
    assert refused(b"PK" + bytes(safety.MAX_FILE)) == "BOOK-009"


def sheet_of(rows):
    xml = part(GOOD, SHEET)
    start, end = xml.index("<sheetData>"), xml.index("</sheetData>")
    return with_parts(GOOD, {SHEET: f"{xml[:start]}<sheetData>{rows}{xml[end:]}"})


def test_more_cells_than_allowed_end_in_a_fault_at_the_first_that_is_too_many(monkeypatch):
    from banshi.platform.workbook import reader, scan

    monkeypatch.setattr(reader, "Budget", lambda: scan.Budget(cells=30))
    rows = "".join(f'<row r="{i}"><c r="A{i}"><v>1</v></c></row>' for i in range(1, 50))
    workbook, found = read_workbook(sheet_of(rows), "x.xlsx")
    assert workbook is not None
    assert [(item.code, item.place.cell) for item in found][:1] == [("BOOK-049", "A31")]
    assert len(workbook.sheets[0].rows) == 30


def test_rows_with_one_cell_far_to_the_right_cannot_fill_the_memory(monkeypatch):
    from banshi.platform.workbook import reader, scan

    monkeypatch.setattr(reader, "Budget", lambda: scan.Budget(cells=1000))
    rows = "".join(f'<row r="{i}"><c r="SR{i}"><v>1</v></c></row>' for i in range(1, 50))
    workbook, found = read_workbook(sheet_of(rows), "x.xlsx")
    assert [(item.code, item.place.cell) for item in found] == [
        ("BOOK-049", "A2"),
        ("BOOK-049", "A1"),
    ]
    assert sum(len(row.cells) for sheet in workbook.sheets for row in sheet.rows) <= 1000


@pytest.mark.parametrize("reference", ["1A", "A0", "AAAA1", "a1", "A1:B2", "A99999999", ""])
def test_a_cell_with_no_address_is_damage(reference):
    assert refused(sheet_of(f'<row r="1"><c r="{reference}"><v>1</v></c></row>')) == "BOOK-008"


@pytest.mark.parametrize("reference", ["A", "A01", "A0", "a1", ""])
def test_a_cell_with_no_address_is_damage_also_behind_good_ones(reference):
    good = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>1</v></c></row>'
    for bad in ("<row>", '<row r="1">', '<row r="1"><c r="A1"><v>1</v></c>'):
        assert refused(sheet_of(f'{good}{bad}<c r="{reference}"><v>1</v></c></row>')) == "BOOK-008"


@pytest.mark.parametrize("number", ["99", "-1", "x"])
def test_a_shared_text_that_is_not_there(number):
    workbook, found = read_workbook(sheet_of(f'<row r="1"><c r="A1" t="s"><v>{number}</v></c></row>'), "x.xlsx")
    assert found
    assert workbook is None or found[0].place.cell == "A1"


def test_deep_xml_is_read_without_recursion():
    deep = "<x>" * 100_000 + "</x>" * 100_000
    workbook, found = read_workbook(sheet_of(f'{deep}<row r="1"><c r="A1"><v>1</v></c></row>'), "x.xlsx")
    assert workbook is not None
    assert found == []
