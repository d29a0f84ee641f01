"""Random sequences of what is done with an account, against a model of our own that knows no postings.

The model is four numbers for each holder: to spend, held, charged, topped up. After every step the store agrees with it,
the postings of every unit add up to zero, every balance is the sum of its postings, and nothing is below the floor.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from banshi.platform.forms.booking import Bookings
from banshi.platform.routes.hooks import Book, Use
from banshi.platform.service.accounts import Account, Holder
from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import Environment, parse
from banshi.storage.accounts import AVAILABLE, GATEWAY, OWN_PARTS, Posting, Transaction, TransactionFilter
from banshi.storage.contract import Change, Command, Overdrawn, ReversedBefore
from banshi.storage.tiny import TinyStore

AT = datetime(2026, 9, 1, tzinfo=UTC)
FLOOR = 500
HOLDERS = ("NSFC-1", "NSFC-2")
AMOUNTS = st.integers(min_value=0, max_value=3000)
CASES, STEPS = st.integers(0, 2), st.integers(1, 2)
ACCOUNT = Account(
    name="经费", holder=parse("${项目}", NOWHERE)[0], kind=Holder.PROJECT, unit="元", floor=Decimal(FLOOR) / 100
)


@dataclass
class Purse:
    free: int = 0
    held: dict[tuple[int, str], int] = field(default_factory=dict)
    charged: dict[str, int] = field(default_factory=dict)

    @property
    def all_held(self) -> int:
        return sum(self.held.values())


class Accounts(RuleBasedStateMachine):
    """Cases book through the very code that steps run; the model only adds and subtracts."""

    def __init__(self) -> None:
        super().__init__()
        self.store = TinyStore()
        self.numbers = itertools.count()
        self.purses = {holder: Purse() for holder in HOLDERS}
        self.booked: dict[int, dict[str, object]] = {0: {}, 1: {}, 2: {}}

    def teardown(self) -> None:
        self.store.close()

    def write(self, *moves: Transaction) -> bool:
        """Whether the store took them."""
        command = Command(id=f"c{next(self.numbers)}", actor="t", at=AT, change=Change(transactions=moves))
        try:
            self.store.commit(command)
        except (Overdrawn, ReversedBefore):
            return False
        return True

    def book(self, case: int, use: Use, step: int, holder: str, amount: int | None) -> tuple[bool, list[Transaction]]:
        money = None if amount is None else parse(f"{amount} / 100", NOWHERE)[0]
        hook = Book(use=use, account="经费", amount=money)
        before = Bookings(service_id="buying", accounts={"经费": ACCOUNT}, booked=self.booked[case])
        # Every act is another round of its step, as after a return, and a step of its own for each use.
        n = next(self.numbers)
        after = before.after(f"{step}{use}{n}", 1, 0, hook, Environment({"项目": holder}, now=AT))
        if after.wrong is not None:
            return False, []
        moves = [
            Transaction(id=f"{case}.{move.key}", at=AT, kind=move.kind, actor="t", postings=move.lines)
            for move in after.movements
        ]
        if not self.write(*moves):
            return False, []
        self.booked[case] = dict(after.booked)
        return True, moves

    @rule(holder=st.sampled_from(HOLDERS), amount=AMOUNTS)
    def top_up(self, holder: str, amount: int) -> None:
        if not amount:
            return
        own = Posting(account="buying:经费", part=AVAILABLE, holder=holder, unit="元", amount=amount)
        other = Posting(account="buying:经费", part=GATEWAY, holder="", unit="元", amount=-amount)
        move = Transaction(id=f"t{next(self.numbers)}", at=AT, kind="topup", actor="t", postings=(own, other))
        assert self.write(move)
        self.purses[holder].free += amount

    @rule(case=CASES, step=STEPS, holder=st.sampled_from(HOLDERS), amount=AMOUNTS)
    def hold(self, case: int, step: int, holder: str, amount: int) -> None:
        purse = self.purses[holder]
        done, _ = self.book(case, Use.HOLD, step, holder, amount)
        assert done is (purse.free - amount >= -FLOOR or amount == 0)
        if done:
            purse.free -= amount
            purse.held[case, "h"] = purse.held.get((case, "h"), 0) + amount

    @rule(case=CASES, step=STEPS, holder=st.sampled_from(HOLDERS), amount=AMOUNTS)
    def charge(self, case: int, step: int, holder: str, amount: int) -> None:
        purse = self.purses[holder]
        there = purse.held.get((case, "h"), 0)
        rest = max(amount - there, 0)
        done, moves = self.book(case, Use.CHARGE, step, holder, amount)
        assert done is (rest == 0 or purse.free - rest >= -FLOOR)
        if done:
            purse.free -= rest
            purse.held[case, "h"] = there - (amount - rest)
            purse.charged |= {move.id: amount for move in moves}

    @rule(case=CASES, step=STEPS, holder=st.sampled_from(HOLDERS), amount=st.none() | AMOUNTS)
    def release(self, case: int, step: int, holder: str, amount: int | None) -> None:
        purse = self.purses[holder]
        there = purse.held.get((case, "h"), 0)
        done, _ = self.book(case, Use.RELEASE, step, holder, amount)
        assert done is (amount is None or amount <= there)
        if done:
            back = there if amount is None else amount
            purse.free += back
            purse.held[case, "h"] = there - back

    @rule(holder=st.sampled_from(HOLDERS), twice=st.booleans())
    def reverse(self, holder: str, twice: bool) -> None:
        purse = self.purses[holder]
        if not purse.charged:
            return
        key, amount = purse.charged.popitem()
        lines = [(AVAILABLE, holder, amount), ("income", "", -amount)]
        for n in range(2 if twice else 1):
            move = Transaction(
                id=f"{key}.back{n}",
                at=AT,
                kind="reversal",
                actor="t",
                reverses=key,
                postings=tuple(
                    Posting(account="buying:经费", part=part, holder=who, unit="元", amount=value)
                    for part, who, value in lines
                ),
            )
            assert self.write(move) is (n == 0)
        purse.free += amount

    @invariant()
    def the_store_agrees_with_the_model(self) -> None:
        rows, _ = self.store.balances("buying:经费")
        there = {row.holder: (row.available, row.held) for row in rows}
        for holder, purse in self.purses.items():
            assert there.get(holder, (0, 0)) == (purse.free, purse.all_held)
            assert purse.free >= -FLOOR

    @invariant()
    def everything_adds_up(self) -> None:
        assert sum(one.amount for one in self.store.part_sums()) == 0
        assert self.store.wrong_balances() == []
        sums: dict[tuple[str, str], int] = {}
        for move in self.store.iter_transactions(TransactionFilter()):
            for line in move.postings:
                if line.part in OWN_PARTS:
                    sums[line.holder, line.part] = sums.get((line.holder, line.part), 0) + line.amount
        for row in self.store.balances("buying:经费")[0]:
            assert (row.available, row.held) == (
                sums.get((row.holder, "available"), 0),
                sums.get((row.holder, "held"), 0),
            )


TestAccounts = Accounts.TestCase
TestAccounts.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
