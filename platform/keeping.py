"""What administrators do with a whole hall: move it to another store, back it up while it runs, restore it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from banshi.platform.cases.rebuilding import Rebuilt, wrong_balances
from banshi.platform.cases.rebuilding import rebuild as cases_rebuilt
from banshi.platform.errors import Declined
from banshi.platform.stores import FILE, READY, RESTORING, StoreNotOpened, open_store, shown_address
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.address import file_of, in_use
from banshi.storage.backups import Backup, BadBackup, Contents, write_backup
from banshi.storage.contract import StorageError, StorageFull, StoreOutgrown
from banshi.storage.copying import NotEmpty, NotTheSame, OtherCopy, Told, copy_everything
from banshi.storage.disk import sync_folder

ATTACHMENTS = "attachments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored, and where that which was there before lies now."""

    contents: Contents
    rows: Mapping[str, int]
    aside: Path | None


def move(source: str, target: str, told: Told) -> dict[str, int]:
    """Copy everything from one store into another, empty one, and compare; how many rows of which table.

    Broken off, the same call goes on. Raises HallError.
    """
    if shown_address(source) == shown_address(target):
        raise Declined("两边是同一个数据库。", "Both are the same database.")
    _check_there(source)
    with _told(shown_address(source)):
        if in_use(source):
            raise _busy(shown_address(source))
    with closing(open_store(source)) as old, closing(open_store(target, half=True)) as new:
        name = hashlib.sha256(shown_address(source).encode()).hexdigest()
        with _told(shown_address(target)):
            return copy_everything(old, new, name, told)


def back_up(address: str, data: Path, definitions: Path | None, out: Path, told: Told) -> Contents:
    """Write a backup of a hall that may run. Raises HallError."""
    _check_there(address)
    with closing(open_store(address)) as store, _told(str(out)):
        return write_backup(store, data / ATTACHMENTS, definitions, out, told)


@contextmanager
def opened_backup(path: Path, told: Told) -> Iterator[Backup]:
    """A backup that was compared with its manifest. Raises HallError."""
    with _told(str(path)):
        backup = Backup(path, told)
    with closing(backup):
        yield backup


def restore(path: Path, data: Path, database: str, *, replace: bool, told: Told) -> Restored:
    """Restore a backup into a data folder, or into its attachments and the store at `database`.

    Everything is verified before anything is replaced; `replace` puts aside what is there. Broken off, the same call
    does it again. Raises HallError.
    """
    address = database or str(data / FILE)
    file = file_of(address)
    with opened_backup(path, told) as backup:
        aside = _check_place(address, data, replace=replace)
        staged = data / RESTORING
        into = address if file is None else address.replace(str(file), str(staged / file.name))
        with _told(str(data)):
            shutil.rmtree(staged, ignore_errors=True)
            staged.mkdir(mode=0o700, parents=True)
            try:
                backup.write_files(staged / ATTACHMENTS, lambda done: told(ATTACHMENTS, done, backup.contents.files))
                with backup.store() as rows, closing(open_store(into, half=True)) as new:
                    counts = copy_everything(rows, new, backup.name, told)
            except BaseException:
                shutil.rmtree(staged, ignore_errors=True)
                raise
            _swap(staged, file, data, aside)
        return Restored(contents=backup.contents, rows=counts, aside=aside if aside.exists() else None)


def rebuild(address: str, told: Told, *, dry_run: bool) -> list[Rebuilt]:
    """The cases whose projections are not what their events add up to; put right unless it is a dry run. Raises HallError."""
    _check_there(address)
    with closing(open_store(address)) as store, _told(shown_address(address)):
        found = [*cases_rebuilt(store, told, dry_run=dry_run), *wrong_balances(store, dry_run=dry_run)]
        if not dry_run:
            store.forget_registers()
        return found


def write_workbooks(path: Path, folder: Path, told: Told) -> None:
    """Write the workbooks of a backup into a folder that is not there or empty. Raises HallError."""
    if _filled(folder):
        raise Declined(f"{folder} 不是空的。请给一个新的目录。", f"{folder} is not empty: give a new folder.")
    with opened_backup(path, told) as backup, _told(str(folder)):
        backup.write_workbooks(folder)


def _check_place(address: str, data: Path, *, replace: bool) -> Path:
    """Where that which is there would be put aside. Raises Declined where nothing may be, or somebody uses it."""
    file = file_of(address)
    there = [path for path in (file, data / ATTACHMENTS) if path is not None and _filled(path)]
    if there and not replace:
        raise Declined(
            f"{there[0]} 已有数据。请恢复到新的目录，或加 --replace：现有数据会移到旁边保留。",
            f"There are data in {there[0]}. Restore into a new folder, or add --replace: what is there is kept beside.",
        )
    if file is not None and in_use(address):
        raise _busy(str(file))
    return data / f"before-restore-{datetime.now(CAMPUS_ZONE):%Y%m%d-%H%M%S}"


def _swap(staged: Path, file: Path | None, data: Path, aside: Path) -> None:
    """Put what is there aside and what was restored in its place. While that goes on, no hall opens."""
    (staged / READY).touch()
    sync_folder(staged)
    old = [data / ATTACHMENTS]
    old += [file.with_name(file.name + ending) for ending in ("", "-wal", "-shm")] if file else []
    for path in old:
        if path.exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            shutil.move(path, aside / path.name)
    if file is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(staged / file.name, file)
        sync_folder(file.parent)
    if (staged / ATTACHMENTS).exists():
        shutil.move(staged / ATTACHMENTS, data / ATTACHMENTS)
    sync_folder(data)
    shutil.rmtree(staged)


def _check_there(address: str) -> None:
    """Opening makes a file that is not there; here that would hide a misspelt address."""
    shown = shown_address(address)
    if (file := file_of(address)) is not None and not file.is_file():
        raise Declined(f"没有数据库 {shown}。", f"There is no database {shown}.")


def _filled(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else path.exists()


def _busy(where: str) -> Declined:
    return Declined(f"{where} 正被使用：请先停止办事大厅。", f"{where} is in use: stop the hall first.")


@contextmanager
def _told(where: str) -> Iterator[None]:
    """What goes wrong with a copy, in words for people."""
    try:
        yield
    except BadBackup as error:
        raise Declined(
            f"{where} 不能用来恢复，什么也没有改动。{error.part}：{_WHY.get(error.why, error.why)}。",
            f"{where} cannot be restored, and nothing was changed. {error.part}: {error.why}.",
        ) from error
    except NotEmpty as error:
        raise Declined(
            f"{where} 不是空的（{error.rows} 行）。请给一个新的数据库，什么也没有改动。",
            f"{where} is not empty ({error.rows} rows): give a new database. Nothing was changed.",
        ) from error
    except OtherCopy as error:
        raise Declined(
            f"{where} 里有另一次没有完成的复制。请把那一次再运行一遍，或给一个新的数据库。",
            f"{where} has another copy that was not finished. Run that one again, or give a new database.",
        ) from error
    except NotTheSame as error:
        raise Declined(
            f"复制后核对，{error.where} 有 {error.rows} 行不同：复制时来源被改动过。请停止办事大厅，再运行一次。",
            f"Compared after copying, {error.rows} rows of {error.where} differ: the source was changed meanwhile. Stop "
            "the hall, and run it again.",
        ) from error
    except StoreOutgrown as error:
        raise Declined(
            f"{where} 装不下：TinyDB 文件最多 {error.most} 件。请改用 SQLite 或 PostgreSQL。",
            f"{where} is too small: a TinyDB file holds {error.most} cases at most. Use SQLite or PostgreSQL.",
        ) from error
    except StorageFull as error:
        raise Declined(
            f"{where}：磁盘空间不够。腾出空间后再运行一次。",
            f"{where}: the disk is full. Make room, then run it again.",
        ) from error
    except StorageError as error:
        raise StoreNotOpened.because(where, error) from error
    except OSError as error:
        raise Declined(
            f"无法读写 {error.filename or where}：{error.strerror}。",
            f"{error.filename or where} cannot be read or written: {error.strerror}.",
        ) from error


_WHY = {
    "it is missing": "缺少",
    "it does not belong there": "多出来的",
    "it is damaged": "已损坏",
    "it is not what was written": "与写入时不同",
    "it has no manifest of a backup": "不是备份文件",
    "it would lie outside of its folder": "路径越出目录",
    "its columns are not those of its revision": "列与版本不符",
}
