"""Faults of the sheet `accounts`, and of what steps do with accounts, that only show against the form and other services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from banshi.platform.people.directory import Directory
from banshi.platform.people.who_checks import check_who
from banshi.platform.routes.hooks import Book, Use
from banshi.platform.routes.model import Mode, Route
from banshi.platform.routes.tree import Tree
from banshi.platform.service.accounts import MONEY, Account
from banshi.platform.service.model import Service
from banshi.platform.sheets import account_faults as faults
from banshi.platform.workbook.columns import suggest
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression, Scope, check, kind_of_expression
from banshi.rules.values import Kind


def check_accounts(
    service: Service, scope: Scope, inside: Scope, services: Mapping[str, Service] | None, directory: Directory | None
) -> Iterator[Diagnostic]:
    """Everything that is wrong; `scope` is that of the form, `inside` that of the route's steps."""
    for account in service.accounts.values():
        if account.holder is not None:
            yield from check(account.holder, scope)
        yield from check_who(account.keepers, scope, directory)
        if account.of:
            yield from _of_another(service, account, services)
        for shared in sorted(account.shared) if services is not None else ():
            if services is not None and shared not in services:
                near = suggest(shared, services)
                yield faults.SHARED_WITH_NOBODY.at(account.at("shared"), service=shared, name=account.name, near=near)
    route = service.routing or Route(())
    tree = Tree(route) if len({step.id for step in route.steps}) == len(route.steps) else None
    for step in route.steps:
        for hook in step.hooks:
            if isinstance(hook, Book):
                yield from _hook(service, hook, inside)
                if hook.use is Use.PAY and not _waits(route, step.id):
                    yield faults.NOBODY_WAITS.at(hook.place, step=step.id)
                if hook.use is Use.RELEASE and tree is not None and not _held(route, tree, step.id, hook.account):
                    yield faults.NOTHING_HELD.at(hook.place, step=step.id, name=hook.account)


def _waits(route: Route, paying: str) -> bool:
    ids = [step.id for step in route.steps]
    return any(step.mode is Mode.CALLBACK for step in route.steps[ids.index(paying) + 1 :])


def _held(route: Route, tree: Tree, releasing: str, account: str) -> bool:
    """Whether a step holds some of an account before (or while) another one releases it."""
    return any(
        isinstance(hook, Book) and hook.use is Use.HOLD and hook.account == account
        for step in route.steps
        for hook in step.hooks
        if not tree.positions[releasing].before(tree.positions[step.id])
    )


def _hook(service: Service, hook: Book, scope: Scope) -> Iterator[Diagnostic]:
    account = service.accounts.get(hook.account)
    if account is None:
        near = suggest(hook.account, service.accounts)
        yield faults.UNKNOWN_ACCOUNT.at(hook.place, name=hook.account, near=near)
    elif hook.use is Use.PAY and account.unit != MONEY and hook.credit is None:
        yield faults.NO_CREDIT.at(hook.place, name=hook.account, unit=account.unit)
    for value in (hook.amount, hook.credit):
        if value is not None:
            yield from _number(value, scope)


def _number(value: Expression, scope: Scope) -> Iterator[Diagnostic]:
    found = list(check(value, scope))
    yield from found
    if not found and kind_of_expression(value, scope) not in (Kind.NUMBER, Kind.ANY):
        yield faults.NOT_A_NUMBER.at(value.place, text=value.text.strip())


def _of_another(service: Service, account: Account, services: Mapping[str, Service] | None) -> Iterator[Diagnostic]:
    if services is None:
        return
    other = services.get(account.of)
    theirs = other.accounts.get(account.name) if other else None
    if other is None or theirs is None or theirs.of:
        near = suggest(account.of, services)
        facts = {"service": account.of, "name": account.name}
        yield faults.NO_SUCH_SERVICE.at(account.at("of"), near="" if near == account.of else near, **facts)
    elif theirs.unit != account.unit:
        facts = {"service": account.of, "name": account.name, "unit": theirs.unit, "text": account.unit}
        yield faults.OTHER_UNIT.at(account.at("unit"), **facts)
    elif other.settings.owner != service.settings.owner and service.settings.id not in theirs.shared:
        own = service.settings.id
        facts = {"service": account.of, "name": account.name, "owner": other.settings.owner, "own": own}
        yield faults.OTHER_OFFICE.at(account.at("of"), **facts)
