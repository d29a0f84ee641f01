"""What the initiator chooses when she sends a form: from whom, how many, and whether a choice will do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from banshi.platform.people.directory import Person
from banshi.platform.people.terms import Term
from banshi.platform.workbook.columns import plain

_YES = frozenset({"是", "yes", "true", "y", "1"})


def is_of(person: Person, word: str) -> bool:
    """Whether a person is what a quota asks for: of that kind or department, or with an attribute that says so.

    An attribute says so when it reads the word, or when it is called by the word and reads yes.
    """
    said = plain(word)
    facts = (person.kind, person.department, *person.attributes.values())
    own = next((value for name, value in person.attributes.items() if plain(name) == said), "")
    return said in map(plain, facts) or plain(own) in _YES


def wrong_with(term: Term, among: Iterable[Person], chosen: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with a choice, each as a sentence in Chinese and in English; nothing where it will do."""
    people = {person.id: person for person in among}
    ids = list(chosen)
    for person, count in Counter(ids).items():
        if person not in people:
            yield f"“{person}”不在可选的人之内", f"“{person}” is not among those who may be chosen"
        elif count > 1:
            yield f"“{person}”选了两次", f"“{person}” is chosen twice"
    known = [people[person] for person in dict.fromkeys(ids) if person in people]
    if not term.least <= len(known) <= term.most:
        span = str(term.least) if term.least == term.most else f"{term.least}–{term.most}"
        yield f"应选 {span} 人，现在选了 {len(known)} 人", f"{span} people are to be chosen, and {len(known)} are"
    for quota in term.quotas:
        there = sum(is_of(person, quota.of) for person in known)
        if there < quota.least:
            zh = f"“{quota.of}”应至少选 {quota.least} 人，现在选了 {there} 人"
            yield zh, f"at least {quota.least} “{quota.of}” are to be chosen, and {there} are"
