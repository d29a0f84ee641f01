"""The balances that a form of a case is evaluated with: those of the store, apart from what the case itself has booked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

from banshi.platform.cases.case import Case, of_stored
from banshi.platform.forms.balances import Amounts, FormBalances
from banshi.platform.forms.index import index_of
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library
from banshi.platform.routes.hooks import Use
from banshi.platform.service.accounts import Account, smallest, written
from banshi.platform.service.model import Service
from banshi.storage.accounts import StoredBalance
from banshi.storage.contract import Store


def balances_for(
    store: Store, library: Library, service: Service, applicant: Person, now: datetime, case_id: str
) -> FormBalances | None:
    """The accounts of a service as an applicant sees them, in a case or before there is one.

    None where the form asks for none, and for a case that has ended: what it kept is what counted.
    """
    if not index_of(service).asks_accounts:
        return None
    stored = store.case(case_id) if case_id else None
    case = None if stored is None else of_stored(stored)
    if case is not None and case.closed:
        return None
    accounts = accounts_of(service, library)
    keys = {account.key(kept.settings.id): name for name, (kept, account) in accounts.items()}
    own = _own(store, case, keys) if case is not None else {}

    def amounts(name: str, holder: str) -> Amounts:
        account, row = accounts[name][1], _row(store, accounts[name], holder)
        held, charged = own.get((name, holder), (0, 0))

        def said(amount: int) -> Decimal:
            return Decimal(written(amount, account.unit))

        free = row.available + held + charged - account.least
        return Amounts(said(row.available + row.held + charged), said(free))

    return FormBalances(
        accounts=accounts,
        person=applicant,
        directory=library.directory,
        now=now,
        amounts=amounts,
        own=frozenset(own),
    )


def balance_of(store: Store, library: Library, service: Service) -> Callable[[str, str], Decimal | None]:
    """What gives the balance of a holder in an account of a service, for those who own it."""
    accounts = accounts_of(service, library)

    def has(name: str, holder: str) -> Decimal | None:
        if name not in accounts:
            return None
        row = _row(store, accounts[name], holder)
        return Decimal(written(row.available + row.held, accounts[name][1].unit))

    return has


def accounts_of(service: Service, library: Library) -> dict[str, tuple[Service, Account]]:
    """The accounts of a service by their names, each with the live service in whose sheet it stands."""
    found: dict[str, tuple[Service, Account]] = {}
    for name, account in service.accounts.items():
        kept, _ = library.live.get(account.of, (None, None)) if account.of else (service, None)
        theirs = kept.accounts.get(name) if kept is not None else None
        if kept is not None and theirs is not None and not theirs.of:
            found[name] = kept, theirs
    return found


def _row(store: Store, known: tuple[Service, Account], holder: str) -> StoredBalance:
    """What a holder has; what the sheet says where nothing was booked yet."""
    kept, account = known
    key = account.key(kept.settings.id)
    rows, _ = store.balances(key, [holder])
    begun = smallest(account.begins_with(holder), account.digits)
    return rows[0] if rows else StoredBalance(account=key, holder=holder, available=begun)


def _own(store: Store, case: Case, names: dict[str, str]) -> dict[tuple[str, str], tuple[int, int]]:
    """What a case holds, and what it has charged, by account and holder."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for key, holder, held, charged in _entries(store, case):
        if key in names:
            before = found.get((names[key], holder), (0, 0))
            found[names[key], holder] = before[0] + held, before[1] + charged
    return found


def _entries(store: Store, case: Case) -> Iterator[tuple[str, str, int, int]]:
    for one in case.booked.values():
        where = one["account"], one["holder"]
        if one["use"] == Use.HOLD:
            yield *where, int(one["left"]), 0
        elif one["use"] == Use.CHARGE:
            undone = store.reversal_of(f"{case.id}.{one['movement']}") is not None
            yield *where, 0, 0 if undone else int(one["amount"])
