"""The hall, from a saved workbook to the auditor's export.

H1 a saved workbook is live, a faulty one leaves the last good version · H2 a form sent twice is one case · H3 two people
acting at once: one effect, the loser is told · H4 return, resubmit, refuse, withdraw · H5 who may see and do what ·
H6 the projection is the fold of the events · H7 exports are harmless · H8 an open case keeps its version ·
H9 what only offices fill in is neither shown to the applicant nor hers to say · H10 a draft is sent once, from however
many windows · H11 what comes again with other answers is not taken for what was sent · H12 a mended case is foreseen ·
H13 what an office filled in stays with its row · H14 what is not known skips no approval · H15 what is not filled in yet is told so.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from halls import BORROWING, ORGANISATION, open_test_hall, write
from workbooks import workbook_from_text

from banshi.platform.cases.case import fold
from banshi.platform.errors import (
    AlreadySent,
    ChangedAfterSending,
    DraftChanged,
    NotAllowed,
    NotFound,
    OtherCommand,
    Stale,
)
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Checked, Library
from banshi.platform.routes.diagram import Part
from banshi.platform.views import Receipt, Waiting

STUDENT, HEAD, FINANCE, SECURITY, OWNER, AUDITOR, ADMIN = (f"2000{i}" for i in range(1, 8))


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path)
    yield opened
    opened.close()


def person(hall: Hall, person_id: str) -> Person:
    return hall.directory.people[person_id]


def send(hall: Hall, days: int = 7, command: str = "c1", purpose: str = "催化剂表征") -> Receipt:
    answers = {"用途": purpose, "天数": Decimal(days)}
    return hall.submit(person(hall, STUDENT), "borrowing", answers, command_id=command)


def decide(hall: Hall, who: str, case_id: str, action: str = "approve", **more: Any) -> Receipt:
    view = hall.case(person(hall, who), case_id)
    task = view.tasks[0]
    command = f"{who}-{action}-{view.seq}"
    return hall.act(person(hall, who), case_id, task.id, action, seq=view.seq, command_id=command, **more)


def test_h1_the_saved_workbook_is_live(hall: Hall) -> None:
    assert [card.title for card in hall.catalogue(person(hall, STUDENT))] == ["仪器借用"]
    assert hall.catalogue(person(hall, STUDENT), query="电费") == []


def test_h1_a_faulty_file_leaves_the_last_good_version_and_tells_its_owner(hall: Hall) -> None:
    before = hall.card(person(hall, STUDENT), "borrowing").version
    write(hall.definitions, "borrowing/borrowing.xlsx", BORROWING.replace("role:财务处.审核岗", "role:财务处.审合岗"))
    reports = hall.scan()
    assert [report.publishable for report in reports] == [False]
    assert hall.card(person(hall, STUDENT), "borrowing").version == before
    (owned,) = hall.workshop.owned(person(hall, OWNER))
    assert owned.report is not None
    assert {str(item.place) for item in owned.report.diagnostics if item.severity == "error"} == {"route!C4"}


def test_h1_a_workbook_whose_example_fails_is_not_published(hall: Hall) -> None:
    data = workbook_from_text(BORROWING.replace("| 87.5 ", "| 87.6 "))
    report, version = hall.workshop.publish(person(hall, OWNER), "borrowing.xlsx", data)
    assert version is None
    assert [example.passed for example in report.examples] == [False, True]


def test_h1_a_damaged_file_is_told_to_the_owner_of_the_service_that_came_from_it(hall: Hall) -> None:
    (hall.definitions / "borrowing/borrowing.xlsx").write_bytes(b"PK\x03\x04" + b"\0" * 50)
    assert [report.publishable for report in hall.scan()] == [False]
    (owned,) = hall.workshop.owned(person(hall, OWNER))
    assert (owned.id, owned.live is not None) == ("borrowing", True)
    assert owned.report is not None
    assert [item.code for item in owned.report.diagnostics] == ["BOOK-008"]


def test_h1_owners_see_the_faults_of_their_own_department(hall: Hall) -> None:
    other = (
        BORROWING.replace("| borrowing |", "| lending |")
        .replace("| 设备处 |", "| 财务处 |")
        .replace("审核岗", "审合岗")
    )
    write(hall.definitions, "lending/lending.xlsx", other)
    hall.scan()
    assert [item.id for item in hall.workshop.owned(person(hall, OWNER))] == ["borrowing"]
    assert "lending" in [item.id for item in hall.workshop.owned(person(hall, ADMIN))]


def test_h1_a_second_file_of_a_service_does_not_replace_an_upload(hall: Hall) -> None:
    uploaded = workbook_from_text(BORROWING.replace("仪器借用", "上传的借用"))
    assert hall.workshop.publish(person(hall, OWNER), "up.xlsx", uploaded)[1] is not None
    write(hall.definitions, "copy/copy.xlsx", BORROWING.replace("仪器借用", "副本"))
    (report,) = hall.scan()
    assert not report.publishable
    assert [item.code for item in report.diagnostics if item.severity == "error"] == ["SHEET-018"]
    assert hall.card(person(hall, STUDENT), "borrowing").title == "上传的借用"


def test_h1_files_of_another_kind_are_told_not_passed_over(hall: Hall) -> None:
    other = BORROWING.replace("| borrowing |", "| lending |")
    write(hall.definitions, "出借/LENDING.XLSX", other)
    (hall.definitions / "旧表.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600)
    told = {
        report.file: [item.code for item in report.diagnostics if item.severity == "error"] for report in hall.scan()
    }
    assert told == {"出借/LENDING.XLSX": [], "旧表.xls": ["BOOK-008"]}
    assert {card.id for card in hall.catalogue(person(hall, STUDENT))} == {"borrowing", "lending"}


def test_h1_a_file_on_which_the_platform_fails_does_not_keep_others_from_being_live(hall: Hall, monkeypatch) -> None:
    examine = Library.examine

    def fails(library: Library, file: str, data: bytes, **how: bool) -> Checked:
        if file.startswith("borrowing"):
            raise ZeroDivisionError
        return examine(library, file, data, **how)

    monkeypatch.setattr(Library, "examine", fails)
    write(hall.definitions, "borrowing/borrowing.xlsx", BORROWING.replace("仪器借用", "大型仪器借用"))
    write(hall.definitions, "lending/lending.xlsx", BORROWING.replace("| borrowing |", "| lending |"))
    told = {report.file: [item.code for item in report.diagnostics] for report in hall.scan()}
    assert told["borrowing/borrowing.xlsx"] == ["BOOK-015"]
    assert {card.id for card in hall.catalogue(person(hall, STUDENT))} == {"borrowing", "lending"}


def test_h1_an_organisation_that_comes_behind_a_service_mends_it_at_once(hall: Hall) -> None:
    organisation = hall.definitions / "organisation/organisation.xlsx"
    organisation.rename(hall.definitions / "人员.xlsx")
    hall.scan()
    write(
        hall.definitions,
        "lending/lending.xlsx",
        BORROWING.replace("| borrowing |", "| lending |").replace("财务处", "图书馆"),
    )
    write(hall.definitions, "人员.xlsx", ORGANISATION.replace("财务处", "图书馆"))
    told = {report.file: report.publishable for report in hall.scan()}
    assert told["lending/lending.xlsx"]
    assert "lending" in {card.id for card in hall.catalogue(person(hall, STUDENT))}


def test_h1_the_calendar_is_handed_to_forms_and_examples(hall: Hall) -> None:
    """From 30 September 2026 the eighth working day is Friday 16 October: a week off, and a Saturday made up."""
    days = "".join(f"| 2026-10-0{day} | 休息 |\n" for day in range(1, 8))
    write(hall.definitions, "calendar/calendar.xlsx", f"## calendar\n| date | kind |\n{days}| 2026-10-10 | 上班 |\n")
    rule = "add-working-days(date('2026-09-30'), .) <= '2026-10-16'"
    write(hall.definitions, "borrowing/borrowing.xlsx", BORROWING.replace(". > 0", rule))
    assert [report.publishable for report in hall.scan()] == [True, True]
    assert send(hall, days=8).done
    assert [problem.path for problem in send(hall, days=9, command="c2").problems] == ["天数"]


def test_h1_a_restart_publishes_nothing_anew_and_keeps_a_newer_upload(hall: Hall, tmp_path: Path) -> None:
    data = workbook_from_text(BORROWING.replace("仪器借用", "大型仪器借用"))
    hall.workshop.publish(person(hall, OWNER), "borrowing.xlsx", data)
    hall.close()
    again = open_test_hall(tmp_path)
    try:
        assert again.card(person(again, STUDENT), "borrowing").title == "大型仪器借用"
        assert len(again.workshop.versions(person(again, OWNER), "borrowing")) == 2
    finally:
        again.close()


def test_h2_a_form_sent_twice_is_one_case_with_one_number(hall: Hall) -> None:
    first, second = send(hall), send(hall)
    assert (first.done, second.done, second.repeated) == (True, True, True)
    assert first.number == second.number
    assert hall.my_cases(person(hall, STUDENT)).total == 1
    assert send(hall, command="c2").number[:-1] == first.number[:-1]


def test_h2_what_is_wrong_comes_back_at_its_field_and_keeps_nothing(hall: Hall) -> None:
    receipt = send(hall, days=0, purpose="")
    assert not receipt.done
    assert {problem.path for problem in receipt.problems} == {"用途", "天数"}
    assert hall.my_cases(person(hall, STUDENT)).total == 0


def test_h3_of_two_windows_on_one_task_the_second_is_told_who_was_first(hall: Hall) -> None:
    case_id = send(hall, days=8).case_id
    decide(hall, HEAD, case_id)
    finance = hall.case(person(hall, FINANCE), case_id)
    task = finance.tasks[0].id
    hall.act(person(hall, FINANCE), case_id, task, "approve", seq=finance.seq, command_id="f")
    with pytest.raises(Stale) as told:
        hall.act(person(hall, FINANCE), case_id, task, "refuse", seq=finance.seq, command_id="s", opinion="不同意")
    assert "李敏" in told.value.message("zh")
    assert "Li Min" in told.value.message("en")
    assert hall.case(person(hall, STUDENT), case_id).row.state == "open"
    decide(hall, SECURITY, case_id)
    assert hall.case(person(hall, STUDENT), case_id).row.state == "approved"


@pytest.mark.parametrize("action", ["approve", "refuse", "return"])
def test_h3_who_decides_beside_another_step_is_not_in_its_way(hall: Hall, action: str) -> None:
    """Finance and security are asked at the same time, each at a step of its own; the page of one was opened before."""
    case_id = send(hall, days=8).case_id
    decide(hall, HEAD, case_id)
    seen = hall.case(person(hall, SECURITY), case_id)
    decide(hall, FINANCE, case_id)
    task = seen.tasks[0]
    more = {"opinion": "请核"} | ({"return_to": task.return_to[0][0]} if action == "return" else {})
    receipt = hall.act(person(hall, SECURITY), case_id, task.id, action, seq=seen.seq, command_id="beside", **more)
    assert receipt.done
    with pytest.raises(Stale):  # but the task is done now, whatever was seen
        hall.act(person(hall, SECURITY), case_id, task.id, action, seq=seen.seq, command_id="again", **more)


def test_h3_the_same_click_twice_has_one_effect(hall: Hall) -> None:
    case_id = send(hall).case_id
    view = hall.case(person(hall, HEAD), case_id)
    click = {"seq": view.seq, "command_id": "click"}
    first = hall.act(person(hall, HEAD), case_id, view.tasks[0].id, "approve", **click)
    second = hall.act(person(hall, HEAD), case_id, view.tasks[0].id, "approve", **click)
    assert (second.repeated, second.seq) == (True, first.seq)


def test_h4_returned_corrected_and_sent_again(hall: Hall) -> None:
    case_id = send(hall).case_id
    decide(hall, HEAD, case_id, "return", return_to="initiator", opinion="请延长到八天")
    view = hall.case(person(hall, STUDENT), case_id)
    assert (view.row.state, view.may_edit) == ("returned", True)
    assert view.events[-1].opinion == "请延长到八天"
    answers = {"用途": "催化剂表征", "天数": Decimal(8)}
    hall.act(person(hall, STUDENT), case_id, "", "resubmit", answers=answers, seq=view.seq, command_id="again")
    decide(hall, HEAD, case_id)
    assert {step.id for step in hall.case(person(hall, STUDENT), case_id).steps if step.state == "active"} == {
        "30",
        "31",
    }


def test_h4_a_refusal_needs_an_opinion_and_ends_the_case(hall: Hall) -> None:
    case_id = send(hall).case_id
    assert decide(hall, HEAD, case_id, "refuse").problems[0].path == "opinion"
    assert decide(hall, HEAD, case_id, "refuse", opinion="仪器检修中").done
    assert hall.case(person(hall, STUDENT), case_id).row.state == "refused"
    assert hall.task_count(person(hall, HEAD)) == 0


def test_h4_the_applicant_withdraws_and_nobody_is_asked_any_more(hall: Hall) -> None:
    case_id = send(hall).case_id
    view = hall.case(person(hall, STUDENT), case_id)
    with pytest.raises(NotAllowed):
        hall.withdraw(person(hall, HEAD), case_id, seq=view.seq, command_id="w0")
    assert hall.withdraw(person(hall, STUDENT), case_id, seq=view.seq, command_id="w").done
    assert hall.task_count(person(hall, HEAD)) == 0


def test_h5_others_may_not_see_act_publish_or_audit(hall: Hall) -> None:
    case_id = send(hall).case_id
    for stranger in (FINANCE, SECURITY):
        with pytest.raises(NotAllowed):
            hall.case(person(hall, stranger), case_id)
    with pytest.raises(NotAllowed):
        hall.decisions(person(hall, STUDENT))
    with pytest.raises(NotAllowed):
        hall.workshop.publish(person(hall, STUDENT), "x.xlsx", workbook_from_text(BORROWING))
    theft = workbook_from_text(BORROWING.replace("设备处", "财务处"))
    with pytest.raises(NotAllowed):
        hall.workshop.publish(person(hall, OWNER), "x.xlsx", theft)
    view = hall.case(person(hall, HEAD), case_id)
    with pytest.raises(NotAllowed):
        hall.act(person(hall, FINANCE), case_id, view.tasks[0].id, "approve", seq=view.seq, command_id="steal")
    with pytest.raises(NotFound):
        hall.case(person(hall, STUDENT), "nothing")


def test_h5_a_session_ends_when_it_is_signed_out(hall: Hall) -> None:
    token = hall.sign_in(STUDENT)
    assert hall.person_of(token) == person(hall, STUDENT)
    hall.sign_out(token)
    assert hall.person_of(token) is None
    assert hall.person_of("") is None


def test_h6_the_projection_is_the_fold_of_the_events(hall: Hall) -> None:
    case_id = send(hall, days=9).case_id
    decide(hall, HEAD, case_id, "return", return_to="initiator", opinion="请补充用途")
    view = hall.case(person(hall, STUDENT), case_id)
    answers = {"用途": "XRD 表征", "天数": Decimal(9)}
    hall.act(person(hall, STUDENT), case_id, "", "resubmit", answers=answers, seq=view.seq, command_id="again")
    decide(hall, HEAD, case_id)
    store = hall._store
    stored = store.case(case_id)
    assert stored is not None
    assert fold(case_id, store.events(case_id)).stored() == stored


def test_h7_the_auditor_finds_the_decision_and_its_export_is_harmless(hall: Hall) -> None:
    number = send(hall, purpose='=HYPERLINK("http://example.invalid","x")').number
    page = hall.decisions(person(hall, AUDITOR), query=number)
    assert [(row.kind, row.name, row.outcome) for row in page.items] == [("tariff", "fees", "ok")]
    name, _, chunks = hall.export_log(person(hall, AUDITOR), "xlsx", query=number)
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(chunks))).active
    assert name.endswith(".xlsx")
    assert sheet.cell(2, 2).value == number
    _, _, chunks = hall.workshop.export_cases(person(hall, AUDITOR), "borrowing", "xlsx")
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(b"".join(chunks))).active.iter_rows() for cell in row]
    risky = [cell for cell in cells if str(cell.value).startswith("=HYPERLINK")]
    assert [(cell.data_type, cell.quotePrefix) for cell in risky] == [("s", True)]
    _, _, chunks = hall.workshop.export_cases(person(hall, AUDITOR), "borrowing", "csv")
    assert b"'=HYPERLINK" in b"".join(chunks)


def test_h8_an_open_case_keeps_its_version(hall: Hall) -> None:
    case_id = send(hall).case_id
    before = hall.case(person(hall, STUDENT), case_id).version
    changed = BORROWING.replace(
        "| 31   | 保卫处     | role:保卫处.审核岗 |      | ${天数} > 7   |",
        "| 31   | 保卫处     | role:保卫处.审核岗 |      | ${天数} > 1   |",
    )
    changed = changed.replace("10>20>30 ", "10>20>{30,31}")
    assert hall.workshop.publish(person(hall, OWNER), "borrowing.xlsx", workbook_from_text(changed))[1] is not None
    decide(hall, HEAD, case_id)
    view = hall.case(person(hall, STUDENT), case_id)
    assert view.version == before
    assert [step.id for step in view.steps if step.state == "active"] == ["30"]


INSPECTED = (
    BORROWING.replace(
        "| note    | 提示   |",
        "| begin_group | 办理 | 办理填写 |          |            |                    |\n"
        "| text    | 核查   | 核查结论 | yes      |            |                    |\n"
        "| end_group   |      |          |          |            |                    |\n"
        "| note    | 提示   |",
    )
    .replace("| step | name       | who                | mode | when          | group |", "| step | name | who | mode | when | group | hide | edit | require |")
    .replace("| 10   | 申请       | initiator          |      |               |       |", "| 10 | 申请 | initiator | | | | 办理 | | |")
    .replace("| 20   | 学院负责人 | head(申请部门)     |      |               |       |", "| 20 | 学院负责人 | head(申请部门) | | | | | 核查 | 核查 |")
)  # fmt: skip


def test_h9_what_only_offices_fill_in_is_not_the_applicants(hall: Hall) -> None:
    report, _ = hall.workshop.publish(person(hall, OWNER), "borrowing.xlsx", workbook_from_text(INSPECTED))
    assert report.publishable, [item.message() for item in report.diagnostics]
    assert set(hall.open_form(person(hall, STUDENT), "borrowing").hidden) == {"办理", "核查"}
    answers = {"用途": "测试", "天数": Decimal(3), "核查": "申请人自己写的结论"}
    receipt = hall.submit(person(hall, STUDENT), "borrowing", answers, command_id="c1")
    assert receipt.done, receipt.problems
    assert "核查" not in hall.case(person(hall, STUDENT), receipt.case_id).answers
    assert not decide(hall, HEAD, receipt.case_id).done
    assert decide(hall, HEAD, receipt.case_id, answers={"核查": "已核对"}).done
    finance = hall.case(person(hall, FINANCE), receipt.case_id)
    returned = {"opinion": "请补充用途", "return_to": "initiator"}
    task, seq = finance.tasks[0].id, finance.seq
    hall.act(person(hall, FINANCE), receipt.case_id, task, "return", seq=seq, command_id="r", **returned)
    mine = hall.case(person(hall, STUDENT), receipt.case_id)
    assert {"办理", "核查"} <= set(mine.hidden)
    again = {"用途": "测试二", "天数": Decimal(3), "核查": "改写"}
    sent = hall.act(person(hall, STUDENT), receipt.case_id, "", "resubmit", answers=again, seq=mine.seq, command_id="s")
    assert sent.done
    assert hall.case(person(hall, STUDENT), receipt.case_id).answers["核查"] == "已核对"


def test_h10_a_draft_is_sent_once_from_however_many_windows(hall: Hall) -> None:
    answers = {"用途": "离心机借用", "天数": Decimal(3)}
    hall.save_draft(person(hall, STUDENT), "borrowing", answers, "v")
    first = hall.submit(person(hall, STUDENT), "borrowing", answers, command_id="window-1", from_draft=True)
    assert first.done
    with pytest.raises(AlreadySent):
        hall.submit(person(hall, STUDENT), "borrowing", answers, command_id="window-2", from_draft=True)
    assert hall.my_cases(person(hall, STUDENT)).total == 1
    assert hall.submit(person(hall, STUDENT), "borrowing", answers, command_id="window-1", from_draft=True).repeated


def test_h11_other_answers_under_the_same_command_are_not_taken_for_those_that_were_sent(hall: Hall) -> None:
    first = send(hall)
    with pytest.raises(ChangedAfterSending) as told:
        send(hall, days=8)
    assert first.number in told.value.message("zh")
    assert hall.my_cases(person(hall, STUDENT)).total == 1


def test_h11_an_id_that_was_another_command_does_nothing(hall: Hall) -> None:
    first, second = send(hall, days=3, command="c1").case_id, send(hall, days=4, command="c2").case_id
    head = person(hall, HEAD)

    def act(case_id: str, action: str, **more: str) -> Receipt:
        view = hall.case(head, case_id)
        task = f"{case_id}.20.1.{HEAD}"
        return hall.act(head, case_id, task, action, seq=view.seq, command_id="x", **more)

    assert act(first, "approve").done
    assert act(first, "approve").repeated
    for case_id, action, opinion in (
        (second, "approve", ""),
        (second, "refuse", "不同意"),
        (first, "refuse", "不同意"),
    ):
        with pytest.raises(OtherCommand):
            act(case_id, action, opinion=opinion)
    assert hall.case(head, second).row.state == "open"
    student = person(hall, STUDENT)
    with pytest.raises(OtherCommand):
        hall.withdraw(student, first, seq=hall.case(student, first).seq, command_id="c1")
    assert hall.case(student, first).row.state == "open"
    assert hall.withdraw(student, second, seq=hall.case(student, second).seq, command_id="w").done
    with pytest.raises(ChangedAfterSending):
        send(hall, days=5, command="w")


def test_h12_a_mended_case_is_foreseen_and_nobody_else_may_ask(hall: Hall) -> None:
    case_id = send(hall, days=3).case_id
    with pytest.raises(NotAllowed):
        hall.evaluate_case(person(hall, STUDENT), case_id, {})
    decide(hall, HEAD, case_id, "return", opinion="请写明天数", return_to="initiator")
    row = hall.my_cases(person(hall, STUDENT)).items[0]
    assert (row.state, row.current_steps, row.service) == ("returned", ["等待申请人修改"], "仪器借用")
    assert hall.waiting(person(hall, STUDENT)) == Waiting(0, 1)
    foreseen = hall.evaluate_case(person(hall, STUDENT), case_id, {"用途": "测试", "天数": 8})
    assert foreseen["bills"]["fees"]["total"] == 100
    assert [step["id"] for step in foreseen["route"] if step["state"] != "skipped"] == ["10", "20", "30", "31"]
    with pytest.raises(NotAllowed):
        hall.evaluate_case(person(hall, HEAD), case_id, {})


HIDING = """
## settings
| form_id | form_title | owner  | number         |
| bidding | 询价       | 设备处 | XJ{yyyy}{0001} |
## survey
| type    | name | label | required |
| text    | 事由 | 事由  | yes      |
| decimal | 报价 | 报价  | yes      |
| decimal | 数量 | 数量  | yes      |
## fees.保证金
| item | quantity | rate | method |
| 保证金 | ${报价} | 0.1 | flat |
## fees.运费
| item | quantity | rate | method |
| 运费 | ${数量} | 2 | flat |
## policy.核价
| id | when | then | verdict | message |
| P1 | ${报价} > 100 | | warn | 报价超过一百。 |
| P2 | ${数量} > 1 | | warn | 数量多于一。 |
## route
| step | name | who                | when | hide |
| 10   | 申请 | initiator          |      |      |
| 20   | 保卫 | role:保卫处.审核岗 | ${报价} > 9999 | |
| 30   | 财务 | role:财务处.审核岗 |      | 报价 |
"""


def test_h9_what_is_hidden_shows_neither_in_bills_nor_in_findings_nor_in_reasons(hall: Hall) -> None:
    report, version = hall.workshop.publish(person(hall, OWNER), "bidding.xlsx", workbook_from_text(HIDING))
    assert version is not None, [item.message() for item in report.diagnostics]
    answers = {"事由": "离心管", "报价": Decimal("777.7"), "数量": Decimal(3)}
    case_id = hall.submit(person(hall, STUDENT), "bidding", answers, command_id="c").case_id
    seen, mine = hall.case(person(hall, FINANCE), case_id), hall.case(person(hall, STUDENT), case_id)
    assert "777" in repr(mine)
    assert "777" not in repr((seen.answers, seen.values, seen.steps, seen.events, seen.bills, seen.findings))
    assert set(mine.bills) == {"保证金", "运费"}
    assert set(seen.bills) == {"运费"}
    assert [found["message"] for found in seen.findings] == ["数量多于一。"]


def test_a_stranger_learns_nothing_of_a_case(hall: Hall) -> None:
    case_id = send(hall, days=3).case_id
    with pytest.raises(NotAllowed):
        hall.act(person(hall, SECURITY), case_id, "x", "approve", seq=99, command_id="s")


ROWS = """
## settings
| form_id  | form_title | owner  | number           |
| checking | 验收       | 设备处 | YS{yyyy}{0001} |

## survey
| type         | name | label    | required |
| begin_repeat | 明细 | 明细     |          |
| text         | id   | 编号     | yes      |
| text         | name | 品名     | yes      |
| file         | 合同 | 合同     |          |
| integer      | 实收 | 验收数量 |          |
| end_repeat   |      |          |          |

## route
| step | name | who                | edit | require | hide |
| 10   | 申请 | initiator          |      |         | 实收 |
| 20   | 验收 | head(申请部门)     | 实收 | 实收    | 合同 |
| 30   | 审核 | role:财务处.审核岗 |      |         | 实收 |
"""


def test_h9_rights_reach_into_the_rows_of_a_repeat(hall: Hall) -> None:
    report, _ = hall.workshop.publish(person(hall, OWNER), "checking.xlsx", workbook_from_text(ROWS))
    assert report.publishable, [item.message() for item in report.diagnostics]
    contract = hall.attach(person(hall, STUDENT), "合同.pdf", iter([b"%PDF-1.7 x"]))
    rows = [{"id": "A1", "name": "乙醇", "合同": contract, "实收": 9}, {"id": "A2", "name": "丙酮"}]
    sent = hall.submit(person(hall, STUDENT), "checking", {"明细": rows}, command_id="c")
    assert sent.done, sent.problems
    head = hall.case(person(hall, HEAD), sent.case_id)
    assert [set(row) for row in head.answers["明细"]] == [{"id", "name", "实收"}] * 2
    assert [row["实收"] for row in head.answers["明细"]] == [None, None]  # the applicant's 9 was not hers to say
    with pytest.raises(NotAllowed):
        hall.attachment(person(hall, HEAD), contract["id"])
    assert not decide(hall, HEAD, sent.case_id).done
    mine = {"明细": [{"实收": 1, "name": "改名"}, {"实收": 2}, {"id": "A3", "name": "多出的一行", "实收": 3}]}
    assert decide(hall, HEAD, sent.case_id, answers=mine).done
    kept = hall.case(person(hall, STUDENT), sent.case_id).answers["明细"]
    assert [(row["id"], row["name"], row["实收"]) for row in kept] == [("A1", "乙醇", 1), ("A2", "丙酮", 2)]
    finance = hall.case(person(hall, FINANCE), sent.case_id)
    assert all("实收" not in row for row in finance.answers["明细"])
    assert hall.attachment(person(hall, FINANCE), contract["id"])[0] == "合同.pdf"


@pytest.mark.parametrize(
    ("sent_again", "kept"),
    [
        (["丙酮", "甲苯"], [("丙酮", 2), ("甲苯", 3)]),
        (["甲苯", "乙醇", "丙酮"], [("甲苯", 3), ("乙醇", 1), ("丙酮", 2)]),
        (["乙醇 95%", "丙酮", "甲苯"], [("乙醇 95%", None), ("丙酮", 2), ("甲苯", 3)]),
        (["乙醇", "乙醇", "丙酮", "甲苯"], [("乙醇", None), ("乙醇", None), ("丙酮", 2), ("甲苯", 3)]),
    ],
)
def test_h13_what_an_office_filled_in_stays_with_its_row(hall: Hall, sent_again, kept) -> None:
    hall.workshop.publish(person(hall, OWNER), "checking.xlsx", workbook_from_text(ROWS))
    rows = [{"id": "1", "name": name} for name in ("乙醇", "丙酮", "甲苯")]
    case_id = hall.submit(person(hall, STUDENT), "checking", {"明细": rows}, command_id="c").case_id
    assert decide(hall, HEAD, case_id, answers={"明细": [{"实收": n} for n in (1, 2, 3)]}).done
    decide(hall, FINANCE, case_id, "return", opinion="请核对明细", return_to="initiator")
    mine = hall.case(person(hall, STUDENT), case_id)
    again = {"明细": [{"id": "1", "name": name} for name in sent_again]}
    assert hall.act(person(hall, STUDENT), case_id, "", "resubmit", answers=again, seq=mine.seq, command_id="r").done
    found = hall.case(person(hall, HEAD), case_id).answers["明细"]
    assert [(row["name"], row["实收"]) for row in found] == kept


def test_h13_the_very_same_rows_keep_everything_with_defaults_and_what_is_irrelevant(hall: Hall) -> None:
    text = ROWS.replace(
        "| type         | name | label    | required |", "| type | name | label | required | default | relevant |"
    ).replace(
        "| file         | 合同 | 合同     |          |",
        "| integer | 数量 | 数量 | | 1 | |\n| text | 规格 | 规格 | | | ${name} = '乙醇' |\n| file | 合同 | 合同 | | | |",
    )
    report, version = hall.workshop.publish(person(hall, OWNER), "checking.xlsx", workbook_from_text(text))
    assert version is not None, [item.message() for item in report.diagnostics]
    sent = {"明细": [{"id": "1", "name": "丙酮", "规格": "不问的"}, {"id": "2", "name": "甲苯"}]}
    case_id = hall.submit(person(hall, STUDENT), "checking", sent, command_id="c").case_id
    assert decide(hall, HEAD, case_id, answers={"明细": [{"实收": 1}, {"实收": 2}]}).done
    decide(hall, FINANCE, case_id, "return", opinion="请核对", return_to="initiator")
    seq = hall.case(person(hall, STUDENT), case_id).seq
    assert hall.act(person(hall, STUDENT), case_id, "", "resubmit", answers=sent, seq=seq, command_id="r").done
    found = hall.case(person(hall, HEAD), case_id).answers["明细"]
    assert [(row["name"], row["数量"], row["实收"]) for row in found] == [("丙酮", 1, 1), ("甲苯", 1, 2)]


OPEN_TOTAL = BORROWING[: BORROWING.index("## examples")].replace(
    "| integer | 天数   | 借用天数 | yes      | . > 0      |", "| integer | 天数   | 借用天数 |          |            |"
)


@pytest.mark.parametrize("condition", ["${fees.total} >= 100", "${租金} >= 100"])
@pytest.mark.parametrize(("days", "state"), [(None, "pending"), (Decimal(7), "skipped"), (Decimal(8), "pending")])
def test_h14_what_is_not_known_skips_no_approval(hall: Hall, condition: str, days: Decimal | None, state: str) -> None:
    """Without the days the rent is not known: whoever approves long loans is asked."""
    text = OPEN_TOTAL.replace("${天数} > 7  ", condition)
    report, version = hall.workshop.publish(person(hall, OWNER), "borrowing.xlsx", workbook_from_text(text))
    assert version is not None, [item.message() for item in report.diagnostics]
    answers = {"用途": "测试", "天数": days}
    foreseen = {step.id: step for step in hall.preview(person(hall, STUDENT), "borrowing", answers)}
    assert foreseen["31"].state == state
    assert (foreseen["31"].reason == "填写后才知道要不要办") is (days is None and "fees.total" in condition)
    receipt = hall.submit(person(hall, STUDENT), "borrowing", answers, command_id="c1")
    assert decide(hall, HEAD, receipt.case_id).done
    asked = {step.id: step.state for step in hall.case(person(hall, STUDENT), receipt.case_id).steps}
    assert asked["31"] == ("skipped" if state == "skipped" else "active")


def test_h14_a_table_without_an_answer_is_foreseen_as_asked_and_keeps_the_form_from_being_sent(hall: Hall) -> None:
    levels = "## rules\n| when 天数 | then 级别 |\n| <=7 | 院级 |\n| >7 | 校级 |"
    text = OPEN_TOTAL.replace("${天数} > 7  ", "${级别} = '校级'") + levels
    hall.workshop.publish(person(hall, OWNER), "borrowing.xlsx", workbook_from_text(text))
    foreseen = hall.preview(person(hall, STUDENT), "borrowing", {"用途": "测试"})
    assert {step.id: step.state for step in foreseen}["31"] == "pending"
    receipt = hall.submit(person(hall, STUDENT), "borrowing", {"用途": "测试"}, command_id="c1")
    assert [problem.code for problem in receipt.problems] == ["FORM-030"]


def test_h14_a_table_that_was_asked_about_nothing_asks_nobody(hall: Hall) -> None:
    text = OPEN_TOTAL.replace(
        "| text    | 用途   | 用途     | yes      |            |                    |",
        "| text    | 用途   | 用途     | yes      |            |                    |\n"
        "| text    | 药品   | 药品     |          |            |                    |",
    ).replace("${天数} > 7  ", "${级} = '管制'")
    text = text.replace(
        "| type    | name   | label    | required | constraint | calculation        |",
        "| type | name | label | required | constraint | calculation | relevant |",
    )
    text = text.replace(
        "| text    | 药品   | 药品     |          |            |                    |",
        "| text | 药品 | 药品 | | | | ${用途} = '药品' |",
    )
    levels = "## rules\n| when 药品 | then 级 |\n| 硝酸 | 管制 |\n| 乙醇 | 普通 |"
    report, version = hall.workshop.publish(person(hall, OWNER), "borrowing.xlsx", workbook_from_text(text + levels))
    assert version is not None, [item.message() for item in report.diagnostics]
    for answers, state in (
        ({"用途": "纸"}, "skipped"),
        ({"用途": "药品", "药品": "硝酸"}, "pending"),
        ({"用途": "药品", "药品": "乙醇"}, "skipped"),
    ):
        steps = hall.preview(person(hall, STUDENT), "borrowing", answers)
        assert {step.id: step.state for step in steps}["31"] == state


HANDED = (
    OPEN_TOTAL[: OPEN_TOTAL.index("## route")].replace(
        "| note    | 提示 ", "| person | 保管员 | 保管员 | | | |\n| note    | 提示 "
    )
    + """
## route
| step | name       | who                | when        | edit   |
| 10   | 申请       | initiator          |             |        |
| 20   | 学院负责人 | head(申请部门)     |             | 保管员 |
| 31   | 保卫处     | role:保卫处.审核岗 | ${天数} > 7 |        |
| 40   | 交接       | field:保管员       |             |        |
"""
)


def test_h15_what_is_not_filled_in_yet_is_told_so(hall: Hall) -> None:
    """Neither an administrator nor a condition that fails stands in the route of an empty form."""
    report, version = hall.workshop.publish(person(hall, OWNER), "borrowing.xlsx", workbook_from_text(HANDED))
    assert version is not None, [(str(item.place), item.message()) for item in report.diagnostics]
    told = {step["id"]: step for step in hall.evaluate(person(hall, STUDENT), "borrowing", {})["route"]}
    assert (told["31"]["people"], told["31"]["reason"]) == ([], "“借用天数”还没有填，目前不用办")
    assert (told["40"]["people"], told["40"]["reason"]) == ([], "填写“保管员”后确定办理人；不填时由管理员办理")
    receipt = hall.submit(person(hall, STUDENT), "borrowing", {"用途": "测试", "天数": Decimal(9)}, command_id="c1")
    ahead = {step.id: step for step in hall.case(person(hall, STUDENT), receipt.case_id).steps}
    assert (ahead["31"].reason, ahead["40"].reason) == ("", "填写“保管员”后确定办理人；不填时由管理员办理")
    assert decide(hall, HEAD, receipt.case_id).done
    assert decide(hall, SECURITY, receipt.case_id).done
    (last,) = [step for step in hall.case(person(hall, STUDENT), receipt.case_id).steps if step.id == "40"]
    assert ([one.id for one in last.people], last.state) == ([ADMIN], "active")


def test_h10_a_draft_that_was_saved_elsewhere_meanwhile_stays(hall: Hall) -> None:
    me = person(hall, STUDENT)
    opened = hall.open_form(me, "borrowing").opened_at
    first = hall.save_draft(me, "borrowing", {"用途": "甲"}, "v", since=opened)
    with pytest.raises(DraftChanged) as refused:
        hall.save_draft(me, "borrowing", {"用途": "乙"}, "v", since=opened)
    assert (refused.value.saved_at, refused.value.answers) == (first, {"用途": "甲"})
    assert hall.open_form(me, "borrowing").answers["用途"] == "甲"
    second = hall.save_draft(me, "borrowing", {"用途": "乙"}, "v", since=refused.value.saved_at)
    assert second > first
    assert hall.open_form(me, "borrowing").answers["用途"] == "乙"


def test_h10_a_draft_that_was_sent_meanwhile_is_not_begun_anew(hall: Hall) -> None:
    me, answers = person(hall, STUDENT), {"用途": "离心机借用", "天数": Decimal(3)}
    known = hall.save_draft(me, "borrowing", answers, "v")
    assert hall.submit(me, "borrowing", answers, command_id="window-1", from_draft=True).done
    with pytest.raises(AlreadySent):
        hall.save_draft(me, "borrowing", {"用途": "又改"}, "v", since=known, there=True)
    assert hall.drafts(me) == []
    assert hall.save_draft(me, "borrowing", {"用途": "另一件"}, "v") > known


def test_a_checked_workbook_says_what_would_be_different(hall: Hall) -> None:
    owner = person(hall, OWNER)
    changed = BORROWING.replace("12.5 | flat", "13 | flat").replace("| 87.5 ", "| 91 ").replace("| 100 ", "| 104 ")
    report = hall.workshop.check(owner, "borrowing.xlsx", workbook_from_text(changed))
    assert [(str(one.place), one.zh) for one in report.changes] == [
        ("fees!D2", "收费“租金”的“rate”：12.5 → 13"),
        ("examples!E2", "用例“一周”的“expect fees.total”：87.5 → 91"),
        ("examples!E3", "用例“八天”的“expect fees.total”：100 → 104"),
    ]
    assert report.changes[0].en == "Charge “租金”, rate: 12.5 → 13"
    assert hall.workshop.check(owner, "borrowing.xlsx", workbook_from_text(BORROWING)).changes == ()
    fresh = BORROWING.replace("| borrowing |", "| lending |")
    assert (
        hall.workshop.check(owner, "lending.xlsx", workbook_from_text(fresh)).changes == ()
    )  # nothing to compare it with


def test_a_service_cannot_take_the_place_of_the_organisation(hall: Hall, tmp_path: Path) -> None:
    data = workbook_from_text(BORROWING.replace("| borrowing |", "| organisation |"))
    report, version = hall.workshop.publish(person(hall, OWNER), "x.xlsx", data)
    assert version is None
    assert [(str(item.place), item.code) for item in report.diagnostics if item.severity == "error"] == [
        ("settings!A2", "SHEET-017")
    ]


def test_services_with_the_same_number_pattern_share_its_counter(hall: Hall) -> None:
    other = BORROWING.replace("| borrowing |", "| lending |").replace("JY{yyyy}{0001}", "JY{yyyy}{00001}")
    _, version = hall.workshop.publish(person(hall, OWNER), "lending.xlsx", workbook_from_text(other))
    assert version is not None
    first = send(hall)
    answers = {"用途": "测试", "天数": Decimal(3)}
    second = hall.submit(person(hall, STUDENT), "lending", answers, command_id="d")
    assert (first.number[-4:], second.number[-5:]) == ("0001", "00002")


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ("JY{yyyy}{0001}", "JY{dd}{0001}", "settings!E2", "SHEET-014"),
        ("| 设备处 | JY", "| 设备出 | JY", "settings!D2", "WHO-014"),
        ("number           |\n| borrowing", "number           | applicants |\n| borrowing", "settings!F2", "WHO-010"),
    ],
)
def test_settings_that_name_nothing_are_faults_at_their_cells(
    hall: Hall, old: str, new: str, place: str, code: str
) -> None:
    text = BORROWING.replace(old, new)
    text = text.replace("JY{yyyy}{0001} |", "JY{yyyy}{0001} | role:财务处.审合岗 |") if "applicants" in new else text
    assert text != BORROWING
    report = hall.workshop.check(person(hall, OWNER), "x.xlsx", workbook_from_text(text))
    errors = [(str(item.place), item.code) for item in report.diagnostics if item.severity == "error"]
    assert (place, code) in errors, errors


def test_a_draft_with_a_question_that_is_gone_can_be_sent(hall: Hall) -> None:
    hall.save_draft(person(hall, STUDENT), "borrowing", {"用途": "测试", "天数": 3, "旧押金": 5}, "old")
    opened = hall.open_form(person(hall, STUDENT), "borrowing")
    assert dict(opened.answers) == {"用途": "测试", "天数": 3}


def test_h1_what_the_organisation_changes_is_looked_at_again(hall: Hall) -> None:
    """A service that named an unknown role is published once the role is there; one that loses its role is told."""
    lending = BORROWING.replace("| borrowing |", "| lending |").replace("财务处.审核岗", "财务处.出借岗")
    write(hall.definitions, "lending/lending.xlsx", lending)
    assert [report.publishable for report in hall.scan()] == [False]
    assert hall.scan() == []
    write(hall.definitions, "organisation/organisation.xlsx", ORGANISATION.replace("财务处.审核岗", "财务处.出借岗"))
    hall.scan()
    assert hall.card(person(hall, STUDENT), "lending").id == "lending"
    owned = {row.id: row for row in hall.workshop.owned(person(hall, OWNER))}
    assert owned["lending"].report is None
    assert owned["borrowing"].live is not None
    assert owned["borrowing"].report is not None
    write(hall.definitions, "organisation/organisation.xlsx", ORGANISATION)
    hall.scan()
    assert {row.id: row.report is None for row in hall.workshop.owned(person(hall, OWNER))} == {
        "borrowing": True,
        "lending": False,
    }


def test_h1_two_files_cannot_be_one_service(hall: Hall) -> None:
    write(hall.definitions, "borrowing/copy.xlsx", BORROWING.replace("仪器借用", "仪器借用副本"))
    (report,) = hall.scan()
    assert [item.code for item in report.diagnostics if item.severity == "error"] == ["SHEET-018"]
    assert hall.card(person(hall, STUDENT), "borrowing").title == "仪器借用"


def test_people_side_by_side_cannot_be_kept_apart(hall: Hall) -> None:
    text = BORROWING.replace(
        "| step | name       | who                | mode | when          | group |",
        "| step | name | who | mode | when | group | differ |",
    )
    text = text.replace(
        "| 31   | 保卫处     | role:保卫处.审核岗 |      | ${天数} > 7   | 会签  |",
        "| 31 | 保卫处 | role:保卫处.审核岗 | | ${天数} > 7 | 会签 | 30 |",
    )
    report = hall.workshop.check(person(hall, OWNER), "x.xlsx", workbook_from_text(text))
    assert [(str(item.place), item.code) for item in report.diagnostics if item.severity == "error"] == [
        ("route!G5", "ROUTE-015")
    ]


def test_a_number_that_another_pattern_has_given_is_passed_over(hall: Hall) -> None:
    """Of `JY{yyyy}{0001}` and `JY20{yy}{0001}` both would begin with the same number."""
    other = BORROWING.replace("| borrowing |", "| lending |").replace("JY{yyyy}{0001}", "JY20{yy}{0001}")
    _, version = hall.workshop.publish(person(hall, OWNER), "lending.xlsx", workbook_from_text(other))
    assert version is not None
    first = send(hall)
    second = hall.submit(person(hall, STUDENT), "lending", {"用途": "测试", "天数": Decimal(3)}, command_id="d")
    third = send(hall, command="e")
    assert [receipt.number[-4:] for receipt in (first, second, third)] == ["0001", "0002", "0003"]


def test_a_title_tells_nothing_that_a_step_hides(hall: Hall) -> None:
    text = BORROWING.replace("| number           |", "| number | instance_name |").replace(
        "| JY{yyyy}{0001} |", "| JY{yyyy}{0001} | concat('押金', ${押金档}) |"
    )
    text = text.replace(
        "| note    | 提示   |", "| calculate | 押金档 | | | | if(${押金} > 100, '高', '低') |\n| note    | 提示   |"
    )
    text = text.replace(
        "| step | name       | who                | mode | when          | group |",
        "| step | name | who | mode | when | group | hide |",
    )
    text = text.replace(
        "| 30   | 财务处     | role:财务处.审核岗 |      |               | 会签  |",
        "| 30 | 财务处 | role:财务处.审核岗 | | | 会签 | 押金 |",
    )
    report = hall.workshop.check(person(hall, OWNER), "x.xlsx", workbook_from_text(text))
    assert [(str(item.place), item.code) for item in report.diagnostics] == [("route!G4", "ROUTE-017")]


def test_faults_are_told_in_the_order_of_the_workbook(hall: Hall) -> None:
    text = BORROWING.replace("${天数} > 7", "${天树} > 7").replace("| flat   |", "| flatt  |")
    text = text.replace("| text    | 用途", "| texxt   | 用途")
    report = hall.workshop.check(person(hall, OWNER), "x.xlsx", workbook_from_text(text))
    assert [str(item.place) for item in report.diagnostics] == ["survey!A2", "fees!E2", "route!E5"]


def test_a_service_without_a_route_says_so(hall: Hall) -> None:
    head, _, rest = BORROWING.partition("## route")
    text = (
        head
        + "## examples"
        + rest.partition("## examples")[2]
        .replace("| expect route   |", "|")
        .replace("| 10>20>30       |", "|")
        .replace("| 10>20>{30,31}  |", "|")
    )
    report = hall.workshop.check(person(hall, OWNER), "x.xlsx", workbook_from_text(text))
    assert ([item.code for item in report.diagnostics], report.publishable) == (["ROUTE-018"], True)


def test_an_upload_says_what_it_would_replace(hall: Hall) -> None:
    owner = person(hall, OWNER)
    live = hall.workshop.versions(owner, "borrowing")[0].version
    assert hall.workshop.check(owner, "x.xlsx", workbook_from_text(BORROWING)).replaces == live
    other = workbook_from_text(BORROWING.replace("| borrowing |", "| borowing |"))
    assert hall.workshop.check(owner, "x.xlsx", other).replaces == ""


def test_people_are_found_by_name_or_number_and_never_listed(hall: Hall) -> None:
    me = person(hall, STUDENT)

    def found(said: str, language: str = "zh") -> list[tuple[str, str, bool]]:
        return [(match.id, match.label, match.exact) for match in hall.find_people(me, said, language)]

    assert found("李敏") == [("20003", "李敏 · 财务处 · 20003", True)]
    assert found("２０００３") == [("20003", "李敏 · 财务处 · 20003", True)]
    assert found("zhao l", "en") == [("20004", "Zhao Lei · 保卫处 · 20004", False)]
    assert found("李") == found("2000") == found("") == []


def test_the_auditor_finds_a_decision_by_what_came_out(hall: Hall) -> None:
    number = send(hall, days=7).number
    send(hall, days=3, command="other")
    auditor = person(hall, AUDITOR)
    for said in ("87.50", "合计 = 87.50", "陈晓雨 87.50"):
        assert [row.number for row in hall.decisions(auditor, query=said).items] == [number]
    assert len(hall.decisions(auditor, query="fees!D2").items) == 2  # the cell of the rate


def test_what_was_begun_is_listed_until_it_is_sent(hall: Hall) -> None:
    me = person(hall, STUDENT)
    assert hall.drafts(me) == []
    hall.save_draft(me, "borrowing", {"用途": "测试"}, "v")
    assert [(draft.service_id, draft.title) for draft in hall.drafts(me)] == [("borrowing", "仪器借用")]
    assert hall.drafts(person(hall, OWNER)) == []
    send(hall)
    assert hall.drafts(me) == []


def test_a_refused_case_has_no_steps_to_come(hall: Hall) -> None:
    sent = send(hall)
    head = person(hall, HEAD)
    [task] = hall.case(head, sent.case_id).tasks
    hall.act(head, sent.case_id, task.id, "refuse", opinion="用途不明", seq=sent.seq, command_id="no")
    steps = hall.case(person(hall, STUDENT), sent.case_id).steps
    assert [(step.id, step.state) for step in steps] == [("10", "done"), ("20", "refused")]


LATER = """
## settings
| form_id | form_title | category | owner | number |
| later | 仪器验收 | 实验室 | 设备处 | YS{yyyy}{0001} |

## survey
| type | name | label | required |
| text | 仪器 | 仪器 | yes |
| text | 院系意见 | 院系意见 | yes |
| text | 入账号 | 入账号 | yes |

## route
| step | name | who | edit | require | hide |
| 10 | 申请 | initiator | | | 院系意见、入账号 |
| 20 | 学院负责人 | head(申请部门) | 院系意见 | 院系意见 | |
| 30 | 财务处 | role:财务处.审核岗 | 入账号 | 入账号 | |
"""


def test_h9_an_office_is_not_asked_for_what_a_later_one_fills_in(hall: Hall) -> None:
    hall.workshop.publish(person(hall, OWNER), "later.xlsx", workbook_from_text(LATER))
    sent = hall.submit(person(hall, STUDENT), "later", {"仪器": "光谱仪"}, command_id="s")
    assert sent.done, sent.problems
    missing = decide(hall, HEAD, sent.case_id, answers={})
    assert [problem.path for problem in missing.problems] == ["院系意见"]
    done = decide(hall, HEAD, sent.case_id, answers={"院系意见": "合格"})
    assert done.done, done.problems
    assert decide(hall, FINANCE, sent.case_id, answers={"入账号": "2026-118"}).done
    assert hall.case(person(hall, STUDENT), sent.case_id).row.state == "approved"


def test_h5_the_diagram_of_a_case_is_for_those_who_see_it_and_conditions_for_the_owner(hall: Hall) -> None:
    case_id = send(hall).case_id
    for who in (STUDENT, HEAD):
        seen = hall.case_diagram(person(hall, who), case_id)
        steps = [shape.step.id for shape in seen.shapes if shape.part is Part.STEP and shape.step is not None]
        assert steps == ["10", "20", "30", "31"]
        assert not any("天数" in shape.text for shape in seen.shapes)
    with pytest.raises(NotAllowed):
        hall.case_diagram(person(hall, SECURITY), case_id)
    whole = hall.workshop.service_diagram(person(hall, OWNER), "borrowing", "en")
    assert [shape.text for shape in whole.shapes if shape.part is Part.CHOICE] == ["${天数} > 7"]
    with pytest.raises(NotAllowed):
        hall.workshop.service_diagram(person(hall, STUDENT), "borrowing")
    with pytest.raises(NotFound):
        hall.workshop.service_diagram(person(hall, ADMIN), "nothing")


def test_a_case_becomes_a_row_for_the_examples_sheet(hall: Hall) -> None:
    case_id = send(hall, days=8).case_id
    row = hall.workshop.example_of(person(hall, OWNER), case_id, "八天的借用")
    assert dict(zip(row.header, row.row, strict=True)) == {
        "example": "八天的借用",
        "applicant": STUDENT,
        "用途": "催化剂表征",
        "天数": "8",
        "expect fees.total": "100.00",
        "expect route": "10>20>{30,31}",
    }
    assert hall.case(person(hall, OWNER), case_id).may_example
    assert not hall.case(person(hall, STUDENT), case_id).may_example
    for stranger in (STUDENT, HEAD, FINANCE):
        with pytest.raises(NotAllowed):
            hall.workshop.example_of(person(hall, stranger), case_id, "x")


def test_owners_see_where_the_cases_of_their_service_stand(hall: Hall) -> None:
    first, second = send(hall, command="a").case_id, send(hall, days=9, command="b").case_id
    decide(hall, HEAD, second)
    owner = person(hall, OWNER)
    found = hall.workshop.cases(owner, "borrowing", state="open")
    assert [(row.id, row.current_steps, row.waits_for) for row in found.items] == [
        (second, ["财务处", "保卫处"], ["李敏", "赵磊"]),
        (first, ["学院负责人"], ["王建国"]),
    ]
    decide(hall, HEAD, first, "refuse", opinion="仪器停用")
    assert [row.id for row in hall.workshop.cases(owner, "borrowing", state="refused").items] == [first]
    assert hall.workshop.cases(owner, "borrowing", query="没有这样的").total == 0
    assert hall.workshop.cases(owner, "borrowing").total == 2
    with pytest.raises(NotAllowed):
        hall.workshop.cases(person(hall, HEAD), "borrowing")


def test_a_workbook_of_another_department_is_not_told_green(hall: Hall) -> None:
    """h16: its check says whose it is, before anybody presses what she may not."""
    data = workbook_from_text(BORROWING.replace("设备处", "财务处"))
    report = hall.workshop.check(person(hall, OWNER), "borrowing.xlsx", data)
    assert not report.publishable
    assert (report.diagnostics[0].code, str(report.diagnostics[0].place)) == ("SHEET-118", "settings!D2")


def test_a_workbook_of_another_department_tells_no_differences(hall: Hall) -> None:
    """h16: whoever only knows the id of a service learns nothing of what is live, whatever is wrong with her own file."""
    owner = person(hall, OWNER)
    stranger = replace(owner, department="保卫处")
    for text in (BORROWING.replace("天数", "日数"), BORROWING.replace("initiator", "无人此岗")):
        data = workbook_from_text(text)
        assert hall.workshop.check(owner, "borrowing.xlsx", data).changes
        assert hall.workshop.check(stranger, "borrowing.xlsx", data).changes == ()
