"""What the office that looks after an account adds to a holder's balance, or takes back: with a reason and the number of a voucher.

It is looked at once more before it is booked; from the amount on that reversals take two people, another person confirms it.
What is booked is never changed, only reversed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from threading import Lock

from banshi.platform.accounts.cashier import BOOKED
from banshi.platform.accounts.kept import Kept
from banshi.platform.accounts.views import GrantView
from banshi.platform.accounts.vouchers import BACK, GRANT, KIND, BookedBefore, SameNumber, alike, by_number
from banshi.platform.cases.booked import LEDGER, beginnings, told_of
from banshi.platform.errors import Declined, NotFound, OtherCommand
from banshi.platform.forms.holding import held_by, holder_name
from banshi.platform.people.directory import Directory, Person
from banshi.platform.service.accounts import Holder, TooMuch, most, smallest, unit_text, written
from banshi.rules.written import number
from banshi.storage.accounts import (
    AVAILABLE,
    GRANTED,
    PROPOSED,
    Posting,
    StoredBalance,
    StoredReceipt,
    Transaction,
)
from banshi.storage.contract import Change, Command, NewEvent, Overdrawn, Store

LONGEST = 500
LONGEST_REFERENCE = 60


class Grants:
    """See the module. `ensure` gives an account to whoever looks after it, and raises NotAllowed for others."""

    def __init__(
        self,
        store: Store,
        ensure: Callable[[Person, str], Kept],
        directory: Callable[[], Directory],
        clock: Callable[[], datetime],
        from_two: Callable[[], Decimal],
    ) -> None:
        self._store = store
        self._ensure = ensure
        self._directory = directory
        self._clock = clock
        self._from_two = from_two
        self._turn = Lock()  # one at a time: each is booked knowing of those before it

    def look(
        self, person: Person, key: str, holder: str, amount: str, reason: str, reference: str, language: str = "zh"
    ) -> GrantView:
        """What it would come to; nothing is booked. `amount` is below zero for what is taken back.

        Raises Declined for what cannot be booked, NotFound for a holder that there is not.
        """
        kept = self._ensure(person, key)
        parts = self._parts(kept, holder, amount, reason, reference)
        unit, before = kept.account.unit, self._available(kept, holder)
        after = before + parts
        if parts < 0 and after < kept.account.least:
            raise _too_little(kept, before)
        same = self._same(kept, reference)
        return GrantView(
            key=kept.key,
            holder=holder,
            holder_name=holder_name(kept.service, kept.account, holder, self._directory(), language),
            name=kept.account.title(language),
            unit=unit_text(unit, language),
            before=written(before, unit),
            amount=written(parts, unit),
            after=written(after, unit),
            reason=reason.strip(),
            reference=reference.strip(),
            by_two=self._by_two(kept, parts, same),
            again=len(same),
            same=tuple(same),
        )

    def post(
        self, person: Person, key: str, holder: str, amount: str, reason: str, reference: str, command_id: str,
        *, repeated: bool = False,
    ) -> bool:  # fmt: skip
        """Book it; whether it is done, or waits for a second person because of its amount. A repeat books nothing more.

        What was booked before by the same number counts towards the amount that takes a second person. Raises BookedBefore for
        such a number unless it is to be `repeated`, OtherCommand for an id under which something else was booked.
        """
        kept = self._ensure(person, key)
        parts = self._parts(kept, holder, amount, reason, reference)
        grant = GRANT + hashlib.sha256(f"{person.id} {command_id}".encode()).hexdigest()[:26]
        with self._turn:
            said = (kept.key, holder, parts, reference.strip(), reason.strip())
            move, waits = self._store.transaction(grant), self._store.receipt(grant)
            earlier = _said_by(move) if move is not None else _asked_by(waits) if waits is not None else said
            if earlier != said:
                raise OtherCommand(earlier[3])
            if move is not None or waits is not None:
                return move is not None
            same = self._same(kept, reference)
            if same and not repeated:
                raise BookedBefore(reference.strip(), same, kept.account.unit)
            return self._posted(person, kept, grant, holder, parts, reason, reference, self._by_two(kept, parts, same))

    def _posted(
        self, person: Person, kept: Kept, grant: str, holder: str, parts: int, reason: str, reference: str, by_two: bool
    ) -> bool:
        """Book it, or write it down for the second person; whether it is booked."""
        now = self._clock()
        asked = StoredReceipt(
            key=grant,
            order_id=holder,
            gateway_no=reference.strip(),
            amount=parts,
            at=now,
            state=PROPOSED,
            why={"zh": reason.strip(), "en": reason.strip()},
            account=kept.key,
            settled_by=person.id,
        )
        if not by_two:
            self._book(person, kept, asked)
            return True
        if parts < 0 and self._available(kept, holder) + parts < kept.account.least:
            raise _too_little(kept, self._available(kept, holder))
        told = {"proposed": grant, "reason": reason.strip(), "holder": holder, "amount": parts, "account": kept.key}
        event = NewEvent(kind=BOOKED, at=now, actor=person.id, payload=told)
        self._commit(person, f"propose:{grant}", Change(events=[event], receipts=[asked]))
        return False

    def confirm(self, person: Person, proposal: StoredReceipt, *, repeated: bool = False) -> None:
        """Book what another person has proposed; whoever calls has made sure that it waits, and of whom.

        Raises BookedBefore where others go by its number, unless it is to be `repeated`.
        """
        kept = self._ensure(person, proposal.account)
        with self._turn:
            same = self._same(kept, proposal.gateway_no, besides=proposal.key)
            if same and not repeated:
                raise BookedBefore(proposal.gateway_no, same, kept.account.unit)
            self._book(person, kept, proposal)

    def unbooked(self, kept: Kept, query: str) -> Iterator[str]:
        """Holders whose names hold a word, and of whom nothing was booked yet."""
        wanted = query.casefold()
        some = {holder for holder in self._holders(kept) if wanted in holder.casefold()}
        if kept.account.kind is Holder.OTHER or not some:
            some |= {query} if self._known(kept, query) else set()
        there = {row.holder for row in self._store.balances(kept.key, sorted(some))[0]} if some else set()
        yield from sorted(some - there)

    def _book(self, person: Person, kept: Kept, asked: StoredReceipt) -> None:
        now, account = self._clock(), kept.account
        least = account.least if asked.amount < 0 else None
        holder, reason = asked.order_id, asked.why.get("zh", "")
        own = Posting(
            account=kept.key, part=AVAILABLE, holder=holder, unit=account.unit, amount=asked.amount, least=least
        )
        counter = Posting(account=kept.key, part=GRANTED, holder="", unit=account.unit, amount=-asked.amount)
        move = Transaction(
            id=asked.key,
            at=now,
            kind=KIND if asked.amount > 0 else BACK,
            actor=person.id,
            postings=(own, counter),
            reason=reason,
            reference=asked.gateway_no,
            service_id=kept.service.settings.id,
        )
        moves = (*beginnings([move], {kept.key: account}, self._store, now), move)
        told = {"reason": reason, "asked_by": asked.settled_by, **told_of(moves)}
        event = NewEvent(kind=BOOKED, at=now, actor=person.id, payload=told)
        try:
            self._commit(person, asked.key, Change(events=[event], transactions=moves))
        except Overdrawn as error:
            raise _too_little(kept, error.balance) from error

    def _commit(self, person: Person, command_id: str, change: Change) -> None:
        # Whoever does the same thing again, also another person who confirms, finds it done.
        command = Command(id=f"accounts:{command_id}", actor=person.id, at=self._clock(), change=change, case_id=LEDGER)
        self._store.commit(command)

    def _parts(self, kept: Kept, holder: str, amount: str, reason: str, reference: str) -> int:
        """The amount in smallest parts; Declined where something is missing or cannot be."""
        if not self._known(kept, holder):
            raise NotFound("holder", holder)
        account = kept.account
        try:
            said = number(amount)
            parts = smallest(Decimal("nan") if said is None else said, account.digits)
        except TooMuch as error:
            limit = f"{most(account.digits):f}"
            raise Declined(f"一次最多 {limit}。", f"At most {limit} at once.") from error
        except ValueError as error:
            raise Declined(
                f"“{amount}”不是金额：写数字，最多 {account.digits} 位小数；逗号只能分隔千位，如 1,200.50。",
                f"“{amount}” is no amount: write a number with at most {account.digits} decimals; commas only part thousands, as in 1,200.50.",
            ) from error
        if not parts:
            raise Declined("金额不能是 0。", "The amount is 0.")
        if not reason.strip():
            raise Declined("请写明拨入或收回的事由。", "Say why it is added or taken back.")
        if not reference.strip():
            raise Declined("请填写依据的文号或凭证号。", "Give the number of the voucher or document that it goes by.")
        if len(reason) > LONGEST or len(reference) > LONGEST_REFERENCE:
            raise Declined(
                f"事由最多 {LONGEST} 字，凭证号最多 {LONGEST_REFERENCE} 字。",
                f"A reason has at most {LONGEST} characters, a number {LONGEST_REFERENCE}.",
            )
        return parts

    def _same(self, kept: Kept, reference: str, besides: str = "") -> list[SameNumber]:
        """What else goes by a number in an account, whoever holds it."""
        return [one for one in by_number(self._store, kept).get(alike(reference), ()) if one.key != besides]

    def _by_two(self, kept: Kept, parts: int, same: Sequence[SameNumber]) -> bool:
        """Whether another person confirms it: what one voucher moves is taken together, however it is split."""
        moved = abs(parts) + sum(abs(one.parts) for one in same)
        return Decimal(written(moved, kept.account.unit)) >= self._from_two()

    def _available(self, kept: Kept, holder: str) -> int:
        rows, _ = self._store.balances(kept.key, [holder])
        begun = smallest(kept.account.begins_with(holder), kept.account.digits)
        return (rows[0] if rows else StoredBalance(account=kept.key, holder=holder, available=begun)).available

    def _holders(self, kept: Kept) -> set[str]:
        """The holders that the directory or a data sheet lists."""
        account, directory = kept.account, self._directory()
        listed = set(account.openings)
        if account.members is not None:
            rows = kept.service.datasets[account.members.dataset].rows
            listed |= {row[account.members.holder].text for row in rows} - {""}
        elif account.kind is Holder.PERSON:
            listed |= set(directory.people)
        elif account.kind is Holder.DEPARTMENT:
            listed |= set(directory.departments)
        return listed

    def _known(self, kept: Kept, holder: str) -> bool:
        if holder in self._holders(kept) or self._store.balances(kept.key, [holder])[0]:
            return True
        if kept.account.members is not None or kept.account.kind in (Holder.PERSON, Holder.DEPARTMENT):
            return False
        directory, now = self._directory(), self._clock()
        people = directory.people.values()
        return any(holder in held_by(kept.service, kept.account, one, directory, now) for one in people)


def _said_by(move: Transaction) -> tuple[str, str, int, str, str]:
    """What was booked: the account, the holder, how much, the number and the reason."""
    own = next(line for line in move.postings if line.part == AVAILABLE)
    return own.account, own.holder, own.amount, move.reference, move.reason


def _asked_by(row: StoredReceipt) -> tuple[str, str, int, str, str]:
    """The same of what waits, or was dropped."""
    return row.account, row.order_id, row.amount, row.gateway_no, row.why.get("zh", "")


def _too_little(kept: Kept, balance: int) -> Declined:
    unit, least = kept.account.unit, kept.account.least
    left = written(max(0, balance - least), unit)
    has = written(balance, unit)
    return Declined(
        f"可用 {has} {unit_text(unit, 'zh')}，最多能收回 {left}。没有入账。",
        f"{has} {unit_text(unit, 'en')} may be spent, and at most {left} taken back. Nothing was booked.",
    )
