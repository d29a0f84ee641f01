"""QR entry: what an address may fill in, and the labels that say such addresses.

Q1 a field that is there is filled in as if typed, by name or label of its choices · Q2 what people do not fill in themselves cannot be
set, unknown names are ignored, both are said · Q3 what came is checked like anything typed · Q4 a draft keeps the rest · Q5 labels
decode to the addresses of the service and its places, 24 on a page · Q6 only owners print them · Q7 faults of the setting.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from halls import open_test_hall
from qr import REPAIR, codes_of
from workbooks import workbook_from_text

from banshi.platform.documents.labels import Label, labels_pdf
from banshi.platform.errors import NotAllowed
from banshi.platform.filling.labels import labels_of
from banshi.platform.hall import Hall
from banshi.platform.sheets.load import load_bytes

STUDENT, OWNER = "20001", "20005"


@pytest.fixture
def hall(tmp_path: Path):
    with closing(open_test_hall(tmp_path, services={"repair": REPAIR})) as made:
        assert "repair" in made._library.live, [
            str(one) for bad in made._library.faulty().values() for one in bad.diagnostics
        ]
        yield made


def opened(hall: Hall, given: dict[str, str], language: str = "zh"):
    return hall.open_form(hall.directory.people[STUDENT], "repair", language, given=given)


def test_q1_fields_are_filled_in_as_if_typed(hall):
    session = opened(hall, {"楼栋": "A", "房间": "301", "层": "3"})
    assert {name: session.answers[name] for name in ("楼栋", "房间", "层")} == {"楼栋": "A", "房间": "301", "层": 3}
    assert session.scanned == (("楼栋", "教学楼A"), ("房间号", "301"), ("楼层", "3"))
    assert session.ignored == ()
    assert opened(hall, {"楼栋": "教学楼B"}).answers["楼栋"] == "B"
    assert opened(hall, {}).scanned == ()


def test_q2_what_nobody_types_cannot_be_set_and_unknown_names_are_said(hall):
    before = dict(opened(hall, {}).answers)
    given = {"位置": "X", "来源": "X", "单位": "X", "承诺": "true", "照片": "X", "utm": "1", "楼栋": "C"}
    session = opened(hall, given)
    assert dict(session.answers) == before
    assert dict(session.ignored) == {
        "位置": "它由表单自己填写",
        "来源": "它由表单自己填写",
        "单位": "它是只读的",
        "承诺": "要由本人勾选",
        "照片": "附件要由人上传",
        "utm": "表单里没有这个字段",
        "楼栋": dict(session.ignored)["楼栋"],
    }
    assert "C" in dict(session.ignored)["楼栋"]
    assert dict(opened(hall, {"utm": "1"}, "en").ignored) == {"utm": "the form has no such field"}


def test_q3_what_came_is_checked_like_anything_typed(hall):
    student = hall.directory.people[STUDENT]
    session = opened(hall, {"楼栋": "A", "房间": "3楼", "层": "99"})
    receipt = hall.submit(student, "repair", {**session.answers, "问题": "投影仪不亮"}, command_id="c1")
    assert not receipt.done
    assert {problem.path for problem in receipt.problems} == {"房间", "层"}


def test_q4_a_draft_keeps_what_the_code_does_not_say(hall):
    student = hall.directory.people[STUDENT]
    hall.save_draft(student, "repair", {"问题": "灯不亮", "房间": "302"}, opened(hall, {}).version)
    session = opened(hall, {"房间": "301"})
    assert (session.answers["问题"], session.answers["房间"]) == ("灯不亮", "301")


def test_q5_labels_say_the_addresses_of_the_service_and_its_places(hall):
    owner = hall.directory.people[OWNER]
    assert hall.labels.parts(owner, "repair") == 1
    name, data = hall.labels.labels(owner, "repair", "https://hall.gdut.edu.cn/")
    assert name == "教室报修-QR-1.pdf"
    (codes,) = codes_of(data)
    assert codes[0] == "https://hall.gdut.edu.cn/form/repair"
    assert [dict(parse_qsl(urlsplit(code).query)) for code in codes[1:]] == [
        {"房间": "301", "楼栋": "A"},
        {"房间": "302", "楼栋": "A"},
        {"房间": "101", "楼栋": "B"},
    ]
    assert {urlsplit(code).path for code in codes} == {"/form/repair"}
    labels = labels_of(hall._library.service("repair"), "https://hall.gdut.edu.cn")
    assert [(label.title, label.place) for label in labels[:2]] == [
        (("教室报修", "Classroom repairs"), ("", "")),
        (("教室报修", "Classroom repairs"), ("301", "Room A-301")),
    ]


def test_q5_twenty_four_labels_fill_a_page():
    labels = [
        Label(
            address=f"https://hall.gdut.edu.cn/form/repair?room={n}",
            title=("教室报修", "Repairs"),
            place=(f"{n} 室", f"Room {n}"),
        )
        for n in range(49)
    ]
    pages = codes_of(labels_pdf("教室报修", labels))
    assert [len(page) for page in pages] == [24, 24, 1]
    assert sorted(code for page in pages for code in page) == sorted(label.address for label in labels)


def test_q6_only_owners_print_labels(hall):
    with pytest.raises(NotAllowed):
        hall.labels.labels(hall.directory.people[STUDENT], "repair", "https://hall.gdut.edu.cn")


@pytest.mark.parametrize(
    ("setting", "code"),
    [("教室[房间", "PLACE-001"), ("房间表[房间]", "PLACE-002"), ("教室[门牌]", "PLACE-003"), ("教室", "")],
)
def test_q7_faults_of_the_setting_are_at_its_cell(setting, code):
    _, found = load_bytes(workbook_from_text(REPAIR.replace("教室[房间]", setting)), "repair.xlsx")
    assert [(one.code, one.place.cell) for one in found if one.code.startswith("PLACE")] == (
        [(code, "E2")] if code else []
    )


def test_q7_a_sheet_that_fills_nothing_in_is_told():
    text = REPAIR.replace("| *房间 | 楼栋 | 英文名", "| *门牌 | 座位数 | 英文名").replace("教室[房间]", "教室[门牌]")
    _, found = load_bytes(workbook_from_text(text), "repair.xlsx")
    assert [one.code for one in found if one.code.startswith("PLACE")] == ["PLACE-004"]
