"""Accounts in a SQL store: postings written with the command, balances that are never taken below what they may fall to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, exists, func, insert, select, update

from banshi.storage.accounts import (
    AVAILABLE,
    HELD,
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
from banshi.storage.contract import Change, Overdrawn, ReversedBefore
from banshi.storage.schema import account_transactions, balances, pay_orders, pay_receipts, postings
from banshi.storage.sql_rows import Part, page_of, put, record, stream

_FACTS = tuple(name for name in Transaction.__dataclass_fields__ if name != "postings")
_ORDER = tuple(StoredOrder.__dataclass_fields__)
_RECEIPT = tuple(StoredReceipt.__dataclass_fields__)


class SqlAccounts(Part):
    """The verbs of `accounts.LedgerStore`."""

    def balances(
        self, account: str = "", holders: Collection[str] | None = None, *, page: int = 1, size: int = 20
    ) -> tuple[list[StoredBalance], int]:
        """One page of balances, by account and holder, and how many there are."""
        query = select(balances)
        query = query.where(balances.c.account == account) if account else query
        query = query if holders is None else query.where(balances.c.holder.in_(holders))
        rows, total = page_of(self._database, query, (balances.c.account, balances.c.holder), page, size)
        return [record(StoredBalance, row) for row in rows], total

    def transaction(self, transaction_id: str) -> Transaction | None:
        """A transaction by its id."""
        return self._one(account_transactions.c.id == transaction_id)

    def reversal_of(self, transaction_id: str) -> Transaction | None:
        """The transaction that undid another one."""
        return self._one(account_transactions.c.reverses == transaction_id)

    def _one(self, condition: Any) -> Transaction | None:
        with self._database.reading() as connection:
            rows = connection.execute(select(account_transactions).where(condition)).all()
            return next(iter(_with_postings(connection, rows)), None)

    def transactions(self, which: TransactionFilter, *, page: int = 1, size: int = 20) -> tuple[list[Transaction], int]:
        """One page of transactions, newest first, and how many there are."""
        order = (account_transactions.c.at.desc(), account_transactions.c.id.desc())
        rows, total = page_of(self._database, _which(which), order, page, size)
        with self._database.reading() as connection:
            return _with_postings(connection, rows), total

    def iter_transactions(self, which: TransactionFilter) -> Iterator[Transaction]:
        """All of them, oldest first, read in portions."""
        portion: list[Row[Any]] = []
        for row in stream(self._database, _which(which), account_transactions.c.at, account_transactions.c.id):
            portion.append(row)
            if len(portion) == 200:
                yield from self._read(portion)
                portion = []
        yield from self._read(portion)

    def _read(self, rows: Sequence[Row[Any]]) -> list[Transaction]:
        with self._database.reading() as connection:
            return _with_postings(connection, rows)

    def part_sums(self, account: str = "") -> list[PartSum]:
        """What all postings add up to by account, part and unit."""
        groups = (postings.c.account, postings.c.part, postings.c.unit)
        query = select(*groups, func.sum(postings.c.amount)).group_by(*groups).order_by(*groups)
        query = query.where(postings.c.account == account) if account else query
        with self._database.reading() as connection:
            return [PartSum(*row[:3], int(row[3])) for row in connection.execute(query)]

    def rebuild_balances(self) -> list[StoredBalance]:
        """Put every balance right that is not the sum of its postings; the wrong ones as they were."""
        return self._database.run_transaction(_rebuild)

    def wrong_balances(self) -> list[StoredBalance]:
        """The balances that are not the sums of their postings, as they are."""
        with self._database.one_view() as connection:
            return [was for was, _ in _wrong(connection)]

    def order(self, order_id: str) -> StoredOrder | None:
        """A payment order by its id."""
        with self._database.reading() as connection:
            row = connection.execute(select(pay_orders).where(pay_orders.c.id == order_id)).first()
        return record(StoredOrder, row) if row else None

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
        query = select(pay_orders)
        query = query.where(pay_orders.c.case_id == case_id) if case_id else query
        query = query.where(pay_orders.c.state.in_(states)) if states else query
        query = query.where(pay_orders.c.done_at >= since) if since else query
        query = query.where(pay_orders.c.done_at < until) if until else query
        order = (pay_orders.c.made_at.desc(), pay_orders.c.id.desc())
        rows, total = page_of(self._database, query, order, page, size)
        return [record(StoredOrder, row) for row in rows], total

    def take_orders(self, now: datetime, again: datetime, *, limit: int = 20) -> list[StoredOrder]:
        """Open orders that are to be looked at, for the caller alone until `again`."""
        query = select(pay_orders).where(pay_orders.c.state == OPEN, pay_orders.c.look_at <= now)
        query = query.order_by(pay_orders.c.look_at, pay_orders.c.id).limit(limit)
        with self._database.reading() as connection:
            if connection.execute(query.limit(1)).first() is None:
                return []

        def take(connection: Connection) -> list[StoredOrder]:
            rows = connection.execute(query.with_for_update(skip_locked=True)).all()
            ids = [row.id for row in rows]
            connection.execute(update(pay_orders).where(pay_orders.c.id.in_(ids)).values(look_at=again))
            return [replace(record(StoredOrder, row), look_at=again) for row in rows]

        return self._database.run_transaction(take)

    def change_order(self, order: StoredOrder, state: str) -> bool:
        """Write an order in the place of the one that is kept; only where that one is in `state`."""
        here = (pay_orders.c.id == order.id, pay_orders.c.state == state)
        query = update(pay_orders).where(*here).values(**{name: getattr(order, name) for name in _ORDER})
        return self._database.run_transaction(lambda connection: connection.execute(query).rowcount) > 0

    def receipts(self, states: Sequence[str] = (), *, page: int = 1, size: int = 20) -> tuple[list[StoredReceipt], int]:
        """One page of receipts, newest first, and how many there are."""
        query = select(pay_receipts)
        query = query.where(pay_receipts.c.state.in_(states)) if states else query
        rows, total = page_of(self._database, query, (pay_receipts.c.at.desc(), pay_receipts.c.key), page, size)
        return [record(StoredReceipt, row) for row in rows], total

    def receipt(self, key: str) -> StoredReceipt | None:
        """A receipt by its key."""
        with self._database.reading() as connection:
            row = connection.execute(select(pay_receipts).where(pay_receipts.c.key == key)).first()
        return record(StoredReceipt, row) if row else None

    def change_receipt(self, receipt: StoredReceipt, state: str) -> bool:
        """Write a receipt in the place of the one that is kept; only where that one is in `state`."""
        here = (pay_receipts.c.key == receipt.key, pay_receipts.c.state == state)
        query = update(pay_receipts).where(*here).values(**{name: getattr(receipt, name) for name in _RECEIPT})
        return self._database.run_transaction(lambda connection: connection.execute(query).rowcount) > 0


def post(connection: Connection, change: Change) -> None:
    """Write what a change says of accounts. Raises Overdrawn, ReversedBefore."""
    for one in change.transactions:
        if connection.scalar(select(account_transactions.c.id).where(account_transactions.c.id == one.id)) is None:
            _post(connection, one)
    put(connection, pay_orders, *({name: getattr(order, name) for name in _ORDER} for order in change.orders))
    for receipt in change.receipts:
        if connection.scalar(select(pay_receipts.c.key).where(pay_receipts.c.key == receipt.key)) is None:
            connection.execute(insert(pay_receipts), {name: getattr(receipt, name) for name in _RECEIPT})


def _post(connection: Connection, one: Transaction) -> None:
    if one.reverses:
        before = select(account_transactions.c.id).where(account_transactions.c.reverses == one.reverses)
        if connection.scalar(before) is not None:
            raise ReversedBefore(one.reverses)
    connection.execute(insert(account_transactions), {name: getattr(one, name) for name in _FACTS})
    lines = enumerate(one.postings)
    connection.execute(insert(postings), [{"transaction_id": one.id, "n": n, **line_of(line)} for n, line in lines])
    for line in one.postings:
        if line.part in OWN_PARTS:
            _move(connection, line)


def _move(connection: Connection, line: Posting) -> None:
    here = and_(balances.c.account == line.account, balances.c.holder == line.holder)
    row = connection.execute(select(balances).where(here).with_for_update()).first()
    now = moved(record(StoredBalance, row) if row else None, line)
    put(connection, balances, {name: getattr(now, name) for name in ("account", "holder", AVAILABLE, HELD)})


def moved(before: StoredBalance | None, line: Posting) -> StoredBalance:
    """A balance after a line of one of its parts. Raises Overdrawn."""
    known = before or StoredBalance(account=line.account, holder=line.holder)
    there = known.available if line.part == AVAILABLE else known.held
    if line.amount < 0 and line.least is not None and there + line.amount < line.least:
        raise Overdrawn(line.account, line.holder, line.unit, there, -line.amount, line.least)
    if line.part == AVAILABLE:
        return replace(known, available=there + line.amount)
    return replace(known, held=there + line.amount)


def line_of(line: Posting) -> dict[str, Any]:
    """A posting as column values."""
    return {name: getattr(line, name) for name in ("account", "part", "holder", "unit", "amount")}


def _with_postings(connection: Connection, rows: Sequence[Row[Any]]) -> list[Transaction]:
    ids = [row.id for row in rows]
    query = select(postings).where(postings.c.transaction_id.in_(ids)).order_by(postings.c.transaction_id, postings.c.n)
    lines: dict[str, list[Posting]] = {}
    for row in connection.execute(query) if ids else ():
        line = Posting(account=row.account, part=row.part, holder=row.holder, unit=row.unit, amount=row.amount)
        lines.setdefault(row.transaction_id, []).append(line)
    return [Transaction(**{name: getattr(row, name) for name in _FACTS}, postings=tuple(lines[row.id])) for row in rows]


def _which(which: TransactionFilter) -> Select[Any]:
    query = select(account_transactions)
    for column, wanted in (
        (account_transactions.c.case_id, which.case_id),
        (account_transactions.c.batch, which.batch),
    ):
        query = query.where(column == wanted) if wanted else query
    query = query.where(account_transactions.c.kind.in_(which.kinds)) if which.kinds else query
    if which.account or which.holder:
        lines = [postings.c.transaction_id == account_transactions.c.id]
        lines += [postings.c.account == which.account] if which.account else []
        lines += [postings.c.holder == which.holder] if which.holder else []
        query = query.where(exists().where(*lines))
    query = query.where(account_transactions.c.at >= which.since) if which.since else query
    return query.where(account_transactions.c.at < which.until) if which.until else query


def _wrong(connection: Connection) -> list[tuple[StoredBalance, StoredBalance]]:
    """The balances that are wrong, each with what its postings add up to."""

    def total(part: str) -> Any:
        return func.coalesce(func.sum(case((postings.c.part == part, postings.c.amount), else_=0)), 0)

    groups = (postings.c.account, postings.c.holder)
    query = select(*groups, total(AVAILABLE), total(HELD)).where(postings.c.part.in_(OWN_PARTS)).group_by(*groups)
    sums = {(row[0], row[1]): (int(row[2]), int(row[3])) for row in connection.execute(query)}
    there = {(row.account, row.holder): record(StoredBalance, row) for row in connection.execute(select(balances))}
    found = []
    for account, holder in sorted({*sums, *there}):
        was = there.get((account, holder), StoredBalance(account=account, holder=holder))
        available, held = sums.get((account, holder), (0, 0))
        right = replace(was, available=available, held=held)
        if right != was:
            found.append((was, right))
    return found


def _rebuild(connection: Connection) -> list[StoredBalance]:
    wrong = _wrong(connection)
    put(
        connection,
        balances,
        *({name: getattr(right, name) for name in StoredBalance.__dataclass_fields__} for _, right in wrong),
    )
    return [was for was, _ in wrong]
