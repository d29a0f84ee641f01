"""Trying a draft out: nothing of it is real.

R1 the draft works as a service: sent, approved, by people of the campus · R2 nothing of it is in the real hall · R3 drafts
with errors are refused, failing examples are not · R4 only owners of the service · R5 the clock moves, deadlines are met
· R6 the owner's files are lent to whom she plays, others' are not
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from halls import BORROWING, FILED, open_test_hall
from workbooks import workbook_from_text

from banshi.platform.errors import Declined, NotAllowed
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.trial import Trial
from banshi.storage.contract import CaseFilter, DecisionFilter

STUDENT, HEAD, FINANCE, OWNER, ADMIN = "20001", "20002", "20003", "20005", "20007"
DRAFT = BORROWING.replace("12.5", "20").replace("87.5", "140").replace("| 8    | 100 ", "| 8    | 160 ")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path)
    yield opened
    opened.close()


def who(hall: Hall, person_id: str) -> Person:
    return hall.directory.people[person_id]


def begun(hall: Hall, text: str = DRAFT, person: str = OWNER) -> Trial:
    return Trial(hall, who(hall, person), "borrowing.xlsx", workbook_from_text(text))


def applied(trial: Trial, days: int = 7) -> str:
    answers = {"用途": "催化剂表征", "天数": Decimal(days)}
    receipt = trial.hall.submit(who(trial.hall, STUDENT), "borrowing", answers, command_id="t1")
    assert receipt.done, receipt.problems
    return receipt.case_id


def test_r1_a_draft_is_gone_through_by_people_of_the_campus(hall: Hall) -> None:
    trial = begun(hall)
    case_id = applied(trial)
    (total,) = (bill["total"] for bill in trial.hall.case(who(hall, STUDENT), case_id).bills.values())
    assert total == 140
    assert [(one.person, one.step) for one in trial.waiting()] == [(HEAD, "学院负责人")]
    view = trial.hall.case(who(hall, HEAD), case_id)
    done = trial.hall.act(who(hall, HEAD), case_id, view.tasks[0].id, "approve", seq=view.seq, command_id="t2")
    assert done.done
    assert [(one.person, one.name) for one in trial.waiting("en")] == [(FINANCE, "Li Min")]
    view = trial.hall.case(who(hall, FINANCE), case_id)
    trial.hall.act(
        who(hall, FINANCE),
        case_id,
        view.tasks[0].id,
        "return",
        return_to="initiator",
        opinion="缺用途",
        seq=view.seq,
        command_id="t3",
    )
    assert [(one.person, one.step) for one in trial.waiting()] == [(STUDENT, "")]
    trial.close()


def test_r2_nothing_of_it_is_in_the_real_hall(hall: Hall) -> None:
    before = hall.workshop.versions(who(hall, OWNER), "borrowing")
    trial = begun(hall)
    applied(trial)
    assert hall._store.count_cases(CaseFilter()) == 0
    assert hall._store.decisions(DecisionFilter())[1] == 0
    assert hall.waiting(who(hall, HEAD)).tasks == 0
    assert hall.workshop.versions(who(hall, OWNER), "borrowing") == before
    real = hall.submit(who(hall, STUDENT), "borrowing", {"用途": "测试", "天数": Decimal(7)}, command_id="r1")
    assert real.number.endswith("0001"), "no number was taken by the trial"
    assert trial._store.health()["bytes"] == 0, "it is on no disk"
    trial.close()


def test_r3_errors_are_refused_and_failing_examples_are_not(hall: Hall) -> None:
    with pytest.raises(Declined):
        begun(hall, DRAFT.replace("role:财务处.审核岗", "role:财务处.审合岗"))
    failing = begun(hall, BORROWING.replace("12.5", "20"))
    assert not failing.report.publishable
    assert applied(failing)
    failing.close()


@pytest.mark.parametrize("person", [STUDENT, HEAD])
def test_r4_only_owners_try(hall: Hall, person: str) -> None:
    with pytest.raises(NotAllowed):
        begun(hall, person=person)


def test_r4_nobody_tries_the_service_of_another_office(hall: Hall) -> None:
    with pytest.raises(NotAllowed):
        begun(hall, DRAFT.replace("| 设备处 |", "| 财务处 |"))
    trial = begun(hall, DRAFT.replace("| borrowing |", "| lending |"), ADMIN)
    assert trial.service.settings.id == "lending"
    trial.close()


def test_r5_deadlines_are_met_when_the_clock_moves(hall: Hall) -> None:
    text = DRAFT.replace("| when          | group |", "| when          | group | due | overdue |").replace(
        "head(申请部门)     |      |               |       |", "head(申请部门) | | | | 2天 | 100%自动通过 |"
    )
    trial = begun(hall, text)
    applied(trial)
    moment = trial.now()
    assert trial.move_clock(moment + timedelta(days=1)) == 0
    assert [one.person for one in trial.waiting()] == [HEAD]
    assert trial.move_clock(moment + timedelta(days=14)) > 0
    assert [one.person for one in trial.waiting()] == [FINANCE]
    assert trial.move_clock(moment) == 0, "time does not go back"
    assert trial.now() >= moment + timedelta(days=14)
    trial.close()


def test_r5_each_deadline_is_met_at_its_own_instant(hall: Hall) -> None:
    text = DRAFT.replace("| when          | group |", "| when          | group | due | overdue |").replace(
        "head(申请部门)     |      |               |       |", "head(申请部门) | | | | 2天 | 50%提醒、100%自动通过 |"
    )
    trial = begun(hall, text)
    case_id = applied(trial)
    due = [timer.at for timer in trial._store.timers(case_id)]
    assert len(set(due)) == 2
    trial.move_clock(max(due) + timedelta(days=30))
    events = trial.hall.case(who(hall, STUDENT), case_id).events
    assert [event.at for event in events if event.kind in ("reminded", "approved")] == sorted(due)
    assert trial.now() >= max(due) + timedelta(days=30)
    trial.close()


def test_r6_the_owners_files_are_lent(hall: Hall) -> None:
    trial = begun(hall, FILED)
    hers = hall.attach(who(hall, OWNER), "合同.pdf", iter([b"%PDF-1.4 x"]))
    theirs = hall.attach(who(hall, HEAD), "别人的.pdf", iter([b"%PDF-1.4 y"]))
    answers = {"用途": "测试", "天数": Decimal(7)}
    for at, (file, accepted) in enumerate(((theirs, False), (hers, True))):
        given = {**answers, "合同": [file]}
        trial.lend(who(hall, STUDENT), given)
        receipt = trial.hall.submit(who(hall, STUDENT), "borrowing", given, command_id=f"f{at}")
        assert receipt.done is accepted
    assert replace(who(hall, OWNER)) in trial.people()
    trial.close()
