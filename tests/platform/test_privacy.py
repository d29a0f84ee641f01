"""Sensitive answers: who sees them, who sees a mask, and how a look is recorded.

1. The applicant and those who are asked to decide see all of it; nobody else does, wherever it stands.
2. A mask leaves as much as its kind says.
3. Whoever may look says why, and the case keeps who looked, when, at what and why; once, however often it is sent.
4. Titles and search words never hold what is sensitive.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from halls import open_test_hall
from openpyxl import load_workbook
from relief import ID, NAME, OTHER_ID, PHONE, RELIEF, approved, found_in, person, said, sent
from workbooks import workbook_from_text

from banshi.platform.archive.archivist import ArchiveQuestion
from banshi.platform.errors import Declined, NotAllowed, NotFound
from banshi.platform.hall import Hall
from banshi.storage.contract import DecisionFilter


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, services={"relief": RELIEF})
    yield opened
    opened.close()


def test_the_applicant_and_those_asked_see_all_of_it(hall: Hall) -> None:
    case_id = sent(hall)
    for name in ("陈晓雨", "王建国"):
        view = hall.case(person(hall, name), case_id)
        assert view.answers["证件号"] == ID
        assert view.answers["家人"][0]["家人证件"] == OTHER_ID
        assert view.masked == ()
    approved(hall, case_id)
    assert hall.case(person(hall, "王建国"), case_id).answers["手机"] == PHONE, "who has acted still sees it"


@pytest.mark.parametrize("name", ["周倩", "吴刚", "孙静", "赵磊"])
def test_everybody_else_sees_masks(hall: Hall, name: str) -> None:
    case_id = sent(hall)
    approved(hall, case_id)
    view = hall.case(person(hall, name), case_id)
    assert view.answers["证件号"] == "110105********002X"
    assert view.answers["手机"] == "138****5678"
    assert view.answers["姓名"] == "李**"
    assert view.answers["困难等级"] == "****"
    assert view.answers["证明"]["name"] == "****.pdf"
    assert view.answers["家人"] == [{"家人证件": "440524********0014"}]
    assert view.values["摘要"] == "****", "what is computed from it"
    assert [one.opinion for one in view.events if one.kind == "approved"] == ["已核对 110105********002X"]
    told = said(view)
    assert not found_in(told)
    reasons = [step.reason for step in view.steps] + [one.detail for one in view.events]
    assert not [reason for reason in reasons if "特困" in reason], "nor what a condition read"
    assert "800" in told, "what is not sensitive stays"


def test_titles_and_searches_hold_no_secret(hall: Hall) -> None:
    case_id = sent(hall)
    approver = person(hall, "王建国")
    assert hall.case(approver, case_id).row.title == "李** 110105********002X 的补助"
    assert hall.tasks(approver, query="110105194").total == 0
    owner, auditor = person(hall, "周倩"), person(hall, "吴刚")
    assert hall.workshop.cases(owner, "relief", query=ID[:9]).total == 0
    assert hall.decisions(auditor, query=ID[:9]).total == 0
    assert hall.decisions(auditor, query="说法").total == 1


def test_what_leaves_the_hall_has_masks(hall: Hall) -> None:
    case_id = sent(hall)
    approved(hall, case_id)
    owner, auditor = person(hall, "周倩"), person(hall, "吴刚")
    (row,) = hall.decisions(auditor, service_id="relief").items
    assert not found_in(said(row))
    assert row.record["outputs"] == {"说法": "****"}
    assert row.record["inputs"]["困难等级"] == "****"
    jsonl = b"".join(hall.export_log(auditor, "jsonl")[2]).decode()
    csv = b"".join(hall.export_log(auditor, "csv")[2]).decode()
    assert not found_in(jsonl + csv)
    assert "110105********002X" in jsonl
    assert "110105********002X" in csv
    book = load_workbook(BytesIO(b"".join(hall.workshop.export_cases(owner, "relief", "xlsx")[2])))
    cells = [str(cell) for line in book.worksheets[0].iter_rows(values_only=True) for cell in line]
    assert not found_in("\n".join(cells))
    assert "110105********002X" in cells
    assert "138****5678" in cells


def test_an_archive_file_has_masks_also_for_an_owner_who_handled_the_case(hall: Hall) -> None:
    case_id = sent(hall)
    approved(hall, case_id)
    data = b"".join(hall.archive_case(person(hall, "吴刚"), case_id)[2])
    with zipfile.ZipFile(BytesIO(data)) as archive:
        text = "\n".join(archive.namelist()) + "".join(archive.read(one).decode() for one in archive.namelist())
    assert not found_in(text)
    assert "110105********002X" in text
    names = [row.case.title for row in hall.archive(person(hall, "吴刚"), ArchiveQuestion()).items]
    assert names == ["李** 110105********002X 的补助"]


def test_a_sensitive_file_is_shut_until_it_was_looked_at(hall: Hall) -> None:
    case_id = sent(hall)
    file = hall.case(person(hall, "陈晓雨"), case_id).answers["证明"]["id"]
    auditor = person(hall, "吴刚")
    with pytest.raises(NotAllowed):
        hall.attachment(auditor, file)
    look = hall.unmask(auditor, case_id, "证明", "核对收入", command_id="look")
    assert look.value == f"{NAME}收入证明.pdf"
    assert look.files == [file]
    assert hall.attachment(auditor, file)[0] == f"{NAME}收入证明.pdf"
    with pytest.raises(NotAllowed):
        hall.attachment(person(hall, "周倩"), file)


def test_a_look_is_recorded_once_and_told_to_the_applicant(hall: Hall) -> None:
    case_id = sent(hall)
    auditor = person(hall, "吴刚")
    view = hall.case(auditor, case_id)
    paths = {one.path: (one.label, one.shown) for one in view.masked}
    assert paths["家人[1].家人证件"] == ("家庭成员 1 · 身份证号", "440524********0014")
    for _ in range(2):
        look = hall.unmask(auditor, case_id, "家人[1].家人证件", " 核对低保名单 ", command_id="look-1")
        assert look.value == OTHER_ID
    told = [event for event in hall.case(person(hall, "陈晓雨"), case_id).events if event.kind == "looked"]
    assert [(one.actor, one.opinion, one.detail) for one in told] == [("吴刚", "核对低保名单", "家庭成员 1 · 身份证号")]
    assert not found_in(said(hall.case(auditor, case_id)))


def test_looking_needs_a_reason_a_right_and_an_answer(hall: Hall) -> None:
    case_id = sent(hall)
    with pytest.raises(Declined):
        hall.unmask(person(hall, "吴刚"), case_id, "证件号", "  ", command_id="a")
    with pytest.raises(Declined):
        hall.unmask(person(hall, "吴刚"), case_id, "证件号", "因" * 201, command_id="b")
    with pytest.raises(NotFound):
        hall.unmask(person(hall, "吴刚"), case_id, "金额", "看看", command_id="c")
    with pytest.raises(NotAllowed):
        hall.unmask(person(hall, "赵磊"), case_id, "证件号", "看看", command_id="d")
    assert [event.kind for event in hall.case(person(hall, "陈晓雨"), case_id).events] == ["submitted"]


def test_an_answer_marked_later_is_masked_in_older_cases_too(tmp_path: Path) -> None:
    unmarked = RELIEF.replace("is-id-card(.) | | 证件号 |", "is-id-card(.) | | 否 |")
    hall = open_test_hall(tmp_path, services={"relief": unmarked})
    case_id = sent(hall)
    auditor, owner = person(hall, "吴刚"), person(hall, "周倩")
    assert hall.case(auditor, case_id).answers["证件号"] == ID
    hall.workshop.publish(owner, "relief.xlsx", workbook_from_text(RELIEF))
    view = hall.case(auditor, case_id)
    assert view.answers["证件号"] == "110105********002X"
    assert ID not in said(view)
    hall.close()


def test_replaying_needs_the_plain_values_and_has_them(hall: Hall) -> None:
    sent(hall)
    assert list(hall.replay(person(hall, "吴刚"))) == []
    assert hall._store.decisions(DecisionFilter())[1] == 1
