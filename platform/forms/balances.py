"""What a form knows of accounts while it is evaluated: balances that its applicant may see, holders whom she may charge.

Where the amounts come from is the caller's: a store with what the case has booked itself, or the sheet of accounts for
an example.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from banshi.platform.forms.holding import held_by, holder_name, may_see
from banshi.platform.people.directory import Directory, Person
from banshi.platform.service.accounts import Account, unit_text
from banshi.platform.service.model import Choice, Service, Texts

_LANGUAGES = ("zh", "en")
_OFFERED = {"zh": "{name} · 可用 {amount} {unit}", "en": "{name} · {amount} {unit} available"}


class Amounts(NamedTuple):
    """What a holder has in an account, and what of it may be spent, in the unit of the account."""

    balance: Decimal
    available: Decimal


@dataclass(frozen=True, kw_only=True)
class FormBalances:
    """See the module; a `BalancesView` of one applicant at one moment.

    `accounts` are by their names in the workbook, each with the service in whose sheet it stands; `amounts` gives those of
    an account and a holder, None where nobody knows them. `own` are the accounts with the holders in which the case itself
    has booked: these stay hers to see and to charge. Of the `open` ones nobody knows here whose they are.
    """

    accounts: Mapping[str, tuple[Service, Account]]
    person: Person
    directory: Directory
    now: datetime
    amounts: Callable[[str, str], Amounts | None]
    own: Collection[tuple[str, str]] = ()
    open: Collection[str] = ()
    _known: dict[tuple[str, str], Amounts | None] = field(default_factory=dict, repr=False)

    def balance(self, account: str, holder: str) -> Decimal | None:
        """What a holder has, what is held included; None where the applicant may not see it."""
        found = self._seen(account, holder)
        return None if found is None else found.balance

    def available(self, account: str, holder: str) -> Decimal | None:
        """What a holder may still spend; None where the applicant may not see it."""
        found = self._seen(account, holder)
        return None if found is None else found.available

    def offered(self, account: str) -> list[Choice]:
        """The holders whom the applicant may charge, each with what it may still spend; none for an unknown account."""
        return [replace(one, label=self._with_amount(account, one)) for one in self.holders(account)]

    def holders(self, account: str) -> list[Choice]:
        """The same, each only as people know it."""
        known = self.accounts.get(account)
        if known is None:
            return []
        mine = held_by(*known, self.person, self.directory, self.now)
        mine |= {holder for name, holder in self.own if name == account}
        named = {holder: [(code, self.name(account, holder, code)) for code in _LANGUAGES] for holder in sorted(mine)}
        return [Choice(name=holder, label=Texts(tuple(names))) for holder, names in named.items()]

    def name(self, account: str, holder: str, language: str) -> str:
        """How people know a holder; the holder as it was written where the applicant may not see it."""
        if self._seen(account, holder) is None:
            return holder
        return holder_name(*self.accounts[account], holder, self.directory, language)

    def _with_amount(self, account: str, holder: Choice) -> Texts:
        amounts, unit = self._seen(account, holder.name), self.accounts[account][1].unit
        if amounts is None:
            return holder.label
        said = []
        for code in _LANGUAGES:
            facts = {"name": holder.label.get(code), "unit": unit_text(unit, code)}
            said.append((code, _OFFERED[code].format(amount=f"{amounts.available:,f}", **facts)))
        return Texts(tuple(said))

    def _seen(self, account: str, holder: str) -> Amounts | None:
        """What there is; None where the applicant may not see it, or nobody knows the account."""
        key = (account, holder)
        if key not in self._known:
            known = self.accounts.get(account)
            seen = known is not None and (
                key in self.own
                or account in self.open
                or may_see(*known, holder, self.person, self.directory, self.now)
            )
            self._known[key] = self.amounts(account, holder) if seen else None
        return self._known[key]
