"""Migrations: what they make is what `schema.py` says, and a file is brought up to date once."""

from __future__ import annotations

import sqlite3

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from banshi.storage.schema import metadata
from banshi.storage.sql import SqlStore


def test_the_migrations_make_the_tables_of_the_schema(tmp_path):
    store = SqlStore(tmp_path / "banshi.db")
    with store._database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        made = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())
    assert made == {*metadata.tables, "alembic_version"}


def test_indexes_with_conditions_are_made_as_the_schema_says(tmp_path):
    """Alembic does not compare the conditions of indexes."""
    store = SqlStore(tmp_path / "banshi.db")
    other = sqlite3.connect(":memory:")
    engine = create_engine("sqlite://", creator=lambda: other)
    metadata.create_all(engine)
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    with store._database.reading() as connection:
        made = {row[0]: row[1].replace("\n", "") for row in connection.exec_driver_sql(asked)}
    assert made == {name: sql.replace("\n", "") for name, sql in other.execute(asked)}


def test_opening_again_keeps_everything_and_migrates_nothing(tmp_path):
    store = SqlStore(tmp_path / "一 100%.db")
    store.set_source("a.xlsx", "1" * 64)
    schema = store.health()["schema"]
    store.close()
    again = SqlStore(f"sqlite:///{tmp_path / '一 100%.db'}")
    assert again.source_hash("a.xlsx") == "1" * 64
    assert again.health()["schema"] == schema


def test_versions_of_an_older_file_become_publications_and_stay_live(tmp_path, monkeypatch):
    path = tmp_path / "banshi.db"
    upgrade = command.upgrade
    monkeypatch.setattr("banshi.storage.sql.command.upgrade", lambda config, _: upgrade(config, "0001"))
    SqlStore(path).close()
    monkeypatch.undo()
    with sqlite3.connect(path) as old:
        for sha256, person, at, live in (("1", "O1", 3, 1), ("2", "O2", 7, 0), ("3", "O1", 5, 0)):
            row = ("dorm", sha256 * 64, f"电费{sha256}.xlsx", f"book {sha256}".encode(), "upload", person, at, live)
            old.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    store = SqlStore(path)
    told = [(v.sha256[0], v.file, v.published_by, v.live) for v in store.versions("dorm")]
    assert told == [("1", "电费1.xlsx", "O1", True), ("2", "电费2.xlsx", "O2", False), ("3", "电费3.xlsx", "O1", False)]
    assert store.workbook("dorm", "2" * 64) == b"book 2"
    assert [v.sha256[0] for v in store.live_versions()] == ["1"]
    store.close()
    with sqlite3.connect(path) as now, pytest.raises(sqlite3.IntegrityError, match="never changed"):
        now.execute("DELETE FROM publications")


def test_a_migration_that_fails_leaves_an_empty_file(tmp_path, monkeypatch):
    def fails(*_args: object) -> None:
        raise LookupError

    monkeypatch.setattr("banshi.storage.sql.command.upgrade", fails)
    with pytest.raises(LookupError):
        SqlStore(tmp_path / "banshi.db")
    monkeypatch.undo()
    assert SqlStore(tmp_path / "banshi.db").health()["ok"]


def test_drafts_of_an_older_file_have_chosen_nobody(tmp_path, monkeypatch):
    path = tmp_path / "banshi.db"
    upgrade = command.upgrade
    monkeypatch.setattr("banshi.storage.sql.command.upgrade", lambda config, _: upgrade(config, "0002"))
    SqlStore(path).close()
    monkeypatch.undo()
    with sqlite3.connect(path) as old:
        old.execute("INSERT INTO drafts VALUES ('2023001', 'dorm', 'v1', '{\"读数\": 1}', 0)")
    draft = SqlStore(path).draft("2023001", "dorm")
    assert draft is not None
    assert (draft.answers, draft.chosen) == ({"读数": 1}, {})


def test_cases_of_an_older_file_learn_when_they_ended_and_how_often_they_came_back(tmp_path, monkeypatch):
    path = tmp_path / "banshi.db"
    upgrade = command.upgrade
    monkeypatch.setattr("banshi.storage.sql.command.upgrade", lambda config, _: upgrade(config, "0005"))
    SqlStore(path).close()
    monkeypatch.undo()
    histories = {
        # Came back from a step by hand and from a step without people, was sent again each time, then refused; said on.
        "C1": [("submitted", 1, "open"), ("returned", 2, "returned"), ("resubmitted", 3, "open"),
               ("approved", 4, "returned"), ("resubmitted", 5, "open"), ("refused", 6, "open"),
               ("refused", 7, "refused"), ("commented", 8, None)],
        # Went back to an earlier step, and is open.
        "C2": [("submitted", 1, "open"), ("returned", 2, "open")],
        "C3": [("submitted", 1, "approved"), ("finished", 1, None)],
    }  # fmt: skip
    with sqlite3.connect(path) as old:
        for case, history in histories.items():
            old.execute("INSERT INTO cases VALUES (?, ?, 's', 'v', 't', 'p', 'open', 1, 9, '{}', 1, '')", (case, case))
            for seq, (kind, at, state) in enumerate(history, 1):
                payload = "{}" if state is None else f'{{"state": "{state}"}}'
                old.execute("INSERT INTO events VALUES (?, ?, ?, ?, 'p', ?)", (case, seq, kind, at, payload))
    SqlStore(path).close()
    with sqlite3.connect(path) as now:
        found = now.execute("SELECT id, finished_at, returns FROM cases ORDER BY id").fetchall()
    assert found == [("C1", 7, 2), ("C2", None, 1), ("C3", 1, 0)]


def test_publications_of_an_older_file_have_no_note_and_stay_as_they_are(tmp_path, monkeypatch):
    path = tmp_path / "banshi.db"
    upgrade = command.upgrade
    monkeypatch.setattr("banshi.storage.sql.command.upgrade", lambda config, _: upgrade(config, "0006"))
    SqlStore(path).close()
    monkeypatch.undo()
    with sqlite3.connect(path) as old:
        old.execute("INSERT INTO versions VALUES ('dorm', ?, 'book')", ("1" * 64,))
        row = ("dorm", "1" * 64, "电费.xlsx", "upload", "O1", 7)
        told = "service_id, sha256, file, origin, published_by, published_at"
        old.execute(f"INSERT INTO publications ({told}) VALUES (?, ?, ?, ?, ?, ?)", row)
    store = SqlStore(path)
    (version,) = store.versions("dorm")
    assert (version.published_by, version.note, version.consent_by, version.live) == ("O1", "", "", True)
    assert store.plans() == []
    store.close()
    with sqlite3.connect(path) as now, pytest.raises(sqlite3.IntegrityError, match="never changed"):
        now.execute("UPDATE publications SET note = 'x'")
