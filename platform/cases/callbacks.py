"""Steps that wait for another system: which they are, and its answer, once.

The answer is a command whose id is made from case, step and round. So a doubled one finds what the first came to, a late
one or one to the contrary changes nothing and is told so, and whoever answers by hand in the system's place does not
answer a second time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from banshi.platform.cases.attachments import settle
from banshi.platform.cases.booked import short
from banshi.platform.cases.case import Case, of_stored
from banshi.platform.cases.desk import NO_ROUTE, Desk, digest_of, problems_of
from banshi.platform.cases.records import plain_json
from banshi.platform.errors import AnsweredOtherwise, Declined, HallError, NotAllowed, NotAwaited, NotFound
from banshi.platform.forms.rights import merge, spread
from banshi.platform.people.directory import SYSTEM, Person
from banshi.platform.publishing.library import Library, owns
from banshi.platform.routes import flow
from banshi.platform.routes.effects import Progress
from banshi.platform.routes.state import RouteOutcome, RouteState
from banshi.platform.service.model import Field, Service
from banshi.platform.views import AwaitedView, Receipt
from banshi.rules.values import Kind
from banshi.storage.accounts import OPEN, StoredOrder, Transaction
from banshi.storage.contract import (
    WEBHOOK,
    CaseFilter,
    Change,
    Command,
    Draw,
    MessageFilter,
    Overdrawn,
    ReversedBefore,
    StaleWrite,
    StorageBusy,
    Store,
    StoredMessage,
)

CALLED_BACK, FAILED = "called back", "callback failed"
TRIES = 5
WAITING = "waiting"
"""The kind of the event that tells that a step began to wait."""
_MOST_MESSAGES = 1000
_ONE_COMMAND = timedelta(seconds=1)
"""How much later than its events a command may write its messages."""
_OTHER = Person(id=SYSTEM, name=SYSTEM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What another system says to a step: done or not, in which round, a word on it, and fields that the step may edit."""

    case_id: str
    step: str
    round: int
    succeeded: bool
    said: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)


class Callbacks:
    """See the module."""

    def __init__(self, store: Store, library: Library, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._library = library
        self._desk = desk
        self._clock = clock

    def awaited(self, service_id: str, language: str) -> Iterator[AwaitedView]:
        """The steps of a service's cases that wait for another system, those of the oldest case first."""
        for row in self._store.iter_cases(CaseFilter(service_id=service_id, states=(str(RouteOutcome.OPEN),))):
            if service := self._desk.service_of(row):
                yield from awaited_of(of_stored(row), service, language)

    def by_hand(self, person: Person, what: Answer, language: str) -> Receipt:
        """An owner of the service answers in the system's place, with a reason."""
        case = self._desk.case(what.case_id)
        if not owns(person, self._library.version(case.service_id, case.version)):
            raise NotAllowed
        if not what.said.strip():
            raise Declined(
                "请写明依据，如外部系统里的查询结果。", "Say what you go by, such as what the other system shows."
            )
        return self._answer(what, person.id, language)

    def answered(self, service_id: str, what: Answer, language: str) -> Receipt:
        """Another system answers; NotFound for a case that is not of its service, NotAwaited, AnsweredOtherwise."""
        stored = self._store.case(what.case_id)
        if stored is None or stored.service_id != service_id:
            raise NotFound("case", what.case_id)
        return self._answer(what, SYSTEM, language)

    def told(self, service_id: str, case_id: str, step_id: str, system: str) -> bool:
        """Whether a step waits for the system with a secret's name: whether the last push before it went there.

        So whoever was asked before, in vain, answers no more when another one was.
        """
        began = [e.at for e in self._store.events(case_id) if e.kind == WAITING and e.payload.get("step") == step_id]
        which = MessageFilter(case_id=case_id, channel=WEBHOOK)
        found, _ = self._store.messages(which, size=_MOST_MESSAGES)
        before = [one for one in found if began and one.made_at <= began[-1] + _ONE_COMMAND]
        last = max((one.made_at for one in before), default=None)
        asked = (one for one in before if one.service_id == service_id and one.made_at == last)
        return bool(system) and any(self._secret(one) == system for one in asked)

    def _secret(self, message: StoredMessage) -> str:
        """The name of the secret that a system and the hall share: as the live version has it, else as it was."""
        live, _ = self._library.live.get(message.service_id, (None, None))
        now = live.connections.get(message.target) if live else None
        return now.auth if now else str(message.content.get("connection", {}).get("auth", ""))

    def play(self, message: StoredMessage, followed: Callable[[Receipt], Receipt]) -> None:
        """Answer the steps of a case that wait, as the system of a rehearsal would; a text to be filled in says so."""
        stored = self._store.case(message.case_id) if message.case_id else None
        service = self._desk.service_of(stored) if stored is not None else None
        if stored is None or service is None or stored.state != str(RouteOutcome.OPEN):
            return
        for one in awaited_of(of_stored(stored), service, "zh"):
            what = Answer(
                case_id=one.case_id,
                step=one.step_id,
                round=one.round,
                succeeded=True,
                said=f"沙箱代替{message.target}答复，没有真的办理 · answered by the sandbox, nothing was really done",
                answers=_played(service, one, of_stored(stored).answers),
            )
            with contextlib.suppress(HallError):  # such as a payment, which is not for it to answer
                followed(self._answer(what, SYSTEM, "zh"))

    def paid(self, what: Answer, order: StoredOrder, transactions: Sequence[Transaction]) -> Receipt:
        """A payment was made: pass the step that waits for it, and book it with that."""
        return self._answer(what, SYSTEM, "zh", (order, tuple(transactions)))

    def _answer(
        self,
        what: Answer,
        actor: str,
        language: str,
        payment: tuple[StoredOrder, tuple[Transaction, ...]] | None = None,
    ) -> Receipt:
        command_id = f"callback:{what.case_id}.{what.step}.{what.round}"
        digest = digest_of("callback", what.succeeded)
        for _ in range(TRIES):
            if (known := self._store.committed(command_id)) is not None:
                if known.answer["digest"] != digest:
                    raise AnsweredOtherwise
                number = str(known.answer["number"])
                return Receipt(done=True, case_id=what.case_id, number=number, seq=known.seq, repeated=True)
            case = self._desk.case(what.case_id)
            state = RouteState.from_json(case.route)
            if what.step not in state.awaited() or state.steps[what.step].round != what.round:
                raise NotAwaited
            if payment is None and what.succeeded and self._awaits_payment(what):
                raise Declined(
                    "这一环节等的是付款，付款到账后自动通过，不能由人代答。",
                    "This step waits for a payment and passes by itself when that arrives; nobody answers in its place.",
                )
            made = self._made(case, state, what, actor, language, payment)
            if isinstance(made, Receipt):
                return made
            command = Command(
                id=command_id,
                actor=actor,
                at=self._clock(),
                change=_with(made, digest),
                case_id=case.id,
                expected_seq=case.seq,
            )
            try:
                done = self._store.commit(command)
            except Overdrawn as error:
                raise short(error, self._store, self._library.services) from error
            except (StaleWrite, ReversedBefore):
                continue  # somebody acted at another step, or reversed a charge by hand: look again
            return Receipt(done=True, case_id=case.id, number=case.number, seq=done.seq, repeated=done.repeated)
        raise StorageBusy(what.case_id)

    def _made(
        self,
        case: Case,
        state: RouteState,
        what: Answer,
        actor: str,
        language: str,
        payment: tuple[StoredOrder, tuple[Transaction, ...]] | None,
    ) -> Receipt | Callable[[Draw], Change]:
        """What the answer writes; or what is wrong with the fields that it fills in."""
        service = self._library.version(case.service_id, case.version)
        route, applicant = service.routing or NO_ROUTE, self._desk.applicant(case)
        step = route.step(what.step)
        merged = merge(service, case.answers, what.answers, step)
        settled, _, problems = settle(service, merged, self._store, _OTHER, case.id, language)
        required = spread(service, step.require) if what.succeeded else frozenset[str]()
        evaluation = self._desk.evaluate(
            service, settled, applicant, language, case_id=case.id, stored=case.answers, require=required
        )
        changed = plain_json(evaluation.answers) != plain_json(case.answers)
        if (what.answers or required) and (found := problems + problems_of(evaluation, language)):
            return Receipt(done=False, case_id=case.id, problems=found)

        def move(draw: Draw | None) -> Progress:
            context = self._desk.context(service, evaluation, applicant, case, case.chosen, draw)
            return flow.call_back(route, state, what.step, what.succeeded, context)

        moved = self._desk.moving(service, move)
        kind = CALLED_BACK if what.succeeded else FAILED
        first = {"step": what.step, **({"opinion": what.said.strip()} if what.said.strip() else {})}
        filled = evaluation if changed and what.answers else None
        if payment is None:
            return lambda draw: self._desk.moved(kind, actor, case, service, moved(draw), first, filled)
        order, paid = payment

        def change(draw: Draw) -> Change:
            made = self._desk.moved(kind, actor, case, service, moved(draw), first, filled, paid)
            return replace(made, orders=(*made.orders, order))

        return change

    def _awaits_payment(self, what: Answer) -> bool:
        """Whether a step waits for a payment that is still open."""
        orders, _ = self._store.orders(case_id=what.case_id, states=(OPEN,))
        return any(order.step == what.step for order in orders)


def _played(service: Service, one: AwaitedView, answers: Mapping[str, Any]) -> dict[str, str]:
    """What is put into the texts that a step may fill in and nobody has."""
    route = service.routing or NO_ROUTE
    open_to_it = spread(service, route.step(one.step_id).edit)
    fields = (item for item, repeats in service.survey.walk() if not repeats) if service.survey else ()
    empty = (
        item for item in fields if isinstance(item, Field) and item.name in open_to_it and not answers.get(item.name)
    )
    return {item.name: f"沙箱-{one.number}" for item in empty if item.kind is Kind.TEXT and not item.choices}


def awaited_of(case: Case, service: Service, language: str) -> Iterator[AwaitedView]:
    """The steps of one case that wait for another system."""
    state, route = RouteState.from_json(case.route), service.routing or NO_ROUTE
    for step_id in state.awaited():
        now = state.steps[step_id]
        yield AwaitedView(
            case_id=case.id,
            number=case.number,
            step_id=step_id,
            step_name=route.step(step_id).title(language),
            round=now.round,
            due=now.due,
        )


def _with(made: Callable[[Draw], Change], digest: str) -> Callable[[Draw], Change]:
    def change(draw: Draw) -> Change:
        found = made(draw)
        return replace(found, answer={**found.answer, "digest": digest})

    return change
