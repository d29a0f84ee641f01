"""What the hall shows to the ways in: plain frozen records, no behaviour. Times are aware and UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from banshi.platform.people.directory import Person
from banshi.rules.diagnostics import Diagnostic, Place


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person: open tasks, cases of her own that came back to her, and messages that she has not read."""

    tasks: int = 0
    returned: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a longer list: the items, which page (from 1), how many a page, how many in all."""

    items: Sequence[Any]
    page: int
    size: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMatch:
    """Somebody whom a name or number may mean; `exact` when it is all of the name or the number."""

    id: str
    label: str
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceMatch:
    """A choice that somebody may mean."""

    name: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCard:
    """A service as the catalogue shows it, in one language."""

    id: str
    title: str
    category: str
    owner: str
    guide: str
    contact: str
    sla: str
    icon: str
    version: str
    published_at: datetime
    steps: Sequence[str] = ()
    source: str = ""
    has_form: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSession:
    """What a form screen opens with. `schema` is JSON (bytes, shared by all tabs of a version and language).

    `hidden` are the fields that only offices fill in. `last_number` and `last_at` tell the person's last case of the
    service, where the form is empty yet and can begin with what was filled in then. `opened_at` is now. `chosen` are the ids that the draft
    keeps of people who are to be asked, by step. `scanned` are the labels and texts of what came with the address, `ignored` the names that did not, and why.
    `admission` is what a live code gave, for evaluating and sending.
    """

    service_id: str
    title: str
    version: str
    schema: bytes
    answers: Mapping[str, Any]
    opened_at: datetime
    draft_saved_at: datetime | None = None
    draft_version: str = ""
    hidden: Sequence[str] = ()
    last_number: str = ""
    last_at: datetime | None = None
    chosen: Mapping[str, Any] = field(default_factory=dict)
    scanned: Sequence[tuple[str, str]] = ()
    ignored: Sequence[tuple[str, str]] = ()
    admission: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A form that somebody has begun and not sent."""

    service_id: str
    title: str
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that keeps a form from being sent: where (`items[1].cas`), what, what to do, which rule.

    Where a rule has something against a row or the whole form, `about` is the first question that it depends on.
    """

    path: str
    message: str
    remedy: str = ""
    code: str = ""
    cell: str = ""
    reference: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedView:
    """Somebody whom an active step asks since a moment, or will ask (`since` is None).

    `role` is blank for whom the route asks, `claimed` for who has claimed the step, else how she was added (`Signing`)
    by somebody whose name is `by`.
    """

    person: Person
    since: datetime | None = None
    role: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step of a case's route: `state` is `done`, `active`, `pending`, `skipped` or `refused`.

    `asked` are those for whom an active one waits; who will be asked comes last. `instead` says who acted for one of the
    people, a name by id. Of steps side by side, `enough` is how many branches are, and 0 where all are needed. `opens` says of which services it opens cases when it is passed (`设备验收 ×3`). Of an active one `due` is when it has to be done, and `overdue` whether that has passed.
    """

    id: str
    name: str
    state: str
    group: str = ""
    enough: int = 0
    people: Sequence[Person] = ()
    mode: str = "one"
    reason: str = ""
    since: datetime | None = None
    due: datetime | None = None
    overdue: bool = False
    opens: Sequence[str] = ()
    asked: Sequence[AskedView] = ()
    instead: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedCase:
    """A case that opened the one shown (`relation` is `opened by`), or that it opened or is to (`opens`).

    `state` is that of the case, or `due` (not opened yet), `failed` (with `why`), `given up` or `replaced` (what was
    opened before the step was passed anew, and does not count). `may_see` says whether the viewer may open it: else it
    has no title. `key` names the opening, for who `may_try` again to open the case or `may_give_up`.
    """

    relation: str
    state: str
    step: str = ""
    service: str = ""
    case_id: str = ""
    number: str = ""
    title: str = ""
    row: int = 0
    why: str = ""
    may_see: bool = False
    key: str = ""
    may_try: bool = False
    may_give_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to a command: done or not. When not, why (`problems`); when done, the case."""

    done: bool
    case_id: str = ""
    number: str = ""
    seq: int = 0
    problems: Sequence[Problem] = ()
    repeated: bool = False
    next_steps: Sequence[StepView] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FillingRow:
    """A case of a filled-in template: its row on the sheet, what it says in short, how it stands, what is to be said.

    `state` is `ready`, `faulty` or `sent`; a case that was sent has its id and number.
    """

    row: int
    title: str
    state: str
    case_id: str = ""
    number: str = ""
    diagnostics: Sequence[Diagnostic] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A filled-in template that was checked, or sent, against a version of the form.

    `diagnostics` are about the file as a whole; an error among them keeps everything from being sent. `sendable` is how
    many cases can be sent now.
    """

    file: str
    version: str
    rows: Sequence[FillingRow] = ()
    diagnostics: Sequence[Diagnostic] = ()
    sendable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case in a list, with its service's title. `state` is `open`, `returned`, `approved`, `refused` or `withdrawn`.

    `waits_for` are the names of those who are asked now, where that was asked for.
    """

    id: str
    number: str
    service_id: str
    service: str = ""
    title: str
    applicant: str
    state: str
    submitted_at: datetime
    changed_at: datetime
    current_steps: Sequence[str] = ()
    waits_for: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRow:
    """A case that has ended: its file number and how long it is kept, blank where the service does not say."""

    case: CaseRow
    finished_at: datetime
    file_number: str = ""
    retention: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """What moving an open case to the live version would come to.

    `version` is the short name of the one that it has, `then` what would be asked, `obstacles` why it cannot be moved,
    `notes` what else would change.
    """

    case: CaseRow
    version: str
    then: Sequence[str] = ()
    obstacles: Sequence[str] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A step that waits for (or was handled by) one person, or a copy for her.

    `state` is `open`, `done`, `cancelled`, `unread` or `read`. `whose` is the name of whoever the viewer stands in for.
    `bulk` says whether it may be approved together with others, and `why_not` why not. `due` is when it has to be done,
    `overdue` whether that has passed, `reminded_at` when she was last reminded of it.
    """

    id: str
    case_id: str
    number: str
    service_id: str
    service: str = ""
    title: str
    step_id: str
    step_name: str
    applicant: str
    person: str
    state: str
    since: datetime
    done_at: datetime | None = None
    action: str = ""
    due: datetime | None = None
    overdue: bool = False
    reminded_at: datetime | None = None
    whose: str = ""
    bulk: bool = False
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Somebody of a unit with how many tasks wait for her, and how many of these are overdue."""

    id: str
    name: str
    department: str
    open: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """A task that lies at a unit's desk; its title and applicant are blank where the viewer may not see the case.

    `why_not` says why it cannot be handed over; blank where it can. `instead` are the names of those who stand in now
    for whose it is.
    """

    task: TaskRow
    seen: bool
    why_not: str = ""
    instead: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What lies at the desks of units: who has how much, and one page of `BoardRow`."""

    units: Sequence[str]
    loads: Sequence[Load]
    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class StandInRow:
    """A time in which somebody acts for another, in names; `mine` when the viewer is the one who is away.

    `state` is `ahead`, `now` or `ended`.
    """

    id: str
    person: str
    stand_in: str
    mine: bool
    since: datetime
    until: datetime
    services: Sequence[str]
    note: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One line of a case's timeline, newest last. `kind` such as `submitted`, `approved`, `returned`.

    `files` and `signature` are attachments as answers hold them.
    """

    seq: int
    at: datetime
    kind: str
    actor: str
    step: str = ""
    opinion: str = ""
    detail: str = ""
    files: Sequence[Mapping[str, Any]] = ()
    signature: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """The task of the viewer on a case: what may be done, which fields may be edited, where it may be returned to.

    `handing` is what may be done beside deciding, `how` what may follow a return (`BackMode`), where there is a choice.
    `whose` is the name of whoever the viewer stands in for, `consulted` the name of whoever asks for advice only.
    """

    id: str
    step_id: str
    step_name: str
    actions: Sequence[str]
    edit: Sequence[str]
    require: Sequence[str]
    return_to: Sequence[tuple[str, str]]
    opinion_required: bool = False
    handing: Sequence[str] = ()
    how: Sequence[str] = ()
    phrases: Sequence[str] = ()
    signature: bool = False
    whose: str = ""
    consulted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedView:
    """A step of a case that waits for another system; `round` counts how often the step was reached."""

    case_id: str
    number: str
    step_id: str
    step_name: str
    round: int
    due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoView:
    """What the viewer may undo: `take back` her approval, or `remove signer` whom she added; `kind` is how (`Signing`)."""

    task_id: str
    action: str
    step_name: str
    person: str = ""
    person_name: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """One decision as the rule log keeps it. `told` is what it came to, in lines for people; `record` is
    `rules.decision.Decision.to_json()`.

    Among those of a case, `deed` is what somebody did when it was made, and `current` whether none has superseded it.
    """

    id: str
    at: datetime
    case_id: str
    number: str
    service_id: str
    version: str
    kind: str
    name: str
    scope: str
    outcome: str
    engine: str
    told: Sequence[str] = ()
    deed: str = ""
    current: bool = True
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedView:
    """A sensitive answer that the viewer sees with a mask (`shown`), and may have taken off."""

    path: str
    label: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookView:
    """A sensitive answer without its mask; `files` are the ids of its files."""

    path: str
    value: str
    files: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedView:
    """Which sensitive answers of a case were deleted, by their labels, when, and why: `period` or `request`."""

    at: datetime
    labels: Sequence[str]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyRow:
    """A look at a sensitive answer (`kind` is `looked`), or their deletion (`erased`): of which case, by whom, at what, why."""

    kind: str
    at: datetime
    case_id: str
    number: str
    service: str
    actor: str
    about: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """Everything that a viewer may see of a case; `schema` and `answers` render it, `seq` is what was seen.

    `labels` say who is meant by the campus numbers in answers, and how choices of long lists are called, by path.
    `chosen` are the ids whom the applicant chose, by step, for her who may choose again; `awaited` are the steps that wait
    for another system, for the owner who may answer in its place. `mine` says that the viewer is
    the applicant. `masked` are the sensitive answers that she may have a mask taken off, each for a reason; `erased` is what was deleted of the case.
    """

    row: CaseRow
    version: str
    seq: int
    schema: bytes
    answers: Mapping[str, Any]
    values: Mapping[str, Any]
    labels: Mapping[str, str] = field(default_factory=dict)
    steps: Sequence[StepView]
    events: Sequence[EventView]
    tasks: Sequence[TaskView]
    decisions: Sequence[DecisionView] = ()
    bills: Mapping[str, Any] = field(default_factory=dict)
    findings: Sequence[Mapping[str, Any]] = ()
    hidden: Sequence[str] = ()
    chosen: Mapping[str, Any] = field(default_factory=dict)
    mine: bool = False
    may_edit: bool = False
    may_withdraw: bool = False
    may_urge: bool = False
    may_comment: bool = False
    may_archive: bool = False
    may_example: bool = False
    undo: Sequence[UndoView] = ()
    related: Sequence[RelatedCase] = ()
    awaited: Sequence[AwaitedView] = ()
    masked: Sequence[MaskedView] = ()
    erased: ErasedView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleResult:
    """One row of the examples sheet, run; each failure with what it is about: a name, `route`, `who 20`, `error`.

    `reached` are the cells by which its run names the rows of tables, tariffs, policies and the route that it went through.
    """

    name: str
    passed: bool
    failures: Sequence[tuple[str, Diagnostic]] = ()
    reached: frozenset[Place] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleRow:
    """A row for the examples sheet: the sheet's own columns first (`known` of them), then columns that it lacks."""

    header: Sequence[str]
    row: Sequence[str]
    known: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a sheet's rows some example reaches, and the numbers of those that none does."""

    sheet: str
    reached: int
    total: int
    rows: Sequence[int]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One difference between a workbook and the live version: where, and in words."""

    place: Place
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterChange:
    """What publishing would make of the rows that cases have in a register: how many there are, are gone, say something else."""

    name: str
    before: int
    lost: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A workbook that was checked: its service, its faults at their cells, its examples, may it be published.

    `owner` is the department that it names; empty where it could not be read, or is no service. `replaces` is the
    version that is live now; empty where the service is new. `changes` are what is different from it, where that was
    asked for. `consent` says that it goes live only once a second person consents. `unreached` are the sheets that have
    rows which no example reaches. `titles` is the title by language. `markable` says that the file is a workbook in which
    faults can be marked. `registers` are those that would lose rows of cases, or change them, where that was asked for.
    """

    file: str
    sha256: str
    service_id: str = ""
    title: str = ""
    owner: str = ""
    replaces: str = ""
    diagnostics: Sequence[Diagnostic] = ()
    examples: Sequence[ExampleResult] = ()
    publishable: bool = False
    changes: Sequence[ChangeView] = ()
    consent: bool = False
    unreached: Sequence[Coverage] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    markable: bool = False
    registers: Sequence[RegisterChange] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One published version of a service.

    `origin` is `file` (saved into definitions/), `upload`, `rollback` or `planned`; `note` is what its publisher said of
    the change, `consent_by` who consented where that was asked for, `failing` the examples that failed when data were replaced.
    """

    service_id: str
    sha256: str
    version: str
    file: str
    origin: str
    published_by: str
    published_at: datetime
    live: bool
    note: str = ""
    consent_by: str = ""
    failing: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A version that is to go live: at an instant (`at`), or as soon as a second person consents.

    `state` is `proposed`, `planned`, `held`, `failed`, `published`, `cancelled` or `declined`. `based_on` is the short
    name of the version that was live when it was made, and `behind` says that another one is now. `faults` are what it
    failed of, or what has to be known before it goes live, `why` is what was said with the last change, by `changed_by` (nobody: the clock). `may_consent` says
    whether the viewer may consent or decline, `alone` that her consent is enough, `late` that its instant has passed, `known` that it was there already
    when the same content was proposed.
    """

    id: str
    service_id: str
    title: str
    sha256: str
    version: str
    file: str
    origin: str
    note: str
    state: str
    at: datetime | None
    made_by: str
    made_at: datetime
    based_on: str = ""
    behind: bool = False
    consent_by: str = ""
    changed_by: str = ""
    changed_at: datetime | None = None
    why: str = ""
    faults: Sequence[Diagnostic] = ()
    alone: bool = False
    may_consent: bool = False
    late: bool = False
    known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is different between two versions of a service, given by their short names; `live` is the one in force."""

    old: str
    new: str
    live: str
    changes: Sequence[ChangeView]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedService:
    """A service in the owner's console. `report` is the last file that was saved and could not be published, if any;
    `plans` are the versions that are to go live.
    """

    id: str
    title: str
    live: VersionRow | None
    open_cases: int
    report: Report | None = None
    plans: Sequence[PlanRow] = ()
