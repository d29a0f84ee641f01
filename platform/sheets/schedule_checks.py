"""Faults of the sheet `schedule` that only show against the form, the other sheets, the organisation and other services."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from banshi.platform.forms.applicant import APPLICANT_NAMES, is_applicant_name
from banshi.platform.forms.targets import left_out, targets_of, wrong_target
from banshi.platform.people.calendar import Calendar
from banshi.platform.people.directory import Directory
from banshi.platform.people.who_checks import check_who
from banshi.platform.service.jobs import JOB_NAMES, Deed, Job, Over
from banshi.platform.service.masking import masks_of
from banshi.platform.service.model import Service
from banshi.platform.service.notices import Connection, Notice, On
from banshi.platform.sheets import schedule_faults as faults
from banshi.platform.workbook.columns import plain, suggest
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression, Name, Scope
from banshi.rules.values import Kind

Check = Callable[[Expression | None, Scope, Kind], Iterator[Diagnostic]]
_JOB_KINDS = {"at": Kind.DATETIME, "job": Kind.TEXT, "row": Kind.NUMBER}


def called_by_jobs(service: Service) -> dict[str, Job]:
    """The notices and connections that jobs send, by `notice:` or `connect:` and their plain names, each with the first job."""
    found: dict[str, Job] = {}
    for job in service.jobs:
        if job.deed in (Deed.REMIND, Deed.PUSH):
            found.setdefault(f"{'notice' if job.deed is Deed.REMIND else 'connect'}:{plain(job.named)}", job)
    return found


def job_scope(service: Service, job: Job, form: Scope) -> Scope:
    """What a job's expressions, and the texts that it sends, may read; `form` is the scope of notices on cases."""
    own = {word: Name(_JOB_KINDS[key]) for key, words in JOB_NAMES.items() for word in words}
    if job.subject.over is Over.CASES:
        return form.with_names(own)
    bare = replace(form, names={})
    if job.subject.over is Over.DATA and job.subject.name in service.datasets:
        own |= {column: Name(Kind.ANY) for column in service.datasets[job.subject.name].columns}
    if job.subject.over is Over.PEOPLE:
        read = {name for expression in _all_read(service, job) for name in expression.names if is_applicant_name(name)}
        own |= {name: Name(Kind.TEXT) for name in (*APPLICANT_NAMES, *read)}
    return bare.with_names(own)


def _all_read(service: Service, job: Job) -> Iterator[Expression]:
    """The expressions of a job and of what it sends."""
    yield from job.expressions
    for notice in service.notices:
        if plain(notice.name) == plain(job.named):
            yield from notice.expressions
    if job.named in service.connections:
        yield from service.connections[job.named].expressions


def check_schedule(
    service: Service, form: Scope, directory: Directory | None, services: Mapping[str, Service] | None, check: Check
) -> Iterator[Diagnostic]:
    """Everything that is wrong; `form` is the scope of notices, `check` checks an expression."""
    for job in service.jobs:
        scope = job_scope(service, job, form)
        if job.subject.over is Over.CASES and service.survey is None:
            yield faults.NO_CASES.at(job.at("for"))
            continue
        yield from check(job.when, scope, Kind.BOOLEAN)
        yield from check_who(job.subject.who, replace(form, names={}), directory)
        yield from check_who(job.to, scope, directory)
        match job.deed:
            case Deed.OPEN:
                yield from _opens(service, job, scope, directory, services, check)
            case Deed.REMIND:
                yield from _reminds(service, job)
            case Deed.PUSH:
                if job.named not in service.connections:
                    near = suggest(job.named, service.connections)
                    yield faults.UNKNOWN_CONNECTION.at(job.at("do"), name=job.named, near=near)
            case Deed.BILL:
                yield from _bills(service, job)
            case Deed.REPORT:
                for _, value in job.columns:
                    yield from check(value, scope, Kind.ANY)
                    for name in masks_of(service).named(value.names) if job.of_form else ():
                        yield faults.SENSITIVE_COLUMN.at(value.place, name=name)


def check_told(
    service: Service, told: Notice | Connection, scope: Scope, job: Job, check: Check, directory: Directory | None
) -> Iterator[Diagnostic]:
    """What is wrong with the texts of a notice, or the map of a connection, that a job sends."""
    inside = job_scope(service, job, scope)
    yield from expressions_of(told, inside, check)
    if isinstance(told, Notice):
        yield from check_who(told.to, inside, directory)


def expressions_of(one: Notice | Connection, scope: Scope, check: Check) -> Iterator[Diagnostic]:
    """What is wrong with the expressions of a notice or a connection."""
    for expression in one.expressions:
        is_condition = isinstance(one, Notice) and expression is one.when
        yield from check(expression, scope, Kind.BOOLEAN if is_condition else Kind.ANY)


def _reminds(service: Service, job: Job) -> Iterator[Diagnostic]:
    notices = {plain(notice.name): notice for notice in service.notices if "name" in notice.cells}
    notice = notices.get(plain(job.named))
    if notice is None:
        near = suggest(job.named, (known.name for known in notices.values()))
        yield faults.UNKNOWN_NOTICE.at(job.at("do"), name=job.named, near=near)
    elif notice.on is not On.CALLED:
        yield faults.NOT_CALLED.at(job.at("do"), name=notice.name)
    elif notice.to is None and notice.to_people and job.subject.over in (Over.DATA, Over.ONCE):
        yield faults.NOBODY_TOLD.at(notice.at("to"), name=notice.name)


def _opens(
    service: Service,
    job: Job,
    scope: Scope,
    directory: Directory | None,
    services: Mapping[str, Service] | None,
    check: Check,
) -> Iterator[Diagnostic]:
    """What is wrong with what a job opens: a case of another service, or of this one as it stands here."""
    opens = job.opens
    if opens is None:
        return
    yield from check_who(opens.applicant, scope, directory)
    if opens.applicant is None and job.subject.over in (Over.DATA, Over.ONCE):
        yield faults.NOBODY_APPLIES.at(job.at("do"))
    for _, value in opens.fields:
        yield from check(value, scope, Kind.ANY)
    if services is None:
        return
    other = service if opens.service == service.settings.id else services.get(opens.service)
    if other is None or other.survey is None:
        titles = {one.settings.title.get(): id_ for id_, one in services.items()}
        near = titles.get(opens.service) or suggest(opens.service, services)
        yield faults.UNKNOWN_SERVICE.at(opens.place, name=opens.service, near=near)
        return
    known = targets_of(other)
    for name, value in opens.fields:
        why = wrong_target(other, name) if name in known else ("它的表单没有这个字段", "its form has no such field")
        if why is not None:
            facts = {"service": opens.service, "name": name, "why": why[0], "why_en": why[1]}
            yield faults.UNKNOWN_TARGET.at(value.place, near=suggest(name, known) if name not in known else "", **facts)
    if names := [*left_out(other, frozenset(name for name, _ in opens.fields))]:
        yield faults.LEFT_OUT.at(opens.place, service=opens.service, names="、".join(names), example=names[0])


def _bills(service: Service, job: Job) -> Iterator[Diagnostic]:
    """What is wrong with a billing run: it goes over a data sheet, by a fee sheet, to an account."""
    if job.bills is None:
        return
    if job.subject.over is not Over.DATA:
        yield faults.BILLS_NO_DATA.at(job.at("for"))
    elif job.bills.holder not in (columns := service.datasets[job.subject.name].columns):
        near = suggest(job.bills.holder, columns)
        yield faults.NO_SUCH_HOLDER.at(job.at("do"), near=near, name=job.bills.holder, dataset=job.subject.name)
    if job.bills.fees not in service.tariffs:
        near = suggest(job.bills.fees, service.tariffs)
        yield faults.NO_SUCH_FEES.at(job.at("do"), near=near, name=job.bills.fees)
    if job.bills.account not in service.accounts:
        near = suggest(job.bills.account, service.accounts)
        yield faults.NO_SUCH_ACCOUNT.at(job.at("do"), near=near, name=job.bills.account)


def next_firings(service: Service, calendar: Calendar, now: datetime) -> Iterator[Diagnostic]:
    """The next three firings of each job, at its cell."""
    for job in service.jobs:
        if not job.every.text:
            continue  # it cannot be read, which is said already
        coming = list(job.every.next(now, calendar, 3))
        if coming:
            when = "、".join(f"{at:%Y-%m-%d %H:%M}" for at in coming)
            yield faults.NEXT.at(job.at("every"), when=when, text=job.every.text)
        else:
            yield faults.NEVER_COMES.at(job.at("every"), text=job.every.text)
