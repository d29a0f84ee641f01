"""Writes to a store until the process is killed, or a number of times; run in a process of its own.

Every command that is sent, and every one that was answered, is printed, so that the test knows what must still be there.
"""

import itertools
import random
import time
from datetime import UTC, datetime

from banshi.platform.cases.case import Case
from banshi.platform.routes.state import RouteOutcome
from banshi.storage import new_id
from banshi.storage.address import open_at
from banshi.storage.contract import (
    Change,
    Command,
    Committed,
    Draw,
    NewEvent,
    NumberRequest,
    StaleWrite,
    StorageBusy,
    StorageUnavailable,
    Store,
    StoredTask,
)

AT = datetime(2026, 9, 1, tzinfo=UTC)
FILLER = "危化品" * 300


def submission(case_id: str, writer: str) -> Command:
    def change(draw: Draw) -> Change:
        number = draw(NumberRequest(series="lab", period="2026", format=lambda n: f"{n:06}"))
        told = {"number": number, "service_id": "lab", "version": "v", "title": writer, "applicant": "2023001"}
        sent = {**told, "answers": {"用途": FILLER}, "state": str(RouteOutcome.OPEN)}
        events = (
            NewEvent(kind="submitted", at=AT, actor=writer, payload=sent),
            NewEvent(kind="entered", at=AT, actor=writer),
        )
        task = StoredTask(
            id=new_id(), case_id=case_id, step_id="10", step_name="学院", round=1, person="T1", state="open", since=AT
        )
        return Change(
            events=events,
            case=Case(id=case_id, submitted_at=AT, changed_at=AT).after(events).stored(),
            tasks=(task,),
            answer={"number": number},
        )

    return Command(id=f"k{case_id}", actor="2023001", at=AT, change=change, case_id=case_id, expected_seq=0)


def send(store: Store, command: Command) -> Committed:
    """Send a command until it is answered, as a browser does whose server is being restarted."""
    while True:
        try:
            return store.commit(command)
        except (StorageBusy, StorageUnavailable):
            time.sleep(0.05)


def main(address: str, writer: str, count: int, shared: str = "") -> None:
    """Send new commands, now and then an old one again, and ones that another process (`twin-…`) sends as well."""
    store, chance, sent = open_at(address), random.Random(writer), []
    print("ready", flush=True)
    for i in range(count) if count else itertools.count():
        name = f"{writer}-{i}"
        print(f"sends {name}", flush=True)
        done = send(store, submission(name, writer))
        print(f"{name} {done.number}", flush=True)
        sent.append((name, done.number))
        if chance.random() < 0.2:
            again = chance.choice(sent)
            told = send(store, submission(again[0], writer))
            print(f"again {again[0]} {told.number} {told.repeated} {again[1]}", flush=True)
        if shared:
            twin = f"twin-{shared}-{i}"
            print(f"{twin} {send(store, submission(twin, 'twin')).number}", flush=True)
            _race(store, shared, name)


def _race(store: Store, shared: str, name: str) -> None:
    """Write to a case that others write to; whoever has seen an old state of it is told."""
    try:
        seen = store.case(shared)
        assert seen is not None
        event = NewEvent(kind=name, at=AT, actor="T1")
        store.commit(
            Command(
                id=new_id(), actor="T1", at=AT, case_id=shared, expected_seq=seen.seq, change=Change(events=(event,))
            )
        )
        print(f"won {name}", flush=True)
    except (StaleWrite, StorageBusy, StorageUnavailable):
        print(f"lost {name}", flush=True)
