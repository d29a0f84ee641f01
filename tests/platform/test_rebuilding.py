"""Projections computed anew from events.

R1  What a hall wrote is what its events add up to, whatever was done.
R2  A projection that was changed or lost is told by its columns, left alone in a dry run, else put right; tasks stay.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from full_store import content
from halls import open_test_hall

from banshi.platform.hall import Hall
from banshi.platform.keeping import rebuild
from banshi.storage.contract import CaseFilter
from banshi.storage.copying import copy_everything
from banshi.storage.sql import SqlStore
from banshi.storage.tiny import TinyStore
from banshi.ui.cli import run

STUDENT, HEAD, FINANCE, SECURITY = (f"2000{i}" for i in range(1, 5))


def quiet(*_: object) -> None:
    """Nobody watches."""


def act(hall: Hall, who: str, case_id: str, action: str, **more: Any) -> None:
    person = hall.directory.people[who]
    view = hall.case(person, case_id)
    command = f"{who}-{action}-{case_id}-{view.seq}"
    hall.act(person, case_id, view.tasks[0].id, action, seq=view.seq, command_id=command, **more)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Cases that were sent, approved to the end, sent back, refused, commented on."""
    with closing(open_test_hall(tmp_path)) as hall:
        student = hall.directory.people[STUDENT]
        cases = [
            hall.submit(student, "borrowing", {"用途": f"测试{i}", "天数": Decimal(5 + i)}, command_id=f"c{i}").case_id
            for i in range(5)
        ]
        for case_id in cases[1:]:
            act(hall, HEAD, case_id, "approve")
        act(hall, FINANCE, cases[1], "approve")
        act(hall, FINANCE, cases[2], "return", return_to="initiator", opinion="缺用途")
        act(hall, FINANCE, cases[3], "refuse", opinion="重复")
    return tmp_path / "banshi.sqlite"


def test_r1_a_hall_writes_what_its_events_add_up_to(database: Path) -> None:
    assert rebuild(str(database), quiet, dry_run=True) == []


DAMAGE = {
    "title": "UPDATE cases SET title = '别的' WHERE number = 'JY20260001'",
    "state": "UPDATE cases SET state = 'refused' WHERE state = 'approved'",
    "returns": "UPDATE cases SET returns = 7 WHERE state = 'returned'",
    "finished_at": "UPDATE cases SET finished_at = NULL WHERE state = 'refused'",
    "snapshot": "UPDATE cases SET snapshot = replace(snapshot, '测试', '考试')",
    "seq": "UPDATE cases SET seq = seq - 1 WHERE state = 'open'",
}


@pytest.mark.parametrize("column", DAMAGE)
def test_r2_a_column_that_was_changed_is_put_right(database: Path, column: str) -> None:
    with closing(SqlStore(database)) as store:
        whole = content(store)
    with sqlite3.connect(database) as forger:
        statement = DAMAGE[column]
        year = whole["cases"][0][1][2:6]
        changed = forger.execute(statement.replace("JY2026", f"JY{year}")).rowcount
    assert changed > 0
    told = rebuild(str(database), quiet, dry_run=True)
    assert [one.columns for one in told] == [(column,)] * changed
    with closing(SqlStore(database)) as store:
        assert content(store) != whole
    assert rebuild(str(database), quiet, dry_run=False) == told
    assert rebuild(str(database), quiet, dry_run=True) == []
    with closing(SqlStore(database)) as store:
        assert content(store) == whole


def test_r2_a_projection_that_was_lost_is_made_again(database: Path) -> None:
    """A case without events is told, and left alone: it may be all that is left of it."""
    with closing(SqlStore(database)) as store:
        whole = content(store)
    lost = whole["cases"][1][0]
    with sqlite3.connect(database) as forger:
        forger.execute("DELETE FROM cases WHERE id = ?", (lost,))
        forger.execute("INSERT INTO cases SELECT 'zzz', '', service_id, version, title, applicant, state, submitted_at, "
                       "changed_at, snapshot, seq, search, finished_at, returns FROM cases LIMIT 1")  # fmt: skip
    told = rebuild(str(database), quiet, dry_run=False)
    assert [(one.id, one.missing, one.eventless) for one in told] == [(lost, True, False), ("zzz", False, True)]
    with closing(SqlStore(database)) as store:
        now = content(store)
    assert [row for row in now["cases"] if row[0] != "zzz"] == whole["cases"]
    assert now["tasks"] == whole["tasks"]


def test_r2_in_a_tinydb(database: Path, tmp_path: Path) -> None:
    tiny = TinyStore(tmp_path / "hall.json")
    with closing(SqlStore(database)) as store:
        copy_everything(store, tiny, "x", quiet)
        whole = content(tiny)
        (first, *_), _ = tiny.cases(CaseFilter())
    row = list(next(row for row in whole["cases"] if row[0] == first.id))
    row[4] = "别的"
    tiny.write_rows("cases", [], [tuple(row)])
    tiny.close()
    (one,) = rebuild(f"tinydb:///{tmp_path / 'hall.json'}", quiet, dry_run=False)
    assert (one.id, one.columns) == (first.id, ("title",))
    with closing(TinyStore(tmp_path / "hall.json")) as again:
        assert content(again) == whole


def test_the_command(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["rebuild", "--database", str(database), "--lang", "zh"]
    assert run([*call, "--dry-run"]) == 0
    assert "每件都与事件一致" in capsys.readouterr().out
    with sqlite3.connect(database) as forger:
        forger.execute("UPDATE cases SET returns = 7 WHERE state = 'returned'")
    assert run([*call, "--dry-run"]) == 1
    told = capsys.readouterr().out
    assert "returns" in told
    assert "没有改动" in told
    assert run([*call, "--json"]) == 1
    assert '"returns"' in capsys.readouterr().out
    assert run(call) == 0
    assert run(["rebuild", "--database", "nowhere.sqlite"]) == 2
