"""Media of labels, and the cleaning of SVG.

1. XLSForm's columns `image`, `big-image`, `audio`, `video`, with `media::` and a language or without, on both sheets.
2. What is wrong with a file is told at its cell; only a path keeps the form from being published.
3. An SVG keeps what is drawn; what acts, fetches or covers the page goes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from workbooks import workbook_from_text

from banshi.platform.forms import form_schema
from banshi.platform.service.media import MediaFolder, kind_of
from banshi.platform.service.svg import clean_svg
from banshi.platform.sheets import load, load_bytes

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
MAP = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect id="east" x="0" width="90" height="90"/>'
    '<path id="west" d="M100 0h90v90h-90z" style="fill:#cde"/></svg>'
)
FORM = """
## settings
| form_id | form_title |
| tour | 校园导览 |
## survey
| type | name | label::中文 (zh) | label::English (en) | media::image::中文 (zh) | image::English (en) | media::audio | appearance |
| note | 说明 | 说明 | Read this | 说明.png | guide.png | 说明.mp3 | |
| select_one campus | 校区 | 校区 | Campus | 校区.svg | | | image-map |
## choices
| list_name | name | label | image |
| campus | east | 东校区 | 东.png |
| campus | west | 西校区 | |
"""


def folder(path: Path, **files: bytes | str) -> Path:
    (path / "media").mkdir(exist_ok=True)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (path / "media" / name.replace("__", ".")).write_bytes(data)
    return path


def faults(path: Path, text: str = FORM) -> list[tuple[str, str, str]]:
    file = path / "tour.xlsx"
    file.write_bytes(workbook_from_text(text))
    return [(item.code, str(item.severity), str(item.place)) for item in load(file)[1]]


def test_1_columns_are_read_in_every_spelling() -> None:
    service, found = load_bytes(workbook_from_text(FORM), "x.xlsx")
    assert found == []
    assert service is not None
    assert service.survey is not None
    assert [(item.kind, item.language, item.file, str(item.place)) for item in service.survey.media()] == [
        ("image", "zh", "说明.png", "survey!E2"),
        ("image", "en", "guide.png", "survey!F2"),
        ("audio", "", "说明.mp3", "survey!G2"),
        ("image", "zh", "校区.svg", "survey!E3"),
        ("image", "", "东.png", "choices!D2"),
    ]


def test_1_two_columns_for_the_same_are_no_fault() -> None:
    text = "## survey\n| type | name | label | image | media::image |\n| note | a | 甲 | | a.png |"
    service, found = load_bytes(workbook_from_text(text), "x.xlsx")
    assert [item.code for item in found] == []
    assert [item.file for item in service.survey.media()] == ["a.png"]  # type: ignore[union-attr]


def test_1_the_schema_has_the_files_that_are_there(tmp_path: Path) -> None:
    folder(tmp_path, 说明__png=PNG, 校区__svg=MAP, 东__png=PNG)
    service, _ = load_bytes(workbook_from_text(FORM), "x.xlsx")
    assert service is not None

    def shown(language: str, media: MediaFolder | None) -> Any:
        schema = form_schema(service, language, None, media)
        items = [item.get("media") for item in schema["pages"][0]["items"]]
        return items, [choice.get("media") for choice in schema["choices"]["campus"]]

    here = MediaFolder(tmp_path / "media")
    assert shown("zh", here) == ([{"image": "说明.png"}, {"image": "校区.svg"}], [{"image": "东.png"}, None])
    assert shown("en", here)[0] == [{"image": "说明.png"}, {"image": "校区.svg"}]
    folder(tmp_path, guide__png=PNG)
    assert shown("en", here)[0][0] == {"image": "guide.png"}
    assert shown("zh", None) == ([None, None], [None, None])


def test_2_files_that_are_there_have_no_fault(tmp_path: Path) -> None:
    folder(tmp_path, 说明__png=PNG, guide__png=PNG, 说明__mp3=b"ID3" + bytes(9), 校区__svg=MAP, 东__png=PNG)
    assert faults(tmp_path) == []


def test_2_a_published_form_comes_without_its_files(tmp_path: Path) -> None:
    cells = ["survey!E2", "survey!F2", "survey!G2", "survey!E3", "choices!D2"]
    assert faults(tmp_path) == [("MEDIA-003", "warning", cell) for cell in cells]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.png", PNG, None),
        ("../a.png", b"", ("MEDIA-001", "error")),
        ("/etc/passwd.png", b"", ("MEDIA-001", "error")),
        ("图\\a.png", b"", ("MEDIA-001", "error")),
        ("a.exe", b"MZ", ("MEDIA-002", "warning")),
        ("a.mp3", b"ID3", ("MEDIA-002", "warning")),
        ("a.png", b"GIF89a", ("MEDIA-005", "warning")),
        ("a.png", PNG + bytes(5 * 1024 * 1024), ("MEDIA-004", "warning")),
        ("a.svg", b"<svg", ("MEDIA-005", "warning")),
        ("a.svg", b"<html/>", ("MEDIA-005", "warning")),
        ("a.svg", MAP.replace("<rect", "<script/><rect").encode(), ("MEDIA-006", "notice")),
    ],
)
def test_2_what_is_wrong_with_a_file(tmp_path: Path, name: str, content: bytes, fault: tuple[str, str] | None) -> None:
    folder(tmp_path)
    if "/" not in name and "\\" not in name:
        (tmp_path / "media" / name).write_bytes(content)
    text = f"## survey\n| type | name | label | image |\n| note | a | 甲 | {name} |"
    assert faults(tmp_path, text) == ([(*fault, "survey!D2")] if fault else [])


def test_2_a_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "secret.png").write_bytes(PNG)
    (tmp_path / "media" / "a.png").symlink_to(tmp_path / "secret.png")
    text = "## survey\n| type | name | label | image |\n| note | a | 甲 | a.png |"
    assert faults(tmp_path, text) == [("MEDIA-003", "warning", "survey!D2")]


def test_2_a_map_has_an_area_for_every_choice(tmp_path: Path) -> None:
    folder(tmp_path, 说明__png=PNG, guide__png=PNG, 说明__mp3=b"ID3", 校区__svg=MAP.replace("west", "w"), 东__png=PNG)
    assert faults(tmp_path) == [("MEDIA-007", "warning", "survey!E3")]
    no_picture = FORM.replace("| 校区.svg |", "| |")
    assert faults(tmp_path, no_picture) == [("MEDIA-008", "warning", "survey!B3")]


def cleaned(inside: str, more: str = "") -> tuple[ET.Element, tuple[str, ...]]:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {more}>'
    made = clean_svg(f"{head}{inside}</svg>".encode())
    assert made is not None
    return ET.fromstring(made.data), made.left_out


@pytest.mark.parametrize(
    ("inside", "left_out"),
    [
        ("<script>alert(1)</script>", ("script",)),
        ("<g><foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><script/></body></foreignObject></g>", ("foreignObject",)),
        ("<rect onclick='alert(1)' width='1' height='1'/>", ("onclick",)),
        ("<image xlink:href='https://example.org/a.png'/>", ("image",)),
        ("<image href='javascript:alert(1)'/>", ("image",)),
        ("<image href='data:image/svg+xml;base64,AAAA'/>", ("image",)),
        ("<use xlink:href='https://example.org/a.svg#x'/>", ("use",)),
        ("<animate attributeName='href' to='javascript:alert(1)'/>", ("animate",)),
        ("<set attributeName='onload' to='alert(1)'/>", ("set",)),
        ("<style>@import 'https://example.org/a.css'; a{fill:red}</style>", ("style",)),
        ("<style>:host{position:fixed}</style>", ("style",)),
        ("<iframe xmlns='http://www.w3.org/1999/xhtml' src='https://example.org'/>", ()),
        ("<a xlink:href='javascript:alert(1)'><rect id='r' width='1' height='1'/></a>", ()),
        ("<rect style='fill:url(https://example.org/a)' fill='url(https://example.org/a)'/>", ()),
        ("<rect style='fill:url(&quot;//example.org/a&quot;);position:fixed;background:image(a)'/>", ()),
        ("<style>rect{fill:\\75rl(https://example.org)} svg{position:fixed;inset:0}</style>", ()),
        ("<metadata><script xmlns='http://www.w3.org/2000/svg'/></metadata>", ()),
    ],
)  # fmt: skip
def test_3_what_acts_or_fetches_goes(inside: str, left_out: tuple[str, ...]) -> None:
    root, told = cleaned(inside, "onload='alert(1)'")
    text = ET.tostring(root, "unicode")
    assert told == ("onload", *left_out)
    for bad in (
        "script",
        "alert",
        "example.org",
        "javascript",
        "iframe",
        "foreignObject",
        "fixed",
        "import",
        "\\",
        "use",
    ):
        assert bad not in text, text


def test_3_what_is_drawn_stays() -> None:
    root, told = cleaned(
        "<title>校园</title><defs><linearGradient id='g'><stop offset='0' stop-color='rgb(1, 2, 3)'/></linearGradient></defs>"
        "<style>/* of a program */ .a, #b { fill: #123456; stroke: url(#g) }</style>"
        "<a><path id='b' class='a' d='M0 0L9 9' transform='scale(2)' fill='url(#g)' style='stroke:red;-x-y:1'/></a>"
        "<text x='1'>东<tspan>校区</tspan></text><image href='data:image/png;base64,AAAA' width='1'/>",
        "width='200px' height='100'",
    )
    assert told == ()
    assert root.get("viewBox") == "0 0 200 100"
    name = "{http://www.w3.org/2000/svg}"
    assert [part.tag.removeprefix(name) for part in root.iter()] == [
        "svg", "title", "defs", "linearGradient", "stop", "style", "g", "path", "text", "tspan", "image"
    ]  # fmt: skip
    path = root.find(f".//{name}path")
    assert path is not None
    assert dict(path.items()) == {
        "id": "b", "class": "a", "d": "M0 0L9 9", "transform": "scale(2)", "fill": "url(#g)", "style": "stroke:red"
    }  # fmt: skip
    assert root.findtext(f"{name}style") == ".a, #b {fill:#123456;stroke:url(#g)}"
    assert "".join(root.itertext()).endswith("东校区")


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE svg [<!ENTITY a 'x'>]><svg xmlns='http://www.w3.org/2000/svg'>&a;</svg>",
        b"<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg xmlns='http://www.w3.org/2000/svg'>&a;</svg>",
        b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g/>" * 30_000 + b"</svg>",
        b"<svg/>",
        b"",
        b"\xff\xfe\x00",
    ],
)
def test_3_what_cannot_be_read_safely_is_none(data: bytes) -> None:
    assert clean_svg(data) is None


def test_3_a_deep_picture_ends_at_its_limit() -> None:
    made = clean_svg(b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g>" * 5000 + b"</g>" * 5000 + b"</svg>")
    assert made is not None
    assert made.left_out == ("g",)


OGG = b"OggS\0\2" + bytes(22)
MOVING = b"GIF89a\1\0\1\0\0\0\0;"


def test_2_what_browsers_show_is_taken_and_what_they_do_not_is_told_with_what_to_do(tmp_path: Path) -> None:
    text = """
        ## survey
        | type | name | label | image | audio | video |
        | note | a | 甲 | 步骤.gif | 说明.ogg | 演示.webm |
        | note | b | 乙 | 假.gif | 说明.oga | 演示.3gp |
        """
    files = {"步骤__gif": MOVING, "假__gif": PNG, "说明__ogg": OGG, "说明__oga": OGG, "演示__webm": b"\x1a\x45\xdf\xa3"}
    folder(tmp_path, **files, 演示__3gp=b"\0\0\0\x18ftyp3gp4")
    assert [(code, place) for code, _, place in faults(tmp_path, text)] == [
        ("MEDIA-005", "survey!D3"),
        ("MEDIA-002", "survey!F3"),
    ]
    told = next(item for item in load(tmp_path / "tour.xlsx")[1] if item.code == "MEDIA-002")
    assert "mp4" in told.remedy("zh")
    assert {kind_of(tmp_path / name) for name in ("步骤.gif", "说明.ogg", "校区.svg")} == {
        "image/gif",
        "audio/ogg",
        "image/svg+xml",
    }
