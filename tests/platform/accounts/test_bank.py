"""What holders see, and what the office that looks after accounts does.

B1  A person sees the accounts that are hers, by the directory; others neither see nor export them.
B2  A reversal has a reason, undoes a movement once, and takes two persons where the amount is large.
B3  A day's payments are compared with the gateway's list, each difference by its kind.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from topping import CASHIER, KEY, OWNER, ROOM, ROOMMATE, STRANGER, STUDENT, Office

from banshi.platform.accounts.gateway import GatewayDown, Payment
from banshi.platform.cases.booked import short
from banshi.platform.errors import Declined, HallError, NotAllowed
from banshi.storage.accounts import TransactionFilter
from banshi.storage.contract import Overdrawn

AUDITOR = "10811"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path)
    yield opened
    assert opened.store.wrong_balances() == []
    opened.hall.close()


def topped_up(office: Office, amount: object = 100, command: str = "a") -> str:
    order = office.order(amount, command)
    assert office.cashier.press(office.person(), order.id, "pay") == "paid"
    return str(order.paid["id"])


def test_a_room_is_shown_to_those_who_live_in_it(office):
    topped_up(office)
    for key in (STUDENT, ROOMMATE):
        (one,) = office.bank.mine(office.person(key), "en")
        told = (one.holder, one.name, one.available, one.unit, one.low, one.topup)
        assert told == (ROOM, "Dormitory electricity", "182.84", "kWh", False, "electricity-topup")
    (other,) = office.bank.mine(office.person(STRANGER))
    assert (other.holder, other.available, other.low) == ("银杏2栋 512", "0.00", True)
    assert office.bank.mine(office.person(CASHIER)) == []


def test_strangers_see_no_statement(office):
    topped_up(office)
    with pytest.raises(NotAllowed):
        office.bank.statement(office.person(STRANGER), KEY, ROOM)
    with pytest.raises(NotAllowed):
        office.bank.export(office.person(STRANGER), KEY, ROOM, "csv")
    for key in (STUDENT, CASHIER, OWNER, AUDITOR):
        _, page = office.bank.statement(office.person(key), KEY, ROOM)
        assert [(one.kind, one.available) for one in page.items] == [("topup", "182.84")]


def test_a_statement_is_of_some_days_and_exported(office):
    topped_up(office, 100, "a")
    office.later(60 * 24)
    topped_up(office, 10, "b")
    person, day = office.person(), date(2026, 12, 1)
    _, first = office.bank.statement(person, KEY, ROOM, until=day)
    _, later = office.bank.statement(person, KEY, ROOM, since=date(2026, 12, 2))
    assert [[one.available for one in page.items] for page in (first, later)] == [["182.84"], ["18.28"]]
    name, _, parts = office.bank.export(person, KEY, ROOM, "csv")
    lines = b"".join(parts).decode("utf-8-sig").splitlines()
    assert name.endswith(".csv")
    assert [line.split(",")[1:4] for line in lines[1:]] == [["充值", "182.84", "0.00"], ["充值", "18.28", "0.00"]]


def test_a_reversal_has_a_reason_and_undoes_once(office):
    move, cashier = topped_up(office), office.person(CASHIER)
    with pytest.raises(Declined):
        office.bank.reverse(cashier, move, "  ")
    with pytest.raises(NotAllowed):
        office.bank.reverse(office.person(), move, "我要退")
    assert office.bank.reverse(cashier, move, "充错房间") is True
    assert office.kwh() == 0
    sums = {(one.part, one.unit): one.amount for one in office.store.part_sums(KEY)}
    assert set(sums.values()) == {0}
    order = move.replace(".", "-")
    assert office.sandbox.refunds(order) == 10000  # the payer has it back
    assert office.bank.receipts(cashier).total == 0
    with pytest.raises(Declined):
        office.bank.reverse(cashier, move, "再来一次")
    _, page = office.bank.statement(office.person(), KEY, ROOM)
    assert [(one.kind, bool(one.reversed_by)) for one in page.items] == [("reversal", False), ("topup", True)] or [
        (one.kind, bool(one.reversed_by)) for one in page.items
    ] == [("topup", True), ("reversal", False)]


def test_a_large_reversal_takes_two_persons(office):
    office.bank._from_two = Decimal(100)
    move = topped_up(office)
    cashier, owner = office.person(CASHIER), office.person(OWNER)
    assert office.bank.reverse(cashier, move, "充错房间") is False
    assert office.kwh() == Decimal("182.84")
    (seen,) = office.bank.receipts(owner).items
    assert (seen.state, seen.why, seen.by) == ("proposed", "充错房间", "田野")
    with pytest.raises(NotAllowed):
        office.bank.confirm(cashier, seen.key)
    assert office.kwh() == Decimal("182.84")
    office.bank.confirm(owner, seen.key)
    assert office.kwh() == 0
    assert office.bank.receipts(owner).total == 0
    with pytest.raises(Declined):
        office.bank.confirm(owner, seen.key)


def test_a_reversal_that_was_declined_may_be_proposed_again(office):
    office.bank._from_two = Decimal(100)
    move = topped_up(office)
    cashier, owner = office.person(CASHIER), office.person(OWNER)
    office.bank.reverse(cashier, move, "充错房间")
    with pytest.raises(Declined, match="waits"):
        office.bank.reverse(cashier, move, "充错房间")
    office.bank.decline(owner, office.bank.receipts(owner).items[0].key)
    assert office.bank.receipts(owner).total == 0, "nothing is left to be dealt with"
    assert office.bank.reverse(cashier, move, "已与学生核实") is False
    (seen,) = office.bank.receipts(owner).items
    assert (seen.state, seen.why) == ("proposed", "已与学生核实")
    office.bank.confirm(owner, seen.key)
    assert office.kwh() == 0


def test_what_was_spent_cannot_be_reversed_below_the_floor(office):
    from ledgers import a_move, post

    move = topped_up(office)
    spent = a_move(-18284)
    lines = tuple(
        type(line)(account=KEY, part=line.part, holder=ROOM if line.holder else "", unit="度", amount=line.amount)
        for line in spent.postings
    )
    from dataclasses import replace

    post(office.store, replace(spent, postings=lines))
    with pytest.raises(HallError) as told:
        office.bank.reverse(office.person(CASHIER), move, "充错房间")
    assert "余额 0.00 度" in told.value.message()
    assert "充值或" not in told.value.message()
    spent = short(Overdrawn(KEY, ROOM, "度", 0, 100, 0), office.store, office.hall._library.services)
    assert "请先充值或调减金额" in spent.message("zh")


def test_a_day_is_reconciled(office):
    good = office.order(100, "a")
    office.cashier.press(office.person(), good.id, "pay")
    lost = office.order(50, "b")
    office.cashier.press(office.person(), lost.id, "pay")
    late = Payment(order_id=good.id, state="paid", amount=10000, gateway_no="TWICE")
    office.cashier.called(*office.sandbox.callback(late, office.now))
    numbers = {one.id: office.store.order(one.id).gateway_no for one in (good, lost)}
    rows = [f"{good.id},{numbers[good.id]},100.00", f"{good.id},TWICE,99.99", "O-9,SBX9,12.30", "坏行,,x"]
    data = "\n".join(["订单号,流水号,金额", *rows]).encode("gb18030")
    found = office.bank.reconcile(office.person(CASHIER), date(2026, 12, 1), data)
    told = {(one.kind, one.gateway_no, one.ours, one.theirs) for one in found.differences}
    assert told == {
        ("missing", numbers[lost.id], "50.00", ""), ("amount", "TWICE", "100.00", "99.99"), ("unknown", "SBX9", "", "12.30")
    }  # fmt: skip
    assert (found.agreed, found.ours, found.theirs, len(found.unread)) == (1, "250.00", "212.29", 1)
    assert office.bank.reconcile(office.person(CASHIER), date(2026, 12, 2), b"order,no,amount\n").agreed == 0
    with pytest.raises(NotAllowed):
        office.bank.reconcile(office.person(), date(2026, 12, 1), data)
    with pytest.raises(Declined):
        office.bank.reconcile(office.person(CASHIER), date(2026, 12, 1), b"a,b\n1,2\n")


def test_the_accounts_of_an_office_and_their_sums(office):
    topped_up(office)
    (one,) = office.bank.kept_by(office.person(CASHIER), "en")
    assert (one.name, one.holders, one.service) == ("Dormitory electricity", 1, "Dormitory electricity top-up")
    assert ("gateway", "yuan", "100.00") in one.sums
    assert office.bank.kept_by(office.person()) == []
    page = office.bank.holders(office.person(CASHIER), KEY, "海棠1")
    assert [row.holder for row in page.items] == [ROOM]
    assert office.bank.holders(office.person(CASHIER), KEY, "银杏").total == 0
    moves = [one.kind for one in office.store.iter_transactions(TransactionFilter(holder=ROOM))]
    assert moves == ["topup"]


def test_a_low_balance_is_told_once_until_it_is_topped_up(office):
    topped_up(office, "10")
    assert office.bank.tell_low() > 0
    assert office.bank.tell_low() == 0
    inbox = office.hall.outbox.inbox(office.person(ROOMMATE), language="zh").items
    assert [row.text for row in inbox] == ["海棠1栋 301 的购电余额只有 18.28 度，请及时充值。"]
    assert office.hall.outbox.inbox(office.person(STRANGER)).items == []
    topped_up(office, "10", "b")
    assert office.bank.tell_low() > 0
    topped_up(office, "500", "c")
    assert office.bank.tell_low() == 0


def test_rebuild_finds_wrong_balances_and_lost_movements(office, tmp_path):
    from banshi.platform.keeping import rebuild

    move = topped_up(office)
    address = f"sqlite:///{tmp_path / 'banshi.sqlite'}"
    assert rebuild(address, lambda *_: None, dry_run=True) == []
    office.store.write_rows("balances", [], changed=[(KEY, ROOM, 1, 0)])
    (found,) = rebuild(address, lambda *_: None, dry_run=False)
    assert (found.id, found.columns) == (f"{KEY} {ROOM}", ("balance",))
    assert office.kwh() == Decimal("182.84")
    with office.store._database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER postings_no_delete")
        connection.exec_driver_sql("DROP TRIGGER account_transactions_no_delete")
        connection.exec_driver_sql("DELETE FROM postings")
        connection.exec_driver_sql("DELETE FROM account_transactions")
    found = rebuild(address, lambda *_: None, dry_run=False)
    assert (("movements",), move) in {(one.columns, one.number) for one in found}


def test_a_refund_that_the_gateway_did_not_take_waits_and_is_tried_again(office, monkeypatch):
    move, cashier = topped_up(office), office.person(CASHIER)
    order, take = move.replace(".", "-"), office.sandbox.refund

    def down(*_: object) -> None:
        raise GatewayDown

    monkeypatch.setattr(office.sandbox, "refund", down)
    with pytest.raises(GatewayDown):
        office.bank.reverse(cashier, move, "充错房间")
    assert (office.kwh(), office.sandbox.refunds(order)) == (0, 0)
    (seen,) = office.bank.receipts(cashier).items
    assert (seen.state, seen.amount) == ("refunding", "100.00")
    monkeypatch.setattr(office.sandbox, "refund", take)
    office.bank.refund(cashier, seen.key, "再退")
    assert office.sandbox.refunds(order) == 10000
    assert office.bank.receipts(cashier).total == 0


def test_the_log_covers_what_is_booked_and_the_verifier_agrees(office):
    from banshi.platform.cases.booked import LEDGER
    from banshi.storage.chain import body_fits

    office.bank.reverse(office.person(CASHIER), topped_up(office), "充错房间")
    entries = office.store.case_entries(LEDGER)
    assert [entry.body["payload"]["movements"][0]["kind"] for entry in entries] == ["reversal"]
    assert all(body_fits(entry.body_hash, entry.salt, entry.body, entry.parts) for entry in entries)
