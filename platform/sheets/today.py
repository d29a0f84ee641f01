"""Whom a who-expression names today, where that does not depend on the case."""

from __future__ import annotations

from banshi.platform.people.directory import Directory, Person
from banshi.platform.people.terms import TermKind, Who, WhoContext
from banshi.platform.people.who import resolve

_FIXED = frozenset({TermKind.PERSON, TermKind.ROLE})


def today(who: Who, directory: Directory | None) -> tuple[Person, ...]:
    """The people of persons and roles; nobody where there is anything else in it, or no directory."""
    if directory is None or not all(term.kind in _FIXED for term in who.terms):
        return ()
    return resolve(who, WhoContext(directory=directory, initiator=Person(id="", name="")))
