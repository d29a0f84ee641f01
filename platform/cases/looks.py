"""Looks at sensitive answers: somebody who sees a case with masks has one taken off, for a reason, and it is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from banshi.platform.audit.telling import plainly
from banshi.platform.cases.attachments import file_ids
from banshi.platform.cases.case import Case
from banshi.platform.cases.colleagues import Colleagues
from banshi.platform.cases.desk import Desk, digest_of
from banshi.platform.cases.show import path_label, question_labels
from banshi.platform.errors import Declined, NotAllowed, NotFound
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library, may_archive
from banshi.platform.service.masking import Masks, question_of
from banshi.platform.service.model import Service
from banshi.platform.views import ErasedView, LookView, MaskedView, Page, PrivacyRow
from banshi.storage.contract import Store, StoredEvent

LOOKED = "looked"
"""The kind of the event that records a look."""
LONGEST_REASON = 200
FILES_OPEN = timedelta(minutes=15)
"""How long somebody may open the files of an answer that she has looked at."""


class Looks:
    """See the module. Auditors may look, and the owners of the service."""

    def __init__(self, store: Store, library: Library, desk: Desk, colleagues: Colleagues) -> None:
        self._store = store
        self._library = library
        self._desk = desk
        self._colleagues = colleagues

    def look(self, person: Person, case_id: str, path: str, reason: str, command_id: str, language: str) -> LookView:
        """A sensitive answer, such as `members[2].id_number`, without its mask.

        Raises NotAllowed, NotFound where there is no such answer, Declined without a reason.
        """
        case = self._desk.case(case_id)
        service = self._library.version(case.service_id, case.version)
        if not may_look(person, service):
            raise NotAllowed
        reason = reason.strip()
        if not reason:
            raise Declined("请写明查看的原因。", "Say why you look.")
        if len(reason) > LONGEST_REASON:
            raise Declined(
                f"原因请写在 {LONGEST_REASON} 字以内。", f"Say why in no more than {LONGEST_REASON} characters."
            )
        masks = self._library.masks(case.service_id, case.version)
        found = dict(sensitive_answers(case, masks))
        if path not in found:
            raise NotFound("answer", path)
        digest = digest_of(LOOKED, case_id, path, reason)
        self._colleagues.add(person, case_id, LOOKED, {"looked": path, "opinion": reason}, command_id, digest)
        files = list(file_ids(service, {question_of(path): found[path]}))
        return LookView(path=path, value=_said(found[path], language), files=files)

    def page(self, page: int, size: int, language: str) -> Page:
        """One page of looks and deletions, newest first."""
        events, total = self._store.privacy_events(page=page, size=size)
        return Page(items=[self._row(event, language) for event in events], page=page, size=size, total=total)

    def _row(self, event: StoredEvent, language: str) -> PrivacyRow:
        case = self._desk.case(event.case_id)
        service = self._desk.service_of(case)
        labels = question_labels(service, language)
        between = ", " if language == "en" else "、"
        erased = event.payload.get("erased", {}).get("fields", ())
        paths = [str(event.payload["looked"])] if "looked" in event.payload else [*erased]
        return PrivacyRow(
            kind=event.kind,
            at=event.at,
            case_id=case.id,
            number=case.number,
            service=service.settings.title.get(language) if service else case.service_id,
            actor=self._library.directory.name(event.actor, language),
            about=between.join(dict.fromkeys(path_label(path, labels) for path in paths)),
            reason=str(event.payload.get("opinion", "")),
        )


def may_look(person: Person, service: Service) -> bool:
    """Whether somebody may have masks taken off: the auditors, and those who own the service."""
    return may_archive(person, service)


def masked_answers(case: Case, service: Service, masks: Masks, language: str) -> list[MaskedView]:
    """The sensitive answers of a case as everybody sees them, to be looked at one by one."""
    labels = question_labels(service, language)
    return [
        MaskedView(path=path, label=path_label(path, labels), shown=_said(masks.of(path, value), language))
        for path, value in sensitive_answers(case, masks)
    ]


def erased_of(case: Case, service: Service, language: str) -> ErasedView | None:
    """What was deleted of a case; None where nothing was."""
    if not case.erased:
        return None
    labels = question_labels(service, language)
    fields = [*dict.fromkeys(labels.get(name, name) for name in case.erased["fields"])]
    return ErasedView(at=datetime.fromisoformat(case.erased["at"]), labels=fields, why=case.erased["why"])


def looked_at(history: Sequence[StoredEvent], person: Person, now: datetime) -> frozenset[str]:
    """The questions that somebody has looked at a short while ago."""
    mine = (event for event in history if event.kind == LOOKED and event.actor == person.id)
    return frozenset(question_of(event.payload["looked"]) for event in mine if event.at > now - FILES_OPEN)


def sensitive_answers(case: Case, masks: Masks) -> Iterator[tuple[str, Any]]:
    """The sensitive answers that are filled in, with their paths; then calculated values."""
    found = dict(_answers(case.answers, "", masks))
    yield from found.items()
    for path, value in case.shown.get("values", {}).items():
        if path not in found and masks.marks(path) and value not in (None, "", []):
            yield path, value


def _answers(values: Mapping[str, Any], above: str, masks: Masks) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        path = f"{above}{name}"
        if value in (None, "", []):
            continue
        if masks.marks(path):
            yield path, value
        elif isinstance(value, list | tuple):
            for row, inside in enumerate(value, 1):
                if isinstance(inside, Mapping):
                    yield from _answers(inside, f"{path}[{row}].", masks)


def _said(value: Any, language: str) -> str:
    if isinstance(value, Mapping):
        return str(value.get("name", ""))
    if isinstance(value, list | tuple):
        return ("、" if language == "zh" else ", ").join(_said(item, language) for item in value)
    return plainly(value, language)
