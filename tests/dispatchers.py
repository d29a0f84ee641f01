"""Processes that send what waits in a store, to be killed, and whether everything arrived, once a key."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import replace
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


def dispatcher(store: Store, port: int, lease: timedelta = LEASE) -> Dispatcher:
    """One that sends to a receiver; its messages are free again soon, so that a test need not wait."""
    sends = Sending(hosts=allowed_hosts(f"127.0.0.1:{port}"), secrets={"shop": "s"})
    connection = {"url": f"http://127.0.0.1:{port}/orders", "auth": "shop"}
    sender = WebhookSender(sends, lambda _: connection, lambda: datetime.now(UTC))
    return Dispatcher(store, {"webhook": sender}, lambda: datetime.now(UTC), lease=lease, chance=lambda: 0.0)


class Nursery:
    """Forks dispatchers from a process that has no threads and no connections: one with threads may leave locks locked."""

    def __init__(self, where: object) -> None:
        asked, self._ask = os.pipe()
        self._told, telling = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._ask)
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever is killed leaves nothing behind
            while port := os.read(asked, 5):
                if (pid := os.fork()) == 0:
                    _send_for_ever(where, int(port))
                os.write(telling, f"{pid:10}".encode())
            os._exit(0)
        os.close(asked)

    def dispatcher(self, port: int) -> int:
        """The process of a new one."""
        os.write(self._ask, f"{port:5}".encode())
        return int(os.read(self._told, 10))

    def close(self) -> None:
        """No more of them."""
        os.close(self._ask)
        os.waitpid(self._pid, 0)


def _send_for_ever(where: object, port: int) -> None:
    try:
        sender = dispatcher(SqlStore(where), port)  # type: ignore[arg-type]
        while True:
            if not sender.send_due():
                time.sleep(PAUSE)
    finally:
        os._exit(1)


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
            store.settle_message(replace(one, free_at=datetime.now(UTC)))


def run_with_kills(
    nursery: Nursery, where: object, receiver: Receiver, *, kills: int, orders: int, chance: random.Random
) -> tuple[Sequence[str], int]:
    """Write orders while two dispatchers send them and are killed at random moments; the keys, and how many arrived twice."""
    store = SqlStore(where)  # type: ignore[arg-type]
    keys: list[str] = []
    running = [nursery.dispatcher(receiver.port) for _ in range(2)]
    try:
        for _ in range(kills):
            keys += write_orders(store, len(keys), orders)
            time.sleep(chance.uniform(0.0, 0.25))
            hurry(store)
            victim = chance.randrange(len(running))
            os.kill(running[victim], signal.SIGKILL)
            running[victim] = nursery.dispatcher(receiver.port)
        limit = time.monotonic() + 600
        while store.messages(MessageFilter(states=("waiting",)), size=0)[1]:
            assert time.monotonic() < limit, "what waits does not come to an end"
            hurry(store)
            time.sleep(PAUSE)
    finally:
        for process in running:
            os.kill(process, signal.SIGKILL)
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
