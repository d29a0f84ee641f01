"""Writes to a store until the process is killed, or a number of times; run in a process of its own.

Every command that was answered is printed, so that the test knows what must still be there.
"""

import itertools
from datetime import UTC, datetime

from banshi.storage import new_id
from banshi.storage.address import open_at
from banshi.storage.contract import Change, Command, Draw, NewEvent, NumberRequest, StaleWrite, StoredCase, StoredTask

AT = datetime(2026, 9, 1, tzinfo=UTC)


def case(case_id: str, number: str, title: str) -> StoredCase:
    return StoredCase(
        id=case_id, number=number, service_id="lab", version="v", title=title, applicant="2023001", state="open",
        submitted_at=AT, changed_at=AT, snapshot={"filler": "危化品" * 2000},
    )  # fmt: skip


def submission(case_id: str, writer: str) -> Command:
    def change(draw: Draw) -> Change:
        number = draw(NumberRequest(series="lab", period="2026", format=lambda n: f"{n:06}"))
        task = StoredTask(
            id=new_id(), case_id=case_id, step_id="10", step_name="学院", round=1, person="T1", state="open", since=AT
        )
        return Change(
            events=tuple(NewEvent(kind=kind, at=AT, actor=writer) for kind in ("submitted", "entered")),
            case=case(case_id, number, writer),
            tasks=(task,),
            answer={"number": number},
        )

    return Command(id=f"k{case_id}", actor=writer, at=AT, change=change, case_id=case_id, expected_seq=0)


def main(path: str, writer: str, count: int, shared: str = "") -> None:
    store = open_at(path)
    print("ready", flush=True)
    for i in range(count) if count else itertools.count():
        done = store.commit(submission(f"{writer}-{i}", writer))
        print(f"{writer}-{i} {done.number}", flush=True)
        if shared:
            try:
                seen = store.case(shared).seq
                event = NewEvent(kind=f"{writer}-{i}", at=AT, actor=writer)
                store.commit(
                    Command(
                        id=new_id(),
                        actor=writer,
                        at=AT,
                        case_id=shared,
                        expected_seq=seen,
                        change=Change(events=(event,)),
                    )
                )
                print(f"won {writer}-{i}", flush=True)
            except StaleWrite:
                print(f"lost {writer}-{i}", flush=True)
