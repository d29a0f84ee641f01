"""Media of labels in a hall: who gets them, and what.

1. Whoever may fill in the form, or sees a case, gets what the form names; nobody else, and nothing else.
2. An SVG comes cleaned; a file that is put into the folder later is shown.
3. An uploaded version takes the media that came with it, those of the live version, those of the folder.
4. A version carries its pictures: a case shows those that it was sent under, whatever the folder has now.
5. What is large, and films, stay in the folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from halls import BORROWING, ORGANISATION, open_test_hall, write
from workbooks import workbook_from_text

from banshi.platform.errors import NotAllowed, NotFound
from banshi.platform.hall import Hall
from banshi.platform.workbook import read_workbook
from banshi.platform.workbook.shown import MOST_EACH, media_in, with_media

STUDENT, HEAD, FINANCE, SECURITY, OWNER, AUDITOR, ADMIN = (f"2000{i}" for i in range(1, 8))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
OTHER = PNG + b"!"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><rect id="a" width="9" height="9"/></svg>'
PICTURED = (
    BORROWING.replace(
        "| required | constraint | calculation        |", "| required | constraint | calculation | image |"
    )
    .replace("| 用途     | yes      |            |                    |", "| 用途 | yes | | | 用途.png |")
    .replace("| 请爱护仪器 |        |            |                    |", "| 请爱护仪器 | | | | 仪器.svg |")
    .replace("| form_title | category | owner  |", "| form_title | category | owner | applicants |")
    .replace("| 实验室   | 设备处 |", "| 实验室 | 设备处 | person:20001 |")
)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    write(tmp_path / "definitions", "borrowing/borrowing.xlsx", PICTURED)
    media = tmp_path / "definitions" / "borrowing" / "media"
    media.mkdir()
    (media / "用途.png").write_bytes(PNG)
    (media / "仪器.svg").write_text(SVG, "utf-8")
    (media / "别的.png").write_bytes(PNG)
    write(tmp_path / "definitions", "organisation/organisation.xlsx", ORGANISATION)
    opened = open_test_hall(tmp_path)
    yield opened
    opened.close()


def person(hall: Hall, person_id: str) -> Any:
    return hall.directory.people[person_id]


def shown(hall: Hall) -> list[Any]:
    schema = orjson.loads(hall.form_schema(person(hall, STUDENT), "borrowing"))
    return [item.get("media") for item in schema["pages"][0]["items"]]


def test_1_whoever_may_apply_gets_what_the_form_names(hall: Hall) -> None:
    kind, path = hall.media(person(hall, STUDENT), "用途.png", service_id="borrowing")
    assert isinstance(path, Path)
    assert (kind, path.read_bytes()) == ("image/png", PNG)
    for file in ("别的.png", "../borrowing.xlsx", "borrowing.xlsx", ""):
        with pytest.raises(NotFound):
            hall.media(person(hall, STUDENT), file, service_id="borrowing")
    for who in (HEAD, OWNER):
        with pytest.raises(NotAllowed):
            hall.media(person(hall, who), "用途.png", service_id="borrowing")


def test_1_whoever_sees_the_case_gets_them_too(hall: Hall) -> None:
    answers = {"用途": "催化剂表征", "天数": 3}
    case_id = hall.submit(person(hall, STUDENT), "borrowing", answers, command_id="c1").case_id
    for who in (STUDENT, HEAD, AUDITOR):
        assert hall.media(person(hall, who), "用途.png", case_id=case_id)[0] == "image/png"
    with pytest.raises(NotAllowed):
        hall.media(person(hall, SECURITY), "用途.png", case_id=case_id)


def test_2_an_svg_comes_cleaned(hall: Hall) -> None:
    kind, data = hall.media(person(hall, STUDENT), "仪器.svg", service_id="borrowing")
    assert kind == "image/svg+xml"
    assert isinstance(data, bytes)
    assert b'id="a"' in data
    assert b"script" not in data


def test_2_a_file_that_comes_later_is_shown(hall: Hall) -> None:
    path = hall.definitions / "borrowing" / "media" / "用途.png"
    path.unlink()
    assert shown(hall)[0] == {"image": "用途.png"}  # of the version that is live
    hall.scan()
    assert shown(hall)[0] is None
    with pytest.raises(NotFound):
        hall.media(person(hall, STUDENT), "用途.png", service_id="borrowing")
    path.write_bytes(PNG)
    assert shown(hall) == [{"image": "用途.png"}, None, None, {"image": "仪器.svg"}]


def test_3_an_upload_finds_the_folder(hall: Hall) -> None:
    (hall.definitions / "borrowing" / "media" / "用途.png").unlink()
    hall.scan()
    (hall.definitions / "borrowing" / "media" / "用途.png").write_bytes(PNG)
    data = workbook_from_text(PICTURED.replace("仪器借用", "上传的借用"))
    report, version = hall.workshop.publish(person(hall, OWNER), "新.xlsx", data)
    assert version is not None
    assert [item.code for item in report.diagnostics] == ["MEDIA-006"]
    assert shown(hall)[0] == {"image": "用途.png"}


def content(hall: Hall, **where: str) -> bytes:
    _, path = hall.media(person(hall, STUDENT), "用途.png", **where)
    assert isinstance(path, Path)
    return path.read_bytes()


def test_3_pictures_come_with_the_workbook(hall: Hall) -> None:
    book = workbook_from_text(PICTURED.replace("仪器借用", "上传的借用"))
    name, data = hall.workshop.together(person(hall, OWNER), {"用途.png": OTHER, "新.xlsx": book})
    assert name == "新.xlsx"
    assert hall.workshop.publish(person(hall, OWNER), name, data)[1] is not None
    assert content(hall, service_id="borrowing") == OTHER
    # Excel leaves the parts out when it saves: the live version has them.
    book = workbook_from_text(PICTURED.replace("仪器借用", "又一次上传"))
    name, data = hall.workshop.together(person(hall, OWNER), {"新.xlsx": book})
    assert hall.workshop.publish(person(hall, OWNER), name, data)[1] is not None
    assert content(hall, service_id="borrowing") == OTHER


def test_4_a_case_shows_the_pictures_of_its_version(hall: Hall) -> None:
    answers = {"用途": "催化剂表征", "天数": 3}
    case_id = hall.submit(person(hall, STUDENT), "borrowing", answers, command_id="c1").case_id
    (hall.definitions / "borrowing" / "media" / "用途.png").write_bytes(OTHER)
    assert content(hall, service_id="borrowing") == PNG
    assert [report.publishable for report in hall.scan()] == [True]
    assert content(hall, service_id="borrowing") == OTHER
    assert content(hall, case_id=case_id) == PNG
    (hall.definitions / "borrowing" / "media" / "用途.png").unlink()
    hall.scan()
    assert content(hall, case_id=case_id) == PNG
    assert hall.scan() == []


def test_4_the_same_files_make_the_same_version(hall: Hall) -> None:
    card = hall.card(person(hall, STUDENT), "borrowing").version
    media = hall.definitions / "borrowing" / "media"
    (media / "用途.png").write_bytes(OTHER)
    hall.scan()
    (media / "别的.png").write_bytes(OTHER)
    (media / "用途.png").write_bytes(PNG)
    hall.scan()
    assert hall.card(person(hall, STUDENT), "borrowing").version == card


def test_5_what_is_large_stays_in_the_folder() -> None:
    book = workbook_from_text(PICTURED.replace("| 用途.png |", "| 用途.png |\n| note | 影 | 影 | | | | 影.mp4 |"))
    workbook, _ = read_workbook(book, "借用.xlsx")
    assert workbook is not None
    files = {"用途.png": PNG + bytes(MOST_EACH), "仪器.svg": SVG.encode(), "影.mp4": PNG}
    assert set(media_in(with_media(book, workbook, files.get))) == {"仪器.svg"}
    files = {"用途.png": PNG, "仪器.svg": SVG.encode(), "别的.png": PNG}
    whole = with_media(book, workbook, files.get)
    assert media_in(whole) == {"用途.png": PNG, "仪器.svg": SVG.encode()}
    again, found = read_workbook(whole, "借用.xlsx")
    assert again is not None
    assert not [item for item in found if item.severity.name == "ERROR"]
    assert with_media(whole, again, lambda _: None) == whole
