"""From what happened to a case to the papers that it issues: which, and the data that each prints. Pure but for the codes.

What a paper prints is frozen with it, in its own language, and nothing that it does not print: labels, names of people and
rules may change as they like.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from banshi.platform.documents.codes import new_code, new_pickup
from banshi.platform.documents.said import money, node, worded
from banshi.platform.documents.templates import names_in
from banshi.platform.forms.applicant import applicant_values
from banshi.platform.forms.labels import filled
from banshi.platform.notices.occurrences import Occurrence
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.hooks import Print
from banshi.platform.service.masking import NO_MASKS, Masks
from banshi.platform.service.model import UNSEEN, Field, Group, Item, Repeat, Service
from banshi.platform.service.notices import On
from banshi.platform.service.papers import MOST_COPIES, Document, template_name
from banshi.platform.workbook.columns import plain
from banshi.rules.expressions import evaluate
from banshi.rules.values import CAMPUS_ZONE, ErrorValue, dumps, from_json, loads
from banshi.storage.contract import NewEvent, StoredEvent
from banshi.storage.papers import StoredPaper

_SAYING = frozenset({"approved", "done", "answered", "called back"})
"""The events whose opinions stand on papers."""

_PICTURES = ("image", "signature")
_WORDS = {"zh": ("、", "；"), "en": (", ", "; ")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuing:
    """What one command did to a case, as papers need it.

    `context` gives the form's names and the people as they are after it, `answers` and `bills` the form as JSON,
    `history` the events of the case, those of the command last. `masks` are over what is sensitive in it.
    """

    case_id: str
    number: str
    titles: Mapping[str, str]
    applicant: str
    submitted_at: datetime
    service: Service
    at: datetime
    context: FlowContext
    answers: Mapping[str, Any]
    bills: Mapping[str, Any]
    history: Sequence[NewEvent | StoredEvent]
    masks: Masks = NO_MASKS


def wanted(service: Service, found: Sequence[Occurrence]) -> list[Document]:
    """The papers that occurrences ask for, whose conditions are not looked at yet: those that a step prints, and with the
    approval of the case those that no step does."""
    steps = service.routing.steps if service.routing else ()
    prints = {step.id: [plain(hook.document) for hook in step.hooks if isinstance(hook, Print)] for step in steps}
    of_steps = {name for names in prints.values() for name in names}
    passed = {name for one in found if one.on is On.PASSED for name in prints.get(one.step, ())}
    approved = any(one.on is On.APPROVED for one in found)
    return [
        document
        for document in service.documents
        if plain(document.name) in passed or (approved and plain(document.name) not in of_steps)
    ]


def holds(document: Document, context: FlowContext) -> bool:
    """Whether the condition of a paper holds; what cannot be computed does not."""
    return document.when is None or evaluate(document.when, context.environment) is True


def papers_of(
    here: Issuing, documents: Sequence[Document], pickup: str = "", *, always: bool = False
) -> list[StoredPaper]:
    """The papers whose conditions hold, in every language of each; they have no numbers yet.

    `pickup` is the code under which earlier papers of the case are picked up; `always` asks for no conditions.
    """
    pickup = pickup or new_pickup()
    return [
        _Composer(here, document, language).paper(pickup)
        for document in documents
        if always or holds(document, here.context)
        for language in document.languages
    ]


def shown_of(here: Issuing, names: Sequence[str], language: str) -> list[list[str]]:
    """Labels and values of some names, under the masks of `here`."""
    composer = _Composer(here, Document(name="", number=""), language)
    return [[composer.label(name), composer.shown(name)] for name in names]


class _Composer:
    """One paper."""

    def __init__(self, here: Issuing, document: Document, language: str) -> None:
        self._here = here
        self._service = here.service
        self._document = document
        self._language = language

    def paper(self, pickup: str) -> StoredPaper:
        """The paper with its data."""
        here, document, service = self._here, self._document, self._service
        return StoredPaper(
            code=new_code(),
            case_id=here.case_id,
            service_id=service.settings.id,
            version=service.sha256,
            person=here.applicant,
            document=document.name,
            language=self._language,
            number="",
            title=document.title(self._language),
            content=loads(dumps(self._content())),
            issued_at=here.at,
            pickup=pickup,
            copies=self._copies(),
            valid_until=self._ends(),
        )

    def _copies(self) -> int:
        """How many copies there are of it; one where what gives the number gives less, or nothing."""
        copies = self._document.copies
        if isinstance(copies, int):
            return copies
        asked = evaluate(copies, self._here.context.environment)
        known = isinstance(asked, Decimal) and asked.is_finite()
        return min(max(int(asked), 1), MOST_COPIES) if known and isinstance(asked, Decimal) else 1

    def _ends(self) -> datetime | None:
        valid = self._document.valid
        if valid is None:
            return None
        if valid.until is None:
            return valid.ends(self._here.at.astimezone(CAMPUS_ZONE))
        last = evaluate(valid.until, self._here.context.environment)
        if isinstance(last, datetime):
            last = last.date()
        if not isinstance(last, date):
            return None
        return replace(valid, until=None).ends(datetime.combine(last, datetime.min.time(), CAMPUS_ZONE))

    def _content(self) -> dict[str, Any]:
        source = self._document.template(self._language)
        names = names_in(source)
        content: dict[str, Any] = {"pattern": self._document.number}
        if self._document.downloads:
            content["downloads"] = True
        if self._document.verify and self._document.shows:
            content["shows"] = [[self.label(name), self.shown(name)] for name in self._document.shows]
        if not source:
            return {**content, "rows": list(self._rows(self._items)), "opinions": self._opinions()}
        return {
            **content,
            "names": {name: found for name in sorted(names) if (found := self._named(name)) is not None},
            **({"case": self._case(source)} if names & {"case", "办件"} else {}),
            **({"applicant": self._applicant()} if names & {"applicant", "申请人"} else {}),
        }

    @property
    def _items(self) -> Sequence[Item]:
        return self._service.survey.children if self._service.survey else ()

    @cached_property
    def _fields(self) -> Mapping[str, Item]:
        items = self._service.survey.walk() if self._service.survey else ()
        return {item.name: item for item, repeats in items if not repeats}

    @cached_property
    def _written(self) -> Mapping[str, str]:
        """Names of the service by what templates call them."""
        names = (*self._here.context.names, *self._fields)
        return {template_name(name): name for name in reversed(names)}

    def _named(self, written: str) -> Any:
        name = self._written.get(written)
        item = self._fields.get(name or "")
        if name is None:
            return None
        if isinstance(item, Repeat):
            return {"t": "rows", "v": self._table(item, self._here.answers.get(name) or (), f"{name}")}
        if isinstance(item, Field) and name in self._here.answers:
            return self._answer(item, self._here.answers[name])
        value = self._here.context.names.get(name)
        if isinstance(item, Field) and item.type == "money" and isinstance(value, Decimal):
            return node(value, money(value), language=self._language)
        return node(value, language=self._language)

    def _table(self, repeat: Repeat, rows: Sequence[Mapping[str, Any]], path: str) -> list[dict[str, Any]]:
        """The rows of a repeat: answers, and what rules gave in each row."""
        found = []
        columns = {name: value for name, value in self._here.context.names.items() if isinstance(value, tuple)}
        for at, row in enumerate(rows):
            made: dict[str, Any] = {}
            for name, value in columns.items():
                if len(value) == len(rows) and name not in self._fields:
                    made[template_name(name)] = node(value[at], language=self._language)
            for item in _leaves(repeat.children):
                answer = row.get(item.name)
                inner = f"{path}[{at + 1}].{item.name}"
                made[template_name(item.name)] = (
                    {"t": "rows", "v": self._table(item, answer or (), inner)}
                    if isinstance(item, Repeat)
                    else self._answer(item, answer)
                )
            found.append(made)
        return found

    def _answer(self, item: Field, answer: Any) -> dict[str, Any]:
        """An answer as a node: choices by their labels, people and departments by their names, money with its fen."""
        if answer in (None, "", [], ()):
            return {"t": "empty"}
        if isinstance(answer, Mapping):
            if item.type in _PICTURES:
                return {"t": "picture", "v": str(answer.get("id", "")), "s": str(answer.get("name", ""))}
            return {"t": "text", "v": str(answer.get("name", "")), "s": str(answer.get("name", ""))}
        if isinstance(answer, list | tuple):
            parts = [self._answer(item, one) for one in answer]
            return {"t": "list", "v": parts, "s": _WORDS[self._language][0].join(str(one["s"]) for one in parts)}
        directory = self._here.context.directory
        match item.type:
            case "person":
                return {"t": "text", "v": str(answer), "s": directory.name(str(answer), self._language)}
            case "department":
                return {"t": "text", "v": str(answer), "s": directory.department_name(str(answer), self._language)}
            case "acknowledge":
                return {"t": "boolean", "v": True, "s": worded(True, self._language)}
        if item.choices:
            said = self._service.choice_label(item.name, str(answer), self._language)
            return {"t": "text", "v": str(answer), "s": said}
        value = answer if isinstance(answer, bool) else from_json(answer, item.kind)
        if isinstance(value, ErrorValue):
            return {"t": "empty"}
        amount = money(value) if item.type == "money" and isinstance(value, Decimal) else None
        return node(value, amount, language=self._language)

    def _case(self, source: str) -> dict[str, Any]:
        here = self._here
        bills = [
            {
                "item": _text(line.get("label") or line["item"]),
                "amount": self._amount(line.get("amount")),
                "tariff": _text(path),
            }
            for path, bill in here.bills.items()
            for line in bill.get("lines", ())
            if line.get("amount") is not None
        ]
        totals = [bill["total"] for bill in here.bills.values() if bill.get("total") is not None]
        made: dict[str, Any] = {
            "number": _text(here.number),
            "title": _text(here.titles.get(self._language) or here.titles.get("zh", "")),
            "service": _text(self._service.settings.title.get(self._language)),
            "submitted": node(here.submitted_at.astimezone(CAMPUS_ZONE).date(), language=self._language),
            "total": self._amount(sum(map(Decimal, totals), Decimal(0)) if totals else None),
        }
        if "bills" in source or "账单" in source:
            made["bills"] = {"t": "rows", "v": bills}
        if "opinions" in source or "意见" in source:
            made["opinions"] = {"t": "rows", "v": self._opinions()}
        return made

    def _amount(self, value: Any) -> dict[str, Any]:
        if value is None:
            return {"t": "empty"}
        return node(Decimal(value), money(Decimal(value)), language=self._language)

    def _opinions(self) -> list[dict[str, Any]]:
        """What everybody who passed a step wrote last, in the order of the events."""
        directory = self._here.context.directory
        last: dict[tuple[str, str], dict[str, Any]] = {}
        for event in self._here.history:
            step = str(event.payload.get("step", ""))
            if event.kind not in _SAYING or not step:
                continue
            route = self._service.routing
            known = next((one for one in (route.steps if route else ()) if one.id == step), None)
            signature = event.payload.get("signature") or {}
            last.pop((step, event.actor), None)
            last[step, event.actor] = {
                "step": _text(known.title(self._language) if known else step),
                "name": _text(directory.name(event.actor, self._language)),
                "date": node(event.at.astimezone(CAMPUS_ZONE).date(), language=self._language),
                "opinion": _text(str(event.payload.get("opinion", ""))),
                "signature": {"t": "picture", "v": str(signature["id"]), "s": ""} if signature else {"t": "empty"},
            }
        return list(last.values())

    def _applicant(self) -> dict[str, Any]:
        """Who applied, with her attributes; her department in the language of the paper."""
        directory, initiator = self._here.context.directory, self._here.context.initiator
        found: dict[str, Any] = {}
        for name, value in applicant_values(initiator).items():
            _, _, part = name.partition(".")
            if part:
                found[template_name(part)] = node(value, language=self._language)
        department = initiator.department
        named = directory.department_name(department, self._language) if department else ""
        said = {"name": directory.name(initiator.id, self._language), "department": named}
        for part, chinese in (("name", "姓名"), ("department", "部门")):
            if said[part]:
                found[part] = found[chinese] = {"t": "text", "v": found[part].get("v"), "s": said[part]}
        return found

    # What the check page shows

    def label(self, name: str) -> str:
        """How a question is called."""
        item = self._fields.get(name)
        return filled((item.label.get(self._language) if item else "") or name, lambda _: "…")

    def shown(self, name: str) -> str:
        """A value as anybody may see it: under its mask where it is sensitive."""
        masks = self._here.masks
        item = self._fields.get(name)
        if masks and masks.hides(name):
            answer = self._here.answers.get(name)
            shown = masks.of(name, answer) if answer not in (None, "", []) else ""
            return "" if isinstance(shown, Mapping | list) else str(shown)
        if isinstance(item, Field) and name in self._here.answers:
            return masks.text(str(self._answer(item, self._here.answers[name]).get("s", "")))
        return masks.text(str(node(self._here.context.names.get(name), language=self._language).get("s", "")))

    # What a paper without a template prints

    def _rows(self, items: Sequence[Item]) -> Iterator[dict[str, Any]]:
        for item in _leaves(items):
            answer = self._here.answers.get(item.name)
            if answer in (None, "", [], ()) or item.type in UNSEEN:
                continue
            label = filled(item.label.get(self._language) or item.name, lambda _: "…")
            if isinstance(item, Repeat):
                columns = [
                    one for one in _leaves(item.children) if one.type not in UNSEEN and not isinstance(one, Repeat)
                ]
                head = [one.label.get(self._language) or one.name for one in columns]
                rows = [[self._answer(one, row.get(one.name)).get("s", "") for one in columns] for row in answer]
                yield {"label": label, "head": head, "table": rows}
            else:
                yield {"label": label, "said": self._answer(item, answer)}


def _leaves(items: Sequence[Item]) -> Iterator[Field | Repeat]:
    """The questions and repeats, those of groups too; no notes."""
    for item in items:
        if isinstance(item, Repeat) or (isinstance(item, Field) and item.type != "note"):
            yield item
        elif isinstance(item, Group):
            yield from _leaves(item.children)


def _text(text: str) -> dict[str, Any]:
    return {"t": "text", "v": text, "s": text} if text else {"t": "empty"}
