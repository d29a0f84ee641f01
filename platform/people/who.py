"""Who-expressions: who is asked, as `role:财务处.审核岗 + head(部门) - initiator`.

Everything here is a pure function of the expression and its context, lots and the number of open tasks included, so
that what is foreseen is what happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256

from banshi.platform.people.directory import Directory, Person
from banshi.platform.people.rota import shift_of
from banshi.platform.people.sheets import dataset_of, people_column, persons_in, rows_of
from banshi.platform.people.terms import EXAMPLES, WORDS, Term, TermKind, Unit, Who, WhoContext
from banshi.platform.people.who_text import parse_who
from banshi.platform.workbook.columns import plain
from banshi.rules.values import Value

__all__ = [
    "APPLICANTS_DEPARTMENT",
    "EXAMPLES",
    "WORDS",
    "Lot",
    "Term",
    "TermKind",
    "Unit",
    "Who",
    "WhoContext",
    "candidates",
    "choosable",
    "department_of",
    "parse_who",
    "persons_of",
    "resolve",
    "undecided",
    "weights",
]

APPLICANTS_DEPARTMENT = ("申请部门", "申请人部门", "发起人部门", "applicant's department", "initiator's department")


@dataclass(frozen=True, slots=True)
class Lot:
    """People whom nobody knows before the case is sent: `least` to `most` of `of`, drawn (`random`) or chosen."""

    kind: TermKind
    least: int
    most: int
    of: int

    def text(self, language: str = "zh") -> str:
        """The lot for people."""
        span = str(self.least) if self.least == self.most else f"{self.least}–{self.most}"
        if self.kind is TermKind.CHOOSE:
            return (
                f"the applicant chooses {span} of {self.of}"
                if language == "en"
                else f"申请人从 {self.of} 人中选 {span} 人"
            )
        return f"{span} of {self.of}, drawn by lot" if language == "en" else f"从 {self.of} 人中随机抽取 {span} 人"


def resolve(who: Who, context: WhoContext) -> tuple[Person, ...]:
    """The people, each once, in the order in which the expression names them; read from left to right.

    Before the case is sent, lots are drawn and choices made for the sake of the preview only: `undecided` tells which.
    """
    return tuple(person for person, _ in _weighed(who, context).values())


def weights(who: Who, context: WhoContext) -> Mapping[str, Decimal]:
    """What the vote of each person counts, by id, in the order of `resolve`. Who is named twice keeps the larger."""
    return {person: weight for person, (_, weight) in _weighed(who, context).items()}


def _weighed(who: Who, context: WhoContext) -> dict[str, tuple[Person, Decimal]]:
    people: dict[str, tuple[Person, Decimal]] = {}
    for term, around in _each(who, context):
        for person in _people(term, around):
            if term.minus:
                people.pop(person.id, None)
            else:
                _, weight = people.get(person.id, (person, term.weight))
                people[person.id] = person, max(weight, term.weight)
    return people


def _each(who: Who, context: WhoContext) -> Iterator[tuple[Term, WhoContext]]:
    """The terms, each with its context: nobody is drawn only to be taken away by a later term."""
    for at, term in enumerate(who.terms):
        later = who.terms[at + 1 :] if term.among else ()
        removed = frozenset(person.id for other in later if other.minus for person in _people(other, context))
        yield term, replace(context, barred=context.barred | removed) if removed else context


def undecided(who: Who, context: WhoContext) -> tuple[Lot, ...]:
    """The lots that are not drawn and the choices that are not made yet; nothing once they are, or nobody is there."""
    lots = (lot for term, around in _each(who, context) if not term.minus for lot in _lots(term, around))
    return tuple(lot for lot in lots if lot.of)


def _lots(term: Term, context: WhoContext) -> Iterator[Lot]:
    if term.among is None or context.seed:
        return
    if term.kind is TermKind.CHOOSE and context.chosen:
        return
    if term.kind in (TermKind.RANDOM, TermKind.CHOOSE):
        of = len(candidates(term, context))
        yield Lot(term.kind, min(term.least, of), min(term.most, of), of)
    else:
        yield from undecided(term.among, context)


def choosable(who: Who, context: WhoContext) -> tuple[Person, ...]:
    """The people whom the initiator may choose from; nobody where she chooses none."""
    return next((candidates(term, around) for term, around in _each(who, context) if term is who.choice), ())


def candidates(term: Term, context: WhoContext) -> tuple[Person, ...]:
    """The people whom `least-busy`, `random` and `choose` take from, without those who are barred or avoided."""
    avoided = {department for unit in term.avoid for department in _departments(unit, context)}
    return tuple(
        person
        for person in resolve(term.among or Who(), context)
        if person.id not in context.barred and avoided.isdisjoint(context.directory.lineage(person.department))
    )


def persons_of(value: Value, directory: Directory) -> Iterator[Person]:
    """The people whose ids a value holds: one id, or a list of ids such as a column of a repeat."""
    if isinstance(value, tuple):
        for item in value:
            yield from persons_of(item, directory)
    elif isinstance(value, str) and value.strip() in directory.people:
        yield directory.people[value.strip()]


def department_of(unit: Unit, context: WhoContext) -> str:
    """The department or unit that is meant. A field wins over a department of the same name; blank when unknown.

    A field that names a person stands for her department.
    """
    if unit.literal:
        return unit.literal
    if not unit.field:
        return context.initiator.department
    value = context.names.get(unit.field)
    if isinstance(value, str):
        person = context.directory.people.get(value.strip())
        return person.department if person and value.strip() not in context.directory.departments else value.strip()
    if plain(unit.field) in map(plain, APPLICANTS_DEPARTMENT):
        return context.initiator.department
    return unit.field if unit.field in context.directory.departments else ""


def _post_unit(unit: Unit, context: WhoContext) -> str:
    """The same for a post, whose unit need not be a department: what is no field is the unit as it is written."""
    department = department_of(unit, context)
    return unit.field if not department and unit.field not in context.names else department


def _departments(unit: Unit, context: WhoContext) -> Iterator[str]:
    """The same for a field that may hold several."""
    value = context.names.get(unit.field) if unit.field else None
    for item in value if isinstance(value, tuple) else (None,):
        within = context if item is None else replace(context, names={unit.field: item})
        if department := department_of(unit, within):
            yield department


def _people(term: Term, context: WhoContext) -> Iterable[Person]:
    directory = context.directory
    match term.kind:
        case TermKind.PERSON:
            return persons_of(term.name, directory)
        case TermKind.ROLE:
            return directory.holders(term.name)
        case TermKind.POST:
            post = term.name if term.unit is None else f"{term.name}[{_post_unit(term.unit, context)}]"
            return directory.in_post(post)
        case TermKind.HEAD:
            head = directory.head(_higher(department_of(term.unit or Unit(), context), term.levels or 0, directory))
            return () if head is None else (head,)
        case TermKind.CHAIN:
            return _chain(term, context)
        case TermKind.FIELD:
            return persons_of(context.names.get(term.name), directory)
        case TermKind.INITIATOR:
            return (context.initiator,)
        case TermKind.STEP:
            return persons_of(context.handlers.get(term.name, ()), directory)
        case TermKind.TABLE | TermKind.ROTA:
            return _in_sheet(term, context)
        case TermKind.LEAST_BUSY:
            return _least_busy(term, context)
        case TermKind.RANDOM:
            return _drawn(term, context)
        case TermKind.CHOOSE:
            return _chosen(term, context)


def _higher(department: str, levels: int, directory: Directory) -> str:
    """The department some levels above; the highest where there are not so many."""
    line = directory.lineage(department)
    return line[min(levels, len(line) - 1)] if line else ""


def _chain(term: Term, context: WhoContext) -> Iterator[Person]:
    """The heads from a department upwards; where the top does not stand above it, as far as there are departments."""
    directory = context.directory
    line = directory.lineage(department_of(term.unit or Unit(), context))
    top = department_of(term.top, context) if term.top else ""
    end = line.index(top) if top in line else len(line) if term.levels is None else term.levels
    for department in line[: end + 1]:
        if (head := directory.people.get(directory.departments[department].head)) is not None:
            yield head


def _in_sheet(term: Term, context: WhoContext) -> Iterator[Person]:
    """The people of a table's rows, or of the rota's shifts that go on now."""
    dataset = dataset_of(term, context.datasets)
    column = people_column(term, dataset) if dataset else ""
    if dataset is None or not column:
        return
    moment = context.now.replace(tzinfo=None) if context.now else None
    # A night shift may have begun on the last day that a row is valid.
    around = replace(context, now=None) if term.kind is TermKind.ROTA else context
    for row in rows_of(term, dataset, around):
        if term.kind is TermKind.TABLE or (moment and shift_of(row, dataset)[0].on_duty(moment)):
            yield from persons_in(row[column], context)


def _least_busy(term: Term, context: WhoContext) -> Iterable[Person]:
    """Those with the fewest open tasks; of several with as many, the one with the first id."""
    count = context.open_tasks or (lambda _: 0)
    return sorted(candidates(term, context), key=lambda person: (count(person.id), person.id))[: term.least]


def _drawn(term: Term, context: WhoContext) -> Iterable[Person]:
    """People by lot: each gets a number from the seed and her id, and the lowest are taken.

    So everybody's chance is the same, anybody can draw again, and who leaves changes nothing for the others.
    """

    def number(person: Person) -> bytes:
        return sha256(f"{context.seed}\n{term.among.text if term.among else ''}\n{person.id}".encode()).digest()

    return sorted(candidates(term, context), key=number)[: term.least]


def _chosen(term: Term, context: WhoContext) -> Iterable[Person]:
    """Whom the initiator chose; before she has sent the case, as a stand-in, everybody whom she may choose."""
    if not context.seed and not context.chosen:
        return candidates(term, context)
    return persons_of(context.chosen, context.directory)
