"""Replay: past decisions computed once more from their recorded inputs and the workbooks that they were made by.

A decision is run by the version of the workbook that it names, on the inputs that its record holds, at its own moment,
with the calendar and the people that were published then. What comes out differently is told value by value. The
inputs themselves are taken as they were recorded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, Generic, Protocol, TypeVar

from banshi.platform.audit.ledger import PUBLICATIONS, WORKBOOKS
from banshi.platform.audit.source import Source, lines_of
from banshi.platform.forms.outputs import decision_of, run_rule
from banshi.platform.people.calendar import Calendar, read_calendar
from banshi.platform.people.directory import Directory
from banshi.platform.people.organisation import read_organisation
from banshi.platform.publishing.library import CALENDAR, ORGANISATION
from banshi.platform.service.model import Service
from banshi.platform.sheets import load_workbook
from banshi.platform.workbook import read_workbook
from banshi.platform.workbook.workbook import Workbook
from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import Environment, fold_name
from banshi.rules.policies import Engine, Policy
from banshi.rules.tables import Table
from banshi.rules.tables import faults as table_faults
from banshi.rules.tariffs import Tariff
from banshi.rules.values import CAMPUS_ZONE, ErrorValue, Kind, Value, dumps, from_json, loads
from banshi.storage.contract import Store, StoredDecision
from banshi.storage.payload import unpack

T = TypeVar("T")
_LACKING = "lacking"
"""What stands for the words of a decision in an export from which values are missing: words are no part of the log."""
_TOLD = 50
_TEMPORAL = (Kind.DATETIME, Kind.DATE, Kind.TIME)


class Unreplayable(Exception):
    """Why a decision cannot be computed once more."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something of a decision that came out otherwise. Blank texts of a decision that could not be computed at all.

    `what` is an output, `outcome` or `fired`; `cell` is where it comes from; `why` says what is in the way.
    """

    decision: StoredDecision
    what: str
    cell: str = ""
    stored: str = ""
    recomputed: str = ""
    why: tuple[str, str] = ("", "")
    lacking: bool = False
    """Whether it cannot be computed because values were deleted or left out, as is to be expected."""

    def to_json(self) -> dict[str, Any]:
        """As `banshi log replay --json` tells it."""
        one = self.decision
        return {
            "decision": one.id,
            "at": one.at,
            "case": one.case_id,
            "number": one.number,
            "service": one.service_id,
            "version": one.version,
            "kind": one.kind,
            "name": one.name,
            "scope": one.scope,
            "what": self.what,
            "cell": self.cell,
            "stored": self.stored,
            "recomputed": self.recomputed,
            "why": self.why[1],
            "why_zh": self.why[0],
            "lacking": self.lacking,
        }


class Books(Protocol):
    """Where the workbooks are kept."""

    def workbook(self, service_id: str, sha256: str) -> bytes | None:
        """The workbook of a version; None where it is not kept."""
        ...

    def history(self, service_id: str) -> list[tuple[datetime, str]]:
        """When versions of the organisation or the calendar went live, and their hashes, the first one first."""
        ...


class StoredBooks:
    """The workbooks of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def workbook(self, service_id: str, sha256: str) -> bytes | None:
        """The workbook of a version."""
        return self._store.workbook(service_id, sha256)

    def history(self, service_id: str) -> list[tuple[datetime, str]]:
        """When its versions went live."""
        return [(one.published_at, one.sha256) for one in reversed(self._store.versions(service_id))]


class ExportedBooks:
    """The workbooks of an export of the log; KeyError where it was made without them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        told = (unpack(line.decode()) for line in lines_of(source, PUBLICATIONS))
        self._told = [(one["service_id"], datetime.fromisoformat(one["published_at"]), one["sha256"]) for one in told]

    def workbook(self, service_id: str, sha256: str) -> bytes | None:  # noqa: ARG002  (files have their hash for a name)
        """The workbook of a version."""
        try:
            with self._source.open(f"{WORKBOOKS}{sha256}.xlsx") as file:
                return file.read()
        except KeyError:
            return None

    def history(self, service_id: str) -> list[tuple[datetime, str]]:
        """When its versions went live."""
        return [(at, sha256) for id_, at, sha256 in self._told if id_ == service_id]


class Replay:
    """See the module. `engine` infers policies; `gone` tells of which decisions inputs were deleted."""

    def __init__(self, books: Books, engine: Engine, gone: Callable[[StoredDecision], bool] = lambda _: False) -> None:
        self._books = books
        self._gone = gone
        self._engine = engine
        self._services: dict[tuple[str, str], Service | Unreplayable] = {}
        self._directories = _History(books, ORGANISATION, lambda book: read_organisation(book)[0], Directory())
        self._calendars = _History(books, CALENDAR, lambda book: read_calendar(book)[0], Calendar())

    def run(
        self, decisions: Iterable[StoredDecision], total: int, progress: Callable[[int, int], None]
    ) -> Iterator[Difference]:
        """What comes out differently, in the order of the decisions."""
        for done, one in zip(count(1), decisions):
            yield from self.of(one)
            if done % _TOLD == 0:
                progress(done, total)
        progress(total, total)

    def of(self, one: StoredDecision) -> list[Difference]:
        """What comes out differently of one decision."""
        try:
            found = self._differences(one, dated=False)
            # Texts of names without a kind may have been dates: the record holds both alike.
            return found if not found else min(found, self._differences(one, dated=True), key=len)
        except Unreplayable as why:
            return [Difference(decision=one, what="", why=(why.zh, why.en), lacking=self._gone(one))]

    def _differences(self, one: StoredDecision, *, dated: bool) -> list[Difference]:
        service = self._service(one)
        rules: dict[str, Mapping[str, Table | Tariff | Policy]] = {
            "table": service.tables,
            "tariff": service.tariffs,
            "policy": service.policies,
        }
        if self._gone(one):
            raise Unreplayable(
                "敏感的输入已删除，或没有导出", "its sensitive inputs were deleted, or left out of the export"
            )
        rule = rules.get(one.kind, {}).get(one.name)
        if rule is None:
            raise Unreplayable(f"这一版没有“{one.name}”", f"the version has no “{one.name}”")
        kinds = {fold_name(name): kind for name, kind in service.field_kinds.items()}
        values = {
            name: _value(raw, kinds.get(fold_name(name), Kind.ANY), dated=dated)
            for name, raw in (*one.record["inputs"].items(), *one.record.get("read", {}).items())
        }
        if isinstance(rule, Table) and (missing := rule.names - {*values, *map(fold_name, values)}):
            names = "、".join(sorted(missing))
            raise Unreplayable(f"旧版本的记录里没有 {names} 的值", f"the record of an older release lacks {names}")
        environment = Environment(
            values,
            service.datasets,
            now=one.at.astimezone(CAMPUS_ZONE),
            directory=self._directories.at(one.at),
            calendar=self._calendars.at(one.at),
            choice_labels=service.choice_label,
        )
        made = decision_of(run_rule(rule, environment, self._engine, one.scope, explained=False))
        return list(_compared(one, loads(dumps(made.to_json()))))

    def _service(self, one: StoredDecision) -> Service:
        key = (one.service_id, one.version)
        if key not in self._services:
            try:
                self._services[key] = self._load(one)
            except Unreplayable as why:
                self._services[key] = why
        found = self._services[key]
        if isinstance(found, Unreplayable):
            raise found
        return found

    def _load(self, one: StoredDecision) -> Service:
        data = self._books.workbook(one.service_id, one.version)
        if data is None:
            raise Unreplayable("没有保存这一版的工作簿", "the workbook of the version is not kept")
        if hashlib.sha256(data).hexdigest() != one.version:
            raise Unreplayable(
                "保存的工作簿与版本的散列值不符", "the workbook that is kept does not fit the hash of the version"
            )
        workbook = read_workbook(data, one.service_id)[0]
        service = load_workbook(workbook, self._directories.at(one.at))[0] if workbook else None
        if service is None:
            raise Unreplayable("这一版的工作簿读不懂了", "the workbook of the version cannot be read any more")
        return service


class _History(Generic[T]):
    """What a workbook that is shared by all services said at a moment."""

    def __init__(self, books: Books, service_id: str, read: Callable[[Workbook], T], nothing: T) -> None:
        self._books, self._id, self._read, self._nothing = books, service_id, read, nothing
        self._when = books.history(service_id)
        self._known: dict[str, T] = {}

    def at(self, moment: datetime) -> T:
        """What it said; nothing before the first version."""
        sha256 = next((sha256 for at, sha256 in reversed(self._when) if at <= moment), "")
        if sha256 not in self._known:
            data = self._books.workbook(self._id, sha256) if sha256 else None
            workbook = read_workbook(data, self._id)[0] if data else None
            self._known[sha256] = self._read(workbook) if workbook else self._nothing
        return self._known[sha256]


def _value(raw: Any, kind: Kind, *, dated: bool) -> Value:
    """A recorded input as the rule was given it."""
    if isinstance(raw, dict) and "error" in raw:
        told = {"label": "", "value": raw["error"], "kind": "", "kind_zh": ""}
        return ErrorValue(table_faults.UNREADABLE_INPUT.at(NOWHERE, **told))
    if isinstance(raw, list):
        return tuple(_value(item, Kind.ANY if kind is Kind.LIST else kind, dated=dated) for item in raw)
    if dated and kind is Kind.ANY and isinstance(raw, str):
        for temporal in _TEMPORAL:
            value = from_json(raw, temporal)
            if not isinstance(value, str) and value is not None and value.isoformat() == raw:  # type: ignore[union-attr]
                return value
    return from_json(raw, kind)


def _compared(one: StoredDecision, made: Mapping[str, Any]) -> Iterator[Difference]:
    stored = loads(dumps(one.record))
    if one.outcome != made["outcome"]:
        yield _difference(one, "outcome", one.outcome, made["outcome"])
    if stored["fired"] != made["fired"]:
        yield _difference(one, "fired", stored["fired"], made["fired"])
    before, now = _plain(stored["outputs"]), _plain(made["outputs"])
    if isinstance(before, dict) and isinstance(now, dict):
        for name in dict.fromkeys((*before, *now)):
            if before.get(name) != now.get(name):
                yield _difference(one, name, before.get(name), now.get(name))
    elif before != now:
        yield _difference(one, one.name, before, now)


def _plain(outputs: Any) -> Any:
    """Outputs without the sentences of errors, which may read otherwise today."""
    if isinstance(outputs, dict):
        return "error" if set(outputs) == {"error", "cell"} else {key: _plain(item) for key, item in outputs.items()}
    return [_plain(item) for item in outputs] if isinstance(outputs, list) else outputs


def _difference(one: StoredDecision, what: str, stored: Any, recomputed: Any) -> Difference:
    fired = one.record["fired"]
    cell = _cell(one.record["explanation"], what) or (str(fired[0]) if fired else "")
    return Difference(decision=one, what=what, cell=cell, stored=_said(stored), recomputed=_said(recomputed))


def _cell(lines: Iterable[Mapping[str, Any]], label: str) -> str:
    """The cell of the line of an explanation that is about an output."""
    for line in lines:
        if line["label"] == label and line["cell"]:
            return str(line["cell"])
        if found := _cell(line["parts"], label):
            return found
    return ""


def _said(value: Any) -> str:
    return value if isinstance(value, str) else dumps(value)


def exported_decisions(source: Source, entries: str) -> Iterator[StoredDecision]:
    """The decisions in an export of the log, in its order."""
    for line in lines_of(source, entries):
        told = unpack(line.decode())
        if told["header"]["kind"] == "decision" and told["body"] is not None:
            at = datetime.fromisoformat(told["header"]["at"])
            words = _LACKING if "parts" in told else ""
            yield StoredDecision(at=at, case_id=told["header"]["case"], words=words, **told["body"])


def lacks_values(decision: StoredDecision) -> bool:
    """Whether values are missing from a decision of an export."""
    return decision.words == _LACKING
