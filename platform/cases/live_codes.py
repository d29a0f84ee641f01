"""Live codes: who may show one, what a scan of it opens, and how long that counts.

A code is an address with the case, the moment up to the second at which its turn began, and an HMAC under a key of the hall; it is taken while
its turn lasts and for one turn more. Whoever opens it in time gets an admission, another such text with the moment of the scan, which
her browser keeps while she signs in and fills in the form: nothing is stored until the form is sent. All moments are of the
server's clock. What the code fills in is computed from its case when the form is evaluated, and never taken from a browser.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from banshi.platform.cases.admitting import Admitted, CodeEnded, NoCode, OthersScan, ScanAgain, ScanFirst, SentTooLate
from banshi.platform.cases.case import Case
from banshi.platform.cases.desk import Desk
from banshi.platform.cases.records import plain_json
from banshi.platform.cases.rows import rows_of
from banshi.platform.cases.table import Writer
from banshi.platform.errors import HallError, NotAllowed, NotFound, plain_failures
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.state import RouteState, StepStatus
from banshi.platform.service.live_codes import LiveCode
from banshi.platform.service.model import Field, Repeat, Service
from banshi.platform.service.notices import CASE_NAMES
from banshi.rules.expressions import evaluate, fold_name
from banshi.rules.values import ErrorValue

_SHOWN, _OPENED = "shown", "opened"
_MAC = 32
_MOST_KEPT = 64
_TOKEN = re.compile(r"([0-9A-Za-z_-]{1,40})\.([0-9]{1,3})\.([0-9a-f]{1,12})\.(?:([0-9a-f]{16}|-)\.)?([0-9a-f]{32})")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """A code that somebody may show now: its place in the sheet of the case's version, and what it is called."""

    at: int
    title: str
    opens: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTable:
    """Rows of a repeat beside a code, as texts."""

    label: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """A code as the screen shows it: its token, for how many milliseconds more, and what stands beside it."""

    title: str
    case_title: str
    token: str
    left: int
    seconds: int
    facts: Sequence[tuple[str, str]]
    tables: Sequence[CodeTable]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a scan opens: the form of a service, with an admission that is good for some minutes."""

    service_id: str
    admission: str
    minutes: int


@plain_failures
class LiveCodes:
    """See the module. `key` gives the secret that codes are signed with."""

    def __init__(self, library: Library, desk: Desk, clock: Callable[[], datetime], key: Callable[[], bytes]) -> None:
        self._library = library
        self._desk = desk
        self._clock = clock
        self._key = cache(key)
        self._contexts: dict[tuple[str, int], FlowContext] = {}

    # The screen

    def of_case(self, person: Person, case_id: str, language: str = "zh") -> list[CodeRow]:
        """The codes of a case that a person may show now."""
        case = self._desk.case(case_id)
        service = self._library.kept(case.service_id, case.version)
        if service is None or not service.codes:
            return []
        return [
            CodeRow(at=at, title=one.title(language), opens=self._title(one.opens, language))
            for at, one in enumerate(service.codes)
            if self._may_show(person, case, one) and self._stands(case, service, one)
        ]

    def show(self, person: Person, case_id: str, at: int, language: str = "zh") -> CodeView:
        """A code for the screen; NotAllowed for somebody who is not asked at its step, CodeEnded once that is over."""
        case = self._desk.case(case_id)
        service, one = self._code(case, at)
        if not self._may_show(person, case, one):
            raise CodeEnded(one.title("zh"), one.title("en")) if self._showed(person, case, one) else NotAllowed
        if not self._stands(case, service, one):
            raise CodeEnded(one.title("zh"), one.title("en"))
        now = self._clock().timestamp()
        turn = int(now // one.seconds)
        facts, tables = self._beside(case, service, one, language)
        return CodeView(
            title=one.title(language),
            case_title=case.titles.get(language) or case.title,
            token=self._token(case.id, at, turn),
            left=max(1, round(((turn + 1) * one.seconds - now) * 1000)),
            seconds=one.seconds,
            facts=facts,
            tables=tables,
        )

    def _beside(
        self, case: Case, service: Service, one: LiveCode, language: str
    ) -> tuple[list[tuple[str, str]], list[CodeTable]]:
        """What stands beside the code, as it is now."""
        if not one.shows or service.survey is None:
            return [], []
        applicant = self._desk.applicant(case)
        found = self._desk.evaluate(service, case.answers, applicant, language, case_id=case.id, stored=case.answers)
        answers = plain_json(found.answers)
        writer = Writer(service, self._library.directory, language)
        items = {fold_name(item.name): item for item, around in service.survey.walk() if not around}
        facts: list[tuple[str, str]] = []
        tables: list[CodeTable] = []
        for name in one.shows:
            item = items.get(name)
            if isinstance(item, Repeat):
                header, rows = rows_of(writer, item, answers.get(item.name) or [])
                texts = [["" if entry is None else writer.said(entry, item) for entry in row] for row in rows]
                tables.append(CodeTable(label=writer.label(item), header=header, rows=texts))
            elif item is not None and (entry := writer.entry(answers.get(item.name), item)) is not None:
                facts.append((writer.label(item), writer.said(entry, item)))
        return facts, tables

    def _may_show(self, person: Person, case: Case, one: LiveCode) -> bool:
        mine = self._desk.acts_for(person, case.service_id)
        return any(
            task.step_id == one.step and task.state == "open" and task.person in mine
            for task in self._desk.tasks_of(case)
        )

    def _showed(self, person: Person, case: Case, one: LiveCode) -> bool:
        """Whether somebody was asked at the step."""
        return any(task.step_id == one.step and task.person == person.id for task in self._desk.tasks_of(case))

    def _title(self, service_id: str, language: str) -> str:
        found = self._library.live.get(service_id)
        return found[0].settings.title.get(language) if found else service_id

    # The scan

    def scan(self, token: str, person: Person | None) -> Opened:
        """Open what a code opens; `person` is who is signed in, if anybody is.

        Raises NoCode for what no screen has shown, ScanAgain for an old code, CodeEnded where it is not shown any more.
        """
        case_id, at, turn, _ = self._read(token, _SHOWN)
        case, service, one = self._found(case_id, at)
        now = self._clock()
        if not 0 <= int(now.timestamp() // one.seconds) - turn <= 1:
            raise ScanAgain
        if not self._stands(case, service, one):
            raise CodeEnded(one.title("zh"), one.title("en"))
        body = f"{case_id}.{at}.{int(now.timestamp()):x}.{_digest(person)}"
        return Opened(service_id=one.opens, admission=f"{body}.{self._mac(_OPENED, body)}", minutes=one.minutes)

    def admitted(self, service: Service, admission: str, person: Person, *, sending: bool = False) -> Admitted | None:
        """What an admission lets somebody fill in and send; None for a service that asks for no code.

        Raises ScanFirst without one, or with one for another form, SentTooLate when its minutes are over and she is
        `sending`, OthersScan, CodeEnded.
        """
        if not service.settings.code_of:
            return None
        title = service.settings.title
        first = ScanFirst(title.get("zh"), title.get("en"))
        try:
            case_id, at, moment, who = self._read(admission, _OPENED)
            case, other, one = self._found(case_id, at)
        except NoCode as error:
            raise first from error
        if one.opens != service.settings.id or other.settings.id not in service.settings.code_of:
            raise first
        if who not in ("-", _digest(person)):
            raise OthersScan
        now = self._clock()
        if sending and now.timestamp() - moment > one.minutes * 60:
            raise SentTooLate(one.minutes)
        if not self._stands(case, other, one):
            raise CodeEnded(one.title("zh"), one.title("en"))
        scanned_at = datetime.fromtimestamp(moment, now.tzinfo)
        return Admitted(
            answers=self._answers(service, case, other, one, scanned_at),
            told={
                "case_id": case.id,
                "number": case.number,
                "service_id": case.service_id,
                "name": one.name,
                "title": one.title("zh"),
                "title_en": one.title("en"),
                "at": scanned_at.isoformat(),
            },
        )

    def _answers(
        self, service: Service, case: Case, other: Service, one: LiveCode, scanned_at: datetime
    ) -> dict[str, Any]:
        """What the code fills in, under the names of the form that it opens."""
        walked = service.survey.walk() if service.survey else ()
        known = {fold_name(item.name): item.name for item, around in walked if isinstance(item, Field) and not around}
        context = self._context(case, other)
        facts = dict.fromkeys(CASE_NAMES["number"], case.number)
        environment = replace(context.environment, values={**context.names, **facts})
        found = {name: evaluate(value, environment) for name, value in one.fields}
        given: dict[str, Any] = {
            known[name]: value for name, value in found.items() if name in known and not isinstance(value, ErrorValue)
        }
        if one.scanned in known:
            given[known[one.scanned]] = scanned_at
        return dict(plain_json(given))

    def _stands(self, case: Case, service: Service, one: LiveCode) -> bool:
        """Whether the step of a code is open and its condition holds."""
        step = RouteState.from_json(case.route).steps.get(one.step)
        if case.closed or step is None or step.status is not StepStatus.ACTIVE:
            return False
        if one.when is None:
            return True
        context = self._context(case, service)
        facts = dict.fromkeys(CASE_NAMES["number"], case.number)
        return evaluate(one.when, replace(context.environment, values={**context.names, **facts})) is True

    def _context(self, case: Case, service: Service) -> FlowContext:
        """What is computed of a case as of now; its form is evaluated once as long as nothing happens to it.

        A service that reads registers is evaluated each time: other cases write there.
        """
        if service.registers:
            return self._desk.around(case, service)
        key = case.id, case.seq
        if (known := self._contexts.get(key)) is None:
            if len(self._contexts) >= _MOST_KEPT:
                self._contexts.clear()
            known = self._contexts[key] = self._desk.around(case, service)
        return replace(known, now=self._clock())

    def _found(self, case_id: str, at: int) -> tuple[Case, Service, LiveCode]:
        try:
            case = self._desk.case(case_id)
            return case, *self._code(case, at)
        except HallError as error:
            raise NoCode from error

    def _code(self, case: Case, at: int) -> tuple[Service, LiveCode]:
        service = self._library.version(case.service_id, case.version)
        if not 0 <= at < len(service.codes):
            raise NotFound("code", str(at))
        return service, service.codes[at]

    # What is signed

    def _token(self, case_id: str, at: int, turn: int) -> str:
        body = f"{case_id}.{at}.{turn:x}"
        return f"{body}.{self._mac(_SHOWN, body)}"

    def _read(self, token: str, kind: str) -> tuple[str, int, int, str]:
        """The case, the code's place, the turn or moment, and for whom; NoCode for what the hall did not sign."""
        shape = _TOKEN.fullmatch(token)
        if shape is None or (shape[4] is None) is not (kind == _SHOWN):
            raise NoCode
        if not hmac.compare_digest(self._mac(kind, token.rpartition(".")[0]), shape[5]):
            raise NoCode
        return shape[1], int(shape[2]), int(shape[3], 16), shape[4] or ""

    def _mac(self, kind: str, body: str) -> str:
        return hmac.new(self._key(), f"{kind}.{body}".encode(), hashlib.sha256).hexdigest()[:_MAC]


def _digest(person: Person | None) -> str:
    return hashlib.sha256(person.id.encode()).hexdigest()[:16] if person else "-"
