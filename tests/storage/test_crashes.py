"""What a store promises when something breaks.

F1  `kill -9` at any moment: all that was acknowledged is there, nothing is half there.
F2  Two processes: numbers without gaps, one winner, the other is told.
F3  No room left: a plain error, everything as it was, and writing goes on when there is room again.
F4  A damaged, foreign or newer file: a plain error.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import threading
from dataclasses import replace

import pytest
from crashing import Account, Writer, check
from sqlalchemy import event
from store_writer import submission

from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import CaseFilter, StorageBusy, StorageFull, StorageUnavailable
from banshi.storage.sql import SqlStore


def test_two_processes_share_numbers_and_one_wins_each_race(tmp_path):
    """F2."""
    path = tmp_path / "banshi.db"
    store = SqlStore(path)
    store.commit(submission("shared", "lead"))
    writers = [Writer(path, name, 25, "shared") for name in ("甲", "乙")]
    account = Account()
    for writer in writers:
        account.take(writer)
        assert writer.code() == 0
    check(store, account)
    assert sorted(account.promised.values()) == [f"{n:06}" for n in range(2, 77)], "25 twins, sent by both"
    assert {event.kind for event in store.events("shared")[2:]} == account.won
    store.close()


def test_both_open_a_new_file_at_once(tmp_path):
    """F2: the tables are made once."""
    writers = [Writer(tmp_path / "new" / "banshi.db", name, 1) for name in ("a", "b", "c")]
    assert [writer.rest()[0] for writer in writers] == [["ready"]] * 3
    assert [writer.code() for writer in writers] == [0, 0, 0]
    assert SqlStore(tmp_path / "new" / "banshi.db").count_cases(CaseFilter()) == 3


def write_until_full(store: SqlStore, first: int = 0) -> int:
    """The number of the command that found no room."""
    for i in range(first, 1000):
        try:
            store.commit(submission(f"c{i}", "w"))
        except StorageFull:
            return i
    raise AssertionError("The disk never filled up.")


@pytest.fixture
def small_disk(tmp_path):
    """A disk of two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("only the administrator of the machine can make a small disk")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_full_disk_is_told_and_nothing_is_lost(small_disk):
    """F3, really tried."""
    store = SqlStore(small_disk / "banshi.db")
    written = write_until_full(store)
    assert written > 5
    assert store.count_cases(CaseFilter()) == written
    assert store.case(f"c{written}") is None
    assert store.health()["ok"] is False or store.health()["cases"] == written
    store.close()
    # There is room again: the same command is carried out, with the next number.
    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
    store = SqlStore(small_disk / "banshi.db")
    assert store.count_cases(CaseFilter()) == written
    done = store.commit(submission(f"c{written}", "w"))
    assert (done.number, done.repeated) == (f"{written + 1:06}", False)
    assert store.health()["ok"]
    store.close()


def test_a_full_disk_refuses_an_attachment_and_leaves_nothing(small_disk):
    """F3."""
    folder = AttachmentFolder(small_disk / "attachments")
    kept = folder.save("小.txt", [b"a" * 1000])
    with pytest.raises(StorageFull):
        folder.save("大.txt", [b"a" * 65536] * 64)
    assert [path.name for path in (small_disk / "attachments").rglob("*") if path.is_file()] == [kept.path[3:]]
    assert folder.save("又.txt", [b"a" * 1000]).size == 1000


def test_a_limit_on_the_size_of_the_database_is_told(tmp_path):
    """F3, where no small disk can be made."""
    store = SqlStore(tmp_path / "banshi.db")
    store.commit(submission("c0", "w"))
    store._database.engine.dispose()
    event.listen(store._database.engine, "connect", lambda c, _: c.execute("PRAGMA max_page_count = 1"))
    assert write_until_full(store, first=1) < 200
    assert store.case("c0").number == "000001"
    assert store.count_cases(CaseFilter()) == len(store.cases(CaseFilter(), size=500)[0])


def test_a_writer_that_never_ends_makes_the_others_give_up(tmp_path, monkeypatch):
    monkeypatch.setattr("banshi.storage.transactions.BUSY_MS", 20)
    monkeypatch.setattr("banshi.storage.transactions.TRIES", 2)
    store = SqlStore(tmp_path / "banshi.db")
    other = sqlite3.connect(tmp_path / "banshi.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageBusy):
        store.commit(submission("c1", "w"))
    assert store.count_cases(CaseFilter()) == 0, "a reader does not wait"
    other.execute("ROLLBACK")
    assert store.commit(submission("c1", "w")).number == "000001"


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_no_database(tmp_path, content):
    """F4: and the file is left as it is."""
    path = tmp_path / "banshi.db"
    path.write_bytes(content)
    with pytest.raises(StorageUnavailable):
        SqlStore(path)
    assert path.read_bytes() == content


def test_a_folder_in_the_place_of_the_file(tmp_path):
    with pytest.raises(StorageUnavailable):
        SqlStore(tmp_path)


def test_a_store_of_a_newer_version(tmp_path):
    """F4: an old program does not touch it."""
    path = tmp_path / "banshi.db"
    SqlStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageUnavailable, match="newer version"):
        SqlStore(path)


def test_health_never_raises(tmp_path):
    store = SqlStore(tmp_path / "banshi.db")
    store.close()
    for part in tmp_path.glob("banshi.db*"):
        part.unlink()
    (tmp_path / "banshi.db").write_bytes(b"no database" * 1000)
    health = store.health()
    assert health["ok"] is False
    assert health["error"]


def test_a_command_repeated_after_a_lost_answer(tmp_path):
    """F1: the browser sends again what it never heard of."""
    store = SqlStore(tmp_path / "banshi.db")
    first = store.commit(submission("c1", "w"))
    store.close()
    assert SqlStore(tmp_path / "banshi.db").commit(submission("c1", "w")) == replace(first, repeated=True)


def ask_for_ever(store):
    while True:
        store.case("C1")


def test_closing_waits_for_a_reader_and_leaves_nothing_behind(tmp_path):
    """A page that is being read when the hall stops: it gets its rows, and the log of writes is folded back."""
    store = SqlStore(tmp_path / "banshi.db")
    store.commit(submission("C1", "w"))
    reading, go_on = threading.Event(), threading.Event()
    seen = []

    def read():
        with store._database.reading() as connection:
            reading.set()
            go_on.wait(10)
            seen.append(connection.exec_driver_sql("SELECT count(*) FROM cases").scalar())

    reader, closer = threading.Thread(target=read), threading.Thread(target=store.close)
    reader.start()
    assert reading.wait(10)
    closer.start()
    with pytest.raises(StorageUnavailable):  # closing has begun as soon as nobody else gets in
        ask_for_ever(store)
    go_on.set()
    reader.join(10)
    closer.join(10)
    assert seen == [1]
    assert not (tmp_path / "banshi.db-wal").exists()
