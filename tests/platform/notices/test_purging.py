"""What was sent does not stay for ever, and what is told once stays told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from telling import ADMIN, FINANCE, HEAD, SECURITY, STUDENT, Clock, decide, inbox, open_hall, person, send

from banshi.platform.errors import NotFound
from banshi.platform.notices.sending import Sending
from banshi.storage.contract import MessageFilter


def test_what_was_kept_for_long_enough_goes(tmp_path: Path) -> None:
    clock = Clock()
    hall = open_hall(tmp_path, clock, sending=Sending(sent_kept=timedelta(days=30), inbox_kept=timedelta(days=60)))
    case_id = send(hall)
    decide(hall, HEAD, case_id)
    store = hall._store
    clock.go(days=1)
    for one in store.take_messages(clock.now, timedelta(minutes=2)):
        store.settle_message(replace(one, state="sent", done_at=clock.now))
    sent, total = store.messages(MessageFilter(states=("sent",)))
    assert {one.channel for one in sent} == {"mail", "webhook"}
    clock.go(days=29, hours=23)
    assert hall.outbox.purge_due() == 0
    clock.go(hours=2)
    assert hall.outbox.purge_due() == total
    assert hall.outbox.purge_due() == 0
    assert store.messages(MessageFilter(states=("sent",)))[1] == 0
    assert inbox(hall, STUDENT), "inboxes are kept for longer"
    # The order has a key: passing the step again pushes it no second time.
    decide(hall, SECURITY, case_id, "return", opinion="数量不对", return_to="initiator")
    view = hall.case(person(hall, STUDENT), case_id)
    answers = {"等级": "AR", "数量": 11, "单价": "19.90", "保管": FINANCE}
    hall.act(person(hall, STUDENT), case_id, "", "resubmit", answers=answers, seq=view.seq, command_id="again")
    decide(hall, HEAD, case_id)
    assert [(one.target, one.state) for one in store.messages(MessageFilter(channel="webhook"))[0]] == [
        ("商城", "gone")
    ]
    [order], _ = store.messages(MessageFilter(channel="webhook"))
    with pytest.raises(NotFound):
        hall.outbox.send_again(person(hall, ADMIN), order.key)
    clock.go(days=61)
    while hall.outbox.purge_due():
        pass
    assert inbox(hall, STUDENT) == []
    hall.close()
