"""Whose accounts are whose: which holders are a person's, who looks after an account, whose balance somebody may see."""

from __future__ import annotations

from datetime import datetime

from banshi.platform.forms.applicant import applicant_values
from banshi.platform.people.directory import Directory, Person
from banshi.platform.people.who import WhoContext, resolve
from banshi.platform.service.accounts import Account, Holder
from banshi.platform.service.model import Service
from banshi.rules.expressions import Environment, evaluate
from banshi.rules.expressions.convert import to_text
from banshi.rules.values import ErrorValue


def held_by(service: Service, account: Account, person: Person, directory: Directory, now: datetime) -> set[str]:
    """The holders of an account that are the person, or hers by the directory or the data sheet of members.

    `service` is the one in whose sheet the account stands.
    """
    if account.members is not None:
        members = account.members
        rows = service.datasets[members.dataset].rows
        return {row[members.holder].text for row in rows if row[members.person].text == person.id} - {""}
    if account.kind is Holder.PERSON:
        return {person.id}
    if account.kind is Holder.DEPARTMENT:
        return {name for name, one in directory.departments.items() if one.head == person.id}
    # A room is hers where the directory says of her all that names it.
    names = account.holder.names if account.holder else frozenset[str]()
    if account.holder is None or not names or not all(person.attributes.get(_last(name)) for name in names):
        return set()
    values = {**applicant_values(person), **{name: person.attributes[_last(name)] for name in names}}
    found = evaluate(account.holder, Environment(values, service.datasets, now=now))
    return set() if found is None or isinstance(found, ErrorValue | tuple) else {to_text(found)}


def looks_after(service: Service, account: Account, person: Person, directory: Directory, now: datetime) -> bool:
    """Whether a person looks after an account: the owners of its service, and its keepers."""
    if person.owns(service.settings.owner):
        return True
    if account.keepers is None:
        return False
    context = WhoContext(directory=directory, initiator=person, datasets=service.datasets, now=now)
    return person.id in {one.id for one in resolve(account.keepers, context)}


def may_see(
    service: Service, account: Account, holder: str, person: Person, directory: Directory, now: datetime
) -> bool:
    """Whether a person may see what a holder has: her own, those that she looks after, and auditors all."""
    mine = (service, account, person, directory, now)
    return holder in held_by(*mine) or person.holds("auditor") or looks_after(*mine)


def holder_name(service: Service, account: Account, holder: str, directory: Directory, language: str = "zh") -> str:
    """How people know a holder: a person by her name, others as the data sheet of members calls them."""
    if account.kind is Holder.PERSON:
        return directory.name(holder, language)
    if account.kind is Holder.DEPARTMENT:
        return directory.department_name(holder, language)
    members = account.members
    if members is None or not members.name:
        return holder
    rows = service.datasets[members.dataset].rows
    called = next((row[members.name].text for row in rows if row[members.holder].text == holder), "")
    return f"{holder} {called}".strip()


def _last(name: str) -> str:
    """The attribute of a person that a name speaks of: `申请人.房间` and `房间` are both 房间."""
    return name.rpartition(".")[2]
