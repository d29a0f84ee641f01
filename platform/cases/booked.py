"""What a move books in accounts: told in its event, written in its transaction.

What a case holds is given back when it ends. An account begins, with what its sheet says, when something is first booked
in it for a holder; the id of that movement is made from both, so that it begins once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from banshi.platform.cases.case import Case
from banshi.platform.errors import Declined, HallError
from banshi.platform.forms.booking import Asked, Bookings
from banshi.platform.forms.passing import FormHooks
from banshi.platform.people.directory import SYSTEM
from banshi.platform.routes.effects import Progress
from banshi.platform.routes.hooks import Book, Use
from banshi.platform.routes.model import Mode
from banshi.platform.service.accounts import Account, smallest, unit_text, written
from banshi.platform.service.model import Service
from banshi.storage.accounts import AVAILABLE, OPENING, OWN_PARTS, Posting, StoredOrder, Transaction
from banshi.storage.contract import Change, Overdrawn, Store

LEDGER = "accounts"
"""In place of a case: the history of what is booked without one."""
FIRST_LOOK = timedelta(minutes=1)
"""How long after a payment was asked for the gateway is asked how it stands, if it has not said so itself."""


class Short(HallError):
    """An account has less than what is to be taken; nothing was done."""

    status = 409

    def __init__(self, error: Overdrawn, held: int = 0, *, paid_in: bool = True, of_case: bool = True) -> None:
        name, unit = error.account.partition(":")[2], error.unit

        def amount(value: int, language: str = "zh") -> str:
            return f"{written(value, unit)} {unit_text(unit, language)}"

        missing = error.amount - (error.balance - error.least)
        has_zh, has_en = amount(error.balance), amount(error.balance, "en")
        if held:
            has_zh = f"{amount(error.balance + held)}，其中冻结 {amount(held)}，可用 {has_zh}"
            has_en = f"{amount(error.balance + held, 'en')}, of which {amount(held, 'en')} are held and {has_en} may be spent"
        if of_case:
            zh = f"没有扣款，办件没有变动；请{'先充值或' if paid_in else ''}调减金额，再办理。"
            up = "top the account up, or ask for less, and try again." if paid_in else "ask for less, and try again."
            en = f"Nothing was taken and the case has not moved: {up}"
        else:
            zh, en = "没有冲正，也没有入账。", "Nothing was reversed."
        floor_zh = f"，最低可到 {amount(error.least)}" if error.least else ""
        floor_en = f", and may fall to {amount(error.least, 'en')}" if error.least else ""
        super().__init__(
            f"账户“{name}”（{error.holder}）余额 {has_zh}{floor_zh}，这一步要用 {amount(error.amount)}，还差 {amount(missing)}。{zh}",
            f"The account “{name}” of {error.holder} has {has_en}{floor_en}; "
            f"{amount(error.amount, 'en')} are wanted and {amount(missing, 'en')} are missing. {en}",
        )


def short(error: Overdrawn, store: Store, live: Iterable[Service], *, of_case: bool = True) -> Short:
    """Too little in an account, with what is held of it; to top it up is said where one of the `live` services does that."""
    rows, _ = store.balances(error.account, [error.holder])
    held = rows[0].held if rows else 0
    return Short(error, held, paid_in=any(tops_up(one, error.account) for one in live), of_case=of_case)


def tops_up(service: Service, key: str) -> bool:
    """Whether a service asks for payments into an account."""
    names = {name for name, one in service.accounts.items() if one.key(service.settings.id) == key}
    hooks = [hook for step in (service.routing.steps if service.routing else ()) for hook in step.hooks]
    return any(isinstance(hook, Book) and hook.use is Use.PAY and hook.account in names for hook in hooks)


@dataclass(frozen=True, slots=True)
class Booked:
    """What an event says of accounts, and what is written with it."""

    told: Mapping[str, Any]
    transactions: tuple[Transaction, ...] = ()
    orders: tuple[StoredOrder, ...] = ()

    def after(self, earlier: tuple[Transaction, ...]) -> Booked:
        """The same behind other movements."""
        if not earlier:
            return self
        moves = (*earlier, *self.transactions)
        return Booked({**self.told, **told_of(moves)}, moves, self.orders)

    def with_change(self, change: Change) -> Change:
        """A change with it."""
        return replace(change, transactions=self.transactions, orders=self.orders)


NOTHING = Booked({})


def booked(
    progress: Progress, case: Case, service: Service, accounts: Mapping[str, Account], number: str, store: Store,
    at: datetime, actor: str,
) -> Booked:  # fmt: skip
    """What a move books, by whoever made it. Raises Declined where something cannot be."""
    bookings = bookings_after(progress)
    if bookings is None:
        return NOTHING
    if bookings.wrong is not None:
        zh, en = bookings.wrong
        raise Declined(
            f"{zh}。请更正后再办理，本次没有入账。", f"{en[:1].upper()}{en[1:]}. Nothing was booked; please mend it."
        )
    facts: dict[str, Any] = {
        "at": at,
        "actor": actor,
        "case_id": case.id,
        "number": number,
        "service_id": service.settings.id,
    }
    made = tuple(
        Transaction(
            id=f"{case.id}.{move.key}",
            kind=move.kind,
            step=move.step,
            reason=move.reason,
            reverses=f"{case.id}.{move.reverses}" if move.reverses else "",
            postings=move.lines,
            **facts,
        )
        for move in bookings.movements
    )
    orders = tuple(_order(one, case, service, number, at) for one in bookings.asked)
    begun = tuple(beginnings(made, {one.key(service.settings.id): one for one in accounts.values()}, store, at))
    return Booked(told_of((*begun, *made), orders), (*begun, *made), orders)


def bookings_after(progress: Progress) -> Bookings | None:
    """What the steps of a case have booked after a move; where it ended, nothing is held any more."""
    hooks = progress.context.hooks if progress.context else None
    if not isinstance(hooks, FormHooks) or hooks.bookings is None:
        return None
    return hooks.bookings.ended() if progress.state.outcome.final else hooks.bookings


def told_of(transactions: Iterable[Transaction], orders: Iterable[StoredOrder] = ()) -> dict[str, Any]:
    """What an event says of movements and of payments that are asked for."""
    found: dict[str, Any] = {}
    if movements := [one.to_json() for one in transactions]:
        found["movements"] = movements
    if asked := [{"id": one.id, "amount": one.amount, "account": one.account, "holder": one.holder} for one in orders]:
        found["orders"] = asked
    return found


def beginnings(
    transactions: Iterable[Transaction], accounts: Mapping[str, Account], store: Store, at: datetime
) -> Iterator[Transaction]:
    """The first movements of accounts that begin with something; `accounts` are by their keys."""
    seen: set[tuple[str, str]] = set()
    for line in (line for one in transactions for line in one.postings if line.part in OWN_PARTS):
        account = accounts.get(line.account)
        if account is None or (line.account, line.holder) in seen:
            continue
        seen.add((line.account, line.holder))
        amount = smallest(account.begins_with(line.holder), account.digits)
        key = f"opening:{line.account}:{line.holder}"
        if amount and store.transaction(key) is None:
            own = Posting(account=line.account, part=AVAILABLE, holder=line.holder, unit=line.unit, amount=amount)
            counter = Posting(account=line.account, part=OPENING, holder="", unit=line.unit, amount=-amount)
            yield Transaction(id=key, at=at, kind="opening", actor=SYSTEM, postings=(own, counter))


def _order(one: Asked, case: Case, service: Service, number: str, at: datetime) -> StoredOrder:
    steps = service.routing.steps if service.routing else ()
    ids = [step.id for step in steps]
    later = steps[ids.index(one.step) + 1 :]
    expires = at + timedelta(minutes=one.minutes)
    paid = {"kind": "topup", "step": one.step, "reason": one.reason}
    lines = [[line.account, line.part, line.holder, line.unit, line.amount] for line in one.lines]
    key = f"{case.id}.{one.key}"
    return StoredOrder(
        id=key.replace(".", "-"),
        case_id=case.id,
        number=number,
        service_id=service.settings.id,
        step=next((step.id for step in later if step.mode is Mode.CALLBACK), ""),
        round=one.round,
        payer=case.applicant,
        account=one.account,
        holder=one.holder,
        amount=one.amount,
        title=service.settings.title.get("zh"),
        paid={**paid, "id": key, "postings": lines},
        made_at=at,
        expires=expires,
        look_at=min(at + FIRST_LOOK, expires),
    )
