"""What steps do with accounts, worked out without a store: movements, holds of a case, payments that are asked for.

A step that is passed again, after a return, books the difference and nothing twice; what an office has reversed counts
as not booked. What a case holds is spent first when it is charged, and is given back when it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from banshi.platform.routes.hooks import Book, Use
from banshi.platform.service.accounts import MONEY, MONEY_DIGITS, Account, TooMuch, most, smallest, written
from banshi.rules.expressions import Environment, Expression, evaluate
from banshi.rules.expressions.convert import to_text
from banshi.rules.values import ErrorValue
from banshi.storage.accounts import AVAILABLE, GATEWAY, HELD, INCOME, ISSUED, Posting


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A transaction to come: `key` tells it from the others of the case, `reverses` is the key of what it undoes."""

    key: str
    kind: str
    step: str
    lines: tuple[Posting, ...]
    reason: str = ""
    reverses: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A payment that a step asks for: `amount` in fen, `lines` are what is posted once it is paid."""

    key: str
    step: str
    round: int
    account: str
    holder: str
    amount: int
    minutes: int
    reason: str
    lines: tuple[Posting, ...]


@dataclass(frozen=True, kw_only=True)
class Bookings:
    """What the steps of a case have booked (`booked`, as the case keeps it), and what a move adds to it.

    `accounts` are by their names in the workbook, `service_id` is of the service whose own ones they are. `undone` says
    of a movement of the case, by its key, whether an office has reversed it. `wrong` is why something cannot be booked, in
    Chinese and English; then the move must not be made.
    """

    service_id: str
    accounts: Mapping[str, Account]
    booked: Mapping[str, Any] = field(default_factory=dict)
    undone: Callable[[str], bool] = field(default=lambda _: False, compare=False)
    movements: tuple[Movement, ...] = ()
    asked: tuple[Asked, ...] = ()
    wrong: tuple[str, str] | None = None

    def after(self, step: str, round_: int, at: int, hook: Book, environment: Environment) -> Bookings:
        """What a step books with its hook `at` when it is passed in a round."""
        account = self.accounts.get(hook.account)
        if account is None:
            return self._refused(f"账户“{hook.account}”现在没有了", f"there is no account “{hook.account}” now")
        try:
            holder = _holder(account, environment)
            amount = None if hook.amount is None else _amount(hook, hook.amount, account, environment)
            key = account.key(self.service_id)
            place = _Place(step, round_, at, key, holder, account)
            match hook.use:
                case Use.CHARGE:
                    return self._charged(place, amount or 0, hook)
                case Use.HOLD:
                    return self._held(place, amount or 0, hook)
                case Use.RELEASE:
                    return self._released(place, amount, hook)
                case Use.PAY:
                    credit = amount if hook.credit is None else _amount(hook, hook.credit, account, environment)
                    return self._asking(place, amount or 0, credit or 0, hook)
        except _Unbookable as error:
            return self._refused(error.zh, error.en)

    def ended(self) -> Bookings:
        """What a case still holds goes back to whom it was taken from."""
        now = self
        for key, one in self.booked.items():
            if one["use"] == Use.HOLD and int(one["left"]):
                lines = _between(one, AVAILABLE, HELD, int(one["left"]))
                move = Movement(key=f"{key}.end", kind="release", step=key.split(".")[0], lines=lines)
                now = now.adding(move, **{key: {**one, "left": 0}})
        return now

    def _charged(self, at: _Place, amount: int, hook: Book) -> Bookings:
        before = self.booked.get(at.key)
        if before is not None and int(before["amount"]) and self.undone(before["movement"]):
            before = {**before, "amount": 0}
        if before is not None and _same(before, at, amount):
            return self
        now = self
        if before is not None and int(before["amount"]):
            back = (
                _line(before, AVAILABLE, int(before["amount"])),
                _line(before, INCOME, -int(before["amount"])),
            )
            move = Movement(
                key=f"{at.booking}.back", kind="reversal", step=at.step, lines=back, reverses=before["movement"]
            )
            now = now.adding(move)
        if not amount:
            return now.adding(None, **{at.key: at.entry(Use.CHARGE, 0)})
        left, taken = amount, dict[str, Any]()
        for key, one in now.holds(at):
            part = min(left, int(one["left"]))
            left -= part
            taken[key] = {**one, "left": int(one["left"]) - part}
        lines = [
            at.line(HELD, left - amount, 0),
            at.line(AVAILABLE, -left, at.account.least),
            at.counter(INCOME, amount),
        ]
        move = Movement(
            key=at.booking,
            kind="charge",
            step=at.step,
            lines=tuple(line for line in lines if line.amount),
            reason=hook.remark,
        )
        return now.adding(move, **taken, **{at.key: at.entry(Use.CHARGE, amount)})

    def _held(self, at: _Place, amount: int, hook: Book) -> Bookings:
        before, now = self.booked.get(at.key), self
        left = 0
        if before is not None:
            if (before["account"], before["holder"]) == (at.name, at.holder):
                left = int(before["left"])
                # A step may have charged more than was held: so much is bound already.
                bound = max(int(before["amount"]), left + self._charges(at))
                amount_more = max(amount - bound, -left)
            else:
                if int(before["left"]):
                    lines = _between(before, AVAILABLE, HELD, int(before["left"]))
                    now = now.adding(Movement(key=f"{at.booking}.back", kind="release", step=at.step, lines=lines))
                amount_more = amount
        else:
            amount_more = amount
        if not amount_more:
            return now if before is not None else now.adding(None, **{at.key: at.entry(Use.HOLD, amount, left=left)})
        lines = (at.line(AVAILABLE, -amount_more, at.account.least), at.line(HELD, amount_more, 0))
        move = Movement(
            key=at.booking,
            kind="hold" if amount_more > 0 else "release",
            step=at.step,
            lines=lines,
            reason=hook.remark,
        )
        return now.adding(move, **{at.key: at.entry(Use.HOLD, amount, left=left + amount_more)})

    def _charges(self, at: _Place) -> int:
        """What the case has charged a holder's account and nobody has given back."""
        charged = (one for one in self.booked.values() if one["use"] == Use.CHARGE and int(one["amount"]))
        own = (one for one in charged if (one["account"], one["holder"]) == (at.name, at.holder))
        return sum(int(one["amount"]) for one in own if not self.undone(one["movement"]))

    def _released(self, at: _Place, amount: int | None, hook: Book) -> Bookings:
        holds = list(self.holds(at))
        there = sum(int(one["left"]) for _, one in holds)
        if amount is not None and amount > there:
            unit = at.account.unit
            raise _Unbookable(
                f"账户“{at.account.title('zh')}”只冻结了 {written(there, unit)} {unit}，"
                f"解冻不了 {written(amount, unit)} {unit}",
                f"only {written(there, unit)} {unit} of “{at.account.title('en')}” are held, "
                f"so {written(amount, unit)} cannot be released",
            )
        left, changed = there if amount is None else amount, dict[str, Any]()
        if not left:
            return self
        lines = (at.line(HELD, -left, 0), at.line(AVAILABLE, left, None))
        move = Movement(key=at.booking, kind="release", step=at.step, lines=lines, reason=hook.remark)
        for key, one in holds:
            part = min(left, int(one["left"]))
            left -= part
            changed[key] = {**one, "left": int(one["left"]) - part}
        return self.adding(move, **changed)

    def _asking(self, at: _Place, amount: int, credit: int, hook: Book) -> Bookings:
        if not amount or not credit:
            raise _Unbookable(
                "付款金额和入账数量都要大于 0", "the amount of a payment, and what it credits, are above 0"
            )
        own = at.line(AVAILABLE, credit, None)
        if at.account.unit == MONEY:
            lines: tuple[Posting, ...] = (own, at.counter(GATEWAY, -credit))
        else:
            lines = (own, at.counter(ISSUED, -credit), at.money(GATEWAY, -amount), at.money(INCOME, amount))
        asked = Asked(
            key=at.booking,
            step=at.step,
            round=at.round,
            account=at.name,
            holder=at.holder,
            amount=amount,
            minutes=hook.minutes,
            reason=hook.remark,
            lines=lines,
        )
        entry = at.entry(Use.PAY, amount)
        return replace(self, asked=(*self.asked, asked), booked={**self.booked, at.key: entry})

    def holds(self, at: _Place) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """What the case holds of a holder's account, the first step's first."""
        for key, one in self.booked.items():
            own = (one["account"], one["holder"]) == (at.name, at.holder)
            if one["use"] == Use.HOLD and own and int(one["left"]):
                yield key, one

    def adding(self, move: Movement | None, **booked: Mapping[str, Any]) -> Bookings:
        """The same after a movement, if any, and with what the case keeps by step and hook."""
        moves = () if move is None else (move,)
        return replace(self, movements=(*self.movements, *moves), booked={**self.booked, **booked})

    def _refused(self, zh: str, en: str) -> Bookings:
        return replace(self, wrong=self.wrong or (zh, en))


class _Unbookable(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something is booked: hook `at` of a step in a round, the account by its key in the hall, and whose it is."""

    step: str
    round: int
    at: int
    name: str
    holder: str
    account: Account

    @property
    def key(self) -> str:
        return f"{self.step}.{self.at}"

    @property
    def booking(self) -> str:
        return f"{self.step}.{self.round}.{self.at}"

    def entry(self, use: Use, amount: int, **more: int) -> dict[str, Any]:
        """What the case keeps of it."""
        names = {"account": self.name, "holder": self.holder, "unit": self.account.unit}
        return {"use": str(use), **names, "amount": amount, "movement": self.booking, **more}

    def line(self, part: str, amount: int, least: int | None) -> Posting:
        unit = self.account.unit
        return Posting(account=self.name, part=part, holder=self.holder, unit=unit, amount=amount, least=least)

    def counter(self, part: str, amount: int) -> Posting:
        return Posting(account=self.name, part=part, holder="", unit=self.account.unit, amount=amount)

    def money(self, part: str, amount: int) -> Posting:
        return Posting(account=self.name, part=part, holder="", unit=MONEY, amount=amount)


def _line(one: Mapping[str, Any], part: str, amount: int) -> Posting:
    holder = one["holder"] if part in (AVAILABLE, HELD) else ""
    return Posting(account=one["account"], part=part, holder=holder, unit=one["unit"], amount=amount)


def _between(one: Mapping[str, Any], to: str, source: str, amount: int) -> tuple[Posting, ...]:
    return (_line(one, source, -amount), _line(one, to, amount))


def _same(before: Mapping[str, Any], at: _Place, amount: int) -> bool:
    return (before["account"], before["holder"], int(before["amount"])) == (at.name, at.holder, amount)


def _holder(account: Account, environment: Environment) -> str:
    value = None if account.holder is None else evaluate(account.holder, environment)
    holder = "" if value is None or isinstance(value, ErrorValue | tuple) else to_text(value).strip()
    if not holder:
        name_zh, name_en = account.title("zh"), account.title("en")
        raise _Unbookable(f"不知道账户“{name_zh}”是谁的", f"nobody knows whose account “{name_en}” it is")
    return holder


def _amount(hook: Book, value: Expression, account: Account, environment: Environment) -> int:
    """An amount in smallest parts: of a payment in fen, else of the account."""
    money = hook.use is Use.PAY and value is hook.amount
    digits = MONEY_DIGITS if money else account.digits
    found = evaluate(value, environment)
    told = value.text.strip()
    if not isinstance(found, Decimal):
        raise _Unbookable(f"“{told}”算不出金额", f"“{told}” gives no amount")
    try:
        amount = smallest(found, digits)
    except TooMuch:
        raise _Unbookable(
            f"“{told}”是 {found}，太大：一笔最多 {most(digits):f}",
            f"“{told}” is {found}, which is too much: {most(digits):f} at most are booked at once",
        ) from None
    except ValueError:
        raise _Unbookable(
            f"“{told}”是 {found}，小数多于 {digits} 位，不能入账",
            f"“{told}” is {found}: an amount has {digits} decimals at most",
        ) from None
    if amount < 0:
        raise _Unbookable(f"“{told}”是 {found}，金额不能小于 0", f"“{told}” is {found}, below 0")
    return amount
