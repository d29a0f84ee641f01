"""Faults of the sheet `documents` that only show against the form, the rules and the route: what templates read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from banshi.platform.documents.templates import Wrong, function_names, wrong_with
from banshi.platform.forms.applicant import APPLICANT_NAMES
from banshi.platform.forms.index import index_of
from banshi.platform.routes.hooks import Print
from banshi.platform.service.masking import masks_of
from banshi.platform.service.model import Field, Group, Repeat, Service
from banshi.platform.service.papers import (
    BILL_PARTS,
    CASE_PARTS,
    OPINION_PARTS,
    OWN_NAMES,
    Document,
    template_name,
)
from banshi.platform.sheets import document_faults as faults
from banshi.platform.sheets.names import Names
from banshi.platform.workbook.columns import plain, suggest
from banshi.rules.diagnostics import Diagnostic, Place
from banshi.rules.expressions import Expression, Scope
from banshi.rules.values import Kind

Check = Callable[[Expression | None, Scope, Kind], Iterator[Diagnostic]]


def check_documents(service: Service, names: Names, check: Check) -> Iterator[Diagnostic]:
    """Everything that is wrong; `check` checks an expression."""
    known = _known(service, names)
    for document in service.documents:
        yield from check(document.when, names.scope(), Kind.BOOLEAN)
        if document.valid is not None and document.valid.until is not None:
            yield from check(document.valid.until, names.scope(), Kind.DATE)
        if isinstance(document.copies, Expression):
            yield from check(document.copies, names.scope(), Kind.NUMBER)
        for language, source in document.templates.items():
            place = document.at("template_en" if language == "en" else "template")
            yield from (_told(wrong, place, known) for wrong in wrong_with(source, known))
        yield from _shows(service, document, names)
        if service.routing is None:
            yield faults.NEVER_ISSUED.at(document.at("document"), name=document.name)
    named = {plain(document.name): document for document in service.documents}
    for step in service.routing.steps if service.routing else ():
        for hook in step.hooks:
            if isinstance(hook, Print) and plain(hook.document) not in named:
                near = suggest(hook.document, (one.name for one in service.documents))
                yield faults.UNKNOWN_DOCUMENT.at(hook.place, name=hook.document, near=near)


def _shows(service: Service, document: Document, names: Names) -> Iterator[Diagnostic]:
    masks, index = masks_of(service), index_of(service)
    for name in document.shows:
        found = names.find(name)
        if found is None or found.repeats or found.is_repeat:
            near = suggest(name, (one.name for one in names.all() if not one.repeats))
            yield faults.UNKNOWN_SHOWN.at(document.at("shows"), name=name, near=near)
        elif masks and any(map(masks.hides, {name, *index.questions(frozenset({name}))})):
            yield faults.SHOWS_MASKED.at(document.at("shows"), name=name)
    if document.shows and not document.verify:
        yield faults.UNCHECKED.at(document.at("shows"), name=document.name)


def _known(service: Service, names: Names) -> dict[str, frozenset[str] | None]:
    """What templates may read: names, and of those with parts their parts."""
    known: dict[str, frozenset[str] | None] = {}
    for definition in names.all():
        if not definition.repeats:
            known[template_name(definition.name)] = frozenset()
    for item, repeats in service.survey.walk() if service.survey else ():
        if isinstance(item, Repeat):
            below = {template_name(one.name) for one in names.all() if one.repeats and one.repeats[-1] == item.name}
            below |= {template_name(child.name) for child in _inside(item)}
            known[template_name(item.name)] = frozenset(below) if not repeats else None
    for english, (chinese, parts) in OWN_NAMES.items():
        known[english] = known[chinese] = frozenset({*parts, *parts.values()})
    for key, parts in (("opinions", OPINION_PARTS), ("bills", BILL_PARTS)):
        for owner in ("case", "办件"):
            for part in (key, CASE_PARTS[key]):
                known[f"{owner}.{part}"] = frozenset({*parts, *parts.values()})
    known |= {name.partition(".")[0]: None for name in APPLICANT_NAMES}
    return known


def _inside(repeat: Group) -> Iterator[Field | Repeat]:
    for item in repeat.children:
        if isinstance(item, Repeat | Field):
            yield item
        elif isinstance(item, Group):
            yield from _inside(item)


def _told(wrong: Wrong, place: Place, known: Mapping[str, frozenset[str] | None]) -> Diagnostic:
    match wrong.kind:
        case "syntax":
            return faults.TEMPLATE_SYNTAX.at(place, line=wrong.line, text=wrong.text)
        case "forbidden":
            return faults.TEMPLATE_FORBIDDEN.at(place, line=wrong.line, text=wrong.text)
        case "part":
            parts = sorted(known.get(wrong.of) or ())
            facts = {"of": wrong.of, "known": "、".join(parts), "near": suggest(wrong.text, parts)}
            return faults.TEMPLATE_PART.at(place, line=wrong.line, name=wrong.text, **facts)
        case _:
            names = (*(name for name in known if "." not in name), *function_names())
            return faults.TEMPLATE_UNKNOWN.at(place, line=wrong.line, name=wrong.text, near=suggest(wrong.text, names))
