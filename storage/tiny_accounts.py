"""Accounts in a TinyDB store: postings written with the command, balances kept with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from banshi.storage.accounts import (
    OPEN,
    OWN_PARTS,
    PartSum,
    Posting,
    StoredBalance,
    StoredOrder,
    StoredReceipt,
    Transaction,
    TransactionFilter,
)
from banshi.storage.bare import raised
from banshi.storage.contract import Change, ReversedBefore
from banshi.storage.schema import account_transactions, balances, pay_orders, pay_receipts, postings
from banshi.storage.sql_accounts import line_of, moved
from banshi.storage.tiny_rows import Row, TinyDatabase, TinyPart, kept, micros, page_of

_FACTS = tuple(name for name in Transaction.__dataclass_fields__ if name != "postings")
_BALANCE = tuple(StoredBalance.__dataclass_fields__)
_ORDER = tuple(StoredOrder.__dataclass_fields__)
_RECEIPT = tuple(StoredReceipt.__dataclass_fields__)


class TinyAccounts(TinyPart):
    """The verbs of `accounts.LedgerStore`."""

    def balances(
        self, account: str = "", holders: Collection[str] | None = None, *, page: int = 1, size: int = 20
    ) -> tuple[list[StoredBalance], int]:
        """One page of balances, by account and holder, and how many there are."""

        def fits(row: Row) -> bool:
            return (not account or row["account"] == account) and (holders is None or row["holder"] in holders)

        with self._base.reading():
            rows = sorted(self._base.find(balances, fits), key=lambda row: (row["account"], row["holder"]))
        return [kept(StoredBalance, balances, row) for row in page_of(rows, page, size)], len(rows)

    def transaction(self, transaction_id: str) -> Transaction | None:
        """A transaction by its id."""
        with self._base.reading():
            row = self._base.get(account_transactions, transaction_id)
            return _read(self._base, [row])[0] if row else None

    def reversal_of(self, transaction_id: str) -> Transaction | None:
        """The transaction that undid another one."""
        with self._base.reading():
            rows = self._base.find(account_transactions, lambda row: row["reverses"] == transaction_id)
            return next(iter(_read(self._base, rows)), None)

    def transactions(self, which: TransactionFilter, *, page: int = 1, size: int = 20) -> tuple[list[Transaction], int]:
        """One page of transactions, newest first, and how many there are."""
        with self._base.reading():
            rows = _found(self._base, which)
            return _read(self._base, page_of(rows[::-1], page, size)), len(rows)

    def iter_transactions(self, which: TransactionFilter) -> Iterator[Transaction]:
        """All of them, oldest first."""
        with self._base.reading():
            found = _read(self._base, _found(self._base, which))
        yield from found

    def part_sums(self, account: str = "") -> list[PartSum]:
        """What all postings add up to by account, part and unit."""
        sums: dict[tuple[str, str, str], int] = {}
        with self._base.reading():
            rows = self._base.find(postings, lambda row: not account or row["account"] == account)
        for row in rows:
            key = (row["account"], row["part"], row["unit"])
            sums[key] = sums.get(key, 0) + row["amount"]
        return [PartSum(*key, amount) for key, amount in sorted(sums.items())]

    def rebuild_balances(self) -> list[StoredBalance]:
        """Put every balance right that is not the sum of its postings; the wrong ones as they were."""

        def rebuild() -> list[StoredBalance]:
            wrong = _wrong(self._base)
            for _, right in wrong:
                self._base.put(balances, {name: getattr(right, name) for name in _BALANCE})
            return [was for was, _ in wrong]

        return self._base.run_transaction(rebuild)

    def wrong_balances(self) -> list[StoredBalance]:
        """The balances that are not the sums of their postings, as they are."""
        with self._base.reading():
            return [was for was, _ in _wrong(self._base)]

    def order(self, order_id: str) -> StoredOrder | None:
        """A payment order by its id."""
        with self._base.reading():
            row = self._base.get(pay_orders, order_id)
        return kept(StoredOrder, pay_orders, row) if row else None

    def orders(
        self,
        *,
        case_id: str = "",
        states: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        page: int = 1,
        size: int = 20,
    ) -> tuple[list[StoredOrder], int]:
        """One page of orders, newest first, and how many there are."""

        def fits(row: Row) -> bool:
            done = row["done_at"]
            return (
                (not case_id or row["case_id"] == case_id)
                and (not states or row["state"] in states)
                and (since is None or (done is not None and done >= micros(since)))
                and (until is None or (done is not None and done < micros(until)))
            )

        with self._base.reading():
            rows = sorted(self._base.find(pay_orders, fits), key=lambda row: (row["made_at"], row["id"]), reverse=True)
        return [kept(StoredOrder, pay_orders, row) for row in page_of(rows, page, size)], len(rows)

    def take_orders(self, now: datetime, again: datetime, *, limit: int = 20) -> list[StoredOrder]:
        """Open orders that are to be looked at, for the caller alone until `again`."""

        def due() -> list[Row]:
            here = micros(now)
            rows = self._base.find(pay_orders, lambda row: row["state"] == OPEN and row["look_at"] <= here)
            return sorted(rows, key=lambda row: (row["look_at"], row["id"]))[:limit]

        def take() -> list[StoredOrder]:
            rows = due()
            for row in rows:
                self._base.change(pay_orders, row, {"look_at": again})
            return [replace(kept(StoredOrder, pay_orders, row), look_at=again) for row in rows]

        with self._base.reading():
            if not due():
                return []
        return self._base.run_transaction(take)

    def change_order(self, order: StoredOrder, state: str) -> bool:
        """Write an order in the place of the one that is kept; only where that one is in `state`."""

        def change() -> bool:
            row = self._base.get(pay_orders, order.id)
            if row is None or row["state"] != state:
                return False
            self._base.put(pay_orders, {name: getattr(order, name) for name in _ORDER})
            return True

        return self._base.run_transaction(change)

    def receipts(self, states: Sequence[str] = (), *, page: int = 1, size: int = 20) -> tuple[list[StoredReceipt], int]:
        """One page of receipts, newest first, and how many there are."""
        with self._base.reading():
            rows = self._base.find(pay_receipts, lambda row: not states or row["state"] in states)
        rows = sorted(rows, key=lambda row: (-row["at"], row["key"]))
        return [kept(StoredReceipt, pay_receipts, row) for row in page_of(rows, page, size)], len(rows)

    def receipt(self, key: str) -> StoredReceipt | None:
        """A receipt by its key."""
        with self._base.reading():
            row = self._base.get(pay_receipts, key)
        return kept(StoredReceipt, pay_receipts, row) if row else None

    def change_receipt(self, receipt: StoredReceipt, state: str) -> bool:
        """Write a receipt in the place of the one that is kept; only where that one is in `state`."""

        def change() -> bool:
            row = self._base.get(pay_receipts, receipt.key)
            if row is None or row["state"] != state:
                return False
            self._base.put(pay_receipts, {name: getattr(receipt, name) for name in _RECEIPT})
            return True

        return self._base.run_transaction(change)


def post(base: TinyDatabase, change: Change) -> None:
    """Write what a change says of accounts. Raises Overdrawn, ReversedBefore."""
    for one in change.transactions:
        if base.get(account_transactions, one.id) is None:
            _post(base, one)
    for order in change.orders:
        base.put(pay_orders, {name: getattr(order, name) for name in _ORDER})
    for receipt in change.receipts:
        if base.get(pay_receipts, receipt.key) is None:
            base.insert(pay_receipts, {name: getattr(receipt, name) for name in _RECEIPT})


def _post(base: TinyDatabase, one: Transaction) -> None:
    if one.reverses and base.find(account_transactions, lambda row: row["reverses"] == one.reverses):
        raise ReversedBefore(one.reverses)
    base.insert(account_transactions, {name: getattr(one, name) for name in _FACTS})
    base.insert(postings, *({"transaction_id": one.id, "n": n, **line_of(line)} for n, line in enumerate(one.postings)))
    for line in one.postings:
        if line.part in OWN_PARTS:
            row = base.get(balances, line.account, line.holder)
            now = moved(kept(StoredBalance, balances, row) if row else None, line)
            base.put(balances, {name: getattr(now, name) for name in _BALANCE})


def _read(base: TinyDatabase, rows: Sequence[Row]) -> list[Transaction]:
    wanted = {row["id"] for row in rows}
    lines: dict[str, list[Posting]] = {}
    for row in sorted(base.find(postings, lambda row: row["transaction_id"] in wanted), key=lambda row: row["n"]):
        lines.setdefault(row["transaction_id"], []).append(
            Posting(**{name: row[name] for name in ("account", "part", "holder", "unit", "amount")})
        )
    return [
        Transaction(
            **{name: value for name, value in raised(account_transactions, row).items() if name in _FACTS},
            postings=tuple(lines[row["id"]]),
        )
        for row in rows
    ]


def _found(base: TinyDatabase, which: TransactionFilter) -> list[Row]:
    since, until = (micros(at) if at else None for at in (which.since, which.until))
    named = None
    if which.account or which.holder:
        named = {
            row["transaction_id"]
            for row in base.find(postings)
            if (not which.account or row["account"] == which.account)
            and (not which.holder or row["holder"] == which.holder)
        }

    def fits(row: Row) -> bool:
        return (
            (not which.case_id or row["case_id"] == which.case_id)
            and (not which.batch or row["batch"] == which.batch)
            and (not which.kinds or row["kind"] in which.kinds)
            and (since is None or row["at"] >= since)
            and (until is None or row["at"] < until)
            and (named is None or row["id"] in named)
        )

    return sorted(base.find(account_transactions, fits), key=lambda row: (row["at"], row["id"]))


def _wrong(base: TinyDatabase) -> list[tuple[StoredBalance, StoredBalance]]:
    sums: dict[tuple[str, str], StoredBalance] = {}
    for row in base.find(postings, lambda row: row["part"] in OWN_PARTS):
        line = Posting(**{name: row[name] for name in ("account", "part", "holder", "unit", "amount")})
        key = (line.account, line.holder)
        sums[key] = moved(sums.get(key), line)
    there = {(row["account"], row["holder"]): kept(StoredBalance, balances, row) for row in base.find(balances)}
    found = []
    for key in sorted({*sums, *there}):
        empty = StoredBalance(account=key[0], holder=key[1])
        was, right = there.get(key, empty), sums.get(key, empty)
        if was != right:
            found.append((was, right))
    return found
