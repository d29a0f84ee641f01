"""Cases that open others: sending what a step opened, telling its verdict back, trying again or giving up.

Both ways are timers: written with the move that needs them, and fired until they have done their work. A case is sent
under a command id that is made from the opening's first key, so that it is sent once, however often that is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from banshi.platform.cases.case import Case
from banshi.platform.cases.desk import NO_ROUTE, Desk, digest_of
from banshi.platform.cases.hooked import hook_changes
from banshi.platform.cases.timers import (
    GAVE_UP,
    NOT_OPENED,
    OPENED,
    OPENING,
    TELLING,
    TOLD,
    TRIED_AGAIN,
    due_openings,
    timers_of,
)
from banshi.platform.errors import Declined, HallError, NotAllowed, NotFound
from banshi.platform.forms import passing
from banshi.platform.forms.passing import Opening, openings_of
from banshi.platform.forms.targets import targets_of, wrong_target
from banshi.platform.people.directory import SYSTEM, Person
from banshi.platform.publishing.library import Library, owns
from banshi.platform.routes import flow
from banshi.platform.routes.model import Mode
from banshi.platform.routes.state import RouteOutcome, RouteState
from banshi.platform.service.model import Service
from banshi.platform.views import Receipt
from banshi.storage.contract import (
    Change,
    Command,
    Draw,
    NewEvent,
    ReversedBefore,
    StaleWrite,
    StorageBusy,
    Store,
    StoredTask,
    StoredTimer,
)

MOST_DEPTH = 5
"""How many cases may have opened one another, one behind the other."""
TRIES = 5
AT_ONCE = 20
"""How many are opened before the person who passed the step gets her answer; the ticker opens the rest."""

Why = tuple[str, str]


class Opener:
    """See the module. `may_apply` says whether a service is open to a person."""

    def __init__(
        self,
        store: Store,
        library: Library,
        desk: Desk,
        may_apply: Callable[[Person, Service], bool],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._library = library
        self._desk = desk
        self._may_apply = may_apply
        self._clock = clock

    def fire_now(self, case_id: str) -> None:
        """Open what a case is to open, and tell its verdict to the case that opened it, without waiting for the ticker."""
        timers = [timer for timer in self._store.timers(case_id) if timer.id.startswith((OPENING, TELLING))]
        for timer in timers[:AT_ONCE]:
            self.fire(timer)

    def fire(self, timer: StoredTimer) -> None:
        """Do what a timer is for; it ends in the same transaction, or when there is nothing left to do."""
        case = self._desk.case(timer.case_id)
        if timer.id.startswith(TELLING):
            self._tell(case)
        elif (one := due_openings(case).get(timer.id)) is not None:
            self._open(case, one, timer)
        self._store.drop_timer(timer.id)

    # Opening

    def _open(self, case: Case, one: Opening, timer: StoredTimer) -> None:
        sent = self._send(case, one)
        if isinstance(sent, Receipt):
            told = {"state": passing.OPENED, "case_id": sent.case_id, "number": sent.number, "answers": {}}
            self._record(case.id, one, OPENED, timer.id, told)
            self.fire_now(sent.case_id)
        else:
            why, why_en = sent
            self._record(case.id, one, NOT_OPENED, timer.id, {"state": passing.FAILED, "why": why, "why_en": why_en})

    def _send(self, case: Case, one: Opening) -> Receipt | Why:
        """Send the case; or why it cannot be sent, in Chinese and English. What fails for other reasons is raised."""
        if one.attempt < 0:
            return one.why, one.why_en
        depth = int(case.parent.get("depth", 0)) + 1
        if depth > MOST_DEPTH:
            return f"已经一层层开了 {MOST_DEPTH} 层", f"{MOST_DEPTH} cases have opened one another already"
        parent = {"case_id": case.id, "number": case.number, "service_id": case.service_id, "step": one.step}
        return self.send(
            one.service,
            one.applicant,
            one.answers,
            command_id=f"{OPENING}{case.id}/{one.origin}",
            parent={**parent, "key": one.origin, "depth": depth},
        )

    def send(
        self,
        service_id: str,
        applicant: str,
        answers: Mapping[str, Any],
        *,
        command_id: str,
        parent: Mapping[str, Any] | None = None,
        job: str = "",
    ) -> Receipt | Why:
        """Send a case for somebody who does not do it herself: for a step of another case (`parent`), or for a job.

        Or why it cannot be sent, in Chinese and English. What fails for other reasons is raised.
        """
        service = self._library.live[service_id][0] if service_id in self._library.live else None
        person = self._library.directory.people.get(applicant)
        if service is None or service.survey is None:
            return (
                f"没有已发布的、有表单的服务“{service_id}”",
                f"there is no published service “{service_id}” with a form",
            )
        if person is None:
            return f"人员名单里没有 {applicant}", f"{applicant} is not in the list of people"
        if not self._may_apply(person, service):
            return f"这项服务不面向{person.name}", f"the service is not open to {person.english_name or person.name}"
        if wrong := _wrong_fields(service, answers):
            return wrong
        why = []
        for language in ("zh", "en"):
            try:
                receipt = self._desk.submit(
                    person,
                    service,
                    answers,
                    command_id=command_id,
                    language=language,
                    from_draft=False,
                    keep_draft=True,
                    parent=parent,
                    job=job,
                )
            except HallError as error:
                return error.message("zh"), error.message("en")
            if receipt.done:
                return receipt
            said = (
                f"{problem.path}: {problem.message}" if problem.path else problem.message
                for problem in receipt.problems
            )
            why.append("; ".join(said))
        return why[0], why[1]

    def _record(self, case_id: str, sent: Opening, kind: str, command_id: str, told: Mapping[str, Any]) -> None:
        """Say on the case what came of an opening, whatever happened to the case meanwhile."""

        def changed(case: Case) -> tuple[Opening, Sequence[StoredTask]] | None:
            one = _current(case, sent.origin)
            if one is not None and one.state == passing.REPLACED and not one.case_id and kind == OPENED:
                # It was sent while the step was passed anew: it does not count, but nobody may lose sight of it.
                return replace(one, case_id=str(told["case_id"]), number=str(told["number"])), ()
            if one is None or one.state != passing.DUE:
                return None
            new = replace(one, **told)
            return new, self._notices(case, new) if new.state == passing.FAILED else ()

        self._change(case_id, command_id, kind, changed)

    def _notices(self, case: Case, one: Opening) -> list[StoredTask]:
        """Something to read for the owners of the service, or for the administrators where there are none."""
        service = self._desk.service_of(case)
        people = self._library.directory.people.values()
        owners = [person for person in people if "owner" in person.roles and service and owns(person, service)]
        told = owners or [person for person in people if "administrator" in person.roles]
        steps = service.routing.steps if service and service.routing else ()
        return [
            StoredTask(
                id=f"{case.id}.{one.step}.{one.round}.{person.id}.copy",
                case_id=case.id,
                step_id=one.step,
                step_name=next((step.name for step in steps if step.id == one.step), ""),
                round=one.round,
                person=person.id,
                state="unread",
                since=self._clock(),
                action=NOT_OPENED,
            )
            for person in told
        ]

    # Verdicts

    def _tell(self, child: Case) -> None:
        def changed(case: Case) -> tuple[Opening, Sequence[StoredTask]] | None:
            one = _current(case, str(child.parent["key"]))
            if one is None or one.verdict:
                return None
            if one.state == passing.DUE:  # the case was at its end before anybody could say here that it was opened
                one = replace(one, state=passing.OPENED, answers={})
            return replace(one, case_id=child.id, number=child.number, verdict=str(child.state)), ()

        parent = str(child.parent["case_id"])
        self._change(parent, f"{TELLING}{child.id}", TOLD, changed)
        self.fire_now(parent)

    # What somebody decides about a case that could not be opened

    def again(self, person: Person, case_id: str, key: str, *, give_up: bool, command_id: str) -> Receipt:
        """Try to open a case again, or give it up: then it counts as refused. For owners of the service."""
        command = f"{person.id}:{command_id}"
        if (known := self._store.committed(command)) is not None:
            return Receipt(done=True, case_id=case_id, number=str(known.answer["number"]), seq=known.seq, repeated=True)
        case = self._desk.case(case_id)
        if not owns(person, self._library.version(case.service_id, case.version)):
            raise NotAllowed
        one = openings_of(case.openings).get(key)
        if one is None:
            raise NotFound("case", key)
        if one.state != passing.FAILED or (one.attempt < 0 and not give_up):
            raise Declined("这一件现在不能再开。", "This one cannot be opened again.")
        new = replace(one, state=passing.GIVEN_UP)
        if not give_up:
            new = replace(
                one, state=passing.DUE, attempt=one.attempt + 1, at=self._clock().isoformat(), why="", why_en=""
            )
        kind = GAVE_UP if give_up else TRIED_AGAIN
        self._change(
            case_id,
            command,
            kind,
            lambda now: (new, ()) if now.openings.get(key) == case.openings[key] else None,
            person.id,
        )
        self.fire_now(case_id)
        after = self._desk.case(case_id)
        return Receipt(done=True, case_id=case_id, number=after.number, seq=after.seq)

    # Writing

    def _change(
        self,
        case_id: str,
        command_id: str,
        kind: str,
        changed: Callable[[Case], tuple[Opening, Sequence[StoredTask]] | None],
        actor: str = SYSTEM,
    ) -> None:
        """Write what becomes of an opening, and what the route does because of it, behind whatever others did first."""
        for _ in range(TRIES):
            case = self._desk.case(case_id)
            found = changed(case)
            if found is None:
                return
            one, tasks = found
            command = Command(
                id=command_id,
                actor=actor,
                at=self._clock(),
                change=self._written(case, kind, actor, one, tasks),
                case_id=case.id,
                expected_seq=case.seq,
            )
            try:
                self._store.commit(command)
            except (StaleWrite, ReversedBefore):
                continue
            return
        raise StorageBusy(case_id)

    def _written(
        self, case: Case, kind: str, actor: str, one: Opening, tasks: Sequence[StoredTask]
    ) -> Change | Callable[[Draw], Change]:
        service = self._library.version(case.service_id, case.version)
        first: dict[str, Any] = {"step": one.step, "opened": one.told()}
        changed = replace(case, openings={**case.openings, one.key: one.to_json()})
        state = RouteState.from_json(case.route)
        if state.outcome is not RouteOutcome.OPEN or not state.awaited(Mode.WAIT):
            event = NewEvent(
                kind=kind, at=self._clock(), actor=actor, payload={**first, "openings": {one.key: one.to_json()}}
            )
            after = case.after([event])
            was, now = timers_of(case), timers_of(after)
            return Change(
                events=[event],
                case=after.stored(),
                tasks=tasks,
                timers=[timer for key, timer in now.items() if key not in was],
                timers_gone=[key for key in was if key not in now],
                answer={"case_id": case.id, "number": case.number, "digest": digest_of(kind, one.key)},
            )
        applicant = self._desk.applicant(case)
        evaluation = self._desk.evaluate(service, case.answers, applicant, "zh", case_id=case.id, stored=case.answers)

        def move(draw: Draw | None) -> Any:
            context = self._desk.context(service, evaluation, applicant, changed, case.chosen, draw)
            return flow.look_at_opened(service.routing or NO_ROUTE, state, context)

        moved = self._desk.moving(service, move)

        def change(draw: Draw) -> Change:
            progress = moved(draw)
            made = self._desk.moved(kind, actor, case, service, progress, {**first, **hook_changes(progress, case)})
            return replace(made, tasks=[*made.tasks, *tasks])

        return change


def _current(case: Case, origin: str) -> Opening | None:
    """The opening that was first to be opened under a key, where it counts now."""
    mine = [one for one in openings_of(case.openings).values() if one.origin == origin]
    return next((one for one in mine if one.state != passing.REPLACED), mine[-1] if mine else None)


def _wrong_fields(service: Service, answers: Mapping[str, Any]) -> Why | None:
    """A field that the service has no more, or that nobody fills in: its value would be lost without a word."""
    known = targets_of(service)
    for name in answers:
        if name not in known:
            return f"它的表单没有字段“{name}”", f"its form has no field “{name}”"
        if (why := wrong_target(service, name)) is not None:
            return f"不能填“{name}”：{why[0]}", f"“{name}” cannot be filled: {why[1]}"
    return None
