"""Faults of who-expressions that only show against the form, the data sheets and the organisation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from banshi.platform.people import faults
from banshi.platform.people.chosen import is_of
from banshi.platform.people.directory import Directory, Person
from banshi.platform.people.rota import Shift, shift_of, spans_of
from banshi.platform.people.sheets import dataset_of, key_columns, numbers_in, people_column
from banshi.platform.people.terms import Term, TermKind, Unit, Who, WhoContext
from banshi.platform.people.who import APPLICANTS_DEPARTMENT, candidates
from banshi.platform.people.who_text import TOP
from banshi.platform.workbook.columns import plain, suggest
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Scope

_FIXED = frozenset({TermKind.PERSON, TermKind.ROLE, TermKind.POST, TermKind.TABLE})
"""Terms that name the same people whoever applies, as long as no field is in them."""
_DAYS = (("周一", "Monday"), ("周二", "Tuesday"), ("周三", "Wednesday"), ("周四", "Thursday"),
         ("周五", "Friday"), ("周六", "Saturday"), ("周日", "Sunday"))  # fmt: skip


def check_who(who: Who | None, scope: Scope, directory: Directory | None) -> Iterator[Diagnostic]:
    """Names of people, roles, posts, departments, fields and data sheets that are not there; what sheets leave open."""
    for term in who.every_term if who is not None else ():
        yield from _term(term, scope, directory)


def check_applicants(who: Who | None, scope: Scope, directory: Directory | None) -> Iterator[Diagnostic]:
    """The same for those who may apply; what only a case can tell is nobody's there."""
    yield from check_who(who, scope, directory)
    for term in who.every_term if who is not None else ():
        if term.kind in (TermKind.STEP, TermKind.LEAST_BUSY, TermKind.RANDOM, TermKind.CHOOSE):
            yield faults.NOT_FOR_APPLICANTS.at(term.place, text=term.word(), text_en=term.word("en"))


def _term(term: Term, scope: Scope, directory: Directory | None) -> Iterator[Diagnostic]:
    if term.kind is TermKind.FIELD and scope.find(term.name) is None:
        yield faults.UNKNOWN_FIELD.at(term.place, name=term.name, near=suggest(term.name, scope.names))
    if term.kind in (TermKind.TABLE, TermKind.ROTA):
        yield from _sheet(term, scope, directory)
    if directory is None:
        return
    if term.kind is TermKind.ROLE and term.name not in directory.roles():
        yield faults.UNKNOWN_ROLE.at(term.place, name=term.name, near=suggest(term.name, directory.roles()))
    elif term.kind is TermKind.ROLE and not directory.holders(term.name):
        yield faults.ROLE_WITHOUT_HOLDER.at(term.place, name=term.name)
    if term.kind is TermKind.PERSON and term.name not in directory.people:
        yield faults.UNKNOWN_PERSON.at(term.place, name=term.name, near=suggest(term.name, directory.people))
    if term.kind is TermKind.POST:
        titles = {post.partition("[")[0] for person in directory.people.values() for post in person.posts}
        if term.name not in titles:
            yield faults.UNKNOWN_POST.at(term.place, name=term.name, near=suggest(term.name, titles))
        elif term.unit is not None:
            yield from _post_of(term, term.unit, scope, directory)
    units = (term.unit, term.top) if term.kind in (TermKind.HEAD, TermKind.CHAIN) else term.avoid
    for unit in units:
        yield from _unit(unit, term, scope, directory)
    if term.among is not None:
        yield from _numbers(term, scope, directory)


def _unit(unit: Unit | None, term: Term, scope: Scope, directory: Directory) -> Iterator[Diagnostic]:
    name = unit.literal or unit.field if unit else ""
    known = name in directory.departments or (unit is not None and scope.find(unit.field) is not None)
    if name and not known and plain(name) not in map(plain, APPLICANTS_DEPARTMENT):
        near = suggest(name, (*directory.departments, *scope.names, *APPLICANTS_DEPARTMENT, *TOP))
        yield faults.UNKNOWN_DEPARTMENT.at(term.place, name=name, near=near)


def _post_of(term: Term, unit: Unit, scope: Scope, directory: Directory) -> Iterator[Diagnostic]:
    """A unit in the brackets of a post that is neither a field nor a unit, or in which nobody has the post."""
    name = unit.literal or unit.field
    posts = [post.rstrip("]").partition("[") for person in directory.people.values() for post in person.posts]
    units = sorted({there for _, _, there in posts if there})
    own = plain(name) in map(plain, APPLICANTS_DEPARTMENT)
    if own or (unit.field and scope.find(unit.field) is not None):
        return
    if name not in units and name not in directory.departments:
        near = suggest(name, (*scope.names, *units, *directory.departments))
        yield faults.UNKNOWN_POST_UNIT.at(term.place, post=term.name, name=name, near=near)
    elif not directory.in_post(f"{term.name}[{name}]"):
        yield faults.POST_WITHOUT_HOLDER.at(term.place, name=f"{term.name}[{name}]")


def _numbers(term: Term, scope: Scope, directory: Directory) -> Iterator[Diagnostic]:
    """Whether there are as many people as are to be drawn or chosen, where that does not depend on the case."""
    terms = term.among.terms if term.among else ()
    if not terms or any(inner.kind not in _FIXED or inner.keys or inner.unit for inner in terms):
        return
    context = WhoContext(directory=directory, initiator=Person(id="", name=""), datasets=scope.datasets, now=scope.now)
    people = candidates(term, context)
    if not people:
        return  # the role or the sheet that nobody stands in has its own fault
    if len(people) < term.least:
        inside = f"({term.among.text if term.among else ''})"
        facts = {"text": term.word() + inside, "text_en": term.word("en") + inside}
        yield faults.TOO_FEW.at(term.place, **facts, wanted=term.least, there=len(people))
    for quota in term.quotas:
        there = sum(is_of(person, quota.of) for person in people)
        if there < quota.least:
            yield faults.NOBODY_IS.at(term.place, of=quota.of, wanted=quota.least, there=there)


def _sheet(term: Term, scope: Scope, directory: Directory | None) -> Iterator[Diagnostic]:
    for unit in term.keys:
        if unit.field and scope.find(unit.field) is None:
            yield faults.UNKNOWN_FIELD.at(term.place, name=unit.field, near=suggest(unit.field, scope.names))
    dataset = dataset_of(term, scope.datasets)
    if dataset is None:
        yield faults.UNKNOWN_SHEET.at(term.place, name=term.name, near=suggest(term.name, scope.datasets))
        return
    keys = key_columns(term, dataset)
    for unit, column in zip(term.keys, keys, strict=True):
        if not column:
            yield faults.NO_KEY_COLUMN.at(term.place, sheet=dataset.name, key=unit.field or unit.literal)
        else:
            yield from _missing(term, unit, column, dataset, scope)
    column = people_column(term, dataset)
    if not column:
        near = suggest(term.column, dataset.columns) if term.column else ""
        said = f" ({term.column})" if term.column else ""
        yield faults.NO_PEOPLE_COLUMN.at(term.place, sheet=dataset.name, column=said, near=near)
        return
    for row in dataset.rows if directory is not None else ():
        for number in numbers_in(row[column]):
            if directory is not None and number not in directory.people:
                yield faults.STRANGER.at(row[column].place, name=number, near=suggest(number, directory.people))
    if term.kind is TermKind.ROTA and all(keys):
        yield from _rota(term, keys, dataset, column, scope.now)


def _missing(term: Term, unit: Unit, column: str, dataset: Dataset, scope: Scope) -> Iterator[Diagnostic]:
    """Choices of a field, or the fixed group, that no row of the sheet has."""
    name = scope.find(unit.field) if unit.field else None
    wanted = [unit.literal] if unit.literal else sorted(name.choices or ()) if name is not None else []
    there = {row[column].text for row in dataset.rows}
    if missing := [key for key in wanted if key not in there]:
        keys = "、".join(missing)
        yield faults.MISSING_KEYS.at(term.place, sheet=dataset.name, field=unit.field or column, keys=keys)


def _rota(
    term: Term, keys: tuple[str, ...], dataset: Dataset, column: str, now: datetime | None
) -> Iterator[Diagnostic]:
    """Cells that cannot be read; for each group, when nobody or more than one row is on duty."""
    groups: dict[tuple[str, ...], list[Shift]] = {}
    for row in dataset.rows:
        shift, wrong = shift_of(row, dataset)
        yield from (faults.BAD_ROTA.at(cell.place, text=cell.text) for cell in wrong)
        values = tuple(row[key].text for key in keys)
        if all(not unit.literal or unit.literal == value for unit, value in zip(term.keys, values, strict=True)):
            groups.setdefault(values, []).append(shift)
    for values, shifts in groups.items():
        yield from _spans(term, dataset, "、".join(values), shifts, column, now)


def _spans(
    term: Term, dataset: Dataset, group: str, shifts: list[Shift], column: str, now: datetime | None
) -> Iterator[Diagnostic]:
    spans = spans_of(shifts)
    about = {
        "sheet": dataset.name,
        "group": f"（{group}）" if group else "",
        "group_en": f" ({group})" if group else "",
    }
    lasts = [shift.last for shift in shifts]
    last = max((day for day in lasts if day), default=None)
    if now is not None and last is not None and None not in lasts and last < now.date():
        yield faults.ROTA_OVER.at(term.place, **about, until=_day(last), until_en=_day(last))
    if spans.gaps:
        (since, until), *_ = spans.gaps
        facts = _moments(spans.weekly, since=since, until=until)
        yield faults.ROTA_GAP.at(term.place, **about, **facts, count=len(spans.gaps))
    for first, second, when in spans.overlaps:
        facts = _moments(spans.weekly, since=when)
        yield faults.ROTA_OVERLAP.at(second.row[column].place, first=first.row[column].place, **facts)


def _day(day: date) -> str:
    return f" {day.isoformat()}"


def _moments(weekly: bool, **moments: datetime) -> dict[str, str]:
    """Moments in both languages: of a rota without dates, the day of the week."""
    found: dict[str, str] = {}
    for name, moment in moments.items():
        zh, en = _DAYS[moment.weekday()] if weekly else (f" {moment:%Y-%m-%d}", f"{moment:%Y-%m-%d}")
        found |= {name: f"{zh} {moment:%H:%M} ".replace("  ", " "), f"{name}_en": f"{en} {moment:%H:%M}"}
    return found
