"""Payments: what a payer opens, what the gateway says of it, and what is booked because of it, once.

A payment is booked in the transaction that passes the step which waits for it. Money that fits no open order, because it
came late or twice, is booked as received and waits for the finance office. What the gateway did not tell is asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from banshi.platform.accounts.gateway import Forged, Gateway, GatewayOrder, Payment
from banshi.platform.accounts.sandbox import Sandbox
from banshi.platform.cases.booked import LEDGER, beginnings, told_of
from banshi.platform.cases.callbacks import Answer, Callbacks
from banshi.platform.cases.desk import NO_ROUTE, Desk
from banshi.platform.errors import AnsweredOtherwise, Declined, NotAllowed, NotAwaited, NotFound
from banshi.platform.people.directory import SYSTEM, Person
from banshi.platform.publishing.library import Library
from banshi.platform.routes import flow
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.state import RouteState
from banshi.platform.service.accounts import MONEY, written
from banshi.platform.views import Receipt
from banshi.storage.accounts import (
    CLOSED,
    FAILED,
    GATEWAY,
    OPEN,
    PAID,
    REFUSED,
    UNMATCHED,
    WAITING,
    Posting,
    StoredOrder,
    StoredReceipt,
    Transaction,
    from_json,
)
from banshi.storage.contract import Change, Command, NewEvent, StaleWrite, Store

LOG = logging.getLogger("banshi")
AGAIN = timedelta(minutes=1)
"""How long an open order is left alone after it was looked at."""
BOOKED = "booked"
"""The kind of an event that books something without a case."""
_LATE = {
    "zh": "付款到达时，订单已经关闭，或办件已不等这笔款。",
    "en": "When the money came the order was closed, or the case did not wait for it any more.",
}
_TWICE = {"zh": "同一订单付了两次。", "en": "The same order was paid twice."}
_AMOUNT = {
    "zh": "金额与订单不符：应付 {due}，通知 {said}。",
    "en": "Another amount than the order's: {due} were due, {said} are told.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PayView:
    """A payment as its payer sees it; `amount` is in yuan as people write it, `address` is where it is paid."""

    id: str
    case_id: str
    number: str
    title: str
    holder: str
    account: str
    amount: str
    state: str
    expires: datetime
    reason: str = ""
    address: str = ""


class Cashier:
    """See the module. `followed` is told of every case that moved."""

    def __init__(
        self,
        store: Store,
        library: Library,
        desk: Desk,
        callbacks: Callbacks,
        gateway: Gateway,
        clock: Callable[[], datetime],
        followed: Callable[[Receipt], Receipt],
    ) -> None:
        self._store = store
        self._library = library
        self._desk = desk
        self._callbacks = callbacks
        self.gateway = gateway
        self._clock = clock
        self._followed = followed

    def order(self, person: Person, order_id: str, language: str = "zh") -> PayView:
        """A payment of the person's own; where it is open, it is made known to the gateway, so that it can be paid."""
        order = self._store.order(order_id)
        if order is None:
            raise NotFound("order", order_id)
        if order.payer != person.id:
            raise NotAllowed
        address = ""
        if order.state == OPEN and self._paid_before(order):
            order = self._known(order)
        if order.state == OPEN and self._clock() < order.expires:
            known = GatewayOrder(id=order.id, amount=order.amount, title=order.title, expires=order.expires)
            address = self.gateway.create(known)
        return self.view(order, language, address)

    def view(self, order: StoredOrder, language: str, address: str = "") -> PayView:
        """An order for people."""
        service = self._library.live.get(order.service_id)
        return PayView(
            id=order.id,
            case_id=order.case_id,
            number=order.number,
            title=service[0].settings.title.get(language) if service else order.title,
            holder=order.holder,
            account=self._title(order, language),
            amount=written(order.amount, MONEY),
            state=order.state,
            expires=order.expires,
            reason=str(order.paid.get("reason", "")),
            address=address,
        )

    def _title(self, order: StoredOrder, language: str) -> str:
        """How the account of an order is called."""
        owner, _, name = order.account.partition(":")
        live = self._library.live.get(owner)
        account = live[0].accounts.get(name) if live else None
        return account.title(language) if account else name

    @property
    def is_sandbox(self) -> bool:
        """Whether no real money moves."""
        return isinstance(self.gateway, Sandbox)

    def press(self, person: Person, order_id: str, button: str) -> str:
        """A button of the sandbox's page (`pay`, `fail`, `close`), by the payer; what became of it, as `called` says."""
        if not isinstance(self.gateway, Sandbox) or button not in ("pay", "fail", "close"):
            raise NotAllowed
        self.order(person, order_id)
        return self.called(*self.gateway.press(order_id, button, self._clock()))

    def rehearse(self, case_id: str, step: str, *, succeeded: bool) -> bool:
        """In a trial, let the sandbox pay (or fail) what a step waits for; whether it waits for a payment."""
        orders, _ = self._store.orders(case_id=case_id, states=(OPEN,))
        order = next((one for one in orders if one.step == step), None)
        if order is None or not isinstance(self.gateway, Sandbox):
            return False
        known = GatewayOrder(id=order.id, amount=order.amount, title=order.title, expires=order.expires)
        self.gateway.create(known)
        self.called(*self.gateway.press(order.id, "pay" if succeeded else "fail", self._clock()))
        return True

    def called(self, body: bytes, headers: Mapping[str, str]) -> str:
        """The gateway calls back. What became of it: `paid`, `repeated`, `closed`, `unmatched`, `refused`, `open`. Raises Forged."""
        try:
            payment = self.gateway.verify(body, headers, self._clock())
        except Forged:
            LOG.warning("A payment notice with a wrong signature was refused.")
            raise
        return self.settle(payment)

    def settle(self, payment: Payment) -> str:
        """Book what the gateway says of an order; NotFound for one that is none of ours, Declined for one paid without a number."""
        order = self._store.order(payment.order_id)
        if order is None:
            LOG.warning("A payment notice names the order %.60r, which is not there.", payment.order_id)
            raise NotFound("order", payment.order_id)
        if payment.state in (FAILED, CLOSED):
            return self._unpaid(order, payment.state)
        if payment.state != PAID:
            return OPEN
        if not payment.gateway_no.strip():
            LOG.warning("A payment of the order %s was told without the gateway's number, and refused.", order.id)
            raise Declined(
                "付款通知没有支付平台的流水号（no），没有入账；请支付平台补上流水号再通知。",
                "The payment notice has no number of the gateway (no), so nothing was booked; send it again with its number.",
            )
        if payment.amount != order.amount:
            return self._refuse(order, payment)
        if order.state == OPEN and self._credit(order, payment):
            order = self._known(order)
            if order.gateway_no == payment.gateway_no:
                return PAID
        order = self._known(order)
        if order.state == PAID and order.gateway_no == payment.gateway_no:
            return "repeated"
        self._keep(order, payment, _TWICE if order.state == PAID else _LATE)
        if order.state == OPEN:
            self._store.change_order(replace(order, state=CLOSED, done_at=self._clock()), OPEN)
        return "unmatched"

    def look_due(self) -> int:
        """Ask the gateway of open orders how they stand, and close those whose time is over; how many. Jobs call it."""
        now = self._clock()
        taken = self._store.take_orders(now, now + AGAIN)
        for order in taken:
            try:
                self._look(order, now)
            except Exception:
                LOG.exception("The payment %s could not be looked at; it is looked at again later.", order.id)
        return len(taken)

    def _look(self, order: StoredOrder, now: datetime) -> None:
        if self._paid_before(order):
            return
        found = self.gateway.query(order.id)
        if found is not None and found.state == OPEN and (now >= order.expires or not self._awaited(order)):
            found = self.gateway.close(order.id)
        if found is not None and found.state != OPEN:
            self.settle(found)
        elif found is None and (now >= order.expires or not self._awaited(order)):
            self._unpaid(order, CLOSED)

    def _paid_before(self, order: StoredOrder) -> bool:
        """Where the same was paid before the case came back, pass the step without another payment; whether it was."""
        earlier, _ = self._store.orders(case_id=order.case_id, states=(PAID,), size=100)
        what = (order.step, order.account, order.holder, order.amount)
        same = [
            one
            for one in earlier
            if (one.step, one.account, one.holder, one.amount) == what
            and self._store.reversal_of(str(one.paid["id"])) is None
        ]
        round_ = self._awaited(order) if same else 0
        if not round_:
            return False
        done = replace(order, state=CLOSED, done_at=self._clock())
        answer = Answer(case_id=order.case_id, step=order.step, round=round_, succeeded=True)
        self._followed(self._callbacks.paid(answer, done, ()))
        return True

    def _known(self, order: StoredOrder) -> StoredOrder:
        return self._store.order(order.id) or order

    def _awaited(self, order: StoredOrder) -> int:
        """The round in which the case waits for a payment; 0 where it does not."""
        state = RouteState.from_json(self._desk.case(order.case_id).route)
        return state.steps[order.step].round if order.step in state.awaited() else 0

    def _credit(self, order: StoredOrder, payment: Payment) -> bool:
        """Pass the step and book the payment, together; whether the case waited for it."""
        round_ = self._awaited(order)
        if not round_:
            return False
        now = self._clock()
        facts: dict[str, Any] = {"at": now, "actor": order.payer, "case_id": order.case_id, "number": order.number}
        paid = from_json(order.paid, **facts, service_id=order.service_id)
        live = self._library.live.get(order.service_id)
        version = live[0] if live else None
        accounts = self._desk.accounts(version) if version else {}
        by_key = {one.key(order.service_id): one for one in accounts.values()}
        begun = tuple(beginnings((paid,), by_key, self._store, now))
        done = replace(
            order, state=PAID, gateway=self.gateway.name, gateway_no=payment.gateway_no, done_at=now, look_at=now
        )
        what = Answer(case_id=order.case_id, step=order.step, round=round_, succeeded=True)
        try:
            receipt = self._callbacks.paid(what, done, (*begun, paid))
        except (NotAwaited, AnsweredOtherwise):
            return False
        self._followed(receipt)
        return True

    def _unpaid(self, order: StoredOrder, state: str) -> str:
        """An order that will not be paid: where the case waits for it, it goes back to the applicant."""
        if order.state != OPEN:
            return "repeated"
        now = self._clock()
        done = replace(order, state=state, done_at=now)
        case = self._desk.case(order.case_id)
        current = RouteState.from_json(case.route)
        if order.step not in current.awaited():
            self._store.change_order(done, OPEN)
            return state
        service = self._library.version(case.service_id, case.version)
        applicant = self._desk.applicant(case)
        evaluation = self._desk.evaluate(service, case.answers, applicant, "zh", case_id=case.id, stored=case.answers)
        context = self._desk.context(service, evaluation, applicant, case, case.chosen)
        progress = flow.return_overdue(service.routing or NO_ROUTE, current, order.step, context)
        told = {"step": order.step, "reason": str(Reason.OVERDUE), "return_to": "initiator", "order": order.id}
        change = self._desk.moved("returned", SYSTEM, case, service, progress, told)
        command = Command(
            id=f"unpaid:{order.id}",
            actor=SYSTEM,
            at=now,
            change=replace(change, orders=(*change.orders, done)),
            case_id=case.id,
            expected_seq=case.seq,
        )
        try:
            self._store.commit(command)
        except StaleWrite:
            return OPEN  # somebody acted meanwhile: it is looked at again
        return state

    def _refuse(self, order: StoredOrder, payment: Payment) -> str:
        LOG.warning("A payment of the order %s was told with another amount, and refused.", order.id)
        words = {"due": written(order.amount, MONEY), "said": written(payment.amount, MONEY)}
        self._write(order, payment, REFUSED, {key: text.format(**words) for key, text in _AMOUNT.items()}, ())
        return REFUSED

    def _keep(self, order: StoredOrder, payment: Payment, why: Mapping[str, str]) -> None:
        """Book money that fits no open order: it was received, and belongs to nobody yet."""
        now, key = self._clock(), f"receipt:{self.gateway.name}:{order.id}:{payment.gateway_no}"
        lines = tuple(
            Posting(account=order.account, part=part, holder="", unit=MONEY, amount=amount)
            for part, amount in ((GATEWAY, -payment.amount), (UNMATCHED, payment.amount))
        )
        facts: dict[str, Any] = {"case_id": order.case_id, "number": order.number, "service_id": order.service_id}
        move = Transaction(id=key, at=now, kind="receipt", actor=SYSTEM, postings=lines, **facts)
        self._write(order, payment, WAITING, why, (move,))

    def _write(
        self,
        order: StoredOrder,
        payment: Payment,
        state: str,
        why: Mapping[str, str],
        moves: tuple[Transaction, ...],
    ) -> None:
        now = self._clock()
        key = f"{self.gateway.name}:{order.id}:{payment.gateway_no}:{payment.amount}:{state}"
        receipt = StoredReceipt(
            key=key,
            order_id=order.id,
            gateway_no=payment.gateway_no,
            amount=payment.amount,
            at=now,
            state=state,
            why=why,
            account=order.account,
        )
        told = {"receipt": key, "order": order.id, "amount": payment.amount, "state": state, **told_of(moves)}
        event = NewEvent(kind=BOOKED, at=now, actor=SYSTEM, payload=told)
        change = Change(events=[event], transactions=moves, receipts=[receipt])
        self._store.commit(Command(id=f"receipt:{key}", actor=SYSTEM, at=now, change=change, case_id=LEDGER))
