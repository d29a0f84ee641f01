"""Media of labels in a hall: who gets them, and what.

1. Whoever may fill in the form, or sees a case, gets what the form names; nobody else, and nothing else.
2. An SVG comes cleaned; a file that is put into the folder later is shown without publishing again.
3. An uploaded version finds the media beside the file that the service came from.
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

STUDENT, HEAD, FINANCE, SECURITY, OWNER, AUDITOR, ADMIN = (f"2000{i}" for i in range(1, 8))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
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
    assert shown(hall)[0] is None
    with pytest.raises(NotFound):
        hall.media(person(hall, STUDENT), "用途.png", service_id="borrowing")
    path.write_bytes(PNG)
    assert shown(hall) == [{"image": "用途.png"}, None, None, {"image": "仪器.svg"}]


def test_3_an_upload_finds_the_folder(hall: Hall) -> None:
    data = workbook_from_text(PICTURED.replace("仪器借用", "上传的借用"))
    report, version = hall.workshop.publish(person(hall, OWNER), "新.xlsx", data)
    assert version is not None
    assert [item.code for item in report.diagnostics] == ["MEDIA-006"]
    assert shown(hall)[0] == {"image": "用途.png"}
