"""Faults of a route that only show against the form and the organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import groupby

from banshi.platform.people.directory import Directory
from banshi.platform.people.faults import ONLY_FIRST, UNKNOWN_PERSON
from banshi.platform.people.terms import Term, TermKind
from banshi.platform.people.who_checks import check_who
from banshi.platform.routes import faults
from banshi.platform.routes.model import Mode, Operation, Route, RouteStep
from banshi.platform.routes.tree import Tree
from banshi.platform.workbook.columns import suggest
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
    # Two steps may look into one data sheet.
    return list(dict.fromkeys(found))


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
        elif first.group and len(block.branches) == 1 and len(block.steps) > 1:
            steps = "、".join(step.id for step in block.steps)
            yield faults.LONE_BRANCH.at(block.steps[1].at("group"), group=first.group, steps=steps)


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


def _people(step: RouteStep, scope: Scope, directory: Directory | None) -> Iterator[Diagnostic]:
    for who in (step.who, *(copy.who for copy in step.copies)):
        yield from check_who(who, scope, directory)
    for term in step.who.terms:
        if step.mode is not Mode.WEIGHT and term.weight != 1:
            said = {"text": term.name or term.word(), "text_en": term.name or term.word("en")}
            yield faults.WEIGHTS_UNUSED.at(term.place, step=step.id, **said)
        if step.mode is Mode.ONE and _names_several(term):
            yield ONLY_FIRST.at(term.place, step=step.id, text=term.word(), text_en=term.word("en"))
    if Operation.BULK in step.operations and step.asks_more:
        yield faults.BULK_ASKS_MORE.at(step.at("ops"), step=step.id)


def _step(
    step: RouteStep, route: Route, scope: Scope, directory: Directory | None, fields: Collection[str]
) -> Iterator[Diagnostic]:
    if step.when is not None:
        yield from check(step.when, scope, Kind.BOOLEAN)
    yield from _people(step, scope, directory)
    yield from _steps_asked(step, route)
    for column, names in (("edit", step.edit), ("hide", step.hide), ("require", step.require)):
        for name in names:
            if name != "*" and name not in fields:
                yield faults.UNKNOWN_FORM_FIELD.at(
                    step.at(column), name=name, near=scope.ways(name) or suggest(name, fields)
                )
    if directory is not None and step.stand_in and step.stand_in not in directory.people:
        near = suggest(step.stand_in, directory.people)
        yield UNKNOWN_PERSON.at(step.at("empty"), name=step.stand_in, near=near)
    ids = {other.id for other in route.steps}
    for name in step.differ:
        if name != "initiator" and name not in ids and name not in scope.names:
            near = suggest(name, (*ids, *scope.names))
            yield faults.UNKNOWN_STEP.at(step.at("differ"), name=name, near=near)


def _steps_asked(step: RouteStep, route: Route) -> Iterator[Diagnostic]:
    """Steps whose people are asked, or get a copy, that are not there, or that nobody has done by then."""
    ids = [other.id for other in route.steps]
    positions = Tree(route).positions
    late = (entry.who for entry in step.overdue if entry.who is not None)
    for who in (step.who, *(copy.who for copy in step.copies), *late):
        for term in who.every_term:
            if term.kind is not TermKind.STEP:
                continue
            if term.name not in ids:
                facts = {"step": step.id, "other": term.name, "near": suggest(term.name, ids)}
                yield faults.NO_STEP_TO_ASK.at(term.place, **facts)
            elif who is step.who and not positions[term.name].before(positions[step.id]):
                yield faults.STEP_ASKED_LATER.at(term.place, step=step.id, other=term.name)


def _names_several(term: Term) -> bool:
    """Whether a term is there to name several people: in a step that asks one of them, that is seldom meant."""
    return not term.minus and (term.kind is TermKind.CHAIN or term.most > 1)
