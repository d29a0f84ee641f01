"""Everything from one store into another.

K1  Between any two stores: the same rows, and the target works as the source did.
K2  A target that is not empty is refused and left as it is.
K3  Killed at any moment, the same call goes on; until then no hall opens on half of it.
K4  What differs afterwards is told.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from contextlib import closing

import pytest
from full_store import AT, NUMBERS, content, fill, submission
from postgres import cluster
from sqlalchemy import create_engine, make_url

from banshi.platform.errors import HallError
from banshi.platform.keeping import move
from banshi.platform.stores import StoreNotOpened, open_store
from banshi.storage import new_id
from banshi.storage.address import in_use, open_at
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.bare import TABLES
from banshi.storage.contract import CaseFilter, TaskFilter
from banshi.storage.copying import NotEmpty, NotTheSame, OtherCopy, copy_everything, differences, unfinished
from banshi.storage.schema import counters
from banshi.storage.sql import SqlStore
from banshi.storage.tiny import TinyStore

KINDS = ("sqlite", "tinydb", "postgresql")


def quiet(*_: object) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def server():
    with cluster() as url:
        yield url


@pytest.fixture
def address(server, tmp_path):
    def made(kind: str) -> str:
        name = f"t{new_id().lower()}"
        if kind != "postgresql":
            return f"{kind}:///{tmp_path / name}.db"
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            # As most servers are set up, texts are sorted by the rules of a language.
            connection.exec_driver_sql(
                f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'zh-CN'"
            )
        engine.dispose()
        return make_url(server).set(database=name).render_as_string(hide_password=False)

    return made


@pytest.fixture
def full(address, tmp_path):
    def made(kind: str, cases: int = 5) -> str:
        where = address(kind)
        store = open_at(where)
        fill(store, AttachmentFolder(tmp_path / "attachments"), cases)
        for case_id in ("Ca", "_C", "c1", "张", "𠮷"):  # languages sort these otherwise
            store.commit(submission(case_id))
        store.close()
        return where

    return made


@pytest.mark.parametrize("source", KINDS)
@pytest.mark.parametrize("target", KINDS)
def test_everything_arrives(full, address, source, target):
    """K1."""
    old, new = full(source), address(target)
    counts = move(old, new, quiet)
    first, second = open_at(old), open_store(new)
    assert all(content(first).values()), "there is something in every table"
    assert content(second) == content(first)
    assert counts == {table: len(rows) for table, rows in content(first).items()}
    assert second.case("C1") == first.case("C1")
    assert second.decision("dC1") == first.decision("dC1")
    assert second.commit(submission("C1")).repeated
    assert second.commit(submission("N1")).number == NUMBERS.format(11)
    assert second.tasks(TaskFilter(person="T001"), size=50)[1] == 11
    made = second.add_version(
        service_id="dorm", sha256="9" * 64, file="x", workbook=b"x", origin="file", published_by="O1", at=AT
    )
    assert second.versions("dorm")[0] == made, "publications are counted on"
    first.close()
    second.close()


def test_a_target_that_is_not_empty_is_left_as_it_is(full, address):
    """K2."""
    old, new = full("sqlite"), full("tinydb", 1)

    def there() -> object:
        with closing(open_at(new)) as store:
            return content(store)

    before = there()
    with pytest.raises(HallError, match="not empty"):
        move(old, new, quiet)
    assert there() == before
    with pytest.raises(HallError, match="same"):
        move(old, old, quiet)
    with pytest.raises(HallError, match="no database"):
        move(old + "x", new, quiet)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_store_in_use_is_not_moved(full, address, kind):
    old = full(kind)
    hall = open_at(old)
    hall.case("C1")
    pid = os.fork()
    if pid == 0:
        os._exit(in_use(old))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    with pytest.raises(HallError, match="in use"):
        move(old, address("sqlite"), quiet)
    assert hall.commit(submission("N")).number
    hall.close()
    time.sleep(0.2)
    assert not in_use(old)


@pytest.mark.parametrize("target", KINDS)
def test_a_copy_that_was_killed_goes_on(full, address, target, monkeypatch):
    """K3."""
    monkeypatch.setattr("banshi.storage.copying.PORTION", 7)
    old, new, chance = full("sqlite", 40), address(target), random.Random(2)
    stopped = 0
    for _ in range(6):
        pid = os.fork()
        if pid == 0:
            left = chance.randrange(4, 14)

            def counted(*_: object) -> None:
                nonlocal left
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)

            move(old, new, counted)
            os._exit(0)
        chance.random()
        stopped += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    assert stopped >= 3
    with pytest.raises(StoreNotOpened, match="once more"):
        open_store(new)
    other = full("sqlite", 1)
    with pytest.raises(HallError, match="another copy"):
        move(other, new, quiet)
    move(old, new, quiet)
    first, second = open_at(old), open_store(new)
    assert content(first) == content(second)
    first.close()
    second.close()


def test_what_was_written_meanwhile_is_told_and_arrives_at_the_next_call(tmp_path):
    """K3, K4: rows that are new, changed and gone since."""
    source, target = SqlStore(tmp_path / "a.db"), TinyStore()
    fill(source, AttachmentFolder(tmp_path / "files"))
    once = []

    def write(table: str, done: int, total: int) -> None:
        if not once and table == "tasks" and done == total:
            once.append(source.commit(submission("later")))
            source.delete_draft("2023001", "dorm")
            source.set_source("dorm/电费.xlsx", "7" * 64)

    with pytest.raises(NotTheSame):
        copy_everything(source, target, "a", write)
    assert unfinished(target) == "a"
    with pytest.raises(OtherCopy):
        copy_everything(source, target, "b", quiet)
    copy_everything(source, target, "a", quiet)
    assert unfinished(target) == ""
    assert content(source) == content(target)
    assert target.case("later") is not None
    with pytest.raises(NotEmpty):
        copy_everything(source, target, "a", quiet)


def test_differences_are_those_of_sets():
    """Against a plain comparison of dictionaries."""
    chance = random.Random(5)
    for _ in range(300):
        sides = [
            {(f"s{chance.randrange(6)}", "2026", chance.randrange(2)) for _ in range(chance.randrange(7))} for _ in "ab"
        ]
        here, there = ({row[:2]: row for row in side} for side in sides)
        found = differences(counters, iter(sorted(here.values())), iter(sorted(there.values())))
        new = {("new", here[key]) for key in here.keys() - there.keys()}
        gone = {("gone", there[key]) for key in there.keys() - here.keys()}
        changed = {("changed", here[key]) for key in here.keys() & there.keys() if here[key] != there[key]}
        assert sorted(found) == sorted(new | gone | changed)


def test_a_snapshot_is_of_one_moment(tmp_path):
    """Rows that come while it is read are not in it, in no table."""
    for store in (SqlStore(tmp_path / "a.db"), TinyStore(tmp_path / "a.json")):
        fill(store, AttachmentFolder(tmp_path / "files"))
        with store.snapshot() as snapshot:
            seen = {TABLES[0].name: snapshot.count(TABLES[0].name)}
            store.commit(submission("later"))
            seen |= {table.name: len(list(snapshot.rows(table.name))) for table in TABLES}
        assert (seen["cases"], seen["events"], seen["tasks"]) == (5, 5, 5)
        assert store.count_cases(CaseFilter()) == 6
        store.close()


def test_events_are_never_rewritten_by_a_copy(tmp_path):
    """K4: where the target's history is another one, it is no copy of this source."""
    source, target = SqlStore(tmp_path / "a.db"), SqlStore(tmp_path / "b.db")
    fill(source, AttachmentFolder(tmp_path / "files"))
    copy_everything(source, target, "a", quiet)
    target.set_source("copy:unfinished", "a")
    source.close()
    with sqlite3.connect(tmp_path / "a.db") as forger:
        forger.execute("DROP TRIGGER events_no_update")
        forger.execute("UPDATE events SET actor = 'X'")
    with pytest.raises(Exception, match="never changed"):
        copy_everything(SqlStore(tmp_path / "a.db"), target, "a", quiet)
