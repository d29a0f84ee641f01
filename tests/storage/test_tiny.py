"""A TinyDB store in a file.

T1  `kill -9` at any moment: all that was acknowledged is there, the file is whole.
T2  One process has it at a time; the other is told, and gets it when the first is gone, however it went.
T3  A write that fails at any step leaves what was there, in the file and in memory, and no other file.
T4  A damaged, foreign or newer file is refused and left as it is; an older one is brought up to date.
T5  It says when it is outgrown; what is there can still be worked on.
T6  A reader sees one state, whatever is written meanwhile.
"""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import threading
import time
from dataclasses import replace

import pytest
from crashing import Writer
from store_writer import submission
from tinydb import TinyDB

from banshi.storage.address import open_at
from banshi.storage.contract import (
    CaseFilter,
    StorageFull,
    StorageUnavailable,
    StoreInUse,
    StoreOutgrown,
    TaskFilter,
)
from banshi.storage.sql import SqlStore, newest
from banshi.storage.tiny import TinyStore


def test_whatever_was_acknowledged_survives_a_kill(tmp_path):
    """T1: each writer is killed at a random moment of its writing."""
    path, chance, promised = tmp_path / "banshi.json", random.Random(7), {}
    for turn in range(12):
        writer = Writer(f"tinydb:///{path}", f"w{turn}")
        assert writer.output.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.12))
        writer.kill()
        promised.update(words for words in writer.rest() if len(words) == 2 and words[0] != "sends")
        assert writer.code() == -signal.SIGKILL
    store = TinyStore(path)
    cases = {case.id: case for case in store.iter_cases(CaseFilter())}
    assert len(promised) >= 3
    assert {case_id: cases[case_id].number for case_id in promised} == promised
    for case in cases.values():
        assert [event.kind for event in store.events(case.id)] == ["submitted", "entered"]
        assert store.count_tasks(TaskFilter(case_id=case.id)) == 1
        assert store.commit(submission(case.id, case.title)).repeated
    assert sorted(case.number for case in cases.values()) == [f"{n:06}" for n in range(1, len(cases) + 1)]
    assert not (tmp_path / "banshi.json.part").exists()
    store.close()


def test_one_process_has_it(tmp_path):
    """T2."""
    writer = Writer(f"tinydb:///{tmp_path / 'banshi.json'}", "w")
    assert writer.output.readline() == "ready\n"
    with pytest.raises(StoreInUse):
        TinyStore(tmp_path / "banshi.json")
    writer.kill()
    writer.code()
    TinyStore(tmp_path / "banshi.json").close()
    again = TinyStore(tmp_path / "banshi.json")
    with pytest.raises(StorageUnavailable):
        TinyStore(tmp_path / "banshi.json")
    again.close()
    with pytest.raises(StorageUnavailable, match="closed"):
        again.case("c1")


@pytest.mark.parametrize("step", ["os.open", "os.fsync", "pathlib.Path.replace"])
@pytest.mark.parametrize(("code", "told"), [(errno.ENOSPC, StorageFull), (errno.EIO, StorageUnavailable)])
def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch, step, code, told):
    """T3."""
    store = TinyStore(tmp_path / "banshi.json")
    store.commit(submission("c0", "w"))
    before = (tmp_path / "banshi.json").read_bytes()

    def fails(*_args: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(step, fails)
    with pytest.raises(told):
        store.commit(submission("c1", "w"))
    monkeypatch.undo()
    assert (tmp_path / "banshi.json").read_bytes() == before
    assert store.case("c1") is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["banshi.json", "banshi.json.lock"]
    assert store.commit(submission("c1", "w")).number == "000002"
    store.close()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b'{"cases": 1}', b'{"_default": {"1": {"name": "x"}}}', b'{"cases": {"1": 7}}', b"PK\x03\x04"],
)
def test_a_file_that_is_no_store(tmp_path, content):
    """T4: nor does it stay locked."""
    path = tmp_path / "banshi.json"
    path.write_bytes(content)
    for _ in range(2):
        with pytest.raises(StorageUnavailable) as told:
            TinyStore(path)
        assert not isinstance(told.value, StoreInUse)
    assert path.read_bytes() == content


def test_every_damaged_byte_is_refused_or_harmless(tmp_path):
    """T4: a file that was cut off anywhere is refused."""
    path = tmp_path / "banshi.json"
    store = TinyStore(path)
    store.set_source("电费.xlsx", "1" * 64)
    store.close()
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(StorageUnavailable):
            TinyStore(path)
    path.write_bytes(whole)
    assert TinyStore(path).source_hash("电费.xlsx") == "1" * 64


def test_a_file_of_another_release(tmp_path):
    """T4: rows of revision 0004 knew no end and no returns of a case; the migrations fold them from its events."""
    path = tmp_path / "banshi.json"
    case = {
        "id": "C1", "number": "", "service_id": "s", "version": "v", "title": "t", "applicant": "a", "state": "approved",
        "submitted_at": 1, "changed_at": 9, "snapshot": "{}", "seq": 3, "search": "t",
    }  # fmt: skip
    history = [(1, "submitted", "open"), (2, "returned", "returned"), (3, "approved", "approved")]
    events = {
        str(seq): {
            "case_id": "C1", "seq": seq, "kind": kind, "at": 3 * seq, "actor": "p", "payload": json.dumps({"state": state})
        }
        for seq, kind, state in history
    }  # fmt: skip
    versions = {"x": {"service_id": "s", "sha256": "1" * 64, "workbook": "Ym9vaw=="}}
    told = {"revision": {"revision": {"version_num": "0004"}}, "cases": {"C1": case}, "events": events}
    path.write_text(json.dumps({**told, "versions": versions}))
    store = TinyStore(path)
    assert (store.case("C1").returns, store.case("C1").finished_at.microsecond) == (1, 9)
    assert [event.kind for event in store.events("C1")] == [kind for _, kind, _ in history]
    assert store.workbook("s", "1" * 64) == b"book"
    assert store.health()["schema"] == newest()
    store.close()
    told["revision"]["revision"]["version_num"] = "9999"
    path.write_text(json.dumps(told))
    with pytest.raises(StorageUnavailable, match="newer version"):
        TinyStore(path)


def test_it_says_when_it_is_outgrown(tmp_path, monkeypatch):
    """T5."""
    monkeypatch.setattr("banshi.storage.tiny_cases.MOST_CASES", 2)
    store = TinyStore(tmp_path / "banshi.json")
    for i in range(2):
        store.commit(submission(f"c{i}", "w"))
    with pytest.raises(StoreOutgrown, match="banshi move"):
        store.commit(submission("c2", "w"))
    assert store.case("c2") is None
    task = store.tasks(TaskFilter(case_id="c0"))[0][0].task
    store.rebuild(replace(store.case("c0"), title="还能改"), [task])
    assert store.case("c0").title == "还能改"
    store.close()
    memory = TinyStore()
    for i in range(4):
        memory.commit(submission(f"c{i}", "w"))
    assert memory.count_cases(CaseFilter()) == 4


def test_a_reader_sees_one_state(tmp_path):
    """T6: pages are counted and listed while others write, and never disagree."""
    store, wrong, done = TinyStore(), [], threading.Event()

    def read() -> None:
        while not done.is_set():
            rows, total = store.cases(CaseFilter(), size=500)
            waiting, tasks = store.tasks(TaskFilter(), size=500)
            if len(rows) != total or len(waiting) != tasks or any(line.case.seq != 2 for line in waiting):
                wrong.append((len(rows), total))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for i in range(60):
        store.commit(submission(f"c{i}", "w"))
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_the_file_is_one_of_tinydb_and_readable(tmp_path):
    """Whoever has it can read it without us, Chinese as it is."""
    store = TinyStore(tmp_path / "数据 1.json")
    store.commit(submission("c1", "王老师"))
    store.close()
    with TinyDB(tmp_path / "数据 1.json", access_mode="r") as base:
        assert base.storage.read()["cases"]["c1"]["title"] == "王老师"
    assert "王老师" in (tmp_path / "数据 1.json").read_text(encoding="utf-8")
    assert (tmp_path / "数据 1.json").stat().st_mode & 0o077 == 0


def test_addresses(tmp_path):
    for address, kind in (
        (f"tinydb:///{tmp_path / 'a%20b.json'}", TinyStore),
        (f"sqlite:///{tmp_path / 'c.sqlite'}", SqlStore),
        (str(tmp_path / "d.sqlite"), SqlStore),
    ):
        store = open_at(address)
        assert isinstance(store, kind)
        store.close()
    assert (tmp_path / "a b.json").exists()
