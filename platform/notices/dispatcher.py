"""The dispatcher: takes messages that wait, sends them, and writes what came of it.

A message is taken for as long as the lease. Whoever dies between sending and writing leaves it to be taken again, under
the same key: so it arrives at least once, and once at a receiver that keeps the keys.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from banshi.platform.notices.sending import Again, Never, Result, Sent, why
from banshi.platform.service.notices import MOST_TRIES
from banshi.storage.contract import FAILED, SENT, WAITING, Store, StoredMessage

LOG = logging.getLogger("banshi")
LEASE = timedelta(minutes=2)
"""For how long a message that was taken is nobody else's: longer than all that is taken at once can take to be sent."""
AT_ONCE = 8
"""Messages that are taken, and sent beside one another."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=8)

Sender = Callable[[StoredMessage], Result]


class Dispatcher:
    """See the module. `senders` are by channel; `clock` gives aware time; `chance` spreads the tries."""

    def __init__(
        self,
        store: Store,
        senders: Mapping[str, Sender],
        clock: Callable[[], datetime],
        *,
        lease: timedelta = LEASE,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._senders = senders
        self._clock = clock
        self._lease = lease
        self._chance = chance

    def send_due(self) -> int:
        """Send what may be sent now, a portion; how many were taken. One that fails stops no other."""
        taken = self._store.take_messages(self._clock(), self._lease, limit=AT_ONCE)
        if len(taken) > 1:
            with ThreadPoolExecutor(AT_ONCE, "sending") as pool:
                list(pool.map(self._send, taken))
        elif taken:
            self._send(taken[0])
        return len(taken)

    def _send(self, message: StoredMessage) -> None:
        try:
            result = self._senders[message.channel](message)
        except Exception:
            LOG.exception("The message %s could not be sent; it is tried again later.", message.key)
            result = Again(why("平台出错，已记入日志", "something went wrong here; the log has it"))
        try:
            self._store.settle_message(self._settled(message, result))
        except Exception:
            LOG.exception("What came of the message %s could not be written; it is sent again.", message.key)

    def _settled(self, message: StoredMessage, result: Result) -> StoredMessage:
        now = self._clock()
        match result:
            case Sent():
                return replace(message, state=SENT, done_at=now, why={})
            case Never(reason):
                return replace(message, state=FAILED, done_at=now, why=reason)
            case Again(reason, rest):
                if message.tries >= _most_tries(message):
                    return replace(message, state=FAILED, done_at=now, why=reason)
                wait = max(self._wait(message.tries), rest)
                return replace(message, state=WAITING, free_at=now + wait, why=reason)

    def _wait(self, tries: int) -> timedelta:
        """Three times as long each time, up to the longest; a quarter more or less, so that many do not come back at once."""
        wait: timedelta = min(FIRST_WAIT * 3 ** min(tries - 1, 9), LONGEST_WAIT)
        return wait * (0.75 + self._chance() / 2)


def _most_tries(message: StoredMessage) -> int:
    return int(message.content.get("connection", {}).get("tries", MOST_TRIES))
