"""Deleting what is sensitive in an ended case, for good: when the service's period is over, or because a person asks for it.

The values go out of events, decisions and files; the log keeps their digests (`storage.leaves`), so that everything else is
still what was signed. The case says what was deleted, when and why, in an event of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from banshi.platform.audit.takeable import without_rest
from banshi.platform.cases.attachments import file_ids
from banshi.platform.cases.case import Case, fold, of_stored
from banshi.platform.cases.desk import Desk, digest_of
from banshi.platform.cases.giving import withdrawn
from banshi.platform.cases.looks import sensitive_answers
from banshi.platform.cases.months import months_before
from banshi.platform.cases.records import about_case, searched
from banshi.platform.errors import Declined, HallError
from banshi.platform.notices.covering import wiped, words_of
from banshi.platform.people.directory import SYSTEM, Person
from banshi.platform.publishing.library import Library
from banshi.platform.service.masking import NO_MASKS, Masks, question_of
from banshi.platform.service.model import Service
from banshi.platform.views import Receipt
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.canonical import canonical
from banshi.storage.contract import (
    CaseFilter,
    Change,
    Erasure,
    MessageFilter,
    NewEvent,
    StaleWrite,
    Store,
    StoredCase,
    StoredDecision,
    StoredEntry,
    StoredEvent,
    StoredMessage,
)
from banshi.storage.leaves import FORMAT_2, children, pointer, take_out
from banshi.storage.papers import PaperFilter
from banshi.storage.passes import WITHDRAWN, PassFilter, StoredPass

ERASED = "erased"
"""The kind of the event that tells what was deleted."""
PERIOD, REQUEST = "period", "request"
EVERY = timedelta(hours=1)
"""How often cases are looked for whose period is over."""
_PORTION = 50
_TRIES = 5
_MOST_MESSAGES = 100_000
_ENDED = ("approved", "refused", "withdrawn")


@dataclass(frozen=True, slots=True)
class _Round:
    """What was looked for of a service: under which version, when, and until which end of a case."""

    version: str
    at: datetime
    until: datetime


class Eraser:
    """See the module."""

    def __init__(
        self,
        store: Store,
        library: Library,
        desk: Desk,
        attachments: AttachmentFolder,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._library = library
        self._desk = desk
        self._attachments = attachments
        self._clock = clock
        self._rounds: dict[str, _Round] = {}

    def erase(self, person: Person, case_id: str, reason: str, command_id: str) -> Receipt:
        """Delete what is sensitive in a case because somebody asks for it. Declined for an open case and without a reason."""
        digest = digest_of(ERASED, case_id, reason.strip())
        if done := self._desk.done(person, command_id, digest):
            return done
        if not reason.strip():
            raise Declined("请写明删除的原因。", "Say why it is to be deleted.")
        made = self._erase(person, case_id, REQUEST, reason.strip(), command_id, digest)
        self._store.scrub()
        return made

    def erase_due(self) -> int:
        """Delete what is sensitive in a portion of the cases whose period is over; how many."""
        erased = 0
        for service in self._library.services:
            months = service.settings.personal_kept
            if months is None:
                continue
            erased += self._service(service, self._clock(), months, _PORTION - erased)
            if erased >= _PORTION:
                break
        if erased:
            self._store.scrub()
        return erased

    def erased(self, decision: StoredDecision) -> bool:
        """Whether something of a decision was deleted."""
        case = self._store.case(decision.case_id)
        return case is not None and decision.id in case.snapshot.get("erased", {}).get("decisions", ())

    def sealed(self, entry: StoredEntry) -> Sequence[str]:
        """The JSON pointers of what is sensitive in an entry, so that an export leaves it out; of format 1 nothing can be."""
        if not entry.case_id or not entry.body_hash.startswith(FORMAT_2):
            return ()
        masks = self._masks_over_history(entry.case_id)
        return without_rest(entry.kind, entry.body, _sensitive(entry.body, masks))

    def _masks_over_history(self, case_id: str) -> Masks:
        """The masks of a case over everything that was ever said in it."""
        stored = self._store.case(case_id)
        masks = self._library.masks(stored.service_id, stored.version) if stored else NO_MASKS
        return masks.over(*(one.body for one in self._store.case_entries(case_id))) if masks else masks

    def _service(self, service: Service, now: datetime, months: int, most: int) -> int:
        """The same of one service. What was looked at before is not looked at again before a restart or a new version."""
        last = self._rounds.get(service.settings.id)
        known = last is not None and last.version == service.sha256
        if last is not None and known and now - last.at < EVERY:
            return 0
        until = months_before(now, months)
        self._store.delete_drafts(service.settings.id, until)
        which = CaseFilter(
            service_id=service.settings.id,
            states=_ENDED,
            finished_since=last.until if last is not None and known else None,
            finished_until=until,
        )
        erased = 0
        for stored in self._store.iter_cases(which):
            if erased == most:
                return erased
            erased += self._when_due(stored)
        self._rounds[service.settings.id] = _Round(service.sha256, now, until)
        return erased

    def _when_due(self, stored: StoredCase) -> bool:
        if not self._keeps_personal(of_stored(stored)):
            return False
        system = Person(id=SYSTEM, name="")
        command_id = f"{ERASED}:{stored.id}:{stored.seq}"
        try:
            self._erase(system, stored.id, PERIOD, "", command_id, digest_of(ERASED, stored.id))
        except HallError:
            return False  # somebody else was at it; the next round looks again
        return True

    def _keeps_personal(self, case: Case) -> bool:
        """Whether a case has sensitive answers, or passes with their scans, that were not deleted."""
        if any(sensitive_answers(case, self._library.masks(case.service_id, case.version))):
            return True
        return any(not one.content.get("erased") for one in self._store.passes(PassFilter(case_id=case.id)))

    def _erase(self, person: Person, case_id: str, why: str, reason: str, command_id: str, digest: str) -> Receipt:
        for _ in range(_TRIES):
            case = self._desk.case(case_id)
            if not case.closed:
                raise Declined(
                    "办件还没有办完，不能删除其中的个人信息。",
                    "The case has not ended, so nothing of it can be deleted yet.",
                )
            masks = self._library.masks(case.service_id, case.version)
            if not self._keeps_personal(case):
                raise Declined(
                    "这件没有标为敏感的内容，或已经删除。",
                    "The case has no sensitive answers, or they were deleted already.",
                )
            service = self._library.version(case.service_id, case.version)
            change, files = self._change(case, service, masks, person.id, why, reason)
            for path in files:  # before: if it is broken off now, the rest is done with the next try
                self._attachments.remove(path)
            try:
                return self._desk.write(person, case, command_id, change, digest)
            except StaleWrite:
                continue
        raise self._desk.stale(self._desk.case(case_id))

    def _change(
        self, case: Case, service: Service, masks: Masks, actor: str, why: str, reason: str
    ) -> tuple[Change, Sequence[str]]:
        """What is written, and the paths of the files that go."""
        entries = self._store.case_entries(case.id)
        masks = self._masks_over_history(case.id).wiped()
        names = dict.fromkeys(question_of(path) for path, _ in sensitive_answers(case, masks))
        passes = self._store.passes(PassFilter(case_id=case.id))
        names |= dict.fromkeys(one.name for one in passes)
        gone = {
            file
            for entry in entries
            for answers in _answers(entry.body)
            for file in file_ids(service, {name: answers[name] for name in answers if masks.hides(name)})
        }
        attached = [
            one for one in self._store.case_attachments(case.id) if one.id in gone or masks.text(one.name) != one.name
        ]
        history = {event.seq: event for event in self._store.events(case.id)}
        told: list[list[Any]] = []
        erased: list[Erasure] = []
        for entry in entries:
            pointers = without_rest(entry.kind, entry.body, _sensitive(entry.body, masks))
            if pointers:
                left, erasure = self._left(entry, pointers, history)
                told.append([entry.n, sorted(pointers), left])
                erased.append(erasure)
        titles = self._titles_left(case, service, masks)
        words = about_case(titles["title"], case.applicant, service, self._library.directory)
        erased = [self._searched(one, words, masks) for one in erased]
        for one in erased:
            if one.event is not None:
                history[one.event.seq] = one.event
        decisions = [one.decision.id for one in erased if one.decision is not None]
        about = {"at": self._clock().isoformat(), "fields": list(names), "why": why, "decisions": decisions}
        payload = {"erased": about, "entries": told, **titles}
        payload |= {"opinion": reason} if reason else {}
        event = NewEvent(kind=ERASED, at=self._clock(), actor=actor, payload=payload)
        after = fold(case.id, [history[seq] for seq in sorted(history)]).after([event])
        change = Change(
            events=[event],
            case=after.stored(),
            erased=erased,
            attachments_gone=[one.id for one in attached],
            messages_left=self._messages_left(case, entries, masks),
            papers_left=[
                replace(paper, content={"erased": True}, why=masks.text(paper.why))
                for paper in self._store.papers(PaperFilter(case_id=case.id))
            ],
            passes_left=[self._pass_left(one, actor, masks) for one in passes],
            issued_gone=(case.applicant, case.id),
            answer={"case_id": case.id, "number": case.number},
        )
        return change, [one.path for one in attached]

    def _pass_left(self, one: StoredPass, actor: str, masks: Masks) -> StoredPass:
        """What is left of a pass: that there was one. It opens nothing any more."""
        ended = one if one.state == WITHDRAWN else withdrawn(one, actor, self._clock(), "")
        content, why = {"erased": True}, masks.text(ended.why)
        return replace(ended, code="", content=content, entered_at=None, left_at=None, why=why)

    def _titles_left(self, case: Case, service: Service, masks: Masks) -> dict[str, Any]:
        """The titles with nothing to be seen of what is sensitive; where they derive from it they are composed once more."""
        if masks.derived.title:
            return self._desk.retitled(case, service, masks)
        titles = {language: masks.text(title) for language, title in case.titles.items()}
        return {"title": masks.text(case.title), "titles": titles}

    def _messages_left(self, case: Case, entries: Sequence[StoredEntry], masks: Masks) -> Sequence[StoredMessage]:
        """What is left of the messages of a case, which say chosen answers by their labels too."""
        live = self._library.live.get(case.service_id)
        versions = [self._library.kept(case.service_id, case.version), *([live[0]] if live else [])]
        words = {
            word
            for entry in entries
            for answers in _answers(entry.body)
            for name in masks.named(answers)
            for service in versions
            for word in words_of(service, self._library.directory, name, answers[name])
            if len(word) > 1  # a single sign stands everywhere by chance
        }
        if masks.derived.title:
            words |= {case.title, *case.titles.values()}
        found, _ = self._store.messages(MessageFilter(case_id=case.id), size=_MOST_MESSAGES)
        left = (wiped(message, masks, words, self._clock()) for message in found)
        return [message for message in left if message is not None]

    def _left(
        self, entry: StoredEntry, pointers: Sequence[str], history: Mapping[int, StoredEvent]
    ) -> tuple[str, Erasure]:
        """What is left of an entry; of one of format 1 with the hash of that, which the event vouches for."""
        if entry.body_hash.startswith(FORMAT_2):
            body, parts = take_out(entry.body, entry.salt, entry.parts, pointers, "gone")
            left = ""
        else:
            body, parts = _without(entry.body, "", frozenset(pointers)), {"gone": dict.fromkeys(pointers, "")}
            parts = {"gone": {**(entry.parts or {}).get("gone", {}), **parts["gone"]}}
            left = hashlib.sha256(canonical(body)).hexdigest()
        if entry.event_seq is not None:
            event = replace(history[entry.event_seq], payload=body["payload"])
            return left, Erasure(n=entry.n, parts=parts, event=event)
        decision = self._store.decision(str(entry.decision_id))
        assert decision is not None
        return left, Erasure(n=entry.n, parts=parts, decision=replace(decision, record=body["record"]))

    def _searched(self, one: Erasure, about: Sequence[str], masks: Masks) -> Erasure:
        """With the words of a decision, by which it is found, as what is left of it has them."""
        row = one.decision
        if row is None:
            return one
        return replace(one, decision=replace(row, words=searched(row.kind, row.name, masks.json(row.record), about)))


def _answers(body: Any) -> Iterator[Mapping[str, Any]]:
    """Every object that stands in a body, answers and rows of repeats among them."""
    if isinstance(body, Mapping):
        yield body
    for _, item in children(body):
        yield from _answers(item)


def _sensitive(body: Any, masks: Masks) -> Iterator[str]:
    """The JSON pointers of what is sensitive in a body and not taken out yet."""
    payload = body.get("payload") if isinstance(body, Mapping) else None
    scan = payload.get("scan") if isinstance(payload, Mapping) else None
    yield from (pointer("/payload/scan", key) for key in (scan or ()))
    if not masks:
        return
    yield from masks.pointers(body)
    yield from _seen(body, "")
    if masks.derived.title and isinstance(payload, Mapping) and body.get("kind") != ERASED:
        yield from (pointer("/payload", "title") for title in [payload.get("title")] if title)
        yield from (pointer("/payload/titles", key) for key, title in (payload.get("titles") or {}).items() if title)


def _seen(value: Any, at: str) -> Iterator[str]:
    """The digests of what people had before them, from which short answers could be guessed."""
    for key, item in children(value):
        if key == "seen" and isinstance(item, str) and item:
            yield pointer(at, key)
        else:
            yield from _seen(item, pointer(at, key))


def _without(value: Any, at: str, pointers: frozenset[str]) -> Any:
    """A body of format 1 without some values."""
    if at in pointers:
        return "" if isinstance(value, str) else None
    if isinstance(value, Mapping):
        return {key: _without(item, pointer(at, str(key)), pointers) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without(item, pointer(at, str(i)), pointers) for i, item in enumerate(value)]
    return value
