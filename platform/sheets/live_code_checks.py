"""Faults of the sheet `codes` and of the setting `code_of` that only show against the form, the route and the other services."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from banshi.platform.forms.index import index_of
from banshi.platform.forms.targets import targets_of, wrong_target
from banshi.platform.routes.tree import Tree
from banshi.platform.service.live_codes import LiveCode
from banshi.platform.service.masking import masks_of
from banshi.platform.service.model import Field, Repeat, Service
from banshi.platform.service.notices import CASE_NAMES
from banshi.platform.sheets import live_code_faults as faults
from banshi.platform.sheets.names import Names
from banshi.platform.workbook.columns import suggest
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression, Name, Scope, fold_name
from banshi.rules.values import Kind

Check = Callable[[Expression | None, Scope, Kind], Iterator[Diagnostic]]
Services = Mapping[str, Service]


def check_codes(service: Service, names: Names, services: Services | None, check: Check) -> Iterator[Diagnostic]:
    """Everything that is wrong; `check` checks an expression. Without the other services, what is opened is not looked at."""
    scope = names.scope().with_names({word: Name(Kind.TEXT) for word in CASE_NAMES["number"]})
    for one in service.codes:
        yield from check(one.when, scope, Kind.BOOLEAN)
        for _, value in one.fields:
            yield from check(value, scope, Kind.ANY)
        yield from _step(service, one)
        yield from _shows(service, one)
        if one.opens == service.settings.id:
            yield faults.OWN_FORM.at(one.at("opens"))
        elif services is not None:
            yield from _opens(service, one, services)
    if services is not None:
        yield from _demanded(service, services)


def _step(service: Service, one: LiveCode) -> Iterator[Diagnostic]:
    steps = {step.id: step for step in service.routing.steps} if service.routing else {}
    step = steps.get(one.step)
    if step is None:
        yield faults.NO_SUCH_STEP.at(one.at("step"), step=one.step, near=suggest(one.step, steps))
    elif not step.mode.asks:
        yield faults.NOBODY_SHOWS.at(one.at("step"), step=one.step)
    elif service.routing is not None and step in Tree(service.routing).leading:
        yield faults.DONE_BY_SENDING.at(one.at("step"), step=one.step)


def _shows(service: Service, one: LiveCode) -> Iterator[Diagnostic]:
    walked = list(service.survey.walk()) if service.survey else []
    known = {
        fold_name(item.name): item
        for item, around in walked
        if not around and (isinstance(item, Repeat) or (isinstance(item, Field) and item.type != "note"))
    }
    masks, index = masks_of(service), index_of(service)

    def secret(asked: frozenset[str]) -> bool:
        return bool(masks) and any(map(masks.hides, asked | index.questions(asked)))

    for name in one.shows:
        item = known.get(name)
        if item is None:
            yield faults.UNKNOWN_SHOWN.at(one.at("shows"), name=name, near=suggest(name, known))
            continue
        inside = {below.name for below, around in walked if isinstance(item, Repeat) and item.name in around}
        for hidden in sorted(below for below in (inside or {item.name}) if secret(frozenset({below}))):
            yield faults.SENSITIVE.at(one.at("shows"), name=hidden)
    for _, value in one.fields:
        for hidden in sorted(asked for asked in value.names if secret(frozenset({asked}))):
            yield faults.SENSITIVE.at(value.place, name=hidden)


def _opens(service: Service, one: LiveCode, services: Services) -> Iterator[Diagnostic]:
    other = services.get(one.opens)
    if other is None or other.survey is None:
        yield faults.UNKNOWN_SERVICE.at(one.at("opens"), name=one.opens, near=suggest(one.opens, services))
        return
    known = {fold_name(name): item for name, (item, _) in targets_of(other).items()}
    for name in one.filled:
        column = "scanned" if name == one.scanned else "fields"
        item = known.get(name)
        told = {"service": one.opens, "name": name}
        readonly = isinstance(item, Field) and item.readonly is not None
        if item is None or (not readonly and wrong_target(other, item.name) is not None):
            yield faults.UNKNOWN_FIELD.at(one.at(column), **told, near=suggest(name, known))
        elif not readonly:
            yield faults.NOT_TRUSTED.at(one.at(column), **told)
        if column == "scanned" and isinstance(item, Field) and item.kind is not Kind.DATETIME:
            yield faults.SCANNED_NO_MOMENT.at(one.at(column), **told)
    if service.settings.id not in other.settings.code_of:
        yield faults.NOT_DEMANDED.at(one.at("opens"), service=one.opens, own=service.settings.id)


def _demanded(service: Service, services: Services) -> Iterator[Diagnostic]:
    for service_id in service.settings.code_of:
        other = services.get(service_id)
        if other is None or all(code.opens != service.settings.id for code in other.codes):
            near = suggest(service_id, services) if other is None else ""
            yield faults.GIVES_NO_CODE.at(service.settings.code_of_place, service=service_id, near=near)
