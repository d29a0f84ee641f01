"""Faults of the sheet `passes` that only show against the form, the rules, the route and the organisation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from banshi.platform.forms.index import index_of
from banshi.platform.forms.rights import spread
from banshi.platform.people.directory import Directory
from banshi.platform.people.who_checks import check_who
from banshi.platform.routes.hooks import Give
from banshi.platform.service.masking import masks_of
from banshi.platform.service.model import Service
from banshi.platform.service.passes import Pass
from banshi.platform.sheets import pass_faults as faults
from banshi.platform.sheets.names import Names
from banshi.platform.workbook.columns import plain, suggest
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression, Scope
from banshi.rules.values import Kind

Check = Callable[[Expression | None, Scope, Kind], Iterator[Diagnostic]]


def check_passes(service: Service, names: Names, directory: Directory | None, check: Check) -> Iterator[Diagnostic]:
    """Everything that is wrong; `check` checks an expression."""
    scope = names.scope()
    for one in service.passes:
        yield from check(one.when, scope, Kind.BOOLEAN)
        for moment in (one.since, one.until):
            yield from check(moment, scope, Kind.ANY)
        if isinstance(one.places, Expression):
            yield from check(one.places, scope, Kind.ANY)
        yield from check_who(one.keeper, scope, directory)
        yield from _shows(service, one, names)
        yield from _steps(service, one, names)
        if service.routing is None:
            yield faults.NEVER_GIVEN.at(one.at("pass"), name=one.name)
        if one.until is None and not one.uses:
            yield faults.NO_END.at(one.at("pass"), name=one.name)
    known = {plain(one.name) for one in service.passes}
    for step in service.routing.steps if service.routing else ():
        for hook in step.hooks:
            if isinstance(hook, Give) and plain(hook.name) not in known:
                near = suggest(hook.name, (one.name for one in service.passes))
                yield faults.UNKNOWN_PASS.at(hook.place, name=hook.name, near=near)


def _shows(service: Service, one: Pass, names: Names) -> Iterator[Diagnostic]:
    masks, index = masks_of(service), index_of(service)
    for name in one.shows:
        found = names.find(name)
        if found is None or found.repeats or found.is_repeat:
            near = suggest(name, (known.name for known in names.all() if not known.repeats))
            yield faults.UNKNOWN_SHOWN.at(one.at("shows"), name=name, near=near)
        elif masks and any(map(masks.hides, {name, *index.questions(frozenset({name}))})):
            yield faults.SHOWS_MASKED.at(one.at("shows"), name=name)


def _steps(service: Service, one: Pass, names: Names) -> Iterator[Diagnostic]:
    route = {step.id: step for step in service.routing.steps} if service.routing else {}
    for column, step in (("on_in", one.on_in), ("on_out", one.on_out)):
        if step and step not in route:
            yield faults.NO_SUCH_STEP.at(one.at(column), step=step, near=suggest(step, route))
    for column, name in (("entered", one.entered), ("left", one.left)):
        found = names.find(name) if name else None
        if name and (found is None or found.repeats or found.kind is not Kind.DATETIME):
            moments = (known.name for known in names.all() if known.kind is Kind.DATETIME and not known.repeats)
            yield faults.NO_SUCH_FIELD.at(one.at(column), name=name, near=suggest(name, moments))
            continue
        if name and not masks_of(service).hides(name):
            yield faults.KEPT_FOR_EVER.at(one.at(column), name=name)
        done = route.get(one.on_out if column == "left" else one.on_in or one.on_out)
        if name and done is not None and name not in spread(service, done.edit):
            yield faults.NOT_EDITED.at(one.at(column), step=done.id, name=name)
    if not one.exits and (one.on_out or one.left):
        yield faults.NO_EXITS.at(one.at("exits"), name=one.name)
