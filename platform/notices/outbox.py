"""What people see of messages: their inbox, and, for those who look after services, what waits, is late or was given up."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from banshi.platform.errors import Declined, NotAllowed, NotFound, plain_failures
from banshi.platform.notices.checkpoints import checkpoint_mails
from banshi.platform.notices.dispatcher import Dispatcher, Sender
from banshi.platform.notices.mail import MailSender, mail_address
from banshi.platform.notices.sending import Sending
from banshi.platform.notices.webhook import WebhookSender
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library, owns
from banshi.platform.views import Page
from banshi.storage.contract import (
    FAILED,
    GONE,
    INBOX,
    MAIL,
    READ,
    SENT,
    UNREAD,
    WAITING,
    WEBHOOK,
    MessageFilter,
    Store,
    StoredMessage,
)

LATE = timedelta(minutes=10)
"""How long a message may wait after it could have been sent before it is called late."""
MOST_AGAIN = 1_000
"""Messages that are sent again by one press."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A message for a list.

    `to` is who gets it: a person's name, or that of a connection. `opens` says whether the reader may see its case; `why` is what kept it
    from being sent, `next_at` when it is tried next. `files` are the names of what came with it.
    """

    key: str
    case_id: str
    number: str
    service: str
    channel: str
    to: str
    title: str
    text: str
    at: datetime
    state: str
    tries: int
    why: str
    next_at: datetime | None
    opens: bool
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHealth:
    """How a channel stands: messages that wait, that are late among them, that were given up and that were sent."""

    channel: str
    waiting: int = 0
    late: int = 0
    failed: int = 0
    sent: int = 0


@plain_failures
class Outbox:
    """See the module. `may_see` says whether a case is open to a person; `clock` gives aware campus time; `play` stands in for the systems of a rehearsal."""

    def __init__(
        self,
        store: Store,
        library: Library,
        may_see: Callable[[Person, str], bool],
        clock: Callable[[], datetime],
        sending: Sending,
        play: Callable[[StoredMessage], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._library = library
        self._may_see = may_see
        self._clock = clock
        self._sending = sending
        senders: dict[str, Sender] = {
            MAIL: MailSender(sending, self._mail_address, clock),
            WEBHOOK: WebhookSender(sending, self._connection, clock, play=play),
        }
        self._dispatcher = Dispatcher(store, senders, clock)

    def send_due(self) -> int:
        """Send what may be sent now, a portion; how many were taken. Nobody's command: jobs call it."""
        return self._dispatcher.send_due() if self._sending.active else 0

    def purge_due(self) -> int:
        """Delete a portion of the messages that were kept for long enough; how many. Nobody's command: jobs call it."""
        now = self._clock()
        return self._store.purge_messages(now - self._sending.sent_kept, now - self._sending.inbox_kept)

    def post_checkpoint(self, folder: Path, addresses: Sequence[str]) -> int:
        """Let the checkpoint of the day be mailed, once to each address; to how many. Nobody's command: jobs call it."""
        mails = checkpoint_mails(folder, addresses, self._clock()) if self._sending.active else []
        return self._store.post_messages([one for one in mails if self._store.message(one.key) is None])

    # The inbox

    def unread(self, person: Person) -> int:
        """How many messages a person has not read."""
        return self._store.messages(MessageFilter(channel=INBOX, target=person.id, states=(UNREAD,)), size=0)[1]

    def inbox(self, person: Person, *, page: int = 1, size: int = 20, language: str = "zh") -> Page:
        """A person's messages, the last first."""
        which = MessageFilter(channel=INBOX, target=person.id, states=(UNREAD, READ))
        found, total = self._store.messages(which, page=page, size=size)
        seen = {case: self._may_see(person, case) for case in {message.case_id for message in found}}
        rows = [self._row(message, language, opens=seen[message.case_id]) for message in found]
        return Page(items=rows, page=page, size=size, total=total)

    def file(self, person: Person, key: str, at: int) -> tuple[str, bytes]:
        """A file that came with a message in a person's inbox: its name and its bytes. Raises NotFound, NotAllowed."""
        message = self._store.message(key)
        if message is None or message.channel != INBOX:
            raise NotFound("message", key)
        if message.target != person.id:
            raise NotAllowed
        files = message.content.get("files", ())
        if not 0 <= at < len(files):
            raise NotFound("attachment", str(at))
        return str(files[at]["name"]), b64decode(files[at]["data"])

    def mark_read(self, person: Person, keys: Sequence[str] = ()) -> int:
        """Mark messages of a person as read, all of them without keys; how many were not."""
        return self._store.read_messages(person.id, keys, self._clock())

    # Those who look after services

    def may_look_after(self, person: Person) -> bool:
        """Whether a person sees how messages of some services stand."""
        return person.holds("owner") and bool(self._services(person) is None or self._services(person))

    def health(self, person: Person) -> list[ChannelHealth]:
        """How the channels to the outside stand, of the services that a person looks after."""
        counts = self._store.count_messages(self._clock() - LATE, self._mine(person))
        found = []
        for channel in (MAIL, WEBHOOK):
            by_state = {one.state: one for one in counts if one.channel == channel}
            numbers = {state: by_state[state].messages if state in by_state else 0 for state in (WAITING, FAILED, SENT)}
            late = by_state[WAITING].late if WAITING in by_state else 0
            found.append(
                ChannelHealth(
                    channel=channel, waiting=numbers[WAITING], late=late, failed=numbers[FAILED], sent=numbers[SENT]
                )
            )
        return found

    @property
    def active(self) -> bool:
        """Whether this hall sends at all."""
        return self._sending.active

    def messages(self, person: Person, state: str, *, page: int = 1, size: int = 20, language: str = "zh") -> Page:
        """Messages to the outside in a state (`waiting`, `failed` or `sent`), of the services that a person looks after."""
        if state not in (WAITING, FAILED, SENT):
            raise NotFound("message", state)
        which = MessageFilter(states=(state,), services=self._mine(person))
        found, total = self._store.messages(which, page=page, size=size)
        rows = [self._row(message, language, opens=False) for message in found]
        # What a person is told is hers to read; what another system is told, whoever answers for the service has mapped.
        rows = [row if row.channel == WEBHOOK else replace(row, title="", text="") for row in rows]
        return Page(items=rows, page=page, size=size, total=total)

    def send_again(self, person: Person, key: str) -> None:
        """Let a message that was given up be sent again. Raises NotFound, NotAllowed, Declined."""
        message = self._store.message(key)
        if message is None or message.state == GONE:
            raise NotFound("message", key)
        mine = self._mine(person)
        if mine and message.service_id not in mine:
            raise NotAllowed
        if message.channel == WEBHOOK and message.content.get("erased"):
            raise Declined(
                "这一条的内容已随办件的个人信息删除，不能再发。",
                "What it was to say was deleted with the personal data of the case, so it cannot be sent.",
            )
        if message.channel == WEBHOOK and not message.content["body"]:
            raise Declined(
                "这一条的内容当时没能算出来，不能再发。请改正接口表的映射，再由办件重新触发。",
                "What it was to say could not be computed, so it cannot be sent. Correct the map of the connection first.",
            )
        if not self._store.send_again(key, self._clock()):
            raise Declined("这一条已经在发送或已经送达。", "It is being sent, or has arrived.")

    def send_all_again(self, person: Person) -> int:
        """The same for everything that was given up; how many."""
        which = MessageFilter(states=(FAILED,), services=self._mine(person))
        found, _ = self._store.messages(which, size=MOST_AGAIN)
        wanted = [one for one in found if one.channel != WEBHOOK or one.content["body"]]
        return sum(self._store.send_again(one.key, self._clock()) for one in wanted)

    def everything(self, language: str = "zh") -> list[MessageRow]:
        """The newest messages of all channels: in a trial, what would be sent."""
        found, _ = self._store.messages(MessageFilter(), size=50)
        return [self._row(message, language, opens=False) for message in found]

    # Inside

    def _services(self, person: Person) -> Sequence[str] | None:
        """The services that a person looks after; None for all of them."""
        if "administrator" in person.roles:
            return None
        return [key for key, (service, _) in sorted(self._library.live.items()) if owns(person, service)]

    def _mine(self, person: Person) -> Sequence[str]:
        """The same as a filter has it; NotAllowed for whoever looks after none."""
        mine = self._services(person)
        if mine is None:
            return ()
        if not mine:
            raise NotAllowed
        return mine

    def _mail_address(self, person_id: str) -> str:
        person = self._library.directory.people.get(person_id)
        return mail_address(person.attributes) if person else ""

    def _connection(self, message: StoredMessage) -> Mapping[str, str]:
        """The address and the secret's name as the live version has them, else as they were."""
        live = self._library.live.get(message.service_id)
        now = live[0].connections.get(message.target) if live else None
        return {"url": now.url, "auth": now.auth} if now else message.content["connection"]

    def _row(self, message: StoredMessage, language: str, *, opens: bool) -> MessageRow:
        content = message.content
        live = self._library.live.get(message.service_id)
        service = live[0].settings.title.get(language) if live else message.service_id
        if not message.service_id:  # what the hall itself sends
            service = content["title"][language]
        to = message.target
        if message.channel != WEBHOOK:
            to = self._library.directory.name(message.target, language)
        body = str(content.get("shown", content.get("body", "")))
        return MessageRow(
            key=message.key,
            case_id=message.case_id,
            number=str(content.get("number", "")),
            service=service,
            channel=message.channel,
            to=to,
            title=content["title"][language] if "title" in content else "",
            text=content["text"][language] if "text" in content else body,
            at=message.made_at.astimezone(self._clock().tzinfo),
            state=message.state,
            tries=message.tries,
            why=message.why.get(language, ""),
            next_at=message.free_at.astimezone(self._clock().tzinfo) if message.state == WAITING else None,
            opens=opens,
            files=tuple(str(file["name"]) for file in content.get("files", ())),
        )
