"""Faults that are really made, a few in every test run and many behind `make soak`.

F1  `kill -9` under two writers, at any moment.
F2  PostgreSQL restarted, gently and as after a crash, under two writers.
F3  No room left, at every write in turn: the disk, the size of the file, the size of the database.

Whatever happens: what was acknowledged is there, once, and nothing is half there; commands come twice and late, from two
processes at once, and have one effect; a projection is what its events add up to (`crashing.check`).
"""

from __future__ import annotations

import contextlib
import os
import random
import resource
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from crashing import Account, Writer, check
from postgres import cluster, server
from sqlalchemy import create_engine, make_url
from store_writer import AT, submission

from banshi.storage.address import open_at
from banshi.storage.contract import CaseFilter, StorageFull, StorageUnavailable, Store

KILLS = int(os.environ.get("KILLS", "600"))
RESTARTS = int(os.environ.get("RESTARTS", "40"))


def said(text: str) -> None:
    """For `docs/reliability.md`: seen with `pytest -s`."""
    print(f"\n{text}")


def kill_often(address: str, count: int, seed: int) -> None:
    """Two writers; one of them is killed at a random moment, and another begins."""
    chance, account = random.Random(seed), Account()
    with closing(open_at(address)) as store:
        store.commit(submission("shared", "lead"))
    writers = [Writer(address, f"w{i}", 0, "shared") for i in range(2)]
    for i in range(count):
        time.sleep(chance.uniform(0.02, 0.3))
        victim = chance.randrange(2)
        kill(writers[victim], account)
        writers[victim] = Writer(address, f"w{i + 2}", 0, "shared")
    for writer in writers:
        kill(writer, account)
    with closing(open_at(address)) as store:
        doubtful, cases = len(account.doubtful), check(store, account)
    assert len(account.promised) > count
    said(
        f"{count + 2} kills, {cases} cases: {len(account.promised) - doubtful} commands acknowledged, {doubtful} in doubt "
        f"and sent late, {account.repeats} sent again, {len(account.won)} races won"
    )


def kill(writer: Writer, account: Account) -> None:
    writer.kill()
    account.take(writer)
    assert writer.code() == -signal.SIGKILL


def test_kills_on_sqlite(tmp_path):
    """F1."""
    kill_often(f"sqlite:///{tmp_path / 'banshi.sqlite'}", 12, 4)


def test_kills_on_postgresql():
    """F1."""
    with cluster() as url:
        kill_often(url, 12, 5)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_kills_on_sqlite(tmp_path):
    """F1: `KILLS` of them."""
    kill_often(f"sqlite:///{tmp_path / 'banshi.sqlite'}", KILLS, 6)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_kills_on_postgresql():
    """F1: `KILLS` of them."""
    with cluster() as url:
        kill_often(url, KILLS, 7)


def restart_often(count: int, seed: int) -> None:
    """Two writers go on while the server is restarted."""
    chance, account = random.Random(seed), Account()
    with server() as (url, restart):
        with closing(open_at(url)) as store:
            store.commit(submission("shared", "lead"))
        writers = [Writer(url, f"w{i}", 0, "shared") for i in range(2)]
        for i in range(count):
            time.sleep(chance.uniform(0.5, 2.5))
            restart("immediate" if i % 2 else "fast")
        time.sleep(1)
        for writer in writers:
            kill(writer, account)
        with closing(open_at(url)) as store:
            doubtful, cases = len(account.doubtful), check(store, account)
    assert len(account.promised) > count
    said(f"{count} restarts, {cases} cases: {len(account.promised)} commands acknowledged, {doubtful} sent late")


def test_a_restart_is_waited_for():
    """F2: whoever sends while the server is away, or goes away, is answered when it is back, and sees no error."""
    with server() as (url, restart), closing(open_at(url)) as store:
        done, answers = threading.Event(), []

        def work() -> None:
            while not done.is_set():
                answers.append(store.commit(submission(f"c{len(answers)}", "w")).number)
            answers.append("end")

        writer = threading.Thread(target=work)
        writer.start()
        for mode in ("fast", "immediate"):
            time.sleep(0.3)
            restart(mode)
        time.sleep(0.3)
        done.set()
        writer.join()
        assert answers.pop() == "end"
        hold_to(store, len(answers))


def test_restarts_of_postgresql():
    """F2."""
    restart_often(2, 8)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_restarts_of_postgresql():
    """F2: `RESTARTS` of them."""
    restart_often(RESTARTS, 9)


def write_until_refused(store: Store, most: int = 400) -> tuple[int, str]:
    """How many commands were carried out, and what the next one was told."""
    done = store.count_cases(CaseFilter())
    while done < most:
        try:
            store.commit(submission(f"c{done}", "w"))
        except (StorageFull, StorageUnavailable) as error:
            return done, type(error).__name__
        done += 1
    return done, ""


def hold_to(store: Store, count: int) -> None:
    """The store has the first so many cases, whole, and the next command is the next number."""
    account = Account()
    account.promised = {f"c{i}": f"{i + 1:06}" for i in range(count)}
    assert check(store, account) == count


def limited_file(address: str, room: int) -> tuple[int, str]:
    """In a process whose files cannot grow beyond `room` bytes: what it could write, and what it was told."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        told = (0, "StorageFull")
        try:
            with closing(open_at(address)) as store:
                told = write_until_refused(store)
                assert store.count_cases(CaseFilter()) == told[0], "it can be read"
        except (StorageFull, StorageUnavailable):
            pass
        except BaseException as error:
            told = (-1, repr(error))
        os.write(writing, f"{told[0]} {told[1]}".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        count, _, name = pipe.read().partition(" ")
    os.waitpid(pid, 0)
    return int(count), name


def fill_files(folder: Path, kind: str, rooms: range) -> None:
    """The file system refuses a write at every size in turn."""
    seen = set()
    for room in rooms:
        address = f"{kind}:///{folder / str(room)}.db"
        count, told = limited_file(address, room)
        assert told in ("StorageFull", "StorageUnavailable"), told
        seen.add(count)
        if count or Path(f"{folder / str(room)}.db").exists():
            with closing(open_at(address)) as store:
                hold_to(store, count)
                assert store.commit(submission(f"c{count}", "w")).number == f"{count + 1:06}"
        for path in folder.glob(f"{room}.db*"):
            path.unlink()
    assert len(seen) > 1
    said(f"{kind}: {len(rooms)} limits from {rooms[0]} to {rooms[-1]} bytes, 0 to {max(seen)} cases written before")


@pytest.mark.parametrize(
    ("kind", "rooms"), [("sqlite", range(9_000, 900_000, 90_001)), ("tinydb", range(20, 60_000, 7_001))]
)
def test_files_that_may_not_grow(tmp_path, kind, rooms):
    """F3."""
    fill_files(tmp_path, kind, rooms)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("kind", "rooms"), [("sqlite", range(1, 900_000, 2_999)), ("tinydb", range(1, 90_000, 499))])
def test_files_that_may_not_grow_at_every_write(tmp_path, kind, rooms):
    """F3."""
    fill_files(tmp_path, kind, rooms)


@pytest.fixture
def disk():
    """What makes a small disk of so many kilobytes, or makes it larger; where other users of the machine get to."""
    folder = Path(tempfile.mkdtemp(prefix="disk-"))

    def sized(kilobytes: int) -> Path:
        options = f"{'remount,' if os.path.ismount(folder) else ''}size={kilobytes}k"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
        return folder

    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=False).returncode != 0:
        pytest.skip("only the administrator of the machine can make a small disk")
    subprocess.run(["umount", folder], check=True)
    yield sized
    if os.path.ismount(folder):
        subprocess.run(["umount", "-l", folder], check=True)
    folder.rmdir()


def fill_disks(disk, kind: str, sizes: range) -> None:
    """A disk of every size in turn is full at another write; with more room it goes on."""
    seen = set()
    for kilobytes in sizes:
        address = f"{kind}:///{disk(kilobytes) / 'banshi.db'}"
        try:
            with closing(open_at(address)) as store:
                count, told = write_until_refused(store)
                assert told == "StorageFull", told
                assert store.count_cases(CaseFilter()) == count
        except StorageFull:
            count = 0
        seen.add(count)
        disk(kilobytes + 2_000)
        with closing(open_at(address)) as store:
            hold_to(store, count)
            assert store.commit(submission(f"c{count}", "w")).number == f"{count + 1:06}"
        subprocess.run(["umount", disk(kilobytes + 2_000)], check=True)
    said(
        f"{kind}: {len(sizes)} disks from {sizes[0]} to {sizes[-1]} KB, {min(seen)} to {max(seen)} cases written before"
    )


@pytest.mark.parametrize("kind", ["sqlite", "tinydb"])
def test_small_disks(disk, kind):
    """F3."""
    fill_disks(disk, kind, range(16, 900, 220))


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["sqlite", "tinydb"])
def test_disks_of_every_size(disk, kind):
    """F3: a page more each time."""
    fill_disks(disk, kind, range(4, 900, 4))


def test_a_full_disk_under_postgresql(disk):
    """F3: the tables lie on a small disk of their own."""
    with cluster() as url:
        folder = disk(12_000)
        subprocess.run(["chown", "postgres", folder], check=True)
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE TABLESPACE small LOCATION '{folder}'")
            connection.exec_driver_sql("CREATE DATABASE small TABLESPACE small")
        engine.dispose()
        where = make_url(url).set(database="small").render_as_string(hide_password=False)
        with closing(open_at(where)) as store:

            def publish(number: int) -> None:
                store.add_version(
                    service_id="lab", sha256=f"{number:064}", file="x", workbook=os.urandom(200_000), origin="file",
                    published_by="O1", at=AT,
                )  # fmt: skip

            published = 0
            with contextlib.suppress(StorageFull):
                for number in range(1_000):
                    publish(number)
                    published += 1
            assert 0 < published < 1_000
            assert store.count_publications() == len(store.versions("lab")) == published
            assert store.workbook("lab", f"{published:064}") is None
            disk(40_000)
            publish(published)
            assert store.count_publications() == published + 1
            assert store.commit(submission("c0", "w")).number == "000001"
            hold_to(store, 1)
        said(f"postgresql: a tablespace of 12,000 KB, {published} workbooks of 200,000 bytes written before")
