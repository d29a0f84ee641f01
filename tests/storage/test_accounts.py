"""Accounts in every store.

A1  A transaction is balanced, is written with its command or not at all, and its balance with it; a repeat posts nothing.
A2  A part of an account never falls below what it may, however many spend at once, in threads and in processes.
A3  A transaction is reversed once, and never changed.
A4  Every balance is the sum of its postings; one that is not is found and put right.
A5  An open order is taken by one at a time, and changes its state only from the one that was seen.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import ledgers
import pytest
from ledgers import AT, POWER, ROOM, a_move, a_receipt, an_order, post
from postgres import cluster
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DatabaseError

from banshi.storage import new_id
from banshi.storage.accounts import (
    AVAILABLE,
    CLOSED,
    GATEWAY,
    HELD,
    PAID,
    Posting,
    StoredBalance,
    TransactionFilter,
)
from banshi.storage.contract import Change, Command, Overdrawn, ReversedBefore, Store
from banshi.storage.sql import SqlStore
from banshi.storage.tiny import TinyStore


@pytest.fixture(scope="module")
def server():
    with cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql", "tinydb"])
def store(request, tmp_path):
    if request.param == "tinydb":
        opened: Store = TinyStore(tmp_path / "banshi.json")
    elif request.param == "sqlite":
        opened = SqlStore(tmp_path / "banshi.db")
    else:
        opened = SqlStore(_database(request.getfixturevalue("server")))
    yield opened
    opened.close()


def _database(url: str):
    name = f"db_{new_id().lower()}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(url).set(database=name)


def available(store: Store) -> int:
    rows, _ = store.balances(POWER, [ROOM])
    return rows[0].available if rows else 0


def test_a_transaction_is_balanced_in_each_unit_or_is_none():
    power = Posting(account=POWER, part=AVAILABLE, holder=ROOM, unit="度", amount=10)
    with pytest.raises(ValueError, match="not balanced"):
        replace(a_move(10), postings=(power,))
    with pytest.raises(ValueError, match="not balanced"):
        replace(a_move(10), postings=(power, Posting(account=POWER, part=GATEWAY, holder="", unit="元", amount=-10)))


def test_a_posting_is_written_with_its_command_and_a_repeat_posts_nothing(store):
    move = a_move(18284, other=GATEWAY)
    post(store, move, command="one")
    post(store, move, command="one")
    post(store, move, command="another")  # the same movement in another command
    assert available(store) == 18284
    assert store.transactions(TransactionFilter(account=POWER)) == ([move], 1)
    assert store.transaction(move.id) == move
    assert [tuple(one) for one in store.part_sums()] == [
        (POWER, AVAILABLE, "度", 18284),
        (POWER, GATEWAY, "度", -18284),
    ]


def test_overdrawing_writes_nothing_of_the_command(store):
    post(store, a_move(500, other=GATEWAY))
    with pytest.raises(Overdrawn) as told:
        post(store, a_move(-300), a_move(-201))
    assert (told.value.balance, told.value.amount, told.value.least) == (200, 201, 0)
    assert available(store) == 500
    assert len(store.events("ledger")) == 1
    post(store, a_move(-700, least=-200))
    assert available(store) == -200


def test_transactions_are_found_by_what_they_are_of(store):
    first = a_move(500, other=GATEWAY, case_id="c1")
    later = a_move(-100, at=AT + timedelta(days=1), batch="2026-09")
    elsewhere = replace(
        a_move(7), postings=tuple(replace(line, account="dorm:水费") for line in a_move(7, other=GATEWAY).postings)
    )
    post(store, first, later, elsewhere)

    def found(**which):
        rows, total = store.transactions(TransactionFilter(**which))
        assert total == len(rows)
        assert [*store.iter_transactions(TransactionFilter(**which))] == rows[::-1]
        return {row.id for row in rows}

    assert found(account=POWER, holder=ROOM) == {first.id, later.id}
    assert found(account="dorm:水费") == {elsewhere.id}
    assert found(case_id="c1") == {first.id}
    assert found(batch="2026-09") == {later.id}
    assert found(since=AT + timedelta(hours=1)) == {later.id}
    assert found(until=AT + timedelta(hours=1)) == {first.id, elsewhere.id}
    assert store.transactions(TransactionFilter(account=POWER), page=1, size=1) == ([later], 2)


def test_a_transaction_is_reversed_once(store):
    move = a_move(500, other=GATEWAY)
    post(store, move)
    back = a_move(-500, other=GATEWAY, reverses=move.id)
    post(store, back)
    with pytest.raises(ReversedBefore):
        post(store, a_move(-500, other=GATEWAY, least=None, reverses=move.id))
    assert store.reversal_of(move.id) == back
    assert store.reversal_of(back.id) is None
    assert available(store) == 0


def test_postings_are_never_changed(tmp_path):
    store = SqlStore(tmp_path / "banshi.db")
    post(store, a_move(500, other=GATEWAY))
    for table in ("postings", "account_transactions"):
        for verb in (f"DELETE FROM {table}", f"UPDATE {table} SET {'amount = 1' if table == 'postings' else 'at = 1'}"):
            with pytest.raises(DatabaseError, match="never changed"), store._database.engine.begin() as connection:
                connection.execute(text(verb))


def test_a_balance_that_is_not_the_sum_of_its_postings_is_put_right(store):
    held = Posting(account=POWER, part=HELD, holder=ROOM, unit="度", amount=100)
    own = Posting(account=POWER, part=AVAILABLE, holder=ROOM, unit="度", amount=-100)
    post(store, a_move(500, other=GATEWAY), replace(a_move(1), postings=(own, held)))
    right = StoredBalance(account=POWER, holder=ROOM, available=400, held=100)
    assert store.balances() == ([right], 1)
    assert store.wrong_balances() == []
    row = (POWER, ROOM, 999, 1)
    store.write_rows("balances", [], changed=[row])
    wrong = StoredBalance(account=POWER, holder=ROOM, available=999, held=1)
    assert store.wrong_balances() == [wrong]
    assert store.rebuild_balances() == [wrong]
    assert store.balances() == ([right], 1)


def test_spenders_in_threads_never_overdraw(store):
    post(store, a_move(1000, other=GATEWAY))
    taken: list[int] = []

    def spend() -> None:
        for _ in range(6):
            with suppress(Overdrawn):
                post(store, a_move(-70))
                taken.append(70)

    threads = [threading.Thread(target=spend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), available(store)) == (14, 20)  # 24 tries of 70, of which 14 fit into 1000
    assert store.wrong_balances() == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_spenders_in_processes_never_overdraw(kind, tmp_path, request):
    if kind == "sqlite":
        where = f"sqlite:///{tmp_path / 'banshi.db'}"
    else:
        where = _database(request.getfixturevalue("server")).render_as_string(hide_password=False)
    store = SqlStore(where)
    post(store, a_move(1000, other=GATEWAY))
    command = [sys.executable, ledgers.__file__, where]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    done = [int(one.communicate(timeout=150)[0]) for one in both]
    assert (sum(done), available(store)) == (14, 20)
    assert store.wrong_balances() == []
    store.close()


def test_an_order_is_taken_by_one_and_changes_from_the_state_that_was_seen(store):
    order = an_order()
    store.commit(Command(id="o", actor="p", at=AT, change=Change(orders=[order]), case_id="c1"))
    assert store.order(order.id) == order
    assert store.take_orders(AT, AT) == []
    later = AT + timedelta(minutes=2)
    (taken,) = store.take_orders(later, later + timedelta(minutes=1))
    assert taken.look_at == later + timedelta(minutes=1)
    assert store.take_orders(later, later + timedelta(minutes=1)) == []
    assert store.change_order(replace(taken, state=CLOSED, done_at=later), "open") is True
    assert store.change_order(replace(taken, state=PAID), "open") is False
    assert store.take_orders(later + timedelta(hours=1), later + timedelta(hours=2)) == []
    (kept,), total = store.orders(case_id="c1", states=[CLOSED], since=later, until=later + timedelta(seconds=1))
    assert (kept.state, total) == (CLOSED, 1)
    assert store.orders(states=["open"]) == ([], 0)
    assert store.orders(until=later) == ([], 0)


def test_a_receipt_is_kept_once_and_settled_once(store):
    receipt = a_receipt()
    for command in ("1", "2"):
        change = Change(receipts=[replace(receipt, gateway_no=f"P{command}")])
        store.commit(Command(id=command, actor="s", at=AT, change=change))
    first = replace(receipt, gateway_no="P1")
    assert store.receipts(["waiting"]) == ([first], 1)
    assert store.change_receipt(replace(first, state="refunded", settled_by="10415"), "waiting") is True
    assert store.change_receipt(replace(first, state="refunded"), "waiting") is False
    assert store.receipt("sandbox:P1").settled_by == "10415"
    assert store.receipts(["waiting"]) == ([], 0)
