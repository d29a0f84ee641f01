"""Opening a store by its address, and what is told where it cannot be opened."""

from __future__ import annotations

from pathlib import Path

from banshi.platform.errors import HallError
from banshi.storage.address import BadAddress, open_at, without_password
from banshi.storage.contract import StorageError, StorageUnavailable, Store, StoreInUse
from banshi.storage.copying import unfinished

FILE = "banshi.sqlite"
"""The database in a data folder, where no address says otherwise."""
RESTORING, READY = "restoring", "ready"
"""The folder in a data folder where a restore builds, and the file in it from when it puts things in their places."""


class StoreNotOpened(HallError):
    """A store that cannot be opened."""

    status = 503

    @classmethod
    def because(cls, address: str, error: StorageError) -> StoreNotOpened:
        """The sentence for why a store does not open."""
        match error:
            case StoreInUse():
                return cls(
                    f"{address} 正被另一个进程使用。TinyDB 文件同时只能由一个进程打开：请先停止它，或改用 SQLite、PostgreSQL。",
                    f"Another process has {address} open. A TinyDB file is for one process at a time: stop it first, or "
                    "use SQLite or PostgreSQL.",
                )
            case StorageUnavailable():
                return cls(f"无法打开数据库 {address}：{error.why}", f"{address} cannot be opened: {error.why}")
            case _:
                return cls(f"无法打开数据库 {address}：{error}", f"{address} cannot be opened: {error}")


def open_store(address: str, *, half: bool = False) -> Store:
    """The store at an address: a path (SQLite), `sqlite:///…`, `postgresql://…` or `tinydb:///…`.

    `half` opens also one into which not everything was copied yet. Raises StoreNotOpened.
    """
    shown = shown_address(address)
    try:
        store = open_at(address)
    except StorageError as error:
        raise StoreNotOpened.because(shown, error) from error
    if not half and unfinished(store):
        store.close()
        raise StoreNotOpened(
            f"{shown} 里的数据还没有复制完：请把 banshi move 或 banshi restore 再运行一次。",
            f"Not everything was copied into {shown} yet: run banshi move or banshi restore once more.",
        )
    return store


def store_of_folder(data: Path, database: str = "") -> Store:
    """The store of a hall: the file in its data folder, or the one at an address (`database`). Raises StoreNotOpened."""
    if (data / RESTORING / READY).exists():
        raise StoreNotOpened(
            f"{data} 的恢复还没有完成：请把 banshi restore 再运行一次。",
            f"Restoring {data} was not finished: run banshi restore once more.",
        )
    return open_store(database or str(data / FILE))


def shown_address(address: str) -> str:
    """An address without its password. Raises StoreNotOpened for what is none."""
    try:
        return without_password(address)
    except BadAddress as error:
        raise StoreNotOpened(
            "数据库地址写得不对：应是文件路径，或 sqlite:///路径、postgresql://用户@主机/库、tinydb:///路径.json。",
            "This is no address of a database: write a path, or sqlite:///path, postgresql://user@host/name, "
            "tinydb:///path.json.",
        ) from error
