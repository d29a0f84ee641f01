"""What a route sheet asks for that cannot be had: people who are kept out of their own step, fields that nobody fills in."""

from __future__ import annotations

from collections.abc import Iterator

from banshi.platform.forms.index import index_of
from banshi.platform.forms.rights import spread, withheld
from banshi.platform.people.directory import Directory
from banshi.platform.people.terms import TermKind, Who
from banshi.platform.routes import faults
from banshi.platform.routes.hooks import Fill, Number
from banshi.platform.routes.model import Route, RouteStep, SelfApproval
from banshi.platform.routes.tree import Tree
from banshi.platform.service.model import Field, Service
from banshi.platform.sheets.today import today
from banshi.rules.diagnostics import Diagnostic

_HOLDS_PEOPLE = frozenset({"person", "calculate"})
_ONE_PERSON = frozenset({TermKind.PERSON, TermKind.FIELD, TermKind.HEAD, TermKind.INITIATOR})


def contradictions(service: Service, route: Route, directory: Directory | None) -> Iterator[Diagnostic]:
    """All of them, each at its cell."""
    items = service.survey.walk() if service.survey else ()
    fields = {item.name: (item, repeats) for item, repeats in items if isinstance(item, Field)}
    rows = {name for name, (_, repeats) in fields.items() if repeats}
    for step in route.steps:
        yield from _kept_out(route, step, rows, directory)
        for name in step.differ:
            if name in fields and not _may_name_people(fields[name][0]):
                yield faults.DIFFER_NO_PERSON.at(step.at("differ"), name=name)
        yield from _rights(service, step, {name: item for name, (item, _) in fields.items()})
        if step.hide and not step.who.only_initiator:
            yield from _seen_before(service, route, step, directory)
            yield from _copied(service, step)
    yield from _never_filled(service, route, {name: item for name, (item, _) in fields.items()})


def _kept_out(route: Route, step: RouteStep, rows: set[str], directory: Directory | None) -> Iterator[Diagnostic]:
    """Steps whose `differ` or self-approval keeps out everybody whom they ask."""
    own = {"initiator", *(other.id for other in Tree(route).leading)}
    if step.who.only_initiator:
        if kept := own & {*step.differ} - {step.id}:
            yield faults.KEEPS_OUT_ITS_OWN.at(
                step.at("differ"), step=step.id, what=_told(kept), what_en=_told(kept, "en")
            )
        elif step.mode.decides and step.self_approval is SelfApproval.FORBID:
            yield faults.KEEPS_OUT_ITS_OWN.at(step.at("same"), step=step.id, what="自审 禁止", what_en="self: forbid")
        return
    for name in step.differ:
        other = next((other for other in route.steps if other.id == name), None)
        if other is not None and other.mode.asks and (who := _same_person(step.who, other.who, rows, directory)):
            yield faults.NOBODY_LEFT.at(step.at("differ"), step=step.id, other=name, who=who)


def _told(kept: set[str], language: str = "zh") -> str:
    words = {"initiator": "initiator" if language == "en" else "发起人"}
    return "、".join(words.get(name, name) for name in sorted(kept, reverse=True))


def _same_person(one: Who, other: Who, rows: set[str], directory: Directory | None) -> str:
    """The only person whom two steps ask, as the cell or the organisation names her; blank where there may be others."""
    if _names_one(one, rows) and _bare(one) == _bare(other):
        return one.text
    asked, before = today(one, directory), today(other, directory)
    return before[0].name if len(before) == 1 and [p.id for p in asked] == [before[0].id] else ""


def _names_one(who: Who, rows: set[str]) -> bool:
    """Whether a who-expression names one person, whoever that is."""
    return len(who.terms) == 1 and who.terms[0].kind in _ONE_PERSON and who.terms[0].name not in rows


def _bare(who: Who) -> list[tuple[object, ...]]:
    return [(term.kind, term.name, term.unit, term.levels) for term in who.terms]


def _may_name_people(item: Field) -> bool:
    """Whether the answer to a question may be somebody's number: what is chosen, computed or taken over may."""
    return item.type in _HOLDS_PEOPLE or bool(item.choices or item.calculation or item.prefill)


def _rights(service: Service, step: RouteStep, fields: dict[str, Field]) -> Iterator[Diagnostic]:
    """What is to be edited must be seen, and can only be what somebody types."""
    hidden = spread(service, step.hide)
    for name in step.edit:
        if name in hidden or ("*" in step.hide and name == "*"):
            yield faults.EDITED_BUT_HIDDEN.at(step.at("edit"), name=name, step=step.id)
    for column, names in (("edit", step.edit), ("require", step.require)):
        for name in names:
            if name in fields and fields[name].calculation is not None and name not in hidden:
                yield faults.COMPUTED_NOT_FILLED.at(step.at(column), name=name, step=step.id)


def _never_filled(service: Service, route: Route, fields: dict[str, Field]) -> Iterator[Diagnostic]:
    """Required questions that the applicant does not see, and that nothing and nobody fills in later."""
    filled = frozenset[str]().union(
        *(spread(service, step.edit) for step in route.steps if step not in Tree(route).leading)
    )
    filled |= {hook.field for step in route.steps for hook in step.hooks if isinstance(hook, Fill | Number)}
    for step in Tree(route).leading:
        for name in sorted(spread(service, step.hide) & withheld(service) - filled):
            item = fields.get(name)
            if item is None or item.required is None or item.calculation or item.default or item.prefill:
                continue
            yield faults.NEVER_FILLED.at(step.at("hide"), step=step.id, name=name)


def _seen_before(service: Service, route: Route, step: RouteStep, directory: Directory | None) -> Iterator[Diagnostic]:
    """What a step hides from people who see it at another step that does not come after it."""
    places, hidden = Tree(route).positions, spread(service, step.hide)
    asked = [person.id for person in today(step.who, directory)]
    for other in route.steps:
        after = other is step or places[step.id].before(places[other.id])
        if after or not other.mode.asks or other.who.only_initiator:
            continue
        same = bool(other.who.terms) and _bare(other.who) == _bare(step.who)
        people = [person.id for person in today(other.who, directory)]
        if (same or (asked and asked == people)) and (seen := hidden - spread(service, other.hide)):
            yield faults.SEEN_BEFORE.at(step.at("hide"), step=step.id, name=min(seen), other=other.id)


def _copied(service: Service, step: RouteStep) -> Iterator[Diagnostic]:
    """Questions that begin with a hidden answer, and are not hidden."""
    index, hidden = index_of(service), spread(service, step.hide)
    for name, node in index.fields.items():
        item = node.item
        if name in hidden or not isinstance(item, Field):
            continue
        read = {n for source in (item.default, item.prefill, item.renewal) if source for n in source.names}
        if told := index.questions(read) & hidden:
            yield faults.COPIED_OPENLY.at(step.at("hide"), step=step.id, name=min(told), copy=name)
