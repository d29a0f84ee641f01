"""The balances of an example: what the sheet of accounts begins with, or what a column `balance.<account>` of its row says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from banshi.platform.forms.balances import Amounts, FormBalances
from banshi.platform.forms.index import index_of
from banshi.platform.people.directory import Directory, Person
from banshi.platform.service.accounts import Account, most
from banshi.platform.service.model import Example, Service
from banshi.platform.sheets import account_faults as faults
from banshi.platform.sheets.accounts_sheet import read_amount
from banshi.platform.workbook.columns import suggest
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic

_COLUMN = re.compile(r"\s*(?:balance|余额)\s*[.．。]\s*(\S.*?)\s*", re.IGNORECASE | re.DOTALL)


def balance_column(cell: Cell, accounts: Mapping[str, Account], found: list[Diagnostic]) -> str | None:
    """The account of a column `balance.<account>`: blank for one that is unknown, None for a column of another kind."""
    shape = _COLUMN.fullmatch(cell.text)
    if shape is None or not accounts:
        return None
    if shape[1] in accounts:
        return shape[1]
    found.append(faults.UNKNOWN_ACCOUNT.at(cell.place, name=shape[1], near=suggest(shape[1], accounts)))
    return ""


def balances_in(
    columns: Mapping[int, str], cells: Mapping[int, Cell], accounts: Mapping[str, Account], found: list[Diagnostic]
) -> dict[str, Decimal]:
    """What a row of the examples says of balances, by account; `columns` are the accounts by the index of their column."""
    said: dict[str, Decimal] = {}
    for index, name in columns.items():
        if index not in cells:
            continue
        cell, digits = cells[index], accounts[name].digits
        value = read_amount(cell.text, digits)
        if value is None:
            found.append(faults.BAD_NUMBER.at(cell.place, text=cell.text, digits=digits, most=f"{most(digits):f}"))
        else:
            said[name] = value
    return said


def balances_of_example(
    service: Service, example: Example, person: Person, directory: Directory, now: datetime
) -> FormBalances | None:
    """What the form of an example knows of accounts. An example stands on its workbook alone: of another service's account
    it knows what its row says, and anybody may charge it.
    """
    if not index_of(service).asks_accounts:
        return None

    def amounts(name: str, holder: str) -> Amounts | None:
        account = service.accounts[name]
        has = example.balances.get(name)
        if has is None and not account.of:
            has = account.begins_with(holder)
        return None if has is None else Amounts(has, has + account.floor)

    return FormBalances(
        accounts={name: (service, account) for name, account in service.accounts.items()},
        person=person,
        directory=directory,
        now=now,
        amounts=amounts,
        open=frozenset(name for name, account in service.accounts.items() if account.of),
    )
