"""The sheet `documents`: what it may say, each mistake at its cell, the files beside the workbook, `expect document`."""

from __future__ import annotations

import base64
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from workbooks import workbook_from_text

from banshi.platform.service.model import Service
from banshi.platform.service.papers import Seal, Valid
from banshi.platform.sheets.differences import differences
from banshi.platform.sheets.examples import run_examples
from banshi.platform.sheets.load import load, load_bytes
from banshi.platform.workbook.beside import beside, read_whole
from banshi.platform.workbook.reader import read_workbook
from banshi.platform.workbook.show import show
from banshi.platform.workbook.workbook import Workbook
from banshi.rules.diagnostics import Diagnostic, has_errors
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import CAMPUS_ZONE

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=CAMPUS_ZONE)
FORM = """
## settings
| form_id | form_title |
| proof   | 证明       |

## survey
| type         | name   | label    | sensitive |
| text         | 姓名   | 姓名     |           |
| date         | 毕业日 | 毕业日期 |           |
| integer      | 份数   | 份数     |           |
| text         | 证件   | 证件     | 证件号    |
| begin_repeat | 课程   | 课程     |           |
| text         | 课名   | 课名     |           |
| end_repeat   |        |          |           |

## route
| step | name | who       | do   |
| 10   | 申请 | initiator | {do} |
"""
SHEET = """
## 文书
| 文书 | 名称 | 名称::English (en) | 条件 | 模板 | 模板::English (en) | 纸张 | 份数 | 文号 | 印章 | 核验 | 核验内容 | 语言 | 有效期 |
| {document} | {title} | {title_en} | {when} | {template} | {template_en} | {paper} | {copies} | {number} | {seal} | {verify} | {shows} | {language} | {valid} |
"""
COLUMNS = dict(
    zip(
        re.findall(r"\{(\w+)\}", SHEET),
        "ABCDEFGHIJKLMN",
        strict=True,
    )
)


def loaded(do: str = "", **cells: str) -> tuple[Service, list[Diagnostic]]:
    row = {**dict.fromkeys(COLUMNS, ""), "document": "证明", **cells}
    sheet = SHEET
    for name, text in row.items():
        sheet = sheet.replace(f"{{{name}}}", text.replace("|", "\\|").replace("\n", "\\n"))
    service, found = load_bytes(workbook_from_text(FORM.replace("{do}", do) + sheet), "a.xlsx")
    assert service is not None
    return service, [item for item in found if item.code.startswith(("DOC", "EXPR", "COLUMN"))]


def test_a_row_says_what_it_may() -> None:
    service, found = loaded(
        title="成绩证明", title_en="Transcript", when="份数 > 0", template="<p>{{姓名}}</p>", template_en="<p>{{姓名}}!</p>",
        paper="a5 横向", copies="3 份", number="CJ{yyyy}-{0001}", seal="青禾大学/教务处", verify="是", shows="姓名、毕业日", language="中英",
        valid="6个月", do="打印:证明",
    )  # fmt: skip
    assert found == []
    (one,) = service.documents
    assert (one.title("zh"), one.title("en")) == ("成绩证明", "Transcript")
    assert (one.size, one.landscape, one.copies, one.number) == ("A5", True, 3, "CJ{yyyy}-{0001}")
    assert one.seal == Seal("青禾大学", "教务处")
    assert (one.verify, one.shows, one.languages) == (True, ("姓名", "毕业日"), ("zh", "en"))
    assert one.valid == Valid(months=6)
    assert (one.template("zh"), one.template("en")) == ("<p>{{姓名}}</p>", "<p>{{姓名}}!</p>")


def test_what_is_left_out_is_the_usual() -> None:
    service, found = loaded()
    assert found == []
    (one,) = service.documents
    assert (one.title("en"), one.size, one.landscape, one.copies) == ("证明", "A4", False, 0)
    assert (one.verify, one.languages, one.valid, one.seal, one.template("zh")) == (True, ("zh",), None, None, "")


@pytest.mark.parametrize(
    ("written", "ends"),
    [
        ("1天", date(2026, 9, 3)),
        ("30 days", date(2026, 10, 2)),
        ("6个月", date(2027, 3, 2)),
        ("1年", date(2027, 9, 2)),
        ("长期", None),
    ],
)
def test_periods_end_with_a_day(written: str, ends: date | None) -> None:
    """A paper of 1 September that is valid for a day is valid on the second, and no more on the third."""
    (one,) = loaded(valid=written)[0].documents
    assert (one.valid.ends(NOW).date() if one.valid else None) == ends


def test_a_month_that_lacks_the_day_ends_with_its_last() -> None:
    assert Valid(months=1).ends(datetime(2026, 1, 31, 8, 0, tzinfo=CAMPUS_ZONE)).date() == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("code", "column", "cells"),
    [
        ("DOC-001", "template", {"template": "<p>{{姓名}</p>"}),
        ("DOC-001", "template", {"template": "{% for 行 in 课程 %}{{行.课名}}"}),
        ("DOC-002", "template", {"template": "<p>{{性名}}</p>"}),
        ("DOC-002", "template_en", {"template_en": "{{姓名|uper}}"}),
        ("DOC-003", "template", {"template": "{% for 行 in 课程 %}{{行.课明}}{% endfor %}"}),
        ("DOC-003", "template", {"template": "{{办件.单好}}"}),
        ("DOC-003", "template", {"template": "{{文书.文好}}"}),
        ("DOC-004", "template", {"template": "<script>x</script>"}),
        ("DOC-004", "template", {"template": '<meta name="pdfkit-page-size" content="A0">'}),
        ("DOC-004", "template", {"template": '<img src="http://x/y.png">'}),
        ("DOC-005", "template", {"template": "没有.html"}),
        ("DOC-005", "seal", {"seal": "没有.png"}),
        ("DOC-006", "paper", {"paper": "A44"}),
        ("DOC-007", "copies", {"copies": "0"}),
        ("DOC-007", "copies", {"copies": "很多"}),
        ("DOC-008", "number", {"number": "ZD{yyy}{001}"}),
        ("DOC-009", "language", {"language": "法文"}),
        ("DOC-010", "valid", {"valid": "半年 左右"}),
        ("DOC-011", "verify", {"verify": "也许"}),
        ("DOC-015", "shows", {"shows": "姓明"}),
        ("DOC-015", "shows", {"shows": "课名"}),
        ("DOC-017", "shows", {"shows": "证件"}),
        ("DOC-018", "shows", {"shows": "姓名", "verify": "否"}),
    ],
)
def test_each_mistake_is_told_at_its_cell(code: str, column: str, cells: dict[str, str]) -> None:
    found = loaded(**cells)[1]
    assert [(item.code, item.place.sheet, item.place.cell) for item in found] == [(code, "文书", f"{COLUMNS[column]}2")]
    for language in ("zh", "en"):
        assert "…" not in found[0].message(language).replace("{{…}}", "").replace("=…", "")
        assert found[0].remedy(language)


def test_what_was_meant_is_proposed() -> None:
    assert "姓名" in loaded(template="一\n二\n{{性名}}")[1][0].message("en")
    assert "Line 3" in loaded(template="一\n二\n{{性名}}")[1][0].message("en")
    assert "A4" in loaded(paper="A44")[1][0].message("zh")
    assert "证明" in loaded(do="打印:证名")[1][0].message("zh")


def test_a_step_prints_what_there_is() -> None:
    found = loaded(do="打印:通知书")[1]
    assert [(item.code, item.place.cell) for item in found] == [("DOC-014", "D2")]
    assert loaded(do="print:证明")[1] == []


def test_names_and_expressions_are_checked() -> None:
    assert [item.code for item in loaded(when="份树 > 0")[1]] == ["EXPR-004"] or loaded(when="份树 > 0")[1]
    twice = FORM.replace("{do}", "") + "\n## 文书\n| 文书 | 条件 |\n| 甲 | |\n|  | 份数 > 1 |\n| 甲 | |\n"
    _, found = load_bytes(workbook_from_text(twice), "a.xlsx")
    assert [(i.code, i.place.cell) for i in found if i.code.startswith("DOC")] == [("DOC-013", "B3"), ("DOC-012", "A4")]
    alone = "## survey\n| type | name | label |\n| text | 姓名 | 姓名 |\n\n## 文书\n| 文书 |\n| 甲 |\n"
    _, found = load_bytes(workbook_from_text(alone), "a.xlsx")
    assert "DOC-016" in [item.code for item in found]


def test_templates_and_seals_lie_beside_the_workbook(tmp_path: Path) -> None:
    """They travel inside the version, and what changes in them makes another one."""
    row = "## 文书\n| 文书 | 模板 | 印章 |\n| 甲 | 甲.html | 章.png |\n"
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook_from_text(FORM.replace("{do}", "") + row))
    png = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    (tmp_path / "甲.html").write_text("<p>{{姓名}}</p>\n<p>{{性名}}</p>", encoding="utf-8")
    (tmp_path / "章.png").write_bytes(png)
    service, found = load(path)
    assert [(i.code, i.place.cell) for i in found if i.code.startswith("DOC")] == [("DOC-002", "B2")]
    (tmp_path / "甲.html").write_text("<p>{{姓名}}</p>", encoding="utf-8")
    service, found = load(path)
    assert service is not None
    assert not has_errors(found)
    assert service.documents[0].template("zh") == "<p>{{姓名}}</p>"
    assert service.documents[0].seal == Seal(picture=f"data:image/png;base64,{base64.b64encode(png).decode()}")
    whole, _, _ = read_whole(read_workbook, path.read_bytes(), "a.xlsx", beside(path))
    for guarded in (False, True):
        again, more = load_bytes(whole, "a.xlsx", guarded=guarded)
        assert again is not None
        assert not has_errors(more)
        assert again.documents[0].seal == service.documents[0].seal
        assert again.documents[0].template("zh") == "<p>{{姓名}}</p>"
    (tmp_path / "甲.html").write_text("<p>{{姓名}}。</p>", encoding="utf-8")
    changed = load(path)[0]
    assert changed is not None
    assert changed.sha256 != service.sha256
    (tmp_path / "章.png").write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert "DOC-005" in [item.code for item in load(path)[1]]


def test_what_changed_beside_a_workbook_is_told_line_by_line(tmp_path: Path) -> None:
    """Of a picture only that it is another one."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook_from_text(FORM + "## 文书\n| 文书 | 模板 | 印章 |\n| 甲 | 甲.html | 章.png |\n"))

    def book(html: str, png: bytes) -> Workbook:
        (tmp_path / "甲.html").write_text(html, encoding="utf-8")
        (tmp_path / "章.png").write_bytes(png)
        made = read_whole(read_workbook, path.read_bytes(), "a.xlsx", beside(path))[1]
        assert made is not None
        return made

    old = book("<h1>证明</h1>\n<p>{{姓名}}</p>\n", b"\x89PNG\r\n\x1a\n" + b"1" * 9000)
    new = book("<h1>证明</h1>\n<p>{{姓名}}。</p>\n", b"\x89PNG\r\n\x1a\n" + b"2" * 9000)
    assert differences(old, old) == []
    told = [one.message("zh") for one in differences(old, new)]
    assert any("<p>{{姓名}}。</p>" in text for text in told)
    assert not any("证明</h1>" in text for text in told)
    assert any("9008 bytes" in text for text in told)
    assert all(len(text) < 200 for text in (*told, *show(new).splitlines()))


def test_examples_expect_papers() -> None:
    def results(*rows: str) -> list[bool]:
        text = (
            FORM.replace("{do}", "打印:随步")
            + "\n## 文书\n| 文书 | 条件 |\n| 随步 | 份数 > 1 |\n| 办结 | |\n"
            + "\n## examples\n| example | 份数 | expect document |\n"
            + "".join(f"| e | {row} |\n" for row in rows)
        )
        service, found = load_bytes(workbook_from_text(text), "a.xlsx")
        assert service is not None
        assert not has_errors(found)
        return [one.passed for one in run_examples(service, None, now=NOW, engine=FixpointEngine())]

    assert results("2 | 随步、办结", "2 | 办结、随步", "1 | 办结") == [True, True, True]
    assert results("2 | 办结", "1 | 随步", "1 | 无") == [False, False, False]
