"""Balances and statements for holders, and what those who look after accounts do: reverse, refund, reconcile, export."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from banshi.platform.accounts.cashier import BOOKED, Cashier, PayView
from banshi.platform.accounts.grants import Grants
from banshi.platform.accounts.kept import Kept
from banshi.platform.accounts.reminding import low_messages
from banshi.platform.accounts.views import (
    AccountView,
    BalanceView,
    BookedView,
    Mismatch,
    Movement,
    ReceiptView,
    Reconciled,
)
from banshi.platform.accounts.vouchers import BACK, GRANT, KIND, REVERSAL, SameNumber, alike, by_number
from banshi.platform.cases.booked import LEDGER, short, told_of, tops_up
from banshi.platform.errors import Declined, NotAllowed, NotFound
from banshi.platform.exports import Export, table_file
from banshi.platform.forms.holding import held_by, holder_name, looks_after, may_see
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library
from banshi.platform.service.accounts import MONEY, smallest, unit_text, written
from banshi.platform.service.model import Service
from banshi.platform.service.notices import On
from banshi.platform.views import Page
from banshi.platform.workbook.columns import plain
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.accounts import (
    AVAILABLE,
    GATEWAY,
    GRANTED,
    HELD,
    ISSUED,
    OPENING,
    OWN_PARTS,
    PAID,
    PROPOSED,
    REFUNDED,
    REFUNDING,
    REFUSED,
    UNMATCHED,
    WAITING,
    Posting,
    StoredBalance,
    StoredReceipt,
    Transaction,
    TransactionFilter,
)
from banshi.storage.contract import Change, Command, NewEvent, Overdrawn, ReversedBefore, Store

DONE, DECLINED = "done", "declined"
"""What a second person was asked for: carried out, and declined."""
FROM_TWO = Decimal(1000)
"""From which amount on a reversal takes two persons, where the administrator says nothing else."""
HEADERS = {
    "zh": ("时间", "类型", "可用变动", "冻结变动", "收支", "其中从冻结支出", "单位", "单号", "说明", "账目号"),
    "en": (
        "Time",
        "Kind",
        "Available",
        "Held",
        "In or out",
        "Of it out of a hold",
        "Unit",
        "Number",
        "Remark",
        "Movement",
    ),
}
KINDS: Mapping[str, tuple[str, str]] = {
    "opening": ("期初", "Opening"),
    "charge": ("扣款", "Charge"),
    "hold": ("冻结", "Hold"),
    "release": ("解冻", "Release"),
    "topup": ("充值", "Top-up"),
    "billing": ("账单", "Bill"),
    "reversal": ("冲正", "Reversal"),
    "grant": ("拨入", "Added"),
    "takeback": ("收回", "Taken back"),
    "receipt": ("待认领收款", "Unmatched receipt"),
    "refund": ("退款", "Refund"),
}
"""What movements are called."""
REVERSIBLE = ("charge", "billing", "topup", "opening", "grant", "takeback")
"""The kinds of movements that can be undone."""
_BACK = "reversed:"
"""What the keys of refunds begin with that come of a reversal."""
_ORDER = frozenset(map(plain, ("order", "订单", "订单号", "商户订单号")))
_NO = frozenset(map(plain, ("no", "gateway_no", "流水号", "交易号", "支付流水号")))
_AMOUNT = frozenset(map(plain, ("amount", "金额", "交易金额", "订单金额")))
MOST_CSV = 5 * 1024 * 1024


class Bank:
    """See the module. `may_apply` says whether somebody may apply for a service."""

    def __init__(
        self,
        store: Store,
        library: Library,
        cashier: Cashier,
        clock: Callable[[], datetime],
        may_apply: Callable[[Person, Service], bool],
        from_two: Decimal = FROM_TWO,
    ) -> None:
        self._store = store
        self._library = library
        self._clock = clock
        self._may_apply = may_apply
        self._from_two = from_two
        self.cashier = cashier
        self.grants = Grants(store, self._ensure, lambda: library.directory, clock, lambda: self._from_two)

    # Holders

    def mine(self, person: Person, language: str = "zh") -> list[BalanceView]:
        """The balances of the accounts that are a person's: her own, her departments', her rooms and projects."""
        return [
            self._balance(kept, holder, language, self._topup(kept, person))
            for kept in self._accounts()
            for holder in sorted(self._held_by(kept, person))
        ]

    def statement(
        self,
        person: Person,
        key: str,
        holder: str,
        *,
        since: date | None = None,
        until: date | None = None,
        page: int = 1,
        size: int = 20,
        language: str = "zh",
    ) -> tuple[BalanceView, Page]:
        """A holder's balance and one page of its movements, newest first; `until` is included. NotAllowed for strangers."""
        kept = self._seen(person, key, holder)
        which = _between(key, holder, since, until)
        rows, total = self._store.transactions(which, page=page, size=size)
        items = [self._movement(kept, holder, one) for one in rows]
        topup = self._topup(kept, person) if holder in self._held_by(kept, person) else ""
        balance = self._balance(kept, holder, language, topup)
        return balance, Page(items=items, total=total, page=page, size=size)

    def export(
        self,
        person: Person,
        key: str,
        holder: str,
        file_type: str,
        *,
        since: date | None = None,
        until: date | None = None,
        language: str = "zh",
    ) -> Export:
        """A statement as a file, oldest first."""
        kept = self._seen(person, key, holder)
        which = _between(key, holder, since, until)

        def rows() -> Iterator[tuple[Any, ...]]:
            for one in self._store.iter_transactions(which):
                line = self._movement(kept, holder, one)
                kind = KINDS.get(line.kind, (line.kind, line.kind))[language == "en"]
                at = line.at.astimezone(CAMPUS_ZONE).replace(tzinfo=None)
                unit, parts = (
                    unit_text(kept.account.unit, language),
                    (line.available, line.held, line.amount, line.from_hold),
                )
                remark = " · ".join(filter(None, (line.reason, line.reference)))
                yield (at, kind, *map(Decimal, parts), unit, line.number, remark, line.id)

        title = {"zh": "账户明细", "en": "statement"}[language]
        return table_file(file_type, title, self._clock(), HEADERS[language], rows(), title=title, language=language)

    def of_case(self, case_id: str, language: str = "zh") -> list[BookedView]:
        """What a case has booked in holders' accounts, in order; whoever calls has made sure that it may be seen."""
        return [
            line
            for one in self._store.iter_transactions(TransactionFilter(case_id=case_id))
            for line in self._lines(one, language)
        ]

    def payments(self, case_id: str, language: str = "zh") -> list[PayView]:
        """The payments that a case asked for, the last first; whoever calls has made sure that it may be seen."""
        orders, _ = self._store.orders(case_id=case_id, size=50)
        return [self.cashier.view(order, language) for order in orders]

    def tell_low(self) -> int:
        """Tell the people whose accounts are below their marks, once until they are topped up; how many messages. Jobs call it."""
        told, now = 0, self._clock()
        for kept in self._accounts():
            if kept.account.low is None or not any(notice.on is On.LOW for notice in kept.service.notices):
                continue
            members: dict[str, list[str]] = {}
            for person in self._library.directory.people.values():
                for holder in self._held_by(kept, person):
                    members.setdefault(holder, []).append(person.id)
            found = low_messages(self._store, kept.service, kept.account, members, now)
            told += self._store.post_messages(list(found))
        return told

    # Those who look after accounts

    def may_look_after(self, person: Person) -> bool:
        """Whether a person looks after any account; every page asks, so that no store is read for it."""
        return any(self._keeps(person, kept) for kept in self._accounts())

    def kept_by(self, person: Person, language: str = "zh") -> list[AccountView]:
        """The accounts that a person looks after, with what is in them."""
        return [self._account(kept, language) for kept in self._accounts() if self._keeps(person, kept)]

    def holders(
        self, person: Person, key: str, query: str = "", *, page: int = 1, size: int = 20, language: str = "zh"
    ) -> Page:
        """One page of an account's balances; `query` is the holder's name, or a part of it."""
        kept = self._ensure(person, key)
        rows, total = self._store.balances(key, page=page, size=size)
        if query.strip():
            every, _ = self._store.balances(key, size=1_000_000)
            some = [row for row in every if query.strip().casefold() in row.holder.casefold()]
            # Nothing was booked for these yet; they begin with what the sheet says.
            new = [(holder, None) for holder in self.grants.unbooked(kept, query.strip())]
            found = [*((row.holder, row) for row in some), *new]
            items = [
                self._balance(kept, holder, language, "", row) for holder, row in found[(page - 1) * size : page * size]
            ]
            return Page(items=items, total=len(found), page=page, size=size)
        items = [self._balance(kept, row.holder, language, "", row) for row in rows]
        return Page(items=items, total=total, page=page, size=size)

    def reverse(self, person: Person, transaction_id: str, reason: str) -> bool:
        """Undo a movement, with a reason; whether it is done, or waits for a second person because of its amount."""
        one, kept = self._reversible(person, transaction_id)
        if not reason.strip():
            raise Declined("请写明冲正的原因。", "Say why it is reversed.")
        amount = max(abs(line.amount) for line in one.postings)
        unit = kept.account.unit
        if Decimal(written(amount, unit)) < self._from_two:
            self._undo(person, kept, one, reason.strip())
            return True
        now = self._clock()
        proposal = StoredReceipt(
            key=self._proposal(one.id),
            order_id=one.id,
            gateway_no="",
            amount=amount,
            at=now,
            state=PROPOSED,
            why={"zh": reason.strip(), "en": reason.strip()},
            account=kept.key,
            settled_by=person.id,
        )
        told = {"proposed": one.id, "reason": reason.strip()}
        event = NewEvent(kind=BOOKED, at=now, actor=person.id, payload=told)
        change = Change(events=[event], receipts=[proposal])
        self._commit(person, f"propose:{proposal.key}", change)
        return False

    def _proposal(self, transaction_id: str) -> str:
        """The key of the next proposal to reverse a movement; Declined while one waits."""
        count = 1
        while (earlier := self._store.receipt(f"reversal:{transaction_id}:{count}")) is not None:
            if earlier.state == PROPOSED:
                raise Declined(
                    "这笔账的冲正已经提出，等另一人复核。",
                    "The reversal of this movement was proposed before, and waits for another person.",
                )
            count += 1
        return f"reversal:{transaction_id}:{count}"

    def confirm(self, person: Person, key: str, *, repeated: bool = False) -> None:
        """The second person carries a proposal out, a reversal or a grant. NotAllowed for whoever proposed it.

        Raises BookedBefore for a grant whose number others go by, unless it is to be `repeated`.
        """
        proposal = self._receipt(person, key, (PROPOSED,))
        if proposal.settled_by == person.id:
            raise NotAllowed("要由另一人复核，提出的人不能自己复核。", "Another person confirms it than proposed it.")
        if key.startswith(GRANT):
            self.grants.confirm(person, proposal, repeated=repeated)
            done = replace(proposal, state=DONE, settled_by=person.id, settled_at=self._clock())
            self._store.change_receipt(done, PROPOSED)
            return
        one, kept = self._reversible(person, proposal.order_id)
        self._undo(person, kept, one, str(proposal.why.get("zh", "")))
        done = replace(proposal, state=DONE, settled_by=person.id, settled_at=self._clock())
        self._store.change_receipt(done, PROPOSED)

    def decline(self, person: Person, key: str) -> None:
        """Drop a proposal."""
        proposal = self._receipt(person, key, (PROPOSED,))
        done = replace(proposal, state=DECLINED, note=person.id, settled_at=self._clock())
        self._store.change_receipt(done, PROPOSED)

    def receipts(self, person: Person, *, page: int = 1, size: int = 20, language: str = "zh") -> Page:
        """Money that waits for somebody to look at it, and reversals that wait for a second person, newest first."""
        keys = {kept.key for kept in self._accounts() if self._keeps(person, kept)}
        states = (WAITING, REFUNDING, REFUSED, PROPOSED)
        rows, _ = self._store.receipts(states, size=10_000)
        mine = [row for row in rows if row.account in keys]
        start = max(page - 1, 0) * size
        shown = mine[start : start + size]
        granted = {row.account for row in shown if row.key.startswith(GRANT)}
        numbers = {account: by_number(self._store, self._find(account)) for account in granted}
        items = [
            self._receipt_view(person, row, numbers.get(row.account, {}).get(alike(row.gateway_no), ()), language)
            for row in shown
        ]
        return Page(items=items, total=len(mine), page=page, size=size)

    def refund(self, person: Person, key: str, note: str) -> None:
        """Give money that fits no order back. What was begun may be done again, and pays once."""
        receipt = self._receipt(person, key, (WAITING, REFUNDING))
        if not note.strip():
            raise Declined("请写明退款的依据。", "Say what the refund goes by.")
        now = self._clock()
        begun = replace(receipt, state=REFUNDING, settled_by=person.id, note=note.strip())
        if not self._store.change_receipt(begun, receipt.state):
            raise Declined("这笔收款刚刚已由他人处理。", "Somebody has just dealt with this receipt.")
        self.cashier.gateway.refund(receipt.order_id, receipt.gateway_no, key, receipt.amount)
        if key.startswith(_BACK):  # it was booked when the top-up was reversed
            self._store.change_receipt(replace(begun, state=REFUNDED, settled_at=now), REFUNDING)
            return
        lines = tuple(
            Posting(account=receipt.account, part=part, holder="", unit=MONEY, amount=amount)
            for part, amount in ((UNMATCHED, -receipt.amount), (GATEWAY, receipt.amount))
        )
        move = Transaction(
            id=f"refund:{key}", at=now, kind="refund", actor=person.id, postings=lines, reason=note.strip()
        )
        event = NewEvent(kind=BOOKED, at=now, actor=person.id, payload={"refunded": key, **told_of((move,))})
        self._commit(person, f"refund:{key}", Change(events=[event], transactions=[move]))
        self._store.change_receipt(replace(begun, state=REFUNDED, settled_at=now), REFUNDING)

    def reconcile(self, person: Person, day: date, data: bytes) -> Reconciled:
        """The payments of a day against a csv of the gateway's: an order, a number and an amount in each row."""
        if not self.may_look_after(person):
            raise NotAllowed
        theirs, unread = _rows_of(data)
        since = datetime.combine(day, time(), CAMPUS_ZONE)
        orders, _ = self._store.orders(states=(PAID,), since=since, until=since + timedelta(days=1), size=1_000_000)
        ours = {order.gateway_no: order for order in orders}
        found_loose, _ = self._store.receipts((WAITING, REFUNDING, REFUNDED), size=1_000_000)
        late = [row for row in found_loose if not row.key.startswith(_BACK)]
        loose = {row.gateway_no: row for row in late if since <= row.at < since + timedelta(days=1)}
        known = {no: (one.id, one.amount) for no, one in ours.items()}
        known |= {no: (one.order_id, one.amount) for no, one in loose.items()}
        found: list[Mismatch] = []
        for no, (order_id, amount) in sorted(known.items()):
            if no not in theirs:
                found.append(Mismatch(kind="missing", order_id=order_id, gateway_no=no, ours=written(amount, MONEY)))
            elif theirs[no][1] != amount:
                both = {"ours": written(amount, MONEY), "theirs": written(theirs[no][1], MONEY)}
                found.append(Mismatch(kind="amount", order_id=order_id, gateway_no=no, **both))
        for no in sorted(theirs.keys() - known.keys()):
            order_id, amount = theirs[no]
            found.append(Mismatch(kind="unknown", order_id=order_id, gateway_no=no, theirs=written(amount, MONEY)))
        differ = sum(one.kind != "unknown" for one in found)
        return Reconciled(
            agreed=len(known) - differ,
            ours=written(sum(amount for _, amount in known.values()), MONEY),
            theirs=written(sum(amount for _, amount in theirs.values()), MONEY),
            differences=tuple(found),
            unread=tuple(unread),
        )

    # Pieces

    def _accounts(self) -> Iterator[Kept]:
        """Every account of the live services that is their own."""
        for _, (service, _version) in sorted(self._library.live.items()):
            for account in service.accounts.values():
                if not account.of:
                    yield Kept(service, account)

    def _find(self, key: str) -> Kept:
        for kept in self._accounts():
            if kept.key == key:
                return kept
        raise NotFound("account", key)

    def _keeps(self, person: Person, kept: Kept) -> bool:
        """Whether a person looks after an account: the owners of its service, and its keepers."""
        return looks_after(kept.service, kept.account, person, self._library.directory, self._clock())

    def _ensure(self, person: Person, key: str) -> Kept:
        kept = self._find(key)
        if not self._keeps(person, kept):
            raise NotAllowed
        return kept

    def _seen(self, person: Person, key: str, holder: str) -> Kept:
        kept = self._find(key)
        if may_see(kept.service, kept.account, holder, person, self._library.directory, self._clock()):
            return kept
        raise NotAllowed

    def _held_by(self, kept: Kept, person: Person) -> set[str]:
        """The holders of an account that are the person, or hers."""
        return held_by(kept.service, kept.account, person, self._library.directory, self._clock())

    def _topup(self, kept: Kept, person: Person) -> str:
        """The service in which an account is topped up."""
        for service_id, (service, _version) in sorted(self._library.live.items()):
            if tops_up(service, kept.key) and self._may_apply(person, service):
                return service_id
        return ""

    def _balance(
        self, kept: Kept, holder: str, language: str, topup: str, row: StoredBalance | None = None
    ) -> BalanceView:
        account = kept.account
        if row is None:
            rows, _ = self._store.balances(kept.key, [holder])
            begun = smallest(account.begins_with(holder), account.digits)
            row = rows[0] if rows else StoredBalance(account=kept.key, holder=holder, available=begun)
        available = written(row.available, account.unit)
        return BalanceView(
            key=kept.key,
            holder=holder,
            holder_name=holder_name(kept.service, account, holder, self._library.directory, language),
            name=account.title(language),
            unit=unit_text(account.unit, language),
            available=available,
            held=written(row.held, account.unit),
            low=account.low is not None and Decimal(available) < account.low,
            topup=topup,
        )

    def _movement(self, kept: Kept, holder: str, one: Transaction) -> Movement:
        back = self._store.reversal_of(one.id)
        return Movement(
            id=one.id,
            at=one.at,
            kind=one.kind,
            **_amounts(one, kept.key, holder, kept.account.unit),
            number=one.number,
            case_id=one.case_id,
            step=one.step,
            batch=one.batch,
            reason=one.reason,
            reference=one.reference,
            actor=one.actor,
            reverses=one.reverses,
            reversed_by=back.id if back else "",
        )

    def _lines(self, one: Transaction, language: str) -> Iterator[BookedView]:
        for account, holder, unit in dict.fromkeys(
            (line.account, line.holder, line.unit) for line in one.postings if line.part in OWN_PARTS
        ):
            known = next((kept for kept in self._accounts() if kept.key == account), None)
            yield BookedView(
                id=one.id,
                at=one.at,
                kind=one.kind,
                name=known.account.title(language) if known else account.partition(":")[2],
                holder=holder,
                unit=unit_text(unit, language),
                **_amounts(one, account, holder, unit),
                reason=one.reason,
            )

    def _account(self, kept: Kept, language: str) -> AccountView:
        _, holders = self._store.balances(kept.key, size=0)
        given = (GATEWAY, ISSUED, OPENING, GRANTED)  # what these have given to holders is told without its sign
        sums = tuple(
            (
                one.part,
                unit_text(one.unit, language),
                written(-one.amount if one.part in given else one.amount, one.unit),
            )
            for one in self._store.part_sums(kept.key)
        )
        settings = kept.service.settings
        return AccountView(
            key=kept.key,
            name=kept.account.title(language),
            unit=unit_text(kept.account.unit, language),
            service_id=settings.id,
            service=settings.title.get(language),
            holders=holders,
            sums=sums,
        )

    def _reversible(self, person: Person, transaction_id: str) -> tuple[Transaction, Kept]:
        one = self._store.transaction(transaction_id)
        if one is None:
            raise NotFound("transaction", transaction_id)
        kept = self._ensure(person, one.postings[0].account)
        if one.reverses or one.kind not in REVERSIBLE:
            raise Declined(
                "只有期初、扣款、账单、充值、拨入和收回可以冲正；冻结随办件解冻。",
                "Openings, charges, bills, top-ups and what was added or taken back can be reversed; a hold is released with its case.",
            )
        if self._store.reversal_of(one.id) is not None:
            raise Declined("这笔账已经冲正过。", "This movement was reversed before.")
        return one, kept

    def _undo(self, person: Person, kept: Kept, one: Transaction, reason: str) -> None:
        """Post the same lines the other way; what was held before goes back to what may be spent."""
        now = self._clock()
        back: dict[tuple[str, str, str, str], int] = {}
        for line in one.postings:
            part = AVAILABLE if line.part == HELD else line.part
            key = (line.account, part, line.holder, line.unit)
            back[key] = back.get(key, 0) - line.amount
        lines = tuple(
            Posting(account=account, part=part, holder=holder, unit=unit, amount=amount, least=kept.account.least)
            for (account, part, holder, unit), amount in back.items()
            if amount
        )
        facts = {"case_id": one.case_id, "number": one.number, "service_id": one.service_id}
        move = Transaction(
            id=f"{one.id}.reversed",
            at=now,
            kind="reversal",
            actor=person.id,
            postings=lines,
            reason=reason,
            reverses=one.id,
            **facts,
        )
        event = NewEvent(kind=BOOKED, at=now, actor=person.id, payload={"reason": reason, **told_of((move,))})
        back_to_payer = self._refund_of(one, reason)
        try:
            change = Change(events=[event], transactions=[move], receipts=[back_to_payer] if back_to_payer else ())
            self._commit(person, f"reverse:{one.id}", change)
        except ReversedBefore as error:
            raise Declined("这笔账已经冲正过。", "This movement was reversed before.") from error
        except Overdrawn as error:
            raise short(error, self._store, self._library.services, of_case=False) from error
        if back_to_payer is not None:
            self.refund(person, back_to_payer.key, reason)

    def _refund_of(self, one: Transaction, reason: str) -> StoredReceipt | None:
        """What goes back to the payer when a payment is reversed; it waits until the gateway has taken it."""
        order = self._store.order(one.id.replace(".", "-")) if one.kind == "topup" else None
        if order is None or order.state != PAID:
            return None
        return StoredReceipt(
            key=f"{_BACK}{order.id}",
            order_id=order.id,
            gateway_no=order.gateway_no,
            amount=order.amount,
            at=self._clock(),
            state=REFUNDING,
            why={"zh": f"充值已冲正：{reason}", "en": f"The top-up was reversed: {reason}"},
            account=order.account,
        )

    def _commit(self, person: Person, command_id: str, change: Change) -> None:
        command = Command(
            id=f"accounts:{person.id}:{command_id}",
            actor=person.id,
            at=self._clock(),
            change=change,
            case_id=LEDGER,
        )
        self._store.commit(command)

    def _receipt(self, person: Person, key: str, states: tuple[str, ...]) -> StoredReceipt:
        found = self._store.receipt(key)
        if found is None:
            raise NotFound("receipt", key)
        self._ensure(person, found.account)
        if found.state not in states:
            raise Declined("它刚刚已经处理过。", "It has been dealt with already.")
        return found

    def _receipt_view(
        self, person: Person, row: StoredReceipt, numbered: Sequence[SameNumber], language: str
    ) -> ReceiptView:
        kept = self._find(row.account)
        account, unit = kept.account, kept.account.unit if row.state == PROPOSED else MONEY
        holder, amount = "", row.amount
        facts: dict[str, Any] = {}
        if row.key.startswith(GRANT):
            holder = row.order_id
            facts = {"what": KIND if amount > 0 else BACK, "same": tuple(one for one in numbered if one.key != row.key)}
        elif row.state == PROPOSED and (one := self._store.transaction(row.order_id)) is not None:
            undoes = next(iter(self._lines(one, language)))
            holder, amount = undoes.holder, -smallest(Decimal(undoes.amount), account.digits)
            facts = {"what": REVERSAL, "undoes": undoes, "number": one.number or one.reference}
        return ReceiptView(
            key=row.key,
            order_id=row.order_id,
            gateway_no=row.gateway_no,
            amount=written(amount, unit),
            unit=unit_text(unit, language),
            at=row.at,
            state=row.state,
            why=row.why.get(language) or row.why.get("zh", ""),
            account=account.title(language),
            by=self._library.directory.name(row.settled_by, language) if row.settled_by else "",
            note=row.note,
            holder=holder,
            own=row.state == PROPOSED and row.settled_by == person.id,
            holder_name=holder_name(kept.service, account, holder, self._library.directory, language) if holder else "",
            **facts,
        )


def _between(key: str, holder: str, since: date | None, until: date | None) -> TransactionFilter:
    first = datetime.combine(since, time(), CAMPUS_ZONE) if since else None
    end = datetime.combine(until + timedelta(days=1), time(), CAMPUS_ZONE) if until else None
    return TransactionFilter(account=key, holder=holder, since=first, until=end)


def _amounts(one: Transaction, key: str, holder: str, unit: str) -> dict[str, str]:
    """The amounts of a `views.Movement`, which a transaction changes of a holder's account."""
    sums = dict.fromkeys(OWN_PARTS, 0)
    for line in one.postings:
        if (line.account, line.holder) == (key, holder) and line.part in sums:
            sums[line.part] += line.amount
    total = sum(sums.values())
    parts = {**sums, "amount": total, "from_hold": -sums[HELD] if total < 0 and sums[HELD] < 0 else 0}
    return {name: written(amount, unit) for name, amount in parts.items()}


def _rows_of(data: bytes) -> tuple[dict[str, tuple[str, int]], list[str]]:
    """The payments of a csv by their numbers, and the rows that cannot be read. Raises Declined without its columns."""
    if len(data) > MOST_CSV:
        raise Declined("文件太大，最多 5 MB。", "The file is too large: 5 MB at most.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    reader = csv.DictReader(io.StringIO(text))
    names = {plain(name): name for name in reader.fieldnames or () if name}
    columns = [next((names[word] for word in names if word in words), None) for words in (_ORDER, _NO, _AMOUNT)]
    order, no, amount = columns
    if order is None or no is None or amount is None:
        raise Declined(
            "对账文件要有“订单号、流水号、金额”三列（csv）。",
            "The file needs the columns order, gateway_no and amount (csv).",
        )
    found: dict[str, tuple[str, int]] = {}
    unread: list[str] = []
    for row in reader:
        number = (row[no] or "").strip()
        try:
            value = smallest(Decimal((row[amount] or "").replace(",", "").strip()), 2)
        except (InvalidOperation, ValueError):
            value = -1
        if not number or value < 0 or number in found:
            unread.append(",".join(str(cell) for cell in row.values())[:200])
            continue
        found[number] = ((row[order] or "").strip(), value)
    return found, unread
