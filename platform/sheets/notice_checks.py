"""Faults of the sheets `notices` and `connect` that only show against the form, the route and the organisation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from banshi.platform.forms.index import index_of
from banshi.platform.forms.rights import spread
from banshi.platform.people.directory import Directory
from banshi.platform.people.terms import TermKind
from banshi.platform.people.who_checks import check_who
from banshi.platform.routes.hooks import Notify, Push
from banshi.platform.service.masking import Masks, masks_of
from banshi.platform.service.model import Service
from banshi.platform.service.notices import ACCOUNT_NAMES, CASE_NAMES, Connection, Notice, On
from banshi.platform.sheets import notice_faults as faults
from banshi.platform.sheets.schedule_checks import called_by_jobs, check_told, expressions_of
from banshi.platform.workbook.columns import plain, suggest
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression, Name, Scope
from banshi.rules.values import Kind

Check = Callable[[Expression | None, Scope, Kind], Iterator[Diagnostic]]
_TEXTS = frozenset({"number", "title", "step", "actor", "opinion"})


def notice_scope(scope: Scope) -> Scope:
    """The scope of what notices and connections read: the form's names, and those of the case."""
    kinds = {word: Kind.TEXT if key in _TEXTS else Kind.DATETIME for key, words in CASE_NAMES.items() for word in words}
    return scope.with_names({word: Name(kind) for word, kind in kinds.items()})


def low_scope(scope: Scope) -> Scope:
    """The scope of notices of a low balance: the account's names, and nothing of a case."""
    kinds = {
        word: Kind.NUMBER if key == "balance" else Kind.TEXT for key, words in ACCOUNT_NAMES.items() for word in words
    }
    return replace(scope, names={word: Name(kind) for word, kind in kinds.items()})


def check_notices(service: Service, scope: Scope, directory: Directory | None, check: Check) -> Iterator[Diagnostic]:
    """Everything that is wrong; `check` checks an expression."""
    of_case, of_account, by_jobs = notice_scope(scope), low_scope(scope), called_by_jobs(service)
    steps = [step.id for step in service.routing.steps] if service.routing else []
    for notice in service.notices:
        yield from _steps(notice, steps)
        if (job := by_jobs.get(f"notice:{plain(notice.name)}")) is not None:
            yield from check_told(service, notice, of_case, job, check, directory)
        else:
            yield from expressions_of(notice, of_account if notice.on is On.LOW else of_case, check)
            yield from check_who(notice.to, scope, directory)
        for way in notice.ways:
            if way.connection and way.connection not in service.connections:
                near = suggest(way.connection, service.connections)
                yield faults.UNKNOWN_CONNECTION.at(notice.at("channel"), name=way.connection, near=near)
        yield from _mail(notice, directory)
        yield from _hidden(service, notice)
    for connection in service.connections.values():
        if (job := by_jobs.get(f"connect:{plain(connection.name)}")) is not None:
            yield from check_told(service, connection, of_case, job, check, directory)
        else:
            yield from expressions_of(connection, of_case, check)
    if masks := masks_of(service):
        for notice in service.notices:
            yield from _told(notice, masks)
        for connection in service.connections.values():
            yield from _sent(service, connection, masks)
    yield from _hooks(service, by_jobs)


def _steps(notice: Notice, steps: Sequence[str]) -> Iterator[Diagnostic]:
    """Steps that the route does not have: on which it tells, and whose people it tells."""
    named = [(step, notice.at("on")) for step in notice.steps]
    terms = notice.to.every_term if notice.to is not None else ()
    named += [(term.name, term.place) for term in terms if term.kind is TermKind.STEP]
    for step, place in named:
        if step not in steps:
            facts = {"step": step, "steps": "、".join(steps) or "—"}
            yield faults.NO_SUCH_STEP.at(place, near=suggest(step, steps), **facts)


def _told(notice: Notice, masks: Masks) -> Iterator[Diagnostic]:
    """Sensitive fields in texts, and in what makes two messages one."""
    pieces = [piece for template in notice.texts.values() for piece in template.expressions]
    for name in dict.fromkeys(name for piece in pieces for name in masks.named(piece.names)):
        yield faults.TEXT_IS_MASKED.at(notice.at("text"), name=name)
    for name in masks.named(notice.dedupe.names) if notice.dedupe else ():
        yield faults.SENSITIVE_KEY.at(notice.at("dedupe"), name=name)


def _sent(service: Service, connection: Connection, masks: Masks) -> Iterator[Diagnostic]:
    """Sensitive fields that are sent to another system, and those that stand in what is computed."""
    index, there = index_of(service), connection.name
    for item, value in connection.fields:
        named = masks.named(value.names)
        for name in named:
            yield faults.SENDS_SENSITIVE.at(value.place, name=name, connection=there)
        for name in masks.named(index.questions(value.names) - value.names) if not named else ():
            yield faults.SENDS_MASKED.at(value.place, item=item, name=name, connection=there)
    for name in masks.named(connection.key.names) if connection.key else ():
        yield faults.SENSITIVE_KEY.at(connection.at("key"), name=name)


def _hooks(service: Service, by_jobs: Collection[str]) -> Iterator[Diagnostic]:
    """What steps push and send, and what nothing uses."""
    named = {plain(notice.name): notice for notice in service.notices if "name" in notice.cells}
    hooks = [hook for step in (service.routing.steps if service.routing else ()) for hook in step.hooks]
    called, used = set[str](), {way.connection for notice in service.notices for way in notice.ways}
    for hook in hooks:
        if isinstance(hook, Push) and hook.chosen is not None:
            used |= service.connections.keys()
        elif isinstance(hook, Push):
            used.add(hook.connection)
            if hook.connection not in service.connections:
                near = suggest(hook.connection, service.connections)
                yield faults.UNKNOWN_CONNECTION.at(hook.place, name=hook.connection, near=near)
        elif isinstance(hook, Notify):
            notice = named.get(plain(hook.notice))
            called.add(plain(hook.notice))
            if notice is None:
                near = suggest(hook.notice, (known.name for known in named.values()))
                yield faults.UNKNOWN_NOTICE.at(hook.place, name=hook.notice, near=near)
            elif notice.on is not On.CALLED:
                yield faults.NOT_CALLED.at(hook.place, name=notice.name)
    for name, notice in named.items():
        if notice.on is On.CALLED and name not in called and f"notice:{name}" not in by_jobs:
            yield faults.NEVER_CALLED.at(notice.at("name"), name=notice.name)
    for connection in service.connections.values():
        if connection.name not in used and f"connect:{plain(connection.name)}" not in by_jobs:
            yield faults.NEVER_USED.at(connection.at("name"), name=connection.name)


def _mail(notice: Notice, directory: Directory | None) -> Iterator[Diagnostic]:
    mailed = any(way.channel == "mail" for way in notice.ways)
    people = directory.people.values() if directory is not None else ()
    if mailed and people and not any(person.attributes.get("email") for person in people):
        yield faults.NO_MAIL_ADDRESS.at(notice.at("channel"))


def _hidden(service: Service, notice: Notice) -> Iterator[Diagnostic]:
    """A notice to those who are asked shows what their step hides."""
    if not notice.asked or service.routing is None:
        return
    names = {name for template in notice.texts.values() for piece in template.expressions for name in piece.names}
    told = index_of(service).questions(frozenset(names))
    for step in service.routing.steps:
        if not notice.steps or step.id in notice.steps:
            for name in sorted(told & spread(service, step.hide)):
                yield faults.TEXT_SHOWS_HIDDEN.at(notice.at("text"), name=name, step=step.id)
