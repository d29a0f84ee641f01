"""The chained log.

H1  Canonical JSON is what the documentation says, byte by byte, and the same before a value is stored and after.
H2  Every event and decision is an entry, and each entry carries the hash of the one before in its case; all of it is
    computed here a second time, from the documentation.
H3  Positions are given once, without gaps, and never to an entry before one that hangs on it.
H4  Files of older releases are chained when they are opened, and a note says so.
H5  Nothing of an entry can be changed in the store, and nothing can be taken away.
"""

from __future__ import annotations

import hashlib
import json
import math
import sqlite3
import threading
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from hypothesis import given, settings
from hypothesis import strategies as st
from leaves_oracle import digest_of
from postgres import cluster
from sqlalchemy import create_engine, make_url

from banshi.storage import new_id
from banshi.storage.canonical import canonical
from banshi.storage.chain import moment
from banshi.storage.contract import Change, Command, NewEvent, StaleWrite, Store, StoredDecision, StoredEntry
from banshi.storage.payload import pack, unpack
from banshi.storage.sql import SqlStore

AT = datetime(2026, 9, 1, 8, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8)))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
    | st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.decimals(-9, 9, places=0)
    | st.dates() | st.datetimes(timezones=st.just(UTC)),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside, max_size=3),
    max_leaves=8,
)  # fmt: skip


def test_h1_the_bytes_are_those_of_the_documentation() -> None:
    given = {
        "费用": Decimal("9.60"),
        "a": [True, None, -7, '引"\\/\n\x1f\x7f\u2028'],
        "Z": {},
        "𝄞": 0,
        "\uffff": date(2026, 9, 1),
    }
    expected = (
        b'{"Z":{},"a":[true,null,-7,"\xe5\xbc\x95\\"\\\\/\\n\\u001f\x7f\xe2\x80\xa8"],'
        b'"\xe8\xb4\xb9\xe7\x94\xa8":9.60,"\xef\xbf\xbf":"2026-09-01","\xf0\x9d\x84\x9e":0}'
    )
    assert canonical(given) == expected
    keys = list(json.loads(expected))
    assert keys == sorted(keys, key=lambda key: key.encode())


@pytest.mark.parametrize(
    ("number", "text"),
    [("1E+3", "1000"), ("-0", "0"), ("-0.00", "-0.00"), ("0.0000001", "0.0000001"), ("1e-30", "0." + "0" * 29 + "1")],
)
def test_h1_numbers_keep_their_digits_and_have_no_exponent(number: str, text: str) -> None:
    assert canonical(Decimal(number)) == text.encode()


@given(values)
def test_h1_what_a_store_gives_back_has_the_same_bytes(value: Any) -> None:
    assert canonical(value) == canonical(unpack(pack(value)))
    assert unpack(canonical(value).decode()) == unpack(pack(value))


@pytest.mark.parametrize("wrong", [1.5, math.nan, Decimal("NaN"), object(), b"bytes"])
def test_h1_what_has_no_canonical_form_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        canonical([wrong])


def test_h1_times_are_in_utc_to_the_microsecond() -> None:
    assert moment(AT) == "2026-09-01T00:30:15.123456Z"
    assert moment(AT.replace(microsecond=0)) == "2026-09-01T00:30:15.000000Z"


def dumped(value: Any) -> bytes:
    """Canonical JSON by the standard library, for values without decimals."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def hold(entries: Iterable[StoredEntry]) -> dict[str, int]:
    """Whether every entry hangs on the one before, as documented; how many there are of each case."""
    last: dict[str, tuple[int, str]] = {}
    for entry in entries:
        body = "2:" + digest_of(entry.body, bytes.fromhex(entry.salt)).hex()
        n, previous = last.get(entry.case_id, (0, ""))
        header = {
            "at": moment(entry.at), "body": body, "case": entry.case_id, "kind": entry.kind, "n": n + 1, "previous": previous,
        }  # fmt: skip
        assert entry.hash == hashlib.sha256(b"\x00" + dumped(header)).hexdigest()
        last[entry.case_id] = (n + 1, entry.hash)
    return {case_id: n for case_id, (n, _) in last.items()}


def decision(id_: str, case_id: str) -> StoredDecision:
    return StoredDecision(
        id=id_, at=AT, case_id=case_id, number="DF2026000001", service_id="dorm", version="ab" * 32, kind="tariff",
        name="电费", scope="", outcome="ok", engine="", record={"outputs": {"费用": "38.39"}}, person="2023001", words="张三",
    )  # fmt: skip


def commit(store: Store, case_id: str, events: int, decisions: int, key: str, **more: Any) -> None:
    change = Change(
        events=[
            NewEvent(kind="said", at=AT, actor="2023001", payload={"第": number, "意见": "同意"})
            for number in range(events)
        ],
        decisions=[decision(f"{key}-{number}", case_id) for number in range(decisions)],
    )
    store.commit(Command(id=key, actor="2023001", at=AT, case_id=case_id, change=change, **more))


class ChainContract:
    """What the log of every store must do; a subclass gives the store."""

    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    def test_h2_a_new_store_begins_with_a_note_that_names_its_hall(self, store):
        assert store.count_entries() == 1
        (entry,) = store.entries()
        assert (entry.position, entry.case_id, entry.n, entry.kind, entry.previous) == (0, "", 1, "note", "")
        assert entry.body is not None
        assert (entry.body["note"], entry.body["format"], len(entry.body["hall"])) == ("begun", "banshi log 1", 26)

    def test_h2_events_come_before_the_decisions_of_their_command(self, store):
        commit(store, "A", 2, 2, "k1")
        store.count_entries()
        told = [
            (entry.kind, (entry.body or {}).get("seq") or (entry.body or {}).get("id")) for entry in store.entries(1)
        ]
        assert told == [("event", 1), ("event", 2), ("decision", "k1-0"), ("decision", "k1-1")]
        assert next(iter(store.entries(3))).body == {
            "id": "k1-0", "number": "DF2026000001", "service_id": "dorm", "version": "ab" * 32, "kind": "tariff", "name": "电费",
            "scope": "", "outcome": "ok", "engine": "", "record": {"outputs": {"费用": "38.39"}}, "person": "2023001",
        }  # fmt: skip

    def test_h2_a_repeat_and_a_refused_command_add_nothing(self, store):
        commit(store, "A", 1, 1, "k1")
        commit(store, "A", 1, 1, "k1")
        with pytest.raises(StaleWrite):
            commit(store, "A", 1, 1, "k2", expected_seq=7)
        assert store.count_entries() == 3
        assert hold(store.entries()) == {"": 1, "A": 2}

    def test_h3_positions_stay_and_new_ones_follow(self, store):
        commit(store, "A", 3, 0, "k1")
        commit(store, "B", 1, 0, "k2")
        assert store.case_positions("A") == []
        assert (store.count_entries(), store.count_entries()) == (5, 5)
        before = list(store.entries())
        commit(store, "A", 1, 1, "k3")
        assert list(store.entries()) == before
        store.add_note(AT, {"note": "key", "public_key": "00"})
        assert store.count_entries() == 8
        assert [entry.position for entry in store.entries()] == list(range(8))
        assert list(store.entries(0, 5)) == before
        assert list(store.entry_hashes(2, 4)) == [bytes.fromhex(entry.hash) for entry in before[2:4]]
        assert (store.case_positions("A"), store.case_positions("")) == ([1, 2, 3, 5, 6], [0, 7])

    def test_h3_many_portions_are_one_log(self, store, monkeypatch):
        monkeypatch.setattr("banshi.storage.sql_chain.PORTION", 3)
        for number in range(10):
            commit(store, f"C{number % 3}", 2, 1, f"k{number}")
        assert store.count_entries() == 31
        assert hold(store.entries()) == {"": 1, "C0": 12, "C1": 9, "C2": 9}

    def test_h3_two_who_count_at_once_give_each_position_once(self, store):
        for number in range(60):
            commit(store, f"C{number}", 1, 0, f"k{number}")
        threads = [threading.Thread(target=store.count_entries) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [entry.position for entry in store.entries()] == list(range(61))


class TestSqlite(ChainContract):
    @pytest.fixture
    def store(self, tmp_path):
        store = SqlStore(tmp_path / "banshi.db")
        yield store
        store.close()

    @pytest.mark.parametrize(
        "what",
        ["UPDATE log_entries SET hash = ''", "UPDATE log_entries SET body = '{}'", "DELETE FROM log_entries",
         "UPDATE log_entries SET position = 5"],
    )  # fmt: skip
    def test_h5_an_entry_stays_as_it_is(self, store, what):
        store.count_entries()
        with (
            sqlite3.connect(store._database.file) as file,
            pytest.raises(sqlite3.IntegrityError, match="never changed"),
        ):
            file.execute(what)


@pytest.fixture(scope="module")
def server():
    with cluster() as url:
        yield url


class TestPostgres(ChainContract):
    @pytest.fixture
    def store(self, server):
        name = f"t{new_id().lower()}"
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        store = SqlStore(make_url(server).set(database=name))
        yield store
        store.close()


steps = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 3), st.integers(0, 2), st.booleans()), max_size=8)


@settings(max_examples=25, deadline=None)
@given(steps)
def test_h2_whatever_is_committed_hangs_together(tmp_path_factory: pytest.TempPathFactory, done: Any) -> None:
    store = SqlStore(tmp_path_factory.mktemp("chain") / "banshi.db")
    expected: dict[str, int] = {"": 1}
    for number, (case_id, events, decisions, counted) in enumerate(done):
        commit(store, case_id, events, decisions, f"k{number}")
        if events + decisions:
            expected[case_id] = expected.get(case_id, 0) + events + decisions
        if counted:
            store.count_entries()
    assert store.count_entries() == sum(expected.values())
    assert hold(store.entries()) == expected
    store.close()


def test_h4_what_older_files_hold_is_chained_and_a_note_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "banshi.db"
    upgrade = command.upgrade
    monkeypatch.setattr("banshi.storage.sql.command.upgrade", lambda config, _: upgrade(config, "0008"))
    SqlStore(path).close()
    monkeypatch.undo()
    with sqlite3.connect(path) as old:
        # The clock was put back before the third event.
        for case_id, seq, at in (("C1", 1, 10), ("C1", 2, 50), ("C1", 3, 40), ("C2", 1, 20)):
            row = (case_id, seq, "said", at, "p", '{"数量":"2","b":[1]}')
            old.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", row)
        for id_, at in (("D2", 50), ("D1", 10)):
            told = ("C1", "DF1", "dorm", "ab", "table", "判定", "", "ok", "", '{"outputs":null}', "p", "w", "s")
            old.execute(f"INSERT INTO decisions VALUES (?, ?, {', '.join('?' * 13)})", (id_, at, *told))
    store = SqlStore(path)
    assert store.count_entries() == 8
    assert hold(store.entries()) == {"": 2, "C1": 5, "C2": 1}
    bodies = [entry.body or {} for entry in store.entries()]
    assert [body.get("seq") or body.get("id") for body in bodies if "note" not in body] == [1, "D1", 2, 3, "D2", 1]
    assert [body for body in bodies if body.get("note") == "built"] == [
        {"note": "built", "cases": 2, "decisions": 2, "events": 4}
    ]
    store.close()
    again = SqlStore(path)
    commit(again, "C2", 1, 0, "k1")
    assert again.count_entries() == 9
    assert hold(again.entries()) == {"": 2, "C1": 5, "C2": 2}
