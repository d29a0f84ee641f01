"""Files beside a workbook.

1. What a workbook names and what lies beside it is read: CSV in UTF-8, GBK or UTF-16 with any of three separators, XML as
   XLSForm has it, another workbook in place of a data sheet. A column of numbers is numbers; codes keep their zeros.
2. The files are a part of the version: the hash is that of both, and a case keeps the rows that it was sent under.
3. A changed file is published as a changed workbook is; the same is not published again, also after a restart.
4. Only a plain name in the same folder is a file: no path, no link out of it. What cannot be read is told.
5. In one upload the workbook is found among its files; the live version's stand in for those that did not come.
6. A workbook that carries files is a workbook like any other: for openpyxl, for marked copies, for another upload.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from halls import open_test_hall
from workbooks import workbook_from_text

from banshi.platform.errors import Declined
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.sheets import load, load_bytes
from banshi.platform.workbook import read_workbook
from banshi.platform.workbook.beside import beside, files_in, with_files
from banshi.rules.diagnostics import Place

ROOMS = """
## settings
| form_id | form_title | owner |
| rooms | 教室借用 | 设备处 |

## survey
| type | name | label | calculation |
| csv-external | staff | | |
| select_one_from_file rooms.csv | 教室 | 教室 | |
| text | 工号 | 工号 | |
| calculate | 座位 | | pulldata('rooms', 'seats', 'name', ${教室}) |
| calculate | 姓名 | | instance('staff')/root/item[no = ${工号}]/label |
| calculate | 押金 | | lookup('价格', '钥匙', '元') |

## data.价格
| file | prices.xlsx |

## route
| step | name | who |
| 10 | 申请 | initiator |
| 20 | 财务处 | role:财务处.审核岗 |
"""
ROWS = "name,label,seats\n0101,一教 101,60\n0102,一教 102,120\n"
STAFF = "no;label\n00012;王建国\n00013;李沐阳\n"
PRICES = workbook_from_text("## 价目\n| 品名* | 元 |\n| 钥匙 | 12.5 |\n")
OWNER = "20005"


def _files(rows: str = ROWS) -> dict[str, bytes]:
    return {
        "rooms.csv": rows.encode(),
        "staff.csv": STAFF.encode("gb18030"),
        "prices.xlsx": PRICES,
    }


def _save(folder: Path, text: str = ROOMS, **files: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (files or _files()).items():
        (folder / name).write_bytes(content)
    path = folder / "rooms.xlsx"
    path.write_bytes(workbook_from_text(text))
    return path


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path)
    yield opened
    opened.close()


def person(hall: Hall, person_id: str) -> Person:
    return hall.directory.people[person_id]


def versions(hall: Hall) -> list[str]:
    return [row.sha256 for row in hall.workshop.versions(person(hall, OWNER), "rooms")]


def _told(found: Any) -> list[tuple[str, str]]:
    return [(item.code, str(item.place)) for item in found if item.severity != "notice"]


def test_files_in_the_folder_are_read(tmp_path: Path) -> None:  # 1
    service, found = load(_save(tmp_path))
    assert service is not None
    assert service.survey is not None
    assert _told(found) == []
    assert [choice.name for choice in service.survey.choices["rooms"]] == ["0101", "0102"]
    seats = [row["seats"] for row in service.datasets["rooms"].rows]
    assert [cell.value for cell in seats] == [Decimal(60), Decimal(120)]
    assert [(cell.place.sheet, cell.place.cell) for cell in seats] == [("rooms.csv", "C2"), ("rooms.csv", "C3")]
    assert [row["no"].value for row in service.datasets["staff"].rows] == ["00012", "00013"]
    assert [row["元"].value for row in service.datasets["价格"].rows] == [Decimal("12.5")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rooms.csv", ROWS.replace(",", "\t").encode("utf-16")),
        ("rooms.csv", ("\ufeff" + ROWS.replace("\n", "\r\n")).encode()),
        ("rooms.csv", 'name,label,seats\n0101,"一教 101",60\n0102,一教 102,120'.encode()),
        (
            "rooms.xml",
            "<root><item><name>0101</name><label>一教 101</label><seats>60</seats></item>"
            "<item><name>0102</name><label>一教 102</label><seats>120</seats></item></root>".encode(),
        ),
    ],
)
def test_one_table_in_many_shapes(tmp_path: Path, name: str, content: bytes) -> None:  # 1
    text = ROOMS.replace("rooms.csv", name)
    files = {file: data for file, data in _files().items() if file != "rooms.csv"}
    service, found = load(_save(tmp_path, text, **{**files, name: content}))
    assert service is not None
    assert _told(found) == []
    rows = [[str(row[column].value) for column in ("name", "label", "seats")] for row in service.datasets["rooms"].rows]
    assert rows == [["0101", "一教 101", "60"], ["0102", "一教 102", "120"]]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:  # 4
    _, found = load(_save(tmp_path, **{"rooms.csv": ROWS.encode()}))
    assert _told(found) == [("EXPR-026", "survey!D6"), ("EXPR-026", "survey!D7"), ("SHEET-060", "data.价格!A1")]


@pytest.mark.parametrize("content", [b"name\n\xff\xff\x00\x81", b'name,label\n"0101,x'])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes) -> None:  # 4
    _, found = load(_save(tmp_path, **{**_files(), "rooms.csv": content}))
    assert ("BOOK-056", "rooms.csv") in _told(found)


def test_an_xml_file_with_entities_is_refused(tmp_path: Path) -> None:  # 4
    bomb = b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><root><item><name>&b;</name></item></root>'
    text = ROOMS.replace("rooms.csv", "rooms.xml")
    files = {name: content for name, content in _files().items() if name != "rooms.csv"}
    _, found = load(_save(tmp_path, text, **{**files, "rooms.xml": bomb}))
    assert ("BOOK-056", "rooms.xml") in _told(found)


def test_only_plain_names_in_the_folder_are_files(tmp_path: Path) -> None:  # 4
    outside = tmp_path / "outside.csv"
    outside.write_text(ROWS)
    path = _save(tmp_path / "rooms")
    find = beside(path)
    (tmp_path / "rooms" / "linked.csv").symlink_to(outside)
    assert find("rooms.csv") == ROWS.encode()
    for name in ("../outside.csv", str(outside), "linked.csv", ".csv", "none.csv", "rooms.txt", "a\\b.csv"):
        assert find(name) is None, name


def test_a_version_has_its_files(hall: Hall, tmp_path: Path) -> None:  # 2, 3
    folder = tmp_path / "definitions" / "rooms"
    path = _save(folder)
    hall.scan()
    (first,) = versions(hall)
    assert hall.scan() == []
    student = person(hall, "20001")
    case = hall.submit(student, "rooms", {"教室": "0102", "工号": "00013"}, command_id="c-1").case_id
    (folder / "rooms.csv").write_text(ROWS.replace("120", "90"))
    hall.scan()
    (second,) = set(versions(hall)) - {first}
    assert hall.workshop.workbook_bytes(person(hall, OWNER), "rooms", first)[1] != path.read_bytes()
    rows = {
        hash_: files_in(hall.workshop.workbook_bytes(person(hall, OWNER), "rooms", hash_)[1])
        for hash_ in (first, second)
    }
    assert rows[first] == _files()
    assert rows[second]["rooms.csv"] == ROWS.replace("120", "90").encode()
    assert hall.case(student, case).answers["座位"] == 120
    assert hall.evaluate(student, "rooms", {"教室": "0102"})["values"]["座位"] == 90
    again = open_test_hall(tmp_path)
    try:
        assert again.scan() == []
        assert sorted(versions(again)) == sorted((first, second))
    finally:
        again.close()


def test_the_same_files_make_the_same_bytes() -> None:  # 2
    data = workbook_from_text(ROOMS)
    workbook, _ = read_workbook(data, "rooms.xlsx")
    assert workbook is not None
    whole = with_files(data, workbook, _files().get)
    assert whole != data
    assert with_files(data, workbook, _files().get) == whole
    carrying, _ = read_workbook(whole, "rooms.xlsx")
    assert carrying is not None
    assert with_files(whole, carrying, lambda _: None) == whole
    changed = with_files(whole, carrying, {"rooms.csv": b"name\n1"}.get)
    assert files_in(changed) == {**_files(), "rooms.csv": b"name\n1"}
    assert read_workbook(changed, "rooms.xlsx")[0] is not None


def test_a_workbook_is_found_among_its_files(hall: Hall) -> None:  # 5
    owner, book = person(hall, OWNER), workbook_from_text(ROOMS)
    name, data = hall.workshop.together(owner, {**_files(), "教室.xlsx": book})
    assert name == "教室.xlsx"
    report = hall.workshop.check(owner, name, data)
    assert report.publishable
    hall.workshop.publish(owner, name, data)
    # Excel leaves the files out when it saves: the live version's stand in.
    _, data = hall.workshop.together(owner, {"教室.xlsx": book, "rooms.csv": ROWS.replace("60", "61").encode()})
    assert files_in(data) == _files(ROWS.replace("60", "61"))


@pytest.mark.parametrize(
    "files",
    [
        {"rooms.csv": ROWS.encode()},
        {"甲.xlsx": workbook_from_text(ROOMS), "乙.xlsx": workbook_from_text(ROOMS.replace("rooms |", "halls |"))},
    ],
)
def test_one_workbook_comes_in_an_upload(hall: Hall, files: dict[str, bytes]) -> None:  # 5
    with pytest.raises(Declined) as declined:
        hall.workshop.together(person(hall, OWNER), files)
    assert "工作簿" in declined.value.message("zh")
    assert "workbook" in declined.value.message("en")


def test_a_workbook_with_files_is_a_workbook(hall: Hall) -> None:  # 6
    owner = person(hall, OWNER)
    broken = ROOMS.replace("'seats'", "'seat'")
    name, data = hall.workshop.together(owner, {**_files(), "教室.xlsx": workbook_from_text(broken)})
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == ["settings", "survey", "data.价格", "route"]
    (cell,) = [cell for cell in hall.look(owner, name, data, Place("prices.xlsx", "B2")) if cell.asked]
    assert (cell.header, cell.text) == ("元", "12.5")
    _, marked = hall.workshop.mark_workbook(owner, name, data)
    assert files_in(marked) == _files()
    assert _told(load_bytes(marked, name)[1]) == [("EXPR-027", "survey!D5")]
    _, again = hall.workshop.together(owner, {name: marked, "rooms.csv": ROWS.replace("60", "61").encode()})
    assert files_in(again)["rooms.csv"] == ROWS.replace("60", "61").encode()
    assert _told(load_bytes(again, name)[1]) == [("EXPR-027", "survey!D5")]
