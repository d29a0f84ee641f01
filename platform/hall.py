"""The hall: every use case is one method here, and screens, REST and the command line call nothing else.

Methods check what the person may do. They block while they read and write: ways in that serve many people call them
off their event loop.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from banshi.platform.accounts.bank import FROM_TWO, Bank
from banshi.platform.accounts.billing import Charged, Run, charge_run
from banshi.platform.accounts.cashier import Cashier, PayView
from banshi.platform.accounts.gateway import Gateway
from banshi.platform.accounts.sandbox import Sandbox
from banshi.platform.accounts.views import BookedView
from banshi.platform.archive.archivist import CATALOGUE, ArchiveQuestion, Archivist
from banshi.platform.audit import ledger
from banshi.platform.audit.findings import Findings, Scope
from banshi.platform.audit.ledger import Ledger
from banshi.platform.audit.log import (
    FINDING_COLUMNS,
    FINDING_HEADERS,
    FINDINGS_TITLE,
    HEADERS,
    LOG_TITLE,
    FindingView,
    Log,
)
from banshi.platform.audit.replay import Difference, Replay, StoredBooks
from banshi.platform.audit.telling import amount_text
from banshi.platform.cases import show
from banshi.platform.cases.attachments import as_answer
from banshi.platform.cases.board import UnitBoard
from banshi.platform.cases.callbacks import Answer, Callbacks
from banshi.platform.cases.case import Case, of_stored
from banshi.platform.cases.colleagues import Colleagues
from banshi.platform.cases.desk import NO_ROUTE, Act, Chosen, Desk
from banshi.platform.cases.erasing import Eraser
from banshi.platform.cases.live_codes import LiveCodes
from banshi.platform.cases.looks import Looks
from banshi.platform.cases.loose_files import LooseFiles
from banshi.platform.cases.moving import Mover
from banshi.platform.cases.opening import Opener
from banshi.platform.cases.papers import Papers
from banshi.platform.cases.passage_lists import PassageLists
from banshi.platform.cases.passes import Passes
from banshi.platform.cases.personal_passes import PersonalPasses
from banshi.platform.cases.reader import CaseReader
from banshi.platform.cases.records import plain_json
from banshi.platform.cases.register_changes import register_changes
from banshi.platform.cases.rows import CaseRows
from banshi.platform.cases.timing import Timekeeper
from banshi.platform.cases.veiled import tells, veiled_steps
from banshi.platform.errors import (
    AlreadySent,
    AttachmentRefused,
    Declined,
    DraftChanged,
    HallError,
    NotAllowed,
    NotFound,
    plain_failures,
)
from banshi.platform.exports import Export, table_file
from banshi.platform.filling.address import from_address
from banshi.platform.filling.batch import Batches, Progress, Upload
from banshi.platform.filling.labels import LabelDesk
from banshi.platform.filling.template import template
from banshi.platform.forms import Evaluation, form_schema
from banshi.platform.forms.rights import again, known, withheld
from banshi.platform.forms.rows import Row
from banshi.platform.impact.runs import Impacts
from banshi.platform.jobs.desk import JobDesk
from banshi.platform.jobs.scheduler import Scheduler
from banshi.platform.notices.outbox import Outbox
from banshi.platform.notices.sending import Sending
from banshi.platform.people.directory import Directory, Person, is_called
from banshi.platform.people.sessions import LIFETIME, Sessions
from banshi.platform.publishing.catalogue import Catalogue
from banshi.platform.publishing.library import Checked, Library, owns
from banshi.platform.replacing.desk import DataDesk
from banshi.platform.replacing.taken import Taken
from banshi.platform.routes.choosing import choosing
from banshi.platform.routes.diagram import Diagram, diagram
from banshi.platform.routes.preview import PreviewStep, preview
from banshi.platform.routes.state import RouteOutcome, RouteState
from banshi.platform.service.media import SVG, drawing, kind_of
from banshi.platform.service.model import Service
from banshi.platform.statistics.answering import Statistician
from banshi.platform.statistics.boards import Boards
from banshi.platform.statistics.model import Choices, Question, Statistics
from banshi.platform.statistics.tables import table_of
from banshi.platform.views import (
    AwaitedView,
    Board,
    CaseView,
    ChoiceMatch,
    DecisionView,
    DraftRow,
    Filling,
    FormSession,
    LookView,
    Page,
    PersonMatch,
    Receipt,
    Report,
    ServiceCard,
    StandInRow,
    StepView,
    Waiting,
)
from banshi.platform.workbook.looking import SeenCell, look
from banshi.platform.workbook.marking import ending
from banshi.platform.workbook.writing import JSONL, XLSX, ZIP
from banshi.platform.workshop import Workshop
from banshi.rules.diagnostics import Place
from banshi.rules.policies import Engine
from banshi.rules.tables.inputs import number_in
from banshi.rules.values import CAMPUS_ZONE, dumps
from banshi.storage import new_id
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import (
    CaseFilter,
    DecisionFilter,
    DraftGone,
    DraftNewer,
    Store,
    StoredAttachment,
    StoredMessage,
    TaskFilter,
)
from banshi.storage.media import AttachmentRefused as FileRefused

if TYPE_CHECKING:
    import pandas as pd

LOG = logging.getLogger("banshi")


def campus_time() -> datetime:
    """Now, on the campus's clock."""
    return datetime.now(CAMPUS_ZONE)


@plain_failures
class Hall:
    """See the module. `clock` gives aware campus time; `engine` answers policies; `log_key` is the file of the signing key,
    `sending` what the administrator says of messages; without it none leave. `gateway` collects payments; without it a
    sandbox in memory does, as a trial needs it. Reversals of `reversed_by_two` or more take two persons. In a trial
    all papers are `specimens`."""

    def __init__(
        self,
        *,
        store: Store,
        attachments: AttachmentFolder,
        definitions: Path,
        engine: Engine,
        clock: Callable[[], datetime] = campus_time,
        library: Library | None = None,
        log_key: Path | None = None,
        sending: Sending | None = None,
        gateway: Gateway | None = None,
        reversed_by_two: Decimal = FROM_TWO,
        specimens: bool = False,
    ) -> None:
        self.definitions = definitions
        self._store = store
        self._clock = clock
        self._engine = engine
        self._attachments = attachments
        self._library = library or Library(store, definitions, engine, clock)
        self._catalogue = Catalogue(self._library, clock)
        self._sessions = Sessions(store, lambda: self._library.directory, clock)
        self._desk = Desk(store, self._library, engine, clock)
        self._library.tell_of(lambda live, new: [told for _, told in register_changes(store, live, new)])
        self._colleagues = Colleagues(store, self._desk, lambda: self._library.directory, clock)
        self._looks = Looks(store, self._library, self._desk, self._colleagues)
        self._eraser = Eraser(store, self._library, self._desk, attachments, clock)
        self._loose_files = LooseFiles(store, attachments, clock)
        self._ledger = Ledger(store, log_key, clock, self._eraser.sealed)
        self._batches = Batches(self._library, self._desk)
        self._log = Log(store, self._library)
        self._callbacks = Callbacks(store, self._library, self._desk, clock)
        self._findings = Findings(store, self._library, clock)
        self._reader = CaseReader(store, self._library, self._desk, self._log, clock)
        mover = Mover(store, self._library, self._desk, clock)
        impacts = Impacts(store, self._library, self._desk, clock)
        self.workshop = Workshop(store, self._library, mover, impacts, engine, clock)
        self.data = DataDesk(self.workshop, Taken(store, self._desk.registers, self._reader.sees), clock)
        self._opener = Opener(store, self._library, self._desk, self._catalogue.may_apply, clock)
        scheduler = Scheduler(store, self._library, self._desk, self._opener, clock)
        self.jobs = JobDesk(store, self._library, scheduler, clock)
        self.labels = LabelDesk(self._library)
        self._timekeeper = Timekeeper(store, self._library, self._desk, self._opener, clock)
        self._board = UnitBoard(store, self._desk, self._reader, lambda: self._library.directory, clock)
        self.boards = Boards(store, self._library, self._catalogue.may_apply, clock)
        self._statistician = Statistician(store, self._library, clock)
        self._archivist = Archivist(store, self._library, self._desk, self._reader, attachments, clock)
        self.papers = Papers(store, self._library, self._desk, self._reader, attachments, clock, specimens=specimens)
        self.personal_passes = PersonalPasses(store, self._library, clock)
        self.passages = PassageLists(store, self._library, self.personal_passes, clock)
        self.passes = Passes(store, self._library, self._desk, self._reader, self.personal_passes, clock)
        secret = secrets.token_bytes(32)  # of a hall that has no place for a key, and so no second process
        self.codes = LiveCodes(
            self._library, self._desk, clock, lambda: self._ledger.secret("live codes") if log_key else secret
        )
        self.rows = CaseRows(self._library, self._desk, self._reader, clock)
        self.outbox = Outbox(store, self._library, self._may_see, clock, sending or Sending(active=False), self._play)
        self._rehearsal = gateway is None
        self._cashier = Cashier(
            store, self._library, self._desk, self._callbacks, gateway or Sandbox(), clock, self._followed
        )
        self.accounts = Bank(store, self._library, self._cashier, clock, self._catalogue.may_apply, reversed_by_two)
        self._schemas: dict[tuple[str, str], tuple[Directory, int, bytes]] = {}

    def close(self) -> None:
        """Let go of the store and the engine's workers."""
        self.jobs.close()
        self.workshop.close()
        self._cashier.gateway.done()
        self._engine.close()
        self._store.close()

    def beside(
        self, person: Person, file: str, data: bytes, store: Store, clock: Callable[[], datetime]
    ) -> tuple[Hall, Checked]:
        """A hall on another store in which a draft of this owner's is live, and the draft as it was examined.

        It shares the engine, so whoever made it closes the store and not the hall. Raises Declined for a draft with
        errors; examples may fail.
        """
        checked = self.workshop.draft(person, file, data)
        hall = Hall(
            store=store,
            attachments=self._attachments,
            definitions=self.definitions,
            engine=self._engine,
            clock=clock,
            library=self._library.beside(store, clock, checked, data),
            specimens=True,
        )
        return hall, checked

    def lend(self, attachment_id: str, person: Person, to: Store, borrower: Person) -> None:
        """Let somebody in another store use a file that a person attached here; nothing for files that are not hers."""
        stored = self._store.attachment(attachment_id)
        if stored is not None and stored.person == person.id and to.attachment(attachment_id) is None:
            to.add_attachment(replace(stored, person=borrower.id, case_id=""))

    def take_back(self, person: Person, lent: Iterable[str]) -> int:
        """Delete files that a person attached for a trial; how many. Those that she uses for a case or a draft stay."""
        return self._loose_files.forget(person, lent)

    def scan(self) -> list[Report]:
        """Read `definitions/` and publish what changed; the reports of what was read."""
        return self._library.scan()

    def fire_timers(self) -> int:
        """Do what deadlines ask for now, a portion at a time; how many timers were taken. Nobody's command: jobs call it."""
        return self._timekeeper.fire_due()

    def look_at_payments(self) -> int:
        """Ask how open payments stand, and close those whose time is over; how many were looked at. Jobs call it."""
        return self._cashier.look_due()

    def charge_run(
        self,
        person: Person,
        service_id: str,
        *,
        run: str,
        fees: str,
        account: str,
        holder: str,
        frame: pd.DataFrame,
        reason: str = "",
        beyond_floor: bool = False,
    ) -> Charged:
        """Bill the rows of a frame by a fee sheet of a live service and charge each holder once a run (`billing.charge_run`)."""
        service = self._library.service(service_id)
        if not owns(person, service):
            raise NotAllowed
        made = Run(
            id=run, service=service, fees=fees, account=account, holder=holder, reason=reason, beyond_floor=beyond_floor
        )
        return charge_run(self._store, made, frame, self._clock(), accounts=self._desk.accounts(service))

    def publish_planned(self) -> int:
        """Publish the versions that are planned for now or earlier; how many plans came to an end. Jobs call it."""
        return self.workshop.fire_due()

    def erase_due(self) -> int:
        """Delete personal data whose period is over, a portion at a time; of how many cases and passages. Jobs call it."""
        return self._eraser.erase_due() + self.personal_passes.purge_due()

    def sweep_files(self) -> int:
        """Delete attached files that nobody has sent for long; how many. Jobs call it."""
        return self._loose_files.sweep()

    def save_daily_checkpoint(self, folder: Path) -> int:
        """Write the day's checkpoint of the log into a folder, once a day; how many were written. Jobs call it."""
        return self._ledger.save_daily(folder)

    def refresh(self) -> int:
        """Take up what other processes on the same store have published since; how many versions. Jobs call it."""
        return self._library.refresh()

    # People

    @property
    def directory(self) -> Directory:
        """People and departments."""
        return self._library.directory

    def demo_people(self) -> tuple[Person, ...]:
        """The people whom the organisation workbook offers for trying the hall out."""
        return tuple(person for person in self.directory.people.values() if person.demo)

    def sign_in(self, person_id: str, lifetime: timedelta = LIFETIME) -> str:
        """A session token for a person; NotFound when there is none."""
        return self._sessions.sign_in(person_id, lifetime)

    def sign_in_numbered(self, number: str, mark: str = "") -> str:
        """A session token for the person whom the campus sign-in calls by a number; NotFound when there is none.

        `mark` is what it calls this sign-in by when it ends it.
        """
        return self._sessions.sign_in_numbered(number, mark)

    def sign_out_marked(self, mark: str) -> int:
        """End what the campus sign-in has ended; how many sessions there were."""
        return self._sessions.sign_out_marked(mark)

    def signed_in(self, person: Person) -> dict[str, datetime]:
        """For an administrator: who is signed in, and until when at the latest."""
        self._require(person, "administrator")
        return self._sessions.until()

    def sign_out_everywhere(self, person: Person, person_id: str) -> int:
        """For an administrator: end every session of somebody, those of programs too; how many there were."""
        self._require(person, "administrator")
        return self._sessions.sign_out_everywhere(person_id)

    def person_of(self, token: str) -> Person | None:
        """Who is signed in with a token."""
        return self._sessions.person_of(token)

    def sign_out(self, token: str) -> None:
        """End a session."""
        self._sessions.sign_out(token)

    def may(self, person: Person, what: str) -> bool:
        """Whether a person holds one of the platform's own roles: `owner`, `auditor`, `administrator`."""
        return person.holds(what)

    def person_name(self, person_id: str, language: str = "zh") -> str:
        """How a person is called; somebody unknown keeps the id."""
        return self.directory.name(person_id, language)

    def find_people(self, person: Person, said: str, language: str = "zh") -> list[PersonMatch]:
        """The people whom an answer may mean by a name or a number (`Directory.find`); anybody signed in may ask."""
        del person
        directory = self.directory
        return [
            PersonMatch(id=found.id, label=directory.label(found, language), exact=is_called(found, said))
            for found in directory.find(said)
        ]

    def department_name(self, department: str, language: str = "zh") -> str:
        """How a department is called."""
        return self.directory.department_name(department, language)

    # Services and forms

    def catalogue(
        self, person: Person, *, query: str = "", category: str = "", language: str = "zh"
    ) -> list[ServiceCard]:
        """The services that a person may apply for."""
        return self._catalogue.cards(person, query, category, language)

    def categories(self, language: str = "zh") -> list[str]:
        """The categories of the catalogue."""
        return self._catalogue.categories(language)

    def titles(self, person: Person, language: str = "zh") -> dict[str, str]:
        """Every live service by its id, for those who look after all of them."""
        self._require(person, "auditor")
        return {key: service.settings.title.get(language) for key, (service, _) in sorted(self._library.live.items())}

    def card(self, person: Person, service_id: str, language: str = "zh") -> ServiceCard:
        """One service."""
        return self._catalogue.card(person, service_id, language)

    def form_schema(self, person: Person, service_id: str, language: str = "zh") -> bytes:
        """The form as JSON for a browser."""
        return self._schema(self._applicable(person, service_id), language)

    def open_form(
        self,
        person: Person,
        service_id: str,
        language: str = "zh",
        *,
        given: Mapping[str, str] | None = None,
        admission: str = "",
    ) -> FormSession:
        """The form to fill in: the draft where there is one, else what is known of the person.

        `given` is what the address of the form says, such as that of a QR code; it goes before what was there. `admission` is
        what a live code gave, for a form that is opened by one alone (`LiveCodes.admitted` says what is raised).
        """
        service = self._applicable(person, service_id)
        scan = self.codes.admitted(service, admission, person)
        fixed = scan.answers if scan else {}
        opened_at = self._clock()  # before the draft is read: what is saved from now on is not in it
        draft = self._store.draft(person.id, service_id)
        answers: Mapping[str, Any] = known(service, draft.answers) if draft else {}
        if draft is None:
            begun = self._desk.filled(service, {}, person, language, fixed)
            self._desk.give(service, person, begun)
            answers = begun.answers
        scanned = from_address(service, given or {}, language)
        answers = {**answers, **scanned.answers, **fixed}
        last = None if draft or scanned.answers or scan else self._desk.last(service, person)
        return FormSession(
            service_id=service_id,
            title=service.settings.title.get(language),
            version=service.version,
            schema=self._schema(service, language),
            answers=answers,
            draft_saved_at=draft.saved_at if draft else None,
            opened_at=opened_at,
            draft_version=draft.version if draft else "",
            chosen=draft.chosen if draft else {},
            scanned=scanned.shown,
            ignored=scanned.ignored,
            hidden=sorted(withheld(service)),
            last_number=last.number if last else "",
            last_at=last.submitted_at if last else None,
            admission=admission if scan else "",
        )

    def fill_as_before(self, person: Person, service_id: str) -> datetime:
        """Begin a draft with what the person filled in when she last applied; files and consents are given anew.

        A draft that she began meanwhile, in another window, stays. Raises NotFound where there is no such case.
        """
        service = self._applicable(person, service_id)
        if (begun := self._store.draft(person.id, service_id)) is not None:
            return begun.saved_at
        last = self._desk.last(service, person)
        if last is None:
            raise NotFound("case", service_id)
        before = again(service, self._desk.own_answers(service, last))
        answers = {**self._desk.filled(service, {}, person, "zh").answers, **before}
        return self._store.save_draft(person.id, service_id, service.version, plain_json(answers), self._clock())

    def evaluate(
        self,
        person: Person,
        service_id: str,
        answers: Mapping[str, Any],
        language: str = "zh",
        *,
        chosen: Chosen | None = None,
        admission: str = "",
    ) -> dict[str, Any]:
        """What the form's rules say of answers that are not sent yet, who would be asked, and who is to be chosen."""
        service = self._applicable(person, service_id)
        scan = self.codes.admitted(service, admission, person) if admission else None
        evaluation = self._desk.filled(service, answers, person, language, scan.answers if scan else None)
        self._desk.give(service, person, evaluation)
        return self._foreseen(service, evaluation, person, language, chosen)

    def preview(
        self, person: Person, service_id: str, answers: Mapping[str, Any], language: str = "zh"
    ) -> list[StepView]:
        """Who would be asked."""
        service = self._applicable(person, service_id)
        evaluation = self._desk.filled(service, answers, person, language)
        steps = preview(service.routing or NO_ROUTE, self._desk.context(service, evaluation, person))
        return self._step_views(service, steps, language, withheld(service))

    def _step_views(
        self, service: Service, steps: Sequence[PreviewStep], language: str, hidden: Set[str]
    ) -> list[StepView]:
        """Steps as whoever sees nothing of `hidden` sees them."""
        titles = {key: live.settings.title.get(language) for key, (live, _) in self._library.live.items()}
        labels = show.question_labels(service, language)
        route = service.routing or NO_ROUTE
        told = [
            replace(step, values=tuple(pair for pair in step.values if not tells(service, pair[0], hidden)))
            for step in steps
        ]
        veiled = veiled_steps(service, route, hidden)
        return show.step_views(route, told, self.directory, {}, language, titles=titles, labels=labels, veiled=veiled)

    def find_choices(
        self,
        person: Person,
        question: str,
        said: str,
        *,
        answers: Mapping[str, Any],
        row: Row = (),
        service_id: str = "",
        case_id: str = "",
        language: str = "zh",
    ) -> list[ChoiceMatch]:
        """The choices of a long list that somebody may mean, in a form or in a case that she handles.

        `row` is where the question stands: the repeats around it with the row of each, counted from 0.
        """
        if case_id:
            case, service = self._desk.handled(person, case_id)
            found = self._desk.find_choices(
                service, question, said, row, answers, self._desk.applicant(case), language, case
            )
        else:
            service = self._applicable(person, service_id)
            found = self._desk.find_choices(service, question, said, row, answers, person, language)
        return [ChoiceMatch(name=choice.name, label=choice.label.get(language) or choice.name) for choice in found]

    def save_draft(
        self,
        person: Person,
        service_id: str,
        answers: Mapping[str, Any],
        version: str,
        *,
        chosen: Chosen | None = None,
        since: datetime | None = None,
        there: bool = False,
    ) -> datetime:
        """Keep what was filled in, and who was chosen, so far; when it was kept.

        Raises DraftChanged, with what it is now, where the draft was saved after `since`, when the caller last knew it;
        AlreadySent where the caller knows a draft (`there`) that was sent or thrown away in another window since.
        """
        self._applicable(person, service_id)
        try:
            return self._store.save_draft(
                person.id, service_id, version, answers, self._clock(), chosen, since=since, there=there
            )
        except DraftGone as gone:
            raise AlreadySent from gone
        except DraftNewer as newer:
            now = self._store.draft(person.id, service_id)
            if now is None:  # sent or discarded this very moment
                raise DraftChanged(newer.saved_at, {}, {}) from newer
            raise DraftChanged(now.saved_at, now.answers, now.chosen) from newer

    def discard_draft(self, person: Person, service_id: str) -> None:
        """Forget the draft."""
        self._store.delete_draft(person.id, service_id)

    def drafts(self, person: Person, language: str = "zh") -> list[DraftRow]:
        """What a person has begun and not sent, of the services that she may still apply for, the last first."""
        kept = self._store.drafts(person.id)
        titles = {card.id: card.title for card in self._catalogue.cards(person, "", "", language)} if kept else {}
        return [
            DraftRow(service_id=draft.service_id, title=titles[draft.service_id], saved_at=draft.saved_at)
            for draft in kept
            if draft.service_id in titles
        ]

    def submit(
        self,
        person: Person,
        service_id: str,
        answers: Mapping[str, Any],
        *,
        command_id: str,
        language: str = "zh",
        from_draft: bool = False,
        chosen: Chosen | None = None,
        admission: str = "",
    ) -> Receipt:
        """Send a form; problems instead of exceptions for what the applicant can mend.

        `chosen` are the ids of those whom she chose to be asked, by step, where the route leaves that to her.

        `from_draft` says that the answers were kept as the person's draft: where that draft was sent meanwhile, from
        another window, AlreadySent is raised and nothing is sent twice. `admission` is what a live code gave.
        """
        service = self._applicable(person, service_id)
        sent = self._desk.receipt(person, command_id) is not None
        scan = None if sent else self.codes.admitted(service, admission, person, sending=True)
        receipt = self._desk.submit(
            person,
            service,
            answers,
            command_id=command_id,
            language=language,
            from_draft=from_draft,
            chosen=chosen,
            scan=scan,
        )
        if not self._followed(receipt).done:
            return receipt
        steps = self._reader.view(person, receipt.case_id, language, self._schema).steps
        return replace(receipt, next_steps=[step for step in steps if step.state == "active"])

    # A form filled in by Excel

    def template(self, person: Person, service_id: str, language: str = "zh") -> tuple[str, bytes]:
        """An Excel file to fill a form in: its name and its bytes. Every one that is made is a batch of its own."""
        service = self._applicable(person, service_id)
        data = template(service, language, self.directory, self._desk.holders(service, person))
        return f"{service.settings.title.get(language)}-{self._clock():%Y%m%d-%H%M}.xlsx", data

    def check_filling(self, person: Person, service_id: str, file: str, data: bytes, language: str = "zh") -> Filling:
        """What the form says of every case in a template that was filled in. Nothing is sent.

        This and the next three raise FileRefused for a file that is too large, Overloaded when too many come at once.
        """
        return self._batches.check(Upload(person, self._applicable(person, service_id), file, data, language))

    def mark_filling(
        self, person: Person, service_id: str, file: str, data: bytes, language: str = "zh"
    ) -> tuple[str, bytes]:
        """The same file with the faults at their cells and the numbers of the cases that were sent."""
        upload = Upload(person, self._applicable(person, service_id), file, data, language)
        copy = self._batches.marked(upload)
        return f"{Path(file).stem}-{self._clock():%H%M%S}{ending(copy)}", copy

    def look(self, _: Person, file: str, data: bytes, place: Place) -> tuple[SeenCell, ...]:
        """The cell of a file that somebody has uploaded, with the row around it; nothing where it cannot be read."""
        return look(data, file, place)

    def send_filling(
        self,
        person: Person,
        service_id: str,
        file: str,
        data: bytes,
        *,
        version: str,
        language: str = "zh",
        progress: Progress = lambda *_: None,
    ) -> Filling:
        """Send every case that is good, each once, however often this is called; ChangedForm for another `version`."""
        upload = Upload(person, self._applicable(person, service_id), file, data, language)
        return self._batches.send(upload, version, progress)

    def draft_filling(self, person: Person, service_id: str, file: str, data: bytes, language: str = "zh") -> datetime:
        """Make the only case of a file the person's draft, in place of the one before."""
        service = self._applicable(person, service_id)
        answers = self._batches.answers(Upload(person, service, file, data, language))
        return self._store.save_draft(person.id, service_id, service.version, answers, self._clock())

    # Files of answers

    def attach(self, person: Person, name: str, chunks: Iterator[bytes]) -> dict[str, Any]:
        """Take a file that belongs to an answer; AttachmentRefused when it is too large or of another kind."""
        try:
            saved = self._attachments.save(name, chunks)
        except FileRefused as error:
            raise AttachmentRefused(error.message("zh"), error.message("en")) from error
        stored = StoredAttachment(id=new_id(), person=person.id, at=self._clock(), **asdict(saved))
        self._store.add_attachment(stored)
        return as_answer(stored)

    def attachment(self, person: Person, attachment_id: str) -> tuple[str, str, Path]:
        """An attached file's name, media type and path, for its owner and those who see its case."""
        stored = self._store.attachment(attachment_id)
        if stored is None:
            raise NotFound("attachment", attachment_id)
        if stored.person != person.id:
            if not stored.case_id:
                raise NotAllowed
            if stored.id not in self._reader.visible_files(person, stored.case_id):
                raise NotAllowed
        return stored.name, stored.media_type, self._attachments.path(stored.path)

    def media(self, person: Person, file: str, *, service_id: str = "", case_id: str = "") -> tuple[str, Path | bytes]:
        """A file that labels of a form show: its media type, and where it is; an SVG as bytes that are safe to show.

        For those who may fill the form in, or see the case; NotFound for everything that the form does not name.
        """
        service = self._reader.service(person, case_id) if case_id else self._applicable(person, service_id)
        named = service.survey.media() if service.survey else ()
        folder = self._library.media(service.settings.id, sha256=service.sha256)
        path = next((found for media in named if media.file == file and (found := folder.find(media))), None)
        if path is None:
            raise NotFound("attachment", file)
        if kind_of(path) != SVG:
            return kind_of(path), path
        picture = drawing(path)
        if picture is None:
            raise NotFound("attachment", file)
        return SVG, picture.data

    # Cases

    def waiting(self, person: Person) -> Waiting:
        """How much waits for a person."""
        returned = self._store.count_cases(CaseFilter(applicant=person.id, states=("returned",)))
        return Waiting(self.task_count(person), returned, self.outbox.unread(person))

    def evaluate_case(
        self,
        person: Person,
        case_id: str,
        answers: Mapping[str, Any],
        language: str = "zh",
        *,
        chosen: Chosen | None = None,
    ) -> dict[str, Any]:
        """What the rules say of changed answers of a case that came back, and who would be asked."""
        case, service = self._desk.returned(person, case_id)
        evaluation = self._desk.filled(service, answers, person, language, case.answers, case.id)
        self._desk.give(service, person, evaluation, case.id)
        return self._foreseen(service, evaluation, person, language, case.chosen if chosen is None else chosen, case)

    def my_cases(self, person: Person, *, page: int = 1, size: int = 20, language: str = "zh") -> Page:
        """What a person has sent, newest first."""
        return self._reader.my_cases(person, page, size, language)

    def tasks(
        self,
        person: Person,
        *,
        state: str = "open",
        query: str = "",
        service_id: str = "",
        page: int = 1,
        size: int = 20,
        language: str = "zh",
    ) -> Page:
        """What waits for a person (`open`), what she has done (`done`), what she is to read (`unread`), or has (`read`).

        `query` is searched in number, title, service and applicant.
        """
        which = TaskFilter(state=state, query=query, service_id=service_id)
        return self._reader.tasks(person, which, page, size, language)

    def task_count(self, person: Person, state: str = "open") -> int:
        """How many tasks wait for a person, and for those for whom she stands in; or how many are in another state."""
        return self._store.count_tasks(self._desk.tasks_for(person, TaskFilter(state=state)))

    def case(self, person: Person, case_id: str, language: str = "zh") -> CaseView:
        """Everything that a person may see of a case."""
        return self._reader.view(person, case_id, language, self._schema)

    def case_accounts(
        self, person: Person, case_id: str, language: str = "zh"
    ) -> tuple[list[PayView], list[BookedView]]:
        """The payments that a case asked for, and what it booked, for whoever may see the case."""
        self._reader.service(person, case_id)
        return self.accounts.payments(case_id, language), self.accounts.of_case(case_id, language)

    def case_diagram(self, person: Person, case_id: str, language: str = "zh") -> Diagram:
        """The picture of a case's route; what its conditions ask is the owner's to know."""
        return diagram(self._reader.service(person, case_id).routing or NO_ROUTE, language, full=False)

    def act(
        self,
        person: Person,
        case_id: str,
        task_id: str,
        action: str,
        *,
        opinion: str = "",
        answers: Mapping[str, Any] | None = None,
        return_to: str = "",
        how: str = "ask",
        people: Sequence[str] = (),
        signature: str = "",
        files: Sequence[str] = (),
        chosen: Chosen | None = None,
        seq: int,
        command_id: str,
        language: str = "zh",
    ) -> Receipt:
        """Approve, refuse, return, `resubmit`, or a deed of `cases.handing`; Stale when somebody was first.

        `files` are ids of what the person attached, to go with her opinion.
        """
        what = Act(
            case_id=case_id,
            task_id=task_id,
            action=action,
            opinion=opinion,
            answers=answers,
            return_to=return_to,
            how=how,
            people=people,
            signature=signature,
            files=files,
            chosen=chosen,
            seq=seq,
            command_id=command_id,
        )
        return self._followed(self._desk.act(person, what, language))

    def _followed(self, receipt: Receipt) -> Receipt:
        """Open at once what a move is to open, so that the page shows it; what fails now, the ticker tries again."""
        if receipt.done:
            try:
                self._opener.fire_now(receipt.case_id)
            except Exception:
                LOG.exception("Case %s could not open others yet; it is tried again.", receipt.case_id)
        return receipt

    def open_again(self, person: Person, case_id: str, key: str, *, give_up: bool = False, command_id: str) -> Receipt:
        """Try again to open a case that could not be opened (`RelatedCase.key`), or give it up. For owners.

        Raises NotFound, Declined when it is not to be opened any more.
        """
        return self._opener.again(person, case_id, key, give_up=give_up, command_id=command_id)

    # Other systems

    def awaited(self, service_id: str, language: str = "zh") -> list[AwaitedView]:
        """The steps of a service's open cases that wait for another system. Ways in make sure that it is that system."""
        return list(self._callbacks.awaited(service_id, language))

    def answered(self, service_id: str, answer: Answer, language: str = "zh") -> Receipt:
        """Another system answers a step, once. Ways in make sure that it is that system.

        Raises NotFound, NotAwaited when it comes too late, AnsweredOtherwise when it is not the first.
        """
        return self._followed(self._callbacks.answered(service_id, answer, language))

    def awaited_by(self, service_id: str, system: str, language: str = "zh") -> list[AwaitedView]:
        """Of the steps that wait those before which something was last pushed to the system with a secret's name."""
        return [
            one
            for one in self._callbacks.awaited(service_id, language)
            if self._callbacks.told(service_id, one.case_id, one.step_id, system)
        ]

    def answered_by(self, service_id: str, system: str, answer: Answer, language: str = "zh") -> Receipt:
        """One of several systems answers a step of a case that was pushed to it; NotFound of any other."""
        if not self._callbacks.told(service_id, answer.case_id, answer.step, system):
            raise NotFound("case", answer.case_id)
        return self.answered(service_id, answer, language)

    def _play(self, message: StoredMessage) -> None:
        """What a system of a rehearsal does: it answers the steps that wait for one."""
        self._callbacks.play(message, self._followed)

    def answer_by_hand(self, person: Person, answer: Answer, language: str = "zh") -> Receipt:
        """An owner answers a step in the other system's place, with a reason; raises the same."""
        if self._rehearsal and self._cashier.rehearse(answer.case_id, answer.step, succeeded=answer.succeeded):
            case = self._desk.case(answer.case_id)
            return Receipt(done=True, case_id=case.id, number=case.number, seq=case.seq)
        return self._followed(self._callbacks.by_hand(person, answer, language))

    def act_in_bulk(
        self, person: Person, task_ids: Sequence[str], *, opinion: str = "", command_id: str, language: str = "zh"
    ) -> list[tuple[str, str]]:
        """Approve several tasks that may be approved together; (task id, why not) of each, blank where it was done."""
        return [(task_id, self._approve_one(person, task_id, opinion, command_id, language)) for task_id in task_ids]

    def _approve_one(self, person: Person, task_id: str, opinion: str, command_id: str, language: str) -> str:
        try:
            if self._desk.receipt(person, f"{command_id}:{task_id}"):
                return ""
            case = self._desk.case(task_id.partition(".")[0])
            task = self._desk.task(person, case, task_id)
            row = self._reader.task_row(person, case, task, language)
            if not row.bulk:
                return row.why_not
            what = Act(
                case_id=case.id,
                task_id=task_id,
                action="approve",
                opinion=opinion,
                seq=case.seq,
                command_id=f"{command_id}:{task_id}",
            )
            receipt = self._followed(self._desk.act(person, what, language))
        except HallError as error:
            return error.message(language)
        return "" if receipt.done else receipt.problems[0].message

    def comment(
        self,
        person: Person,
        case_id: str,
        text: str,
        *,
        mentions: Sequence[str] = (),
        files: Sequence[str] = (),
        command_id: str,
    ) -> Receipt:
        """Say something on a case; who is mentioned gets it to read."""
        return self._colleagues.comment(person, case_id, text, mentions=mentions, files=files, command_id=command_id)

    def unmask(
        self, person: Person, case_id: str, path: str, reason: str, *, command_id: str, language: str = "zh"
    ) -> LookView:
        """A sensitive answer without its mask, for auditors and owners; the case records who looked, and why.

        Raises NotFound where there is no such answer, Declined without a reason.
        """
        return self._looks.look(person, case_id, path, reason, command_id, language)

    def urge(self, person: Person, case_id: str, *, command_id: str) -> Receipt:
        """The applicant asks those who are asked now to hurry; TooEarly soon after she did before."""
        return self._colleagues.urge(person, case_id, command_id)

    def read_copies(self, person: Person, case_id: str) -> int:
        """Mark a person's copies of a case as read; how many were not."""
        return self._colleagues.read(person, case_id)

    # The unit board

    def heads_unit(self, person: Person) -> bool:
        """Whether a person heads a unit, so that there is a board for her."""
        return self._board.heads(person)

    def board(self, person: Person, *, whose: str = "", page: int = 1, size: int = 50, language: str = "zh") -> Board:
        """What lies at the desks of the units that a person heads; NotAllowed for those who head none."""
        return self._board.view(person, whose, page, size, language)

    def find_unit_people(self, person: Person, said: str, language: str = "zh") -> list[PersonMatch]:
        """The people of her units to whom a head may hand a task."""
        return self._board.find(person, said, language)

    def hand_over(
        self, person: Person, task_ids: Sequence[str], to: str, *, command_id: str, language: str = "zh"
    ) -> list[tuple[str, str]]:
        """Hand tasks of her units to one of their people; (task id, why not) of each, blank where it was done."""
        return [(key, self._hand_one(person, key, to, f"{command_id}:{key}", language)) for key in task_ids]

    def _hand_one(self, person: Person, task_id: str, to: str, command_id: str, language: str) -> str:
        try:
            self._board.hand_over(person, task_id, to, command_id, language)
        except HallError as error:
            return error.message(language)
        return ""

    # Standing in

    def stand_ins(self, person: Person, language: str = "zh") -> list[StandInRow]:
        """The times in which others act for a person, and in which she acts for others."""
        return self._colleagues.stand_ins(person, language)

    def let_stand_in(
        self,
        person: Person,
        stand_in: str,
        since: datetime,
        until: datetime,
        *,
        services: Sequence[str] = (),
        note: str = "",
        command_id: str,
    ) -> None:
        """Let somebody act for a person in a time; Declined when it makes no sense."""
        self._colleagues.let_stand_in(
            person, stand_in, since, until, services=services, note=note, command_id=command_id
        )

    def end_stand_in(self, person: Person, stand_in_id: str) -> None:
        """End such a time early."""
        self._colleagues.end_stand_in(person, stand_in_id)

    def withdraw(self, person: Person, case_id: str, *, seq: int, command_id: str, language: str = "zh") -> Receipt:
        """Take back a case that is not decided."""
        del language
        return self._followed(self._desk.withdraw(person, case_id, seq=seq, command_id=command_id))

    # Auditors

    def decisions(
        self, person: Person, /, *, page: int = 1, size: int = 20, language: str = "zh", **filters: str
    ) -> Page:
        """The rule log; `filters` are `query`, `service_id`, `kind`, `outcome`, `case_id`, `since`, `until` (days as ISO text),
        `person` (of the applicant a name or number), `cell` and `amount`.
        """
        self._require(person, "auditor")
        which = self._decision_filter(filters)
        if which is None:
            return Page(items=[], page=page, size=size, total=0)
        return self._log.page(which, page, size, language)

    def decision(self, person: Person, decision_id: str, language: str = "zh") -> DecisionView:
        """One decision with its explanation."""
        self._require(person, "auditor")
        return self._log.decision(decision_id, language)

    def export_log(self, person: Person, /, file_type: str, *, language: str = "zh", **filters: str) -> Export:
        """The rule log as `xlsx`, `csv`, `jsonl` or `pdf`: file name, media type, bytes."""
        self._require(person, "auditor")
        which = self._decision_filter(filters)
        rows = self._log.rows(which, language) if which else iter(())
        if file_type == "jsonl":
            return f"rule-log-{self._clock():%Y%m%d-%H%M}.jsonl", JSONL, self._log.lines(which)
        title, header = LOG_TITLE[language], HEADERS[language]
        return table_file(file_type, "rule-log", self._clock(), header, rows, title=title, language=language)

    def findings(
        self, person: Person, *, service_id: str = "", since: str = "", until: str = "", language: str = "zh"
    ) -> list[FindingView]:
        """What an auditor may want to look at (`audit.findings`); days as ISO text, both counted."""
        self._require(person, "auditor")
        days = _filter({"since": since, "until": until})
        scope = Scope(service_id=service_id, since=days.since, until=days.until)
        return [self._log.finding(one, language) for one in self._findings.all(scope)]

    def export_findings(
        self,
        person: Person,
        file_type: str,
        *,
        service_id: str = "",
        since: str = "",
        until: str = "",
        language: str = "zh",
    ) -> Export:
        """The same as `xlsx`, `csv` or `pdf`."""
        found = self.findings(person, service_id=service_id, since=since, until=until, language=language)
        rows = ([getattr(one, name) for name in FINDING_COLUMNS] for one in found)
        title, header = FINDINGS_TITLE[language], FINDING_HEADERS[language]
        return table_file(file_type, "findings", self._clock(), header, rows, title=title, language=language)

    def _decision_filter(self, filters: Mapping[str, str]) -> DecisionFilter | None:
        """The filter of a search; None where nobody is called as it says, or the amount is none."""
        which = _filter(filters)
        lines = [filters["cell"].strip()] if filters.get("cell") else []
        if filters.get("amount"):
            amount = number_in(filters["amount"])
            if not isinstance(amount, Decimal):
                return None
            lines.append(amount_text(amount))
        people = [one.id for one in self.directory.find(filters["person"])] if filters.get("person") else []
        if filters.get("person") and not people:
            people = [filters["person"].strip()]  # whoever has left is known by the number only
        return replace(which, lines=lines, people=people)

    def erase(self, person: Person, case: str, reason: str, *, command_id: str) -> Receipt:
        """Delete what is sensitive in an ended case, of an id or a number, because somebody asks for it; administrators.

        Raises NotFound, Declined for an open case, without a reason, or where there is nothing to delete.
        """
        self._require(person, "administrator")
        return self._eraser.erase(person, self._desk.called(case).id, reason, command_id)

    def erase_passages(self, person: Person, person_id: str, reason: str) -> int:
        """Delete when and where somebody came and went with personal passes; how many passages there were. Administrators.

        Raises Declined without a reason, or for a number that nobody has and of which nothing is kept.
        """
        self._require(person, "administrator")
        if not reason.strip():
            raise Declined("请写明删除的原因。", "Say why it is to be deleted.")
        gone = self.personal_passes.forget(person_id, reason.strip())
        if not gone and person_id not in self.directory.people:
            raise Declined(
                f"没有学工号为 {person_id} 的人，也没有他的进出记录。请核对学工号。",
                f"Nobody has the number {person_id}, and no passages are kept of it. Check the number.",
            )
        return gone

    def looks(self, person: Person, *, page: int = 1, size: int = 20, language: str = "zh") -> Page:
        """Who looked at sensitive answers, and what was deleted of them, a `PrivacyRow` each, newest first; for auditors."""
        self._require(person, "auditor")
        return self._looks.page(page, size, language)

    def save_checkpoint(self, person: Person, folder: Path) -> Path:
        """Write a checkpoint of the log behind the last one in a folder; Declined where the log does not continue it."""
        self._require(person, "auditor")
        return self._ledger.save(folder)

    def export_ledger(
        self, person: Person, *, workbooks: bool = False, progress: ledger.Progress = lambda *_: None
    ) -> Export:
        """The whole log as a ZIP that `banshi log verify` checks without the hall, perhaps with all workbooks."""
        self._require(person, "auditor")
        name = f"log-{self._clock():%Y%m%d-%H%M}.zip"
        return name, ZIP, self._ledger.export(person.id, workbooks=workbooks, progress=progress)

    def replay(
        self, person: Person, /, *, progress: ledger.Progress = lambda *_: None, **filters: str
    ) -> Iterator[Difference]:
        """Past decisions computed once more from their workbooks: what comes out differently; `filters` as in `decisions`."""
        self._require(person, "auditor")
        which = _filter(filters)
        total = self._store.decisions(which, size=0)[1]
        found = self._store.iter_decisions(which)
        return Replay(StoredBooks(self._store), self._engine, self._eraser.erased).run(found, total, progress)

    # The archive

    def archive_services(self, person: Person, language: str = "zh") -> list[tuple[str, str]]:
        """The services whose ended cases a person may take out as files: id and title; none for most people."""
        found = self._archivist.services(person)
        return [(key, service.settings.title.get(language)) for key, service in found.items()]

    def archive(
        self, person: Person, asked: ArchiveQuestion, *, page: int = 1, size: int = 20, language: str = "zh"
    ) -> Page:
        """One page of ended cases, an `ArchiveRow` each; NotAllowed for those who answer for none."""
        return self._archivist.page(person, asked, page, size, language)

    def archive_case(self, person: Person, case_id: str, *, language: str = "zh") -> Export:
        """The file of an ended case as a ZIP: the form, its answers, attachments, opinions, the record, a manifest."""
        name, parts = self._archivist.one(person, case_id, language)
        return name, ZIP, parts

    def archive_pdf(self, person: Person, case_id: str, *, language: str = "zh") -> tuple[str, bytes]:
        """The same case as a page to print: a PDF's name and bytes; NotRendered, and no document, where it fails."""
        return self._archivist.pdf(person, case_id, language)

    def archive_each(
        self, person: Person, asked: ArchiveQuestion, *, language: str = "zh"
    ) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Such a file of every case, each to be read before the next is asked for; at the end the catalogue."""
        return self._archivist.each(person, asked, language)

    def export_archive(self, person: Person, asked: ArchiveQuestion, file_type: str, *, language: str = "zh") -> Export:
        """The files of many ended cases in one `zip`, or their catalogue as `xlsx`."""
        if file_type == "xlsx":
            return CATALOGUE, XLSX, self._archivist.catalogue(person, asked, language)
        name = f"archive-{self._clock():%Y%m%d-%H%M}.zip"
        return name, ZIP, self._archivist.together(person, asked, language)

    # Statistics

    def may_see_statistics(self, person: Person) -> bool:
        """Whether a person answers for any service: its owners and office heads do, auditors and administrators."""
        return bool(self._statistician.scope(person).services)

    def statistics(self, person: Person, asked: Question, language: str = "zh") -> Statistics:
        """Figures of cases and steps, of the services that a person answers for."""
        return self._statistician.answer(person, asked, language)

    def statistics_choices(self, person: Person, service_id: str = "", language: str = "zh") -> Choices:
        """The services, units and steps that she may ask for."""
        return self._statistician.choices(person, service_id, language)

    def export_statistics(
        self, person: Person, asked: Question, by: str, file_type: str, *, language: str = "zh"
    ) -> Export:
        """A table of the figures as `xlsx` or `csv`: `by` is one of `statistics.tables.TABLES`; NotFound for others."""
        table = table_of(self._statistician.answer(person, asked, language), by, language)
        return table_file(file_type, f"statistics-{by}", self._clock(), table.header, iter(table.rows))

    def health(self) -> dict[str, Any]:
        """Whether the hall works: the store, and how many services are live or waiting for a correction."""
        store = self._store.health()
        return {
            "ok": store["ok"],
            "store": store,
            "services": len(self._library.live),
            "faulty": len(self._library.faulty()),
        }

    def load(self, person: Person) -> dict[str, list[tuple[dict[str, str], float]]]:
        """For an administrator: how the hall is loaded, numbers with what tells them apart, by their names."""
        self._require(person, "administrator")
        found, now = self.health(), self._clock()
        loads = self._store.loads(now)
        late = sum(overdue for _, _, overdue in loads)
        counted = self._store.count_messages(now)
        return {
            "up": [({}, float(found["ok"]))],
            "services": [({"state": "live"}, found["services"]), ({"state": "faulty"}, found["faulty"])],
            "cases": [
                ({"state": state.value}, self._store.count_cases(CaseFilter(states=(state.value,))))
                for state in RouteOutcome
            ],
            "tasks": [
                ({"overdue": "no"}, sum(count for _, count, _ in loads) - late),
                ({"overdue": "yes"}, late),
            ],
            "messages": [({"channel": one.channel, "state": one.state}, one.messages) for one in counted],
            "messages_late": [({"channel": one.channel, "state": one.state}, one.late) for one in counted],
        }

    # Inside

    def _foreseen(
        self,
        service: Service,
        evaluation: Evaluation,
        person: Person,
        language: str,
        chosen: Chosen | None,
        case: Case | None = None,
    ) -> dict[str, Any]:
        """An evaluation with the route ahead, and whom the applicant is to choose, for a browser.

        `case` is the one that was returned, which goes on from there.
        """
        context = self._desk.context(service, evaluation, person, case, chosen)
        route = service.routing or NO_ROUTE
        steps = show.sent_again(route, context, RouteState.from_json(case.route)) if case else preview(route, context)
        choices = [
            show.choosing_json(one, self.directory, language) for one in choosing(service.routing or NO_ROUTE, context)
        ]
        views = self._step_views(service, steps, language, frozenset() if case else withheld(service))
        return {
            **evaluation.to_json(),
            "route": [_step_json(step, self, language) for step in views],
            "choosing": choices,
        }

    def _may_see(self, person: Person, case_id: str) -> bool:
        stored = self._store.case(case_id)
        return stored is not None and self._desk.handles(person, of_stored(stored))

    def _applicable(self, person: Person, service_id: str) -> Service:
        service = self._library.service(service_id)
        self._catalogue.ensure_may_apply(person, service)
        if service.survey is None:
            raise NotFound("service", service_id)
        return service

    def _schema(self, service: Service, language: str) -> bytes:
        """The form as JSON, made once for each version, language, directory and state of its media, for all tabs."""
        key, directory = (service.sha256, language), self.directory
        media = self._library.media(service.settings.id, sha256=service.sha256)
        stamp = media.stamp()
        made = self._schemas.get(key)
        if made is None or made[0] is not directory or made[1] != stamp:
            made = directory, stamp, dumps(form_schema(service, language, directory, media)).encode()
            self._schemas[key] = made
        return made[2]

    def _require(self, person: Person, role: str) -> None:
        if not self.may(person, role):
            raise NotAllowed


def _step_json(step: StepView, hall: Hall, language: str) -> dict[str, Any]:
    """A step for the browser: names instead of people."""
    names = [hall.person_name(person.id, language) for person in step.people]
    return {
        "id": step.id,
        "name": step.name,
        "state": step.state,
        "group": step.group,
        "enough": step.enough,
        "people": names,
        "reason": step.reason,
        "opens": list(step.opens),
    }


def _filter(filters: Mapping[str, str]) -> DecisionFilter:
    """The filter of a search; the day of `until` counts."""
    days = {key: datetime.fromisoformat(filters[key]).replace(tzinfo=CAMPUS_ZONE) for key in _DAYS if filters.get(key)}
    if "until" in days:
        days["until"] += timedelta(days=1)
    return DecisionFilter(
        query=filters.get("query", ""),
        service_id=filters.get("service_id", ""),
        kind=filters.get("kind", ""),
        outcome=filters.get("outcome", ""),
        case_id=filters.get("case_id", ""),
        since=days.get("since"),
        until=days.get("until"),
    )


_DAYS = ("since", "until")
