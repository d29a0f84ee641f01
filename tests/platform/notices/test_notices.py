"""Notices from the workbook to the outbox.

N1 each event tells whom its row says, in her language · N2 what is told is written with the event, once, whatever is repeated ·
N3 a dedupe key tells once, quiet hours wait · N4 an inbox is its owner's · N5 nothing leaves a trial, which says what would ·
N6 moving, backing up, restoring and rebuilding keep the outbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from telling import (
    ADMIN,
    AUDITOR,
    CAMPUS,
    EVENING,
    FINANCE,
    HEAD,
    OWNER,
    SECURITY,
    STUDENT,
    Clock,
    decide,
    inbox,
    open_hall,
    outside,
    person,
    send,
    service,
)
from workbooks import workbook_from_text

from banshi.platform.errors import NotAllowed
from banshi.platform.hall import Hall
from banshi.platform.keeping import back_up, move, rebuild, restore
from banshi.platform.service.notices import Quiet
from banshi.platform.stores import open_store
from banshi.platform.trial import Trial
from banshi.storage.contract import MessageFilter, StoredMessage


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    opened = open_hall(tmp_path, clock)
    yield opened
    opened.close()


def messages(hall: Hall, **which: object) -> list[StoredMessage]:
    return hall._store.messages(MessageFilter(**which), size=200)[0]


def resubmit(hall: Hall, case_id: str, answers: dict[str, object]) -> None:
    view = hall.case(person(hall, STUDENT), case_id)
    more = {"answers": answers, "seq": view.seq, "command_id": f"again-{view.seq}"}
    receipt = hall.act(person(hall, STUDENT), case_id, "", "resubmit", **more)
    assert receipt.done, receipt.problems


def test_n1_whoever_is_asked_is_told_with_the_values_of_the_form(hall: Hall) -> None:
    send(hall)
    assert inbox(hall, HEAD) == ["陈晓雨的采购待您审批，共 238.80 元。"]
    assert outside(hall) == [("mail", HEAD, "waiting")]
    assert [inbox(hall, who) for who in (STUDENT, FINANCE, SECURITY)] == [[], [], []]


def test_n1_a_step_that_is_passed_pushes_and_calls_its_notice(hall: Hall) -> None:
    case_id = send(hall)
    decide(hall, HEAD, case_id)
    assert inbox(hall, STUDENT) == ["SJ20260001：分析纯 12 瓶已下单，保管人 李敏。"]
    assert inbox(hall, FINANCE, "en") == ["SJ20260001: 12 bottles, Analytical, are ordered; keeper Li Min."]
    [pushed] = messages(hall, channel="webhook")
    assert pushed.content["body"] == '{"订单号": "SJ20260001", "等级": "AR", "数量": 12, "金额": 238.80}'
    assert pushed.case_id == case_id


def test_n1_a_return_tells_why_and_asking_again_tells_again(hall: Hall, clock: Clock) -> None:
    case_id = send(hall)
    decide(hall, HEAD, case_id, "return", opinion="请改为优级纯", return_to="initiator")
    assert inbox(hall, STUDENT) == inbox(hall, STUDENT, "en") == ["王建国退回：请改为优级纯"], (
        "no sentence in two languages"
    )
    answers = {"等级": "GR", "数量": 12, "单价": "19.90", "保管": FINANCE}
    clock.go(minutes=5)
    resubmit(hall, case_id, answers)
    assert inbox(hall, HEAD) == ["陈晓雨的采购待您审批，共 238.80 元。"] * 2


def test_n1_a_condition_decides_whether_an_end_is_told(hall: Hall) -> None:
    for count in (9, 10):
        case_id = send(hall, f"c{count}", count)
        decide(hall, HEAD, case_id)
        decide(hall, SECURITY, case_id)
    assert [text for text in inbox(hall, FINANCE) if "验收" in text] == ["大宗试剂 SJ20260002 已验收。"]
    ledger = [one for one in messages(hall, channel="webhook") if one.target == "台账"]
    assert len(ledger) == 1
    assert '"event": "approved"' in ledger[0].content["body"]
    assert '"data": {"数量": 10}' in ledger[0].content["body"]


def test_n1_deadlines_and_applicants_remind(hall: Hall, clock: Clock) -> None:
    case_id = send(hall)
    clock.go(hours=10)
    while hall.fire_timers():
        pass
    reminded = [one for one in messages(hall, channel="mail") if one.content["on"] == "reminded"]
    # Half past seven in the morning: the quiet hours are over.
    assert [(one.target, one.free_at) for one in reminded] == [(HEAD, clock.now)]
    assert reminded[0].content["text"]["zh"] == "请尽快办理 试剂采购（陈晓雨）（期限 2026-03-03 07:30）。"
    hall.urge(person(hall, STUDENT), case_id, command_id="u1")
    assert len([one for one in messages(hall, channel="mail") if one.content["on"] == "reminded"]) == 2


def test_n2_a_repeated_command_tells_nothing_anew(hall: Hall) -> None:
    assert send(hall, "same") == send(hall, "same")
    assert len(messages(hall)) == 2


def test_n2_a_command_that_is_too_late_tells_nothing(hall: Hall) -> None:
    from banshi.platform.errors import Stale

    case_id = send(hall)
    view = hall.case(person(hall, HEAD), case_id)
    hall.withdraw(person(hall, STUDENT), case_id, seq=view.seq, command_id="w")
    with pytest.raises(Stale):
        hall.act(person(hall, HEAD), case_id, view.tasks[0].id, "approve", seq=view.seq, command_id="late")
    assert messages(hall, channel="webhook") == []


def test_n2_what_cannot_be_computed_is_not_sent_and_says_so(tmp_path: Path, clock: Clock) -> None:
    hall = open_hall(tmp_path, clock, shop="https://shop.example.edu.cn/orders")
    answers = {"等级": "AR", "数量": 3, "单价": "5", "保管": FINANCE}
    text = service().replace("金额=${金额}", "金额=${金额} div (${数量} - 3)")
    hall.workshop.publish(person(hall, OWNER), "buying.xlsx", workbook_from_text(text))
    case_id = hall.submit(person(hall, STUDENT), "buying", answers, command_id="c").case_id
    decide(hall, HEAD, case_id)
    [row] = hall.outbox.messages(person(hall, OWNER), "failed").items
    assert "金额" in row.why
    assert hall.outbox.send_all_again(person(hall, OWNER)) == 0
    hall.close()


def test_n3_the_same_key_is_told_once(hall: Hall, clock: Clock) -> None:
    """A step that is passed again after a return pushes the order no second time."""
    case_id = send(hall)
    decide(hall, HEAD, case_id)
    decide(hall, SECURITY, case_id, "return", opinion="数量不对", return_to="initiator")
    answers = {"等级": "AR", "数量": 11, "单价": "19.90", "保管": FINANCE}
    resubmit(hall, case_id, answers)
    decide(hall, HEAD, case_id)
    assert [one.target for one in messages(hall, channel="webhook")] == ["商城"]
    assert len(inbox(hall, STUDENT)) == 3, "the notice without a key is told each time"


@pytest.mark.parametrize(
    ("since", "until", "now", "end"),
    [
        ("22:00", "07:00", "21:59", "21:59"),
        ("22:00", "07:00", "22:00", "07:00+1"),
        ("22:00", "07:00", "00:30", "07:00"),
        ("22:00", "07:00", "07:00", "07:00"),
        ("12:00", "14:00", "13:59", "14:00"),
        ("12:00", "14:00", "14:00", "14:00"),
        ("20:00", "00:00", "23:59", "00:00+1"),
    ],
)
def test_n3_quiet_hours_end(since: str, until: str, now: str, end: str) -> None:
    def moment(text: str) -> datetime:
        clock, _, days = text.partition("+")
        return datetime.combine(EVENING.date(), time.fromisoformat(clock), CAMPUS) + timedelta(days=int(days or 0))

    quiet = Quiet(time.fromisoformat(since), time.fromisoformat(until))
    assert quiet.end(moment(now)) == moment(end)


def test_n3_mails_of_quiet_hours_wait_and_the_inbox_does_not(hall: Hall, clock: Clock) -> None:
    clock.go(hours=1)
    send(hall)
    [mail] = messages(hall, channel="mail")
    assert mail.free_at == datetime(2026, 3, 3, 7, 0, tzinfo=CAMPUS)
    assert len(inbox(hall, HEAD)) == 1


def test_n4_an_inbox_is_read_by_its_owner(hall: Hall) -> None:
    case_id = send(hall)
    decide(hall, HEAD, case_id)
    decide(hall, SECURITY, case_id)
    head, finance = person(hall, HEAD), person(hall, FINANCE)
    assert [hall.waiting(one).unread for one in (head, finance)] == [1, 2]
    [row] = hall.outbox.inbox(head).items
    assert (row.state, row.opens, row.number) == ("unread", True, "SJ20260001")
    assert [one.opens for one in hall.outbox.inbox(finance).items] == [False, False], "she has no part in the case"
    assert hall.outbox.mark_read(finance, [row.key]) == 0
    assert hall.outbox.mark_read(head, [row.key]) == 1
    assert [hall.waiting(one).unread for one in (head, finance)] == [0, 2]
    assert hall.outbox.mark_read(finance) == 2


def test_n4_only_those_who_look_after_services_see_what_is_sent(hall: Hall) -> None:
    send(hall)
    for who in (OWNER, ADMIN):
        [mail, webhook] = hall.outbox.health(person(hall, who))
        assert (mail.channel, mail.waiting, webhook.waiting) == ("mail", 1, 0)
        [row] = hall.outbox.messages(person(hall, who), "waiting").items
        assert (row.to, row.text, row.title) == ("王建国", "", ""), "what she is told is hers to read"
        assert hall.outbox.may_look_after(person(hall, who))
    for who in (STUDENT, HEAD, AUDITOR):
        assert not hall.outbox.may_look_after(person(hall, who))
        with pytest.raises(NotAllowed):
            hall.outbox.health(person(hall, who))
        with pytest.raises(NotAllowed):
            hall.outbox.messages(person(hall, who), "waiting")


def test_n5_nothing_leaves_a_trial_and_it_says_what_would(hall: Hall, clock: Clock) -> None:
    trial = Trial(hall, person(hall, OWNER), "buying.xlsx", workbook_from_text(service()))
    case_id = send(trial.hall)
    decide(trial.hall, HEAD, case_id)
    told = {(row.channel, row.to, row.state) for row in trial.hall.outbox.everything()}
    assert {("webhook", "商城", "waiting"), ("mail", "王建国", "waiting"), ("inbox", "陈晓雨", "unread")} <= told
    clock.go(days=2)
    assert trial.hall.outbox.send_due() == 0
    assert messages(hall) == []
    trial.close()


@pytest.mark.parametrize("there", ["copy.sqlite", "copy.json"])
def test_n6_moved_backed_up_and_restored_it_is_the_same(tmp_path: Path, clock: Clock, there: str) -> None:
    hall = open_hall(tmp_path, clock)
    case_id = send(hall)
    decide(hall, HEAD, case_id)
    before = {one.key: one for one in messages(hall)}
    assert len(before) == 5
    address = f"sqlite:///{tmp_path / 'banshi.sqlite'}"
    quiet = lambda *_: None  # noqa: E731
    back_up(address, tmp_path, None, tmp_path / "backup.zip", quiet)
    hall.close()
    target = ("sqlite:///" if there.endswith("sqlite") else "tinydb:///") + str(tmp_path / there)
    assert move(address, target, quiet)["outbox"] == 5
    restore(tmp_path / "backup.zip", tmp_path / "restored", "", replace=False, told=quiet)
    for kept in (target, f"sqlite:///{tmp_path / 'restored' / 'banshi.sqlite'}"):
        store = open_store(kept)
        assert {one.key: one for one in store.messages(MessageFilter(), size=50)[0]} == before
        store.close()
    assert rebuild(target, quiet, dry_run=False) == []
    store = open_store(target)
    assert {one.key: one for one in store.messages(MessageFilter(), size=50)[0]} == before
    store.close()
