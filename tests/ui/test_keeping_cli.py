"""`banshi move`, `backup`, `restore`, as an administrator calls them; halls on other databases."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from full_store import content, fill

from banshi.platform.opening import open_hall
from banshi.storage.address import open_at
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.sql import SqlStore
from banshi.ui.cli import run


@pytest.fixture
def data(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "definitions").mkdir()
    monkeypatch.setenv("BANSHI_DEFINITIONS", str(tmp_path / "definitions"))
    with closing(SqlStore(tmp_path / "data" / "banshi.sqlite")) as store:
        fill(store, AttachmentFolder(tmp_path / "data" / "attachments"))
    return tmp_path / "data"


def test_move(data, capsys):
    assert run(["move", "data/banshi.sqlite", "tinydb:///office.json", "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "copied and compared" in told
    assert "BANSHI_DATABASE" in told
    with closing(SqlStore(data / "banshi.sqlite")) as old, closing(open_at("tinydb:///office.json")) as new:
        assert content(old) == content(new)
    assert run(["move", "tinydb:///office.json", "back.sqlite", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"]["cases"] == 5
    assert run(["move", "tinydb:///office.json", "back.sqlite", "--lang", "zh"]) == 2
    assert "不是空的" in capsys.readouterr().err
    assert run(["move", "tinydb:///office.json", "mysql://x/y", "--lang", "zh"]) == 2
    assert "postgresql://" in capsys.readouterr().err


def test_backup_and_restore(data, capsys):
    assert run(["backup", "b.zip", "--lang", "en"]) == 0
    assert "5 attached files" in capsys.readouterr().out
    assert run(["backup", "b.zip", "--lang", "zh"]) == 2
    assert "--force" in capsys.readouterr().err
    assert run(["restore", "b.zip", "--check", "--lang", "zh"]) == 0
    assert "完好" in capsys.readouterr().out
    assert run(["restore", "b.zip", "--lang", "en"]) == 2
    assert "--replace" in capsys.readouterr().err
    assert run(["restore", "b.zip", "--data", "new", "--definitions", "books", "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "Restored into new" in told
    assert "log-key.pem, is not in a backup" in told, "and what follows from it"
    Path("new2").mkdir()
    Path("new2/log-key.pem").write_text("the copy that was kept")
    assert run(["restore", "b.zip", "--data", "new2", "--lang", "zh"]) == 0
    assert "log-key.pem" not in capsys.readouterr().out
    with closing(SqlStore(data / "banshi.sqlite")) as old, closing(SqlStore(Path("new/banshi.sqlite"))) as new:
        assert content(old) == content(new)
    assert run(["restore", "b.zip", "--replace", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert Path(told["aside"]).is_dir()
    assert told["log_key"] is False
    Path("b.zip").write_bytes(Path("b.zip").read_bytes()[:-9])
    assert run(["restore", "b.zip", "--data", "other", "--lang", "zh"]) == 2
    assert "什么也没有改动" in capsys.readouterr().err
    assert not Path("other/banshi.sqlite").exists()
    next(path for path in (data / "attachments").rglob("*") if path.is_file()).unlink()
    assert run(["backup", "c.zip", "--lang", "en"]) == 1
    assert "not on the disk" in capsys.readouterr().err


def test_every_command_works_on_the_database_that_is_named(data, capsys, monkeypatch):
    """A hall that was moved: nothing makes a file in its data folder again."""
    assert run(["move", "data/banshi.sqlite", "tinydb:///office.json"]) == 0
    monkeypatch.setenv("BANSHI_DATABASE", "tinydb:///office.json")
    (data / "banshi.sqlite").unlink()
    assert run(["log", "export", "--data", "data", "--out", "log.csv"]) == 0
    assert Path("log.csv").read_text(encoding="utf-8-sig").count("DF2026") == 5
    assert run(["backup", "b.zip"]) == 0
    assert not (data / "banshi.sqlite").exists()
    with closing(open_hall(data=data, definitions=Path("none"), database="tinydb:///office.json")) as hall:
        assert hall.health()["store"]["store"] == "tinydb"
        assert run(["log", "export", "--data", "data", "--out", "no.csv", "--lang", "zh"]) == 2
        assert "另一个进程" in capsys.readouterr().err


def test_a_hall_says_why_it_does_not_start(data, capsys):
    (data / "banshi.sqlite").write_bytes(b"no database at all" * 100)
    assert run(["serve", "--data", "data", "--port", "0"]) == 1
    told = capsys.readouterr().err
    assert "cannot be opened" in told
    assert "无法打开数据库" in told
