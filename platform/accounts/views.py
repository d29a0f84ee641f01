"""Accounts as people see them: amounts are texts with all their digits, in the unit beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from banshi.platform.accounts.vouchers import SameNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceView:
    """What a holder has: `key` and `holder` tell it from others. `low` says that it is below the mark of its sheet.

    `topup` is the id of a service in which it can be topped up, where the person may apply for one.
    """

    key: str
    holder: str
    holder_name: str
    name: str
    unit: str
    available: str
    held: str
    low: bool = False
    topup: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One movement of a holder's account: what it changed of the part that may be spent, and of the part set aside.

    `amount` is what it changed of both together: 0 for a hold, what was charged for a charge; `from_hold` how much of a
    charge was taken out of what was set aside before.
    """

    id: str
    at: datetime
    kind: str
    available: str
    held: str
    amount: str
    from_hold: str
    number: str = ""
    case_id: str = ""
    step: str = ""
    batch: str = ""
    reason: str = ""
    reference: str = ""
    actor: str = ""
    reverses: str = ""
    reversed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedView:
    """What a case booked: whose account, by how much; the amounts are those of `Movement`."""

    id: str
    at: datetime
    kind: str
    name: str
    holder: str
    unit: str
    available: str
    held: str
    amount: str
    from_hold: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantView:
    """What adding to a balance, or taking back (an `amount` below zero), would come to.

    `by_two` says that another person has to confirm it, `same` what goes by the same number in the account, whoever holds it; `again`
    is how many they are.
    """

    key: str
    holder: str
    holder_name: str
    name: str
    unit: str
    before: str
    amount: str
    after: str
    reason: str
    reference: str
    by_two: bool
    again: int
    same: tuple[SameNumber, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An account that somebody looks after: how many holders there are, and what its counter-accounts add up to."""

    key: str
    name: str
    unit: str
    service_id: str
    service: str
    holders: int
    sums: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView:
    """Money that fits no order, or what waits for a second person (`proposed`): a reversal, of the movement `undoes`, or what is to
    be added to the balance of a `holder`, or taken back; `same` is what else goes by the same number.

    `what` is `grant`, `takeback`, `reversal` or blank; `amount` is what a proposal changes of the holder's balance, below zero
    where it becomes less. `own` says that whoever looks has proposed it, and so may not confirm it.
    """

    key: str
    order_id: str
    gateway_no: str
    amount: str
    unit: str
    at: datetime
    state: str
    why: str
    account: str
    by: str = ""
    note: str = ""
    what: str = ""
    holder: str = ""
    holder_name: str = ""
    undoes: BookedView | None = None
    number: str = ""
    own: bool = False
    same: tuple[SameNumber, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """A difference between ours and the gateway's: `missing` at the gateway, `unknown` to us, another `amount`."""

    kind: str
    order_id: str
    gateway_no: str
    ours: str = ""
    theirs: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """A day's payments compared: how many agree, the sums of both, the differences; rows of the file that cannot be read."""

    agreed: int
    ours: str
    theirs: str
    differences: tuple[Mismatch, ...] = ()
    unread: tuple[str, ...] = field(default=())
