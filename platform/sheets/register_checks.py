"""Registers against the rest of the workbook, and against the other services: what they take, and who reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from banshi.platform.forms.index import index_of
from banshi.platform.people.terms import TermKind
from banshi.platform.service.boards import From
from banshi.platform.service.jobs import Over
from banshi.platform.service.masking import masks_of
from banshi.platform.service.model import Field, Repeat, Service
from banshi.platform.service.registers import CASE_FACTS, Register
from banshi.platform.sheets import register_faults as faults
from banshi.platform.sheets.board_sheet import Check
from banshi.platform.sheets.names import Names
from banshi.platform.sheets.references import expressions_of_all
from banshi.platform.workbook.columns import suggest
from banshi.rules.diagnostics import Diagnostic, Place
from banshi.rules.expressions import Expression, fold_name
from banshi.rules.expressions.tree import Call, Text, walk
from banshi.rules.values import Kind

READERS = frozenset({"lookup", "pulldata", "bracket", "instance"})
"""Functions whose first operand, or second (`bracket`), names a dataset."""
VALIDITY = {"from": "生效", "until": "失效"}
"""The columns that say when a row of a data sheet is valid, as Chinese headers call them."""
OF_DATA = frozenset({TermKind.TABLE, TermKind.ROTA})
_NOT_KEPT = {
    "file": ("附件", "a file"),
    "image": ("图片", "a picture"),
    "rank": ("排序", "an order"),
    "note": ("说明", "a note"),
}


def check_registers(
    service: Service, services: Mapping[str, Service] | None, names: Names, check: Check
) -> Iterator[Diagnostic]:
    """What registers take is there, is no secret and one value; they are read by the form and by conditions of jobs alone. `check` checks an expression."""
    for register in service.registers.values():
        if register.counts is not None:
            yield from _taken(register, service, names, check)
        if services is not None:
            yield from _others(register, services)
    if service.registers:
        yield from _read_elsewhere(service)


def _taken(register: Register, service: Service, names: Names, check: Check) -> Iterator[Diagnostic]:
    if service.survey is None:
        yield faults.NO_FORM.at(register.at("register"), name=register.name)
        return
    walked = list(service.survey.walk())
    repeats = {fold_name(item.name): (*around, item.name) for item, around in walked if isinstance(item, Repeat)}
    if register.repeat and register.repeat not in repeats:
        near = suggest(register.repeat, repeats)
        yield faults.NO_REPEAT.at(register.at("rows"), name=register.name, repeat=register.repeat, near=near)
        return
    fields = {fold_name(item.name): (item, around) for item, around in walked if isinstance(item, Field)}
    inside = repeats.get(register.repeat, ())
    masks = masks_of(service)
    if register.when is not None:
        yield from check(register.when, names.scope(inside), Kind.BOOLEAN)
        for name in masks.named(index_of(service).questions(register.when.names) | register.when.names):
            yield faults.SENSITIVE_WHEN.at(register.when.place, name=register.name, value=name)
    facts = "、".join(zh for _, zh in CASE_FACTS.values())
    for column, value in register.values.items():
        told = {"name": register.name, "column": column, "value": value}
        place = register.at("values") if column != value and "values" in register.places else register.at(column)
        if value.startswith("case."):
            continue
        if value not in fields and column in VALIDITY and value == column:
            yield faults.VALIDITY.at(place, name=register.name, column=VALIDITY[column], column_en=column)
            continue
        if value not in fields:
            yield faults.UNKNOWN_VALUE.at(place, **told, near=suggest(value, fields), facts=facts)
            continue
        item, around = fields[value]
        if around != inside[: len(around)]:
            yield faults.NOT_IN_ROWS.at(place, **told, repeat=around[-1])
        if masks.hides(item.name):
            yield faults.SENSITIVE.at(place, **told)
        if item.type in _NOT_KEPT:
            zh, en = _NOT_KEPT[item.type]
            yield faults.NOT_KEPT.at(place, **told, kind=zh, kind_en=en)


def _others(register: Register, services: Mapping[str, Service]) -> Iterator[Diagnostic]:
    for service_id in register.of:
        other = services.get(service_id)
        theirs = other.registers.get(register.name) if other is not None else None
        told = {"service": service_id, "name": register.name}
        if theirs is None or theirs.counts is None:
            near = suggest(service_id, services) if other is None else ""
            yield faults.NO_SUCH_REGISTER.at(register.at("of"), **told, near=near)
            continue
        for column in register.columns:
            if column not in theirs.columns:
                yield faults.LACKS_COLUMN.at(register.at("of"), **told, column=column)


def _read_elsewhere(service: Service) -> Iterator[Diagnostic]:
    """Registers that something beside the questions of the form and the conditions of jobs reads."""
    names = {fold_name(name) for name in service.registers}
    rest = (
        service.tables, service.tariffs, service.policies, service.routing, service.notices, service.connections,
        tuple(replace(job, when=None) for job in service.jobs), service.charts, service.accounts, service.documents, service.settings, service.registers, service.passes,
        service.codes,
    )  # fmt: skip
    for expression in expressions_of_all(rest):
        for name, place in datasets_read(expression):
            if fold_name(name) in names:
                yield faults.READ_ELSEWHERE.at(place, name=name)
    for name, place in _named(service):
        if fold_name(name) in names:
            yield faults.READ_ELSEWHERE.at(place, name=name)


def datasets_read(expression: Expression) -> Iterator[tuple[str, Place]]:
    """The datasets that an expression names, each where it does."""
    for node in walk(expression.root):
        if isinstance(node, Call) and node.function in READERS:
            named = node.operands[1 if node.function == "bracket" else 0]
            if isinstance(named, Text):
                yield named.value, expression.place_of(node)


def _named(service: Service) -> Iterator[tuple[str, Place]]:
    """The datasets that are named without an expression: by routes, jobs, boards, accounts, places and lists of choices."""
    for step in service.routing.steps if service.routing else ():
        if step.due is not None and step.due.table:
            yield step.due.table, step.place
        yield from ((term.name, term.place) for term in step.who.every_term if term.kind in OF_DATA)
    yield from ((job.subject.name, job.place) for job in service.jobs if job.subject.over is Over.DATA)
    yield from ((chart.name, chart.place) for chart in service.charts if chart.source is From.DATA)
    for account in service.accounts.values():
        if account.members is not None:
            yield account.members.dataset, account.place
    yield service.settings.places, service.settings.places_place
    for item, _ in service.survey.walk() if service.survey else ():
        if isinstance(item, Field) and item.choices:
            yield item.choices, item.choices_place
