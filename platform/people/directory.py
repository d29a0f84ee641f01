"""The directory: people, departments, and the roles and posts that people hold."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile

SYSTEM = "system"
"""Who acts when nobody does."""
COMMAND_LINE = "command-line"
"""Who acts on the command line."""

SHORTEST_NAME = 2
"""Characters of a name below which nobody is looked up: people are found, never listed."""

MOST_FOUND = 20
"""People that one look-up gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a campus number.

    `roles` are `department.role` names such as `财务处.审核岗`, plus the platform's own `owner`, `auditor` and
    `administrator`; `posts` are `post[unit]` names such as `安全负责人[催化实验室]`.
    `demo` people are offered on the sign-in page with `demo_note`, what one can try as them.
    """

    id: str
    name: str
    english_name: str = ""
    department: str = ""
    kind: str = ""
    roles: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    attributes: Mapping[str, str] = field(default_factory=dict)
    demo: bool = False
    demo_note: str = ""

    def holds(self, role: str) -> bool:
        """Whether the person holds one of the platform's own roles; an administrator holds all of them."""
        return role in self.roles or "administrator" in self.roles

    def owns(self, department: str) -> bool:
        """Whether the person may change the services of a department: an owner in it, or an administrator."""
        return "administrator" in self.roles or ("owner" in self.roles and self.department == department)


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department by its name. `head` is a person's id, `parent` the name of the department above."""

    name: str
    head: str = ""
    parent: str = ""
    english_name: str = ""


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody and every department, by id and by name.

    `declared` are the roles that the organisation lists, whether somebody holds them today or not.
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    departments: Mapping[str, Department] = field(default_factory=dict)
    declared: frozenset[str] = frozenset()
    _said: tuple[tuple[str, str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort what people are called, once: a look-up of 40,000 people then costs two bisections."""
        said = ((name, person.id) for person in self.people.values() for name in _names_of(person))
        object.__setattr__(self, "_said", tuple(sorted(said)))

    def holders(self, role: str) -> tuple[Person, ...]:
        """The people who hold a role, in the order of their ids."""
        return tuple(person for _, person in sorted(self.people.items()) if role in person.roles)

    def in_post(self, post: str) -> tuple[Person, ...]:
        """The people in a post such as `安全负责人[催化实验室]`, in the order of their ids."""
        return tuple(person for _, person in sorted(self.people.items()) if post in person.posts)

    def roles(self) -> frozenset[str]:
        """Every role that the organisation lists or that somebody holds."""
        return self.declared | {role for person in self.people.values() for role in person.roles}

    def lineage(self, department: str) -> tuple[str, ...]:
        """A department and those above it, the nearest first; nothing for one that is not there."""
        line: dict[str, None] = {}
        while department in self.departments and department not in line:
            line[department] = None
            department = self.departments[department].parent
        return tuple(line)

    def head(self, department: str) -> Person | None:
        """The head of a department, or of the nearest department above that has one."""
        heads = (self.people.get(self.departments[name].head) for name in self.lineage(department))
        return next(filter(None, heads), None)

    def superior(self, person: Person) -> Person | None:
        """The head of the person's department; for the head herself, the next head above who is somebody else."""
        heads = (self.people.get(self.departments[name].head) for name in self.lineage(person.department))
        return next((head for head in heads if head is not None and head.id != person.id), None)

    def in_role(self, person: str, role: str) -> bool:
        """Whether the person with this id holds a role (the expression function `in-role`)."""
        return person in self.people and role in self.people[person].roles

    def department_head(self, department: str) -> str:
        """The id of a department's head, or an empty string (the expression function `department-head`)."""
        head = self.head(department)
        return "" if head is None else head.id

    def department_name(self, department: str, language: str = "zh") -> str:
        """How a department is called in a language; one that is not there keeps its name."""
        entry = self.departments.get(department)
        return entry.english_name if language == "en" and entry is not None and entry.english_name else department

    def name(self, person_id: str, language: str = "zh") -> str:
        """How a person is called in a language; somebody who is not there keeps the id."""
        if person_id == SYSTEM:
            return "System" if language == "en" else "系统"
        if person_id == COMMAND_LINE:
            return "Command line" if language == "en" else "命令行"
        person = self.people.get(person_id)
        if person is None:
            return person_id
        return (person.english_name or person.name) if language == "en" else person.name

    def label(self, person: Person, language: str = "zh") -> str:
        """A person for reading where names may be alike: name, department and campus number."""
        parts = (self.name(person.id, language), self.department_name(person.department, language), person.id)
        return " · ".join(part for part in parts if part)

    def numbered(self, said: str) -> Person | None:
        """The person with a campus number as another system writes it: blanks around it and capitals of A to Z do not matter.

        No more than that: a sign that only looks like another one is another one. Where capitals alone tell two people
        apart, only the exact number names one of them.
        """
        wanted = said.strip(" \t\r\n")
        if wanted in self.people:
            return self.people[wanted]
        alike = [person for number, person in self.people.items() if _uncapped(number) == _uncapped(wanted)]
        return alike[0] if len(alike) == 1 else None

    def find(self, said: str) -> list[Person]:
        """The people whose campus number `said` is, or whose name begins with it: whole names first, then by number.

        Below two characters nobody is found, and never more than twenty.
        """
        wanted = _plain(said)
        if len(wanted) < SHORTEST_NAME:
            return []
        following = map(self._said.__getitem__, range(bisect_left(self._said, (wanted,)), len(self._said)))
        within = takewhile(lambda entry: entry[0].startswith(wanted), following)
        ids = dict.fromkeys(person for name, person in within if name == wanted or _plain(person) != name)
        found = [self.people[person] for person in ids]
        return sorted(found, key=lambda person: (not is_called(person, said), person.id))[:MOST_FOUND]


def is_called(person: Person, said: str) -> bool:
    """Whether `said` is all of a person's name, or her campus number."""
    return _plain(said) in _names_of(person)


def _names_of(person: Person) -> tuple[str, ...]:
    """What a person may be called by, as it is compared: her names and her number, of which only the whole counts."""
    return tuple(_plain(name) for name in (person.name, person.english_name, person.id) if name)


def _uncapped(number: str) -> bytes:
    return number.encode(errors="surrogatepass").lower()  # of bytes, A to Z alone


def _plain(text: str) -> str:
    """A text as it is compared: full-width and capital letters do not matter, nor does the space around it."""
    return unicodedata.normalize("NFKC", text).casefold().strip()
