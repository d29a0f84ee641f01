"""Processes that write to a store and are killed; and whether the store has what they were promised, no more and no less."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import store_writer
from full_store import content
from store_writer import send, submission

from banshi.platform.cases.case import fold
from banshi.storage.chain import body_fits, header, leaf_hash, moment
from banshi.storage.contract import Store


class Writer:
    """Another process that writes (forked, so that it need not import everything again); what it printed."""

    def __init__(self, address: str | Path, name: str, count: int = 0, shared: str = "") -> None:
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                sys.stdout = os.fdopen(writing, "w")
                store_writer.main(str(address), name, count, shared)
                sys.stdout.flush()
                code = 0
            finally:
                os._exit(code)
        os.close(writing)
        self.output = os.fdopen(reading)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def rest(self) -> list[list[str]]:
        """The words of every line that was not read yet, up to its end."""
        with self.output:
            return [line.split() for line in self.output if line.endswith("\n")]

    def code(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class Account:
    """What writers were told: numbers by case, commands without an answer, events of the shared case that were acknowledged."""

    def __init__(self) -> None:
        self.promised: dict[str, str] = {}
        self.doubtful: set[str] = set()
        self.won: set[str] = set()
        self.repeats = 0

    def take(self, writer: Writer) -> None:
        """Read what a writer has said to its end."""
        for words in writer.rest():
            match words:
                case ["sends", name]:
                    self.doubtful.add(name)
                case ["again", name, number, repeated, first]:
                    assert (number, repeated) == (first, "True"), name
                    self.repeats += 1
                case ["won", name]:
                    self.won.add(name)
                case ["ready"] | ["lost", _]:
                    pass
                case [name, number]:
                    assert self.promised.setdefault(name, number) == number, "one command, one answer"
                    self.doubtful.discard(name)


def check(store: Store, account: Account, shared: str = "shared") -> int:
    """Hold a store to an account; how many cases it has.

    What was in doubt is sent late. Then every acknowledged command is there, once, with its number; numbers have no gap;
    events count 1, 2, 3; every case and its tasks are what its events add up to.
    """
    for name in sorted(account.doubtful):
        account.promised[name] = send(store, submission(name, name.rpartition("-")[0])).number
    rows = content(store)
    cases = {row[0]: store.case(row[0]) for row in rows["cases"]}
    more = {name for name in cases.keys() - account.promised.keys() if not name.startswith("twin-")}
    assert more <= {shared}
    assert {name: cases[name].number for name in account.promised} == account.promised
    assert sorted(case.number for case in cases.values()) == [f"{n:06}" for n in range(1, len(cases) + 1)]
    assert sorted(row[1] for row in rows["tasks"]) == sorted(cases), "a task a case"
    kinds = []
    for name, case in cases.items():
        history = store.events(name)
        assert [event.seq for event in history] == list(range(1, len(history) + 1))
        assert [event.kind for event in history[:2]] == ["submitted", "entered"]
        assert fold(name, history).stored() == case
        assert name == shared or len(history) == 2
        kinds += [event.kind for event in history[2:]]
    assert len(kinds) == len(set(kinds))
    assert account.won <= set(kinds)
    # Every command wrote one line, and nothing else did.
    assert len(rows["commands"]) == len(cases) + len(kinds)
    assert len(rows["events"]) == 2 * len(cases) + len(kinds)
    _check_chain(store, len(rows["events"]) + len(rows["decisions"]))
    return len(cases)


def _check_chain(store: Store, kept: int) -> None:
    """Every event and decision has one entry, behind the last one of its case; each is as its hash says."""
    counted = store.count_entries()
    entries = list(store.entries())
    assert [entry.position for entry in entries] == list(range(counted))
    assert sum(entry.case_id != "" for entry in entries) == kept
    last: dict[str, tuple[int, str]] = {}
    for entry in entries:
        assert (entry.n - 1, entry.previous) == last.get(entry.case_id, (0, ""))
        last[entry.case_id] = entry.n, entry.hash
        assert body_fits(entry.body_hash, entry.salt, entry.body, entry.parts)
        told = {"at": moment(entry.at), "body": entry.body_hash, "case": entry.case_id, "kind": entry.kind}
        assert leaf_hash(header(**told, n=entry.n, previous=entry.previous)).hex() == entry.hash
