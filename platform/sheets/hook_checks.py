"""Faults of the `do` column and of steps that wait, which only show against the form and the other services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from banshi.platform.forms.targets import left_out, targets_of, wrong_target
from banshi.platform.people.directory import Directory
from banshi.platform.people.who_checks import check_who
from banshi.platform.routes import faults
from banshi.platform.routes.hooks import OPENED, Fill, Number, Open, Push, Tally, opened_names
from banshi.platform.routes.model import Mode, Route, RouteStep
from banshi.platform.routes.tree import Tree
from banshi.platform.service.model import Field, Repeat, Service
from banshi.platform.sheets.names import Names
from banshi.platform.workbook.columns import suggest
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression, Name, Scope, check, kind_of_expression
from banshi.rules.expressions.convert import KINDS
from banshi.rules.values import Kind

Services = Mapping[str, Service]


def route_scope(scope: Scope, route: Route) -> Scope:
    """The scope of what a route reads: where steps open cases, also how those stand.

    Where a step waits for cases that none opens, that is told at the step, and not of every name that reads them.
    """
    waits = any(step.mode is Mode.WAIT for step in route.steps)
    openers = [step.id for step in route.steps if step.opens] or [step.id for step in route.steps if waits]
    if not openers:
        return scope
    count = Name(Kind.NUMBER, whole=True, bounds=((Decimal(0), 0), None))
    return scope.with_names(dict.fromkeys(opened_names(dict.fromkeys(openers, Tally())), count))


def check_hooks(
    service: Service, names: Names, directory: Directory | None, services: Services | None
) -> Iterator[Diagnostic]:
    """Everything that is wrong; without the other services, what is opened is not looked at."""
    route = service.routing
    if route is None:
        return
    own = _HookChecks(service, names, directory, services)
    for step in route.steps:
        for hook in step.hooks:
            if isinstance(hook, Open):
                yield from own.open(hook)
            elif isinstance(hook, Fill | Number):
                yield from own.put(hook, step)
            elif isinstance(hook, Push) and hook.chosen is not None:
                yield from check(hook.chosen, own.scope(()), Kind.TEXT)
    if len({step.id for step in route.steps}) == len(route.steps):
        yield from _waits(route)


def _waits(route: Route) -> Iterator[Diagnostic]:
    tree = Tree(route)
    openers = [step for step in route.steps if step.opens]
    for step in route.steps:
        if step.mode is Mode.WAIT and not tree.nearest(step.id, lambda earlier: earlier.opens):
            yield faults.NOTHING_TO_WAIT_FOR.at(step.at("mode"), step=step.id)
        for opener in openers:
            read = step.when is not None and any(
                name.startswith(f"{first}.{opener.id}.") for name in step.when.names for first in OPENED
            )
            if read and not tree.positions[opener.id].before(tree.positions[step.id]):
                yield faults.HOOK_NEVER_PASSED.at(step.at("when"), step=step.id, opener=opener.id)


class _HookChecks:
    """The checks of one service's hooks."""

    def __init__(self, service: Service, names: Names, directory: Directory | None, services: Services | None) -> None:
        self._service = service
        self._names = names
        self._directory = directory
        self._services = services

    def put(self, hook: Fill | Number, step: RouteStep) -> Iterator[Diagnostic]:
        """A value or a number that is put into a field of the form."""
        known = targets_of(self._service)
        item, repeats = known.get(hook.field, (None, ()))
        if item is None:
            yield faults.UNKNOWN_FORM_FIELD.at(hook.place, name=hook.field, near=suggest(hook.field, known))
        elif not isinstance(item, Field) or repeats or item.calculation is not None or item.type in ("file", "image"):
            why = "它在明细里，或由表单自己计算，或是附件", "it stands in a repeat, is computed, or is a file"
            yield faults.TARGET_NOT_FILLED_IN.at(hook.place, name=hook.field, why=why[0], why_en=why[1])
        elif isinstance(hook, Fill):
            yield from self._value(hook.value, self.scope(()), item, hook.field)
        else:
            if item.kind not in (Kind.TEXT, Kind.ANY):
                yield _kinds(hook, hook.field, item.kind, Kind.TEXT)
            if wrong_target(self._service, hook.field) is None and not step.who.only_initiator:
                yield faults.TYPED_BY_OTHERS.at(hook.place, name=hook.field)
        if isinstance(hook, Fill) and item is None:
            yield from check(hook.value, self.scope(()))

    def open(self, hook: Open) -> Iterator[Diagnostic]:
        """A case that is opened: of which service, from which rows, with which fields, in whose name."""
        items = self._service.survey.walk() if self._service.survey else ()
        rows = [item.name for item, repeats in items if isinstance(item, Repeat) and not repeats]
        if hook.each and hook.each not in rows:
            yield faults.UNKNOWN_ROWS.at(hook.place, name=hook.each, near=suggest(hook.each, rows))
        inside = (hook.each,) if hook.each in rows else ()
        scope = self.scope(inside)
        yield from check_who(hook.applicant, scope, self._directory)
        for _, value in hook.fields:
            for name in sorted(value.names):
                found = self._names.find(name)
                if inside and found is not None and len(found.repeats) > 1 and found.repeats[0] == hook.each:
                    yield faults.NESTED_ROWS.at(value.place, name=name)
        other = self._other(hook)
        if isinstance(other, Diagnostic):
            yield other
            other = None
        yield from self._fields(hook, scope, other)

    def scope(self, repeats: tuple[str, ...]) -> Scope:
        return route_scope(self._names.scope(repeats), self._service.routing or Route(()))

    def _other(self, hook: Open) -> Service | Diagnostic | None:
        """The service that is opened, or what is wrong with it; None where nobody knows the others."""
        own = self._service.settings.id
        if hook.service == own:
            return faults.OPEN_CIRCLE.at(hook.place, path=f"{own} → {own}")
        if self._services is None:
            return None
        other = self._services.get(hook.service)
        if other is None or other.survey is None:
            titles = {service.settings.title.get(): id_ for id_, service in self._services.items()}
            near = titles.get(hook.service) or suggest(hook.service, self._services)
            return faults.UNKNOWN_SERVICE.at(hook.place, name=hook.service, near=near)
        path = _path(hook.service, own, self._services, (own,))
        return faults.OPEN_CIRCLE.at(hook.place, path=" → ".join(path)) if path else other

    def _fields(self, hook: Open, scope: Scope, other: Service | None) -> Iterator[Diagnostic]:
        known = targets_of(other) if other else {}
        for name, value in hook.fields:
            item = known[name][0] if name in known else None
            if other is not None and item is None:
                near = suggest(name, known)
                yield faults.UNKNOWN_TARGET.at(value.place, service=hook.service, name=name, near=near)
            elif other is not None and (why := wrong_target(other, name)) is not None:
                yield faults.TARGET_NOT_FILLED_IN.at(value.place, name=name, why=why[0], why_en=why[1])
                item = None
            yield from self._value(value, scope, item if isinstance(item, Field) else None, name)
        if other is None:
            return
        if names := [*left_out(other, frozenset(name for name, _ in hook.fields))]:
            yield faults.LEFT_OUT.at(hook.place, service=hook.service, names="、".join(names))
        if other.routing is not None and any(step.who.choice for step in other.routing.steps):
            yield faults.CHOSEN_PEOPLE.at(hook.place, service=hook.service)

    def _value(self, value: Expression, scope: Scope, item: Field | None, name: str) -> Iterator[Diagnostic]:
        found = check(value, scope)
        yield from found
        if item is None or found:
            return
        given = kind_of_expression(value, scope)
        fits = given in (item.kind, Kind.ANY) or item.kind is Kind.ANY or (item.kind, given) == (Kind.TEXT, Kind.NUMBER)
        if not fits:
            yield faults.TARGET_KIND.at(
                value.place,
                name=name,
                wanted=KINDS[item.kind][0],
                wanted_en=KINDS[item.kind][1],
                given=KINDS[given][0],
                given_en=KINDS[given][1],
            )


def _kinds(hook: Number, name: str, wanted: Kind, given: Kind) -> Diagnostic:
    texts = {"wanted": KINDS[wanted][0], "wanted_en": KINDS[wanted][1], "given": KINDS[given][0]}
    return faults.TARGET_KIND.at(hook.place, name=name, **texts, given_en=KINDS[given][1])


def _path(service_id: str, goal: str, services: Services, passed: tuple[str, ...]) -> tuple[str, ...]:
    """A way on which services open one another from one to the goal; empty where there is none."""
    if service_id == goal:
        return (*passed, goal)
    if service_id in passed or service_id not in services:
        return ()
    route = services[service_id].routing
    opened = {hook.service for step in (route.steps if route else ()) for hook in step.hooks if isinstance(hook, Open)}
    ways = (_path(other, goal, services, (*passed, service_id)) for other in sorted(opened))
    return next(filter(None, ways), ())
