"""Half a year of a campus: people send forms and decide on them through the hall, on a clock that is moved.

The forms are those of the examples in the workbooks, sent by their applicants and by others who may, with other amounts and
days. The same seed and workbooks give the same people, answers and decisions.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from banshi.platform.cases.callbacks import Answer
from banshi.platform.errors import Declined, HallError
from banshi.platform.forms.rights import spread, withheld, without
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.publishing.catalogue import Catalogue
from banshi.platform.publishing.library import Library
from banshi.platform.routes.state import RouteOutcome, RouteState
from banshi.platform.service.model import Example, Field, Service
from banshi.platform.stores import store_of_folder
from banshi.platform.views import CaseView, Receipt, TaskView
from banshi.rules.expressions import fold_name
from banshi.rules.policies import DurableEngine
from banshi.rules.values import CAMPUS_ZONE, Kind
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import CaseFilter, Store, TaskFilter

DAYS = 183
_HOURS = (9, 9, 10, 10, 11, 14, 14, 15, 15, 16, 17, 20, 21)
"""When people sit down; offices act in the first eleven."""
_OFFICE = _HOURS[:-2]
_DELAYS = (0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 5, 9)
"""Days until somebody looks at what waits for her."""
_SHORT = 6
"""Digits at the end of a number that tell one from another."""
_OPINIONS: Mapping[str, Sequence[str]] = {
    "approve": ("同意", "同意。", "已核对，同意", "材料齐全", "情况属实，同意办理"),
    "refuse": ("不符合规定，请查看办事指南", "本学期额度已用完"),
    "return": ("请补充说明", "附件看不清，请重新上传", "日期与安排不符，请核对"),
}
_WISHES = ("approve", "open", "refuse", "approve", "return", "approve", "withdraw", "")
"""What is to become of the cases of a service, in turn, as far as its route lets that happen; blank is left to chance."""
_TRIES = 12
"""How often an office tries what the form refuses, before it says no."""
_PAST_MINUTES = 8
"""Minutes between two things that somebody writes down of what has happened."""
FILES = frozenset({"file", "image"})
_NUMBERED = ("号", "凭证", "编码")
_PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000080000000808020000004b6d29dc000000114944415478da633871f61256c430b424001"
    "0cc99c17a24060e0000000049454e44ae426082"
)


@dataclass(slots=True)
class Played:
    """What came of it: cases by state, deeds, and what was declined, by service and reason."""

    sent: int = 0
    deeds: int = 0
    states: Counter[str] = field(default_factory=Counter)
    declined: Counter[tuple[str, str]] = field(default_factory=Counter)


class Clock:
    """A clock that is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The moment that it shows."""
        return self.now


def demonstrate(
    *,
    data: Path,
    definitions: Path,
    until: datetime,
    cases: int = 300,
    seed: int = 1,
    told: Callable[[int, int], None] = lambda *_: None,
) -> Played:
    """Fill a new data folder; Declined where there is something in it, StoreNotOpened where it cannot be made."""
    if data.exists() and any(data.iterdir()):
        raise Declined(
            f"{data} 里已经有东西。演示数据只写进新的文件夹，请换一个。",
            f"There is something in {data}. Demonstration data goes into a new folder only; choose another one.",
        )
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock, engine, store = Clock(until), DurableEngine(), store_of_folder(data)
    library = Library(store, definitions, engine, clock)
    hall = Hall(
        store=store,
        attachments=AttachmentFolder(data / "attachments"),
        definitions=definitions,
        engine=engine,
        clock=clock,
        library=library,
        log_key=data / "log-key.pem",
    )
    with closing(hall):
        return _HalfYear(hall, library, store, clock, until, seed).play(cases, told)


class _HalfYear:
    """The clock goes from half a year before `until` to `until`; what is to happen waits in a queue by its moment."""

    def __init__(self, hall: Hall, library: Library, store: Store, clock: Clock, until: datetime, seed: int) -> None:
        self._hall, self._library, self._store, self._clock, self._until = hall, library, store, clock, until
        self._catalogue = Catalogue(library, clock)
        self._chance = random.Random(seed)  # noqa: S311  (a demonstration that can be repeated, no secret)
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = itertools.count(1)
        self._turns: Counter[str] = Counter()
        self._wishes: dict[str, str] = {}
        self._played = Played()

    def play(self, cases: int, told: Callable[[int, int], None]) -> Played:
        """Send so many cases, spread over the half year, and let everybody decide on them; `told` counts what was sent."""
        self._clock.now = self._until - timedelta(days=DAYS)
        self._hall.scan()
        for _ in range(cases):
            self._at(self._some_moment(), self._send_one)
        month = self._clock.now.month
        while self._queue and self._queue[0][0] <= self._until:
            self._clock.now, _, deed = heapq.heappop(self._queue)
            if self._clock.now.month != month:
                month = self._clock.now.month
                self._library.judge_again()
            self._let_time_pass()
            deed()
            told(self._played.sent, cases)
        self._clock.now = self._until
        self._let_time_pass()
        self._played.states.update(case.state for case in self._store.iter_cases(CaseFilter()))
        return self._played

    def _let_time_pass(self) -> None:
        """What deadlines and jobs do by now; cases that jobs have opened come to somebody."""
        ran = 0
        while self._hall.fire_timers() + (runs := self._hall.jobs.fire_due()):
            ran += runs
        for case in self._store.iter_cases(CaseFilter(states=("open",))) if ran else ():
            live = self._library.live.get(case.service_id)
            if live is not None and case.id not in self._wishes:
                self._wishes[case.id] = ""
                self._at(self._later(), partial(self._look, live[0], case.id, case.snapshot["answers"]))

    # When

    def _at(self, moment: datetime, deed: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (moment, next(self._count), deed))

    def _some_moment(self) -> datetime:
        """A moment of the half year, most of them on weekdays."""
        while True:
            day = (self._until - timedelta(days=self._chance.randrange(1, DAYS))).date()
            if day.weekday() < 5 or self._chance.random() < 0.2:
                return self._on(day, self._chance.choice(_HOURS))

    def _on(self, day: date, hour: int) -> datetime:
        at = time(hour, self._chance.randrange(60), self._chance.randrange(60))
        return datetime.combine(day, at, tzinfo=self._until.tzinfo)

    def _later(self) -> datetime:
        """When somebody comes to what waits for her now."""
        now, works = self._clock.now, self._library.calendar.works
        day = now.date() + timedelta(days=self._chance.choice(_DELAYS))
        while True:
            while not works(day):
                day += timedelta(days=1)
            at = self._on(day, self._chance.choice(_OFFICE))
            if at > now:
                return at
            soon = now + timedelta(minutes=self._chance.randrange(5, 90))
            if _OFFICE[0] <= soon.hour <= _OFFICE[-1]:
                return soon
            day += timedelta(days=1)

    # Sending

    def _send_one(self) -> None:
        """A form of one of the services that are live by now."""
        scenes = {
            name: (service, examples)
            for name, (service, _) in self._library.live.items()
            if not service.settings.code_of and (examples := _sent(service))
        }
        if scenes:
            fewest = min(self._turns[name] for name in scenes)
            name = self._chance.choice(sorted(one for one in scenes if self._turns[one] == fewest))
            self._turns[name] += 1
            service, examples = scenes[name]
            self._send(service, self._chance.choice(examples))

    def _send(self, service: Service, example: Example) -> None:
        """A form as an example has it: with other amounts by somebody like its applicant, or else just so by her."""
        people = self._applicants(service)
        own = self._hall.directory.people.get(example.applicant) or (self._chance.choice(people) if people else None)
        if own is None:
            return
        whole = self._timely(service, dict(service.reader.answers(example.answers)[0]))
        for person, elsewhere, varied in (
            (self._like(own, people), not service.codes, True),
            (own, not service.codes, False),
            (own, False, False),
        ):
            said = self._elsewhere(service, whole) if elsewhere else whole
            answers = without(said, service, withheld(service))
            told = self._files(person, self._varied(service, answers) if varied else answers)
            deed = partial(self._hall.submit, person, service.settings.id, told, command_id=self._command())
            receipt = self._done(service, deed)
            if receipt is not None:
                self._played.sent += 1
                self._wishes[receipt.case_id] = _WISHES[(self._turns[service.settings.id] - 1) % len(_WISHES)]
                # Who has to pay does so at once, or the order is closed.
                soon = self._clock.now + timedelta(minutes=self._chance.randrange(1, 9))
                pays = any(one.case_id == receipt.case_id for one in self._hall.awaited(service.settings.id))
                self._at(
                    soon if pays else self._next(service, said), partial(self._look, service, receipt.case_id, said)
                )
                self._let_scan(service, receipt.case_id)
                return

    def _let_scan(self, service: Service, case_id: str) -> None:
        """Those of the examples scan the codes of a case, in its first minutes."""
        for at, code in enumerate(service.codes):
            other, _ = self._library.live.get(code.opens, (None, None))
            people = {one.applicant: one for one in (_sent(other) if other else ())}
            for number in people:
                if other is not None and (person := self._hall.directory.people.get(number)) is not None:
                    soon = self._clock.now + timedelta(minutes=self._chance.randrange(1, 5))
                    self._at(soon, partial(self._scan, other, case_id, at, person))

    def _scan(self, service: Service, case_id: str, at: int, person: Person) -> None:
        """Somebody scans a code as whoever is asked on its case shows it, and sends what it opens."""
        tasks, _ = self._store.tasks(TaskFilter(case_id=case_id, state="open"))
        keeper = self._hall.directory.people.get(tasks[0].task.person) if tasks else None
        if keeper is None:
            return

        def deed() -> Receipt:
            token = self._hall.codes.show(keeper, case_id, at).token
            admission = self._hall.codes.scan(token, person).admission
            return self._hall.submit(person, service.settings.id, {}, command_id=self._command(), admission=admission)

        if self._done(service, deed) is not None:
            self._played.sent += 1

    def _applicants(self, service: Service) -> list[Person]:
        """Everybody who may apply."""
        everybody = self._hall.directory.people.values()
        return [person for person in everybody if self._catalogue.may_apply(person, service)]

    def _command(self) -> str:
        return f"demonstration-{next(self._count)}"

    def _done(self, service: Service, deed: Callable[[], Receipt]) -> Receipt | None:
        """Do something; what is declined is counted."""
        try:
            receipt = deed()
        except HallError as error:
            self._played.declined[service.settings.id, str(error)] += 1
            return None
        for problem in receipt.problems:
            self._played.declined[service.settings.id, f"{problem.path}: {problem.message}"] += 1
        return receipt if receipt.done else None

    def _like(self, person: Person, people: Sequence[Person]) -> Person:
        """Half of the time somebody else of the same kind who may apply too."""
        if self._chance.random() < 0.5:
            return person
        return self._chance.choice([one for one in people if one.kind == person.kind] or [person])

    def _varied(self, service: Service, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Numbers up to a fifth more or less; whole ones stay whole."""
        made = dict(answers)
        for item in _fields(service):
            value = made.get(item.name)
            if isinstance(value, Decimal) and not item.choices and self._chance.random() < 0.7:
                step = Decimal(1) if value == value.to_integral_value() else value
                made[item.name] = (value * self._chance.randrange(80, 121) / 100).quantize(step)
        return made

    def _timely(self, service: Service, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The answers with their days moved by whole weeks, so that they lie to now as those of the example lie to its own day.

        That is when it says that it is sent; else what is still to come begins some days from now, and what has been was before.
        """
        sent = [_day(answers[name]) for name in withheld(service) if isinstance(answers.get(name), date)]
        days = sorted(set(_days_in(answers)))
        coming = [day for day in days if day > self._until.date()]
        if not days:
            return dict(answers)
        if service.codes:  # whoever shows a code is there today
            return {name: _moved(value, self._clock().date() - days[0]) for name, value in answers.items()}
        anchor = min(sent) if sent else coming[0] - timedelta(days=2) if coming else self._until.date()
        weeks = (
            -(-(self._clock().date() - anchor).days // 7)
            if sent or coming
            else (self._clock().date() - anchor).days // 7
        )
        return {name: _moved(value, timedelta(weeks=weeks)) for name, value in answers.items()}

    def _elsewhere(self, service: Service, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Where cases take something from one another: some weeks later, with other numbers of invoices and the like."""
        registers = [one for one in service.registers.values() if one.counts is not None]
        if not registers:
            return dict(answers)
        keys = {register.values[register.key] for register in registers}
        later = timedelta(weeks=self._chance.randrange(9))

        def moved(name: str, value: Any) -> Any:
            match value:
                case datetime() | date():
                    return value + later
                case str() if fold_name(name) in keys and value.isdecimal() and len(value) > _SHORT:
                    return value[:-_SHORT] + f"{self._chance.randrange(10**_SHORT):0{_SHORT}}"
                case Mapping():
                    return {key: moved(key, item) for key, item in value.items()}
                case list():
                    return [moved(name, item) for item in value]
                case _:
                    return value

        return {name: moved(name, value) for name, value in answers.items()}

    def _files(self, person: Person, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The answers with a picture that the person has attached wherever there is a file of an example."""

        def attached(value: Any) -> Any:
            match value:
                case {"id": str(known), "name": str(name)} if known.startswith("example-"):
                    return self._hall.attach(person, f"{Path(name).stem}.png", iter([_PICTURE]))
                case Mapping():
                    return {key: attached(item) for key, item in value.items()}
                case list():
                    return [attached(item) for item in value]
                case _:
                    return value

        return {name: attached(value) for name, value in answers.items()}

    def _filled(
        self, service: Service, person: Person, ended: datetime, required: Collection[str], whole: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What an office fills in: what the example says, what another one does, or else something that fits the question.

        `ended` is when what it writes down was over.
        """
        empty = [item for item in _fields(service) if item.name in required and whole.get(item.name) in (None, "", [])]
        times = [item.name for item in empty if item.kind is Kind.DATETIME]
        made: dict[str, Any] = {}
        for item in empty:
            if item.name in times:
                before = timedelta(minutes=_PAST_MINUTES * (len(times) - 1 - times.index(item.name)) + 1)
                made[item.name] = (ended - before).replace(tzinfo=None, second=0, microsecond=0)
            else:
                made[item.name] = self._as_elsewhere(service, item) or self._something(service, person, item)
        return made

    def _as_elsewhere(self, service: Service, item: Field) -> Any:
        """What an example says, for what no chance hits: whom, which address, which telephone."""
        if item.kind in (Kind.DATE, Kind.TIME) or item.type in FILES or item.choices:
            return None
        said = [dict(service.reader.answers(one.answers)[0]) for one in service.examples if "error" not in one.expect]
        found = [one[item.name] for one in said if one.get(item.name) not in (None, "", [])]
        return self._chance.choice(found) if found else None

    def _something(self, service: Service, person: Person, item: Field) -> Any:
        choices = service.survey.choices.get(item.choices, ()) if service.survey else ()
        if item.choices:
            name = self._chance.choice([choice.name for choice in choices] or [""])
            return [name] if item.type.startswith("select_multiple") else name
        if item.type in FILES:
            return {"id": "example-", "name": "照片"}
        now = self._clock()
        return {
            Kind.NUMBER: Decimal(self._chance.randrange(1, 40)),
            Kind.DATE: now.date(),
            Kind.DATETIME: now.replace(tzinfo=None, second=0, microsecond=0),
            Kind.TIME: now.time().replace(second=0, microsecond=0),
            Kind.BOOLEAN: True,
        }.get(item.kind, person.id if item.type == "person" else self._words(item))

    def _words(self, item: Field) -> str:
        """A number for a question that asks for one, else words that fit most questions."""
        if any(sign in item.name for sign in _NUMBERED):
            return f"{self._clock().year}-{self._chance.randrange(1, 10_000):04}"
        return "已核对，符合要求"

    # Deciding

    def _look(self, service: Service, case_id: str, whole: Mapping[str, Any]) -> None:
        """Somebody whom the case waits for does something; then it is looked at later again."""
        stored = self._store.case(case_id)
        assert stored is not None
        state = RouteState.from_json(stored.snapshot["route"])
        if state.outcome.final:
            return
        wish = self._wishes.get(case_id, "")
        if wish == "open" and not _ends(service, whole):
            return  # nobody comes to it for the rest of the half year
        if wish == "withdraw" and self._withdraw(service, stored.applicant, case_id):
            return
        if (ready := self._ready(service, state, whole)) > self._clock():
            self._at(ready, partial(self._look, service, case_id, whole))
            return
        # What was declined would be declined again: the case waits where it is.
        if self._do(service, stored.applicant, case_id, state, whole):
            if wish == "return" and self._returned(case_id):
                if not _ends(service, whole):
                    return  # it stays with the applicant
                self._wishes[case_id] = "approve"
            self._at(self._next(service, whole), partial(self._look, service, case_id, whole))

    def _returned(self, case_id: str) -> bool:
        stored = self._store.case(case_id)
        return stored is not None and stored.state == RouteOutcome.RETURNED

    def _withdraw(self, service: Service, applicant: str, case_id: str) -> bool:
        person = self._hall.directory.people.get(applicant)
        if person is None:
            return False
        seq = self._hall.case(person, case_id).seq
        deed = partial(self._hall.withdraw, person, case_id, seq=seq, command_id=self._command())
        return self._done(service, deed) is not None

    def _ready(self, service: Service, state: RouteState, whole: Mapping[str, Any]) -> datetime:
        """When what a step writes down has happened: a trip is over, a visitor has left; now for all other steps."""
        ends = _ends(service, whole)
        return max([self._clock(), *(ends[task.step] for task in state.tasks() if task.step in ends)])

    def _next(self, service: Service, whole: Mapping[str, Any]) -> datetime:
        """When somebody comes to what waits now: before what it is about ends, and soon after that."""
        later, now = self._later(), self._clock()
        last = max(_ends(service, whole).values(), default=None)
        if last is None:
            return later
        soon = now + timedelta(minutes=self._chance.randrange(5, 90))
        return min(later, max(soon, now + (last - now) / 4)) if last > now else soon

    def _do(self, service: Service, applicant: str, case_id: str, state: RouteState, whole: Mapping[str, Any]) -> bool:
        awaited = [one for one in self._hall.awaited(service.settings.id) if one.case_id == case_id]
        if awaited:
            one = self._chance.choice(awaited)
            succeeded = self._chance.random() < 0.95
            what = Answer(
                case_id=case_id, step=one.step_id, round=one.round, succeeded=succeeded, said="按对方系统的结果"
            )
            people = self._hall.directory.people.values()
            keeper = next(person for person in people if "administrator" in person.roles)
            return self._done(service, partial(self._hall.answer_by_hand, keeper, what)) is not None
        tasks = state.tasks()
        who = applicant if state.outcome is RouteOutcome.RETURNED or not tasks else self._chance.choice(tasks).person
        person = self._hall.directory.people.get(who)
        if person is None:
            return False
        view = self._hall.case(person, case_id)
        task = self._chance.choice(view.tasks) if view.tasks else None
        if state.outcome is RouteOutcome.RETURNED:
            task = None
            deed = partial(self._hall.act, person, case_id, "", "resubmit", answers=view.answers)
        elif task is not None:
            deed = partial(self._decide, service, person, view, task, whole)
        else:
            return False
        tries = task is not None and bool(task.require)
        for _ in range(_TRIES if tries else 1):
            if self._done(service, lambda: deed(seq=view.seq, command_id=self._command())) is not None:
                self._played.deeds += 1
                return True
        if task is None or not tries or "refuse" not in task.actions:
            return False
        refuse = partial(self._hall.act, person, case_id, task.id, "refuse", opinion="安排不开，请改期")
        return self._done(service, lambda: refuse(seq=view.seq, command_id=self._command())) is not None

    def _decide(
        self,
        service: Service,
        person: Person,
        view: CaseView,
        task: TaskView,
        whole: Mapping[str, Any],
        *,
        seq: int,
        command_id: str,
    ) -> Receipt:
        wish = self._wishes.get(view.row.id, "")
        action = wish if wish in ("return", "refuse") else "approve"
        if not wish:
            action = self._chance.choices(("approve", "return", "refuse"), (92, 5, 3))[0]
        if "claim" in task.handing:
            action = "claim"
        elif action not in task.actions or (action == "return" and not task.return_to):
            action = task.actions[0] if task.actions else "approve"
        more: dict[str, Any] = {}
        if action == "return":
            more = {"return_to": task.return_to[0][0], "how": task.how[0] if task.how else "ask"}
        if action == "approve" and task.edit:
            editable = spread(service, task.edit)
            filled = {name: value for name, value in whole.items() if name in editable}
            required = spread(service, task.require)
            ended = min(self._clock(), _ends(service, whole).get(task.step_id, self._clock()))
            filled |= self._filled(service, person, ended, required, {**view.answers, **filled})
            more["answers"] = self._files(person, {**view.answers, **filled})
        if task.signature:
            more["signature"] = self._hall.attach(person, "签名.png", iter([_PICTURE]))["id"]
        opinion = self._chance.choice(task.phrases or _OPINIONS.get(action, ("",)))
        return self._hall.act(
            person, view.row.id, task.id, action, opinion=opinion, seq=seq, command_id=command_id, **more
        )


def _sent(service: Service) -> list[Example]:
    """The examples of forms that can be sent."""
    return [one for one in service.examples if "error" not in one.expect]


def _ends(service: Service, answers: Mapping[str, Any]) -> dict[str, datetime]:
    """The steps that write down what has happened, each with the moment after which it has.

    Those are the steps that are due by a question that was answered, and those that have to fill in a moment.
    """
    found: dict[str, datetime] = {}
    kinds = {item.name: item.kind for item in _fields(service)}
    told = [
        value for name, value in answers.items() if kinds.get(name) is Kind.DATETIME and isinstance(value, datetime)
    ]
    for step in service.routing.steps if service.routing else ():
        due = step.due
        by = answers.get(due.field) if due is not None and due.field and (due.span is None or due.later) else None
        fills = any(kinds.get(name) is Kind.DATETIME for name in spread(service, step.require))
        if isinstance(by, datetime):
            found[step.id] = _zoned(by)
        elif fills and told:
            found[step.id] = _zoned(max(told))
    return found


def _zoned(at: datetime) -> datetime:
    return at.replace(tzinfo=CAMPUS_ZONE) if at.tzinfo is None else at


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _days_in(value: Any) -> Iterator[date]:
    match value:
        case date():
            yield _day(value)
        case Mapping():
            for item in value.values():
                yield from _days_in(item)
        case list():
            for item in value:
                yield from _days_in(item)


def _moved(value: Any, by: timedelta) -> Any:
    """A value with every day in it later, or earlier."""
    match value:
        case date():
            return value + by
        case Mapping():
            return {key: _moved(item, by) for key, item in value.items()}
        case list():
            return [_moved(item, by) for item in value]
        case _:
            return value


def _fields(service: Service) -> Iterator[Field]:
    if service.survey:
        yield from (item for item, _ in service.survey.walk() if isinstance(item, Field))
