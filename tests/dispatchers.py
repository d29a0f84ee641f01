"""Processes that send what waits in a store, to be killed, and whether everything arrived, once a key."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from receivers import Receiver

from banshi.platform.notices.dispatcher import Dispatcher
from banshi.platform.notices.sending import Sending, allowed_hosts
from banshi.platform.notices.webhook import WebhookSender
from banshi.storage import new_id
from banshi.storage.contract import Change, Command, MessageFilter, NewEvent, Store, StoredCase, StoredMessage
from banshi.storage.sql import SqlStore

LEASE = timedelta(seconds=1.0)
PAUSE = 0.02


def dispatcher(store: Store, receiver: Receiver) -> Dispatcher:
    """One that sends to the receiver; its messages are free again soon, so that a test need not wait."""
    sends = Sending(hosts=allowed_hosts(f"127.0.0.1:{receiver.port}"), secrets={"shop": "s"})
    connection = {"url": receiver.url, "auth": "shop"}
    sender = WebhookSender(sends, lambda _: connection, lambda: datetime.now(UTC))
    # What fails is tried again at once: a clock of its own that runs a hundred times as fast would shorten the lease too.
    return Dispatcher(store, {"webhook": sender}, lambda: datetime.now(UTC), lease=LEASE, chance=lambda: 0.0)


class Process:
    """A dispatcher in another process, forked so that it need not import everything again."""

    def __init__(self, where: object, receiver: Receiver) -> None:
        self.pid = os.fork()
        if self.pid == 0:
            try:
                store = SqlStore(where)  # type: ignore[arg-type]
                sender = dispatcher(store, receiver)
                while True:
                    if not sender.send_due():
                        time.sleep(PAUSE)
            finally:
                os._exit(1)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def write_orders(store: Store, first: int, count: int) -> list[str]:
    """Cases, each with an order that waits to be pushed; the keys."""
    keys = []
    for number in range(first, first + count):
        case_id, now, key = new_id(), datetime.now(UTC), f"{number:032}"
        case = StoredCase(
            id=case_id, number=f"SJ{number:06}", service_id="buying", version="ab" * 32, title="试剂采购", applicant="20001",
            state="open", submitted_at=now, changed_at=now, snapshot={},
        )  # fmt: skip
        message = StoredMessage(
            key=key, case_id=case_id, service_id="buying", channel="webhook", target="商城",
            content={"body": f'{{"order": {number}}}', "connection": {"tries": 10_000}}, made_at=now, free_at=now,
        )  # fmt: skip
        event = NewEvent(kind="submitted", at=now, actor="20001")
        change = Change(events=[event], case=case, messages=[message])
        store.commit(Command(id=new_id(), actor="20001", at=now, change=change, case_id=case_id))
        keys.append(key)
    return keys


def hurry(store: Store) -> None:
    """What failed waits no longer."""
    found, _ = store.messages(MessageFilter(states=("waiting",)), size=10_000)
    for one in found:
        if one.tries and one.free_at > datetime.now(UTC) + LEASE:
            # As its taker would, had the receiver asked for no rest.
            from dataclasses import replace

            store.settle_message(replace(one, free_at=datetime.now(UTC)))


def run_with_kills(
    where: object, receiver: Receiver, *, kills: int, orders: int, dispatchers: int, chance: random.Random
) -> tuple[Sequence[str], int]:
    """Write orders while dispatchers send them and are killed at random moments; the keys, and how many arrived twice."""
    store = SqlStore(where)  # type: ignore[arg-type]
    keys: list[str] = []
    running = [Process(where, receiver) for _ in range(dispatchers)]
    try:
        for _ in range(kills):
            keys += write_orders(store, len(keys), orders)
            time.sleep(chance.uniform(0.0, 0.25))
            hurry(store)
            victim = chance.randrange(len(running))
            running[victim].kill()
            running[victim] = Process(where, receiver)
        limit = time.monotonic() + 120
        while store.messages(MessageFilter(states=("waiting",)), size=0)[1]:
            assert time.monotonic() < limit, "what waits does not come to an end"
            hurry(store)
            time.sleep(PAUSE)
    finally:
        for process in running:
            process.kill()
    check(store, receiver, keys)
    store.close()
    return keys, sum(count > 1 for count in receiver.arrivals.values())


def check(store: Store, receiver: Receiver, keys: Sequence[str]) -> None:
    """Every order arrived, once by its key, with its own content; the store says so."""
    found, total = store.messages(MessageFilter(), size=100_000)
    assert total == len(keys)
    assert {one.state for one in found} == {"sent"}
    assert sorted(receiver.taken) == sorted(keys)
    assert {key: body["order"] for key, body in receiver.taken.items()} == {key: int(key) for key in keys}


def sqlite_of(folder: Path) -> Path:
    """Where the store of a test lies."""
    return folder / "banshi.sqlite"
