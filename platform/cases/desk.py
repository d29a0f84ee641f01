"""The desk carries out what people do with applications: one command, one transaction; a repeat has one effect."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec

from banshi.platform.cases.admitting import Admitted, ScanFirst
from banshi.platform.cases.attachments import as_answer, loose, settle
from banshi.platform.cases.balances import accounts_of, balances_for
from banshi.platform.cases.booked import Booked, booked, short
from banshi.platform.cases.case import Case, of_stored
from banshi.platform.cases.giving import given_by
from banshi.platform.cases.handing import HANDING, handed
from banshi.platform.cases.hooked import draws_numbers, filled_by_hooks, final_of, hook_changes, hooks_of
from banshi.platform.cases.issuing import issued_by
from banshi.platform.cases.notifying import messages_of_move
from banshi.platform.cases.records import decision_rows, events_of, plain_json, shown_of, task_rows
from banshi.platform.cases.registering import Reading, Registers
from banshi.platform.cases.standing import may_stand_in
from banshi.platform.cases.timers import moved_on, timers_of
from banshi.platform.cases.titles import titled
from banshi.platform.errors import (
    AlreadySent,
    ChangedAfterSending,
    NotAllowed,
    NotFound,
    OtherCommand,
    Stale,
)
from banshi.platform.forms import Circumstances, Evaluation, evaluate_form, find_choices
from banshi.platform.forms.index import index_of
from banshi.platform.forms.kept import aligned
from banshi.platform.forms.rights import answered, merge, seen_by, spread, withheld, without
from banshi.platform.forms.rows import Row
from banshi.platform.people.directory import SYSTEM, Directory, Person
from banshi.platform.publishing.library import Library
from banshi.platform.routes.asking import FlowContext, KeptAway
from banshi.platform.routes.choosing import choosing
from banshi.platform.routes.effects import Progress
from banshi.platform.routes.faults import FlowError, NotEligible
from banshi.platform.routes.flow import act, begin, resubmit, withdraw
from banshi.platform.routes.model import BackMode, Mode, Route, RouteStep
from banshi.platform.routes.numbering import request
from banshi.platform.routes.state import Action, RouteOutcome, RouteState
from banshi.platform.service.accounts import Account
from banshi.platform.service.masking import Masks, masks_of
from banshi.platform.service.model import Choice, Field, Service
from banshi.platform.views import Problem, Receipt
from banshi.rules.policies import Engine
from banshi.rules.values import dumps
from banshi.storage import new_id
from banshi.storage.accounts import Transaction
from banshi.storage.contract import (
    CaseFilter,
    Change,
    Command,
    Committed,
    DraftGone,
    Draw,
    NewEvent,
    Overdrawn,
    RegisterMoved,
    ReversedBefore,
    StaleWrite,
    StorageBusy,
    Store,
    StoredCase,
    StoredTask,
    TaskFilter,
)

NO_ROUTE = Route(())
MOST_TASKS = 1000
Made = Change | Callable[[Draw], Change]
"""What a command writes, or what makes it in the transaction."""
Chosen = Mapping[str, Sequence[str]]
"""The ids whom an applicant chose to be asked, by step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody does with a task: the case and task as she saw them, the action and its words.

    `how` says what happens after a return (`BackMode`), `people` whom the task is handed to or who is added, and
    `signature` is the id of the attached picture of one, `files` are the ids of what goes with the opinion. `chosen` are whom the applicant chose, by step; None leaves
    what she chose before.
    """

    case_id: str
    task_id: str
    action: str
    opinion: str = ""
    answers: Mapping[str, Any] | None = None
    return_to: str = ""
    how: str = BackMode.ASK
    people: Sequence[str] = ()
    signature: str = ""
    files: Sequence[str] = ()
    chosen: Chosen | None = None
    seq: int
    command_id: str

    @property
    def digest(self) -> str:
        """What tells this command from another one."""
        said = self.action, self.opinion, self.return_to, self.how, self.people, self.signature, self.answers
        files = [list(self.files)] if self.files else []  # commands of older releases had none, and keep their digests
        return digest_of("act", self.case_id, self.task_id, *said, *_said(self.chosen), *files)


P = ParamSpec("P")
_TRIES = 20


def _from_what_stands_now(deed: Callable[P, Receipt]) -> Callable[P, Receipt]:
    """The deed, done again where somebody wrote to a register after it was read."""

    @wraps(deed)
    def again(*given: P.args, **named: P.kwargs) -> Receipt:
        for _ in range(_TRIES):
            try:
                return deed(*given, **named)
            except RegisterMoved as error:
                moved = error
        raise StorageBusy(moved.register) from moved

    return again


class Desk:
    """See the module."""

    def __init__(self, store: Store, library: Library, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._library = library
        self._engine = engine
        self._clock = clock
        self._registers = Registers(store, library)

    @property
    def registers(self) -> Registers:
        """The registers that forms read."""
        return self._registers

    def evaluate(
        self,
        service: Service,
        answers: Mapping[str, Any],
        applicant: Person,
        language: str,
        *,
        case_id: str = "",
        stored: Mapping[str, Any] | None = None,
        kept: Collection[str] = (),
        require: Collection[str] = (),
        withheld: Collection[str] = (),
    ) -> Evaluation:
        """The form with its answers, as of now; `case_id` is that of a case that was begun already.

        `kept` are the marks of values that the platform gave before (`given_in`).
        """
        reading = self._registers.around(service, case_id)
        made = evaluate_form(
            service,
            answers,
            **self._around(service, applicant, language, case_id, reading),
            stored=stored,
            kept=kept,
            require=require,
            withheld=withheld,
        )
        return replace(made, registers_read=reading.marks) if reading.marks else made

    def given_in(
        self, service: Service, applicant: Person, case_id: str = "", stored: Mapping[str, Any] | None = None
    ) -> frozenset[str]:
        """The marks of the values that were given to somebody who fills in a form, and of those in what was sent."""
        if not index_of(service).keeping:
            return frozenset()
        given = self._store.issued(applicant.id, case_id or service.settings.id)
        if stored:
            given |= self.evaluate(service, stored, applicant, "zh", case_id=case_id, stored=stored).kept
        return given

    def give(self, service: Service, applicant: Person, evaluation: Evaluation, case_id: str = "") -> None:
        """Remember the values that an evaluation shows to somebody: from now on they stay."""
        scope = case_id or service.settings.id
        if evaluation.kept and (new := evaluation.kept - self._store.issued(applicant.id, scope)):
            self._store.issue(applicant.id, scope, new, self._clock())

    def _around(
        self, service: Service, applicant: Person, language: str, case_id: str, reading: Reading
    ) -> dict[str, Any]:
        """What a form is evaluated in, beside its answers."""
        return {
            "now": self._clock(),
            "person": applicant,
            "directory": self._library.directory,
            "calendar": self._library.calendar,
            "balances": balances_for(self._store, self._library, service, applicant, self._clock(), case_id),
            "engine": self._engine,
            "language": language,
            "last": self._last_answers(service, applicant, case_id) if service.last else {},
            "registers": reading.datasets,
        }

    def find_choices(
        self,
        service: Service,
        question: str,
        said: str,
        row: Row,
        answers: Mapping[str, Any],
        applicant: Person,
        language: str,
        case: Case | None = None,
    ) -> list[Choice]:
        """The choices of a question that somebody may mean; of a case what is kept stands behind what is filled in."""
        kept = case.answers if case else {}
        case_id = case.id if case else ""
        around = self._around(service, applicant, language, case_id, self._registers.around(service, case_id))
        circumstances = Circumstances(**around, stored=kept)
        return find_choices(service, question, said, row, {**kept, **answers}, circumstances)

    def holders(self, service: Service, person: Person) -> dict[str, list[Choice]]:
        """The holders whom a person may charge, by the `choices` of the questions that ask for one."""
        balances = balances_for(self._store, self._library, service, person, self._clock(), "")
        fields = [node.item for node in index_of(service).fields.values() if isinstance(node.item, Field)]
        return {item.choices: balances.holders(item.account) for item in fields if item.account and balances}

    def handled(self, person: Person, case_id: str) -> tuple[Case, Service]:
        """A case that is the person's own, or on which she has or had a task."""
        case = self.case(case_id)
        if not self.handles(person, case):
            raise NotAllowed
        return case, self._library.version(case.service_id, case.version)

    def applicant(self, case: Case) -> Person:
        """Who applied; people who have left are known by their number only."""
        return self._library.directory.people.get(case.applicant) or Person(id=case.applicant, name=case.applicant)

    def last(self, service: Service, applicant: Person, before: str = "") -> Case | None:
        """The applicant's last case of a service, before another one or until now."""
        which = CaseFilter(applicant=applicant.id, service_id=service.settings.id, before=before)
        rows, _ = self._store.cases(which, size=1)
        return of_stored(rows[0]) if rows else None

    def _last_answers(self, service: Service, applicant: Person, before: str) -> dict[str, Any]:
        case = self.last(service, applicant, before)
        return self.own_answers(service, case) if case else {}

    def own_answers(self, service: Service, case: Case) -> dict[str, Any]:
        """What the applicant herself answered in a case; what offices filled in is not hers, in its version or now.

        Nothing where that version cannot be read any more: then nobody knows whose answers they are.
        """
        then = self.service_of(case)
        return {} if then is None else without(case.answers, then, withheld(then) | withheld(service))

    def service_of(self, case: Case | StoredCase) -> Service | None:
        """The version that a case is pinned to; None when it cannot be read any more, so that lists still open."""
        return self._library.kept(case.service_id, case.version)

    def masks_over(self, case: StoredCase) -> Masks:
        """What is sensitive in a case."""
        return self._library.masks_over(case)

    def filled(
        self,
        service: Service,
        answers: Mapping[str, Any],
        applicant: Person,
        language: str,
        stored: Mapping[str, Any] | None = None,
        case_id: str = "",
    ) -> Evaluation:
        """The form as its applicant fills it in: what the offices fill in is not hers to say."""
        unseen = withheld(service)
        items = service.survey.children if service.survey else ()
        rows: Mapping[str, Any] = {}
        given = self.given_in(service, applicant, case_id, stored)
        if stored:
            # Rows compare as they would be stored: defaults filled in, irrelevant answers dropped.
            bare = self.evaluate(service, answers, applicant, language, case_id=case_id, withheld=unseen)
            rows = aligned(items, stored, bare.answers, unseen, self._clock().tzinfo)
        return self.evaluate(
            service, answers, applicant, language, case_id=case_id, stored=rows, kept=given, withheld=unseen
        )

    def context(
        self,
        service: Service,
        evaluation: Evaluation,
        applicant: Person,
        case: Case | None = None,
        chosen: Chosen | None = None,
        draw: Draw | None = None,
    ) -> FlowContext:
        """What the route is decided by; without a case it is not sent yet. `chosen` are ids, by step.

        With `draw`, steps that draw numbers do so in a transaction; without, they only show what a number looks like.
        """
        case_id = case.id if case else ""
        context = FlowContext(
            directory=self._library.directory,
            initiator=applicant,
            now=self._clock(),
            names=evaluation.names,
            datasets=service.datasets,
            choice_labels=service.choice_label,
            calendar=self._library.calendar,
            seen=lambda step: seen_digest(service, step, evaluation, chosen or {}),
            case_id=case_id,
            chosen={step: tuple(ids) for step, ids in (chosen or {}).items()},
            open_tasks=self._store.open_task_count,
        )

        def again(answers: Mapping[str, Any]) -> Evaluation:
            return self.evaluate(service, answers, applicant, evaluation.language, case_id=case_id, stored=answers)

        accounts = self.accounts(service)
        hooks = hooks_of(service, evaluation, again, case, context.now, draw, accounts, self._reversed)
        if hooks is None:
            return context
        return replace(hooks, seen=lambda found: lambda step: seen_digest(service, step, found, chosen or {})).context(
            context
        )

    def _reversed(self, transaction_id: str) -> bool:
        return self._store.reversal_of(transaction_id) is not None

    @staticmethod
    def moving(service: Service, move: Callable[[Draw | None], Progress]) -> Callable[[Draw], Progress]:
        """A move, made at once; where steps draw numbers, made in the transaction, so that no number is lost."""
        making = move
        if not draws_numbers(service):
            done = move(None)
            making = lambda _: done  # noqa: E731
        return (lambda draw: replace(making(draw), draw=draw)) if service.documents else making

    @staticmethod
    def choices(service: Service, context: FlowContext, language: str) -> tuple[dict[str, list[str]], list[Problem]]:
        """What the applicant chose for the steps that ask her to, and what is wrong with it."""
        asked = choosing(service.routing or NO_ROUTE, context)
        problems = [
            Problem(
                path=f"chosen.{choice.step.id}",
                message=f"{choice.step.title(language)}: {en}." if language == "en" else f"{choice.step.name}：{zh}。",
                code="FORM-CHOSEN",
            )
            for choice in asked
            for zh, en in choice.wrong
        ]
        return {choice.step.id: list(choice.chosen) for choice in asked if choice.chosen}, problems

    def case(self, case_id: str) -> Case:
        """A case by its id."""
        stored = self._store.case(case_id)
        if stored is None:
            raise NotFound("case", case_id)
        return of_stored(stored)

    def called(self, said: str) -> Case:
        """A case by its id or its number; NotFound for what is neither."""
        if (stored := self._store.case(said)) is not None:
            return of_stored(stored)
        found, _ = self._store.cases(CaseFilter(query=said), size=MOST_TASKS)
        for one in found:
            if one.number == said:
                return of_stored(one)
        raise NotFound("case", said)

    def returned(self, person: Person, case_id: str) -> tuple[Case, Service]:
        """A case that came back to a person, who may mend it."""
        case = self.case(case_id)
        if case.applicant != person.id or case.state is not RouteOutcome.RETURNED:
            raise NotAllowed
        return case, self._library.version(case.service_id, case.version)

    @_from_what_stands_now
    def submit(
        self,
        person: Person,
        service: Service,
        answers: Mapping[str, Any],
        *,
        command_id: str,
        language: str,
        from_draft: bool,
        keep_draft: bool = False,
        chosen: Chosen | None = None,
        parent: Mapping[str, Any] | None = None,
        job: str = "",
        scan: Admitted | None = None,
    ) -> Receipt:
        """Send a form. What the applicant can mend comes back as problems, and nothing is kept but the draft.

        `keep_draft` leaves the person's draft alone: what is sent is another application. `parent` is the case whose step
        sends it for her (`Case.parent`), `job` the job that does; `scan` what a live code lets her send. Raises ScanFirst where
        she needs one.
        """
        digest = digest_of("submit", service.settings.id, answers, *_said(chosen))
        try:
            if done := self.done(person, command_id, digest):
                return done
        except OtherCommand as other:
            raise ChangedAfterSending(other.number) from other
        if service.settings.code_of and scan is None and not parent and not job:
            raise ScanFirst(service.settings.title.get("zh"), service.settings.title.get("en"))
        settled, files, problems = settle(service, answers, self._store, person, "", language)
        evaluation = self.filled(service, settled, person, language, scan.answers if scan else None)
        problems += problems_of(evaluation, language)
        kept, unchosen = self.choices(service, self.context(service, evaluation, person, chosen=chosen), language)
        problems += unchosen
        if problems:
            return Receipt(done=False, problems=problems)
        now = self._clock()
        case = Case(id=new_id(), submitted_at=now, changed_at=now)
        moved = self.moving(
            service,
            lambda draw: begin(
                service.routing or NO_ROUTE, self.context(service, evaluation, person, case, kept, draw)
            ),
        )

        def change(draw: Draw) -> Change:
            number = draw(request(service.settings.number, now.date()))
            progress = moved(draw)
            actor = SYSTEM if parent or job else person.id
            books = self._booked(progress, replace(case, applicant=person.id), service, number, actor)
            final = final_of(progress, evaluation)
            first = {
                "number": number,
                "service_id": service.settings.id,
                "version": service.sha256,
                **self._titled(service, evaluation, person),
                "applicant": person.id,
                "answers": plain_json(final.answers),
                "shown": shown_of(final),
                **({"chosen": kept} if kept else {}),
                **({"parent": parent, "for": person.id} if parent else {}),
                **({"job": job, "for": person.id} if job else {}),
                **({"scanned": scan.told} if scan else {}),
                **hook_changes(progress, case),
                **books.told,
            }
            events = events_of("submitted", actor, now, progress, first)
            change = self.change(case, events, service, progress, final)
            draft = (person.id, service.settings.id)
            return replace(
                books.with_change(change),
                attachments=files,
                delete_draft=None if keep_draft else draft,
                issued_gone=None if keep_draft else draft,
                needs_draft=from_draft,
                registers_read=evaluation.registers_read,
                answer={**change.answer, "digest": digest},
            )

        command = Command(
            id=_own(person, command_id),
            actor=person.id,
            at=now,
            change=change,
            case_id=case.id,
            expected_seq=0,
        )
        try:
            return _receipt(self._store.commit(command))
        except DraftGone as error:
            raise AlreadySent from error
        except Overdrawn as error:
            raise short(error, self._store, self._library.services) from error

    def receipt(self, person: Person, command_id: str) -> Receipt | None:
        """What came of a command that was carried out before, or None."""
        known = self._store.committed(_own(person, command_id))
        return None if known is None else _receipt(known)

    @_from_what_stands_now
    def act(self, person: Person, what: Act, language: str) -> Receipt:
        """Approve, refuse, return, or (the applicant) send again what was returned. Stale when somebody was first."""
        if done := self.done(person, what.command_id, what.digest):
            return done
        case = self.case(what.case_id)
        if not self.handles(person, case):
            raise NotAllowed
        service = self._library.version(case.service_id, case.version)
        asked = next((t.step_id for t in self.tasks_of(case) if t.id == what.task_id and t.state == "open"), "")
        if moved_on(self._store, case, what.seq, asked):
            raise self.stale(case)
        if what.action == "resubmit":
            return self._resubmit(person, case, service, what, language)
        if what.action in HANDING:
            return self._hand(person, case, service, what, language)
        return self._decide(person, case, service, what, language)

    def withdraw(self, person: Person, case_id: str, *, seq: int, command_id: str) -> Receipt:
        """The applicant takes a case back that is not decided."""
        digest = digest_of("withdraw", case_id)
        if done := self.done(person, command_id, digest):
            return done
        case = self.case(case_id)
        if case.applicant != person.id:
            raise NotAllowed
        if moved_on(self._store, case, seq) or case.closed:
            raise self.stale(case)
        service = self._library.version(case.service_id, case.version)
        evaluation = self.evaluate(service, case.answers, person, "zh", case_id=case.id, stored=case.answers)
        context = self.context(service, evaluation, person, case, case.chosen)
        progress = withdraw(service.routing or NO_ROUTE, RouteState.from_json(case.route), context)
        return self.commit(
            person, case, command_id, self.moved("withdrawn", person.id, case, service, progress, {}), digest
        )

    def _decide(self, person: Person, case: Case, service: Service, what: Act, language: str) -> Receipt:
        route = service.routing or NO_ROUTE
        state = RouteState.from_json(case.route)
        task = self.task(person, case, what.task_id)
        step_id, by = task.step_id, person.id if task.person != person.id else ""
        step = route.step(step_id)
        now = state.steps[step_id]
        consulted = now.consulted(task.person)
        claims = now.mode is Mode.CLAIM and not now.claimed and task.person in now.people
        problems: list[Problem] = []
        if what.action != Action.APPROVE or step.opinion_required or consulted:
            problems += _opinion_missing(what.opinion, language)
        signature, missing = signature_of(self._store, person, step, what.signature, language)
        problems += [] if consulted else missing
        editing = what.action == Action.APPROVE and bool(step.edit or step.require) and not consulted
        applicant = self.applicant(case)
        merged = merge(service, case.answers, what.answers or {}, step) if editing else case.answers
        settled, files, lost = settle(service, merged, self._store, person, case.id, language)
        require = spread(service, step.require) if editing else ()
        # What another office fills in, and nobody has yet, is not asked of this one.
        others = withheld(service) - spread(service, (*step.edit, *step.require)) - answered(settled)
        evaluation = self.evaluate(
            service,
            settled,
            applicant,
            language,
            case_id=case.id,
            stored=case.answers,
            kept=self.given_in(service, applicant, case.id, case.answers),
            require=require,
            withheld=others,
        )
        if editing:
            problems += lost + problems_of(evaluation, language)
        if problems:
            return Receipt(done=False, case_id=case.id, problems=problems)
        beside = loose(self._store, person, what.files)
        words = {"opinion": what.opinion, "return_to": what.return_to, "signature": signature, "files": beside}
        first = said(task, person, **words, claimed=claims)
        changed = editing and plain_json(evaluation.answers) != plain_json(case.answers)
        kind = {Action.APPROVE: "approved", Action.REFUSE: "refused", Action.RETURN: "returned"}[Action(what.action)]
        kind = "done" if kind == "approved" and not now.mode.decides else kind
        kind = "answered" if consulted else kind
        files += [file["id"] for file in (*beside, *([signature] if signature else []))]

        def move(draw: Draw | None) -> Progress:
            context = self.context(service, evaluation, applicant, case, case.chosen, draw)
            at = route, state, step_id, task.person, what.action, context
            return act(*at, target=what.return_to, how=what.how, by=by)

        def change(progress: Progress) -> Change:
            made = self.moved(kind, person.id, case, service, progress, first, evaluation if changed else None)
            return replace(made, attachments=files, registers_read=evaluation.registers_read if editing else {})

        return self._carried_out(person, case, service, what, move, change)

    def _carried_out(
        self,
        person: Person,
        case: Case,
        service: Service,
        what: Act,
        move: Callable[[Draw | None], Progress],
        change: Callable[[Progress], Change],
    ) -> Receipt:
        """Make a move and write it; NotAllowed where the route does not allow it."""
        try:
            moved = self.moving(service, move)
            return self.commit(person, case, what.command_id, lambda draw: change(moved(draw)), what.digest)
        except FlowError as error:
            raise declined(error, self._library.directory) from error

    def moved(
        self,
        kind: str,
        actor: str,
        case: Case,
        service: Service,
        progress: Progress,
        first: Mapping[str, Any],
        evaluation: Evaluation | None = None,
        paid: tuple[Transaction, ...] = (),
    ) -> Change:
        """What a move writes, with movements that were `paid` for; the first event says `first`, what hooks changed, and the form where it is another now."""
        filled = hook_changes(progress, case)
        final = filled_by_hooks(progress, evaluation)
        form = {"answers": plain_json(final.answers), "shown": shown_of(final)} if final else {}
        books = self._booked(progress, case, service, case.number, actor).after(paid)
        events = events_of(kind, actor, self._clock(), progress, {**first, **form, **filled, **books.told})
        return books.with_change(self.change(case, events, service, progress, final))

    def _booked(self, progress: Progress, case: Case, service: Service, number: str, actor: str) -> Booked:
        return booked(progress, case, service, self.accounts(service), number, self._store, self._clock(), actor)

    def accounts(self, service: Service) -> dict[str, Account]:
        """The accounts that a service books in; those of other services as these have them now."""
        found = accounts_of(service, self._library)
        own = service.accounts
        return {name: replace(one, of=own[name].of, holder=own[name].holder) for name, (_, one) in found.items()}

    def _hand(self, person: Person, case: Case, service: Service, what: Act, language: str) -> Receipt:
        task = self.task(person, case, what.task_id, states=HANDING[what.action])
        return self.hand(person, case, service, task, what, language)

    def hand(
        self,
        person: Person,
        case: Case,
        service: Service,
        task: StoredTask,
        what: Act,
        language: str,
        *,
        as_head: bool = False,
    ) -> Receipt:
        """A deed of `HANDING` on a task; whoever calls has made sure that the person may do it.

        A head (`as_head`) deals out the tasks of her people; she does not stand in for them.
        """
        applicant = self.applicant(case)
        evaluation = self.evaluate(service, case.answers, applicant, language, case_id=case.id, stored=case.answers)
        state = RouteState.from_json(case.route)
        beside = loose(self._store, person, what.files)
        first = said(task, person, opinion=what.opinion, people=list(what.people), files=beside)
        if as_head and "for" in first:
            first["from_desk"] = first.pop("for")

        def move(draw: Draw | None) -> Progress:
            context = self.context(service, evaluation, applicant, case, case.chosen, draw)
            return handed(service.routing or NO_ROUTE, state, task, what.action, what.people, context)

        def change(progress: Progress) -> Change:
            made = self.moved(what.action, person.id, case, service, progress, first)
            return replace(made, attachments=[file["id"] for file in beside])

        return self._carried_out(person, case, service, what, move, change)

    def _resubmit(self, person: Person, case: Case, service: Service, what: Act, language: str) -> Receipt:
        if case.applicant != person.id:
            raise NotAllowed
        answers = what.answers if what.answers is not None else case.answers
        settled, files, problems = settle(service, answers, self._store, person, case.id, language)
        evaluation = self.filled(service, settled, person, language, case.answers, case.id)
        problems += problems_of(evaluation, language)
        chosen = case.chosen if what.chosen is None else what.chosen
        kept, unchosen = self.choices(service, self.context(service, evaluation, person, case, chosen), language)
        problems += unchosen
        if problems:
            return Receipt(done=False, case_id=case.id, problems=problems)
        state = RouteState.from_json(case.route)
        first = {
            **self._titled(service, evaluation, person),
            **({"chosen": kept} if kept != case.chosen else {}),
        }

        def move(draw: Draw | None) -> Progress:
            context = self.context(service, evaluation, person, case, kept, draw)
            return resubmit(service.routing or NO_ROUTE, state, context)

        def change(draw: Draw) -> Change:
            made = self.moved("resubmitted", person.id, case, service, moved(draw), first, evaluation)
            here = person.id, case.id
            return replace(made, attachments=files, issued_gone=here, registers_read=evaluation.registers_read)

        try:
            moved = self.moving(service, move)
            return self.commit(person, case, what.command_id, change, what.digest)
        except FlowError as error:
            raise self.stale(case) from error

    def acts_for(self, person: Person, service_id: str) -> frozenset[str]:
        """The ids of those for whom a person may act on cases of a service now: her own, and whom she stands in for."""
        times = self._store.stand_ins(stand_in=person.id, at=self._clock())
        return frozenset({person.id} | {t.person for t in times if not t.services or service_id in t.services})

    def tasks_for(self, person: Person, which: TaskFilter) -> TaskFilter:
        """The filter for a person's tasks; of the open ones also those of the people for whom she stands in now."""
        times = self._store.stand_ins(stand_in=person.id, at=self._clock()) if which.state == "open" else []
        also = [(time.person, time.services) for time in times]
        return replace(which, person=person.id, also=also, but=self._not_offered(person, also))

    def _not_offered(self, person: Person, also: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
        """The tasks of others on a person's own cases at which she may not stand in."""
        if not also:
            return []
        own = TaskFilter(people=[other for other, _ in also], state="open", applicant=person.id)
        rows = self._store.tasks(own, size=MOST_TASKS)[0]
        services = ((row, self.service_of(row.case)) for row in rows)
        return [
            row.task.id
            for row, service in services
            if service is not None and not may_stand_in(service.routing or NO_ROUTE, row.task, person.id, person.id)
        ]

    def handles(self, person: Person, case: Case) -> bool:
        """Whether the case is the person's own, or one of her tasks is on it; others learn nothing of it."""
        if case.applicant == person.id:
            return True
        mine = self.acts_for(person, case.service_id)
        return any(task.person in mine for task in self.tasks_of(case))

    def tasks_of(self, case: Case) -> list[StoredTask]:
        """Every task that the case ever led to."""
        return [row.task for row in self._store.tasks(TaskFilter(case_id=case.id), size=MOST_TASKS)[0]]

    def task(self, person: Person, case: Case, task_id: str, *, states: Collection[str] = ("open",)) -> StoredTask:
        """A task of a person, or of somebody for whom she stands in.

        Raises NotFound, Stale when it is in none of the states, NotAllowed when it is another's.
        """
        task = next((task for task in self.tasks_of(case) if task.id == task_id), None)
        if task is None:
            raise NotFound("task", task_id)
        if task.person not in self.acts_for(person, case.service_id):
            raise NotAllowed
        if task.state not in states:
            raise self.stale(case)
        return task

    def change(
        self,
        case: Case,
        events: Sequence[NewEvent],
        service: Service,
        progress: Progress,
        evaluation: Evaluation | None = None,
    ) -> Change:
        """What a move writes: its events, the case after them, tasks, and what the rules decided anew."""
        after = case.after(events)
        issued = issued_by(
            after,
            service,
            events,
            progress,
            lambda: self.around(after, service, evaluation),
            self.masks_over,
            self._store,
            self._clock(),
        )
        events, after = [*events, *issued.events], after.after(issued.events)
        given = given_by(
            after,
            service,
            events,
            progress,
            lambda: self.around(after, service, evaluation),
            self.masks_over,
            self._store,
            self._clock(),
        )
        events, after = [*events, *given.events], after.after(given.events)
        was, now = timers_of(case), timers_of(after)
        return Change(
            events=events,
            papers=issued.papers,
            papers_left=issued.left,
            passes=given.passes,
            passes_left=given.left,
            case=after.stored(),
            registered=self._registers.of(after.stored(), service),
            tasks=task_rows(after, service, progress, self._clock(), self._store),
            timers=[timer for key, timer in now.items() if key not in was],
            timers_gone=[key for key in was if key not in now],
            messages=messages_of_move(
                after,
                service,
                events,
                progress,
                lambda: self.around(after, service, evaluation),
                self.masks_over,
                self._clock(),
            ),
            decisions=decision_rows(after, service, evaluation, self._clock(), self._store, self._library.directory)
            if evaluation
            else (),
            answer={"case_id": after.id, "number": after.number},
        )

    def around(self, case: Case, service: Service, evaluation: Evaluation | None = None) -> FlowContext:
        """What is read of a case when people are told of it; the form is evaluated where nobody has."""
        applicant = self.applicant(case)
        if evaluation is None:
            evaluation = self.evaluate(service, case.answers, applicant, "zh", case_id=case.id, stored=case.answers)
        return self.context(service, evaluation, applicant, case, case.chosen)

    def done(self, person: Person, command_id: str, digest: str) -> Receipt | None:
        """What came of a command that was carried out before; OtherCommand when the id was that of another one."""
        known = self._store.committed(_own(person, command_id))
        if known is not None and known.answer.get("digest", digest) != digest:
            raise OtherCommand(str(known.answer["number"]))
        return None if known is None else _receipt(known)

    def commit(self, person: Person, case: Case, command_id: str, change: Made, digest: str) -> Receipt:
        """Write a change of a case that is as it was read; Stale when somebody was first."""
        try:
            return self.write(person, case, command_id, change, digest)
        except StaleWrite as error:
            raise self.stale(self.case(case.id)) from error
        except ReversedBefore as error:  # an office reversed a charge by hand since the case was read
            raise Stale from error

    def write(self, person: Person, case: Case, command_id: str, change: Made, digest: str) -> Receipt:
        """The same, but for StaleWrite instead of words for people."""

        def told(draw: Draw) -> Change:
            made = change if isinstance(change, Change) else change(draw)
            return replace(made, answer={**made.answer, "digest": digest})

        command = Command(
            id=_own(person, command_id),
            actor=person.id,
            at=self._clock(),
            change=told,
            case_id=case.id,
            expected_seq=case.seq,
        )
        try:
            return _receipt(self._store.commit(command))
        except Overdrawn as error:
            raise short(error, self._store, self._library.services) from error

    def mark_read(self, person: Person, task: StoredTask) -> None:
        """A copy was read: no event of the case."""
        read = replace(task, state="read", done_at=self._clock())
        command = Command(
            id=_own(person, f"read:{task.id}:{task.round}"),
            actor=person.id,
            at=self._clock(),
            change=Change(tasks=[read]),
            case_id=task.case_id,
        )
        self._store.commit(command)

    def stale(self, case: Case) -> Stale:
        """Who was first, as an exception; what the platform did because of it is not meant."""
        people = self._library.directory.people
        actors = (people.get(event.actor) for event in reversed(self._store.events(case.id)))
        actor = next(filter(None, actors), None)
        return Stale(actor.name, actor.english_name or actor.name) if actor else Stale()

    def retitled(self, case: Case, service: Service, masks: Masks) -> dict[str, Any]:
        """The titles of a case as they are composed from what it says now, with some masks."""
        applicant = self.applicant(case)
        evaluation = self.evaluate(service, case.answers, applicant, "zh", case_id=case.id, stored=case.answers)
        environment = self.context(service, evaluation, applicant).environment
        return titled(service, environment, applicant, masks.over(_said_in(evaluation)))

    def _titled(self, service: Service, evaluation: Evaluation, person: Person) -> dict[str, Any]:
        """The title as lists show it to everybody: with masks."""
        environment = self.context(service, evaluation, person).environment
        return titled(service, environment, person, masks_of(service).over(_said_in(evaluation)))


def _said_in(evaluation: Evaluation) -> Any:
    """Everything that an evaluation says under the names of questions."""
    return plain_json([evaluation.answers, evaluation.values])


def problems_of(evaluation: Evaluation, language: str) -> list[Problem]:
    """What keeps the form from being sent, for people."""
    return [
        Problem(
            path=error.path,
            message=error.message(language),
            remedy=error.remedy(language),
            code=error.code,
            cell=str(error.place),
            reference=error.reference,
            about=error.about,
        )
        for error in evaluation.errors
    ]


def said(task: StoredTask, person: Person, **words: Any) -> dict[str, Any]:
    """What the event of a deed on a task says: the step, whom a stand-in acted for, and the words that there are."""
    whom = {"for": task.person} if task.person != person.id else {}
    return {"step": task.step_id, **whom, **{key: value for key, value in words.items() if value}}


_KEPT_AWAY = {
    KeptAway.UNKNOWN: ("不在人员名单里", "nobody of that name is known"),
    KeptAway.THERE: ("已经在这一环节里", "the step asks the same person already"),
    KeptAway.APART: ("办过另一环节的人须回避", "whoever acts at another step of this route may not act here"),
    KeptAway.SELF: ("申请人不能办理自己的申请", "nobody decides on her own application"),
}


def declined(error: FlowError, directory: Directory) -> NotAllowed:
    """Why the route does not allow something, for people."""
    if isinstance(error, NotEligible):
        zh, en = directory.name(error.person), directory.name(error.person, "en")
        why_zh, why_en = _KEPT_AWAY[KeptAway(error.why)]
        return NotAllowed(f"{zh}不能办理这一环节：{why_zh}。", f"{en} may not act at this step: {why_en}.")
    return NotAllowed("这一步不能这样办理。", "This step does not allow that.")


def signature_of(
    store: Store, person: Person, step: RouteStep, attachment_id: str, language: str
) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The picture of a signature as an event keeps it, or what is missing where the step wants one."""
    stored = store.attachment(attachment_id) if attachment_id else None
    if stored is not None and stored.person == person.id and not stored.case_id:
        return as_answer(stored), []
    if not step.signature:
        return None, []
    text = {"zh": "请手写签名。", "en": "Please sign."}["en" if language == "en" else "zh"]
    return None, [Problem(path="signature", message=text, code="FORM-SIGNATURE")]


def _opinion_missing(opinion: str, language: str) -> list[Problem]:
    if opinion.strip():
        return []
    text = {"zh": "请填写意见。", "en": "Please write your opinion."}["en" if language == "en" else "zh"]
    return [Problem(path="opinion", message=text, code="FORM-OPINION")]


def digest_of(*what: Any) -> str:
    """What tells one command from another: what is done, to which case, with which answers."""
    return hashlib.sha256(dumps(what).encode("utf-8", "surrogatepass")).hexdigest()


def seen_digest(service: Service, step: RouteStep, evaluation: Evaluation, chosen: Chosen) -> str:
    """A digest of what the people of a step decide on, and of who was chosen to."""
    return digest_of(plain_json(seen_by(service, step, evaluation.answers)), list(chosen.get(step.id, ())))[:32]


def _said(chosen: Chosen | None) -> tuple[Chosen, ...]:
    """The choices as a part of a digest: commands of older releases had none, and keep theirs."""
    return (chosen,) if chosen else ()


def _own(person: Person, command_id: str) -> str:
    """A command id belongs to the person who sent it: nobody can ask for another's receipt."""
    return f"{person.id}:{command_id}"


def _receipt(committed: Committed) -> Receipt:
    return Receipt(
        done=True,
        case_id=str(committed.answer["case_id"]),
        number=str(committed.answer["number"]),
        seq=committed.seq,
        repeated=committed.repeated,
    )
