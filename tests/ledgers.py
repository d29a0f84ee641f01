"""Movements of one room's account, for tests; run as a program, it spends until nothing is left for it."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from banshi.storage import new_id
from banshi.storage.accounts import AVAILABLE, GATEWAY, INCOME, Posting, StoredOrder, StoredReceipt, Transaction
from banshi.storage.contract import Change, Command, NewEvent, Overdrawn, Store
from banshi.storage.sql import SqlStore

AT = datetime(2026, 9, 1, 8, 30, tzinfo=timezone(timedelta(hours=8)))
POWER = "dorm:电费"
ROOM = "海棠1栋301"


def a_move(amount: int, *, other: str = INCOME, least: int | None = 0, **facts: object) -> Transaction:
    """More (or, below zero, less) for the room, from or to a counter-account."""
    own = Posting(account=POWER, part=AVAILABLE, holder=ROOM, unit="度", amount=amount, least=least)
    counter = Posting(account=POWER, part=other, holder="", unit="度", amount=-amount)
    made = Transaction(id=new_id(), at=AT, kind="charge", actor="system", postings=(own, counter))
    return replace(made, **facts)


def post(store: Store, *moves: Transaction, command: str = "") -> None:
    event = NewEvent(kind="booked", at=AT, actor="system", payload={"movements": [one.to_json() for one in moves]})
    change = Change(events=[event], transactions=moves)
    store.commit(Command(id=command or new_id(), actor="system", at=AT, change=change, case_id="ledger"))


def an_order(**changes: object) -> StoredOrder:
    made = StoredOrder(
        id=new_id(),
        case_id="c1",
        number="CZ20260001",
        service_id="electricity-topup",
        step="20",
        round=1,
        payer="2024110101",
        account=POWER,
        holder=ROOM,
        amount=10000,
        title="购电充值",
        paid=a_move(18284, other=GATEWAY).to_json(),
        made_at=AT,
        expires=AT + timedelta(minutes=15),
        look_at=AT + timedelta(minutes=1),
    )
    return replace(made, **changes)


def a_receipt(**changes: object) -> StoredReceipt:
    """Money that came too late."""
    why = {"zh": "迟", "en": "late"}
    made = StoredReceipt(key="sandbox:P1", order_id="o", gateway_no="P1", amount=10000, at=AT, state="waiting", why=why)
    return replace(made, **changes)


def main(address: str) -> None:
    """Take 70 twenty times; how often it was there."""
    store, done = SqlStore(address), 0
    for _ in range(20):
        with suppress(Overdrawn):
            post(store, a_move(-70))
            done += 1
    print(done)
    store.close()


if __name__ == "__main__":
    main(sys.argv[1])
