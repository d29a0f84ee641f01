"""Who-expressions: who is asked, as `role:财务处.审核岗 + head(部门) - initiator`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from banshi.platform.people.directory import Directory, Person
from banshi.platform.people.faults import NOBODY_TO_REMOVE, NOT_AVAILABLE, UNKNOWN_WORD, UNREADABLE
from banshi.platform.workbook.columns import plain, suggest
from banshi.rules.diagnostics import NOWHERE, Diagnostic, Place
from banshi.rules.values import Value


class TermKind(StrEnum):
    """The ways to name people."""

    PERSON = "person"
    ROLE = "role"
    POST = "post"
    HEAD = "head"
    FIELD = "field"
    INITIATOR = "initiator"
    STEP = "step"


WORDS: Mapping[TermKind, tuple[str, ...]] = {
    TermKind.PERSON: ("person", "人", "人员"),
    TermKind.ROLE: ("role", "角色"),
    TermKind.POST: ("post", "岗位"),
    TermKind.HEAD: ("head", "部门负责人"),
    TermKind.FIELD: ("field", "字段"),
    TermKind.INITIATOR: ("initiator", "发起人", "申请人"),
    TermKind.STEP: ("step", "环节"),
}
# The standard knows these; this version answers them with a fault instead of asking the wrong people.
NOT_BUILT = (
    "chain",
    "逐级主管",
    "choose",
    "自选",
    "table",
    "表",
    "rota",
    "轮值",
    "least-busy",
    "最少待办",
    "random",
    "随机",
)
APPLICANTS_DEPARTMENT = ("申请部门", "申请人部门", "发起人部门", "applicant's department", "initiator's department")
EXAMPLES: Mapping[TermKind, str] = {
    TermKind.PERSON: "人:20180012 / person:20180012",
    TermKind.ROLE: "角色:财务处.审核岗 / role:财务处.审核岗",
    TermKind.POST: "岗位:安全负责人[实验室] / post:安全负责人[实验室]",
    TermKind.HEAD: "部门负责人(申请部门) / head(申请部门)",
    TermKind.FIELD: "字段:项目负责人 / field:项目负责人",
    TermKind.INITIATOR: "发起人 / initiator",
    TermKind.STEP: "环节 20 / step 20",
}

_KIND = {plain(word): kind for kind, words in WORDS.items() for word in words}
_NOT_BUILT = frozenset(plain(word) for word in NOT_BUILT)
# One character for one, so that places inside a cell stay right.
_HALF_WIDTH = str.maketrans("：（）＋－−–［］【】“”「」’．　＄｛｝", ':()+---[][]""""\'. ${}')
# What a term begins with, to tell `角色:院办-发起人` (two terms) from `person:2018-0012` (one).
_STARTS = re.compile(
    r"\s*(?:initiator|发起人|申请人)\s*(?=[-+]|$)|\s*(?:step|环节)\s*:?\s*\d|\s*\w+\s*[:(]",
    re.IGNORECASE,
)
_STEP = re.compile(r"(?:step|环节)\s*:?\s*\(?\s*([\w.]+?)\s*\)?\s*(?:办理人)?", re.IGNORECASE)
_TERM = re.compile(r"([^\s:(\[\"]+)\s*(?::\s*(.*)|\((.*)\))?", re.DOTALL)
_POST = re.compile(r"([^\[\]]+?)\s*(?:\[\s*(.+?)\s*\])?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Where a department or unit comes from: a field, a fixed name, or (both blank) the applicant's department."""

    field: str = ""
    literal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One way to name people. `name` is the id, role, post, field or step; `unit` belongs to `post` and `head`."""

    kind: TermKind
    name: str = ""
    unit: Unit | None = None
    minus: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A who-expression; without terms it names nobody (a step that the system does)."""

    terms: tuple[Term, ...] = ()
    text: str = ""
    place: Place = NOWHERE

    @property
    def only_initiator(self) -> bool:
        """Whether it is the person who sent the form and nobody else."""
        return len(self.terms) == 1 and self.names_initiator

    @property
    def names_initiator(self) -> bool:
        """Whether it asks for the initiator by that word."""
        return any(term.kind is TermKind.INITIATOR and not term.minus for term in self.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoContext:
    """What a who-expression is resolved against. `handlers` are the ids of those who handled a step, by step id."""

    directory: Directory
    initiator: Person
    names: Mapping[str, Value] = field(default_factory=dict)
    handlers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def parse_who(text: str, place: Place) -> tuple[Who | None, list[Diagnostic]]:
    """Read a who-expression; None when a part of it cannot be read."""
    source = re.sub("least-busy", "least_busy", text.translate(_HALF_WIDTH), flags=re.IGNORECASE)
    terms: list[Term] = []
    found: list[Diagnostic] = []
    for minus, start, end in _parts(source):
        term = _term(source[start:end].strip(), place.at(start, end), minus=minus)
        if isinstance(term, Diagnostic):
            found.append(term)
        elif minus and not terms and not found:
            found.append(NOBODY_TO_REMOVE.at(term.place, text=source[start:end].strip()))
        else:
            terms.append(term)
    if found:
        return None, found
    return Who(terms=tuple(terms), text=text, place=place), []


def resolve(who: Who, context: WhoContext) -> tuple[Person, ...]:
    """The people, each once, in the order in which the expression names them; read from left to right."""
    people: dict[str, Person] = {}
    for term in who.terms:
        for person in _people(term, context):
            if term.minus:
                people.pop(person.id, None)
            else:
                people.setdefault(person.id, person)
    return tuple(people.values())


def persons_of(value: Value, directory: Directory) -> Iterator[Person]:
    """The people whose ids a value holds: one id, or a list of ids such as a column of a repeat."""
    if isinstance(value, tuple):
        for item in value:
            yield from persons_of(item, directory)
    elif isinstance(value, str) and value.strip() in directory.people:
        yield directory.people[value.strip()]


def department_of(unit: Unit, context: WhoContext) -> str:
    """The department or unit that is meant. A field wins over a department of the same name; blank when unknown."""
    if unit.literal:
        return unit.literal
    if not unit.field:
        return context.initiator.department
    value = context.names.get(unit.field)
    if isinstance(value, str):
        return value.strip()
    if plain(unit.field) in map(plain, APPLICANTS_DEPARTMENT):
        return context.initiator.department
    return unit.field if unit.field in context.directory.departments else ""


def _people(term: Term, context: WhoContext) -> Iterable[Person]:
    directory = context.directory
    match term.kind:
        case TermKind.PERSON:
            return persons_of(term.name, directory)
        case TermKind.ROLE:
            return directory.holders(term.name)
        case TermKind.POST:
            post = term.name if term.unit is None else f"{term.name}[{department_of(term.unit, context)}]"
            return directory.in_post(post)
        case TermKind.HEAD:
            head = directory.head(department_of(term.unit or Unit(), context))
            return () if head is None else (head,)
        case TermKind.FIELD:
            return persons_of(context.names.get(term.name), directory)
        case TermKind.INITIATOR:
            return (context.initiator,)
        case TermKind.STEP:
            return persons_of(context.handlers.get(term.name, ()), directory)


def _parts(source: str) -> Iterator[tuple[bool, int, int]]:
    """The terms as (minus, start, end).

    A `+` or `-` joins only outside brackets and where a term follows: ids and field names may hold hyphens.
    """
    depth, start, minus, quoted = 0, 0, False, False
    for i, char in enumerate(source):
        quoted ^= char == '"'
        depth += (char in "([") - (char in ")]")
        if char not in "+-" or depth > 0 or quoted:
            continue
        spaced = source[i - 1 : i].isspace() or source[i + 1 : i + 2].isspace()
        if not (i == 0 or spaced or _STARTS.match(source, i + 1) or not source[i + 1 :].strip()):
            continue
        if source[start:i].strip() or start:
            yield minus, start, i
        start, minus = i + 1, char == "-"
    yield minus, start, len(source)


def _term(text: str, place: Place, *, minus: bool) -> Term | Diagnostic:
    step = _STEP.fullmatch(text)
    if step:
        return Term(kind=TermKind.STEP, name=step[1], minus=minus, place=place)
    shape = _TERM.fullmatch(text)
    word = shape[1] if shape else text
    kind = _KIND.get(plain(word))
    if kind is None:
        if plain(word) in _NOT_BUILT or plain(word.replace("_", "-")) in _NOT_BUILT:
            return NOT_AVAILABLE.at(place, word=word.replace("_", "-"))
        if not text:
            return UNREADABLE.at(place, text=text, example=EXAMPLES[TermKind.ROLE])
        near = suggest(word, (item for words in WORDS.values() for item in words))
        return UNKNOWN_WORD.at(place, word=word, near=near or EXAMPLES[TermKind.ROLE])
    argument = unicodedata.normalize("NFKC", (shape[2] or shape[3] or "").strip()) if shape else ""
    return _with_argument(kind, argument, text, place, minus=minus)


def _with_argument(kind: TermKind, argument: str, text: str, place: Place, *, minus: bool) -> Term | Diagnostic:
    wrong = UNREADABLE.at(place, text=text, example=EXAMPLES[kind])
    if kind is TermKind.INITIATOR:
        return wrong if argument else Term(kind=kind, minus=minus, place=place)
    if not argument or kind is TermKind.STEP:
        return wrong
    if kind is TermKind.HEAD:
        return Term(kind=kind, unit=_unit(argument), minus=minus, place=place)
    if kind is TermKind.POST:
        post = _POST.fullmatch(argument)
        if post is None:
            return wrong
        return Term(kind=kind, name=post[1], unit=_unit(post[2]) if post[2] else None, minus=minus, place=place)
    return Term(kind=kind, name=_bare(argument), minus=minus, place=place)


def _unit(text: str) -> Unit:
    if len(text) > 2 and text[0] == text[-1] and text[0] in "\"'":
        return Unit(literal=text[1:-1].strip())
    return Unit(field=_bare(text))


def _bare(name: str) -> str:
    """`${name}` and `name` are one."""
    return name[2:-1].strip() if name.startswith("${") and name.endswith("}") else name
