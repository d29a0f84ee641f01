"""Backups.

B1  Written while the hall works, it holds one moment: rows that belong together, and every file of a case.
B2  It restores into any store, also one of an older release.
B3  Nothing is replaced before all of it was verified: a changed, missing or added part is named.
B4  What was there is kept beside; killed at any moment, the same call restores, and until then no hall opens.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import signal
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from full_store import content, files_in, fill, submission
from postgres import cluster

from banshi.platform import keeping
from banshi.platform.errors import HallError
from banshi.platform.keeping import back_up, opened_backup, restore, write_workbooks
from banshi.platform.opening import open_hall
from banshi.platform.stores import StoreNotOpened, store_of_folder
from banshi.storage.address import open_at
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import CaseFilter
from banshi.storage.sql import SqlStore, newest


def quiet(*_: object) -> None:
    """Nobody watches."""


@pytest.fixture
def data(tmp_path) -> Path:
    """The data folder of a hall."""
    folder = tmp_path / "data"
    with closing(SqlStore(folder / "banshi.sqlite")) as store:
        fill(store, AttachmentFolder(folder / "attachments"))
    return folder


@pytest.fixture
def backup(data, tmp_path) -> Path:
    definitions = tmp_path / "definitions"
    (definitions / "dorm" / "media").mkdir(parents=True)
    (definitions / "dorm" / "电费.xlsx").write_bytes(b"book")
    (definitions / "dorm" / "media" / "p.png").write_bytes(b"png")
    back_up(str(data / "banshi.sqlite"), data, definitions, tmp_path / "b.zip", quiet)
    return tmp_path / "b.zip"


def everything(data: Path, database: str = "") -> tuple[object, object]:
    with closing(store_of_folder(data, database)) as store:
        return content(store), files_in(data / "attachments")


@pytest.mark.parametrize("kind", ["sqlite", "tinydb", "postgresql"])
def test_it_restores_into_any_store(data, backup, tmp_path, kind):
    """B2."""
    with cluster() as server:
        database = {"sqlite": "", "tinydb": f"tinydb:///{tmp_path / 'new' / 'hall.json'}", "postgresql": server}[kind]
        done = restore(backup, tmp_path / "new", database, replace=False, told=quiet)
        assert everything(tmp_path / "new", database) == everything(data)
        assert (done.contents.files, done.aside) == (5, None)
        assert done.rows == {table: len(rows) for table, rows in everything(data)[0].items()}
        assert not (tmp_path / "new" / "restoring").exists()
    write_workbooks(backup, tmp_path / "books", quiet)
    assert files_in(tmp_path / "books") == files_in(tmp_path / "definitions")
    with pytest.raises(HallError, match="not empty"):
        write_workbooks(backup, tmp_path / "books", quiet)


@pytest.mark.parametrize("where", ["sqlite:///{}/a.db", "tinydb:///{}/a.json"])
def test_it_is_of_one_moment_while_the_hall_works(tmp_path, where):
    """B1."""
    address, stop = where.format(tmp_path), threading.Event()
    store, folder = open_at(address), AttachmentFolder(tmp_path / "attachments")
    fill(store, folder)

    def work() -> None:
        i = 0
        while not stop.is_set():
            i += 1
            store.commit(submission(f"W{i}"))

    writers = [threading.Thread(target=work) for _ in range(1)]
    for writer in writers:
        writer.start()
    for i in range(3):
        if where.startswith("sqlite"):  # as `banshi backup` does, which is another process
            back_up(address, tmp_path, None, tmp_path / f"{i}.zip", quiet)
        else:
            keeping.write_backup(store, tmp_path / "attachments", None, tmp_path / f"{i}.zip", quiet)
    stop.set()
    for writer in writers:
        writer.join()
    store.close()
    for i in range(3):
        restore(tmp_path / f"{i}.zip", tmp_path / f"new{i}", "", replace=False, told=quiet)
        with closing(store_of_folder(tmp_path / f"new{i}")) as found:
            cases = {case.id: case for case in found.iter_cases(CaseFilter())}
            assert len(cases) >= 5
            rows = content(found)
        for table in ("commands", "events", "tasks", "decisions", "timers"):
            assert len(rows[table]) == len(cases), table
        assert [row[2] for row in rows["counters"]] == [len(cases)]


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {item.filename: archive.read(item) for item in archive.infolist()}


def written(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def test_every_changed_missing_and_added_part_is_named(data, backup, tmp_path):
    """B3: and the hall's data stay as they are."""
    before, parts = everything(data), parts_of(backup)
    assert any(name.startswith("attachments/") for name in parts)
    changed = {}
    changed["manifest.json missing"] = {key: value for key, value in parts.items() if key != "manifest.json"}
    for name in parts.keys() - {"manifest.json"}:
        changed[f"{name} changed"] = {
            **parts,
            name: parts[name].replace(b"2", b"3", 1) + (b"" if b"2" in parts[name] else b"x"),
        }
        changed[f"{name} missing"] = {key: value for key, value in parts.items() if key != name}
    changed["attachments/more added"] = {**parts, "attachments/more": b"x"}
    for told, content_ in changed.items():
        name = told.split()[0]
        bad = written(tmp_path / "bad.zip", content_)
        with pytest.raises(HallError) as error:
            restore(bad, data, "", replace=True, told=quiet)
        assert "nothing was changed" in error.value.message("en")
        assert name in error.value.message("zh") or name == "manifest.json", told
    assert everything(data) == before
    assert not (data / "restoring").exists()


def test_a_byte_that_changed_anywhere_is_found(backup, tmp_path):
    """B3: whatever the disk or the network did to the file."""
    whole, chance = backup.read_bytes(), random.Random(3)
    bad = tmp_path / "bad.zip"
    refused = harmless = 0
    for _ in range(150):
        at = chance.randrange(len(whole))
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        try:
            with opened_backup(bad, quiet) as found, found.store() as rows, rows.snapshot() as snapshot:
                assert list(snapshot.rows("cases"))
            harmless += 1  # a date, a flag of the ZIP itself
        except HallError:
            refused += 1
    assert refused > 100
    for length in range(0, len(whole), len(whole) // 20):
        bad.write_bytes(whole[:length])
        with pytest.raises(HallError):
            restore(bad, tmp_path / "new", "", replace=False, told=quiet)
    assert not (tmp_path / "new" / "banshi.sqlite").exists()


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        (b"{", "no manifest"),
        (b'{"format": "other"}', "no manifest"),
        (b'{"format": "banshi-backup", "version": 2}', "newer release"),
        (b'{"format": "banshi-backup", "version": 1}', "no manifest"),
        (b'{"format": "banshi-backup", "version": 1, "parts": {"x": 1}}', "no manifest"),
    ],
)
def test_a_foreign_file(tmp_path, manifest, told):
    """B3."""
    with pytest.raises(HallError, match=told):
        restore(written(tmp_path / "x.zip", {"manifest.json": manifest}), tmp_path, "", replace=False, told=quiet)
    (tmp_path / "y.zip").write_bytes(b"SQLite format 3\0")
    with pytest.raises(HallError, match="no backup"):
        restore(tmp_path / "y.zip", tmp_path, "", replace=False, told=quiet)
    with pytest.raises(HallError, match="No such file"):
        restore(tmp_path / "z.zip", tmp_path, "", replace=False, told=quiet)


def test_a_path_out_of_the_folder_is_refused(backup, tmp_path):
    """B3: a backup from a stranger writes nowhere else."""
    parts = parts_of(backup)
    manifest = json.loads(parts["manifest.json"])
    name = "attachments/../../evil"
    parts[name] = b"x"
    manifest["parts"][name] = {"size": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
    bad = written(tmp_path / "bad.zip", {**parts, "manifest.json": json.dumps(manifest).encode()})
    with pytest.raises(HallError, match="outside"):
        restore(bad, tmp_path / "new", "", replace=False, told=quiet)


def test_what_was_there_is_kept_beside(data, backup):
    """B4."""
    with closing(SqlStore(data / "banshi.sqlite")) as store:
        store.commit(submission("after the backup"))
    now = everything(data)
    with pytest.raises(HallError, match="--replace"):
        restore(backup, data, "", replace=False, told=quiet)
    assert everything(data) == now
    done = restore(backup, data, "", replace=True, told=quiet)
    assert everything(data) != now
    assert everything(done.aside) == now
    with closing(SqlStore(data / "banshi.sqlite")) as store:
        assert store.case("after the backup") is None


def test_a_hall_that_runs_is_not_replaced(data, backup):
    hall = SqlStore(data / "banshi.sqlite")
    hall.case("C1")
    with pytest.raises(HallError, match="in use"):
        restore(backup, data, "", replace=True, told=quiet)
    hall.close()


@pytest.mark.parametrize("step", range(1, 12))
def test_killed_at_any_step_of_replacing(data, backup, tmp_path, step):
    """B4: the process is killed at its n-th renaming."""
    before = everything(data)
    pid = os.fork()
    if pid == 0:
        left, moved, gone = step, keeping.shutil.move, keeping.shutil.rmtree

        def counted(work):
            def counting(*args: object, **options: object) -> object:
                nonlocal left
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)
                return work(*args, **options)

            return counting

        keeping.shutil.move, keeping.shutil.rmtree = counted(moved), counted(gone)
        restore(backup, data, "", replace=True, told=quiet)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code in (0, -signal.SIGKILL)
    try:
        assert everything(data) == before
    except StoreNotOpened:
        assert code == -signal.SIGKILL
    restore(backup, data, "", replace=True, told=quiet)
    assert everything(data) == before


def test_a_full_disk_leaves_no_half_backup_and_no_half_restore(data, backup, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("banshi.storage.backups.os.fsync", full)
    with pytest.raises(HallError, match="full"):
        back_up(str(data / "banshi.sqlite"), data, None, tmp_path / "c.zip", quiet)
    assert [path.name for path in tmp_path.glob("c.zip*")] == []
    with pytest.raises(HallError, match="full"):
        restore(backup, tmp_path / "new", "", replace=False, told=quiet)
    assert list((tmp_path / "new").iterdir()) == []


def test_a_file_that_is_not_there_is_told(data, tmp_path):
    victim = next(path for path in (data / "attachments").rglob("*") if path.is_file())
    victim.unlink()
    found = back_up(str(data / "banshi.sqlite"), data, None, tmp_path / "b.zip", quiet)
    assert [Path(path).name for path in found.missing] == [victim.name]
    assert found.files == 4


LEDGER = ("account_transactions", "postings", "balances", "pay_orders", "pay_receipts")


def test_a_backup_of_an_older_release_is_brought_up_to_date(backup, tmp_path):
    """B2: cases of revision 0005 knew no end and no returns, publications no note, sign-ins no mark; no plans, values given, chained log, outbox."""
    parts = parts_of(backup)
    manifest = json.loads(parts["manifest.json"])
    manifest["schema"] = "0005"
    for table in (
        "plans",
        "issued",
        "log_entries",
        "outbox",
        "jobs",
        "job_runs",
        "papers",
        "passes",
        "pass_holders",
        "passages",
        "registers",
        "register_rows",
        *LEDGER,
    ):
        del parts[f"tables/{table}.jsonl"], manifest["parts"][f"tables/{table}.jsonl"]
    for table, gone in (
        ("cases", ("finished_at", "returns")),
        ("publications", ("note", "consent_by", "failing")),
        ("sessions", ("mark",)),
    ):
        name = f"tables/{table}.jsonl"
        told = manifest["parts"][name]
        kept = [i for i, column in enumerate(told["columns"]) if column not in gone]
        rows = [json.loads(line) for line in parts[name].splitlines()]
        parts[name] = b"".join(json.dumps([row[i] for i in kept]).encode() + b"\n" for row in rows)
        told["columns"] = [told["columns"][i] for i in kept]
    for name, part in manifest["parts"].items():
        part["sha256"] = hashlib.sha256(parts[name]).hexdigest()
    old = written(tmp_path / "old.zip", {**parts, "manifest.json": json.dumps(manifest).encode()})
    restore(old, tmp_path / "new", "", replace=False, told=quiet)
    with closing(store_of_folder(tmp_path / "new")) as store:
        assert store.health()["schema"] == newest()
        assert store.case("C1").returns == 0
        assert store.plans() == []
        assert store.workbook("dorm", "1" * 64) == b"PK\x03\x04one\x00\xff"
        assert len(store.events("C1")) == 1
    manifest["schema"] = "9999"
    new = written(tmp_path / "newer.zip", {**parts, "manifest.json": json.dumps(manifest).encode()})
    with pytest.raises(HallError, match="newer version"):
        restore(new, tmp_path / "x", "", replace=False, told=quiet)


def test_a_hall_opens_on_what_was_restored(backup, tmp_path):
    restore(backup, tmp_path / "new", "", replace=False, told=quiet)
    with closing(open_hall(data=tmp_path / "new", definitions=tmp_path / "none")) as hall:
        assert hall.health()["store"]["cases"] == 5
