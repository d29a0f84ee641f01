"""What every store keeps and does: the rows, the verbs, how a verb can fail. One contract test holds all stores to it.

Times are aware and come back in UTC. Payloads are JSON values; decimals, dates and times may stand in them and come
back as `Decimal` (whole numbers as `int`) and ISO text. Keys that a caller makes are ULIDs (`storage.new_id`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from banshi.storage.accounts import LedgerStore, StoredOrder, StoredReceipt, Transaction
from banshi.storage.jobs import JobStore
from banshi.storage.papers import PaperStore, StoredPaper
from banshi.storage.passages import PassageStore
from banshi.storage.passes import PassStore, StoredPass
from banshi.storage.registers import RegisterRow, RegisterStore

MOST_ISSUED = 5_000
"""How many values given for one form are remembered."""


class StorageError(Exception):
    """A store could not do what it was asked; nothing of it was kept."""


class StaleWrite(StorageError):
    """Somebody wrote to the case since it was read."""

    def __init__(self, current_seq: int) -> None:
        super().__init__(f"The case has moved on to event {current_seq}.")
        self.current_seq = current_seq


class Overdrawn(StorageError):
    """A posting would take a part of an account below what it may fall to; `balance` is what is there (smallest parts)."""

    def __init__(self, account: str, holder: str, unit: str, balance: int, amount: int, least: int) -> None:
        super().__init__(f"{account} of {holder} has {balance}, {amount} may not be taken.")
        self.account, self.holder, self.unit = account, holder, unit
        self.balance, self.amount, self.least = balance, amount, least


class ReversedBefore(StorageError):
    """A transaction has been reversed already."""

    def __init__(self, transaction_id: str) -> None:
        super().__init__(f"{transaction_id} was reversed before.")
        self.transaction_id = transaction_id


class DraftGone(StorageError):
    """The draft that is to be sent, or to be replaced, has been sent or thrown away since."""

    def __init__(self) -> None:
        super().__init__("The draft is not there any more.")


class AttachmentGone(StorageError):
    """A file that a command sends has been deleted since it was looked at."""

    def __init__(self) -> None:
        super().__init__("An attached file is not there any more.")


class DraftNewer(StorageError):
    """The draft was saved elsewhere after the moment (`saved_at`) that is known to whoever saves it now."""

    def __init__(self, saved_at: datetime) -> None:
        super().__init__("The draft was saved elsewhere meanwhile.")
        self.saved_at = saved_at


class RegisterMoved(StorageError):
    """Somebody wrote to a register since it was read; the same command may be made again from what stands there now."""

    def __init__(self, register: str) -> None:
        super().__init__(f"The register {register} was written to meanwhile.")
        self.register = register


class CommandTaken(StorageError):
    """The id of the command belongs to another person's command."""

    def __init__(self, command_id: str) -> None:
        super().__init__(f"The command id {command_id} was used by somebody else.")
        self.command_id = command_id


class VersionMoved(StorageError):
    """Another version went live than the one that the publisher knew; `live` is that one, None where there is none."""

    def __init__(self, live: StoredVersion | None) -> None:
        super().__init__("Another version went live meanwhile.")
        self.live = live


class StorageFull(StorageError):
    """There is no room left on the disk, or the store has reached its size limit. What was there is intact."""

    def __init__(self, where: str) -> None:
        super().__init__(f"There is no room left to write to {where}.")
        self.where = where


class StoreOutgrown(StorageFull):
    """A store in a single file has as many cases as it is for. What is there is intact, and can be moved."""

    def __init__(self, where: str, most: int) -> None:
        super().__init__(where)
        self.most = most
        self.args = (
            f"{where} holds {most} cases, as many as a TinyDB file is for. Move it to a database: banshi move.",
        )


class StorageBusy(StorageError):
    """Other writers kept the store for too long; the same command may be sent again."""

    def __init__(self, where: str) -> None:
        super().__init__(f"{where} is busy; please try again.")
        self.where = where


class StorageUnavailable(StorageError):
    """The store cannot be opened, read or written: missing, damaged, read-only, or from a newer version."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where} cannot be used: {why}")
        self.where = where
        self.why = why


class StoreInUse(StorageUnavailable):
    """Another process has the file of a store that is for one process at a time."""

    def __init__(self, where: str) -> None:
        super().__init__(where, "another process has it open, and it is for one process at a time")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """Something that happened to a case; the store gives it its sequence number."""

    kind: str
    at: datetime
    actor: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event as it is kept for ever. The events of a case are numbered 1, 2, 3 … by `seq`."""

    case_id: str
    seq: int
    kind: str
    at: datetime
    actor: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCase:
    """The projection of a case. `snapshot` is the platform's folded state; the store sets `seq` to the last event's.

    `finished_at` is when it came to an end, `returns` how often it was sent back.
    """

    id: str
    number: str
    service_id: str
    version: str
    title: str
    applicant: str
    state: str
    submitted_at: datetime
    changed_at: datetime
    snapshot: Mapping[str, Any]
    seq: int = 0
    finished_at: datetime | None = None
    returns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTask:
    """A step that waits for, or was handled by, one person; or a copy for her.

    `state` is `open`, `done` or `cancelled`, and of a copy `unread` or `read`. `due` is when it has to be done,
    `reminded_at` when the person was last reminded of it.
    """

    id: str
    case_id: str
    step_id: str
    step_name: str
    round: int
    person: str
    state: str
    since: datetime
    done_at: datetime | None = None
    action: str = ""
    due: datetime | None = None
    reminded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTimer:
    """Something to do by itself at an instant: the `k`-th overdue deed of a step in its round.

    `id` is the firing key, which is the id of the command that does it: so it is done once, however often it is tried.
    """

    id: str
    case_id: str
    step_id: str
    round: int
    k: int
    at: datetime


INBOX, MAIL, WEBHOOK = "inbox", "mail", "webhook"
"""The channels of messages."""
WAITING, SENT, FAILED, UNREAD, READ, GONE = "waiting", "sent", "failed", "unread", "read", "gone"
"""The states of messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """Something that is told to one person, or to another system.

    `key` tells it from all others: what would be told under a key that is there is told already. `channel` is `inbox`,
    `mail` or `webhook`, `target` a person's id or the name of a connection, `content` what the platform tells. `state` is `waiting`,
    `sent`, `failed` (given up) or `gone` (nothing but its key is left), and in the inbox `unread` or `read`. `free_at` is when it may be sent (again), `tries` how
    often somebody took it to send it, `done_at` when it was sent, read or given up; `why` says what kept it, by language.
    """

    key: str
    case_id: str
    service_id: str
    channel: str
    target: str
    content: Mapping[str, Any]
    made_at: datetime
    free_at: datetime
    state: str = WAITING
    tries: int = 0
    done_at: datetime | None = None
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """Which messages; what is empty does not filter."""

    channel: str = ""
    target: str = ""
    states: Sequence[str] = ()
    services: Sequence[str] = ()
    case_id: str = ""


class MessageCount(NamedTuple):
    """How many messages of a channel are in a state; `late` of those wait and were tried in vain, or could have been sent before."""

    channel: str
    state: str
    messages: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTask:
    """A task with the case that it belongs to."""

    task: StoredTask
    case: StoredCase


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDecision:
    """One line of the rule log. `record` is the decision as JSON; `words` is more text that a search should find."""

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
    record: Mapping[str, Any]
    person: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDraft:
    """What somebody has filled in and not yet sent: one draft a person and service. `chosen` are people by step."""

    person: str
    service_id: str
    version: str
    answers: Mapping[str, Any]
    saved_at: datetime
    chosen: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVersion:
    """A version of a service as it once went live; the last one is live. `workbook()` gives the file itself.

    `note` is what its publisher said of the change, `consent_by` who consented, where that was asked for,
    `failing` the names of the examples that failed when it was published, a line each: data were replaced all the same.
    """

    service_id: str
    sha256: str
    file: str
    origin: str
    published_by: str
    published_at: datetime
    live: bool
    note: str = ""
    consent_by: str = ""
    failing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlan:
    """A version that is to go live: at an instant (`at`), or as soon as somebody consents (None).

    `state` is `proposed` (waits for consent), `planned`, `held` (another version than `based_on` is live), `failed`
    (it no longer passed: `report`), `published`, `cancelled` or `declined`. `based_on` is the hash of the version that
    was live when it was made, empty for a new service. `changed_by` and `changed_at` are of the last change of state,
    `why` is what was said with it. `title` and `owner` are those of its workbook.
    """

    id: str
    service_id: str
    sha256: str
    file: str
    origin: str
    title: str
    owner: str
    note: str
    based_on: str
    at: datetime | None
    made_by: str
    made_at: datetime
    state: str
    consent_by: str = ""
    changed_by: str = ""
    changed_at: datetime | None = None
    why: str = ""
    report: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """A sign-in: the hash of the token that the browser holds. The caller compares `expires` with its clock.

    `mark` is by what another system ends it (`delete_marked_sessions`), empty for none.
    """

    token_hash: str
    person: str
    expires: datetime
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAttachment:
    """What is known of a file that somebody attached; the file is at `path` under the attachments folder."""

    id: str
    person: str
    name: str
    size: int
    media_type: str
    path: str
    sha256: str
    at: datetime
    case_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRequest:
    """A receipt number to draw: the counter of (`series`, `period`) counts 1, 2, 3 … without gaps or repeats."""

    series: str
    period: str
    format: Callable[[int], str]


Draw = Callable[[NumberRequest], str]
"""Draws a number in the transaction: it is given back when that fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What is left of an entry of a case after values were deleted: its `parts`, and the event or decision that it is of."""

    n: int
    parts: Mapping[str, Any]
    event: StoredEvent | None = None
    decision: StoredDecision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one command writes, all or nothing. Tasks are inserted or replaced by their id."""

    events: Sequence[NewEvent] = ()
    case: StoredCase | None = None
    tasks: Sequence[StoredTask] = ()
    decisions: Sequence[StoredDecision] = ()
    timers: Sequence[StoredTimer] = ()
    """Timers that begin to run; one that runs already is set again."""
    timers_gone: Sequence[str] = ()
    """Ids of timers that end, because they have fired or their step is closed; one that is not there is no fault."""
    messages: Sequence[StoredMessage] = ()
    """What is told because of it; of messages with a key that is there, the first stays as it is."""
    attachments: Sequence[str] = ()
    """Ids of attachments that belong to the case from now on; AttachmentGone where one is not there any more."""
    delete_draft: tuple[str, str] | None = None
    """(person, service id) of the draft that was sent."""
    issued_gone: tuple[str, str] | None = None
    """(person, scope) of the form that was sent: the values that were given for it count no more."""
    erased: Sequence[Erasure] = ()
    """Entries of the case of which values are deleted for good; what tells commands of the case apart goes too."""
    attachments_gone: Sequence[str] = ()
    """Ids of attachments of the case that are forgotten; their files are the caller's."""
    messages_left: Sequence[StoredMessage] = ()
    """What is left of messages of the case: their `content` and `why`; one that is given up (`failed`) is sent no more."""
    transactions: Sequence[Transaction] = ()
    """Movements of accounts; one with an id that is there is there already. Overdrawn, ReversedBefore."""
    orders: Sequence[StoredOrder] = ()
    """Payment orders, inserted or replaced by their id."""
    receipts: Sequence[StoredReceipt] = ()
    """Receipts that fit no order; of those with a key that is there the first stays."""
    papers: Sequence[StoredPaper] = ()
    """What is issued because of it."""
    papers_left: Sequence[StoredPaper] = ()
    """What becomes of papers of the case: their `content`, and whether they are revoked, by whom and why."""
    registered: Mapping[str, Sequence[RegisterRow]] = field(default_factory=dict)
    """The rows that the case has in registers from now on, by register."""
    registers_read: Mapping[str, int] = field(default_factory=dict)
    """The numbers of the registers by which it was decided; RegisterMoved where one has grown since."""
    passes: Sequence[StoredPass] = ()
    """What is given because of it."""
    passes_left: Sequence[StoredPass] = ()
    """What becomes of passes of the case: how they were used, whether they are withdrawn, and what is left of their `content`."""
    needs_draft: bool = False
    """Whether that draft must still be there: it is sent once, from however many windows."""
    answer: Mapping[str, Any] = field(default_factory=dict)
    """What a repeat of the command is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command is one transaction.

    `expected_seq` is the sequence number that the user saw (0 for a new case, None when it does not matter).
    `change` may be a function of what draws numbers. It runs inside the transaction, perhaps more than once, so it
    computes and does nothing else.
    """

    id: str
    actor: str
    at: datetime
    change: Change | Callable[[Draw], Change]
    case_id: str = ""
    expected_seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What became of a command: the case's sequence number after it, the first number drawn, the answer, if a repeat."""

    seq: int
    number: str
    answer: Mapping[str, Any]
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases; what is empty does not filter. `query` is searched in number, title, service and applicant.

    `before` is a case's id: only cases that were begun before that one. `not_version` leaves out those of a version.
    `services` and `applicants` are several of which any may be it; `finished_until` and `sent_until` are not included.
    """

    applicant: str = ""
    service_id: str = ""
    states: Sequence[str] = ()
    query: str = ""
    before: str = ""
    not_version: str = ""
    services: Sequence[str] = ()
    applicants: Sequence[str] = ()
    finished_since: datetime | None = None
    finished_until: datetime | None = None
    sent_since: datetime | None = None
    sent_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Which tasks; what is empty does not filter. `query` is searched as in `CaseFilter`.

    `also` are the people for whom `person` stands in, each with the ids of the services (none: all of them); not at steps
    that ask her herself, and none of the tasks whose ids are in `but`. `people` are several whose tasks are wanted
    alike, `applicant` is whose cases.
    """

    person: str = ""
    people: Sequence[str] = ()
    also: Sequence[tuple[str, Sequence[str]]] = ()
    but: Sequence[str] = ()
    applicant: str = ""
    case_id: str = ""
    service_id: str = ""
    state: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The cases that figures are about: of some services, sent at `since` or later and before `until`."""

    services: Sequence[str]
    since: datetime | None = None
    until: datetime | None = None


class CaseFigures(NamedTuple):
    """What statistics read of a case. Times of figures are whole microseconds since 1970 in UTC, for speed."""

    id: str
    service_id: str
    applicant: str
    state: str
    submitted_at: int
    finished_at: int | None
    returns: int


class TaskFigures(NamedTuple):
    """What statistics read of a task; of a step that asks again there are more rounds."""

    case_id: str
    step_id: str
    step_name: str
    round: int
    state: str
    since: int
    done_at: int | None
    action: str
    due: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStandIn:
    """A time in which somebody (`stand_in`) may act for another (`person`); `until` is not included.

    `services` are the ids of the services that it is for, none for all; `ended_at` is when it was ended early.
    """

    id: str
    person: str
    stand_in: str
    since: datetime
    until: datetime
    services: Sequence[str] = ()
    note: str = ""
    made_by: str = ""
    made_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFilter:
    """Which decisions; `query` is searched in number, service, name, person and `words`. `until` is not included.

    `lines` are texts of which each is a whole line of those, such as a cell or an amount; `people` are several applicants.
    """

    query: str = ""
    lines: Sequence[str] = ()
    people: Sequence[str] = ()
    service_id: str = ""
    kind: str = ""
    outcome: str = ""
    case_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """An entry of the chained log (`chain.py`) with its body; `position` is its place among those of all cases, -1 while
    it was not counted yet.

    Where values were taken out of the body (`leaves.py`), `parts` stand for the salt, which is empty. `event_seq` or
    `decision_id` say of what it is the entry.
    """

    position: int
    case_id: str
    n: int
    kind: str
    at: datetime
    previous: str
    body_hash: str
    salt: str
    hash: str
    body: Mapping[str, Any] | None
    parts: Mapping[str, Any] | None = None
    event_seq: int | None = None
    decision_id: str | None = None


class CaseStore(Protocol):
    """Cases: the one verb that writes them, and the questions about them. Lists come newest first, pages from 1."""

    def commit(self, command: Command) -> Committed:
        """Carry a command out in one transaction; a command id that is known gives the first answer again.

        Raises:
            StaleWrite: the case is not at `expected_seq` any more.
            DraftGone: the change needs a draft that is not there.
            CommandTaken: the id is another person's.
            StorageFull, StorageBusy, StorageUnavailable: nothing was written.
        """
        ...

    def committed(self, command_id: str) -> Committed | None:
        """The answer to a command that was carried out before, or None."""
        ...

    def case(self, case_id: str) -> StoredCase | None:
        """A case by its id."""
        ...

    def cases(self, which: CaseFilter, *, page: int = 1, size: int = 20) -> tuple[list[StoredCase], int]:
        """One page of cases, newest first, and how many there are in all."""
        ...

    def count_cases(self, which: CaseFilter) -> int:
        """How many cases there are."""
        ...

    def iter_cases(self, which: CaseFilter) -> Iterator[StoredCase]:
        """All cases, oldest first, read in portions."""
        ...

    def events(self, case_id: str) -> list[StoredEvent]:
        """The events of a case, oldest first."""
        ...

    def tasks(self, which: TaskFilter, *, page: int = 1, size: int = 20) -> tuple[list[CaseTask], int]:
        """One page of tasks and how many there are; open ones oldest first, else newest first (by `done_at`)."""
        ...

    def count_tasks(self, which: TaskFilter) -> int:
        """How many tasks there are."""
        ...

    def open_task_count(self, person: str) -> int:
        """How many tasks wait for a person."""
        ...

    def loads(self, now: datetime) -> list[tuple[str, int, int]]:
        """Everybody who has open tasks: the person, how many, and how many of them were due before `now`."""
        ...

    def rebuild(self, case: StoredCase, tasks: Sequence[StoredTask]) -> None:
        """Put a projection, computed again from the events, in the place of the stored one.

        Raises:
            StaleWrite: `case.seq` is not the number of the case's last event.
        """
        ...


class PrivacyStore(Protocol):
    """Looks at personal data, and their deletion."""

    def privacy_events(self, *, page: int = 1, size: int = 20) -> tuple[list[StoredEvent], int]:
        """One page of the events `looked` and `erased` of all cases, newest first, and how many there are in all."""
        ...

    def delete_drafts(self, service_id: str, before: datetime) -> int:
        """Forget the drafts of a service that were last saved before a time; how many."""
        ...

    def case_attachments(self, case_id: str) -> list[StoredAttachment]:
        """The files that belong to a case, the first attached first."""
        ...

    def scrub(self) -> None:
        """See to it that what was deleted or written over is not left in the store's own files."""
        ...


class FigureStore(Protocol):
    """What statistics are computed from: a portion of rows at a time, in no order."""

    def case_figures(self, which: Cohort) -> Iterator[Sequence[CaseFigures]]:
        """The cases of a cohort."""
        ...

    def task_figures(self, first: str, last: str) -> Iterator[Sequence[TaskFigures]]:
        """The tasks of the cases whose ids lie between two, both counted; copies are none."""
        ...


class TimerStore(Protocol):
    """Timers. They are set and ended by `commit`; whoever fires one takes it first."""

    def take_timers(self, now: datetime, *, limit: int = 20) -> list[StoredTimer]:
        """Timers that are due, in the order of their instants, for the caller alone.

        Nobody else is given them for a minute, and longer after every time that they were taken and did not end (up to
        an hour): whoever took one may have died, and what fails is tried again. A clock that went back by more than
        `leases.CLOCKS_APART` frees them.
        """
        ...

    def drop_timer(self, timer_id: str) -> None:
        """End a timer that has nothing left to do; one that is not there is no fault."""
        ...

    def timers(self, case_id: str) -> list[StoredTimer]:
        """The timers of a case, in the order of their instants."""
        ...


class OutboxStore(Protocol):
    """Messages. They are written by `commit`; whoever sends one takes it first."""

    def take_messages(self, now: datetime, lease: timedelta, *, limit: int = 20) -> list[StoredMessage]:
        """Messages that wait and may be sent, those that may for longest first, for the caller alone for as long as the lease.

        They come back with one more try. What is not settled by the end of the lease is taken again: whoever took it may
        have died. A clock that went back by more than `leases.CLOCKS_APART` frees them.
        """
        ...

    def settle_message(self, message: StoredMessage) -> bool:
        """Write the state, `free_at`, `done_at` and `why` of a message that was taken; whether it was still its taker's.

        What was sent is written also by a late taker, unless it was settled for good: it cannot be unsent.
        """
        ...

    def send_again(self, key: str, at: datetime) -> bool:
        """Let a message that was given up wait again, with no tries; whether it was given up."""
        ...

    def read_messages(self, person: str, keys: Sequence[str], at: datetime) -> int:
        """Mark messages in a person's inbox as read, all of them without keys; how many were not."""
        ...

    def message(self, key: str) -> StoredMessage | None:
        """A message by its key."""
        ...

    def messages(self, which: MessageFilter, *, page: int = 1, size: int = 20) -> tuple[list[StoredMessage], int]:
        """One page of messages, the last made first, and how many there are in all."""
        ...

    def count_messages(self, late: datetime, services: Sequence[str] = ()) -> list[MessageCount]:
        """How many there are of each channel and state (of some services, where any are given), in the order of both.

        `late` is the moment before which what waits should have been sent.
        """
        ...

    def purge_messages(self, sent_before: datetime, inbox_before: datetime, *, limit: int = 500) -> int:
        """Delete a portion of what was sent, and of what was put into inboxes, before a time; how many messages.

        Of those that are told once (`content["once"]`) the key stays, in the state `gone`: so they are still told once.
        """
        ...

    def post_messages(self, messages: Sequence[StoredMessage]) -> int:
        """Write messages of no case; of those with a key that is there the first stays. How many were written."""
        ...


class LogStore(Protocol):
    """The rule log. Decisions are written by `commit` and never changed."""

    def decision(self, decision_id: str) -> StoredDecision | None:
        """A decision by its id."""
        ...

    def decisions(self, which: DecisionFilter, *, page: int = 1, size: int = 20) -> tuple[list[StoredDecision], int]:
        """One page of decisions, newest first, and how many there are in all."""
        ...

    def iter_decisions(self, which: DecisionFilter) -> Iterator[StoredDecision]:
        """All decisions, oldest first, read in portions."""
        ...


class ChainStore(Protocol):
    """The chained log: `commit` adds an entry for every event and decision, behind the last one of the case.

    A new store begins with a note (case and actor empty): `{"note": "begun", "format": …, "hall": …}`.
    """

    def add_note(self, at: datetime, body: Mapping[str, Any]) -> None:
        """Write a note into the log's own chain."""
        ...

    def count_entries(self) -> int:
        """Give every entry that has none its position, in the order in which they were written; how many there are then."""
        ...

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[StoredEntry]:
        """The entries at positions from `start`, and before `stop`, read in portions."""
        ...

    def entry_hashes(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Their hashes."""
        ...

    def case_entries(self, case_id: str) -> list[StoredEntry]:
        """The entries of a case, in their order, counted or not."""
        ...

    def case_positions(self, case_id: str) -> list[int]:
        """The positions of the entries of a case (empty: the notes) that were counted."""
        ...


class DraftStore(Protocol):
    """Drafts and attachments."""

    def save_draft(
        self,
        person: str,
        service_id: str,
        version: str,
        answers: Mapping[str, Any],
        at: datetime,
        chosen: Mapping[str, Any] | None = None,
        *,
        since: datetime | None = None,
        there: bool = False,
    ) -> datetime:
        """Keep a draft in the place of the one before; gives `at` back.

        Raises DraftNewer where `since` is given and the one before was saved after it, DraftGone where one must be
        `there` and is not.
        """
        ...

    def draft(self, person: str, service_id: str) -> StoredDraft | None:
        """Somebody's draft for a service."""
        ...

    def drafts(self, person: str) -> list[StoredDraft]:
        """Everything that somebody has begun and not sent, the last first."""
        ...

    def delete_draft(self, person: str, service_id: str) -> None:
        """Forget a draft, and what was given for its form; one that is not there is no fault."""
        ...

    def add_attachment(self, attachment: StoredAttachment) -> None:
        """Keep what is known of an attached file."""
        ...

    def attachment(self, attachment_id: str) -> StoredAttachment | None:
        """What is known of an attached file."""
        ...

    def loose_attachments(self, before: datetime) -> list[StoredAttachment]:
        """Attachments that were added before a time and belong to no case."""
        ...

    def delete_attachment(self, attachment_id: str) -> bool:
        """Forget an attachment that belongs to no case and stands in no draft of its person; whether it was forgotten."""
        ...


class IssuedStore(Protocol):
    """Marks of values that the platform gave to people who fill forms in, until the form is sent or thrown away.

    `scope` is the service that is applied for, or the case that is mended.
    """

    def issue(self, person: str, scope: str, marks: Collection[str], at: datetime) -> None:
        """Remember that values were given; of more than `MOST_ISSUED` the oldest are forgotten."""
        ...

    def issued(self, person: str, scope: str) -> frozenset[str]:
        """The marks of the values that a person was given for a form."""
        ...


class VersionStore(Protocol):
    """Published versions with their workbooks, and which file of `definitions/` was read last."""

    def add_version(
        self,
        *,
        service_id: str,
        sha256: str,
        file: str,
        workbook: bytes,
        origin: str,
        published_by: str,
        at: datetime,
        note: str = "",
        replaces: str | None = None,
        failing: str = "",
    ) -> StoredVersion:
        """Make a version the live one of its service. Its workbook is kept once; going live again is a line of its own.

        A version that is live already stays as it was published. `replaces` is the hash of the version that the
        publisher knows as live (empty: none); None where it does not matter.

        Raises:
            VersionMoved: another version is live than `replaces`.
        """
        ...

    def live_versions(self) -> list[StoredVersion]:
        """The live version of every service, by service id."""
        ...

    def version(self, service_id: str, sha256: str) -> StoredVersion | None:
        """One version; `sha256` may be its first twelve or more digits."""
        ...

    def versions(self, service_id: str) -> list[StoredVersion]:
        """Every time that a version of a service went live, the last one first: that one is live."""
        ...

    def workbook(self, service_id: str, sha256: str) -> bytes | None:
        """The workbook of a version, byte for byte; of one that is only planned by its whole hash."""
        ...

    def count_publications(self) -> int:
        """How often versions went live in all: another number says that some process has published."""
        ...

    def source_hash(self, path: str) -> str | None:
        """The hash that a file had when it was last read."""
        ...

    def set_source(self, path: str, sha256: str) -> None:
        """Remember the hash of a file that was read."""
        ...


class PlanStore(Protocol):
    """Versions that are to go live. Nothing is deleted: a plan that came to its end says how."""

    def add_plan(self, plan: StoredPlan, workbook: bytes) -> StoredPlan:
        """Keep a plan with its workbook. One with an id that is known is left as it is, and given back.

        So is one that is `proposed` or `planned` for the same content, instant and version before. Another open one of
        the same content and instant ends as `cancelled`, with `proposed again` as its reason.
        """
        ...

    def plan(self, plan_id: str) -> StoredPlan | None:
        """A plan by its id."""
        ...

    def plans(self, *, service_id: str = "", states: Sequence[str] = ()) -> list[StoredPlan]:
        """Plans, the last made first; of one service, and in some states, where that is given."""
        ...

    def due_plans(self, now: datetime) -> list[StoredPlan]:
        """Plans in the state `planned` whose instant has come, in the order of their instants."""
        ...

    def change_plan(self, plan: StoredPlan, state: str) -> bool:
        """Write a plan in the place of the one that is kept; only where that one is in `state`, and whether it was."""
        ...

    def publish_plan(self, plan_id: str, at: datetime, failing: str = "") -> StoredVersion | None:
        """Make the version of a `planned` plan live and the plan `published`, in one transaction: so it is done once.

        None where the plan is not `planned` any more.

        Raises:
            VersionMoved: another version is live than the one that the plan is based on (and than its own).
        """
        ...


class SessionStore(Protocol):
    """Sign-ins."""

    def add_session(self, token_hash: str, person: str, expires: datetime, mark: str = "") -> None:
        """Keep a sign-in."""
        ...

    def session(self, token_hash: str) -> StoredSession | None:
        """A sign-in by the hash of its token, also when it has expired."""
        ...

    def sessions(self) -> list[StoredSession]:
        """Every sign-in that is kept, by person, also those that have expired."""
        ...

    def delete_session(self, token_hash: str) -> None:
        """Sign out; a session that is not there is no fault."""
        ...

    def delete_sessions(self, person: str) -> int:
        """Sign a person out everywhere; how many sign-ins there were."""
        ...

    def delete_marked_sessions(self, mark: str) -> int:
        """End the sign-ins with a mark; how many there were. An empty mark is none's."""
        ...

    def purge_sessions(self, before: datetime) -> int:
        """Forget the sessions that expired before a time; how many."""
        ...


class StandInStore(Protocol):
    """Who acts for whom, and when. Nothing is deleted: a time that was ended early says so."""

    def add_stand_in(self, stand_in: StoredStandIn) -> None:
        """Keep a time; one with an id that is known is left as it is."""
        ...

    def end_stand_in(self, stand_in_id: str, at: datetime) -> None:
        """End a time early; one that was ended before, or is not there, is left as it is."""
        ...

    def stand_ins(self, *, person: str = "", stand_in: str = "", at: datetime | None = None) -> list[StoredStandIn]:
        """The times of a person, or of a stand-in, the last begun first; with `at` only those that hold then."""
        ...


class Snapshot(Protocol):
    """Everything that a store kept at one moment, as it lies there (`bare.py`), whatever is written meanwhile."""

    schema: str
    """The revision of the tables."""

    def count(self, table: str) -> int:
        """How many rows a table has."""
        ...

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a table, by its key, with its columns in their order. What is no part of a copy is left out."""
        ...


class CopyStore(Protocol):
    """What moving, backups and restoring are made of."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Everything, at one moment; nobody waits for whoever reads it."""
        ...

    def write_rows(
        self,
        table: str,
        new: Sequence[tuple[Any, ...]],
        changed: Sequence[tuple[Any, ...]] = (),
        gone: Sequence[tuple[Any, ...]] = (),
    ) -> None:
        """Insert, replace and delete bare rows of a table in one transaction; of `gone` only the keys are looked at."""
        ...


class Store(
    CaseStore,
    PrivacyStore,
    FigureStore,
    TimerStore,
    OutboxStore,
    JobStore,
    LedgerStore,
    PaperStore,
    RegisterStore,
    PassStore,
    PassageStore,
    LogStore,
    ChainStore,
    DraftStore,
    IssuedStore,
    VersionStore,
    PlanStore,
    SessionStore,
    StandInStore,
    CopyStore,
    Protocol,
):
    """A whole store. Every verb is safe to call from any thread."""

    def health(self) -> dict[str, Any]:
        """`ok` and facts about the store, read and written to once; never raises."""
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...
