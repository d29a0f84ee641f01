"""Payments of the shipped top-up.

P1  A signed callback passes the step and books the payment, in one transaction; a doubled one has no effect.
P2  A forged, old or altered one, and one with another amount, books nothing.
P3  A lost one is found by asking; an order that nobody pays is closed, and the application goes back.
P4  Money that comes late, or twice, is booked as unmatched, seen by the finance office and refunded once.
P5  Money is told apart by order, number and amount; a notice of money without a number is refused.
P6  Nobody but the gateway passes a step that waits for a payment.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from topping import ADMIN, CASHIER, KEY, ROOM, ROOMMATE, STRANGER, Office

from banshi.platform.accounts.gateway import SIGNATURE, TIME, Forged, Payment
from banshi.platform.cases.booked import LEDGER
from banshi.platform.cases.callbacks import Answer
from banshi.platform.errors import Declined, NotAllowed, NotFound
from banshi.storage.accounts import TransactionFilter


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path)
    yield opened
    assert opened.store.wrong_balances() == []
    opened.hall.close()


def test_a_payment_passes_the_step_and_is_booked(office):
    order = office.order()
    assert (order.amount, order.holder, office.kwh()) == (10000, ROOM, 0)
    assert office.cashier.press(office.person(), order.id, "pay") == "paid"
    assert office.state(order) == ("paid", "approved")
    assert office.kwh() == Decimal("182.84")  # 100 / 0.5469 = 182.848…, rounded down
    (move,) = office.store.iter_transactions(TransactionFilter(account=KEY))
    lines = {(line.part, line.unit): line.amount for line in move.postings}
    assert lines == {
        ("available", "度"): 18284, ("issued", "度"): -18284, ("gateway", "元"): -10000, ("income", "元"): 10000
    }  # fmt: skip
    told = [
        event.payload["movements"][0]["id"]
        for event in office.store.events(order.case_id)
        if "movements" in event.payload
    ]
    assert told == [move.id]


def test_a_doubled_callback_has_no_effect(office):
    order = office.order()
    body, headers = office.sandbox.press(order.id, "pay", office.now)
    assert [office.cashier.called(body, headers) for _ in range(3)] == ["paid", "repeated", "repeated"]
    assert office.kwh() == Decimal("182.84")
    assert office.bank.receipts(office.person(CASHIER)).total == 0


def test_forged_old_and_altered_callbacks_book_nothing(office):
    order = office.order()
    body, headers = office.sandbox.press(order.id, "pay", office.now)
    forged = [
        (body, {}),
        (body, {**headers, SIGNATURE: "0" * 64}),
        (body.replace(b"10000", b"10001"), headers),
        (body, {**headers, TIME: str(int(headers[TIME]) + 1)}),
        office.sandbox.callback(Payment(order_id=order.id, state="paid", amount=10000, gateway_no="X"), office.now - timedelta(minutes=6)),
    ]  # fmt: skip
    for said in forged:
        with pytest.raises(Forged):
            office.cashier.called(*said)
    assert office.state(order) == ("open", "open")
    assert office.kwh() == 0


def test_another_amount_is_refused_and_seen(office):
    order = office.order()
    said = Payment(order_id=order.id, state="paid", amount=9999, gateway_no="X1")
    assert office.cashier.called(*office.sandbox.callback(said, office.now)) == "refused"
    assert office.state(order) == ("open", "open")
    (seen,) = office.bank.receipts(office.person(CASHIER)).items
    assert (seen.state, seen.amount, seen.why) == ("refused", "99.99", "金额与订单不符：应付 100.00，通知 99.99。")
    assert office.kwh() == 0


def test_an_order_of_nobody_is_told_apart(office):
    said = Payment(order_id="NO-SUCH", state="paid", amount=1, gateway_no="X1")
    with pytest.raises(NotFound):
        office.cashier.called(*office.sandbox.callback(said, office.now))


def test_a_lost_callback_is_found_by_asking(office):
    order = office.order()
    office.sandbox.press(order.id, "pay", office.now)  # and the callback is lost
    assert office.hall.look_at_payments() == 0
    office.later(1.1)
    assert office.hall.look_at_payments() == 1
    assert office.state(order) == ("paid", "approved")
    assert office.kwh() == Decimal("182.84")


def test_an_order_that_nobody_pays_is_closed_and_comes_back(office):
    order = office.order()
    office.later(14)
    office.hall.look_at_payments()
    assert office.state(order) == ("open", "open")
    office.later(2)
    office.hall.look_at_payments()
    assert office.state(order) == ("closed", "returned")
    assert office.sandbox.query(order.id).state == "closed"


def test_money_that_comes_late_is_unmatched_and_refunded_once(office):
    order = office.order()
    office.later(16)
    office.hall.look_at_payments()
    said = office.sandbox.callback(
        Payment(order_id=order.id, state="paid", amount=10000, gateway_no="LATE1"), office.now
    )
    assert [office.cashier.called(*said) for _ in range(2)] == ["unmatched", "unmatched"]
    assert office.kwh() == 0
    cashier = office.person(CASHIER)
    (seen,) = office.bank.receipts(cashier).items
    assert (seen.state, seen.amount) == ("waiting", "100.00")
    with pytest.raises(NotAllowed):
        office.bank.refund(office.person(STRANGER), seen.key, "退")
    with pytest.raises(Declined):
        office.bank.refund(cashier, seen.key, " ")
    office.bank.refund(cashier, seen.key, "学生申请，原路退回")
    with pytest.raises(Declined):
        office.bank.refund(cashier, seen.key, "再退一次")
    assert office.sandbox.refunds(order.id) == 10000
    sums = {one.part: one.amount for one in office.store.part_sums(KEY)}
    assert sums == {"gateway": 0, "unmatched": 0}
    assert len(office.store.events(LEDGER)) == 2


def test_late_money_of_two_orders_with_the_same_number_is_booked_twice(office):
    orders = [office.order(100, "a"), office.order(50, "b")]
    office.later(16)
    office.hall.look_at_payments()
    for order in orders:
        said = Payment(order_id=order.id, state="paid", amount=order.amount, gateway_no="2026120100001")
        assert office.cashier.called(*office.sandbox.callback(said, office.now)) == "unmatched"
    cashier = office.person(CASHIER)
    found = office.bank.receipts(cashier).items
    assert sorted(one.amount for one in found) == ["100.00", "50.00"]
    assert {one.part: one.amount for one in office.store.part_sums(KEY)} == {"gateway": -15000, "unmatched": 15000}
    for one in found:
        office.bank.refund(cashier, one.key, "过时付款，原路退回")
    assert [office.sandbox.refunds(order.id) for order in orders] == [10000, 5000]


@pytest.mark.parametrize("no", ["", "  "])
def test_money_without_a_number_is_refused(office, no):
    order = office.order()
    said = office.sandbox.callback(Payment(order_id=order.id, state="paid", amount=10000, gateway_no=no), office.now)
    with pytest.raises(Declined, match="no number of the gateway") as told:
        office.cashier.called(*said)
    assert "没有支付平台的流水号" in told.value.message()
    assert (office.state(order), office.kwh()) == (("open", "open"), 0)
    assert office.bank.receipts(office.person(CASHIER)).total == 0


def test_two_wrong_amounts_under_one_number_are_both_seen(office):
    order = office.order()
    for amount in (9999, 9998, 9999):
        said = Payment(order_id=order.id, state="paid", amount=amount, gateway_no="X1")
        assert office.cashier.called(*office.sandbox.callback(said, office.now)) == "refused"
    found = office.bank.receipts(office.person(CASHIER)).items
    assert sorted(one.amount for one in found) == ["99.98", "99.99"]


def test_paid_twice_is_booked_once_and_the_rest_unmatched(office):
    order = office.order()
    office.cashier.press(office.person(), order.id, "pay")
    again = office.sandbox.callback(
        Payment(order_id=order.id, state="paid", amount=10000, gateway_no="TWICE"), office.now
    )
    assert office.cashier.called(*again) == "unmatched"
    assert office.kwh() == Decimal("182.84")
    (seen,) = office.bank.receipts(office.person(CASHIER)).items
    assert seen.why == "同一订单付了两次。"


def test_a_failed_payment_comes_back_and_can_be_sent_again(office):
    order = office.order()
    assert office.cashier.press(office.person(), order.id, "fail") == "failed"
    assert office.state(order) == ("failed", "returned")
    case = office.hall.case(office.person(), order.case_id)
    answers = {"校区": "滨江校区", "楼栋": "海棠1栋", "房间": "301", "充值金额": 200}
    sent = {"answers": answers, "seq": case.seq, "command_id": "again"}
    assert office.hall.act(office.person(), order.case_id, "", "resubmit", **sent).done
    orders, total = office.store.orders(case_id=order.case_id)
    assert (total, orders[0].amount if orders[0].id != order.id else orders[1].amount) == (2, 20000)
    new = next(one for one in orders if one.id != order.id)
    office.cashier.order(office.person(), new.id)
    assert office.cashier.press(office.person(), new.id, "pay") == "paid"
    assert office.kwh() == Decimal("365.69")


def test_nobody_answers_in_place_of_the_gateway(office):
    order = office.order()
    answer = Answer(case_id=order.case_id, step="20", round=1, succeeded=True, said="看到付款了")
    with pytest.raises(Declined):
        office.hall.answer_by_hand(office.person(ADMIN), answer)
    with pytest.raises(Declined):
        office.hall.answered("electricity-topup", replace(answer, said=""))
    assert office.state(order) == ("open", "open")


def test_only_the_payer_opens_a_payment(office):
    order = office.order()
    for stranger in (ROOMMATE, CASHIER):
        with pytest.raises(NotAllowed):
            office.cashier.order(office.person(stranger), order.id)
        with pytest.raises(NotAllowed):
            office.cashier.press(office.person(stranger), order.id, "pay")


def test_a_withdrawn_application_is_not_paid(office):
    order = office.order()
    seq = office.hall.case(office.person(), order.case_id).seq
    office.hall.withdraw(office.person(), order.case_id, seq=seq, command_id="w")
    assert office.cashier.called(*office.sandbox.press(order.id, "pay", office.now)) == "unmatched"
    assert office.state(order) == ("closed", "withdrawn")
    assert office.kwh() == 0


PAID_FIRST = """
## settings
| form_id | form_title | owner        |
| reprint | 证书补办   | 学生公寓中心 |

## survey
| type  | name | label |
| money | 工本费 | 工本费 |

## accounts
| account | holder               | unit |
| 工本费  | 人员: ${申请人} | 元   |

## route
| step | name | who                        | mode     | back | do                    |
| 10   | 申请 | initiator                  |          |      | 付款:工本费 ${工本费} |
| 20   | 缴费 |                            | callback |      |                       |
| 30   | 审核 | 角色:学生公寓中心.复核岗   | one      | any  | 收费:工本费 ${工本费} |
"""


def test_what_was_paid_before_a_return_is_not_asked_for_again(office):
    from halls import write

    write(office.hall.definitions, "reprint/reprint.xlsx", PAID_FIRST)
    office.hall.scan()
    student, reviewer = office.person(), office.person("10560")
    case_id = office.hall.submit(student, "reprint", {"工本费": 20}, command_id="r").case_id
    ((first,), _) = office.store.orders(case_id=case_id)
    office.cashier.order(student, first.id)
    assert office.cashier.press(student, first.id, "pay") == "paid"
    (task,) = office.hall.tasks(reviewer).items
    seq = office.hall.case(reviewer, case_id).seq
    back = {"opinion": "补材料", "return_to": "initiator", "seq": seq, "command_id": "b"}
    assert office.hall.act(reviewer, case_id, task.id, "return", **back).done
    seq = office.hall.case(student, case_id).seq
    again = {"answers": {"工本费": 20}, "seq": seq, "command_id": "c"}
    assert office.hall.act(student, case_id, "", "resubmit", **again).done
    office.later(1.1)
    office.hall.look_at_payments()
    orders, _ = office.store.orders(case_id=case_id)
    assert sorted(one.state for one in orders) == ["closed", "paid"]
    (task,) = office.hall.tasks(reviewer).items
    seq = office.hall.case(reviewer, case_id).seq
    assert office.hall.act(reviewer, case_id, task.id, "approve", opinion="同意", seq=seq, command_id="d").done
    rows, _ = office.store.balances("reprint:工本费")
    assert [(row.holder, row.available, row.held) for row in rows] == [(student.id, 0, 0)]
