"""Applying again: `${last-saved#x}` in a workbook, and “begin with my last answers” on every form.

1. A default or calculation may ask for the applicant's case before: her own, of this service, sent before this one.
2. What offices filled in is not given back to the applicant.
3. A case keeps the answers of the case that was before it, whatever is sent afterwards.
4. A form begins with the last answers, without files, consents and what nobody types; a newer version drops what it lost.
   A draft that was begun meanwhile stays.
5. A version of a case before that cannot be read any more keeps nobody from applying.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from halls import open_test_hall, write

from banshi.platform.errors import NotFound
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person

METERS = """
## settings
| form_id | form_title | owner  | number       |
| meters  | 抄表       | 设备处 | CB{yyyy}{0001} |
## survey
| type        | name   | label    | required | default              | calculation |
| text        | 房间   | 房间     | yes      | ${last-saved#房间}   | |
| integer     | 上次   | 上次示数 |          | ${last-saved#本次}   | |
| integer     | 本次   | 本次示数 | yes      |                      | |
| calculate   | 用量   |          |          |                      | ${本次} - coalesce(${last-saved#本次}, 0) |
| text        | 核实   | 核实意见 |          | ${last-saved#核实}   | |
| acknowledge | 属实   | 内容属实 | yes      |                      | |
| image       | 照片   | 照片     |          |                      | |
| begin_repeat | 备品  | 备品     |          |                      | |
| text        | 品名   | 品名     |          |                      | |
| end_repeat  |        |          |          |                      | |
| calculate   | 旧品数 |          |          |                      | count(${last-saved#品名}) |
## route
| step | name | who                | hide | edit |
| 10   | 申请 | initiator          | 核实 |      |
| 20   | 核实 | role:财务处.审核岗 |      | 核实 |
"""
STUDENT, OTHER, FINANCE = "20001", "20002", "20003"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path)
    write(opened.definitions, "meters/meters.xlsx", METERS)
    (report,) = [report for report in opened.scan() if report.service_id == "meters"]
    assert report.publishable, report
    yield opened
    opened.close()


def person(hall: Hall, person_id: str) -> Person:
    return hall.directory.people[person_id]


def send(hall: Hall, who: str, command: str, **answers: Any) -> str:
    receipt = hall.submit(person(hall, who), "meters", {"属实": True, **answers}, command_id=command)
    assert receipt.done, receipt.problems
    return receipt.case_id


def answers_of(hall: Hall, case_id: str, who: str = STUDENT) -> dict[str, Any]:
    return dict(hall.case(person(hall, who), case_id).answers)


def test_1_the_case_before_is_the_applicants_own(hall: Hall) -> None:
    first = send(hall, STUDENT, "c1", 房间="A201", 本次=100, 备品=[{"品名": "水龙头"}, {"品名": "灯管"}])
    send(hall, OTHER, "c2", 房间="B305", 本次=7000)
    assert answers_of(hall, first)["用量"] == 100
    opened = hall.open_form(person(hall, STUDENT), "meters")
    assert (opened.answers["房间"], opened.answers["上次"], opened.answers["旧品数"]) == ("A201", 100, 2)
    second = send(hall, STUDENT, "c3", 本次=130)
    kept = answers_of(hall, second)
    assert (kept["房间"], kept["上次"], kept["用量"], kept["旧品数"]) == ("A201", 100, 30, 2)


def test_2_what_an_office_filled_in_is_not_given_back(hall: Hall) -> None:
    case_id = send(hall, STUDENT, "c1", 房间="A201", 本次=100)
    view = hall.case(person(hall, FINANCE), case_id)
    hall.act(
        person(hall, FINANCE), case_id, view.tasks[0].id, "approve",
        seq=view.seq, command_id="f1", answers={**view.answers, "核实": "疑似窃电，待查"},
    )  # fmt: skip
    assert hall.open_form(person(hall, STUDENT), "meters").answers.get("核实") is None
    hall.fill_as_before(person(hall, STUDENT), "meters")
    begun = hall.open_form(person(hall, STUDENT), "meters").answers
    assert (begun.get("核实"), begun["上次"]) == (None, 100)  # a computed default is computed anew


def test_3_a_case_keeps_what_was_before_it(hall: Hall) -> None:
    send(hall, STUDENT, "c1", 房间="A201", 本次=100)
    second = send(hall, STUDENT, "c2", 本次=130)
    send(hall, STUDENT, "c3", 本次=190)
    view = hall.case(person(hall, FINANCE), second)
    hall.act(person(hall, FINANCE), second, view.tasks[0].id, "approve", seq=view.seq, command_id="f1")
    assert answers_of(hall, second)["用量"] == 30


def test_4_a_form_begins_with_the_last_answers(hall: Hall) -> None:
    student = person(hall, STUDENT)
    with pytest.raises(NotFound):
        hall.fill_as_before(student, "meters")
    picture = hall.attach(student, "表.png", iter([b"\x89PNG\r\n\x1a\n" + b"0" * 40]))
    send(hall, STUDENT, "c1", 房间="A201", 本次=100, 照片=picture, 备品=[{"品名": "水龙头"}])
    opened = hall.open_form(student, "meters")
    assert opened.last_number.startswith("CB")
    assert opened.last_at is not None
    write(
        hall.definitions,
        "meters/meters.xlsx",
        METERS.replace("| text        | 房间   | 房间 ", "| text        | 宿舍   | 宿舍 ").replace(
            "last-saved#房间", "last-saved#宿舍"
        ),
    )
    hall.scan()
    hall.fill_as_before(student, "meters")
    draft = hall.open_form(student, "meters")
    assert (draft.last_number, draft.draft_saved_at is not None) == ("", True)
    assert {name: draft.answers.get(name) for name in ("本次", "备品", "房间", "照片", "属实")} == {
        "本次": 100, "备品": [{"品名": "水龙头"}], "房间": None, "照片": None, "属实": None,
    }  # fmt: skip


def test_4_a_draft_that_was_begun_meanwhile_stays(hall: Hall) -> None:
    student = person(hall, STUDENT)
    send(hall, STUDENT, "c1", 房间="A201", 本次=100)
    hall.save_draft(student, "meters", {"房间": "C7", "本次": "9"}, "")
    hall.fill_as_before(student, "meters")
    assert hall.open_form(student, "meters").answers == {"房间": "C7", "本次": "9"}


SAID = """
## settings
| form_id | form_title | owner  | number         |
| rooms   | 退宿       | 设备处 | TS{yyyy}{0001} |
## survey
| type | name | label | label::en |
| note | 提示 | 上次是 ${last-saved#房型}，${last-saved#经办}，${last-saved#品名}；备注 ${last-saved#备注} | Last |
| select_one kind | 房型 | 房型 | Kind |
| person | 经办 | 经办 | By |
| text | 备注 | 备注 | Note |
| begin_repeat | 备品 | 备品 | Things |
| text | 品名 | 品名 | Name |
| end_repeat | | | |
## choices
| list_name | name | label | label::en |
| kind | s | 单人间 | Single |
## route
| step | name | who |
| 10   | 申请 | initiator |
"""


def test_6_a_label_alone_asks_for_the_answer_before(hall: Hall) -> None:
    write(hall.definitions, "rooms/rooms.xlsx", SAID)
    (report,) = [report for report in hall.scan() if report.service_id == "rooms"]
    assert report.publishable, report
    student = person(hall, STUDENT)

    def told(language: str) -> dict[str, str]:
        labels = hall.evaluate(student, "rooms", {}, language)["labels"]
        return {name.removeprefix("last-saved#"): text for name, text in labels.items()}

    assert told("zh") == {"房型": "", "经办": "", "品名": "", "备注": ""}
    answers = {"房型": "s", "经办": FINANCE, "备品": [{"品名": "钥匙"}, {"品名": "门卡"}]}
    receipt = hall.submit(student, "rooms", answers, command_id="r1")
    assert receipt.done, receipt
    assert told("zh") == {"房型": "单人间", "经办": "李敏 · 财务处 · 20003", "品名": "钥匙、门卡", "备注": ""}
    assert told("en")["房型"] == "Single"
    case = hall.case(student, receipt.case_id)
    assert {text for name, text in case.labels.items() if name.startswith("last-saved#")} == {
        ""
    }  # the first has none before


def test_5_a_version_that_is_lost_keeps_nobody_from_applying(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose answers they were cannot be told any more, so none are given back."""
    send(hall, STUDENT, "c1", 房间="A201", 本次=100)
    write(hall.definitions, "meters/meters.xlsx", METERS.replace("| 抄表  ", "| 抄水表"))
    hall.scan()
    monkeypatch.setattr(hall._library, "_pinned", {})
    monkeypatch.setattr(hall._store, "version", lambda *_: None)
    assert hall.open_form(person(hall, STUDENT), "meters").answers.get("房间") is None
    send(hall, STUDENT, "c2", 房间="B1", 本次=7)
    hall.fill_as_before(person(hall, STUDENT), "meters")
