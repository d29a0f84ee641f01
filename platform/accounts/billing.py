"""Billing runs: a fee sheet over a frame of holders, posted as charges, partition by partition, each once.

The id of a run and the place of a partition make the id of its command; run, account and holder make the id of each
charge. So a run that was killed goes on where it stopped, a repeat books nothing, and a holder is charged once a run
whatever order the rows come in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from banshi.platform.cases.booked import LEDGER, beginnings, told_of
from banshi.platform.errors import Declined, NotFound
from banshi.platform.people.directory import SYSTEM
from banshi.platform.service.accounts import Account, smallest
from banshi.platform.service.model import Service
from banshi.storage.accounts import AVAILABLE, INCOME, Posting, Transaction
from banshi.storage.contract import Change, Command, NewEvent, Overdrawn, Store

if TYPE_CHECKING:
    import pandas as pd

PARTITION = 500
"""How many holders one transaction charges."""
CHARGED = "charged"
"""The kind of the event of a partition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """What came of a run: holders charged now and in an earlier try, the sum in the account's unit, those without a
    charge (0), those who have too little, and the rows that could not be billed, each with why.
    """

    charged: int = 0
    before: int = 0
    nothing: int = 0
    total: Decimal = Decimal(0)
    short: tuple[str, ...] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)

    def __add__(self, other: Charged) -> Charged:
        """Both together."""
        return Charged(
            charged=self.charged + other.charged,
            before=self.before + other.before,
            nothing=self.nothing + other.nothing,
            total=self.total + other.total,
            short=(*self.short, *other.short),
            wrong={**self.wrong, **other.wrong},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A billing run: `id` names it (such as `2026-03`), `fees` is the fee sheet, `account` that of the charges, `holder`
    the column of the frame that says whose it is, `reason` what holders read. `beyond_floor` charges also who has too
    little.
    """

    id: str
    service: Service
    fees: str
    account: str
    holder: str
    reason: str = ""
    beyond_floor: bool = False


def charge_run(
    store: Store,
    run: Run,
    frame: pd.DataFrame,
    now: datetime,
    *,
    accounts: Mapping[str, Account] | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Charged:
    """Bill every row of a frame and charge its holder; rows of the same holder are charged together.

    `accounts` are those of the service by name where some are another service's. `told` is called after each partition
    with how many holders are done. Raises NotFound, Declined for a fee sheet, an account or a column that is not there.
    """
    account = (accounts or run.service.accounts).get(run.account)
    if account is None:
        raise NotFound("account", run.account)
    if run.fees not in run.service.tariffs:
        raise NotFound("table", run.fees)
    if run.holder not in frame.columns:
        raise Declined(f"数据里没有“{run.holder}”列。", f"The data has no column “{run.holder}”.")
    amounts, done = _amounts(run, frame, account, now)
    holders = sorted(amounts)
    for start in range(0, len(holders), PARTITION):
        portion = {holder: amounts[holder] for holder in holders[start : start + PARTITION]}
        done += _post(store, run, account, portion, now)
        if told is not None:
            told(min(start + PARTITION, len(holders)), len(holders))
    return done


def _amounts(run: Run, frame: pd.DataFrame, account: Account, now: datetime) -> tuple[dict[str, int], Charged]:
    """What each holder is charged, in smallest parts, and what could not be billed."""
    amounts: dict[str, int] = {}
    wrong: dict[str, str] = {}
    blank: list[str] = []
    for start in range(0, len(frame), 50_000):
        portion = frame.iloc[start : start + 50_000]
        bills = run.service.bill(run.fees, portion, now)
        totals = bills.iloc[:, -1]
        for row, (holder, total) in enumerate(zip(portion[run.holder].astype(str), totals, strict=True), start + 1):
            if not holder.strip():
                blank.append(str(row))
                continue
            if not isinstance(total, Decimal):
                wrong[holder] = "the fee sheet gives no total for this row"
                continue
            try:
                amounts[holder] = amounts.get(holder, 0) + smallest(total, account.digits)
            except ValueError as error:
                wrong[holder] = str(error)
    for holder in wrong:
        amounts.pop(holder, None)
    if blank:
        wrong[""] = f"no holder in row {', '.join(blank[:20])}{' …' if len(blank) > 20 else ''} of the data"
    nothing = [holder for holder, amount in amounts.items() if amount <= 0]
    for holder in nothing:
        amounts.pop(holder)
    return amounts, Charged(nothing=len(nothing), wrong=wrong)


def _post(store: Store, run: Run, account: Account, amounts: Mapping[str, int], now: datetime) -> Charged:
    """Charge one partition, in one transaction."""
    key, short = account.key(run.service.settings.id), list[str]()
    made = {one.postings[0].holder: one for one in _charges(run, account, key, amounts, now)}
    left = {holder: amounts[holder] for holder, one in made.items() if store.transaction(one.id) is None}
    known = len(amounts) - len(left)
    while True:
        new = [made[holder] for holder in left]
        if not new:
            return Charged(before=known, short=tuple(short))
        begun = list(beginnings(new, {key: account}, store, now))
        told = {"run": run.id, "service_id": run.service.settings.id, "account": key, **told_of((*begun, *new))}
        event = NewEvent(kind=CHARGED, at=now, actor=SYSTEM, payload=told)
        change = Change(events=[event], transactions=(*begun, *new))
        told_by = hashlib.sha256("\n".join(one.id for one in new).encode()).hexdigest()[:24]
        command = Command(id=f"charge:{key}:{run.id}:{told_by}", actor=SYSTEM, at=now, change=change, case_id=LEDGER)
        try:
            store.commit(command)
        except Overdrawn as error:
            # All who have too little are looked for at once; the one of the error at least is among them.
            poor = _too_poor(store, key, account, left) | {error.holder}
            short += sorted(poor & left.keys())
            left = {holder: amount for holder, amount in left.items() if holder not in poor}
            continue
        total = sum(-line.amount for one in new for line in one.postings if line.part == AVAILABLE)
        value = Decimal(total).scaleb(-account.digits)
        return Charged(charged=len(new), before=known, total=value, short=tuple(short))


def _charges(run: Run, account: Account, key: str, amounts: Mapping[str, int], now: datetime) -> Iterator[Transaction]:
    least = None if run.beyond_floor else account.least
    for holder, amount in amounts.items():
        own = Posting(account=key, part=AVAILABLE, holder=holder, unit=account.unit, amount=-amount, least=least)
        income = Posting(account=key, part=INCOME, holder="", unit=account.unit, amount=amount)
        facts: dict[str, Any] = {"batch": run.id, "reason": run.reason, "service_id": run.service.settings.id}
        yield Transaction(
            id=f"charge:{key}:{run.id}:{holder}",
            at=now,
            kind="billing",
            actor=SYSTEM,
            postings=(own, income),
            reference=run.fees,
            **facts,
        )


def _too_poor(store: Store, key: str, account: Account, amounts: Mapping[str, int]) -> set[str]:
    """Who has too little for what is to be charged."""
    rows, _ = store.balances(key, list(amounts), size=len(amounts) or 1)
    there = {row.holder: row.available for row in rows}
    return {
        holder
        for holder, amount in amounts.items()
        if there.get(holder, smallest(account.begins_with(holder), account.digits)) - amount < account.least
    }
