"""Faults of a route that only show against the form and the organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import groupby

from banshi.platform.people.directory import Directory
from banshi.platform.people.faults import (
    ROLE_WITHOUT_HOLDER,
    UNKNOWN_DEPARTMENT,
    UNKNOWN_FIELD,
    UNKNOWN_PERSON,
    UNKNOWN_POST,
    UNKNOWN_ROLE,
)
from banshi.platform.people.who import APPLICANTS_DEPARTMENT, Term, TermKind, Who
from banshi.platform.routes import faults
from banshi.platform.routes.model import Operation, Route, RouteStep
from banshi.platform.routes.tree import Tree
from banshi.platform.workbook.columns import plain, suggest
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Scope, check
from banshi.rules.values import Kind

_BACK_WORDS = ("initiator", "previous", "any")


def check_route(
    route: Route, scope: Scope, directory: Directory | None, form_fields: Collection[str]
) -> list[Diagnostic]:
    """Everything that is wrong; without a directory, people and roles are not looked at."""
    found = list(_structure(route))
    if not found:
        found += _returns(route)
        found += _joins(route)
    for step in route.steps:
        found += _step(step, route, scope, directory, form_fields)
    deciding = [step for step in route.steps if step.mode.decides and not step.who.only_initiator]
    if deciding and all(step.when is not None for step in deciding):
        found.append(faults.NOBODY_DECIDES.at(deciding[0].place))
    return found


def _structure(route: Route) -> Iterator[Diagnostic]:
    counts = Counter(step.id for step in route.steps)
    seen: set[str] = set()
    for step in route.steps:
        if counts[step.id] > 1 and step.id in seen:
            yield faults.DUPLICATE_STEP.at(step.place, step=step.id)
        seen.add(step.id)
    closed: set[str] = set()
    for label, rows in groupby(route.steps, key=lambda step: step.group):
        steps = list(rows)
        if label and label in closed:
            yield faults.SPLIT_GROUP.at(steps[0].at("group"), group=label)
        if label and len({step.join for step in steps}) > 1:
            yield faults.MIXED_JOIN.at(steps[0].at("group"), group=label)
        closed.add(label)


def _joins(route: Route) -> Iterator[Diagnostic]:
    for block in Tree(route).blocks:
        first = block.steps[0]
        if first.join.isdigit() and int(first.join) > len(block.branches):
            where = first.at("group")
            yield faults.JOIN_TOO_HIGH.at(where, group=first.group, need=first.join, branches=len(block.branches))


def _returns(route: Route) -> Iterator[Diagnostic]:
    positions = Tree(route).positions
    for step in route.steps:
        here = positions[step.id]
        for target in step.back:
            if target in _BACK_WORDS:
                continue
            there = positions.get(target)
            if there is None or not (there.before(here) or there.beside(here)):
                yield faults.BAD_BACK.at(step.at("back"), step=step.id, target=target)
        for name in step.differ:
            if name in positions and positions[name].beside(here):
                yield faults.DIFFER_BESIDE.at(step.at("differ"), step=step.id, other=name)


def _step(
    step: RouteStep, route: Route, scope: Scope, directory: Directory | None, fields: Collection[str]
) -> Iterator[Diagnostic]:
    if step.when is not None:
        yield from check(step.when, scope, Kind.BOOLEAN)
    for who in (step.who, *(copy.who for copy in step.copies)):
        yield from check_who(who, scope, directory)
    if Operation.BULK in step.operations and step.asks_more:
        yield faults.BULK_ASKS_MORE.at(step.at("ops"), step=step.id)
    for column, names in (("edit", step.edit), ("hide", step.hide), ("require", step.require)):
        for name in names:
            if name != "*" and name not in fields:
                yield faults.UNKNOWN_FORM_FIELD.at(step.at(column), name=name, near=suggest(name, fields))
    for name in step.require:
        if name in step.hide:
            yield faults.REQUIRED_BUT_HIDDEN.at(step.at("require"), name=name, step=step.id)
        elif name not in step.edit and "*" not in step.edit and not step.who.only_initiator:
            yield faults.REQUIRED_BUT_READ_ONLY.at(step.at("require"), name=name, step=step.id)
    if directory is not None and step.stand_in and step.stand_in not in directory.people:
        near = suggest(step.stand_in, directory.people)
        yield UNKNOWN_PERSON.at(step.at("empty"), name=step.stand_in, near=near)
    ids = {other.id for other in route.steps}
    for name in step.differ:
        if name != "initiator" and name not in ids and name not in scope.names:
            near = suggest(name, (*ids, *scope.names))
            yield faults.UNKNOWN_STEP.at(step.at("differ"), name=name, near=near)


def check_who(who: Who | None, scope: Scope, directory: Directory | None) -> Iterator[Diagnostic]:
    """Names of people, roles, posts, departments and fields that are not there."""
    for term in who.terms if who is not None else ():
        yield from _term(term, scope, directory)


def _term(term: Term, scope: Scope, directory: Directory | None) -> Iterator[Diagnostic]:
    if term.kind is TermKind.FIELD and term.name not in scope.names:
        yield UNKNOWN_FIELD.at(term.place, name=term.name, near=suggest(term.name, scope.names))
    if directory is None:
        return
    if term.kind is TermKind.ROLE and term.name not in directory.roles():
        yield UNKNOWN_ROLE.at(term.place, name=term.name, near=suggest(term.name, directory.roles()))
    elif term.kind is TermKind.ROLE and not directory.holders(term.name):
        yield ROLE_WITHOUT_HOLDER.at(term.place, name=term.name)
    if term.kind is TermKind.PERSON and term.name not in directory.people:
        yield UNKNOWN_PERSON.at(term.place, name=term.name, near=suggest(term.name, directory.people))
    if term.kind is TermKind.POST:
        titles = {post.partition("[")[0] for person in directory.people.values() for post in person.posts}
        if term.name not in titles:
            yield UNKNOWN_POST.at(term.place, name=term.name, near=suggest(term.name, titles))
    if term.kind is TermKind.HEAD and term.unit is not None:
        yield from _unit(term, scope, directory)


def _unit(term: Term, scope: Scope, directory: Directory) -> Iterator[Diagnostic]:
    unit = term.unit
    name = unit.literal or unit.field if unit else ""
    known = name in directory.departments or (unit is not None and unit.field in scope.names)
    if name and not known and plain(name) not in map(plain, APPLICANTS_DEPARTMENT):
        near = suggest(name, (*directory.departments, *scope.names, *APPLICANTS_DEPARTMENT))
        yield UNKNOWN_DEPARTMENT.at(term.place, name=name, near=near)
