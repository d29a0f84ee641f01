"""Accounts in a store: transactions of balanced postings, balances, payment orders, receipts that fit no order.

Amounts are whole numbers of the smallest part of the unit (fen; hundredths of a kWh). A transaction is never changed or
deleted, only reversed by another one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

AVAILABLE, HELD = "available", "held"
"""The parts of a holder's own account: what may be spent, and what is set aside."""
INCOME, GATEWAY, OPENING, ISSUED, UNMATCHED = "income", "gateway", "opening", "issued", "unmatched"
GRANTED = "granted"
"""The counter-accounts: what was charged, what payers paid in, what accounts began with, what was sold in another unit
than money, what was paid and belongs to nobody yet, what an office added by hand. They have no holder."""
OWN_PARTS = (AVAILABLE, HELD)

OPEN, PAID, FAILED, CLOSED = "open", "paid", "failed", "closed"
"""The states of payment orders."""
WAITING, REFUNDING, REFUNDED, REFUSED = "waiting", "refunding", "refunded", "refused"
"""The states of receipts that fit no order."""
PROPOSED = "proposed"
"""The state of what waits for a second person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One line of a transaction: more (or less, below zero) in a part of an account.

    The lines of a transaction add up to zero in each unit. `least` is what the part may not fall below because of this
    line (None: no limit); it is not kept.
    """

    account: str
    part: str
    holder: str
    unit: str
    amount: int
    least: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A movement, with where it comes from. `batch` names a billing run, `reverses` the transaction that it undoes.

    Raises:
        ValueError: fewer than two postings, one of nothing, or a unit that does not add up to zero.
    """

    id: str
    at: datetime
    kind: str
    actor: str
    postings: tuple[Posting, ...]
    case_id: str = ""
    number: str = ""
    service_id: str = ""
    step: str = ""
    batch: str = ""
    reason: str = ""
    reference: str = ""
    reverses: str = ""

    def __post_init__(self) -> None:
        sums: dict[str, int] = {}
        for posting in self.postings:
            sums[posting.unit] = sums.get(posting.unit, 0) + posting.amount
        if len(self.postings) < 2 or any(sums.values()) or not all(posting.amount for posting in self.postings):
            raise ValueError(f"The transaction {self.id} is not balanced.")

    def to_json(self) -> dict[str, Any]:
        """Plain values, as an event tells it."""
        names = ("id", "kind", "step", "batch", "reason", "reference", "reverses")
        lines = [[line.account, line.part, line.holder, line.unit, line.amount] for line in self.postings]
        return {name: value for name in names if (value := getattr(self, name))} | {"postings": lines}


def from_json(raw: Mapping[str, Any], **around: Any) -> Transaction:
    """The transaction that an event tells; `around` are the event's own facts (`at`, `actor`, `case_id` …)."""
    lines = tuple(
        Posting(account=account, part=part, holder=holder, unit=unit, amount=int(amount))
        for account, part, holder, unit, amount in raw["postings"]
    )
    return Transaction(
        **{**around, **{name: value for name, value in raw.items() if name != "postings"}}, postings=lines
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBalance:
    """What a holder has in an account: to spend, and set aside."""

    account: str
    holder: str
    available: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionFilter:
    """Which transactions; what is empty does not filter. `until` is not included; of `kinds` it may be any."""

    account: str = ""
    holder: str = ""
    case_id: str = ""
    batch: str = ""
    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOrder:
    """A payment that somebody is asked for. `amount` is in fen; `look_at` is when the gateway is next asked how it stands.

    `paid` is what is posted once it is paid (`Transaction.to_json`), `step` and `round` are of the step that waits for it.
    """

    id: str
    case_id: str
    number: str
    service_id: str
    step: str
    round: int
    payer: str
    account: str
    holder: str
    amount: int
    title: str
    paid: Mapping[str, Any]
    made_at: datetime
    expires: datetime
    look_at: datetime
    state: str = OPEN
    gateway: str = ""
    gateway_no: str = ""
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReceipt:
    """Money that came in and fits no open order, or that was refused. `key` tells it from all others, `why` says why by language."""

    key: str
    order_id: str
    gateway_no: str
    amount: int
    at: datetime
    state: str
    why: Mapping[str, str]
    account: str = ""
    settled_by: str = ""
    settled_at: datetime | None = None
    note: str = ""


class PartSum(NamedTuple):
    """What the postings of an account add up to in a part and unit."""

    account: str
    part: str
    unit: str
    amount: int


class LedgerStore(Protocol):
    """Accounts. Transactions and orders are written by `commit` (`Change`)."""

    def balances(
        self, account: str = "", holders: Collection[str] | None = None, *, page: int = 1, size: int = 20
    ) -> tuple[list[StoredBalance], int]:
        """One page of balances, by account and holder, and how many there are; only those that ever moved."""
        ...

    def transaction(self, transaction_id: str) -> Transaction | None:
        """A transaction by its id."""
        ...

    def reversal_of(self, transaction_id: str) -> Transaction | None:
        """The transaction that undid another one."""
        ...

    def transactions(self, which: TransactionFilter, *, page: int = 1, size: int = 20) -> tuple[list[Transaction], int]:
        """One page of transactions with their postings, newest first, and how many there are."""
        ...

    def iter_transactions(self, which: TransactionFilter) -> Iterator[Transaction]:
        """All of them, oldest first."""
        ...

    def part_sums(self, account: str = "") -> list[PartSum]:
        """What all postings add up to by account, part and unit."""
        ...

    def rebuild_balances(self) -> list[StoredBalance]:
        """Put every balance right that is not the sum of its postings; the wrong ones as they were."""
        ...

    def wrong_balances(self) -> list[StoredBalance]:
        """The balances that are not the sums of their postings, as they are."""
        ...

    def order(self, order_id: str) -> StoredOrder | None:
        """A payment order by its id."""
        ...

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
        """One page of orders, newest first, and how many there are; `since` and `until` are of their end (`done_at`)."""
        ...

    def take_orders(self, now: datetime, again: datetime, *, limit: int = 20) -> list[StoredOrder]:
        """Open orders that are to be looked at, for the caller alone until `again`."""
        ...

    def change_order(self, order: StoredOrder, state: str) -> bool:
        """Write an order in the place of the one that is kept; only where that one is in `state`, and whether it was."""
        ...

    def receipts(self, states: Sequence[str] = (), *, page: int = 1, size: int = 20) -> tuple[list[StoredReceipt], int]:
        """One page of receipts, newest first, and how many there are."""
        ...

    def receipt(self, key: str) -> StoredReceipt | None:
        """A receipt by its key."""
        ...

    def change_receipt(self, receipt: StoredReceipt, state: str) -> bool:
        """The same as `change_order` for a receipt."""
        ...
